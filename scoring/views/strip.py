"""The phase strip of a group: where the year stands, and how long it still takes writing."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from scoring.enums import Phase
from scoring.models import Group, Window
from units.vietnamese import format_date

UNIT_PHASES = (Phase.SELF_ASSESSMENT, Phase.EXPLANATION)
"""In which the unit itself has something to hand in; the windows of the others are those of whoever judges it."""


def windows_of_reader(windows: Mapping[str, Window], *, is_unit: bool) -> Mapping[str, Window]:
    """The windows whose end this reader counts down to: the unit is shown no hour that is the appraisers'."""
    return {phase: windows[phase] for phase in UNIT_PHASES if phase in windows} if is_unit else windows


def phase_strip(
    group: Group, windows: Mapping[str, Window], now: datetime, deadline: datetime | None = None
) -> dict[str, Any]:
    """Variables of components/phases.html: phases, left ("Còn 5 ngày 2 giờ"), deadline ("Hạn 17 giờ 00, 10/01/2027").

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
        return {"phases": phases, "left": "", "deadline": ""}
    if now >= limit:
        return {"phases": phases, "left": "Đã đóng", "deadline": f"lúc {say_hour(limit)}"}
    return {"phases": phases, "left": f"Còn {say_left(limit - now)}", "deadline": f"Hạn {say_hour(limit)}"}


def say_hour(moment: datetime) -> str:
    """ "17 giờ 00, 10/01/2027" in the portal's time zone."""
    local = timezone.localtime(moment)
    return f"{local.hour} giờ {local:%M}, {format_date(local)}"


def say_left(left: timedelta) -> str:
    """ "5 ngày 2 giờ", "3 giờ 20 phút", "12 phút", "chưa đến 1 phút"."""
    minutes = int(left.total_seconds() // 60)
    days, hours, rest = minutes // 1440, minutes % 1440 // 60, minutes % 60
    if days:
        return f"{days} ngày {hours} giờ" if hours else f"{days} ngày"
    if hours:
        return f"{hours} giờ {rest} phút" if rest else f"{hours} giờ"
    return f"{rest} phút" if rest else "chưa đến 1 phút"
