"""What is done about a file that the virus scanner finds harmful and people take for a false alarm (case T43).

The scanner may be asked again; against its word a file is opened by two persons alone, with a reason, at the organiser
whose people answer for it. Every step is in the trail of the year, and the units that hold the file are told.
"""

from __future__ import annotations

from django.db import transaction

from scoring.enums import HeldStepKind
from scoring.files import clamd, evidence_store
from scoring.mail import tell_unit
from scoring.models import HeldStep, Participant, Scan
from scoring.permissions import RELEASE_HELD, SETTLE_HELD
from scoring.selectors.clock import database_now
from scoring.selectors.held_files import HeldFile, held_files
from scoring.selectors.scans import holders_of
from scoring.services.errors import Conflict, Incomplete, StaleEdit
from scoring.services.evidence_scan import note_verdict
from units import trail
from units.enums import NoticeKind
from units.models import Organiser, User
from units.permissions import authorize

LONGEST = 500


def scan_again(held: HeldFile, *, by: User) -> str:
    """Show the bytes to the scanner once more; what it finds now, "" for clean: then they are open to everybody again.

    Its word is about the bytes, so it holds wherever they are. Raises `Refused`, `Conflict` where it comes to none.
    """
    authorize(by, SETTLE_HELD, held)
    if not clamd.is_there():
        raise Conflict("Cổng này chưa nối máy quét mã độc, nên chưa quét lại được.")
    row = held.places[0].row
    try:
        with evidence_store.open_whole(row.key, row.sha256, row.size) as content:
            found = clamd.look(content)
    except clamd.ScannerAway:
        raise Conflict("Máy quét mã độc chưa trả lời về tệp này. Đợi vài phút rồi quét lại.") from None
    except (evidence_store.Damaged, evidence_store.Unavailable) as fault:
        raise Conflict(str(fault)) from None
    with transaction.atomic():
        before = Scan.objects.select_for_update().get(pk=held.scan.pk).found
        note_verdict(row.sha256, found)
        said = f"vẫn thấy {found}" if found else "không thấy mã độc nữa"
        for participant, name in holders_of(row.sha256):
            who = by if participant.organiser_id == held.organiser_id else None  # elsewhere it is the scanner's word
            _tell(SETTLE_HELD, f"Quét lại tệp bị giữ lại, {said}", participant, name, row.sha256, who, found=found)
            if before and not found:
                _tell_open(participant, name, f"quet-{row.sha256[:32]}-{database_now():%Y%m%d%H%M%S}")
    return found


def decide(held: HeldFile, kind: HeldStepKind, reason: str, *, seen: int, by: User) -> HeldStep:
    """Keep it and ask for another, propose to open it, or open it as the second person. `seen`: how many steps stood
    on the page; the same step by the same person again is the one that stands there.

    Raises `Refused`, `Incomplete` (no reason), `Conflict` (not its turn), `StaleEdit` with the newest step.
    """
    authorize(by, RELEASE_HELD if kind == HeldStepKind.RELEASED else SETTLE_HELD, held)
    reason = " ".join(reason.split())
    if not reason:
        raise Incomplete("reason", "Ghi lý do, ví dụ: đã mở thử trên máy cách ly, tệp do phần mềm một cửa xuất ra.")
    if len(reason) > LONGEST:
        raise Incomplete("reason", f"Rút gọn lý do còn tối đa {LONGEST} ký tự.")
    with transaction.atomic():
        scan = Scan.objects.select_for_update().get(pk=held.scan.pk)
        held = _again(held.organiser, scan)
        last = held.steps[-1] if held.steps else None
        if last is not None and (last.kind, last.reason, last.by_id, last.number) == (kind, reason, by.pk, seen + 1):
            return last
        if (last.number if last else 0) != seen:
            raise StaleEdit(last)
        authorize(by, RELEASE_HELD if kind == HeldStepKind.RELEASED else SETTLE_HELD, held)
        _require_turn(held, kind)
        step = HeldStep(
            organiser=held.organiser, sha256=scan.sha256, number=seen + 1, kind=kind, found=scan.found, reason=reason,
            by=by, at=database_now(),
        )  # fmt: skip
        step.save(force_insert=True)
        _spread(held, step, by)
    return step


def _again(organiser: Organiser, scan: Scan) -> HeldFile:
    found = held_files(organiser, [scan])
    if not found:
        raise Conflict("Không còn đơn vị nào giữ tệp này.")
    return found[0]


def _require_turn(held: HeldFile, kind: HeldStepKind) -> None:
    """Raise `Conflict` where the step does not follow from what stands."""
    if not held.scan.found:
        raise Conflict("Máy quét đã thấy tệp sạch, tệp đang mở. Không cần làm gì thêm.")
    if kind == HeldStepKind.RELEASED and not held.is_proposed:
        raise Conflict("Chưa có đề nghị mở tệp này. Người quản trị đề nghị trước, người thứ hai mở.")
    if kind == HeldStepKind.PROPOSED and (held.is_proposed or held.is_released):
        raise Conflict("Tệp này đã được đề nghị mở.")
    if kind == HeldStepKind.KEPT and held.newest is not None and held.newest.kind == HeldStepKind.KEPT:
        raise Conflict("Đơn vị đã được yêu cầu tải tệp khác.")


_SAID = {
    HeldStepKind.KEPT: "Giữ tệp nghi có mã độc, yêu cầu tệp khác",
    HeldStepKind.PROPOSED: "Đề nghị mở tệp bị giữ lại",
}


def _spread(held: HeldFile, step: HeldStep, by: User) -> None:
    """Into the trail of every year that holds the bytes, and to their units; a proposal is nobody's news."""
    units = {place.participant.pk: place for place in reversed(held.places)}
    for place in units.values():
        unit, kind = place.participant, HeldStepKind(step.kind)
        data = {"found": step.found, "reason": step.reason}
        if kind != HeldStepKind.RELEASED:
            _tell(SETTLE_HELD, _SAID[kind], unit, place.name, step.sha256, by, **data)
        else:
            _tell(RELEASE_HELD, "Mở tệp bị giữ lại", unit, place.name, step.sha256, by, **data)
            _tell_open(unit, place.name, f"mo-{step.sha256[:32]}-{step.number}")
        if kind == HeldStepKind.KEPT:
            tell_unit(
                unit, "Tải tệp khác thay tệp bị giữ lại",
                f"Một tệp của {unit.name} vẫn bị giữ lại vì máy quét thấy mã độc. Tải lên bản khác thay tệp đó.",
                note=f"Tệp: {place.name}. Quản trị ghi: {step.reason}", page="evidence_list",
                occasion=f"giu-{step.sha256[:32]}-{step.number}",
            )  # fmt: skip


def _tell_open(unit: Participant, name: str, occasion: str) -> None:
    tell_unit(
        unit, "Tệp bị giữ lại đã mở", f"Một tệp của {unit.name} bị giữ lại vì nghi có mã độc nay đã mở lại.",
        note=f"Tệp: {name}.", kind=NoticeKind.NEWS, page="evidence_list", occasion=occasion,
    )  # fmt: skip


def _tell(action: str, what: str, unit: Participant, name: str, sha256: str, by: User | None, **data: str) -> None:
    trail.record(
        action, by=by, about=unit, scope=unit.campaign.trail_scope, label=f"{what}: {unit.name}, {name}",
        sha256=sha256, **data,
    )  # fmt: skip
