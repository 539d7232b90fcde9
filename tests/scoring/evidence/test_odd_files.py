"""Sixty odd files brought, looked at and read over HTTP: each is taken or refused in a sentence, and nothing breaks."""

from __future__ import annotations

import io
import time
import zlib
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from tests.crashes.granian import in_production
from tests.crashes.server import Browser, free_port
from tests.factories import sign_in
from tests.scoring.evidence import samples
from tests.scoring.evidence.test_check import hostile_files
from tests.scoring.evidence.test_names import NAMES
from tests.scoring.evidence.year import Year, build, stored
from tests.thinning import one_in

pytestmark = pytest.mark.any_database
PDF = samples.pdf()


def text_page(commands: bytes) -> bytes:
    """A PDF whose page is drawn by `commands`."""
    page = samples.PAGE[:-2] + b"/Contents 4 0 R>>"
    return samples.pdf(samples.stream(commands, b"/Filter/FlateDecode")).replace(samples.PAGE, page)


def picture(mode: str, form: str, size: tuple[int, int] = (50, 40), **options: object) -> bytes:
    out = io.BytesIO()
    Image.new(mode, size).save(out, form, **options)
    return out.getvalue()


ODD: dict[str, Callable[[], bytes]] = {
    "no-pages.pdf": lambda: PDF.replace(b"/Kids[3 0 R]/Count 1", b"/Kids[]/Count 0"),
    "lost-pages.pdf": lambda: PDF.replace(b"/Kids[3 0 R]", b"/Kids[8 0 R]"),
    "wrong-count.pdf": lambda: PDF.replace(b"/Count 1", b"/Count -7"),
    "huge-count.pdf": lambda: PDF.replace(b"/Count 1", b"/Count 2147483647"),
    "own-parent.pdf": lambda: PDF.replace(b"/Kids[3 0 R]", b"/Kids[2 0 R]"),
    "no-box.pdf": lambda: PDF.replace(b"/MediaBox[0 0 595 842]", b""),
    "empty-box.pdf": lambda: PDF.replace(b"[0 0 595 842]", b"[0 0 0 0]"),
    "turned-box.pdf": lambda: PDF.replace(b"[0 0 595 842]", b"[595 842 0 0]"),
    "endless-box.pdf": lambda: PDF.replace(b"[0 0 595 842]", b"[0 0 1e30 1e30]"),
    "hair.pdf": lambda: PDF.replace(b"[0 0 595 842]", b"[0 0 0.01 14400]"),
    "ribbon.pdf": lambda: PDF.replace(b"[0 0 595 842]", b"[0 0 14400 1]"),
    "words-in-place-of-numbers.pdf": lambda: PDF.replace(b"[0 0 595 842]", b"[/a /b /c /d]"),
    "no-table.pdf": lambda: PDF.replace(b"xref", b"xxxx"),
    "wrong-start.pdf": lambda: PDF[: PDF.rindex(b"startxref")] + b"startxref\n99999999\n%%EOF\n",
    "two-ends.pdf": lambda: PDF + b"\n%%EOF\n%%EOF\n",
    "null-bytes.pdf": lambda: PDF[:-6] + b"\x00" * 900 + b"%%EOF",
    "unbalanced.pdf": lambda: text_page(b"q " * 50_000 + b"Q Q Q BT (" + b"(" * 5_000),
    "nonsense.pdf": lambda: text_page(bytes(range(256)) * 400),
    "not-deflated.pdf": lambda: text_page(b"x").replace(zlib.compress(b"x"), b"\xff" * len(zlib.compress(b"x"))),
    "black.png": lambda: picture("1", "PNG"),
    "palette.png": lambda: picture("P", "PNG", transparency=0),
    "sixteen.png": lambda: picture("I;16", "PNG"),
    "one-point.png": lambda: picture("RGB", "PNG", (1, 1)),
    "thread.png": lambda: picture("L", "PNG", (1, 20_000)),
    "ribbon.png": lambda: picture("L", "PNG", (20_000, 1)),
    "huge.png": lambda: samples.png_of_size(60_000, 60_000),
    "short.png": lambda: samples.png_of_size(3_000, 3_000),
    "none.png": lambda: samples.png_of_size(0, 7),
    "cmyk.jpg": lambda: picture("CMYK", "JPEG"),
    "grey.jpeg": lambda: picture("L", "JPEG"),
    "steps.jpg": lambda: picture("RGB", "JPEG", (900, 900), progressive=True),
    "cut.jpg": lambda: picture("RGB", "JPEG", (900, 900))[:700],
    "upside.jpg": lambda: picture("RGB", "JPEG", exif=_exif(3)),
    "no-such-turn.jpg": lambda: picture("RGB", "JPEG", exif=_exif(77)),
    "picture.pdf": lambda: picture("RGB", "JPEG"),
    "paper.png": lambda: PDF,
    "empty.pdf": lambda: b"",
    "five.pdf": lambda: b"%PDF-",
    "word.docx": samples.document,
    "word.xlsx": samples.document,
    "book.xlsx": samples.workbook,
    "bare.docx": lambda: b"PK\x03\x04",
    "noise.docx": lambda: b"PK\x03\x04" + bytes(range(256)) * 50,
    "old.doc": lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600,
    "page.html": lambda: b"<script>alert(1)</script>",
    "drawing.svg": lambda: b"<svg onload='alert(1)'/>",
}


def _exif(turn: int) -> Image.Exif:
    exif = Image.Exif()
    exif[0x0112] = turn
    return exif


def odd_files() -> list[tuple[str, bytes]]:
    """Odd in form, odd in name, and made to cost time or memory (all of these in the soak)."""
    odd = [(name, make()) for name, make in ODD.items()]
    return odd + [(name, PDF) for name in NAMES if name.isprintable()] + list(one_in(4, hostile_files().items()))


@pytest.mark.abuse
def test_none_of_them_breaks_the_portal_or_costs_it_much(transactional_db: None, tmp_path: Path) -> None:
    """Over HTTP, by the server of deploy/: each request at most two seconds of processor time, the workers at most
    100 MB more than before the first of them (T36, T38, T39)."""
    year, port = build(), free_port()
    browser = Browser(year.staff, port)
    answers: dict[str, list[int]] = {}
    costs: dict[str, float] = {}
    with in_production(port, tmp_path) as portal:

        def asked(name: str, ask: Callable[[], tuple[int, Any]]) -> Any:
            begun = portal.processor_seconds
            status, told = ask()
            costs[name] = max(costs.get(name, 0), portal.processor_seconds - begun)
            answers.setdefault(name, []).append(status)
            return told

        def bring(place: int, name: str, data: bytes) -> Any:
            form = {"key": f"{place:032d}", "criterion": "1.1"}
            return asked(
                name, lambda: browser.post(year.url("evidence_upload"), form, (name.replace('"', "%22"), data))
            )

        for place in range(8):  # each worker has loaded what it needs
            bring(10_000 + place, "warm.pdf", PDF)
        files, before = odd_files(), portal.largest
        assert len(files) >= 60
        for place, (name, data) in enumerate(files):
            told = bring(place, name, data)
            if answers[name] != [201]:
                assert told["text"], name
                continue
            pk, looks = told["pk"], [year.url("evidence_file", told["pk"], 1)]
            if name not in NAMES:  # those are one and the same file
                looks += [year.url("evidence_view", pk, 1), year.url("evidence_page", pk, 1, 1)]
                looks += [year.url("evidence_proposal", pk)]
            for url in looks:
                asked(name, partial(browser.get, url))
        grown = portal.largest - before
    assert {name: got for name, got in answers.items() if not set(got) <= {200, 201, 404, 413, 422}} == {}
    assert sum(got[0] == 201 for got in answers.values()) > 40, "most of them are taken, and looked at"
    assert {name: cost for name, cost in costs.items() if cost > 2} == {}
    assert grown <= 100 * 1024 * 1024


def sparse_workbook() -> bytes:
    """A whole sheet of 17 thousand million cells by what it says, one cell at its very end, XFD1048576."""
    book, out = openpyxl.Workbook(), io.BytesIO()
    book.active["A1"] = "Số hồ sơ"
    book.active["XFD1048576"] = 1
    book.save(out)
    return out.getvalue()


def test_a_sparse_workbook_is_answered_within_two_seconds(year: Year) -> None:
    browser = sign_in(year.staff)
    browser.raise_request_exception = False
    data = sparse_workbook()
    begun = time.process_time()
    sent = browser.post(
        year.url("evidence_upload"),
        {"key": "t38".zfill(32), "criterion": "1.1", "file": SimpleUploadedFile("bang.xlsx", data)},
        headers={"Accept": "application/json"},
    )
    assert sent.status_code == 201
    pk = sent.json()["pk"]
    shown = [browser.get(year.url(name, pk, *rest)) for name, rest in (("evidence_view", (1,)), ("evidence", ()))]
    assert time.process_time() - begun <= 2
    assert [answer.status_code for answer in shown if answer.status_code >= 500] == []
    assert stored() == 1
