"""Forget notices of long ago; meant for every night."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from units.services.old_notices import prune


class Command(BaseCommand):
    help = f"Xóa thông báo quá {settings.NOTICES_KEPT_DAYS} ngày; nhật ký giữ nguyên."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"Đã xóa {prune()} thông báo quá {settings.NOTICES_KEPT_DAYS} ngày.")
