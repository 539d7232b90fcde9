"""``bands``: steps over a value or a ratio, first match wins."""

import pytest

from tests.engine.campaigns import refused, scored

OF_RATIO = {
    "kind": "bands",
    "of": "ratio",
    "when_empty": "not_applicable",
    "bands": [
        {"at_least": "0.3", "share": "1"},
        {"above": "0.2", "linear": True},
        {"at_least": "0.2", "points": "0.1"},
    ],
}
OF_VALUE = {
    "kind": "bands",
    "of": "value",
    "bands": [
        {"below": "-5", "points": "0"},
        {"at_most": "0", "share": "0.25"},
        {"below": "7.5", "share": "0.5"},
        {"at_least": "7.5", "share": "1"},
    ],
}


@pytest.mark.parametrize(
    ("numerator", "points"),
    [(0, "0"), (19, "0"), (20, "0.1"), (21, "0.42"), (29, "0.58"), (30, "2"), (100, "2")],
)
def test_the_first_band_that_the_ratio_reaches_gives_the_points(numerator: int, points: str) -> None:
    assert scored(OF_RATIO, {"numerator": numerator, "denominator": 100})["points"] == points


@pytest.mark.parametrize(
    ("value", "points"), [("-5.1", "0"), ("-5", "0.5"), (0, "0.5"), ("0.1", "1"), ("7.4999999999", "1"), ("7.5", "2")]
)
def test_the_first_band_that_the_value_reaches_gives_the_points(value: object, points: str) -> None:
    assert scored(OF_VALUE, {"value": value})["points"] == points


def test_no_band_gives_nought() -> None:
    rule = {"kind": "bands", "of": "value", "bands": [{"at_least": "1", "share": "1"}]}
    node = scored(rule, {"value": "0.5"})
    assert (node["points"], node["steps"]) == ("0", "Giá trị 0,5, không thuộc mức nào → 0 điểm")


def test_a_linear_band_above_the_whole_is_clamped_to_the_maximum() -> None:
    rule = {"kind": "bands", "of": "ratio", "allow_over": True, "bands": [{"at_least": 0, "linear": True}]}
    assert scored(rule, {"numerator": 3, "denominator": 2})["points"] == "2"


def test_an_empty_ratio_counts_as_the_rule_lays_down() -> None:
    assert scored(OF_RATIO, {"numerator": 0, "denominator": 0})["applicable"] is False


def test_steps_name_the_band() -> None:
    steps = scored(OF_RATIO, {"numerator": 25, "denominator": 100})["steps"]
    assert steps == "25/100 = 25% > 20% → 0,25 × 2 = 0,5 điểm"


@pytest.mark.parametrize(
    ("rule", "inputs", "said"),
    [
        (OF_RATIO, {"numerator": 3, "denominator": 2}, "lớn hơn mẫu số"),
        (OF_RATIO, {"value": 1}, "thiếu khóa bắt buộc"),
        (OF_VALUE, {"value": "x"}, "không phải là số"),
        (OF_VALUE, {"numerator": 1, "denominator": 2}, "thiếu khóa bắt buộc “value”"),
    ],
)
def test_wrong_figures_are_refused(rule: dict, inputs: dict, said: str) -> None:
    assert any(said in sentence for sentence in refused(rule, inputs))


@pytest.mark.parametrize(
    ("of", "band", "said"),
    [
        ("value", {"at_least": 1}, "đúng một khóa trong “points” hoặc “share”"),
        ("value", {"share": 1}, "đúng một ngưỡng"),
        ("value", {"at_least": 1, "below": 2, "share": 1}, "đúng một ngưỡng"),
        ("value", {"at_least": 1, "linear": True}, "chỉ dùng được khi tính theo tỷ lệ"),
        ("ratio", {"at_least": 1, "linear": False}, "chỉ nhận giá trị true"),
        ("ratio", {"at_least": "-1", "share": 1}, "không được nhỏ hơn 0"),
    ],
)
def test_a_faulty_band_is_refused_at_its_place(of: str, band: dict, said: str) -> None:
    sentences = refused({"kind": "bands", "of": of, "bands": [band]}, {"value": 1})
    assert len(sentences) == 1
    assert "→ rule → bands[0]" in sentences[0]
    assert said in sentences[0]


def test_what_belongs_to_a_ratio_is_refused_of_a_value() -> None:
    rule = {"kind": "bands", "of": "value", "when_empty": "full", "bands": [{"at_least": 1, "share": 1}]}
    assert "rule → when_empty: không có khóa này" in refused(rule, {"value": 1})[0]
