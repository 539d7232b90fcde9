"""Units of former times, made while a past table is brought in."""

from __future__ import annotations

import datetime

from units import trail
from units.models import Unit, User


def create_historical_unit(
    *,
    code: str,
    name: str,
    kind: str,
    parent: Unit | None,
    valid_from: datetime.date,
    valid_to: datetime.date | None,
    by: User | None,
    reason: str,
) -> Unit:
    """Make a unit with its stretch of time and tell the site trail; call it within the transaction of the act.

    Raises IntegrityError where the code is taken under that parent from that day.
    """
    unit = Unit(code=code, name=name, kind=kind, parent=parent, valid_from=valid_from, valid_to=valid_to)
    unit.full_clean(exclude=["parent"], validate_constraints=False)
    unit.save(force_insert=True)
    trail.record(
        "units.create_unit",
        by=by,
        about=unit,
        label=f"Tạo đơn vị {name}",
        code=code,
        kind=kind,
        valid_from=valid_from,
        valid_to=valid_to,
        reason=reason,
    )
    return unit
