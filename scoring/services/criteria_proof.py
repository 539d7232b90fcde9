"""Proves a criteria set by the engine, and brings its faults back to the row and column of the annex."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from scoring.engine.errors import CampaignFaults, Fault
from scoring.engine.interchange import CAMPAIGN_FORMAT, canonical_bytes, load_campaign
from scoring.engine.rules.registry import KINDS
from scoring.files import annex_layout as layout
from scoring.files.annex_layout import AnnexNode, AnnexSet
from scoring.services.past_types import TableFault

USUAL_POLICY: Final[Mapping[str, Any]] = {
    "decimals": 2,
    "rounding": "half_up",
    "leaf_decimals": None,
    "exclusion": "own_maximum",
    "weighting": "points",
    "cap_index": False,
    "rank_on": "published",
    "grade_on": "published",
    "mean_of": "published",
    "ranking": "competition",
}
"""What a set is proven under where no campaign says otherwise."""

_STEP = re.compile(r"(?:criteria_sets\[0\]|criteria\[(\d+)\]|children\[(\d+)\])(?: “[^”]*”)?(?: → |\Z)")
_ENTRY = re.compile(r"(\w+)\[(\d+)\](?: “[^”]*”)?")
_COLUMNS: Final = {
    "max_points": "max_points",
    "weight": "weight",
    "title": "title",
    "code": "code",
    "rule": "parameters",
}


def criteria_tree(annex: AnnexSet) -> list[dict[str, Any]]:
    """The set as the list under `criteria` of a campaign file (methodology, section 1)."""
    children = annex.children()

    def node_of(node: AnnexNode) -> dict[str, Any]:
        told: dict[str, Any] = {"code": node.code, "title": node.title, "max_points": node.max_points}
        if not node.parent:
            told["weight"] = node.weight or None
        if node.rule is None:
            return told | {"children": [node_of(child) for child in children.get(node.code, [])]}
        return told | {"source": node.source, "role": node.role, "rule": node.rule}

    return [node_of(component) for component in children[""]]


def prove(annex: AnnexSet, policy: Mapping[str, Any] | None = None) -> list[TableFault]:
    """What keeps the engine from computing with the set, each at its row; empty when nothing does."""
    file = {
        "format": CAMPAIGN_FORMAT,
        "campaign": {"code": "kiem-tra", "title": "Kiểm tra bộ tiêu chí"},
        "policy": dict(policy or USUAL_POLICY),
        "grades": [{"code": "mot", "label": "Một mức"}],
        "criteria_sets": [{"code": annex.code, "title": annex.title, "criteria": criteria_tree(annex)}],
        "groups": [],
        "units": [],
    }
    try:
        load_campaign(canonical_bytes(file))
    except CampaignFaults as refused:
        return [_at_its_row(annex, fault) for fault in refused.faults]
    return []


def _at_its_row(annex: AnnexSet, fault: Fault) -> TableFault:
    """An engine's fault where a person mends it; what belongs to no row stands at the sheet."""
    children = annex.children()
    node: AnnexNode | None = None
    rest = fault.place
    while match := _STEP.match(rest):
        rest = rest[match.end() :]
        at = match[1] or match[2]
        if at is not None:
            node = children[node.code if node else ""][int(at)]
    headings = {field.key: field.heading for field in layout.CRITERIA}
    key, _, inside = rest.partition(" → ")
    column = headings[_COLUMNS.get(key.partition("[")[0], "code")] if node else ""
    kind = node.rule["kind"] if node and node.rule else ""
    reason = _in_words_of_the_annex(f"{inside}: {fault.message}" if inside else fault.message, kind)
    return TableFault(layout.CRITERIA_SHEET, node.row if node else 0, f"“{column}”" if column else "",
                      node.code if node else "", reason[:1].upper() + reason[1:] + ".")  # fmt: skip


def _in_words_of_the_annex(sentence: str, kind: str) -> str:
    """The engine names parameters as the campaign file does; a person knows them as the annex writes them."""
    words = {"weight": "Trọng số", "max_points": "Điểm tối đa"}
    for parameter in KINDS[kind].parameters if kind in KINDS else ():
        words[parameter.key] = parameter.word
        words |= {piece.key: piece.word for piece in parameter.pieces if piece.word}
    known = "|".join(sorted(words, key=len, reverse=True))
    numbered = _ENTRY.sub(lambda match: f"{match[1]}.{int(match[2]) + 1}", sentence)  # the annex counts from 1
    return re.sub(rf"(?<![\w]){'(?:' + known + ')'}(?![\w])", lambda match: words[match[0]], numbered)
