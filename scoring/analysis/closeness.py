"""What is close: units next to one another in the ranking, units near a threshold, questions that decide a class."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

from scoring.analysis.evaluated import Evaluated, name_order, threshold
from scoring.analysis.trial import Trial
from scoring.engine.types import Grade, Index, UnitResult


@dataclass(frozen=True, slots=True)
class NearTie:
    """Two ranked units that follow one another. ``difference`` is of the exact indices, 0 or more, in percent.

    ``tied``: they share a rank. Where they do and ``difference`` is not 0, rounding alone made the tie.
    """

    group: str
    upper: str
    lower: str
    difference: Fraction
    tied: bool


@dataclass(frozen=True, slots=True)
class NearThreshold:
    """A unit near the threshold between two classes.

    ``distance`` is the value that is graded (index or points, by ``grade_on``) less ``threshold``: below 0 the unit
    misses it. ``reached`` tells whether the value has it (at ``above``, distance 0 is not enough). ``upper`` is the
    class that begins at the threshold, ``lower`` the one under it; ``grade`` the unit's own, after gates.
    """

    group: str
    unit: str
    threshold: Fraction
    distance: Fraction
    reached: bool
    upper: Grade
    lower: Grade
    grade: Grade | None


@dataclass(frozen=True, slots=True)
class OpenQuestion:
    """An explanation that is not decided: ``points`` are what the leaf would have if it were granted."""

    unit: str
    leaf: str
    points: Fraction


@dataclass(frozen=True, slots=True)
class Flip:
    """An open question with the class that the unit would have if this one alone were granted."""

    question: OpenQuestion
    grade: Grade


@dataclass(frozen=True, slots=True)
class OpenClass:
    """A unit whose class hangs on open questions.

    ``alone`` are the questions of which each by itself changes the class; ``together`` the class if all of the unit's
    questions were granted, which may be another where ``alone`` is empty, and the same where they cancel out.
    """

    group: str
    unit: str
    now: Grade
    questions: tuple[OpenQuestion, ...]
    alone: tuple[Flip, ...]
    together: Grade


def near_ties(evaluated: Evaluated, distance: Fraction) -> tuple[NearTie, ...]:
    """Neighbours in the ranking of a group whose exact indices differ by ``distance`` percentage points or less.

    In the order of the results file: groups, then ranks.
    """
    found = []
    for group in evaluated.campaign.groups:
        for upper, lower in pairwise(evaluated.ranked(group.code)):
            difference = abs(_exact(upper) - _exact(lower))
            if difference <= distance:
                tied = upper.rank == lower.rank
                found.append(NearTie(group.code, upper.unit.code, lower.unit.code, difference, tied))
    return tuple(found)


def near_threshold(evaluated: Evaluated, distance: Fraction) -> tuple[NearThreshold, ...]:
    """Units whose graded value lies within ``distance`` of a threshold, above or below it.

    Unranked units too; units whose class a council decided are left out, for no threshold decides theirs. By group,
    then nearest first, then by Vietnamese name, as the results file orders equals.
    """
    found = []
    for group in evaluated.campaign.groups:
        near = [
            one
            for result in sorted(evaluated.members(group.code), key=name_order)
            if result.index is not None and result.unit.grade_override is None
            for one in _thresholds(evaluated, result, result.index)
            if abs(one.distance) <= distance
        ]
        found += sorted(near, key=lambda one: abs(one.distance))
    return tuple(found)


def open_classes(evaluated: Evaluated, questions: Iterable[OpenQuestion]) -> tuple[OpenClass, ...]:
    """The units whose class changes if open questions are granted, in the order of the results file.

    One question a leaf: raises ValueError for a second one, LookupError for an unknown unit or leaf. A unit without a
    class is left out.
    """
    by_unit: dict[str, dict[str, OpenQuestion]] = defaultdict(dict)
    for question in questions:
        if question.leaf in by_unit[question.unit]:
            raise ValueError(f"two questions on leaf {question.leaf} of unit {question.unit}")
        by_unit[question.unit][question.leaf] = question
    place = {code: number for number, code in enumerate(evaluated.units)}
    found = [_open_class(Trial(evaluated, unit), by_leaf) for unit, by_leaf in by_unit.items()]
    hanging = [one for one in found if one is not None and (one.alone or one.together != one.now)]
    return tuple(sorted(hanging, key=lambda one: place[one.unit]))


def _exact(result: UnitResult) -> Fraction:
    return Fraction(0) if result.index is None else result.index.exact


def _thresholds(evaluated: Evaluated, result: UnitResult, index: Index) -> Iterable[NearThreshold]:
    basis = evaluated.campaign.policy.grade_on
    value = result.points if basis == "points" else index.on(basis)
    for upper, lower in pairwise(evaluated.group_of(result).grades):
        begins = threshold(upper)
        yield NearThreshold(
            group=result.unit.group,
            unit=result.unit.code,
            threshold=begins,
            distance=value - begins,
            reached=value > begins or (value == begins and upper.at_least is not None),
            upper=upper,
            lower=lower,
            grade=evaluated.grade(result),
        )


def _open_class(trial: Trial, questions: dict[str, OpenQuestion]) -> OpenClass | None:
    """What a unit's questions do to its class; None where it has none."""
    now = trial.grade(trial.now)
    if now is None:
        return None
    in_order = tuple(questions[node.code] for node, _ in trial.evaluated.nodes(trial.now) if node.code in questions)
    flips = (Flip(question, _granted(trial, [question], now)) for question in in_order)
    return OpenClass(
        group=trial.now.unit.group,
        unit=trial.now.unit.code,
        now=now,
        questions=in_order,
        alone=tuple(flip for flip in flips if flip.grade != now),
        together=_granted(trial, questions.values(), now),
    )


def _granted(trial: Trial, questions: Iterable[OpenQuestion], now: Grade) -> Grade:
    """The class with these questions granted; a unit that has one keeps one, for points take no leaf out."""
    result = trial.given({question.leaf: question.points for question in questions})
    return trial.grade(result) or now
