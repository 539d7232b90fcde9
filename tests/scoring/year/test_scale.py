"""Every list and form of a year: the same number of queries at any size, and under 300 ms for 170 units × 90 leaves."""

from __future__ import annotations

import time
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from scoring.enums import Phase
from tests.factories import sign_in
from tests.province import Province, build_province

pytestmark = pytest.mark.django_db
LIMIT = 0.3

# Page by name → who looks, in which phase, with which further parts of the address.
PAGES: dict[str, tuple[str, Phase, dict[str, str]]] = {
    "work": ("staff", Phase.SELF_ASSESSMENT, {}),
    "campaigns": ("coordinator", Phase.APPRAISAL, {}),
    "campaign": ("coordinator", Phase.APPRAISAL, {"code": "2026"}),
    "setup": ("coordinator", Phase.DRAFT, {"code": "2026"}),
    "group": ("coordinator", Phase.DRAFT, {"code": "2026", "group": "xa"}),
    "phases": ("coordinator", Phase.APPRAISAL, {"code": "2026"}),
    "progress": ("coordinator", Phase.APPRAISAL, {"code": "2026"}),
    "criteria_sets": ("coordinator", Phase.DRAFT, {"code": "2026"}),
    "criteria_set": ("coordinator", Phase.DRAFT, {"code": "2026", "criteria_set": "xa"}),
    "worksheet": ("staff", Phase.SELF_ASSESSMENT, {"code": "2026", "unit": "20000"}),
    "worksheet_component": ("staff", Phase.SELF_ASSESSMENT, {"code": "2026", "unit": "20000", "component": "1"}),
    "answer": ("staff", Phase.SELF_ASSESSMENT, {"code": "2026", "unit": "20000", "criterion": "1.1"}),
    "evidence_list": ("staff", Phase.SELF_ASSESSMENT, {"code": "2026", "unit": "20000"}),
    "explanation": ("staff", Phase.EXPLANATION, {"code": "2026", "unit": "20000"}),
    "explanations": ("coordinator", Phase.EXPLANATION, {"code": "2026"}),
    "appraisal": ("appraiser", Phase.APPRAISAL, {"code": "2026"}),
    "part": ("appraiser", Phase.APPRAISAL, {"code": "2026", "unit": "20000", "component": "1", "number": "1"}),
    "part_leaf": (
        "appraiser",
        Phase.APPRAISAL,
        {"code": "2026", "unit": "20000", "component": "1", "number": "1", "criterion": "1.1"},
    ),
    "assignment": ("coordinator", Phase.APPRAISAL, {"code": "2026"}),
    "entered": ("coordinator", Phase.APPRAISAL, {"code": "2026"}),
    "entered_leaf": (
        "coordinator",
        Phase.APPRAISAL,
        {"code": "2026", "group": "xa", "set_code": "xa", "criterion": "last"},
    ),
    "entered_unit": ("coordinator", Phase.APPRAISAL, {"code": "2026", "unit": "20000", "criterion": "last"}),
    "exclusions": ("coordinator", Phase.APPRAISAL, {"code": "2026"}),
    "council": ("council", Phase.COUNCIL, {"code": "2026"}),
    "council_point": ("council", Phase.COUNCIL, {"code": "2026", "unit": "20000", "criterion": "1.1"}),
    "council_decisions": ("council", Phase.COUNCIL, {"code": "2026"}),
}


def address(province: Province, name: str) -> str:
    arguments = dict(PAGES[name][2])
    if arguments.get("criterion") == "last":
        arguments["criterion"] = province.entered_leaf.code
    return reverse(f"scoring:{name}", kwargs={"slug": province.organiser.slug, **arguments})


def look(province: Province, name: str) -> tuple[int, float]:
    """Queries and seconds of one page, answered with 200."""
    who, phase, _ = PAGES[name]
    type(province.group).objects.filter(pk=province.group.pk).update(phase=phase)
    browser = sign_in(province.people[who])
    with CaptureQueriesContext(connection) as queries:
        began = time.perf_counter()
        answer = browser.get(address(province, name))
        spent = time.perf_counter() - began
    assert answer.status_code == 200, (name, answer.status_code)
    return len(queries), spent


def test_no_page_asks_more_queries_for_three_units_and_leaves_than_for_one() -> None:
    counts: dict[str, list[int]] = {}
    for size in (1, 3):
        house_as_it_was = transaction.savepoint()
        province = build_province(units=size, components=2, leaves=size + 1)
        for name in PAGES:
            counts.setdefault(name, []).append(look(province, name)[0])
        transaction.savepoint_rollback(house_as_it_was)
    growing = {name: found for name, found in counts.items() if found[0] != found[1]}
    assert growing == {}


@pytest.mark.soak
def test_every_page_of_a_province_is_answered_within_the_limit(capsys: Any) -> None:
    province = build_province()
    table = {name: min(look(province, name)[1] for _ in range(3)) for name in PAGES}
    with capsys.disabled():
        print()
        for name, spent in sorted(table.items(), key=lambda item: -item[1]):
            print(f"{name:22}{spent * 1000:6.0f} ms")
    assert {name: round(spent, 3) for name, spent in table.items() if spent > LIMIT} == {}
