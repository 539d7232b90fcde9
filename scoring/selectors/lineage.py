"""What units were before: the same body under another name, and those that they came out of by merger or split.

Whoever shows figures across years asks here, so that a trend, a comparison and an analysis never disagree on which
unit is which. A renaming, an upgrade and the reform's "Giữ nguyên" carry a series on, however many of them follow each
other; a merger and a split break it, also where they befell the unit under its earlier name.
"""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db.models import Q

from units.enums import SAME_UNIT_KINDS
from units.models import UnitSuccession

_LONGEST = 12
"""Steps back that are followed: two reforms a decade for a lifetime; a ring in the catalogue ends here too."""


@dataclass(frozen=True)
class Lineage:
    """The past of some units; ask with their primary keys. `before`: successor → its steps, `after` the other way."""

    before: dict[int, list[UnitSuccession]] = field(default_factory=dict)
    after: dict[int, list[UnitSuccession]] = field(default_factory=dict)

    def until(self, day: datetime.date) -> Lineage:
        """The same without what took effect after `day`."""
        kept = [
            {unit: found for unit, steps in told.items() if (found := [step for step in steps if step.date <= day])}
            for told in (self.before, self.after)
        ]
        return Lineage(*kept)

    @property
    def known(self) -> set[int]:
        """Every unit that any of them was, or came out of."""
        return {step.predecessor_id for steps in self.before.values() for step in steps}

    def same(self, unit: int) -> list[int]:
        """The unit and what it was called before, the latest first."""
        found = [unit]
        for one in found:
            for step in self.before.get(one, []):
                if step.kind in SAME_UNIT_KINDS and step.predecessor_id not in found:
                    found.append(step.predecessor_id)
        return found

    def breaks(self, unit: int) -> list[UnitSuccession]:
        """Mergers and splits of the unit, or of what it was called before, oldest first."""
        steps = {
            step.pk: step
            for one in self.same(unit)
            for step in [*self.before.get(one, []), *self.after.get(one, [])]
            if step.kind not in SAME_UNIT_KINDS
        }
        return sorted(steps.values(), key=lambda step: (step.date, step.pk))

    def came_from(self, unit: int) -> list[UnitSuccession]:
        """The steps by which other units went into this one, directly, newest first and then in Vietnamese order."""
        same = self.same(unit)
        steps = [
            step
            for one in same
            for step in self.before.get(one, [])
            if step.kind not in SAME_UNIT_KINDS and step.predecessor_id not in same
        ]
        steps.sort(key=lambda step: (step.predecessor.name_sort, step.pk))
        return sorted(steps, key=lambda step: step.date, reverse=True)

    def all_before(self, unit: int) -> list[tuple[UnitSuccession, bool]]:
        """`came_from`, and after each step those of its predecessor in turn; the flag says whether it is direct."""
        found: list[tuple[UnitSuccession, bool]] = []
        seen: set[int] = set(self.same(unit))
        waiting = [(step, True) for step in reversed(self.came_from(unit))]
        while waiting:
            step, is_direct = waiting.pop()
            if step.predecessor_id in seen:
                continue
            seen.update(self.same(step.predecessor_id))
            found.append((step, is_direct))
            waiting += [(older, False) for older in reversed(self.came_from(step.predecessor_id))]
        return found


def lineage_of(units: Iterable[int], until: datetime.date | None = None) -> Lineage:
    """The past of `units` as far as the catalogue tells, leaving out what took effect after `until`.

    A query for each generation back, however many units: most have none, and cost one.
    """
    steps = UnitSuccession.objects.select_related("predecessor").order_by("date", "pk")
    if until is not None:
        steps = steps.filter(date__lte=until)
    before: dict[int, list[UnitSuccession]] = defaultdict(list)
    after: dict[int, list[UnitSuccession]] = defaultdict(list)
    generation = set(units)
    seen = set(generation)
    for _ in range(_LONGEST):
        if not generation:
            break
        older = set()
        came_or_left = Q(successor__in=generation) | (Q(predecessor__in=generation) & ~Q(kind__in=SAME_UNIT_KINDS))
        for step in steps.filter(came_or_left):
            if step.successor_id in generation:
                before[step.successor_id].append(step)
                older.add(step.predecessor_id)
            if step.predecessor_id in generation and step.kind not in SAME_UNIT_KINDS:
                after[step.predecessor_id].append(step)
        generation = older - seen
        seen |= generation
    return Lineage(dict(before), dict(after))
