"""Biên nhận of an explanation as strings, for its page and its PDF: everything from the frozen content."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from django.urls import reverse

from scoring.models import ExplanationReceipt, Participant, Signing
from scoring.selectors.report import MARK
from scoring.services.letter_content import OPINIONS, points_in
from scoring.services.letterhead import SAMPLE_MARK, plain, say_document
from scoring.services.receipt_content import Line, ReceiptContent, ReceiptWords, say_signing
from units.mail import portal_address
from units.vietnamese import format_datetime

_WORDS = ReceiptWords(
    title="BIÊN NHẬN GIẢI TRÌNH",
    sender="Đơn vị gửi",
    sent="Gửi lúc",
    by="Người gửi",
    done="gửi",
    answers="Ý kiến đã gửi",
    none="Không có ý kiến nào.",
    said="Ý kiến của đơn vị",
    points="Thẩm định",
    files="Tài liệu của giải trình",
)


def letter_receipt_of(
    receipt: ExplanationReceipt, participant: Participant, signing: Signing | None, *, submitter: str
) -> ReceiptContent:
    """`submitter` and `signing` as `selectors.letters.letters_of` tells them."""
    content = json.loads(receipt.content)
    names = content["about"]
    slug, code = participant.campaign.organiser.slug, participant.campaign.code
    path = reverse("scoring:letter_check", args=[slug, code, participant.code, receipt.digest[:MARK]])
    spoken = [leaf for leaf in content["leaves"] if leaf["opinion"]]
    explained = sum(leaf["opinion"] == "explain" for leaf in spoken)
    files = sum(len(item["files"]) for item in content["evidence"])
    return ReceiptContent(
        words=_WORDS,
        organiser=plain(names["organiser"]),
        number=receipt.number,
        unit=plain(names["unit_name"]),
        campaign=plain(names["campaign_title"]),
        submitted=format_datetime(receipt.submitted_at),
        hour="",
        submitter=plain(submitter),
        signed=say_signing(signing, is_letter=True),
        counts=f"{explained} tiêu chí giải trình, {len(spoken) - explained} tiêu chí đồng ý, {files} tệp kèm theo",
        answers=tuple(_line(leaf, content["round"]) for leaf in spoken),
        files=tuple(
            (item["criterion"], say_document(item), ", ".join(file["sha256"] for file in item["files"]))
            for item in content["evidence"]
        ),
        digest=receipt.digest,
        check_url=portal_address(path),
        sample=SAMPLE_MARK if names["is_sample"] else "",
    )


def _line(leaf: Mapping[str, Any], round_number: int) -> Line:
    said = OPINIONS[leaf["opinion"]] + (f": {plain(leaf['text'])}" if leaf["text"] else "")
    given = leaf["reappraised"] if round_number == 2 else leaf["appraised"]
    return Line(leaf["code"], plain(leaf["title"]), said, points_in(given))
