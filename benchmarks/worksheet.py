"""The worksheet of a unit with 90 leaves: page of a leaf, of a component, of the whole, autosave and pulse.

Queries of the whole request, bytes as they go over the line (packed), and the median processor time of the server.
"""

from __future__ import annotations

import os
import statistics
import sys
import time
import uuid
from collections.abc import Callable
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "parindex.settings_test")
django.setup()

from django.db import connection  # noqa: E402
from django.test.utils import CaptureQueriesContext, setup_test_environment  # noqa: E402

from tests.scoring.dossier.pages import SCRIPT, typed, url  # noqa: E402
from tests.scoring.dossier.test_cost import document, grow  # noqa: E402
from tests.year import Year, build_year  # noqa: E402

LEAVES, DOCUMENTS, ROUNDS = 90, 60, 40
QUERIES, BYTES, SAVE_LIMIT = 12, 150 * 1024, 0.050  # of a leaf's page, of a page, of an autosave
PACKED = {"Accept-Encoding": "gzip"}

Request = Callable[[], Any]


def sheet_of_ninety() -> Year:
    year = build_year()
    grow(year, LEAVES)
    own = [code for code, leaf in year.leaves.items() if leaf.source == "self"]
    for number in range(DOCUMENTS):
        document(year, own[number % len(own)], number)
    return year


def requests(year: Year) -> dict[str, Request]:
    browser, version = year.browser("a1"), [0]

    def save() -> Any:
        """Each time other figures, from the version that the last time left."""
        figures = {"numerator": str(1 + version[0] % 50), "denominator": "50"}
        form = typed(version[0], **figures) | {"unfinished": 0, "key": str(uuid.uuid4())}
        answer = browser.post(url(year, "answer_save", "1.2"), form, headers=PACKED | SCRIPT)
        version[0] += 1
        return answer

    def page(name: str, *rest: str) -> Request:
        return lambda: browser.get(url(year, name, *rest), headers=PACKED)

    known = browser.get(url(year, "dossier_pulse")).json()["rev"]
    return {
        "trang một tiêu chí": page("answer", "1.1"),
        "trang một lĩnh vực": page("worksheet_component", "1"),
        "cả phiếu": page("worksheet"),
        "nhịp, không có gì mới": lambda: browser.get(f"{url(year, 'dossier_pulse')}?ban={known}", headers=PACKED),
        "tự lưu": save,
        "nhịp, có thay đổi": page("dossier_pulse"),
    }


def measure(request: Request) -> tuple[int, int, float]:
    """Queries, bytes, and the median of seconds of the processor."""
    with CaptureQueriesContext(connection) as asked:
        response = request()
    queries = sum("SAVEPOINT" not in query["sql"] for query in asked)
    assert response.status_code in (200, 204), response.content
    spent = []
    for _ in range(ROUNDS):
        began = time.process_time()
        request()
        spent.append(time.process_time() - began)
    return queries, len(response.content), statistics.median(spent)


if __name__ == "__main__":
    setup_test_environment()
    connection.creation.create_test_db(verbosity=0)
    found = {name: measure(request) for name, request in requests(sheet_of_ninety()).items()}
    print(f"phiếu {LEAVES} tiêu chí, {DOCUMENTS} tài liệu, mỗi việc {ROUNDS} lần")
    print(f"{'việc':24}{'truy vấn':>10}{'KB đã nén':>12}{'ms trung vị':>13}")
    for name, (queries, size, seconds) in found.items():
        print(f"{name:24}{queries:>10}{size / 1024:>12.1f}{seconds * 1000:>13.1f}")
    limits = f"trang một tiêu chí {QUERIES} truy vấn, mỗi trang {BYTES // 1024} KB"
    print(f"giới hạn: {limits}, tự lưu {SAVE_LIMIT * 1000:.0f} ms")
    connection.creation.destroy_test_db("ignored", verbosity=0)
    is_over = (
        found["trang một tiêu chí"][0] > QUERIES
        or max(size for _, size, _ in found.values()) > BYTES
        or found["tự lưu"][2] > SAVE_LIMIT
    )
    sys.exit(is_over)
