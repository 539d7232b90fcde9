"""`manage.py verify_trail`: walk the hash chains and name every entry that was tampered with."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from units import trail
from units.models import TrailEntry, TrailHead
from units.models.triggers import missing


class Command(BaseCommand):
    help = (
        "Kiểm tra chuỗi băm của nhật ký; mã thoát 1 khi có dòng bị sửa, xóa hoặc thêm, hoặc khi cơ sở dữ liệu "
        "không còn chặn việc sửa. Đối chiếu với văn bản đã in: --scope campaign:1/2026 --line 120 --head 3f2a…"
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--scope", help="chỉ một chuỗi: site, hoặc campaign:<số của nơi tổ chức>/<mã kỳ>")
        parser.add_argument("--line", type=int, help="dòng mà văn bản in ở “Đầu chuỗi nhật ký”")
        parser.add_argument("--head", help="16 ký tự mà văn bản in ở “Đầu chuỗi nhật ký”")

    def handle(
        self, *args: Any, scope: str | None = None, line: int | None = None, head: str | None = None, **options: Any
    ) -> None:
        if (line is None) != (head is None) or (line is not None and scope is None):
            raise CommandError("--line và --head đi cùng --scope: ghi đủ cả ba như văn bản in.")
        if scope is not None:
            _refuse_unknown(scope)
        faults = [str(fault) for fault in trail.verify(scope)]
        if scope is not None and line is not None and head is not None:
            fault = trail.fault_of_print(scope, line, head)
            faults += [str(fault)] if fault else []
        faults += [f"Bảng {table}: cơ sở dữ liệu không còn chặn sửa, xóa (thiếu trigger)." for table in missing()]
        if faults:
            raise CommandError("\n".join(faults))
        entries = TrailEntry.objects.filter(scope=scope) if scope else TrailEntry.objects.all()
        self.stdout.write(f"Nhật ký nguyên vẹn: {entries.count()} dòng.")
        if line is not None:
            self.stdout.write(f"Dòng {line} khớp với mã đã in.")


def _refuse_unknown(scope: str) -> None:
    known = {*TrailHead.objects.values_list("scope", flat=True), *TrailEntry.objects.values_list("scope", flat=True)}
    if scope not in known:
        raise CommandError(f"Không có chuỗi “{scope}”. Các chuỗi: {', '.join(sorted(known)) or 'chưa có'}.")
