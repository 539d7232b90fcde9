"""Forty names that people and attackers give their files (case T35)."""

from __future__ import annotations

import unicodedata

import pytest

from scoring.files.evidence_names import clean_name, extension_of, stem_of

NAMES = {
    "bao-cao.pdf": "bao-cao.pdf",
    "Báo cáo số 42.pdf": "Báo cáo số 42.pdf",
    unicodedata.normalize("NFD", "Báo cáo quý Ⅳ.pdf"): "Báo cáo quý Ⅳ.pdf",
    "a.PDF": "a.PDF",
    "a.pdf ": "a.pdf",
    "a.pdf.": "a.pdf",
    "a.pdf . . ": "a.pdf",
    "  a.pdf": "a.pdf",
    "a .pdf": "a.pdf",
    "a.pdf.html": "a.pdf.html",
    "a.html.pdf": "a.html.pdf",
    "a.pdf\x00.html": "a.pdf.html",
    "a\x00.pdf": "a.pdf",
    "bao-cao\u202efdp.exe": "bao-cao fdp.exe",
    "\u202eabc.pdf": "abc.pdf",
    "a\u200bb.pdf": "a b.pdf",
    "a\ufeff.pdf": "a.pdf",
    "a\r\nSet-Cookie: x=1.pdf": "a Set-Cookie x=1.pdf",
    "a\tb.pdf": "a b.pdf",
    "a\u2028b.pdf": "a b.pdf",
    "a\x85b.pdf": "a b.pdf",
    "../../etc/passwd.pdf": "passwd.pdf",
    "..\\..\\win.pdf": "win.pdf",
    "C:\\Users\\an\\bao cao.pdf": "bao cao.pdf",
    "/etc/passwd": "passwd",
    "thu-muc/": "tai-lieu",
    "..": "tai-lieu",
    "": "tai-lieu",
    ".pdf": "tai-lieu.pdf",
    "...pdf": "tai-lieu.pdf",
    "CON.pdf": "_CON.pdf",
    "con": "_con",
    "nul.tar.pdf": "_nul.tar.pdf",
    "LPT1.docx": "_LPT1.docx",
    "contract.pdf": "contract.pdf",
    'a"b<c>d|e?f*g:h.pdf': "a b c d e f g h.pdf",
    "ảnh 😀 niêm yết.png": "ảnh 😀 niêm yết.png",
    "a%0d%0ab.pdf": "a%0d%0ab.pdf",
    "a;b,c'd=e.pdf": "a;b,c'd=e.pdf",
    "\ud800a.pdf": "a.pdf",
    "ệ" * 300 + ".docx": "ệ" * 115 + ".docx",
    "a" * 300: "a" * 120,
}


def test_there_are_forty_names_at_least() -> None:
    assert len(NAMES) >= 40


@pytest.mark.parametrize(("raw", "shown"), NAMES.items())
def test_a_name_is_shown_composed_short_and_without_anything_that_lies(raw: str, shown: str) -> None:
    assert clean_name(raw) == shown
    assert clean_name(shown) == shown, "a clean name stays as it is"
    assert 0 < len(shown) <= 120


def test_the_extension_is_the_last_one_in_small_letters() -> None:
    assert [extension_of(name) for name in ("a.PDF", "a.pdf.html", "a", "a.b c")] == ["pdf", "html", "", ""]


def test_a_first_title_comes_from_the_name() -> None:
    assert stem_of("Bao_cao__so 42.pdf") == "Bao cao so 42"
