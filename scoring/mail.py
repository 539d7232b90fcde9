"""Notices to the people of units and to appraisers: whom they mean and where they lead. Posted in the transaction of
what they tell of; their letters go out after its commit (units/services/notices.py).

`text` may stand in a letter: never points, never words of other units. Free words of a person belong into `note`.
"""

from __future__ import annotations

import datetime
import hashlib
from collections.abc import Callable, Iterable, Sequence

from django.urls import reverse
from django.utils import timezone

from scoring.models import AppraisalPart, Campaign, Participant
from units.enums import NoticeKind, Role
from units.selectors import people_of_units
from units.services.notices import Word, post
from units.vietnamese import format_date

BOTH = (Role.UNIT_STAFF, Role.UNIT_HEAD)


def tell_unit(
    participant: Participant, subject: str, text: str, *, note: str = "", kind: NoticeKind = NoticeKind.WORK,
    occasion: str = "", until: datetime.datetime | None = None, page: str = "worksheet", rest: Sequence[str] = (),
    roles: Sequence[Role] = BOTH,
) -> None:  # fmt: skip
    """Tell the people of the unit with one of `roles`, deputies among them.

    `occasion` names what happened, so that nobody hears of it twice; without one the same words are one occasion.
    `until` goes into the subject, `page` is the route where the matter is, `rest` what its address has after the unit.
    """
    tell_units(
        participant.campaign, [participant], subject, lambda one: text,
        note=note, kind=kind, occasion=occasion, until=until, page=page, rest=rest, roles=roles,
    )  # fmt: skip


def tell_units(
    campaign: Campaign, participants: Iterable[Participant], subject: str, say: Callable[[Participant], str], *,
    note: str = "", kind: NoticeKind = NoticeKind.NEWS, occasion: str = "", until: datetime.datetime | None = None,
    page: str = "worksheet", rest: Sequence[str] = (), roles: Sequence[Role] = BOTH,
) -> None:  # fmt: skip
    """The same for many units; a constant number of queries."""
    told = list(participants)
    people = people_of_units(campaign.organiser_id, {item.unit_id for item in told}, roles)
    hour = f", hạn {format_date(timezone.localtime(until))}" if until else ""
    words = []
    for item in told:
        text = say(item)
        what = occasion or hashlib.sha256(f"{subject}\n{text}\n{note}".encode()).hexdigest()[:32]
        for user, _ in people[item.unit_id]:
            words.append(
                Word(
                    user,
                    kind,
                    f"dv-{item.pk}-{what}",
                    f"{item.name}: {subject.lower()[:1]}{subject[1:]}{hour}",
                    text,
                    path=reverse(f"scoring:{page}", args=[campaign.organiser.slug, campaign.code, item.code, *rest]),
                    note=note,
                    about=about_unit(item),
                    organiser=campaign.organiser,
                )
            )
    post(words)


def tell_appraiser(part: AppraisalPart, subject: str, text: str, *, note: str = "", occasion: str) -> None:
    """Tell who holds the part; nobody where nobody does."""
    if part.appraiser is None:
        return
    campaign = part.participant.campaign
    address = reverse("scoring:appraisal", args=[campaign.organiser.slug, campaign.code])
    post(
        [
            Word(
                part.appraiser,
                NoticeKind.WORK,
                occasion,
                f"{campaign.title}: {subject.lower()[:1]}{subject[1:]}",
                text,
                path=address,
                note=note,
                organiser=campaign.organiser,
            )
        ]
    )


def about_unit(participant: Participant) -> str:
    """How notices name the unit in its year, for whoever asks who has been told."""
    return f"don-vi-{participant.pk}"
