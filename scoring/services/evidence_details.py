"""What is said about a document and what it stands for: details, the leaves with pages, and its removal.

No byte changes here. Every act asks the pen of the step that the document or its use belongs to, under the lock.
"""

from __future__ import annotations

from dataclasses import asdict

from django.db import transaction

from scoring.enums import Purpose
from scoring.models import Criterion, Evidence, EvidenceUse
from scoring.permissions import ADD_EVIDENCE
from scoring.services.dossier import lock_dossier
from scoring.services.errors import Incomplete, StaleEdit
from scoring.services.evidence import Details, standing, tell
from scoring.services.evidence_pen import evidence_pen, open_purpose, origin_of, refuse_other_leaf, refuse_sent
from scoring.services.pen import require
from units.models import User
from units.permissions import authorize

LONGEST_PAGES = 80


def change_details(evidence: Evidence, details: Details, *, seen: int, by: User) -> Evidence:
    """Set number, date, issuer and abstract; `seen` is the version that the form was made from.

    Raises `Refused`, `Conflict`, `Incomplete` (no abstract), `StaleEdit` with the document as it stands.
    """
    authorize(by, ADD_EVIDENCE, evidence)
    if not details.abstract.strip():
        raise Incomplete("abstract", "Ghi trích yếu: văn bản này nói về việc gì.")
    with transaction.atomic():
        dossier = lock_dossier(evidence.participant)
        current = standing(evidence)
        first = origin_of(current)
        require(evidence_pen(dossier, first.purpose))
        if first.purpose == Purpose.EXPLANATION:
            refuse_sent(dossier, current.uses.select_related("criterion"), first)
        if current.version != seen:
            raise StaleEdit(current)
        before = details_of(current)
        if before == details:
            return current
        Evidence.objects.filter(pk=current.pk).update(**asdict(details), version=current.version + 1)
        tell(dossier, current, "Sửa thông tin tài liệu", by, before=asdict(before), after=asdict(details))
    return Evidence.objects.select_related("participant__campaign__organiser").get(pk=evidence.pk)


def details_of(evidence: Evidence) -> Details:
    """What a stored document says of itself."""
    return Details(evidence.number, evidence.issued_on, evidence.issuer, evidence.abstract)


def use_for(
    evidence: Evidence, criterion: Criterion, pages: str, *, by: User, purpose: Purpose | None = None
) -> EvidenceUse:
    """Let the document stand for a leaf at `pages` ("tr. 3–5"); again with other pages changes these.

    `purpose` None: the step whose pen the unit holds. Raises `Refused`, `Conflict`, `Incomplete`.
    """
    authorize(by, ADD_EVIDENCE, evidence)
    pages = " ".join(pages.split())
    if len(pages) > LONGEST_PAGES:
        raise Incomplete("pages", f"Ghi trang dẫn tối đa {LONGEST_PAGES} ký tự, ví dụ: tr. 3–5.")
    with transaction.atomic():
        dossier = lock_dossier(evidence.participant)
        current = standing(evidence)
        if purpose is None:
            step, decision = open_purpose(dossier, criterion)
        else:
            step, decision = purpose, evidence_pen(dossier, purpose, [criterion])
        require(decision)
        refuse_other_leaf(dossier, criterion, step)
        use, made = EvidenceUse.objects.get_or_create(
            evidence=current, criterion=criterion, purpose=step, defaults={"pages": pages, "added_by": by}
        )
        if not made and use.pages == pages:
            return use
        if not made and step == Purpose.EXPLANATION:
            refuse_sent(dossier, [use])
        before = None if made else use.pages
        EvidenceUse.objects.filter(pk=use.pk).update(pages=pages)
        what = "Gắn tài liệu" if made else "Sửa trang dẫn"
        tell(dossier, current, what, by, criterion=criterion.code, pages=pages, before=before, purpose=step)
    use.pages = pages
    return use


def drop_use(use: EvidenceUse, *, by: User) -> None:
    """The document no longer stands for this leaf; it stays in the unit's list. Raises `Refused`, `Conflict`."""
    authorize(by, ADD_EVIDENCE, use.evidence)
    with transaction.atomic():
        dossier = lock_dossier(use.evidence.participant)
        current = standing(use.evidence)
        require(evidence_pen(dossier, use.purpose, [use.criterion]))
        if use.purpose == Purpose.EXPLANATION:
            refuse_sent(dossier, [use])
        if EvidenceUse.objects.filter(pk=use.pk).delete()[0]:
            tell(dossier, current, "Gỡ tài liệu khỏi tiêu chí", by, criterion=use.criterion.code, pages=use.pages)


def remove(evidence: Evidence, *, by: User) -> list[str]:
    """Take the document out of the list and of every leaf; returns the codes of these leaves.

    Its bytes and rows are kept, for the receipts that cite them. Raises `Refused`, and `Conflict` where it, or one of
    its uses, belongs to a step whose pen is not held.
    """
    authorize(by, ADD_EVIDENCE, evidence)
    with transaction.atomic():
        dossier = lock_dossier(evidence.participant)
        current = standing(evidence)
        uses = list(current.uses.select_related("criterion"))
        first = origin_of(current)
        for purpose in sorted({first.purpose, *(use.purpose for use in uses)}):
            require(evidence_pen(dossier, purpose))
        if first.purpose == Purpose.EXPLANATION:
            refuse_sent(dossier, uses, first)
        codes = list(dict.fromkeys(use.criterion.code for use in uses))
        current.uses.all().delete()
        Evidence.objects.filter(pk=current.pk).update(removed_at=dossier.now)
        tell(dossier, current, "Gỡ tài liệu khỏi hồ sơ", by, criteria=codes)
    return codes
