"""Which stored bytes may be opened, by what the virus scanner said of them (case T43)."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from scoring.enums import HeldStepKind
from scoring.files import clamd
from scoring.models import EvidenceFile, FollowUpFile, LatePaper, Participant, Scan, Signing
from scoring.permissions import UNIT_ROLES
from units.models import User

StoredRow = EvidenceFile | Signing | LatePaper | FollowUpFile
"""Whatever tells of bytes in the store of evidence."""

QUARANTINED = "Tệp có mã độc ({}) nên bị cách ly, không ai mở được. Đơn vị tải lên bản sạch thay thế."
RELEASED = "Máy quét nghi có mã độc ({}); hai người đã kiểm tra và mở."
NOT_SCANNED = (
    "Tệp chưa được quét mã độc, nên lúc này chỉ đơn vị đã tải lên mở được. Cổng tự quét lại; đợi vài phút rồi mở lại."
)


def held_back(sha256: str, participant: Participant, reader: User) -> str:
    """Why `reader` may not open these bytes of the unit now, as a sentence; "" where nothing stands against it.

    What was found harmful is closed to everybody, until two persons of the organiser have released it. What nobody has
    looked at is closed to all but the unit's own people, where there is a scanner at all.
    """
    scan = Scan.objects.with_step(participant.organiser_id).filter(sha256=sha256).first()
    if scan is not None:
        closed = scan.found and scan.step != HeldStepKind.RELEASED
        return QUARANTINED.format(scan.found) if closed else ""
    if not clamd.is_there():
        return ""
    own = any(
        item.organiser_id == participant.campaign.organiser_id
        and item.unit_id == participant.unit_id
        and item.role in UNIT_ROLES
        for item in reader.current_memberships
    )
    return "" if own else NOT_SCANNED


def scan_state(sha256: str) -> str:
    """What is known of these bytes, for a script: "clean", "harmful", "not_scanned", and "" where nobody ever looks."""
    scan = Scan.objects.filter(sha256=sha256).first()
    if scan is not None:
        return "harmful" if scan.found else "clean"
    return "not_scanned" if clamd.is_there() else ""


def scan_doubts(digests: Collection[str], organiser: int) -> dict[str, str]:
    """By digest a sentence about bytes that are not known to be clean; nothing where there is no scanner. One query."""
    if not clamd.is_there() or not digests:
        return {}
    scans = Scan.objects.with_step(organiser).filter(sha256__in=set(digests))
    known = {digest: (found, step) for digest, found, step in scans.values_list("sha256", "found", "step")}
    told = {digest: "Chưa quét mã độc." for digest in digests if digest not in known}
    return told | {
        digest: RELEASED.format(found) if step == HeldStepKind.RELEASED else f"Có mã độc ({found}): bị cách ly."
        for digest, (found, step) in known.items()
        if found
    }


def known_harmful(sha256: str, organiser: int) -> str:
    """What the scanner found in bytes that are closed at the organiser; "" where nothing stands against their use."""
    return Scan.objects.closed_at(organiser).filter(sha256=sha256).values_list("found", flat=True).first() or ""


def not_scanned(most: int, but: Collection[str] = ()) -> list[StoredRow]:
    """Stored bytes that nobody has looked at, one row for each digest, the oldest first, at most `most`; without the
    digests `but`."""
    kinds = (
        EvidenceFile.objects.filter(evidence__removed_at__isnull=True),
        Signing.objects.on_paper(),
        LatePaper.objects.all(),
        FollowUpFile.objects.all(),
    )
    rows: list[StoredRow] = [row for kind in kinds for row in _waiting(kind, but).order_by("pk")[:most]]
    return list({row.sha256: row for row in reversed(rows)}.values())[::-1][:most]


def _waiting(kind: Any, but: Collection[str]) -> Any:
    return kind.exclude(sha256__in=Scan.objects.values("sha256")).exclude(sha256__in=list(but))


def holders_of(sha256: str) -> list[tuple[Participant, str]]:
    """Every unit that holds these bytes, once, with the name of a file; the campaign and its organiser are loaded."""
    place = "participant__campaign__organiser"
    files = EvidenceFile.objects.filter(sha256=sha256, evidence__removed_at__isnull=True)
    papers = Signing.objects.filter(sha256=sha256).on_paper()
    late = LatePaper.objects.filter(sha256=sha256).select_related(f"submission__{place}")
    gathered = FollowUpFile.objects.filter(sha256=sha256).select_related(f"follow_up__{place}")
    found = [
        *((row.evidence.participant, row.name) for row in files.select_related(f"evidence__{place}")),
        *(
            (row.participant, row.name)
            for row in papers.select_related(f"receipt__submission__{place}", f"letter__explanation__{place}")
        ),
        *((row.submission.participant, row.name) for row in late),
        *((row.follow_up.participant, row.name) for row in gathered),
    ]
    return list({participant.pk: (participant, name) for participant, name in reversed(found)}.values())[::-1]
