"""Signing in through a province's own service: it opens accounts that exist, believes signatures only, makes nobody.

Guards, and what fails when one is taken out: the signature (`test_a_token_under_a_wrong_signature_…`), the claims
(`test_a_token_is_not_believed_when_it_is`), the state (`test_an_answer_counts_once_…`), `true` and not a word
(`test_a_verified_address_…`), sign-up shut (`test_an_unknown_subject_…`), the second factor (`test_the_second_…`).
"""

from __future__ import annotations

import html
import re
from urllib.parse import urlsplit

import pytest
import requests
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount, SocialApp
from cryptography.hazmat.primitives.asymmetric import rsa
from django.core.cache import cache
from django.test import Client

from tests.factories import PASSWORD, OrganiserFactory, UserFactory, sign_in
from tests.units.second_factors import CONFIRM, OWN, SHOW, code_of, with_app
from tests.units.sign_on_server import SignOnService, sign_on_service
from units.enums import Role
from units.models import TrailEntry, User
from units.services.accounts import grant, issue_password
from units.services.people import NotNow
from units.services.single_sign_on import link, subject_of, unlink

pytestmark = [pytest.mark.abuse, pytest.mark.django_db]
SIGN_IN, START, BACK = "/tai-khoan/dang-nhap/", "/tai-khoan/mot-lan/", "/tai-khoan/mot-lan/ve/"
CHANGE = "/tai-khoan/doi-mat-khau/"
LINK, UNLINK, WORK = "/tai-khoan/bao-mat/mot-lan/noi/", "/tai-khoan/bao-mat/mot-lan/bo/", "/lam-viec/"


@pytest.fixture(scope="module")
def running():
    with sign_on_service() as server:
        yield server


@pytest.fixture
def service(running: SignOnService, settings) -> SignOnService:
    cache.clear()
    fresh = {"person": {"sub": "cb-0042"}, "about": None, "answer": lambda claims: claims}
    for name, value in {**fresh, "signing_key": running.key, "algorithm": "RS256"}.items():
        setattr(running, name, value)
    settings.SINGLE_SIGN_ON = running.settings()
    return running


@pytest.fixture
def user(db) -> User:
    person = UserFactory(username="binh", email="binh@tinh.gov.vn")
    grant(user=person, organiser=OrganiserFactory(), role=Role.COORDINATOR, by=None)
    return person


def way_there(browser: Client, start: str = START, **data: str) -> str:
    """The address of the service that the portal leads to."""
    page = browser.post(start, data)
    assert page.status_code == 200, page
    return html.unescape(re.search(r'content="0; url=([^"]+)"', page.content.decode())[1])


def way_back(address: str) -> str:
    """Where the service leads to, as path and query, after the person signed in there."""
    location = requests.get(address, allow_redirects=False, timeout=5).headers["Location"]
    return f"{urlsplit(location).path}?{urlsplit(location).query}"


def through(browser: Client, start: str = START, **data: str):
    return browser.get(way_back(way_there(browser, start, **data)))


def is_outside(browser: Client) -> bool:
    return "dang-nhap" in browser.get(WORK).get("Location", "")


def test_without_a_service_nothing_is_offered(user) -> None:
    assert "Đăng nhập bằng" not in Client().get(SIGN_IN).content.decode()
    assert [Client().post(START).status_code, Client().get(BACK).status_code] == [404, 404]
    browser = sign_in(user)
    browser.post(CONFIRM, {"password": PASSWORD, "next": OWN})
    assert browser.post(LINK).status_code == 404
    assert "mot-lan" not in browser.get(OWN).content.decode()


def test_a_linked_subject_opens_its_account_and_leads_where_one_was_going(service, user) -> None:
    link(user, "cb-0042", by=user)
    browser = Client()
    assert "Đăng nhập bằng VNeID thử" in browser.get(SIGN_IN).content.decode()
    assert through(browser, next="/lam-viec/nguoi/")["Location"] == "/lam-viec/nguoi/"
    assert not is_outside(browser)
    assert User.objects.get().has_usable_password()
    assert SocialAccount.objects.get().extra_data == {}


def test_an_unknown_subject_makes_nobody_and_opens_nothing(service, user) -> None:
    service.person |= {"email": user.email, "email_verified": True, "preferred_username": "binh", "name": "Bình"}
    browser = Client()
    answer = through(browser)
    assert (answer.status_code, is_outside(browser)) == (403, True)
    assert "Chưa có tài khoản nào của cổng nối với anh, chị" in answer.content.decode()
    assert (User.objects.count(), SocialAccount.objects.count()) == (1, 0)


@pytest.mark.parametrize(
    ("verified", "address", "is_open"),
    [
        (True, "BINH@tinh.gov.vn", True),
        (False, "binh@tinh.gov.vn", False),
        ("false", "binh@tinh.gov.vn", False),
        ("true", "binh@tinh.gov.vn", False),
        (True, "khac@tinh.gov.vn", False),
        (True, "bınh@tinh.gov.vn", False),  # PostgreSQL makes one capital of "ı" and "i"
        (True, "", False),
    ],
)
def test_a_verified_address_opens_where_the_setting_says_so(
    service, settings, user, verified, address, is_open
) -> None:
    settings.SINGLE_SIGN_ON = service.settings(match_email=True)
    service.person |= {"email": address, "email_verified": verified}
    browser = Client()
    through(browser)
    assert is_outside(browser) is not is_open
    assert (User.objects.count(), SocialAccount.objects.count()) == (1, 0)
    assert User.objects.get().check_password(PASSWORD)


def test_an_address_of_two_accounts_or_of_a_linked_one_opens_none(service, settings, user) -> None:
    settings.SINGLE_SIGN_ON = service.settings(match_email=True)
    service.person |= {"email": user.email, "email_verified": True}
    link(user, "nguoi-khac", by=user)
    assert through(Client()).status_code == 403
    unlink(user, by=user)
    twin = UserFactory(email=user.email, is_active=False)
    for is_active in (False, True):
        User.objects.filter(pk=twin.pk).update(is_active=is_active)
        assert through(Client()).status_code == 403


def test_a_locked_account_stays_locked(service, user) -> None:
    link(user, "cb-0042", by=user)
    User.objects.update(is_active=False)
    browser = Client()
    assert through(browser)["Location"] == "/tai-khoan/da-khoa/"
    assert is_outside(browser)


def test_the_second_factor_is_asked_here_too(service, user) -> None:
    link(with_app(user), "cb-0042", by=user)
    browser = Client()
    assert through(browser)["Location"] == SHOW
    assert is_outside(browser)
    assert browser.post(SHOW, {"code": code_of(user)})["Location"] == WORK


def test_a_password_that_was_given_holds_who_types_it_and_not_who_comes_from_the_service(service, user) -> None:
    link(user, "cb-0042", by=user)
    given = issue_password(user, by=None)
    browser = Client()
    assert through(browser)["Location"] == WORK
    assert CHANGE not in browser.get(WORK)["Location"]
    typed = Client()
    typed.post(SIGN_IN, {"login": user.username, "password": given})
    assert CHANGE in typed.get(WORK)["Location"]
    assert typed.post(LINK).status_code == 403  # nobody links another subject from there


def test_an_answer_counts_once_and_in_the_browser_that_asked(service, user) -> None:
    link(user, "cb-0042", by=user)
    browser = Client()
    back = way_back(way_there(browser))
    assert Client().get(back).status_code == 401
    assert browser.get(back).status_code == 302
    again = Client()
    again.cookies = browser.cookies
    again.post("/tai-khoan/dang-xuat/")
    assert again.get(back).status_code == 401
    assert browser.get(BACK).status_code == 401


def test_a_link_of_somebody_else_does_not_sign_one_in(service, user) -> None:
    """The attacker's own answer, sent to a victim: without the state of the victim's browser it is nothing."""
    link(user, "cb-0042", by=user)
    back = way_back(way_there(Client()))
    victim = Client()
    way_there(victim)
    assert victim.get(back).status_code == 401
    assert is_outside(victim)


BENT = {
    "of another issuer": lambda claims: claims | {"iss": "https://khac.example"},
    "for another client": lambda claims: claims | {"aud": "cong-khac"},
    "old": lambda claims: claims | {"exp": claims["iat"] - 60},
    "without an end": lambda claims: {name: value for name, value in claims.items() if name != "exp"},
    "about nobody": lambda claims: claims | {"sub": ""},
    "about a number": lambda claims: {name: value for name, value in claims.items() if name != "sub"},
    "about too long a name": lambda claims: claims | {"sub": "x" * 300},
}


@pytest.mark.parametrize("fault", BENT)
def test_a_token_is_not_believed_when_it_is(service, user, fault) -> None:
    link(user, "cb-0042", by=user)
    service.answer = BENT[fault]
    browser = Client()
    assert (through(browser).status_code, is_outside(browser)) == (401, True)


def test_a_token_under_a_wrong_signature_is_not_believed(service, user) -> None:
    link(user, "cb-0042", by=user)
    for key, algorithm in (
        (rsa.generate_private_key(public_exponent=65537, key_size=2048), "RS256"),
        ("bi-mat-cua-cong-bi-mat-cua-cong-bi-mat", "HS256"),
        (None, "none"),
    ):
        service.signing_key, service.algorithm = key, algorithm
        assert through(Client()).status_code == 401


def test_userinfo_about_somebody_else_is_not_believed(service, user) -> None:
    link(user, "nguoi-khac", by=user)
    service.about = {"sub": "nguoi-khac"}
    assert through(Client()).status_code == 401


def test_a_service_that_does_not_answer_is_told(service, settings) -> None:
    settings.SINGLE_SIGN_ON = service.settings(server="http://127.0.0.1:9")
    answer = Client().post(START)
    assert answer.status_code == 502
    assert "đang không trả lời" in answer.content.decode()


def test_giving_up_at_the_service_is_told(service) -> None:
    browser = Client()
    state = re.search(r"state=(\w+)", way_there(browser))[1]
    answer = browser.get(BACK, {"error": "access_denied", "state": state})
    assert (answer.status_code, "đã bị hủy" in answer.content.decode()) == (401, True)


def test_a_service_put_into_the_database_is_none(service, settings) -> None:
    settings.SINGLE_SIGN_ON = {}
    SocialApp.objects.create(provider="openid_connect", provider_id="sso", name="X", client_id="x", secret="x")
    assert Client().post(START).status_code == 404


def test_a_person_links_and_unlinks_by_himself_after_confirming(service, user) -> None:
    browser = sign_in(user)
    assert CONFIRM in browser.post(LINK)["Location"]
    browser.post(CONFIRM, {"password": PASSWORD, "next": OWN})
    assert through(browser, LINK)["Location"] == OWN
    assert subject_of(user) == "cb-0042"
    assert "mã định danh cb-0042" in browser.get(OWN).content.decode()
    assert browser.post(UNLINK)["Location"] == OWN
    assert subject_of(user) == ""
    acts = [entry.action for entry in TrailEntry.objects.filter(actor=user, action__contains="single_sign_on")]
    assert sorted(acts) == ["units.link_single_sign_on", "units.unlink_single_sign_on"]


def test_one_subject_opens_one_account(service, user) -> None:
    other = UserFactory()
    link(user, "cb-0042", by=user)
    with pytest.raises(NotNow):
        link(other, "cb-0042", by=other)
    assert not Authenticator.objects.exists()


def test_under_another_service_the_same_subject_is_somebody_else(service, settings, user) -> None:
    link(user, "cb-0042", by=user)
    settings.SINGLE_SIGN_ON = service.settings(server=f"{service.url}/")
    assert subject_of(user) == ""
