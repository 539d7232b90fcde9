"""The way of a workbook of entered points into the portal: staged, previewed, applied once as it was seen, given up."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db import transaction

from scoring.enums import ImportState, Stage
from scoring.files.entered_workbook import write_entered
from scoring.models import Campaign, Criterion, EnteredImport, Group, Participant, Value
from scoring.permissions import ENTER
from scoring.selectors.clock import database_now
from scoring.selectors.entered import Block, blocks_of, entered_values
from scoring.services.dossier import Dossier
from scoring.services.entered import lock_in_order
from scoring.services.entered_columns import sheet_names, sheet_of
from scoring.services.entered_reading import CHANGED, NEW, SAME, read_entered
from scoring.services.errors import Blocked, Conflict, StaleEdit, WrongFigures
from scoring.services.pen import team_pen
from scoring.services.values import Content, Draft, ManyRefused, write_all
from scoring.workflow import Hand, Matter
from units import trail
from units.models import User
from units.permissions import Decision, authorize

LONGEST_FILE_NAME = 255
_NOTHING_STORED = "Chưa áp dụng, không lưu gì."
_CHANGED_MEANWHILE = "vừa có người sửa sau khi đọc tệp."


@dataclass(frozen=True)
class Line:
    """One row of the preview. `warning` is what the rule asked to look at when the file was read, `current` what stands
    now; `is_late`: that is not what stood then."""

    sheet: str
    row: int
    participant: Participant
    criterion: Criterion
    inputs: dict[str, Any]
    seen: int
    kind: str
    warning: str
    current: Value | None

    @property
    def is_late(self) -> bool:
        return (self.current.version if self.current else 0) != self.seen

    @property
    def place(self) -> str:
        return f"{self.participant.name}, {self.criterion.code}"


@dataclass(frozen=True)
class Preview:
    """What applying would do."""

    lines: tuple[Line, ...]

    @cached_property
    def changes(self) -> tuple[Line, ...]:
        """The lines that would be written, in the order of the file."""
        return tuple(line for line in self.lines if line.kind != SAME)

    @cached_property
    def late(self) -> tuple[Line, ...]:
        return tuple(line for line in self.changes if line.is_late)

    @cached_property
    def doubtful(self) -> tuple[Line, ...]:
        """The lines that would be written and that a person should look at again."""
        return tuple(line for line in self.changes if line.warning)

    @property
    def counts(self) -> dict[str, int]:
        """Number of lines that are new, changed and the same."""
        kinds = [line.kind for line in self.lines]
        return {kind: kinds.count(kind) for kind in (NEW, CHANGED, SAME)}


def template(campaign: Campaign, group: Group | None = None) -> bytes:
    """The workbook of all groups (or of one) with what stands now."""
    blocks = _with_leaves(campaign)
    named = zip(blocks, sheet_names(blocks), strict=True)
    chosen = [(block, name) for block, name in named if group is None or block.group == group]
    values = _values([block for block, _ in chosen])
    sheets = [sheet_of(block, name, values, campaign) for block, name in chosen]
    return write_entered(sheets, campaign.is_sample)


def stage(campaign: Campaign, *, file_name: str, data: bytes, by: User) -> EnteredImport:
    """Read and check a workbook and keep what it gives, without touching a value.

    Raises `TableFaults` with everything that is wrong (nothing is kept then), or `Refused`.
    """
    authorize(by, ENTER, campaign)
    blocks = _with_leaves(campaign)
    rows = read_entered(data, file_name, campaign, blocks, _values(blocks))
    return EnteredImport.objects.create(
        campaign=campaign,
        uploaded_by=by,
        file_name=file_name[-LONGEST_FILE_NAME:],
        sha256=hashlib.sha256(data).hexdigest(),
        rows=[row.to_json() for row in rows],
    )


def preview(staged: EnteredImport) -> Preview:
    """What `apply` would do now; four queries at any size."""
    whose = {row["participant"] for row in staged.rows}
    leaves = {row["criterion"] for row in staged.rows}
    participants = Participant.objects.filter(pk__in=whose).select_related("group").in_bulk()
    criteria = Criterion.objects.filter(pk__in=leaves).in_bulk()
    for participant in participants.values():
        participant.campaign = staged.campaign
    values = entered_values(participants.values(), criteria.values())
    return Preview(
        tuple(
            Line(
                row["sheet"],
                row["row"],
                participants[row["participant"]],
                criteria[row["criterion"]],
                row["inputs"],
                row["seen"],
                row["kind"],
                row.get("warning", ""),  # files read before there were warnings have none
                values.get((row["participant"], row["criterion"])),
            )
            for row in staged.rows
            if row["participant"] in participants and row["criterion"] in criteria
        )
    )


def apply(staged: EnteredImport, *, sha256: str, by: User) -> int:
    """Write what the preview showed, all or nothing; returns how many values. A second call writes nothing.

    `sha256` is the digest that the person saw. Raises `Refused` (also for a workbook that somebody else uploaded),
    `Conflict`, or `Blocked` with every row that does not fit any more.
    """
    authorize(by, ENTER, staged)
    with transaction.atomic():
        locked = EnteredImport.objects.select_for_update(of=("self",)).select_related("campaign__organiser")
        current = locked.get(pk=staged.pk)
        if current.uploaded_by_id != by.pk:
            raise Conflict("Tệp này do người khác tải lên. Tải lên tệp của mình rồi áp dụng.")
        if current.sha256 != sha256:
            raise Conflict("Nội dung xem trước không phải của tệp này. Mở lại trang xem trước rồi áp dụng.")
        if current.state == ImportState.APPLIED:
            return 0
        if current.state != ImportState.READY:
            raise Conflict("Tệp này đã bỏ. Tải lại tệp nếu cần nhập.")
        seen = preview(current)
        if len(seen.lines) != len(current.rows):
            raise Conflict("Danh sách đơn vị hoặc bộ tiêu chí đã đổi sau khi đọc tệp. Tải tệp mẫu mới và nhập lại.")
        return _write(current, seen.changes, by)


def discard(staged: EnteredImport, by: User) -> None:
    """Give a staged workbook up; one that was applied stays as it is."""
    authorize(by, ENTER, staged)
    waiting = EnteredImport.objects.filter(pk=staged.pk, uploaded_by=by, state=ImportState.READY)
    waiting.update(state=ImportState.DISCARDED)


def _with_leaves(campaign: Campaign) -> list[Block]:
    return [block for block in blocks_of(campaign) if block.leaves]


def _values(blocks: list[Block]) -> dict[tuple[int, int], Value]:
    units = [participant for block in blocks for participant in block.participants]
    return entered_values(units, {leaf.pk: leaf for block in blocks for leaf in block.leaves}.values())


def _write(staged: EnteredImport, lines: tuple[Line, ...], by: User) -> int:
    dossiers = lock_in_order(line.participant for line in lines)
    places = {(line.participant.pk, line.criterion.pk): line.place for line in lines}
    refused = [f"{line.place}: {pen.reason}" for line in lines if not (pen := _pen(dossiers[line.participant.pk]))]
    if refused:
        raise Blocked(_NOTHING_STORED, refused)
    drafts = [
        Draft(dossiers[line.participant.pk], line.criterion, Content(inputs=line.inputs), line.seen) for line in lines
    ]
    try:
        versions = write_all(drafts, Stage.ENTERED, by=by)
    except ManyRefused as many:
        reasons = [f"{places[draft.key]}: {_why(refusal)}" for draft, refusal in many.refused]
        raise Blocked(_NOTHING_STORED, reasons) from many
    staged.state, staged.applied_at = ImportState.APPLIED, database_now()
    staged.save(update_fields=["state", "applied_at"])
    written = zip(lines, versions, strict=True)
    trail.record(
        ENTER,
        by=by,
        about=staged,
        scope=staged.campaign.trail_scope,
        label=f"Nhập {len(lines)} điểm từ tệp “{staged.file_name}”",
        sha256=staged.sha256,
        values=[[line.participant.code, line.criterion.code, version] for line, version in written],
    )
    return len(lines)


def _pen(dossier: Dossier) -> Decision:
    return team_pen(Hand.COORDINATOR, Matter.ENTERED, dossier.phase)


def _why(refusal: StaleEdit | Conflict | WrongFigures) -> str:
    """Why one line does not fit any more, as a person reads it."""
    if isinstance(refusal, StaleEdit):
        return _CHANGED_MEANWHILE
    if isinstance(refusal, Conflict):
        return refusal.sentence
    return " ".join(sentence for _, sentence in refusal.faults)
