"""Whole campaigns with their expected results (``fixtures/golden``); printed figures are asserted by hand as well."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from scoring.engine.compute import compute
from tests.engine.campaigns import Json, without_sentences
from tests.engine.oracle import expected

GOLDEN = Path(__file__).resolve().parents[2] / "fixtures" / "golden"
CASES = sorted(path.stem for path in GOLDEN.glob("*.json") if not path.stem.endswith(".results"))


def computed(case: str) -> Json:
    parsed: Json = json.loads(compute((GOLDEN / f"{case}.json").read_bytes()))
    return parsed


def test_every_case_is_here() -> None:
    assert CASES == [
        "binh-duong-2017",
        "dak-lak-2023",
        "minh-hoa-diem-toi-da-rieng",
        "minh-hoa-huong-diem-toi-da",
        "minh-hoa-quy-doi-trong-so",
        "tay-ninh-2023",
        "yen-bai-2021",
    ]


@pytest.mark.parametrize("case", CASES)
def test_a_case_gives_its_results_byte_for_byte(case: str) -> None:
    assert compute((GOLDEN / f"{case}.json").read_bytes()) == (GOLDEN / f"{case}.results.json").read_bytes()


@pytest.mark.parametrize("case", CASES)
def test_the_oracle_comes_to_the_same_numbers(case: str) -> None:
    file = json.loads((GOLDEN / f"{case}.json").read_bytes())
    assert without_sentences(computed(case)) == expected(file)


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


@pytest.mark.parametrize("case", [case for case in CASES if case.startswith("minh-hoa")])
def test_an_invented_province_is_marked_and_shows_every_kind_and_turn(case: str) -> None:
    text = (GOLDEN / f"{case}.json").read_text(encoding="utf-8")
    file = json.loads(text)
    assert file["campaign"]["title"].startswith("DỮ LIỆU MINH HỌA")
    for kind in ("options", "checklist", "ratio", "bands", "manual", "survey", "indicator"):
        assert f'"kind": "{kind}"' in text
    found = {one["code"]: one for one in computed(case)["units"]}
    assert (found["S10"]["index"], found["S10"]["grade"]) == (None, None)  # nothing applies
    assert (found["S07"]["grade"], "Hội đồng" in found["S07"]["grade_reason"]) == ("kha", True)
    assert found["X10"]["rank"] is None  # new, not ranked
    assert found["X01"]["rank"] == found["X02"]["rank"]  # the same answers
    assert len(found["X09"]["unanswered"]) == 12  # every scored leaf
