"""Triggers: the database itself refuses to change or delete rows that are written once (decision 006).

The one place that speaks SQL of its own: Django has no words for triggers. Nothing a user says ever comes here; names
of tables and columns are those of our models. Each migration that makes such a table, or alters one, ends with
`RefuseChanges` for it (SQLite drops the triggers of a table that Django alters there); `missing` tells what lacks.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db import connection, models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.operations.base import Operation

from units.models.appendonly import AppendOnlyModel

# Rows that do change, but in this way only; every other table of `guarded_models` takes no change at all.
PERMITTED_CHANGE = {
    "units.TrailHead": (
        "NEW.id = OLD.id AND NEW.scope = OLD.scope AND NEW.seq = OLD.seq + 1 AND length(NEW.hash) = 64"
    ),
}
_FUNCTION = """
CREATE OR REPLACE FUNCTION parindex_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION USING MESSAGE = TG_ARGV[0], ERRCODE = 'restrict_violation'; END $$
"""


@dataclass(frozen=True)
class Trigger:
    """Refuses one kind of statement on one table, where `condition` on OLD and NEW holds (always when empty)."""

    table: str
    event: str
    sentence: str
    condition: str = ""

    @property
    def name(self) -> str:
        return f"{self.table}_refuses_{self.event.lower()}"

    def sql(self, database: BaseDatabaseWrapper) -> str:
        quote = database.ops.quote_name
        head = f"CREATE TRIGGER {quote(self.name)} BEFORE {self.event} ON {quote(self.table)}"
        when = f" WHEN ({self.condition})" if self.condition else ""
        if database.vendor == "sqlite":
            return f"{head}{when} BEGIN SELECT RAISE(ABORT, '{self.sentence}'); END"
        each = "STATEMENT" if self.event == "TRUNCATE" else "ROW"
        return f"{head} FOR EACH {each}{when} EXECUTE FUNCTION parindex_refuse('{self.sentence}')"

    def sql_to_drop(self, database: BaseDatabaseWrapper) -> str:
        quote = database.ops.quote_name
        place = "" if database.vendor == "sqlite" else f" ON {quote(self.table)}"
        return f"DROP TRIGGER IF EXISTS {quote(self.name)}{place}"


def guarded_models() -> list[type[models.Model]]:
    """Every model whose table bears triggers."""
    return [
        model
        for model in apps.get_models()
        if issubclass(model, AppendOnlyModel) or model._meta.label in PERMITTED_CHANGE
    ]


def triggers_of(model: type[models.Model], database: BaseDatabaseWrapper = connection) -> list[Trigger]:
    """The triggers of one table: none may be changed (but as permitted), deleted, replaced or emptied."""
    table = model._meta.db_table
    permitted = PERMITTED_CHANGE.get(model._meta.label, "")
    changed = f"{table}: không được sửa." if not permitted else f"{table}: chỉ được tiến thêm một dòng."
    found = [
        Trigger(table, "UPDATE", changed, f"NOT ({permitted})" if permitted else ""),
        Trigger(table, "DELETE", f"{table}: không được xóa."),
    ]
    if database.vendor == "sqlite":  # INSERT OR REPLACE deletes the old row there without asking the trigger above
        found.append(Trigger(table, "INSERT", f"{table}: dòng này đã có, không được thay.", _is_there(model, database)))
    else:
        found.append(Trigger(table, "TRUNCATE", f"{table}: không được xóa."))
    return found


def missing(database: BaseDatabaseWrapper = connection) -> list[str]:
    """Tables of which a trigger is not there or switched off."""
    question = (
        "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        if database.vendor == "sqlite"
        else "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled <> 'D'"
    )
    with database.cursor() as cursor:
        cursor.execute(question)
        there = {name for (name,) in cursor.fetchall()}
    wanted = [(model, trigger) for model in guarded_models() for trigger in triggers_of(model, database)]
    return sorted({model._meta.db_table for model, trigger in wanted if trigger.name not in there})


class RefuseChanges(Operation):
    """In a migration: put the triggers on the table of `model`, in place of those it may have."""

    reversible = True

    def __init__(self, model: str) -> None:
        self.model = model

    def state_forwards(self, app_label: str, state: Any) -> None:
        """Models know nothing of triggers."""

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        self.database_backwards(app_label, schema_editor, from_state, to_state)
        if schema_editor.connection.vendor == "postgresql":
            schema_editor.execute(_FUNCTION, params=None)
        for trigger in self._triggers(app_label, schema_editor, to_state):
            schema_editor.execute(trigger.sql(schema_editor.connection), params=None)

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        for trigger in self._triggers(app_label, schema_editor, to_state):
            schema_editor.execute(trigger.sql_to_drop(schema_editor.connection), params=None)

    def describe(self) -> str:
        return f"Refuse changes of {self.model}"

    def _triggers(self, app_label: str, schema_editor: Any, state: Any) -> list[Trigger]:
        return triggers_of(state.apps.get_model(app_label, self.model), schema_editor.connection)


def _is_there(model: type[models.Model], database: BaseDatabaseWrapper) -> str:
    """Whether a row with the same key as the new one stands there already, as a condition of SQL."""
    quote = database.ops.quote_name
    rows = " OR ".join(
        "(" + " AND ".join(f"{quote(column)} = NEW.{quote(column)}" for column in columns) + ")"
        for columns in _keys(model)
    )
    return f"EXISTS (SELECT 1 FROM {quote(model._meta.db_table)} WHERE {rows})"  # noqa: S608


def _keys(model: type[models.Model]) -> Iterator[list[str]]:
    columns = {field.name: str(field.column) for field in model._meta.concrete_fields}
    for field in model._meta.concrete_fields:
        if field.unique:
            yield [columns[field.name]]
    for constraint in model._meta.constraints:
        if isinstance(constraint, models.UniqueConstraint) and constraint.condition is None:
            yield [columns[name] for name in constraint.fields]
