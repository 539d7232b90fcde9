"""What the virus scanner said of bytes."""

from __future__ import annotations

from django.db import models


class Scan(models.Model):
    """The verdict over the bytes with this digest, wherever they are stored; no row: nobody has looked so far.

    `found` names what is in them, empty where they are clean.
    """

    sha256 = models.CharField(max_length=64, unique=True)
    found = models.CharField(max_length=120, blank=True)
    at = models.DateTimeField()

    class Meta:
        verbose_name = "lần quét mã độc"
        verbose_name_plural = "lần quét mã độc"

    def __str__(self) -> str:
        return f"{self.sha256[:12]}: {self.found or 'sạch'}"
