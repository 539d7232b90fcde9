"""Roles that one person better does not hold together at one organiser: nothing is refused, it is said what then is.

The sentences tell what the permission tables refuse such a person (two persons behind a figure and a publication, no
judging of the own unit); `scoring/permissions.py` and `reports/permissions.py` are where it is refused.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from units.enums import UNIT_SIDE, Role
from units.models import Membership

_TWO_PERSONS = (
    "bản công bố người này soạn thì người này không duyệt được; điểm nhập, tiêu chí không đánh giá, sửa đổi "
    "bộ tiêu chí người này ghi thì cũng không tự xác nhận, không tự áp dụng. Cần thêm một lãnh đạo khác."
)
_OWN_UNIT = "người này không thẩm định, không chấm, không quyết định điểm của đơn vị mình công tác ({unit})."
_OWN_WORK = (
    "người này tự giao phần cho mình và tự mở lại phần mình đã ký; cổng không chặn, nhưng không còn ai đứng ngoài "
    "xem lại. Đơn vị mình công tác ({unit}) thì không thẩm định được."
)
_WHY = {
    frozenset({Role.COORDINATOR, Role.LEADER}): _TWO_PERSONS,
    frozenset({Role.COORDINATOR, Role.APPRAISER}): _OWN_WORK,
    **{frozenset({side, judge}): _OWN_UNIT for side in UNIT_SIDE for judge in (Role.APPRAISER, Role.COUNCIL)},
}


@dataclass(frozen=True)
class Hint:
    """Two roles (as people read them) and what holding both comes to."""

    roles: str
    sentence: str


def hints_on(memberships: Iterable[Membership]) -> list[Hint]:
    """What is to be said of the roles one person holds, or is going to hold, at one organiser on the same days."""
    held = [item for item in memberships if not item.is_over]
    found: dict[Hint, None] = {}
    for place, one in enumerate(held):
        for other in held[place + 1 :]:
            if _overlap(one, other) and (why := _WHY.get(frozenset({Role(one.role), Role(other.role)}))):
                found[_hint(Role(one.role), Role(other.role), why, one, other)] = None
    return list(found)


def hints_before(memberships: Iterable[Membership]) -> list[Hint]:
    """The same for each role that could be given to the person further, said before it is chosen."""
    found: dict[Hint, None] = {}
    for item in memberships:
        for pair, why in _WHY.items():
            if not item.is_over and item.role in pair:
                (other,) = pair - {item.role}
                found[_hint(Role(item.role), other, why, item)] = None
    return list(found)


def _hint(one: Role, other: Role, why: str, *held: Membership) -> Hint:
    # The unit of the side that is assessed where there is one: that is the unit the rule is about.
    where = sorted(held, key=lambda item: item.role not in UNIT_SIDE)
    return Hint(f"{one.label} cùng {other.label}", why.format(unit=where[0].unit.name))


def _overlap(one: Membership, other: Membership) -> bool:
    first, second = sorted((one, other), key=lambda item: item.valid_from)
    return first.valid_to is None or first.valid_to >= second.valid_from
