"""Publications that wait for a leader, as the morning's letter tells them: that one waits, and nothing of what it says.

Named in the settings (MORNING_SOURCES), since the letter is written in the room below this one.
"""

from __future__ import annotations

import datetime

from django.urls import reverse

from reports.enums import PublicationState
from reports.models import Publication
from reports.permissions import APPROVE
from scoring.selectors.open_work import OpenWork, who_works_as
from units.enums import NoticeKind, Role
from units.models import User
from units.permissions import can

_WAITS = {
    PublicationState.SENT: "bản công bố đã trình, chờ ký quyết định",
    PublicationState.SIGNED: "bản công bố đã có quyết định, chờ duyệt",
    PublicationState.APPROVED: "bản công bố đã duyệt, chờ công bố",
}


def open_publications(now: datetime.datetime) -> list[OpenWork]:
    """To the leaders of each organiser; whoever must not approve (the drafter, a deputy) hears of the others alone.

    New with every change of state; two queries for each organiser that has one on its way, and one more a leader.
    """
    found = Publication.objects.filter(state__in=_WAITS).select_related("campaign__organiser").defer("dataset")
    leaders: dict[int, list[User]] = {}
    lines = []
    for item in found.order_by("campaign__year", "pk"):
        campaign = item.campaign
        if campaign.organiser_id not in leaders:
            held = who_works_as(campaign.organiser_id, Role.LEADER)
            leaders[campaign.organiser_id] = [user for users in held.values() for user in users]
        path = reverse("reports:publication", args=[campaign.organiser.slug, item.pk])
        text = f"{campaign.title}. Bản {item.version}: {_WAITS[PublicationState(item.state)]}."
        for user in leaders[campaign.organiser_id]:
            if item.state != PublicationState.SIGNED or can(user, APPROVE, item):
                keys = frozenset({f"cb-{item.pk}-{item.state}-{item.revision}"})
                lines.append(OpenWork(user, campaign.title, text, path, None, keys, kind=NoticeKind.DECISION))
    return lines
