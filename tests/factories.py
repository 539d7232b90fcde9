"""Rows for tests, valid by themselves: every factory makes what a person could have made through the portal.

`campaign_with_results()` is the usual start: one organiser, two groups, a small criteria tree of real rule kinds and
values in force, ready for `run_of(campaign)`, which calculates through the engine like the portal does.
"""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Any

import factory
from django.test import Client
from django.utils import timezone

from scoring.enums import Origin, RunKind, Source, Stage
from scoring.models import Campaign, CriteriaSet, Criterion, Group, Participant, Run, Value
from scoring.services.calculation import calculate
from units.enums import Role, UnitKind
from units.models import Membership, Organiser, Unit, User

PASSWORD = "ruong-bac-thang-2025"
SIGN_IN_BACKEND = "allauth.account.auth_backends.AuthenticationBackend"

POLICY: dict[str, Any] = {
    "decimals": 2,
    "rounding": "half_up",
    "leaf_decimals": None,
    "exclusion": "own_maximum",
    "weighting": "points",
    "cap_index": False,
    "rank_on": "published",
    "grade_on": "published",
    "mean_of": "published",
    "ranking": "competition",
}
GRADES: list[dict[str, str]] = [
    {"code": "xuat_sac", "label": "Xuất sắc", "at_least": "90"},
    {"code": "tot", "label": "Tốt", "at_least": "80"},
    {"code": "kha", "label": "Khá", "at_least": "70"},
    {"code": "trung_binh", "label": "Trung bình", "at_least": "50"},
    {"code": "yeu", "label": "Yếu"},
]
OPTIONS: dict[str, Any] = {
    "kind": "options",
    "options": [
        {"key": "du", "label": "Đúng hạn", "share": "1"},
        {"key": "tre", "label": "Trễ hạn", "points": "0.5"},
        {"key": "khong", "label": "Không", "points": "0"},
    ],
}


class UnitFactory(factory.django.DjangoModelFactory):
    """A commune of today's map without a province; give `parent` and `kind` for others."""

    class Meta:
        model = Unit

    code = factory.Sequence(lambda number: f"{20000 + number:05d}")
    name = factory.Sequence(lambda number: f"Xã Thử nghiệm {number}")
    kind = UnitKind.COMMUNE
    valid_from = datetime.date(2025, 7, 1)


class ProvinceFactory(UnitFactory):
    code = factory.Sequence(lambda number: f"T{number:02d}")
    name = factory.Sequence(lambda number: f"Tỉnh Thử nghiệm {number}")
    kind = UnitKind.PROVINCE


class OrganiserFactory(factory.django.DjangoModelFactory):
    """A province that runs campaigns."""

    class Meta:
        model = Organiser

    unit = factory.SubFactory(ProvinceFactory)
    slug = factory.Sequence(lambda number: f"tinh-thu-{number}")
    title = factory.LazyAttribute(lambda organiser: f"UBND {organiser.unit.name}")
    place = factory.LazyAttribute(lambda organiser: organiser.unit.name)


class UserFactory(factory.django.DjangoModelFactory):
    """A named person who signs in with `PASSWORD` and has no role yet."""

    class Meta:
        model = User
        skip_postgeneration_save = True

    username = factory.Sequence(lambda number: f"nguoi{number}")
    full_name = factory.Sequence(lambda number: f"Nguyễn Văn Thử {number}")
    email = factory.LazyAttribute(lambda user: f"{user.username}@thu.example")

    @classmethod
    def _create(cls, model_class: type[User], *args: Any, **kwargs: Any) -> User:
        password = kwargs.pop("password", PASSWORD)
        return model_class.objects.create_user(kwargs.pop("username"), password, **kwargs)


class MembershipFactory(factory.django.DjangoModelFactory):
    """A role at an organiser's own unit, in force since the beginning of 2025."""

    class Meta:
        model = Membership

    user = factory.SubFactory(UserFactory)
    organiser = factory.SubFactory(OrganiserFactory)
    unit = factory.LazyAttribute(lambda membership: membership.organiser.unit)
    role = Role.COORDINATOR
    valid_from = datetime.date(2025, 1, 1)


class CampaignFactory(factory.django.DjangoModelFactory):
    """An empty campaign with a usual policy; `campaign_with_results` fills one."""

    class Meta:
        model = Campaign

    organiser = factory.SubFactory(OrganiserFactory)
    code = "2025"
    title = factory.LazyAttribute(lambda campaign: f"Chỉ số CCHC năm {campaign.year}")
    year = 2025
    origin = Origin.PORTAL
    policy = factory.LazyFunction(lambda: dict(POLICY))
    grades = factory.LazyFunction(lambda: [dict(grade) for grade in GRADES])


def person(role: Role | None = None, organiser: Organiser | None = None, **fields: Any) -> User:
    """A person with `role` at `organiser` (none without a role); `fields` are the user's."""
    user = UserFactory(**fields)
    if role is not None:
        MembershipFactory(user=user, role=role, organiser=organiser or OrganiserFactory())
    return user


def sign_in(user: User | None) -> Client:
    """A browser of its own in which `user` is signed in (nobody for None)."""
    client = Client(raise_request_exception=False)
    if user is not None:
        client.force_login(user, backend=SIGN_IN_BACKEND)
    return client


def campaign_with_results(organiser: Organiser | None = None, units: int = 3, **fields: Any) -> Campaign:
    """A campaign of `units` units that can be calculated; with 3: indices 97,5; 72,5 and 47,5 of one group.

    The tree: component 1 (6 points: 1.1 options of 2, 1.2 manual of 4), component 2 (4 points: 2.1 survey mean 1 to 5).
    """
    campaign = CampaignFactory(**({"organiser": organiser} if organiser else {}), **fields)
    group = Group.objects.create(campaign=campaign, code="xa", title="Xã, phường", position=1)
    criteria_set = CriteriaSet.objects.create(campaign=campaign, code="xa", title="Bộ tiêu chí cấp xã")
    leaves = criteria_tree(criteria_set)
    for position in range(units):
        unit = UnitFactory(parent=campaign.organiser.unit)
        participant = Participant.objects.create(
            campaign=campaign, unit=unit, code=unit.code, name=unit.name, group=group, criteria_set=criteria_set
        )
        answer(participant, leaves["1.1"], Stage.APPRAISED, inputs={"choice": ("du", "tre", "khong")[position % 3]})
        points = Decimal(4 - position % 4)
        answer(participant, leaves["1.2"], Stage.APPRAISED, points=points, reason="Theo biên bản kiểm tra")
        mean = ("4.75", "4.75", "3.75")[position % 3]
        answer(participant, leaves["2.1"], Stage.ENTERED, inputs={"mean": mean, "responses": 120})
    return campaign


def criteria_tree(criteria_set: CriteriaSet) -> dict[str, Criterion]:
    """The tree of `campaign_with_results`; its leaves by code."""
    survey = {"kind": "survey", "scale_min": "1", "scale_max": "5", "min_responses": 30, "when_few": "zero"}
    first = _node(criteria_set, None, "001", "1", "Chỉ đạo, điều hành", "6")
    second = _node(criteria_set, None, "002", "2", "Mức độ hài lòng", "4")
    return {
        "1.1": _node(criteria_set, first, "001.001", "1.1", "Kế hoạch cải cách hành chính", "2", rule=OPTIONS),
        "1.2": _node(criteria_set, first, "001.002", "1.2", "Kiểm tra công vụ", "4", rule={"kind": "manual"}),
        "2.1": _node(
            criteria_set, second, "002.001", "2.1", "Điều tra xã hội học", "4", rule=survey, source=Source.SURVEY
        ),
    }


def answer(participant: Participant, criterion: Criterion, stage: Stage, **what: Any) -> Value:
    """One stage's value of one leaf: `inputs`, or `points` with `reason`, or `not_applicable` with `reason`.

    An entered one is confirmed by a second person, as it must be to count.
    """
    if stage == Stage.ENTERED:
        what = {"confirmed_by": UserFactory(), "confirmed_at": timezone.now()} | what
    return Value.objects.create(participant=participant, criterion=criterion, stage=stage, **what)


def run_of(campaign: Campaign, by: User | None = None, kind: RunKind = RunKind.OFFICIAL) -> Run:
    """A run made by the portal's own calculation."""
    return calculate(campaign, by, kind)


def _node(
    criteria_set: CriteriaSet, parent: Criterion | None, path: str, code: str, title: str, points: str, **fields: Any
) -> Criterion:
    return Criterion.objects.create(
        criteria_set=criteria_set,
        parent=parent,
        path=path,
        code=code,
        title=title,
        max_points=Decimal(points),
        **fields,
    )
