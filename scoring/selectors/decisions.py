"""Who decided what of one node of a unit, in which round and why, as far as one reader may know of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Q

from scoring.enums import Stage
from scoring.models import AppraisalPart, Criterion, Exclusion, Explanation, ExplanationItem, Value
from scoring.selectors.explanation import Reader, items_of
from scoring.selectors.worksheet import Worksheet

ROUND_OF_STAGE = {Stage.APPRAISED: 1, Stage.REAPPRAISED: 2}


@dataclass(frozen=True)
class Decisions:
    """What was decided of one node. `values` are those of a leaf in the order of the stages, `signed` the signed parts
    in which it was judged by round, `said` what the unit explained by round; `exclusions` are confirmed and take the
    node, or one above it, out."""

    values: Sequence[Value]
    signed: Mapping[int, AppraisalPart]
    said: Mapping[int, ExplanationItem]
    exclusions: Sequence[Exclusion]


def decisions_of(sheet: Worksheet, criterion: Criterion) -> Decisions:
    """Read what the reader of `sheet` may see of `criterion`; four queries at any size, two of them for leaves only."""
    exclusions = _exclusions(sheet, criterion)
    line = sheet.line_of(criterion.code)
    if line is None:
        return Decisions((), {}, {}, exclusions)
    values = [line.values[stage] for stage in Stage if stage in line.values]
    return Decisions(values, _signed(sheet, criterion), _said(sheet, criterion), exclusions)


def _exclusions(sheet: Worksheet, criterion: Criterion) -> list[Exclusion]:
    participant, steps = sheet.participant, criterion.path.split(".")
    above = [".".join(steps[:end]) for end in range(1, len(steps) + 1)]
    found = Exclusion.objects.filter(
        Q(participant=participant) | Q(group=participant.group_id),
        campaign=participant.campaign_id,
        confirmed_at__isnull=False,
        criterion__criteria_set=participant.criteria_set_id,
        criterion__path__in=above,
        criterion__retired_in__isnull=True,
    )
    return list(found.select_related("criterion", "entered_by", "confirmed_by").order_by("criterion__path", "pk"))


def _signed(sheet: Worksheet, criterion: Criterion) -> dict[int, AppraisalPart]:
    """Signed parts of the rounds whose verdicts the reader sees."""
    rounds = [number for stage, number in ROUND_OF_STAGE.items() if sheet.sight.sees(stage, criterion)]
    found = AppraisalPart.objects.filter(
        participant=sheet.participant,
        component__path=criterion.component_path,
        round__in=rounds,
        signed_at__isnull=False,
    )
    return {part.round: part for part in found.select_related("signed_by")}


def _said(sheet: Worksheet, criterion: Criterion) -> dict[int, ExplanationItem]:
    """The unit's own words on the leaf: what it has sent; to itself also what it is writing."""
    reader = Reader(sheet.sight, lowered_too=False)
    explanation = Explanation.objects.filter(participant=sheet.participant).first()
    if explanation is None or not reader.reads(criterion):
        return {}
    return {item.round: item for item in items_of(explanation, reader) if item.criterion_id == criterion.pk}
