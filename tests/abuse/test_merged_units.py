"""Units that went into one another (T22): only a recorded step with its day opens the other's data, and only backwards.

What heirs may take over stands in tests/scoring/units/test_inheritance.py.
"""

from __future__ import annotations

import datetime

import pytest
from django.utils import timezone

from scoring.enums import Phase
from tests.abuse.browsing import body_of, crawl
from tests.abuse.test_embargo import JUDGE, SECRETS, addresses, found_in, judged_year
from tests.database import fingerprint
from tests.factories import OrganiserFactory, UserFactory
from tests.year import Year, build_year
from units.enums import Role, SuccessionKind
from units.models import Membership, UnitSuccession

pytestmark = pytest.mark.django_db


@pytest.fixture
def year() -> Year:
    return build_year(Phase.APPRAISAL)


def merge_a_into_b(year: Year, days: int = 0) -> None:
    day = timezone.localdate() + datetime.timedelta(days=days)
    UnitSuccession.objects.update_or_create(
        predecessor=year.a.unit, successor=year.b.unit, kind=SuccessionKind.MERGER, defaults={"date": day}
    )


def pages_of_a(year: Year) -> list[str]:
    base = f"/lam-viec/{year.organiser.slug}/ky/{year.campaign.code}/phieu/SOA/"
    return [base + rest for rest in ("", "tc/1.2/", "nhat-ky/", "bien-nhan/1/", "bien-nhan/1/noi-dung.json")]


def answers(year: Year, name: str, pages: list[str]) -> set[int]:
    browser, found = year.browser(name), set()
    for page in pages:
        answer = browser.get(page)
        body_of(answer)
        found.add(answer.status_code)
    return found


def of_b(year: Year) -> list[str]:
    return [page.replace("/SOA/", "/SOB/") for page in pages_of_a(year)[:3]]


def test_without_a_recorded_step_nobody_reads_the_other_unit(year: Year) -> None:
    assert answers(year, "b1", pages_of_a(year)) == {404}
    assert answers(year, "a1", of_b(year)) == {404}


def test_an_heir_reads_from_the_day_on_and_not_before(year: Year) -> None:
    merge_a_into_b(year, days=1)
    assert answers(year, "b1", pages_of_a(year)) == {404}
    merge_a_into_b(year)
    assert answers(year, "b1", pages_of_a(year)) == {200}
    assert answers(year, "bH", pages_of_a(year)) == {200}


def test_who_was_merged_reads_nothing_of_who_took_it_in(year: Year) -> None:
    merge_a_into_b(year)
    assert answers(year, "a1", of_b(year)) == {404}
    assert answers(year, "aH", of_b(year)) == {404}


def test_an_heir_who_works_elsewhere_or_in_another_role_stays_a_stranger(year: Year) -> None:
    merge_a_into_b(year)
    for place, role in ((OrganiserFactory(), Role.UNIT_STAFF), (year.organiser, Role.APPRAISER)):
        year.people["e"] = UserFactory()
        Membership.objects.create(user=year["e"], organiser=place, unit=year.b.unit, role=role)
        assert answers(year, "e", pages_of_a(year)) == {404}


def test_an_heir_writes_nothing_in_the_old_dossier(year: Year) -> None:
    merge_a_into_b(year)
    browsers = [year.browser(name) for name in ("b1", "bH")]
    before = fingerprint()
    leaf, base = pages_of_a(year)[1], pages_of_a(year)[0]
    posts = (leaf, leaf + "xoa/", base + "buoc/withdraw/", base + "buoc/submit/", base + "tai-lieu/them/")
    for browser in browsers:
        for url in posts:
            sent = browser.post(url, {"version": 1, "so-numerator": "50", "so-denominator": "50"})
            assert sent.status_code in (403, 404, 409), (url, sent.status_code)
    assert fingerprint() == before


def test_the_embargo_and_the_hidden_names_hold_for_heirs_too() -> None:
    """An heir sees of the old dossier what that unit itself would see: nothing of the appraisal, nobody's name."""
    year = judged_year()
    merge_a_into_b(year)
    texts = crawl(year.browser("b1"), *addresses(year))
    assert found_in(texts, (*SECRETS, JUDGE)) == set()
