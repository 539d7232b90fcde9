"""Many at once: one answer is saved and the others are told; one submission gives one receipt."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection

from scoring.enums import Stage
from scoring.models import Receipt, Value, ValueChange
from tests.scoring.dossier.pages import step, typed, url
from tests.year import build_year
from units import trail

pytestmark = pytest.mark.django_db(transaction=True)


def all_at_once(acts: list[Callable[[], Any]]) -> list[Any]:
    """Every act in a thread of its own, started together; their results, an exception as itself."""
    start, results = threading.Barrier(len(acts)), []

    def run(act: Callable[[], Any]) -> None:
        try:
            start.wait()
            results.append(act())
        except Exception as error:
            results.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def test_of_twenty_writers_of_one_answer_one_is_saved_and_nineteen_are_told() -> None:
    year = build_year()
    address = url(year, "answer", "1.2")
    browsers = [year.browser(("a1", "aH")[number % 2]) for number in range(20)]
    acts = [
        lambda browser=browser, number=number: (
            browser.post(address, typed(0, numerator=str(number), denominator="50")).status_code
        )
        for number, browser in enumerate(browsers)
    ]
    assert Counter(all_at_once(acts)) == {302: 1, 409: 19}
    value = Value.objects.get(participant=year.a, stage=Stage.DECLARED)
    change = ValueChange.objects.get(participant=year.a)
    assert (value.version, value.inputs) == (1, change.content["inputs"])


def test_fifty_identical_submits_give_one_receipt_and_each_is_answered_with_it() -> None:
    year = build_year()
    step(year, "a1", "hand_over")
    version, address = year.submission().version, url(year, "dossier_step", "submit")
    browsers = [year.browser("aH") for _ in range(50)]

    def press(browser: Any) -> tuple[int, str]:
        response = browser.post(address, {"version": version, "accept_warnings": "on"})
        return response.status_code, response.get("Location", "")

    answers = all_at_once([lambda browser=browser: press(browser) for browser in browsers])
    assert Counter(answers) == {(302, url(year, "receipt", 1)): 50}
    assert Receipt.objects.count() == 1
    assert trail.verify() == []
