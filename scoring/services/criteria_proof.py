"""Proves a criteria set by the engine, and brings its faults back to the row and column of the annex."""

from __future__ import annotations

import re
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from typing import Any, Final

from scoring.engine.errors import Fault
from scoring.engine.load_criteria import read_criteria_sets
from scoring.engine.load_policy import USUAL_POLICY, read_policy
from scoring.engine.places import Place
from scoring.engine.reading import ObjectReader
from scoring.engine.rules.declaration import Parameter
from scoring.engine.rules.registry import KINDS
from scoring.engine.strict_json import UNUSABLE
from scoring.files import annex_layout as layout
from scoring.files.annex_layout import AnnexNode, AnnexSet
from scoring.services.past_types import TableFault
from units.vietnamese import fold

_STEP = re.compile(r"(?:criteria_sets\[0\]|criteria\[(\d+)\]|children\[(\d+)\])(?: “[^”]*”)?(?: → |\Z)")
_ENTRY = re.compile(r"(\w+)\[(\d+)\](?: “[^”]*”)?")
_COLUMNS: Final = {
    "max_points": "max_points",
    "weight": "weight",
    "title": "title",
    "code": "code",
    "rule": "parameters",
}
_SHOWN: Final = 60  # signs of a cell, as the reader of cells shows them
BELOW: Final = "below"


@dataclass(frozen=True)
class Told:
    """What the reader of a workbook has told already, so that the engine passes over it.

    `keys` are keys of the layout by row; `BELOW` among them: not all that stands below the row is known. `columns` is
    how the columns are called in this file, `texts` what stands in its cells, by row and key.
    """

    keys: Mapping[int, AbstractSet[str]] = field(default_factory=dict)
    columns: Mapping[str, str] = field(
        default_factory=lambda: {column.key: f"“{column.heading}”" for column in layout.CRITERIA}
    )
    texts: Mapping[int, Mapping[str, str]] = field(default_factory=dict)


def criteria_tree(annex: AnnexSet, told: Told | None = None) -> list[dict[str, Any]]:
    """The set as the list under `criteria` of a campaign file (methodology, section 1).

    What was `told` of a row stands as the engine's `UNUSABLE`.
    """
    children = annex.children()
    keys = told.keys if told else {}

    def node_of(node: AnnexNode) -> dict[str, Any]:
        found: dict[str, Any] = {"code": node.code, "title": node.title, "max_points": node.max_points}
        if not node.parent:
            found["weight"] = node.weight or None
        if node.rule is not None:
            found |= {"source": node.source, "role": node.role, "rule": node.rule}
        found |= dict.fromkeys(keys.get(node.row, set()) & found.keys(), UNUSABLE)
        if node.rule is None:
            unknown = [UNUSABLE] if BELOW in keys.get(node.row, ()) else []
            found["children"] = [node_of(child) for child in children.get(node.code, [])] + unknown
        return found

    return [node_of(component) for component in children[""]]


def prove(annex: AnnexSet, policy: Mapping[str, Any] | None = None, told: Told | None = None) -> list[TableFault]:
    """What keeps the engine from computing with the set, each at its row, without what was `told`; empty when nothing
    does."""
    faults: list[Fault] = []
    draft = read_policy(ObjectReader(dict(policy or USUAL_POLICY), Place().key("policy"), faults))
    criteria = criteria_tree(annex, told)
    one = {"code": annex.code or UNUSABLE, "title": annex.title or UNUSABLE, "criteria": criteria}
    read_criteria_sets(ObjectReader({"criteria_sets": [one]}, Place(), faults), draft)
    return [_at_its_row(annex, fault, told or Told()) for fault in faults]


def _at_its_row(annex: AnnexSet, fault: Fault, told: Told) -> TableFault:
    """An engine's fault where a person mends it; what belongs to no row stands at the sheet."""
    children = annex.children()
    node: AnnexNode | None = None
    rest = fault.place
    while match := _STEP.match(rest):
        rest = rest[match.end() :]
        at = match[1] or match[2]
        if at is not None:
            node = children[node.code if node else ""][int(at)]
    key, _, inside = rest.partition(" → ")
    field_key = _COLUMNS.get(key.partition("[")[0], "code")
    kind = node.rule["kind"] if node and node.rule else ""
    reason = in_words_of_the_annex(f"{inside}: {fault.message}" if inside else fault.message, kind)
    reason = reason[:1].upper() + reason[1:] + "."
    if node is None:
        return TableFault(layout.CRITERIA_SHEET, 0, "", "", reason)
    return TableFault(
        layout.CRITERIA_SHEET, node.row, told.columns[field_key], _shown(told, node, field_key, inside), reason
    )


def _shown(told: Told, node: AnnexNode, key: str, inside: str) -> str:
    """What stands in the cell of a fault, of a rule the line that is meant; the criterion's code where no file is."""
    if node.row not in told.texts:
        return node.code
    text = told.texts[node.row].get(key, "")
    entry = _ENTRY.match(inside)
    word = entry[1] if entry else inside.partition(" ")[0]
    kind = KINDS.get(node.rule["kind"]) if node.rule else None
    parameter = (
        next((one for one in kind.parameters if one.key == word), None) if kind and key == "parameters" else None
    )
    if parameter is not None:
        lines = [line for line in text.splitlines() if _is_line_of(parameter, line)]
        at = int(entry[2]) if entry else 0
        text = lines[at] if at < len(lines) else text
    return " ".join(text.split())[:_SHOWN]


def _is_line_of(parameter: Parameter, line: str) -> bool:
    name = fold(line.partition("=")[0].partition(".")[0])
    return name in (fold(parameter.word), parameter.key)


def in_words_of_the_annex(sentence: str, kind: str) -> str:
    """The engine names parameters as the campaign file does; a person knows them as the annex writes them."""
    words = {"weight": "Trọng số", "max_points": "Điểm tối đa"}
    for parameter in KINDS[kind].parameters if kind in KINDS else ():
        words[parameter.key] = parameter.word
        words |= {piece.key: piece.word for piece in parameter.pieces if piece.word}
    known = "|".join(sorted(words, key=len, reverse=True))
    numbered = _ENTRY.sub(lambda match: f"{match[1]}.{int(match[2]) + 1}", sentence)  # the annex counts from 1
    return re.sub(rf"(?<![\w]){'(?:' + known + ')'}(?![\w])", lambda match: words[match[0]], numbered)
