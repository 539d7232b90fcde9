"""Biên nhận of an explanation: what the unit sent, frozen, with the digest that its công văn carries."""

from __future__ import annotations

import json
from typing import Any

from django.db.models import Max

from scoring.enums import Opinion, Purpose
from scoring.models import (
    Campaign,
    EvidenceUse,
    Explanation,
    ExplanationReceipt,
    Participant,
    Value,
)
from scoring.selectors.explanation import Row, reader_of_unit, rows_of
from scoring.selectors.letters import newest_letter
from scoring.selectors.report import words_of
from scoring.selectors.tree import tree_of
from scoring.services.dossier import Dossier
from scoring.services.explaining import explainable, round_of
from scoring.services.leaves import plain_number
from scoring.services.receipts import about, canonical, digest_of
from units.models import User

FORMAT = "parindex-explanation/1"


def signer_title_of(explanation: Explanation) -> str:
    """As what the head signs unless told otherwise: as in the letter before, else as in the report; "" for neither."""
    before = newest_letter(explanation)
    if before is not None and (title := json.loads(before.content)["signature"]["signer_title"]):
        return str(title)
    return words_of(explanation.participant).signer_title


def issue_letter(dossier: Dossier, explanation: Explanation, by: User, title: str = "") -> ExplanationReceipt:
    """Write the receipt of an explanation that is being sent; the caller holds the dossier's lock in its transaction.
    `title`: as what the head signs, "" for as before.

    The campaign's row is locked from the number on, so that no number is given twice.
    """
    campaign = Campaign.objects.select_for_update(of=("self",)).get(pk=dossier.participant.campaign_id)
    text = canonical(letter_contents(dossier, explanation, title))
    sequence = (campaign.explanation_receipts.aggregate(last=Max("sequence"))["last"] or 0) + 1
    return ExplanationReceipt.objects.create(
        explanation=explanation,
        campaign=campaign,
        sequence=sequence,
        number=f"GT-{campaign.code}-{sequence:04d}",
        digest=digest_of(text),
        content=text,
        submitted_by=by,
        submitted_at=dossier.now,
    )


def letter_contents(dossier: Dossier, explanation: Explanation, title: str = "") -> dict[str, Any]:
    """What the unit says of this round, with the values it speaks of as it may read them; never who gave them.

    Keys: format; campaign, unit (codes); round; about (names as they are); signature (place, signer_title); leaves (in
    the order of the tree: code, title, component, max_points, declared, appraised, reappraised as points, "n/a" or
    null, opinion, text, version of the words, is_changed by the appraisal,
    lost points); evidence (documents of the explanation by leaf).
    """
    participant = dossier.participant
    explanation.participant = participant
    number = round_of(dossier)
    leaves = explainable(participant, number)
    rows = rows_of(explanation, tree_of(participant.criteria_set), reader_of_unit(explanation), leaves)
    shown = [row for row in rows if row.criterion.pk in leaves]
    return {
        "format": FORMAT,
        "campaign": participant.campaign.code,
        "unit": participant.code,
        "round": number,
        "about": about(participant),
        "signature": {
            "place": words_of(participant).place,
            "signer_title": title or signer_title_of(explanation),
        },
        "leaves": [_leaf(row, number) for row in shown],
        "evidence": _evidence(participant, shown),
    }


def _leaf(row: Row, number: int) -> dict[str, Any]:
    item, opinion = row.said_in(number), row.opinion_in(number)
    is_said = opinion == Opinion.EXPLAIN and item is not None
    return {
        "code": row.criterion.code,
        "title": row.criterion.title,
        "component": row.criterion.component_path,
        "max_points": plain_number(row.criterion.max_points),
        "declared": _points(row.declared),
        "appraised": _points(row.appraised),
        "reappraised": _points(row.reappraised),
        "opinion": opinion,
        "text": item.text if item and is_said else "",
        "version": item.version if item and is_said else 0,
        "is_changed": row.is_changed,
        "lost": plain_number(row.lost),
    }


def _points(value: Value | None) -> str | None:
    if value is None:
        return None
    return "n/a" if value.worth is None else plain_number(value.worth)


def _evidence(participant: Participant, rows: list[Row]) -> list[dict[str, Any]]:
    uses = (
        EvidenceUse.objects.filter(
            evidence__participant=participant,
            evidence__removed_at__isnull=True,
            purpose=Purpose.EXPLANATION,
            criterion__in=[row.criterion.pk for row in rows],
        )
        .select_related("evidence", "criterion")
        .prefetch_related("evidence__files")
        .order_by("criterion__path", "evidence_id")
    )
    return [
        {
            "criterion": use.criterion.code,
            "number": use.evidence.number,
            "issued_on": use.evidence.issued_on.isoformat() if use.evidence.issued_on else None,
            "issuer": use.evidence.issuer,
            "abstract": use.evidence.abstract,
            "pages": use.pages,
            "files": [{"version": file.number, "sha256": file.sha256} for file in use.evidence.files.all()],
        }
        for use in uses
    ]
