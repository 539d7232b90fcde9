"""The second factor cannot be gone round (case T56), and who must have one can do nothing without.

Guards, and what fails when one is taken out: the stage after the password (`test_the_password_alone_opens_nothing`),
the counter that is kept (`test_a_code_counts_once`), the limit of guesses (`test_guessing_ends_after_ten`), the factor
asked again (`test_who_has_a_factor_confirms_with_it`), the middleware (`test_nothing_opens_before_…`), `@confirmed`
and the approval (`test_acts_that_count_ask_for_the_factor_again`, `test_approving_asks_for_the_factor_too`).
"""

from __future__ import annotations

import contextlib
import re

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from allauth.mfa.utils import decrypt
from django.core.cache import cache
from django.test import Client
from django.urls import NoReverseMatch, reverse

from parindex import env
from parindex.middleware import FirstThingsFirst
from tests.abuse.test_sign_in import ENGLISH, text
from tests.factories import PASSWORD, OrganiserFactory, UserFactory, sign_in
from tests.units.second_factors import CONFIRM, OWN, SHOW, code_of, password_given, signed_in_with_code, with_app
from tests.world import routes
from units.enums import Role
from units.models import Organiser, TrailEntry, User
from units.services.accounts import grant
from units.services.second_factor_changes import new_recovery_codes

pytestmark = [pytest.mark.abuse, pytest.mark.django_db]
WORK = "/lam-viec/"


@pytest.fixture(autouse=True)
def _no_counts_of_other_tests():
    cache.clear()


@pytest.fixture
def organiser(db) -> Organiser:
    return OrganiserFactory()


@pytest.fixture
def user(organiser) -> User:
    person = UserFactory(username="binh")
    grant(user=person, organiser=organiser, role=Role.COORDINATOR, by=None)
    return person


def plain_addresses(*, for_strangers: bool) -> list[tuple[str, str]]:
    """(name, address) of every route without arguments; of those that ask nobody to sign in only `for_strangers`."""
    found = []
    for name, pattern in routes():
        if for_strangers or getattr(pattern.callback, "login_required", True):
            with contextlib.suppress(NoReverseMatch):
                found.append((name, reverse(name)))
    assert len(found) > 15
    return found


def is_outside(browser: Client) -> bool:
    return "dang-nhap" in browser.get(WORK)["Location"]


def test_the_password_alone_opens_nothing(user) -> None:
    with_app(user)
    browser, stranger = password_given(user), Client()
    for name, address in plain_addresses(for_strangers=True):
        if name in ("mfa_authenticate", "account_login"):
            continue
        for method in ("get", "post"):
            mine, theirs = getattr(browser, method)(address), getattr(stranger, method)(address)
            where = (
                mine.get("Location", "").replace("phien=het&", "").replace("phien=chua-luu&", "")
            )  # about the cookie
            assert (mine.status_code, where) == (theirs.status_code, theirs.get("Location", "")), name
            if name == "account_logout":
                browser = password_given(user)
    assert browser.post(SHOW, {"code": code_of(user)})["Location"] == WORK


def test_the_right_code_opens_the_workspace_and_is_remembered_as_used(user) -> None:
    browser = signed_in_with_code(with_app(user))
    assert not is_outside(browser)
    assert Authenticator.objects.get(user=user).last_used_at is not None


@pytest.mark.parametrize("code", ["", "000000", "abc", "9" * 33, "\u0661\u0662\u0663\u0664\u0665\u0666", "'--", "\x00"])
def test_a_wrong_code_opens_nothing(user, code) -> None:
    browser = password_given(with_app(user))
    answer = browser.post(SHOW, {"code": code})
    assert answer.status_code == 422
    assert "Chưa đăng nhập được" in answer.content.decode()
    assert is_outside(browser)


def test_a_code_counts_once(user) -> None:
    """Not again within its life on any process: what was used is in the database, not in a cache."""
    signed_in_with_code(with_app(user))
    code = code_of(user)
    cache.clear()
    again = password_given(user)
    assert again.post(SHOW, {"code": code}).status_code == 422
    assert is_outside(again)
    assert password_given(user).post(SHOW, {"code": code_of(user, steps=1)}).status_code == 302


def test_a_code_of_long_ago_or_of_another_person_opens_nothing(user) -> None:
    other = with_app(UserFactory())
    with_app(user)
    for code in (code_of(user, steps=-3), code_of(user, steps=3), code_of(other)):
        assert password_given(user).post(SHOW, {"code": code}).status_code == 422


def test_guessing_ends_after_ten_and_only_the_guessed_person_waits(user) -> None:
    with_app(user)
    for number in range(10):
        browser = password_given(user, address=f"10.0.0.{number}")  # whatever the address
        assert browser.post(SHOW, {"code": f"00000{number}"}).status_code == 422
    answer = browser.post(SHOW, {"code": code_of(user)})
    assert answer.status_code == 422
    assert "Đã nhập sai mã mười lần. Đợi năm phút rồi thử lại." in answer.content.decode()
    signed_in_with_code(with_app(UserFactory()))


def test_a_recovery_code_opens_once_and_new_ones_kill_the_old(user) -> None:
    first = new_recovery_codes(with_app(user))
    assert len(set(first)) == 10
    assert password_given(user).post(SHOW, {"code": first[0]}).status_code == 302
    assert password_given(user).post(SHOW, {"code": first[0]}).status_code == 422
    new_recovery_codes(user)
    assert password_given(user).post(SHOW, {"code": first[1]}).status_code == 422


def test_a_person_locked_between_password_and_code_stays_outside(user) -> None:
    browser = password_given(with_app(user))
    User.objects.update(is_active=False)
    browser.post(SHOW, {"code": code_of(user)})
    assert is_outside(browser)


def test_a_password_given_before_it_was_changed_is_not_finished_with_the_code(user) -> None:
    """Who knew the old password and typed it a moment ago has to know the new one."""
    browser = password_given(with_app(user))
    user.set_password("dong-lua-chin-2027")
    user.save()
    assert browser.post(SHOW, {"code": code_of(user)})["Location"] == reverse("account_login")
    assert is_outside(browser)
    assert browser.get(SHOW)["Location"] == reverse("account_login")


def test_who_has_a_factor_confirms_with_it(user) -> None:
    """An open session and the password are not enough to take the factor off."""
    with_app(user)
    browser = sign_in(user)
    off = reverse("mfa_deactivate_totp")
    assert CONFIRM in browser.get(off)["Location"]
    assert browser.post(CONFIRM, {"password": PASSWORD, "next": off}).status_code == 422
    assert browser.post(CONFIRM, {"password": PASSWORD, "code": "000000", "next": off}).status_code == 422
    assert browser.post(CONFIRM, {"code": code_of(user), "next": off}).status_code == 422
    assert CONFIRM in browser.post(off)["Location"]
    assert Authenticator.objects.filter(user=user).exists()
    # What was pressed before goes on by itself.
    assert browser.post(CONFIRM, {"password": PASSWORD, "code": code_of(user), "next": off})["Location"] == OWN
    assert not Authenticator.objects.filter(user=user).exists()
    assert TrailEntry.objects.filter(action="units.second_factor_off", actor=user).exists()


def test_a_wrong_password_uses_up_no_recovery_code(user) -> None:
    code = new_recovery_codes(with_app(user))[0]
    browser = sign_in(user)
    assert browser.post(CONFIRM, {"password": "sai", "code": code}).status_code == 422
    assert browser.post(CONFIRM, {"password": PASSWORD, "code": code}).status_code == 302


def test_secrets_do_not_stand_in_the_database_as_they_are(user) -> None:
    new_recovery_codes(with_app(user))
    rows = {row.type: row.data for row in Authenticator.objects.all()}
    secrets = [decrypt(rows["totp"]["secret"]), decrypt(rows["recovery_codes"]["seed"])]
    assert [len(secret) for secret in secrets] == [32, 80]
    assert not any(secret in str(rows) for secret in secrets)


def test_with_another_secret_key_no_code_is_right(user, settings) -> None:
    code = code_of(with_app(user))
    settings.SECRET_KEY = "khac-" * 12
    assert password_given(user).post(SHOW, {"code": code}).status_code == 422


def test_no_english_word_stands_on_the_pages_of_the_second_factor(user, settings) -> None:
    browser = sign_in(user)
    browser.post(CONFIRM, {"password": PASSWORD})
    app, codes = reverse("mfa_activate_totp"), reverse("mfa_view_recovery_codes")
    paths = [OWN, app, reverse("mfa_add_webauthn")]
    pages = [browser.get(path) for path in paths] + [browser.post(app, {"code": ""}), browser.post(app, {"code": "1"})]
    with_app(user)
    browser.post(CONFIRM, {"password": PASSWORD, "code": code_of(user)})
    pages += [browser.get(path) for path in (OWN, codes, reverse("mfa_deactivate_totp"), CONFIRM)]
    pages += [browser.post(codes), browser.post(CONFIRM, {}), browser.post(reverse("mfa_add_webauthn"), {})]
    pages += [browser.post(CONFIRM, {"password": "x", "code": "1"}) for _ in range(11)]
    half = password_given(user)
    pages += [half.get(SHOW), half.post(SHOW, {"code": "1"}), half.post(SHOW, {"credential": "x"}), half.post(SHOW, {})]
    assert {page.status_code for page in pages} == {200, 422, 429}
    for page in pages:
        assert ENGLISH.findall(text(page)) == [], page.request["PATH_INFO"]


# ── who must have one ─────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def asked(settings) -> None:
    settings.SECOND_FACTOR_ROLES = frozenset({Role.COORDINATOR})


def test_the_roles_of_the_settings_are_those_of_the_portal() -> None:
    assert set(env.ROLES) == set(Role.values)


def test_nothing_opens_before_the_second_factor_is_on(user, asked) -> None:
    browser = sign_in(user)
    (hold,) = (hold for hold in FirstThingsFirst.HOLDS if hold.page == "mfa_index")
    for name, address in plain_addresses(for_strangers=False):
        if name not in hold.open:
            assert browser.get(address).get("Location") == OWN, name
            assert browser.post(address).status_code == 403, name
            assert browser.get(address, headers={"HX-Request": "true"}).status_code == 403, name
    assert "Vai trò của anh, chị cần xác nhận hai bước." in browser.get(OWN).content.decode()


def test_setting_it_up_opens_the_workspace_at_once(user, asked) -> None:
    browser = password_given(user)
    assert browser.get(WORK)["Location"] == OWN
    page = browser.get(reverse("mfa_activate_totp"))  # signed in a moment ago: the password is not asked again
    assert b'src="data:image/svg+xml;base64,' in page.content
    secret = browser.session["mfa.totp.secret"]
    assert browser.post(reverse("mfa_activate_totp"), {"code": "000000"}).status_code == 422
    code = totp.format_hotp_value(totp.hotp_value(secret, next(totp.yield_hotp_counters_from_time()) + 1))
    shown = browser.post(reverse("mfa_activate_totp"), {"code": code})
    spare = re.findall(r"<li><code>(\w+)</code>", shown.content.decode())
    assert len(spare) == 10  # the codes that came with it, seen by their owner at once
    assert "no-store" in shown["Cache-Control"]
    codes = browser.get(reverse("mfa_view_recovery_codes")).content.decode() + browser.get(OWN).content.decode()
    assert not any(code in codes for code in spare)
    assert password_given(user).post(SHOW, {"code": spare[0]})["Location"] == WORK
    assert browser.get(WORK).get("Location") != OWN
    assert password_given(user).post(SHOW, {"code": code}).status_code == 422  # used up by setting up


def test_others_are_not_asked(user, asked, organiser) -> None:
    member = UserFactory()
    grant(user=member, organiser=organiser, role=Role.COUNCIL, by=None)
    assert sign_in(member).get(WORK).get("Location") != OWN
