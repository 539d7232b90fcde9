"""The words of the public pages, made from the figures of a dataset so that text and table cannot disagree."""

from collections import Counter
from decimal import Decimal
from typing import Any

from units.vietnamese import format_date, format_number, format_percent, format_points, format_signed

Json = dict[str, Any]

_COUNT_WORDS = ("không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín", "mười")
NOT_PUBLISHED = "không công bố"
NOT_ASSESSED = "không đánh giá"


def lower_first(text: str) -> str:
    """Put a title into the middle of a sentence ("Tác động…" → "tác động…"); abbreviations and codes stay."""
    return text[:1].lower() + text[1:] if text[1:2].islower() or text[1:2] == " " else text


def upper_first(text: str) -> str:
    """Begin a sentence; the rest keeps its capitals."""
    return text[:1].upper() + text[1:]


def count_word(number: int) -> str:
    """Return a small number as a capitalised word, a large one in figures."""
    return upper_first(_COUNT_WORDS[number]) if number < len(_COUNT_WORDS) else str(number)


def listing(items: list[str]) -> str:
    """Join words as Vietnamese does: "a, b và c"."""
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} và {items[-1]}"


def group_name(group: Json) -> str:
    """Return "khối sở, ban, ngành"."""
    return f"khối {lower_first(group['title'])}"


def is_excerpt(group: Json) -> bool:
    """Tell whether the source gives only some of the group's units or figures, so that no mean of it is known."""
    return bool(group["is_excerpt"])


def size_of(group: Json) -> int | None:
    """Return how many units a group has, also those that an excerpt leaves out; None where its source does not say."""
    size: int | None = group["listed_of"] if is_excerpt(group) else group["count"]
    return size


def competitors(group: Json) -> int | None:
    """Return among how many units the ranks of a group are; None where the source of an excerpt does not say."""
    size: int | None = group["listed_of"] if is_excerpt(group) else group["ranked"]
    return size


def listed(group: Json) -> str:
    """Return "14 đơn vị", of an excerpt "4 trong 45 đơn vị" or, its size unknown, "3 đơn vị được nêu"."""
    size = size_of(group)
    if size is None:
        return f"{group['count']} đơn vị được nêu"
    return f"{size} đơn vị" if size == group["count"] else f"{group['count']} trong {size} đơn vị"


def excerpt(group: Json) -> str:
    """Say how much of the group the source printed, "" when all of it."""
    if not is_excerpt(group):
        return ""
    size = size_of(group)
    if size is None:
        return f"Bản công bố nêu {group['count']} đơn vị của {group_name(group)}, không nêu tổng số."
    if size == group["count"]:
        return f"Bản công bố không nêu đủ số liệu của {group_name(group)}."
    return f"Bản công bố nêu {listed(group)} của {group_name(group)}."


def printed_statement(dataset: Json) -> str:
    """Say what the source tells of a whole group without its units, as it stands there; "" when nothing."""
    statement = dataset["campaign"]["printed_statement"]
    return f"Bản công bố còn nêu: {statement.rstrip('.')}." if statement else ""


def headline(dataset: Json) -> str:
    """Return the heading of a year's home page; a source that names only some of the units is called an excerpt."""
    groups, year = dataset["groups"], dataset["campaign"]["year"]
    shown = sum(group["count"] for group in groups)
    if not any(is_excerpt(group) for group in groups):
        return f"Kết quả cải cách hành chính của {shown} cơ quan, địa phương năm {year}"
    sizes = [size_of(group) for group in groups]
    known = [size for size in sizes if size is not None]
    total = f" trong {sum(known)}" if len(known) == len(sizes) and sum(known) != shown else ""
    return f"Kết quả cải cách hành chính năm {year}, trích {shown}{total} đơn vị"


def lead(dataset: Json) -> str:
    """Return what was found, in two to three sentences."""
    excerpts = [text for group in dataset["groups"] if (text := excerpt(group))]
    found = [class_counts(dataset["groups"], dataset["grades"]) if not excerpts else ""]
    first = dataset["groups"][0]
    if not found[0]:
        found = [*excerpts, extremes(first, named=len(dataset["groups"]) > 1)]
    return " ".join(text for text in [*found, weakest(first)] if text)


def class_counts(groups: list[Json], grades: list[Json]) -> str:
    """Say how many units stand in each class ("26 đơn vị xếp loại Tốt, 30 Khá."), "" when no unit has one."""
    counts: Counter[str] = Counter()
    for group in groups:
        for grade in group["grades"]:
            counts[grade["code"]] += grade["count"]
    present = [(grade["label"], counts[grade["code"]]) for grade in grades if counts[grade["code"]]]
    if not present:
        return ""
    (label, number), *others = present
    text = f"{number} đơn vị xếp loại {label}" + "".join(f", {number} {label}" for label, number in others) + "."
    lowest = grades[-1]
    return text if counts[lowest["code"]] else f"{text} Không có đơn vị xếp loại {lowest['label']}."


def extremes(group: Json, *, named: bool = False) -> str:
    """Name the highest index of a group and, where it was printed whole, the lowest and the mean.

    ``named`` says of which group, where the sentence stands beside others.
    """
    known = [unit for unit in group["units"] if unit["ranked"] and unit["index"] is not None]
    if not known:
        return ""
    best = max(known, key=lambda unit: Decimal(unit["index"]))
    where = f" {group_name(group)}" if named else ""
    if is_excerpt(group) and best["rank"] != 1:  # who is best stands in the part that the source left out
        place = f" xếp thứ {best['rank']}," if best["rank"] else ""
        return f"{best['name']}{place} đạt {format_percent(best['index'])}."
    text = f"Cao nhất{where} là {best['name']}, {format_percent(best['index'])}"
    if is_excerpt(group):
        return f"{text}."
    worst = min(known, key=lambda unit: Decimal(unit["index"]))
    mean = f", trung bình {format_percent(group['mean'])}" if group["mean"] is not None else ""
    return f"{text}; thấp nhất là {worst['name']}, {format_percent(worst['index'])}{mean}."


def weakest(group: Json) -> str:
    """Name the component with the lowest mean of a group, "" where there are fewer than two."""
    components = [component for component in group["components"] if component["mean"] is not None]
    if len(components) < 2:
        return ""
    component = min(components, key=lambda item: Decimal(item["mean"]))
    title = lower_first(component["title"])
    return f"Phần đạt thấp nhất của {group_name(group)} là {title} ({format_percent(component['mean'])})."


def act(dataset: Json, decision: Json | None, *, archive: bool) -> Json:
    """Say on which legal act the figures stand: {text, link_text, link_url, tail} for the component `sealed`."""
    source = dataset["campaign"]["source"]
    version = edition(dataset, archive=archive)
    if decision:
        issuer = f" của {decision['issuer']}" if decision.get("issuer") else ""
        date = f" ngày {format_date(decision['date'])}" if decision.get("date") else ""
        origin = f" Nguồn: {source['text']}." if source else ""
        tail = f"{date}{issuer}.{origin} {version}"
        return {
            "text": "Công bố theo ",
            "link_text": f"Quyết định số {decision['number']}",
            "link_url": source["url"] if source else None,
            "tail": tail,
        }
    if source:
        return {"text": "Nguồn: ", "link_text": source["text"], "link_url": source["url"], "tail": f". {version}"}
    return {"text": "", "link_text": "", "link_url": None, "tail": version}


def edition(dataset: Json, *, archive: bool) -> str:
    """Say which version of the publication this is. A version kept for ever does not speak of what came after it."""
    publication = dataset["publication"]
    number = publication["version"]
    if publication["supersedes"]:
        return f"Bản {number}, thay bản có mã {publication['supersedes']}."
    return f"Bản {number}." if archive else f"Bản {number}, chưa có đính chính."


def change(value: Json | None, previous_year: int | None) -> Json | None:
    """Return the change of a unit for the component `delta`; None where the group has no year before."""
    if previous_year is None:
        return None
    if value is None:
        return {"direction": "none", "text": "Không có số liệu", "places": ""}
    if not value["comparable"]:
        return {"direction": "none", "text": "Không so sánh", "places": lower_first(value["why"] or "")}
    return {**points_change(value["points"]), "places": places(value["places"])}


def points_change(points: str | None) -> Json:
    """Return direction and text of a change in points."""
    if points is None:
        return {"direction": "none", "text": ""}
    if Decimal(points) == 0:
        return {"direction": "same", "text": "Không đổi"}
    return {"direction": "up" if Decimal(points) > 0 else "down", "text": f"{format_signed(points)} điểm"}


def places(number: int | None) -> str:
    """Say how the rank moved; places above 0 are up."""
    if number is None:
        return ""
    if number == 0:
        return "giữ hạng"
    return f"lên {number} bậc" if number > 0 else f"xuống {-number} bậc"


def change_in_words(value: Json | None, year: int | None) -> str:
    """Return "So với năm 2024: +3,18 điểm, lên 2 bậc.", or why nothing is compared."""
    shown = change(value, year)
    if shown is None:
        return ""
    if shown["direction"] == "none" and value is None:
        return f"Không có số liệu năm {year} để so sánh."
    if shown["direction"] == "none":
        reason = f": {shown['places']}" if shown["places"] else ""
        return f"Không so sánh với năm {year}{reason}."
    moved = f", {shown['places']}" if shown["places"] else ""
    return f"So với năm {year}: {lower_first(shown['text'])}{moved}."


def is_left_out(unit: Json) -> bool:
    """Tell whether the unit was not assessed; datasets of before 0.4 tell of none."""
    return bool(unit.get("left_out_reason"))


def rank(unit: Json, group: Json) -> str:
    """Return "hạng 4 trong 14 đơn vị" ("hạng 4" where nobody says of how many), with the tie, or why there is none."""
    if is_left_out(unit):
        return f"không đánh giá: {lower_first(unit['left_out_reason'])}"
    if unit["rank"] is None:
        reason = f": {lower_first(unit['unranked_reason'])}" if unit["unranked_reason"] else ""
        return f"không xếp hạng{reason}"
    total = competitors(group)
    among = "" if total is None else f" trong {total} đơn vị"
    return f"hạng {unit['rank']}{among}{shared_rank(unit, group, open_with=' ')}"


def shared_rank(unit: Json, group: Json, *, open_with: str = "") -> str:
    """Return "(2 đơn vị cùng hạng)" where several units hold the rank, counting all that hold it; "" otherwise."""
    if not unit["rank_shared"]:
        return ""
    holders = sum(other["rank"] == unit["rank"] for other in group["units"])
    # In an excerpt the others of the same rank may not be printed.
    return f"{open_with}({holders} đơn vị cùng hạng)" if holders > 1 else f"{open_with}(đồng hạng)"


def came_from(predecessors: list[Json]) -> list[str]:
    """Return "Sáp nhập, hợp nhất ngày 01/07/2025: Xã A, Xã B." for each day and way, the newest first."""
    steps: dict[tuple[str, str], list[str]] = {}
    for item in predecessors:
        steps.setdefault((item["date"], item["way"]), []).append(item["name"])
    return [f"{way} ngày {format_date(day)}, trước đó là: {', '.join(names)}." for (day, way), names in steps.items()]


def points_line(unit: Json) -> str:
    """Return "85,48 điểm trên tối đa 100,00.", naming the unit's own maximum."""
    if unit["points"] is None or unit["max_points"] is None:
        return ""
    own = " của riêng đơn vị" if own_maximum(unit) else ""
    return f"{format_points(unit['points'])} điểm trên tối đa {format_points(unit['max_points'])}{own}."


def own_maximum(unit: Json) -> str:
    """Return the unit's own maximum where it is not the full one, as "Tối đa riêng 92,50 điểm"."""
    full, own = unit["full_max_points"], unit["max_points"]
    if full is None or own is None or Decimal(full) == Decimal(own):
        return ""
    return f"Tối đa riêng {format_points(own)} điểm"


def sum_of_points(unit: Json) -> str:
    """Say what the points are the sum of; how much was added and taken off where the dataset tells it.

    Datasets frozen before `bonus` and `penalty` were told, those of past tables and of depth `index` have neither.
    """
    text = "Tổng điểm của các nội dung được chấm"
    bonus, penalty = unit.get("bonus"), unit.get("penalty")
    if bonus is None or penalty is None:
        return f"{text}, gồm cả điểm thưởng, điểm trừ nếu có."
    told = [
        f"{word} {format_points(amount)} điểm {kind}"
        for word, amount, kind in (("cộng", bonus, "thưởng"), ("bớt", penalty, "trừ"))
        if Decimal(amount)
    ]
    floor = ["không xuống dưới 0"] if Decimal(penalty) and not Decimal(unit["points"]) else []
    return f"{', '.join([text, *told, *floor])}."


def formula(unit: Json, policy: Json) -> str:
    """Say how the index comes from the points or the components, and where the ceiling of 100 has lowered it."""
    is_full = policy["cap_index"] and Decimal(unit["index"]) == 100
    if policy["weighting"] == "weights":
        text = "Bình quân chỉ số thành phần theo trọng số"
        if any(item["applicable"] and item["index"] is None for item in unit["components"]):
            text += ", thêm bớt điểm của phần chỉ có điểm thưởng, điểm trừ"
        return f"{text}, không quá 100" if is_full else text
    text = f"{format_points(unit['points'])} : {format_points(unit['max_points'])} × 100"
    is_lowered = is_full and Decimal(unit["points"]) > Decimal(unit["max_points"])
    return f"{text}, vượt 100 nên chỉ tính 100" if is_lowered else text


def below_mean(unit: Json) -> str:
    """Name the components below the group's mean, "" where no mean is known."""
    known = [item for item in unit["components"] if item["versus_mean"] is not None]
    if not known:
        return ""
    low = [lower_first(item["title"]) for item in known if Decimal(item["versus_mean"]) < 0]
    return f"Thấp hơn trung bình khối ở {listing(low)}." if low else "Không có phần nào thấp hơn trung bình khối."


def printed_mean(group: Json) -> str:
    """Say where the mean in the source's print differs from the mean of its own figures."""
    printed, mean = group["mean_printed"], group["mean"]
    if printed is None or mean is None or Decimal(printed) == Decimal(mean):
        return ""
    return (
        f"Bản công bố in trung bình {group_name(group)} là {format_number(printed)}; "
        f"tính lại từ các số trong bảng là {format_number(mean)}."
    )
