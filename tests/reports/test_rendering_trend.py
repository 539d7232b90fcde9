"""A unit's years on its page: those of what went into it, and those that others published, each alone and said so.

No test here has a database: the rendering must not ask one.
"""

import re

from tests.reports import dataset
from tests.reports.rendered import read, tree


def merged_commune() -> dict:
    """A commune of two years, into which three went before: one with figures, one under an index alone, one without."""
    old = {"rank": 4, "group_mean": "77.00", "comparable": True}
    unit = dataset.unit("X1", "Xã Bến Mới", "88.20", 1)
    unit["history"] = [
        {"year": 2024, "index": "85.00", "rank": 2, "group_mean": "80.00", "comparable": True},
        {"year": 2025, "index": "88.20", "rank": 1, "group_mean": "81.00", "comparable": True},
    ]
    unit["predecessors"] = [
        {"code": "A", "name": "Xã Bến Cũ", "way": "Sáp nhập, hợp nhất", "date": "2024-01-01",
         "history": [{"year": 2022, "index": "70.00", **old}, {"year": 2023, "index": "71.50", **old}]},
        {"code": "B", "name": "Xã Đồng Cũ", "way": "Sáp nhập, hợp nhất", "date": "2024-01-01",
         "history": [{"year": 2023, "index": "90.25", **old}]},
        {"code": "C", "name": "Xã Chưa Chấm", "way": "Sáp nhập, hợp nhất", "date": "2024-01-01", "history": []},
    ]  # fmt: skip
    return dataset.dataset([dataset.group("xa", "Xã", [unit])])


def test_a_trend_across_a_merger_shows_each_predecessor_alone_behind_a_visible_break():
    year = merged_commune()
    page = read(year, "don-vi/X1/2025/")
    said = " ".join(page.text.split())
    assert "Sáp nhập, hợp nhất ngày 01/01/2024, trước đó là: Xã Bến Cũ, Xã Đồng Cũ, Xã Chưa Chấm." in said
    body = tree(year)["don-vi/X1/2025/"].decode()
    rows = re.findall(r"<tr( class=\"after-break\")?><th scope=\"row\">(\d+)(?:<span class=\"note\">([^<]*))?", body)
    assert rows == [
        ("", "2022", "Xã Bến Cũ"),
        ("", "2023", "Xã Bến Cũ"),
        ("", "2023", "Xã Đồng Cũ"),
        (' class="after-break"', "2024", "không so sánh với số của các dòng trên"),
        ("", "2025", ""),
    ]
    assert body.count('<circle class="before"') == 3
    assert body.count('<line class="before"') == 1, "only the two years of one and the same predecessor are joined"
    assert body.count('<line class="own"') == 1
    assert body.count('class="breakband"') == 1


def test_a_year_that_another_organiser_assessed_says_so_on_the_page():
    year = merged_commune()
    unit = year["groups"][0]["units"][0]
    unit["history"][0]["organiser"] = "Huyện Bến"
    unit["predecessors"][1]["history"][0]["organiser"] = "Huyện Đồng"
    said = " ".join(read(year, "don-vi/X1/2025/").text.split())
    assert "Huyện Bến đánh giá" in said
    assert "Xã Đồng Cũ, Huyện Đồng đánh giá" in said
    assert said.count("đánh giá") == 2


def test_a_dataset_frozen_before_predecessors_were_told_reads_as_before():
    year = merged_commune()
    del year["groups"][0]["units"][0]["predecessors"]
    said = read(year, "don-vi/X1/2025/").text
    assert "trước đó là" not in said
    assert "Xã Bến Cũ" not in said
