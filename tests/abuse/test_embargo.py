"""What a unit must not learn before its hour, or ever (T09, T11, T23, T24): a number and a word nobody else uses are
laid into the appraisal, and everything that people can reach is read, bodies and headers, mails and files."""

from __future__ import annotations

import re
from collections.abc import Iterable

import pytest
from django.core import mail
from django.urls import reverse

from scoring.enums import Phase
from scoring.services.appraisal import appraise, keep_declared
from scoring.services.transitions import perform
from scoring.services.values import Content
from tests.abuse.browsing import body_of, crawl, text_of
from tests.factories import sign_in
from tests.kept import once
from tests.thinning import SOAK, one_in
from tests.world import build
from tests.year import Year, build_year, sign_all
from units.models import User

pytestmark = pytest.mark.django_db

WORD = "Kimchamdau"
# 13371 of 20000 gives 2,6742 of 4 points: as typed, as counted, as percent, in the ways in which we write numbers.
NUMBERS = ("13371", "13.371", "2,6742", "2.6742", "2,67 ", "66,86", "66,855", "0.66855")
JUDGE = "Thanhtramvien Bimat"
SECRETS = (WORD, *NUMBERS)
QUERIES = (
    "ordering=points", "ordering=-values__points", "o=-points", "sort=diem", "points__gte=2", "diem__gte=2",
    "values__points__gte=2.6", "values__stage=appraised", "stage=appraised", "q=" + WORD, "search=13371", "author=5",
    "_connector=OR", "appraiser__full_name__startswith=T", "parts__state=signed", "format=json", "page_size=1000000000",
    "fields=*", "include=appraised", "vong=2", "print=1",
)  # fmt: skip


@pytest.fixture
def year() -> Year:
    return judged_year()


def judged_year() -> Year:
    """The year in thẩm định 1: all of A and B judged, part 1 of A with the number and the word, nothing signed."""
    return once("judged", _judged)


def _judged() -> Year:
    year = build_year(Phase.APPRAISAL)
    User.objects.filter(pk__in=[year.people["g1"].pk, year.people["g2"].pk]).update(full_name=JUDGE)
    judged = Content(inputs={"numerator": "13371", "denominator": "20000"}, reason=f"{WORD}: số liệu khác báo cáo")
    appraise(year.part("1"), year.leaves["1.2"], judged, seen=0, by=year["g1"])
    for part, code, name in ((year.part("1"), "1.1", "g1"), (year.part("2"), "2.1", "g2")):
        keep_declared(part, year.leaves[code], seen=0, by=year[name])
    keep_declared(year.part("1", 1, year.b), year.leaves["1.1"], seen=0, by=year["g1"])
    nothing = Content(inputs={"numerator": "0", "denominator": "50"}, reason="Đơn vị không kê khai")
    appraise(year.part("1", 1, year.b), year.leaves["1.2"], nothing, seen=0, by=year["g1"])
    claim = Content(not_applicable=True, reason="Không ban hành văn bản", legal_basis="Quyết định 01/QĐ-UBND")
    appraise(year.part("2", 1, year.b), year.leaves["2.1"], claim, seen=0, by=year["g2"])
    return year


def addresses(year: Year) -> list[str]:
    """Where a crawl begins: the workspace, and every page of A that an address book could hold."""
    slug, code = year.organiser.slug, year.campaign.code
    unit = [
        reverse(f"scoring:{name}", args=[slug, code, "SOA", *rest])
        for name, rest in (
            ("worksheet", ()), ("answer", ("1.1",)), ("answer", ("1.2",)), ("answer", ("2.1",)),
            ("worksheet_component", ("1",)), ("receipt", (1,)), ("receipt_content", (1,)), ("evidence_list", ()),
            ("explanation", ()), ("explanation_item", ("1.2",)), ("explanation_agree", ()), ("returned", ()),
            ("part", ("1", 1)), ("part_leaf", ("1", 1, "1.2")),
            ("council_point", ("1.2",)), ("council_grade", ()), ("progress_unit", ()), ("entered_unit", ("3.1",)),
        )
    ]  # fmt: skip
    of_year = ("council", "explanations", "progress", "entered", "exclusions", "appraisal", "assignment", "missing")
    return [
        "/lam-viec/", reverse("scoring:work", args=[slug]), *unit,
        *(reverse(f"scoring:{name}", args=[slug, code]) for name in of_year),
    ]  # fmt: skip


def found_in(texts: dict[str, str], secrets: Iterable[str]) -> set[str]:
    return {f"{secret} @ {url}" for url, text in texts.items() for secret in secrets if secret in text}


def mails() -> dict[str, str]:
    """What was written to others than the appraisers themselves."""
    return {f"thư {number}": f"{message.subject}\n{message.body}" for number, message in enumerate(mail.outbox)}


def read_by(year: Year, name: str) -> dict[str, str]:
    return crawl(sign_in(year.people[name]), *addresses(year)) | mails()


@pytest.mark.parametrize("name", [*one_in(2, ("a1", "aH")), *one_in(2, ("b1", "bH"), 1), "g2", "gA", "s", "n", "P"])
def test_nothing_of_the_appraisal_is_anywhere_before_it_is_released(year: Year, name: str) -> None:
    if SOAK:
        assert found_in(read_by(year, name), SECRETS) == set()
    sign_all(year, 1)
    assert found_in(read_by(year, name), SECRETS) == set()


def test_those_who_work_on_it_do_find_it_so_the_search_would_find_it_elsewhere(year: Year) -> None:
    for name in one_in(3, ("g1", "c", "h")):
        found = found_in(read_by(year, name), SECRETS)
        assert any(line.startswith(WORD) for line in found), name
        assert any(line.startswith(NUMBERS) for line in found), name


def test_after_the_release_the_unit_reads_what_was_found_and_why_and_no_other_unit_does(year: Year) -> None:
    sign_all(year, 1)
    perform(year.fresh_group(), "start_explanation", year["c"])
    for name in one_in(2, ("a1", "aH")):
        found = found_in(read_by(year, name), SECRETS)
        assert any(line.startswith(WORD) for line in found), name
        assert any(line.startswith(NUMBERS) for line in found), name
    for name in one_in(3, ("b1", "bH", "gA", "P", "s", "n")):
        assert found_in(read_by(year, name), SECRETS) == set()


@pytest.mark.parametrize("name", [*one_in(2, ("a1", "aH", "P", "b1"), 1)])
def test_a_unit_never_learns_who_judged_it(year: Year, name: str) -> None:
    if SOAK:
        assert found_in(read_by(year, name), [JUDGE]) == set()
    sign_all(year, 1)
    perform(year.fresh_group(), "start_explanation", year["c"])
    assert found_in(read_by(year, name), [JUDGE]) == set()


def test_the_coordinator_reads_who_judged_so_the_search_would_find_the_name(year: Year) -> None:
    assert found_in(crawl(year.browser("c"), *addresses(year), follow=SOAK), [JUDGE]) != set()


@pytest.mark.parametrize("name", [*one_in(2, ("a1", "aH"))])
def test_a_unit_finds_no_trace_of_another_unit(year: Year, name: str) -> None:
    assert found_in(read_by(year, name), ["Sở Bình yên", "/SOB/"]) == set()


# What differs from answer to answer: the token, the seconds that the session lasts, the way back to this very address.
TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="[^"]*"|data-(session|longest)="\d+"|\?next=[^"]*"')


ASKING = ("thủ trưởng", "cán bộ đơn vị khác")


@pytest.mark.parametrize("principal", ASKING)
def test_no_query_orders_filters_or_widens_what_a_unit_sees(principal: str) -> None:
    """T24, T23: with whatever is asked for in the address, a page says what it says without it."""
    world = build(Phase.APPRAISAL)
    browser = world.browser(principal)
    asked_of = one_in(len(ASKING), world.addresses().items(), ASKING.index(principal))
    for place, (name, url) in enumerate(asked_of):
        if name == "scoring:evidence_file" or not name.startswith("scoring:"):
            continue
        plain = browser.get(url)
        if plain.status_code != 200:
            continue
        said = TOKEN.sub("", text_of(body_of(plain)))
        for query in one_in(len(QUERIES), QUERIES, place):
            asked = browser.get(f"{url}?{query}")
            assert asked.status_code in (200, 400), (url, query)
            if asked.status_code == 200:
                assert TOKEN.sub("", text_of(body_of(asked))) == said, (url, query)
