"""`manage.py import_past_units [FILE]`: provinces, huyện and ministries that past tables name."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from units.services.catalogue import add_past_units

KNOWN = Path("fixtures") / "units" / "past.json"


class Command(BaseCommand):
    help = (
        "Thêm các đơn vị của thời kỳ trước còn thiếu: tỉnh, huyện trước 01/07/2025; bộ. Chạy lại không sinh bản trùng"
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, nargs="?", help="tệp JSON; không ghi thì dùng tệp kèm theo cổng")

    def handle(self, *args: Any, file: Path | None = None, **options: Any) -> None:
        source = file or settings.BASE_DIR / KNOWN
        try:
            added = add_past_units(json.loads(source.read_text(encoding="utf-8")), by=None)
        except OSError as error:
            raise CommandError(f"Không đọc được tệp {source}. Kiểm tra đường dẫn và quyền đọc.") from error
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise CommandError(f"Tệp {source.name} không đúng dạng: {error}.") from error
        except ValidationError as refused:
            raise CommandError(f"Chưa thêm đơn vị nào. {' '.join(refused.messages)}") from refused
        self.stdout.write(f"Thêm {added} đơn vị của thời kỳ trước.")
