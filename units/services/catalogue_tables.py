"""Tables of the back office: what a catalogue gives out, and how the same table comes back changed.

A row is known by its number ("Số", the key of the portal); a row without one is new. `result.changes` says what an
import does, cell by cell, in texts that a person compares; nothing of it is HTML.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import models
from import_export import fields, resources, widgets
from import_export.results import Error, Result
from tablib import Dataset

from units.enums import SuccessionKind, UnitKind
from units.files.tables import read_lines
from units.models import Organiser, Unit, UnitSuccession
from units.vietnamese import fold, format_date, parse_date

NUMBER, LINE = "Số", "dòng"
MOST_CHANGES = 500


@dataclass(frozen=True)
class Change:
    """What an import does to one row: `cells` are (heading, text before, text after), those that differ."""

    line: int | None
    is_new: bool
    label: str
    cells: tuple[tuple[str, str, str], ...]
    instance: models.Model | None = field(default=None, compare=False)
    before: dict[str, str] = field(default_factory=dict, compare=False)
    after: dict[str, str] = field(default_factory=dict, compare=False)


def digest_of(changes: list[Change]) -> str:
    """What a preview showed, in one hash: the act must do the same or nothing."""
    plain = [[change.line, change.is_new, change.label, change.cells] for change in changes]
    return hashlib.sha256(json.dumps(plain, ensure_ascii=False).encode()).hexdigest()


class Text(widgets.Widget):
    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> str:
        return str(value or "").strip()

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        return str(value or "")


class Whole(widgets.Widget):
    """A number that stays one in a workbook."""

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> int | None:
        return None if value is None else int(value)


class Day(widgets.Widget):
    """dd/mm/yyyy."""

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> Any:
        return parse_date(str(value)) if value else None

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        return format_date(value) if value else ""


class Word(widgets.Widget):
    """One of a closed list, by its label."""

    def __init__(self, choices: type[models.TextChoices]) -> None:
        super().__init__()
        self.words = [str(choice.label) for choice in choices]
        self.labels = {choice.value: str(choice.label) for choice in choices}
        self.values = {fold(label): value for value, label in self.labels.items()}

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> str:
        if fold(str(value)) not in self.values:
            raise ValueError(f"“{str(value)[:40]}” không có trong danh sách: {'; '.join(self.words)}.")
        return self.values[fold(str(value))]

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        return self.labels.get(value, str(value or ""))


class UnitByNumber(widgets.Widget):
    """A unit by its number; all numbers of a table are read at once."""

    def load(self, texts: list[str]) -> None:
        self.known = Unit.objects.in_bulk([int(text) for text in texts if _is_number(text)])

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> Unit | None:
        if not value:
            return None
        found = self.known.get(int(value)) if _is_number(str(value)) else None
        if found is None:
            raise ValueError(f"không có đơn vị số “{str(value)[:20]}”.")
        return found

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> int | None:
        return value.pk if value else None


class TableResource(resources.ModelResource):
    """The base of the tables; a subclass names the fields. `only_known`: nothing is added by a table."""

    only_known = False

    number = fields.Field(attribute="pk", column_name=NUMBER, widget=Whole(), readonly=True)

    def __init__(self, form: Any = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.form = form

    @classmethod
    def read(cls, data: bytes, file_name: str) -> Dataset:
        """The table of an upload with the line of each row; raises `TableFaults`."""
        columns = cls.columns()
        lines = read_lines(data, file_name, columns)
        table = Dataset(headers=[*columns, LINE])
        for line in lines:
            table.append([*(line.texts[column] for column in columns), line.number])
        return table

    @classmethod
    def columns(cls) -> list[str]:
        """Columns without which a table is not of this kind."""
        return [NUMBER, *(item.column_name for item in cls.fields.values() if not item.readonly)]

    @property
    def headings(self) -> list[str]:
        return [item.column_name for item in self.get_export_fields()]

    @property
    def words(self) -> dict[str, list[str]]:
        """The words that a column of a closed list takes, by its heading."""
        return {item.column_name: item.widget.words for item in self.fields.values() if isinstance(item.widget, Word)}

    def rows(self, queryset: models.QuerySet[Any]) -> list[list[Any]]:
        """What the table shows of each row, numbers as numbers."""
        shown = self.get_export_fields()
        return [[item.export(row) for item in shown] for row in queryset]

    # ── coming back ───────────────────────────────────────────────────────────────────────────────────────────────

    def before_import(self, dataset: Dataset, **kwargs: Any) -> None:
        self.changes: list[Change] = []
        self.seen: dict[str, int] = {}
        numbers = [int(text) for text in dataset[NUMBER] if _is_number(text)]
        self.known = self._meta.model.objects.in_bulk(numbers)
        for item in self.fields.values():
            if isinstance(item.widget, UnitByNumber) and item.column_name in dataset.headers:
                item.widget.load(dataset[item.column_name])

    def get_instance(self, instance_loader: Any, row: dict[str, Any]) -> models.Model | None:
        number = row[NUMBER]
        if not number:
            if self.only_known:
                raise ValidationError({NUMBER: "bảng này không thêm dòng mới. Thêm bằng nút Thêm."})
            return None
        if not _is_number(number) or int(number) not in self.known:
            raise ValidationError({NUMBER: f"không có dòng nào mang số “{number[:20]}”. Để trống nếu là dòng mới."})
        if self.seen.setdefault(number, row[LINE]) != row[LINE]:
            raise ValidationError({NUMBER: f"số {number} đã có ở dòng {self.seen[number]}."})
        return self.known[int(number)]

    def import_instance(self, instance: models.Model, row: dict[str, Any], **kwargs: Any) -> None:
        self.before = self._texts(instance) if instance.pk else {}
        super().import_instance(instance, row, **kwargs)

    def skip_row(
        self, instance: models.Model, original: Any, row: dict[str, Any], import_validation_errors: Any = None
    ) -> bool:
        return not import_validation_errors and bool(instance.pk) and self.before == self._texts(instance)

    def after_save_instance(self, instance: models.Model, row: dict[str, Any], **kwargs: Any) -> None:
        after = self._texts(instance)
        names = {item.attribute: item.column_name for item in self.get_import_fields()}
        cells = tuple(
            (names[name], self.before.get(name, ""), text)
            for name, text in after.items()
            if text != self.before.get(name, "")
        )
        change = Change(row[LINE], not self.before, str(instance), cells, instance, self.before, after)
        self.changes.append(change)

    def after_import(self, dataset: Dataset, result: Result, **kwargs: Any) -> None:
        result.changes = self.changes
        result.lines = dataset[LINE]
        result.names = {item.attribute: item.column_name for item in self.fields.values()}
        if len(self.changes) > MOST_CHANGES:
            sentence = f"Bảng đổi {len(self.changes)} dòng; mỗi lần nhiều nhất {MOST_CHANGES}. Chia bảng rồi tải lên."
            result.append_base_error(Error(ValueError(sentence)))
        if self.form is not None:
            self.form.found_changes = digest_of(self.changes)

    def _texts(self, instance: models.Model) -> dict[str, str]:
        """The cells that a table can change, as a person reads them; the keys are the attributes.

        Not the number: a new row has another one each time that it is tried.
        """
        shown = [item for item in self.get_import_fields() if not item.readonly]
        return {item.attribute: str(item.export(instance) or "") for item in shown}


class UnitTable(TableResource):
    """Units, with the number of the unit above."""

    code = fields.Field(attribute="code", column_name="Mã", widget=Text())
    name = fields.Field(attribute="name", column_name="Tên", widget=Text())
    kind = fields.Field(attribute="kind", column_name="Loại", widget=Word(UnitKind))
    parent = fields.Field(attribute="parent", column_name="Cấp trên (số)", widget=UnitByNumber())
    parent_name = fields.Field(attribute="parent__name", column_name="Cấp trên", widget=Text(), readonly=True)
    valid_from = fields.Field(attribute="valid_from", column_name="Tồn tại từ ngày", widget=Day())
    valid_to = fields.Field(attribute="valid_to", column_name="Đến trước ngày", widget=Day())

    class Meta:
        model = Unit
        fields = ("number", "code", "name", "kind", "parent", "parent_name", "valid_from", "valid_to")
        import_id_fields = ()
        clean_model_instances = skip_diff = report_skipped = use_transactions = True


class SuccessionTable(TableResource):
    """Who followed whom, by the numbers of the units."""

    predecessor = fields.Field(attribute="predecessor", column_name="Đơn vị cũ (số)", widget=UnitByNumber())
    predecessor_name = fields.Field(
        attribute="predecessor__name", column_name="Đơn vị cũ", widget=Text(), readonly=True
    )
    successor = fields.Field(attribute="successor", column_name="Đơn vị mới (số)", widget=UnitByNumber())
    successor_name = fields.Field(attribute="successor__name", column_name="Đơn vị mới", widget=Text(), readonly=True)
    kind = fields.Field(attribute="kind", column_name="Hình thức", widget=Word(SuccessionKind))
    date = fields.Field(attribute="date", column_name="Ngày hiệu lực", widget=Day())
    document = fields.Field(attribute="document", column_name="Văn bản", widget=Text())

    class Meta:
        model = UnitSuccession
        fields = (
            "number", "predecessor", "predecessor_name", "successor", "successor_name", "kind", "date", "document",
        )  # fmt: skip
        import_id_fields = ()
        clean_model_instances = skip_diff = report_skipped = use_transactions = True


class OrganiserTable(TableResource):
    """Organisers: names may change; unit and short address are given once, so that a table never adds one."""

    only_known = True

    slug = fields.Field(attribute="slug", column_name="Địa chỉ ngắn", widget=Text(), readonly=True)
    title = fields.Field(attribute="title", column_name="Cơ quan công bố", widget=Text())
    place = fields.Field(attribute="place", column_name="Địa bàn", widget=Text())
    lead_department = fields.Field(attribute="lead_department", column_name="Cơ quan điều phối", widget=Text())

    class Meta:
        model = Organiser
        fields = ("number", "slug", "title", "place", "lead_department")
        import_id_fields = ()
        clean_model_instances = skip_diff = report_skipped = use_transactions = True


def faults_of(result: Result) -> list[str]:
    """Every faulty row with its line, the heading of its column and the sentence, in the order of the file."""
    lines, names = getattr(result, "lines", []), getattr(result, "names", {})
    told: list[tuple[int, str]] = []
    for row in result.invalid_rows:
        line = lines[row.number - 1] if lines else row.number
        for name, texts in row.error_dict.items():
            where = "" if name == NON_FIELD_ERRORS else f", cột {names.get(name, name)}"
            told += [(line, f"Dòng {line}{where}: {text}") for text in texts]
    for number, errors in result.row_errors():
        line = lines[number - 1] if lines else number
        told.append((line, f"Dòng {line}: {errors[0].error}"))
    return [text for _, text in sorted(told)] + [str(error.error) for error in result.base_errors]


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 16
