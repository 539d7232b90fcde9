"""The pages of one's own notices: what is unread, opening, choosing which come as letters."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.factories import MembershipFactory, sign_in
from units.enums import NoticeKind, NoticeWay, Role
from units.models import Notice, NoticeChoice, User
from units.services.notices import Word, kinds_for, post, tell_of_change

pytestmark = pytest.mark.django_db
LIST = "/tai-khoan/thong-bao/"


@pytest.fixture
def user() -> User:
    return MembershipFactory(user__full_name="An", role=Role.UNIT_HEAD).user


def tell(user: User, key: str = "viec-1", **more: object) -> Notice:
    post([Word(user, NoticeKind.WORK, key, f"Hồ sơ bị trả lại {key}", "Sửa rồi trình lại.", path="/lam-viec/", **more)])
    return Notice.objects.get(user=user, key=key)


def page(user: User, address: str = LIST) -> str:
    answer = sign_in(user).get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_notice_stands_in_the_list_with_its_note_and_counts_in_the_bar_until_it_is_opened(user) -> None:
    notice = tell(user, note="Thủ trưởng nhắn: xem lại mục 1.2")
    shown = page(user)
    assert "Hồ sơ bị trả lại viec-1" in shown
    assert "Thủ trưởng nhắn: xem lại mục 1.2" in shown
    assert 'class="unread">1<' in shown
    answer = sign_in(user).post(reverse("own_notice_open", args=[notice.pk]))
    assert (answer.status_code, answer["Location"]) == (302, "/lam-viec/")
    assert 'class="unread"' not in page(user)


def test_looking_at_the_list_marks_nothing_as_read(user) -> None:
    tell(user)
    page(user)
    assert Notice.objects.unread().count() == 1


def test_notices_of_others_are_not_there(user) -> None:
    other = MembershipFactory().user
    notice = tell(other)
    assert "Chưa có thông báo nào" in page(user)
    assert sign_in(user).post(reverse("own_notice_open", args=[notice.pk])).status_code == 404
    sign_in(user).post(reverse("own_notices_read"), {"den": notice.pk})
    assert Notice.objects.unread().filter(user=other).exists()


def test_all_that_was_seen_is_marked_and_what_came_since_is_not(user) -> None:
    seen = tell(user)
    tell(user, "viec-2")
    answer = sign_in(user).post(reverse("own_notices_read"), {"den": seen.pk}, follow=True).content.decode()
    assert "Đã đánh dấu đọc 1 thông báo." in answer
    assert [notice.key for notice in Notice.objects.unread()] == ["viec-2"]
    for wrong in ("", "x", "-1", "9" * 40, "１"):
        again = sign_in(user).post(reverse("own_notices_read"), {"den": wrong}, follow=True)
        assert "Không có thông báo nào chưa đọc." in again.content.decode()
    assert Notice.objects.unread().count() == 1


def test_a_copy_for_a_given_up_address_is_nobodys_notice(user) -> None:
    tell_of_change(user, "Đổi địa chỉ thư", also="cu@so.example")
    assert Notice.objects.count() == 2
    assert page(user).count("Thay đổi bảo mật tài khoản") == page(user).count("Thay đổi bảo mật tài khoản,") + 1


def test_a_choice_is_kept_and_shown_again(user) -> None:
    ways = {kind.value: NoticeWay.OFF.value for kind in kinds_for([Role.UNIT_HEAD])}
    browser, address = sign_in(user), reverse("own_notice_ways")
    for _ in range(2):
        assert browser.post(address, ways).status_code == 302
    assert NoticeChoice.objects.filter(user=user, way=NoticeWay.OFF).count() == 6
    assert page(user, address).count("checked") == 6
    assert browser.post(address, ways | {"work": "now"}).status_code == 302
    assert NoticeChoice.objects.get(user=user, kind=NoticeKind.WORK).way == NoticeWay.NOW


@pytest.mark.parametrize("wrong", [{"work": ""}, {"work": "fax"}, {"morning": "now"}])
def test_a_choice_that_is_none_is_refused_with_the_way_out_and_nothing_is_stored(user, wrong) -> None:
    ways = {kind.value: NoticeWay.MORNING.value for kind in kinds_for([Role.UNIT_HEAD])}
    answer = sign_in(user).post(reverse("own_notice_ways"), ways | wrong)
    assert answer.status_code == 422
    assert "Chọn" in answer.content.decode()
    assert not NoticeChoice.objects.exists()


def test_the_page_says_where_letters_go_and_where_none_do(user, settings) -> None:
    address = reverse("own_notice_ways")
    assert f"Thư gửi tới {user.email}" in page(user, address)
    User.objects.update(email="")
    assert "Tài khoản chưa có địa chỉ thư" in page(User.objects.get(pk=user.pk), address)
    settings.HAS_MAIL = False
    assert "chưa có máy chủ thư" in page(user, address)


def test_the_list_asks_as_often_for_three_as_for_one_and_goes_on_page_by_page(user) -> None:
    counts = []
    for size in (1, 3, 35):
        for number in range(size):
            tell(user, f"viec-{size}-{number}")
        browser = sign_in(user)
        with CaptureQueriesContext(connection) as asked:
            browser.get(LIST)
        counts.append(len(asked))
    assert counts[0] == counts[1] == counts[2]
    assert "Trang 1 trong 2" in page(user)


@pytest.mark.parametrize(
    ("role", "offered"),
    [
        (Role.UNIT_HEAD, {"work", "review", "news", "reminder", "task", "morning"}),
        (Role.COORDINATOR, {"news", "question", "morning"}),
        (Role.APPRAISER, {"work", "news", "reminder", "parts", "morning"}),
        (Role.COUNCIL, {"news", "council", "morning"}),
        (Role.LEADER, {"news", "decision", "morning"}),
        (Role.ADMINISTRATOR, {"news", "fault", "morning"}),
    ],
)
def test_everybody_is_offered_the_kinds_that_ever_reach_the_role(role, offered) -> None:
    person = MembershipFactory(role=role).user
    shown = page(person, reverse("own_notice_ways"))
    assert {kind.value for kind in NoticeKind if f'name="{kind.value}"' in shown} == offered
