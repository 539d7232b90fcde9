"""What the steps before would have left, made up for the switch of the trial portal and marked as sample data.

Figures go through the one writer of values, so that each keeps its history; nobody is named as their author. What
people have said already is never touched: only what is missing is filled. The caller holds the groups' dossiers.
"""

from __future__ import annotations

import zlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cached_property

from scoring.enums import AmendmentState, CriterionRole, PartState, Resolution, Stage
from scoring.models import (
    Amendment,
    AppraisalPart,
    Criterion,
    Exclusion,
    Explanation,
    ExplanationItem,
    Group,
    Participant,
    Value,
)
from scoring.permissions import conflict_of
from scoring.selectors.appraisal import leaves_by_part
from scoring.selectors.assignment import judges_of
from scoring.selectors.clock import database_now
from scoring.selectors.missing import excluded_leaves, is_lowered
from scoring.selectors.second_answers import answered_again
from scoring.selectors.tree import Tree, trees
from scoring.services.demo_figures import plausible
from scoring.services.dossier import Dossier
from scoring.services.entered import lock_in_order
from scoring.services.errors import WrongFigures
from scoring.services.group_guards import assessed
from scoring.services.leaves import leaf_of, score
from scoring.services.values import Content, Draft, content_of, write_all
from units.enums import Role
from units.models import User

SAMPLE = "DỮ LIỆU MINH HỌA"
KEPT = f"Giữ điểm đã có ({SAMPLE})"
NOUGHT = f"Đơn vị không kê khai ({SAMPLE})"
EXPLAINED = f"Đơn vị giải trình thêm về điểm vòng 2 ({SAMPLE})"
_VERDICTS = (Stage.APPRAISED, Stage.REAPPRAISED, Stage.COUNCIL)
_BATCH = 500


@dataclass(frozen=True)
class _Ground:
    """The units of a group that are assessed, with everything that was said of them, read once."""

    dossiers: Mapping[int, Dossier]
    by_set: Mapping[int, Tree]
    excluded: Mapping[int, set[int]]
    values: Mapping[tuple[int, int, str], Value]

    @cached_property
    def judged(self) -> list[Dossier]:
        """Units whose own part counts, not set to nought."""
        return [item for item in self.dossiers.values() if item.submission.resolution != Resolution.NOUGHT]

    def fresh(self, unit: int, leaf: int, *stages: Stage) -> Value | None:
        """The last of `stages` that has spoken under the rule of today."""
        found = (self.values.get((unit, leaf, stage)) for stage in reversed(stages))
        return next((value for value in found if value is not None and value.is_fresh), None)

    def leaves(self, dossier: Dossier) -> list[Criterion]:
        """What the unit declares and what applies to it."""
        out = self.excluded[dossier.participant.pk]
        return [leaf for leaf in self.by_set[dossier.participant.criteria_set_id].self_leaves if leaf.pk not in out]

    def entered_leaves(self, dossier: Dossier) -> list[Criterion]:
        out = self.excluded[dossier.participant.pk]
        return [leaf for leaf in self.by_set[dossier.participant.criteria_set_id].entered_leaves if leaf.pk not in out]

    def draft(self, dossier: Dossier, leaf: Criterion, stage: Stage, content: Content) -> Draft:
        """To be written over whatever stands at that stage and counts no more."""
        standing = self.values.get((dossier.participant.pk, leaf.pk, stage))
        return Draft(dossier, leaf, content, standing.version if standing else 0)


def judge_first_round(group: Group, by: User) -> Counter[str]:
    """Every leaf without a verdict keeps what the unit declared, a claim is granted, nothing declared earns nought;
    all parts are given to somebody and signed. Returns how many of what were made."""
    ground = _survey(group)
    drafts = []
    for dossier in ground.judged:
        unit = dossier.participant
        for leaf in [] if unit.council_only else ground.leaves(dossier):
            if ground.fresh(unit.pk, leaf.pk, *_VERDICTS) is None:
                content = _kept(ground.fresh(unit.pk, leaf.pk, Stage.DECLARED))
                drafts.append(ground.draft(dossier, leaf, Stage.APPRAISED, content))
    write_all(drafts, Stage.APPRAISED, by=None)
    return Counter(appraised=len(drafts), parts=_sign(group, ground, 1, by))


def judge_second_round(group: Group, by: User) -> Counter[str]:
    """Every explained leaf that nobody has judged again keeps its points of the first round; all parts are signed."""
    ground = _survey(group)
    parts = list(_unsigned(ground, 2).select_related("participant__criteria_set", "component"))
    leaves = leaves_by_part(group.campaign, parts)
    drafts = []
    for part in parts:
        dossier, unit = ground.dossiers[part.participant_id], part.participant_id
        for leaf in leaves[part.pk]:
            if ground.fresh(unit, leaf.pk, Stage.REAPPRAISED, Stage.COUNCIL) is None:
                content = _kept(ground.fresh(unit, leaf.pk, Stage.DECLARED, Stage.APPRAISED))
                drafts.append(ground.draft(dossier, leaf, Stage.REAPPRAISED, content))
    write_all(drafts, Stage.REAPPRAISED, by=None)
    return Counter(reappraised=len(drafts), parts=_sign(group, ground, 2, by))


def settle_the_rest(group: Group, by: User) -> Counter[str]:
    """What an official run asks for beyond the two rounds: the council's word on units that it alone judges, a new
    explanation of points that fell, entered points, each confirmed; drafted amendments are given up."""
    ground = _survey(group)
    drafted = Amendment.objects.filter(criteria_set__in=ground.by_set, state=AmendmentState.DRAFTED)
    return Counter(
        council=_decide(ground),
        explained=_explain_lowered(ground),
        entered=_enter(ground),
        confirmed=_confirm_entered(ground, by),
        amendments=drafted.update(state=AmendmentState.DISCARDED),
    )


def confirm_exclusions(group: Group, by: User) -> int:
    """Exclusions of the group and its units that wait for the second person count from now; returns how many."""
    people = _coordinators(group, by)
    waiting = Exclusion.objects.filter(campaign=group.campaign, confirmed_at__isnull=True)
    rows = [
        row
        for row in waiting.select_related("participant")
        if group.pk in (row.group_id, row.participant.group_id if row.participant else None)
    ]
    for row in rows:
        row.confirmed_by = _second(people, row.entered_by_id, row.participant)
        row.confirmed_at = database_now()
    Exclusion.objects.bulk_update(rows, ["confirmed_by", "confirmed_at"], batch_size=_BATCH)
    return len(rows)


def _survey(group: Group) -> _Ground:
    dossiers = lock_in_order(assessed(group))
    participants = [item.participant for item in dossiers.values()]
    by_set = trees({item.criteria_set_id: item.criteria_set for item in participants}.values())
    leaves = {leaf.pk: leaf for tree in by_set.values() for leaf in tree.leaves}
    values = {}
    for row in Value.objects.filter(participant__in=dossiers, criterion__in=leaves):
        row.criterion = leaves[row.criterion_id]  # one object for all units instead of one for each value
        values[row.participant_id, row.criterion_id, row.stage] = row
    return _Ground(dossiers, by_set, excluded_leaves(group.campaign, participants, by_set), values)


def _kept(value: Value | None) -> Content:
    if value is None:
        return Content(points=Decimal(0), reason=NOUGHT)
    basis = (value.legal_basis or SAMPLE) if value.not_applicable else ""
    return replace(content_of(value), reason=value.reason or KEPT, legal_basis=basis, note="")


def _unsigned(ground: _Ground, number: int):  # type: ignore[no-untyped-def]
    units = [item.participant.pk for item in ground.judged]
    return AppraisalPart.objects.filter(participant__in=units, round=number).exclude(state=PartState.SIGNED)


def _sign(group: Group, ground: _Ground, number: int, by: User) -> int:
    """Parts that nobody holds go to whoever may judge them and holds least; where nobody may, the person who switched
    stands as the signer."""
    parts = list(_unsigned(ground, number).select_related("component", "participant"))
    judges = judges_of(group.campaign.organiser)
    held: Counter[int] = Counter()
    for part in parts:
        able = [item for item in judges if not item.refusal(part.participant.unit_id, part.component.code)]
        if part.appraiser_id is None and able:
            part.appraiser = min(able, key=lambda judge: held[judge.user.pk]).user
            held[part.appraiser.pk] += 1
        part.signed_by_id, part.signed_at = part.appraiser_id or by.pk, database_now()
        part.state, part.version = PartState.SIGNED, part.version + 1
    columns = ["appraiser", "signed_by", "signed_at", "state", "version"]
    AppraisalPart.objects.bulk_update(parts, columns, batch_size=_BATCH)
    return len(parts)


def _decide(ground: _Ground) -> int:
    drafts = []
    for dossier in ground.judged:
        unit = dossier.participant
        for leaf in ground.leaves(dossier) if unit.council_only else []:
            if ground.fresh(unit.pk, leaf.pk, Stage.COUNCIL) is None:
                content = _kept(ground.fresh(unit.pk, leaf.pk, Stage.DECLARED))
                drafts.append(ground.draft(dossier, leaf, Stage.COUNCIL, content))
    write_all(drafts, Stage.COUNCIL, by=None)
    return len(drafts)


def _explain_lowered(ground: _Ground) -> int:
    """A sample of what the unit would have sent about each fall that it has not explained as it stands now."""
    units = [item.participant.pk for item in ground.judged if not item.participant.council_only]
    explanations = {item.participant_id: item for item in Explanation.objects.filter(participant__in=units)}
    told = answered_again(explanation__in=explanations.values())
    made = 0
    for unit, explanation in explanations.items():
        for leaf in ground.leaves(ground.dossiers[unit]):
            first, second = (ground.fresh(unit, leaf.pk, stage) for stage in (Stage.APPRAISED, Stage.REAPPRAISED))
            decided = ground.fresh(unit, leaf.pk, Stage.COUNCIL)
            if second is None or decided or not is_lowered(first, second) or (unit, leaf.pk) in told:
                continue
            sent = {"about_version": second.version, "sent_at": database_now()}
            item, new = ExplanationItem.objects.get_or_create(
                explanation=explanation, criterion=leaf, round=2, defaults={**sent, "text": EXPLAINED}
            )
            if not new:
                ExplanationItem.objects.filter(pk=item.pk).update(**sent, version=item.version + 1)
            made += 1
    return made


def _enter(ground: _Ground) -> int:
    drafts = []
    for dossier in ground.dossiers.values():
        for leaf in ground.entered_leaves(dossier):
            missing = ground.fresh(dossier.participant.pk, leaf.pk, Stage.ENTERED) is None
            if missing and leaf.role == CriterionRole.SCORED:
                drafts.append(ground.draft(dossier, leaf, Stage.ENTERED, _made_up(dossier.participant, leaf)))
    write_all(drafts, Stage.ENTERED, by=None)
    return len(drafts)


def _made_up(participant: Participant, leaf: Criterion) -> Content:
    """Figures that the rule takes, the same ones at every call; a person's nought where none could be thought of."""
    turn = zlib.crc32(f"{participant.code} {leaf.code}".encode())
    inputs = plausible(leaf_of(leaf, participant.campaign), turn)
    try:
        score(leaf, participant.campaign, {"inputs": inputs})
    except WrongFigures:
        return Content(points=Decimal(0), reason=SAMPLE)
    return Content(inputs=inputs, note=SAMPLE)


def _confirm_entered(ground: _Ground, by: User) -> int:
    waiting = Value.objects.fresh().filter(
        participant__in=ground.dossiers, stage=Stage.ENTERED, confirmed_at__isnull=True
    )
    rows = list(waiting.values_list("pk", "author", "participant"))
    if not rows:
        return 0
    people = _coordinators(next(iter(ground.dossiers.values())).group, by)
    chosen: dict[User | None, list[int]] = defaultdict(list)
    for pk, author, unit in rows:
        chosen[_second(people, author, ground.dossiers[unit].participant)].append(pk)
    for person, pks in chosen.items():
        for start in range(0, len(pks), _BATCH):
            batch = Value.objects.filter(pk__in=pks[start : start + _BATCH])
            batch.update(confirmed_by=person, confirmed_at=database_now())
    return len(rows)


def _coordinators(group: Group, by: User) -> list[User]:
    """Who could be the second person, whoever switched first."""
    organiser = group.campaign.organiser_id
    others = User.objects.filter(
        is_active=True, memberships__organiser=organiser, memberships__role=Role.COORDINATOR
    ).exclude(pk=by.pk)
    return [by, *others.distinct().order_by("pk")]


def _second(people: Iterable[User], author: int | None, participant: Participant | None) -> User | None:
    """The first who neither wrote it nor must stay away from the unit; None: the trial itself."""
    able = (item for item in people if item.pk != author)
    return next((item for item in able if participant is None or not conflict_of(item, participant)), None)
