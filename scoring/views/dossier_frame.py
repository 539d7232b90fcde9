"""What every page of a unit's dossier shows around its content: whose it is, the phase, the hour, who may write."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from django.urls import reverse

from scoring.enums import Phase, Resolution, Stage, SubmissionState
from scoring.models import Criterion, Submission
from scoring.permissions import DECLARE, VIEW_EVIDENCE
from scoring.selectors.colleagues import charges_of
from scoring.selectors.late_paper import paper_in_hand
from scoring.selectors.worksheet import Sight, Worksheet, read_worksheet, sight_of
from scoring.services.before_submission import Check, look
from scoring.services.dossier import Dossier, dossier_as_loaded, read_dossier
from scoring.services.pen import declared_pen, in_time
from scoring.views.strip import phase_strip, windows_of_reader
from scoring.workflow import Act
from units.models import User
from units.permissions import Decision, can
from units.vietnamese import format_date, format_deadline

ONLY_TO_READ = "Chỉ để xem."
_IN_HAND = (SubmissionState.DRAFT, SubmissionState.AT_HEAD)


@dataclass(frozen=True)
class Opened:
    """A dossier that a person has opened: as it is now, and what of it this person may see."""

    user: User
    dossier: Dossier
    sight: Sight
    sheet: Worksheet

    @property
    def submission(self) -> Submission:
        return self.dossier.submission

    @property
    def address(self) -> tuple[str, str, str]:
        """The arguments of every address below the dossier: organiser, campaign, unit."""
        participant = self.dossier.participant
        return participant.campaign.organiser.slug, participant.campaign.code, participant.code

    def pen(self, criterion: Criterion | None = None) -> Decision:
        """May this person write the declared values (of one leaf) now?"""
        return can(self.user, DECLARE, self.submission) and declared_pen(self.dossier, criterion)

    @property
    def sees_declared(self) -> bool:
        """Whether the reader may know what the unit declares: until it is handed in, that is its own matter."""
        return Stage.DECLARED in self.sight.everywhere

    @cached_property
    def check(self) -> Check | None:
        """What stands against handing the dossier in, without last year; None once it is out of the unit's hands."""
        in_hand = submission_in_hand(self.submission) and self.sees_declared
        return look(self.dossier, self.sheet) if in_hand else None

    @cached_property
    def charges(self) -> dict[int, User]:
        """Leaf (pk) → who of the unit looks after it; the unit alone reads it."""
        is_own = self.sight.is_unit and not self.is_inherited
        return charges_of(self.dossier.participant) if is_own else {}

    @property
    def is_inherited(self) -> bool:
        """Whether the reader only comes from a unit that followed this one."""
        return self.sight.is_unit and not can(self.user, DECLARE, self.submission)

    def sees_evidence_of(self, criterion: Criterion) -> bool:
        allowed = can(self.user, VIEW_EVIDENCE, self.dossier.participant)
        return bool(allowed) or criterion.component_path in self.sight.judged

    def frame(self) -> dict[str, Any]:
        """Template variables of every page of the dossier."""
        participant = self.dossier.participant
        windows = windows_of_reader(self.dossier.windows, is_unit=self.sight.is_unit)
        return {
            "campaign": participant.campaign,
            "participant": participant,
            "submission": self.submission,
            "is_sample": participant.campaign.is_sample,
            "is_unit": self.sight.is_unit,
            "may_write": bool(self.pen()),
            "is_in_hand": submission_in_hand(self.submission),
            "sheet": self.sheet,
            "worksheet_url": reverse("scoring:worksheet", args=self.address),
            "check_url": reverse("scoring:dossier_check", args=self.address),
            # Called by the templates that show it: a page without the foot asks nothing.
            "check": lambda: self.check,
            "notes": self._notes(),
            **phase_strip(self.dossier.group, windows, self.dossier.now, self._own_deadline()),
        }

    def _own_deadline(self) -> datetime | None:
        return own_deadline(self.dossier.phase, self.submission, self.dossier.deadline)

    def _notes(self) -> list[dict[str, str]]:
        """Banners: returned by the head, more time given, not submitted, closed; worst first."""
        submission, notes = self.submission, []
        if self.is_inherited:
            text = "Anh, chị xem được vì đơn vị mình nối tiếp đơn vị này. Nhập, sửa thì ở hồ sơ của đơn vị mình."
            notes.append({"kind": "soft", "lead": "Hồ sơ của đơn vị trước.", "text": text})
        if submission.state == SubmissionState.NOT_SUBMITTED:
            notes.append({"kind": "back", "lead": "Không nộp trong hạn.", "text": self._resolved()})
            if paper := paper_in_hand(submission):
                text = f"số {paper.number} ngày {format_date(paper.dated_on)}. Lý do nhận: {paper.reason}"
                notes.append({"kind": "soft", "lead": "Điều phối đang nhập thay theo văn bản đến muộn", "text": text})
        if submission.state == SubmissionState.DRAFT and submission.returned_note and self.sight.is_unit:
            notes.append({"kind": "back", "lead": "Thủ trưởng trả lại:", "text": submission.returned_note})
        limit = submission.extended_until
        if limit is not None and self.dossier.now < limit and submission_in_hand(submission):
            text = f"{format_deadline(limit)}. Lý do: {submission.extension_reason}"
            notes.append({"kind": "soft", "lead": "Đơn vị được nhập và nộp đến", "text": text})
        if self.sight.is_unit and not self.is_inherited and submission.state != SubmissionState.NOT_SUBMITTED:
            # On the head's desk the hour says more than the state: after it nothing can be submitted any more.
            at_head = submission.state == SubmissionState.AT_HEAD
            if closed := (at_head and in_time(self.dossier, Act.HAND_IN).reason) or declared_pen(self.dossier).reason:
                hands_in = submission_in_hand(submission) and in_time(self.dossier, Act.HAND_IN)
                in_grace = hands_in and not in_time(self.dossier)
                # On the head's desk it is the hour that must be known, not whose turn it is.
                text = in_time(self.dossier).reason if in_grace else closed
                notes.append({"kind": "soft", "lead": "Chỉ còn nộp." if in_grace else ONLY_TO_READ, "text": text})
        return notes

    def _resolved(self) -> str:
        """What becomes of a dossier that was not handed in, said to its unit or to those who look at it."""
        submission = self.submission
        if submission.resolution != Resolution.NONE:
            return f"{submission.get_resolution_display()}. Lý do: {submission.resolution_reason}"
        if self.sight.is_unit:
            return "Muốn nhập tiếp phải đề nghị điều phối gia hạn."
        return "Chờ điều phối quyết định: gia hạn, lấy theo nội dung đã nhập, nhập thay theo văn bản, hoặc tính 0 điểm."


def own_deadline(phase: str, submission: Submission, until: datetime | None) -> datetime | None:
    """Until when this one unit works on its dossier, for `phase_strip`: `until` while the group assesses itself, after
    that its own hour as long as it has the dossier in hand; None where the group's window is the one that counts."""
    if phase == Phase.SELF_ASSESSMENT:
        return until
    return submission.extended_until if phase == Phase.APPRAISAL and submission_in_hand(submission) else None


def submission_in_hand(submission: Submission) -> bool:
    """Whether the unit still works on it: being filled in, or on the head's desk."""
    return submission.state in _IN_HAND


def open_dossier(user: User, submission: Submission, *, as_loaded: bool = False) -> Opened:
    """Read the dossier and its worksheet for one reader. `as_loaded` where nothing was written since the gate of this
    request loaded it, which need not be read again."""
    dossier = dossier_as_loaded(submission) if as_loaded else read_dossier(submission.participant)
    sight = sight_of(user, dossier.participant)
    return Opened(user, dossier, sight, read_worksheet(dossier.participant, sight))
