"""Twenty verdicts from one version: one is saved (D02). Pages ask the database the same few questions at any size."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from scoring.enums import Phase, Stage
from scoring.models import AppraisalPart, Criterion, Evidence, EvidenceFile, EvidenceUse, Value
from scoring.services.appraisal import appraise
from scoring.services.assignment import assign
from scoring.services.errors import StaleEdit
from scoring.services.values import Content
from tests.racing import at_once
from tests.scoring.appraisal.pages import base, leaf_url, part_url, text, verdict
from tests.scoring.appraisal.test_assignment import more_units
from tests.year import Year, build_year


@pytest.mark.django_db(transaction=True)
def test_of_twenty_verdicts_from_one_version_one_is_saved_and_nineteen_are_told() -> None:
    year = build_year(Phase.APPRAISAL)
    contents = [Content(points=number, reason=f"Ý kiến {number}") for number in (1, 2, 3, 4)] * 5

    def judge(content: Content) -> Value:
        return appraise(year.part(), year.leaves["1.2"], content, seen=0, by=year["g1"])

    results = at_once([lambda content=content: judge(content) for content in contents])
    assert sum(isinstance(result, Value) for result in results) == 1
    told = [result for result in results if isinstance(result, StaleEdit)]
    assert len(told) == 19
    stands = year.value("1.2", Stage.APPRAISED)
    assert {stale.current.reason for stale in told} == {stands.reason}
    assert stands.version == 1


@pytest.mark.django_db(transaction=True)
def test_of_twenty_browsers_with_one_page_one_saves_and_the_others_see_both_values() -> None:
    year = build_year(Phase.APPRAISAL)
    data = [verdict(year, "1.2", "diem", points="1", reason=f"Ý kiến {number}") for number in range(20)]
    browsers = [year.browser("g1") for _ in data]
    url = leaf_url(year, "1.2")
    results = at_once([lambda b=b, d=d: b.post(url, d) for b, d in zip(browsers, data, strict=True)])
    assert sorted(answer.status_code for answer in results) == [302] + [409] * 19
    stands = year.value("1.2", Stage.APPRAISED).reason
    for sent, answer in zip(data, results, strict=True):
        if answer.status_code == 409:
            assert sent["reason"] in text(answer)
            assert stands in text(answer)


@pytest.mark.django_db(transaction=True)
def test_a_verdict_and_an_assignment_at_once_never_leave_a_verdict_by_somebody_without_the_part() -> None:
    year = build_year(Phase.APPRAISAL)
    person = year["g1"]
    content = Content(points=1, reason="Cùng lúc")
    judged, given = at_once(
        [
            lambda: appraise(year.part(), year.leaves["1.2"], content, seen=0, by=person),
            lambda: assign(year.campaign, [year.part()], year["g2"], by=year["c"]),
        ]
    )
    assert given == 1
    value = year.value("1.2", Stage.APPRAISED)
    assert (value is not None) == isinstance(judged, Value)
    assert value is None or value.author == person


def queries(browser: Any, url: str) -> int:
    with CaptureQueriesContext(connection) as found:
        answer = browser.get(url)
    assert answer.status_code == 200
    return len(found)


def grow(year: Year) -> None:
    """Two more units with their parts given, two more leaves in component 1 with proof and values."""
    more_units(year, 2)
    parts = AppraisalPart.objects.filter(component__code="1", appraiser__isnull=True)
    parts.update(appraiser=year["g1"])
    first = year.leaves["1.1"]
    for number in (3, 4):
        leaf = Criterion.objects.create(
            criteria_set=year.criteria_set, parent=first.parent, path=f"001.00{number}", code=f"1.{number}",
            title=f"Tiêu chí {number}", max_points=2, rule=first.rule,
        )  # fmt: skip
        Value.objects.create(participant=year.a, criterion=leaf, stage=Stage.DECLARED, inputs={"choice": "du"}, worth=2)
        Value.objects.create(
            participant=year.a, criterion=leaf, stage=Stage.APPRAISED, points=1, reason="Thiếu", worth=1,
            author=year["g1"],
        )  # fmt: skip
        document(year, leaf, number)
        document(year, first, number + 10)


def document(year: Year, leaf: Criterion, number: int) -> None:
    evidence = Evidence.objects.create(participant=year.a, abstract=f"Văn bản {number}", created_by=year["a1"])
    for version in (1, 2):
        EvidenceFile.objects.create(
            evidence=evidence, number=version, sha256=f"{number:063}{version}", size=10, kind="pdf",
            name=f"van-ban-{version}.pdf", key=f"khoa-{number}-{version}", uploaded_by=year["a1"],
        )  # fmt: skip
    EvidenceUse.objects.create(evidence=evidence, criterion=leaf, pages="tr. 3", added_by=year["a1"])


@pytest.mark.django_db
def test_pages_ask_the_same_number_of_questions_for_one_and_for_three() -> None:
    year = build_year(Phase.APPRAISAL)
    document(year, year.leaves["1.1"], 1)
    appraise(year.part(), year.leaves["1.2"], Content(points=1, reason="Thiếu"), seen=0, by=year["g1"])
    pages = [
        ("g1", base(year) + "tham-dinh/"),
        ("g1", part_url(year)),
        ("g1", leaf_url(year, "1.1")),
        ("c", base(year) + "phan-cong/"),
        ("c", base(year) + "phan-cong/chia-deu/"),
        ("c", base(year) + "phan-cong/xung-dot/"),
    ]
    browsers = {who: year.browser(who) for who in ("g1", "c")}
    for who, url in pages:
        queries(browsers[who], url)  # the first request of a browser may refresh its session
    few = [queries(browsers[who], url) for who, url in pages]
    grow(year)
    many = [queries(browsers[who], url) for who, url in pages]
    assert many == few
    assert max(many) <= 32


@pytest.mark.django_db
def test_proof_stands_beside_the_leaf_with_every_version_its_time_and_hash() -> None:
    year = build_year(Phase.APPRAISAL)
    document(year, year.leaves["1.1"], 7)
    page = year.browser("g1").get(leaf_url(year, "1.1"))
    assert "Trang dẫn: tr. 3" in text(page)
    for version in (1, 2):
        assert f"{7:063}{version}" in text(page)
        assert f"/tep/{version}/" in page.content.decode()
    assert "Văn bản 7" not in text(year.browser("g1").get(leaf_url(year, "1.2")))
