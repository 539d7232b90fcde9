"""Catalogues go out as tables and come back changed: guarded reading, the differences, the word to apply.

What a preview showed is sealed: another person, other bytes, or a catalogue that changed meanwhile apply nothing
(cases T04, T50). Uploads wait in the private storage, which all processes share, for a day at most.
"""

from __future__ import annotations

import datetime
from typing import Any

from django.contrib import messages
from django.core.files.storage import Storage
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import path
from django.utils import timezone
from import_export.admin import ImportMixin
from import_export.formats.base_formats import Format
from import_export.results import Result
from import_export.tmp_storages import MediaStorage
from tablib import Dataset

from units import trail
from units.admin.site import acting
from units.files.table_writer import XLSX, write_csv, write_workbook
from units.files.tables import TableFaults, first_faults, has_columns
from units.forms.catalogues import CatalogueConfirmForm, CatalogueUploadForm, seal
from units.permissions import ADMINISTER_PORTAL, can
from units.services.catalogue_tables import Change, TableResource, faults_of

CONFLICT, UNPROCESSABLE = 409, 422
KEPT = datetime.timedelta(days=1)
FOLDER = "django-import-export"
MOST_SHOWN = 100


class CatalogueMoved(Exception):
    """What the import would do now is not what the person saw."""


def format_of(resource: Any, title: str) -> type[Format]:
    """A format of the library that reads uploads for `resource`, CSV and XLSX alike."""

    class Table(Format):
        def __init__(self, encoding: str | None = None) -> None:
            """The library gives an encoding; the reader finds it itself."""

        def get_title(self) -> str:
            return title

        def get_read_mode(self) -> str:
            return "rb"

        def is_binary(self) -> bool:
            return True

        def can_import(self) -> bool:
            return True

        def create_dataset(self, in_stream: bytes) -> Dataset:
            return resource.read(in_stream, "đã tải lên")

    return Table


class Exchange(ImportMixin):
    """For a `Catalogue`: `tables` are (resource, title, help) of what can come in; the last is what goes out."""

    tables: tuple[tuple[Any, str, str], ...] = ()
    import_form_class = CatalogueUploadForm
    confirm_form_class = CatalogueConfirmForm
    import_template_name = "admin/units/exchange_import.html"
    import_export_change_list_template = "admin/units/exchange_list.html"
    tmp_storage_class = MediaStorage
    skip_admin_log = True

    def get_urls(self) -> list[Any]:
        own = path(
            "tai-xuong/<slug:form>/",
            self.admin_site.admin_view(self.export_list),
            name="{}_{}_export".format(*self.get_model_info()),
        )
        return [own, *super().get_urls()]

    def has_import_permission(self, request: HttpRequest) -> bool:
        return bool(can(request.user, ADMINISTER_PORTAL))

    def get_import_formats(self) -> list[type[Format]]:
        return [format_of(resource, title) for resource, title, _ in self.tables]

    def get_import_resource_classes(self, request: HttpRequest) -> list[Any]:
        return [resource for resource, _, _ in self.tables]

    def choose_import_resource_class(self, form: Any, request: HttpRequest) -> Any:
        return self.tables[int(form.cleaned_data["format"])][0]

    def get_import_resource_kwargs(self, request: HttpRequest, **kwargs: Any) -> dict[str, Any]:
        return {"form": kwargs.get("form")}

    def get_import_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {"tables": self.tables}

    # ── out ───────────────────────────────────────────────────────────────────────────────────────────────────────

    def export_list(self, request: HttpRequest, form: str) -> HttpResponse:
        """The rows that the list shows, with its search and filters, as a table that may come back."""
        if request.method not in ("GET", "HEAD") or form not in ("xlsx", "csv"):
            raise Http404
        resource: TableResource = self.tables[-1][0]()
        title = str(self.model._meta.verbose_name_plural).capitalize()
        rows = resource.rows(self.get_changelist_instance(request).get_queryset(request))
        if form == "csv":
            response = HttpResponse(write_csv(resource.headings, rows), content_type="text/csv; charset=utf-8")
        else:
            words = {
                item.column_name: item.widget.words
                for item in resource.fields.values()
                if hasattr(item.widget, "words")
            }
            response = HttpResponse(write_workbook(title, resource.headings, rows, choices=words), content_type=XLSX)
        name = f"{self.model._meta.model_name}-{timezone.localdate():%Y-%m-%d}.{form}"
        response["Content-Disposition"] = f'attachment; filename="{name}"'
        return response

    # ── in ────────────────────────────────────────────────────────────────────────────────────────────────────────

    def write_to_tmp_storage(self, import_file: Any, input_format: Format) -> Any:
        storage = MediaStorage()._storage
        _forget_old(storage)
        return super().write_to_tmp_storage(import_file, input_format)

    def add_data_read_fail_error_to_form(self, form: Any, e: Exception) -> None:
        if not isinstance(e, TableFaults):
            raise e
        form.add_error("import_file", self._of_another_kind(form) or e.shown)

    def _of_another_kind(self, form: Any) -> str:
        """The sentence for a table that was brought in as one of another kind, "" where its columns are no kind's."""
        upload, chosen = form.cleaned_data["import_file"], int(form.cleaned_data["format"])
        upload.seek(0)
        content = upload.read()
        for at, (resource, title, _) in enumerate(self.tables):
            if at != chosen and has_columns(content, upload.name, resource.columns()):
                return f"Tệp này là “{title}”. Ở mục “Bảng nào” chọn “{title}” rồi tải lên lại."
        return ""

    def get_confirm_form_kwargs(self, request: HttpRequest, import_form: Any = None) -> dict[str, Any]:
        kwargs = super().get_confirm_form_kwargs(request, import_form)
        return kwargs | {"person": acting(request), "content_of": content_of}

    def get_confirm_form_initial(self, request: HttpRequest, import_form: Any) -> dict[str, Any]:
        initial = super().get_confirm_form_initial(request, import_form)
        if import_form is not None:
            given = {name: initial[name] for name in ("import_file_name", "original_file_name", "format")}
            content = content_of(given["import_file_name"]) or b""
            initial["seal"] = seal(acting(request), given, content, import_form.found_changes)
        return initial

    def import_action(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        response = super().import_action(request, **kwargs)
        context: dict[str, Any] = getattr(response, "context_data", None) or {}
        result = context.get("result")
        if result is not None:
            changes: list[Change] = getattr(result, "changes", [])
            context["faults"] = first_faults(faults_of(result))
            context["changed"] = [change for change in changes if not change.is_new][:MOST_SHOWN]
            context["added"] = [change for change in changes if change.is_new][:MOST_SHOWN]
            context["hidden"] = len(changes) - len(context["changed"]) - len(context["added"])
        if request.method == "POST" and "confirm_form" not in context:
            response.status_code = UNPROCESSABLE
        return response

    def process_import(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        try:
            response = super().process_import(request, **kwargs)
        except CatalogueMoved:
            form = self.create_confirm_form(request)
            form.full_clean()
            form.add_error(None, "Danh mục đã đổi từ lúc xem trước. Tải tệp lên lại để xem khác biệt mới.")
            context = self.admin_site.each_context(request) | {"confirm_form": form, "opts": self.model._meta}
            return TemplateResponse(request, self.import_template_name, context, status=CONFLICT)
        refused = (getattr(response, "context_data", None) or {}).get("confirm_form")
        if refused is not None:
            response.status_code = UNPROCESSABLE
        return response

    def process_dataset(self, dataset: Any, form: Any, request: HttpRequest, **kwargs: Any) -> Result:
        """Import and traces in one transaction; nothing unless it does exactly what the preview showed."""
        with transaction.atomic():
            result = super().process_dataset(dataset, form, request, **kwargs)
            if result.has_errors() or result.has_validation_errors() or form.found_changes != form.expected_changes:
                raise CatalogueMoved
            self.trace(result, form, request)
        return result

    def trace(self, result: Result, form: Any, request: HttpRequest) -> None:
        """One entry for the file, and one for each row that a table changed, as if it had been changed by hand."""
        totals = {name: result.totals[name] for name in ("new", "update", "skip")}
        trail.record(
            "units.import", by=acting(request), about=None,
            label=f"Nhập bảng {self.model._meta.verbose_name_plural}", file=form.cleaned_data["original_file_name"],
            sha256=form.sha256, totals=totals, renamed=getattr(result, "renamed", []),
        )  # fmt: skip
        for change in result.changes:
            if change.instance is not None:
                kind = self.model._meta.model_name
                trail.record(
                    f"units.{'add' if change.is_new else 'change'}_{kind}", by=acting(request), about=change.instance,
                    label=f"{'Thêm' if change.is_new else 'Sửa'} {self.model._meta.verbose_name}: {change.label}",
                    before=change.before, after=change.after,
                )  # fmt: skip

    def add_success_message(self, result: Result, request: HttpRequest) -> None:
        totals, name = result.totals, self.model._meta.verbose_name
        sentence = f"Đã nhập: thêm {totals['new']}, sửa {totals['update']}, giữ nguyên {totals['skip']} {name}."
        messages.success(request, sentence)


def content_of(name: str | None) -> bytes | None:
    """The bytes of an upload that waits, None where it is gone."""
    storage = MediaStorage(name=name or "")
    if not name or not storage._storage.exists(storage.get_full_path()):
        return None
    return storage.read()


def _forget_old(storage: Storage) -> None:
    """Uploads that nobody confirmed within a day go."""
    if not storage.exists(FOLDER):
        return
    for name in storage.listdir(FOLDER)[1]:
        if storage.get_modified_time(f"{FOLDER}/{name}") < timezone.now() - KEPT:
            storage.delete(f"{FOLDER}/{name}")
