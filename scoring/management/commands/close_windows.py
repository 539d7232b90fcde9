"""`manage.py close_windows`: dossiers whose time has run out become "không nộp"; every few minutes, by a timer."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from scoring.services.closing import close_late


class Command(BaseCommand):
    help = "Khép các hồ sơ tự chấm đã quá hạn mà chưa nộp. Chạy lại không đổi gì thêm."

    def handle(self, *args: Any, **options: Any) -> None:
        closed = close_late()
        for submission in closed:
            participant = submission.participant
            self.stdout.write(f"{participant.campaign.title}: {participant.name} hết hạn chưa nộp.")
        self.stdout.write(f"Đã khép {len(closed)} hồ sơ quá hạn.")
