"""Addresses of the pages of papers that came late, and when the board offers them."""

from __future__ import annotations

from django.urls import reverse

from scoring.enums import Phase, SubmissionState
from scoring.models import Submission
from scoring.permissions import ENTER_ON_BEHALF
from units.models import User
from units.permissions import can

BY_PAPER = ("take_paper", "submit_on_behalf")
"""Steps of a dossier that have a page of their own."""


def url_of(submission: Submission, criterion: str = "") -> str:
    """The page of the dossier's late paper, or that of one leaf by it."""
    participant = submission.participant
    address = [participant.campaign.organiser.slug, participant.campaign.code, participant.code]
    if criterion:
        return reverse("scoring:late_paper_leaf", args=[*address, criterion])
    return reverse("scoring:late_paper", args=address)


def late_paper_url(user: User, submission: Submission) -> str:
    """For the coordinator, while the dossier was not handed in and a paper could still be taken; "" otherwise."""
    phase = submission.participant.group.phase
    is_open = phase in (Phase.SELF_ASSESSMENT, Phase.APPRAISAL) and submission.state != SubmissionState.SUBMITTED
    return url_of(submission) if is_open and can(user, ENTER_ON_BEHALF, submission) else ""
