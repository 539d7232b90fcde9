"""An official paper of the year as PDF and as DOCX: both print the strings of its content and nothing else."""

from __future__ import annotations

import io
from dataclasses import asdict
from pathlib import Path
from typing import Any, ClassVar, Protocol

from docx.shared import Mm
from docxtpl import DocxTemplate, InlineImage

from scoring.exporters.typesetting import compile_pdf, qr_png, qr_svg

QR_WIDTH = Mm(27)


class Paper(Protocol):
    """A dataclass of strings; `check_url` is "" for a draft, which has no code."""

    __dataclass_fields__: ClassVar[dict[str, Any]]

    @property
    def superior(self) -> str: ...

    @property
    def issuer(self) -> str: ...

    @property
    def check_url(self) -> str: ...


def paper_pdf(template: Path, content: Paper) -> bytes:
    """The same content gives the same bytes."""
    return compile_pdf(template, {**asdict(content), "qr": qr_svg(content.check_url)})


def paper_docx(template: Path, content: Paper) -> bytes:
    """For the unit to go on with in its own office software.

    Texts go in escaped: what reads like a command of the template or like markup is printed as it stands.
    """
    made = DocxTemplate(template)
    lines = {"superior": [*filter(None, content.superior.split("\n"))], "issuer": content.issuer.split("\n")}
    values = {**asdict(content), **lines}
    if content.check_url:
        values["qr"] = InlineImage(made, io.BytesIO(qr_png(content.check_url)), width=QR_WIDTH)
    made.render(values, autoescape=True)
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()
