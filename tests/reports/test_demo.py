"""`manage.py demo`: what `make run` puts before a newcomer; cutting it off or calling it twice does no harm."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.test import TestCase

from reports.management.commands import demo
from reports.models import Publication
from tests.database import fingerprint
from tests.reports.publishing import fetch
from units.models import Unit, User

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]

SAMPLE = "DỮ LIỆU MINH HỌA"
INVENTED = "quang-ngai"
# The published tables: who, which year, and the highest index that the source prints.
PUBLISHED = {
    "binh-duong": ("2017", "84,58"),
    "dak-lak": ("2024", "95,86"),
    "yen-bai": ("2021", "95,44"),
    "hai-phong": ("2025", "94,71"),
    "tuyen-quang": ("2025", "91,21"),
    "lam-dong": ("2025", "93,01"),
    "bo-noi-vu": ("2024", "90,02"),
}


def run_demo() -> None:
    with TestCase.captureOnCommitCallbacks(execute=True):
        call_command("demo", verbosity=0)


def words(path: str) -> str:
    response = fetch(path)
    assert response.status_code == 200, path
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def test_the_demo_shows_one_invented_province_marked_and_published_tables_with_their_sources() -> None:
    run_demo()

    home = words(f"/{INVENTED}/")
    assert SAMPLE in home
    assert "2025" in home
    assert Unit.objects.filter(parent__code="51", parent__valid_to=None, valid_to=None).count() == 96 + 15
    for slug, (year, index) in PUBLISHED.items():
        page = words(f"/{slug}/")
        assert SAMPLE not in page, slug
        assert "Nguồn:" in page, slug
        assert {year, index} <= set(re.findall(r"\d+(?:,\d+)?", page)), slug
    # printed with points (51,75 + 32,83 of 100), and printed as an index alone, to which no points are invented
    assert "84,58 / 100,00" in words("/binh-duong/")
    assert " / 100,00" not in words("/tuyen-quang/")
    assert set(User.objects.values_list("is_demo", flat=True)) == {True}
    assert set(Publication.objects.values_list("state", flat=True)) == {"released"}

    before = fingerprint()
    run_demo()
    assert fingerprint() == before, "a second call changes no row"


def test_a_demo_cut_off_while_the_catalogue_comes_in_leaves_nothing_that_the_next_call_would_take_for_done(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(Path(settings.BASE_DIR) / "fixtures" / "units", tmp_path / "units")
    monkeypatch.setattr(demo, "FIXTURES", tmp_path)  # a folder without the list of departments

    with pytest.raises(CommandError, match=r"departments\.json"):
        run_demo()

    assert not Unit.objects.exists()
