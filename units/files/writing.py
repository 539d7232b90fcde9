"""Writing cells of a workbook so that Excel takes them for what they are: text stays text."""

from __future__ import annotations

from typing import Any, Final

from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side

INK, TEAL, GOLD = "FF10262D", "FF072F38", "FFFFF6DF"
BODY: Final = Font(name="Calibri", size=11, color=INK)
HEADING: Final = Font(name="Calibri", size=11, bold=True, color="FFFFFFFF")
_RULE = Border(bottom=Side(style="thin", color="FFD0DADC"))
_WRAP = Alignment(wrap_text=True, vertical="top")


def text_cell(sheet: Any, text: str, font: Font = BODY, fill: str = "") -> WriteOnlyCell:
    """A cell that holds `text` as text, whatever it begins with ("=1+1" stays five signs)."""
    cell = WriteOnlyCell(sheet, value=text or None)
    if text:
        cell.data_type = "s"
    cell.number_format = "@"
    cell.font, cell.alignment, cell.border = font, _WRAP, _RULE
    if fill:
        cell.fill = PatternFill("solid", fgColor=fill)
    return cell
