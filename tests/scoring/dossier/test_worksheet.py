"""The worksheet as a whole: states, both totals, what is missing, who reads it, and the cost of a page."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from scoring.enums import Phase, Stage
from scoring.models import Criterion, Evidence, EvidenceUse, Exclusion
from scoring.selectors.worksheet import read_worksheet, sight_of
from tests.factories import OPTIONS
from tests.scoring.dossier.pages import text, url
from tests.year import Year, build_year

pytestmark = pytest.mark.django_db


@pytest.fixture
def year() -> Year:
    return build_year()


def states(year: Year, who: str = "a1") -> dict[str, str]:
    user = year[who]
    participant = year.submission().participant
    sheet = read_worksheet(participant, sight_of(user, participant))
    return {line.criterion.code: line.state.label for line in sheet.lines}


def prove(year: Year, code: str) -> None:
    """A document stands for the leaf."""
    evidence = Evidence.objects.create(participant=year.a, abstract="Báo cáo năm", created_by=year["a1"])
    EvidenceUse.objects.create(evidence=evidence, criterion=year.leaves[code], added_by=year["a1"])


def test_every_leaf_tells_its_state(year: Year) -> None:
    assert states(year) == {
        "1.1": "chưa làm",
        "1.2": "chưa làm",
        "2.1": "chưa làm",
        "3.1": "điều tra xã hội học, cơ quan điều phối nhập",
        "3.2": "cơ quan điều phối nhập",
    }
    year.declare("1.1", inputs={"choice": "du"})
    year.declare("1.2", inputs={"numerator": "45", "denominator": "50"})
    year.declare("2.1", not_applicable=True, reason="Không ban hành văn bản")
    found = states(year)
    assert [found[code] for code in ("1.1", "1.2", "2.1")] == ["thiếu minh chứng", "xong", "không áp dụng (đề nghị)"]
    prove(year, "1.1")
    assert states(year)["1.1"] == "xong"


def test_a_leaf_without_points_needs_no_proof(year: Year) -> None:
    year.declare("1.1", inputs={"choice": "khong"})
    assert states(year)["1.1"] == "xong"


def test_a_leaf_whose_rule_was_changed_asks_again(year: Year) -> None:
    year.declare("1.1", inputs={"choice": "du"})
    Criterion.objects.filter(pk=year.leaves["1.1"].pk).update(changed_in=2)
    assert states(year)["1.1"] == "quy tắc đã đổi, nhập lại"


def test_a_confirmed_exclusion_takes_the_leaf_off_the_list(year: Year) -> None:
    Exclusion.objects.create(
        campaign=year.campaign, participant=year.a, criterion=year.leaves["2.1"], reason="Không có văn bản",
        legal_basis="QĐ 01", entered_by=year["c"], confirmed_by=year["c2"], confirmed_at=timezone.now(),
    )  # fmt: skip
    assert states(year)["2.1"] == "không đánh giá"
    page = text(year.browser("a1").get(url(year)))
    assert "0,00</span> <small>/ 10,00</small>" in page
    assert "<small>/ 2 tiêu chí</small>" in page


def test_both_totals_are_shown_while_a_claim_is_open(year: Year) -> None:
    year.declare("1.1", inputs={"choice": "du"})
    year.declare("1.2", inputs={"numerator": "45", "denominator": "50"})
    assert "Nếu các đề nghị" not in text(year.browser("a1").get(url(year)))
    year.declare("2.1", not_applicable=True, reason="Không ban hành văn bản")
    page = text(year.browser("a1").get(url(year)))
    assert "5,60</span> <small>/ 12,00</small>" in page  # 2 + 0,9 × 4 of 6 + 2 + 4
    assert "5,60</span> <small>/ 10,00</small>" in page  # as if 2.1 did not apply
    assert "46,67" in page
    assert "56,00" in page


def test_what_is_missing_is_listed_with_the_points_at_stake(year: Year) -> None:
    year.declare("1.1", inputs={"choice": "tre"})
    participant = year.submission().participant
    sheet = read_worksheet(participant, sight_of(year["a1"], participant))
    assert [(line.criterion.code, line.at_stake) for line in sheet.missing] == [
        ("1.1", Decimal("0.5")),  # declared, but nothing proves it
        ("1.2", Decimal(4)),
        ("2.1", Decimal(2)),
    ]
    assert (len(sheet.to_enter), sheet.to_enter.at_stake) == (2, Decimal(6))
    assert (len(sheet.to_prove), sheet.to_prove.at_stake) == (1, Decimal("0.5"))
    page = text(year.browser("a1").get(url(year)))
    assert "Còn 3 việc" in page
    assert 'chưa nhập 2 tiêu chí (<span class="nb">6,00 điểm</span>)' in page
    assert 'thiếu minh chứng 1 tiêu chí (<span class="nb">0,50 điểm</span> đang tính)' in page


def test_the_units_own_part_stands_beside_the_index_of_the_whole(year: Year) -> None:
    """Of 12 points 4 are the survey's; what the coordinator has not entered yet is not the unit's loss."""
    year.declare("1.1", inputs={"choice": "du"})
    year.declare("1.2", inputs={"numerator": "45", "denominator": "50"})
    page = text(year.browser("a1").get(url(year)))
    own = page[page.index("Trên phần đơn vị tự chấm") :]
    assert own.index("5,60</span> <small>/ 8,00</small>") < own.index("</div>")
    # A ratio of nothing does not apply by its rule: neither its points nor its maximum belong to the part.
    year.declare("1.2", inputs={"numerator": "0", "denominator": "0"})
    page = text(year.browser("a1").get(url(year)))
    own = page[page.index("Trên phần đơn vị tự chấm") :]
    assert own.index("2,00</span> <small>/ 4,00</small>") < own.index("</div>")


def test_handing_over_with_open_work_asks_whether_it_is_meant(year: Year) -> None:
    year.declare("1.1", inputs={"choice": "khong"})
    page = text(year.browser("a1").get(url(year)))
    assert "(1/3 tiêu chí đã nhập).</b> Vẫn trình?" in page
    assert "Vẫn trình thủ trưởng</button>" in page
    year.declare("1.2", inputs={"numerator": "45", "denominator": "50"})
    year.declare("2.1", not_applicable=True, reason="Không ban hành văn bản")
    page = text(year.browser("a1").get(url(year)))
    assert "Vẫn trình" not in page
    assert "Trình thủ trưởng</button>" in page


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("a1", 200), ("aH", 200), ("g1", 200), ("g2", 200), ("gA", 404), ("c", 200), ("h", 200), ("l", 200),
        ("b1", 404), ("bH", 404), ("s", 404), ("n", 404), ("P", 302),
    ],
)  # fmt: skip
def test_who_reads_a_worksheet(who: str, status: int) -> None:
    year = build_year(Phase.APPRAISAL)
    browser = year.browser(who)
    pages = [url(year), url(year, "answer", "1.1"), url(year, "worksheet_component", "1")]
    assert [browser.get(page).status_code for page in pages] == [status] * 3


def test_before_the_opening_there_is_no_worksheet() -> None:
    year = build_year(Phase.DRAFT)
    assert [year.browser(who).get(url(year)).status_code for who in ("a1", "c")] == [404, 404]


def test_who_does_not_hold_the_pen_finds_no_form(year: Year) -> None:
    for who in ("c", "h", "l"):
        for page in (url(year, "answer", "1.1"), url(year, "worksheet_component", "1")):
            assert "csrfmiddlewaretoken" not in text(year.browser(who).get(page)).partition("<main")[2]


def add_leaf(year: Year, code: str, path: str) -> None:
    """One more leaf of component 1, answered and proven."""
    year.leaves[code] = Criterion.objects.create(
        criteria_set=year.criteria_set, parent=year.leaves["1.1"].parent, path=path, code=code, title="Thêm",
        max_points=1, rule=OPTIONS, evidence_text="Văn bản",
    )  # fmt: skip
    year.declare(code, inputs={"choice": "du"})
    prove(year, code)


@pytest.mark.parametrize("page", [("worksheet",), ("answer", "1.1"), ("worksheet_component", "1")])
@pytest.mark.parametrize("who", ["a1", "c", "h"])
def test_the_number_of_queries_does_not_grow_with_the_leaves(year: Year, page: tuple[str, ...], who: str) -> None:
    browser, counts = year.browser(who), []
    for wanted in (1, 3):
        for position in range(len(counts) and 1, wanted):
            add_leaf(year, f"1.1{position}", f"001.{100 + position}")
        with CaptureQueriesContext(connection) as queries:
            assert browser.get(url(year, *page)).status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_the_value_in_the_tree_is_the_declared_one(year: Year) -> None:
    year.declare("1.2", inputs={"numerator": "45", "denominator": "50"})
    assert year.value("1.2", Stage.DECLARED) is not None
    assert "3,60" in text(year.browser("a1").get(url(year, "answer", "1.1")))
