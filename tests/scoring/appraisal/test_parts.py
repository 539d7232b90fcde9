"""A part from the queue to the signature: many leaves at once, and every step of the part."""

from __future__ import annotations

import datetime
import re

import pytest
from django.utils import timezone

from scoring.enums import PartState, Phase, Stage, SubmissionState
from scoring.models import Submission, Value
from scoring.services.appraisal import keep_all, keep_declared, nought_undeclared
from scoring.services.errors import Conflict, Incomplete
from scoring.services.transitions import perform
from tests.scoring.appraisal.pages import base, hidden, judge, leaf_url, part_url, text
from tests.year import Year, build_year

pytestmark = pytest.mark.django_db
REASON = "Đơn vị không kê khai và không có tài liệu kiểm chứng."


@pytest.fixture
def year() -> Year:
    return build_year(Phase.APPRAISAL)


def keep(year: Year, who: str, seen: list[str], **address: str):
    return year.browser(who).post(part_url(year, **address) + "tat-ca/giu-diem/", {"giu": seen}, follow=True)


def step(year: Year, who: str, name: str, component: str = "1", **data):
    part = year.part(component)
    url = f"{part_url(year, component)}buoc/{name}/"
    return year.browser(who).post(url, {"version": part.version} | data)


# ── the queue ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_queue_counts_what_is_judged_and_what_is_claimed(year: Year) -> None:
    keep_declared(year.part(), year.leaves["1.1"], seen=0, by=year["g1"])
    page = text(year.browser("g1").get(base(year) + "tham-dinh/"))
    assert "2 phần, đã chấm 1 trên 4 tiêu chí" in page
    assert "Sở An toàn , lĩnh vực 1, vòng 1 1. Chỉ đạo, điều hành Đang thẩm định 1/2" in page
    assert "1 đề nghị không áp dụng" in text(year.browser("g2").get(base(year) + "tham-dinh/"))


def test_a_part_is_in_the_same_state_on_every_page_that_lists_it(year: Year) -> None:
    def told() -> list[str]:
        queue = text(year.browser("g1").get(base(year) + "tham-dinh/"))
        part = text(year.browser("g1").get(part_url(year)))
        unit = text(year.browser("c").get(base(year) + "tien-do/SOA/"))
        places = (
            re.search(r"lĩnh vực 1, vòng 1 1. Chỉ đạo, điều hành (.+?) \d/2", queue),
            re.search(r"vòng 1 Sở An toàn (\D+?), Người", part),
            re.search(r"Các phần thẩm định của .+? 1. Chỉ đạo, điều hành Người g1 (.+?) (?=1 2\.|\d)", unit),
        )
        return [place[1] if place else "" for place in places]

    assert told() == ["Chưa bắt đầu"] * 3
    keep_declared(year.part(), year.leaves["1.1"], seen=0, by=year["g1"])
    assert told() == ["Đang thẩm định"] * 3
    Submission.objects.update(state=SubmissionState.DRAFT)
    assert told() == ["Đơn vị chưa nộp"] * 3


def test_the_queue_is_filtered_by_state(year: Year) -> None:
    browser = year.browser("g2")
    assert "Sở An toàn" not in text(browser.get(base(year) + "tham-dinh/?trang-thai=claims"))
    assert "Sở Bình yên" in text(browser.get(base(year) + "tham-dinh/?trang-thai=claims"))
    assert "Không có phần nào ở trạng thái này." in text(browser.get(base(year) + "tham-dinh/?trang-thai=signed"))
    assert "Sở An toàn" in text(browser.get(base(year) + "tham-dinh/?trang-thai=khong-co"))


def test_a_department_that_leads_the_component_is_marked_as_judged_across(year: Year) -> None:
    assert "Chấm chéo:" in text(year.browser("g1").get(base(year) + "tham-dinh/"))
    year.criteria_set.criteria.filter(code__in=["1.1", "1.2"]).update(lead_department="Sở An toàn")
    page = text(year.browser("g1").get(base(year) + "tham-dinh/"))
    assert "0/2 Chấm chéo" in page
    assert "Chấm chéo : đơn vị chính là cơ quan thẩm định" in text(year.browser("g1").get(part_url(year)))
    assert "Chấm chéo : đơn vị" not in text(year.browser("g1").get(part_url(year, unit="SOB")))


def test_round_two_stands_before_round_one_in_the_queue() -> None:
    year = build_year(Phase.REAPPRAISAL)
    page = text(year.browser("g2").get(base(year) + "tham-dinh/"))
    assert page.index("Vòng 2 Các phần") < page.index("Vòng 1 Các phần")
    assert "lĩnh vực 2, vòng 2 2. Cải cách thể chế Chưa bắt đầu 0/1" in page


def test_nothing_of_a_dossier_is_shown_while_the_unit_still_writes_it() -> None:
    year = build_year(Phase.SELF_ASSESSMENT)
    year.declare("1.2", inputs={"numerator": "1313", "denominator": "3737"}, note="Nháp của đơn vị")
    part = year.part()
    type(part).objects.filter(pk=part.pk).update(appraiser=year["g1"])
    browser = year.browser("g1")
    assert "Đơn vị chưa nộp" in text(browser.get(base(year) + "tham-dinh/"))
    for page in (text(browser.get(part_url(year))), text(browser.get(leaf_url(year, "1.2")))):
        assert "3737" not in page
        assert "3.737" not in page
        assert "Nháp của đơn vị" not in page
        assert "không nhận giá trị thẩm định" in page


# ── many leaves at once ───────────────────────────────────────────────────────────────────────────────────────────


def test_one_click_keeps_every_declared_leaf_that_nobody_has_judged(year: Year) -> None:
    judge(year, "g1", "1.2", "diem", points="1", reason="Đã xem")
    page = year.browser("g1").get(part_url(year))
    assert "Giữ số đơn vị kê khai cho 1 tiêu chí chưa ai chấm." in text(page)
    done = keep(year, "g1", hidden(page, "giu"))
    assert "Đã giữ điểm 1 tiêu chí: 1.1." in text(done)
    assert year.value("1.1", Stage.APPRAISED).inputs == {"choice": "du"}
    assert year.value("1.2", Stage.APPRAISED).points == 1


def test_leaves_that_changed_meanwhile_are_told_and_not_touched(year: Year) -> None:
    seen = hidden(year.browser("g1").get(part_url(year)), "giu")
    judge(year, "g1", "1.1", "diem", points="1", reason="Đã xem ở tab khác")
    Value.objects.filter(participant=year.a, criterion=year.leaves["1.2"], stage=Stage.DECLARED).update(version=9)
    page = text(keep(year, "g1", seen))
    assert "Không động đến 2 tiêu chí. 1.1: Đã có ý kiến thẩm định. 1.2: Đơn vị vừa sửa số tự chấm" in page
    assert year.value("1.1", Stage.APPRAISED).points == 1
    assert year.value("1.2", Stage.APPRAISED) is None


def test_a_claim_is_never_kept_in_bulk(year: Year) -> None:
    version = year.seen("2.1", Stage.DECLARED, year.b)
    assert hidden(year.browser("g2").get(part_url(year, "2", unit="SOB")), "giu") == []
    (outcome,) = keep_all(year.part("2", 1, year.b), {"2.1": version}, by=year["g2"])
    assert outcome.refusal.startswith("Đơn vị đề nghị không áp dụng.")
    assert year.value("2.1", Stage.APPRAISED, year.b) is None


@pytest.mark.parametrize("seen", [[], ["1.1"], ["1.1|"], ["1.1|x"], ["|1"], ["1.1|1|" + "9" * 40]])
def test_a_list_that_no_page_made_is_refused(year: Year, seen: list[str]) -> None:
    answer = keep(year, "g1", seen)
    assert answer.status_code in (200, 422)
    assert not Value.objects.filter(stage=Stage.APPRAISED).exists()


def test_leaves_the_unit_left_open_get_nought_with_one_reason(year: Year) -> None:
    url = part_url(year, unit="SOB")
    page = year.browser("g1").get(url)
    assert hidden(page, "tieu_chi") == ["1.2"]
    data = {"tieu_chi": ["1.2"], "reason": REASON}
    done = year.browser("g1").post(url + "tat-ca/khong-ke-khai/", data, follow=True)
    assert "Đã cho 0 điểm 1 tiêu chí: 1.2." in text(done)
    value = year.value("1.2", Stage.APPRAISED, year.b)
    assert (value.points, value.reason) == (0, REASON)


def test_nought_asks_for_a_reason_and_never_touches_what_was_declared(year: Year) -> None:
    url = part_url(year, unit="SOB") + "tat-ca/khong-ke-khai/"
    refused = year.browser("g1").post(url, {"tieu_chi": ["1.2"], "reason": " "})
    assert (refused.status_code, "Nêu lý do cho 0 điểm." in text(refused)) == (422, True)
    done = year.browser("g1").post(url, {"tieu_chi": ["1.1"], "reason": REASON}, follow=True)
    assert "1.1: Đơn vị đã kê khai tiêu chí này, phải xem số liệu rồi chấm." in text(done)
    assert not Value.objects.filter(stage=Stage.APPRAISED).exists()
    with pytest.raises(Incomplete):
        nought_undeclared(year.part(), frozenset({"1.1"}), "", by=year["g1"])


# ── the way to the signature ──────────────────────────────────────────────────────────────────────────────────────


def test_a_part_is_finished_and_signed_only_when_every_leaf_is_judged(year: Year) -> None:
    judge(year, "g1", "1.1", "giu")
    assert "Còn 1 tiêu chí chưa chấm" in text(year.browser("g1").get(part_url(year)))
    refused = step(year, "g1", "finish")
    assert refused.status_code == 409
    assert "1.2: chưa có ý kiến thẩm định." in text(refused)
    judge(year, "g1", "1.2", "giu")
    assert step(year, "g1", "finish").status_code == 302
    assert step(year, "g1", "sign", confirmed="on").status_code == 302
    part = year.part()
    assert (part.state, part.signed_by) == (PartState.SIGNED, year["g1"])


def test_signing_asks_for_the_confirmation(year: Year) -> None:
    finish(year)
    refused = step(year, "g1", "sign")
    assert refused.status_code == 422
    assert "Đánh dấu xác nhận trước khi ký." in text(refused)
    assert year.part().state == PartState.DONE


def finish(year: Year) -> None:
    for code in ("1.1", "1.2"):
        keep_declared(year.part(), year.leaves[code], seen=0, by=year["g1"])
    perform(year.part(), "finish", year["g1"])


def test_a_finished_part_is_taken_up_again_before_it_is_changed(year: Year) -> None:
    finish(year)
    refused = judge(year, "g1", "1.1", "diem", points="1", reason="Xem lại")
    assert refused.status_code == 409
    assert "Chọn “Sửa tiếp” trước khi sửa." in text(refused)
    assert step(year, "g1", "take_up").status_code == 302
    assert judge(year, "g1", "1.1", "diem", points="1", reason="Xem lại").status_code == 302


def test_a_signed_part_is_closed_until_the_coordinator_reopens_it_with_a_reason(year: Year) -> None:
    finish(year)
    perform(year.part(), "sign", year["g1"])
    refused = judge(year, "g1", "1.1", "diem", points="1", reason="Xem lại")
    assert (refused.status_code, "Phần này đã ký xác nhận." in text(refused)) == (409, True)
    assert keep(year, "g1", ["1.1|1"]).status_code == 409
    assert step(year, "c", "reopen", reason="").status_code == 422
    assert step(year, "g1", "reopen", reason="Tự mở").status_code == 403
    assert step(year, "c", "reopen", reason="Có đơn phản ánh").status_code == 302
    page = text(year.browser("g1").get(part_url(year)))
    assert "Được mở lại. Có đơn phản ánh" in page
    assert year.value("1.1", Stage.APPRAISED).inputs == {"choice": "du"}


def test_a_step_from_an_old_page_is_refused(year: Year) -> None:
    finish(year)
    stale = year.browser("g1").post(part_url(year) + "buoc/sign/", {"version": 1, "confirmed": "on"})
    assert stale.status_code == 409
    assert "Có người vừa thay đổi việc này." in text(stale)


@pytest.mark.parametrize("name", ["amend", "publish", "khong-co"])
def test_there_is_no_other_step(year: Year, name: str) -> None:
    assert step(year, "c", name).status_code == 404


def test_a_signed_part_of_round_one_offers_no_step_in_round_two() -> None:
    year = build_year(Phase.REAPPRAISAL)
    page = text(year.browser("c").get(part_url(year)))
    assert "Đã ký xác nhận" in page
    assert "Mở lại phần đã ký" not in page
    assert step(year, "c", "reopen", reason="Vòng đã qua").status_code == 409


def test_round_two_cannot_be_noughted_in_bulk() -> None:
    year = build_year(Phase.REAPPRAISAL)
    with pytest.raises(Conflict, match="Vòng 2 chấm từng tiêu chí"):
        nought_undeclared(year.part("2", 2), frozenset({"2.1"}), REASON, by=year["g2"])
    page = year.browser("g2").get(part_url(year, "2", 2))
    assert "Giữ kết quả vòng 1 của 1 tiêu chí" in text(page)
    done = year.browser("g2").post(
        part_url(year, "2", 2) + "tat-ca/giu-diem/", {"giu": hidden(page, "giu")}, follow=True
    )
    assert "Đã giữ điểm 1 tiêu chí: 2.1." in text(done)


def test_a_unit_that_changed_its_figures_after_the_verdict_is_pointed_out(year: Year) -> None:
    judge(year, "g1", "1.2", "giu")
    until = timezone.now() + datetime.timedelta(days=5)
    perform(year.submission(), "unlock", year["c"], reason="Sửa số liệu", until=until)
    year.declare("1.2", inputs={"numerator": "44", "denominator": "50"})
    perform(year.submission(), "hand_over", year["a1"])
    perform(year.submission(), "submit", year["aH"], accept_warnings=True)
    assert "đơn vị sửa sau khi chấm" in text(year.browser("g1").get(part_url(year)))
    assert "Đơn vị đã sửa số tự chấm sau khi tiêu chí này được chấm." in text(
        year.browser("g1").get(leaf_url(year, "1.2"))
    )
