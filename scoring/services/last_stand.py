"""How the unit stood in the organiser's last year that is in public, beside what it declares now."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from scoring.enums import LinkKind, Stage
from scoring.models import Participant
from scoring.selectors.announced import code_last_year, last_year_of
from scoring.selectors.continuity import continued_criteria
from scoring.selectors.lineage import Lineage, lineage_of
from scoring.selectors.worksheet import Sight

_COMPARED = (LinkKind.SAME, LinkKind.COMPARABLE)


@dataclass(frozen=True)
class LastNode:
    """One criterion then, as it was printed (strings, dot decimals; `index` None where it had none), and the figures
    of its answer as a campaign file has them, {} for none."""

    points: str
    max_points: str
    index: str | None
    inputs: Mapping[str, Any]


@dataclass(frozen=True)
class LastStand:
    """A unit in last year's published run. `index` with a dot, None without one; `grade` the label of its class.

    `nodes` by *this* year's code: components and leaves that go on from one of last year and may be compared, as far
    as they were published or the reader may know the unit's numbers whole.
    """

    year: int
    index: str | None
    grade: str
    nodes: Mapping[str, LastNode]


def last_stand(participant: Participant, sight: Sight, lineage: Lineage | None = None) -> LastStand | None:
    """None without a year in public in which this very unit stood; a constant number of queries. `lineage` of the unit
    where it has been read."""
    campaign, lineage = participant.campaign, lineage or lineage_of([participant.unit_id])
    last = last_year_of(participant, lineage)
    code = code_last_year(participant, last.run.campaign, lineage) if last else None
    found = _printed(last.run.campaign_file, last.run.results_file, code) if last and code else None
    if last is None or found is None:
        return None
    links = [
        (row.criterion, row.last_criterion)
        for row in continued_criteria(campaign, last.run.campaign)
        if row.criteria_set == participant.criteria_set.code
        and row.last_criteria_set == found.criteria_set
        and row.kind in _COMPARED
    ]
    # Split or joined criteria are compared by their sums elsewhere; here a number stands beside its own alone.
    now, then = Counter(new for new, _ in links), Counter(old for _, old in links)
    is_whole = sight.is_unit or Stage.COUNCIL in sight.everywhere
    nodes = {
        new: found.nodes[old]
        for new, old in links
        if now[new] == then[old] == 1
        and old in found.nodes
        and (last.tells(is_component=old in found.components) or (is_whole and old not in found.components))
    }
    return LastStand(last.year, found.index, found.grade, nodes)


@dataclass(frozen=True)
class _Printed:
    criteria_set: str
    index: str | None
    grade: str
    components: frozenset[str]
    nodes: Mapping[str, LastNode]


# A run never changes; kept by its text, so that a page reads a province's file once and not at every visit.
@lru_cache(maxsize=32)
def _printed(campaign_file: str, results_file: str, code: str) -> _Printed | None:
    campaign, results = json.loads(campaign_file), json.loads(results_file)
    unit = next((item for item in campaign["units"] if item["code"] == code), None)
    result = next((item for item in results["units"] if item["code"] == code), None)
    if unit is None or result is None:
        return None
    group = next(item for item in campaign["groups"] if item["code"] == result["group"])
    labels = {item["code"]: item["label"] for item in group.get("grades") or campaign["grades"]}
    own_set = next(item for item in campaign["criteria_sets"] if item["code"] == unit["criteria_set"])
    answers = unit.get("answers", {})
    nodes = {
        node["code"]: LastNode(
            node["points"], node["max_points"], node["index"], answers.get(node["code"], {}).get("inputs") or {}
        )
        for node in result["nodes"]
        if node["applicable"]
    }
    components = frozenset(item["code"] for item in own_set["criteria"])
    return _Printed(own_set["code"], result["index"], labels.get(result["grade"], ""), components, nodes)
