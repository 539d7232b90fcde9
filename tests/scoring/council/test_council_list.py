"""What is before the council and why, who may look in, and the table of what was decided."""

from __future__ import annotations

import datetime
import json
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from scoring.enums import Phase, Stage
from scoring.models import Value
from scoring.selectors.council import points_of
from scoring.services.appraisal import appraise
from scoring.services.calculation import calculate
from scoring.services.council import override_grade
from scoring.services.running import run_provisional, show_run
from scoring.services.transitions import perform
from scoring.services.values import Content
from tests.scoring.council.room import settle, url, words
from tests.year import Year, build_year

pytestmark = pytest.mark.django_db


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
