"""The council's list: what is open and what is settled, one point with all that was said of it, and the decisions."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Generic, NamedTuple, TypeVar

from django.db.models import F, Q, QuerySet
from django.http import Http404

from scoring.enums import Phase, Resolution, Stage
from scoring.models import Campaign, CouncilSession, Criterion, ExplanationItem, Group, Participant, Run, Value
from scoring.selectors.dossiers import TEAM, campaign_of_work, participant_visible_to
from scoring.selectors.missing import excluded_leaves, is_lowered
from scoring.selectors.second_answers import answered_again
from scoring.selectors.tree import trees
from units.enums import Role
from units.models import User
from units.vietnamese import format_number, show_size

AT_COUNCIL = (Phase.COUNCIL, Phase.FINALISED, Phase.PUBLISHED)
STAGES = (Stage.DECLARED, Stage.APPRAISED, Stage.REAPPRAISED, Stage.COUNCIL)
CLOSE = Decimal("0.5")
"""How near a class threshold a unit is shown as near it: in points of the index (or of the sum, by `grade_on`)."""

DISPUTED, CLAIM, LOWERED, COUNCIL_ONLY, TAKEN_UP = "disputed", "claim", "lowered", "council_only", "taken_up"
KINDS = {
    DISPUTED: "Đã giải trình, điểm còn thấp hơn tự chấm",
    CLAIM: "Đề nghị không áp dụng không được chấp nhận",
    LOWERED: "Điểm vòng 2 thấp hơn vòng 1",
    COUNCIL_ONLY: "Hồ sơ chỉ hội đồng chấm",
    TAKEN_UP: "Hội đồng xem xét thêm",
}


class Word(NamedTuple):
    """What a list reads of a value: thousands of them stand behind one page."""

    pk: int
    worth: Decimal | None
    not_applicable: bool


V = TypeVar("V", Word, Value)


@dataclass(frozen=True)
class Point(Generic[V]):
    """One leaf of one unit before the council, with the component that it stands in and its values by stage.

    `kinds` tell why it stands in the list; `answered_again`: the unit has answered the fall of the second round.
    """

    participant: Participant
    component: Criterion
    criterion: Criterion
    kinds: tuple[str, ...]
    values: Mapping[str, V]
    answered_again: bool

    @property
    def is_decided(self) -> bool:
        return Stage.COUNCIL in self.values

    @property
    def may_keep_declared(self) -> bool:
        """Whether there is a declared value that could be kept as it is: no claim "không áp dụng"."""
        declared = self.values.get(Stage.DECLARED)
        return declared is not None and not declared.not_applicable

    @property
    def reasons(self) -> list[str]:
        """Why it stands in the list, in words."""
        told = [KINDS[kind] for kind in self.kinds]
        if LOWERED in self.kinds:
            told.append("Đã giải trình lại hoặc đồng ý" if self.answered_again else "Chưa giải trình lại")
        return told

    @property
    def row(self) -> list[V | None]:
        """Declared, first round, second round, council."""
        return [self.values.get(stage) for stage in STAGES]


@dataclass(frozen=True)
class NearClass:
    """A unit whose class hangs on little, by one run: index and thresholds as printed there."""

    code: str
    name: str
    index: str
    grade: str
    sentence: str


@dataclass(frozen=True)
class Decided:
    """What the council decided of one unit: its leaves in the order of the tree, and perhaps its class."""

    participant: Participant
    points: Sequence[Point[Word]]
    grade: str
    grade_reason: str


def groups_at_council(campaign: Campaign) -> tuple[list[Group], list[Group]]:
    """The groups whose points are with the council (or settled by it), and those that have not come so far."""
    groups = list(campaign.groups.order_by("position"))
    return [item for item in groups if item.phase in AT_COUNCIL], [
        item for item in groups if item.phase not in AT_COUNCIL
    ]


def points_of(campaign: Campaign, groups: Iterable[Group] | None = None) -> list[Point[Word]]:
    """All points before the council, open and decided, by group, unit and tree; nine queries at any size.

    `groups`: those of these groups, whatever their phase: what will stand before the council once they are put to it.
    """
    chosen = Q(group__phase__in=AT_COUNCIL) if groups is None else Q(group__in=groups)
    participants = list(
        campaign.participants.filter(chosen, is_assessed=True, has_figures=True)
        .select_related("group", "unit", "criteria_set", "submission")
        .order_by("group__position", "unit__name_sort", "pk")
    )
    by_set = trees({item.criteria_set_id: item.criteria_set for item in participants}.values())
    excluded = excluded_leaves(campaign, participants, by_set)
    explained = _explained(participants)
    values = _values(participants)
    found = []
    for participant in participants:
        tree = by_set[participant.criteria_set_id]
        components = {node.path: node for node in tree.components}
        for leaf in tree.self_leaves:
            key = (participant.pk, leaf.pk)
            if key not in values and not participant.council_only:
                continue
            by_stage, rounds = values.get(key, {}), explained.get(key, frozenset())
            kinds = _kinds(participant, by_stage, rounds)
            if kinds and (leaf.pk not in excluded[participant.pk] or Stage.COUNCIL in by_stage):
                component = components[leaf.component_path]
                found.append(Point(participant, component, leaf, kinds, by_stage, 2 in rounds))
    return found


def point_of(participant: Participant, criterion: Criterion) -> Point[Value]:
    """One point with everything of it loaded, whether or not the list holds it."""
    explained = _explained([participant]).get((participant.pk, criterion.pk), frozenset())
    values = Value.objects.fresh().filter(participant=participant, criterion=criterion, stage__in=STAGES)
    by_stage = {value.stage: value for value in values.select_related("criterion", "author")}
    component = Criterion.objects.in_force().get(criteria_set=criterion.criteria_set_id, path=criterion.component_path)
    kinds = _kinds(participant, by_stage, explained)
    return Point(participant, component, criterion, kinds, by_stage, 2 in explained)


def standing(point: Point[V]) -> V | None:
    """What is in force where the council says nothing: the last word of the appraisal, None where there is none."""
    return point.values.get(Stage.REAPPRAISED) or point.values.get(Stage.APPRAISED)


def explanations_at(point: Point[V]) -> list[ExplanationItem]:
    """What the unit has sent about one leaf, first round first."""
    items = ExplanationItem.objects.filter(explanation__participant=point.participant, criterion=point.criterion)
    return list(items.sent().order_by("round"))


def scale_of(group: Group, campaign: Campaign) -> list[dict[str, Any]]:
    """The classes in force for a group, best first: its own, or the campaign's."""
    return campaign.grades if group.grades is None else group.grades


def grade_label(group: Group, campaign: Campaign, code: str | None) -> str:
    """The class's name in the group's scale; the code itself where the scale has changed since, "" for none."""
    return next((item["label"] for item in scale_of(group, campaign) if item["code"] == code), code or "")


def decisions_of(campaign: Campaign, points: Iterable[Point[Word]]) -> list[Decided]:
    """Of `points` those decided, unit by unit, with the classes that the council decided; one query more."""
    by_unit: dict[int, list[Point[Word]]] = {}
    for point in points:
        if point.is_decided:
            by_unit.setdefault(point.participant.pk, []).append(point)
    chosen = campaign.participants.filter(Q(pk__in=by_unit) | Q(grade_override__isnull=False))
    return [
        Decided(
            participant,
            by_unit.get(participant.pk, []),
            grade_label(participant.group, campaign, override.get("grade")),
            override.get("reason", ""),
        )
        for participant in chosen.select_related("group", "unit").order_by("group__position", "unit__name_sort", "pk")
        for override in [participant.grade_override or {}]
    ]


def council_values(points: Iterable[Point[Word]]) -> dict[int, Value]:
    """The council's own values of decided points, whole, by pk; one query. Their criteria are those of the points."""
    criteria = {point.values[Stage.COUNCIL].pk: point.criterion for point in points if point.is_decided}
    found = Value.objects.in_bulk(criteria)
    for pk, value in found.items():
        value.criterion = criteria[pk]
    return found


def run_for(user: User, campaign: Campaign) -> Run | None:
    """The newest run that the person may know of: any for a coordinator, for others one that was shown to them."""
    runs = campaign.runs.order_by("-number")
    if not any(
        item.role == Role.COORDINATOR and item.organiser_id == campaign.organiser_id
        for item in user.current_memberships
    ):
        runs = runs.filter(shown__isnull=False)
    return runs.defer("campaign_file").first()


def near_classes(run: Run, campaign: Campaign) -> list[NearClass]:
    """Units of a run within `CLOSE` of a class threshold of today's scale, or lowered by a gate in that run."""
    results = json.loads(run.results_file)
    participants = {item.code: item for item in campaign.participants.select_related("group")}
    basis = "points" if campaign.policy["grade_on"] == "points" else "index"
    found = []
    for unit in results["units"]:
        participant = participants.get(unit["code"])
        if participant is None or unit["index"] is None:
            continue
        say = show_size if basis == "points" else format_number
        sentences = _near(Decimal(unit[basis]), scale_of(participant.group, campaign), say)
        if "→" in unit["grade_reason"]:
            sentences.append(f"{unit['grade_reason']}.")
        if sentences:
            label = grade_label(participant.group, campaign, unit["grade"])
            found.append(NearClass(unit["code"], participant.name, unit["index"], label, " ".join(sentences)))
    return found


def participant_for_council(user: User, slug: str, code: str, unit: str) -> Participant:
    """A unit of the council's pages; Http404 for those outside the team, who have no business there."""
    participant = participant_visible_to(user, slug, code, unit)
    if not _is_team(user, participant.organiser_id):
        raise Http404
    return participant


def session_visible_to(user: User, slug: str, code: str, pk: int) -> CouncilSession:
    """Minutes of one meeting, for the team; Http404 otherwise."""
    campaign = campaign_of_work(user, slug, code)
    session = campaign.council_sessions.filter(pk=pk).first() if _is_team(user, campaign.organiser_id) else None
    if session is None:
        raise Http404
    session.campaign = campaign
    return session


def sessions_of(campaign: Campaign) -> QuerySet[CouncilSession]:
    """Meetings of the council, the last one first."""
    return campaign.council_sessions.select_related("author").order_by("-held_on", "-pk")


def _is_team(user: User, organiser: int) -> bool:
    return any(item.organiser_id == organiser and item.role in TEAM for item in user.current_memberships)


def _explained(participants: list[Participant]) -> dict[tuple[int, int], frozenset[int]]:
    """The rounds in which a unit sent something about a leaf, by (participant, criterion); of round 2 only what is
    about the points that stand, words or an agreement."""
    first = ExplanationItem.objects.sent().filter(explanation__participant__in=participants, round=1)
    pairs = [(pair, 1) for pair in first.values_list("explanation__participant", "criterion")]
    pairs += [(pair, 2) for pair in answered_again(explanation__participant__in=participants)]
    found: dict[tuple[int, int], frozenset[int]] = {}
    for pair, number in pairs:
        found[pair] = found.get(pair, frozenset()) | {number}
    return found


def _values(participants: list[Participant]) -> dict[tuple[int, int], dict[str, Word]]:
    """Values of the leaves that may be points, by (participant, criterion) and stage: those explained, those that the
    council has settled, and all of a unit that only the council judges; four queries.

    Each starts from the few rows that make a leaf a point: among all values of a province the database would search
    for a good part of a second.
    """
    units = [item.pk for item in participants]
    values = Value.objects.fresh().filter(participant__in=units, stage__in=STAGES)
    found: dict[tuple[int, int], dict[str, Word]] = {}

    def take(rows: QuerySet[Value], wanted: Collection[tuple[int, int]] | None = None) -> None:
        for unit, leaf, stage, *word in rows.values_list("participant", "criterion", "stage", *Word._fields):
            if wanted is None or (unit, leaf) in wanted:
                found.setdefault((unit, leaf), {})[stage] = Word(*word)

    take(values.filter(participant__explanation__items__criterion=F("criterion")))
    take(values.filter(participant__council_only=True))
    known = set(found)
    take(values.filter(stage=Stage.COUNCIL))
    taken_up = set(found) - known
    others = values.filter(participant__in={unit for unit, _ in taken_up}, criterion__in={leaf for _, leaf in taken_up})
    take(others, taken_up)
    return found


def _kinds(participant: Participant, by_stage: Mapping[str, V], rounds: frozenset[int]) -> tuple[str, ...]:
    """Why a leaf stands before the council; empty where it does not. A decided one always stands in the list."""
    found = []
    declared, appraised, reappraised = (by_stage.get(stage) for stage in STAGES[:3])
    last = reappraised or appraised
    submission = getattr(participant, "submission", None)
    is_nought = submission is not None and submission.resolution == Resolution.NOUGHT
    if participant.council_only and not is_nought:
        found.append(COUNCIL_ONLY)
    elif rounds and declared is not None and last is not None and not is_nought:
        if declared.worth is None and last.worth is not None:
            found.append(CLAIM)
        elif declared.worth is not None and (last.worth is None or last.worth < declared.worth):
            found.append(DISPUTED)
    if not is_nought and is_lowered(appraised, reappraised):
        found.append(LOWERED)
    if not found and Stage.COUNCIL in by_stage:
        found.append(TAKEN_UP)
    return tuple(found)


def _near(value: Decimal, scale: list[dict[str, Any]], say: Callable[[Decimal], str]) -> list[str]:
    told = []
    for item in scale:
        threshold = item.get("at_least") or item.get("above")
        if threshold is None:
            continue
        gap = value - Decimal(threshold)
        if abs(gap) <= CLOSE:
            said = say(abs(gap))
            told.append(
                f"Trên ngưỡng “{item['label']}” {said}." if gap >= 0 else f"Thiếu {said} để đạt “{item['label']}”."
            )
    return told
