"""How the numbers of one unit came about: as they stand for one reader, or as a run has printed them."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from scoring.engine.derivation import NodeDerivation, Step, UnitDerivation, derive
from scoring.engine.derivation_index import tell_rank
from scoring.engine.errors import CampaignFaults
from scoring.engine.evaluate import evaluate
from scoring.engine.interchange import canonical_bytes, load_campaign
from scoring.engine.types import Campaign as CampaignFile
from scoring.engine.types import NotApplicable
from scoring.enums import RunKind
from scoring.models import Participant, Run, Value
from scoring.services.calculation import CannotCalculate, build_campaign_file
from scoring.services.campaign_file import PROVISIONAL_STAGES
from scoring.services.values import content_of

AFTER_THE_RANK = ("threshold", "gate", "override", "grade")


@dataclass(frozen=True)
class Peers:
    """The group of a unit, as a run has printed it: how many units are ranked, and its mean (None without one).

    `is_mixed` where units of the group answer different criteria sets: then a node's rank is among those with the
    same set only (methodology, "Ranks").
    """

    code: str
    title: str
    ranked: int
    mean: str | None
    is_mixed: bool = False


@dataclass(frozen=True)
class Account:
    """One unit explained. Nothing in it comes from a stage that was left out when it was made.

    `absent` are the criteria that the unit is exempt from by list, `answers` the answers that counted by leaf, as the
    campaign file has them; `override_reason` is the council's, "" without a decision. `input_sha256` is the digest of
    the file that was computed. `peers` is None where the unit was computed alone: then nothing in it has a rank.
    `is_faithful` is False where today's engine derives other numbers than the run has printed.
    """

    derivation: UnitDerivation
    absent: tuple[NotApplicable, ...]
    answers: Mapping[str, Mapping[str, Any]]
    override_reason: str
    input_sha256: str
    peers: Peers | None = None
    is_faithful: bool = True

    def node(self, code: str) -> NodeDerivation | None:
        return next((node for node in self.derivation.nodes if node.code == code), None)

    def children(self, code: str) -> list[NodeDerivation]:
        return [node for node in self.derivation.nodes if node.parent == code]

    def counted(self, code: str, values: Sequence[Value]) -> Value | None:
        """That one of `values` (of the leaf, by whatever stages) from which the leaf's points came; None where none
        of them says what was computed, as after a change since a run."""
        answer = self.answers.get(code)
        if answer is None:
            return None
        spoken = sorted(values, key=lambda value: PROVISIONAL_STAGES.index(value.stage), reverse=True)  # type: ignore[arg-type]
        return next((value for value in spoken if value.is_fresh and _says(value, answer)), None)


def account_of(
    participant: Participant, *, stages: Collection[str] | None, kind: str = RunKind.PROVISIONAL
) -> Account | None:
    """The unit as it stands, from the values of `stages` alone (None: all); no claim is taken for confirmed.

    None where the rows cannot be computed, or the unit is not assessed. The unit stands alone in the file, so there is
    no rank: a rank would also tell of others.
    """
    content = build_campaign_file(participant.campaign, kind, only=participant, stages=stages)
    try:
        campaign = load_campaign(canonical_bytes(content))
    except CampaignFaults:
        return None
    if not campaign.units:
        return None
    return _account(campaign, content["units"][0], _without_ranks(_derive(campaign)), campaign.input_sha256)


def account_of_run(run: Run, unit: str) -> Account | None:
    """The unit as the run saw it; None where the run has no such unit. See `accounts_of_run`."""
    return next(accounts_of_run(run, [unit]), None)


def accounts_of_run(run: Run, units: Collection[str] | None = None) -> Iterator[Account]:
    """The units (those of these codes, None: all) as the run saw them, in the order of its campaign file: derived from
    that file, with the ranks of the results file.

    Units that nobody asks for are left out of the file before it is read: a page must not take as long as a run (170
    units with 90 leaves: a fifth of a second instead of three).

    Raises `CampaignFaults` where today's engine takes the run's file no more: what it asks of a file may have grown
    since. The numbers kept are not touched by that.
    """
    given, printed = json.loads(run.campaign_file), json.loads(run.results_file)
    results = {item["code"]: item for item in printed["units"]}
    asked = [item for item in given["units"] if item["code"] in (results if units is None else units)]
    if not asked:
        return
    campaign = load_campaign(canonical_bytes({**given, "units": asked}))
    for content, unit in zip(asked, campaign.units, strict=True):
        alone, mine = replace(campaign, units=(unit,)), results[unit.code]
        derivation = _derive(alone)
        peers = _peers(given, printed, mine["group"])
        ranked = _with_ranks(_without_ranks(derivation), mine, _rank_step(printed, mine, peers))
        account = _account(alone, content, ranked, run.input_sha256)
        yield replace(account, peers=peers, is_faithful=_agrees(derivation, mine))


def faithful_accounts(run: Run) -> list[Account]:
    """All units of the run, for whoever hands the explanation on with the run's numbers.

    Raises `CannotCalculate` where today's engine takes the run's file no more, or derives other numbers from it.
    """
    try:
        accounts = list(accounts_of_run(run))
    except CampaignFaults as refused:
        raise CannotCalculate([str(fault) for fault in refused.faults]) from refused
    others = [account.derivation.name for account in accounts if not account.is_faithful]
    if others:
        raise CannotCalculate([f"Cách tính ra số khác với lần tính {run.number}: {', '.join(others)}."])
    return accounts


def _derive(campaign: CampaignFile) -> UnitDerivation:
    return derive(campaign, evaluate(campaign), campaign.units[0].code)


def _account(
    campaign: CampaignFile, content: Mapping[str, Any], derivation: UnitDerivation, input_sha256: str
) -> Account:
    unit = campaign.units[0]
    reason = unit.grade_override.reason if unit.grade_override else ""
    return Account(derivation, unit.not_applicable, content["answers"], reason, input_sha256)


def _says(value: Value, answer: Mapping[str, Any]) -> bool:
    """Whether the stored value is this answer of a campaign file (a legal basis stands in the file's reason)."""
    if value.not_applicable:
        return bool(answer.get("not_applicable"))
    said = content_of(value).answer()
    return all(answer.get(key) == said.get(key) for key in ("inputs", "points"))


def _without_ranks(derivation: UnitDerivation) -> UnitDerivation:
    """One unit alone is always the first: its ranks mean nothing. That it takes part in no ranking stays said."""
    nodes = tuple(replace(node, rank=None, steps=_unranked(node.steps)) for node in derivation.nodes)
    return replace(derivation, rank=None, steps=_unranked(derivation.steps), nodes=nodes)


def _unranked(steps: Collection[Step]) -> tuple[Step, ...]:
    return tuple(step for step in steps if step.name != "rank" or "rank" not in step.values)


def _with_ranks(derivation: UnitDerivation, printed: Mapping[str, Any], step: Step | None) -> UnitDerivation:
    ranks = {node["code"]: node["rank"] for node in printed["nodes"]}
    nodes = tuple(replace(node, rank=ranks.get(node.code)) for node in derivation.nodes)
    steps = derivation.steps
    if step is not None:
        place = next((at for at, item in enumerate(steps) if item.name in AFTER_THE_RANK), len(steps))
        steps = (*steps[:place], step, *steps[place:])
    return replace(derivation, rank=printed["rank"], steps=steps, nodes=nodes)


def _peers(given: Mapping[str, Any], printed: Mapping[str, Any], group: str) -> Peers:
    title = next(item.get("title", group) for item in given["groups"] if item["code"] == group)
    figures = next(item for item in printed["groups"] if item["code"] == group)
    sets = {item["criteria_set"] for item in given["units"] if item["group"] == group}
    return Peers(group, title, figures["ranked"], figures["mean"], is_mixed=len(sets) > 1)


def _rank_step(printed: Mapping[str, Any], mine: Mapping[str, Any], peers: Peers) -> Step | None:
    rank = mine["rank"]
    if rank is None:
        return None
    ranks = [item["rank"] for item in printed["units"] if item["group"] == mine["group"] and item["rank"] is not None]
    above, tied = sum(other < rank for other in ranks), ranks.count(rank) - 1
    values = {"rank": str(rank), "among": str(peers.ranked), "above": str(above), "tied": str(tied)}
    return Step("rank", values, tell_rank(rank, peers.ranked, above, tied))


def _agrees(derivation: UnitDerivation, printed: Mapping[str, Any]) -> bool:
    """Whether every number derived is the one printed; ranks are taken from there anyway."""
    derived = [(node.code, node.points, node.max_points, node.index, node.applicable) for node in derivation.nodes]
    kept = [
        tuple(node[key] for key in ("code", "points", "max_points", "index", "applicable")) for node in printed["nodes"]
    ]
    whole = (derivation.points, derivation.max_points, derivation.index, derivation.grade)
    return derived == kept and whole == tuple(printed[key] for key in ("points", "max_points", "index", "grade"))
