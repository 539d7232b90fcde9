"""Groups, hours, units and gates: changed while the group is a draft, from the version that the page was made from."""

from __future__ import annotations

import datetime
from typing import Any

import pytest

from scoring.enums import Phase
from scoring.models import Campaign, CriteriaSet, Group, Participant, Window
from tests.database import fingerprint
from tests.factories import UnitFactory
from tests.scoring.setup.pages import at, version, words
from tests.year import Year, build_year
from units.enums import UnitKind
from units.models import TrailEntry

pytestmark = pytest.mark.django_db
WITHOUT = ["a1", "aH", "g1", "h", "l", "s"]


@pytest.fixture
def year() -> Year:
    return build_year(Phase.DRAFT)


def communes(year: Year, number: int) -> list[str]:
    units = [UnitFactory(parent=year.organiser.unit, name=f"Xã Suối {place}") for place in range(number)]
    return [str(unit.pk) for unit in units]


def other_group(year: Year) -> Group:
    return Group.objects.create(campaign=year.campaign, code="xa", title="Xã, phường", position=2)


def hours(**change: str) -> dict[str, str]:
    """The form of a group with its self-assessment from 01/12/2026 8:00 to 10/01/2027 17:00."""
    form = {
        "title": "Sở, ban, ngành", "grades": "",
        "self_assessment_opens_0": "01/12/2026", "self_assessment_opens_1": "08:00",
        "self_assessment_closes_0": "10/01/2027", "self_assessment_closes_1": "17:00",
    }  # fmt: skip
    return form | change


class TestGroups:
    def test_a_group_is_added_at_the_end_and_moves_up(self, year: Year) -> None:
        browser = year.browser("c")
        answer = browser.post(at(year, "to-chuc/"), {"version": version(year), "title": "Xã, phường", "code": "xa"})
        assert answer["Location"] == at(year, "to-chuc/")
        browser.post(at(year, "khoi/xa/len/"), {"version": version(year)})
        assert list(year.campaign.groups.order_by("position").values_list("code", flat=True)) == ["xa", "so"]
        told = TrailEntry.objects.filter(scope=year.campaign.trail_scope).order_by("seq")
        assert [entry.action for entry in told] == ["scoring.add_group", "scoring.move_group"]

    @pytest.mark.parametrize(
        ("form", "sentence"),
        [
            ({"title": "Sở khác", "code": "so"}, "Kỳ này đã có khối mang mã đó."),
            ({"title": "", "code": "xa"}, "Nhập tên khối"),
            ({"title": "Xã", "code": "xã"}, "Mã chỉ gồm chữ không dấu"),
        ],
    )
    def test_a_group_that_does_not_fit_is_told(self, year: Year, form: dict[str, str], sentence: str) -> None:
        answer = year.browser("c").post(at(year, "to-chuc/"), form | {"version": version(year)})
        assert (answer.status_code, sentence in words(answer)) == (422, True)
        assert Group.objects.count() == 1

    def test_hours_are_typed_as_day_and_hour_of_vietnam(self, year: Year) -> None:
        answer = year.browser("c").post(at(year, "khoi/so/"), hours() | {"version": version(year)})
        assert answer.status_code == 302
        window = Window.objects.get(group=year.group)
        assert window.opens_at == datetime.datetime(2026, 12, 1, 1, tzinfo=datetime.UTC)
        assert window.closes_at == datetime.datetime(2027, 1, 10, 10, tzinfo=datetime.UTC)
        shown = words(year.browser("c").get(at(year, "to-chuc/")))
        assert "Tự chấm: 08:00 ngày 01/12/2026 đến 17:00 ngày 10/01/2027" in shown

    def test_a_day_without_an_hour_opens_and_closes_with_the_office(self, year: Year) -> None:
        blank = {"self_assessment_opens_1": "", "self_assessment_closes_1": " "}
        answer = year.browser("c").post(at(year, "khoi/so/"), hours(**blank) | {"version": version(year)})
        assert answer.status_code == 302
        window = Window.objects.get(group=year.group)
        assert window.opens_at == datetime.datetime(2026, 12, 1, 1, tzinfo=datetime.UTC)
        assert window.closes_at == datetime.datetime(2027, 1, 10, 10, tzinfo=datetime.UTC)

    @pytest.mark.parametrize(
        ("change", "sentence"),
        [
            ({"self_assessment_closes_0": "31/11/2026"}, "Không có ngày này. Nhập ngày dạng 10/01/2027."),
            ({"self_assessment_closes_1": "25:00"}, "Không có giờ này. Nhập giờ dạng 17:00."),
            ({"self_assessment_closes_0": ""}, "Không có ngày này. Nhập ngày dạng 10/01/2027."),
            (
                {"self_assessment_closes_0": "", "self_assessment_closes_1": ""},
                "Nhập cả giờ mở và giờ đóng, hoặc để trống cả hai.",
            ),
            ({"self_assessment_closes_0": "01/11/2026"}, "Giờ đóng phải sau giờ mở."),
            ({"self_assessment_opens_0": "01/01/0001"}, "Nhập năm từ 2000 đến 2100."),
            ({"grades": "Tốt: từ 50\nKhá: từ 80\nYếu"}, "ngưỡng phải thấp hơn"),
        ],
    )
    def test_hours_that_do_not_fit_are_told_at_their_field(
        self, year: Year, change: dict[str, str], sentence: str
    ) -> None:
        browser = year.browser("c")
        before = fingerprint()
        answer = browser.post(at(year, "khoi/so/"), hours(**change) | {"version": version(year)})
        assert (answer.status_code, sentence in words(answer)) == (422, True)
        assert fingerprint() == before

    def test_a_groups_own_scale_replaces_the_campaigns_and_blank_takes_it_back(self, year: Year) -> None:
        browser = year.browser("c")
        browser.post(at(year, "khoi/so/"), hours(grades="Đạt: từ 50\nChưa đạt") | {"version": version(year)})
        assert year.fresh_group().grades == [
            {"code": "dat", "label": "Đạt", "at_least": "50"},
            {"code": "chua_dat", "label": "Chưa đạt"},
        ]
        browser.post(at(year, "khoi/so/"), hours() | {"version": version(year)})
        assert year.fresh_group().grades is None

    def test_a_group_in_self_assessment_does_not_lose_its_hours(self) -> None:
        year = build_year(Phase.SELF_ASSESSMENT)
        form = {"version": version(year), "title": "Sở", "grades": ""}
        answer = year.browser("c").post(at(year, "khoi/so/"), form)
        assert (answer.status_code, "Khối đang tự chấm, nên không bỏ thời hạn" in words(answer)) == (409, True)
        assert year.fresh_group().title == "Sở, ban, ngành"

    def test_only_an_empty_draft_group_is_taken_away(self, year: Year) -> None:
        other_group(year)
        browser = year.browser("c")
        full = browser.post(at(year, "khoi/so/bo/"), {"version": version(year)})
        assert (full.status_code, "Khối còn 2 đơn vị." in words(full)) == (409, True)
        assert browser.post(at(year, "khoi/xa/bo/"), {"version": version(year)}).status_code == 302
        assert list(year.campaign.groups.values_list("code", flat=True)) == ["so"]


class TestUnits:
    def test_units_of_one_kind_are_taken_in_at_once(self, year: Year) -> None:
        communes(year, 3)
        other_group(year)
        UnitFactory(parent=year.organiser.unit, name="Phường Hạ", kind=UnitKind.WARD)
        page = at(year, f"khoi/xa/don-vi/?loai={UnitKind.COMMUNE}")
        browser = year.browser("c")
        assert "Xã Suối 2" in words(browser.get(page))
        assert "Phường Hạ" not in words(browser.get(page))
        form = {"version": version(year), "criteria_set": year.criteria_set.pk, "everyone": "on"}
        assert browser.post(page, form).status_code == 302
        assert year.campaign.participants.filter(group__code="xa", is_ranked=True, is_assessed=True).count() == 3

    def test_only_units_of_the_organiser_that_exist_today_and_do_not_take_part_yet_can_be_chosen(
        self, year: Year
    ) -> None:
        other_group(year)
        ended = UnitFactory(
            parent=year.organiser.unit, valid_from=datetime.date(2020, 1, 1), valid_to=datetime.date(2025, 7, 1)
        )
        elsewhere = UnitFactory()
        for unit in (ended.pk, elsewhere.pk, year.a.unit_id, year.organiser.unit_id, "x"):
            form = {"version": version(year), "criteria_set": year.criteria_set.pk, "units": [unit]}
            answer = year.browser("c").post(at(year, "khoi/xa/don-vi/"), form)
            assert answer.status_code == 422
        assert (Participant.objects.count(), version(year)) == (2, 1)

    def test_nobody_chosen_and_a_foreign_set_are_told(self, year: Year) -> None:
        other_group(year)
        units = communes(year, 1)
        foreign = CriteriaSet.objects.create(
            campaign=build_year(Phase.DRAFT, slug="noi-khac").campaign, code="x", title="Bộ nơi khác"
        )
        browser = year.browser("c")
        form: dict[str, Any] = {"version": version(year), "criteria_set": year.criteria_set.pk}
        assert "Chọn ít nhất một đơn vị." in words(browser.post(at(year, "khoi/xa/don-vi/"), form))
        form |= {"units": units, "criteria_set": foreign.pk}
        answer = browser.post(at(year, "khoi/xa/don-vi/"), form)
        assert (answer.status_code, "Bộ tiêu chí này không thuộc kỳ." in words(answer)) == (422, True)
        assert Participant.objects.filter(campaign=year.campaign).count() == 2

    def test_the_coordinating_department_is_marked_for_the_council_alone(self, year: Year) -> None:
        unit = UnitFactory(parent=year.organiser.unit, name="Sở Nội vụ", kind=UnitKind.DEPARTMENT, code="SNV")
        form = {"version": version(year), "criteria_set": year.criteria_set.pk, "units": [unit.pk]}
        year.browser("c").post(at(year, "khoi/so/don-vi/"), form)
        marked = dict(year.campaign.participants.values_list("code", "council_only"))
        assert marked == {"SOA": False, "SOB": False, "SNV": True}

    def test_one_set_for_the_whole_group(self, year: Year) -> None:
        other = CriteriaSet.objects.create(campaign=year.campaign, code="so2", title="Bộ tiêu chí khác", position=1)
        form = {"bo-version": version(year), "bo-criteria_set": other.pk}
        assert year.browser("c").post(at(year, "khoi/so/bo-tieu-chi/"), form).status_code == 302
        assert set(year.group.participants.values_list("criteria_set", flat=True)) == {other.pk}

    def test_a_set_made_for_other_kinds_is_given_once_that_is_confirmed(self, year: Year) -> None:
        other_group(year)
        CriteriaSet.objects.filter(pk=year.criteria_set.pk).update(unit_kinds=[UnitKind.DEPARTMENT])
        browser = year.browser("c")
        form = {"version": version(year), "criteria_set": year.criteria_set.pk, "units": communes(year, 2)}
        assert "Vẫn dùng bộ này" not in words(browser.get(at(year, "khoi/xa/don-vi/")))
        before = fingerprint()
        asked = browser.post(at(year, "khoi/xa/don-vi/"), form)
        assert (asked.status_code, fingerprint() == before) == (422, True)
        assert "dành cho sở, ban, ngành. 2 đơn vị đã chọn thuộc loại khác: Xã Suối 0; Xã Suối 1." in words(asked)
        assert asked.content.decode().count(" checked") == 2, "what was ticked stays ticked"
        assert browser.post(at(year, "khoi/xa/don-vi/"), form | {"other_kind": "on"}).status_code == 302
        page = words(browser.get(at(year, "khoi/xa/don-vi/")))
        assert page.count("bộ dành cho loại đơn vị khác") == 2
        assert "2 đơn vị chấm theo bộ tiêu chí dành cho loại đơn vị khác" in page

    @pytest.mark.parametrize("kinds", [[], [UnitKind.COMMUNE, UnitKind.DEPARTMENT]])
    def test_units_of_a_kind_that_the_set_names_are_taken_in_without_a_question(self, year: Year, kinds) -> None:
        other_group(year)
        CriteriaSet.objects.filter(pk=year.criteria_set.pk).update(unit_kinds=kinds)
        form = {"version": version(year), "criteria_set": year.criteria_set.pk, "units": communes(year, 2)}
        browser = year.browser("c")
        assert browser.post(at(year, "khoi/xa/don-vi/"), form).status_code == 302
        assert "loại đơn vị khác" not in words(browser.get(at(year, "khoi/xa/don-vi/")))

    def test_one_set_for_the_whole_group_says_how_many_it_was_not_made_for(self, year: Year) -> None:
        other = CriteriaSet.objects.create(
            campaign=year.campaign, code="so2", title="Bộ khác", position=1, unit_kinds=[UnitKind.WARD]
        )
        form = {"bo-version": version(year), "bo-criteria_set": other.pk}
        answer = year.browser("c").post(at(year, "khoi/so/bo-tieu-chi/"), form, follow=True)
        assert "chấm theo “Bộ khác”. 2 đơn vị thuộc loại khác" in words(answer)

    @pytest.mark.parametrize(
        ("standing", "reason", "stored"),
        [
            ("xep-hang", "", (True, "", True, "")),
            ("khong-xep-hang", "Mới thành lập", (False, "Mới thành lập", True, "")),
            ("khong-danh-gia", "Không có thủ tục hành chính", (True, "", False, "Không có thủ tục hành chính")),
        ],
    )
    def test_a_unit_is_ranked_or_only_assessed_or_left_out_each_with_its_reason(
        self, year: Year, standing: str, reason: str, stored: tuple[Any, ...]
    ) -> None:
        form = {
            "version": version(year), "standing": standing, "reason": reason, "group": year.group.pk,
            "criteria_set": year.criteria_set.pk, "council_only": "on",
        }  # fmt: skip
        assert year.browser("c").post(at(year, "don-vi/SOA/"), form).status_code == 302
        a = Participant.objects.get(pk=year.a.pk)
        assert (a.is_ranked, a.unranked_reason, a.is_assessed, a.left_out_reason) == stored
        assert a.council_only

    def test_leaving_out_without_a_reason_is_refused(self, year: Year) -> None:
        form = {
            "version": version(year), "standing": "khong-danh-gia", "reason": " ", "group": year.group.pk,
            "criteria_set": year.criteria_set.pk,
        }  # fmt: skip
        answer = year.browser("c").post(at(year, "don-vi/SOA/"), form)
        assert (answer.status_code, "Ghi lý do không xếp hạng hoặc không đánh giá" in words(answer)) == (422, True)

    def test_a_unit_taken_in_by_mistake_goes_again(self, year: Year) -> None:
        browser = year.browser("c")
        assert browser.post(at(year, "don-vi/SOB/bo/"), {"version": version(year)}).status_code == 302
        assert list(year.campaign.participants.values_list("code", flat=True)) == ["SOA"]

    def test_a_unit_with_figures_stays(self) -> None:
        year = build_year(Phase.SELF_ASSESSMENT)
        year.declare("1.1", inputs={"choice": "du"})
        Group.objects.filter(pk=year.group.pk).update(phase=Phase.DRAFT)  # as the trial switch leaves it
        answer = year.browser("c").post(at(year, "don-vi/SOA/bo/"), {"version": version(year)})
        assert (answer.status_code, "đã có số liệu trong kỳ" in words(answer)) == (409, True)


class TestAnOpenGroup:
    """From the opening on, units, sets and who is assessed stay as they are; ranking and hours may change."""

    @pytest.fixture
    def year(self) -> Year:
        return build_year(Phase.SELF_ASSESSMENT)

    def test_nobody_comes_in_and_nobody_goes(self, year: Year) -> None:
        browser = year.browser("c")
        before = list(Participant.objects.order_by("pk").values())
        form = {"version": version(year), "criteria_set": year.criteria_set.pk, "units": communes(year, 1)}
        added = browser.post(at(year, "khoi/so/don-vi/"), form)
        assert (added.status_code, "đã mở tự chấm, nên không đổi đơn vị tham gia" in words(added)) == (409, True)
        gone = browser.post(at(year, "don-vi/SOA/bo/"), {"version": version(year)})
        assert (gone.status_code, "đã mở tự chấm" in words(gone)) == (409, True)
        assert list(Participant.objects.order_by("pk").values()) == before

    def test_leaving_out_is_no_choice_any_more_and_a_forged_one_changes_nothing(self, year: Year) -> None:
        browser = year.browser("c")
        assert "Không đánh giá" not in words(browser.get(at(year, "don-vi/SOA/"))).split("Đơn vị này được")[1]
        form = {"version": version(year), "standing": "khong-danh-gia", "reason": "Lý do"}
        assert browser.post(at(year, "don-vi/SOA/"), form).status_code == 422
        forged = {"version": version(year), "standing": "khong-xep-hang", "reason": "Lý do", "council_only": "on"}
        assert browser.post(at(year, "don-vi/SOA/"), forged).status_code == 302
        a = Participant.objects.get(pk=year.a.pk)
        assert (a.is_assessed, a.is_ranked, a.council_only) == (True, False, False)

    def test_a_unit_does_not_move_into_an_open_group(self, year: Year) -> None:
        other = other_group(year)
        unit = UnitFactory(parent=year.organiser.unit)
        Participant.objects.create(
            campaign=year.campaign, unit=unit, code=unit.code, name=unit.name, group=other,
            criteria_set=year.criteria_set,
        )  # fmt: skip
        form = {
            "version": version(year), "standing": "xep-hang", "group": year.group.pk,
            "criteria_set": year.criteria_set.pk,
        }  # fmt: skip
        assert year.browser("c").post(at(year, f"don-vi/{unit.code}/"), form).status_code == 422
        assert Participant.objects.get(unit=unit).group == other


class TestGates:
    GATE = {"node": "any", "index_below": "49,5", "highest_grade": "kha", "reason": "Có lĩnh vực dưới 49,5 %"}

    def test_a_condition_is_data_of_the_campaign_file_and_can_be_taken_back(self, year: Year) -> None:
        browser = year.browser("c")
        assert browser.post(at(year, "khong-che/"), self.GATE | {"version": version(year)}).status_code == 302
        assert Campaign.objects.get(pk=year.campaign.pk).gates == [
            {"node": "any", "index_below": "49.5", "highest_grade": "kha", "reason": "Có lĩnh vực dưới 49,5 %"}
        ]
        assert "Bất kỳ lĩnh vực nào 49,5 % Khá Có lĩnh vực dưới 49,5 %" in words(
            browser.get(at(year, "khong-che/"))
        ).replace("\u00a0", " ")
        browser.post(at(year, "khong-che/bo/"), {"version": version(year), "place": "0"})
        assert Campaign.objects.get(pk=year.campaign.pk).gates == []

    def test_a_groups_own_conditions_replace_the_campaigns_until_taken_back(self, year: Year) -> None:
        browser = year.browser("c")
        form = self.GATE | {"node": "1", "version": version(year)}
        assert browser.post(at(year, "khoi/so/khong-che/"), form).status_code == 302
        assert year.fresh_group().gates[0]["node"] == "1"
        lost_its_field = {"version": version(year)}
        browser.post(at(year, "khoi/so/khong-che/bo/"), lost_its_field)
        assert year.fresh_group().gates is not None
        browser.post(at(year, "khoi/so/khong-che/bo/"), lost_its_field | {"place": "tat-ca"})
        assert year.fresh_group().gates is None

    @pytest.mark.parametrize(
        ("change", "sentence"),
        [
            ({"index_below": "0"}, "Nhập một số lớn hơn 0, không quá 100"),
            ({"index_below": "100,01"}, "Nhập một số lớn hơn 0, không quá 100"),
            ({"index_below": "năm mươi"}, "không phải là số"),
            ({"index_below": ""}, "Nhập một số lớn hơn 0"),
            ({"node": "9.9"}, "Nơi xét"),
            ({"highest_grade": "gioi"}, "Chỉ được xếp cao nhất"),
            ({"reason": ""}, "Ghi lý do"),
        ],
    )
    def test_a_condition_that_does_not_fit_is_told(self, year: Year, change: dict[str, str], sentence: str) -> None:
        answer = year.browser("c").post(at(year, "khong-che/"), self.GATE | {"version": version(year)} | change)
        assert (answer.status_code, sentence in words(answer)) == (422, True)
        assert Campaign.objects.get(pk=year.campaign.pk).gates == []

    @pytest.mark.parametrize("place", ["1", "-1", "x", "9" * 30, "", "tat-ca"])
    def test_a_condition_that_is_not_there_cannot_be_taken_back(self, year: Year, place: str) -> None:
        answer = year.browser("c").post(at(year, "khong-che/bo/"), {"version": version(year), "place": place})
        assert (answer.status_code, "Điều kiện này không còn." in words(answer)) == (409, True)


class TestTwoAtOnce:
    def test_an_edit_from_an_older_version_gets_both_texts_and_overwrites_nothing(self, year: Year) -> None:
        old = version(year)
        browser = year.browser("c")
        browser.post(at(year, "khoi/so/"), hours(title="Tên thứ nhất") | {"version": old})
        before = fingerprint()
        answer = browser.post(at(year, "khoi/so/"), hours(title="Tên thứ hai") | {"version": old})
        assert answer.status_code == 409
        assert "Tên khối Tên thứ hai Tên thứ nhất Khác" in words(answer)
        assert "Tự chấm: mở lúc 08:00 ngày 01/12/2026 08:00 ngày 01/12/2026 Giống" in words(answer)
        assert fingerprint() == before

    @pytest.mark.parametrize(
        "page", ["khoi/so/len/", "khoi/so/bo/", "don-vi/SOA/bo/", "khong-che/bo/", "khoi/so/khong-che/bo/"]
    )
    def test_a_button_of_an_older_page_does_nothing(self, year: Year, page: str) -> None:
        Campaign.objects.filter(pk=year.campaign.pk).update(version=7)
        browser = year.browser("c")
        before = fingerprint()
        assert browser.post(at(year, page), {"version": 6}).status_code == 409
        assert browser.post(at(year, page), {}).status_code == 422
        assert fingerprint() == before


PAGES = (
    "to-chuc/", "khoi/so/", "khoi/so/len/", "khoi/so/bo/", "khoi/so/don-vi/", "khoi/so/bo-tieu-chi/",
    "khoi/so/khong-che/", "khoi/so/khong-che/bo/", "khong-che/", "khong-che/bo/", "don-vi/SOA/", "don-vi/SOA/bo/",
)  # fmt: skip


@pytest.mark.parametrize("who", WITHOUT)
def test_nobody_but_the_coordinator_sets_up(year: Year, who: str) -> None:
    browser = year.browser(who)
    before = fingerprint()
    for page in PAGES:
        assert browser.post(at(year, page), {"version": 1, "title": "X"}).status_code in (403, 404), page
    assert fingerprint() == before


def test_a_coordinator_from_elsewhere_finds_nothing(year: Year) -> None:
    browser = year.browser("n")
    for page in PAGES:
        assert browser.post(at(year, page), {"version": 1}).status_code == 404, page
