"""A unit ends and others follow it, with day and document; and how that is taken back while no year rests on it.

The catalogue is the units app's; the act stands here because what it touches are years. Dossiers of years that are
running stay as they are: who assesses, ranks or leaves out the unit is the coordinator's word in that year.
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import ProtectedError
from django.utils import timezone

from scoring.permissions import END_UNIT
from scoring.selectors.ends import end_act, first_use
from scoring.selectors.units import UnitHere, exists_on, open_children
from scoring.services.errors import Conflict, Incomplete
from units import trail
from units.enums import SAME_UNIT_KINDS, SuccessionKind, UnitKind
from units.models import Organiser, Unit, UnitSuccession, User
from units.permissions import authorize
from units.services.historical import create_historical_unit
from units.vietnamese import format_date

UNDO = "scoring.undo_end_unit"


@dataclass(frozen=True)
class NewUnit:
    """A successor that begins on the day the other ends, under the same unit."""

    code: str
    name: str
    kind: UnitKind


@dataclass(frozen=True)
class End:
    """How a unit ends: `day` is the first day without it; `kind` is None where nobody follows (giải thể)."""

    day: datetime.date
    document: str
    kind: SuccessionKind | None
    successors: Sequence[Unit] = ()
    new: NewUnit | None = None


def check_end(here: UnitHere, end: End) -> None:
    """Raise `Conflict` where the unit cannot end, `Incomplete` where the form must say something else."""
    unit = here.unit
    if unit.valid_to is not None:
        raise Conflict(f"{unit.name} đã kết thúc ngày {format_date(unit.valid_to)}.")
    if Organiser.objects.filter(unit=unit).exists():
        raise Conflict(f"{unit.name} đang là nơi tổ chức đánh giá, nên không cho kết thúc ở đây.")
    below = open_children(unit, end.day).count()
    if below:
        raise Conflict(f"{unit.name} còn {below} đơn vị cấp dưới. Cho các đơn vị ấy kết thúc trước.")
    if end.day <= unit.valid_from:
        raise Incomplete("day", f"Ngày phải sau ngày bắt đầu của đơn vị ({format_date(unit.valid_from)}).")
    _check_successors(end)


def end_unit(here: UnitHere, end: End, *, by: User) -> None:
    """End the unit and join it with who follows. Raises `Refused`, `Conflict`, `Incomplete`; then nothing is stored."""
    authorize(by, END_UNIT, here)
    with transaction.atomic():
        pks = {here.unit.pk, *(successor.pk for successor in end.successors)}
        # All in one order: of two ends that name each other the second finds a unit that is over.
        locked = {one.pk: one for one in Unit.objects.select_for_update().filter(pk__in=pks).order_by("pk")}
        unit = locked[here.unit.pk]
        end = replace(end, successors=[locked[successor.pk] for successor in end.successors])
        check_end(UnitHere(here.organiser, unit), end)
        made = [_made(unit, end, end.new, by)] if end.new else []
        Unit.objects.filter(pk=unit.pk).update(valid_to=end.day, end_document=end.document)
        followers = [*end.successors, *made]
        UnitSuccession.objects.bulk_create(
            UnitSuccession(predecessor=unit, successor=follower, kind=end.kind, date=end.day, document=end.document)
            for follower in followers
            if end.kind
        )
        trail.record(
            END_UNIT, by=by, about=unit, label=f"Cho kết thúc {unit.name}", day=end.day, document=end.document,
            kind=end.kind, successors=[{"id": item.pk, "name": item.name} for item in followers],
            created=[item.pk for item in made],
        )  # fmt: skip


def why_not_undone(unit: Unit) -> str:
    """The sentence that says why the end of `unit` stands; "" where it can be undone."""
    if unit.valid_to is None:
        return f"{unit.name} chưa kết thúc."
    if not unit.end_document:
        return "Việc kết thúc này do nhập danh mục, không hoàn tác ở đây. Cần sửa thì sửa trong danh mục."
    ended = unit.successions.filter(date=unit.valid_to, successor__valid_to__isnull=False).select_related("successor")
    for step in ended:
        return f"Đơn vị nối tiếp {step.successor.name} cũng đã kết thúc. Hoàn tác ở đơn vị ấy trước."
    return first_use(unit)


def undo_end(here: UnitHere, *, by: User) -> None:
    """Let the unit go on; a successor that was made for it goes again, unless something already names it.

    Raises `Refused`, `Conflict`.
    """
    authorize(by, END_UNIT, here)
    with transaction.atomic():
        unit = Unit.objects.select_for_update().get(pk=here.unit.pk)
        refusal = why_not_undone(unit)
        if refusal:
            raise Conflict(refusal)
        act = end_act(unit)
        before: dict[str, Any] = {"day": unit.valid_to, "document": unit.end_document}
        unit.successions.filter(date=before["day"]).delete()
        Unit.objects.filter(pk=unit.pk).update(valid_to=None, end_document="")
        removed = _removed(act.data["created"] if act else [])
        trail.record(
            UNDO, by=by, about=unit, label=f"Hoàn tác kết thúc {unit.name}", before=before, removed=removed
        )  # fmt: skip


def hold_ends_before(unit: Unit) -> None:
    """Until the end of the transaction nobody takes back the end of `unit`, or one that it came out of; whoever tries
    waits for it.

    For acts that rest on such an end: what they found before this call they must look up again.
    """
    before = UnitSuccession.objects.units_before([unit.pk], timezone.localdate())[unit.pk]
    list(Unit.objects.select_for_update().filter(pk__in=before | {unit.pk}).order_by("pk"))


def _check_successors(end: End) -> None:
    count = len(end.successors) + bool(end.new)
    if end.kind is None:
        if count:
            raise Incomplete("kind", "Đã chọn đơn vị nối tiếp thì chọn cả hình thức; giải thể thì không chọn đơn vị.")
        return
    if not count:
        raise Incomplete("successors", "Chọn đơn vị nối tiếp, hoặc ghi đơn vị mới. Không có ai thì chọn “Giải thể”.")
    if end.kind == SuccessionKind.SPLIT and count < 2:
        raise Incomplete("successors", "Chia tách thì có ít nhất hai đơn vị nối tiếp.")
    if end.kind in SAME_UNIT_KINDS and count > 1:
        raise Incomplete("kind", f"{end.kind.label} thì chỉ có một đơn vị nối tiếp. Nhiều đơn vị là chia tách.")
    for successor in end.successors:
        if not exists_on(successor, end.day):
            raise Incomplete("successors", f"{successor.name} chưa có hoặc không còn vào ngày {format_date(end.day)}.")
        if end.kind in SAME_UNIT_KINDS and successor.valid_from != end.day:
            raise Incomplete(
                "kind",
                f"{successor.name} đã có từ {format_date(successor.valid_from)}; nhập vào đơn vị đã có là sáp nhập.",
            )


def _made(unit: Unit, end: End, new: NewUnit, by: User) -> Unit:
    try:
        with transaction.atomic():
            return create_historical_unit(
                code=new.code, name=new.name, kind=new.kind, parent=unit.parent, valid_from=end.day, valid_to=None,
                by=by, reason=end.document,
            )  # fmt: skip
    except IntegrityError:
        raise Incomplete("new_code", "Đã có đơn vị cùng mã, bắt đầu cùng ngày. Chọn mã khác.") from None


def _removed(created: list[int]) -> list[str]:
    names = []
    for unit in Unit.objects.filter(pk__in=created):
        try:
            with transaction.atomic():
                unit.delete()
                names.append(unit.name)
        except ProtectedError:  # something names it by now, so it stays as a unit of its own
            continue
    return names
