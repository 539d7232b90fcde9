"""The head's review: one page to decide on, notes that go back leaf by leaf, and who may do what there."""

from __future__ import annotations

import datetime
import re
from urllib.parse import unquote

import pytest

from scoring.enums import Phase, Stage
from scoring.models import ReturnNote
from scoring.selectors.beside import beside
from scoring.selectors.return_notes import returned_of
from scoring.selectors.worksheet import read_worksheet, sight_of
from scoring.services.errors import Conflict, Incomplete
from scoring.services.return_notes import settle
from scoring.services.transitions import perform
from tests.database import fingerprint
from tests.factories import sign_in
from tests.scoring.dossier.pages import answer, step, text, url
from tests.units.second_factors import CONFIRM, with_app
from tests.year import Year, build_year, declare_all

pytestmark = pytest.mark.django_db
NOTE = "Báo cáo ghi 44 nhiệm vụ"


@pytest.fixture
def year() -> Year:
    """A's dossier is whole but for its proof, and with its head."""
    year = build_year()
    declare_all(year, year.a, "a1")
    step(year, "a1", "hand_over")
    return year


def sent_back(year: Year, code: str = "1.2", note: str = NOTE) -> ReturnNote:
    fields = {f"note_{year.leaves[code].pk}": note, "from": "duyet"}
    assert step(year, "aH", "return", reason="Xem lại giúp tôi", **fields).status_code == 302
    return ReturnNote.objects.get(criterion__code=code)


def summary(page: str) -> str:
    facts = page.partition('<dl class="facts meter">')[2].partition("</dl>")[0]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", facts))


def test_the_head_reads_the_result_and_decides_on_one_page(year: Year) -> None:
    page = text(year.browser("aH").get(url(year, "dossier_review")))
    assert "7,60 / 12,00" in summary(page)
    assert "Lỗi phải sửa 0" in summary(page)
    assert "Cần xem 1" in summary(page)
    assert "Nộp phiếu</button>" in page
    assert 'href="#tra-lai">Trả lại cán bộ</a>' in page
    assert "1 tiêu chí dễ mất điểm nhất" in page
    assert "Chưa có tài liệu kiểm chứng nào." in page


def test_head_and_staff_read_the_same_numbers_on_check_and_review(year: Year) -> None:
    pages = [
        summary(text(year.browser(who).get(url(year, name))))
        for who in ("a1", "aH")
        for name in ("dossier_check", "dossier_review")
    ]
    assert len(set(pages)) == 1


@pytest.mark.parametrize(
    ("who", "status"),
    [("a1", 200), ("aH", 200), ("c", 403), ("h", 403), ("l", 403), ("g1", 404), ("bH", 404), ("n", 404), ("P", 302)],
)
def test_the_review_is_the_units_own(year: Year, who: str, status: int) -> None:
    assert year.browser(who).get(url(year, "dossier_review")).status_code == status


def test_staff_read_it_and_can_neither_submit_nor_send_back(year: Year) -> None:
    browser, before = year.browser("a1"), fingerprint()
    page = text(browser.get(url(year, "dossier_review")))
    assert "Nộp phiếu</button>" not in page
    assert "Chỉ thủ trưởng đơn vị nộp được phiếu" in page
    for name in ("submit", "return"):
        assert step(year, browser, name, reason="Tự trả", **{"from": "duyet"}).status_code == 403
    assert fingerprint() == before


def test_notes_go_back_on_the_whole_on_the_riskiest_and_on_any_leaf(year: Year) -> None:
    first, second, third = (year.leaves[code].pk for code in ("1.1", "1.2", "2.1"))
    fields = {f"note_{first}": "Thiếu kế hoạch", "other_1": str(second), "other_text_1": NOTE}
    more = {"other_2": str(first), "other_text_2": "Ghi cả ngày ban hành"}
    assert step(year, "aH", "return", reason="Xem lại", **fields, **more).status_code == 302
    kept = {note.criterion_id: (note.text, note.seen_version) for note in ReturnNote.objects.all()}
    assert kept == {
        None: ("Xem lại", 0),
        first: ("Thiếu kế hoạch\nGhi cả ngày ban hành", 1),
        second: (NOTE, 1),
    }
    assert third not in kept


def test_a_refused_return_loses_nothing_that_was_typed(year: Year) -> None:
    fields = {f"note_{year.leaves['2.1'].pk}": "Xem lại 2.1", "from": "duyet", "other_1": str(year.leaves["1.2"].pk)}
    head = year.browser("aH")
    before = fingerprint()
    refused = step(year, head, "return", reason="", **fields)
    assert refused.status_code == 422
    page = text(refused)
    assert "Nêu lý do" in page
    assert "Xem lại 2.1</textarea>" in page
    assert "Ghi cần sửa gì ở tiêu chí đã chọn." in page
    assert "Thủ trưởng duyệt phiếu" in page
    assert "Chưa trả lại được: còn 2 chỗ phải sửa" in page
    assert "Chưa lưu được" not in page
    assert fingerprint() == before


@pytest.mark.parametrize("name", ["duyet", ""])
def test_a_refused_hand_in_is_called_so(year: Year, name: str) -> None:
    refused = step(year, "aH", "submit", version="", **{"from": name})
    assert refused.status_code == 422
    assert "Chưa nộp được: còn 1 chỗ phải sửa" in text(refused)


def test_a_note_on_a_leaf_of_others_is_refused(year: Year) -> None:
    with pytest.raises(Incomplete):
        perform(year.submission(), "return", year["aH"], reason="Xem lại", notes={year.leaves["3.1"].pk: "Không phải"})
    assert year.submission().state == "at_head"
    assert not ReturnNote.objects.exists()


def test_a_leaf_sent_back_is_marked_until_it_is_declared_anew(year: Year) -> None:
    sent_back(year)
    staff = year.browser("a1")
    sheet = text(staff.get(url(year)))
    assert "Thủ trưởng yêu cầu sửa 1 tiêu chí" in sheet
    assert "thủ trưởng trả lại, sửa" in sheet
    leaf = text(staff.get(url(year, "answer", "1.2")))
    assert NOTE in leaf
    assert "Đã sửa<" in leaf
    assert NOTE not in text(year.browser("c").get(url(year, "answer", "1.2"))), "the coordinator is not told"
    answer(year, staff, "1.2", numerator="44", denominator="50")
    assert "Thủ trưởng yêu cầu sửa" not in text(staff.get(url(year)))
    assert NOTE not in text(staff.get(url(year, "answer", "1.2")))


def test_a_leaf_whose_figures_are_taken_away_stays_sent_back_everywhere(year: Year) -> None:
    sent_back(year)
    staff = year.browser("a1")

    def is_open() -> list[bool]:
        line = read_worksheet(year.a, sight_of(year["a1"], year.a)).line_of("1.2")
        at_leaf = [bool(line and line.open_notes), NOTE in text(staff.get(url(year, "answer", "1.2")))]
        told = beside(year.submission()).returned
        listed = [item.is_mended for item in returned_of(year.a) if item.note.criterion_id]
        return [*at_leaf, told == (2, 0), listed == [False]]

    assert staff.post(url(year, "answer_clear", "1.2"), {"version": 1}).status_code == 302
    assert year.seen("1.2", Stage.DECLARED) == 0, "nothing stands there"
    assert is_open() == [True] * 4
    answer(year, staff, "1.2", numerator="44", denominator="50")
    assert not any(is_open())


def test_a_note_is_ticked_off_where_nothing_was_to_be_declared(year: Year) -> None:
    note = sent_back(year)
    done = year.browser("a1").post(url(year, "note_settle", note.pk))
    assert done["Location"] == url(year, "answer", "1.2")
    note.refresh_from_db()
    assert (note.settled_by, note.settled_at is not None) == (year["a1"], True)
    assert "Thủ trưởng yêu cầu sửa" not in text(year.browser("a1").get(url(year)))
    again = year.browser("aH").post(url(year, "note_settle", note.pk))
    assert again.status_code == 302
    note.refresh_from_db()
    assert note.settled_by == year["a1"], "again it changes nothing"


@pytest.mark.parametrize(("who", "status"), [("c", 403), ("l", 403), ("b1", 404), ("bH", 404), ("P", 302)])
def test_nobody_else_ticks_it_off(year: Year, who: str, status: int) -> None:
    note = sent_back(year)
    browser = year.browser(who)
    before = fingerprint()
    assert browser.post(url(year, "note_settle", note.pk)).status_code == status
    assert fingerprint() == before


def test_nothing_is_ticked_off_while_the_head_has_it(year: Year) -> None:
    note = sent_back(year)
    step(year, "a1", "hand_over")
    with pytest.raises(Conflict):
        settle(note, by=year["a1"])
    refused = year.browser("a1").post(url(year, "note_settle", note.pk))
    assert refused.status_code == 409
    assert "đang chờ thủ trưởng" in text(refused)


def test_the_head_reads_what_changed_since_and_what_is_still_open(year: Year) -> None:
    sent_back(year)
    sent = text(year.browser("aH").get(url(year, "dossier_review")))
    assert "không có gì thay đổi" in sent
    answer(year, "a1", "2.1", points="1,5")
    step(year, "a1", "hand_over")
    page = text(year.browser("aH").get(url(year, "dossier_review")))
    assert "Trước: Chấm 2 điểm" in page or "2,00 điểm" in page
    assert "1,50 điểm" in page
    assert "Thủ trưởng đã yêu cầu sửa, chưa xong" in page
    assert NOTE in page
    assert "Xem lại giúp tôi" not in page, "the word on the whole is answered by handing over"


def test_a_submission_closes_every_note(year: Year) -> None:
    sent_back(year)
    step(year, "a1", "hand_over")
    assert step(year, "aH", "submit").status_code == 302
    assert not ReturnNote.objects.filter(settled_at__isnull=True).exists()


def test_who_has_a_second_factor_shows_it_before_submitting(year: Year) -> None:
    head = sign_in(with_app(year["aH"]))
    asked = step(year, head, "submit")
    assert asked["Location"].startswith(CONFIRM)
    assert url(year, "dossier_review") in unquote(asked["Location"])
    assert year.submission().state == "at_head"
    staff = sign_in(with_app(year["a1"]))
    assert step(year, staff, "submit").status_code == 403, "who may not is not asked who it is"


def test_the_hour_takes_the_two_decisions_away(year: Year) -> None:
    year.move_window(Phase.SELF_ASSESSMENT, -datetime.timedelta(days=2), -datetime.timedelta(seconds=1))
    page = text(year.browser("aH").get(url(year, "dossier_review")))
    assert "Nộp phiếu</button>" not in page
    assert "Trả lại cán bộ</button>" not in page
