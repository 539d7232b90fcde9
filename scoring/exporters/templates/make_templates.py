"""Makes self_report.docx, the template of the báo cáo tự chấm that docxtpl fills: `python make_templates.py`.

The layout of decree 30/2020/NĐ-CP: A4, Times New Roman, number of the page in the middle of the head from page 2 on,
the table of all criteria as a landscape annex. Run it again after a change and look at the result in an office suite.
Elements are put where the schema wants them: Word refuses a file in which they stand elsewhere.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from docx import Document
from docx.enum.section import WD_ORIENT, WD_SECTION
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH as ALIGN
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Emu, Mm, Pt

TARGET = Path(__file__).with_name("self_report.docx")
FONT = "Times New Roman"
FOOT = "{% if mark %}{{ mark }}. Mã băm của bản nháp: {% else %}{{ receipt }} Mã băm: {% endif %}{{ digest[:16] }}."
THIN = {"val": "single", "sz": "4", "color": "000000"}


def element(tag: str, **attributes: str) -> Any:
    made = OxmlElement(tag)
    for name, value in attributes.items():
        made.set(qn(f"w:{name}"), value)
    return made


def write(paragraph: Any, text: str, size: float = 14, *, bold: bool = False, italic: bool = False) -> Any:
    run = paragraph.add_run(text)
    run.font.name, run.font.size, run.bold, run.italic = FONT, Pt(size), bold, italic
    run._element.rPr.rFonts.set(qn("w:eastAsia"), FONT)
    return run


def shape(paragraph: Any, align: Any = ALIGN.LEFT, before: float = 0, after: float = 0, indent: Any = None) -> Any:
    form = paragraph.paragraph_format
    form.alignment, form.space_before, form.space_after, form.line_spacing = align, Pt(before), Pt(after), 1.1
    if indent is not None:
        form.first_line_indent = indent
    return paragraph


def control(place: Any, tag: str) -> None:
    """A paragraph that holds a tag of the template alone; it is gone from what is made."""
    write(shape(place.add_paragraph()), tag, 4)


def field(paragraph: Any, instruction: str) -> None:
    run = write(paragraph, "", 13)
    for kind in ("begin", "instr", "end"):
        if kind == "instr":
            made = element("w:instrText")
            made.text = instruction
        else:
            made = element("w:fldChar", fldCharType=kind)
        run._element.append(made)


def borders(table: Any) -> None:
    made = element("w:tblBorders")
    for side in ("top", "left", "bottom", "right", "insideH", "insideV"):
        made.append(element(f"w:{side}", **THIN))
    table._element.tblPr.insert_element_before(made, "w:shd", "w:tblLayout", "w:tblCellMar", "w:tblLook")


def grid(place: Any, widths: list[float], rows: int) -> Any:
    """A table of fixed columns (mm), so that a long word breaks instead of widening the page."""
    table = place.add_table(rows, len(widths))
    table.alignment, table.autofit = WD_TABLE_ALIGNMENT.CENTER, False
    for row in table.rows:
        for cell, width in zip(row.cells, widths, strict=True):
            cell.width = Mm(width)
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Mm(width)
    return table


def repeated(row: Any) -> None:
    """The row stands again at the head of every page."""
    row._element.get_or_add_trPr().append(element("w:tblHeader"))


def whole(row: Any) -> None:
    row._element.get_or_add_trPr().append(element("w:cantSplit"))


def cell(place: Any, text: str, size: float = 12, align: Any = ALIGN.LEFT, **style: bool) -> None:
    write(shape(place.paragraphs[0], align), text, size, **style)


def rule_below(paragraph: Any, width: Any, left: Any, right: Any) -> None:
    """A short line under a paragraph: the border of an empty one that is pulled in at both sides."""
    shape(paragraph, ALIGN.CENTER)
    paragraph.paragraph_format.line_spacing = Pt(4)
    paragraph.paragraph_format.left_indent, paragraph.paragraph_format.right_indent = left, right
    sides = element("w:pBdr")
    sides.append(element("w:top", val="single", sz="6", space="1", color="000000"))
    paragraph._element.get_or_add_pPr().insert_element_before(sides, "w:shd", "w:tabs", "w:spacing", "w:ind", "w:jc")
    write(paragraph, "", 4)


def listing(
    place: Any, widths: list[float], heads: list[str], loop: str, cells: list[tuple[str, Any]], size: float
) -> Any:
    """A bordered table: a repeated head, then one row for each turn of `loop`."""
    table = grid(place, widths, 4)
    borders(table)
    for at, name in enumerate(heads):
        cell(table.cell(0, at), name, size, ALIGN.CENTER, bold=True)
    repeated(table.rows[0])
    cell(table.cell(1, 0), "{%tr for row in " + loop + " %}", size)
    for at, (text, align) in enumerate(cells):
        cell(table.cell(2, at), text, size, align)
    cell(table.cell(3, 0), "{%tr endfor %}", size)
    return table


def header(section: Any) -> None:
    """Page number from the second page on; what is a draft or a sample says so on every page."""
    section.different_first_page_header_footer = True
    for part, is_first in ((section.header, False), (section.first_page_header, True)):
        part.is_linked_to_previous = False
        paragraph = shape(part.paragraphs[0], ALIGN.CENTER)
        if not is_first:
            field(paragraph, "PAGE")
        write(part.add_paragraph(), "{{ mark }}", 10, bold=True)
        shape(part.paragraphs[1], ALIGN.CENTER)
        write(part.paragraphs[1], "{% if mark and sample %}. {% endif %}{{ sample }}", 10, bold=True)
    for part in (section.footer, section.first_page_footer):
        part.is_linked_to_previous = False
        write(shape(part.paragraphs[0], ALIGN.CENTER), FOOT, 8.5)


def head(document: Any) -> None:
    table = grid(document, [68, 97], 3)
    left, right = table.rows[0].cells
    control(left, "{%p for part in superior %}")
    write(shape(left.add_paragraph(), ALIGN.CENTER), "{{ part }}", 12.5)
    control(left, "{%p endfor %}")
    control(left, "{%p for part in issuer %}")
    write(shape(left.add_paragraph(), ALIGN.CENTER), "{{ part }}", 12.5, bold=True)
    control(left, "{%p endfor %}")
    left._element.remove(left.paragraphs[0]._element)
    write(shape(right.paragraphs[0], ALIGN.CENTER), "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", 12, bold=True)
    write(shape(right.add_paragraph(), ALIGN.CENTER), "Độc lập - Tự do - Hạnh phúc", 13.5, bold=True)
    rule_below(table.cell(1, 0).paragraphs[0], Mm(22), Mm(22), Mm(22))
    rule_below(table.cell(1, 1).paragraphs[0], Mm(58), Mm(17), Mm(17))
    write(shape(table.cell(2, 0).paragraphs[0], ALIGN.CENTER), "{{ number_line }}", 13)
    write(shape(table.cell(2, 1).paragraphs[0], ALIGN.CENTER), "{{ date_line }}", 13, italic=True)


def text(document: Any, words: str) -> Any:
    paragraph = shape(document.add_paragraph(), ALIGN.JUSTIFY, after=6, indent=Mm(10))
    write(paragraph, words)
    return paragraph


def heading(document: Any, words: str) -> None:
    paragraph = shape(document.add_paragraph(), ALIGN.LEFT, before=6, after=6, indent=Mm(10))
    paragraph.paragraph_format.keep_with_next = True
    write(paragraph, words, bold=True)


def each(document: Any, loop: str) -> None:
    control(document, "{%p for line in " + loop + " %}")
    text(document, "{{ line }}")
    control(document, "{%p endfor %}")


def body(document: Any) -> None:
    write(shape(document.add_paragraph(), ALIGN.CENTER, before=14), "BÁO CÁO", bold=True)
    write(shape(document.add_paragraph(), ALIGN.CENTER), "{{ title }}", bold=True)
    rule_below(document.add_paragraph(), Mm(36), Mm(64), Mm(64))
    text(document, "{{ basis }}")
    heading(document, "I. KẾT QUẢ TỰ CHẤM")
    text(document, "{{ answered }}")
    listing(
        document,
        [12, 78, 24, 27, 24],
        ["TT", "Lĩnh vực", "Điểm tối đa", "Trong đó đơn vị tự chấm", "Điểm tự chấm"],
        "summary",
        [
            ("{{ row.number }}", ALIGN.CENTER), ("{{ row.title }}", ALIGN.LEFT), ("{{ row.max_points }}", ALIGN.RIGHT),
            ("{{ row.own_max }}", ALIGN.RIGHT), ("{{ row.points }}", ALIGN.RIGHT),
        ],
        12,
    )  # fmt: skip
    shape(document.add_paragraph(), after=0)
    each(document, "extra")
    heading(document, "II. GIẢI TRÌNH TIÊU CHÍ THIẾU TÀI LIỆU KIỂM CHỨNG")
    text(document, "{{ unproven_said }}")
    heading(document, "III. KHÓ KHĂN, VƯỚNG MẮC")
    each(document, "difficulties")
    heading(document, "IV. ĐỀ XUẤT, KIẾN NGHỊ")
    each(document, "proposals")
    # Nobody signs a page that says nothing: the last sentence stays with the signature.
    text(document, "{{ closing }}").paragraph_format.keep_with_next = True


def signature(document: Any, done: str = "nộp", paper: str = "báo cáo") -> None:
    table = grid(document, [75, 90], 1)
    whole(table.rows[0])
    left, right = table.rows[0].cells
    write(shape(left.paragraphs[0]), "Nơi nhận:", 12, bold=True, italic=True)
    control(left, "{%p for line in recipients %}")
    write(shape(left.add_paragraph()), "{{ line }}", 11)
    control(left, "{%p endfor %}")
    control(left, "{%p if qr %}")
    write(shape(left.add_paragraph(), before=8), "{{ qr }}", 11)
    write(shape(left.add_paragraph()), f"Quét mã rồi đăng nhập để đối chiếu với bản đã {done} trên cổng.", 9)
    control(left, "{%p endif %}")
    left.add_paragraph()
    control(right, "{%p for line in signer %}")
    write(shape(right.add_paragraph(), ALIGN.CENTER), "{{ line }}", 14, bold=True)
    control(right, "{%p endfor %}")
    right._element.remove(right.paragraphs[0]._element)
    for _ in range(5):
        write(shape(right.add_paragraph(), ALIGN.CENTER), "", 14)
    write(shape(right.add_paragraph(), ALIGN.CENTER), "{{ signer_name }}", 14, bold=True)
    write(shape(document.add_paragraph(), before=8), f"Mã băm SHA-256 của nội dung {paper}: {{{{ digest }}}}", 9)


def landscape(document: Any) -> None:
    """A section of its own for an annex, its pages numbered from 1."""
    section = document.add_section(WD_SECTION.NEW_PAGE)
    section.orientation, section.page_width, section.page_height = WD_ORIENT.LANDSCAPE, Mm(297), Mm(210)
    margins(section, left=20, top=20, bottom=18)
    for numbering in section._sectPr.findall(qn("w:pgNumType")):  # a new section is a copy of the one before
        section._sectPr.remove(numbering)
    numbering = element("w:pgNumType", start="1")
    section._sectPr.insert_element_before(numbering, "w:cols", "w:titlePg", "w:docGrid")
    header(section)


def margins(section: Any, *, left: float, top: float, bottom: float) -> None:
    section.left_margin, section.right_margin = Mm(left), Mm(15)
    section.top_margin, section.bottom_margin = Mm(top), Mm(bottom)


def annex_head(document: Any, number: str, title: str) -> None:
    write(shape(document.add_paragraph(), ALIGN.CENTER), number, bold=True)
    write(shape(document.add_paragraph(), ALIGN.CENTER), title, bold=True)
    write(shape(document.add_paragraph(), ALIGN.CENTER, after=8), "{{ annex_note }}", 13, italic=True)


def annex(document: Any) -> None:
    landscape(document)
    annex_head(document, "PHỤ LỤC{% if unproven %} I{% endif %}", "BẢNG TỰ CHẤM ĐIỂM TỪNG TIÊU CHÍ")
    table = listing(
        document,
        [16, 73, 17, 17, 74, 65],
        ["Mã", "Tiêu chí", "Điểm tối đa", "Điểm tự chấm", "Cách đạt", "Tài liệu kiểm chứng"],
        "rows",
        [
            ("{{ row.code }}", ALIGN.LEFT), ("{{ row.title }}", ALIGN.LEFT), ("{{ row.max_points }}", ALIGN.RIGHT),
            ("{{ row.points }}", ALIGN.RIGHT), ("{{ row.how }}", ALIGN.LEFT),
        ],
        11,
    )  # fmt: skip
    # A leaf in plain letters, a heading of the tree in bold ones: two rows, of which each turn keeps one.
    documents = table.cell(2, 5)
    control(documents, "{%p for line in row.documents %}")
    write(shape(documents.add_paragraph()), "{{ line }}", 11)
    control(documents, "{%p endfor %}")
    control(documents, "{%p if not row.documents %}")
    write(shape(documents.add_paragraph()), "–", 11)
    control(documents, "{%p endif %}")
    documents._element.remove(documents.paragraphs[0]._element)
    control(documents, "")
    _bold_rows(table)
    # The paragraph that ends the first annex's section goes with the second: without it both are one section.
    control(document, "{%p if unproven %}")
    landscape(document)
    annex_head(document, "PHỤ LỤC II", "GIẢI TRÌNH TIÊU CHÍ THIẾU TÀI LIỆU KIỂM CHỨNG")
    listing(
        document,
        [16, 100, 22, 124],
        ["Mã", "Tiêu chí", "Điểm tự chấm", "Giải trình"],
        "unproven",
        [
            ("{{ row.code }}", ALIGN.LEFT), ("{{ row.title }}", ALIGN.LEFT), ("{{ row.points }}", ALIGN.RIGHT),
            ("{{ row.said }}", ALIGN.LEFT),
        ],
        11,
    )  # fmt: skip
    control(document, "{%p endif %}")


def _bold_rows(table: Any) -> None:
    """Around the leaf's row: `if` leaf … `else` the row of a component or heading … `endif`."""
    leaf = table.rows[2]._element
    rows = {}
    for name, tag in (("if", '{%tr if row.level == "leaf" %}'), ("else", "{%tr else %}"), ("endif", "{%tr endif %}")):
        rows[name] = table.add_row()
        cell(rows[name].cells[0], tag, 4)
    bold = table.add_row()
    for at, words in enumerate(("{{ row.code }}", "{{ row.title }}", "{{ row.max_points }}", "", "", "")):
        cell(bold.cells[at], words, 11, ALIGN.RIGHT if at == 2 else ALIGN.LEFT, bold=True)
        bold.cells[at]._element.get_or_add_tcPr().append(element("w:shd", val="clear", color="auto", fill="E6E6E6"))
    joined = bold.cells[3].merge(bold.cells[5])
    for paragraph in joined.paragraphs[1:]:
        paragraph._element.getparent().remove(paragraph._element)
    leaf.addprevious(rows["if"]._element)
    leaf.addnext(rows["endif"]._element)
    leaf.addnext(bold._element)
    leaf.addnext(rows["else"]._element)


def main() -> None:
    document = Document()
    style = document.styles["Normal"]
    style.font.name, style.font.size = FONT, Pt(14)
    style.element.rPr.rFonts.set(qn("w:eastAsia"), FONT)
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    margins(section, left=30, top=20, bottom=20)
    section.header_distance = section.footer_distance = Emu(Mm(9))
    header(section)
    head(document)
    body(document)
    signature(document)
    annex(document)
    properties = document.core_properties
    properties.author, properties.title, properties.comments = "", "Báo cáo tự chấm", ""
    document.save(str(TARGET))


if __name__ == "__main__":
    main()
