"""The phase strip of a group: where the year stands, and how long it still takes writing."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from scoring.enums import Phase
from scoring.models import Group, Window
from scoring.services.deadline_wording import say_rule
from scoring.services.dossier import deadline_in
from scoring.workflow import Deadline
from units.vietnamese import end_of, format_date

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
UNIT_PHASES = (Phase.SELF_ASSESSMENT, Phase.EXPLANATION)
"""In which the unit itself has something to hand in; the windows of the others are those of whoever judges it."""


def windows_of_reader(windows: Mapping[str, Window], *, is_unit: bool) -> Mapping[str, Window]:
    """The windows whose end this reader counts down to: the unit is shown no hour that is the appraisers'."""
    return {phase: windows[phase] for phase in UNIT_PHASES if phase in windows} if is_unit else windows


def phase_strip(
    group: Group, windows: Mapping[str, Window], now: datetime, deadline: datetime | None = None
) -> dict[str, Any]:
    """Variables of components/phases.html: phases, left ("Còn 5 ngày 2 giờ"), deadline ("Hạn 17 giờ 00, 10/01/2027");
    rule (what is taken until when, in words, for components/deadline.html); countdown for static/js/countdown.js.

    `deadline` is the unit's own one where it differs from its group's window.
    """
    order = list(Phase)
    here = order.index(Phase(group.phase))
    phases = [
        {"label": phase.label, "state": "done" if place < here else "now" if place == here else "later"}
        for place, phase in enumerate(order)
    ]
    window = windows.get(group.phase)
    limit = deadline or (window.closes_at if window else None)
    if limit is None:
        return {"phases": phases, "left": "", "deadline": "", "rule": ""}
    if (deadline and window is None) or group.phase == Phase.APPRAISAL:
        is_explained = group.phase in (Phase.REAPPRAISAL, Phase.COUNCIL)
        window = windows.get(Phase.EXPLANATION if is_explained else Phase.SELF_ASSESSMENT)
    whole = deadline_in(window if deadline or group.phase in UNIT_PHASES else None, limit)
    strip: dict[str, Any] = {"phases": phases, "rule": "", "countdown": _countdown(whole, now)}
    if group.phase in UNIT_PHASES or deadline:
        strip["rule"] = say_rule(whole)
    if whole.is_in_grace(now):
        return strip | {
            "left": f"Còn nộp {say_left(whole.ends_at - now)}",
            "deadline": f"đến {say_hour(whole.ends_at)}",
        }
    if now >= limit:
        return strip | {"left": "Đã đóng", "deadline": f"lúc {say_hour(limit)}"}
    return strip | {"left": f"Còn {say_left(limit - now)}", "deadline": f"Hạn {say_hour(limit)}"}


def _countdown(limit: Deadline, now: datetime) -> dict[str, Any]:
    """Where the server's clock stands and what it counts down to, in milliseconds since 1970; before, after: words."""
    in_grace = limit.is_in_grace(now)
    until = limit.ends_at if in_grace else limit.closes_at
    after = f"Đã hết hạn, còn nộp đến {say_hour(limit.ends_at)}" if limit.grace and not in_grace else "Đã đóng"
    return {
        "now": _milliseconds(now),
        "until": _milliseconds(until),
        "before": "Còn nộp" if in_grace else "Còn",
        "after": after,
    }


def _milliseconds(moment: datetime) -> int:
    return (moment - _EPOCH) // timedelta(milliseconds=1)


def say_hour(moment: datetime) -> str:
    """ "17 giờ 00, 10/01/2027" in the portal's time zone; an end at midnight is "24 giờ 00" of the day before."""
    day, clock = end_of(moment)
    hour, minute = clock.split(":")
    return f"{int(hour)} giờ {minute}, {format_date(day)}"


def say_left(left: timedelta) -> str:
    """ "5 ngày 2 giờ", "3 giờ 20 phút", "12 phút", "chưa đến 1 phút"."""
    minutes = int(left.total_seconds() // 60)
    days, hours, rest = minutes // 1440, minutes % 1440 // 60, minutes % 60
    if days:
        return f"{days} ngày {hours} giờ" if hours else f"{days} ngày"
    if hours:
        return f"{hours} giờ {rest} phút" if rest else f"{hours} giờ"
    return f"{rest} phút" if rest else "chưa đến 1 phút"
