"""What the head of a letter says, as text layers of many programs give it: a table, and the demo's own letters."""

from __future__ import annotations

import datetime
import hashlib
import io
import json
import unicodedata
from pathlib import Path

import pytest

from scoring.files.evidence_letterhead import Letterhead, read_letterhead
from scoring.files.evidence_pages import Stored, look

pytestmark = pytest.mark.any_database
DEMO = Path("fixtures/demo/year")
MOTTO = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM\nĐộc lập - Tự do - Hạnh phúc\n"
XA = f"UBND XÃ BÌNH SƠN\nSố: 42/BC-UBND\n{MOTTO}Bình Sơn, ngày 05 tháng 01 năm 2027\n"
DAY = datetime.date(2027, 1, 5)

NUMBERS = [
    ("Số: 42/BC-UBND", "42/BC-UBND"),
    ("Số 42/BC-UBND", "42/BC-UBND"),
    ("Số:42 / BC - UBND", "42/BC-UBND"),
    ("Số: 07/KH–UBND", "07/KH-UBND"),
    ("Số: 25/KH-SGDĐT", "25/KH-SGDĐT"),
    ("Số: 1234/UBND-NC", "1234/UBND-NC"),
    ("Số: 15/2026/QĐ-UBND", "15/2026/QĐ-UBND"),
    ("Số: 42a/TB-UBND", "42a/TB-UBND"),
    ("Số: 42/BC-UBND Bình Sơn, ngày 05 tháng 01 năm 2027", "42/BC-UBND"),
    ("SỐ: 12/NQ-HĐND", "12/NQ-HĐND"),
    ("Số:      /BC-UBND", ""),
    ("Số: ……/BC-UBND", ""),
    ("Số:", ""),
    ("Căn cứ Quyết định số 12/QĐ-TTg", ""),
    ("Số liệu năm 2026", ""),
    ("Số: 42", ""),
]
DATES = [
    ("Bình Sơn, ngày 05 tháng 01 năm 2027", DAY),
    ("Bình Sơn, ngày 5 tháng 1 năm 2027", DAY),
    ("BÌNH SƠN, NGÀY 05 THÁNG 01 NĂM 2027", DAY),
    ("Quảng Ngãi,ngày05tháng01năm2027", DAY),
    ("Quảng Ngãi, ngày 05/01/2027", DAY),
    ("Bình Sơn, ngày     tháng 01 năm 2027", None),
    ("Bình Sơn, ngày 31 tháng 02 năm 2027", None),
    ("Bình Sơn, ngày 05 tháng 01 năm 1027", None),
    ("Căn cứ Nghị quyết ngày 05 tháng 01 năm 2027", None),
]
ISSUERS = [
    ("UBND XÃ BÌNH SƠN", "UBND xã Bình Sơn"),
    ("ỦY BAN NHÂN DÂN\nXÃ BÌNH SƠN", "Ủy ban nhân dân xã Bình Sơn"),
    ("UBND TỈNH QUẢNG NGÃI\nSỞ XÂY DỰNG", "Sở Xây dựng"),
    ("UBND TỈNH QUẢNG NGÃI\nSỞ GIÁO DỤC VÀ ĐÀO TẠO", "Sở Giáo dục và Đào tạo"),
    ("UBND TỈNH QUẢNG NGÃI\nSỞ NÔNG NGHIỆP VÀ MÔI\nTRƯỜNG", "Sở Nông nghiệp và Môi trường"),
    ("UBND PHƯỜNG CẨM THÀNH\nPHÒNG VĂN HÓA - XÃ HỘI", "Phòng Văn hóa - Xã hội"),
    ("UBND XÃ BÌNH SƠN CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "UBND xã Bình Sơn"),
    ("", ""),
]
ABSTRACTS = [
    ("BÁO CÁO\nCông tác cải cách hành chính năm 2026\nI. KẾT QUẢ", "Báo cáo công tác cải cách hành chính năm 2026"),
    ("BÁO CÁO\nBáo cáo quý I năm 2026\nSở báo cáo như sau.", "Báo cáo quý I năm 2026"),
    ("KẾ HOẠCH\ncải cách hành chính năm 2026\nThực hiện Kế hoạch của tỉnh", "Kế hoạch cải cách hành chính năm 2026"),
    ("QUYẾT ĐỊNH\nVề việc kiện toàn\ntổ công nghệ số\nCHỦ TỊCH", "Quyết định về việc kiện toàn tổ công nghệ số"),
    ("QUYẾT ĐỊNH:\nĐiều 1. Kiện toàn", ""),
    ("V/v báo cáo kết quả\ncải cách hành chính\nKính gửi: Sở Nội vụ", "Báo cáo kết quả cải cách hành chính"),
    ("I. TÌNH HÌNH", ""),
]


@pytest.mark.parametrize(("line", "number"), NUMBERS)
def test_the_number(line: str, number: str) -> None:
    assert read_letterhead(f"UBND XÃ BÌNH SƠN\n{line}\n{MOTTO}BÁO CÁO\nCông tác năm").number == number


@pytest.mark.parametrize(("line", "date"), DATES)
def test_the_date_beside_the_place(line: str, date: datetime.date | None) -> None:
    assert read_letterhead(f"UBND XÃ BÌNH SƠN\nSố: 42/BC-UBND\n{MOTTO}{line}\nBÁO CÁO\nCông tác năm").issued_on == date


@pytest.mark.parametrize(("lines", "issuer"), ISSUERS)
def test_the_issuer_is_the_lowest_body_above_the_number(lines: str, issuer: str) -> None:
    assert read_letterhead(f"{lines}\nSố: 42/BC-UBND\n{MOTTO}BÁO CÁO\nCông tác năm").issuer == issuer


@pytest.mark.parametrize(("lines", "abstract"), ABSTRACTS)
def test_the_kind_and_its_abstract(lines: str, abstract: str) -> None:
    assert read_letterhead(XA + lines).abstract == abstract


def test_line_ends_and_letters_of_other_programs_change_nothing() -> None:
    whole = XA + "BÁO CÁO\nCông tác cải cách hành chính\nI. KẾT QUẢ"
    want = Letterhead("42/BC-UBND", DAY, "UBND xã Bình Sơn", "Báo cáo công tác cải cách hành chính")
    assert read_letterhead(whole) == want
    assert read_letterhead(whole.replace("\n", "\r\n")) == want
    assert read_letterhead(unicodedata.normalize("NFD", whole)) == want


@pytest.mark.parametrize("text", ["", "\x00" * 8000, "Số: " * 2000, "1/" * 4000, "A" * 8000, "Số: 1/" + "A-" * 3900])
def test_nonsense_proposes_nothing_and_ends_at_once(text: str) -> None:
    found = read_letterhead(text)
    assert (found.issued_on, found.issuer, found.abstract) == (None, "", "")
    assert len(found.number) <= 80


def test_of_the_demos_letters_nine_in_ten_are_read_right() -> None:
    listed = json.loads((DEMO / "documents.json").read_text("utf-8"))["documents"]
    right, asked, wrong = 0, 0, []
    for letter in (item for item in listed if item["file"].endswith(".pdf")):
        data = (DEMO / "evidence" / letter["file"]).read_bytes()
        stored = Stored(hashlib.sha256(data).hexdigest(), "pdf", lambda data=data: io.BytesIO(data))
        found = read_letterhead(look(stored).text)
        for name in ("number", "issued_on", "issuer", "abstract"):
            asked += 1
            right += str(getattr(found, name)) == letter[name]
            if str(getattr(found, name)) != letter[name]:
                wrong.append((letter["file"], name, getattr(found, name)))
    assert asked >= 100
    assert right >= 0.9 * asked, wrong
