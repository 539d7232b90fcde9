"""Classes by decision, and units that nobody but the council judges."""

from __future__ import annotations

import json
import re
from decimal import Decimal
from typing import Any

import pytest

from scoring.enums import Phase, Stage
from scoring.models import Participant, Value
from scoring.selectors.missing import missing_for_official
from scoring.services.council import keep_declared, override_grade
from scoring.services.transitions import perform
from tests.scoring.council.room import council_value, results, settle, url, words
from tests.year import Year, build_year, declare_all
from units.models import TrailEntry

pytestmark = pytest.mark.django_db


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
        perform(year.submission(), "submit", year["aH"], accept_warnings=True)
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
