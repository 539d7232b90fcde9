"""How every number came about: the derivation of a unit agrees with its results, and says each step."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given as for_all
from hypothesis import strategies as st

from scoring.engine.derivation import NodeDerivation, Step, UnitDerivation, derive, spell
from scoring.engine.evaluate import evaluate
from scoring.engine.interchange import dump_results, load_campaign
from tests.engine.campaigns import Json, campaign, does_not_apply, faults, given, leaf, parent, unit
from tests.engine.campaigns import spell as write
from tests.engine.random_campaigns import draw_campaign

GOLDEN = Path(__file__).resolve().parents[2] / "fixtures" / "golden"
CASES = sorted(path.stem for path in GOLDEN.glob("*.json") if not path.stem.endswith(".results"))


def derived(file: Json | bytes, code: str = "A") -> UnitDerivation:
    read = load_campaign(file if isinstance(file, bytes) else write(file))
    return derive(read, evaluate(read), code)


def node_of(file: Json, code: str = "1", unit_code: str = "A") -> NodeDerivation:
    return next(node for node in derived(file, unit_code).nodes if node.code == code)


def steps_of(found: NodeDerivation | UnitDerivation) -> dict[str, Step]:
    return {step.name: step for step in found.steps}


def sentences(found: NodeDerivation | UnitDerivation) -> list[str]:
    return [step.sentence for step in found.steps]


def assert_agrees_with_its_results(data: bytes) -> None:
    """Every number of every derivation is the results file's, and the last word of the steps is that number."""
    read = load_campaign(data)
    results = evaluate(read)
    for printed in json.loads(dump_results(results))["units"]:
        found = derive(read, results, printed["code"])
        for key in ("points", "max_points", "index", "rank", "grade", "grade_reason"):
            assert getattr(found, key) == printed[key]
        assert list(found.unanswered) == printed["unanswered"]
        assert_steps_lead_to(found, printed)
        for node, row in zip(found.nodes, printed["nodes"], strict=True):
            for key in ("code", "points", "max_points", "index", "rank", "applicable"):
                assert getattr(node, key) == row[key]
            assert_steps_lead_to(node, row)


def assert_steps_lead_to(found: NodeDerivation | UnitDerivation, printed: Json) -> None:
    points = [step.values["points"] for step in found.steps if "points" in step.values and step.name != "index"]
    if points:
        assert_same(points[-1], printed["points"])
    by_name = steps_of(found)
    if printed["index"] is None:
        assert "exact" not in by_name.get("index", Step("index", {}, "")).values
    else:
        assert by_name["rounding"].values["published"] == printed["index"]
    if printed["rank"] is not None:
        rank = by_name["rank"].values
        assert int(rank["rank"]) == printed["rank"]
        if rank["ranking"] == "competition":
            assert int(rank["above"]) == printed["rank"] - 1
        assert int(rank["among"]) > int(rank["above"]) + int(rank["tied"])


def assert_same(exact: str, printed: str) -> None:
    assert abs(Fraction(exact) - Fraction(printed)) <= Fraction(1, 2 * 10**6)


@for_all(st.integers(min_value=0, max_value=10**9))
def test_every_number_of_a_derivation_is_the_results_files(seed: int) -> None:
    assert_agrees_with_its_results(write(draw_campaign(seed)))


@pytest.mark.parametrize("case", CASES)
def test_the_golden_campaigns_are_derived_to_their_results(case: str) -> None:
    assert_agrees_with_its_results((GOLDEN / f"{case}.json").read_bytes())


def test_a_unit_that_is_not_there_is_refused() -> None:
    with pytest.raises(KeyError, match="B"):
        derived(campaign([leaf("1")], [unit("A")]), "B")


def test_a_derivation_carries_what_a_screen_shows_beside_each_node() -> None:
    file = campaign([parent("1", "10", leaf("1.1")), leaf("2")], [unit("A", {"1.1": given("5"), "2": given("10")})])
    found = derived(file)
    assert [(node.code, node.parent, node.depth, node.is_leaf) for node in found.nodes] == [
        ("1", None, 0, False),
        ("1.1", "1", 1, True),
        ("2", None, 0, True),
    ]
    assert (found.name, found.group, found.grade, found.grade_label) == ("Đơn vị A", "so", "kha", "Khá")
    assert [node.rule for node in found.nodes] == ["", *["người chấm cho từ 0 đến 10 điểm"] * 2]
    assert (found.nodes[1].title, found.nodes[1].role, found.nodes[1].source) == ("Tiêu chí 1.1", "scored", "self")


# ── a leaf ────────────────────────────────────────────────────────────────────────────────────────────────────────────

RATIO: Json = {"kind": "ratio", "when_empty": "not_applicable"}


def leaf_of(rule: Json | None, answer: Json | None, **changes: Any) -> NodeDerivation:
    """Leaf 1 (2 points) of unit A, beside a leaf with full marks."""
    role = changes.pop("role", "scored")
    answers = {"2": given("10")} if answer is None else {"1": answer, "2": given("10")}
    return node_of(campaign([leaf("1", "2", rule, role=role), leaf("2")], [unit("A", answers)], **changes))


def test_a_leaf_goes_from_figures_to_rank() -> None:
    found = leaf_of({"kind": "ratio", "floor": "0.8"}, {"inputs": {"numerator": 45, "denominator": "50.0"}})
    assert found.figures == (("Số đạt được", "45"), ("Tổng số", "50"))
    assert sentences(found) == [
        "Số liệu: Số đạt được: 45; Tổng số: 50",
        "45/50 = 90% ≥ 80% → 0,9 × 2 = 1,8 điểm",
        "Chỉ số: 1,8/2 × 100 = 90",
        "Chỉ số công bố lấy 2 chữ số thập phân (từ nửa trở lên thì làm tròn lên): 90 → 90,00",
        "Hạng 1 trong 1 đơn vị được xếp hạng",
    ]


def test_figures_are_shown_with_all_their_decimals() -> None:
    found = leaf_of({"kind": "indicator"}, {"inputs": {"value": "83.1234567891"}})
    assert found.figures == (("Giá trị (trên 100)", "83,1234567891"),)


def test_values_are_exact_where_sentences_are_short() -> None:
    found = leaf_of({"kind": "ratio"}, {"inputs": {"numerator": 1, "denominator": 3}})
    assert steps_of(found)["rule"].values == {"kind": "ratio", "points": "2/3"}
    assert steps_of(found)["index"].values["exact"] == "100/3"
    assert spell(Fraction(1, 2**30)) == "0.000000000931322574615478515625"


FIGURES: list[tuple[Json, Json, tuple[tuple[str, str], ...]]] = [
    (
        {"kind": "options", "options": [{"key": "a", "label": "Đúng hạn", "share": 1}]},
        {"choice": "a"},
        (("Mức đạt được", "Đúng hạn"),),
    ),
    (
        {
            "kind": "checklist",
            "items": [{"key": "a", "label": "Có A", "share": 1}, {"key": "b", "label": "Có B", "points": 0}],
        },
        {"checked": ["b", "a"]},
        (("Nội dung đã có", "Có A; Có B"),),
    ),
    (
        {"kind": "checklist", "items": [{"key": "a", "label": "Có A", "share": 1}]},
        {"checked": []},
        (("Nội dung đã có", "không có nội dung nào"),),
    ),
    (
        {"kind": "deduction", "items": [{"key": "a", "label": "Chậm", "points_each": "0.5"}]},
        {"counts": {"a": 3}},
        (("Chậm", "3"),),
    ),
    (
        {"kind": "lateness", "due": "2026-12-15", "steps": [{"up_to_days": 5, "share": 1}]},
        {"date": "2026-12-17"},
        (("Ngày thực hiện (hạn 15/12/2026)", "17/12/2026"),),
    ),
    (
        {"kind": "lateness", "steps": [{"up_to_days": 5, "share": 1}]},
        {"absent": True},
        (("Không thực hiện", "đúng"),),
    ),
    (
        {"kind": "survey", "scale_min": 1, "scale_max": 5},
        {"satisfied": 8, "responses": 10},
        (("Số phiếu hài lòng", "8"), ("Số phiếu trả lời", "10")),
    ),
]


@pytest.mark.parametrize(("rule", "inputs", "shown"), FIGURES)
def test_figures_of_every_type_are_shown_as_a_person_reads_them(
    rule: Json, inputs: Json, shown: tuple[tuple[str, str], ...]
) -> None:
    assert leaf_of(rule, {"inputs": inputs}).figures == shown


def test_points_given_by_a_person_tell_no_reason() -> None:
    found = leaf_of(RATIO, {"points": "1.5", "reason": "Bí mật"})
    assert found.figures == ()
    assert steps_of(found)["answer"].sentence == "Chấm 1,5 điểm, có ghi lý do"
    assert "Bí mật" not in str(found)


@pytest.mark.parametrize(
    ("rule", "inputs", "clamped"),
    [
        ({"kind": "per_item", "points_each": 1}, {"count": 5}, ("5", "2", "lấy tối đa 2 điểm")),
        (
            {"kind": "deduction", "items": [{"key": "a", "label": "Chậm", "points_each": 1}]},
            {"counts": {"a": 3}},
            ("-1", "0", "lấy 0 điểm"),
        ),
    ],
)
def test_points_beyond_the_bounds_are_cut_in_a_step_of_their_own(
    rule: Json, inputs: Json, clamped: tuple[str, str, str]
) -> None:
    step = steps_of(leaf_of(rule, {"inputs": inputs}))["clamp"]
    assert (step.values["from"], step.values["points"], step.sentence.split(": ")[1]) == clamped


def test_a_leaf_is_rounded_in_a_step_of_its_own() -> None:
    found = leaf_of({"kind": "ratio"}, {"inputs": {"numerator": 1, "denominator": 3}}, leaf_decimals=1)
    step = steps_of(found)["leaf_rounding"]
    assert step.values == {"from": "2/3", "points": "0.7", "decimals": "1", "rounding": "half_up"}
    exact = leaf_of({"kind": "ratio"}, {"inputs": {"numerator": 1, "denominator": 2}}, leaf_decimals=1)
    assert "leaf_rounding" not in steps_of(exact)


def test_no_answer_is_nought_points_and_says_so() -> None:
    assert sentences(leaf_of(RATIO, None))[:2] == ["Chưa trả lời nên được 0 điểm", "Chỉ số: 0/2 × 100 = 0"]


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (does_not_apply(), "Không áp dụng, đã được xác nhận"),
        ({"inputs": {"numerator": 0, "denominator": 0}}, "Không phát sinh (0/0): không áp dụng"),
    ],
)
def test_a_leaf_that_does_not_apply_leaves_points_and_maximum(answer: Json, told: str) -> None:
    found = leaf_of(RATIO, answer)
    assert told in sentences(found)
    assert sentences(found)[-1] == "Không tính vào điểm; 2 điểm được loại khỏi điểm tối đa"
    assert (found.points, found.max_points, found.index, found.applicable) == ("0", "0", None, False)


def test_under_full_marks_a_leaf_that_does_not_apply_earns_its_maximum() -> None:
    found = leaf_of(RATIO, does_not_apply(), exclusion="full_marks")
    assert steps_of(found)["exclusion"].sentence == "Tiêu chí không áp dụng được hưởng điểm tối đa 2 điểm"
    assert (found.points, found.index, found.rank) == ("2", "100.00", None)


def test_an_exclusion_names_the_criterion_above_and_passes_over_the_figures() -> None:
    file = campaign(
        [parent("1", "2", leaf("1.1", "2", RATIO)), leaf("2")],
        [
            unit(
                "A",
                {"1.1": {"inputs": {"numerator": 1, "denominator": 1}}},
                not_applicable=[{"criterion": "1", "reason": "Bí mật", "legal_basis": "Mật"}],
            )
        ],
    )
    found = node_of(file, "1.1")
    assert found.figures == ()
    assert sentences(found)[0] == "Không áp dụng cho đơn vị theo tiêu chí “1”, theo danh sách không đánh giá"
    assert "mật" not in str(derived(file)).lower()


@pytest.mark.parametrize(
    ("role", "told"),
    [
        ("bonus", "Điểm cộng: thêm 1 vào điểm, không tính vào điểm tối đa"),
        ("penalty", "Điểm trừ: bớt 1 khỏi điểm, không tính vào điểm tối đa"),
    ],
)
def test_bonus_and_penalty_leaves_say_what_becomes_of_their_points(role: str, told: str) -> None:
    assert sentences(leaf_of(None, given("1"), role=role)) == ["Chấm 1 điểm, có ghi lý do", told]
    assert sentences(leaf_of(None, None, role=role))[0] == "Không có gì được ghi"


# ── a parent and the unit ─────────────────────────────────────────────────────────────────────────────────────────────


def test_own_maximum_takes_what_does_not_apply_out_of_the_maximum() -> None:
    criteria = [leaf("1"), leaf("2"), leaf("3", source="survey"), leaf("4", source="survey")]
    answers = {"1": given("5"), "2": does_not_apply(), "3": given("8"), "4": does_not_apply()}
    steps = steps_of(derived(campaign(criteria, [unit("A", answers)])))
    assert steps["sums"].values == {"P": "5", "M": "20", "E": "10", "S": "8", "T": "10", "other_excluded": "10"}
    assert steps["sums"].sentence == (
        "Phần tự chấm: điểm P = 5, điểm tối đa M = 20, không áp dụng E = 10; phần khác: điểm S = 8, điểm tối đa T = 10,"
        " không áp dụng 10"
    )
    assert steps["exclusion"].sentence == "Điểm P + S = 13; điểm tối đa của riêng đơn vị M − E + T = 20"


@pytest.mark.parametrize(
    ("criteria", "told"),
    [
        ([leaf("1"), leaf("3", "1", role="bonus")], "Mọi tiêu chí chấm điểm đều áp dụng: điểm P + S = 5; điểm tối đa"
         " M + T = 10"),
        ([leaf("1"), leaf("3", source="survey")], "Điểm P + S = 5; điểm tối đa của riêng đơn vị M − E + T = 10"),
        ([leaf("3", "1", role="bonus")], "Điểm P + S = 0; điểm tối đa của riêng đơn vị M − E + T = 0"),
    ],
)  # fmt: skip
def test_own_maximum_says_where_every_scored_leaf_applies(criteria: list[Json], told: str) -> None:
    answers = {"1": given("5"), "3": does_not_apply()}
    answers = {one["code"]: answers[one["code"]] for one in criteria}
    assert steps_of(derived(campaign(criteria, [unit("A", answers)])))["exclusion"].sentence == told


def test_rescaling_is_the_formula_filled_in() -> None:
    criteria = [leaf("1", "8"), leaf("2", "2"), leaf("3", "5", source="survey")]
    answers = {"1": given("4"), "2": does_not_apply(), "3": given("3")}
    found = derived(campaign(criteria, [unit("A", answers)], exclusion="rescale_self"))
    assert steps_of(found)["exclusion"].sentence == (
        "Quy đổi P/(M − E) × M + S = 4/(10 − 2) × 10 + 3 = 8; điểm tối đa M + T = 15"
    )
    assert steps_of(found)["difference"].values == {"sum": "7", "points": "8"}


def test_rescaling_says_where_there_is_nothing_to_rescale() -> None:
    criteria = [leaf("1"), leaf("2", "5", source="survey")]
    told = [
        steps_of(derived(campaign(criteria, [unit("A", answers)], exclusion="rescale_self")))["exclusion"].sentence
        for answers in ({"1": given("5")}, {"1": does_not_apply()})
    ]
    assert told == [
        "Không có gì phải quy đổi: điểm P + S = 5; điểm tối đa M + T = 15",
        "Không còn phần tự chấm để quy đổi: điểm S = 0; điểm tối đa T = 5",
    ]


def test_full_marks_are_said_to_be_in_the_sums() -> None:
    file = campaign([leaf("1"), leaf("2")], [unit("A", {"1": does_not_apply()})], exclusion="full_marks")
    assert steps_of(derived(file))["exclusion"].sentence.endswith("đã nằm trong P và S: P + S = 10; M + T = 20")


def test_bonus_penalty_and_floor_are_a_step_each() -> None:
    criteria = [leaf("1"), leaf("2", "5", role="bonus"), leaf("3", "20", role="penalty")]
    found = derived(campaign(criteria, [unit("A", {"1": given("4"), "2": given("5"), "3": given("20")})]))
    assert [step.sentence for step in found.steps if step.name in ("bonus", "penalty", "floor")] == [
        "Thêm điểm cộng: 4 + 5 = 9",
        "Bớt điểm trừ: 9 − 20 = −11",
        "Điểm không thấp hơn 0: −11 → 0",
    ]


def test_a_component_of_bonus_leaves_alone_has_no_index_and_says_why() -> None:
    file = campaign([leaf("1"), parent("2", "0", leaf("2.1", role="bonus"))], [unit("A", {"2.1": given("3")})])
    assert sentences(node_of(file, "2")) == [
        "Không có tiêu chí chấm điểm",
        "Điểm P + S = 0; điểm tối đa của riêng đơn vị M − E + T = 0",
        "Thêm điểm cộng: 0 + 3 = 3",
        "Điểm tối đa là 0 nên không có chỉ số",
    ]


def test_an_index_over_100_is_capped_in_a_step_of_its_own() -> None:
    criteria = [leaf("1"), leaf("2", "1", role="bonus")]
    answers = {"1": given("10"), "2": given("1")}
    capped, free = (steps_of(derived(campaign(criteria, [unit("A", answers)], cap_index=cap))) for cap in (True, False))
    assert capped["cap"].values == {"from": "110", "exact": "100"}
    assert "cap" not in free
    assert free["rounding"].values["published"] == "110.00"


def test_weights_tell_what_each_component_gives() -> None:
    criteria = [
        leaf("1", weight="30"),
        leaf("2", weight="70"),
        leaf("3", weight="50"),
        parent("4", "0", leaf("4.1", "2", role="penalty")),
    ]
    answers = {"1": given("8"), "2": given("5"), "3": does_not_apply(), "4.1": given("1")}
    found = derived(campaign(criteria, [unit("A", answers)], weighting="weights"))
    assert [step.sentence for step in found.steps if step.name in ("weight", "net_bonus", "index")] == [
        "Lĩnh vực “1”: chỉ số 80 × trọng số 30/100 = 24",
        "Lĩnh vực “2”: chỉ số 50 × trọng số 70/100 = 35",
        "Lĩnh vực “4” chỉ có điểm cộng, điểm trừ: thêm −1 vào chỉ số",
        "Chỉ số: 24 + 35 + (−1) = 58",
    ]


def test_a_weighted_index_does_not_fall_below_nought() -> None:
    criteria = [leaf("1", weight="1"), parent("2", "0", leaf("2.1", "2", role="penalty"))]
    found = derived(campaign(criteria, [unit("A", {"2.1": given("2")})], weighting="weights"))
    floors = [step.sentence for step in found.steps if step.name == "floor"]
    assert floors == ["Điểm không thấp hơn 0: −2 → 0", "Chỉ số không thấp hơn 0: −2 → 0"]
    assert found.index == "0.00"


def test_weights_that_are_all_nought_leave_no_index() -> None:
    criteria = [leaf("1", weight="0"), leaf("2", weight="1")]
    found = derived(campaign(criteria, [unit("A", {"2": does_not_apply()})], weighting="weights"))
    assert found.index is None
    assert "Tổng trọng số của các lĩnh vực có chỉ số là 0 nên không có chỉ số" in sentences(found)


@pytest.mark.parametrize("exclusion", ["own_maximum", "rescale_self", "full_marks"])
def test_a_unit_to_which_nothing_applies_says_why_it_has_no_index_rank_and_grade(exclusion: str) -> None:
    found = derived(campaign([leaf("1")], [unit("A", {"1": does_not_apply()})], exclusion=exclusion))
    assert sentences(found)[-3:] == [
        "Không có tiêu chí chấm điểm nào áp dụng nên không có chỉ số",
        "Không có chỉ số nên không xếp hạng",
        "Không có chỉ số nên không xếp loại",
    ]
    assert (found.index, found.rank, found.grade, found.grade_label) == (None, None, None, "")


def test_a_rank_tells_how_many_stand_above_and_beside() -> None:
    units = [unit(code, {"1": given(points)}) for code, points in (("A", "5"), ("B", "9"), ("C", "5"), ("D", "1"))]
    step = steps_of(derived(campaign([leaf("1")], [*units, unit("E", {"1": given("10")}, ranked=False)])))["rank"]
    assert (
        step.sentence == "Hạng 2 trong 4 đơn vị được xếp hạng, 1 đơn vị có chỉ số cao hơn, cùng hạng với 1 đơn vị khác"
    )
    assert step.values == {
        "rank": "2",
        "among": "4",
        "above": "1",
        "tied": "1",
        "rank_on": "published",
        "ranking": "competition",
    }


def test_an_unranked_unit_says_so() -> None:
    file = campaign([leaf("1")], [unit("A", {"1": given("5")}, ranked=False)])
    assert steps_of(derived(file))["rank"].sentence == "Đơn vị không tham gia xếp hạng"


def test_a_grade_goes_from_threshold_over_gates_to_the_councils_word() -> None:
    gates = [
        {"node": "any", "index_below": "50", "highest_grade": "trung_binh", "reason": "Có lĩnh vực dưới 50%"},
        {"node": "1", "index_below": "100", "highest_grade": "tot", "reason": "Không hạ gì"},
    ]
    override = {"grade": "kha", "reason": "Bí mật"}
    answers = {"1": given("10"), "2": given("4"), "3": given("10")}
    criteria = [leaf("1"), leaf("2"), leaf("3")]
    found = derived(campaign(criteria, [unit("A", answers, grade_override=override)], gates=gates))
    assert [(step.name, step.sentence) for step in found.steps[-4:]] == [
        ("threshold", "Chỉ số công bố 80 ≥ 80: mức “Tốt”"),
        (
            "gate",
            "Điều kiện: Có lĩnh vực dưới 50%: tiêu chí “2” dưới 50% nên không quá mức “Trung bình” → mức “Trung bình”",
        ),
        ("override", "Hội đồng quyết định mức “Khá”"),
        ("grade", "Xếp loại “Khá”"),
    ]
    assert "Bí mật" not in str(found)


def test_a_grade_on_points_looks_at_the_points() -> None:
    file = campaign([leaf("1", "18")], [unit("A", {"1": given("9")})], grade_on="points")
    assert steps_of(derived(file))["threshold"].values == {"value": "9", "grade_on": "points", "grade": "yeu"}


# ── the policy in words ───────────────────────────────────────────────────────────────────────────────────────────────


def test_the_policy_is_told_in_the_order_in_which_it_is_applied() -> None:
    units = [unit("A", {"1": given("5")})]
    assert derived(campaign([leaf("1")], units)).policy == (
        "Phần không áp dụng được trừ khỏi điểm tối đa của riêng đơn vị",
        "Chỉ số là điểm chia cho điểm tối đa, nhân 100; điểm tối đa là trọng số",
        "Chỉ số của đơn vị được phép vượt 100",
        "Tính bằng số chính xác; chỉ số lấy 2 chữ số thập phân (từ nửa trở lên thì làm tròn lên)",
        "Xếp hạng theo chỉ số đã làm tròn như công bố; bằng nhau thì cùng hạng và bỏ hạng kế tiếp (1, 2, 2, 4)",
        "Xếp loại theo chỉ số đã làm tròn như công bố",
    )
    changed = derived(
        campaign([leaf("1")], units, leaf_decimals=1, cap_index=True, decimals=0, rounding="down", ranking="dense")
    ).policy
    cut = "cắt bỏ phần sau, không làm tròn lên"
    assert changed[0] == f"Điểm từng tiêu chí lấy 1 chữ số thập phân ({cut}), trước khi cộng"
    assert "Chỉ số của đơn vị không quá 100" in changed
    assert f"Tính bằng số chính xác; chỉ số lấy số nguyên ({cut})" in changed


def test_a_cut_index_shows_the_digits_that_were_cut() -> None:
    file = campaign([parent("1", "3", leaf("1.1", "3"))], [unit("A", {"1.1": given("2.9999999999")})], rounding="down")
    steps = steps_of(derived(file))
    assert steps["rounding"].sentence.endswith(": ≈ 99,9999999967 → 99,99")


def test_a_hostile_formula_is_refused_and_a_long_one_is_explained() -> None:
    product = "*".join(["a"] * 30)
    assert "quá lớn" in " ".join(refused_formula(f"1/({product})"))
    criteria = [leaf(str(n), "1", formula(f"1/({'*'.join(['a'] * 9)}+{n})")) for n in range(1, 60)]
    answers = {str(n): {"inputs": {"a": str(999999999999999 - n)}} for n in range(1, 60)}
    found = derived(campaign(criteria, [unit("A", answers)]))
    assert steps_of(found)["sums"].values["P"] == "≈ 0"


def formula(points: str) -> Json:
    return {"kind": "formula", "variables": [{"key": "a", "label": "A"}], "pieces": [{"points": points}]}


def refused_formula(points: str) -> list[str]:
    return faults(campaign([leaf("1", "1", formula(points))], [unit("A", {"1": {"inputs": {"a": "999999999999999"}}})]))
