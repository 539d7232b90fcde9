"""The layout of the results workbook: names of sheets, columns and keys. Reader and writer both take it from here."""

from __future__ import annotations

from dataclasses import dataclass

GENERAL_SHEET = "Chung"
GRADES_SHEET = "Xếp loại"
GROUPS_SHEET = "Khối"
COLUMNS_SHEET = "Cột điểm"
RESULTS_SHEET = "Kết quả"
SHEETS = (GENERAL_SHEET, GRADES_SHEET, GROUPS_SHEET, COLUMNS_SHEET, RESULTS_SHEET)
GUIDE_PREFIXES = ("Hướng dẫn", "Ví dụ")  # sheets that are for people and are not read
NOTE_MARK = "#"  # a row whose first cell begins so is a note

YES, NO = "có", "không"
NOT_APPLICABLE = "KAD"
UNKNOWN_SIZE = "không rõ"  # an excerpt whose source does not say how many units the group has


@dataclass(frozen=True)
class Field:
    """A column (or, on the first sheet, a key): its heading, what to write there, and how wide it is shown."""

    key: str
    heading: str
    note: str
    required: bool = False
    width: int = 16


GENERAL = (
    Field("code", "Mã kỳ", "Mã ngắn không dấu, đứng trong địa chỉ trang công bố, ví dụ 2017", True),
    Field("year", "Năm", "Năm được đánh giá, bốn chữ số", True),
    Field("title", "Tên kỳ", "Ví dụ: Chỉ số cải cách hành chính năm 2017", True),
    Field("decision_issuer", "Cơ quan ban hành", "Cơ quan ký quyết định công bố; để trống nếu không rõ"),
    Field("decision_number", "Số quyết định", "Ví dụ 214/QĐ-UBND; để trống nếu không rõ"),
    Field("decision_date", "Ngày quyết định", "Ngày/tháng/năm, ví dụ 06/08/2018"),
    Field("source_text", "Nguồn", "Tên văn bản hoặc trang đã công bố bảng này", True),
    Field("source_url", "Địa chỉ nguồn", "Địa chỉ đầy đủ bắt đầu bằng http:// hoặc https://; để trống nếu không có"),
    Field(
        "printed_statement",
        "Bản công bố còn nêu",
        "Điều nguồn nêu về cả khối mà không kèm từng đơn vị, ví dụ số đơn vị theo xếp loại; không có thì để trống",
    ),
    Field("decimals", "Số chữ số thập phân", "Chỉ số in mấy chữ số thập phân, từ 0 đến 6", True),
    Field("rounding", "Cách làm tròn", "nửa lên | nửa chẵn | cắt bỏ", True),
    Field("ranking", "Cách xếp hạng", "nhảy hạng (1, 2, 2, 4) | liền hạng (1, 2, 2, 3)", True),
    Field("is_sample", "Dữ liệu minh họa", "có: mọi trang sẽ mang dải “DỮ LIỆU MINH HỌA”; không: số liệu thật", True),
)
ROUNDINGS = {"nửa lên": "half_up", "nửa chẵn": "half_even", "cắt bỏ": "down"}
RANKINGS = {"nhảy hạng": "competition", "liền hạng": "dense"}

GRADES = (
    Field("code", "Mã", "Mã ngắn không dấu, ví dụ tot", True),
    Field("label", "Tên xếp loại", "Như bản in, ví dụ Tốt; ghi từ cao xuống thấp", True, 24),
    Field("at_least", "Từ (≥)", "Ngưỡng dưới, tính cả giá trị này", width=12),
    Field("above", "Trên (>)", "Ngưỡng dưới, không tính giá trị này; loại thấp nhất để trống cả hai", width=12),
)
GROUPS = (
    Field("code", "Mã", "Mã ngắn không dấu, ví dụ huyen", True),
    Field("title", "Tên khối", "Ví dụ Ủy ban nhân dân cấp huyện", True, 36),
    Field("printed_mean", "Trung bình in", "Chỉ số trung bình của khối nếu bảng có in"),
    Field(
        "listed_of",
        "Tổng số đơn vị",
        f"Chỉ ghi khi bảng trích một phần của khối: tổng số đơn vị, hoặc “{UNKNOWN_SIZE}” nếu nguồn không nêu",
        width=24,
    ),
)
COLUMNS = (
    Field("code", "Mã", "Mã ngắn không dấu, dùng ở đầu tên cột của trang “Kết quả”", True),
    Field("title", "Tên", "Tên lĩnh vực hoặc phần điểm như bản in", True, 44),
    Field("kind", "Loại", "lĩnh vực | phần (thẩm định, điều tra…)", True),
    Field("max_points", "Điểm tối đa", "Để trống nếu bảng không in"),
    Field("source", "Nguồn điểm", "tự chấm | điều tra | kết quả | điều phối", width=18),
)
COLUMN_KINDS = {"lĩnh vực": "component", "phần": "part"}
SOURCES = {"tự chấm": "self", "điều tra": "survey", "kết quả": "outcome", "điều phối": "coordinator"}

RESULTS = (
    Field("group", "Khối", "Mã hoặc tên khối; một khối thì có thể để trống", width=14),
    Field("unit_code", "Mã đơn vị", "Mã chính thức nếu biết; để trống thì tìm theo tên", width=14),
    Field("name", "Tên đơn vị", "Như bản in", True, 36),
    Field("max_points", "Điểm tối đa riêng", "Khi đơn vị có điểm tối đa khác"),
    Field("points", "Tổng điểm", "Như bản in"),
    Field("index", "Chỉ số in", "Như bản in, phần trăm"),
    Field("rank", "Hạng in", "Số nguyên", width=10),
    Field("grade", "Xếp loại in", "Như bản in"),
    Field("is_ranked", "Được xếp hạng", "có | không; trống là có", width=14),
    Field("unranked_reason", "Lý do không xếp hạng", "Bắt buộc khi ghi “không”", width=28),
    Field("note", "Ghi chú", "Sẽ hiện cạnh tên đơn vị", width=28),
)
FIGURES = (
    Field("points", "điểm", "Điểm đạt được; ghi KAD nếu không áp dụng cho đơn vị này"),
    Field("max_points", "tối đa", "Điểm tối đa riêng của đơn vị"),
    Field("index", "chỉ số", "Chỉ số thành phần in, phần trăm"),
    Field("rank", "hạng", "Hạng thành phần in"),
)


def figure_heading(code: str, figure: Field) -> str:
    """Heading of one figure of one column of points ("LV1 điểm")."""
    return f"{code} {figure.heading}"
