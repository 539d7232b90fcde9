"""Thiết lập: what stands and what is missing is read off the data; each step is shown to who may do it."""

from __future__ import annotations

import pytest
from django.test import Client

from scoring.enums import Phase
from scoring.models import Campaign, CriteriaSet, Window
from scoring.selectors.setup import candidates
from tests.database import fingerprint
from tests.factories import (
    CampaignFactory,
    OrganiserFactory,
    ProvinceFactory,
    UnitFactory,
    UserFactory,
    person,
    sign_in,
)
from tests.year import build_year
from units.enums import Role, UnitKind
from units.models import Membership, Organiser, Unit, User

PAGE = "/lam-viec/quang-ngai/thiet-lap/"


@pytest.fixture
def organiser(db) -> Organiser:
    return OrganiserFactory(unit=ProvinceFactory(code="51", name="Tỉnh Quảng Ngãi"), slug="quang-ngai")


def states(page) -> dict[str, str]:
    return {step.name: step.state for step, _ in page.context["steps"]}


def needed(page) -> list[str]:
    return [item.text for _, item, _ in page.context["needed"]]


def test_an_empty_organiser_is_told_every_step_and_the_administrator_gets_the_links_of_his_own(organiser) -> None:
    page = sign_in(person(Role.ADMINISTRATOR, organiser)).get(PAGE)
    assert states(page) == {
        "noi-to-chuc": "done", "don-vi": "todo", "dieu-phoi": "todo", "ky": "todo", "bo-tieu-chi": "todo",
        "khoi": "todo", "nguoi-don-vi": "todo",
    }  # fmt: skip
    text = page.content.decode()
    assert f"{PAGE}don-vi/" in text
    assert "/lam-viec/quang-ngai/ky-moi/" not in text, "the year is the coordinator's"
    assert "Bước này do người điều phối làm." in text
    assert "Chưa lập kỳ đánh giá." in needed(page)


def test_a_step_is_half_done_then_done_by_nothing_but_the_data(organiser) -> None:
    browser = sign_in(person(Role.ADMINISTRATOR, organiser))
    UnitFactory(parent=organiser.unit, kind=UnitKind.COMMUNE)
    assert states(browser.get(PAGE))["don-vi"] == "half"
    UnitFactory(parent=organiser.unit, kind=UnitKind.DEPARTMENT)
    assert states(browser.get(PAGE))["don-vi"] == "done"
    person(Role.COORDINATOR, organiser)
    assert states(browser.get(PAGE))["dieu-phoi"] == "half"
    for role in (Role.LEADER, Role.APPRAISER, Role.COUNCIL):
        person(role, organiser)
    assert states(browser.get(PAGE))["dieu-phoi"] == "done"
    Membership.objects.filter(role=Role.COORDINATOR).update(valid_from="2020-01-01", valid_to="2020-12-31")
    assert "Chưa có ai giữ vai trò điều phối." in needed(browser.get(PAGE))


@pytest.mark.django_db
def test_the_check_list_says_of_a_year_what_the_door_would_say() -> None:
    year = build_year(Phase.DRAFT)
    page_of = f"/lam-viec/{year.organiser.slug}/thiet-lap/"
    browser = year.browser("c")
    page = browser.get(page_of)
    assert needed(page) == []
    assert states(page)["khoi"] == states(page)["bo-tieu-chi"] == "done"
    assert f"/ky/{year.campaign.code}/buoc/" in page.content.decode()
    Window.objects.filter(group=year.group, phase=Phase.SELF_ASSESSMENT).delete()
    assert needed(browser.get(page_of)) == [f"Khối “{year.group.title}” chưa có thời hạn tự chấm."]
    year.a.group.participants.update(is_assessed=False, left_out_reason="Mới giải thể")
    assert f"Khối “{year.group.title}” chưa có đơn vị." in needed(browser.get(page_of))


@pytest.mark.django_db
def test_what_the_engine_says_of_the_figures_is_told_to_who_may_read_them_and_counted_to_others() -> None:
    year = build_year(Phase.DRAFT)
    page_of = f"/lam-viec/{year.organiser.slug}/thiet-lap/"
    gate = {"node": "9.9", "index_below": "50", "highest_grade": "kha", "reason": "Chưa đạt"}
    type(year.campaign).objects.filter(pk=year.campaign.pk).update(gates=[gate])
    (told,) = needed(year.browser("c").get(page_of))
    assert "9.9" in told
    page = year.browser("s").get(page_of)
    assert needed(page) == ["Có 1 chỗ làm kỳ chưa tính được. Người điều phối đọc được từng chỗ."]
    assert told not in page.content.decode()


@pytest.mark.django_db
def test_units_that_nobody_writes_or_signs_for_are_named() -> None:
    year = build_year(Phase.DRAFT)
    Membership.objects.filter(user=year["bH"]).delete()
    page = year.browser("s").get(f"/lam-viec/{year.organiser.slug}/thiet-lap/")
    assert [item.text for _, item, _ in page.context["later"] if "thủ trưởng" in item.text] == [
        f"1 đơn vị chưa có thủ trưởng: {year.b.name}."
    ]
    assert year["bH"] is not None
    assert "97" not in "".join(states(page)), "no figure of anybody stands here"


def of_groups(page) -> tuple[str, list[str]]:
    step = next(step for step, _ in page.context["steps"] if step.name == "khoi")
    return step.state, [item.text for item in step.notes]


@pytest.mark.django_db
def test_units_in_no_group_are_counted_beside_a_step_that_is_done() -> None:
    year = build_year(Phase.DRAFT)
    page_of = f"/lam-viec/{year.organiser.slug}/thiet-lap/"
    browser = year.browser("c")
    left = candidates(year.campaign)
    assert of_groups(browser.get(page_of)) == ("done", [f"{left.count()} đơn vị chưa vào khối nào."] * left.exists())
    UnitFactory.create_batch(3, parent=year.organiser.unit)
    page = browser.get(page_of)
    assert of_groups(page) == ("done", [f"{left.count()} đơn vị chưa vào khối nào."])
    assert f"/ky/{year.campaign.code}/khoi/so/don-vi/" in page.content.decode()
    assert f"/ky/{year.campaign.code}/khoi/so/don-vi/" not in year.browser("s").get(page_of).content.decode()
    left.update(valid_to="2024-01-01", valid_from="2020-01-01")
    assert of_groups(browser.get(page_of)) == ("done", [])


@pytest.mark.django_db
def test_units_that_their_set_was_not_made_for_are_counted() -> None:
    year = build_year(Phase.DRAFT)
    page_of = f"/lam-viec/{year.organiser.slug}/thiet-lap/"
    told = "2 đơn vị chấm theo bộ tiêu chí dành cho loại đơn vị khác."
    CriteriaSet.objects.update(unit_kinds=[UnitKind.WARD])
    assert told in of_groups(year.browser("c").get(page_of))[1]
    CriteriaSet.objects.update(unit_kinds=[UnitKind.WARD, year.a.unit.kind])
    assert told not in of_groups(year.browser("c").get(page_of))[1]


@pytest.mark.django_db
def test_nobody_is_told_to_open_what_is_open() -> None:
    year = build_year(Phase.DRAFT)
    page_of = f"/lam-viec/{year.organiser.slug}/thiet-lap/"
    assert "Điều phối mở kỳ." in year.browser("s").get(page_of).content.decode()
    year.group.__class__.objects.update(phase=Phase.SELF_ASSESSMENT)
    assert "Điều phối mở kỳ." not in year.browser("s").get(page_of).content.decode()


def test_a_leader_of_an_empty_portal_is_told_who_makes_the_year_and_not_to_do_it(organiser) -> None:
    page = sign_in(person(Role.LEADER, organiser)).get("/lam-viec/quang-ngai/").content.decode()
    assert "Điều phối lập kỳ của năm nay" in page
    assert "tải mẫu Excel" not in page
    page = sign_in(person(Role.COORDINATOR, organiser)).get("/lam-viec/quang-ngai/").content.decode()
    assert "tải mẫu Excel" in page
    assert "Hoặc lập kỳ" in page


@pytest.mark.parametrize(
    ("who", "status"),
    [(Role.LEADER, 403), (Role.UNIT_STAFF, 403), (Role.APPRAISER, 403), (Role.COORDINATOR, 200), (None, 404)],
)
def test_the_page_is_for_administrators_and_coordinators_of_the_organiser(organiser, who, status) -> None:
    user = person(who, organiser) if who else person(Role.COORDINATOR, OrganiserFactory())
    browser, before = sign_in(user), fingerprint()
    assert browser.get(PAGE).status_code == status
    assert fingerprint() == before


def test_the_people_of_the_trial_portal_find_no_set_up(organiser) -> None:
    user = UserFactory(is_demo=True)
    Membership.objects.create(user=user, organiser=organiser, unit=organiser.unit, role=Role.ADMINISTRATOR)
    browser: Client = sign_in(user)
    assert browser.get(PAGE).status_code == 404
    assert "Thiết lập" not in browser.get("/lam-viec/quang-ngai/nguoi/").content.decode()


def test_ten_times_the_units_ask_no_more_questions(organiser, django_assert_max_num_queries) -> None:
    browser = sign_in(person(Role.ADMINISTRATOR, organiser))
    counts = []
    for more in (1, 10):
        for _ in range(more):
            unit = UnitFactory(parent=organiser.unit)
            Membership.objects.create(user=UserFactory(), organiser=organiser, unit=unit, role=Role.UNIT_STAFF)
        with django_assert_max_num_queries(30) as asked:
            browser.get(PAGE)
        counts.append(len(asked))
    assert counts[0] == counts[1]
    assert Unit.objects.count() == 12


def test_pages_of_an_invented_province_bear_its_mark_for_the_people_of_the_trial_portal_alone(organiser) -> None:
    """Who keeps published tables of others there sees real ones."""
    mine = person(Role.ADMINISTRATOR, organiser)
    year = CampaignFactory(organiser=organiser)
    pages = ("/lam-viec/quang-ngai/nguoi/", "/lam-viec/quang-ngai/cay-don-vi/", "/lam-viec/quang-ngai/nhat-ky/")
    for is_demo, is_sample in ((False, True), (True, False), (True, True)):
        User.objects.filter(pk=mine.pk).update(is_demo=is_demo)
        Campaign.objects.filter(pk=year.pk).update(is_sample=is_sample)
        browser = sign_in(User.objects.get(pk=mine.pk))
        for page in pages:
            assert ("DỮ LIỆU MINH HỌA" in browser.get(page).content.decode()) is (is_demo and is_sample), page
