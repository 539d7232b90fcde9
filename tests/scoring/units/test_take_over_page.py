"""The page on which a unit takes over from those it came out of."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from scoring.enums import Stage, SubmissionState
from scoring.models import Evidence, Scan, Submission
from scoring.services.evidence import Details, add_evidence
from tests.abuse.browsing import form_on
from tests.scoring.evidence import samples
from tests.scoring.evidence.scanner import scanner
from tests.year import Year, build_year, declare_all
from units.enums import SuccessionKind
from units.models import UnitSuccession

pytestmark = pytest.mark.django_db


@pytest.fixture
def year() -> Year:
    year = build_year()
    declare_all(year, year.a, "a1")
    upload = SimpleUploadedFile("ke-hoach.pdf", samples.pdf())
    add_evidence(year.a, [upload], Details(number="12/KH"), by=year["a1"], criterion=year.leaves["1.1"])
    UnitSuccession.objects.create(
        predecessor=year.a.unit, successor=year.b.unit, kind=SuccessionKind.MERGER, date=timezone.localdate()
    )
    return year


def url(year: Year, name: str = "take_over", *rest: int) -> str:
    return reverse(f"scoring:{name}", args=[year.organiser.slug, year.campaign.code, year.b.code, *rest])


def test_the_worksheet_leads_there_and_what_is_chosen_comes_in(year: Year) -> None:
    browser = year.browser("b1")
    assert url(year) in browser.get(url(year, "worksheet")).content.decode()
    page = browser.get(url(year))
    said = page.content.decode()
    assert f"{year.a.name}: " in said
    assert "45" in said
    data = form_on(page, url(year)).data
    leaf = year.leaves["1.2"].pk
    answer = browser.post(url(year), data | {f"leaf-{leaf}": str(year.a.pk)})
    assert answer.status_code == 302
    assert year.value("1.2", Stage.DECLARED, year.b).note == f"Tiếp nhận từ {year.a.name}."
    again = browser.post(url(year), data | {f"leaf-{leaf}": str(year.a.pk)})
    assert again.status_code == 409 or year.value("1.2", Stage.DECLARED, year.b).version == 1


def test_who_has_submitted_already_reads_why_and_whom_to_ask(year: Year) -> None:
    Submission.objects.filter(participant=year.b).update(state=SubmissionState.SUBMITTED)
    said = year.browser("b1").get(url(year)).content.decode()
    assert "Muốn sửa thì thủ trưởng bấm “Rút lại để sửa” ở phiếu; hết hạn phải đề nghị điều phối mở khóa." in said
    assert f'<a href="mailto:{year["c"].email}">{year["c"].full_name}</a>' in said
    assert year["c2"].full_name in said
    assert year["g1"].full_name not in said


@pytest.mark.parametrize("typed", [{}, {"leaf-{leaf}": "999999"}, {"leaf-{leaf}": "x"}])
def test_nothing_chosen_or_something_that_is_not_offered_is_told(year: Year, typed: dict[str, str]) -> None:
    browser = year.browser("b1")
    data = form_on(browser.get(url(year)), url(year)).data
    leaf = year.leaves["1.2"].pk
    answer = browser.post(url(year), data | {key.format(leaf=leaf): value for key, value in typed.items()})
    assert answer.status_code == 422
    assert year.value("1.2", Stage.DECLARED, year.b) is None


@pytest.mark.parametrize("is_known", [True, False])
def test_a_harmful_document_does_not_come(year: Year, settings: Any, *, is_known: bool) -> None:
    file = Evidence.objects.get(participant=year.a).files.get()
    target = url(year, "take_document", file.pk)
    with scanner() as server:
        settings.CLAMD_URL = server.url
        server.says = b"stream: Eicar-Signature FOUND"
        if is_known:
            settings.CLAMD_URL = ""
            Scan.objects.create(sha256=file.sha256, found="Eicar-Signature", at=timezone.now())
        answer = year.browser("b1").post(target, {f"tl-{file.pk}-criterion": "1.1"})
    assert answer.status_code == 422
    assert "Eicar-Signature" in answer.content.decode()
    assert not Evidence.objects.filter(participant=year.b).exists()


def test_a_document_comes_with_its_leaf_and_says_where_it_is_from(year: Year) -> None:
    browser = year.browser("b1")
    file = Evidence.objects.get(participant=year.a).files.get()
    target = url(year, "take_document", file.pk)
    assert browser.post(target, {f"tl-{file.pk}-criterion": "khong-co"}).status_code == 422
    assert browser.post(target, {f"tl-{file.pk}-criterion": "1.1"}).status_code == 302
    made = Evidence.objects.get(participant=year.b)
    listed = browser.get(url(year, "evidence_list")).content.decode()
    assert f"Tiếp nhận từ {year.a.name}" in listed
    assert made.taken_from == file
    assert browser.post(target, {f"tl-{file.pk}-criterion": "1.1"}).status_code == 404, "once"


def test_a_stranger_to_the_unit_and_a_file_of_somebody_else_are_not_found(year: Year) -> None:
    file = Evidence.objects.get(participant=year.a).files.get()
    for who, status in (("a1", 404), ("g1", 404), ("n", 404), ("c", 403)):
        assert year.browser(who).get(url(year)).status_code == status, who
        assert year.browser(who).post(url(year, "take_document", file.pk)).status_code == status, who
    UnitSuccession.objects.all().delete()
    assert year.browser("b1").post(url(year, "take_document", file.pk)).status_code == 404
