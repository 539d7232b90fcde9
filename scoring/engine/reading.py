"""Checked reading of one JSON object: every wrong key, type or number becomes a sentence, and reading goes on.

A reader never raises. Where a value is wrong it notes the fault and returns None (or an empty value), so that one
pass finds everything; ``finish`` tells the keys that nobody asked for.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from functools import lru_cache
from typing import Any, Final

from scoring.engine.arithmetic import is_less
from scoring.engine.errors import Fault
from scoring.engine.places import Place, label_of
from scoring.engine.strict_json import UNUSABLE
from scoring.engine.wording import quote, quote_all, say

MAX_CODE_LENGTH: Final = 200
MAX_TEXT_LENGTH: Final = 20_000
_NUMBER: Final = re.compile(r"(-?[0-9]{1,15})(?:\.([0-9]{1,10}))?")
_DATE: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_LONGEST_NUMBER: Final = len("-") + 15 + len(".") + 10
_INTEGER_LIMIT: Final = 10**15
_KNOWN_NUMBERS: Final = 16_384
"""How many numbers are remembered: the same few stand in most answers, and making a fraction of one takes time."""
_NUMBER_SHAPE: Final = (
    'số nguyên, hoặc chuỗi như "9.5" (dấu chấm thập phân, tối đa 15 chữ số trước và 10 chữ số sau dấu chấm)'
)
_TYPE_NAMES: Final = {dict: "một đối tượng {…}", list: "một danh sách […]", str: "một chuỗi", bool: "true hoặc false"}


def parse_number(value: object) -> Fraction | None:
    """Return the number that ``value`` spells (methodology, "Numbers"), or None where it spells none."""
    if isinstance(value, str):
        return _parse_text(value) if len(value) <= _LONGEST_NUMBER else None
    if isinstance(value, int) and not isinstance(value, bool) and -_INTEGER_LIMIT < value < _INTEGER_LIMIT:
        return _parse_whole(value)
    return None


@lru_cache(maxsize=_KNOWN_NUMBERS)
def _parse_text(text: str) -> Fraction | None:
    match = _NUMBER.fullmatch(text)
    if match is None:
        return None
    decimals = match[2] or ""
    return Fraction(int(match[1] + decimals), 10 ** len(decimals))


@lru_cache(maxsize=_KNOWN_NUMBERS)
def _parse_whole(value: int) -> Fraction:
    return Fraction(value)


class ObjectReader:
    """One object of the file, read key by key; faults go to the list that all readers of a file share."""

    __slots__ = ("_asked", "_data", "faults", "place")

    def __init__(self, data: Any, place: Place, faults: list[Fault]) -> None:
        self.place = place
        self.faults = faults
        self._asked: list[str] = []
        self._data: dict[str, Any] = data if isinstance(data, dict) else {}
        if not isinstance(data, dict):
            self._wrong_type(place, data, dict)

    # ── what is there ─────────────────────────────────────────────────────────────────────────────────────────────────

    def has(self, key: str) -> bool:
        return key in self._data

    def keys(self) -> Iterable[str]:
        return self._data.keys()

    def raw(self, key: str) -> Any:
        """The unchecked value under ``key``; the caller checks it."""
        self._asked.append(key)
        return self._data.get(key)

    def fault(self, message: str, key: str | None = None) -> None:
        place = self.place if key is None else self.place.key(key)
        self.faults.append(place.fault(message))

    def finish(self) -> None:
        """Tell every key that was not asked for; keys that begin with x_ are the writer's own and pass."""
        for key in self._data:
            if key not in self._asked and not key.startswith("x_"):
                known = f"; ở đây chỉ có các khóa {quote_all(dict.fromkeys(self._asked))}" if self._asked else ""
                self.fault(
                    f"không có khóa này trong quy cách{known}. Hãy sửa tên khóa, bỏ đi, hoặc đặt tên bắt đầu bằng x_",
                    key,
                )

    # ── typed values ──────────────────────────────────────────────────────────────────────────────────────────────────

    def text(self, key: str, default: str | None = None, *, limit: int = MAX_TEXT_LENGTH) -> str:
        """A text that is not blank; "" where it is wrong. With a ``default`` the key may be absent."""
        value = self._take(key, str, required=default is None)
        if value is None:
            return default if default is not None and not self.has(key) else ""
        if not value.strip():
            self.fault("đang để trống; hãy ghi nội dung", key)
            return ""
        if len(value) > limit:
            self.fault(f"dài {len(value)} ký tự; hãy rút còn tối đa {limit} ký tự", key)
            return ""
        return str(value)

    def code(self, key: str = "code") -> str:
        """A code: a short text that other places refer to; "" where it is wrong."""
        return self.text(key, limit=MAX_CODE_LENGTH)

    def choice(self, key: str, allowed: Sequence[str], default: str | None = None) -> str:
        """One of ``allowed``; "" where it is wrong."""
        value = self._take(key, str, required=default is None)
        if value is None:
            return default if default is not None and not self.has(key) else ""
        if value not in allowed:
            self.fault(f"không nhận giá trị {quote(value)}; hãy chọn một trong {quote_all(allowed)}", key)
            return ""
        return str(value)

    def flag(self, key: str, default: bool | None = None) -> bool:
        """True or false; false where it is wrong."""
        value = self._take(key, bool, required=default is None)
        return (bool(default) if not self.has(key) else False) if value is None else bool(value)

    def number(
        self,
        key: str,
        default: Fraction | None = None,
        *,
        required: bool = True,
        minimum: Fraction | None = Fraction(0),
        maximum: Fraction | None = None,
        above: Fraction | None = None,
        whole: bool = False,
    ) -> Fraction | None:
        """A number within its bounds (0 upwards unless told otherwise); None where it is absent or wrong."""
        self._asked.append(key)
        if key not in self._data:
            if default is None and required:
                self._missing(key)
            return default
        value = self._data[key]
        if value is UNUSABLE:
            return None
        number = parse_number(value)
        if number is None:
            self.fault(f"{_describe(value)} không phải là số; hãy ghi {_NUMBER_SHAPE}", key)
            return None
        wrong = _out_of_bounds(number, minimum, maximum, above, whole)
        if wrong:
            self.fault(f"đang là {say(number)}, {wrong}", key)
            return None
        return number

    def date(self, key: str, *, required: bool = True) -> datetime.date | None:
        """A day of the calendar, ISO (2026-12-15); None where it is absent or wrong."""
        value = self._take(key, str, required=required)
        if value is None:
            return None
        try:
            if _DATE.fullmatch(value):
                return datetime.date.fromisoformat(value)
        except ValueError:
            pass  # told below: the shape is right and the calendar has no such day
        self.fault(f"{quote(value)} không phải là ngày; hãy ghi dạng năm-tháng-ngày như 2026-12-15", key)
        return None

    def true_only(self, key: str) -> bool:
        """A key that may only say true; false where it is absent, and (with a fault) where it says anything else."""
        value = self.raw(key)
        if value is True:
            return True
        if self.has(key) and value is not UNUSABLE:
            self.fault("chỉ nhận giá trị true; nếu không đúng thì bỏ khóa này đi", key)
        return False

    def object(self, key: str) -> ObjectReader | None:
        """The object under ``key``, or None where it is absent or wrong (told)."""
        value = self._take(key, dict, required=True)
        return None if value is None else ObjectReader(value, self.place.key(key), self.faults)

    def objects(self, key: str, *, required: bool = True, filled: bool = False) -> Iterator[ObjectReader]:
        """The objects of the list under ``key``; each is placed by its index and its code."""
        for index, value in enumerate(self.list(key, required=required, filled=filled)):
            place = self.place.key(key).item(index, label_of(value))
            if isinstance(value, dict):
                yield ObjectReader(value, place, self.faults)
            else:
                self._wrong_type(place, value, dict)

    def list(self, key: str, *, required: bool = True, filled: bool = False) -> list[Any]:
        """The list under ``key``; empty where it is absent or wrong. ``filled``: an empty one is a fault."""
        value = self._take(key, list, required=required)
        if value is None:
            return []
        if filled and not value:
            self.fault("đang rỗng; hãy ghi ít nhất một mục", key)
        return list(value)

    # ── inside ────────────────────────────────────────────────────────────────────────────────────────────────────────

    def _take(self, key: str, kind: type, *, required: bool) -> Any:
        self._asked.append(key)
        if key not in self._data:
            if required:
                self._missing(key)
            return None
        value = self._data[key]
        if value is UNUSABLE:
            return None
        if not isinstance(value, kind):
            self._wrong_type(self.place.key(key), value, kind)
            return None
        return value

    def _missing(self, key: str) -> None:
        self.fault(f"thiếu khóa bắt buộc {quote(key)}; hãy bổ sung")

    def _wrong_type(self, place: Place, value: Any, kind: type) -> None:
        if value is not UNUSABLE:
            self.faults.append(place.fault(f"phải là {_TYPE_NAMES[kind]}, không phải {_describe(value)}"))


def note_repeats(readers: Iterable[tuple[ObjectReader, str]], what: str, key: str = "code") -> None:
    """Tell every code that an earlier item of the same list has taken already."""
    seen: set[str] = set()
    for reader, code in readers:
        if code and code in seen:
            reader.fault(f"{what} {quote(code)} lặp lại; mỗi mã chỉ dùng một lần, hãy đặt mã khác", key)
        seen.add(code)


def _out_of_bounds(
    number: Fraction, minimum: Fraction | None, maximum: Fraction | None, above: Fraction | None, whole: bool
) -> str:
    if whole and number.denominator != 1:
        return "phải là số nguyên"
    if above is not None and not is_less(above, number):
        return f"phải lớn hơn {say(above)}"
    if minimum is not None and is_less(number, minimum):
        return f"không được nhỏ hơn {say(minimum)}"
    if maximum is not None and is_less(maximum, number):
        return f"không được lớn hơn {say(maximum)}"
    return ""


def _describe(value: Any) -> str:
    """A wrong value in a few words, never the whole of it."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return quote(value)
    if isinstance(value, int):
        return "một số nguyên quá 15 chữ số" if abs(value) >= _INTEGER_LIMIT else str(value)
    return _TYPE_NAMES[dict] if isinstance(value, dict) else _TYPE_NAMES[list]
