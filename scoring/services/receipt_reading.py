"""Reading a receipt back. One of today's format carries its own words; what older ones lack (titles, maxima, points,
names) is filled in from the rows as they are now, as the page of a receipt always did."""

from __future__ import annotations

import json
from typing import Any

from scoring.models import Participant, Receipt
from scoring.selectors.tree import tree_of
from scoring.services.answer_wording import CLAIM, say_content
from scoring.services.errors import WrongFigures
from scoring.services.leaves import leaf_of, score
from scoring.services.receipts import FORMAT, WORDS, about, criterion_row
from scoring.services.values import Content


def read_receipt(receipt: Receipt, participant: Participant) -> dict[str, Any]:
    """The content of `receipt` with every key of today's format (`receipts.contents`)."""
    content: dict[str, Any] = json.loads(receipt.content)
    return content if content.get("format") == FORMAT else _filled(content, participant)


def _filled(content: dict[str, Any], participant: Participant) -> dict[str, Any]:
    tree = tree_of(participant.criteria_set)
    answers = [_answer(item, participant, tree.by_code.get(item["criterion"])) for item in content["answers"]]
    return {
        "format": "",
        **content,
        "about": about(participant),
        "criteria": [criterion_row(node, is_excluded=False) for node in tree.nodes],
        "answers": answers,
        "evidence": [{"issued_on": None, "issuer": "", **item} for item in content["evidence"]],
        "report": dict.fromkeys(WORDS, ""),
    }


def _answer(item: dict[str, Any], participant: Participant, criterion: Any) -> dict[str, Any]:
    found = {"title": "", "max_points": "0", "said": "", "step": "", "is_stale": False, **item}
    if item["not_applicable"]:
        found["said"] = CLAIM
    if criterion is None:
        return found
    found |= {"title": criterion.title, "max_points": str(criterion.max_points)}
    if not criterion.is_leaf:
        return found
    content = Content(item["inputs"], None, item["not_applicable"], item["reason"])
    if not item["not_applicable"]:
        found["said"] = say_content(leaf_of(criterion, participant.campaign), content)
        try:
            scored = score(criterion, participant.campaign, content.answer())
        except WrongFigures:
            return found | {"is_stale": True}  # the rule has been amended since
        found |= {"points": scored.points, "step": scored.step}
    return found
