"""May the unit change its evidence now? Evidence of the self-assessment follows the declared pen, evidence of the
explanation the explanation's; what was handed in with one of them stays as it is while its pen lies down."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from scoring.enums import Phase, Purpose
from scoring.models import Criterion, Evidence, Explanation, Participant
from scoring.services.dossier import Dossier, read_dossier
from scoring.services.errors import Conflict
from scoring.services.explaining import explainable, round_of
from scoring.services.pen import amendment_limit, declared_pen, explanation_pen
from scoring.services.self_assessment import refuse_foreign_leaf
from scoring.workflow import Act
from units.permissions import YES, Decision

_NOT_OPENED = "Khối chưa mở giải trình."


def evidence_pen(dossier: Dossier, purpose: str, criteria: Iterable[Criterion] = (), act: Act = Act.WRITE) -> Decision:
    """May the unit write evidence of `purpose` (store its bytes: `Act.FILE`) at this instant? An amendment may have
    reopened one of `criteria`."""
    if purpose == Purpose.EXPLANATION:
        explanation = Explanation.objects.filter(participant=dossier.participant).first()
        return explanation_pen(dossier, explanation, act) if explanation else Decision(False, _NOT_OPENED)
    decision = declared_pen(dossier, act=act)
    if not decision and any(item.changed_in > 1 and declared_pen(dossier, item, act) for item in criteria):
        return YES
    return decision


def crossed(dossier: Dossier, purpose: str, criteria: Collection[Criterion] = ()) -> datetime | None:
    """The deadline that passed while a file was on its way, whose storing the rule for files alone allows; None for a
    file in time. Asked once `Act.FILE` was found allowed."""
    if evidence_pen(dossier, purpose, criteria):
        return None
    if purpose == Purpose.DECLARED:
        if declared_pen(dossier, act=Act.FILE):
            return dossier.deadline
        return max(limit.closes_at for item in criteria if (limit := amendment_limit(dossier, item)) is not None)
    own = Explanation.objects.filter(participant=dossier.participant).values_list("reopened_until", flat=True).first()
    limit = dossier.explanation_limit(own)
    return limit.closes_at if limit is not None else None


def open_purpose(
    dossier: Dossier, criterion: Criterion | None = None, act: Act = Act.WRITE
) -> tuple[Purpose, Decision]:
    """For which step evidence is taken at this instant, and whether any is: the self-assessment where its pen is held,
    else the explanation. A refusal tells of the step that the group has come to."""
    declared = evidence_pen(dossier, Purpose.DECLARED, [criterion] if criterion else (), act)
    if declared or dossier.phase in (Phase.DRAFT, Phase.SELF_ASSESSMENT, Phase.APPRAISAL):
        return Purpose.DECLARED, declared
    return Purpose.EXPLANATION, evidence_pen(dossier, Purpose.EXPLANATION, act=act)


@dataclass(frozen=True)
class Pens:
    """For which steps the unit may write evidence at this instant, for its pages; `refusal` tells why for none."""

    open: frozenset[str] = frozenset()
    refusal: str = ""

    def takes(self, purpose: str) -> bool:
        return purpose in self.open

    def takes_all(self, purposes: Iterable[str]) -> bool:
        return self.open.issuperset(purposes)

    @property
    def any(self) -> bool:
        return bool(self.open)


def pens_of(participant: Participant) -> Pens:
    """The pens as pages show them; what a page did not offer the service would refuse as well."""
    try:
        dossier = read_dossier(participant)
    except Conflict as refused:
        return Pens(refusal=refused.sentence)
    found = frozenset(purpose for purpose in Purpose.values if evidence_pen(dossier, purpose))
    return Pens(found, "" if found else open_purpose(dossier)[1].reason)


def origin_of(evidence: Evidence) -> str:
    """The step in which the document was first brought."""
    return evidence.files.order_by("number").values_list("purpose", flat=True).first() or Purpose.DECLARED


def refuse_other_leaf(dossier: Dossier, criterion: Criterion, purpose: str) -> None:
    """Raise `Conflict` unless evidence of `purpose` may stand for this leaf of this unit at all."""
    if criterion.criteria_set_id != dossier.participant.criteria_set_id or criterion.retired_in is not None:
        raise Conflict("Tiêu chí này không thuộc bộ tiêu chí của đơn vị.")
    if not criterion.is_leaf:
        raise Conflict("Gắn tài liệu vào tiêu chí thành phần có điểm, không gắn vào nhóm.")
    refuse_foreign_leaf(criterion)
    if purpose == Purpose.EXPLANATION and criterion.pk not in explainable(dossier.participant, round_of(dossier)):
        raise Conflict("Tiêu chí này không bị trừ điểm, nên không phải giải trình.")
