"""Runs of a year: provisional at any time and never public, official when nothing is missing, shown, published."""

from __future__ import annotations

import json

import pytest
from django.urls import reverse
from django.utils import timezone

from reports.services.errors import Conflict
from reports.services.freezing import draft
from reports.services.transitions import perform as act
from reports.tasks import run_release
from scoring.enums import Phase, RunKind
from scoring.models import Group, Run, RunShown
from scoring.services.errors import Conflict as NotNow
from scoring.services.running import run_official, run_provisional, show_run
from scoring.services.transitions import perform
from tests.reports.publishing import DECISION
from tests.scoring.setup.pages import at, words
from tests.year import Year, build_year
from units.models import TrailEntry
from units.permissions import Refused

pytestmark = pytest.mark.django_db


class TestProvisional:
    def test_it_can_be_made_from_self_assessment_on_and_is_marked_everywhere(self) -> None:
        year = build_year(Phase.SELF_ASSESSMENT)
        year.declare("1.1", inputs={"choice": "du"})
        browser = year.browser("c")
        answer = browser.post(at(year, "tinh-thu/"), follow=True)
        page = words(answer)
        assert answer.redirect_chain == [(at(year, "lan-tinh/1/"), 302)]
        assert "TẠM TÍNH Gồm cả số liệu tự chấm" in page
        assert "Lần tính 1 (tạm tính)" in page
        assert "Lần tính 1 TẠM TÍNH" in words(browser.get(at(year)))
        for name in ("campaign", "results"):
            file = browser.get(at(year, f"lan-tinh/1/{name}.json"))
            assert f"lan-1-TAM-TINH-{name}.json" in file["Content-Disposition"]

    def test_it_is_never_drafted_not_even_by_its_number(self) -> None:
        year = build_year(Phase.FINALISED)
        run = run_provisional(year.campaign, year["c"])
        with pytest.raises(Conflict, match="tạm tính"):
            draft(year.campaign, run, "components", year["c"])
        form = {"run": run.number, "depth": "components", "reason": ""}
        address = reverse("reports:draft", args=[year.organiser.slug, year.campaign.code])
        assert year.browser("c").post(address, form).status_code == 409
        assert not year.campaign.publications.exists()

    def test_one_made_later_does_not_stand_in_the_way_of_the_official_one(self) -> None:
        year = build_year(Phase.FINALISED)
        official = run_official(year.campaign, year["c"])
        run_provisional(year.campaign, year["c"])
        assert draft(year.campaign, official, "components", year["c"]).run == official

    def test_it_is_not_for_the_leaders(self) -> None:
        year = build_year(Phase.SELF_ASSESSMENT)
        run = run_provisional(year.campaign, year["c"])
        assert year.browser("l").get(at(year, f"lan-tinh/{run.number}/")).status_code == 403
        assert "Lần tính 1" not in words(year.browser("l").get(at(year)))
        answer = year.browser("c").post(at(year, f"lan-tinh/{run.number}/trinh-lanh-dao/"), follow=True)
        assert "không trình lãnh đạo" in words(answer)
        assert not RunShown.objects.exists()


class TestOfficial:
    def test_what_is_missing_is_listed_and_nothing_is_calculated(self) -> None:
        year = build_year(Phase.COUNCIL)
        answer = year.browser("c").post(at(year, "tinh/"))
        assert answer.status_code == 409
        page = words(answer)
        assert "Sở, ban, ngành: đang ở bước “Hội đồng”, chưa chốt số liệu." in page
        assert "Sở An toàn: Thiếu điểm nhập: 3.1." in page
        assert not Run.objects.exists()
        listed = words(year.browser("l").get(at(year, "con-thieu/")))
        assert "Sở An toàn Thiếu điểm nhập: 3.1." in listed

    def test_what_is_missing_stands_by_unit_with_a_line_for_all_unsigned_parts_and_the_way_there(self) -> None:
        year = build_year(Phase.APPRAISAL)
        page = year.browser("l").get(at(year, "con-thieu/"))
        assert "Sở An toàn Thiếu điểm nhập: 3.1. Chưa ký phần thẩm định vòng 1: lĩnh vực 1, 2. Chưa có" in words(page)
        assert words(page).count("Chưa ký phần thẩm định") == 2
        assert f'href="{at(year, "tien-do/SOA/")}"' in page.content.decode()

    def test_nothing_missing_leads_to_the_run_that_its_coordinator_alone_reads(self) -> None:
        year = build_year(Phase.FINALISED)
        answer = year.browser("c").post(at(year, "tinh/"), follow=True)
        assert "85,00" in words(answer)
        assert "TẠM TÍNH" not in words(answer)
        assert "Không thiếu gì" in words(year.browser("c").get(at(year, "con-thieu/")))
        refused = year.browser("l").get(at(year, "lan-tinh/1/"))
        assert (refused.status_code, "Điều phối chưa trình lãnh đạo" in words(refused)) == (403, True)

    def test_showing_it_opens_it_to_the_leaders_once(self) -> None:
        year = build_year(Phase.FINALISED)
        run_official(year.campaign, year["c"])
        for _ in range(2):
            year.browser("c").post(at(year, "lan-tinh/1/trinh-lanh-dao/"))
        assert TrailEntry.objects.filter(action="scoring.show_run").count() == 1
        assert year.browser("l").get(at(year, "lan-tinh/1/")).status_code == 200

    def test_a_provisional_run_is_shown_to_nobody(self) -> None:
        year = build_year(Phase.FINALISED)
        run = run_provisional(year.campaign, year["c"])
        sentence = "Lần tính tạm tính chỉ để điều phối theo dõi, không trình lãnh đạo."
        with pytest.raises(NotNow, match=sentence):
            show_run(run, year["c"])
        assert sentence in words(year.browser("c").post(at(year, "lan-tinh/1/trinh-lanh-dao/"), follow=True))
        assert not RunShown.objects.exists()
        assert not TrailEntry.objects.filter(action="scoring.show_run").exists()

    @pytest.mark.parametrize("who", ["a1", "aH", "g1", "h", "l", "s", "n"])
    def test_nobody_else_calculates_or_shows(self, who: str) -> None:
        year = build_year(Phase.FINALISED)
        run_official(year.campaign, year["c"])
        browser = year.browser(who)
        for page in ("tinh/", "tinh-thu/", "lan-tinh/1/trinh-lanh-dao/"):
            assert browser.post(at(year, page)).status_code in (403, 404), page
        assert (Run.objects.count(), RunShown.objects.count()) == (1, 0)
        with pytest.raises(Refused):
            run_provisional(year.campaign, year[who])

    def test_a_year_reopened_after_the_run_says_that_it_has_to_be_calculated_again(self) -> None:
        year = build_year(Phase.FINALISED)
        run_official(year.campaign, year["c"])
        assert "Lần tính 1 khớp với số liệu hiện có" in words(year.browser("c").get(at(year)))
        perform(year.fresh_group(), "return_to_council", year["c"], reason="Khiếu nại của Sở An toàn")
        year.browser("c").post(
            at(year, "don-vi/SOB/"),
            {"version": year.campaign.version, "standing": "khong-xep-hang", "reason": "Mới thành lập"},
        )
        assert "Số liệu đã đổi sau lần tính 1" in words(year.browser("c").get(at(year)))


class TestPublishing:
    def published(self, year: Year) -> None:
        run = year.campaign.runs.filter(kind=RunKind.OFFICIAL).order_by("-number").first()
        publication = draft(year.campaign, run, "components", year["c"], "Sửa sau khiếu nại")
        publication = act(publication, "send", year["c"])
        publication = act(publication, "record_decision", year["c"], **DECISION | {"date": timezone.localdate()})
        publication = act(publication, "approve", year["l"], digest=publication.digest, paper_matches=True)
        assert run_release(act(publication, "release", year["c"]).pk) == "released"

    def test_drafting_shows_the_run_to_whoever_has_to_approve_it(self) -> None:
        year = build_year(Phase.FINALISED)
        run = run_official(year.campaign, year["c"])
        draft(year.campaign, run, "components", year["c"])
        assert year.browser("l").get(at(year, "lan-tinh/1/")).status_code == 200

    def test_a_release_takes_the_finalised_groups_to_the_last_phase_by_the_portal_itself(self) -> None:
        year = build_year(Phase.FINALISED)
        other = Group.objects.create(campaign=year.campaign, code="cu", title="Khối khác", position=2)
        Group.objects.filter(pk=other.pk).update(phase=Phase.FINALISED)
        run_official(year.campaign, year["c"])
        self.published(year)
        assert set(year.campaign.groups.values_list("phase", flat=True)) == {Phase.PUBLISHED}
        entries = TrailEntry.objects.filter(action="scoring.group_publish")
        assert [(entry.actor, entry.data["after"]) for entry in entries] == [(None, "published")] * 2

    def test_a_correction_goes_back_to_the_council_and_is_published_again(self) -> None:
        year = build_year(Phase.FINALISED)
        run_official(year.campaign, year["c"])
        self.published(year)
        perform(year.fresh_group(), "return_to_council", year["c"], reason="Khiếu nại")
        assert year.phase() == Phase.COUNCIL
        perform(year.fresh_group(), "finalise", year["c"])
        second = run_official(year.campaign, year["c"])
        self.published(year)
        assert year.phase() == Phase.PUBLISHED
        assert json.loads(second.results_file)["units"]
