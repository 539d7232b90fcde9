"""`manage.py scan_evidence`: stored files that the virus scanner has not looked at; by a timer."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from scoring.services.evidence_scan import scan_waiting


class Command(BaseCommand):
    help = (
        "Quét mã độc các tệp tài liệu chưa quét (lúc tải lên máy quét không trả lời). "
        "Không có CLAMD_URL thì không làm gì."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        came_to = scan_waiting()
        rest = " Máy quét hoặc kho tệp không trả lời, phần còn lại để lần sau." if came_to.stopped else ""
        if came_to.unread:
            rest = f" {came_to.unread} tệp máy quét không đọc được, sau một giờ thử lại.{rest}"
        self.stdout.write(f"Đã quét: {came_to.clean} tệp sạch, {came_to.harmful} tệp có mã độc bị cách ly.{rest}")
