"""What a freeze holds: the run's own figures, the comparison with earlier publications, what a past table printed."""

from __future__ import annotations

import datetime
import hashlib
import json
from itertools import pairwise
from typing import Any

import pytest

from reports.models import Publication
from reports.services.dataset import Edition, build, to_text
from reports.services.errors import Incomplete
from reports.services.material import read_material
from scoring.enums import Stage
from scoring.models import Campaign, Criterion, Group, Participant, PrintedResult, Value
from tests.factories import UnitFactory, answer, campaign_with_results
from tests.reports.publishing import Team
from units.enums import SuccessionKind
from units.models import Organiser, Unit, UnitSuccession

pytestmark = pytest.mark.django_db

Json = dict[str, Any]


def frozen(publication: Publication) -> Json:
    return json.loads(publication.dataset)


def only_group(publication: Publication) -> Json:
    return frozen(publication)["groups"][0]


def next_year(team: Team, year: int = 2026, **fields: Any) -> Campaign:
    """Another year with the same units."""
    campaign = campaign_with_results(team.organiser, year=year, code=str(year), **fields)
    old = list(team.campaign.participants.order_by("pk"))
    for participant, before in zip(campaign.participants.order_by("pk"), old, strict=False):
        spare = participant.unit
        Participant.objects.filter(pk=participant.pk).update(unit=before.unit, code=before.code, name=before.name)
        spare.delete()
    return campaign


class TestFigures:
    def test_a_native_year_holds_what_the_run_printed(self) -> None:
        team = Team()
        publication = team.drafted()
        group = only_group(publication)
        results = json.loads(publication.run.results_file)
        assert [unit["code"] for unit in group["units"]] == [unit["code"] for unit in results["units"]]
        for unit, result in zip(group["units"], results["units"], strict=True):
            for key in ("points", "max_points", "index", "rank", "grade"):
                assert unit[key] == result[key]
            nodes = {node["code"]: node for node in result["nodes"]}
            assert [item["code"] for item in unit["components"]] == ["1", "2"]
            for item in unit["components"]:
                assert item["index"] == nodes[item["code"]]["index"]
        assert [unit["index"] for unit in group["units"]] == ["97.50", "72.50", "47.50"]
        assert (group["mean"], group["highest"], group["lowest"], group["above_mean"]) == ("72.50", "97.50", "47.50", 1)
        assert {band["label"]: band["count"] for band in group["bands"]} == {
            "từ 90 trở lên": 1,
            "từ 80 đến dưới 90": 0,
            "từ 70 đến dưới 80": 1,
            "từ 60 đến dưới 70": 0,
            "từ 50 đến dưới 60": 0,
            "dưới 50": 1,
        }
        first = group["units"][0]["components"][0]
        assert (first["title"], first["points"], first["max_points"]) == ("Chỉ đạo, điều hành", "6", "6")
        assert group["components"][0]["highest_unit"] == group["units"][0]["name"]
        assert group["units"][0]["full_max_points"] == "10"

    def test_the_check_code_begins_the_digest_of_the_dataset_without_it(self) -> None:
        publication = Team().drafted()
        dataset = frozen(publication)
        assert hashlib.sha256(publication.dataset.encode()).hexdigest() == publication.digest
        dataset["publication"]["check_code"] = None
        head = hashlib.sha256(to_text(dataset).encode()).hexdigest()[:12].upper()
        assert publication.check_code == f"{head[:4]}-{head[4:8]}-{head[8:]}"

    def test_depth_index_holds_no_component_anywhere(self) -> None:
        group = only_group(Team().drafted(depth="index"))
        assert group["components"] == []
        assert all(unit["components"] == [] for unit in group["units"])

    @pytest.mark.parametrize("depth", ["index", "components", "derivations"])
    def test_what_bonus_and_penalty_brought_is_told_beside_the_points_unless_the_index_alone_is_public(
        self, depth: str
    ) -> None:
        team = Team()
        first = Criterion.objects.get(code="1")
        given = {"bonus": ("1.8", "1.5"), "penalty": ("1.9", "0.25")}
        best = team.campaign.participants.order_by("pk").first()
        for role, (code, points) in given.items():
            leaf = Criterion.objects.create(
                criteria_set=first.criteria_set, parent=first, path=f"001.{code}", code=code, title="Thêm", role=role,
                max_points="2", rule={"kind": "manual"}, source="coordinator",
            )  # fmt: skip
            answer(best, leaf, Stage.ENTERED, inputs={"points": points})
        units = {unit["code"]: unit for unit in only_group(team.drafted(depth=depth))["units"]}
        told = [(unit["bonus"], unit["penalty"]) for unit in (units.pop(best.code), *units.values())]
        assert told == ([(None, None)] * 3 if depth == "index" else [("1.5", "0.25"), ("0", "0"), ("0", "0")])

    def test_classes_carry_their_stairs_from_best_to_worst(self) -> None:
        grades = frozen(Team().drafted())["grades"]
        assert [(grade["code"], grade["step"], grade["steps"]) for grade in grades] == [
            ("xuat_sac", 5, 5),
            ("tot", 4, 5),
            ("kha", 3, 5),
            ("trung_binh", 2, 5),
            ("yeu", 1, 5),
        ]
        assert (grades[0]["tone"], grades[-1]["tone"]) == ("tot", "yeu")

    def test_an_unranked_unit_stands_last_with_its_reason_and_counts_nowhere(self) -> None:
        team = Team()
        best = team.campaign.participants.order_by("pk").first()
        Participant.objects.filter(pk=best.pk).update(is_ranked=False, unranked_reason="Mới thành lập")
        group = only_group(team.drafted())
        assert (group["units"][-1]["code"], group["units"][-1]["rank"]) == (best.code, None)
        assert group["units"][-1]["unranked_reason"] == "Mới thành lập"
        assert (group["count"], group["ranked"], group["highest"]) == (3, 2, "72.50")

    def test_a_unit_that_is_not_assessed_stands_last_with_its_sentence_and_counts_nowhere(self) -> None:
        team = Team()
        out, unranked, _ = team.campaign.participants.order_by("pk")
        Participant.objects.filter(pk=out.pk).update(is_assessed=False, left_out_reason="Giải thể (12/NQ-HĐND)")
        Participant.objects.filter(pk=unranked.pk).update(is_ranked=False, unranked_reason="Mới thành lập")
        group = only_group(team.drafted())
        told = [(unit["code"], unit["ranked"], unit["left_out_reason"]) for unit in group["units"][1:]]
        assert told == [(unranked.code, False, None), (out.code, False, "Giải thể (12/NQ-HĐND)")]
        last = group["units"][-1]
        figures = ("rank", "index", "points", "max_points", "bonus", "penalty", "grade", "unranked_reason")
        assert {last[key] for key in figures} == {None}
        assert (last["components"], last["history"][-1]["assessed"]) == ([], False)
        assert (group["count"], group["ranked"], sum(band["count"] for band in group["bands"])) == (2, 1, 1)

    def test_units_of_one_index_share_their_rank_and_say_so(self) -> None:
        team = Team(units=6)
        Value.objects.filter(participant__campaign=team.campaign, points__isnull=False).update(points=2)
        group = only_group(team.drafted())
        assert [(unit["rank"], unit["rank_shared"]) for unit in group["units"]] == [
            (1, True),
            (1, True),
            (3, True),
            (3, True),
            (5, True),
            (5, True),
        ]

    def test_a_councils_decision_is_told_as_a_category_never_in_its_words(self) -> None:
        team = Team()
        last = team.campaign.participants.order_by("pk").last()
        override = {"grade": "tot", "reason": "Ông A đề nghị nâng loại"}
        Participant.objects.filter(pk=last.pk).update(grade_override=override)
        publication = team.drafted()
        unit = next(unit for unit in only_group(publication)["units"] if unit["code"] == last.code)
        assert (unit["grade"], unit["grade_note"]) == ("tot", "Theo quyết định của hội đồng")
        assert "Ông A" not in publication.dataset


class TestTheYearBefore:
    def test_changes_and_history_come_from_what_was_published(self) -> None:
        team = Team()
        team.released()
        campaign = next_year(team)
        Value.objects.filter(participant__campaign=campaign, points=4).update(points=3)
        # The rows of last year are edited after its publication: the comparison does not notice.
        Value.objects.filter(participant__campaign=team.campaign, points__isnull=False).update(points=0)
        group = only_group(team.drafted(campaign))
        best = group["units"][0]
        assert group["previous_year"] == 2025
        assert best["change"] == {"year": 2025, "comparable": True, "points": "-10.00", "places": 0, "why": None}
        assert best["components"][0]["change_points"] == "-1"
        assert [(entry["year"], entry["index"], entry["comparable"]) for entry in best["history"]] == [
            (2025, "97.50", True),
            (2026, "87.50", True),
        ]

    def test_places_count_upwards(self) -> None:
        team = Team()
        team.released()
        campaign = next_year(team)
        best = campaign.participants.order_by("pk").first()
        best.values.filter(points__isnull=False).update(points=0)
        best.values.filter(inputs__has_key="choice").update(inputs={"choice": "khong"})
        units = {unit["code"]: unit for unit in only_group(team.drafted(campaign))["units"]}
        assert units[best.code]["change"]["places"] == -2
        assert sorted(unit["change"]["places"] for unit in units.values()) == [-2, 1, 1]

    def test_a_year_that_is_not_public_is_not_compared_with(self) -> None:
        team = Team()
        team.signed()
        unit = only_group(team.drafted(next_year(team)))["units"][0]
        assert unit["change"] is None
        assert [entry["year"] for entry in unit["history"]] == [2026]

    def test_a_merger_breaks_the_series_and_says_when(self) -> None:
        team = Team()
        team.released()
        campaign = next_year(team)
        participant = campaign.participants.order_by("pk").first()
        UnitSuccession.objects.create(
            predecessor=UnitFactory(),
            successor=participant.unit,
            kind=SuccessionKind.MERGER,
            date=datetime.date(2026, 3, 1),
        )
        unit = only_group(team.drafted(campaign))["units"][0]
        assert unit["change"]["comparable"] is False
        assert unit["change"]["why"] == "Sáp nhập, hợp nhất 01/03/2026"
        assert unit["change"]["points"] is None
        assert [entry["comparable"] for entry in unit["history"]] == [True, False]

    def test_units_that_went_into_another_keep_each_its_own_years_and_are_joined_with_nothing(self) -> None:
        team = Team()
        team.released()
        first, second, third = (participant.unit for participant in team.campaign.participants.order_by("pk"))
        day = datetime.date(2026, 3, 1)
        merged = UnitFactory(parent=team.organiser.unit, name=first.name, code=first.code, valid_from=day)
        unknown = UnitFactory(parent=team.organiser.unit, name="Xã chưa từng chấm")
        campaign = next_year(team)
        campaign.participants.filter(unit=first).update(unit=merged)
        campaign.participants.filter(unit=second).delete()
        for old in (first, second, unknown):
            UnitSuccession.objects.create(predecessor=old, successor=merged, kind=SuccessionKind.MERGER, date=day)
        units = {unit["code"]: unit for unit in only_group(team.drafted(campaign))["units"]}
        unit = units[merged.code]
        assert [entry["year"] for entry in unit["history"]] == [2026], "code and name of a predecessor are not its own"
        assert unit["change"]["why"] == "Sáp nhập, hợp nhất 01/03/2026"
        told = {
            item["name"]: [(entry["year"], entry["index"]) for entry in item["history"]]
            for item in unit["predecessors"]
        }
        assert told == {first.name: [(2025, "97.50")], second.name: [(2025, "72.50")], unknown.name: []}
        assert {(item["way"], item["date"]) for item in unit["predecessors"]} == {("Sáp nhập, hợp nhất", "2026-03-01")}
        assert units[third.code]["predecessors"] == []

    def test_years_that_another_organiser_assessed_are_told_as_its_own_and_compared_with_nothing(self) -> None:
        """A huyện of the past assessed its communes; one goes on under the province, two went into another."""
        huyen = Team()
        huyen.released()
        first, second, third = (participant.unit for participant in huyen.campaign.participants.order_by("pk"))
        Organiser.objects.filter(pk=huyen.organiser.pk).update(title="Huyện Cũ")
        day = datetime.date(2026, 3, 1)
        tinh = Team(year=2026, code="2026")
        kept, merged, _new = (participant.unit for participant in tinh.campaign.participants.order_by("pk"))
        steps = ((first, kept, SuccessionKind.CONTINUATION), (second, merged, SuccessionKind.MERGER))
        for old, new, kind in (*steps, (third, merged, SuccessionKind.MERGER)):
            UnitSuccession.objects.create(predecessor=old, successor=new, kind=kind, date=day)
        frozen = tinh.drafted()
        units = {unit["code"]: unit for unit in only_group(frozen)["units"]}
        goes_on = units[kept.code]
        assert [(one["year"], one["organiser"], one["comparable"]) for one in goes_on["history"]] == [
            (2025, "Huyện Cũ", True), (2026, None, False)
        ]  # fmt: skip
        assert goes_on["change"] is None, "two organisers are not compared"
        told = {
            one["name"]: [(year["year"], year["index"], year["organiser"]) for year in one["history"]]
            for one in units[merged.code]["predecessors"]
        }
        assert told == {
            second.name: [(2025, "72.50", "Huyện Cũ")], third.name: [(2025, "47.50", "Huyện Cũ")],
        }  # fmt: skip

    @pytest.mark.parametrize("hidden", ["not released", "a sample"])
    def test_nothing_of_another_organiser_is_told_that_is_not_public_or_only_a_sample(self, hidden: str) -> None:
        huyen = Team()
        if hidden == "a sample":
            Campaign.objects.filter(pk=huyen.campaign.pk).update(is_sample=True)
            huyen.campaign.refresh_from_db()
            huyen.released()
        else:
            huyen.approved()
        tinh = Team(year=2026, code="2026")
        old, new = huyen.campaign.participants.first().unit, tinh.campaign.participants.first().unit
        UnitSuccession.objects.create(
            predecessor=old, successor=new, kind=SuccessionKind.MERGER, date=datetime.date(2026, 3, 1)
        )
        unit = next(one for one in only_group(tinh.drafted())["units"] if one["code"] == new.code)
        assert [(one["name"], one["history"]) for one in unit["predecessors"]] == [(old.name, [])]

    def test_a_series_goes_on_over_two_renamings_and_breaks_where_the_unit_of_the_old_name_took_another_in(
        self,
    ) -> None:
        team = Team()
        team.released()
        campaign = next_year(team)
        participant = campaign.participants.order_by("pk").first()
        steps = [participant.unit, *(UnitFactory(parent=team.organiser.unit, name=name) for name in ("Hai", "Ba"))]
        for month, (old, new) in enumerate(pairwise(steps), start=2):
            UnitSuccession.objects.create(
                predecessor=old, successor=new, kind=SuccessionKind.RENAMING, date=datetime.date(2026, month, 1)
            )
        Participant.objects.filter(pk=participant.pk).update(unit=steps[-1], code=steps[-1].code, name=steps[-1].name)
        publication = team.drafted(campaign)
        unit = next(unit for unit in only_group(publication)["units"] if unit["code"] == steps[-1].code)
        assert [(entry["year"], entry["comparable"]) for entry in unit["history"]] == [(2025, True), (2026, True)]
        assert unit["predecessors"] == []
        UnitSuccession.objects.create(
            predecessor=UnitFactory(name="Xã nhập vào"), successor=steps[1], kind=SuccessionKind.MERGER,
            date=datetime.date(2026, 2, 15),
        )  # fmt: skip
        frozen_again = read_material(campaign, publication.run)
        again = build(frozen_again, Edition(1, "index"), {})
        unit = next(unit for unit in again["groups"][0]["units"] if unit["code"] == steps[-1].code)
        assert [(entry["year"], entry["comparable"]) for entry in unit["history"]] == [(2025, True), (2026, False)]
        assert [item["name"] for item in unit["predecessors"]] == ["Xã nhập vào"]

    def test_a_renamed_unit_is_the_same_unit(self) -> None:
        team = Team()
        team.released()
        campaign = next_year(team)
        participant = campaign.participants.order_by("pk").first()
        renamed = UnitFactory(parent=team.organiser.unit, name="Sở Tên mới")
        UnitSuccession.objects.create(
            predecessor=participant.unit,
            successor=renamed,
            kind=SuccessionKind.RENAMING,
            date=datetime.date(2026, 3, 1),
        )
        Participant.objects.filter(pk=participant.pk).update(unit=renamed, code=renamed.code, name=renamed.name)
        unit = only_group(team.drafted(campaign))["units"][0]
        assert unit["change"]["comparable"] is True

    def test_a_code_used_again_by_another_unit_is_not_the_same_unit(self) -> None:
        team = Team()
        team.released()
        campaign = next_year(team)
        participant = campaign.participants.order_by("pk").first()
        other = UnitFactory(parent=team.organiser.unit, name="Xã hoàn toàn khác")
        Participant.objects.filter(pk=participant.pk).update(unit=other, name=other.name)
        units = {unit["code"]: unit for unit in only_group(team.drafted(campaign))["units"]}
        assert units[participant.code]["change"] is None

    def test_another_group_or_another_way_of_calculating_is_not_compared(self) -> None:
        team = Team()
        team.released()
        moved = next_year(team, 2026)
        Group.objects.filter(campaign=moved).update(code="phuong", title="Phường")
        unit = only_group(team.drafted(moved))["units"][0]
        assert unit["change"]["why"] == "Năm 2025 xếp ở khối Xã, phường"
        other = next_year(team, 2027)
        Campaign.objects.filter(pk=other.pk).update(policy=other.policy | {"exclusion": "full_marks"})
        other.refresh_from_db()
        assert only_group(team.drafted(other))["units"][0]["change"]["why"] == "Cách tính khác năm 2025"


class TestPastTables:
    def test_an_excerpt_shows_ranks_as_printed_and_recomputes_no_mean(self) -> None:
        team = Team(origin="past", source_text="Báo Thử nghiệm")
        Group.objects.filter(campaign=team.campaign).update(is_excerpt=True, listed_of=45, printed_mean="88.10")
        for rank, participant in zip((3, 1, 45), team.campaign.participants.order_by("pk"), strict=True):
            PrintedResult.objects.create(participant=participant, rank=rank, row=rank)
        group = only_group(team.drafted())
        assert [unit["rank"] for unit in group["units"]] == [1, 3, 45]
        assert (group["listed_of"], group["count"], group["mean"], group["mean_printed"]) == (45, 3, None, "88.10")
        assert (group["highest"], group["above_mean"], group["grades"], group["components"]) == (None, None, [], [])

    def test_an_excerpt_of_unknown_size_says_so_and_keeps_the_printed_ranks(self) -> None:
        team = Team(origin="past", source_text="Báo Thử nghiệm")
        Group.objects.filter(campaign=team.campaign).update(is_excerpt=True)
        for rank, participant in zip((7, 2, 9), team.campaign.participants.order_by("pk"), strict=True):
            PrintedResult.objects.create(participant=participant, rank=rank, row=rank)
        group = only_group(team.drafted())
        assert [unit["rank"] for unit in group["units"]] == [2, 7, 9]
        assert (group["is_excerpt"], group["listed_of"], group["count"], group["mean"]) == (True, None, 3, None)
        assert (group["highest"], group["above_mean"], group["grades"], group["bands"]) == (None, None, [], [])

    def test_a_group_that_is_no_excerpt_says_so_too(self) -> None:
        group = only_group(Team().drafted())
        assert (group["is_excerpt"], group["listed_of"]) == (False, None)
        assert group["mean"] is not None

    def test_what_the_source_says_beside_the_units_is_frozen_as_text(self) -> None:
        told = Team(origin="past", source_text="Báo Thử nghiệm", printed_statement="26 Tốt, 80 Khá, 18 Trung bình")
        assert frozen(told.drafted())["campaign"]["printed_statement"] == "26 Tốt, 80 Khá, 18 Trung bình"
        assert frozen(Team().drafted())["campaign"]["printed_statement"] is None

    @pytest.mark.parametrize("size", [45, None])
    def test_no_year_is_compared_with_an_excerpt_of_known_or_unknown_size(self, size: int | None) -> None:
        team = Team(origin="past", source_text="Báo Thử nghiệm")
        Group.objects.filter(campaign=team.campaign).update(is_excerpt=True, listed_of=size)
        team.released()
        whole, excerpt = next_year(team, 2026), next_year(team, 2027)
        Group.objects.filter(campaign=excerpt).update(is_excerpt=True, listed_of=size)
        for campaign, year in ((whole, 2025), (excerpt, 2027)):
            why = {unit["change"]["why"] for unit in only_group(team.drafted(campaign))["units"]}
            assert why == {f"Bản công bố năm {year} chỉ nêu một phần của khối"}

    def test_a_row_without_figures_is_in_with_nulls_and_its_printed_rank(self) -> None:
        team = Team(origin="past", source_text="Báo Thử nghiệm")
        Group.objects.filter(campaign=team.campaign).update(is_excerpt=True, listed_of=45)
        bare = team.campaign.participants.order_by("pk").last()
        bare.values.all().delete()
        Participant.objects.filter(pk=bare.pk).update(has_figures=False)
        PrintedResult.objects.create(participant=bare, rank=2, row=2)
        unit = next(unit for unit in only_group(team.drafted())["units"] if unit["code"] == bare.code)
        assert (unit["rank"], unit["index"], unit["points"], unit["grade"], unit["components"]) == (
            2,
            None,
            None,
            None,
            [],
        )

    def test_only_the_components_that_were_printed_are_shown_and_misprints_are_noted(self) -> None:
        team = Team(origin="past", source_text="Báo Thử nghiệm")
        first = team.campaign.participants.order_by("pk").first()
        PrintedResult.objects.create(
            participant=first,
            row=1,
            index="97.05",
            rank=2,
            grade="Khá",
            points="9.75",
            components={"1": {"points": "6"}},
        )
        units = {unit["code"]: unit for unit in only_group(team.drafted())["units"]}
        assert units[first.code]["printed_note"] == "Bản in ghi chỉ số 97,05, hạng 2, xếp loại Khá"
        assert [item["code"] for item in units[first.code]["components"]] == ["1"]
        assert [unit["components"] for code, unit in units.items() if code != first.code] == [[], []]

    def test_without_thresholds_classes_stand_as_printed(self) -> None:
        team = Team(
            origin="past", source_text="Báo Thử nghiệm", grades_known=False, grades=[{"code": "x", "label": "x"}]
        )
        for participant, grade in zip(team.campaign.participants.order_by("pk"), ("Tốt", "Tốt", "Khá"), strict=True):
            PrintedResult.objects.create(participant=participant, grade=grade, row=participant.pk)
        publication = team.drafted()
        dataset = frozen(publication)
        assert dataset["grades_known"] is False
        assert [(unit["grade"], unit["grade_as_printed"]) for unit in dataset["groups"][0]["units"]] == [
            ("Tốt", True),
            ("Tốt", True),
            ("Khá", True),
        ]
        assert dataset["groups"][0]["grades"] == [
            {"code": "Tốt", "label": "Tốt", "count": 2},
            {"code": "Khá", "label": "Khá", "count": 1},
        ]

    def test_the_split_leaves_of_a_past_table_are_never_published(self) -> None:
        team = Team(origin="past", source_text="Báo Thử nghiệm")
        with pytest.raises(Incomplete, match="từng lĩnh vực"):
            team.drafted(depth="derivations")


def test_units_are_kept_apart_by_code_within_a_year() -> None:
    team = Team()
    codes = [unit["code"] for unit in only_group(team.drafted())["units"]]
    assert len(set(codes)) == Unit.objects.filter(participations__campaign=team.campaign).count()
