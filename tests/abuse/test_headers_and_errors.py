"""Headers of every answer and the pages of refusals (cases T60, T66, T27): Vietnamese, strict, stored nowhere."""

from __future__ import annotations

import re

import pytest
from django.conf import settings
from django.test import Client, override_settings
from django.urls import path
from django.views.decorators.http import require_POST

from parindex import urls, views
from tests.abuse.browsing import body_of
from tests.thinning import one_in
from tests.world import World
from units.views.gates import public

POLICY = {
    "default-src 'none'", "script-src 'self'", "style-src 'self'", "img-src 'self' data:", "font-src 'self'",
    "connect-src 'self'", "form-action 'self'", "base-uri 'none'", "frame-ancestors 'none'",
}  # fmt: skip
# What a unit brought as evidence, or prints, runs nothing and loads nothing, wherever it is opened.
FILES = tuple(
    f"scoring:{name}"
    for name in (
        "evidence_file", "evidence_page", "late_paper_scan", "receipt_pdf", "self_report_docx", "self_report_pdf",
        "signed_file",
    )
)  # fmt: skip
LOOKING = ("công chúng", "điều phối", "lãnh đạo", "quản trị")
OF_A_FILE = {"default-src 'none'", "frame-ancestors 'none'", "sandbox"}


@public
def breaks(request):
    raise RuntimeError("bí mật 13.371")


handler400, handler403, handler404, handler500 = urls.handler400, urls.handler403, urls.handler404, urls.handler500
urlpatterns = [path("hong/", breaks), path("chi-post/", public(require_POST(breaks))), *urls.urlpatterns]


def policy_of(answer) -> set[str]:
    return {part.strip() for part in answer["Content-Security-Policy"].split(";")}


@pytest.mark.parametrize("principal", LOOKING)
def test_every_answer_is_strict_stored_by_no_cache_and_holds_nothing_inline(world: World, principal: str) -> None:
    browser = world.browser(principal)
    stored = {"/", "/khong-co/", world.address("robots"), world.address("healthz")}
    files = {world.address(name) for name in FILES}
    others = ["/", "/khong-co/", "/quan-tri/", "/quan-tri/units/unit/", "/lam-viec/x/"]
    for url in one_in(len(LOOKING), [*world.addresses().values(), *others], LOOKING.index(principal)):
        answer = browser.get(url)
        page = body_of(answer).decode("utf-8", "replace")
        is_file = url in files and not answer.get("Content-Type", "").startswith("text/html")
        assert policy_of(answer) == (OF_A_FILE if is_file else POLICY), url
        assert answer["X-Frame-Options"] == "DENY", url
        assert answer["X-Content-Type-Options"] == "nosniff", url
        assert answer["Referrer-Policy"] in ("same-origin", "strict-origin", "no-referrer"), url
        assert answer["Cross-Origin-Opener-Policy"] == "same-origin", url
        assert "Server" not in answer
        assert "X-Powered-By" not in answer
        if principal != "công chúng" and url not in stored:
            assert "no-store" in answer["Cache-Control"], (url, answer["Cache-Control"])
        if answer.get("Content-Type", "").startswith("text/html"):
            assert not re.search(r"<[^>]+\s(?:style|on[a-z]+)\s*=", page), url
            assert "<style" not in page, url
            assert not re.search(r"<script(?![^>]*\bsrc=)", page), url


@override_settings(ROOT_URLCONF=__name__)
@pytest.mark.parametrize(
    ("ask", "status", "heading"),
    [
        (lambda browser: browser.get("/?a=%00"), 400, "Không đọc được yêu cầu"),
        (lambda browser: browser.get("/khong-co/"), 404, "Không có trang này"),
        (lambda browser: browser.get("/chi-post/"), 405, "Không làm được theo cách này"),
        (lambda browser: browser.get("/hong/"), 500, "Hệ thống gặp lỗi"),
        (
            lambda browser: browser.post(
                "/tai-khoan/dang-nhap/", {"login": "x" * (settings.DATA_UPLOAD_MAX_MEMORY_SIZE + 1)}
            ),
            413,
            "Tệp quá lớn",
        ),
        (lambda browser: browser.post("/tai-khoan/dang-nhap/", {f"a{n}": 1 for n in range(2001)}), 413, "Tệp quá lớn"),
    ],
    ids=["unreadable", "nonsense", "method", "broken", "large", "many fields"],
)
def test_each_refusal_has_its_vietnamese_page_and_tells_nothing_of_the_inside(db, ask, status, heading) -> None:
    answer = ask(Client(raise_request_exception=False))
    page = answer.content.decode()
    assert answer.status_code == status
    assert f"<h1>{heading}</h1>" in page
    assert 'lang="vi"' in page
    for leak in ("Traceback", "RuntimeError", "13.371", "Django", "/lib/"):
        assert leak not in page
    assert policy_of(answer) == POLICY


def test_nonsense_and_what_is_not_published_look_the_same_byte_for_byte(world: World) -> None:
    browser = Client()
    slug = world.organiser.slug
    paths = ["/x/", "/index.php", "/.git/config", "/.env", "/metrics", "/admin/", f"/{slug}/",
             f"/{slug}/xep-hang/2025/", f"/{slug}/xep-hang/2025/xa/",
             f"/{slug}/don-vi/{world.run.campaign.participants.first().code}/",
             "/media/x", "/static/../parindex/settings.py"]  # fmt: skip
    answers = [browser.get(path) for path in paths]
    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.content for answer in answers}) == 1
    assert len({tuple(sorted(answer.headers.items())) for answer in answers}) == 1


def test_a_host_that_is_not_ours_is_refused(db) -> None:
    answer = Client(raise_request_exception=False).get("/tai-khoan/dang-nhap/", headers={"host": "xau.example"})
    assert answer.status_code == 400
    assert b"xau.example" not in answer.content


@override_settings(ROOT_URLCONF=__name__)
def test_before_the_style_sheets_are_collected_an_error_still_speaks_vietnamese(db, monkeypatch) -> None:
    def missing(name: str) -> str:
        raise ValueError(f"Missing staticfiles manifest entry for {name}")

    monkeypatch.setattr(views, "render_to_string", missing)
    answer = Client(raise_request_exception=False).get("/hong/")
    assert answer.status_code == 500
    assert "collectstatic" in answer.content.decode()
    assert "Missing" not in answer.content.decode()
