"""What a unit explains is about the points that stand: a second fall, a step back, more time for one unit."""

from __future__ import annotations

import datetime
from decimal import Decimal
from importlib import import_module
from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from django.utils import timezone

from scoring.enums import ExplanationState, Phase, Stage
from scoring.models import AppraisalPart, Explanation, ExplanationItem
from scoring.selectors.appraisal import leaves_of_part, part_facts
from scoring.selectors.council import point_of
from scoring.selectors.explanation import listed
from scoring.selectors.missing import missing_for_official
from scoring.services.appraisal import appraise
from scoring.services.errors import Blocked, Conflict, Incomplete, StaleEdit
from scoring.services.explaining import explain
from scoring.services.transitions import perform
from scoring.services.values import Content
from tests.year import Year, build_year, sign_all
from units.models import TrailEntry
from units.permissions import Refused

pytestmark = pytest.mark.django_db
LATER = datetime.timedelta(days=2)


def say(year: Year, code: str, text: str, number: int = 1) -> ExplanationItem | None:
    """A's staff writes over what stands."""
    item = year.explanation().items.filter(criterion=year.leaves[code], round=number).first()
    return explain(year.a, year.leaves[code], text, seen=item.version if item else 0, by=year["a1"])


def send(year: Year) -> None:
    perform(year.explanation(), "hand_over", year["a1"])
    perform(year.explanation(), "submit", year["aH"])


def judge_again(year: Year, points: str, code: str = "2.1", by: str = "g2") -> None:
    content = Content(points=Decimal(points), reason=f"Báo cáo chỉ đáng {points} điểm")
    part = year.part(code[0], 2)
    appraise(part, year.leaves[code], content, seen=year.seen(code, Stage.REAPPRAISED), by=year[by])


def ask_again(year: Year) -> None:
    perform(year.explanation(), "ask_again", year["c"], reason="Điểm 2.1 giảm", until=timezone.now() + LATER)


def reopen(year: Year, by: str = "c", after: datetime.timedelta = LATER) -> Explanation:
    return perform(year.explanation(), "reopen", year[by], reason="Mất điện", until=timezone.now() + after)


def step_back(year: Year) -> None:
    perform(year.fresh_group(), "return_to_explanation", year["c"], reason="Sở A gửi nhầm bản")


def move_on(year: Year) -> None:
    perform(year.fresh_group(), "start_reappraisal", year["c"])


def lowered(year: Year) -> list[str]:
    return [item.sentence for item in missing_for_official(year.campaign) if item.kind == "lowered"]


def page(year: Year, who: str, rest: str = "phieu/SOA/giai-trinh/") -> Any:
    return year.browser(who).get(f"/lam-viec/{year.organiser.slug}/ky/2026/{rest}")


class TestSecondFall:
    """2.1 of A: judged 1, then 0,5, explained again, then 0."""

    @pytest.fixture
    def year(self) -> Year:
        year = build_year(Phase.REAPPRAISAL)
        judge_again(year, "0.5")
        ask_again(year)
        say(year, "2.1", "Ngày đúng là 10/12", 2)
        send(year)
        return year

    def fall(self, year: Year) -> None:
        sign_all(year, 2)
        perform(year.part("2", 2), "reopen", year["c"], reason="Cộng sai")
        judge_again(year, "0")

    def test_the_first_fall_is_explained_and_the_second_is_not(self, year: Year) -> None:
        assert lowered(year) == []
        self.fall(year)
        assert lowered(year) == ["Điểm vòng 2 thấp hơn vòng 1, chưa giải trình lại: 2.1."]
        assert not point_of(year.a, year.leaves["2.1"]).answered_again
        assert [(row.lowered, row.again) for row in listed(year.campaign)] == [(1, 0), (0, 0)]
        assert "Mời giải trình lại<" in page(year, "c", "giai-trinh/").content.decode()

    def test_asked_again_the_unit_explains_it_even_in_the_same_words(self, year: Year) -> None:
        self.fall(year)
        ask_again(year)
        assert "viết trước khi điểm đổi" in page(year, "a1").content.decode()
        say(year, "2.1", "Ngày đúng là 10/12", 2)
        assert lowered(year) != [], "written, not sent"
        send(year)
        assert lowered(year) == []
        assert point_of(year.a, year.leaves["2.1"]).answered_again

    def test_sending_without_a_word_about_it_explains_nothing(self, year: Year) -> None:
        self.fall(year)
        ask_again(year)
        send(year)
        assert lowered(year) != []

    def test_the_coordinator_is_not_offered_to_ask_where_all_is_explained(self, year: Year) -> None:
        assert [(row.lowered, row.again) for row in listed(year.campaign)] == [(1, 1), (0, 0)]
        assert "Mời giải trình lại<" not in page(year, "c", "giai-trinh/").content.decode()


def test_asked_again_a_unit_that_wrote_nothing_anew_has_nothing_to_hand_over() -> None:
    year = build_year(Phase.REAPPRAISAL)
    judge_again(year, "0.5")
    ask_again(year)
    with pytest.raises(Conflict, match="Chưa có mục giải trình nào"):
        perform(year.explanation(), "hand_over", year["a1"])


class TestTakenBack:
    def test_what_is_written_after_a_text_was_taken_back_has_a_new_version(self) -> None:
        year = build_year(Phase.EXPLANATION)
        first = say(year, "2.1", "Bản đầu")
        say(year, "2.1", "")
        second = say(year, "2.1", "Bản sau")
        assert first
        assert second
        assert second.version > first.version + 1
        with pytest.raises(StaleEdit):
            explain(year.a, year.leaves["2.1"], "Từ trang mở lúc đầu", seen=first.version, by=year["aH"])
        assert year.explanation().items.get().text == "Bản sau"

    def test_every_version_stands_once_in_the_trail(self) -> None:
        year = build_year(Phase.EXPLANATION)
        for text in ("Một", "Hai", "", "Ba", ""):
            say(year, "2.1", text)
        told = TrailEntry.objects.filter(action="scoring.explain").order_by("seq")
        assert [entry.data["version"] for entry in told] == [1, 2, 3, 4, 5]


class TestMoreTime:
    @pytest.fixture
    def year(self) -> Year:
        """The group's window has passed; A sent 2.1, B nothing."""
        year = build_year(Phase.EXPLANATION)
        say(year, "2.1", "Báo cáo đã gửi ngày 10/12")
        send(year)
        year.move_window(Phase.EXPLANATION, -LATER, -datetime.timedelta(minutes=1))
        return year

    def test_one_unit_writes_on_and_sends_while_the_other_stays_closed(self, year: Year) -> None:
        reopen(year)
        say(year, "2.1", "Báo cáo đã gửi ngày 11/12")
        say(year, "1.2", "50 nhiệm vụ tại Quyết định 7")
        send(year)
        assert year.explanation().items.sent().count() == 2
        with pytest.raises(Conflict, match="Giải trình đã đóng lúc"):
            explain(year.b, year.leaves["1.2"], "Chúng tôi cũng muốn", seen=0, by=year["b1"])

    def test_it_closes_at_the_new_hour_and_says_which(self, year: Year) -> None:
        reopen(year)
        limit = timezone.now() - datetime.timedelta(seconds=1)
        Explanation.objects.filter(participant=year.a).update(reopened_until=limit)
        with pytest.raises(Conflict, match=f"đã đóng lúc .*{timezone.localtime(limit):%d/%m/%Y}"):
            say(year, "2.1", "Muộn")

    def test_the_group_waits_for_that_hour_or_for_the_unit(self, year: Year) -> None:
        reopen(year)
        with pytest.raises(Blocked) as blocked:
            move_on(year)
        assert blocked.value.reasons == ("Sở An toàn: chưa gửi giải trình và còn trong hạn.",)
        send(year)
        move_on(year)
        assert year.explanation().reopened_until is None, "the hour belongs to the phase giải trình"

    def test_after_its_phase_the_hour_opens_nothing_and_tells_no_second_points(self, year: Year) -> None:
        reopen(year)
        send(year)
        move_on(year)
        judge_again(year, "0.5")
        assert "chỉ đáng 0.5" not in page(year, "a1").content.decode()
        Explanation.objects.filter(participant=year.a).update(state=ExplanationState.DRAFT)
        with pytest.raises(Conflict, match="không nhận giải trình"):
            perform(year.explanation(), "hand_over", year["a1"])

    def test_what_was_sent_stays_sent_until_it_is_changed(self, year: Year) -> None:
        reopen(year)
        say(year, "1.2", "Viết mà chưa gửi")
        assert [item.criterion.code for item in year.explanation().items.sent()] == ["2.1"]
        say(year, "2.1", "Sửa mà chưa gửi")
        assert not year.explanation().items.sent().exists()
        assert "Sửa mà chưa gửi" not in page(year, "g2", "phieu/SOA/giai-trinh/tc/2.1/").content.decode()

    def test_from_the_desk_of_the_head_it_comes_back_to_staff(self, year: Year) -> None:
        reopen(year)
        perform(year.explanation(), "hand_over", year["a1"])
        reopen(year, after=2 * LATER)
        assert year.explanation().state == ExplanationState.DRAFT

    def test_an_hour_that_is_past_or_not_later_is_asked_back(self, year: Year) -> None:
        with pytest.raises(Incomplete, match="Hạn mới phải sau lúc này"):
            reopen(year, after=-LATER)
        reopen(year)
        with pytest.raises(Incomplete, match="sau hạn đang có"):
            reopen(year, after=LATER / 2)

    @pytest.mark.parametrize("who", ["a1", "aH", "g2", "h", "l", "s", "n"])
    def test_only_the_coordinator_gives_more_time(self, year: Year, who: str) -> None:
        with pytest.raises(Refused):
            reopen(year, by=who)
        assert year.explanation().state == ExplanationState.SUBMITTED

    def test_the_coordinator_does_it_on_the_units_page_to_which_the_list_leads(self, year: Year) -> None:
        address = f"/lam-viec/{year.organiser.slug}/ky/2026/phieu/SOA/giai-trinh/"
        assert f'href="{address}#viet-tiep"' in page(year, "c", "giai-trinh/").content.decode()
        assert 'id="viet-tiep"' in page(year, "c").content.decode()
        for other in ("a1", "aH", "h", "l"):
            assert 'id="viet-tiep"' not in page(year, other).content.decode()
        until = timezone.localtime(timezone.now() + LATER)
        form = {"version": year.explanation().version, "reason": "", "until": f"{until:%H:%M %d/%m/%Y}"}
        refused = year.browser("c").post(f"{address}buoc/reopen/", form)
        assert (refused.status_code, "Nêu lý do" in refused.content.decode()) == (422, True)
        assert year.browser("aH").post(f"{address}buoc/reopen/", form | {"reason": "x"}).status_code == 403
        assert year.browser("c").post(f"{address}buoc/reopen/", form | {"reason": "Mất điện"}).status_code == 302
        told = page(year, "a1").content.decode()
        assert "Đơn vị được viết tiếp đến" in told
        assert "Mất điện" in told

    def test_it_is_a_step_of_the_explanation_only(self, year: Year) -> None:
        move_on(year)
        with pytest.raises(Conflict, match="khối đang ở bước “thẩm định 2”"):
            reopen(year)


class TestStepBack:
    @pytest.fixture
    def year(self) -> Year:
        """A sent 2.1, the second round began, and the group steps back; its window stands open again."""
        year = build_year(Phase.REAPPRAISAL)
        step_back(year)
        year.move_window(Phase.EXPLANATION, -LATER, LATER)
        return year

    def test_the_sent_explanation_is_a_draft_again_with_its_row_in_the_trail(self, year: Year) -> None:
        assert year.explanation().state == ExplanationState.DRAFT
        told = TrailEntry.objects.get(action="scoring.explanation_hand_back")
        assert (told.data["before"], told.data["after"]) == ("submitted", "draft")
        assert "Sở An toàn" in told.object_label
        say(year, "2.1", "Báo cáo đã gửi ngày 11/12")
        send(year)
        assert year.explanation().items.sent().get().text == "Báo cáo đã gửi ngày 11/12"

    def test_there_and_on_again_loses_nothing_that_was_sent(self, year: Year) -> None:
        year.move_window(Phase.EXPLANATION, -LATER, -datetime.timedelta(minutes=1))
        move_on(year)
        assert [leaf.code for leaf in leaves_of_part(year.part("2", 2))] == ["2.1"]

    def test_what_is_written_and_not_sent_is_not_judged_and_an_empty_part_goes(self, year: Year) -> None:
        say(year, "2.1", "Sửa mà chưa gửi")
        year.move_window(Phase.EXPLANATION, -LATER, -datetime.timedelta(minutes=1))
        move_on(year)
        assert not AppraisalPart.objects.filter(participant__campaign=year.campaign, round=2).exists()
        perform(year.fresh_group(), "start_council", year["c"])

    def test_words_sent_anew_are_judged_anew(self) -> None:
        year = build_year(Phase.REAPPRAISAL)
        judge_again(year, "1.5")
        perform(year.part("2", 2), "finish", year["g2"])
        step_back(year)
        year.move_window(Phase.EXPLANATION, -LATER, LATER)
        say(year, "2.1", "Báo cáo đã gửi ngày 11/12")
        send(year)
        year.move_window(Phase.EXPLANATION, -LATER, -datetime.timedelta(minutes=1))
        move_on(year)
        part = year.part("2", 2)
        assert not part_facts(part).by_code["2.1"].is_judged
        with pytest.raises(Blocked, match="Phần này chưa xong"):
            perform(part, "sign", year["g2"])

    def test_only_what_was_sent_is_shown_to_the_appraiser(self) -> None:
        year = build_year(Phase.EXPLANATION)
        say(year, "2.1", "Đã gửi")
        send(year)
        reopen(year, after=LATER * 20)
        say(year, "1.2", "Nháp của đơn vị")
        year.move_window(Phase.EXPLANATION, -LATER, -datetime.timedelta(minutes=1))
        Explanation.objects.filter(participant=year.a).update(reopened_until=timezone.now())
        move_on(year)
        assert set(AppraisalPart.objects.filter(round=2).values_list("component__code", flat=True)) == {"2"}

    def test_a_second_round_that_is_signed_is_not_stepped_back_from(self) -> None:
        year = build_year(Phase.REAPPRAISAL)
        judge_again(year, "1.5")
        sign_all(year, 2)
        with pytest.raises(Conflict, match="vòng 2 được ký"):
            step_back(year)
        assert year.explanation().state == ExplanationState.SUBMITTED

    def test_words_about_a_fall_that_were_not_sent_are_not_sent_with_the_first_round(self) -> None:
        year = build_year(Phase.REAPPRAISAL)
        judge_again(year, "0.5")
        ask_again(year)
        say(year, "2.1", "Nháp về điểm hạ", 2)
        step_back(year)
        year.move_window(Phase.EXPLANATION, -LATER, LATER)
        send(year)
        assert [item.round for item in year.explanation().items.sent()] == [1]


def test_a_part_of_the_second_round_that_an_exclusion_has_emptied_is_finished_and_signed() -> None:
    year = build_year(Phase.REAPPRAISAL)
    year.a.not_applicable = [{"criterion": "2.1", "reason": "Không có nhiệm vụ"}]
    year.a.save()
    assert leaves_of_part(year.part("2", 2)) == []
    sign_all(year, 2)
    perform(year.fresh_group(), "start_council", year["c"])
    assert year.phase() == Phase.COUNCIL


def test_the_migration_takes_what_was_submitted_for_sent_about_the_value_that_stands() -> None:
    year = build_year(Phase.REAPPRAISAL)
    judge_again(year, "0.5")
    ask_again(year)
    say(year, "2.1", "Nháp về điểm hạ", 2)
    ExplanationItem.objects.update(sent_at=None, about_version=0)
    migration = import_module("scoring.migrations.0006_explanation_of_a_version")
    migration.mark_what_was_sent(apps, connection.schema_editor())
    rows = ExplanationItem.objects.order_by("round").values_list("round", "about_version", "sent_at")
    assert [(number, version, sent is not None) for number, version, sent in rows] == [(1, 1, True), (2, 1, False)]
