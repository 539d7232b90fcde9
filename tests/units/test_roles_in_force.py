"""Which roles count today: the page asks Python, lists ask the database, and both say the same."""

from __future__ import annotations

import datetime
from itertools import product

import pytest
from django.utils import timezone

from tests.factories import OrganiserFactory, UnitFactory, UserFactory
from units.enums import Role
from units.models import Membership, User

pytestmark = pytest.mark.django_db

DAY = datetime.timedelta(days=1)


def spans(today: datetime.date) -> list[dict]:
    """Every way a role lies to today: its days, and the moment at which somebody ended it."""
    now = timezone.now()
    yesterday, tomorrow = today - DAY, today + DAY
    return [
        {"valid_from": yesterday, "valid_to": None, "ended_at": None},
        {"valid_from": today, "valid_to": today, "ended_at": None},
        {"valid_from": yesterday, "valid_to": yesterday, "ended_at": None},
        {"valid_from": tomorrow, "valid_to": tomorrow, "ended_at": None},
        {"valid_from": yesterday, "valid_to": tomorrow, "ended_at": now},
        {"valid_from": yesterday, "valid_to": tomorrow, "ended_at": now + 2 * DAY},
    ]


def test_a_role_in_force_for_a_page_is_one_in_force_for_a_list() -> None:
    today = timezone.localdate()
    organiser, here, elsewhere = OrganiserFactory(), UnitFactory(), UnitFactory()
    common = {"organiser": organiser, "role": Role.UNIT_STAFF}
    held = []
    for span in spans(today):
        held.append(Membership(user=UserFactory(), unit=here, **common, **span))
        for lent, is_active, unit in product(spans(today), (True, False), (here, elsewhere)):
            until = lent["valid_to"] or today + 2 * DAY  # a deputy's role has a last day
            lender = Membership.objects.create(user=UserFactory(is_active=is_active), unit=here, **common, **span)
            deputy = {**common, **lent, "valid_to": until, "stands_for": lender, "reason": "nghỉ phép"}
            held.append(Membership(user=UserFactory(), unit=unit, **deputy))
    held = Membership.objects.bulk_create(held)

    by_list = set(Membership.objects.valid_on(today).filter(pk__in=[item.pk for item in held]))
    by_page = {item for user in User.objects.filter(memberships__in=held) for item in user.current_memberships}

    assert by_page == by_list
    assert len(by_list) == 3 + 3 * 3, "in force: three spans of one's own, and those three lent by each of those"


def test_a_page_reads_roles_once_and_the_roles_stood_for_once_more(django_assert_num_queries) -> None:
    today, organiser, here = timezone.localdate(), OrganiserFactory(), UnitFactory()
    deputy = UserFactory()
    for lends in (UserFactory(), UserFactory(), UserFactory()):
        common = {"organiser": organiser, "unit": here, "role": Role.UNIT_STAFF}
        lender = Membership.objects.create(user=lends, **common)
        until = {"valid_to": today + DAY, "stands_for": lender, "reason": "nghỉ phép"}
        Membership.objects.create(user=deputy, **common, valid_from=today - DAY * lends.pk, **until)
    user = User.objects.get(pk=deputy.pk)

    with django_assert_num_queries(2):
        said = [item.role_said for item in user.current_memberships]
        assert user.current_memberships

    assert len(said) == 3
