"""Which kinds there are, what each declares to forms and annexes, and how each says what it does."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any, ClassVar, Self

import pytest

from scoring.engine.reading import ObjectReader
from scoring.engine.rules import base
from scoring.engine.rules.base import Figures, Input, Outcome, Rule, number
from scoring.engine.rules.declaration import Parameter
from scoring.engine.rules.registry import KINDS
from tests.engine.campaigns import campaign, faults, given, leaf, refused, results_of, scored, unit
from tests.engine.rules.declared import ORDINARY, Json, rule_of

RULE = "criteria_sets[0] “so” → criteria[0] “1” → rule"


def test_a_person_is_offered_the_eleven_kinds_in_the_order_of_the_methodology() -> None:
    assert list(KINDS) == list(ORDINARY)


def test_an_unknown_kind_is_refused_with_the_kinds_that_there_are() -> None:
    (sentence,) = refused({"kind": "magic", "points_each": "0.5"}, {"count": 3})
    assert sentence.startswith(f"{RULE} → kind: không có cách tính “magic”; hãy chọn một trong “options”, “checklist”")


def test_beside_a_refused_rule_the_rest_of_the_file_is_still_checked() -> None:
    file = campaign([leaf("1", "2", {"kind": "magic"}), leaf("2")], [unit("A", {"1": given("3"), "2": given("11")})])
    assert [sentence.split(": ")[0] for sentence in faults(file)] == [
        f"{RULE} → kind",
        "units[0] “A” → answers → 1 → points",
        "units[0] “A” → answers → 2 → points",
    ]


# ── inputs ────────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("kind", "declared"),
    [
        ("options", [("choice", "choice", None, None)]),
        ("checklist", [("checked", "choices", None, None)]),
        ("ratio", [("numerator", "number", 0, None), ("denominator", "number", 0, None)]),
        ("bands", [("numerator", "number", 0, None), ("denominator", "number", 0, None)]),
        ("per_item", [("count", "whole", 0, None)]),
        ("deduction", [("counts", "counts", 0, None)]),
        ("lateness", [("date", "date", None, None), ("days_late", "whole", 0, None), ("absent", "flag", None, None)]),
        ("formula", [("a", "number", None, None), ("b", "number", None, None)]),
        ("manual", [("points", "number", 0, 2)]),
        ("survey", [("mean", "number", 1, 5), ("satisfied", "whole", 0, None), ("responses", "whole", 0, None)]),
        ("indicator", [("value", "number", None, None)]),
    ],
)
def test_each_rule_declares_its_inputs_with_type_and_bounds(kind: str, declared: list) -> None:
    inputs = rule_of(kind).inputs()
    assert [(one.key, one.type, one.minimum, one.maximum) for one in inputs] == declared
    assert all(one.label for one in inputs)


@pytest.mark.parametrize(
    ("kind", "changes", "keys"),
    [
        ("bands", {"of": "value", "bands": [{"below": 1, "share": 1}], "when_empty": ..., "allow_over": ...}, "value"),
        ("lateness", {"due": ...}, "days_late absent"),
        ("survey", {"scale_min": ..., "scale_max": ...}, "satisfied responses"),
    ],
)
def test_a_rule_asks_for_no_figure_that_its_parameters_do_not_need(kind: str, changes: Json, keys: str) -> None:
    assert [one.key for one in rule_of(kind, **changes).inputs()] == keys.split()


@pytest.mark.parametrize(
    ("kind", "offered"),
    [
        ("options", [("du", "Đúng hạn"), ("tre", "Trễ")]),
        ("checklist", [("a", "Kế hoạch"), ("b", "Báo cáo")]),
        ("deduction", [("cham", "Báo cáo chậm"), ("sai", "Sai thể thức")]),
    ],
)
def test_choices_come_with_their_labels(kind: str, offered: list) -> None:
    (asked,) = rule_of(kind).inputs()
    assert [(one.key, one.label) for one in asked.choices] == offered


@pytest.mark.parametrize(
    ("kind", "forms"), [("survey", ["mean", "satisfied", ""]), ("lateness", ["date", "days_late", "absent"])]
)
def test_forms_of_an_answer_that_exclude_one_another_are_declared(kind: str, forms: list) -> None:
    assert [one.form for one in rule_of(kind).inputs()] == forms


@pytest.mark.parametrize("kind", ORDINARY)
def test_an_empty_answer_is_one_only_where_nothing_is_checked(kind: str) -> None:
    assert [one.key for one in rule_of(kind).inputs() if not one.required] == {"checklist": ["checked"]}.get(kind, [])


def test_a_step_is_declared_to_the_form() -> None:
    (asked,) = rule_of("manual").inputs()
    assert asked.step == Fraction(1, 2)


# ── parameters ────────────────────────────────────────────────────────────────────────────────────────────────────────

DECLARED = {
    "options": "options!",
    "checklist": "items!",
    "ratio": "floor full_at inverse when_empty allow_over",
    "bands": "of! bands! when_empty allow_over",
    "per_item": "points_each!",
    "deduction": "items!",
    "lateness": "due steps!",
    "formula": "variables! pieces!",
    "manual": "step",
    "survey": "scale_min scale_max min_responses when_few",
    "indicator": "of",
}
"""The parameters of the methodology's table, those with ``!`` required."""


@pytest.mark.parametrize("kind", ORDINARY)
def test_each_kind_declares_the_parameters_of_the_methodology_and_no_other(kind: str) -> None:
    assert " ".join(one.key + "!" * one.required for one in KINDS[kind].parameters) == DECLARED[kind]


def known_keys(sentence: str) -> list[str]:
    """What a fault about an unknown key says there is."""
    found = re.search("chỉ có các khóa (.*?)\\. Hãy", sentence)
    assert found
    return re.findall("“(.+?)”", found[1])


@pytest.mark.parametrize("kind", ORDINARY)
def test_each_kind_reads_the_parameters_that_it_declares_and_no_other(kind: str) -> None:
    (sentence,) = refused({"kind": kind, **ORDINARY[kind], "nhom": 1}, ANSWERS[kind])
    assert sentence.startswith(f"{RULE} → nhom: ")
    assert set(known_keys(sentence)) == {"kind", *(one.key for one in KINDS[kind].parameters)}


LISTS = [(kind, one) for kind, declared in KINDS.items() for one in declared.parameters if one.is_list]


@pytest.mark.parametrize(("kind", "parameter"), LISTS, ids=[f"{kind}.{one.key}" for kind, one in LISTS])
def test_each_list_reads_the_pieces_that_it_declares_and_no_other(kind: str, parameter: Parameter) -> None:
    first, *rest = ORDINARY[kind][parameter.key]
    rule = {"kind": kind, **ORDINARY[kind], parameter.key: [{**first, "nhom": 1}, *rest]}
    (sentence,) = refused(rule, ANSWERS[kind])
    assert sentence.startswith(f"{RULE} → {parameter.key}[0]")
    assert set(known_keys(sentence)) == {
        *(("key",) if parameter.type == "keyed" else ()),
        *(piece.key for piece in parameter.pieces),
    }


@pytest.mark.parametrize(("kind", "parameter"), LISTS, ids=[f"{kind}.{one.key}" for kind, one in LISTS])
def test_a_list_is_never_empty_and_each_key_stands_in_it_once(kind: str, parameter: Parameter) -> None:
    entries = ORDINARY[kind][parameter.key]
    rule = {"kind": kind, **ORDINARY[kind]}
    assert any("đang rỗng" in one for one in refused({**rule, parameter.key: []}, ANSWERS[kind]))
    if parameter.type == "keyed":
        sentences = refused({**rule, parameter.key: [*entries, entries[0]]}, ANSWERS[kind])
        assert [one for one in sentences if f"[{len(entries)}]" in one and "lặp lại" in one]


GROUPS = [(kind, one, group) for kind, one in LISTS for group in one.one_of]


@pytest.mark.parametrize(("kind", "parameter", "group"), GROUPS)
def test_of_pieces_that_exclude_one_another_an_entry_has_exactly_one(
    kind: str, parameter: Parameter, group: tuple[str, ...]
) -> None:
    first, *rest = ORDINARY[kind][parameter.key]
    none = {key: value for key, value in first.items() if key not in group}
    rule = {"kind": kind, **ORDINARY[kind]}
    assert refused({**rule, parameter.key: [none, *rest]}, ANSWERS[kind])
    if len(group) > 1:
        every = {**none, **dict.fromkeys(group, 1)}
        assert any(f"{parameter.key}[0]" in one for one in refused({**rule, parameter.key: [every, *rest]}, {}))


REQUIRED = [(kind, one.key, one.required) for kind, declared in KINDS.items() for one in declared.parameters]


@pytest.mark.parametrize(("kind", "key", "required"), REQUIRED)
def test_a_required_parameter_is_missed_and_no_other(kind: str, key: str, required: bool) -> None:
    rule = {"kind": kind, **{name: value for name, value in ORDINARY[kind].items() if name != key}}
    said = f"{RULE}: thiếu khóa bắt buộc “{key}”; hãy bổ sung"
    if required or (kind == "survey" and key.startswith("scale")):  # one end of a scale asks for the other
        assert said in refused(rule, ANSWERS[kind])
    elif (kind, key) == ("lateness", "due"):
        assert scored(rule, {"days_late": 0})["points"] == "2"
    else:
        assert scored(rule, ANSWERS[kind])


CHOICES = [
    (kind, one.key, value)
    for kind, declared in KINDS.items()
    for one in declared.parameters
    if one.type == "choice"
    for _, value in one.choices
]


@pytest.mark.parametrize(("kind", "key", "value"), CHOICES)
def test_every_declared_choice_is_taken(kind: str, key: str, value: str) -> None:
    over_a_value = {"bands": [{"at_least": 1, "share": 1}], "when_empty": ..., "allow_over": ...}
    assert rule_of(kind, **{key: value}, **(over_a_value if value == "value" else {}))


@pytest.mark.parametrize("kind", ORDINARY)
def test_each_kind_says_in_vietnamese_what_it_is_for(kind: str) -> None:
    declared = KINDS[kind]
    assert (declared.kind, declared.label.strip(), declared.note[-1]) == (kind, declared.label, ".")
    words = {one.word for one in declared.parameters}
    used = {re.split("[.=]", line)[0].strip() for line in declared.example.splitlines()}
    assert used <= words
    assert all(one.note and one.word for one in declared.parameters)


# ── sentences ─────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("kind", "changes", "sentence"),
    [
        ("options", {}, "chọn một mức: Đúng hạn: 2 điểm; Trễ: 0,5 điểm"),
        ("checklist", {}, "cộng điểm từng nội dung: Kế hoạch: 1 điểm; Báo cáo: 1 điểm"),
        (
            "ratio",
            {},
            "tỷ lệ đạt được nhân 2 điểm; từ 95% được điểm tối đa; dưới 80% thì 0 điểm"
            "; không phát sinh thì được điểm tối đa",
        ),
        (
            "ratio",
            {"floor": ..., "full_at": ..., "inverse": True, "when_empty": ...},
            "100% trừ tỷ lệ, nhân 2 điểm",
        ),
        ("ratio", {"floor": ..., "full_at": ..., "when_empty": "not_applicable"}, None),
        (
            "bands",
            {},
            "theo tỷ lệ: từ 90%: 2 điểm; trên 50%: tỷ lệ nhân 2 điểm; đến 10%: 0 điểm; dưới 30%: 0,5 điểm; "
            "còn lại: 0 điểm; không phát sinh thì 0 điểm",
        ),
        (
            "bands",
            {"of": "value", "bands": [{"below": "-7.5", "share": "0.25"}], "when_empty": ..., "allow_over": ...},
            "theo giá trị: dưới −7,5: 0,5 điểm; còn lại: 0 điểm",
        ),
        ("per_item", {}, "mỗi việc 0,25 điểm, nhiều nhất 2 điểm"),
        (
            "deduction",
            {},
            "từ 2 điểm trừ dần: Báo cáo chậm: mỗi lần trừ 0,25 điểm (nhiều nhất 1 điểm); "
            "Sai thể thức: mỗi lần trừ 0,5 điểm",
        ),
        (
            "lateness",
            {},
            "theo số ngày chậm so với hạn 15/12/2026: đến 0 ngày: 2 điểm; đến 5 ngày: 0,5 điểm; sau đó: 0 điểm",
        ),
        ("lateness", {"due": ..., "steps": [{"up_to_days": 3, "share": 1}]}, None),
        (
            "formula",
            {},
            "công thức (a là Tổng số hồ sơ, b là Số đúng hạn; M là điểm tối đa): khi b / a < 0,8: 0; b / a × M",
        ),
        ("manual", {}, "người chấm cho từ 0 đến 2 điểm, theo bước 0,5 điểm"),
        ("manual", {"step": ...}, "người chấm cho từ 0 đến 2 điểm"),
        (
            "survey",
            {},
            "điểm trung bình trên thang 1 đến 5, hoặc số phiếu hài lòng trên số phiếu trả lời, quy về 2 điểm; "
            "dưới 30 phiếu thì không áp dụng",
        ),
        (
            "survey",
            {"scale_min": ..., "scale_max": ..., "min_responses": ..., "when_few": "zero"},
            "số phiếu hài lòng trên số phiếu trả lời, quy về 2 điểm; không có phiếu thì 0 điểm",
        ),
        (
            "survey",
            {"when_few": ...},
            "điểm trung bình trên thang 1 đến 5, hoặc số phiếu hài lòng trên số phiếu trả lời, quy về 2 điểm",
        ),
        ("indicator", {}, "giá trị chia 100, nhân 2 điểm"),
    ],
)
def test_each_rule_says_what_it_does_in_one_sentence(kind: str, changes: Json, sentence: str | None) -> None:
    told = {
        "ratio": "tỷ lệ đạt được nhân 2 điểm; không phát sinh thì không áp dụng",
        "lateness": "theo số ngày chậm: đến 3 ngày: 2 điểm; sau đó: 0 điểm",
    }
    assert rule_of(kind, **changes).describe() == (sentence or told[kind])


# ── a figure that the JSON reader has refused ─────────────────────────────────────────────────────────────────────────

ANSWERS: dict[str, Json] = {
    "options": {"choice": "du"},
    "checklist": {"checked": ["a"]},
    "ratio": {"numerator": 9, "denominator": 10},
    "bands": {"numerator": 9, "denominator": 10},
    "per_item": {"count": 3},
    "deduction": {"counts": {"cham": 3}},
    "lateness": {"date": "2026-12-18"},
    "formula": {"a": 10, "b": 9},
    "manual": {"points": "1.5"},
    "survey": {"mean": 3, "responses": 40},
    "indicator": {"value": "83.66"},
}


def scalars(value: Any, path: tuple = ()) -> list[tuple]:
    """The place of everything in a JSON value that is neither an object nor a list."""
    if not isinstance(value, dict | list):
        return [path]
    items = value.items() if isinstance(value, dict) else enumerate(value)
    return [found for key, item in items for found in scalars(item, (*path, key))]


def with_a_float(value: Any, path: tuple) -> Any:
    if not path:
        return 1.5
    items = dict(value.items() if isinstance(value, dict) else enumerate(value))
    items[path[0]] = with_a_float(items[path[0]], path[1:])
    return items if isinstance(value, dict) else list(items.values())


PLACES = [
    (kind, part, path)
    for kind in ORDINARY
    for part, values in (("rule", ORDINARY[kind]), ("inputs", ANSWERS[kind]))
    for path in scalars(values)
]


@pytest.mark.parametrize(("kind", "part", "path"), PLACES)
def test_a_number_with_a_point_in_a_rule_or_an_answer_is_told_once_and_nothing_follows_from_it(
    kind: str, part: str, path: tuple
) -> None:
    parts: Json = {"rule": ORDINARY[kind], "inputs": ANSWERS[kind]}
    parts[part] = with_a_float(parts[part], path)
    answers = {"1": {"inputs": parts["inputs"]}, "2": given("10")}
    decided = unit("A", answers, grade_override={"grade": "tot", "reason": "Hội đồng quyết định"})
    (sentence,) = faults(campaign([leaf("1", "2", {"kind": kind, **parts["rule"]}), leaf("2")], [decided]))
    assert "số “1.5” viết có dấu chấm hoặc số mũ" in sentence


@pytest.mark.parametrize("kind", ORDINARY)
def test_the_ordinary_rule_takes_its_ordinary_answer(kind: str) -> None:
    points = {
        "options": "2",
        "checklist": "1",
        "ratio": "1.894737",
        "bands": "2",
        "per_item": "0.75",
        "deduction": "1.25",
        "lateness": "0.5",
        "formula": "1.8",
        "manual": "1.5",
        "survey": "1",
        "indicator": "1.6732",
    }
    assert scored({"kind": kind, **ORDINARY[kind]}, ANSWERS[kind])["points"] == points[kind]


@pytest.mark.parametrize("read", [base.number, base.counts, base.keys])
def test_a_figure_of_another_type_is_the_error_of_a_programmer_and_no_score(read: Any) -> None:
    with pytest.raises(TypeError, match=r"^figure x "):
        read({"x": date(2026, 12, 15)}, "x")


# ── one more kind ─────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Stars(Rule):
    """Stars of five, as a new file beside the others would declare it."""

    kind: ClassVar[str] = "stars"
    label: ClassVar[str] = "Theo số sao"
    note: ClassVar[str] = "Số sao trên năm sao."
    example: ClassVar[str] = ""
    parameters: ClassVar[tuple[Parameter, ...]] = ()

    @classmethod
    def parse(cls, reader: ObjectReader, max_points: Fraction) -> Self | None:
        return cls(max_points)

    def describe(self) -> str:
        return "số sao trên năm sao"

    def inputs(self) -> tuple[Input, ...]:
        return (Input("stars", "whole", "Số sao", Fraction(0), Fraction(5)),)

    def read(self, reader: ObjectReader) -> Figures | None:
        stars = reader.number("stars", maximum=Fraction(5), whole=True)
        return None if stars is None else {"stars": stars}

    def score(self, figures: Figures) -> Outcome:
        stars = number(figures, "stars")
        return Outcome(stars / 5 * self.max_points, f"{stars} sao")


def test_a_kind_that_registers_itself_is_computed_explained_and_checked_like_the_others(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(KINDS, Stars.kind, Stars)
    file = campaign([leaf("1", "2", {"kind": "stars"})], [unit("A", {"1": {"inputs": {"stars": 4}}})])
    node = results_of(file, "A")["nodes"]["1"]
    assert (node["points"], node["steps"]) == ("1.6", "4 sao")
    assert refused({"kind": "stars"}, {"stars": 6}) == [
        "units[0] “A” → answers → 1 → inputs → stars: đang là 6, không được lớn hơn 5"
    ]
