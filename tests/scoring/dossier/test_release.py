"""T09, T11: nothing of the appraisal reaches the unit before the step that releases it, and never who appraised."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest

from scoring.enums import Phase
from scoring.services.appraisal import appraise
from scoring.services.council import decide, override_grade
from scoring.services.entered import enter
from scoring.services.values import Content
from tests.scoring.dossier.pages import text, url
from tests.year import Year, advance, build_year
from units.models import User

pytestmark = pytest.mark.django_db

SENTINEL = Content(points=Decimal("1.3371"), reason="lời-canh-giữ")
# What the year's own steps say in each round, see tests/year.py.
FIRST_ROUND, SECOND_ROUND, COUNCIL = "Thiếu một báo cáo", "Chấp nhận một phần giải trình", "Hội đồng chốt lần cuối"
JUDGES = ("g1", "g2", "gA", "c", "c2", "h", "l")


def told(year: Year, who: str) -> str:
    """Everything that the person is sent below the unit's dossier and on the list of own work, headers included."""
    browser, found = year.browser(who), []
    addresses = [f"/lam-viec/{year.organiser.slug}/viec/", url(year)]
    addresses += [url(year, "answer", code) for code in year.leaves]
    addresses += [url(year, "worksheet_component", code) for code in ("1", "2", "3")]
    addresses += [url(year, "receipt", 1), url(year, "receipt_content", 1)]
    for address in addresses:
        response = browser.get(address)
        assert response.status_code == 200, address
        found.append(text(response) + str(response.headers))
    changing = (
        r"name=\"csrfmiddlewaretoken\" value=\"\w+\"|>Còn [^<]*<|data-(session|longest)=\"\d+\""
        r"|'Content-Length': '\d+'"
    )
    return re.sub(changing, "", "\n".join(found))


@pytest.mark.parametrize("who", ["a1", "aH"])
def test_while_departments_appraise_not_one_byte_of_the_units_pages_moves(who: str) -> None:
    year = build_year(Phase.APPRAISAL)
    before = told(year, who)
    appraise(year.part("1"), year.leaves["1.1"], SENTINEL, seen=0, by=year["g1"])
    enter(year.a, year.leaves["3.1"], Content(inputs={"mean": "4", "responses": "100"}), seen=0, by=year["c"])
    assert told(year, who) == before
    assert SENTINEL.reason in told(year, "c")


@pytest.mark.parametrize("who", ["a1", "aH"])
def test_each_round_is_read_from_the_step_that_releases_it(who: str) -> None:
    year = build_year(Phase.EXPLANATION)
    assert FIRST_ROUND in told(year, who)
    advance(year, Phase.REAPPRAISAL)
    raised = Content(points=Decimal("1.3371"), reason=SECOND_ROUND)
    before = told(year, who)
    assert FIRST_ROUND in before
    appraise_again(year, raised)
    assert told(year, who) == before


def appraise_again(year: Year, content: Content) -> None:
    appraise(year.part("2", 2), year.leaves["2.1"], content, seen=0, by=year["g2"])


@pytest.mark.parametrize("who", ["a1", "aH"])
def test_what_the_council_decides_is_read_after_the_publication(who: str) -> None:
    year = build_year(Phase.COUNCIL)
    before = told(year, who)
    assert SECOND_ROUND in before
    decide(year.a, year.leaves["1.2"], Content(points=Decimal("1.3371"), reason=COUNCIL), seen=0, by=year["h"])
    override_grade(year.a, "yeu", COUNCIL, seen=None, by=year["h"])
    assert told(year, who) == before
    assert COUNCIL in told(year, "c")
    advance(year, Phase.FINALISED)
    assert COUNCIL not in told(year, who)
    year.group.phase = Phase.PUBLISHED
    year.group.save(update_fields=["phase"])
    assert COUNCIL in told(year, who)


@pytest.mark.parametrize(
    "phase", [Phase.APPRAISAL, Phase.EXPLANATION, Phase.REAPPRAISAL, Phase.COUNCIL, Phase.FINALISED]
)
def test_the_unit_never_reads_who_appraised_or_entered(phase: Phase) -> None:
    year = build_year(phase)
    for name in JUDGES:
        User.objects.filter(pk=year[name].pk).update(full_name=f"Canh Giữ {name}")
    for who in ("a1", "aH"):
        read = told(year, who)
        assert "Canh Giữ" not in read
        assert [name for name in JUDGES if year[name].username in read] == []


def test_an_appraiser_reads_the_appraisal_of_the_own_part_only() -> None:
    year = build_year(Phase.APPRAISAL)
    appraise(year.part("1"), year.leaves["1.1"], SENTINEL, seen=0, by=year["g1"])
    pages = [url(year), url(year, "answer", "1.1"), url(year, "worksheet_component", "1")]
    read = {who: "".join(text(year.browser(who).get(page)) for page in pages) for who in ("g1", "g2")}
    assert SENTINEL.reason in read["g1"]
    assert SENTINEL.reason not in read["g2"]
    assert "1,3371" not in read["g2"]


def test_who_works_in_the_unit_reads_it_as_the_unit_whatever_other_role_is_held() -> None:
    year = build_year(Phase.APPRAISAL)
    appraise(year.part("1"), year.leaves["1.1"], SENTINEL, seen=0, by=year["g1"])
    year["a1"].memberships.create(
        organiser=year.organiser, unit=year.organiser.unit, role="council", valid_from="2025-01-01"
    )
    assert SENTINEL.reason not in told(year, "a1")
