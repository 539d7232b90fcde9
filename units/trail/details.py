"""What an entry keeps besides its sentence, in words: names, labels, days and hours as people write them."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q
from django.utils import timezone

from units.models import Organiser, TrailEntry, Unit, User
from units.trail.vocabulary import CODES, COUNTS, FIGURES, INPUTS, KEYS, NAMES, NAMES_OF, OMITTED, ROWS, SILENT, STATES
from units.vietnamese import format_date, format_number

LONGEST = 300  # signs of one value on a page; the trail itself keeps all of them
LONGEST_LIST = 600  # and of a list, before it says how many are left
NOTHING = "trống"
_BY_FORM = re.compile(r"units\.(add|change)_")  # acts of the back office, whose data is text throughout
_UNITS, _ORGANISERS, _PEOPLE = ("unit", "parent", "predecessor", "successor", "created"), ("organiser",), ("user",)
_CODE = re.compile(r"[a-z_]*\Z")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}\Z", re.ASCII)
_HOUR = re.compile(r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})?\Z", re.ASCII)
_NUMBER = re.compile(r"-?\d{1,15}(\.\d{1,10})?\Z", re.ASCII)
_ROW_NUMBER = re.compile(r"\d{1,18}\Z", re.ASCII)


@dataclass(frozen=True)
class Known:
    """Names of what entries name by number: units, organisers (by slug too), people."""

    units: dict[int, str] = field(default_factory=dict)
    organisers: dict[int | str, str] = field(default_factory=dict)
    people: dict[int, str] = field(default_factory=dict)


def known_in(entries: Iterable[TrailEntry]) -> Known:
    """The names that `details_of` needs for these entries: a query for each of three kinds at most, at any number."""
    units: set[int] = set()
    people: set[int] = set()
    organisers: set[int] = set()
    slugs: set[str] = set()
    for entry in entries:
        for key, value in _named(entry):
            number = _number(entry, value)
            if number is None:
                slugs |= {value} if key in _ORGANISERS and isinstance(value, str) else set()
            else:
                (units if key in _UNITS else organisers if key in _ORGANISERS else people).add(number)
    offices = Organiser.objects.filter(Q(pk__in=organisers) | Q(slug__in=slugs)) if organisers or slugs else []
    found: dict[int | str, str] = {}
    for office in offices:
        found |= {office.pk: office.title, office.slug: office.title}
    return Known(
        dict(Unit.objects.filter(pk__in=units).values_list("pk", "name")),
        found,
        dict(User.objects.filter(pk__in=people).values_list("pk", "full_name")),
    )


def details_of(entry: TrailEntry, known: Known) -> list[tuple[str, str]]:
    """(name, text) of what an entry keeps besides its sentence, with "before → after" where something was changed.

    A text may have several lines. `known` is what `known_in` found for the entry.
    """
    return list(_Saying(entry, known).lines())


def _named(entry: TrailEntry) -> Iterator[tuple[str, Any]]:
    """(key, value) of everything in the entry that may be the number of a unit, an organiser or a person."""
    data = entry.data
    for part in (data, data.get("before"), data.get("after")):
        for key, value in part.items() if isinstance(part, dict) else ():
            if key in (*_UNITS, *_ORGANISERS, *_PEOPLE):
                yield from ((key, item) for item in (value if isinstance(value, list) else [value]))
    if entry.action == "scoring.assign":
        yield "user", data.get("after")
        yield from (("user", row[-1]) for row in data.get("parts", ()) if isinstance(row, list) and row)


def _number(entry: TrailEntry, value: Any) -> int | None:
    """The number of a row; the back office writes it as text."""
    if isinstance(value, str) and _BY_FORM.match(entry.action) and _ROW_NUMBER.match(value):
        return int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


class _Saying:
    """One entry on its way into words."""

    def __init__(self, entry: TrailEntry, known: Known) -> None:
        self.entry, self.known = entry, known

    def lines(self) -> Iterator[tuple[str, str]]:
        data = self.entry.data
        before, after = data.get("before"), data.get("after")
        if isinstance(before, dict) or isinstance(after, dict):
            yield from self._differing(before, after)
        elif "before" in data or "after" in data:
            yield from self._moved(before, after)
        for key, value in data.items():
            if key not in ("before", "after", *SILENT) and value not in (None, "", [], {}):
                yield self._name(key), self._said(value, key)

    def _differing(self, before: Any, after: Any, under: str = "") -> Iterator[tuple[str, str]]:
        old, new = (item if isinstance(item, dict) else {} for item in (before, after))
        for key in dict.fromkeys([*old, *new]):
            was, now = old.get(key), new.get(key)
            if was == now:
                continue
            name = f"{self._name(under)}, {self._name(key, under)}" if under else self._name(key)
            if not under and key in KEYS and all(isinstance(item, dict | None) for item in (was, now)):
                yield from self._differing(was, now, key)
            else:
                yield name, f"{self._said(was, key)} → {self._said(now, key)}"

    def _moved(self, before: Any, after: Any) -> Iterator[tuple[str, str]]:
        action = self.entry.action
        if action == "scoring.assign":
            if after is not None:
                yield self._name("after"), self._said(after, "user")
            return
        name, words = next((say for begin, say in STATES.items() if action.startswith(begin)), ("", {}))
        if before in words and after in words:
            if before != after:
                yield name, f"{words[before]} → {words[after]}"
        elif "after" not in self.entry.data:
            if before not in (None, ""):
                yield "Trước đó", self._said(before)
        # States of an older or newer portal: the sentence of the act tells them, their codes mean nothing to a reader.
        elif not (_is_code(before) and _is_code(after)):
            yield "Trước → sau", f"{self._said(before)} → {self._said(after)}"

    def _name(self, key: str, under: str = "") -> str:
        if under == "inputs":  # named by the rule, not by this table
            return INPUTS.get(key, key)
        if under in KEYS:
            return KEYS[under].get(key, key)
        return NAMES_OF.get(self.entry.action, {}).get(key) or NAMES.get(key, key)

    def _said(self, value: Any, key: str = "", depth: int = 0) -> str:
        if value in (None, "", [], {}):
            return NOTHING
        if isinstance(value, bool) or value in ("True", "False"):
            return "Có" if value in (True, "True") else "Không"
        if isinstance(value, dict):
            return self._pairs(value, key, depth)
        if isinstance(value, list):
            return self._list(value, key, depth)
        if (name := self._named(value, key)) is not None:
            return name
        if isinstance(value, str):
            return self._text(value, key)
        return format_number(value) if isinstance(value, int) and key in COUNTS else str(value).replace(".", ",")

    def _named(self, value: Any, key: str) -> str | None:
        """The name of a unit, an organiser or a person that is given by number; None for everything else."""
        if key in _ORGANISERS and isinstance(value, str) and value in self.known.organisers:
            return self.known.organisers[value]
        number = _number(self.entry, value)
        if number is None or key not in (*_UNITS, *_ORGANISERS, *_PEOPLE, "held_before"):
            return None
        names: Any = self.known.people
        if key in _UNITS:
            names = self.known.units
        elif key in _ORGANISERS:
            names = self.known.organisers
        return names.get(number, f"số {number} (không còn)")

    def _text(self, text: str, key: str) -> str:
        if text in CODES.get(key, {}):
            return CODES[key][text]
        if key in FIGURES and _NUMBER.match(text):
            return format_number(_without_noughts(text))
        if key == "components" and _BY_FORM.match(self.entry.action):  # a list as Python writes it
            text = text.strip("[]").replace("'", "") or NOTHING
        try:
            if _DAY.match(text):
                return format_date(text)
            if _HOUR.match(text):
                return _hour(text)
        except ValueError:  # digits that only look like a day
            pass
        return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"

    def _list(self, value: list[Any], key: str, depth: int) -> str:
        if len(value) == 2 and all(isinstance(item, str) and _HOUR.match(item) for item in value):
            return " đến ".join(self._text(item, key) for item in value)
        rows = value
        if key in ROWS:
            rows = [dict(zip(ROWS[key], item, strict=False)) if isinstance(item, list) else item for item in value]
        is_plain = not any(isinstance(item, dict | list) for item in value)
        between = ", " if is_plain or depth else "\n"
        said = (self._said(item, key, depth + 1) for item in rows)
        text = _joined(said, between, len(value))
        return f"({text})" if depth and not is_plain else text

    def _pairs(self, value: dict[str, Any], key: str, depth: int) -> str:
        kept = value
        if depth:  # of a list's items, what says something
            kept = {name: item for name, item in value.items() if name not in OMITTED and item not in (None, "", [])}
        if [*kept] == ["name"]:
            return self._said(kept["name"])
        # Figures stay figures below the key that says so, and counts counts; everything else has a key of its own.
        inherited = key if key in (*FIGURES, *COUNTS) and key != "units" else ""
        pairs = (
            f"{self._name(name, key)}: {self._said(item, _key_of(name, inherited), depth + 1)}"
            for name, item in kept.items()
        )
        text = _joined(pairs, "; ", len(kept)) or NOTHING
        return f"({text})" if depth > 1 else text


def _key_of(name: str, inherited: str) -> str:
    return name if name in CODES or not inherited else inherited


def _joined(pieces: Iterator[str], between: str, count: int) -> str:
    """As many pieces as have room, and how many are left."""
    said: list[str] = []
    for piece in pieces:
        said.append(piece)
        if sum(len(one) + len(between) for one in said) > LONGEST_LIST:
            break
    left = count - len(said)
    return between.join(said) + (f"{between}… và {format_number(left)} mục nữa" if left else "")


def _hour(text: str) -> str:
    moment = datetime.datetime.fromisoformat(text)
    if timezone.is_aware(moment):
        moment = timezone.localtime(moment)
    return f"{format_date(moment)} {moment:%H:%M}"


def _without_noughts(text: str) -> str:
    """A figure as it was given: the store pads it with noughts."""
    return text.rstrip("0").rstrip(".") if "." in text else text


def _is_code(value: Any) -> bool:
    return value is None or (isinstance(value, str) and _CODE.match(value) is not None)
