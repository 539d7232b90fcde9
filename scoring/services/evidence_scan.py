"""Bytes of evidence and the virus scanner: asked before they are stored, and again for what it has not seen (T43)."""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass
from typing import IO

from django.core.cache import cache
from django.db import transaction

from scoring.files import clamd, evidence_store
from scoring.files.evidence_refusal import EvidenceRefused
from scoring.mail import tell_unit
from scoring.models import Scan
from scoring.selectors.clock import database_now
from scoring.selectors.scans import holders_of, known_harmful, not_scanned
from scoring.services.errors import Incomplete
from units import trail

MOST_AT_ONCE = 200
TRIED_AGAIN_AFTER = 3600  # seconds, for bytes that came to no verdict: the others have their turn in between
_NO_VERDICT = "scan-no-verdict"

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Scanned:
    """What one turn came to: clean, harmful, without a verdict (damaged, or the scanner could not read them), and
    whether the scanner (or the store) left some for the next."""

    clean: int = 0
    harmful: int = 0
    unread: int = 0
    stopped: bool = False


def refuse_harmful(content: IO[bytes], name: str, sha256: str) -> None:
    """Raise `EvidenceRefused` where the scanner finds something in a file on its way in.

    While the scanner is away the file is taken; `scan_waiting` looks at it later.
    """
    if not clamd.is_there():
        return
    try:
        found = clamd.look(content)
    except clamd.ScannerAway as away:
        log.warning("no verdict of the virus scanner while %s comes in: %s", sha256[:12], away)
        found = Scan.objects.filter(sha256=sha256).values_list("found", flat=True).first() or ""
    else:
        note_verdict(sha256, found)
    if found:
        log.error("harmful upload refused: %s, %s", sha256[:12], found)
        mend = "Quét máy đã tạo tệp, lấy lại bản gốc sạch rồi tải lên."
        raise EvidenceRefused(name, f"máy quét thấy mã độc ({found})", mend)


def refuse_known_harmful(sha256: str, name: str, organiser: int) -> None:
    """Raise `Incomplete` where stored bytes that are to stand for something else as well were found harmful, and the
    organiser has not released them."""
    if found := known_harmful(sha256, organiser):
        clean = "Tải lên bản sạch thay thế."
        raise Incomplete("file", f"Tệp “{name}” có mã độc ({found}) và đang bị cách ly, không dùng lại được. {clean}")


def scan_waiting(most: int = MOST_AT_ONCE) -> Scanned:
    """Look at what is stored and was never looked at; what is harmful is closed from now on and its unit is told.

    Bytes that come to no verdict stand back for an hour, so that they stop nobody.
    """
    if not clamd.is_there():
        return Scanned()
    clean = harmful = unread = 0
    for row in not_scanned(most, _standing_back()):
        try:
            with evidence_store.open_whole(row.key, row.sha256, row.size) as content:
                found = clamd.look(content)
        except (clamd.Unread, evidence_store.Damaged) as fault:
            log.warning("no verdict of the virus scanner on stored bytes: %s, %s", row.sha256[:12], fault)
            _stand_back(row.sha256)
            unread += 1
            continue
        except (clamd.ScannerAway, evidence_store.Unavailable):
            return Scanned(clean, harmful, unread, stopped=True)
        with transaction.atomic():
            note_verdict(row.sha256, found)
            if found:
                _tell(row.sha256, found)
        clean, harmful = clean + (not found), harmful + bool(found)
    return Scanned(clean, harmful, unread)


def _standing_back() -> dict[str, float]:
    """Digest → until when (the clock of this process, seconds) it is not asked about again."""
    return {digest: until for digest, until in cache.get(_NO_VERDICT, {}).items() if time.time() < until}


def _stand_back(sha256: str) -> None:
    until = time.time() + TRIED_AGAIN_AFTER
    cache.set(_NO_VERDICT, _standing_back() | {sha256: until}, TRIED_AGAIN_AFTER)


def note_verdict(sha256: str, found: str) -> None:
    """The scanner's word on these bytes, "" for clean; the last one counts."""
    Scan.objects.update_or_create(sha256=sha256, defaults={"found": found, "at": database_now()})


def _tell(sha256: str, found: str) -> None:
    """Every unit that holds these bytes hears of it, and the trail of its year."""
    log.error("harmful evidence quarantined: %s, %s", sha256[:12], found)
    for participant, name in holders_of(sha256):
        trail.record(
            "scoring.quarantine_evidence", by=None, about=participant, scope=participant.campaign.trail_scope,
            label=f"Cách ly tệp có mã độc: {participant.name}, {name}", sha256=sha256, found=found,
        )  # fmt: skip
        tell_unit(
            participant, "Tệp có mã độc bị cách ly",
            f"Máy quét thấy mã độc trong một tệp của {participant.name}. Tệp bị cách ly, không ai mở được; tải lên bản "
            "sạch thay thế.",
            note=f"Tệp: {name}. Máy quét gọi là {found}.", occasion=f"ma-doc-{sha256[:32]}", page="evidence_list",
        )  # fmt: skip
