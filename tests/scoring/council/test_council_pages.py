"""The council's room over HTTP: what is open and why, decisions of every kind, classes, and who may do what when."""

from __future__ import annotations

import datetime
import json
import re
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from scoring.enums import Phase, Stage
from scoring.models import ConflictOfInterest, Criterion, Participant, Value, ValueChange
from scoring.selectors.council import points_of
from scoring.selectors.missing import missing_for_official
from scoring.services.appraisal import appraise
from scoring.services.calculation import calculate
from scoring.services.council import adopt, decide, keep_declared, override_grade
from scoring.services.errors import StaleEdit
from scoring.services.running import run_official, run_provisional, show_run
from scoring.services.transitions import perform
from scoring.services.values import Content
from tests.racing import at_once
from tests.year import ORDER, Year, build_year, declare_all, enter_all
from units.models import TrailEntry

pytestmark = pytest.mark.django_db
OUTSIDE = [phase for phase in ORDER if phase != Phase.COUNCIL]


def url(year: Year, rest: str = "") -> str:
    return f"/lam-viec/{year.organiser.slug}/ky/2026/hoi-dong/{rest}"


def words(page: Any) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page.content.decode().split("<main", 1)[1]).split())


def settle(year: Year, code: str = "2.1", by: str = "h", unit: str = "SOA", **data: Any) -> Any:
    """Post the form as the page holds it, with `data` over it."""
    browser = year.browser(by)
    page = browser.get(url(year, f"muc/{unit}/{code}/"))
    hidden = dict(
        re.findall(r'type="hidden" name="(version|kept_version|declared_version)" value="(\d+)"', page.content.decode())
    )
    return browser.post(url(year, f"muc/{unit}/{code}/"), {"reason": "Hội đồng thống nhất"} | hidden | data)


def council_value(year: Year, code: str = "2.1", participant: Participant | None = None) -> Value | None:
    return year.value(code, Stage.COUNCIL, participant)


def results(year: Year) -> dict[str, dict[str, Any]]:
    """Chốt and calculate officially; units of the run by code."""
    enter_all(year)
    perform(year.fresh_group(), "finalise", year["c"])
    run = run_official(year.campaign, year["c"])
    return {unit["code"]: unit for unit in json.loads(run.results_file)["units"]}


@pytest.fixture
def year() -> Year:
    """A explained 2.1: declared 2, judged 1, then 1,5."""
    return build_year(Phase.COUNCIL)


class TestTheList:
    def test_what_was_explained_and_is_still_below_the_declared_value_is_open(self, year: Year) -> None:
        page = words(year.browser("h").get(url(year)))
        assert "Còn 1 mục chờ quyết định, đã quyết 0 mục." in page
        assert (
            "Sở An toàn 2.1 Rà soát văn bản tối đa 2,00 Đã giải trình, điểm còn thấp hơn tự chấm 2,00 1,00 1,50 "
            "chưa quyết"
        ) in page
        assert "1.2" not in page.split("Xếp loại", 1)[0], (
            "points that the unit did not explain are not before the council"
        )

    def test_points_that_fell_and_were_not_explained_again_are_open(self) -> None:
        year = build_year(Phase.REAPPRAISAL)
        low = Content(points=Decimal("0.5"), reason="Báo cáo ghi sai ngày")
        appraise(year.part("2", 2), year.leaves["2.1"], low, seen=0, by=year["g2"])
        for name in ("finish", "sign"):
            perform(year.part("2", 2), name, year["g2"])
        perform(year.fresh_group(), "start_council", year["c"])
        page = words(year.browser("h").get(url(year)))
        assert "Điểm vòng 2 thấp hơn vòng 1. Chưa giải trình lại" in page

    def test_a_claim_that_was_rejected_and_explained_is_open(self, year: Year) -> None:
        Value.objects.filter(participant=year.a, criterion=year.leaves["2.1"], stage=Stage.DECLARED).update(
            inputs=None, not_applicable=True, reason="Không ban hành", worth=None
        )
        assert "Đề nghị không áp dụng không được chấp nhận" in words(year.browser("h").get(url(year)))

    def test_an_explanation_that_was_never_sent_brings_nothing_before_the_council(self) -> None:
        year = build_year(Phase.EXPLANATION)
        year.browser("b1").post(
            f"/lam-viec/{year.organiser.slug}/ky/2026/phieu/SOB/giai-trinh/tc/1.1/", {"version": 0, "text": "Đã gửi"}
        )
        year.move_window(Phase.EXPLANATION, -datetime.timedelta(days=2), -datetime.timedelta(seconds=1))
        perform(year.fresh_group(), "start_reappraisal", year["c"])
        perform(year.fresh_group(), "start_council", year["c"])
        assert points_of(year.campaign) == []
        assert "Không còn mục nào chờ quyết định" in words(year.browser("h").get(url(year)))

    def test_it_is_filtered_by_state_unit_and_component(self, year: Year) -> None:
        def found(query: str) -> bool:
            return "2.1 Rà soát văn bản" in words(year.browser("h").get(url(year) + query))

        assert found("?don-vi=SOA&linh-vuc=2")
        assert not found("?trang-thai=da-quyet")
        settle(year, verdict="keep")
        assert not found("")
        assert found("?trang-thai=da-quyet")
        assert found("?trang-thai=tat-ca&don-vi=khong-co&linh-vuc=99&trang=x"), "nonsense is taken for nothing"

    def test_before_the_council_the_list_is_empty_and_says_where_the_group_stands(self) -> None:
        year = build_year(Phase.REAPPRAISAL)
        page = words(year.browser("h").get(url(year)))
        assert "đang ở bước “thẩm định 2”, chưa trình hội đồng" in page

    @pytest.mark.parametrize(("who", "status"), [("a1", 403), ("aH", 403), ("g1", 403), ("n", 404), ("P", 302)])
    def test_only_the_team_looks_in(self, year: Year, who: str, status: int) -> None:
        for rest in ("", "quyet-dinh/", "bien-ban/", "mo-muc/?don-vi=SOA&tieu-chi=2.1"):
            assert year.browser(who).get(url(year, rest)).status_code == status
        for rest in ("muc/SOA/2.1/", "xep-loai/SOA/"):
            assert year.browser(who).get(url(year, rest)).status_code == (302 if who == "P" else 404)

    @pytest.mark.parametrize("who", ["c", "l", "h"])
    def test_coordinator_leader_and_council_read_it(self, year: Year, who: str) -> None:
        for rest in ("", "quyet-dinh/", "bien-ban/", "muc/SOA/2.1/", "xep-loai/SOA/"):
            assert year.browser(who).get(url(year, rest)).status_code == 200

    def test_any_self_declared_leaf_may_be_taken_up(self, year: Year) -> None:
        answer = year.browser("h").get(url(year, "mo-muc/?don-vi=SOB&tieu-chi=1.1"))
        assert (answer.status_code, answer["Location"]) == (302, url(year, "muc/SOB/1.1/"))
        for wrong in ("don-vi=SOB&tieu-chi=3.1", "don-vi=SOB&tieu-chi=9", "don-vi=X&tieu-chi=1.1", ""):
            answer = year.browser("h").get(url(year, f"mo-muc/?{wrong}"))
            assert answer.status_code == 422
            assert "Không có tiêu chí tự chấm mang mã này" in words(answer)
        assert year.browser("h").get(url(year, "muc/SOB/3.1/")).status_code == 404

    def test_units_near_a_class_are_told_from_a_run_that_was_shown(self, year: Year) -> None:
        year.campaign.grades = [{"code": "tot", "label": "Tốt", "at_least": "55.5"}, {"code": "yeu", "label": "Yếu"}]
        year.campaign.save(update_fields=["grades"])
        run = calculate(year.campaign, year["c"])
        index = {unit["code"]: unit["index"] for unit in json.loads(run.results_file)["units"]}["SOA"]
        assert index == "55.83"
        told = "Sở An toàn 55,83 Tốt Trên ngưỡng “Tốt” 0,33."
        assert told in words(year.browser("c").get(url(year)))
        assert told not in words(year.browser("h").get(url(year))), "the coordinator before anyone else"
        show_run(run, year["c"])
        assert told in words(year.browser("h").get(url(year)))

    def test_a_unit_capped_by_a_gate_is_told(self, year: Year) -> None:
        year.campaign.gates = [
            {"node": "any", "index_below": "90", "highest_grade": "yeu", "reason": "Có lĩnh vực dưới 90%"}
        ]
        year.campaign.save(update_fields=["gates"])
        run_provisional(year.campaign, year["c"])
        assert "Có lĩnh vực dưới 90%" in words(year.browser("c").get(url(year)))


class TestADecision:
    def test_the_page_sets_all_that_was_said_side_by_side(self, year: Year) -> None:
        page = words(year.browser("h").get(url(year, "muc/SOA/2.1/")))
        for said in ("Tự chấm", "Thiếu một báo cáo", "Báo cáo đã gửi ngày 10/12", "Chấp nhận một phần giải trình"):
            assert said in page

    def test_the_page_tells_what_each_choice_would_change(self, year: Year) -> None:
        page = words(year.browser("h").get(url(year, "muc/SOA/2.1/")))
        # of 12: 2 + 3,2 + 1,5; the survey has no points yet
        assert "Đang có hiệu lực 6,70 / 12,00 55,83 % Trung bình" in page
        assert "Nếu giữ giá trị của cơ quan thẩm định 6,70 / 12,00 55,83 % Trung bình" in page
        assert "Nếu chọn giá trị tự chấm 7,20 / 12,00 60,00 % Trung bình" in page

    def test_a_try_shows_the_result_and_stores_nothing(self, year: Year) -> None:
        answer = settle(year, verdict="points", points="0", **{"xem-truoc": "1"})
        assert answer.status_code == 200
        assert "Nếu quyết định như đang nhập 5,20 / 12,00 43,33 % Yếu" in words(answer)
        assert council_value(year) is None

    def test_the_value_in_force_is_kept_with_a_reason(self, year: Year) -> None:
        answer = settle(year, verdict="keep", reason="Giải trình không có tài liệu mới")
        assert (answer.status_code, answer["Location"]) == (302, url(year) + "?don-vi=SOA")
        value = council_value(year)
        assert (value.points, value.reason) == (Decimal("1.5"), "Giải trình không có tài liệu mới")
        assert results(year)["SOA"]["points"] == "10.2"

    def test_the_declared_value_is_chosen(self, year: Year) -> None:
        settle(year, verdict="declared")
        assert council_value(year).inputs == {"points": "2"}
        assert results(year)["SOA"]["points"] == "10.7"

    def test_other_figures_are_decided(self, year: Year) -> None:
        settle(year, code="1.2", verdict="figures", **{"so-numerator": "44", "so-denominator": "50"})
        value = council_value(year, "1.2")
        assert (value.inputs, value.worth) == ({"numerator": "44", "denominator": "50"}, Decimal("3.52"))
        assert results(year)["SOA"]["points"] == "10.52"

    def test_points_are_decided(self, year: Year) -> None:
        settle(year, verdict="points", points="1,75")
        assert results(year)["SOA"]["points"] == "10.45"

    def test_a_leaf_is_decided_as_not_applicable_on_a_legal_basis(self, year: Year) -> None:
        settle(year, verdict="not_applicable", legal_basis="Quyết định 12/QĐ-UBND")
        unit = results(year)["SOA"]
        assert (unit["points"], unit["max_points"]) == ("8.7", "10")

    def test_a_decision_may_be_changed_and_every_version_is_kept(self, year: Year) -> None:
        settle(year, verdict="points", points="1")
        assert settle(year, verdict="points", points="2", reason="Xem lại tài liệu").status_code == 302
        kept = ValueChange.objects.filter(stage=Stage.COUNCIL).order_by("version")
        assert [(change.version, change.content["points"]) for change in kept] == [(1, "1"), (2, "2")]
        assert TrailEntry.objects.filter(action="scoring.decide").count() == 2

    def test_a_decision_is_withdrawn_with_a_reason_and_the_appraisal_is_in_force_again(self, year: Year) -> None:
        settle(year, verdict="points", points="2")
        withdraw = url(year, "muc/SOA/2.1/rut/")
        assert year.browser("h").post(withdraw, {"version": 1, "reason": ""}).status_code == 422
        assert year.browser("h").post(withdraw, {"version": 9, "reason": "Nhầm"}).status_code == 409
        assert year.browser("c").post(withdraw, {"version": 1, "reason": "Nhầm"}).status_code == 403
        assert year.browser("h").post(withdraw, {"version": 1, "reason": "Ghi nhầm đơn vị"}).status_code == 302
        assert council_value(year) is None
        assert TrailEntry.objects.filter(action="scoring.decide").latest("seq").data["reason"] == "Ghi nhầm đơn vị"
        assert results(year)["SOA"]["points"] == "10.2"

    @pytest.mark.parametrize(
        ("data", "sentence"),
        [
            ({"verdict": "keep", "reason": " "}, "Mỗi quyết định của hội đồng phải có lý do."),
            ({"reason": "Thống nhất"}, "Chọn một trong các quyết định."),
            ({"verdict": "points", "points": ""}, "Nhập số điểm quyết định"),
            ({"verdict": "points", "points": "2,5"}, "2"),
            ({"verdict": "points", "points": "một"}, "không phải là số"),
            ({"verdict": "figures", "so-points": "1"}, "Chọn một trong các quyết định."),
            ({"verdict": "not_applicable"}, "Ghi căn cứ không áp dụng"),
            ({"verdict": "khac"}, "Chọn một trong các quyết định."),
        ],
    )
    def test_what_is_missing_or_wrong_is_told_and_nothing_is_stored(
        self, year: Year, data: dict[str, str], sentence: str
    ) -> None:
        answer = settle(year, **data)
        assert answer.status_code == 422
        assert sentence in words(answer)
        assert council_value(year) is None

    @pytest.mark.parametrize(
        ("figures", "sentence"),
        [
            (("", ""), "Nhập số liệu mà hội đồng quyết định."),
            (("60", "50"), "Số đạt được 60 lớn hơn tổng số 50"),
            (("1.234", "5.000"), "đọc được hai cách"),
        ],
    )
    def test_figures_that_the_rule_refuses_come_back_with_what_was_typed(
        self, year: Year, figures: tuple[str, str], sentence: str
    ) -> None:
        numerator, denominator = figures
        answer = settle(
            year, code="1.2", verdict="figures", **{"so-numerator": numerator, "so-denominator": denominator}
        )  # fmt: skip
        assert answer.status_code == 422
        assert sentence in words(answer)
        assert f'value="{numerator}"' in answer.content.decode() or not numerator
        assert council_value(year, "1.2") is None

    def test_a_stale_decision_shows_both_and_may_be_sent_again(self, year: Year) -> None:
        decide(year.a, year.leaves["2.1"], Content(points=Decimal(1), reason="Người khác ghi"), seen=0, by=year["h"])
        answer = settle(year, verdict="points", points="2", reason="Tôi ghi", version="0")
        assert answer.status_code == 409
        page = words(answer)
        assert "Chấm 2,00 điểm Lý do: Tôi ghi" in page
        assert "Chấm 1,00 điểm Lý do: Người khác ghi" in page
        fields = dict(re.findall(r'type="hidden" name="([\w-]+)" value="([^"]*)"', answer.content.decode()))
        assert fields.pop("csrfmiddlewaretoken"), "a browser is let through only with the token"
        assert year.browser("h").post(url(year, "muc/SOA/2.1/"), fields).status_code == 302
        assert council_value(year).points == Decimal(2)

    def test_a_value_that_changed_since_it_was_seen_is_not_adopted(self, year: Year) -> None:
        answer = settle(year, verdict="keep", kept_version="7")
        assert answer.status_code == 409
        assert "Giá trị được chọn vừa thay đổi" in words(answer)
        assert council_value(year) is None

    def test_a_leaf_that_is_excluded_at_the_unit_is_not_decided(self, year: Year) -> None:
        year.campaign.exclusions.create(
            participant=year.a, criterion=year.leaves["2.1"], reason="Không có", legal_basis="CV 1",
            entered_by=year["c"], confirmed_by=year["c2"], confirmed_at=timezone.now(),
        )  # fmt: skip
        assert "không đánh giá ở đơn vị" in words(year.browser("h").get(url(year, "muc/SOA/2.1/")))
        with pytest.raises(Exception, match="không đánh giá ở đơn vị"):
            decide(year.a, year.leaves["2.1"], Content(points=Decimal(1), reason="x"), seen=0, by=year["h"])
        assert points_of(year.campaign) == []


class TestWhoMayDecide:
    @pytest.mark.parametrize("phase", OUTSIDE)
    def test_the_council_decides_in_its_own_step_only(self, phase: Phase) -> None:
        year = build_year(phase)
        data = {
            "version": 0,
            "kept_version": 0,
            "declared_version": 0,
            "verdict": "points",
            "points": "1",
            "reason": "x",
        }
        answer = year.browser("h").post(url(year, "muc/SOA/2.1/"), data)
        assert answer.status_code == 409
        assert council_value(year) is None

    @pytest.mark.parametrize("phase", OUTSIDE)
    def test_classes_are_decided_in_its_own_step_only(self, phase: Phase) -> None:
        year = build_year(phase)
        answer = year.browser("h").post(url(year, "xep-loai/SOA/"), {"grade": "tot", "reason": "x", "seen": ""})
        assert answer.status_code == 409
        assert Participant.objects.filter(grade_override__isnull=False).count() == 0

    @pytest.mark.parametrize("who", ["c", "c2", "l"])
    def test_coordinator_and_leader_decide_nothing(self, year: Year, who: str) -> None:
        assert (
            settle(year, by=who, verdict="keep", version="0", kept_version="1", declared_version="1").status_code == 403
        )
        assert year.browser(who).post(url(year, "xep-loai/SOA/"), {"grade": "tot", "reason": "x"}).status_code == 403
        assert year.browser(who).post(url(year, "giu-tu-cham/SOA/"), {"reason": "x"}).status_code == 403
        assert council_value(year) is None

    def test_nobody_settles_the_unit_he_or_she_works_for(self, year: Year) -> None:
        membership = year.people["h"].memberships.get()
        membership.unit = year.a.unit
        membership.save()
        assert settle(year, verdict="keep", version="0", kept_version="1", declared_version="1").status_code == 403
        assert year.browser("h").post(url(year, "xep-loai/SOA/"), {"grade": "tot", "reason": "x"}).status_code == 403
        assert "Không ai chấm đơn vị mình" in words(year.browser("h").get(url(year, "muc/SOA/2.1/")))

    def test_nobody_settles_a_unit_with_a_declared_conflict(self, year: Year) -> None:
        ConflictOfInterest.objects.create(
            organiser=year.organiser, user=year.people["h"], unit=year.a.unit, reason="Người nhà"
        )
        assert settle(year, verdict="keep", version="0", kept_version="1", declared_version="1").status_code == 403
        assert council_value(year) is None


class TestAUnitThatOnlyTheCouncilJudges:
    @pytest.fixture
    def year(self) -> Year:
        year = build_year(Phase.DRAFT)
        Participant.objects.filter(pk=year.a.pk).update(council_only=True)
        year.a.refresh_from_db()
        perform(year.fresh_group(), "open", year["c"])
        declare_all(year, year.a, "a1")
        year.declare("2.1", not_applicable=True, reason="Không ban hành văn bản")
        perform(year.submission(), "hand_over", year["a1"])
        perform(year.submission(), "submit", year["aH"])
        Participant.objects.filter(pk=year.b.pk).update(is_assessed=False, left_out_reason="Mới thành lập")
        type(year.group).objects.filter(pk=year.group.pk).update(phase=Phase.COUNCIL)
        return year

    def test_every_leaf_is_open_until_it_is_decided(self, year: Year) -> None:
        page = words(year.browser("h").get(url(year)))
        assert "Còn 3 mục chờ quyết định" in page
        assert "hồ sơ chỉ hội đồng chấm Còn 3 mục, trong đó 2 mục có giá trị tự chấm." in page
        assert [item.kind for item in missing_for_official(year.campaign)] == ["entered", "council"]

    def test_all_declared_values_are_kept_for_one_reason_with_a_row_each(self, year: Year) -> None:
        answer = year.browser("h").post(url(year, "giu-tu-cham/SOA/"), {"reason": "Tài liệu đầy đủ"})
        assert answer.status_code == 302
        kept = Value.objects.filter(stage=Stage.COUNCIL).order_by("criterion__path")
        assert [(value.criterion.code, value.reason) for value in kept] == [
            ("1.1", "Tài liệu đầy đủ"),
            ("1.2", "Tài liệu đầy đủ"),
        ]
        assert TrailEntry.objects.filter(action="scoring.decide").count() == 2
        assert "Hồ sơ do hội đồng chấm, chưa có quyết định: 2.1." in {
            item.sentence for item in missing_for_official(year.campaign)
        }
        settle(year, code="2.1", verdict="declared", legal_basis="Quyết định 12/QĐ-UBND")
        assert {item.kind for item in missing_for_official(year.campaign)} == {"entered"}

    def test_what_the_council_has_settled_already_is_left_alone(self, year: Year) -> None:
        settle(year, code="1.1", verdict="points", points="1")
        assert keep_declared(year.a, "Tài liệu đầy đủ", by=year["h"]) == 1
        assert council_value(year, "1.1").points == Decimal(1)

    def test_it_needs_a_reason_and_something_to_keep(self, year: Year) -> None:
        assert year.browser("h").post(url(year, "giu-tu-cham/SOA/"), {"reason": ""}).status_code == 422
        keep_declared(year.a, "Tài liệu đầy đủ", by=year["h"])
        answer = year.browser("h").post(url(year, "giu-tu-cham/SOA/"), {"reason": "Lần nữa"})
        assert answer.status_code == 409
        assert Value.objects.filter(stage=Stage.COUNCIL).count() == 2

    def test_a_unit_with_appraisers_is_settled_point_by_point(self) -> None:
        year = build_year(Phase.COUNCIL)
        answer = year.browser("h").post(url(year, "giu-tu-cham/SOA/"), {"reason": "Tài liệu đầy đủ"})
        assert answer.status_code == 409
        assert Value.objects.filter(stage=Stage.COUNCIL).count() == 0


class TestTheClass:
    def override(self, year: Year, grade: str, reason: str = "Có sáng kiến cấp tỉnh", by: str = "h") -> Any:
        browser = year.browser(by)
        page = browser.get(url(year, "xep-loai/SOA/")).content.decode()
        seen = re.search(r'name="seen"(?: value="([^"]*)")?', page)
        text = (seen.group(1) or "") if seen else ""
        data = {"grade": grade, "reason": reason, "seen": text.replace("&quot;", '"')}
        return browser.post(url(year, "xep-loai/SOA/"), data)

    def test_it_shows_the_class_by_scale_and_why(self, year: Year) -> None:
        page = words(year.browser("h").get(url(year, "xep-loai/SOA/")))
        assert "55,83 % Xếp loại Trung bình" in page
        assert "Chỉ số công bố 55,83 ≥ 50" in page

    def test_an_override_stands_in_the_file_with_its_reason_and_in_the_results(self, year: Year) -> None:
        assert self.override(year, "xuat_sac").status_code == 302
        assert results(year)["SOA"]["grade"] == "xuat_sac"
        unit = json.loads(year.campaign.runs.latest("number").campaign_file)["units"][0]
        assert unit["grade_override"] == {"grade": "xuat_sac", "reason": "Có sáng kiến cấp tỉnh"}

    def test_it_is_taken_back_with_a_reason(self, year: Year) -> None:
        self.override(year, "xuat_sac")
        assert self.override(year, "-", reason=" ").status_code == 422
        assert self.override(year, "-", reason="Sáng kiến chưa được công nhận").status_code == 302
        assert Participant.objects.get(pk=year.a.pk).grade_override is None
        assert [entry.data["after"] for entry in TrailEntry.objects.filter(action="scoring.override_grade")] == [
            {"grade": "xuat_sac", "reason": "Có sáng kiến cấp tỉnh"},
            None,
        ]

    def test_a_class_outside_the_groups_scale_is_refused(self, year: Year) -> None:
        type(year.group).objects.filter(pk=year.group.pk).update(
            grades=[{"code": "a", "label": "Nhóm A", "at_least": "50"}, {"code": "b", "label": "Nhóm B"}]
        )
        assert self.override(year, "xuat_sac").status_code == 422
        assert self.override(year, "b").status_code == 302

    def test_a_stale_one_shows_both(self, year: Year) -> None:
        override_grade(year.a, "tot", "Người khác quyết", seen=None, by=year["h"])
        answer = year.browser("h").post(url(year, "xep-loai/SOA/"), {"grade": "kha", "reason": "Tôi quyết", "seen": ""})
        assert answer.status_code == 409
        page = words(answer)
        assert "Khá Lý do: Tôi quyết" in page
        assert "Tốt Lý do: Người khác quyết" in page
        assert Participant.objects.get(pk=year.a.pk).grade_override["grade"] == "tot"

    @pytest.mark.parametrize("seen", ["{", "[1]", "7", "[" * 4000])
    def test_nonsense_in_the_hidden_field_is_refused(self, year: Year, seen: str) -> None:
        answer = year.browser("h").post(url(year, "xep-loai/SOA/"), {"grade": "kha", "reason": "x", "seen": seen})
        assert answer.status_code == 422


class TestTheTable:
    def test_it_prints_every_decision_with_its_reason_by_unit(self, year: Year) -> None:
        settle(year, verdict="points", points="1,75", reason="Chấp nhận báo cáo ngày 10/12")
        settle(year, unit="SOB", code="1.1", verdict="figures", **{"so-choice": "du"}, reason="Có dấu công văn đến")
        override_grade(year.a, "tot", "Có sáng kiến cấp tỉnh", seen=None, by=year["h"])
        page = words(year.browser("l").get(url(year, "quyet-dinh/")))
        assert "2 tiêu chí đã quyết định." in page
        assert "Sở An toàn Xếp loại theo quyết định: Tốt. Có sáng kiến cấp tỉnh" in page
        assert "2.1 Rà soát văn bản 2,00 2,00 1,50 1,75 Chấm 1,75 điểm. Chấp nhận báo cáo ngày 10/12" in page
        assert "1.1 Kế hoạch CCHC 2,00 0,50 0,50 2,00 Đúng hạn. Có dấu công văn đến" in page

    def test_it_names_nobody(self, year: Year) -> None:
        settle(year, verdict="keep")
        page = year.browser("l").get(url(year, "quyet-dinh/")).content.decode().split("<main", 1)[1]
        for name in ("Người g2", "Người h", "Người a1"):
            assert name not in page


class TestCost:
    def test_the_list_and_the_table_cost_the_same_for_one_decision_and_for_three(self, year: Year) -> None:
        def cost(address: str) -> int:
            browser = year.browser("h")
            browser.get(address)
            with CaptureQueriesContext(connection) as seen:
                assert browser.get(address).status_code == 200
            return len(seen)

        pages = [url(year) + "?trang-thai=tat-ca", url(year, "quyet-dinh/"), url(year, "muc/SOA/2.1/")]
        settle(year, code="1.1", verdict="points", points="1")
        few = [cost(page) for page in pages]
        settle(year, verdict="points", points="1")
        settle(year, unit="SOB", code="1.2", verdict="points", points="1")
        assert [cost(page) for page in pages] == few


@pytest.mark.django_db(transaction=True)
def test_of_twenty_decisions_from_one_version_one_is_stored_and_nineteen_are_told() -> None:
    year = build_year(Phase.COUNCIL)
    by, leaf = year["h"], Criterion.objects.get(pk=year.leaves["2.1"].pk)
    kept = Value.objects.select_related("criterion").get(
        participant=year.a, criterion=leaf, stage=Stage.REAPPRAISED
    )  # fmt: skip
    outcome = at_once(
        [lambda: adopt(year.a, leaf, kept, "Giữ", seen=0, by=by)] * 10
        + [lambda: decide(year.a, leaf, Content(points=Decimal(1), reason="Một"), seen=0, by=by)] * 10
    )
    assert sum(isinstance(item, Value) for item in outcome) == 1
    assert sum(isinstance(item, StaleEdit) for item in outcome) == 19
    assert ValueChange.objects.filter(stage=Stage.COUNCIL).count() == 1
