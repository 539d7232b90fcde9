"""The one-time token that opens an empty installation."""

from __future__ import annotations

from django.db import models


class SetupToken(models.Model):
    """Printed once by `manage.py setup_token`; here stands its hash alone (docs/operations.md)."""

    digest = models.CharField("mã băm", max_length=64, unique=True)
    created_at = models.DateTimeField("tạo lúc", auto_now_add=True)
    expires_at = models.DateTimeField("hết hạn lúc")
    used_at = models.DateTimeField("dùng lúc", null=True, blank=True)

    class Meta:
        verbose_name = "mã cài đặt"
        verbose_name_plural = "mã cài đặt"
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"Mã cài đặt tạo lúc {self.created_at:%d/%m/%Y %H:%M}"
