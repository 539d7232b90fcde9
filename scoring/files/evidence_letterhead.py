"""What the head of an official letter says, read from the text of its first pages: number, date, issuer, abstract.

The layout is that of Nghị định 30/2020/NĐ-CP. Everything found is a proposal that a person looks at; what is not plain
stays empty, since an empty field is filled in and a wrong one is overlooked.
"""

from __future__ import annotations

import datetime
import re
import unicodedata
from dataclasses import dataclass

HEAD_LINES = 40
LONGEST_ABSTRACT = 500

_UPPER = "A-ZÀ-ỸĐ"
_MOTTO = re.compile(
    r"C[ỘO]NG\s+H[ÒO]A\s+X[ÃA]\s+H[ỘO]I\s+CH[ỦU]\s+NGH[ĨI]A\s+VI[ỆE]T\s+NAM"
    r"|Độc lập\s*[-–—]\s*Tự do\s*[-–—]\s*Hạnh phúc",
    re.IGNORECASE,
)
_WATERMARK = re.compile(r"DỮ LIỆU MINH HỌA|BẢN NHÁP|DỰ THẢO", re.IGNORECASE)
_NUMBER = re.compile(
    rf"^Số\s*[:.]?\s*(\d{{1,6}}[A-Za-z]?\s*/\s*(?:\d{{4}}\s*/\s*)?[{_UPPER}a-zđ0-9]+(?:\s?[-–]\s?[{_UPPER}0-9.&()]+)*)",
    re.I,
)
_NUMBER_LINE = re.compile(r"^Số\s*[:.]?\s*(?:\d|[./…_-]|$)", re.IGNORECASE)
_DATE = re.compile(r"ngày\s*(\d{1,2})\s*tháng\s*(\d{1,2})\s*năm\s*(\d{4})", re.IGNORECASE)
_DATE_SHORT = re.compile(r",\s*ngày\s*(\d{1,2})\s*[/.-]\s*(\d{1,2})\s*[/.-]\s*(\d{4})", re.IGNORECASE)
_PLACE_LINE = re.compile(r"[^,]{2,40},\s*ngày\b", re.IGNORECASE)
_KINDS = (
    "NGHỊ QUYẾT", "QUYẾT ĐỊNH", "CHỈ THỊ", "QUY CHẾ", "QUY ĐỊNH", "THÔNG BÁO", "THÔNG CÁO", "HƯỚNG DẪN", "CHƯƠNG TRÌNH",
    "KẾ HOẠCH", "PHƯƠNG ÁN", "ĐỀ ÁN", "DỰ ÁN", "BÁO CÁO", "BIÊN BẢN", "TỜ TRÌNH", "HỢP ĐỒNG", "CÔNG ĐIỆN", "GIẤY MỜI",
    "GIẤY XÁC NHẬN", "KẾT LUẬN", "KẾT LUẬN KIỂM TRA", "DANH SÁCH", "DANH MỤC", "LỊCH CÔNG TÁC",
)  # fmt: skip
_BODY = re.compile(
    r"(?:Căn cứ|Thực hiện|Theo |Kính gửi|Xét |Để |Nhằm |Điều \d|[IVX]{1,4}[.)]|\d{1,2}[.)]|Phần |Chương |Hôm nay|"
    r"[-–+•])",
)
_BODIES = re.compile(
    r"(?:UBND|HĐND|ỦY BAN|UỶ BAN|HỘI ĐỒNG|SỞ|BAN|PHÒNG|VĂN PHÒNG|TRUNG TÂM|CHI CỤC|CỤC|TỔNG CỤC|BỘ|THANH TRA|CÔNG AN|"
    r"BẢO HIỂM|KHO BẠC|ĐẢNG ỦY|ĐẢNG BỘ|TỈNH ỦY|HỘI|LIÊN ĐOÀN|MẶT TRẬN|TRƯỜNG|BỆNH VIỆN|VIỆN|ĐÀI|TỔ|ĐOÀN|"
    r"CHÍNH PHỦ)(?:\s|$)"
)
_ALONE = {"CHÍNH PHỦ", "BAN", "UBND", "HĐND", "THANH TRA TỈNH"}
_LEVELS = ("tỉnh", "thành phố", "huyện", "thị xã", "thị trấn", "xã", "phường", "đặc khu")
_NAMES = (
    "Dân tộc", "Tôn giáo", "Giáo dục", "Đào tạo", "Khoa học", "Công nghệ", "Nông nghiệp", "Môi trường", "Nội vụ",
    "Tài chính", "Tư pháp", "Văn hóa", "Thể thao", "Du lịch", "Xây dựng", "Y tế", "Công Thương", "Thông tin",
    "Truyền thông", "Kế hoạch", "Đầu tư", "Giao thông", "Tài nguyên", "Lao động", "Xã hội",
)  # fmt: skip


@dataclass(frozen=True)
class Letterhead:
    """What was found; "" and None where nothing plain stands."""

    number: str = ""
    issued_on: datetime.date | None = None
    issuer: str = ""
    abstract: str = ""


def read_letterhead(text: str) -> Letterhead:
    """The head of the document that begins with `text` (pages 1–2, as a text layer gives them)."""
    lines = _lines(text)[:HEAD_LINES]
    at = next((place for place, line in enumerate(lines) if _NUMBER_LINE.match(line)), None)
    if at is None:
        at = next((place for place, line in enumerate(lines) if _PLACE_LINE.match(line) or _kind_of(line)), None)
        number = ""
    else:
        number = _number_in(lines[at])
    top = lines[: at if at is not None else 0]
    return Letterhead(number, _date_in(lines), _issuer_in(top, text), _abstract_in(lines))


def _lines(text: str) -> list[str]:
    """Composed, one space between words, without motto and watermark; empty lines are left out."""
    text = unicodedata.normalize("NFC", text).replace("\u00ad", "").replace("\ufffe", "-").replace("\x02", "-")
    found = []
    for line in re.split(r"[\r\n]+", text):
        bare = " ".join(_WATERMARK.sub(" ", _MOTTO.sub(" ", line)).split())
        if bare.strip("-–—_*. "):
            found.append(bare)
    return found


def _number_in(line: str) -> str:
    found = _NUMBER.match(line)
    if found is None:
        return ""
    return re.sub(r"\s+", "", found[1]).replace("–", "-").rstrip(".-")[:80]


def _date_in(lines: list[str]) -> datetime.date | None:
    """The date beside the place, above the body: a date that only the body names is another document's."""
    for line in lines:
        if _BODY.match(line):
            return None
        found = _DATE_SHORT.search(line) or _DATE.search(line)
        if found:
            day, month, year = (int(part) for part in found.groups())
            try:
                return datetime.date(year, month, day) if 1945 <= year <= 2100 else None
            except ValueError:
                return None
    return None


def _issuer_in(top: list[str], text: str) -> str:
    """The lowest body of the lines above the number; the one above it is whom it answers to."""
    bodies: list[str] = []
    for line in top:
        line = re.split(r"\s*\S+, ngày\b", line)[0]
        if not line or line != line.upper() or not re.search(rf"[{_UPPER}]", line):
            continue
        if _kind_of(line):
            break
        starts = _BODIES.match(line) and (" " in line or line in _ALONE)
        if bodies and not starts:
            bodies[-1] += f" {line}"
        elif starts:
            bodies.append(line)
    return _in_small_letters(bodies[-1], text)[:200] if bodies else ""


def _in_small_letters(name: str, text: str) -> str:
    """ "SỞ Y TẾ" as people write it: as the document itself does further down, else by the usual capitals."""
    flat = " ".join(unicodedata.normalize("NFC", text).split())
    for found in re.finditer(re.escape(name), flat, re.IGNORECASE):
        if found[0] != name and not found[0].islower():
            return _first_up(found[0])
    words = name.lower()
    if words.startswith(("ubnd", "hđnd", "ủy ban nhân dân", "uỷ ban nhân dân", "hội đồng nhân dân")):
        head, level, place = _split_level(words)
        head = head.upper() if head in ("ubnd", "hđnd") else head.replace("nhân dân", "nhân dân").capitalize()
        return " ".join(part for part in (head, level, place.title()) if part)
    for known in _NAMES:
        words = re.sub(rf"\b{known.lower()}\b", known, words)
    return _first_up(words)


def _split_level(words: str) -> tuple[str, str, str]:
    for level in _LEVELS:
        head, found, place = words.partition(f" {level} ")
        if found:
            return head, level, place
    return words, "", ""


def _first_up(text: str) -> str:
    return text[:1].upper() + text[1:]


def _kind_of(line: str) -> str:
    """ "BÁO CÁO" where the line is the name of a kind of document and nothing else."""
    bare = line.strip(" *:.")
    return bare if bare in _KINDS and not line.endswith(":") else ""


def _abstract_in(lines: list[str]) -> str:
    """Name of the kind with the abstract below it; of a letter without a kind what stands after "V/v"."""
    for at, line in enumerate(lines):
        if kind := _kind_of(line):
            words = _wrapped(lines[at + 1 :])
            if not words:
                return ""
            named = kind.capitalize()
            return (_first_up(words) if words.lower().startswith(kind.lower()) else f"{named} {_after_kind(words)}")[
                :LONGEST_ABSTRACT
            ]
        if found := re.match(r"V/v\s*:?\s*(.+)", line, re.IGNORECASE):
            return _first_up(" ".join([found[1], _wrapped(lines[at + 1 :], is_narrow=True)]).strip())[:LONGEST_ABSTRACT]
        if _BODY.match(line):
            return ""
    return ""


def _after_kind(words: str) -> str:
    """ "Về việc công bố …" goes on in small letters; a name keeps its capital."""
    return (
        words[:1].lower() + words[1:]
        if re.match(r"(?:Về|Kết quả|Công tác|Tình hình|Thực hiện|Tổng kết|Sơ kết)\b", words)
        else words
    )


def _wrapped(lines: list[str], *, is_narrow: bool = False) -> str:
    """The lines of an abstract, which is centred: it goes on in small letters, or after a line that was full."""
    taken: list[str] = []
    for line in lines[:5]:
        if _BODY.match(line) or _kind_of(line) or _PLACE_LINE.match(line) or line.endswith(":"):
            break
        goes_on = line[:1].islower() or line[:1].isdigit()
        if taken and not goes_on and (is_narrow or len(taken[-1]) < 58 or len(line) > 58):
            break
        taken.append(line)
        if line.endswith((".", ";")):
            break
    return " ".join(taken).rstrip(" .;")
