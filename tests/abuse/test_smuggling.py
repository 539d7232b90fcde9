"""Mass assignment over every form (T08): what a page asks for is stored, and nothing that is sent along besides.

Every form on every page a person can reach is sent twice as the browser would send it, the second time with the name
of every column of every table, as one value, as several, and as JSON; both leave the same rows behind. The forms whose
figures have to be typed first stand in test_dossiers.py.
"""

from __future__ import annotations

import datetime
import json
import re
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.apps import apps
from django.db import transaction
from django.test import Client

from scoring.enums import Phase
from tests.abuse.browsing import Form, body_of, forms_on
from tests.abuse.test_dossiers import Rows, every_field, rows
from tests.thinning import one_in
from tests.world import World, build

pytestmark = pytest.mark.django_db
NOT_HERE = re.compile(r"/dang-xuat/|/quan-tri/")
OPAQUE = re.compile(r"hash|digest|sha256|secret|password|key|seq|head|^data$")
MADE_ANEW = re.compile(
    r"\d{4}-\d\d-\d\d[T ][\d:.+]+|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9a-f]{16,}|\d\d:\d\d"
)
OF_THE_WEB = {"Session"}  # noted every other minute, whatever is asked


class _TakenBackError(Exception):
    """Ends an attempt: nothing of it stays."""


def left_by(browser: Client, form: Form, extra: dict[str, Any], before: Rows) -> tuple[int, Any]:
    """The status of the answer and what the form changed, without keys, hours and digests; then all is as before."""
    status, found = 0, None
    try:
        with transaction.atomic():
            answer = browser.post(form.action, extra | form.data)
            body_of(answer)
            status, found = answer.status_code, told(before, rows())
            raise _TakenBackError
    except _TakenBackError:
        return status, found


def told(before: Rows, after: Rows) -> list[str]:
    found = []
    for model, old in before.items():
        new = after[model]
        if model in OF_THE_WEB:
            continue
        found += [f"{model}-" for _ in old.keys() - new.keys()]
        made = [named_alike(model, new[key], before) for key in new.keys() - old.keys()]
        found += [f"{model}+ {plain(row)}" for row in made]
        changed = [key for key in old.keys() & new.keys() if old[key] != new[key]]
        found += [f"{model} {plain(named_alike(model, new[key], before))}" for key in changed]
    return sorted(found)


def named_alike(model: str, row: dict[str, Any], before: Rows) -> dict[str, Any]:
    """A row whose links to new rows are called alike: PostgreSQL counts keys on when an attempt is taken
    back."""
    links = {
        field.attname: field.related_model.__name__
        for app in ("units", "scoring", "reports")
        for found in apps.get_app_config(app).get_models()
        if found.__name__ == model
        for field in found._meta.concrete_fields
        if field.related_model is not None
    }
    return {
        name: "mới" if value is not None and name in links and value not in before.get(links[name], {value}) else value
        for name, value in row.items()
    }


def plain(row: dict[str, Any]) -> dict[str, Any]:
    """A row as two attempts leave it alike."""
    return {
        name: MADE_ANEW.sub("…", str(value))
        for name, value in row.items()
        if name not in ("id", "object_id") and not OPAQUE.search(name) and not isinstance(value, datetime.datetime)
    }


def forms_of(world: World, browser: Client) -> dict[tuple[str, frozenset[str]], Form]:
    """Every form that posts, by address and names: the same form on many pages is one."""
    found: dict[tuple[str, frozenset[str]], Form] = {}
    for url in one_in(3, world.addresses().values()):
        answer = browser.get(url)
        if answer.status_code != 200 or not answer.get("Content-Type", "").startswith("text/html"):
            body_of(answer)
            continue
        for form in forms_on(answer, url):
            if form.method == "post" and not NOT_HERE.search(form.action):
                found.setdefault((urlsplit(form.action).path, frozenset(form.names)), form)
    return found


def smuggled(form: Form) -> dict[str, Any]:
    extra = every_field(form.names)
    names = list(extra)
    extra |= {name: ["1", extra[name]] for name in names[::7]}
    return extra | {"data": json.dumps(dict.fromkeys(names, "1")), "_method": "PUT"}


def check(principal: str, phase: Phase, every: int) -> None:
    world = build(phase)
    browser = world.browser(principal)
    forms = [form for _, form in sorted(forms_of(world, browser).items(), key=lambda item: item[0][0])]
    assert forms
    wrong, before = {}, rows()
    for form in forms[::every]:
        plainly = left_by(browser, form, {}, before)
        loaded = left_by(browser, form, smuggled(form), before)
        if plainly != loaded:
            wrong[form.action] = (plainly, loaded)
    assert wrong == {}


@pytest.mark.parametrize(
    ("principal", "every"), [("thủ trưởng", 2), ("thẩm định", 2), ("quản trị", 4), ("điều phối", 10)]
)
def test_no_form_takes_a_column_that_it_does_not_ask_for(principal: str, every: int) -> None:
    check(principal, Phase.APPRAISAL, every)


@pytest.mark.soak
@pytest.mark.parametrize("phase", [Phase.SELF_ASSESSMENT, Phase.APPRAISAL, Phase.COUNCIL])
@pytest.mark.parametrize("principal", ["thủ trưởng", "thẩm định", "điều phối", "quản trị", "lãnh đạo", "hội đồng"])
def test_nor_does_any_form_in_the_phases_in_which_people_write(principal: str, phase: Phase) -> None:
    check(principal, phase, 1)
