"""Which unit is meant by a row of a past table: by code, else by name; where several fit, a question.

Names are compared without case, diacritics and tone placement, as printed and without the word for the kind of unit
("Hồng Bàng" fits "Phường Hồng Bàng"). A unit fits only if it existed in the table's year.
"""

from __future__ import annotations

import datetime
import re
import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from scoring.services.past_types import GroupRow, PastTable, UnitRow
from units.enums import GRASSROOTS_KINDS, UnitKind
from units.models import Organiser, Unit
from units.selectors import units_of
from units.vietnamese import fold, format_date, slug

TWO_TIERS = datetime.date(2025, 7, 1)  # huyện and thị trấn ended, xã and phường were drawn anew
LONGEST_CODE = 32

# Longest words first: "thị xã" before "xã". With diacritics, since "Quan Sơn" is no quận and "Tĩnh Gia" no tỉnh.
_KIND_WORDS: tuple[tuple[str, UnitKind], ...] = (
    ("thị trấn", UnitKind.TOWNSHIP),
    ("thị xã", UnitKind.DISTRICT),
    ("thành phố", UnitKind.DISTRICT),
    ("đặc khu", UnitKind.SPECIAL_ZONE),
    ("huyện", UnitKind.DISTRICT),
    ("quận", UnitKind.DISTRICT),
    ("phường", UnitKind.WARD),
    ("tỉnh", UnitKind.PROVINCE),
    ("xã", UnitKind.COMMUNE),
)
_BODY_WORDS: tuple[tuple[str, UnitKind], ...] = (
    ("sở", UnitKind.DEPARTMENT),
    ("văn phòng", UnitKind.DEPARTMENT),
    ("thanh tra", UnitKind.DEPARTMENT),
    ("ban", UnitKind.DEPARTMENT),
    ("bộ", UnitKind.MINISTRY),
    ("cục", UnitKind.VERTICAL_AGENCY),
    ("chi cục", UnitKind.VERTICAL_AGENCY),
    ("thuế", UnitKind.VERTICAL_AGENCY),
    ("kho bạc", UnitKind.VERTICAL_AGENCY),
    ("bảo hiểm", UnitKind.VERTICAL_AGENCY),
    ("công an", UnitKind.VERTICAL_AGENCY),
    ("trung tâm", UnitKind.PUBLIC_SERVICE),
    ("trường", UnitKind.PUBLIC_SERVICE),
    ("bệnh viện", UnitKind.PUBLIC_SERVICE),
)
_SHORT_FORMS = (
    ("ubnd ", ""),
    ("ủy ban nhân dân ", ""),
    ("uỷ ban nhân dân ", ""),
    ("vp ", "văn phòng "),
    ("bql ", "ban quản lý "),
    ("tp ", "thành phố "),
    ("tx ", "thị xã "),
    ("tt ", "thị trấn "),
)


@dataclass(frozen=True)
class Match:
    """What a row was matched to: `unit`, or `is_new` with kind and validity, or open `candidates` to choose from."""

    row: int
    name: str
    group: str
    unit: Unit | None = None
    candidates: tuple[Unit, ...] = ()
    is_new: bool = False
    kind: str = UnitKind.DEPARTMENT
    valid_from: datetime.date | None = None
    valid_to: datetime.date | None = None
    question: str = ""
    asked: bool = False  # there was a question, answered or not

    @property
    def is_open(self) -> bool:
        return self.unit is None and not self.is_new

    @property
    def kind_label(self) -> str:
        return UnitKind(self.kind).label


def match_units(organiser: Organiser, table: PastTable, answers: Mapping[str, Any]) -> tuple[Match, ...]:
    """One match a row, in the order of the table; one query at any size.

    `answers` maps a row number (as text) to {"unit": pk} or {"new": kind}; an answer that no longer fits is ignored.
    """
    year = table.general.year
    units = [_known(unit) for unit in units_of(organiser)]
    groups = {group.code: group for group in table.groups}
    matches = [_match(row, groups[row.group], year, units, organiser) for row in table.rows]
    matches = _ask_about_shared(matches)
    known = {own.unit.pk: own.unit for own in units}
    return tuple(_answered(match, answers.get(str(match.row)), known, year) for match in matches)


def shared_units(matches: Sequence[Match]) -> list[str]:
    """Sentences about units that more than one row was given to by the answers."""
    rows: dict[int, list[Match]] = {}
    for match in matches:
        if match.unit is not None:
            rows.setdefault(match.unit.pk, []).append(match)
    return [
        f"{own[0].unit} được chọn cho các dòng {', '.join(str(match.row) for match in own)}. Mỗi đơn vị một dòng."
        for own in rows.values()
        if len(own) > 1
    ]


def describe(unit: Unit) -> str:
    """A unit as one of several to choose from: name, code, kind, time."""
    until = f" đến trước {format_date(unit.valid_to)}" if unit.valid_to else ""
    return f"{unit.name} (mã {unit.code}; từ {format_date(unit.valid_from)}{until})"


def validity(kind: str, year: int) -> tuple[datetime.date, datetime.date | None]:
    """The stretch of time assumed for a unit that is known only from the table of `year`."""
    start = datetime.date(year, 1, 1)
    if kind in (UnitKind.DISTRICT, UnitKind.TOWNSHIP) and year <= TWO_TIERS.year:
        return start, TWO_TIERS
    if kind in GRASSROOTS_KINDS and year < TWO_TIERS.year:
        return start, TWO_TIERS
    if kind in GRASSROOTS_KINDS and year == TWO_TIERS.year:
        return TWO_TIERS, None
    return start, None


def guess_kind(name: str, group: GroupRow, organiser: Organiser) -> str:
    """The kind told by the first words of the name, else by the group's name or code; else a sở."""
    if organiser.unit.kind == UnitKind.MINISTRY:
        return UnitKind.PROVINCE
    told = _opening(_lower(name), _KIND_WORDS + _BODY_WORDS)
    if told:
        return told[1]
    title = _lower(group.title).removeprefix("cấp ")
    told = _opening(f"{title.replace(',', ' ')} ", _KIND_WORDS + _BODY_WORDS)
    if told:
        return told[1]
    codes = {fold(word).replace(" ", "-"): kind for word, kind in _KIND_WORDS}
    return codes.get(group.code.lower(), UnitKind.DEPARTMENT)


def new_code(name: str, taken: set[str]) -> str:
    """A short code made from the name, not in `taken`."""
    base = slug(name.replace("'", " ").replace("’", " "))[: LONGEST_CODE - 3].strip("-") or "don-vi"
    number, code = 1, base
    while code in taken:
        number += 1
        code = f"{base}-{number}"
    return code


@dataclass(frozen=True)
class _Known:
    """A unit with its name made comparable once: whole, and parted into the word for its kind and the rest."""

    unit: Unit
    plain: str
    word: str
    bare: str


def _match(row: UnitRow, group: GroupRow, year: int, units: Sequence[_Known], organiser: Organiser) -> Match:
    kind = guess_kind(row.name, group, organiser)
    start, end = validity(kind, year)
    match = Match(row.row, row.name, row.group, kind=kind, valid_from=start, valid_to=end)
    then = [known for known in units if _existed(known.unit, year)]
    coded = [known for known in then if row.unit_code and known.unit.code == row.unit_code]
    if coded:
        same = [known for known in coded if _same_name(known, row.name)]
        if len(same) == 1:
            return replace(match, unit=same[0].unit)
        return _ask(match, coded, "Mã có, nhưng tên khác hoặc nhiều đơn vị cùng mã.")
    named = _fitting(then, row.name, kind)
    if len(named) == 1 and not row.unit_code:
        return replace(match, unit=named[0].unit)
    if named:
        return _ask(match, named, "Mã trong bảng khác mã của đơn vị." if row.unit_code else "Nhiều đơn vị cùng tên.")
    elsewhen = _fitting(units, row.name, kind)
    if elsewhen:
        return _ask(match, elsewhen, f"Có đơn vị cùng tên, nhưng không tồn tại trong năm {year}.")
    return replace(match, is_new=True)


def _ask(match: Match, known: Sequence[_Known], question: str) -> Match:
    return replace(match, candidates=tuple(own.unit for own in known), asked=True, question=question)


def _answered(match: Match, answer: Any, known: Mapping[int, Unit], year: int) -> Match:
    if not isinstance(answer, dict):
        return match
    chosen = known.get(answer.get("unit", 0))
    if chosen is not None:
        return replace(match, unit=chosen, is_new=False)
    kind = answer.get("new")
    if kind in UnitKind.values and match.unit is None:
        start, end = validity(kind, year)
        return replace(match, is_new=True, kind=kind, valid_from=start, valid_to=end)
    return match


def _ask_about_shared(matches: list[Match]) -> list[Match]:
    """Two rows that fit one unit: neither is taken without asking."""
    times = Counter(match.unit.pk for match in matches if match.unit)
    return [
        replace(match, unit=None, candidates=(match.unit,), asked=True, question="Nhiều dòng cùng khớp với một đơn vị.")
        if match.unit and times[match.unit.pk] > 1
        else match
        for match in matches
    ]


def _existed(unit: Unit, year: int) -> bool:
    return unit.valid_from.year <= year and (unit.valid_to is None or unit.valid_to > datetime.date(year, 1, 1))


def _known(unit: Unit) -> _Known:
    return _Known(unit, fold(_lower(unit.name)), *_parted(unit.name))


def _same_name(known: _Known, name: str) -> bool:
    return known.plain == fold(_lower(name)) or known.bare == _parted(name)[1]


def _fitting(units: Sequence[_Known], name: str, kind: str) -> list[_Known]:
    """Units with exactly this name; else those whose name differs only by the word for the kind, of a fitting kind."""
    plain = fold(_lower(name))
    exact = [known for known in units if known.plain == plain]
    if exact:
        return exact
    word, bare = _parted(name)
    found = [known for known in units if known.bare == bare and not (word and known.word)]
    of_family = [known for known in found if _family(known.unit.kind) == _family(kind)]
    of_kind = [known for known in of_family if known.unit.kind == kind]
    return of_kind or of_family or found


def _family(kind: str) -> str:
    return "grassroots" if kind in GRASSROOTS_KINDS else kind


def _lower(name: str) -> str:
    """Small letters with diacritics, without "UBND", short forms written out, one kind of apostrophe."""
    text = unicodedata.normalize("NFC", name).lower().replace("’", "'").replace("`", "'").replace("&", " và ")
    text = " ".join(re.sub(r"\b(tp|tx|tt)\.", r"\1 ", text).split())
    for short, full in _SHORT_FORMS:
        if text.startswith(short):
            text = full + text[len(short) :]
    return text


def _opening(text: str, words: Sequence[tuple[str, UnitKind]]) -> tuple[str, UnitKind] | None:
    return next(((word, kind) for word, kind in words if text.startswith(f"{word} ")), None)


def _parted(name: str) -> tuple[str, str]:
    """The word for the kind of an area (or "") and the folded name without it; names of offices stay whole."""
    text = _lower(name)
    told = _opening(text, _KIND_WORDS)
    return (told[0], fold(text[len(told[0]) :])) if told else ("", fold(text))
