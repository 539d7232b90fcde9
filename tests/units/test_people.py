"""People and roles as acts: who may, what is refused, what the trail keeps, and what it means for open sessions."""

from __future__ import annotations

import datetime

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tests.factories import MembershipFactory, OrganiserFactory, UnitFactory, UserFactory, person, sign_in
from units import trail
from units.enums import Role
from units.models import Membership, Organiser, TrailEntry, User
from units.permissions import ADMINISTER, ADMINISTER_ACCOUNT, ADMINISTER_PORTAL, Refused, can
from units.services.invitations import issue_code
from units.services.people import (
    NotNow,
    add_membership,
    add_person,
    change_person,
    end_membership,
    lock,
    new_password,
    unlock,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def organiser() -> Organiser:
    return OrganiserFactory()


@pytest.fixture
def administrator(organiser) -> User:
    return person(Role.ADMINISTRATOR, organiser)


def role(organiser: Organiser, **fields) -> dict:
    usual = {
        "role": Role.UNIT_STAFF, "unit": organiser.unit, "components": [], "valid_from": timezone.localdate(),
        "valid_to": None,
    }  # fmt: skip
    return usual | fields


def test_a_person_comes_with_a_first_role_or_not_at_all(organiser, administrator) -> None:
    made = add_person(
        organiser, username="binh", full_name="Trần Bình", email="", role=role(organiser), by=administrator
    )
    assert [item.role for item in made.current_memberships] == [Role.UNIT_STAFF]
    assert not made.has_usable_password()
    with pytest.raises(Refused):
        add_person(OrganiserFactory(), username="an", full_name="An", email="", role=role(organiser), by=administrator)
    assert not User.objects.filter(username="an").exists()
    assert trail.verify() == []


def test_one_person_holds_several_roles_but_not_the_same_twice_at_a_time(organiser, administrator) -> None:
    user = person(Role.UNIT_STAFF, organiser)
    add_membership(organiser, user, **role(organiser, role=Role.APPRAISER, components=["1"]), by=administrator)
    assert {item.role for item in User.objects.get(pk=user.pk).current_memberships} == {"unit_staff", "appraiser"}
    with pytest.raises(NotNow, match="đã có vai trò đó"):
        add_membership(organiser, user, **role(organiser), by=administrator)
    with pytest.raises(NotNow, match="chính mình"):
        add_membership(organiser, administrator, **role(organiser), by=administrator)


def test_a_role_ended_now_is_over_at_once_and_can_be_given_again_the_same_day(organiser, administrator) -> None:
    user = UserFactory()
    first = add_membership(organiser, user, **role(organiser), by=administrator)
    end_membership(first, last_day=None, by=administrator)
    assert User.objects.get(pk=user.pk).current_memberships == []
    add_membership(organiser, user, **role(organiser), by=administrator)
    assert len(User.objects.get(pk=user.pk).current_memberships) == 1
    entry = TrailEntry.objects.get(action="units.end_membership")
    assert (entry.data["before"]["valid_to"], entry.data["after"]["valid_to"]) == (
        None,
        timezone.localdate().isoformat(),
    )


def test_a_role_keeps_its_last_day_and_one_that_begins_later_can_be_called_off(organiser, administrator) -> None:
    user, next_week = UserFactory(), timezone.localdate() + datetime.timedelta(days=7)
    lasting = add_membership(organiser, user, **role(organiser), by=administrator)
    end_membership(lasting, last_day=timezone.localdate(), by=administrator)
    assert len(User.objects.get(pk=user.pk).current_memberships) == 1
    later = add_membership(
        organiser, user, **role(organiser, role=Role.COUNCIL, valid_from=next_week), by=administrator
    )
    end_membership(later, last_day=None, by=administrator)
    assert list(Membership.objects.valid_on(next_week).filter(user=user)) == []
    with pytest.raises(NotNow, match="đã kết thúc"):
        end_membership(later, last_day=None, by=administrator)


def test_a_role_ended_by_hand_stays_over_whatever_its_last_day_is_made_to_be(organiser, administrator) -> None:
    held = MembershipFactory(organiser=organiser, user=UserFactory())
    end_membership(held, last_day=None, by=administrator)
    Membership.objects.filter(pk=held.pk).update(valid_to=timezone.localdate() + datetime.timedelta(days=99))
    assert User.objects.get(pk=held.user_id).current_memberships == []
    tomorrow = timezone.localdate() + datetime.timedelta(days=1)
    assert held not in Membership.objects.valid_on(tomorrow)


def test_a_role_of_the_past_still_stands_for_its_days(organiser, administrator) -> None:
    held = MembershipFactory(organiser=organiser)
    end_membership(held, last_day=None, by=administrator)
    yesterday = timezone.localdate() - datetime.timedelta(days=1)
    assert held in Membership.objects.valid_on(yesterday)
    assert held not in Membership.objects.valid_on(timezone.localdate())


def test_nobody_ends_the_own_role_or_locks_the_own_account(organiser, administrator) -> None:
    with pytest.raises(NotNow, match="chính mình"):
        end_membership(administrator.memberships.get(), last_day=None, by=administrator)
    with pytest.raises(NotNow, match="của mình"):
        lock(administrator, by=administrator)


# ── open sessions (T19, T20) ──────────────────────────────────────────────────────────────────────────────────────


def workplaces(user: User) -> list[Client]:
    """Two browsers in which the person has signed in."""
    return [sign_in(user), sign_in(user)]


def test_a_role_ended_a_minute_ago_is_refused_on_the_next_request_of_every_session(organiser, administrator) -> None:
    user = person(Role.COORDINATOR, organiser)
    url, browsers = reverse("scoring:campaigns", args=[organiser.slug]), workplaces(user)
    assert [browser.get(url).status_code for browser in browsers] == [200, 200]
    end_membership(user.memberships.get(), last_day=None, by=administrator)
    assert [browser.get(url).status_code for browser in browsers] == [404, 404]


def test_a_locked_person_is_signed_out_of_every_session_and_none_of_them_lives_again(organiser, administrator) -> None:
    user = person(Role.COORDINATOR, organiser)
    browsers = workplaces(user)
    assert [browser.get("/lam-viec/").status_code for browser in browsers] == [302, 302]
    lock(user, by=administrator)
    assert all("/dang-nhap/" in browser.get("/lam-viec/")["Location"] for browser in browsers)
    password = unlock(User.objects.get(pk=user.pk), by=administrator)
    assert all("/dang-nhap/" in browser.get("/lam-viec/")["Location"] for browser in browsers)
    answer = Client().post("/tai-khoan/dang-nhap/", {"login": user.username, "password": password})
    assert answer.status_code == 302
    assert password not in str(list(TrailEntry.objects.values()))


def test_a_new_password_ends_every_session(organiser, administrator) -> None:
    user = person(Role.COORDINATOR, organiser)
    browsers = workplaces(user)
    new_password(user, by=administrator)
    assert all("/dang-nhap/" in browser.get("/lam-viec/")["Location"] for browser in browsers)


# ── whose administrator ───────────────────────────────────────────────────────────────────────────────────────────


def test_an_administrator_answers_for_the_own_organiser_and_the_keeper_of_the_portal_for_all(organiser) -> None:
    other, keeper = OrganiserFactory(), OrganiserFactory(keeps_portal=True)
    local, of_portal = person(Role.ADMINISTRATOR, organiser), person(Role.ADMINISTRATOR, keeper)
    assert [bool(can(local, ADMINISTER, item)) for item in (organiser, other)] == [True, False]
    assert [bool(can(of_portal, ADMINISTER, item)) for item in (organiser, other)] == [True, True]
    assert [bool(can(item, ADMINISTER_PORTAL)) for item in (local, of_portal)] == [False, True]
    assert not can(person(Role.COORDINATOR, keeper), ADMINISTER_PORTAL)


def test_an_account_with_a_role_elsewhere_is_the_keepers_alone(organiser, administrator) -> None:
    """Who sets a password acts wherever that account may act."""
    other, keeper = OrganiserFactory(), person(Role.ADMINISTRATOR, OrganiserFactory(keeps_portal=True))
    user = person(Role.UNIT_STAFF, organiser)
    assert can(administrator, ADMINISTER_ACCOUNT, user)
    elsewhere = MembershipFactory(
        user=user, organiser=other, valid_from=timezone.localdate() + datetime.timedelta(days=3)
    )
    for act in (lock, new_password):
        with pytest.raises(Refused, match="nơi tổ chức khác"):
            act(user, by=administrator)
    with pytest.raises(Refused):
        change_person(user, full_name="Tên khác", email="", by=administrator)
    assert change_person(user, full_name="Tên khác", email="", by=keeper)
    elsewhere.delete()
    assert can(administrator, ADMINISTER_ACCOUNT, user)
    assert not can(administrator, ADMINISTER_ACCOUNT, person(Role.UNIT_STAFF, other))


def test_a_new_name_is_found_and_ordered_by_at_once(organiser, administrator) -> None:
    user = person(Role.UNIT_STAFF, organiser)
    change_person(user, full_name="Đặng Ánh", email="anh@thu.example", by=administrator)
    user.refresh_from_db()
    assert user.name_fold == "dang anh"
    data = TrailEntry.objects.get(action="units.change_person").data
    assert (data["after"]["full_name"], data["after"]["email"]) == ("Đặng Ánh", "anh@thu.example")
    assert not change_person(user, full_name="Đặng Ánh", email="anh@thu.example", by=administrator)


def test_a_locked_person_gets_no_role(organiser, administrator) -> None:
    user = UserFactory(is_active=False)
    with pytest.raises(NotNow, match="đang bị khóa"):
        add_membership(organiser, user, **role(organiser, unit=UnitFactory(parent=organiser.unit)), by=administrator)


@pytest.mark.parametrize(
    ("act", "said"),
    [
        (lambda user, by: new_password(user, by=by), "Người quản trị cấp mật khẩu mới"),
        (lambda user, by: issue_code(by.memberships.get().organiser, user, by=by), "cấp mã một lần"),
        (lambda user, by: change_person(user, full_name="X", email="moi@tinh.gov.vn", by=by), "Đổi địa chỉ thư"),
    ],
)
def test_a_person_hears_by_mail_of_a_way_into_the_account_that_somebody_else_changed(
    organiser, administrator, mailoutbox, django_capture_on_commit_callbacks, act, said
) -> None:
    user = MembershipFactory(organiser=organiser, user=UserFactory(email="cu@tinh.gov.vn")).user
    user.set_password("mat-khau-cu-2026")
    user.save(update_fields=["password"])
    with django_capture_on_commit_callbacks(execute=True):
        act(user, administrator)
    addresses = ["cu@tinh.gov.vn", "moi@tinh.gov.vn"] if "Đổi" in said else ["cu@tinh.gov.vn"]
    assert [letter.to for letter in mailoutbox] == [[address] for address in addresses]
    assert all(said in letter.body and "báo ngay cho người quản trị" in letter.body for letter in mailoutbox)


def test_a_first_invitation_is_no_change_to_tell_of(
    organiser, administrator, mailoutbox, django_capture_on_commit_callbacks
) -> None:
    user = MembershipFactory(organiser=organiser, user=UserFactory(email="moi@tinh.gov.vn")).user
    user.set_unusable_password()
    user.save(update_fields=["password"])
    with django_capture_on_commit_callbacks(execute=True):
        issue_code(organiser, user, by=administrator)
        new_password(user, by=administrator)
    assert mailoutbox == []
