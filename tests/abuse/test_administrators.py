"""An administrator manages units and people and has no say in scores (T16); the stock admin is nobody else's (T17).

Taken out, each guard fails a test here: `_insider`, `_team` and their sisters in scoring/permissions.py (the sweep),
`BackOffice.has_permission` and the rights of `Catalogue` (the posts), `BackOffice.register` (the list of models).
"""

from __future__ import annotations

import re

from django.apps import apps
from django.contrib import admin
from django.db.models import Model
from django.urls import reverse

from tests.abuse.browsing import body_of
from tests.database import fingerprint
from tests.factories import OrganiserFactory, UnitFactory, person, sign_in
from tests.thinning import one_in
from tests.world import World
from units.admin.exchange import Exchange
from units.enums import Role
from units.models import Membership, Organiser, Unit, UnitSuccession, User
from units.models.triggers import guarded_models

# What an administrator opens below /lam-viec/ of scoring: units, rights, the way of the set-up, one's own work.
OPEN_TO_ADMINISTRATORS = {
    "scoring:work", "scoring:rights", "scoring:guide", "scoring:handover", "scoring:units", "scoring:unit",
    "scoring:unit_end", "scoring:unit_undo", "scoring:unit_history", "scoring:held_files", "scoring:held_file",
    "scoring:held_file_scan",
}  # fmt: skip
FIGURES = re.compile(r"97,50|72,50|47,50|13[,.]371")


def test_an_administrator_sweeping_every_address_of_scores_is_refused_and_reads_no_figure(world: World) -> None:
    browser = world.browser("quản trị")
    before = fingerprint()
    reached = set()
    for name, url in one_in(2, world.addresses().items(), 1):  # the others: test_administrator.py
        if not name.startswith(("scoring:", "reports:")):
            continue
        for method in (browser.get, browser.post):
            answer = method(url)
            text = body_of(answer).decode("utf-8", "replace")
            assert not FIGURES.search(text), name
            assert answer.status_code < 500, name
            if answer.status_code not in (403, 404, 405):
                reached.add(name)
    assert reached <= OPEN_TO_ADMINISTRATORS
    assert fingerprint() == before


def test_what_holds_figures_or_is_written_once_stands_in_no_catalogue() -> None:
    registered = set(admin.site._registry)
    assert registered == {Unit, UnitSuccession, Organiser, User, Membership}
    assert not registered & set(guarded_models())
    assert not [model for model in registered if model._meta.app_label != "units"]
    assert not registered & set(apps.get_app_config("scoring").get_models())


def addresses_of(model: type[Model]) -> list[str]:
    """Every address of one catalogue: list, form, delete, history, tables in and out."""
    name = model._meta.model_name
    pk = model._default_manager.order_by("pk").values_list("pk", flat=True)[0]
    names = [("changelist", ()), ("add", ()), ("change", (pk,)), ("delete", (pk,)), ("history", (pk,))]
    if isinstance(admin.site._registry[model], Exchange):
        names += [("import", ()), ("process_import", ()), ("export", ("xlsx",))]
    return [reverse(f"admin:units_{name}_{page}", args=args) for page, args in names]


def test_a_post_to_any_catalogue_by_anybody_but_the_keepers_administrator_is_refused(world: World) -> None:
    """One of each sort of person here; all of them at the main addresses: test_access.py."""
    unit = UnitFactory(parent=world.organiser.unit)
    UnitSuccession.objects.create(predecessor=unit, successor=world.organiser.unit, kind="merger", date="2025-07-01")
    elsewhere = person(Role.ADMINISTRATOR, OrganiserFactory())
    browsers = [sign_in(elsewhere), *(world.browser(name) for name in ("điều phối", "lãnh đạo"))]
    before = fingerprint()
    for model in admin.site._registry:
        for place, address in enumerate(addresses_of(model)):
            for browser in one_in(len(browsers), browsers, place):
                assert (address, browser.post(address, follow=True).status_code) == (address, 403)
                assert (address, browser.get(address, follow=True).status_code) == (address, 403)
    assert fingerprint() == before


def test_nobody_becomes_a_coordinator_by_the_stock_admin(world: World) -> None:
    """The way round: an administrator gives himself or herself a say in scores."""
    user, browser = world.people["quản trị"], world.browser("quản trị")
    before = fingerprint()
    answer = browser.post(reverse("admin:units_membership_add"), {
        "user": user.pk, "organiser": world.organiser.pk, "unit": world.organiser.unit_id, "role": "coordinator",
        "components": "[]", "valid_from": "01/01/2026",
    })  # fmt: skip
    assert answer.status_code == 422
    assert "Không tự giao vai trò cho chính mình." in answer.content.decode()
    assert fingerprint() == before
