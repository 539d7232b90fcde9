"""Writes the annex workbook: a criteria set as a printed annex shows it, or the template with two example rows.

Every cell is text, so that Excel changes no code and no figure ("1.10" stays "1.10"); points print with a comma.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from typing import Any, Final

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.properties import PageSetupProperties

from scoring.engine.rules.base import Rule
from scoring.engine.rules.registry import KINDS
from scoring.files import annex_layout as layout
from scoring.files.annex_layout import AnnexNode, AnnexSet, natural_parent
from scoring.files.annex_parameters import write_parameters
from scoring.files.annex_rules import kind_label, kind_words
from scoring.files.results_workbook import SAMPLE_MARK
from units.enums import UnitKind
from units.files.writing import text_cell
from units.vietnamese import format_points

TEMPLATE_NAME = "mau-bo-tieu-chi.xlsx"
KIND_SEPARATOR = "; "  # the names of kinds of units have commas of their own

_INK, _TEAL, _GOLD, _GROUND = "FF10262D", "FF072F38", "FFFFF6DF", "FFE6ECEC"
_TITLE: Final = Font(name="Calibri", size=15, bold=True, color=_INK)
_NOTE: Final = Font(name="Calibri", size=10, color="FF53666D")
_HEADING: Final = Font(name="Calibri", size=11, bold=True, color="FFFFFFFF")
_PARENT: Final = Font(name="Calibri", size=11, bold=True, color=_INK)
_ONE_LINE: Final = Alignment(wrap_text=False, vertical="center")
_A4 = 9  # the number that workbooks give this paper
_HEADING_ROW = 3
_LINE_HEIGHT, _TALLEST = 14.5, 405  # points; a row cannot be taller than 409
_GENERAL_WIDTHS: Final = (24, 60, 70)
_GUIDE_WIDTHS: Final = (24, 50, 64, 58)
_SOURCE_WORDS: Final = {source: word for word, source in layout.SOURCES.items()}
_ROLE_WORDS: Final = {role: word for word, role in layout.ROLES.items()}

_INSTRUCTION = (
    "Mỗi tiêu chí một dòng, tiêu chí cha đứng trên tiêu chí con. Không đổi tên cột. Dòng có ô đầu bắt đầu bằng dấu # "
    "không được đọc. Cách ghi từng cột: xem trang Hướng dẫn."
)
_TEMPLATE_TITLE = "Bộ tiêu chí (tên ghi ở trang Thông tin). Hai dòng dưới là ví dụ minh họa: thay bằng phụ lục của mình"
_GUIDE = (
    "Tệp này chứa một bộ tiêu chí, mỗi tiêu chí một dòng như trong phụ lục của quyết định ban hành.",
    "Trang Thông tin: mã bộ, tên bộ, loại đơn vị áp dụng. Trang Bộ tiêu chí: cây tiêu chí.",
    "Cấp của tiêu chí đọc từ mã: 1.1.2 thuộc 1.1, 1.1 thuộc 1. Mã không lồng nhau thì ghi mã cha ở cột Thuộc mã.",
    "Tiêu chí có tiêu chí con chỉ ghi mã, tên, điểm tối đa (bằng tổng các tiêu chí con, không kể điểm thưởng, điểm "
    "trừ); nguồn, vai trò, loại quy tắc và tham số ghi ở tiêu chí con.",
    "Tham số: mỗi dòng trong ô một tham số (xuống dòng bằng Alt+Enter), viết tên = giá trị. Số viết dấu phẩy thập "
    "phân. Các phần của một mức, mục, bậc cách nhau bằng dấu |. Trong tên, dấu | viết \\| và dấu \\ viết \\\\.",
    "“điểm 0,5” là số điểm; “hệ số 0,5” là một nửa điểm tối đa của tiêu chí.",
    "Phụ lục chưa rõ cách tính thì để trống Loại quy tắc và Tham số: người chấm cho điểm, cổng ghi chưa có quy tắc.",
    "Mã định danh giữ liên hệ của tiêu chí qua các năm và các lần sửa đổi. Tải bộ tiêu chí từ cổng về để sửa thì giữ "
    "nguyên cột này; dòng thêm mới thì để trống.",
)


def write_annex(annex: AnnexSet) -> bytes:
    """The workbook of a whole set, ready to print and to be read again without loss."""
    book = Workbook(write_only=True)
    _criteria_sheet(book, annex, annex.title, _INSTRUCTION)
    _general_sheet(book, annex)
    _guide_sheet(book)
    return _bytes(book)


def template() -> bytes:
    """The workbook to fill: two example rows, the lists to choose from, and the guide."""
    book = Workbook(write_only=True)
    empty = AnnexSet("", "", _example_nodes())
    _criteria_sheet(book, empty, _TEMPLATE_TITLE, _INSTRUCTION)
    _general_sheet(book, empty)
    _guide_sheet(book)
    return _bytes(book)


def row_texts(node: AnnexNode, codes: frozenset[str]) -> dict[str, str]:
    """What the columns of one row say, by key of the layout; `codes` are those of the whole set."""
    is_plain = node.rule is None or node.rule_pending
    natural = natural_parent(node.code, codes)
    return {
        "code": node.code,
        "title": _keep(node.title),
        "max_points": format_points(node.max_points),
        "source": "" if node.rule is None else _SOURCE_WORDS[node.source],
        "role": "" if node.rule is None else _ROLE_WORDS[node.role],
        "kind": "" if is_plain or node.rule is None else kind_label(node.rule["kind"]),
        "parameters": "" if is_plain or node.rule is None else write_parameters(node.rule),
        "scoring_text": _keep(node.scoring_text),
        "evidence_text": _keep(node.evidence_text),
        "lead_department": _keep(node.lead_department),
        "weight": node.weight.replace(".", ","),
        "parent": "" if node.parent == natural else node.parent or layout.TOP,
        "permanent_id": node.permanent_id,
    }


def _keep(text: str) -> str:
    """A line that begins with an apostrophe gets another: readers take the first for Excel's mark of text."""
    return "\n".join(f"'{line}" if line.startswith("'") else line for line in text.split("\n"))


def _example_nodes() -> tuple[AnnexNode, ...]:
    kind = KINDS["options"]
    return (
        AnnexNode("1", "Công tác chỉ đạo, điều hành (ví dụ minh họa)", "2"),
        AnnexNode(
            "1.1",
            "Ban hành kế hoạch cải cách hành chính năm (ví dụ minh họa)",
            "2",
            parent="1",
            rule=_example_rule(kind.kind),
            scoring_text="Ban hành đúng hạn: 2 điểm\nBan hành trễ hạn: 0,5 điểm\nKhông ban hành: 0 điểm",
            evidence_text="Kế hoạch đã ban hành (số, ngày)",
            lead_department="Sở Nội vụ",
        ),
    )


def _example_rule(kind: str) -> dict[str, Any]:
    levels = (("du", "Ban hành đúng hạn", {"share": "1"}), ("tre", "Ban hành trễ hạn", {"points": "0.5"}))
    options = [{"key": key, "label": label, **mark} for key, label, mark in levels]
    return {"kind": kind, "options": [*options, {"key": "khong", "label": "Không ban hành", "points": "0"}]}


def _criteria_sheet(book: Workbook, annex: AnnexSet, title: str, instruction: str) -> None:
    nodes = annex.in_tree_order()
    codes = frozenset(node.code for node in nodes)
    parents = {node.parent for node in nodes}
    sheet = _sheet(book, layout.CRITERIA_SHEET, [field.width for field in layout.CRITERIA], freeze="C4")
    sheet.print_title_rows = f"{_HEADING_ROW}:{_HEADING_ROW}"
    sheet.print_area = f"A1:{get_column_letter(layout.PRINTED_COLUMNS)}{_HEADING_ROW + max(len(nodes), 1)}"
    _offer(sheet, "source", list(layout.SOURCES))
    _offer(sheet, "role", list(layout.ROLES))
    _offer(sheet, "kind", list(kind_words()))
    told = f"{SAMPLE_MARK}. {title}" if annex.is_sample else title
    sheet.append([_line(sheet, told, _TITLE, _GOLD if annex.is_sample else "")])
    sheet.append([_line(sheet, instruction, _NOTE)])
    widths = [field.width for field in layout.CRITERIA]
    _append(sheet, _HEADING_ROW, [_heading(field) for field in layout.CRITERIA], widths, font=_HEADING, fill=_TEAL)
    for row, node in enumerate(nodes, start=_HEADING_ROW + 1):
        texts = row_texts(node, codes)
        styled: dict[str, Any] = {"font": _PARENT} if node.code in parents else {}
        if not node.parent:
            styled["fill"] = _GROUND
        _append(sheet, row, [texts[field.key] for field in layout.CRITERIA], widths, **styled)


def _general_sheet(book: Workbook, annex: AnnexSet) -> None:
    kinds = KIND_SEPARATOR.join(UnitKind(kind).label for kind in annex.unit_kinds)
    texts = {
        "code": annex.code,
        "title": _keep(annex.title),
        "unit_kinds": kinds,
        "note": _keep(annex.note),
        "is_sample": layout.YES if annex.is_sample else layout.NO,
    }
    sheet = _sheet(book, layout.GENERAL_SHEET, _GENERAL_WIDTHS, freeze="A2")
    choice = DataValidation("list", formula1=f'"{layout.YES},{layout.NO}"', allow_blank=True)
    choice.add(f"B{2 + [field.key for field in layout.GENERAL].index('is_sample')}")
    sheet.data_validations.append(choice)
    _append(sheet, 1, ("Khóa", "Giá trị", "Ghi chú"), _GENERAL_WIDTHS, font=_HEADING, fill=_TEAL)
    for row, field in enumerate(layout.GENERAL, start=2):
        _append(sheet, row, (_heading(field), texts[field.key], field.note), _GENERAL_WIDTHS)
    listed = (f"{layout.NOTE_MARK} Các loại đơn vị", KIND_SEPARATOR.join(UnitKind.labels), "")
    _append(sheet, len(layout.GENERAL) + 2, listed, _GENERAL_WIDTHS, font=_NOTE)


def _guide_sheet(book: Workbook) -> None:
    sheet = _sheet(book, layout.GUIDE_PREFIX, _GUIDE_WIDTHS)
    sheet.append([_line(sheet, "Hướng dẫn ghi bộ tiêu chí", _TITLE)])
    for text in _GUIDE:
        sheet.append([_line(sheet, text, Font(name="Calibri", size=11, color=_INK))])
    columns = [(field.heading + (" (bắt buộc)" if field.required else ""), field.note) for field in layout.CRITERIA]
    row = _guide_table(sheet, len(_GUIDE) + 2, ("Cột", "Ghi gì"), columns)
    heads = ("Loại quy tắc", "Dùng khi", "Tham số", "Ví dụ ô Tham số")
    _guide_table(sheet, row, heads, [_told(kind) for kind in KINDS.values()])


def _guide_table(sheet: Any, row: int, heads: Sequence[str], rows: Iterable[Sequence[str]]) -> int:
    """A table after an empty line; returns the row after it."""
    sheet.append([])
    _append(sheet, row + 1, heads, _GUIDE_WIDTHS, font=_HEADING, fill=_TEAL)
    row += 2
    for texts in rows:
        _append(sheet, row, texts, _GUIDE_WIDTHS)
        row += 1
    return row


def _told(kind: type[Rule]) -> tuple[str, str, str, str]:
    parameters = [f"• {one.word}{' (bắt buộc)' if one.required else ''}: {one.note}" for one in kind.parameters]
    return kind.label, kind.note, "\n".join(parameters), kind.example


def _heading(field: layout.Field) -> str:
    return field.heading + (" *" if field.required else "")


def _append(sheet: Any, row: int, texts: Sequence[str], widths: Sequence[int], **styled: Any) -> None:
    """One row of wrapped cells, as tall as its longest cell: not every program grows rows by itself."""
    lines = max(_lines(text, width) for text, width in zip(texts, widths, strict=False))
    sheet.row_dimensions[row].height = min(_LINE_HEIGHT * lines + 3, _TALLEST)
    sheet.append([text_cell(sheet, text, **styled) for text in texts])


def _lines(text: str, width: int) -> int:
    return sum(-(-max(len(line), 1) // max(width, 1)) for line in text.split("\n"))


def _line(sheet: Any, text: str, font: Font, fill: str = "") -> WriteOnlyCell:
    """A line over the table: it runs to the right instead of growing tall in its narrow column."""
    cell = text_cell(sheet, text, font)
    cell.alignment, cell.border = _ONE_LINE, None
    if fill:
        cell.fill = PatternFill("solid", fgColor=fill)
    return cell


def _offer(sheet: Any, key: str, words: Sequence[str]) -> None:
    """Let Excel offer `words` in a column, and refuse others as the reader would."""
    at = [field.key for field in layout.CRITERIA].index(key) + 1
    letter = get_column_letter(at)
    choice = DataValidation("list", formula1=f'"{",".join(words)}"', allow_blank=True)
    choice.errorTitle, choice.error = (
        layout.CRITERIA[at - 1].heading,
        "Chọn một giá trị trong danh sách, hoặc để trống.",
    )
    choice.add(f"{letter}{_HEADING_ROW + 1}:{letter}{_HEADING_ROW + layout.MOST_CRITERIA}")
    sheet.data_validations.append(choice)


def _sheet(book: Workbook, title: str, widths: Sequence[int], freeze: str | None = None) -> Any:
    """An empty sheet that prints across one A4 page, lying; settled before the first row, as its file wants it."""
    sheet = book.create_sheet(title)
    sheet.freeze_panes = freeze
    sheet.sheet_view.showGridLines = False
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", _A4
    sheet.page_setup.fitToHeight = 0
    sheet.page_margins.left = sheet.page_margins.right = 0.4
    sheet.page_margins.top = sheet.page_margins.bottom = 0.6
    sheet.oddFooter.center.text = "&P/&N"
    for at, width in enumerate(widths, start=1):
        sheet.column_dimensions[get_column_letter(at)].width = width
    return sheet


def _bytes(book: Workbook) -> bytes:
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()
