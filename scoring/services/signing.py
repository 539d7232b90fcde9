"""The signed paper of a report or of a công văn giải trình: one way for both. It is checked and kept like evidence, and
bound to the digest of the receipt that it signs."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from dataclasses import dataclass

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone

from scoring.enums import EvidenceKind, ExplanationState, Phase, SigningWay, SubmissionState
from scoring.files.evidence_check import CheckedFile, check
from scoring.files.evidence_refusal import EvidenceRefused
from scoring.models import Explanation, ExplanationReceipt, Participant, Receipt, Signing, Submission
from scoring.permissions import SIGN_PAPER
from scoring.selectors.letters import newest_letter
from scoring.selectors.report import newest_receipt, signing_of
from scoring.services.dossier import Dossier, lock_dossier, read_dossier
from scoring.services.errors import Conflict, Incomplete
from scoring.services.evidence import FilesRefused, Incoming, refuse_over_quota, stored
from scoring.services.pen import require
from units import trail
from units.models import User
from units.permissions import YES, Decision, authorize

_TAKEN = (EvidenceKind.PDF, EvidenceKind.JPG, EvidenceKind.PNG)
_CLOSED = (Phase.FINALISED, Phase.PUBLISHED)
_ANEW = "Mở lại trang, in bản mới nhất rồi ký."


@dataclass(frozen=True)
class Paper:
    """What stands on the signed paper: số, ký hiệu and the day."""

    number: str
    dated_on: datetime.date


def signing_pen(dossier: Dossier) -> Decision:
    """May a signed report be put beside the newest receipt at this instant?"""
    if dossier.submission.state != SubmissionState.SUBMITTED:
        return Decision(False, "Hồ sơ chưa nộp, nên chưa có gì để ký. Nộp xong mới tải bản ký lên.")
    return _still_taken(dossier)


def letter_signing_pen(dossier: Dossier, explanation: Explanation) -> Decision:
    """May a signed công văn be put beside the newest receipt of the explanation at this instant?"""
    if explanation.state != ExplanationState.SUBMITTED:
        return Decision(False, "Giải trình chưa gửi, hoặc đang mở để viết tiếp. Gửi xong mới tải bản ký lên.")
    return _still_taken(dossier)


def sign_on_paper(participant: Participant, digest: str, paper: Paper, upload: UploadedFile, *, by: User) -> Signing:
    """Keep the signed paper of the newest receipt, whose digest the paper carries.

    Raises `Refused`, `Conflict` (not handed in, handed in anew meanwhile, closed), `Incomplete` (number, day, quota),
    `FilesRefused`, `StoreFailed`; nothing is stored then. Papers put before stay and can be opened; the newest one
    again (a double click) is the row that stands.
    """

    def current(dossier: Dossier) -> Receipt:
        require(signing_pen(dossier))
        receipt = newest_receipt(dossier.submission)
        if receipt is None or receipt.digest != digest:
            raise Conflict(f"Đơn vị đã nộp lại sau khi trang này mở. {_ANEW}")
        return receipt

    return _sign(participant, current, paper, upload, by)


def sign_letter_on_paper(
    participant: Participant, digest: str, paper: Paper, upload: UploadedFile, *, by: User
) -> Signing:
    """The same for the công văn giải trình that was sent last."""

    def current(dossier: Dossier) -> ExplanationReceipt:
        explanation = Explanation.objects.filter(participant=dossier.participant).first()
        if explanation is None:
            raise Conflict("Khối chưa mở giải trình.")
        require(letter_signing_pen(dossier, explanation))
        receipt = newest_letter(explanation)
        if receipt is None or receipt.digest != digest:
            raise Conflict(f"Đơn vị đã gửi lại sau khi trang này mở. {_ANEW}")
        return receipt

    return _sign(participant, current, paper, upload, by)


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


def _still_taken(dossier: Dossier) -> Decision:
    if dossier.phase in _CLOSED:
        return Decision(False, "Số liệu của kỳ đã chốt, nên không nhận thêm bản ký.")
    return YES


def _sign(
    participant: Participant,
    current: Callable[[Dossier], Receipt | ExplanationReceipt],
    paper: Paper,
    upload: UploadedFile,
    by: User,
) -> Signing:
    """`current` gives the receipt that is signed, or refuses; asked before the bytes are looked through, and again
    under the dossier's lock."""
    authorize(by, SIGN_PAPER, participant)
    dossier = read_dossier(participant)
    receipt = current(dossier)
    if not paper.number.strip():
        raise Incomplete("number", "Ghi số, ký hiệu như trên bản giấy, ví dụ 42/BC-UBND.")
    if paper.dated_on > timezone.localdate(dossier.now):
        raise Incomplete("dated_on", "Ngày ký ở sau hôm nay. Ghi ngày như trên bản giấy.")
    if paper.dated_on.year < participant.campaign.year:
        said = (
            f"Ngày ký ở trước năm đánh giá {participant.campaign.year}. Kiểm tra lại năm, ghi ngày như trên bản giấy."
        )
        raise Incomplete("dated_on", said)
    incoming = [Incoming(upload, checked_paper(upload))]
    file = incoming[0].checked
    try:
        _refuse_again(receipt, paper, file)
        with stored(incoming) as keys, transaction.atomic():
            dossier = lock_dossier(participant)
            receipt = current(dossier)
            _refuse_again(receipt, paper, file)  # the other click came in while this one stored
            refuse_over_quota(participant, incoming)
            return _keep(dossier, receipt, paper, file, keys[0], by)
    except _Stands as stands:
        return stands.signing


class _Stands(Exception):
    """This very paper is the newest of its receipt: what was stored for it is taken out again."""

    def __init__(self, signing: Signing) -> None:
        self.signing = signing
        super().__init__(signing.pk)


def _refuse_again(receipt: Receipt | ExplanationReceipt, paper: Paper, file: CheckedFile) -> None:
    newest = signing_of(receipt)
    if newest and (newest.sha256, newest.number, newest.dated_on) == (file.sha256, paper.number, paper.dated_on):
        raise _Stands(newest)


def _keep(
    dossier: Dossier, receipt: Receipt | ExplanationReceipt, paper: Paper, file: CheckedFile, key: str, by: User
) -> Signing:
    participant = dossier.participant
    signing = Signing(
        way=SigningWay.PAPER,
        number=paper.number,
        dated_on=paper.dated_on,
        digest=receipt.digest,
        key=key,
        name=file.name,
        sha256=file.sha256,
        size=file.size,
        kind=file.kind,
        by=by,
        at=dossier.now,
    )
    about: Submission | Explanation
    if isinstance(receipt, Receipt):
        signing.receipt, about, what = receipt, dossier.submission, "báo cáo tự chấm"
    else:
        signing.letter, about, what = receipt, receipt.explanation, "công văn giải trình"
    signing.save(force_insert=True)
    trail.record(
        SIGN_PAPER,
        by=by,
        about=about,
        scope=participant.campaign.trail_scope,
        label=f"Tải bản ký giấy {what}: {participant.name}, biên nhận {receipt.number}",
        number=paper.number,
        date=paper.dated_on.isoformat(),
        digest=receipt.digest,
        signed_file_name=file.name,
        signed_file_sha256=file.sha256,
    )
    return signing
