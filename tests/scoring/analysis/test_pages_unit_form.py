"""The form that tries figures, as a keyboard meets it."""

from __future__ import annotations

import re

import pytest

from scoring.enums import Phase
from tests.scoring.dossier.pages import text, url
from tests.year import build_year

pytestmark = pytest.mark.django_db


def test_enter_in_a_figure_shows_the_result_and_does_not_add_another_criterion() -> None:
    year = build_year(Phase.SELF_ASSESSMENT)
    told = text(year.browser("a1").get(url(year, "analysis_unit"), {"them": "1.2"}))
    form = told.partition('<form method="get" action="#thu"')[2].partition("</form>")[0]
    buttons = re.findall(r'<button[^>]*type="submit"[^>]*>([^<]*)</button>', form)
    assert buttons == ["Xem thay đổi", "Thêm tiêu chí này"]  # a browser takes the first one for Enter
