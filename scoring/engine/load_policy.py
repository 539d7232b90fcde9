"""Reading the policy, the grades and the gates of a campaign file."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Final, cast, get_args

from scoring.engine.reading import ObjectReader, note_repeats
from scoring.engine.rounding import Rounding
from scoring.engine.types import Basis, Exclusion, Gate, Grade, GradeBasis, Policy, Ranking, Weighting
from scoring.engine.wording import quote, quote_all, say

USUAL_POLICY: Final[dict[str, Any]] = {
    "decimals": 2,
    "rounding": "half_up",
    "leaf_decimals": None,
    "exclusion": "own_maximum",
    "weighting": "points",
    "cap_index": False,
    "rank_on": "published",
    "ranking": "competition",
    "grade_on": "published",
    "mean_of": "published",
}
"""What most decisions say: offered where nothing was decided yet, never read into a file, which says every key."""
ANY_COMPONENT: Final = "any"
"""The word by which a gate means each component; no node may have it for a code."""
MOST_DECIMALS: Final = Fraction(6)
MOST_LEAF_DECIMALS: Final = Fraction(10)


@dataclass(frozen=True, slots=True)
class DraftPolicy:
    """The policy as far as it could be read: enough to check the criteria by the keys that are right.

    ``policy`` is None where a key is wrong; ``weighting`` is "" and ``leaf_decimals`` None where these are.
    """

    policy: Policy | None = None
    weighting: str = ""
    leaf_decimals: int | None = None


def read_policy(reader: ObjectReader) -> DraftPolicy:
    """Read ``policy``: every key is required (methodology, "Policy values")."""
    before = len(reader.faults)
    decimals = reader.number("decimals", maximum=MOST_DECIMALS, whole=True)
    rounding = reader.choice("rounding", get_args(Rounding))
    leaf_decimals = _read_leaf_decimals(reader)
    exclusion = reader.choice("exclusion", get_args(Exclusion))
    weighting = reader.choice("weighting", get_args(Weighting))
    cap_index = reader.flag("cap_index")
    rank_on = reader.choice("rank_on", get_args(Basis))
    ranking = reader.choice("ranking", get_args(Ranking))
    grade_on = reader.choice("grade_on", get_args(GradeBasis))
    mean_of = reader.choice("mean_of", get_args(Basis))
    reader.finish()
    if decimals is None or len(reader.faults) != before:
        return DraftPolicy(None, weighting, leaf_decimals)
    policy = Policy(
        decimals=int(decimals),
        rounding=cast(Rounding, rounding),
        leaf_decimals=leaf_decimals,
        exclusion=cast(Exclusion, exclusion),
        weighting=cast(Weighting, weighting),
        cap_index=cap_index,
        rank_on=cast(Basis, rank_on),
        ranking=cast(Ranking, ranking),
        grade_on=cast(GradeBasis, grade_on),
        mean_of=cast(Basis, mean_of),
    )
    return DraftPolicy(policy, weighting, leaf_decimals)


def _read_leaf_decimals(reader: ObjectReader) -> int | None:
    if reader.has("leaf_decimals") and reader.raw("leaf_decimals") is None:
        return None
    decimals = reader.number("leaf_decimals", maximum=MOST_LEAF_DECIMALS, whole=True)
    return None if decimals is None else int(decimals)


def read_grades(reader: ObjectReader) -> tuple[Grade, ...]:
    """Read ``grades``, best first: falling thresholds, and none on the last."""
    grades: list[Grade] = []
    items = list(reader.objects("grades", filled=True))
    codes: list[tuple[ObjectReader, str]] = []
    better: Grade | None = None
    for place, item in enumerate(items):
        code = item.code()
        label = item.text("label", default=code)
        at_least, above = item.number("at_least", required=False), item.number("above", required=False)
        given = [key for key in ("at_least", "above") if item.has(key)]
        if place == len(items) - 1 and given:
            item.fault("là mức xếp loại cuối nên không có ngưỡng; hãy bỏ “at_least” và “above”")
        elif place < len(items) - 1 and len(given) != 1:
            item.fault(f"phải có đúng một ngưỡng “at_least” hoặc “above”; hãy {'bỏ bớt' if given else 'bổ sung'}")
        item.finish()
        codes.append((item, code))
        grade = Grade(code, label, at_least, above)
        if len(given) == 1 and (at_least is not None or above is not None):
            if better:
                _check_falling(item, better, grade)
            better = grade
        grades.append(grade)
    note_repeats(codes, "mã xếp loại")
    return tuple(grades)


def _check_falling(reader: ObjectReader, better: Grade, worse: Grade) -> None:
    """Thresholds fall; at one value ``above`` stands before ``at_least``. Both grades have one threshold."""
    upper, lower = _threshold(better), _threshold(worse)
    if upper > lower or (upper == lower and better.above is not None and worse.at_least is not None):
        return
    if upper == lower:
        reader.fault(
            f"trùng ngưỡng {say(lower)} với mức {quote(better.code)}; ở cùng một giá trị, “above” đứng trước “at_least”"
        )
    else:
        reader.fault(
            f"ngưỡng {say(lower)} cao hơn ngưỡng {say(upper)} của mức {quote(better.code)}; hãy xếp từ tốt nhất "
            "đến kém nhất"
        )


def _threshold(grade: Grade) -> Fraction:
    return (grade.at_least if grade.at_least is not None else grade.above) or Fraction(0)


def read_gates(reader: ObjectReader, node_codes: Collection[str] | None) -> tuple[tuple[ObjectReader, Gate], ...]:
    """Read ``gates`` (default none); each comes with its reader, for ``check_gates``."""
    gates: list[tuple[ObjectReader, Gate]] = []
    for item in reader.objects("gates", required=False):
        node = item.code("node")
        below = item.number("index_below")
        highest = item.code("highest_grade")
        reason = item.text("reason", default="")
        item.finish()
        if node and node != ANY_COMPONENT and node_codes is not None and node not in node_codes:
            item.fault(
                f"không có tiêu chí {quote(node)} trong bộ tiêu chí nào; hãy ghi “{ANY_COMPONENT}” hoặc một mã có thật",
                "node",
            )
        gates.append((item, Gate(node, below if below is not None else Fraction(0), highest, reason)))
    return tuple(gates)


def check_gates(gates: tuple[tuple[ObjectReader, Gate], ...], grades: tuple[Grade, ...], whose: str = "") -> None:
    """Tell every gate whose ``highest_grade`` is none of the grades that are in force beside it."""
    codes = [grade.code for grade in grades if grade.code]
    for reader, gate in gates:
        if codes and gate.highest_grade and gate.highest_grade not in codes:
            reader.fault(
                f"không có mức xếp loại {quote(gate.highest_grade)}{whose}; hãy chọn một trong {quote_all(codes)}",
                "highest_grade",
            )
