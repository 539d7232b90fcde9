"""How each node of a unit came about, in one sentence: what the results file prints as ``steps``.

Numbers come first and without words (``evaluate``); here they are told, from the same working, when somebody reads.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction

from scoring.engine.aggregate import Tally, scored_part
from scoring.engine.arithmetic import add_up
from scoring.engine.leaves import LeafScore
from scoring.engine.rounding import Rounding, round_scaled
from scoring.engine.types import Exclusion, Index, Node, NodeResult, Policy, UnitResult, Working
from scoring.engine.weighting import Component, total_weight
from scoring.engine.wording import say, say_alone, say_apart, say_result, say_where

_UNIT = -1
"""Where a layout has the unit: what stands above a component."""


def sentences(result: UnitResult) -> Iterator[str]:
    """Yield the sentence of every node of a unit, in tree order."""
    working = result.working
    about_unit = _tell_unit(result)
    shares = _tell_shares(result)
    for position, (node, parent) in enumerate(working.criteria_set.layout):
        score = working.scores[position]
        if score is not None:
            told = _tell_leaf(node, score, working.policy.exclusion)
        else:
            told = _tell_parent(working.tallies[position], result.nodes[position], working.policy)
            told += _tell_difference(position, result.nodes, working)
        yield told if parent >= 0 else told + about_unit + shares.get(position, "")


def _tell_leaf(leaf: Node, score: LeafScore, exclusion: Exclusion) -> str:
    if leaf.role != "scored":
        return f"{'Điểm cộng' if leaf.role == 'bonus' else 'Điểm trừ'}: {score.step}"
    if score.applies:
        return score.step
    if exclusion == "full_marks":
        return f"{score.step} → hưởng điểm tối đa {say(leaf.max_points)} điểm"
    return f"{score.step} → không tính vào điểm và điểm tối đa"


def _tell_parent(tally: Tally, found: NodeResult, policy: Policy) -> str:
    told = _tell_standing(tally, found, policy)
    if tally.anything_applies:
        return told
    return "Không có tiêu chí nào áp dụng" + (f" → {told}" if found.max_points else "")


def _tell_standing(tally: Tally, found: NodeResult, policy: Policy) -> str:
    """How the points and the index of a node follow from the sums over its leaves (``aggregate.stand``)."""
    exclusion = policy.exclusion
    has_net = bool(tally.bonus or tally.penalty)
    scored = scored_part(tally, exclusion)[0] if has_net else found.points
    stretched = _is_stretched(tally, exclusion)
    told = _tell_rescaled(tally, scored) if stretched else "Cộng điểm các tiêu chí: "
    if has_net:
        told += f"{'; ' if stretched else ''}{say(scored)}{_tell_net(tally, scored)}"
    elif not stretched:
        told += say_alone(scored)
    told += f", trên điểm tối đa {say(found.max_points)}"
    if tally.self_excluded or tally.other_excluded:
        how = ", phần tự chấm còn lại tính cho đủ điểm" if stretched else ""
        told += f" (đã loại {say(tally.excluded)} điểm không áp dụng{how})"
    return told + (" → không có chỉ số" if found.index is None else f" → {_say_index(found.index, policy.rounding)}%")


def _say_index(index: Index, rounding: Rounding) -> str:
    """The exact index, never so short that it would round to another than the published one."""
    return say_where(index.exact, lambda shown: round_scaled(shown, index.decimals, rounding) == index.scaled)


def _is_stretched(tally: Tally, exclusion: Exclusion) -> bool:
    """Whether what is left of the self-assessed part was rescaled to the whole of it."""
    return exclusion == "rescale_self" and bool(tally.self_excluded) and tally.self_excluded != tally.self_maximum


def _tell_rescaled(tally: Tally, scored: Fraction) -> str:
    """The rescaling of the self-assessed part in figures: 8/(10 − 2) × 10 + 3 = 13."""
    return (
        f"Quy đổi phần tự chấm: {say(tally.self_points)}/({say(tally.self_maximum)} − {say(tally.self_excluded)})"
        f" × {say(tally.self_maximum)} + {say(tally.other_points)}"
        f" {say_result(scored, tally.self_points, tally.other_points)}"
    )


def _tell_net(tally: Tally, scored: Fraction) -> str:
    points = scored + tally.net_bonus
    plus = f" + điểm cộng {say(tally.bonus)}" if tally.bonus else ""
    minus = f" − điểm trừ {say(tally.penalty)}" if tally.penalty else ""
    floor = ", không thấp hơn 0" if points.numerator < 0 else ""
    return f"{plus}{minus} {say_result(points, scored, tally.bonus, tally.penalty)}{floor}"


def _tell_difference(position: int, nodes: Sequence[NodeResult], working: Working) -> str:
    """Say of a parent whose points are not the sum of its children's that they are not, and why."""
    if _is_plain_sum(working.tallies[position], working):
        return ""
    total = _sum_below(position, nodes, working)
    if total == nodes[position].points:
        return ""
    told = say_apart(total, nodes[position].points)[0]
    return (
        f". Điểm tính từ các tiêu chí lá bên dưới, không bằng tổng {told} của các tiêu chí con"
        " (do quy đổi, điểm trừ hoặc mức sàn 0)"
    )


def _tell_unit(result: UnitResult) -> str:
    """Say that the unit's points are not the sum of its components', where that is so."""
    if _is_plain_sum(result.working.total, result.working):
        return ""
    total = _sum_below(_UNIT, result.nodes, result.working)
    if total == result.points:
        return ""
    told, told_total = say_apart(result.points, total)
    return f". Điểm của đơn vị ({told}) tính từ mọi tiêu chí lá, không bằng tổng {told_total} của các lĩnh vực"


def _sum_below(position: int, nodes: Sequence[NodeResult], working: Working) -> Fraction:
    """The sum of the points right below a node or the unit, those of a penalty taken off."""
    return add_up(
        -result.points if node.role == "penalty" else result.points
        for (node, parent), result in zip(working.criteria_set.layout, nodes, strict=True)
        if parent == position
    )


def _is_plain_sum(tally: Tally, working: Working) -> bool:
    """Whether points can only be the sum of those below: nothing was rescaled or taken off there."""
    return not tally.penalty and not (working.policy.exclusion == "rescale_self" and tally.self_excluded)


def _tell_shares(result: UnitResult) -> dict[int, str]:
    """What each component gives to the unit's index under ``weights``, by position."""
    working = result.working
    if working.policy.weighting == "points" or result.index is None:
        return {}
    layout = working.criteria_set.layout
    components: list[tuple[int, Component]] = [
        (position, (node, result.nodes[position], working.tallies[position]))
        for position, (node, parent) in enumerate(layout)
        if parent < 0
    ]
    total = total_weight([component for _, component in components])
    told: dict[int, str] = {}
    for position, (node, found, tally) in components:
        if node.weight is not None and found.index is not None:
            share = node.weight * found.index.exact / total
            told[position] = f". Trọng số {say(node.weight)}/{say(total)}: góp {say_alone(share)} vào chỉ số của đơn vị"
        elif not tally.has_scored:
            told[position] = f". Cộng {say_alone(tally.net_bonus)} điểm phần trăm vào chỉ số của đơn vị"
    return told
