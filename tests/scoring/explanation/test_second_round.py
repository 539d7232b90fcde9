"""What the appraiser of the second round is shown of the answer: words, agreement, new documents by themselves."""

from __future__ import annotations

import datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from scoring.enums import Phase, Purpose
from scoring.services.evidence import Details, add_evidence
from scoring.services.explaining import Answer, explain, save
from scoring.services.transitions import perform
from tests.scoring.evidence import samples
from tests.scoring.explanation.pages import words
from tests.year import Year, build_year

pytestmark = pytest.mark.django_db
MINUTE = datetime.timedelta(minutes=1)


@pytest.fixture
def year() -> Year:
    """B agrees at 1.1, explains 1.2 with a new document, and its part 1 is judged again."""
    year = build_year(Phase.EXPLANATION)
    b1, leaves = year["b1"], year.leaves
    save(year.b, leaves["1.1"], Answer("agree", ""), seen=0, stand=0, key="", by=b1)
    explain(year.b, leaves["1.2"], "Số liệu ở Báo cáo 9", seen=0, by=b1)
    upload = SimpleUploadedFile("bao-cao.pdf", samples.pdf())
    told = Details(number="09/BC-SBY", abstract="Báo cáo bổ sung")
    add_evidence(year.b, [upload], told, by=b1, criterion=leaves["1.2"], purpose=Purpose.EXPLANATION)
    perform(year.explanation(year.b), "hand_over", b1)
    perform(year.explanation(year.b), "submit", year["bH"])
    year.move_window(Phase.EXPLANATION, -2 * MINUTE, -MINUTE)
    perform(year.fresh_group(), "start_reappraisal", year["c"])
    return year


def shown(year: Year, rest: str) -> str:
    return words(year.browser("g1").get(f"/lam-viec/{year.organiser.slug}/ky/2026/tham-dinh/SOB/1/2/{rest}"))


def test_the_part_tells_what_the_unit_explained_what_it_agreed_to_and_what_came_new(year: Year) -> None:
    page = shown(year, "")
    assert "Số liệu ở Báo cáo 9" in page
    assert "Đơn vị đồng ý với điểm vòng 1 của 1 tiêu chí khác: 1.1." in page
    assert "thêm 1" in page


def test_at_the_leaf_new_documents_stand_apart_and_first(year: Year) -> None:
    page = shown(year, "1.2/")
    new, old = page.index("Tài liệu bổ sung khi giải trình"), page.index("Tài liệu khi tự chấm")
    assert new < page.index("Báo cáo bổ sung") < old
