"""A verdict answers what the unit declared; when that changes, it waits to be given anew. And who may still give it."""

from __future__ import annotations

import datetime

import pytest
from django.utils import timezone

from scoring.enums import PartState, Phase, Stage, SubmissionState
from scoring.models import AppraisalPart, Submission
from scoring.selectors.missing import missing_for_official
from scoring.selectors.worksheet import sight_of
from scoring.services.appraisal import appraise, keep_declared
from scoring.services.closing import close_late
from scoring.services.entered import confirm, enter
from scoring.services.errors import Blocked, Conflict
from scoring.services.exclusions import confirm_exclusion, exclude, version_of
from scoring.services.self_assessment import take_back
from scoring.services.transitions import perform
from scoring.services.values import Content
from tests.year import Year, build_year
from units.models import Membership
from units.permissions import Refused, can

pytestmark = pytest.mark.django_db
FAR = {"reason": "Theo đề nghị của đơn vị", "until": timezone.now() + datetime.timedelta(days=30)}


def judged_and_unlocked() -> Year:
    """Part 1 of A is finished; then the coordinator unlocks A's dossier."""
    year = build_year(Phase.APPRAISAL)
    for code in ("1.1", "1.2"):
        keep_declared(year.part("1"), year.leaves[code], seen=0, by=year["g1"])
    perform(year.part("1"), "finish", year["g1"])
    perform(year.submission(), "unlock", year["c"], **FAR)
    return year


def hand_in_again(year: Year) -> None:
    perform(year.submission(), "hand_over", year["a1"])
    perform(year.submission(), "submit", year["aH"], accept_warnings=True)


def texts(year: Year) -> str:
    return " ".join(item.sentence for item in missing_for_official(year.campaign) if item.participant == year.a)


def test_a_part_is_not_signed_while_the_unit_holds_its_dossier() -> None:
    year = judged_and_unlocked()
    with pytest.raises(Conflict, match="chưa nộp lại"):
        perform(year.part("1"), "sign", year["g1"])
    hand_in_again(year)
    assert perform(year.part("1"), "sign", year["g1"]).state == PartState.SIGNED


def test_new_figures_make_the_old_verdict_wait_and_the_part_is_not_signed_on_it() -> None:
    year = judged_and_unlocked()
    year.declare("1.2", inputs={"numerator": "10", "denominator": "50"})
    hand_in_again(year)
    with pytest.raises(Blocked, match=r"1\.2: chưa có ý kiến"):
        perform(year.part("1"), "sign", year["g1"])
    assert "Chưa có điểm thẩm định: 1.2" in texts(year)
    perform(year.part("1"), "take_up", year["g1"])
    keep_declared(year.part("1"), year.leaves["1.2"], seen=year.seen("1.2", Stage.APPRAISED), by=year["g1"])
    assert year.value("1.2", Stage.APPRAISED).inputs == {"numerator": "10", "denominator": "50"}
    assert "1.2" not in texts(year)


def test_a_new_claim_after_the_verdict_is_an_open_claim_again() -> None:
    year = judged_and_unlocked()
    year.declare("1.2", not_applicable=True, reason="Không có nhiệm vụ nào")
    hand_in_again(year)
    assert "Đề nghị không áp dụng chưa được quyết: 1.2" in texts(year)


def test_an_answer_taken_back_leaves_no_verdict_behind() -> None:
    year = judged_and_unlocked()
    take_back(year.a, year.leaves["1.2"], seen=year.seen("1.2", Stage.DECLARED), by=year["a1"])
    hand_in_again(year)
    assert "Chưa có điểm thẩm định: 1.2" in texts(year)


def test_the_same_answer_saved_again_leaves_the_verdict_alone() -> None:
    year = judged_and_unlocked()
    year.declare("1.2", inputs={"numerator": "45", "denominator": "50"})
    hand_in_again(year)
    assert "1.2" not in texts(year)


def test_an_appraiser_whose_components_were_narrowed_judges_the_rest_no_more() -> None:
    year = build_year(Phase.APPRAISAL)
    Membership.objects.filter(user=year["g1"]).update(components=["2"])
    with pytest.raises(Refused, match="không còn thuộc phân công"):
        appraise(year.part("1"), year.leaves["1.1"], Content(inputs={"choice": "du"}), seen=0, by=year["g1"])
    assert not can(year["g1"], "scoring.view_part", year.part("1"))


def test_nobody_confirms_points_or_exclusions_of_the_own_unit() -> None:
    year = build_year(Phase.APPRAISAL)
    for role in Membership.objects.filter(user=year["c2"]):
        Membership.objects.create(
            user=year["c2"], organiser=year.organiser, unit=year.a.unit, role="unit_head", valid_from=role.valid_from
        )
    content = Content(inputs={"mean": "4", "responses": "100"})
    value = enter(year.a, year.leaves["3.1"], content, seen=0, by=year["c"])
    with pytest.raises(Blocked, match="đơn vị mình đang công tác"):
        confirm([(value, value.version)], by=year["c2"])
    for whose in (year.a, year.fresh_group()):
        found = exclude(whose, year.leaves["1.2"], reason="Không có việc", legal_basis="Luật", by=year["c"])
        with pytest.raises(Conflict, match="đơn vị mình đang công tác"):
            confirm_exclusion(found, seen=version_of(found), by=year["c2"])
        confirm_exclusion(found, seen=version_of(found), by=year["l"])


def test_an_unlock_that_ran_out_is_closed_though_the_groups_window_still_lies_ahead() -> None:
    year = build_year(Phase.APPRAISAL)
    perform(year.submission(), "unlock", year["c"], **FAR)
    assert close_late() == []
    Submission.objects.filter(participant=year.a).update(extended_until=timezone.now() - datetime.timedelta(minutes=1))
    assert [item.participant for item in close_late()] == [year.a]
    assert year.submission().state == SubmissionState.NOT_SUBMITTED
    soon = timezone.now() + datetime.timedelta(hours=2)
    assert perform(year.submission(), "reopen", year["c"], reason="Mất điện", until=soon).state == SubmissionState.DRAFT


def test_what_a_unit_is_still_writing_is_read_by_itself_and_the_coordinator_alone() -> None:
    year = build_year(Phase.APPRAISAL)
    perform(year.submission(), "unlock", year["c"], **FAR)
    for name, sees in {"a1": True, "c": True, "g1": False, "h": False, "l": False}.items():
        assert (Stage.DECLARED in sight_of(year[name], year.a).everywhere) is sees, name
    hand_in_again(year)
    for name in ("g1", "h", "l"):
        assert Stage.DECLARED in sight_of(year[name], year.a).everywhere, name


def test_every_part_of_a_finished_year_was_signed_by_who_holds_it() -> None:
    year = build_year(Phase.COUNCIL)
    parts = AppraisalPart.objects.filter(participant__campaign=year.campaign)
    assert {(part.state, part.signed_by_id == part.appraiser_id) for part in parts} == {(PartState.SIGNED, True)}
