"""A set is written on screen beside the set in force: versions, steps back, who may, and the two ways out."""

from __future__ import annotations

import datetime
from dataclasses import replace
from functools import partial

import pytest
from django.utils import timezone

from scoring.enums import Origin, Phase
from scoring.files.annex_layout import AnnexSet
from scoring.models import Amendment, Campaign, CriteriaDraft, CriteriaSet
from scoring.services.criteria_amendment import Basis, apply_amendment, discard_amendment, draft_amendment
from scoring.services.criteria_drafts import (
    annex_in,
    change_draft,
    discard,
    overtaken_by,
    propose,
    start_from_annex,
    start_from_set,
    start_new,
    take_over,
    undo,
)
from scoring.services.criteria_export import annex_of, export_set
from scoring.services.criteria_import import import_set
from scoring.services.criteria_reading import read_annex
from scoring.services.criteria_shape import BELOW, INSIDE, UP, Done, add, move, node_at, remove, with_node
from scoring.services.errors import Conflict, Incomplete, StaleEdit
from scoring.services.past_types import TableFaults
from tests.factories import CampaignFactory, OrganiserFactory, person
from tests.scoring.criteria.annexes import annex, changed
from tests.year import build_year
from units.enums import Role
from units.models import TrailEntry, User
from units.permissions import Refused
from units.trail import verify

pytestmark = pytest.mark.django_db

HEAD = AnnexSet("so", "Bộ tiêu chí các sở", (), ("department",))


@pytest.fixture
def campaign() -> Campaign:
    return CampaignFactory(organiser=OrganiserFactory(slug="quang-thu"), code="2026", year=2026)


@pytest.fixture
def writer(campaign) -> User:
    return person(Role.COORDINATOR, campaign.organiser)


def at(tree: AnnexSet, code: str) -> str:
    return next(node.permanent_id for node in tree.nodes if node.code == code)


def basis() -> Basis:
    until = timezone.now() + datetime.timedelta(days=5)
    return Basis("812/QĐ-UBND", datetime.date(2026, 11, 15), "Theo hướng dẫn mới", until)


def fresh(draft: CriteriaDraft) -> CriteriaDraft:
    return CriteriaDraft.objects.select_related("campaign__organiser").get(pk=draft.pk)


def test_a_new_set_is_not_there_until_it_is_taken_over_and_then_the_draft_is_gone(campaign, writer):
    draft = start_new(campaign, HEAD, origin=None, by=writer)
    added = change_draft(draft, partial(add, where=BELOW), seen=1, by=writer)
    component = added.done.focus
    named = replace(node_at(added.done.annex, component), title="Cải cách thể chế", max_points="100")
    change_draft(draft, lambda tree: Done(with_node(tree, named), component, "Sửa 1"), seen=2, by=writer)
    assert not campaign.criteria_sets.exists()

    stored = take_over(fresh(draft), seen=3, campaign_seen=campaign.version, by=writer)

    assert [(node.code, node.title, node.max_points) for node in annex_of(stored).nodes] == [
        ("1", "Cải cách thể chế", "100")
    ]
    assert str(stored.criteria.get().permanent_id) == component
    assert not CriteriaDraft.objects.exists()
    labels = list(TrailEntry.objects.filter(action="scoring.edit_criteria").values_list("object_label", flat=True))
    assert labels == ["so: Bắt đầu soạn bộ tiêu chí “Bộ tiêu chí các sở”", "so: Đã thêm 1.", "so: Sửa 1"]
    assert verify() == []


def test_what_is_half_finished_is_kept_and_cannot_be_taken_over(campaign, writer):
    draft = start_new(campaign, HEAD, origin=None, by=writer)
    change_draft(draft, partial(add, where=BELOW), seen=1, by=writer)

    with pytest.raises(TableFaults):
        take_over(draft, seen=2, campaign_seen=campaign.version, by=writer)
    assert not campaign.criteria_sets.exists()
    assert CriteriaDraft.objects.get().version == 2


def test_last_years_set_keeps_its_permanent_ids_and_a_sisters_gets_new_ones(campaign, writer):
    last = CampaignFactory(organiser=campaign.organiser, code="2025", year=2025)
    earlier = import_set(last, annex(), by=None, seen=None)
    sister = import_set(campaign, annex(code="phuong"), by=None, seen=None)

    again = start_new(campaign, HEAD, origin=earlier, by=writer)
    other = start_new(campaign, replace(HEAD, code="xa"), origin=sister, by=writer)

    assert annex_in(again).nodes == annex_of(earlier).nodes
    assert [node.code for node in annex_in(other).nodes] == [node.code for node in annex_of(sister).nodes]
    assert not {n.permanent_id for n in annex_in(other).nodes} & {n.permanent_id for n in annex_of(sister).nodes}


def test_an_annex_goes_on_on_screen_with_the_ids_it_would_have_had(campaign, writer):
    stored = import_set(campaign, annex(), by=None, seen=None)

    draft = start_from_annex(campaign, changed(annex(), "1.1", title="Tên mới"), by=writer)

    assert at(annex_in(draft), "1.1") == at(annex_of(stored), "1.1")
    assert draft.based_on == annex_of(stored).digest


def test_a_set_is_written_by_one_draft_at_a_time_and_a_code_is_not_taken_twice(campaign, writer):
    stored = import_set(campaign, annex(), by=None, seen=None)
    start_from_set(stored, by=writer)

    with pytest.raises(Conflict, match="đang được soạn"):
        start_from_set(stored, by=writer)
    with pytest.raises(Incomplete, match="mang mã đó"):
        start_new(campaign, replace(HEAD, code="xa"), origin=None, by=writer)
    past = CampaignFactory(organiser=campaign.organiser, code="2020", year=2020, origin=Origin.PAST)
    with pytest.raises(Conflict, match="nhập lại từ bảng"):
        start_new(past, HEAD, origin=None, by=writer)


def test_a_change_from_an_older_page_is_refused_with_what_stands_now(campaign, writer):
    draft = start_from_set(import_set(campaign, annex(), by=None, seen=None), by=writer)
    tree = annex_in(draft)
    change_draft(draft, partial(remove, permanent_id=at(tree, "2")), seen=1, by=writer)

    with pytest.raises(StaleEdit) as stale:
        change_draft(draft, partial(move, permanent_id=at(tree, "1.2"), direction=UP), seen=1, by=writer)
    assert stale.value.current.version == 2
    assert [node.code for node in annex_in(stale.value.current).nodes] == ["1", "1.1", "1.2"]
    for act in (undo, discard):
        with pytest.raises(StaleEdit):
            act(draft, seen=1, by=writer)


def test_every_change_can_be_taken_back_in_turn_and_then_nothing_is_left(campaign, writer):
    draft = start_from_set(import_set(campaign, annex(), by=None, seen=None), by=writer)
    first = annex_in(draft)
    second = change_draft(draft, partial(move, permanent_id=at(first, "1.2"), direction=UP), seen=1, by=writer)
    third = change_draft(draft, partial(remove, permanent_id=at(first, "1")), seen=2, by=writer)

    back = undo(draft, seen=third.draft.version, by=writer)
    assert back.done.annex == second.done.annex
    assert back.done.focus == at(first, "1")
    assert back.done.sentence.startswith("Đã hoàn tác: Đã xóa “1 Chỉ đạo, điều hành” cùng 2")
    assert undo(draft, seen=4, by=writer).done.annex == first
    with pytest.raises(Conflict, match="Không còn bước nào"):
        undo(draft, seen=5, by=writer)


def test_an_act_that_changes_nothing_leaves_neither_a_step_nor_a_line_in_the_trail(campaign, writer):
    draft = start_from_set(import_set(campaign, annex(), by=None, seen=None), by=writer)

    change_draft(draft, lambda tree: Done(tree, "", "Không có gì"), seen=1, by=writer)

    assert fresh(draft).version == 1
    assert not TrailEntry.objects.filter(object_label__contains="Không có gì").exists()


@pytest.mark.parametrize("role", [Role.LEADER, Role.ADMINISTRATOR, Role.UNIT_HEAD, Role.APPRAISER, None])
def test_only_a_coordinator_of_the_organiser_writes(campaign, writer, role):
    stored = import_set(campaign, annex(), by=None, seen=None)
    draft = start_from_set(stored, by=writer)
    other = person(role, campaign.organiser) if role else person(Role.COORDINATOR)
    acts = (
        lambda: start_new(campaign, HEAD, origin=None, by=other),
        lambda: change_draft(draft, partial(add, where=BELOW), seen=1, by=other),
        lambda: undo(draft, seen=1, by=other),
        lambda: discard(draft, seen=1, by=other),
        lambda: take_over(draft, seen=1, campaign_seen=campaign.version, by=other),
        lambda: propose(draft, basis(), seen=1, by=other),
    )
    for act in acts:
        with pytest.raises(Refused):
            act()


def test_a_set_made_on_screen_comes_back_from_its_workbook_the_same(campaign, writer):
    stored = import_set(campaign, annex(), by=None, seen=None)
    draft = start_from_set(stored, by=writer)
    moved = change_draft(
        draft, partial(move, permanent_id=at(annex_of(stored), "1.2"), direction=UP), seen=1, by=writer
    )
    campaign.refresh_from_db()
    stored = take_over(fresh(draft), seen=2, campaign_seen=campaign.version, by=writer)

    assert annex_of(stored) == moved.done.annex
    assert read_annex(export_set(stored), "a.xlsx") == annex_of(stored)


# ── a frozen set ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_frozen_set_is_written_on_as_an_amendment_that_a_second_person_applies():
    year = build_year(Phase.EXPLANATION)
    criteria_set = CriteriaSet.objects.select_related("campaign__organiser").get(pk=year.criteria_set.pk)
    draft = start_from_set(criteria_set, by=year["c"])
    leaf = node_at(annex_in(draft), at(annex_in(draft), "1.2"))
    stricter = replace(leaf, rule={"kind": "ratio", "floor": "0.9"})
    change_draft(draft, lambda tree: Done(with_node(tree, stricter), "", "Sửa 1.2"), seen=1, by=year["c"])

    with pytest.raises(Conflict, match="đã khóa"):
        take_over(fresh(draft), seen=2, campaign_seen=criteria_set.campaign.version, by=year["c"])
    drafted = propose(fresh(draft), basis(), seen=2, by=year["c"])

    assert [(change["kind"], change["code"]) for change in drafted.changes] == [("rule", "1.2")]
    assert drafted.impact["units"] == 2
    applied = apply_amendment(drafted, sha256=drafted.sha256, by=year["c2"])
    assert applied.revision == 2
    assert node_at(annex_of(applied), leaf.permanent_id).rule == {"kind": "ratio", "floor": "0.9"}
    assert not CriteriaDraft.objects.exists()


def test_a_draft_undoes_no_amendment_that_came_meanwhile_unless_that_was_seen_and_the_second_person_is_told():
    year = build_year(Phase.EXPLANATION)
    criteria_set = CriteriaSet.objects.select_related("campaign__organiser").get(pk=year.criteria_set.pk)
    draft = start_from_set(criteria_set, by=year["c"])
    change_draft(draft, partial(add, where=INSIDE, target=at(annex_in(draft), "1.2")), seen=1, by=year["c"])
    told = changed(annex_of(criteria_set), "2.1", title="Tên theo quyết định mới")
    other = draft_amendment(criteria_set, told, basis(), sha256=told.digest, by=year["c"])
    assert not other.impact["overtakes"]
    applied = apply_amendment(other, sha256=other.sha256, by=year["c2"])

    for against in ("", draft.based_on, "0" * 64):
        with pytest.raises(Conflict, match="đã thay đổi sau khi bắt đầu soạn"):
            propose(fresh(draft), basis(), seen=2, by=year["c"], against=against)
    seen = overtaken_by(fresh(draft), applied)
    again = propose(fresh(draft), basis(), seen=2, by=year["c"], against=seen)

    assert again.impact["overtakes"]
    assert TrailEntry.objects.filter(action="scoring.amend").latest("seq").data["overtakes"] is True


def test_a_draft_undoes_no_import_that_came_meanwhile_unless_that_was_seen(campaign, writer):
    draft = start_from_set(import_set(campaign, annex(), by=None, seen=None), by=writer)
    newer = import_set(campaign, changed(annex(), "1.1", title="Tên mới"), by=None, seen=None)
    version = Campaign.objects.get(pk=campaign.pk).version

    with pytest.raises(Conflict, match="đã thay đổi sau khi bắt đầu soạn"):
        take_over(draft, seen=1, campaign_seen=version, by=writer)
    stored = take_over(draft, seen=1, campaign_seen=version, by=writer, against=overtaken_by(draft, newer))
    assert node_at(annex_of(stored), at(annex_of(stored), "1.1")).title != "Tên mới"


def test_a_draft_outlives_an_amendment_that_was_given_up_and_one_that_it_has_grown_beyond():
    year = build_year(Phase.EXPLANATION)
    criteria_set = CriteriaSet.objects.select_related("campaign__organiser").get(pk=year.criteria_set.pk)
    draft = start_from_set(criteria_set, by=year["c"])
    change_draft(draft, partial(add, where=INSIDE, target=at(annex_in(draft), "1.2")), seen=1, by=year["c"])

    discard_amendment(propose(fresh(draft), basis(), seen=2, by=year["c"]), by=year["c"])
    again = propose(fresh(draft), basis(), seen=2, by=year["c"])
    change_draft(draft, partial(add, where=BELOW, target=""), seen=2, by=year["c"])
    apply_amendment(again, sha256=again.sha256, by=year["c2"])

    left = CriteriaDraft.objects.get()
    assert left.version == 3
    assert overtaken_by(left, CriteriaSet.objects.get(pk=criteria_set.pk)) == "", "it was written on what is in force"
    assert Amendment.objects.count() == 2


def test_a_set_that_is_not_frozen_needs_no_decision(campaign, writer):
    draft = start_from_set(import_set(campaign, annex(), by=None, seen=None), by=writer)

    with pytest.raises(Conflict, match="chưa khóa"):
        propose(draft, basis(), seen=1, by=writer)
