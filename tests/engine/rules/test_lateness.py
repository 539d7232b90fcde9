"""``lateness``: points by the days after a due date; nought after the last step."""

import pytest

from tests.engine.campaigns import campaign, faults, given, leaf, one_leaf, refused, results_of, scored, unit

STEPS = [{"up_to_days": 0, "share": "1"}, {"up_to_days": 5, "points": "0.5"}, {"up_to_days": 30, "share": "0.1"}]
RULE = {"kind": "lateness", "due": "2026-12-15", "steps": STEPS}
WITHOUT_DUE = {"kind": "lateness", "steps": STEPS}
RULE_PLACE = "criteria_sets[0] “so” → criteria[0] “1” → rule"


@pytest.mark.parametrize(
    ("date", "points"),
    [
        ("2026-01-01", "2"),
        ("2026-12-15", "2"),
        ("2026-12-16", "0.5"),
        ("2026-12-20", "0.5"),
        ("2026-12-21", "0.2"),
        ("2027-01-14", "0.2"),
        ("2027-01-15", "0"),
        ("9999-12-31", "0"),
    ],
)
def test_the_first_step_that_the_date_does_not_pass_gives_the_points(date: str, points: str) -> None:
    assert scored(RULE, {"date": date})["points"] == points


@pytest.mark.parametrize("rule", [RULE, WITHOUT_DUE])
@pytest.mark.parametrize(
    ("days", "points"), [(0, "2"), (1, "0.5"), ("5", "0.5"), (6, "0.2"), (30, "0.2"), (31, "0"), (10**14, "0")]
)
def test_days_late_can_be_given_themselves(rule: dict, days: object, points: str) -> None:
    assert scored(rule, {"days_late": days})["points"] == points


@pytest.mark.parametrize("rule", [RULE, WITHOUT_DUE])
def test_what_was_never_done_is_nought_and_answered(rule: dict) -> None:
    found = results_of(one_leaf(rule, {"inputs": {"absent": True}}), "A")
    assert (found["nodes"]["1"]["points"], found["unanswered"]) == ("0", [])


def test_no_answer_is_unanswered() -> None:
    assert results_of(one_leaf(RULE, None), "A")["unanswered"] == ["1"]


def test_a_step_whose_mark_is_wrong_still_shows_the_overlap_of_the_next() -> None:
    steps = [{"up_to_days": 5, "points": "x"}, {"up_to_days": 5, "points": 1}]
    told = faults(one_leaf({"kind": "lateness", "steps": steps}, None))
    assert [f"{RULE_PLACE} → steps[{place}]" in one for place, one in enumerate(told)] == [True, True]
    assert "5 ngày không lớn hơn 5 ngày của bước trước" in told[1]


def test_a_first_step_above_nought_lets_some_days_pass() -> None:
    rule = {"kind": "lateness", "due": "2024-02-28", "steps": [{"up_to_days": 2, "share": 1}]}
    assert scored(rule, {"date": "2024-03-01"})["points"] == "2"
    assert scored(rule, {"date": "2024-03-02"})["points"] == "0"


@pytest.mark.parametrize(
    ("inputs", "steps"),
    [
        ({"date": "2026-12-01"}, "Ngày 01/12/2026, hạn 15/12/2026: không chậm → 100% × 2 = 2 điểm"),
        ({"date": "2026-12-18"}, "Ngày 18/12/2026, hạn 15/12/2026: chậm 3 ngày ≤ 5 → 0,5 điểm"),
        ({"date": "2027-03-15"}, "Ngày 15/03/2027, hạn 15/12/2026: chậm 90 ngày, quá 30 ngày → 0 điểm"),
        ({"days_late": 0}, "Theo số ngày đã ghi: không chậm → 100% × 2 = 2 điểm"),
        ({"days_late": 6}, "Theo số ngày đã ghi: chậm 6 ngày ≤ 30 → 10% × 2 = 0,2 điểm"),
        ({"absent": True}, "Không thực hiện → 0 điểm"),
    ],
)
def test_steps_tell_the_day_the_due_date_and_the_days_between(inputs: dict, steps: str) -> None:
    assert scored(RULE, inputs)["steps"] == steps


@pytest.mark.parametrize(
    ("rule", "inputs", "said"),
    [
        (RULE, {}, "inputs: phải có đúng một trong “date”, “days_late”, “absent”; hãy bổ sung"),
        (RULE, {"date": "2026-12-15", "days_late": 0}, "inputs: phải có đúng một trong"),
        (RULE, {"days_late": 0, "absent": True}, "hãy bỏ bớt"),
        (RULE, {"date": "15/12/2026"}, "date: “15/12/2026” không phải là ngày"),
        (RULE, {"date": "2026-2-1"}, "date: “2026-2-1” không phải là ngày"),
        (RULE, {"date": "2026-02-30"}, "date: “2026-02-30” không phải là ngày"),
        (RULE, {"date": "0000-01-01"}, "date: “0000-01-01” không phải là ngày"),
        (RULE, {"date": "20261215"}, "date: “20261215” không phải là ngày"),
        (RULE, {"date": "2026-12-15T00:00"}, "date: “2026-12-15T00:00” không phải là ngày"),
        (RULE, {"date": "２026-12-15"}, "không phải là ngày"),
        (RULE, {"date": 20261215}, "date: phải là một chuỗi"),
        (RULE, {"date": None}, "date: phải là một chuỗi"),
        (RULE, {"days_late": "-1"}, "days_late: đang là −1, không được nhỏ hơn 0"),
        (RULE, {"days_late": "0.5"}, "days_late: đang là 0,5, phải là số nguyên"),
        (RULE, {"absent": False}, "absent: chỉ nhận giá trị true"),
        (RULE, {"absent": "true"}, "absent: chỉ nhận giá trị true"),
        (RULE, {"absent": True, "why": "x"}, "why: không có khóa này"),
        (WITHOUT_DUE, {"date": "2026-12-15"}, "date: cách tính không có hạn nên không nhận ngày; hãy ghi days_late"),
    ],
)
def test_wrong_figures_are_refused_at_their_place(rule: dict, inputs: dict, said: str) -> None:
    (sentence,) = refused(rule, inputs)
    assert sentence.startswith("units[0] “A” → answers → 1 → inputs")
    assert said in sentence


@pytest.mark.parametrize(
    ("parameters", "place", "said"),
    [
        ({}, "", "thiếu khóa bắt buộc “steps”"),
        ({"steps": []}, " → steps", "đang rỗng"),
        ({"steps": STEPS, "due": "15/12/2026"}, " → due", "không phải là ngày"),
        ({"steps": STEPS, "due": None}, " → due", "phải là một chuỗi"),
        ({"steps": [{"share": 1}]}, " → steps[0]", "thiếu khóa bắt buộc “up_to_days”"),
        ({"steps": [{"up_to_days": 1}]}, " → steps[0]", "đúng một khóa trong “points” hoặc “share”"),
        ({"steps": [{"up_to_days": "1.5", "share": 1}]}, " → steps[0] → up_to_days", "phải là số nguyên"),
        ({"steps": [{"up_to_days": -1, "share": 1}]}, " → steps[0] → up_to_days", "không được nhỏ hơn 0"),
        ({"steps": [{"up_to_days": 1, "share": "1.5"}]}, " → steps[0] → share", "không được lớn hơn 1"),
        ({"steps": [*STEPS, {"up_to_days": 60, "linear": True}]}, " → steps[3]", "đúng một khóa"),
    ],
)
def test_faulty_parameters_are_refused_at_the_rule(parameters: dict, place: str, said: str) -> None:
    sentences = refused({"kind": "lateness", **parameters}, {"days_late": 0})
    assert any(one.startswith(f"{RULE_PLACE}{place}: ") and said in one for one in sentences)


def days(*rising: int) -> dict:
    return {"kind": "lateness", "steps": [{"up_to_days": one, "share": "0.5"} for one in rising]}


@pytest.mark.parametrize(
    ("rising", "wrong"),
    [((0, 0), [1]), ((5, 3), [1]), ((0, 5, 5, 10), [2]), ((9, 3, 6, 12), [1, 2]), ((0, 7, 3, 5, 8), [2, 3])],
)
def test_every_step_that_does_not_rise_above_those_before_it_is_told(rising: tuple, wrong: list[int]) -> None:
    sentences = refused(days(*rising), {"days_late": 0})
    assert [one.split(": ")[0] for one in sentences] == [
        f"{RULE_PLACE} → steps[{place}] → up_to_days" for place in wrong
    ]
    assert all("hai bước chồng lên nhau; hãy xếp số ngày tăng dần" in one for one in sentences)


def test_steps_that_do_not_rise_are_told_together_with_the_other_faults_of_the_file() -> None:
    file = campaign([leaf("1", "2", days(5, 3)), leaf("2", "10")], [unit("A", {"2": given("11")})])
    assert [sentence.split(": ")[0] for sentence in faults(file)] == [
        f"{RULE_PLACE} → steps[1] → up_to_days",
        "units[0] “A” → answers → 2 → points",
    ]
