"""One person at a browser of his or her own, in a year of `tests.year`; acts as people do, and as they should not."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from django.conf import settings
from playwright.sync_api import Locator, Page, expect

from tests.year import Year


class Desk:
    """`page` is signed in as the person; addresses are below the campaign's own."""

    def __init__(self, page: Page, year: Year, name: str) -> None:
        self.page, self.base = page, f"/lam-viec/{year.organiser.slug}/ky/{year.campaign.code}/"
        cookie = year.browser(name).cookies[settings.SESSION_COOKIE_NAME]
        page.context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": self._home}])

    @property
    def _home(self) -> str:
        return self.page.evaluate("location.origin") if self.page.url.startswith("http") else self._open_home()

    def _open_home(self) -> str:
        self.page.goto("/tai-khoan/dang-nhap/")
        return str(self.page.evaluate("location.origin"))

    # ── what people do ────────────────────────────────────────────────────────────────────────────────────────────

    def go(self, path: str = "") -> Desk:
        answer = self.page.goto(self.base + path)
        assert answer is not None
        assert answer.status == 200, f"{answer.status}: {path}"
        return self

    def fill(self, label: str, text: str) -> Desk:
        self.page.get_by_role("textbox", name=label).first.fill(text)
        return self

    def choose(self, label: str) -> Desk:
        """Tick what carries this label."""
        self.page.get_by_label(label).first.check()
        return self

    def attach(self, label: str, file: Path) -> Desk:
        self.page.get_by_label(label).set_input_files(file)
        return self

    def press(self, button: str, *, answers: int = 200) -> Desk:
        """Press, and see the page that comes of it with this status (a redirect is followed)."""
        # Not by the response alone: a button may first store what is typed, and the old page stands until then.
        with self.page.expect_navigation() as response:
            self._buttons(button).first.click()
        assert response.value.status == answers, f"{button}: {response.value.status}"
        return self

    def enter(self, label: str) -> Desk:
        """Press Enter in a field, and see the page that comes of it."""
        with self.page.expect_navigation():
            self.page.get_by_role("textbox", name=label).first.press("Enter")
        return self

    def follow(self, link: str) -> Desk:
        self.page.get_by_role("link", name=link).first.click()
        self.page.wait_for_load_state()
        return self

    def unfold(self, summary: str) -> Desk:
        self.page.locator("summary", has_text=summary).first.click()
        return self

    def sees(self, *texts: str) -> Desk:
        for text in texts:
            expect(self.page.locator("main").get_by_text(text).first).to_be_visible()
        return self

    def has_no_button(self, *names: str) -> Desk:
        for name in names:
            expect(self._buttons(name)).to_have_count(0)
        return self

    def _buttons(self, name: str) -> Locator:
        """Buttons of this name; what follows a colon is told to readers of the page only (which group it is about)."""
        return self.page.get_by_role("button", name=re.compile(rf"^{re.escape(name)}(\s?:.*)?$"))

    # ── what people should not do ─────────────────────────────────────────────────────────────────────────────────

    def asks(self, path: str) -> int:
        """The status of a page that nobody led this person to."""
        return self.page.request.get(self.base + path, max_redirects=0).status

    def posts(self, path: str, **fields: str) -> tuple[int, str]:
        """Status and text of the answer to a form that no page of this person offered."""
        token = next(item["value"] for item in self.page.context.cookies() if item["name"] == settings.CSRF_COOKIE_NAME)
        form = {"csrfmiddlewaretoken": token, **fields}
        answer = self.page.request.post(self.base + path, form=form, max_redirects=0)
        return answer.status, answer.text()


Sit = Callable[[str], Desk]
"""`sit("a1")`: the desk of a person, opened when first asked for."""
