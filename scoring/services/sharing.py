"""Leaves are shared out among the people of a unit: a word among colleagues that takes nobody's right to write away."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import transaction

from scoring.enums import Phase, Source
from scoring.models import Criterion, LeafCharge, Participant
from scoring.permissions import SHARE_LEAVES
from scoring.selectors.colleagues import colleagues_of
from scoring.services.dossier import Dossier, lock_dossier
from scoring.services.errors import Incomplete, StaleEdit
from scoring.services.pen import LEFT_OUT, require
from units import trail
from units.models import User
from units.permissions import YES, Decision, authorize

_OVER = (Phase.FINALISED, Phase.PUBLISHED)


def sharing_pen(dossier: Dossier) -> Decision:
    """May leaves be shared out now? As long as the unit may still have something to do in the year."""
    if not dossier.participant.is_assessed:
        return Decision(False, LEFT_OUT)
    if dossier.phase in _OVER:
        return Decision(False, "Số liệu của kỳ đã chốt, nên không chia việc nữa.")
    return YES


def share_out(participant: Participant, seen: Mapping[int, int], person: int | None, *, by: User) -> list[str]:
    """Let `person` (pk; None: nobody) look after the leaves that `seen` names; returns the codes that changed.

    `seen`: leaf (pk) → who the form showed beside it (pk, 0 for nobody). All or none. Raises `Refused`, `Conflict`,
    `Incomplete` (no leaf, one that the unit does not answer, somebody who does not work there), and `StaleEdit` with
    the `LeafCharge` rows that stand where a colleague was quicker.
    """
    authorize(by, SHARE_LEAVES, participant)
    if not seen:
        raise Incomplete("tc", "Chọn ít nhất một tiêu chí.")
    with transaction.atomic():
        dossier = lock_dossier(participant)
        require(sharing_pen(dossier))
        chosen = None if person is None else _colleague(dossier.participant, person)
        leaves = {leaf.pk: leaf for leaf in _leaves(dossier.participant, seen)}
        rows = LeafCharge.objects.filter(participant=participant, criterion__in=leaves)
        standing = {row.criterion_id: row for row in rows.select_related("person", "criterion", "given_by")}
        changed = [pk for pk in leaves if _holder(standing.get(pk)) != (person or 0)]
        overtaken = [pk for pk in changed if _holder(standing.get(pk)) != seen[pk]]
        if overtaken:
            raise StaleEdit([standing[pk] for pk in overtaken if pk in standing])
        LeafCharge.objects.filter(participant=participant, criterion__in=changed).delete()
        if chosen is not None:
            LeafCharge.objects.bulk_create(
                LeafCharge(
                    participant=dossier.participant, criterion_id=pk, person=chosen, given_by=by, given_at=dossier.now
                )
                for pk in changed
            )
        codes = [leaves[pk].code for pk in changed]
        if codes:
            _tell(dossier, codes, chosen, by)
        return codes


def _tell(dossier: Dossier, codes: list[str], chosen: User | None, by: User) -> None:
    trail.record(
        SHARE_LEAVES,
        by=by,
        about=dossier.submission,
        scope=dossier.participant.campaign.trail_scope,
        label=f"Chia việc: {dossier.participant.name}, {len(codes)} tiêu chí",
        in_charge=chosen.full_name if chosen else "chưa giao ai",
        criteria=codes,
    )


def _holder(row: LeafCharge | None) -> int:
    return row.person_id if row else 0


def _colleague(participant: Participant, person: int) -> User:
    found = next((one for one in colleagues_of(participant) if one.pk == person), None)
    if found is None:
        raise Incomplete("nguoi", "Người này không còn làm việc ở đơn vị. Chọn người khác.")
    return found


def _leaves(participant: Participant, wanted: Mapping[int, int]) -> list[Criterion]:
    """Those of `wanted` that the unit answers, in the order of print; raises where one is not of them."""
    found = Criterion.objects.in_force().filter(
        pk__in=wanted, criteria_set=participant.criteria_set_id, source=Source.SELF, rule__isnull=False
    )
    leaves = list(found.order_by("path"))
    if len(leaves) != len(wanted):
        raise Incomplete("tc", "Chỉ chia được tiêu chí mà đơn vị tự chấm. Tải lại trang rồi chọn lại.")
    return leaves
