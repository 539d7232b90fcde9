"""Exclusions on screen: adding in two steps, the second person, taking back, and who sees the list."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from scoring.enums import Phase
from scoring.models import Exclusion, Group
from scoring.services.exclusions import exclude, version_of
from tests.year import Year, build_year

pytestmark = pytest.mark.django_db

WHY = {"reason": "Không có thủ tục hành chính", "legal_basis": "Quyết định 45/QĐ-UBND"}


@pytest.fixture
def year() -> Year:
    return build_year(Phase.SELF_ASSESSMENT)


def address(year: Year, name: str = "exclusions", *rest: object) -> str:
    return reverse(f"scoring:{name}", args=[year.organiser.slug, year.campaign.code, *rest])


def add_address(year: Year, whose: str) -> str:
    return f"{address(year, 'exclusion_add')}?cho={whose}"


def made_by(year: Year, who: str = "c") -> Exclusion:
    return exclude(year.a, year.leaves["1.2"], by=year[who], **WHY)


def text(response: Any) -> str:
    return " ".join(response.content.decode().split())


@pytest.mark.parametrize(("whose", "stored"), [("don-vi:SOA", ("SOA", None)), ("khoi:so", (None, "so"))])
def test_a_coordinator_chooses_for_whom_and_then_which_criterion(
    year: Year, whose: str, stored: tuple[str | None, str | None]
) -> None:
    browser = year.browser("c")
    assert "Chọn tiêu chí" in text(browser.get(address(year, "exclusion_add")))
    page = text(browser.get(add_address(year, whose)))
    assert "1 Chỉ đạo, điều hành" in page
    assert "1.2 Hoàn thành kế hoạch" in page
    answer = browser.post(add_address(year, whose), WHY | {"criterion": year.leaves["1.2"].parent_id})
    assert (answer.status_code, answer["Location"]) == (302, address(year))
    row = Exclusion.objects.get()
    assert (row.participant and row.participant.code, row.group and row.group.code) == stored
    assert (row.criterion.code, row.reason, row.entered_by) == ("1", WHY["reason"], year["c"])
    assert "Chờ người thứ hai" in text(browser.get(address(year)))


def test_reason_and_basis_missing_are_asked_for_and_what_was_typed_stays(year: Year) -> None:
    answer = year.browser("c").post(
        add_address(year, "don-vi:SOA"), {"criterion": year.leaves["1.2"].pk, "reason": "Không phát sinh"}
    )
    assert answer.status_code == 422
    assert "Ghi căn cứ: số, ngày văn bản cho phép không đánh giá." in text(answer)
    assert 'value="Không phát sinh"' in text(answer)
    assert not Exclusion.objects.exists()


@pytest.mark.parametrize("whose", ["", "don-vi:XYZ", "khoi:xyz", "x", "don-vi:"])
def test_an_unknown_unit_or_group_is_refused(year: Year, whose: str) -> None:
    for method in (year.browser("c").get, year.browser("c").post):
        assert method(add_address(year, whose)).status_code == 422


def test_a_criterion_of_another_set_cannot_be_posted(year: Year) -> None:
    other = build_year(Phase.DRAFT, slug="tinh-khac")
    answer = year.browser("c").post(add_address(year, "don-vi:SOA"), WHY | {"criterion": other.leaves["1.2"].pk})
    assert answer.status_code == 422
    assert not Exclusion.objects.exists()


def test_what_is_noted_already_is_told(year: Year) -> None:
    made_by(year)
    answer = year.browser("c2").post(add_address(year, "don-vi:SOA"), WHY | {"criterion": year.leaves["1.2"].pk})
    assert answer.status_code == 409
    assert "Đã ghi không đánh giá 1.2 cho Sở An toàn." in text(answer)


@pytest.mark.parametrize("second", ["c2", "l"])
def test_the_second_person_confirms_and_both_maxima_are_shown(year: Year, second: str) -> None:
    made = made_by(year)
    browser = year.browser(second)
    assert "Xác nhận<span" in text(browser.get(address(year)))
    answer = browser.post(address(year, "exclusion_confirm", made.pk), {"seen": version_of(made)})
    assert answer.status_code == 302
    assert Exclusion.objects.get().confirmed_by == year[second]
    page = text(browser.get(address(year)))
    assert '<td class="n">12,00</td><td class="n">8,00</td>' in page
    assert "Chỉ số của đơn vị = điểm ÷ điểm tối đa được đánh giá × 100." in page


def test_who_entered_it_is_offered_no_confirmation_and_refused_one(year: Year) -> None:
    made = made_by(year)
    browser = year.browser("c")
    assert "Xác nhận<span" not in text(browser.get(address(year)))
    answer = browser.post(address(year, "exclusion_confirm", made.pk), {"seen": version_of(made)})
    assert answer.status_code == 409
    assert "Người ghi không tự xác nhận được, cần người thứ hai." in text(answer)
    assert Exclusion.objects.get().confirmed_at is None


@pytest.mark.parametrize("seen", ["", "x", "2020-01-01T00:00:00+00:00/-"])
def test_a_page_that_is_no_longer_true_confirms_nothing(year: Year, seen: str) -> None:
    made = made_by(year)
    answer = year.browser("c2").post(address(year, "exclusion_confirm", made.pk), {"seen": seen})
    assert answer.status_code == 409
    assert "Có người vừa xác nhận hoặc gỡ mục này." in text(answer)
    assert Exclusion.objects.get().confirmed_at is None


def test_taking_back_asks_for_a_reason_first(year: Year) -> None:
    made = made_by(year)
    browser = year.browser("c2")
    url = address(year, "exclusion_remove", made.pk)
    assert "Gỡ mục này" in text(browser.get(url))
    for nothing in ({}, {"seen": version_of(made), "reason": " "}):
        refused = browser.post(url, nothing)
        assert refused.status_code == 422
        assert "Nêu lý do gỡ" in text(refused)
    assert browser.post(url, {"seen": version_of(made), "reason": "Nhầm đơn vị"}).status_code == 302
    assert not Exclusion.objects.exists()
    assert browser.get(url).status_code == 404


def test_what_was_confirmed_meanwhile_is_not_taken_back_from_an_old_page(year: Year) -> None:
    made = made_by(year)
    seen = version_of(made)
    year.browser("c2").post(address(year, "exclusion_confirm", made.pk), {"seen": seen})
    answer = year.browser("c").post(address(year, "exclusion_remove", made.pk), {"seen": seen, "reason": "Nhầm"})
    assert answer.status_code == 409
    assert Exclusion.objects.exists()


def test_after_the_council_the_list_only_reads(year: Year) -> None:
    made = made_by(year)
    Group.objects.filter(pk=year.group.pk).update(phase=Phase.FINALISED)
    page = text(year.browser("c2").get(address(year)))
    assert "Ghi mục không đánh giá" not in page
    assert "Xác nhận<span" not in page
    browser = year.browser("c2")
    assert browser.post(address(year, "exclusion_confirm", made.pk), {"seen": version_of(made)}).status_code == 409
    gone = browser.post(address(year, "exclusion_remove", made.pk), {"seen": version_of(made), "reason": "Nhầm"})
    assert gone.status_code == 409
    added = browser.post(add_address(year, "don-vi:SOA"), WHY | {"criterion": year.leaves["1.1"].pk})
    assert added.status_code == 409
    assert list(Exclusion.objects.values_list("pk", "confirmed_at")) == [(made.pk, None)]


@pytest.mark.parametrize("who", ["a1", "aH", "b1", "g1", "gA", "h", "s", "n"])
def test_for_everybody_else_the_pages_do_not_exist(year: Year, who: str) -> None:
    made = made_by(year)
    browser = year.browser(who)
    urls = [address(year), address(year, "exclusion_add"), address(year, "exclusion_remove", made.pk)]
    assert [browser.get(url).status_code for url in urls] == [404] * 3
    posts = {
        add_address(year, "don-vi:SOA"): WHY | {"criterion": year.leaves["1.1"].pk},
        address(year, "exclusion_confirm", made.pk): {"seen": version_of(made)},
        address(year, "exclusion_remove", made.pk): {"seen": version_of(made), "reason": "Nhầm"},
    }
    assert [browser.post(url, data).status_code for url, data in posts.items()] == [404] * 3
    assert list(Exclusion.objects.values_list("pk", "confirmed_at")) == [(made.pk, None)]


def test_a_leader_reads_and_confirms_but_neither_adds_nor_takes_back(year: Year) -> None:
    made = made_by(year)
    browser = year.browser("l")
    assert "Ghi mục không đánh giá" not in text(browser.get(address(year)))
    data = WHY | {"criterion": year.leaves["1.1"].pk}
    assert browser.post(add_address(year, "don-vi:SOA"), data).status_code == 403
    removal = {"seen": version_of(made), "reason": "Nhầm"}
    assert browser.post(address(year, "exclusion_remove", made.pk), removal).status_code == 403
    assert Exclusion.objects.count() == 1


def test_an_exclusion_of_another_year_is_not_there(year: Year) -> None:
    other = build_year(Phase.SELF_ASSESSMENT, slug="tinh-khac")
    made = exclude(other.a, other.leaves["1.2"], by=other["c"], **WHY)
    answer = year.browser("c2").post(address(year, "exclusion_confirm", made.pk), {"seen": version_of(made)})
    assert answer.status_code == 404
    assert Exclusion.objects.get().confirmed_at is None
