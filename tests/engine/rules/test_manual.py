"""``manual``: points as a person gives them."""

import pytest

from tests.engine.campaigns import refused, scored


@pytest.mark.parametrize("points", ["0", "0.1", "1.25", "2"])
def test_points_stand_as_given(points: str) -> None:
    assert scored({"kind": "manual"}, {"points": points})["points"] == points


@pytest.mark.parametrize("points", ["0", "0.3", "1.8", "2"])
def test_with_a_step_points_are_a_multiple_of_it_or_the_maximum(points: str) -> None:
    assert scored({"kind": "manual", "step": "0.3"}, {"points": points})["points"] == points


@pytest.mark.parametrize(
    ("points", "said"),
    [
        ("2.01", "không được lớn hơn 2"),
        ("-0.1", "không được nhỏ hơn 0"),
        ("1", "không phải bội của 0,3"),
        ("1.95", "không phải bội của 0,3"),
        ("", "không phải là số"),
        ([], "không phải là số"),
    ],
)
def test_points_out_of_range_or_between_the_steps_are_refused(points: object, said: str) -> None:
    sentences = refused({"kind": "manual", "step": "0.3"}, {"points": points})
    assert len(sentences) == 1
    assert sentences[0].startswith("units[0] “A” → answers → 1 → inputs → points: ")
    assert said in sentences[0]


@pytest.mark.parametrize("step", [0, "-1", None, "0,5"])
def test_a_step_that_is_no_step_is_refused(step: object) -> None:
    assert len(refused({"kind": "manual", "step": step}, {"points": "1"})) == 1


def test_steps_tell_the_points() -> None:
    assert scored({"kind": "manual"}, {"points": "1.25"})["steps"] == "Chấm 1,25 điểm"
