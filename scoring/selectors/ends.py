"""What already rests on the end of a unit, so that it can no longer be taken back.

Most of it stands in rows. What the coordinator decided and what was copied leaves only the trail: whether a unit that
takes part came in before or after the end, and whose figures an answer was, no row says.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from django.db.models import Q, QuerySet

from scoring.models import Evidence, Participant, Submission
from units.models import TrailEntry, Unit, UnitSuccession

_STANDING = ("is_assessed", "is_ranked")


def end_act(unit: Unit) -> TrailEntry | None:
    """The entry of the trail by which the unit last ended on screen."""
    acts = TrailEntry.objects.filter(action="scoring.end_unit", object_type="units.Unit", object_id=str(unit.pk))
    return acts.order_by("-pk").first()


def first_use(unit: Unit) -> str:
    """The sentence that tells the first use of the unit's end in a year, "" for none; a constant number of queries."""
    if unit.valid_to is None:
        return ""
    heirs = Participant.objects.filter(unit__in=unit.successions.filter(date=unit.valid_to).values("successor"))
    heirs = heirs.select_related("campaign", "unit").order_by("campaign__year", "pk")
    return next(_uses(unit, heirs), "")


def _uses(unit: Unit, heirs: QuerySet[Participant]) -> Iterator[str]:
    assert unit.valid_to is not None  # noqa: S101  # says to mypy what `first_use` looked at
    alone = heirs.filter(campaign__year__gte=unit.valid_to.year).exclude(campaign__participants__unit=unit)
    for one in alone[:1]:
        yield f"{one.campaign.title} đã có {one.name} mà không có {unit.name}, nên không hoàn tác được nữa."
    for one in heirs.filter(unit__valid_from=unit.valid_to)[:1]:
        yield f"{one.name} đã tham gia {one.campaign.title}, nên không hoàn tác được nữa."
    older = UnitSuccession.objects.units_before([unit.pk], unit.valid_to)[unit.pk] | {unit.pk}
    taken = Evidence.objects.filter(participant__in=heirs, taken_from__evidence__participant__unit__in=older)
    for document in taken.select_related("participant__campaign")[:1]:
        yield _taken(document.participant, "tài liệu", unit)
    yield from _later_acts(unit, list(heirs), older)


def _later_acts(unit: Unit, heirs: list[Participant], older: Iterable[int]) -> Iterator[str]:
    """What the trail tells since the end: heirs taken in late, figures taken over, units that stand otherwise now."""
    act = end_act(unit)
    since = TrailEntry.objects.filter(pk__gt=act.pk if act else 0).order_by("pk")
    known = {str(one.pk): one for one in [*unit.participations.select_related("campaign"), *heirs]}
    submissions = Submission.objects.filter(participant__in=heirs).select_related("participant__campaign")
    dossiers = {str(one.pk): one.participant for one in submissions}
    old = set(Participant.objects.filter(unit__in=older).values_list("pk", flat=True))
    of_units = Q(object_type="scoring.Participant", object_id__in=list(known))
    of_units &= Q(action__in=["scoring.add_late_unit", "scoring.change_participant"])
    of_dossiers = Q(action="scoring.take_over", object_type="scoring.Submission", object_id__in=list(dossiers))
    stood: dict[str, dict[str, Any]] = {}
    for entry in since.filter(of_units | of_dossiers):
        if entry.action == "scoring.take_over":
            heir = dossiers[entry.object_id]
            if any(answer["participant"] in old for answer in entry.data["answers"]):
                yield _taken(heir, "số liệu", unit)
        elif entry.action == "scoring.add_late_unit":
            late = known[entry.object_id]
            yield f"{late.name} đã được đưa vào {late.campaign.title} sau đó, nên không hoàn tác được nữa."
        else:
            stood[entry.object_id] = entry.data["before"] | stood.get(entry.object_id, {})
    for pk, before in stood.items():
        one = known[pk]
        if any(name in before and before[name] != getattr(one, name) for name in _STANDING):
            yield (
                f"{one.campaign.title} đã đổi việc đánh giá, xếp hạng {one.name} sau đó. "
                "Điều phối đưa về như cũ thì mới hoàn tác được."
            )


def _taken(heir: Participant, what: str, unit: Unit) -> str:
    return (
        f"{heir.name} đã tiếp nhận {what} từ hồ sơ của {unit.name} trong {heir.campaign.title}, "
        "nên không hoàn tác được nữa."
    )
