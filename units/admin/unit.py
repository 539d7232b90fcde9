"""Units, their successions and the organisers, as catalogues."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from import_export.admin import ImportMixin
from import_export.formats.base_formats import CSV
from import_export.results import Result
from import_export.tmp_storages import MediaStorage

from units import trail
from units.admin.site import Catalogue, acting
from units.files.official_list import read_official_list
from units.forms import ConfirmUnitListForm, UnitListForm
from units.models import Organiser, Unit, UnitSuccession
from units.permissions import ADMINISTER_PORTAL, can
from units.services.unit_list import UnitResource
from units.vietnamese import fold


class OfficialList(CSV):
    """The one format of the import, CSV: a workbook would have to be opened within the request (decision 007)."""

    def create_dataset(self, in_stream: Any, **kwargs: Any) -> Any:
        return read_official_list(in_stream if isinstance(in_stream, bytes) else in_stream.encode())


@admin.register(Unit)
class UnitAdmin(ImportMixin, Catalogue):
    """Units: search with or without diacritics, import of the official list."""

    resource_classes = [UnitResource]
    formats = [OfficialList]
    import_form_class = UnitListForm
    confirm_form_class = ConfirmUnitListForm
    import_template_name = "admin/units/unit/import.html"
    tmp_storage_class = MediaStorage  # private, and the same for all processes of the server
    skip_admin_log = True
    list_display = ["code", "name", "kind", "parent", "valid_from", "valid_to"]
    list_filter = ["kind"]
    list_select_related = ["parent"]
    search_fields = ["code", "name_fold"]
    autocomplete_fields = ["parent"]
    search_help_text = "Tìm theo mã hoặc tên, có dấu hoặc không dấu"

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Unit], search_term: str
    ) -> tuple[QuerySet[Unit], bool]:
        return super().get_search_results(request, queryset, fold(search_term))

    def has_import_permission(self, request: HttpRequest) -> bool:
        return bool(can(request.user, ADMINISTER_PORTAL))

    def get_confirm_form_kwargs(self, request: HttpRequest, import_form: Any = None) -> dict[str, Any]:
        return super().get_confirm_form_kwargs(request, import_form) | {"exists": self._upload_exists}

    def import_action(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        return _unprocessable(super().import_action(request, **kwargs), "form")

    def process_import(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        return _unprocessable(super().process_import(request, **kwargs), "confirm_form")

    def process_dataset(self, dataset: Any, form: Any, request: HttpRequest, **kwargs: Any) -> Result:
        """Import and trail in one transaction."""
        with transaction.atomic():
            result = super().process_dataset(dataset, form, request, **kwargs)
            trail.record(
                "units.import", by=acting(request), about=None, label="Nhập danh mục đơn vị",
                file=form.cleaned_data["original_file_name"], totals=dict(result.totals), renamed=result.renamed,
            )  # fmt: skip
        return result

    def add_success_message(self, result: Result, request: HttpRequest) -> None:
        totals = result.totals
        sentence = (
            f"Đã nhập danh mục: thêm {totals['new']}, sửa {totals['update']}, giữ nguyên {totals['skip']} đơn vị."
        )
        messages.success(request, sentence)

    def _upload_exists(self, name: str) -> bool:
        storage = MediaStorage(name=name)
        return storage._storage.exists(storage.get_full_path())


def _unprocessable(response: HttpResponse, form: str) -> HttpResponse:
    """The page of a refused form goes out as 422."""
    refused = (getattr(response, "context_data", None) or {}).get(form)
    if refused is not None and refused.is_bound and not refused.is_valid():
        response.status_code = 422
    return response


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

    def get_readonly_fields(self, request: HttpRequest, obj: Organiser | None = None) -> list[str]:
        """The short address stands in every published page and file, so it is given once."""
        return ["slug", "unit"] if obj else []
