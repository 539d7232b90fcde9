"""Rows and bytes of evidence held against each other (invariant I3): what a crash left behind goes, what is missing or
damaged is told. A referenced object is never touched."""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field

from scoring.files import evidence_pages, evidence_store
from scoring.models import EvidenceFile, FollowUpFile, LatePaper, Signing
from scoring.selectors.clock import database_now

GRACE = datetime.timedelta(hours=24)
"""An object this young may belong to an upload whose row is about to be committed."""


@dataclass
class Swept:
    """`removed`: keys of objects that nothing referred to; `waiting`: how many of these are still too young; `faults`:
    a sentence for each row whose bytes are missing, damaged or out of reach; `checked`: rows with the bytes they tell
    of."""

    removed: list[str] = field(default_factory=list)
    waiting: int = 0
    faults: list[str] = field(default_factory=list)
    checked: int = 0


def sweep(*, delete: bool = True) -> Swept:
    """Remove unreferenced objects older than 24 hours (only count them without `delete`) and hash all others again."""
    found = Swept()
    _sweep_objects(found, delete=delete)
    rows = EvidenceFile.objects.select_related("evidence__participant").order_by("pk")
    for row in rows.iterator():
        _check(found, row, f"{row.evidence.participant}, “{row.name}” bản {row.number}")
    papers = Signing.objects.on_paper().select_related(
        "receipt__submission__participant", "letter__explanation__participant"
    )
    for paper in papers.order_by("pk").iterator():
        _check(found, paper, f"{paper.participant}, bản ký “{paper.name}”")
    late = LatePaper.objects.select_related("submission__participant").order_by("pk")
    for scan in late.iterator():
        _check(found, scan, f"{scan.submission.participant}, văn bản đến muộn “{scan.name}”")
    gathered = FollowUpFile.objects.select_related("follow_up__participant").order_by("pk")
    for file in gathered.iterator():
        _check(found, file, f"{file.follow_up.participant}, tài liệu việc theo dõi “{file.name}”")
    if delete:
        _forget_previews()
    return found


def _sweep_objects(found: Swept, *, delete: bool) -> None:
    too_young = database_now() - GRACE
    for key, written_at in evidence_store.stored_keys():
        # Asked one by one, right before: a row committed while the list was read keeps its object.
        if written_at > too_young:
            found.waiting += not _is_referred_to(key)
        elif not _is_referred_to(key):
            found.removed.append(key)
            if delete:
                evidence_store.discard(key)


def _forget_previews() -> None:
    """Pages of files that no row tells of any more; those of the others are cheap to keep and costly to make."""
    kept = set(evidence_pages.cached())
    for sha256 in kept - set(EvidenceFile.objects.values_list("sha256", flat=True)):
        evidence_pages.forget(sha256)


def _is_referred_to(key: str) -> bool:
    models = (EvidenceFile, Signing, LatePaper, FollowUpFile)
    return any(model.objects.filter(key=key).exists() for model in models)


def _check(found: Swept, row: EvidenceFile | Signing | LatePaper | FollowUpFile, label: str) -> None:
    try:
        evidence_store.open_whole(row.key, row.sha256, row.size).close()
    except (evidence_store.Damaged, evidence_store.Unavailable) as fault:
        found.faults.append(f"{label} ({row.key}): {fault}")
    else:
        found.checked += 1
