"""`manage.py morning_letters`: the morning's letter to those for whom something is new or near; at 7, by a timer."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from scoring.selectors.clock import database_now
from scoring.services.morning import NotNow, tell_the_morning


class Command(BaseCommand):
    help = (
        "Gửi thư buổi sáng: việc mới, việc còn 7, 3 và 1 ngày. "
        "Mỗi người nhiều nhất một thư một ngày; chạy lại không gửi thêm."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            now = database_now()
        except LookupError:  # an empty portal has no clock to ask and nobody to tell
            self.stdout.write("Chưa có nơi tổ chức nào. Không gửi gì.")
            return
        try:
            told = tell_the_morning(now)
        except NotNow as fault:
            self.stdout.write(fault.sentence)
        else:
            self.stdout.write(f"Đã báo cho {told} người; thư do việc nền gửi.")
