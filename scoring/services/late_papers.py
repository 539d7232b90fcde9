"""A unit's paper came after the close: the coordinator takes it, enters its figures and hands the dossier in.

The only way in which anybody but the unit writes declared values (case T13): each bears the paper that it stands on,
the unit reads it everywhere, and everything is told in the trail (decision 024).
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone

from scoring.enums import Phase, Stage, SubmissionState
from scoring.models import Criterion, LatePaper, Participant, Submission, Value
from scoring.permissions import ENTER_ON_BEHALF
from scoring.selectors.late_paper import paper_in_hand
from scoring.services.dossier import Dossier, lock_dossier, read_dossier
from scoring.services.errors import Conflict, Incomplete
from scoring.services.evidence import Incoming, refuse_over_quota, stored
from scoring.services.pen import LEFT_OUT, require
from scoring.services.self_assessment import forget_typing, refuse_foreign_leaf, refuse_impossible
from scoring.services.signing import checked_paper
from scoring.services.transitions import perform
from scoring.services.values import Content, clear, write_of
from units import trail
from units.models import User
from units.permissions import YES, Decision, authorize
from units.vietnamese import format_date

NO_PAPER = "Chưa ghi văn bản đến muộn nào của đơn vị, hoặc hồ sơ đã đổi trạng thái sau khi ghi. Ghi văn bản trước."


@dataclass(frozen=True)
class Arrived:
    """What the coordinator says of the paper."""

    number: str
    dated_on: datetime.date
    arrived_on: datetime.date
    reason: str


def mark_of(paper: LatePaper) -> str:
    """What every value entered by the paper says of itself."""
    return f"Nhập thay theo văn bản số {paper.number} ngày {format_date(paper.dated_on)}"


def take_paper(submission: Submission, arrived: Arrived, upload: UploadedFile, *, version: int, by: User) -> LatePaper:
    """Take in the paper of a unit that has not handed in, and open its dossier for what the paper says.

    `version` is the dossier's that the page showed. Raises `Refused`, `Conflict` (still in time, state, phase, version,
    a signed part), `Incomplete` (number, days, reason, quota), `FilesRefused`, `StoreFailed`; nothing is stored then.
    """
    participant = submission.participant
    authorize(by, ENTER_ON_BEHALF, submission)
    dossier = read_dossier(participant)
    _refuse_days(arrived, dossier)
    if dossier.submission.version != version:
        raise Conflict("Có người vừa thay đổi hồ sơ này. Mở lại trang để xem bản mới nhất rồi làm tiếp.")
    if dossier.submission.state in (SubmissionState.DRAFT, SubmissionState.AT_HEAD):
        version = perform(dossier.submission, "close", None).version  # nobody has to wait for the timer
    incoming = [Incoming(upload, checked_paper(upload))]
    with stored(incoming) as keys, transaction.atomic():
        dossier = lock_dossier(participant)
        refuse_over_quota(participant, incoming)
        file = incoming[0].checked
        paper = LatePaper.objects.create(
            submission=dossier.submission,
            submission_version=dossier.submission.version + 1,
            number=arrived.number,
            dated_on=arrived.dated_on,
            arrived_on=arrived.arrived_on,
            reason=arrived.reason,
            key=keys[0],
            name=file.name,
            sha256=file.sha256,
            size=file.size,
            kind=file.kind,
            by=by,
            at=dossier.now,
        )
        perform(dossier.submission, "take_paper", by, version=version, reason=arrived.reason, paper=paper)
    return paper


def on_behalf_pen(dossier: Dossier) -> Decision:
    """May the coordinator write declared values for the unit at this instant? Only by a paper in hand."""
    if not dossier.participant.is_assessed:
        return Decision(False, LEFT_OUT)
    if dossier.phase not in (Phase.SELF_ASSESSMENT, Phase.APPRAISAL):
        return Decision(False, f"Khối đang ở bước “{Phase(dossier.phase).label}”, không nhập thay được nữa.")
    return YES if paper_in_hand(dossier.submission) else Decision(False, NO_PAPER)


def enter_on_behalf(participant: Participant, criterion: Criterion, content: Content, *, seen: int, by: User) -> Value:
    """Set the declared value of one leaf by the paper in hand; raises as `self_assessment.declare`."""
    authorize(by, ENTER_ON_BEHALF, participant)
    refuse_impossible(content)
    with transaction.atomic():
        dossier, paper = _in_hand(participant)
        refuse_foreign_leaf(criterion)
        value = write_of(dossier, criterion, content, seen=seen, by=by, on_behalf=mark_of(paper))
        forget_typing(dossier, criterion)
        _tell(dossier, criterion, paper, by, "Nhập thay", value.version)
        return value


def clear_on_behalf(participant: Participant, criterion: Criterion, *, seen: int, by: User) -> None:
    """Take the declared value of one leaf away that the paper does not name; raises as `self_assessment.take_back`."""
    authorize(by, ENTER_ON_BEHALF, participant)
    with transaction.atomic():
        dossier, paper = _in_hand(participant)
        refuse_foreign_leaf(criterion)
        clear(dossier, criterion, Stage.DECLARED, seen=seen, by=by)
        forget_typing(dossier, criterion)
        _tell(dossier, criterion, paper, by, "Xóa thay", seen + 1)


def _in_hand(participant: Participant) -> tuple[Dossier, LatePaper]:
    dossier = lock_dossier(participant)
    require(on_behalf_pen(dossier))
    paper = paper_in_hand(dossier.submission)
    if paper is None:
        raise Conflict(NO_PAPER)
    return dossier, paper


def _refuse_days(arrived: Arrived, dossier: Dossier) -> None:
    today = timezone.localdate(dossier.now)
    if not arrived.number.strip():
        raise Incomplete("number", "Ghi số, ký hiệu như trên văn bản, ví dụ 42/BC-UBND.")
    if arrived.dated_on > today:
        raise Incomplete("dated_on", "Ngày văn bản ở sau hôm nay. Ghi ngày như trên văn bản.")
    if arrived.arrived_on > today:
        raise Incomplete("arrived_on", "Ngày đến ở sau hôm nay. Ghi ngày văn thư nhận.")
    if arrived.arrived_on < arrived.dated_on:
        raise Incomplete("arrived_on", "Ngày đến ở trước ngày văn bản. Kiểm tra lại hai ngày.")


def _tell(dossier: Dossier, criterion: Criterion, paper: LatePaper, by: User, what: str, version: int) -> None:
    trail.record(
        ENTER_ON_BEHALF,
        by=by,
        about=dossier.submission,
        scope=dossier.participant.campaign.trail_scope,
        label=f"{what} {criterion.code}: {dossier.participant.name}, văn bản số {paper.number}",
        criterion=criterion.code,
        number=paper.number,
        version=version,
    )
