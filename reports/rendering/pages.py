"""The door of the rendering: every public page of a frozen dataset, as bytes.

All functions are pure: the same arguments give the same bytes. `dataset` has the format "parindex-publication/1";
`decision` is {number, date (ISO), issuer} or None where a past table's number is unknown; `base` is the address that
the pages will stand under, with slashes at both ends.

`site` tells what stands around the dataset when it is released:
``files`` [{path, title, kind, size}] of this version;
``years`` [{year, code, url, and where known title, act, check_code, groups: [{title, listed, mean}]}], newest first;
``portal_organisers`` [{slug, title, latest_year, headline, years, is_sample}];
``current_url``, for a version kept for ever: where the year's current results stand.
"""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from reports import charts
from reports.rendering import criteria, methodology, rows, sentences, statistics
from reports.rendering.addresses import ALL_YEARS, Addresses
from reports.rendering.page import RenderedPage, render
from units.vietnamese import format_number, format_percent

Json = dict[str, Any]

Job = tuple[str, Callable[[], RenderedPage]]
"""The path of a page, and what renders it: so that one page can be had without rendering the others."""

LOGIN_URL = "/tai-khoan/dang-nhap/"
_STRIP_GROUPS = 4  # more rails than this are no longer read at a glance
_YEARS_SHOWN = 6


def render_year(dataset: Json, decision: Json | None, site: Json, base: str) -> Iterator[RenderedPage]:
    """Yield the pages of one year: ranking of each group, each unit, statistics, methodology, downloads."""
    yield from _run(_Frame(dataset, decision, site, base).year())


def render_organiser(dataset: Json, decision: Json | None, site: Json, base: str) -> Iterator[RenderedPage]:
    """Yield the pages that speak of an organiser's latest year: home, all years, each unit without a year."""
    yield from _run(_Frame(dataset, decision, site, base).organiser())


def render_version(dataset: Json, decision: Json | None, site: Json, base: str) -> Iterator[RenderedPage]:
    """Yield the whole tree of one version as it is kept for ever: the year's pages and a home of its own."""
    yield from _run(_Frame(dataset, decision, site, base, archive=True).version())


def render_at(dataset: Json, decision: Json | None, site: Json, base: str, path: str) -> RenderedPage | None:
    """Return the page that `render_organiser` or `render_year` would yield for ``path``; None when neither would."""
    frame = _Frame(dataset, decision, site, base)
    jobs = dict([*frame.organiser(), *frame.year()])
    return jobs[path]() if path in jobs else None


def _run(jobs: Iterator[Job]) -> Iterator[RenderedPage]:
    return (render_page() for _, render_page in jobs)


def render_portal(site: Json) -> RenderedPage:
    """Return the list of organisers, for an installation with several."""
    context = {
        "organisers": site["portal_organisers"],
        "organiser": {"title": "Cổng công bố", "place": "", "lead_department": ""},
        "home_url": "/",
        "login_url": LOGIN_URL,
        "nav": [],
        "footer_note": "Mọi con số lấy từ bản công bố đã chốt.",
        "footer_links": [],
    }
    return render("", "public/portal.html", context)


def render_withdrawn(organiser: Json, title: str, reason: str, base: str, *, is_sample: bool = False) -> RenderedPage:
    """Return the page (410) that answers where a publication was taken back. ``reason`` is its public sentence."""
    context = {
        "organiser": organiser,
        "home_url": base,
        "login_url": LOGIN_URL,
        "nav": [],
        "footer_note": "",
        "footer_links": [],
        "title": title,
        "reason": reason,
        "is_sample": is_sample,
    }
    return render("", "public/withdrawn.html", context)


class _Frame:
    """What all pages of one dataset share: addresses, menu, foot, legal act."""

    def __init__(self, dataset: Json, decision: Json | None, site: Json, base: str, *, archive: bool = False) -> None:
        self.dataset = dataset
        self.site = site
        self.archive = archive
        self.campaign = dataset["campaign"]
        self.links = Addresses(base, self.campaign["code"])
        self.act = sentences.act(dataset, decision, archive=archive)
        # A table taken from elsewhere, without its decision, is not spoken of as the organiser's own announcement.
        self.is_borrowed = decision is None and self.campaign["source"] is not None

    def _render(self, path: str, template: str, current: str, context: Json) -> RenderedPage:
        return render(path, template, {**self._shared(current), **context})

    def _shared(self, current: str) -> Json:
        links, year = self.links, self.campaign["year"]
        menu = [
            ("home", "Xếp hạng", links.home),
            ("statistics", "Thống kê", links.statistics),
            ("methodology", "Phương pháp", links.methodology),
            ("downloads", "Tải dữ liệu", links.downloads),
        ]
        if not self.archive:
            menu.append(("years", "Các năm", links.all_years))
        # Ranking and unit pages belong to the first entry without being it.
        inside = {"home": "page" if current == "home" else "true"} if current in ("home", "ranking", "unit") else {}
        return {
            "organiser": self.dataset["organiser"],
            "campaign": self.campaign,
            "publication": self.dataset["publication"],
            "is_sample": self.campaign["is_sample"],
            "links": links,
            "act": self.act,
            "home_url": links.home,
            "login_url": LOGIN_URL,
            "archive": {"current_url": self.site.get("current_url")} if self.archive else None,
            "nav": [
                {"label": label, "url": url, "current": inside.get(key, "page" if key == current else "")}
                for key, label, url in menu
            ],
            "footer_note": "Số liệu nhập lại từ bản công bố đã nêu nguồn." if self.is_borrowed else "",
            "footer_links": [
                {"label": f"Phương pháp năm {year}", "url": links.methodology},
                {"label": f"Tải dữ liệu năm {year}", "url": links.downloads},
            ],
        }

    def organiser(self) -> Iterator[Job]:
        yield "", self.home
        yield ALL_YEARS, self.all_years
        yield from self._units(latest=True)

    def version(self) -> Iterator[Job]:
        yield "", self.home
        yield from self._units(latest=True)
        yield from self.year()

    def year(self) -> Iterator[Job]:
        for group in self.dataset["groups"]:
            yield self.links.ranking_path(group["code"]), partial(self.ranking, group)
        yield from self._units(latest=False)
        yield self.links.statistics_path, self.statistics
        yield self.links.methodology_path, self.methodology
        yield self.links.downloads_path, self.downloads

    def _units(self, *, latest: bool) -> Iterator[Job]:
        for group in self.dataset["groups"]:
            for unit in group["units"]:
                path = self.links.unit_path(unit["code"], latest=latest)
                yield path, partial(self.unit, group, unit, path)

    def home(self) -> RenderedPage:
        group = self.dataset["groups"][0]
        return self._render(
            "",
            "public/home.html",
            "home",
            {
                "headline": sentences.headline(self.dataset),
                "lead": sentences.lead(self.dataset),
                "printed_statement": sentences.printed_statement(self.dataset),
                "years": self._years(),
                "strip": self._strip_of_all(),
                "tabs": self._tabs(group, current="true"),
                "table": rows.ranking(self.dataset, group, self.links),
                "group_name": sentences.group_name(group),
                "bars": rows.component_bars(self.dataset, group),
                "facts": statistics.facts(group),
                "files": self._files(),
            },
        )

    def ranking(self, group: Json) -> RenderedPage:
        return self._render(
            self.links.ranking_path(group["code"]),
            "public/ranking.html",
            "ranking",
            {
                "group": group,
                "group_name": sentences.group_name(group),
                "lead": self._group_lead(group),
                "strip": self._strip([group], alone=True),
                "tabs": self._tabs(group, current="page"),
                "table": rows.ranking(self.dataset, group, self.links),
                "bars": rows.component_bars(self.dataset, group),
                "facts": statistics.facts(group) if not sentences.is_excerpt(group) else [],
            },
        )

    def _group_lead(self, group: Json) -> str:
        parts = [
            sentences.excerpt(group),
            sentences.class_counts([group], self.dataset["grades"]) if not sentences.is_excerpt(group) else "",
            sentences.extremes(group),
        ]
        return " ".join(part for part in parts if part)

    def unit(self, group: Json, unit: Json, path: str) -> RenderedPage:
        tree = criteria.tree(self.dataset, unit)
        components = rows.unit_components(unit, criteria.component_anchors(tree["rows"]))
        count = sentences.count_word(len(components["rows"]))
        return self._render(
            path,
            "public/unit.html",
            "unit",
            {
                "group": group,
                "unit": unit,
                "crumbs": [
                    {"label": f"Xếp hạng {self.campaign['year']}", "url": self.links.home},
                    {"label": group["title"], "url": self.links.ranking(group["code"])},
                ],
                "grade": rows.grade_of(self.dataset, unit["grade"]),
                "rank": sentences.rank(unit, group),
                "index_text": None if unit["index"] is None else format_number(unit["index"]),
                "change": sentences.change_in_words(unit["change"], group["previous_year"]),
                "points": sentences.points_line(unit),
                "notes": rows.unit_notes(unit),
                "strip": self._unit_strip(group, unit),
                "components": components,
                "components_title": f"{count} chỉ số thành phần so với trung bình khối",
                "below_mean": sentences.below_mean(unit),
                "trend": rows.unit_trend(unit),
                "history": rows.history(unit),
                "came_from": sentences.came_from(rows.predecessors(unit)),
                "criteria": tree,
                "steps": rows.derivation(self.dataset, group, unit),
                "exact_steps": criteria.unit_steps(unit),
                "files": self._files(),
            },
        )

    def statistics(self) -> RenderedPage:
        groups = self.dataset["groups"]
        return self._render(
            self.links.statistics_path,
            "public/statistics.html",
            "statistics",
            {
                "heading": f"Thống kê kết quả năm {self.campaign['year']}",
                "groups": [statistics.group_statistics(self.dataset, group, self.links) for group in groups],
                "group_titles": [group["title"] for group in groups],
                "class_table": statistics.class_table(self.dataset),
                "printed_statement": sentences.printed_statement(self.dataset),
                "lead": sentences.lead(self.dataset),
            },
        )

    def methodology(self) -> RenderedPage:
        return self._render(
            self.links.methodology_path,
            "public/methodology.html",
            "methodology",
            {
                "heading": f"Phương pháp tính năm {self.campaign['year']}",
                "rules": methodology.rules(self.dataset),
                "grades": self.dataset["grades"],
                "depth": self.dataset["publication"]["depth"],
            },
        )

    def downloads(self) -> RenderedPage:
        context = {
            "heading": f"Tải dữ liệu năm {self.campaign['year']}",
            "files": self._files(),
            "has_criteria": bool(self.dataset.get("criteria_sets")),
        }
        return self._render(self.links.downloads_path, "public/downloads.html", "downloads", context)

    def all_years(self) -> RenderedPage:
        return self._render(ALL_YEARS, "public/years.html", "years", {"years": self.site.get("years", [])})

    def _years(self) -> list[Json]:
        if self.archive:
            return []
        shown = self.site.get("years", [])[:_YEARS_SHOWN]
        return [{**year, "current": year["code"] == self.campaign["code"]} for year in shown]

    def _files(self) -> list[Json]:
        return [{**item, "url": self.links.file(item["path"])} for item in self.site.get("files", [])]

    def _tabs(self, chosen: Json, current: str) -> list[Json]:
        return [
            {
                "label": group["title"],
                "url": self.links.ranking(group["code"]),
                "count": sentences.size_of(group),
                "current": current if group is chosen else "",
            }
            for group in self.dataset["groups"]
        ]

    def _strip_of_all(self) -> charts.Strip | None:
        return self._strip(self.dataset["groups"][:_STRIP_GROUPS], alone=False)

    def _strip(self, groups: list[Json], *, alone: bool) -> charts.Strip | None:
        """Return the distribution of the groups that have at least two indices; None when none has."""
        shown = [rows.strip_group(group, titled=not alone) for group in groups]
        shown = [group for group in shown if len(group.indices) > 1]
        if not shown:
            return None
        total = sum(len(group.indices) for group in shown)
        mean = "; hình thoi là trung bình của khối" if any(group["mean"] for group in groups) else ""
        return charts.strip(
            shown,
            rows.grade_lines(self.dataset),
            title=f"Phân bố chỉ số của {total} đơn vị",
            description=f"Mỗi vạch là một đơn vị{mean}. Số liệu đầy đủ ở bảng xếp hạng.",
        )

    def _unit_strip(self, group: Json, unit: Json) -> charts.Strip | None:
        own = rows.strip_group(group, titled=False, own=unit)
        if own.own is None or not own.indices:
            return None
        total = sentences.competitors(group)
        among = sentences.group_name(group) if total is None else f"{total} đơn vị"
        place = "" if unit["rank"] is None else f" đứng thứ {unit['rank']} trong {among}"
        mean = "" if group["mean"] is None else f"; trung bình khối {format_percent(group['mean'])}"
        legend = (
            "" if group["mean"] is None else f"Trung bình khối {format_number(group['mean'])}. Mỗi vạch là một đơn vị."
        )
        return charts.strip(
            [own],
            rows.grade_lines(self.dataset),
            title=f"{unit['name']}{place}",
            description=f"Chỉ số {format_percent(unit['index'])}{mean}. Mỗi vạch là một đơn vị cùng khối.",
            legend=legend,
        )
