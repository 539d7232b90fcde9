"""Choosing units and organisers."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.conf import settings
from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.db.models import Model, Prefetch, Q, QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.module_loading import import_string

from units import trail
from units.enums import UNIT_SIDE, InvitationKind, Letter, Role, UnitKind
from units.models import Invitation, Membership, Notice, Organiser, PeopleImport, TrailEntry, Unit, User
from units.permissions import ADMINISTER, authorize, keeps_portal
from units.vietnamese import fold, format_date

ACTIVE, PAST, LOCKED = "active", "past", "locked"
YEAR_SIDE = (Role.COORDINATOR, Role.APPRAISER, Role.COUNCIL, Role.LEADER)
MOST_WORDS = 6  # of a search
_MOST_DIGITS = 18  # of the number of a row
UNINVITED, INVITED, EXPIRED, NOT_IN = "uninvited", "invited", "expired", "not-in"


def organisers_of(user: User) -> list[Organiser]:
    """Organisers the person has a role with today, in the order of the memberships, each once."""
    found: dict[int, Organiser] = {}
    for membership in user.current_memberships:
        found.setdefault(membership.organiser_id, membership.organiser)
    return list(found.values())


def roles_over(user: User) -> list[Membership]:
    """Roles that the person had and has no more, the last first, three at most; one query."""
    had = user.memberships.select_related("unit", "organiser", "stands_for__user").order_by("-valid_to", "-pk")
    return [role for role in had.filter(valid_to__isnull=False)[:10] if role.is_over][:3]


def units_of(organiser: Organiser) -> QuerySet[Unit]:
    """The organiser's own unit and everything below it (to three levels), whenever it existed.

    A ministry scores the provinces, which stand beside it in the tree: they are its units, what is below them is not.
    """
    top = organiser.unit_id
    if organiser.unit.kind == UnitKind.MINISTRY:
        scored = Q(pk=top) | Q(parent=top) | Q(kind=UnitKind.PROVINCE, parent=None)
    else:
        scored = Q(pk=top) | Q(parent=top) | Q(parent__parent=top) | Q(parent__parent__parent=top)
    return Unit.objects.filter(scored).select_related("parent")


# ── people of one organiser, for who administers it ───────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Person:
    """A person as one organiser knows him or her: the account, and the roles there, newest first."""

    organiser: Organiser
    user: User
    memberships: Sequence[Membership]

    @property
    def organiser_id(self) -> int:
        return self.organiser.pk

    @property
    def in_force(self) -> list[Membership]:
        return [item for item in self.memberships if not item.is_over and not item.begins_later]


def organiser_administered_by(user: User, slug: str) -> Organiser:
    """The organiser with `slug` for whoever has a role there today, or keeps the portal; Http404 otherwise."""
    for membership in user.current_memberships:
        if membership.organiser.slug == slug:
            return membership.organiser
    found = Organiser.objects.select_related("unit").filter(slug=slug).first() if keeps_portal(user) else None
    if found is None:
        raise Http404
    return found


def person_at(user: User, slug: str, person: int) -> Person:
    """One person who has or had a role at the organiser; Http404 for everybody else, existing or not.

    Raises `Refused` before it looks, so that nobody without the right learns by 403 or 404 who is known there.
    """
    organiser = organiser_administered_by(user, slug)
    authorize(user, ADMINISTER, organiser)
    roles = Membership.objects.filter(organiser=organiser, user=person)
    roles = roles.select_related("unit", "user", "stands_for__user")
    found = list(roles.order_by("-valid_from", "-pk"))
    if not found:
        raise Http404
    return Person(organiser, found[0].user, found)


def membership_at(user: User, slug: str, person: int, membership: int) -> Membership:
    """One role of one person at the organiser; Http404 otherwise."""
    known = person_at(user, slug, person)
    for item in known.memberships:
        if item.pk == membership:
            item.organiser = known.organiser
            return item
    raise Http404


def people_of(organiser: Organiser, *, text: str = "", role: str = "", standing: str = "") -> QuerySet[User]:
    """Accounts with a role at the organiser, ever, by name; each with `roles_here`, those roles in the order of entry.

    Every word of `text` is sought in name and user name without diacritics ("le phoi" finds Lê Văn Phối); `role` asks
    for a role in force today; `standing` is "active" (a role in force, not locked), "past" (no role in force) or
    "locked". Three queries at any number.
    """
    here = Membership.objects.filter(organiser=organiser)
    today = here.valid_on(timezone.localdate())
    if role:
        held = today.filter(role=role)
    else:
        held = today if standing == ACTIVE else here
    found = User.objects.filter(pk__in=held.values("user"))
    for word in text.split()[:MOST_WORDS]:
        found = found.filter(Q(name_fold__contains=fold(word)) | Q(username__icontains=word))
    if standing in (ACTIVE, LOCKED):
        found = found.filter(is_active=standing == ACTIVE)
    elif standing == PAST:
        found = found.exclude(pk__in=today.values("user"))
    roles = Prefetch(
        "memberships",
        here.select_related("unit", "stands_for__user").order_by("valid_from", "pk"),
        to_attr="roles_here",
    )
    standing_invitations = Prefetch("invitations", Invitation.objects.standing(), to_attr="standing_invitations")
    return found.order_by("name_sort", "pk").prefetch_related(roles, standing_invitations)


# ── the way in: who was invited, and who has come ────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class WayIn:
    """How far somebody is on the way into the portal, in words; `is_late` where an invitation ran out, `is_untouched`
    where there was none and no password either."""

    text: str
    is_late: bool = False
    is_untouched: bool = False


def way_in(user: User) -> WayIn:
    """ "Chưa mời", "Đã mời 12/02/2027 (mã một lần), hạn 26/02/2027" …; no query for users of `people_of`."""
    standing = getattr(user, "standing_invitations", None)
    if standing is None:
        standing = list(Invitation.objects.standing().filter(user=user))
    if standing:
        return _told(standing[0])
    if user.last_login:
        return WayIn(f"Đã vào {format_date(user.last_login)}")
    if user.has_usable_password():
        return WayIn("Có mật khẩu, chưa vào")
    return WayIn("Chưa mời", is_untouched=True)


def _told(invitation: Invitation) -> WayIn:
    how = invitation.get_kind_display().lower()
    if invitation.is_expired:
        return WayIn(f"Lời mời ngày {format_date(invitation.issued_at)} đã hết hạn", is_late=True)
    if invitation.kind == InvitationKind.LINK and invitation.letter == Letter.FAILED:
        return WayIn("Thư mời chưa gửi được", is_late=True)
    if invitation.kind == InvitationKind.LINK and invitation.letter != Letter.SENT:
        how = f"{how}, {invitation.get_letter_display().lower()}"
    return WayIn(f"Đã mời {format_date(invitation.issued_at)} ({how}), hạn {format_date(invitation.expires_at)}")


def people_outside(
    organiser: Organiser, *, text: str = "", standing: str = "", among: Sequence[int] | None = None
) -> QuerySet[User]:
    """Open accounts with a role at the organiser, now or later, that nobody ever signed in with, by name.

    `standing` narrows by the invitation: "uninvited", "invited", "expired", "not-in" (a password, and no sign-in yet).
    """
    roles = Membership.objects.filter(organiser=organiser).not_over(timezone.localdate())
    found = people_of(organiser, text=text).filter(is_active=True, last_login=None, pk__in=roles.values("user"))
    invited, now = Invitation.objects.standing(), timezone.now()
    if among is not None:
        found = found.filter(pk__in=among)
    if standing == INVITED:
        found = found.filter(pk__in=invited.filter(expires_at__gt=now).values("user"))
    elif standing == EXPIRED:
        found = found.filter(pk__in=invited.filter(expires_at__lte=now).values("user"))
    elif standing in (UNINVITED, NOT_IN):
        found = found.exclude(pk__in=invited.values("user"))
        unusable = Q(password__startswith=UNUSABLE_PASSWORD_PREFIX)
        found = found.filter(unusable if standing == UNINVITED else ~unusable)
    return found


def people_import_at(user: User, slug: str, pk: int) -> PeopleImport:
    """A table of people that the person uploaded at the organiser; Http404 for everybody else's (case T04)."""
    organiser = organiser_administered_by(user, slug)
    authorize(user, ADMINISTER, organiser)
    found = PeopleImport.objects.filter(pk=pk, organiser=organiser, uploaded_by=user).select_related("organiser__unit")
    staged = found.first()
    if staged is None:
        raise Http404
    return staged


def units_of_today(organiser: Organiser) -> QuerySet[Unit]:
    """Units of the organiser that exist today, by name."""
    return units_of(organiser).filter(pk__in=Unit.objects.valid_on(timezone.localdate()).values("pk"))


def units_to_work_at(organiser: Organiser) -> QuerySet[Unit]:
    """Units that somebody can be given a role at: those of today, and those that have ended while a year still
    assesses them (settings.UNITS_STILL_ASSESSED), so that a dossier never lies without who writes and signs it."""
    assessed: QuerySet[Unit] = import_string(settings.UNITS_STILL_ASSESSED)(organiser.pk)
    existing = Unit.objects.valid_on(timezone.localdate())
    return units_of(organiser).filter(Q(pk__in=existing.values("pk")) | Q(pk__in=assessed.values("pk")))


def units_to_name(organiser: Organiser) -> list[Unit]:
    """`units_to_work_at` as a table names them by code, in the order of their names: of a unit that has ended and one
    of today with the same code it can only mean the latter."""
    units = list(units_to_work_at(organiser).order_by("name_sort", "pk"))
    today = set(units_of_today(organiser).values_list("pk", flat=True))
    taken = {unit.code.lower() for unit in units if unit.pk in today}
    return [unit for unit in units if unit.pk in today or unit.code.lower() not in taken]


def component_codes_of(organiser: Organiser) -> list[str]:
    """Codes of the lĩnh vực in the organiser's criteria sets; one query (settings.COMPONENT_CODES)."""
    found: list[str] = import_string(settings.COMPONENT_CODES)(organiser.pk)
    return found


def unknown_components(codes: Iterable[str], known: Sequence[str]) -> str:
    """What is wrong with `codes` of lĩnh vực, in a sentence; "" when all are `known` (`component_codes_of`).

    Before there is a set, any code is taken: people are often there first.
    """
    missing = [code for code in codes if code not in known]
    if not known or not missing:
        return ""
    return f"Không có lĩnh vực {', '.join(missing)} trong các bộ tiêu chí. Các mã đang dùng: {', '.join(known)}."


def site_entries_of(organiser: Organiser) -> QuerySet[TrailEntry]:
    """The site's trail as far as it is about this organiser, newest first: itself, its units, the people and roles it
    has or had. For the organiser that keeps the portal, all of it."""
    entries = trail.entries_of(trail.SITE)
    if organiser.keeps_portal:
        return entries
    roles = Membership.objects.filter(organiser=organiser)
    return entries.filter(
        trail.about(Organiser.objects.filter(pk=organiser.pk))
        | trail.about(units_of(organiser).select_related(None))
        | trail.about(roles)
        | trail.about(User.objects.filter(pk__in=roles.values("user")))
    )


@dataclass(frozen=True)
class Thing:
    """What a history is about, as one organiser may name it; `has_page` there (of a unit or a person)."""

    model: type[Model]
    pk: int
    name: str
    has_page: bool


def thing_known_at(organiser: Organiser, address: str) -> Thing | None:
    """The thing that "units.Unit:12" stands for, if `site_entries_of` the organiser may be about it; else None, whether
    it exists or not. Two queries at most."""
    kind, _, number = address.partition(":")
    if len(number) > _MOST_DIGITS:
        return None
    pk, is_keeper = int(number), organiser.keeps_portal
    if kind == Unit._meta.label:
        own = units_of(organiser).filter(pk=pk).first()
        unit = own or (Unit.objects.filter(pk=pk).first() if is_keeper else None)
        return Thing(Unit, pk, unit.name, own is not None) if unit else None
    if kind == User._meta.label:
        here = Membership.objects.filter(organiser=organiser, user=pk).exists()
        person = User.objects.filter(pk=pk).first() if here or is_keeper else None
        return Thing(User, pk, person.full_name, here) if person else None
    if kind == Membership._meta.label:
        role = Membership.objects.filter(pk=pk).select_related("user", "stands_for__user").first()
        if role is None or not (is_keeper or role.organiser_id == organiser.pk):
            return None
        return Thing(Membership, pk, f"{role.role_said}, {role.user.full_name}", has_page=False)
    if kind == Organiser._meta.label:
        office = organiser if pk == organiser.pk else Organiser.objects.filter(pk=pk).first() if is_keeper else None
        return Thing(Organiser, pk, office.title, has_page=False) if office else None
    return None


# ── deputies ──────────────────────────────────────────────────────────────────────────────────────────────────────


def organiser_worked_at(user: User, slug: str) -> Organiser:
    """The organiser with `slug` where the person has a role today; Http404 otherwise."""
    for membership in user.current_memberships:
        if membership.organiser.slug == slug:
            return membership.organiser
    raise Http404


def role_at(user: User, slug: str, membership: int) -> Membership:
    """A role that the person may know of: one's own, one lent to or by oneself, any for who administers the organiser;
    Http404 otherwise."""
    found = Membership.objects.filter(pk=membership, organiser__slug=slug)
    found = found.select_related("user", "organiser__unit", "unit", "stands_for__user")
    role = found.first()
    if role is not None:
        mine = user.pk in (role.user_id, role.principal_id)
        if mine or keeps_portal(user) or _administers(user, role.organiser_id):
            return role
    raise Http404


def _administers(user: User, organiser: int) -> bool:
    return any(item.role == Role.ADMINISTRATOR and item.organiser_id == organiser for item in user.current_memberships)


@dataclass(frozen=True)
class Lending:
    """`own` roles of the person at one organiser; `given` are roles lent to others, `taken` those of others, as far as
    they are not over."""

    own: Sequence[Membership]
    given: Sequence[Membership]
    taken: Sequence[Membership]


def lending_of(user: User, organiser: Organiser) -> Lending:
    """Who stands in for whom around one person; one query."""
    around = Membership.objects.filter(Q(user=user) | Q(stands_for__user=user), organiser=organiser)
    found = around.not_over(timezone.localdate()).select_related("user", "organiser", "unit", "stands_for__user")
    rows = [row for row in found.order_by("valid_from", "pk") if not row.is_over]
    return Lending(
        own=[row for row in rows if row.user_id == user.pk and row.stands_for is None],
        given=[row for row in rows if row.stands_for and row.principal_id == user.pk],
        taken=[row for row in rows if row.stands_for and row.user_id == user.pk],
    )


def colleagues_for(role: Membership) -> QuerySet[User]:
    """Who may be lent the role today, by name: open accounts with an own role of the same side, never who holds it."""
    own = own_side(role, timezone.localdate())
    found = User.objects.filter(is_active=True, pk__in=own.values("user")).exclude(pk=role.user_id)
    return found.order_by("name_sort", "pk")


def own_side(role: Membership, day: datetime.date) -> QuerySet[Membership]:
    """Own roles in force on `day` of the side that `role` is of: at the very unit for the roles of a unit; a role that
    runs or judges the year for another such (units and administrators see nothing before the release, lent or not);
    for the administrator's these too, and who works at the same unit."""
    own = Membership.objects.valid_on(day).filter(organiser=role.organiser_id, stands_for=None)
    if role.role in UNIT_SIDE:
        return own.filter(unit=role.unit_id, role__in=UNIT_SIDE)
    if role.role == Role.ADMINISTRATOR:
        return own.filter(Q(unit=role.unit_id) | ~Q(role__in=UNIT_SIDE))
    return own.filter(role__in=YEAR_SIDE)


def acting_name(user: User, at: datetime.datetime, roles: Sequence[Membership]) -> str:
    """The person's name, with "(thay …)" where on that day the role was carried for somebody and not one's own.

    `roles` are those of the kind in question, own and lent, with `stands_for__user`.
    """
    day = timezone.localdate(at)
    then = [item for item in roles if item.user_id == user.pk and item.valid_from <= day]
    then = [item for item in then if item.valid_to is None or item.valid_to >= day]
    absent = [item.stands_for.user.full_name for item in then if item.stands_for]
    return f"{user.full_name} (thay {absent[0]})" if absent and len(absent) == len(then) else user.full_name


def own_notice(user: User, pk: int) -> Notice:
    """One of the person's own notices; Http404 for those of others."""
    return get_object_or_404(user.notices.listed(), pk=pk)


def people_of_units(
    organiser_id: int, units: Iterable[int], roles: Iterable[str]
) -> dict[int, list[tuple[User, frozenset[str]]]]:
    """By unit: who works for it today in one of `roles`, deputies among them, and in which of these; one query."""
    found = Membership.objects.valid_on(timezone.localdate()).filter(
        organiser_id=organiser_id, unit__in=list(units), role__in=list(roles), user__is_active=True
    )
    held: dict[tuple[int, User], set[str]] = defaultdict(set)
    for item in found.select_related("user").order_by("unit", "role", "user__name_sort", "pk"):
        held[item.unit_id, item.user].add(item.role)
    people: dict[int, list[tuple[User, frozenset[str]]]] = defaultdict(list)
    for (unit, user), its in held.items():
        people[unit].append((user, frozenset(its)))
    return people
