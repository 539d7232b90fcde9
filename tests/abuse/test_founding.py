"""The first minute of an empty portal (T67): who holds the token founds it, once; nobody else finds a door.

Taken out, each guard fails a test here: the compare-and-set of `found_portal` (the two at once), `is_founded` in the
view (a portal that stands answers 200), the hash (the token stands in the table), the day it expires (the late one).
"""

from __future__ import annotations

import datetime
import re

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from tests.abuse.browsing import body_of
from tests.database import fingerprint
from tests.factories import OrganiserFactory, person
from tests.racing import at_once
from units import trail
from units.enums import Role, UnitKind
from units.models import Membership, Organiser, SetupToken, TrailEntry, Unit, User
from units.permissions import ADMINISTER_PORTAL, can
from units.services.founding import LASTS, issue_token

PAGE = "/cai-dat/"
PASSWORD = "chin-bac-thang-lua-vang"


def form(token: str, **other: str) -> dict[str, str]:
    return {
        "token": token, "province": "51", "title": "", "slug": "", "full_name": "Phạm Thị Khánh", "username": "khanh",
        "email": "", "password": PASSWORD, "again": PASSWORD,
    } | other  # fmt: skip


@pytest.fixture
def token(db) -> str:
    return issue_token()


def test_the_command_prints_the_token_once_and_keeps_only_its_hash(db, capsys) -> None:
    call_command("setup_token")
    printed = capsys.readouterr().out
    token = re.search(r"^ {4}(\S{39})$", printed, re.MULTILINE)[1]
    assert "/cai-dat/" in printed
    assert token not in str([*SetupToken.objects.values(), *TrailEntry.objects.values()])
    call_command("setup_token")
    assert Client().post(PAGE, form(token)).status_code == 422, "the second token kills the first"
    assert not User.objects.exists()


def test_the_holder_of_the_token_founds_the_portal_and_signs_in(token) -> None:
    browser = Client()
    assert browser.get(PAGE).status_code == 200
    answer = browser.post(PAGE, form(token.upper().replace("-", " ")))
    assert (answer.status_code, answer["Location"]) == (302, "/tai-khoan/dang-nhap/")
    organiser = Organiser.objects.get()
    assert (organiser.slug, organiser.title, organiser.place) == (
        "quang-ngai", "UBND tỉnh Quảng Ngãi", "tỉnh Quảng Ngãi",
    )  # fmt: skip
    assert (organiser.keeps_portal, organiser.unit.kind, organiser.unit.code) == (True, UnitKind.PROVINCE, "51")
    user = User.objects.get()
    assert can(user, ADMINISTER_PORTAL)
    assert [item.role for item in user.memberships.all()] == [Role.ADMINISTRATOR]
    assert browser.post("/tai-khoan/dang-nhap/", {"login": "khanh", "password": PASSWORD}).status_code == 302
    assert TrailEntry.objects.filter(action="units.found_portal").count() == 1
    assert token not in str(list(TrailEntry.objects.values()))
    assert trail.verify() == []


def test_a_portal_that_stands_has_no_such_page_and_gives_no_token(token) -> None:
    organiser = OrganiserFactory()
    person(Role.ADMINISTRATOR, organiser)
    nothing = Client().get("/khong-co-gi/")
    before = fingerprint()
    for answer in (Client().get(PAGE), Client().head(PAGE), Client().post(PAGE, form(token)), Client().post(PAGE)):
        assert answer.status_code == 404
        assert body_of(answer) in (nothing.content, b"")
    with pytest.raises(CommandError, match="Cổng đã có người quản trị"):
        call_command("setup_token")
    Membership.objects.update(valid_to=timezone.localdate() - datetime.timedelta(days=1), valid_from="2020-01-01")
    assert Client().get(PAGE).status_code == 404, "nor after the administrator's role has ended"
    Membership.objects.update(valid_to=None)
    assert fingerprint() != before  # the role only
    assert Organiser.objects.count() == 1


def test_the_second_claim_with_a_token_is_told_that_it_comes_late(token) -> None:
    assert Client().post(PAGE, form(token)).status_code == 302
    before = fingerprint()
    late = Client().post(PAGE, form(token, username="ke-khac"))
    assert late.status_code == 403
    assert "đã được dùng" in late.content.decode()
    assert Client().post(PAGE, form("khong-dung")).status_code == 404
    assert fingerprint() == before


@pytest.mark.django_db(transaction=True)
def test_of_two_claims_at_once_exactly_one_wins() -> None:
    token = issue_token()
    browsers = [Client(), Client()]
    claims = [
        lambda browser=browser, name=name: browser.post(PAGE, form(token, username=name)).status_code
        for browser, name in zip(browsers, ("khanh", "vinh"), strict=True)
    ]
    assert sorted(at_once(claims)) == [302, 403]
    assert (User.objects.count(), Membership.objects.count(), Organiser.objects.count()) == (1, 1, 1)
    assert Unit.objects.filter(kind=UnitKind.PROVINCE).count() == 1


def test_a_token_is_good_for_a_day(token) -> None:
    SetupToken.objects.update(expires_at=timezone.now() - datetime.timedelta(seconds=1))
    answer = Client().post(PAGE, form(token))
    assert (answer.status_code, User.objects.count()) == (422, 0)
    assert "đã hết hạn" in answer.content.decode()
    assert datetime.timedelta(hours=24) == LASTS


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"token": ""}, "Nhập mã cài đặt."),
        ({"token": "aaaa-bbbb"}, "Mã cài đặt không đúng."),
        ({"province": "99"}, "Chọn lại."),
        ({"province": ""}, "Chọn tỉnh, thành phố."),
        ({"slug": "Quảng Ngãi"}, "Địa chỉ ngắn chỉ gồm"),
        ({"slug": "../.."}, "Địa chỉ ngắn chỉ gồm"),
        ({"username": "Khánh"}, "chữ không dấu"),
        ({"full_name": ""}, "Nhập họ và tên."),
        ({"again": "khac-di-mot-chut-1"}, "không giống nhau"),
        ({"password": "123", "again": "123"}, "quá ngắn"),
        ({"password": "khanh-khanh-1", "username": "khanh-khanh-1", "again": "khanh-khanh-1"}, "tên đăng nhập"),
    ],
)
def test_what_cannot_be_is_said_at_its_field_and_the_token_stays_good(token, fields, sentence) -> None:
    before = fingerprint()
    answer = Client().post(PAGE, form(token) | fields)
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert PASSWORD not in answer.content.decode()
    assert fingerprint() == before
    assert Client().post(PAGE, form(token)).status_code == 302
