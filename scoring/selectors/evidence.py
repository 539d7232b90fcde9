"""Reading evidence: one unit's documents with versions, uses and warnings; what stands for one leaf; one file."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.http import Http404

from scoring.enums import EvidenceKind, Purpose
from scoring.models import Criterion, Evidence, EvidenceFile, EvidenceUse, Participant
from scoring.permissions import UNIT_ROLES
from scoring.selectors.dossiers import participant_visible_to
from scoring.selectors.scans import scan_doubts
from scoring.selectors.unit_papers import Papers
from units.enums import Role
from units.models import User
from units.vietnamese import format_date

SEES_OTHER_UNITS = (Role.COORDINATOR, Role.APPRAISER, Role.COUNCIL)


@dataclass(frozen=True)
class Document:
    """One document for its card: the row, all versions oldest first, its uses in the order of the criteria, and what
    the reader should doubt, in sentences."""

    evidence: Evidence
    files: Sequence[EvidenceFile]
    uses: Sequence[EvidenceUse]
    warnings: Sequence[str]

    @property
    def newest(self) -> EvidenceFile:
        return self.files[-1]

    @property
    def badge(self) -> str:
        """Two to four letters for the picture of the file."""
        is_picture = self.newest.kind in (EvidenceKind.JPG, EvidenceKind.PNG)
        return "ẢNH" if is_picture else self.newest.kind.upper()

    @property
    def older(self) -> Sequence[EvidenceFile]:
        return self.files[:-1][::-1]

    @cached_property
    def leaves(self) -> int:
        """In how many criteria it is used."""
        return len({use.criterion_id for use in self.uses})


@dataclass(frozen=True)
class ForCriterion:
    """What stands for one leaf at one unit, and which documents of the unit could be added."""

    participant: Participant
    criterion: Criterion
    purpose: str
    items: Sequence[tuple[EvidenceUse, Document]]
    others: Sequence[Evidence]


def evidence_visible_to(user: User, slug: str, code: str, unit: str, pk: int, **rest: Any) -> Evidence:
    """One document of a unit whose dossier the person may know of; Http404 for others and for removed ones."""
    participant = participant_visible_to(user, slug, code, unit)
    evidence = Evidence.objects.filter(participant=participant, pk=pk, removed_at__isnull=True).first()
    if evidence is None:
        raise Http404
    evidence.participant = participant
    return evidence


def file_of(evidence: Evidence, number: int) -> EvidenceFile:
    """One version of the document; Http404 where there is none of that number."""
    file = evidence.files.filter(number=number).first()
    if file is None:
        raise Http404
    return file


def use_of(evidence: Evidence, pk: int) -> EvidenceUse:
    """One use of the document; Http404 where it has none such."""
    use = evidence.uses.select_related("criterion").filter(pk=pk).first()
    if use is None:
        raise Http404
    use.evidence = evidence
    return use


def document_of(evidence: Evidence, reader: User) -> Document:
    """One document ready for its page."""
    return _documents(Papers(evidence.participant, only=evidence.pk), reader)[0]


def documents_of(participant: Participant, reader: User) -> list[Document]:
    """All documents of a unit, newest first; two queries at any size, three for who sees other units."""
    return _documents(Papers(participant), reader)


def evidence_for(
    participant: Participant,
    criterion: Criterion,
    purpose: str = Purpose.DECLARED,
    *,
    reader: User,
    papers: Papers | None = None,
) -> ForCriterion:
    """What `templates/scoring/evidence/_for_criterion.html` shows of one leaf; queries as `documents_of`, without those
    that have filled `papers` already."""
    documents = _documents(papers or Papers(participant), reader)
    items = [
        (use, document)
        for document in reversed(documents)
        for use in document.uses
        if use.criterion_id == criterion.pk and use.purpose == purpose
    ]
    taken = {document.evidence.pk for _, document in items}
    others = [document.evidence for document in documents if document.evidence.pk not in taken]
    return ForCriterion(participant, criterion, purpose, items, others)


def evidence_by_leaf(
    participant: Participant, reader: User
) -> dict[tuple[int, str], list[tuple[EvidenceUse, Document]]]:
    """(criterion pk, purpose) → its uses with their documents, for pages that show many leaves at once."""
    found: dict[tuple[int, str], list[tuple[EvidenceUse, Document]]] = defaultdict(list)
    for document in reversed(documents_of(participant, reader)):
        for use in document.uses:
            found[use.criterion_id, use.purpose].append((use, document))
    return dict(found)


def _documents(papers: Papers, reader: User) -> list[Document]:
    alike = _same_bytes(papers, reader)
    digests = [file.sha256 for paper in papers.papers for file in paper.files]
    unsafe = scan_doubts(digests, papers.participant.organiser_id)
    year = papers.participant.campaign.year
    return [
        Document(paper.evidence, paper.files, paper.uses, [*told, *_doubts(paper.evidence, year), *alike.get(pk, [])])
        for paper in papers.papers
        for pk in (paper.evidence.pk,)
        for told in (dict.fromkeys(unsafe[file.sha256] for file in paper.files if file.sha256 in unsafe),)
    ]


def _doubts(row: Evidence, year: int) -> list[str]:
    """What the document's own details leave open."""
    lacking = [word for word, given in (("số", row.number), ("ngày văn bản", row.issued_on)) if not given]
    doubts = [f"Thiếu {', '.join(lacking)}."] if lacking else []
    dated = outside_the_year(row, year)
    return [*doubts, dated] if dated else doubts


def outside_the_year(row: Evidence, year: int) -> str:
    """That the document is dated outside the year that it stands for, as a sentence; "" where nothing is to be said."""
    if row.issued_on is None or row.issued_on.year == year:
        return ""
    return f"Văn bản ban hành ngày {format_date(row.issued_on)}, ngoài năm đánh giá {year}."


def _same_bytes(papers: Papers, reader: User) -> dict[int, list[str]]:
    """Sentences by document about newest files that stand elsewhere, too; other units are told to who judges them all.

    Where other units are looked at, one query over all of the campaign, found by the index on sha256.
    """
    participant = papers.participant
    newest = {paper.evidence.pk: paper.files[-1].sha256 for paper in papers.papers if paper.files}
    if not newest:
        return {}
    organiser = participant.campaign.organiser_id
    mine = [item for item in reader.current_memberships if item.organiser_id == organiser]
    is_own = any(item.unit_id == participant.unit_id and item.role in UNIT_ROLES for item in mine)
    sees_others = not is_own and any(item.role in SEES_OTHER_UNITS for item in mine)
    found: dict[str, list[EvidenceFile]] = defaultdict(list)
    for file in _of_the_year(participant, newest.values()) if sees_others else _of_the_unit(papers):
        found[file.sha256].append(file)
    return {pk: _told_alike(pk, participant, found[sha256]) for pk, sha256 in newest.items()}


def _of_the_unit(papers: Papers) -> Iterable[EvidenceFile]:
    whole = papers if papers.only is None else Papers(papers.participant)
    return sorted(whole.files, key=lambda file: file.pk)


def _of_the_year(participant: Participant, digests: Iterable[str]) -> Iterable[EvidenceFile]:
    elsewhere = EvidenceFile.objects.filter(
        sha256__in=set(digests),
        evidence__participant__campaign=participant.campaign_id,
        evidence__removed_at__isnull=True,
    )
    return elsewhere.select_related("evidence__participant").order_by("evidence__participant__unit__name_sort", "pk")


def _told_alike(pk: int, participant: Participant, files: Iterable[EvidenceFile]) -> list[str]:
    others = [file for file in files if file.evidence_id != pk]
    own = dict.fromkeys(str(file.evidence) for file in others if file.evidence.participant_id == participant.pk)
    units = dict.fromkeys(
        file.evidence.participant.name for file in others if file.evidence.participant_id != participant.pk
    )
    told = [f"Trùng tệp với tài liệu “{'”, “'.join(own)}” của đơn vị."] if own else []
    return told + ([f"Trùng tệp với {', '.join(units)}."] if units else [])
