"""The steps of a year by the pages: what may be done, why it cannot be done yet, several groups at once, the trial."""

from __future__ import annotations

import datetime

import pytest

from scoring.enums import Phase, Resolution, Source, Stage, SubmissionState
from scoring.models import (
    AppraisalPart,
    Criterion,
    Explanation,
    ExplanationItem,
    Group,
    Participant,
    Submission,
    Window,
)
from scoring.services.appraisal import appraise
from scoring.services.transitions import perform
from scoring.services.values import Content
from tests.database import fingerprint
from tests.factories import UnitFactory, UserFactory
from tests.scoring.setup.pages import at, version, words
from tests.year import Year, advance, build_year
from units.enums import Role, UnitKind
from units.models import Membership, TrailEntry
from units.vietnamese import format_datetime

pytestmark = pytest.mark.django_db


def second_group(year: Year, with_window: bool = True) -> Group:
    """Another group of one unit, in draft."""
    group = Group.objects.create(campaign=year.campaign, code="xa", title="Xã, phường", position=2)
    unit = UnitFactory(parent=year.organiser.unit, name="Xã Suối")
    Participant.objects.create(
        campaign=year.campaign, unit=unit, code=unit.code, name=unit.name, group=group, criteria_set=year.criteria_set
    )
    if with_window:
        Window.objects.create(group=group, phase=Phase.SELF_ASSESSMENT, **_hours())
    return group


def _hours() -> dict[str, datetime.datetime]:
    now = datetime.datetime.now(datetime.UTC)
    return {"opens_at": now - datetime.timedelta(days=1), "closes_at": now + datetime.timedelta(days=5)}


class TestSteps:
    def test_the_page_offers_the_way_forward_and_the_ways_back_of_each_group(self) -> None:
        year = build_year(Phase.APPRAISAL)
        page = words(year.browser("c").get(at(year, "buoc/")))
        assert "Trả kết quả, mở giải trình : Sở, ban, ngành" in page
        assert "Quay lại tự chấm" in page
        assert "Đã công bố" not in page

    def test_a_leader_sees_where_the_year_stands_and_no_button(self) -> None:
        year = build_year(Phase.APPRAISAL)
        page = words(year.browser("l").get(at(year, "buoc/")))
        assert "Đang ở bước: Thẩm định 1" in page
        assert "mở giải trình" not in page

    def test_opening_leads_to_self_assessment(self) -> None:
        year = build_year(Phase.DRAFT)
        answer = year.browser("c").post(at(year, "buoc/khoi/so/open/"), {"sure": version(year)}, follow=True)
        assert "nay ở bước “Tự chấm”" in words(answer)
        assert year.phase() == Phase.SELF_ASSESSMENT

    def test_what_stands_against_a_step_is_listed_on_the_page(self) -> None:
        year = build_year(Phase.APPRAISAL)
        browser = year.browser("c")
        before = fingerprint()
        answer = browser.post(at(year, "buoc/khoi/so/start_explanation/"))
        assert answer.status_code == 409
        assert "Chưa mở giải trình được. Sở An toàn: phần lĩnh vực 1 chưa ký." in words(answer)
        assert fingerprint() == before

    def test_leaves_without_a_rule_are_named_and_the_group_opens_once_they_are_confirmed(self) -> None:
        year = build_year(Phase.DRAFT)
        Criterion.objects.filter(code="2.1").update(rule_pending=True)
        browser = year.browser("c")
        assert "Chưa có quy tắc: 2.1." in words(browser.get(at(year, "buoc/")))
        refused = browser.post(at(year, "buoc/khoi/so/open/"))
        assert (refused.status_code, "2.1: chưa có quy tắc." in words(refused)) == (409, True)
        asked = browser.post(at(year, "buoc/khoi/so/open/"), {"accept_pending": "on"})
        assert 'name="accept_pending" value="on"' in asked.content.decode(), "the tick is carried on"
        sent = {"accept_pending": "on", "sure": version(year)}
        assert browser.post(at(year, "buoc/khoi/so/open/"), sent).status_code == 302
        assert year.phase() == Phase.SELF_ASSESSMENT

    def test_a_way_back_asks_for_a_reason_and_keeps_it_in_the_trail(self) -> None:
        year = build_year(Phase.APPRAISAL)
        browser = year.browser("c")
        url = at(year, "buoc/khoi/so/return_to_self_assessment/")
        refused = browser.post(url, {"reason": "  "})
        assert (refused.status_code, "Nêu lý do “quay lại tự chấm”" in words(refused)) == (422, True)
        assert year.phase() == Phase.APPRAISAL
        assert browser.post(url, {"reason": "Mở lại một tuần theo công văn 12"}).status_code == 302
        assert year.phase() == Phase.SELF_ASSESSMENT
        entry = TrailEntry.objects.get(action="scoring.group_return_to_self_assessment")
        assert entry.data["reason"] == "Mở lại một tuần theo công văn 12"

    @pytest.mark.parametrize(
        ("name", "status"),
        [("open", 409), ("finalise", 409), ("publish", 404), ("khong-co", 404), ("submit", 404)],
    )
    def test_a_step_out_of_turn_or_of_nobody_is_refused(self, name: str, status: int) -> None:
        year = build_year(Phase.APPRAISAL)
        browser = year.browser("c")
        before = fingerprint()
        assert browser.post(at(year, f"buoc/khoi/so/{name}/")).status_code == status
        assert fingerprint() == before

    @pytest.mark.parametrize("who", ["a1", "aH", "g1", "h", "l", "s", "n", "x"])
    def test_nobody_else_moves_a_group(self, who: str) -> None:
        year = build_year(Phase.DRAFT)
        browser = year.browser(who)
        for page in ("buoc/khoi/so/open/", "buoc/tat-ca/open/"):
            assert browser.post(at(year, page)).status_code in (302, 403, 404)
        assert year.phase() == Phase.DRAFT


class TestAllAtOnce:
    def test_groups_that_can_go_and_the_others_stay_with_their_reasons(self) -> None:
        year = build_year(Phase.DRAFT)
        second_group(year, with_window=False)
        browser = year.browser("c")
        assert "Mở tự chấm: 2 khối" in words(browser.get(at(year, "buoc/")))
        asked = browser.post(at(year, "buoc/tat-ca/open/"))
        assert asked.status_code == 200
        assert "Xã, phường: chưa chuyển được, giữ nguyên" in words(asked)
        answer = browser.post(at(year, "buoc/tat-ca/open/"), {"sure": version(year)})
        assert answer.status_code == 409
        assert "Mở tự chấm: Sở, ban, ngành." in words(answer)
        assert "Chưa mở tự chấm được. Khối chưa có thời hạn tự chấm." in words(answer)
        phases = dict(year.campaign.groups.values_list("code", "phase"))
        assert phases == {"so": Phase.SELF_ASSESSMENT, "xa": Phase.DRAFT}

    def test_all_that_can_go_at_once(self) -> None:
        year = build_year(Phase.DRAFT)
        second_group(year)
        browser = year.browser("c")
        assert "Mở tự chấm: 2 khối" in words(browser.post(at(year, "buoc/tat-ca/open/")))
        assert browser.post(at(year, "buoc/tat-ca/open/"), {"sure": version(year)}).status_code == 302
        assert set(year.campaign.groups.values_list("phase", flat=True)) == {Phase.SELF_ASSESSMENT}

    def test_a_step_that_no_group_waits_for_is_refused(self) -> None:
        year = build_year(Phase.DRAFT)
        answer = year.browser("c").post(at(year, "buoc/tat-ca/finalise/"))
        assert (answer.status_code, "Không khối nào đang chờ bước “Chốt số liệu”." in words(answer)) == (409, True)


class TestWhatOpeningWillDo:
    def test_the_first_press_says_it_and_does_nothing(self) -> None:
        year = build_year(Phase.DRAFT)
        Membership.objects.filter(user=year["b1"]).delete()
        UnitFactory(parent=year.organiser.unit, name="Xã Ngoài Khối")  # the other one outside is where appraisers work
        browser = year.browser("c")
        before = fingerprint()
        answer = browser.post(at(year, "buoc/khoi/so/open/"))
        assert (answer.status_code, fingerprint() == before) == (200, True)
        page = words(answer)
        window = Window.objects.get(group=year.group, phase=Phase.SELF_ASSESSMENT)
        for told in (
            "2 đơn vị có hồ sơ tự chấm; 3 cán bộ đầu mối, thủ trưởng",
            f"đến {format_datetime(window.closes_at)}",
            f"Bộ tiêu chí “{year.criteria_set.title}” (5 tiêu chí chấm điểm) khóa từ lúc mở",
            f"1 trong 2 đơn vị chưa có cán bộ đầu mối: {year.b.name}",
            f"2 đơn vị của {year.organiser.title} chưa vào khối nào của kỳ",
            "không trở lại bước Nháp được",
        ):
            assert told in page, told
        assert "chưa có thủ trưởng" not in page

    def test_what_keeps_a_group_from_opening_is_said_at_once(self) -> None:
        year = build_year(Phase.DRAFT)
        Window.objects.filter(group=year.group).delete()
        answer = year.browser("c").post(at(year, "buoc/khoi/so/open/"))
        assert (answer.status_code, "Khối chưa có thời hạn tự chấm." in words(answer)) == (409, True)

    @pytest.mark.parametrize("sure", ["", "1000", "on", "x" * 50])
    def test_who_agreed_to_another_state_of_the_year_is_asked_again(self, sure: str) -> None:
        year = build_year(Phase.DRAFT)
        for page in ("buoc/khoi/so/open/", "buoc/tat-ca/open/"):
            assert year.browser("c").post(at(year, page), {"sure": sure}).status_code == 200
        assert year.phase() == Phase.DRAFT

    def test_units_that_the_set_was_not_made_for_are_named(self) -> None:
        year = build_year(Phase.DRAFT)
        type(year.criteria_set).objects.update(unit_kinds=[UnitKind.WARD])
        page = words(year.browser("c").post(at(year, "buoc/khoi/so/open/")))
        assert f"2 đơn vị chấm theo bộ tiêu chí dành cho loại đơn vị khác: {year.a.name}; {year.b.name}" in page

    def test_ten_times_the_units_ask_no_more_questions(self, django_assert_max_num_queries) -> None:
        year = build_year(Phase.DRAFT)
        browser, counts = year.browser("c"), []
        for more in (1, 10):
            for _ in range(more):
                unit = UnitFactory(parent=year.organiser.unit)
                Participant.objects.create(
                    campaign=year.campaign, unit=unit, code=unit.code, name=unit.name, group=year.group,
                    criteria_set=year.criteria_set,
                )  # fmt: skip
                Membership.objects.create(user=UserFactory(), organiser=year.organiser, unit=unit, role=Role.UNIT_STAFF)
            with django_assert_max_num_queries(60) as asked:
                browser.post(at(year, "buoc/khoi/so/open/"))
            counts.append(len(asked))
        assert counts[0] == counts[1]


class TestTheTrialSwitch:
    def switched(self, year: Year, phase: Phase) -> int:
        form = {"group": year.group.pk, "phase": phase}
        return year.browser("c").post(at(year, "buoc/dung-thu/"), form).status_code

    @pytest.mark.parametrize("phase", [phase for phase in Phase if phase not in (Phase.DRAFT, Phase.PUBLISHED)])
    def test_a_draft_group_goes_anywhere_and_every_page_of_that_phase_opens(self, phase: Phase) -> None:
        year = build_year(Phase.DRAFT)
        assert self.switched(year, phase) == 302
        assert year.phase() == phase
        assert Submission.objects.count() == 2
        assert AppraisalPart.objects.filter(round=1).count() == 4
        for page in ("", "buoc/", "tien-do/", "tien-do/SOA/", "phieu/SOA/"):
            assert year.browser("c").get(at(year, page)).status_code == 200, page
        entry = TrailEntry.objects.get(action="scoring.switch_phase")
        assert entry.object_label.startswith("Bản dùng thử: chuyển bước tự do")

    def test_a_unit_writes_and_its_head_hands_in_after_the_switch_to_self_assessment(self) -> None:
        year = build_year(Phase.DRAFT)
        Window.objects.all().delete()
        self.switched(year, Phase.SELF_ASSESSMENT)
        year.declare("1.1", inputs={"choice": "du"})
        perform(year.submission(), "hand_over", year["a1"])
        assert perform(year.submission(), "submit", year["aH"], accept_warnings=True).state == SubmissionState.SUBMITTED

    def test_what_was_not_handed_in_counts_as_it_stands_and_can_be_appraised(self) -> None:
        year = build_year(Phase.SELF_ASSESSMENT)
        year.declare("1.1", inputs={"choice": "du"})
        self.switched(year, Phase.APPRAISAL)
        assert year.submission().resolution == Resolution.AS_IT_STANDS
        from_there = AppraisalPart.objects.filter(participant=year.a, component__code="1")
        from_there.update(appraiser=year.people["g1"])
        leaf = year.leaves["1.1"]
        value = appraise(year.part("1"), leaf, Content(inputs={"choice": "du"}), seen=0, by=year["g1"])
        assert value.worth == 2

    def test_what_was_written_as_explanation_opens_the_second_round(self) -> None:
        year = build_year(Phase.EXPLANATION)
        ExplanationItem.objects.create(
            explanation=year.explanation(), criterion=year.leaves["2.1"], text="Đã gửi", author=year.people["a1"]
        )
        self.switched(year, Phase.REAPPRAISAL)
        assert set(AppraisalPart.objects.filter(round=2).values_list("participant__code", "component__code")) == {
            ("SOA", "2")
        }

    def test_where_nobody_explained_examples_that_say_so_fill_the_second_round(self) -> None:
        year = build_year(Phase.EXPLANATION)
        self.switched(year, Phase.REAPPRAISAL)
        items = ExplanationItem.objects.filter(explanation=year.explanation())
        assert {item.criterion.code for item in items} == {"1.2", "2.1"}
        assert all("minh họa" in item.text and item.author is None for item in items)
        assert year.part("1", 2).appraiser == year["g1"]

    def test_back_to_self_assessment_a_late_unit_may_go_on_and_a_submitted_one_stays_submitted(self) -> None:
        year = build_year(Phase.SELF_ASSESSMENT)
        self.switched(year, Phase.APPRAISAL)
        Submission.objects.filter(participant=year.b).update(
            state=SubmissionState.SUBMITTED, resolution=Resolution.NONE, resolution_reason=""
        )
        self.switched(year, Phase.SELF_ASSESSMENT)
        states = dict(Submission.objects.values_list("participant__code", "state"))
        assert states == {"SOA": SubmissionState.DRAFT, "SOB": SubmissionState.SUBMITTED}
        assert Submission.objects.get(participant=year.a).resolution == Resolution.NONE

    def test_there_and_back_loses_no_value(self) -> None:
        year = build_year(Phase.COUNCIL)
        values = list(year.a.values.order_by("pk").values())
        for phase in (Phase.SELF_ASSESSMENT, Phase.FINALISED, Phase.DRAFT, Phase.COUNCIL):
            assert self.switched(year, phase) == 302
        assert list(year.a.values.exclude(stage=Stage.ENTERED).order_by("pk").values()) == values
        advance(year, Phase.FINALISED)
        assert year.phase() == Phase.FINALISED

    def test_a_group_that_is_not_set_up_is_refused_with_the_reason(self) -> None:
        year = build_year(Phase.DRAFT)
        Participant.objects.all().delete()
        form = {"group": year.group.pk, "phase": Phase.APPRAISAL}
        answer = year.browser("c").post(at(year, "buoc/dung-thu/"), form)
        assert (answer.status_code, "Khối chưa có đơn vị nào được đánh giá." in words(answer)) == (409, True)
        assert (year.phase(), TrailEntry.objects.count()) == (Phase.DRAFT, 0)

    @pytest.mark.parametrize(
        "form", [{}, {"group": "x", "phase": "draft"}, {"phase": "draft"}, {"group": "999999", "phase": "draft"}]
    )
    def test_a_form_that_names_nothing_is_refused(self, form: dict[str, str]) -> None:
        year = build_year(Phase.DRAFT)
        assert year.browser("c").post(at(year, "buoc/dung-thu/"), form).status_code == 422

    def test_in_production_the_switch_has_no_address_and_no_form(self, settings) -> None:
        year = build_year(Phase.DRAFT)
        settings.DEMO_MODE = False
        assert self.switched(year, Phase.APPRAISAL) == 404
        assert year.phase() == Phase.DRAFT
        assert "dùng thử" not in words(year.browser("c").get(at(year, "buoc/")))

    @pytest.mark.parametrize("who", ["a1", "aH", "g1", "h", "l", "s", "n"])
    def test_nobody_else_switches(self, who: str) -> None:
        year = build_year(Phase.DRAFT)
        form = {"group": year.group.pk, "phase": Phase.APPRAISAL}
        assert year.browser(who).post(at(year, "buoc/dung-thu/"), form).status_code in (403, 404)
        assert year.phase() == Phase.DRAFT

    def test_the_entered_leaves_are_no_part_of_anybody(self) -> None:
        year = build_year(Phase.DRAFT)
        self.switched(year, Phase.COUNCIL)
        entered = Criterion.objects.exclude(source=Source.SELF).filter(rule__isnull=False)
        parents = set(entered.values_list("parent", flat=True))
        assert not AppraisalPart.objects.filter(component__in=parents).exists()
        assert Explanation.objects.count() == 2
