"""Files brought from the page of a leaf, one a request, as its script and its plain form do it."""

from __future__ import annotations

from pathlib import Path
from threading import Barrier, Thread
from typing import Any

import pytest
from django.conf import settings
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import OperationalError, connections
from django.test import Client

from scoring.files.evidence_store import StoreFailed
from scoring.models import Evidence, EvidenceFile, WriteKey
from scoring.services.evidence_scan import scan_waiting
from tests.factories import sign_in
from tests.scoring.evidence import samples
from tests.scoring.evidence.scanner import EICAR, scanner
from tests.scoring.evidence.year import Year, build, stored
from units.enums import Role

JSON = {"Accept": "application/json"}
KEY, OTHER_KEY = "a" * 32, "b" * 32


@pytest.fixture
def browser(year: Year) -> Client:
    return sign_in(year.staff)


def send(browser: Client, year: Year, key: str = KEY, **fields: Any) -> Any:
    data = {"key": key, "criterion": "1.1", "file": pdf()} | fields
    return browser.post(year.url("evidence_upload"), {k: v for k, v in data.items() if v is not None}, headers=JSON)


def pdf(name: str = "bao-cao.pdf", data: bytes | None = None) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, data or samples.pdf())


def objects() -> int:
    root = Path(settings.STORAGES["evidence"]["OPTIONS"]["location"])
    return sum(path.is_file() for path in root.rglob("*"))


def test_a_file_becomes_a_document_of_its_leaf_and_its_card_comes_back(year: Year, browser: Client) -> None:
    sent = send(browser, year, back="/lam-viec/x/")
    assert sent.status_code == 201
    made = Evidence.objects.get()
    (use,) = made.uses.all()
    assert (use.criterion.code, made.abstract, made.files.get().uploaded_by) == ("1.1", "bao-cao", year.staff)
    told = sent.json()
    assert (told["state"], told["pk"], told["scan"]) == ("stored", made.pk, "")
    assert told["proposal"] == year.url("evidence_proposal", made.pk)
    for text in (f'data-card="{made.pk}"', "Thiếu số, ngày văn bản.", 'name="issuer"', 'value="/lam-viec/x/"', "Xem"):
        assert text in told["card"], text


def test_the_answer_tells_what_the_scanner_said_of_the_file(year: Year, browser: Client, settings: Any) -> None:
    with scanner() as server:
        settings.CLAMD_URL = server.url
        assert send(browser, year).json()["scan"] == "clean"
    harmful = samples.image() + EICAR
    sent = send(browser, year, OTHER_KEY, file=pdf("anh.png", harmful)).json()
    assert sent["scan"] == "not_scanned", "the scanner is away"
    cache.clear()
    with scanner() as server:
        settings.CLAMD_URL = server.url
        scan_waiting()
    again = send(browser, year, OTHER_KEY, file=pdf("anh.png", harmful)).json()
    assert (again["pk"], again["scan"]) == (sent["pk"], "harmful")


def test_the_same_key_again_stores_one_file_and_is_answered_the_same(year: Year, browser: Client) -> None:
    first, again = send(browser, year), send(browser, year)
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json()["pk"] == again.json()["pk"]
    assert (stored(), objects(), WriteKey.objects.count()) == (1, 1, 1)
    assert send(browser, year, OTHER_KEY).json()["pk"] != first.json()["pk"], "another key is another file"


def test_a_retry_after_the_hour_learns_that_its_file_was_stored_in_time(year: Year, browser: Client) -> None:
    made = send(browser, year).json()["pk"]
    year.close_window()
    assert send(browser, year).json()["pk"] == made
    late = send(browser, year, OTHER_KEY)
    assert (late.status_code, late.json()["state"]) == (409, "closed")
    assert "“bao-cao.pdf”" in late.json()["text"]
    assert "Đã đóng lúc" in late.json()["text"]
    assert (stored(), objects()) == (1, 1)


def test_a_key_of_somebody_else_gives_nothing_away_and_stores_nothing(year: Year, browser: Client) -> None:
    send(browser, year)
    colleague = sign_in(year.member(Role.UNIT_STAFF, year.first.unit))
    refused = send(colleague, year)
    assert refused.status_code == 409
    assert "card" not in refused.json()
    other = sign_in(year.other_staff).post(
        year.url("evidence_upload", participant=year.second), {"key": KEY, "file": pdf()}, headers=JSON
    )
    assert other.status_code == 201, "keys of two units never meet"
    assert (stored(), objects()) == (2, 2)


def test_a_document_removed_since_does_not_come_back_by_a_retry(year: Year, browser: Client) -> None:
    made = send(browser, year).json()["pk"]
    browser.post(year.url("evidence_remove", made))
    assert send(browser, year).status_code == 409
    assert stored() == 1


@pytest.mark.django_db(transaction=True)
def test_a_retry_beside_its_first_try_stores_one_file() -> None:
    year = build()
    browsers = [sign_in(year.staff) for _ in range(2)]
    start, told = Barrier(2), []

    def run(browser: Client) -> None:
        start.wait()
        try:
            told.append(send(browser, year))
        finally:
            connections.close_all()

    threads = [Thread(target=run, args=[browser]) for browser in browsers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {answer.status_code for answer in told} <= {201, 503}
    assert 201 in {answer.status_code for answer in told}
    assert (stored(), objects()) == (1, 1)


def test_of_several_files_the_refused_one_is_named_and_the_others_are_kept(year: Year, browser: Client) -> None:
    files = [pdf("a.pdf"), pdf("b.docm", samples.document()), pdf("c.png", samples.image())]
    answers = [send(browser, year, str(place) * 32, file=file) for place, file in enumerate(files)]
    assert [answer.status_code for answer in answers] == [201, 422, 201]
    told = answers[1].json()
    assert told["state"] == "refused"
    assert told["text"] == "Không nhận tệp “b.docm” vì có chứa macro. Lưu lại dạng .docx hoặc .pdf rồi tải lên."
    assert told["faults"][0]["text"] == told["text"]
    assert sorted(EvidenceFile.objects.values_list("name", flat=True)) == ["a.pdf", "c.png"]


@pytest.mark.parametrize(
    ("fields", "status", "sentence"),
    [
        ({"file": None}, 422, "Chọn ít nhất một tệp."),
        ({"file": SimpleUploadedFile("rong.pdf", b"")}, 422, "Chưa lưu tệp “rong.pdf”. Tệp rỗng (0 byte)"),
        ({"criterion": "9.9"}, 422, "Không có tiêu chí này trong bộ tiêu chí của đơn vị"),
        ({"criterion": "2.1"}, 422, "Không có tiêu chí này trong bộ tiêu chí của đơn vị"),
        ({"key": None}, 422, "Mở lại trang"),
        ({"key": "../" * 8}, 422, "Mở lại trang"),
        ({"purpose": "khac"}, 422, "Không rõ tài liệu của bước nào"),
        ({"purpose": "explanation"}, 409, "Khối chưa mở giải trình."),
    ],
)
def test_what_is_wrong_is_said_in_a_sentence_and_stores_nothing(
    year: Year, browser: Client, fields: dict[str, Any], status: int, sentence: str
) -> None:
    refused = send(browser, year, **fields)
    assert refused.status_code == status
    assert sentence in refused.json()["text"]
    assert (stored(), objects(), WriteKey.objects.count()) == (0, 0, 0)


def test_a_file_that_is_too_large_is_413_and_names_it(year: Year, browser: Client) -> None:
    large = samples.pdf()[:9] + b"%" * (20 * 1024 * 1024) + samples.pdf()[9:]
    refused = send(browser, year, file=pdf("quet.pdf", large))
    assert refused.status_code == 413
    assert "“quet.pdf” vì lớn hơn 20 MB" in refused.json()["text"]


def test_over_the_quota_the_file_is_named(year: Year, browser: Client, settings: Any) -> None:
    settings.EVIDENCE_FILES_PER_UNIT = 1
    send(browser, year)
    refused = send(browser, year, OTHER_KEY, file=pdf("hai.pdf"))
    assert refused.status_code == 422
    assert refused.json()["text"].startswith("Chưa lưu tệp “hai.pdf”. Đơn vị đã lưu 1 tệp")


@pytest.mark.parametrize("fault", [OperationalError("database is locked"), StoreFailed()])
def test_while_database_or_store_are_away_the_page_is_asked_to_try_again(
    year: Year, browser: Client, monkeypatch: pytest.MonkeyPatch, fault: Exception
) -> None:
    def fail(*args: Any, **options: Any) -> None:
        raise fault

    monkeypatch.setattr("scoring.views.evidence_flow.upload", fail)
    busy = send(browser, year)
    assert (busy.status_code, busy["Retry-After"]) == (503, "5")
    assert busy.json()["state"] == "busy"
    assert "“bao-cao.pdf”" in busy.json()["text"]


def test_signed_out_and_strangers_are_told_apart_from_a_refusal(year: Year) -> None:
    out = send(Client(), year)
    assert (out.status_code, out.json()["state"]) == (401, "signed_out")
    judge = send(sign_in(year.coordinator), year)
    assert (judge.status_code, judge.json()["state"]) == (403, "refused")
    assert send(sign_in(year.other_staff), year).status_code == 404


class TestTheLeafPage:
    @pytest.fixture
    def leaf(self, year: Year) -> str:
        return f"{year.url('worksheet')}tc/1.1/"

    def page(self, browser: Client, leaf: str) -> str:
        sent = browser.get(leaf)
        assert sent.status_code == 200
        return sent.content.decode()

    def test_without_a_script_the_form_brings_several_files_and_comes_back(
        self, year: Year, browser: Client, leaf: str
    ) -> None:
        page = self.page(browser, leaf)
        assert f'action="{year.url("evidence_add")}"' in page
        assert 'capture="environment"' in page
        files = [pdf(), pdf("anh.png", samples.image())]
        back = browser.post(year.url("evidence_add"), {"uploads": files, "criterion": "1.1", "back": leaf})
        assert (back.status_code, back["Location"]) == (302, leaf)
        assert self.page(browser, leaf).count("data-card=") == 2

    def test_details_filled_in_at_the_card_come_back_to_the_leaf(self, year: Year, browser: Client, leaf: str) -> None:
        made = send(browser, year).json()["pk"]
        data = {"version": 1, "number": "42/BC-UBND", "issued_on": "5/12/2024", "abstract": "Báo cáo", "back": leaf}
        done = browser.post(year.url("evidence", made), data)
        assert (done.status_code, done["Location"]) == (302, leaf)
        page = self.page(browser, leaf)
        assert "Số 42/BC-UBND, ngày 05/12/2024" in page
        assert "ngoài năm đánh giá" in page, "the doubt stands at the card at once"

    def test_the_same_bytes_elsewhere_in_the_unit_are_told_at_the_card(
        self, year: Year, browser: Client, leaf: str
    ) -> None:
        send(browser, year, criterion="1.2")
        told = send(browser, year, OTHER_KEY).json()
        assert "Trùng tệp với tài liệu “bao-cao” của đơn vị." in told["card"]
        assert "Trùng tệp với tài liệu" in self.page(browser, leaf)

    def test_a_document_of_the_unit_is_chosen_and_taken_away_again(
        self, year: Year, browser: Client, leaf: str
    ) -> None:
        made = send(browser, year, criterion="1.2").json()["pk"]
        assert f'<option value="{made}">' in self.page(browser, leaf)
        data = {"evidence": made, "criterion": "1.1", "purpose": "declared", "pages": "tr. 2", "back": leaf}
        assert browser.post(year.url("evidence_attach"), data)["Location"] == leaf
        page = self.page(browser, leaf)
        assert "Trang dẫn: tr. 2." in page
        assert "Bỏ khỏi tiêu chí này" in page
        use = Evidence.objects.get(pk=made).uses.get(criterion__code="1.1")
        dropped = browser.post(year.url("evidence_drop", made, use.pk), {"back": leaf})
        assert dropped["Location"] == leaf
        assert "data-card=" not in self.page(browser, leaf)

    def test_who_only_reads_is_offered_no_form(self, year: Year, browser: Client, leaf: str) -> None:
        send(browser, year)
        year.submit()
        page = self.page(browser, leaf)
        assert "data-card=" in page
        for offered in ("data-upload=", "Bỏ khỏi tiêu chí này", 'name="issuer"', "data-proposal"):
            assert offered not in page, offered
