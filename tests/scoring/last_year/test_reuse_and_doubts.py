""" "Dùng lại" fills fields and stores nothing; what is hardly right beside last year is said at once and at the end."""

from __future__ import annotations

from fractions import Fraction

import pytest

from scoring.analysis.against_last_year import Doubt, doubt_of, is_copied
from scoring.enums import LinkKind, Stage, SubmissionState
from scoring.models import CriterionLink, Submission, Unfinished, Value
from tests.scoring.dossier.pages import SCRIPT, answer, autosave, step, text, told, typed, url
from tests.scoring.last_year.two_years import TwoYears, build_two_years

pytestmark = pytest.mark.django_db


@pytest.fixture
def years() -> TwoYears:
    return build_two_years()


def form(years: TwoYears, code: str = "1.2", who: str = "a1") -> str:
    return text(years.this.browser(who).get(url(years.this, "answer", code), {"dung-lai": "1"}))


# ── used again ───────────────────────────────────────────────────────────────────────────────────────────────────────
def test_the_form_comes_filled_and_nothing_is_stored(years: TwoYears) -> None:
    page = form(years)
    assert 'name="so-numerator" value="40"' in page
    assert 'name="so-denominator" value="50"' in page
    assert "Đã điền số liệu năm 2026, <b>chưa lưu</b>" in page
    assert not Value.objects.filter(participant=years.this.a).exists()
    assert not Unfinished.objects.exists()


def test_a_choice_comes_back_and_what_a_person_types_elsewhere_is_kept(years: TwoYears) -> None:
    assert answer(years.this, "a1", "1.1", choice="tre", note="Của năm nay").status_code == 302
    page = form(years, "1.1")
    assert 'value="du" id="id_so-choice_0" checked' in page.replace("  ", " ") or "checked" in page
    stored = years.this.value("1.1", Stage.DECLARED)
    assert stored is not None
    assert stored.inputs == {"choice": "tre"}


def test_the_explanation_of_last_year_comes_with_its_figures(years: TwoYears) -> None:
    then = Value.objects.filter(participant=years.last.a, criterion=years.last.leaves["1.2"], stage=Stage.DECLARED)
    then.update(note="Theo báo cáo số 5")
    assert "Theo báo cáo số 5</textarea>" in form(years)


def test_points_by_judgement_are_never_used_again(years: TwoYears) -> None:
    assert "Đã điền số liệu" not in form(years, "2.1")
    assert "data-reuse" not in years.page(code="2.1")


def test_nothing_is_offered_where_nobody_may_write(years: TwoYears) -> None:
    Submission.objects.filter(participant=years.this.a).update(state=SubmissionState.SUBMITTED)
    assert "data-reuse" not in years.page()
    assert "Đã điền số liệu" not in form(years)
    assert "Đã điền số liệu" not in form(years, who="c")


# ── a claim "không áp dụng" made again ───────────────────────────────────────────────────────────────────────────────
def claim_page(years: TwoYears) -> str:
    address = url(years.this, "answer", "2.1", unit=years.this.b)
    return " ".join(text(years.this.browser("b1").get(address, {"dung-lai": "1"})).split())


def judged(years: TwoYears, **said: object) -> None:
    """What came of B's claim at 2.1 last year, at whatever stage."""
    stages = (Stage.APPRAISED, Stage.REAPPRAISED, Stage.COUNCIL)
    rows = Value.objects.filter(participant=years.last.b, criterion=years.last.leaves["2.1"], stage__in=stages)
    assert rows.update(**said)


def test_a_claim_that_was_accepted_can_be_made_again_with_its_reason_and_is_not_stored(years: TwoYears) -> None:
    judged(years, not_applicable=True, worth=None, points=None, inputs=None, reason="Đúng")
    assert "Dùng lại đề nghị không áp dụng năm 2026" in years.page("b1", "2.1", years.this.b)
    page = claim_page(years)
    assert "Đã điền đề nghị không áp dụng của năm 2026, <b>chưa lưu</b>" in page
    assert "Không ban hành văn bản</textarea>" in page
    assert 'id="id_not_applicable" checked' in page
    assert not Value.objects.filter(participant=years.this.b).exists()
    assert not Unfinished.objects.exists()


def test_a_claim_that_was_rejected_is_not_offered_again(years: TwoYears) -> None:
    judged(years, not_applicable=False, worth=1, points=1, inputs=None, reason="Đơn vị có ban hành")
    assert "Dùng lại đề nghị" not in years.page("b1", "2.1", years.this.b)
    assert "Đã điền" not in claim_page(years)


def test_a_claim_at_a_criterion_that_has_changed_is_not_offered_again(years: TwoYears) -> None:
    judged(years, not_applicable=True, worth=None, points=None, inputs=None, reason="Đúng")
    node, old = years.this.leaves["2.1"], years.last.leaves["2.1"]
    CriterionLink.objects.create(criterion=node, predecessor=old, kind=LinkKind.CHANGED)
    assert "Dùng lại đề nghị" not in years.page("b1", "2.1", years.this.b)


# ── doubts ───────────────────────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("now", "before", "doubt"),
    [
        (500, 50, Doubt.TENFOLD),
        (499, 50, None),
        (5, 50, Doubt.TENTH),
        (6, 50, None),
        (20, 2, None),
        (0, 1000, Doubt.GONE),
        (0, 999, None),
        (1000, 0, None),
        (-500, 50, None),
        ("12.5", "1250", Doubt.TENTH),
    ],
)
def test_only_what_is_hardly_right_is_doubted(now: int | str, before: int | str, doubt: Doubt | None) -> None:
    assert doubt_of(Fraction(now), Fraction(before)) == doubt


def test_a_ratio_is_copied_only_where_chance_is_unlikely() -> None:
    large, small = (Fraction(1187), Fraction(1203)), (Fraction(5), Fraction(5))
    assert is_copied(large, large)
    assert not is_copied(small, small)
    assert not is_copied((Fraction(1188), Fraction(1203)), large)


TENFOLD = "Số đạt được: năm 2026 là 40, năm nay 450, gấp 11 lần."


def test_autosave_and_the_trial_say_it_at_once(years: TwoYears) -> None:
    saved = told(autosave(years.this, "a1", "1.2", numerator="450", denominator="450"))
    assert saved["state"] == "saved"
    assert TENFOLD in saved["warning"]
    figures = typed(0, numerator="450", denominator="450")
    tried = years.this.browser("a1").post(url(years.this, "answer_trial", "1.2"), figures, headers=SCRIPT).json()
    assert TENFOLD in tried["warning"]
    plain = told(autosave(years.this, "a1", "1.2", numerator="41", denominator="50"))
    assert plain["warning"] == ""


def test_it_is_said_after_saving_on_last_years_page_and_in_the_check_and_stops_nobody(years: TwoYears) -> None:
    browser = years.this.browser("a1")
    answer(years.this, browser, "1.2", numerator="450", denominator="450")
    assert TENFOLD in text(browser.get(url(years.this, "answer", "1.2")))
    assert TENFOLD in years.page()
    check = text(browser.get(url(years.this, "dossier_check")))
    assert check.count(TENFOLD) == 1
    assert f"{url(years.this, 'answer', '1.2')}#id_so-numerator" in check
    assert step(years.this, browser, "hand_over").status_code == 302
    assert step(years.this, "aH", "submit").status_code == 302


def test_a_ratio_to_the_last_digit_and_thousands_that_are_gone(years: TwoYears) -> None:
    then = Value.objects.filter(participant=years.last.a, criterion=years.last.leaves["1.2"])
    then.update(inputs={"numerator": "1187", "denominator": "1203"})
    same = told(autosave(years.this, "a1", "1.2", numerator="1187", denominator="1203"))
    assert "1.187/1.203, giống hệt năm 2026 đến từng chữ số." in same["warning"]
    gone = told(autosave(years.this, "a1", "1.2", numerator="0", denominator="1203"))
    assert "năm 2026 là 1.187, năm nay 0, từ hàng nghìn về 0." in gone["warning"]
