"""Tells the demo's year in order, from wherever an earlier, interrupted call left it."""

from __future__ import annotations

from collections.abc import Callable

from django.db import transaction
from django.utils import timezone

from scoring.enums import Phase
from scoring.management.demo_year import material
from scoring.management.demo_year.arriving import invite_and_lend
from scoring.management.demo_year.cast import Cast, hire
from scoring.management.demo_year.declaring import tell_unit
from scoring.management.demo_year.drafting import write_on
from scoring.management.demo_year.founding import (
    CODE,
    LEFT_OUT,
    NO_GRACE,
    Field,
    field_of,
    found_year,
    hours_once_closed,
    set_hours,
)
from scoring.management.demo_year.judging import (
    UNDECIDED,
    confirm_points,
    enter_points,
    give_more_time,
    give_out,
    judge,
)
from scoring.management.demo_year.linking import link_with_last_year
from scoring.models import Campaign
from scoring.selectors.tree import Tree, trees
from scoring.services.running import run_provisional
from scoring.services.transitions import perform
from units.models import Organiser, Unit, User

CONFIRMED = 9
"""So many sở have their entered points confirmed; those of the others wait for the second person."""


def play_year(organiser: Organiser, password: str, tell: Callable[[str], object]) -> None:
    """Put the demo's year into its middle. The provisional run at the end says that it is there: from then on the year
    belongs to whoever tries the portal, and a further call touches nothing."""
    campaign = Campaign.objects.filter(organiser=organiser, code=CODE).first()
    if campaign is not None and campaign.runs.exists():
        return
    tell("Lập năm đang chạy: người, tiêu chí, số liệu tự chấm, tài liệu, thẩm định…")
    stories = material.stories()
    units = _units(organiser)
    cast = hire(organiser, material.people(), units, password)
    if campaign is None:
        members = {code: [item.code for item in stories if item.criteria_set == code] for code in ("so", "xa")}
        members["xa"].append(LEFT_OUT)
        campaign = found_year(organiser, cast, units, members, material.out_of_scope())
    field, by_set = field_of(campaign), trees(campaign.criteria_sets.all())
    _open(field, cast)
    _declare(field, stories, by_set, cast)
    _close_so(field, cast)
    _judge(field, stories, by_set, units, cast)
    _has_been_here(cast)
    with transaction.atomic():
        invite_and_lend(organiser, units, cast)
        write_on(campaign, cast)
        link_with_last_year(campaign, cast)
        run_provisional(campaign, cast.coordinator)


def _units(organiser: Organiser) -> dict[str, Unit]:
    """The organiser's units of today by code, and the organiser's own."""
    found = Unit.objects.filter(parent=organiser.unit, valid_to__isnull=True)
    return {unit.code: unit for unit in found} | {organiser.unit.code: organiser.unit}


def _open(field: Field, cast: Cast) -> None:
    for group in field.groups.values():
        if group.phase == Phase.DRAFT:
            perform(group, "open", cast.coordinator)


def _declare(field: Field, stories: list[material.UnitStory], by_set: dict[int, Tree], cast: Cast) -> None:
    documents = list(material.documents())
    for story in stories:
        participant = field_of(field.campaign).participants[story.code]
        mine = [document for document in documents if document.unit == story.code]
        tell_unit(participant, story, mine, by_set[participant.criteria_set_id], cast)


@transaction.atomic
def _close_so(field: Field, cast: Cast) -> None:
    """The sở have handed in; whoever has not is late."""
    group = field_of(field.campaign).groups["so"]
    if group.phase != Phase.SELF_ASSESSMENT:
        return
    opened = group.windows.get(phase=Phase.SELF_ASSESSMENT).opens_at
    set_hours(group, hours_once_closed(opened), cast, NO_GRACE)
    perform(group, "start_appraisal", cast.coordinator)
    give_more_time(field_of(field.campaign), cast)


def _judge(
    field: Field, stories: list[material.UnitStory], by_set: dict[int, Tree], units: dict[str, Unit], cast: Cast
) -> None:
    field = field_of(field.campaign)
    give_out(field, cast, units, material.conflicts())
    departments = [story for story in stories if story.criteria_set == "so" and story.code != UNDECIDED]
    for nth, story in enumerate(departments):
        participant = field.participants[story.code]
        tree = by_set[participant.criteria_set_id]
        if participant.submission.is_received:
            judge(field, story, nth, tree)
        enter_points(participant, story, tree, cast)
    confirm_points(field, [story.code for story in departments[:CONFIRMED]], cast)


def _has_been_here(cast: Cast) -> None:
    """Everybody but the commune that has not begun has signed in before."""
    names = [person.username for person in cast.roles if not person.username.startswith("mangden.")]
    User.objects.filter(username__in=names, last_login__isnull=True).update(last_login=timezone.now())
