"""Slips with one-time codes on A4, to be cut and handed over."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import typst

TEMPLATE = Path(__file__).with_name("slips.typ")


@dataclass(frozen=True)
class Slip:
    """What one slip tells; `until` in words."""

    name: str
    unit: str
    username: str
    code: str
    until: str


def slips_pdf(
    slips: Sequence[Slip],
    *,
    organiser: str,
    address: str,
    refused: Sequence[tuple[str, str]] = (),
    sample: bool = False,
) -> bytes:
    """Four slips a sheet; `refused` (name, why) stand on a last page, so that nobody is forgotten.

    Typst's own fonts only: the sheet looks the same on every machine. Names are data to it, never markup.
    """
    content = {
        "organiser": organiser,
        "address": address,
        "slips": [asdict(slip) for slip in slips],
        "refused": [{"name": name, "reason": reason} for name, reason in refused],
        "sample": sample,
    }
    made = typst.compile(
        TEMPLATE, format="pdf", ignore_system_fonts=True, sys_inputs={"doc": json.dumps(content, ensure_ascii=False)}
    )
    if not isinstance(made, bytes):
        raise RuntimeError("Typst made several files of one document")
    return made
