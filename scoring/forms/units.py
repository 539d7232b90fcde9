"""How a unit ends: day, document, who follows and in which way."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from django import forms
from django.core.serializers.json import DjangoJSONEncoder

from scoring.selectors.units import Impact, possible_successors
from scoring.services.succession import End, NewUnit
from units.enums import SuccessionKind, UnitKind
from units.models import Unit
from units.validators import code_validator, visible_name

NOBODY = "giai-the"
WAYS = [
    (SuccessionKind.MERGER.value, "Sáp nhập, hợp nhất vào đơn vị khác"),
    (SuccessionKind.SPLIT.value, "Chia tách thành nhiều đơn vị"),
    (SuccessionKind.RENAMING.value, "Đổi tên"),
    (SuccessionKind.UPGRADE.value, "Nâng cấp, chuyển loại"),
    (NOBODY, "Giải thể, không có đơn vị nối tiếp"),
]


class EndUnitForm(forms.Form):
    """`seen` is what the preview showed; the act goes through only when it still says the same."""

    day = forms.DateField(
        label="Ngày có hiệu lực", input_formats=["%d/%m/%Y", "%Y-%m-%d"],
        help_text="Ngày đầu tiên không còn đơn vị này, dạng 01/03/2025.",
        error_messages={"required": "Nhập ngày, dạng 01/03/2025.", "invalid": "Không có ngày này; dạng 01/03/2025."},
    )  # fmt: skip
    document = forms.CharField(
        label="Văn bản", max_length=200, help_text="Số, ký hiệu và cơ quan ban hành.",
        error_messages={"required": "Nhập số, ký hiệu của văn bản."},
    )  # fmt: skip
    kind = forms.ChoiceField(
        label="Hình thức", choices=WAYS, widget=forms.RadioSelect, error_messages={"required": "Chọn hình thức."}
    )
    successors = forms.ModelMultipleChoiceField(
        label="Đơn vị nối tiếp đã có", queryset=Unit.objects.none(), required=False,
        error_messages={"invalid_choice": "Có đơn vị không còn chọn được. Chọn lại."},
    )  # fmt: skip
    new_name = forms.CharField(label="Tên đơn vị mới", max_length=200, required=False, validators=[visible_name])
    new_code = forms.CharField(label="Mã đơn vị mới", max_length=32, required=False, validators=[code_validator])
    new_kind = forms.ChoiceField(label="Loại đơn vị mới", choices=UnitKind.choices, required=False)
    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, unit: Unit, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.unit = unit
        self.fields["successors"].queryset = possible_successors(unit)  # type: ignore[attr-defined]
        self.fields["new_kind"].initial = unit.kind
        self.fields["day"].widget.attrs["autocomplete"] = "off"

    @property
    def offered(self) -> list[dict[str, Any]]:
        """The possible successors with what is ticked; drawn by a widget each, thousands would cost a second."""
        field, bound = self.fields["successors"], self["successors"]
        ticked = {str(value) for value in bound.value() or ()}
        return [
            {"pk": unit.pk, "name": unit.name, "code": unit.code, "is_ticked": str(unit.pk) in ticked}
            for unit in field.queryset  # type: ignore[attr-defined]
        ]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if "new_name" in data and "new_code" in data and bool(data["new_name"]) != bool(data["new_code"]):
            absent = "new_code" if data["new_name"] else "new_name"
            self.add_error(absent, "Đơn vị mới cần cả tên và mã. Không có đơn vị mới thì để trống cả hai.")
        return data

    def end(self) -> End:
        """What was typed; after is_valid."""
        data = self.cleaned_data
        new = None
        if data["new_name"]:
            new = NewUnit(data["new_code"], data["new_name"], UnitKind(data["new_kind"] or self.unit.kind))
        kind = None if data["kind"] == NOBODY else SuccessionKind(data["kind"])
        return End(data["day"], data["document"], kind, list(data["successors"]), new)

    def digest(self, impact: Impact) -> str:
        """Names what was typed together with what the preview showed of it."""
        data = {name: value for name, value in self.cleaned_data.items() if name not in ("seen", "successors")}
        data["successors"] = [unit.pk for unit in self.cleaned_data["successors"]]
        shown = [[item.pk, item.group.phase] for item in impact.running]
        text = json.dumps([data, shown, [item.pk for item in impact.memberships]], cls=DjangoJSONEncoder)
        return hashlib.sha256(text.encode()).hexdigest()
