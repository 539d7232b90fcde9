"""Stored files looked at as pictures: what is shown, what never is, and what a hostile file costs."""

from __future__ import annotations

import fcntl
import hashlib
import io
import time
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from PIL import Image

from scoring.files import evidence_pages
from scoring.files.evidence_pages import SECONDS, Busy, NotShown, Stored, look, picture
from scoring.models import EvidenceFile
from scoring.services.evidence import Details
from scoring.services.evidence_sweep import sweep
from tests.factories import sign_in
from tests.scoring.evidence import samples
from tests.scoring.evidence.year import Year

DEMO = Path("fixtures/demo/year/evidence")
WITHIN = SECONDS + evidence_pages.PATIENCE + 2  # and the start of a process on a busy machine


def stored(data: bytes, kind: str = "pdf") -> Stored:
    return Stored(hashlib.sha256(data).hexdigest(), kind, lambda: io.BytesIO(data))


def opened(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data), formats=["PNG"])


def many_pages(count: int) -> bytes:
    """A real PDF of `count` empty pages that share one object."""
    kids = b"3 0 R " * count
    return samples.pdf().replace(b"/Kids[3 0 R]/Count 1", b"/Kids[%b]/Count %d" % (kids, count))


def drawing(commands: bytes, box: bytes = b"[0 0 595 842]") -> bytes:
    """A PDF whose page is drawn by `commands`."""
    page = b"<</Type/Page/Parent 2 0 R/MediaBox%b/Contents 4 0 R>>" % box
    return samples.pdf(samples.stream(commands, b"/Filter/FlateDecode")).replace(samples.PAGE, page)


def shown_or_told(act: Callable[[], Any]) -> tuple[Any, str]:
    """What comes of it, or the sentence of the refusal."""
    try:
        return act(), ""
    except NotShown as fault:
        return None, str(fault)


LOCKED = (
    b"<</Filter/Standard/V 1/R 2/O<%b>/U<%b>/P -4>>" % (b"41" * 32, b"42" * 32),
    b"/Encrypt 4 0 R/ID[<00><00>]",
)
IMAGE_BOMB = (
    b"<</Type/XObject/Subtype/Image/Width 60000/Height 60000/ColorSpace/DeviceRGB/BitsPerComponent 8/Filter/FlateDecode"
)


def image_bomb() -> bytes:
    """A picture of 3,600 million points inside a small PDF."""
    body = zlib.compress(b"\x00" * 20_000_000, 9)
    inner = IMAGE_BOMB + b"/Length %d>>\nstream\n%b\nendstream" % (len(body), body)
    made = drawing(b"600 0 0 800 0 0 cm /Im Do")
    return made.replace(b"/Contents 4 0 R", b"/Contents 4 0 R/Resources<</XObject<</Im 5 0 R>>>>").replace(
        b"xref\n", b"5 0 obj\n" + inner + b"\nendobj\nxref\n", 1
    )


HOSTILE = {
    "broken": lambda: (samples.pdf()[:40] + b"\x00" * 500 + b"%%EOF", "pdf"),
    "cut off": lambda: ((DEMO / "sxd-bao-cao-quy-1.pdf").read_bytes()[:9000], "pdf"),
    "locked": lambda: (samples.pdf(LOCKED[0], trailer=LOCKED[1]), "pdf"),
    "picture of 60,000 squared": lambda: (samples.png_of_size(60_000, 60_000), "png"),
    "picture bomb in a PDF": lambda: (image_bomb(), "pdf"),
    "endless drawing": lambda: (drawing(b"0 0 595 842 re f " * 3_000_000), "pdf"),
    "stream bomb": lambda: (drawing(b" " * 400_000_000), "pdf"),
    "page of a hair": lambda: (drawing(b"", b"[0 0 0.001 14000]"), "pdf"),
    "pages that are their own parents": lambda: (
        samples.pdf().replace(b"/Kids[3 0 R]/Count 1", b"/Kids[2 0 R]/Count 9"),
        "pdf",
    ),
    "cut picture": lambda: (samples.image("JPEG", (2000, 2000))[:3000], "jpg"),
}


@pytest.mark.any_database
@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_shown_or_told_in_a_sentence_within_the_limits(name: str) -> None:
    data, kind = HOSTILE[name]()
    begun = time.monotonic()
    shown, sentence = shown_or_told(lambda: picture(stored(data, kind), 1))
    assert shown is None or max(opened(shown).size) <= 4000
    assert shown or sentence.endswith(("Tải tệp về để mở bằng phần mềm trên máy.", "Tệp không có trang này."))
    assert time.monotonic() - begun < WITHIN
    begun = time.monotonic()
    looked, _ = shown_or_told(lambda: look(stored(data, kind)))
    assert looked is None or len(looked.text) <= 8000
    assert time.monotonic() - begun < WITHIN


@pytest.mark.any_database
def test_what_is_locked_or_huge_says_so() -> None:
    for name, word in {"locked": "mật khẩu", "picture of 60,000 squared": "quá lớn"}.items():
        data, kind = HOSTILE[name]()
        with pytest.raises(NotShown, match=word):
            picture(stored(data, kind), 1)


@pytest.mark.any_database
def test_of_ten_thousand_pages_two_hundred_are_shown() -> None:
    file = stored(many_pages(10_000))
    begun = time.monotonic()
    looked = look(file)
    assert (looked.pages, looked.shown) == (10_000, 200)
    assert opened(picture(file, 200)).width <= 1400
    with pytest.raises(NotShown, match="không có trang này"):
        picture(file, 201)
    assert time.monotonic() - begun < 2 * WITHIN


@pytest.mark.any_database
class TestPictures:
    def test_a_page_is_at_most_1400_points_wide_and_reads_like_the_paper(self) -> None:
        file = stored((DEMO / "sxd-bao-cao-quy-1.pdf").read_bytes())
        sheet = opened(picture(file, 1))
        assert 1390 <= sheet.width <= 1400
        assert sheet.convert("L").getextrema()[0] < 80, "there is ink on it"

    def test_a_photograph_is_turned_shrunk_and_tells_nothing_of_where_it_was_taken(self) -> None:
        exif = Image.Exif()
        exif[0x0112], exif[0x010E] = 6, "nha rieng 15.12N 108.79E"
        photo = samples.image("JPEG", (3000, 1500), exif=exif)
        made = picture(stored(photo, "jpg"), 1)
        shown = opened(made)
        assert shown.size == (1400, 2800)
        assert not shown.getexif()
        assert shown.info.keys() <= {"dpi"}
        assert b"nha rieng" in photo
        assert b"nha rieng" not in made

    @pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"])
    def test_every_kind_of_picture_comes_out_plain(self, mode: str) -> None:
        out = io.BytesIO()
        Image.new(mode, (30, 20)).save(out, "PNG")
        assert opened(picture(stored(out.getvalue(), "png"), 1)).mode in ("L", "RGB")

    def test_words_and_sheets_are_not_shown_and_say_so(self) -> None:
        for kind in ("docx", "xlsx"):
            with pytest.raises(NotShown, match="Tải tệp"):
                look(stored(b"PK", kind))


@pytest.mark.any_database
class TestTheCache:
    def test_a_page_is_made_once_and_kept_in_the_private_folder(self, settings: Any) -> None:
        data = samples.pdf()
        first = picture(stored(data), 1)
        away = Stored(stored(data).sha256, "pdf", lambda: pytest.fail("the bytes are not asked for again"))
        assert picture(away, 1) == first
        folder = Path(settings.PREVIEW_ROOT)
        (kept,) = folder.rglob("*.png")
        assert (folder.stat().st_mode & 0o777, kept.stat().st_mode & 0o777) == (0o700, 0o600)

    def test_while_two_are_made_a_third_is_told_to_wait(self, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(evidence_pages, "PATIENCE", 0.1)
        root = Path(settings.PREVIEW_ROOT)
        root.mkdir()
        locks = [(root / f"place-{number}").open("w") for number in range(2)]
        for lock in locks:
            fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(Busy, match="đang bận"):
            picture(stored(samples.pdf()), 1)
        locks[0].close()
        assert picture(stored(samples.pdf()), 1)
        locks[1].close()


class TestPages:
    @pytest.fixture
    def browser(self, year: Year) -> Client:
        return sign_in(year.staff)

    def test_the_page_shows_leads_on_and_offers_the_download(self, year: Year, browser: Client) -> None:
        made = year.add((DEMO / "sxd-ke-hoach-cchc-2026.pdf").read_bytes())
        first = browser.get(year.url("evidence_view", made.pk, 1)).content.decode()
        assert year.url("evidence_page", made.pk, 1, 1) in first
        assert "trang 1/2" in first
        assert 'href="?trang=2"' in first
        assert year.url("evidence_file", made.pk, 1) in first
        for wanted, page in {"2": 2, "99": 2, "0": 1, "-1": 1, "x": 1, "٢": 1}.items():
            text = browser.get(year.url("evidence_view", made.pk, 1), {"trang": wanted}).content.decode()
            assert f"trang {page}/2" in text, wanted

    def test_the_picture_comes_with_strict_headers(self, year: Year, browser: Client) -> None:
        made = year.add()
        sent = browser.get(year.url("evidence_page", made.pk, 1, 1))
        assert (sent.status_code, sent["Content-Type"]) == (200, "image/png")
        assert sent["X-Content-Type-Options"] == "nosniff"
        assert sent["Content-Security-Policy"].startswith("sandbox; default-src 'none'")
        assert sent["Cache-Control"] == "private, no-store"
        assert sent["Cross-Origin-Resource-Policy"] == "same-origin"
        for number, page in ((1, 2), (1, 201), (2, 1)):
            assert browser.get(year.url("evidence_page", made.pk, number, page)).status_code == 404

    def test_what_cannot_be_shown_says_so_and_offers_the_download(self, year: Year, browser: Client) -> None:
        made = year.add(samples.document(), "bao-cao.docx")
        page = browser.get(year.url("evidence_view", made.pk, 1))
        assert page.status_code == 200
        assert "Cổng xem trước được tệp PDF và ảnh." in page.content.decode()
        assert year.url("evidence_file", made.pk, 1) in page.content.decode()
        sent = browser.get(year.url("evidence_page", made.pk, 1, 1))
        assert (sent.status_code, sent["Content-Type"]) == (422, "text/plain; charset=utf-8")

    def test_damaged_bytes_are_never_shown(self, year: Year, browser: Client, settings: Any) -> None:
        made = year.add()
        key = EvidenceFile.objects.get().key
        (Path(settings.STORAGES["evidence"]["OPTIONS"]["location"]) / key).write_bytes(samples.pdf(b"<</A 1>>"))
        for url in (year.url("evidence_view", made.pk, 1), year.url("evidence_page", made.pk, 1, 1)):
            sent = browser.get(url)
            assert sent.status_code == 503
            assert "không khớp mã băm" in sent.content.decode()

    def test_the_sweep_forgets_pages_of_files_that_are_gone(self, year: Year, settings: Any) -> None:
        made = year.add()
        sign_in(year.staff).get(year.url("evidence_view", made.pk, 1))
        other = stored(samples.image(), "png")
        picture(other, 1)
        sweep()
        assert {path.name for path in Path(settings.PREVIEW_ROOT).iterdir() if path.is_dir()} == {
            made.files.get().sha256
        }


class TestProposals:
    @pytest.fixture
    def browser(self, year: Year) -> Client:
        return sign_in(year.staff)

    def ask(self, browser: Client, year: Year, pk: int) -> dict[str, Any]:
        return browser.get(year.url("evidence_proposal", pk), headers={"Accept": "application/json"}).json()

    def test_the_head_of_the_letter_is_proposed_and_nothing_is_stored(self, year: Year, browser: Client) -> None:
        made = year.add((DEMO / "sxd-bao-cao-quy-1.pdf").read_bytes(), details=Details())
        told = self.ask(browser, year, made.pk)
        assert told["fields"] == {
            "number": "88/BC-SXD",
            "issued_on": "12/03/2026",
            "issuer": "Sở Xây dựng",
            "abstract": "Báo cáo công tác cải cách hành chính quý I năm 2026",
        }
        assert told["text"] == "Đề xuất từ tệp, xem lại rồi lưu."
        made.refresh_from_db()
        assert (made.number, made.issued_on, made.version) == ("", None, 1)
        page = browser.get(year.url("evidence_proposal", made.pk)).content.decode()
        assert 'value="88/BC-SXD"' in page
        assert "Đề xuất từ tệp, xem lại rồi lưu." in page

    def test_what_a_person_gave_is_never_proposed_over(self, year: Year, browser: Client) -> None:
        made = year.add((DEMO / "sxd-bao-cao-quy-1.pdf").read_bytes())
        assert self.ask(browser, year, made.pk)["fields"] == {}

    def test_a_scan_says_that_there_is_nothing_to_read(self, year: Year, browser: Client) -> None:
        for data, name in ((samples.pdf(), "quet.pdf"), (samples.image(), "anh.png")):
            told = self.ask(browser, year, year.add(data, name, details=Details()).pk)
            assert told["fields"] == {}
            assert "không có lớp chữ" in told["text"]
