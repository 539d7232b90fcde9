"""The year before the demo's year, of a few units: filled in on the portal, judged and settled, never announced.

Its criteria are those of this year (the same permanent ids), its figures are this year's made a little smaller, so that
last year stands beside the worksheets of these units. Invented like all of it; the published table of 2025 is another.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from django.db import transaction

from scoring.enums import Phase
from scoring.files.annex_layout import AnnexSet
from scoring.mail import about_unit
from scoring.management.demo_year import material
from scoring.management.demo_year.cast import Cast, hire
from scoring.management.demo_year.declaring import bring
from scoring.management.demo_year.founding import CODE, FIXTURES, GROUPS
from scoring.models import Campaign, Criterion, Group, Participant
from scoring.selectors.tree import Tree, trees
from scoring.services.criteria_import import import_set
from scoring.services.criteria_reading import read_annex
from scoring.services.demo_switch import switch
from scoring.services.self_assessment import declare
from scoring.services.setup import add_group, add_units, create_campaign
from scoring.services.transitions import perform
from scoring.services.values import Content
from units.models import Notice, Organiser, Unit

LAST_CODE, LAST_TITLE = "cchc-2025", "Chỉ số CCHC năm 2025 (kê khai trên cổng)"
UNITS = {"so": ("SXD", "STP"), "xa": ("21115", "21061")}
"""Sở Xây dựng and Sở Tư pháp, who have handed in this year; xã Trà Bồng and Vạn Tường, who still fill in."""
LIKE = {"so": "SXD", "xa": "21025"}
"""Whose answers stand for what a unit has not answered this year."""
LEFT_AS_THEY_ARE = {("21115", "6.1.2"): {"numerator": "2693", "denominator": "3480"}, ("21115", "3.3.3"): None}
"""Figures beside which this year's are doubtful: ten times as many, and the same to the last digit (None)."""
_DAY = re.compile(r"(\d{4})(-\d\d-\d\d)")


def play_last_year(organiser: Organiser, password: str) -> None:
    """All of it or nothing; once the year is there a further call touches nothing."""
    this = Campaign.objects.get(organiser=organiser, code=CODE)
    if Campaign.objects.filter(organiser=organiser, code=LAST_CODE).exists():
        return
    units = {unit.code: unit for unit in Unit.objects.filter(parent=organiser.unit, valid_to__isnull=True)}
    units[organiser.unit.code] = organiser.unit
    cast = hire(organiser, material.people(), units, password)
    with transaction.atomic():
        campaign = create_campaign(
            organiser, code=LAST_CODE, title=LAST_TITLE, year=this.year - 1, policy=this.policy, grades=this.grades,
            gates=[], by=cast.coordinator, is_sample=True,
        )  # fmt: skip
        for code, title in GROUPS:
            _group(campaign, this, code, title, units, cast)
        by_set = trees(campaign.criteria_sets.all())
        stories = {story.code: story for story in material.stories()}
        for participant in campaign.participants.select_related("campaign__organiser", "criteria_set", "group", "unit"):
            _declare(participant, by_set[participant.criteria_set_id], stories, cast)
        for group in _groups(campaign):
            switch(group, Phase.FINALISED, cast.coordinator)
        # What was told then was read then; none of it waits for anybody today.
        Notice.objects.filter(about__in=[about_unit(unit) for unit in campaign.participants.all()]).delete()


def _groups(campaign: Campaign) -> Iterator[Group]:
    return campaign.groups.select_related("campaign__organiser").iterator()


def _group(campaign: Campaign, this: Campaign, code: str, title: str, units: dict[str, Unit], cast: Cast) -> None:
    by = cast.coordinator
    path = FIXTURES / "criteria" / f"{code}.xlsx"
    annex = _with_ids(read_annex(path.read_bytes(), path.name, campaign.policy), this, code)
    criteria_set = import_set(campaign, annex, by=by, seen=_version(campaign))
    group = add_group(campaign, code=code, title=title, seen=_version(campaign), by=by)
    add_units(group, [units[unit] for unit in UNITS[code]], criteria_set, seen=_version(campaign), by=by)
    switch(group, Phase.SELF_ASSESSMENT, by)


def _with_ids(annex: AnnexSet, this: Campaign, code: str) -> AnnexSet:
    """The criteria as those of this year that they became."""
    found = Criterion.objects.in_force().filter(criteria_set__campaign=this, criteria_set__code=code)
    known = {one: str(permanent) for one, permanent in found.values_list("code", "permanent_id")}
    nodes = tuple(replace(node, permanent_id=known.get(node.code, "")) for node in annex.nodes)
    return replace(annex, nodes=nodes)


def _declare(participant: Participant, tree: Tree, stories: Mapping[str, material.UnitStory], cast: Cast) -> None:
    unit, staff, head = participant.code, cast.staff(participant.code), cast.head(participant.code)
    for document in material.documents_of_last_year():
        if document.unit == unit:
            bring(participant, document, tree, cast)
    said = stories[LIKE[participant.criteria_set.code]].declared | stories[unit].declared
    for code, content in said.items():
        declare(participant, tree.by_code[code], _a_year_ago(unit, code, content), seen=0, by=staff)
    submission = participant.submission
    submission.participant = participant
    perform(submission, "hand_over", staff)
    submission.refresh_from_db()
    perform(submission, "submit", head, accept_warnings=True)


def _a_year_ago(unit: str, code: str, content: Content) -> Content:
    if content.inputs is None:
        return content
    inputs = content.inputs
    if (unit, code) in LEFT_AS_THEY_ARE:
        inputs = LEFT_AS_THEY_ARE[unit, code] or inputs
    elif {"numerator", "denominator"} <= set(inputs):
        whole = int(inputs["denominator"]) * 19 // 20
        inputs = {"numerator": str(min(int(inputs["numerator"]) * 9 // 10, whole)), "denominator": str(whole)}
    return replace(content, inputs={key: _earlier(value) for key, value in inputs.items()})


def _earlier(value: Any) -> Any:
    """A day is the same day a year before; anything else stays."""
    found = _DAY.fullmatch(value) if isinstance(value, str) else None
    return f"{int(found[1]) - 1}{found[2]}" if found else value


def _version(campaign: Campaign) -> int:
    """The coordinator works alone here: the newest version is the one that was seen."""
    return Campaign.objects.values_list("version", flat=True).get(pk=campaign.pk)
