"""What an open page asks by itself: have colleagues been here; and many who write at the same instant."""

from __future__ import annotations

import datetime
from collections import Counter
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from scoring.enums import Stage
from scoring.models import Unfinished, Value, ValueChange, WriteKey
from tests.database import fingerprint
from tests.racing import at_once
from tests.scoring.dossier.pages import SCRIPT, autosave, hour, step, typed, url
from tests.scoring.dossier.test_worksheet import prove
from tests.year import Year, build_year
from units.models import Session

pytestmark = pytest.mark.django_db
BY_ITSELF = SCRIPT | {"X-By-Itself": "1"}


@pytest.fixture
def year() -> Year:
    return build_year()


def pulse(year: Year, who: Any, rev: str = "") -> Any:
    browser = year.browser(who) if isinstance(who, str) else who
    return browser.get(url(year, "dossier_pulse"), {"ban": rev} if rev else {}, headers=BY_ITSELF)


def test_it_tells_every_leaf_of_the_unit_its_totals_and_what_is_left(year: Year) -> None:
    year.declare("1.1", inputs={"choice": "du"})
    prove(year, "1.1")
    autosave(year, "aH", "1.2", numerator="45")
    kept = Unfinished.objects.get()
    given = Value.objects.get()
    found = pulse(year, "a1").json()
    assert len(found.pop("rev")) == 16
    assert found == {
        "submission": {"state": "draft", "version": year.submission().version},
        "leaves": {
            "1.1": [1, 0, 1, year["a1"].full_name, hour(given.changed_at)],
            "1.2": [0, kept.version, 0, year["aH"].full_name, hour(kept.changed_at)],
            "2.1": [0, 0, 0, "", ""],
        },
        "totals": {"points": "2,00", "max_points": "12,00", "index": "16,67\N{NO-BREAK SPACE}%", "grade": "Yếu"},
        "check": {"blocking": 1, "warnings": 1, "at_stake": "6,00"},
        "questions": 0,
    }


def test_nothing_new_is_told_without_a_word(year: Year) -> None:
    rev = pulse(year, "a1").json()["rev"]
    silent = pulse(year, "aH", rev)
    assert (silent.status_code, silent.content) == (204, b"")


def test_whatever_a_colleague_does_makes_it_new(year: Year) -> None:
    def changed() -> bool:
        nonlocal rev
        before, rev = rev, pulse(year, "a1").json()["rev"]
        return before != rev and pulse(year, "a1", before).status_code == 200

    rev = pulse(year, "a1").json()["rev"]
    autosave(year, "aH", "1.2", numerator="45")
    assert changed()
    autosave(year, "aH", "1.2", numerator="46")
    assert changed()
    autosave(year, "aH", "1.2", numerator="46", denominator="50")
    assert changed()
    prove(year, "1.1")
    assert changed()
    year.browser("aH").post(url(year, "answer_clear", "1.2"), {"version": 1})
    assert changed()
    step(year, "a1", "hand_over")
    assert changed()
    assert not changed()


def test_it_changes_nothing_and_keeps_no_session_alive(year: Year) -> None:
    browser = year.browser("a1")
    long_ago = timezone.now() - datetime.timedelta(minutes=20)
    Session.objects.update(seen_at=long_ago)
    before = fingerprint()
    assert pulse(year, browser).status_code == 200
    assert fingerprint() == before
    assert Session.objects.get().seen_at == long_ago


@pytest.mark.parametrize("who", ["c", "l", "h"])
def test_whoever_only_reads_is_refused(year: Year, who: str) -> None:
    assert pulse(year, who).status_code == 403


@pytest.mark.parametrize("who", ["b1", "g1", "n", "s"])
def test_strangers_find_nothing(year: Year, who: str) -> None:
    assert pulse(year, who).status_code == 404


def test_nobody_is_told_that_the_session_is_over(year: Year) -> None:
    assert pulse(year, "P").json()["state"] == "signed_out"


def test_a_silent_one_costs_few_queries_and_a_telling_one_as_many_however_much_there_is(year: Year) -> None:
    browser, counts = year.browser("a1"), []
    for code, figures in (("1.1", {"choice": "du"}), ("1.2", {"numerator": "45"}), ("2.1", {"points": "1"})):
        autosave(year, browser, code, **figures)
        with CaptureQueriesContext(connection) as asked:
            rev = pulse(year, browser).json()["rev"]
        counts.append(len(asked))
        with CaptureQueriesContext(connection) as asked:
            assert pulse(year, browser, rev).status_code == 204
        assert len(asked) <= 12
    assert len(set(counts)) == 1, counts


@pytest.mark.django_db(transaction=True)
class TestAtOnce:
    def saves(self, year: Year, forms: list[dict[str, Any]]) -> list[Any]:
        address = url(year, "answer_save", "1.2")
        browsers = [year.browser(("a1", "aH")[number % 2]) for number in range(len(forms))]
        return at_once(
            [
                lambda browser=browser, form=form: browser.post(address, form, headers=SCRIPT)
                for browser, form in zip(browsers, forms, strict=True)
            ]
        )

    def forms(self, *figures: dict[str, str]) -> list[dict[str, Any]]:
        return [
            typed(0, **fields) | {"unfinished": 0, "key": f"khoa-so-{number:04}"}
            for number, fields in enumerate(figures)
        ]

    def test_of_twenty_writers_of_one_leaf_one_is_saved_and_nineteen_are_told_what_stands(self) -> None:
        year = build_year()
        answers = self.saves(year, self.forms(*({"numerator": str(n), "denominator": "50"} for n in range(20))))
        assert Counter(answer.json()["state"] for answer in answers) == {"saved": 1, "clash": 19}
        value = Value.objects.get(participant=year.a, stage=Stage.DECLARED)
        change, key = ValueChange.objects.get(participant=year.a), WriteKey.objects.get()
        assert (value.version, value.inputs) == (1, change.content["inputs"])
        assert {answer.json()["version"] for answer in answers} == {1}
        for answer in answers:
            if answer.status_code == 409:
                assert answer.json()["fields"]["so-numerator"] == value.inputs["numerator"]
        assert key.by_id == value.author_id

    def test_so_it_is_with_what_none_of_them_has_finished(self) -> None:
        year = build_year()
        answers = self.saves(year, self.forms(*({"numerator": str(n)} for n in range(8))))
        assert Counter(answer.json()["state"] for answer in answers) == {"kept": 1, "clash": 7}
        assert Unfinished.objects.get().typed["so-numerator"] in map(str, range(8))

    def test_one_write_that_is_sent_many_times_at_once_is_done_once(self) -> None:
        year = build_year()
        form = typed(0, numerator="45", denominator="50") | {"unfinished": 0, "key": "khoa-so-mot"}
        browser = url(year, "answer_save", "1.2")
        people = [year.browser("a1") for _ in range(8)]
        answers = at_once([lambda one=one: one.post(browser, form, headers=SCRIPT).json() for one in people])
        assert [answer["version"] for answer in answers] == [1] * 8
        assert ValueChange.objects.count() == 1
