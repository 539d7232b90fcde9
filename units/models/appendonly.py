"""Rows that are written once: the trail, runs, published files."""

from __future__ import annotations

from typing import NoReturn

from django.db import models


class AppendOnly(Exception):
    """Somebody tried to change or delete a row that may only be added."""


class AppendOnlyQuerySet(models.QuerySet):
    """Refuses the two bulk ways of changing history; there is no `save()` on these rows after the first."""

    def update(self, **fields: object) -> NoReturn:
        raise AppendOnly(f"{self.model.__name__} chỉ được thêm, không được sửa.")

    def delete(self) -> NoReturn:
        raise AppendOnly(f"{self.model.__name__} chỉ được thêm, không được xóa.")

    def _update(self, values: object) -> NoReturn:  # the path `Model.save()` takes for a row that exists
        raise AppendOnly(f"{self.model.__name__} chỉ được thêm, không được sửa.")
