"""Bytes → JSON value, and nothing that JSON leaves open: no repeated key, no float, no NaN, no half character.

``parse`` keeps going where it can, so that what is wrong with the JSON is told together with what is wrong with the
campaign:
an unusable value is replaced by ``UNUSABLE``, which later checks pass over because it has been told already.
"""

import json
import re
from collections import Counter
from collections.abc import Iterator
from itertools import accumulate
from typing import Any, Final

from scoring.engine.errors import CampaignFaults, Fault
from scoring.engine.places import Place, label_of
from scoring.engine.wording import quote

MAX_BYTES: Final = 256 * 1024 * 1024
MAX_NESTING: Final = 200
MAX_INTEGER_DIGITS: Final = 1000

# A string without its escapes. Possessive, and one that never ends matches too: else such a file is searched anew from
# each of its quotes.
_STRING: Final = re.compile(rb'"[^"]*+"?')
_DEEPER: Final = {ord("["): 1, ord("{"): 1, ord("]"): -1, ord("}"): -1}
_IDLE: Final = bytes(set(range(256)) - _DEEPER.keys() - {ord('"')})
"""Whatever is neither a bracket nor a quote."""
_SUSPECT_ESCAPE: Final = re.compile(r"\\u(?:0000|[dD])")
_SURROGATE: Final = re.compile("[\ud800-\udfff]")


class _Unusable:
    """A value that cannot be taken as it stands; ``message`` says why."""

    def __init__(self, message: str) -> None:
        self.message = message


UNUSABLE: Final = _Unusable("")


class _RepeatedKeys(dict[str, Any]):
    """An object in which a key came more than once; ``repeated`` names those keys."""

    repeated: tuple[str, ...] = ()


class _Hooks:
    """The decoder's hooks; ``found`` tells whether any value needs a second look."""

    def __init__(self) -> None:
        self.found = False

    def object(self, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        value = dict(pairs)
        if len(value) == len(pairs):
            return value
        self.found = True
        times = Counter(key for key, _ in pairs)
        twice = _RepeatedKeys(value)
        twice.repeated = tuple(key for key in value if times[key] > 1)
        return twice

    def integer(self, text: str) -> int | _Unusable:
        if len(text) <= MAX_INTEGER_DIGITS:
            return int(text)
        return self._unusable(f"số nguyên có {len(text)} chữ số, quá dài; chỉ nhận tối đa 15 chữ số")

    def float(self, text: str) -> _Unusable:
        return self._unusable(
            f'số {quote(text)} viết có dấu chấm hoặc số mũ; hãy viết thành chuỗi trong dấu nháy, ví dụ "9.5", '
            "để giữ đúng từng chữ số"
        )

    def constant(self, text: str) -> _Unusable:
        return self._unusable(f"{text} không phải là số; hãy ghi một số cụ thể hoặc bỏ khóa này")

    def _unusable(self, message: str) -> _Unusable:
        self.found = True
        return _Unusable(message)


def parse(data: bytes) -> tuple[Any, list[Fault]]:
    """Return the JSON value of ``data`` and what is wrong inside it.

    Raises CampaignFaults where nothing can be read at all: too large, not UTF-8, nested too deep, not JSON.
    """
    text = _decode(data)
    if _nesting(text) > MAX_NESTING:
        raise _refused(f"các dấu ngoặc lồng nhau quá {MAX_NESTING} tầng; hãy bớt số tầng của cây tiêu chí")
    hooks = _Hooks()
    try:
        value = json.loads(
            text,
            object_pairs_hook=hooks.object,
            parse_int=hooks.integer,
            parse_float=hooks.float,
            parse_constant=hooks.constant,
        )
    except json.JSONDecodeError as error:
        raise _refused(
            f"không phải JSON đúng cú pháp ở dòng {error.lineno}, cột {error.colno}; hãy xem dấu nháy, dấu phẩy "
            "và dấu ngoặc tại đó"
        ) from None
    except RecursionError:
        raise _refused("các dấu ngoặc lồng nhau quá nhiều tầng; hãy bớt số tầng của cây tiêu chí") from None
    if not hooks.found and not _SUSPECT_ESCAPE.search(text):
        return value, []
    holder = [value]
    faults = list(_inspect(holder))
    return holder[0], faults


def canonical_bytes(value: object) -> bytes:
    """Return the one spelling of a JSON value that digests are taken of: keys sorted, no spaces, UTF-8."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False).encode()


def _decode(data: bytes) -> str:
    if len(data) > MAX_BYTES:
        raise _refused(f"lớn hơn {MAX_BYTES // 1024 // 1024} MB; hãy tách thành nhiều kỳ hoặc bỏ phần ghi chú dài")
    if data.startswith(b"\xef\xbb\xbf"):
        raise _refused("có dấu BOM ở đầu; hãy lưu lại dưới dạng UTF-8 không có BOM")
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        raise _refused(f"không phải UTF-8 (từ byte thứ {error.start + 1}); hãy lưu lại dưới dạng UTF-8") from None


def _nesting(text: str) -> int:
    """Return how deep brackets stand inside one another, counted outside strings."""
    unescaped = text.encode().replace(b"\\\\", b"").replace(b'\\"', b"")
    # Most strings hold no bracket: they are nothing but two quotes by now, and go without being looked at one by one.
    brackets = _STRING.sub(b"", unescaped.translate(None, _IDLE).replace(b'""', b""))
    return max(accumulate(map(_DEEPER.__getitem__, brackets)), default=0)


def _inspect(holder: list[Any]) -> Iterator[Fault]:
    """Tell every fault of a parsed value, in file order, and put UNUSABLE in the place of what cannot be used."""
    root = Place()
    waiting: list[tuple[Any, Any, Place]] = [(holder, 0, root)]
    while waiting:
        container, key, place = waiting.pop()
        value = container[key]
        if isinstance(value, _Unusable):
            yield place.fault(value.message)
            container[key] = UNUSABLE
        elif isinstance(value, str) and (wrong := _wrong_characters(value)):
            yield place.fault(wrong)
            container[key] = UNUSABLE
        elif isinstance(value, dict):
            yield from _inspect_keys(value, place)
            waiting.extend((value, key, place.key(key)) for key in reversed(value))
        elif isinstance(value, list):
            positions = reversed(range(len(value)))
            waiting.extend((value, index, place.item(index, label_of(value[index]))) for index in positions)


def _inspect_keys(value: dict[str, Any], place: Place) -> Iterator[Fault]:
    if isinstance(value, _RepeatedKeys):
        for key in value.repeated:
            yield place.fault(f"khóa {quote(key)} lặp lại; mỗi khóa chỉ ghi một lần trong một đối tượng, hãy bỏ bớt")
    for key in value:
        if wrong := _wrong_characters(key):
            yield place.fault(f"khóa {quote(key)}: {wrong}")


def _wrong_characters(text: str) -> str:
    if "\x00" in text:
        return "có ký tự NUL (\\u0000) không in được; hãy xóa ký tự đó"
    if _SURROGATE.search(text):
        return "có nửa ký tự Unicode (\\ud800–\\udfff) không viết được thành UTF-8; hãy nhập lại chữ đó"
    return ""


def _refused(message: str) -> CampaignFaults:
    return CampaignFaults([Place().fault(message)])
