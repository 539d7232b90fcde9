"""What a document says of its makers (where a photo was taken, who wrote, who changed what) is never public, and leaves
the portal with no copy but the document itself (case T46)."""

from __future__ import annotations

import hashlib
import io
from typing import Any

import docx
import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image, PngImagePlugin

from reports.services.freezing import draft
from reports.services.transitions import perform
from scoring.enums import Phase
from scoring.models import EvidenceFile
from scoring.services.calculation import calculate
from scoring.services.evidence import Details, add_evidence
from tests.abuse.browsing import body_of
from tests.reports.publishing import DECISION, public_bytes, release
from tests.reports.unpacking import unpacked
from tests.scoring.dossier.pages import url
from tests.scoring.evidence import samples
from tests.year import Year, advance, build_year

pytestmark = [pytest.mark.abuse, pytest.mark.django_db]
MARK = "linhcanh"
AUTHOR, DESCRIPTION, GPS, ITS_LATITUDE, ITS_AREA = 0x013B, 0x010E, 0x8825, 2, 28


def photo() -> bytes:
    exif = Image.Exif()
    exif[AUTHOR], exif[DESCRIPTION] = f"{MARK}-nguoi-chup", f"{MARK}-nha-rieng"
    exif.get_ifd(GPS).update({1: "N", ITS_LATITUDE: (15.0, 7.0, 12.0), ITS_AREA: f"{MARK}-toa-do".encode()})
    return samples.image("JPEG", (400, 300), exif=exif)


def picture() -> bytes:
    texts = PngImagePlugin.PngInfo()
    texts.add_text("Author", f"{MARK}-nguoi-ve")
    texts.add_itxt("XML:com.adobe.xmp", f"<x>{MARK}-xmp</x>")
    return samples.image("PNG", pnginfo=texts)


def paper() -> bytes:
    told = f"<</Author({MARK}-nguoi-soan)/Creator({MARK}-may-tram)>>".encode()
    return samples.pdf(told, trailer=b"/Info 4 0 R")


def letter() -> bytes:
    """With its author, a remark in the properties, and a change that is tracked by the name of who made it."""
    out, document = io.BytesIO(), docx.Document()
    document.core_properties.author = document.core_properties.last_modified_by = f"{MARK}-nguoi-viet"
    document.core_properties.comments = f"{MARK}-ghi-chu"
    document.add_paragraph("DỮ LIỆU MINH HỌA").add_run("đã sửa")
    document.save(out)
    run = "<w:r><w:t>đã sửa</w:t></w:r>".encode()
    tracked = f'<w:ins w:id="1" w:author="{MARK}-nguoi-sua" w:date="2026-01-05T08:00:00Z">'.encode() + run + b"</w:ins>"
    return samples.repacked(out.getvalue(), {}, {"word/document.xml": (run, tracked)})


def workbook() -> bytes:
    out, book = io.BytesIO(), openpyxl.Workbook()
    book.properties.creator = book.properties.lastModifiedBy = f"{MARK}-nguoi-lap"
    book.save(out)
    return out.getvalue()


FILES = {"anh.jpg": photo, "hinh.png": picture, "van-ban.pdf": paper, "bao-cao.docx": letter, "bang.xlsx": workbook}


@pytest.fixture
def year() -> Year:
    """A year in self-assessment whose first unit has brought every kind of file for one leaf."""
    year = build_year(Phase.SELF_ASSESSMENT)
    for name, make in FILES.items():
        upload = SimpleUploadedFile(f"{MARK}-{name}", make())
        details = Details(number=f"{MARK}-so", issuer=f"{MARK}-noi", abstract=f"{MARK}-trich-yeu")
        add_evidence(year.a, [upload], details, by=year["a1"], criterion=year.leaves["1.1"])
    return year


def looks(file: EvidenceFile) -> list[tuple[str, list[Any]]]:
    return [
        ("evidence", [file.evidence_id]),
        ("evidence_file", [file.evidence_id, file.number]),
        ("evidence_view", [file.evidence_id, file.number]),
        ("evidence_page", [file.evidence_id, file.number, 1]),
        ("evidence_proposal", [file.evidence_id]),
    ]


def test_the_deepest_publication_holds_nothing_of_any_document_and_opens_none(year: Year) -> None:
    advance(year, Phase.FINALISED)
    publication = draft(year.campaign, calculate(year.campaign, year["c"]), "derivations", year["c"])
    publication = perform(publication, "send", year["c"])
    publication = perform(publication, "record_decision", year["c"], **DECISION)
    publication = perform(publication, "approve", year["l"], digest=publication.digest, paper_matches=True)
    release(perform(publication, "release", year["c"]))
    files = list(EvidenceFile.objects.all())
    assert len(files) == len(FILES)
    read = {path: unpacked(path, body) for path, (status, body) in public_bytes().items() if status == 200}
    assert any(path.endswith("du-lieu-tinh-lai.json") for path in read)
    secrets = [MARK, *(told for file in files for told in (file.sha256, file.key, file.key.rpartition("/")[2]))]
    assert [path for path, text in read.items() if any(secret in text.lower() for secret in secrets)] == []
    for file in files:
        for name, rest in looks(file):
            answer = Client().get(url(year, name, *rest))
            assert (answer.status_code, MARK in answer.content.decode()) == (302, False), (name, file.name)


def test_a_page_as_a_picture_carries_pixels_alone(year: Year) -> None:
    browser = year.browser("a1")
    for file in EvidenceFile.objects.filter(kind__in=("pdf", "jpg", "png")):
        answer = browser.get(url(year, "evidence_page", file.evidence_id, file.number, 1))
        shown = body_of(answer)
        assert answer.status_code == 200, file.name
        with Image.open(io.BytesIO(shown)) as picture:
            picture.load()
            assert (dict(picture.getexif()), set(picture.info) - {"dpi", "transparency"}) == ({}, set()), file.name
        assert MARK.encode() not in shown


def test_the_document_itself_goes_to_whom_it_concerns_byte_for_byte(year: Year) -> None:
    """Evidence is what was brought: a copy without its metadata would be another document with another digest."""
    for file in EvidenceFile.objects.all():
        answer = year.browser("aH").get(url(year, "evidence_file", file.evidence_id, file.number))
        assert hashlib.sha256(body_of(answer)).hexdigest() == file.sha256
