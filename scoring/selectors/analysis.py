"""What the analysis of a run asks of the rows of today: what is still open, and which criteria go on from last year."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from django.db.models import Exists, OuterRef, QuerySet

from scoring.enums import Phase, Stage
from scoring.models import Campaign, Criterion, ExplanationItem, Value
from units.vietnamese import fold

_UNDECIDED = (Phase.EXPLANATION, Phase.REAPPRAISAL, Phase.COUNCIL)
_CLAIMED = (Phase.SELF_ASSESSMENT, Phase.APPRAISAL, *_UNDECIDED)
_JUDGED = (Stage.APPRAISED, Stage.REAPPRAISED, Stage.COUNCIL)


class Asked(NamedTuple):
    """An open matter at one leaf of one unit, both by code; `inputs` are the figures that the unit declared."""

    unit: str
    leaf: str
    inputs: dict[str, object] | None


class Continued(NamedTuple):
    """A criterion and the one of last year that it continues, each with the code of its set; `kind` is "same" where
    neither rule nor maximum has changed, else "comparable"."""

    criteria_set: str
    criterion: str
    last_criteria_set: str
    last_criterion: str
    kind: str


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


def continued_criteria(campaign: Campaign, last: Campaign) -> list[Continued]:
    """Which criteria of `campaign` go on from those of `last`; two queries.

    The same permanent id tells it; without one, the same code under the same name, as in a table of the past.
    """
    by_id: dict[object, list[Criterion]] = {}
    by_name: dict[object, list[Criterion]] = {}
    for node in _nodes(last):
        by_id.setdefault(node.permanent_id, []).append(node)
        by_name.setdefault(_name_of(node), []).append(node)
    found = []
    for node in _nodes(campaign):
        before = by_id.get(node.permanent_id) or by_name.get(_name_of(node)) or []
        found += [
            Continued(
                node.criteria_set.code,
                node.code,
                old.criteria_set.code,
                old.code,
                "same" if _is_unchanged(node, old) else "comparable",
            )
            for old in before
        ]
    return found


def _name_of(node: Criterion) -> tuple[str, str, str]:
    return node.criteria_set.code, node.code, fold(node.title)


def _is_unchanged(node: Criterion, old: Criterion) -> bool:
    said = [(one.permanent_id, one.rule, one.max_points, one.role) for one in (node, old)]
    return said[0] == said[1]


def _items_at(items: QuerySet[ExplanationItem]) -> QuerySet[ExplanationItem]:
    return items.filter(explanation__participant=OuterRef("participant"), criterion=OuterRef("criterion"))


def _asked(values: QuerySet[Value]) -> list[Asked]:
    rows = values.order_by("participant__code", "criterion__path")
    return [Asked(*row) for row in rows.values_list("participant__code", "criterion__code", "inputs")]


def _nodes(campaign: Campaign) -> Iterator[Criterion]:
    found = Criterion.objects.in_force().filter(criteria_set__campaign=campaign)
    return found.select_related("criteria_set").order_by("criteria_set", "path").iterator(chunk_size=2000)
