"""Where the source prints a part of its units or figures, pages say so: no total, mean or last place is made up."""

import re

from tests.reports import dataset
from tests.reports.reading import Reader
from tests.reports.rendered import read, tree


def test_an_excerpt_says_how_much_was_printed_and_keeps_the_printed_ranks():
    reader = read(dataset.excerpt(), "xep-hang/2025/phuong/")
    assert "Bản công bố nêu 4 trong 45 đơn vị của khối phường." in reader.text
    assert reader.column("Hạng") == ["1", "2", "3", "45"]
    assert "Trung bình khối" not in reader.text
    assert "Thấp nhất" not in read(dataset.excerpt(), "thong-ke/2025/").text


def test_an_excerpt_of_unknown_size_names_no_total_anywhere():
    pages_of = tree(dataset.unknown_size())
    departments, first = Reader(pages_of["xep-hang/2025/so/"]), Reader(pages_of["don-vi/TP/"])

    assert "Bản công bố nêu 3 đơn vị của khối sở, ban, ngành, không nêu tổng số." in departments.text
    assert departments.column("Hạng") == ["1", "2", "3"]
    assert departments.column("Chỉ số") == ["91,21", "90,84", "90,81"]
    assert "Trung bình khối" not in departments.text
    assert "hạng 1" in first.text
    assert "hạng 1 trong" not in first.text
    assert "Sở Tư pháp đứng thứ 1 trong khối sở, ban, ngành" in pages_of["don-vi/TP/"].decode()
    assert "Bản công bố nêu 3 trong 124 đơn vị của khối xã, phường." in Reader(pages_of["xep-hang/2025/xa/"]).text
    assert "hạng 3 trong 124 đơn vị" in Reader(pages_of["don-vi/DG/"]).text


def test_tabs_strip_and_heading_count_only_what_is_known():
    home = read(dataset.unknown_size(), "")

    assert "Kết quả cải cách hành chính năm 2025, trích 6 đơn vị" in home.text
    assert "Sở, ban, ngành, 3 đơn vị được nêu" in home.text
    assert "Xã, phường, 3 trong 124 đơn vị" in home.text
    tabs = [
        re.sub(r"\s+", " ", re.sub("<[^>]+>", "", tab)).strip()
        for tab in re.findall(
            r"<li><a href=[^>]*xep-hang/2025/[^>]*>.*?</a>", tree(dataset.unknown_size())[""].decode()
        )
    ]
    assert tabs[:2] == ["Sở, ban, ngành", "Xã, phường 124"]


def test_statistics_of_an_excerpt_of_unknown_size_have_neither_mean_nor_last_place():
    statistics = read(dataset.unknown_size(), "thong-ke/2025/").text

    assert "Bản công bố nêu 3 đơn vị của khối sở, ban, ngành, không nêu tổng số." in statistics
    assert "Không tính trung bình từ bản trích." in statistics
    assert "91,21" in statistics
    assert "Thấp nhất" not in statistics
    assert "Trên trung bình" not in statistics


def test_nobody_of_an_excerpt_is_said_to_lead_without_a_printed_rank():
    year = dataset.excerpt()
    for unit in year["groups"][1]["units"]:
        unit["rank"] = None

    assert read(dataset.excerpt(), "thong-ke/2025/").text.count("Dẫn đầu") == 2
    assert read(year, "thong-ke/2025/").text.count("Dẫn đầu") == 1


def test_what_the_source_says_of_a_whole_group_stands_as_it_was_printed():
    statement = "Bản công bố còn nêu: mười xã, phường đứng đầu đều đạt trên 80."

    assert statement in read(dataset.unknown_size(), "").text
    assert statement in read(dataset.unknown_size(), "thong-ke/2025/").text
    assert "Bản công bố còn nêu" not in read(dataset.excerpt(), "").text


def test_a_group_printed_whole_but_without_all_figures_counts_no_unit_twice():
    year = dataset.excerpt()
    group = year["groups"][0]
    group["listed_of"] = group["count"]
    reader = read(year, "xep-hang/2025/so/")

    assert "Bản công bố không nêu đủ số liệu của khối sở, ban, ngành." in reader.text
    assert "6 trong 6" not in reader.text
    assert reader.column("Hạng") == ["1", "2", "3", "4", "5", "14"]


def test_a_missing_index_is_said_to_be_missing_and_never_shown_as_nought():
    year = dataset.excerpt()
    reader = read(year, "xep-hang/2025/so/")
    assert reader.column("Chỉ số") == ["94,71", "94,40", "92,99", "không công bố", "không công bố", "88,99"]
    unit = read(year, "don-vi/NgV/").text
    assert "Chỉ số: nguồn không công bố." in unit
    assert "hạng 4 trong 14 đơn vị" in unit
    assert "0,00" not in unit
