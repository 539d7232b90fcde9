"""The official list of units as a django-import-export resource; the command and the back office share it."""

from __future__ import annotations

import datetime
from typing import Any

from django.db.models import F, QuerySet
from import_export import fields, resources
from import_export.instance_loaders import BaseInstanceLoader
from import_export.results import Result
from tablib import Dataset

from units.enums import UnitKind
from units.files.official_list import COLUMNS, KINDS, read_official_list, read_official_workbook
from units.files.tables import is_workbook
from units.models import Unit, UnitSuccession
from units.models.fields import sort_column
from units.services.catalogue_tables import Change, digest_of
from units.vietnamese import fold

# The two-tier system began on this day (Nghị quyết 202/2025/QH15, Quyết định 19/2025/QĐ-TTg).
TWO_TIER_DAY = datetime.date(2025, 7, 1)


class _Known:
    """Units by code as the list can mean them: those that exist, else those of the two-tier system that ended since.

    `kept`: pks where a unit of the code ended, or that came after others, since 01/07/2025. What was put on record here
    is later than what a list says of the code, so such a unit is left as it is.
    """

    def __init__(self, units: QuerySet[Unit]) -> None:
        ended = {unit.code: unit for unit in units.filter(valid_from=TWO_TIER_DAY, valid_to__isnull=False)}
        self.by_code = ended | {unit.code: unit for unit in units.filter(valid_to__isnull=True)}
        later = UnitSuccession.objects.filter(date__gt=TWO_TIER_DAY, date=F("successor__valid_from"))
        self.kept = {self.by_code[code].pk for code in ended} | set(later.values_list("successor", flat=True))


class _KnownUnits(BaseInstanceLoader):
    """All communes that the list can mean, read once: a row finds its unit by code without a query."""

    def __init__(self, resource: UnitResource, dataset: Dataset | None = None) -> None:
        super().__init__(resource, dataset)
        self.by_code = resource.communes.by_code

    def get_instance(self, row: dict[str, Any]) -> Unit | None:
        return self.by_code.get(row["unit_code"])


class UnitResource(resources.ModelResource):
    """Takes a table of `read_official_list`: adds what is new, renames what was renamed, leaves the rest, and what
    ended or was reorganised on the portal since (`result.kept`: those whose row says otherwise).

    A second import of one list changes nothing. Units that the list does not name are left as they are; `result.absent`
    counts those of its provinces, `result.renamed` holds (old, new) names, `result.changes` every row with its cells.
    """

    def __init__(self, form: Any = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.form = form

    @classmethod
    def read(cls, data: bytes, file_name: str) -> Dataset:
        """The list of an upload, CSV or XLSX; raises `ListFaults` or `TableFaults`."""
        return read_official_workbook(data, file_name) if is_workbook(data) else read_official_list(data)

    @classmethod
    def columns(cls) -> list[str]:
        """Columns without which a table is not of this kind."""
        return list(COLUMNS)

    code = fields.Field(attribute="code", column_name="unit_code")
    name = fields.Field(attribute="name", column_name="unit_full_name")

    class Meta:
        model = Unit
        fields = ("code", "name")
        import_id_fields = ("code",)
        instance_loader_class = _KnownUnits
        use_bulk = True
        batch_size = 1000
        report_skipped = True
        use_transactions = True
        skip_diff = True

    def before_import(self, dataset: Dataset, **kwargs: Any) -> None:
        """Make or rename the provinces of the list."""
        self.renamed: list[tuple[str, str]] = []
        self.changes: list[Change] = []
        self.kept: list[str] = []
        known = _Known(Unit.objects.filter(kind=UnitKind.PROVINCE, parent__isnull=True))
        self.provinces, self.kept_provinces = known.by_code, known.kept
        self.communes = _Known(Unit.objects.filter(kind__in=KINDS.values()))
        for row in dataset.dict:
            self._province(row["province_code"], row["province_full_name"])

    def _province(self, code: str, name: str) -> None:
        known = self.provinces.get(code)
        if known is None:
            self.provinces[code] = Unit.objects.create(
                code=code, name=name, kind=UnitKind.PROVINCE, valid_from=TWO_TIER_DAY
            )
        elif known.name != name and known.pk not in self.kept_provinces:
            self.renamed.append((known.name, name))
            self.changes.append(Change(None, False, f"{name} ({code})", (("Tên", known.name, name),)))
            known.name = name
            known.save()

    def import_instance(self, instance: Unit, row: dict[str, Any], **kwargs: Any) -> None:
        self.before = (instance.name, instance.kind, instance.parent_id) if instance.pk else None
        self.texts = self._texts(instance) if instance.pk else ("", "", "")
        super().import_instance(instance, row, **kwargs)
        instance.parent = self.provinces[row["province_code"]]
        instance.kind = KINDS[row["unit_type"]]
        instance.valid_from = instance.valid_from or TWO_TIER_DAY
        # bulk_update does not pass through the derived columns' pre_save
        instance.name_sort, instance.name_fold = sort_column(instance.name), fold(instance.name)

    def skip_row(
        self, instance: Unit, original: Any, row: dict[str, Any], import_validation_errors: Any = None
    ) -> bool:
        is_same = self.before == (instance.name, instance.kind, instance.parent_id)
        if instance.pk in self.communes.kept or (instance.parent and instance.parent.valid_to):
            if not is_same:
                self.kept.append(f"{self.texts[0] or instance.name} ({instance.code})")
            return True
        if self.before and self.before[0] != instance.name:
            self.renamed.append((self.before[0], instance.name))
        if not is_same:
            pairs = zip(("Tên", "Loại", "Thuộc tỉnh"), self.texts, self._texts(instance), strict=True)
            cells = tuple((name, old, new) for name, old, new in pairs if old != new)
            self.changes.append(Change(None, self.before is None, f"{instance.name} ({instance.code})", cells))
        return is_same

    def _texts(self, unit: Unit) -> tuple[str, str, str]:
        """Name, kind and province as a person compares them; the province by its code where the list knows it not."""
        names = {province.pk: province.name for province in self.provinces.values()}
        return unit.name, unit.get_kind_display(), names.get(unit.parent_id or 0, "")

    def after_import(self, dataset: Dataset, result: Result, **kwargs: Any) -> None:
        named = set(dataset["unit_code"])
        known = Unit.objects.filter(parent__in=self.provinces.values(), kind__in=KINDS.values(), valid_to__isnull=True)
        listed = {self.provinces[code].pk for code in dataset["province_code"]}
        pairs = known.values_list("code", "parent_id")
        result.absent = sum(1 for code, parent in pairs if parent in listed and code not in named)
        result.renamed = self.renamed
        result.kept = self.kept
        result.changes = self.changes
        if self.form is not None:
            self.form.found_changes = digest_of(self.changes)

    def get_bulk_update_fields(self) -> list[str]:
        return ["name", "kind", "parent", "name_sort", "name_fold"]
