"""Which leaves are riskiest: numbers in, numbers out."""

from __future__ import annotations

from fractions import Fraction

import pytest

from scoring.analysis.risk import LeafRisk, Reason, is_great_change, riskiest

TWO = Fraction(2)


def leaf(code: str, points: str, *reasons: Reason, maximum: str = "2", slip: str = "0") -> LeafRisk:
    return LeafRisk(code, Fraction(points), Fraction(maximum), frozenset(reasons), Fraction(slip))


@pytest.mark.parametrize(
    ("given", "weight", "reasons"),
    [
        (leaf("1", "2", Reason.NO_PROOF), "2", (Reason.NO_PROOF,)),
        (leaf("1", "2", Reason.CLAIM), "2", (Reason.CLAIM,)),
        (leaf("1", "2", Reason.WARNING), "3/2", (Reason.WARNING,)),
        (leaf("1", "2", Reason.CHANGE), "1", (Reason.CHANGE,)),
        (leaf("1", "2", Reason.FOREIGN_DATE), "1", (Reason.FOREIGN_DATE,)),
        (leaf("1", "2", slip="0.4"), "1", (Reason.EDGE,)),
        (leaf("1", "2", Reason.FOREIGN_DATE, Reason.NO_PROOF), "3", (Reason.NO_PROOF, Reason.FOREIGN_DATE)),
    ],
)
def test_a_leaf_weighs_its_points_times_its_reasons(given: LeafRisk, weight: str, reasons: tuple[Reason, ...]) -> None:
    (risk,) = riskiest([given])
    assert (risk.weight, risk.reasons) == (Fraction(weight), reasons)


@pytest.mark.parametrize(
    "given",
    [leaf("1", "2"), leaf("1", "0", Reason.NO_PROOF), leaf("1", "2", slip="0.39"), leaf("1", "0", maximum="0")],
)
def test_without_points_or_without_a_reason_nothing_is_at_risk(given: LeafRisk) -> None:
    assert riskiest([given]) == ()


def test_the_heaviest_come_first_equals_in_the_given_order_and_no_more_than_asked() -> None:
    given = [leaf("a", "1", Reason.NO_PROOF), leaf("b", "2", Reason.WARNING), leaf("c", "2", Reason.CHANGE)]
    assert [risk.code for risk in riskiest(given)] == ["b", "a", "c"]
    assert [risk.code for risk in riskiest(given * 9, most=10)] == ["b"] * 9 + ["a"]


@pytest.mark.parametrize(
    ("now", "before", "expected"),
    [("13", "10", False), ("13.01", "10", True), ("7", "10", False), ("6.9", "10", True), ("5", "0", False)],
)
def test_a_great_change_is_more_than_three_tenths_of_last_years_figure(now: str, before: str, expected: bool) -> None:
    assert is_great_change(Fraction(now), Fraction(before)) is expected
