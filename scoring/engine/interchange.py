"""The two files of the engine: the campaign file that it reads and the results file that it writes.

The methodology (``docs/methodology.md``) fixes both. What it leaves open is decided here:

* A file is refused as a whole where it is over 256 MB, not UTF-8, begins with a BOM, nests brackets deeper than 200
  levels or is no JSON; otherwise everything wrong with it is told at once. A float, NaN, a repeated key, a NUL
  character or half a surrogate is a fault anywhere, under ``x_`` keys too. An integer has at most 15 digits, as the
  numbers in strings do. Codes are at most 200 characters long, texts 20,000.
* Not required beside what the methodology lists: ``label`` of a grade and ``title`` of a set or group (their code
  stands in), ``reason`` of a gate, ``legal_basis`` of an exclusion. A ``reason`` that goes with points, a
  not-applicable or an override is required; no text that is there is blank. The list of grades, a set's criteria, a
  node's children and a rule's list are never empty; sets, groups and units may be.
* A default may be written out, but null only where the methodology names it: ``weight``, ``leaf_decimals``,
  ``grade_override``. ``role`` never stands at a parent; its ``source`` is "self" or what every node right below says.
* A gate may name a node of any set of the file; where a unit's own set has none of that code, the gate skips the unit.
  A criterion may be excluded twice, or once more below an excluded parent. What an exclusion passes over is still
  checked as an answer.
* Shares lie in 0..1; thresholds, ratios and ends of scales are not negative, ``value`` and the bounds of bands over a
  value may be. Points of a scale may exceed the leaf's maximum; the result is clamped. ``step`` binds figures, not
  points that a person gave with a reason. ``scale_min`` and ``scale_max`` of a survey may be missing together where
  only satisfied answers are counted; few responses without a ``when_few`` are a fault of the answer.
* ``leaf_decimals`` lies in 0..10. Weights may be 0, but not all of a set's; where those of a unit's components that
  have an index are, the unit has no index, and yet a rank at each node where it has one.
* ``applicable`` tells the plain fact, under ``full_marks`` too: a leaf that does not apply is false there as well,
  though it earns its maximum; a parent is applicable if any leaf below it is, bonus and penalty included.
* Where a maximum is 0 there is no index, whatever applies.
* A unit without an index prints ``index``, ``rank`` and ``grade`` null and a sentence in ``grade_reason``; its points
  and maximum are the sums as computed. A group without a ranked index prints ``mean``, ``highest`` and ``lowest`` null.
* ``components`` of a group lists every component of every set that a unit of the group uses, in file order, null where
  no ranked unit has an index there.
* Sentences name rules, figures and thresholds, never the free text of an answer: those may be public, this may not.
* ``input_sha256`` is over UTF-8 without ASCII escapes.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from json.encoder import encode_basestring
from typing import Any, Final

from scoring.engine import ENGINE_VERSION
from scoring.engine.errors import CampaignFaults, Fault
from scoring.engine.load_criteria import read_criteria_sets
from scoring.engine.load_policy import DraftPolicy, check_gates, read_gates, read_grades, read_policy
from scoring.engine.load_units import Knowledge, read_groups, read_units
from scoring.engine.places import Place
from scoring.engine.reading import ObjectReader
from scoring.engine.rounding import print_points, print_scaled
from scoring.engine.sentences import sentences
from scoring.engine.statistics import print_index
from scoring.engine.strict_json import canonical_bytes, parse
from scoring.engine.types import Campaign, GroupStatistics, Index, NodeResult, Results, UnitResult

__all__ = ["CAMPAIGN_FORMAT", "RESULTS_FORMAT", "canonical_bytes", "dump_results", "input_sha256", "load_campaign"]

CAMPAIGN_FORMAT: Final = "parindex-campaign/1"
RESULTS_FORMAT: Final = "parindex-results/1"


def load_campaign(data: bytes) -> Campaign:
    """Return the campaign that a file holds; raise CampaignFaults with every fault of the file."""
    value, faults = parse(data)
    campaign = _read(value, faults)
    if faults or campaign is None:
        raise CampaignFaults(faults)
    return campaign


def input_sha256(data: bytes) -> str:
    """Return the digest of a file as results carry it: over the parsed file, re-dumped with sorted keys and no spaces.

    Spaces, line breaks and the order of keys do not matter. Raises CampaignFaults where the bytes are no strict JSON.
    """
    value, faults = parse(data)
    if faults:
        raise CampaignFaults(faults)
    return _digest(value)


def dump_results(results: Results) -> bytes:
    """Return the results file: UTF-8, indent 1, keys in the order of the methodology, final newline."""
    return b"".join(result_pieces(results))


def result_pieces(results: Results) -> Iterator[bytes]:
    """Yield the results file unit by unit: the whole of a large one takes more room than all that it was made from."""
    heading = {"format": RESULTS_FORMAT, "engine": ENGINE_VERSION, "input_sha256": results.input_sha256}
    yield _render(heading).removesuffix("\n}").encode()
    yield b',\n "units": '
    yield from _list_pieces(_unit_text(unit) for unit in results.units)
    yield b',\n "groups": '
    yield from _list_pieces(_render(_dump_group(group), "  ") for group in results.groups)
    yield b"\n}\n"


def _list_pieces(items: Iterable[str]) -> Iterator[bytes]:
    """A list one level below the whole, item by item."""
    before = "[\n  "
    for item in items:
        yield (before + item).encode()
        before = ",\n  "
    yield b"[]" if before.startswith("[") else b"\n ]"


def _render(value: Any, margin: str = "") -> str:
    """What json.dumps writes with indent 1 without ASCII escapes, in half its time: its C encoder knows no indent."""
    if isinstance(value, str):
        return encode_basestring(value)
    inner = margin + " "
    if isinstance(value, dict) and value:
        rows = ",\n".join(f"{inner}{encode_basestring(key)}: {_render(item, inner)}" for key, item in value.items())
        return f"{{\n{rows}\n{margin}}}"
    if isinstance(value, list) and value:
        rows = ",\n".join(f"{inner}{_render(item, inner)}" for item in value)
        return f"[\n{rows}\n{margin}]"
    return json.dumps(value)


def _digest(value: object) -> str:
    return hashlib.sha256(canonical_bytes(value)).hexdigest()


def _read(value: Any, faults: list[Fault]) -> Campaign | None:
    reader = ObjectReader(value, Place(), faults)
    if not isinstance(value, dict):
        return None
    reader.choice("format", (CAMPAIGN_FORMAT,))
    code, title = _read_heading(reader)
    policy_reader = reader.object("policy")
    draft = read_policy(policy_reader) if policy_reader else DraftPolicy()
    grades = read_grades(reader)
    sets = read_criteria_sets(reader, draft)
    node_codes = {code for draft in sets.values() for code in draft.codes}
    gates = read_gates(reader, node_codes)
    check_gates(gates, grades)
    groups = read_groups(reader, grades, gates, node_codes)
    units = read_units(reader, Knowledge(draft.policy, groups, sets))
    reader.finish()
    if faults or draft.policy is None:
        return None
    return Campaign(
        code=code,
        title=title,
        policy=draft.policy,
        criteria_sets={code: draft.criteria_set for code, draft in sets.items() if draft.criteria_set},
        groups=tuple(groups.values()),
        units=units,
        input_sha256=_digest(value),
    )


def _read_heading(reader: ObjectReader) -> tuple[str, str]:
    heading = reader.object("campaign")
    if heading is None:
        return "", ""
    code, title = heading.code(), heading.text("title")
    heading.finish()
    return code, title


def _unit_text(result: UnitResult) -> str:
    heading = _render(_dump_heading(result), "  ").removesuffix("\n  }")
    nodes = ",\n".join(map(_node_text, result.nodes, sentences(result)))
    return f'{heading},\n   "nodes": [\n{nodes}\n   ]\n  }}'


def _dump_heading(result: UnitResult) -> dict[str, Any]:
    return {
        "code": result.unit.code,
        "group": result.unit.group,
        "points": print_points(result.points),
        "max_points": print_points(result.max_points),
        "index": print_index(result.index),
        "rank": result.rank,
        "grade": result.grade,
        "grade_reason": result.grade_reason,
        "unanswered": list(result.unanswered),
    }


def _node_text(node: NodeResult, told: str) -> str:
    """One node as ``_render`` would write it: there are hundreds of thousands of them, and all have the same shape."""
    return (
        f'    {{\n     "code": {encode_basestring(node.code)},\n     "points": "{print_points(node.points)}",\n'
        f'     "max_points": "{print_points(node.max_points)}",\n     "index": {_index_text(node.index)},\n'
        f'     "rank": {"null" if node.rank is None else node.rank},\n'
        f'     "applicable": {"true" if node.applicable else "false"},\n     "steps": {encode_basestring(told)}\n    }}'
    )


def _index_text(index: Index | None) -> str:
    return "null" if index is None else f'"{print_scaled(index.scaled, index.decimals)}"'


def _dump_group(group: GroupStatistics) -> dict[str, Any]:
    return {
        "code": group.code,
        "count": group.count,
        "ranked": group.ranked,
        "mean": group.mean,
        "highest": group.highest,
        "lowest": group.lowest,
        "above_mean": group.above_mean,
        "grades": dict(group.grades),
        "components": [
            {
                "criteria_set": component.criteria_set,
                "code": component.code,
                "mean": component.mean,
                "lowest_unit": component.lowest_unit,
                "highest_unit": component.highest_unit,
            }
            for component in group.components
        ],
    }
