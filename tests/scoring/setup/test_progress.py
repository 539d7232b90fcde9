"""Tiến độ: where each unit stands, and what the coordinator may do for one of them (case T13)."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from django.core import mail
from django.db import connection, transaction
from django.test import TestCase
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from scoring.enums import Phase, Resolution, Stage, SubmissionState
from scoring.models import Exclusion, Group, Participant, Submission, Value
from scoring.selectors.clock import database_now
from scoring.selectors.progress import Signed, Standing, narrowed, progress_of
from scoring.services.errors import Conflict
from scoring.services.transitions import perform
from scoring.views import progress as progress_pages
from tests.database import fingerprint
from tests.factories import sign_in
from tests.province import build_province
from tests.scoring.setup.pages import at, words
from tests.year import Year, build_year
from units.models import Membership, Notice, TrailEntry, User

pytestmark = pytest.mark.django_db
DAY = datetime.timedelta(days=1)


def rows(year: Year) -> dict[str, Any]:
    return {row.participant.code: row for row in progress_of(year.campaign, database_now())}


def typed(moment: datetime.datetime, name: str) -> dict[str, str]:
    """A moment as the form of the step `name` posts it."""
    local = timezone.localtime(moment)
    return {f"{name}-until_0": f"{local:%d/%m/%Y}", f"{name}-until_1": f"{local:%H:%M}"}


def step(year: Year, who: str, name: str, **fields: str) -> Any:
    form = {f"{name}-{key}": value for key, value in fields.items() if not key.startswith(name)}
    form |= {key: value for key, value in fields.items() if key.startswith(name)}
    form.setdefault(f"{name}-version", str(year.submission().version))
    with TestCase.captureOnCommitCallbacks(execute=True):
        return year.browser(who).post(at(year, f"tien-do/SOA/{name}/"), form)


class TestWhereAUnitStands:
    def test_from_the_first_sign_in_to_the_receipt(self) -> None:
        year = build_year(Phase.SELF_ASSESSMENT)
        assert rows(year)["SOA"].standing == Standing.NEVER
        User.objects.filter(pk=year.people["a1"].pk).update(last_login=timezone.now())
        assert rows(year)["SOA"].standing == Standing.WORKING
        year.declare("1.1", inputs={"choice": "du"})
        assert (rows(year)["SOA"].answered, rows(year)["SOA"].total) == (1, 3)
        perform(year.submission(), "hand_over", year["a1"])
        assert rows(year)["SOA"].standing == Standing.AT_HEAD
        perform(year.submission(), "return", year["aH"], reason="Thiếu minh chứng")
        assert rows(year)["SOA"].standing == Standing.BACK
        perform(year.submission(), "hand_over", year["a1"])
        perform(year.submission(), "submit", year["aH"], accept_warnings=True)
        assert rows(year)["SOA"].standing == Standing.SUBMITTED
        assert rows(year)["SOB"].standing == Standing.NEVER

    def test_a_list_longer_than_a_page_goes_on_with_what_was_chosen(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(progress_pages, "PER_PAGE", 1)
        year = build_year(Phase.SELF_ASSESSMENT)
        browser, address = year.browser("c"), at(year, "tien-do/")
        first = browser.get(address, {"xep": "ten"}).content.decode()
        assert '<h2 id="danh-sach">2 đơn vị</h2>' in first
        assert 'href="?xep=ten&amp;trang=2"' in first
        second = browser.get(address, {"xep": "ten", "trang": "2"}).content.decode()
        linked = [[unit.name in page.split("danh-sach", 1)[1] for unit in (year.a, year.b)] for page in (first, second)]
        assert sorted(linked) == [[False, True], [True, False]]

    def test_after_the_close_of_its_group_a_unit_is_late_by_its_own_hour(self) -> None:
        year = build_year(Phase.APPRAISAL)
        until = timezone.now() + DAY
        perform(year.submission(), "unlock", year["c"], reason="Gửi nhầm tệp", until=until)
        row = progress_of(year.campaign, until + DAY)[0]
        assert (row.participant, row.deadline, row.is_late) == (year.a, until, True), "its group's window is longer"
        assert not rows(year)["SOA"].is_late

    def test_before_the_opening_and_where_a_unit_is_left_out(self) -> None:
        year = build_year(Phase.DRAFT)
        Participant.objects.filter(pk=year.b.pk).update(is_assessed=False, left_out_reason="Không có TTHC")
        assert {code: row.standing for code, row in rows(year).items()} == {
            "SOA": Standing.NOT_OPEN,
            "SOB": Standing.LEFT_OUT,
        }

    def test_claims_are_open_until_somebody_has_answered_them(self) -> None:
        appraisal, explanation = build_year(Phase.APPRAISAL), build_year(Phase.EXPLANATION, slug="quang-khac")
        assert (rows(appraisal)["SOB"].claims, rows(explanation)["SOB"].claims) == (1, 0)

    def test_parts_are_counted_by_round_and_the_explanation_by_its_state(self) -> None:
        year = build_year(Phase.COUNCIL)
        a, b = rows(year)["SOA"], rows(year)["SOB"]
        assert a.rounds == (Signed(2, 2), Signed(1, 1))
        assert b.rounds == (Signed(2, 2), Signed())
        assert (a.explanation, b.explanation) == ("Đã gửi", "Đang viết")

    def test_what_does_not_apply_to_a_unit_is_not_asked_of_it(self) -> None:
        year = build_year(Phase.SELF_ASSESSMENT)
        year.declare("2.1", inputs={"points": "2"})
        year.declare("1.1", inputs={"choice": "du"})
        Exclusion.objects.create(
            campaign=year.campaign, participant=year.a, criterion=year.leaves["2.1"], reason="Không có",
            legal_basis="QĐ 1", entered_by=year.people["c"], confirmed_by=year.people["c2"],
            confirmed_at=timezone.now(),
        )  # fmt: skip
        assert (rows(year)["SOA"].answered, rows(year)["SOA"].total) == (1, 2)

    def test_late_is_who_has_not_submitted_when_the_own_hour_has_passed(self) -> None:
        year = build_year(Phase.SELF_ASSESSMENT)
        year.move_window(Phase.SELF_ASSESSMENT, -2 * DAY, -DAY)
        Submission.objects.filter(participant=year.b).update(
            extended_until=timezone.now() + DAY, extension_reason="Mất điện"
        )
        assert {code: row.is_late for code, row in rows(year).items()} == {"SOA": True, "SOB": False}

    def test_a_dossier_at_the_head_waits_for_the_head_however_much_of_it_is_filled_in(self) -> None:
        year = build_year(Phase.SELF_ASSESSMENT)
        perform(year.submission(), "hand_over", year["a1"])
        assert (rows(year)["SOA"].answered, rows(year)["SOA"].label) == (0, "Chờ thủ trưởng")

    def test_a_unit_without_people_is_named(self) -> None:
        year = build_year(Phase.SELF_ASSESSMENT)
        Membership.objects.filter(unit=year.a.unit_id).update(valid_to=timezone.localdate() - DAY)
        page = words(year.browser("c").get(at(year, "tien-do/")))
        assert "Chưa có cán bộ đầu mối" in page


class TestThePage:
    def test_states_are_counted_and_lead_to_the_units_in_them(self) -> None:
        year = build_year(Phase.SELF_ASSESSMENT)
        Submission.objects.filter(participant=year.b).update(state=SubmissionState.SUBMITTED)
        browser = year.browser("l")
        page = words(browser.get(at(year, "tien-do/")))
        assert "1 Chưa đăng nhập" in page
        assert "1 Đã nộp" in page
        narrowed_page = words(browser.get(at(year, "tien-do/?tinh-trang=da-nop")))
        assert "Sở Bình yên" in narrowed_page
        assert "Sở An toàn" not in narrowed_page

    @pytest.mark.parametrize("search", ["an toan", "AN TOÀN", "  soa "])
    def test_a_name_is_found_with_and_without_marks(self, search: str) -> None:
        year = build_year(Phase.SELF_ASSESSMENT)
        found = narrowed(progress_of(year.campaign, database_now()), search=search)
        assert [row.participant.code for row in found] == ["SOA"]

    def test_nothing_found_says_how_to_go_on(self) -> None:
        year = build_year(Phase.SELF_ASSESSMENT)
        page = words(year.browser("c").get(at(year, "tien-do/?tim=hoa+loc&khoi=khong-co")))
        assert "Không có đơn vị nào tên “hoa loc”" in page

    def test_the_slowest_come_first(self) -> None:
        year = build_year(Phase.SELF_ASSESSMENT)
        year.declare("1.1", inputs={"choice": "du"})
        page = words(year.browser("c").get(at(year, "tien-do/"))).split("Tiến độ từng đơn vị")[1]
        assert page.index("Sở Bình yên") < page.index("Sở An toàn")
        by_name = words(year.browser("c").get(at(year, "tien-do/?xep=ten"))).split("Tiến độ từng đơn vị")[1]
        assert by_name.index("Sở An toàn") < by_name.index("Sở Bình yên")

    @pytest.mark.parametrize("who", ["a1", "aH", "g1", "h", "s", "n"])
    @pytest.mark.parametrize("page", ["tien-do/", "tien-do/SOA/", "buoc/", "con-thieu/"])
    def test_only_coordinator_and_leader_look(self, who: str, page: str) -> None:
        year = build_year(Phase.SELF_ASSESSMENT)
        assert year.browser(who).get(at(year, page)).status_code in (403, 404)

    def test_units_that_do_not_take_part_are_not_found(self) -> None:
        year = build_year(Phase.SELF_ASSESSMENT)
        assert year.browser("c").get(at(year, "tien-do/KHONGCO/")).status_code == 404

    @pytest.mark.parametrize(
        "page", ["tien-do/", "tien-do/?tinh-trang=da-nop&tim=x", "tien-do/20000/", "buoc/", "to-chuc/", "sao/",
                 "khoi/xa/don-vi/", "khong-che/", "con-thieu/"],
    )  # fmt: skip
    def test_pages_ask_as_often_for_three_units_and_leaves_as_for_one(self, page: str) -> None:
        counts = []
        for size in (1, 3):
            empty = transaction.savepoint()
            province = build_province(units=size, components=2, leaves=size, phase=Phase.APPRAISAL)
            browser = sign_in(province.people["coordinator"])
            with CaptureQueriesContext(connection) as asked:
                assert browser.get(f"/lam-viec/tinh-lon/ky/2026/{page}").status_code == 200
            counts.append(len(asked))
            transaction.savepoint_rollback(empty)
        assert counts[0] == counts[1]


class TestOneUnit:
    def test_where_a_signed_part_stands_against_unlocking_the_way_to_the_parts_is_shown(self) -> None:
        year = build_year(Phase.EXPLANATION)
        until = timezone.now() + DAY
        Group.objects.filter(pk=year.group.pk).update(phase=Phase.APPRAISAL)
        refused = step(year, "c", "unlock", reason="Sai số", **typed(until, "unlock"))
        assert refused.status_code == 409
        assert "Mở lại các phần đó trước. Phần đã ký nằm trong bảng Các phần thẩm định" in words(refused)
        links = refused.content.decode()
        assert f'href="{at(year, "tham-dinh/SOA/1/1/")}"' in links
        assert f'href="{at(year, "phan-cong/")}?khoi=so&amp;vong=1"' in links

    def test_unlocking_reopens_that_unit_alone_leaves_one_row_and_tells_its_people(self) -> None:
        """T13: the coordinator changes no figure; a submitted dossier is unlocked with a reason and a time."""
        year = build_year(Phase.APPRAISAL)
        Notice.objects.all().delete()  # of the steps before
        mail.outbox.clear()
        trail_before = TrailEntry.objects.count()
        until = timezone.now() + 3 * DAY
        answer = step(year, "c", "unlock", reason="Nhập nhầm số liệu mục 1.2", **typed(until, "unlock"))
        assert answer["Location"] == at(year, "tien-do/SOA/")
        assert (year.submission().state, year.submission(year.b).state) == ("draft", "submitted")
        entry = TrailEntry.objects.order_by("-seq").filter(scope=year.campaign.trail_scope).first()
        assert TrailEntry.objects.count() == trail_before + 1
        assert (entry.action, entry.data["reason"]) == ("scoring.submission_unlock", "Nhập nhầm số liệu mục 1.2")
        assert {letter.to[0] for letter in mail.outbox} == {year.people[name].email for name in ("a1", "aH")}
        year.declare("1.2", inputs={"numerator": "44", "denominator": "50"})
        with pytest.raises(Conflict, match="đã nộp"):
            year.declare("1.1", "b1", year.b, inputs={"choice": "du"})
        assert rows(year)["SOA"].standing == Standing.AGAIN

    def test_the_coordinator_has_no_way_to_a_units_own_figures(self) -> None:
        year = build_year(Phase.SELF_ASSESSMENT)
        for page in ("phieu/SOA/tc/1.1/", "phieu/SOA/lv/1/", "phieu/SOA/buoc/submit/"):
            answer = year.browser("c").post(at(year, page), {"choice": "du", "version": "0"})
            assert answer.status_code in (403, 404, 405), page
        assert not Value.objects.filter(stage=Stage.DECLARED).exists()
        assert year.submission().state == SubmissionState.DRAFT

    @pytest.mark.parametrize(
        ("fields", "sentence"),
        [
            ({"reason": "", "unlock-until_0": "01/01/2099", "unlock-until_1": "17:00"}, "Nêu lý do"),
            ({"reason": "Sai số"}, "Nhập ngày dạng 10/01/2027 và giờ dạng 17:00."),
            ({"reason": "Sai số", "unlock-until_0": "01/01/2020", "unlock-until_1": "17:00"}, "phải sau lúc này"),
            ({"reason": "Sai số", "unlock-until_0": "31/02/2027", "unlock-until_1": "17:00"}, "Không có ngày này"),
            ({"reason": "x" * 501, "unlock-until_0": "01/01/2099", "unlock-until_1": "17:00"}, "500"),
        ],
    )
    def test_without_reason_or_a_time_to_come_nothing_is_unlocked(self, fields: dict[str, str], sentence: str) -> None:
        year = build_year(Phase.APPRAISAL)
        answer = step(year, "c", "unlock", **fields)
        assert (answer.status_code, sentence in words(answer)) == (422, True)
        assert year.submission().state == SubmissionState.SUBMITTED

    def test_a_page_from_before_somebodys_change_does_nothing(self) -> None:
        year = build_year(Phase.APPRAISAL)
        old = str(year.submission().version - 1)
        until = typed(timezone.now() + DAY, "unlock")
        answer = step(year, "c", "unlock", version=old, reason="Sai số", **until)
        assert (answer.status_code, "Có người vừa thay đổi" in words(answer)) == (409, True)
        assert year.submission().state == SubmissionState.SUBMITTED

    @pytest.mark.parametrize(
        ("name", "resolution"),
        [("take_as_it_stands", Resolution.AS_IT_STANDS), ("set_to_nought", Resolution.NOUGHT)],
    )
    def test_a_dossier_that_was_not_handed_in_is_settled_with_a_reason(self, name: str, resolution: str) -> None:
        year = build_year(Phase.SELF_ASSESSMENT)
        year.move_window(Phase.SELF_ASSESSMENT, -2 * DAY, -DAY)
        perform(year.fresh_group(), "start_appraisal", year["c"])
        assert rows(year)["SOA"].waits_for_decision
        assert "2 Chờ quyết định" in words(year.browser("c").get(at(year, "tien-do/")))
        assert step(year, "c", name, reason="Không nộp, không có lý do").status_code == 302
        assert year.submission().resolution == resolution
        assert not rows(year)["SOA"].waits_for_decision

    def test_more_time_for_one_unit_before_its_hour(self) -> None:
        year = build_year(Phase.SELF_ASSESSMENT)
        until = (timezone.now() + 20 * DAY).replace(second=0, microsecond=0)
        assert step(year, "c", "extend", reason="Sáp nhập", **typed(until, "extend")).status_code == 302
        assert (year.submission().extended_until, year.submission(year.b).extended_until) == (until, None)

    def test_the_page_of_a_unit_with_more_time_tells_one_hour_everywhere(self) -> None:
        year = build_year(Phase.SELF_ASSESSMENT)
        of_group = f"{timezone.localtime(year.group.windows.get(phase=Phase.SELF_ASSESSMENT).closes_at):%d/%m/%Y}"
        until = (timezone.now() + 20 * DAY).replace(second=0, microsecond=0)
        assert of_group in words(year.browser("c").get(at(year, "tien-do/SOA/")))
        assert step(year, "c", "extend", reason="Sáp nhập", **typed(until, "extend")).status_code == 302
        told = words(year.browser("c").get(at(year, "tien-do/SOA/")))
        assert "Còn 19 ngày" in told
        assert f"{timezone.localtime(until):%d/%m/%Y}" in told
        assert of_group not in told

    @pytest.mark.parametrize("name", ["unlock", "extend", "take_as_it_stands", "submit"])
    @pytest.mark.parametrize("who", ["a1", "aH", "g1", "h", "l", "s", "n"])
    def test_nobody_else_does_it(self, who: str, name: str) -> None:
        year = build_year(Phase.APPRAISAL)
        browser = year.browser(who)
        before = fingerprint()
        answer = browser.post(at(year, f"tien-do/SOA/{name}/"), {f"{name}-reason": "Lý do", f"{name}-version": "1"})
        assert answer.status_code in (403, 404)
        assert fingerprint() == before

    @pytest.mark.parametrize("name", ["close", "khong-co"])
    def test_what_the_portal_does_itself_has_no_button(self, name: str) -> None:
        year = build_year(Phase.SELF_ASSESSMENT)
        assert year.browser("c").post(at(year, f"tien-do/SOA/{name}/"), {}).status_code == 404
