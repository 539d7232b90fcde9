"""The morning's letter: who gets one on which morning, and that nobody gets two."""

from __future__ import annotations

import datetime
from io import StringIO

import pytest
from django.core import mail
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from scoring.enums import Phase, Stage
from scoring.models import Value, Window
from scoring.services.morning import NotNow, tell_the_morning
from scoring.services.transitions import perform
from tests.factories import MembershipFactory
from tests.year import Year, build_year, declare_all
from units.enums import NoticeKind, NoticeWay, Posting, Role
from units.models import Notice, NoticeChoice, User
from units.services.notices import Word, post
from units.services.outbox import send_waiting

pytestmark = pytest.mark.django_db


@pytest.fixture
def year() -> Year:
    """In self-assessment, closing at 17:00 on the tenth day from now; what the opening told is in the past."""
    made = build_year(Phase.SELF_ASSESSMENT)
    day = timezone.localdate() + datetime.timedelta(days=10)
    Window.objects.filter(phase=Phase.SELF_ASSESSMENT).update(closes_at=at(day, 17))
    Notice.objects.all().delete()
    return made


def at(day: datetime.date, hour: int = 7) -> datetime.datetime:
    return timezone.make_aware(datetime.datetime.combine(day, datetime.time(hour)))


def morning(days_before: int) -> datetime.datetime:
    """7 o'clock that many days before the day of the deadline."""
    return at(timezone.localdate() + datetime.timedelta(days=10 - days_before))


def written_to(year: Year, now: datetime.datetime) -> str:
    """The short names of those whom this morning brings a letter."""
    mail.outbox.clear()
    Notice.objects.update(due_at=timezone.now())
    tell_the_morning(now)
    send_waiting()
    names = {user.email: name for name, user in year.people.items() if user}
    return " ".join(sorted(names[letter.to[0]] for letter in mail.outbox))


def test_a_letter_comes_when_work_comes_in_and_7_3_and_1_days_before_its_deadline(year) -> None:
    found = {days: written_to(year, morning(days)) for days in range(10, -1, -1)}
    units = "a1 aH b1 bH"
    assert found[10] == units, "the dossier came in"
    assert found[7] == found[3] == found[1] == f"{units} c c2"
    assert {days for days, names in found.items() if names} == {10, 7, 3, 1}


def test_a_morning_that_was_missed_is_made_up_for_once(year) -> None:
    assert "a1" in written_to(year, morning(9))
    assert "a1" in written_to(year, morning(5)), "7 was missed"
    assert written_to(year, morning(4)) == ""
    assert "a1" in written_to(year, morning(2)), "3 was missed"
    assert "a1" in written_to(year, morning(0)), "1 was missed, and there are ten hours left"


def test_a_second_run_on_one_morning_tells_nobody_again(year) -> None:
    assert written_to(year, morning(7))
    assert written_to(year, morning(7) + datetime.timedelta(hours=3)) == ""
    assert Notice.objects.filter(user=year["a1"]).count() == 1


@pytest.mark.parametrize("hour", [0, 2, 5, 20, 23])
def test_at_night_nobody_is_written_to(year, hour) -> None:
    with pytest.raises(NotNow, match="Không gửi gì"):
        tell_the_morning(at(timezone.localdate(), hour))
    assert not Notice.objects.exists()


def test_the_letter_says_unit_deadline_counts_and_the_way_there(year) -> None:
    written_to(year, morning(3))
    letter = next(letter for letter in mail.outbox if letter.to == [year["a1"].email])
    due = timezone.localdate() + datetime.timedelta(days=10)
    assert letter.subject == f"Sở An toàn: hạn {due:%d/%m/%Y}, còn 3 ngày"
    assert "Sở An toàn: phiếu tự chấm đã trả lời 0/3 tiêu chí (chưa đăng nhập). Hạn 17 giờ 00" in letter.body
    assert f"http://127.0.0.1:8000/lam-viec/{year.organiser.slug}/ky/2026/" in letter.body
    assert "Sở Bình yên" not in letter.body
    coordinator = next(letter for letter in mail.outbox if letter.to == [year["c"].email])
    assert "2 đơn vị chưa nộp hồ sơ tự chấm, 2 đơn vị chưa đăng nhập lần nào" in coordinator.body
    assert "Sở An toàn" not in coordinator.body


def test_what_lies_on_the_heads_desk_is_the_heads_alone(year) -> None:
    written_to(year, morning(9))
    declare_all(year, year.a, "a1")
    perform(year.submission(), "hand_over", year["a1"])
    Notice.objects.exclude(kind=NoticeKind.MORNING).delete()
    assert written_to(year, morning(8)) == "aH"
    assert "chờ thủ trưởng duyệt và nộp" in mail.outbox[0].body
    assert "a1" not in written_to(year, morning(7))


def test_who_has_handed_in_is_left_alone(year) -> None:
    declare_all(year, year.a, "a1")
    perform(year.submission(), "hand_over", year["a1"])
    perform(year.submission(), "submit", year["aH"], accept_warnings=True)
    Notice.objects.all().delete()
    assert written_to(year, morning(7)) == "b1 bH c c2"


def test_who_lost_no_point_is_not_asked_for_an_explanation_and_who_lost_one_is() -> None:
    year = build_year(Phase.EXPLANATION)
    Notice.objects.all().delete()
    for value in Value.objects.filter(participant=year.b, stage=Stage.APPRAISED, worth__isnull=False):
        Value.objects.filter(pk=value.pk).update(worth=value.criterion.max_points)
    closes = at(timezone.localdate() + datetime.timedelta(days=10), 17)
    Window.objects.filter(phase=Phase.EXPLANATION).update(closes_at=closes)
    assert written_to(year, morning(7)) == "a1 aH"
    assert "giải trình kết quả thẩm định chưa gửi" in mail.outbox[0].body
    answer = year.browser("c").get(reverse("scoring:reminders", args=[year.organiser.slug, "2026"]))
    assert "Người aH, Người a1" in answer.content.decode()
    assert "Người bH" not in answer.content.decode()


def test_after_the_deadline_units_get_no_more_letters_about_it(year) -> None:
    assert written_to(year, morning(-1)) == ""


def test_an_appraiser_hears_of_parts_that_were_given_and_not_again_until_there_are_more() -> None:
    year = build_year(Phase.APPRAISAL)
    Notice.objects.all().delete()
    day = timezone.localdate()
    assert written_to(year, at(day)) == "g1 g2"
    assert "2 phần thẩm định được giao chưa ký" in mail.outbox[0].body
    assert "Sở" not in mail.outbox[0].subject + mail.outbox[0].body.replace("Chỉ số", "")
    assert written_to(year, at(day + datetime.timedelta(days=1))) == ""
    part = year.part("1")
    type(part).objects.filter(pk=part.pk).update(appraiser=year["g2"])
    assert written_to(year, at(day + datetime.timedelta(days=2))) == "g2"


def test_the_head_who_wants_no_letters_still_gets_the_one_of_the_last_day_and_all_see_it_in_the_portal(year) -> None:
    for name in ("a1", "aH"):
        NoticeChoice.objects.create(user=year[name], kind=NoticeKind.MORNING, way=NoticeWay.OFF)
    assert written_to(year, morning(7)) == "b1 bH c c2"
    assert Notice.objects.filter(user=year["a1"], letter=Posting.NONE).count() == 1
    assert written_to(year, morning(1)) == "aH b1 bH c c2"


def test_who_has_no_address_reads_it_in_the_portal_and_yesterdays_list_does_not_stay_unread(year) -> None:
    User.objects.update(email="")
    for days in (7, 3):
        tell_the_morning(morning(days))
    found = Notice.objects.filter(user=year["a1"]).order_by("pk")
    assert [(notice.letter, notice.read_at is None) for notice in found] == [("", False), ("", True)]


def test_what_waited_for_the_morning_comes_in_it_once(year) -> None:
    user = MembershipFactory(organiser=year.organiser, role=Role.LEADER).user
    year.people["mới"] = user
    post([Word(user, NoticeKind.NEWS, "tin-1", "Câu hỏi được trả lời", "Có trả lời.", path="/lam-viec/")])
    assert "mới" in written_to(year, morning(10))
    body = next(letter.body for letter in mail.outbox if letter.to == [user.email])
    assert "Câu hỏi được trả lời\n  http://" in body
    assert "mới" not in written_to(year, morning(9))
    assert Notice.objects.get(key="tin-1").letter == Posting.FOLDED


def test_a_person_of_two_years_gets_one_letter(year) -> None:
    other = build_year(Phase.SELF_ASSESSMENT, slug="tinh-khac")
    Notice.objects.all().delete()
    MembershipFactory(user=year["a1"], organiser=other.organiser, unit=other.a.unit, role=Role.UNIT_STAFF)
    tell_the_morning(morning(10))
    notice = Notice.objects.get(user=year["a1"])
    assert len(notice.facts["lines"]) == 2
    assert "(và 1 việc khác)" in notice.subject


def test_the_command_says_what_it_did(year) -> None:
    out = StringIO()
    call_command("morning_letters", stdout=out)
    hour = timezone.localtime().hour
    assert ("Đã báo cho 4 người" if 6 <= hour < 20 else "Không gửi gì") in out.getvalue()


def test_an_empty_portal_has_nobody_to_write_to() -> None:
    out = StringIO()
    call_command("morning_letters", stdout=out)
    assert "Không gửi gì" in out.getvalue()


def test_ten_more_people_ask_no_more_questions(year) -> None:
    counts = []
    for days in (10, 9):
        with CaptureQueriesContext(connection) as asked:
            tell_the_morning(morning(days))
        counts.append(len(asked))
        Notice.objects.all().delete()
        for _ in range(10):
            MembershipFactory(organiser=year.organiser, unit=year.a.unit, role=Role.UNIT_STAFF)
    assert counts[0] == counts[1]
