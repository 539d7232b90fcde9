"""A whole province in bulk for tests of scale: 170 units × 90 leaves, values of every stage, parts, evidence, words.

Rows are written past the services, since only reading is measured; the shape is what the services would have left.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils import timezone

from scoring.enums import EvidenceKind, PartState, Phase, Purpose, Source, Stage, SubmissionState
from scoring.models import (
    AppraisalPart,
    Campaign,
    CriteriaSet,
    Criterion,
    Evidence,
    EvidenceFile,
    EvidenceUse,
    Explanation,
    ExplanationItem,
    Group,
    Participant,
    Receipt,
    Submission,
    Value,
    ValueChange,
    Window,
)
from tests.database import analyse
from tests.factories import OPTIONS, CampaignFactory, OrganiserFactory, UserFactory
from units.enums import Role, UnitKind
from units.models import Membership, Organiser, Unit, User

RULES: list[dict[str, Any]] = [
    OPTIONS,
    {"kind": "ratio", "floor": "0.5", "when_empty": "not_applicable"},
    {
        "kind": "bands",
        "of": "ratio",
        "bands": [{"at_least": "0.9", "share": "1"}, {"at_least": "0.7", "linear": True}],
        "when_empty": "full",
    },
    {
        "kind": "checklist",
        "items": [
            {"key": "ban_hanh", "label": "Ban hành đúng hạn", "share": "0.5"},
            {"key": "bao_cao", "label": "Báo cáo đủ", "share": "0.5"},
        ],
    },
    {"kind": "manual", "step": "0.25"},
]
INPUTS: list[dict[str, Any]] = [
    {"choice": "du"},
    {"numerator": "45", "denominator": "50"},
    {"numerator": "80", "denominator": "100"},
    {"checked": ["ban_hanh"]},
    {"points": "1.5"},
]
WORTH = ["2", "1.8", "1.6", "1", "1.5"]
SURVEY = {"kind": "survey", "scale_min": "1", "scale_max": "5", "min_responses": 30, "when_few": "zero"}


@dataclass
class Province:
    """`people`: coordinator, leader, council, appraiser (of component 1 everywhere), staff and head of `first`."""

    organiser: Organiser
    campaign: Campaign
    group: Group
    first: Participant
    leaf: Criterion
    entered_leaf: Criterion
    people: dict[str, User]


def build_province(units: int = 170, components: int = 9, leaves: int = 10, phase: Phase = Phase.COUNCIL) -> Province:
    """`components` × `leaves` leaves of two points; the last component is entered by the coordinator."""
    organiser = OrganiserFactory(slug="tinh-lon", title="UBND tỉnh Lớn")
    campaign = CampaignFactory(organiser=organiser, code="2026", year=2026)
    group = Group.objects.create(campaign=campaign, code="xa", title="Xã, phường", position=1, phase=phase)
    now = timezone.now()
    for step in (Phase.SELF_ASSESSMENT, Phase.EXPLANATION):
        Window.objects.create(
            group=group,
            phase=step,
            opens_at=now - datetime.timedelta(days=9),
            closes_at=now + datetime.timedelta(days=9),
        )
    tops, tree = _tree(campaign, components, leaves)
    participants = _participants(organiser, campaign, group, tops[0].criteria_set, units)
    people = _people(organiser, participants[0].unit)
    _dossiers(participants, tops, people)
    _values(participants, tree, people)
    _evidence(participants, tree)
    analyse()
    entered = next(leaf for leaf in tree if leaf.source == Source.SURVEY)
    return Province(organiser, campaign, group, participants[0], tree[0], entered, people)


def _tree(campaign: Campaign, components: int, leaves: int) -> tuple[list[Criterion], list[Criterion]]:
    criteria_set = CriteriaSet.objects.create(
        campaign=campaign, code="xa", title="Bộ tiêu chí cấp xã", is_sample=True, frozen_at=timezone.now()
    )
    tops, tree = [], []
    for number in range(1, components + 1):
        top = Criterion.objects.create(
            criteria_set=criteria_set, path=f"{number:03d}", code=str(number), title=f"Lĩnh vực {number}",
            max_points=Decimal(2 * leaves),
        )  # fmt: skip
        tops.append(top)
        entered = number == components
        for place in range(1, leaves + 1):
            tree.append(
                Criterion(
                    criteria_set=criteria_set,
                    parent=top,
                    path=f"{number:03d}.{place:03d}",
                    code=f"{number}.{place}",
                    title=f"Mức độ hoàn thành nhiệm vụ {number}.{place} theo kế hoạch cải cách hành chính",
                    max_points=Decimal(2),
                    rule=SURVEY if entered else RULES[place % len(RULES)],
                    source=Source.SURVEY if entered else Source.SELF,
                    scoring_text="Tính theo tỷ lệ hoàn thành trong năm.",
                    evidence_text="Kế hoạch, báo cáo của đơn vị.",
                    lead_department="Sở Nội vụ",
                )
            )
    Criterion.objects.bulk_create(tree)
    return tops, list(Criterion.objects.filter(criteria_set=criteria_set, parent__isnull=False).order_by("path"))


def _participants(
    organiser: Organiser, campaign: Campaign, group: Group, criteria_set: CriteriaSet, units: int
) -> list[Participant]:
    rows = [
        Unit(
            code=f"{20000 + number}", name=f"Xã Số {number}", kind=UnitKind.COMMUNE, parent=organiser.unit,
            valid_from=datetime.date(2025, 7, 1),
        )
        for number in range(units)
    ]  # fmt: skip
    Unit.objects.bulk_create(rows)
    Participant.objects.bulk_create(
        Participant(
            campaign=campaign, unit=unit, code=unit.code, name=unit.name, group=group, criteria_set=criteria_set
        )
        for unit in rows
    )
    return list(Participant.objects.filter(campaign=campaign).select_related("unit", "group").order_by("pk"))


def _people(organiser: Organiser, first: Unit) -> dict[str, User]:
    people = {}
    for name, role, unit in (
        ("coordinator", Role.COORDINATOR, organiser.unit),
        ("leader", Role.LEADER, organiser.unit),
        ("council", Role.COUNCIL, organiser.unit),
        ("appraiser", Role.APPRAISER, organiser.unit),
        ("staff", Role.UNIT_STAFF, first),
        ("head", Role.UNIT_HEAD, first),
    ):
        people[name] = UserFactory(username=f"lon-{name}")
        Membership.objects.create(
            user=people[name], organiser=organiser, unit=unit, role=role, valid_from=datetime.date(2025, 1, 1)
        )
    return people


def _dossiers(participants: list[Participant], tops: list[Criterion], people: dict[str, User]) -> None:
    now = timezone.now()
    submissions = Submission.objects.bulk_create(
        Submission(participant=item, state=SubmissionState.SUBMITTED, submitted_at=now, submitted_by=people["head"])
        for item in participants
    )
    Receipt.objects.bulk_create(
        Receipt(
            submission=item, campaign_id=participants[0].campaign_id, sequence=place, number=f"TC-2026-{place:04d}",
            digest="0" * 64, content="{}", answers=80, files=10, submitted_by=people["head"], submitted_at=now,
        )
        for place, item in enumerate(submissions, 1)
    )  # fmt: skip
    AppraisalPart.objects.bulk_create(
        AppraisalPart(
            participant=item, component=top, appraiser=people["appraiser"] if top.code == "1" else None,
            state=PartState.SIGNED, signed_by=people["appraiser"], signed_at=now,
        )
        for item in participants
        for top in tops[:-1]
    )  # fmt: skip
    Explanation.objects.bulk_create(Explanation(participant=item) for item in participants)


def _values(participants: list[Participant], tree: list[Criterion], people: dict[str, User]) -> None:
    now = timezone.now()
    values, changes, items = [], [], []
    explanations = {item.participant_id: item for item in Explanation.objects.all()}
    for unit in participants:
        for place, leaf in enumerate(tree):
            if leaf.source == Source.SURVEY:
                values.append(
                    Value(
                        participant=unit, criterion=leaf, stage=Stage.ENTERED,
                        inputs={"mean": "4.5", "responses": "90"}, worth=Decimal("1.75"),
                        author=people["coordinator"], confirmed_by=people["leader"],
                        confirmed_at=now,
                    )
                )  # fmt: skip
                continue
            kind = RULES.index(leaf.rule)
            for stage, author in ((Stage.DECLARED, "staff"), (Stage.APPRAISED, "appraiser")):
                values.append(
                    Value(
                        participant=unit, criterion=leaf, stage=stage, inputs=INPUTS[kind], worth=Decimal(WORTH[kind]),
                        author=people[author],
                    )
                )  # fmt: skip
            changes.append(
                ValueChange(
                    participant=unit,
                    criterion=leaf,
                    stage=Stage.DECLARED,
                    version=1,
                    content={},
                    author=people["staff"],
                )
            )
            if place % 20 == 1:
                items.append(
                    ExplanationItem(
                        explanation=explanations[unit.pk], criterion=leaf, text="Đã gửi bổ sung", about_version=1,
                        author=people["staff"], sent_at=now,
                    )
                )  # fmt: skip
    Value.objects.bulk_create(values, batch_size=2000)
    ValueChange.objects.bulk_create(changes, batch_size=2000)
    ExplanationItem.objects.bulk_create(items, batch_size=2000)


def _evidence(participants: list[Participant], tree: list[Criterion]) -> None:
    """Ten documents a unit, each for three leaves."""
    judged = [leaf for leaf in tree if leaf.source == Source.SELF]
    documents = Evidence.objects.bulk_create(
        Evidence(
            participant=unit,
            number=f"{place}/BC-UBND",
            abstract="Báo cáo kết quả",
            issued_on=datetime.date(2026, 11, 1),
        )
        for unit in participants
        for place in range(1, 11)
    )
    EvidenceFile.objects.bulk_create(
        EvidenceFile(
            evidence=item, number=1, sha256=f"{place:064x}", size=9000, kind=EvidenceKind.PDF, name="bao-cao.pdf",
            key=f"{place:032x}",
        )
        for place, item in enumerate(documents)
    )  # fmt: skip
    EvidenceUse.objects.bulk_create(
        EvidenceUse(
            evidence=item, criterion=judged[(place * 3 + step) % len(judged)], purpose=Purpose.DECLARED, pages="tr. 1"
        )
        for place, item in enumerate(documents)
        for step in range(min(3, len(judged)))
    )
