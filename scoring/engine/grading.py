"""The grade of a unit: thresholds, then gates, then a council's override; and the sentence why."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from scoring.engine.arithmetic import is_less
from scoring.engine.types import Gate, Grade, GradeBasis, GradeOverride, Index
from scoring.engine.wording import quote, quote_all, say, say_where

_BASIS_WORDS: dict[GradeBasis, str] = {
    "published": "Chỉ số công bố",
    "exact": "Chỉ số chưa làm tròn",
    "points": "Số điểm",
}


def grade_unit(
    value: Fraction,
    node_indices: Sequence[tuple[str, bool, Index | None]],
    grades: Sequence[Grade],
    gates: Sequence[Gate],
    override: GradeOverride | None,
    basis: GradeBasis,
) -> tuple[str, str]:
    """Return the grade's code and the reason.

    ``value`` is the unit's index or points as ``basis`` says; ``node_indices`` its nodes as (code, is it a component,
    index).
    A gate looks at exact indices where the basis is "exact", else at published ones, skips null, and only lowers.
    """
    if override is not None:
        return override.grade, f"Hội đồng quyết định mức {quote(_label(grades, override.grade))}"
    position = _position(value, grades)
    reason = f"{_BASIS_WORDS[basis]} {_say_threshold(value, grades, position)}: mức {quote(grades[position].label)}"
    lowered = position
    told = []
    for gate in gates:
        looked_at = _looked_at(gate, node_indices)
        low = sorted(code for code, index in looked_at if is_less(index.on(basis), gate.index_below))
        highest = next(place for place, grade in enumerate(grades) if grade.code == gate.highest_grade)
        if low and highest > position:
            lowered = max(lowered, highest)
            why = f"{gate.reason}: " if gate.reason else ""
            told.append(
                f"{why}tiêu chí {quote_all(low)} dưới {say(gate.index_below)}% nên không quá mức "
                f"{quote(grades[highest].label)}"
            )
    if told:
        reason += "; " + "; ".join(told) + f" → mức {quote(grades[lowered].label)}"
    return grades[lowered].code, reason


def _position(value: Fraction, grades: Sequence[Grade]) -> int:
    """The place of the best grade whose threshold ``value`` reaches; the last has none."""
    return next(place for place, grade in enumerate(grades) if _reaches(value, grade))


def _reaches(value: Fraction, grade: Grade) -> bool:
    if grade.at_least is not None:
        return not is_less(value, grade.at_least)
    return grade.above is None or is_less(grade.above, value)


def _looked_at(gate: Gate, node_indices: Sequence[tuple[str, bool, Index | None]]) -> list[tuple[str, Index]]:
    return [
        (code, index)
        for code, is_component, index in node_indices
        if index is not None and (is_component if gate.node == "any" else code == gate.node)
    ]


def _say_threshold(value: Fraction, grades: Sequence[Grade], position: int) -> str:
    grade = grades[position]
    shown = say_where(value, lambda shown: _position(shown, grades) == position)
    if grade.at_least is not None:
        return f"{shown} ≥ {say(grade.at_least)}"
    if grade.above is not None:
        return f"{shown} > {say(grade.above)}"
    return f"{shown} không đạt ngưỡng của mức nào cao hơn" if position else shown


def _label(grades: Sequence[Grade], code: str) -> str:
    return next(grade.label for grade in grades if grade.code == code)
