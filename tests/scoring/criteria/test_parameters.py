"""The column "Tham số": every kind of rule is written and read back without loss; what is wrong is told."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.engine.rules.registry import KINDS
from scoring.engine.single import read_one_rule
from scoring.files.annex_parameters import WrongParameters, normal_rule, read_parameters, write_parameters
from scoring.files.annex_rules import kind_label, kind_words
from scoring.services.criteria_wording import rule_sentence
from units.files.cells import clean_text

pytestmark = pytest.mark.any_database


def sentence(kind: str, text: str) -> str:
    with pytest.raises(WrongParameters) as refused:
        read_parameters(kind, text)
    return "\n".join(refused.value.faults)


def test_every_kind_has_a_name_of_its_own_in_an_annex():
    assert list(kind_words().values()) == list(KINDS)
    assert [kind_label(kind) for kind in KINDS] == list(kind_words())
    assert kind_label("khong-co") == "khong-co"


@pytest.mark.parametrize("kind", KINDS)
def test_the_example_of_the_guide_is_a_rule_that_the_engine_takes_and_tells(kind):
    rule = read_parameters(kind, KINDS[kind].example)

    assert rule_sentence(rule, "2") == _capital(read_one_rule(rule, "2").describe())


def _capital(sentence: str) -> str:
    return f"{sentence[:1].upper()}{sentence[1:]}."


@pytest.mark.parametrize("kind", KINDS)
def test_the_example_of_the_guide_is_what_the_writer_writes(kind):
    rule = read_parameters(kind, KINDS[kind].example)

    assert write_parameters(rule) == KINDS[kind].example


def test_a_rule_is_written_in_words_with_comma_decimals():
    rule = {
        "kind": "bands",
        "of": "ratio",
        "bands": [
            {"at_least": "0.9", "share": "1"},
            {"above": "0.75", "linear": True},
            {"at_most": "0.5", "points": 0},
        ],
        "when_empty": "not_applicable",
        "allow_over": False,
    }

    assert write_parameters(rule).splitlines() == [
        "tính theo = tỷ lệ",
        "bậc.1 = từ 0,9 | hệ số 1",
        "bậc.2 = trên 0,75 | theo tỷ lệ",
        "bậc.3 = đến 0,5 | điểm 0",
        "không phát sinh = không áp dụng",
        "cho phép vượt = không",
    ]


def test_names_of_the_campaign_file_and_words_without_marks_are_read_too():
    text = "of = ratio\nbands.1 = at_least 0,8 | share 1\nBac.2 = duoi 0.8 | diem 0,25\nwhen_empty = full"

    assert read_parameters("bands", text) == {
        "kind": "bands",
        "of": "ratio",
        "bands": [{"at_least": "0.8", "share": "1"}, {"below": "0.8", "points": "0.25"}],
        "when_empty": "full",
    }


def test_a_rule_of_integers_and_one_of_strings_are_the_same():
    assert normal_rule({"kind": "survey", "min_responses": 30}) == normal_rule(
        {"kind": "survey", "min_responses": "30"}
    )


def test_what_no_annex_can_hold_is_refused_when_written():
    with pytest.raises(ValueError, match="x_note"):
        write_parameters({"kind": "manual", "x_note": "không có cột cho khóa này"})


@pytest.mark.parametrize(
    ("kind", "text", "told"),
    [
        ("ratio", "ngưỡng 0,8", "thiếu dấu “=”"),
        ("ratio", "nguong = ", "chưa ghi giá trị"),
        ("ratio", "ngưỡng = 80%", "Viết dạng số, ví dụ 0,8 thay cho 80%"),
        ("ratio", "ngưỡng = tám", "không phải là số"),
        ("ratio", "ngưỡng = 1.000", "đọc được hai cách"),
        ("ratio", "ngưỡng = 0,8\nfloor = 0,7", "đã ghi ở dòng trên"),
        ("ratio", "mức.a = Có | điểm 1", "không có tham số này; chỉ có “ngưỡng”"),
        ("ratio", "tính ngược = vâng", "ghi “có” hoặc “không”"),
        ("ratio", "không phát sinh = bỏ", "chọn một trong: điểm tối đa, 0 điểm, không áp dụng"),
        ("options", "", "Thiếu tham số “mức”"),
        ("options", "mức = Có | điểm 1", "viết: mức.<mã mức>"),
        ("options", "mức. = Có | điểm 1", "thiếu mã sau dấu chấm"),
        ("options", "mức.a = | điểm 1", "chưa ghi tên"),
        ("options", "mức.a = Có", "cần đúng một trong “điểm”, “hệ số”"),
        ("options", "mức.a = Có | điểm 1 | hệ số 1", "cần đúng một trong “điểm”, “hệ số”"),
        ("options", "mức.a = Có | điểm 1 | điểm 2", "“điểm” ghi hai lần"),
        ("options", "mức.a = Có | 1 điểm", "phải bắt đầu bằng “điểm”, “hệ số”"),
        ("options", "mức.a = Có | điểm", "sau “điểm” chưa ghi giá trị"),
        ("options", "mức.a = Có \\ không | điểm 1", "phải viết hai lần"),
        ("bands", "tính theo = giá trị\nbậc.2 = từ 1 | điểm 1", "dòng này phải là “bậc.1”"),
        ("bands", "tính theo = giá trị\nbậc.1 = điểm 1", "cần đúng một trong “từ”, “trên”, “đến”, “dưới”"),
        ("bands", "bậc.1 = từ 1 | điểm 1", "Thiếu tham số “tính theo”"),
        ("bands", "tính theo = tỷ lệ\nbậc.1 = từ 1 | theo tỷ lệ 2", "không ghi gì thêm"),
        ("lateness", "hạn = 31/02/2026\nbước.1 = chậm đến 5 | điểm 1", "Không có ngày"),
        ("deduction", "lỗi.a = Chậm | nhiều nhất 1", "thiếu “mỗi lần”"),
    ],
)
def test_a_wrong_parameter_is_told_with_its_line_and_how_to_mend_it(kind, text, told):
    assert told in sentence(kind, text)


def test_all_wrong_lines_of_a_cell_are_told_at_once():
    found = sentence("options", "mức.a = Có\nsai\nmức.b = Không | điểm x")

    assert [line.partition(" “")[0] for line in found.splitlines()] == [
        "Tham số dòng 1",
        "Tham số dòng 2",
        "Tham số dòng 3",
    ]


def numbers() -> st.SearchStrategy[str]:
    return st.decimals(min_value=-1000, max_value=1000, places=3, allow_nan=False).map(
        lambda value: f"{value:f}".rstrip("0").rstrip(".") if value else "0"
    )


def any_text() -> st.SearchStrategy[str]:
    """Whatever the engine takes for a label: not blank, no NUL, no half of a sign."""
    signs = st.characters(exclude_categories=["Cs"], exclude_characters="\x00")
    return st.text(signs | st.sampled_from(list("|\\=. ,'\n\t\u00a0\u0301\u200b")), min_size=1, max_size=12).filter(
        lambda text: bool(text.strip())
    )


def marks() -> st.SearchStrategy[dict]:
    return numbers().map(lambda value: {"points": value}) | numbers().map(lambda value: {"share": value})


def levels() -> st.SearchStrategy[list[dict]]:
    level = st.tuples(any_text(), any_text(), marks()).map(lambda one: {"key": one[0], "label": one[1], **one[2]})
    return st.lists(level, min_size=1, max_size=4, unique_by=lambda one: one["key"])


def optional(**values: st.SearchStrategy) -> st.SearchStrategy[dict]:
    return st.fixed_dictionaries({}, optional=values)


def bands() -> st.SearchStrategy[list[dict]]:
    bound = st.tuples(st.sampled_from(["at_least", "above", "at_most", "below"]), numbers())
    mark = marks() | st.just({"linear": True})
    return st.lists(st.tuples(bound, mark).map(lambda one: {one[0][0]: one[0][1], **one[1]}), min_size=1, max_size=4)


EMPTY = {"when_empty": st.sampled_from(["full", "zero", "not_applicable"]), "allow_over": st.booleans()}
ITEMS = st.lists(
    st.tuples(any_text(), any_text(), optional(limit=numbers())).map(
        lambda one: {"key": one[0], "label": one[1], "points_each": "0.25", **one[2]}
    ),
    min_size=1,
    max_size=3,
    unique_by=lambda one: one["key"],
)
STEPS = st.lists(marks().map(lambda mark: {"up_to_days": "5", **mark}), min_size=1, max_size=3)
VARIABLES = st.lists(
    st.tuples(any_text(), any_text()).map(lambda one: {"key": one[0], "label": one[1]}),
    min_size=1,
    max_size=3,
    unique_by=lambda one: one["key"],
)
PIECES = st.lists(optional(when=any_text()).map(lambda one: {**one, "points": "max(a, 0.5) * M"}), min_size=1)
RULES = st.one_of(
    levels().map(lambda own: {"kind": "options", "options": own}),
    levels().map(lambda own: {"kind": "checklist", "items": own}),
    optional(floor=numbers(), full_at=numbers(), inverse=st.booleans(), **EMPTY).map(
        lambda own: {"kind": "ratio", **own}
    ),
    st.tuples(bands(), optional(**EMPTY), st.sampled_from(["value", "ratio"])).map(
        lambda one: {"kind": "bands", "of": one[2], "bands": one[0], **one[1]}
    ),
    optional(step=numbers()).map(lambda own: {"kind": "manual", **own}),
    optional(
        scale_min=numbers(),
        scale_max=numbers(),
        min_responses=numbers(),
        when_few=st.sampled_from(["not_applicable", "zero"]),
    ).map(lambda own: {"kind": "survey", **own}),
    optional(of=numbers()).map(lambda own: {"kind": "indicator", **own}),
    numbers().map(lambda value: {"kind": "per_item", "points_each": value}),
    ITEMS.map(lambda own: {"kind": "deduction", "items": own}),
    st.tuples(STEPS, optional(due=st.dates().map(lambda day: day.isoformat()))).map(
        lambda one: {"kind": "lateness", "steps": one[0], **one[1]}
    ),
    st.tuples(VARIABLES, PIECES).map(lambda one: {"kind": "formula", "variables": one[0], "pieces": one[1]}),
)


@given(RULES)
def test_any_rule_survives_being_written_cleaned_like_a_cell_and_read(rule):
    lines = [clean_text(line) for line in write_parameters(rule).split("\n")]

    assert read_parameters(rule["kind"], "\n".join(lines)) == rule
