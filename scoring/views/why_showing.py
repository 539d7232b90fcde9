"""An account of a unit's numbers as pages print it: facts, steps in words, what each stage said, addresses."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from scoring.engine.derivation import NodeDerivation, Step
from scoring.engine.types import NotApplicable
from scoring.enums import CriterionRole, Source, Stage
from scoring.models import AppraisalPart, Campaign, Exclusion, ExplanationItem, Value
from scoring.selectors.decisions import ROUND_OF_STAGE, Decisions
from scoring.selectors.worksheet import Sight
from scoring.services.derivation_wording import say_steps, sentence, telling
from scoring.services.derivations import Account
from scoring.views.showing import NOTHING, show_value
from units.models import User
from units.vietnamese import exact_points, format_datetime, format_percent, show_points

TOLD_IN_A_ROW = ("rule", "clamp", "leaf_rounding", "exclusion", "role")
EXPLAINED = {1: "Đơn vị giải trình", 2: "Đơn vị giải trình điểm hạ ở vòng 2"}
OVERTAKEN = "Quy tắc, điểm tối đa hoặc số tự chấm đã đổi sau đó, nên giá trị này không còn tính."
UNCONFIRMED = "Chưa được người thứ hai xác nhận."
COUNTED = "Giá trị được tính."
NOT_YET = "Chưa tính vào điểm ở trên. Được tính khi có kết quả chính thức, nếu bước sau không quyết định khác."
TITLES = {Stage.APPRAISED: "Thẩm định vòng 1", Stage.REAPPRAISED: "Thẩm định vòng 2"}


@dataclass(frozen=True)
class Told:
    """One step (components/derive.html), or what one stage said with its `texts` and who and when (`meta`)."""

    label: str
    value: str = ""
    text: str = ""
    kind: str = ""
    texts: Sequence[str] = ()
    meta: str = ""


@dataclass(frozen=True)
class Fact:
    """One of a row of facts (components/facts.html)."""

    label: str
    value: str
    unit: str = ""
    note: str = ""


@dataclass(frozen=True)
class Line:
    """One node in a table: `said` is the rule's sentence of a leaf, `rank` "" where there is none, `exact` the points
    with all their digits where `points` show fewer."""

    code: str
    title: str
    url: str
    depth: int
    is_leaf: bool
    applies: bool
    max_points: str
    points: str
    exact: str
    index: str
    rank: str
    said: str


@dataclass(frozen=True)
class Absence:
    """What did not apply, why, and by which document; `meta` who has entered and confirmed it."""

    code: str
    title: str
    reason: str
    legal_basis: str = ""
    meta: str = ""


def facts_of(account: Account) -> list[Fact]:
    """Points, index, rank and class of the unit."""
    unit, peers = account.derivation, account.peers
    facts = [
        Fact("Điểm", show_points(unit.points), f"/ {show_points(unit.max_points)}"),
        Fact("Chỉ số", format_percent(unit.index) if unit.index is not None else NOTHING, note=_mean(account)),
    ]
    if peers is not None:
        rank = str(unit.rank) if unit.rank else "Không xếp"
        facts.append(Fact("Hạng", rank, f"/ {peers.ranked}" if unit.rank else "", peers.title))
    facts.append(Fact("Xếp loại", unit.grade_label or "Không xếp"))
    return facts


def _mean(account: Account) -> str:
    peers = account.peers
    return f"Trung bình khối {format_percent(peers.mean)}" if peers is not None and peers.mean is not None else ""


def told_steps(steps: Sequence[Step], *, override_reason: str = "") -> list[Told]:
    """Steps in words; the council's reason goes with its decision. Figures are listed elsewhere."""
    found, kept = [], telling(steps)
    for step, said in zip(kept, say_steps(kept), strict=True):
        if step.values.get("answer") == "inputs":
            continue
        text = said.text
        if step.name == "override" and override_reason:
            text += f" Lý do: {override_reason}"
        found.append(Told(said.label, text=text, kind=said.kind))
    return found


def line_of(node: NodeDerivation, url: str) -> Line:
    return Line(
        node.code,
        node.title,
        url,
        node.depth,
        node.is_leaf,
        node.applicable,
        show_points(node.max_points),
        show_points(node.points),
        exact_points(node.points),
        format_percent(node.index) if node.index is not None else "",
        str(node.rank or ""),
        _said(node) if node.is_leaf else "",
    )


def _said(leaf: NodeDerivation) -> str:
    """What made the leaf's points, in one line: the rule's sentence, or how it was answered without the rule."""
    told = [step.sentence for step in leaf.steps if step.name in TOLD_IN_A_ROW]
    if not any(step.name == "rule" for step in leaf.steps):
        told = [step.sentence for step in leaf.steps if step.name == "answer"] + told
    return " ".join(sentence(text) for text in told)


def kind_of(node: NodeDerivation) -> str:
    """ "Đơn vị tự chấm", "Cơ quan điều phối, điểm thưởng"; "" for a parent."""
    if not node.is_leaf:
        return ""
    source, role = Source(node.source).label, CriterionRole(node.role)
    return source if role == CriterionRole.SCORED else f"{source}, {role.label.lower()}"


def absences_of(account: Account) -> list[Absence]:
    """Everything that did not apply: by list (a node takes what is below it along), by answer, or by a rule."""
    nodes = account.derivation.nodes
    titles = {node.code: node.title for node in nodes}
    found = [Absence(item.criterion, titles[item.criterion], item.reason, item.legal_basis) for item in account.absent]
    for node in nodes:
        if node.is_leaf and not node.applicable and not _is_listed(node, account):
            found.append(Absence(node.code, node.title, _why_absent(node, account)))
    return found


def _is_listed(node: NodeDerivation, account: Account) -> bool:
    return bool(listed_for(node, account))


def listed_for(node: NodeDerivation, account: Account) -> list[NotApplicable]:
    """Entries of the unit's list that take this node out, through itself or a node above it."""
    parents = {item.code: item.parent for item in account.derivation.nodes}
    above: list[str] = []
    code: str | None = node.code
    while code is not None:
        above.append(code)
        code = parents[code]
    return [item for item in account.absent if item.criterion in above]


def _why_absent(leaf: NodeDerivation, account: Account) -> str:
    answer = account.answers.get(leaf.code, {})
    if answer.get("not_applicable"):
        return str(answer["reason"])
    return next((sentence(step.sentence) for step in leaf.steps if step.name == "rule"), "")


def absences_at(node: NodeDerivation, account: Account, exclusions: Iterable[Exclusion], sight: Sight) -> list[Absence]:
    """The entries that take this node out, with who has entered and who has confirmed them, where that may be read."""
    titles = {item.code: item.title for item in account.derivation.nodes}
    rows = {row.criterion.code: row for row in exclusions}
    return [
        Absence(
            item.criterion,
            titles[item.criterion],
            item.reason,
            item.legal_basis,
            "" if sight.is_unit else _who_excluded(rows.get(item.criterion)),
        )
        for item in listed_for(node, account)
    ]


def _who_excluded(row: Exclusion | None) -> str:
    if row is None or row.confirmed_by is None or row.confirmed_at is None:
        return ""
    return (
        f"{row.entered_by.full_name} ghi lúc {format_datetime(row.entered_at)},"
        f" {row.confirmed_by.full_name} xác nhận lúc {format_datetime(row.confirmed_at)}"
    )


def not_in_the_sum(values: Sequence[Value], sight: Sight) -> Value | None:
    """The last value that the reader sees of this leaf alone, as an appraiser the marks of his or her own component:
    sums of the unit are made without it. None where there is none that will count."""
    last = next((value for value in reversed(values) if value.is_fresh), None)
    return last if last is not None and last.stage not in sight.everywhere else None


def told_decisions(
    decisions: Decisions, campaign: Campaign, sight: Sight, *, counted: Value | None, waiting: Value | None
) -> list[Told]:
    """What each stage said, in their order, with the unit's explanations after the round that they answer.

    A square marks where points were taken, a full circle the value that counted; `waiting` is told to count later.
    """
    found: list[Told] = []
    before: Value | None = None
    is_judged = any(value.stage != Stage.DECLARED for value in decisions.values)
    for value in decisions.values:
        number = ROUND_OF_STAGE.get(Stage(value.stage))
        part = decisions.signed.get(number) if number else None
        kind = "cut" if _is_less(value, before) else "set" if value == counted else ""
        told = COUNTED if value == counted else NOT_YET if value == waiting else ""
        found.append(_told_value(value, campaign, sight, part, is_judged=is_judged, told=told, kind=kind))
        before = value if value.worth is not None else before
        if number and (words := decisions.said.get(number)):
            found.append(_told_words(words))
    return found


def _is_less(value: Value, before: Value | None) -> bool:
    return before is not None and before.worth is not None and value.worth is not None and value.worth < before.worth


def _told_value(
    value: Value,
    campaign: Campaign,
    sight: Sight,
    part: AppraisalPart | None,
    *,
    is_judged: bool,
    told: str,
    kind: str,
) -> Told:
    shown = show_value(value, campaign, is_judged=is_judged)
    if shown is None:
        raise TypeError("there is a value to show")
    texts = [sentence(shown.said)]
    texts += [sentence(shown.step)] if shown.step and value.points is None else []
    texts += [f"Lý do: {shown.reason}"] if shown.reason else []
    texts += [f"Căn cứ: {shown.legal_basis}"] if shown.legal_basis else []
    texts += [f"Đơn vị giải thích thêm: {shown.note}"] if shown.note else []
    texts += [] if shown.is_fresh else [OVERTAKEN]
    texts += [told] if told else []
    number = "–" if value.not_applicable else shown.points
    label = TITLES.get(Stage(value.stage), Stage(value.stage).label)
    return Told(label, number, kind=kind, texts=texts, meta=_who(value, part, sight))


def _who(value: Value, part: AppraisalPart | None, sight: Sight) -> str:
    """Who gave it and when; who signed the part, who confirmed; without names where the reader may not know them."""
    named = sight.names(value.stage)

    def told_of(person: User | None, act: str, moment: datetime | None) -> str:
        who = f"{person.full_name} " if named and person else ""
        return sentence(f"{who}{act}{f' lúc {format_datetime(moment)}' if moment else ''}")

    told = [told_of(value.author, "ghi", value.changed_at)]
    if part is not None:
        told.append(told_of(part.signed_by, "ký xác nhận phần thẩm định", part.signed_at))
    if value.stage == Stage.ENTERED:
        confirmed = told_of(value.confirmed_by, "xác nhận", value.confirmed_at)
        told.append(confirmed if value.confirmed_by_id else UNCONFIRMED)
    return " ".join(told)


def _told_words(item: ExplanationItem) -> Told:
    sent = f"Gửi lúc {format_datetime(item.sent_at)}." if item.sent_at else "Đang viết, chưa gửi."
    return Told(EXPLAINED[item.round], texts=[item.text], meta=sent)
