"""The look, in a real browser: public pages and every component, at both widths, with and without script, on paper.

The pages are rendered from sample datasets and put in front of the real static files, under the real policy.
"""

import re

import pytest
from django.conf import settings
from django.template.loader import render_to_string
from playwright.sync_api import Page, expect

from reports.rendering import pages
from reports.rendering.page import HTML
from tests.reports import dataset, styleguide
from tests.reports.dataset import DECISION, SITE
from tests.reports.deep import deep
from tests.thinning import SOAK

SIDEWAYS = "document.documentElement.scrollWidth - window.innerWidth"
ROWS = "tr[data-rank]:visible"
POLICY = "; ".join(
    f"{name} {' '.join(sources)}" for name, sources in settings.CONTENT_SECURITY_POLICY["DIRECTIVES"].items()
)


@pytest.fixture(scope="module")
def shown() -> dict[str, bytes]:
    """Every page that is looked at, by the path it is served under."""
    found = {"bang-thanh-phan/": render_to_string("styleguide.html", styleguide.context()).encode()}
    for make, decision in (
        (dataset.province, DECISION),
        (dataset.two_parts, None),
        (dataset.excerpt, None),
        (dataset.unknown_size, None),
        (dataset.without_thresholds, None),
        (deep, DECISION),
    ):
        year = make()
        base = f"/{year['organiser']['slug']}/"
        for page in [
            *pages.render_organiser(year, decision, SITE, base),
            *pages.render_year(year, decision, SITE, base),
        ]:
            found[base.lstrip("/") + page.path] = page.body
    return found


LOOKED_AT = [
    "hoa-giang/",
    "hoa-giang/xep-hang/2025/xa/",
    "hoa-giang/don-vi/S01/",
    "hoa-giang/thong-ke/2025/",
    "hoa-giang/phuong-phap/2025/",
    "hoa-giang/tai-ve/2025/",
    "binh-duong/",
    "binh-duong/don-vi/BD1/",
    "hai-phong/xep-hang/2025/so/",
    "hai-phong/don-vi/NgV/",
    "tuyen-quang/",
    "an-binh/",
    "lam-son/don-vi/S03/",
    "lam-son/don-vi/X09/",
    "bang-thanh-phan/",
]


@pytest.fixture
def visit(shown: dict[str, bytes], live_server):
    """`visit(page, path)`: open a rendered page as if it were released."""

    def open_it(page: Page, path: str) -> Page:
        headers = {"Content-Security-Policy": POLICY}
        page.route(
            f"{live_server.url}/{path}",
            lambda route: route.fulfill(body=shown[path], content_type=HTML, headers=headers),
        )
        page.goto(f"/{path}")
        return page

    return open_it


@pytest.mark.parametrize("path", LOOKED_AT)
def test_a_page_is_accessible_and_fits_a_phone_and_a_desk(path, page, phone_page, visit, axe):
    for opened in (page, phone_page):
        visit(opened, path)
        if opened is phone_page or SOAK:
            assert axe(opened) == []
        assert opened.evaluate(SIDEWAYS) <= 0


def test_a_number_opens_how_it_came_about_without_script(plain_page, visit):
    visit(plain_page, "lam-son/don-vi/S03/")
    leaf = plain_page.locator("[id='tc-1.1.1']")
    expect(leaf.get_by_text("Chọn “Trễ hạn”: 0,5 điểm.")).to_be_hidden()
    leaf.get_by_text("0,50 / 2,00").click()
    expect(leaf.get_by_text("Chọn “Trễ hạn”: 0,5 điểm.")).to_be_visible()


def test_a_ranking_is_whole_and_in_order_without_script(plain_page, visit):
    visit(plain_page, "hoa-giang/xep-hang/2025/so/")
    expect(plain_page.locator(ROWS)).to_have_count(14)
    expect(plain_page.locator("[data-rank-filters]")).to_be_hidden()
    expect(plain_page.locator("thead button")).to_have_count(0)


def test_search_finds_a_unit_with_and_without_marks(page, visit):
    visit(page, "hoa-giang/xep-hang/2025/xa/")
    search = page.get_by_label("Tìm đơn vị")
    for typed in ("Đắk Ổi", "dak oi", "  ĐAK   oi"):
        search.fill(typed)
        expect(page.locator(ROWS)).to_have_count(1)
        expect(page.locator(ROWS)).to_contain_text("Xã Đắk Ổi")
    search.fill("suoi")
    names = page.locator(ROWS).locator(".unit-name").all_inner_texts()
    assert names
    assert all("Suối" in name for name in names)
    expect(page.get_by_role("status")).to_have_text(f"Đang hiện {len(names)} trong 86 đơn vị.")


def test_a_search_without_result_says_what_to_try(page, visit):
    visit(page, "hoa-giang/xep-hang/2025/xa/")
    page.get_by_label("Tìm đơn vị").fill("hoa loc")
    expect(page.get_by_role("status")).to_contain_text("Không có đơn vị nào tên “hoa loc”. Thử gõ một phần tên")


def test_classes_can_be_hidden(page, visit):
    visit(page, "hoa-giang/xep-hang/2025/so/")
    page.get_by_label(re.compile("^Khá")).uncheck()
    labels = page.locator(f"{ROWS} .grade").all_inner_texts()
    assert labels
    assert "Khá" not in labels


def test_columns_sort_and_say_so(page, visit):
    visit(page, "hoa-giang/xep-hang/2025/xa/")
    ranked = page.locator("tbody:first-of-type tr[data-rank]")
    printed = ranked.locator(".unit-name").all_inner_texts()

    page.get_by_role("button", name="Đơn vị").click()
    by_name = ranked.locator(".unit-name").all_inner_texts()
    assert sorted(by_name) == sorted(printed)
    assert by_name.index("Xã Đắk Nghĩa") < by_name.index("Xã Đồng Tràm") < by_name.index("Xã Vĩnh Lau")
    expect(page.get_by_role("columnheader", name="Đơn vị")).to_have_attribute("aria-sort", "ascending")
    expect(page.get_by_role("status")).to_have_text("Xếp theo cột Đơn vị, từ thấp lên cao.")
    expect(page.locator("tr.mean")).to_be_hidden()

    page.get_by_role("button", name="Chỉ số").click()
    falling = ranked.evaluate_all("rows => rows.map(row => row.dataset.index)")
    assert falling == sorted(falling, reverse=True)
    expect(page.locator("tr.mean")).to_be_visible()
    page.get_by_role("button", name="Hạng").click()
    assert ranked.locator(".rank-no").first.inner_text() == "1"


@pytest.mark.parametrize("rising", [False, True])
def test_the_mean_keeps_its_place_whichever_way_the_index_runs(page, visit, rising):
    visit(page, "binh-duong/xep-hang/2017/huyen/")
    button = page.get_by_role("button", name="Chỉ số")
    button.click()
    if rising:
        button.click()
    names = page.locator("tbody tr .c-unit").all_inner_texts()
    place = names.index("Trung bình khối")
    neighbours = (names[place - 1], names[place + 1])
    assert neighbours == (("Thị xã Dĩ An", "Thị xã Thuận An") if rising else ("Thị xã Thuận An", "Thị xã Dĩ An"))


@pytest.mark.parametrize("path", ["hoa-giang/", "hoa-giang/xep-hang/2025/xa/"])
def test_a_public_page_needs_few_and_light_requests(path, page, visit):
    sizes = {}
    page.on("response", lambda response: sizes.update({response.url: response}))
    visit(page, path)
    page.wait_for_load_state("networkidle")
    assert len(sizes) <= 15
    fonts = [response for address, response in sizes.items() if address.endswith(".woff2")]
    assert fonts
    assert all(len(response.body()) <= 26 * 1024 for response in fonts)


def test_on_paper_the_ribbon_stays_and_the_controls_go(page, visit):
    visit(page, "hoa-giang/")
    page.emulate_media(media="print")
    expect(page.locator(".ribbon")).to_be_visible()
    expect(page.get_by_text("214/QĐ-UBND")).to_be_visible()
    for control in ("[data-rank-filters]", ".tabs", ".mast nav"):
        expect(page.locator(control).first).to_be_hidden()


def test_the_error_summary_takes_the_focus_and_leads_to_the_field(page, visit):
    visit(page, "bang-thanh-phan/")
    expect(page.locator(".errors")).to_be_focused()
    page.get_by_role("link", name=re.compile("Số quyết định")).click()
    expect(page.locator("#id_number")).to_be_focused()
