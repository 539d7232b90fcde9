"""The year beside the year before: read from what earlier publications froze, never computed from their rows again.

Rules taken (docs/publication.md says why):
* the year before is the latest earlier year of the organiser that is public now;
* a unit is the same when it is the same unit in the registry, or bears the same code and the same name;
* years that another organiser published of the unit, or of what went into it, are shown and compared with nothing;
* nothing is compared across a reorganisation, another peer group, an excerpt, a missing index, or another way of
  calculating (exclusion, weighting, cap): each of these says why in a sentence;
* criteria change every year and the index is a percentage, so a new set alone does not forbid comparing indices;
  points of a component are compared only where its code, name and the unit's maximum are the same.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from scoring.models import Participant
from scoring.selectors.lineage import Lineage
from units.models import UnitSuccession
from units.vietnamese import fold, format_date

Json = dict[str, Any]
_SAME_WAY = ("exclusion", "weighting", "cap_index")


@dataclass(frozen=True)
class Earlier:
    """A public year: its frozen dataset, the codes it knew units by (unit pk → code), who became whom since, and who
    assessed it ("" for the organiser whose new dataset it stands beside)."""

    year: int
    dataset: Json
    codes: dict[int, str]
    lineage: Lineage = field(default_factory=Lineage)
    organiser: str = ""

    def find(self, participant: Participant) -> tuple[Json, Json] | None:
        """The (group, unit) of the same unit in this year, or None.

        Code and name alone say so only where the registry does not know whose that code was: a commune that took
        others in may go on under the code and name of one of them, and is not the same.
        """
        found = self.find_unit(participant.unit_id)
        if found is not None or any(unit in self.codes for unit in self.lineage.same(participant.unit_id)):
            return found
        others = set(self.codes.values())
        for group, unit in self._rows():
            same = unit["code"] == participant.code and fold(unit["name"]) == fold(participant.name)
            if same and unit["code"] not in others:
                return group, unit
        return None

    def find_unit(self, unit_id: int) -> tuple[Json, Json] | None:
        """The (group, unit) of a unit of the registry, under whatever name it had then; None where it took no part."""
        same = self.lineage.same(unit_id)
        code = next((self.codes[unit] for unit in same if unit in self.codes), None)
        return next((row for row in self._rows() if row[1]["code"] == code), None)

    def _rows(self) -> Iterator[tuple[Json, Json]]:
        return ((group, unit) for group in self.dataset["groups"] for unit in group["units"])


def compare(
    dataset: Json, participants: list[Participant], earlier: list[Earlier], elsewhere: list[Earlier], lineage: Lineage
) -> None:
    """Fill `change`, `history`, `predecessors`, `change_points` and `previous_year` of a new dataset.

    `earlier`, the organiser's own years, and `elsewhere`, those of others, are oldest first. Nothing is compared with a
    year that another organiser assessed; it is shown as such.
    """
    by_code = {participant.code: participant for participant in participants}
    previous = earlier[-1] if earlier else None
    for group in dataset["groups"]:
        for unit in group["units"]:
            participant = by_code[unit["code"]]
            if previous is not None:
                unit["change"] = _change(dataset, group, unit, participant, previous)
            unit["history"] = _history(dataset, group, unit, participant, earlier, elsewhere)
            unit["predecessors"] = _predecessors(participant, earlier, elsewhere, lineage)
        if previous is not None and any(unit["change"] is not None for unit in group["units"]):
            group["previous_year"] = previous.year


def _change(dataset: Json, group: Json, unit: Json, participant: Participant, previous: Earlier) -> Json | None:
    found = previous.find(participant)
    why = _why_not(dataset, group, unit, previous, found, _breaks(participant, previous.year, previous))
    if found is None and why is None:
        return None
    change = {"year": previous.year, "comparable": why is None, "points": None, "places": None, "why": why}
    if why is not None or found is None:
        return change
    before = found[1]
    change["points"] = f"{Decimal(unit['index']) - Decimal(before['index']):f}"
    if unit["rank"] is not None and before["rank"] is not None:
        change["places"] = before["rank"] - unit["rank"]
    _component_changes(unit, before)
    return change


def _breaks(participant: Participant, after: int, earlier: Earlier) -> list[UnitSuccession]:
    """Reorganisations of the unit that took effect after the end of `after`'s year."""
    last_day = datetime.date(after, 12, 31)
    return [item for item in earlier.lineage.breaks(participant.unit_id) if item.date > last_day]


def _why_not(
    dataset: Json,
    group: Json,
    unit: Json,
    earlier: Earlier,
    found: tuple[Json, Json] | None,
    breaks: list[UnitSuccession],
) -> str | None:
    """The sentence that says why two years cannot be compared; None when they can, or when there is no year before."""
    if breaks:
        event = breaks[-1]
        return f"{event.get_kind_display()} {format_date(event.date)}"
    if found is None:
        return None
    before_group, before = found
    if before_group["code"] != group["code"] and fold(before_group["title"]) != fold(group["title"]):
        return f"Năm {earlier.year} xếp ở khối {before_group['title']}"
    if group["is_excerpt"]:
        return f"Bản công bố năm {dataset['campaign']['year']} chỉ nêu một phần của khối"
    if before_group["is_excerpt"]:
        return f"Bản công bố năm {earlier.year} chỉ nêu một phần của khối"
    if unit["index"] is None:
        return f"Không có chỉ số năm {dataset['campaign']['year']}"
    if before["index"] is None:
        return f"Không có chỉ số năm {earlier.year}"
    old, new = earlier.dataset["campaign"]["policy"], dataset["campaign"]["policy"]
    if any(old[key] != new[key] for key in _SAME_WAY):
        return f"Cách tính khác năm {earlier.year}"
    return None


def _component_changes(unit: Json, before: Json) -> None:
    known = {item["code"]: item for item in before["components"]}
    for component in unit["components"]:
        old = known.get(component["code"])
        if old is None or fold(old["title"]) != fold(component["title"]):
            continue
        if (
            old["applicable"]
            and component["applicable"]
            and Decimal(old["max_points"]) == Decimal(component["max_points"])
        ):
            component["change_points"] = f"{Decimal(component['points']) - Decimal(old['points']):f}"


def _history(
    dataset: Json, group: Json, unit: Json, participant: Participant, earlier: list[Earlier], elsewhere: list[Earlier]
) -> list[Json]:
    """The unit's public years and this one, oldest first; `comparable` is with the year just before it in the list.

    What another organiser published of it stands before the organiser's own years, never among them.
    """
    found = [(year, row) for year in earlier if (row := year.find(participant)) is not None]
    now = dataset["campaign"]["year"]
    first = found[0][0].year if found else now
    found = [*_of_others(participant.unit_id, elsewhere, until=first), *found]
    rows: list[Json] = []
    last: tuple[Earlier, Json, Json] | None = None
    for year, row in found:
        comparable = _is_first_or_same(year.organiser, last) and _follows(year.dataset, *row, participant, last)
        rows.append(_entry(year.year, row[1], row[0], comparable, year.organiser))
        last = (year, *row)
    comparable = _is_first_or_same("", last) and _follows(dataset, group, unit, participant, last)
    rows.append(_entry(now, unit, group, comparable))
    return rows


def _of_others(unit_id: int, elsewhere: list[Earlier], *, until: int) -> list[tuple[Earlier, tuple[Json, Json]]]:
    """What others published of a unit of the registry in the years before `until`, one for each year."""
    found: dict[int, tuple[Earlier, tuple[Json, Json]]] = {}
    for year in elsewhere:
        row = year.find_unit(unit_id) if year.year < until else None
        if row is not None:
            found.setdefault(year.year, (year, row))
    return list(found.values())


def _is_first_or_same(organiser: str, last: tuple[Earlier, Json, Json] | None) -> bool:
    return last is None or last[0].organiser == organiser


def _follows(
    dataset: Json, group: Json, unit: Json, participant: Participant, last: tuple[Earlier, Json, Json] | None
) -> bool:
    if last is None:
        return True
    earlier, before_group, before = last
    last_day = datetime.date(dataset["campaign"]["year"], 12, 31)
    breaks = [item for item in _breaks(participant, earlier.year, earlier) if item.date <= last_day]
    return _why_not(dataset, group, unit, earlier, (before_group, before), breaks) is None


def _predecessors(
    participant: Participant, earlier: list[Earlier], elsewhere: list[Earlier], lineage: Lineage
) -> list[Json]:
    """The units that went into this one, newest first, each with its own public years and nothing joined or averaged.

    Those one step back are all named, those further back where there are figures of them.
    """
    found = []
    for step, is_direct in lineage.all_before(participant.unit_id):
        history, last = [], None
        for year, row in _years_before(step, earlier, elsewhere):
            comparable = last is None or (
                _is_first_or_same(year.organiser, last) and _follows_alone(year, row, step.predecessor_id, last)
            )
            history.append(_entry(year.year, row[1], row[0], comparable, year.organiser))
            last = (year, *row)
        if is_direct or history:
            found.append(
                {
                    "code": step.predecessor.code,
                    "name": step.predecessor.name,
                    "way": step.get_kind_display(),
                    "date": step.date.isoformat(),
                    "history": history,
                }
            )
    return found


def _years_before(
    step: UnitSuccession, earlier: list[Earlier], elsewhere: list[Earlier]
) -> list[tuple[Earlier, tuple[Json, Json]]]:
    """The public years of the unit that went away by `step`: the organiser's own, before them those of others."""
    own = [
        (year, row)
        for year in earlier
        if _is_before(year.year, step) and (row := year.find_unit(step.predecessor_id)) is not None
    ]
    others = [year for year in elsewhere if _is_before(year.year, step)]
    return [*_of_others(step.predecessor_id, others, until=own[0][0].year if own else step.date.year + 1), *own]


def _is_before(year: int, step: UnitSuccession) -> bool:
    """Whether a year's figures are of the unit before the step: later ones of a unit that went on are its own."""
    return year < step.date.year or (year == step.date.year and step.predecessor.valid_to is not None)


def _follows_alone(year: Earlier, row: tuple[Json, Json], unit: int, last: tuple[Earlier, Json, Json]) -> bool:
    """Whether a predecessor's figures may be compared with those of its own year before."""
    earlier, before_group, before = last
    first, end = datetime.date(earlier.year, 12, 31), datetime.date(year.year, 12, 31)
    breaks = [item for item in year.lineage.breaks(unit) if first < item.date <= end]
    return _why_not(year.dataset, *row, earlier, (before_group, before), breaks) is None


def _entry(year: int, unit: Json, group: Json, comparable: bool, organiser: str = "") -> Json:
    return {
        "year": year,
        "index": unit["index"],
        "rank": unit["rank"],
        "group_mean": group["mean"],
        "comparable": comparable,
        "assessed": not unit.get("left_out_reason"),
        "organiser": organiser or None,
    }
