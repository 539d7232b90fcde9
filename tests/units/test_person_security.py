"""Whoever lost phone and codes is helped by an administrator, the last administrator by a command; acts that count ask
for the second factor again."""

from __future__ import annotations

import pytest
from allauth.mfa.models import Authenticator
from django.core.cache import cache
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from tests.factories import PASSWORD, OrganiserFactory, person, sign_in
from tests.reports.publishing import Team
from tests.units.second_factors import CONFIRM, code_of, signed_in_with_code, with_app
from units.enums import Role
from units.models import Invitation, Organiser, TrailEntry, User
from units.services.second_factor_changes import new_recovery_codes
from units.services.single_sign_on import subject_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _no_counts_of_other_tests() -> None:
    cache.clear()


@pytest.fixture
def organiser() -> Organiser:
    return OrganiserFactory()


@pytest.fixture
def office(organiser) -> Client:
    return sign_in(person(Role.ADMINISTRATOR, organiser, username="quan-tri"))


@pytest.fixture
def lost(organiser) -> User:
    user = person(Role.LEADER, organiser, username="mat-may", email="mat-may@tinh.gov.vn")
    new_recovery_codes(with_app(user))
    return user


def page(name: str, organiser: Organiser, user: User) -> str:
    return reverse(f"units:{name}", args=[organiser.slug, user.pk])


def test_an_administrator_takes_the_second_factor_off(
    office, organiser, lost, mailoutbox, django_capture_on_commit_callbacks
) -> None:
    theirs = signed_in_with_code(lost)
    assert "đang bật" in office.get(page("person_security", organiser, lost)).content.decode()
    told = office.get(page("person_factor_off", organiser, lost)).content.decode()
    assert "Chỉ gỡ khi người ấy mất cả điện thoại lẫn mã dự phòng" in told
    assert Authenticator.objects.filter(user=lost).exists(), "nothing is done before the button there"
    with django_capture_on_commit_callbacks(execute=True):
        answer = office.post(page("person_factor_off", organiser, lost))
    assert answer["Location"] == page("person_security", organiser, lost)
    assert not Authenticator.objects.filter(user=lost).exists()
    assert "dang-nhap" in theirs.get("/lam-viec/")["Location"]
    entry = TrailEntry.objects.get(action="units.take_off_second_factor")
    assert (entry.actor.username, entry.object_label) == ("quan-tri", "Gỡ xác nhận hai bước của mat-may")
    letter = mailoutbox[-1]
    assert letter.to == ["mat-may@tinh.gov.vn"]
    assert "Nếu không phải anh, chị làm hoặc đề nghị, báo ngay" in letter.body
    assert office.post(page("person_factor_off", organiser, lost)).status_code == 409


def test_nobody_else_takes_it_off(organiser, lost) -> None:
    for role in (Role.COORDINATOR, Role.LEADER):
        assert sign_in(person(role, organiser)).post(page("person_factor_off", organiser, lost)).status_code == 403
    elsewhere = sign_in(person(Role.ADMINISTRATOR, OrganiserFactory()))
    assert elsewhere.post(page("person_factor_off", organiser, lost)).status_code == 404
    assert Authenticator.objects.filter(user=lost).count() == 2


def test_nobody_takes_off_his_or_her_own_this_way(organiser) -> None:
    own = with_app(person(Role.ADMINISTRATOR, organiser))
    browser = signed_in_with_code(own)
    assert browser.post(page("person_factor_off", organiser, own)).status_code == 409
    assert Authenticator.objects.filter(user=own).exists()


def test_the_command_helps_the_last_administrator(lost, capsys) -> None:
    call_command("take_off_second_factor", "mat-may")
    assert "Đã gỡ xác nhận hai bước của mat-may." in capsys.readouterr().out
    assert not Authenticator.objects.exists()
    assert TrailEntry.objects.get(action="units.take_off_second_factor").actor is None
    for name in ("mat-may", "khong-co"):
        with pytest.raises(CommandError):
            call_command("take_off_second_factor", name)


def test_an_administrator_links_a_person_with_the_service(office, organiser, lost, settings) -> None:
    settings.SINGLE_SIGN_ON = {"name": "VNeID thử", "server": "https://sso.example", "match_email": False}
    address = page("person_sign_on", organiser, lost)
    assert office.post(address, {"subject": "x" * 192}).status_code == 422
    assert office.post(address, {"subject": " cb-1 "}).status_code == 302
    assert subject_of(lost) == "cb-1"
    assert "cb-1" in office.get(page("person_security", organiser, lost)).content.decode()
    assert (
        office.post(page("person_sign_on", organiser, person(Role.COUNCIL, organiser)), {"subject": "cb-1"}).status_code
        == 409
    )
    assert office.post(address, {"subject": ""}).status_code == 302
    assert subject_of(lost) == ""


@pytest.mark.parametrize(
    "act", ["person_code", "person_letter", "person_change", "people_slips", "people_texts", "people_letters"]
)
def test_a_way_into_an_account_is_given_by_who_has_just_shown_the_factor(organiser, lost, act) -> None:
    User.objects.filter(pk=lost.pk).update(email="cu@tinh.gov.vn", last_login=None)
    office = with_app(person(Role.ADMINISTRATOR, organiser))
    browser = sign_in(office)
    about = [lost.pk] if act.startswith("person_") else []
    address = reverse(f"units:{act}", args=[organiser.slug, *about])
    typed = {"full_name": lost.full_name, "email": "khac@thu.example", "chon": [lost.pk]}
    answer = browser.post(address, typed)
    assert CONFIRM in answer["Location"]
    assert not Invitation.objects.exists()
    lost.refresh_from_db()
    assert lost.email == "cu@tinh.gov.vn"
    back = browser.post(answer["Location"], {"password": PASSWORD, "code": code_of(office)})
    assert back["Location"].startswith(f"/lam-viec/{organiser.slug}/nguoi/")
    assert CONFIRM not in browser.post(address, typed).headers.get("Location", "")


def test_a_name_alone_is_changed_without_asking_again(organiser, lost) -> None:
    browser = sign_in(with_app(person(Role.ADMINISTRATOR, organiser)))
    browser.post(page("person_change", organiser, lost), {"full_name": "Tên Mới", "email": lost.email})
    lost.refresh_from_db()
    assert lost.full_name == "Tên Mới"


@pytest.mark.parametrize("act", ["person_password", "person_lock", "person_factor_off", "person_sign_on"])
def test_acts_that_count_ask_for_the_factor_again(organiser, lost, act) -> None:
    office = with_app(person(Role.ADMINISTRATOR, organiser))
    browser = sign_in(office)  # an open session: the factor was shown long ago
    answer = browser.post(page(act, organiser, lost), {"subject": "cb-1"})
    assert CONFIRM in answer["Location"]
    lost.refresh_from_db()
    assert (lost.is_active, lost.check_password(PASSWORD), subject_of(lost)) == (True, True, "")
    assert Authenticator.objects.filter(user=lost).exists()
    back = browser.post(answer["Location"], {"password": PASSWORD, "code": code_of(office)})
    assert back["Location"] in (page(act, organiser, lost), page("person_security", organiser, lost))
    assert browser.post(page(act, organiser, lost)).status_code in (200, 302, 409)
    assert not TrailEntry.objects.filter(action="units.lock_person").exists() or act == "person_lock"


def test_approving_asks_for_the_factor_too() -> None:
    team = Team()
    publication = team.signed()
    leader = with_app(team.leader)
    browser = sign_in(leader)
    publication_page = reverse("reports:publication", args=[team.organiser.slug, publication.pk])
    address = reverse("reports:act", args=[team.organiser.slug, publication.pk, "approve"])
    shown = browser.get(publication_page).content.decode()
    assert 'name="password"' not in shown
    form = {"revision": publication.revision, "digest": publication.digest, "paper_matches": "on", "password": PASSWORD}
    assert CONFIRM in browser.post(address, form)["Location"]
    publication.refresh_from_db()
    assert publication.approved_by is None
    confirm = {"password": PASSWORD, "code": code_of(leader), "next": publication_page}
    assert browser.post(CONFIRM, confirm)["Location"] == publication_page
    assert browser.post(address, form)["Location"] == publication_page
    publication.refresh_from_db()
    assert publication.approved_by == leader
