"""Rows that are written once: the trail, runs, published files."""

from __future__ import annotations

from typing import Any, NoReturn

from django.db import models


class AppendOnly(Exception):
    """Somebody tried to change or delete a row that may only be added."""


class AppendOnlyQuerySet(models.QuerySet):
    """Refuses every way of changing or deleting rows that goes through a queryset."""

    def update(self, **fields: object) -> NoReturn:
        raise AppendOnly(f"{self.model.__name__} chỉ được thêm, không được sửa.")

    def delete(self) -> NoReturn:
        raise AppendOnly(f"{self.model.__name__} chỉ được thêm, không được xóa.")

    def _update(self, values: object) -> NoReturn:  # the path `Model.save()` takes for a row that exists
        raise AppendOnly(f"{self.model.__name__} chỉ được thêm, không được sửa.")


class AppendOnlyModel(models.Model):
    """Base of such rows. Their `Meta` inherits this one, so that `save()` of an existing row meets the queryset too."""

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        abstract = True
        base_manager_name = "objects"

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise AppendOnly(f"{type(self).__name__} chỉ được thêm, không được xóa.")
