"""What the papers of a unit have in common, in the words of the annex of decree 30/2020/NĐ-CP: head, place, signer,
how a document is cited; and what paper cannot show."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from units.enums import GRASSROOTS_KINDS, UnitKind
from units.vietnamese import format_date

DRAFT_MARK = "BẢN NHÁP, chưa nộp"
SAMPLE_MARK = "DỮ LIỆU MINH HỌA"
DOTS = "……"
COMMITTEE = "Ủy ban nhân dân"
_COMMITTEES = (*GRASSROOTS_KINDS, UnitKind.DISTRICT, UnitKind.PROVINCE)
_KIND_IN_NAME = re.compile(r"^(?:Xã|Phường|Thị trấn|Đặc khu|Huyện|Quận|Thị xã|Thành phố|Tỉnh) ", re.IGNORECASE)
# Control letters, and those that turn the direction of writing: on paper they would show other words than were typed.
_UNSEEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufffe\uffff]")
_SURROGATES = re.compile("[\ud800-\udfff]")


def plain(text: str) -> str:
    """`text` as paper takes it: no control letters, none that turn the direction of writing, no lone surrogates."""
    return _SURROGATES.sub("\ufffd", _UNSEEN.sub("", text)).strip()


def one_line(text: str) -> str:
    return " ".join(plain(text).split())


def is_committee(kind: str) -> bool:
    """Whether a committee signs for units of this kind."""
    return kind in _COMMITTEES


def _lacks_its_name(kind: str, unit: str) -> bool:
    return is_committee(kind) and not unit.startswith(("UBND", COMMITTEE))


def called(kind: str, unit: str) -> str:
    """The unit in a sentence: "Ủy ban nhân dân xã Trà Bồng"; "Sở Nội vụ"."""
    return f"{COMMITTEE} {unit[:1].lower()}{unit[1:]}" if _lacks_its_name(kind, unit) else unit


def issuer(kind: str, unit: str) -> str:
    """The unit in the head of its paper, lines by "\\n"."""
    return (f"{COMMITTEE}\n{unit}" if _lacks_its_name(kind, unit) else unit).upper()


def superior(kind: str, names: Mapping[str, Any]) -> str:
    """Who stands above in the head: only what belongs to the organiser itself has its name there."""
    if kind not in (UnitKind.DEPARTMENT, UnitKind.PUBLIC_SERVICE):
        return ""
    return re.sub(r"^UBND ", f"{COMMITTEE}\n", plain(names["organiser"])).upper()


def default_place(kind: str, unit: str, organiser_place: str) -> str:
    """Where the paper is dated unless the unit says otherwise: the commune itself, else the province."""
    return _KIND_IN_NAME.sub("", unit if is_committee(kind) else organiser_place)


def signer(kind: str, title: str) -> tuple[str, ...]:
    """ "KT. Chủ tịch / Phó Chủ tịch" are two lines, below "TM. Ủy ban nhân dân" where a committee signs."""
    default = "Chủ tịch" if is_committee(kind) else "Thủ trưởng đơn vị"
    lines = [part.strip() for part in (title or default).split("/") if part.strip()]
    return tuple(line.upper() for line in ([f"TM. {COMMITTEE}"] if is_committee(kind) else []) + lines)


def say_document(item: Mapping[str, Any]) -> str:
    """ "42/BC-UBND ngày 05/12/2026, Báo cáo năm (tr. 3–5)"."""
    said = ", ".join(
        part
        for part in (
            " ngày ".join(filter(None, [item["number"], item["issued_on"] and format_date(item["issued_on"])])),
            item["abstract"],
        )
        if part
    )
    return one_line(said + (f" ({item['pages']})" if item["pages"] else ""))
