"""Take the pictures of this folder from a demo that is being served, by walking it as people do.

    make run PORT=8123                                   # in another terminal, with a fresh var/
    .venv/bin/python docs/screens/take.py http://127.0.0.1:8123

The walk looks at the year that is under way as each of its people sees it, takes a paper that came late, switches the
sở to giải trình, then brings in fixtures/demo/quang-ngai-2026.xlsx, calculates, drafts, records a decision and stops
before the second person approves, so it can be taken once from one demo. Needs Chromium and requirements-dev.txt.
"""

from __future__ import annotations

import datetime
import io
import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import openpyxl
from PIL import Image
from playwright.sync_api import Browser, FilePayload, Page, expect, sync_playwright

HERE = Path(__file__).resolve().parent
TABLE = HERE.parents[1] / "fixtures" / "demo" / "quang-ngai-2026.xlsx"
PASSWORD = "minh-hoa-2026"  # noqa: S105  (of the demo only; production refuses it)
WIDTHS = {"1280": {"width": 1280, "height": 900}, "360": {"width": 360, "height": 740}}
TALLEST = {"1280": 1500, "360": 1700}  # px; what is below looks like what is above
VIETNAM = datetime.timezone(datetime.timedelta(hours=7))
COLOURS = 255
LARGEST = 250_000  # bytes
PAPER = HERE.parents[1] / "fixtures" / "demo" / "year" / "evidence" / "bqlkkt-ke-hoach-cchc-2026.pdf"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

PUBLIC = {
    "portal": ("/", ["1280"]),
    "home": ("/quang-ngai/", ["1280", "360"]),
    "ranking": ("/quang-ngai/xep-hang/2025/xa/", ["1280", "360"]),
    "unit": ("/quang-ngai/don-vi/TTT/2025/", ["1280", "360"]),
    "statistics": ("/quang-ngai/thong-ke/2025/", ["1280"]),
    "methodology": ("/quang-ngai/phuong-phap/2025/", ["1280"]),
    "past": ("/binh-duong/", ["1280"]),
    "sign-in": ("/tai-khoan/dang-nhap/", ["1280", "360"]),
}
YEAR = "/lam-viec/quang-ngai/ky/cchc-2026/"
# The year under way: who looks, at what, below YEAR; or anywhere, where it begins with a stroke.
UNDER_WAY = {
    "dieuphoi": {
        "progress": ("tien-do/", ["1280", "360"]),
        "phases": ("buoc/", ["1280"]),
        "assignment": ("phan-cong/", ["1280"]),
        "entered": ("diem-nhap/", ["1280"]),
        "links": ("bo-tieu-chi/so/nam-truoc/", ["1280"]),
        "why": ("phieu/SCT/vi-sao/1.1.2/", ["1280"]),
        "slip": ("phieu/SCT/vi-sao/", ["1280"]),
        "analysis": ("phieu/SCT/phan-tich/", ["1280"]),
    },
    "vantuong.canbo": {
        "worksheet": ("phieu/21061/", ["1280"]),
        "answer": ("phieu/21061/tc/1.1.1/", ["1280", "360"]),
        "board": ("phieu/21061/bang/", ["1280", "360"]),
        "check": ("phieu/21061/kiem-tra/", ["1280"]),
        "evidence": ("don-vi/21061/tai-lieu/", ["1280"]),
        "returned": ("phieu/21061/tra-lai/", ["1280"]),
        "notices": ("/tai-khoan/thong-bao/", ["1280", "360"]),
        "handbook": ("/tai-khoan/huong-dan/", ["1280"]),
    },
    "sxd.thutruong": {"receipt": ("phieu/SXD/bien-nhan/7/", ["1280"])},
    "bato.thutruong": {"review": ("phieu/21484/duyet/", ["1280", "360"])},
    "thamdinh.noivu": {
        "part": ("tham-dinh/SCT/4/1/", ["1280"]),
        "appraisal": ("tham-dinh/SCT/1/1/1.1.2/", ["1280", "360"]),
    },
}


class Walk:
    """One person at a desk and, with the same cookies, on a phone."""

    def __init__(self, browser: Browser, address: str) -> None:
        self.context = browser.new_context(
            base_url=address,
            viewport=WIDTHS["1280"],
            locale="vi-VN",
            timezone_id="Asia/Ho_Chi_Minh",
            reduced_motion="reduce",
        )
        self.page = self.context.new_page()

    def sign_in(self, username: str) -> None:
        self.page.goto("/tai-khoan/dang-nhap/")
        self.fill("Tên đăng nhập", username)
        self.page.get_by_label("Mật khẩu").fill(PASSWORD)
        self.press("Đăng nhập")

    def fill(self, label: str, text: str) -> None:
        self.page.get_by_role("textbox", name=label).fill(text)

    def press(self, name: str) -> None:
        self.page.get_by_role("button", name=name, exact=True).click()
        self.page.wait_for_load_state()

    def follow(self, name: str) -> None:
        self.page.get_by_role("link", name=name, exact=True).first.click()
        self.page.wait_for_load_state()

    def upload(self, file: Path | FilePayload) -> None:
        self.page.goto("/lam-viec/quang-ngai/nhap-ket-qua/")
        self.page.get_by_label("Tệp bảng kết quả").set_input_files(file)
        self.press("Đọc tệp")

    def take(self, name: str, *widths: str) -> None:
        """The page that is open, at each width; the same page is resized, so that answers to a POST can be taken."""
        for width in widths or ("1280", "360"):
            self.page.set_viewport_size(WIDTHS[width])
            # Parts of the page that come by themselves (static/js/part.js).
            expect(self.page.locator("[aria-busy]")).to_have_count(0, timeout=15_000)
            # As tall as the page, so that what is held at the lower edge stands there.
            height = min(TALLEST[width], int(self.page.evaluate("document.documentElement.scrollHeight")))
            self.page.set_viewport_size(WIDTHS[width] | {"height": height})
            save(self.page, f"{name}-{width}")
        self.page.set_viewport_size(WIDTHS["1280"])


def save(page: Page, name: str) -> None:
    """Keep what is seen as a small PNG; stops where it is larger than a picture here may be."""
    picture = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    path = HERE / f"{name}.png"
    # Maximum coverage keeps rare colours: the red of a fault, the ring of the second person.
    picture.quantize(COLOURS, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE).save(path, optimize=True)
    size = path.stat().st_size
    print(f"{path.name}: {size // 1024} KB")
    if size > LARGEST:
        raise SystemExit(f"{path.name} lớn hơn {LARGEST // 1000} KB; giảm COLOURS hoặc TALLEST.")


def faulty_table() -> FilePayload:
    """The demo's table with five things that nobody could understand."""
    book = openpyxl.load_workbook(TABLE)
    sheet = book["Kết quả"]
    columns = {cell.value: cell.column for cell in sheet[1]}
    sheet.cell(4, columns["Tổng điểm"], "1.000")
    sheet.cell(6, columns["Tên đơn vị *"], sheet.cell(5, columns["Tên đơn vị *"]).value)
    sheet.cell(6, columns["Mã đơn vị"], sheet.cell(5, columns["Mã đơn vị"]).value)
    sheet.cell(9, columns["LV1 điểm"], "12,50")
    sheet.cell(11, columns["Xếp loại in"], "Xuất sắc")
    sheet.cell(14, columns["Khối"], "huyen")
    kept = io.BytesIO()
    book.save(kept)
    return {"name": "bang-co-loi.xlsx", "mimeType": XLSX, "buffer": kept.getvalue()}


def public(walk: Walk) -> None:
    for name, (address, widths) in PUBLIC.items():
        walk.page.goto(address)
        walk.take(name, *widths)


def under_way(browser: Browser, address: str) -> None:
    for username, pages in UNDER_WAY.items():
        walk = Walk(browser, address)
        walk.sign_in(username)
        for name, (path, widths) in pages.items():
            walk.page.goto(path if path.startswith("/") else YEAR + path)
            walk.take(name, *widths)


def late_paper(walk: Walk) -> None:
    """A unit that was silent sent a paper: the coordinator takes it, and enters by it."""
    walk.sign_in("dieuphoi")
    walk.page.goto(f"{YEAR}phieu/BQLKKT/van-ban-den-muon/")
    today = f"{datetime.datetime.now(VIETNAM):%d/%m/%Y}"
    walk.fill("Số, ký hiệu", "42/BC-BQL")
    walk.fill("Ngày văn bản", today)
    walk.fill("Ngày đến", today)
    walk.fill("Lý do nhận", "Cơ quan chuyển trụ sở, mất mạng cả tuần cuối")
    walk.page.get_by_label("Bản quét có chữ ký, con dấu").set_input_files(PAPER)
    walk.press("Ghi văn bản")
    walk.page.reload()
    walk.take("late-paper")


def explanation(browser: Browser, address: str) -> None:
    """The sở are switched to giải trình; one of them explains."""
    coordinator, unit = Walk(browser, address), Walk(browser, address)
    coordinator.sign_in("dieuphoi")
    coordinator.page.goto(f"{YEAR}buoc/")
    coordinator.page.get_by_label("Khối", exact=True).select_option(index=0)
    coordinator.page.get_by_label("Chuyển đến bước").select_option("explanation")
    coordinator.press("Chuyển bước (dùng thử)")
    unit.sign_in("canbo")
    unit.page.goto(f"{YEAR}phieu/SXD/giai-trinh/")
    unit.take("explanation")
    unit.page.locator("main a.unit-name").first.click()
    unit.page.wait_for_load_state()
    unit.take("explanation-item")


def from_table_to_signature(walk: Walk) -> str:
    """The coordinator's way; returns the address of the publication that waits for the second person."""
    walk.sign_in("dieuphoi")
    if walk.page.get_by_role("link", name="Chỉ số cải cách hành chính năm 2026").count():
        raise SystemExit("Bản dùng thử này đã có kỳ 2026. Chạy lại với một bản mới (make clean, make run).")
    walk.take("campaigns", "1280")
    walk.upload(faulty_table())
    walk.take("import-faults")
    walk.upload(TABLE)
    walk.take("import-preview", "1280")
    walk.press("Áp dụng bảng 2026")
    walk.press("Tính kết quả")
    walk.take("run", "1280")
    walk.follow("Đối chiếu với bản in")
    walk.take("comparison")
    walk.page.goto("/lam-viec/quang-ngai/ky/2026/")
    walk.follow("Soạn bản công bố")
    walk.press("Chốt và soạn bản công bố")
    walk.press("Trình ký")
    walk.fill("Số quyết định", "03/QĐ-MH")
    walk.fill("Ngày quyết định", f"{datetime.datetime.now(VIETNAM):%d/%m/%Y}")
    walk.fill("Cơ quan ban hành", "UBND tỉnh Quảng Ngãi (số minh họa)")
    walk.press("Ghi số, ngày quyết định")
    walk.page.reload()  # without the message of the last act
    walk.take("publication")
    return walk.page.url


def before_approval(walk: Walk, address: str) -> None:
    walk.sign_in("lanhdao")
    walk.page.goto(address)
    walk.take("approve", "1280")


@contextmanager
def chromium() -> Iterator[Browser]:
    names = (os.environ.get("PARINDEX_CHROMIUM"), "chromium", "chromium-browser", "google-chrome")
    found = next((path for name in names if name and (path := shutil.which(name))), None)
    if found is None:
        raise SystemExit("Không có Chromium trên máy này (apt-get install -y chromium).")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=["--no-sandbox", "--disable-gpu"])
        yield browser
        browser.close()


def main(arguments: list[str]) -> None:
    if len(arguments) != 1:
        raise SystemExit("Cách dùng: take.py ĐỊA_CHỈ, ví dụ take.py http://127.0.0.1:8000")
    with chromium() as browser:
        public(Walk(browser, arguments[0]))
        under_way(browser, arguments[0])
        late_paper(Walk(browser, arguments[0]))
        explanation(browser, arguments[0])
        address = from_table_to_signature(Walk(browser, arguments[0]))
        before_approval(Walk(browser, arguments[0]), address)


if __name__ == "__main__":
    main(sys.argv[1:])
