"""The form of a rule comes from what its kind declares: what goes in comes out, and faults stand at their field."""

from __future__ import annotations

from typing import Any

import pytest

from scoring.engine.rules.registry import KINDS
from scoring.files.annex_parameters import read_parameters
from scoring.forms.criteria_rule import RuleForm
from scoring.forms.criteria_written import Written, posted, written_in, written_of


def example(kind: str) -> dict[str, Any]:
    return read_parameters(kind, KINDS[kind].example)


def proven(written: Written, max_points: str = "2") -> RuleForm:
    form = RuleForm(written, is_checked=True)
    form.prove(max_points)
    return form


def of(kind: str, values: dict[str, str] | None = None, **lists: list[dict[str, str]]) -> RuleForm:
    return proven(Written(kind, values or {}, lists))


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_goes_through_its_form_unchanged(kind):
    rule = example(kind)
    written = written_of(rule)

    assert written_in(posted(written), kind) == written
    form = proven(written)
    assert form.faults == []
    assert form.rule() == rule
    assert form.read is not None


def test_blank_rows_are_passed_over_and_keys_come_from_the_words():
    form = of("options", options=[{}, {"label": "Đúng hạn", "share": "1"}, {}, {"label": "Đúng hạn", "points": "0,5"}])

    assert form.faults == []
    assert form.rule() == {
        "kind": "options",
        "options": [
            {"key": "dung_han", "label": "Đúng hạn", "share": "1"},
            {"key": "dung_han_2", "label": "Đúng hạn", "points": "0.5"},
        ],
    }


@pytest.mark.parametrize(
    ("form", "field", "told"),
    [
        (lambda: of("per_item", {"points_each": "hai"}), "id_q-points_each", "không phải là số"),
        (lambda: of("per_item"), "id_q-points_each", "chưa ghi"),
        (lambda: of("options"), "id_q-options", "Mức: Chưa có mức nào"),
        (
            lambda: of("options", options=[{}, {"label": "Có", "share": "1,5"}]),
            "id_q-options-1-value0",
            "1,5",
        ),
        (lambda: of("options", options=[{"label": "Có"}]), "id_q-options-0", "đúng một khóa trong"),
        (
            lambda: of("lateness", steps=[{"up_to_days": "5", "share": "1"}, {"up_to_days": "3", "share": "0,5"}]),
            "id_q-steps-1-up_to_days",
            "xếp số ngày tăng dần",
        ),
        (
            lambda: of(
                "bands", {"of": "value"}, bands=[{"at_least": "1", "share": "1"}, {"at_least": "2", "share": "0"}]
            ),
            "id_q-bands-1",
            "không số liệu nào rơi vào bậc này",
        ),
        (
            lambda: of("formula", variables=[{"key": "a", "label": "Tổng"}], pieces=[{"points": "a + * 2"}]),
            "id_q-pieces-0-points",
            "ký tự thứ 5",
        ),
    ],
)
def test_a_fault_stands_at_its_field_in_the_engines_words(form, field, told):
    faults = form().faults

    assert [place for place, _ in faults] == [field]
    assert told.lower() in faults[0][1].lower()


def test_what_means_something_else_in_another_kind_is_not_carried_over():
    options = written_of(example("options"))
    assert options.of_kind("formula").lists == {"variables": [], "pieces": []}
    assert options.of_kind("deduction").lists == {"items": []}
    assert written_of(example("bands")).of_kind("lateness").lists == {"steps": []}


def test_columns_are_headed_and_keys_that_the_portal_makes_stand_apart():
    levels, formula = RuleForm(written_of(example("options"))), RuleForm(written_of(example("formula")))

    [part] = levels.parts
    assert part.headings == ("tên mức", "điểm / hệ số", "số")
    assert [len(row.fields) for row in part.rows] == [3, 3, 3]
    assert part.rows[0].key.value() == "du"
    variables, pieces = formula.parts
    assert variables.headings == ("tên trong công thức", "tên biến")
    assert not variables.has_own_keys
    assert pieces.headings == ("khi", "điểm")
    assert all(len(row.fields) == len(part.headings) for part in (*levels.parts, *formula.parts) for row in part.rows)


def test_another_kind_keeps_what_fits():
    levels = written_of(example("options")).of_kind("checklist")
    assert levels.lists["items"][0] == {"key": "du", "label": "Ban hành đúng hạn", "share": "1"}

    bands = written_of(example("bands") | {"when_empty": "zero"})
    assert bands.of_kind("ratio").values == {"when_empty": "zero"}
    assert bands.of_kind("").lists == {}
    assert bands.of_kind("") == Written()


def test_rows_are_added_taken_away_and_raised():
    written = Written("bands", {}, {"bands": [{"at_least": "1"}, {"at_least": "2"}]})

    assert written.with_row("bands").lists["bands"][2] == {}
    assert written.without_row("bands", 0).lists["bands"] == [{"at_least": "2"}]
    assert written.with_row_raised("bands", 1).lists["bands"] == [{"at_least": "2"}, {"at_least": "1"}]
    assert written.with_row_raised("bands", 0) == written
