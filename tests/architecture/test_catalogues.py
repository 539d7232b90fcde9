"""Libraries without Vietnamese speak it here: nothing they can say on a page, in a letter or at a field is missing."""

from __future__ import annotations

import re

import pytest
from django.utils.translation import gettext, ngettext, override, pgettext

from tests.catalogues import USED, Sentence, compiled, said_by_django, sentences_of, written

PLACE = re.compile(r"%\(\w+\)[sdr]|%[sd]|\{\w*\}|<a href=\"[^\"]*\">|</a>")
LETTERS = re.compile(r"[A-Za-z]{3,}")
# The same in both languages: names.
NAMES = {"HTTP Accept"}


def text_of(sentence: Sentence) -> str:
    return sentence[0] if isinstance(sentence, tuple) else sentence.rpartition("\x04")[2]


@pytest.mark.parametrize(("package", "at_least"), [("allauth", 300), ("axes", 30), ("import_export", 30)])
def test_every_sentence_of_a_library_is_said_in_vietnamese(package: str, at_least: int) -> None:
    assert package in USED
    sentences, said = sentences_of(package), compiled()
    assert len(sentences) >= at_least
    assert sorted(str(item) for item in sentences if LETTERS.search(text_of(item)) and not said.get(item)) == []


def test_every_sentence_of_the_stock_back_office_is_said_by_django_or_by_us() -> None:
    sentences, said = sentences_of("django.contrib.admin"), said_by_django() | set(compiled())
    assert len(sentences) >= 150
    assert sorted(str(item) for item in sentences - said if LETTERS.search(text_of(item))) == []


def test_what_is_compiled_is_what_is_written() -> None:
    """Without a gettext program on the machine: the committed .mo must be that of the .po."""
    assert compiled() == written()


def test_translations_keep_the_places_to_fill_in_and_the_links() -> None:
    odd = {
        sentence: said
        for sentence, said in compiled().items()
        if sentence and sorted(PLACE.findall(text_of(sentence))) != sorted(PLACE.findall(said))
    }
    assert odd == {}


def test_nothing_is_translated_by_itself() -> None:
    same = {text_of(item) for item, said in compiled().items() if text_of(item) == said and LETTERS.search(said)}
    assert same - NAMES == {"%(truncated_text)s…"}


def test_the_portal_finds_its_catalogue() -> None:
    with override("vi"):
        assert gettext("Authenticator App") == "Ứng dụng xác thực"
        assert gettext("Confirm import") == "Xác nhận nhập"
        assert gettext("Enter a valid UUID.") == "Nhập mã UUID đúng."
        assert pgettext("field label", "Login") == "Tên đăng nhập"
        assert gettext("Skip to main content") == "Đến phần nội dung"
        assert gettext("Select %s to change") == "Danh sách %s"  # Django's own words are worse
        plural = "You have added %(count)s security keys."
        assert ngettext("You have added %(count)s security key.", plural, 2) == "Đã thêm %(count)s khóa truy cập."
