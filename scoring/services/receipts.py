"""Biên nhận: the digest over everything that was handed in."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from django.db.models import Max

from scoring.enums import Stage
from scoring.models import Campaign, EvidenceUse, Receipt, Value
from scoring.services.dossier import Dossier
from scoring.services.leaves import plain_number
from units.models import User


def issue(dossier: Dossier, by: User) -> Receipt:
    """Write the receipt of a submission at `dossier.now`; the caller holds the dossier's lock in its transaction.

    The campaign's row is locked from the number on, so that no number is given twice.
    """
    campaign = Campaign.objects.select_for_update(of=("self",)).get(pk=dossier.participant.campaign_id)
    content = contents(dossier)
    text = canonical(content)
    sequence = (campaign.receipts.aggregate(last=Max("sequence"))["last"] or 0) + 1
    return Receipt.objects.create(
        submission=dossier.submission,
        campaign=campaign,
        sequence=sequence,
        number=f"TC-{campaign.code}-{sequence:04d}",
        digest=hashlib.sha256(text.encode()).hexdigest(),
        content=text,
        answers=len(content["answers"]),
        files=len({file["sha256"] for item in content["evidence"] for file in item["files"]}),
        submitted_by=by,
        submitted_at=dossier.now,
    )


def contents(dossier: Dossier) -> dict[str, Any]:
    """What a receipt covers: every declared answer with its version, every document with its files' digests."""
    participant = dossier.participant
    values = Value.objects.filter(participant=participant, stage=Stage.DECLARED, criterion__retired_in__isnull=True)
    uses = (
        EvidenceUse.objects.filter(evidence__participant=participant, evidence__removed_at__isnull=True)
        .select_related("evidence", "criterion")
        .prefetch_related("evidence__files")
        .order_by("criterion__path", "evidence_id", "purpose")
    )
    return {
        "campaign": participant.campaign.code,
        "unit": participant.code,
        "answers": [_answer(value) for value in values.select_related("criterion").order_by("criterion__path")],
        "evidence": [
            {
                "criterion": use.criterion.code,
                "purpose": use.purpose,
                "number": use.evidence.number,
                "abstract": use.evidence.abstract,
                "pages": use.pages,
                "files": [{"version": file.number, "sha256": file.sha256} for file in use.evidence.files.all()],
            }
            for use in uses
        ],
    }


def canonical(content: dict[str, Any]) -> str:
    """The text under the digest: sorted keys, no spaces, letters as they are."""
    return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _answer(value: Value) -> dict[str, Any]:
    return {
        "criterion": value.criterion.code,
        "version": value.version,
        "inputs": value.inputs,
        "points": None if value.points is None else plain_number(value.points),
        "not_applicable": value.not_applicable,
        "reason": value.reason,
        "note": value.note,
    }
