"""What a unit should doubt of the documents that stand for its answers, before anybody else does."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from enum import StrEnum

from scoring.models import Evidence
from scoring.selectors.evidence import outside_the_year
from scoring.selectors.unit_papers import Papers


class Doubt(StrEnum):
    """Why a document is doubtful."""

    DATE = "date"
    SAME_BYTES = "same_bytes"


@dataclass(frozen=True)
class DoubtfulUse:
    """A document that stands for a leaf (pk) of the self-assessment, and the sentence about it."""

    criterion: int
    doubt: Doubt
    text: str


def doubtful_uses(papers: Papers) -> list[DoubtfulUse]:
    """Documents dated outside the year, and such as have the same bytes as another of the unit; one query, or none
    where `papers` have been read.

    It is the unit's own matter alone: nothing is told of documents of other units, whoever asks.
    """
    alike = _same_bytes(papers)
    told = []
    for use in sorted(papers.declared, key=lambda use: (use.criterion.path, use.pk)):
        if sentence := outside_the_year(use.evidence, papers.participant.campaign.year):
            told.append(DoubtfulUse(use.criterion_id, Doubt.DATE, f"“{use.evidence}”: {sentence}"))
        if others := alike.get(use.evidence_id):
            sentence = f"“{use.evidence}” trùng tệp với “{'”, “'.join(others)}”."
            told.append(DoubtfulUse(use.criterion_id, Doubt.SAME_BYTES, sentence))
    return told


def _same_bytes(papers: Papers) -> dict[int, list[str]]:
    """Document (pk) → the unit's other documents whose newest file has the same bytes, by their names."""
    by_digest: dict[str, list[Evidence]] = defaultdict(list)
    for document, digest in papers.digests.values():
        by_digest[digest].append(document)
    return {
        document.pk: [str(other) for other in same if other is not document]
        for same in by_digest.values()
        if len(same) > 1
        for document in same
    }
