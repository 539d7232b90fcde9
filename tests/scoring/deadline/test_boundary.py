"""Around the deadline on the pages themselves: what a unit can still do, what it is told, and what is kept of it."""

from __future__ import annotations

import datetime
import json
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone

from scoring.enums import AmendmentState, Phase, Purpose, Stage
from scoring.models import Amendment, Criterion, EvidenceFile, Receipt, Submission, Window
from scoring.selectors.clock import request_begun
from scoring.services.errors import Blocked, Conflict
from scoring.services.evidence import Details, add_evidence, add_version
from scoring.services.explaining import explain
from scoring.services.transitions import perform
from tests.scoring.dossier.pages import answer, step, text, url
from tests.scoring.evidence.samples import pdf
from tests.year import Year, build_year, declare_all
from units.models import TrailEntry

pytestmark = pytest.mark.django_db

MINUTE = datetime.timedelta(minutes=1)


def closed_since(year: Year, ago: datetime.timedelta, phase: Phase = Phase.SELF_ASSESSMENT, **settings: Any) -> None:
    year.move_window(phase, -datetime.timedelta(days=5), -ago)
    Window.objects.filter(group=year.group, phase=phase).update(
        **{"grace_minutes": 15, "takes_begun_files": True} | settings
    )


def upload(year: Year, began: datetime.timedelta, leaf: str = "1.1", **options: Any) -> Any:
    """A file whose request began so long ago."""
    with request_begun(began):
        file = SimpleUploadedFile("bao-cao.pdf", pdf())
        return add_evidence(year.a, [file], Details(), by=year["a1"], criterion=year.leaves[leaf], **options)


def test_in_the_minutes_of_grace_what_stands_is_handed_in_and_nothing_is_changed() -> None:
    year = build_year()
    declare_all(year, year.a, "a1")
    closed_since(year, 2 * MINUTE)
    refused = answer(year, "a1", "1.1", choice="tre")
    assert refused.status_code == 409
    assert "Đã hết hạn lúc" in text(refused)
    assert year.value("1.1", Stage.DECLARED).inputs == {"choice": "du"}
    page = text(year.browser("a1").get(url(year)))
    assert "Chỉ còn nộp." in page
    assert "Còn nộp" in page
    assert step(year, "a1", "hand_over").status_code == 302
    assert "Trả lại cán bộ" not in text(year.browser("aH").get(url(year))), "what comes back could not be mended"
    assert step(year, "aH", "return", reason="Sửa 1.1").status_code == 409
    assert step(year, "aH", "submit").status_code == 302
    assert year.submission().state == "submitted"
    assert step(year, "aH", "withdraw").status_code == 409
    receipt = Receipt.objects.get()
    assert receipt.terms["grace_minutes"] == 15
    assert "Nộp trong 15 phút nộp thêm sau hạn" in text(year.browser("a1").get(url(year, "receipt", 1)))


def test_after_the_grace_nothing_is_taken_and_the_draft_stays() -> None:
    year = build_year()
    declare_all(year, year.a, "a1")
    closed_since(year, 16 * MINUTE)
    assert step(year, "a1", "hand_over").status_code == 409
    with pytest.raises(Conflict, match="Đã đóng"):
        upload(year, 20 * MINUTE)
    call_command("close_windows", verbosity=0)
    assert year.submission().state == "not_submitted"
    assert year.value("1.2", Stage.DECLARED) is not None


def test_nobody_is_closed_and_no_group_goes_on_while_the_grace_runs() -> None:
    year = build_year()
    closed_since(year, 14 * MINUTE)
    call_command("close_windows", verbosity=0)
    assert year.submission().state == "draft"
    with pytest.raises(Blocked) as refused:
        perform(year.fresh_group(), "start_appraisal", year["c"])
    assert "còn trong hạn" in str(refused.value.reasons)
    closed_since(year, 15 * MINUTE)
    perform(year.fresh_group(), "start_appraisal", year["c"])


def test_a_file_that_began_before_the_deadline_is_stored_with_both_instants() -> None:
    year = build_year()
    closed_since(year, 3 * MINUTE)
    [made] = upload(year, 3 * MINUTE + datetime.timedelta(seconds=2))
    file = made.files.get()
    window = Window.objects.get(group=year.group, phase=Phase.SELF_ASSESSMENT)
    assert file.late_for == window.closes_at
    assert file.began_at < window.closes_at < file.uploaded_at
    told = TrailEntry.objects.filter(action="scoring.add_evidence").latest("seq").data
    assert (told["began_at"], told["stored_at"]) == (file.began_at.isoformat(), file.uploaded_at.isoformat())
    where = reverse("scoring:evidence", args=[year.organiser.slug, year.campaign.code, year.a.code, made.pk])
    shown = text(year.browser("a1").get(where))
    assert "Qua hạn khi đang tải lên." in shown
    assert f"{timezone.localtime(file.began_at):%H:%M:%S}" in shown
    declared = json.loads(_submitted(year).content)["evidence"][0]["files"][0]
    assert declared["late_for"] == window.closes_at.isoformat()
    assert "được tính theo quy tắc tệp bắt đầu tải lên trước hạn" in text(
        year.browser("a1").get(url(year, "receipt", 1))
    )


def _submitted(year: Year) -> Receipt:
    step(year, "a1", "hand_over")
    step(year, "aH", "submit")
    return Receipt.objects.get()


@pytest.mark.parametrize(
    ("closed", "began", "rule", "sentence"),
    [
        (3, 2, {}, "bắt đầu tải lên sau giờ đó"),
        (3, 4, {"takes_begun_files": False}, "nên không sửa được nữa"),
        (3, 4, {"grace_minutes": 0}, "Đã đóng lúc"),
        (15, 20, {}, "Đã đóng lúc"),
    ],
)
def test_other_files_after_the_deadline_are_refused(
    closed: int, began: int, rule: dict[str, Any], sentence: str
) -> None:
    year = build_year()
    closed_since(year, closed * MINUTE, **rule)
    with pytest.raises(Conflict) as refused:
        upload(year, began * MINUTE)
    assert sentence in refused.value.sentence
    assert not EvidenceFile.objects.exists()


def test_a_newer_version_of_a_document_follows_the_same_rule() -> None:
    year = build_year()
    [made] = upload(year, 0 * MINUTE)
    assert made.files.get().late_for is None
    closed_since(year, 3 * MINUTE)
    other = SimpleUploadedFile("moi.pdf", pdf() + b"\n%%EOF\n")
    with pytest.raises(Conflict), request_begun(MINUTE):
        add_version(made, other, by=year["a1"])
    with request_begun(4 * MINUTE):
        assert add_version(made, other, by=year["a1"]).late_for is not None


def test_an_extension_has_its_reason_on_the_page_and_in_the_receipt() -> None:
    year = build_year()
    declare_all(year, year.a, "a1")
    closed_since(year, 60 * MINUTE)
    call_command("close_windows", verbosity=0)
    until = timezone.now() + datetime.timedelta(hours=2)
    perform(year.submission(), "reopen", year["c"], reason="Mất điện cả ngày", until=until)
    assert "Mất điện cả ngày" in text(year.browser("a1").get(url(year)))
    assert year.submission(year.b).state == "not_submitted", "one unit, not its group"
    _submitted(year)
    assert "Nộp trong thời hạn được gia hạn đến" in text(year.browser("a1").get(url(year, "receipt", 1)))
    assert "lý do: Mất điện cả ngày" in text(year.browser("a1").get(url(year, "receipt", 1)))


def test_the_grace_follows_a_units_own_deadline_too() -> None:
    year = build_year()
    closed_since(year, 60 * MINUTE)
    Submission.objects.filter(participant=year.a).update(
        extended_until=timezone.now() - MINUTE, extension_reason="Mất điện"
    )
    assert answer(year, "a1", "1.1", choice="du").status_code == 409
    assert step(year, "a1", "hand_over").status_code == 302
    assert step(year, "b1", "hand_over", unit=year.b).status_code == 409


def test_explanations_are_sent_in_their_grace_but_not_written() -> None:
    year = build_year(Phase.EXPLANATION)
    explain(year.a, year.leaves["2.1"], "Đã gửi báo cáo", seen=0, by=year["a1"])
    closed_since(year, MINUTE, Phase.EXPLANATION)
    with pytest.raises(Conflict, match="Đã hết hạn"):
        explain(year.a, year.leaves["1.2"], "Có 45 nhiệm vụ", seen=0, by=year["a1"])
    [made] = upload(year, 2 * MINUTE, "2.1", purpose=Purpose.EXPLANATION)
    assert made.files.get().late_for is not None
    with pytest.raises(Blocked):
        perform(year.fresh_group(), "start_reappraisal", year["c"])
    perform(year.explanation(), "hand_over", year["a1"])
    perform(year.explanation(), "submit", year["aH"])
    assert year.explanation().state == "submitted"


def test_the_pages_of_unit_and_coordinator_state_the_rule() -> None:
    year = build_year()
    midnight = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0) + datetime.timedelta(days=3)
    Window.objects.filter(group=year.group, phase=Phase.SELF_ASSESSMENT).update(
        closes_at=midnight, grace_minutes=15, takes_begun_files=True
    )
    day = f"{midnight - datetime.timedelta(days=1):%d/%m/%Y}"
    sentence = f"Hạn 24:00 ngày {day}, theo giờ máy chủ."
    slug, code = year.organiser.slug, year.campaign.code
    for name in ("worksheet", "dossier_check", "dossier_review"):
        page = text(year.browser("aH").get(url(year, name)))
        assert sentence in page, name
        assert "Tệp bắt đầu tải lên trước hạn vẫn nhận" in page, name
    assert 'data-until="' in text(year.browser("a1").get(url(year)))
    for name in ("phases", "progress"):
        assert sentence in text(year.browser("c").get(reverse(f"scoring:{name}", args=[slug, code]))), name
    assert sentence in text(year.browser("c").get(reverse("scoring:progress_unit", args=[slug, code, year.a.code])))


@pytest.mark.parametrize("phase", [Phase.APPRAISAL, Phase.EXPLANATION])
def test_a_leaf_that_an_amendment_opened_anew_closes_by_the_same_rule(phase: Phase) -> None:
    year = build_year(phase)
    until = amended(year, "1.1", 2 * MINUTE)
    grace = {"grace_minutes": 15, "takes_begun_files": True}
    windows = Window.objects.filter(group=year.group, phase=Phase.SELF_ASSESSMENT)
    windows.update(**grace | {"takes_begun_files": False})
    with pytest.raises(Conflict):
        upload(year, 3 * MINUTE, purpose=Purpose.DECLARED)
    windows.update(**grace)
    file = upload(year, 3 * MINUTE, purpose=Purpose.DECLARED)[0].files.get()
    assert (file.purpose, file.late_for) == (Purpose.DECLARED, until)
    for act in (
        lambda: upload(year, MINUTE, purpose=Purpose.DECLARED),
        lambda: upload(year, 3 * MINUTE, "1.2", purpose=Purpose.DECLARED),
        lambda: year.declare("1.1", inputs={"choice": "tre"}),
    ):
        with pytest.raises(Conflict):
            act()
    windows.update(grace_minutes=1)
    with pytest.raises(Conflict):
        upload(year, 3 * MINUTE, purpose=Purpose.DECLARED)


def amended(year: Year, code: str, ago: datetime.timedelta) -> datetime.datetime:
    """An amendment changed the leaf, and the units could answer it anew until so long ago."""
    until = timezone.now() - ago
    Amendment.objects.create(
        criteria_set=year.criteria_set, revision=2, state=AmendmentState.APPLIED, redeclare_until=until, annex={},
        decision_number="812/QĐ-UBND", decision_date=until.date(), reason="Hướng dẫn mới", sha256="0" * 64,
        drafted_by=year["c"],
    )  # fmt: skip
    Criterion.objects.filter(pk=year.leaves[code].pk).update(changed_in=2)
    year.leaves[code].refresh_from_db()
    return until
