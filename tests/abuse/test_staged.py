"""Ids of what somebody else has begun (T04, T21): uploads, imports, drafts, parts, roles. They open to nobody else.

Every route whose address holds the number of a row is asked with the number of another organiser's row below one's own
address; nothing may answer, whatever the role. What waits for one person's word waits for that person alone.
"""

from __future__ import annotations

import pytest
from django.urls import reverse

from scoring.enums import Phase
from tests.abuse.browsing import body_of
from tests.database import fingerprint
from tests.factories import UserFactory, sign_in
from tests.thinning import one_in
from tests.units.test_people_import import staged
from tests.world import World, build, routes
from tests.year import Year, build_year
from units.enums import Role
from units.models import Membership, PeopleImport

pytestmark = pytest.mark.django_db
NUMBERS = {"pk", "upload", "exclusion", "person", "membership", "use", "unit_id"}
# A unit is a fact of the state: whoever has a role looks any up (scoring/selectors/units.py).
EVERYBODYS = {"scoring:unit"}
ROLES = (Role.COORDINATOR, Role.ADMINISTRATOR, Role.LEADER)


@pytest.fixture
def world() -> World:
    return build(Phase.APPRAISAL)


@pytest.fixture
def elsewhere() -> Year:
    """A year of another province, with the same codes of campaign, group, set and units."""
    return build_year(Phase.APPRAISAL, slug="tinh-khac")


def numbered(world: World, elsewhere: Year) -> dict[str, str]:
    """By route: the address below the other organiser with the numbers of this world's rows."""
    found = {}
    for name, pattern in routes():
        if (
            name not in EVERYBODYS
            and NUMBERS.intersection(pattern.pattern.converters)
            and name.startswith(("scoring:", "units:", "reports:"))
        ):
            found[name] = world.address(name, slug=elsewhere.organiser.slug)
    assert len(found) > 25
    return found


@pytest.mark.parametrize("role", ROLES)
def test_a_number_of_another_organiser_opens_nothing_below_ones_own_address(
    world: World, elsewhere: Year, role: Role
) -> None:
    user = UserFactory()
    Membership.objects.create(user=user, organiser=elsewhere.organiser, unit=elsewhere.organiser.unit, role=role)
    Membership.objects.create(
        user=user, organiser=elsewhere.organiser, unit=elsewhere.a.unit, role=Role.UNIT_STAFF
    )  # so that what one may do in A there would be done
    browser = sign_in(user)
    before = fingerprint()
    for name, url in one_in(len(ROLES), numbered(world, elsewhere).items(), ROLES.index(role)):
        for method in (browser.get, browser.post):
            answer = method(url, {"version": 1})
            assert answer.status_code in (403, 404, 405), (name, method, answer.status_code)
            body_of(answer)
    assert fingerprint() == before


def people_table(world: World) -> PeopleImport:
    """A list of people that the administrator has uploaded and not applied."""
    return staged(
        world.organiser, world.people["quản trị"], ["Trần Văn Tám", "tam", "", "SOA", "Cán bộ đơn vị", "", "", ""]
    )


def test_a_table_of_people_waits_for_who_uploaded_it_and_for_no_other_administrator(world: World) -> None:
    table = people_table(world)
    second = UserFactory()
    Membership.objects.create(
        user=second, organiser=world.organiser, unit=world.organiser.unit, role=Role.ADMINISTRATOR
    )
    browsers = [sign_in(second), *(world.browser(name) for name in ("điều phối", "điều phối nơi khác", "thủ trưởng"))]
    before = fingerprint()
    for browser in browsers:
        for name, method in (("people_staged", "get"), ("people_report", "get"), ("people_apply", "post")):
            url = reverse(f"units:{name}", args=[world.organiser.slug, table.pk])
            answer = getattr(browser, method)(url, {"sha256": table.sha256, "digest": "0" * 64})
            assert answer.status_code in (403, 404), (name, answer.status_code)
            assert b"Tr\xe1\xba\xa7n V\xc4\x83n T\xc3\xa1m" not in body_of(answer)
    assert fingerprint() == before
    own = reverse("units:people_staged", args=[world.organiser.slug, table.pk])
    assert "Trần Văn Tám" in world.browser("quản trị").get(own).content.decode()


OUTSIDE = ("cán bộ đơn vị", "thủ trưởng", "thẩm định", "hội đồng", "quản trị", "lãnh đạo", "điều phối nơi khác")


@pytest.mark.parametrize("principal", OUTSIDE)
def test_a_workbook_or_a_past_table_that_waits_is_applied_by_no_other_role(world: World, principal: str) -> None:
    browser = world.browser(principal)
    before = fingerprint()
    names = ("entered_uploaded", "entered_apply", "entered_discard", "past_import", "past_apply", "past_discard")
    for name in names:
        for method in (browser.get, browser.post):
            answer = method(world.address(f"scoring:{name}"), {"sha256": "a" * 64})
            assert answer.status_code in (403, 404, 405), (name, answer.status_code)
    assert fingerprint() == before
