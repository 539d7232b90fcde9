"""Báo cáo tự chấm as PDF and as DOCX."""

from __future__ import annotations

from pathlib import Path

from scoring.exporters.official_paper import paper_docx, paper_pdf
from scoring.services.report_content import ReportContent

PDF_TEMPLATE = Path(__file__).with_name("self_report.typ")
DOCX_TEMPLATE = Path(__file__).with_name("templates") / "self_report.docx"


def report_pdf(content: ReportContent) -> bytes:
    return paper_pdf(PDF_TEMPLATE, content)


def report_docx(content: ReportContent) -> bytes:
    """Its template is made by templates/make_templates.py."""
    return paper_docx(DOCX_TEMPLATE, content)
