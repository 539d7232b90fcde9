"""Kiểm tra trước khi nộp: every fault leads to its field, and the door says what the page said, no more and no less."""

from __future__ import annotations

import datetime
import random
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from scoring.enums import Phase
from scoring.models import Criterion, Submission, Unfinished
from scoring.services.before_submission import BLOCKING, look_under_lock
from scoring.services.check_items import Kind
from scoring.services.dossier import read_dossier
from scoring.services.errors import Blocked, Incomplete
from scoring.services.evidence import Details, add_evidence
from scoring.services.transitions import perform
from tests.database import fingerprint
from tests.scoring.dossier.pages import step, text, url
from tests.scoring.evidence.samples import pdf
from tests.year import Year, advance, build_year, declare_all

pytestmark = pytest.mark.django_db

FORMULA = {
    "kind": "formula",
    "variables": [{"key": "a", "label": "Tổng số"}, {"key": "b", "label": "Đúng hạn"}],
    "pieces": [{"when": "a > 0 and b <= a", "points": "b / a * M"}],
}


@pytest.fixture
def year() -> Year:
    return build_year()


def rule_of(year: Year, code: str, **changes: Any) -> None:
    Criterion.objects.filter(pk=year.leaves[code].pk).update(**changes)
    year.leaves[code].refresh_from_db()


def typing(year: Year) -> None:
    Unfinished.objects.create(
        participant=year.a, criterion=year.leaves["1.2"], typed={"so-numerator": "45"}, author=year["a1"],
        changed_at=timezone.now(),
    )  # fmt: skip


def stale(year: Year) -> None:
    year.declare("1.2", inputs={"numerator": "45", "denominator": "50"})
    rule_of(year, "1.2", changed_in=2)


def refused(year: Year) -> None:
    """Today's rule knows no such choice any more."""
    year.declare("1.1", inputs={"choice": "tre"})
    rule = year.leaves["1.1"].rule
    rule_of(year, "1.1", rule=rule | {"options": [one for one in rule["options"] if one["key"] != "tre"]})


def unanswered(year: Year) -> None:
    declare_all(year, year.a, "a1")
    answer_gone = year.value("1.2", "declared")
    assert answer_gone is not None
    year.browser("a1").post(url(year, "answer_clear", "1.2"), {"version": answer_gone.version})


def unproved(year: Year) -> None:
    year.declare("1.1", inputs={"choice": "du"})


def warned(year: Year) -> None:
    rule_of(year, "1.2", rule=FORMULA)
    year.declare("1.2", inputs={"a": "0", "b": "10"})


def foreign_dated(year: Year) -> None:
    year.declare("1.1", inputs={"choice": "du"})
    add_document(year, "Kế hoạch cũ", issued_on=datetime.date(2024, 1, 5))


def doubled(year: Year) -> None:
    year.declare("1.1", inputs={"choice": "du"})
    add_document(year, "Kế hoạch")
    add_document(year, "Kế hoạch, bản sao")


def add_document(year: Year, abstract: str, **details: Any) -> None:
    upload = SimpleUploadedFile("ke-hoach.pdf", pdf())
    known = Details(number="12/KH", abstract=abstract, **details)
    add_evidence(year.a, [upload], known, by=year["a1"], criterion=year.leaves["1.1"])


FAULTS: dict[Kind, tuple[Callable[[Year], None], str, str, str]] = {
    Kind.UNFINISHED: (typing, "1.2", "Đang nhập dở", "id_so-numerator"),
    Kind.STALE: (stale, "1.2", "đã đổi sau khi nhập", "id_so-numerator"),
    Kind.REFUSED: (refused, "1.1", "", "id_so-choice"),
    Kind.UNANSWERED: (unanswered, "1.2", "Chưa nhập.", "id_so-numerator"),
    Kind.NO_PROOF: (unproved, "1.1", "Chưa có tài liệu kiểm chứng nào.", "id_tai-lieu"),
    Kind.WARNING: (warned, "1.2", "Không đoạn nào của công thức dùng được", "id_so-a"),
    Kind.DATE: (foreign_dated, "1.1", "ngoài năm đánh giá 2026", "id_tai-lieu"),
    Kind.SAME_BYTES: (doubled, "1.1", "trùng tệp với “12/KH Kế hoạch, bản sao”", "id_tai-lieu"),
}


def test_every_kind_that_needs_no_last_year_is_walked() -> None:
    assert set(FAULTS) == set(Kind) - {Kind.CHANGE}
    assert set(FAULTS) >= BLOCKING


@pytest.mark.parametrize("kind", FAULTS)
def test_everything_found_is_told_with_its_points_and_leads_to_the_field(year: Year, kind: Kind) -> None:
    make, code, sentence, field = FAULTS[kind]
    make(year)
    found = look_under_lock(read_dossier(year.a))
    (item, *_) = [one for one in (*found.blocking, *found.warnings) if one.kind == kind]
    assert (item.code, item.field, item.at_stake > 0) == (code, field, True)
    assert sentence in item.text
    browser = year.browser("a1")
    page = text(browser.get(url(year, "dossier_check")))
    assert item.text in page
    (link,) = {one for one in re.findall(r'href="([^"]+)"', page) if one.endswith(f"tc/{code}/#{field}")}
    assert re.search(rf'id="{re.escape(field)}(_0)?"', text(browser.get(link.partition("#")[0])))


@pytest.mark.parametrize("kind", BLOCKING)
def test_the_door_says_what_the_page_says_to_staff_and_head(year: Year, kind: Kind) -> None:
    FAULTS[kind][0](year)
    said = [one.sentence for one in look_under_lock(read_dossier(year.a)).blocking]
    page = text(year.browser("a1").get(url(year, "dossier_check")))
    assert f"{len(said)} lỗi phải sửa mới nộp được" in page
    answered = step(year, "a1", "hand_over")
    assert answered.status_code == 409
    assert "Chưa trình được: còn 1 lỗi phải sửa." in text(answered)
    assert all(one in text(answered) for one in said)
    Submission.objects.filter(participant=year.a).update(state="at_head")
    with pytest.raises(Blocked) as door:
        perform(year.submission(), "submit", year["aH"], accept_warnings=True)
    assert list(door.value.reasons) == said
    assert year.submission().state == "at_head"


@pytest.mark.parametrize("kind", set(FAULTS) - BLOCKING)
def test_what_only_warns_stops_nobody_who_accepts_what_is_lost(year: Year, kind: Kind) -> None:
    FAULTS[kind][0](year)
    assert step(year, "a1", "hand_over").status_code == 302
    assert step(year, "aH", "submit").status_code == 302


def test_what_is_not_answered_is_given_up_by_a_tick_and_not_by_chance(year: Year) -> None:
    year.declare("1.1", inputs={"choice": "du"})
    step(year, "a1", "hand_over")
    head = year.browser("aH")
    assert "Vẫn nộp, chấp nhận mất 6,00 điểm" in text(head.get(url(year)))
    before = fingerprint()
    refusal = step(year, head, "submit", accept_warnings="")
    assert refusal.status_code == 422
    assert "Còn 2 tiêu chí chưa nhập, mất 6,00 điểm." in text(refusal)
    with pytest.raises(Incomplete):
        perform(year.submission(), "submit", year["aH"])
    assert fingerprint() == before
    assert step(year, head, "submit", accept_warnings="on").status_code == 302


def test_a_whole_dossier_asks_for_no_tick(year: Year) -> None:
    declare_all(year, year.a, "a1")
    step(year, "a1", "hand_over")
    assert "chấp nhận mất" not in text(year.browser("aH").get(url(year)))
    assert step(year, "aH", "submit", accept_warnings="").status_code == 302


@pytest.mark.parametrize("seed", range(12))
def test_nothing_new_is_found_at_submission(year: Year, seed: int) -> None:
    """Random dossiers: without a blocking fault it passes, and with one it never does."""
    chance = random.Random(seed)
    at_one, at_two = chance.choice([None, refused, unproved]), chance.choice([None, typing, stale, warned])
    for make in filter(None, (at_one, at_two)):
        make(year)
    blocked = bool(look_under_lock(read_dossier(year.a)).blocking)
    shown = "mới nộp được" in text(year.browser("a1").get(url(year, "dossier_check")))
    Submission.objects.filter(participant=year.a).update(state="at_head")
    try:
        perform(year.submission(), "submit", year["aH"], accept_warnings=True)
        passed = True
    except Blocked:
        passed = False
    assert (shown, passed) == (blocked, not blocked)


def test_the_worst_stands_first_and_every_page_of_the_worksheet_leads_to_the_check(year: Year) -> None:
    year.declare("1.1", inputs={"choice": "du"})
    stale(year)
    found = look_under_lock(read_dossier(year.a))
    assert [(one.code, one.kind) for one in found.blocking] == [("1.2", Kind.STALE)]
    assert [(one.code, one.kind) for one in found.warnings] == [("1.1", Kind.NO_PROOF), ("2.1", Kind.UNANSWERED)]
    browser = year.browser("a1")
    for page in (url(year), url(year, "answer", "2.1")):
        assert "(1 lỗi, 2 cần xem)" in text(browser.get(page))
        assert f'href="{url(year, "dossier_check")}"' in text(browser.get(page))


@pytest.mark.parametrize(
    ("who", "status"),
    [("a1", 200), ("aH", 200), ("c", 200), ("h", 403), ("l", 403), ("g1", 404), ("b1", 404), ("n", 404), ("P", 302)],
)
def test_before_it_is_handed_in_the_check_is_the_units_own(year: Year, who: str, status: int) -> None:
    assert year.browser(who).get(url(year, "dossier_check")).status_code == status


def test_an_appraiser_reads_it_once_it_is_handed_in(year: Year) -> None:
    advance(year, Phase.APPRAISAL)
    assert year.browser("g1").get(url(year, "dossier_check")).status_code == 200


def test_a_unit_that_is_left_out_has_nothing_to_hand_in(year: Year) -> None:
    type(year.a).objects.filter(pk=year.a.pk).update(is_assessed=False, left_out_reason="Giải thể")
    assert look_under_lock(read_dossier(year.a)).warnings == ()


def test_the_pages_ask_as_often_whatever_is_found(year: Year) -> None:
    browser = year.browser("a1")
    names = ("dossier_check", "dossier_review")
    for name in names:
        browser.get(url(year, name))  # what is kept in memory is read

    def asked(name: str) -> int:
        with CaptureQueriesContext(connection) as queries:
            assert browser.get(url(year, name)).status_code == 200
        return len(queries)

    before = [asked(name) for name in names]
    doubled(year)
    year.declare("2.1", inputs={"points": "2"})
    stale(year)
    assert [asked(name) for name in names] == before
