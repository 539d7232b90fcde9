"""The database itself refuses to change what is written once, whoever asks it and by which statement."""

from __future__ import annotations

import datetime
import importlib
import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, models, transaction
from django.db.migrations.loader import MigrationLoader
from django.utils import timezone

from tests.database import unguarded
from units import trail
from units.models import TrailEntry, TrailHead
from units.models.appendonly import AppendOnlyModel
from units.models.triggers import guarded_models, missing

WRITTEN_ONCE = [model for model in apps.get_models() if issubclass(model, AppendOnlyModel)]
NONE_HERE = {"scoring.Signing": ["letter_id"]}
"""What a row leaves empty, as it is about one of two things."""
REFUSED = "không được (sửa|xóa|thay)"


def _filled(field: models.Field[Any, Any]) -> object:
    if isinstance(field, models.DateTimeField):
        return timezone.now()
    if isinstance(field, models.JSONField):
        return {}
    if field.choices:
        return list(field.choices)[-1][0]
    if isinstance(field, models.DateField) and not isinstance(field, models.DateTimeField):
        return datetime.date(2027, 1, 10)
    return "x" if isinstance(field, models.CharField | models.TextField) else 1


@pytest.fixture(params=WRITTEN_ONCE, ids=lambda model: model.__name__)
def model(db, request) -> Iterator[type[models.Model]]:
    """A kind of row that is written once, with one row, which stays only as long as the test.

    What it points to is not there: both databases look for that when the transaction ends, and this one never does.
    """
    values = {field.attname: _filled(field) for field in request.param._meta.concrete_fields}
    values |= dict.fromkeys(NONE_HERE.get(request.param._meta.label, ()))
    with transaction.atomic():
        request.param.objects.bulk_create([request.param(**values)])
        yield request.param
        transaction.set_rollback(True)


def said(statement: str) -> str:
    """What the database answers to a statement that it refuses."""
    with pytest.raises(IntegrityError) as refused, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    return str(refused.value)


def test_no_row_of_them_is_changed(model) -> None:
    column = connection.ops.quote_name(model._meta.concrete_fields[-1].column)
    assert re.search(REFUSED, said(f"UPDATE {model._meta.db_table} SET {column} = {column}"))  # noqa: S608
    assert model.objects.count() == 1


def test_no_row_of_them_is_deleted(model) -> None:
    assert re.search(REFUSED, said(f"DELETE FROM {model._meta.db_table}"))  # noqa: S608
    assert model.objects.count() == 1


@pytest.mark.postgres
@pytest.mark.parametrize("model", guarded_models(), ids=lambda model: model.__name__)
def test_none_of_their_tables_is_emptied(db, model) -> None:
    assert re.search(REFUSED, said(f"TRUNCATE {model._meta.db_table} CASCADE"))


def test_no_row_of_them_is_replaced_by_another(model) -> None:
    """`INSERT OR REPLACE` of SQLite, `ON CONFLICT DO UPDATE` of PostgreSQL."""
    columns = [connection.ops.quote_name(field.column) for field in model._meta.concrete_fields]
    rows = f"({', '.join(columns)}) SELECT {', '.join(columns)} FROM {model._meta.db_table}"  # noqa: S608
    if connection.vendor == "sqlite":
        assert re.search(REFUSED, said(f"INSERT OR REPLACE INTO {model._meta.db_table} {rows}"))
    else:
        update = f"ON CONFLICT (id) DO UPDATE SET {columns[-1]} = EXCLUDED.{columns[-1]}"
        assert re.search(REFUSED, said(f"INSERT INTO {model._meta.db_table} {rows} {update}"))
    assert model.objects.count() == 1


@pytest.fixture
def head(db) -> TrailHead:
    with transaction.atomic():
        for number in range(3):
            trail.record("thu", by=None, about=None, label=f"Việc {number}")
    return TrailHead.objects.get()


@pytest.mark.parametrize(
    "change", ["seq = 2", "seq = 3", "seq = 5", "hash = ''", "scope = 'khac', seq = 4", "seq = 4, hash = 'abc'"]
)
def test_the_head_of_a_chain_only_moves_on_by_one(head, change: str) -> None:
    assert "chỉ được tiến thêm một dòng" in said(f"UPDATE units_trailhead SET {change}")  # noqa: S608
    with transaction.atomic():
        trail.record("thu", by=None, about=None, label="Việc sau")
    assert trail.verify() == []


def test_the_head_of_a_chain_is_not_deleted(head) -> None:
    assert "không được xóa" in said("DELETE FROM units_trailhead")


def test_every_kind_of_row_that_is_written_once_is_guarded(db) -> None:
    assert set(WRITTEN_ONCE) | {TrailHead} == set(guarded_models())
    assert missing() == []


def test_a_table_whose_trigger_was_taken_off_is_told(head) -> None:
    with unguarded(TrailEntry):
        assert missing() == ["units_trailentry"]
        with pytest.raises(CommandError, match="Bảng units_trailentry: cơ sở dữ liệu không còn chặn sửa, xóa"):
            call_command("verify_trail")
    call_command("verify_trail")


@pytest.mark.django_db(transaction=True)
def test_the_migrations_go_back_and_forth_over_the_triggers() -> None:
    """A portal may be taken back one version: without the triggers, and with them again afterwards."""
    for app, name in (("scoring", "0009_refuse_changes"), ("reports", "0002_refuse_changes")):
        migration = importlib.import_module(f"{app}.migrations.{name}").Migration(name, app)
        models_of = {operation.model for operation in migration.operations}
        state = MigrationLoader(connection).project_state()
        with connection.schema_editor() as editor:
            migration.unapply(state, editor)
        assert {apps.get_model(app, name)._meta.db_table for name in models_of} <= set(missing())
        with connection.schema_editor() as editor:
            migration.apply(state, editor)
        assert missing() == []
