"""What administrators type and upload in the back office."""

from __future__ import annotations

from typing import Any

from django import forms
from import_export.forms import ConfirmImportForm, ImportForm

from units.enums import Role
from units.files.official_list import LARGEST_FILE, ListFaults, read_official_list
from units.models import Membership, User
from units.selectors import units_of

MOST_FAULTS_SHOWN = 200


class MembershipForm(forms.ModelForm):
    """One role of one person. `acting` is who fills the form: nobody gives a role to himself or herself."""

    acting: User

    class Meta:
        model = Membership
        fields = ["user", "organiser", "unit", "role", "components", "valid_from", "valid_to"]

    def clean_components(self) -> list[str]:
        components = self.cleaned_data["components"] or []
        if not isinstance(components, list) or not all(isinstance(code, str) for code in components):
            raise forms.ValidationError("Ghi danh sách mã lĩnh vực trong ngoặc vuông, ví dụ [“1”, “2”] hoặc [].")
        return components

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        user, organiser, unit = (data.get(name) for name in ("user", "organiser", "unit"))
        if user == self.acting and data.get("role") != Role.ADMINISTRATOR and self.has_changed():
            self.add_error(
                "user", "Không tự giao vai trò cho chính mình. Đề nghị một người quản trị khác làm việc này."
            )
        if organiser and unit and not units_of(organiser).filter(pk=unit.pk).exists():
            self.add_error("unit", f"“{unit}” không thuộc {organiser}. Chọn đơn vị của nơi tổ chức, hoặc chính nơi đó.")
        return data


class UnitListForm(ImportForm):
    """Upload of the official list; the whole table is checked before anything is shown or kept."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["import_file"]
        field.label = "Tệp danh mục (CSV)"
        field.widget.attrs["accept"] = ".csv,text/csv"
        self.fields["format"].widget = forms.HiddenInput()

    def clean_import_file(self) -> Any:
        upload = self.cleaned_data["import_file"]
        # Nothing larger than the limit is ever read, whatever the upload says about itself.
        content = upload.read(LARGEST_FILE + 1)
        upload.seek(0)
        try:
            read_official_list(content)
        except ListFaults as refused:
            shown = refused.faults[:MOST_FAULTS_SHOWN]
            if len(refused.faults) > len(shown):
                shown.append(f"Còn {len(refused.faults) - len(shown)} chỗ khác phải sửa.")
            raise forms.ValidationError(shown) from refused
        return upload


class ConfirmUnitListForm(ConfirmImportForm):
    """The second step; `exists` tells whether the upload of the first step is still there."""

    format = forms.ChoiceField(choices=[("0", "csv")], widget=forms.HiddenInput())

    def __init__(self, *args: Any, exists: Any = None, **kwargs: Any) -> None:
        self.exists = exists
        super().__init__(*args, **kwargs)

    def clean_import_file_name(self) -> str:
        name = super().clean_import_file_name()
        if self.exists and not self.exists(name):
            raise forms.ValidationError("Tệp này đã được nhập, hoặc đã bị xóa. Tải tệp lên lại.")
        return name
