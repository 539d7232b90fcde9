"""The way of a past table into the portal: staged, its questions answered, applied once, or given up."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import F

from scoring.enums import ImportState, Origin
from scoring.models import Campaign, ResultsImport
from scoring.permissions import IMPORT_RESULTS
from scoring.services.campaigns import lock_groups
from scoring.services.past_plan import plan_group
from scoring.services.past_rows import clear_campaign, store_rows
from scoring.services.past_table import read_table
from scoring.services.past_types import General, PastTable
from scoring.services.past_units import Match, match_units, new_code, shared_units
from units import trail
from units.enums import UnitKind
from units.models import Organiser, Unit, User
from units.permissions import authorize
from units.services.historical import create_historical_unit

LONGEST_FILE_NAME = 255


class CannotApply(Exception):
    """The table cannot be applied as things stand; the message is a Vietnamese sentence, nothing was stored."""


@dataclass(frozen=True)
class Preview:
    """What applying would do: the table, the unit of each row, remarks, and the campaign it would replace."""

    table: PastTable
    matches: tuple[Match, ...]
    remarks: tuple[str, ...]
    conflicts: tuple[str, ...]
    existing: Campaign | None

    @property
    def open_questions(self) -> tuple[Match, ...]:
        return tuple(match for match in self.matches if match.is_open)

    @property
    def asked(self) -> tuple[Match, ...]:
        return tuple(match for match in self.matches if match.asked)

    @property
    def new_units(self) -> tuple[Match, ...]:
        return tuple(match for match in self.matches if match.is_new)

    @property
    def is_ready(self) -> bool:
        return not self.open_questions and not self.conflicts


def stage(
    *, organiser: Organiser, file_name: str, data: bytes, by: User | None, general: General | None = None
) -> ResultsImport:
    """Read and check a file and keep what it says, without touching any campaign.

    `by` None is the command line. Raises `TableFaults` (nothing stored) or `Refused`. `general` is for CSV only.
    """
    if by is not None:
        authorize(by, IMPORT_RESULTS, organiser)
    table = read_table(data, file_name, general)
    return keep(table, organiser=organiser, file_name=file_name, data=data, by=by)


def keep(table: PastTable, *, organiser: Organiser, file_name: str, data: bytes, by: User | None) -> ResultsImport:
    """A table that was read, on its way in: what of it is asked, or ready to apply."""
    state = ImportState.QUESTIONS
    if not any(match.is_open for match in match_units(organiser, table, {})):
        state = ImportState.READY
    return ResultsImport.objects.create(
        organiser=organiser,
        uploaded_by=by,
        file_name=file_name[-LONGEST_FILE_NAME:],
        sha256=hashlib.sha256(data).hexdigest(),
        state=state,
        table=table.to_json(),
    )


def preview(staged: ResultsImport) -> Preview:
    """What `apply` would do now; three queries at any size."""
    table = PastTable.from_json(staged.table)
    matches = match_units(staged.organiser, table, staged.answers)
    remarks = [f"{group.title}: {remark}" for group in table.groups for remark in plan_group(table, group).remarks]
    existing = Campaign.objects.filter(organiser=staged.organiser, code=table.general.code).first()
    return Preview(table, matches, tuple(remarks), tuple(shared_units(matches)), existing)


def answer(staged: ResultsImport, answers: Mapping[str, Any], by: User | None) -> Preview:
    """Keep answers ({row: {"unit": pk} or {"new": kind}}) and return the new preview.

    Raises `CannotApply` when the table was applied or given up meanwhile, or an answer names what was not offered.
    """
    if by is not None:
        authorize(by, IMPORT_RESULTS, staged)
    with transaction.atomic():
        locked = ResultsImport.objects.select_for_update().select_related("organiser__unit").get(pk=staged.pk)
        if locked.state not in (ImportState.QUESTIONS, ImportState.READY):
            raise CannotApply("Bảng này đã áp dụng hoặc đã bỏ. Tải lại tệp nếu cần nhập lần nữa.")
        _check_answers(locked, answers)
        locked.answers = {**locked.answers, **answers}
        seen = preview(locked)
        locked.state = ImportState.READY if seen.is_ready else ImportState.QUESTIONS
        locked.save(update_fields=["answers", "state"])
    return seen


def apply(
    staged: ResultsImport, *, sha256: str, by: User | None, replace: bool = False, seen_version: int | None = None
) -> Campaign:
    """Make (or, when `replace`, refill) the campaign from the staged table, all or nothing; returns it.

    `sha256` is the digest the person saw in the preview, `seen_version` the version of the campaign that would be
    refilled (None on the command line, where nobody looked). A second call, and a file that is in the portal already
    as it stands, change nothing. Raises `CannotApply` with the reason.
    """
    if by is not None:
        authorize(by, IMPORT_RESULTS, staged)
    with transaction.atomic():
        # The joined rows are locked too: two tables of one organiser are applied one after the other.
        locked = ResultsImport.objects.select_for_update().select_related("organiser__unit").get(pk=staged.pk)
        if locked.sha256 != sha256:
            raise CannotApply("Nội dung xem trước không phải của tệp này. Mở lại trang xem trước rồi áp dụng.")
        if locked.state == ImportState.APPLIED and locked.campaign:
            return locked.campaign
        if locked.state in (ImportState.DISCARDED, ImportState.APPLIED):
            raise CannotApply("Bảng này đã bỏ. Tải lại tệp nếu cần nhập lần nữa.")
        seen = preview(locked)
        if replace and seen.existing and seen_version not in (None, seen.existing.version):
            raise CannotApply(
                f"Kỳ “{seen.existing.title}” vừa có người sửa sau khi trang này mở. Xem lại kỳ ấy; "
                "nếu vẫn muốn thay, đánh dấu lại rồi áp dụng."
            )
        campaign = (None if replace else _same_as_stored(locked, seen)) or _write(locked, seen, by, replace)
        locked.state, locked.campaign = ImportState.APPLIED, campaign
        locked.save(update_fields=["state", "campaign"])
    return campaign


def discard(staged: ResultsImport, by: User | None) -> None:
    """Give a staged table up; one that was applied stays as it is."""
    if by is not None:
        authorize(by, IMPORT_RESULTS, staged)
    waiting = (ImportState.QUESTIONS, ImportState.READY)
    ResultsImport.objects.filter(pk=staged.pk, state__in=waiting).update(state=ImportState.DISCARDED)


def _check_answers(staged: ResultsImport, answers: Mapping[str, Any]) -> None:
    matches = {str(match.row): match for match in match_units(staged.organiser, PastTable.from_json(staged.table), {})}
    for row, given in answers.items():
        match = matches.get(row)
        chosen = isinstance(given, dict) and {unit.pk for unit in match.candidates} if match else set()
        if match is None or not isinstance(given, dict) or not (match.asked or match.is_new):
            raise CannotApply(f"Dòng {row} không có câu hỏi nào. Mở lại trang và chọn trong các đơn vị đã nêu.")
        if given.get("unit") not in (chosen or set()) and given.get("new") not in UnitKind.values:
            raise CannotApply(f"Dòng {row}: đơn vị được chọn không nằm trong các đơn vị đã nêu. Chọn lại.")


def _same_as_stored(staged: ResultsImport, seen: Preview) -> Campaign | None:
    """The campaign whose rows this very table made last, if there is one; asked to replace, it is made anew."""
    if seen.existing is None or seen.existing.origin != Origin.PAST:
        return None
    last = seen.existing.imports.filter(state=ImportState.APPLIED).order_by("-pk").first()
    if last is None or (last.sha256, last.table) != (staged.sha256, staged.table):
        return None
    kept = dict(seen.existing.participants.values_list("printed__row", "unit_id"))
    chosen = {match.row: match.unit.pk for match in seen.matches if match.unit}
    return seen.existing if all(kept.get(row) == unit for row, unit in chosen.items()) else None


def _write(staged: ResultsImport, seen: Preview, by: User | None, replace: bool) -> Campaign:
    if not seen.is_ready:
        raise CannotApply("Còn dòng chưa chọn đơn vị. Trả lời các câu hỏi rồi áp dụng.")
    if seen.existing is not None and seen.existing.origin != Origin.PAST:
        raise CannotApply(f"Mã kỳ “{seen.existing.code}” là của kỳ chấm trên cổng. Đặt mã kỳ khác trong tệp.")
    if seen.existing is not None and not replace:
        raise CannotApply(f"Kỳ “{seen.existing.title}” đã có. Đánh dấu “Thay số liệu kỳ đã có” nếu muốn nhập lại.")
    campaign = _campaign(staged, seen.table, seen.existing)
    created: dict[int, Unit] = {}
    taken = set(Unit.objects.filter(parent=staged.organiser.unit).values_list("code", flat=True))
    for match in seen.new_units:
        unit = _new_unit(staged, seen.table, match, taken, by)
        created[match.row] = unit
        taken.add(unit.code)
    units = {match.row: match.unit or created[match.row] for match in seen.matches}
    store_rows(campaign, seen.table, units, by)
    trail.record(
        "scoring.import_results",
        by=by,
        about=campaign,
        scope=campaign.trail_scope,
        label=f"{'Nhập lại' if seen.existing else 'Nhập'} bảng kết quả: {campaign.title}",
        file_name=staged.file_name,
        sha256=staged.sha256,
        units=len(units),
        new_units=[unit.code for unit in created.values()],
        version=campaign.version,
    )
    return campaign


def _campaign(staged: ResultsImport, table: PastTable, existing: Campaign | None) -> Campaign:
    general = table.general
    values: dict[str, Any] = {
        "title": general.title,
        "year": general.year,
        "origin": Origin.PAST,
        "is_sample": general.is_sample,
        "policy": policy(general),
        "grades": grades(table),
        "gates": [],
        "grades_known": bool(table.grades),
        "decision_number": general.decision_number,
        "decision_date": general.decision_date or None,
        "decision_issuer": general.decision_issuer,
        "source_text": general.source_text,
        "source_url": general.source_url,
        "printed_statement": general.printed_statement,
    }
    if existing is None:
        return Campaign.objects.create(organiser=staged.organiser, code=general.code, **values)
    lock_groups(existing)
    clear_campaign(existing)
    Campaign.objects.filter(pk=existing.pk).update(version=F("version") + 1, **values)
    return Campaign.objects.get(pk=existing.pk)


def policy(general: General) -> dict[str, Any]:
    """The policy a printed table was computed by, as far as print tells: own maxima, points as weights."""
    return {
        "decimals": general.decimals,
        "rounding": general.rounding,
        "leaf_decimals": None,
        "exclusion": "own_maximum",
        "weighting": "points",
        "cap_index": False,
        "rank_on": "published",
        "ranking": general.ranking,
        "grade_on": "published",
        "mean_of": "published",
    }


def grades(table: PastTable) -> list[dict[str, str]]:
    """The scale in the form of the campaign file; where none was printed, a single class that says so."""
    if not table.grades:
        return [{"code": "chua-ro", "label": "Không in ngưỡng xếp loại"}]
    rows = []
    for grade in table.grades:
        limit = {key: _plain(getattr(grade, key)) for key in ("at_least", "above") if getattr(grade, key)}
        rows.append({"code": grade.code, "label": grade.label, **limit})
    return rows


def _plain(digits: str) -> str:
    text = f"{Decimal(digits):f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _new_unit(staged: ResultsImport, table: PastTable, match: Match, taken: set[str], by: User | None) -> Unit:
    row = next(row for row in table.rows if row.row == match.row)
    code = row.unit_code if row.unit_code and row.unit_code not in taken else new_code(row.name, taken)
    if match.valid_from is None:
        raise CannotApply(f"Dòng {match.row}: chưa rõ thời gian tồn tại của đơn vị mới.")
    return create_historical_unit(
        code=code,
        name=row.name,
        kind=match.kind,
        parent=staged.organiser.unit,
        valid_from=match.valid_from,
        valid_to=match.valid_to,
        by=by,
        reason=f"Có trong {table.general.source_text or table.general.title}",
    )
