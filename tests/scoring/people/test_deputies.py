"""A role lent while its holder is away (decision 016): the deputy can do what the absent one could, and never more."""

from __future__ import annotations

import datetime
from functools import partial

import pytest
from django.urls import reverse
from django.utils import timezone

from scoring.enums import Phase, Stage
from scoring.models import AppraisalPart, ConflictOfInterest
from scoring.permissions import APPRAISE, VIEW_PART
from scoring.selectors.assignment import judges_of
from scoring.selectors.dossiers import parts_of
from scoring.services.appraisal import appraise
from scoring.services.assignment import assign
from scoring.services.entered import confirm, enter
from scoring.services.errors import Blocked
from scoring.services.handover import hand_over
from scoring.services.transitions import perform
from scoring.services.values import Content
from tests.factories import MembershipFactory, UserFactory, sign_in
from tests.year import Year, build_year
from units.enums import Role
from units.files.people_list import WrittenRow
from units.models import Membership, TrailEntry, User
from units.permissions import ADMINISTER, Refused, can, is_one_hand
from units.services.delegation import delegate, end_delegation
from units.services.invitations import issue_code
from units.services.people import (
    NOT_THE_ABSENT,
    UNITS_ROLES_ONLY,
    NotNow,
    add_membership,
    change_person,
    end_membership,
    lock,
    new_password,
)
from units.services.people_plan import plan_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def year() -> Year:
    return build_year(Phase.APPRAISAL)


def role_of(user: User) -> Membership:
    return Membership.objects.get(user=user, stands_for=None)


def lend(year: Year, absent: str, deputy: str | User, by: str | None = None, days: int = 5) -> Membership:
    today = timezone.localdate()
    whom = year[deputy] if isinstance(deputy, str) else deputy
    last = today + datetime.timedelta(days=days)
    return delegate(role_of(year[absent]), whom, first=today, last=last, reason="Nghỉ phép", by=year[by or absent])


def mark(year: Year, by: str, unit=None):
    part = year.part(participant=unit)
    content = Content(inputs={"choice": "tre"}, reason="Theo văn bản")
    return appraise(part, year.leaves["1.1"], content, seen=0, by=year[by])


# ── parts ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_deputy_works_the_parts_of_the_absent_appraiser_and_the_trail_says_for_whom(year) -> None:
    url = reverse("scoring:part", args=[year.organiser.slug, "2026", "SOA", "1", 1])
    assert year.browser("g2").get(url).status_code == 404
    lent = lend(year, "g1", "g2")
    assert year.browser("g2").get(url).status_code == 200
    assert {part.component.code for part in parts_of(year["g2"], year.campaign)} == {"1", "2"}
    mark(year, "g2")
    assert year.value("1.1", Stage.APPRAISED).author == year["g2"]
    entry = TrailEntry.objects.filter(action="scoring.appraise").last()
    assert entry.actor_role == "Thẩm định, Thẩm định (thay Người g1)"
    assert year.part().appraiser == year["g1"]
    end_delegation(lent, by=year["g1"])
    assert year.browser("g2").get(url).status_code == 404
    with pytest.raises(Refused):
        mark(year, "g2", year.b)


def test_a_deputy_judges_only_what_the_absent_one_could_and_own_parts_by_own_roles(year) -> None:
    Membership.objects.filter(user=year["g2"]).update(components=["2"])
    lend(year, "g1", "g2")
    assert can(year["g2"], APPRAISE, year.part())
    AppraisalPart.objects.filter(pk=year.part(participant=year.b).pk).update(appraiser=year["g2"])
    assert not can(year["g2"], APPRAISE, year.part(participant=year.b))
    Membership.objects.filter(user=year["g1"]).update(components=["2"])
    assert not can(year["g2"], APPRAISE, year.part())


def test_new_parts_are_given_to_appraisers_and_not_to_who_stands_in(year) -> None:
    lend(year, "g1", "h")
    assert year["h"].pk not in {judge.user.pk for judge in judges_of(year.organiser)}
    with pytest.raises(Blocked):
        assign(year.campaign, [year.part()], year["h"], by=year["c"])


def test_a_unit_that_the_deputy_must_not_judge_stays_hidden_with_the_name_of_its_appraiser(year) -> None:
    lend(year, "g1", "gA")
    assert {part.participant.code for part in parts_of(year["gA"], year.campaign)} == {"SOB"}
    assert not can(year["gA"], VIEW_PART, year.part())
    assert can(year["gA"], APPRAISE, year.part(participant=year.b))
    url = reverse("scoring:part", args=[year.organiser.slug, "2026", "SOA", "1", 1])
    assert year.browser("gA").get(url).status_code == 404


@pytest.mark.parametrize("how", ["declared", "works there"])
def test_what_binds_the_absent_one_binds_the_deputy_in_everything(year, how) -> None:
    own = year.part("2", participant=year.b)
    assert can(year["g2"], APPRAISE, own)
    lend(year, "g1", "g2")
    if how == "declared":
        ConflictOfInterest.objects.create(
            organiser=year.organiser, user=year["g1"], unit=year.b.unit, reason="Vừa chuyển đi", declared_by=year["c"]
        )
    else:
        MembershipFactory(user=year["g1"], organiser=year.organiser, unit=year.b.unit, role=Role.COUNCIL)
    assert not can(year["g2"], APPRAISE, own)
    assert can(year["g2"], APPRAISE, year.part("2"))


def test_a_receipt_says_for_whom_a_deputy_of_the_head_handed_in() -> None:
    year = build_year(Phase.SELF_ASSESSMENT)
    lend(year, "aH", "a1")
    year.declare("1.1", inputs={"choice": "du"})
    year.declare("1.2", inputs={"numerator": "45", "denominator": "50"})
    year.declare("2.1", inputs={"points": "2"})
    perform(year.submission(), "hand_over", year["a1"])
    perform(year.submission(), "submit", year["a1"], accept_warnings=True)
    page = year.browser("aH").get(reverse("scoring:receipt", args=[year.organiser.slug, "2026", "SOA", 1]))
    assert "Người nộp: Người a1 (thay Người aH)." in page.content.decode()


# ── two persons ───────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_deputy_does_not_confirm_what_the_absent_one_entered_nor_the_other_way_round(year) -> None:
    content = Content(inputs={"mean": "4", "responses": "90"})
    by_absent = enter(year.a, year.leaves["3.1"], content, seen=0, by=year["c"])
    lent = lend(year, "c", "l")
    by_deputy = enter(year.b, year.leaves["3.1"], content, seen=0, by=year["l"])
    for value, who in ((by_absent, "l"), (by_deputy, "c")):
        with pytest.raises(Blocked):
            confirm([(value, value.version)], by=year[who])
    assert confirm([(by_absent, by_absent.version)], by=year["c2"]) == 1
    end_delegation(lent, by=year["c"])
    with pytest.raises(Blocked):  # written for c, whoever pressed the key
        confirm([(by_deputy, by_deputy.version)], by=year["c"])
    assert confirm([(by_deputy, by_deputy.version)], by=year["c2"]) == 1


def test_two_deputies_of_one_person_are_one_hand_and_people_without_deputies_are_not(year) -> None:
    both = year["c"]
    leads = MembershipFactory(user=both, organiser=year.organiser, role=Role.LEADER)
    today = timezone.localdate()
    coordinates = Membership.objects.get(user=both, role=Role.COORDINATOR)
    for role, deputy in ((coordinates, year["c2"]), (leads, year["h"])):
        delegate(role, deputy, first=today, last=today, reason="Nghỉ", by=both)
    assert is_one_hand(year["h"], year["c2"].pk)
    assert is_one_hand(year["c2"], year["h"].pk)
    assert is_one_hand(year["c2"], both.pk)
    assert not is_one_hand(year["l"], year["c2"].pk)
    assert not is_one_hand(year["l"], both.pk)
    earlier = timezone.now() - datetime.timedelta(days=3)
    Membership.objects.filter(stands_for__isnull=False).update(valid_from=earlier, valid_to=earlier)
    assert not is_one_hand(year["c"], year["c2"].pk)
    assert is_one_hand(year["c"], year["c2"].pk, earlier)


# ── who may lend what to whom ─────────────────────────────────────────────────────────────────────────────────────

REFUSED = [
    "to oneself", "to a locked account", "to somebody without a role", "from a day that has passed",
    "the end before the beginning", "longer than the role", "twice at a time", "what one carries for another",
    "to who sees nothing before the release", "of a unit to another unit", "an over role",
    "to the acting administrator",
]  # fmt: skip


@pytest.mark.parametrize("what", REFUSED)
def test_it_is_refused_to_lend(year, what) -> None:
    today, day = timezone.localdate(), datetime.timedelta(days=1)
    role, deputy, by = role_of(year["g1"]), year["g2"], year["g1"]
    first, last = today, today + day
    if what == "to oneself":
        deputy = by
    elif what == "to a locked account":
        lock(deputy, by=year["s"])
        deputy = year["g2"]
    elif what == "to somebody without a role":
        deputy = UserFactory()
    elif what == "from a day that has passed":
        first = today - day
    elif what == "the end before the beginning":
        first, last = today + day, today
    elif what == "longer than the role":
        Membership.objects.filter(pk=role.pk).update(valid_to=today)
    elif what == "twice at a time":
        lend(year, "g1", "h")
    elif what == "what one carries for another":
        role, deputy, by = lend(year, "g1", "g2"), year["h"], year["s"]
    elif what == "to who sees nothing before the release":
        deputy = year["a1"]
    elif what == "of a unit to another unit":
        role, deputy, by = role_of(year["a1"]), year["b1"], year["a1"]
    elif what == "an over role":
        Membership.objects.filter(pk=role.pk).update(valid_to=today, ended_at=timezone.now())
        role, by = Membership.objects.get(pk=role.pk), year["s"]
    elif what == "to the acting administrator":
        deputy = by = year["s"]
    before = Membership.objects.count()
    with pytest.raises(NotNow):
        delegate(role, deputy, first=first, last=last, reason="Nghỉ phép", by=by)
    assert Membership.objects.count() == before


def test_a_role_is_lent_by_its_holder_or_an_administrator_and_that_of_an_administrator_by_another(year) -> None:
    today = timezone.localdate()
    days = {"first": today, "last": today, "reason": "Nghỉ"}
    for by in ("c", "g2", "n"):
        with pytest.raises(Refused):
            delegate(role_of(year["g1"]), year["h"], **days, by=year[by])
    keeper = role_of(year["s"])
    with pytest.raises(Refused):
        delegate(keeper, year["c"], **days, by=year["s"])
    second = MembershipFactory(organiser=year.organiser, role=Role.ADMINISTRATOR).user
    lent = delegate(keeper, year["c"], **days, by=second)
    with pytest.raises(Refused):  # the deputy of an administrator is that administrator's hand
        delegate(keeper, year["c2"], first=today + datetime.timedelta(days=1), last=today + datetime.timedelta(days=2),
                 reason="Nghỉ", by=year["c"])  # fmt: skip
    assert end_delegation(lent, by=year["s"]).is_over


def test_the_deputy_of_an_administrator_looks_after_people_of_units_alone(year) -> None:
    second = MembershipFactory(organiser=year.organiser, role=Role.ADMINISTRATOR).user
    today = timezone.localdate()
    delegate(role_of(year["s"]), year["c"], first=today, last=today, reason="Nghỉ", by=second)
    deputy, role = year["c"], {"unit": year.organiser.unit, "components": [], "valid_from": today, "valid_to": None}
    assert can(deputy, ADMINISTER, year.organiser)
    for person in (UserFactory(), year["g1"]):
        for given in (Role.ADMINISTRATOR, Role.LEADER, Role.COUNCIL, Role.APPRAISER):
            with pytest.raises(NotNow, match="chỉ giao vai trò cán bộ, thủ trưởng đơn vị"):
                add_membership(year.organiser, person, role=given, **role, by=deputy)
    assert add_membership(year.organiser, UserFactory(), role=Role.UNIT_STAFF, **role, by=deputy)
    # A coordinator who could open the leader's account would be both persons that a publication asks for.
    for whose in (year["s"], second, year["l"], year["g1"], year["h"]):
        for act in (partial(new_password, whose), partial(issue_code, year.organiser, whose), partial(lock, whose),
                    partial(change_person, whose, full_name="Khác", email="khac@thu.example")):  # fmt: skip
            with pytest.raises(Refused):
                act(by=deputy)
    assert issue_code(year.organiser, year["a1"], by=deputy)
    with pytest.raises(Refused):
        delegate(role_of(year["l"]), year["c2"], first=today, last=today, reason="Nghỉ", by=deputy)
    office = sign_in(deputy)
    typed = {"user": deputy.pk, "organiser": year.organiser.pk, "unit": year.organiser.unit_id, "role": "administrator",
             "components": "[]", "valid_from": f"{today:%d/%m/%Y}"}  # fmt: skip
    assert UNITS_ROLES_ONLY in office.post(reverse("admin:units_membership_add"), typed).content.decode()
    account = reverse("admin:units_user_change", args=[year["s"].pk])
    assert office.post(account, {"full_name": "Khác", "email": "khac@thu.example"}).status_code == 403
    assert Membership.objects.filter(role=Role.ADMINISTRATOR, stands_for=None).count() == 2


def test_the_deputy_of_an_administrator_leaves_the_roles_of_the_absent_one_alone(year) -> None:
    """Else the absent one could come back as a coordinator, or find a role gone, by a friend's hand."""
    second, here, unit = UserFactory(), year.organiser, year.organiser.unit
    for user, role in ((second, Role.ADMINISTRATOR), (year["s"], Role.COUNCIL), (year["s"], Role.LEADER)):
        MembershipFactory(organiser=here, user=user, role=role)
    own = {role.role: role for role in Membership.objects.filter(user=year["s"], organiser=here)}
    today = timezone.localdate()
    days = {"first": today, "last": today, "reason": "Nghỉ"}
    lent = delegate(own[Role.COUNCIL], year["h"], **days, by=second)
    delegate(own[Role.ADMINISTRATOR], year["c"], **days, by=second)
    deputy, whole = year["c"], {"unit": unit, "components": [], "valid_from": today, "valid_to": None}
    acts = [
        lambda: add_membership(here, year["s"], role=Role.COORDINATOR, **whole, by=deputy),
        lambda: end_membership(own[Role.LEADER], last_day=None, by=deputy),
        lambda: end_delegation(lent, by=deputy),
        lambda: hand_over(here, year["s"], year["l"], seen=[role.pk for role in own.values()], by=deputy),
        lambda: hand_over(here, year["l"], year["s"], seen=[role_of(year["l"]).pk], by=deputy),
    ]
    before = list(Membership.objects.order_by("pk").values())
    for act in acts:
        with pytest.raises(NotNow, match="người mình thay"):
            act()
    with pytest.raises(Refused, match="chỉ ủy quyền vai trò đơn vị"):
        delegate(own[Role.LEADER], year["l"], **days, by=deputy)
    cells = {
        "full_name": year["s"].full_name,
        "username": year["s"].username,
        "unit": year.a.unit.code,
        "role": "Cán bộ đầu mối",
    }
    assert NOT_THE_ABSENT in plan_of(here, [WrittenRow(2, cells)], {}, deputy).rows[0].mend
    typed = {"user": year["s"].pk, "organiser": here.pk, "unit": unit.pk, "role": "coordinator",
             "components": "[]", "valid_from": f"{today:%d/%m/%Y}"}  # fmt: skip
    assert sign_in(deputy).post(reverse("admin:units_membership_add"), typed).status_code in (403, 422)
    assert list(Membership.objects.order_by("pk").values()) == before


@pytest.mark.parametrize("how", ["its days are over", "the role ends", "the absent one is locked", "handed over"])
def test_it_ends_by_itself_when(year, how) -> None:
    lent = lend(year, "g1", "g2")
    assert any(item.pk == lent.pk for item in year["g2"].current_memberships)
    if how == "its days are over":
        yesterday = timezone.localdate() - datetime.timedelta(days=1)
        Membership.objects.filter(pk=lent.pk).update(valid_from=yesterday, valid_to=yesterday)
    elif how == "the role ends":
        end_membership(role_of(year["g1"]), last_day=None, by=year["s"])
    elif how == "the absent one is locked":
        lock(year["g1"], by=year["s"])
    else:  # who carried it leaves: the successor gets the leaver's own roles only
        seen = list(Membership.objects.filter(user=year["g2"]).values_list("pk", flat=True))
        hand_over(year.organiser, year["g2"], year["gA"], seen=seen, by=year["s"])
        assert not any(item.stands_for_id for item in year["gA"].current_memberships)
    assert not any(item.stands_for_id for item in year["g2"].current_memberships)
    assert not can(year["g2"], APPRAISE, year.part())


# ── the pages ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_on_screen_a_role_is_lent_both_see_it_where_they_start_and_it_is_taken_back(year) -> None:
    slug, today = year.organiser.slug, timezone.localdate()
    browser, role = year.browser("g1"), role_of(year["g1"])
    assert "Ủy quyền khi vắng mặt" in browser.get(reverse("scoring:work", args=[slug])).content.decode()
    assert "Ủy quyền" in browser.get(reverse("units:lending", args=[slug])).content.decode()
    address = reverse("units:lend", args=[slug, role.pk])
    shown = browser.get(address).content.decode()
    assert "Người g2" in shown
    assert "Người a1" not in shown
    typed = {
        "deputy": year["g2"].pk,
        "first": f"{today:%d/%m/%Y}",
        "last": f"{today:%d/%m/%Y}",
        "reason": "Đi công tác",
    }
    assert browser.post(address, typed | {"last": ""}).status_code == 422
    assert browser.post(address, typed).status_code == 302
    assert browser.post(address, typed).status_code == 409
    for who, name in (("g1", "Người g2"), ("g2", "thay Người g1")):
        text = year.browser(who).get(reverse("scoring:work", args=[slug])).content.decode()
        assert name in text.split("<main", 1)[1]
    lent = Membership.objects.get(stands_for=role)
    end = reverse("units:lend_end", args=[slug, lent.pk])
    assert year.browser("g2").post(end).status_code == 403
    assert year.browser("b1").post(end).status_code == 404
    assert browser.post(end, follow=True).status_code == 200
    assert not year["g2"].current_memberships[1:]


def test_an_administrator_lends_for_somebody_from_the_page_of_the_person(year) -> None:
    slug, role = year.organiser.slug, role_of(year["g1"])
    office, person = year.browser("s"), reverse("units:person", args=[slug, year["g1"].pk])
    assert reverse("units:lend", args=[slug, role.pk]) in office.get(person).content.decode()
    lend(year, "g1", "g2", by="s")
    text = office.get(reverse("units:person", args=[slug, year["g2"].pk])).content.decode()
    assert "Thẩm định (thay Người g1)" in text
    assert "Thôi ủy quyền" in text
    assert sign_in(year["n"]).get(reverse("units:lend", args=[slug, role.pk])).status_code == 404


def test_who_stands_in_is_seen_and_ended_on_the_page_of_the_absent_one_and_where_a_role_is_lent(year) -> None:
    lent = lend(year, "g1", "g2")
    office = sign_in(year["s"])
    slug, absent = year.organiser.slug, year["g1"]
    pages = (
        reverse("units:person", args=[slug, absent.pk]),
        reverse("units:lend", args=[slug, role_of(absent).pk]),
    )
    end = reverse("units:lend_end", args=[slug, lent.pk])
    for page in pages:
        told = office.get(page).content.decode()
        assert f"{year['g2'].full_name} thay vai trò thẩm định" in told, page
        assert end in told
    assert office.post(end)["Location"] == pages[0]
    for page in pages:
        assert end not in office.get(page).content.decode()


def test_whose_last_role_is_over_reads_which_one_and_since_when(year) -> None:
    browser = sign_in(year["g1"])
    held = role_of(year["g1"])
    end_membership(held, last_day=None, by=year["s"])
    told = browser.get("/lam-viec/").content.decode()
    assert f"Vai trò thẩm định, {held.unit.name}" in told
    assert f"{timezone.localdate():%d/%m/%Y}" in told.split("đã kết thúc lúc", 1)[1][:40]
    assert "hỏi người quản trị" in told
