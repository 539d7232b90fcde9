"""The kernel of "may I": one table of actions, denied by default, every refusal a Vietnamese sentence.

Each app declares its actions in its own `permissions.py` with `declare`; everything that asks goes through `can` or
`authorize`. A predicate looks at (user, object) and answers with a `Decision`; predicates combine with `&` and `|`.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied
from django.utils import timezone

from units.enums import UNIT_SIDE, Role
from units.models import Membership, Organiser


@dataclass(frozen=True)
class Decision:
    """Yes, or no with the sentence that the person reads."""

    allowed: bool
    reason: str = ""

    def __bool__(self) -> bool:
        return self.allowed


YES = Decision(True)


class Refused(PermissionDenied):
    """An action was refused; `reason` is the sentence to show with status 403."""

    def __init__(self, action: str, reason: str) -> None:
        self.action, self.reason = action, reason
        super().__init__(reason)


@dataclass(frozen=True)
class Standing:
    """What a predicate comes to for somebody of whom only the role is known, for the table that people read.

    `may` False: this role never, and `refusals` holds the sentence it reads. `may` True with `refusals`: as long as
    none of these holds against the person and the object; without: always.
    """

    may: bool
    refusals: tuple[str, ...] = ()


@dataclass(frozen=True)
class Predicate:
    """A named yes/no question about (user, object); `of_role` is the same question about a role alone."""

    check: Callable[[Any, Any], Decision]
    of_role: Callable[[Role], Standing]

    def __call__(self, user: Any, obj: Any) -> Decision:
        return self.check(user, obj)

    def __and__(self, other: Predicate) -> Predicate:
        """Both; the first refusal is the one told."""

        def of_role(role: Role) -> Standing:
            first, second = self.of_role(role), other.of_role(role)
            if not (first.may and second.may):
                return second if first.may else first
            return Standing(True, (*first.refusals, *second.refusals))

        return Predicate(lambda user, obj: self(user, obj) and other(user, obj), of_role)

    def __or__(self, other: Predicate) -> Predicate:
        """Either; when both refuse, the last one's sentence is told."""

        def of_role(role: Role) -> Standing:
            first, second = self.of_role(role), other.of_role(role)
            if not (first.may and second.may):
                return first if first.may else second
            if not (first.refusals and second.refusals):
                return Standing(True)
            return Standing(True, tuple(dict.fromkeys((*first.refusals, *second.refusals))))

        return Predicate(lambda user, obj: self(user, obj) or other(user, obj), of_role)


@dataclass(frozen=True)
class Action:
    """One row of the table: `label` says what is done, in words an administrator reads."""

    name: str
    label: str
    predicate: Predicate


_table: dict[str, Action] = {}


class UndeclaredAction(LookupError):
    """Code asked for an action that no `permissions.py` declares: a mistake of ours, refused loudly."""


def declare(name: str, label: str, predicate: Predicate) -> str:
    """Add one action to the table and return its name; a second declaration of a name is an error."""
    if name in _table:
        raise ValueError(f"action declared twice: {name}")
    _table[name] = Action(name, label, predicate)
    return name


def table() -> tuple[Action, ...]:
    """All declared actions, by name."""
    return tuple(_table[name] for name in sorted(_table))


def can(user: Any, action: str, obj: Any = None) -> Decision:
    """May `user` do `action` to `obj`? Inactive and anonymous people may do nothing that is declared."""
    if action not in _table:
        raise UndeclaredAction(action)
    if not (user.is_authenticated and user.is_active):
        return Decision(False, "Đăng nhập để tiếp tục.")
    return _table[action].predicate(user, obj)


def authorize(user: Any, action: str, obj: Any = None) -> None:
    """Raise `Refused` with the reason unless `can` says yes."""
    decision = can(user, action, obj)
    if not decision:
        raise Refused(action, decision.reason)


# --- predicates every app needs -----------------------------------------------------------------------------------


def organiser_id_of(obj: Any) -> int | None:
    """The organiser an object belongs to: the object itself, or its `organiser_id`."""
    if obj is None:
        return None
    return obj.pk if isinstance(obj, Organiser) else obj.organiser_id


def holds(roles: Role | Iterable[Role], refusal: str) -> Predicate:
    """The person holds one of `roles` today, for the organiser of the object (any organiser when there is none)."""
    wanted = {roles} if isinstance(roles, Role) else set(roles)

    def check(user: Any, obj: Any) -> Decision:
        organiser = organiser_id_of(obj)
        for membership in user.current_memberships:
            if membership.role in wanted and organiser in (None, membership.organiser_id):
                return YES
        return Decision(False, refusal)

    return Predicate(check, lambda role: Standing(True) if role in wanted else Standing(False, (refusal,)))


def holds_true(question: Callable[[Any, Any], bool], refusal: str, roles: Iterable[Role] = Role) -> Predicate:
    """A predicate from a plain yes/no function of (user, object); `roles` are those for whom it can be true at all."""
    able = frozenset(roles)
    return Predicate(
        lambda user, obj: YES if question(user, obj) else Decision(False, refusal),
        lambda role: Standing(role in able, (refusal,)),
    )


# --- who acts for whom --------------------------------------------------------------------------------------------


def principals_of(user: Any) -> set[int]:
    """The absent people (pk) whose roles the person carries today as their deputy; no query beyond the memberships."""
    return {item.principal_id for item in user.current_memberships if item.stands_for_id is not None}


def is_one_hand(user: Any, writer: int | None, since: datetime.datetime | None = None) -> bool:
    """Whether the person and who wrote something count as one where two persons are asked for (docs/decisions/016).

    They do when they are one person, when one stands in for the other, and when both stand in for a third. The writer
    is held against the roles carried on the day of `since` (when it was written; None: not asked) and today.
    """
    if writer is None:
        return False
    mine = {user.pk, *principals_of(user)}
    today = timezone.localdate()
    return writer in mine or bool(
        mine & _carried_by(user, writer, {today, timezone.localdate(since) if since else today})
    )


def _carried_by(user: Any, writer: int, days: set[datetime.date]) -> set[int]:
    """For whom `writer` stood in on one of `days`; asked once for each writer while `user`'s object lives (a table of
    many values has few writers)."""
    if not hasattr(user, "_carried_by"):
        user._carried_by = {}
    if writer not in user._carried_by:
        lent = Membership.objects.filter(user=writer, stands_for__isnull=False)
        user._carried_by[writer] = list(lent.values_list("valid_from", "valid_to", "stands_for__user"))
    return {whom for first, last, whom in user._carried_by[writer] if any(first <= day <= last for day in days)}


signed_in = Predicate(lambda user, obj: YES, lambda role: Standing(True))

# --- actions of this app ------------------------------------------------------------------------------------------
USE_WORKSPACE = declare("units.use_workspace", "Vào khu làm việc", signed_in)
SECURE_ACCOUNT = declare("units.secure_account", "Bảo mật tài khoản của chính mình", signed_in)


def keeps_portal(user: Any) -> bool:
    """Whether the person administers the organiser that keeps the portal."""
    return any(item.role == Role.ADMINISTRATOR and item.organiser.keeps_portal for item in user.current_memberships)


def _answers_for(user: Any, person: Any) -> bool:
    """Whether every role that `person` has or is going to have is at organisers which `user` administers.

    An account opens all its roles: who may set its password acts, in the end, wherever it may act.
    """
    if person is None or not hasattr(person, "memberships"):
        return False
    mine = {item.organiser_id for item in user.current_memberships if item.role == Role.ADMINISTRATOR}
    known = set(person.memberships.values_list("organiser", flat=True))
    open_roles = set(person.memberships.not_over(timezone.localdate()).values_list("organiser", flat=True))
    return bool(known & mine) and open_roles <= mine


_keeper = holds_true(
    lambda user, obj: keeps_portal(user), "Chỉ người quản trị của nơi giữ cổng làm được việc này.", [Role.ADMINISTRATOR]
)
_administrator = holds(Role.ADMINISTRATOR, "Chỉ người quản trị quản lý đơn vị và người dùng.")
ADMINISTER = declare(
    "units.administer",
    "Quản lý đơn vị, người dùng, phân công của một nơi tổ chức",
    _keeper | _administrator,
)
ADMINISTER_PORTAL = declare(
    "units.administer_portal", "Quản lý danh mục của cả cổng: đơn vị cả nước, nơi tổ chức, mọi người dùng", _keeper
)


def administers_in_person(user: Any, organiser_id: int) -> bool:
    """Whether the person administers the organiser, or the portal, in an own role: who only stands in for an
    administrator looks after people of units alone (decision 016)."""
    return any(
        item.organiser_id == organiser_id or item.organiser.keeps_portal
        for item in user.current_memberships
        if item.role == Role.ADMINISTRATOR and item.stands_for_id is None
    )


def _in_person_or_of_a_unit(user: Any, person: Any) -> bool:
    """Whoever may open an account acts in all its roles: a deputy opens none of the organiser's side, else two persons
    would be one (a coordinator who stands in for an administrator could approve as the leader)."""
    administered = [item for item in user.current_memberships if item.role == Role.ADMINISTRATOR]
    if all(item.stands_for_id is None for item in administered) or not hasattr(person, "memberships"):
        return True
    held = person.memberships.not_over(timezone.localdate()).exclude(role__in=UNIT_SIDE)
    return all(administers_in_person(user, organiser) for organiser in held.values_list("organiser", flat=True))


_not_the_absent = holds_true(
    lambda user, person: getattr(person, "pk", None) not in principals_of(user),
    "Người làm thay không sửa, không cấp mật khẩu tài khoản của chính người mình thay.",
)
ADMINISTER_ACCOUNT = declare(
    "units.administer_account",
    "Sửa tên, khóa, mở tài khoản, cấp mật khẩu của một người",
    (
        _keeper
        | holds_true(
            _answers_for,
            "Người này còn vai trò ở nơi tổ chức khác, nên chỉ người quản trị cổng sửa, khóa, cấp mật khẩu tài khoản. "
            "Phân công ở nơi tổ chức này vẫn kết thúc được.",
            [Role.ADMINISTRATOR],
        )
    )
    & _not_the_absent
    & holds_true(
        _in_person_or_of_a_unit,
        "Người làm thay quản trị chỉ lo tài khoản của cán bộ, thủ trưởng đơn vị. "
        "Tài khoản này để một người quản trị chính thức làm.",
    ),
)


def _lends_own(user: Any, membership: Any) -> bool:
    return isinstance(membership, Membership) and membership.principal_id == user.pk


def _may_lend_it(user: Any, membership: Any) -> bool:
    """The role of an administrator is not lent by whose it is, and none of the organiser's side by who only stands in
    for an administrator; taken back by anybody."""
    if not isinstance(membership, Membership) or membership.stands_for_id is not None or membership.role in UNIT_SIDE:
        return True
    in_person = administers_in_person(user, membership.organiser_id)
    if membership.role == Role.ADMINISTRATOR:
        return in_person and membership.user_id not in {user.pk, *principals_of(user)}
    return in_person or membership.user_id == user.pk


DELEGATE = declare(
    "units.delegate",
    "Ủy quyền một vai trò khi người giữ vai trò vắng mặt, và thôi ủy quyền",
    (
        _keeper
        | _administrator
        | holds_true(_lends_own, "Chỉ chính người giữ vai trò, hoặc người quản trị, ủy quyền được vai trò này.")
    )
    & holds_true(
        _may_lend_it,
        "Vai trò quản trị do một người quản trị khác ủy quyền; người làm thay quản trị chỉ ủy quyền vai trò đơn vị.",
    ),
)
