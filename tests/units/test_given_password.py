"""A password that an administrator gave is changed by its owner before anything else; what holds the person, what does
not, and what ends the hold."""

from __future__ import annotations

import pytest
from django.core.cache import cache
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from parindex.middleware import FirstThingsFirst
from tests.abuse.test_forgotten_password import SITE, link_for, set_new
from tests.abuse.test_second_factor import plain_addresses
from tests.factories import PASSWORD, OrganiserFactory, UserFactory, person, sign_in
from tests.units.second_factors import OWN, SHOW, SIGN_IN, code_of, with_app
from units.enums import Role
from units.models import Organiser, TrailEntry, User
from units.services.accounts import issue_password
from units.services.invitations import accept, invitation_of_code, issue_code
from units.services.people import lock, new_password, unlock

pytestmark = pytest.mark.django_db
CHANGE, SIGN_OUT, WORK = "/tai-khoan/doi-mat-khau/", "/tai-khoan/dang-xuat/", "/lam-viec/"
NEW = "ruong-moi-2027-xyz"
HELD = f"{CHANGE}?next={WORK}"
ASKED = "Đặt mật khẩu của riêng mình"
STILL = "Đây vẫn là mật khẩu do người quản trị đặt. Chọn mật khẩu khác."
NOT_CHANGED = "Chưa đổi mật khẩu do quản trị viên đặt"


@pytest.fixture(autouse=True)
def _no_counts_of_other_tests() -> None:
    cache.clear()


@pytest.fixture
def organiser() -> Organiser:
    return OrganiserFactory()


@pytest.fixture
def administrator(organiser) -> User:
    return person(Role.ADMINISTRATOR, organiser)


@pytest.fixture
def user(organiser) -> User:
    return person(Role.COORDINATOR, organiser, username="binh", email="binh@tinh.example")


def entered(user: User, password: str) -> Client:
    """A browser in which the person signed in with `password`."""
    browser = Client()
    assert browser.post(SIGN_IN, {"login": user.username, "password": password}).status_code == 302
    return browser


def change(browser: Client, old: str, new: str = NEW, address: str = CHANGE):
    return browser.post(address, {"oldpassword": old, "password1": new, "password2": new})


def is_held(user: User) -> bool:
    return User.objects.get(pk=user.pk).has_given_password


def test_nothing_opens_before_the_given_password_is_changed(user) -> None:
    browser = entered(user, issue_password(user, by=None))
    kept = {"account_logout", "account_change_password"}
    for name, address in plain_addresses(for_strangers=False):  # the answers that are JSON among them
        if name not in kept:
            assert browser.get(address).get("Location") == f"{CHANGE}?next={address}", name
            assert browser.post(address).status_code == 403, name
            assert browser.get(address, headers={"HX-Request": "true"}).status_code == 403, name
    assert browser.get("/lam-viec/khong-co/").get("Location") == f"{CHANGE}?next=/lam-viec/khong-co/"
    shown = browser.get(CHANGE).content.decode()
    assert f"<h1>{ASKED}</h1>" in shown
    assert "do người quản trị đặt nên còn người khác biết" in shown
    assert "Về khu làm việc" not in shown


def test_pages_of_everybody_and_signing_out_stay_open(user) -> None:
    browser = entered(user, issue_password(user, by=None))
    for address in ("/", "/healthz", "/robots.txt", "/tai-khoan/quen-mat-khau/"):
        assert browser.get(address).status_code == Client().get(address).status_code, address
    assert browser.get(SIGN_OUT).status_code == 200
    assert browser.post(SIGN_OUT)["Location"] == "/"
    assert "dang-nhap" in browser.get(WORK)["Location"]


def test_a_form_that_was_sent_meanwhile_is_refused_in_words_and_not_said_to_be_taken(user) -> None:
    browser = entered(user, issue_password(user, by=None))
    answer = browser.post(reverse("own_sessions_end"), {"_nhap": "0123456789abcdef"})
    assert answer.status_code == 403
    assert "Mật khẩu đang dùng do người quản trị đặt." in answer.content.decode()
    assert "da-nhan" not in answer.cookies  # the page goes on keeping what was typed


def test_the_new_password_opens_the_page_that_was_asked_for(user, organiser) -> None:
    given = issue_password(user, by=None)
    browser = entered(user, given)
    wanted = reverse("scoring:campaigns", args=[organiser.slug]) + "?trang=2"
    held = browser.get(wanted)["Location"]
    answer = change(browser, given, address=held)
    assert answer["Location"] == wanted
    assert browser.get(wanted).status_code == 200
    assert not is_held(user)
    assert User.objects.get().check_password(NEW)
    acts = TrailEntry.objects.filter(object_id=str(user.pk)).values_list("action", flat=True)
    assert list(acts)[-2:] == ["units.issue_password", "units.set_own_password"]


def test_the_way_back_leads_nowhere_else(user) -> None:
    given = issue_password(user, by=None)
    assert change(entered(user, given), given, address=f"{CHANGE}?next=//xau.example/")["Location"] == CHANGE


def test_the_given_password_is_not_taken_for_a_new_one(user) -> None:
    given = issue_password(user, by=None)
    browser = entered(user, given)
    assert STILL in change(browser, given, given).content.decode()
    assert is_held(user)
    assert browser.get(WORK)["Location"] == HELD


def test_of_several_open_sessions_each_is_held_and_the_others_end_with_the_change(user) -> None:
    before = sign_in(user)
    given = issue_password(user, by=None)
    assert "dang-nhap" in before.get(WORK)["Location"]
    first, second = entered(user, given), entered(user, given)
    assert [browser.get(WORK)["Location"] for browser in (first, second)] == [HELD, HELD]
    change(first, given)
    assert CHANGE not in first.get(WORK)["Location"]
    assert "dang-nhap" in second.get(WORK)["Location"]
    assert change(entered(user, NEW), NEW, "ruong-khac-2028-abc")["Location"] == CHANGE  # as ever afterwards


def test_a_forgotten_password_ends_the_hold_by_another_password_alone(user, settings) -> None:
    settings.SITE_URL, settings.HAS_MAIL = SITE, True
    given = issue_password(user, by=None)
    way = link_for("binh")
    refused = set_new(way, password=given)
    assert (refused.status_code, STILL in refused.content.decode(), is_held(user)) == (422, True, True)
    assert set_new(way, password=NEW).status_code == 302
    assert not is_held(user)


def test_a_code_of_a_slip_leads_to_a_password_of_ones_own_and_no_hold(user, organiser, administrator) -> None:
    given = issue_password(user, by=administrator)
    code = issue_code(organiser, user, by=administrator).code
    browser = Client()
    browser.post(reverse("invitation_code"), {"username": "binh", "code": code})
    place = reverse("invitation_password")
    assert STILL in browser.post(place, {"password1": given, "password2": given}).content.decode()
    assert is_held(user)
    assert browser.post(place, {"password1": NEW, "password2": NEW})["Location"] == WORK
    assert CHANGE not in browser.get(WORK).get("Location", "")


def test_who_was_invited_was_never_given_a_password(organiser, administrator) -> None:
    newcomer = person(Role.LEADER, organiser, password=None)
    code = issue_code(organiser, newcomer, by=administrator).code
    accept(invitation_of_code(newcomer.username, code), NEW)
    assert User.objects.get(pk=newcomer.pk).password_given_at is None


def test_a_lock_takes_the_mark_with_the_password_and_opening_gives_both(user, administrator) -> None:
    new_password(user, by=administrator)
    lock(user, by=administrator)
    assert not is_held(user)
    unlock(User.objects.get(pk=user.pk), by=administrator)
    assert is_held(user)


def test_the_second_factor_is_shown_first_and_set_up_last(user, settings) -> None:
    settings.SECOND_FACTOR_ROLES = frozenset({Role.COORDINATOR})
    given = issue_password(user, by=None)
    browser = entered(user, given)
    assert browser.get(OWN)["Location"] == f"{CHANGE}?next={OWN}"
    assert browser.get(reverse("mfa_activate_totp")).status_code == 302
    change(browser, given)
    assert browser.get(WORK)["Location"] == OWN
    again = issue_password(with_app(user), by=None)
    browser = entered(user, again)
    assert "dang-nhap" in browser.get(CHANGE)["Location"]  # the password alone opens nothing, not even this
    browser.post(SHOW, {"code": code_of(user)})
    assert browser.get(WORK)["Location"] == HELD


def test_what_the_first_hold_leaves_open_the_second_does_too() -> None:
    first, second = FirstThingsFirst.HOLDS
    assert first.open < second.open


def test_people_of_the_demo_are_not_held() -> None:
    user = UserFactory(is_demo=True)
    assert CHANGE not in entered(user, issue_password(user, by=None)).get(WORK).get("Location", "")


def test_the_hold_costs_no_question(user, django_assert_num_queries) -> None:
    browser = sign_in(user)
    browser.get(CHANGE)
    with django_assert_num_queries(1):  # the session with its person
        browser.get(CHANGE)
    issue_password(user, by=None)
    browser = sign_in(user)
    browser.get(WORK)
    with django_assert_num_queries(1):
        assert browser.get(WORK)["Location"] == HELD


def test_the_page_of_a_person_tells_until_the_password_is_changed(user, organiser, administrator) -> None:
    office, page = sign_in(administrator), reverse("units:person", args=[organiser.slug, user.pk])
    assert NOT_CHANGED not in office.get(page).content.decode()
    given = office.post(reverse("units:person_password", args=[organiser.slug, user.pk])).context["password"]
    assert NOT_CHANGED in office.get(page).content.decode()
    change(entered(user, given), given)
    assert NOT_CHANGED not in office.get(page).content.decode()


def test_who_is_made_at_the_server_changes_what_was_typed_there(organiser, monkeypatch) -> None:
    monkeypatch.setattr("sys.stdin.isatty", lambda: True)
    monkeypatch.setattr("getpass.getpass", lambda prompt: PASSWORD)
    call_command("create_administrator", "quantri", name="Lê Thị An", organiser=organiser.slug)
    made = User.objects.get(username="quantri")
    assert made.has_given_password
    assert entered(made, PASSWORD).get(WORK)["Location"] == HELD


def test_whoever_has_no_password_here_is_told_so_instead_of_asked_for_it(user) -> None:
    user.set_unusable_password()
    user.save(update_fields=["password"])
    browser = sign_in(user)
    for answer in (browser.get(CHANGE, follow=True), browser.post(CHANGE, {"password1": NEW}, follow=True)):
        assert answer.redirect_chain == [("/tai-khoan/bao-mat/", 302)]
        assert "chưa có mật khẩu trên cổng" in answer.text
