"""Pages of a unit's evidence, as its staff walk through them; each refusal beside the way that works."""

from __future__ import annotations

import datetime
import re
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext

from scoring.enums import Phase, Purpose, Stage
from scoring.models import Evidence, EvidenceUse
from scoring.selectors.evidence import documents_of, evidence_by_leaf, evidence_for
from scoring.services.evidence import Details
from scoring.services.evidence_details import use_for
from tests.factories import answer, sign_in
from tests.scoring.evidence import samples
from tests.scoring.evidence.year import Year, stored
from units.enums import Role


@pytest.fixture
def browser(year: Year) -> Client:
    return sign_in(year.staff)


def words(page: HttpResponse) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page.content.decode().split("<main", 1)[1]).split())


def post(browser: Client, url: str, **data: Any) -> HttpResponse:
    return browser.post(url, {key: value for key, value in data.items() if value is not None})  # type: ignore[return-value]


def pdf(name: str = "bao-cao.pdf", data: bytes | None = None) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, data or samples.pdf(), content_type="text/html")


class TestAdding:
    def test_one_file_with_its_details_for_a_leaf(self, year: Year, browser: Client) -> None:
        url = year.url("evidence_add")
        assert browser.get(f"{url}?tieu-chi=1.1").status_code == 200
        done = post(
            browser, url, uploads=pdf(), number="42/BC-UBND", issued_on="5/12/2025", issuer="UBND xã",
            abstract="Báo cáo năm", criterion="1.1", pages="tr. 3–5",
        )  # fmt: skip
        assert (done.status_code, done["Location"]) == (302, year.url("evidence_list"))
        page = words(browser.get(done["Location"]))
        assert "Đã lưu tài liệu “Báo cáo năm”." in page
        assert "Số 42/BC-UBND, ngày 05/12/2025, UBND xã. Dùng cho 1 tiêu chí." in page
        assert "1.1 (tr. 3–5)" in page

    def test_several_files_at_once_are_several_documents(self, year: Year, browser: Client) -> None:
        files = [pdf(), pdf("anh.png", samples.image()), pdf("bang.xlsx", samples.workbook())]
        done = browser.post(year.url("evidence_add"), {"uploads": files})
        assert "Đã lưu 3 tài liệu." in words(browser.get(done["Location"]))
        page = words(browser.get(year.url("evidence_list")))
        assert page.count("Thiếu số, ngày văn bản.") == 3
        assert "Chưa gắn vào tiêu chí nào." in page

    def test_every_refused_file_is_named_and_none_is_kept(self, year: Year, browser: Client) -> None:
        files = [pdf(), pdf("bao-cao.docm", samples.document()), pdf("a.svg", b"<svg/>")]
        refused = browser.post(year.url("evidence_add"), {"uploads": files, "number": "42/BC"})
        assert refused.status_code == 422
        page = words(refused)
        assert "Chưa lưu tài liệu: còn 2 chỗ phải sửa" in page
        assert "Không nhận tệp “bao-cao.docm” vì có chứa macro. Lưu lại dạng .docx hoặc .pdf rồi tải lên." in page
        assert "Không nhận tệp “a.svg” vì cổng chỉ nhận PDF" in page
        assert 'value="42/BC"' in refused.content.decode(), "what was typed stays"
        assert stored() == 0

    @pytest.mark.parametrize(
        ("changes", "status", "sentence"),
        [
            ({"uploads": None}, 422, "Tệp: Chọn ít nhất một tệp."),
            ({"issued_on": "31/02/2025"}, 422, "Không có ngày “31/02/2025” trong lịch"),
            ({"criterion": "9.9"}, 422, "Không có tiêu chí này trong bộ tiêu chí của đơn vị"),
            ({"criterion": "2.1"}, 422, "Không có tiêu chí này trong bộ tiêu chí của đơn vị"),
            ({"purpose": "khac"}, 422, "Không rõ tài liệu của bước nào"),
            ({"purpose": "explanation"}, 409, "Khối chưa mở giải trình."),
            ({"abstract": "x" * 501}, 422, "Trích yếu: "),
        ],
    )
    def test_bad_input_is_told_at_its_field_and_stores_nothing(
        self, year: Year, browser: Client, changes: dict[str, Any], status: int, sentence: str
    ) -> None:
        refused = post(browser, year.url("evidence_add"), **{"uploads": pdf(), **changes})
        assert refused.status_code == status
        assert sentence in words(refused)
        assert stored() == 0

    def test_a_file_that_is_too_large_is_413_in_words(self, year: Year, browser: Client) -> None:
        large = samples.pdf()[:9] + b"%" * (20 * 1024 * 1024) + samples.pdf()[9:]
        refused = post(browser, year.url("evidence_add"), uploads=pdf(data=large))
        assert refused.status_code == 413
        assert "lớn hơn 20 MB. Quét lại ở độ phân giải thấp hơn" in words(refused)

    def test_twenty_one_files_are_413_in_words(self, year: Year, browser: Client) -> None:
        refused = browser.post(year.url("evidence_add"), {"uploads": [pdf() for _ in range(21)]})
        assert refused.status_code == 413
        assert "vượt giới hạn của hệ thống nên chưa được nhận" in refused.content.decode()
        assert stored() == 0

    def test_after_the_hour_the_page_says_so_and_a_late_post_is_409(self, year: Year, browser: Client) -> None:
        year.close_window()
        assert "Đã đóng lúc" in words(browser.get(year.url("evidence_list")))
        refused = post(browser, year.url("evidence_add"), uploads=pdf())
        assert refused.status_code == 409
        assert "Hồ sơ chỉ còn để xem." in words(refused)

    def test_back_leads_to_pages_of_the_workspace_only(self, year: Year, browser: Client) -> None:
        for back, location in {
            "/lam-viec/": "/lam-viec/",
            "https://ac.example/": year.url("evidence_list"),
            "//ac.example/lam-viec/": year.url("evidence_list"),
            "javascript:alert(1)": year.url("evidence_list"),
        }.items():
            done = post(browser, year.url("evidence_add"), uploads=pdf(), back=back)
            assert (back, done["Location"]) == (back, location)


class TestOneDocument:
    def test_versions_are_shown_with_digest_and_time_newest_first(self, year: Year, browser: Client) -> None:
        made = year.add()
        done = post(browser, year.url("evidence_version", made.pk), file=pdf("moi.png", samples.image()))
        assert done.status_code == 302
        page = words(browser.get(done["Location"]))
        assert page.index("Bản 2: moi.png") < page.index("Bản 1: bao-cao.pdf")
        for file in made.files.all():
            assert f"SHA-256: {file.sha256}" in page
        again = post(browser, year.url("evidence_version", made.pk), file=pdf("moi.png", samples.image()))
        assert again.status_code == 422
        assert "giống hệt bản 2 đang có" in words(again)

    def test_a_refused_version_is_told_where_it_was_chosen(self, year: Year, browser: Client) -> None:
        made = year.add()
        refused = post(browser, year.url("evidence_version", made.pk), file=pdf("a.pdf", b"<html>"))
        assert refused.status_code == 422
        assert "Chưa lưu bản mới: còn 1 chỗ phải sửa" in words(refused)
        assert made.files.count() == 1

    def test_details_are_changed_and_a_stale_edit_shows_both(self, year: Year, browser: Client) -> None:
        made = year.add()
        url = year.url("evidence", made.pk)
        assert post(browser, url, version=1, number="43", abstract="Mới", issued_on="").status_code == 302
        stale = post(browser, url, version=1, number="44", abstract="Của tôi")
        assert stale.status_code == 409
        assert "Chưa lưu: có người vừa sửa" in words(stale)
        assert "44 43" in words(stale)
        assert "Của tôi Mới" in words(stale)
        empty = post(browser, url, version=2, abstract=" ")
        assert (empty.status_code, "Ghi trích yếu" in words(empty)) == (422, True)
        assert Evidence.objects.get(pk=made.pk).abstract == "Mới"

    def test_it_is_attached_its_page_changed_and_it_is_taken_off_by_name_of_the_leaf(
        self, year: Year, browser: Client
    ) -> None:
        made = year.add()
        attach = year.url("evidence_attach")
        form = browser.get(f"{attach}?tai-lieu={made.pk}&tieu-chi=1.2&trang=tr.+1").content.decode()
        assert f'<option value="{made.pk}" selected>' in form
        assert '<option value="1.2" selected>' in form
        assert post(browser, attach, evidence=made.pk, criterion="1.2", pages="tr. 9").status_code == 302
        use = EvidenceUse.objects.get()
        page = words(browser.get(year.url("evidence", made.pk)))
        assert "Trang dẫn: tr. 9." in page
        assert "Gỡ khỏi tiêu chí 1.2" in page
        done = post(browser, year.url("evidence_drop", made.pk, use.pk), back="/lam-viec/")
        assert done["Location"] == "/lam-viec/"
        assert "khỏi tiêu chí 1.2. Tài liệu vẫn còn trong danh sách." in words(
            browser.get(year.url("evidence", made.pk))
        )
        assert EvidenceUse.objects.count() == 0

    def test_removing_says_from_which_leaves_and_the_address_is_gone(self, year: Year, browser: Client) -> None:
        made = year.add(criterion=year.leaf("1.1"))
        assert "tài liệu cũng bị gỡ khỏi tiêu chí 1.1" in words(browser.get(year.url("evidence", made.pk)))
        done = post(browser, year.url("evidence_remove", made.pk))
        assert "Đã gỡ “Báo cáo năm” khỏi hồ sơ và khỏi tiêu chí 1.1." in words(browser.get(done["Location"]))
        for name, rest in (("evidence", ()), ("evidence_file", (1,))):
            assert browser.get(year.url(name, made.pk, *rest)).status_code == 404

    def test_what_cannot_be_done_is_not_offered_and_refused_when_sent_all_the_same(
        self, year: Year, browser: Client
    ) -> None:
        made = year.add(criterion=year.leaf("1.1"))
        use = made.uses.get()
        year.submit()
        page = browser.get(year.url("evidence", made.pk))
        assert "Hồ sơ đã nộp nên không sửa được." in words(page)
        assert 'method="post"' not in page.content.decode().split("<main", 1)[1]
        attempts = {
            "evidence": (made.pk,), "evidence_version": (made.pk,), "evidence_drop": (made.pk, use.pk),
            "evidence_remove": (made.pk,), "evidence_attach": (),
        }  # fmt: skip
        data = {"version": 1, "abstract": "Khác", "evidence": made.pk, "criterion": "1.2"}
        for name, rest in attempts.items():
            refused = browser.post(year.url(name, *rest), {**data, "file": pdf("a.png", samples.image())})
            assert (name, refused.status_code) == (name, 409)
            assert "Muốn sửa thì thủ trưởng bấm “Rút lại để sửa” ở phiếu" in words(refused)


class TestDownload:
    def test_the_bytes_come_as_an_attachment_that_no_browser_shows(self, year: Year, browser: Client) -> None:
        made = year.add(name="Báo cáo “năm”;x.pdf")
        sent = browser.get(year.url("evidence_file", made.pk, 1))
        assert b"".join(sent.streaming_content) == samples.pdf()  # type: ignore[attr-defined]
        assert sent["Content-Type"] == "application/octet-stream"
        assert sent["Content-Disposition"].startswith("attachment; filename*=utf-8''B%C3%A1o%20c%C3%A1o")
        assert sent["X-Content-Type-Options"] == "nosniff"
        assert sent["Content-Security-Policy"].startswith("sandbox; default-src 'none'")
        assert sent["Cache-Control"] == "private, no-store"
        assert int(sent["Content-Length"]) == len(samples.pdf())

    def test_every_version_stays_to_be_had(self, year: Year, browser: Client) -> None:
        made = year.add()
        post(browser, year.url("evidence_version", made.pk), file=pdf("moi.png", samples.image()))
        for number, data in ((1, samples.pdf()), (2, samples.image())):
            sent = browser.get(year.url("evidence_file", made.pk, number))
            assert b"".join(sent.streaming_content) == data  # type: ignore[attr-defined]
        assert browser.get(year.url("evidence_file", made.pk, 3)).status_code == 404

    def test_only_get_and_head(self, year: Year, browser: Client) -> None:
        url = year.url("evidence_file", year.add().pk, 1)
        head = browser.head(url)
        assert (head.status_code, b"".join(head.streaming_content)) == (200, b"")  # type: ignore[attr-defined]
        assert int(head["Content-Length"]) == len(samples.pdf())
        for method in (browser.post, browser.put, browser.patch, browser.delete):
            assert method(url).status_code == 405

    def test_damaged_and_missing_bytes_are_told_and_not_one_goes_out(self, year: Year, browser: Client) -> None:
        made = year.add()
        path = Path(settings.STORAGES["evidence"]["OPTIONS"]["location"]) / made.files.get().key
        path.write_bytes(path.read_bytes()[:-1] + b"?")
        for _ in range(2):
            refused = browser.get(year.url("evidence_file", made.pk, 1))
            assert refused.status_code == 503
            assert "không khớp mã băm nên không tải xuống được" in words(refused)
            path.unlink(missing_ok=True)


class TestDoubts:
    def test_the_unit_is_told_of_its_own_doubles_and_of_dates_outside_the_year(self, year: Year) -> None:
        year.add()
        second = year.add(details=Details(abstract="Bản sao", issued_on=datetime.date(2026, 1, 5)))
        newest = documents_of(year.seen_by(year.staff), year.staff)[0]
        assert newest.evidence == second
        assert newest.warnings == [
            "Thiếu số.",
            "Văn bản ban hành ngày 05/01/2026, ngoài năm đánh giá 2025.",
            "Trùng tệp với tài liệu “42/BC-UBND Báo cáo năm” của đơn vị.",
        ]

    def test_the_same_file_at_another_unit_is_told_to_those_who_judge_both_never_to_the_unit(self, year: Year) -> None:
        year.add(criterion=year.leaf("1.1"))
        year.add(participant=year.second, by=year.other_staff)
        told = f"Trùng tệp với {year.second.name}."
        judge = year.appraiser("1")
        for person, sees in ((year.coordinator, True), (judge, True), (year.staff, False), (year.head, False)):
            (document,) = documents_of(year.seen_by(person), person)
            assert (told in document.warnings) is sees, person

    def test_a_judge_of_others_who_works_here_is_told_nothing_of_others(self, year: Year) -> None:
        year.add()
        year.add(participant=year.second, by=year.other_staff)
        year.join(year.staff, Role.APPRAISER, year.organiser.unit)
        reader = type(year.staff).objects.get(pk=year.staff.pk)
        (document,) = documents_of(year.seen_by(reader), reader)
        assert not any(year.second.name in warning for warning in document.warnings)


class TestForOneCriterion:
    def test_what_stands_for_a_leaf_and_what_could(self, year: Year) -> None:
        used, other = year.add(criterion=year.leaf("1.1"), pages="tr. 3"), year.add(samples.image(), "a.png")
        use_for(used, year.leaf("1.2"), "", by=year.staff)
        shown = evidence_for(year.first, year.leaf("1.1"), reader=year.staff)
        assert [(use.pages, document.evidence) for use, document in shown.items] == [("tr. 3", used)]
        assert list(shown.others) == [other]
        assert evidence_for(year.first, year.leaf("1.1"), Purpose.EXPLANATION, reader=year.staff).items == []
        by_leaf = evidence_by_leaf(year.first, year.staff)
        assert {key: len(items) for key, items in by_leaf.items()} == {
            (year.leaf("1.1").pk, "declared"): 1,
            (year.leaf("1.2").pk, "declared"): 1,
        }

    def test_evidence_of_the_explanation_is_marked(self, year: Year, browser: Client) -> None:
        year.open_explanation()
        year.first.values.filter(stage=Stage.APPRAISED).delete()
        answer(year.first, year.leaf("1.1"), Stage.APPRAISED, inputs={"choice": "khong"}, worth=0)
        year.add(criterion=year.leaf("1.1"))
        assert "1.1, giải trình" in words(browser.get(year.url("evidence_list")))
        assert "bổ sung khi giải trình" in words(browser.get(year.url("evidence_list")))


@pytest.mark.parametrize("name", ["evidence_list", "evidence", "evidence_add", "evidence_attach"])
def test_pages_ask_as_often_for_three_documents_as_for_one(year: Year, browser: Client, name: str) -> None:
    made = year.add(criterion=year.leaf("1.1"))
    rest = (made.pk,) if name == "evidence" else ()
    counted = {}
    for documents in (1, 3):
        while Evidence.objects.count() < documents:
            more = year.add(criterion=year.leaf("1.1"))
            use_for(more, year.leaf("1.2"), "tr. 1", by=year.staff)
        with CaptureQueriesContext(connection) as asked:
            assert browser.get(year.url(name, *rest)).status_code == 200
        counted[documents] = len(asked)
    assert counted[1] == counted[3]
    assert counted[1] <= 25


def test_a_group_still_in_preparation_shows_its_units_nothing(year: Year, browser: Client) -> None:
    year.move(Phase.DRAFT)
    assert browser.get(year.url("evidence_list")).status_code == 404
