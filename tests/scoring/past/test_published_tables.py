"""The real tables of fixtures/past come out as their sources print them. Expected figures are written here by hand."""

from __future__ import annotations

import importlib.util
import json

import pytest
from django.core.management import call_command

from scoring.models import Campaign
from scoring.selectors.past_report import Report, Status, compare_with_print
from scoring.services.calculation import calculate
from scoring.services.past_table import read_table
from tests.factories import OrganiserFactory, UnitFactory
from tests.scoring.past.tables import FIXTURES
from units.models import Organiser

pytestmark = pytest.mark.django_db


def organiser_of(name: str) -> Organiser:
    told = json.loads((FIXTURES / f"{name}.json").read_text())["organiser"]
    unit = UnitFactory(**told.pop("unit"), parent=None, valid_from="1997-01-01")
    return OrganiserFactory(unit=unit, **told)


def published(name: str) -> tuple[Campaign, dict, Report]:
    """Import the fixture through the command, calculate, compare: the campaign, the results file, the report."""
    organiser = organiser_of(name)
    call_command("import_results", FIXTURES / f"{name}.xlsx", organiser=organiser.slug, create_missing=True)
    campaign = Campaign.objects.get(organiser=organiser)
    run = calculate(campaign, None)
    return campaign, json.loads(run.results_file), compare_with_print(campaign, run)


def test_binh_duong_2017_gives_the_printed_indices_ranks_and_mean():
    campaign, results, report = published("binh-duong-2017")

    assert [(unit["rank"], unit["index"]) for unit in results["units"]] == [
        (1, "84.58"),
        (2, "82.00"),
        (3, "80.27"),
        (4, "79.04"),
        (5, "78.06"),
        (6, "77.83"),
        (7, "76.22"),
        (8, "76.03"),
        (9, "71.46"),
    ]
    names = dict(campaign.participants.values_list("code", "name"))
    assert names[results["units"][0]["code"]] == "Thành phố Thủ Dầu Một"
    assert names[results["units"][8]["code"]] == "Huyện Bắc Tân Uyên"
    assert results["groups"][0]["mean"] == "78.39"
    assert report.differences == ()
    assert report.of(Status.UNCHECKED) == ()


def test_binh_duong_units_are_historical_districts_until_july_2025():
    campaign, _, _ = published("binh-duong-2017")

    units = [participant.unit for participant in campaign.participants.select_related("unit")]
    assert {(unit.kind, str(unit.valid_from), str(unit.valid_to)) for unit in units} == {
        ("district", "2017-01-01", "2025-07-01")
    }
    assert {unit.code for unit in units} >= {"huyen-bau-bang", "thi-xa-di-an", "thanh-pho-thu-dau-mot"}


def test_dak_lak_2023_parts_add_up_to_the_printed_total():
    _, results, report = published("bo-noi-vu-2023")

    (unit,) = results["units"]
    assert unit["points"] == "87.33"
    assert unit["index"] == "87.33"
    assert [(node["code"], node["points"], node["max_points"]) for node in unit["nodes"]] == [
        ("TD", "57.92", "61.5"),
        ("KTXH", "2.97", "6.5"),
        ("LD", "18.29", "22"),
        ("SIPAS", "8.15", "10"),
    ]
    assert [(line.subject, line.printed, line.status) for line in report.lines] == [
        ("Tổng điểm so với tổng các phần", "87,33", Status.EQUAL),
        ("Chỉ số", "87,33", Status.EQUAL),
        ("Hạng", "28", Status.UNCHECKED),
    ]


def test_yen_bai_2021_is_rounded_once_at_the_end():
    campaign, results, report = published("yen-bai-2021")

    (unit,) = results["units"]
    assert unit["points"] == "95.435"
    assert unit["index"] == "95.44"
    assert campaign.decision_number == "QĐ 885"
    subjects = {line.subject: (line.printed, line.computed, line.status) for line in report.lines}
    assert subjects["Chỉ số"] == ("95,44", "95,44", Status.EQUAL)
    assert subjects["Tổng điểm so với tổng các phần"] == ("95,44", "95,435", Status.ROUNDING)


def test_yen_bai_parts_without_a_printed_maximum_make_no_columns():
    campaign, _, _ = published("yen-bai-2021")

    assert list(campaign.criteria_sets.values_list("criteria__code", "criteria__max_points")) == [("tong", 100)]
    printed = campaign.participants.get().printed
    assert printed.parts == {"TD": {"points": "62.88"}, "XHH": {"points": "24.42"}, "SIPAS": {"points": "8.135"}}


def test_son_la_2024_keeps_four_components_and_a_rest():
    _, results, _ = published("bo-noi-vu-2024")

    (unit,) = results["units"]
    assert unit["index"] == "90.02"
    nodes = {node["code"]: (node["points"], node["max_points"], node["index"]) for node in unit["nodes"]}
    assert nodes["BM"] == ("10.18", "10.5", "96.95")
    assert nodes["con-lai"] == ("39.72", "45", "88.27")


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        (
            "hai-phong-2025",
            {
                ("so", "Thanh tra thành phố", "94.71", 1),
                ("so", "Văn phòng UBND thành phố", "94.4", 2),
                ("so", "Sở Tài chính", "92.99", 3),
                ("so", "Sở Ngoại vụ", "", 4),
                ("so", "Sở Nội vụ", "", 5),
                ("so", "BQL Khu kinh tế", "88.99", 14),
                ("phuong", "Hồng Bàng", "95.8", 1),
                ("phuong", "Hải An", "95.77", 2),
                ("phuong", "Hồng An", "95.57", 3),
                ("phuong", "Bắc An Phụ", "76.26", 45),
                ("xa", "Cát Hải", "94.15", 1),
                ("xa", "Quyết Thắng", "93.4", 2),
                ("xa", "An Lão", "92.94", 3),
                ("xa", "Vĩnh Am", "73.37", 68),
            },
        ),
        (
            "tuyen-quang-2025",
            {
                ("so", "Sở Tư pháp", "91.21", 1),
                ("so", "Văn phòng UBND tỉnh", "90.84", 2),
                ("so", "Sở Nội vụ", "90.81", 3),
                ("xa", "Quảng Bình", "85.10", 1),
                ("xa", "Yên Phú", "85.07", 2),
                ("xa", "Du Già", "84.36", 3),
            },
        ),
        ("lam-dong-2025", {("so", "Sở Tư pháp", "93.01", 1), ("so", "Sở Ngoại vụ", "60.43", 14)}),
        (
            "dak-lak-2024",
            {
                ("huyen", "Buôn Ma Thuột", "95.86", 1),
                ("huyen", "Krông Năng", "92.16", 2),
                ("huyen", "Krông Pắc", "91.7", 3),
                ("huyen", "Ea Súp", "79.5", 13),
                ("huyen", "Ea H'leo", "78.39", 14),
                ("huyen", "Buôn Đôn", "70.54", 15),
            },
        ),
        (
            "dak-lak-2021",
            {
                ("so", "Sở VHTTDL", "90.65", 1),
                ("so", "Sở NNPTNT", "89.12", 3),
                ("huyen", "Krông Ana", "87.76", 1),
                ("huyen", "Krông Năng", "87.05", 2),
                ("huyen", "Krông Pắk", "85.97", 3),
                ("huyen", "Krông Bông", "65.41", 15),
            },
        ),
    ],
)
def test_excerpts_keep_what_is_printed_and_compute_the_same_index(name, expected):
    campaign, results, report = published(name)

    kept = campaign.participants.values_list("group__code", "name", "printed__index", "printed__rank")
    assert set(kept) == expected
    names = dict(campaign.participants.values_list("code", "name"))
    computed = {names[unit["code"]]: unit["index"] for unit in results["units"]}
    assert computed == {name: index.ljust(5, "0") for _, name, index, _ in expected if index}
    assert report.of(Status.DIFFERS) == ()
    assert {line.reason for line in report.of(Status.UNCHECKED) if line.subject == "Hạng"} <= {
        "Bảng chỉ trích một phần của khối.",
        "Bảng chỉ in hạng, không in số.",
    }


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("hai-phong-2025", [("so", 14), ("phuong", 45), ("xa", 68)]),
        ("tuyen-quang-2025", [("so", None), ("xa", 124)]),
        ("lam-dong-2025", [("so", 14)]),
    ],
)
def test_excerpts_of_2025_say_of_how_many_where_the_source_does(name, expected):
    campaign, _, _ = published(name)

    assert list(campaign.groups.filter(is_excerpt=True).values_list("code", "listed_of")) == expected
    assert not campaign.groups.filter(is_excerpt=False).exists()


def test_lam_dong_2025_keeps_the_class_counts_that_are_printed_without_units():
    campaign, _, _ = published("lam-dong-2025")

    assert campaign.printed_statement.startswith("124 xã, phường, đặc khu có 26 xếp loại Tốt, 80 Khá, 18 Trung bình")


def test_units_without_figures_are_kept_out_of_the_calculation():
    campaign, results, _ = published("hai-phong-2025")

    without = campaign.participants.filter(has_figures=False)
    assert set(without.values_list("name", flat=True)) == {"Sở Ngoại vụ", "Sở Nội vụ"}
    assert len(results["units"]) == 12


@pytest.mark.parametrize("name", sorted(path.stem for path in FIXTURES.glob("*.json")))
def test_each_workbook_holds_what_its_json_file_says(name):
    spec = importlib.util.spec_from_file_location("make_tables", FIXTURES / "make_tables.py")
    make_tables = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(make_tables)
    again = make_tables.workbook(json.loads((FIXTURES / f"{name}.json").read_text()))

    kept = (FIXTURES / f"{name}.xlsx").read_bytes()
    assert read_table(kept, "a.xlsx") == read_table(again, "b.xlsx")
