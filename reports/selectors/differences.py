"""What a draft changes against a version that was public: read from the two frozen datasets."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]


@dataclass(frozen=True)
class Move:
    """One unit whose index, rank or class differs; texts as the datasets hold them, None where there is none."""

    name: str
    group: str
    index: tuple[str | None, str | None]
    rank: tuple[int | None, int | None]
    grade: tuple[str | None, str | None]

    @property
    def new_rank(self) -> bool:
        return self.rank[0] != self.rank[1]

    @property
    def new_grade(self) -> bool:
        return self.grade[0] != self.grade[1]


@dataclass(frozen=True)
class Differences:
    """Units that moved (in the order of the draft), that are new, and that are gone."""

    moved: list[Move] = field(default_factory=list)
    added: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)

    @property
    def ranks(self) -> int:
        return sum(move.new_rank for move in self.moved)

    @property
    def grades(self) -> int:
        return sum(move.new_grade for move in self.moved)

    @property
    def nothing(self) -> bool:
        return not (self.moved or self.added or self.removed)


def differences(before: Json, after: Json) -> Differences:
    """Compare two datasets unit by unit, by code."""
    old, new = _units(before), _units(after)
    moved = [
        move
        for code, (group, unit) in new.items()
        if code in old and (move := _move(old[code][1], unit, group, before, after)) is not None
    ]
    return Differences(
        moved=moved,
        added=[unit["name"] for code, (_, unit) in new.items() if code not in old],
        removed=[unit["name"] for code, (_, unit) in old.items() if code not in new],
    )


def _units(dataset: Json) -> dict[str, tuple[Json, Json]]:
    return {unit["code"]: (group, unit) for group in dataset["groups"] for unit in group["units"]}


def _move(old: Json, new: Json, group: Json, before: Json, after: Json) -> Move | None:
    move = Move(
        name=new["name"],
        group=group["title"],
        index=(old["index"], new["index"]),
        rank=(old["rank"], new["rank"]),
        grade=(_label(before, old["grade"]), _label(after, new["grade"])),
    )
    same = move.index[0] == move.index[1] and not move.new_rank and not move.new_grade
    return None if same else move


def _label(dataset: Json, code: str | None) -> str | None:
    return next((grade["label"] for grade in dataset["grades"] if grade["code"] == code), code)
