"""A file held back by mistake, as the administrator and the second person meet it; pages of choices beside it."""

from __future__ import annotations

from collections.abc import Callable

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from playwright.sync_api import Page

from scoring.models import EvidenceFile, Scan
from scoring.services.evidence import Details, add_evidence
from tests.browser.desk import Desk
from tests.scoring.evidence.samples import pdf
from tests.year import build_year

SIDEWAYS = "document.documentElement.scrollWidth - window.innerWidth"
PHONE = {"width": 360, "height": 740}


def test_a_false_alarm_is_opened_by_two_persons_and_its_pages_are_accessible_and_fit_a_phone(
    transactional_db: None, open_page: Callable[..., Page], axe: Callable[[Page], list[str]]
) -> None:
    year = build_year()
    long_name = "bao-cao-ket-qua-giai-quyet-thu-tuc-hanh-chinh-nam-2026-ban-chinh-thuc-da-ky.pdf"
    add_evidence(year.a, [SimpleUploadedFile(long_name, pdf())], Details(abstract="Báo cáo"), by=year["a1"])
    sha256 = EvidenceFile.objects.get().sha256
    found = Scan.objects.create(
        sha256=sha256, found="Heuristics.PDF.ObfuscatedNameObject.UNOFFICIAL", at=timezone.now()
    )
    held = f"../../tep-bi-giu/{found.pk}/"
    first, second = Desk(open_page(), year, "s"), Desk(open_page(PHONE), year, "c")
    faults = {}

    def look(desk: Desk, path: str) -> None:
        desk.go(path)
        if wrong := [*axe(desk.page), *(["sideways"] if desk.page.evaluate(SIDEWAYS) > 0 else [])]:
            faults[f"{path} {desk.page.viewport_size}"] = wrong

    for path in ("../../tep-bi-giu/", held, "../../../../tai-khoan/thong-bao/cach-nhan/"):
        look(first, path)
        look(second, path)
    first.go(held).press("Đề nghị mở", answers=422).sees("Ghi lý do, ví dụ")
    assert axe(first.page) == []
    first.fill("Lý do", "Đã mở thử trên máy cách ly").press("Đề nghị mở").sees("chờ người thứ hai")
    look(second, held)
    second.fill("Lý do", "Đã xem cùng đơn vị").press("Mở tệp").sees("Đã mở tệp, đơn vị được báo.")
    look(second, "../../tep-bi-giu/")
    assert faults == {}
