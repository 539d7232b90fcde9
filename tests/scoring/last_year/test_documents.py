"""Last year's documents: listed at the leaf, used again once a person says that they are in force, never another's."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile

from scoring.enums import SubmissionState
from scoring.files import evidence_store
from scoring.models import Evidence, EvidenceFile, Scan, Submission
from scoring.services.errors import Incomplete
from scoring.services.evidence import add_version
from scoring.services.evidence_sweep import sweep
from scoring.services.evidence_taking import carry_over
from tests.scoring.dossier.pages import text, url
from tests.scoring.evidence import samples
from tests.scoring.last_year.two_years import TwoYears, bring, build_two_years, never_took_part
from units.enums import SuccessionKind
from units.models import TrailEntry, UnitSuccession
from units.permissions import Refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def years() -> TwoYears:
    return build_two_years()


def carried(years: TwoYears) -> Evidence:
    return Evidence.objects.get(participant=years.this.a)


def stored_files() -> list[Path]:
    root = Path(settings.STORAGES["evidence"]["OPTIONS"]["location"])
    return [path for path in root.rglob("*") if path.is_file()]


def test_a_document_is_used_again_once_somebody_says_it_is_in_force(years: TwoYears) -> None:
    assert "Tệp ke-hoach.pdf" in years.page(code="1.1")
    assert "Trang dẫn: tr. 2" in years.page(code="1.1")
    answer = years.carry(valid_until="31/12/2028", pages="tr. 7")
    assert answer.status_code == 302
    assert answer.url == f"{url(years.this, 'answer', '1.1')}#id_tai-lieu"
    made = carried(years)
    assert (made.number, made.issued_on) == ("12/KH-SOA", datetime.date(2026, 1, 5))
    assert (made.valid_until, made.carried_from) == (datetime.date(2028, 12, 31), 2026)
    assert [(use.criterion.code, use.pages) for use in made.uses.all()] == [("1.1", "tr. 7")]
    page = text(years.this.browser("a1").get(url(years.this, "answer", "1.1")))
    assert "Dùng lại từ năm 2026, đơn vị xác nhận còn hiệu lực đến 31/12/2028." in page
    assert "Văn bản ban hành ngày 05/01/2026, ngoài năm đánh giá 2027." in page
    assert "Đã dùng cho tiêu chí này năm nay." in years.page(code="1.1")


def test_the_bytes_are_stored_once_and_outlive_each_of_their_names(years: TwoYears) -> None:
    years.carry()
    old, new = years.plan.files.get(), carried(years).files.get()
    assert (new.sha256, new.size) == (old.sha256, old.size)
    assert new.key != old.key
    assert len({path.stat().st_ino for path in stored_files()}) == 1
    assert sweep().removed == []
    evidence_store.discard(old.key)
    evidence_store.open_whole(new.key, new.sha256, new.size).close()


def test_twice_pressed_is_one_document(years: TwoYears) -> None:
    years.carry()
    assert years.carry().status_code == 302
    assert carried(years).uses.count() == 1
    assert len(stored_files()) == 2


def test_bytes_that_the_unit_brought_this_year_already_stand_for_the_leaf_instead(years: TwoYears) -> None:
    (own,) = bring(years.this, years.this.a, "a1", "ke-hoach.pdf", code="1.2")
    years.carry()
    assert carried(years) == own
    assert sorted(own.uses.values_list("criterion__code", flat=True)) == ["1.1", "1.2"]


def test_bytes_that_a_newer_version_replaced_come_as_a_document_of_their_own(years: TwoYears) -> None:
    (own,) = bring(years.this, years.this.a, "a1", "ke-hoach.pdf", code="1.2")
    add_version(own, SimpleUploadedFile("ban-sua.png", samples.image()), by=years.this["a1"])
    years.carry()
    made = Evidence.objects.exclude(pk=own.pk).get(participant=years.this.a)
    assert [file.sha256 for file in made.files.all()] == [years.plan.files.get().sha256]
    assert [use.criterion.code for use in own.uses.all()] == ["1.2"]


def test_bytes_that_are_known_to_be_harmful_are_not_carried(years: TwoYears) -> None:
    file = years.plan.files.get()
    Scan.objects.create(sha256=file.sha256, found="Eicar-Signature", at=file.uploaded_at)
    answer = years.carry()
    assert answer.status_code == 422
    assert "Tệp “ke-hoach.pdf” có mã độc (Eicar-Signature) và đang bị cách ly, không dùng lại được." in text(answer)
    assert not Evidence.objects.filter(participant=years.this.a).exists()
    assert len(stored_files()) == 1


def test_without_the_tick_nothing_is_carried_and_what_was_typed_stays(years: TwoYears) -> None:
    answer = years.carry(is_valid_still="", pages="tr. 9", valid_until="31/12/2028")
    assert answer.status_code == 422
    page = text(answer)
    assert "Đánh dấu “Còn hiệu lực” sau khi đã xem lại văn bản." in page
    assert 'value="tr. 9"' in page
    assert not Evidence.objects.filter(participant=years.this.a).exists()


@pytest.mark.parametrize(
    ("day", "words"), [("31/12/2026", "trước năm đánh giá 2027, không dùng lại được"), ("31/13/2026", "31/13/2026")]
)
def test_a_document_that_ended_before_the_year_or_a_day_that_is_none(years: TwoYears, day: str, words: str) -> None:
    answer = years.carry(valid_until=day)
    assert answer.status_code == 422
    assert words in text(answer)
    assert not Evidence.objects.filter(participant=years.this.a).exists()


def test_another_units_document_cannot_be_carried(years: TwoYears) -> None:
    foreign = Evidence.objects.create(participant=years.last.b, abstract="Của B")
    file = years.plan.files.get()
    theirs = EvidenceFile.objects.create(
        evidence=foreign, number=1, sha256="0" * 64, size=file.size, kind=file.kind, name="b.pdf", key="khong-co"
    )
    foreign.uses.create(criterion=years.last.leaves["1.1"])
    posted = {f"nt-{foreign.pk}-is_valid_still": "on"}
    assert years.this.browser("a1").post(years.carry_url(foreign), posted).status_code == 404
    assert "Của B" not in years.page(code="1.1")
    with pytest.raises((Incomplete, evidence_store.Damaged)):
        carry_over(years.this.a, theirs, years.this.leaves["1.1"], is_valid=True, by=years.this["a1"])
    with pytest.raises(Refused):
        carry_over(years.this.a, file, years.this.leaves["1.1"], is_valid=True, by=years.this["b1"])
    assert years.carry("b1").status_code == 404
    assert years.carry("c").status_code == 403
    assert not Evidence.objects.filter(participant=years.this.a).exists()


def test_a_real_file_of_another_unit_is_refused_under_the_lock_and_leaves_no_byte(years: TwoYears) -> None:
    other = years.plan.files.get()
    before = len(stored_files())
    with pytest.raises(Incomplete, match="không phải của đơn vị"):
        carry_over(years.this.b, other, years.this.leaves["1.1"], is_valid=True, by=years.this["b1"])
    assert len(stored_files()) == before


def test_who_came_out_of_a_merger_may_use_its_predecessors_documents(years: TwoYears) -> None:
    UnitSuccession.objects.create(
        predecessor=years.this.a.unit, successor=years.this.b.unit, kind=SuccessionKind.MERGER, date="2026-11-01"
    )
    never_took_part(years, years.last.b)
    posted = {f"nt-{years.plan.pk}-is_valid_still": "on"}
    answer = years.this.browser("b1").post(years.carry_url(unit=years.this.b), posted)
    assert answer.status_code == 302
    assert Evidence.objects.get(participant=years.this.b).taken_from == years.plan.files.get()


def test_a_removed_document_and_one_after_the_hour_are_not_carried(years: TwoYears) -> None:
    Submission.objects.filter(participant=years.this.a).update(state=SubmissionState.SUBMITTED)
    assert years.carry().status_code == 409
    assert "Còn hiệu lực – dùng lại" not in years.page(code="1.1")
    Submission.objects.filter(participant=years.this.a).update(state=SubmissionState.DRAFT)
    Evidence.objects.filter(pk=years.plan.pk).update(removed_at="2026-12-01T00:00Z")
    assert years.carry().status_code == 404
    assert not Evidence.objects.filter(participant=years.this.a).exists()


def test_the_trail_says_where_it_came_from(years: TwoYears) -> None:
    years.carry(valid_until="31/12/2028")
    line = TrailEntry.objects.filter(scope=years.this.campaign.trail_scope).order_by("-seq").first()
    assert line is not None
    assert line.object_label.startswith("Dùng lại tài liệu năm trước: ")
    assert line.data["taken_from"] == "Sở An toàn"
    assert line.data["valid_until"] == "2028-12-31"
