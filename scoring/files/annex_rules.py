"""The kinds of rule by the names that an annex calls them; what a kind is, it declares itself (`engine/rules/`)."""

from __future__ import annotations

from scoring.engine.rules.registry import KINDS


def kind_words() -> dict[str, str]:
    """What the column "Loại quy tắc" may hold: name → kind."""
    return {kind.label: kind.kind for kind in KINDS.values()}


def kind_label(kind: str) -> str:
    """The name of a kind in the column "Loại quy tắc"; the identifier itself for one that nobody named."""
    return KINDS[kind].label if kind in KINDS else kind
