"""What coordinators type as entered points: a table of one leaf at all units, one unit's form, a workbook; and which
values a second person confirms."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.http import QueryDict

from scoring.engine.single import Leaf
from scoring.forms.answer import FiguresForm
from scoring.models import Campaign, Criterion, Value
from scoring.selectors.entered import LeafOfBlock, UnitRow, inputs_at
from scoring.services.entered import Edit
from scoring.services.errors import WrongFigures
from scoring.services.figures import given_at, settled, slots_of
from scoring.services.leaves import leaf_of, score
from scoring.services.values import Content
from units.files.workbook import LARGEST_FILE

LONGEST_NOTE = 500
REOPEN = "Không rõ trang được mở từ bản nào. Mở lại trang rồi nhập."
_VERSION = re.compile(r"[0-9]{1,9}", re.ASCII)
_CHOSEN = re.compile(r"([0-9]{1,18}):([0-9]{1,9})", re.ASCII)


class EnteredFigures(FiguresForm):
    """The figures of one leaf, complete or blank, and tried by the rule before anything is stored."""

    nothing_arose = "{} là 0: nếu không phát sinh thì lập mục không đánh giá cho đơn vị."

    def __init__(
        self,
        criterion: Criterion,
        campaign: Campaign,
        data: Mapping[str, Any] | None = None,
        *,
        value: Value | None = None,
        prefix: str = "",
    ) -> None:
        self.criterion, self.campaign, self.leaf = criterion, campaign, leaf_of(criterion, campaign)
        stands = value.inputs if value is not None and value.is_fresh else None
        super().__init__(self.leaf, data, initial_inputs=stands, prefix=prefix)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not self.errors and not self.is_blank:
            try:
                score(self.criterion, self.campaign, {"inputs": self.inputs})
            except WrongFigures as wrong:
                self.add_faults(wrong)
        return data

    def settled_inputs(self, before: Mapping[str, Any]) -> dict[str, Any]:
        """What was given, in one spelling; {} where the row is blank. A list from which everything was unchecked says
        "nothing", where there was a list `before`."""
        if not self.is_blank or (before and self.blank_is_an_answer):
            return settled(self.leaf, self.inputs)
        return {}


class AboutForm(forms.Form):
    """What goes with one unit's figures: the version that the page was made from, and where the figures come from."""

    version = forms.IntegerField(
        label="Bản đang sửa", min_value=0, max_value=2**31 - 1, widget=forms.HiddenInput,
        error_messages=dict.fromkeys(("required", "invalid", "min_value", "max_value"), REOPEN),
    )  # fmt: skip
    note = forms.CharField(
        label="Nguồn số liệu, ghi chú", max_length=LONGEST_NOTE, required=False, strip=True,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Ví dụ: Báo cáo kết quả điều tra số 45/BC-SNV ngày 20/12/2026.",
        error_messages={"max_length": f"Rút gọn còn tối đa {LONGEST_NOTE} ký tự."},
    )  # fmt: skip


class VersionForm(forms.Form):
    """The version that a button was pressed on."""

    version = AboutForm.base_fields["version"]


@dataclass(frozen=True)
class TableRow:
    """One unit of the table: what stands, its form, and the version that the page was made from."""

    row: UnitRow
    form: EnteredFigures
    seen: int

    @property
    def version_name(self) -> str:
        return f"v{self.row.participant.pk}"


class LeafTable:
    """One leaf at all units of a group, one form a unit; a unit that the posted page did not have is left alone."""

    def __init__(self, about: LeafOfBlock, rows: list[UnitRow], data: QueryDict | None = None) -> None:
        self.about, self.leaf = about, leaf_of(about.leaf, about.campaign)
        self.is_readable = True
        self.rows = [self._row(row, data) for row in rows]

    def is_valid(self) -> bool:
        """Whether every row that was posted is blank or complete and right by the rule."""
        return self.is_readable and not self.faulty

    @property
    def faulty(self) -> list[TableRow]:
        return [item for item in self.rows if item.form.is_bound and item.form.errors]

    def edits(self) -> list[Edit]:
        """The rows that the person changed, seen from the version that the page was made from; one query at most."""
        posted = [item for item in self.rows if item.form.is_bound]
        late = {item.row.participant.pk: item.seen for item in posted if item.seen != _version(item.row.value)}
        old = inputs_at(self.about.leaf, late) if late else {}
        found = []
        for item in posted:
            participant, value = item.row.participant, item.row.value
            stood = old.get(participant.pk) if participant.pk in late else _fresh_inputs(value)
            before = settled(self.leaf, stood)
            given = item.form.settled_inputs(before)
            if given != before:
                content = Content(inputs=given) if given else None
                found.append(Edit(participant, self.about.leaf, content, item.seen))
        return found

    def _row(self, row: UnitRow, data: QueryDict | None) -> TableRow:
        about, value = self.about, row.value
        seen, given = _version(value), None
        name = f"v{row.participant.pk}"
        if data is not None and name in data:
            given, typed = data, str(data[name])
            seen = int(typed) if _VERSION.fullmatch(typed) else seen
            self.is_readable = self.is_readable and _VERSION.fullmatch(typed) is not None
        form = EnteredFigures(about.leaf, about.campaign, given, value=value, prefix=f"u{row.participant.pk}")
        return TableRow(row, form, seen)


class UploadForm(forms.Form):
    """A workbook of entered points."""

    file = forms.FileField(
        label="Tệp điểm nhập",
        help_text="Tệp .xlsx theo mẫu của kỳ. Tối đa 5 MB.",
        widget=forms.FileInput(attrs={"accept": ".xlsx"}),
        error_messages={
            "required": "Chọn tệp điểm nhập.",
            "empty": "Tệp rỗng (0 byte). Chọn lại tệp rồi tải lên.",
            "max_length": "Tên tệp quá dài. Đặt tên ngắn hơn rồi tải lên.",
        },
        max_length=150,
    )

    def clean_file(self) -> UploadedFile:
        upload: UploadedFile = self.cleaned_data["file"]
        if (upload.size or 0) > LARGEST_FILE:
            raise forms.ValidationError("Tệp lớn hơn 5 MB. Xóa hình ảnh, trang thừa rồi tải lên.")
        return upload


class ApplyForm(forms.Form):
    """The digest of the workbook that the person saw."""

    sha256 = forms.RegexField(r"\A[0-9a-f]{64}\Z", widget=forms.HiddenInput)


def chosen_values(data: QueryDict, rows: list[UnitRow]) -> list[tuple[Value, int]] | None:
    """The values ticked for confirming with the versions seen ("pk:version"); a value that is gone counts as changed.

    None where a tick is no such pair, or names a value of another page.
    """
    known = {row.value.pk: row.value for row in rows if row.value is not None}
    found = []
    for text in dict.fromkeys(data.getlist("row")):
        pair = _CHOSEN.fullmatch(text)
        if pair is None or int(pair[1]) not in known:
            return None
        found.append((known[int(pair[1])], int(pair[2])))
    return found


def as_posted(leaf: Leaf, inputs: Mapping[str, Any], prefix: str) -> list[tuple[str, str]]:
    """Figures as the fields of a form would post them."""
    given = given_at(leaf, inputs)
    fields = []
    for slot in slots_of(leaf):
        if slot.name in given:
            value = given[slot.name]
            texts = value if slot.type == "choices" else [slot.typed(value)]
            fields += [(f"{prefix}-{slot.name}", text) for text in texts]
    return fields


def _version(value: Value | None) -> int:
    return value.version if value is not None else 0


def _fresh_inputs(value: Value | None) -> Mapping[str, Any] | None:
    return value.inputs if value is not None and value.is_fresh else None
