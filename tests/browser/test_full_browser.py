"""A browser whose storage is full: drafts of forms make room, what waits to be sent to the portal never does."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from playwright.sync_api import Page, expect

from scoring.enums import Stage
from tests.browser.conftest import PHONE
from tests.browser.desk import Desk
from tests.year import Year, build_year

NAMES = "JSON.stringify(Object.keys(localStorage).filter((name) => name.startsWith('draft:')))"
SIDEWAYS = "document.documentElement.scrollWidth - window.innerWidth"
# Unsent text of another leaf, with or without a later draft of a form, and not one more sign of room.
FILL_UP = """(hasDraft) => {
  const now = Date.now();
  const start = `draft:${vault.owner}:`;
  localStorage.setItem(`${start}o.other`, JSON.stringify({ at: now - 2000 }));
  if (hasDraft) localStorage.setItem(`${start}form`, JSON.stringify({ at: now - 1000, sealed: "x".repeat(9000) }));
  const takes = (count) => {
    try {
      localStorage.setItem("full", "x".repeat(count));
      return true;
    } catch {
      return false;
    }
  };
  let count = 0;
  for (let step = 2 ** 24; step >= 1; step /= 2) if (takes(count + step)) count += step;
  takes(count);
}"""


@pytest.fixture
def year(transactional_db: None) -> Year:
    return build_year()


@pytest.mark.parametrize(
    ("has_draft", "says"),
    [
        (True, "Chưa lưu được – còn giữ trên máy này"),
        (False, "Chưa lưu được – máy này hết chỗ giữ, đừng đóng trang này"),
    ],
)
def test_a_draft_makes_room_but_never_what_waits_to_be_sent(
    year: Year,
    open_page: Callable[..., Page],
    expecting: Callable[..., AbstractContextManager[None]],
    axe: Callable[[Page], list[str]],
    *,
    has_draft: bool,
    says: str,
) -> None:
    page = open_page(PHONE)
    Desk(page, year, "a1").go("phieu/SOA/tc/1.2/")
    page.evaluate(FILL_UP, has_draft)
    state = page.locator("[data-save-state]")
    with expecting(page, losses=True):
        page.context.set_offline(True)
        page.get_by_role("textbox", name="Số đạt được").fill("4")
        page.get_by_role("textbox", name="Tổng số").fill("5")
        expect(state).to_have_text(says)
        assert axe(page) == []
        assert page.evaluate(SIDEWAYS) <= 0
        kept = [name.rpartition(":")[2] for name in json.loads(page.evaluate(NAMES))]
        assert "o.other" in kept
        assert "form" not in kept
        assert len(kept) == (2 if has_draft else 1)
        page.context.set_offline(False)
        expect(state).to_have_text(re.compile(r"Đã lưu \d\d:\d\d"), timeout=20_000)
    stored = year.value("1.2", Stage.DECLARED)
    assert stored is not None
    assert stored.inputs == {"numerator": "4", "denominator": "5"}
