"""Which kinds there are, which are refused by name, and what each declares to the forms."""

from fractions import Fraction

import pytest

from scoring.engine.places import Place
from scoring.engine.reading import ObjectReader
from scoring.engine.rules.base import Rule
from scoring.engine.rules.registry import KINDS, read_rule
from tests.engine.campaigns import campaign, faults, given, leaf, refused, unit

PARAMETERS = {
    "options": {"options": [{"key": "du", "label": "Đủ", "share": "1"}]},
    "checklist": {"items": [{"key": "a", "label": "A", "points": "1"}]},
    "ratio": {},
    "bands": {"of": "ratio", "bands": [{"at_least": "0.5", "share": "1"}]},
    "manual": {"step": "0.5"},
    "survey": {"scale_min": "1", "scale_max": "5"},
    "indicator": {},
}


def rule_of(kind: str) -> Rule:
    told: list = []
    rule = read_rule(ObjectReader({"kind": kind, **PARAMETERS[kind]}, Place(), told), Fraction(2))
    assert told == []
    assert rule is not None
    return rule


def test_the_seven_kinds_of_today_are_registered() -> None:
    assert list(KINDS) == list(PARAMETERS)


@pytest.mark.parametrize("kind", ["per_item", "deduction", "lateness", "formula"])
def test_a_kind_that_is_not_built_yet_is_refused_by_name_once(kind: str) -> None:
    sentences = refused({"kind": kind, "points_each": "0.5"}, {"count": 3})
    assert len(sentences) == 1
    assert sentences[0].startswith("criteria_sets[0] “so” → criteria[0] “1” → rule → kind: ")
    assert f"cách tính “{kind}” chưa được xây dựng" in sentences[0]


def test_an_unknown_kind_is_refused_by_name() -> None:
    assert "không có cách tính “magic”" in refused({"kind": "magic"}, {})[0]


def test_beside_a_refused_kind_the_rest_of_the_file_is_still_checked() -> None:
    file = campaign([leaf("1", "2", {"kind": "formula"}), leaf("2")], [unit("A", {"1": given("3"), "2": given("11")})])
    places = [sentence.split(": ")[0] for sentence in faults(file)]
    assert places == [
        "criteria_sets[0] “so” → criteria[0] “1” → rule → kind",
        "units[0] “A” → answers → 1 → points",
        "units[0] “A” → answers → 2 → points",
    ]


@pytest.mark.parametrize(
    ("kind", "declared"),
    [
        ("options", [("choice", "choice", None, None)]),
        ("checklist", [("checked", "choices", None, None)]),
        ("ratio", [("numerator", "number", 0, None), ("denominator", "number", 0, None)]),
        ("bands", [("numerator", "number", 0, None), ("denominator", "number", 0, None)]),
        ("manual", [("points", "number", 0, 2)]),
        ("survey", [("mean", "number", 1, 5), ("satisfied", "whole", 0, None), ("responses", "whole", 0, None)]),
        ("indicator", [("value", "number", None, None)]),
    ],
)
def test_each_rule_declares_its_inputs_with_type_and_bounds(kind: str, declared: list) -> None:
    inputs = rule_of(kind).inputs()
    assert [(one.key, one.type, one.minimum, one.maximum) for one in inputs] == declared
    assert all(one.label for one in inputs)


def test_choices_come_with_their_labels() -> None:
    (choice,) = rule_of("options").inputs()
    assert [(one.key, one.label) for one in choice.choices] == [("du", "Đủ")]


def test_a_survey_declares_two_forms_that_exclude_one_another() -> None:
    assert [one.form for one in rule_of("survey").inputs()] == ["mean", "satisfied", ""]
