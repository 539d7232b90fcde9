"""Which criterion goes on from which: what is proposed, what somebody says, and what cannot be said."""

from __future__ import annotations

import uuid
from decimal import Decimal

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import IntegrityError, transaction

from scoring.enums import LinkKind, Origin, Phase, Source
from scoring.models import Campaign, CriteriaSet, Criterion, CriterionLink
from scoring.selectors.campaigns import touched_since
from scoring.selectors.continuity import continuations, continued_criteria, earlier_sets
from scoring.services.criteria_links import Wanted, link_criteria
from scoring.services.errors import Blocked, Conflict, StaleEdit
from scoring.services.past_rows import clear_campaign
from tests.factories import CampaignFactory, campaign_with_results, criteria_tree, person, run_of
from tests.racing import at_once
from tests.scoring.continuity.years import TwoSets, release, two_sets
from tests.year import build_year
from units import trail
from units.enums import Role
from units.models import TrailEntry
from units.permissions import Refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def years() -> TwoSets:
    return two_sets()


def told(years: TwoSets) -> dict[str, tuple[str, str]]:
    """Code → (codes of last year, kind), as whoever compares the years is told."""
    return {
        one.node.code: (" ".join(old.code for old in one.predecessors), one.kind.value)
        for one in continuations(years.this, years.last)
    }


def change(criterion: Criterion, **fields: object) -> None:
    Criterion.objects.filter(pk=criterion.pk).update(**fields)


def make_another(years: TwoSets, code: str) -> None:
    """The criterion of this year is another one by permanent id and name."""
    change(years.node(code), permanent_id=uuid.uuid4(), title="Tiêu chí khác hẳn")


# ── what is proposed ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_without_a_word_the_permanent_id_proposes_and_a_changed_maximum_is_comparable(years):
    change(years.node("1.2"), max_points=Decimal(5))
    make_another(years, "2.1")
    assert told(years) == {
        "1": ("1", "same"), "1.1": ("1.1", "same"), "1.2": ("1.2", "comparable"), "2": ("2", "same"),
        "2.1": ("", "new"),
    }  # fmt: skip


def test_the_same_code_and_name_is_proposed_as_comparable_where_the_id_is_another(years):
    change(years.node("2.1"), permanent_id=uuid.uuid4())
    assert told(years)["2.1"] == ("2.1", "comparable")


def test_a_leaf_is_not_proposed_to_a_criterion_that_has_others_below_it(years):
    make_another(years, "1.1")
    change(years.node("2"), permanent_id=years.old("1.1").permanent_id, title="Lĩnh vực mới")
    assert told(years)["2"] == ("", "new")


def test_what_somebody_linked_is_proposed_to_nobody_else(years):
    make_another(years, "1.2")
    years.store(years.link("1.2", "1.1", kind=LinkKind.COMPARABLE))
    assert told(years)["1.2"] == ("1.1", "comparable")
    assert told(years)["1.1"] == ("", "new")


def test_a_component_goes_on_from_the_one_that_a_past_table_prints_without_anything_below(years):
    Campaign.objects.filter(pk=years.last.campaign_id).update(origin=Origin.PAST)
    Criterion.objects.filter(parent=years.old("2")).update(parent=None, path="003")
    change(years.old("2"), rule={"kind": "manual"})
    assert told(years)["2"] == ("2", "comparable")
    years.store(years.link("2", "2", kind=LinkKind.COMPARABLE))
    assert told(years)["2"] == ("2", "comparable")


# ── what is said ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_word_goes_before_the_permanent_id_and_may_be_taken_back(years):
    years.store(years.link("1.1"), years.link("1.2", "1.2", kind=LinkKind.CHANGED, note="Đo việc khác"))
    assert (told(years)["1.1"], told(years)["1.2"]) == (("", "new"), ("1.2", "changed"))
    years.store()
    assert (told(years)["1.1"], told(years)["1.2"]) == (("1.1", "same"), ("1.2", "same"))


def test_criteria_are_put_together_and_divided(years):
    make_another(years, "2.1")
    years.store(
        years.link("1.1", "1.1", "1.2", kind=LinkKind.COMPARABLE), years.link("2.1", "1.2", kind=LinkKind.COMPARABLE)
    )
    assert told(years)["1.1"] == ("1.1 1.2", "comparable")
    assert told(years)["2.1"] == ("1.2", "comparable")


def test_the_same_is_comparable_once_an_amendment_changed_it(years):
    years.store(years.link("1.2", "1.2"))
    change(years.node("1.2"), max_points=Decimal(5))
    assert told(years)["1.2"] == ("1.2", "comparable")


def test_a_past_table_that_is_replaced_takes_its_links_along(years):
    years.store(years.link("2.1", "2.1", kind=LinkKind.CHANGED))
    clear_campaign(years.last.campaign)
    assert years.standing == set()


def test_a_comparison_with_another_year_follows_its_own_proposals(years):
    older = campaign_with_results(years.campaign.organiser, units=1, year=2024, code="2024")
    years.store(years.link("1.1"), years.link("1.2", "1.2", kind=LinkKind.CHANGED))
    pairs = {(one.criterion, one.last_criterion, one.kind) for one in continued_criteria(years.campaign, older)}
    assert {("1.1", "1.1", "comparable"), ("1.2", "1.2", "comparable")} <= pairs


def test_what_is_said_of_another_year_leaves_links_and_notes_as_they_stand(years):
    older = campaign_with_results(years.campaign.organiser, units=1, year=2024, code="2024").criteria_sets.get()
    years.store(
        years.link("1.1"), years.link("1.2", "1.2", kind=LinkKind.CHANGED, note="Đo việc khác"),
        years.link("2.1", "2.1"),
    )  # fmt: skip
    before = continuations(years.this, years.last)
    fresh = Wanted(years.node("1.2").pk, note="Năm 2024 chưa có")
    goes_on = Wanted(years.node("1.1").pk, (older.criteria.get(code="1.1").pk,), LinkKind.SAME)
    link_criteria(years.this, older, [fresh, goes_on], seen=years.campaign.version, by=years.by)
    assert continuations(years.this, years.last) == before
    there = {one.node.code: one for one in continuations(years.this, older)}
    assert (there["1.2"].kind, there["1.2"].note, there["1.2"].is_stored) == (LinkKind.NEW, "Năm 2024 chưa có", True)
    assert (there["1.1"].kind, there["1.1"].is_stored) == (LinkKind.SAME, True)
    assert not there["2.1"].is_stored
    entry = TrailEntry.objects.filter(action="scoring.link_criteria").order_by("seq").last()
    assert {(one["criterion"], one["before"]) for one in entry.data["changes"]} == {("1.1", None), ("1.2", None)}


def test_a_set_goes_on_from_two_of_the_same_year(years):
    """Two sets became one: each is said for itself, and either year's units find what they had."""
    other = CriteriaSet.objects.create(campaign=years.last.campaign, code="phuong", title="Bộ cấp phường")
    criteria_tree(other)
    years.store(years.link("1.1", "1.1"), years.link("1.2", "1.2"))
    wanted = [
        Wanted(years.node("1.1").pk),
        Wanted(years.node("1.2").pk, (other.criteria.get(code="1.2").pk,), LinkKind.CHANGED),
    ]
    link_criteria(years.this, other, wanted, seen=years.campaign.version, by=years.by)
    found = {
        (one.criterion, one.last_criteria_set, one.last_criterion, one.kind)
        for one in continued_criteria(years.campaign, years.last.campaign)
        if one.criterion in ("1.1", "1.2")
    }
    assert found == {
        ("1.1", "xa", "1.1", "same"), ("1.2", "xa", "1.2", "same"), ("1.2", "phuong", "1.2", "changed"),
    }  # fmt: skip
    years.store()
    link_criteria(years.this, other, [], seen=years.campaign.version, by=years.by)
    assert years.standing == set()


def test_the_trail_tells_what_was_said_before_and_now(years):
    years.store(years.link("1.1", "1.1"))
    years.store(years.link("1.1", "1.1", kind=LinkKind.CHANGED, note="Đổi cách đo"))
    entry = TrailEntry.objects.filter(action="scoring.link_criteria").order_by("seq").last()
    assert entry.actor == years.by
    assert (entry.data["with_campaign"], entry.data["kinds"]["changed"]) == ("2025", 1)
    assert entry.data["changes"] == [
        {
            "criterion": "1.1",
            "before": {"kind": "same", "note": "", "predecessors": ["1.1"]},
            "after": {"kind": "changed", "note": "Đổi cách đo", "predecessors": ["1.1"]},
        }
    ]


def test_links_do_not_outdate_a_run(years):
    run = run_of(years.last.campaign)
    assert not touched_since(run)
    last = years.last
    older = campaign_with_results(years.campaign.organiser, units=1, year=2024, code="2024")
    link_criteria(last, older.criteria_sets.get(), [], seen=last.campaign.version, by=years.by)
    assert not touched_since(run)


@pytest.mark.parametrize(
    "act",
    [
        "scoring.remind", "scoring.quarantine_evidence", "scoring.ask_question", "scoring.answer_question",
        "scoring.share_leaves", "scoring.follow_up",
    ],
)  # fmt: skip
def test_words_between_people_do_not_outdate_a_run(years, act):
    run = run_of(years.last.campaign)
    campaign = years.last.campaign
    trail.record(act, by=years.by, about=campaign, scope=campaign.trail_scope, label="Việc không đổi số")
    assert not touched_since(run)
    trail.record("scoring.change_gates", by=years.by, about=campaign, scope=campaign.trail_scope, label="Đổi số")
    assert touched_since(run)


# ── what cannot be said ───────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("wanted", "sentence"),
    [
        ([("1.2", ("1.1",), "same")], "điểm tối đa 2,00 → 4,00, quy tắc chấm"),
        ([("1.1", ("1.1", "1.2"), "same")], "gộp từ nhiều tiêu chí năm trước"),
        ([("1.1", ("1.1",), "same"), ("1.2", ("1.1",), "changed")], "tách ra cho nhiều tiêu chí"),
        ([("1.1", ("1",), "comparable")], "không nối được với 1 năm trước, vì tiêu chí đó có tiêu chí con"),
        ([("1", ("1.1",), "comparable")], "vì tiêu chí đó không có tiêu chí con"),
        ([("1.1", ("1.1", "1.1"), "comparable")], "chỉ nối một lần"),
        ([("1.1", ("1.1",), "new")], "chọn cả cách so"),
        ([("1.1", ("1.1",), "gần giống")], "chọn cả cách so"),
        ([("1.1", ("1.1",), "same"), ("1.1", ("1.2",), "changed")], "Danh sách tiêu chí đã khác"),
    ],
)
def test_what_contradicts_itself_is_told_by_name_and_nothing_is_stored(years, wanted, sentence):
    years.store(years.link("2.1"))
    with pytest.raises(Blocked) as refused:
        years.store(*(years.link(code, *olds, kind=kind) for code, olds, kind in wanted))
    assert sentence in str(refused.value)
    assert years.standing == {("2.1", "", "new")}


def test_another_role_is_not_the_same(years):
    change(years.node("1.2"), role="bonus")
    with pytest.raises(Blocked, match="vai trò tính điểm → điểm thưởng"):
        years.store(years.link("1.2", "1.2"))


def test_another_source_is_the_same_criterion_all_the_same(years):
    change(years.node("2.1"), source=Source.OUTCOME)
    years.store(years.link("2.1", "2.1"))
    assert told(years)["2.1"] == ("2.1", "same")


def test_a_criterion_of_another_set_is_none_to_go_on_from(years):
    older = campaign_with_results(years.campaign.organiser, units=1, year=2024, code="2024").criteria_sets.get()
    foreign = Wanted(years.node("1.1").pk, (older.criteria.get(code="1.1").pk,), LinkKind.SAME)
    with pytest.raises(Blocked, match="không thuộc bộ tiêu chí đang so"):
        years.store(foreign)
    with pytest.raises(Blocked, match="Danh sách tiêu chí đã khác"):
        years.store(Wanted(years.old("1.1").pk))
    assert years.standing == set()


@pytest.mark.parametrize("fields", [{"year": 2026, "code": "2026-b"}, {"year": 2027, "code": "2027"}, {"else": True}])
def test_only_an_earlier_year_of_the_same_organiser_is_linked_with(years, fields):
    organiser = None if fields.pop("else", False) else years.campaign.organiser
    other = campaign_with_results(organiser, units=1, **({"year": 2024} | fields)).criteria_sets.get()
    wanted = Wanted(years.node("1.1").pk, (other.criteria.get(code="1.1").pk,), LinkKind.SAME)
    with pytest.raises(Conflict, match="năm trước, cùng đơn vị tổ chức"):
        link_criteria(years.this, other, [wanted], seen=years.campaign.version, by=years.by)
    assert years.standing == set()


def test_after_the_year_is_published_nothing_is_linked_anew(years):
    years.store(years.link("2.1"))
    release(years.campaign)
    with pytest.raises(Conflict, match="đã công bố"):
        years.store(years.link("1.1"))
    assert years.standing == {("2.1", "", "new")}


def test_only_the_coordinator_of_this_organiser_links():
    year = build_year(Phase.DRAFT)
    campaign_with_results(year.organiser, units=1)
    before = next(iter(earlier_sets(year.criteria_set)))
    allowed = []
    for name in (*year.people, "P"):
        try:
            seen = Campaign.objects.get(pk=year.campaign.pk).version
            link_criteria(year.criteria_set, before, [], seen=seen, by=year[name] if name != "P" else AnonymousUser())
        except Refused:
            continue
        allowed.append(name)
    assert allowed == ["c", "c2"]


def test_the_database_itself_refuses_a_link_that_says_two_things(years):
    node, old = years.node("1.1"), years.old("1.1")
    for fields in (
        {"predecessor": old, "kind": LinkKind.NEW},
        {"predecessor": old, "kind": LinkKind.SAME, "new_against": years.last},
        {"predecessor": None, "kind": LinkKind.NEW},
        {"predecessor": None, "kind": LinkKind.SAME, "new_against": years.last},
        {"predecessor": node, "kind": LinkKind.SAME},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            CriterionLink.objects.create(criterion=node, **fields)


# ── two coordinators ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_who_comes_second_from_the_same_page_is_told_and_changes_nothing(years):
    seen = years.campaign.version
    years.store(years.link("1.1"), seen=seen)
    second = person(Role.COORDINATOR, years.campaign.organiser)
    with pytest.raises(StaleEdit):
        years.store(years.link("1.1", "1.1"), seen=seen, by=second)
    assert years.standing == {("1.1", "", "new")}


@pytest.mark.django_db(transaction=True)
def test_of_two_coordinators_at_the_same_instant_one_is_stored_whole():
    years = two_sets()
    seen, second = years.campaign.version, person(Role.COORDINATOR, years.campaign.organiser)
    mine = [years.link("1.1"), years.link("1.2")]
    theirs = [years.link("1.1", "1.1"), years.link("1.2", "1.2")]
    results = at_once([lambda: years.store(*mine, seen=seen), lambda: years.store(*theirs, seen=seen, by=second)])
    assert sorted(type(result).__name__ for result in results) == ["NoneType", "StaleEdit"]
    whole = ({("1.1", "", "new"), ("1.2", "", "new")}, {("1.1", "1.1", "same"), ("1.2", "1.2", "same")})
    assert years.standing == whole[results.index(None)]


# ── which sets there are to compare with ──────────────────────────────────────────────────────────────────────────────


def test_the_linked_set_comes_first_then_the_newest_year_and_the_namesake(years):
    organiser = years.campaign.organiser
    older = campaign_with_results(organiser, units=1, year=2024, code="2024").criteria_sets.get()
    other = CriteriaSet.objects.create(campaign=years.last.campaign, code="a-so", title="Bộ cấp sở")
    criteria_tree(other)
    CriteriaSet.objects.create(campaign=years.last.campaign, code="trong", title="Bộ chưa có tiêu chí")
    campaign_with_results(units=1, year=2025)  # of somebody else
    CampaignFactory(organiser=organiser, year=2023, code="2023")
    assert list(earlier_sets(years.this)) == [years.last, other, older]
    wanted = Wanted(years.node("1.1").pk, (older.criteria.get(code="1.1").pk,), LinkKind.SAME)
    link_criteria(years.this, older, [wanted], seen=years.campaign.version, by=years.by)
    assert list(earlier_sets(years.this)) == [older, years.last, other]
    years.store(years.link("1.1", "1.1"))
    assert list(earlier_sets(years.this)) == [years.last, older, other]
    assert not earlier_sets(older).exists()
