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
    assert "Không có dòng nào" in told(office, organiser)
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
