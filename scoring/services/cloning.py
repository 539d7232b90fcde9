"""This year from last year in one step: groups, hours, policy, grades, gates, criteria sets, and who still exists."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from itertools import pairwise

from django.db import transaction
from django.utils import timezone

from scoring.enums import Origin, Phase
from scoring.models import Campaign, CriteriaSet, Criterion, Group, Participant, Window
from scoring.selectors.tree import trees
from scoring.services.setup import DEFAULT_GRADES, WINDOW_PHASES, create_campaign, is_lead
from units.models import UnitSuccession, User

_NODE_FIELDS = (
    "path",
    "code",
    "title",
    "max_points",
    "weight",
    "source",
    "role",
    "rule",
    "permanent_id",
    "scoring_text",
    "evidence_text",
    "lead_department",
    "rule_pending",
)


@dataclass(frozen=True)
class Ended:
    """A unit of last year that is no more: it is not taken over, and neither are its successors without being asked.

    `successors` are the names of the units that followed it, "" where none is recorded.
    """

    code: str
    name: str
    ended_on: datetime.date | None
    successors: str


@dataclass(frozen=True)
class Plan:
    """What cloning would take over today. A past table has no sets of its own to take: each group then begins with an
    empty set, to be filled from a file. `disordered` says, in sentences, where a step would begin before the step that
    comes before it has begun: last year's hours, worth a look before they are this year's."""

    staying: tuple[Participant, ...]
    ended: tuple[Ended, ...]
    has_sets: bool
    disordered: tuple[str, ...] = ()

    @property
    def unranked(self) -> tuple[Participant, ...]:
        """Those whose reason for not being ranked or assessed is taken over, and should be looked at again."""
        return tuple(item for item in self.staying if not (item.is_ranked and item.is_assessed))


def plan(campaign: Campaign) -> Plan:
    """Who would take part again, who has ended, and which hours are out of order; five queries at any size."""
    today = timezone.localdate()
    participants = list(
        campaign.participants.select_related("unit", "group").order_by("group__position", "unit__name_sort", "pk")
    )
    staying = tuple(
        item
        for item in participants
        if item.unit.valid_from <= today and (item.unit.valid_to is None or item.unit.valid_to > today)
    )
    gone = [item for item in participants if item not in staying]
    followers: dict[int, list[str]] = {}
    for step in UnitSuccession.objects.filter(predecessor__in=[item.unit_id for item in gone]).select_related(
        "successor"
    ):
        followers.setdefault(step.predecessor_id, []).append(step.successor.name)
    ended = tuple(
        Ended(item.code, item.name, item.unit.valid_to, ", ".join(followers.get(item.unit_id, []))) for item in gone
    )
    return Plan(staying, ended, campaign.origin == Origin.PORTAL, tuple(_disordered(campaign)))


def _disordered(campaign: Campaign) -> list[str]:
    windows: dict[int, dict[str, Window]] = {}
    for window in Window.objects.filter(group__campaign=campaign, phase__in=WINDOW_PHASES).select_related("group"):
        windows.setdefault(window.group_id, {})[window.phase] = window
    sentences = []
    for own in windows.values():
        in_order = [own[phase] for phase in WINDOW_PHASES if phase in own]
        for earlier, later in pairwise(in_order):
            if later.opens_at < earlier.opens_at:
                sentences.append(
                    f"{later.group.title}: “{Phase(later.phase).label}” mở trước “{Phase(earlier.phase).label}”."
                )
    return sentences


def clone(campaign: Campaign, *, code: str, year: int, title: str, by: User) -> Campaign:
    """Make the campaign of another year from `campaign`: see `Plan` for whom it takes over; hours are shifted by the
    difference in years, criteria keep their permanent ids, nothing that anybody has answered or decided is copied.

    Raises `Refused`, `Incomplete` (the code is taken); nothing is stored then.
    """
    with transaction.atomic():
        planned = plan(campaign)
        made = create_campaign(
            campaign.organiser,
            code=code,
            title=title,
            year=year,
            policy=campaign.policy,
            grades=campaign.grades if campaign.grades_known else DEFAULT_GRADES,
            gates=campaign.gates if planned.has_sets else [],
            is_sample=campaign.is_sample,
            by=by,
            cloned_from=campaign.code,
            ended=[vars(item) for item in planned.ended],
        )
        groups = _groups(campaign, made, planned.has_sets)
        sets = _sets(campaign, made) if planned.has_sets else _empty_sets(made, groups)
        _windows(campaign, groups, year - campaign.year)
        _participants(made, planned, groups, sets)
    return made


def _groups(campaign: Campaign, made: Campaign, with_gates: bool) -> dict[int, Group]:
    """The new group by the pk of the one it was made from."""
    old = list(campaign.groups.order_by("position"))
    new = Group.objects.bulk_create(
        Group(
            campaign=made,
            code=group.code,
            title=group.title,
            position=group.position,
            grades=group.grades if campaign.grades_known else None,
            gates=group.gates if with_gates else None,
        )
        for group in old
    )
    return {group.pk: copy for group, copy in zip(old, new, strict=True)}


def _sets(campaign: Campaign, made: Campaign) -> dict[int, CriteriaSet]:
    """Each set with its nodes in force; one insert a level of the deepest tree."""
    old = list(campaign.criteria_sets.order_by("position", "code"))
    new = CriteriaSet.objects.bulk_create(
        CriteriaSet(
            campaign=made,
            code=item.code,
            title=item.title,
            position=item.position,
            unit_kinds=item.unit_kinds,
            note=item.note,
            is_sample=item.is_sample,
        )
        for item in old
    )
    by_old = {item.pk: copy for item, copy in zip(old, new, strict=True)}
    _nodes([node for tree in trees(old).values() for node in tree.nodes], by_old)
    return by_old


def _nodes(nodes: list[Criterion], sets: dict[int, CriteriaSet]) -> None:
    levels: dict[int, list[Criterion]] = {}
    for node in nodes:
        levels.setdefault(node.path.count("."), []).append(node)
    copies: dict[int | None, Criterion | None] = {None: None}
    for depth in sorted(levels):
        made = Criterion.objects.bulk_create(
            Criterion(
                criteria_set=sets[node.criteria_set_id],
                parent=copies[node.parent_id],
                **{name: getattr(node, name) for name in _NODE_FIELDS},
            )
            for node in levels[depth]
        )
        copies |= {node.pk: copy for node, copy in zip(levels[depth], made, strict=True)}


def _empty_sets(made: Campaign, groups: dict[int, Group]) -> dict[int, CriteriaSet]:
    """An empty set for each group, by the group's old pk; it takes the annex that is imported under its code."""
    new = CriteriaSet.objects.bulk_create(
        CriteriaSet(
            campaign=made,
            code=group.code,
            title=f"Bộ tiêu chí: {group.title}"[:200],
            position=place,
            note="Chưa có tiêu chí: nhập từ phụ lục.",
        )
        for place, group in enumerate(groups.values())
    )
    return dict(zip(groups, new, strict=True))


def _windows(campaign: Campaign, groups: dict[int, Group], years: int) -> None:
    old = Window.objects.filter(group__campaign=campaign, phase__in=WINDOW_PHASES)
    Window.objects.bulk_create(_window(window, groups[window.group_id], years) for window in old)


def _window(window: Window, group: Group, years: int) -> Window:
    opens_at, closes_at = shifted(window.opens_at, years), shifted(window.closes_at, years)
    # The minute and a 29/02 that falls on 28/02 may bring the two together; a window has a length.
    closes_at = max(closes_at, opens_at + datetime.timedelta(minutes=1))
    return Window(
        group=group,
        phase=window.phase,
        opens_at=opens_at,
        closes_at=closes_at,
        grace_minutes=window.grace_minutes,
        takes_begun_files=window.takes_begun_files,
    )


def shifted(moment: datetime.datetime, years: int) -> datetime.datetime:
    """The same day, hour and minute of the portal's zone so many years later, as people set it and as pages show it:
    without seconds; 29/02 becomes 28/02 where it must."""
    local = timezone.localtime(moment).replace(second=0, microsecond=0)
    try:
        return local.replace(year=local.year + years)
    except ValueError:
        return local.replace(year=local.year + years, day=28)


def _participants(made: Campaign, planned: Plan, groups: dict[int, Group], sets: dict[int, CriteriaSet]) -> None:
    Participant.objects.bulk_create(
        Participant(
            campaign=made,
            unit=item.unit,
            code=item.code,
            name=item.unit.name,
            group=groups[item.group_id],
            criteria_set=sets[item.criteria_set_id if planned.has_sets else item.group_id],
            is_ranked=item.is_ranked,
            unranked_reason=item.unranked_reason,
            is_assessed=item.is_assessed,
            left_out_reason=item.left_out_reason,
            council_only=item.council_only or is_lead(made.organiser, item.unit),
        )
        for item in planned.staying
    )
