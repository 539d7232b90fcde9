"""From the leaves below a node to its points and maximum, step by step: sums, exclusion, bonus, penalty, floor.

The same steps for a node with children and for the whole unit; every number comes from ``aggregate.stand``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction

from scoring.engine.aggregate import Standing, Tally, stand
from scoring.engine.derivation_types import Step, spell
from scoring.engine.types import Exclusion
from scoring.engine.wording import say, say_result

_NOUGHT = Fraction(0)


def derive_sums(tally: Tally, exclusion: Exclusion) -> Iterator[Step]:
    """The steps from a tally to the points and the maximum of ``stand``."""
    scored = stand(replace(tally, bonus=_NOUGHT, penalty=_NOUGHT), exclusion)
    yield _sums_step(tally)
    yield _exclusion_step(tally, scored, exclusion)
    points = scored.points
    if tally.bonus:
        before, points = points, points + tally.bonus
        values = {"from": spell(before), "bonus": spell(tally.bonus), "points": spell(points)}
        yield Step("bonus", values, f"Thêm điểm cộng: {say(before)} + {say(tally.bonus)} {say_result(points)}")
    if tally.penalty:
        before, points = points, points - tally.penalty
        values = {"from": spell(before), "penalty": spell(tally.penalty), "points": spell(points)}
        yield Step("penalty", values, f"Bớt điểm trừ: {say(before)} − {say(tally.penalty)} {say_result(points)}")
    floored = stand(tally, exclusion).points
    if floored != points:
        values = {"from": spell(points), "points": spell(floored)}
        yield Step("floor", values, f"Điểm không thấp hơn 0: {say(points)} → {say(floored)}")


def derive_difference(sum_below: Fraction, points: Fraction, below: str) -> Iterator[Step]:
    """Say where points are not the sum of what stands right ``below``, and why."""
    if sum_below != points:
        values = {"sum": spell(sum_below), "points": spell(points)}
        sentence = (
            f"Điểm {say(points)} tính từ các tiêu chí lá, không bằng tổng {say(sum_below)} của các {below}"
            " (do quy đổi, điểm trừ hoặc mức sàn 0)"
        )
        yield Step("difference", values, sentence)


def _sums_step(tally: Tally) -> Step:
    values = {
        "P": spell(tally.self_points),
        "M": spell(tally.self_maximum),
        "E": spell(tally.self_excluded),
        "S": spell(tally.other_points),
        "T": spell(tally.other_maximum),
        "other_excluded": spell(tally.other_excluded),
    }
    told = (
        f"Phần tự chấm: điểm P = {say(tally.self_points)}, điểm tối đa M = {say(tally.self_maximum)}, không áp dụng"
        f" E = {say(tally.self_excluded)}; phần khác: điểm S = {say(tally.other_points)}, điểm tối đa"
        f" T = {say(tally.other_maximum)}"
    )
    if tally.other_excluded:
        told += f" (đã loại {say(tally.other_excluded)} không áp dụng)"
    return Step("sums", values, told)


def _exclusion_step(tally: Tally, scored: Standing, exclusion: Exclusion) -> Step:
    values = {"policy": exclusion, "points": spell(scored.points), "max_points": spell(scored.max_points)}
    points, maximum = say_result(scored.points), say_result(scored.max_points)
    if exclusion == "full_marks":
        told = f"Tiêu chí không áp dụng hưởng điểm tối đa, đã nằm trong P và S: P + S {points}; M + T {maximum}"
    elif exclusion == "own_maximum":
        told = f"Điểm P + S {points}; điểm tối đa của riêng đơn vị M − E + T {maximum}"
    elif tally.self_maximum == tally.self_excluded:
        told = f"Không còn phần tự chấm để quy đổi: điểm S {points}; điểm tối đa T {maximum}"
    else:
        told = (
            f"Quy đổi P/(M − E) × M + S = {say(tally.self_points)}/({say(tally.self_maximum)} −"
            f" {say(tally.self_excluded)}) × {say(tally.self_maximum)} + {say(tally.other_points)} {points};"
            f" điểm tối đa M + T {maximum}"
        )
    return Step("exclusion", values, told)
