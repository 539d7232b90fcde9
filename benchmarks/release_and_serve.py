"""A publication of 170 units: the release job (limit 30 s of processor time), then public pages from the store
(limit 10 ms each through the whole request path, no query)."""

from __future__ import annotations

import os
import sys
import time

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "parindex.settings_test")
django.setup()

from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import CaptureQueriesContext, setup_test_environment  # noqa: E402

from reports.tasks import run_release  # noqa: E402
from tests.reports.publishing import Team  # noqa: E402

UNITS, RELEASE_LIMIT, PAGE_LIMIT, REQUESTS = 170, 30.0, 0.010, 300


def release() -> tuple[Team, float]:
    team = Team(units=UNITS)
    publication = team.releasing()
    began = time.process_time()
    run_release(publication.pk)
    return team, time.process_time() - began


def serve(address: str) -> float:
    """Seconds a request; also sees that nothing asks the database."""
    client = Client(headers={"accept-encoding": "br"})
    assert client.get(address).status_code == 200, address
    with CaptureQueriesContext(connection) as queries:
        began = time.process_time()
        for _ in range(REQUESTS):
            client.get(address)
        spent = (time.process_time() - began) / REQUESTS
    assert not queries.captured_queries, f"{address} asked the database"
    return spent


if __name__ == "__main__":
    setup_test_environment()
    connection.creation.create_test_db(verbosity=0)
    team, spent = release()
    print(f"tạo và đưa lên bản công bố của {UNITS} đơn vị: {spent:.1f} s, giới hạn {RELEASE_LIMIT:.0f} s")
    root = f"/{team.organiser.slug}/"
    pages = {address: serve(address) for address in (root, f"{root}xep-hang/2025/xa/")}
    for address, each in pages.items():
        print(f"trang công khai {address}: {each * 1000:.2f} ms mỗi lần, giới hạn {PAGE_LIMIT * 1000:.0f} ms")
    connection.creation.destroy_test_db("ignored", verbosity=0)
    sys.exit(spent > RELEASE_LIMIT or max(pages.values()) > PAGE_LIMIT)
