"""Which database a run of the tests really talks to."""

from __future__ import annotations

import pytest
from django.db import connection


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
