"""A script is refused in a shape that it can read: never by a page, never by a way that it would blindly follow."""

from __future__ import annotations

from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from tests.factories import SIGN_IN_BACKEND, OrganiserFactory, UserFactory, person, sign_in
from tests.year import Year, build_year
from units.enums import Role
from units.models import Organiser, Session, User
from units.services.accounts import issue_password

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]
SCRIPT = {"Accept": "application/json"}
BROWSER = {"Accept": "text/html,application/xhtml+xml,application/json;q=0.9"}
LEFT, SIGN_IN = "/tai-khoan/phien/con-lai/", "/tai-khoan/dang-nhap/"


@pytest.fixture
def year() -> Year:
    return build_year()


def trial(year: Year) -> str:
    return reverse("scoring:answer_trial", args=[year.organiser.slug, year.campaign.code, year.a.code, "1.2"])


def told(answer: Any, status: int) -> dict[str, Any]:
    assert answer.status_code == status
    assert answer["Content-Type"] == "application/json"
    assert answer["Cache-Control"] == "private, no-store"
    return answer.json()


def test_nobody_signed_in_is_told_the_way_back_to_the_page_and_not_led_there(year: Year) -> None:
    page = reverse("scoring:answer", args=[year.organiser.slug, year.campaign.code, year.a.code, "1.2"])
    before = {**SCRIPT, "Referer": f"http://testserver{page}?loc=1"}
    for answer in (Client().post(trial(year), headers=before), Client().get(LEFT, headers=before)):
        found = told(answer, 401)
        assert (found["state"], found["url"]) == ("signed_out", f"{SIGN_IN}?phien=het&next={page}%3Floc%3D1")


@pytest.mark.parametrize("page", ["", "https://evil.example/x", "//evil.example/"])
def test_the_way_back_never_leads_out_of_the_portal_nor_to_an_address_of_scripts(page: str) -> None:
    found = told(Client().get(LEFT, headers={**SCRIPT, "Referer": page}), 401)
    assert found["url"] == f"{SIGN_IN}?phien=het&next=/lam-viec/"


def test_a_browser_that_would_take_json_too_is_led_to_the_sign_in_as_ever() -> None:
    for headers in ({}, BROWSER, {"Accept": "*/*"}):
        answer = Client().get(LEFT, headers=headers)
        assert answer.status_code == 302
        assert answer["Location"].startswith(SIGN_IN)


def test_a_session_that_was_ended_elsewhere_is_told_as_such(year: Year) -> None:
    browser = year.browser("a1")
    Session.objects.all().delete()
    assert told(browser.post(trial(year), headers=SCRIPT), 401)["state"] == "signed_out"


def test_what_a_role_may_not_do_is_refused_with_its_sentence(year: Year) -> None:
    page = year.browser("c").post(trial(year))
    found = told(year.browser("c").post(trial(year), headers=SCRIPT), 403)
    assert found["state"] == "refused"
    assert found["text"] in page.content.decode()
    assert found["faults"] == [{"key": "", "label": "", "text": found["text"]}]


def test_a_form_that_is_too_old_is_told_apart_from_what_one_may_not_do(year: Year) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(year["a1"], backend=SIGN_IN_BACKEND)
    found = told(browser.post(trial(year), headers=SCRIPT), 403)
    assert found["state"] == "csrf"
    assert "Tải lại trang" in found["text"]


def test_an_open_page_goes_on_with_the_token_that_the_session_is_told() -> None:
    """The token changes with every sign-in; the page that stood open asks for the new one."""
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(UserFactory(), backend=SIGN_IN_BACKEND)
    assert browser.post(LEFT, headers={"X-CSRFToken": "x" * 64, **SCRIPT}).status_code == 403
    token = told(browser.get(LEFT, headers=SCRIPT), 200)["token"]
    assert browser.post(LEFT, headers={"X-CSRFToken": token, **SCRIPT}).status_code == 200


@pytest.mark.parametrize(
    ("ask", "status"),
    [
        (lambda browser: browser.get(f"{LEFT}?a=%00", headers=SCRIPT), 400),
        (lambda browser: browser.post(SIGN_IN, {f"a{n}": 1 for n in range(2001)}, headers=SCRIPT), 413),
        (
            lambda browser: browser.post(
                SIGN_IN, {"login": "x" * (settings.DATA_UPLOAD_MAX_MEMORY_SIZE + 1)}, headers=SCRIPT
            ),
            413,
        ),
        (lambda browser: browser.delete(LEFT, headers=SCRIPT), 405),
    ],
    ids=["unreadable", "many fields", "large", "method"],
)
def test_what_cannot_be_taken_is_refused_in_words(ask: Any, status: int) -> None:
    found = told(ask(sign_in(UserFactory())), status)
    assert found["state"] == "refused"
    assert found["text"].endswith(".")


def test_what_does_not_exist_is_the_one_constant_page_for_a_script_too(year: Year) -> None:
    never = sign_in(UserFactory()).get("/khong-co/")
    hidden = year.browser("b1").post(trial(year), headers=SCRIPT)
    assert (never.status_code, hidden.status_code) == (404, 404)
    assert never.content == hidden.content


@pytest.fixture
def organiser() -> Organiser:
    return OrganiserFactory()


@pytest.fixture
def administrator(organiser: Organiser) -> User:
    return person(Role.ADMINISTRATOR, organiser)


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_hold_refuses_a_script_and_leads_only_pages_away(settings: Any, administrator: User, method: str) -> None:
    """The second factor, and a password that somebody else gave, alike."""
    settings.SECOND_FACTOR_ROLES = frozenset({Role.ADMINISTRATOR})
    browser = sign_in(administrator)
    found = told(getattr(browser, method)(LEFT, headers=SCRIPT), 403)
    assert found["state"] == "refused"
    assert "xác nhận hai bước" in found["text"]
    assert browser.get(LEFT, headers=BROWSER).status_code == 302


def test_a_password_of_somebody_else_is_told_to_a_script(administrator: User) -> None:
    issue_password(administrator, by=None)
    administrator.refresh_from_db()
    found = told(sign_in(administrator).get(LEFT, headers=SCRIPT), 403)
    assert "Đặt mật khẩu của riêng mình" in found["text"]
