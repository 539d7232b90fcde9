"""Vietnamese text, numbers and dates: what is printed, what is read, and what is refused."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from units.templatetags.vietnamese import vn_number, vn_percent, vn_points, vn_size
from units.vietnamese import (
    AmbiguousNumber,
    NotADate,
    NotANumber,
    exact_points,
    fold,
    format_date,
    format_datetime,
    format_number,
    format_percent,
    format_points,
    format_signed,
    parse_date,
    parse_number,
    show_points,
    show_size,
    slug,
    sort_key,
)


@pytest.mark.parametrize(
    ("value", "decimals", "printed"),
    [
        ("1234.5", None, "1.234,5"),
        ("97.41", None, "97,41"),
        ("9.5", 2, "9,50"),
        ("8.135", 2, "8,135"),
        ("8.1350", 2, "8,135"),
        ("12818", None, "12.818"),
        ("-0.74", None, "−0,74"),
        ("-0.00", None, "0,00"),
        (Decimal("1E+3"), None, "1.000"),
        (0, 2, "0,00"),
        ("007", None, "7"),
    ],
)
def test_numbers_are_printed_with_a_decimal_comma_and_every_digit_given(value, decimals, printed):
    assert format_number(value, decimals) == printed


def test_points_and_percentages_and_differences():
    assert format_points("9.5") == "9,50"
    assert format_percent("97.41") == "97,41\u00a0%"
    assert format_signed("1.24") == "+1,24"
    assert format_signed("-0.5") == "−0,50"
    assert format_signed("0") == "0,00"


@pytest.mark.parametrize("value", ["NaN", "Infinity", "-Infinity"])
def test_what_is_no_number_is_not_printed(value):
    with pytest.raises(ValueError, match="finite"):
        format_number(value)


@given(st.decimals(allow_nan=False, allow_infinity=False, places=4, min_value=-(10**9), max_value=10**9))
def test_a_printed_number_reads_back_as_itself(value):
    printed = format_number(value, 4)
    assert parse_number(printed) == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1.234,5", "1234.5"),
        ("1234,5", "1234.5"),
        ("1234.5", "1234.5"),
        ("1 234,5", "1234.5"),
        ("1\u00a0234,5", "1234.5"),
        ("1,234.5", "1234.5"),
        (" 12,50 ", "12.50"),
        ("−0,74", "-0.74"),
        ("-3", "-3"),
        ("0.234", "0.234"),
        ("1.2345", "1.2345"),
        ("12.486.000", "12486000"),
        ("1 234 567", "1234567"),
        ("98,40", "98.40"),
    ],
)
def test_numbers_are_read_as_people_type_them(text, value):
    assert parse_number(text) == Decimal(value)
    assert str(parse_number(text)) == value


@pytest.mark.parametrize(
    ("text", "thousands", "fraction"), [("1.234", "1234", "1.234"), ("-12.486", "-12486", "-12.486")]
)
def test_a_point_before_three_digits_is_asked_about_with_both_readings(text, thousands, fraction):
    with pytest.raises(AmbiguousNumber) as refusal:
        parse_number(text)
    assert refusal.value.readings == (Decimal(thousands), Decimal(fraction))
    assert "đọc được hai cách" in str(refusal.value)


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "abc",
        "1,2,3",
        "1.2.3",
        "12 34",
        "1.23.456",
        "1e5",
        "NaN",
        "٣",
        "--1",
        "1,",
        ",5",
        "1.234,5,6",
    ],
)
def test_what_is_no_number_is_refused_with_a_sentence(text):
    with pytest.raises(NotANumber, match="không phải là số"):
        parse_number(text)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("0,333333333333333333", "“0,333333333333333333” quá dài: ghi nhiều nhất 10 chữ số sau dấu phẩy."),
        ("-1.23456789012", "“-1.23456789012” quá dài: ghi nhiều nhất 10 chữ số sau dấu phẩy."),
        ("1234567890123456", "“1234567890123456” quá dài: ghi nhiều nhất 15 chữ số trước dấu phẩy."),
        ("9" * 50, f"“{'9' * 40}…” quá dài: ghi nhiều nhất 15 chữ số trước dấu phẩy."),
    ],
)
def test_a_number_of_too_many_digits_is_told_how_many_it_may_have(text, told):
    with pytest.raises(NotANumber) as refusal:
        parse_number(text)
    assert str(refusal.value) == told


def test_a_number_may_have_fifteen_digits_before_and_ten_after_the_comma():
    assert parse_number("123456789012345,0123456789") == Decimal("123456789012345.0123456789")


@given(st.text(max_size=60))
def test_any_text_is_read_or_refused_and_never_breaks(text):
    try:
        number = parse_number(text)
    except NotANumber as refusal:
        sentence = str(refusal)
    else:
        sentence = f"{number:f}."
    assert sentence.endswith(".")


@pytest.mark.parametrize("text", ["25/12/2025", "2025-12-25", " 25/12/2025 ", "25-12-2025", "25.12.2025"])
def test_days_are_read_in_the_vietnamese_and_the_iso_form(text):
    assert parse_date(text) == date(2025, 12, 25)


@pytest.mark.parametrize("text", ["31/02/2025", "2025-13-01", "12/25/2025", "25/12/25", "hôm nay", "", "0/1/2025"])
def test_what_is_no_day_is_refused_with_a_sentence(text):
    with pytest.raises(NotADate, match="25/12/2025"):
        parse_date(text)


def test_days_and_moments_are_printed_in_the_order_and_zone_of_vietnam():
    assert format_date(date(2026, 2, 5)) == "05/02/2026"
    assert format_date("2026-02-12") == "12/02/2026"
    assert format_datetime(datetime(2027, 1, 9, 7, 3, tzinfo=UTC)) == "14:03 ngày 09/01/2027"
    # Late in the evening of Greenwich it is the next day in Vietnam.
    assert format_datetime("2026-12-31T18:30:00+00:00") == "01:30 ngày 01/01/2027"


def test_search_sees_no_marks_no_case_and_no_double_spaces():
    assert fold("  ĐẮK   Lắk ") == "dak lak"
    assert fold("Hoà Bình") == fold("Hòa Bình") == "hoa binh"
    assert slug("Sở Nội vụ (tỉnh)") == "so-noi-vu-tinh"
    assert slug("Đắk Lắk") == "dak-lak"


def test_names_stand_in_the_order_of_the_vietnamese_alphabet():
    names = ["Xã Ẩm", "Xã Đông", "Xã Dương", "Xã Ân", "Xã An", "Xã Ăn", "Xã Ấn"]
    assert sorted(names, key=sort_key) == [
        "Xã An", "Xã Ăn", "Xã Ẩm", "Xã Ân", "Xã Ấn", "Xã Dương", "Xã Đông",
    ]  # fmt: skip


def test_filters_print_nothing_where_there_is_no_value():
    assert vn_number(None) == vn_points("") == vn_percent(None) == vn_size(None) == ""
    assert vn_points("0") == "0,00"


def test_sizes_are_rounded_up_so_that_no_file_looks_empty():
    assert vn_size(1) == "1\u00a0KB"
    assert vn_size(86016) == "84\u00a0KB"
    assert vn_size(1258291) == "1,2\u00a0MB"


def test_points_of_a_year_under_way_show_two_decimals_half_up() -> None:
    shown = [show_points(value) for value in ("1.333333", "0.005", "36", "0.125", "1234.5")]
    assert shown == ["1,33", "0,01", "36,00", "0,13", "1.234,50"]


def test_what_a_screen_hides_of_points_can_be_told() -> None:
    assert [exact_points(value) for value in ("1.333333", "8.135", "-0.004", "1.50", "36", "0")] == [
        "1,333333", "8,135", "−0,004", "", "", "",
    ]  # fmt: skip


def test_a_difference_that_two_decimals_cannot_show_is_not_called_nought() -> None:
    assert [show_size(value) for value in ("0.333333", "-0.5", "0.005", "-0.004", "0")] == [
        "0,33", "0,50", "0,01", "dưới 0,01", "0,00",
    ]  # fmt: skip
