"""PDF, DOCX and receipt say the same; hostile texts stay texts; nothing in a document depends on the clock."""

from __future__ import annotations

import io
import json
import re
import time
from dataclasses import asdict

import docx
import pytest
from pypdf import PdfReader

from scoring.exporters.receipt import receipt_pdf
from scoring.exporters.self_report import report_docx, report_pdf
from scoring.models import Receipt
from scoring.selectors.report import signing_of
from scoring.services.dossier import read_dossier
from scoring.services.letterhead import DRAFT_MARK, SAMPLE_MARK, plain
from scoring.services.receipt_content import receipt_content_of
from scoring.services.report_content import ReportContent, report_of
from scoring.services.report_words import Words, write_words
from tests.scoring.report.sample import as_commune, bring, docx_texts, handed_in, pdf_text, squeezed, stands_in
from tests.year import Year, build_year
from units.vietnamese import show_points

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]

HOSTILE = [
    "<script>alert(1)</script>", "{{7*7}}", "{% for x in y %}", '#read("/etc/passwd")', "=1+1",
    "*đậm* $x$ @nhan <nhãn>", "]]>&amp;<w:p/>", "\\u{41} // ghi chú", "x" * 5000,
]  # fmt: skip


@pytest.fixture
def year() -> Year:
    return build_year(is_sample=True)


@pytest.fixture
def commune(year: Year) -> Year:
    as_commune(year)
    words = Words("Thiếu người làm.\nĐường truyền yếu.", "Đề nghị tập huấn.", "Bình An", "KT. Chủ tịch / Phó Chủ tịch")
    write_words(year.a, words, seen=0, by=year["a1"])
    return year


def content_of(year: Year) -> ReportContent:
    return report_of(read_dossier(year.a))


def test_every_cell_of_the_docx_stands_in_the_pdf_and_every_answer_of_the_receipt_in_both(commune: Year) -> None:
    receipt = json.loads(handed_in(commune).content)
    content = content_of(commune)
    pdf, cells = pdf_text(report_pdf(content)), docx_texts(report_docx(content))
    in_docx = squeezed("".join(cells))
    assert [text for text in cells if not stands_in(text, pdf)] == []
    assert len(receipt["answers"]) > 60
    for answer in receipt["answers"]:
        row = next(row for row in content.rows if row.code == answer["criterion"])
        assert row.points == show_points(answer["points"] or 0)
        for text in (answer["criterion"], answer["title"], answer["said"], answer["note"], row.how, row.points):
            assert stands_in(text, pdf), text
            assert squeezed(text) in in_docx, text
    for document in receipt["evidence"]:
        assert squeezed(f"{document['number']}, {document['abstract']} ({document['pages']})") in pdf
    for text in ("Thiếu người làm.", "Đường truyền yếu.", "Đề nghị tập huấn.", "PHÓ CHỦ TỊCH", content.digest):
        assert squeezed(text) in pdf
        assert squeezed(text) in in_docx


def test_a_row_of_the_table_has_its_cells_side_by_side_in_the_docx(commune: Year) -> None:
    content = content_of(commune)
    table = next(
        table for table in docx.Document(io.BytesIO(report_docx(content))).tables if len(table.rows) > len(content.rows)
    )
    for row, made in zip(content.rows, table.rows[1:], strict=True):
        cells = [cell.text.strip() for cell in made.cells]
        documents = "\n".join(row.documents) or ("–" if row.level == "leaf" else "")
        assert cells == [row.code, row.title, row.max_points, row.points, row.how, documents]


def test_the_summary_adds_up_what_the_unit_declared(commune: Year) -> None:
    content = content_of(commune)
    *components, total = content.summary
    assert [row.number for row in components] == ["1", "2", "3", "4", "5", "6", "7", "8"]
    assert (total.max_points, total.own_max, total.points) == ("100,00", "80,50", "58,61")
    assert content.answered.startswith("Đã tự chấm 65/69 tiêu chí")


def test_the_head_of_a_commune_is_that_of_its_committee(commune: Year) -> None:
    content = content_of(commune)
    assert (content.superior, content.issuer) == ("", "ỦY BAN NHÂN DÂN\nXÃ BÌNH AN")
    assert content.number_line.endswith("/BC-UBND")
    assert content.date_line.startswith("Bình An, ngày")
    assert content.signer == ("TM. ỦY BAN NHÂN DÂN", "KT. CHỦ TỊCH", "PHÓ CHỦ TỊCH")


def test_the_head_of_a_department_names_the_committee_above_it(year: Year) -> None:
    content = content_of(year)
    assert (content.superior, content.issuer) == ("ỦY BAN NHÂN DÂN\nTỈNH QUẢNG THỬ", "SỞ AN TOÀN")
    assert content.signer == ("THỦ TRƯỞNG ĐƠN VỊ",)


def test_every_page_of_a_draft_and_of_a_sample_says_so_and_what_is_handed_in_is_no_draft(commune: Year) -> None:
    pages = [page.extract_text() for page in PdfReader(io.BytesIO(report_pdf(content_of(commune)))).pages]
    assert len(pages) > 5
    assert [number for number, text in enumerate(pages) if DRAFT_MARK not in text or SAMPLE_MARK not in text] == []
    for section in docx.Document(io.BytesIO(report_docx(content_of(commune)))).sections:
        for part in (section.header, section.first_page_header):
            assert f"{DRAFT_MARK}. {SAMPLE_MARK}" in [paragraph.text for paragraph in part.paragraphs]
    handed_in(commune)
    pages = [page.extract_text() for page in PdfReader(io.BytesIO(report_pdf(content_of(commune)))).pages]
    assert [number for number, text in enumerate(pages) if DRAFT_MARK in text or SAMPLE_MARK not in text] == []


def test_a_paper_is_a4_and_numbers_its_pages_from_the_second_on(commune: Year) -> None:
    handed_in(commune)
    pages = PdfReader(io.BytesIO(report_pdf(content_of(commune)))).pages
    sizes = {
        (round(float(page.mediabox.width) / 72 * 25.4), round(float(page.mediabox.height) / 72 * 25.4))
        for page in pages
    }
    assert sizes == {(210, 297), (297, 210)}
    heads = [page.extract_text().splitlines()[:3] for page in pages]
    assert not any(re.match(r"\s*\d+\b", line) for line in heads[0])
    assert any(re.match(r"\s*2\b", line) for line in heads[1])


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: text[:12])
def test_a_hostile_text_is_printed_as_it_was_typed_wherever_it_is_written(year: Year, text: str) -> None:
    year.declare("1.1", inputs={"choice": "du"}, note=text[:2000])
    year.declare("2.1", not_applicable=True, reason=text[:2000])
    bring(year, year.leaves["1.1"], number=text[:80], abstract=text[:500])
    write_words(year.a, Words(text, text, text[:80], text[:60]), seen=0, by=year["a1"])
    receipt = handed_in(year)
    said = json.loads(receipt.content)
    assert said["report"]["difficulties"] == text
    content = content_of(year)
    paper = receipt_pdf(receipt_content_of(receipt, year.a, signing_of(receipt), submitter=text[:60]))
    for made in (pdf_text(report_pdf(content)), squeezed("".join(docx_texts(report_docx(content))))):
        assert made.count(squeezed(text[:60])) >= 4
        assert "root:x:0" not in made
        assert "49" not in made.replace(content.digest, "").replace(content.digest[:16], "") or "49" in text
    assert squeezed(text)[:400] in pdf_text(paper)


def test_marks_that_turn_the_writing_and_control_letters_are_kept_in_the_receipt_and_not_printed(year: Year) -> None:
    year.declare("1.1", inputs={"choice": "du"}, note="an toàn \u202efdp.exe\u202c \u2067x\x07 hết")
    receipt = handed_in(year)
    assert "\u202e" in json.loads(receipt.content)["answers"][0]["note"]
    content = content_of(year)
    for text in (pdf_text(report_pdf(content)), squeezed("".join(docx_texts(report_docx(content))))):
        assert "antoànfdp.exexhết" in text
    assert plain("\u202eabc\ud800\x00") == "abc\ufffd"


def test_a_word_longer_than_a_line_breaks_and_stays_on_the_paper(year: Year) -> None:
    write_words(year.a, Words("W" * 5000), seen=0, by=year["a1"])
    for page in PdfReader(io.BytesIO(report_pdf(content_of(year)))).pages:
        places: list[float] = []
        page.extract_text(visitor_text=lambda text, cm, tm, font, size, places=places: places.append(tm[4] + cm[4]))
        assert max(places) < float(page.mediabox.width)


def test_the_same_content_gives_the_same_bytes_at_any_hour(commune: Year) -> None:
    receipt = handed_in(commune)
    first = report_pdf(content_of(commune))
    paper = receipt_content_of(receipt, commune.a, signing_of(receipt), submitter="A")
    again = receipt_pdf(paper)
    time.sleep(1.1)
    assert report_pdf(content_of(commune)) == first
    assert receipt_pdf(paper) == again


def test_a_report_that_was_handed_in_stays_as_it_was_when_names_and_criteria_change(commune: Year) -> None:
    handed_in(commune)
    before = content_of(commune)
    tree = commune.a.criteria_set
    tree.criteria.update(title="Tên khác", max_points=1)
    commune.a.__class__.objects.filter(pk=commune.a.pk).update(name="Xã Khác")
    commune.a.__class__.objects.get(pk=commune.a.pk)
    assert content_of(commune) == before


def test_ninety_leaves_are_on_paper_within_two_seconds(commune: Year) -> None:
    handed_in(commune)
    assert len([row for row in content_of(commune).rows if row.level == "leaf"]) > 80
    start = time.perf_counter()
    report_pdf(content_of(commune))
    middle = time.perf_counter()
    report_docx(content_of(commune))
    assert middle - start < 2
    assert time.perf_counter() - middle < 2


def test_the_content_is_strings_and_lists_of_strings_alone(commune: Year) -> None:
    def wrong(value: object) -> bool:
        if isinstance(value, dict):
            return any(map(wrong, value.values()))
        if isinstance(value, (tuple, list)):
            return any(map(wrong, value))
        return not isinstance(value, str)

    assert not wrong(asdict(content_of(commune)))


def test_an_old_receipt_is_read_with_the_words_of_today(year: Year) -> None:
    year.declare("1.1", inputs={"choice": "du"})
    receipt = handed_in(year)
    new = json.loads(receipt.content)
    names = ("criterion", "version", "inputs", "not_applicable", "reason", "note")
    old = {
        "campaign": new["campaign"], "unit": new["unit"], "evidence": [],
        "answers": [{name: item[name] for name in names} | {"points": None} for item in new["answers"]],
    }  # fmt: skip
    receipt.content = json.dumps(old)
    paper = receipt_content_of(receipt, year.a, None, submitter="Người aH")
    assert [(line.code, line.title, line.said, line.points) for line in paper.answers] == [
        ("1.1", "Kế hoạch CCHC", "Đúng hạn", "2,00")
    ]
    assert paper.signed == "Thủ trưởng ký xác nhận trên cổng khi nộp."
    assert Receipt.objects.count() == 1


def test_figures_of_a_rule_that_was_amended_since_count_nothing_in_the_draft(year: Year) -> None:
    year.declare("1.1", inputs={"choice": "du"})
    year.declare("1.2", inputs={"numerator": "45", "denominator": "50"})
    leaf = year.leaves["1.2"]
    leaf.__class__.objects.filter(pk=leaf.pk).update(changed_in=2, rule={"kind": "manual"})
    content = content_of(year)
    row = next(row for row in content.rows if row.code == "1.2")
    assert (row.points, row.how) == (
        "0,00",
        "Đã nhập theo quy tắc trước khi sửa đổi. Chưa nhập lại nên chưa tính điểm.",
    )
    assert content.summary[-1].points == "2,00"
