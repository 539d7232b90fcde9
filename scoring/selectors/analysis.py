"""What the analysis of a run asks of the rows of today: what is still open."""

from __future__ import annotations

from typing import NamedTuple

from django.db.models import Exists, OuterRef, QuerySet

from scoring.enums import Phase, Stage
from scoring.models import Campaign, ExplanationItem, Value

_UNDECIDED = (Phase.EXPLANATION, Phase.REAPPRAISAL, Phase.COUNCIL)
_CLAIMED = (Phase.SELF_ASSESSMENT, Phase.APPRAISAL, *_UNDECIDED)
_JUDGED = (Stage.APPRAISED, Stage.REAPPRAISED, Stage.COUNCIL)


class Asked(NamedTuple):
    """An open matter at one leaf of one unit, both by code; `inputs` are the figures that the unit declared."""

    unit: str
    leaf: str
    inputs: dict[str, object] | None


def open_explanations(campaign: Campaign) -> list[Asked]:
    """Leaves whose explanation was sent and is not decided, in the order of units and criteria; one query.

    The first round's is decided by thẩm định lần 2 or the council, the second's by the council alone.
    """
    sent = ExplanationItem.objects.sent().filter(
        explanation__participant__campaign=campaign, explanation__participant__group__phase__in=_UNDECIDED
    )
    of_item = {"participant": OuterRef("explanation__participant"), "criterion": OuterRef("criterion")}
    later = Value.objects.fresh().filter(**of_item)
    decided_by_council = Exists(later.filter(stage=Stage.COUNCIL))
    decided_again = Exists(later.filter(stage=Stage.REAPPRAISED))
    first = sent.filter(~decided_by_council, ~decided_again, round=1)
    second = sent.filter(~decided_by_council, round=2)
    declared = Value.objects.filter(
        Exists(_items_at(first)) | Exists(_items_at(second)),
        participant__campaign=campaign,
        stage=Stage.DECLARED,
        not_applicable=False,
        criterion__retired_in__isnull=True,
    )
    return _asked(declared)


def open_claims(campaign: Campaign) -> list[Asked]:
    """Claims "không áp dụng" that nobody has judged yet, in the order of units and criteria; one query."""
    judged = Value.objects.fresh().filter(
        participant=OuterRef("participant"), criterion=OuterRef("criterion"), stage__in=_JUDGED
    )
    claims = Value.objects.fresh().filter(
        ~Exists(judged),
        participant__campaign=campaign,
        participant__group__phase__in=_CLAIMED,
        stage=Stage.DECLARED,
        not_applicable=True,
    )
    return _asked(claims)


def _items_at(items: QuerySet[ExplanationItem]) -> QuerySet[ExplanationItem]:
    return items.filter(explanation__participant=OuterRef("participant"), criterion=OuterRef("criterion"))


def _asked(values: QuerySet[Value]) -> list[Asked]:
    rows = values.order_by("participant__code", "criterion__path")
    return [Asked(*row) for row in rows.values_list("participant__code", "criterion__code", "inputs")]
