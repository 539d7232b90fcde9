"""Figures that a rule asks to look at again: said beside the points, when saved, and before the worksheet goes on."""

from __future__ import annotations

import pytest

from scoring.models import Criterion
from tests.scoring.dossier.pages import answer, step, text, typed, url
from tests.year import Year, build_year

pytestmark = pytest.mark.django_db

FORMULA = {
    "kind": "formula",
    "variables": [{"key": "a", "label": "Tổng số"}, {"key": "b", "label": "Đúng hạn"}],
    "pieces": [{"when": "a > 0 and b <= a", "points": "b / a * M"}],
}
WARNING = "Không đoạn nào của công thức dùng được với các số liệu này, nên được 0 điểm."


@pytest.fixture
def year() -> Year:
    year = build_year()
    Criterion.objects.filter(code="1.2").update(rule=FORMULA)
    year.leaves["1.2"].refresh_from_db()
    return year


def test_a_trial_warns_beside_the_points(year: Year) -> None:
    browser, figures = year.browser("a1"), typed(0, a="0", b="10")
    tried = browser.post(url(year, "answer_trial", "1.2"), figures, headers={"Accept": "application/json"}).json()
    assert (tried["points"], tried["faults"]) == ("0,00 / 4,00", [])
    assert tried["warning"].startswith(WARNING)
    assert f"data-warning>{WARNING}" in text(browser.post(url(year, "answer_trial", "1.2"), figures))


def test_a_saved_answer_keeps_its_warning_until_the_figures_fit(year: Year) -> None:
    browser = year.browser("a1")
    assert answer(year, browser, "1.2", a="0", b="10").status_code == 302
    told = text(browser.get(url(year, "answer", "1.2")))
    assert f"1.2: {WARNING}" in told  # the message after saving
    assert f"data-warning>{WARNING}" in told
    assert WARNING in text(browser.get(url(year, "worksheet_component", "1")))
    answer(year, browser, "1.2", a="20", b="10")
    told = text(browser.get(url(year, "answer", "1.2")))
    assert WARNING not in told
    assert "data-warning hidden" in told


def test_the_check_before_submission_lists_what_should_be_looked_at_again(year: Year) -> None:
    browser, head = year.browser("a1"), year.browser("aH")
    assert "nên xem lại" not in text(browser.get(url(year)))
    answer(year, browser, "1.2", a="0", b="10")
    sheet = text(browser.get(url(year)))
    assert "Xem lại 1 tiêu chí trước khi nộp" in sheet
    assert sheet.count('<a href="#xem-lai">1 tiêu chí nên xem lại</a>') == 1  # beside the button that hands it over
    step(year, browser, "hand_over")
    assert '<a href="#xem-lai">1 tiêu chí nên xem lại</a>' in text(head.get(url(year)))
    assert step(year, head, "submit").status_code == 302, "a warning stops nobody"
    assert "nên xem lại" not in text(head.get(url(year)))


def test_figures_given_under_an_older_rule_are_asked_for_anew_and_not_warned_of(year: Year) -> None:
    answer(year, "a1", "1.2", a="0", b="10")
    Criterion.objects.filter(code="1.2").update(changed_in=2)
    assert "Xem lại 1 tiêu chí" not in text(year.browser("a1").get(url(year)))
