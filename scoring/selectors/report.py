"""Reading what belongs to a unit's báo cáo tự chấm: its words, how its receipts were signed, which one a mark names."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import Http404

from scoring.models import ExplanationReceipt, Participant, Receipt, SelfReport, Signing, Submission
from scoring.selectors.dossiers import submission_visible_to
from units.models import User

MARK = 16
"""Letters of a receipt's digest that stand in the address under the QR code."""


def words_of(participant: Participant) -> SelfReport:
    """The unit's words as they stand; an empty row of version 0, never stored, where nothing has been written."""
    found = SelfReport.objects.filter(participant=participant).select_related("author").first()
    return found or SelfReport(participant=participant, version=0)


def newest_receipt(submission: Submission) -> Receipt | None:
    """The receipt of the last submission, None before the first."""
    return submission.receipts.select_related("submitted_by").order_by("-sequence").first()


def signing_of(receipt: Receipt | ExplanationReceipt) -> Signing | None:
    """How the receipt is signed: its newest signing; None for a receipt of before signings were kept."""
    return receipt.signings.select_related("by").order_by("-pk").first()


@dataclass(frozen=True)
class Matched:
    """A receipt by the mark on a paper: `turn` counts the submissions of the dossier from 1."""

    receipt: Receipt
    turn: int
    is_newest: bool


def matched(submission: Submission, mark: str) -> Matched:
    """The receipt whose digest begins with `mark`; Http404 where the dossier has none such."""
    receipts = list(submission.receipts.order_by("sequence"))
    for turn, receipt in enumerate(receipts, start=1):
        if len(mark) == MARK and receipt.digest.startswith(mark):
            return Matched(receipt, turn, receipt == receipts[-1])
    raise Http404


def signing_visible_to(user: User, slug: str, code: str, unit: str, pk: int) -> Signing:
    """One signed paper of a dossier that the person may know of; Http404 where there is none such."""
    submission = submission_visible_to(user, slug, code, unit)
    papers = Signing.objects.filter(receipt__submission=submission).on_paper()
    found = papers.filter(pk=pk).select_related("receipt").first()
    if found is None:
        raise Http404
    found.receipt.submission = submission
    return found


def report_visible_to(user: User, slug: str, code: str, unit: str, **rest: Any) -> Submission:
    """The dossier whose report an address below it is about."""
    return submission_visible_to(user, slug, code, unit)
