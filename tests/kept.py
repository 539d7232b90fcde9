"""What takes long to make and is always the same is made once by a process, and put down again for later tests.

Only into an empty house, and only rows and files: whatever else a making did (mail, jobs) belongs to the test in which
it was made. Times stay those of the first making.
"""

from __future__ import annotations

import pickle
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from django.apps import apps
from django.conf import settings
from django.db import transaction

from units.models import Unit, User

T = TypeVar("T")


@dataclass(frozen=True)
class _Kept:
    """`made` is what the making gave back and `rows` all rows it left, both pickled; `files` by root and path, with
    their modes."""

    made: bytes
    rows: bytes
    files: dict[str, dict[str, tuple[int, bytes]]]


_KEPT: dict[object, _Kept] = {}
_is_keeping = True


def once(key: object, make: Callable[[], T]) -> T:
    """What `make` makes. In an empty house every call of a process but the first puts down the very rows and files
    that the first one left: the same thing, in a tenth of the time."""
    is_empty = not (Unit.objects.exists() or User.objects.exists())
    key = (key, settings.STORAGES["evidence"]["BACKEND"])
    if is_empty and key in _KEPT:
        return _put_down(_KEPT[key])
    made = make()
    if is_empty and _is_keeping:
        _KEPT[key] = _Kept(pickle.dumps(made), pickle.dumps(_all_rows()), _all_files())
    return made


@contextmanager
def keeping_nothing() -> Iterator[None]:
    """Within: the portal is not as it should be, so nothing that is made of it stays for other tests."""
    global _is_keeping
    before, _is_keeping = _is_keeping, False
    try:
        yield
    finally:
        _is_keeping = before


def _all_rows() -> list[Any]:
    models = [model for label in ("units", "scoring", "reports") for model in apps.get_app_config(label).get_models()]
    return [row for model in models for row in model._base_manager.all()]


def _roots() -> dict[str, Path]:
    """Where files are stored; each test has roots of its own (tests/conftest.py)."""
    stored = settings.STORAGES["evidence"].get("OPTIONS", {}).get("location")
    return {"media": Path(settings.MEDIA_ROOT), "previews": Path(settings.PREVIEW_ROOT)} | (
        {"evidence": Path(stored)} if stored else {}
    )


def _all_files() -> dict[str, dict[str, tuple[int, bytes]]]:
    return {
        name: {
            path.relative_to(root).as_posix(): (path.stat().st_mode & 0o777, path.read_bytes())
            for path in root.rglob("*")
            if path.is_file()
        }
        for name, root in _roots().items()
    }


def _put_down(kept: _Kept) -> Any:
    """The rows as they were, times included; foreign keys are looked at when the transaction ends."""
    by_model: dict[Any, list[Any]] = {}
    for row in pickle.loads(kept.rows):  # noqa: S301 (pickled by this very process)
        row._state.adding = True
        by_model.setdefault(type(row), []).append(row)
    with transaction.atomic():
        for model, found in by_model.items():
            with _times_as_they_are(model):
                model._base_manager.bulk_create(found)
    roots = _roots()
    for name, files in kept.files.items():
        for place, (mode, data) in files.items():
            path = roots[name] / place
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
            path.chmod(mode)
    return pickle.loads(kept.made)  # noqa: S301


@contextmanager
def _times_as_they_are(model: Any) -> Iterator[None]:
    """Columns that set themselves to now keep what the row says."""
    own = [
        field
        for field in model._meta.concrete_fields
        if getattr(field, "auto_now_add", False) or getattr(field, "auto_now", False)
    ]
    kept = [(field, field.auto_now, field.auto_now_add) for field in own]
    for field in own:
        field.auto_now = field.auto_now_add = False
    try:
        yield
    finally:
        for field, now, now_add in kept:
            field.auto_now, field.auto_now_add = now, now_add
