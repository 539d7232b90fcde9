"""`manage.py import_reform [FILE]`: what became of every province, huyện and commune on 01/07/2025."""

from __future__ import annotations

import hashlib
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from units.files.official_list import ListFaults
from units.files.reform_list import SHIPPED, read_reform
from units.services.reform import ReformRefused, apply_reform


class Command(BaseCommand):
    help = (
        "Nhập đơn vị cũ (tỉnh, huyện, xã đến 30/06/2025) và nối với đơn vị từ 01/07/2025. "
        "Chạy sau import_units; chạy lại không sinh bản trùng"
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, nargs="?", help="tệp CSV; không ghi thì dùng tệp kèm theo cổng")
        parser.add_argument(
            "--same", action="append", default=[], metavar="MÃ_BẢNG=MÃ_DANH_MỤC",
            help="hai mã chỉ một đơn vị mới, khi đã kiểm tra; ví dụ 06970=06978",
        )  # fmt: skip
        parser.add_argument("--province", default="", metavar="MÃ", help="chỉ tỉnh, thành phố hiện nay mang mã này")
        parser.add_argument("--report", type=Path, help="ghi báo cáo vào tệp này nữa")

    def handle(
        self,
        *args: Any,
        file: Path | None = None,
        same: list[str],
        province: str,
        report: Path | None = None,
        **options: Any,
    ) -> None:
        source = file or settings.BASE_DIR / SHIPPED
        try:
            content = source.read_bytes()
            found = apply_reform(
                read_reform(content),
                same=_pairs(same),
                province=province,
                by=None,
                source={"file": source.name, "sha256": hashlib.sha256(content).hexdigest()},
            )
        except OSError as error:
            raise CommandError(f"Không đọc được tệp {source}. Kiểm tra đường dẫn và quyền đọc.") from error
        except (ListFaults, ReformRefused) as refused:
            raise CommandError("Chưa nhập dòng nào. Cần sửa:\n" + "\n".join(refused.faults)) from refused
        text = "\n".join(found.lines())
        self.stdout.write(text)
        if report:
            try:
                report.write_text(text + "\n", encoding="utf-8")
            except OSError as error:
                raise CommandError(f"Đã nhập xong, nhưng không ghi được báo cáo vào {report}.") from error


def _pairs(texts: list[str]) -> dict[str, str]:
    pairs = dict(text.partition("=")[::2] for text in texts)
    if not all(left and right for left, right in pairs.items()):
        raise CommandError("--same viết như 06970=06978: mã trong bảng, dấu bằng, mã trong danh mục.")
    return pairs
