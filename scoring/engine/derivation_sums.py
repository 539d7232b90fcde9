"""From the leaves below a node to its points and maximum, step by step: sums, exclusion, bonus, penalty, floor.

The same steps for a node with children and for the whole unit; every number comes from ``aggregate``.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from scoring.engine.aggregate import Tally, scored_part, stand
from scoring.engine.derivation_types import Step, spell
from scoring.engine.types import Exclusion
from scoring.engine.wording import is_said_whole, say, say_apart, say_result, say_where


def derive_sums(tally: Tally, exclusion: Exclusion) -> Iterator[Step]:
    """The steps from a tally to the points and the maximum of ``stand``."""
    points, maximum = scored_part(tally, exclusion)
    yield _sums_step(tally)
    yield _exclusion_step(tally, points, maximum, exclusion)
    if tally.bonus:
        before, points = points, points + tally.bonus
        values = {"from": spell(before), "bonus": spell(tally.bonus), "points": spell(points)}
        yield Step(
            "bonus",
            values,
            f"Thêm điểm cộng: {say(before)} + {say(tally.bonus)} {say_result(points, before, tally.bonus)}",
        )
    if tally.penalty:
        before, points = points, points - tally.penalty
        values = {"from": spell(before), "penalty": spell(tally.penalty), "points": spell(points)}
        yield Step(
            "penalty",
            values,
            f"Bớt điểm trừ: {say(before)} − {say(tally.penalty)} {say_result(points, before, tally.penalty)}",
        )
    floored = stand(tally, exclusion).points
    if floored != points:
        values = {"from": spell(points), "points": spell(floored)}
        below = say_where(points, lambda shown: shown < 0)
        yield Step("floor", values, f"Điểm không thấp hơn 0: {below} → {say(floored)}")


def derive_difference(sum_below: Fraction, points: Fraction, below: str) -> Iterator[Step]:
    """Say where points are not the sum of what stands right ``below``, and why."""
    if sum_below != points:
        values = {"sum": spell(sum_below), "points": spell(points)}
        told, told_sum = say_apart(points, sum_below)
        sentence = (
            f"Điểm {told} tính từ các tiêu chí lá, không bằng tổng {told_sum} của các {below}"
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
    parts = [
        _tell_part("phần tự chấm", ("P", tally.self_points), ("M", tally.self_maximum), ("E", tally.self_excluded)),
        _tell_part("phần khác", ("S", tally.other_points), ("T", tally.other_maximum), ("", tally.other_excluded)),
    ]
    told = "; ".join(part for part in parts if part) or "không có tiêu chí chấm điểm"
    return Step("sums", values, told[0].upper() + told[1:])


def _exclusion_step(tally: Tally, scored: Fraction, max_points: Fraction, exclusion: Exclusion) -> Step:
    values = {"policy": exclusion, "points": spell(scored), "max_points": spell(max_points)}
    points, maximum = say_result(scored), say_result(max_points)
    if exclusion == "full_marks":
        told = f"Tiêu chí không áp dụng hưởng điểm tối đa, đã nằm trong P và S: P + S {points}; M + T {maximum}"
    elif exclusion == "own_maximum" and max_points and not (tally.self_excluded or tally.other_excluded):
        told = f"Mọi tiêu chí chấm điểm đều áp dụng: điểm P + S {points}; điểm tối đa M + T {maximum}"
    elif exclusion == "own_maximum":
        told = f"Điểm P + S {points}; điểm tối đa của riêng đơn vị M − E + T {maximum}"
    elif not tally.self_excluded:
        told = f"Không có gì phải quy đổi: điểm P + S {points}; điểm tối đa M + T {maximum}"
    elif tally.self_maximum == tally.self_excluded:
        told = f"Không còn phần tự chấm để quy đổi: điểm S {points}; điểm tối đa T {maximum}"
    else:
        parts = (tally.self_points, tally.other_points)
        sign = "=" if all(map(is_said_whole, parts)) else "≈"
        told = (
            f"Quy đổi P/(M − E) × M + S {sign} {say(tally.self_points)}/({say(tally.self_maximum)} −"
            f" {say(tally.self_excluded)}) × {say(tally.self_maximum)} + {say(tally.other_points)}"
            f" {say_result(scored, *parts)}; điểm tối đa M + T {maximum}"
        )
    return Step("exclusion", values, told)


def _tell_part(
    name: str, points: tuple[str, Fraction], maximum: tuple[str, Fraction], excluded: tuple[str, Fraction]
) -> str:
    """phần tự chấm: điểm P = 8, điểm tối đa M = 10, không áp dụng E = 2. Nothing where there is no such part."""
    if not maximum[1] and not excluded[1]:
        return ""
    told = f"{name}: điểm {_letter(*points)}, điểm tối đa {_letter(*maximum)}"
    return f"{told}, không áp dụng {_letter(*excluded)}" if excluded[1] else told


def _letter(letter: str, value: Fraction) -> str:
    return f"{letter} {say_result(value)}" if letter else say(value)
