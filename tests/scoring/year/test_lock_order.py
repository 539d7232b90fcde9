"""Acts that need several rows take them in one order (scoring/services/dossier.py), so that no two wait for each other.

Only a database that locks rows can be caught out: PostgreSQL ends a deadlock with an OperationalError in one of them.
"""

from __future__ import annotations

import datetime
import itertools
import os
from collections.abc import Callable
from typing import Any

import pytest
from django.db import OperationalError, connection, transaction
from django.utils import timezone

from scoring.enums import AmendmentState, PartState, Phase, SubmissionState
from scoring.models import Amendment, AppraisalPart, Campaign, CriteriaSet, Group, Participant, Submission, Window
from scoring.services import setup
from scoring.services.assignment import assign
from scoring.services.campaigns import change_settings
from scoring.services.criteria_amendment import Basis, apply_amendment, draft_amendment
from scoring.services.criteria_export import annex_of
from scoring.services.errors import Blocked, Conflict, Incomplete, StaleEdit
from scoring.services.phases import mark_published
from scoring.services.running import run_official
from scoring.services.self_assessment import declare
from scoring.services.transitions import perform
from scoring.services.values import Content
from tests.factories import UnitFactory
from tests.racing import at_once
from tests.scoring.criteria.annexes import changed
from tests.year import Year, build_year, declare_all

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]

SHA = "b" * 64
ROUNDS = 25 if os.environ.get("PARINDEX_SOAK") == "1" else 1
REFUSALS = (Conflict, StaleEdit, Blocked, Incomplete)
Act = Callable[[], Any]


def seen(year: Year) -> int:
    return Campaign.objects.get(pk=year.campaign.pk).version


def second_group(year: Year) -> Group:
    """Another group of the same set, still a draft, with one unit."""
    group = Group.objects.create(campaign=year.campaign, code="xa", title="Xã, phường", position=2)
    unit = UnitFactory(parent=year.organiser.unit, code="XA1")
    Participant.objects.create(
        campaign=year.campaign, unit=unit, code="XA1", name=unit.name, group=group, criteria_set=year.criteria_set
    )
    now = timezone.now()
    hours = {"opens_at": now - datetime.timedelta(days=1), "closes_at": now + datetime.timedelta(days=9)}
    Window.objects.create(group=group, phase=Phase.SELF_ASSESSMENT, **hours)
    return group


# ── acts: each takes its rows anew, as a request does ───────────────────────────────────────────────────────────────


def group_changed(year: Year, draft: Group) -> Any:
    group = year.fresh_group()
    windows = {item.phase: (item.opens_at, item.closes_at) for item in group.windows.all()}
    return setup.change_group(group, title="Sở", grades=None, windows=windows, seen=seen(year), by=year["c"])


def gates_changed(year: Year, draft: Group) -> Any:
    return setup.change_gates(year.campaign, None, seen=seen(year), by=year["c"], group=year.fresh_group())


def groups_swapped(year: Year, draft: Group) -> Any:
    return setup.move_group(Group.objects.get(pk=draft.pk), up=True, seen=seen(year), by=year["c"])


def settings_changed(year: Year, draft: Group) -> Any:
    return change_settings(year.campaign, {"title": "Kỳ 2026"}, seen=seen(year), by=year["c"])


def set_given(year: Year, draft: Group) -> Any:
    chosen = CriteriaSet.objects.exclude(pk=year.criteria_set.pk).filter(campaign=year.campaign).first()
    return setup.set_for_group(draft, chosen or year.criteria_set, seen=seen(year), by=year["c"])


def unit_added(year: Year, draft: Group) -> Any:
    unit = UnitFactory(parent=year.organiser.unit)
    return setup.add_units(draft, [unit], year.criteria_set, seen=seen(year), by=year["c"])


def draft_opened(year: Year, draft: Group) -> Any:
    return perform(Group.objects.select_related("campaign__organiser").get(pk=draft.pk), "open", year["c"])


def phase_left(year: Year, draft: Group) -> Any:
    return perform(year.fresh_group(), "start_appraisal", year["c"])


def submitted(year: Year, draft: Group) -> Any:
    return perform(year.submission(), "submit", year["aH"], accept_warnings=True)


def declared(year: Year, draft: Group) -> Any:
    version = year.seen("1.1", "declared", year.b)
    return declare(
        year.b, year.leaves["1.1"], Content(inputs={"choice": "tre"}, note=str(version)), seen=version, by=year["b1"]
    )


def part_given(year: Year, draft: Group) -> Any:
    parts = AppraisalPart.objects.filter(participant__campaign=year.campaign).order_by("-pk")
    return assign(year.campaign, parts, year["g1"], by=year["c"])


def part_taken(year: Year, draft: Group) -> Any:
    return assign(year.campaign, [year.part("2"), year.part("1"), year.part("2", 1, year.b)], None, by=year["c"])


def amended(year: Year, draft: Group) -> Any:
    waiting = Amendment.objects.filter(state=AmendmentState.DRAFTED).first()
    if waiting is None:
        raise Conflict("nothing drafted")
    return apply_amendment(waiting, sha256=SHA, by=year["c2"])


def calculated(year: Year, draft: Group) -> Any:
    return run_official(year.campaign, year["c"])


def published(year: Year, draft: Group) -> Any:
    return mark_published(year.campaign)


ACTS = [
    group_changed,
    gates_changed,
    groups_swapped,
    settings_changed,
    set_given,
    unit_added,
    draft_opened,
    phase_left,
    submitted,
    declared,
    part_given,
    part_taken,
    amended,
    calculated,
    published,
]


def prepared(year: Year, draft: Group, acts: tuple[Callable[..., Any], ...]) -> None:
    """The state from which these acts have something to do, again before each round: dossiers are in, but for those
    that are just being handed in or written."""
    Group.objects.filter(pk=year.group.pk).update(phase=Phase.SELF_ASSESSMENT)
    Submission.objects.filter(participant__group=draft).delete()
    AppraisalPart.objects.filter(participant__group=draft).delete()
    Group.objects.filter(pk=draft.pk).update(phase=Phase.DRAFT)
    a = SubmissionState.AT_HEAD if submitted in acts else SubmissionState.SUBMITTED
    b = SubmissionState.DRAFT if declared in acts else SubmissionState.SUBMITTED
    for participant, state in ((year.a, a), (year.b, b)):
        Submission.objects.filter(participant=participant).update(state=state)
    AppraisalPart.objects.filter(participant__group=year.group).update(
        state=PartState.DONE, appraiser=year["g2"], signed_by=None, signed_at=None
    )
    criteria_set = CriteriaSet.objects.select_related("campaign").get(pk=year.criteria_set.pk)
    if not criteria_set.amendments.filter(state=AmendmentState.DRAFTED).exists():
        floor = "0.9" if criteria_set.revision % 2 else "0.8"
        annex = changed(annex_of(criteria_set), "1.2", rule={"kind": "ratio", "floor": floor})
        until = timezone.now() + datetime.timedelta(days=5)
        basis = Basis("812/QĐ-UBND", datetime.date(2026, 11, 15), "Theo hướng dẫn mới", until)
        draft_amendment(criteria_set, annex, basis, sha256=SHA, by=year["c"])


@pytest.fixture
def year() -> Year:
    year = build_year(Phase.SELF_ASSESSMENT)
    declare_all(year, year.a, "a1")
    return year


def test_no_two_acts_wait_for_each_other(year: Year) -> None:
    """Every pair of acts at one instant, several times: each is done or refused in a sentence, and none is killed."""
    draft = second_group(year)
    killed, done = [], set()
    for one, other in itertools.combinations(ACTS, 2):
        for number in range(ROUNDS):
            prepared(year, draft, (one, other))
            pair = (one, other) if number % 2 else (other, one)
            for act, result in zip(pair, at_once([lambda act=act: act(year, draft) for act in pair]), strict=True):
                if isinstance(result, OperationalError):
                    killed.append(f"{one.__name__} | {other.__name__}: {result}")
                elif isinstance(result, Exception):
                    assert isinstance(result, REFUSALS), (act.__name__, result)
                else:
                    done.add(act.__name__)
    assert killed == []
    assert done == {act.__name__ for act in ACTS} - {"calculated"}, "an act that is always refused races nobody"


def test_the_other_order_is_caught(year: Year) -> None:
    """The positive control: were nobody killed here, the test above would prove nothing."""

    def lock(*rows: Any) -> None:
        with transaction.atomic():
            for row in rows:
                type(row).objects.select_for_update(of=("self",)).get(pk=row.pk)
                with connection.cursor() as cursor:
                    cursor.execute("select pg_sleep(0.3)")

    results = at_once([lambda: lock(year.group, year.campaign), lambda: lock(year.campaign, year.group)])
    assert sum(isinstance(result, OperationalError) for result in results) == 1
