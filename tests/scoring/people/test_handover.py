"""Handover: open tasks shown first, roles end and begin the same moment, parts pass on under their guards."""

from __future__ import annotations

import pytest
from django.urls import reverse
from django.utils import timezone

from scoring.enums import Phase
from scoring.models import AppraisalPart
from scoring.selectors.handover import open_tasks
from scoring.services.entered import enter
from scoring.services.errors import Conflict
from scoring.services.handover import hand_over, pass_on
from scoring.services.values import Content
from tests.database import fingerprint
from tests.factories import MembershipFactory, UserFactory, person, sign_in
from tests.year import Year, build_year
from units.enums import Role
from units.models import Membership, TrailEntry, User
from units.permissions import Refused
from units.services.people import NotNow

pytestmark = pytest.mark.django_db


@pytest.fixture
def year() -> Year:
    return build_year(Phase.APPRAISAL)


def roles_of(user: User) -> list[int]:
    return [item.pk for item in Membership.objects.filter(user=user)]


def held(user: User) -> int:
    return AppraisalPart.objects.filter(appraiser=user).count()


def test_open_tasks_tell_what_lies_on_the_desk_and_no_figure(year) -> None:
    tasks = open_tasks(year.organiser, year["g1"])
    assert [(item.campaign, len(item.parts)) for item in tasks.parts] == [(year.campaign, 2)]
    page = year.browser("s").get(reverse("scoring:handover", args=[year.organiser.slug, year["g1"].pk]))
    text = page.content.decode()
    assert "2 phần thẩm định chưa ký" in text
    assert "Sở An toàn, lĩnh vực 1, vòng 1" in text
    assert "45" not in text.split("<main", 1)[1].split("Vai trò chuyển", 1)[0]
    assert not open_tasks(year.organiser, year["h"])


def test_what_was_begun_and_waits_for_a_second_person_is_counted(year) -> None:
    content = Content(inputs={"mean": "4", "responses": "90"})
    enter(year.a, year.leaves["3.1"], content, seen=0, by=year["c"])
    tasks = open_tasks(year.organiser, year["c"])
    assert tasks.waiting == [("điểm nhập chờ xác nhận", year.campaign, 1)]


def test_a_dossier_that_is_being_filled_in_is_told_to_its_unit_alone() -> None:
    year = build_year(Phase.SELF_ASSESSMENT)
    assert [item.participant for item in open_tasks(year.organiser, year["a1"]).dossiers] == [year.a]
    assert not open_tasks(year.organiser, year["g1"])


def test_roles_end_for_one_and_begin_for_the_other_at_the_same_moment(year) -> None:
    successor = UserFactory()
    handed = hand_over(year.organiser, year["g1"], successor, seen=roles_of(year["g1"]), by=year["s"])
    assert year["g1"].current_memberships == []
    now = User.objects.get(pk=successor.pk).current_memberships
    assert [(item.role, item.unit.code) for item in now] == [(Role.APPRAISER, "STP")]
    assert handed.waiting == [year.campaign]  # an administrator assigns nothing: the coordinator does
    assert held(year["g1"]) == 2
    entry = TrailEntry.objects.get(action="scoring.hand_over")
    assert entry.data["successor"] == successor.username


def test_who_also_coordinates_passes_the_parts_on_in_the_same_act(year) -> None:
    MembershipFactory(user=year["s"], organiser=year.organiser, role=Role.COORDINATOR)
    successor = UserFactory()
    handed = hand_over(year.organiser, year["g1"], successor, seen=roles_of(year["g1"]), by=year["s"])
    assert [(item.given, item.left) for item in handed.passed] == [(2, [])]
    assert (held(year["g1"]), held(successor)) == (0, 2)


def test_the_coordinator_passes_parts_on_and_what_the_rules_forbid_stays(year) -> None:
    """The successor works at unit A, so only the part of B goes over."""
    page = reverse("scoring:assignment_pass", args=[year.organiser.slug, year.campaign.code])
    browser = year.browser("c")
    assert "Người g1 (2 phần)" in browser.get(page).content.decode()
    answer = browser.post(page, {"leaver": year["g1"].pk, "successor": year["gA"].pk})
    assert answer.status_code == 409
    assert "Đã giao 1 phần; còn 1 phần chưa giao được." in answer.content.decode()
    assert (held(year["g1"]), held(year["gA"])) == (1, 1)
    assert browser.post(page, {"leaver": year["g1"].pk, "successor": year["g1"].pk}).status_code == 422
    assert browser.post(page, {"leaver": year["g1"].pk, "successor": year["g2"].pk}).status_code == 302
    assert held(year["g1"]) == 0


def test_a_leader_or_an_administrator_passes_no_part_on(year) -> None:
    for name in ("l", "s"):
        with pytest.raises(Refused):
            pass_on(year.campaign, year["g1"], year["g2"], by=year[name])
    assert held(year["g1"]) == 2


def test_a_role_the_successor_has_already_is_only_ended(year) -> None:
    handed = hand_over(year.organiser, year["g1"], year["g2"], seen=roles_of(year["g1"]), by=year["s"])
    assert handed.begun == []
    assert len(year["g2"].current_memberships) == 1


@pytest.mark.parametrize("to", ["self", "locked", "acting"])
def test_nothing_changes_where_the_successor_cannot_take_over(year, to) -> None:
    successor = {"self": year["g1"], "locked": year["x"], "acting": year["s"]}[to]
    before = fingerprint()
    with pytest.raises((NotNow, Conflict)):
        hand_over(year.organiser, year["g1"], successor, seen=roles_of(year["g1"]), by=year["s"])
    assert fingerprint() == before


def test_roles_that_changed_since_they_were_shown_are_not_handed_over(year) -> None:
    url = reverse("scoring:handover", args=[year.organiser.slug, year["g1"].pk])
    browser = year.browser("s")
    seen = browser.get(url).context["form"].initial["seen"]
    MembershipFactory(user=year["g1"], organiser=year.organiser, role=Role.COUNCIL)
    answer = browser.post(url, {"username": year["g2"].username, "seen": seen})
    assert answer.status_code == 409
    assert "vừa thay đổi" in answer.content.decode()
    fresh = browser.get(url).context["form"].initial["seen"]
    assert browser.post(url, {"username": "khong-co-ai", "seen": fresh}).status_code == 422
    assert browser.post(url, {"username": year["g2"].username, "seen": fresh}).status_code == 302
    assert browser.post(url, {"username": year["g2"].username, "seen": fresh}).status_code == 409


@pytest.mark.parametrize("has_come", [False, True])
def test_a_successor_who_never_came_is_named_with_the_way_to_invite(year, has_come) -> None:
    url = reverse("scoring:handover", args=[year.organiser.slug, year["g1"].pk])
    browser = year.browser("s")
    seen = browser.get(url).context["form"].initial["seen"]
    User.objects.filter(pk=year["g2"].pk).update(last_login=timezone.now() if has_come else None)
    told = browser.post(url, {"username": year["g2"].username, "seen": seen}, follow=True).content.decode()
    assert ("chưa vào cổng lần nào" in told) is not has_come
    there = reverse("units:person", args=[year.organiser.slug, year["g2"].pk])
    assert (f'<a href="{there}">Mời vào cổng</a>' in told) is not has_come


def test_strangers_find_no_handover_and_others_are_refused(year) -> None:
    url = reverse("scoring:handover", args=[year.organiser.slug, year["g1"].pk])
    foreign = sign_in(person(Role.ADMINISTRATOR))
    assert [foreign.get(url).status_code, foreign.post(url).status_code] == [404, 404]
    assert year.browser("c").get(url).status_code == 403


def test_the_page_asks_the_same_number_of_questions_whatever_lies_open(year, django_assert_max_num_queries) -> None:
    counts = []
    for name in ("g1", "g2"):
        url = reverse("scoring:handover", args=[year.organiser.slug, year[name].pk])
        with django_assert_max_num_queries(40) as asked:
            year.browser("s").get(url)
        counts.append(len(asked))
        AppraisalPart.objects.filter(appraiser=year["g2"]).exclude(participant=year.a).update(appraiser=year["g1"])
    assert counts[0] == counts[1]
