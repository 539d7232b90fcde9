"""Hold the rows and the bytes of evidence against each other; meant for every night and after every restore."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from scoring.services.evidence_sweep import sweep


class Command(BaseCommand):
    help = (
        "Xóa tệp tài liệu không dòng nào dùng đến (cũ hơn 24 giờ), băm lại các tệp còn lại và báo tệp thiếu hoặc hỏng."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="Chỉ báo, không xóa.")

    def handle(self, *args: Any, **options: Any) -> None:
        found = sweep(delete=not options["dry_run"])
        for fault in found.faults:
            self.stderr.write(fault)
        done = "sẽ xóa" if options["dry_run"] else "đã xóa"
        self.stdout.write(
            f"{found.checked} tệp nguyên vẹn; {done} {len(found.removed)} tệp thừa; {found.waiting} tệp chưa đủ 24 giờ."
        )
        if found.faults:
            raise CommandError(f"Có {len(found.faults)} tệp thiếu hoặc hỏng. Khôi phục từ bản sao lưu.")
