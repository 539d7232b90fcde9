"""Hướng dẫn: the page of one's own role, reached from the bar, naming only what stands on a screen."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.urls import reverse

from tests.year import build_year

BASE = Path(settings.BASE_DIR)
PAGES = sorted((BASE / "templates" / "scoring").glob("_handbook_*.html"))
BOLD = re.compile(r"<b>([^<]+)</b>")


def said_on_screens() -> str:
    """Everything that a screen can say: templates but for these pages, and the words of views, services and scripts."""
    files = [path for path in (BASE / "templates").rglob("*.html") if "handbook" not in path.name]
    for room in ("scoring", "units", "parindex", "static/js"):
        files += [path for path in (BASE / room).rglob("*") if path.suffix in (".py", ".js")]
    return "\n".join(path.read_text(encoding="utf-8") for path in files if path.name != "handbook.py")


def test_what_it_calls_by_name_stands_on_a_screen() -> None:
    names = {name for page in PAGES for name in BOLD.findall(page.read_text(encoding="utf-8"))}
    said = said_on_screens()
    assert len(PAGES) == 2
    assert len(names) > 20
    assert [name for name in sorted(names) if name not in said] == []


@pytest.mark.django_db
def test_staff_and_head_each_find_their_own_first_and_the_others_by_a_tab() -> None:
    year = build_year()
    address = reverse("handbook")
    for name, own, other in (("a1", "Cán bộ đơn vị", "Thủ trưởng"), ("aH", "Thủ trưởng", "Cán bộ đơn vị")):
        browser = year.browser(name)
        assert f'href="{address}"' in browser.get(reverse("own_notices")).content.decode()
        page = browser.get(address).content.decode()
        assert f'aria-current="page">{own}</a>' in page
        link = re.search(rf'href="(\?danh-cho=[a-z-]+)">{other}</a>', page)
        assert link is not None
        assert f'aria-current="page">{other}</a>' in browser.get(address + link[1]).content.decode()
    assert year.browser("a1").get(address, {"danh-cho": "khong-co"}).status_code == 200
    assert f'href="{address}"' not in year.browser("c").get(reverse("own_notices")).content.decode()
