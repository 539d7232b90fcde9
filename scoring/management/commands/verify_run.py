"""`manage.py verify_run ID`: recompute a run from its kept input and compare with its kept results."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from scoring.models import Run
from scoring.services.calculation import verify


class Command(BaseCommand):
    help = "Tính lại một lần tính từ chính tệp đầu vào đã giữ; mã thoát 1 khi khác."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("id", type=int, help="số của lần tính trong cơ sở dữ liệu (in ở trang lần tính)")

    def handle(self, *args: Any, id: int, **options: Any) -> None:
        run = Run.objects.select_related("campaign").filter(pk=id).first()
        if run is None:
            raise CommandError(f"Không có lần tính số {id}.")
        faults = verify(run)
        if faults:
            raise CommandError(f"Lần tính {id} KHÔNG khớp:\n" + "\n".join(faults))
        self.stdout.write(f"Khớp: {run} ({run.input_sha256[:12]}…), tính lại ra đúng kết quả đã lưu.")
