"""A whole year in a real browser: every step by the right person, and at each step somebody who must not.

Two units, A and B. A hands everything in, is judged lower, explains and is heard; B leaves a leaf out, claims another
as not applicable, and comes too late with its explanation.
"""

from __future__ import annotations

import datetime
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from django.conf import settings
from django.utils import timezone
from playwright.sync_api import Page, expect

from scoring.enums import Phase
from scoring.models import EvidenceFile
from tests.browser.desk import Desk, Sit
from tests.factories import PASSWORD
from tests.year import Year, build_year
from units.models import Membership

EVIDENCE = Path(settings.BASE_DIR) / "fixtures" / "demo" / "year" / "evidence"
PLAN, REPORT = EVIDENCE / "sxd-ke-hoach-kiem-tra.pdf", EVIDENCE / "sxd-bao-cao-quy-1.pdf"
HIDDEN, REFUSED, LATE, WRONG = 404, 403, 409, 422


@pytest.fixture
def year(transactional_db: None) -> Year:
    return build_year(Phase.DRAFT)


@pytest.fixture
def sit(year: Year, open_page: Callable[..., Page]) -> Sit:
    desks: dict[str, Desk] = {}

    def at(name: str) -> Desk:
        if name not in desks:
            desks[name] = Desk(open_page(), year, name)
        return desks[name]

    return at


def test_a_year_runs_from_opening_to_the_public_page_by_the_right_persons_alone(
    year: Year, sit: Sit, open_page: Callable[..., Page], tmp_path: Path
) -> None:
    opened_by_the_coordinator_alone(sit)
    staff_declares_and_attaches(sit)
    head_returns_then_submits(year, sit)
    other_unit_leaves_one_out_and_claims_another(year, sit)
    appraisal_begins_and_is_given_out(year, sit)
    two_appraisers_judge_and_sign(year, sit)
    unit_explains_in_time_and_the_other_too_late(year, sit)
    second_round(year, sit)
    council_decides_after_a_role_has_ended(year, sit)
    second_person_confirms_what_was_entered(sit)
    official_run_once_nothing_is_missing(year, sit, tmp_path)
    published_by_a_second_person(year, sit, open_page())


# ── self-assessment ───────────────────────────────────────────────────────────────────────────────────────────────────


def opened_by_the_coordinator_alone(sit: Sit) -> None:
    a1, leader = sit("a1"), sit("l")
    assert a1.asks("phieu/SOA/") == HIDDEN, "nothing to write before the year is open"
    leader.go("buoc/").has_no_button("Mở tự chấm")
    assert leader.posts("buoc/khoi/so/open/")[0] == REFUSED

    step(sit("c"), "Mở tự chấm")


def staff_declares_and_attaches(sit: Sit) -> None:
    a1 = sit("a1").go("phieu/SOA/")
    a1.follow("1.1 Kế hoạch CCHC").choose("Đúng hạn").press("Lưu, sang 1.2")
    a1.fill("Số đạt được", "55").fill("Tổng số", "50").press("Lưu, sang 2.1", answers=WRONG)
    expect(a1.page.get_by_role("textbox", name="Số đạt được")).to_have_value("55")
    a1.fill("Số đạt được", "45").enter("Số đạt được").sees("Đã lưu 1.2")
    a1.press("Lưu, sang 2.1").fill("Điểm", "2").press("Lưu")

    a1.go("don-vi/SOA/tai-lieu/them/?tieu-chi=1.1").attach("Tệp", PLAN)
    a1.fill("Số ký hiệu", "12/KH-SAT").fill("Ngày ban hành", "14/01/2026").fill("Trích yếu", "Kế hoạch CCHC năm 2026")
    a1.fill("Trang dẫn", "tr. 1").press("Lưu tài liệu").sees("12/KH-SAT")

    document = EvidenceFile.objects.select_related("evidence").get().evidence
    own = f"don-vi/SOA/tai-lieu/{document.pk}/tep/1/"
    assert a1.asks(own) == 200
    for stranger in ("b1", "bH", "g1", "l", "s", "n"):
        assert sit(stranger).asks(own) in (REFUSED, HIDDEN), stranger
    assert sit("b1").asks(own) == HIDDEN
    assert sit("b1").asks(own.replace("SOA", "SOB")) == HIDDEN, "nor under the own unit's address"


def head_returns_then_submits(year: Year, sit: Sit) -> None:
    a1, head = sit("a1"), sit("aH")
    a1.go("phieu/SOA/").has_no_button("Nộp hồ sơ").press("Trình thủ trưởng")
    status, text = a1.posts("phieu/SOA/buoc/submit/", version=str(year.submission().version))
    assert (status, "Chỉ thủ trưởng đơn vị" in text) == (REFUSED, True)

    head.go("phieu/SOA/").unfold("Trả lại cán bộ")
    head.fill("Nhắn cán bộ cần sửa gì", "Số nhiệm vụ theo báo cáo là 44, xem lại 1.2").press("Trả lại cán bộ")
    a1.go("phieu/SOA/").sees("Số nhiệm vụ theo báo cáo là 44, xem lại 1.2")
    a1.go("phieu/SOA/tc/1.2/").fill("Số đạt được", "44").press("Lưu, sang 2.1")
    a1.go("phieu/SOA/").press("Trình thủ trưởng")
    head.go("phieu/SOA/").press("Nộp hồ sơ")
    expect(head.page.get_by_role("heading", level=1)).to_contain_text("Biên nhận TC-2026-0001")
    assert a1.posts("phieu/SOA/tc/1.2/", version="2", **{"so-numerator": "50", "so-denominator": "50"})[0] == LATE
    assert sit("b1").asks("phieu/SOA/bien-nhan/1/") == HIDDEN


def other_unit_leaves_one_out_and_claims_another(year: Year, sit: Sit) -> None:
    b1 = sit("b1").go("phieu/SOB/tc/1.1/").choose("Trễ hạn").press("Lưu, sang 1.2")
    b1.go("phieu/SOB/tc/2.1/").unfold("Đề nghị không áp dụng").choose("Đề nghị không áp dụng tiêu chí này")
    b1.press("Lưu", answers=WRONG)
    b1.fill("Lý do không áp dụng", "Không ban hành văn bản").press("Lưu")
    b1.go("phieu/SOB/").has_no_button("Trình thủ trưởng").press("Vẫn trình thủ trưởng")
    sit("bH").go("phieu/SOB/").choose("Vẫn nộp, chấp nhận mất").press("Nộp hồ sơ").sees("Người bH")


# ── first round ───────────────────────────────────────────────────────────────────────────────────────────────────────


def appraisal_begins_and_is_given_out(year: Year, sit: Sit) -> None:
    c, g1 = sit("c"), sit("g1")
    assert g1.asks("tham-dinh/SOA/1/1/") == HIDDEN, "not given to anybody yet"
    step(c, "Chuyển sang thẩm định 1")
    assert sit("a1").posts("phieu/SOA/buoc/withdraw/", version="5")[0] in (REFUSED, LATE), (
        "the hour of the unit is over"
    )

    give(c, "gA", "1", answers=LATE).sees("Không ai thẩm định, chấm điểm đơn vị mình đang công tác")
    give(c, "g1", "1")
    give(c, "g2", "2")


def step(c: Desk, button: str) -> None:
    """A step forward: first the page that says what it will do, then the button of that page."""
    c.go("buoc/").press(button).sees("Chưa chuyển bước.").press(button).sees("nay ở bước")


def give(c: Desk, person: str, component: str, answers: int = 200) -> Desk:
    c.go("phan-cong/").choose("Tất cả đơn vị trong bảng")
    c.page.get_by_role("group", name="Lĩnh vực").get_by_label(f"{component}. ").check()
    person_field = c.page.get_by_label("Người thẩm định", exact=True)
    person_field.select_option(
        label=next(x for x in person_field.locator("option").all_inner_texts() if f"Người {person}" in x)
    )
    return c.press("Giao thẩm định", answers=answers)


def two_appraisers_judge_and_sign(year: Year, sit: Sit) -> None:
    g1, g2 = sit("g1"), sit("g2")
    assert g2.asks("tham-dinh/SOA/1/1/") == HIDDEN, "another appraiser's part"
    assert g1.asks(f"don-vi/SOA/tai-lieu/{EvidenceFile.objects.get().evidence_id}/tep/1/") == 200
    assert sit("a1").asks("tham-dinh/SOA/1/1/") in (REFUSED, HIDDEN)

    g1.go("tham-dinh/SOA/1/1/1.1/").choose("Giữ điểm tự chấm").press("Lưu, sang 1.2")
    g1.choose("Sửa số liệu").fill("Số đạt được", "40").press("Lưu kết quả", answers=WRONG)
    g1.fill("Lý do", "Báo cáo chỉ có 40 nhiệm vụ").press("Lưu kết quả")
    sign(g1.go("tham-dinh/SOA/1/1/"))
    g1.go("tham-dinh/SOB/1/1/1.1/").choose("Giữ điểm tự chấm").press("Lưu, sang 1.2")
    g1.go("tham-dinh/SOB/1/1/").fill("Lý do", "Đơn vị không kê khai").press("Không kê khai: 0 điểm")
    sign(g1.go("tham-dinh/SOB/1/1/"))

    g2.go("tham-dinh/SOA/2/1/2.1/").choose("Cho điểm khác").fill("Điểm", "1").fill("Lý do", "Thiếu một báo cáo")
    g2.press("Lưu kết quả")
    sign(g2.go("tham-dinh/SOA/2/1/"))
    g2.go("tham-dinh/SOB/2/1/2.1/").choose("Xác nhận không áp dụng")
    g2.fill("Căn cứ", "Quyết định 01/QĐ-UBND").fill("Lý do", "Không ban hành văn bản").press("Lưu kết quả")

    sit("c").go("buoc/").press("Trả kết quả, mở giải trình", answers=LATE)
    sit("c").sees("Sở Bình yên: phần lĩnh vực 2 chưa ký")
    assert sit("a1").go("phieu/SOA/").page.get_by_text("Báo cáo chỉ có 40 nhiệm vụ").count() == 0, "not released yet"
    sign(g2.go("tham-dinh/SOB/2/1/"))
    form = {"verdict": "giu", "version": "1", "declared_version": "1"}
    assert g2.posts("tham-dinh/SOA/2/1/2.1/", **form)[0] == LATE, "signed is signed"


def sign(appraiser: Desk) -> None:
    appraiser.press("Chấm xong")
    appraiser.page.locator("main").get_by_role("checkbox").check()
    appraiser.press("Ký xác nhận").sees("Đã ký xác nhận")


# ── explanation, second round, council ────────────────────────────────────────────────────────────────────────────────


def unit_explains_in_time_and_the_other_too_late(year: Year, sit: Sit) -> None:
    a1, b1, c = sit("a1"), sit("b1"), sit("c")
    step(c, "Trả kết quả, mở giải trình")
    a1.go("phieu/SOA/giai-trinh/").sees("Thiếu một báo cáo").follow("2.1 Rà soát văn bản")
    expect(a1.page.get_by_text("Người g2")).to_have_count(0)
    a1.fill("Nội dung giải trình", "Báo cáo đã gửi ngày 10/12").press("Lưu ý kiến 2.1")
    a1.go("phieu/SOA/giai-trinh/tc/2.1/").attach("Tải tệp lên", REPORT)
    expect(a1.page.locator("[data-upload-said]")).to_have_text("Đã lưu 1 tệp.")
    a1.go("phieu/SOA/giai-trinh/").press("Trình thủ trưởng")
    sit("aH").go("phieu/SOA/giai-trinh/").press("Gửi giải trình").sees("Đã gửi")

    b1.go("phieu/SOB/giai-trinh/tc/1.2/")
    year.move_window(Phase.EXPLANATION, -datetime.timedelta(days=2), -datetime.timedelta(seconds=1))
    status, text = b1.posts("phieu/SOB/giai-trinh/tc/1.2/", version="0", text="Chúng tôi bổ sung số liệu")
    assert (status, "Giải trình đã đóng lúc" in text) == (LATE, True)
    assert "Chúng tôi bổ sung số liệu" in text


def second_round(year: Year, sit: Sit) -> None:
    c, g1, g2 = sit("c"), sit("g1"), sit("g2")
    step(c, "Chuyển sang thẩm định 2")
    assert g1.asks("tham-dinh/SOA/1/2/") == HIDDEN, "nothing of component 1 was explained"
    g2.go("tham-dinh/SOA/2/2/2.1/").sees("Báo cáo đã gửi ngày 10/12").choose("Cho điểm khác")
    g2.fill("Điểm", "1,5").fill("Lý do", "Chấp nhận một phần giải trình").press("Lưu kết quả")
    sign(g2.go("tham-dinh/SOA/2/2/"))


def council_decides_after_a_role_has_ended(year: Year, sit: Sit) -> None:
    council, g2 = sit("h"), sit("g2")
    seen = {"version": "0", "kept_version": "1", "declared_version": "1"}
    decision = {"verdict": "keep", "reason": "Giữ như vòng 2", **seen}
    assert council.posts("hoi-dong/muc/SOA/2.1/", **decision)[0] == LATE, "not before it is put to the council"
    g2.go("tham-dinh/SOA/2/2/")
    yesterday = timezone.localdate() - datetime.timedelta(days=1)
    Membership.objects.filter(user=year["g2"]).update(valid_to=yesterday)
    for path in ("tham-dinh/SOA/2/2/", "tham-dinh/", "phieu/SOA/"):
        assert g2.asks(path) in (REFUSED, HIDDEN), f"the role ended a minute ago, the cookie is old: {path}"

    step(sit("c"), "Trình hội đồng")
    assert sit("l").posts("hoi-dong/muc/SOA/2.1/", **decision)[0] == REFUSED
    council.go("hoi-dong/").follow("2.1 Rà soát văn bản").sees("Báo cáo đã gửi ngày 10/12")
    council.choose("Chọn giá trị tự chấm").fill("Lý do", "Báo cáo gửi đúng hạn").press("Ghi quyết định 2.1")
    council.go("hoi-dong/xep-loai/SOB/")
    council.page.get_by_label("Xếp loại theo quyết định").select_option(label="Trung bình")
    council.fill("Lý do", "Có vụ việc bị kỷ luật trong năm").press("Ghi quyết định xếp loại")
    sit("c").go("hoi-dong/quyet-dinh/").sees("Báo cáo gửi đúng hạn", "Có vụ việc bị kỷ luật trong năm")


# ── official run and publication ──────────────────────────────────────────────────────────────────────────────────────


def second_person_confirms_what_was_entered(sit: Sit) -> None:
    c, c2 = sit("c"), sit("c2")
    c.go().press("Tính chính thức", answers=LATE).sees("Sở An toàn: Thiếu điểm nhập: 3.1")
    c.go("buoc/").press("Chốt số liệu", answers=LATE).sees("Sở An toàn: Thiếu điểm nhập: 3.1")
    c.go("diem-nhap/").follow("Điều tra xã hội học")
    for unit, mean in (("Sở An toàn", "4,5"), ("Sở Bình yên", "4,1")):
        row = c.page.get_by_role("row", name=unit)
        row.get_by_role("textbox", name="Điểm trung bình").fill(mean)
        row.get_by_role("textbox", name="Số phiếu trả lời").fill("120")
    c.press("Lưu số liệu 3.1").has_no_button("Xác nhận hàng đã chọn")
    c.go("buoc/").press("Chốt số liệu", answers=LATE)
    c2.go("diem-nhap/").follow("Điều tra xã hội học").follow("Chọn cả 2 hàng chờ").press("Xác nhận hàng đã chọn")
    step(c, "Chốt số liệu")


def official_run_once_nothing_is_missing(year: Year, sit: Sit, folder: Path) -> None:
    c, leader = sit("c"), sit("l")
    c.go().press("Tính chính thức").sees("Sở An toàn")
    assert leader.asks("lan-tinh/1/") in (REFUSED, HIDDEN), "the coordinator sees it before anyone else"
    campaign, results = (
        c.page.request.get(f"{c.base}lan-tinh/1/{name}.json").body() for name in ("campaign", "results")
    )
    file = folder / "campaign.json"
    file.write_bytes(campaign)
    engine = [sys.executable, "-m", "scoring.engine", str(file)]
    computed = subprocess.run(engine, cwd=settings.BASE_DIR, capture_output=True, check=True)
    assert computed.stdout == results
    c.press("Trình lãnh đạo xem").sees("Đã trình lãnh đạo xem")
    leader.go("lan-tinh/1/").sees("Sở An toàn")


def published_by_a_second_person(year: Year, sit: Sit, visitor: Page) -> None:
    c, leader = sit("c"), sit("l")
    public = f"/{year.organiser.slug}/xep-hang/2026/so/"
    c.go().follow("Soạn bản công bố").press("Chốt và soạn bản công bố").press("Trình ký")
    c.fill("Số quyết định", "214/QĐ-UBND").fill("Ngày quyết định", f"{timezone.localdate():%d/%m/%Y}").fill(
        "Cơ quan ban hành", "UBND tỉnh"
    )
    c.press("Ghi số, ngày quyết định").has_no_button("Duyệt công bố")
    assert visitor.request.get(public).status == HIDDEN

    leader.page.goto(c.page.url)
    leader.choose("Văn bản giấy khớp với bản đã chốt")
    leader.page.get_by_label("Nhập lại mật khẩu").fill(PASSWORD)
    leader.press("Duyệt công bố").press("Công bố")
    assert year.phase() == Phase.PUBLISHED
    visitor.goto(public)
    rows = visitor.locator(".rank-table tbody tr:not(.mean)")
    assert [row.locator(".c-unit").inner_text().split("\n")[0] for row in rows.all()] == ["Sở An toàn", "Sở Bình yên"]
    expect(rows.first).to_contain_text("89,17")
    for name in ("Người g1", "Người a1", "Báo cáo gửi đúng hạn"):
        expect(visitor.get_by_text(name)).to_have_count(0)
    assert sit("a1").go("phieu/SOA/").page.get_by_role("button", name="Lưu").count() == 0
