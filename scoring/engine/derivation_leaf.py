"""One leaf of one unit step by step: the answer, the rule, the bounds, the rounding, and what a role or a policy
makes of the points. Every number is the engine's own (``leaves.score_leaf``, the rule's ``score``)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from fractions import Fraction

from scoring.engine.derivation_policy import tell_rounding
from scoring.engine.derivation_types import Step, spell
from scoring.engine.leaves import LeafScore, score_leaf
from scoring.engine.rounding import round_to
from scoring.engine.rules.base import Figures, Input, Rule
from scoring.engine.types import Answer, Computed, DoesNotApply, Judged, Node, Policy
from scoring.engine.wording import quote, say, say_alone, say_date, say_where


def derive_leaf(leaf: Node, answer: Answer | None, excluded: str | None, policy: Policy) -> Iterator[Step]:
    """The steps of a leaf up to its points. ``excluded`` is the code by which the unit's list takes it out."""
    score = score_leaf(leaf, answer, excluded, policy)
    yield _answer_step(leaf, answer, excluded)
    if excluded is None and isinstance(answer, Computed) and leaf.rule is not None:
        yield from _rule_steps(leaf, leaf.rule, answer, policy)
    if excluded is None and isinstance(answer, Computed | Judged) and score.applies:
        yield from _rounding_step(leaf, answer, score, policy)
    if leaf.role != "scored":
        yield _role_step(leaf, score)
    elif not score.applies:
        yield _exclusion_step(leaf, policy)


def shown_figures(leaf: Node, answer: Answer | None, excluded: str | None) -> tuple[tuple[str, str], ...]:
    """The figures from which the rule computed, as (label, value); none where no rule computed."""
    if excluded is not None or not isinstance(answer, Computed) or leaf.rule is None:
        return ()
    figures = answer.figures
    return tuple(row for one in leaf.rule.inputs() if one.key in figures for row in _shown(one, figures))


def _answer_step(leaf: Node, answer: Answer | None, excluded: str | None) -> Step:
    if excluded is not None:
        through = "" if excluded == leaf.code else f" theo tiêu chí {quote(excluded)}"
        values = {"answer": "excluded", "criterion": excluded}
        return Step("answer", values, f"Không áp dụng cho đơn vị{through}, theo danh sách không đánh giá")
    if answer is None:
        told = "Không có gì được ghi"
        if leaf.role == "scored":
            whose = "Chưa trả lời" if leaf.source == "self" else "Cơ quan điều phối chưa nhập số liệu"
            told = f"{whose} nên được 0 điểm"
        return Step("answer", {"answer": "unanswered"}, told)
    if isinstance(answer, DoesNotApply):
        return Step("answer", {"answer": "not_applicable"}, "Không áp dụng, đã được xác nhận")
    if isinstance(answer, Judged):
        values = {"answer": "points", "points": spell(answer.points)}
        return Step("answer", values, f"Chấm {say(answer.points)} điểm, có ghi lý do")
    told = "; ".join(f"{label}: {shown}" for label, shown in shown_figures(leaf, answer, None))
    return Step("answer", {"answer": "inputs"}, f"Số liệu: {told}")


def _rule_steps(leaf: Node, rule: Rule, answer: Computed, policy: Policy) -> Iterator[Step]:
    """What the rule makes of the figures, and what is left of that within 0..M."""
    outcome = rule.score(answer.figures)
    if outcome.points is None:
        yield Step("rule", {"kind": rule.kind}, f"{outcome.step}: không áp dụng")
        return
    yield Step("rule", {"kind": rule.kind, "points": spell(outcome.points)}, outcome.step)
    exact = _unrounded(leaf, answer, policy)
    if exact != outcome.points:
        values = {"from": spell(outcome.points), "points": spell(exact)}
        bound = f"lấy tối đa {say(exact)} điểm" if exact else "lấy 0 điểm"
        shown = say_where(outcome.points, lambda shown: not 0 <= shown <= leaf.max_points)
        yield Step("clamp", values, f"{shown} điểm nằm ngoài 0 đến {say(leaf.max_points)}: {bound}")


def _rounding_step(leaf: Node, answer: Answer, score: LeafScore, policy: Policy) -> Iterator[Step]:
    decimals = policy.leaf_decimals
    if decimals is None:
        return
    exact = _unrounded(leaf, answer, policy)
    if exact != score.points:
        values = {
            "from": spell(exact),
            "points": spell(score.points),
            "decimals": str(decimals),
            "rounding": policy.rounding,
        }
        how = tell_rounding(decimals, policy.rounding)
        shown = say_where(exact, lambda shown: round_to(shown, decimals, policy.rounding) == score.points)
        yield Step("leaf_rounding", values, f"Điểm của tiêu chí {how}: {shown} → {say(score.points)} điểm")


def _unrounded(leaf: Node, answer: Answer, policy: Policy) -> Fraction:
    """The points within 0..M, before ``leaf_decimals``."""
    return score_leaf(leaf, answer, None, replace(policy, leaf_decimals=None)).points


def _role_step(leaf: Node, score: LeafScore) -> Step:
    values = {"role": leaf.role, "points": spell(score.points)}
    if leaf.role == "bonus":
        return Step("role", values, f"Điểm cộng: thêm {say_alone(score.points)} vào điểm, không tính vào điểm tối đa")
    return Step("role", values, f"Điểm trừ: bớt {say_alone(score.points)} khỏi điểm, không tính vào điểm tối đa")


def _exclusion_step(leaf: Node, policy: Policy) -> Step:
    if policy.exclusion == "full_marks":
        values = {"policy": policy.exclusion, "points": spell(leaf.max_points), "max_points": spell(leaf.max_points)}
        return Step("exclusion", values, f"Tiêu chí không áp dụng được hưởng điểm tối đa {say(leaf.max_points)} điểm")
    values = {"policy": policy.exclusion, "points": "0", "max_points": "0"}
    return Step("exclusion", values, f"Không tính vào điểm; {say(leaf.max_points)} điểm được loại khỏi điểm tối đa")


def _shown(one: Input, figures: Figures) -> Iterator[tuple[str, str]]:
    """One figure as a person reads it; counts give a row for each of their keys."""
    labels = {choice.key: choice.label for choice in one.choices}
    value = figures[one.key]
    if isinstance(value, Mapping):
        yield from ((labels[key], say(count)) for key, count in value.items())
    elif isinstance(value, tuple):
        yield one.label or "Nội dung", "; ".join(labels[key] for key in value) or "không có nội dung nào"
    elif isinstance(value, str):
        yield one.label, labels[value]
    elif isinstance(value, bool):
        yield one.label, "đúng"
    elif isinstance(value, date):
        yield one.label, say_date(value)
    else:
        yield one.label, say(value)
