"""Reading the receipts of a unit's explanation: the newest, and which one a mark on paper names."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import Http404

from scoring.models import Explanation, ExplanationReceipt
from scoring.selectors.report import MARK


def newest_letter(explanation: Explanation) -> ExplanationReceipt | None:
    """The receipt of the last sending, None before the first."""
    return explanation.receipts.select_related("submitted_by").order_by("-sequence").first()


def letters_of(explanation: Explanation) -> list[ExplanationReceipt]:
    """The receipts of every sending, newest first, with who sent."""
    return list(explanation.receipts.select_related("submitted_by").order_by("-sequence"))


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
