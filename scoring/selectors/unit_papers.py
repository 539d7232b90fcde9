"""The documents of one unit in one campaign, read once for all that a page asks of them."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from functools import cached_property
from typing import NamedTuple

from django.db.models import FilteredRelation, OuterRef, Subquery

from scoring.enums import Purpose
from scoring.models import Evidence, EvidenceFile, EvidenceUse, Participant


class Paper(NamedTuple):
    """One document with all versions, oldest first, and its uses in the order of the criteria."""

    evidence: Evidence
    files: Sequence[EvidenceFile]
    uses: Sequence[EvidenceUse]


class Papers:
    """What was not removed; `only` is the pk of the one document that is asked about. Each list is read when somebody
    first asks for it, in one query, and stands for the life of this object: one request."""

    def __init__(self, participant: Participant, only: int | None = None) -> None:
        self.participant = participant
        self.only = only

    @cached_property
    def _rows(self) -> tuple[Evidence, ...]:
        """Every document once for each of its uses, in the order of the criteria, and once where it has none; `digest`
        is the SHA-256 of its newest file."""
        found = Evidence.objects.filter(participant=self.participant, removed_at__isnull=True)
        if self.only is not None:
            found = found.filter(pk=self.only)
        newest = EvidenceFile.objects.filter(evidence=OuterRef("pk")).order_by("-number").values("sha256")[:1]
        joined = ["use__criterion"]
        found = found.annotate(use=FilteredRelation("uses"), digest=Subquery(newest)).select_related(*joined)
        rows = tuple(found.order_by("use__criterion__path", "use__purpose", "use__pk", "pk"))
        for row in rows:
            row.participant = self.participant
        return rows

    @cached_property
    def uses(self) -> tuple[EvidenceUse, ...]:
        """For every purpose, in the order of the criteria."""
        found = []
        for row in self._rows:
            if (use := getattr(row, "use", None)) is not None:
                use.evidence = row
                found.append(use)
        return tuple(found)

    @property
    def digests(self) -> dict[int, tuple[Evidence, str]]:
        """Document (pk) → the document and the SHA-256 of its newest file, oldest document first."""
        found = {row.pk: (row, row.digest) for row in self._rows if row.digest}  # type: ignore[attr-defined]
        return dict(sorted(found.items()))

    @cached_property
    def files(self) -> tuple[EvidenceFile, ...]:
        """Every version of every document, by document and number."""
        found = EvidenceFile.objects.filter(evidence__participant=self.participant, evidence__removed_at__isnull=True)
        if self.only is not None:
            found = found.filter(evidence=self.only)
        joined = found.select_related("evidence__taken_from__evidence__participant__campaign", "uploaded_by")
        return tuple(joined.order_by("evidence_id", "number"))

    @cached_property
    def declared(self) -> tuple[EvidenceUse, ...]:
        """The uses of the self-assessment."""
        return tuple(use for use in self.uses if use.purpose == Purpose.DECLARED)

    @cached_property
    def numbers(self) -> Counter[int]:
        """Leaf (pk) → how many documents stand for what the unit declares there."""
        return Counter(criterion for criterion, _ in {(use.criterion_id, use.evidence_id) for use in self.declared})

    @cached_property
    def papers(self) -> tuple[Paper, ...]:
        """Newest first."""
        rows: dict[int, Evidence] = {use.evidence_id: use.evidence for use in self.uses}
        files: dict[int, list[EvidenceFile]] = defaultdict(list)
        uses: dict[int, list[EvidenceUse]] = defaultdict(list)
        for file in self.files:
            rows[file.evidence_id] = file.evidence
            files[file.evidence_id].append(file)
        for use in self.uses:
            uses[use.evidence_id].append(use)
        for row in rows.values():
            row.participant = self.participant
        return tuple(Paper(rows[pk], files[pk], uses[pk]) for pk in sorted(rows, reverse=True))
