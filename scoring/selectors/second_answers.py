"""What units have said of points that fell in the second round: words, or an agreement; sent, and about what stands."""

from __future__ import annotations

from typing import Any

from scoring.enums import Opinion
from scoring.models import ExplanationChoice, ExplanationItem


def answered_again(**where: Any) -> set[tuple[int, int]]:
    """(participant, leaf) of every fall that was answered; `where` as for `Explanation`, told from a row below it. Two
    queries. A second fall asks anew."""
    pair = ("explanation__participant", "criterion")
    words = ExplanationItem.objects.sent().filter(round=2, **where)
    agreed = ExplanationChoice.objects.sent().filter(round=2, opinion=Opinion.AGREE, **where)
    return {*words.about_what_stands().values_list(*pair), *agreed.about_what_stands().values_list(*pair)}
