"""Minutes of the council's meetings: the coordinator writes them in the council's step, the team reads them."""

from __future__ import annotations

import datetime
import re
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from scoring.enums import Phase
from scoring.models import CouncilSession
from scoring.services.errors import StaleEdit
from scoring.services.minutes import Minutes, add_minutes, change_minutes
from tests.racing import at_once
from tests.year import ORDER, Year, build_year
from units.models import TrailEntry

pytestmark = pytest.mark.django_db
TEXT = {
    "version": 0,
    "held_on": "12/02/2027",
    "chair": "Phó Chủ tịch UBND tỉnh",
    "attendees": "Sở Nội vụ\nSở Tài chính",
    "minutes": "Thống nhất 14 mục.",
}


def url(year: Year, rest: str = "") -> str:
    return f"/lam-viec/{year.organiser.slug}/ky/2026/hoi-dong/bien-ban/{rest}"


def words(page: Any) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page.content.decode().split("<main", 1)[1]).split())


def add(year: Year, by: str = "c", **changes: Any) -> Any:
    return year.browser(by).post(url(year, "them/"), TEXT | changes)


@pytest.fixture
def year() -> Year:
    return build_year(Phase.COUNCIL)


def test_minutes_are_written_and_read_by_the_team(year: Year) -> None:
    answer = add(year)
    assert (answer.status_code, answer["Location"]) == (302, url(year))
    for reader in ("c", "h", "l"):
        page = words(year.browser(reader).get(url(year)))
        assert "Phiên họp ngày 12/02/2027 Chủ trì: Phó Chủ tịch UBND tỉnh" in page
        assert "Thống nhất 14 mục." in page
    assert TrailEntry.objects.get(action="scoring.write_minutes").data["content"]["chair"] == "Phó Chủ tịch UBND tỉnh"


def test_minutes_are_changed_from_the_version_that_was_read(year: Year) -> None:
    add(year)
    session = CouncilSession.objects.get()
    answer = year.browser("c2").post(
        url(year, f"{session.pk}/"), TEXT | {"version": 1, "minutes": "Thống nhất 15 mục."}
    )
    assert answer.status_code == 302
    stale = year.browser("c").post(url(year, f"{session.pk}/"), TEXT | {"version": 1, "minutes": "Thống nhất 16 mục."})
    assert stale.status_code == 409
    page = words(stale)
    assert "Thống nhất 15 mục." in page
    assert "Thống nhất 16 mục." in page
    session.refresh_from_db()
    assert (session.minutes, session.version, session.author) == ("Thống nhất 15 mục.", 2, year["c2"])


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"held_on": "31/02/2027"}, "Nhập ngày họp dạng 12/02/2027."),
        ({"held_on": ""}, "Nhập ngày họp dạng 12/02/2027."),
        ({"chair": " "}, "Ghi người chủ trì phiên họp."),
        ({"minutes": ""}, "Ghi nội dung, kết luận của phiên họp."),
        ({"chair": "x" * 201}, "Rút gọn còn tối đa 200 ký tự."),
        ({"version": "x"}, "Mở lại trang rồi sửa."),
    ],
)
def test_what_is_missing_is_told_and_nothing_is_stored(year: Year, changes: dict[str, str], sentence: str) -> None:
    answer = add(year, **changes)
    assert answer.status_code == 422
    assert sentence in words(answer)
    assert CouncilSession.objects.count() == 0


@pytest.mark.parametrize(("who", "status"), [("h", 403), ("l", 403), ("a1", 403), ("g1", 403), ("n", 404), ("P", 302)])
def test_only_the_coordinator_writes_them(year: Year, who: str, status: int) -> None:
    assert add(year, by=who).status_code == status
    assert CouncilSession.objects.count() == 0
    add(year)
    session = CouncilSession.objects.get()
    answer = year.browser(who).post(url(year, f"{session.pk}/"), TEXT | {"version": 1, "minutes": "Khác"})
    assert answer.status_code == (404 if who in ("a1", "g1") else status)
    assert CouncilSession.objects.get().minutes == "Thống nhất 14 mục."


@pytest.mark.parametrize("phase", [phase for phase in ORDER if phase != Phase.COUNCIL])
def test_they_are_written_in_the_councils_step_only(phase: Phase) -> None:
    year = build_year(phase)
    answer = add(year)
    assert answer.status_code == 409
    assert "nên không ghi biên bản được" in words(answer)
    assert "Thống nhất 14 mục." in answer.content.decode(), "what was typed is not lost"
    assert CouncilSession.objects.count() == 0
    assert "Ghi biên bản</a>" not in year.browser("c").get(url(year)).content.decode()


def test_those_of_another_campaign_are_not_found(year: Year) -> None:
    other = build_year(Phase.COUNCIL, slug="noi-khac")
    add(other)
    assert year.browser("c").get(url(year, f"{CouncilSession.objects.get().pk}/")).status_code == 404


def test_the_list_costs_the_same_for_one_and_for_three(year: Year) -> None:
    def cost() -> int:
        browser = year.browser("l")
        browser.get(url(year))
        with CaptureQueriesContext(connection) as seen:
            browser.get(url(year))
        return len(seen)

    add(year)
    one = cost()
    add(year)
    add(year)
    assert cost() == one


@pytest.mark.django_db(transaction=True)
def test_of_two_changes_from_one_version_one_is_stored() -> None:
    year = build_year(Phase.COUNCIL)
    content = Minutes(datetime.date(2027, 2, 12), "Phó Chủ tịch", "", "Nội dung")
    session = add_minutes(year.campaign, content, by=year["c"])
    first, second = year["c"], year["c2"]
    results = at_once(
        [
            lambda: change_minutes(session, content, seen=1, by=first),
            lambda: change_minutes(session, content, seen=1, by=second),
        ]
    )
    assert sorted(type(result).__name__ for result in results) == ["CouncilSession", StaleEdit.__name__]
