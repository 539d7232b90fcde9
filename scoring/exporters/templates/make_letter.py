"""Makes letter.docx, the template of the công văn giải trình that docxtpl fills:
`python -m scoring.exporters.templates.make_letter`.

The layout of decree 30/2020/NĐ-CP for a công văn, with the parts of make_templates.py. Run it again after a change and
look at the result in an office suite.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH as ALIGN
from docx.oxml.ns import qn
from docx.shared import Emu, Mm, Pt

from scoring.exporters.templates.make_templates import (
    FONT,
    annex_head,
    control,
    each,
    grid,
    head,
    header,
    landscape,
    listing,
    margins,
    shape,
    signature,
    text,
    write,
)

HEADS = [
    "Mã", "Tiêu chí", "Điểm tự chấm", "Điểm thẩm định", "Ý kiến đơn vị", "Nội dung giải trình", "Tài liệu kèm theo",
]  # fmt: skip
TARGET = Path(__file__).with_name("letter.docx")


def subject(document: Any) -> None:
    """ "V/v …" stands below the number, in the left column."""
    table = grid(document, [68, 97], 1)
    write(shape(table.cell(0, 0).paragraphs[0], ALIGN.CENTER), "{{ subject }}", 12)


def body(document: Any) -> None:
    write(shape(document.add_paragraph(), ALIGN.CENTER, before=16, after=8), "Kính gửi: {{ addressee }}")
    each(document, "paragraphs[:-1]")
    # Nobody signs a page that says nothing: the last sentence stays with the signature.
    text(document, "{{ paragraphs[-1] }}").paragraph_format.keep_with_next = True


def annex(document: Any) -> None:
    # The paragraph that ends the letter's section goes with the annex: without it there is one section.
    control(document, "{%p if rows %}")
    landscape(document)
    annex_head(document, "PHỤ LỤC", "Ý KIẾN CỦA ĐƠN VỊ VỀ KẾT QUẢ THẨM ĐỊNH TỪNG TIÊU CHÍ")
    table = listing(
        document,
        [16, 54, 19, 24, 21, 72, 56],
        HEADS,
        "rows",
        [
            ("{{ row.code }}", ALIGN.LEFT), ("{{ row.title }}", ALIGN.LEFT), ("{{ row.declared }}", ALIGN.RIGHT),
            ("{{ row.appraised }}", ALIGN.RIGHT), ("{{ row.opinion }}", ALIGN.LEFT),
        ],
        11,
    )  # fmt: skip
    for at, name in ((5, "said"), (6, "documents")):
        lines(table.cell(2, at), f"row.{name}")
    control(document, "{%p endif %}")


def lines(place: Any, name: str) -> None:
    """A paragraph for each line of a cell, a dash where there is none."""
    control(place, "{%p for line in " + name + " %}")
    write(shape(place.add_paragraph()), "{{ line }}", 11)
    control(place, "{%p endfor %}")
    control(place, "{%p if not " + name + " %}")
    write(shape(place.add_paragraph()), "–", 11)
    control(place, "{%p endif %}")
    place._element.remove(place.paragraphs[0]._element)
    control(place, "")


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
    subject(document)
    body(document)
    signature(document, "gửi", "giải trình")
    annex(document)
    properties = document.core_properties
    properties.author, properties.title, properties.comments = "", "Công văn giải trình", ""
    document.save(str(TARGET))


if __name__ == "__main__":
    main()
