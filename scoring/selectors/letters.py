"""Reading the receipts of a unit's explanation: the newest, and which one a mark on paper names."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Prefetch
from django.http import Http404

from scoring.models import Explanation, ExplanationReceipt, Signing
from scoring.selectors.dossiers import explanation_visible_to
from scoring.selectors.report import MARK
from scoring.selectors.sheet_history import heads_ever
from units.models import User
from units.selectors import acting_name


def newest_letter(explanation: Explanation) -> ExplanationReceipt | None:
    """The receipt of the last sending, None before the first."""
    return explanation.receipts.select_related("submitted_by").order_by("-sequence").first()


@dataclass(frozen=True)
class SentLetter:
    """One sending: its receipt, who sent (and for whom), and how it is signed, None for one of before that was kept.
    `turn` counts the sendings of the explanation from 1."""

    receipt: ExplanationReceipt
    submitter: str
    signing: Signing | None
    turn: int
    is_newest: bool


def letters_of(explanation: Explanation) -> list[SentLetter]:
    """Every sending, newest first; three queries, one where nothing was sent."""
    signings = Prefetch("signings", Signing.objects.select_related("by").order_by("pk"))
    found = list(explanation.receipts.select_related("submitted_by").prefetch_related(signings).order_by("-sequence"))
    roles = heads_ever(explanation.participant) if found else []
    return [
        SentLetter(
            receipt,
            acting_name(receipt.submitted_by, receipt.submitted_at, roles),
            next(reversed(receipt.signings.all()), None),
            len(found) - at,
            at == 0,
        )
        for at, receipt in enumerate(found)
    ]


def letter_signing_visible_to(user: User, slug: str, code: str, unit: str, pk: int) -> Signing:
    """One signed công văn of an explanation that the person may know of; Http404 where there is none such."""
    explanation = explanation_visible_to(user, slug, code, unit)
    papers = Signing.objects.filter(letter__explanation=explanation).on_paper()
    found = papers.filter(pk=pk).select_related("letter").first()
    if found is None or found.letter is None:
        raise Http404
    found.letter.explanation = explanation
    return found


@dataclass(frozen=True)
class MatchedLetter:
    """A receipt by the mark on a paper: `turn` counts the sendings of the explanation from 1."""

    receipt: ExplanationReceipt
    turn: int
    is_newest: bool


def letter_by_mark(explanation: Explanation, mark: str) -> MatchedLetter:
    """The receipt whose digest begins with `mark`; Http404 where the explanation has none such."""
    receipts = list(explanation.receipts.order_by("sequence"))
    for turn, receipt in enumerate(receipts, start=1):
        if len(mark) == MARK and receipt.digest.startswith(mark):
            return MatchedLetter(receipt, turn, receipt == receipts[-1])
    raise Http404
