"""A commune of the sample set with the demo's invented answers, and what stands in a made document."""

from __future__ import annotations

import io
import json
import re
from decimal import Decimal
from pathlib import Path
from typing import Any

import docx
from django.core.files.uploadedfile import SimpleUploadedFile
from pypdf import PdfReader

from scoring.models import CriteriaSet, Criterion, Participant, Receipt
from scoring.selectors.tree import tree_of
from scoring.services.evidence import Details, add_evidence
from scoring.services.self_assessment import declare
from scoring.services.transitions import perform
from scoring.services.values import Content
from tests.scoring.evidence import samples
from tests.year import Year
from units.enums import UnitKind
from units.models import Unit

FIXTURES = Path(__file__).resolve().parents[3] / "fixtures"
COMMUNE = "21040"


def as_commune(year: Year) -> None:
    """Unit A becomes a commune that answers the sample set of communes as the demo's 21040 does, with one document."""
    leaves = give_commune_set(year)
    for code, answer in commune_answers().items():
        declare(year.a, leaves[code], Content(**answer), seen=0, by=year["a1"])
    bring(year, leaves["1.1.1"])


def give_commune_set(year: Year) -> dict[str, Criterion]:
    """Unit A becomes a commune with the sample set of communes before it, nothing answered; its leaves by code."""
    told = json.loads((FIXTURES / "criteria" / "xa.json").read_text(encoding="utf-8"))
    criteria_set = CriteriaSet.objects.create(campaign=year.campaign, code="xa", title=told["title"], is_sample=True)
    _nodes(criteria_set, told["criteria"], None, "")
    Participant.objects.filter(pk=year.a.pk).update(criteria_set=criteria_set, name="Xã Bình An")
    Unit.objects.filter(pk=year.a.unit_id).update(kind=UnitKind.COMMUNE)
    year.a.refresh_from_db()
    return tree_of(criteria_set).by_code


def commune_answers() -> dict[str, dict[str, Any]]:
    """What the demo's commune declares, by code of the leaf: `inputs` and perhaps a `note`."""
    answers = json.loads((FIXTURES / "demo" / "year" / "answers.json").read_text(encoding="utf-8"))
    return dict(answers["units"][COMMUNE]["declared"])


def bring(year: Year, criterion: Criterion, **details: Any) -> None:
    upload = SimpleUploadedFile("ke-hoach.pdf", samples.pdf())
    told = Details(**({"number": "07/KH-UBND", "abstract": "Kế hoạch cải cách hành chính năm 2026"} | details))
    add_evidence(year.a, [upload], told, by=year["a1"], criterion=criterion, pages="tr. 1")


def _nodes(criteria_set: CriteriaSet, nodes: list[dict[str, Any]], parent: Criterion | None, path: str) -> None:
    for place, node in enumerate(nodes, start=1):
        here = f"{path}{place:03d}"
        made = Criterion.objects.create(
            criteria_set=criteria_set, parent=parent, path=here, code=node["code"], title=node["title"],
            max_points=Decimal(node["max_points"]), source=node.get("source", "self"), role=node.get("role", "scored"),
            rule=node.get("rule"), evidence_text=node.get("x_evidence_text", ""),
        )  # fmt: skip
        _nodes(criteria_set, node.get("children", []), made, f"{here}.")


def handed_in(year: Year) -> Receipt:
    perform(year.submission(), "hand_over", year["a1"])
    perform(year.submission(), "submit", year["aH"], accept_warnings=True)
    return Receipt.objects.filter(submission=year.submission()).latest("pk")


def pdf_text(data: bytes) -> str:
    """All that stands in a PDF, squeezed."""
    return squeezed("".join(page.extract_text() for page in PdfReader(io.BytesIO(data)).pages))


def stands_in(text: str, page: str) -> bool:
    """Whether `text` stands in the squeezed `page`, whole or cut in two where a row goes on to the next page."""
    wanted = squeezed(text)
    return any(wanted[:at] in page and wanted[at:] in page for at in range(len(wanted), -1, -1))


def docx_texts(data: bytes) -> list[str]:
    """Every paragraph of a DOCX, those in the cells of its tables too: the body's first, then table by table."""
    document = docx.Document(io.BytesIO(data))
    cells = [cell for table in document.tables for row in table.rows for cell in row.cells]
    return [paragraph.text for place in (document, *cells) for paragraph in place.paragraphs]


def squeezed(text: str) -> str:
    """Without spaces and without the places where a long word may break: a line's end says nothing."""
    return re.sub(r"[\s\u200b\u00ad]", "", text)
