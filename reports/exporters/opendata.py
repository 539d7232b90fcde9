"""The JSON files: the frozen dataset with its decision, and what is needed to recompute it."""

from __future__ import annotations

import json
from typing import Any

from reports.exporters.table import SAMPLE

Json = dict[str, Any]

HIDDEN = "(không công bố)"


def opendata(dataset: Json, decision: Json | None, digest: str) -> bytes:
    """The dataset as it was frozen, with three keys after it: `decision`, `dataset_sha256` and, for samples, `notice`.

    Without those keys, dumped as it stands here (indent 1, final newline), its SHA-256 is `dataset_sha256`.
    """
    extra: Json = {"decision": decision, "dataset_sha256": digest}
    if dataset["campaign"]["is_sample"]:
        extra["notice"] = SAMPLE
    return _dump(dataset | extra)


def derivations(campaign_file: str, results_file: str, is_sample: bool) -> tuple[bytes, bytes]:
    """The campaign file and the results file of the frozen run without anybody's free words.

    A person's reasons are never public, so each is replaced by one phrase; the numbers recompute to the same results,
    the input digest does not. The results file holds sentences of the engine alone, which tell no reason: it stays.
    """
    campaign, results = json.loads(campaign_file), json.loads(results_file)
    for unit in campaign["units"]:
        _hide_reasons(unit)
    if is_sample:
        campaign["x_notice"] = results["x_notice"] = SAMPLE
    return _dump(campaign), _dump(results)


def _hide_reasons(unit: Json) -> None:
    """Replace every free text in a unit of the campaign file."""
    holders = [*unit.get("not_applicable", []), *unit["answers"].values(), unit.get("grade_override") or {}]
    for holder in holders:
        for key in ("reason", "legal_basis"):
            if holder.get(key):
                holder[key] = HIDDEN


def _dump(value: Json) -> bytes:
    return (json.dumps(value, ensure_ascii=False, indent=1) + "\n").encode()
