"""Parts whose signature stands although their signer was since declared to have a conflict of interest."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, QuerySet

from scoring.enums import PartState
from scoring.models import AppraisalPart, Campaign, ConflictOfInterest


def signed_under_conflict() -> QuerySet[AppraisalPart]:
    """Signed parts of every campaign whose signer has a declared conflict with the unit, whenever it was declared."""
    declared = ConflictOfInterest.objects.filter(user=OuterRef("signed_by"), unit=OuterRef("participant__unit"))
    return AppraisalPart.objects.filter(Exists(declared), state=PartState.SIGNED)


def signed_under_conflict_in(campaign: Campaign) -> list[AppraisalPart]:
    """Those of one campaign with unit, component and signer, in the order of the units' names; one query."""
    found = signed_under_conflict().filter(participant__campaign=campaign)
    rows = found.select_related("participant__unit", "component", "signed_by")
    return list(rows.order_by("participant__unit__name_sort", "participant", "component__path", "round"))
