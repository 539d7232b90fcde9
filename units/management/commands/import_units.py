"""`manage.py import_units FILE`: the official list of provinces and communes, as often as it is issued."""

from __future__ import annotations

import hashlib
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from tablib import Dataset

from units import trail
from units.admin.resources import UnitResource


class Command(BaseCommand):
    help = "Nhập danh mục đơn vị hành chính (CSV: province_code, province_full_name, unit_code, unit_full_name, unit_type)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="tệp CSV, mã hóa UTF-8")

    def handle(self, *args: Any, file: Path, **options: Any) -> None:
        dataset, digest = self._read(file)
        with transaction.atomic():
            try:
                result = UnitResource().import_data(dataset, raise_errors=True)
            except ValidationError as faults:
                raise CommandError("Chưa nhập dòng nào. Cần sửa:\n" + "\n".join(faults.messages)) from faults
            totals = dict(result.totals)
            trail.record("units.import", by=None, about=None, label=f"Nhập danh mục đơn vị từ {file.name}",
                         sha256=digest, totals=totals)  # fmt: skip
        self.stdout.write(
            f"Đã nhập {len(dataset)} dòng từ {file.name}: thêm {totals['new']}, sửa {totals['update']}, "
            f"giữ nguyên {totals['skip']} đơn vị."
        )

    def _read(self, file: Path) -> tuple[Dataset, str]:
        try:
            content = file.read_bytes()
            dataset = Dataset().load(content.decode("utf-8-sig"), format="csv")
        except OSError as error:
            raise CommandError(f"Không đọc được tệp {file}: {error.strerror}.") from error
        except UnicodeDecodeError as error:
            raise CommandError(
                f"Tệp {file.name} không phải mã hóa UTF-8. Lưu lại dạng “CSV UTF-8” rồi nhập."
            ) from error
        except Exception as error:  # tablib raises whatever its CSV reader meets
            raise CommandError(f"Tệp {file.name} không phải bảng CSV đọc được: {error}.") from error
        return dataset, hashlib.sha256(content).hexdigest()
