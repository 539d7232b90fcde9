"""Vietnamese alphabetical order."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.engine.vietnamese import sort_key


@pytest.mark.parametrize(
    "ordered",
    [
        "a ă â b c d đ e ê f g h i j k l m n o ô ơ p q r s t u ư v w x y z".split(),
        "ma Ma mà mả mã má mạ".split(),
        ["Dak", "Đắk Lắk", "Đắk Nông", "Điện Biên"],
        ["Sở Du lịch", "Sở Ngoại vụ", "Sở Nội vụ", "Sở Y tế"],
        ["Xã 1", "Xã 10", "Xã 2", "Xã A"],
        ["An", "An Bình", "Ân"],
        ["hoa", "hoà", "hòa"],
        ["ba lá", "bá la"],
    ],
    ids=[
        "letters",
        "tones",
        "đ after d",
        "offices",
        "digits one by one",
        "shorter first",
        "tone placement",
        "tones count last",
    ],
)
def test_order(ordered: list[str]) -> None:
    turned = ordered[::-1]
    assert sorted(turned, key=sort_key) == ordered


@given(st.text())
def test_composed_and_decomposed_spellings_share_a_key(text: str) -> None:
    composed, decomposed = (unicodedata.normalize(form, text) for form in ("NFC", "NFD"))
    assert sort_key(composed) == sort_key(decomposed)


@pytest.mark.parametrize("sign", ["²", "Ⅷ", "٣", "€", "ß", "漢", "\u0301", "🏛"])
def test_no_sign_is_too_strange_for_a_key(sign: str) -> None:
    assert sort_key(f"Xã {sign}") > sort_key("Xã")
