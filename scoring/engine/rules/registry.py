"""All kinds of rule. A new kind is one file beside this one and one line here."""

from __future__ import annotations

from fractions import Fraction
from typing import Any, Final

from scoring.engine.reading import ObjectReader
from scoring.engine.rules.bands import Bands
from scoring.engine.rules.base import Rule
from scoring.engine.rules.checklist import Checklist
from scoring.engine.rules.deduction import Deduction
from scoring.engine.rules.formula import Formula
from scoring.engine.rules.indicator import Indicator
from scoring.engine.rules.lateness import Lateness
from scoring.engine.rules.manual import Manual
from scoring.engine.rules.options import Options
from scoring.engine.rules.per_item import PerItem
from scoring.engine.rules.ratio import Ratio
from scoring.engine.rules.survey import Survey
from scoring.engine.strict_json import UNUSABLE
from scoring.engine.wording import quote, quote_all

KINDS: Final[dict[str, type[Rule]]] = {
    kind.kind: kind
    for kind in (
        Options,
        Checklist,
        Ratio,
        Bands,
        PerItem,
        Deduction,
        Lateness,
        Formula,
        Manual,
        Survey,
        Indicator,
    )
}
"""Kind → its class, in the order in which a person is offered them."""


def read_rule(reader: ObjectReader, max_points: Fraction) -> Rule | None:
    """Read the object under ``rule`` of a leaf; None where it is refused (told through the reader)."""
    kind = reader.text("kind")
    if not kind:
        return None
    if kind not in KINDS:
        reader.fault(f"không có cách tính {quote(kind)}; hãy chọn một trong {quote_all(KINDS)}", "kind")
        return None
    rule = KINDS[kind].parse(reader, max_points)
    reader.finish()
    return None if any(_holds_unusable(reader.raw(key)) for key in reader.keys()) else rule


def _holds_unusable(value: Any) -> bool:
    """Whether the JSON reader has refused something in here; what is left is then no rule to check answers by."""
    if isinstance(value, dict | list):
        return any(_holds_unusable(item) for item in (value.values() if isinstance(value, dict) else value))
    return value is UNUSABLE
