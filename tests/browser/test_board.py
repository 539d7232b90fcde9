"""A unit's board, its shares and its questions in a real browser: on a phone, with and without script."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect

from scoring.models import LeafCharge, Question
from scoring.services.asking import Answer, answer, ask
from scoring.services.sharing import share_out
from tests.browser.desk import Desk
from tests.thinning import SOAK
from tests.year import Year, build_year, declare_all

SIDEWAYS = "document.documentElement.scrollWidth - window.innerWidth"
PHONE = {"width": 360, "height": 740}
LONG = "Tỷ lệ này có tính hồ sơ chuyển tiếp từ năm trước sang không, và lấy số ở cột nào của báo cáo?"


def busy(year: Year) -> Question:
    """Answers, a share, a question that is answered for all and one that waits."""
    declare_all(year, year.a, "a1")
    share_out(year.a, {year.leaves["1.2"].pk: 0}, year["a1"].pk, by=year["aH"])
    question = ask(year.a, year.leaves["1.2"], LONG, by=year["a1"])
    answer(question, Answer("Có, tính cả hồ sơ chuyển tiếp.", True, "Có tính hồ sơ chuyển tiếp?"), seen=0, by=year["c"])
    return ask(year.a, year.leaves["1.2"], "Còn hồ sơ trả lại thì sao?", by=year["a1"])


def test_every_page_is_accessible_and_fits_a_phone(
    transactional_db: None, open_page: Callable[..., Page], axe: Callable[[Page], list[str]]
) -> None:
    year = build_year()
    question = busy(year)
    unit = ["phieu/SOA/bang/", "phieu/SOA/bang/phan-tich/", "phieu/SOA/chia-viec/", "phieu/SOA/tc/1.2/trao-doi/"]
    unit += ["phieu/SOA/?loc=cua-toi", "phieu/SOA/tc/1.2/"]
    for viewport in (PHONE, {"width": 1280, "height": 900}):
        for name, paths in (("a1", unit), ("c", ["cau-hoi/", f"cau-hoi/{question.pk}/"])):
            desk = Desk(open_page(viewport), year, name)
            for path in paths:
                desk.go(path)
                desk.page.wait_for_load_state("networkidle")
                if viewport == PHONE or SOAK:
                    assert axe(desk.page) == [], path
                assert desk.page.evaluate(SIDEWAYS) <= 0, path


def test_the_board_brings_its_outlook_by_itself(transactional_db: None, open_page: Callable[..., Page]) -> None:
    year = build_year()
    busy(year)
    desk = Desk(open_page(PHONE), year, "a1").go("phieu/SOA/bang/")
    desk.sees("Đang ở đâu, lên loại cách nào", "7,60 / 12,00")
    desk.follow("Làm tiếp 1.1")
    expect(desk.page).to_have_url(desk.base + "phieu/SOA/tc/1.1/")


def test_work_is_shared_out_by_component_without_script(transactional_db: None, open_page: Callable[..., Page]) -> None:
    year = build_year()
    desk = Desk(open_page(PHONE, javascript=False), year, "aH").go("phieu/SOA/bang/")
    desk.follow("Chia việc")
    desk.page.get_by_label("Người phụ trách lĩnh vực 1").select_option("Người a1")
    desk.press("Giao cả lĩnh vực 1").sees("Đã giao Người a1: 1.1, 1.2.")
    assert LeafCharge.objects.count() == 2
    desk.go("phieu/SOA/bang/").follow("Đang ở đâu, lên loại cách nào, ba danh sách việc, kết quả qua các năm")
    desk.sees("Ba danh sách việc phải làm")


def test_a_question_is_asked_and_read_at_the_leaf(transactional_db: None, open_page: Callable[..., Page]) -> None:
    year = build_year()
    desk = Desk(open_page(), year, "a1").go("phieu/SOA/tc/1.2/")
    desk.fill("Hỏi điều phối", LONG).press("Gửi câu hỏi").sees("Đã gửi câu hỏi.", "chờ trả lời")
    coordinator = Desk(open_page(), year, "c").go("cau-hoi/").follow("1.2 Hoàn thành kế hoạch")
    coordinator.fill("Trả lời", "Có.").press("Gửi câu trả lời").sees("Đã trả lời Sở An toàn")
    desk.go("phieu/SOA/tc/1.2/")
    expect(desk.page.locator("aside").get_by_text("Điều phối trả lời:")).to_be_visible()
