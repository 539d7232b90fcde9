"""What the pages of a worksheet cost: queries for the whole request, the same however much there is."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from scoring.enums import Resolution, Stage, SubmissionState
from scoring.models import (
    Criterion,
    Evidence,
    EvidenceFile,
    EvidenceUse,
    Exclusion,
    Participant,
    ReturnNote,
    Submission,
    Unfinished,
    Value,
)
from scoring.selectors.worksheet import read_worksheet, sight_of
from scoring.services.dossier import dossier_as_loaded, read_dossier
from scoring.services.scorecard import scorecard
from scoring.services.sheet_card import card_of_sheet
from tests.factories import OPTIONS
from tests.scoring.dossier.pages import SCRIPT, answer, step, typed, url
from tests.scoring.last_year.two_years import build_two_years
from tests.year import Year, build_year, declare_all

pytestmark = pytest.mark.django_db
LEAF, MOST = ("answer", "1.1"), 12
PAGES = [
    (LEAF, 10),
    (("worksheet_component", "1"), 8),
    (("worksheet",), 10),
    (("dossier_check",), 10),
    (("dossier_review",), 11),
    (("board",), 11),
    (("shares",), 9),
    (("evidence_list",), 9),
]
"""The pages of a worksheet with the queries of their whole request, in a unit without an earlier year."""


@pytest.fixture
def year() -> Year:
    return build_year()


def queries(browser: Any, address: str) -> int:
    with CaptureQueriesContext(connection) as asked:
        assert browser.get(address).status_code == 200
    return len(asked)


def document(year: Year, code: str, number: int, unit: Participant | None = None) -> None:
    """A document with one file stands for the leaf; those of one number have the same bytes."""
    evidence = Evidence.objects.create(participant=unit or year.a, abstract=f"Báo cáo {number}", created_by=year["a1"])
    EvidenceUse.objects.create(evidence=evidence, criterion=year.leaves[code], added_by=year["a1"])
    EvidenceFile.objects.create(
        evidence=evidence, number=1, kind="pdf", name="bao-cao.pdf", size=10, uploaded_by=year["a1"],
        sha256=f"{number:064d}", key=f"{evidence.pk:040d}",
    )  # fmt: skip


def note(year: Year, code: str) -> None:
    ReturnNote.objects.create(
        participant=year.a, criterion=year.leaves[code], text="Xem lại", by=year["aH"], at=timezone.now(),
        seen_version=year.seen(code, Stage.DECLARED),
    )  # fmt: skip


def exclude(year: Year, code: str, **whose: Any) -> None:
    Exclusion.objects.create(
        campaign=year.campaign, criterion=Criterion.objects.get(criteria_set=year.criteria_set, code=code),
        reason="Không có văn bản", legal_basis="QĐ 01", entered_by=year["c"], confirmed_by=year["c2"],
        confirmed_at=timezone.now(), **whose,
    )  # fmt: skip


def grow(year: Year, to: int) -> None:
    """Leaves of component 1, every second answered."""
    parent = Criterion.objects.get(criteria_set=year.criteria_set, code="1")
    for number in range(Criterion.objects.filter(criteria_set=year.criteria_set, rule__isnull=False).count(), to):
        code = f"1.{100 + number}"
        year.leaves[code] = Criterion.objects.create(
            criteria_set=year.criteria_set, parent=parent, code=code, title=f"Tiêu chí {code}", max_points=2,
            path=f"001.{100 + number}", rule=OPTIONS, evidence_text="Báo cáo",
        )  # fmt: skip
        if number % 2:
            year.declare(code, inputs={"choice": "du"})


def test_the_page_of_a_leaf_costs_ten_queries_whoever_of_the_unit_reads_it(year: Year) -> None:
    for who in ("a1", "aH"):
        assert queries(year.browser(who), url(year, *LEAF)) == 10


@pytest.mark.parametrize(("page", "most"), PAGES)
def test_pages_cost_the_same_at_thirty_and_ninety_leaves(year: Year, page: tuple[str, ...], most: int) -> None:
    browser, counts = year.browser("a1"), []
    for leaves in (30, 90):
        grow(year, leaves)
        counts.append(queries(browser, url(year, *page)))
    assert counts[0] == counts[1] <= most


@pytest.mark.parametrize(("page", "most"), PAGES)
def test_pages_cost_no_more_than_twelve_when_the_head_has_had_the_dossier_in_hand(
    year: Year, page: tuple[str, ...], most: int
) -> None:
    declare_all(year, year.a, "a1")
    step(year, "a1", "hand_over")
    step(year, "aH", "return", reason="Xem lại", **{f"note_{year.leaves['1.2'].pk}": "Ghi 44"})
    answer(year, "a1", "1.2", numerator="44", denominator="50")
    step(year, "a1", "hand_over")
    step(year, "aH", "submit")
    assert queries(year.browser("a1"), url(year, *page)) <= MOST
    step(year, "aH", "withdraw")
    assert year.submission().state == SubmissionState.DRAFT
    assert queries(year.browser("aH"), url(year, *page)) <= MOST


@pytest.mark.parametrize("page", [LEAF, ("worksheet_component", "1"), ("worksheet",), ("dossier_review",), ("board",)])
def test_pages_cost_the_same_however_much_hangs_on_a_leaf(year: Year, page: tuple[str, ...]) -> None:
    browser, counts = year.browser("a1"), []
    year.declare("1.1", inputs={"choice": "du"})
    for number in (1, 2, 3):
        document(year, "1.1", number)
        note(year, ("1.1", "1.2", "2.1")[number - 1])
        for who in ("a1", "aH"):
            year.declare("1.2", by=who, inputs={"numerator": str(number), "denominator": "50"})
        Unfinished.objects.create(
            participant=year.a, criterion=year.leaves[("1.1", "1.2", "2.1")[number - 1]], typed={"so-points": "1.234"},
            author=year[("a1", "aH", "a1")[number - 1]], changed_at=timezone.now(),
        )  # fmt: skip
        counts.append(queries(browser, url(year, *page)))
    assert len(set(counts)) == 1, counts


def test_a_pulse_that_tells_something_costs_no_more_than_a_page(year: Year) -> None:
    grow(year, 30)
    assert queries(year.browser("a1"), url(year, "dossier_pulse")) <= 12


def test_a_save_of_a_leaf_among_ninety_costs_what_one_among_five_does(year: Year) -> None:
    browser, counts = year.browser("a1"), []
    for number, leaves in enumerate((5, 90)):
        grow(year, leaves)
        data = typed(number, numerator=str(45 + number), denominator="50") | {"unfinished": 0}
        with CaptureQueriesContext(connection) as asked:
            data["key"] = f"6f1c1f9e-0000-4000-8000-00000000000{number}"
            assert browser.post(url(year, "answer_save", "1.2"), data, headers=SCRIPT).status_code == 200
        counts.append(len([query for query in asked if "SAVEPOINT" not in query["sql"]]))
    assert counts[0] == counts[1] <= 17  # two of them for the doubts against last year


def test_the_year_before_costs_its_criteria_links_and_figures_once() -> None:
    """Four questions more where that year was filled in on the portal, and none on the pages that do not show it."""
    this = build_two_years().this
    browser = this.browser("a1")
    for page, most in ((("worksheet",), 10), (("board",), 11), (("dossier_check",), 14), (("dossier_review",), 15)):
        assert queries(browser, url(this, *page)) <= most, page


# ── fewer queries, the same facts ─────────────────────────────────────────────────────────────────────────────────────


def test_every_note_and_every_typing_is_told_once_however_the_rows_are_joined(year: Year) -> None:
    exclude(year, "2", group=year.group)
    exclude(year, "2", participant=year.a)
    for code in ("1.1", "1.1", "1.2"):
        note(year, code)
    Unfinished.objects.create(
        participant=year.a, criterion=year.leaves["1.1"], typed={}, author=year["a1"], changed_at=timezone.now()
    )
    sheet = read_worksheet(year.submission().participant, sight_of(year["a1"], year.a))
    assert [line.criterion.code for line in sheet.lines] == ["1.1", "1.2", "2.1", "3.1", "3.2"]
    assert [len(line.notes) for line in sheet.lines] == [2, 1, 0, 0, 0]
    assert [line.is_excluded for line in sheet.lines] == [False, False, True, False, False]
    first = sheet.line_of("1.1")
    assert first is not None
    assert first.unfinished is not None
    assert first.unfinished.author == year["a1"]


def test_nothing_of_another_unit_is_read(year: Year) -> None:
    exclude(year, "2", participant=year.b)
    document(year, "1.1", 1, unit=year.b)
    Unfinished.objects.create(
        participant=year.b, criterion=year.leaves["1.1"], typed={}, author=year["b1"], changed_at=timezone.now()
    )
    ReturnNote.objects.create(
        participant=year.b, criterion=year.leaves["1.1"], text="Xem lại", by=year["bH"], at=timezone.now()
    )
    sheet = read_worksheet(year.submission().participant, sight_of(year["a1"], year.a))
    assert not sheet.exclusions
    assert not any(line.is_excluded or line.unfinished or line.notes or line.evidence for line in sheet.lines)


def test_what_the_unit_alone_knows_is_not_read_for_others(year: Year) -> None:
    note(year, "1.1")
    sheet = read_worksheet(year.submission().participant, sight_of(year["c"], year.a))
    assert not any(line.notes or line.unfinished for line in sheet.lines)


@pytest.mark.parametrize("who", ["a1", "c", "h", "g1"])
@pytest.mark.parametrize("claims", [False, True])
def test_the_sum_of_an_open_sheet_is_the_one_of_the_rows(year: Year, who: str, claims: bool) -> None:
    year.declare("1.1", inputs={"choice": "du"})
    year.declare("1.2", inputs={"numerator": "45", "denominator": "50"})
    year.declare("2.1", not_applicable=True, reason="Không ban hành văn bản")
    exclude(year, "1.1", group=year.group)
    Value.objects.filter(criterion=year.leaves["1.2"]).update(is_overtaken=who == "h")
    submission = year.submission()
    for state, resolution in (
        (SubmissionState.DRAFT, Resolution.NONE),
        (SubmissionState.NOT_SUBMITTED, Resolution.NOUGHT),
    ):
        Submission.objects.filter(pk=submission.pk).update(
            state=state, resolution=resolution, resolution_reason="QĐ 02"
        )
        dossier = read_dossier(submission.participant)
        sheet = read_worksheet(dossier.participant, sight_of(year[who], dossier.participant))
        of_rows = scorecard(dossier.participant, accept_claims=claims, stages=sheet.sight.everywhere)
        assert card_of_sheet(dossier, sheet, accept_claims=claims) == of_rows


def test_a_unit_that_is_not_assessed_has_no_sum(year: Year) -> None:
    Participant.objects.filter(pk=year.a.pk).update(is_assessed=False, left_out_reason="Giải thể")
    dossier = read_dossier(year.a)
    sheet = read_worksheet(dossier.participant, sight_of(year["a1"], dossier.participant))
    assert card_of_sheet(dossier, sheet) is None


def test_what_was_loaded_by_the_gate_is_the_dossier_that_a_second_reading_gives(year: Year) -> None:
    loaded, read = dossier_as_loaded(year.submission()), read_dossier(year.a)
    assert (loaded.submission, loaded.participant, loaded.group) == (read.submission, read.participant, read.group)
    assert {key: window.closes_at for key, window in loaded.windows.items()} == {
        key: window.closes_at for key, window in read.windows.items()
    }
    assert loaded.deadline == read.deadline
