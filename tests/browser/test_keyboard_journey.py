"""A commune's official fills the whole sample set without touching the mouse, loses the network for a minute, is signed
out once, and finds every value stored."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from scoring.engine.single import Leaf
from scoring.enums import Stage
from scoring.models import Unfinished, Value
from scoring.services.figures import given_at, slots_of
from scoring.services.leaves import leaf_of
from tests.factories import PASSWORD
from tests.scoring.report.sample import commune_answers, give_commune_set
from tests.year import Year, build_year
from units.models import Session

Expecting = Callable[..., AbstractContextManager[None]]
OFFLINE_AT, SIGNED_OUT_AT = "3.1.2", "5.1.2"  # two leaves of figures in the middle
ON_THIS_COMPUTER = "Chưa lưu được – còn giữ trên máy này"
FARTHEST = 80  # presses of Tab to anything that a person looks for on a page
FOCUSED = """() => {
  const on = document.activeElement;
  return {tag: on.tagName, type: on.type ?? "", name: on.name ?? "", value: on.value ?? "", checked: !!on.checked,
          text: (on.textContent ?? "").trim().replace(/\\s+/g, " "), label: on.getAttribute("aria-label") ?? ""};
}"""


class Keys:
    """Hands on the keyboard. Nothing here points, clicks or opens an address."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def at(self) -> dict[str, Any]:
        return dict(self.page.evaluate(FOCUSED))

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def type(self, text: str) -> None:
        """Over what stands in the field."""
        self.press("Control+A")
        self.page.keyboard.type(text)

    def tab_to(self, wanted: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """Press Tab until the cursor is where `wanted` says."""
        for _ in range(FARTHEST):
            if wanted(found := self.at()):
                return found
            self.press("Tab")
        raise AssertionError("the keyboard does not lead there")

    def tab_to_text(self, words: str) -> dict[str, Any]:
        return self.tab_to(lambda on: on["tag"] in ("A", "BUTTON", "SUMMARY") and words in on["text"])

    def sign_in(self, username: str) -> None:
        self.tab_to(lambda on: on["name"] == "login")
        self.type(username)
        self.press("Tab")
        self.type(PASSWORD)
        with self.page.expect_navigation():
            self.press("Enter")

    # ── one leaf ──────────────────────────────────────────────────────────────────────────────────────────────────

    def fill(self, wanted: dict[str, Any]) -> None:
        """From the first field on: each field by its name gets what `wanted` has for it."""
        left = dict(wanted)
        for _ in range(FARTHEST):
            if not left:
                return
            on = self.at()
            if on["name"] in left:
                self._give(on, left)
            self.press("Tab")
        raise AssertionError(f"the keyboard does not lead to {sorted(left)}")

    def _give(self, on: dict[str, Any], left: dict[str, Any]) -> None:
        value = left[on["name"]]
        if on["type"] == "radio":
            if not on["checked"]:
                self.press("Space")
            for _ in range(FARTHEST):
                if self.at()["value"] == value:
                    break
                self.press("ArrowDown")
        elif on["type"] == "checkbox":
            if on["value"] not in value:
                return
            self.press("Space")
            left[on["name"]] = value = [one for one in value if one != on["value"]]
            if value:
                return
        else:
            self.type(value)
        del left[on["name"]]


def fields_of(leaf: Leaf, answer: dict[str, Any]) -> dict[str, Any]:
    """What stands in the form of one leaf when `answer` is typed into it, by name of the field."""
    given, slots = given_at(leaf, answer["inputs"]), {slot.name: slot for slot in slots_of(leaf)}
    typed = {f"so-{name}": value if isinstance(value, list) else slots[name].typed(value)
             for name, value in given.items()}  # fmt: skip
    return typed | ({"note": answer["note"]} if answer.get("note") else {})


@pytest.fixture
def year(transactional_db: None) -> Year:
    return build_year()


def code_shown(page: Page) -> str:
    found = re.search(r"/tc/([\d.]+)/", page.url)
    return found[1] if found else ""


def test_a_whole_sample_set_is_filled_by_keyboard_through_a_lost_network_and_an_ended_session(
    year: Year, page: Page, expecting: Expecting
) -> None:
    leaves, answers = give_commune_set(year), commune_answers()
    keys = Keys(page)
    page.clock.install()
    page.goto("/tai-khoan/dang-nhap/")  # the one address that is given: the bookmark
    keys.sign_in(year["a1"].username)
    open_the_first_leaf(keys)

    filled: list[str] = []
    while len(filled) < len(answers):
        code = code_shown(page)
        if code in answers:
            wanted = fields_of(leaf_of(leaves[code], year.campaign), answers[code])
            if code == OFFLINE_AT:
                with expecting(page, losses=True):
                    without_network(keys, wanted)
            elif code == SIGNED_OUT_AT:
                with expecting(page, 401):
                    after_an_ended_session(keys, wanted, year["a1"].username)
            else:
                keys.fill(wanted)
            filled.append(code)
        on_to_the_next(keys, code)
    assert sorted(filled) == sorted(answers), "every leaf of the unit was met, once"

    stored = {value.criterion.code: value for value in Value.objects.filter(participant=year.a, stage=Stage.DECLARED)
              .select_related("criterion")}  # fmt: skip
    assert {code: (value.inputs, value.note) for code, value in stored.items()} == {
        code: (answer["inputs"], answer.get("note", "")) for code, answer in answers.items()
    }
    assert not Unfinished.objects.exists()


def open_the_first_leaf(keys: Keys) -> None:
    """From the first page after the sign-in to the first field."""
    page = keys.page
    if "/phieu/" not in page.url:
        with page.expect_navigation():
            keys.tab_to(lambda on: on["tag"] == "A" and "/phieu/SOA/" in page.evaluate("document.activeElement.href"))
            keys.press("Enter")
    if not code_shown(page):
        with page.expect_navigation():
            keys.tab_to(lambda on: on["tag"] == "A" and "/tc/1.1.1/" in page.evaluate("document.activeElement.href"))
            keys.press("Enter")
    keys.tab_to(lambda on: on["name"].startswith("so-"))


def on_to_the_next(keys: Keys, code: str) -> None:
    """Ctrl+Enter saves and leads on, Alt+↓ passes a leaf that is left for later or filled in by somebody else."""
    how = "Control+Enter" if code in commune_answers() else "Alt+ArrowDown"
    with keys.page.expect_navigation():
        keys.press(how)
    assert code_shown(keys.page) not in ("", code)


def without_network(keys: Keys, wanted: dict[str, Any]) -> None:
    page = keys.page
    page.context.set_offline(True)
    keys.fill(wanted)
    expect(page.locator("[data-save-state]").first).to_have_text(ON_THIS_COMPUTER)
    page.clock.fast_forward(60_000)
    before = page.url
    keys.press("Control+Enter")
    expect(page.locator("[data-save-state]").first).to_have_text(ON_THIS_COMPUTER)
    assert page.url == before, "the page stays while nothing can be stored"
    page.context.set_offline(False)
    expect(page.locator("[data-save-state]").first).to_have_text(re.compile(r"Đã lưu \d\d:\d\d"))


def after_an_ended_session(keys: Keys, wanted: dict[str, Any], username: str) -> None:
    page = keys.page
    Session.objects.all().delete()
    keys.fill(wanted)
    expect(page.locator("[data-save-state]").first).to_have_text(re.compile("Phiên làm việc đã hết"))
    with page.expect_navigation():
        keys.tab_to_text("Đăng nhập lại")
        keys.press("Enter")
    keys.sign_in(username)
    expect(page.locator("[data-save-state]").first).to_have_text(re.compile(r"Đã lưu \d\d:\d\d"))
