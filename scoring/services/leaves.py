"""The engine's rule of one criterion, and what an answer to it earns."""

from __future__ import annotations

import json
from decimal import Decimal
from functools import lru_cache
from typing import Any

from scoring.engine.errors import CampaignFaults
from scoring.engine.single import Leaf, Scored
from scoring.models import Campaign, Criterion, Value
from scoring.services.errors import WrongFigures

_KEY = json.JSONEncoder(sort_keys=True)


def leaf_of(criterion: Criterion, campaign: Campaign) -> Leaf:
    """The leaf of `criterion` under the policy of `campaign`; raises CampaignFaults where its rule is wrong."""
    return _leaf(_KEY.encode(criterion.rule), plain_number(criterion.max_points), _KEY.encode(campaign.policy))


def score(criterion: Criterion, campaign: Campaign, answer: dict[str, Any]) -> Scored:
    """What `answer` (of a campaign file) earns; raises `WrongFigures` with every fault, each with its figure's key."""
    scored = leaf_of(criterion, campaign).score(answer)
    if scored.faults:
        raise WrongFigures(_told(scored))
    return scored


def found_in(criterion: Criterion, campaign: Campaign, answer: dict[str, Any]) -> tuple[list[tuple[str, str]], str]:
    """What today's rule says of an answer that it took once: what it refuses, as `WrongFigures` tells it, and what it
    asks to look at again. Nothing where the rule itself is wrong, which is nobody's fault who answers."""
    try:
        scored = leaf_of(criterion, campaign).score(answer)
    except CampaignFaults:
        return [], ""
    return _told(scored), scored.warning


def warning_at(criterion: Criterion, campaign: Campaign, value: Value | None) -> str:
    """What a person should look at again in the figures of a stored value, as a sentence of its rule; "" for nothing.
    The criterion is given so that many values need not load it."""
    if value is None or value.inputs is None or not value.is_fresh:
        return ""
    return leaf_of(criterion, campaign).score({"inputs": value.inputs}).warning


def plain_number(value: Decimal) -> str:
    """Plain notation without trailing zeros: Decimal("9.5000000000") → "9.5"."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


@lru_cache(maxsize=4096)
def _leaf(rule: str, max_points: str, policy: str) -> Leaf:
    return Leaf(json.loads(rule), max_points, json.loads(policy))


def _told(scored: Scored) -> list[tuple[str, str]]:
    return [(_key(fault.place), _sentence(fault.message)) for fault in scored.faults]


def _key(place: str) -> str:
    """ "inputs → numerator" → "numerator"; "inputs → counts → tre" → "counts.tre"; "points" → "points"."""
    steps = place.split(" → ")
    if steps[0] == "inputs":
        return ".".join(step.strip("“”") for step in steps[1:]).split("[")[0]
    return steps[0] if steps[0] != "Tệp" else ""


def _sentence(message: str) -> str:
    """A fault as a sentence of its own beside a field."""
    return message[:1].upper() + message[1:] + ("" if message.endswith(".") else ".")
