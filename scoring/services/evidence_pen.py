"""May the unit change its evidence now? Evidence of the self-assessment follows the declared pen, evidence of the
explanation the explanation's; what was handed in with one of them stays as it is while its pen lies down."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from scoring.enums import Phase, Purpose
from scoring.models import Criterion, Evidence, EvidenceFile, EvidenceUse, Explanation, Participant
from scoring.services.dossier import Dossier, read_dossier
from scoring.services.errors import Conflict
from scoring.services.explaining import explainable, round_of
from scoring.services.pen import amendment_limit, declared_pen, explanation_pen
from scoring.services.self_assessment import refuse_foreign_leaf
from scoring.workflow import Act
from units.permissions import YES, Decision

_NOT_OPENED = "Khối chưa mở giải trình."
NOT_ASKED = "Lần này đơn vị không giải trình tiêu chí {code}, nên tài liệu ở đó giữ nguyên."
SENT = "Tài liệu đã có khi đơn vị gửi giải trình nên giữ nguyên. Cần bổ sung thì tải lên thành tài liệu mới."


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
class Asked:
    """The leaves that the unit may explain now; in round 2 what stood when it last sent (`sent_at`) stays as it is."""

    leaves: frozenset[int] = frozenset()
    sent_at: datetime | None = None

    def refusal(self, uses: Iterable[EvidenceUse], *files: EvidenceFile) -> str:
        """Why these uses, and the document that came with `files`, are not changed now; "" where they may be. Uses of
        the self-assessment are none of the explanation's."""
        mine = [use for use in uses if use.purpose == Purpose.EXPLANATION]
        for use in mine:
            if use.criterion_id not in self.leaves:
                return NOT_ASKED.format(code=use.criterion.code)
        moments = [*(use.added_at for use in mine), *(file.uploaded_at for file in files)]
        return SENT if self.sent_at and any(moment <= self.sent_at for moment in moments) else ""


def asked_of(dossier: Dossier) -> Asked:
    """What the unit is asked about at this step; two queries."""
    number = round_of(dossier)
    sent = Explanation.objects.filter(participant=dossier.participant).values_list("submitted_at", flat=True).first()
    return Asked(frozenset(explainable(dossier.participant, number)), sent if number == 2 else None)


@dataclass(frozen=True)
class Pens:
    """For which steps the unit may write evidence at this instant, for its pages; `refusal` tells why for none."""

    open: frozenset[str] = frozenset()
    refusal: str = ""
    asked: Asked = Asked()

    def takes(self, purpose: str) -> bool:
        return purpose in self.open

    def takes_use(self, use: EvidenceUse) -> bool:
        return self.takes(use.purpose) and not self.asked.refusal([use])

    def takes_details(self, uses: Iterable[EvidenceUse], first: EvidenceFile) -> bool:
        """What a document says of itself; `first` is the file that it was brought with."""
        return self.takes(first.purpose) and (first.purpose == Purpose.DECLARED or not self.asked.refusal(uses, first))

    def takes_version(self, uses: Iterable[EvidenceUse], first: EvidenceFile) -> bool:
        return self.takes(Purpose.DECLARED) or (self.any and not self.asked.refusal(uses, first))

    def takes_away(self, uses: Iterable[EvidenceUse], first: EvidenceFile) -> bool:
        every = list(uses)
        return all(self.takes(use.purpose) for use in every) and self.takes_details(every, first)

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
    asked = asked_of(dossier) if Purpose.EXPLANATION in found else Asked()
    return Pens(found, "" if found else open_purpose(dossier)[1].reason, asked)


def origin_of(evidence: Evidence) -> EvidenceFile:
    """The file that the document was first brought with."""
    return evidence.files.order_by("number")[0]


def refuse_sent(dossier: Dossier, uses: Iterable[EvidenceUse], *files: EvidenceFile) -> None:
    """Raise `Conflict` where a step of the explanation would change what `Asked` lets stand."""
    if sentence := asked_of(dossier).refusal(uses, *files):
        raise Conflict(sentence)


def refuse_other_leaf(dossier: Dossier, criterion: Criterion, purpose: str) -> None:
    """Raise `Conflict` unless evidence of `purpose` may stand for this leaf of this unit at all."""
    if criterion.criteria_set_id != dossier.participant.criteria_set_id or criterion.retired_in is not None:
        raise Conflict("Tiêu chí này không thuộc bộ tiêu chí của đơn vị.")
    if not criterion.is_leaf:
        raise Conflict("Gắn tài liệu vào tiêu chí thành phần có điểm, không gắn vào nhóm.")
    refuse_foreign_leaf(criterion)
    if purpose == Purpose.EXPLANATION and criterion.pk not in explainable(dossier.participant, round_of(dossier)):
        raise Conflict("Tiêu chí này không bị trừ điểm, nên không phải giải trình.")
