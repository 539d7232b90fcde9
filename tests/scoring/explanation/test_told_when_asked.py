"""Of a second round at work, a unit that was asked again reads what stood when it was asked, or what is signed."""

from __future__ import annotations

import datetime
from decimal import Decimal

import pytest
from django.utils import timezone

from scoring.enums import Phase, Stage
from scoring.models import ExplanationItem
from scoring.selectors.explanation import listed
from scoring.selectors.second_told import told_in_second_round
from scoring.services.appraisal import appraise
from scoring.services.transitions import perform
from scoring.services.values import Content
from tests.scoring.explanation.pages import page, say, send, url
from tests.year import Year, build_year, sign_all

pytestmark = pytest.mark.django_db
LATER = datetime.timedelta(days=2)


def judge(year: Year, code: str, points: str) -> None:
    content = Content(points=Decimal(points), reason=f"Chỉ đáng {points} điểm")
    if code == "1.2":
        content = Content(inputs={"numerator": points, "denominator": "50"}, reason=f"Chỉ có {points} nhiệm vụ")
    part = year.part(code[0], 2)
    appraise(part, year.leaves[code], content, seen=year.seen(code, Stage.REAPPRAISED), by=year[f"g{code[0]}"])


def ask(year: Year) -> None:
    perform(year.explanation(), "ask_again", year["c"], reason="Điểm hạ", until=timezone.now() + LATER)


@pytest.fixture
def year() -> Year:
    """A explained 1.2 and 2.1; 2.1 fell from 1 to 0,50, and A is asked about it."""
    year = build_year(Phase.EXPLANATION)
    for code in ("1.2", "2.1"):
        say(year, code, "explain", "Báo cáo đã gửi")
    send(year)
    year.move_window(Phase.EXPLANATION, -LATER, -datetime.timedelta(minutes=1))
    perform(year.fresh_group(), "start_reappraisal", year["c"])
    judge(year, "2.1", "0.5")
    ask(year)
    return year


@pytest.mark.parametrize("is_sent", [True, False])
def test_what_the_appraiser_changes_unsigned_is_not_shown(year: Year, is_sent: bool) -> None:
    if is_sent:
        say(year, "2.1", "agree")
        send(year)
    judge(year, "2.1", "0")
    judge(year, "1.2", "20")
    for rest in ("", "tc/2.1/", "tc/1.2/"):
        shown = page(year, rest)
        assert "Chỉ đáng 0 điểm" not in shown
        assert "20 nhiệm vụ" not in shown
        assert "Thẩm định vòng 2" not in shown or rest == "tc/2.1/"
    assert "0,50" in page(year)
    assert "Chỉ đáng 0.5 điểm" in page(year, "tc/2.1/")
    assert year.browser("a1").post(url(year, "tc/1.2/"), {"opinion": "agree", "version": 0}).status_code == 409


def test_what_is_said_meanwhile_is_about_what_was_shown(year: Year) -> None:
    judge(year, "2.1", "0")
    assert say(year, "2.1", "explain", "Ngày đúng là 10/12").status_code == 302
    assert "viết trước khi điểm đổi" not in page(year)
    send(year)
    said = ExplanationItem.objects.get(round=2)
    assert said.about_version == 1
    assert next((row.lowered, row.again) for row in listed(year.campaign)) == (1, 0), "the new fall is not answered"
    assert "Mời giải trình lại<" in year.browser("c").get(url(year).replace("phieu/SOA/", "")).content.decode()


def test_a_verdict_taken_back_unsigned_stays_as_it_was_told(year: Year) -> None:
    judge(year, "2.1", "2")
    assert "Chỉ đáng 0.5 điểm" in page(year, "tc/2.1/")


def test_signed_it_is_shown_as_it_stands(year: Year) -> None:
    judge(year, "2.1", "0")
    judge(year, "1.2", "20")
    sign_all(year, 2)
    shown = page(year)
    assert "Chỉ đáng 0 điểm" in shown
    assert "20 nhiệm vụ" in shown


def test_asked_once_more_it_reads_what_stands_then(year: Year) -> None:
    say(year, "2.1", "agree")
    send(year)
    judge(year, "2.1", "0")
    ask(year)
    assert "Chỉ đáng 0 điểm" in page(year, "tc/2.1/")
    assert "20 nhiệm vụ" not in page(year)


def test_a_unit_that_was_never_asked_is_told_of_no_unsigned_verdict() -> None:
    year = build_year(Phase.REAPPRAISAL)
    judge(year, "2.1", "0.5")
    assert told_in_second_round(year.a) == {}
    sign_all(year, 2)
    assert set(told_in_second_round(year.a)) == {year.leaves["2.1"].pk}


def test_the_team_reads_what_stands(year: Year) -> None:
    judge(year, "2.1", "0")
    for who in ("c", "h", "g2"):
        assert "Chỉ đáng 0 điểm" in page(year, "tc/2.1/", by=who), who
