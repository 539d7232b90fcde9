"""`manage.py send_letters`: letters of notices that wait for another try, or whose job was lost; by a timer."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from units.services.outbox import send_waiting


class Command(BaseCommand):
    help = (
        "Gửi các thư thông báo đang chờ (lần trước máy chủ thư từ chối, hoặc việc nền bị mất). "
        "Không gửi thư nào hai lần."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        came_to = send_waiting()
        self.stdout.write(
            f"Đã gửi {came_to.sent} thư; {came_to.waiting} thư chờ thử lại; {came_to.failed} thư không gửi được."
        )
