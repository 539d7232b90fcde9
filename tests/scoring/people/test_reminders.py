"""Reminders as text to copy: for who has something in hand, with the hour, the address and nothing else."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from scoring.enums import Phase
from tests.factories import MembershipFactory
from tests.year import Year, build_year
from units.enums import Role
from units.models import User

pytestmark = pytest.mark.django_db


def shown(year: Year, by: str = "c") -> str:
    answer = year.browser(by).get(reverse("scoring:reminders", args=[year.organiser.slug, "2026"]))
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_unit_with_its_dossier_in_hand_gets_a_text_with_people_state_hour_and_address() -> None:
    year = build_year(Phase.SELF_ASSESSMENT)
    text = shown(year)
    assert "Kính gửi Người aH, Người a1," in text
    assert f"http://127.0.0.1:8000/lam-viec/{year.organiser.slug}/ky/2026/" in text
    assert "Hạn: " in text
    User.objects.update(email="")
    assert shown(year).count("Chưa có địa chỉ thư") == 2


def test_who_has_handed_in_is_not_reminded_and_appraisers_with_unsigned_parts_are() -> None:
    year = build_year(Phase.APPRAISAL)
    text = shown(year)
    assert "Sở An toàn" not in text.split("<main", 1)[1]
    assert "Còn 2 phần thẩm định chưa ký trong 2 phần được giao." in text


def test_units_are_reminded_of_their_explanation() -> None:
    assert "Giải trình kết quả thẩm định chưa gửi." in shown(build_year(Phase.EXPLANATION))


def test_reminders_are_the_coordinators_and_ask_as_many_queries_for_more_people() -> None:
    year = build_year(Phase.SELF_ASSESSMENT)
    url = reverse("scoring:reminders", args=[year.organiser.slug, "2026"])
    assert [year.browser(name).get(url).status_code for name in ("a1", "l", "n")] == [404, 403, 404]
    counts = []
    for _ in range(2):
        browser = year.browser("c")
        with CaptureQueriesContext(connection) as asked:
            browser.get(url)
        counts.append(len(asked))
        MembershipFactory(organiser=year.organiser, unit=year.a.unit, role=Role.UNIT_STAFF)
    assert counts[0] == counts[1]
