"""The administrator's history: units, people and roles of the own organiser, narrowed by day, act, person and thing."""

from __future__ import annotations

import datetime
import time

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from tests.database import analyse
from tests.factories import MembershipFactory, OrganiserFactory, UnitFactory, person, sign_in
from units import trail
from units.enums import Role
from units.models import Organiser, TrailEntry, User
from units.services.accounts import grant, issue_password
from units.services.people import add_membership

pytestmark = pytest.mark.django_db
MOST_SECONDS = 0.2


@pytest.fixture
def organiser() -> Organiser:
    return OrganiserFactory()


@pytest.fixture
def administrator(organiser) -> User:
    return person(Role.ADMINISTRATOR, organiser, full_name="Quản Trị Viên", username="qtv")


@pytest.fixture
def office(administrator) -> Client:
    return sign_in(administrator)


def told(office: Client, organiser: Organiser, **asked: str) -> str:
    answer = office.get(reverse("units:trail", args=[organiser.slug]), asked)
    assert answer.status_code == 200
    return answer.content.decode()


def done(label: str, about=None, by: User | None = None, action: str = "units.change_unit") -> TrailEntry:
    with transaction.atomic():
        return trail.record(action, by=by, about=about, label=label, before={"name": "Cũ"}, after={"name": "Mới"})


def test_an_administrator_reads_what_was_done_to_units_people_and_roles_of_the_organiser(
    office, organiser, administrator
) -> None:
    staff = person(None, full_name="Lê Thị Mới", username="moi")
    grant(user=staff, organiser=organiser, role=Role.UNIT_STAFF, by=administrator)
    issue_password(staff, by=administrator)
    done("Sửa đơn vị: xã A", UnitFactory(parent=organiser.unit))
    page = told(office, organiser)
    for words in ("Phân công vai trò", "Cấp mật khẩu mới", "Sửa đơn vị: xã A", "Quản Trị Viên (qtv)", "Cũ → Mới"):
        assert words in page


def test_nothing_of_another_organiser_is_told(office, organiser) -> None:
    other = OrganiserFactory()
    stranger = MembershipFactory(organiser=other, role=Role.LEADER)
    for thing in (other, other.unit, UnitFactory(parent=other.unit), stranger, stranger.user):
        done(f"Việc nơi khác {thing}", thing)
    done("Việc của cả cổng")
    assert "Chưa có việc nào được ghi" in told(office, organiser)
    assert office.get(reverse("units:trail", args=[other.slug])).status_code == 404


def test_the_administrator_of_the_portal_reads_all_of_it() -> None:
    keeper = OrganiserFactory(keeps_portal=True)
    done("Việc của cả cổng")
    done("Việc nơi khác", OrganiserFactory())
    page = told(sign_in(person(Role.ADMINISTRATOR, keeper)), keeper)
    assert "Việc của cả cổng" in page
    assert "Việc nơi khác" in page


@pytest.mark.parametrize("role", [Role.COORDINATOR, Role.LEADER, Role.APPRAISER, Role.UNIT_HEAD])
def test_other_roles_are_refused(organiser, role: Role) -> None:
    browser = sign_in(person(role, organiser))
    assert browser.get(reverse("units:trail", args=[organiser.slug])).status_code == 403


def test_lines_are_narrowed_by_day_act_person_and_thing(office, organiser, administrator) -> None:
    unit = UnitFactory(parent=organiser.unit)
    done("Một", unit, administrator)
    done("Hai", organiser, action="units.change_organiser")
    today, tomorrow = timezone.localdate(), timezone.localdate() + datetime.timedelta(days=1)
    asked: list[tuple[dict[str, str], set[str]]] = [
        ({"tu": f"{today:%Y-%m-%d}", "den": f"{today:%d/%m/%Y}"}, {"Một", "Hai"}),
        ({"tu": f"{tomorrow:%Y-%m-%d}"}, set()),
        ({"viec": "units.change_organiser"}, {"Hai"}),
        ({"nguoi": "quan tri"}, {"Một"}),
        ({"nguoi": "qtv"}, {"Một"}),
        ({"ve": f"units.Unit:{unit.pk}"}, {"Một"}),
        ({"ve": f"units.User:{10**30}"}, set()),
    ]
    for question, wanted in asked:
        page = told(office, organiser, **question)
        assert {label for label in ("Một", "Hai") if f"<br>{label}<" in page} == wanted, question


def test_the_history_of_one_person_is_called_by_the_name_and_leads_back_to_the_persons_page(office, organiser) -> None:
    staff = person(Role.UNIT_STAFF, organiser, full_name="Lê Thị Mới")
    done("Một", staff)
    page = told(office, organiser, ve=f"units.User:{staff.pk}", viec="units.change_unit")
    assert "<h1>Lịch sử: Lê Thị Mới</h1>" in page
    assert f'<a href="{reverse("units:person", args=[organiser.slug, staff.pk])}">Lê Thị Mới</a>' in page
    assert "Chỉ các việc về <b>Lê Thị Mới</b>" in page
    assert 'href="?viec=units.change_unit">Bỏ lọc' in page


def test_the_history_of_one_unit_leads_back_to_the_units_page(office, organiser) -> None:
    unit = UnitFactory(parent=organiser.unit, name="Xã Mới")
    page = told(office, organiser, ve=f"units.Unit:{unit.pk}")
    assert "<h1>Lịch sử: Xã Mới</h1>" in page
    assert f'<a href="{reverse("scoring:unit", args=[organiser.slug, unit.pk])}">Xã Mới</a>' in page
    assert "Chưa có việc nào được ghi" in page
    assert "Bỏ bớt điều kiện lọc" not in page


def test_the_history_of_a_role_and_of_the_organiser_are_called_by_name_and_lead_to_the_people(
    office, organiser
) -> None:
    staff = person(Role.UNIT_STAFF, organiser, full_name="Lê Thị Mới")
    role = staff.memberships.get()
    for thing, name in ((role, "Cán bộ đầu mối, Lê Thị Mới"), (organiser, organiser.title)):
        page = told(office, organiser, ve=f"{thing._meta.label}:{thing.pk}")
        assert f"<h1>Lịch sử: {name}</h1>" in page
        assert f'<li><a href="{reverse("units:people", args=[organiser.slug])}">Người dùng</a></li></ol>' in page


def test_nobody_learns_a_name_of_another_organiser_by_asking_for_its_history(office) -> None:
    other = OrganiserFactory(title="Nơi Khác Hẳn")
    stranger = MembershipFactory(organiser=other, role=Role.LEADER, user__full_name="Người Lạ Hẳn")
    unit = UnitFactory(parent=other.unit, name="Xã Lạ Hẳn")
    own = Organiser.objects.exclude(pk=other.pk).get()
    for thing in (other, stranger, stranger.user, unit):
        page = told(office, own, ve=f"{thing._meta.label}:{thing.pk}")
        assert "Lạ Hẳn" not in page
        assert "Khác Hẳn" not in page
        assert "Chỉ các việc về <b>một mục đã chọn</b>" in page
    assert "một mục đã chọn" in told(office, own, ve=f"units.Unit:{10**40}")


def test_who_keeps_the_portal_is_told_every_name_but_led_to_no_page_that_is_not_there() -> None:
    keeper = OrganiserFactory(keeps_portal=True)
    unit = UnitFactory(parent=OrganiserFactory().unit, name="Xã Nơi Khác")
    page = told(sign_in(person(Role.ADMINISTRATOR, keeper)), keeper, ve=f"units.Unit:{unit.pk}")
    assert "<h1>Lịch sử: Xã Nơi Khác</h1>" in page
    assert reverse("scoring:unit", args=[keeper.slug, unit.pk]) not in page


def test_fewer_filters_are_offered_only_where_lines_are_filtered(office, organiser) -> None:
    assert "Bỏ bớt điều kiện lọc" not in told(office, organiser)
    assert "Bỏ bớt điều kiện lọc" in told(office, organiser, nguoi="không ai")


def test_the_trail_leads_back_to_the_people(office, organiser) -> None:
    assert f'<li><a href="{reverse("units:people", args=[organiser.slug])}">Người dùng</a></li>' in told(
        office, organiser
    )


def test_units_given_by_number_are_named_with_as_many_questions_for_fifty_lines_as_for_one(
    office, organiser, administrator
) -> None:
    counts = []
    for more in (1, 40):
        for number in range(more):
            unit = UnitFactory(parent=organiser.unit, name=f"Xã Số {more}-{number}")
            staff = person(None, username=f"cb{more}x{number}")
            add_membership(
                organiser, staff, role=Role.UNIT_STAFF, unit=unit, components=[], valid_from=timezone.localdate(),
                valid_to=None, by=administrator,
            )  # fmt: skip
        with CaptureQueriesContext(connection) as asked:
            page = told(office, organiser)
        counts.append(len(asked))
    assert "trống → Xã Số 40-39" in page
    assert f"trống → {organiser.title}" in page
    assert counts[0] == counts[1]


@pytest.mark.parametrize("asked", [{"den": "9999-12-31"}, {"tu": "0001-01-01"}])
def test_a_day_at_the_end_of_the_calendar_is_refused_in_a_sentence(office, organiser, asked) -> None:
    answer = office.get(reverse("units:trail", args=[organiser.slug]), asked)
    assert answer.status_code == 400
    assert "chọn ngày trong các năm 2000 đến 2100" in answer.content.decode()


def test_a_long_history_comes_page_by_page_with_as_many_questions_as_a_short_one(
    office, organiser, administrator
) -> None:
    counts, unit = [], UnitFactory(parent=organiser.unit)
    for more in (1, 60):
        for number in range(more):
            done(f"Việc {number}", unit, administrator)
        with CaptureQueriesContext(connection) as asked:
            page = told(office, organiser)
        counts.append(len(asked))
    assert counts[0] == counts[1] <= 12
    assert "Trang 1 trong 2" in page
    assert "Việc 59" in page
    assert "Việc 59" not in told(office, organiser, trang="2")


def test_the_page_is_quick_with_ten_thousand_lines_and_three_thousand_units(office, organiser, administrator) -> None:
    units = UnitFactory._meta.model.objects.bulk_create(
        [UnitFactory.build(parent=organiser.unit, code=f"{number:05d}") for number in range(3555)]
    )
    now = timezone.now()
    TrailEntry.objects.bulk_create(
        TrailEntry(
            form=2, scope="site", seq=number + 1, at=now, actor=administrator, actor_label="Quản Trị Viên (qtv)",
            action="units.change_unit", object_label="Sửa", object_type="units.Unit",
            object_id=str(units[number % 3555].pk), hash="0" * 64,
        )
        for number in range(10_000)
    )  # fmt: skip
    analyse()
    told(office, organiser)
    took = []
    for _ in range(3):
        start = time.process_time()
        told(office, organiser)
        took.append(time.process_time() - start)
    assert min(took) < MOST_SECONDS
