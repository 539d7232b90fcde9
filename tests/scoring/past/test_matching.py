"""Which unit a row means: by code, else by name without diacritics; several that fit are asked about."""

from __future__ import annotations

import datetime

import pytest

from scoring.services.past_table import read_table
from scoring.services.past_units import Match, match_units, shared_units
from tests.factories import OrganiserFactory, UnitFactory
from tests.scoring.past.tables import district, province, table
from units.enums import UnitKind
from units.models import Organiser

pytestmark = pytest.mark.django_db


def matches(
    organiser: Organiser, *names: str, answers: dict | None = None, group: str = "huyen", **options
) -> list[Match]:
    """Matches of rows named `names`, or of rows "code:name"."""
    rows = []
    for name in names:
        code, _, rest = name.rpartition(":")
        rows.append({"name": rest, "points": "80", "unit_code": code})
    titles = {"huyen": "Huyện, thị xã, thành phố", "xa": "Xã, đặc khu", "phuong": "Phường", "so": "Sở, ban, ngành"}
    data = table(rows, groups=[{"code": group, "title": titles[group]}], **options)
    return list(match_units(organiser, read_table(data, "a.xlsx"), answers or {}))


def test_a_code_with_the_fitting_name_is_matched():
    organiser = province()
    unit = district(organiser, "Huyện Bàu Bàng", "719")

    assert matches(organiser, "719:Bàu Bàng")[0].unit == unit


@pytest.mark.parametrize("name", ["Huyện Bàu Bàng", "Bàu Bàng", "huyen bau bang", "UBND huyện Bàu Bàng", "BÀU  BÀNG"])
def test_names_fit_without_diacritics_case_and_the_word_for_the_kind(name):
    organiser = province()
    unit = district(organiser, "Huyện Bàu Bàng", "719")

    assert matches(organiser, name)[0].unit == unit


@pytest.mark.parametrize(
    ("printed", "name"), [("TP. Thủ Đức", "Thành phố Thủ Đức"), ("Thị xã Hoà Thành", "Thị xã Hòa Thành")]
)
def test_short_forms_and_tone_placement_make_no_difference(printed, name):
    organiser = province()
    unit = district(organiser, name, "9")

    assert matches(organiser, printed)[0].unit == unit


def test_another_kind_with_the_same_name_is_another_unit():
    organiser = province()
    district(organiser, "Huyện Châu Thành", "1")

    assert matches(organiser, "Thị xã Châu Thành")[0].is_new


def test_a_name_that_begins_like_a_kind_word_is_left_whole():
    organiser = province()
    unit = district(organiser, "Huyện Quan Sơn", "1")

    assert matches(organiser, "Quan Sơn")[0].unit == unit
    assert matches(organiser, "Sơn")[0].is_new


def test_the_group_tells_a_phuong_from_a_xa_of_the_same_name():
    organiser = province()
    day = datetime.date(2025, 7, 1)
    ward = UnitFactory(parent=organiser.unit, name="Phường An Lão", kind=UnitKind.WARD, valid_from=day)
    commune = UnitFactory(parent=organiser.unit, name="Xã An Lão", kind=UnitKind.COMMUNE, valid_from=day)
    later = {"code": "2025", "year": "2025", "title": "Chỉ số CCHC năm 2025"}

    assert matches(organiser, "An Lão", group="phuong", **later)[0].unit == ward
    assert matches(organiser, "An Lão", group="xa", **later)[0].unit == commune


def test_several_that_fit_are_a_question_and_nothing_is_chosen():
    organiser = province()
    first, second = district(organiser, "Huyện Hòa An", "1"), district(organiser, "Huyện Hòa Ân", "2")

    (match,) = matches(organiser, "Hòa An")
    assert match.is_open
    assert set(match.candidates) == {first, second}


def test_an_answer_settles_the_question():
    organiser = province()
    district(organiser, "Huyện Hòa An", "1")
    second = district(organiser, "Huyện Hòa Ân", "2")

    (match,) = matches(organiser, "Hòa An", answers={"3": {"unit": second.pk}})
    assert match.unit == second
    (match,) = matches(organiser, "Hòa An", answers={"3": {"new": "district"}})
    assert match.is_new


def test_a_code_of_another_name_is_a_question():
    organiser = province()
    unit = district(organiser, "Huyện Bàu Bàng", "719")

    (match,) = matches(organiser, "719:Huyện Dầu Tiếng")
    assert match.is_open
    assert match.candidates == (unit,)


def test_an_unknown_code_with_a_known_name_is_a_question():
    organiser = province()
    district(organiser, "Huyện Bàu Bàng", "719")

    assert matches(organiser, "720:Huyện Bàu Bàng")[0].is_open


def test_two_rows_for_one_unit_are_asked_about():
    organiser = province()
    unit = district(organiser, "Huyện Bàu Bàng", "719")

    found = matches(organiser, "Bàu Bàng", "Huyện Bàu Bàng")
    assert [match.is_open for match in found] == [True, True]
    both = {"3": {"unit": unit.pk}, "4": {"unit": unit.pk}}
    assert "dòng 3, 4" in shared_units(matches(organiser, "Bàu Bàng", "Huyện Bàu Bàng", answers=both))[0]


def test_a_unit_that_did_not_exist_in_that_year_is_asked_about():
    organiser = province()
    district(organiser, "Huyện Bàu Bàng", "719", valid_from=datetime.date(2020, 1, 1))

    (match,) = matches(organiser, "Bàu Bàng")
    assert match.is_open
    assert "không tồn tại trong năm 2017" in match.question


def test_units_of_another_organiser_never_fit():
    district(province(), "Huyện Bàu Bàng", "719")

    assert matches(province(), "719:Huyện Bàu Bàng")[0].is_new


@pytest.mark.parametrize(
    ("name", "group", "year", "kind", "start", "end"),
    [
        ("Thị xã Dĩ An", "huyen", "2017", "district", "2017-01-01", "2025-07-01"),
        ("Bàu Bàng", "huyen", "2017", "district", "2017-01-01", "2025-07-01"),
        ("Thị trấn A", "xa", "2017", "township", "2017-01-01", "2025-07-01"),
        ("Phường A", "phuong", "2017", "ward", "2017-01-01", "2025-07-01"),
        ("A", "phuong", "2025", "ward", "2025-07-01", None),
        ("Đặc khu A", "xa", "2025", "special_zone", "2025-07-01", None),
        ("A", "xa", "2026", "commune", "2026-01-01", None),
        ("Văn phòng UBND tỉnh", "so", "2017", "department", "2017-01-01", None),
        ("Cục Thuế", "so", "2017", "vertical_agency", "2017-01-01", None),
        ("Tĩnh Gia", "huyen", "2017", "district", "2017-01-01", "2025-07-01"),
    ],
)
def test_a_unit_that_nobody_knows_is_proposed_with_kind_and_time(name, group, year, kind, start, end):
    (match,) = matches(province(), name, group=group, code=year, year=year, title=f"Chỉ số CCHC năm {year}")

    assert match.is_new
    assert (match.kind, str(match.valid_from), match.valid_to and str(match.valid_to)) == (kind, start, end)


def test_the_ministry_scores_provinces():
    ministry = OrganiserFactory(unit__kind=UnitKind.MINISTRY)
    unit = UnitFactory(name="Tỉnh Đắk Lắk", kind=UnitKind.PROVINCE, code="66", valid_from=datetime.date(2004, 1, 1))

    assert matches(ministry, "Đắk Lắk", group="so")[0].unit == unit


@pytest.mark.parametrize("count", [1, 3])
def test_matching_asks_the_database_once_at_any_size(count, django_assert_num_queries):
    organiser = Organiser.objects.select_related("unit").get(pk=province().pk)
    for number in range(count):
        district(organiser, f"Huyện {'ABC'[number]}", str(number))
    read = read_table(table([{"name": f"Huyện {'ABC'[number]}", "points": "80"} for number in range(count)]), "a.xlsx")

    with django_assert_num_queries(1):
        assert all(match.unit for match in match_units(organiser, read, {}))
