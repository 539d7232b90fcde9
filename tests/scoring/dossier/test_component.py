"""All criteria of a component on one page: what can be saved is saved, nothing that was typed is lost."""

from __future__ import annotations

from typing import Any

import pytest

from scoring.enums import Stage
from scoring.models import ValueChange
from tests.scoring.dossier.pages import answer, text, url
from tests.year import Year, build_year

pytestmark = pytest.mark.django_db


@pytest.fixture
def year() -> Year:
    return build_year()


def posted(year: Year, versions: dict[str, int] | None = None, **figures: dict[str, Any]) -> dict[str, Any]:
    """What the page of component 1 posts; figures by `c11`, `c12` for the leaves 1.1 and 1.2."""
    data: dict[str, Any] = {}
    for code in ("1.1", "1.2"):
        prefix = f"c{year.leaves[code].pk}"
        seen = (versions or {}).get(code, year.seen(code, Stage.DECLARED))
        data |= {f"{prefix}-version": seen, f"{prefix}-reason": "", f"{prefix}-note": ""}
        for key, value in figures.get("c" + code.replace(".", ""), {}).items():
            data[f"{prefix}-{key}"] = value
    return data


def save(year: Year, who: str, data: dict[str, Any]) -> Any:
    return year.browser(who).post(url(year, "worksheet_component", "1"), data)


RATIO = {"so-numerator": "45", "so-denominator": "50"}


def test_all_figures_of_a_component_are_saved_with_one_button(year: Year) -> None:
    assert save(year, "a1", posted(year, c11={"so-choice": "du"}, c12=RATIO)).status_code == 302
    one, two = year.value("1.1", Stage.DECLARED), year.value("1.2", Stage.DECLARED)
    assert one is not None
    assert two is not None
    assert (one.inputs, two.inputs) == ({"choice": "du"}, {"numerator": "45", "denominator": "50"})


def test_what_was_not_touched_is_neither_answered_nor_saved_again(year: Year) -> None:
    answer(year, "a1", "1.2", numerator="45", denominator="50")
    assert save(year, "a1", posted(year, c12=RATIO)).status_code == 302
    assert year.value("1.1", Stage.DECLARED) is None
    assert ValueChange.objects.filter(participant=year.a).count() == 1


def test_a_wrong_figure_is_told_at_its_place_and_the_others_are_saved(year: Year) -> None:
    wrong = {"so-numerator": "60", "so-denominator": "50"}
    response = save(year, "a1", posted(year, c11={"so-choice": "du"}, c12=wrong))
    assert response.status_code == 422
    page = text(response)
    assert "1.2: có chỗ phải sửa" in page
    assert 'value="60"' in page
    assert "Đã lưu 1.1." in page
    assert year.value("1.1", Stage.DECLARED) is not None
    assert year.value("1.2", Stage.DECLARED) is None


def test_an_overtaken_answer_is_shown_with_both_versions_and_the_others_are_saved(year: Year) -> None:
    data = posted(year, c11={"so-choice": "du"}, c12=RATIO)
    answer(year, "aH", "1.2", numerator="30", denominator="50")
    response = save(year, "a1", data)
    assert response.status_code == 409
    page = text(response)
    assert "Số đạt được: 45" in page
    assert "Số đạt được: 30" in page
    assert "Đã lưu 1.1." in page
    clash = response.context["clashes"][0]
    assert year.browser("a1").post(clash.url, dict(clash.fields)).status_code == 302
    value = year.value("1.2", Stage.DECLARED)
    assert value is not None
    assert value.inputs == {"numerator": "45", "denominator": "50"}


def test_an_answer_that_somebody_else_changed_is_left_alone_when_this_page_did_not_touch_it(year: Year) -> None:
    answer(year, "a1", "1.2", numerator="45", denominator="50")
    data = posted(year, c11={"so-choice": "du"}, c12=RATIO)
    answer(year, "aH", "1.2", numerator="30", denominator="50")
    assert save(year, "a1", data).status_code == 302
    value = year.value("1.2", Stage.DECLARED)
    assert value is not None
    assert value.inputs == {"numerator": "30", "denominator": "50"}
    assert year.value("1.1", Stage.DECLARED) is not None


def test_a_leaf_of_another_component_is_not_saved_from_this_page(year: Year) -> None:
    prefix = f"c{year.leaves['2.1'].pk}"
    data = posted(year) | {f"{prefix}-version": 0, f"{prefix}-so-points": "2"}
    assert save(year, "a1", data).status_code == 302
    assert year.value("2.1", Stage.DECLARED) is None


@pytest.mark.parametrize(("who", "status"), [("b1", 404), ("c", 403), ("h", 403), ("P", 302)])
def test_nobody_else_saves_a_component(year: Year, who: str, status: int) -> None:
    assert save(year, who, posted(year, c11={"so-choice": "du"})).status_code == status
    assert year.value("1.1", Stage.DECLARED) is None


def test_a_component_that_the_set_does_not_have_is_not_found(year: Year) -> None:
    assert year.browser("a1").get(url(year, "worksheet_component", "9")).status_code == 404
