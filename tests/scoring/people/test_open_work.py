"""The morning's lines of each role: what is counted for whom, what is never said, and how each is switched off."""

from __future__ import annotations

import datetime

import pytest
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django_tasks.base import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from reports.enums import PublicationState
from reports.models import Publication
from scoring.enums import FollowUpState, HeldStepKind, Phase
from scoring.models import FollowUp, LatePaper, Scan, Window
from scoring.selectors.held_files import held_file_at
from scoring.services.evidence import Incoming, stored
from scoring.services.following_up import Task, change_task, make_task
from scoring.services.held_files import decide
from scoring.services.morning import tell_the_morning
from scoring.services.running import run_provisional
from scoring.services.signing import checked_paper
from tests.factories import MembershipFactory
from tests.scoring.evidence import samples
from tests.year import Year, build_year
from units.enums import NoticeKind, NoticeWay, Posting, Role
from units.models import Membership, Notice, NoticeChoice, Organiser, User
from units.services.outbox import send_waiting

pytestmark = pytest.mark.django_db
DAY = datetime.timedelta(days=1)
DUE = datetime.date(2027, 6, 30)
WORDS = "Gửi báo cáo quý đúng hạn lời-canh-giữ"


def at(day: datetime.date) -> datetime.datetime:
    return timezone.make_aware(datetime.datetime.combine(day, datetime.time(7)))


def letters(year: Year, day: datetime.date) -> dict[str, str]:
    """Short name → subject and body of the letter that the morning of `day` brings."""
    mail.outbox.clear()
    tell_the_morning(at(day))
    Notice.objects.filter(letter=Posting.WAITING).update(due_at=timezone.now())
    send_waiting()
    names = {user.email: name for name, user in year.people.items() if user}
    return {names[one.to[0]]: f"{one.subject}\n{one.body}" for one in mail.outbox}


def switch_off(user: User, kind: NoticeKind) -> None:
    NoticeChoice.objects.create(user=user, kind=kind, way=NoticeWay.OFF)


def quiet(phase: Phase) -> Year:
    """The year in `phase`, with nothing told so far and no deadline near."""
    year = build_year(phase)
    Notice.objects.all().delete()
    return year


# ── tasks ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def published() -> Year:
    """Settled: nothing is open but what a unit does about its lost points."""
    return quiet(Phase.FINALISED)


def task(year: Year, owner: str = "a1", by: str = "aH", due: datetime.date = DUE) -> FollowUp:
    words = f"{WORDS} {due}"
    return make_task(year.a, year.leaves["1.2"], Task(words, year[owner].pk, due), "0,80", by=year[by])


def test_who_is_given_a_task_is_told_at_once_and_who_takes_one_is_not(published, mailoutbox) -> None:
    made = task(published)
    task(published, owner="aH")
    send_waiting()
    notice = Notice.objects.get()
    assert (notice.user, notice.kind) == (published["a1"], NoticeKind.TASK)
    assert notice.subject == "Sở An toàn: được giao một việc theo dõi, hạn 30/06/2027"
    assert "lời-canh-giữ" in notice.note
    assert "lời-canh-giữ" not in mailoutbox[0].subject + mailoutbox[0].body
    assert "0,80" not in mailoutbox[0].subject + mailoutbox[0].body
    again = Task(WORDS, published["aH"].pk, DUE)
    change_task(made, again, seen=1, by=published["a1"])
    assert list(Notice.objects.order_by("pk").values_list("user", flat=True)) == [
        published["a1"].pk, published["aH"].pk,
    ]  # fmt: skip


def test_the_same_task_again_tells_nobody_again(published) -> None:
    task(published)
    task(published)
    assert Notice.objects.count() == 1


def test_a_task_reminds_its_owner_7_3_and_1_days_before_and_weekly_once_it_is_late(published) -> None:
    task(published)
    Notice.objects.all().delete()
    told = {days: letters(published, DUE - days * DAY) for days in range(9, -17, -1)}
    assert {days for days, found in told.items() if "a1" in found} == {7, 3, 1, -1, -8, -15}
    assert "1 việc theo dõi đến hạn trong 7 ngày tới do anh, chị làm" in told[7]["a1"]
    assert "hạn 30/06/2027, quá hạn 1 ngày" in told[-1]["a1"]
    assert "lời-canh-giữ" not in "".join(told[7].values()) + "".join(told[-1].values())


def test_the_head_hears_of_staffs_tasks_only_when_they_fall_due_and_of_those_that_nobody_does(published) -> None:
    task(published)
    task(published, by="aH", due=DUE + DAY)
    Notice.objects.all().delete()
    told = {days: letters(published, DUE - days * DAY) for days in (7, 3, 1)}
    assert [days for days, found in told.items() if "aH" in found] == [1]
    assert "1 việc theo dõi đến hạn trong 1 ngày tới của cán bộ" in told[1]["aH"]
    published["a1"].memberships.update(valid_to=timezone.localdate() - DAY)
    late = letters(published, DUE + 2 * DAY)
    assert set(late) == {"aH"}
    assert "2 việc theo dõi quá hạn của cán bộ, 2 việc của người không còn ở đơn vị" in late["aH"]


def test_what_is_done_reminds_nobody_and_no_other_unit_ever_hears(published) -> None:
    made = task(published)
    Notice.objects.all().delete()
    assert set(letters(published, DUE - DAY)) == {"a1", "aH"}
    FollowUp.objects.filter(pk=made.pk).update(state=FollowUpState.DONE)
    assert letters(published, DUE + DAY) == {}


def test_who_switched_tasks_off_reads_them_in_the_portal_alone(published) -> None:
    switch_off(published["a1"], NoticeKind.TASK)
    task(published)
    assert letters(published, DUE - 3 * DAY) == {}
    assert [one.letter for one in Notice.objects.filter(user=published["a1"])] == [Posting.NONE, Posting.NONE]
    shown = published.browser("a1").get(reverse("own_notices")).content.decode()
    assert "1 việc theo dõi đến hạn trong 3 ngày tới" in shown


# ── appraisers, council, leaders ──────────────────────────────────────────────────────────────────────────────────────


def test_an_appraiser_hears_of_parts_that_are_late_on_the_first_morning_and_every_week() -> None:
    year = quiet(Phase.APPRAISAL)
    day = timezone.localdate()
    year.move_window(Phase.APPRAISAL, -DAY, datetime.timedelta())
    letters(year, day)
    told = {days: letters(year, day + days * DAY) for days in range(1, 10)}
    assert [days for days, found in told.items() if "g1" in found] == [1, 8]
    assert "(quá hạn 1 ngày)" in told[1]["g1"]
    switch_off(year["g1"], NoticeKind.PARTS)
    assert "g1" not in letters(year, day + 15 * DAY) | {"g2": ""}


def test_the_council_hears_how_many_points_are_open_and_of_no_unit_or_score() -> None:
    year = quiet(Phase.COUNCIL)
    day = timezone.localdate()
    found = letters(year, day)
    assert "mục chờ hội đồng quyết định" in found["h"]
    assert f"/lam-viec/{year.organiser.slug}/ky/2026/hoi-dong/" in found["h"]
    for unit in (year.a.name, year.b.name, "1.2"):
        assert unit not in found["h"]
    assert letters(year, day + DAY).get("h") is None, "nothing new"
    Notice.objects.all().delete()
    switch_off(year["h"], NoticeKind.COUNCIL)
    assert "h" not in letters(year, day + 2 * DAY)


def publication(year: Year, by: str, state: str) -> Publication:
    """A version that stands in `state`, drafted by that person."""
    done: dict[str, object] = {}
    if state in (PublicationState.APPROVED, PublicationState.RELEASED):
        done = {"approved_by": year["l"], "approved_at": timezone.now(), "approved_digest": "a" * 64}
    return Publication.objects.create(
        campaign=year.campaign, version=1, run=run_provisional(year.campaign, by=year["c"]), state=state,
        dataset='{"index": "87,65"}', digest="a" * 64, check_code="x", drafted_by=year[by], **done,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("state", "said"),
    [
        (PublicationState.DRAFTED, ""),
        (PublicationState.SENT, "đã trình, chờ ký quyết định"),
        (PublicationState.SIGNED, "đã có quyết định, chờ duyệt"),
        (PublicationState.APPROVED, "đã duyệt, chờ công bố"),
        (PublicationState.RELEASED, ""),
    ],
)
def test_a_leader_hears_that_a_publication_waits_and_nothing_of_what_is_in_it(state, said) -> None:
    year = quiet(Phase.SELF_ASSESSMENT)
    publication(year, "c", state)
    found = letters(year, timezone.localdate())
    assert (said in found["l"] and "87,65" not in found["l"]) if said else "l" not in found
    assert "l" not in letters(year, timezone.localdate() + DAY)


def test_a_leader_who_must_not_approve_is_not_told_to(published) -> None:
    made = publication(published, "l", PublicationState.SIGNED)
    assert "l" not in letters(published, timezone.localdate())
    Publication.objects.filter(pk=made.pk).update(state=PublicationState.SENT)
    assert "l" in letters(published, timezone.localdate() + DAY)


# ── administrators ────────────────────────────────────────────────────────────────────────────────────────────────────


def lost_letter(user: User, key: str = "viec-1") -> Notice:
    return Notice.objects.create(
        user=user, kind=NoticeKind.WORK, key=key, subject="Việc", text="Việc", letter=Posting.FAILED
    )


def test_an_administrator_hears_of_people_whom_letters_do_not_reach_once_a_week(published) -> None:
    monday = timezone.localdate() + (7 - timezone.localdate().weekday()) * DAY
    for key in ("viec-1", "viec-2"):
        lost_letter(published["a1"], key)
    Notice.objects.update(created_at=at(monday))
    found = letters(published, monday)
    assert "Thư không tới được 1 người trong 7 ngày qua" in found["s"]
    assert f"/lam-viec/{published.organiser.slug}/nguoi/" in found["s"]
    assert published["a1"].full_name not in found["s"]
    assert "s" not in letters(published, monday + DAY)
    lost_letter(published["b1"])
    Notice.objects.filter(letter=Posting.FAILED).update(created_at=at(monday))
    assert "2 người" in letters(published, monday + 2 * DAY)["s"]
    assert "c" not in letters(published, monday + 3 * DAY)


def held_paper(year: Year, data: bytes = samples.pdf()) -> Scan:
    """A late paper of unit A that the scanner finds harmful after it was stored."""
    file = Incoming(upload := SimpleUploadedFile("x.pdf", data), checked_paper(upload))
    with stored([file]) as keys:
        LatePaper.objects.create(
            submission=year.submission(), submission_version=0, number="55/BC-SAT", dated_on=DUE, arrived_on=DUE,
            reason="Mất mạng", key=keys[0], name="x.pdf", sha256=file.checked.sha256, size=len(data), kind="pdf",
            by=year["c"], at=timezone.now(),
        )  # fmt: skip
    return Scan.objects.create(sha256=file.checked.sha256, found="Heuristics.PDF", at=timezone.now())


def take(year: Year, name: str, scan: Scan, *kinds: HeldStepKind) -> None:
    """Steps about the held file, as the person takes them; what they tell the unit is in the past."""
    for kind in kinds:
        held = held_file_at(year[name], year.organiser.slug, scan.pk)
        decide(held, kind, "Đã xem", seen=len(held.steps), by=year[name])
    Notice.objects.exclude(kind=NoticeKind.MORNING).delete()


def test_a_coordinator_hears_once_of_a_proposal_to_open_a_held_file_and_not_of_what_is_merely_held(published) -> None:
    today = timezone.localdate()
    MembershipFactory(user=published["s"], organiser=published.organiser, role=Role.COORDINATOR)
    held_paper(published, samples.pdf(b"(khac)"))
    assert set(letters(published, today)) == {"s"}
    scan = held_paper(published)
    take(published, "s", scan, HeldStepKind.PROPOSED)
    found = letters(published, today + DAY)
    for who in ("c", "c2"):
        assert "1 đề nghị mở tệp bị giữ lại chờ người thứ hai xác nhận" in found[who]
        assert reverse("scoring:held_files", args=[published.organiser.slug]) in found[who]
    assert "2 tệp bị giữ lại vì nghi có mã độc" in found["s"]
    assert "đề nghị mở" not in found["s"], "one line of one file"
    assert letters(published, today + 2 * DAY) == {}
    take(published, "s", scan, HeldStepKind.KEPT, HeldStepKind.PROPOSED)
    assert {"c", "c2"} <= set(letters(published, today + 3 * DAY)), "proposed anew, it is new"
    take(published, "c", scan, HeldStepKind.RELEASED)
    assert letters(published, today + 4 * DAY) == {}


def test_who_may_not_be_the_second_person_is_not_asked_to_open_it(published) -> None:
    """c proposed it as an administrator and is one no more."""
    holds = Membership.objects.create(
        user=published["c"], organiser=published.organiser, unit=published.organiser.unit, role=Role.ADMINISTRATOR,
        valid_from="2025-01-01",
    )  # fmt: skip
    take(published, "c", held_paper(published), HeldStepKind.PROPOSED)
    holds.delete()
    assert set(letters(published, timezone.localdate())) == {"c2", "s"}


def test_failed_and_stuck_jobs_are_told_to_who_keeps_the_portal(published) -> None:
    now = timezone.now()
    end = datetime.datetime(9999, 1, 1, tzinfo=datetime.UTC)
    shared = {"args_kwargs": {"args": [], "kwargs": {}}, "task_path": "units.tasks.send_waiting_letters",
              "backend_name": "default", "run_after": end, "exception_class_path": "", "traceback": ""}  # fmt: skip
    DBTaskResult.objects.create(status=TaskResultStatus.FAILED, finished_at=now, **shared)
    stuck = DBTaskResult.objects.create(status=TaskResultStatus.READY, **shared)
    later = DBTaskResult.objects.create(status=TaskResultStatus.READY, **shared | {"run_after": now + DAY})
    DBTaskResult.objects.filter(pk__in=[stuck.pk, later.pk]).update(enqueued_at=now - 2 * DAY)
    Organiser.objects.filter(pk=published.organiser.pk).update(keeps_portal=False)
    assert letters(published, timezone.localdate()) == {}
    Organiser.objects.filter(pk=published.organiser.pk).update(keeps_portal=True)
    found = letters(published, timezone.localdate())
    assert "1 việc nền hỏng trong 7 ngày qua" in found["s"]
    assert "1 việc nền chờ hơn 1 giờ chưa chạy" in found["s"]


def test_a_line_that_was_switched_off_is_left_out_of_a_letter_that_goes_for_another_reason() -> None:
    year = quiet(Phase.SELF_ASSESSMENT)
    MembershipFactory(user=year["c"], organiser=year.organiser, role=Role.ADMINISTRATOR)
    switch_off(year["c"], NoticeKind.FAULT)
    lost_letter(year["a1"])
    Window.objects.filter(phase=Phase.SELF_ASSESSMENT).update(closes_at=at(timezone.localdate() + DAY))
    found = letters(year, timezone.localdate())
    assert "chưa nộp hồ sơ tự chấm" in found["c"]
    assert "Thư không tới" not in found["c"]
    assert any("Thư không tới" in line["text"] for line in Notice.objects.get(user=year["c"]).facts["lines"])


def test_of_much_that_waited_for_the_morning_the_first_twenty_are_named(published) -> None:
    rows = [
        Notice(user=published["l"], kind=NoticeKind.NEWS, key=f"tin-{number}", subject=f"Tin số {number}.", text="Tin",
               letter=Posting.MORNING)
        for number in range(50)
    ]  # fmt: skip
    Notice.objects.bulk_create(rows)
    found = letters(published, timezone.localdate())
    assert len(mail.outbox) == 1
    assert "Tin số 19." in found["l"]
    assert "Tin số 20." not in found["l"]
    assert "và 30 tin khác\n  http" in found["l"]
    assert not Notice.objects.filter(letter=Posting.MORNING).exists()


def test_three_tasks_ask_as_often_as_one(published) -> None:
    counts = []
    for size in (1, 3):
        for number in range(size):
            words = Task(f"{WORDS} {size}-{number}", published["a1"].pk, DUE)
            make_task(published.a, published.leaves["1.2"], words, "0,80", by=published["aH"])
        Notice.objects.all().delete()
        with CaptureQueriesContext(connection) as asked:
            tell_the_morning(at(DUE))
        counts.append(len(asked))
    assert counts[0] == counts[1]
