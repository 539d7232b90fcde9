"""The trial switch makes up what the steps before would have left, marked as sample data, so that every later step
can be tried: judging, the council, the official run."""

from __future__ import annotations

import datetime
from decimal import Decimal

import pytest

from scoring.enums import AmendmentState, PartState, Phase, Resolution, RunKind, Stage
from scoring.models import (
    Amendment,
    AppraisalPart,
    Exclusion,
    ExplanationItem,
    Participant,
    Submission,
    Value,
    ValueChange,
)
from scoring.selectors.missing import missing_for_official
from scoring.services.demo_figures import plausible
from scoring.services.demo_filling import SAMPLE
from scoring.services.demo_switch import NO_PUBLICATION, switch
from scoring.services.entered import enter
from scoring.services.errors import Blocked
from scoring.services.leaves import leaf_of
from scoring.services.running import run_official
from scoring.services.values import Content
from tests.scoring.setup.pages import at, words
from tests.year import Year, build_year
from units.models import TrailEntry

pytestmark = pytest.mark.django_db


def to(year: Year, phase: Phase) -> None:
    switch(year.fresh_group(), phase, year["c"])


def missing(year: Year) -> list[str]:
    return [str(item) for item in missing_for_official(year.campaign)]


class TestTheOfficialRunFollows:
    @pytest.mark.parametrize("start", [phase for phase in Phase if phase != Phase.PUBLISHED])
    def test_from_any_phase_nothing_is_missing_and_the_run_is_made(self, start: Phase) -> None:
        year = build_year(start)
        to(year, Phase.FINALISED)
        assert missing(year) == []
        assert run_official(year.campaign, year["c"]).kind == RunKind.OFFICIAL

    def test_step_by_step_too(self) -> None:
        year = build_year(Phase.SELF_ASSESSMENT)
        for phase in (Phase.APPRAISAL, Phase.EXPLANATION, Phase.REAPPRAISAL, Phase.COUNCIL, Phase.FINALISED):
            to(year, phase)
        assert missing(year) == []

    def test_a_second_switch_changes_nothing_more(self) -> None:
        year = build_year(Phase.SELF_ASSESSMENT)
        to(year, Phase.FINALISED)
        before = list(Value.objects.order_by("pk").values()), list(ValueChange.objects.values_list("pk"))
        to(year, Phase.FINALISED)
        assert (list(Value.objects.order_by("pk").values()), list(ValueChange.objects.values_list("pk"))) == before

    def test_everything_at_once_a_unit_for_the_council_claims_exclusions_an_amendment_and_waiting_points(self) -> None:
        year = build_year(Phase.SELF_ASSESSMENT)
        Participant.objects.filter(pk=year.b.pk).update(council_only=True)
        year.declare("1.1", inputs={"choice": "du"})
        year.declare("1.2", not_applicable=True, reason="Không phát sinh")
        year.declare("2.1", "b1", year.b, not_applicable=True, reason="Không ban hành văn bản")
        bonus = Content(inputs={"points": "0.5"})
        enter(year.a, year.leaves["3.2"], bonus, seen=0, by=year["c"])
        reasons = {"reason": "Không có", "legal_basis": "Quyết định 01", "entered_by": year["c"]}
        Exclusion.objects.create(campaign=year.campaign, participant=year.a, criterion=year.leaves["2.1"], **reasons)
        Amendment.objects.create(
            criteria_set=year.criteria_set, revision=2, decision_number="2/QĐ", decision_date=datetime.date(2026, 3, 1),
            reason="Sửa", sha256="0" * 64, annex={}, drafted_by=year["c"],
        )  # fmt: skip
        to(year, Phase.FINALISED)
        assert missing(year) == []
        assert run_official(year.campaign, year["c"]).number == 1
        assert Amendment.objects.get().state == AmendmentState.DISCARDED
        claim = year.value("1.2", Stage.APPRAISED)
        assert (claim.not_applicable, claim.reason, claim.legal_basis) == (True, "Không phát sinh", SAMPLE)
        taken = year.value("2.1", Stage.COUNCIL, year.b)
        assert (taken.not_applicable, taken.legal_basis) == (True, SAMPLE)
        assert year.value("1.1", Stage.COUNCIL, year.b).worth == 0
        assert year.value("2.1", Stage.APPRAISED) is None  # not assessed at this unit

    def test_points_that_fell_are_answered_by_a_sample_explanation(self) -> None:
        year = build_year(Phase.COUNCIL)
        Value.objects.filter(participant=year.a, criterion=year.leaves["2.1"], stage=Stage.REAPPRAISED).update(
            inputs=None, points=Decimal("0.5"), worth=Decimal("0.5"), reason="Thiếu"
        )
        assert any("thấp hơn vòng 1" in text for text in missing(year))
        to(year, Phase.FINALISED)
        assert missing(year) == []
        item = ExplanationItem.objects.get(round=2)
        assert (SAMPLE in item.text, item.author) == (True, None)


class TestWhatIsMadeUp:
    def test_judging_before_explanations_keeps_what_was_declared_and_gives_nought_for_the_rest(self) -> None:
        year = build_year(Phase.SELF_ASSESSMENT)
        year.declare("1.2", inputs={"numerator": "45", "denominator": "50"})
        to(year, Phase.EXPLANATION)
        kept, open_leaf = year.value("1.2", Stage.APPRAISED), year.value("1.1", Stage.APPRAISED)
        assert (kept.inputs, kept.author) == ({"numerator": "45", "denominator": "50"}, None)
        assert (open_leaf.points, SAMPLE in open_leaf.reason, SAMPLE in kept.reason) == (0, True, True)
        assert (
            ValueChange.objects.filter(stage=Stage.APPRAISED).count()
            == Value.objects.filter(stage=Stage.APPRAISED).count()
        )

    def test_every_part_has_an_appraiser_who_may_judge_the_unit_and_is_signed(self) -> None:
        year = build_year(Phase.SELF_ASSESSMENT)
        to(year, Phase.EXPLANATION)
        parts = AppraisalPart.objects.filter(round=1)
        assert {part.state for part in parts} == {PartState.SIGNED}
        assert all(part.signed_by_id == part.appraiser_id for part in parts)
        assert year["gA"].pk not in set(parts.filter(participant=year.a).values_list("appraiser", flat=True))

    def test_what_an_appraiser_has_said_stays(self) -> None:
        year = build_year(Phase.EXPLANATION)
        before = list(Value.objects.filter(stage=Stage.APPRAISED).order_by("pk").values())
        to(year, Phase.FINALISED)
        assert list(Value.objects.filter(stage=Stage.APPRAISED).order_by("pk").values()) == before

    def test_the_first_appraisal_judges_nothing_for_the_visitor(self) -> None:
        year = build_year(Phase.SELF_ASSESSMENT)
        to(year, Phase.APPRAISAL)
        assert not Value.objects.exists()
        assert not AppraisalPart.objects.filter(state=PartState.SIGNED).exists()

    def test_a_late_dossier_is_taken_as_it_stands_and_an_empty_one_is_nought_in_the_end(self) -> None:
        year = build_year(Phase.SELF_ASSESSMENT)
        year.declare("1.1", inputs={"choice": "du"})
        to(year, Phase.FINALISED)
        made = dict(Submission.objects.values_list("participant__code", "resolution"))
        assert made == {"SOA": Resolution.AS_IT_STANDS, "SOB": Resolution.NOUGHT}

    def test_entered_points_are_marked_and_confirmed(self) -> None:
        year = build_year(Phase.COUNCIL)
        to(year, Phase.FINALISED)
        value = year.value("3.1", Stage.ENTERED)
        assert (value.note, value.author) == (SAMPLE, None)
        assert value.confirmed_at is not None
        assert 0 < value.worth < 4

    def test_nobody_confirms_what_he_or_she_entered(self) -> None:
        year = build_year(Phase.COUNCIL)
        enter(year.a, year.leaves["3.1"], Content(inputs={"mean": "4", "responses": "99"}), seen=0, by=year["c"])
        to(year, Phase.FINALISED)
        value = year.value("3.1", Stage.ENTERED)
        assert (value.author, value.confirmed_by) == (year["c"], year["c2"])

    def test_the_trail_says_once_what_was_made_up(self) -> None:
        year = build_year(Phase.COUNCIL)
        before = TrailEntry.objects.count()
        to(year, Phase.FINALISED)
        entry = TrailEntry.objects.order_by("-pk").first()
        assert TrailEntry.objects.count() == before + 1
        assert entry.object_label.startswith("Bản dùng thử")
        assert entry.data["filled"]["entered"] == 2


class TestMadeUpFigures:
    @pytest.mark.parametrize("turn", [0, 1, 25, 4_000_000_000])
    @pytest.mark.parametrize(
        "rule",
        [
            {"kind": "survey", "scale_min": "1", "scale_max": "5", "min_responses": 300, "when_few": "zero"},
            {"kind": "survey", "min_responses": 0},
            {"kind": "ratio"},
            {"kind": "ratio", "inverse": True},
            {"kind": "manual"},
            {"kind": "manual", "step": "0.25"},
            {"kind": "indicator", "of": "1"},
            {"kind": "per_item", "points_each": "0.5"},
            {"kind": "deduction", "items": [{"key": "a", "label": "Sai sót", "points_each": "0.5"}]},
            {"kind": "lateness", "due": "2026-12-15", "steps": [{"up_to_days": 5, "share": "1"}]},
            {
                "kind": "formula",
                "variables": [{"key": "a", "label": "Tổng số"}, {"key": "b", "label": "Số đúng hạn"}],
                "pieces": [{"when": "b / a > 0.5", "points": "b / a * M"}],
            },
        ],
    )
    def test_they_earn_something_by_the_rule(self, rule: dict[str, object], turn: int) -> None:
        year = build_year(Phase.DRAFT)
        leaf = year.leaves["3.1"]
        leaf.rule = rule
        read = leaf_of(leaf, year.campaign)
        scored = read.score({"inputs": plausible(read, turn)})
        assert not scored.faults
        assert 0 < Decimal(scored.points) <= 4


class TestPublishing:
    def test_is_refused_because_a_publication_leads_there(self) -> None:
        year = build_year(Phase.FINALISED)
        with pytest.raises(Blocked) as refused:
            to(year, Phase.PUBLISHED)
        assert (list(refused.value.reasons), year.phase()) == ([NO_PUBLICATION], Phase.FINALISED)

    def test_on_the_page_the_sentence_is_shown(self) -> None:
        year = build_year(Phase.FINALISED)
        form = {"group": year.group.pk, "phase": Phase.PUBLISHED}
        answer = year.browser("c").post(at(year, "buoc/dung-thu/"), form)
        assert (answer.status_code, NO_PUBLICATION in words(answer)) == (409, True)
