"""Sample datasets in the format "parindex-publication/1", one for each way in which a year was published.

`province` is invented and large; `two_parts` is Bình Dương 2017 as printed; `excerpt` is Hải Phòng 2025 as far as the
press printed it; `unknown_size` is Tuyên Quang 2025, a group of which nobody says how many it has; `without_thresholds`
has classes as printed and nothing to derive them from. The figures of the invented ones are computed here with
`Decimal`, apart from the engine, so that the pages are tested against numbers that agree.
"""

from collections import Counter
from decimal import ROUND_HALF_UP, Decimal
from random import Random
from typing import Any

Json = dict[str, Any]

POLICY: Json = {
    "decimals": 2,
    "rounding": "half_up",
    "leaf_decimals": None,
    "exclusion": "own_maximum",
    "weighting": "points",
    "cap_index": False,
    "rank_on": "published",
    "ranking": "competition",
    "grade_on": "published",
    "mean_of": "published",
}
FOUR_GRADES: list[Json] = [
    {"code": "tot", "label": "Tốt", "at_least": "80", "above": None, "steps": 4, "step": 4, "tone": "tot"},
    {"code": "kha", "label": "Khá", "at_least": "65", "above": None, "steps": 4, "step": 3, "tone": "kha"},
    {"code": "trung_binh", "label": "Trung bình", "at_least": "50", "above": None, "steps": 4, "step": 2, "tone": "tb"},
    {"code": "yeu", "label": "Yếu", "at_least": None, "above": None, "steps": 4, "step": 1, "tone": "yeu"},
]
COMPONENTS = [
    ("1", "Chỉ đạo, điều hành", "9.5"),
    ("2", "Thể chế", "10"),
    ("3", "Thủ tục hành chính", "13"),
    ("4", "Tổ chức bộ máy", "10.5"),
    ("5", "Chế độ công vụ", "15"),
    ("6", "Tài chính công", "12"),
    ("7", "Chính quyền số", "13.5"),
    ("8", "Tác động của cải cách", "16.5"),
]
DEPARTMENTS = [
    "Văn phòng UBND tỉnh",
    "Sở Nội vụ",
    "Sở Tư pháp",
    "Sở Tài chính",
    "Sở Xây dựng",
    "Sở Công Thương",
    "Sở Nông nghiệp và Môi trường",
    "Sở Khoa học và Công nghệ",
    "Sở Giáo dục và Đào tạo",
    "Sở Y tế",
    "Sở Văn hóa, Thể thao và Du lịch",
    "Sở Dân tộc và Tôn giáo",
    "Thanh tra tỉnh",
    "Ban Quản lý các khu công nghiệp",
]
_FIRST = ["Bến", "Đắk", "Hòa", "Lộc", "Vĩnh", "Phước", "Ia", "Krông", "Suối", "Đồng", "Thủy", "Ân"]
_SECOND = ["Tràm", "Ổi", "Ngà", "Lau", "Tạ", "Nghĩa", "Bưng", "Nhông"]


def exact(value: Decimal, decimals: int = 2) -> str:
    """Return ``value`` half up to ``decimals`` digits, as the dataset prints it."""
    return str(value.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP))


def dataset(groups: list[Json], **changes: Any) -> Json:
    """Return a whole dataset around ``groups``; ``changes`` replace top-level keys."""
    base: Json = {
        "format": "parindex-publication/1",
        "organiser": {
            "slug": "hoa-giang",
            "title": "UBND tỉnh Hòa Giang",
            "place": "tỉnh Hòa Giang",
            "lead_department": "Sở Nội vụ",
        },
        "campaign": {
            "code": "2025",
            "title": "Chỉ số CCHC năm 2025",
            "year": 2025,
            "is_sample": True,
            "is_past": True,
            "source": None,
            "printed_statement": None,
            "policy": POLICY,
            "input_sha256": "a3f1" * 16,
            "run": 3,
            "engine": "1.0.0",
        },
        "publication": {"version": 1, "check_code": "7F2C-91AE-0D44", "depth": "components", "supersedes": None},
        "grades": FOUR_GRADES,
        "grades_known": True,
        "groups": groups,
    }
    return {**base, **changes}


def unit(code: str, name: str, index: str | None, rank: int | None, **changes: Any) -> Json:
    """Return one unit with everything that was not printed left null."""
    base: Json = {
        "code": code,
        "name": name,
        "rank": rank,
        "rank_shared": False,
        "ranked": True,
        "unranked_reason": None,
        "index": index,
        "points": None,
        "max_points": None,
        "full_max_points": None,
        "grade": None,
        "grade_as_printed": False,
        "grade_note": None,
        "printed_note": None,
        "note": None,
        "change": None,
        "components": [],
        "history": [],
    }
    return {**base, **changes}


def group(code: str, title: str, units: list[Json], **changes: Any) -> Json:
    """Return a group with its statistics taken from the ranked units; an excerpt has none."""
    ranked = [item for item in units if item["ranked"] and item["index"] is not None]
    indices = [Decimal(item["index"]) for item in ranked]
    is_excerpt = changes.get("is_excerpt", changes.get("listed_of") is not None)
    whole = not is_excerpt and bool(indices)
    mean = sum(indices) / len(indices) if whole else None
    counts = Counter(item["grade"] for item in ranked)
    base: Json = {
        "code": code,
        "title": title,
        "count": len(units),
        "ranked": len(ranked),
        "is_excerpt": is_excerpt,
        "listed_of": None,
        "mean": exact(mean) if mean is not None else None,
        "mean_printed": None,
        "highest": str(max(indices)) if whole else None,
        "lowest": str(min(indices)) if whole else None,
        "above_mean": sum(index > mean for index in indices) if mean is not None else None,
        "grades": [
            {"code": grade["code"], "label": grade["label"], "count": counts[grade["code"]]}
            for grade in FOUR_GRADES
            if any(counts)
        ],
        "bands": [],
        "components": [],
        "previous_year": None,
        "units": units,
    }
    return {**base, **changes}


def province() -> Json:
    """Return an invented province: 14 sở, 9 phường, 86 xã; own maxima, a tie, unranked units, changes, history."""
    names = [f"{first} {second}" for first in _FIRST for second in _SECOND][:95]
    wards = [(f"P{place:03d}", f"Phường {name}") for place, name in enumerate(names[:9])]
    communes = [(f"X{place:03d}", f"Xã {name}") for place, name in enumerate(names[9:])]
    departments = [(f"S{place:02d}", name) for place, name in enumerate(DEPARTMENTS)]
    return dataset(
        [
            _scored_group("so", "Sở, ban, ngành", departments, seed=1),
            _scored_group("phuong", "Phường", wards, seed=2),
            _scored_group("xa", "Xã, đặc khu", communes, seed=3),
        ]
    )


def _scored_group(code: str, title: str, names: list[tuple[str, str]], seed: int) -> Json:
    chance = Random(seed)
    units = [_scored_unit(unit_code, name, chance, place) for place, (unit_code, name) in enumerate(names)]
    units[3]["components"], units[3]["points"], units[3]["index"] = (
        units[2]["components"],
        units[2]["points"],
        units[2]["index"],
    )
    units[-1].update(ranked=False, unranked_reason="Thành lập 01/03/2025, chưa đủ năm", note=None)
    units[4].update(note="Hợp nhất 01/03/2025", printed_note="Bản in ghi 95,27")
    _rank(units)
    for item in units:
        item["grade"] = next(
            grade["code"]
            for grade in FOUR_GRADES
            if grade["at_least"] is None or Decimal(item["index"]) >= Decimal(grade["at_least"])
        )
    result = group(code, title, units, previous_year=2024)
    ranked = [item for item in units if item["ranked"]]
    result["components"] = [_component_mean(place, ranked) for place in range(len(COMPONENTS))]
    for place, mean in enumerate(result["components"]):
        for item in units:
            part = item["components"][place] = dict(item["components"][place])
            if part["applicable"]:
                part["group_mean"] = mean["mean"]
                part["versus_mean"] = str(Decimal(part["index"]) - Decimal(mean["mean"]))
    highest = [Decimal(item["index"]) for item in ranked]
    result["bands"] = [
        {"label": "từ 90 trở lên", "count": sum(index >= 90 for index in highest)},
        {"label": "từ 80 đến dưới 90", "count": sum(80 <= index < 90 for index in highest)},
        {"label": "dưới 80", "count": sum(index < 80 for index in highest)},
    ]
    _compare(units, result, chance)
    return result


def _scored_unit(code: str, name: str, chance: Random, place: int) -> Json:
    parts, total, maximum = [], Decimal(0), Decimal(0)
    for number, title, most in COMPONENTS:
        full = Decimal(most)
        applicable = not (place == 1 and number == "3")
        points = (full * chance.randint(220, 395) / 400).quantize(Decimal("0.25")) if applicable else Decimal(0)
        part: Json = {
            "code": number,
            "title": title,
            "points": str(points) if applicable else None,
            "max_points": most if applicable else None,
            "index": exact(points / full * 100) if applicable else None,
            "rank": None,
            "applicable": applicable,
            "group_mean": None,
            "versus_mean": None,
            "change_points": str(Decimal(chance.randint(-4, 6)) / 4) if applicable else None,
        }
        parts.append(part)
        total += points
        maximum += full if applicable else 0
    return unit(
        code,
        name,
        exact(total / maximum * 100),
        None,
        points=str(total),
        max_points=str(maximum),
        full_max_points="100",
        components=parts,
    )


def _rank(units: list[Json]) -> None:
    """Sort in place: ranked ones by index, shared ranks skipped after, unranked last."""
    units.sort(key=lambda item: (not item["ranked"], -Decimal(item["index"])))
    indices = [item["index"] for item in units if item["ranked"]]
    for item in units:
        if item["ranked"]:
            item["rank"] = indices.index(item["index"]) + 1
            item["rank_shared"] = indices.count(item["index"]) > 1


def _component_mean(place: int, units: list[Json]) -> Json:
    number, title, most = COMPONENTS[place]
    parts = [(item["components"][place], item["name"]) for item in units]
    known = [(Decimal(part["index"]), name) for part, name in parts if part["applicable"]]
    mean = sum(value for value, _ in known) / len(known)
    return {
        "code": number,
        "title": title,
        "max_points": most,
        "mean": exact(mean),
        "highest_unit": max(known)[1],
        "lowest_unit": min(known)[1],
    }


def _compare(units: list[Json], owner: Json, chance: Random) -> None:
    for place, item in enumerate(units):
        if item["note"]:
            item["change"] = {"year": 2024, "comparable": False, "points": None, "places": None, "why": item["note"]}
        elif item["ranked"]:
            points = Decimal(chance.randint(-300, 400)) / 100 if place else Decimal(0)
            item["change"] = {
                "year": 2024,
                "comparable": True,
                "points": str(points),
                "places": chance.randint(-3, 3),
                "why": None,
            }
        changed = (item["change"] or {}).get("points")
        before = Decimal(item["index"]) - Decimal(changed or "2.5")
        item["history"] = [
            {"year": 2022, "index": str(before - 2), "rank": 9, "group_mean": "77.10", "comparable": True},
            {"year": 2023, "index": str(before - 1), "rank": 8, "group_mean": "78.25", "comparable": False},
            {"year": 2024, "index": str(before), "rank": 7, "group_mean": "79.90", "comparable": True},
            {
                "year": 2025,
                "index": item["index"],
                "rank": item["rank"],
                "group_mean": owner["mean"],
                "comparable": changed is not None,
            },
        ]


# Điểm thẩm định (65) and điểm điều tra xã hội học (35), as printed in the announcement of 06/08/2018.
BINH_DUONG = [
    ("Thành phố Thủ Dầu Một", "51.75", "32.83", "84.58"),
    ("Thị xã Tân Uyên", "48.75", "33.25", "82.00"),
    ("Huyện Bàu Bàng", "47.45", "32.82", "80.27"),
    ("Thị xã Thuận An", "46.8", "32.24", "79.04"),
    ("Thị xã Dĩ An", "46.5", "31.56", "78.06"),
    ("Thị xã Bến Cát", "45.75", "32.08", "77.83"),
    ("Huyện Dầu Tiếng", "44", "32.22", "76.22"),
    ("Huyện Phú Giáo", "46", "30.03", "76.03"),
    ("Huyện Bắc Tân Uyên", "40.45", "31.01", "71.46"),
]


def two_parts() -> Json:
    """Return Bình Dương 2017: nine huyện, two parts, no classes, no year before."""
    parts = (("td", "Điểm thẩm định", Decimal(65)), ("xhh", "Điểm điều tra xã hội học", Decimal(35)))
    means = [
        exact(sum(Decimal(row[1 + place]) / full * 100 for row in BINH_DUONG) / 9)
        for place, (_, _, full) in enumerate(parts)
    ]
    units = []
    for place, row in enumerate(BINH_DUONG):
        components = []
        for part, (code, title, full) in enumerate(parts):
            index = exact(Decimal(row[1 + part]) / full * 100)
            components.append(
                {
                    "code": code,
                    "title": title,
                    "points": row[1 + part],
                    "max_points": str(full),
                    "index": index,
                    "rank": None,
                    "applicable": True,
                    "group_mean": means[part],
                    "versus_mean": str(Decimal(index) - Decimal(means[part])),
                    "change_points": None,
                }
            )
        units.append(
            unit(
                f"BD{place}",
                row[0],
                row[3],
                place + 1,
                points=row[3],
                max_points="100",
                full_max_points="100",
                components=components,
            )
        )
    huyen = group("huyen", "Huyện, thị xã, thành phố", units, mean_printed="78.39")
    huyen["components"] = [
        {
            "code": code,
            "title": title,
            "max_points": str(full),
            "mean": mean,
            "highest_unit": "Thị xã Tân Uyên" if code == "xhh" else "Thành phố Thủ Dầu Một",
            "lowest_unit": "Huyện Phú Giáo" if code == "xhh" else "Huyện Bắc Tân Uyên",
        }
        for (code, title, full), mean in zip(parts, means, strict=True)
    ]
    huyen["grades"] = []
    return _past(
        [huyen],
        2017,
        _organiser("binh-duong", "tỉnh Bình Dương"),
        {"text": "Công bố kết quả Chỉ số CCHC năm 2017 (06/08/2018)", "url": "http://baubang.binhduong.gov.vn/"},
    )


def excerpt() -> Json:
    """Return Hải Phòng 2025 as the press printed it: 4 of 45 phường, 6 of 14 sở, two of them without an index."""
    departments = [
        unit("TT", "Thanh tra thành phố", "94.71", 1),
        unit("VP", "Văn phòng UBND thành phố", "94.40", 2),
        unit("TC", "Sở Tài chính", "92.99", 3),
        unit("NgV", "Sở Ngoại vụ", None, 4),
        unit("NV", "Sở Nội vụ", None, 5),
        unit("KKT", "Ban Quản lý Khu kinh tế", "88.99", 14),
    ]
    wards = [
        unit("HB", "Phường Hồng Bàng", "95.80", 1),
        unit("HA", "Phường Hải An", "95.77", 2),
        unit("HgA", "Phường Hồng An", "95.57", 3),
        unit("BAP", "Phường Bắc An Phụ", "76.26", 45),
    ]
    return _past(
        [
            group("so", "Sở, ban, ngành", departments, listed_of=14, grades=[]),
            group("phuong", "Phường", wards, listed_of=45, grades=[]),
        ],
        2025,
        _organiser("hai-phong", "thành phố Hải Phòng"),
        {"text": "Báo chí đưa tin công bố ngày 09/01/2026", "url": None},
    )


def unknown_size() -> Json:
    """Return Tuyên Quang 2025: three sở of nobody says how many, three of 124 xã, and a word about all of these."""
    departments = [
        unit("TP", "Sở Tư pháp", "91.21", 1),
        unit("VP", "Văn phòng UBND tỉnh", "90.84", 2),
        unit("NV", "Sở Nội vụ", "90.81", 3),
    ]
    communes = [
        unit("QB", "Xã Quảng Bình", "85.10", 1),
        unit("YP", "Xã Yên Phú", "85.07", 2),
        unit("DG", "Xã Du Già", "84.36", 3),
    ]
    year = _past(
        [
            group("so", "Sở, ban, ngành", departments, is_excerpt=True, grades=[]),
            group("xa", "Xã, phường", communes, listed_of=124, grades=[]),
        ],
        2025,
        _organiser("tuyen-quang", "tỉnh Tuyên Quang"),
        {"text": "Báo Tuyên Quang, tháng 01/2026", "url": None},
    )
    year["campaign"]["printed_statement"] = "mười xã, phường đứng đầu đều đạt trên 80"
    return year


def without_thresholds() -> Json:
    """Return a year whose classes were printed without saying where each begins."""
    grades = [{**grade, "at_least": None} for grade in FOUR_GRADES[:3]]
    units = [
        unit("A", "Thị xã An Khê", "90.10", 1, grade="tot", grade_as_printed=True),
        unit("B", "Huyện Ba Tơ", "83.68", 2, grade="tot", grade_as_printed=True, printed_note="Bản in ghi 83,86"),
        unit(
            "C",
            "Huyện Đức Phổ",
            "83.06",
            3,
            grade="kha",
            grade_as_printed=True,
            grade_note="Theo quyết định của Hội đồng",
        ),
    ]
    made = _past(
        [group("huyen", "Huyện", units, mean_printed="86.00")],
        2018,
        _organiser("an-binh", "tỉnh An Bình"),
        {"text": "Quyết định công bố năm 2018", "url": None},
    )
    return {**made, "grades": grades}


def _organiser(slug: str, place: str) -> Json:
    return {"slug": slug, "title": f"UBND {place}", "place": place, "lead_department": "Sở Nội vụ"}


def _past(groups: list[Json], year: int, organiser: Json, source: Json) -> Json:
    made = dataset(groups, organiser=organiser, grades=[], grades_known=False)
    made["campaign"] = {
        **made["campaign"],
        "code": str(year),
        "title": f"Chỉ số CCHC năm {year}",
        "year": year,
        "is_sample": False,
        "source": source,
    }
    return made


DECISION: Json = {"number": "214/QĐ-UBND", "date": "2026-02-12", "issuer": "UBND tỉnh Hòa Giang"}
SITE: Json = {
    "years": [
        {"year": 2025, "code": "2025", "url": "/hoa-giang/"},
        {"year": 2024, "code": "2024", "url": "/hoa-giang/xep-hang/2024/so/"},
    ],
    "files": [
        {"path": "xep-hang.xlsx", "title": "Bảng xếp hạng các khối", "kind": "Excel", "size": 86016},
        {"path": "xep-hang.csv", "title": "Bảng xếp hạng các khối", "kind": "CSV", "size": 21000},
        {"path": "xep-hang.json", "title": "Toàn bộ số liệu công bố", "kind": "JSON", "size": 655000},
    ],
    "portal_organisers": [],
}
