"""Settled figures (chốt số liệu) keep the scale, the gates, the policy and the ranking they were settled under."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone

from scoring.enums import Phase
from scoring.models import Campaign, Group, Participant
from scoring.services import setup
from scoring.services.calculation import faults_of
from scoring.services.campaigns import change_ranking, change_settings
from scoring.services.council import override_grade
from scoring.services.errors import Conflict, Incomplete
from scoring.services.running import run_official
from scoring.services.transitions import perform
from tests.database import fingerprint
from tests.scoring.setup.pages import at, version, words
from tests.year import Year, build_year
from units.permissions import Refused

pytestmark = pytest.mark.django_db

ASK = "Khối “Sở, ban, ngành” đã chốt số liệu, nên không đổi {}. Mở lại hội đồng trước."
SCALE = [{"code": "dat", "label": "Đạt", "at_least": "50"}, {"code": "chua_dat", "label": "Chưa đạt"}]
GATE = {"node": "any", "index_below": "49.5", "highest_grade": "trung_binh", "reason": "Có lĩnh vực dưới 49,5 %"}


def windows(year: Year) -> dict[Any, Any]:
    return {item.phase: (item.opens_at, item.closes_at) for item in year.group.windows.all()}


def group(year: Year, **changes: Any) -> None:
    now = year.fresh_group()
    content = {"title": now.title, "grades": now.grades, "windows": windows(year)} | changes
    setup.change_group(now, **content, seen=version(year), by=year["c"])


def settings(year: Year, **changes: Any) -> None:
    change_settings(year.campaign, changes, seen=version(year), by=year["c"])


def gates(year: Year, **own: Any) -> None:
    setup.change_gates(year.campaign, [GATE], seen=version(year), by=year["c"], **own)


def participant(year: Year, **changes: Any) -> None:
    setup.change_participant(Participant.objects.get(pk=year.a.pk), changes, seen=version(year), by=year["c"])


def ranking(year: Year, by: str = "c") -> None:
    unit = Participant.objects.get(pk=year.a.pk)
    change_ranking(unit, is_ranked=False, reason="Mới sáp nhập", seen=version(year), by=year[by])


CHANGES: dict[str, tuple[Callable[[Year], None], str]] = {
    "policy": (
        lambda year: settings(year, policy=year.campaign.policy | {"decimals": 1}),
        "cách tính, thang xếp loại của kỳ",
    ),
    "scale": (lambda year: settings(year, grades=SCALE), "cách tính, thang xếp loại của kỳ"),
    "scale of the group": (lambda year: group(year, grades=SCALE), "thang xếp loại"),
    "gates": (gates, "điều kiện khống chế xếp loại"),
    "gates of the group": (lambda year: gates(year, group=year.fresh_group()), "điều kiện khống chế xếp loại"),
    "ranking": (ranking, "việc xếp hạng của đơn vị"),
    "standing": (
        lambda year: participant(year, is_ranked=False, unranked_reason="Mới sáp nhập"),
        "việc tham gia của đơn vị",
    ),
    "left out": (lambda year: participant(year, is_assessed=False), "việc tham gia của đơn vị"),
}


@pytest.mark.parametrize("phase", [Phase.FINALISED, Phase.PUBLISHED])
@pytest.mark.parametrize("name", CHANGES)
def test_nothing_that_results_follow_from_changes_after_the_figures_are_settled(name: str, phase: Phase) -> None:
    year = build_year(Phase.FINALISED)
    Group.objects.filter(pk=year.group.pk).update(phase=phase)
    change, what = CHANGES[name]
    before = fingerprint()
    with pytest.raises(Conflict) as refused:
        change(year)
    assert refused.value.sentence == ASK.format(what)
    assert fingerprint() == before


@pytest.mark.parametrize("name", [name for name in CHANGES if name != "left out"])
def test_it_changes_again_once_the_council_is_open_again(name: str) -> None:
    year = build_year(Phase.FINALISED)
    perform(year.fresh_group(), "return_to_council", year["c"], reason="Sửa thang xếp loại")
    CHANGES[name][0](year)


def test_words_and_hours_change_afterwards_and_the_run_stays_the_newest() -> None:
    year = build_year(Phase.FINALISED)
    given = run_official(year.campaign, year["c"]).input_sha256
    later = timezone.now() + datetime.timedelta(days=40)
    hours = {phase: (opens, later) for phase, (opens, _) in windows(year).items()}
    group(year, windows=hours)
    settings(year, title=year.campaign.title, decision_number="12/QĐ-UBND")
    participant(year, is_ranked=True, unranked_reason="")
    assert run_official(year.campaign, year["c"]).input_sha256 == given


def test_the_pages_say_so_with_what_was_typed() -> None:
    year = build_year(Phase.FINALISED)
    form = {
        "version": version(year), "node": "any", "index_below": "49,5", "highest_grade": "kha",
        "reason": "Có lĩnh vực yếu",
    }  # fmt: skip
    answer = year.browser("c").post(at(year, "khong-che/"), form)
    assert (answer.status_code, ASK.format("điều kiện khống chế xếp loại") in words(answer)) == (409, True)
    assert "Có lĩnh vực yếu" in answer.content.decode()


def test_another_group_that_is_still_with_the_council_goes_on() -> None:
    year = build_year(Phase.FINALISED)
    other = Group.objects.create(campaign=year.campaign, code="xa", title="Xã, phường", position=2)
    setup.change_group(other, title="Xã", grades=SCALE, windows={}, seen=version(year), by=year["c"])
    setup.change_gates(year.campaign, [], seen=version(year), by=year["c"], group=other)
    assert Group.objects.get(pk=other.pk).grades == SCALE


class TestAClassThatIsNamed:
    """A scale that loses a class which a decision or a gate names would leave the campaign uncomputable."""

    @pytest.fixture
    def year(self) -> Year:
        return build_year(Phase.COUNCIL)

    def test_by_a_decision_of_the_council_stays_in_the_scale(self, year: Year) -> None:
        code = year.campaign.grades[0]["code"]
        override_grade(year.a, code, "Thành tích đặc biệt", seen=None, by=year["h"])
        before = fingerprint()
        with pytest.raises(Conflict, match=f"Không đổi như vậy được: .*{code}"):
            group(year, grades=SCALE)
        assert fingerprint() == before

    def test_by_a_gate_stays_in_the_scale(self, year: Year) -> None:
        gates(year, group=year.fresh_group())
        with pytest.raises(Conflict, match="trung_binh"):
            group(year, grades=SCALE)
        wrong = [GATE | {"highest_grade": "khong_co"}]
        with pytest.raises(Conflict, match="khong_co"):
            setup.change_gates(year.campaign, wrong, seen=version(year), by=year["c"])
        assert faults_of(Campaign.objects.get(pk=year.campaign.pk)) == []


@pytest.mark.parametrize("who", ["a1", "g1", "h", "l", "s", "n"])
def test_the_services_themselves_ask_who_it_is(who: str) -> None:
    year = build_year(Phase.DRAFT)
    with pytest.raises(Refused):
        ranking(year, who)
    with pytest.raises(Refused):
        change_settings(year.campaign, {"title": "Khác"}, seen=version(year), by=year[who])


def test_more_time_is_given_for_a_year_at_most() -> None:
    year = build_year(Phase.SELF_ASSESSMENT)
    submission = year.submission()
    until = timezone.now() + datetime.timedelta(days=400)
    with pytest.raises(Incomplete, match="trong vòng một năm") as refused:
        perform(submission, "extend", year["c"], reason="Mất điện", until=until)
    assert refused.value.field == "until"
    assert year.submission().extended_until is None
