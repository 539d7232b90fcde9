"""The grade of a unit step by step: threshold, each gate that lowers it, the council's decision."""

from __future__ import annotations

from collections.abc import Iterator

from scoring.engine.derivation_types import Step, spell
from scoring.engine.grading import grade_unit
from scoring.engine.types import CriteriaSet, Group, Policy, UnitResult
from scoring.engine.wording import quote


def derive_grade(result: UnitResult, group: Group, criteria_set: CriteriaSet, policy: Policy) -> Iterator[Step]:
    """The steps to the grade that ``result`` carries, each by ``grading.grade_unit``."""
    if result.index is None or result.grade is None:
        yield Step("grade", {}, result.grade_reason)
        return
    basis = policy.grade_on
    value = result.points if basis == "points" else result.index.on(basis)
    indices = [
        (node.code, parent < 0, found.index)
        for (node, parent), found in zip(criteria_set.layout, result.nodes, strict=True)
    ]
    reached, threshold = grade_unit(value, indices, group.grades, (), None, basis)
    values = {"value": spell(value), "grade_on": basis, "grade": reached}
    yield Step("threshold", values, threshold)
    for gate in group.gates:
        lowered, reason = grade_unit(value, indices, group.grades, (gate,), None, basis)
        if lowered != reached:
            values = {"node": gate.node, "index_below": spell(gate.index_below), "grade": lowered}
            yield Step("gate", values, f"Điều kiện: {reason.removeprefix(threshold).removeprefix('; ')}")
    if result.unit.grade_override is not None:
        yield Step("override", {"grade": result.grade}, result.grade_reason)
    label = grade_label(group, result.grade)
    yield Step("grade", {"grade": result.grade}, f"Xếp loại {quote(label)}")


def grade_label(group: Group, code: str | None) -> str:
    """The words for a grade of the group, "" for none."""
    return next((grade.label for grade in group.grades if grade.code == code), "")
