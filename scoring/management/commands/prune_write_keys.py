"""Forget writes that were acknowledged long ago; meant for every night."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from scoring.services.write_keys import KEPT, prune


class Command(BaseCommand):
    help = f"Xóa mã của các lần lưu tự động đã trả lời quá {KEPT.days} ngày."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"Đã xóa {prune()} mã lần lưu quá {KEPT.days} ngày.")
