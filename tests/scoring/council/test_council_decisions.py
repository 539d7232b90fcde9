"""The council decides over HTTP: decisions of every kind, and who may decide when."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest
from django.utils import timezone

from scoring.enums import Phase, Stage
from scoring.models import ConflictOfInterest, Criterion, Participant, Value, ValueChange
from scoring.selectors.council import points_of
from scoring.services.council import adopt, decide
from scoring.services.errors import StaleEdit
from scoring.services.values import Content
from tests.racing import at_once
from tests.scoring.council.room import council_value, results, settle, url, words
from tests.year import ORDER, Year, build_year
from units.models import TrailEntry

pytestmark = pytest.mark.django_db
OUTSIDE = [phase for phase in ORDER if phase != Phase.COUNCIL]


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
