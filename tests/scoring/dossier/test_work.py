"""Việc của tôi: each role is led to its place, sees what waits now, and nothing of others."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from scoring.enums import Phase, Stage, SubmissionState
from scoring.models import Amendment, Exclusion, Participant, Submission, Window
from scoring.services.appraisal import appraise
from scoring.services.explaining import explain
from scoring.services.transitions import perform
from scoring.services.values import Content
from tests.factories import UnitFactory, answer
from tests.scoring.dossier.pages import step, text, url
from tests.year import Year, build_year
from units.enums import Role, UnitKind
from units.models import Membership

pytestmark = pytest.mark.django_db


def work(year: Year) -> str:
    return f"/lam-viec/{year.organiser.slug}/viec/"


@pytest.mark.parametrize(
    ("who", "place"),
    [
        ("a1", "ky/2026/phieu/SOA/bang/"),
        ("aH", "ky/2026/phieu/SOA/bang/"),
        ("g1", "viec/"),
        ("h", "viec/"),
        ("c", ""),
        ("l", ""),
        ("s", "nguoi/"),
    ],
)
def test_the_way_in_leads_every_role_to_its_place(who: str, place: str) -> None:
    year = build_year()
    response = year.browser(who).get("/lam-viec/")
    assert response["Location"] == f"/lam-viec/{year.organiser.slug}/{place}"


@pytest.mark.parametrize("who", ["a1", "aH", "g1", "h", "c", "l"])
def test_the_navigation_names_the_own_work(who: str) -> None:
    year = build_year()
    assert f'href="{work(year)}" aria-current="page">Việc của tôi' in text(year.browser(who).get(work(year)))


def test_a_unit_sees_its_own_dossier_with_state_and_count() -> None:
    year = build_year()
    year.declare("1.1", inputs={"choice": "du"})
    page = text(year.browser("a1").get(work(year)))
    assert url(year) in page
    assert "Đã nhập 1/3 tiêu chí" in page
    assert "Còn 9 ngày" in page
    assert "Sở Bình yên" not in page


def test_what_waits_for_the_heads_signature_is_said_to_the_head_alone() -> None:
    year = build_year()
    step(year, "a1", "hand_over")
    assert "Chờ ký" in text(year.browser("aH").get(work(year)))
    assert "Chờ ký" not in text(year.browser("a1").get(work(year)))


def test_before_the_opening_a_unit_sees_nothing() -> None:
    year = build_year(Phase.DRAFT)
    assert "Chưa có việc nào" in text(year.browser("a1").get(work(year)))


def test_an_appraiser_sees_how_many_parts_are_open() -> None:
    year = build_year(Phase.APPRAISAL)
    page = text(year.browser("g1").get(work(year)))
    assert "2 phần đang chấm, 0 phần chấm xong chờ ký, 0 phần đã ký" in page
    assert "Chưa có phần thẩm định nào" in text(year.browser("gA").get(work(year)))


def test_the_council_is_led_to_its_room_when_there_is_something() -> None:
    year = build_year(Phase.COUNCIL)
    assert "Hội đồng: Chỉ số CCHC" in text(year.browser("h").get(work(year)))
    assert "Hội đồng: Chỉ số CCHC" not in text(year.browser("g1").get(work(year)))


def test_who_has_nothing_yet_is_told_in_the_words_of_the_own_role() -> None:
    year = build_year()
    council, leader, coordinator = (text(year.browser(who).get(work(year))) for who in ("h", "l", "c"))
    assert "Chưa có mục nào trình hội đồng" in council
    assert "phiếu của đơn vị hiện ở đây" not in council
    assert "kết quả trình duyệt trước khi công bố" in leader
    assert "Tiến độ, thẩm định, điểm nhập, tính và công bố theo từng kỳ." in coordinator
    for page in (leader, coordinator):
        assert "Chưa có" not in page


@pytest.mark.parametrize(("who", "status"), [("n", 404), ("P", 302), ("x", 302)])
def test_strangers_find_nothing(who: str, status: int) -> None:
    year = build_year()
    assert year.browser(who).get(work(year)).status_code == status


def test_the_number_of_queries_does_not_grow_with_the_units_of_a_person() -> None:
    year, counts = build_year(), []
    browser = year.browser("a1")
    for wanted in (1, 3):
        for number in range(len(counts) and 1, wanted):
            if number:
                add_unit(year, number)
        with CaptureQueriesContext(connection) as queries:
            page = text(browser.get(work(year)))
        assert page.count("Đã nhập 0/3") == wanted
        counts.append(len(queries))
    assert counts[0] == counts[1]


def add_unit(year: Year, number: int) -> None:
    unit = UnitFactory(parent=year.organiser.unit, code=f"SO{number}", name=f"Sở {number}", kind=UnitKind.DEPARTMENT)
    participant = Participant.objects.create(
        campaign=year.campaign, unit=unit, code=unit.code, name=unit.name, group=year.group,
        criteria_set=year.criteria_set,
    )  # fmt: skip
    Submission.objects.create(participant=participant)
    Membership.objects.create(
        user=year["a1"], organiser=year.organiser, unit=unit, role=Role.UNIT_STAFF, valid_from="2025-01-01"
    )


@pytest.mark.parametrize("phase", [Phase.APPRAISAL, Phase.REAPPRAISAL, Phase.COUNCIL])
def test_a_unit_is_counted_down_to_nothing_but_its_own_hour(phase: Phase) -> None:
    """What stays open then is the appraisers': the unit would take their days for its own."""
    year = build_year(phase)
    Window.objects.update_or_create(
        group=year.group, phase=phase,
        defaults={"opens_at": timezone.now(), "closes_at": timezone.now() + timedelta(days=20)},
    )  # fmt: skip
    assert "Còn" in strip(year, "c")
    assert strip(year, "a1") == ""
    own = text(year.browser("a1").get(work(year)))
    assert "Còn " not in own
    assert "Đã đóng" not in own
    Submission.objects.filter(pk=year.submission().pk).update(
        state=SubmissionState.DRAFT,
        extended_until=timezone.now() + timedelta(days=3, hours=1),
        extension_reason="Lũ",
    )
    assert ("Còn 3 ngày" in strip(year, "a1")) == (phase == Phase.APPRAISAL)
    assert ("Còn 3 ngày" in text(year.browser("a1").get(work(year)))) == (phase == Phase.APPRAISAL)


def test_a_unit_that_was_given_more_time_to_explain_is_told_its_own_hour() -> None:
    year = build_year(Phase.EXPLANATION)
    year.move_window(Phase.EXPLANATION, -timedelta(days=2), -timedelta(hours=1))
    assert "Đã đóng lúc" in text(year.browser("a1").get(work(year)))
    more_time(year, "reopen")
    for who, own in (("a1", True), ("b1", False)):
        page = text(year.browser(who).get(work(year)))
        assert (("Còn 3 ngày" in page), ("Đã đóng lúc" in page)) == (own, not own)


def test_a_unit_that_is_asked_again_is_told_until_when_and_no_longer_once_it_has_sent() -> None:
    year = build_year(Phase.REAPPRAISAL)
    fallen = Content(points=Decimal("0.5"), reason="Báo cáo chỉ đáng 0,5 điểm")
    seen = year.seen("2.1", Stage.REAPPRAISED)
    appraise(year.part("2", 2), year.leaves["2.1"], fallen, seen=seen, by=year["g2"])
    assert "Còn " not in text(year.browser("a1").get(work(year)))
    more_time(year, "ask_again")
    assert "Còn 3 ngày" in text(year.browser("a1").get(work(year)))
    explain(year.a, year.leaves["2.1"], "Ngày đúng là 10/12", seen=0, by=year["a1"])
    perform(year.explanation(), "hand_over", year["a1"])
    perform(year.explanation(), "submit", year["aH"])
    assert "Còn " not in text(year.browser("a1").get(work(year)))


def more_time(year: Year, name: str) -> None:
    until = timezone.now() + timedelta(days=3, hours=1)
    perform(year.explanation(), name, year["c"], reason="Mất điện", until=until)


def strip(year: Year, who: str) -> str:
    """The countdown of the phase strip of unit A's worksheet, "" without one."""
    return text(year.browser(who).get(url(year))).partition('<p class="countdown mb-0">')[2].partition("</p>")[0]


def test_the_coordinator_is_told_what_waits_with_the_way_there_and_nobody_else_is() -> None:
    year = build_year(Phase.APPRAISAL)
    browser, counts = year.browser("c"), []
    assert "Chờ xử lý" not in text(browser.get(work(year)))
    for more in (1, 3):
        let_wait(year, more)
        with CaptureQueriesContext(connection) as queries:
            page = text(browser.get(work(year)))
        counts.append(len(queries))
    for sentence, place in (
        ("3 hồ sơ không nộp trong hạn, chờ quyết định", "tien-do/?tinh-trang=cho-quyet-dinh"),
        ("3 điểm nhập chờ người thứ hai xác nhận", "diem-nhap/"),
        ("3 việc không đánh giá tiêu chí chờ người thứ hai xác nhận", "khong-danh-gia/"),
        ("1 sửa đổi bộ tiêu chí chờ xác nhận", "bo-tieu-chi/"),
    ):
        assert f'{year.campaign.code}/{place}">{sentence}' in page
    assert counts[0] == counts[1]
    for who in ("a1", "g1", "h", "l"):
        assert "Chờ xử lý" not in text(year.browser(who).get(work(year)))


def let_wait(year: Year, wanted: int) -> None:
    """Bring the number of late dossiers, entered points and exclusions that wait to `wanted`; one amendment."""
    taken = Submission.objects.filter(state=SubmissionState.NOT_SUBMITTED).count()
    for number in range(taken, wanted):
        add_unit(year, number)
        late = Submission.objects.order_by("pk").last()
        Submission.objects.filter(pk=late.pk).update(state=SubmissionState.NOT_SUBMITTED)
        answer(
            late.participant,
            year.leaves["3.1"],
            Stage.ENTERED,
            inputs={"mean": "4.5"},
            author=year["c"],
            confirmed_by=None,
            confirmed_at=None,
        )
        Exclusion.objects.create(
            campaign=year.campaign, participant=late.participant, criterion=year.leaves["1.1"], reason="Lũ",
            legal_basis="1/QĐ", entered_by=year["c"],
        )  # fmt: skip
    Amendment.objects.get_or_create(
        criteria_set=year.criteria_set, revision=2,
        defaults={"decision_number": "1", "decision_date": "2026-01-01", "reason": "r", "sha256": "0" * 64,
                  "annex": {}, "drafted_by": year["c"]},
    )  # fmt: skip


def test_who_also_does_other_work_or_has_several_units_begins_at_the_list() -> None:
    year = build_year()
    add_unit(year, 1)
    assert year.browser("a1").get("/lam-viec/")["Location"] == work(year)
    Membership.objects.create(
        user=year["b1"], organiser=year.organiser, unit=year.b.unit, role=Role.APPRAISER, valid_from="2025-01-01"
    )
    assert year.browser("b1").get("/lam-viec/")["Location"] == work(year)


def test_before_the_opening_the_way_in_leads_to_the_list() -> None:
    year = build_year(Phase.DRAFT)
    assert year.browser("a1").get("/lam-viec/")["Location"] == work(year)
