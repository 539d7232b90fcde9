"""An administrator keeps the portal and scores nothing (T16), nor by the back door of the stock admin (T17)."""

from __future__ import annotations

import pytest
from django.contrib import admin
from django.db.models import Model
from django.test import Client

from scoring.enums import Phase
from tests.abuse.browsing import body_of, text_of
from tests.abuse.test_embargo import SECRETS, found_in, judged_year
from tests.database import fingerprint
from tests.factories import sign_in
from tests.thinning import SOAK, one_in
from tests.world import World, build
from units.models.triggers import guarded_models

pytestmark = pytest.mark.django_db
# What an administrator of units and people does have there: the tree, the guide, the table of rights, who leaves,
# files that the virus scanner holds back (name and unit, never the content).
ADMINISTRATORS = {
    "scoring:units", "scoring:unit", "scoring:unit_end", "scoring:unit_undo", "scoring:guide", "scoring:rights",
    "scoring:work", "scoring:handover", "scoring:unit_history", "scoring:held_files", "scoring:held_file",
    "scoring:held_file_scan",
}  # fmt: skip
CATALOGUES = {"Membership", "Organiser", "Unit", "UnitSuccession", "User"}


@pytest.fixture
def world() -> World:
    return build(Phase.APPRAISAL)


def swept(world: World, browser: Client) -> dict[str, set[int]]:
    """Every address of scoring and publication by GET and POST, but for those that are an administrator's own."""
    found = {}
    for name, url in one_in(2, world.addresses().items()):  # the others: test_administrators.py
        if name.startswith(("scoring:", "reports:")) and name not in ADMINISTRATORS:
            answers = [browser.get(url), browser.post(url, {"version": 1})]
            assert not any(b"97,50" in body_of(answer) for answer in answers), name
            found[name] = {answer.status_code for answer in answers}
    return found


def test_an_administrator_reads_scores_approves_and_publishes_nothing(world: World) -> None:
    browser = world.browser("quản trị")
    before = fingerprint()
    found = swept(world, browser)
    assert {name: codes for name, codes in found.items() if not codes <= {403, 404, 405}} == {}
    assert len(found) > (100 if SOAK else 50)
    assert fingerprint() == before


def test_what_an_administrator_may_open_tells_nothing_of_the_appraisal() -> None:
    year = judged_year()
    browser, texts = sign_in(year.people["s"]), {}
    slug = year.organiser.slug
    for rest in ("cay-don-vi/", "thiet-lap/", "bang-quyen/", "viec/", "nhat-ky/", "nguoi/", "tep-bi-giu/"):
        answer = browser.get(f"/lam-viec/{slug}/{rest}")
        assert answer.status_code == 200, rest
        texts[rest] = text_of(body_of(answer))
    assert found_in(texts, SECRETS) == set()


def registered() -> dict[type[Model], admin.ModelAdmin]:
    return dict(admin.site._registry)


def test_the_stock_admin_holds_catalogues_and_nothing_that_is_scored_or_written_once(db: None) -> None:
    assert {model.__name__ for model in registered()} <= CATALOGUES | {"Group"}
    assert not set(registered()).intersection(guarded_models())
    assert {model._meta.app_label for model in registered()} == {"units"}


@pytest.mark.parametrize("principal", ["điều phối", "lãnh đạo", "thẩm định", "thủ trưởng", "quản trị"])
def test_each_catalogue_is_changed_by_the_keepers_administrator_alone(world: World, principal: str) -> None:
    browser = world.browser(principal)
    before = fingerprint()
    for model in registered():
        row = model._default_manager.order_by("pk").values_list("pk", flat=True).first() or 1
        base = f"/quan-tri/units/{model._meta.model_name}/"
        for url in (base, f"{base}add/", f"{base}{row}/change/", f"{base}{row}/delete/"):
            code = browser.post(url, {"name": "x", "title": "x", "full_name": "x"}, follow=True).status_code
            assert code == 403 or (principal == "quản trị" and not url.endswith("delete/")), (url, code)
    assert fingerprint() == before
