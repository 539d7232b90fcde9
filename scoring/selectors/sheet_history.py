"""What was before: changes of one leaf, answers as a form was made from, receipts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import FilteredRelation, OuterRef, Q, Subquery

from scoring.enums import Stage
from scoring.models import Criterion, Participant, Receipt, Submission, Value, ValueChange
from scoring.selectors.worksheet import Sight
from units import trail
from units.enums import Role
from units.models import Membership
from units.selectors import acting_name


def history_of(participant: Participant, criterion: Criterion, sight: Sight) -> list[ValueChange]:
    """Every change of the leaf's values that the reader may know of, newest first.

    The unit reads its own changes only: what an appraiser tried before the release is nobody's answer yet.
    """
    changes = ValueChange.objects.filter(participant=participant, criterion=criterion).select_related("author")
    stages = {Stage.DECLARED} if sight.is_unit else {stage for stage in Stage if sight.sees(stage, criterion)}
    return list(changes.filter(stage__in=stages).order_by("-pk"))


def values_seen(participant: Participant, criteria: Iterable[Criterion]) -> dict[tuple[int, str], Value]:
    """(leaf's pk, version as typed in a form) → the declared value as it was then, for comparing only.

    That is what a page was made from; nothing for a version at which the answer had been taken away.
    """
    kept = ValueChange.objects.filter(
        participant=participant, criterion__in=list(criteria), stage=Stage.DECLARED, content__isnull=False
    )
    return {
        (change.criterion_id, str(change.version)): _value_then(change.content or {}, change.version) for change in kept
    }


def _value_then(content: Mapping[str, Any], version: int) -> Value:
    said = {name: content[name] for name in ("inputs", "not_applicable", "reason", "note")}
    return Value(version=version, **said)


def heads_ever(participant: Participant) -> list[Membership]:
    """Every role of a head that the unit ever had, own and lent, for `acting_name`; one query."""
    heads = Membership.objects.filter(organiser=participant.organiser_id, unit=participant.unit_id, role=Role.UNIT_HEAD)
    return list(heads.select_related("stands_for__user"))


WITHDRAWN, UNLOCKED = "scoring.submission_withdraw", "scoring.submission_unlock"
"""Acts after which a receipt stands no more."""


def receipts_of(submission: Submission) -> list[Receipt]:
    """All receipts of a dossier, newest first; `submitter` says who handed in, and for whom, `ended_by` and `ended_at`
    by which act it stopped to stand and when (WITHDRAWN, UNLOCKED; None while it stands). One query."""
    unit, role = submission.participant, "submitted_by__memberships"
    as_head = Q(
        **{f"{role}__organiser": unit.organiser_id, f"{role}__unit": unit.unit_id, f"{role}__role": Role.UNIT_HEAD}
    )
    joined = ["submitted_by", "late_paper", "held__stands_for__user"]
    ends = trail.entries_of(unit.campaign.trail_scope).filter(
        trail.about(Submission.objects.filter(pk=submission.pk)),
        action__in=(WITHDRAWN, UNLOCKED),
        at__gt=OuterRef("submitted_at"),
    )
    first = ends.order_by("seq")
    rows = submission.receipts.annotate(
        held=FilteredRelation(role, condition=as_head),
        ended_at=Subquery(first.values("at")[:1]),
        ended_by=Subquery(first.values("action")[:1]),
    ).select_related(*joined)
    found: dict[int, Receipt] = {}
    roles: dict[int, Membership] = {}
    # A receipt comes once for each role of a head that who handed it in ever held there, which are few.
    for row in rows.order_by("-sequence", "held__pk"):
        found.setdefault(row.pk, row)
        if (held := getattr(row, "held", None)) is not None:
            roles[held.pk] = held
    for item in found.values():
        item.submitter = acting_name(item.submitted_by, item.submitted_at, list(roles.values()))  # type: ignore[attr-defined]
    return list(found.values())
