"""What a page refuses, its side doors refuse too (T09, T11, T23, T24): searches, filters, order, files, properties."""

from __future__ import annotations

import json
import re
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from scoring.enums import Stage
from scoring.models import Value
from scoring.services.transitions import perform
from tests.abuse.browsing import body_of, crawl, text_of
from tests.abuse.test_embargo import JUDGE, SECRETS, TOKEN, WORD, addresses, found_in, judged_year
from tests.factories import sign_in
from tests.reports.publishing import Team, public_bytes
from tests.year import Year, sign_all

pytestmark = pytest.mark.django_db
# Names of parameters that a list, a search or a library could take, besides those that stand in links and forms.
GUESSED = (
    "q", "search", "tim", "ordering", "o", "sort", "sap-xep", "nguoi", "user", "author", "appraiser", "group",
    "points__gte", "values__points__gte", "values__reason__contains", "parts__appraiser__username", "diem_tu", "e",
)  # fmt: skip
PARAMETER = re.compile(r"[?&](?:amp;)?([\w-]+)=|<(?:input|select)[^>]*\bname=\"([\w-]+)\"")


@pytest.fixture
def year() -> Year:
    return judged_year()


def pages_of(year: Year, name: str) -> dict[str, str]:
    return {url: text for url, text in crawl(sign_in(year.people[name]), *addresses(year)).items() if "?" not in url}


def parameters_on(texts: dict[str, str]) -> set[str]:
    found = {name for text in texts.values() for pair in PARAMETER.findall(text) for name in pair if name}
    return found - {"csrfmiddlewaretoken"}


def said(browser: Client, url: str, **asked: str) -> tuple[int, str]:
    """An answer without what it repeats of the question."""
    answer = browser.get(url, asked)
    text = TOKEN.sub("", text_of(body_of(answer)))
    for name, value in asked.items():
        text = text.replace(f"{name}={value}", "").replace(f"{name}%3D{value}", "")
        text = text.replace(value, "") if value in NAMED else text
    return answer.status_code, text


def differs(browser: Client, url: str, name: str, right: str, wrong: str) -> bool:
    """Whether the two are answered otherwise each of three times: a clock that moved on in between is no answer."""
    return all(said(browser, url, **{name: right}) != said(browser, url, **{name: wrong}) for _ in range(3))


def oracles(browser: Client, pages: dict[str, str], guessed: tuple[str, ...] = ()) -> list[str]:
    """Pages that answer a question about what is hidden otherwise than the same question about nothing."""
    names = sorted(parameters_on(pages).union(guessed))
    return [
        f"{url}?{name}={right}"
        for url in pages
        for name in names
        for right, wrong in QUESTIONS
        if differs(browser, url, name, right, wrong)
    ]


QUESTIONS = [(WORD, "Thubamuoi"), ("13371", "27182"), ("quang-thu-g1", "quang-thu-g9")]
"""A word, a number and a user name that the unit must not know; and the same of nothing."""
NAMED = {value for pair in QUESTIONS for value in pair}


def test_no_search_filter_or_order_tells_a_hidden_word_number_or_name_from_none(year: Year) -> None:
    url = reverse("scoring:dossier_history", args=[year.organiser.slug, year.campaign.code, "SOA"])
    pages = {url: text_of(body_of(year.browser("aH").get(url)))}
    assert "nguoi" not in parameters_on(pages)
    assert oracles(year.browser("aH"), pages, ("nguoi", "q")) == []


@pytest.mark.soak
@pytest.mark.parametrize("name", ["a1", "aH", "b1"])
def test_nor_does_any_page_that_a_unit_reaches(year: Year, name: str) -> None:
    assert oracles(year.browser(name), pages_of(year, name), GUESSED) == []


BOUNDS = ("points__gte", "diem_tu")


def test_a_binary_search_over_thresholds_ends_where_it_began(year: Year) -> None:
    """Whatever threshold is asked for, the answer is the same: not one bit of the hidden number comes out."""
    browser = year.browser("aH")
    url = addresses(year)[2]
    for name in BOUNDS:
        low, high, plain = 0, 20_000, said(browser, url)
        while low < high:
            middle = (low + high) // 2
            low, high = (middle + 1, high) if said(browser, url, **{name: str(middle)}) == plain else (low, middle)
        assert (name, low) == (name, 20_000)


# ── T09, T11: in small, for whoever takes a guard out; test_embargo.py reads everything ───────────────────────────────


def nothing_on(year: Year, name: str, secrets: tuple[str, ...], *pages: str) -> None:
    browser = year.browser(name)
    slug, code = year.organiser.slug, year.campaign.code
    texts = {}
    for page in pages:
        answer = browser.get(f"/lam-viec/{slug}/ky/{code}/{page}")
        assert answer.status_code == 200, page
        texts[page] = "\n".join(f"{key}: {value}" for key, value in answer.items()) + text_of(body_of(answer))
    assert found_in(texts, secrets) == set()


LEAF = "phieu/SOA/tc/1.2/"


def test_the_page_of_a_leaf_holds_nothing_of_its_appraisal_yet(year: Year) -> None:
    nothing_on(year, "aH", SECRETS, LEAF, "phieu/SOA/", "phieu/SOA/nhat-ky/")


def names_of_the_judges(year: Year) -> tuple[str, ...]:
    return JUDGE, *(value for name in ("g1", "g2") for value in (year[name].username, year[name].email))


@pytest.mark.soak
@pytest.mark.parametrize("name", ["aH", "b1"])
def test_neither_user_name_nor_address_of_an_appraiser_is_anywhere_even_after_the_release(
    year: Year, name: str
) -> None:
    """Pages, headers, files with their properties, and what a search by the name would repeat."""
    released(year)
    texts = crawl(sign_in(year.people[name]), *addresses(year))
    assert found_in(texts, names_of_the_judges(year)) == set()


def released(year: Year) -> Year:
    sign_all(year, 1)
    perform(year.fresh_group(), "start_explanation", year["c"])
    return year


def test_the_page_of_a_leaf_names_no_appraiser_after_the_release(year: Year) -> None:
    released(year)
    nothing_on(year, "aH", names_of_the_judges(year), LEAF, "phieu/SOA/", "phieu/SOA/nhat-ky/")


# ── T23: a file says what the pages say ───────────────────────────────────────────────────────────────────────────────

OF_REPORT = {"self_report_pdf", "self_report_docx"}
OF_UNIT = {"receipt_content", "receipt_pdf"} | OF_REPORT
DOWNLOADS = {
    "a1": OF_UNIT, "aH": OF_UNIT, "b1": OF_UNIT, "g1": OF_REPORT, "gA": set(),
    "h": OF_REPORT, "s": {"start_template", "people_template"},
}  # fmt: skip
RECEIPT = {"format", "campaign", "unit", "about", "criteria", "answers", "evidence", "report"}
ABOUT = {
    "campaign_title", "year", "is_sample", "organiser", "organiser_place", "lead_department", "criteria_set",
    "unit_name", "unit_kind",
}  # fmt: skip
ANSWER = {
    "criterion", "title", "max_points", "version", "inputs", "points", "said", "step", "not_applicable", "is_stale",
    "reason", "note",
}  # fmt: skip


def downloads_of(year: Year, name: str) -> dict[str, tuple[str, bytes]]:
    """What the person can save, by address: the route, and the bytes."""
    browser, found = sign_in(year.people[name]), {}
    for url in pages_of(year, name):
        answer = browser.get(url)
        body = body_of(answer)
        if answer.get("Content-Disposition", "").startswith("attachment"):
            found[url] = (answer.resolver_match.url_name, body)
    return found


@pytest.mark.soak
@pytest.mark.parametrize("name", list(DOWNLOADS))
def test_each_role_saves_these_files_and_no_others(year: Year, name: str) -> None:
    assert {route for route, _ in downloads_of(year, name).values()} == DOWNLOADS[name]


def test_a_receipt_holds_the_fields_that_its_unit_typed_and_nothing_else(year: Year) -> None:
    released(year)
    url = reverse("scoring:receipt_content", args=[year.organiser.slug, year.campaign.code, "SOA", 1])
    content = json.loads(body_of(year.browser("aH").get(url)))
    assert set(content) == RECEIPT
    assert set(content["about"]) == ABOUT
    assert set(content["report"]) == {"difficulties", "proposals", "place", "signer_title"}
    assert {key for answer in content["answers"] for key in answer} == ANSWER
    declared = {row.criterion.code: row for row in Value.objects.filter(participant=year.a, stage=Stage.DECLARED)}
    assert {item["criterion"]: item["inputs"] for item in content["answers"]} == {
        code: row.inputs for code, row in declared.items()
    }


FIGURE = re.compile(r"(?<![\w.,/-])\d{1,3}[.,]\d{1,4}(?![\w.,])")


def test_public_tables_hold_no_figure_that_no_public_page_shows() -> None:
    team = Team()
    team.released()
    texts = {url: text_of(body) for url, (_, body) in public_bytes().items()}
    shown = " ".join(text for url, text in texts.items() if not url.endswith((".csv", ".xlsx", ".json")))
    tables = {url: text for url, text in texts.items() if url.endswith((".csv", ".json"))}
    assert len(tables) > 3
    extra = {url: figures_in(text) - figures_in(shown) for url, text in tables.items()}
    assert {url: found for url, found in extra.items() if found} == {}


def figures_in(text: str) -> set[Decimal]:
    return {Decimal(figure.replace(",", ".")) for figure in FIGURE.findall(text)}
