"""Công văn giải trình as PDF and as DOCX."""

from __future__ import annotations

from pathlib import Path

from scoring.exporters.official_paper import paper_docx, paper_pdf
from scoring.services.letter_content import LetterContent

PDF_TEMPLATE = Path(__file__).with_name("letter.typ")
DOCX_TEMPLATE = Path(__file__).with_name("templates") / "letter.docx"


def letter_pdf(content: LetterContent) -> bytes:
    return paper_pdf(PDF_TEMPLATE, content)


def letter_docx(content: LetterContent) -> bytes:
    """Its template is made by templates/make_letter.py."""
    return paper_docx(DOCX_TEMPLATE, content)
