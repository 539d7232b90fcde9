"""Conditions that cap a class follow the criterion they name when its code changes, and say so where they cannot."""

from __future__ import annotations

from functools import partial

import pytest

from scoring.enums import Phase
from scoring.files.annex_layout import AnnexSet
from scoring.models import Campaign, CriteriaSet, Group
from scoring.services.criteria_amendment import Basis, apply_amendment
from scoring.services.criteria_drafts import change_draft, propose, start_from_set, take_over
from scoring.services.criteria_export import annex_of
from scoring.services.criteria_import import import_set, preview
from scoring.services.criteria_shape import DOWN, move, remove
from tests.factories import CampaignFactory, OrganiserFactory, person
from tests.scoring.criteria.annexes import annex
from tests.scoring.criteria.test_drafts import basis
from tests.year import build_year
from units.enums import Role
from units.models import Membership

pytestmark = pytest.mark.django_db


def gate(node: str) -> dict[str, str]:
    return {"node": node, "index_below": "50", "highest_grade": "kha", "reason": "Dưới 50 %"}


@pytest.fixture
def campaign() -> Campaign:
    organiser = OrganiserFactory(slug="quang-thu")
    made = CampaignFactory(organiser=organiser, code="2026", year=2026, gates=[gate("any"), gate("1.1"), gate("2")])
    Group.objects.create(campaign=made, code="xa", title="Các xã", position=1, gates=[gate("1")])
    return made


def at(tree: AnnexSet, code: str) -> str:
    return next(node.permanent_id for node in tree.nodes if node.code == code)


def swapped(tree: AnnexSet) -> AnnexSet:
    """1 and 2 have changed places."""
    return move(tree, at(tree, "1"), DOWN).annex


def named(campaign: Campaign) -> list[str]:
    return [one["node"] for one in Campaign.objects.get(pk=campaign.pk).gates]


def test_conditions_of_the_year_and_of_its_groups_go_along(campaign):
    stored = import_set(campaign, annex(), by=None, seen=None)
    by = person(Role.COORDINATOR, campaign.organiser)
    draft = start_from_set(stored, by=by)
    change_draft(draft, partial(move, permanent_id=at(annex_of(stored), "1"), direction=DOWN), seen=1, by=by)

    take_over(draft, seen=2, campaign_seen=Campaign.objects.get(pk=campaign.pk).version, by=by)

    assert named(campaign) == ["any", "2.1", "1"]
    assert campaign.groups.get().gates[0]["node"] == "2"


def test_a_code_that_another_set_has_too_stays_and_is_told(campaign):
    stored = import_set(campaign, annex(), by=None, seen=None)
    import_set(campaign, annex(code="so"), by=None, seen=None)
    new = swapped(annex_of(stored))

    assert "dùng chung với bộ tiêu chí khác" in preview(campaign, new).gates[0].sentence
    import_set(campaign, new, by=None, seen=None)
    assert named(campaign) == ["any", "1.1", "2"]


def test_a_criterion_that_goes_leaves_its_condition_behind_and_is_told(campaign):
    stored = import_set(campaign, annex(), by=None, seen=None)
    fewer = remove(annex_of(stored), at(annex_of(stored), "2")).annex

    assert [one.sentence for one in preview(campaign, fewer).gates] == [
        "Điều kiện khống chế xếp loại ở 2: tiêu chí không còn. Sửa hoặc bỏ điều kiện trước khi mở tự chấm."
    ]


def test_an_amendment_takes_conditions_along_and_says_so_before():
    year = build_year(Phase.EXPLANATION)
    Campaign.objects.filter(pk=year.campaign.pk).update(gates=[gate("1")])
    criteria_set = CriteriaSet.objects.select_related("campaign__organiser").get(pk=year.criteria_set.pk)
    draft = start_from_set(criteria_set, by=year["c"])
    change_draft(
        draft, partial(move, permanent_id=at(annex_of(criteria_set), "1"), direction=DOWN), seen=1, by=year["c"]
    )

    decided: Basis = basis()
    drafted = propose(draft, decided, seen=2, by=year["c"])
    assert drafted.impact["gates"] == ["Điều kiện khống chế xếp loại ở 1 chuyển theo tiêu chí, nay là 2."]
    assert [unit["before"] for unit in drafted.impact["indices"]] == [u["after"] for u in drafted.impact["indices"]]

    apply_amendment(drafted, sha256=drafted.sha256, by=year["c2"])
    assert named(year.campaign) == ["2"]


def test_appraisers_of_a_component_by_its_code_are_counted_when_the_code_means_another(campaign):
    stored = import_set(campaign, annex(), by=None, seen=None)
    for codes in (["1"], ["3"], []):
        role = person(Role.APPRAISER, campaign.organiser).memberships.get()
        Membership.objects.filter(pk=role.pk).update(components=codes)

    assert preview(campaign, swapped(annex_of(stored))).appraisers == 1
    assert preview(campaign, annex_of(stored)).appraisers == 0
