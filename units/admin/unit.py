"""Units, their successions and the organisers, as catalogues."""

from __future__ import annotations

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from units.admin.exchange import Exchange
from units.admin.site import Catalogue
from units.forms import OrganiserForm
from units.models import Organiser, Unit, UnitSuccession
from units.services.catalogue_tables import OrganiserTable, SuccessionTable, UnitTable
from units.services.unit_list import UnitResource
from units.vietnamese import fold


@admin.register(Unit)
class UnitAdmin(Exchange, Catalogue):
    """Units: search with or without diacritics; the official list comes in, the own table goes out and comes back."""

    tables = (
        (
            UnitResource,
            "Danh mục chính thức của cả nước",
            "Mỗi dòng một xã, phường hoặc đặc khu. Dòng đầu có các cột: province_code, province_full_name, unit_code, "
            "unit_full_name, unit_type. Loại (unit_type) là Xã, Phường hoặc Đặc khu. Nhập lại không sinh bản trùng.",
        ),
        (
            UnitTable,
            "Bảng đơn vị tải từ cổng",
            "Tải danh sách xuống, sửa trong Excel rồi tải lên lại. Cột Số cho biết dòng nào là đơn vị nào; để trống là "
            "đơn vị mới. Đơn vị không có trong bảng thì giữ nguyên.",
        ),
    )
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


@admin.register(UnitSuccession)
class UnitSuccessionAdmin(Exchange, Catalogue):
    tables = (
        (
            SuccessionTable,
            "Bảng nối tiếp tải từ cổng",
            "Tải danh sách xuống, sửa trong Excel rồi tải lên lại. Đơn vị ghi bằng số của nó ở bảng đơn vị; cột Số để "
            "trống là dòng mới.",
        ),
    )
    list_display = ["predecessor", "successor", "kind", "date", "document"]
    autocomplete_fields = ["predecessor", "successor"]
    list_select_related = ["predecessor", "successor"]


@admin.register(Organiser)
class OrganiserAdmin(Exchange, Catalogue):
    tables = (
        (
            OrganiserTable,
            "Bảng nơi tổ chức tải từ cổng",
            "Tải danh sách xuống, sửa tên trong Excel rồi tải lên lại. Bảng không thêm nơi mới.",
        ),
    )
    form = OrganiserForm
    list_display = ["title", "slug", "unit", "lead_department"]
    autocomplete_fields = ["unit"]
    list_select_related = ["unit"]

    def get_readonly_fields(self, request: HttpRequest, obj: Organiser | None = None) -> list[str]:
        """The short address stands in every published page and file, so it is given once."""
        return ["slug", "unit"] if obj else []
