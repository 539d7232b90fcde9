"""A frozen set changes by amendment: two persons, old values kept and no longer counted, parts opened again."""

from __future__ import annotations

import datetime
import json
from decimal import Decimal
from typing import Any

import pytest
from django.core import mail
from django.utils import timezone

from scoring.enums import AmendmentState, PartState, Phase, Stage
from scoring.files.annex_layout import AnnexNode, AnnexSet
from scoring.models import Amendment, AppraisalPart, CriteriaSet, Value
from scoring.selectors.missing import missing_for_official
from scoring.services.appraisal import appraise
from scoring.services.criteria_amendment import Basis, apply_amendment, discard_amendment, draft_amendment
from scoring.services.criteria_export import annex_of
from scoring.services.errors import Blocked, Conflict, Incomplete
from scoring.services.past_types import TableFaults
from scoring.services.running import run_official, run_provisional
from scoring.services.transitions import perform
from scoring.services.values import Content
from tests.scoring.criteria.annexes import changed, leaf, with_nodes, without
from tests.year import Year, advance, build_year, enter_all
from units.models import Notice, TrailEntry
from units.permissions import Refused
from units.trail import verify

pytestmark = pytest.mark.django_db

SHA = "a" * 64
RATIO = {"kind": "ratio", "floor": "0.9"}


def basis(days: int | None = 5) -> Basis:
    until = None if days is None else timezone.now() + datetime.timedelta(days=days)
    return Basis("812/QĐ-UBND", datetime.date(2026, 11, 15), "Bổ sung theo hướng dẫn mới", until)


def current(year: Year) -> AnnexSet:
    return annex_of(CriteriaSet.objects.get(pk=year.criteria_set.pk))


def draft(year: Year, annex: AnnexSet, by: str = "c", **own: Any) -> Amendment:
    criteria_set = CriteriaSet.objects.select_related("campaign").get(pk=year.criteria_set.pk)
    return draft_amendment(criteria_set, annex, own.pop("basis", basis()), sha256=SHA, by=year[by])


def amend(year: Year, annex: AnnexSet, **own: Any) -> CriteriaSet:
    return apply_amendment(draft(year, annex, **own), sha256=SHA, by=year["c2"])


def floor_raised(year: Year) -> AnnexSet:
    """1.2 counts from 90 % on: a change of rule of a declared leaf."""
    return changed(current(year), "1.2", rule=RATIO)


def points(year: Year) -> dict[str, str]:
    """Points of the units in a provisional run."""
    results = json.loads(run_provisional(year.campaign, year["c"]).results_file)
    return {unit["code"]: unit["points"] for unit in results["units"]}


def test_a_draft_changes_nothing_but_shows_what_it_would_touch():
    year = build_year(Phase.EXPLANATION)

    drafted = draft(year, floor_raised(year))

    assert (drafted.revision, drafted.state) == (2, AmendmentState.DRAFTED)
    assert [(change["kind"], change["code"]) for change in drafted.changes] == [("rule", "1.2")]
    assert drafted.changes[0]["before"].startswith("Tỷ lệ đạt được nhân 4 điểm; dưới 50")
    assert drafted.impact["values"] == {"appraised": 2, "declared": 1}
    assert (drafted.impact["units"], drafted.impact["parts"]) == (2, 2)
    # A loses the 3,2 points of 1.2 until it declares anew; B had nought there.
    told = {unit["code"]: (unit["before"], unit["after"]) for unit in drafted.impact["indices"]}
    assert told == {"SOA": ("51.67", "25.00"), "SOB": ("5.00", "5.00")}
    assert current(year) == annex_of(year.criteria_set)


def test_applied_by_a_second_person_the_rule_counts_and_old_values_stay_but_no_longer_count():
    year = build_year(Phase.EXPLANATION)
    before = points(year)
    values = {(value.participant_id, value.criterion_id, value.stage): value.version for value in Value.objects.all()}

    applied = amend(year, floor_raised(year))

    assert applied.revision == 2
    changed_leaf = applied.criteria.get(code="1.2")
    assert (changed_leaf.rule, changed_leaf.changed_in) == (RATIO, 2)
    assert applied.criteria.get(code="1.1").changed_in == 1
    assert {
        (value.participant_id, value.criterion_id, value.stage): value.version for value in Value.objects.all()
    } == values
    assert (before["SOA"], points(year)["SOA"]) == ("6.2", "3")
    stored = Amendment.objects.get()
    assert (stored.state, stored.applied_by, stored.drafted_by) == (AmendmentState.APPLIED, year["c2"], year["c"])


def test_signed_parts_with_a_changed_leaf_open_again_with_the_decision_as_reason():
    year = build_year(Phase.EXPLANATION)

    amend(year, floor_raised(year))

    part = year.part("1")
    assert (part.state, part.signed_by) == (PartState.OPEN, None)
    assert part.reopened_reason == "Sửa đổi bộ tiêu chí theo 812/QĐ-UBND ngày 15/11/2026"
    assert year.part("1", 1, year.b).state == PartState.OPEN
    assert year.part("2").state == PartState.SIGNED


def test_a_new_maximum_counts_as_a_change_of_the_leaf_and_its_sums_follow():
    year = build_year(Phase.SELF_ASSESSMENT)
    year.declare("1.1", inputs={"choice": "du"})

    applied = amend(year, changed(changed(current(year), "1.1", max_points="3"), "1", max_points="7"))

    assert applied.criteria.get(code="1").max_points == Decimal(7)
    assert applied.criteria.get(code="1.1").changed_in == 2
    assert points(year)["SOA"] == "0"


def test_a_unit_declares_the_changed_leaf_anew_though_its_dossier_was_handed_in():
    year = build_year(Phase.APPRAISAL)
    amend(year, floor_raised(year))
    year.leaves["1.2"].refresh_from_db()

    year.declare("1.2", inputs={"numerator": "50", "denominator": "50"})

    value = year.value("1.2", Stage.DECLARED)
    assert (value.revision, value.worth) == (2, Decimal(4))
    with pytest.raises(Conflict, match="Hồ sơ đã nộp"):
        year.declare("1.1", inputs={"choice": "tre"})


def test_a_new_name_code_or_word_leaves_values_and_signatures_alone():
    year = build_year(Phase.EXPLANATION)
    before = points(year)

    renamed = changed(changed(current(year), "1.2", code="1.9"), "1.1", title="Tên mới", scoring_text="Lời mới")
    applied = amend(year, renamed, basis=basis(None))

    assert applied.revision == 2
    assert set(applied.criteria.values_list("changed_in", flat=True)) == {1}
    assert applied.criteria.get(code="1.9").pk == year.leaves["1.2"].pk
    assert points(year) == before
    assert AppraisalPart.objects.exclude(state=PartState.SIGNED).count() == 0


def test_a_leaf_taken_out_is_retired_with_its_values_and_its_code_may_be_used_again():
    year = build_year(Phase.EXPLANATION)
    smaller = changed(without(current(year), "1.2"), "1", max_points="2")

    amend(year, smaller, basis=basis(None))

    gone = year.leaves["1.2"]
    gone.refresh_from_db()
    assert (gone.retired_in, gone.code) == (2, "1.2")
    assert Value.objects.filter(criterion=gone).count() == 3
    assert points(year)["SOA"] == "3"

    again = changed(with_nodes(current(year), leaf("1.2", "4", "1")), "1", max_points="6")
    applied = amend(year, again)
    fresh = applied.criteria.in_force().get(code="1.2")
    assert (fresh.pk != gone.pk, fresh.changed_in) == (True, 3)


def test_a_leaf_that_comes_back_by_its_id_does_not_bring_its_old_values():
    year = build_year(Phase.EXPLANATION)
    whole = current(year)
    amend(year, changed(without(whole, "1.2"), "1", max_points="2"), basis=basis(None))

    applied = amend(year, whole)

    back = applied.criteria.get(code="1.2")
    assert (back.pk, back.retired_in, back.changed_in) == (year.leaves["1.2"].pk, None, 3)
    assert points(year)["SOA"] == "3"


def test_a_new_component_gets_parts_and_its_leaf_is_asked_of_every_unit():
    year = build_year(Phase.APPRAISAL)
    grown = with_nodes(current(year), AnnexNode("4", "Chuyển đổi số", "3"), leaf("4.1", "3", "4"))

    applied = amend(year, grown)

    assert AppraisalPart.objects.filter(component__code="4", round=1).count() == 2
    assert applied.criteria.get(code="4.1").changed_in == 2


def test_a_leaf_moved_to_another_component_keeps_its_values_and_opens_the_part_that_now_holds_it():
    year = build_year(Phase.EXPLANATION)
    before = points(year)
    moved = changed(changed(current(year), "1.1", parent="2"), "1", max_points="4")

    applied = amend(year, changed(moved, "2", max_points="4"), basis=basis(None))

    assert applied.criteria.get(code="1.1").path.startswith("002.")
    assert (year.part("2").state, year.part("1").state) == (PartState.OPEN, PartState.SIGNED)
    assert points(year) == before


def test_a_leaf_that_is_split_no_longer_counts_itself():
    year = build_year(Phase.EXPLANATION)
    split = changed(current(year), "1.1", rule=None)
    split = with_nodes(split, leaf("1.1.1", "1", "1.1"), leaf("1.1.2", "1", "1.1"))

    applied = amend(year, split)

    assert applied.criteria.get(code="1.1").rule is None
    assert points(year)["SOA"] == "4.2"
    assert year.part("1").state == PartState.OPEN


def test_the_year_goes_on_to_its_official_run_after_an_amendment():
    year = build_year(Phase.APPRAISAL)
    amend(year, floor_raised(year))
    for item in year.leaves.values():
        item.refresh_from_db()

    advance(year, Phase.FINALISED)

    assert missing_for_official(year.campaign) == []
    results = json.loads(run_official(year.campaign, year["c"]).results_file)
    # 1.2: the appraiser set 40/50 = 80 %, now under the floor of 90 %.
    assert {unit["code"]: unit["points"] for unit in results["units"]} == {"SOA": "7", "SOB": "4"}


def test_an_amendment_before_the_council_is_still_judged_signed_and_counted():
    year = build_year(Phase.COUNCIL)
    enter_all(year)
    amend(year, floor_raised(year))
    part = year.part("1")
    assert part.state == PartState.OPEN
    with pytest.raises(Conflict, match="chỉ chấm lại các tiêu chí"):
        appraise(part, year.leaves["1.1"], Content(points=Decimal(1), reason="Lợi dụng"), seen=1, by=year["g1"])
    again = Content(inputs={"numerator": "46", "denominator": "50"}, reason="Theo báo cáo mới")
    for unit in (year.a, year.b):
        leaf_now = type(year.leaves["1.2"]).objects.get(pk=year.leaves["1.2"].pk)
        seen = year.seen("1.2", Stage.APPRAISED, unit)
        appraise(year.part("1", 1, unit), leaf_now, again, seen=seen, by=year["g1"])
        for name in ("finish", "sign"):
            perform(year.part("1", 1, unit), name, year["g1"])
    perform(year.fresh_group(), "finalise", year["c"])
    run = run_official(year.campaign, year["c"])
    first = next(unit for unit in json.loads(run.results_file)["units"] if unit["code"] == "SOA")
    assert next(node for node in first["nodes"] if node["code"] == "1.2")["points"] == "3.68"


def test_units_are_told_which_criteria_to_declare_anew_and_until_when(django_capture_on_commit_callbacks):
    year = build_year(Phase.APPRAISAL)
    drafted = draft(year, floor_raised(year))
    Notice.objects.all().delete()  # of the steps before

    with django_capture_on_commit_callbacks(execute=True):
        apply_amendment(drafted, sha256=SHA, by=year["c2"])

    assert sorted(address for message in mail.outbox for address in message.to) == sorted(
        year[name].email for name in ("a1", "aH", "b1", "bH")
    )
    assert "phải kê khai lại: 1.2." in mail.outbox[0].body


def test_every_step_leaves_its_trace():
    year = build_year(Phase.APPRAISAL)

    amend(year, floor_raised(year))

    made = TrailEntry.objects.filter(action__in=("scoring.amend", "scoring.apply_amendment")).order_by("seq")
    assert [(entry.action, entry.actor.username[-2:].strip("-")) for entry in made] == [
        ("scoring.amend", "c"),
        ("scoring.apply_amendment", "c2"),
    ]
    assert made[1].data["changes"][0]["code"] == "1.2"
    assert verify(year.campaign.trail_scope) == []


# ── refused ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_drafter_does_not_apply_and_others_neither_draft_nor_apply():
    year = build_year(Phase.APPRAISAL)
    annex = floor_raised(year)
    for name in ("a1", "g1", "h", "l", "s", "n"):
        with pytest.raises(Refused):
            draft(year, annex, by=name)
    drafted = draft(year, annex)

    with pytest.raises(Refused, match="không được tự áp dụng"):
        apply_amendment(drafted, sha256=SHA, by=year["c"])
    for name in ("a1", "g1", "h", "s", "n"):
        with pytest.raises(Refused):
            apply_amendment(drafted, sha256=SHA, by=year[name])

    assert CriteriaSet.objects.get(pk=year.criteria_set.pk).revision == 1
    apply_amendment(drafted, sha256=SHA, by=year["l"])


def test_a_set_that_is_not_frozen_is_imported_again_and_not_amended():
    year = build_year(Phase.DRAFT)

    with pytest.raises(Conflict, match="chưa khóa"):
        draft(year, floor_raised(year))


def test_a_settled_group_is_not_amended_neither_by_a_new_draft_nor_by_an_old_one():
    year = build_year(Phase.COUNCIL)
    drafted = draft(year, changed(current(year), "1.1", title="Tên mới"), basis=basis(None))
    Amendment.objects.filter(pk=drafted.pk).update(state=AmendmentState.DISCARDED)
    advance(year, Phase.FINALISED)
    Amendment.objects.filter(pk=drafted.pk).update(state=AmendmentState.DRAFTED)

    with pytest.raises(Conflict, match="đã chốt số liệu"):
        apply_amendment(drafted, sha256=SHA, by=year["c2"])
    discard_amendment(drafted, by=year["c"])
    with pytest.raises(Conflict, match="Sở, ban, ngành: đã chốt số liệu"):
        draft(year, floor_raised(year))


@pytest.mark.parametrize(
    ("change", "own", "field", "told"),
    [
        (lambda annex: annex, {}, "file", "không khác bộ tiêu chí đang dùng"),
        (lambda annex: AnnexSet("xa", annex.title, annex.nodes), {}, "file", "Phụ lục mang mã bộ “xa”"),
        (
            lambda annex: changed(annex, "1.2", rule=RATIO),
            {"basis": basis(None)},
            "redeclare_until",
            "phải kê khai lại",
        ),
        (lambda annex: changed(annex, "1.2", rule=RATIO), {"basis": basis(-1)}, "redeclare_until", "đã qua"),
    ],
)
def test_a_draft_that_lacks_something_is_told_at_its_field(change, own, field, told):
    year = build_year(Phase.SELF_ASSESSMENT)

    with pytest.raises(Incomplete, match=told) as refused:
        draft(year, change(current(year)), **own)

    assert refused.value.field == field
    assert not Amendment.objects.exists()


def test_an_annex_the_engine_cannot_compute_with_is_refused_with_its_row():
    year = build_year(Phase.SELF_ASSESSMENT)

    with pytest.raises(TableFaults, match="tổng các tiêu chí con"):
        draft(year, changed(current(year), "1", max_points="9"))


def test_an_amendment_under_which_the_campaign_could_not_be_computed_is_refused_before_it_is_drafted():
    year = build_year(
        Phase.SELF_ASSESSMENT,
        gates=[{"node": "2", "index_below": "50", "highest_grade": "kha", "reason": "Thể chế dưới 50 %"}],
    )
    fewer = without(current(year), "2", "2.1")

    with pytest.raises(Blocked, match="không tính được") as refused:
        draft(year, fewer, basis=basis(None))

    assert "không có tiêu chí “2”" in refused.value.reasons[0]


def test_one_draft_waits_at_a_time_and_gives_way_when_it_is_given_up():
    year = build_year(Phase.SELF_ASSESSMENT)
    first = draft(year, floor_raised(year))

    with pytest.raises(Conflict, match="đang có một sửa đổi"):
        draft(year, floor_raised(year))

    discard_amendment(first, by=year["c"])
    second = draft(year, floor_raised(year))
    with pytest.raises(Conflict):
        discard_amendment(first, by=year["c"])
    with pytest.raises(Conflict, match="vừa thay đổi"):
        apply_amendment(first, sha256=SHA, by=year["c2"])
    assert second.revision == 2


def test_only_the_draft_that_was_seen_is_applied_and_only_once():
    year = build_year(Phase.SELF_ASSESSMENT)
    drafted = draft(year, floor_raised(year))

    with pytest.raises(Conflict, match="vừa thay đổi"):
        apply_amendment(drafted, sha256="b" * 64, by=year["c2"])
    apply_amendment(drafted, sha256=SHA, by=year["c2"])
    with pytest.raises(Conflict, match="vừa thay đổi"):
        apply_amendment(drafted, sha256=SHA, by=year["c2"])

    assert CriteriaSet.objects.get(pk=year.criteria_set.pk).revision == 2
