"""Pages of people and rights as an administrator sees them: accessible, silent, and not wider than a phone."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page

from scoring.enums import Phase
from tests.browser.desk import Desk
from tests.year import build_year

SIDEWAYS = "document.documentElement.scrollWidth - window.innerWidth"
# By person: addresses below the organiser's own.
PAGES = {
    "s": [
        "nguoi/", "nguoi/?tim=khong-co-ai", "nguoi/them/", "nguoi/da-co/", "nguoi/{person}/", "nguoi/{person}/sua/",
        "nguoi/{person}/vai-tro/", "nguoi/{person}/vai-tro/{role}/ket-thuc/", "nguoi/{person}/ban-giao/", "bang-quyen/",
    ],
    "c": ["bang-quyen/?vai_tro=council&buoc=council", "ky/2026/phan-cong/giao-tiep/"],
}  # fmt: skip


def test_pages_of_people_and_rights_are_accessible_and_fit_a_phone(
    transactional_db: None, open_page: Callable[..., Page], axe: Callable[[Page], list[str]]
) -> None:
    year = build_year(Phase.APPRAISAL)
    numbers = {"person": year["g1"].pk, "role": year["g1"].memberships.get().pk}
    found = {}
    for name, paths in PAGES.items():
        desk = Desk(open_page(), year, name)
        for path in paths:
            desk.go("../../" + path.format(**numbers))
            faults = axe(desk.page)
            desk.page.set_viewport_size({"width": 360, "height": 740})
            if desk.page.evaluate(SIDEWAYS) > 0:
                faults.append("wider than 360 px")
            desk.page.set_viewport_size({"width": 1280, "height": 900})
            if faults:
                found[name, path] = faults
    assert found == {}
