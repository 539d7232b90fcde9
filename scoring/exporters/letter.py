"""Công văn giải trình as PDF and as DOCX: both print the strings of `LetterContent` and nothing else."""

from __future__ import annotations

import io
from dataclasses import asdict
from pathlib import Path

from docx.shared import Mm
from docxtpl import DocxTemplate, InlineImage

from scoring.exporters.typesetting import compile_pdf, qr_png, qr_svg
from scoring.services.letter_content import LetterContent

PDF_TEMPLATE = Path(__file__).with_name("letter.typ")
DOCX_TEMPLATE = Path(__file__).with_name("templates") / "letter.docx"
QR_WIDTH = Mm(27)


def letter_pdf(content: LetterContent) -> bytes:
    """The same content gives the same bytes."""
    return compile_pdf(PDF_TEMPLATE, {**asdict(content), "qr": qr_svg(content.check_url)})


def letter_docx(content: LetterContent) -> bytes:
    """For the unit to go on with in its own office software; template by templates/make_letter.py.

    Texts go in escaped: what reads like a command of the template or like markup is printed as it stands.
    """
    template = DocxTemplate(DOCX_TEMPLATE)
    lines = {"superior": [*filter(None, content.superior.split("\n"))], "issuer": content.issuer.split("\n")}
    values = {**asdict(content), **lines}
    if content.check_url:
        values["qr"] = InlineImage(template, io.BytesIO(qr_png(content.check_url)), width=QR_WIDTH)
    template.render(values, autoescape=True)
    out = io.BytesIO()
    template.save(out)
    return out.getvalue()
