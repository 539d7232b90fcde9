"""What the tests of the council's room say again and again: its addresses, its form, what a page says, what results."""

from __future__ import annotations

import json
import re
from typing import Any

from scoring.enums import Stage
from scoring.models import Participant, Value
from scoring.services.running import run_official
from scoring.services.transitions import perform
from tests.year import Year, enter_all


def url(year: Year, rest: str = "") -> str:
    return f"/lam-viec/{year.organiser.slug}/ky/2026/hoi-dong/{rest}"


def words(page: Any) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page.content.decode().split("<main", 1)[1]).split())


def settle(year: Year, code: str = "2.1", by: str = "h", unit: str = "SOA", **data: Any) -> Any:
    """Post the form as the page holds it, with `data` over it."""
    browser = year.browser(by)
    page = browser.get(url(year, f"muc/{unit}/{code}/"))
    hidden = dict(
        re.findall(r'type="hidden" name="(version|kept_version|declared_version)" value="(\d+)"', page.content.decode())
    )
    return browser.post(url(year, f"muc/{unit}/{code}/"), {"reason": "Hội đồng thống nhất"} | hidden | data)


def council_value(year: Year, code: str = "2.1", participant: Participant | None = None) -> Value | None:
    return year.value(code, Stage.COUNCIL, participant)


def results(year: Year) -> dict[str, dict[str, Any]]:
    """Chốt and calculate officially; units of the run by code."""
    enter_all(year)
    perform(year.fresh_group(), "finalise", year["c"])
    run = run_official(year.campaign, year["c"])
    return {unit["code"]: unit for unit in json.loads(run.results_file)["units"]}
