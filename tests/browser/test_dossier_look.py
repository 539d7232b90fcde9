"""What lies around a unit's dossier, as each of its readers meets it: accessible, and not wider than a phone."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from scoring.enums import Phase
from tests.browser.desk import Desk
from tests.world import build

SIDEWAYS = "document.documentElement.scrollWidth - window.innerWidth"
# By phase and person: the names of routes, about unit A of tests/world.py.
PAGES: dict[Phase, dict[str, list[str]]] = {
    Phase.SELF_ASSESSMENT: {
        "a1": [
            "worksheet", "answer", "last_year", "take_over", "returned", "self_report", "dossier_history",
            "dossier_check", "evidence_list",
        ],
        "c": ["worksheet", "answer", "dossier_history", "evidence_list", "late_paper"],
    },
    Phase.REAPPRAISAL: {
        "a1": [
            "worksheet", "self_report", "report_check", "receipt", "dossier_history", "explanation",
            "explanation_item", "letter_check", "returned", "take_over", "last_year",
        ],
        "aH": ["explanation", "explanation_agree", "dossier_review"],
        "g2": ["worksheet", "explanation", "explanation_item", "report_check"],
        "c": [
            "worksheet", "explanation", "explanation_item", "explanation_ask_again", "letter_check", "report_check",
            "late_paper", "late_paper_leaf", "progress_unit",
        ],
    },
}  # fmt: skip


@pytest.mark.parametrize("phase", PAGES)
def test_pages_around_a_dossier_are_accessible_and_fit_a_phone(
    phase: Phase, transactional_db: None, open_page: Callable[..., Page], axe: Callable[[Page], list[str]]
) -> None:
    world = build(phase)
    found = {}
    for name, routes in PAGES[phase].items():
        page = Desk(open_page(), world.year, name).page
        for route in routes:
            answer = page.goto(world.address(f"scoring:{route}"))
            assert answer is not None
            assert answer.status == 200, (name, route, answer.status)
            faults = axe(page)
            page.set_viewport_size({"width": 360, "height": 740})
            if page.evaluate(SIDEWAYS) > 0:
                faults.append("wider than 360 px")
            page.set_viewport_size({"width": 1280, "height": 900})
            if faults:
                found[name, route] = faults
    assert found == {}
