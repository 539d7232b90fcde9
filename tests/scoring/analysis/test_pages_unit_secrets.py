"""What a unit must never learn from its analysis, and what an appraiser reads of a unit's."""

from __future__ import annotations

import re
from typing import Any

import pytest

from scoring.enums import Phase, Stage
from scoring.models import Submission, Value
from scoring.services.running import run_provisional
from tests.factories import answer
from tests.scoring.analysis.pages import FALLEN, MAXIMUM, MEAN, own, page, part
from tests.year import build_year

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("phase", [phase for phase in Phase if phase not in (Phase.DRAFT, Phase.PUBLISHED)])
def test_before_release_no_rank_and_no_number_of_another_unit_reaches_a_unit(phase: Phase) -> None:
    """Whatever B has, A's page is letter for letter the same, and the word for a rank is not on it."""
    year = build_year(phase)
    query = {"tc": "1.2", "tc-1.2-numerator": "50", "tc-1.2-denominator": "50", "thu": "1"}
    run_provisional(year.campaign, year["c"])
    first = {who: page(year, who, **query) for who in ("a1", "aH")}
    Value.objects.filter(participant=year.b).delete()
    for code, content in (("1.1", {"choice": "du"}), ("1.2", {"numerator": "50", "denominator": "50"})):
        answer(year.b, year.leaves[code], Stage.COUNCIL, inputs=content)
    run_provisional(year.campaign, year["c"])
    for who, text in first.items():
        assert page(year, who, **query) == text
        assert not re.search(r"(?<!xếp )\bhạng\b", text, re.IGNORECASE)
        assert year.b.name not in text


def test_what_is_not_released_to_the_unit_is_in_none_of_its_numbers() -> None:
    year = build_year(Phase.APPRAISAL)
    before = page(year, "a1")
    answer(year.a, year.leaves["1.2"], Stage.APPRAISED, points=0, reason="Chưa công bố cho đơn vị")
    answer(year.a, year.leaves["3.1"], Stage.ENTERED, inputs={"mean": "5", "responses": 90})
    assert page(year, "a1") == before
    assert page(year, "c") != before


def test_an_appraiser_sees_nothing_of_what_was_not_handed_in() -> None:
    year = build_year(Phase.APPRAISAL)
    Submission.objects.filter(participant=year.a).update(state="draft", submitted_at=None, submitted_by=None)
    text = page(year, "g1")
    assert "Đơn vị chưa nộp hồ sơ, nên chưa có số nào để phân tích." in text
    assert "Đang có 0,00 / 12,00 điểm" in text


DECIDED, COMPONENT = "1.1 Kế hoạch cải cách hành chính 2,00 / 2,00 0,50 / 2,00", "1 Chỉ đạo, điều hành 6,00 / 6,00 3,50"


@pytest.mark.parametrize("depth", ["index", "components"])
def test_an_appraiser_reads_no_final_points_that_were_not_published(two_years_in_public: Any, depth: str) -> None:
    last, now, first, readers = two_years_in_public
    last.publications.update(depth=depth)
    now.publications.update(depth=depth)
    fallen = {who: part(own(first.campaign, browser, first.code), FALLEN, MAXIMUM) for who, browser in readers.items()}
    assert "/ 2,00" not in fallen["appraiser"]
    assert "3,50 / 6,00" not in fallen["appraiser"]
    assert ("không mục nào giảm" in fallen["appraiser"]) == (depth == "components")
    assert ("kết quả năm 2025 không được công bố đến mức đó" in fallen["appraiser"]) == (depth == "index")
    for who in ("unit", "coordinator"):
        assert DECIDED in fallen[who]
        assert COMPONENT in fallen[who]


def test_an_appraiser_reads_what_both_years_published(two_years_in_public: Any) -> None:
    _, _, first, readers = two_years_in_public
    for browser in readers.values():
        fallen = part(own(first.campaign, browser, first.code), FALLEN, MAXIMUM)
        assert DECIDED in fallen
        assert COMPONENT in fallen


def test_an_appraiser_compares_what_was_declared_with_what_last_year_published(two_years_in_public: Any) -> None:
    last, now, first, readers = two_years_in_public
    Value.objects.filter(participant=first, stage=Stage.DECLARED, criterion__code="1.2").update(inputs={"points": "1"})
    now.publications.update(depth="components")
    text = own(first.campaign, readers["appraiser"], first.code)
    fallen = part(text, FALLEN, MAXIMUM)
    assert "1.2 Kiểm tra công vụ 4,00 / 4,00 1,00 / 4,00" in fallen
    assert "1.1 Kế hoạch" not in fallen
    assert "1.2 Kiểm tra công vụ 1,00 4,00 3,00" in part(text, MAXIMUM, MEAN)
    assert "1.1 Kế hoạch" not in part(text, MAXIMUM, MEAN)
    last.publications.update(depth="components")
    fallen = part(own(first.campaign, readers["appraiser"], first.code), FALLEN, MAXIMUM)
    assert "1.2 Kiểm tra công vụ" not in fallen
    assert "1 Chỉ đạo, điều hành 6,00 / 6,00 3,00 / 6,00" in fallen
