"""A mark on a scale: absolute points, or a share of the leaf's maximum. Used by every kind that lists levels."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from scoring.engine.arithmetic import times
from scoring.engine.reading import ObjectReader, note_repeats
from scoring.engine.rules.base import Choice
from scoring.engine.wording import say, say_percent, say_result


@dataclass(frozen=True, slots=True)
class Mark:
    """``share`` of the maximum (0..1), or ``points`` where ``absolute``."""

    value: Fraction
    absolute: bool

    def points(self, max_points: Fraction) -> Fraction:
        return self.value if self.absolute else times(self.value, max_points)

    def tell(self, max_points: Fraction) -> str:
        """The mark as points alone: "0,5 điểm"."""
        return f"{say(self.points(max_points))} điểm"

    def say(self, max_points: Fraction) -> str:
        """The mark in words: "0,5 điểm", or "50% × 2 = 1 điểm"."""
        if self.absolute:
            return f"{say(self.value)} điểm"
        return f"{say_percent(self.value)} × {say(max_points)} {say_result(self.points(max_points))} điểm"


@dataclass(frozen=True, slots=True)
class Level:
    """A mark that can be chosen by its key."""

    key: str
    label: str
    mark: Mark


def read_mark(reader: ObjectReader, *others: str) -> Mark | None:
    """Read ``points`` or ``share`` of one level; exactly one of them (or of ``others``) must stand there."""
    given = [key for key in ("points", "share", *others) if reader.has(key)]
    if len(given) != 1:
        names = " hoặc ".join(f"“{key}”" for key in ("points", "share", *others))
        reader.fault(f"phải có đúng một khóa trong {names}; hãy {'bỏ bớt' if given else 'bổ sung'}")
    points = reader.number("points", required=False)
    share = reader.number("share", required=False, maximum=Fraction(1))
    if len(given) != 1:
        return None
    if points is not None:
        return Mark(points, absolute=True)
    return Mark(share, absolute=False) if share is not None else None


def read_levels(reader: ObjectReader, key: str) -> tuple[Level, ...]:
    """Read a list of levels (key, label, points or share) under ``key``; at least one, each key once."""
    levels: list[Level] = []
    keys: list[tuple[ObjectReader, str]] = []
    for item in reader.objects(key, filled=True):
        code, label = item.code("key"), item.text("label")
        mark = read_mark(item)
        item.finish()
        keys.append((item, code))
        if mark is not None:
            levels.append(Level(code, label, mark))
    note_repeats(keys, "khóa", "key")
    return tuple(levels)


def tell_levels(levels: tuple[Level, ...], max_points: Fraction) -> str:
    """The levels with their points: "Đúng hạn: 2 điểm; Trễ hạn: 0,5 điểm"."""
    return "; ".join(f"{level.label}: {level.mark.tell(max_points)}" for level in levels)


def choices(levels: tuple[Level, ...]) -> tuple[Choice, ...]:
    return tuple(Choice(level.key, level.label) for level in levels)
