"""The rule of deadlines as a table (case D05): what is taken, by when it began, when it is decided, and what it is."""

from __future__ import annotations

import datetime

import pytest

from scoring.services.deadline_wording import say_refused, say_rule
from scoring.workflow import Act, Deadline

CLOSES = datetime.datetime(2027, 1, 10, 17, tzinfo=datetime.UTC)  # 24:00 ngày 10/01/2027 in Vietnam
GRACE = datetime.timedelta(minutes=15)
RULE = Deadline(CLOSES, GRACE, takes_begun_files=True)

# Seconds from the deadline: began, decided; then whether figures, a file, handing in are taken.
CASES = [
    (-2, -0.001, True, True, True),
    (-2, 0, False, True, True),
    (-2, 180, False, True, True),
    (-2, 900, False, False, False),
    (-0.001, 899.999, False, True, True),
    (0, 1, False, False, True),
    (1, 300, False, False, True),
    (960, 1020, False, False, False),
]
KINDS = {Act.WRITE: 2, Act.FILE: 3, Act.HAND_IN: 4}


@pytest.mark.parametrize("act", KINDS)
@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case[0]}..{case[1]}")
def test_what_is_taken_around_the_deadline(case: tuple[float, float, bool, bool, bool], act: Act) -> None:
    began, now = (CLOSES + datetime.timedelta(seconds=seconds) for seconds in case[:2])
    assert RULE.takes(act, now, began) is case[KINDS[act]]


@pytest.mark.parametrize("act", Act)
def test_without_grace_everything_ends_at_the_deadline(act: Act) -> None:
    rule, before = Deadline(CLOSES, takes_begun_files=True), CLOSES - datetime.timedelta(milliseconds=1)
    assert rule.takes(act, before, before)
    assert not rule.takes(act, CLOSES, before)


def test_a_file_under_way_is_refused_where_the_rule_does_not_take_it() -> None:
    rule = Deadline(CLOSES, GRACE)
    late = CLOSES + datetime.timedelta(seconds=3)
    assert not rule.takes(Act.FILE, late, CLOSES - datetime.timedelta(seconds=2))
    assert rule.takes(Act.HAND_IN, late, late)


def test_the_last_night_of_the_year_is_one_night() -> None:
    rule = Deadline(datetime.datetime(2026, 12, 31, 17, tzinfo=datetime.UTC), GRACE, takes_begun_files=True)
    zone = datetime.timezone(datetime.timedelta(hours=7))
    began = datetime.datetime(2026, 12, 31, 23, 59, 58, tzinfo=zone)
    stored = datetime.datetime(2027, 1, 1, 0, 3, tzinfo=zone)
    assert rule.takes(Act.FILE, stored, began)
    assert not rule.takes(Act.WRITE, stored, began)
    assert say_rule(rule).startswith("Hạn 24:00 ngày 31/12/2026, theo giờ máy chủ.")
    assert "đến 00:15 ngày 01/01/2027" in say_rule(rule)


def test_an_instant_without_a_zone_decides_nothing() -> None:
    naive = datetime.datetime(2027, 1, 10, 17)  # noqa: DTZ001 (that is the case)
    with pytest.raises(ValueError, match="without a zone"):
        Deadline(naive)
    with pytest.raises(ValueError, match="without a zone"):
        RULE.takes(Act.WRITE, naive, CLOSES)
    with pytest.raises(ValueError, match="without a zone"):
        RULE.takes(Act.FILE, CLOSES, naive)


def test_the_rule_in_words_says_what_is_set() -> None:
    assert say_rule(Deadline(CLOSES)) == (
        "Hạn 24:00 ngày 10/01/2027, theo giờ máy chủ. Từ giờ đó không sửa, không nộp được."
    )
    assert "Tệp" not in say_rule(Deadline(CLOSES, GRACE))
    assert say_rule(RULE).endswith("Tệp bắt đầu tải lên trước hạn vẫn nhận nếu lưu xong trước 00:15 ngày 11/01/2027.")


def test_a_refusal_says_what_can_still_be_done() -> None:
    soon, over = CLOSES + datetime.timedelta(minutes=1), CLOSES + GRACE
    assert "vẫn trình, nộp được đến 00:15 ngày 11/01/2027" in say_refused(RULE, Act.WRITE, soon, "")
    assert "tệp này bắt đầu tải lên sau giờ đó" in say_refused(RULE, Act.FILE, soon, "")
    assert say_refused(RULE, Act.WRITE, over, "Đóng {at}.") == "Đóng 24:00 ngày 10/01/2027."
    assert say_refused(RULE, Act.HAND_IN, over, "Đóng {at}.") == "Đóng 00:15 ngày 11/01/2027."
