"""Input that nobody sends by mistake (case T63): any address, any person, never a 5xx and nothing stored."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote_to_bytes

import pytest
from django.test import Client
from django.urls.converters import IntConverter

from scoring.enums import Phase
from tests.abuse.browsing import body_of
from tests.database import fingerprint
from tests.thinning import SOAK, one_in
from tests.world import World, build, routes

QUERIES = [
    "a=%00", "%00=a", "a=%ff%fe", "a=%ED%A0%80", "q=%C3%28", "&" * 3000, "a=" + "x" * 1_000_000,
    "trang=99999999999999999999", "trang=-1", "trang=%00", "loc=%27%20OR%201=1--", "next=//xau.example",
    "page=" + "9" * 5000, "o=-1.2.999", "e=1", "q=" + "%F0%9F%98%80" * 50, "kind__exact=x", "p=1e9", "_popup=1",
    "_changelist_filters=%ff", "password__startswith=a", "valid_from__gte=x", "den=9999-12-31", "tu=0001-01-01",
    "dot=1" + "0" * 30, "ve=units.User:1" + "0" * 30,
]  # fmt: skip
HUGE = "1" + "0" * 20
MARK = 987_654_321_987  # in an address, to be replaced
PATHS = [
    "/%00", "/%ff", "/%ED%A0%80", "/a" * 2000, "/" + "x" * 100_000, "/lam-viec/%00/",
    "/lam-viec/%ff/", "/lam-viec/../x",
    "/lam-viec/{slug}/ky/%00/", "/lam-viec/{slug}/ky/..%2f..%2f/", "/lam-viec/{slug}/ky/%F0%9F%98%80/",
    "/lam-viec/{slug}/ky/2025/lan-tinh/" + HUGE + "/", "/lam-viec/{slug}/ky/2025/lan-tinh/" + "9" * 5000 + "/",
    "/lam-viec/{slug}/ky/2025/lan-tinh/-1/", "/lam-viec/{slug}/ky/2025/don-vi/%27%3B--/xep-hang/",
    "/lam-viec/{slug}/nhap-ket-qua/" + HUGE + "/", "/lam-viec/{slug}/cong-bo/" + HUGE + "/",
    "/lam-viec/{slug}/cong-bo/" + HUGE + "/xem-truoc/", "/lam-viec/{slug}/ky/" + "k" * 5000 + "/",
    "/lam-viec/{slug}/ky/2026/phieu/%00/", "/lam-viec/{slug}/ky/2026/phieu/SOA/tc/%00/",
    "/lam-viec/{slug}/ky/2026/phieu/SOA/bien-nhan/" + HUGE + "/", "/lam-viec/{slug}/ky/2026/phieu/SOA/buoc/xau/",
    "/lam-viec/{slug}/ky/2026/phieu/SOA/lv/..%2f..%2f/", "/lam-viec/{slug}/ky/2026/phieu/%F0%9F%98%80/giai-trinh/",
    "/lam-viec/{slug}/ky/2026/tham-dinh/SOA/1/" + HUGE + "/", "/lam-viec/{slug}/ky/2026/tham-dinh/SOA/%00/1/1.1/",
    "/lam-viec/{slug}/ky/2026/tham-dinh/SOA/1/1/%27%20OR%201=1--/", "/lam-viec/{slug}/ky/2026/khoi/%00/",
    "/lam-viec/{slug}/ky/2026/don-vi/SOA/tai-lieu/" + HUGE + "/", "/lam-viec/{slug}/ky/2026/hoi-dong/muc/%00/%00/",
    "/lam-viec/{slug}/ky/2026/don-vi/SOA/tai-lieu/1/tep/" + HUGE + "/", "/lam-viec/{slug}/ky/%00/phieu/SOA/",
    "/lam-viec/{slug}/ky/2026/diem-nhap/tep/" + HUGE + "/", "/lam-viec/{slug}/ky/2026/hoi-dong/bien-ban/" + HUGE + "/",
    "/lam-viec/{slug}/ky/2026/khong-danh-gia/" + HUGE + "/go/", "/lam-viec/{slug}/ky/2026/bo-tieu-chi/%00/",
    "/lam-viec/{slug}/ky/2026/bo-tieu-chi/so/sua-doi/" + HUGE + "/", "/lam-viec/{slug}/ky/2026/tien-do/%00/",
    "/lam-viec/{slug}/ky/2026/buoc/tat-ca/xau/", "/lam-viec/{slug}/ky/2026/phan-cong/SOA/1/" + HUGE + "/",
    "/lam-viec/{slug}/nguoi/" + HUGE + "/", "/lam-viec/{slug}/nguoi/%00/", "/lam-viec/{slug}/cay-don-vi/%00/",
    "/lam-viec/{slug}/nguoi/" + HUGE + "/bao-mat/", "/lam-viec/{slug}/uy-quyen/" + HUGE + "/",
    "/lam-viec/{slug}/nhat-ky/?den=9999-12-31", "/lam-viec/{slug}/nhat-ky/?tu=0001-01-01",
    "/lam-viec/{slug}/nhat-ky/?ve=%00", "/tai-khoan/phien/%00/", "/tai-khoan/bao-mat/khoa/" + HUGE + "/bo/",
    "/lam-viec/{slug}/thiet-lap/%00/", "/lam-viec/{slug}/bo-tieu-chi/%00/",
    "/quan-tri/units/unit/" + HUGE + "/change/", "/quan-tri/units/unit/abc/change/", "/quan-tri/units/unit/%00/change/",
    "/quan-tri/units/user/" + "9" * 5000 + "/change/", "/quan-tri/r/1/" + HUGE + "/", "/quan-tri/r/x/y/",
    "/quan-tri/units/unit/_00/change/",
    "/quan-tri/autocomplete/?term=%00&app_label=units&model_name=unit&field_name=parent",
    "/quan-tri/autocomplete/?app_label=units&model_name=user&field_name=password",
]  # fmt: skip
NAMED_LIKE_A_PATH = (
    b'--x\r\nContent-Disposition: form-data; name="file"; filename="../../a\x00.xlsx"\r\n\r\nPK\x03\x04\r\n--x--\r\n'
)
BODIES = [
    ("application/json", b'{"a": 1}'),
    ("application/json", b"{" * 10_000),
    ("text/plain", b"\x00\xff"),
    ("application/x-www-form-urlencoded", b"version=%00&title=%00&is_ranked=%00&grades=%00&login=%00&password=%00"),
    ("application/x-www-form-urlencoded", b"version=" + HUGE.encode() + b"&title=x&decimals=" + HUGE.encode()),
    ("application/x-www-form-urlencoded", b"version=1&version=2&_save=1&action=%ff&_selected_action=x"),
    ("application/x-www-form-urlencoded", b"a=%ED%A0%80&title=%ED%A0%80%ff&grades=%ff&version=1"),
    ("multipart/form-data; boundary=x", b"--x\r\nnot a part"),
    ("multipart/form-data", b"no boundary"),
    ("multipart/form-data; boundary=x", NAMED_LIKE_A_PATH),
    ("application/xml", b'<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>'),
    ("application/octet-stream", b"\xde\xad" * 1000),
    ("", b"x=1"),
    ("application/x-www-form-urlencoded; charset=utf-16", b"\xff\xfet\x00"),
    ("application/x-www-form-urlencoded; charset=nonsense", b"title=x"),
]  # fmt: skip
METHODS = ["PUT", "PATCH", "DELETE", "TRACE", "OPTIONS", "HEAD", "PROPFIND", "get", "X" * 200]
WHO = ["công chúng", "thủ trưởng", "thẩm định", "điều phối", "quản trị"]
OF_NUMBERS = ["thủ trưởng", "điều phối", "quản trị"]
OFFICE = ["/quan-tri/", "/quan-tri/units/unit/", "/quan-tri/units/unit/add/",
          "/quan-tri/units/unit/import/",
          "/quan-tri/units/unit/process_import/", "/quan-tri/units/user/",
          "/quan-tri/units/membership/add/"]  # fmt: skip


@pytest.fixture
def world(db: None) -> World:
    """The year stands in the explanation: every kind of thing exists, and units, coordinators may write."""
    return build(Phase.EXPLANATION)


def all_addresses(world: World) -> list[str]:
    return [*world.addresses().values(), *OFFICE, "/", "/quang-thu/xep-hang/"]


def thinned(principal: str, first: list[Any], second: list[Any]) -> Iterator[tuple[Any, Any]]:
    """Pairs of the two: under `make soak` every one, each by one of the five; else each address by one of them, with
    one input."""
    turn = WHO.index(principal)
    for i, j in itertools.product(range(len(first)), range(len(second))):
        if SOAK:
            is_asked = (i + j) % len(WHO) == turn
        else:
            is_asked = i % len(WHO) == turn and (i + j) % len(second) == 0
        if is_asked:
            yield first[i], second[j]


def failures(answers) -> list[str]:
    return [f"{status} {what}" for what, status in answers if status >= 500]


@pytest.mark.parametrize("principal", WHO)
def test_queries(world: World, principal: str) -> None:
    browser, before = world.browser(principal), fingerprint()
    asked = (
        (f"{url}?{query[:60]}", _get(browser, url, query))
        for url, query in thinned(principal, all_addresses(world), QUERIES)
    )
    assert failures(asked) == []
    assert fingerprint() == before


@pytest.mark.parametrize("principal", WHO)
def test_paths(world: World, principal: str) -> None:
    browser, before = world.browser(principal), fingerprint()
    answers = []
    for raw in one_in(len(WHO), PATHS, WHO.index(principal)):
        path, _, query = raw.replace("{slug}", world.organiser.slug).partition("?")
        status = _get(browser, path, query)
        answers.append((path[:80], status))
        assert status >= 300, path[:80]
    assert failures(answers) == []
    assert fingerprint() == before


@pytest.mark.parametrize("principal", OF_NUMBERS)
def test_a_number_that_no_row_can_have_stands_at_no_address(world: World, principal: str) -> None:
    """Every number of every address of ours, one at a time, as large as the database and far larger."""
    browser, before, answers = world.browser(principal), fingerprint(), []
    for name, key in one_in(len(OF_NUMBERS), _numbers(), OF_NUMBERS.index(principal)):
        for number in (2**63 - 1, 2**63, 10**30):
            url = world.address(name, **{key: MARK}).replace(str(MARK), str(number))
            answers += [(f"{method} {url}", _status(browser.generic(method, url))) for method in ("GET", "POST")]
    assert len(answers) > 200 / (1 if SOAK else len(OF_NUMBERS))
    assert [what for what, status in answers if status != 404] == []
    assert fingerprint() == before


@pytest.mark.parametrize("principal", WHO)
def test_bodies(world: World, principal: str) -> None:
    browser, before = world.browser(principal), fingerprint()
    meant = _meant(world)
    urls = [url for url in all_addresses(world) if url not in meant]
    asked = (
        (f"{url} {kind} {body[:40]!r}", _status(browser.generic("POST", url, body, content_type=kind)))
        for url, (kind, body) in thinned(principal, urls, BODIES)
    )
    assert failures(asked) == []
    assert fingerprint() == before


@pytest.mark.parametrize("principal", WHO)
def test_methods(world: World, principal: str) -> None:
    browser, before = world.browser(principal), fingerprint()
    asked = (
        (f"{method[:20]} {url}", _status(browser.generic(method, url)))
        for url, method in thinned(principal, all_addresses(world), METHODS)
    )
    assert failures(asked) == []
    assert fingerprint() == before


def test_every_field_of_every_model_sent_to_every_form_changes_nothing_it_should_not(world: World) -> None:
    """Mass assignment (case T08): what a form does not ask for is not stored."""
    browser = world.browser("điều phối")
    participant = world.campaign.participants.first()
    url = world.addresses()["scoring:ranking"]
    browser.post(
        url,
        {"version": world.campaign.version, "is_ranked": "khong", "reason": "Mới thành lập", "code": "X", "name": "X",
         "group": 99, "campaign": 99, "organiser": 99, "has_figures": "",
         "grade_override": '{"grade": "tot"}', "pk": 1},
    )  # fmt: skip
    before = {
        name: getattr(participant, name) for name in ("code", "name", "group_id", "has_figures", "grade_override")
    }
    participant.refresh_from_db()
    assert {name: getattr(participant, name) for name in before} == before
    assert (participant.is_ranked, participant.unranked_reason) == (False, "Mới thành lập")


def _numbers() -> Iterator[tuple[str, str]]:
    """Route and name of each number in an address of ours."""
    for name, pattern in routes():
        for key, converter in pattern.pattern.converters.items():
            if isinstance(converter, IntConverter) and not name.startswith("admin:"):
                yield name, key


def _meant(world: World) -> set[str]:
    """Addresses that act without a field, or by a version alone: a post to them is an order, whatever it carries."""
    names = (
        "scoring:calculate", "scoring:calculate_provisionally", "scoring:show_run", "scoring:past_discard",
        "scoring:past_apply", "scoring:entered_discard", "scoring:criteria_amendment_discard", "reports:act",
        "scoring:group_up", "scoring:note_settle", "scoring:follow_up_drop", "account_logout",
        "units:person_lock", "units:person_unlock", "units:person_password", "units:person_code",
        "units:person_letter", "units:person_take_back", "units:person_sessions", "units:membership_end",
        "units:person_factor_off", "units:lend_end", "own_sessions_end",
    )  # fmt: skip
    return {world.address(name) for name in names}


def _get(browser: Client, path: str, query: str) -> int:
    """Ask exactly as given, percent signs and all; the test client would encode it first."""
    raw = browser._base_environ(PATH_INFO=_decoded(path), QUERY_STRING=query, REQUEST_METHOD="GET")
    return _status(browser.request(**raw))


def _status(answer: Any) -> int:
    body_of(answer)
    return answer.status_code


def _decoded(path: str) -> str:
    """PATH_INFO as a WSGI server hands it over: bytes in the clothes of latin-1."""
    return unquote_to_bytes(path).decode("latin-1")
