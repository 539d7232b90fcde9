"""Biên nhận: the digest over everything that was handed in."""

from __future__ import annotations

import datetime
import hashlib
import json
from typing import Any

from django.db.models import Max

from scoring.enums import Stage
from scoring.models import (
    Campaign,
    Criterion,
    EvidenceFile,
    EvidenceUse,
    LatePaper,
    Participant,
    Receipt,
    SelfReport,
    Value,
)
from scoring.selectors.missing import excluded_leaves
from scoring.selectors.tree import tree_of
from scoring.services.answer_wording import CLAIM, say_content
from scoring.services.dossier import Dossier
from scoring.services.leaves import leaf_of, plain_number
from scoring.services.values import content_of
from units.models import User

FORMAT = "parindex-receipt/2"
OF_AN_OLDER_RULE = "Đã nhập theo quy tắc trước khi sửa đổi"
WORDS = ("difficulties", "proposals", "place", "signer_title")
"""Of `SelfReport`: what the unit itself writes into its report."""


def digest_of(text: str) -> str:
    """The digest of a receipt's text, and of a draft's."""
    return hashlib.sha256(text.encode()).hexdigest()


def issue(dossier: Dossier, by: User, paper: LatePaper | None = None) -> Receipt:
    """Write the receipt of a submission at `dossier.now`, by `paper` one on behalf of the unit; the caller holds the
    dossier's lock in its transaction.

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
        digest=digest_of(text),
        content=text,
        answers=len(content["answers"]),
        files=len({file["sha256"] for item in content["evidence"] for file in item["files"]}),
        submitted_by=by,
        submitted_at=dossier.now,
        terms=paper_terms(paper) if paper else hand_in_terms(dossier),
        late_paper=paper,
    )


def contents(dossier: Dossier) -> dict[str, Any]:
    """What a receipt covers, with everything that its report prints: nothing is read again from today's rows.

    Keys: format; campaign, unit (codes); about (names and titles as they were); criteria (every node in the order of
    print: code, title, max_points, level from 1, is_leaf, source, role, is_excluded, asks_proof); answers (every
    declared answer with its version, its words, `points` that it earns or null, and why); evidence (every document for
    a leaf with its files' digests; a file that crossed the deadline with both instants); report (the unit's own
    words). An answer that the coordinator entered on behalf of the unit says so in `on_behalf`. The hour is no part of
    it (`Receipt.terms`): what the head reviewed and what the receipt covers have one digest.
    """
    participant = dossier.participant
    tree = tree_of(participant.criteria_set)
    excluded = excluded_leaves(participant.campaign, [participant], {participant.criteria_set_id: tree})
    values = Value.objects.filter(participant=participant, stage=Stage.DECLARED, criterion__retired_in__isnull=True)
    uses = (
        EvidenceUse.objects.filter(evidence__participant=participant, evidence__removed_at__isnull=True)
        .select_related("evidence", "criterion")
        .prefetch_related("evidence__files")
        .order_by("criterion__path", "evidence_id", "purpose")
    )
    words = SelfReport.objects.filter(participant=participant).first() or SelfReport()
    return {
        "format": FORMAT,
        "campaign": participant.campaign.code,
        "unit": participant.code,
        "about": about(participant),
        "criteria": [criterion_row(node, is_excluded=node.pk in excluded[participant.pk]) for node in tree.nodes],
        "answers": [
            _answer(value, participant.campaign)
            for value in values.select_related("criterion").order_by("criterion__path")
        ],
        "evidence": [_document(use) for use in uses],
        "report": {name: getattr(words, name) for name in WORDS},
    }


def hand_in_terms(dossier: Dossier) -> dict[str, Any]:
    """Under which deadline the dossier is handed in at `dossier.now`, for `Receipt.terms`: instants as ISO text, how
    many minutes may follow, and for a unit's own extension the reason ("" for the group's deadline)."""
    limit, submission = dossier.limit, dossier.submission
    if limit is None:
        return {}
    is_own = limit.closes_at == submission.extended_until
    return {
        "at": dossier.now.isoformat(),
        "began_at": dossier.began.isoformat(),
        "closes_at": limit.closes_at.isoformat(),
        "grace_minutes": limit.grace // datetime.timedelta(minutes=1),
        "extended_because": submission.extension_reason if is_own else "",
    }


def paper_terms(paper: LatePaper) -> dict[str, str]:
    """The paper by which a dossier was handed in on behalf of its unit, for `Receipt.terms`; days as ISO text."""
    return {
        "number": paper.number,
        "dated_on": paper.dated_on.isoformat(),
        "arrived_on": paper.arrived_on.isoformat(),
        "reason": paper.reason,
        "sha256": paper.sha256,
    }


def about(participant: Participant) -> dict[str, Any]:
    """Whose dossier it is, in which campaign, by the names of this instant."""
    campaign, organiser = participant.campaign, participant.campaign.organiser
    return {
        "campaign_title": campaign.title,
        "year": campaign.year,
        "is_sample": campaign.is_sample,
        "organiser": organiser.title,
        "organiser_place": organiser.place,
        "lead_department": organiser.lead_department,
        "criteria_set": participant.criteria_set.title,
        "unit_name": participant.name,
        "unit_kind": participant.unit.kind,
    }


def criterion_row(node: Criterion, *, is_excluded: bool) -> dict[str, Any]:
    """A node of the tree as a receipt keeps it."""
    return {
        "code": node.code,
        "title": node.title,
        "max_points": plain_number(node.max_points),
        "level": node.path.count(".") + 1,
        "is_leaf": node.is_leaf,
        "source": node.source,
        "role": node.role,
        "is_excluded": is_excluded,
        "asks_proof": bool(node.evidence_text),
    }


def canonical(content: dict[str, Any]) -> str:
    """The text under the digest: sorted keys, no spaces, letters as they are."""
    return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def earned(value: Value, campaign: Campaign) -> tuple[str | None, str, str]:
    """(points or None, the figures in words, the rule's sentence) of a declared value; its criterion is loaded."""
    if value.not_applicable:
        return None, CLAIM, ""
    if not value.is_fresh:  # the figures belong to a rule that is gone: today's has no words for them
        return None, OF_AN_OLDER_RULE, ""
    leaf = leaf_of(value.criterion, campaign)
    said = say_content(leaf, content_of(value))
    scored = leaf.score(content_of(value).answer())
    return None if value.worth is None else plain_number(value.worth), said, scored.step


def _answer(value: Value, campaign: Campaign) -> dict[str, Any]:
    points, said, step = earned(value, campaign)
    return {
        "criterion": value.criterion.code,
        "title": value.criterion.title,
        "max_points": plain_number(value.criterion.max_points),
        "version": value.version,
        "inputs": value.inputs,
        "points": points,
        "said": said,
        "step": step,
        "not_applicable": value.not_applicable,
        "is_stale": not value.is_fresh,
        "reason": value.reason,
        "note": value.note,
    } | ({"on_behalf": value.on_behalf} if value.on_behalf else {})


def _crossed(file: EvidenceFile) -> dict[str, str]:
    if file.late_for is None or file.began_at is None:
        return {}
    instants = {"began_at": file.began_at, "stored_at": file.uploaded_at, "late_for": file.late_for}
    return {name: instant.isoformat() for name, instant in instants.items()}


def _document(use: EvidenceUse) -> dict[str, Any]:
    issued_on = use.evidence.issued_on
    return {
        "criterion": use.criterion.code,
        "purpose": use.purpose,
        "number": use.evidence.number,
        "issued_on": issued_on.isoformat() if issued_on else None,
        "issuer": use.evidence.issuer,
        "abstract": use.evidence.abstract,
        "pages": use.pages,
        "files": [
            {"version": file.number, "sha256": file.sha256} | _crossed(file) for file in use.evidence.files.all()
        ],
    }
