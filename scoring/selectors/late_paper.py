"""Papers that came late: the one by which a dossier is being entered on behalf of its unit, and those of before."""

from __future__ import annotations

from django.http import Http404

from scoring.enums import SubmissionState
from scoring.models import LatePaper, Submission
from scoring.selectors.dossiers import submission_visible_to
from units.models import User


def paper_in_hand(submission: Submission) -> LatePaper | None:
    """The paper that opens the dossier to the coordinator now; None once anything else changed the dossier's state."""
    if submission.state != SubmissionState.NOT_SUBMITTED:
        return None
    papers = LatePaper.objects.filter(submission=submission, submission_version=submission.version)
    return papers.select_related("by").first()


def late_paper_visible_to(user: User, slug: str, code: str, unit: str, pk: int) -> LatePaper:
    """One such paper of a dossier that the person may know of; Http404 where there is none such."""
    submission = submission_visible_to(user, slug, code, unit)
    found = LatePaper.objects.filter(submission=submission, pk=pk).first()
    if found is None:
        raise Http404
    found.submission = submission
    return found
