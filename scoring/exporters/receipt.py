"""Biên nhận as PDF."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

from scoring.exporters.typesetting import compile_pdf, qr_svg
from scoring.services.receipt_content import ReceiptContent

TEMPLATE = Path(__file__).with_name("receipt.typ")


def receipt_pdf(content: ReceiptContent) -> bytes:
    """The same content gives the same bytes."""
    return compile_pdf(TEMPLATE, {**asdict(content), "qr": qr_svg(content.check_url)})
