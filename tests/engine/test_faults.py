"""A campaign file that is wrong: one sentence a fault, with its place and how to mend it, and all of them at once."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from scoring.engine.compute import compute
from tests.engine.campaigns import Json, campaign, does_not_apply, faults, given, leaf, parent, spell, unit

WHOLE = campaign(
    [parent("1", "10", leaf("1.1", "4"), leaf("1.2", "6"), leaf("1.3", "5", role="bonus")), leaf("2", "5")],
    [unit("SNV", {"1.1": given("4"), "2": given("5")}, not_applicable=[{"criterion": "1.2", "reason": "Không có"}])],
    gates=[{"node": "any", "index_below": "50", "highest_grade": "kha", "reason": "Dưới 50%"}],
)


def broken(path: tuple[str | int, ...], value: Any) -> Json:
    """WHOLE with the value at ``path`` replaced (or taken out, where it is ``...``)."""
    file = copy.deepcopy(WHOLE)
    place: Any = file
    for step in path[:-1]:
        place = place[step]
    if value is ...:
        del place[path[-1]]
    else:
        place[path[-1]] = value
    return file


def test_the_file_that_these_tests_break_is_right() -> None:
    assert compute(spell(WHOLE)).startswith(
        b'{\n "format": "parindex-results/1",\n "engine": "1.0.0",\n "input_sha256": "'
    )


SET = "criteria_sets[0] “so”"
C1 = f"{SET} → criteria[0] “1”"
SNV = "units[0] “SNV”"


@pytest.mark.parametrize(
    ("path", "value", "sentence"),
    [
        (("format",), "parindex-campaign/2", "format: không nhận giá trị “parindex-campaign/2”"),
        (("campaign", "title"), " ", "campaign → title: đang để trống"),
        (("campaign", "note"), "x", "campaign → note: không có khóa này trong quy cách"),
        (("extra",), 1, "extra: không có khóa này trong quy cách"),
        (("policy", "decimals"), 7, "policy → decimals: đang là 7, không được lớn hơn 6"),
        (("policy", "decimals"), "1.5", "policy → decimals: đang là 1,5, phải là số nguyên"),
        (("policy", "rounding"), "up", "policy → rounding: không nhận giá trị “up”"),
        (("policy", "leaf_decimals"), -1, "policy → leaf_decimals: đang là −1"),
        (("policy", "cap_index"), "false", "policy → cap_index: phải là true hoặc false, không phải “false”"),
        (("policy", "rank_on"), "points", "policy → rank_on: không nhận giá trị “points”"),
        (("policy", "mean_of"), None, "policy → mean_of: phải là một chuỗi, không phải null"),
        (("policy",), [], "policy: phải là một đối tượng {…}, không phải một danh sách […]"),
        (("grades",), {}, "grades: phải là một danh sách […]"),
        (("grades", 0), "tot", "grades[0]: phải là một đối tượng {…}, không phải “tot”"),
        (("criteria_sets", 0, "criteria", 0, "max_points"), "11", f"{C1} → max_points: điểm tối đa là 11 nhưng tổng"),
        (("criteria_sets", 0, "criteria", 0, "max_points"), 9.5, f"{C1} → max_points: số “9.5” viết có dấu chấm"),
        (("criteria_sets", 0, "criteria", 0, "max_points"), "9,5", f"{C1} → max_points: “9,5” không phải là số"),
        (
            ("criteria_sets", 0, "criteria", 0, "max_points"),
            "-10",
            f"{C1} → max_points: đang là −10, không được nhỏ hơn 0",
        ),
        (("criteria_sets", 0, "criteria", 0, "rule"), {"kind": "manual"}, f"{C1}: phải có đúng một trong “children”"),
        (("criteria_sets", 0, "criteria", 0, "role"), "scored", f"{C1} → role: chỉ tiêu chí không có tiêu chí con"),
        (
            ("criteria_sets", 0, "criteria", 0, "source"),
            "survey",
            f"{C1} → source: khác với nguồn điểm của tiêu chí con",
        ),
        (
            ("criteria_sets", 0, "criteria", 1, "source"),
            "unit",
            f"{SET} → criteria[1] “2” → source: không nhận giá trị",
        ),
        (("criteria_sets", 0, "criteria", 1, "role"), "extra", f"{SET} → criteria[1] “2” → role: không nhận giá trị"),
        (
            ("criteria_sets", 0, "criteria", 1, "rule", "kind"),
            ...,
            f"{SET} → criteria[1] “2” → rule: thiếu khóa bắt buộc “kind”",
        ),
        (
            ("criteria_sets", 0, "criteria", 1, "rule"),
            "manual",
            f"{SET} → criteria[1] “2” → rule: phải là một đối tượng",
        ),
        (("units", 0, "criteria_set"), "xa", f"{SNV} → criteria_set: không có bộ tiêu chí “xa” trong tệp"),
        (("units", 0, "ranked"), 1, f"{SNV} → ranked: phải là true hoặc false, không phải 1"),
        (("units", 0, "answers"), [], f"{SNV} → answers: phải là một đối tượng"),
        (("units", 0, "answers", "9"), given("1"), f"{SNV} → answers → 9: không có tiêu chí này"),
        (("units", 0, "answers", "1"), given("1"), f"{SNV} → answers → 1: là tiêu chí có tiêu chí con"),
        (
            ("units", 0, "answers", "2", "points"),
            "5.01",
            f"{SNV} → answers → 2 → points: đang là 5,01, không được lớn hơn 5",
        ),
        (
            ("units", 0, "answers", "2", "points"),
            "-1",
            f"{SNV} → answers → 2 → points: đang là −1, không được nhỏ hơn 0",
        ),
        (("units", 0, "answers", "2", "points"), True, f"{SNV} → answers → 2 → points: true không phải là số"),
        (("units", 0, "answers", "2", "points"), 10**999, f"{SNV} → answers → 2 → points: một số nguyên quá 15 chữ số"),
        (
            ("units", 0, "answers", "2", "points"),
            10**1000,
            f"{SNV} → answers → 2 → points: số nguyên có 1001 chữ số, quá dài",
        ),
        (("units", 0, "answers", "2", "points"), 10**15, f"{SNV} → answers → 2 → points: một số nguyên quá 15 chữ số"),
        (
            ("units", 0, "answers", "2", "points"),
            "1" * 16,
            f"{SNV} → answers → 2 → points: “1111111111111111” không phải",
        ),
        (
            ("units", 0, "answers", "2", "points"),
            "1.12345678901",
            f"{SNV} → answers → 2 → points: “1.12345678901” không",
        ),
        (("units", 0, "answers", "2", "points"), "１", f"{SNV} → answers → 2 → points: “１” không phải là số"),
        (("units", 0, "answers", "2", "points"), "+1", f"{SNV} → answers → 2 → points: “+1” không phải là số"),
        (("units", 0, "answers", "2", "points"), "1.", f"{SNV} → answers → 2 → points: “1.” không phải là số"),
        (("units", 0, "answers", "2", "points"), "1\n", f"{SNV} → answers → 2 → points: “1\\u000a” không phải là số"),
        (("units", 0, "answers", "2", "reason"), ..., f"{SNV} → answers → 2: thiếu khóa bắt buộc “reason”"),
        (("units", 0, "answers", "2", "reason"), "", f"{SNV} → answers → 2 → reason: đang để trống"),
        (("units", 0, "answers", "2"), {}, f"{SNV} → answers → 2: phải là đúng một trong ba dạng"),
        (("units", 0, "answers", "2"), None, f"{SNV} → answers → 2: phải là một đối tượng {{…}}, không phải null"),
        (
            ("units", 0, "answers", "2", "inputs"),
            {"points": "1"},
            f"{SNV} → answers → 2: phải là đúng một trong ba dạng",
        ),
        (
            ("units", 0, "answers", "2"),
            {"not_applicable": False, "reason": "x"},
            f"{SNV} → answers → 2 → not_applicable: chỉ",
        ),
        (("units", 0, "answers", "2"), {"not_applicable": True}, f"{SNV} → answers → 2: thiếu khóa bắt buộc “reason”"),
        (
            ("units", 0, "answers", "2"),
            {"inputs": {"points": "1"}, "reason": "x"},
            f"{SNV} → answers → 2 → reason: không có khóa này",
        ),
        (
            ("units", 0, "not_applicable", 0, "criterion"),
            "9",
            f"{SNV} → not_applicable[0] “9” → criterion: không có tiêu chí “9”",
        ),
        (
            ("units", 0, "not_applicable", 0, "reason"),
            ...,
            f"{SNV} → not_applicable[0] “1.2”: thiếu khóa bắt buộc “reason”",
        ),
        (("units", 0, "not_applicable"), None, f"{SNV} → not_applicable: phải là một danh sách"),
        (("units", 0, "grade_override"), {"grade": "tot"}, f"{SNV} → grade_override: thiếu khóa bắt buộc “reason”"),
        (("units", 0, "grade_override"), "tot", f"{SNV} → grade_override: phải là một đối tượng"),
        (("units", 0, "code"), "x" * 201, "units[0] “" + "x" * 60 + "…” → code: dài 201 ký tự"),
        (("units", 0, "name"), "x" * 20_001, f"{SNV} → name: dài 20001 ký tự"),
    ],
)
def test_a_broken_piece_is_named_with_its_place(path: tuple, value: object, sentence: str) -> None:
    said = faults(broken(path, value))
    assert len(said) == 1, said
    assert said[0].startswith(sentence)


@pytest.mark.parametrize(
    ("path", "value", "sentence"),
    [
        (("criteria_sets", 0, "code"), 1, "criteria_sets[0] → code: phải là một chuỗi"),
        (("criteria_sets", 0, "criteria"), [], f"{SET} → criteria: đang rỗng"),
        (("criteria_sets", 0, "criteria", 0, "children"), ..., f"{C1}: phải có đúng một trong “children”"),
        (("criteria_sets", 0, "criteria", 0, "children"), [], f"{C1} → children: đang rỗng"),
        (
            ("criteria_sets", 0, "criteria", 0, "children", 1, "code"),
            "1.1",
            f"{C1} → children[1] “1.1” → code: mã tiêu chí “1.1” đã dùng ở {C1} → children[0] “1.1”",
        ),
        (
            ("criteria_sets", 0, "criteria", 1, "code"),
            "any",
            f"{SET} → criteria[1] “any” → code: mã “any” là từ dành riêng",
        ),
        (("groups", 0, "code"), "xa", f"{SNV} → group: không có khối “so” trong tệp"),
    ],
)
def test_what_others_refer_to_is_told_first_and_the_references_after_it(
    path: tuple, value: object, sentence: str
) -> None:
    assert faults(broken(path, value))[0].startswith(sentence)


REQUIRED = [
    *((key,) for key in ("format", "campaign", "policy", "grades", "criteria_sets", "groups", "units")),
    *(("campaign", key) for key in ("code", "title")),
    *(("policy", key) for key in WHOLE["policy"]),
    *(("criteria_sets", 0, "criteria", 1, key) for key in ("code", "title", "max_points", "rule")),
    *(("units", 0, key) for key in ("code", "name", "group", "criteria_set", "answers")),
    ("criteria_sets", 0, "code"),
    ("criteria_sets", 0, "criteria"),
    ("groups", 0, "code"),
    ("grades", 0, "code"),
    *(("gates", 0, key) for key in ("node", "index_below", "highest_grade")),
    ("units", 0, "not_applicable", 0, "criterion"),
]


@pytest.mark.parametrize("path", REQUIRED, ids=lambda path: ".".join(map(str, path)))
def test_every_required_key_is_missed(path: tuple) -> None:
    said = faults(broken(path, ...))
    assert any("thiếu khóa bắt buộc" in sentence or "phải có đúng một trong" in sentence for sentence in said)


DEFAULTS = [
    (("gates",), []),
    (("units", 0, "ranked"), True),
    (("units", 0, "not_applicable"), []),
    (("units", 0, "grade_override"), None),
    (("criteria_sets", 0, "criteria", 1, "weight"), None),
    (("criteria_sets", 0, "criteria", 1, "source"), "self"),
    (("criteria_sets", 0, "criteria", 1, "role"), "scored"),
]


@pytest.mark.parametrize(("path", "default"), DEFAULTS, ids=[str(path[-1]) for path, _ in DEFAULTS])
def test_a_default_written_out_changes_nothing_but_the_digest(path: tuple, default: object) -> None:
    plain = broken(path, default)
    without = copy.deepcopy(plain)
    place: Any = without
    for step in path[:-1]:
        place = place[step]
    del place[path[-1]]
    spelt, silent = compute(spell(plain)).splitlines(), compute(spell(without)).splitlines()
    assert [line for line in spelt if b"input_sha256" not in line] == [
        line for line in silent if b"input_sha256" not in line
    ]
    assert spelt != silent


@pytest.mark.parametrize(
    "path",
    [("x_ghi_chu",), ("policy", "x_"), ("units", 0, "x_id"), ("units", 0, "answers", "x_a"), ("grades", 0, "x_mau")],
    ids=lambda path: ".".join(map(str, path)),
)
def test_keys_that_begin_with_x_are_carried_and_ignored(path: tuple) -> None:
    assert compute(spell(broken(path, {"bất kỳ": [1, None, "x"]})))


@pytest.mark.parametrize("what", ["units", "groups", "criteria_sets"])
def test_a_code_that_comes_twice_is_refused_at_the_second(what: str) -> None:
    file = copy.deepcopy(WHOLE)
    file[what].append(copy.deepcopy(file[what][0]))
    (sentence,) = faults(file)
    assert sentence.startswith(f"{what}[1] “{file[what][0]['code']}” → code: ")
    assert "lặp lại" in sentence


def test_one_code_may_stand_in_two_sets() -> None:
    file = copy.deepcopy(WHOLE)
    file["criteria_sets"].append({**copy.deepcopy(file["criteria_sets"][0]), "code": "xa"})
    assert compute(spell(file))


def test_all_faults_of_a_file_are_told_at_once_in_file_order() -> None:
    file = copy.deepcopy(WHOLE)
    file["campaign"]["title"] = 1.5
    file["policy"]["decimals"] = 9
    file["criteria_sets"][0]["criteria"][0]["max_points"] = "11"
    file["units"][0]["answers"]["2"]["points"] = "6"
    file["units"][0]["answers"]["9"] = does_not_apply()
    file["units"].append(unit("B", {"1.1": given("99")}, group="?", nhom="so"))
    places = [sentence.split(": ")[0] for sentence in faults(file)]
    assert places == [
        "campaign → title",
        "policy → decimals",
        f"{C1} → max_points",
        f"{SNV} → answers → 2 → points",
        f"{SNV} → answers → 9",
        "units[1] “B” → group",
        "units[1] “B” → answers → 1.1 → points",
        "units[1] “B” → nhom",
    ]


def test_faults_of_ten_kinds_are_told_at_once_each_by_its_path() -> None:
    bands = {"kind": "bands", "of": "ratio", "bands": [{"at_least": "0.5", "share": "1"}, {"above": "0.9", "share": 1}]}
    steps = [{"up_to_days": 5, "share": "1"}, {"up_to_days": 3, "share": "0.5"}]
    grades = [{"code": "kha", "at_least": "60"}, {"code": "tot", "at_least": "80"}, {"code": "yeu"}]
    criteria = [
        parent("1", "3", leaf("1.1", "2", bands), leaf("1.2", "2", {"kind": "lateness", "steps": steps})),
        parent("2", "9", leaf("2.1", "5", role="them"), leaf("2.2", "4,5")),
        leaf("3", "1", {"kind": "survey", "scale_min": 5, "scale_max": 1}),
        leaf("3", "1", {"kind": "xo_so"}),
    ]
    gates = [{"node": "9", "index_below": "50", "highest_grade": "gioi"}]
    units = [unit("A", {"2.1": given("6")}, group="?")]
    said = faults(campaign(criteria, units, grades=grades, gates=gates))
    assert [sentence.split(": ")[0] for sentence in said] == [
        "grades[1] “tot”",
        f"{C1} → children[0] “1.1” → rule → bands[1]",
        f"{C1} → children[1] “1.2” → rule → steps[1] → up_to_days",
        f"{C1} → max_points",
        f"{SET} → criteria[1] “2” → children[0] “2.1” → role",
        f"{SET} → criteria[1] “2” → children[1] “2.2” → max_points",
        f"{SET} → criteria[2] “3” → rule → scale_max",
        f"{SET} → criteria[3] “3” → code",
        f"{SET} → criteria[3] “3” → rule → kind",
        "gates[0] “9” → node",
        "gates[0] “9” → highest_grade",
        "units[0] “A” → group",
        "units[0] “A” → answers → 2.1 → points",
    ]


@pytest.mark.parametrize("role", ["them", 5])
def test_a_role_that_cannot_be_read_says_nothing_of_the_sum_above_it_or_of_a_weight(role: object) -> None:
    file = broken(("criteria_sets", 0, "criteria", 0, "children", 0, "role"), role)
    file["criteria_sets"][0]["criteria"][0]["max_points"] = "9"
    assert [sentence.split(": ")[0] for sentence in faults(file)] == [f"{C1} → children[0] “1.1” → role"]
    file = broken(("criteria_sets", 0, "criteria", 1, "role"), role)
    file["policy"]["weighting"] = "weights"
    assert [sentence.split(": ")[0] for sentence in faults(file)] == [C1, f"{SET} → criteria[1] “2” → role"]


def test_a_wrong_policy_key_does_not_hide_what_the_others_ask_of_the_criteria() -> None:
    file = broken(("policy",), {**WHOLE["policy"], "decimals": 9, "weighting": "weights", "leaf_decimals": 0})
    file["criteria_sets"][0]["criteria"][1]["max_points"] = "4.5"
    file["units"][0]["answers"]["2"]["points"] = "4.5"
    said = faults(file)
    assert [sentence.split(": ")[0] for sentence in said] == [
        "policy → decimals",
        C1,
        f"{SET} → criteria[1] “2” → max_points",
        f"{SET} → criteria[1] “2”",
    ]
    assert "thiếu trọng số" in said[1]
    assert "leaf_decimals" in said[2]
    assert "thiếu trọng số" in said[3]


def test_an_unknown_criteria_set_does_not_hide_answers_without_a_form() -> None:
    file = broken(("units", 0, "criteria_set"), "xa")
    file["units"][0]["answers"] = {"1.1": {"points": "1"}, "2": {}, "x_ghi_chu": 1}
    assert [sentence.split(": ")[0] for sentence in faults(file)] == [
        f"{SNV} → criteria_set",
        f"{SNV} → answers → 1.1",
        f"{SNV} → answers → 2",
    ]


def test_another_fault_of_the_unit_does_not_hide_an_override_where_nothing_applies() -> None:
    excluded = [{"criterion": code, "reason": "Không có"} for code in ("1", "2")]
    file = broken(("units", 0, "not_applicable"), excluded)
    file["units"][0] |= {"grade_override": {"grade": "tot", "reason": "Hội đồng"}, "ghi_chu": "x"}
    assert [sentence.split(": ")[0] for sentence in faults(file)] == [f"{SNV} → ghi_chu", f"{SNV} → grade_override"]


def test_a_threshold_is_compared_across_a_grade_that_has_none() -> None:
    grades = [{"code": "a", "at_least": "50"}, {"code": "b"}, {"code": "c", "at_least": "60"}, {"code": "d"}]
    said = faults(broken(("grades",), grades) | {"gates": []})
    assert [sentence.split(": ")[0] for sentence in said] == ["grades[1] “b”", "grades[2] “c”"]
    assert "ngưỡng 60 cao hơn ngưỡng 50 của mức “a”" in said[1]


def test_the_default_source_may_be_written_at_a_parent_of_leaves_of_any_source() -> None:
    file = broken(("criteria_sets", 0, "criteria", 0, "source"), "self")
    file["criteria_sets"][0]["criteria"][0]["children"][0]["source"] = "survey"
    assert compute(spell(file))


def test_a_tree_can_be_one_or_many_levels_deep() -> None:
    deep = leaf("x", "5")
    for level in range(60):
        deep = parent(f"n{level}", "5", deep)
    assert compute(spell(campaign([deep, leaf("y", "5")], [unit("A", {"x": given("5")})])))
