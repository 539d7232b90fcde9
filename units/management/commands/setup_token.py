"""`manage.py setup_token`: the one-time token with which an empty portal is founded in a browser."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from units.services.founding import LASTS, TokenRefused, issue_token


class Command(BaseCommand):
    help = (
        "In một lần mã cài đặt cho cổng mới, chưa có người quản trị. Mở /cai-dat/ bằng trình duyệt, nhập mã để lập nơi "
        "tổ chức và người quản trị đầu tiên. Chạy lại thì mã trước hết hiệu lực."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            token = issue_token()
        except TokenRefused as refused:
            raise CommandError(refused.sentence) from refused
        hours = int(LASTS.total_seconds() // 3600)
        self.stdout.write(f"Mã cài đặt, chỉ in lần này, dùng được {hours} giờ, một lần:\n\n    {token}\n\n")
        self.stdout.write(f"Mở {settings.SITE_URL}/cai-dat/ bằng trình duyệt và nhập mã.")
