"""Typst and QR codes for documents of the year: what goes in is data, never markup, and the same input gives the same
bytes."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import qrcode
import typst
from qrcode.constants import ERROR_CORRECT_M

_QUIET = 4  # modules of white around a code, as its standard asks for


def compile_pdf(template: Path, content: Mapping[str, Any]) -> bytes:
    """`template` with `content` as its input `doc`. Typst's own fonts only, so that no machine makes another page.

    The root is the template's folder: a text that reads like a command is printed as it stands, and nothing beyond
    this folder could be read by one.
    """
    made = typst.compile(
        template,
        root=template.parent,
        format="pdf",
        ignore_system_fonts=True,
        sys_inputs={"doc": json.dumps(content, ensure_ascii=False)},
    )
    if not isinstance(made, bytes):
        raise RuntimeError("Typst made several files of one document")
    return made


def qr_svg(text: str) -> str:
    """A QR code of `text` as one SVG path; "" for no text."""
    if not text:
        return ""
    matrix = _code(text).get_matrix()
    size = len(matrix)
    squares = "".join(f"M{x} {y}h1v1h-1z" for y, row in enumerate(matrix) for x, dark in enumerate(row) if dark)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size} {size}" width="{size}" height="{size}">'
        f'<rect width="{size}" height="{size}" fill="#fff"/><path d="{squares}" fill="#000"/></svg>'
    )


def qr_png(text: str) -> bytes:
    """A QR code of `text` as a PNG."""
    out = io.BytesIO()
    _code(text).make_image().save(out, "PNG")
    return out.getvalue()


def _code(text: str) -> Any:
    code = qrcode.QRCode(error_correction=ERROR_CORRECT_M, box_size=8, border=_QUIET)
    code.add_data(text)
    code.make(fit=True)
    return code
