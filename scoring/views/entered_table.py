"""The table of one entered leaf: columns, cells and the state of each unit, as a template shows them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.urls import reverse

from scoring.forms.entered import LeafTable, TableRow
from scoring.models import Participant, Value
from scoring.services.figures import slots_of
from scoring.services.values import content_of
from scoring.views.showing import say_content
from units.models import User
from units.permissions import is_one_hand
from units.vietnamese import show_points


@dataclass(frozen=True)
class Cell:
    """One figure's field: `kind` typed, choice, choices or flag; `chosen` are keys, `typed` is what stands in a field
    to type into."""

    name: str
    label: str
    kind: str
    mode: str
    typed: str
    chosen: tuple[str, ...]
    choices: Sequence[tuple[str, str]]
    errors: Sequence[str]


@dataclass(frozen=True)
class Line:
    """One unit: its fields, what stands in words, its points, and how far it is. `why` is what the rule asks to look
    at again, or its sentence where the figures earn nothing (too few answers to a survey, say). `state` is the name of
    a picture of components/state.html, `said_state` its word."""

    participant: Participant
    url: str
    value: Value | None
    cells: Sequence[Cell]
    errors: Sequence[str]
    version_name: str
    seen: int
    said: str
    points: str
    why: str
    state: str
    said_state: str
    may_be_confirmed: bool

    @property
    def tick(self) -> str:
        """What a tick for confirming posts: the value and the version that the page shows."""
        return f"{self.value.pk}:{self.value.version}" if self.value else ""


def headings_of(table: LeafTable) -> list[tuple[str, str]]:
    """The columns of figures: label, and the range in words."""
    fields = table.rows[0].form.fields if table.rows else {}
    return [
        (slot.label, slot.item.label if slot.choice else str(fields[slot.name].help_text) if fields else "")
        for slot in slots_of(table.leaf)
    ]


def lines_of(table: LeafTable, user: User, *, is_open: bool) -> list[Line]:
    """The lines of the table for one reader; `is_open`: the phase takes entered points."""
    return [_line(table, item, user, is_open) for item in table.rows]


def cells_of(table: LeafTable, item: TableRow) -> list[Cell]:
    """The fields of one unit, in the order of the rule."""
    cells = []
    for slot in item.form.slots:
        bound = item.form[slot.name]
        value = bound.value()
        is_list = slot.type == "choices"
        cells.append(
            Cell(
                name=bound.html_name,
                label=f"{item.row.participant.name}: {slot.label}",
                kind=slot.type if slot.type in ("choice", "choices", "flag") else "typed",
                mode=bound.field.widget.attrs.get("inputmode", ""),
                typed="" if value is None or is_list else str(value),
                chosen=tuple(value or ()) if is_list else (str(value),) if value else (),
                choices=[] if slot.choice else [(choice.key, choice.label) for choice in slot.item.choices],
                errors=[str(error) for error in bound.errors],
            )
        )
    return cells


def _line(table: LeafTable, item: TableRow, user: User, is_open: bool) -> Line:
    value = item.row.value
    state, said_state = _state(item, user)
    campaign, unit, leaf = table.about.campaign, item.row.participant, table.about.leaf
    return Line(
        participant=unit,
        url=reverse("scoring:entered_unit", args=[campaign.organiser.slug, campaign.code, unit.code, leaf.code]),
        value=value,
        cells=cells_of(table, item),
        errors=[str(error) for error in item.form.non_field_errors()] if item.form.is_bound else [],
        version_name=item.version_name,
        seen=item.seen,
        said="" if value is None else say_content(table.leaf, content_of(value)),
        points="" if value is None or value.worth is None else show_points(value.worth),
        why=_why(table, value),
        state=state,
        said_state=said_state,
        may_be_confirmed=is_open and _waits_for(value, user),
    )


def _why(table: LeafTable, value: Value | None) -> str:
    if value is None or not value.is_fresh:
        return ""
    scored = table.leaf.score(content_of(value).answer())
    return scored.warning or ("" if value.worth else scored.step)


def _waits_for(value: Value | None, user: User) -> bool:
    return value is not None and value.is_fresh and value.confirmed_at is None and not _is_own(value, user)


def _is_own(value: Value, user: User) -> bool:
    return is_one_hand(user, value.author_id, value.changed_at)


def _state(item: TableRow, user: User) -> tuple[str, str]:
    value = item.row.value
    if item.row.is_excluded:
        return "na", "Không đánh giá"
    if value is None:
        return "todo", "Chưa nhập"
    if not value.is_fresh:
        return "back", "Nhập lại theo quy tắc mới"
    if value.confirmed_at is not None:
        return "done", "Đã xác nhận"
    return "half", "Chờ người thứ hai" if _is_own(value, user) else "Chờ xác nhận"
