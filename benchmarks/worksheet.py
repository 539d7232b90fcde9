"""The pages of a worksheet with 90 leaves and 60 documents, autosave and pulse; and the pages of those who look at 120
units at once.

Queries of the whole request, bytes as they go over the line (the page packed; and a first visit with every script and
style sheet, without fonts), median and nineteenth twentieth of the server's processor time. As in production nothing
watches the templates. Fails over what is promised; what is only aimed at is marked, since machines differ.
"""

from __future__ import annotations

import os
import statistics
import sys
import time
import uuid
from collections.abc import Callable
from typing import Any, NamedTuple

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "parindex.settings_test")
django.setup()

from django.conf import settings  # noqa: E402
from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402

from scoring.enums import Phase  # noqa: E402
from tests.factories import sign_in  # noqa: E402
from tests.parindex.test_packing import on_the_line  # noqa: E402
from tests.province import Province, build_province  # noqa: E402
from tests.scoring.dossier.pages import SCRIPT, typed, url  # noqa: E402
from tests.scoring.dossier.test_cost import document, grow  # noqa: E402
from tests.scoring.year.test_scale import PAGES, address  # noqa: E402
from tests.year import Year, build_year  # noqa: E402

LEAVES, DOCUMENTS, UNITS, ROUNDS = 90, 60, 120, 40
QUERIES, BYTES = 12, 150 * 1024  # promised of every page of a worksheet
SAVE_LIMIT = 0.050  # promised of the median of an autosave
PACKED = {"Accept-Encoding": "gzip"}

Request = Callable[[], Any]


class Asked(NamedTuple):
    """One thing to measure. `aim`: seconds of its median. `is_sheet`: a page of the worksheet, with its promises."""

    name: str
    request: Request
    aim: float
    browser: Client | None = None
    address: str = ""
    is_sheet: bool = True


class Measured(NamedTuple):
    queries: int
    page: int
    visit: int
    median: float
    late: float


def sheet_of_ninety() -> Year:
    year = build_year()
    grow(year, LEAVES)
    own = [code for code, leaf in year.leaves.items() if leaf.source == "self"]
    for number in range(DOCUMENTS):
        document(year, own[number % len(own)], number)
    return year


def of_the_unit(year: Year) -> list[Asked]:
    browser, version = year.browser("a1"), [0]

    def save() -> Any:
        """Each time other figures, from the version that the last time left."""
        figures = {"numerator": str(1 + version[0] % 50), "denominator": "50"}
        form = typed(version[0], **figures) | {"unfinished": 0, "key": str(uuid.uuid4())}
        answer = browser.post(url(year, "answer_save", "1.2"), form, headers=PACKED | SCRIPT)
        version[0] += 1
        return answer

    def page(name: str, aim: float, route: str, *rest: str) -> Asked:
        return opened(name, browser, url(year, route, *rest), aim)

    known = browser.get(url(year, "dossier_pulse")).json()["rev"]
    quiet = f"{url(year, 'dossier_pulse')}?ban={known}"
    return [
        page("trang một tiêu chí", 0.060, "answer", "1.1"),
        page("trang một lĩnh vực", 0.150, "worksheet_component", "1"),
        page("cả phiếu", 0.060, "worksheet"),
        page("kiểm tra trước khi nộp", 0.060, "dossier_check"),
        page("trang duyệt", 0.060, "dossier_review"),
        page("bảng việc", 0.060, "board"),
        page("chia việc", 0.060, "shares"),
        page("tài liệu", 0.060, "evidence_list"),
        Asked("nhịp, không có gì mới", lambda: browser.get(quiet, headers=PACKED), 0.050),
        Asked("nhịp, có thay đổi", lambda: browser.get(url(year, "dossier_pulse"), headers=PACKED), 0.050),
        Asked("tự lưu", save, SAVE_LIMIT, is_sheet=False),
    ]


def of_the_province(province: Province) -> list[Asked]:
    """The pages of those who see every unit, while it is appraised."""
    type(province.group).objects.filter(pk=province.group.pk).update(phase=Phase.APPRAISAL)

    def page(name: str, route: str, who: str = "") -> Asked:
        browser = sign_in(province.people[who or PAGES[route][0]])
        return opened(f"{name}, {UNITS} đơn vị", browser, address(province, route), 0.200, is_sheet=False)

    return [
        page("điều phối: việc của tôi", "work", "coordinator"),
        page("điều phối: tiến độ", "progress"),
        page("điều phối: phân công", "assignment"),
        page("thẩm định: việc của tôi", "work", "appraiser"),
        page("thẩm định: các phần", "appraisal"),
        page("thẩm định: một tiêu chí", "part_leaf"),
    ]


def opened(name: str, browser: Client, where: str, aim: float, *, is_sheet: bool = True) -> Asked:
    return Asked(name, lambda: browser.get(where, headers=PACKED), aim, browser, where, is_sheet)


def measure(asked: Asked) -> Measured:
    asked.request()  # what a process keeps (rules of leaves, templates) is read by the first visit
    with CaptureQueriesContext(connection) as captured:
        response = asked.request()
    queries = sum("SAVEPOINT" not in query["sql"] for query in captured)
    assert response.status_code in (200, 204), response.content
    visit = sum(on_the_line(asked.browser, asked.address).values()) if asked.browser else 0
    spent = []
    for _ in range(ROUNDS):
        began = time.process_time()
        asked.request()
        spent.append(time.process_time() - began)
    return Measured(
        queries, len(response.content), visit, statistics.median(spent), statistics.quantiles(spent, n=20)[-1]
    )


def over(asked: Asked, found: Measured) -> list[str]:
    """The promises that are broken."""
    told = []
    if asked.is_sheet and found.queries > QUERIES:
        told.append(f"quá {QUERIES} truy vấn")
    if max(found.page, found.visit) > BYTES:
        told.append(f"quá {BYTES // 1024} KB")
    if asked.name == "tự lưu" and found.median > SAVE_LIMIT:
        told.append(f"quá {SAVE_LIMIT * 1000:.0f} ms")
    return told


def line(asked: Asked, found: Measured, broken: list[str]) -> str:
    visit = f"{found.visit / 1024:.1f}" if found.visit else ""
    told = ", ".join(broken) or ("" if found.median <= asked.aim else f"trên mức mong muốn {asked.aim * 1000:.0f} ms")
    figures = (
        f"{found.queries:>9}{found.page / 1024:>8.1f}{visit:>9}{found.median * 1000:>9.1f}{found.late * 1000:>8.1f}"
    )
    return f"{asked.name:42}{figures}  {told}".rstrip()


def main() -> bool:
    settings.ALLOWED_HOSTS = ["testserver"]
    connection.creation.create_test_db(verbosity=0)
    print(
        f"phiếu {LEAVES} tiêu chí, {DOCUMENTS} tài liệu; tỉnh {UNITS} đơn vị × {LEAVES} tiêu chí; mỗi việc {ROUNDS} lần"
    )
    print(f"{'việc':42}{'truy vấn':>9}{'KB':>8}{'lần đầu':>9}{'ms':>9}{'p95':>8}")
    is_over = False
    for asked in (*of_the_unit(sheet_of_ninety()), *of_the_province(build_province(units=UNITS))):
        found = measure(asked)
        broken = over(asked, found)
        print(line(asked, found, broken))
        is_over = is_over or bool(broken)
    print(f"hứa: trang của phiếu {QUERIES} truy vấn, lần đầu {BYTES // 1024} KB, tự lưu {SAVE_LIMIT * 1000:.0f} ms")
    connection.creation.destroy_test_db("ignored", verbosity=0)
    return is_over


if __name__ == "__main__":
    sys.exit(main())
