"""The công văn giải trình signed on paper: who puts it beside which sending, what the receipt says, who reads it."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.test import override_settings
from django.urls import reverse
from django.utils import timezone

from scoring.enums import HeldStepKind, Phase, SigningWay
from scoring.files import evidence_store
from scoring.models import ExplanationReceipt, Receipt, Scan, Signing
from scoring.services import evidence_sweep
from tests.abuse.browsing import body_of
from tests.scoring.evidence import samples
from tests.scoring.explanation.pages import page, say, send, url, words
from tests.scoring.explanation.test_explaining_anew import reopen
from tests.scoring.report.sample import pdf_text, squeezed
from tests.year import Year, build_year
from units.models import TrailEntry, triggers

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]
EVERYBODY = ("a1", "aH", "b1", "gA", "g1", "g2", "c", "h", "l", "s", "n", "P")


@pytest.fixture
def year() -> Year:
    """A explained 1.2, agreed at 2.1 and sent it."""
    year = build_year(Phase.EXPLANATION)
    say(year, "1.2", text="50 nhiệm vụ")
    say(year, "2.1", "agree")
    send(year)
    return year


def sent() -> ExplanationReceipt:
    return ExplanationReceipt.objects.order_by("sequence").last()


def sign(year: Year, who: str = "aH", data: bytes | None = None, name: str = "cong-van.pdf", **fields: str) -> Any:
    posted = {
        "digest": sent().digest, "number": "12/SAT-VP", "dated_on": f"{timezone.localdate():%d/%m/%Y}",
        "file": SimpleUploadedFile(name, data or samples.pdf()),
    }  # fmt: skip
    return year.browser(who).post(url(year, "ban-ky/"), posted | fields)


def on_paper() -> Signing:
    return Signing.objects.get(way=SigningWay.PAPER)


def test_sending_is_the_heads_signature_in_the_portal_and_the_receipt_says_so(year: Year) -> None:
    (signing,) = sent().signings.all()
    assert (signing.way, signing.digest, signing.by, signing.receipt) == ("portal", sent().digest, year["aH"], None)
    told = page(year, "bien-nhan/1/")
    assert "Thủ trưởng ký xác nhận trên cổng khi gửi" in told
    assert "1 tiêu chí giải trình, 1 tiêu chí đồng ý, 0 tệp kèm theo" in told
    assert "Giải trình: 50 nhiệm vụ" in told
    assert "ký trên cổng" in page(year)


def test_the_head_puts_the_signed_paper_beside_the_receipt(year: Year) -> None:
    answer = sign(year)
    assert (answer.status_code, answer.url) == (302, url(year, "bien-nhan/1/"))
    paper = on_paper()
    assert (paper.letter, paper.digest, paper.number, paper.kind) == (sent(), sent().digest, "12/SAT-VP", "pdf")
    day = f"{timezone.localdate():%d/%m/%Y}"
    assert f"Ký văn bản giấy số 12/SAT-VP ngày {day}" in page(year, "bien-nhan/1/")
    assert f"ký giấy số 12/SAT-VP ngày {day}" in page(year, by="c")
    printed = pdf_text(body_of(year.browser("c").get(url(year, "bien-nhan/1/bien-nhan.pdf"))))
    for wanted in ("BIÊN NHẬN GIẢI TRÌNH", f"giấy số 12/SAT-VP ngày {day}", "Người aH", sent().digest):
        assert squeezed(wanted) in printed
    saved = year.browser("a1").get(url(year, f"ban-ky/{paper.pk}/"))
    assert body_of(saved) == samples.pdf()
    assert saved["Content-Disposition"].startswith("attachment")
    entry = TrailEntry.objects.get(action="scoring.sign_paper")
    assert (entry.data["digest"], "công văn giải trình" in entry.object_label) == (sent().digest, True)


def test_the_text_under_the_digest_can_be_taken_again(year: Year) -> None:
    body = year.browser("c").get(url(year, "bien-nhan/1/noi-dung.json"))
    assert body.content.decode() == sent().content


@pytest.mark.parametrize("rest", ["bien-nhan/1/", "bien-nhan/1/bien-nhan.pdf", "bien-nhan/1/noi-dung.json", "ban-ky/"])
def test_unit_and_coordinator_read_receipt_and_paper_and_nobody_who_judges(year: Year, rest: str) -> None:
    sign(year)
    rest = f"ban-ky/{on_paper().pk}/" if rest == "ban-ky/" else rest
    answers = {}
    for who in EVERYBODY:
        answer = year.browser(who).get(url(year, rest))
        body_of(answer)
        answers[who] = answer.status_code
    assert {who for who, status in answers.items() if status == 200} == {"a1", "aH", "c"}
    assert set(answers.values()) <= {200, 302, 403, 404}


def test_nobody_but_the_head_signs(year: Year) -> None:
    answers = {who: sign(year, who).status_code for who in EVERYBODY if who != "aH"}
    assert set(answers.values()) == {302, 403, 404}
    assert list(evidence_store.stored_keys()) == []
    assert "Tải bản ký" not in page(year, "bien-nhan/1/")


def test_a_paper_of_an_earlier_sending_is_refused_and_while_it_is_written_on_there_is_nothing_to_sign(
    year: Year,
) -> None:
    first = sent()
    reopen(year)
    refused = sign(year)
    assert refused.status_code == 409
    assert "đang mở để viết tiếp" in words(refused)
    assert "12/SAT-VP" in refused.content.decode(), "what was typed stays"
    say(year, "1.2", text="51 nhiệm vụ")
    send(year)
    stale = sign(year, digest=first.digest)
    assert stale.status_code == 409
    assert "đã gửi lại sau khi trang này mở" in words(stale)
    assert not Signing.objects.filter(way=SigningWay.PAPER).exists()
    assert "Sau lần này đơn vị đã gửi lại" in page(year, "bien-nhan/1/", by="aH")
    assert "Tải bản ký lên" not in page(year, "bien-nhan/1/", by="aH")


def test_before_anything_was_sent_there_is_no_receipt_and_nothing_to_sign() -> None:
    year = build_year(Phase.EXPLANATION)
    assert year.browser("aH").post(url(year, "ban-ky/"), {}).status_code == 404
    assert year.browser("aH").get(url(year, "bien-nhan/1/")).status_code == 404


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"number": ""}, "Ghi số, ký hiệu"),
        ({"dated_on": "31/02/2026"}, "Không có ngày"),
        ({"dated_on": "01/01/2099"}, "Ngày ký ở sau hôm nay"),
        ({"dated_on": "31/12/2025"}, "Ngày ký ở trước năm đánh giá 2026"),
        ({"data": samples.document(), "name": "ban-ky.docx"}, "bản ký phải là PDF hoặc ảnh"),
    ],
)
def test_a_paper_that_is_not_taken_is_told_at_its_field(year: Year, fields: Any, sentence: str) -> None:
    refused = sign(year, **fields)
    assert refused.status_code == 422
    assert sentence in words(refused)
    assert list(evidence_store.stored_keys()) == []


@override_settings(EVIDENCE_FILES_PER_UNIT=1)
def test_signed_letters_count_with_the_documents_of_the_unit(year: Year) -> None:
    assert sign(year).status_code == 302
    assert "tối đa 1 tệp" in words(sign(year, data=samples.image(), name="ban-ky.png"))


def test_the_sweep_keeps_a_signed_letter_and_tells_of_one_that_is_lost(year: Year, monkeypatch: Any) -> None:
    sign(year)
    monkeypatch.setattr(evidence_sweep, "GRACE", datetime.timedelta(seconds=-5))
    assert (evidence_sweep.sweep().removed, evidence_sweep.sweep().checked) == ([], 1)
    evidence_store.discard(on_paper().key)
    (fault,) = evidence_sweep.sweep().faults
    assert "cong-van.pdf" in fault
    lost = year.browser("a1").get(url(year, f"ban-ky/{on_paper().pk}/"))
    assert lost.status_code == 503
    assert "không khớp mã băm" in words(lost)


def test_a_signed_letter_that_the_scanner_holds_is_in_the_list_and_two_persons_open_it(year: Year) -> None:
    sign(year)
    paper = on_paper()
    scan = Scan.objects.create(sha256=paper.sha256, found="Heuristics.PDF", at=timezone.now())
    slug = year.organiser.slug
    held = reverse("scoring:held_file", args=[slug, scan.pk])
    assert year.browser("a1").get(url(year, f"ban-ky/{paper.pk}/")).status_code == 403
    assert "cong-van.pdf" in words(year.browser("c").get(reverse("scoring:held_files", args=[slug])))
    told = words(year.browser("s").get(held))
    for part in ("bản ký giấy công văn giải trình", "cong-van.pdf", "Sở An toàn", "Heuristics.PDF"):
        assert part in told
    for seen, (who, kind) in enumerate((("s", HeldStepKind.PROPOSED), ("c", HeldStepKind.RELEASED))):
        step = {"kind": kind, "seen": seen, "reason": "Đã mở thử trên máy cách ly"}
        assert year.browser(who).post(held, step).status_code == 302
    assert body_of(year.browser("a1").get(url(year, f"ban-ky/{paper.pk}/"))) == samples.pdf()


def test_a_signing_is_of_one_receipt_and_is_written_once(year: Year) -> None:
    for letter, receipt in ((None, None), (sent(), Receipt.objects.first())):
        row = Signing(
            letter=letter, receipt=receipt, way="portal", digest="0" * 64, by=year["aH"], at=timezone.now()
        )  # fmt: skip
        with pytest.raises(IntegrityError), transaction.atomic():
            row.save()
    assert triggers.missing() == []
