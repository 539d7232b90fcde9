"""What is taken as evidence and what is refused, by content (cases T34, T36, T37, T39, T40, T44)."""

from __future__ import annotations

import hashlib
import io
import os
import struct
import subprocess
import sys
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from scoring.enums import EvidenceKind
from scoring.files.evidence_check import LARGEST, check
from scoring.files.evidence_refusal import EvidenceRefused
from tests.scoring.evidence import samples

WORD_TYPES = "[Content_Types].xml"
OFFICE = b"application/vnd.openxmlformats-officedocument."
WORD_MAIN = OFFICE + b"wordprocessingml.document.main+xml"
MACRO_MAIN = b"application/vnd.ms-word.document.macroEnabled.main+xml"
SHEET_TYPE = OFFICE + b"spreadsheetml.worksheet+xml"
MACRO_SHEET = b"application/vnd.ms-excel.macrosheet+xml"
PROJECT = b'<Default Extension="bin" ContentType="application/vnd.ms-office.vbaProject"/><Default'
NOTHING: Mapping[str, Any] = {}
RELS = "word/_rels/document.xml.rels"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
HTML = b"<html><script>alert(1)</script></html>"
REPRINT = "Mở tệp, in lại ra .pdf (Microsoft Print to PDF) rồi tải lên."


def refusal(data: bytes, name: str) -> EvidenceRefused:
    with pytest.raises(EvidenceRefused) as refused:
        check(SimpleUploadedFile("x", data), name)
    return refused.value


def word(add: Mapping[str, bytes] = NOTHING, replace: Mapping[str, tuple[bytes, bytes]] = NOTHING) -> bytes:
    return samples.repacked(samples.document(), add, replace)


def sheet(add: Mapping[str, bytes] = NOTHING, replace: Mapping[str, tuple[bytes, bytes]] = NOTHING) -> bytes:
    return samples.repacked(samples.workbook(), add, replace)


def typed(before: bytes, after: bytes) -> dict[str, tuple[bytes, bytes]]:
    """One content type written in the place of another."""
    return {WORD_TYPES: (before, after)}


def external(kind: str, target: str) -> dict[str, tuple[bytes, bytes]]:
    """A relationship of the document to something outside, to be put into its list."""
    url = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    row = f'<Relationship Id="rIdX" Type="{url}/{kind}" Target="{target}" TargetMode="External"/>'
    return {RELS: (b"</Relationships>", row.encode() + b"</Relationships>")}


@pytest.mark.parametrize(
    ("name", "data", "kind"),
    [
        ("bao-cao.pdf", samples.pdf(), EvidenceKind.PDF),
        ("BAO CAO.PDF", samples.pdf(samples.object_stream(b"<</S/URI/URI(https://a.vn)>>")), EvidenceKind.PDF),
        ("bao-cao.docx", samples.document(), EvidenceKind.DOCX),
        ("thong-ke.xlsx", samples.workbook(), EvidenceKind.XLSX),
        ("anh.png", samples.image(), EvidenceKind.PNG),
        ("anh.jpg", samples.image("JPEG"), EvidenceKind.JPG),
        ("anh.jpeg", samples.image("JPEG", (900, 700), progressive=True), EvidenceKind.JPG),
        ("duoi.jpg", samples.image("JPEG") + b"ghi them cua may anh", EvidenceKind.JPG),
    ],
)
def test_the_five_kinds_are_taken_and_known_by_size_and_digest(name: str, data: bytes, kind: EvidenceKind) -> None:
    upload = SimpleUploadedFile("x", data)
    found = check(upload, name)
    assert (found.kind, found.size, found.sha256) == (kind, len(data), hashlib.sha256(data).hexdigest())
    assert upload.read() == data, "the upload is left at its beginning"


@pytest.mark.parametrize(
    ("name", "data", "why"),
    [
        ("a.svg", b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "cổng chỉ nhận PDF"),
        ("a.html", HTML, "cổng chỉ nhận PDF"),
        ("a.xhtml", HTML, "cổng chỉ nhận PDF"),
        ("a.xml", b"<?xml-stylesheet href='x.xsl'?><a/>", "cổng chỉ nhận PDF"),
        ("a.mht", b"MIME-Version: 1.0", "cổng chỉ nhận PDF"),
        ("a.txt", HTML, "cổng chỉ nhận PDF"),
        ("a.exe", b"MZ", "cổng chỉ nhận PDF"),
        ("khong-duoi", samples.pdf(), "cổng chỉ nhận PDF"),
        ("a.pdf.html", samples.pdf(), "cổng chỉ nhận PDF"),
        ("a.docm", samples.document(), "có chứa macro. Lưu lại dạng .docx hoặc .pdf"),
        ("a.xlsm", samples.workbook(), "có chứa macro. Lưu lại dạng .xlsx hoặc .pdf"),
        ("a.doc", OLE, "ở dạng .doc cũ. Mở tệp, lưu lại dạng .docx"),
        ("a.xls", OLE, "ở dạng .xls cũ. Mở tệp, lưu lại dạng .xlsx"),
        ("a.zip", samples.zipped({"a.pdf": b""}), "là tệp nén. Giải nén"),
    ],
)
def test_other_kinds_are_refused_by_name_with_the_way_on(name: str, data: bytes, why: str) -> None:
    sentence = refusal(data, name).sentence
    assert sentence.startswith(f"Không nhận tệp “{name}” vì {why}")
    assert sentence.endswith(".")


@pytest.mark.parametrize(
    ("name", "data", "why"),
    [
        ("a.pdf", HTML, "đuôi .pdf nhưng nội dung không phải loại tệp đó"),
        ("a.pdf", b"\n" + samples.pdf(), "đuôi .pdf nhưng nội dung không phải loại tệp đó"),
        ("a.pdf", samples.image(), "đuôi .pdf nhưng nội dung là ảnh PNG"),
        ("a.png", samples.image("JPEG"), "đuôi .png nhưng nội dung là ảnh JPG"),
        ("a.jpg", b"<svg/>", "đuôi .jpg nhưng nội dung không phải loại tệp đó"),
        ("a.docx", samples.workbook(), "đuôi .docx nhưng nội dung là tệp .xlsx"),
        ("a.xlsx", samples.document(), "đuôi .xlsx nhưng nội dung là tệp .docx"),
        ("a.docx", samples.zipped({"word/document.xml": b"<w/>"}), "không phải tệp Word (.docx)"),
        ("a.docx", samples.zipped({WORD_TYPES: b"<Types/>", "word/document.xml": b"<w/>"}), "không phải tệp Word"),
        ("a.docx", OLE + b"\0" * 600, "tệp đặt mật khẩu hoặc ở dạng cũ. Mở tệp, bỏ mật khẩu, lưu lại dạng .docx"),
        ("a.xlsx", OLE + b"\0" * 600, "tệp đặt mật khẩu hoặc ở dạng cũ. Mở tệp, bỏ mật khẩu, lưu lại dạng .xlsx"),
        ("a.pdf", b"", "tệp rỗng (0 byte)"),
    ],
)
def test_content_must_be_what_the_name_says(name: str, data: bytes, why: str) -> None:
    assert why in refusal(data, name).sentence


def test_twenty_megabytes_are_taken_and_one_byte_more_is_not() -> None:
    small = samples.pdf()
    largest = small[:9] + b"%" * (LARGEST - len(small)) + small[9:]
    assert check(SimpleUploadedFile("x", largest), "a.pdf").size == LARGEST
    refused = refusal(largest[:9] + b"%" + largest[9:], "a.pdf")
    assert refused.is_too_large
    assert "lớn hơn 20 MB. Quét lại ở độ phân giải thấp hơn" in refused.sentence


ACTIVE_PDFS = {
    "script": samples.pdf(b"<</S/JavaScript/JS(app.alert(1))>>"),
    "script when opened": samples.pdf(catalog=b"/OpenAction<</S /JavaScript /JS 5 0 R>>"),
    "name written with codes": samples.pdf(b"<</S/J#61v#61Scrip#74/JS(1)>>"),
    "every letter a code": samples.pdf(b"<</S/" + b"".join(b"#%02X" % byte for byte in b"JavaScript") + b"/JS(1)>>"),
    "in an object stream": samples.pdf(samples.object_stream(b"<</S/JavaScript/JS(1)>>")),
    "coded in an object stream": samples.pdf(samples.object_stream(b"<</S/#4aavaScript/JS(1)>>")),
    "in an open object stream": samples.pdf(
        samples.stream(b"9 0 <</S/JavaScript>>", b"/Type/ObjStm/N 1/First 4", deflate=False)
    ),
    "the stream's own keys coded": samples.pdf(
        samples.object_stream(b"<</S/JavaScript/JS(1)>>").replace(b"/Type/ObjStm/N 1/First", b"/Type 7 0 R/N 1/Fir#73t")
    ),
    "script of a film": samples.pdf(b"<</S/Rendition/JS(1)>>"),
}


@pytest.mark.parametrize("case", ACTIVE_PDFS)
def test_a_pdf_with_a_script_is_refused_wherever_the_script_stands(case: str) -> None:
    assert refusal(ACTIVE_PDFS[case], "a.pdf").sentence == (
        f"Không nhận tệp “a.pdf” vì có chứa mã lệnh JavaScript. {REPRINT}"
    )


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (samples.pdf(b"<</S/Launch/F(cmd.exe)>>"), "có lệnh mở chương trình khác"),
        (samples.pdf(samples.stream(b"MZ", b"/Type/EmbeddedFile")), "có tệp khác đính kèm bên trong"),
        (samples.pdf(b"<</Type/Filespec/EF<</F 5 0 R>>>>"), "có tệp khác đính kèm bên trong"),
        (samples.pdf(b"<</Type/Filespec/EF 5 0 R>>"), "có tệp khác đính kèm bên trong"),
        (samples.pdf(b"<</Subtype/FileAttachment>>"), "có tệp khác đính kèm bên trong"),
        (samples.pdf(b"<</S/GoToE>>"), "có tệp khác đính kèm bên trong"),
        (samples.pdf(b"<</S/SubmitForm/F(http://a)>>"), "có biểu mẫu tự gửi"),
        (samples.pdf(catalog=b"/AcroForm<</XFA[(a)5 0 R]>>"), "có biểu mẫu tự gửi"),
        (samples.pdf(b"<</Subtype/RichMedia>>"), "có chứa âm thanh, phim"),
        (samples.pdf(trailer=b"/Encrypt 5 0 R"), "tệp đặt mật khẩu hoặc khóa quyền. Bỏ mật khẩu"),
        (samples.pdf()[:-200], "không phải là PDF hoặc bị cắt dở"),
        (
            samples.pdf(samples.stream(b"zz>", b"/Type/ObjStm/N 1/First 4/Filter/ASCIIHexDecode", deflate=False)),
            "cấu trúc tệp không đọc được",
        ),
        (
            samples.pdf(samples.object_stream(b"x", b"/Filter/FlateDecode/DecodeParms<</Predictor 12>>")),
            "cấu trúc tệp không đọc được",
        ),
        (
            samples.pdf(samples.stream(b"9 0 <<>>", b"/Type/ObjStm/First 4%>>stream\n/Filter/FlateDecode")),
            "cấu trúc tệp không đọc được",
        ),
    ],
)
def test_a_pdf_that_acts_hides_or_is_locked_is_refused_with_its_reason(data: bytes, why: str) -> None:
    assert why in refusal(data, "a.pdf").sentence


@pytest.mark.parametrize(
    "data",
    [
        samples.pdf(b"<</S/URI/URI(https://dichvucong.gov.vn)>>"),
        samples.pdf(catalog=b"/OpenAction[3 0 R/Fit]"),
        samples.pdf(b"<</JavaScriptless true/LaunchPad 1/EmbeddedFileCount 0>>"),
        samples.pdf(samples.stream(b"BT (HTML/JavaScript ) Tj ET", b"/Filter/FlateDecode")),  # text on a page
        samples.pdf(
            b"<</Type/Outlines/First 5 0 R/Last 5 0 R>>",
            samples.stream(b"\xff\xd8" * 50, b"/Filter/DCTDecode", deflate=False),
        ),
        samples.pdf(b"<</Type/Sig/SubFilter/adbe.pkcs7.detached/Contents<00>>>"),
    ],
)
def test_links_bookmarks_signatures_and_words_on_a_page_are_no_reason(data: bytes) -> None:
    assert check(SimpleUploadedFile("x", data), "a.pdf").kind == EvidenceKind.PDF


ACTIVE_PACKAGES = {
    "macro project": word({"word/vbaProject.bin": OLE}),
    "macro project elsewhere": word({"x/anything.bin": OLE + "_VBA_PROJECT".encode("utf-16-le")}),
    "macro type": word(replace=typed(WORD_MAIN, MACRO_MAIN)),
    "declared project": word(replace=typed(b"<Default", PROJECT)),
    "macro sheet": sheet({"xl/macrosheets/sheet1.xml": b"<x/>"}),
    "macro sheet by type": sheet(replace=typed(SHEET_TYPE, MACRO_SHEET)),
    "workbook with macros inside": word({"word/embeddings/b.xlsx": sheet({"xl/vbaProject.bin": OLE})}),
}


@pytest.mark.parametrize("case", ACTIVE_PACKAGES)
def test_macros_are_refused_in_every_form(case: str) -> None:
    ending = "xlsx" if "sheet" in case else "docx"
    assert f"“a.{ending}” vì có chứa macro. Lưu lại dạng ." in refusal(ACTIVE_PACKAGES[case], f"a.{ending}").sentence


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (word(replace=external("attachedTemplate", "https://ac.example/t.dotm")), "tự lấy nội dung từ máy khác"),
        (word(replace=external("attachedTemplate", "\\\\may\\t.dotm")), "tự lấy nội dung từ máy khác"),
        (word(replace=external("attachedTemplate", "file://may/t.dotm")), "tự lấy nội dung từ máy khác"),
        (word(replace=external("frame", "http://ac.example/")), "tự lấy nội dung từ máy khác"),
        (word(replace=external("oleObject", "mhtml:http://ac.example/x!x")), "tự lấy nội dung từ máy khác"),
        (
            word({"word/embeddings/o.bin": OLE + b"\0" * 70_000 + "Ole10Native".encode("utf-16-le")}),
            "có tệp khác nhúng bên trong",
        ),
        (word({"word/activeX/activeX1.xml": b"<x/>"}), "có chứa nút điều khiển ActiveX"),
        (word({"word/media/a.bin": b"MZ\x90"}), "có chương trình bên trong"),
        (word({"word/media/a.bin": samples.zipped({"a": b"b"})}), "có tệp nén bên trong"),
        (
            word({"word/embeddings/b.docx": word({"word/embeddings/c.docx": samples.document()})}),
            "có tệp nén bên trong",
        ),
        (word(replace=typed(b"<Types", b"<!DOCTYPE x [<!ENTITY a 'b'>]><Types")), "nội dung hỏng"),
        (samples.document()[:-600], "nội dung hỏng"),
    ],
)
def test_a_document_that_reaches_out_or_carries_something_is_refused(data: bytes, why: str) -> None:
    assert why in refusal(data, "a.docx").sentence


@pytest.mark.parametrize(
    "data",
    [
        word(replace=external("hyperlink", "https://quangngai.gov.vn")),
        word(replace=external("attachedTemplate", "file:///C:\\Users\\an\\Normal.dotm")),
        word({"word/embeddings/Microsoft_Excel_Sheet1.xlsx": samples.workbook()}),
        word({"word/embeddings/oleObject1.bin": OLE + "Equation Native".encode("utf-16-le")}),
    ],
)
def test_links_the_own_template_charts_and_formulas_are_no_reason(data: bytes) -> None:
    assert check(SimpleUploadedFile("x", data), "a.docx").kind == EvidenceKind.DOCX


def test_one_damaged_byte_in_a_part_is_found_by_its_check_sum() -> None:
    with zipfile.ZipFile(io.BytesIO(samples.document())) as old:
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as new:
            for entry in old.infolist():
                new.writestr(entry.filename, old.read(entry))
        data = out.getvalue()
    at = data.index(b"<w:body")
    assert check(SimpleUploadedFile("x", data), "a.docx")
    assert "nội dung hỏng" in refusal(data[:at] + b"?" + data[at + 1 :], "a.docx").sentence


def test_a_locked_entry_asks_to_take_the_password_off() -> None:
    data = bytearray(samples.document())
    data[data.index(b"PK\x01\x02") + 8] |= 1
    assert "tệp đặt mật khẩu. Bỏ mật khẩu" in refusal(bytes(data), "a.docx").sentence


@pytest.mark.parametrize(
    ("name", "data", "why"),
    [
        ("a.png", samples.png_of_size(60_000, 60_000), "ảnh quá lớn (60000 × 60000 điểm ảnh)"),
        ("a.png", samples.png_of_size(2_000_000, 3), "ảnh quá lớn"),
        ("a.png", samples.png_of_size(0, 3), "ảnh không có kích thước"),
        ("a.png", samples.image()[:-20], "ảnh hỏng hoặc bị cắt dở"),
        ("a.png", samples.image()[:60] + b"\0" + samples.image()[61:], "ảnh hỏng hoặc bị cắt dở"),
        ("a.png", samples.image()[:20], "ảnh hỏng hoặc bị cắt dở"),
        ("a.jpg", samples.image("JPEG")[:-300], "ảnh hỏng hoặc bị cắt dở"),
        ("a.jpg", samples.image("JPEG")[:-2], "ảnh hỏng hoặc bị cắt dở"),
        ("a.jpg", b"\xff\xd8\xff\xd9", "ảnh hỏng hoặc bị cắt dở"),
        ("a.jpg", b"\xff\xd8\xff\xe0\xff\xff", "ảnh hỏng hoặc bị cắt dở"),
        ("a.jpg", b"\xff\xd8\xff" + HTML, "ảnh hỏng hoặc bị cắt dở"),
    ],
)
def test_pictures_that_are_cut_off_or_of_an_insane_size_are_refused_undecoded(name, data: bytes, why: str) -> None:
    assert why in refusal(data, name).sentence


def _directory_of(entries: int) -> bytes:
    """An archive with a table of contents only, huge."""
    row = b"PK\x01\x02" + b"\0" * 42
    end = b"PK\x05\x06" + struct.pack("<HHHHIIH", 0, 0, entries & 0xFFFF, entries & 0xFFFF, len(row) * entries, 4, 0)
    return b"PK\x03\x04" + row * entries + end


def hostile_files() -> dict[str, bytes]:
    """Name → bytes of files made to cost time or memory; each at most 20 MB."""
    size = LARGEST - 64
    bomb = zlib.compress(b"\0" * (1 << 26), 9)
    repeated = {
        "slashes": b"/", "streams": b"stream\n", "codes": b"#41", "objects": b"1 0 obj<</First 3>>stream\n",
        "ends": b"endstream ", "files": b"/EF 1 ", "spaces": b"/EF" + b" " * 1000, "near-names": b"/JavaScript1",
    }  # fmt: skip
    files = {f"{name}.pdf": b"%PDF-1.7\n" + unit * (size // len(unit)) + b"\n%%EOF" for name, unit in repeated.items()}
    files["bomb.pdf"] = samples.pdf(
        b"<</Type/ObjStm/N 1/First 4/Filter/FlateDecode>>\nstream\n" + bomb + b"\nendstream"
    )
    files["four.pdf"] = samples.pdf(*[samples.object_stream(b" " * 15_000_000)] * 4)
    files["grown.xlsx"] = sheet({"xl/big.xml": b"0" * (1 << 26)})
    files["noise.xlsx"] = sheet({f"xl/{number}.xml": os.urandom(3_000) * 300 for number in range(60)})
    files["entries.docx"] = word({f"word/{number}": b"" for number in range(4_000)})
    files["directory.docx"] = _directory_of(400_000)
    files["relations.docx"] = word({"word/_rels/x.rels": b"<R>" + b"<a b='1'/>" * 180_000 + b"</R>"})
    files["sides.png"] = samples.png_of_size(60_000, 60_000)
    files["fill.jpg"] = b"\xff\xd8" + b"\xff" * size
    files["stuffed.jpg"] = b"\xff\xd8\xff\xda\x00\x02" + b"\xff\x00" * (size // 2)
    files["segments.jpg"] = b"\xff\xd8" + b"\xff\xe0\x00\x02" * (size // 4)
    return files


MEASURE = """
import resource, sys, time
from pathlib import Path
from scoring.files.evidence_check import check
from scoring.files.evidence_refusal import EvidenceRefused

before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
for path in sorted(Path(sys.argv[1]).iterdir()):
    begun = time.process_time()
    with path.open("rb") as file:
        try:
            check(file, path.name)
        except EvidenceRefused:
            pass
    took = time.process_time() - begun
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024
    print(path.name, round(took, 2), grown)
"""


def test_a_hostile_file_costs_at_most_two_seconds_and_a_hundred_megabytes(tmp_path: Path) -> None:
    for name, data in hostile_files().items():
        assert len(data) <= LARGEST, name
        (tmp_path / name).write_bytes(data)
    root = Path(__file__).parents[3]
    done = subprocess.run(
        [sys.executable, "-c", MEASURE, str(tmp_path)], capture_output=True, text=True, check=True, cwd=root
    )
    lines = [line.split() for line in done.stdout.splitlines()]
    assert len(lines) == len(hostile_files())
    assert {name: took for name, took, _ in lines if float(took) > 2} == {}
    assert int(lines[-1][2]) <= 100, lines[-1]
