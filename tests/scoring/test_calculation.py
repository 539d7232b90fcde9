"""From the rows to the campaign file to a run: what goes in, what is kept, and what is noticed later."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import threading
from decimal import Decimal
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.urls import reverse

from scoring.engine.interchange import input_sha256
from scoring.enums import RunKind, Stage
from scoring.models import Campaign, Run
from scoring.services.calculation import (
    CannotCalculate,
    build_campaign_file,
    calculate,
    current_input_sha256,
    faults_of,
    verify,
)
from tests.database import tamper
from tests.factories import CampaignFactory, UserFactory, answer, campaign_with_results, person, run_of, sign_in
from tests.scoring.dossier.pages import text
from units import trail
from units.enums import Role
from units.models import TrailEntry
from units.models.appendonly import AppendOnly

ROOT = Path(__file__).parents[2]


def results_of(run: Run) -> dict[str, tuple[str, int | None, str]]:
    units = json.loads(run.results_file)["units"]
    return {unit["code"]: (unit["index"], unit["rank"], unit["grade"]) for unit in units}


def unit_of(campaign: Campaign, position: int = 0) -> dict:
    return build_campaign_file(campaign)["units"][position]


def leaf(campaign: Campaign, code: str):
    return campaign.criteria_sets.get().criteria.get(code=code)


def test_a_run_holds_indices_ranks_and_grades_of_all_units(db) -> None:
    run = run_of(campaign_with_results())
    assert list(results_of(run).values()) == [("97.50", 1, "xuat_sac"), ("72.50", 2, "kha"), ("47.50", 3, "yeu")]


def test_a_run_keeps_its_input_its_results_and_their_digests(db) -> None:
    campaign, user = campaign_with_results(), UserFactory()
    run = calculate(campaign, user, RunKind.PROVISIONAL)
    assert json.loads(run.campaign_file) == build_campaign_file(campaign)
    assert run.input_sha256 == input_sha256(run.campaign_file.encode()) == current_input_sha256(campaign)
    assert json.loads(run.results_file)["input_sha256"] == run.input_sha256
    assert (run.number, run.kind, run.calculated_by) == (1, RunKind.PROVISIONAL, user)
    entry = TrailEntry.objects.get(scope=campaign.trail_scope)
    assert entry.data == {"input_sha256": run.input_sha256, "results_sha256": run.results_sha256}
    assert trail.verify() == []


def test_runs_of_one_campaign_are_numbered_one_after_the_other(db) -> None:
    first, second = campaign_with_results(), campaign_with_results(code="2024", year=2024)
    assert [run_of(first).number, run_of(first).number, run_of(second).number] == [1, 2, 1]


def test_a_run_can_neither_be_changed_nor_deleted(db) -> None:
    run = run_of(campaign_with_results())
    run.kind = RunKind.PROVISIONAL
    with pytest.raises(AppendOnly), transaction.atomic():
        run.save()
    with pytest.raises(AppendOnly):
        Run.objects.update(kind=RunKind.PROVISIONAL)
    with pytest.raises(AppendOnly):
        run.delete()
    with pytest.raises(AppendOnly):
        Run.objects.filter(pk=run.pk).delete()
    assert Run.objects.get().kind == RunKind.OFFICIAL


def test_the_digest_follows_every_change_of_the_rows_and_comes_back_with_them(db) -> None:
    campaign = campaign_with_results()
    before = current_input_sha256(campaign)
    participant = campaign.participants.first()
    value = participant.values.get(criterion__code="1.2")
    value.points = Decimal("3.9999999999")
    value.save()
    assert current_input_sha256(campaign) != before
    value.points = Decimal("4")
    value.save()
    assert current_input_sha256(campaign) == before


def test_points_are_exact_to_ten_decimals(db) -> None:
    campaign = campaign_with_results(units=1)
    value = campaign.participants.get().values.get(criterion__code="1.2")
    for written in ("0.0000000001", "3.1234567891", "3.9999999999", "2.5"):
        value.points = Decimal(written)
        value.save()
        assert unit_of(campaign)["answers"]["1.2"]["points"] == written


@pytest.mark.parametrize(
    ("stages", "in_force"),
    [
        ([Stage.APPRAISED], "1"),
        ([Stage.APPRAISED, Stage.REAPPRAISED], "2"),
        ([Stage.REAPPRAISED, Stage.APPRAISED], "2"),
        ([Stage.APPRAISED, Stage.REAPPRAISED, Stage.COUNCIL], "3"),
        ([Stage.COUNCIL, Stage.APPRAISED], "3"),
        ([Stage.DECLARED, Stage.APPRAISED], "1"),
        ([Stage.DECLARED, Stage.COUNCIL], "3"),
    ],
)
def test_in_force_is_the_last_stage_that_has_spoken_in_whatever_order_it_was_stored(db, stages, in_force) -> None:
    points = {Stage.DECLARED: 4, Stage.APPRAISED: 1, Stage.REAPPRAISED: 2, Stage.COUNCIL: 3}
    campaign = campaign_with_results(units=1)
    participant = campaign.participants.get()
    participant.values.filter(criterion__code="1.2").delete()
    for stage in stages:
        answer(participant, leaf(campaign, "1.2"), stage, points=points[stage], reason="Theo giai đoạn")
    assert unit_of(campaign)["answers"]["1.2"]["points"] == in_force


def test_what_a_unit_declared_for_itself_never_counts_alone(db) -> None:
    campaign = campaign_with_results(units=1)
    participant = campaign.participants.get()
    participant.values.filter(criterion__code="1.2").delete()
    answer(participant, leaf(campaign, "1.2"), Stage.DECLARED, points=4, reason="Tự chấm")
    assert "1.2" not in unit_of(campaign)["answers"]
    result = json.loads(run_of(campaign).results_file)["units"][0]
    assert result["unanswered"] == ["1.2"]


def test_not_applicable_not_answered_and_nought_are_three_things(db) -> None:
    campaign = campaign_with_results(units=3)
    for participant, what in zip(
        campaign.participants.order_by("pk"),
        ({"not_applicable": True, "reason": "Không có thủ tục"}, None, {"points": 0, "reason": "Không làm"}),
        strict=True,
    ):
        participant.values.exclude(criterion__code="1.1").delete()
        participant.values.update(inputs={"choice": "du"})
        if what:
            answer(participant, leaf(campaign, "1.2"), Stage.APPRAISED, **what)
    units = json.loads(run_of(campaign).results_file)["units"]
    assert [(unit["points"], unit["max_points"], unit["unanswered"]) for unit in units] == [
        ("2", "6", ["2.1"]),
        ("2", "10", ["1.2", "2.1"]),
        ("2", "10", ["2.1"]),
    ]


def test_units_without_figures_stay_out_of_the_file_and_unranked_ones_stay_in(db) -> None:
    campaign = campaign_with_results()
    first, second, third = campaign.participants.order_by("pk")
    campaign.participants.filter(pk=first.pk).update(has_figures=False)
    campaign.participants.filter(pk=second.pk).update(is_ranked=False, unranked_reason="Thành lập ngày 01/08/2025")
    assert [(unit["code"], unit["ranked"]) for unit in build_campaign_file(campaign)["units"]] == [
        (second.code, False),
        (third.code, True),
    ]
    assert results_of(run_of(campaign)) == {second.code: ("72.50", None, "kha"), third.code: ("47.50", 1, "yeu")}


def test_trees_come_out_nested_in_printed_order_with_the_weights_of_components_only(db) -> None:
    campaign = campaign_with_results(units=1)
    campaign.criteria_sets.get().criteria.filter(code="1").update(weight=Decimal("70.5"))
    components = build_campaign_file(campaign)["criteria_sets"][0]["criteria"]
    assert [(node["code"], node["weight"], node["max_points"]) for node in components] == [
        ("1", "70.5", "6"),
        ("2", None, "4"),
    ]
    assert [[child["code"] for child in node["children"]] for node in components] == [["1.1", "1.2"], ["2.1"]]
    assert all("weight" not in child for node in components for child in node["children"])


def test_own_grades_and_gates_of_a_group_replace_the_campaigns(db) -> None:
    campaign = campaign_with_results(units=1)
    campaign.groups.update(grades=[{"code": "dat", "label": "Đạt", "at_least": "50"}, {"code": "khong", "label": "X"}])
    assert list(results_of(run_of(campaign)).values()) == [("97.50", 1, "dat")]


def test_what_cannot_be_computed_is_told_in_sentences_and_leaves_no_run_and_no_trace(db) -> None:
    campaign = campaign_with_results()
    campaign.participants.first().values.filter(criterion__code="1.2").update(points=99)
    campaign.participants.last().values.filter(criterion__code="1.1").update(inputs={"choice": "khong-co"})
    with pytest.raises(CannotCalculate) as refused:
        run_of(campaign)
    assert len(refused.value.faults) == 2
    assert "1.2" in refused.value.faults[0]
    assert refused.value.faults == faults_of(campaign)
    assert (Run.objects.count(), TrailEntry.objects.count()) == (0, 0)


def test_a_campaign_without_units_is_not_calculated(db) -> None:
    with pytest.raises(CannotCalculate, match="chưa có đơn vị nào"):
        run_of(CampaignFactory())


def test_rows_that_cannot_be_written_as_a_file_have_no_digest_and_are_refused(db) -> None:
    campaign = campaign_with_results(units=1)
    campaign.participants.get().values.filter(criterion__code="2.1").update(inputs={"mean": 4.75, "responses": 120})
    assert current_input_sha256(campaign) == ""
    assert len(faults_of(campaign)) == 1


def test_the_number_of_queries_does_not_grow_with_the_units(db, django_assert_num_queries) -> None:
    for number in (1, 3):
        campaign = campaign_with_results(units=number)
        with django_assert_num_queries(7):
            build_campaign_file(campaign)


def test_the_exported_file_gives_the_same_results_without_the_portal(db, tmp_path, capsys) -> None:
    campaign = campaign_with_results()
    run = run_of(campaign)
    call_command("export_campaign", "2025", organiser=campaign.organiser.slug)
    file = tmp_path / "campaign.json"
    file.write_text(capsys.readouterr().out, encoding="utf-8")
    printed = subprocess.run(
        [sys.executable, "-m", "scoring.engine", str(file)], cwd=ROOT, capture_output=True, check=True
    ).stdout
    assert printed.decode() == run.results_file


def test_the_file_of_an_earlier_run_is_exported_as_it_was_kept(db, capsys) -> None:
    campaign = campaign_with_results()
    run = run_of(campaign)
    campaign.participants.update(name="Tên mới")
    call_command("export_campaign", "2025", organiser=campaign.organiser.slug, run=run.number)
    assert capsys.readouterr().out == run.campaign_file
    with pytest.raises(CommandError, match=r"không có lần tính 7\. Các lần đã tính: 1\."):
        call_command("export_campaign", "2025", organiser=campaign.organiser.slug, run=7)


def test_export_names_the_choice_when_several_organisers_have_the_code(db) -> None:
    slugs = sorted(campaign_with_results(units=1).organiser.slug for _ in range(2))
    with pytest.raises(CommandError, match=f"--organiser với một trong: {', '.join(slugs)}"):
        call_command("export_campaign", "2025")
    with pytest.raises(CommandError, match="Không có kỳ đánh giá mã “1999”"):
        call_command("export_campaign", "1999")
    with pytest.raises(CommandError, match="của “khong-co”"):
        call_command("export_campaign", "2025", organiser="khong-co")


def test_an_untouched_run_verifies(db, capsys) -> None:
    run = run_of(campaign_with_results())
    assert verify(run) == []
    call_command("verify_run", run.campaign.code, run.number)
    assert "tính lại ra đúng kết quả đã lưu" in capsys.readouterr().out


def test_results_of_an_older_engine_verify_when_their_numbers_are_the_same(db) -> None:
    run = run_of(campaign_with_results())
    run.results_file = run.results_file.replace(f'"engine": "{run.engine_version}"', '"engine": "0.0.1"')
    assert verify(run) == ["Tệp kết quả đã lưu không khớp mã băm của lần tính."]


@pytest.mark.parametrize(
    ("column", "old", "new", "sentence"),
    [
        ("results_file", '"97.50"', '"99.50"', "Tính lại ra kết quả khác với kết quả đã lưu."),
        ("results_file", "{", "{ hỏng", "Tính lại ra kết quả khác với kết quả đã lưu."),
        ("campaign_file", '"4.75"', '"4.5"', "Tệp đầu vào đã lưu không khớp mã băm của lần tính."),
        ("campaign_file", '"format"', '"x_format"', "Tệp đầu vào đã lưu không còn tính được:"),
        ("campaign_file", "{", "", "Tệp đầu vào đã lưu không còn tính được:"),
        ("input_sha256", "", "0", "Tệp đầu vào đã lưu không khớp mã băm của lần tính."),
        ("results_sha256", "", "0", "Tệp kết quả đã lưu không khớp mã băm của lần tính."),
    ],
)
def test_a_run_edited_in_the_database_is_found(db, column, old, new, sentence) -> None:
    run = run_of(campaign_with_results())
    text = getattr(run, column)
    tamper(Run, column, text.replace(old, new, 1) if old else new * 64, id=run.pk)
    with pytest.raises(CommandError) as refused:
        call_command("verify_run", run.campaign.code, run.number)
    assert f"Lần tính {run.number} KHÔNG khớp:" in str(refused.value)
    assert sentence in str(refused.value)


def test_verifying_a_run_that_is_not_there_says_so(db) -> None:
    campaign = run_of(campaign_with_results()).campaign
    with pytest.raises(CommandError, match=f"Kỳ “{campaign.code}” không có lần tính 999. Các lần đã tính: 1."):
        call_command("verify_run", campaign.code, 999)
    with pytest.raises(CommandError, match="Không có kỳ đánh giá mã “1999”"):
        call_command("verify_run", "1999", 1)


def test_a_run_has_one_name_on_every_page(db) -> None:
    """Its number in the campaign; neither the key of its row nor a digest called a code."""
    run = run_of(campaign_with_results())
    browser = sign_in(person(Role.COORDINATOR, run.campaign.organiser))
    place = [run.campaign.organiser.slug, run.campaign.code]
    pages = [reverse("scoring:campaign", args=place), reverse("scoring:run", args=[*place, run.number])]
    for page in pages:
        told = re.sub(r"<[^>]+>", "", text(browser.get(page)).partition('<main id="noi-dung"')[2])
        assert f"Lần tính {run.number}" in told
        assert not re.search(r"\b([Mm]ã|số|mã đầu vào) (\d|[0-9a-f]{12})", told)


@pytest.mark.django_db(transaction=True)
def test_two_calculations_at_once_take_two_numbers() -> None:
    def work() -> None:
        try:
            start.wait()
            for _ in range(3):
                run_of(campaign)
        except Exception as error:
            failures.append(error)
        finally:
            connection.close()

    campaign = campaign_with_results()
    start, failures = threading.Barrier(2), []
    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert sorted(Run.objects.values_list("number", flat=True)) == [1, 2, 3, 4, 5, 6]
    assert trail.verify() == []
