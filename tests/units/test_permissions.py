"""The kernel of "may I": decisions, predicates, and a table that refuses whatever it does not hold."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from django.contrib.auth.models import AnonymousUser

from tests.factories import MembershipFactory, OrganiserFactory, UserFactory, person
from units import permissions
from units.enums import Role
from units.permissions import ADMINISTER, Decision, Refused, UndeclaredAction, authorize, can, declare, holds_true

YES = holds_true(lambda user, obj: True, "không bao giờ đọc thấy")
FIRST = holds_true(lambda user, obj: False, "Câu thứ nhất.")
SECOND = holds_true(lambda user, obj: False, "Câu thứ hai.")
SOMEBODY = SimpleNamespace(is_authenticated=True, is_active=True)


@pytest.fixture
def empty_table(monkeypatch):
    """A table of this test alone; the real one stands again afterwards."""
    monkeypatch.setattr(permissions, "_table", {})


def test_a_decision_is_true_or_false_and_a_refusal_carries_its_sentence() -> None:
    assert Decision(True)
    assert not Decision(False, "Vì sao")
    assert Decision(False, "Vì sao").reason == "Vì sao"


@pytest.mark.parametrize(
    ("predicate", "allowed", "reason"),
    [
        (YES & YES, True, ""),
        (YES & FIRST, False, "Câu thứ nhất."),
        (FIRST & SECOND, False, "Câu thứ nhất."),
        (FIRST | YES, True, ""),
        (YES | FIRST, True, ""),
        (FIRST | SECOND, False, "Câu thứ hai."),
        ((FIRST | YES) & SECOND, False, "Câu thứ hai."),
    ],
)
def test_predicates_combine_and_the_deciding_refusal_is_told(predicate, allowed: bool, reason: str) -> None:
    decision = predicate(SOMEBODY, None)
    assert (bool(decision), decision.reason) == (allowed, reason)


def test_a_predicate_after_a_refusal_is_not_asked() -> None:
    asked = []
    watching = holds_true(lambda user, obj: asked.append(obj) or True, "")
    (FIRST & watching)(SOMEBODY, "đối tượng")
    assert asked == []


def test_an_action_nobody_declared_is_refused_loudly() -> None:
    with pytest.raises(UndeclaredAction, match="no_such_action"):
        can(SOMEBODY, "units.no_such_action")


def test_an_action_is_declared_once(empty_table) -> None:
    declare("thu.viec", "Việc thử", YES)
    with pytest.raises(ValueError, match="declared twice"):
        declare("thu.viec", "Việc thử", YES)


def test_the_table_lists_actions_by_name(empty_table) -> None:
    declare("b.hai", "Hai", YES)
    declare("a.mot", "Một", YES)
    assert [action.name for action in permissions.table()] == ["a.mot", "b.hai"]


def test_nobody_signed_in_and_nobody_disabled_may_do_anything(empty_table) -> None:
    declare("thu.viec", "Việc thử", YES)
    disabled = SimpleNamespace(is_authenticated=True, is_active=False)
    for nobody in (AnonymousUser(), disabled):
        assert can(nobody, "thu.viec") == Decision(False, "Đăng nhập để tiếp tục.")


def test_authorize_raises_the_refusal_with_action_and_sentence(empty_table) -> None:
    declare("thu.viec", "Việc thử", FIRST)
    with pytest.raises(Refused) as refused:
        authorize(SOMEBODY, "thu.viec")
    assert (refused.value.action, refused.value.reason) == ("thu.viec", "Câu thứ nhất.")


def test_every_refusal_of_the_real_table_is_a_sentence_for_a_person_without_a_role(db) -> None:
    stranger = UserFactory()
    organiser = OrganiserFactory()
    for action in permissions.table():
        decision = can(stranger, action.name, organiser)
        if not decision:
            assert decision.reason.endswith("."), action.name
            assert decision.reason[0].isupper(), action.name


def test_a_role_counts_for_its_own_organiser_only(db) -> None:
    membership = MembershipFactory(role=Role.ADMINISTRATOR)
    assert can(membership.user, ADMINISTER, membership.organiser)
    assert not can(membership.user, ADMINISTER, OrganiserFactory())


@pytest.mark.parametrize(
    ("begins", "ends", "allowed"),
    [(0, 0, True), (-10, None, True), (-10, 0, True), (-10, -1, False), (1, None, False)],
)
def test_a_role_counts_from_its_first_day_through_its_last(db, day, begins, ends, allowed) -> None:
    membership = MembershipFactory(
        role=Role.ADMINISTRATOR, valid_from=day(begins), valid_to=None if ends is None else day(ends)
    )
    assert bool(can(membership.user, ADMINISTER)) is allowed


def test_asking_many_times_reads_the_roles_once(db, django_assert_num_queries) -> None:
    administrator = person(Role.ADMINISTRATOR)
    with django_assert_num_queries(1):
        for _ in range(3):
            can(administrator, ADMINISTER)
