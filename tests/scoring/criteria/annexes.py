"""Small annexes for tests, and the workbooks that hold them."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import openpyxl

from scoring.files.annex_layout import AnnexNode, AnnexSet
from scoring.files.annex_workbook import write_annex

OPTIONS: dict[str, Any] = {
    "kind": "options",
    "options": [
        {"key": "du", "label": "Đúng hạn", "share": "1"},
        {"key": "tre", "label": "Trễ hạn", "points": "0.5"},
        {"key": "khong", "label": "Không", "points": "0"},
    ],
}
RATIO: dict[str, Any] = {"kind": "ratio", "floor": "0.8", "when_empty": "full"}
SURVEY: dict[str, Any] = {
    "kind": "survey",
    "scale_min": "1",
    "scale_max": "5",
    "min_responses": "30",
    "when_few": "zero",
}
HEADING_ROW = 3
COLUMNS = "ABCDEFGHIJKLM"


def leaf(code: str, points: str, parent: str, rule: dict[str, Any] | None = None, **fields: Any) -> AnnexNode:
    """A leaf with a rule (options without one)."""
    return AnnexNode(code, f"Tiêu chí {code}", points, parent, rule=rule or OPTIONS, **fields)


def annex(*nodes: AnnexNode, code: str = "xa", **fields: Any) -> AnnexSet:
    """The usual set unless `nodes` are given: 1 (6 points: 1.1 options 2, 1.2 ratio 4), 2 (4: 2.1 a survey)."""
    usual = (
        AnnexNode("1", "Chỉ đạo, điều hành", "6"),
        leaf("1.1", "2", "1", scoring_text="Đúng hạn: 2 điểm\nTrễ hạn: 0,5 điểm", lead_department="Sở Nội vụ"),
        leaf("1.2", "4", "1", RATIO, evidence_text="Báo cáo năm"),
        AnnexNode("2", "Tác động", "4"),
        leaf("2.1", "4", "2", SURVEY, source="survey"),
    )
    return AnnexSet(code, "Bộ tiêu chí cấp xã", nodes or usual, **{"unit_kinds": ("commune", "ward")} | fields)


def changed(given: AnnexSet, which: str, /, **fields: Any) -> AnnexSet:
    """`given` with other `fields` in the criterion with the code `which`."""
    nodes = tuple(replace(node, **fields) if node.code == which else node for node in given.nodes)
    return replace(given, nodes=nodes)


def without(given: AnnexSet, *codes: str) -> AnnexSet:
    return replace(given, nodes=tuple(node for node in given.nodes if node.code not in codes))


def with_nodes(given: AnnexSet, *nodes: AnnexNode) -> AnnexSet:
    return replace(given, nodes=given.nodes + nodes)


def edited(data: bytes, change: Callable[[Any], None]) -> bytes:
    """The workbook after `change(book)`, as a person's Excel would save it."""
    book = openpyxl.load_workbook(io.BytesIO(data))
    change(book)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def with_cells(cells: dict[str, Any], sheet: str = "Bộ tiêu chí", given: AnnexSet | None = None) -> bytes:
    """The workbook of an annex (the usual one) with other values in some cells ({"C5": 2.5})."""

    def change(book: Any) -> None:
        for place, value in cells.items():
            book[sheet][place].value = value

    return edited(write_annex(given or annex()), change)
