"""The files of a publication: equal to the dataset cell by cell, harmless in a spreadsheet, the same every time."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import zipfile
from decimal import Decimal
from html.parser import HTMLParser
from typing import Any

import openpyxl
import pytest

from reports.exporters.files import ExportedFile, export
from reports.exporters.opendata import derivations
from reports.rendering.pages import render_year
from reports.services.dataset import to_text
from tests.reports.dataset import excerpt, province, two_parts, unknown_size, without_thresholds

Json = dict[str, Any]

DECISION = {"number": "214/QĐ-UBND", "date": "2026-02-12", "issuer": "UBND tỉnh"}
DIGEST = "ab" * 32
SAMPLES = {
    "province": province,
    "two_parts": two_parts,
    "excerpt": excerpt,
    "unknown_size": unknown_size,
    "without_thresholds": without_thresholds,
}
HOSTILE = ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx", "|calc", '=HYPERLINK("http://x")']


def files(dataset: Json) -> dict[str, ExportedFile]:
    return {file.name: file for file in export(dataset, DECISION, DIGEST, "", "")}


def sheets(dataset: Json) -> dict[str, list[tuple[Any, ...]]]:
    """Sheet name → rows from the column titles on, as Excel would read them."""
    book = openpyxl.load_workbook(io.BytesIO(files(dataset)["xep-hang.xlsx"].body))
    found = {}
    for sheet in book:
        rows = list(sheet.iter_rows(values_only=True))
        start = next((place for place, row in enumerate(rows) if row[0] == "STT"), 0)
        found[sheet.title] = rows[start:]
    return found


def rows_of_csv(dataset: Json) -> list[dict[str, str]]:
    text = files(dataset)["xep-hang.csv"].body.decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text), delimiter=";"))


def exact(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


def read(value: Any) -> Decimal | None:
    return None if value is None else Decimal(str(value))


@pytest.mark.parametrize("sample", SAMPLES)
class TestEqualToTheDataset:
    def test_every_cell_of_the_workbook(self, sample: str) -> None:
        dataset = SAMPLES[sample]()
        labels = {grade["code"]: grade["label"] for grade in dataset["grades"]}
        for group, (title, *rows) in zip(dataset["groups"], sheets(dataset).values(), strict=False):
            assert title[:7] == ("STT", "Tên cơ quan, đơn vị", "Điểm tối đa", "Điểm", "Chỉ số", "Hạng", "Xếp loại")
            assert len(rows) == len(group["units"])
            for place, (row, unit) in enumerate(zip(rows, group["units"], strict=True), start=1):
                cells = dict(zip(title, row, strict=True))
                assert (cells["STT"], cells["Tên cơ quan, đơn vị"], cells["Hạng"]) == (
                    place,
                    unit["name"],
                    unit["rank"],
                )
                for name, key in (("Điểm tối đa", "max_points"), ("Điểm", "points"), ("Chỉ số", "index")):
                    assert read(cells[name]) == exact(unit[key]), (unit["name"], name)
                assert cells["Xếp loại"] == labels.get(unit["grade"], unit["grade"])
                for item in unit["components"]:
                    if item["applicable"]:
                        assert read(cells[f"{item['title']}: điểm"]) == exact(item["points"])
                        assert read(cells[f"{item['title']}: chỉ số"]) == exact(item["index"])

    def test_every_cell_of_the_csv_file(self, sample: str) -> None:
        dataset = SAMPLES[sample]()
        units = [unit for group in dataset["groups"] for unit in group["units"]]
        rows = rows_of_csv(dataset)
        assert [row["Mã đơn vị"] for row in rows] == [unit["code"] for unit in units]
        for row, unit in zip(rows, units, strict=True):
            assert row["Chỉ số"] == (unit["index"] or "").replace(".", ",")
            assert row["Hạng"] == ("" if unit["rank"] is None else str(unit["rank"]))
            assert read(row["Điểm"].replace(",", ".") or None) == exact(unit["points"])

    def test_the_json_file_is_the_dataset_and_proves_it(self, sample: str) -> None:
        dataset = SAMPLES[sample]()
        digest = hashlib.sha256(to_text(dataset).encode()).hexdigest()
        found = json.loads(export(dataset, DECISION, digest, "", "")[2].body)
        assert found["decision"] == DECISION
        proof = found.pop("dataset_sha256")
        found.pop("decision"), found.pop("notice", None)
        assert hashlib.sha256(to_text(found).encode()).hexdigest() == proof

    def test_the_page_prints_the_same_indices_in_the_same_order(self, sample: str) -> None:
        dataset = SAMPLES[sample]()
        pages = {page.path: page.body.decode() for page in render_year(dataset, DECISION, {"files": []}, "/tinh/")}
        rows = rows_of_csv(dataset)
        for group in dataset["groups"]:
            page = _Table.of(pages[f"xep-hang/{dataset['campaign']['code']}/{group['code']}/"])
            names = [row["Tên cơ quan, đơn vị"] for row in rows if row["Mã khối"] == group["code"]]
            lines = [" ".join(cells) for cells in page]
            places = [next(place for place, line in enumerate(lines) if name in line) for name in names]
            assert places == sorted(places)
            for name, place in zip(names, places, strict=True):
                index = next(row["Chỉ số"] for row in rows if row["Tên cơ quan, đơn vị"] == name)
                assert index in lines[place]

    def test_the_same_dataset_gives_the_same_bytes(self, sample: str) -> None:
        first, second = files(SAMPLES[sample]()), files(SAMPLES[sample]())
        assert {name: file.body for name, file in first.items()} == {name: file.body for name, file in second.items()}


class TestExcerpts:
    def test_every_file_says_how_much_of_a_group_its_source_gave(self) -> None:
        dataset = unknown_size()
        book = openpyxl.load_workbook(io.BytesIO(files(dataset)["xep-hang.xlsx"].body))
        unknown = "Trích 3 đơn vị, nguồn không nêu tổng số đơn vị của khối; hạng ghi theo nguồn"
        known = "Trích 3 trong 124 đơn vị của khối; hạng ghi theo nguồn"

        assert (book["Sở, ban, ngành"]["A2"].value, book["Xã, phường"]["A2"].value) == (unknown, known)
        told = {(row[0], row[1]): row[2] for row in book["Thống kê"].iter_rows(values_only=True)}
        assert told["Sở, ban, ngành", "Tổng số đơn vị của khối theo nguồn"] == "không nêu"
        assert told["Xã, phường", "Tổng số đơn vị của khối theo nguồn"] == 124
        assert ("Sở, ban, ngành", "Trung bình") not in told
        assert [row["Phạm vi bảng"] for row in rows_of_csv(dataset)] == [unknown] * 3 + [known] * 3
        groups = json.loads(files(dataset)["xep-hang.json"].body)["groups"]
        assert [(group["is_excerpt"], group["listed_of"]) for group in groups] == [(True, None), (True, 124)]

    def test_a_group_given_whole_carries_no_such_note(self) -> None:
        book = openpyxl.load_workbook(io.BytesIO(files(two_parts())["xep-hang.xlsx"].body))

        assert [cell.value for cell in book.worksheets[0]["A"]][1] == "STT"
        assert "Phạm vi bảng" not in rows_of_csv(two_parts())[0]

    def test_the_facts_hold_what_the_source_says_of_a_whole_group(self) -> None:
        book = openpyxl.load_workbook(io.BytesIO(files(unknown_size())["xep-hang.xlsx"].body))
        facts = dict(row[:2] for row in book["Thông tin"].iter_rows(values_only=True))

        assert facts["Bản công bố còn nêu"] == "mười xã, phường đứng đầu đều đạt trên 80"


def test_a_unit_that_is_not_assessed_stands_in_every_file_with_its_sentence() -> None:
    dataset = two_parts()
    unit = dataset["groups"][0]["units"][-1]
    unit.update(rank=None, index=None, points=None, ranked=False, left_out_reason="Giải thể (12/NQ-HĐND)")
    said = "Không đánh giá: Giải thể (12/NQ-HĐND)"
    assert said in next(row["Ghi chú"] for row in rows_of_csv(dataset) if row["Mã đơn vị"] == unit["code"])
    assert any(said in str(cell) for row in next(iter(sheets(dataset).values())) for cell in row)
    assert any("Số đơn vị không đánh giá" in row for row in sheets(dataset)["Thống kê"])
    printed = json.loads(next(file.body for name, file in files(dataset).items() if name.endswith("json")))
    assert printed["groups"][0]["units"][-1]["left_out_reason"] == "Giải thể (12/NQ-HĐND)"


class TestHarmless:
    def test_text_that_looks_like_a_formula_stays_text_and_numbers_stay_numbers(self) -> None:
        dataset = two_parts()
        units = dataset["groups"][0]["units"]
        for unit, name in zip(units, HOSTILE, strict=False):
            unit["name"] = name
        book = openpyxl.load_workbook(io.BytesIO(files(dataset)["xep-hang.xlsx"].body))
        cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
        assert all(cell.data_type != "f" for cell in cells)
        names = {cell.value for cell in cells}
        assert {"=1+1", "@SUM(A1)", "+1"} <= names
        indices = [unit["index"] for unit in units]
        assert {Decimal(str(cell.value)) for cell in cells if cell.data_type == "n" and cell.value is not None} >= {
            Decimal(index) for index in indices
        }
        text = files(dataset)["xep-hang.csv"].body.decode("utf-8-sig")
        for row in csv.reader(io.StringIO(text), delimiter=";"):
            assert not any(cell.startswith(("=", "+", "@", "\t", "\r", "|")) for cell in row), row

    def test_a_negative_change_is_a_number_in_the_csv_file(self) -> None:
        dataset = province()
        values = [row["So với năm trước"] for row in rows_of_csv(dataset)]
        assert any(value.startswith("-") and value[1].isdigit() for value in values)

    def test_the_workbook_names_no_person_no_program_time_and_keeps_printed_decimals(self) -> None:
        body = files(province())["xep-hang.xlsx"].body
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
            assert b"creator" not in archive.read("docProps/core.xml")
            assert b"created" not in archive.read("docProps/core.xml")
        book = openpyxl.load_workbook(io.BytesIO(body))
        formats = {cell.number_format for row in book.worksheets[0].iter_rows(min_row=4) for cell in row[4:5]}
        assert formats == {"#,##0.00"}

    @pytest.mark.parametrize("sample", SAMPLES)
    def test_the_heading_stays_in_sight_can_be_filtered_and_repeats_on_paper(self, sample: str) -> None:
        dataset = SAMPLES[sample]()
        book = openpyxl.load_workbook(io.BytesIO(files(dataset)["xep-hang.xlsx"].body))
        for group, sheet in zip(dataset["groups"], book.worksheets, strict=False):
            heading = next(row[0].row for row in sheet.iter_rows() if row[0].value == "STT")
            assert sheet.freeze_panes == f"C{heading + 1}"
            assert sheet.auto_filter.ref.startswith(f"A{heading}:")
            assert sheet.auto_filter.ref.endswith(str(heading + len(group["units"])))
            assert sheet.print_title_rows == f"${heading}:${heading}"
            assert sheet.print_area == f"'{sheet.title}'!$A$1:$H${heading + len(group['units'])}"

    def test_groups_of_one_name_get_sheets_of_their_own(self) -> None:
        dataset = province()
        for group in dataset["groups"]:
            group["title"] = "Xã, phường: [rất] dài / dài hơn ba mươi mốt ký tự"
        names = list(sheets(dataset))
        assert len({name.casefold() for name in names}) == len(dataset["groups"]) + 2
        assert all(len(name) <= 31 for name in names)


class TestWhatAFileSaysOfItself:
    def test_decision_version_check_code_and_digest_stand_in_the_workbook(self) -> None:
        dataset = province()
        facts = dict(row[:2] for row in sheets(dataset)["Thông tin"] if row[1] is not None)
        assert facts["Quyết định"] == "214/QĐ-UBND ngày 12/02/2026, UBND tỉnh"
        assert facts["Mã kiểm tra"] == dataset["publication"]["check_code"]
        assert facts["Mã băm SHA-256 của số liệu"] == DIGEST

    def test_sample_data_are_marked_in_every_file_and_real_data_in_none(self) -> None:
        marked = files(province())
        assert province()["campaign"]["is_sample"] is True
        book = openpyxl.load_workbook(io.BytesIO(marked["xep-hang.xlsx"].body))
        assert [sheet["A1"].value for sheet in book] == ["DỮ LIỆU MINH HỌA"] * len(book.sheetnames)
        assert all(row["Lưu ý"] == "DỮ LIỆU MINH HỌA" for row in rows_of_csv(province()))
        assert json.loads(marked["xep-hang.json"].body)["notice"] == "DỮ LIỆU MINH HỌA"
        real = two_parts()
        assert real["campaign"]["is_sample"] is False
        assert "Lưu ý" not in rows_of_csv(real)[0]
        assert "notice" not in json.loads(files(real)["xep-hang.json"].body)


class TestDerivations:
    CAMPAIGN = {
        "units": [
            {
                "code": "A",
                "not_applicable": [{"criterion": "3", "reason": "Bà B nghỉ việc", "legal_basis": "Công văn 5"}],
                "answers": {"1": {"points": "1", "reason": "Chấm nhẹ tay"}, "2": {"inputs": {"choice": "du"}}},
                "grade_override": {"grade": "tot", "reason": "Ông A đề nghị"},
            }
        ]
    }
    RESULTS = {
        "units": [
            {
                "code": "A",
                "grade_reason": "Hội đồng quyết định mức “Tốt”",
                "nodes": [{"code": "1", "steps": "Chấm 1 điểm, có ghi lý do"}],
            }
        ]
    }

    def test_free_words_of_persons_are_taken_out_everywhere(self) -> None:
        campaign, results = derivations(json.dumps(self.CAMPAIGN), json.dumps(self.RESULTS), is_sample=True)
        text = (campaign + results).decode()
        for words in ("Bà B", "Công văn 5", "nhẹ tay", "Ông A"):
            assert words not in text
        unit = json.loads(campaign)["units"][0]
        assert unit["answers"]["1"] == {"points": "1", "reason": "(không công bố)"}
        assert unit["answers"]["2"] == {"inputs": {"choice": "du"}}
        assert json.loads(results)["units"] == self.RESULTS["units"]
        assert json.loads(campaign)["x_notice"] == "DỮ LIỆU MINH HỌA"


class _Table(HTMLParser):
    """Rows of all tables of a page, as lists of cell texts."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: list[list[str]] = []
        self.inside = False

    @classmethod
    def of(cls, page: str) -> list[list[str]]:
        reader = cls()
        reader.feed(page)
        return reader.rows

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "tr":
            self.rows.append([])
        if tag in ("td", "th") and self.rows:
            self.rows[-1].append("")
            self.inside = True

    def handle_endtag(self, tag: str) -> None:
        if tag in ("td", "th"):
            self.inside = False

    def handle_data(self, data: str) -> None:
        if self.inside and self.rows and self.rows[-1]:
            self.rows[-1][-1] += data
