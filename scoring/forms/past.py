"""What the coordinator gives while a past table comes in: the file, answers about units, the word to apply."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile

from scoring.files import results_layout as layout
from scoring.services.past_general import DEFAULTS, general_from_texts
from scoring.services.past_import import Preview
from scoring.services.past_table import is_csv
from scoring.services.past_types import General
from scoring.services.past_units import Match, describe
from units.enums import UnitKind
from units.files.workbook import LARGEST_FILE

NEW = "new"


def _general_field(field: layout.Field) -> forms.Field:
    """One line of the sheet "Chung" as a field; its strict reading is done for all of them at once."""
    choices = {"rounding": layout.ROUNDINGS, "ranking": layout.RANKINGS}.get(field.key)
    if choices:
        labels = {"nhảy hạng": "nhảy hạng (1, 2, 2, 4)", "liền hạng": "liền hạng (1, 2, 2, 3)"}
        return forms.ChoiceField(
            label=field.heading, required=False, choices=[(key, labels.get(key, key)) for key in choices]
        )
    if field.key == "is_sample":
        return forms.ChoiceField(
            label=field.heading, required=False, choices=[(layout.NO, "không"), (layout.YES, "có")]
        )
    return forms.CharField(label=field.heading, help_text=field.note, required=False, max_length=500)


class UploadForm(forms.Form):
    """A workbook, or a CSV with the general data that a workbook would bring itself."""

    file = forms.FileField(
        label="Tệp bảng kết quả",
        help_text="Tệp .xlsx theo mẫu, hoặc .csv (UTF-8) chỉ gồm trang Kết quả. Tối đa 5 MB.",
        widget=forms.FileInput(attrs={"accept": ".xlsx,.csv"}),
        error_messages={
            "required": "Chọn tệp bảng kết quả.",
            "empty": "Tệp rỗng (0 byte). Chọn lại tệp rồi tải lên.",
            "max_length": "Tên tệp quá dài. Đặt tên ngắn hơn rồi tải lên.",
        },
        max_length=150,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.general: General | None = None
        for field in layout.GENERAL:
            self.fields[field.key] = _general_field(field)
            self.initial.setdefault(field.key, DEFAULTS.get(field.key, ""))

    def clean_file(self) -> UploadedFile:
        upload: UploadedFile = self.cleaned_data["file"]
        if (upload.size or 0) > LARGEST_FILE:
            raise forms.ValidationError("Tệp lớn hơn 5 MB. Xóa hình ảnh, trang thừa rồi tải lên.")
        return upload

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        upload = data.get("file")
        if upload is not None and is_csv(upload.name or ""):
            texts = {field.key: data.get(field.key) or "" for field in layout.GENERAL}
            self.general, faults = general_from_texts(texts)
            keys = {f"“{field.heading}”": field.key for field in layout.GENERAL}
            for fault in faults:
                self.add_error(keys.get(fault.column), fault.reason)
        return data

    @property
    def general_fields(self) -> list[forms.BoundField]:
        """The fields that only a CSV needs."""
        return [self[field.key] for field in layout.GENERAL]

    @property
    def has_general_errors(self) -> bool:
        """Whether one of those has to be looked at."""
        return any(field.errors for field in self.general_fields)


class AnswersForm(forms.Form):
    """One question for each row that fits several units, one choice of kind for each unit that will be made."""

    def __init__(self, preview: Preview, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.preview = preview
        self.shown = [match for match in preview.matches if match.asked or match.is_new]
        for match in self.shown:
            if match.asked:
                self.fields[f"unit_{match.row}"] = self._unit_field(match)
            self.fields[f"kind_{match.row}"] = forms.ChoiceField(
                label=f"Loại của đơn vị mới “{match.name}”",
                choices=UnitKind.choices,
                initial=match.kind,
                required=not match.asked,
                widget=forms.Select(attrs={"class": "form-select"}),
                error_messages={"invalid_choice": "Chọn một loại trong danh sách.", "required": "Chọn loại đơn vị."},
            )

    @staticmethod
    def _unit_field(match: Match) -> forms.ChoiceField:
        choices = [(str(unit.pk), describe(unit)) for unit in match.candidates]
        initial = str(match.unit.pk) if match.unit else NEW if match.is_new else None
        return forms.ChoiceField(
            label=f"Dòng {match.row}: “{match.name}” là đơn vị nào?",
            help_text=match.question,
            choices=[*choices, (NEW, "Đơn vị khác: tạo đơn vị lịch sử mới")],
            widget=forms.RadioSelect,
            initial=initial,
            error_messages={
                "invalid_choice": "Chọn một trong các đơn vị đã nêu.",
                "required": "Chọn đơn vị, hoặc chọn tạo mới.",
            },
        )

    @property
    def answers(self) -> dict[str, dict[str, Any]]:
        """{row: {"unit": pk} or {"new": kind}} of a valid form."""
        given: dict[str, dict[str, Any]] = {}
        for match in self.shown:
            choice = self.cleaned_data[f"unit_{match.row}"] if match.asked else NEW
            kind = self.cleaned_data.get(f"kind_{match.row}") or match.kind
            if choice == NEW:
                given[str(match.row)] = {"new": kind}
            else:
                given[str(match.row)] = {"unit": int(choice)}
        return given

    @property
    def questions(self) -> list[dict[str, Any]]:
        """For the template: each question with its two fields."""
        return [
            {"match": match, "unit": self[f"unit_{match.row}"], "kind": self[f"kind_{match.row}"]}
            for match in self.shown
            if match.asked
        ]

    @property
    def new_units(self) -> list[dict[str, Any]]:
        """For the template: each unit that will be made without having been asked about."""
        return [
            {"match": match, "kind": self[f"kind_{match.row}"]}
            for match in self.shown
            if not match.asked and match.is_new
        ]


class ApplyForm(forms.Form):
    """The digest the person saw, whether an existing campaign may be refilled, and the version of it that was seen."""

    sha256 = forms.RegexField(r"\A[0-9a-f]{64}\Z", widget=forms.HiddenInput)
    version = forms.IntegerField(min_value=0, max_value=2**31 - 1, required=False, widget=forms.HiddenInput)
    replace = forms.BooleanField(
        label="Thay số liệu kỳ đã có",
        required=False,
        widget=forms.CheckboxInput(attrs={"form": "ap-dung"}),  # it stands by the warning, away from its button
    )
