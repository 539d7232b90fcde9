"""From points to an index, from an index to its printed digits, and its place among the others."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction

from scoring.engine.derivation_policy import tell_rounding
from scoring.engine.derivation_types import Step, spell
from scoring.engine.rounding import round_scaled
from scoring.engine.statistics import print_index
from scoring.engine.types import Index, Node, Policy
from scoring.engine.weighting import Component, total_weight
from scoring.engine.wording import quote, say, say_alone, say_result, say_where

_NOUGHT = Fraction(0)


def derive_index(points: Fraction, max_points: Fraction, index: Fraction | None) -> Step:
    """Points ÷ maximum × 100; ``index`` is the exact result, None where the maximum is 0."""
    values = {"points": spell(points), "max_points": spell(max_points)}
    if index is None:
        return Step("index", values, "Điểm tối đa là 0 nên không có chỉ số")
    sentence = f"Chỉ số: {say(points)}/{say(max_points)} × 100 {say_result(index, points, max_points)}"
    return Step("index", {**values, "exact": spell(index)}, sentence)


def derive_weighted_index(components: Sequence[Component], index: Fraction | None) -> Iterator[Step]:
    """What each component gives to the unit's exact ``index`` under ``weights``, and their sum."""
    total = total_weight(components)
    if index is None:
        yield Step("index", {}, "Tổng trọng số của các lĩnh vực có chỉ số là 0 nên không có chỉ số")
        return
    parts: list[Fraction] = []
    for node, result, tally in components:
        if node.weight is not None and result.index is not None:
            part = result.index.exact * node.weight / total
            parts.append(part)
            yield _weight_step(node, result.index, node.weight, total, part)
        elif not tally.has_scored:
            parts.append(tally.net_bonus)
            values = {"component": node.code, "contribution": spell(tally.net_bonus)}
            sentence = (
                f"Lĩnh vực {quote(node.code)} chỉ có điểm cộng, điểm trừ: thêm {say_alone(tally.net_bonus)} vào chỉ số"
            )
            yield Step("net_bonus", values, sentence)
    summed = sum(parts, _NOUGHT)
    told = " + ".join(say(part) if part >= 0 else f"({say(part)})" for part in parts)
    yield Step("index", {"exact": spell(summed)}, f"Chỉ số: {told} {say_result(summed, *parts)}")
    if summed != index:
        values = {"from": spell(summed), "exact": spell(index)}
        below = say_where(summed, lambda shown: shown < 0)
        yield Step("floor", values, f"Chỉ số không thấp hơn 0: {below} → {say(index)}")


def derive_rounding(index: Index, policy: Policy) -> Step:
    """From the exact index to the published one."""
    published = print_index(index) or ""
    values = {
        "exact": spell(index.exact),
        "published": published,
        "decimals": str(index.decimals),
        "rounding": policy.rounding,
    }
    how = tell_rounding(index.decimals, policy.rounding)
    exact = say_where(index.exact, lambda shown: round_scaled(shown, index.decimals, policy.rounding) == index.scaled)
    return Step("rounding", values, f"Chỉ số công bố {how}: {exact} → {published.replace('.', ',')}")


def derive_rank(rank: int, index: Index, peers: Sequence[Index], policy: Policy) -> Step:
    """The place of ``index`` among ``peers`` (itself one of them)."""
    mine = index.to_order(policy.rank_on)
    others = [peer.to_order(policy.rank_on) for peer in peers]
    above = sum(value > mine for value in others)
    tied = others.count(mine) - 1
    values = {
        "rank": str(rank),
        "among": str(len(peers)),
        "above": str(above),
        "tied": str(tied),
        "rank_on": policy.rank_on,
        "ranking": policy.ranking,
    }
    return Step("rank", values, tell_rank(rank, len(peers), above, tied))


def tell_rank(rank: int, among: int, above: int, tied: int) -> str:
    """The sentence of a place: how many units are ``above`` it, and how many others are ``tied`` with it."""
    told = f"Hạng {rank} trong {among} đơn vị được xếp hạng"
    if above:
        told += f", {above} đơn vị có chỉ số cao hơn"
    if tied:
        told += f", cùng hạng với {tied} đơn vị khác"
    return told


def _weight_step(node: Node, index: Index, weight: Fraction, total: Fraction, part: Fraction) -> Step:
    values = {
        "component": node.code,
        "index": spell(index.exact),
        "weight": spell(weight),
        "total": spell(total),
        "contribution": spell(part),
    }
    sentence = (
        f"Lĩnh vực {quote(node.code)}: chỉ số {say(index.exact)} × trọng số {say(weight)}/{say(total)}"
        f" {say_result(part, index.exact)}"
    )
    return Step("weight", values, sentence)
