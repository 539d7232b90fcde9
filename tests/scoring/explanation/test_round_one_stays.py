"""Asked again about one leaf in round 2, a unit changes nothing of what it said and brought in round 1."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from scoring.enums import Phase, Stage
from scoring.models import ExplanationChoice
from scoring.services.appraisal import appraise
from scoring.services.transitions import perform
from scoring.services.values import Content
from tests.scoring.explanation.pages import preview, say, send, url
from tests.year import Year, build_year

pytestmark = pytest.mark.django_db
LATER = datetime.timedelta(days=2)


def ask_again_about_second_component(year: Year) -> None:
    """The second round begins, 2.1 of A falls to 0,50 and the coordinator asks A again."""
    year.move_window(Phase.EXPLANATION, -LATER, -datetime.timedelta(minutes=1))
    perform(year.fresh_group(), "start_reappraisal", year["c"])
    judge_again(year, "0.5")
    perform(year.explanation(), "ask_again", year["c"], reason="Điểm 2.1 giảm", until=timezone.now() + LATER)


def judge_again(year: Year, points: str) -> None:
    content = Content(points=Decimal(points), reason=f"Báo cáo chỉ đáng {points} điểm")
    appraise(year.part("2", 2), year.leaves["2.1"], content, seen=year.seen("2.1", Stage.REAPPRAISED), by=year["g2"])


class TestAgreedAtOnce:
    """A agreed to 1.2 and 2.1 in one press, then explained 2.1, and sent."""

    @pytest.fixture
    def year(self) -> Year:
        year = build_year(Phase.EXPLANATION)
        self.form = preview(year)
        year.browser("a1").post(url(year, "dong-y/"), self.form)
        say(year, "2.1", "explain", "Báo cáo đã gửi ngày 10/12")
        send(year)
        return year

    def undo(self, year: Year) -> Any:
        return year.browser("a1").post(url(year, "dong-y/hoan-tac/"), {"batch": self.form["batch"]}, follow=True)

    def stands(self, year: Year) -> bool:
        choice = ExplanationChoice.objects.get(criterion=year.leaves["1.2"], round=1)
        return choice.opinion == "agree" and choice.sent_at is not None

    def test_in_round_two_it_is_not_taken_back_nor_is_that_offered(self, year: Year) -> None:
        ask_again_about_second_component(year)
        assert "hoan-tac" not in year.browser("a1").get(url(year)).content.decode()
        answer = self.undo(year)
        assert "Không còn gì để hoàn tác" in answer.content.decode()
        assert self.stands(year)

    def test_given_more_time_in_round_one_what_was_sent_is_not_taken_back_in_one_press(self, year: Year) -> None:
        perform(year.explanation(), "reopen", year["c"], reason="Mất điện", until=timezone.now() + LATER * 20)
        assert "hoan-tac" not in year.browser("a1").get(url(year)).content.decode()
        assert "Không còn gì để hoàn tác" in self.undo(year).content.decode()
        assert self.stands(year)
