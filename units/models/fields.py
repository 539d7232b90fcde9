"""Columns derived from another column of the same row."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db import models

from units.vietnamese import fold, sort_key


def sort_column(text: str) -> str:
    """Vietnamese sort key in hexadecimal: compares alike under every collation of either database."""
    return sort_key(text).encode().hex()


class DerivedCharField(models.CharField):
    """Filled from `source` by `derive` whenever the row is inserted or saved (single or bulk insert).

    `QuerySet.update` and `bulk_update` do not pass here: whoever uses them sets this column too.
    """

    def __init__(self, *args: Any, source: str = "", derive: Callable[[str], str] = fold, **kwargs: Any) -> None:
        self.source, self.derive = source, derive
        kwargs["editable"] = False
        super().__init__(*args, **kwargs)

    def pre_save(self, model_instance: models.Model, add: bool) -> str:
        value = self.derive(getattr(model_instance, self.source))
        setattr(model_instance, self.attname, value)
        return value

    def deconstruct(self) -> Any:
        name, _, args, kwargs = super().deconstruct()
        kwargs.pop("editable", None)
        return name, "django.db.models.CharField", args, kwargs | {"editable": False}
