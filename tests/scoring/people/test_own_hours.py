"""Who has an hour of its own after the phase is reminded like the others: in the morning and by the coordinator."""

from __future__ import annotations

import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from scoring.enums import Phase
from scoring.models import Amendment, Submission, Window
from scoring.selectors.open_work import OpenWork, open_work
from scoring.selectors.reminding import units_to_remind
from scoring.services.reminding import remind
from scoring.services.transitions import perform
from tests.scoring.criteria.test_amendment import amend, floor_raised
from tests.scoring.explanation.test_explaining_anew import ask_again, judge_again, say
from tests.year import Year, build_year
from units.models import Notice

pytestmark = pytest.mark.django_db
DAY = datetime.timedelta(days=1)
UNIT_A = {"a1", "aH"}


def lines(year: Year, now: datetime.datetime | None = None) -> dict[str, list[OpenWork]]:
    """By the short name of a unit's person what is open."""
    names = {user.pk: name for name, user in year.people.items() if user}
    found: dict[str, list[OpenWork]] = {}
    for one in open_work(year.campaign, now or timezone.now()):
        if (name := names[one.user.pk])[0] in "ab":
            found.setdefault(name, []).append(one)
    return found


def calls(year: Year, until: datetime.datetime) -> list[int]:
    """On which mornings before the day of `until` something new is told to a1."""
    told: list[int] = []
    last: frozenset[str] = lines(year)["a1"][0].keys
    for days in range(9, -1, -1):
        now = timezone.make_aware(
            datetime.datetime.combine(timezone.localdate(until) - days * DAY, datetime.time(0, 1))
        )
        if (open_now := lines(year, now).get("a1")) and (keys := open_now[0].keys) - last:
            told.append(days)
            last = keys
    return told


def declare_anew(year: Year) -> None:
    year.leaves["1.2"].refresh_from_db()
    year.declare("1.2", inputs={"numerator": "48", "denominator": "50"})


def page(year: Year) -> str:
    answer = year.browser("c").get(reverse("scoring:reminders", args=[year.organiser.slug, "2026"]))
    assert answer.status_code == 200
    return answer.content.decode().split("<main", 1)[1]


def unlocked(until: datetime.timedelta) -> tuple[Year, datetime.datetime]:
    year = build_year(Phase.APPRAISAL)
    hour = timezone.now() + until
    perform(year.submission(), "unlock", year["c"], reason="Sửa số liệu", until=hour)
    return year, hour


def test_a_dossier_unlocked_in_appraisal_is_reminded_until_its_own_hour() -> None:
    year, until = unlocked(9 * DAY)
    found = lines(year)
    assert set(found) == UNIT_A
    assert "phiếu tự chấm đã trả lời 3/3 tiêu chí" in found["a1"][0].text
    assert found["a1"][0].deadline == until
    assert calls(year, until) == [7, 3, 1]
    assert "Sở An toàn" in page(year)
    assert "Sở Bình yên" not in page(year)


def test_a_window_that_was_longer_does_not_stand_for_the_units_own_hour() -> None:
    year, until = unlocked(DAY)
    Window.objects.filter(phase=Phase.SELF_ASSESSMENT).update(closes_at=until + 9 * DAY)
    assert lines(year)["a1"][0].deadline == until
    assert lines(year, until) == {}


def test_what_waits_at_the_head_is_told_the_head_and_what_was_handed_in_again_nobody() -> None:
    year, _ = unlocked(DAY)
    perform(year.submission(), "hand_over", year["a1"])
    assert set(lines(year)) == {"aH"}
    perform(year.submission(), "submit", year["aH"], accept_warnings=True)
    assert lines(year) == {}


def test_a_dossier_in_hand_in_appraisal_without_an_hour_of_its_own_is_not_reminded() -> None:
    year, _ = unlocked(DAY)
    Submission.objects.update(extended_until=None)
    assert units_to_remind(year.campaign, timezone.now()) == []


@pytest.mark.parametrize("phase", [Phase.REAPPRAISAL, Phase.COUNCIL])
def test_an_explanation_that_was_asked_for_again_is_reminded(phase: Phase) -> None:
    year = build_year(Phase.REAPPRAISAL)
    judge_again(year, "0.5")
    ask_again(year)
    type(year.group).objects.filter(pk=year.group.pk).update(phase=phase)
    until = year.explanation().reopened_until
    assert until is not None
    found = lines(year)
    assert set(found) == UNIT_A
    assert "giải trình kết quả thẩm định chưa gửi" in found["a1"][0].text
    assert found["a1"][0].deadline == until
    assert "Giải trình kết quả thẩm định chưa gửi." in page(year)
    assert lines(year, until) == {}, "its hour has passed"
    say(year, "2.1", "Ngày đúng là 10/12", 2)
    perform(year.explanation(), "hand_over", year["a1"])
    assert set(lines(year)) == {"aH"}
    perform(year.explanation(), "submit", year["aH"])
    assert lines(year) == {}


def test_an_explanation_that_was_never_sent_is_over_with_its_phase_unless_reopened() -> None:
    year = build_year(Phase.REAPPRAISAL)
    type(year.explanation()).objects.update(state="draft", reopened_until=None)
    assert lines(year) == {}
    type(year.explanation()).objects.filter(participant=year.a).update(reopened_until=timezone.now() + DAY)
    assert set(lines(year)) == UNIT_A


@pytest.mark.parametrize("phase", [Phase.APPRAISAL, Phase.EXPLANATION, Phase.REAPPRAISAL])
def test_leaves_to_declare_anew_are_reminded_until_they_are_declared(phase: Phase) -> None:
    year = build_year(phase)
    amend(year, floor_raised(year))
    until = Amendment.objects.get().redeclare_until
    assert until is not None
    mine = [one for one in lines(year)["a1"] if "kê khai lại" in one.text]
    assert [one.deadline for one in mine] == [until]
    assert "Sở An toàn: phải kê khai lại theo sửa đổi bộ tiêu chí: 1.2. Hạn" in mine[0].text
    assert mine[0].path == reverse("scoring:worksheet", args=[year.organiser.slug, "2026", "SOA"])
    assert "Phải kê khai lại theo sửa đổi bộ tiêu chí: 1.2." in page(year)
    declare_anew(year)
    assert not [one for one in lines(year).get("a1", []) if "kê khai lại" in one.text]
    assert [one for one in lines(year)["b1"] if "kê khai lại" in one.text]
    assert not [one for one in lines(year, until).get("b1", []) if "kê khai lại" in one.text]


def test_the_coordinator_reminds_of_both_what_is_explained_and_what_is_declared_anew() -> None:
    year = build_year(Phase.EXPLANATION)
    amend(year, floor_raised(year))
    Notice.objects.all().delete()
    keys = [f"don-vi-{year.a.pk}", f"don-vi-{year.a.pk}-ke-khai-lai"]
    assert remind(year.campaign, keys, by=year["c"]) == (2, 4)
    told = Notice.objects.filter(user=year["a1"]).order_by("pk").values_list("text", flat=True)
    assert [one.rpartition(". ")[2][:10] for one in told] == ["Giải trình", "Phải kê kh"]


def test_the_dossier_in_self_assessment_is_reminded_once_though_a_leaf_changed() -> None:
    year = build_year(Phase.SELF_ASSESSMENT)
    amend(year, floor_raised(year))
    assert [len(found) for found in lines(year).values()] == [1, 1, 1, 1]


def test_two_units_ask_as_many_queries_as_one() -> None:
    year = build_year(Phase.APPRAISAL)
    amend(year, floor_raised(year))
    counts = []
    for _ in range(2):
        with CaptureQueriesContext(connection) as asked:
            counts.append([len(units_to_remind(year.campaign, timezone.now()))])
        counts[-1].append(len(asked))
        declare_anew(year)
    assert [found for found, _ in counts] == [2, 1]
    assert counts[0][1] == counts[1][1]
