"""What a person with the database's password could do, and how tests see whether anything changed."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.apps import apps
from django.db import connection, models, transaction

from units.models.triggers import guarded_models, triggers_of

# Sessions and the counters of wrong passwords are the web's own memory, not the portal's records.
MEMORY_OF_THE_WEB = ("django_session", "units_session", "axes_accessattempt", "axes_accessfailurelog", "axes_accesslog")


@contextmanager
def unguarded(*changed: type[models.Model]) -> Iterator[None]:
    """Without the triggers of these tables, as the owner of the database may take them off; they come back after."""
    triggers = [trigger for model in changed for trigger in triggers_of(model)]
    with transaction.atomic(), connection.cursor() as cursor:
        connection.check_constraints()  # PostgreSQL alters no table on which deferred checks wait
        for trigger in triggers:
            cursor.execute(trigger.sql_to_drop(connection))
        yield
        connection.check_constraints()
        for trigger in triggers:
            cursor.execute(trigger.sql(connection))


def empty_unguarded() -> None:
    """Let Django empty the tables after a transactional test, which nobody may do to those that are written once.

    Of the class, as a test may end with another connection than it began with.
    """
    operations = type(connection.ops)
    flush = operations.execute_sql_flush

    def execute_sql_flush(self: Any, sql_list: list[str]) -> None:
        with unguarded(*guarded_models()):
            flush(self, sql_list)

    operations.execute_sql_flush = execute_sql_flush


def tamper(model: type[models.Model], column: str | None, value: Any, **where: Any) -> None:
    """Change `column` of the rows `where` by plain SQL, past every guard of ours; delete them when `column` is None."""
    quote = connection.ops.quote_name
    condition = " AND ".join(f"{quote(name)} = %s" for name in where)
    table = quote(model._meta.db_table)
    with unguarded(*[known for known in guarded_models() if known is model]), connection.cursor() as cursor:
        if column is None:
            cursor.execute(f"DELETE FROM {table} WHERE {condition}", list(where.values()))  # noqa: S608
        else:
            cursor.execute(
                f"UPDATE {table} SET {quote(column)} = %s WHERE {condition}",  # noqa: S608
                [value, *where.values()],
            )
        assert cursor.rowcount >= 1, "nothing to tamper with"


def fingerprint() -> str:
    """A digest of every row of every table; equal before and after whatever only reads."""
    digest, quote = hashlib.sha256(), connection.ops.quote_name
    for model in sorted(apps.get_models(include_auto_created=True), key=lambda model: model._meta.db_table):
        if model._meta.db_table in MEMORY_OF_THE_WEB or not model._meta.managed:
            continue
        digest.update(model._meta.db_table.encode())
        with connection.cursor() as cursor:  # without models in between: walks ask for it again and again
            cursor.execute(f"SELECT * FROM {quote(model._meta.db_table)} ORDER BY {quote(model._meta.pk.column)}")  # noqa: S608
            digest.update(repr(cursor.fetchall()).encode())
    return digest.hexdigest()


def analyse() -> None:
    """What autovacuum does within a minute of very many new rows, and cannot do inside a test's transaction."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
