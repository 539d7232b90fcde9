"""The official list of units as a django-import-export resource; the command and the back office share it.

Format (as the statistics office's list is circulated): one row a commune with its province:
``province_code, province_full_name, unit_code, unit_full_name, unit_type``.
"""

from __future__ import annotations

import datetime
from typing import Any

from django.core.exceptions import ValidationError
from import_export import fields, resources
from import_export.instance_loaders import BaseInstanceLoader
from tablib import Dataset

from units.enums import UnitKind
from units.models import Unit
from units.models.fields import sort_column
from units.validators import code_validator
from units.vietnamese import fold

COLUMNS = ("province_code", "province_full_name", "unit_code", "unit_full_name", "unit_type")
KINDS = {"Xã": UnitKind.COMMUNE, "Phường": UnitKind.WARD, "Đặc khu": UnitKind.SPECIAL_ZONE}
# The two-tier system began on this day (Nghị quyết 202/2025/QH15, Quyết định 19/2025/QĐ-TTg).
TWO_TIER_DAY = datetime.date(2025, 7, 1)


class _KnownUnits(BaseInstanceLoader):
    """All communes that exist, read once: a row finds its unit by code without a query."""

    def __init__(self, resource: UnitResource, dataset: Dataset | None = None) -> None:
        super().__init__(resource, dataset)
        known = Unit.objects.filter(kind__in=KINDS.values(), valid_to__isnull=True)
        self.by_code = {unit.code: unit for unit in known}

    def get_instance(self, row: dict[str, Any]) -> Unit | None:
        return self.by_code.get(str(row["unit_code"]).strip())


class UnitResource(resources.ModelResource):
    """Adds what is new, renames what was renamed, leaves the rest; a second import changes nothing."""

    code = fields.Field(attribute="code", column_name="unit_code")
    name = fields.Field(attribute="name", column_name="unit_full_name")

    class Meta:
        model = Unit
        fields = ("code", "name")
        import_id_fields = ("code",)
        instance_loader_class = _KnownUnits
        use_bulk = True
        batch_size = 1000
        skip_unchanged = True
        report_skipped = True
        use_transactions = True
        skip_diff = True

    def before_import(self, dataset: Dataset, **kwargs: Any) -> None:
        """Check the whole table, then make or rename its provinces; raises ValidationError with every fault."""
        faults = check(dataset)
        if faults:
            raise ValidationError(faults)
        self.provinces = {
            unit.code: unit
            for unit in Unit.objects.filter(kind=UnitKind.PROVINCE, parent__isnull=True, valid_to__isnull=True)
        }
        for row in dataset.dict:
            self._province(str(row["province_code"]).strip(), str(row["province_full_name"]).strip())

    def _province(self, code: str, name: str) -> None:
        known = self.provinces.get(code)
        if known is None:
            self.provinces[code] = Unit.objects.create(
                code=code, name=name, kind=UnitKind.PROVINCE, valid_from=TWO_TIER_DAY
            )
        elif known.name != name:
            known.name = name
            known.save()

    def before_import_row(self, row: dict[str, Any], **kwargs: Any) -> None:
        row["unit_code"] = str(row["unit_code"]).strip()
        row["unit_full_name"] = str(row["unit_full_name"]).strip()

    def import_instance(self, instance: Unit, row: dict[str, Any], **kwargs: Any) -> None:
        super().import_instance(instance, row, **kwargs)
        instance.parent = self.provinces[str(row["province_code"]).strip()]
        instance.kind = KINDS[str(row["unit_type"]).strip()]
        instance.valid_from = instance.valid_from or TWO_TIER_DAY
        # bulk_update does not pass through the derived columns' pre_save
        instance.name_sort, instance.name_fold = sort_column(instance.name), fold(instance.name)

    def get_bulk_update_fields(self) -> list[str]:
        return ["name", "kind", "parent", "name_sort", "name_fold"]


def check(dataset: Dataset) -> list[str]:
    """Every fault of the table as a Vietnamese sentence that names row and value; empty when it can be imported."""
    missing = [column for column in COLUMNS if column not in (dataset.headers or [])]
    if missing:
        return [f"Tệp thiếu cột {', '.join(missing)}. Dòng đầu phải có đủ các cột: {', '.join(COLUMNS)}."]
    faults: list[str] = []
    seen: dict[str, int] = {}
    provinces: dict[str, str] = {}
    for number, row in enumerate(dataset.dict, start=2):
        cells = {column: str(row[column] if row[column] is not None else "").strip() for column in COLUMNS}
        faults += [f"Dòng {number}: cột {column} đang trống." for column in COLUMNS if not cells[column]]
        for column in ("province_code", "unit_code"):
            if cells[column] and not code_validator.regex.match(cells[column]):
                faults.append(f"Dòng {number}, cột {column}: “{cells[column][:40]}” không phải là mã đơn vị.")
        for column in ("province_full_name", "unit_full_name"):
            if len(cells[column]) > 200:
                faults.append(f"Dòng {number}, cột {column}: tên dài quá 200 ký tự.")
        if cells["unit_type"] and cells["unit_type"] not in KINDS:
            faults.append(f"Dòng {number}: loại “{cells['unit_type'][:40]}” không có; dùng Xã, Phường hoặc Đặc khu.")
        if cells["unit_code"] in seen:
            faults.append(f"Dòng {number}: mã {cells['unit_code']} đã có ở dòng {seen[cells['unit_code']]}.")
        seen.setdefault(cells["unit_code"], number)
        first = provinces.setdefault(cells["province_code"], cells["province_full_name"])
        if first != cells["province_full_name"]:
            faults.append(
                f"Dòng {number}: mã tỉnh {cells['province_code']} ghi “{cells['province_full_name'][:60]}”, "
                f"dòng trước ghi “{first[:60]}”. Sửa cho thống nhất."
            )
    return faults
