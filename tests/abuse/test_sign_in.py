"""Sign-in, sessions and the pages of accounts (cases T53, T54, T57, T59, T60, T65, T20)."""

from __future__ import annotations

import re

import pytest
from django.core.cache import cache
from django.test import Client

from tests.factories import PASSWORD, UserFactory, sign_in
from units.models import User

SIGN_IN, SIGN_OUT, CHANGE = "/tai-khoan/dang-nhap/", "/tai-khoan/dang-xuat/", "/tai-khoan/doi-mat-khau/"
WRONG = "Tên đăng nhập hoặc mật khẩu không đúng."


@pytest.fixture(autouse=True)
def _no_counts_of_other_tests():
    cache.clear()


@pytest.fixture
def user(db) -> User:
    return UserFactory(username="binh")


def attempt(password: str, username: str = "binh", address: str = "10.0.0.1", browser: Client | None = None, **more):
    browser = browser or Client()
    return browser.post(SIGN_IN, {"login": username, "password": password} | more, REMOTE_ADDR=address)


def text(answer) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def test_the_right_password_opens_the_workspace(user) -> None:
    answer = attempt(PASSWORD)
    assert (answer.status_code, answer["Location"]) == (302, "/lam-viec/")


@pytest.mark.parametrize(
    ("username", "password"), [("binh", "sai-mat-khau"), ("khong-co", PASSWORD), ("khong-co", "sai"), ("BINH ", "sai")]
)
def test_a_wrong_name_and_a_wrong_password_are_told_alike(user, username, password) -> None:
    answer = attempt(password, username)
    assert answer.status_code in (200, 422)
    assert WRONG in text(answer)
    assert (text(answer)) == text(attempt("sai", "nguoi-khac", address="10.0.0.9"))


def test_a_disabled_account_is_refused_like_a_wrong_password_unless_the_password_is_right(user) -> None:
    User.objects.update(is_active=False)
    assert WRONG in text(attempt("sai-mat-khau"))
    browser = Client()
    assert attempt(PASSWORD, address="10.0.0.2", browser=browser)["Location"] == "/tai-khoan/da-khoa/"
    assert "Đề nghị người quản trị của tỉnh mở lại tài khoản." in text(browser.get("/tai-khoan/da-khoa/"))
    assert "dang-nhap" in browser.get("/lam-viec/")["Location"]


def test_empty_fields_are_told_at_the_field(db) -> None:
    assert "Tên đăng nhập: Nhập tên đăng nhập." in text(attempt("", ""))


@pytest.mark.parametrize(
    "username", ["binh\x00", "b" * 10_000, "' OR 1=1 --", "<script>alert(1)</script>", "bình", "\ud800"]
)
def test_hostile_names_are_wrong_names(user, username) -> None:
    answer = attempt("x", username.encode("utf-8", "replace").decode())
    assert answer.status_code < 500
    assert b"<script>alert(1)" not in answer.content


def test_signing_in_gives_a_new_session(user) -> None:
    browser = Client()
    browser.get(SIGN_IN)
    session = browser.session
    session["con-lai"] = 1
    session.save()
    browser.cookies["sessionid"] = before = session.session_key
    attempt(PASSWORD, browser=browser)
    assert browser.cookies["sessionid"].value != before
    assert Client(headers={"cookie": f"sessionid={before}"}).get("/lam-viec/").status_code == 302


def test_a_session_ends_when_the_password_is_changed_elsewhere(user) -> None:
    here, there = sign_in(user), sign_in(user)
    answer = here.post(
        CHANGE, {"oldpassword": PASSWORD, "password1": "ruong-moi-2026-xyz", "password2": "ruong-moi-2026-xyz"}
    )
    assert answer.status_code == 302
    assert here.get("/lam-viec/").status_code in (200, 302)
    assert "dang-nhap" not in here.get("/lam-viec/").get("Location", "")
    assert "dang-nhap" in there.get("/lam-viec/")["Location"]


@pytest.mark.parametrize(
    ("old", "first", "second", "sentence"),
    [
        ("sai", "ruong-moi-2026-xyz", "ruong-moi-2026-xyz", "Nhập mật khẩu đang dùng."),
        (PASSWORD, "ruong-moi-2026-xyz", "khac", "Hai lần nhập mật khẩu mới không giống nhau."),
        (PASSWORD, "ngan", "ngan", "Mật khẩu quá ngắn. Dùng ít nhất 12 ký tự."),
        (PASSWORD, "123456789012", "123456789012", "Mật khẩu chỉ toàn chữ số. Thêm chữ."),
        (PASSWORD, "password1234", "password1234", "Mật khẩu hay gặp, dễ bị đoán. Chọn một cụm từ khác."),
        (PASSWORD, "binh@thu.example", "binh@thu.example", "Mật khẩu quá giống thư điện tử. Chọn một cụm từ khác."),
    ],
)
def test_a_password_that_will_not_do_is_told_why(user, old, first, second, sentence) -> None:
    answer = sign_in(user).post(CHANGE, {"oldpassword": old, "password1": first, "password2": second})
    assert sentence in text(answer)
    user.refresh_from_db()
    assert user.check_password(PASSWORD)


def test_signing_out_is_asked_first_and_done_by_post_only(user) -> None:
    browser = sign_in(user)
    assert "Đăng xuất khỏi cổng?" in text(browser.get(SIGN_OUT))
    assert "dang-nhap" not in browser.get("/lam-viec/").get("Location", "")
    kept = browser.cookies["sessionid"].value
    assert browser.post(SIGN_OUT)["Location"] == "/"
    assert "dang-nhap" in Client(headers={"cookie": f"sessionid={kept}"}).get("/lam-viec/")["Location"]


ELSEWHERE = [
    "https://xau.example/", "http://xau.example/", "//xau.example/", "///xau.example/", "////xau.example",
    "/\\xau.example", "\\\\xau.example", "\\/xau.example", "/\\/xau.example", "https:xau.example",
    "https:/xau.example", "http:///xau.example", "https:///xau.example", "HTTPS://xau.example",
    "hTTp:\\\\xau.example", "javascript:alert(1)", "JaVaScRiPt:alert(1)", "javascript://%0aalert(1)",
    "data:text/html,x", "vbscript:x", "ftp://xau.example", "file:///etc/passwd", "mailto:a@b.vn",
    " https://xau.example", "\thttps://xau.example", "\nhttps://xau.example", "/\t/xau.example", "/\n/xau.example",
    "/\r/xau.example", "\x01//xau.example", "/lam-viec/\r\nSet-Cookie: a=b",
    "/lam-viec/\nLocation: https://xau.example", "/lam-viec/\u2028x", "https://testserver@xau.example/",
    "https://testserver:80@xau.example/", "//testserver.xau.example", "https://xau.example#testserver",
    "https://xau.example?testserver/", "https://xau.example\\@testserver/", "//xau。example", "//[::1]/", "https://[",
    "xau.example", "?next=//xau.example", "../../xau.example", "/" + "a" * 20_000,
]  # fmt: skip


def is_local(location: str) -> bool:
    """Whether a browser that is told to go there stays: a path of ours, which no browser reads otherwise."""
    return location.startswith("/") and not location.startswith(("//", "/\\")) and location.isprintable()


def test_no_way_after_signing_in_or_out_or_confirming_leads_elsewhere(user) -> None:
    assert len(ELSEWHERE) >= 40
    browser = Client()
    ways = {
        SIGN_IN: lambda target: attempt(PASSWORD, next=target),
        SIGN_OUT: lambda target: sign_in(user).post(SIGN_OUT, {"next": target}),
        "signed in already": lambda target: browser.get(SIGN_IN, {"next": target}),
        "confirmed": lambda target: browser.post("/tai-khoan/xac-nhan-lai/", {"password": PASSWORD, "next": target}),
    }
    attempt(PASSWORD, browser=browser)
    led = {}
    for target in ELSEWHERE:
        for way, go in ways.items():
            answer = go(target)
            cache.clear()
            if not (answer.status_code == 302 and is_local(answer["Location"])) or "a" in answer.cookies:
                led[way, target[:60]] = (answer.status_code, answer.get("Location"))
            elif len(answer["Location"]) > 3000:
                led[way, target[:60]] = "too long"
    assert led == {}


def test_the_way_after_signing_in_leads_back_to_where_one_came_from(user) -> None:
    assert attempt(PASSWORD, next="/lam-viec/quang-ngai/")["Location"] == "/lam-viec/quang-ngai/"


def test_nobody_can_sign_up_and_no_page_of_the_library_stands_that_was_not_named(db) -> None:
    paths = ("signup", "dang-ky", "password/reset", "email", "login/code", "login", "3rdparty")
    for path in paths:
        for prefix in ("/tai-khoan/", "/accounts/"):
            assert Client().get(f"{prefix}{path}/").status_code == 404


def test_cookies_of_the_session_are_out_of_reach_of_scripts_and_other_sites(user) -> None:
    answer = attempt(PASSWORD)
    for name in ("sessionid", "csrftoken"):
        assert answer.cookies[name]["httponly"]
        assert answer.cookies[name]["samesite"] == "Lax"


ENGLISH = re.compile(
    r"\b(?:the|your|you|please|sign|login|logout|password|username|successfully|welcome|error|invalid|this|field|required|"
    r"change|forgot|remember|confirm|submit|account|inactive|too|many|attempts|home|page|not|found)\b",
    re.IGNORECASE,
)


def test_no_english_word_stands_on_the_pages_of_accounts(user) -> None:
    browser = sign_in(user)
    pages = [
        Client().get(SIGN_IN),
        attempt("sai"),
        attempt("", ""),
        Client().get("/tai-khoan/da-khoa/"),
        browser.get(SIGN_OUT),
        browser.get(CHANGE),
        browser.post(CHANGE, {"oldpassword": "", "password1": "a", "password2": "b"}),
        browser.get("/tai-khoan/xac-nhan-lai/"),
        browser.get("/lam-viec/"),
        *[attempt("sai", "khoa") for _ in range(6)],
    ]
    for page in pages:
        assert ENGLISH.findall(text(page)) == [], page.request["PATH_INFO"]


def test_nothing_is_said_in_english_after_signing_in_and_changing_the_password(user) -> None:
    browser = Client()
    attempt(PASSWORD, browser=browser)
    assert ENGLISH.findall(text(browser.get("/lam-viec/", follow=True))) == []
    change = {"oldpassword": PASSWORD, "password1": "ruong-moi-2026-xyz", "password2": "ruong-moi-2026-xyz"}
    browser.post(CHANGE, change)
    assert "Đã đổi mật khẩu." in text(browser.get("/lam-viec/", follow=True))
