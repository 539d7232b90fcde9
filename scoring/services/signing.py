"""The signed paper of a report: checked and kept like evidence, bound to the digest of the receipt it signs."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone

from scoring.enums import EvidenceKind, Phase, SigningWay, SubmissionState
from scoring.files.evidence_check import CheckedFile, check
from scoring.files.evidence_refusal import EvidenceRefused
from scoring.models import Participant, Receipt, Signing
from scoring.permissions import SIGN_PAPER
from scoring.selectors.report import newest_receipt
from scoring.services.dossier import Dossier, lock_dossier, read_dossier
from scoring.services.errors import Conflict, Incomplete
from scoring.services.evidence import FilesRefused, Incoming, refuse_over_quota, stored
from scoring.services.pen import require
from units import trail
from units.models import User
from units.permissions import YES, Decision, authorize

_TAKEN = (EvidenceKind.PDF, EvidenceKind.JPG, EvidenceKind.PNG)
_CLOSED = (Phase.FINALISED, Phase.PUBLISHED)


@dataclass(frozen=True)
class Paper:
    """What stands on the signed paper: số, ký hiệu and the day."""

    number: str
    dated_on: datetime.date


def signing_pen(dossier: Dossier) -> Decision:
    """May a signed paper be put beside the newest receipt at this instant?"""
    if dossier.submission.state != SubmissionState.SUBMITTED:
        return Decision(False, "Hồ sơ chưa nộp, nên chưa có gì để ký. Nộp xong mới tải bản ký lên.")
    if dossier.phase in _CLOSED:
        return Decision(False, "Số liệu của kỳ đã chốt, nên không nhận thêm bản ký.")
    return YES


def sign_on_paper(participant: Participant, digest: str, paper: Paper, upload: UploadedFile, *, by: User) -> Signing:
    """Keep the signed paper of the newest receipt, whose digest the paper carries.

    Raises `Refused`, `Conflict` (not handed in, handed in anew meanwhile, closed), `Incomplete` (number, day, quota),
    `FilesRefused`, `StoreFailed`; nothing is stored then. Papers put before stay and can be opened.
    """
    authorize(by, SIGN_PAPER, participant)
    dossier = read_dossier(participant)
    _receipt(dossier, digest)
    if not paper.number.strip():
        raise Incomplete("number", "Ghi số, ký hiệu như trên bản giấy, ví dụ 42/BC-UBND.")
    if paper.dated_on > timezone.localdate(dossier.now):
        raise Incomplete("dated_on", "Ngày ký ở sau hôm nay. Ghi ngày như trên bản giấy.")
    incoming = [Incoming(upload, checked_paper(upload))]
    with stored(incoming) as keys, transaction.atomic():
        dossier = lock_dossier(participant)
        receipt = _receipt(dossier, digest)
        refuse_over_quota(participant, incoming)
        file = incoming[0].checked
        signing = Signing.objects.create(
            receipt=receipt,
            way=SigningWay.PAPER,
            number=paper.number,
            dated_on=paper.dated_on,
            digest=digest,
            key=keys[0],
            name=file.name,
            sha256=file.sha256,
            size=file.size,
            kind=file.kind,
            by=by,
            at=dossier.now,
        )
        trail.record(
            SIGN_PAPER,
            by=by,
            about=dossier.submission,
            scope=participant.campaign.trail_scope,
            label=f"Tải bản ký giấy báo cáo tự chấm: {participant.name}, biên nhận {receipt.number}",
            number=paper.number,
            date=paper.dated_on.isoformat(),
            digest=digest,
            signed_file_name=file.name,
            signed_file_sha256=file.sha256,
        )
    return signing


def _receipt(dossier: Dossier, digest: str) -> Receipt:
    require(signing_pen(dossier))
    receipt = newest_receipt(dossier.submission)
    if receipt is None or receipt.digest != digest:
        raise Conflict("Đơn vị đã nộp lại sau khi trang này mở. Mở lại trang, in bản mới nhất rồi ký.")
    return receipt


def checked_paper(upload: UploadedFile) -> CheckedFile:
    """A scan of a signed paper, looked through; raises `FilesRefused`."""
    try:
        checked = check(upload, upload.name or "")
    except EvidenceRefused as refused:
        raise FilesRefused([refused]) from None
    if checked.kind not in _TAKEN:
        mend = "Quét bản đã ký thành .pdf, hoặc chụp thành ảnh JPG, PNG rồi tải lên."
        raise FilesRefused([EvidenceRefused(checked.name, "bản ký phải là PDF hoặc ảnh", mend)])
    return checked
