"""A whole small year for tests: one organiser, two units, every kind of person, and the way from phase to phase.

`build_year(Phase.APPRAISAL)` gives a campaign that stands there because every step before was really taken, by the
right persons, through the portal's own services. People are named as in the threat list: a1 staff of unit A, aH its
head, b1 and bH of unit B, g1 and g2 appraisers (of components 1 and 2), gA an appraiser who works in unit A, c and c2
coordinators, h council, l leader, s administrator, x disabled, n a coordinator elsewhere, P the public (None).
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils import timezone

from scoring.enums import CriterionRole, Phase, Source, Stage
from scoring.models import (
    AppraisalPart,
    Campaign,
    CriteriaSet,
    Criterion,
    Explanation,
    Group,
    Participant,
    Submission,
    Value,
    Window,
)
from scoring.services.appraisal import appraise, keep_declared
from scoring.services.assignment import assign
from scoring.services.entered import confirm, enter
from scoring.services.explaining import explain
from scoring.services.self_assessment import declare
from scoring.services.transitions import perform
from scoring.services.values import Content
from tests.factories import OPTIONS, CampaignFactory, OrganiserFactory, UnitFactory, UserFactory, person, sign_in
from tests.kept import once
from units.enums import Role, UnitKind
from units.models import Membership, Organiser, Unit, User

RATIO = {"kind": "ratio", "floor": "0.5", "when_empty": "not_applicable"}
SURVEY = {"kind": "survey", "scale_min": "1", "scale_max": "5", "min_responses": 30, "when_few": "zero"}
ORDER = [
    Phase.DRAFT,
    Phase.SELF_ASSESSMENT,
    Phase.APPRAISAL,
    Phase.EXPLANATION,
    Phase.REAPPRAISAL,
    Phase.COUNCIL,
    Phase.FINALISED,
]


@dataclass
class Year:
    """What `build_year` made. `leaves` by code: 1.1 options of 2, 1.2 ratio of 4 (both self, component 1), 2.1 manual
    of 2 in steps of 0,5 (self, component 2), 3.1 survey of 4, 3.2 bonus up to 1 (entered by the coordinator)."""

    organiser: Organiser
    campaign: Campaign
    group: Group
    criteria_set: CriteriaSet
    leaves: dict[str, Criterion]
    a: Participant
    b: Participant
    people: dict[str, User | None]

    def __getitem__(self, name: str) -> Any:
        """A person by the short name, as the database has it now: memberships are read afresh as in a new request."""
        user = self.people[name]
        return user and User.objects.get(pk=user.pk)

    def browser(self, name: str) -> Any:
        return sign_in(self.people[name])

    def phase(self) -> str:
        return Group.objects.get(pk=self.group.pk).phase

    def fresh_group(self) -> Group:
        return Group.objects.select_related("campaign__organiser").get(pk=self.group.pk)

    def submission(self, participant: Participant | None = None) -> Submission:
        return Submission.objects.select_related("participant__group", "participant__campaign__organiser").get(
            participant=participant or self.a
        )

    def explanation(self, participant: Participant | None = None) -> Explanation:
        return Explanation.objects.select_related("participant__group", "participant__campaign__organiser").get(
            participant=participant or self.a
        )

    def part(self, component: str = "1", number: int = 1, participant: Participant | None = None) -> AppraisalPart:
        return AppraisalPart.objects.select_related(
            "participant__campaign__organiser", "component", "participant__group"
        ).get(participant=participant or self.a, component__code=component, round=number)

    def value(self, code: str, stage: Stage, participant: Participant | None = None) -> Value | None:
        return Value.objects.filter(participant=participant or self.a, criterion=self.leaves[code], stage=stage).first()

    def seen(self, code: str, stage: Stage, participant: Participant | None = None) -> int:
        value = self.value(code, stage, participant)
        return value.version if value else 0

    def declare(self, code: str, by: str = "a1", participant: Participant | None = None, **content: Any) -> Value:
        """Declare as the form would, from the version that stands."""
        unit = participant or self.a
        seen = self.seen(code, Stage.DECLARED, unit)
        return declare(unit, self.leaves[code], Content(**content), seen=seen, by=self[by])

    def move_window(self, phase: Phase, opens: datetime.timedelta, closes: datetime.timedelta) -> None:
        """Set the group's window of `phase` relative to now."""
        now = timezone.now()
        Window.objects.update_or_create(
            group=self.group, phase=phase, defaults={"opens_at": now + opens, "closes_at": now + closes}
        )


def build_year(phase: Phase = Phase.SELF_ASSESSMENT, **campaign: Any) -> Year:
    """A year that has come to `phase` by its own means; in an empty house put down as it was kept (tests/kept.py)."""
    return once(("year", phase, repr(sorted(campaign.items()))), lambda: _come_to(phase, campaign))


def _come_to(phase: Phase, campaign: dict[str, Any]) -> Year:
    """From the phase before, which other tests ask for too, where there is one."""
    if phase == Phase.DRAFT:
        return _draft(**campaign)
    year = build_year(ORDER[ORDER.index(phase) - 1], **campaign)
    _STEPS[phase](year)
    return year


def advance(year: Year, phase: Phase) -> None:
    """Take the year on from where it stands to `phase`."""
    start = ORDER.index(Phase(year.phase()))
    for step in ORDER[start + 1 : ORDER.index(phase) + 1]:
        _STEPS[step](year)


def _draft(**fields: Any) -> Year:
    organiser = OrganiserFactory(slug=fields.pop("slug", "quang-thu"), title="UBND tỉnh Quảng Thử", keeps_portal=True)
    campaign = CampaignFactory(organiser=organiser, code="2026", year=2026, **fields)
    group = Group.objects.create(campaign=campaign, code="so", title="Sở, ban, ngành", position=1)
    criteria_set = CriteriaSet.objects.create(campaign=campaign, code="so", title="Bộ tiêu chí cấp sở", is_sample=True)
    leaves = _tree(criteria_set)
    units = [
        UnitFactory(parent=organiser.unit, code=code, name=name, kind=UnitKind.DEPARTMENT)
        for code, name in (("SOA", "Sở An toàn"), ("SOB", "Sở Bình yên"))
    ]
    a, b = (
        Participant.objects.create(
            campaign=campaign, unit=unit, code=unit.code, name=unit.name, group=group, criteria_set=criteria_set
        )
        for unit in units
    )
    year = Year(organiser, campaign, group, criteria_set, leaves, a, b, {"P": None})
    year.people |= _people(organiser, *units)
    for step, days in ((Phase.SELF_ASSESSMENT, 10), (Phase.EXPLANATION, 20)):
        year.move_window(step, -datetime.timedelta(days=1), datetime.timedelta(days=days))
    return year


def _people(organiser: Organiser, a: Unit, b: Unit) -> dict[str, User | None]:
    judge = UnitFactory(parent=organiser.unit, code="STP", name="Sở Tư pháp", kind=UnitKind.DEPARTMENT)
    people: dict[str, User | None] = {}
    for name, role, unit in (
        ("a1", Role.UNIT_STAFF, a),
        ("aH", Role.UNIT_HEAD, a),
        ("b1", Role.UNIT_STAFF, b),
        ("bH", Role.UNIT_HEAD, b),
        ("g1", Role.APPRAISER, judge),
        ("g2", Role.APPRAISER, judge),
        ("gA", Role.APPRAISER, a),
        ("c", Role.COORDINATOR, organiser.unit),
        ("c2", Role.COORDINATOR, organiser.unit),
        ("h", Role.COUNCIL, organiser.unit),
        ("l", Role.LEADER, organiser.unit),
        ("s", Role.ADMINISTRATOR, organiser.unit),
        ("x", Role.COORDINATOR, organiser.unit),
    ):
        user = UserFactory(username=f"{organiser.slug}-{name}", full_name=f"Người {name}", is_active=name != "x")
        Membership.objects.create(
            user=user, organiser=organiser, unit=unit, role=role, valid_from=datetime.date(2025, 1, 1)
        )
        people[name] = user
    people["n"] = person(Role.COORDINATOR, OrganiserFactory(), username=f"{organiser.slug}-n")
    return people


def _tree(criteria_set: CriteriaSet) -> dict[str, Criterion]:
    def node(parent: Criterion | None, path: str, code: str, title: str, points: str, **fields: Any) -> Criterion:
        return Criterion.objects.create(
            criteria_set=criteria_set,
            parent=parent,
            path=path,
            code=code,
            title=title,
            max_points=Decimal(points),
            **fields,
        )

    first = node(None, "001", "1", "Chỉ đạo, điều hành", "6")
    second = node(None, "002", "2", "Cải cách thể chế", "2")
    third = node(None, "003", "3", "Tác động", "4")
    entered = Source.SURVEY
    return {
        "1.1": node(first, "001.001", "1.1", "Kế hoạch CCHC", "2", rule=OPTIONS, evidence_text="Kế hoạch năm"),
        "1.2": node(first, "001.002", "1.2", "Hoàn thành kế hoạch", "4", rule=RATIO, scoring_text="Theo tỷ lệ"),
        "2.1": node(second, "002.001", "2.1", "Rà soát văn bản", "2", rule={"kind": "manual", "step": "0.5"}),
        "3.1": node(third, "003.001", "3.1", "Điều tra xã hội học", "4", rule=SURVEY, source=entered),
        "3.2": node(
            third, "003.002", "3.2", "Điểm thưởng", "1", rule={"kind": "manual"}, source=Source.COORDINATOR,
            role=CriterionRole.BONUS,
        ),
    }  # fmt: skip


def _open(year: Year) -> None:
    perform(year.fresh_group(), "open", year["c"])


def _submit_and_start_appraisal(year: Year) -> None:
    """A declares everything, B leaves 1.2 out and claims 2.1 as not applicable; both heads hand in."""
    declare_all(year, year.a, "a1")
    year.declare("1.1", "b1", year.b, inputs={"choice": "tre"})
    year.declare("2.1", "b1", year.b, not_applicable=True, reason="Không ban hành văn bản")
    for staff, head, unit in (("a1", "aH", year.a), ("b1", "bH", year.b)):
        perform(year.submission(unit), "hand_over", year[staff])
        perform(year.submission(unit), "submit", year[head], accept_warnings=True)
    perform(year.fresh_group(), "start_appraisal", year["c"])
    parts = AppraisalPart.objects.filter(participant__campaign=year.campaign)
    assign(year.campaign, parts.filter(component__code="1"), year["g1"], by=year["c"])
    assign(year.campaign, parts.filter(component__code="2"), year["g2"], by=year["c"])


def declare_all(year: Year, unit: Participant, by: str) -> None:
    """Full marks but for the ratio: 45/50."""
    year.declare("1.1", by, unit, inputs={"choice": "du"})
    year.declare("1.2", by, unit, inputs={"numerator": "45", "denominator": "50"})
    year.declare("2.1", by, unit, inputs={"points": "2"})


def _appraise_and_start_explanation(year: Year) -> None:
    """A: 1.1 kept, 1.2 corrected to 40/50, 2.1 judged 1. B: 1.1 kept, 1.2 nought, the claim of 2.1 confirmed."""
    corrected = Content(inputs={"numerator": "40", "denominator": "50"}, reason="Báo cáo chỉ có 40 nhiệm vụ")
    keep_declared(year.part("1"), year.leaves["1.1"], seen=0, by=year["g1"])
    appraise(year.part("1"), year.leaves["1.2"], corrected, seen=0, by=year["g1"])
    judged = Content(points=Decimal(1), reason="Thiếu một báo cáo")
    appraise(year.part("2"), year.leaves["2.1"], judged, seen=0, by=year["g2"])
    keep_declared(year.part("1", 1, year.b), year.leaves["1.1"], seen=0, by=year["g1"])
    nothing = Content(points=Decimal(0), reason="Đơn vị không kê khai")
    appraise(year.part("1", 1, year.b), year.leaves["1.2"], nothing, seen=0, by=year["g1"])
    claim = Content(not_applicable=True, reason="Không ban hành văn bản", legal_basis="Quyết định 01/QĐ-UBND")
    appraise(year.part("2", 1, year.b), year.leaves["2.1"], claim, seen=0, by=year["g2"])
    sign_all(year, 1)
    perform(year.fresh_group(), "start_explanation", year["c"])


def sign_all(year: Year, number: int) -> None:
    """Every open part of the round is finished and signed by its own appraiser."""
    for pk in AppraisalPart.objects.filter(participant__campaign=year.campaign, round=number).values_list(
        "pk", flat=True
    ):
        for name in ("finish", "sign"):
            part = AppraisalPart.objects.select_related("participant__campaign__organiser", "component", "appraiser")
            row = part.get(pk=pk)
            perform(row, name, row.appraiser)


def _explain_and_start_reappraisal(year: Year) -> None:
    """A explains 2.1; B has nothing to say and its window passes."""
    explain(year.a, year.leaves["2.1"], "Báo cáo đã gửi ngày 10/12", seen=0, by=year["a1"])
    perform(year.explanation(), "hand_over", year["a1"])
    perform(year.explanation(), "submit", year["aH"])
    year.move_window(Phase.EXPLANATION, -datetime.timedelta(days=2), -datetime.timedelta(minutes=1))
    perform(year.fresh_group(), "start_reappraisal", year["c"])


def _reappraise_and_start_council(year: Year) -> None:
    raised = Content(points=Decimal("1.5"), reason="Chấp nhận một phần giải trình")
    appraise(year.part("2", 2), year.leaves["2.1"], raised, seen=0, by=year["g2"])
    sign_all(year, 2)
    perform(year.fresh_group(), "start_council", year["c"])


def enter_all(year: Year) -> None:
    """Survey points of both units, entered by c and confirmed by c2."""
    values = []
    for unit in (year.a, year.b):
        content = Content(inputs={"mean": "4.5", "responses": "120"})
        value = enter(unit, year.leaves["3.1"], content, seen=year.seen("3.1", Stage.ENTERED, unit), by=year["c"])
        values.append((value, value.version))
    confirm(values, by=year["c2"])


def _enter_and_finalise(year: Year) -> None:
    enter_all(year)
    perform(year.fresh_group(), "finalise", year["c"])


_STEPS = {
    Phase.SELF_ASSESSMENT: _open,
    Phase.APPRAISAL: _submit_and_start_appraisal,
    Phase.EXPLANATION: _appraise_and_start_explanation,
    Phase.REAPPRAISAL: _explain_and_start_reappraisal,
    Phase.COUNCIL: _reappraise_and_start_council,
    Phase.FINALISED: _enter_and_finalise,
}
