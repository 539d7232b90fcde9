"""A unit agrees or explains leaf by leaf, agrees to the rest at once and takes it back; nothing half done is sent."""

from __future__ import annotations

import datetime
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from scoring.enums import ExplanationState, Phase, Stage
from scoring.models import AppraisalPart, ExplanationChoice, ExplanationItem
from scoring.services.appraisal import appraise
from scoring.services.errors import Blocked
from scoring.services.transitions import perform
from scoring.services.values import Content
from tests.racing import at_once
from tests.scoring.explanation.pages import autosave, choice_of, page, preview, say, send, standing, url, words
from tests.year import Year, build_year
from units.models import TrailEntry

pytestmark = pytest.mark.django_db
MINUTE = datetime.timedelta(minutes=1)


@pytest.fixture
def year() -> Year:
    """1.2 of A went from 3,60 to 3,20, and 2.1 from 2,00 to 1,00."""
    return build_year(Phase.EXPLANATION)


class TestOneLeaf:
    def test_agreeing_is_kept_and_counted_with_what_it_gives_up(self, year: Year) -> None:
        assert say(year, "2.1", "agree").status_code == 302
        shown = page(year)
        assert "Đồng ý 1 tiêu chí giảm 1,00 điểm" in shown
        assert "Chưa có ý kiến 1 tiêu chí liên quan 0,40 điểm" in shown
        assert TrailEntry.objects.get(action="scoring.explain").object_label == "Đồng ý điểm thẩm định 2.1: Sở An toàn"

    def test_explaining_without_words_is_kept_and_stops_the_sending_until_they_are_written(self, year: Year) -> None:
        say(year, "1.2", text="50 nhiệm vụ tại Quyết định 7")
        say(year, "2.1", "explain")
        assert "giải trình, thiếu nội dung" in page(year)
        refused = year.browser("a1").post(
            url(year, "buoc/hand_over/"), {"version": year.explanation().version}
        )  # fmt: skip
        assert refused.status_code == 409
        assert "2.1 Rà soát văn bản: Đã chọn giải trình mà chưa viết nội dung." in words(refused)
        say(year, "2.1", "explain", "Báo cáo đã gửi ngày 10/12")
        send(year)
        assert year.explanation().items.sent().count() == 2

    def test_the_head_cannot_send_it_half_done_either(self, year: Year) -> None:
        say(year, "1.2", text="50 nhiệm vụ")
        perform(year.explanation(), "hand_over", year["a1"])
        ExplanationChoice.objects.update(opinion="explain")
        ExplanationItem.objects.all().delete()
        with pytest.raises(Blocked, match="chưa viết"):
            perform(year.explanation(), "submit", year["aH"])

    def test_words_beside_an_agreement_are_put_aside_and_come_back_with_another_choice(self, year: Year) -> None:
        say(year, "2.1", "explain", "Báo cáo đã gửi")
        answer = year.browser("a1").post(
            url(year, "tc/2.1/"), {"opinion": "agree", "text": "Báo cáo đã gửi"} | standing(year, "2.1"), follow=True
        )
        assert "Nội dung đã viết để riêng, không gửi." in answer.content.decode()
        assert ">Báo cáo đã gửi</textarea>" in answer.content.decode().replace("\n", "")
        assert not ExplanationItem.objects.exists()
        say(year, "2.1", "explain", "Báo cáo đã gửi")
        assert ExplanationItem.objects.get().text == "Báo cáo đã gửi"

    def test_an_agreement_to_points_that_have_changed_is_none(self, year: Year) -> None:
        say(year, "2.1", "agree")
        perform(year.fresh_group(), "return_to_appraisal", year["c"], reason="Cộng sai")
        perform(year.part("2"), "reopen", year["c"], reason="Cộng sai")
        lower = Content(points=Decimal("0.5"), reason="Thiếu hai báo cáo")
        appraise(year.part("2"), year.leaves["2.1"], lower, seen=year.seen("2.1", Stage.APPRAISED), by=year["g2"])
        for name in ("finish", "sign"):
            perform(year.part("2"), name, year["g2"])
        perform(year.fresh_group(), "start_explanation", year["c"])
        shown = page(year)
        assert "viết trước khi điểm đổi" in shown
        assert "Chưa có ý kiến 2 tiêu chí" in shown

    def test_sent_twice_by_the_same_person_it_is_done_once(self, year: Year) -> None:
        form = {"opinion": "agree", "text": "", "version": 0, "unfinished": 0}
        browser = year.browser("a1")
        assert [browser.post(url(year, "tc/2.1/"), form).status_code for _ in range(2)] == [302, 302]
        assert ExplanationChoice.objects.get().version == 1

    def test_a_colleague_who_came_first_is_shown_beside_it(self, year: Year) -> None:
        say(year, "2.1", "agree", by="aH")
        late = say(year, "2.1", "explain", "Không đúng", unfinished=0)
        assert late.status_code == 409
        assert all(text in words(late) for text in ("Đồng ý", "Không đúng", "Người aH"))
        assert choice_of(year, "2.1").opinion == "agree"  # type: ignore[union-attr]

    def test_a_leaf_that_was_kept_as_declared_asks_for_no_opinion_but_takes_one(self) -> None:
        year = build_year(Phase.EXPLANATION)
        browser = year.browser("b1")
        shown = words(browser.get(url(year, unit="SOB")))
        assert "Giữ như tự chấm, chưa đạt điểm tối đa" in shown
        assert "không cần ý kiến" in shown

    def test_what_was_agreed_to_and_not_sent_is_read_by_the_unit_alone(self, year: Year) -> None:
        say(year, "2.1", "agree")
        for reader in ("c", "h", "l", "g2"):
            assert "Đồng ý với điểm thẩm định" not in page(year, "tc/2.1/", by=reader), reader
        send(year)
        for reader in ("c", "h", "l", "g2"):
            assert "Đồng ý với điểm thẩm định" in page(year, "tc/2.1/", by=reader), reader

    def test_who_agrees_to_everything_may_send_it_and_nothing_is_judged_again(self, year: Year) -> None:
        say(year, "1.2", "agree")
        say(year, "2.1", "agree")
        assert send(year).state == ExplanationState.SUBMITTED
        year.move_window(Phase.EXPLANATION, -2 * MINUTE, -MINUTE)
        perform(year.fresh_group(), "start_reappraisal", year["c"])
        assert not AppraisalPart.objects.filter(participant=year.a, round=2).exists()


class TestAutosave:
    def test_words_are_an_explanation_by_themselves_and_the_counts_come_back(self, year: Year) -> None:
        told = autosave(year, "2.1", text="Báo cáo đã gửi").json()
        assert (told["state"], told["node"]["label"]) == ("saved", "giải trình, đã có nội dung")
        assert told["tally"]["explained"] == "1"
        assert told["tally"]["at_stake"] == "1,00"
        assert ExplanationItem.objects.get().text == "Báo cáo đã gửi"

    def test_a_choice_without_words_is_kept_and_says_what_is_missing(self, year: Year) -> None:
        told = autosave(year, "2.1", "explain").json()
        assert told["state"] == "kept"
        assert told["faults"][0]["key"] == "text"

    def test_emptied_fields_take_no_words_away_until_a_person_presses_save(self, year: Year) -> None:
        autosave(year, "2.1", text="Báo cáo đã gửi")
        told = autosave(year, "2.1", "explain", "").json()
        assert (told["state"], "vẫn còn" in told["faults"][0]["text"]) == ("kept", True)
        assert ExplanationItem.objects.get().text == "Báo cáo đã gửi"
        say(year, "2.1", "explain", "")
        assert not ExplanationItem.objects.exists()

    def test_the_same_key_is_answered_the_same_and_done_once(self, year: Year) -> None:
        first = autosave(year, "2.1", text="Một", key="k" * 32, version=0, unfinished=0)
        again = autosave(year, "2.1", text="Một", key="k" * 32, version=0, unfinished=0)
        assert first.json() == again.json()
        assert choice_of(year, "2.1").version == 1  # type: ignore[union-attr]
        other = autosave(year, "1.2", text="Khác", key="k" * 32)
        assert (other.status_code, other.json()["state"]) == (409, "closed")

    def test_a_clash_tells_who_and_what_stands(self, year: Year) -> None:
        autosave(year, "2.1", text="Bản của thủ trưởng", by="aH")
        clash = autosave(year, "2.1", text="Bản của cán bộ", version=0, unfinished=0)
        told = clash.json()
        assert (clash.status_code, told["state"], told["who"]) == (409, "clash", "Người aH")
        assert (told["said"], told["fields"]["text"]) == ("Bản của thủ trưởng", "Bản của thủ trưởng")
        kept = autosave(
            year, "2.1", text="Bản của cán bộ", version=told["version"], unfinished=told["unfinished"]
        )  # fmt: skip
        assert kept.json()["state"] == "saved"

    def test_after_the_hour_it_is_closed_and_nothing_is_stored(self, year: Year) -> None:
        year.move_window(Phase.EXPLANATION, -2 * MINUTE, -MINUTE)
        late = autosave(year, "2.1", text="Muộn")
        assert (late.status_code, late.json()["state"]) == (409, "closed")
        assert not ExplanationChoice.objects.exists()

    @pytest.mark.parametrize(
        ("changes", "key"), [({"key": "ngắn"}, "key"), ({"version": ""}, "version"), ({"text": "x" * 5001}, "text")]
    )
    def test_what_cannot_be_read_is_refused_with_its_place(self, year: Year, changes: dict[str, str], key: str) -> None:
        refused = autosave(year, "2.1", **({"text": "Chữ"} | changes))
        assert (refused.status_code, refused.json()["faults"][0]["key"]) == (422, key)
        assert not ExplanationItem.objects.exists()

    @pytest.mark.parametrize(("who", "status"), [("c", 403), ("g2", 403), ("h", 403), ("b1", 404), ("n", 404)])
    def test_only_the_unit_writes(self, year: Year, who: str, status: int) -> None:
        assert autosave(year, "2.1", text="Không phải của tôi", by=who).status_code == status
        assert not ExplanationChoice.objects.exists()


class TestTheRestAtOnce:
    def test_what_is_given_up_is_shown_first_then_agreed_to_and_undone(self, year: Year) -> None:
        shown = page(year, "dong-y/")
        assert "2 tiêu chí chưa có ý kiến. So với điểm tự chấm giảm 1,40 điểm" in shown
        form, browser = preview(year), year.browser("a1")
        assert browser.post(url(year, "dong-y/"), form).status_code == 302
        assert "Đồng ý 2 tiêu chí giảm 1,40 điểm" in page(year)
        assert browser.post(url(year, "dong-y/hoan-tac/"), {"batch": form["batch"]}).status_code == 302
        assert "Chưa có ý kiến 2 tiêu chí" in page(year)
        labels = (
            TrailEntry.objects.filter(action="scoring.explain").order_by("seq").values_list("object_label", flat=True)
        )
        assert list(labels) == ["Đồng ý một lượt 2 mục: Sở An toàn", "Bỏ đồng ý 2 mục: Sở An toàn"]

    def test_what_was_answered_stays_as_it_is(self, year: Year) -> None:
        say(year, "2.1", text="Báo cáo đã gửi")
        year.browser("a1").post(url(year, "dong-y/"), preview(year))
        assert choice_of(year, "1.2").opinion == "agree"  # type: ignore[union-attr]
        assert ExplanationItem.objects.get().text == "Báo cáo đã gửi"

    def test_a_leaf_changed_after_the_press_is_not_taken_back(self, year: Year) -> None:
        form = preview(year)
        year.browser("a1").post(url(year, "dong-y/"), form)
        say(year, "2.1", "explain", "Nghĩ lại")
        year.browser("a1").post(url(year, "dong-y/hoan-tac/"), {"batch": form["batch"]})
        assert ExplanationItem.objects.get().text == "Nghĩ lại"
        assert choice_of(year, "1.2").opinion == ""  # type: ignore[union-attr]

    def test_pressed_twice_it_is_done_once(self, year: Year) -> None:
        form, browser = preview(year), year.browser("a1")
        assert [browser.post(url(year, "dong-y/"), form).status_code for _ in range(2)] == [302, 302]
        assert set(ExplanationChoice.objects.values_list("version", flat=True)) == {1}

    def test_a_list_that_is_not_true_any_more_is_shown_again(self, year: Year) -> None:
        form = preview(year)
        say(year, "2.1", text="Trong lúc đó", by="aH")
        late = year.browser("a1").post(url(year, "dong-y/"), form)
        assert late.status_code == 409
        assert "vừa đổi" in words(late)
        assert "Đồng ý 1 mục" in words(late)
        assert choice_of(year, "1.2") is None

    def test_nonsense_agrees_to_nothing(self, year: Year) -> None:
        for form in ({}, {"batch": "b" * 12}, {"batch": "b" * 12, "leaf": ["x"]}, {"batch": "b" * 12, "leaf": ["1:1"]}):
            assert year.browser("a1").post(url(year, "dong-y/"), form).status_code == 409
        assert not ExplanationChoice.objects.exists()

    def test_undone_is_only_what_was_not_sent(self, year: Year) -> None:
        form = preview(year)
        year.browser("a1").post(url(year, "dong-y/"), form)
        send(year)
        year.browser("a1").post(url(year, "dong-y/hoan-tac/"), {"batch": form["batch"]})
        assert set(ExplanationChoice.objects.values_list("opinion", flat=True)) == {"agree"}

    def test_nobody_but_the_unit_opens_it(self, year: Year) -> None:
        for who, status in (("c", 403), ("g1", 403), ("l", 403), ("b1", 404), ("n", 404)):
            assert year.browser(who).get(url(year, "dong-y/")).status_code == status, who


class TestCost:
    def test_pages_and_saving_cost_the_same_for_one_opinion_and_for_two(self, year: Year) -> None:
        def cost(rest: str) -> int:
            browser = year.browser("a1")
            browser.get(url(year, rest))
            with CaptureQueriesContext(connection) as seen:
                assert browser.get(url(year, rest)).status_code == 200
            return len(seen)

        say(year, "2.1", text="Một")
        few = [cost(rest) for rest in ("", "tc/2.1/")]
        say(year, "1.2", "agree")
        assert [cost(rest) for rest in ("", "tc/2.1/")] == few


@pytest.mark.django_db(transaction=True)
def test_of_two_who_answer_one_leaf_at_once_one_is_told() -> None:
    year = build_year(Phase.EXPLANATION)
    form = {"version": 0, "unfinished": 0}
    url_of, browsers = url(year, "tc/2.1/"), [year.browser("a1"), year.browser("aH")]
    answers = at_once(
        [
            lambda: browsers[0].post(url_of, form | {"opinion": "agree", "text": ""}),
            lambda: browsers[1].post(url_of, form | {"opinion": "explain", "text": "Không đồng ý"}),
        ]
    )
    assert sorted(answer.status_code for answer in answers) == [302, 409]
    assert ExplanationChoice.objects.get().version == 1
