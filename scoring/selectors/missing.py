"""What still stands between a campaign and its official run, in sentences; a constant number of queries."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple, Protocol

from scoring.enums import AmendmentState, CriterionRole, PartState, Resolution, Stage, SubmissionState
from scoring.models import (
    Amendment,
    AppraisalPart,
    Campaign,
    Criterion,
    Exclusion,
    Group,
    Participant,
    Submission,
    Value,
)
from scoring.selectors.conflicts import signed_under_conflict
from scoring.selectors.second_answers import answered_again
from scoring.selectors.tree import Tree, trees
from scoring.selectors.waiting import undecided_ends
from units.vietnamese import format_date

UNDECIDED = "Chưa quyết định hồ sơ không nộp: lấy theo nội dung đã nhập, gia hạn, hoặc tính 0 điểm."


@dataclass(frozen=True)
class Missing:
    """One thing to be done. `participant` None: a matter of the whole campaign. `kind` groups the list:
    submission, part, value, claim, entered, exclusion, lowered, council, amendment, ended."""

    kind: str
    sentence: str
    participant: Participant | None = None

    def __str__(self) -> str:
        return f"{self.participant.name}: {self.sentence}" if self.participant else self.sentence


class _Given(NamedTuple):
    """A value as far as the questions below need it; a plain row, because a province has tens of thousands."""

    worth: Decimal | None
    not_applicable: bool
    confirmed_at: datetime.datetime | None


@dataclass
class _Facts:
    """Everything the questions below look at, read once."""

    trees: dict[int, Tree]
    submissions: dict[int, Submission]
    parts: dict[int, list[AppraisalPart]]
    conflicted: set[int]  # pks of parts signed by somebody with a declared conflict
    values: dict[tuple[int, int, str], _Given]
    excluded: dict[int, set[int]]
    explained_again: set[tuple[int, int]]
    ended: set[int]  # pks of participants whose unit has ended, with nothing said of it


def missing_for_official(campaign: Campaign, groups: Iterable[Group] | None = None) -> list[Missing]:
    """Everything an official run of `groups` (all of the campaign's by default) still lacks."""
    chosen = list(campaign.groups.all() if groups is None else groups)
    participants = list(
        Participant.objects.filter(group__in=chosen, is_assessed=True, has_figures=True)
        .select_related("group", "criteria_set", "unit")
        .order_by("group__position", "unit__name_sort", "pk")
    )
    facts = _read(campaign, participants)
    found = _of_campaign(campaign)
    for participant in participants:
        found += [Missing(kind, text, participant) for kind, text in _of_participant(participant, facts)]
    return found


def excluded_leaves(
    campaign: Campaign, participants: list[Participant], by_set: dict[int, Tree]
) -> dict[int, set[int]]:
    """Per participant the pks of leaves that a confirmed exclusion (of the unit or its group) takes out."""
    taken: dict[int, set[int]] = {item.pk: set() for item in participants}
    exclusions = list(
        Exclusion.objects.filter(campaign=campaign, confirmed_at__isnull=False).select_related("criterion")
    )
    for participant in participants:
        mine = [
            item
            for item in exclusions
            if item.participant_id == participant.pk or item.group_id == participant.group_id
        ]
        taken[participant.pk] = leaves_taken_out(by_set[participant.criteria_set_id], participant, mine)
    return taken


def leaves_taken_out(tree: Tree, participant: Participant, exclusions: Iterable[Exclusion]) -> set[int]:
    """The leaves of the unit's tree (pk) that its own row or `exclusions` (the unit's and its group's) take out."""
    nodes = [
        tree.by_code[item["criterion"]] for item in participant.not_applicable if item["criterion"] in tree.by_code
    ]
    nodes += [item.criterion for item in exclusions if item.criterion.criteria_set_id == participant.criteria_set_id]
    return {leaf.pk for node in nodes for leaf in tree.below(node)}


def _read(campaign: Campaign, participants: list[Participant]) -> _Facts:
    by_set = trees({item.criteria_set_id: item.criteria_set for item in participants}.values())
    parts: dict[int, list[AppraisalPart]] = {}
    for part in AppraisalPart.objects.filter(participant__in=participants).select_related("component"):
        parts.setdefault(part.participant_id, []).append(part)
    columns = ("participant", "criterion", "stage", "worth", "not_applicable", "confirmed_at")
    rows = Value.objects.fresh().filter(participant__in=participants).values_list(*columns)
    return _Facts(
        by_set,
        {item.participant_id: item for item in Submission.objects.filter(participant__in=participants)},
        parts,
        set(signed_under_conflict().filter(participant__in=participants).values_list("pk", flat=True)),
        {(unit, leaf, stage): _Given(*given) for unit, leaf, stage, *given in rows.iterator(chunk_size=5000)},
        excluded_leaves(campaign, participants, by_set),
        answered_again(explanation__participant__in=participants),
        {item.pk for item in undecided_ends(Participant.objects.filter(pk__in=[one.pk for one in participants]))},
    )


def _of_campaign(campaign: Campaign) -> list[Missing]:
    found = [
        Missing(
            "amendment", f"Sửa đổi bộ tiêu chí “{item.criteria_set.title}” (bản {item.revision}) chưa áp dụng hay bỏ."
        )
        for item in Amendment.objects.filter(
            criteria_set__campaign=campaign, state=AmendmentState.DRAFTED
        ).select_related("criteria_set")
    ]
    waiting = Exclusion.objects.filter(campaign=campaign, confirmed_at__isnull=True)
    for item in waiting.select_related("criterion", "participant", "group"):
        whose = item.participant.name if item.participant else item.group.title  # type: ignore[union-attr]
        found.append(
            Missing(
                "exclusion", f"{whose}: việc không đánh giá {item.criterion.code} chưa được người thứ hai xác nhận."
            )
        )
    return found


def _of_participant(participant: Participant, facts: _Facts) -> list[tuple[str, str]]:
    submission = facts.submissions.get(participant.pk)
    found = [*_ended(participant, facts), *_entered(participant, facts)]
    if submission is None:
        return [*found, ("submission", "Khối chưa mở tự chấm.")]
    if submission.state in (SubmissionState.DRAFT, SubmissionState.AT_HEAD):
        return [*found, ("submission", "Hồ sơ tự chấm chưa nộp.")]
    if submission.state == SubmissionState.NOT_SUBMITTED and submission.resolution == Resolution.NONE:
        return [*found, ("submission", UNDECIDED)]
    if submission.resolution == Resolution.NOUGHT:
        return found
    if participant.council_only:
        return [*found, *_council_only(participant, facts)]
    return [*found, *_parts(participant, facts), *_conflicts(participant, facts), *_values(participant, facts)]


def _ended(participant: Participant, facts: _Facts) -> list[tuple[str, str]]:
    day = participant.unit.valid_to
    if day is None or participant.pk not in facts.ended:
        return []
    told = f"Đơn vị kết thúc ngày {format_date(day)} ({participant.unit.end_document})"
    return [("ended", f"{told}: chưa quyết định đánh giá, không xếp hạng hay không đánh giá.")]


def _parts(participant: Participant, facts: _Facts) -> list[tuple[str, str]]:
    """One sentence a round, with the components in the order of the tree."""
    unsigned: dict[int, list[Criterion]] = {}
    for part in facts.parts.get(participant.pk, []):
        if part.state != PartState.SIGNED:
            unsigned.setdefault(part.round, []).append(part.component)
    return [
        ("part", f"Chưa ký phần thẩm định vòng {number}: lĩnh vực {', '.join(_codes(unsigned[number]))}.")
        for number in sorted(unsigned)
    ]


def _codes(nodes: list[Criterion]) -> list[str]:
    return [node.code for node in sorted(nodes, key=lambda node: node.path)]


def _conflicts(participant: Participant, facts: _Facts) -> list[tuple[str, str]]:
    """Parts signed under a conflict of interest, as long as a point of theirs still counts."""
    return [
        (
            "part",
            f"Phần đã ký bởi người có xung đột lợi ích (vòng {part.round}, lĩnh vực {part.component.code}): "
            "mở lại và giao người khác, hoặc hội đồng quyết định.",
        )
        for part in facts.parts.get(participant.pk, [])
        if part.pk in facts.conflicted and _still_counts(part, participant, facts)
    ]


def _still_counts(part: AppraisalPart, participant: Participant, facts: _Facts) -> bool:
    """Whether some leaf of the part has this round's value and no later one that comes before it."""
    own, later = (
        (Stage.APPRAISED, (Stage.REAPPRAISED, Stage.COUNCIL))
        if part.round == 1
        else (Stage.REAPPRAISED, (Stage.COUNCIL,))
    )
    return any(
        (participant.pk, leaf.pk, own) in facts.values
        and not any((participant.pk, leaf.pk, stage) in facts.values for stage in later)
        for leaf in facts.trees[participant.criteria_set_id].self_leaves_of(part.component)
        if leaf.pk not in facts.excluded[participant.pk]
    )


def _values(participant: Participant, facts: _Facts) -> list[tuple[str, str]]:
    """Leaves nobody has judged, open claims, and points that fell in round 2 without a new explanation."""
    unjudged: list[Criterion] = []
    claims: list[Criterion] = []
    lowered: list[Criterion] = []
    for leaf in facts.trees[participant.criteria_set_id].self_leaves:
        if leaf.pk in facts.excluded[participant.pk]:
            continue
        declared, appraised, reappraised, council = (
            facts.values.get((participant.pk, leaf.pk, stage))
            for stage in (Stage.DECLARED, Stage.APPRAISED, Stage.REAPPRAISED, Stage.COUNCIL)
        )
        if not (appraised or reappraised or council):
            (claims if declared and declared.not_applicable else unjudged).append(leaf)
        elif council is None and is_lowered(appraised, reappraised):
            if (participant.pk, leaf.pk) not in facts.explained_again:
                lowered.append(leaf)
    return [
        *_sentence("claim", "Đề nghị không áp dụng chưa được quyết", claims),
        *_sentence("value", "Chưa có điểm thẩm định", unjudged),
        *_sentence("lowered", "Điểm vòng 2 thấp hơn vòng 1, chưa giải trình lại", lowered),
    ]


class Weighed(Protocol):
    """Whatever has a worth: a value, or the plain row that a list has read of one."""

    @property
    def worth(self) -> Decimal | None: ...


def is_lowered(appraised: Weighed | None, reappraised: Weighed | None) -> bool:
    """Whether the second round gave less than the first; "không áp dụng" counts as more than any points."""
    if appraised is None or reappraised is None or reappraised.worth is None:
        return False
    return appraised.worth is None or reappraised.worth < appraised.worth


def _council_only(participant: Participant, facts: _Facts) -> list[tuple[str, str]]:
    open_leaves = [
        leaf
        for leaf in facts.trees[participant.criteria_set_id].self_leaves
        if leaf.pk not in facts.excluded[participant.pk]
        and (participant.pk, leaf.pk, Stage.COUNCIL) not in facts.values
    ]
    return _sentence("council", "Hồ sơ do hội đồng chấm, chưa có quyết định", open_leaves)


def _entered(participant: Participant, facts: _Facts) -> list[tuple[str, str]]:
    absent, waiting = [], []
    for leaf in facts.trees[participant.criteria_set_id].entered_leaves:
        if leaf.pk in facts.excluded[participant.pk]:
            continue
        value = facts.values.get((participant.pk, leaf.pk, Stage.ENTERED))
        if value is None and leaf.role == CriterionRole.SCORED:
            absent.append(leaf)
        elif value is not None and value.confirmed_at is None:
            waiting.append(leaf)
    return [
        *_sentence("entered", "Thiếu điểm nhập", absent),
        *_sentence("entered", "Điểm nhập chưa được người thứ hai xác nhận", waiting),
    ]


def _sentence(kind: str, text: str, leaves: list[Criterion]) -> list[tuple[str, str]]:
    if not leaves:
        return []
    codes = ", ".join(leaf.code for leaf in leaves[:12])
    more = f" và {len(leaves) - 12} tiêu chí khác" if len(leaves) > 12 else ""
    return [(kind, f"{text}: {codes}{more}.")]
