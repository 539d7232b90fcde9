"""Reading a results file: the numbers as they are printed, or every fault of the file at once.

Whoever was handed a results file compares it with another; nothing is computed from it. Keys that begin with x_ are
passed over, as in a campaign file.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeVar

from scoring.engine.errors import CampaignFaults
from scoring.engine.interchange import RESULTS_FORMAT
from scoring.engine.places import Place
from scoring.engine.reading import ObjectReader, note_repeats
from scoring.engine.strict_json import MAX_BYTES, UNUSABLE, parse
from scoring.engine.wording import quote

POINTS_PATTERN: Final = r"(?:0|[1-9][0-9]*)(?:\.[0-9]*[1-9])?"
"""Points and maxima as they are printed: never negative, no zeros at the end."""
INDEX_PATTERN: Final = r"(?:0|[1-9][0-9]*)(?:\.[0-9]{1,6})?"
"""Indices as they are printed: never negative, with the decimals of the policy."""
DIGEST_PATTERN: Final = r"[0-9a-f]{64}"

_MEND: Final = "hãy lấy lại tệp gốc"

Printed = str | int | bool | None
"""A value as it stands in the file."""


@dataclass(frozen=True, slots=True)
class PrintedUnit:
    """``values`` by key, ``nodes`` by code: the values of each node by key. Sentences are left out."""

    code: str
    values: Mapping[str, Printed]
    nodes: Mapping[str, Mapping[str, Printed]]


@dataclass(frozen=True, slots=True)
class PrintedGroup:
    """``values`` by key, ``grades`` by code, ``components`` by (criteria set, code)."""

    code: str
    values: Mapping[str, Printed]
    grades: Mapping[str, Printed]
    components: Mapping[tuple[str, str], Mapping[str, Printed]]


_Coded = TypeVar("_Coded", PrintedUnit, PrintedGroup)


@dataclass(frozen=True, slots=True)
class ResultsFile:
    """A results file as it is printed, units and groups by code in the order of the file."""

    engine: str
    input_sha256: str
    units: Mapping[str, PrintedUnit]
    groups: Mapping[str, PrintedGroup]


def is_results_file(data: bytes) -> bool:
    """Whether the bytes say of themselves that they are results; false for whatever cannot be read."""
    if RESULTS_FORMAT.encode() not in data:
        return False
    try:
        value, _ = parse(data)
    except CampaignFaults:
        return False
    return isinstance(value, dict) and value.get("format") == RESULTS_FORMAT


def read_results(data: bytes) -> ResultsFile:
    """Return what a results file prints; raise CampaignFaults with every fault of the file."""
    value, faults = parse(data)
    reader = ObjectReader(value, Place(), faults)
    if not isinstance(value, dict):
        raise CampaignFaults(faults)
    reader.choice("format", (RESULTS_FORMAT,))
    engine = reader.text("engine")
    digest = _read_printed(reader, "input_sha256", DIGEST_PATTERN)
    units = _by_code([(item, _read_unit(item)) for item in reader.objects("units")], "mã đơn vị")
    groups = _by_code([(item, _read_group(item)) for item in reader.objects("groups")], "mã khối")
    reader.finish()
    if faults:
        raise CampaignFaults(faults)
    return ResultsFile(engine, digest, units, groups)


def _by_code(items: Sequence[tuple[ObjectReader, _Coded]], what: str) -> dict[str, _Coded]:
    note_repeats([(reader, item.code) for reader, item in items], what)
    return {item.code: item for _, item in items}


def _read_unit(reader: ObjectReader) -> PrintedUnit:
    code = reader.code()
    values: dict[str, Printed] = {
        "group": reader.code("group"),
        **_read_standing(reader),
        "grade": _or_null(reader, "grade", ObjectReader.code),
    }
    reader.text("grade_reason", limit=MAX_BYTES)
    values["unanswered"] = ", ".join(_read_codes(reader, "unanswered"))
    nodes: dict[str, Mapping[str, Printed]] = {}
    codes: list[tuple[ObjectReader, str]] = []
    for item in reader.objects("nodes"):
        node_code = item.code()
        codes.append((item, node_code))
        nodes[node_code] = {**_read_standing(item), "applicable": item.flag("applicable")}
        item.text("steps", limit=MAX_BYTES)
        item.finish()
    note_repeats(codes, "mã tiêu chí")
    reader.finish()
    return PrintedUnit(code, values, nodes)


def _read_standing(reader: ObjectReader) -> dict[str, Printed]:
    return {
        "points": _read_printed(reader, "points", POINTS_PATTERN),
        "max_points": _read_printed(reader, "max_points", POINTS_PATTERN),
        "index": _or_null(reader, "index", _read_index),
        "rank": _or_null(reader, "rank", _read_rank),
    }


def _read_group(reader: ObjectReader) -> PrintedGroup:
    code = reader.code()
    values: dict[str, Printed] = {key: _read_count(reader, key) for key in ("count", "ranked")}
    values |= {key: _or_null(reader, key, _read_index) for key in ("mean", "highest", "lowest")}
    values["above_mean"] = _read_count(reader, "above_mean")
    grades = reader.object("grades")
    components: dict[tuple[str, str], Mapping[str, Printed]] = {}
    for item in reader.objects("components"):
        place = item.code("criteria_set"), item.code()
        if place in components:
            item.fault(f"lĩnh vực {quote(place[1])} của bộ tiêu chí {quote(place[0])} lặp lại; hãy lấy lại tệp gốc")
        components[place] = {
            "mean": _or_null(item, "mean", _read_index),
            "lowest_unit": _or_null(item, "lowest_unit", ObjectReader.code),
            "highest_unit": _or_null(item, "highest_unit", ObjectReader.code),
        }
        item.finish()
    reader.finish()
    told = {} if grades is None else {grade: _read_count(grades, grade) for grade in grades.keys()}
    return PrintedGroup(code, values, told, components)


def _or_null(reader: ObjectReader, key: str, read: Callable[[ObjectReader, str], Printed]) -> Printed:
    """What ``read`` reads under the key, or None where the file says null."""
    if reader.has(key) and reader.raw(key) is None:
        return None
    return read(reader, key)


def _read_index(reader: ObjectReader, key: str) -> str:
    return _read_printed(reader, key, INDEX_PATTERN)


def _read_rank(reader: ObjectReader, key: str) -> int:
    return _read_count(reader, key, least=1)


def _read_printed(reader: ObjectReader, key: str, pattern: str) -> str:
    """A number or a digest, exactly as the engine prints it."""
    text = reader.text(key)
    if text and re.fullmatch(pattern, text) is None:
        reader.fault(f"{quote(text)} không đúng cách viết của tệp kết quả; {_MEND}", key)
    return text


def _read_count(reader: ObjectReader, key: str, least: int = 0) -> int:
    value = reader.raw(key)
    if isinstance(value, int) and not isinstance(value, bool) and value >= least:
        return value
    if value is not UNUSABLE:
        reader.fault(f"phải là số nguyên từ {least} trở lên; {_MEND}", key)
    return least


def _read_codes(reader: ObjectReader, key: str) -> list[str]:
    codes = reader.list(key)
    for index, code in enumerate(codes):
        if code is not UNUSABLE and (not isinstance(code, str) or not code.strip()):
            reader.faults.append(reader.place.key(key).item(index).fault(f"phải là mã tiêu chí; {_MEND}"))
    return [code for code in codes if isinstance(code, str)]
