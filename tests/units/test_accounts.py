"""Roles are given from today on; what has ended is not taken for what is in force."""

import datetime

import pytest
from django.utils import timezone

from tests.factories import OrganiserFactory, UserFactory
from units.enums import Role
from units.models import TrailEntry
from units.services.accounts import grant

pytestmark = pytest.mark.django_db


def test_a_role_in_force_is_not_given_twice() -> None:
    user, organiser = UserFactory(), OrganiserFactory()
    first = grant(user=user, organiser=organiser, role=Role.LEADER, by=None)
    assert grant(user=user, organiser=organiser, role=Role.LEADER, by=None) == first
    assert TrailEntry.objects.filter(action="units.grant").count() == 1


def test_a_role_that_has_ended_is_given_anew() -> None:
    user, organiser = UserFactory(), OrganiserFactory()
    yesterday = timezone.localdate() - datetime.timedelta(days=1)
    ended = user.memberships.create(
        organiser=organiser, unit=organiser.unit, role=Role.LEADER, valid_from=yesterday, valid_to=yesterday
    )
    anew = grant(user=user, organiser=organiser, role=Role.LEADER, by=None)
    assert anew != ended
    assert (anew.valid_from, anew.valid_to) == (timezone.localdate(), None)
