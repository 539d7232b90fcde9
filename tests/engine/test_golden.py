"""Whole campaigns (``fixtures/golden``): worked out by hand beside each file, and a few kept byte for byte."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path

import pytest

from scoring.engine.compute import compute
from scoring.engine.rules.registry import KINDS
from tests.engine.campaigns import Json, without_sentences
from tests.engine.oracle import expected
from tests.engine.workings import read_workings

GOLDEN = Path(__file__).resolve().parents[2] / "fixtures" / "golden"
CASES = sorted(path.stem for path in GOLDEN.glob("*.json") if not path.stem.endswith(".results"))
WORKED = sorted(path.stem for path in GOLDEN.glob("*.md") if path.stem != "README")
KEPT = sorted(path.name.removesuffix(".results.json") for path in GOLDEN.glob("*.results.json"))
PROVINCES = ["minh-hoa-diem-toi-da-rieng", "minh-hoa-huong-diem-toi-da", "minh-hoa-quy-doi-trong-so"]


def campaign_file(case: str) -> Json:
    parsed: Json = json.loads((GOLDEN / f"{case}.json").read_bytes())
    return parsed


def computed(case: str) -> Json:
    parsed: Json = json.loads(compute((GOLDEN / f"{case}.json").read_bytes()))
    return parsed


def worked(case: str) -> Json:
    return read_workings((GOLDEN / f"{case}.md").read_text(encoding="utf-8"))


def only(keys: Json, found: Json) -> Json:
    return {key: found[key] for key in keys}


# ── every case ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_every_case_is_here_and_every_one_but_the_three_provinces_is_worked_by_hand() -> None:
    assert CASES == [
        "bac-ninh-2025-766",
        "binh-duong-2017",
        "binh-thuan-2018",
        "dak-lak-2019-ty-le",
        "dak-lak-2023",
        "kien-giang-2018",
        "lai-chau-2021",
        "minh-hoa-diem-toi-da-rieng",
        "minh-hoa-dieu-kien-xep-loai",
        "minh-hoa-dong-hang-chinh-xac",
        "minh-hoa-dong-hang-cong-bo",
        "minh-hoa-huong-diem-toi-da",
        "minh-hoa-khong-ap-dung",
        "minh-hoa-khong-phat-sinh-du-diem",
        "minh-hoa-lam-tron-tung-tieu-chi",
        "minh-hoa-loai-tru-diem-toi-da-rieng",
        "minh-hoa-loai-tru-quy-doi",
        "minh-hoa-muoi-mot-cach-tinh",
        "minh-hoa-quy-doi-trong-so",
        "minh-hoa-trong-so-diem-cong",
        "minh-hoa-xep-loai-theo-diem",
        "phan-thiet-2015",
        "phan-thiet-2016",
        "son-la-2024",
        "tay-ninh-2023",
        "tien-giang-2020",
        "yen-bai-2021",
    ]
    assert sorted({*CASES} - {*PROVINCES}) == WORKED
    assert {*PROVINCES} <= {*KEPT} <= {*CASES}


@pytest.mark.parametrize("case", CASES)
def test_the_oracle_comes_to_the_same_numbers(case: str) -> None:
    assert without_sentences(computed(case)) == expected(campaign_file(case))


@pytest.mark.parametrize("case", [case for case in CASES if case.startswith("minh-hoa")])
def test_an_invented_case_says_so_in_its_title(case: str) -> None:
    assert campaign_file(case)["campaign"]["title"].startswith("DỮ LIỆU MINH HỌA")


@pytest.mark.parametrize("case", [case for case in CASES if not case.startswith("minh-hoa")])
def test_a_real_case_names_its_source(case: str) -> None:
    assert campaign_file(case)["x_source"]


# ── worked by hand ────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("case", WORKED)
def test_units_come_out_as_worked_by_hand_and_in_that_order(case: str) -> None:
    by_hand = worked(case)["units"]
    assert [only(by_hand[0], one) for one in computed(case)["units"]] == by_hand


@pytest.mark.parametrize("case", WORKED)
def test_nodes_come_out_as_worked_by_hand(case: str) -> None:
    found = {one["code"]: {node["code"]: node for node in one["nodes"]} for one in computed(case)["units"]}
    for unit, by_hand in worked(case)["nodes"].items():
        assert by_hand.keys() == found[unit].keys()
        for code, figures in by_hand.items():
            assert (unit, code, only(figures, found[unit][code])) == (unit, code, figures)


@pytest.mark.parametrize("case", WORKED)
def test_groups_come_out_as_worked_by_hand(case: str) -> None:
    by_hand = worked(case)["groups"]
    assert [only(by_hand[0], one) for one in computed(case)["groups"]] == by_hand


@pytest.mark.parametrize("case", [case for case in WORKED if worked(case)["components"]])
def test_components_come_out_as_worked_by_hand(case: str) -> None:
    assert {one["code"]: one["components"] for one in computed(case)["groups"]} == worked(case)["components"]


# ── what was printed ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_binh_duong_2017_comes_out_as_printed() -> None:
    found = computed("binh-duong-2017")
    assert [(one["code"], one["index"], one["rank"]) for one in found["units"]] == [
        ("TDM", "84.58", 1),
        ("TU", "82.00", 2),
        ("BB", "80.27", 3),
        ("TA", "79.04", 4),
        ("DA", "78.06", 5),
        ("BC", "77.83", 6),
        ("DT", "76.22", 7),
        ("PG", "76.03", 8),
        ("BTU", "71.46", 9),
    ]
    group = found["groups"][0]
    assert (group["mean"], group["highest"], group["lowest"], group["above_mean"]) == ("78.39", "84.58", "71.46", 4)


def test_dak_lak_2023_comes_out_as_printed() -> None:
    (unit,) = computed("dak-lak-2023")["units"]
    assert (unit["points"], unit["index"], unit["grade"]) == ("87.33", "87.33", "B")


def test_yen_bai_2021_comes_out_as_printed() -> None:
    (unit,) = computed("yen-bai-2021")["units"]
    assert (unit["points"], unit["index"]) == ("95.435", "95.44")


def test_tay_ninh_2023_comes_out_as_printed() -> None:
    found = computed("tay-ninh-2023")["units"]
    assert [(one["points"], one["max_points"], one["index"]) for one in found] == [
        ("69.25", "71.5", "96.85"),
        ("94.43", "100", "94.43"),
        ("90.32", "96.5", "93.60"),
        ("61", "71.5", "85.31"),
    ]


def test_phan_thiet_changes_between_the_years_as_printed() -> None:
    (before,), (after,) = computed("phan-thiet-2015")["units"], computed("phan-thiet-2016")["units"]
    changes = [
        Fraction(new["points"]) - Fraction(old["points"])
        for old, new in zip(before["nodes"], after["nodes"], strict=True)
    ]
    assert changes == [Fraction(change) for change in ("0.25", "1.5", "0.5", "-0.25", "-0.25", "0", "0", "0")]
    assert after["points"] == "50.5"


def test_the_article_on_phan_thiet_printed_two_indices_short() -> None:
    (unit,) = computed("phan-thiet-2016")["units"]
    printed = ["100", "100", "92.86", "88.9", "66.66", "100", "100", "96"]
    differ = [
        (node["index"], by_article)
        for node, by_article in zip(unit["nodes"], printed, strict=True)
        if Fraction(node["index"]) != Fraction(by_article)
    ]
    assert differ == [("88.89", "88.9"), ("66.67", "66.66")]


# ── what a case is there for ──────────────────────────────────────────────────────────────────────────────────────────


def test_one_case_uses_every_kind_of_rule() -> None:
    text = (GOLDEN / "minh-hoa-muoi-mot-cach-tinh.json").read_text(encoding="utf-8")
    assert [kind for kind in KINDS if f'"kind": "{kind}"' not in text] == []


@pytest.mark.parametrize(
    ("case", "other", "changed"),
    [
        ("minh-hoa-loai-tru-diem-toi-da-rieng", "minh-hoa-loai-tru-quy-doi", {"exclusion"}),
        (
            "minh-hoa-dong-hang-cong-bo",
            "minh-hoa-dong-hang-chinh-xac",
            {"rank_on", "ranking", "grade_on", "mean_of"},
        ),
    ],
)
def test_the_same_answers_rank_otherwise_under_another_policy(case: str, other: str, changed: set[str]) -> None:
    one, two = campaign_file(case), campaign_file(other)
    assert {key for key in one if one[key] != two[key]} == {"campaign", "policy"}
    assert {key for key in one["policy"] if one["policy"][key] != two["policy"][key]} == changed
    ranks = [{unit["code"]: unit["rank"] for unit in computed(name)["units"]} for name in (case, other)]
    assert ranks[0] != ranks[1]


# ── kept byte for byte ────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("case", KEPT)
def test_a_case_gives_its_results_byte_for_byte(case: str) -> None:
    assert compute((GOLDEN / f"{case}.json").read_bytes()) == (GOLDEN / f"{case}.results.json").read_bytes()


@pytest.mark.parametrize("case", PROVINCES)
def test_an_invented_province_shows_every_turn(case: str) -> None:
    text = (GOLDEN / f"{case}.json").read_text(encoding="utf-8")
    for kind in ("options", "checklist", "ratio", "bands", "manual", "survey", "indicator"):
        assert f'"kind": "{kind}"' in text
    found = {one["code"]: one for one in computed(case)["units"]}
    assert (found["S10"]["index"], found["S10"]["grade"]) == (None, None)  # nothing applies
    assert (found["S07"]["grade"], "Hội đồng" in found["S07"]["grade_reason"]) == ("kha", True)
    assert found["X10"]["rank"] is None  # new, not ranked
    assert found["X01"]["rank"] == found["X02"]["rank"]  # the same answers
    assert len(found["X09"]["unanswered"]) == 12  # every scored leaf
