"""A unit's explanation over HTTP: who reads it, who writes it, when; what each page says."""

from __future__ import annotations

import datetime
import re
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from scoring.enums import ExplanationState, Phase, Stage
from scoring.models import Explanation, ExplanationItem
from scoring.selectors.missing import missing_for_official
from scoring.services.appraisal import appraise
from scoring.services.explaining import explain
from scoring.services.transitions import perform
from scoring.services.values import Content
from tests.racing import at_once
from tests.year import Year, advance, build_year, sign_all
from units.models import TrailEntry

pytestmark = pytest.mark.django_db
LATER = datetime.timedelta(days=2)
IN_A_MONTH = f"17:00 {timezone.localdate() + datetime.timedelta(days=30):%d/%m/%Y}"


def url(year: Year, rest: str = "", unit: str = "SOA") -> str:
    return f"/lam-viec/{year.organiser.slug}/ky/2026/phieu/{unit}/giai-trinh/{rest}"


def words(page: Any) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page.content.decode().split("<main", 1)[1]).split())


def write(year: Year, code: str, text: str, by: str = "a1", seen: int = 0) -> Any:
    return year.browser(by).post(url(year, f"tc/{code}/"), {"text": text, "version": seen})


def step(year: Year, name: str, by: str, **data: Any) -> Any:
    version = year.explanation().version
    return year.browser(by).post(url(year, f"buoc/{name}/"), {"version": version} | data)


def fall_in_round_two(year: Year) -> None:
    """2.1 of A, judged 1 in the first round, gets 0,5 in the second."""
    content = Content(points=Decimal("0.5"), reason="Báo cáo ghi sai ngày")
    seen = year.seen("2.1", Stage.REAPPRAISED)
    appraise(year.part("2", 2), year.leaves["2.1"], content, seen=seen, by=year["g2"])


def ask_again(year: Year, until: datetime.timedelta = LATER) -> Explanation:
    return perform(
        year.explanation(), "ask_again", year["c"], reason="Điểm 2.1 giảm", until=timezone.now() + until
    )  # fmt: skip


@pytest.fixture
def year() -> Year:
    return build_year(Phase.EXPLANATION)


class TestReading:
    def test_the_list_holds_what_the_unit_lost_with_both_points_and_the_reason(self, year: Year) -> None:
        page = words(year.browser("a1").get(url(year)))
        assert "Thẩm định khác tự chấm: 2 tiêu chí" in page
        assert "1.2 Hoàn thành kế hoạch 4,00 3,60 3,20 Báo cáo chỉ có 40 nhiệm vụ chưa có ý kiến" in page
        assert "2.1 Rà soát văn bản 2,00 2,00 1,00 Thiếu một báo cáo chưa có ý kiến" in page
        assert "1.1 Kế hoạch CCHC" not in page, "nothing was lost there"
        assert "Đồng ý với kết quả thẩm định thì không phải gửi gì" in page

    def test_a_unit_never_reads_who_appraised_it(self, year: Year) -> None:
        for rest in ("", "tc/1.2/"):
            page = year.browser("a1").get(url(year, rest)).content.decode()
            assert "Người g1" not in page
            assert "Người g2" not in page

    def test_what_the_unit_has_not_sent_is_read_by_the_unit_alone(self, year: Year) -> None:
        write(year, "2.1", "Báo cáo đã gửi ngày 10/12")
        assert "Báo cáo đã gửi" in words(year.browser("aH").get(url(year, "tc/2.1/")))
        for reader in ("c", "h", "l", "g2"):
            page = year.browser(reader).get(url(year, "tc/2.1/"))
            assert page.status_code == 200
            assert "Báo cáo đã gửi" not in words(page), reader
        step(year, "hand_over", "a1")
        step(year, "submit", "aH")
        for reader in ("c", "h", "l", "g2"):
            assert "Báo cáo đã gửi" in words(year.browser(reader).get(url(year, "tc/2.1/"))), reader

    def test_an_appraiser_reads_the_components_held_and_no_other(self, year: Year) -> None:
        page = words(year.browser("g2").get(url(year)))
        assert "2.1 Rà soát văn bản" in page
        assert "1.2" not in page
        assert year.browser("g2").get(url(year, "tc/1.2/")).status_code == 404

    @pytest.mark.parametrize("stranger", ["b1", "bH", "gA", "n", "s"])
    def test_strangers_find_nothing(self, year: Year, stranger: str) -> None:
        for rest in ("", "tc/2.1/"):
            assert year.browser(stranger).get(url(year, rest)).status_code == 404

    def test_before_the_results_are_given_back_there_is_no_explanation_to_open(self) -> None:
        year = build_year(Phase.APPRAISAL)
        assert year.browser("a1").get(url(year)).status_code == 404

    def test_back_in_the_first_appraisal_the_unit_reads_no_points_of_it(self, year: Year) -> None:
        write(year, "2.1", "Báo cáo đã gửi ngày 10/12")
        perform(year.fresh_group(), "return_to_appraisal", year["c"], reason="Thiếu tài liệu")
        page = words(year.browser("a1").get(url(year)))
        assert "3,20" not in page
        assert "Thiếu một báo cáo" not in page
        assert "2.1" not in page
        assert year.browser("a1").get(url(year, "tc/2.1/")).status_code == 404

    def test_the_second_round_is_not_told_before_the_council(self, year: Year) -> None:
        advance(year, Phase.REAPPRAISAL)
        appraise(
            year.part("2", 2), year.leaves["2.1"], Content(points=Decimal("1.5"), reason="Chấp nhận một phần"), seen=0,
            by=year["g2"],
        )  # fmt: skip
        assert "Chấp nhận một phần" not in words(year.browser("a1").get(url(year, "tc/2.1/")))
        assert "Chấp nhận một phần" in words(year.browser("c").get(url(year, "tc/2.1/")))
        sign_all(year, 2)
        perform(year.fresh_group(), "start_council", year["c"])
        assert "Chấp nhận một phần" in words(year.browser("a1").get(url(year, "tc/2.1/")))

    def test_a_rejected_claim_says_so(self) -> None:
        year = build_year(Phase.APPRAISAL)
        keep = Content(inputs={"choice": "tre"})
        appraise(year.part("1", 1, year.b), year.leaves["1.1"], keep, seen=0, by=year["g1"])
        nothing = Content(points=Decimal(0), reason="Đơn vị không kê khai")
        appraise(year.part("1", 1, year.b), year.leaves["1.2"], nothing, seen=0, by=year["g1"])
        rejected = Content(points=Decimal("0.5"), reason="Có ban hành một văn bản")
        appraise(year.part("2", 1, year.b), year.leaves["2.1"], rejected, seen=0, by=year["g2"])
        for code, component in (("1.1", "1"), ("1.2", "1"), ("2.1", "2")):
            full = Content(points=year.leaves[code].max_points, reason="Đủ")
            appraise(year.part(component), year.leaves[code], full, seen=0, by=year["g1" if component == "1" else "g2"])
        sign_all(year, 1)
        perform(year.fresh_group(), "start_explanation", year["c"])
        page = words(year.browser("b1").get(url(year, unit="SOB")))
        assert "không áp dụng 0,50 Đề nghị không áp dụng không được chấp nhận. Có ban hành một văn bản" in page
        assert "Không có gì phải giải trình" in words(year.browser("a1").get(url(year)))

    def test_a_leaf_that_corrected_figures_took_out_of_the_maximum_may_be_explained(self, year: Year) -> None:
        perform(year.fresh_group(), "return_to_appraisal", year["c"], reason="Thiếu tài liệu")
        perform(year.part("1"), "reopen", year["c"], reason="Xem lại 1.2")
        none = Content(inputs={"numerator": "0", "denominator": "0"}, reason="Không giao nhiệm vụ nào")
        appraise(year.part("1"), year.leaves["1.2"], none, seen=year.seen("1.2", Stage.APPRAISED), by=year["g1"])
        for name in ("finish", "sign"):
            perform(year.part("1"), name, year["g1"])
        perform(year.fresh_group(), "start_explanation", year["c"])
        page = words(year.browser("a1").get(url(year)))
        assert "1.2 Hoàn thành kế hoạch 4,00 3,60 không áp dụng Không giao nhiệm vụ nào" in page
        assert write(year, "1.2", "50 nhiệm vụ tại Quyết định 7").status_code == 302


class TestWriting:
    def test_what_was_written_stands_on_the_page_and_in_the_trail(self, year: Year) -> None:
        answer = write(year, "2.1", "Báo cáo đã gửi ngày 10/12, tr. 4")
        assert (answer.status_code, answer["Location"]) == (302, url(year, "tc/2.1/"))
        assert "Báo cáo đã gửi ngày 10/12, tr. 4" in words(year.browser("a1").get(url(year, "tc/2.1/")))
        assert "Giải trình 1 tiêu chí" in words(year.browser("a1").get(url(year)))
        assert TrailEntry.objects.get(action="scoring.explain").data["text"] == "Báo cáo đã gửi ngày 10/12, tr. 4"

    def test_an_empty_text_takes_it_back_and_the_trail_keeps_the_words(self, year: Year) -> None:
        write(year, "2.1", "Nội dung đầu")
        assert write(year, "2.1", "  ", seen=1).status_code == 302
        assert ExplanationItem.objects.count() == 0
        assert [
            entry.data["text"] for entry in TrailEntry.objects.filter(action="scoring.explain").order_by("seq")
        ] == [
            "Nội dung đầu",
            "",
        ]

    def test_the_same_text_twice_changes_nothing(self, year: Year) -> None:
        write(year, "2.1", "Nội dung đầu")
        write(year, "2.1", "Nội dung đầu", seen=1)
        assert ExplanationItem.objects.get().version == 1
        assert TrailEntry.objects.filter(action="scoring.explain").count() == 1

    def test_a_stale_edit_shows_both_texts_and_may_be_sent_again(self, year: Year) -> None:
        write(year, "2.1", "Bản của thủ trưởng", by="aH")
        answer = write(year, "2.1", "Bản của cán bộ", by="a1", seen=0)
        assert answer.status_code == 409
        page = words(answer)
        assert "Bản của cán bộ" in page
        assert "Bản của thủ trưởng" in page
        assert "Người aH" in page
        assert ExplanationItem.objects.get().text == "Bản của thủ trưởng"
        fields = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', answer.content.decode()))
        assert write(year, "2.1", fields["text"], by="a1", seen=int(fields["version"])).status_code == 302
        assert ExplanationItem.objects.get().text == "Bản của cán bộ"

    def test_a_leaf_that_lost_nothing_is_not_explained(self, year: Year) -> None:
        assert write(year, "1.1", "Xin thêm điểm").status_code == 404
        assert write(year, "3.1", "Xin thêm điểm").status_code == 404
        assert ExplanationItem.objects.count() == 0

    @pytest.mark.parametrize(
        ("who", "status"),
        [("c", 403), ("h", 403), ("l", 403), ("g2", 403), ("b1", 404), ("n", 404), ("P", 302)],
    )
    def test_only_the_unit_writes_its_explanation(self, year: Year, who: str, status: int) -> None:
        answer = write(year, "2.1", "Không phải của tôi", by=who)
        assert answer.status_code == status
        assert ExplanationItem.objects.count() == 0

    def test_too_long_a_text_comes_back_with_the_sentence(self, year: Year) -> None:
        answer = write(year, "2.1", "x" * 5_001)
        assert answer.status_code == 422
        assert "Rút gọn giải trình còn tối đa 5000 ký tự" in words(answer)
        assert "x" * 5_001 in answer.content.decode()

    @pytest.mark.parametrize("phase", [Phase.REAPPRAISAL, Phase.COUNCIL, Phase.FINALISED])
    def test_after_its_phase_it_is_only_read(self, phase: Phase) -> None:
        year = build_year(phase)
        answer = write(year, "2.1", "Viết thêm", seen=1)
        assert answer.status_code == 409
        assert "Viết thêm" in words(answer), "what was typed is not lost"
        assert ExplanationItem.objects.get().text == "Báo cáo đã gửi ngày 10/12"

    def test_after_the_hour_it_is_only_read(self, year: Year) -> None:
        year.move_window(Phase.EXPLANATION, -LATER, -datetime.timedelta(seconds=1))
        answer = write(year, "2.1", "Viết sau giờ")
        assert answer.status_code == 409
        assert "Giải trình đã đóng lúc" in words(answer)
        assert ExplanationItem.objects.count() == 0
        assert 'name="text"' not in year.browser("a1").get(url(year, "tc/2.1/")).content.decode()


class TestSteps:
    def test_staff_hands_over_head_returns_with_a_note_then_sends(self, year: Year) -> None:
        write(year, "2.1", "Báo cáo đã gửi")
        assert step(year, "hand_over", "a1").status_code == 302
        assert write(year, "2.1", "Sửa khi đang chờ", seen=1).status_code == 409
        waiting = words(year.browser("a1").get(url(year)))
        assert "Chỉ thủ trưởng đơn vị gửi được giải trình." in waiting
        assert step(year, "return", "aH", reason="Ghi rõ số trang").status_code == 302
        assert "Ghi rõ số trang" in words(year.browser("a1").get(url(year)))
        assert write(year, "2.1", "Báo cáo đã gửi, trang 4", seen=1).status_code == 302
        step(year, "hand_over", "a1")
        assert step(year, "submit", "aH").status_code == 302
        assert year.explanation().state == ExplanationState.SUBMITTED
        assert write(year, "2.1", "Sửa sau khi gửi", seen=2).status_code == 409

    def test_a_return_without_a_note_is_asked_for_one(self, year: Year) -> None:
        write(year, "2.1", "Báo cáo đã gửi")
        step(year, "hand_over", "a1")
        answer = step(year, "return", "aH", reason=" ")
        assert answer.status_code == 422
        assert "Nêu lý do" in words(answer)

    def test_nothing_written_is_nothing_to_hand_over(self, year: Year) -> None:
        answer = step(year, "hand_over", "a1")
        assert answer.status_code == 409
        assert "Chưa có mục giải trình nào" in words(answer)

    @pytest.mark.parametrize("who", ["a1", "c", "g2", "h"])
    def test_only_the_head_sends_it(self, year: Year, who: str) -> None:
        write(year, "2.1", "Báo cáo đã gửi")
        step(year, "hand_over", "a1")
        assert step(year, "submit", who).status_code == 403
        assert year.explanation().state == ExplanationState.AT_HEAD

    def test_a_stale_step_is_refused(self, year: Year) -> None:
        write(year, "2.1", "Báo cáo đã gửi")
        stale = year.explanation().version
        step(year, "hand_over", "a1")
        step(year, "return", "aH", reason="Sửa")
        answer = year.browser("a1").post(url(year, "buoc/hand_over/"), {"version": stale})
        assert answer.status_code == 409
        assert year.explanation().state == ExplanationState.DRAFT

    def test_there_is_no_way_to_ask_again_or_any_other_step_by_this_address(self, year: Year) -> None:
        for name in ("ask_again", "open", "close"):
            assert step(year, name, "aH", reason="x").status_code == 404


class TestAskedAgain:
    @pytest.fixture
    def year(self) -> Year:
        year = build_year(Phase.REAPPRAISAL)
        fall_in_round_two(year)
        return year

    def ask(self, year: Year, by: str = "c", **changes: Any) -> Any:
        data = {"version": year.explanation().version, "reason": "Điểm 2.1 giảm", "until": IN_A_MONTH}
        return year.browser(by).post(url(year, "moi-lai/"), data | changes)

    def test_the_list_offers_it_only_where_points_fell(self, year: Year) -> None:
        page = year.browser("c").get(f"/lam-viec/{year.organiser.slug}/ky/2026/giai-trinh/").content.decode()
        assert url(year, "moi-lai/") in page
        assert url(year, "moi-lai/", "SOB") not in page

    def test_the_leader_and_the_council_read_the_list_without_the_button(self, year: Year) -> None:
        for reader in ("l", "h"):
            answer = year.browser(reader).get(f"/lam-viec/{year.organiser.slug}/ky/2026/giai-trinh/")
            assert answer.status_code == 200
            assert "moi-lai" not in answer.content.decode()
        for other in ("a1", "g1"):
            assert year.browser(other).get(f"/lam-viec/{year.organiser.slug}/ky/2026/giai-trinh/").status_code == 403

    def test_it_opens_only_the_lowered_leaves_with_the_reason(self, year: Year) -> None:
        assert "0,50" not in words(year.browser("a1").get(url(year))), "not told before being asked"
        assert self.ask(year).status_code == 302
        page = words(year.browser("a1").get(url(year)))
        assert f"Mời giải trình lại, đến 17 giờ 00, {IN_A_MONTH[6:]}. Điểm 2.1 giảm" in page
        assert "2.1 Rà soát văn bản 2,00 2,00 1,00 0,50 Báo cáo ghi sai ngày" in page
        assert write(year, "1.2", "Nhân tiện").status_code == 404
        assert write(year, "2.1", "Ngày đúng là 10/12").status_code == 302
        assert ExplanationItem.objects.filter(round=2).get().text == "Ngày đúng là 10/12"
        assert ExplanationItem.objects.filter(round=1).get().text == "Báo cáo đã gửi ngày 10/12"

    def test_it_closes_at_its_hour(self, year: Year) -> None:
        ask_again(year, LATER)
        Explanation.objects.update(reopened_until=timezone.now() - datetime.timedelta(seconds=1))
        answer = write(year, "2.1", "Quá giờ")
        assert answer.status_code == 409
        assert not ExplanationItem.objects.filter(round=2).exists()

    def test_the_missing_list_loses_the_leaf_once_the_new_explanation_is_sent(self, year: Year) -> None:
        def lowered() -> list[str]:
            return [item.sentence for item in missing_for_official(year.campaign) if item.kind == "lowered"]

        ask_again(year)
        assert lowered() == ["Điểm vòng 2 thấp hơn vòng 1, chưa giải trình lại: 2.1."]
        write(year, "2.1", "Ngày đúng là 10/12")
        step(year, "hand_over", "a1")
        assert lowered() != []
        step(year, "submit", "aH")
        assert lowered() == []

    def test_reason_and_hour_are_asked_for(self, year: Year) -> None:
        answer = self.ask(year, reason="", until="mai")
        assert answer.status_code == 422
        page = words(answer)
        assert "Nêu lý do" in page
        assert "Nhập giờ và ngày hết hạn mới" in page
        past = self.ask(year, until="17:00 31/12/2020")
        assert past.status_code == 422
        assert "Hạn viết giải trình phải sau lúc này." in words(past)
        assert year.explanation().reopened_until is None

    def test_a_unit_none_of_whose_points_fell_is_not_asked(self, year: Year) -> None:
        answer = year.browser("c").post(
            url(year, "moi-lai/", "SOB"), {"version": 1, "reason": "Hỏi thêm", "until": IN_A_MONTH}
        )
        assert answer.status_code == 409
        assert "Không có tiêu chí nào bị hạ điểm" in words(answer)

    @pytest.mark.parametrize(("who", "status"), [("a1", 403), ("h", 403), ("l", 403), ("g2", 403), ("n", 404)])
    def test_only_the_coordinator_asks(self, year: Year, who: str, status: int) -> None:
        assert self.ask(year, by=who).status_code == status
        assert year.explanation().reopened_until is None


class TestCost:
    def test_the_list_of_units_and_a_units_leaves_cost_the_same_for_one_and_for_three(self) -> None:
        year = build_year(Phase.EXPLANATION)

        def cost(who: str, address: str) -> int:
            browser = year.browser(who)
            browser.get(address)
            with CaptureQueriesContext(
                connection,
            ) as seen:
                assert browser.get(address).status_code == 200
            return len(seen)

        pages = (("c", f"/lam-viec/{year.organiser.slug}/ky/2026/giai-trinh/"), ("a1", url(year)))
        explain(year.a, year.leaves["2.1"], "Một", seen=0, by=year["a1"])
        few = [cost(*page) for page in pages]
        explain(year.a, year.leaves["1.2"], "Hai", seen=0, by=year["a1"])
        explain(year.b, year.leaves["1.1"], "Ba", seen=0, by=year["b1"])
        assert [cost(*page) for page in pages] == few


@pytest.mark.django_db(transaction=True)
def test_of_two_writers_from_one_version_one_saves_and_one_is_told() -> None:
    year = build_year(Phase.EXPLANATION)
    staff, head = year["a1"], year["aH"]
    results = at_once(
        [
            lambda: explain(year.a, year.leaves["2.1"], "Cán bộ", seen=0, by=staff),
            lambda: explain(year.a, year.leaves["2.1"], "Thủ trưởng", seen=0, by=head),
        ]
    )
    assert sorted(type(result).__name__ for result in results) == ["ExplanationItem", "Overtaken"]
    assert ExplanationItem.objects.count() == 1
