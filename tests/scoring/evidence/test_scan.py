"""T43: harmful files do not come in; what came in while the scanner was away is the unit's alone until looked at."""

from __future__ import annotations

import time
from collections.abc import Iterator
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from parindex.env import EnvironmentFaults, read_environment
from scoring.files import clamd
from scoring.models import Evidence, Scan
from scoring.services.evidence import FilesRefused, add_version
from scoring.services.evidence_scan import TRIED_AGAIN_AFTER, Scanned, scan_waiting
from tests.abuse.browsing import body_of
from tests.factories import sign_in
from tests.scoring.evidence import samples
from tests.scoring.evidence.scanner import EICAR, Scanner, scanner
from tests.scoring.evidence.year import Year, stored
from units.models import Notice, TrailEntry, User

HARMFUL = samples.image() + EICAR  # a picture by its content, with something behind it


@pytest.fixture
def server(settings: Any) -> Iterator[Scanner]:
    with scanner() as running:
        settings.CLAMD_URL = running.url
        yield running


@pytest.fixture
def away(settings: Any) -> None:
    """There is a scanner, and it does not answer."""
    with scanner() as gone:
        settings.CLAMD_URL = gone.url


def back(settings: Any, server: Scanner) -> None:
    settings.CLAMD_URL = server.url
    cache.clear()


def opened(year: Year, evidence: Evidence, user: User) -> list[int]:
    """What the user gets by download, by preview, by the picture of a page."""
    addresses = [("evidence_file", 1), ("evidence_view", 1), ("evidence_page", 1, 1)]
    browser = sign_in(user)
    found = []
    for name, *rest in addresses:
        answer = browser.get(year.url(name, evidence.pk, *rest))
        body_of(answer)
        found.append(answer.status_code)
    return found


def test_a_clean_file_comes_in_and_everybody_who_may_opens_it(year: Year, server: Scanner) -> None:
    evidence = year.add(samples.image(), "anh.png")
    assert Scan.objects.get().found == ""
    assert opened(year, evidence, year.coordinator) == [200, 200, 200]
    assert "mã độc" not in sign_in(year.staff).get(year.url("evidence", evidence.pk)).content.decode()


def test_a_harmful_file_is_refused_with_its_name_and_nothing_is_stored(year: Year, server: Scanner) -> None:
    with pytest.raises(FilesRefused, match=r"“xau.png” vì máy quét thấy mã độc \(Eicar-Signature\)"):
        year.add(HARMFUL, "xau.png")
    assert (stored(), Evidence.objects.count()) == (0, 0)
    evidence = year.add(samples.image(), "anh.png")
    with pytest.raises(FilesRefused):
        add_version(evidence, SimpleUploadedFile("anh.png", HARMFUL), by=year.staff)
    assert stored() == 1


def test_the_page_tells_the_uploader_what_was_found_and_how_to_mend_it(year: Year, server: Scanner) -> None:
    browser = sign_in(year.staff)
    answer = browser.post(year.url("evidence_add"), {"uploads": SimpleUploadedFile("xau.png", HARMFUL)})
    assert answer.status_code == 422
    assert "máy quét thấy mã độc (Eicar-Signature)" in answer.content.decode()
    assert "lấy lại bản gốc sạch" in answer.content.decode()


@pytest.mark.usefixtures("away")
def test_while_the_scanner_is_away_a_file_is_kept_marked_and_opened_by_its_own_unit_alone(year: Year) -> None:
    evidence = year.add(samples.image(), "anh.png")
    assert not Scan.objects.exists()
    assert opened(year, evidence, year.staff) == [200, 200, 200]
    assert opened(year, evidence, year.coordinator) == [403, 403, 403]
    shown = sign_in(year.staff).get(year.url("evidence", evidence.pk)).content.decode()
    assert "Chưa quét mã độc." in shown
    refused = sign_in(year.coordinator).get(year.url("evidence_file", evidence.pk, 1)).content.decode()
    assert "Tệp chưa được quét mã độc" in refused


def test_what_was_not_looked_at_is_looked_at_later(year: Year, away: None, settings: Any) -> None:
    evidence = year.add(samples.image(), "anh.png")
    assert scan_waiting() == Scanned(stopped=True)
    with scanner() as server:
        back(settings, server)
        assert scan_waiting() == Scanned(clean=1)
        assert scan_waiting() == Scanned()
        assert server.seen == 1
    assert opened(year, evidence, year.coordinator) == [200, 200, 200]


def test_a_stored_file_that_turns_out_harmful_is_closed_to_everybody_and_its_unit_is_told(
    year: Year, away: None, settings: Any
) -> None:
    evidence = year.add(HARMFUL, "xau.png")
    twin = year.add(HARMFUL, "xau.png", participant=year.second, by=year.other_staff)
    out = StringIO()
    with scanner() as server:
        back(settings, server)
        call_command("scan_evidence", stdout=out)
    assert "0 tệp sạch, 1 tệp có mã độc" in out.getvalue()
    assert (server.seen, Scan.objects.get().found) == (1, "Eicar-Signature")
    for user in (year.staff, year.coordinator):
        assert opened(year, evidence, user) == [403, 403, 403]
    assert sign_in(year.staff).get(year.url("evidence_proposal", evidence.pk)).status_code == 403
    shown = sign_in(year.staff).get(year.url("evidence", evidence.pk)).content.decode()
    assert "Có mã độc (Eicar-Signature): bị cách ly." in shown
    told = {notice.user: notice for notice in Notice.objects.all()}
    assert set(told) == {year.staff, year.other_staff}
    assert "xau.png" in told[year.staff].note
    assert "xau.png" not in told[year.staff].text + told[year.staff].subject
    assert TrailEntry.objects.filter(action="scoring.quarantine_evidence").count() == 2
    assert twin.participant_id == year.second.pk


def test_bytes_that_are_known_to_be_harmful_do_not_come_in_while_the_scanner_is_away(
    year: Year, server: Scanner, settings: Any
) -> None:
    with pytest.raises(FilesRefused):
        year.add(HARMFUL, "xau.png")
    settings.CLAMD_URL = "tcp://127.0.0.1:1"
    with pytest.raises(FilesRefused):
        year.add(HARMFUL, "khac.png")


@pytest.mark.parametrize("answer", [b"", b"INSTREAM size limit exceeded. ERROR", b"\xff\xfe", b"UNKNOWN COMMAND"])
def test_an_answer_that_says_nothing_is_not_taken_for_clean(year: Year, server: Scanner, answer: bytes) -> None:
    server.says, server.hangs_up = answer, not answer
    year.add(samples.image(), "anh.png")
    assert not Scan.objects.exists()


def test_a_scanner_that_fails_is_left_alone_for_a_while(year: Year, away: None, settings: Any) -> None:
    year.add(samples.image(), "a.png")
    with scanner() as server:
        settings.CLAMD_URL = server.url
        year.add(samples.image(size=(41, 30)), "b.png")
        assert server.seen == 0
        cache.clear()
        year.add(samples.image(size=(42, 30)), "c.png")
        assert server.seen == 1


def test_without_a_scanner_nothing_is_marked_and_nothing_held_back(year: Year) -> None:
    evidence = year.add(samples.image(), "anh.png")
    assert opened(year, evidence, year.coordinator) == [200, 200, 200]
    assert "mã độc" not in sign_in(year.staff).get(year.url("evidence", evidence.pk)).content.decode()
    assert scan_waiting() == Scanned()


def test_the_list_asks_as_often_for_three_documents_as_for_one(year: Year, server: Scanner) -> None:
    counts = []
    for size in (1, 2):
        for number in range(size):
            year.add(samples.image(size=(50 + size, 30 + number)), f"{size}-{number}.png")
        browser = sign_in(year.staff)
        with CaptureQueriesContext(connection) as asked:
            browser.get(year.url("evidence_list"))
        counts.append(len(asked))
    assert counts[0] == counts[1]


@pytest.mark.parametrize("url", ["clamd", "http://127.0.0.1:3310", "tcp://may", "unix://", "tcp://may:cong"])
def test_an_address_of_no_scanner_stops_the_start(tmp_path: Any, url: str) -> None:
    with pytest.raises(EnvironmentFaults, match="CLAMD_URL không đọc được"):
        read_environment(tmp_path, {"CLAMD_URL": url})
    with pytest.raises(EnvironmentFaults, match="MAIL_FROM không đọc được"):
        read_environment(tmp_path, {"MAIL_FROM": "Sở Nội vụ"})
    assert read_environment(tmp_path, {"CLAMD_URL": "unix:///run/clamav/clamd.ctl"}).clamd_url


@pytest.mark.parametrize("fault", ["error", "hang-up", "damaged"])
def test_a_file_without_a_verdict_does_not_hold_up_the_others_and_is_tried_again_later(
    year: Year, away: None, settings: Any, monkeypatch: pytest.MonkeyPatch, fault: str
) -> None:
    large = samples.image() + b"LARGE"
    first = year.add(large, "lon.png").files.get()
    second = year.add(samples.image(size=(41, 30)), "nho.png").files.get()
    out = StringIO()
    with scanner() as server:
        back(settings, server)
        if fault == "error":
            server.says_of[b"LARGE"] = b"INSTREAM size limit exceeded. ERROR"
        elif fault == "hang-up":
            server.says_of[b"LARGE"] = b""
        else:
            (Path(settings.STORAGES["evidence"]["OPTIONS"]["location"]) / first.key).write_bytes(b"x" * len(large))
        call_command("scan_evidence", stdout=out)
        cache.delete("clamd-away")
        call_command("scan_evidence", stdout=out)
        assert list(Scan.objects.values_list("sha256", flat=True)) == [second.sha256]
        assert out.getvalue().count("1 tệp máy quét không đọc được, sau một giờ thử lại.") == 1
        if fault == "damaged":
            return
        server.says_of.clear()
        assert scan_waiting() == Scanned()
        now = time.time()
        monkeypatch.setattr(time, "time", lambda: now + TRIED_AGAIN_AFTER + 1)
        cache.delete("clamd-away")
        assert scan_waiting() == Scanned(clean=1)


def test_a_turn_of_one_gets_past_the_file_without_a_verdict(year: Year, away: None, settings: Any) -> None:
    year.add(samples.image() + b"LARGE", "lon.png")
    year.add(samples.image(size=(41, 30)), "nho.png")
    with scanner() as server:
        back(settings, server)
        server.says_of[b"LARGE"] = b"INSTREAM size limit exceeded. ERROR"
        assert [scan_waiting(1), scan_waiting(1), scan_waiting(1)] == [
            Scanned(unread=1), Scanned(clean=1), Scanned(),
        ]  # fmt: skip


def test_the_answer_is_heard_though_the_scanner_did_not_take_the_whole_file(year: Year, settings: Any) -> None:
    with scanner() as server:
        settings.CLAMD_URL = server.url
        server.stops_after = 100_000
        with pytest.raises(clamd.Unread, match="size limit exceeded"):
            clamd.look(BytesIO(bytes(30_000_000)))
        assert clamd.look(BytesIO(b"small")) == ""
