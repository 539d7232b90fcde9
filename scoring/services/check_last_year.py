"""What a dossier says otherwise than last year: figures that are hardly right, and great changes; it warns and blocks
nobody (`before_submission`)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from fractions import Fraction

from scoring.analysis.risk import is_great_change
from scoring.engine.single import Leaf
from scoring.selectors.worksheet import Line
from scoring.services.check_items import Item, Kind, first_field, item_of, rule_of
from scoring.services.dossier import Dossier
from scoring.services.figures import given_at, slots_of
from scoring.services.last_stand import LastNode, LastStand
from scoring.services.last_year import Then, doubts_at
from units.vietnamese import format_number, show_points


def doubted(line: Line, dossier: Dossier, then: Then | None) -> list[Item]:
    """The first figure that is hardly right beside last year's on the portal."""
    if then is None or line.declared is None or line.declared.inputs is None or not line.is_answered:
        return []
    doubts = doubts_at(line.criterion, dossier.participant.campaign, line.declared.inputs, then)
    return [item_of(line, Kind.CHANGE, one.text, f"id_so-{one.slot}") for one in doubts[:1]]


def against_last_year(lines: Iterable[Line], dossier: Dossier, last: LastStand) -> list[Item]:
    found = []
    for line in lines:
        before, value = last.nodes.get(line.criterion.code), line.declared
        if before is None or value is None or not line.is_answered or value.not_applicable:
            continue
        field, text = _change_of_figures(line, dossier, before, last.year) or _change_of_points(
            line, dossier, before, last.year
        )
        if text:
            found.append(item_of(line, Kind.CHANGE, text, field))
    return found


def _change_of_figures(line: Line, dossier: Dossier, before: LastNode, year: int) -> tuple[str, str] | None:
    """The first figure that differs greatly from last year's, as (field, sentence); None where none can be compared,
    an empty sentence where those that can are alike."""
    leaf = rule_of(line.criterion, dossier)
    if leaf is None or line.declared is None:
        return None
    now, then = (_numbers(leaf, inputs) for inputs in (line.declared.inputs or {}, before.inputs))
    both = [slot for slot in slots_of(leaf) if slot.name in now and slot.name in then]
    for slot in both:
        new, old = now[slot.name], then[slot.name]
        if is_great_change(Fraction(new), Fraction(old)):
            rises = "tăng" if new > old else "giảm"
            share = format_number((abs(new - old) / abs(old) * 100).quantize(Decimal(1)))
            text = (
                f"{slot.label}: {rises} {share} % so với năm {year} "
                f"({format_number(old)} → {format_number(new)}). Nếu đúng thì ghi lý do vào phần giải thích."
            )
            return f"id_so-{slot.name}", text
    return ("", "") if both else None


def _change_of_points(line: Line, dossier: Dossier, before: LastNode, year: int) -> tuple[str, str]:
    worth, maximum = line.declared.worth if line.declared else None, line.criterion.max_points
    then, most = Fraction(before.points), Fraction(before.max_points)
    if worth is None or not maximum or not most:
        return "", ""
    if abs(Fraction(worth) / Fraction(maximum) - then / most) <= Fraction(3, 10):
        return "", ""
    text = (
        f"Năm {year} được {show_points(before.points)} / {show_points(before.max_points)} điểm, "
        f"năm nay tự chấm {show_points(worth)} / {show_points(maximum)}."
    )
    return first_field(line.criterion, dossier), text


def _numbers(leaf: Leaf, inputs: Mapping[str, object]) -> dict[str, Decimal]:
    """The figures that are numbers, by slot."""
    found = {}
    given = given_at(leaf, inputs)
    for slot in slots_of(leaf):
        if slot.type in ("number", "whole") and slot.name in given:
            found[slot.name] = Decimal(str(given[slot.name]))
    return found
