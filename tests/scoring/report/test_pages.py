"""The pages of the report: who reads, who writes, what is kept of a refused text, how a paper is signed and checked."""

from __future__ import annotations

import datetime
from functools import partial
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import override_settings
from django.utils import timezone

from scoring.enums import Phase, SigningWay
from scoring.files import evidence_store
from scoring.models import Receipt, SelfReport, Signing
from scoring.selectors.report import signing_of
from scoring.services import evidence_sweep
from scoring.services.dossier import read_dossier
from scoring.services.receipts import canonical, contents, digest_of
from scoring.services.report_content import report_of
from scoring.services.transitions import perform
from tests.abuse.browsing import body_of
from tests.racing import at_once
from tests.scoring.dossier.pages import text, url
from tests.scoring.evidence import samples
from tests.scoring.report.sample import handed_in
from tests.year import Year, build_year, declare_all
from units.mail import portal_address
from units.models import TrailEntry

pytestmark = pytest.mark.django_db
EVERYBODY = ("a1", "aH", "b1", "gA", "g1", "g2", "c", "h", "l", "s", "n", "P")


@pytest.fixture
def year() -> Year:
    found = build_year()
    declare_all(found, found.a, "a1")
    return found


def typed(version: int = 0, **words: str) -> dict[str, Any]:
    return {"version": version, "difficulties": "", "proposals": "", "place": "", "signer_title": "", **words}


def write(year: Year, who: str, version: int = 0, **words: str) -> Any:
    return year.browser(who).post(url(year, "self_report"), typed(version, **words))


def sign(year: Year, who: str = "aH", data: bytes | None = None, name: str = "ban-ky.pdf", **fields: str) -> Any:
    receipt = Receipt.objects.filter(submission=year.submission()).last()
    today = timezone.localdate()
    posted = {
        "digest": receipt.digest if receipt else "0" * 64, "number": "42/BC-SAT", "dated_on": f"{today:%d/%m/%Y}",
        "file": SimpleUploadedFile(name, data or samples.pdf()),
    }  # fmt: skip
    return year.browser(who).post(url(year, "signing"), posted | fields)


def signed_paper() -> Signing:
    return Signing.objects.get(way=SigningWay.PAPER)


# ── words ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_staff_write_the_words_and_everybody_of_the_unit_reads_them_in_the_report(year: Year) -> None:
    assert write(year, "a1", difficulties="Thiếu người.\r\nThiếu máy.", place="An Thành").status_code == 302
    assert SelfReport.objects.get().difficulties == "Thiếu người.\nThiếu máy."
    page = text(year.browser("aH").get(url(year, "self_report")))
    assert "Thiếu máy." in page
    assert "An Thành" in page
    assert TrailEntry.objects.filter(action="scoring.write_report").count() == 1
    assert write(year, "aH", 1, difficulties="Thiếu người.\nThiếu máy.", place="An Thành").status_code == 302
    assert SelfReport.objects.get().version == 1, "the same words again are no change"


def test_an_edit_of_an_older_version_is_refused_with_both_texts(year: Year) -> None:
    write(year, "a1", difficulties="Bản của cán bộ")
    refused = write(year, "aH", 0, difficulties="Bản của thủ trưởng")
    assert refused.status_code == 409
    assert "Bản của cán bộ" in text(refused)
    assert 'value="Bản của thủ trưởng"' in text(refused)
    assert SelfReport.objects.get().difficulties == "Bản của cán bộ"
    assert write(year, "aH", 1, difficulties="Bản của thủ trưởng").status_code == 302


def test_what_was_typed_stays_in_the_form_when_the_hour_has_passed_or_it_is_too_long(year: Year) -> None:
    long = write(year, "a1", difficulties="Dài " * 1300)
    assert long.status_code == 422
    assert "Rút gọn còn tối đa 5000 ký tự" in text(long)
    assert "Dài Dài" in text(long)
    year.move_window(Phase.SELF_ASSESSMENT, -datetime.timedelta(days=2), -datetime.timedelta(minutes=1))
    late = write(year, "a1", difficulties="Viết muộn")
    assert late.status_code == 409
    assert "Viết muộn" in text(late)
    assert not SelfReport.objects.exists()


def test_on_the_heads_desk_the_head_alone_writes_and_after_submission_nobody(year: Year) -> None:
    perform(year.submission(), "hand_over", year["a1"])
    assert write(year, "a1", difficulties="Sửa trộm").status_code == 409
    assert write(year, "aH", difficulties="Ý của thủ trưởng").status_code == 302
    perform(year.submission(), "submit", year["aH"], accept_warnings=True)
    assert write(year, "aH", 1, difficulties="Muộn").status_code == 409
    assert SelfReport.objects.get().difficulties == "Ý của thủ trưởng"


def test_only_the_own_unit_writes(year: Year) -> None:
    answers = {name: write(year, name, difficulties="x").status_code for name in EVERYBODY}
    assert answers == {
        "a1": 302,
        "aH": 302,
        "b1": 404,
        "gA": 404,
        "g1": 404,
        "g2": 404,
        "c": 403,
        "h": 403,
        "l": 403,
        "s": 404,
        "n": 404,
        "P": 302,
    }  # fmt: skip  (aH: the same words again; P: to the sign-in)
    assert SelfReport.objects.get().author == year["a1"]


# ── who reads ─────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("name", ["self_report", "self_report_pdf", "self_report_docx"])
def test_a_draft_is_the_units_and_the_coordinators_and_what_is_handed_in_the_judges_too(year: Year, name: str) -> None:
    def statuses() -> dict[str, int]:
        return {who: year.browser(who).get(url(year, name)).status_code for who in EVERYBODY}

    assert statuses() == {
        "a1": 200, "aH": 200, "b1": 404, "gA": 404, "g1": 404, "g2": 404, "c": 200, "h": 403, "l": 403, "s": 404,
        "n": 404, "P": 302,
    }  # fmt: skip
    judged = build_year(Phase.APPRAISAL, slug="noi-khac")
    after = {who: judged.browser(who).get(url(judged, name)).status_code for who in EVERYBODY}
    assert after == {
        "a1": 200, "aH": 200, "b1": 404, "gA": 404, "g1": 200, "g2": 200, "c": 200, "h": 200, "l": 403, "s": 404,
        "n": 404, "P": 302,
    }  # fmt: skip


def test_documents_are_saved_and_never_shown_by_the_browser(year: Year) -> None:
    handed_in(year)
    for name, rest in (("self_report_pdf", ()), ("self_report_docx", ()), ("receipt_pdf", (1,))):
        response = year.browser("a1").get(url(year, name, *rest))
        assert response["Content-Disposition"].startswith("attachment")
        assert response["Content-Security-Policy"].startswith("sandbox")
        assert response["Cache-Control"] == "private, no-store"


def test_the_receipt_on_paper_is_for_those_who_read_the_receipt(year: Year) -> None:
    handed_in(year)
    answers = {who: year.browser(who).get(url(year, "receipt_pdf", 1)).status_code for who in EVERYBODY}
    assert {who for who, status in answers.items() if status == 200} == {"a1", "aH", "c"}
    assert year.browser("a1").get(url(year, "receipt_pdf", 2)).status_code == 404


def test_the_page_takes_the_same_queries_at_any_number_of_answers(year: Year, django_assert_max_num_queries) -> None:
    browser = year.browser("a1")
    with django_assert_max_num_queries(45):
        assert browser.get(url(year, "self_report")).status_code == 200


# ── the digest, and the check of a printed one ────────────────────────────────────────────────────────────────────


def test_the_digest_that_the_head_saw_is_that_of_the_receipt(year: Year) -> None:
    write(year, "a1", difficulties="Thiếu người.", signer_title="Giám đốc")
    perform(year.submission(), "hand_over", year["a1"])
    seen = report_of(read_dossier(year.a)).digest
    assert seen in text(year.browser("aH").get(url(year, "self_report")))
    perform(year.submission(), "submit", year["aH"], accept_warnings=True)
    receipt = Receipt.objects.get()
    assert receipt.digest == seen == digest_of(receipt.content) == digest_of(canonical(contents(read_dossier(year.a))))


def test_the_code_on_the_paper_leads_to_the_check(year: Year) -> None:
    receipt = handed_in(year)
    content = report_of(read_dossier(year.a))
    assert content.check_url == portal_address(url(year, "report_check", receipt.digest[:16]))


def test_the_check_says_whether_the_paper_is_the_last_one(year: Year) -> None:
    first = handed_in(year)
    address = url(year, "report_check", first.digest[:16])
    assert "Khớp bản nộp 1" in text(year.browser("c").get(address))
    perform(year.submission(), "withdraw", year["aH"])
    assert "đã rút phiếu về" in text(year.browser("a1").get(address))
    year.declare("2.1", inputs={"points": "1"})
    second = handed_in(year)
    assert "không còn là bản cuối" in text(year.browser("a1").get(address))
    assert "Khớp bản nộp 2" in text(year.browser("a1").get(url(year, "report_check", second.digest[:16])))


@pytest.mark.parametrize("mark", ["0" * 16, "ngan", "%"])
def test_a_mark_that_no_receipt_has_is_nothing(year: Year, mark: str) -> None:
    receipt = handed_in(year)
    assert year.browser("a1").get(url(year, "report_check", mark)).status_code == 404
    assert year.browser("a1").get(url(year, "report_check", receipt.digest[:15])).status_code == 404
    assert year.browser("b1").get(url(year, "report_check", receipt.digest[:16])).status_code == 404
    assert year.browser("l").get(url(year, "report_check", receipt.digest[:16])).status_code == 403


# ── signing ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_handing_in_is_the_heads_signature_in_the_portal(year: Year) -> None:
    receipt = handed_in(year)
    (signing,) = receipt.signings.all()
    assert (signing.way, signing.digest, signing.by, signing.key) == ("portal", receipt.digest, year["aH"], "")
    assert "ký xác nhận trên cổng" in text(year.browser("a1").get(url(year, "receipt", 1)))


def test_the_head_puts_the_signed_paper_beside_the_receipt_and_all_readers_can_save_it(year: Year) -> None:
    receipt = handed_in(year)
    assert sign(year).status_code == 302
    paper = signed_paper()
    assert (paper.receipt, paper.digest, paper.number, paper.kind) == (receipt, receipt.digest, "42/BC-SAT", "pdf")
    assert signing_of(receipt) == paper
    for name, rest in (("receipt", (1,)), ("self_report", ())):
        assert "42/BC-SAT" in text(year.browser("a1").get(url(year, name, *rest)))
    saved = year.browser("a1").get(url(year, "signed_file", paper.pk))
    assert body_of(saved) == samples.pdf()
    assert saved["Content-Disposition"].startswith("attachment")
    assert saved["Content-Security-Policy"].startswith("sandbox")
    assert TrailEntry.objects.get(action="scoring.sign_paper").data["digest"] == receipt.digest


def test_a_signed_paper_is_read_by_the_readers_of_the_report(year: Year) -> None:
    handed_in(year)
    sign(year)
    address = url(year, "signed_file", signed_paper().pk)
    answers = {}
    for who in EVERYBODY:
        answer = year.browser(who).get(address)
        body_of(answer)
        answers[who] = answer.status_code
    assert answers == {
        "a1": 200, "aH": 200, "b1": 404, "gA": 404, "g1": 404, "g2": 404, "c": 200, "h": 200, "l": 403, "s": 404,
        "n": 404, "P": 302,
    }  # fmt: skip
    assert year.browser("b1").get(url(year, "signed_file", signed_paper().pk, unit=year.b)).status_code == 404
    portal = Signing.objects.get(way=SigningWay.PORTAL)
    assert year.browser("a1").get(url(year, "signed_file", portal.pk)).status_code == 404, "no file, no address"


def test_nobody_but_the_head_signs(year: Year) -> None:
    handed_in(year)
    answers = {who: sign(year, who).status_code for who in EVERYBODY if who != "aH"}
    assert set(answers.values()) == {302, 403, 404}
    assert answers["a1"] == 403
    assert not Signing.objects.filter(way=SigningWay.PAPER).exists()
    assert list(evidence_store.stored_keys()) == []


def test_before_submission_there_is_nothing_to_sign(year: Year) -> None:
    refused = sign(year)
    assert refused.status_code == 409
    assert "Hồ sơ chưa nộp" in text(refused)
    assert "42/BC-SAT" in text(refused), "what was typed stays"


def test_a_paper_of_an_earlier_submission_is_refused(year: Year) -> None:
    first = handed_in(year)
    perform(year.submission(), "withdraw", year["aH"])
    year.declare("2.1", inputs={"points": "1"})
    handed_in(year)
    refused = sign(year, digest=first.digest)
    assert refused.status_code == 409
    assert "đã nộp lại" in text(refused)
    assert list(evidence_store.stored_keys()) == []


@pytest.mark.parametrize(
    ("fields", "status", "sentence"),
    [
        ({"number": ""}, 422, "Ghi số, ký hiệu"),
        ({"dated_on": "31/02/2026"}, 422, "Không có ngày"),
        ({"dated_on": "01/01/2099"}, 422, "Ngày ký ở sau hôm nay"),
        ({"dated_on": "01/01/0001"}, 422, "Ngày ký ở trước năm đánh giá 2026"),
        ({"dated_on": "31/12/2025"}, 422, "Ngày ký ở trước năm đánh giá 2026"),
        ({"data": samples.document(), "name": "ban-ky.docx"}, 422, "bản ký phải là PDF hoặc ảnh"),
        ({"data": b"MZ" + b"0" * 99, "name": "ban-ky.pdf"}, 422, "Không nhận tệp"),
    ],
)
def test_a_paper_that_is_not_taken_is_told_at_its_field(year: Year, fields: Any, status: int, sentence: str) -> None:
    handed_in(year)
    refused = sign(year, **fields)
    assert refused.status_code == status
    assert sentence in text(refused)
    assert not Signing.objects.filter(way=SigningWay.PAPER).exists()
    assert list(evidence_store.stored_keys()) == []


def test_the_first_day_of_the_year_is_a_day_of_signing(year: Year) -> None:
    handed_in(year)
    assert sign(year, dated_on="01/01/2026").status_code == 302


@override_settings(EVIDENCE_FILES_PER_UNIT=1)
def test_signed_papers_count_with_the_documents_of_the_unit(year: Year) -> None:
    handed_in(year)
    assert sign(year).status_code == 302
    refused = sign(year, data=samples.image(), name="ban-ky.png")
    assert refused.status_code == 422
    assert "tối đa 1 tệp" in text(refused)


@override_settings(EVIDENCE_FILES_PER_UNIT=1)
def test_the_same_paper_sent_twice_is_one_row_and_one_file(year: Year) -> None:
    handed_in(year)
    assert [sign(year).status_code for _ in range(3)] == [302, 302, 302]
    assert signed_paper().number == "42/BC-SAT"
    assert [key for key, _ in evidence_store.stored_keys()] == [signed_paper().key]
    assert TrailEntry.objects.filter(action="scoring.sign_paper").count() == 1


def test_another_number_day_or_file_is_another_paper_and_so_is_the_first_after_it(year: Year) -> None:
    receipt = handed_in(year)
    yesterday = f"{timezone.localdate() - datetime.timedelta(days=1):%d/%m/%Y}"
    for other in ({"number": "43/BC-SAT"}, {"dated_on": yesterday}, {"data": samples.pdf(b"(lan hai)")}):
        sign(year, **other)  # type: ignore[arg-type]
        sign(year)
        assert signing_of(receipt).number == "42/BC-SAT"  # type: ignore[union-attr]
    assert Signing.objects.filter(way=SigningWay.PAPER).count() == 6


@pytest.mark.django_db(transaction=True)
def test_two_clicks_at_the_same_instant_leave_one_row_and_one_file(year: Year) -> None:
    handed_in(year)
    browsers = [year.browser("aH") for _ in range(4)]
    receipt = Receipt.objects.get()
    fields = {"digest": receipt.digest, "number": "42/BC-SAT", "dated_on": f"{timezone.localdate():%d/%m/%Y}"}
    address, data = url(year, "signing"), samples.pdf()

    def press(browser: Any) -> int:
        file = SimpleUploadedFile("ban-ky.pdf", data)
        return int(browser.post(address, fields | {"file": file}).status_code)

    assert at_once([partial(press, browser) for browser in browsers]) == [302] * 4
    assert [key for key, _ in evidence_store.stored_keys()] == [signed_paper().key]


def test_a_paper_that_the_store_lost_is_told_and_not_half_sent(year: Year) -> None:
    handed_in(year)
    sign(year)
    evidence_store.discard(signed_paper().key)
    answer = year.browser("a1").get(url(year, "signed_file", signed_paper().pk))
    assert answer.status_code == 503
    assert "không khớp mã băm" in text(answer)


def test_the_sweep_keeps_signed_papers_and_tells_of_a_damaged_one(year: Year, monkeypatch) -> None:
    handed_in(year)
    sign(year)
    monkeypatch.setattr(evidence_sweep, "GRACE", datetime.timedelta(seconds=-5))
    swept = evidence_sweep.sweep()
    assert (swept.removed, swept.faults, swept.checked) == ([], [], 1)
    assert body_of(year.browser("a1").get(url(year, "signed_file", signed_paper().pk))) == samples.pdf()
    evidence_store.discard(signed_paper().key)
    (fault,) = evidence_sweep.sweep().faults
    assert "ban-ky.pdf" in fault


def test_a_signed_paper_stays_as_it_is(year: Year) -> None:
    handed_in(year)
    sign(year)
    with pytest.raises(Exception, match="chỉ được thêm"):
        signed_paper().delete()
