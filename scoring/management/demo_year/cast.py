"""The invented people of the demo's year and who they are in it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.db.models.functions import Lower

from scoring.management.demo_year.material import Person
from units.enums import Role
from units.models import Organiser, Unit, User
from units.services.accounts import create_person, grant


@dataclass(frozen=True)
class Cast:
    """The people as accounts, memberships read. `roles` keeps the order of the fixture."""

    accounts: dict[str, User]
    roles: tuple[Person, ...]

    def __getitem__(self, username: str) -> User:
        return self.accounts[username]

    @property
    def coordinator(self) -> User:
        return self["dieuphoi"]

    @property
    def second(self) -> User:
        """Who confirms what the coordinator entered."""
        return self["dieuphoi2"]

    def staff(self, unit: str) -> User:
        return self._of_unit(unit, Role.UNIT_STAFF)

    def head(self, unit: str) -> User:
        return self._of_unit(unit, Role.UNIT_HEAD)

    @property
    def appraisers(self) -> list[Person]:
        return [person for person in self.roles if person.role == Role.APPRAISER]

    def _of_unit(self, unit: str, role: Role) -> User:
        return next(self[item.username] for item in self.roles if item.unit == unit and item.role == role)


def hire(organiser: Organiser, people: Iterable[Person], units: dict[str, Unit], password: str) -> Cast:
    """Make the accounts and memberships that are not there yet; all sign in with `password`."""
    roles = tuple(people)
    names = [person.username for person in roles]
    known = _accounts(names)
    with transaction.atomic():
        for person in roles:
            if person.username not in known:
                create_person(
                    username=person.username, full_name=person.full_name, password=None, is_demo=True, by=None
                )
        # One password that everybody may read needs one hash; a hash each would take half a minute.
        new = [person.username for person in roles if person.username not in known]
        User.objects.filter(username__in=new).update(password=make_password(password))
        accounts = _accounts(names)
        for person in roles:
            grant(
                user=accounts[person.username],
                organiser=organiser,
                role=person.role,
                unit=units[person.unit],
                components=list(person.components),
                by=None,
            )
    return Cast(_accounts(names), roles)


def _accounts(names: Iterable[str]) -> dict[str, User]:
    """Who is called so, however it is written: a user name is one name."""
    found = User.objects.annotate(plain=Lower("username")).filter(plain__in=list(names))
    return {user.username.lower(): user for user in found}
