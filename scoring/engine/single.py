"""One leaf alone: the same rule that a run will apply, for a form that shows points while figures are typed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from scoring.engine.errors import CampaignFaults, Fault
from scoring.engine.leaves import score_leaf
from scoring.engine.load_policy import read_policy
from scoring.engine.load_units import read_answer
from scoring.engine.places import Place
from scoring.engine.reading import ObjectReader, parse_number
from scoring.engine.rounding import print_points
from scoring.engine.rules.base import Input, Rule
from scoring.engine.rules.registry import read_rule
from scoring.engine.types import Computed, Node, Policy


@dataclass(frozen=True, slots=True)
class Scored:
    """What an answer earns. ``points`` is printed as in a results file; None where the leaf does not apply or the
    answer is refused. ``faults`` are empty for an accepted answer; their places begin with the key of the figure.
    ``warning`` is a sentence about an accepted answer that a person should look at again, mostly ""."""

    points: str | None
    applies: bool
    step: str
    faults: tuple[Fault, ...] = ()
    warning: str = ""


def read_one_rule(rule: Mapping[str, Any], max_points: str) -> Rule:
    """The rule that stands under ``rule`` of a leaf in a campaign file; raises CampaignFaults."""
    faults: list[Fault] = []
    maximum = parse_number(max_points)
    read = read_rule(ObjectReader(dict(rule), Place().key("rule"), faults), maximum or Fraction(0))
    if faults or read is None or maximum is None:
        raise CampaignFaults(faults)
    return read


class Leaf:
    """One leaf's rule, read once; raises CampaignFaults where the rule itself is wrong."""

    def __init__(self, rule: Mapping[str, Any], max_points: str, policy: Mapping[str, Any]) -> None:
        faults: list[Fault] = []
        draft = read_policy(ObjectReader(dict(policy), Place().key("policy"), faults))
        if draft.policy is None:
            raise CampaignFaults(faults)
        self.rule: Rule = read_one_rule(rule, max_points)
        self.max_points: Fraction = self.rule.max_points
        self._policy: Policy = draft.policy
        self._node = Node("x", "x", self.max_points, None, "self", "scored", (), self.rule)

    @property
    def inputs(self) -> tuple[Input, ...]:
        """The figures to ask for."""
        return self.rule.inputs()

    def score(self, answer: Mapping[str, Any]) -> Scored:
        """Score one answer of a campaign file: inputs, or points with reason, or not_applicable with reason."""
        faults: list[Fault] = []
        given = read_answer(ObjectReader(dict(answer), Place(), faults), self._node)
        if faults or given is None:
            return Scored(None, applies=True, step="", faults=tuple(faults))
        score = score_leaf(self._node, given, None, self._policy)
        points = print_points(score.points) if score.applies else None
        warning = self.rule.warning(given.figures) if isinstance(given, Computed) else ""
        return Scored(points, applies=score.applies, step=score.step, warning=warning)
