"""A unit or criterion is found by its code or its name; what is not found is answered with what is near."""

from __future__ import annotations

import pytest

from scoring.engine.lookup import Found, find

UNITS = [("DA", "Thị xã Dĩ An"), ("TA", "Thành phố Thuận An"), ("BB", "Huyện Bàu Bàng"), ("bb", "Huyện khác")]


@pytest.mark.parametrize(
    ("asked", "code"),
    [("DA", "DA"), ("da", "DA"), ("BB", "BB"), ("bb", "bb"), ("thị xã  dĩ an", "DA"), ("THANH PHO THUAN AN", "TA")],
)
def test_the_very_code_comes_first_then_the_only_code_or_name_that_reads_alike(asked: str, code: str) -> None:
    assert find(asked, UNITS) == Found(code)


def test_what_names_several_is_told_with_all_of_them() -> None:
    found = find("Bb", UNITS)
    assert found == Found("", (("BB", "Huyện Bàu Bàng"), ("bb", "Huyện khác")), is_ambiguous=True)
    assert found.refuse("Bb", "đơn vị", "trong tệp", UNITS) == (
        "“Bb” là mã hoặc tên của nhiều đơn vị: “BB” (Huyện Bàu Bàng), “bb” (Huyện khác); hãy ghi đúng từng chữ của mã"
    )


@pytest.mark.parametrize(
    ("asked", "near"),
    [("Dĩ An", ["DA"]), ("an", ["DA", "TA"]), ("Thi xa Di Am", ["DA"]), ("Huyện", ["BB", "bb"])],
)
def test_near_are_names_that_hold_every_word_and_those_spelt_alike(asked: str, near: list[str]) -> None:
    found = find(asked, UNITS)
    assert (found.code, [code for code, _ in found.instead][: len(near)]) == ("", near)
    assert found.refuse(asked, "đơn vị", "trong tệp", UNITS).startswith(
        f"Không có đơn vị “{asked}” trong tệp; gần giống: “{near[0]}” ("
    )


def test_no_more_than_five_are_told() -> None:
    many = [(f"X{number}", f"Xã {number}") for number in range(30)]
    assert [code for code, _ in find("xã", many).instead] == ["X0", "X1", "X2", "X3", "X4"]
    assert len(find("x", [("X", f"Một {at}") for at in range(9)]).instead) == 5


@pytest.mark.parametrize("asked", ["", "  ", "zzz"])
def test_where_nothing_is_near_the_codes_are_told(asked: str) -> None:
    found = find(asked, UNITS)
    assert found == Found("")
    assert found.refuse(asked, "đơn vị", "trong tệp", UNITS).endswith("hãy chọn một trong “DA”, “TA”, “BB”, “bb”")


def test_a_name_that_would_steer_a_terminal_is_spelt_out() -> None:
    known = [("A", "Xã \x1b[31m đỏ")]
    assert "“A” (Xã \\u001b[31m đỏ)" in find("đỏ", known).refuse("đỏ", "đơn vị", "trong tệp", known)
