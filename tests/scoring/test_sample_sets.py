"""The two sample sets (``fixtures/criteria``): what stands in them, and that their words say what their rules do."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from scoring.engine.interchange import load_campaign
from scoring.engine.rules.registry import KINDS
from scoring.enums import CriterionRole, Source
from scoring.files.annex_layout import AnnexNode
from scoring.services.criteria_reading import read_annex
from tests.engine.campaigns import Json, campaign
from units.enums import UnitKind
from units.vietnamese import format_date

pytestmark = pytest.mark.any_database

FOLDER = Path(__file__).resolve().parents[2] / "fixtures" / "criteria"
CODES = ("so", "xa")
COMPONENTS = [  # the national order and split (domain: 876/QĐ-BNV as scored in 2024)
    ("1", "9.5"), ("2", "10"), ("3", "13"), ("4", "10.5"), ("5", "15"), ("6", "12"), ("7", "13.5"), ("8", "16.5"),
]  # fmt: skip
USUAL_LEAD = {
    "1": "Sở Nội vụ", "2": "Sở Tư pháp", "3": "Văn phòng UBND tỉnh", "4": "Sở Nội vụ", "5": "Sở Nội vụ",
    "6": "Sở Tài chính", "7": "Sở Khoa học và Công nghệ", "8": "Sở Nội vụ",
}  # fmt: skip


def read(code: str) -> Json:
    parsed: Json = json.loads((FOLDER / f"{code}.json").read_text(encoding="utf-8"))
    return parsed


def leaves(nodes: list[Json]) -> Iterator[Json]:
    for node in nodes:
        if "children" in node:
            yield from leaves(node["children"])
        else:
            yield node


def leaves_of(code: str) -> list[Json]:
    return list(leaves(read(code)["criteria"]))


def rows_of(nodes: list[Json], parent: str = "") -> Iterator[tuple[Any, ...]]:
    """What each node of a JSON set says, in tree order, as `row_of` tells it of a workbook."""
    for node in nodes:
        words = (node.get(key, "") for key in ("x_scoring_text", "x_evidence_text", "x_lead_department"))
        told = (node.get("source", "self"), node.get("role", "scored"), node.get("rule"))
        yield (parent, node["code"], node["title"], node["max_points"], *told, *words)
        yield from rows_of(node.get("children", []), node["code"])


def row_of(node: AnnexNode) -> tuple[Any, ...]:
    head = (node.parent, node.code, node.title, node.max_points, node.source, node.role, node.rule)
    return (*head, node.scoring_text, node.evidence_text, node.lead_department)


def named(found: list[Json]) -> list[str]:
    return [leaf["code"] for leaf in found]


def test_the_engine_takes_both_sets_without_a_fault() -> None:
    sets = [{key: read(code)[key] for key in ("code", "title", "criteria")} for code in CODES]

    loaded = load_campaign(json.dumps(campaign([], [], criteria_sets=sets), ensure_ascii=False).encode())

    assert list(loaded.criteria_sets) == list(CODES)


@pytest.mark.parametrize(
    ("code", "kinds"),
    [("so", {UnitKind.DEPARTMENT}), ("xa", {UnitKind.COMMUNE, UnitKind.WARD, UnitKind.SPECIAL_ZONE})],
)
def test_a_set_says_that_it_is_a_sample_and_whom_it_is_for(code: str, kinds: set[UnitKind]) -> None:
    found = read(code)

    assert found["code"] == code
    assert found["title"].endswith("(mẫu minh họa)")
    assert found["is_sample"] is True
    assert set(found["unit_kinds"]) == kinds


@pytest.mark.parametrize("code", CODES)
def test_a_set_has_the_eight_components_in_the_national_order(code: str) -> None:
    assert [(node["code"], node["max_points"]) for node in read(code)["criteria"]] == COMPONENTS


@pytest.mark.parametrize("code", CODES)
def test_a_set_adds_up_to_a_hundred_beside_bonus_and_penalty(code: str) -> None:
    scored = [leaf for leaf in leaves_of(code) if leaf["role"] == CriterionRole.SCORED]

    assert sum(Decimal(leaf["max_points"]) for leaf in scored) == 100


@pytest.mark.parametrize("code", CODES)
def test_a_set_has_sixty_to_ninety_leaves_and_at_most_three_levels(code: str) -> None:
    found = leaves_of(code)

    assert 60 <= len(found) <= 90
    assert {leaf["code"].count(".") + 1 for leaf in found} == {2, 3}


@pytest.mark.parametrize("code", CODES)
def test_every_kind_of_rule_stands_in_each_set(code: str) -> None:
    assert {leaf["rule"]["kind"] for leaf in leaves_of(code)} == set(KINDS)


@pytest.mark.parametrize("code", CODES)
def test_every_parameter_of_a_ratio_a_band_and_a_survey_is_used_in_each_set(code: str) -> None:
    rules = [leaf["rule"] for leaf in leaves_of(code)]
    of_kind = {kind: [rule for rule in rules if rule["kind"] == kind] for kind in KINDS}

    assert {key for rule in of_kind["ratio"] for key in rule} >= {"floor", "full_at", "inverse", "allow_over"}
    assert {rule["when_empty"] for rule in of_kind["ratio"] if "when_empty" in rule} == {
        "full", "zero", "not_applicable",
    }  # fmt: skip
    assert {rule["of"] for rule in of_kind["bands"]} == {"value", "ratio"}
    assert any(band.get("linear") for rule in of_kind["bands"] for band in rule["bands"])
    assert {"scale_min" in rule for rule in of_kind["survey"]} == {True, False}
    assert {rule["when_few"] for rule in of_kind["survey"]} == {"not_applicable", "zero"}


def test_points_are_given_by_hand_with_steps_and_without() -> None:
    by_hand = [leaf["rule"] for code in CODES for leaf in leaves_of(code) if leaf["rule"]["kind"] == "manual"]

    assert {"step" in rule for rule in by_hand} == {True, False}


@pytest.mark.parametrize("code", CODES)
def test_every_leaf_tells_how_it_is_scored_by_which_documents_and_who_appraises(code: str) -> None:
    wanted = ("x_scoring_text", "x_evidence_text", "x_lead_department")
    silent = [leaf for leaf in leaves_of(code) if not all(leaf.get(key, "").strip() for key in wanted)]

    assert named(silent) == []


@pytest.mark.parametrize("code", CODES)
def test_titles_fit_a_line_of_a_table(code: str) -> None:
    assert [leaf["title"] for leaf in leaves_of(code) if len(leaf["title"]) > 300] == []


@pytest.mark.parametrize("code", CODES)
def test_most_of_a_component_is_appraised_by_its_usual_lead_department(code: str) -> None:
    leads: dict[str, Counter[str]] = {}
    for leaf in leaves_of(code):
        leads.setdefault(leaf["code"].split(".")[0], Counter())[leaf["x_lead_department"]] += 1

    assert {component: found.most_common(1)[0][0] for component, found in leads.items()} == USUAL_LEAD


@pytest.mark.parametrize("code", CODES)
def test_units_enter_nothing_of_the_last_component(code: str) -> None:
    sources = {leaf["source"] for leaf in leaves_of(code) if leaf["code"].startswith("8.")}

    assert sources == {Source.SURVEY, Source.OUTCOME}


@pytest.mark.parametrize("code", CODES)
def test_the_coordinator_enters_a_scored_leaf_a_bonus_and_a_penalty(code: str) -> None:
    roles = {leaf["role"] for leaf in leaves_of(code) if leaf["source"] == Source.COORDINATOR}
    beside = {leaf["source"] for leaf in leaves_of(code) if leaf["role"] != CriterionRole.SCORED}

    assert roles == set(CriterionRole)
    assert beside == {Source.COORDINATOR}


@pytest.mark.parametrize("code", CODES)
def test_no_leaf_can_earn_more_than_its_maximum_or_not_all_of_it(code: str) -> None:
    """The best level of a scale, and all items of a list together, are exactly the maximum."""
    wrong = [leaf for leaf in leaves_of(code) if (best := best_mark(leaf)) is not None and best != maximum(leaf)]

    assert named(wrong) == []


@pytest.mark.parametrize("code", CODES)
def test_points_go_by_quarters(code: str) -> None:
    marks = [Fraction(level["points"]) for leaf in leaves_of(code) for level in levels(leaf) if "points" in level]
    maxima = [maximum(leaf) for leaf in leaves_of(code)]

    assert {value for value in marks + maxima if (value * 4).denominator != 1} == set()


@pytest.mark.parametrize("code", CODES)
def test_the_words_name_every_level_with_its_points(code: str) -> None:
    missing = [
        (leaf["code"], level["label"])
        for leaf in leaves_of(code)
        for level in levels(leaf)
        if "label" in level and f"{level['label']}: {points_in_words(level)}" not in leaf["x_scoring_text"]
    ]

    assert missing == []


@pytest.mark.parametrize("code", CODES)
def test_the_words_name_every_threshold_and_what_follows_when_nothing_arose(code: str) -> None:
    missing = [
        (leaf["code"], words)
        for leaf in leaves_of(code)
        for words in words_of_thresholds(leaf["rule"])
        if words not in leaf["x_scoring_text"]
    ]

    assert missing == []


@pytest.mark.parametrize("code", CODES)
def test_the_workbook_of_a_set_is_what_its_json_says(code: str) -> None:
    """Made by ``fixtures/criteria/make_sets.py``; run it again when this fails."""
    sample = read(code)

    annex = read_annex((FOLDER / f"{code}.xlsx").read_bytes(), f"{code}.xlsx")

    assert (annex.code, annex.title, annex.is_sample) == (code, sample["title"], True)
    assert set(annex.unit_kinds) == set(sample["unit_kinds"])
    assert [row_of(node) for node in annex.nodes] == list(rows_of(sample["criteria"]))
    assert not any(node.rule_pending for node in annex.nodes)


def test_the_two_sets_measure_different_things() -> None:
    so, xa = ({leaf["title"] for leaf in leaves_of(code)} for code in CODES)

    assert len(so & xa) * 4 < len(so | xa)


# ── what a rule holds, and how an annex says it ───────────────────────────────────────────────────────────────────────


def maximum(leaf: Json) -> Fraction:
    return Fraction(leaf["max_points"])


def levels(leaf: Json) -> list[Json]:
    """The marks of a scale or list; what a deduction takes away is none."""
    rule = leaf["rule"]
    name = {"options": "options", "checklist": "items", "bands": "bands", "lateness": "steps"}.get(rule["kind"])
    found: list[Json] = rule[name] if name else []
    return found


def mark(level: Json, leaf: Json) -> Fraction:
    return Fraction(level["points"]) if "points" in level else Fraction(level["share"]) * maximum(leaf)


def best_mark(leaf: Json) -> Fraction | None:
    """The most that a scale gives; None for kinds that have no levels."""
    marks = [mark(level, leaf) for level in levels(leaf) if "linear" not in level]
    if not marks:
        return None
    return sum(marks, Fraction(0)) if leaf["rule"]["kind"] == "checklist" else max(marks)


def comma(number: str) -> str:
    return number.replace(".", ",")


def percent(ratio: str) -> str:
    return comma(f"{(Decimal(ratio) * 100).normalize():f}") + "%"


def points_in_words(level: Json) -> str:
    if "points" in level:
        return f"{comma(level['points'])} điểm"
    whole = {"1": "điểm tối đa", "0": "0 điểm"}
    return whole.get(level["share"]) or f"{percent(level['share'])} điểm tối đa"


def words_of_a_breach(item: Json) -> str:
    most = f", nhiều nhất {comma(item['limit'])} điểm" if "limit" in item else ""
    return f"{item['label']}: trừ {comma(item['points_each'])} điểm mỗi lần{most}"


def words_of_lateness(rule: dict[str, Any]) -> Iterator[str]:
    if "due" in rule:
        yield f"thời hạn {format_date(rule['due'])}"
    for step in rule["steps"]:
        days = "Gửi đúng thời hạn" if step["up_to_days"] == "0" else f"Chậm đến {step['up_to_days']} ngày"
        yield f"{days}: {points_in_words(step)}"
    yield f"Chậm quá {rule['steps'][-1]['up_to_days']} ngày"


def small(label: str) -> str:
    return label[:1].lower() + label[1:]


def words_of_thresholds(rule: dict[str, Any]) -> Iterator[str]:
    empty = {"full": "hưởng điểm tối đa", "zero": "0 điểm", "not_applicable": "không áp dụng tiêu chí này"}
    if "when_empty" in rule:
        yield f": {empty[rule['when_empty']]}."
    if "when_few" in rule:
        yield f"Dưới {rule['min_responses']} phiếu trả lời: {empty[rule['when_few']]}."
    if "scale_max" in rule:
        yield f"(từ {rule['scale_min']} đến {rule['scale_max']})"
    if "points_each" in rule:
        yield f": {comma(rule['points_each'])} điểm, tổng không quá điểm tối đa"
    if rule["kind"] == "deduction":
        yield from (words_of_a_breach(item) for item in rule["items"])
    if rule["kind"] == "lateness":
        yield from words_of_lateness(rule)
    if rule["kind"] == "formula":
        yield from (f"{one['key']} là {small(one['label'])}" for one in rule["variables"])
    if "step" in rule:
        yield f"theo bước {comma(rule['step'])} điểm"
    yield from (f"{percent(rule[key])}" for key in ("floor", "full_at") if key in rule)
    if rule.get("inverse"):
        yield "Tỷ lệ đạt = 100% − (a/b × 100%)"
    for band in rule.get("bands", []):
        yield "điểm = tỷ lệ × điểm tối đa" if band.get("linear") else f": {points_in_words(band)}"
        if rule["of"] == "ratio":
            yield from (percent(band[bound]) for bound in ("at_least", "above", "at_most", "below") if bound in band)
