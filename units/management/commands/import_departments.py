"""`manage.py import_departments PROVINCE [FILE]`: the sở, ban, ngành of a province, from the usual list or its own."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from units.enums import UnitKind
from units.models import Unit
from units.services.catalogue import add_departments

USUAL = Path("fixtures") / "units" / "so.json"


class Command(BaseCommand):
    help = (
        "Thêm các sở, ban, ngành còn thiếu của một tỉnh. PROVINCE là mã tỉnh (51) hoặc địa chỉ ngắn của nơi tổ chức "
        "(quang-ngai). Không ghi FILE thì dùng danh sách thường gặp sau tháng 3/2025."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("province", help="mã tỉnh hoặc địa chỉ ngắn")
        parser.add_argument("file", type=Path, nargs="?", help='tệp JSON: [{"code": "SNV", "name": "Sở Nội vụ"}, …]')

    def handle(self, *args: Any, province: str, file: Path | None = None, **options: Any) -> None:
        unit = self._province(province)
        source = file or settings.BASE_DIR / USUAL
        try:
            departments = json.loads(source.read_text(encoding="utf-8"))
            added = add_departments(unit, departments, by=None)
        except OSError as error:
            raise CommandError(f"Không đọc được tệp {source}. Kiểm tra đường dẫn và quyền đọc.") from error
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise CommandError(f"Tệp {source.name} không đúng dạng danh sách mã và tên: {error}.") from error
        except ValidationError as refused:
            raise CommandError(f"Chưa thêm đơn vị nào. {' '.join(refused.messages)}") from refused
        self.stdout.write(f"{unit}: thêm {added} sở, ban, ngành, đã có sẵn {len(departments) - added}.")

    def _province(self, text: str) -> Unit:
        current = Unit.objects.filter(kind=UnitKind.PROVINCE, valid_to__isnull=True)
        unit = current.filter(code=text).first() or current.filter(organiser__slug=text).first()
        if unit is None:
            raise CommandError(f"Không có tỉnh nào mang mã hoặc địa chỉ ngắn “{text}”. Nhập danh mục đơn vị trước.")
        return unit
