"""A year in which units bring evidence: two units, the people around them, the phase moved by a word."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from scoring.enums import ExplanationState, Phase, SubmissionState
from scoring.models import (
    AppraisalPart,
    Campaign,
    Criterion,
    Evidence,
    EvidenceFile,
    Explanation,
    Participant,
    Submission,
    Window,
)
from scoring.selectors.dossiers import participant_visible_to
from scoring.services.evidence import Details, add_evidence
from tests.factories import UserFactory, campaign_with_results
from tests.scoring.evidence import samples
from units.enums import Role
from units.models import Membership, Organiser, Unit, User

HOUR = datetime.timedelta(hours=1)


@dataclass
class Year:
    """`first` and `second` are units of one group, `staff` works for the first; others are made when asked for."""

    campaign: Campaign
    first: Participant
    second: Participant
    staff: User

    @property
    def organiser(self) -> Organiser:
        return self.campaign.organiser

    @cached_property
    def head(self) -> User:
        return self.member(Role.UNIT_HEAD, self.first.unit)

    @cached_property
    def other_staff(self) -> User:
        return self.member(Role.UNIT_STAFF, self.second.unit)

    @cached_property
    def coordinator(self) -> User:
        return self.member(Role.COORDINATOR, self.organiser.unit)

    def member(self, role: Role, unit: Unit, **fields: Any) -> User:
        user = UserFactory(**fields)
        self.join(user, role, unit)
        return user

    def join(self, user: User, role: Role, unit: Unit) -> None:
        since = datetime.date(2025, 1, 1)
        Membership.objects.create(user=user, organiser=self.organiser, unit=unit, role=role, valid_from=since)

    def appraiser(self, component: str, participant: Participant | None = None, **fields: Any) -> User:
        """Somebody of the organiser's own unit who judges one component of the unit (the first, if none is given)."""
        user = self.member(Role.APPRAISER, self.organiser.unit, **fields)
        given = participant or self.first
        AppraisalPart.objects.create(participant=given, component=self.leaf(component, given), round=1, appraiser=user)
        return user

    def leaf(self, code: str, participant: Participant | None = None) -> Criterion:
        return (participant or self.first).criteria_set.criteria.get(code=code)

    def move(self, phase: Phase) -> None:
        """The group comes to `phase`, its window open for another hour."""
        now = timezone.now()
        self.first.group.__class__.objects.filter(campaign=self.campaign).update(phase=phase)
        for group in self.campaign.groups.all():
            Window.objects.update_or_create(
                group=group, phase=phase, defaults={"opens_at": now - HOUR, "closes_at": now + HOUR}
            )

    def close_window(self) -> None:
        """The hour has passed."""
        now = timezone.now()
        Window.objects.filter(group__campaign=self.campaign).update(opens_at=now - 2 * HOUR, closes_at=now - HOUR / 60)

    def submit(self) -> None:
        Submission.objects.filter(participant=self.first).update(state=SubmissionState.SUBMITTED)

    def open_explanation(self) -> None:
        self.submit()
        self.move(Phase.EXPLANATION)
        Explanation.objects.get_or_create(participant=self.first)

    def close_explanation(self) -> None:
        Explanation.objects.filter(participant=self.first).update(state=ExplanationState.SUBMITTED)

    def add(self, data: bytes | None = None, name: str = "bao-cao.pdf", **options: Any) -> Evidence:
        """One document of the first unit, brought by its staff through the service."""
        details = options.pop("details", Details("42/BC-UBND", datetime.date(2025, 12, 5), "UBND xã", "Báo cáo năm"))
        uploads = [SimpleUploadedFile(name, data or samples.pdf())]
        participant = options.pop("participant", self.first)
        return add_evidence(participant, uploads, details, by=options.pop("by", self.staff), **options)[0]

    def url(self, name: str, *rest: Any, participant: Participant | None = None) -> str:
        unit = (participant or self.first).code
        return reverse(f"scoring:{name}", args=[self.organiser.slug, self.campaign.code, unit, *rest])

    def seen_by(self, user: User) -> Participant:
        """The first unit as a view would load it for `user`."""
        return participant_visible_to(user, self.organiser.slug, self.campaign.code, self.first.code)


def build() -> Year:
    """A campaign in its self-assessment, with an open window and empty dossiers."""
    campaign = campaign_with_results()
    participants = list(campaign.participants.select_related("unit", "group", "criteria_set").order_by("pk"))
    for participant in participants:
        Submission.objects.get_or_create(participant=participant)
    staff = UserFactory()
    year = Year(campaign, participants[0], participants[1], staff)
    year.join(staff, Role.UNIT_STAFF, year.first.unit)
    year.move(Phase.SELF_ASSESSMENT)
    return year


def stored() -> int:
    """How many versions of files there are in the database."""
    return EvidenceFile.objects.count()
