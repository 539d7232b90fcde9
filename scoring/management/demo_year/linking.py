"""The coordinator says how two components of the year go on from the table of the year before, where names differ."""

from __future__ import annotations

from scoring.enums import LinkKind
from scoring.management.demo_year.cast import Cast
from scoring.models import Campaign
from scoring.selectors.continuity import criteria_of, earlier_sets
from scoring.services.criteria_links import Wanted, link_criteria

LINKED = {
    "7": ("LV7", LinkKind.COMPARABLE, "Chỉ đổi tên lĩnh vực"),
    "8": ("LV8", LinkKind.CHANGED, "Năm 2026 thêm điểm phát triển kinh tế - xã hội"),
}


def link_with_last_year(campaign: Campaign, cast: Cast) -> None:
    """Components of the same name and maximum propose themselves; without a table of last year nothing is said."""
    for criteria_set in campaign.criteria_sets.select_related("campaign__organiser"):
        before = earlier_sets(criteria_set).filter(code=criteria_set.code).first()
        if before is None:
            continue
        olds = {old.code: old.pk for old in criteria_of(before)}
        wanted = [
            Wanted(node.pk, (olds[LINKED[node.code][0]],), *LINKED[node.code][1:])
            for node in criteria_of(criteria_set)
            if node.code in LINKED and LINKED[node.code][0] in olds
        ]
        version = Campaign.objects.values_list("version", flat=True).get(pk=campaign.pk)
        link_criteria(criteria_set, before, wanted, seen=version, by=cast.coordinator)
