"""What every file says of itself: whose figures, on which decision, which version, how to check it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from reports.enums import Depth
from reports.exporters.table import SAMPLE, excerpt_note
from units.vietnamese import format_date

Json = dict[str, Any]


def facts(dataset: Json, decision: Json | None, digest: str) -> Iterator[tuple[str, str]]:
    """(label, value) in the order in which they are shown."""
    campaign, publication = dataset["campaign"], dataset["publication"]
    if campaign["is_sample"]:
        yield "Lưu ý", f"{SAMPLE}: tên và số liệu chỉ là ví dụ."
    yield "Cơ quan công bố", dataset["organiser"]["title"]
    yield "Kỳ đánh giá", campaign["title"]
    yield "Năm", str(campaign["year"])
    if decision:
        date = f" ngày {format_date(decision['date'])}" if decision["date"] else ""
        yield "Quyết định", f"{decision['number']}{date}, {decision['issuer']}"
    if campaign["source"]:
        url = f" ({campaign['source']['url']})" if campaign["source"]["url"] else ""
        yield "Nguồn", f"{campaign['source']['text']}{url}"
    for group in dataset["groups"]:
        if (excerpt := excerpt_note(group)) is not None:
            yield f"Khối {group['title']}", excerpt
    if campaign["printed_statement"]:
        yield "Bản công bố còn nêu", campaign["printed_statement"]
    correction = f", đính chính bản có mã {publication['supersedes']}" if publication["supersedes"] else ""
    yield "Bản công bố", f"Bản {publication['version']}{correction}"
    if publication.get("reason"):
        yield "Lý do đính chính", publication["reason"]
    yield "Độ chi tiết", Depth(publication["depth"]).label
    yield "Mã kiểm tra", publication["check_code"]
    yield "Mã băm SHA-256 của số liệu", digest
    yield "Mã băm SHA-256 của dữ liệu đầu vào", campaign["input_sha256"]
    yield "Lần tính, bộ máy tính", f"{campaign['run']}, {campaign['engine']}"
    yield "Ô trống", "Không có số liệu hoặc không áp dụng, không phải là số 0."
