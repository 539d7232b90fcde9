"""The pages of appraisal as a browser meets them: addresses, and a form filled in from the page that was served."""

from __future__ import annotations

import html
import re
from typing import Any

from django.http import HttpResponse

from scoring.enums import Stage
from tests.year import Year


def base(year: Year) -> str:
    return f"/lam-viec/{year.organiser.slug}/ky/{year.campaign.code}/"


def part_url(year: Year, component: str = "1", number: int = 1, unit: str = "SOA") -> str:
    return f"{base(year)}tham-dinh/{unit}/{component}/{number}/"


def leaf_url(year: Year, code: str, number: int = 1, unit: str = "SOA") -> str:
    return f"{part_url(year, code.split('.')[0], number, unit)}{code}/"


def text(answer: HttpResponse) -> str:
    """What a person reads, on one line."""
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", answer.content.decode())))


def verdict(year: Year, code: str, verdict: str, number: int = 1, unit: str = "SOA", **more: Any) -> dict[str, Any]:
    """The form of a leaf as the page that stands now would send it."""
    participant = year.a if unit == "SOA" else year.b
    stage = Stage.APPRAISED if number == 1 else Stage.REAPPRAISED
    return {
        "verdict": verdict,
        "version": year.seen(code, stage, participant),
        "declared_version": year.seen(code, Stage.DECLARED, participant),
    } | more


def judge(year: Year, who: str, code: str, said: str, number: int = 1, unit: str = "SOA", **more: Any) -> HttpResponse:
    """Open nothing, post the verdict on one leaf."""
    data = verdict(year, code, said, number, unit, **more)
    return year.browser(who).post(leaf_url(year, code, number, unit), data)


def hidden(answer: HttpResponse, name: str) -> list[str]:
    """The values of the hidden inputs of that name on a page."""
    found = re.findall(rf'<input type="hidden" name="{name}" value="([^"]*)"', answer.content.decode())
    return [html.unescape(value) for value in found]
