"""A forgotten password: the link in the letter (case T55) and its life (case T56).

| Guard | Taken out, this fails |
|---|---|
| `portal_address` instead of the request's host | `test_the_link_has_the_configured_host_…` |
| PASSWORD_RESET_TIMEOUT | `test_a_link_dies…`, row "an hour" |
| the password within the token (library) | the same, rows "used", "changed", "locked" |
| `has_usable_password` in `send_reset_links` | `test_nobody_who_could_not_sign_in_before_gets_a_link` |
| no sign-in by the link (LOGIN_ON_PASSWORD_RESET) | `test_the_link_sets_a_password_and_nothing_more` |
| HAS_MAIL in `ask` | `test_without_a_mail_server_the_page_says_whom_to_ask` |
"""

from __future__ import annotations

import re
from urllib.parse import urlsplit

import pytest
from axes.models import AccessAttempt
from django.core import mail
from django.test import Client

from tests.factories import PASSWORD, OrganiserFactory, UserFactory, person, sign_in
from units.enums import Role
from units.models import Session, TrailEntry, User
from units.services.people import lock, new_password

ASK, ASKED, SIGN_IN = "/tai-khoan/quen-mat-khau/", "/tai-khoan/quen-mat-khau/da-gui/", "/tai-khoan/dang-nhap/"
NEW = "ruong-moi-2026-xyz"
SITE = "https://cchc.tinh.gov.vn"


@pytest.fixture(autouse=True)
def _site(settings) -> None:
    settings.SITE_URL, settings.HAS_MAIL = SITE, True


@pytest.fixture
def binh(db) -> User:
    return UserFactory(username="binh", email="binh@tinh.example")


def link_for(name: str = "binh") -> str:
    """The path of the link in the letter that `name` asked for."""
    mail.outbox.clear()
    assert Client().post(ASK, {"name": name})["Location"] == ASKED
    return urlsplit(re.search(r"^http\S+$", mail.outbox[0].body, re.MULTILINE)[0]).path


def set_new(path: str, browser: Client | None = None, password: str = NEW):
    """Open the link and set a password; the answer to the form, or to the page that has none."""
    browser = browser or Client()
    page = browser.get(path)
    if page.status_code != 302:
        return page
    return browser.post(page["Location"], {"password1": password, "password2": password})


def is_dead(path: str) -> bool:
    return "Liên kết không dùng được" in Client().get(path).content.decode()


def test_the_link_sets_a_password_and_nothing_more(binh) -> None:
    open_session = sign_in(binh)
    AccessAttempt.objects.create(username="binh", ip_address="10.0.0.1", user_agent="", failures_since_start=9)
    browser = Client()
    assert set_new(link_for(), browser)["Location"] == "/tai-khoan/dat-lai/xong/"
    assert "Đã đặt mật khẩu mới" in browser.get("/tai-khoan/dat-lai/xong/").content.decode()
    binh.refresh_from_db()
    assert binh.check_password(NEW)
    for client in (browser, open_session):  # nobody is signed in by it, whoever was is out: a second factor is asked
        assert client.get("/lam-viec/")["Location"].startswith(SIGN_IN)
    assert not Session.objects.filter(user=binh).exists()
    assert not AccessAttempt.objects.exists()
    assert TrailEntry.objects.get(action="units.set_own_password").actor == binh
    assert browser.post(SIGN_IN, {"login": "binh", "password": NEW}).status_code == 302


def test_the_letter_is_plain_and_says_what_it_is_about(binh) -> None:
    link_for("BINH@tinh.example")
    (letter,) = mail.outbox
    assert letter.to == ["binh@tinh.example"]
    assert letter.alternatives == []
    for words in ("Kính gửi Nguyễn Văn Thử", "tài khoản binh", "trong 60 phút", "bỏ qua thư này"):
        assert words in letter.body


HOSTS = {
    "Host": {"HTTP_HOST": "xau.example"},
    "Host with a port of ours": {"HTTP_HOST": "testserver:443@xau.example"},
    "two hosts": {"HTTP_HOST": "testserver, xau.example"},
    "X-Forwarded-Host": {"HTTP_X_FORWARDED_HOST": "xau.example"},
    "Forwarded and its kin": {
        "HTTP_FORWARDED": "host=xau.example;proto=https", "HTTP_X_HOST": "xau.example",
        "HTTP_X_FORWARDED_SERVER": "xau.example", "HTTP_X_ORIGINAL_HOST": "xau.example",
    },
    "an absolute address as request line": {"SERVER_NAME": "xau.example", "REQUEST_URI": f"http://xau.example{ASK}"},
}  # fmt: skip


@pytest.mark.parametrize("form", HOSTS)
@pytest.mark.parametrize("proxies", [0, 1])
def test_the_link_has_the_configured_host_whatever_the_request_claims(binh, settings, form, proxies) -> None:
    settings.PROXY_COUNT = proxies
    answer = Client().post(ASK, {"name": "binh"}, **HOSTS[form])
    assert (answer.status_code, len(mail.outbox)) in {(400, 0), (302, 1)}
    for letter in mail.outbox:
        assert re.findall(r"https?://[^/\s]+", letter.body) == [SITE]
        assert "xau" not in letter.body + letter.subject + letter.from_email


def use(path: str, user: User, admin: User, settings) -> None:
    set_new(path)


def change(path: str, user: User, admin: User, settings) -> None:
    sign_in(user).post("/tai-khoan/doi-mat-khau/", {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW})


def issue(path: str, user: User, admin: User, settings) -> None:
    new_password(user, by=admin)


def shut(path: str, user: User, admin: User, settings) -> None:
    lock(user, by=admin)


def enter(path: str, user: User, admin: User, settings) -> None:
    assert Client().post(SIGN_IN, {"login": "binh", "password": PASSWORD}).status_code == 302


def wait(path: str, user: User, admin: User, settings) -> None:
    assert settings.PASSWORD_RESET_TIMEOUT == 3600
    settings.PASSWORD_RESET_TIMEOUT = -1  # more than that has gone by


ENDS = {"used": use, "changed": change, "issued": issue, "locked": shut, "signed in": enter, "an hour": wait}


@pytest.mark.parametrize("end", ENDS)
def test_a_link_dies_by_use_by_another_password_by_signing_in_and_after_an_hour(db, settings, end) -> None:
    organiser = OrganiserFactory()
    admin = person(Role.ADMINISTRATOR, organiser)
    user = person(Role.COORDINATOR, organiser, username="binh", email="binh@tinh.example")
    path = link_for()
    half_way = Client()
    form = half_way.get(path)["Location"]  # the page with the form is open already
    ENDS[end](path, user, admin, settings)
    before = User.objects.get(pk=user.pk).password
    assert is_dead(path)
    half_way.post(form, {"password1": NEW + "2", "password2": NEW + "2"})
    assert User.objects.get(pk=user.pk).password == before


def test_a_link_that_a_scanner_of_mails_has_opened_is_still_good(binh) -> None:
    path = link_for()
    for _ in range(3):
        assert Client().get(path).status_code == 302
        assert Client().head(path).status_code == 302
    assert set_new(path).status_code == 302


def test_the_secret_leaves_the_address_at_once_and_goes_to_no_other_site(binh) -> None:
    path = link_for()
    browser = Client()
    form = browser.get(path)
    secret = path.rstrip("/").rsplit("/", 1)[1]
    assert secret not in form["Location"]
    page = browser.get(form["Location"])
    assert secret not in page.content.decode()
    assert page["Referrer-Policy"] == "same-origin"
    assert "no-store" in page["Cache-Control"]


def test_a_link_of_one_account_opens_no_other_and_nothing_can_be_made_up(binh) -> None:
    other = UserFactory(username="khac")
    path = link_for()
    secret = path.rstrip("/").rsplit("/", 1)[1]
    uid = path.rstrip("/").rsplit("/", 2)[1]
    alphabet = "0123456789abcdefghijklmnopqrstuvwxyz"
    wrong = [
        f"/tai-khoan/dat-lai/{alphabet[other.pk]}/{secret}/" if other.pk < 36 else f"/tai-khoan/dat-lai/zz/{secret}/",
        f"/tai-khoan/dat-lai/{uid}/{secret[:-1]}/", f"/tai-khoan/dat-lai/{uid}/{secret}0/",
        f"/tai-khoan/dat-lai/{uid}/set-password/", f"/tai-khoan/dat-lai/{uid}/x/", "/tai-khoan/dat-lai/%00/x/",
        f"/tai-khoan/dat-lai/{'z' * 40}/{secret}/", f"/tai-khoan/dat-lai/-1/{secret}/",
    ]  # fmt: skip
    for path in wrong:
        answer = Client().get(path)
        assert answer.status_code in (200, 400, 404), path
        assert answer.status_code != 200 or "Liên kết không dùng được" in answer.content.decode()


def test_a_password_that_will_not_do_is_told_and_the_link_stays_good(binh) -> None:
    path = link_for()
    browser = Client()
    answer = set_new(path, browser, "ngan")
    assert answer.status_code == 422
    assert "Mật khẩu quá ngắn. Dùng ít nhất 12 ký tự." in answer.content.decode()
    assert set_new(path).status_code == 302


def test_nobody_who_could_not_sign_in_before_gets_a_link(db) -> None:
    UserFactory(username="khoa", is_active=False)
    UserFactory(username="chua-moi", password=None)
    UserFactory(username="khong-thu", email="")
    for name in ("khoa", "chua-moi", "khong-thu", "khong-co", "", "' OR 1=1 --", "a" * 300, "a\x00b"):
        assert Client().post(ASK, {"name": name}).status_code in (302, 400, 422)
    assert mail.outbox == []


def test_colleagues_with_one_mailbox_get_a_letter_each(db) -> None:
    for name in ("mot", "hai"):
        UserFactory(username=name, email="so@tinh.example")
    Client().post(ASK, {"name": "so@tinh.example"})
    assert [re.search(r"tài khoản (\w+)", letter.body)[1] for letter in mail.outbox] == ["mot", "hai"]


def test_a_mailbox_is_not_flooded(binh) -> None:
    codes = [Client().post(ASK, {"name": name}).status_code for name in ("binh", "BINH") * 4]
    assert codes == [302] * 5 + [429] * 3
    assert len(mail.outbox) == 5
    assert "Thao tác quá nhanh" in Client().post(ASK, {"name": "binh"}).content.decode()


def test_without_a_mail_server_the_page_says_whom_to_ask(binh, settings) -> None:
    settings.HAS_MAIL = False
    for answer in (Client().get(ASK), Client().post(ASK, {"name": "binh"})):
        assert "Cấp mã một lần" in answer.content.decode()
        assert "<form" not in answer.content.decode().partition("<main")[2]
    assert mail.outbox == []
