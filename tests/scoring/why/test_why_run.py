""" "Vì sao số này?" of a run: from the run's own two files, however the rows have changed since."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from scoring.engine.compute import compute
from scoring.engine.errors import CampaignFaults
from scoring.engine.interchange import input_sha256
from scoring.enums import Phase, RunKind
from scoring.models import Participant, Run
from scoring.services.council import decide
from scoring.services.derivations import account_of_run
from scoring.services.running import run_official, run_provisional, show_run
from scoring.services.values import Content
from tests.factories import UserFactory, campaign_with_results, person, run_of, sign_in
from tests.province import build_province
from tests.scoring.dossier.pages import text
from tests.year import Year, build_year
from units.enums import Role

pytestmark = pytest.mark.django_db


def url(run: Run, unit: str, code: str = "") -> str:
    campaign = run.campaign
    place = [campaign.organiser.slug, campaign.code, run.number, unit]
    return reverse("scoring:why_run_node", args=[*place, code]) if code else reverse("scoring:why_run_unit", args=place)


def page(year: Year, who: str, run: Run, unit: str, code: str = "") -> str:
    answer = year.browser(who).get(url(run, unit, code))
    assert answer.status_code == 200, answer.content.decode()
    return text(answer).partition('<main id="noi-dung"')[2]


def printed(run: Run) -> dict[str, dict[str, Any]]:
    return {unit["code"]: unit for unit in json.loads(run.results_file)["units"]}


@pytest.mark.parametrize("kind", RunKind)
def test_every_number_is_the_printed_one(kind: RunKind) -> None:
    year = build_year(Phase.FINALISED)
    run = (run_official if kind == RunKind.OFFICIAL else run_provisional)(year.campaign, year["c"])
    for code, unit in printed(run).items():
        found = account_of_run(run, code)
        assert found is not None
        assert found.is_faithful
        told = found.derivation
        assert (told.points, told.max_points, told.index, told.rank, told.grade) == tuple(
            unit[key] for key in ("points", "max_points", "index", "rank", "grade")
        )
        keys = ("code", "points", "max_points", "index", "rank", "applicable")
        assert [[getattr(node, key) for key in keys] for node in told.nodes] == [
            [node[key] for key in keys] for node in unit["nodes"]
        ]


def test_the_slip_tells_rank_and_mean_of_the_group() -> None:
    year = build_year(Phase.FINALISED)
    run = run_official(year.campaign, year["c"])
    best, last = page(year, "c", run, "SOA"), page(year, "c", run, "SOB")
    assert "Hạng 1 trong 2 đơn vị được xếp hạng." in best
    assert "Hạng 2 trong 2 đơn vị được xếp hạng, 1 đơn vị có chỉ số cao hơn." in last
    table = reverse("scoring:run", args=[year.organiser.slug, year.campaign.code, run.number])
    anchor = f"k-{year.a.group.code}"
    assert f'<a href="{table}#{anchor}">Bảng xếp hạng khối {year.a.group.title}, lần tính {run.number}</a>' in last
    assert f'id="{anchor}"' in text(year.browser("c").get(table))
    assert "Trung bình khối" in best
    assert "TẠM TÍNH" not in best
    assert run.input_sha256 in best
    assert f"Lần tính {run.number}, chính thức" in best


def test_units_that_share_a_rank_are_told_so() -> None:
    year = build_year(Phase.FINALISED)
    run = run_official(year.campaign, year["c"])
    results = json.loads(run.results_file)
    for unit in results["units"]:
        unit["rank"] = 1
    run.results_file = json.dumps(results)
    found = account_of_run(run, "SOB")
    assert found is not None
    (told,) = [step.sentence for step in found.derivation.steps if step.name == "rank"]
    assert told == "Hạng 1 trong 2 đơn vị được xếp hạng, cùng hạng với 1 đơn vị khác"


def test_a_provisional_run_is_marked() -> None:
    year = build_year(Phase.APPRAISAL)
    run = run_provisional(year.campaign, year["c"])
    assert "TẠM TÍNH" in page(year, "c", run, "SOA")
    assert "TẠM TÍNH" in page(year, "c", run, "SOA", "1.2")


def test_a_run_stays_as_it_was_and_says_that_the_stages_are_todays() -> None:
    year = build_year(Phase.COUNCIL)
    run = run_provisional(year.campaign, year["c"])
    before = page(year, "c", run, "SOA", "1.2")
    assert "40/50 = 80%" in before
    assert "Giá trị được tính." in before
    assert "Các bước dưới đây là giá trị hiện nay" not in before
    full = Content(points=Decimal(4), reason="Hội đồng xem lại hồ sơ gốc")
    decide(year.a, year.leaves["1.2"], full, seen=0, by=year["h"])
    after = page(year, "c", run, "SOA", "1.2")
    assert "3,20 <small>/ 4,00 điểm</small>" in after  # what the run has printed
    assert "Hội đồng xem lại hồ sơ gốc" in after
    assert after.index("Giá trị được tính.") < after.index("Hội đồng</b>")  # the run counted the appraisal
    assert "Các bước dưới đây là giá trị hiện nay" in after
    assert "Giá trị được tính." not in page(year, "c", changed(run, "1.2"), "SOA", "1.2")


def changed(run: Run, code: str) -> Run:
    """A later run, as it would be of an answer that no stage gives any more."""
    given = json.loads(run.campaign_file)
    for unit in given["units"]:
        unit["answers"][code] = {"inputs": {"numerator": "41", "denominator": "50"}}
    return kept(run, given, compute(json.dumps(given).encode()).decode())


def test_a_unit_that_takes_part_no_more_is_told_from_the_files_alone() -> None:
    year = build_year(Phase.COUNCIL)
    run = run_provisional(year.campaign, year["c"])
    Participant.objects.filter(pk=year.b.pk).update(code="SOB-CU")
    assert "Sở Bình yên" in page(year, "c", run, "SOB")
    assert "Qua các bước" not in page(year, "c", run, "SOB", "1.1")


def test_a_run_that_todays_engine_would_tell_otherwise_says_so() -> None:
    year = build_year(Phase.FINALISED)
    run = run_official(year.campaign, year["c"])
    results = json.loads(run.results_file)
    results["units"][0]["points"] = "11"
    run.results_file = json.dumps(results)
    found = account_of_run(run, results["units"][0]["code"])
    assert found is not None
    assert not found.is_faithful


def kept(run: Run, given: dict[str, Any], results: str) -> Run:
    """A later run with these files, as an earlier engine would have left it."""
    same = {name: getattr(run, name) for name in ("campaign", "kind", "engine_version", "campaign_version")}
    file = json.dumps(given)
    return Run.objects.create(
        **same, number=run.number + 1, campaign_file=file, results_file=results,
        input_sha256=input_sha256(file.encode()), results_sha256=hashlib.sha256(results.encode()).hexdigest(),
    )  # fmt: skip


@pytest.mark.parametrize("code", ["", "1", "1.2"])
def test_a_kept_run_that_todays_engine_refuses_is_not_explained_and_breaks_nothing(code: str) -> None:
    year = build_year(Phase.FINALISED)
    run = run_official(year.campaign, year["c"])
    given = json.loads(run.campaign_file)
    leaf = next(node for node in nodes_of(given["criteria_sets"][0]["criteria"]) if node["code"] == "1.2")
    bands = [{"at_least": "50", "points": "4"}, {"at_least": "60", "points": "3"}]  # the second is never reached
    leaf["rule"] = {**leaf["rule"], "bands": bands}
    old = kept(run, given, run.results_file)
    with pytest.raises(CampaignFaults):
        account_of_run(old, "SOA")
    told = page(year, "c", old, "SOA", code)
    assert "Bộ tính hôm nay không còn nhận tệp của lần tính này, nên không giải thích lại được." in told
    assert "Kết quả đã lưu vẫn giữ nguyên." in told
    assert "Chưa tính được" not in told
    assert year.browser("c").get(url(old, "SOX", code)).status_code == 404


def nodes_of(nodes: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for node in nodes:
        yield node
        yield from nodes_of(node.get("children", []))


def test_where_a_group_has_several_criteria_sets_a_nodes_rank_says_among_whom_it_is() -> None:
    year = build_year(Phase.FINALISED)
    run = run_official(year.campaign, year["c"])
    assert "Hạng 2 của khối." in page(year, "c", run, "SOB", "1")
    assert "Khối có nhiều bộ tiêu chí" not in page(year, "c", run, "SOB")
    given = json.loads(run.campaign_file)
    given["criteria_sets"].append({**given["criteria_sets"][0], "code": "khac", "title": "Bộ khác"})
    next(unit for unit in given["units"] if unit["code"] == "SOB")["criteria_set"] = "khac"
    mixed = kept(run, given, compute(json.dumps(given).encode()).decode())
    assert "Hạng 1 trong các đơn vị cùng bộ tiêu chí của khối." in page(year, "c", mixed, "SOB", "1")
    slip = page(year, "c", mixed, "SOB")
    assert "hạng từng tiêu chí chỉ so trong các đơn vị cùng bộ tiêu chí" in slip
    assert "Hạng 2 trong 2 đơn vị được xếp hạng, 1 đơn vị có chỉ số cao hơn." in slip


def test_a_past_table_is_explained_too() -> None:
    campaign = campaign_with_results()
    run = run_of(campaign)
    browser = sign_in(person(Role.COORDINATOR, campaign.organiser))
    unit = campaign.participants.first().code
    for code in ("", "1", "1.1", "1.2"):
        assert browser.get(url(run, unit, code)).status_code == 200
    assert "Theo biên bản kiểm tra" in text(browser.get(url(run, unit, "1.2")))


def test_who_reads_it() -> None:
    """The coordinator at once; a leader when the run is shown; nobody else knows that it is there."""
    year = build_year(Phase.FINALISED)
    run = run_official(year.campaign, year["c"])
    for address in (url(run, "SOA"), url(run, "SOA", "1"), url(run, "SOA", "1.2")):
        found = {who: year.browser(who).get(address).status_code for who in ("c", "l", "a1", "aH", "g1", "h", "s", "n")}
        assert found == {"c": 200, "l": 403, "a1": 404, "aH": 404, "g1": 404, "h": 404, "s": 404, "n": 404}
        assert year.browser("P").get(address).status_code == 302
        assert year.browser("c").head(address).status_code == 200
        assert year.browser("c").post(address).status_code == 405
    show_run(run, year["c"])
    assert [year.browser("l").get(url(run, "SOA", code)).status_code for code in ("", "1.2")] == [200, 200]


def test_what_the_run_does_not_know_is_not_found() -> None:
    year = build_year(Phase.FINALISED)
    run = run_official(year.campaign, year["c"])
    browser = year.browser("c")
    assert [browser.get(address).status_code for address in (url(run, "SOX"), url(run, "SOA", "9.9"))] == [404, 404]


@pytest.mark.parametrize("code", ["", "1", "1.1"])
def test_the_number_of_queries_does_not_grow_with_the_units(code: str) -> None:
    counts = []
    for units in (1, 3):
        campaign = campaign_with_results(units=units)
        run = run_of(campaign)
        browser = sign_in(person(Role.COORDINATOR, campaign.organiser, username=UserFactory.build().username))
        with CaptureQueriesContext(connection) as queries:
            assert browser.get(url(run, campaign.participants.first().code, code)).status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_the_runs_tables_lead_to_the_explanation() -> None:
    year = build_year(Phase.FINALISED)
    run = run_official(year.campaign, year["c"])
    address = reverse("scoring:run", args=[year.organiser.slug, year.campaign.code, run.number])
    tables = text(year.browser("c").get(address))
    assert f'class="why" href="{url(run, "SOA")}"' in tables
    assert f'class="why" href="{url(run, "SOA", "1")}"' in tables


@pytest.mark.soak
def test_a_page_of_a_provinces_run_takes_no_time() -> None:
    """170 units with 90 leaves; the limit of 300 ms is for a quiet machine, ten times that for any."""
    province = build_province()
    run = run_of(province.campaign, province.people["coordinator"], RunKind.PROVISIONAL)
    browser = sign_in(province.people["coordinator"])
    taken = []
    for _ in range(3):
        start = time.perf_counter()
        assert browser.get(url(run, province.first.code, "1.1")).status_code == 200
        taken.append(time.perf_counter() - start)
    assert min(taken) < 3
