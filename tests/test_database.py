"""Which database a run of the tests really talks to, and that every page of the portal can be asked of it."""

from __future__ import annotations

import pytest
from django.db import connection

from scoring.enums import Phase
from tests.abuse.browsing import body_of
from tests.abuse.test_routes import IN_THE_FILE, written
from tests.world import PRINCIPALS, build


@pytest.mark.postgres
@pytest.mark.django_db
def test_the_second_run_talks_to_postgresql_through_psycopg2() -> None:
    connection.ensure_connection()
    assert connection.vendor == "postgresql"
    assert type(connection.connection).__module__.startswith("psycopg2.")


@pytest.mark.postgres
@pytest.mark.django_db
def test_postgresql_knows_vietnamese_letters() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT lower(%s), current_setting('server_encoding')", ["ĐẮK LẮK"])
        assert cursor.fetchone() == ("đắk lắk", "UTF8")


def openers(phase: Phase) -> dict[str, str]:
    """For each route that somebody opens in `phase`, the first such person of the table of addresses."""
    found = {}
    for line in written(phase)[3:-1]:
        cells = line.split()
        who = next((name for name, cell in zip(PRINCIPALS, cells[1:], strict=True) if cell.startswith("●")), None)
        if who is not None:
            found[cells[0]] = who
    return found


@pytest.mark.postgres
@pytest.mark.django_db
@pytest.mark.parametrize("phase", IN_THE_FILE)
def test_every_page_of_the_portal_opens_on_postgresql(phase: Phase) -> None:
    """What the tests of the pages see on SQLite alone, PostgreSQL can answer too: no query is refused."""
    world, browsers = build(phase), {}
    told_before = {name for earlier in IN_THE_FILE[: IN_THE_FILE.index(phase)] for name in openers(earlier)}
    asked = {name: who for name, who in openers(phase).items() if name not in told_before}
    for name, who in asked.items():
        browser = browsers.get(who) or browsers.setdefault(who, world.browser(who))
        answer = browser.get(world.address(name))
        body_of(answer)
        assert (name, who, answer.status_code) in ((name, who, 200), (name, who, 302), (name, who, 303))
    assert asked
