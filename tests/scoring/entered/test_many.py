"""Many values written at once are the values that would have been written one by one."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from scoring.enums import Stage
from scoring.models import Value, ValueChange
from scoring.services.entered import confirm, lock_in_order
from scoring.services.errors import Conflict, StaleEdit, WrongFigures
from scoring.services.values import Content, Draft, ManyRefused, write, write_all
from tests.scoring.entered.year import entered_year, put
from tests.year import Year

pytestmark = pytest.mark.django_db

ANSWERS: dict[str, dict[str, Any]] = {
    "3.1": {"mean": "4.5", "responses": "120"},
    "4.1": {"choice": "tre"},
    "4.2": {"checked": ["b"]},
    "4.6": {"value": "81.5"},
}
TIMES = ("id", "pk", "participant_id", "changed_at", "recorded_at", "at", "author_id", "criterion_id")


@pytest.fixture
def year() -> Year:
    """Both units have 4.6 at its first version."""
    found = entered_year()
    for unit in (found.a, found.b):
        put(found, "4.6", unit, value="70")
    return found


def drafts(year: Year, answers: dict[str, dict[str, Any]], unit: Any, seen: dict[str, int]) -> list[Draft]:
    dossier = lock_in_order([unit])[unit.pk]
    return [
        Draft(dossier, year.leaves[code], Content(inputs=inputs), seen.get(code, 0)) for code, inputs in answers.items()
    ]


def plain(rows: Any) -> list[dict[str, Any]]:
    found = [{key: value for key, value in row.items() if key not in TIMES} for row in rows]
    return sorted(found, key=str)


def test_values_and_their_changes_are_the_same_as_one_by_one(year: Year) -> None:
    with transaction.atomic():
        for draft in drafts(year, ANSWERS, year.a, {"4.6": 1}):
            write(draft.dossier, draft.criterion, Stage.ENTERED, draft.content, seen=draft.seen, by=year["c"])
        versions = write_all(drafts(year, ANSWERS, year.b, {"4.6": 1}), Stage.ENTERED, by=year["c"])
    assert versions == [1, 1, 1, 2]
    for model in (Value, ValueChange):
        one, many = (plain(model.objects.filter(participant=unit).values()) for unit in (year.a, year.b))
        assert len(one) >= len(ANSWERS)
        assert one == many


def test_a_change_drops_the_confirmation_and_the_same_again_keeps_it(year: Year) -> None:
    for unit in (year.a, year.b):
        value = Value.objects.get(participant=unit, criterion=year.leaves["4.6"])
        confirm([(value, 1)], by=year["c2"])
    with transaction.atomic():
        assert write_all(drafts(year, {"4.6": {"value": "70"}}, year.a, {"4.6": 1}), Stage.ENTERED, by=year["c"]) == [1]
        assert write_all(drafts(year, {"4.6": {"value": "71"}}, year.b, {"4.6": 1}), Stage.ENTERED, by=year["c"]) == [2]
    found = Value.objects.filter(criterion=year.leaves["4.6"]).order_by("participant")
    assert [value.confirmed_by for value in found] == [year["c2"], None]


def test_one_that_does_not_fit_stops_all_and_every_reason_is_told(year: Year) -> None:
    answers = ANSWERS | {"4.7": {"satisfied": "5", "responses": "4"}, "1.1": {"choice": "du"}}
    before = Value.objects.count()
    year.leaves["4.1"].retired_in = 2
    with transaction.atomic():
        wanted = drafts(year, answers, year.a, {})
        with pytest.raises(ManyRefused) as many:
            write_all(wanted, Stage.ENTERED, by=year["c"])
    told = {draft.criterion.code: type(refusal) for draft, refusal in many.value.refused}
    assert told == {"4.1": Conflict, "4.6": StaleEdit, "4.7": WrongFigures}
    assert Value.objects.count() == before


def test_the_queries_are_the_same_for_one_and_for_many_new_values(year: Year) -> None:
    counts = []
    for answers, unit in (({"3.1": ANSWERS["3.1"]}, year.a), ({**ANSWERS}, year.b)):
        answers.pop("4.6", None)
        with transaction.atomic():
            wanted = drafts(year, answers, unit, {})
            with CaptureQueriesContext(connection) as asked:
                write_all(wanted, Stage.ENTERED, by=year["c"])
        counts.append(len(asked))
    assert counts[0] == counts[1]
