"""The proof: what a past table printed against what the engine computes from its own figures, row by row.

Printed errors are common. Nothing is changed silently: each figure is equal, equal within the rounding of what was
printed, different, or cannot be checked, and then the reason is said.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any

from scoring.enums import ImportState
from scoring.models import Campaign, Group, PrintedResult, ResultsImport, Run
from units.vietnamese import fold, format_number

ONE_TENTH = Decimal("0.1")


class Status(StrEnum):
    """How a printed figure stands to the computed one."""

    DIFFERS = "differs"
    ROUNDING = "rounding"
    UNCHECKED = "unchecked"
    EQUAL = "equal"


STATUS_LABELS = {
    Status.DIFFERS: "khác",
    Status.ROUNDING: "khác do làm tròn",
    Status.UNCHECKED: "không kiểm được",
    Status.EQUAL: "khớp",
}


@dataclass(frozen=True)
class Line:
    """One figure of one unit (or of a group: `unit` is empty). Figures are as people read them, comma decimals."""

    group: str
    unit: str
    row: int
    subject: str
    printed: str
    computed: str
    status: Status
    reason: str = ""

    @property
    def label(self) -> str:
        return STATUS_LABELS[self.status]


@dataclass(frozen=True)
class Report:
    """All lines in the order of the table, groups first printed first."""

    lines: tuple[Line, ...]
    units: int

    def of(self, status: Status) -> tuple[Line, ...]:
        return tuple(line for line in self.lines if line.status == status)

    @property
    def counts(self) -> dict[str, int]:
        """Number of lines by status name, every status present."""
        return {status.value: len(self.of(status)) for status in Status}

    @property
    def differences(self) -> tuple[Line, ...]:
        return self.of(Status.DIFFERS) + self.of(Status.ROUNDING)

    @property
    def sorted_lines(self) -> tuple[Line, ...]:
        """Differences first, then what cannot be checked, then what is equal; each in the order of the table."""
        return tuple(line for status in Status for line in self.of(status))

    @property
    def units_with_differences(self) -> int:
        return len({(line.group, line.row) for line in self.of(Status.DIFFERS) if line.unit})


@dataclass(frozen=True)
class _Context:
    """What one unit's lines are made from."""

    printed: PrintedResult
    group: Group
    computed: Mapping[str, Any] | None
    nodes: Mapping[str, Mapping[str, Any]]
    columns: Mapping[str, Mapping[str, Any]]
    grades: Mapping[str, str]
    grades_known: bool

    def line(self, subject: str, printed: str, computed: str | None, status: Status, reason: str = "") -> Line:
        participant = self.printed.participant
        shown = "–" if computed is None else computed
        return Line(self.group.title, participant.name, self.printed.row, subject, printed, shown, status, reason)


def compare_with_print(campaign: Campaign, run: Run) -> Report:
    """Compare every printed figure of `campaign` with `run`; three queries at any size."""
    results = json.loads(run.results_file)
    computed = {unit["code"]: unit for unit in results["units"]}
    of_group = {group["code"]: group for group in results["groups"]}
    columns = _columns(campaign)
    printed = PrintedResult.objects.filter(participant__campaign=campaign).select_related("participant__group")
    rows = list(printed.order_by("participant__group__position", "row"))
    grades = {grade["code"]: grade["label"] for grade in campaign.grades}
    lines: list[Line] = []
    seen: set[int] = set()
    for row in rows:
        group = row.participant.group
        if group.pk not in seen:
            seen.add(group.pk)
            lines += _mean_line(group, of_group.get(group.code))
        unit = computed.get(row.participant.code)
        nodes = {node["code"]: node for node in unit["nodes"]} if unit else {}
        context = _Context(row, group, unit, nodes, columns, grades, campaign.grades_known)
        lines += _unit_lines(context)
    return Report(tuple(lines), len(rows))


def _columns(campaign: Campaign) -> dict[str, dict[str, Any]]:
    """Code of column → {"title", "kind", "max_points"…} as the imported table had it."""
    last: ResultsImport | None = campaign.imports.filter(state=ImportState.APPLIED).order_by("-pk").first()
    return {column["code"]: column for column in last.table["columns"]} if last else {}


def _mean_line(group: Group, computed: Mapping[str, Any] | None) -> Iterator[Line]:
    if not group.printed_mean:
        return
    mean = computed["mean"] if computed else None
    shown = format_number(mean) if mean else "–"
    printed = format_number(group.printed_mean)
    if group.is_excerpt:
        reason = "Bảng chỉ trích một phần của khối."
        yield Line(group.title, "", 0, "Trung bình khối", printed, "–", Status.UNCHECKED, reason)
        return
    status = Status.EQUAL if mean and _same(group.printed_mean, mean) else Status.DIFFERS
    yield Line(group.title, "", 0, "Trung bình khối", printed, shown, status)


def _unit_lines(context: _Context) -> Iterator[Line]:
    if context.computed is None:
        reason = "Bảng chỉ in hạng, không in số." if context.printed.rank else "Bảng không in số nào."
        if context.printed.rank:
            yield context.line("Hạng", str(context.printed.rank), None, Status.UNCHECKED, reason)
        return
    yield from _points_lines(context)
    yield from _index_line(context)
    yield from _rank_line(context)
    yield from _grade_line(context)
    yield from _component_lines(context)


def _points_lines(context: _Context) -> Iterator[Line]:
    """Printed total against the sum of the components, and of the parts, wherever all of them are printed."""
    row = context.printed
    if not row.points:
        return
    for kind, name, figures in (("component", "các lĩnh vực", row.components), ("part", "các phần", row.parts)):
        of_kind = [code for code, column in context.columns.items() if column["kind"] == kind]
        wanted = [code for code in of_kind if context.nodes.get(code, {}).get("applicable", True)]
        printed = [figures[code]["points"] for code in wanted if figures.get(code, {}).get("points")]
        if not printed:
            continue
        subject = f"Tổng điểm so với tổng {name}"
        added = sum(map(Decimal, printed), Decimal(0))
        shown = format_number(_plain(added))
        partial = len(printed) < len(wanted) or (kind == "component" and "con-lai" in context.nodes)
        if partial:
            reason = f"Bảng không in đủ {name}."
            yield context.line(subject, format_number(row.points), shown, Status.UNCHECKED, reason)
            continue
        status, reason = _sum_status(row.points, added, printed)
        yield context.line(subject, format_number(row.points), shown, status, reason)


def _sum_status(total: str, added: Decimal, printed: list[str]) -> tuple[Status, str]:
    apart = abs(Decimal(total) - added)
    if not apart:
        return Status.EQUAL, ""
    # Each printed number may be off by half of its last place.
    slack = sum((Decimal(1).scaleb(-len(digits.partition(".")[2])) / 2 for digits in [total, *printed]), Decimal(0))
    if apart <= slack:
        return Status.ROUNDING, f"Lệch {format_number(_plain(apart))}, trong phạm vi làm tròn của các số in."
    return Status.DIFFERS, f"Lệch {format_number(_plain(apart))}."


def _index_line(context: _Context) -> Iterator[Line]:
    row, unit = context.printed, context.computed or {}
    if not row.index:
        return
    printed, index = format_number(row.index), unit["index"]
    if not row.points and not any(own.get("points") for own in (*row.parts.values(), *row.components.values())):
        reason = "Bảng chỉ in chỉ số, không in điểm."
        yield context.line("Chỉ số", printed, format_number(index), Status.UNCHECKED, reason)
        return
    if index is not None and _same(row.index, index):
        yield context.line("Chỉ số", printed, format_number(index), Status.EQUAL)
        return
    points = f"{format_number(unit['points'])} ÷ {format_number(unit['max_points'])}"
    reason = f"Tính lại: {points} × 100."
    if not row.max_points and row.points and Decimal(row.index):
        implied = (Decimal(row.points) * 100 / Decimal(row.index)).quantize(Decimal("0.01"))
        reason += f" Bảng không in điểm tối đa riêng; điểm và chỉ số in ứng với khoảng {format_number(implied)} điểm."
    shown = None if index is None else format_number(index)
    yield context.line("Chỉ số", printed, shown, _index_status(row, index), reason)


def _index_status(row: PrintedResult, index: str | None) -> Status:
    """A difference that the rounding of the printed parts explains is told apart from a real one."""
    if index is None:
        return Status.DIFFERS
    figures = [own["points"] for own in (row.components or row.parts).values() if own.get("points")]
    slack = sum((Decimal(1).scaleb(-len(digits.partition(".")[2])) / 2 for digits in figures), Decimal(0))
    close = abs(Decimal(row.index) - Decimal(index)) <= slack and slack < ONE_TENTH
    return Status.ROUNDING if close else Status.DIFFERS


def _rank_line(context: _Context) -> Iterator[Line]:
    row, unit = context.printed, context.computed or {}
    if row.rank is None:
        return
    if context.group.is_excerpt:
        reason = "Bảng chỉ trích một phần của khối."
        yield context.line("Hạng", str(row.rank), None, Status.UNCHECKED, reason)
        return
    shown = None if unit["rank"] is None else str(unit["rank"])
    status = Status.EQUAL if unit["rank"] == row.rank else Status.DIFFERS
    yield context.line("Hạng", str(row.rank), shown, status)


def _grade_line(context: _Context) -> Iterator[Line]:
    row, unit = context.printed, context.computed or {}
    if not row.grade:
        return
    if not context.grades_known:
        yield context.line("Xếp loại", row.grade, None, Status.UNCHECKED, "Bảng không in ngưỡng xếp loại.")
        return
    code = unit["grade"]
    label = context.grades.get(code, "")
    status = Status.EQUAL if fold(row.grade) in (fold(label), fold(code or "")) else Status.DIFFERS
    yield context.line(
        "Xếp loại", row.grade, label or None, status, "" if status == Status.EQUAL else unit["grade_reason"]
    )


def _component_lines(context: _Context) -> Iterator[Line]:
    row = context.printed
    for code, own in {**row.components, **row.parts}.items():
        title = context.columns.get(code, {}).get("title", code)
        node = context.nodes.get(code)
        if own.get("index"):
            yield _node_index_line(context, title, own["index"], node)
        if own.get("rank"):
            yield _node_rank_line(context, title, own["rank"], node)


def _node_index_line(context: _Context, title: str, printed: str, node: Mapping[str, Any] | None) -> Line:
    subject, shown = f"{title}: chỉ số", format_number(printed)
    if node is None or node["index"] is None:
        return context.line(subject, shown, None, Status.UNCHECKED, "Bảng không in đủ điểm và điểm tối đa của cột này.")
    status = Status.EQUAL if _same(printed, node["index"]) else Status.DIFFERS
    return context.line(subject, shown, format_number(node["index"]), status)


def _node_rank_line(context: _Context, title: str, printed: int, node: Mapping[str, Any] | None) -> Line:
    subject = f"{title}: hạng"
    if context.group.is_excerpt:
        return context.line(subject, str(printed), None, Status.UNCHECKED, "Bảng chỉ trích một phần của khối.")
    if node is None or node["rank"] is None:
        return context.line(subject, str(printed), None, Status.UNCHECKED, "Không tính riêng được cột này.")
    status = Status.EQUAL if node["rank"] == printed else Status.DIFFERS
    return context.line(subject, str(printed), str(node["rank"]), status)


def _same(printed: str, computed: str) -> bool:
    return Decimal(printed) == Decimal(computed)


def _plain(number: Decimal) -> str:
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
