"""A year begins: from nothing, or from last year's in one step."""

from __future__ import annotations

import datetime
import json
import zoneinfo
from io import StringIO

import pytest
from django.core.management import call_command

from scoring.enums import Origin, Phase, Stage
from scoring.models import Campaign, CriteriaSet, Criterion, Group, Participant, Submission, Value, Window
from scoring.services.cloning import clone, plan, shifted
from tests.database import fingerprint
from tests.factories import OrganiserFactory, UnitFactory, campaign_with_results, person, sign_in
from tests.scoring.setup.pages import at, home, words
from tests.year import build_year
from units.enums import Role, SuccessionKind, UnitKind
from units.models import TrailEntry, Unit, UnitSuccession

pytestmark = pytest.mark.django_db
ROLES_WITHOUT = [role for role in Role if role != Role.COORDINATOR]
NEW = {
    "code": "2027", "title": "Chỉ số CCHC năm 2027", "year": "2027", "decimals": "2", "rounding": "half_up",
    "leaf_decimals": "", "exclusion": "rescale_self", "weighting": "points", "cap_index": "co",
    "rank_on": "published", "ranking": "competition", "grade_on": "exact", "mean_of": "published",
    "grades": "Tốt: từ 80\nKhá: trên 65\nYếu",
}  # fmt: skip


class TestFromNothing:
    def test_the_page_comes_with_the_usual_way_of_computing_in_words(self) -> None:
        organiser = OrganiserFactory()
        page = sign_in(person(Role.COORDINATOR, organiser)).get(f"/lam-viec/{organiser.slug}/ky-moi/")
        text = page.content.decode()
        for label in ("Khi có tiêu chí không áp dụng", "Khi chỉ số vượt 100", "Xếp loại theo", "Thang xếp loại"):
            assert label in text
        assert "Xuất sắc: từ 90\nTốt: từ 80\nKhá: từ 70\nTrung bình: từ 50\nYếu" in text

    def test_every_key_of_the_policy_is_stored_as_chosen(self) -> None:
        organiser = OrganiserFactory()
        coordinator = person(Role.COORDINATOR, organiser)
        answer = sign_in(coordinator).post(f"/lam-viec/{organiser.slug}/ky-moi/", NEW)
        campaign = Campaign.objects.get(organiser=organiser)
        assert answer["Location"] == home(campaign) + "to-chuc/"
        assert campaign.origin == Origin.PORTAL
        assert campaign.policy == {
            "decimals": 2, "rounding": "half_up", "leaf_decimals": None, "exclusion": "rescale_self",
            "weighting": "points", "cap_index": True, "rank_on": "published", "ranking": "competition",
            "grade_on": "exact", "mean_of": "published",
        }  # fmt: skip
        assert campaign.grades[1] == {"code": "kha", "label": "Khá", "above": "65"}
        entry = TrailEntry.objects.get(action="scoring.create_campaign")
        assert (entry.scope, entry.actor) == (campaign.trail_scope, coordinator)

    @pytest.mark.parametrize(
        ("change", "sentence"),
        [
            ({"code": "2026"}, "Đã có kỳ đánh giá mang mã này."),
            ({"code": "năm nay"}, "Mã chỉ gồm chữ không dấu"),
            ({"code": ""}, "Nhập mã kỳ"),
            ({"year": "1999"}, "Nhập một năm từ 2000 đến 2100."),
            ({"title": ""}, "Nhập tên kỳ đánh giá."),
            ({"grades": "Tốt: từ 60\nKhá: từ 80\nYếu"}, "ngưỡng phải thấp hơn"),
            ({"exclusion": "khac"}, "Khi có tiêu chí không áp dụng"),
            ({"leaf_decimals": "9"}, "Làm tròn điểm từng tiêu chí"),
        ],
    )
    def test_what_does_not_fit_is_told_and_nothing_is_stored(self, change: dict[str, str], sentence: str) -> None:
        year = build_year(Phase.DRAFT)
        browser = year.browser("c")
        before = fingerprint()
        answer = browser.post(f"/lam-viec/{year.organiser.slug}/ky-moi/", NEW | change)
        assert answer.status_code == 422
        assert sentence in words(answer)
        assert fingerprint() == before

    @pytest.mark.parametrize("role", ROLES_WITHOUT)
    def test_nobody_but_the_coordinator_makes_a_campaign(self, role: Role) -> None:
        organiser = OrganiserFactory()
        browser = sign_in(person(role, organiser))
        assert browser.post(f"/lam-viec/{organiser.slug}/ky-moi/", NEW).status_code == 403
        stranger = sign_in(person(Role.COORDINATOR, OrganiserFactory()))
        assert stranger.post(f"/lam-viec/{organiser.slug}/ky-moi/", NEW).status_code == 404
        assert not Campaign.objects.exists()


class TestCloning:
    def test_one_step_takes_over_groups_hours_policy_sets_and_units_but_no_answer(self) -> None:
        year = build_year(Phase.COUNCIL)
        Campaign.objects.filter(pk=year.campaign.pk).update(
            gates=[{"node": "any", "index_below": "50", "highest_grade": "kha", "reason": "Có lĩnh vực dưới 50%"}]
        )
        Group.objects.filter(pk=year.group.pk).update(grades=[{"code": "dat", "label": "Đạt"}])
        Participant.objects.filter(pk=year.b.pk).update(is_ranked=False, unranked_reason="Mới thành lập")
        answer = year.browser("c").post(at(year, "sao/"), {"code": "2027", "year": "2027", "title": "Năm 2027"})
        made = Campaign.objects.get(code="2027")
        assert answer["Location"] == home(made) + "to-chuc/"
        source = Campaign.objects.get(pk=year.campaign.pk)
        assert (made.policy, made.grades, made.gates) == (source.policy, source.grades, source.gates)
        group = made.groups.get()
        assert (group.code, group.title, group.phase, group.grades) == (
            "so", "Sở, ban, ngành", Phase.DRAFT, [{"code": "dat", "label": "Đạt"}],
        )  # fmt: skip
        units = made.participants.order_by("code").values_list("code", "is_ranked", "unranked_reason", "group__code")
        assert list(units) == [("SOA", True, "", "so"), ("SOB", False, "Mới thành lập", "so")]
        assert not Value.objects.filter(participant__campaign=made).exists()
        assert not Submission.objects.filter(participant__campaign=made).exists()
        assert made.criteria_sets.get().frozen_at is None

    def test_the_copied_tree_keeps_every_permanent_id_and_what_an_amendment_retired_stays_behind(self) -> None:
        year = build_year(Phase.DRAFT)
        Criterion.objects.filter(pk=year.leaves["3.2"].pk).update(retired_in=2)
        made = clone(year.campaign, code="2027", year=2027, title="Năm 2027", by=year["c"])
        fields = ("path", "code", "title", "max_points", "source", "role", "rule", "permanent_id", "parent__code")
        old = year.criteria_set.criteria.in_force().order_by("path").values_list(*fields)
        new = made.criteria_sets.get().criteria.order_by("path").values_list(*fields)
        assert list(new) == list(old)
        assert "3.2" not in {row[1] for row in new}

    def test_the_exported_files_differ_in_code_title_and_answers_alone(self) -> None:
        year = build_year(Phase.SELF_ASSESSMENT)
        year.declare("1.1", inputs={"choice": "du"})
        clone(year.campaign, code="2027", year=2027, title="Năm 2027", by=year["c"])
        files = []
        for code in ("2026", "2027"):
            out = StringIO()
            call_command("export_campaign", code, stdout=out)
            file = json.loads(out.getvalue())
            file["campaign"] = None
            for unit in file["units"]:
                unit["answers"] = None
            files.append(file)
        assert files[0] == files[1]

    def test_a_tree_is_copied_in_one_insert_a_level(self, django_assert_max_num_queries) -> None:
        year = build_year(Phase.DRAFT)
        coordinator = year["c"]
        with django_assert_max_num_queries(40) as asked:
            clone(year.campaign, code="2027", year=2027, title="Năm 2027", by=coordinator)
        inserts = [query for query in asked.captured_queries if query["sql"].startswith('INSERT INTO "scoring_criteri')]
        assert len(inserts) == 3  # the set, its components, its leaves

    def test_hours_move_by_the_years_between_and_stay_at_the_same_hour_of_the_day(self) -> None:
        year = build_year(Phase.DRAFT)
        made = clone(year.campaign, code="2028", year=2028, title="Năm 2028", by=year["c"])
        old, new = (
            Window.objects.get(group__campaign=item, phase=Phase.EXPLANATION).closes_at
            for item in (year.campaign, made)
        )
        zone = zoneinfo.ZoneInfo("Asia/Ho_Chi_Minh")
        before, after = old.astimezone(zone), new.astimezone(zone)
        assert (after.year - before.year, after.month, after.hour, after.minute) == (
            2, before.month, before.hour, before.minute,
        )  # fmt: skip

    def test_hours_are_taken_over_to_the_minute_and_a_window_keeps_a_length(self) -> None:
        year = build_year(Phase.DRAFT)
        opens = datetime.datetime(2028, 2, 28, 10, 0, 5, 7, tzinfo=datetime.UTC)
        closes = datetime.datetime(2028, 2, 29, 9, 0, tzinfo=datetime.UTC)
        windows = Window.objects.filter(group=year.group, phase=Phase.EXPLANATION)
        windows.update(opens_at=opens, closes_at=closes)
        made = clone(year.campaign, code="2027", year=2027, title="Năm 2027", by=year["c"])
        window = Window.objects.get(group__campaign=made, phase=Phase.EXPLANATION)
        minute = datetime.timedelta(minutes=1)
        first = datetime.datetime(2029, 2, 28, 10, tzinfo=datetime.UTC)
        assert (window.opens_at, window.closes_at) == (first, first + minute)

    def test_steps_that_begin_before_the_step_before_them_are_told_before_cloning(self) -> None:
        year = build_year(Phase.DRAFT)
        day = datetime.timedelta(days=1)
        out_of_order = "Thời hạn của kỳ này không theo thứ tự"
        for number, phase in enumerate((Phase.SELF_ASSESSMENT, Phase.APPRAISAL, Phase.EXPLANATION, Phase.REAPPRAISAL)):
            year.move_window(phase, number * day, (number + 1) * day)
        assert out_of_order not in words(year.browser("c").get(at(year, "sao/")))
        year.move_window(Phase.EXPLANATION, -day, 5 * day)
        page = words(year.browser("c").get(at(year, "sao/")))
        assert out_of_order in page
        assert "Sở, ban, ngành: “Giải trình” mở trước “Thẩm định 1”." in page

    def test_the_29th_of_february_becomes_the_28th(self) -> None:
        leap = datetime.datetime(2028, 2, 29, 10, tzinfo=datetime.UTC)
        assert shifted(leap, 1).astimezone(datetime.UTC) == datetime.datetime(2029, 2, 28, 10, tzinfo=datetime.UTC)

    def test_units_that_have_ended_are_listed_with_who_followed_and_neither_is_taken_over(self) -> None:
        year = build_year(Phase.DRAFT)
        end = datetime.date(2026, 3, 1)
        Unit.objects.filter(pk=year.b.unit_id).update(valid_to=end)
        successor = UnitFactory(parent=year.organiser.unit, name="Sở Yên ổn", kind=UnitKind.DEPARTMENT, code="SYO")
        UnitSuccession.objects.create(
            predecessor_id=year.b.unit_id, successor=successor, kind=SuccessionKind.MERGER, date=end
        )
        page = words(year.browser("c").get(at(year, "sao/")))
        assert "1 đơn vị đã kết thúc, không sao" in page
        assert "SOB Sở Bình yên 01/03/2026 Sở Yên ổn" in page
        made = clone(year.campaign, code="2027", year=2027, title="Năm 2027", by=year["c"])
        assert list(made.participants.values_list("code", flat=True)) == ["SOA"]
        told = TrailEntry.objects.get(scope=made.trail_scope, action="scoring.create_campaign").data["ended"]
        assert told == [{"code": "SOB", "name": "Sở Bình yên", "ended_on": "2026-03-01", "successors": "Sở Yên ổn"}]

    def test_the_unit_that_coordinates_is_left_to_the_council(self) -> None:
        year = build_year(Phase.DRAFT)
        type(year.organiser).objects.update(lead_department="Sở An toàn")
        campaign = Campaign.objects.select_related("organiser").get(pk=year.campaign.pk)
        made = clone(campaign, code="2027", year=2027, title="Năm 2027", by=year["c"])
        assert dict(made.participants.values_list("code", "council_only")) == {"SOA": True, "SOB": False}

    def test_a_past_table_gives_groups_and_units_and_an_empty_set_a_group(self) -> None:
        past = campaign_with_results(origin=Origin.PAST)
        coordinator = person(Role.COORDINATOR, past.organiser)
        page = words(sign_in(coordinator).get(home(past) + "sao/"))
        assert "Mỗi khối bắt đầu với một bộ trống" in page
        made = clone(past, code="2026", year=2026, title="Năm 2026", by=coordinator)
        chosen: CriteriaSet = made.criteria_sets.get()
        assert (chosen.code, chosen.criteria.count()) == ("xa", 0)
        assert set(made.participants.values_list("unit", flat=True)) == set(
            past.participants.values_list("unit", flat=True)
        )
        assert set(made.participants.values_list("criteria_set", flat=True)) == {chosen.pk}

    def test_a_set_of_last_years_trial_stays_marked_as_a_sample(self) -> None:
        year = build_year(Phase.DRAFT, is_sample=True)
        made = clone(year.campaign, code="2027", year=2027, title="Năm 2027", by=year["c"])
        assert (made.is_sample, made.criteria_sets.get().is_sample) == (True, True)

    def test_a_taken_code_is_refused_and_nothing_is_copied(self) -> None:
        year = build_year(Phase.DRAFT)
        browser = year.browser("c")
        before = fingerprint()
        answer = browser.post(at(year, "sao/"), {"code": "2026", "year": "2027", "title": "Năm 2027"})
        assert (answer.status_code, "Đã có kỳ đánh giá mang mã này." in words(answer)) == (422, True)
        assert fingerprint() == before

    @pytest.mark.parametrize("who", ["a1", "aH", "g1", "h", "l", "s", "n"])
    def test_nobody_else_clones(self, who: str) -> None:
        year = build_year(Phase.DRAFT)
        answer = year.browser(who).post(at(year, "sao/"), {"code": "2027", "year": "2027", "title": "Năm 2027"})
        assert answer.status_code in (403, 404)
        assert Campaign.objects.count() == 1

    def test_the_plan_asks_as_often_for_one_unit_as_for_three(self, django_assert_max_num_queries) -> None:
        counts = []
        for units in (1, 3):
            campaign = campaign_with_results(units=units)
            with django_assert_max_num_queries(3) as asked:
                plan(campaign)
            counts.append(len(asked))
        assert counts[0] == counts[1]


def test_the_old_year_is_as_it_was() -> None:
    year = build_year(Phase.COUNCIL)
    before = list(Value.objects.filter(participant__campaign=year.campaign, stage=Stage.APPRAISED).values())
    clone(year.campaign, code="2027", year=2027, title="Năm 2027", by=year["c"])
    assert list(Value.objects.filter(participant__campaign=year.campaign, stage=Stage.APPRAISED).values()) == before
    assert Campaign.objects.get(pk=year.campaign.pk).version == year.campaign.version
