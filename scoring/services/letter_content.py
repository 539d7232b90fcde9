"""What a công văn giải trình says, as strings alone: PDF, DOCX and the page print these and nothing else.

Of what was sent the content comes from the receipt, frozen; before that from the rows as they are, and every page says
that it is a draft. Layout words follow the annex of decree 30/2020/NĐ-CP (công văn).
"""

from __future__ import annotations

import datetime
import json
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils import timezone

from scoring.enums import ExplanationState, Opinion
from scoring.models import Explanation, ExplanationReceipt
from scoring.selectors.letters import newest_letter
from scoring.selectors.report import MARK
from scoring.services.dossier import Dossier
from scoring.services.letterhead import (
    DOTS,
    DRAFT_MARK,
    SAMPLE_MARK,
    called,
    default_place,
    is_committee,
    issuer,
    one_line,
    plain,
    say_document,
    signer,
    superior,
)
from scoring.services.letters import letter_contents
from scoring.services.receipts import canonical, digest_of
from units.mail import portal_address
from units.vietnamese import format_datetime, show_points

OPINIONS = {Opinion.AGREE: "Đồng ý", Opinion.EXPLAIN: "Giải trình", "": "Không có ý kiến"}


@dataclass(frozen=True)
class Row:
    """A line of the table; `documents` one line each, `said` paragraphs."""

    code: str
    title: str
    declared: str
    appraised: str
    opinion: str
    said: tuple[str, ...] = ()
    documents: tuple[str, ...] = ()


@dataclass(frozen=True)
class LetterContent:
    """Everything that the letter prints; `mark` is "" for what was sent, `check_url` "" for a draft."""

    superior: str
    issuer: str
    number_line: str
    subject: str
    date_line: str
    addressee: str
    paragraphs: tuple[str, ...]
    rows: tuple[Row, ...]
    recipients: tuple[str, ...]
    signer: tuple[str, ...]
    signer_name: str
    annex_note: str
    mark: str
    sample: str
    receipt: str
    digest: str
    check_url: str


def letter_of(dossier: Dossier, explanation: Explanation) -> LetterContent:
    """The letter as it stands: frozen once the explanation is sent, else the draft; for the unit."""
    receipt = newest_letter(explanation) if explanation.state == ExplanationState.SUBMITTED else None
    return letter_of_receipt(receipt, explanation) if receipt else _letter_of_draft(dossier, explanation)


def letter_of_receipt(receipt: ExplanationReceipt, explanation: Explanation) -> LetterContent:
    """The letter of one sending, the same for ever. `explanation` with its participant."""
    participant = explanation.participant
    slug, code = participant.campaign.organiser.slug, participant.campaign.code
    path = reverse("scoring:letter_check", args=[slug, code, participant.code, receipt.digest[:MARK]])
    return _content(
        json.loads(receipt.content),
        day=timezone.localdate(receipt.submitted_at),
        signer_name=receipt.submitted_by.full_name,
        mark="",
        receipt=f"Gửi trên cổng lúc {format_datetime(receipt.submitted_at)}, biên nhận {receipt.number}.",
        digest=receipt.digest,
        check_url=portal_address(path),
    )


def _letter_of_draft(dossier: Dossier, explanation: Explanation) -> LetterContent:
    content = letter_contents(dossier, explanation)
    return _content(
        content,
        day=timezone.localdate(dossier.now),
        signer_name="",
        mark=DRAFT_MARK.replace("nộp", "gửi"),
        receipt="Chưa gửi, nên chưa có biên nhận.",
        digest=digest_of(canonical(content)),
        check_url="",
    )


def _content(
    content: Mapping[str, Any],
    *,
    day: datetime.date,
    signer_name: str,
    mark: str,
    receipt: str,
    digest: str,
    check_url: str,
) -> LetterContent:
    names, signature = content["about"], content["signature"]
    kind, unit = names["unit_kind"], plain(names["unit_name"])
    place = plain(signature["place"]) or default_place(kind, unit, plain(names["organiser_place"]))
    number_line = f"Số: {DOTS}/{'UBND' if is_committee(kind) else DOTS}-{DOTS}"
    what = "điểm thẩm định vòng 2" if content["round"] == 2 else "kết quả thẩm định"
    return LetterContent(
        superior=superior(kind, names),
        issuer=issuer(kind, unit),
        number_line=number_line,
        subject=f"V/v giải trình {what} Chỉ số cải cách hành chính năm {names['year']}",
        date_line=f"{place}, ngày {DOTS} tháng {DOTS} năm {day.year}",
        addressee=plain(names["lead_department"]) or plain(names["organiser"]),
        paragraphs=_paragraphs(content, called(kind, unit), what),
        rows=tuple(_row(leaf, content) for leaf in content["leaves"] if leaf["opinion"]),
        recipients=("- Như trên;", "- Lưu: VT."),
        signer=signer(kind, plain(signature["signer_title"])),
        signer_name=plain(signer_name),
        annex_note=f"(Kèm theo Công văn số {number_line.removeprefix('Số: ')} ngày {DOTS} tháng {DOTS} năm {day.year})",
        mark=mark,
        sample=SAMPLE_MARK if names["is_sample"] else "",
        receipt=receipt,
        digest=digest,
        check_url=check_url,
    )


def _paragraphs(content: Mapping[str, Any], own_name: str, what: str) -> tuple[str, ...]:
    names, leaves = content["about"], content["leaves"]
    explained, agreed, silent = (
        [leaf for leaf in leaves if leaf["opinion"] == key] for key in ("explain", "agree", "")
    )
    points = "điểm thẩm định vòng 2" if content["round"] == 2 else "điểm thẩm định"
    found = [
        f"Thực hiện “{plain(names['campaign_title'])}” do {plain(names['organiser'])} tổ chức, sau khi xem {what}, "
        f"{own_name} có ý kiến như sau:"
    ]
    if explained:
        found.append(
            f"Đề nghị xem xét lại {len(explained)} tiêu chí{_related(explained)}, gồm: {_codes(explained)}. "
            "Nội dung giải trình và tài liệu kèm theo của từng tiêu chí ở phụ lục."
        )
    if agreed:
        found.append(
            f"Đồng ý với {points} của {len(agreed)} tiêu chí, gồm: {_codes(agreed)}."
            + (f" So với điểm tự chấm giảm {_sum(agreed)} điểm." if _total(agreed) else "")
        )
    silent = [leaf for leaf in silent if leaf["is_changed"]]
    if silent and content["round"] == 1:
        found.append(
            f"Không có ý kiến về {len(silent)} tiêu chí khác mà điểm thẩm định khác điểm tự chấm, gồm: "
            f"{_codes(silent)}; điểm thẩm định được giữ nguyên."
        )
    if explained:
        found.append(f"{own_name} kính đề nghị {plain(names['lead_department'])} xem xét./.")
    else:
        found.append(f"{own_name} báo cáo để {plain(names['lead_department'])} tổng hợp./.")
    return tuple(found)


def _row(leaf: Mapping[str, Any], content: Mapping[str, Any]) -> Row:
    documents = [say_document(item) for item in content["evidence"] if item["criterion"] == leaf["code"]]
    judged = [leaf["appraised"]] if content["round"] == 1 else [leaf["appraised"], leaf["reappraised"]]
    points = [points_in(value) for value in judged]
    return Row(
        code=leaf["code"],
        title=plain(leaf["title"]),
        declared=points_in(leaf["declared"]),
        appraised=points[0] if len(points) == 1 else f"vòng 1: {points[0]}; vòng 2: {points[1]}",
        opinion=OPINIONS[leaf["opinion"]],
        said=tuple(filter(None, (one_line(line) for line in leaf["text"].splitlines()))),
        documents=tuple(documents),
    )


def points_in(value: str | None) -> str:
    """Points of a receipt in words: "n/a" is "không áp dụng", None a dash."""
    if value is None:
        return "–"
    return "không áp dụng" if value == "n/a" else show_points(value)


def _total(leaves: list[Mapping[str, Any]]) -> Decimal:
    return sum((Decimal(leaf["lost"]) for leaf in leaves), Decimal(0))


def _sum(leaves: list[Mapping[str, Any]]) -> str:
    return show_points(_total(leaves))


def _related(leaves: list[Mapping[str, Any]]) -> str:
    return f", liên quan {_sum(leaves)} điểm" if _total(leaves) else ""


def _codes(leaves: list[Mapping[str, Any]]) -> str:
    return ", ".join(leaf["code"] for leaf in leaves)
