"""A formula's text → its tokens, each with its position."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final, Literal, cast

from scoring.engine.formula.errors import WrongFormula
from scoring.engine.wording import quote

MAX_LENGTH: Final = 2_000
RESERVED: Final = ("and", "or", "min", "max")
"""Words of the language; no variable may be called so."""

TokenType = Literal["number", "name", "sign", "end"]

_TOKEN: Final = re.compile(
    r"(?P<space>[ \t\n\r]+)"
    r"|(?P<number>[0-9]{1,15}(?:\.[0-9]{1,10})?(?![0-9.A-Za-z_]))"
    r"|(?P<name>[a-z_][a-z0-9_]*|M(?![A-Za-z0-9_]))"
    r"|(?P<sign><=|>=|==|!=|[-+*/(),<>])"
)


@dataclass(frozen=True, slots=True)
class Token:
    """``position`` counts signs from 1; the end of the text is a token too, with an empty text."""

    type: TokenType
    text: str
    position: int


def is_variable(name: str) -> bool:
    """Whether a variable may be called so: ASCII, ``[a-z_][a-z0-9_]*``, and no word of the language."""
    return re.fullmatch(r"[a-z_][a-z0-9_]*", name) is not None and name not in RESERVED


def tokenize(text: str) -> list[Token]:
    """Cut ``text`` into tokens, the end last. Raises WrongFormula at the first sign that belongs to none."""
    if len(text) > MAX_LENGTH:
        raise WrongFormula(MAX_LENGTH + 1, f"công thức dài {len(text)} ký tự; hãy rút còn tối đa {MAX_LENGTH} ký tự")
    tokens: list[Token] = []
    at = 0
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            raise WrongFormula(at + 1, _unknown(text, at))
        if match.lastgroup != "space":
            tokens.append(Token(cast(TokenType, match.lastgroup), match[0], at + 1))
        at = match.end()
    return [*tokens, Token("end", "", len(text) + 1)]


def _unknown(text: str, at: int) -> str:
    sign = text[at]
    if "0" <= sign <= "9":
        return (
            "số viết chưa đúng; hãy viết như 0.8, dấu chấm thập phân, tối đa 15 chữ số trước và 10 chữ số sau dấu chấm"
        )
    if sign == "=":
        return "một dấu “=” không có nghĩa; hãy viết “==” để so sánh bằng"
    if sign == "M":
        return "“M” là điểm tối đa và phải đứng riêng; tên biến chỉ dùng chữ thường"
    return f"không dùng được ký tự {quote(sign)}; chỉ dùng số, tên biến chữ thường không dấu, M và các phép tính"
