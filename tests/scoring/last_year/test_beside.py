"""Last year beside a leaf: figures by name, points and reasons of each stage, and how far the two compare."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from scoring.enums import LinkKind, Phase, Stage
from scoring.models import Campaign, Criterion, CriterionLink, Group, Participant, Submission, Value
from tests.factories import answer as council_says
from tests.scoring.dossier.pages import autosave, told, url
from tests.scoring.last_year.two_years import TwoYears, build_two_years, never_took_part
from units.enums import SuccessionKind
from units.models import UnitSuccession

pytestmark = pytest.mark.django_db


@pytest.fixture
def years() -> TwoYears:
    return build_two_years()


def published(years: TwoYears) -> None:
    Group.objects.filter(campaign=years.last.campaign).update(phase=Phase.PUBLISHED)


def test_the_figures_that_were_accepted_stand_with_the_points_of_each_stage_and_why(years: TwoYears) -> None:
    page = years.page()
    assert "<h3>Năm 2026</h3>" in page
    assert "<dt>Số đạt được</dt>" in page
    assert ">40</dd>" in page
    assert ">50</dd>" in page
    assert "3,60 / 4,00" in page
    assert "3,20 / 4,00 (−0,40)" in page
    assert "Lý do: Báo cáo chỉ có 40 nhiệm vụ" in page
    assert "Người g1" not in page, "the unit never reads who judged it"


def test_what_the_council_decided_waits_for_the_announcement(years: TwoYears) -> None:
    decided = {"inputs": {"numerator": "30", "denominator": "50"}, "reason": "Theo biên bản họp"}
    council_says(years.last.a, years.last.leaves["1.2"], Stage.COUNCIL, **decided)
    assert "Theo biên bản họp" not in years.page()
    published(years)
    page = years.page()
    assert "Hội đồng" in page
    assert "Lý do: Theo biên bản họp" in page
    assert ">30</dd>" in page, "the last word is what stands beside the field"


@pytest.mark.parametrize(("phase", "seen"), [(Phase.APPRAISAL, False), (Phase.EXPLANATION, True)])
def test_nothing_of_a_year_is_known_before_it_is_known_in_that_year(phase: Phase, seen: bool) -> None:
    years = build_two_years(phase)
    page = years.page()
    assert "3,60 / 4,00" in page
    assert ("Báo cáo chỉ có 40 nhiệm vụ" in page) is seen


def test_another_unit_reads_nothing_of_it(years: TwoYears) -> None:
    assert years.this.browser("b1").get(years.url()).status_code == 404
    assert "Báo cáo chỉ có 40" not in years.page("b1", unit=years.this.b)
    assert years.this.browser("P").get(years.url()).status_code == 302


def test_the_page_of_the_leaf_asks_nothing_more_and_leads_there(years: TwoYears) -> None:
    page = years.this.browser("a1").get(url(years.this, "answer", "1.2")).content.decode()
    assert f'data-last-year data-part="{years.url()}?phan=1"' in page
    assert f'href="{years.url()}"' in page
    part = years.this.browser("a1").get(years.url(), {"phan": "1"}).content.decode()
    assert part.strip().startswith('<div class="last-year" data-last-year-part>')


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        (LinkKind.CHANGED, "Tiêu chí đã đổi, không so được với năm 2026."),
        (LinkKind.COMPARABLE, "Tiêu chí có thay đổi so với năm 2026, vẫn so được."),
    ],
)
def test_what_the_coordinator_said_of_a_criterion_is_said_here(years: TwoYears, kind: LinkKind, words: str) -> None:
    node, old = years.this.leaves["1.2"], years.last.leaves["1.2"]
    CriterionLink.objects.create(criterion=node, predecessor=old, kind=kind, note="Đổi mẫu số")
    page = years.page()
    assert words in page
    assert "Đổi mẫu số" in page
    assert ("data-reuse=" in page) is (kind == LinkKind.COMPARABLE)


def test_a_new_criterion_one_put_together_and_one_divided_are_told(years: TwoYears) -> None:
    node = years.this.leaves["1.2"]
    said = CriterionLink.objects.create(criterion=node, new_against=years.last.criteria_set, kind=LinkKind.NEW)
    assert "Tiêu chí mới: năm 2026 không có tiêu chí nào" in years.page()
    said.delete()
    for code in ("1.1", "1.2"):
        old = years.last.leaves[code]
        CriterionLink.objects.create(criterion=node, predecessor=old, kind=LinkKind.COMPARABLE)
    page = years.page()
    assert "Gộp từ 2 tiêu chí của năm 2026" in page
    assert "1.1 Kế hoạch CCHC" in page
    assert "data-reuse=" not in page
    CriterionLink.objects.filter(predecessor=years.last.leaves["1.1"]).delete()
    other = years.this.leaves["2.1"]
    CriterionLink.objects.create(criterion=other, predecessor=years.last.leaves["1.2"], kind=LinkKind.COMPARABLE)
    assert "Tách ra từ một tiêu chí của năm 2026" in years.page()


def test_a_claim_of_last_year_and_a_leaf_without_an_answer_are_told(years: TwoYears) -> None:
    assert "Không áp dụng. Lý do: Không ban hành văn bản" in years.page("b1", "2.1", years.this.b)
    Value.objects.filter(participant=years.last.b, criterion=years.last.leaves["1.2"]).delete()
    assert "Năm 2026 không có số liệu ở tiêu chí này." in years.page("b1", "1.2", years.this.b)


def test_a_unit_without_a_year_before_is_told_so(years: TwoYears) -> None:
    Campaign.objects.filter(pk=years.last.campaign.pk).update(year=2027)
    assert "Chưa có năm trước nào của đơn vị trên cổng." in years.page()


def merged(years: TwoYears) -> None:
    """A went into B before this year."""
    UnitSuccession.objects.create(
        predecessor=years.this.a.unit, successor=years.this.b.unit, kind=SuccessionKind.MERGER, date="2026-11-01"
    )
    never_took_part(years, years.last.b)


def test_units_that_went_into_this_one_stand_by_name_and_are_not_compared(years: TwoYears) -> None:
    merged(years)
    page = years.page("b1", unit=years.this.b)
    assert "Năm 2026, Sở An toàn" in page
    assert "Đơn vị sáp nhập vào đơn vị này ngày 01/11/2026, nên số liệu chỉ để tham khảo." in page
    assert ">40</dd>" in page
    assert "data-reuse=" not in page
    saved = told(autosave(years.this, "b1", "1.2", years.this.b, numerator="4000", denominator="5000"))
    assert not saved["warning"]


def test_a_renamed_unit_is_the_same_one(years: TwoYears) -> None:
    UnitSuccession.objects.create(
        predecessor=years.this.a.unit, successor=years.this.b.unit, kind=SuccessionKind.RENAMING, date="2026-11-01"
    )
    never_took_part(years, years.last.b)
    page = years.page("b1", unit=years.this.b)
    assert "Năm 2026, Sở An toàn" in page
    assert "chỉ để tham khảo" not in page


def test_a_merger_since_makes_the_units_own_figures_no_measure(years: TwoYears) -> None:
    UnitSuccession.objects.create(
        predecessor=years.this.b.unit, successor=years.this.a.unit, kind=SuccessionKind.MERGER, date="2027-03-01"
    )
    page = years.page()
    assert "Đơn vị đã sáp nhập hoặc chia tách sau năm 2026" in page
    assert "data-reuse=" not in page


def queries(years: TwoYears) -> int:
    browser = years.this.browser("b1")
    with CaptureQueriesContext(connection) as found:
        assert browser.get(years.url(unit=years.this.b), {"phan": "1"}).status_code == 200
    return len(found)


def test_three_predecessors_cost_no_more_than_one(years: TwoYears) -> None:
    merged(years)
    one = queries(years)
    for code in ("SOC", "SOD"):
        unit = type(years.this.a.unit).objects.create(
            code=code, name=f"Sở {code}", kind=years.this.a.unit.kind, parent=years.this.organiser.unit,
            valid_from="2020-01-01",
        )  # fmt: skip
        UnitSuccession.objects.create(
            predecessor=unit, successor=years.this.b.unit, kind=SuccessionKind.MERGER, date="2026-11-01"
        )
        then = Participant.objects.create(
            campaign=years.last.campaign, unit=unit, code=code, name=unit.name, group=years.last.group,
            criteria_set=years.last.criteria_set,
        )  # fmt: skip
        Submission.objects.create(participant=then)
    assert queries(years) == one
    assert "Sở SOD" in years.page("b1", unit=years.this.b)


def test_the_namesake_of_a_set_without_lasting_ids_is_found(years: TwoYears) -> None:
    Criterion.objects.filter(pk=years.last.leaves["1.2"].pk).update(permanent_id="00000000-0000-0000-0000-00000000000a")
    assert ">40</dd>" in years.page()
