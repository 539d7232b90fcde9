"""The report of printed against computed figures as a workbook, every text written as text."""

from __future__ import annotations

import io

from openpyxl import Workbook

from scoring.files.results_workbook import SAMPLE_MARK, text_cell
from scoring.models import Campaign, Run
from scoring.selectors.past_report import STATUS_LABELS, Report, Status

HEADINGS = ("Khối", "Đơn vị", "Dòng trong tệp", "Số liệu", "Bản in", "Tính lại", "Kết luận", "Ghi chú")
WIDTHS = (28, 36, 14, 34, 14, 14, 18, 60)


def report_workbook(campaign: Campaign, run: Run, report: Report) -> bytes:
    """One sheet of lines, differences first, and one that says what was compared."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet("Đối chiếu")
    sheet.freeze_panes = "A2"
    for letter, width in zip("ABCDEFGH", WIDTHS, strict=True):
        sheet.column_dimensions[letter].width = width
    sheet.append([text_cell(sheet, heading) for heading in HEADINGS])
    for line in report.sorted_lines:
        row = str(line.row) if line.row else ""
        values = (line.group, line.unit, row, line.subject, line.printed, line.computed, line.label, line.reason)
        sheet.append([text_cell(sheet, value) for value in values])
    about = book.create_sheet("Thông tin")
    about.column_dimensions["A"].width, about.column_dimensions["B"].width = 30, 90
    for name, value in _about(campaign, run, report):
        about.append([text_cell(about, name), text_cell(about, value)])
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def _about(campaign: Campaign, run: Run, report: Report) -> list[tuple[str, str]]:
    counts = [(f"Số liệu {STATUS_LABELS[status]}", str(report.counts[status])) for status in Status]
    sample = [(SAMPLE_MARK, "Tên và số liệu chỉ là ví dụ.")] if campaign.is_sample else []
    return [
        *sample,
        ("Kỳ", campaign.title),
        ("Đơn vị tổ chức", campaign.organiser.title),
        ("Nguồn bảng in", campaign.source_text),
        ("Địa chỉ nguồn", campaign.source_url),
        ("Lần tính", str(run.number)),
        ("Mã băm số liệu đầu vào", run.input_sha256),
        *counts,
    ]
