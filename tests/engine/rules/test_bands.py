"""``bands``: steps over a value or a ratio, first match wins."""

from fractions import Fraction
from operator import ge, gt, le, lt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.engine.compute import compute
from scoring.engine.errors import CampaignFaults
from tests.engine.campaigns import faults, one_leaf, refused, scored, spell

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
        (OF_RATIO, {"numerator": 3, "denominator": 2}, "lớn hơn tổng số"),
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
        ("value", {"share": 1}, "“at_least”, “above”, “at_most”, “below”; hãy bổ sung"),
        ("value", {"at_least": 1, "below": 2, "share": 1}, "“at_least”, “above”, “at_most”, “below”; hãy bỏ bớt"),
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


# ── bands that no figure reaches ──────────────────────────────────────────────────────────────────────────────────────

RULE_PLACE = "criteria_sets[0] “so” → criteria[0] “1” → rule"


def bands(text: str, of: str, **more: object) -> dict:
    """A rule from its bounds in short: ">=0.9 >0.5 <=0.1 <0.3"."""
    signs = {">=": "at_least", "<=": "at_most", ">": "above", "<": "below"}
    entries = []
    for one in text.split():
        sign = one.rstrip("-.0123456789")
        entries.append({signs[sign]: one.removeprefix(sign), "share": "0.5"})
    return {"kind": "bands", "of": of, "bands": entries, **more}


def unreachable(rule: dict) -> list[int]:
    """The places of the bands that are told to be out of reach."""
    inputs = {"value": 0} if rule["of"] == "value" else {"numerator": 0, "denominator": 1}
    file = one_leaf(rule, {"inputs": inputs})
    try:
        compute(spell(file))
    except CampaignFaults as refusal:
        told = [str(fault) for fault in refusal.faults]
        assert all("không số liệu nào rơi vào bậc này" in one for one in told)
        return [int(one.removeprefix(f"{RULE_PLACE} → bands[").partition("]")[0]) for one in told]
    return []


@pytest.mark.parametrize(
    ("text", "places"),
    [
        (">=0.9 >=0.7 >=0", []),
        (">=0.9 >=0.9", [1]),
        (">0.9 >=0.9", []),
        (">=0.9 >0.9", [1]),
        (">=0.5 >=0.9 >=0.1 >=0.3", [1, 3]),
        ("<0.3 <=0.3 >0.3", []),
        ("<=0.3 <0.3", [1]),
        ("<0.3 <0.1", [1]),
        (">=0.5 <0.5", []),
        (">=0.5 <0.5 >=0", [2]),
        (">0.5 <0.5 <=0.5", []),
        (">0.5 <0.5 >=0.5 <=0.5", [3]),
        (">=0 >=0.5 <=1", [1, 2]),
        ("<=0 >0", []),
        ("<0 >=0", [0]),
        (">=1 <1", []),
        (">1 <=1", [0]),
        (">=1.2 <=1", [0]),
    ],
)
def test_a_band_that_earlier_ones_have_taken_or_no_ratio_reaches_is_told(text: str, places: list[int]) -> None:
    assert unreachable(bands(text, "ratio")) == places


@pytest.mark.parametrize(
    ("text", "places"), [(">1 <=1", []), (">=1.2 >1 >=0", []), (">=1.2 >=1.5", [1]), ("<0 >=0", [0])]
)
def test_a_ratio_that_may_pass_the_whole_reaches_bands_above_it(text: str, places: list[int]) -> None:
    assert unreachable(bands(text, "ratio", allow_over=True)) == places


@pytest.mark.parametrize(("text", "places"), [("<-5 <=0 >0", []), ("<0 >=-3 >=99", [2]), (">5 <9 <-2", [2])])
def test_a_value_may_be_anything(text: str, places: list[int]) -> None:
    assert unreachable(bands(text, "value")) == places


LIMITS = ["0", "0.3", "0.6", "1", "1.3"]


@given(
    st.lists(st.tuples(st.sampled_from([">=", ">", "<=", "<"]), st.sampled_from(LIMITS)), min_size=1, max_size=5),
    st.sampled_from([("ratio", False), ("ratio", True), ("value", False)]),
)
def test_a_band_is_told_exactly_where_no_figure_meets_it_first(drawn: list, over: tuple[str, bool]) -> None:
    of, allow_over = over
    # Every limit, and a figure between each two and beyond the ends: where bands differ, one of these shows it.
    figures = [Fraction(number, 20) for number in range(-10, 40)]
    if of == "ratio":
        figures = [figure for figure in figures if figure >= 0 and (allow_over or figure <= 1)]
    holds = {">=": ge, ">": gt, "<=": le, "<": lt}
    first = {
        next((place for place, (sign, limit) in enumerate(drawn) if holds[sign](figure, Fraction(limit))), None)
        for figure in figures
    }
    rule = bands(" ".join(sign + limit for sign, limit in drawn), of, **({"allow_over": True} if allow_over else {}))
    assert unreachable(rule) == [place for place in range(len(drawn)) if place not in first]


def test_a_band_that_could_not_be_read_takes_nothing_and_all_faults_are_told_at_once() -> None:
    rule = bands(">=0.9 >=0 >=0.5 >=0.2", "ratio", when_empty="skip")
    del rule["bands"][1]["share"]
    assert [one.split(": ")[0] for one in refused(rule, {"numerator": 0, "denominator": 1})] == [
        f"{RULE_PLACE} → when_empty",
        f"{RULE_PLACE} → bands[1]",
    ]
    del rule["bands"][1]["at_least"]
    rule["bands"].append({"above": "0.95", "share": 1})
    assert [one.split(": ")[0] for one in refused(rule, {"numerator": 0, "denominator": 1})] == [
        f"{RULE_PLACE} → when_empty",
        f"{RULE_PLACE} → bands[1]",
        f"{RULE_PLACE} → bands[1]",
        f"{RULE_PLACE} → bands[4]",
    ]


def test_without_knowing_of_what_the_bands_are_the_rest_of_them_is_still_checked() -> None:
    rule = {"kind": "bands", "of": "points", "bands": [{"at_least": 1}], "allow_over": "x", "when_empty": "full"}
    sentences = refused(rule, {})
    assert [one.split(": ")[0] for one in sentences] == [
        f"{RULE_PLACE} → of",
        f"{RULE_PLACE} → bands[0]",
        f"{RULE_PLACE} → allow_over",
    ]


@pytest.mark.parametrize(
    ("short", "more", "mending"),
    [
        (">=1.2 >=0", {}, "hãy sửa ngưỡng, xếp lại thứ tự, bỏ bậc hoặc cho phép vượt (allow_over)"),
        (">1 >=0", {}, "hãy sửa ngưỡng, xếp lại thứ tự, bỏ bậc hoặc cho phép vượt (allow_over)"),
        (">=0.5 >=0.7", {}, "hãy sửa ngưỡng, xếp lại thứ tự hoặc bỏ bậc"),
        (">=1.2 >=1.5", {"allow_over": True}, "hãy sửa ngưỡng, xếp lại thứ tự hoặc bỏ bậc"),
    ],
)
def test_a_band_beyond_1_is_told_how_to_allow_it(short: str, more: dict, mending: str) -> None:
    (told,) = faults(one_leaf(bands(short, "ratio", **more), None))
    assert told.endswith(mending)


def test_a_ratio_right_below_a_band_is_not_told_to_be_in_it() -> None:
    rule = bands(">=0.5 >=0", "ratio")
    steps = scored(rule, {"numerator": 499999999, "denominator": 1000000001})["steps"]
    assert steps.startswith("499999999/1000000001 ≈ 49,99999985% ≥ 0%")
