"""Reminders to send or to copy: for who has something in hand, with the hour, the address and nothing else."""

from __future__ import annotations

import pytest
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from scoring.enums import PartState, Phase
from scoring.models import AppraisalPart
from tests.factories import MembershipFactory
from tests.year import Year, build_year
from units.enums import NoticeKind, Posting, Role
from units.models import Notice, TrailEntry, User
from units.services.outbox import send_waiting

pytestmark = pytest.mark.django_db


def shown(year: Year, by: str = "c") -> str:
    answer = year.browser(by).get(reverse("scoring:reminders", args=[year.organiser.slug, "2026"]))
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_unit_with_its_dossier_in_hand_gets_a_text_with_people_state_hour_and_address() -> None:
    year = build_year(Phase.SELF_ASSESSMENT)
    text = shown(year)
    assert "Kính gửi Người aH, Người a1," in text
    assert f"http://127.0.0.1:8000/lam-viec/{year.organiser.slug}/ky/2026/" in text
    assert "Hạn: " in text
    User.objects.update(email="")
    assert shown(year).count("Chưa có địa chỉ thư") == 2


def test_who_has_handed_in_is_not_reminded_and_appraisers_with_unsigned_parts_are() -> None:
    year = build_year(Phase.APPRAISAL)
    text = shown(year)
    assert "Sở An toàn" not in text.split("<main", 1)[1]
    assert "Còn 2 phần thẩm định chưa ký trong 2 phần được giao ở bước này." in text


@pytest.mark.parametrize("phase", [Phase.SELF_ASSESSMENT, Phase.EXPLANATION])
def test_who_appraises_is_told_only_of_parts_that_can_be_judged_now(phase: Phase) -> None:
    year = build_year(phase)
    AppraisalPart.objects.update(state=PartState.OPEN, signed_by=None, signed_at=None)
    assert "phần thẩm định chưa ký" not in shown(year)
    key = f"tham-dinh-{year.campaign.pk}-{year['g1'].pk}"
    address = reverse("scoring:reminders_send", args=[year.organiser.slug, "2026"])
    year.browser("c").post(address, {"chon": [key], "gui": "1"})
    assert not Notice.objects.filter(user=year["g1"]).exists()


def test_a_part_that_an_amendment_opened_late_is_still_told_of() -> None:
    year = build_year(Phase.EXPLANATION)
    part = year.part()
    part.amended_in, part.state, part.signed_at, part.signed_by = 2, PartState.OPEN, None, None
    part.save()
    assert "Còn 1 phần thẩm định chưa ký trong 1 phần được giao ở bước này." in shown(year)


def test_units_are_reminded_of_their_explanation() -> None:
    assert "Giải trình kết quả thẩm định chưa gửi." in shown(build_year(Phase.EXPLANATION))


def test_reminders_are_the_coordinators_and_ask_as_many_queries_for_more_people() -> None:
    year = build_year(Phase.SELF_ASSESSMENT)
    url = reverse("scoring:reminders", args=[year.organiser.slug, "2026"])
    assert [year.browser(name).get(url).status_code for name in ("a1", "l", "n")] == [404, 403, 404]
    counts = []
    for _ in range(2):
        browser = year.browser("c")
        with CaptureQueriesContext(connection) as asked:
            browser.get(url)
        counts.append(len(asked))
        MembershipFactory(organiser=year.organiser, unit=year.a.unit, role=Role.UNIT_STAFF)
    assert counts[0] == counts[1]


# ── sent ──────────────────────────────────────────────────────────────────────────────────────────────────────────────


def send(year: Year, *units: str, by: str = "c", **more: str):
    keys = [f"don-vi-{getattr(year, unit).pk}" for unit in units]
    address = reverse("scoring:reminders_send", args=[year.organiser.slug, "2026"])
    return year.browser(by).post(address, {"chon": keys} | more, follow=True)


def reminded() -> list[str]:
    return sorted(notice.user.full_name for notice in Notice.objects.filter(kind=NoticeKind.REMINDER))


def test_before_anything_is_sent_the_recipients_are_shown() -> None:
    year = build_year(Phase.SELF_ASSESSMENT)
    User.objects.filter(pk=year["a1"].pk).update(email="")
    answer = send(year, "a")
    text = answer.content.decode()
    assert (answer.status_code, reminded()) == (200, [])
    assert "Gửi lời nhắc cho 1 nơi, 2 người" in text
    assert "Người a1 (chỉ trong cổng)" in text
    assert f"Người aH ({year['aH'].email})" in text
    assert "Người b1" not in text


def test_a_reminder_reaches_the_people_of_the_unit_by_letter_and_in_the_portal_and_leaves_its_trace() -> None:
    year = build_year(Phase.SELF_ASSESSMENT)
    Notice.objects.all().delete()
    User.objects.filter(pk=year["a1"].pk).update(email="")
    text = send(year, "a", gui="1").content.decode()
    assert "Đã nhắc 1 nơi, 2 người." in text
    assert "Người c: 2 người, 0 người đã đọc" in text
    assert reminded() == ["Người a1", "Người aH"]
    send_waiting()
    assert [letter.to for letter in mail.outbox] == [[year["aH"].email]]
    assert "Phiếu tự chấm đã trả lời 0/3 tiêu chí" in mail.outbox[0].body
    assert mail.outbox[0].subject.startswith("Nhắc việc: Sở An toàn, hạn ")
    entry = TrailEntry.objects.get(action="scoring.remind")
    assert (entry.actor.username, entry.data["recipients"]) == ("quang-thu-c", ["Sở An toàn"])


def test_a_second_click_or_a_second_coordinator_on_one_day_sends_nothing() -> None:
    year = build_year(Phase.SELF_ASSESSMENT)
    assert send(year, "a", gui="1").status_code == 200
    again = send(year, "a", by="c2", gui="1")
    assert again.status_code == 409
    assert "đã nhắc trong hôm nay" in again.content.decode()
    assert len(reminded()) == 2
    assert send(year, "a", "b", gui="1").status_code == 200
    assert len(reminded()) == 4


def test_whoever_is_done_is_not_reminded_though_the_page_still_showed_it() -> None:
    year = build_year(Phase.APPRAISAL)
    assert send(year, "a", gui="1").status_code == 409
    assert send(year).status_code == 422
    assert reminded() == []


def test_units_of_another_year_are_not_reached_by_their_key() -> None:
    year, other = build_year(Phase.SELF_ASSESSMENT), build_year(Phase.SELF_ASSESSMENT, slug="tinh-khac")
    address = reverse("scoring:reminders_send", args=[year.organiser.slug, "2026"])
    answer = year.browser("c").post(address, {"chon": [f"don-vi-{other.a.pk}"], "gui": "1"})
    assert (answer.status_code, reminded()) == (409, [])


def test_nobody_but_coordinators_sends_reminders() -> None:
    year = build_year(Phase.SELF_ASSESSMENT)
    for name, status in (("a1", 404), ("l", 403), ("g1", 404), ("n", 404)):
        assert send(year, "a", by=name, gui="1").status_code == status
    assert reminded() == []


def test_an_appraiser_is_reminded_and_the_page_tells_whether_it_was_read() -> None:
    year = build_year(Phase.APPRAISAL)
    address = reverse("scoring:reminders_send", args=[year.organiser.slug, "2026"])
    key = f"tham-dinh-{year.campaign.pk}-{year['g1'].pk}"
    year.browser("c").post(address, {"chon": [key], "gui": "1"})
    assert Notice.objects.get(user=year["g1"]).letter == Posting.WAITING
    notice = Notice.objects.get(user=year["g1"])
    assert year.browser("g1").post(reverse("own_notice_open", args=[notice.pk])).status_code == 302
    assert "Người c: 1 người, 1 người đã đọc" in shown(year)
