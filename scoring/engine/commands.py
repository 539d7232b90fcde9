"""What the command line can do, from bytes to bytes: compute, check, explain, compare, print a schema.

Each returns what is to be printed; a file that cannot be used raises CampaignFaults, an order that cannot be carried
out Refused.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, replace
from typing import Any

from scoring.engine.comparison import compare, tell
from scoring.engine.derivation import UnitDerivation, derive
from scoring.engine.derivation_text import tell_heading, tell_nodes, tell_unit
from scoring.engine.errors import CampaignFaults, Fault
from scoring.engine.evaluate import evaluate
from scoring.engine.interchange import dump_results, load_campaign
from scoring.engine.lookup import find
from scoring.engine.results_file import ResultsFile, is_results_file, read_results
from scoring.engine.types import Campaign
from scoring.engine.wording import quote


class Refused(ValueError):
    """A file that is right and an order that does not fit it; the text is a Vietnamese sentence."""


def check(data: bytes) -> bytes:
    """One line on what is in a campaign file or a results file."""
    if is_results_file(data):
        results = read_results(data)
        nodes = sum(len(unit.nodes) for unit in results.units.values())
        return _lines(
            f"Tệp kết quả đúng quy cách: {len(results.groups)} khối, {len(results.units)} đơn vị, {nodes} dòng tiêu"
            f" chí; mã băm đầu vào {results.input_sha256}; bộ tính {results.engine}"
        )
    return _lines(_tell_campaign(load_campaign(data)))


def explain(data: bytes, unit: str, criterion: str, *, as_json: bool) -> bytes:
    """How the numbers of one unit came about; with a ``criterion`` that one alone and what stands below it. Both are
    named by code or by name (``lookup.find``)."""
    campaign = load_campaign(data)
    units = [(one.code, one.name) for one in campaign.units]
    found = find(unit, units)
    if not found.code:
        raise Refused(found.refuse(unit, "đơn vị", "trong tệp", units))
    derived = derive(campaign, evaluate(campaign), found.code)
    if criterion:
        derived = _only_below(derived, criterion)
    if as_json:
        return _json(asdict(derived))
    return _lines(*(*tell_heading(derived), "", *tell_nodes(derived)) if criterion else tell_unit(derived))


def compare_files(files: Sequence[tuple[str, bytes]], *, as_json: bool) -> tuple[bytes, bool]:
    """What differs between two files, each a campaign (which is computed) or results; and whether nothing does.

    ``files`` are two (name, bytes); the faults of both are told at once, each with the name of its file.
    """
    read: list[ResultsFile] = []
    faults: list[Fault] = []
    for name, data in files:
        try:
            read.append(_results_of(data))
        except CampaignFaults as refusal:
            faults += [Fault(f"{quote(name)}, {fault.place}", fault.message) for fault in refusal.faults]
    if faults:
        raise CampaignFaults(faults)
    found = compare(*read)
    return (_json(asdict(found)) if as_json else _lines(*tell(found))), found.is_equal


def _results_of(data: bytes) -> ResultsFile:
    return read_results(data if is_results_file(data) else dump_results(evaluate(load_campaign(data))))


def _only_below(derived: UnitDerivation, criterion: str) -> UnitDerivation:
    """The derivation with one node and those below it alone."""
    known = [(node.code, node.title) for node in derived.nodes]
    found = find(criterion, known)
    if not found.code:
        where = f"trong bộ tiêu chí của đơn vị {quote(derived.code)}"
        raise Refused(found.refuse(criterion, "tiêu chí", where, known))
    kept = {found.code}
    for node in derived.nodes:  # a parent stands before its children
        if node.parent in kept:
            kept.add(node.code)
    return replace(derived, nodes=tuple(node for node in derived.nodes if node.code in kept))


def _tell_campaign(campaign: Campaign) -> str:
    leaves = sum(node.is_leaf for one in campaign.criteria_sets.values() for node, _ in one.layout)
    answers = sum(len(unit.answers) for unit in campaign.units)
    return (
        f"Tệp kỳ đánh giá đúng quy cách: {quote(campaign.code)}, {quote(campaign.title)}; {len(campaign.groups)} khối,"
        f" {len(campaign.units)} đơn vị, {len(campaign.criteria_sets)} bộ tiêu chí, {leaves} tiêu chí lá, {answers} câu"
        f" trả lời; mã băm {campaign.input_sha256}"
    )


def _lines(*lines: str) -> bytes:
    """Lines for a terminal: a title from a file is shown on one line, and whatever steers a terminal is spelt out."""
    return "".join(f"{_shown(line)}\n" for line in lines).encode()


def _shown(line: str) -> str:
    return line if line.isprintable() else "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in line)


def _json(value: Any) -> bytes:
    return (json.dumps(value, ensure_ascii=False, indent=1) + "\n").encode()
