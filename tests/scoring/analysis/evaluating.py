"""Campaign files as the tests of the engine write them, evaluated."""

from __future__ import annotations

from scoring.analysis.evaluated import Evaluated
from scoring.engine.interchange import load_campaign
from tests.engine.campaigns import Json, campaign, given, spell, unit


def evaluated(file: Json) -> Evaluated:
    return Evaluated.of(load_campaign(spell(file)))


def points(code: str, *amounts: str | None, **more: object) -> Json:
    """A unit with points given to leaves 1, 2, 3 …; None is no answer."""
    answers = {str(number): given(amount) for number, amount in enumerate(amounts, 1) if amount is not None}
    return unit(code, answers, **more)


def of(criteria: list[Json], units: list[Json], **changes: object) -> Evaluated:
    """A campaign of one set and one group, evaluated."""
    return evaluated(campaign(criteria, units, **changes))
