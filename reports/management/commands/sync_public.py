"""Write the index of public addresses anew from the database."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from reports.services.publishing import sync_index
from reports.tasks.shelf import ensure_portal


class Command(BaseCommand):
    help = "Ghi lại mục lục trang công khai từ cơ sở dữ liệu; chạy khi khởi động và sau khi khôi phục."

    def handle(self, *args: Any, **options: Any) -> None:
        ensure_portal()
        self.stdout.write(f"Mục lục công khai có {sync_index()} địa chỉ.")
