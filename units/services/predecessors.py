"""Where the communes of a province of today came from: the reform of 01/07/2025, brought in for one organiser."""

from __future__ import annotations

import hashlib

from django.conf import settings

from units.files.reform_list import SHIPPED, read_reform
from units.models import Organiser, UnitSuccession, User
from units.permissions import ADMINISTER, authorize
from units.services.reform import REFORM_DAY, ReformReport, apply_reform


def joined_count(organiser: Organiser) -> int:
    """How many units below the organiser's own list what they were before the reform; one query."""
    joined = UnitSuccession.objects.filter(successor__parent=organiser.unit_id, date=REFORM_DAY)
    return joined.values("successor").distinct().count()


def join_predecessors(organiser: Organiser, *, by: User) -> ReformReport:
    """Bring in the units of before that became those of the organiser's province, and tell what did not match.

    Done again it adds nothing. Raises `Refused`, `ReformRefused` (the table or the catalogue lacks the province, or one
    of before never ended); then nothing is stored.
    """
    authorize(by, ADMINISTER, organiser)
    content = (settings.BASE_DIR / SHIPPED).read_bytes()
    source = {"file": SHIPPED.name, "sha256": hashlib.sha256(content).hexdigest()}
    return apply_reform(
        read_reform(content), same={}, by=by, source=source, province=organiser.unit.code, about=organiser.unit
    )
