"""From the staff's hand to the receipt: who may, from which state, in which hour, and what the receipt proves."""

from __future__ import annotations

import datetime
import hashlib
import json

import pytest
from django.utils import timezone

from scoring.enums import Phase
from scoring.models import Receipt
from scoring.services.dossier import read_dossier
from scoring.services.receipts import canonical, contents
from scoring.services.transitions import perform
from tests.database import fingerprint
from tests.scoring.dossier.pages import answer, step, text, url
from tests.scoring.report.sample import pdf_text
from tests.year import Year, advance, build_year

pytestmark = pytest.mark.django_db


@pytest.fixture
def year() -> Year:
    return build_year()


def submitted(year: Year) -> Receipt:
    answer(year, "a1", "1.1", choice="du")
    answer(year, "a1", "2.1", not_applicable="on", reason="Không ban hành văn bản")
    step(year, "a1", "hand_over")
    assert step(year, "aH", "submit").status_code == 302
    return Receipt.objects.get()


def test_staff_hands_over_and_the_head_submits_and_lands_on_the_receipt(year: Year) -> None:
    answer(year, "a1", "1.1", choice="du")
    assert step(year, "a1", "hand_over").status_code == 302
    response = step(year, "aH", "submit")
    assert response["Location"] == url(year, "receipt", 1)
    page = text(year.browser("aH").get(response["Location"]))
    assert "TC-2026-0001" in page
    assert "Người aH" in page
    assert year.submission().state == "submitted"


def test_the_head_returns_with_a_note_that_the_staff_reads(year: Year) -> None:
    step(year, "a1", "hand_over")
    refused = step(year, "aH", "return")
    assert refused.status_code == 422
    assert "Nêu lý do" in text(refused)
    assert step(year, "aH", "return", reason="Xem lại 1.2 giúp tôi").status_code == 302
    assert "Xem lại 1.2 giúp tôi" in text(year.browser("a1").get(url(year)))
    assert "Xem lại 1.2 giúp tôi" not in text(year.browser("c").get(url(year)))
    assert answer(year, "a1", "1.1", choice="du").status_code == 302


def test_while_the_head_is_asked_nothing_is_written(year: Year) -> None:
    step(year, "a1", "hand_over")
    refused = answer(year, "a1", "1.1", choice="du")
    assert refused.status_code == 409
    assert "đang chờ thủ trưởng" in text(refused)
    assert "Chỉ thủ trưởng đơn vị nộp được phiếu" in text(year.browser("a1").get(url(year)))


def test_a_receipt_is_a_digest_over_every_answer_that_anybody_can_take_again(year: Year) -> None:
    receipt = submitted(year)
    assert receipt.digest == hashlib.sha256(canonical(contents(read_dossier(year.a))).encode()).hexdigest()
    browser = year.browser("a1")
    file = browser.get(url(year, "receipt_content", 1))
    assert hashlib.sha256(file.content).hexdigest() == receipt.digest
    assert [item["criterion"] for item in json.loads(file.content)["answers"]] == ["1.1", "2.1"]
    page = text(browser.get(url(year, "receipt", 1)))
    assert receipt.digest in page
    assert "Đúng hạn" in page
    assert "Không ban hành văn bản" in page


def test_a_later_submission_gives_another_receipt_and_the_first_stays(year: Year) -> None:
    first = submitted(year)
    assert step(year, "aH", "withdraw").status_code == 302
    answer(year, "a1", "1.1", choice="tre")
    step(year, "a1", "hand_over")
    assert step(year, "aH", "submit")["Location"] == url(year, "receipt", 2)
    assert Receipt.objects.get(pk=first.pk).content == first.content
    assert "Sau lần này đơn vị đã nộp lại" in text(year.browser("a1").get(url(year, "receipt", 1)))


def test_a_receipt_that_was_withdrawn_says_so_on_its_page_its_paper_and_in_the_list(year: Year) -> None:
    submitted(year)
    lapsed = "hết hiệu lực"
    browser = year.browser("aH")
    places = (url(year, "receipt", 1), url(year), url(year, "receipt_pdf", 1))
    before = [browser.get(place) for place in places]
    assert "Biên nhận đã hết hiệu lực" not in text(before[0])
    assert "Hết hiệu lực:" not in text(before[1])
    assert "Rút lại thì biên nhận TC-2026-0001 và bản ký của lần nộp này hết hiệu lực." in text(before[1])
    assert lapsed.replace(" ", "") not in pdf_text(before[2].content)
    step(year, "aH", "withdraw")
    assert "<b>Biên nhận đã hết hiệu lực:</b> đơn vị đã rút lại để sửa lúc" in text(browser.get(places[0]))
    assert '<b class="late">Hết hiệu lực:</b> đơn vị đã rút lại để sửa lúc' in text(browser.get(places[1]))
    assert "Biênnhậnđãhếthiệulực:đơnvịđãrútlạiđểsửalúc" in pdf_text(browser.get(places[2]).content)
    step(year, "a1", "hand_over")
    step(year, "aH", "submit")
    assert text(browser.get(places[1])).count("Hết hiệu lực:") == 1, "the second stands"
    assert "Biên nhận đã hết hiệu lực" not in text(browser.get(url(year, "receipt", 2)))


def test_a_receipt_of_a_dossier_that_was_unlocked_stands_no_more(year: Year) -> None:
    submitted(year)
    later = timezone.now() + datetime.timedelta(days=2)
    perform(year.submission(), "unlock", year["c"], reason="Thiếu phụ lục", until=later)
    page = text(year.browser("aH").get(url(year, "receipt", 1)))
    assert "cơ quan điều phối đã mở khóa để đơn vị sửa lúc" in page


def test_the_same_submit_again_answers_with_the_same_receipt(year: Year) -> None:
    step(year, "a1", "hand_over")
    version = year.submission().version
    answers = [step(year, "aH", "submit", version=version)["Location"] for _ in range(3)]
    assert answers == [url(year, "receipt", 1)] * 3
    assert Receipt.objects.count() == 1


def test_a_submit_from_an_older_page_is_no_repetition(year: Year) -> None:
    step(year, "a1", "hand_over")
    old = year.submission().version
    step(year, "aH", "submit")
    step(year, "aH", "withdraw")
    step(year, "a1", "hand_over")
    assert step(year, "aH", "submit", version=old).status_code == 409
    assert year.submission().state == "at_head"


@pytest.mark.parametrize(
    ("who", "status"), [("a1", 403), ("g1", 404), ("b1", 404), ("bH", 404), ("c", 403), ("P", 302)]
)
def test_nobody_submits_for_the_head(year: Year, who: str, status: int) -> None:
    """T06, T07."""
    step(year, "a1", "hand_over")
    browser = year.browser(who)
    before = fingerprint()
    assert step(year, browser, "submit").status_code == status
    assert step(year, browser, "return", reason="Không phải việc của tôi").status_code == status
    assert fingerprint() == before


def test_a_head_reaches_no_other_unit_by_path_or_by_body(year: Year) -> None:
    """T07."""
    step(year, "b1", "hand_over", unit=year.b)
    other = {"don_vi": year.b.code, "participant": year.b.pk, "pk": year.submission(year.b).pk}
    assert step(year, "aH", "submit", unit=year.b, version=2).status_code == 404
    assert step(year, "aH", "submit", **other).status_code == 409  # A itself is still a draft
    assert year.submission(year.b).state == "at_head"
    step(year, "a1", "hand_over")
    assert step(year, "aH", "submit", **other).status_code == 302
    assert (year.submission().state, year.submission(year.b).state) == ("submitted", "at_head")
    assert step(year, "aH", "withdraw", unit=year.b, version=2).status_code == 404


def test_a_step_that_does_not_exist_or_is_the_portals_own_is_not_found(year: Year) -> None:
    for name in ("close", "publish", "khong-co"):
        assert step(year, "c", name).status_code == 404


def test_the_coordinator_extends_and_unlocks_with_reason_and_hour_and_the_unit_reads_both(year: Year) -> None:
    until = (timezone.localtime() + datetime.timedelta(days=40)).strftime("%H:%M %d/%m/%Y")
    refused = step(year, "c", "extend", until=until)
    assert refused.status_code == 422
    assert until in text(refused)
    assert "Nhập giờ và ngày" in text(step(year, "c", "extend", reason="Mất điện", until="mai"))
    assert step(year, "c", "extend", reason="Mất điện cả xã", until=until).status_code == 302
    assert "Mất điện cả xã" in text(year.browser("a1").get(url(year)))
    submitted(year)
    assert step(year, "c", "unlock", reason="Thiếu báo cáo quý IV", until=until).status_code == 302
    assert "Thiếu báo cáo quý IV" in text(year.browser("a1").get(url(year)))
    assert answer(year, "a1", "1.1", choice="tre").status_code == 302
    assert answer(year, "b1", "1.1", unit=year.b, choice="tre").status_code == 302  # others as before


@pytest.mark.parametrize(
    ("since", "status"), [(datetime.timedelta(seconds=30), 302), (-datetime.timedelta(milliseconds=50), 409)]
)
def test_the_second_of_the_deadline_decides_every_step(year: Year, since: datetime.timedelta, status: int) -> None:
    answer(year, "a1", "1.1", choice="du")
    step(year, "a1", "hand_over")
    year.move_window(Phase.SELF_ASSESSMENT, -datetime.timedelta(days=2), since)
    assert step(year, "aH", "submit").status_code == status
    assert year.submission().state == ("submitted" if status == 302 else "at_head")


def test_a_page_offers_no_step_that_the_hour_refuses(year: Year) -> None:
    step(year, "a1", "hand_over")
    assert "Nộp hồ sơ" in text(year.browser("aH").get(url(year)))
    year.move_window(Phase.SELF_ASSESSMENT, -datetime.timedelta(days=2), -datetime.timedelta(seconds=1))
    page = text(year.browser("aH").get(url(year)))
    assert "Nộp hồ sơ" not in page
    assert "Đã đóng lúc" in page


@pytest.mark.parametrize(
    ("who", "status"), [("a1", 200), ("aH", 200), ("c", 200), ("g1", 403), ("h", 403), ("b1", 404), ("n", 404)]
)
def test_receipts_are_for_the_unit_and_the_coordinator(who: str, status: int) -> None:
    year = build_year(Phase.APPRAISAL)
    assert year.browser(who).get(url(year, "receipt", 1)).status_code == status
    assert year.browser(who).get(url(year, "receipt_content", 1)).status_code == status


def test_a_receipt_of_another_unit_is_not_found_under_the_own_address(year: Year) -> None:
    advance(year, Phase.APPRAISAL)  # receipt 2 is B's
    assert year.browser("a1").get(url(year, "receipt", 2)).status_code == 404
