"""What a step will bring about for one group, in sentences; and what the steps of this folder ask alike."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from django.utils import timezone

from scoring.enums import Phase, Resolution
from scoring.models import AppraisalPart, Group, Participant, Window
from units.enums import Role
from units.models import Membership
from units.vietnamese import format_datetime, format_deadline

_FIRST = 5


@dataclass(frozen=True)
class Ahead:
    """One group that would take the step. `happens`: what will be so then; `look_again`: what the coordinator may want
    to put right first, though nothing forbids the step."""

    group: Group
    happens: tuple[str, ...]
    look_again: tuple[str, ...] = ()


def told(*sentences: str) -> tuple[str, ...]:
    """Those that say something: a sentence about none of them is written as ""."""
    return tuple(filter(None, sentences))


def some(names: Collection[str]) -> str:
    """The first five names: "A; B; …"."""
    return "; ".join([*list(names)[:_FIRST], *(["…"] if len(names) > _FIRST else [])])


def listed(names: Collection[str]) -> str:
    """The same as the end of a sentence: with a full stop unless dots stand there."""
    return some(names) if len(names) > _FIRST else f"{some(names)}."


def assessed_in(groups: Iterable[Group]) -> dict[int, list[Participant]]:
    """The assessed units of each group (pk), by name; one query. Their `group` is not loaded."""
    found: dict[int, list[Participant]] = {group.pk: [] for group in groups}
    rows = Participant.objects.filter(group__in=found, is_assessed=True, has_figures=True)
    for item in rows.select_related("submission", "criteria_set").order_by("unit__name_sort", "pk"):
        found[item.group_id].append(item)
    return found


def windows_of_phase(groups: Iterable[Group], phase: Phase) -> dict[int, Window]:
    """The hours of `phase` by group (pk); one query."""
    return {item.group_id: item for item in Window.objects.filter(group__in=groups, phase=phase)}


def hours(window: Window) -> str:
    """ "đến 17:00 ngày 12/01/2027", with the beginning where that is still to come."""
    until = f"đến {format_deadline(window.closes_at)}"
    return f"từ {format_datetime(window.opens_at)} {until}" if window.opens_at > timezone.now() else until


class Holders:
    """Who holds one of `roles` at an organiser today; one query."""

    def __init__(self, organiser: int, *roles: Role) -> None:
        held = Membership.objects.filter(organiser=organiser, role__in=roles, user__is_active=True)
        self._at: dict[int, set[tuple[str, int]]] = defaultdict(set)
        for unit, role, user in held.valid_on(timezone.localdate()).values_list("unit", "role", "user"):
            self._at[unit].add((role, user))

    def number(self, units: Iterable[int] | None = None) -> int:
        """How many people, at these units (pks) or anywhere."""
        chosen = self._at if units is None else units
        return len({user for unit in chosen for _, user in self._at.get(unit, ())})

    def without(self, role: Role, participants: Iterable[Participant]) -> list[str]:
        """Names of the units where nobody holds `role`."""
        return [item.name for item in participants if role not in {held for held, _ in self._at.get(item.unit_id, ())}]


def nobody_at(holders: Holders, participants: Collection[Participant]) -> tuple[str, ...]:
    """Units that nobody writes for, or signs for, today."""
    return told(
        *(
            f"{len(names)} trong {len(participants)} đơn vị chưa có {called}: {some(names)}"
            for role, called in ((Role.UNIT_STAFF, "cán bộ đầu mối"), (Role.UNIT_HEAD, "thủ trưởng"))
            if (names := holders.without(role, participants))
        )
    )


def is_nought(participant: Participant) -> bool:
    """Whether the dossier was not handed in and counts 0: nothing of it is appraised or explained."""
    submission = getattr(participant, "submission", None)
    return submission is not None and submission.resolution == Resolution.NOUGHT


def given_out(parts: Collection[AppraisalPart]) -> str:
    """ "12 phần, 3 người thẩm định"."""
    return f"{len(parts)} phần, {len({part.appraiser_id for part in parts} - {None})} người thẩm định"


def given_to_nobody(parts: Iterable[AppraisalPart]) -> str:
    """Which components of which units nobody appraises yet; "" where everything is given out."""
    free: dict[str, list[str]] = {}
    for part in parts:
        if part.appraiser_id is None:
            free.setdefault(part.participant.name, []).append(part.component.code)
    if not free:
        return ""
    number = sum(map(len, free.values()))
    where = some([f"{name} (lĩnh vực {', '.join(codes)})" for name, codes in free.items()])
    return f"{number} phần của {len(free)} đơn vị chưa giao cho ai: {where}"
