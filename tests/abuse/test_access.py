"""Who reaches which address (T18, T58): strangers 404, the wrong role 403 in words, nobody signed in the sign-in.

The whole table, route by route, is routes.txt (test_routes.py); here stand the rules that hold for all of them.
"""

from __future__ import annotations

import re

import pytest
from django.test import Client

from tests.abuse.browsing import body_of
from tests.database import fingerprint
from tests.factories import SIGN_IN_BACKEND
from tests.thinning import SOAK, one_in
from tests.world import OF_RESULTS, PRINCIPALS, World

STRANGERS = ("không vai trò", "điều phối nơi khác", "hết hạn hôm qua", "từ ngày mai")
OUTSIDE_SCORING = (
    "cán bộ đơn vị", "thủ trưởng", "cán bộ đơn vị khác", "thẩm định", "thẩm định phần khác", "thẩm định ở đơn vị",
    "hội đồng", "quản trị",
)  # fmt: skip
WITH_A_TOKEN = ("công chúng", "điều phối", "lãnh đạo", "quản trị")
BACK_OFFICE = [
    f"/quan-tri/{path}"
    for path in (
        "", "units/", "units/unit/", "units/unit/add/", "units/unit/import/", "units/user/", "units/membership/",
        "units/organiser/", "units/unitsuccession/", "jsi18n/", "autocomplete/", "khong-co/", "units/unit/1/change/",
    )
]  # fmt: skip
# What only a coordinator may open; a leader of the same organiser is told so.
COORDINATORS_ONLY = {
    "scoring:settings", "scoring:ranking", "scoring:past_upload", "scoring:past_template", "scoring:past_import",
    "reports:draft",
}  # fmt: skip
POST_ONLY = {
    "scoring:calculate", "scoring:calculate_provisionally", "scoring:show_run", "scoring:past_apply",
    "scoring:past_discard", "reports:act",
}  # fmt: skip


def workspace_of(world: World) -> dict[str, str]:
    return {name: url for name, url in world.addresses().items() if name.startswith(("scoring:", "reports:"))}


def results_of(world: World) -> dict[str, str]:
    """The addresses of campaigns, runs and publications; those of the year in the portal are not among them."""
    found = workspace_of(world)
    return {name: url for name, url in found.items() if name in OF_RESULTS or name.startswith("reports:")}


def sentence_of(page: bytes) -> str:
    return re.sub(r"<[^>]+>", " ", page.decode().split("<main", 1)[1])


def test_nobody_signed_in_is_sent_to_sign_in_whether_the_address_exists_or_not(world: World) -> None:
    browser = world.browser("công chúng")
    nonsense = ["/lam-viec/khong-co/", "/lam-viec/a/b/c", "/quan-tri/khong-co/", "/lam-viec/quang-thu/ky/1999/"]
    every = [*workspace_of(world).values(), *BACK_OFFICE, *nonsense, "/lam-viec/"]
    for url in one_in(2, every):
        for method in (browser.get, browser.post):
            answer = method(url, follow=url.startswith("/quan-tri/"))
            location = answer.redirect_chain[-1][0] if url.startswith("/quan-tri/") else answer["Location"]
            assert location.startswith("/tai-khoan/dang-nhap/?next=/"), url


@pytest.mark.parametrize("stranger", STRANGERS)
def test_strangers_are_told_that_nothing_is_there_byte_for_byte(world: World, stranger: str) -> None:
    browser = world.browser(stranger)
    nothing = browser.get("/lam-viec/khong-co/").content
    before = fingerprint()
    for name, url in one_in(len(STRANGERS), workspace_of(world).items(), STRANGERS.index(stranger)):
        for method in (browser.get, browser.post):
            answer = method(url)
            assert (name, answer.status_code, answer.content) == (name, 404, nothing)
    assert fingerprint() == before


@pytest.mark.parametrize("insider", OUTSIDE_SCORING)
def test_other_roles_of_the_organiser_see_no_unpublished_figure(world: World, insider: str) -> None:
    browser = world.browser(insider)
    before = fingerprint()
    for name, url in one_in(3, results_of(world).items(), OUTSIDE_SCORING.index(insider)):
        for method in (browser.get, browser.post):
            answer = method(url)
            assert answer.status_code in (403, 404), (name, answer.status_code)
            assert b"97,50" not in answer.content, name
            if answer.status_code == 403:
                assert "chỉ dành cho" in sentence_of(answer.content) or "Chỉ " in sentence_of(answer.content), name
    assert fingerprint() == before


def test_a_leader_reads_but_what_the_coordinator_does_is_refused_with_the_reason(world: World) -> None:
    browser = world.browser("lãnh đạo")
    before = fingerprint()
    for name, url in results_of(world).items():
        answer = browser.get(url)
        body_of(answer)
        if name in COORDINATORS_ONLY:
            assert (name, answer.status_code) == (name, 403)
            assert "điều phối của đơn vị tổ chức" in sentence_of(answer.content), name
        elif name not in POST_ONLY:
            assert answer.status_code in (200, 404), (name, answer.status_code)
    for name in POST_ONLY:
        assert (name, browser.post(world.address(name)).status_code) == (name, 403)
    assert fingerprint() == before


def test_a_coordinator_opens_every_page_of_campaigns_runs_and_publications(world: World) -> None:
    browser = world.browser("điều phối")
    missing = {"scoring:past_report", "scoring:past_report_xlsx"}  # no past table
    for name, url in results_of(world).items():
        answer = browser.get(url)
        body_of(answer)
        if name in POST_ONLY:
            assert (name, answer.status_code) == (name, 405)
        elif name not in missing:
            assert (name, answer.status_code) == (name, 200)


@pytest.mark.parametrize("principal", [name for name in PRINCIPALS if name not in ("công chúng", "bị khóa")])
def test_every_refusal_says_in_vietnamese_why(world: World, principal: str) -> None:
    browser = world.browser(principal)
    for name, url in one_in(len(PRINCIPALS), workspace_of(world).items(), PRINCIPALS.index(principal)):
        answer = browser.post(url)
        if answer.status_code == 403:
            assert re.search(r"(Chỉ|chỉ dành cho|Không ai|không được|đã giao cho|Chưa)", sentence_of(answer.content)), (
                name
            )


def test_the_back_office_is_shut_with_its_reason_to_all_but_administrators(world: World) -> None:
    for principal in PRINCIPALS:
        if principal in ("công chúng", "bị khóa", "quản trị"):
            continue
        browser, before = world.browser(principal), fingerprint()
        for url in one_in(6, BACK_OFFICE, PRINCIPALS.index(principal)):
            for method in (browser.get, browser.post):
                answer = method(url, follow=True)
                assert (principal, url, answer.status_code) == (principal, url, 403)
                assert "Chỉ người quản trị của nơi giữ cổng làm được việc này." in sentence_of(answer.content)
        assert fingerprint() == before, principal


def test_an_administrator_opens_the_back_office(world: World) -> None:
    browser = world.browser("quản trị")
    for url in BACK_OFFICE[:9]:
        assert (url, browser.get(url).status_code) == (url, 200)


def test_a_disabled_person_is_nobody_even_with_a_session_from_before(world: World) -> None:
    browser, user = Client(), world.people["điều phối"]
    browser.force_login(user, backend=SIGN_IN_BACKEND)
    assert browser.get("/lam-viec/", follow=True).status_code == 200
    type(user).objects.filter(pk=user.pk).update(is_active=False)
    for url in one_in(3, workspace_of(world).values()):
        assert browser.get(url).status_code == 302


@pytest.mark.parametrize("principal", WITH_A_TOKEN)
def test_every_address_refuses_a_post_without_its_csrf_token(world: World, principal: str) -> None:
    browser = Client(enforce_csrf_checks=True, raise_request_exception=False)
    user = world.people[principal]
    if user is not None:
        browser.force_login(user, backend=SIGN_IN_BACKEND)
    before = fingerprint()
    every = [*world.addresses().values(), *BACK_OFFICE, "/", "/quang-thu/xep-hang/2025/"]
    for url in one_in(len(WITH_A_TOKEN), every, WITH_A_TOKEN.index(principal)):
        answer = browser.post(url, {"password": "x"})
        assert (url, answer.status_code) == (url, 403)
        assert "Tải lại trang rồi làm lại thao tác." in answer.content.decode()
    assert fingerprint() == before


@pytest.mark.parametrize("principal", PRINCIPALS)
def test_reading_writes_nothing_whoever_reads(world: World, principal: str) -> None:
    browser = world.browser(principal)
    before = fingerprint()
    every = [*world.addresses().values(), *BACK_OFFICE, "/", "/robots.txt", "/healthz"]
    for url in one_in(len(PRINCIPALS), every, PRINCIPALS.index(principal)):
        for method in (browser.get, browser.head, browser.options) if SOAK else (browser.get,):
            if "dang-xuat" not in url:
                answer = method(url)
                body_of(answer)
                assert answer.status_code < 500, url
    assert fingerprint() == before


def test_a_role_taken_away_counts_from_the_next_request_on(world: World) -> None:
    browser = world.browser("điều phối")
    url = workspace_of(world)["scoring:campaign"]
    assert browser.get(url).status_code == 200
    world.people["điều phối"].memberships.all().delete()
    assert browser.get(url).status_code == 404
