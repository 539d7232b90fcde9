"""A unit's worksheet as one reader may see it: every node of the tree with its state, and what is still missing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any

from scoring.enums import Source, Stage
from scoring.models import (
    AppraisalPart,
    Criterion,
    Exclusion,
    Participant,
    ReturnNote,
    Submission,
    Unfinished,
    Value,
)
from scoring.permissions import UNIT_ROLES, came_before, held_by, works_for_unit
from scoring.selectors.dossiers import TEAM, submission_visible_to
from scoring.selectors.return_notes import is_settled
from scoring.selectors.sheet_rows import nodes_of
from scoring.selectors.tree import Tree
from scoring.selectors.unit_papers import Papers
from scoring.workflow.pen import stages_shown_to_unit
from units.enums import Role
from units.models import User

_JUDGED = frozenset({Stage.APPRAISED, Stage.REAPPRAISED})


@dataclass(frozen=True)
class Sight:
    """What one reader may see of one dossier.

    `everywhere` are the stages seen of every leaf, `judged` the paths of components of which the reader, an appraiser,
    also sees the appraisal. `is_unit`: the unit itself, which never reads who appraised it.
    """

    everywhere: frozenset[Stage]
    judged: frozenset[str] = frozenset()
    is_unit: bool = False

    def sees(self, stage: str, criterion: Criterion) -> bool:
        return stage in self.everywhere or (stage in _JUDGED and criterion.component_path in self.judged)

    def names(self, stage: str) -> bool:
        """Whether the reader may know who gave a value of this stage."""
        return not self.is_unit or stage == Stage.DECLARED


def sight_of(user: User, participant: Participant) -> Sight:
    """One's own unit comes first, and the one it came out of: whoever works there sees what the unit may see, whatever
    other role he or she has.

    `participant` with its group. The team sees every stage, an appraiser what was handed in and the parts held.
    """
    organiser = participant.campaign.organiser_id
    if works_for_unit(user, participant.unit_id, UNIT_ROLES) or participant.unit_id in came_before(
        user, organiser, UNIT_ROLES
    ):
        return Sight(stages_shown_to_unit(participant.group.phase), is_unit=True)
    roles = {item.role for item in user.current_memberships if item.organiser_id == organiser}
    # What a unit is still writing is its own; the coordinator alone looks on, to help before the deadline.
    handed_in = {Stage.DECLARED} if _is_received(participant) else set()
    if Role.COORDINATOR in roles:
        return Sight(frozenset(Stage))
    if roles.intersection(TEAM):
        return Sight(frozenset(set(Stage) - {Stage.DECLARED} | handed_in))
    held = AppraisalPart.objects.filter(held_by(user), participant=participant)
    return Sight(frozenset(handed_in), frozenset(held.values_list("component__path", flat=True)))


def _is_received(participant: Participant) -> bool:
    submission = Submission.objects.filter(participant=participant).first()
    return submission is not None and submission.is_received


@dataclass(frozen=True)
class State:
    """The state of a node in one silhouette (components/state.html) and one word."""

    icon: str
    label: str


DONE = State("done", "xong")
HALF = State("half", "đang làm")
UNFINISHED = State("half", "chưa nhập xong")
UNANSWERED = State("todo", "chưa làm")
STALE = State("back", "quy tắc đã đổi, nhập lại")
RETURNED = State("back", "thủ trưởng trả lại, sửa")
EVIDENCE = State("ev", "thiếu minh chứng")
BY_PAPER = State("done", "theo văn bản đến muộn")
CLAIMED = State("na", "không áp dụng (đề nghị)")
EXCLUDED = State("na", "không đánh giá")
_ENTERED = {source: State("lock", f"{source.label.lower()}, cơ quan điều phối nhập") for source in Source} | {
    Source.COORDINATOR: State("lock", "cơ quan điều phối nhập")
}
_TO_ENTER = (UNANSWERED, STALE, UNFINISHED)
OPEN_STATES = (*_TO_ENTER, EVIDENCE)


@dataclass(frozen=True)
class Line:
    """One leaf: its values by stage, as far as the reader sees them, how many documents stand for it, and what the
    unit has typed for it that is no answer yet, what its head asked to mend there (both told to the unit alone)."""

    criterion: Criterion
    values: Mapping[str, Value]
    evidence: int
    is_excluded: bool
    unfinished: Unfinished | None = None
    notes: Sequence[ReturnNote] = ()

    @property
    def declared(self) -> Value | None:
        return self.values.get(Stage.DECLARED)

    @property
    def is_asked(self) -> bool:
        """Whether the unit answers this leaf."""
        return self.criterion.source == Source.SELF and not self.is_excluded

    @property
    def is_answered(self) -> bool:
        return self.is_asked and self.declared is not None and self.declared.is_fresh

    @property
    def open_notes(self) -> list[ReturnNote]:
        """What the head asked to mend here and nobody has yet: a declaration made since has settled it."""
        return [note for note in self.notes if not is_settled(note, self.declared)] if self.is_asked else []

    @cached_property
    def state(self) -> State:
        """As a tree shows it: what the head sent back comes before what the answer itself says."""
        return RETURNED if self.open_notes and self.content_state != STALE else self.content_state

    @cached_property
    def content_state(self) -> State:
        """What the answer itself says, whatever the head thinks of it."""
        value = self.declared
        if self.is_excluded:
            return EXCLUDED
        if self.criterion.source != Source.SELF:
            return _ENTERED[Source(self.criterion.source)]
        if self.unfinished is not None:
            return UNFINISHED
        if value is None:
            return UNANSWERED
        if not value.is_fresh:
            return STALE
        if value.not_applicable:
            return CLAIMED
        if self.criterion.evidence_text and value.worth and not self.evidence:
            # What the coordinator enters by a late paper stands on that paper; nobody can bring another one.
            return BY_PAPER if value.on_behalf else EVIDENCE
        return DONE

    @property
    def is_open(self) -> bool:
        """Whether something is left to do here: an answer, a proof, or what the head sent back."""
        return self.content_state in OPEN_STATES or bool(self.open_notes)

    @property
    def at_stake(self) -> Decimal:
        """Points that hang on what is missing: the maximum of an unanswered leaf, the points of one without proof; what
        an answer that stands has not earned while something else is typed over it."""
        if self.content_state == UNFINISHED and self.is_answered and self.declared is not None:
            return self.criterion.max_points - (self.declared.worth or Decimal(0))
        if self.content_state == EVIDENCE and self.declared is not None and self.declared.worth is not None:
            return self.declared.worth
        return self.criterion.max_points if self.content_state in OPEN_STATES else Decimal(0)


@dataclass(frozen=True)
class Open:
    """Leaves on which the same thing is left to do."""

    lines: Sequence[Line]

    def __len__(self) -> int:
        return len(self.lines)

    @property
    def at_stake(self) -> Decimal:
        return sum((line.at_stake for line in self.lines), Decimal(0))


@dataclass(frozen=True)
class Component:
    """One component with its leaves in the order of print."""

    criterion: Criterion
    lines: Sequence[Line]

    @property
    def asked(self) -> int:
        return sum(line.is_asked for line in self.lines)

    @property
    def answered(self) -> int:
        return sum(line.is_answered for line in self.lines)

    @property
    def state(self) -> State:
        states = [line.content_state for line in self.lines if line.is_asked]
        if not states:
            return self.lines[0].state if self.lines else DONE
        if any(line.state == RETURNED for line in self.lines):
            return RETURNED
        if any(state in _TO_ENTER for state in states):
            return HALF if self.answered or UNFINISHED in states else UNANSWERED
        return EVIDENCE if EVIDENCE in states else DONE


@dataclass(frozen=True)
class Worksheet:
    """A unit's worksheet for one reader; `exclusions` are the confirmed ones that touch the unit."""

    participant: Participant
    sight: Sight
    tree: Tree
    components: Sequence[Component]
    exclusions: Sequence[Exclusion]
    papers: Papers

    @cached_property
    def lines(self) -> tuple[Line, ...]:
        return tuple(line for component in self.components for line in component.lines)

    @property
    def asked(self) -> int:
        """How many leaves the unit answers."""
        return sum(line.is_asked for line in self.lines)

    @property
    def answered(self) -> int:
        return sum(line.is_answered for line in self.lines)

    @property
    def returned(self) -> list[Line]:
        """Leaves that the head sent back and nobody has mended yet, in the order of print."""
        return [line for line in self.lines if line.open_notes]

    @property
    def claims(self) -> list[Line]:
        return [line for line in self.lines if line.content_state == CLAIMED]

    @property
    def missing(self) -> list[Line]:
        """Leaves on which something is left to do, in the order of print."""
        return [line for line in self.lines if line.content_state in OPEN_STATES]

    @property
    def to_enter(self) -> Open:
        """Missing leaves that have no answer under today's rule; at stake is what they could still earn."""
        return Open([line for line in self.missing if line.content_state != EVIDENCE])

    @property
    def to_prove(self) -> Open:
        """Answered leaves without a document; at stake is what is counted for them."""
        return Open([line for line in self.missing if line.content_state == EVIDENCE])

    @cached_property
    def stages(self) -> list[Stage]:
        """Stages beyond the declared one of which there is something to see, in their order."""
        found = {stage for line in self.lines for stage in line.values}
        return [stage for stage in Stage if stage in found and stage != Stage.DECLARED]

    def line_of(self, code: str) -> Line | None:
        return next((line for line in self.lines if line.criterion.code == code), None)


def dossier_visible_to(user: User, slug: str, code: str, unit: str, **rest: Any) -> Submission:
    """The dossier that a page below `…/phieu/<unit>/` stands in; Http404 for strangers and where there is none."""
    return submission_visible_to(user, slug, code, unit)


def read_worksheet(participant: Participant, sight: Sight) -> Worksheet:
    """The worksheet; three queries at any size: nodes with what hangs on them, values, uses of documents. What is not
    finished and what the head sent back the unit alone reads."""
    nodes, papers = nodes_of(participant, with_typing=sight.is_unit), Papers(participant)
    tree, taken = nodes.tree, nodes.taken_out(participant)
    values = _values(participant, sight, tree)
    lines = [
        Line(
            leaf,
            values.get(leaf.pk, {}),
            papers.numbers[leaf.pk],
            leaf.pk in taken,
            nodes.unfinished.get(leaf.pk),
            nodes.notes.get(leaf.pk, ()),
        )
        for leaf in tree.leaves
    ]
    return Worksheet(
        participant,
        sight,
        tree,
        [
            Component(node, [line for line in lines if line.criterion.component_path == node.path])
            for node in tree.components
        ],
        nodes.exclusions,
        papers,
    )


def _values(participant: Participant, sight: Sight, tree: Tree) -> dict[int, dict[str, Value]]:
    """Values of the tree's leaves by leaf and stage, those only that the reader may see."""
    nodes = {node.pk: node for node in tree.nodes}
    found: dict[int, dict[str, Value]] = {}
    stages: Iterable[Stage] = sight.everywhere | (_JUDGED if sight.judged else frozenset())
    for value in Value.objects.filter(participant=participant, stage__in=stages).select_related("author"):
        node = nodes.get(value.criterion_id)
        if node is not None and sight.sees(value.stage, node):
            value.criterion = node
            found.setdefault(node.pk, {})[value.stage] = value
    return found
