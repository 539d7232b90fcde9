"""A rule as people type it: what a form of a rule posts, what a stored rule looks like in it, and row by row changes.

Everything follows from what the kinds declare; no kind is known by name here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from scoring.engine.rules.declaration import Parameter
from scoring.engine.rules.registry import KINDS
from units.vietnamese import format_date, slug

PREFIX = "q"
MOST_ROWS = 60
BLANK_ROWS = 2  # of a list that nobody has filled in yet
LONGEST_KEY = 40
PENDING = ""
Row = dict[str, str]


@dataclass(frozen=True)
class Written:
    """A rule as people type it: texts by parameter, and for a list its rows, each with texts by piece.

    A piece that is its word alone ("theo tỷ lệ") is there with the text "x", a flag with "on". `kind` is `PENDING`
    for a leaf without a rule.
    """

    kind: str = PENDING
    values: Mapping[str, str] = field(default_factory=dict)
    lists: Mapping[str, list[Row]] = field(default_factory=dict)

    @property
    def parameters(self) -> tuple[Parameter, ...]:
        return KINDS[self.kind].parameters if self.kind in KINDS else ()

    def of_kind(self, kind: str) -> Written:
        """The same for another kind: what has the same name, and rows that mean the same."""
        if kind == self.kind or kind not in KINDS:
            return self if kind == self.kind else Written(PENDING)
        values = {
            one.key: self.values[one.key]
            for one in KINDS[kind].parameters
            if any(_alike(one, old) for old in self.parameters) and one.key in self.values
        }
        lists = {one.key: self._rows_for(one) for one in KINDS[kind].parameters if one.is_list}
        return Written(kind, values, lists)

    def _rows_for(self, parameter: Parameter) -> list[Row]:
        alike = [old for old in self.parameters if _means_the_same(old, parameter)]
        return [dict(row) for row in self.lists.get(alike[0].key, [])] if alike else []

    def with_row(self, key: str) -> Written:
        """One row more at the end of a list."""
        return self._changed(key, lambda rows: [*rows, {}])

    def without_row(self, key: str, at: int) -> Written:
        return self._changed(key, lambda rows: rows[:at] + rows[at + 1 :])

    def with_row_raised(self, key: str, at: int) -> Written:
        """The row changes places with the one before it: of bands, the first that holds counts."""
        if at < 1:
            return self
        return self._changed(key, lambda rows: [*rows[: at - 1], *rows[at : at + 1], rows[at - 1], *rows[at + 1 :]])

    def _changed(self, key: str, change: Callable[[list[Row]], list[Row]]) -> Written:
        return replace(self, lists={**self.lists, key: change(list(self.lists.get(key, [])))[:MOST_ROWS]})


def written_of(rule: Mapping[str, Any] | None, *, is_pending: bool = False) -> Written:
    """A stored rule as it would be typed: decimal commas, dd/mm/yyyy."""
    if rule is None or is_pending or rule["kind"] not in KINDS:
        return Written()
    values: dict[str, str] = {}
    lists: dict[str, list[Row]] = {}
    for one in KINDS[rule["kind"]].parameters:
        given = rule.get(one.key)
        if one.is_list:
            lists[one.key] = [_row_of(one, entry) for entry in given or []]
        elif given is not None:
            values[one.key] = _typed(one.type, given)
    return Written(rule["kind"], values, lists)


def written_in(data: Mapping[str, Any], kind: str) -> Written:
    """What a form of `kind` posted."""
    if kind not in KINDS:
        return Written()
    values: dict[str, str] = {}
    lists: dict[str, list[Row]] = {}
    for one in KINDS[kind].parameters:
        name = f"{PREFIX}-{one.key}"
        if one.is_list:
            lists[one.key] = [_posted_row(one, data, f"{name}-{at}") for at in range(_count(data.get(f"{name}-rows")))]
        elif text := str(data.get(name, "")).strip():
            values[one.key] = text
    return Written(kind, values, lists)


def name_in_row(one: Parameter, at: int, suffix: str) -> str:
    return f"{one.key}-{at}-{suffix}"


def name_of_piece(one: Parameter, at: int, piece: str) -> str:
    """The field in which a piece of an entry is typed."""
    for number, group in enumerate(one.one_of):
        if len(group) > 1 and piece in group:
            return name_in_row(one, at, f"value{number}")
    return name_in_row(one, at, piece)


def posted(written: Written) -> dict[str, str]:
    """The texts by the names of the fields, as a browser would post them."""
    found = {f"{PREFIX}-{key}": text for key, text in written.values.items()}
    for one in written.parameters:
        if one.is_list:
            found[f"{PREFIX}-{one.key}-rows"] = str(len(written.lists.get(one.key, [])))
        for at, row in enumerate(written.lists.get(one.key, [])):
            for piece, text in row.items():
                found[f"{PREFIX}-{name_of_piece(one, at, piece)}"] = text
            for number, group in enumerate(one.one_of):
                if len(group) > 1:
                    chosen = next((key for key in group if key in row), group[0])
                    found[f"{PREFIX}-{name_in_row(one, at, f'which{number}')}"] = chosen
                    if any(piece.key == chosen and piece.type == "true" for piece in one.pieces):
                        found.pop(f"{PREFIX}-{name_in_row(one, at, f'value{number}')}", None)
    return found | {name.removeprefix(f"{PREFIX}-"): text for name, text in found.items()}


def _posted_row(one: Parameter, data: Mapping[str, Any], name: str) -> Row:
    row: Row = {}
    grouped = {key for group in one.one_of if len(group) > 1 for key in group}
    alone = [piece.key for piece in one.pieces if piece.key not in grouped]
    for key in (["key"] if one.type == "keyed" else []) + alone:
        if text := " ".join(str(data.get(f"{name}-{key}", "")).split()):
            row[key] = text
    for number, group in enumerate(one.one_of):
        chosen = str(data.get(f"{name}-which{number}", ""))
        piece = next((piece for piece in one.pieces if piece.key == chosen and chosen in group), None)
        text = str(data.get(f"{name}-value{number}", "")).strip()
        if piece and piece.type == "true":
            row[piece.key] = "x"
        elif piece and text:
            row[piece.key] = text
        elif piece and chosen != group[0]:
            row[piece.key] = ""  # chosen, and its number still missing
    return row


def _row_of(one: Parameter, entry: Mapping[str, Any]) -> Row:
    row = {"key": str(entry["key"])} if one.type == "keyed" else {}
    for piece in one.pieces:
        if piece.key in entry:
            row[piece.key] = "x" if piece.type == "true" else _typed(piece.type, entry[piece.key])
    return row


def _typed(kind: str, value: Any) -> str:
    if kind == "flag":
        return "on" if value else ""
    if kind == "date":
        return format_date(value)
    return str(value).replace(".", ",") if kind == "number" else str(value)


def with_blank_rows(written: Written) -> Written:
    lists = {
        one.key: written.lists.get(one.key) or [{} for _ in range(BLANK_ROWS)]
        for one in written.parameters
        if one.is_list
    }
    return replace(written, lists=lists)


def _count(text: Any) -> int:
    """How many rows a form says that it has, within bounds."""
    return min(int(text), MOST_ROWS) if isinstance(text, str) and re.fullmatch(r"[0-9]{1,4}", text) else 0


def key_from(row: Row, taken: set[str]) -> str:
    """A key made from the words of an entry, used by no other one: "Đúng hạn" → "dung_han"."""
    words = (row.get("label") or "x").strip()
    made = slug(words).replace("-", "_")[:LONGEST_KEY].strip("_") or "x"
    made = made if made[0].isalpha() else f"m_{made}"
    key, number = made, 2
    while key in taken:
        key, number = f"{made}_{number}", number + 1
    return key


def _alike(one: Parameter, old: Parameter) -> bool:
    return (one.key, one.type, one.choices) == (old.key, old.type, old.choices) and not one.is_list


def _means_the_same(old: Parameter, new: Parameter) -> bool:
    """Whether entries of one list say the same in the other one: levels and items do, levels and variables do not."""
    return (old.type, old.pieces, old.one_of) == (new.type, new.pieces, new.one_of)
