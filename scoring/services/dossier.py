"""One unit's dossier as it is at this instant: who may write what is decided on this, under its lock.

Every write about a unit (figures, evidence, appraisal, entered points, council) first locks its submission's row, so
that no write can land after a lock, a deadline or a change of phase that was committed before it (cases D02, D04).

Whoever locks takes the rows in one order, leaving out what the act does not need, so that no two wait for each other:

1. the paper that the act carries out (a staged workbook, an amendment, a publication),
2. groups, by pk,
3. dossiers, that is submissions, by pk over all groups,
4. what hangs on a dossier: appraisal parts by pk, explanation, exclusion, participant,
5. the campaign's row (`raise_version`, the number of a receipt or of a run),
6. the criteria set,
7. the head of the trail: nothing more is locked after the first `trail.record`.

Writing a row that refers to another one locks that one too, weakly (PostgreSQL), and counts alike.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db.models.functions import Now

from scoring.enums import Phase
from scoring.models import Group, Participant, Submission, Window
from scoring.selectors.clock import began_at, database_now
from scoring.services.errors import Conflict
from scoring.workflow import Deadline, hour_of


@dataclass(frozen=True)
class Dossier:
    """A unit in its campaign with its submission, its group as it is now, the group's windows and the instant.

    `began` is when the request that asks reached the portal, told by the same clock as `now`.
    """

    participant: Participant
    submission: Submission
    group: Group
    windows: Mapping[str, Window]
    now: datetime.datetime
    began: datetime.datetime

    @property
    def phase(self) -> str:
        return self.group.phase

    def closes_at(self, phase: str) -> datetime.datetime | None:
        """When the group's window of `phase` closes; None where it has none."""
        window = self.windows.get(phase)
        return window.closes_at if window else None

    @property
    def deadline(self) -> datetime.datetime | None:
        """Until when this unit may write its self-assessment (`limit_of`)."""
        return self.limit.closes_at if self.limit else None

    @property
    def limit(self) -> Deadline | None:
        """The deadline of this unit's self-assessment, with its minutes of grace; None where it has none."""
        return limit_of(self.phase, self.windows.get(Phase.SELF_ASSESSMENT), self.submission.extended_until)

    def explanation_limit(self, own: datetime.datetime | None) -> Deadline | None:
        """The deadline of this unit's explanation, with the hour of its `own` (`Explanation.reopened_until`): its
        group's window or longer by the own one, and once the group has gone on the own one alone; None for neither."""
        window = self.windows.get(Phase.EXPLANATION)
        of_group = self.closes_at(Phase.EXPLANATION)
        closes_at = hour_of(of_group, own, is_over=self.phase != Phase.EXPLANATION)
        return deadline_in(window, closes_at) if closes_at is not None else None


def limit_of(phase: str, window: Window | None, own: datetime.datetime | None) -> Deadline | None:
    """The deadline of one unit's self-assessment: its group's `window`, or longer by the extension `own`.

    Once the group has gone on to thẩm định 1 only the unit's own extension counts, however long the window was. Grace
    and the rule for files are the window's for both.
    """
    closes_at = hour_of(window.closes_at if window else None, own, is_over=phase != Phase.SELF_ASSESSMENT)
    return deadline_in(window, closes_at) if closes_at is not None else None


def deadline_in(window: Window | None, closes_at: datetime.datetime) -> Deadline:
    """The deadline at `closes_at` under the settings of `window`."""
    return Deadline(closes_at, window.grace, window.takes_begun_files) if window else Deadline(closes_at)


NO_SUBMISSION = "Khối của đơn vị chưa mở tự chấm, nên chưa có hồ sơ."


def lock_dossier(participant: Participant) -> Dossier:
    """Lock the unit's submission until the end of the transaction and read the rest afresh.

    Raises `Conflict` where the year has not been opened for the unit.
    """
    submission = Submission.objects.select_for_update().filter(participant=participant).first()
    if submission is None:
        raise Conflict(NO_SUBMISSION)
    return _dossier(participant, submission)


def lock_dossiers(*groups: Group) -> list[Submission]:
    """Lock every submission of the groups, in one order for everybody: nobody writes while a phase changes."""
    found = Submission.objects.select_for_update(of=("self",)).filter(participant__group__in=groups)
    return list(found.select_related("participant").order_by("pk"))


def read_dossier(participant: Participant) -> Dossier:
    """The same without a lock, for pages. Raises `Conflict` where the year has not been opened for the unit."""
    submission = Submission.objects.filter(participant=participant).first()
    if submission is None:
        raise Conflict(NO_SUBMISSION)
    return _dossier(participant, submission)


def dossier_as_loaded(submission: Submission) -> Dossier:
    """For the page of a dossier that this very request has loaded with its participant, group, set, campaign, organiser
    and unit: one query, for the windows and the hour. No write is decided on it."""
    participant = submission.participant
    participant.submission = submission
    windows, now = _windows_now(participant.group)
    return Dossier(participant, submission, participant.group, windows, now, began_at(now))


def windows_of(groups: Iterable[Group]) -> dict[int, dict[str, Window]]:
    """Windows by group and phase, in one query."""
    found: dict[int, dict[str, Window]] = {}
    for window in Window.objects.filter(group__in=list(groups)):
        found.setdefault(window.group_id, {})[window.phase] = window
    return found


def _dossier(participant: Participant, submission: Submission) -> Dossier:
    # A second statement on purpose: after waiting for the lock it sees what was committed meanwhile.
    fresh = Participant.objects.select_related("group", "criteria_set", "campaign__organiser", "unit").get(
        pk=participant.pk
    )
    fresh.submission = submission
    submission.participant = fresh
    windows, now = _windows_now(fresh.group)
    return Dossier(fresh, submission, fresh.group, windows, now, began_at(now))


def _windows_now(group: Group) -> tuple[dict[str, Window], datetime.datetime]:
    rows = list(Window.objects.filter(group=group).annotate(instant=Now()).order_by("pk"))
    now = rows[0].instant if rows else database_now()  # the same clock, in the same breath
    return {window.phase: window for window in rows}, now
