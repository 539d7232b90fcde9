"""What the council has to settle, as the morning's letter tells it: how many points, never which ones."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterator

from django.urls import reverse

from scoring.enums import Phase
from scoring.models import Campaign, Window
from scoring.selectors.council import points_of
from scoring.selectors.open_work import OpenWork, keys_of, told, who_works_as
from units.enums import NoticeKind, Role


def open_points(campaign: Campaign, now: datetime.datetime) -> Iterator[OpenWork]:
    """To each member of the council a line for every group with points that are open; new with every point more."""
    groups = list(campaign.groups.filter(phase=Phase.COUNCIL).order_by("position"))
    if not groups:
        return
    people = [user for users in who_works_as(campaign.organiser_id, Role.COUNCIL).values() for user in users]
    if not people:
        return
    open_ones: dict[int, list[str]] = defaultdict(list)
    for point in points_of(campaign, groups):
        if not point.is_decided:
            open_ones[point.participant.group_id].append(f"hd-{point.participant.pk}-{point.criterion.pk}")
    windows = Window.objects.filter(group__in=groups, phase=Phase.COUNCIL)
    closing = dict(windows.values_list("group", "closes_at"))
    path = reverse("scoring:council", args=[campaign.organiser.slug, campaign.code])
    for group in groups:
        names, deadline = open_ones[group.pk], closing.get(group.pk)
        if not names:
            continue
        text = told(campaign, f"{group.title}: {len(names)} mục chờ hội đồng quyết định", deadline, now)
        keys = frozenset(names) | keys_of(f"hd-{campaign.pk}-{group.pk}", deadline, now)
        for user in people:
            yield OpenWork(user, campaign.title, text, path, deadline, keys, kind=NoticeKind.COUNCIL)
