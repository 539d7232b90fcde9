"""Công văn giải trình: what it says, where it comes from, who reads it, and that nobody who judged is named."""

from __future__ import annotations

import io
import json
import re
from typing import Any

import docx
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from pypdf import PdfReader

from scoring.enums import Phase, Purpose
from scoring.models import Campaign, ExplanationReceipt, SelfReport
from scoring.services.dossier import read_dossier
from scoring.services.evidence import Details, add_evidence
from scoring.services.letter_content import LetterContent, letter_of
from scoring.services.receipts import digest_of
from scoring.services.transitions import perform
from tests.scoring.evidence import samples
from tests.scoring.explanation.pages import page, say, send, url, words
from tests.scoring.explanation.test_explaining_anew import LATER, ask_again, judge_again, reopen
from tests.scoring.report.sample import docx_texts, pdf_text, squeezed
from tests.year import Year, build_year
from units.models import User

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]
SAID = "50 nhiệm vụ tại Quyết định 7, {{ 7*7 }} & <b>trang 2</b>"


@pytest.fixture
def year() -> Year:
    """A agrees at 2.1 and explains 1.2 with a new document."""
    year = build_year(Phase.EXPLANATION)
    say(year, "2.1", "agree")
    say(year, "1.2", text=SAID)
    upload = SimpleUploadedFile("quyet-dinh.pdf", samples.pdf())
    told = Details(number="07/QĐ-SAT", abstract="Quyết định giao nhiệm vụ")
    add_evidence(
        year.a, [upload], told, by=year["a1"], criterion=year.leaves["1.2"], pages="tr. 2", purpose=Purpose.EXPLANATION
    )  # fmt: skip
    return year


def content(year: Year) -> LetterContent:
    explanation = year.explanation()
    dossier = read_dossier(year.a)
    explanation.participant = dossier.participant
    return letter_of(dossier, explanation)


def read(year: Year, ending: str, by: str = "a1") -> Any:
    return year.browser(by).get(url(year, f"cong-van.{ending}"))


def said(year: Year, ending: str, by: str = "a1") -> str:
    body = read(year, ending, by).content
    return squeezed(pdf_text(body) if ending == "pdf" else " ".join(docx_texts(body)))


def titled(year: Year) -> None:
    """The unit has written "Giám đốc" into its report."""
    SelfReport.objects.create(
        participant=year.a, signer_title="Giám đốc", version=1, author=year["a1"], changed_at=timezone.now()
    )


def receipt() -> ExplanationReceipt:
    return ExplanationReceipt.objects.get()


class TestWhatItSays:
    @pytest.mark.parametrize("ending", ["pdf", "docx"])
    def test_both_files_say_the_same_in_the_layout_of_a_cong_van(self, year: Year, ending: str) -> None:
        send(year)
        text = said(year, ending)
        for wanted in (
            "SỞ AN TOÀN", "V/v giải trình kết quả thẩm định Chỉ số cải cách hành chính năm 2026", "Kính gửi:",
            "Đề nghị xem xét lại 1 tiêu chí, liên quan 0,40 điểm, gồm: 1.2.",
            "Đồng ý với điểm thẩm định của 1 tiêu chí, gồm: 2.1. So với điểm tự chấm giảm 1,00 điểm.",
            "3,60", "3,20", "Giải trình", "Đồng ý", SAID, "07/QĐ-SAT, Quyết định giao nhiệm vụ (tr. 2)",
            "Người aH", receipt().digest,
        ):  # fmt: skip
            assert squeezed(wanted) in text, wanted

    def test_the_head_says_on_sending_as_what_the_letter_is_signed(self, year: Year) -> None:
        titled(year)
        assert content(year).signer == ("GIÁM ĐỐC",)
        perform(year.explanation(), "hand_over", year["a1"])
        head = year.browser("aH")
        assert 'value="Giám đốc"' in head.get(url(year)).content.decode()
        form = {"version": year.explanation().version, "signer_title": "KT. Giám đốc / Phó Giám đốc"}
        assert head.post(url(year, "buoc/submit/"), form).status_code == 302
        assert content(year).signer == ("KT. GIÁM ĐỐC", "PHÓ GIÁM ĐỐC")
        assert squeezed("PHÓ GIÁM ĐỐC") in said(year, "pdf")

    def test_a_title_left_blank_is_that_of_the_report(self, year: Year) -> None:
        titled(year)
        perform(year.explanation(), "hand_over", year["a1"])
        form = {"version": year.explanation().version, "signer_title": " "}
        assert year.browser("aH").post(url(year, "buoc/submit/"), form).status_code == 302
        assert content(year).signer == ("GIÁM ĐỐC",)

    def test_what_nobody_spoke_of_is_told_as_left_as_it_is(self) -> None:
        year = build_year(Phase.EXPLANATION)
        say(year, "2.1", text="Báo cáo đã gửi")
        send(year)
        assert any(line.startswith("Không có ý kiến về 1 tiêu chí khác") for line in content(year).paragraphs)

    def test_sample_data_say_so_on_every_page(self, year: Year) -> None:
        Campaign.objects.update(is_sample=True)
        send(year)
        pages = PdfReader(io.BytesIO(read(year, "pdf").content)).pages
        assert all("DỮ LIỆU MINH HỌA" in page.extract_text() for page in pages)
        sections = docx.Document(io.BytesIO(read(year, "docx").content)).sections
        heads = [paragraph.text for section in sections for paragraph in section.first_page_header.paragraphs]
        assert heads.count("DỮ LIỆU MINH HỌA") == len(sections)

    def test_before_it_is_sent_it_is_a_draft_without_a_code(self, year: Year) -> None:
        assert (content(year).mark, content(year).check_url) == ("BẢN NHÁP, chưa gửi", "")
        assert squeezed("BẢN NHÁP, chưa gửi") in said(year, "pdf")

    def test_evidence_of_the_self_assessment_is_not_listed_as_new(self, year: Year) -> None:
        rows = {row.code: row for row in content(year).rows}
        assert rows["2.1"].documents == ()
        assert len(rows["1.2"].documents) == 1

    def test_the_second_round_has_a_letter_of_its_own(self) -> None:
        year = build_year(Phase.REAPPRAISAL)
        judge_again(year, "0.5")
        ask_again(year)
        say(year, "2.1", text="Ngày đúng là 10/12")
        send(year)
        assert "điểm thẩm định vòng 2" in content(year).subject
        assert content(year).rows[0].appraised == "vòng 1: 1,00; vòng 2: 0,50"
        assert ExplanationReceipt.objects.count() == 2


class TestFrozen:
    def test_the_digest_is_of_the_text_and_the_letter_does_not_change_with_the_rows(self, year: Year) -> None:
        send(year)
        before = read(year, "pdf").content
        year.leaves["1.2"].title = "Tên khác"
        year.leaves["1.2"].save()
        User.objects.filter(pk=year["a1"].pk).update(full_name="Tên khác")
        assert read(year, "pdf").content == before
        assert digest_of(receipt().content) == receipt().digest
        assert json.loads(receipt().content)["format"] == "parindex-explanation/1"

    def test_the_code_on_paper_leads_to_a_page_that_knows_it(self, year: Year) -> None:
        send(year)
        address = content(year).check_url
        assert address.endswith(url(year, f"doi-chieu/{receipt().digest[:16]}/"))
        found = year.browser("c").get(url(year, f"doi-chieu/{receipt().digest[:16]}/"))
        assert "Đây là bản cuối" in words(found)
        assert receipt().digest in words(found)
        for mark in ("0" * 16, receipt().digest[:8], receipt().digest):
            assert year.browser("c").get(url(year, f"doi-chieu/{mark}/")).status_code == 404

    def test_a_paper_of_an_earlier_sending_is_told_so(self, year: Year) -> None:
        send(year)
        first = receipt().digest[:16]
        reopen(year, after=20 * LATER)
        assert "đang được mở để viết tiếp" in page(year, f"doi-chieu/{first}/")
        say(year, "1.2", text="Bản khác")
        send(year)
        assert "không còn là bản cuối" in page(year, f"doi-chieu/{first}/")

    def test_pressed_twice_it_is_sent_once(self, year: Year) -> None:
        perform(year.explanation(), "hand_over", year["a1"])
        form, browser = {"version": year.explanation().version}, year.browser("aH")
        assert [browser.post(url(year, "buoc/submit/"), form).status_code for _ in range(2)] == [302, 302]
        assert ExplanationReceipt.objects.count() == 1


class TestWhoReadsIt:
    def test_a_draft_is_the_units_alone(self, year: Year) -> None:
        statuses = {
            who: read(year, "pdf", who).status_code for who in ("a1", "aH", "c", "l", "g1", "h", "b1", "n", "P")
        }
        assert statuses == {
            "a1": 200, "aH": 200, "c": 404, "l": 403, "g1": 403, "h": 403, "b1": 404, "n": 404, "P": 302,
        }  # fmt: skip

    def test_sent_the_coordinator_reads_it_and_an_appraiser_only_the_own_part(self, year: Year) -> None:
        send(year)
        assert [read(year, "docx", who).status_code for who in ("c", "g1", "b1")] == [200, 403, 404]

    @pytest.mark.parametrize("ending", ["pdf", "docx"])
    def test_nobody_who_judged_is_named_anywhere_in_it(self, year: Year, ending: str) -> None:
        User.objects.filter(pk__in=[year.people[name].pk for name in ("g1", "g2")]).update(full_name="Trần Bí Mật")
        send(year)
        body = read(year, ending).content
        text = pdf_text(body) if ending == "pdf" else " ".join(docx_texts(body))
        assert "Bí Mật" not in text
        assert "Bí Mật" not in receipt().content
        about = (
            PdfReader(io.BytesIO(body)).metadata if ending == "pdf" else docx.Document(io.BytesIO(body)).core_properties
        )
        assert not getattr(about, "author", "")

    @pytest.mark.parametrize("rest", ["cong-van.pdf", "cong-van.docx", "dong-y/"])
    def test_before_the_release_there_is_nothing_there(self, rest: str) -> None:
        year = build_year(Phase.APPRAISAL)
        assert year.browser("aH").get(url(year, rest)).status_code == 404

    def test_back_in_the_first_appraisal_the_letter_is_gone(self, year: Year) -> None:
        perform(year.fresh_group(), "return_to_appraisal", year["c"], reason="Thiếu tài liệu")
        for rest in ("cong-van.pdf", "cong-van.docx", f"doi-chieu/{'0' * 16}/"):
            assert year.browser("a1").get(url(year, rest)).status_code == 404
        assert not re.search(r"3,20|0,40", page(year, "dong-y/"))

    def test_the_second_round_is_not_told_in_the_letter_of_the_first(self, year: Year) -> None:
        send(year)
        year.move_window(Phase.EXPLANATION, -LATER, -LATER / 2)
        perform(year.fresh_group(), "start_reappraisal", year["c"])
        assert '"reappraised":null' in receipt().content
        assert read(year, "pdf").status_code == 200
