"""The column "Tham số": the parameters of a rule as lines "tên = giá trị", without loss in either direction.

A list has one line an entry, "mức.du = Đúng hạn | hệ số 1": the word of the list, a point and the entry's key (or its
number), then the parts of the entry with "|" between them. Numbers have a decimal comma. In texts "\\" stands before
"\\", "|" and (in a key) "="; "\\n" is a line break and "\\u{…}" any sign that a cell would not keep.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from typing import Any, Final

from scoring.engine.rules.base import Rule
from scoring.engine.rules.declaration import Parameter, Piece
from scoring.engine.rules.registry import KINDS
from scoring.engine.strict_json import UNUSABLE
from scoring.files.results_layout import NO, YES
from units.vietnamese import NotADate, NotANumber, fold, format_date, parse_date, parse_number

_ESCAPE: Final = re.compile(r"\\u\{([0-9a-fA-F]{1,6})\}|\\(.)|\\\Z", re.DOTALL)
_SHOWN: Final = 40
_FLAGS: Final = {fold(YES): True, "true": True, fold(NO): False, "false": False}


class WrongParameters(ValueError):
    """Parameters that cannot be understood; `faults` are Vietnamese sentences, one for each thing to mend.

    `rule` is what could be understood, with the engine's `UNUSABLE` in the place of what could not: the engine can
    look at the rest and passes over that.
    """

    def __init__(self, faults: list[str], rule: dict[str, Any]) -> None:
        self.faults, self.rule = tuple(faults), rule
        super().__init__("\n".join(faults))


class _Wrong(ValueError):
    """One line is wrong; the message says what and how to mend it."""


# ── writing ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def write_parameters(rule: Mapping[str, Any]) -> str:
    """The text of the column for `rule` (an object of the campaign file with its "kind").

    Raises ValueError for a kind or a key that no annex can hold, so that nothing is lost in silence.
    """
    kind = KINDS[rule["kind"]]
    unknown = rule.keys() - {"kind"} - {parameter.key for parameter in kind.parameters}
    if unknown:
        raise ValueError(f"{kind.kind} has no parameters {sorted(unknown)}")
    given = [parameter for parameter in kind.parameters if parameter.key in rule]
    return "\n".join(line for parameter in given for line in _lines(parameter, rule[parameter.key]))


def normal_rule(rule: Mapping[str, Any]) -> dict[str, Any]:
    """`rule` as an annex gives it back, every number a string: two rules are the same where these are equal."""
    return read_parameters(rule["kind"], write_parameters(rule))


def _lines(parameter: Parameter, value: Any) -> Iterator[str]:
    if not parameter.is_list:
        yield f"{parameter.word} = {_write_value(parameter, value)}"
        return
    for number, entry in enumerate(value, start=1):
        key = _escape(entry["key"], "=") if parameter.type == "keyed" else str(number)
        yield f"{parameter.word}.{key} = {_write_entry(parameter, entry)}"


def _write_value(parameter: Parameter, value: Any) -> str:
    if parameter.type == "flag":
        return YES if value else NO
    if parameter.type == "choice":
        return next(word for word, stored in parameter.choices if stored == value)
    if parameter.type == "date":
        return format_date(value)
    return _write_number(value)


def _write_entry(parameter: Parameter, entry: Mapping[str, Any]) -> str:
    known = {piece.key for piece in parameter.pieces} | ({"key"} if parameter.type == "keyed" else set())
    if entry.keys() - known:
        raise ValueError(f"{parameter.key} has no parts {sorted(entry.keys() - known)}")
    return " | ".join(_write_piece(piece, entry[piece.key]) for piece in parameter.pieces if piece.key in entry)


def _write_piece(piece: Piece, value: Any) -> str:
    if piece.type == "true":
        return piece.word
    told = _escape(value) if piece.type == "text" else _write_number(value)
    return f"{piece.word} {told}".lstrip()


def _write_number(value: str | int) -> str:
    return str(value).replace(".", ",")


def _escape(text: str, more: str = "") -> str:
    told = "".join(_escape_sign(text, at, more) for at in range(len(text)))
    if unicodedata.normalize("NFC", told) == told:
        return told
    # Signs that would melt together although none of them is a mark (Hangul): said by their numbers.
    return "".join(sign if sign.isascii() else f"\\u{{{ord(sign):x}}}" for sign in told)


def _escape_sign(text: str, at: int, more: str) -> str:
    sign = text[at]
    if sign in "\\|" or sign in more:
        return "\\" + sign
    if sign == "\n":
        return "\\n"
    inside = 0 < at < len(text) - 1 and text[at - 1] != " "
    plain = inside if sign == " " else not sign.isspace() and not _melts(sign)
    return sign if plain else f"\\u{{{ord(sign):x}}}"


def _melts(sign: str) -> bool:
    """Whether a cell would not keep the sign as it is: controls, invisible ones, loose accents."""
    is_loose = unicodedata.combining(sign) or unicodedata.normalize("NFC", sign) != sign
    return unicodedata.category(sign).startswith("C") or bool(is_loose)


# ── reading ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def read_parameters(kind: str, text: str) -> dict[str, Any]:
    """The rule that `text` and the `kind` (a key of KINDS) describe, numbers as plain decimal strings.

    Raises `WrongParameters` with everything that cannot be understood. What the parameters must be among each other
    is the engine's to say.
    """
    reader = _Reader(KINDS[kind])
    for number, line in enumerate(text.splitlines(), start=1):
        if line.strip():
            reader.read(number, line.strip())
    return reader.rule()


class _Reader:
    """Takes the lines of one cell; keeps what it understood and the faults."""

    def __init__(self, kind: type[Rule]) -> None:
        self.kind, self.faults = kind, list[str]()
        self.values: dict[str, Any] = {}
        self.has_stray = False  # a line of which nobody knows what it names; perhaps what is missing
        self.seen: set[tuple[str, str]] = set()
        self.known = {fold(parameter.word): parameter for parameter in kind.parameters}
        self.known |= {parameter.key: parameter for parameter in kind.parameters}

    def read(self, number: int, line: str) -> None:
        try:
            self._take(line)
        except _Wrong as wrong:
            self.faults.append(f"Tham số dòng {number} “{_shorten(line)}”: {wrong}")

    def rule(self) -> dict[str, Any]:
        for parameter in self.kind.parameters:
            if parameter.required and parameter.key not in self.values:
                self.values[parameter.key] = UNUSABLE
                if not self.has_stray:
                    self.faults.append(f"Thiếu tham số “{parameter.word}”. Viết: {parameter.note}.")
        ordered = [parameter.key for parameter in self.kind.parameters if parameter.key in self.values]
        rule = {"kind": self.kind.kind} | {key: self.values[key] for key in ordered}
        if self.faults:
            raise WrongParameters(self.faults, rule)
        return rule

    def _take(self, line: str) -> None:
        name, mark, value = _cut(line, "=")
        word, point, entry = _cut(name.strip(), ".")
        parameter = self.known.get(fold(word)) or self.known.get(word.strip())
        self.has_stray = self.has_stray or not mark or parameter is None
        if not mark:
            raise _Wrong("thiếu dấu “=”. Mỗi dòng một tham số: tên = giá trị.")
        if parameter is None:
            words = ", ".join(f"“{known.word}”" for known in self.kind.parameters)
            raise _Wrong(f"loại “{self.kind.label}” không có tham số này; chỉ có {words}.")
        self.values.setdefault(parameter.key, UNUSABLE)
        if parameter.is_list != bool(point):
            raise _Wrong(f"viết: {parameter.note}.")
        key = _unescape(entry.strip())
        if (parameter.key, key) in self.seen:
            raise _Wrong("tham số này đã ghi ở dòng trên. Giữ lại một dòng.")
        self.seen.add((parameter.key, key))
        if parameter.is_list:
            self._take_entry(parameter, key, value)
        else:
            self.values[parameter.key] = _READ[parameter.type](parameter, _unescape(_filled(value)))

    def _take_entry(self, parameter: Parameter, key: str, value: str) -> None:
        if self.values[parameter.key] is UNUSABLE:
            self.values[parameter.key] = []
        entries = self.values[parameter.key]
        entries.append(UNUSABLE)  # a wrong entry keeps its number, so that the next one is not blamed
        if parameter.type == "numbered" and key != str(len(entries)):
            raise _Wrong(f"đánh số lần lượt: dòng này phải là “{parameter.word}.{len(entries)}”.")
        if not key:
            raise _Wrong(f"thiếu mã sau dấu chấm. Viết: {parameter.note}.")
        first = {"key": key} if parameter.type == "keyed" else {}
        entries[-1] = first | _read_entry(parameter, _filled(value))


def _filled(value: str) -> str:
    if not value.strip():
        raise _Wrong("chưa ghi giá trị sau dấu “=”.")
    return value.strip()


def _read_entry(parameter: Parameter, text: str) -> dict[str, Any]:
    parts = [part.strip() for part in _split(text, "|")]
    found: dict[str, Any] = {}
    leading = next((piece for piece in parameter.pieces if not piece.word), None)
    if leading:
        found[leading.key] = _unescape(parts[0])
        if not found[leading.key].strip():
            raise _Wrong(f"chưa ghi tên. Viết: {parameter.note}.")
        parts = parts[1:]
    worded = [piece for piece in parameter.pieces if piece.word]
    for part in parts:
        piece, rest = _find_piece(worded, part)
        if piece.key in found:
            raise _Wrong(f"“{piece.word}” ghi hai lần. Giữ lại một.")
        found[piece.key] = _read_piece(piece, rest)
    for choice in parameter.one_of:
        if sum(key in found for key in choice) != 1:
            words = ", ".join(f"“{piece.word}”" for piece in worded if piece.key in choice)
            raise _Wrong(f"cần đúng một trong {words}." if len(choice) > 1 else f"thiếu {words}.")
    return {piece.key: found[piece.key] for piece in parameter.pieces if piece.key in found}


def _find_piece(pieces: list[Piece], part: str) -> tuple[Piece, str]:
    """The piece whose word (the longest that fits) begins `part`, and what follows it."""
    words = part.split()
    for piece in sorted(pieces, key=lambda piece: -len(piece.word.split())):
        for name in (piece.word, piece.key):
            length = len(name.split())
            if fold(" ".join(words[:length])) == fold(name):
                return piece, part.split(maxsplit=length)[length] if len(words) > length else ""
    known = ", ".join(f"“{piece.word}”" for piece in pieces)
    raise _Wrong(
        f"phần “{_shorten(part)}” phải bắt đầu bằng {known}. Dấu | trong tên thì viết \\|."
        if pieces
        else "không có phần nào sau dấu |. Dấu | trong tên thì viết \\|."
    )


def _read_piece(piece: Piece, text: str) -> Any:
    if piece.type == "true":
        if text and fold(text) not in ("co", "true"):
            raise _Wrong(f"sau “{piece.word}” không ghi gì thêm.")
        return True
    if not text:
        raise _Wrong(f"sau “{piece.word}” chưa ghi giá trị.")
    return _unescape(text) if piece.type == "text" else _number(text)


def _number(text: str) -> str:
    if text.endswith("%"):
        raise _Wrong(f"“{text}” là phần trăm. Viết dạng số, ví dụ 0,8 thay cho 80%.")
    try:
        return f"{parse_number(text):f}"
    except NotANumber as refused:
        raise _Wrong(str(refused)) from None


def _choice(parameter: Parameter, text: str) -> str:
    known = {fold(word): stored for word, stored in parameter.choices}
    known |= {stored: stored for _, stored in parameter.choices}
    if fold(text) not in known:
        raise _Wrong(f"chọn một trong: {', '.join(word for word, _ in parameter.choices)}.")
    return known[fold(text)]


def _flag(parameter: Parameter, text: str) -> bool:
    if fold(text) not in _FLAGS:
        raise _Wrong(f"ghi “{YES}” hoặc “{NO}”.")
    return _FLAGS[fold(text)]


def _date(parameter: Parameter, text: str) -> str:
    try:
        day: date = parse_date(text)
    except NotADate as refused:
        raise _Wrong(str(refused)) from None
    return day.isoformat()


_READ: Final[dict[str, Callable[[Parameter, str], Any]]] = {
    "number": lambda parameter, text: _number(text),
    "choice": _choice,
    "flag": _flag,
    "date": _date,
}


# ── signs ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def _split(text: str, mark: str) -> list[str]:
    """`text` cut at every `mark` that no backslash stands before; escapes stay as they are."""
    parts, begin, at = [], 0, 0
    while at < len(text):
        if text[at] == "\\":
            at += 1
        elif text[at] == mark:
            parts.append(text[begin:at])
            begin = at + 1
        at += 1
    return [*parts, text[begin:]]


def _cut(text: str, mark: str) -> tuple[str, str, str]:
    """Like `str.partition`, at the first `mark` that no backslash stands before."""
    head = _split(text, mark)[0]
    return head, text[len(head) : len(head) + 1], text[len(head) + 1 :]


def _unescape(text: str) -> str:
    def meant(match: re.Match[str]) -> str:
        number, sign = match[1], match[2]
        if number and not _is_a_sign(int(number, 16)):
            raise _Wrong(f"không có chữ nào mang số {match[0]}. Gõ thẳng chữ đó.")
        if number:
            return chr(int(number, 16))
        if sign == "n":
            return "\n"
        if sign and sign in "\\|=.":
            return sign
        raise _Wrong("dấu “\\” phải viết hai lần: \\\\.")

    return _ESCAPE.sub(meant, text)


def _is_a_sign(number: int) -> bool:
    """Whether a campaign file can hold the sign: no NUL, no half of a pair, none beyond Unicode."""
    return 0 < number <= 0x10FFFF and not 0xD800 <= number <= 0xDFFF


def _shorten(text: str) -> str:
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"
