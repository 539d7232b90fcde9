"""Sessions: whose, where, how long, and that an ended one is ended (cases T20, T57, T68).

| Guard | Taken out, this fails |
|---|---|
| `forget_sessions` and the session hash in `lock`, `issue_password`, `set_password` | `test_who_is_shut_out_…` |
| `ended_at` in `MembershipQuerySet.valid_on` | `test_a_role_that_ended_a_minute_ago_…` |
| `filter(user=by)` in `end_session` | `test_nobody_ends_the_session_of_another` |
| `authorize` in `end_sessions_of` | `test_only_who_answers_for_the_account_…` |
| `min(…)` of the two limits in `session_store._end` | `test_a_session_ends_after…`, `test_…_whatever_is_done` |
| each condition of `_person` in `parindex.middleware` | `test_the_person_that_comes_with_a_session_is_proved_…` |
| `force_update` of a saved session (Django) | `test_a_request_under_way_does_not_bring_an_ended_session_back` |
"""

from __future__ import annotations

import datetime
import re

import pytest
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY
from django.contrib.sessions.exceptions import SessionInterrupted
from django.core.management import call_command
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext

from parindex.middleware import KeepSession
from tests.factories import PASSWORD, MembershipFactory, OrganiserFactory, UserFactory, person, sign_in
from tests.passing import time_passes
from units.enums import Role
from units.models import Session, TrailEntry, User
from units.services.people import end_membership, lock, new_password
from units.services.sessions import end_other_sessions

SESSIONS, LEFT, SIGN_IN = "/tai-khoan/phien/", "/tai-khoan/phien/con-lai/", "/tai-khoan/dang-nhap/"
END, END_OTHERS = SESSIONS + "ket-thuc/", SESSIONS + "ket-thuc-khac/"
CHROME = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0 Safari/537.36"
AGENTS = {
    CHROME: "Chrome trên Windows",
    CHROME + " Edg/131.0": "Edge trên Windows",
    CHROME + " coc_coc_browser/132": "Cốc Cốc trên Windows",
    "Mozilla/5.0 (X11; Linux x86_64; rv:133.0) Gecko/20100101 Firefox/133.0": "Firefox trên Linux",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) Mobile/15E148 Safari/604.1": "Safari trên iPhone",
    "Mozilla/5.0 (Linux; Android 14) Chrome/131.0 Mobile Safari/537.36": "Chrome trên Android",
    "curl/8": "Trình duyệt khác",
    "": "Trình duyệt khác",
}


@pytest.fixture
def organiser(db):
    return OrganiserFactory()


@pytest.fixture
def admin(organiser) -> User:
    return person(Role.ADMINISTRATOR, organiser, username="quan-tri")


@pytest.fixture
def binh(organiser) -> User:
    return person(Role.COORDINATOR, organiser, username="binh")


def enter(user: User, agent: str = CHROME, address: str = "203.0.113.5") -> Client:
    """Sign in by the form, as this browser from this address."""
    browser = Client(headers={"user-agent": agent}, REMOTE_ADDR=address)
    answer = browser.post(SIGN_IN, {"login": user.username, "password": PASSWORD})
    assert answer.status_code == 302, answer.content.decode()
    return browser


def is_in(browser: Client) -> bool:
    return browser.get(SESSIONS).status_code == 200


def marks(browser: Client) -> list[str]:
    return re.findall(r'name="phien" value="([0-9a-f]+)"', browser.get(SESSIONS).content.decode())


# ── T68: parallel sessions are listed and can be ended ───────────────────────────────────────────────────────────────


def test_parallel_sessions_are_listed_in_words_and_the_present_one_is_marked(binh) -> None:
    here, there = enter(binh), enter(binh, "curl/8", "2001:db8::7")
    page = here.get(SESSIONS).content.decode()
    assert page.count("(phiên này)") == 1
    for shown in ("Chrome trên Windows", "Trình duyệt khác", "203.0.113.5", "2001:db8::7"):
        assert shown in page
    for browser in (here, there):
        assert browser.cookies[settings.SESSION_COOKIE_NAME].value not in page


def test_a_browser_is_told_in_words(binh) -> None:
    assert {agent: Session(agent=agent).device for agent in AGENTS} == AGENTS


def test_an_ended_session_is_refused_on_the_next_request_and_the_trail_says_so(binh) -> None:
    here, there = enter(binh), enter(binh)
    assert here.post(END, {"phien": marks(here)[0]})["Location"] == SESSIONS
    assert (is_in(here), is_in(there)) == (True, False)
    assert there.get(SESSIONS)["Location"].startswith(SIGN_IN)
    assert TrailEntry.objects.filter(action="units.end_session", actor=binh).count() == 1
    assert "Phiên này đã kết thúc từ trước." in here.post(END, {"phien": "0" * 32}, follow=True).content.decode()


def test_all_others_are_ended_at_once_and_this_one_stays(binh) -> None:
    here, *others = enter(binh), enter(binh), enter(binh)
    assert "Đã kết thúc 2 phiên khác." in here.post(END_OTHERS, follow=True).content.decode()
    assert [is_in(browser) for browser in (here, *others)] == [True, False, False]
    assert "Không có phiên nào khác đang mở." in here.post(END_OTHERS, follow=True).content.decode()


def test_nobody_ends_the_session_of_another(binh, admin) -> None:
    mine, foreign, foreign_too = enter(binh), enter(admin), enter(admin)
    for mark in [*marks(foreign), *marks(foreign_too)]:
        mine.post(END, {"phien": mark})
    mine.post(END_OTHERS)
    assert is_in(foreign)
    assert is_in(foreign_too)
    assert end_other_sessions(None, by=binh) == 1


def test_only_who_answers_for_the_account_ends_all_sessions_of_a_person(organiser, binh, admin) -> None:
    here, there = enter(binh), enter(binh)
    path = f"/lam-viec/{organiser.slug}/nguoi/{binh.pk}/"
    assert "Phiên đang mở (2)" in enter(admin).get(path).content.decode()
    other = MembershipFactory(user=UserFactory(username="lanh-dao"), organiser=organiser, role=Role.LEADER).user
    assert enter(other).post(path + "phien/").status_code == 403
    MembershipFactory(user=binh, role=Role.COORDINATOR)  # a role elsewhere: the account is the keeper's affair
    assert enter(admin).post(path + "phien/").status_code == 403
    assert is_in(here)

    binh.memberships.exclude(organiser=organiser).delete()
    answer = enter(admin).post(path + "phien/", follow=True)
    assert "Đã kết thúc 2 phiên đang mở" in answer.content.decode()
    assert (is_in(here), is_in(there)) == (False, False)
    assert TrailEntry.objects.filter(action="units.end_sessions_of_person", actor=admin).count() == 1


# ── T20: what is taken from a person is taken from every open session ────────────────────────────────────────────────


def change_own_password(user: User) -> None:
    new = "ruong-moi-2026-xyz"
    answer = enter(user).post("/tai-khoan/doi-mat-khau/", {"oldpassword": PASSWORD, "password1": new, "password2": new})
    assert answer.status_code == 302


TAKEN = {
    "locked": lambda admin, user: lock(user, by=admin),
    "new password by an administrator": lambda admin, user: new_password(user, by=admin),
    "own new password elsewhere": lambda admin, user: change_own_password(user),
    "switched off past every service": lambda admin, user: User.objects.filter(pk=user.pk).update(is_active=False),
}


@pytest.mark.parametrize("what", TAKEN)
def test_who_is_shut_out_is_refused_on_the_next_request_in_every_open_session(admin, binh, what) -> None:
    browsers = [enter(binh), enter(binh)]
    assert all(map(is_in, browsers))
    TAKEN[what](admin, binh)
    assert [browser.get(SESSIONS)["Location"].partition("?")[0] for browser in browsers] == [SIGN_IN, SIGN_IN]


def test_a_role_that_ended_a_minute_ago_opens_nothing_in_any_open_session(organiser, admin, binh) -> None:
    browsers, path = [enter(binh), enter(binh)], f"/lam-viec/{organiser.slug}/"
    assert [browser.get(path).status_code for browser in browsers] == [200, 200]
    end_membership(binh.memberships.get(), last_day=None, by=admin)
    assert [browser.get(path).status_code for browser in browsers] == [404, 404]
    assert all(map(is_in, browsers))  # the account itself is still there


# ── T57: two limits, decided by the server ───────────────────────────────────────────────────────────────────────────


def test_a_session_ends_after_half_an_hour_without_a_request(binh) -> None:
    browser = enter(binh)
    time_passes(minutes=29, seconds=55)
    assert is_in(browser)
    time_passes(minutes=29, seconds=55)
    assert is_in(browser)
    time_passes(minutes=30)
    assert browser.get(SESSIONS).get("Location") == f"{SIGN_IN}?phien=het&next=/tai-khoan/phien/"
    assert not is_in(browser)


def test_a_session_ends_twelve_hours_after_the_sign_in_whatever_is_done(binh) -> None:
    browser = enter(binh)
    for _ in range(24):
        assert is_in(browser)
        time_passes(minutes=29, seconds=50)
    assert is_in(browser)
    time_passes(minutes=4)
    assert not is_in(browser)


def test_a_new_password_of_ones_own_does_not_lengthen_the_session(binh) -> None:
    browser = enter(binh)
    before = Session.objects.get(user=binh).opened_at
    new = "ruong-moi-2026-xyz"
    browser.post("/tai-khoan/doi-mat-khau/", {"oldpassword": PASSWORD, "password1": new, "password2": new})
    assert is_in(browser)
    assert Session.objects.get(user=binh).opened_at == before


def test_what_a_page_asks_by_itself_keeps_no_session_alive(binh) -> None:
    browser = enter(binh)
    time_passes(minutes=20)
    by_itself = {"headers": {KeepSession.BY_ITSELF: "1"}}
    assert browser.get(LEFT, **by_itself).json()["idle"] <= 600
    time_passes(minutes=9)
    assert browser.get(LEFT, **by_itself).json()["idle"] <= 60
    assert browser.post(LEFT).json()["idle"] >= 1795
    time_passes(minutes=30)
    assert browser.get(LEFT, **by_itself).status_code == 302


def test_reading_twice_in_a_minute_writes_nothing(binh) -> None:
    browser = enter(binh)
    before = Session.objects.values_list("seen_at", "expire_date").get()
    assert is_in(browser)
    assert Session.objects.values_list("seen_at", "expire_date").get() == before
    time_passes(minutes=2)
    assert is_in(browser)
    assert Session.objects.get().seen_at > before[0] - datetime.timedelta(minutes=1)


def test_a_page_that_loads_itself_anew_keeps_no_session_alive(binh, rf) -> None:
    browser = enter(binh)
    time_passes(minutes=20)
    before = Session.objects.get().expire_date
    for headers, moves in (({"Refresh": "4"}, False), ({}, True)):
        request = rf.get("/")
        request.COOKIES = {settings.SESSION_COOKIE_NAME: browser.cookies[settings.SESSION_COOKIE_NAME].value}
        middleware = KeepSession(lambda request: None)
        middleware.process_request(request)
        assert request.session["_auth_user_id"] == str(binh.pk)
        middleware.process_response(request, HttpResponse(headers=headers))
        assert (Session.objects.get().expire_date > before) is moves


def test_what_ran_out_is_cleared_every_night_and_nothing_else(binh) -> None:
    old, young = enter(binh), enter(binh)
    time_passes(minutes=20)
    assert is_in(young)
    time_passes(minutes=15)
    call_command("clearsessions")
    assert Session.objects.get().session_key == young.cookies[settings.SESSION_COOKIE_NAME].value
    assert (is_in(old), is_in(young)) == (False, True)


@pytest.mark.parametrize("what", ["closed", "password", "backend", "somebody else"])
def test_the_person_that_comes_with_a_session_is_proved_like_one_that_is_asked_for(binh, admin, what) -> None:
    browser = sign_in(binh)
    assert browser.get(SESSIONS).status_code == 200
    if what == "closed":
        User.objects.filter(pk=binh.pk).update(is_active=False)
    elif what == "password":
        binh.set_password("một mật khẩu khác hẳn")
        User.objects.filter(pk=binh.pk).update(password=binh.password)
    elif what == "backend":
        session = browser.session
        session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.AllowAllUsersModelBackend"
        session.save()
    else:
        Session.objects.filter(user=binh).update(user=admin)
    answer = browser.get(SESSIONS)
    if what == "somebody else":
        assert binh.full_name in answer.content.decode(), "what the session holds decides, not the row beside it"
    else:
        assert answer.status_code == 302, "the sign-in is shown"


def test_a_page_asks_for_the_session_and_its_person_in_one_question(binh) -> None:
    browser = sign_in(binh)
    browser.get(SESSIONS)
    with CaptureQueriesContext(connection) as asked:
        browser.get(SESSIONS)
    assert sum('FROM "units_session" LEFT' in query["sql"] for query in asked) == 1
    assert not [query for query in asked if 'FROM "units_user" ' in query["sql"]]


def test_a_public_page_asks_for_no_session(binh, django_assert_num_queries) -> None:
    browser = enter(binh)
    with django_assert_num_queries(0):
        browser.get("/robots.txt")


def test_a_request_under_way_does_not_bring_an_ended_session_back(binh, rf) -> None:
    browser = enter(binh)
    request = rf.get("/")
    request.COOKIES = {settings.SESSION_COOKIE_NAME: browser.cookies[settings.SESSION_COOKIE_NAME].value}
    middleware = KeepSession(lambda request: None)
    middleware.process_request(request)
    request.session["con-viec"] = 1
    Session.objects.all().delete()
    with pytest.raises(SessionInterrupted):
        middleware.process_response(request, browser.get("/robots.txt"))
    assert not Session.objects.exists()


# ── a form that came too late ────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("referer", "back"),
    [
        ("http://testserver/lam-viec/?a=1", "/lam-viec/%3Fa%3D1"),
        ("https://xau.example/lam-viec/", "/tai-khoan/phien/ket-thuc-khac/"),
        ("//xau.example/", "/tai-khoan/phien/ket-thuc-khac/"),
        ("", "/tai-khoan/phien/ket-thuc-khac/"),
    ],
)
def test_a_form_sent_with_a_dead_session_leads_by_the_sign_in_to_its_page(binh, referer, back) -> None:
    browser = enter(binh)
    Session.objects.all().delete()
    answer = browser.post(END_OTHERS, headers={"referer": referer})
    assert answer["Location"] == f"{SIGN_IN}?phien=chua-luu&next={back}"
    page = browser.get(answer["Location"]).content.decode()
    assert "lần bấm vừa rồi chưa được ghi" in page


def test_who_never_signed_in_is_not_told_of_a_session_that_ended(db) -> None:
    assert Client().get(SESSIONS)["Location"] == f"{SIGN_IN}?next=/tai-khoan/phien/"


def test_only_a_form_that_was_taken_is_said_to_be(binh) -> None:
    number = "0123456789abcdef"
    browser = enter(binh)
    assert browser.post(END_OTHERS, {"_nhap": number}).cookies["da-nhan"].value == number
    assert "da-nhan" not in browser.post("/tai-khoan/doi-mat-khau/", {"_nhap": number}).cookies
    for wrong in ("", "x" * 16, number + "0", "a;b=c", "\r\nSet-Cookie: a=b"):
        assert "da-nhan" not in enter(binh).post(END_OTHERS, {"_nhap": wrong}).cookies
    Session.objects.all().delete()
    assert "da-nhan" not in browser.post(END_OTHERS, {"_nhap": number}).cookies
