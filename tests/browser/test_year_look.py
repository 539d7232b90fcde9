"""Every page of a year as the person sees it who works there: accessible, silent, and not wider than a phone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from playwright.sync_api import Page

from scoring.enums import Phase
from scoring.services.evidence import Details, add_evidence
from scoring.services.running import run_official, run_provisional
from tests.browser.desk import Desk
from tests.year import Year, advance, build_year

FILE = Path(settings.BASE_DIR) / "fixtures" / "demo" / "year" / "evidence" / "sxd-ke-hoach-kiem-tra.pdf"
SIDEWAYS = "document.documentElement.scrollWidth - window.innerWidth"

# By phase and person: addresses below the campaign's own ("../" leaves it).
PAGES: dict[Phase, dict[str, list[str]]] = {
    Phase.DRAFT: {
        "c": [
            "", "buoc/", "to-chuc/", "khong-che/", "khoi/so/", "khoi/so/don-vi/", "khoi/so/khong-che/", "don-vi/SOA/",
            "sao/", "../../ky-moi/", "bo-tieu-chi/", "bo-tieu-chi/so/", "nhap-bo-tieu-chi/",
        ],
    },
    Phase.SELF_ASSESSMENT: {
        "a1": [
            "../../viec/", "phieu/SOA/", "phieu/SOA/tc/1.1/", "phieu/SOA/tc/1.2/", "phieu/SOA/tc/3.1/",
            "phieu/SOA/lv/1/", "phieu/SOA/kiem-tra/", "phieu/SOA/duyet/",
            "don-vi/SOA/tai-lieu/", "don-vi/SOA/tai-lieu/them/?tieu-chi=1.1",
            "don-vi/SOA/tai-lieu/{document}/", "don-vi/SOA/tai-lieu/dan-chieu/?tieu-chi=1.2",
        ],
        "c": [
            "tien-do/", "tien-do/SOA/", "phan-cong/", "phan-cong/xung-dot/", "phan-cong/chia-deu/",
            "phan-cong/SOA/1/1/", "diem-nhap/", "diem-nhap/khoi/so/so/3.1/", "diem-nhap/don-vi/SOA/3.1/",
            "diem-nhap/tep/", "khong-danh-gia/", "khong-danh-gia/them/", "bo-tieu-chi/so/sua-doi/", "con-thieu/",
        ],
    },
    Phase.APPRAISAL: {
        "aH": ["phieu/SOA/", "phieu/SOA/bien-nhan/1/"],
        "g1": ["../../viec/", "tham-dinh/", "tham-dinh/SOA/1/1/", "tham-dinh/SOA/1/1/1.2/", "tham-dinh/SOB/1/1/1.2/"],
        "g2": ["tham-dinh/SOB/2/1/2.1/"],
    },
    Phase.EXPLANATION: {
        "a1": [
            "phieu/SOA/tc/1.2/", "phieu/SOA/giai-trinh/", "phieu/SOA/giai-trinh/tc/2.1/",
            "phieu/SOA/giai-trinh/dong-y/", "phieu/SOA/tra-lai/",
        ],
    },
    Phase.REAPPRAISAL: {"g2": ["tham-dinh/SOA/2/2/", "tham-dinh/SOA/2/2/2.1/"], "c": ["giai-trinh/"]},
    Phase.COUNCIL: {
        "h": ["../../viec/", "hoi-dong/", "hoi-dong/muc/SOA/2.1/", "hoi-dong/xep-loai/SOA/", "hoi-dong/quyet-dinh/"],
        "c": ["hoi-dong/bien-ban/", "hoi-dong/bien-ban/them/", "lan-tinh/1/", "nhat-ky/"],
    },
    Phase.FINALISED: {"c": ["", "lan-tinh/2/"]},
}  # fmt: skip


@pytest.mark.parametrize("phase", PAGES)
def test_pages_of_a_phase_are_accessible_and_fit_a_phone(
    phase: Phase,
    transactional_db: None,
    open_page: Callable[..., Page],
    axe: Callable[[Page], list[str]],
) -> None:
    year = build_year(min(phase, Phase.SELF_ASSESSMENT, key=list(Phase).index))
    document = add_document(year) if phase == Phase.SELF_ASSESSMENT else 0
    advance(year, phase)
    if phase in (Phase.COUNCIL, Phase.FINALISED):
        run_provisional(year.campaign, year["c"])
    if phase == Phase.FINALISED:
        run_official(year.campaign, year["c"])
    found = {}
    for name, paths in PAGES[phase].items():
        desk = Desk(open_page(), year, name)
        for path in paths:
            desk.go(path.format(document=document))
            faults = axe(desk.page)
            desk.page.set_viewport_size({"width": 360, "height": 740})
            if desk.page.evaluate(SIDEWAYS) > 0:
                faults.append("wider than 360 px")
            desk.page.set_viewport_size({"width": 1280, "height": 900})
            if faults:
                found[name, path] = faults
    assert found == {}


@pytest.mark.parametrize(
    ("phase", "button"), [(Phase.DRAFT, "Mở tự chấm"), (Phase.SELF_ASSESSMENT, "Chuyển sang thẩm định 1")]
)
def test_what_a_step_will_do_is_accessible_and_fits_a_phone(
    transactional_db: None,
    open_page: Callable[..., Page],
    axe: Callable[[Page], list[str]],
    phase: Phase,
    button: str,
) -> None:
    year = build_year(phase)
    year.criteria_set.__class__.objects.update(unit_kinds=["ward"])
    year.move_window(phase, -timedelta(days=2), timedelta(days=3 if phase == Phase.DRAFT else -1))
    desk = Desk(open_page(), year, "c").go("buoc/").press(button).sees("Chưa chuyển bước.", "Nên xem lại")
    assert axe(desk.page) == []
    desk.page.set_viewport_size({"width": 360, "height": 740})
    assert desk.page.evaluate(SIDEWAYS) == 0


def add_document(year: Year) -> int:
    upload = SimpleUploadedFile(FILE.name, FILE.read_bytes())
    details = Details(number="12/KH-SAT", issuer="Sở An toàn", abstract="Kế hoạch CCHC năm 2026")
    (document,) = add_evidence(year.a, [upload], details, by=year["a1"], criterion=year.leaves["1.1"], pages="tr. 1")
    return document.pk
