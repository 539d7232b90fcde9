"""Who is told of a step of the year, and what the letter of it never says."""

from __future__ import annotations

import datetime
from decimal import Decimal

import pytest
from django.core import mail
from django.utils import timezone

from scoring.enums import Phase
from scoring.services.appraisal import appraise
from scoring.services.entered import enter
from scoring.services.explaining import explain
from scoring.services.transitions import perform
from scoring.services.values import Content
from tests.factories import MembershipFactory
from tests.year import Year, advance, build_year, declare_all
from units.enums import NoticeKind, Posting, Role
from units.models import Notice
from units.services.outbox import send_waiting

pytestmark = pytest.mark.django_db


def told(year: Year) -> dict[str, str]:
    """By the short name of the person: the subjects, in the order of telling."""
    names = {user.pk: name for name, user in year.people.items() if user}
    found: dict[str, str] = {}
    for notice in Notice.objects.order_by("pk"):
        name = names[notice.user_id]
        found[name] = f"{found[name]} | {notice.subject}" if name in found else notice.subject
    return found


def at_head(year: Year) -> None:
    declare_all(year, year.a, "a1")
    Notice.objects.all().delete()
    perform(year.submission(), "hand_over", year["a1"])


def test_the_opening_of_the_year_is_told_every_unit_in_the_mornings_letter() -> None:
    year = build_year(Phase.SELF_ASSESSMENT)
    assert sorted(told(year)) == ["a1", "aH", "b1", "bH"]
    notice = Notice.objects.get(user=year["a1"])
    assert notice.subject.startswith("Sở An toàn: mở tự chấm, hạn ")
    assert (notice.kind, notice.letter) == (NoticeKind.NEWS, Posting.MORNING)


def test_the_head_hears_of_what_waits_and_staff_of_what_came_back_each_time_anew() -> None:
    year = build_year(Phase.SELF_ASSESSMENT)
    at_head(year)
    assert told(year) == {"aH": "Sở An toàn: hồ sơ tự chấm chờ duyệt"}
    for _ in range(2):
        perform(year.submission(), "return", year["aH"], reason="Thiếu báo cáo quý IV")
        perform(year.submission(), "hand_over", year["a1"])
    assert told(year) == {
        "aH": " | ".join(["Sở An toàn: hồ sơ tự chấm chờ duyệt"] * 3),
        "a1": " | ".join(["Sở An toàn: hồ sơ tự chấm bị trả lại"] * 2),
    }
    assert Notice.objects.filter(user=year["a1"]).first().note == "Thủ trưởng nhắn: Thiếu báo cáo quý IV"
    send_waiting()
    assert "Thiếu báo cáo" not in "".join(letter.body for letter in mail.outbox)


def test_a_step_that_was_refused_tells_nobody() -> None:
    year = build_year(Phase.SELF_ASSESSMENT)
    at_head(year)
    Notice.objects.all().delete()
    for name, by in (("hand_over", "a1"), ("submit", "a1"), ("return", "bH")):
        with pytest.raises(Exception, match=r"."):
            perform(year.submission(), name, year[by], reason="Không")
    assert not Notice.objects.exists()


def test_more_time_is_told_with_its_hour_and_the_reason_in_the_portal_alone() -> None:
    year = build_year(Phase.SELF_ASSESSMENT)
    Notice.objects.all().delete()
    until = timezone.now() + datetime.timedelta(days=30)
    perform(year.submission(), "extend", year["c"], reason="Bão số 12", until=until)
    assert sorted(told(year)) == ["a1", "aH"]
    notice = Notice.objects.first()
    assert notice.subject.startswith("Sở An toàn: hồ sơ tự chấm được nhập tiếp, hạn ")
    assert ("Bão" in notice.text, notice.note) == (False, "Lý do: Bão số 12")


def test_a_deputy_of_the_head_hears_too() -> None:
    year = build_year(Phase.SELF_ASSESSMENT)
    head = year["aH"].memberships.get()
    today = timezone.localdate()
    deputy = MembershipFactory(
        organiser=year.organiser, unit=year.a.unit, role=Role.UNIT_HEAD, stands_for=head, reason="Nghỉ phép",
        valid_to=today,
    ).user  # fmt: skip
    at_head(year)
    assert set(Notice.objects.values_list("user", flat=True)) == {year["aH"].pk, deputy.pk}


def test_nothing_that_is_not_released_stands_in_any_notice_or_letter() -> None:
    year = build_year(Phase.APPRAISAL)
    sentinel = Content(points=Decimal("1.3371"), reason="lời-canh-giữ")
    appraise(year.part("1"), year.leaves["1.1"], sentinel, seen=0, by=year["g1"])
    enter(year.a, year.leaves["3.1"], Content(inputs={"mean": "4.3371", "responses": "100"}), seen=0, by=year["c"])
    perform(year.submission(year.b), "unlock", year["c"], reason="lời-canh-giữ của điều phối",
            until=timezone.now() + datetime.timedelta(days=3))  # fmt: skip
    send_waiting()
    assert mail.outbox
    everything = "".join(letter.subject + letter.body for letter in mail.outbox)
    everything += "".join(f"{notice.subject}{notice.text}{notice.facts}" for notice in Notice.objects.all())
    for secret in ("3371", "canh-giữ"):
        assert secret not in everything
    for letter in mail.outbox:
        own, other = ("Sở An toàn", "Sở Bình yên")[:: 1 if "-a" in letter.to[0] else -1]
        assert own in letter.subject
        assert other not in letter.subject + letter.body


def test_what_is_open_for_explaining_is_told_without_what_it_is() -> None:
    year = build_year(Phase.APPRAISAL)
    Notice.objects.all().delete()
    advance(year, Phase.EXPLANATION)
    found = told(year)
    assert found["a1"].startswith("Sở An toàn: mở giải trình, hạn ")
    assert "Thiếu một báo cáo" not in "".join(notice.text + notice.note for notice in Notice.objects.all())


def test_what_the_head_says_to_a_returned_explanation_is_read_in_the_portal_alone() -> None:
    year = build_year(Phase.EXPLANATION)
    explain(year.a, year.leaves["2.1"], "Báo cáo đã gửi", seen=0, by=year["a1"])
    perform(year.explanation(), "hand_over", year["a1"])
    Notice.objects.all().delete()
    perform(year.explanation(), "return", year["aH"], reason="Thiếu số trang")
    (notice,) = Notice.objects.all()
    assert (notice.user, notice.subject) == (year["a1"], "Sở An toàn: giải trình bị trả lại")
    assert notice.note == "Thủ trưởng nhắn: Thiếu số trang"
    send_waiting()
    assert mail.outbox
    assert "Thiếu số trang" not in "".join(letter.subject + letter.body for letter in mail.outbox)
