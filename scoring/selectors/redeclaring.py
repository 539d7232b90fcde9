"""Leaves that units must declare anew because an amendment changed them, as long as its hour has not come."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from scoring.enums import AmendmentState, Phase, Source, Stage
from scoring.models import Amendment, Campaign, Criterion, Participant, Submission, Value
from scoring.selectors.missing import excluded_leaves
from scoring.selectors.tree import trees

WHILE = (Phase.SELF_ASSESSMENT, Phase.APPRAISAL, Phase.EXPLANATION, Phase.REAPPRAISAL)
"""Phases in which a unit may still declare such a leaf (`scoring.services.pen`)."""
MOST_NAMED = 8


@dataclass(frozen=True)
class Anew:
    """What one unit still has to declare anew: codes in printed order, the newest revision among them, and until when
    (the nearest hour, where several amendments ask)."""

    codes: tuple[str, ...]
    revision: int
    until: datetime.datetime


def name_codes(codes: Sequence[str]) -> str:
    """The codes in a line, many of them by their number."""
    more = len(codes) - MOST_NAMED
    return ", ".join(codes[:MOST_NAMED]) + (f" và {more} tiêu chí khác" if more > 0 else "")


def to_declare_anew(campaign: Campaign, participants: Iterable[Participant], now: datetime.datetime) -> dict[int, Anew]:
    """By participant (pk), of those whose dossier was received and who have not answered yet; a constant number of
    queries, one where no amendment asks for anything."""
    asking = Amendment.objects.filter(
        criteria_set__campaign=campaign, state=AmendmentState.APPLIED, redeclare_until__gt=now
    )
    hours = {
        (item.criteria_set_id, item.revision): item.redeclare_until
        for item in asking.only("criteria_set", "revision", "redeclare_until")
        if item.redeclare_until is not None
    }
    if not hours:
        return {}
    dossiers = Submission.objects.filter(participant__campaign=campaign)
    received = {item.participant_id for item in dossiers if item.is_received}
    rows = [item for item in participants if item.is_assessed and item.pk in received and item.group.phase in WHILE]
    leaves = Criterion.objects.in_force().filter(
        criteria_set__in={owner for owner, _ in hours}, changed_in__gt=1, source=Source.SELF, rule__isnull=False
    )
    changed = [leaf for leaf in leaves.order_by("path") if (leaf.criteria_set_id, leaf.changed_in) in hours]
    declared = Value.objects.fresh().filter(participant__in=rows, criterion__in=changed, stage=Stage.DECLARED)
    answered = set(declared.values_list("participant", "criterion"))
    by_set = trees({item.criteria_set_id: item.criteria_set for item in rows}.values())
    taken = excluded_leaves(campaign, rows, by_set)
    found = {}
    for item in rows:
        mine = [
            leaf for leaf in changed
            if leaf.criteria_set_id == item.criteria_set_id
            and (item.pk, leaf.pk) not in answered
            and leaf.pk not in taken[item.pk]
        ]  # fmt: skip
        if mine:
            until = min(hours[leaf.criteria_set_id, leaf.changed_in] for leaf in mine)
            found[item.pk] = Anew(tuple(leaf.code for leaf in mine), max(leaf.changed_in for leaf in mine), until)
    return found
