"""What differs between two results files: units, points, indices, ranks, grades, criteria, groups.

Numbers are compared as printed. The sentences are not compared, nor which engine wrote a file and from which bytes of
input: the same results may come from another version, or from a file without anybody's reasons.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final, Literal, TypeVar

from scoring.engine.results_file import Printed, PrintedGroup, PrintedUnit, ResultsFile

Scope = Literal["unit", "node", "group", "grade", "component"]

_WORDS: Final = {
    "group": "khối",
    "points": "điểm",
    "max_points": "điểm tối đa",
    "index": "chỉ số",
    "rank": "hạng",
    "grade": "xếp loại",
    "unanswered": "tiêu chí chưa trả lời",
    "applicable": "áp dụng",
    "count": "số đơn vị",
    "ranked": "số đơn vị xếp hạng",
    "mean": "trung bình",
    "highest": "cao nhất",
    "lowest": "thấp nhất",
    "above_mean": "số đơn vị trên trung bình",
    "lowest_unit": "đơn vị thấp nhất",
    "highest_unit": "đơn vị cao nhất",
}
_DECIMAL: Final = ("points", "max_points", "index", "mean", "highest", "lowest")
_COUNTED: Final = ("points", "index", "rank", "grade")

_Key = TypeVar("_Key", bound=Hashable)
_Value = TypeVar("_Value")


@dataclass(frozen=True, slots=True)
class Difference:
    """One value that differs. ``owner`` is the code of the unit or group, ``part`` that of the criterion, grade or
    component in it ("" for the unit or group itself), ``key`` the key in the results file; "" where the whole part
    stands in one file only, and that file's value is then true."""

    scope: Scope
    owner: str
    part: str
    key: str
    first: Printed
    second: Printed


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two results files side by side; ``engines`` and ``digests`` are told and do not count."""

    engines: tuple[str, str]
    digests: tuple[str, str]
    units: tuple[int, int]
    units_only_in_first: tuple[str, ...]
    units_only_in_second: tuple[str, ...]
    groups_only_in_first: tuple[str, ...]
    groups_only_in_second: tuple[str, ...]
    differences: tuple[Difference, ...]

    @property
    def is_equal(self) -> bool:
        only = self.units_only_in_first + self.units_only_in_second
        return not (only or self.groups_only_in_first or self.groups_only_in_second or self.differences)


def compare(first: ResultsFile, second: ResultsFile) -> Comparison:
    """Compare two results files; units, criteria and groups are found by their codes, in whatever order they stand."""
    differences = [
        *(found for one, other in _shared(first.units, second.units) for found in _compare_units(one, other)),
        *(found for one, other in _shared(first.groups, second.groups) for found in _compare_groups(one, other)),
    ]
    return Comparison(
        engines=(first.engine, second.engine),
        digests=(first.input_sha256, second.input_sha256),
        units=(len(first.units), len(second.units)),
        units_only_in_first=_only(first.units, second.units),
        units_only_in_second=_only(second.units, first.units),
        groups_only_in_first=_only(first.groups, second.groups),
        groups_only_in_second=_only(second.groups, first.groups),
        differences=tuple(differences),
    )


def tell(comparison: Comparison) -> Iterator[str]:
    """The comparison in Vietnamese lines, the answer first."""
    if comparison.is_equal:
        yield f"Hai kết quả giống nhau: {comparison.units[0]} đơn vị, không số nào khác."
    else:
        counts = [f"{_count_units(comparison, key)} đơn vị khác {_WORDS[key]}" for key in _COUNTED]
        yield f"Hai kết quả khác nhau: {', '.join(counts)}."
    yield from _tell_only("Đơn vị", "thứ nhất", comparison.units_only_in_first)
    yield from _tell_only("Đơn vị", "thứ hai", comparison.units_only_in_second)
    yield from _tell_only("Khối", "thứ nhất", comparison.groups_only_in_first)
    yield from _tell_only("Khối", "thứ hai", comparison.groups_only_in_second)
    yield from (_tell_difference(one) for one in comparison.differences)
    if comparison.engines[0] != comparison.engines[1]:
        yield f"Phiên bản bộ tính: {comparison.engines[0]} và {comparison.engines[1]} (không tính là khác nhau)."
    if comparison.digests[0] != comparison.digests[1]:
        yield f"Mã băm đầu vào: {comparison.digests[0]} và {comparison.digests[1]} (không tính là khác nhau)."


def _compare_units(first: PrintedUnit, second: PrintedUnit) -> Iterator[Difference]:
    yield from _compare_values("unit", first.code, "", first.values, second.values)
    yield from _compare_parts("node", first.code, first.nodes, second.nodes)


def _compare_groups(first: PrintedGroup, second: PrintedGroup) -> Iterator[Difference]:
    yield from _compare_values("group", first.code, "", first.values, second.values)
    for code in dict.fromkeys([*first.grades, *second.grades]):
        one, other = first.grades.get(code), second.grades.get(code)
        if one != other:
            yield Difference("grade", first.code, code, "count", one, other)
    components = ({" → ".join(place): row for place, row in group.components.items()} for group in (first, second))
    yield from _compare_parts("component", first.code, *components)


def _compare_parts(
    scope: Scope,
    owner: str,
    first: Mapping[str, Mapping[str, Printed]],
    second: Mapping[str, Mapping[str, Printed]],
) -> Iterator[Difference]:
    for part in dict.fromkeys([*first, *second]):
        if part in first and part in second:
            yield from _compare_values(scope, owner, part, first[part], second[part])
        else:
            yield Difference(scope, owner, part, "", part in first, part in second)


def _compare_values(
    scope: Scope, owner: str, part: str, first: Mapping[str, Printed], second: Mapping[str, Printed]
) -> Iterator[Difference]:
    for key, value in first.items():
        if value != second[key]:
            yield Difference(scope, owner, part, key, value, second[key])


def _shared(first: Mapping[_Key, _Value], second: Mapping[_Key, _Value]) -> Iterator[tuple[_Value, _Value]]:
    return ((value, second[key]) for key, value in first.items() if key in second)


def _only(first: Mapping[str, object], second: Mapping[str, object]) -> tuple[str, ...]:
    return tuple(code for code in first if code not in second)


def _count_units(comparison: Comparison, key: str) -> int:
    return sum(one.scope == "unit" and one.key == key for one in comparison.differences)


def _tell_only(what: str, which: str, codes: tuple[str, ...]) -> Iterator[str]:
    if codes:
        yield f"{what} chỉ có trong tệp {which}: {', '.join(codes)}."


def _tell_difference(one: Difference) -> str:
    owner = f"Đơn vị {one.owner}" if one.scope in ("unit", "node") else f"Khối {one.owner}"
    part = {"node": "tiêu chí", "grade": "số đơn vị xếp loại", "component": "lĩnh vực"}.get(one.scope, "")
    where = f"{owner}, {part} {one.part}" if part else owner
    if not one.key:
        return f"{where}: chỉ có trong tệp {'thứ nhất' if one.first else 'thứ hai'}."
    word = "" if one.scope == "grade" else f"{_WORDS[one.key]} "
    return f"{where}: {word}{_say(one.key, one.first)} và {_say(one.key, one.second)}."


def _say(key: str, value: Printed) -> str:
    if value is None or value == "":
        return "không có"
    if isinstance(value, bool):
        return "có" if value else "không"
    # A code may look like a number, and keeps its point.
    return str(value).replace(".", ",") if key in _DECIMAL else str(value)
