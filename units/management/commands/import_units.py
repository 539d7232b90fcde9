"""`manage.py import_units FILE`: the official list of provinces and communes, as often as it is issued."""

from __future__ import annotations

import hashlib
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from units import trail
from units.files.official_list import COLUMNS, ListFaults, read_official_list
from units.services.unit_list import UnitResource


class Command(BaseCommand):
    help = f"Nhập danh mục tỉnh, xã, phường, đặc khu từ tệp CSV, mã hóa UTF-8, có các cột {', '.join(COLUMNS)}."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="tệp CSV")

    def handle(self, *args: Any, file: Path, **options: Any) -> None:
        try:
            content = file.read_bytes()
            dataset = read_official_list(content)
        except OSError as error:
            raise CommandError(f"Không đọc được tệp {file}. Kiểm tra đường dẫn và quyền đọc.") from error
        except ListFaults as refused:
            raise CommandError("Chưa nhập dòng nào. Cần sửa:\n" + "\n".join(refused.faults)) from refused
        with transaction.atomic():
            result = UnitResource().import_data(dataset, raise_errors=True)
            totals = dict(result.totals)
            trail.record(
                "units.import", by=None, about=None, label=f"Nhập danh mục đơn vị từ {file.name}",
                sha256=hashlib.sha256(content).hexdigest(), totals=totals, renamed=result.renamed,
            )  # fmt: skip
        self.stdout.write(
            f"Đã nhập {len(dataset)} dòng từ {file.name}: thêm {totals['new']}, sửa {totals['update']}, "
            f"giữ nguyên {totals['skip']} đơn vị."
        )
        for old, new in result.renamed:
            self.stdout.write(f"Đổi tên: {old} → {new}")
        if result.kept:
            self.stdout.write(
                "Đã kết thúc hoặc nối tiếp đơn vị khác trên cổng sau 01/07/2025, tệp ghi khác, được giữ nguyên: "
                f"{', '.join(result.kept)}."
            )
        if result.absent:
            self.stdout.write(f"{result.absent} đơn vị đang có trong danh mục không có trong tệp, được giữ nguyên.")
