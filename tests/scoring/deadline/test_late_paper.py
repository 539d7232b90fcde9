"""A paper comes after the close: the coordinator enters it on behalf, marked so everywhere (case T13)."""

from __future__ import annotations

import datetime
import json
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from scoring.enums import PartState, Phase, SigningWay, Stage
from scoring.exporters.self_report import report_docx, report_pdf
from scoring.models import AppraisalPart, LatePaper, Receipt, Signing, Value, ValueChange
from scoring.selectors.worksheet import Sight, read_worksheet
from scoring.services.before_submission import look_under_lock
from scoring.services.check_items import Kind
from scoring.services.dossier import read_dossier
from scoring.services.errors import Conflict, Incomplete
from scoring.services.evidence_sweep import sweep
from scoring.services.late_papers import Arrived, enter_on_behalf, take_paper
from scoring.services.report_content import report_of
from scoring.services.self_assessment import declare
from scoring.services.transitions import perform
from scoring.services.values import Content
from scoring.views.late_paper_places import BY_PAPER
from scoring.workflow import Subject, Transition
from scoring.workflow.table import transitions_of
from tests.database import fingerprint
from tests.scoring.dossier.pages import answer, text, typed, url
from tests.scoring.evidence.samples import pdf
from tests.scoring.report.sample import docx_texts, pdf_text, squeezed
from tests.year import Year, build_year
from units import trail
from units.models import TrailEntry
from units.permissions import Refused

pytestmark = pytest.mark.django_db

DAY = datetime.timedelta(days=1)
MARK = "Nhập thay theo văn bản số 42/BC-SAT ngày "


@pytest.fixture
def year() -> Year:
    """A has typed 1.1 and let the hour pass; the portal has closed it."""
    made = build_year()
    made.declare("1.1", inputs={"choice": "tre"})
    closed(made)
    call_command("close_windows", verbosity=0)
    return made


def closed(year: Year) -> None:
    year.move_window(Phase.SELF_ASSESSMENT, -5 * DAY, -DAY)


def arrived(**change: Any) -> Arrived:
    today = timezone.localdate()
    told = {"number": "42/BC-SAT", "dated_on": today - 2 * DAY, "arrived_on": today, "reason": "Mất mạng cả tuần"}
    return Arrived(**told | change)


def paper(year: Year, **change: Any) -> LatePaper:
    submission = year.submission()
    file = SimpleUploadedFile("van-ban.pdf", pdf())
    return take_paper(submission, arrived(**change), file, version=submission.version, by=year["c"])


def enter(year: Year, code: str, by: str = "c", **content: Any) -> Any:
    seen = year.seen(code, Stage.DECLARED)
    return enter_on_behalf(year.a, year.leaves[code], Content(**content), seen=seen, by=year[by])


def posted(year: Year, **change: Any) -> dict[str, Any]:
    today = timezone.localdate()
    form = {
        "version": year.submission().version, "number": "42/BC-SAT", "reason": "Mất mạng cả tuần",
        "dated_on": f"{today - 2 * DAY:%d/%m/%Y}", "arrived_on": f"{today:%d/%m/%Y}",
        "file": SimpleUploadedFile("van-ban.pdf", pdf()),
    }  # fmt: skip
    return form | change


def test_from_the_paper_to_the_receipt_on_the_pages(year: Year) -> None:
    browser = year.browser("c")
    board = reverse("scoring:progress_unit", args=[year.organiser.slug, year.campaign.code, year.a.code])
    assert url(year, "late_paper") in text(browser.get(board))
    assert browser.post(url(year, "late_paper"), posted(year)).status_code == 302
    page = text(browser.get(url(year, "late_paper")))
    assert "Đang nhập thay theo văn bản số 42/BC-SAT" in page
    assert "Đơn vị tự nhập:" in page
    leaf = url(year, "late_paper_leaf", "1.2")
    assert MARK in text(browser.get(leaf))
    assert browser.post(leaf, typed(0, numerator="45", denominator="50")).status_code == 302
    assert "Điều phối đang nhập thay theo văn bản đến muộn" in text(year.browser("a1").get(url(year)))
    again = {"version": year.submission().version, "reason": "Văn bản có dấu của đơn vị"}
    assert browser.post(url(year, "late_paper_hand_in"), again).status_code == 302
    assert year.submission().state == "submitted"

    for who in ("a1", "c"):
        shown = text(year.browser(who).get(url(year, "answer", "1.2")))
        assert shown.count(MARK) >= 2, "at the value and in the history"
        assert MARK not in text(year.browser(who).get(url(year, "answer", "1.1"))), "the unit's own"
    assert "Cơ quan điều phối" in text(year.browser("a1").get(url(year, "answer", "1.2")))
    assert "Người c" not in text(year.browser("a1").get(url(year, "answer", "1.2")))
    receipt = Receipt.objects.get()
    told = json.loads(receipt.content)
    assert receipt.terms["reason"] == "Mất mạng cả tuần"
    assert [item.get("on_behalf", "")[: len(MARK)] for item in told["answers"]] == ["", MARK]
    shown = text(year.browser("aH").get(url(year, "receipt", 1)))
    assert "Điều phối nộp thay theo văn bản số 42/BC-SAT" in shown
    assert MARK in shown
    assert "nộp thay theo văn bản đến muộn số 42/BC-SAT" in text(year.browser("a1").get(url(year)))
    signing = Signing.objects.get()
    assert (signing.way, signing.number, signing.sha256) == (
        SigningWay.PAPER,
        "42/BC-SAT",
        LatePaper.objects.get().sha256,
    )
    assert "Người c" not in text(year.browser("a1").get(url(year, "self_report"))), "the coordinator did not sign it"


@pytest.mark.parametrize("state", ["draft", "handed in"])
def test_the_report_of_the_unit_says_which_figures_are_not_its_own(year: Year, state: str) -> None:
    made = paper(year)
    enter(year, "1.2", inputs={"numerator": "45", "denominator": "50"})
    enter(year, "2.1", not_applicable=True, reason="Không ban hành văn bản")
    if state == "handed in":
        perform(year.submission(), "submit_on_behalf", year["c"], reason="Có văn bản")
    content = report_of(read_dossier(year.a))
    mark = f"{MARK}{made.dated_on:%d/%m/%Y}."
    assert {row.code for row in content.rows if row.how.endswith(mark)} == {"1.2", "2.1"}
    assert pdf_text(report_pdf(content)).count(squeezed(mark)) == 2
    assert sum(mark in shown for shown in docx_texts(report_docx(content))) == 2
    assert text(year.browser("a1").get(url(year, "self_report"))).count(mark) == 2


def test_a_figure_by_the_paper_stands_on_the_paper_and_is_not_told_as_lacking_proof(year: Year) -> None:
    paper(year)
    enter(year, "1.1", inputs={"choice": "du"})
    sheet = read_worksheet(year.a, Sight(frozenset({Stage.DECLARED}), is_unit=True))
    line = sheet.line_of("1.1")
    assert (line.state.icon, line.state.label, line.is_open) == ("done", "theo văn bản đến muộn", False)
    assert not [item for item in look_under_lock(read_dossier(year.a)).warnings if item.kind == Kind.NO_PROOF]
    assert not report_of(read_dossier(year.a)).unproven
    Value.objects.filter(participant=year.a, stage=Stage.DECLARED).update(on_behalf="")
    sheet = read_worksheet(year.a, Sight(frozenset({Stage.DECLARED}), is_unit=True))
    assert sheet.line_of("1.1").state.label == "thiếu minh chứng", "the unit's own figure"


def test_the_appraiser_sees_the_mark_and_the_scan(year: Year) -> None:
    made = paper(year)
    enter(year, "1.2", inputs={"numerator": "45", "denominator": "50"})
    scan = url(year, "late_paper_scan", made.pk)
    perform(year.submission(), "submit_on_behalf", year["c"], reason="Có văn bản")
    perform(year.submission(year.b), "set_to_nought", year["c"], reason="Không gửi gì")
    perform(year.fresh_group(), "start_appraisal", year["c"])
    AppraisalPart.objects.filter(participant=year.a, component__code="1").update(appraiser=year["g1"])
    where = [year.organiser.slug, year.campaign.code, year.a.code]
    page = text(year.browser("g1").get(reverse("scoring:part_leaf", args=[*where, "1", 1, "1.2"])))
    assert MARK in page
    saved = year.browser("g1").get(scan)
    assert (saved.status_code, b"".join(saved.streaming_content)) == (200, pdf())
    assert year.browser("b1").get(scan).status_code == 404


def test_who_entered_what_by_which_paper_stands_in_the_trail(year: Year) -> None:
    paper(year)
    enter(year, "1.2", inputs={"numerator": "45", "denominator": "50"})
    perform(year.submission(), "submit_on_behalf", year["c"], reason="Có văn bản")
    acts = ("scoring.submission_take_paper", "scoring.enter_on_behalf", "scoring.submission_submit_on_behalf")
    told = [TrailEntry.objects.get(action=act) for act in acts]
    assert {entry.actor_id for entry in told} == {year["c"].pk}
    assert told[0].data["number"] == told[1].data["number"] == "42/BC-SAT"
    assert trail.verify() == []
    change = ValueChange.objects.get(criterion=year.leaves["1.2"])
    assert change.content["on_behalf"].startswith(MARK)
    assert sweep(delete=False).faults == []


def test_without_a_paper_in_hand_the_coordinator_changes_nothing(year: Year) -> None:
    with pytest.raises(Conflict, match="Ghi văn bản trước"):
        enter(year, "1.2", inputs={"numerator": "45", "denominator": "50"})
    with pytest.raises(Refused):
        declare(year.a, year.leaves["1.1"], Content(inputs={"choice": "du"}), seen=1, by=year["c"])
    with pytest.raises(Conflict, match="văn bản đến muộn"):
        perform(year.submission(), "submit_on_behalf", year["c"], reason="Vội")
    with pytest.raises(Conflict, match="trang riêng"):
        perform(year.submission(), "take_paper", year["c"], reason="Không có bản quét")
    board = [year.organiser.slug, year.campaign.code, year.a.code, "submit_on_behalf"]
    assert year.browser("c").post(reverse("scoring:progress_step", args=board), {"version": 1}).status_code == 404
    assert answer(year, "c", "1.2", numerator="1", denominator="2").status_code == 403


def test_the_two_steps_by_paper_go_by_their_own_page_alone(year: Year) -> None:
    """There the scan is asked for, and the second factor where one is set."""
    paper(year)
    browser, before = year.browser("c"), fingerprint()
    shown = text(browser.get(url(year)))
    for name in BY_PAPER:
        address = url(year, "dossier_step", name)
        assert address not in shown
        form = {"version": year.submission().version, "reason": "Có văn bản"}
        assert browser.post(address, form).status_code == 404
    assert fingerprint() == before
    assert url(year, "dossier_step", "set_to_nought") in shown


@pytest.mark.parametrize("transition", list(transitions_of(Subject.SUBMISSION)), ids=lambda one: one.name)
def test_every_step_of_a_dossier_is_answered_at_the_worksheet(year: Year, transition: Transition) -> None:
    paper(year)
    form = {"version": year.submission().version, "reason": "Lý do", "until": f"{timezone.now() + DAY:%d/%m/%Y} 17:00"}
    answered = year.browser("c").post(url(year, "dossier_step", transition.name), form)
    assert answered.status_code in (302, 403, 404, 409, 422)


@pytest.mark.parametrize("who", ["a1", "aH", "b1", "g1", "h", "l", "s", "n"])
def test_nobody_but_the_coordinator_takes_a_paper_or_enters_by_it(year: Year, who: str) -> None:
    made, browser = paper(year), year.browser(who)
    before = fingerprint()
    with pytest.raises(Refused):
        enter(year, "1.2", who, inputs={"numerator": "45", "denominator": "50"})
    for page in (url(year, "late_paper"), url(year, "late_paper_leaf", "1.2"), url(year, "late_paper_hand_in")):
        assert browser.post(page, posted(year)).status_code in (403, 404)
    assert fingerprint() == before
    assert made.submission_version == year.submission().version


def test_a_paper_is_not_taken_while_the_unit_is_in_time() -> None:
    year = build_year()
    with pytest.raises(Conflict, match="còn trong hạn"):
        paper(year)
    assert not LatePaper.objects.exists()
    assert "Chưa nhận được văn bản đến muộn" in text(year.browser("c").get(url(year, "late_paper")))


def test_a_paper_needs_no_waiting_for_the_timer() -> None:
    year = build_year()
    closed(year)
    assert year.submission().state == "draft"
    paper(year)
    assert year.submission().state == "not_submitted"
    enter(year, "1.1", inputs={"choice": "du"})


@pytest.mark.parametrize("act", ["reopen", "set_to_nought", "take_as_it_stands"])
def test_any_other_decision_about_the_dossier_puts_the_paper_away(year: Year, act: str) -> None:
    paper(year)
    until = {"until": timezone.now() + DAY} if act == "reopen" else {}
    perform(year.submission(), act, year["c"], reason="Quyết định khác", **until)
    with pytest.raises(Conflict):
        enter(year, "1.2", inputs={"numerator": "45", "denominator": "50"})
    with pytest.raises(Conflict):
        perform(year.submission(), "submit_on_behalf", year["c"], reason="Vội")


def test_a_signed_part_keeps_the_paper_out(year: Year) -> None:
    perform(year.submission(), "take_as_it_stands", year["c"], reason="Đã nhập")
    perform(year.submission(year.b), "set_to_nought", year["c"], reason="Không gửi gì")
    perform(year.fresh_group(), "start_appraisal", year["c"])
    AppraisalPart.objects.filter(participant=year.a, component__code="2").update(
        state=PartState.SIGNED, signed_by=year["g2"], signed_at=timezone.now(), appraiser=year["g2"]
    )
    with pytest.raises(Conflict, match="đã ký"):
        paper(year)
    assert not LatePaper.objects.exists()


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"number": " "}, "number"),
        ({"dated_on": timezone.localdate() + 3 * DAY}, "dated_on"),
        ({"arrived_on": timezone.localdate() + DAY}, "arrived_on"),
        ({"arrived_on": timezone.localdate() - 3 * DAY}, "arrived_on"),
    ],
)
def test_what_does_not_fit_the_paper_is_told_at_its_field(year: Year, change: dict[str, Any], field: str) -> None:
    with pytest.raises(Incomplete) as refused:
        paper(year, **change)
    assert refused.value.field == field
    assert not LatePaper.objects.exists()


@pytest.mark.parametrize(
    ("change", "status", "sentence"),
    [
        ({"file": ""}, 422, "Chọn tệp quét"),
        ({"reason": ""}, 422, "Nêu lý do nhận"),
        ({"dated_on": "31/02/2027"}, 422, "31/02/2027"),
        ({"file": SimpleUploadedFile("a.docx", b"PK\x03\x04 nothing")}, 422, "Bản quét"),
        ({"version": 1}, 409, "vừa thay đổi"),
    ],
)
def test_the_form_says_what_is_missing_and_keeps_what_was_typed(
    year: Year, change: dict[str, Any], status: int, sentence: str
) -> None:
    answered = year.browser("c").post(url(year, "late_paper"), posted(year, **change))
    assert (answered.status_code, sentence in text(answered)) == (status, True)
    assert "42/BC-SAT" in text(answered)
    assert not LatePaper.objects.exists()


def test_pressing_twice_takes_one_paper_and_hands_in_once(year: Year) -> None:
    browser, form = year.browser("c"), posted(year)
    assert browser.post(url(year, "late_paper"), form).status_code == 302
    assert browser.post(url(year, "late_paper"), posted(year) | {"version": form["version"]}).status_code == 409
    again = {"version": year.submission().version, "reason": "Có văn bản"}
    assert browser.post(url(year, "late_paper_hand_in"), again).status_code == 302
    assert browser.post(url(year, "late_paper_hand_in"), again).status_code == 409
    assert (LatePaper.objects.count(), Receipt.objects.count()) == (1, 1)


def test_an_older_page_of_a_leaf_overwrites_nothing(year: Year) -> None:
    paper(year)
    enter(year, "1.2", inputs={"numerator": "45", "denominator": "50"})
    stale = year.browser("c").post(url(year, "late_paper_leaf", "1.2"), typed(0, numerator="1", denominator="50"))
    assert stale.status_code == 409
    assert year.value("1.2", Stage.DECLARED).inputs == {"numerator": "45", "denominator": "50"}


def test_a_figure_entered_by_mistake_is_taken_away_again(year: Year) -> None:
    paper(year)
    enter(year, "1.2", inputs={"numerator": "45", "denominator": "50"})
    form = {"version": year.seen("1.2", Stage.DECLARED), "clear": "1"}
    assert year.browser("c").post(url(year, "late_paper_leaf", "1.2"), form).status_code == 302
    assert year.value("1.2", Stage.DECLARED) is None
    assert ValueChange.objects.filter(criterion=year.leaves["1.2"]).count() == 2


def test_what_the_unit_writes_itself_later_no_longer_bears_the_mark(year: Year) -> None:
    paper(year)
    enter(year, "1.1", inputs={"choice": "du"})
    assert year.value("1.1", Stage.DECLARED).on_behalf.startswith(MARK)
    perform(year.submission(), "submit_on_behalf", year["c"], reason="Có văn bản")
    perform(year.submission(), "unlock", year["c"], reason="Đơn vị đề nghị", until=timezone.now() + DAY)
    year.declare("1.1", inputs={"choice": "du"})
    value = year.value("1.1", Stage.DECLARED)
    assert (value.on_behalf, value.author) == ("", year["a1"])


def test_the_page_asks_as_much_of_the_database_for_three_leaves_as_for_one(
    year: Year, django_assert_num_queries: Any
) -> None:
    paper(year)
    browser, page = year.browser("c"), url(year, "late_paper")
    browser.get(page)
    with CaptureQueriesContext(connection) as one:
        browser.get(page)
    enter(year, "1.1", inputs={"choice": "du"})
    enter(year, "1.2", inputs={"numerator": "45", "denominator": "50"})
    enter(year, "2.1", inputs={"points": "2"})
    with django_assert_num_queries(len(one)):
        browser.get(page)
