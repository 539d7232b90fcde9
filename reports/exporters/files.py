"""All files of one publication, named and described for the downloads page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from reports.enums import Depth
from reports.exporters.criteria import TITLE, has_criteria
from reports.exporters.delimited import delimited, delimited_criteria
from reports.exporters.opendata import derivations, opendata
from reports.exporters.workbook import workbook

Json = dict[str, Any]

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV = "text/csv; charset=utf-8"
JSON = "application/json"


@dataclass(frozen=True)
class ExportedFile:
    """`name` in the year's downloads folder, title and kind as the page shows them, the bytes."""

    name: str
    title: str
    kind: str
    content_type: str
    body: bytes

    def listed(self) -> Json:
        """The line of the downloads page."""
        return {"path": self.name, "title": self.title, "kind": self.kind, "size": len(self.body)}


def export(
    dataset: Json, decision: Json | None, digest: str, campaign_file: str, results_file: str
) -> list[ExportedFile]:
    """Workbook, CSV, JSON; criteria where they are public; at depth `derivations` also the files to recompute from."""
    title = f"Bảng xếp hạng năm {dataset['campaign']['year']}"
    files = [
        ExportedFile("xep-hang.xlsx", title, "Excel", XLSX, workbook(dataset, decision, digest)),
        ExportedFile("xep-hang.csv", title, "CSV", CSV, delimited(dataset)),
        ExportedFile("xep-hang.json", "Toàn bộ số liệu đã chốt", "JSON", JSON, opendata(dataset, decision, digest)),
    ]
    if has_criteria(dataset):
        title = f"{TITLE} năm {dataset['campaign']['year']}"
        files.append(ExportedFile("diem-tieu-chi.csv", title, "CSV", CSV, delimited_criteria(dataset)))
    if dataset["publication"]["depth"] == Depth.DERIVATIONS:
        campaign, results = derivations(campaign_file, results_file, dataset["campaign"]["is_sample"])
        files += [
            ExportedFile("du-lieu-tinh-lai.json", "Dữ liệu để tính lại", "JSON", JSON, campaign),
            ExportedFile("ket-qua-tinh-lai.json", "Kết quả kèm cách tính từng điểm", "JSON", JSON, results),
        ]
    return files
