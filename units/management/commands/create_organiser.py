"""`manage.py create_organiser`: let a unit of the catalogue run campaigns; the second step of a new portal."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from units.enums import UnitKind
from units.models import Unit
from units.services.catalogue import create_organiser
from units.vietnamese import slug as make_slug


class Command(BaseCommand):
    help = (
        "Cho một tỉnh tổ chức đánh giá trên cổng. Cổng mới: migrate, import_units, create_organiser, "
        "import_departments, create_administrator."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("code", help="mã tỉnh trong danh mục, ví dụ 51")
        parser.add_argument("--slug", help="địa chỉ ngắn, ví dụ quang-ngai; không ghi thì lấy từ tên tỉnh")
        parser.add_argument("--title", help="cơ quan công bố, ví dụ “UBND tỉnh Quảng Ngãi”; không ghi thì lấy từ tên")

    def handle(self, *args: Any, code: str, slug: str | None = None, title: str | None = None, **options: Any) -> None:
        unit = Unit.objects.filter(kind=UnitKind.PROVINCE, code=code, valid_to__isnull=True).first()
        if unit is None:
            raise CommandError(f"Không có tỉnh nào mang mã “{code}”. Nhập danh mục đơn vị trước.")
        place = unit.name[:1].lower() + unit.name[1:]
        bare = unit.name.removeprefix("Thành phố ").removeprefix("Tỉnh ")
        try:
            organiser = create_organiser(
                unit, slug=slug or make_slug(bare), title=title or f"UBND {place}", place=place, by=None
            )
        except ValidationError as refused:
            raise CommandError(" ".join(refused.messages)) from refused
        self.stdout.write(f"Đã thêm {organiser}, địa chỉ ngắn “{organiser.slug}”.")
