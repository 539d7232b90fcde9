"""Invitations: a letter with a link, a code on paper; used once, one at a time, and the list says how far each is."""

from __future__ import annotations

import datetime
import re
from smtplib import SMTPServerDisconnected

import pytest
from django.core import mail
from django.core.mail.backends.base import BaseEmailBackend
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from tests.factories import PASSWORD, MembershipFactory, UserFactory, person, sign_in
from units.enums import Letter, Role
from units.models import Invitation, Membership, Organiser, TrailEntry, User
from units.permissions import Refused
from units.selectors import people_outside, way_in
from units.services.invitations import accept, invitation_of_code, issue_code, prepare_letter, revoke
from units.services.letters import deliver
from units.services.people import NotNow, lock
from units.tasks import invite_by_mail

NEW_PASSWORD = "dong-lua-chin-2027"
LINK = re.compile(r"http://127\.0\.0\.1:8000(/tai-khoan/loi-moi/\S+/)")


@pytest.fixture
def administrator(db) -> User:
    return person(Role.ADMINISTRATOR)


@pytest.fixture
def organiser(administrator) -> Organiser:
    return administrator.memberships.get().organiser


@pytest.fixture
def newcomer(organiser) -> User:
    user = UserFactory(password=None, full_name="Đinh Thị Út", username="ut")
    MembershipFactory(user=user, organiser=organiser, role=Role.UNIT_STAFF)
    return user


def page(name: str, organiser: Organiser, *rest: int) -> str:
    return reverse(f"units:{name}", args=[organiser.slug, *rest])


def enter(browser: Client, username: str, code: str):
    return browser.post(reverse("invitation_code"), {"username": username, "code": code}, follow=True)


def choose(browser: Client, password: str = NEW_PASSWORD):
    return browser.post(reverse("invitation_password"), {"password1": password, "password2": password})


def test_a_code_lets_a_person_choose_a_password_once_and_sign_in(administrator, organiser, newcomer) -> None:
    issued = issue_code(organiser, newcomer, by=administrator)
    browser = Client()
    answer = enter(browser, " UT", issued.code.upper().replace("-", " "))
    assert "Đinh Thị Út" in answer.content.decode()
    assert choose(browser, "ngan").status_code == 422
    assert choose(browser)["Location"] == "/lam-viec/"
    assert browser.get("/lam-viec/").status_code in (200, 302)
    assert browser.get(reverse("mfa_activate_totp")).status_code == 200, "the password just chosen is not asked again"
    newcomer.refresh_from_db()
    assert newcomer.check_password(NEW_PASSWORD)
    assert invitation_of_code("ut", issued.code) is None
    acts = list(TrailEntry.objects.filter(object_id=str(newcomer.pk)).values_list("action", "actor__username"))
    assert acts[-2:] == [("units.issue_code", administrator.username), ("units.accept_invitation", "ut")]
    assert issued.code not in str(list(TrailEntry.objects.values()))


def test_a_letter_holds_a_link_that_works_once_and_no_page_shows_its_token(administrator, organiser, newcomer) -> None:
    invite_by_mail(organiser, newcomer, by=administrator)
    (letter,) = mail.outbox
    assert letter.to == [newcomer.email]
    address = LINK.search(letter.body)[1]
    token = address.split("/")[-2]
    browser = Client()
    for _ in range(2):  # a program that looks through mail has opened it before
        opened = browser.get(address)
        assert (opened.status_code, opened["Location"]) == (302, reverse("invitation_password"))
        assert opened["Referrer-Policy"] == "strict-origin"
    shown = browser.get(opened["Location"])
    assert shown["Referrer-Policy"] == "strict-origin"
    assert token not in shown.content.decode()
    assert token not in str(list(Invitation.objects.values()))
    assert choose(browser).status_code == 302
    assert Client().get(address, follow=True).status_code == 404


def test_a_letter_that_the_server_refuses_is_tried_again_with_another_link_and_one_that_went_is_not(
    administrator, organiser, newcomer, settings
) -> None:
    waiting = prepare_letter(organiser, newcomer, by=administrator)
    settings.EMAIL_BACKEND = f"{__name__}.Refusing"
    assert deliver(waiting.pk) == Letter.WAITING
    first = Invitation.objects.get().digest
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    assert deliver(waiting.pk) == Letter.SENT
    assert Invitation.objects.get().digest != first
    assert deliver(waiting.pk) == Letter.NONE
    assert len(mail.outbox) == 1


class Refusing(BaseEmailBackend):
    """A mail server that hangs up."""

    def send_messages(self, messages) -> int:
        raise SMTPServerDisconnected


def test_a_new_invitation_ends_the_one_before(administrator, organiser, newcomer) -> None:
    first = issue_code(organiser, newcomer, by=administrator)
    second = issue_code(organiser, newcomer, by=administrator)
    assert invitation_of_code("ut", first.code) is None
    assert invitation_of_code("ut", second.code) is not None
    revoke(newcomer, by=administrator)
    assert invitation_of_code("ut", second.code) is None
    with pytest.raises(NotNow):
        revoke(newcomer, by=administrator)


def test_an_old_one_and_one_of_a_locked_account_let_nobody_in(administrator, organiser, newcomer) -> None:
    issued = issue_code(organiser, newcomer, by=administrator)
    held = invitation_of_code("ut", issued.code)
    Invitation.objects.update(expires_at=timezone.now() - datetime.timedelta(seconds=1))
    assert invitation_of_code("ut", issued.code) is None
    Invitation.objects.update(expires_at=timezone.now() + datetime.timedelta(days=1))
    assert invitation_of_code("ut", issued.code) is not None
    lock(newcomer, by=administrator)
    assert invitation_of_code("ut", issued.code) is None
    with pytest.raises(NotNow):
        accept(held, NEW_PASSWORD)


def test_somebody_with_a_password_keeps_it_until_the_code_is_used_and_then_every_session_ends(
    administrator, organiser
) -> None:
    user = MembershipFactory(organiser=organiser, role=Role.LEADER).user
    elsewhere = sign_in(user)
    issued = issue_code(organiser, user, by=administrator)
    assert elsewhere.get("/lam-viec/", follow=True).status_code == 200
    assert User.objects.get(pk=user.pk).check_password(PASSWORD)
    browser = Client()
    enter(browser, user.username, issued.code)
    choose(browser)
    assert "dang-nhap" in elsewhere.get("/lam-viec/")["Location"]


@pytest.mark.parametrize("reason", ["self", "locked", "no role", "stranger", "no address", "no server"])
def test_who_cannot_be_invited_is_told_why(administrator, organiser, newcomer, settings, reason) -> None:
    act = issue_code
    if reason == "locked":
        lock(newcomer, by=administrator)
    elif reason == "no role":
        Membership.objects.filter(user=newcomer).update(valid_to=timezone.localdate() - datetime.timedelta(days=1))
    elif reason == "no address":
        User.objects.filter(pk=newcomer.pk).update(email="")
        act = prepare_letter
    elif reason == "no server":
        settings.HAS_MAIL, act = False, prepare_letter
    who = {"self": administrator, "stranger": person(Role.COORDINATOR)}.get(reason, newcomer)
    with pytest.raises((NotNow, Refused)):
        act(organiser, who, by=administrator)
    assert not Invitation.objects.exists()


# ── the pages of the administrator ────────────────────────────────────────────────────────────────────────────────


def test_the_list_says_how_far_each_person_is(administrator, organiser, newcomer) -> None:
    assert way_in(newcomer).text == "Chưa mời"
    issue_code(organiser, newcomer, by=administrator)
    today = timezone.localdate()
    assert way_in(newcomer).text.startswith(f"Đã mời {today:%d/%m/%Y} (mã một lần), hạn ")
    assert [user.pk for user in people_outside(organiser, standing="invited")] == [newcomer.pk]
    Invitation.objects.update(expires_at=timezone.now() - datetime.timedelta(days=1))
    assert way_in(newcomer).is_late
    assert [user.pk for user in people_outside(organiser, standing="expired")] == [newcomer.pk]
    assert not people_outside(organiser, standing="uninvited").exists()
    office = sign_in(administrator)
    assert "đã hết hạn" in office.get(page("people", organiser)).content.decode()
    assert "đã hết hạn" in office.get(page("people_invite", organiser)).content.decode()


def test_slips_are_a_pdf_with_a_code_for_everybody_chosen(administrator, organiser, newcomer) -> None:
    office = sign_in(administrator)
    address = page("people_slips", organiser)
    assert office.post(address, {}).status_code == 422
    assert office.post(address, {"chon": 10**9}).status_code == 422
    answer = office.post(address, {"chon": newcomer.pk})
    assert answer["Content-Type"] == "application/pdf"
    assert answer.content.startswith(b"%PDF-")
    assert answer["Cache-Control"] == "private, no-store"
    assert Invitation.objects.standing().filter(user=newcomer).count() == 1


def test_the_administrator_is_told_while_nobody_decided_the_address_of_slips(
    administrator, organiser, newcomer, settings
) -> None:
    office = sign_in(administrator)

    def told() -> list[bool]:
        board = office.get(page("people_invite", organiser))
        codes = office.post(page("person_code", organiser, newcomer.pk))
        return ["Đặt biến SITE_URL" in answer.content.decode() for answer in (board, codes)]

    settings.SITE_URL = ""
    assert told() == [True, True]
    settings.SITE_URL = "https://cchc.example.vn"
    assert told() == [False, False]


def test_what_was_marked_stays_marked_when_an_order_is_refused(administrator, organiser, newcomer, monkeypatch) -> None:
    others = [
        MembershipFactory(
            user=UserFactory(password=None, full_name=f"Y Blok {number}"), organiser=organiser, role=Role.UNIT_STAFF
        ).user
        for number in range(3)
    ]
    office, address = sign_in(administrator), page("people_slips", organiser)

    def marked(chosen: list[int]) -> set[int]:
        answer = office.post(f"{address}?trang=2", {"chon": chosen})
        assert answer.status_code == 422
        assert f"{address}?trang=2" in answer.content.decode(), "the next try comes back to the same page"
        return {user.pk for user, _, is_marked in answer.context["rows"] if is_marked}

    monkeypatch.setattr("units.views.invitations.PER_PAGE", 2)
    monkeypatch.setattr("units.views.invitations.MOST_AT_ONCE", 1)
    second = [others[1].pk, others[2].pk]
    assert marked(second) == set(second), "too many"
    assert marked([others[2].pk, 10**9]) == {others[2].pk}, "one of them is gone"


def test_a_second_press_names_those_whose_codes_would_end_and_ends_none_before_the_word(
    administrator, organiser, newcomer
) -> None:
    fresh = MembershipFactory(
        user=UserFactory(password=None, full_name="Y Blok"), organiser=organiser, role=Role.UNIT_STAFF
    ).user
    office, address = sign_in(administrator), page("people_slips", organiser)
    office.post(address, {"chon": newcomer.pk})
    first = Invitation.objects.standing().get()
    board = office.get(page("people_invite", organiser))
    assert [(user, is_marked) for user, _, is_marked in board.context["rows"]] == [(newcomer, False), (fresh, True)]
    told = office.post(address, {"tat_ca": "on"})
    assert told.status_code == 409
    assert "Đinh Thị Út (ut), hạn" in told.content.decode()
    assert list(Invitation.objects.standing()) == [first]
    word = {"tat_ca": "on", "thay": told.context["ending_mark"]}
    assert office.post(address, word).content.startswith(b"%PDF-")
    assert office.post(address, word).status_code == 409, "the word was about the codes of then"
    for name in ("people_texts", "people_letters"):
        assert office.post(page(name, organiser), {"chon": newcomer.pk}).status_code == 409


def test_no_code_is_given_that_no_slip_tells(administrator, organiser, newcomer, settings, monkeypatch) -> None:
    monkeypatch.setattr("units.exporters.slips.TEMPLATE", settings.BASE_DIR / "khong-co.typ")
    office = sign_in(administrator)
    office.raise_request_exception = False
    assert office.post(page("people_slips", organiser), {"chon": newcomer.pk}).status_code == 500
    assert not Invitation.objects.exists()


def test_the_text_to_copy_holds_the_code_that_works(administrator, organiser, newcomer) -> None:
    answer = sign_in(administrator).post(page("person_code", organiser, newcomer.pk))
    text = answer.content.decode()
    code = re.search(r"Nhập mã một lần: (\S+)", text)[1]
    assert invitation_of_code("ut", code) is not None
    assert "http://127.0.0.1:8000/tai-khoan/ma-mot-lan/" in text


def test_letters_go_to_those_with_an_address_and_the_others_are_named(administrator, organiser, newcomer) -> None:
    without = UserFactory(password=None, email="", full_name="Không Thư")
    MembershipFactory(user=without, organiser=organiser, role=Role.UNIT_STAFF)
    answer = sign_in(administrator).post(page("people_letters", organiser), {"tat_ca": "on"}, follow=True)
    assert [letter.to for letter in mail.outbox] == [[newcomer.email]]
    assert "Không Thư: Không Thư chưa có địa chỉ thư điện tử." in answer.content.decode()


def test_a_coordinator_may_invite_nobody(organiser, newcomer) -> None:
    coordinator = MembershipFactory(organiser=organiser, role=Role.COORDINATOR).user
    office = sign_in(coordinator)
    for name, rest in (("people_slips", ()), ("people_letters", ()), ("person_code", (newcomer.pk,))):
        assert office.post(page(name, organiser, *rest), {"tat_ca": "on"}).status_code == 403
    assert not Invitation.objects.exists()


def test_the_page_of_invitations_asks_a_constant_number_of_queries(administrator, organiser, newcomer) -> None:
    office, counts = sign_in(administrator), []
    for _ in range(2):
        with CaptureQueriesContext(connection) as asked:
            office.get(page("people_invite", organiser))
        counts.append(len(asked))
        for _ in range(2):
            user = UserFactory(password=None)
            MembershipFactory(user=user, organiser=organiser, role=Role.UNIT_STAFF)
            issue_code(organiser, user, by=administrator)
    assert counts[0] == counts[1]
