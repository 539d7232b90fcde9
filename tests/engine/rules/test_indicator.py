"""``indicator``: a figure from another index, in proportion to its full value."""

import pytest

from tests.engine.campaigns import refused, scored


@pytest.mark.parametrize(
    ("value", "points"), [("0", "0"), ("83.66", "1.6732"), ("100", "2"), ("120", "2"), ("-3.5", "0")]
)
def test_points_follow_the_value_from_nought_to_the_maximum(value: str, points: str) -> None:
    assert scored({"kind": "indicator"}, {"value": value})["points"] == points


def test_the_full_value_can_be_another_than_a_hundred() -> None:
    assert scored({"kind": "indicator", "of": "18"}, {"value": "9"})["points"] == "1"


@pytest.mark.parametrize(("value", "told"), [("-3.5", "−3,5"), ("-0.01", "−0,01")])
def test_a_negative_value_is_told_to_count_as_nought(value: str, told: str) -> None:
    assert scored({"kind": "indicator"}, {"value": value})["steps"] == f"Giá trị {told} âm, tính là 0 → 0 điểm"


def test_nought_is_a_value_like_others() -> None:
    assert scored({"kind": "indicator"}, {"value": "0"})["steps"] == "0/100 × 2 = 0 điểm"


@pytest.mark.parametrize("inputs", [{}, {"value": "8.3e1"}, {"value": None}, {"value": "٣"}])
def test_a_value_that_is_no_number_is_refused(inputs: dict) -> None:
    assert len(refused({"kind": "indicator"}, inputs)) == 1


@pytest.mark.parametrize("of", [0, "-100"])
def test_a_full_value_that_is_not_above_nought_is_refused(of: object) -> None:
    assert "phải lớn hơn 0" in refused({"kind": "indicator", "of": of}, {"value": 1})[0]
