"""Rows of the public tables: the figures of a dataset with their printed form, chip, ruler and notes.

Everything here is a plain dict for a template; no figure is computed, only printed and placed.
"""

from decimal import Decimal
from typing import Any

from reports import charts
from reports.rendering import methodology, sentences
from reports.rendering.addresses import Addresses
from units.vietnamese import format_number, format_percent, format_points, format_signed, sort_key

Json = dict[str, Any]


def thresholds(dataset: Json) -> list[str]:
    """Return the class thresholds on the index scale, best first; none where they are unknown or on points."""
    return [line.threshold for line in grade_lines(dataset) if line.threshold is not None]


def grade_lines(dataset: Json) -> list[charts.GradeLine]:
    """Return the classes as stretches of the index scale, best first."""
    if not dataset["grades_known"] or dataset["campaign"]["policy"]["grade_on"] == "points":
        return []
    return [charts.GradeLine(grade["label"], grade["at_least"] or grade["above"]) for grade in dataset["grades"]]


def grade_of(dataset: Json, code: str | None) -> Json | None:
    """Return the class with ``code`` for the chip; a class not in the list is shown grey under its own name."""
    if code is None:
        return None
    found = next((grade for grade in dataset["grades"] if grade["code"] == code), None)
    return found or {"label": code, "tone": "none", "steps": 0, "step": 0}


def ranking(dataset: Json, group: Json, links: Addresses) -> Json:
    """Return the ranking table of a group: rows in rank order with the mean at its place, columns that exist."""
    units = [unit for unit in group["units"] if not sentences.is_left_out(unit)]
    left_out = [unit for unit in group["units"] if sentences.is_left_out(unit)]
    limits = thresholds(dataset)
    ranked = [unit_row(dataset, group, unit, links, limits) for unit in units if unit["ranked"]]
    return {
        "group": group,
        "rows": _with_mean(ranked, group, limits),
        "unranked": [unit_row(dataset, group, unit, links, limits) for unit in units if not unit["ranked"]],
        "left_out": [unit_row(dataset, group, unit, links, limits) for unit in left_out],
        "has_bar": any(unit["index"] is not None for unit in units),
        "has_grade": any(unit["grade"] is not None for unit in units),
        "has_points": any(unit["points"] is not None for unit in units),
        "previous_year": group["previous_year"],
        "axis": charts.axis(limits),
        "notes": table_notes(dataset, group, limits),
        "grades": _filter_grades(dataset, group),
    }


def unit_row(dataset: Json, group: Json, unit: Json, links: Addresses, limits: list[str]) -> Json:
    """Return one row of a ranking."""
    index = unit["index"]
    return {
        "code": unit["code"],
        "name": unit["name"],
        "sort_name": sort_key(unit["name"]).encode().hex(),
        "url": links.unit(unit["code"]),
        # Only a number that can be explained leads to its explanation.
        "why_url": f"{links.unit(unit['code'])}#cach-tinh" if derivation(dataset, group, unit) else None,
        "rank": unit["rank"],
        "shared": sentences.shared_rank(unit, group),
        "index": index,
        "index_text": _index_text(unit),
        "ruler": None if index is None else charts.ruler(index, limits),
        "grade": grade_of(dataset, unit["grade"]),
        "delta": _row_change(unit, group),
        "change_points": _sortable_change(unit["change"]),
        "points_text": _points_pair(unit),
        "notes": _notes(unit),
        "is_mean": False,
    }


def _index_text(unit: Json) -> str:
    if unit["index"] is not None:
        return format_number(unit["index"])
    return "" if sentences.is_left_out(unit) else sentences.NOT_PUBLISHED


def _row_change(unit: Json, group: Json) -> Json | None:
    """Return the change for a row; why nothing is compared is not said twice where a note stands under the name."""
    if sentences.is_left_out(unit):
        return None
    delta = sentences.change(unit["change"], group["previous_year"])
    return {**delta, "places": ""} if delta and delta["direction"] == "none" and unit["note"] else delta


def _sortable_change(change: Json | None) -> str:
    return change["points"] or "" if change and change["comparable"] else ""


def _points_pair(item: Json) -> str:
    if item["points"] is None:
        return ""
    maximum = "" if item["max_points"] is None else f" / {format_points(item['max_points'])}"
    return f"{format_points(item['points'])}{maximum}"


def _notes(unit: Json) -> list[str]:
    """Return what must stand under a unit's name: why it has no rank, its own maximum, what the print says."""
    reason = ""
    if sentences.is_left_out(unit):
        reason = f"Không đánh giá: {sentences.lower_first(unit['left_out_reason'])}"
    elif not unit["ranked"]:
        reason = f"Không xếp hạng: {sentences.lower_first(unit['unranked_reason'] or 'theo bản công bố')}"
    return [note for note in (reason, sentences.own_maximum(unit), *unit_notes(unit)) if note]


def unit_notes(unit: Json) -> list[str]:
    """Return what the source and the council say about a unit beside its figures."""
    grade_note = f"Xếp loại: {sentences.lower_first(unit['grade_note'])}" if unit["grade_note"] else None
    return [note for note in (unit["note"], grade_note, unit["printed_note"]) if note]


def _with_mean(rows: list[Json], group: Json, limits: list[str]) -> list[Json]:
    """Put the mean as a row where it stands among the indices; an excerpt has none."""
    mean = group["mean"]
    if mean is None or not rows:
        return rows
    known = [place for place, row in enumerate(rows) if row["index"] is not None]
    above = [place for place in known if Decimal(rows[place]["index"]) > Decimal(mean)]
    mark = {
        "is_mean": True,
        "index": mean,
        "index_text": format_number(mean),
        "ruler": charts.ruler(None, limits, mean),
        "text": f"{group['above_mean']} đơn vị ở trên",
    }
    at = above[-1] + 1 if above else 0
    return [*rows[:at], mark, *rows[at:]]


def _filter_grades(dataset: Json, group: Json) -> list[Json]:
    """Return the classes to filter by with their counts among the rows, best first."""
    present = [unit["grade"] for unit in group["units"] if unit["grade"] is not None]
    return [
        {"label": grade["label"], "code": grade["code"], "count": present.count(grade["code"])}
        for grade in dataset["grades"]
        if present
    ]


def table_notes(dataset: Json, group: Json, limits: list[str]) -> list[str]:
    """Return the sentences under a ranking: what the notches are, what the source did not print."""
    notes = [sentences.excerpt(group)]
    if limits:
        shown = ", ".join(format_number(limit) for limit in reversed(limits))
        notes.append(f"Vạch khuyết trên thước là ngưỡng xếp loại {shown}.")
    printed_grades = [unit for unit in group["units"] if unit["grade_as_printed"]]
    if printed_grades:
        known = "" if dataset["grades_known"] else " Nguồn không nêu ngưỡng xếp loại."
        notes.append(f"Xếp loại ghi theo bản công bố.{known}")
    if any(unit["index"] is None and not sentences.is_left_out(unit) for unit in group["units"]):
        notes.append("Đơn vị ghi “không công bố”: nguồn chỉ nêu thứ hạng, không nêu chỉ số.")
    notes.append(sentences.printed_mean(group))
    return [note for note in notes if note]


def component_bars(dataset: Json, group: Json) -> list[Json]:
    """Return the group's component means as bars, the weakest first."""
    known = [item for item in group["components"] if item["mean"] is not None]
    limits = thresholds(dataset)
    return [
        {
            "label": item["title"],
            "value": format_percent(item["mean"]),
            "ruler": charts.ruler(item["mean"], limits),
        }
        for item in sorted(known, key=lambda item: Decimal(item["mean"]))
    ]


def unit_components(unit: Json, anchors: dict[str, str]) -> Json:
    """Return the component table of a unit, in the order of the criteria set. `anchors`: where on the page a component
    (code) tells how its points came about."""
    rows = [{**_component_row(item), "why": anchors.get(item["code"], "")} for item in unit["components"]]
    return {
        "rows": rows,
        "has_points": any(row["points_text"] for row in rows),
        "has_mean": any(row["gap_text"] for row in rows),
        "has_rank": any(item["rank"] is not None for item in unit["components"]),
        "has_change": any(item["change_points"] is not None for item in unit["components"]),
    }


def _component_row(item: Json) -> Json:
    gap = item["versus_mean"]
    return {
        "name": _component_name(item),
        "applicable": item["applicable"],
        "points_text": _points_pair(item) if item["applicable"] else "",
        "index_text": "" if item["index"] is None else format_percent(item["index"]),
        "ruler": None if item["index"] is None else charts.ruler(item["index"], (), item["group_mean"]),
        "gap_text": "" if gap is None else format_signed(gap),
        "rank": item["rank"],
        "delta": None if item["change_points"] is None else sentences.points_change(item["change_points"]),
    }


def _component_name(item: Json) -> str:
    """Return "1. Chỉ đạo, điều hành"; codes that are words say nothing beside the title."""
    return f"{item['code']}. {item['title']}" if item["code"][:1].isdigit() else item["title"]


def history(unit: Json) -> list[Json]:
    """Return the years of a unit for the table under the trend, oldest first; those of units that went into it stand
    before a break, each in a row of its own."""
    found = [
        _year_row(year, is_break=place > 0 and not year["comparable"]) for place, year in enumerate(unit["history"])
    ]
    for before in predecessors(unit):
        found += [_year_row(year, before=_whose(before["name"], year)) for year in before["history"]]
        after = [row for row in found if not row["before"] and row["year"] > before["last_year"]]
        for row in sorted(after, key=lambda row: row["year"])[:1]:
            row["is_break"] = True
    return sorted(found, key=lambda row: (row["year"], not row["before"]))


def _whose(name: str, year: Json) -> str:
    """ "Xã Bến Cũ", and who assessed it where that was somebody else (datasets of before 0.4 tell of nobody else)."""
    organiser = year.get("organiser")
    return f"{name}, {organiser} đánh giá" if organiser else name


def _year_row(year: Json, *, is_break: bool = False, before: str = "") -> Json:
    none = sentences.NOT_PUBLISHED if year.get("assessed", True) else sentences.NOT_ASSESSED
    return {
        "year": year["year"],
        "index_text": none if year["index"] is None else format_number(year["index"]),
        "rank": year["rank"],
        "mean_text": "" if year["group_mean"] is None else format_number(year["group_mean"]),
        "is_break": is_break,
        "before": before,
        "by": "" if before else year.get("organiser") or "",
    }


def predecessors(unit: Json) -> list[Json]:
    """Return the units that went into this one, as the dataset tells; datasets of before 0.4 tell of none."""
    found = unit.get("predecessors", [])
    return [{**item, "last_year": max((year["year"] for year in item["history"]), default=0)} for item in found]


def unit_trend(unit: Json) -> charts.Trend | None:
    """Return the trend of a unit's index and of those that went into it, None when fewer than two years are known."""
    before = predecessors(unit)
    told = " Chấm rời là các đơn vị trước đó, không nối, không cộng với đơn vị." if before else ""
    return charts.trend(
        _years(unit["history"]),
        title=f"Chỉ số của {unit['name']} qua các năm",
        description=f"Đường liền là chỉ số của đơn vị, đường đứt là trung bình khối.{told} Số liệu ở bảng bên dưới.",
        before=[_years(item["history"]) for item in before],
    )


def _years(entries: list[Json]) -> list[charts.Year]:
    return [charts.Year(year["year"], year["index"], year["group_mean"], year["comparable"]) for year in entries]


def strip_group(group: Json, *, titled: bool, own: Json | None = None) -> charts.StripGroup:
    """Return a group for the distribution strip; unranked units have no tick."""
    known = [unit for unit in group["units"] if unit["ranked"] and unit["index"] is not None and unit is not own]
    has_own = own is not None and own["index"] is not None
    return charts.StripGroup(
        title=f"{group['title']}, {sentences.listed(group)}" if titled else "",
        note="" if group["mean"] is None else f"trung bình {format_number(group['mean'])}",
        indices=[unit["index"] for unit in known],
        mean=group["mean"],
        own=own["index"] if own and has_own else None,
        own_name=f"{own['name']} {format_number(own['index'])}" if own and has_own else "",
    )


def derivation(dataset: Json, group: Json, unit: Json) -> list[Json]:
    """Return how the unit's index came about, step by step, as far as the dataset tells."""
    if unit["index"] is None or unit["points"] is None or unit["max_points"] is None:
        return []
    policy = dataset["campaign"]["policy"]
    steps = [_step("Điểm đạt được", format_points(unit["points"]), sentences.sum_of_points(unit))]
    own = bool(sentences.own_maximum(unit))
    because = (
        f"Bộ tiêu chí {format_points(unit['full_max_points'])} điểm, đã trừ phần không áp dụng với đơn vị."
        if own
        else "Điểm tối đa của bộ tiêu chí."
    )
    steps.append(_step("Điểm tối đa", format_points(unit["max_points"]), because, "cut" if own else ""))
    formula = f"{sentences.formula(unit, policy)}, {methodology.published_digits(policy)}."
    steps.append(_step("Chỉ số", format_percent(unit["index"]), formula, "set"))
    by_index = "" if unit["rank"] is None else ", so theo chỉ số"
    steps.append(_step("Xếp hạng", "", f"{sentences.upper_first(sentences.rank(unit, group))}{by_index}."))
    if grade := grade_of(dataset, unit["grade"]):
        by = "Theo bản công bố." if unit["grade_as_printed"] else unit["grade_note"] or "Theo ngưỡng xếp loại."
        steps.append(_step("Xếp loại", grade["label"], by))
    return steps


def _step(label: str, value: str, text: str, kind: str = "") -> Json:
    return {"label": label, "value": value, "text": text, "kind": kind}
