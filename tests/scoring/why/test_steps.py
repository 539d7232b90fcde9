"""Which steps of a derivation a page tells."""

from __future__ import annotations

import pytest

from scoring.engine.derivation_types import Step
from scoring.services.derivation_wording import telling


def rounding(exact: str, published: str) -> Step:
    return Step("rounding", {"exact": exact, "published": published}, f"Chỉ số công bố: {exact} → {published}")


@pytest.mark.parametrize(("exact", "published"), [("0", "0.00"), ("82.5", "82.50"), ("100", "100")])
def test_a_rounding_of_the_index_that_changes_nothing_is_not_told(exact: str, published: str) -> None:
    index = Step("index", {"exact": exact}, "Chỉ số")
    assert telling([index, rounding(exact, published)]) == [index]


@pytest.mark.parametrize(("exact", "published"), [("200/3", "66.67"), ("82.504", "82.50"), ("≈ 0.000001", "0.00")])
def test_a_rounding_that_changes_the_index_is_told(exact: str, published: str) -> None:
    step = rounding(exact, published)
    assert telling([step]) == [step]
