"""Units, their successions and the organisers, as catalogues."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest
from import_export.admin import ImportMixin
from import_export.formats.base_formats import CSV, XLSX
from import_export.results import Result

from units import trail
from units.admin.resources import UnitResource
from units.admin.site import Catalogue
from units.models import Organiser, Unit, UnitSuccession
from units.permissions import ADMINISTER, can
from units.vietnamese import fold


@admin.register(Unit)
class UnitAdmin(ImportMixin, Catalogue):
    """Units: search with or without diacritics, import of the official list."""

    resource_classes = [UnitResource]
    formats = [CSV, XLSX]
    list_display = ["code", "name", "kind", "parent", "valid_from", "valid_to"]
    list_filter = ["kind"]
    list_select_related = ["parent"]
    search_fields = ["code", "name_fold"]
    autocomplete_fields = ["parent"]
    search_help_text = "Tìm theo mã hoặc tên, có dấu hoặc không dấu"
    skip_admin_log = True

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Unit], search_term: str
    ) -> tuple[QuerySet[Unit], bool]:
        return super().get_search_results(request, queryset, fold(search_term))

    def has_import_permission(self, request: HttpRequest) -> bool:
        return bool(can(request.user, ADMINISTER))

    def process_result(self, result: Result, request: HttpRequest) -> Any:
        """The import is in the trail like every other act."""
        with transaction.atomic():
            trail.record(
                "units.import", by=request.user, about=None, label="Nhập danh mục đơn vị", totals=dict(result.totals)
            )
        return super().process_result(result, request)


@admin.register(UnitSuccession)
class UnitSuccessionAdmin(Catalogue):
    list_display = ["predecessor", "successor", "kind", "date", "document"]
    autocomplete_fields = ["predecessor", "successor"]
    list_select_related = ["predecessor", "successor"]


@admin.register(Organiser)
class OrganiserAdmin(Catalogue):
    list_display = ["title", "slug", "unit", "lead_department"]
    autocomplete_fields = ["unit"]
    list_select_related = ["unit"]
