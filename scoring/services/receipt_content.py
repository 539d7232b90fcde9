"""A receipt as strings, for its PDF."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from scoring.enums import SigningWay
from scoring.models import Participant, Receipt, Signing
from scoring.selectors.report import MARK
from scoring.selectors.sheet_history import UNLOCKED, WITHDRAWN
from scoring.services.deadline_wording import say_crossed, say_terms
from scoring.services.letterhead import SAMPLE_MARK, plain
from scoring.services.receipt_reading import read_receipt
from units.mail import portal_address
from units.vietnamese import format_date, format_datetime, show_points


@dataclass(frozen=True)
class Line:
    """One answer of the receipt."""

    code: str
    title: str
    said: str
    points: str


@dataclass(frozen=True)
class ReceiptWords:
    """What the paper calls things: its title, labels, headings and columns; `done` is what was done with the content
    ("nộp", "gửi")."""

    title: str
    sender: str
    sent: str
    by: str
    done: str
    answers: str
    none: str
    said: str
    points: str
    files: str


OF_DOSSIER = ReceiptWords(
    title="BIÊN NHẬN HỒ SƠ TỰ CHẤM",
    sender="Đơn vị nộp",
    sent="Nộp lúc",
    by="Người nộp",
    done="nộp",
    answers="Câu trả lời đã nộp",
    none="Không có câu trả lời nào.",
    said="Số liệu",
    points="Điểm",
    files="Tài liệu đã nộp",
)


_ENDS = {WITHDRAWN: "đơn vị đã rút lại để sửa", UNLOCKED: "cơ quan điều phối đã mở khóa để đơn vị sửa"}


@dataclass(frozen=True)
class ReceiptContent:
    """Everything that the paper prints; `files` are (criterion, document, digests of its files), `lapsed` why it
    stands no more, "" while it does."""

    words: ReceiptWords
    organiser: str
    number: str
    unit: str
    campaign: str
    submitted: str
    hour: str
    submitter: str
    signed: str
    counts: str
    answers: tuple[Line, ...]
    files: tuple[tuple[str, str, str], ...]
    digest: str
    check_url: str
    sample: str
    lapsed: str = ""


def receipt_content_of(
    receipt: Receipt, participant: Participant, signing: Signing | None, *, submitter: str, end: str = ""
) -> ReceiptContent:
    """`submitter` as receipts_of tells it, with whom he or she stood for; `signing` the newest one; `end` by
    `say_end`."""
    content = read_receipt(receipt, participant)
    names = content["about"]
    slug, code = participant.campaign.organiser.slug, participant.campaign.code
    path = reverse("scoring:report_check", args=[slug, code, participant.code, receipt.digest[:MARK]])
    return ReceiptContent(
        words=OF_DOSSIER,
        organiser=plain(names["organiser"]),
        number=receipt.number,
        unit=plain(names["unit_name"]),
        campaign=plain(names["campaign_title"]),
        submitted=format_datetime(receipt.submitted_at),
        hour=plain(say_terms(receipt.terms)),
        submitter=plain(submitter),
        signed=say_signing(signing),
        counts=f"{receipt.answers} tiêu chí đã trả lời, {receipt.files} tệp kèm theo",
        answers=tuple(_line(item) for item in content["answers"]),
        files=tuple((item["criterion"], _document(item), _digests(item)) for item in content["evidence"]),
        digest=receipt.digest,
        check_url=portal_address(path),
        sample=SAMPLE_MARK if names["is_sample"] else "",
        lapsed=f"Biên nhận đã hết hiệu lực: {end}." if end else "",
    )


def say_end(receipt: Receipt) -> str:
    """By which act a receipt of `receipts_of` stopped to stand, "" while it stands."""
    ended_by, ended_at = receipt.ended_by, receipt.ended_at  # type: ignore[attr-defined]
    return f"{_ENDS[ended_by]} lúc {format_datetime(ended_at)}" if ended_by else ""


def say_signing(signing: Signing | None, *, is_letter: bool = False) -> str:
    """How it was signed, in one sentence; a receipt of before signings were kept was handed in by the head as well."""
    if signing is None or signing.way == SigningWay.PORTAL:
        return f"Thủ trưởng ký xác nhận trên cổng khi {'gửi' if is_letter else 'nộp'}."
    day = format_date(signing.dated_on) if signing.dated_on else ""
    return f"Ký văn bản giấy số {plain(signing.number)} ngày {day}, bản ký tải lên lúc {format_datetime(signing.at)}."


def _line(item: Mapping[str, Any]) -> Line:
    said = plain(item["said"]) + (f". Lý do: {plain(item['reason'])}" if item["reason"] else "")
    said += f". {plain(item['on_behalf'])}" if item.get("on_behalf") else ""
    points = "–" if item["points"] is None else show_points(item["points"])
    return Line(item["criterion"], plain(item["title"]), said, points)


def _document(item: Mapping[str, Any]) -> str:
    pages = f" ({item['pages']})" if item["pages"] else ""
    return plain(f"{item['number']} {item['abstract']}{pages}")


def _digests(item: Mapping[str, Any]) -> str:
    return "\n".join(f"bản {file['version']}: {file['sha256']} {say_crossed(file)}".strip() for file in item["files"])
