"""`manage.py verify_run CODE N`: recompute run N from its kept input and compare with its kept results."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from scoring.selectors.campaigns import campaign_named, run_numbered
from scoring.services.calculation import verify


class Command(BaseCommand):
    help = "Tính lại lần tính N của kỳ mang mã CODE từ chính tệp đầu vào đã giữ; mã thoát 1 khi khác."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("code", help="mã kỳ, ví dụ 2025")
        parser.add_argument("number", type=int, help="lần tính, như in ở trang của kỳ")
        parser.add_argument("--organiser", help="địa chỉ ngắn của đơn vị tổ chức, cần khi nhiều nơi có cùng mã kỳ")

    def handle(self, *args: Any, code: str, number: int, organiser: str | None = None, **options: Any) -> None:
        try:
            run = run_numbered(campaign_named(code, organiser), number)
        except LookupError as unknown:
            raise CommandError(str(unknown)) from unknown
        faults = verify(run)
        if faults:
            raise CommandError(f"Lần tính {number} KHÔNG khớp:\n" + "\n".join(faults))
        self.stdout.write(f"Khớp: {run} ({run.input_sha256[:12]}…), tính lại ra đúng kết quả đã lưu.")
