"""What the pages of a year's set-up show: groups with their hours, units that could take part, nodes for gates."""

from __future__ import annotations

from django.db.models import Count, Prefetch, Q, QuerySet
from django.utils import timezone

from scoring.models import Campaign, Criterion, Group, Participant
from units.enums import UnitKind
from units.models import Unit
from units.selectors import units_of
from units.vietnamese import fold


def groups_with_counts(campaign: Campaign) -> QuerySet[Group]:
    """The groups in order, each with `ranked_count`, `unranked_count`, `left_out_count`, its windows, and its units'
    sets as `members` (pk and set alone); three queries at any size."""
    assessed = Q(participants__is_assessed=True)
    ranked = Q(participants__is_ranked=True)
    return (
        campaign.groups.annotate(
            ranked_count=Count("participants", filter=assessed & ranked),
            unranked_count=Count("participants", filter=assessed & ~ranked),
            left_out_count=Count("participants", filter=~assessed),
        )
        .prefetch_related(
            "windows",
            Prefetch(
                "participants",
                Participant.objects.select_related("criteria_set").only(
                    "pk", "group", "criteria_set__code", "criteria_set__title"
                ),
                to_attr="members",
            ),
        )
        .order_by("position")
    )


def candidates(campaign: Campaign, kind: str = "", text: str = "") -> QuerySet[Unit]:
    """Units of the organiser that exist today and do not take part yet, by name; of one kind where it is given, and
    those whose code begins with `text` or whose name holds it, with or without diacritics."""
    taking = campaign.participants.values("unit")
    found = units_of(campaign.organiser).valid_on(timezone.localdate()).exclude(pk__in=taking)  # type: ignore[attr-defined]
    found = found.exclude(pk=campaign.organiser.unit_id)
    if kind:
        found = found.filter(kind=kind)
    if text:
        found = found.filter(Q(code__istartswith=text.strip()) | Q(name_fold__contains=fold(text)))
    return found.order_by("name_sort", "code", "pk")


def kinds_of(campaign: Campaign) -> list[tuple[str, str, int]]:
    """The kinds of unit among the candidates, each with its label and how many there are."""
    counted = candidates(campaign).order_by("kind").values_list("kind").annotate(count=Count("pk"))
    by_kind = dict(counted)
    return [(kind.value, kind.label, by_kind[kind]) for kind in UnitKind if kind in by_kind]


def of_another_kind(campaign: Campaign) -> QuerySet[Participant]:
    """Assessed units whose kind is none of those that their criteria set names, by name; a set that names none is for
    all kinds."""
    named = [(pk, kinds) for pk, kinds in campaign.criteria_sets.values_list("pk", "unit_kinds") if kinds]
    wrong = Q(pk__in=())
    for pk, kinds in named:
        wrong |= Q(criteria_set=pk) & ~Q(unit__kind__in=kinds)
    return campaign.participants.filter(wrong, is_assessed=True).order_by("unit__name_sort", "pk")


def gate_nodes(campaign: Campaign) -> list[Criterion]:
    """The nodes that a gate may look at: all of the campaign's sets, each code once, in the order of print."""
    found: dict[str, Criterion] = {}
    nodes = Criterion.objects.in_force().filter(criteria_set__campaign=campaign)
    for node in nodes.only("code", "title", "path").order_by("path", "criteria_set"):
        found.setdefault(node.code, node)
    return list(found.values())
