"""Dossiers past their limit are closed by the portal: whose time it is, twice the same, never those in time."""

from __future__ import annotations

import datetime
from io import StringIO

import pytest
from django.core.management import call_command
from django.utils import timezone

from scoring.enums import Phase
from scoring.models import Submission
from tests.scoring.dossier.pages import step, text, url
from tests.year import Year, build_year
from units import trail
from units.models import TrailEntry

pytestmark = pytest.mark.django_db

AGO, AHEAD = -datetime.timedelta(milliseconds=50), datetime.timedelta(seconds=30)


def close() -> str:
    out = StringIO()
    call_command("close_windows", stdout=out)
    return out.getvalue()


def states(year: Year) -> tuple[str, str]:
    return year.submission(year.a).state, year.submission(year.b).state


def over(year: Year, closes: datetime.timedelta) -> None:
    year.move_window(Phase.SELF_ASSESSMENT, -datetime.timedelta(days=3), closes)


def test_what_was_not_submitted_in_time_is_closed_and_what_was_submitted_stays() -> None:
    year = build_year()
    step(year, "a1", "hand_over")
    step(year, "aH", "submit")
    over(year, AGO)
    assert "Sở Bình yên hết hạn chưa nộp" in close()
    assert states(year) == ("submitted", "not_submitted")
    assert "Không nộp trong hạn." in text(year.browser("b1").get(url(year, unit=year.b)))


def test_a_dossier_on_the_heads_desk_is_closed_too() -> None:
    year = build_year()
    step(year, "a1", "hand_over")
    over(year, AGO)
    close()
    assert states(year) == ("not_submitted", "not_submitted")


def test_nobody_is_closed_before_the_limit_comes() -> None:
    year = build_year()
    over(year, AHEAD)
    assert "Đã khép 0 hồ sơ" in close()
    assert states(year) == ("draft", "draft")


def test_a_unit_with_more_time_is_closed_at_its_own_limit() -> None:
    year = build_year()
    over(year, AGO)
    limit = Submission.objects.filter(participant=year.a)
    limit.update(extended_until=timezone.now() + AHEAD, extension_reason="Mất điện")
    close()
    assert states(year) == ("draft", "not_submitted")
    limit.update(extended_until=timezone.now() + AGO)
    close()
    assert states(year) == ("not_submitted", "not_submitted")


def test_closing_again_changes_nothing_and_the_trail_names_the_portal_once() -> None:
    year = build_year()
    over(year, AGO)
    close()
    version = year.submission().version
    assert "Đã khép 0 hồ sơ" in close()
    assert year.submission().version == version
    told = TrailEntry.objects.filter(action="scoring.submission_close")
    assert [entry.actor_label for entry in told] == ["Hệ thống", "Hệ thống"]
    assert trail.verify() == []


def test_a_portal_without_anything_has_nothing_to_close() -> None:
    assert "Đã khép 0 hồ sơ" in close()
