"""Public pages say what the frozen dataset says: nothing more, nothing recomputed, the same bytes each time.

No test here has a database: the rendering must not ask one.
"""

import copy
import re
from decimal import Decimal

import pytest

from reports.rendering import pages
from tests.reports import dataset
from tests.reports.dataset import DECISION, SITE
from tests.reports.reading import Reader
from tests.reports.rendered import BASE, read, tree
from units.vietnamese import format_number

SAMPLES = {
    "province": (dataset.province, DECISION),
    "two parts": (dataset.two_parts, None),
    "excerpt": (dataset.excerpt, None),
    "unknown size": (dataset.unknown_size, None),
    "no thresholds": (dataset.without_thresholds, None),
}


@pytest.fixture(scope="module")
def province_tree():
    return tree(dataset.province(), DECISION)


@pytest.fixture(scope="module", params=SAMPLES, ids=list(SAMPLES))
def sample_tree(request):
    make, decision = SAMPLES[request.param]
    return {path: Reader(body) for path, body in tree(make(), decision).items()}


def test_each_page_of_a_year_has_its_address_once():
    year = dataset.two_parts()
    made = [page.path for page in pages.render_year(year, None, SITE, BASE)]
    assert len(made) == len(set(made))
    assert made[0] == "xep-hang/2017/huyen/"
    assert {"thong-ke/2017/", "phuong-phap/2017/", "tai-ve/2017/", "don-vi/BD0/2017/"} <= set(made)
    assert len(made) == 1 + 9 + 3
    latest = [page.path for page in pages.render_organiser(year, None, SITE, BASE)]
    assert latest == ["", "cac-nam/", *[f"don-vi/BD{place}/" for place in range(9)]]


@pytest.mark.parametrize("name", SAMPLES)
def test_the_same_dataset_gives_the_same_bytes(name):
    make, decision = SAMPLES[name]
    assert tree(make(), decision) == tree(copy.deepcopy(make()), decision)


def test_rendering_leaves_the_dataset_as_it_was():
    year = dataset.province()
    before = copy.deepcopy(year)
    tree(year, DECISION)
    assert year == before


def test_every_link_inside_the_tree_leads_to_a_page_of_it(sample_tree):
    known = {BASE + path for path in sample_tree}
    files = {f"{BASE}tai-ve/{year}/{item['path']}" for year in (2017, 2018, 2025) for item in SITE["files"]}
    others = {year["url"] for year in SITE["years"]} | {pages.LOGIN_URL}
    for path, reader in sample_tree.items():
        for link in reader.links:
            address, _, anchor = link.partition("#")
            if address.startswith("/"):
                assert address in known | files | others, (path, link)
            if anchor and not address:
                assert anchor in reader.ids, (path, link)


def test_an_anchor_on_another_page_exists_there(sample_tree):
    for path, reader in sample_tree.items():
        for link in reader.links:
            address, _, anchor = link.partition("#")
            if anchor and address:
                assert anchor in sample_tree[address.removeprefix(BASE)].ids, (path, link)


def test_no_page_needs_an_exception_of_the_content_policy(sample_tree):
    for reader in sample_tree.values():
        for tag, attributes in reader.tags:
            assert tag != "style"
            assert "style" not in attributes
            assert not [name for name in attributes if name.startswith("on")]
            assert tag != "script" or attributes.get("src")


def test_every_page_has_one_heading_of_the_first_level_and_no_repeated_id(sample_tree):
    for path, reader in sample_tree.items():
        assert [tag for tag, _ in reader.tags].count("h1") == 1, path
        assert len(reader.ids) == len(set(reader.ids)), path


def test_sample_data_says_so_first_thing_on_every_page(province_tree):
    for body in province_tree.values():
        assert Reader(body).text.split("Đến nội dung chính", 1)[1].strip().startswith("DỮ LIỆU MINH HỌA")


def test_real_past_years_carry_no_sample_ribbon():
    assert b"MINH H\xe1\xbb\x8cA" not in b"".join(tree(dataset.two_parts()).values())


def test_the_ranking_prints_the_figures_of_the_dataset_in_their_order(province_tree):
    for group in dataset.province()["groups"]:
        reader = Reader(province_tree[f"xep-hang/2025/{group['code']}/"])
        units = group["units"]
        assert reader.column("Chỉ số") == [format_number(unit["index"]) for unit in units]
        assert [
            name.split(" hạng ")[0].split(" Hợp")[0].split(" Tối")[0].split(" Không")[0]
            for name in reader.column("Đơn vị")
        ] == [unit["name"] for unit in units]
        ranks = [str(unit["rank"]) if unit["rank"] else "– không xếp hạng" for unit in units]
        assert reader.column("Hạng") == ranks


def test_binh_duong_2017_reads_as_it_was_printed():
    reader = read(dataset.two_parts(), "xep-hang/2017/huyen/")
    assert reader.column("Hạng") == [str(rank) for rank in range(1, 10)]
    assert reader.column("Chỉ số") == ["84,58", "82,00", "80,27", "79,04", "78,06", "77,83", "76,22", "76,03", "71,46"]
    assert ["", "Trung bình khối", "78,39"] in [row[:3] for row in reader.tables[0]]
    assert "Công bố kết quả Chỉ số CCHC năm 2017 (06/08/2018)" in reader.text
    assert "http://baubang.binhduong.gov.vn/" in reader.links


def test_the_mean_stands_between_the_units_above_and_below_it():
    rows = read(dataset.two_parts(), "xep-hang/2017/huyen/").tables[0]
    names = [row[1] for row in rows]
    place = names.index("Trung bình khối")
    assert names[place - 1] == "Thị xã Thuận An"
    assert names[place + 1] == "Thị xã Dĩ An"


def test_shared_ranks_are_named_and_the_next_rank_is_skipped(province_tree):
    group = dataset.province()["groups"][0]
    shared = [unit for unit in group["units"] if unit["rank_shared"]]
    assert len(shared) == 2
    reader = Reader(province_tree["xep-hang/2025/so/"])
    for unit in shared:
        assert f"{unit['name']} hạng {unit['rank']} (2 đơn vị cùng hạng)" in reader.text
    assert str(shared[0]["rank"] + 1) not in reader.column("Hạng")


def test_a_unit_without_a_rank_stands_last_with_the_reason(province_tree):
    reader = Reader(province_tree["xep-hang/2025/so/"])
    last = dataset.province()["groups"][0]["units"][-1]
    assert "Có đánh giá, không xếp hạng" in reader.text
    assert reader.column("Đơn vị")[-1] == f"{last['name']} Không xếp hạng: thành lập 01/03/2025, chưa đủ năm"
    unit = Reader(province_tree[f"don-vi/{last['code']}/"])
    assert "không xếp hạng: thành lập 01/03/2025" in unit.text


def test_a_unit_with_its_own_maximum_is_shown_with_it(province_tree):
    text = Reader(province_tree["don-vi/S01/"]).text
    assert "trên tối đa 87,00 của riêng đơn vị" in text
    assert "Không áp dụng với đơn vị" in text
    assert "Tối đa riêng 87,00 điểm" in Reader(province_tree["xep-hang/2025/so/"]).text


def test_where_the_print_differs_the_row_says_so(province_tree):
    assert "Bản in ghi 95,27" in Reader(province_tree["xep-hang/2025/so/"]).text
    text = read(dataset.without_thresholds(), "thong-ke/2018/").text
    assert "Bản công bố in trung bình khối huyện là 86,00; tính lại từ các số trong bảng là 85,61." in text


def test_what_cannot_be_compared_says_why_and_the_rest_shows_points_and_places(province_tree):
    group = dataset.province()["groups"][0]
    merged = next(unit for unit in group["units"] if unit["note"])
    assert "Không so sánh với năm 2024: hợp nhất 01/03/2025." in Reader(province_tree[f"don-vi/{merged['code']}/"]).text
    cells = Reader(province_tree["xep-hang/2025/so/"]).column("So với năm 2024")
    for unit, cell in zip(group["units"], cells, strict=True):
        change = unit["change"]
        if change is None:
            assert cell == "Không có số liệu"
        elif not change["comparable"]:
            assert cell == "Không so sánh"  # the note under the name says why
        elif change["points"] == "0":
            assert cell.startswith("Không đổi")
        else:
            sign = "−" if change["points"].startswith("-") else "+"
            assert cell.startswith(f"{sign}{format_number(change['points'].lstrip('-'), 2)} điểm")


def test_a_row_without_a_note_says_itself_why_nothing_is_compared():
    year = dataset.province()
    merged = next(unit for unit in year["groups"][0]["units"] if unit["note"])
    merged["note"] = None
    cells = read(year, "xep-hang/2025/so/", DECISION).column("So với năm 2024")
    assert "Không so sánh hợp nhất 01/03/2025" in cells


def test_without_thresholds_nothing_is_notched_and_classes_stand_as_printed():
    year = dataset.without_thresholds()
    body = tree(year)["xep-hang/2018/huyen/"]
    reader = Reader(body)
    assert reader.column("Xếp loại") == ["Tốt", "Tốt", "Khá"]
    assert b'class="notch"' not in body
    assert b'class="thr"' not in body
    assert "Nguồn không nêu ngưỡng xếp loại" in reader.text
    assert "Nguồn không nêu ngưỡng xếp loại" in read(year, "phuong-phap/2018/").text


def test_only_an_index_that_can_be_explained_leads_to_its_explanation(province_tree):
    assert b'class="idx why"' in province_tree["xep-hang/2025/so/"]
    body = tree(dataset.excerpt())["xep-hang/2025/so/"]
    assert b'class="idx why"' not in body
    assert b'<b class="idx">94,71</b>' in body


def test_a_year_without_classes_has_no_class_column():
    head = read(dataset.two_parts(), "xep-hang/2017/huyen/").tables[0][0]
    assert "Xếp loại" not in head


def test_thresholds_are_notches_of_every_ruler(province_tree):
    first = re.search(rb'<svg class="ruler" height="14".*?</svg>', province_tree["xep-hang/2025/so/"], re.DOTALL)
    assert first is not None
    assert re.findall(rb'class="notch" x1="([\d.]+)%"', first[0]) == [b"80.00", b"65.00", b"50.00"]


def test_classes_on_points_are_not_drawn_on_the_index_scale():
    year = dataset.province()
    year["campaign"] = {**year["campaign"], "policy": {**dataset.POLICY, "grade_on": "points"}}
    body = tree(year, DECISION)["xep-hang/2025/so/"]
    assert b'class="notch"' not in body
    assert "Tốt từ 80 điểm" in read(year, "phuong-phap/2025/").text


def test_the_unit_page_compares_each_component_with_the_mean_of_its_group(province_tree):
    group = dataset.province()["groups"][0]
    unit = group["units"][0]
    reader = Reader(province_tree[f"don-vi/{unit['code']}/"])
    assert reader.column("Chỉ số thành phần") == [f"{item['code']}. {item['title']}" for item in unit["components"]]
    assert reader.column("Đạt") == [f"{format_number(item['index'])} %" for item in unit["components"]]
    gaps = [item["versus_mean"] for item in unit["components"]]
    assert reader.column("So với khối") == [
        ("−" if gap.startswith("-") else "+") + format_number(gap.lstrip("-"), 2) for gap in gaps
    ]


def test_lines_of_the_trend_never_cross_a_break(province_tree):
    unit = next(item for item in dataset.province()["groups"][0]["units"] if (item["change"] or {}).get("comparable"))
    body = province_tree[f"don-vi/{unit['code']}/"]
    trend = re.search(rb'<svg class="trend".*?</svg>', body, re.DOTALL)
    assert trend is not None
    assert trend[0].count(b'class="breakband"') == 1
    assert trend[0].count(b'class="own"') == 2
    assert "không so sánh với năm trước" in Reader(body).text


def test_the_derivation_ends_in_the_published_index(province_tree):
    text = Reader(province_tree["don-vi/S01/"]).text
    unit = next(item for item in dataset.province()["groups"][0]["units"] if item["code"] == "S01")
    printed = format_number(unit["index"])
    assert f"{format_number(unit['points'], 2)} : 87,00 × 100" in text
    assert f"Chỉ số {printed} %" in text
    assert "Bộ tiêu chí 100,00 điểm, đã trừ phần không áp dụng với đơn vị." in text


def derived(policy=None, **figures):
    """The derivation on the page of one department of the province, whose `figures` are replaced."""
    year = dataset.province()
    year["campaign"]["policy"] = dataset.POLICY | (policy or {})
    unit = next(item for item in year["groups"][0]["units"] if item["code"] == "S01")
    unit |= figures
    return read(year, "don-vi/S01/").text.partition("Vì sao số này? Điểm")[2]


def test_the_derivation_says_how_the_index_is_rounded():
    assert "× 100, lấy 2 chữ số sau dấu phẩy, từ 5 trở lên làm tròn lên." in derived()
    assert "× 100, lấy 3 chữ số sau dấu phẩy, phần sau bị cắt bỏ, không làm tròn lên." in derived(
        {"decimals": 3, "rounding": "down"}
    )
    assert "× 100, lấy số nguyên, đúng giữa hai số thì lấy số chẵn." in derived(
        {"decimals": 0, "rounding": "half_even"}
    )


def test_the_derivation_says_where_the_ceiling_has_lowered_the_index():
    above = {"points": "102", "max_points": "100", "index": "100.00"}
    assert "102,00 : 100,00 × 100, vượt 100 nên chỉ tính 100, lấy 2 chữ số" in derived({"cap_index": True}, **above)
    assert "vượt 100" not in derived({"cap_index": True}, points="100", max_points="100", index="100.00")
    assert "vượt 100" not in derived({"cap_index": False}, **above | {"index": "102.00"})
    weighted = derived({"cap_index": True, "weighting": "weights"}, **above)
    assert "Bình quân chỉ số thành phần theo trọng số, không quá 100, lấy 2 chữ số" in weighted


def test_the_derivation_tells_bonus_and_penalty_as_far_as_the_dataset_does():
    whole = "Tổng điểm của các nội dung được chấm"
    assert f"{whole}, cộng 1,50 điểm thưởng, bớt 0,25 điểm trừ." in derived(bonus="1.5", penalty="0.25")
    assert f"{whole}, bớt 90,00 điểm trừ, không xuống dưới 0." in derived(bonus="0", penalty="90", points="0")
    assert f"{whole}." in derived(bonus="0", penalty="0")
    # A year frozen before the dataset told them, a past table, or a year of which the index alone is public.
    for unknown in ({}, {"bonus": None, "penalty": None}):
        assert f"{whole}, gồm cả điểm thưởng, điểm trừ nếu có." in derived(**unknown)


def test_a_weighted_index_with_a_part_of_bonus_points_alone_says_so():
    parts = copy.deepcopy(dataset.province()["groups"][0]["units"][0]["components"])
    parts[-1] |= {"index": None, "max_points": "0", "applicable": True, "versus_mean": None}
    weighted = derived({"weighting": "weights"}, components=parts)
    assert "theo trọng số, thêm bớt điểm của phần chỉ có điểm thưởng, điểm trừ, lấy 2 chữ số" in weighted


def test_the_statistics_are_those_of_the_dataset(province_tree):
    reader = Reader(province_tree["thong-ke/2025/"])
    for group in dataset.province()["groups"]:
        assert f"Trung bình khối {format_number(group['mean'])} %" in reader.text
        assert f"{group['above_mean']} trong {group['ranked']} đơn vị" in reader.text
    counts = {row[0]: row[1:] for row in reader.tables[0][1:]}
    for grade in dataset.FOUR_GRADES:
        expected = [
            next(item["count"] for item in group["grades"] if item["code"] == grade["code"])
            for group in dataset.province()["groups"]
        ]
        assert counts[grade["label"]] == [str(number) for number in [*expected, sum(expected)]]


def test_the_weakest_component_comes_first_and_is_named_in_the_lead(province_tree):
    components = dataset.province()["groups"][0]["components"]
    weakest = min(components, key=lambda item: Decimal(item["mean"]))
    reader = Reader(province_tree[""])
    printed = format_number(weakest["mean"])
    title = weakest["title"][0].lower() + weakest["title"][1:]
    assert f"Phần đạt thấp nhất của khối sở, ban, ngành là {title} ({printed} %)." in reader.text


def test_the_decision_and_the_edition_are_named(province_tree):
    text = Reader(province_tree[""]).text
    assert "Công bố theo Quyết định số 214/QĐ-UBND ngày 12/02/2026 của UBND tỉnh Hòa Giang." in text
    assert "Bản 1, chưa có đính chính." in text
    assert "7F2C-91AE-0D44" in text


def test_a_table_taken_from_elsewhere_is_not_spoken_of_as_the_organisers_own():
    text = read(dataset.two_parts(), "").text
    assert "Số liệu nhập lại từ bản công bố đã nêu nguồn." in text
    assert "Đơn vị vận hành" not in text
    assert "Đơn vị vận hành: Sở Nội vụ." in read(dataset.two_parts(), "", DECISION).text


def test_a_reason_keeps_its_names_in_capitals():
    year = dataset.two_parts()
    unit = year["groups"][0]["units"][-1]
    unit.update(ranked=False, rank=None, unranked_reason="Tách từ Thị xã Tân Uyên")
    text = read(year, f"don-vi/{unit['code']}/").text
    assert "Không xếp hạng: tách từ Thị xã Tân Uyên." in text


def test_a_unit_that_is_not_assessed_stands_below_the_ranking_with_its_sentence():
    year = dataset.two_parts()
    unit = year["groups"][0]["units"][-1]
    figures = dict.fromkeys(("rank", "index", "points", "max_points", "full_max_points", "grade"))
    unit.update(figures, ranked=False, components=[], change=None, left_out_reason="Giải thể (12/NQ-HĐND)")
    before = {"year": 2016, "index": None, "rank": None, "group_mean": None, "comparable": True}
    unit["history"] = [before, {**before, "year": 2017, "assessed": False}]
    ranking = read(year, f"xep-hang/2017/{year['groups'][0]['code']}/")
    assert ranking.column("Đơn vị")[-1] == f"{unit['name']} Không đánh giá: giải thể (12/NQ-HĐND)"
    assert "nguồn chỉ nêu thứ hạng" not in ranking.text
    page = read(year, f"don-vi/{unit['code']}/").text
    assert "không đánh giá: giải thể (12/NQ-HĐND)" in page
    assert page.count("không công bố") == 1, "only the year before, whose source gave no figure, is called so"


def test_a_correction_names_the_version_it_replaces():
    year = dataset.two_parts()
    year["publication"] = {**year["publication"], "version": 2, "supersedes": "1111-2222-3333"}
    assert "Bản 2, thay bản có mã 1111-2222-3333." in read(year, "").text


def test_a_version_kept_for_ever_links_only_to_itself_and_to_the_current_results():
    base = "/hoa-giang/ban-cong-bo/7F2C-91AE-0D44/"
    site = {**SITE, "current_url": "/hoa-giang/"}
    made = {page.path: page.body for page in pages.render_version(dataset.two_parts(), None, site, base)}
    assert {"", "xep-hang/2017/huyen/", "don-vi/BD0/", "don-vi/BD0/2017/"} <= set(made)
    for path, body in made.items():
        reader = Reader(body)
        inside = {link.partition("#")[0] for link in reader.links if link.startswith("/")}
        outside = {link for link in inside if not link.startswith(base)}
        assert outside <= {"/hoa-giang/", pages.LOGIN_URL}, path
        assert "Bản lưu của lần công bố có mã 7F2C-91AE-0D44." in reader.text
        # It must stay true when a correction comes.
        assert "chưa có đính chính" not in reader.text


def test_files_to_download_are_listed_with_kind_and_size():
    reader = read(dataset.two_parts(), "tai-ve/2017/")
    assert "Bảng xếp hạng các khối (Excel) 84 KB" in reader.text
    assert "/hoa-giang/tai-ve/2017/xep-hang.xlsx" in reader.links


@pytest.mark.parametrize("path", ["", "cac-nam/", "xep-hang/2017/huyen/", "don-vi/BD3/", "don-vi/BD3/2017/"])
def test_one_page_can_be_had_alone_with_the_same_bytes(path):
    year = dataset.two_parts()
    alone = pages.render_at(year, None, SITE, BASE, path)
    assert alone is not None
    assert alone.body == tree(year)[path]


def test_no_page_is_made_for_an_address_that_is_none():
    assert pages.render_at(dataset.two_parts(), None, SITE, BASE, "xep-hang/2018/huyen/") is None


def test_hostile_names_are_shown_as_text():
    year = dataset.two_parts()
    year["groups"][0]["units"][0]["name"] = '<script>alert(1)</script>" onload="x'
    for body in tree(year).values():
        assert b"<script>alert" not in body
        assert not [tag for tag, attributes in Reader(body).tags if "onload" in attributes]


def test_the_portal_lists_organisers_and_marks_samples():
    page = pages.render_portal(
        {
            "portal_organisers": [
                {"slug": "hoa-giang", "title": "UBND tỉnh Hòa Giang", "headline": "Của 60 đơn vị", "is_sample": True},
                {"slug": "binh-duong", "title": "UBND tỉnh Bình Dương", "headline": "Của 9 đơn vị", "is_sample": False},
            ]
        }
    )
    reader = Reader(page.body)
    assert {"/hoa-giang/", "/binh-duong/"} <= set(reader.links)
    assert reader.text.count("DỮ LIỆU MINH HỌA") == 1
    assert "Của 60 đơn vị" in reader.text


def test_all_years_are_listed_newest_first_with_what_is_known():
    site = {
        **SITE,
        "years": [
            {"year": 2018, "code": "2018", "url": "/a/", "title": "Chỉ số CCHC năm 2018", "act": "Quyết định 9/QĐ"},
            {
                "year": 2017,
                "code": "2017",
                "url": "/b/",
                "groups": [{"title": "Huyện", "listed": "9 đơn vị", "mean": "78.39"}],
            },
        ],
    }
    text = Reader(tree(dataset.two_parts(), site=site)["cac-nam/"]).text
    assert text.index("Chỉ số CCHC năm 2018") < text.index("Huyện: 9 đơn vị, trung bình 78,39 %")


def test_a_withdrawn_publication_says_so_and_shows_no_figure():
    organiser = dataset.province()["organiser"]
    text = Reader(pages.render_withdrawn(organiser, "Chỉ số CCHC năm 2025", "Phụ lục có sai sót.", BASE).body).text
    assert "Bản công bố đã thu hồi" in text
    assert "Phụ lục có sai sót." in text
    sample = pages.render_withdrawn(organiser, "Chỉ số CCHC năm 2025", "Phụ lục có sai sót.", BASE, is_sample=True)
    assert "DỮ LIỆU MINH HỌA" in Reader(sample.body).text
