"""What if a unit had answered otherwise: its points, index, rank and class before and after."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from scoring.analysis.evaluated import Evaluated
from scoring.analysis.trial import Place, Trial
from scoring.engine.types import Answer


@dataclass(frozen=True, slots=True)
class WhatIf:
    """A unit's place as it stands and as it would be; the other units keep their answers."""

    unit: str
    before: Place
    after: Place


def what_if(evaluated: Evaluated, unit: str, answers: Mapping[str, Answer | None]) -> WhatIf:
    """Compute ``unit`` with ``answers`` (by leaf code; None takes an answer away) in place of its own.

    The answers are taken as checked: whoever reads them from a form reads them by ``load_units.read_answer``.
    Raises LookupError for an unknown unit, and for a code that is no leaf of its criteria.
    """
    trial = Trial(evaluated, unit)
    return WhatIf(unit, trial.place(trial.now), trial.place(trial.answered(answers)))
