"""Leaves shared out among the people of a unit: by ticks and by component, told everywhere, taking no right away."""

from __future__ import annotations

import datetime
import re
from typing import Any

import pytest

from scoring.enums import Phase, Stage
from scoring.models import LeafCharge
from scoring.services.errors import Incomplete, StaleEdit
from scoring.services.sharing import share_out
from tests.database import fingerprint
from tests.factories import UserFactory
from tests.scoring.dossier.pages import answer, text, url
from tests.year import Year, advance, build_year
from units.enums import Role
from units.models import Membership, TrailEntry, User

pytestmark = pytest.mark.django_db


@pytest.fixture
def year() -> Year:
    """The usual year; Hà works at unit A too."""
    year = build_year()
    year.people["a2"] = colleague(year)
    return year


def colleague(year: Year, name: str = "Trần Thị Hà") -> User:
    user = UserFactory(username=f"{year.organiser.slug}-a2", full_name=name)
    Membership.objects.create(
        user=user, organiser=year.organiser, unit=year.a.unit, role=Role.UNIT_STAFF,
        valid_from=datetime.date(2025, 1, 1),
    )  # fmt: skip
    return user


def give(year: Year, who: Any, person: Any, codes: list[str], seen: int = 0, **data: Any) -> Any:
    """Post the form of a component: `codes` ticked, each shown as `seen`'s (pk, 0 for nobody)."""
    browser = year.browser(who) if isinstance(who, str) else who
    leaves = [year.leaves[code].pk for code in codes]
    posted = {"nguoi": person, "tc": leaves, "thay": [f"{pk}:{seen}" for pk in leaves], **data}
    return browser.post(url(year, "shares"), posted)


def held(year: Year) -> dict[str, str]:
    rows = LeafCharge.objects.filter(participant=year.a).select_related("criterion", "person")
    return {row.criterion.code: row.person.full_name for row in rows}


def test_ticked_leaves_go_to_a_colleague_and_every_page_says_so(year: Year) -> None:
    assert give(year, "aH", year["a2"].pk, ["1.2"]).status_code == 302
    assert held(year) == {"1.2": "Trần Thị Hà"}
    for page in (url(year), url(year, "worksheet_component", "1"), url(year, "answer", "1.2"), url(year, "shares")):
        assert "Trần Thị Hà" in text(year.browser("a1").get(page)), page
    assert "<b>Trần Thị Hà</b> phụ trách" in text(year.browser("a1").get(url(year, "answer", "1.2")))


def test_a_whole_component_goes_with_one_button(year: Year) -> None:
    page = text(year.browser("a1").get(url(year, "shares")))
    seen = re.findall(r'name="thay" value="(\d+:0)"', page)
    assert len(seen) == 3
    own = [f"{year.leaves[code].pk}:0" for code in ("1.1", "1.2")]
    posted = {"nguoi": year["a2"].pk, "thay": own, "all": "1"}
    assert year.browser("a1").post(url(year, "shares"), posted).status_code == 302
    assert held(year) == {"1.1": "Trần Thị Hà", "1.2": "Trần Thị Hà"}
    trace = TrailEntry.objects.get(action="scoring.share_leaves")
    assert trace.data == {"in_charge": "Trần Thị Hà", "criteria": ["1.1", "1.2"]}


def test_the_share_takes_nobodys_right_to_write_away(year: Year) -> None:
    give(year, "aH", year["a2"].pk, ["1.1"])
    assert answer(year, "a1", "1.1", choice="du").status_code == 302
    assert year.seen("1.1", Stage.DECLARED) == 1


def test_the_worksheet_narrows_to_ones_own_leaves(year: Year) -> None:
    give(year, "aH", year["a2"].pk, ["1.2"])
    mine = text(year.browser("a2").get(url(year) + "?loc=cua-toi"))
    rows = mine.partition("<table")[2]
    assert "1.2 Hoàn thành kế hoạch" in rows
    assert "1.1 Kế hoạch CCHC" not in rows
    assert "Còn 1 việc của tôi" in mine
    whole = text(year.browser("a1").get(url(year) + "?loc=cua-toi"))
    assert "1.1 Kế hoạch CCHC" in whole, "who looks after nothing reads everything"


def test_a_leaf_becomes_nobodys_again(year: Year) -> None:
    give(year, "aH", year["a2"].pk, ["1.2"])
    give(year, "aH", "0", ["1.2"], seen=year["a2"].pk)
    assert held(year) == {}


def test_the_same_twice_leaves_one_trace(year: Year) -> None:
    for _ in range(2):
        assert give(year, "aH", year["a2"].pk, ["1.2"]).status_code == 302
    assert TrailEntry.objects.filter(action="scoring.share_leaves").count() == 1


def test_who_was_slower_is_told_and_nothing_is_stored(year: Year) -> None:
    head = year.browser("aH")
    give(year, "a1", year["a2"].pk, ["1.2"])
    before = fingerprint()
    refused = give(year, head, year["a1"].pk, ["1.1", "1.2"])
    assert refused.status_code == 409
    page = text(refused)
    assert "Người a1 vừa chia lại. 1.2 nay Trần Thị Hà phụ trách" in page
    assert page.count(" checked>") == 2, "what was ticked stays ticked"
    assert fingerprint() == before


def test_a_leaf_taken_back_meanwhile_is_stale_too(year: Year) -> None:
    with pytest.raises(StaleEdit):
        share_out(year.a, {year.leaves["1.1"].pk: year["a2"].pk}, year["a1"].pk, by=year["aH"])


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({"nguoi": ""}, "Chọn người phụ trách."),
        ({"nguoi": "999999"}, "Người này không còn làm việc ở đơn vị."),
        ({"nguoi": "x'; --"}, "Người này không còn làm việc ở đơn vị."),
        ({"tc": []}, "Chọn ít nhất một tiêu chí"),
        ({"thay": ["1:0:0", "một"]}, "Chọn ít nhất một tiêu chí"),
    ],
)
def test_a_form_that_lacks_something_says_what(year: Year, data: dict[str, Any], sentence: str) -> None:
    browser, before = year.browser("aH"), fingerprint()
    refused = give(year, browser, data.pop("nguoi", year["a2"].pk), ["1.1"], **data)
    assert refused.status_code == 422
    assert sentence in text(refused)
    assert fingerprint() == before


def test_only_leaves_that_the_unit_answers_and_people_who_work_there(year: Year) -> None:
    with pytest.raises(Incomplete):
        share_out(year.a, {year.leaves["3.1"].pk: 0}, year["a2"].pk, by=year["aH"])
    with pytest.raises(Incomplete):
        share_out(year.a, {year.leaves["1.1"].pk: 0}, year["b1"].pk, by=year["aH"])
    assert held(year) == {}


def test_who_left_the_unit_is_named_as_gone_and_gets_nothing_more(year: Year) -> None:
    give(year, "aH", year["a2"].pk, ["1.2"])
    Membership.objects.filter(user=year["a2"]).update(valid_to=datetime.date(2025, 12, 31))
    page = text(year.browser("aH").get(url(year, "shares")))
    assert "Không còn ở đơn vị" in page
    assert f'<option value="{year.people["a2"].pk}"' not in page  # type: ignore[union-attr]
    assert give(year, "aH", year.people["a2"].pk, ["1.1"]).status_code == 422  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("who", "status"), [("c", 403), ("l", 403), ("h", 403), ("g1", 404), ("b1", 404), ("n", 404), ("P", 302)]
)
def test_it_is_the_units_own_matter(year: Year, who: str, status: int) -> None:
    give(year, "aH", year["a2"].pk, ["1.2"])
    browser = year.browser(who)
    before = fingerprint()
    assert browser.get(url(year, "shares")).status_code == status
    assert give(year, browser, year["a2"].pk, ["1.1"]).status_code == status
    assert fingerprint() == before
    if status == 403:
        assert "Trần Thị Hà" not in text(browser.get(url(year)))


def test_a_settled_year_is_shared_out_no_more() -> None:
    year = build_year(Phase.FINALISED)
    page = text(year.browser("aH").get(url(year, "shares")))
    assert "Số liệu của kỳ đã chốt" in page
    assert 'name="tc"' not in page
    assert give(year, "aH", year["a1"].pk, ["1.1"]).status_code == 409


def test_work_goes_on_to_be_shared_while_departments_appraise(year: Year) -> None:
    advance(year, Phase.APPRAISAL)
    assert give(year, "aH", year["a2"].pk, ["1.2"]).status_code == 302
