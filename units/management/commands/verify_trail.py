"""`manage.py verify_trail`: walk the hash chains and name every entry that was tampered with."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from units import trail
from units.models import TrailEntry


class Command(BaseCommand):
    help = "Kiểm tra chuỗi băm của nhật ký; mã thoát 1 khi có dòng bị sửa, xóa hoặc thêm."

    def handle(self, *args: Any, **options: Any) -> None:
        faults = trail.verify()
        if faults:
            raise CommandError("\n".join(str(fault) for fault in faults))
        self.stdout.write(f"Nhật ký nguyên vẹn: {TrailEntry.objects.count()} dòng.")
