"""Reading who judges what: appraisers with what they may take, the matrix units × components, and the load of each."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Count, Q
from django.http import Http404
from django.utils import timezone

from scoring.enums import PartState, Phase
from scoring.models import AppraisalPart, Campaign, ConflictOfInterest, Criterion, Group, Participant
from scoring.permissions import DECLARED_CONFLICT, OWN_UNIT
from scoring.selectors.campaigns import campaign_visible_to
from scoring.selectors.tree import trees
from units.enums import Role
from units.models import Membership, Organiser, UnitSuccession, User
from units.vietnamese import sort_key


@dataclass(frozen=True)
class Judge:
    """An appraiser of the organiser today. `components` are the codes he or she may judge, None for all of them;
    `barred` says per unit (pk) why not: works there, or a declared conflict."""

    user: User
    works_at: str
    components: frozenset[str] | None
    barred: Mapping[int, str]

    def refusal(self, unit_id: int, component: str) -> str:
        """Why this component of this unit cannot be given to the person, as a sentence; "" when it can."""
        if self.components is not None and component not in self.components:
            return f"{self.user.full_name} không được phân công lĩnh vực này."
        if unit_id in self.barred:
            return f"{self.user.full_name}. {self.barred[unit_id]}"
        return ""


def judges_of(organiser: Organiser) -> list[Judge]:
    """Everybody who may appraise for the organiser today, by name; as many queries at any number."""
    today = Membership.objects.valid_on(timezone.localdate())
    roles: dict[int, list[Membership]] = defaultdict(list)
    # Parts are given to appraisers; a deputy works those of the absent one (docs/decisions/016).
    able = today.filter(organiser=organiser, role=Role.APPRAISER, user__is_active=True, stands_for=None)
    rows = able.select_related("user", "unit")
    for row in rows.order_by("pk"):
        roles[row.user_id].append(row)
    barred: dict[int, dict[int, str]] = defaultdict(dict)
    conflicts = ConflictOfInterest.objects.filter(user__in=roles)
    for user, unit in conflicts.values_list("user", "unit"):
        barred[user][unit] = DECLARED_CONFLICT
    own = list(today.filter(user__in=roles).values_list("user", "unit"))
    before = UnitSuccession.objects.units_before({unit for _, unit in own}, timezone.localdate())
    for user, unit in own:
        barred[user] |= dict.fromkeys({unit, *before[unit]}, OWN_UNIT)
    found = [_judge(mine, barred[user]) for user, mine in roles.items()]
    return sorted(found, key=lambda judge: (sort_key(judge.user.full_name), judge.user.pk))


def _judge(roles: Sequence[Membership], barred: Mapping[int, str]) -> Judge:
    everything = any(not role.components for role in roles)
    codes = frozenset(code for role in roles for code in role.components)
    units = ", ".join(dict.fromkeys(role.unit.name for role in roles))
    return Judge(roles[0].user, units, None if everything else codes, barred)


# ── the matrix of one group ───────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Cell:
    """One part in the matrix; `appraiser` None is a gap."""

    pk: int
    unit: str
    component: str
    number: int
    state: str
    appraiser: int | None


@dataclass(frozen=True)
class Row:
    """One unit with a cell per column; None where the unit has no part there (in this round)."""

    participant: Participant
    cells: Sequence[Cell | None]


@dataclass(frozen=True)
class Matrix:
    """Units × components of one group in one round."""

    group: Group
    number: int
    columns: Sequence[Criterion]
    rows: Sequence[Row]

    @property
    def cells(self) -> list[Cell]:
        return [cell for row in self.rows for cell in row.cells if cell is not None]

    @property
    def gaps(self) -> list[Cell]:
        return [cell for cell in self.cells if cell.appraiser is None]


def groups_to_assign(campaign: Campaign) -> list[Group]:
    """The groups of the campaign in order."""
    groups = list(campaign.groups.order_by("position"))
    for group in groups:
        group.campaign = campaign
    return groups


def matrix_of(group: Group, number: int) -> Matrix:
    """Who judges what in one group and round; three queries at any size. Units that only the council settles, and
    those that are not assessed, are not in it."""
    units = group.participants.filter(is_assessed=True, has_figures=True, council_only=False)
    participants = list(units.select_related("unit", "criteria_set", "submission").order_by("unit__name_sort", "pk"))
    by_set = trees({item.criteria_set_id: item.criteria_set for item in participants}.values())
    columns: dict[str, Criterion] = {}
    for tree in by_set.values():
        for node in tree.judged_components:
            columns.setdefault(node.code, node)
    cells: dict[tuple[int, str], Cell] = {}
    parts = AppraisalPart.objects.filter(participant__group=group, round=number)
    fields = ("pk", "participant", "participant__code", "component__code", "state", "appraiser")
    for pk, participant, unit, component, state, appraiser in parts.values_list(*fields):
        cells[participant, component] = Cell(pk, unit, component, number, state, appraiser)
    rows = [Row(item, [cells.get((item.pk, code)) for code in columns]) for item in participants]
    return Matrix(group, number, list(columns.values()), rows)


@dataclass(frozen=True)
class Load:
    """How many parts of a campaign a person holds, by state."""

    user: User
    given: int
    open: int
    done: int
    signed: int


_AFTER = (Phase.EXPLANATION, Phase.REAPPRAISAL, Phase.COUNCIL)
IN_ITS_STEP = Q(participant__is_assessed=True) & (
    Q(round=1, participant__group__phase=Phase.APPRAISAL)
    | Q(round=2, participant__group__phase=Phase.REAPPRAISAL)
    | Q(round=1, amended_in__isnull=False, participant__group__phase__in=_AFTER)
    | Q(round=2, amended_in__isnull=False, participant__group__phase=Phase.COUNCIL)
)
"""Parts that are judged now: the unit's group is in the round of the part, or past it where an amendment opened
the part anew (`services.pen.appraisal_pen`)."""


def loads_of(campaign: Campaign, which: Q | None = None) -> list[Load]:
    """Who holds how many parts of the campaign, both rounds (or only `which`); two queries, the heaviest first."""
    counted = (
        AppraisalPart.objects.filter(which or Q(), participant__campaign=campaign, appraiser__isnull=False)
        .values("appraiser")
        .annotate(
            given=Count("pk"),
            open=Count("pk", filter=Q(state=PartState.OPEN)),
            done=Count("pk", filter=Q(state=PartState.DONE)),
            signed=Count("pk", filter=Q(state=PartState.SIGNED)),
        )
        .order_by("-given", "appraiser")
    )
    rows = list(counted)
    people = User.objects.in_bulk([row["appraiser"] for row in rows])
    return [Load(people[row["appraiser"]], row["given"], row["open"], row["done"], row["signed"]) for row in rows]


def conflicts_of(organiser: Organiser) -> list[ConflictOfInterest]:
    """Declared conflicts, newest first."""
    found = ConflictOfInterest.objects.filter(organiser=organiser).select_related("user", "unit", "declared_by")
    return list(found.order_by("-declared_at", "-pk"))


def parts_in(matrix: Matrix, units: Iterable[str] | None, components: Iterable[str], *, only_gaps: bool) -> list[int]:
    """The parts (pks) of the matrix at these units (codes, None for all) and components, or only those of nobody."""
    wanted, codes = None if units is None else set(units), set(components)
    return [
        cell.pk
        for cell in matrix.cells
        if (wanted is None or cell.unit in wanted)
        and cell.component in codes
        and not (only_gaps and cell.appraiser is not None)
    ]


def cell_visible_to(user: User, slug: str, code: str, unit: str, component: str, number: int) -> AppraisalPart:
    """One part by its address, for whoever may see the campaign from inside; Http404 otherwise."""
    campaign = campaign_visible_to(user, slug, code)
    found = AppraisalPart.objects.filter(
        participant__campaign=campaign, participant__code=unit, component__code=component, round=number
    )
    part = found.select_related("participant__unit", "participant__group", "component", "appraiser").first()
    if part is None:
        raise Http404
    part.participant.campaign = campaign
    return part
