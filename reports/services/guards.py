"""On what data a transition may happen, and which columns it sets. Called by `reports.services.transitions` only,
inside its transaction and with the publication's row locked."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any

from django.utils import timezone

from reports.models import Publication
from reports.services.errors import Conflict, Incomplete
from reports.services.freezing import why_stale
from scoring.enums import Origin
from units.models import User

Changes = dict[str, Any]
_APPROVAL_GONE: Changes = {"approved_by": None, "approved_at": None, "approved_digest": ""}


def prepare(name: str, publication: Publication, by: User | None, data: dict[str, Any]) -> Changes:
    """Check what `name` needs and return the columns to set; raises `Conflict` or `Incomplete`."""
    guard = _GUARDS.get(name)
    return guard(publication, by, data) if guard else {}


def told(changes: Changes) -> dict[str, Any]:
    """The part of the changes that goes into the trail: no person's row, no stored path."""
    hidden = {"approved_by", "signed_file", "supersedes"}
    return {key: value for key, value in changes.items() if key not in hidden}


def may_lack_decision(publication: Publication) -> bool:
    """A table that somebody else published long ago may have lost its number; then its source stands instead.

    Only where the person says so (`decision_unknown`): an empty field may be forgotten as well.
    """
    return publication.campaign.origin == Origin.PAST and bool(publication.campaign.source_text)


def _send(publication: Publication, by: User | None, data: dict[str, Any]) -> Changes:
    _refuse_changed_data(publication)
    return {"sent_at": timezone.now()}


def _record_decision(publication: Publication, by: User | None, data: dict[str, Any]) -> Changes:
    number, issuer = (data.get("number") or "").strip(), (data.get("issuer") or "").strip()
    date: datetime.date | None = data.get("date")
    may_be_unknown = may_lack_decision(publication) and bool(data.get("decision_unknown"))
    if not number and (not may_be_unknown or date is not None):
        raise Incomplete("number", "Nhập số quyết định, ví dụ 214/QĐ-UBND.")
    if date is None and not may_be_unknown:
        raise Incomplete("date", "Nhập ngày quyết định dạng ngày/tháng/năm, ví dụ 12/02/2026.")
    if not issuer and (number or not may_be_unknown):
        raise Incomplete("issuer", "Nhập cơ quan ban hành quyết định.")
    if date is not None and date > timezone.localdate():
        raise Incomplete("date", "Ngày quyết định không được sau hôm nay.")
    if date is not None and date.year < publication.campaign.year:
        raise Incomplete("date", f"Ngày quyết định không được trước năm đánh giá {publication.campaign.year}.")
    changes: Changes = {"decision_number": number, "decision_date": date, "decision_issuer": issuer, **_APPROVAL_GONE}
    if (file := data.get("file")) is not None:
        changes |= {"signed_file": file.stored_name, "signed_file_name": file.name, "signed_file_sha256": file.sha256}
    return changes


def _approve(publication: Publication, by: User | None, data: dict[str, Any]) -> Changes:
    if not data.get("digest"):
        raise Incomplete("digest", "Trang gửi lên thiếu mã băm. Mở lại trang rồi duyệt.")
    if not data.get("paper_matches"):
        raise Incomplete("paper_matches", "Đối chiếu văn bản giấy với bản đã chốt rồi đánh dấu xác nhận.")
    _refuse_changed_data(publication)
    return {"approved_by": by, "approved_at": timezone.now(), "approved_digest": publication.digest}


def _release(publication: Publication, by: User | None, data: dict[str, Any]) -> Changes:
    _refuse_without_approval(publication)
    _refuse_changed_data(publication)
    return {"progress_done": 0, "progress_total": 0}


def _finish(publication: Publication, by: User | None, data: dict[str, Any]) -> Changes:
    _refuse_without_approval(publication)
    _refuse_changed_data(publication)
    return {"released_at": data["released_at"]}


def _lapse(publication: Publication, by: User | None, data: dict[str, Any]) -> Changes:
    return dict(_APPROVAL_GONE)


def _discard(publication: Publication, by: User | None, data: dict[str, Any]) -> Changes:
    return {"supersedes": None}


def _withdraw(publication: Publication, by: User | None, data: dict[str, Any]) -> Changes:
    reason = (data.get("reason") or "").strip()
    if not reason:
        raise Incomplete("reason", "Nêu lý do thu hồi; lý do này hiện trên trang công khai.")
    return {"withdrawn_at": timezone.now(), "withdrawn_reason": reason}


def _refuse_without_approval(publication: Publication) -> None:
    if publication.approved_by_id is None or publication.approved_digest != publication.digest:
        raise Conflict("Bản này chưa được người thứ hai duyệt đúng với số liệu đã chốt, nên chưa công bố được.")


def _refuse_changed_data(publication: Publication) -> None:
    if sentence := why_stale(publication):
        raise Conflict(sentence)


_GUARDS: dict[str, Callable[[Publication, User | None, dict[str, Any]], Changes]] = {
    "send": _send,
    "record_decision": _record_decision,
    "approve": _approve,
    "release": _release,
    "finish": _finish,
    "lapse": _lapse,
    "discard": _discard,
    "withdraw": _withdraw,
}
