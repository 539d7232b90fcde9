"""Deadlines in words: the rule as pages state it, why something is refused, and under what hour a dossier came in."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from scoring.workflow import Act, Deadline
from units.vietnamese import format_date, format_deadline, format_moment


def say_rule(limit: Deadline) -> str:
    """What is taken until when, for whoever works against it."""
    at = format_deadline(limit.closes_at)
    if not limit.grace:
        return f"Hạn {at}, theo giờ máy chủ. Từ giờ đó không sửa, không nộp được."
    until = format_deadline(limit.ends_at)
    sentence = f"Hạn {at}, theo giờ máy chủ. Từ giờ đó không sửa được số liệu; vẫn trình, nộp được đến {until}."
    if limit.takes_begun_files:
        sentence += f" Tệp bắt đầu tải lên trước hạn vẫn nhận nếu lưu xong trước {until}."
    return sentence


def say_terms(terms: Mapping[str, Any]) -> str:
    """`Receipt.terms` in words: under which deadline, or by which paper; "" for a receipt of before they were kept."""
    if not terms:
        return ""
    if "arrived_on" in terms:
        return _say_on_behalf(terms)
    at, closes_at = datetime.fromisoformat(terms["at"]), datetime.fromisoformat(terms["closes_at"])
    extended = f" được gia hạn đến {format_deadline(closes_at)}, lý do: {terms['extended_because']}"
    if at >= closes_at:
        hour = extended if terms["extended_because"] else f" {format_deadline(closes_at)}"
        return f"Nộp trong {terms['grace_minutes']} phút nộp thêm sau hạn{hour}."
    return (
        f"Nộp trong thời hạn{extended}."
        if terms["extended_because"]
        else f"Nộp trong hạn {format_deadline(closes_at)}."
    )


def _say_on_behalf(terms: Mapping[str, Any]) -> str:
    return (
        f"Điều phối nộp thay theo văn bản số {terms['number']} ngày {format_date(terms['dated_on'])} của đơn vị, "
        f"đến ngày {format_date(terms['arrived_on'])}. Lý do nhận: {terms['reason'].rstrip('.')}."
    )


def say_crossed(file: Mapping[str, Any]) -> str:
    """Why a file of a receipt counts that was stored after the deadline; "" for one in time. Pages say the same by
    templates/scoring/evidence/_crossed.html."""
    if "late_for" not in file:
        return ""
    return (
        f"Bắt đầu nhận {format_moment(file['began_at'])}, lưu xong {format_moment(file['stored_at'])}; được tính theo "
        f"quy tắc tệp bắt đầu tải lên trước hạn {format_deadline(file['late_for'])}."
    )


def say_refused(limit: Deadline, act: Act, now: datetime, closed: str) -> str:
    """Why `act` is not taken at `now`; `closed` is the sentence once nothing is taken any more, with "{at}" in it."""
    if not limit.is_in_grace(now) or act == Act.HAND_IN:
        return closed.format(at=format_deadline(limit.ends_at if act == Act.HAND_IN else limit.closes_at))
    at, until = format_deadline(limit.closes_at), format_deadline(limit.ends_at)
    if act == Act.FILE and limit.takes_begun_files:
        return f"Đã hết hạn lúc {at}, tệp này bắt đầu tải lên sau giờ đó nên không nhận. Còn nộp được đến {until}."
    return f"Đã hết hạn lúc {at} nên không sửa được nữa. Nội dung đang có vẫn trình, nộp được đến {until}."
