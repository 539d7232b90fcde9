"""Addresses and pages of an explanation, for its tests."""

from __future__ import annotations

import re
from typing import Any

from django.utils.crypto import get_random_string

from scoring.enums import Phase
from scoring.models import Explanation, ExplanationChoice
from scoring.services.transitions import perform
from tests.year import Year

JSON = {"Accept": "application/json"}


def url(year: Year, rest: str = "", unit: str = "SOA") -> str:
    return f"/lam-viec/{year.organiser.slug}/ky/2026/phieu/{unit}/giai-trinh/{rest}"


def words(page: Any) -> str:
    """What stands on the page, without marks."""
    return " ".join(re.sub(r"<[^>]+>", " ", page.content.decode().split("<main", 1)[1]).split())


def page(year: Year, rest: str = "", by: str = "a1") -> str:
    return words(year.browser(by).get(url(year, rest)))


def standing(year: Year, code: str) -> dict[str, int]:
    """The versions that a page opened now would carry."""
    item = year.explanation().items.filter(criterion=year.leaves[code], round=round_now(year)).first()
    choice = choice_of(year, code)
    return {"version": item.version if item else 0, "unfinished": choice.version if choice else 0}


def choice_of(year: Year, code: str) -> ExplanationChoice | None:
    return year.explanation().choices.filter(criterion=year.leaves[code], round=round_now(year)).first()


def round_now(year: Year) -> int:
    return 1 if year.phase() == Phase.EXPLANATION else 2


def say(year: Year, code: str, opinion: str = "", text: str = "", by: str = "a1", **data: Any) -> Any:
    """Send the form of a leaf as it would be opened now."""
    form = {"opinion": opinion, "text": text} | standing(year, code) | data
    return year.browser(by).post(url(year, f"tc/{code}/"), form)


def autosave(year: Year, code: str, opinion: str = "", text: str = "", by: str = "a1", **data: Any) -> Any:
    """What the script sends."""
    form = {"opinion": opinion, "text": text, "key": get_random_string(32)} | standing(year, code) | data
    return year.browser(by).post(url(year, f"tc/{code}/luu/"), form, headers=JSON)


def send(year: Year) -> Explanation:
    perform(year.explanation(), "hand_over", year["a1"])
    return perform(year.explanation(), "submit", year["aH"])


def preview(year: Year, by: str = "a1") -> dict[str, Any]:
    """The form of "Đồng ý tất cả mục còn lại" as it stands on its page."""
    body = year.browser(by).get(url(year, "dong-y/")).content.decode()
    batch = re.search(r'name="batch" value="([^"]+)"', body)
    return {"batch": batch[1] if batch else "", "leaf": re.findall(r'name="leaf" value="([^"]+)"', body)}
