"""What is taken after the hour is set with the hours of a group, told in the trail, and taken over next year."""

from __future__ import annotations

import datetime

import pytest

from scoring.enums import Phase
from scoring.models import Campaign, Window
from scoring.services.cloning import clone
from scoring.services.setup import change_group
from tests.scoring.setup.pages import at, version, words
from tests.year import Year, build_year
from units.models import TrailEntry

pytestmark = pytest.mark.django_db

SPAN = (
    datetime.datetime(2026, 12, 1, 1, tzinfo=datetime.UTC),
    datetime.datetime(2027, 1, 10, 17, tzinfo=datetime.UTC),
)


@pytest.fixture
def year() -> Year:
    return build_year(Phase.DRAFT)


def typed(year: Year, **change: str) -> dict[str, str]:
    form = {
        "version": str(version(year)), "title": "Sở", "grades": "",
        "self_assessment_opens_0": "01/12/2026", "self_assessment_opens_1": "08:00",
        "self_assessment_closes_0": "10/01/2027", "self_assessment_closes_1": "24:00",
        "self_assessment_grace": "30", "self_assessment_begun": "on",
    }  # fmt: skip
    return form | change


def window(year: Year, phase: Phase = Phase.SELF_ASSESSMENT) -> Window:
    return Window.objects.get(group=year.group, phase=phase)


def test_midnight_is_typed_and_shown_as_the_end_of_its_day(year: Year) -> None:
    browser = year.browser("c")
    assert browser.post(at(year, "khoi/so/"), typed(year)).status_code == 302
    assert window(year).closes_at == SPAN[1]
    shown = words(browser.get(at(year, "to-chuc/")))
    assert "đến 24:00 ngày 10/01/2027; nộp thêm 30 phút, nhận tệp bắt đầu tải lên trước hạn" in shown
    form = browser.get(at(year, "khoi/so/")).content.decode()
    assert 'value="10/01/2027"' in form
    assert 'value="24:00"' in form
    assert browser.post(at(year, "khoi/so/"), typed(year, self_assessment_closes_1="24h00")).status_code == 302
    assert window(year).closes_at == SPAN[1], "saved again as it was shown, it is the same instant"


def test_the_minutes_and_the_rule_are_kept_and_told_in_the_trail(year: Year) -> None:
    year.browser("c").post(at(year, "khoi/so/"), typed(year, self_assessment_begun=""))
    assert (window(year).grace_minutes, window(year).takes_begun_files) == (30, False)
    told = TrailEntry.objects.filter(action="scoring.change_group").latest("seq").data
    assert told["after"]["grace"]["self_assessment"] == 30
    assert told["after"]["begun_files"]["self_assessment"] is False


@pytest.mark.parametrize(
    ("minutes", "sentence"),
    [("-1", "Số phút không âm."), ("1441", "Tối đa 1440 phút"), ("mười", "Nhập số phút là số nguyên")],
)
def test_minutes_that_do_not_fit_are_told_and_nothing_is_kept(year: Year, minutes: str, sentence: str) -> None:
    before = window(year).closes_at
    answer = year.browser("c").post(at(year, "khoi/so/"), typed(year, self_assessment_grace=minutes))
    assert (answer.status_code, sentence in words(answer)) == (422, True)
    assert window(year).closes_at == before


def test_a_new_window_has_the_usual_grace_and_an_older_one_keeps_its_own(year: Year) -> None:
    Window.objects.filter(group=year.group, phase=Phase.EXPLANATION).delete()
    form = year.browser("c").get(at(year, "khoi/so/")).content.decode()
    assert 'name="explanation_grace" value="15"' in form
    assert 'name="self_assessment_grace" value="0"' in form
    windows = {Phase.SELF_ASSESSMENT: SPAN, Phase.APPRAISAL: SPAN, Phase.EXPLANATION: SPAN}
    change_group(year.group, title="Sở", grades=None, windows=windows, seen=version(year), by=year["c"])
    assert window(year).grace_minutes == 0
    assert (window(year, Phase.EXPLANATION).grace_minutes, window(year, Phase.APPRAISAL).grace_minutes) == (15, 0)


def test_next_year_takes_the_setting_over(year: Year) -> None:
    year.browser("c").post(at(year, "khoi/so/"), typed(year))
    campaign = Campaign.objects.select_related("organiser").get(pk=year.campaign.pk)
    made = clone(campaign, code="2027", year=2027, title="Năm 2027", by=year["c"])
    taken = Window.objects.get(group__campaign=made, phase=Phase.SELF_ASSESSMENT)
    assert (taken.grace_minutes, taken.takes_begun_files) == (30, True)
