"""Invitations under attack: guessing, old links, hosts of others, and what could tell who has an account.

What fails when a guard is taken out:

* T54: one look-up by digest answers whatever is wrong (`invitations._open`). With a sentence of its own for old codes
  the first test fails. Tries go through `authenticate`: asked past it, the sixth wrong code is still looked at.
* T55: `mail.portal_address`. With `request.build_absolute_uri` the letter carries the forged host.
* T56: `accept` uses up under the lock of the account, `begin_anew` ends what waits: without it an old code outlives a
  password. The second factor follows (`perform_login`): with Django's own `login` a code opens an account that has one.
"""

from __future__ import annotations

import datetime
import logging

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import encrypt
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tests.factories import PASSWORD, MembershipFactory, UserFactory, person, sign_in
from tests.units.test_invitations import LINK, choose, enter
from units.enums import Role
from units.models import Invitation, Organiser, User
from units.services.invitations import invitation_of_code, issue_code
from units.services.people import lock, new_password, unlock

pytestmark = [pytest.mark.abuse, pytest.mark.django_db]


@pytest.fixture
def administrator() -> User:
    return person(Role.ADMINISTRATOR)


@pytest.fixture
def organiser(administrator) -> Organiser:
    return administrator.memberships.get().organiser


@pytest.fixture
def newcomer(organiser) -> User:
    user = UserFactory(password=None, full_name="Đinh Thị Út", username="ut")
    MembershipFactory(user=user, organiser=organiser, role=Role.UNIT_STAFF)
    return user


def told(username: str, code: str, address: str) -> tuple[int, str]:
    """Status and text of a try from an address of its own, without what the page repeats of the question."""
    browser = Client(REMOTE_ADDR=address)
    answer = browser.post(reverse("invitation_code"), {"username": username, "code": code})
    text = answer.content.decode().replace(f'value="{username}"', "").replace(f'value="{code}"', "")
    return answer.status_code, text.partition("<main")[2].replace(_token(text), "")


def _token(text: str) -> str:
    return text.partition('name="csrfmiddlewaretoken" value="')[2].partition('"')[0] or "-"


def test_wrong_used_old_withdrawn_and_locked_are_told_alike(administrator, organiser, newcomer) -> None:
    answers = {}
    code = issue_code(organiser, newcomer, by=administrator).code
    answers["wrong code"] = told("ut", "aaaa-bbbb-cccc", "10.0.0.1")
    answers["wrong name"] = told("khong-co-ai", code, "10.0.0.2")
    Invitation.objects.update(expires_at=timezone.now() - datetime.timedelta(seconds=1))
    answers["old"] = told("ut", code, "10.0.0.3")
    code = issue_code(organiser, newcomer, by=administrator).code
    issue_code(organiser, newcomer, by=administrator)
    answers["withdrawn"] = told("ut", code, "10.0.0.4")
    used = issue_code(organiser, newcomer, by=administrator).code
    browser = Client()
    enter(browser, "ut", used)
    choose(browser)
    answers["used"] = told("ut", used, "10.0.0.5")
    code = issue_code(organiser, newcomer, by=administrator).code
    User.objects.filter(pk=newcomer.pk).update(is_active=False)
    answers["locked"] = told("ut", code, "10.0.0.6")
    assert len(set(answers.values())) == 1, answers
    assert answers["wrong code"][0] == 422


def test_wrong_links_are_answered_alike_and_no_log_holds_a_token(caplog, administrator, organiser, newcomer) -> None:
    office = sign_in(administrator)
    office.post(reverse("units:person_letter", args=[organiser.slug, newcomer.pk]))
    address = LINK.search(mail.outbox[0].body)[1]
    Invitation.objects.update(expires_at=timezone.now() - datetime.timedelta(seconds=1))
    with caplog.at_level(logging.DEBUG):
        old = Client().get(address, follow=True)
        wrong = Client().get(reverse("invitation_link", args=["x" * 43]), follow=True)
        strange = Client().get(reverse("invitation_link", args=["khong'--"]), follow=True)
    assert old.content == wrong.content == strange.content
    assert {answer.status_code for answer in (old, wrong, strange)} == {404}
    assert {answer["Referrer-Policy"] for answer in (old, wrong, strange)} == {"strict-origin"}
    assert address.split("/")[-2] not in caplog.text


def test_the_sixth_wrong_code_from_one_network_waits_and_the_owner_gets_in_from_another(
    administrator, organiser, newcomer
) -> None:
    code = issue_code(organiser, newcomer, by=administrator).code
    statuses = [told("ut", f"aaaa-bbbb-ccc{sign}", "10.0.0.1")[0] for sign in "23456789"]
    assert statuses[0] == 422
    assert statuses[-1] == 429
    assert told("ut", code, "10.0.0.1")[0] == 429
    assert told("ut", code, "10.9.9.9")[0] == 302


@pytest.mark.parametrize("header", ["Host", "X-Forwarded-Host", "X-Host", "Forwarded", "X-Original-URL", "Origin"])
def test_the_letter_carries_the_host_of_the_installation(administrator, organiser, newcomer, header) -> None:
    office = sign_in(administrator)
    forged = "host=xau.example" if header == "Forwarded" else "xau.example"
    office.post(reverse("units:person_letter", args=[organiser.slug, newcomer.pk]), headers={header: forged})
    bodies = " ".join(letter.body for letter in mail.outbox)
    assert "xau.example" not in bodies
    assert header == "Host" or LINK.search(bodies)


@pytest.mark.parametrize("what", ["a new password by the administrator", "locked and opened", "changed by oneself"])
def test_a_code_dies_when_the_password_becomes_another(administrator, organiser, what) -> None:
    user = MembershipFactory(organiser=organiser, role=Role.LEADER).user
    code = issue_code(organiser, user, by=administrator).code
    if what == "changed by oneself":
        new = "ruong-moi-2027-xyz"
        sign_in(user).post(
            reverse("account_change_password"), {"oldpassword": PASSWORD, "password1": new, "password2": new}
        )
    elif what == "locked and opened":
        lock(user, by=administrator)
        unlock(User.objects.get(pk=user.pk), by=administrator)
    else:
        new_password(user, by=administrator)
    assert invitation_of_code(user.username, code) is None


def test_two_browsers_with_one_code_set_one_password(administrator, organiser, newcomer) -> None:
    code = issue_code(organiser, newcomer, by=administrator).code
    first, second = Client(), Client()
    enter(first, "ut", code)
    enter(second, "ut", code)
    assert choose(first).status_code == 302
    assert choose(second, "mat-khau-thu-hai-27").status_code == 404
    newcomer.refresh_from_db()
    assert not newcomer.check_password("mat-khau-thu-hai-27")


def test_without_a_shown_secret_nobody_chooses_a_password(newcomer) -> None:
    browser = Client()
    assert browser.get(reverse("invitation_password")).status_code == 404
    assert choose(browser).status_code == 404
    newcomer.refresh_from_db()
    assert not newcomer.has_usable_password()


def test_a_code_does_not_go_past_the_second_factor(administrator, organiser) -> None:
    user = MembershipFactory(organiser=organiser, role=Role.LEADER).user
    Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data={"secret": encrypt("A" * 32)})
    code = issue_code(organiser, user, by=administrator).code
    browser = Client()
    enter(browser, user.username, code)
    answer = choose(browser)
    assert answer["Location"].startswith("/tai-khoan/xac-nhan-hai-buoc/")
    assert "dang-nhap" in browser.get("/lam-viec/")["Location"]


def test_the_code_is_no_password_and_a_password_is_no_code(administrator, organiser) -> None:
    user = MembershipFactory(organiser=organiser, role=Role.LEADER).user
    code = issue_code(organiser, user, by=administrator).code
    answer = Client().post(reverse("account_login"), {"login": user.username, "password": code})
    assert answer.status_code in (200, 422)
    assert told(user.username, PASSWORD, "10.0.0.1")[0] == 422
