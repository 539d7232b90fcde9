"""The annex workbook: what it holds (AnnexSet, AnnexNode) and how its sheets are laid out.

Reader and writer take both from here, so that what is written is what is read.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Self

from scoring.files.results_layout import NO, NOTE_MARK, SOURCES, YES, Field

__all__ = ["NO", "NOTE_MARK", "SOURCES", "YES", "AnnexNode", "AnnexSet", "Field"]

GENERAL_SHEET = "Thông tin"
CRITERIA_SHEET = "Bộ tiêu chí"
SHEETS = (GENERAL_SHEET, CRITERIA_SHEET)
GUIDE_PREFIX = "Hướng dẫn"  # sheets that are for people and are not read
TOP = "-"  # in "Thuộc mã": a component, though its code begins like that of another criterion

MOST_CRITERIA = 600
LONGEST_TITLE = 500
LONGEST_SET_TITLE = 200
LONGEST_NOTE = 500
LONGEST_DEPARTMENT = 200

ROLES = {"tính điểm": "scored", "điểm thưởng": "bonus", "điểm trừ": "penalty"}

GENERAL = (
    Field("code", "Mã bộ", "Mã ngắn không dấu, ví dụ so hoặc xa; giữ nguyên từ năm này sang năm khác", True),
    Field("title", "Tên bộ tiêu chí", "Ví dụ: Bộ tiêu chí xác định Chỉ số CCHC của các sở, ban, ngành", True),
    Field("unit_kinds", "Áp dụng cho", "Loại đơn vị, cách nhau bằng dấu chấm phẩy, ví dụ: Xã; Phường; Đặc khu"),
    Field("note", "Ghi chú", "Ví dụ số, ngày của quyết định ban hành; để trống cũng được"),
    Field("is_sample", "Dữ liệu minh họa", "có: bộ tiêu chí mẫu, không phải của một quyết định thật; không: bộ thật"),
)

CRITERIA = (
    Field("code", "Mã", "Mã như phụ lục in: 1, 1.1, 1.1.2. Mã của tiêu chí cha là phần đầu của mã", True, 8),
    Field("title", "Tên tiêu chí", "Tên lĩnh vực, tiêu chí hoặc tiêu chí thành phần", True, 30),
    Field("max_points", "Điểm tối đa", "Điểm tối đa; của tiêu chí cha bằng tổng các tiêu chí con", True, 8),
    Field("source", "Nguồn", "tự chấm | điều tra | kết quả | điều phối; trống là tự chấm", width=9),
    Field("role", "Vai trò", "tính điểm | điểm thưởng | điểm trừ; trống là tính điểm", width=9),
    Field("kind", "Loại quy tắc", "Xem trang Hướng dẫn; để trống là “chưa có quy tắc”, người chấm cho điểm", width=11),
    Field("parameters", "Tham số", "Mỗi dòng một tham số: tên = giá trị. Xem trang Hướng dẫn", width=28),
    Field("scoring_text", "Cách tính", "Cách tính điểm, nguyên văn phụ lục", width=32),
    Field("evidence_text", "Tài liệu kiểm chứng", "Loại tài liệu đơn vị phải nộp", width=24),
    Field("lead_department", "Cơ quan thẩm định", "Cơ quan chủ trì thẩm định tiêu chí", width=13),
    Field("weight", "Trọng số", "Chỉ của lĩnh vực, khi kỳ tính theo trọng số", width=9),
    Field("parent", "Thuộc mã", f"Chỉ khi mã không tự nói tiêu chí cha; lĩnh vực ghi {TOP}", width=9),
    Field("permanent_id", "Mã định danh", "Cổng tự đặt, giữ nguyên khi đổi mã hay tên; dòng mới để trống", width=38),
)
PRINTED_COLUMNS = 10  # what an annex shows on paper; the last three serve the portal only


@dataclass(frozen=True)
class AnnexNode:
    """One row of the annex.

    `max_points` and `weight` are plain decimals ("9.5"; weight "" where there is none). `parent` is the code of the
    parent, "" for a component. `rule` is None for a node with children. `rule_pending`: a leaf whose annex names no
    rule yet, judged by a person until it does. `permanent_id` is a UUID, "" for a new criterion. `row` tells where
    the node stood in a file that was read, and is no part of what it says.
    """

    code: str
    title: str
    max_points: str
    parent: str = ""
    source: str = "self"
    role: str = "scored"
    rule: dict[str, Any] | None = None
    rule_pending: bool = False
    scoring_text: str = ""
    evidence_text: str = ""
    lead_department: str = ""
    weight: str = ""
    permanent_id: str = ""
    row: int = field(default=0, compare=False)


@dataclass(frozen=True)
class AnnexSet:
    """A whole annex; `nodes` stand in the order of the tree, every parent before its children.

    `unit_kinds` are values of `units.enums.UnitKind`.
    """

    code: str
    title: str
    nodes: tuple[AnnexNode, ...]
    unit_kinds: tuple[str, ...] = ()
    note: str = ""
    is_sample: bool = False

    def to_json(self) -> dict[str, Any]:
        """Plain values, for keeping; `from_json` gives the same set again."""
        return asdict(self)

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> Self:
        """The set that `to_json` gave."""
        nodes = tuple(AnnexNode(**node) for node in stored["nodes"])
        return cls(**(stored | {"nodes": nodes, "unit_kinds": tuple(stored["unit_kinds"])}))

    @property
    def digest(self) -> str:
        """SHA-256 of what the set says, whatever file it stood in."""
        plain = replace(self, nodes=tuple(replace(node, row=0) for node in self.nodes)).to_json()
        return hashlib.sha256(json.dumps(plain, sort_keys=True, ensure_ascii=False).encode()).hexdigest()

    def children(self) -> dict[str, list[AnnexNode]]:
        """Nodes by the code of their parent, "" for the components, in order."""
        found: dict[str, list[AnnexNode]] = {"": []}
        for node in self.nodes:
            found.setdefault(node.parent, []).append(node)
        return found

    def in_tree_order(self) -> tuple[AnnexNode, ...]:
        """The nodes depth first: what the printed annex shows from top to bottom."""
        children, ordered = self.children(), []
        waiting = children[""][::-1]
        while waiting:
            node = waiting.pop()
            ordered.append(node)
            waiting += children.get(node.code, [])[::-1]
        return tuple(ordered)


def natural_parent(code: str, codes: Collection[str]) -> str:
    """The longest dotted beginning of `code` that is itself one of `codes`: "1.2" for "1.2.3"; "" where none is."""
    head = code.rpartition(".")[0]
    while head and head not in codes:
        head = head.rpartition(".")[0]
    return head
