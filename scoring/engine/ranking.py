"""Places by value, highest first. Equal values share a place."""

from collections.abc import Iterable
from typing import Any

from scoring.engine.types import Ranking


def places(values: Iterable[Any], ranking: Ranking) -> dict[Any, int]:
    """Return value → place.

    ``competition`` skips the places that a tie took (1, 2, 2, 4), ``dense`` does not (1, 2, 2, 3).
    """
    place_of: dict[Any, int] = {}
    for position, value in enumerate(sorted(values, reverse=True), start=1):
        if value not in place_of:
            place_of[value] = position if ranking == "competition" else len(place_of) + 1
    return place_of
