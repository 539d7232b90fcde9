"""How deep brackets stand is counted outside strings, whatever these hold."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.engine.strict_json import MAX_NESTING, parse
from tests.engine.campaigns import faults

TEXTS = st.text(alphabet='[]{}"\\,:aộ\n', max_size=12)
VALUES = st.recursive(
    TEXTS | st.integers() | st.none(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=12,
)


def wrapped(value: Any, times: int) -> bytes:
    return ("[" * times + json.dumps(value, ensure_ascii=False) + "]" * times).encode()


def depth(value: Any) -> int:
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else None
    return 0 if inner is None else 1 + max(map(depth, inner), default=0)


@given(VALUES)
def test_as_deep_as_allowed_is_read_and_one_deeper_is_refused(value: Any) -> None:
    room = MAX_NESTING - depth(value)
    read, found = parse(wrapped(value, room))
    for _ in range(room):
        (read,) = read
    assert (read, found) == (value, [])
    assert "tầng" in faults(wrapped(value, room + 1))[0]


@pytest.mark.parametrize("text", ['"' + "[" * 500, '"\\' + "[" * 500, '"' * 501 + "[" * 300, "\\" + '"[' * 500])
def test_strings_that_never_end_are_no_json(text: str) -> None:
    assert "không phải JSON" in faults(text.encode())[0] or "tầng" in faults(text.encode())[0]
