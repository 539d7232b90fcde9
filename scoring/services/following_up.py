"""A lost point becomes a task with a person and a day; the documents gathered for it are next year's evidence."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.urls import reverse

from scoring.analysis.work_lists import BelowMaximum
from scoring.enums import FollowUpState, Phase
from scoring.files import evidence_store
from scoring.files.evidence_check import check
from scoring.files.evidence_names import stem_of
from scoring.files.evidence_refusal import EvidenceRefused
from scoring.models import Criterion, Evidence, FollowUp, FollowUpFile, Participant
from scoring.permissions import FOLLOW_UP
from scoring.selectors.colleagues import colleagues_of
from scoring.selectors.follow_ups import offered_to
from scoring.selectors.worksheet import Sight
from scoring.services.dossier import Dossier, lock_dossier
from scoring.services.errors import Conflict, Incomplete, StaleEdit
from scoring.services.evidence import (
    Details,
    FilesRefused,
    Incoming,
    StoredBefore,
    add_evidence,
    refuse_over_quota,
    stored,
)
from scoring.services.evidence_details import use_for
from scoring.services.evidence_scan import refuse_known_harmful
from scoring.services.evidence_taking import document_of_bytes
from scoring.services.own_analysis import own_figures, own_lists
from scoring.services.pen import LEFT_OUT, require
from units import trail
from units.enums import NoticeKind
from units.models import User
from units.permissions import YES, Decision, authorize
from units.services.notices import Word, post
from units.vietnamese import format_date

LONGEST = 1000
MOST_FILES = 20
MOST_TASKS = 200
"""Of one unit from one year."""
_RELEASED = (Phase.EXPLANATION, Phase.REAPPRAISAL, Phase.COUNCIL, Phase.FINALISED, Phase.PUBLISHED)


@dataclass(frozen=True)
class Task:
    """What is to be done, by whom (pk), until when, and how far it is."""

    text: str
    owner: int
    due_on: datetime.date
    state: str = FollowUpState.OPEN


def task_pen(dossier: Dossier) -> Decision:
    """May tasks be made from this year's lost points? Once the appraisal has been released to the unit."""
    if not dossier.participant.is_assessed:
        return Decision(False, LEFT_OUT)
    if dossier.phase not in _RELEASED:
        return Decision(False, "Chưa có kết quả thẩm định trả về đơn vị, nên chưa có điểm mất để theo dõi.")
    return YES


def lost_at(participant: Participant, sight: Sight) -> Mapping[str, BelowMaximum]:
    """Leaves (code) at which the unit has lost points as far as the reader may know, the most first."""
    own = own_figures(participant, sight)
    return {row.code: row for row in own_lists(own).below_maximum} if own else {}


def make_task(participant: Participant, criterion: Criterion, task: Task, lost: str, *, by: User) -> FollowUp:
    """A new task at a leaf of the unit that lost `lost` points ("0,50"). The same words for the same leaf and person,
    undone, are the task that stands there.

    Raises `Refused`, `Conflict` (nothing released yet, too many), `Incomplete`.
    """
    authorize(by, FOLLOW_UP, participant)
    with transaction.atomic():
        dossier = lock_dossier(participant)
        require(task_pen(dossier))
        task = _checked(dossier.participant, task)
        standing = FollowUp.objects.filter(participant=participant)
        same = standing.filter(criterion=criterion, text=task.text, owner=task.owner).exclude(state=FollowUpState.DONE)
        if found := same.first():
            return found
        if standing.count() >= MOST_TASKS:
            raise Conflict(f"Đơn vị đã có {MOST_TASKS} việc theo dõi từ năm này. Gộp hoặc hoàn thành bớt rồi thêm.")
        row = FollowUp.objects.create(
            participant=dossier.participant,
            criterion=criterion,
            lost=lost,
            text=task.text,
            owner_id=task.owner,
            due_on=task.due_on,
            state=task.state,
            made_by=by,
            made_at=dossier.now,
            changed_by=by,
            changed_at=dossier.now,
        )
        _tell(dossier, row, "Lập việc theo dõi", by)
        _tell_owner(row, by)
        return row


def change_task(row: FollowUp, task: Task, *, seen: int, by: User) -> FollowUp:
    """Change words, person, day or state; `seen` is the version that the form was made from.

    Raises `Refused`, `Incomplete`, `StaleEdit` with the row as it stands. The same again changes nothing.
    """
    authorize(by, FOLLOW_UP, row)
    with transaction.atomic():
        dossier = lock_dossier(row.participant)
        current = FollowUp.objects.select_related("criterion", "owner", "changed_by").get(pk=row.pk)
        before = Task(current.text, current.owner_id, current.due_on, current.state)
        if before == task:
            return current
        if current.version != seen:
            raise StaleEdit(current)
        task = _checked(dossier.participant, task, keeps=current.owner_id)
        current.text, current.owner_id, current.due_on, current.state = task.text, task.owner, task.due_on, task.state
        current.version, current.changed_by, current.changed_at = seen + 1, by, dossier.now
        current.save()
        is_finished = task.state == FollowUpState.DONE and before.state != FollowUpState.DONE
        _tell(dossier, current, "Xong việc theo dõi" if is_finished else "Sửa việc theo dõi", by)
        if before.owner != task.owner and task.state != FollowUpState.DONE:
            _tell_owner(current, by)
        return current


def add_file(row: FollowUp, upload: UploadedFile, abstract: str, *, by: User) -> FollowUpFile:
    """Keep a document with the task; the same bytes again are the document that stands there.

    Raises `Refused`, `Incomplete` (too many, quota), `FilesRefused`, `StoreFailed`; nothing is stored then.
    """
    authorize(by, FOLLOW_UP, row)
    try:
        item = Incoming(upload, check(upload, upload.name or ""))
    except EvidenceRefused as refused:
        raise FilesRefused([refused]) from None
    if found := _same(row, item.checked.sha256):
        return found
    refuse_over_quota(row.participant, [item])
    try:
        with stored([item]) as keys, transaction.atomic():
            return _keep(lock_dossier(row.participant), row, item, keys[0], abstract, by)
    except StoredBefore as before:  # the same file came at the same instant; what was put a second time is gone again
        return row.files.get(pk=before.made[0])


def _keep(dossier: Dossier, row: FollowUp, item: Incoming, key: str, abstract: str, by: User) -> FollowUpFile:
    """Under the lock: the row of a file that has been put. Raises `StoredBefore`, `Incomplete`."""
    if found := _same(row, item.checked.sha256):
        raise StoredBefore([found.pk])
    if row.files.count() >= MOST_FILES:
        raise Incomplete("file", f"Mỗi việc giữ tối đa {MOST_FILES} tệp, kể cả tệp đã gỡ. Gộp tệp rồi tải lên.")
    refuse_over_quota(dossier.participant, [item])
    made = FollowUpFile.objects.create(
        follow_up=row,
        abstract=(abstract.strip() or stem_of(item.checked.name))[:500],
        name=item.checked.name,
        key=key,
        sha256=item.checked.sha256,
        size=item.checked.size,
        kind=item.checked.kind,
        uploaded_by=by,
        uploaded_at=dossier.now,
    )
    _tell(dossier, row, "Thêm tài liệu việc theo dõi", by, sha256=made.sha256)
    return made


def take_file_off(file: FollowUpFile, *, by: User) -> None:
    """The document no longer stands with the task; again it changes nothing. Raises `Refused`."""
    authorize(by, FOLLOW_UP, file.follow_up)
    with transaction.atomic():
        dossier = lock_dossier(file.follow_up.participant)
        if FollowUpFile.objects.filter(pk=file.pk, removed_at__isnull=True).update(removed_at=dossier.now):
            _tell(dossier, file.follow_up, "Gỡ tài liệu việc theo dõi", by, sha256=file.sha256)


def bring_to_leaf(participant: Participant, criterion: Criterion, file: int, *, key: str, by: User) -> Evidence | None:
    """Let a document of an earlier year's task (pk) stand for a leaf of this year: a document of the dossier with these
    bytes as its newest where there is one, else a new one. None where this very write was done before.

    Raises as `add_evidence`; `Incomplete` where no task offers the document here or it is known to be harmful;
    `Damaged`, `Unavailable`.
    """
    offered = next((row for row in offered_to(participant, criterion) if row.pk == file), None)
    if offered is None:
        raise Incomplete("file", "Tài liệu này không còn ở việc theo dõi. Tải lại trang rồi chọn lại.")
    refuse_known_harmful(offered.sha256, offered.name, participant.organiser_id)
    there = document_of_bytes(participant, offered.sha256)
    if there is not None:
        use_for(there, criterion, "", by=by)
        return there
    with evidence_store.open_whole(offered.key, offered.sha256, offered.size) as content:
        upload = UploadedFile(content, offered.name, size=offered.size)
        try:
            made = add_evidence(
                participant, [upload], Details(abstract=offered.abstract), by=by, criterion=criterion, key=key
            )
        except StoredBefore:
            return None
    return made[0]


def _same(row: FollowUp, sha256: str) -> FollowUpFile | None:
    return row.files.filter(sha256=sha256, removed_at__isnull=True).first()


def _checked(participant: Participant, task: Task, keeps: int | None = None) -> Task:
    text = task.text.strip()
    if not text:
        raise Incomplete("text", "Ghi việc phải làm để năm sau không mất điểm này.")
    if len(text) > LONGEST:
        raise Incomplete("text", f"Rút gọn còn tối đa {LONGEST} ký tự.")
    if task.owner != keeps and task.owner not in {one.pk for one in colleagues_of(participant)}:
        raise Incomplete("owner", "Người này không còn làm việc ở đơn vị. Chọn người khác.")
    last = participant.campaign.year + 3
    if not participant.campaign.year <= task.due_on.year <= last:
        raise Incomplete("due_on", f"Hạn phải từ năm {participant.campaign.year} đến năm {last}.")
    return Task(text, task.owner, task.due_on, FollowUpState(task.state))


def _tell_owner(row: FollowUp, by: User) -> None:
    """To whom somebody else gives the task: the letter says until when and where, its words stand in the portal."""
    if row.owner_id == by.pk:
        return
    unit = row.participant
    address = [unit.campaign.organiser.slug, unit.campaign.code, unit.code, row.pk]
    post(
        [
            Word(
                User.objects.get(pk=row.owner_id),
                NoticeKind.TASK,
                f"viec-{row.pk}-giao-{row.version}",
                f"{unit.name}: được giao một việc theo dõi, hạn {format_date(row.due_on)}",
                f"Anh, chị được giao một việc theo dõi của {unit.name} ở tiêu chí {row.criterion.code}.",
                path=reverse("scoring:follow_up", args=address),
                note=f"Việc phải làm: {row.text}",
                about=f"viec-{row.pk}",
                organiser=unit.campaign.organiser,
                by=by,
            )
        ]
    )


def _tell(dossier: Dossier, row: FollowUp, what: str, by: User, **data: object) -> None:
    """What was done at which criterion, never what the task says or who it is given to: the coordinator reads the
    trail as well, and tasks are the unit's own."""
    trail.record(
        FOLLOW_UP,
        by=by,
        about=dossier.submission,
        scope=dossier.participant.campaign.trail_scope,
        label=f"{what}: {dossier.participant.name}, {row.criterion.code}",
        **data,
    )
