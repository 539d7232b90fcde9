"""What is not assessed: who may say so, who confirms it, when, and how it counts."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest

from scoring.engine.compute import compute
from scoring.engine.interchange import canonical_bytes
from scoring.enums import Phase, RunKind
from scoring.models import Campaign, Criterion, Exclusion, Group, Participant
from scoring.selectors.entered import blocks_of
from scoring.selectors.exclusions import exclusions_of, totals_of
from scoring.selectors.missing import missing_for_official
from scoring.services.calculation import build_campaign_file
from scoring.services.errors import Conflict, Incomplete, StaleEdit
from scoring.services.exclusions import confirm_exclusion, exclude, remove_exclusion, version_of
from tests.year import Year, advance, build_year, enter_all
from units import trail
from units.models import TrailEntry
from units.permissions import Refused

pytestmark = pytest.mark.django_db

WHY = {"reason": "Không có thủ tục hành chính", "legal_basis": "Quyết định 45/QĐ-UBND"}


@pytest.fixture
def year() -> Year:
    return build_year(Phase.SELF_ASSESSMENT)


def node(year: Year, code: str) -> Criterion:
    return Criterion.objects.get(criteria_set=year.criteria_set, code=code)


def excluded(year: Year, code: str, whose: Participant | Group | None = None, by: str = "c") -> Exclusion:
    return exclude(whose or year.a, node(year, code), by=year[by], **WHY)


def confirmed(year: Year, code: str, whose: Participant | Group | None = None) -> Exclusion:
    made = excluded(year, code, whose)
    return confirm_exclusion(made, seen=version_of(made), by=year["c2"])


def result(year: Year, code: str = "SOA", kind: RunKind = RunKind.PROVISIONAL) -> dict[str, Any]:
    """The engine's numbers of one unit as the rows stand."""
    campaign = Campaign.objects.get(pk=year.campaign.pk)
    units = json.loads(compute(canonical_bytes(build_campaign_file(campaign, kind))))["units"]
    return next(unit for unit in units if unit["code"] == code)


def with_policy(year: Year, exclusion: str) -> None:
    Campaign.objects.filter(pk=year.campaign.pk).update(policy=year.campaign.policy | {"exclusion": exclusion})


# ── how it counts ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_an_exclusion_counts_from_the_second_person_on(year: Year) -> None:
    assert result(year)["max_points"] == "12"
    made = excluded(year, "1.2")
    assert result(year)["max_points"] == "12"
    waiting = [str(item) for item in missing_for_official(year.campaign) if item.kind == "exclusion"]
    assert waiting == ["Sở An toàn: việc không đánh giá 1.2 chưa được người thứ hai xác nhận."]
    confirm_exclusion(made, seen=version_of(made), by=year["c2"])
    assert result(year)["max_points"] == "8"
    assert not [item for item in missing_for_official(year.campaign) if item.kind == "exclusion"]


def test_an_index_is_taken_of_what_is_left_of_the_own_maximum(year: Year) -> None:
    """Methodology, own_maximum: 2 + 2 + 3,5 of 12 − 4."""
    year.declare("1.1", inputs={"choice": "du"})
    year.declare("2.1", inputs={"points": "2"})
    enter_all(year)
    assert result(year)["index"] == "62.50"
    confirmed(year, "1.2")
    assert (result(year)["points"], result(year)["max_points"], result(year)["index"]) == ("7.5", "8", "93.75")


def test_the_self_part_is_rescaled_where_the_set_says_so(year: Year) -> None:
    """Methodology, rescale_self: (P ÷ (M − E) × M + S) ÷ (M + T) with P 3, M 8, E 4, S 3,5, T 4."""
    with_policy(year, "rescale_self")
    year.declare("1.1", inputs={"choice": "du"})
    year.declare("2.1", inputs={"points": "1"})
    enter_all(year)
    confirmed(year, "1.2")
    assert (result(year)["points"], result(year)["max_points"], result(year)["index"]) == ("9.5", "12", "79.17")


def test_full_marks_are_earned_where_the_set_says_so(year: Year) -> None:
    with_policy(year, "full_marks")
    confirmed(year, "1.2")
    assert (result(year)["points"], result(year)["max_points"]) == ("4", "12")


def test_a_node_takes_all_leaves_below_it_and_wins_over_an_answer(year: Year) -> None:
    year.declare("1.1", inputs={"choice": "du"})
    confirmed(year, "1")
    told = result(year)
    assert told["max_points"] == "6"
    assert {item["code"]: item["applicable"] for item in told["nodes"]}["1.1"] is False


def test_an_exclusion_of_a_group_counts_for_each_of_its_units(year: Year) -> None:
    confirmed(year, "2", year.group)
    assert [result(year, code)["max_points"] for code in ("SOA", "SOB")] == ["10", "10"]


def test_an_excluded_entered_leaf_is_not_missing(year: Year) -> None:
    confirmed(year, "3.1", year.group)
    assert not [item for item in missing_for_official(year.campaign) if item.kind == "entered"]


def test_both_maxima_are_told_and_the_second_is_the_engines(year: Year) -> None:
    confirmed(year, "1.2")
    excluded(year, "2", year.group)
    totals = totals_of(blocks_of(year.campaign), exclusions_of(year.campaign))
    assert [(item.participant.code, item.whole, item.confirmed, item.with_waiting) for item in totals] == [
        ("SOA", Decimal(12), Decimal(8), Decimal(6)),
        ("SOB", Decimal(12), Decimal(12), Decimal(10)),
    ]
    assert Decimal(result(year)["max_points"]) == totals[0].confirmed


def test_overlapping_exclusions_are_taken_out_once(year: Year) -> None:
    confirmed(year, "1.2")
    confirmed(year, "1", year.group)
    totals = totals_of(blocks_of(year.campaign), exclusions_of(year.campaign))
    assert totals[0].confirmed == Decimal(6)
    assert result(year)["max_points"] == "6"


# ── what it needs ─────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("field", ["reason", "legal_basis"])
@pytest.mark.parametrize("text", ["", "   ", "x" * 301])
def test_reason_and_legal_basis_are_both_required(year: Year, field: str, text: str) -> None:
    with pytest.raises(Incomplete) as refused:
        exclude(year.a, node(year, "1.2"), by=year["c"], **(WHY | {field: text}))
    assert refused.value.field == field
    assert not Exclusion.objects.exists()


def test_the_same_node_is_excluded_once_of_a_unit_and_once_of_its_group(year: Year) -> None:
    excluded(year, "1.2")
    with pytest.raises(Conflict, match=r"Đã ghi không đánh giá 1\.2 cho Sở An toàn"):
        excluded(year, "1.2", by="c2")
    excluded(year, "1.2", year.group)
    with pytest.raises(Conflict, match="cho Sở, ban, ngành"):
        excluded(year, "1.2", year.group)
    assert Exclusion.objects.count() == 2


def test_a_node_of_another_set_or_one_that_was_taken_out_is_refused(year: Year) -> None:
    other = build_year(Phase.DRAFT, slug="tinh-khac")
    Criterion.objects.filter(pk=year.leaves["1.1"].pk).update(retired_in=2)
    for criterion in (node(other, "1.2"), year.leaves["1.1"]):
        for whose in (year.a, year.group):
            with pytest.raises(Conflict, match="không thuộc bộ tiêu chí"):
                exclude(whose, criterion, by=year["c"], **WHY)
    assert not Exclusion.objects.exists()


# ── the second person ─────────────────────────────────────────────────────────────────────────────────────────────


def test_nobody_confirms_an_own_exclusion(year: Year) -> None:
    made = excluded(year, "1.2")
    with pytest.raises(Conflict, match="cần người thứ hai"):
        confirm_exclusion(made, seen=version_of(made), by=year["c"])
    assert confirm_exclusion(made, seen=version_of(made), by=year["l"]).confirmed_by == year["l"]


def test_an_exclusion_is_confirmed_or_removed_only_as_it_was_seen(year: Year) -> None:
    made = excluded(year, "1.2")
    seen = version_of(made)
    confirm_exclusion(made, seen=seen, by=year["c2"])
    with pytest.raises(StaleEdit):
        confirm_exclusion(made, seen=seen, by=year["l"])
    with pytest.raises(StaleEdit):
        remove_exclusion(made, reason="Nhầm", seen=seen, by=year["c"])
    fresh = Exclusion.objects.get()
    remove_exclusion(fresh, reason="Nhầm", seen=version_of(fresh), by=year["c"])
    with pytest.raises(StaleEdit) as gone:
        remove_exclusion(fresh, reason="Nhầm", seen=version_of(fresh), by=year["c"])
    assert gone.value.current is None


def test_removing_needs_a_reason_which_the_trail_keeps(year: Year) -> None:
    made = confirmed(year, "1.2")
    with pytest.raises(Incomplete):
        remove_exclusion(made, reason=" ", seen=version_of(made), by=year["c"])
    remove_exclusion(made, reason="Đơn vị có phát sinh", seen=version_of(made), by=year["c"])
    assert result(year)["max_points"] == "12"
    entries = TrailEntry.objects.filter(scope=year.campaign.trail_scope, object_type="scoring.Exclusion")
    assert [(entry.object_label, entry.actor) for entry in entries.order_by("seq")] == [
        ("Ghi không đánh giá 1.2: Sở An toàn", year["c"]),
        ("Xác nhận không đánh giá 1.2: Sở An toàn", year["c2"]),
        ("Gỡ không đánh giá 1.2: Sở An toàn", year["c"]),
    ]
    last = entries.order_by("-seq").first()
    assert last is not None
    assert last.data == WHY | {"removed_because": "Đơn vị có phát sinh"}
    assert trail.verify(year.campaign.trail_scope) == []


# ── who and when ──────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("who", ["a1", "aH", "b1", "g1", "gA", "h", "l", "s", "n"])
def test_only_a_coordinator_of_the_place_excludes_and_removes(year: Year, who: str) -> None:
    made = excluded(year, "1.2")
    for whose in (year.a, year.group):
        with pytest.raises(Refused):
            exclude(whose, node(year, "2"), by=year[who], **WHY)
    with pytest.raises(Refused):
        remove_exclusion(made, reason="Nhầm", seen=version_of(made), by=year[who])
    assert Exclusion.objects.count() == 1


@pytest.mark.parametrize("who", ["a1", "aH", "b1", "g1", "gA", "h", "s", "n"])
def test_only_coordinators_and_leaders_of_the_place_confirm(year: Year, who: str) -> None:
    made = excluded(year, "1.2")
    with pytest.raises(Refused):
        confirm_exclusion(made, seen=version_of(made), by=year[who])
    assert Exclusion.objects.get().confirmed_at is None


@pytest.mark.parametrize("whole_group", [False, True])
def test_exclusions_are_taken_before_the_opening_and_up_to_the_council(whole_group: bool) -> None:
    year = build_year(Phase.DRAFT)
    whose = year.group if whole_group else year.b
    confirmed(year, "2", whose)
    advance(year, Phase.SELF_ASSESSMENT)
    assert result(year, "SOB")["max_points"] == "10"
    advance_to_council = Group.objects.filter(pk=year.group.pk)
    advance_to_council.update(phase=Phase.COUNCIL)
    excluded(year, "3.1", whose)


@pytest.mark.parametrize("phase", [Phase.FINALISED, Phase.PUBLISHED])
def test_after_the_council_nothing_is_excluded_confirmed_or_removed(year: Year, phase: Phase) -> None:
    made = excluded(year, "1.2")
    Group.objects.filter(pk=year.group.pk).update(phase=phase)
    for whose in (year.a, year.group):
        with pytest.raises(Conflict, match="không nhận tiêu chí không đánh giá"):
            excluded(year, "2", whose)
    with pytest.raises(Conflict):
        confirm_exclusion(made, seen=version_of(made), by=year["c2"])
    with pytest.raises(Conflict):
        remove_exclusion(made, reason="Nhầm", seen=version_of(made), by=year["c"])
    assert Exclusion.objects.get().confirmed_at is None
