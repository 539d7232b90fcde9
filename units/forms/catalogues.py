"""What administrators type and upload in the back office."""

from __future__ import annotations

import hashlib
from typing import Any

from django import forms
from django.core import signing
from django.utils import timezone
from import_export.forms import ConfirmImportForm, ImportForm

from units.enums import UNIT_SIDE, Role
from units.files.official_list import LARGEST_FILE
from units.models import Membership, Organiser, User
from units.permissions import administers_in_person, principals_of
from units.selectors import component_codes_of, units_of, unknown_components
from units.services.people import NOT_THE_ABSENT, UNITS_ROLES_ONLY

GONE = "Tệp này đã được nhập, đã bị xóa, hoặc không phải tệp anh, chị vừa xem trước. Tải tệp lên lại."
_SALT = "units.catalogues.preview"
_SECONDS_OPEN = 24 * 60 * 60


class MembershipForm(forms.ModelForm):
    """One role of one person. `acting` is who fills the form: nobody gives a role to himself or herself, nor to whom
    he or she stands in for. What a role is stays as it was given: only its days and lĩnh vực change."""

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
        given = (lambda name: getattr(self.instance, name)) if self.instance.pk else data.get
        user, organiser, unit, role = (given(name) for name in ("user", "organiser", "unit", "role"))
        if self.has_changed() and user is not None and organiser is not None:
            self._refuse_person(user, role, organiser)
        if organiser and unit and not units_of(organiser).filter(pk=unit.pk).exists():
            self.add_error("unit", f"“{unit}” không thuộc {organiser}. Chọn đơn vị của nơi tổ chức, hoặc chính nơi đó.")
        if organiser and (codes := data.get("components")) and "components" in self.changed_data:
            if unknown := unknown_components(codes, component_codes_of(organiser)):
                self.add_error("components", unknown)
        return data

    def _refuse_person(self, user: User, role: str | None, organiser: Organiser) -> None:
        if user == self.acting:
            self.add_error(None, "Không tự giao vai trò cho chính mình. Đề nghị một người quản trị khác làm việc này.")
        if user.pk in principals_of(self.acting):
            self.add_error(None, NOT_THE_ABSENT)
        if role and role not in UNIT_SIDE and not administers_in_person(self.acting, organiser.pk):
            self.add_error(None, UNITS_ROLES_ONLY)


class OrganiserForm(forms.ModelForm):
    """An organiser. The portal always has one that keeps it and that somebody administers: else nobody could get in
    here again, and only whoever sits at the server could mend that."""

    class Meta:
        model = Organiser
        fields = ["slug", "unit", "title", "place", "lead_department", "keeps_portal"]

    def clean_keeps_portal(self) -> bool:
        keeps: bool = self.cleaned_data["keeps_portal"]
        if self.instance.pk and "keeps_portal" in self.changed_data and not keeps:
            others = Membership.objects.valid_on(timezone.localdate()).filter(
                role=Role.ADMINISTRATOR, stands_for=None, organiser__keeps_portal=True, user__is_active=True
            )
            if not others.exclude(organiser=self.instance).exists():
                raise forms.ValidationError(
                    "Cổng phải có một nơi giữ, và nơi ấy phải có người quản trị. Đánh dấu nơi khác giữ cổng trước, rồi "
                    "mới bỏ ở đây."
                )
        return keeps


class CatalogueUploadForm(ImportForm):
    """A table to bring in, CSV or XLSX; where a catalogue takes several, which of them. `resource` follows `format`."""

    def __init__(self, formats: Any, resources: Any, **kwargs: Any) -> None:
        super().__init__(formats, resources, **kwargs)
        self.found_changes = ""  # the hash of what the preview shows
        field = self.fields["import_file"]
        field.label = "Tệp (.xlsx hoặc .csv)"
        field.max_length = 150  # type: ignore[attr-defined]
        field.widget.attrs.update({"accept": ".xlsx,.csv", "class": ""})
        field.error_messages |= {
            "required": "Chọn tệp.",
            "empty": "Tệp rỗng (0 byte). Chọn lại tệp rồi tải lên.",
            "max_length": "Tên tệp quá dài. Đặt tên ngắn hơn rồi tải lên.",
        }
        self.fields["resource"].widget = forms.HiddenInput()
        choice = self.fields["format"]
        assert isinstance(choice, forms.ChoiceField)  # noqa: S101  # says to mypy what it is
        choice.label = "Bảng nào"
        choice.error_messages |= {"required": "Chọn loại bảng.", "invalid_choice": "Chọn lại loại bảng."}
        choice.widget = forms.RadioSelect() if len(formats) > 1 else forms.HiddenInput()
        choice.choices = [(str(at), kind().get_title()) for at, kind in enumerate(formats)]
        choice.initial = str(len(formats) - 1)  # the table that the page itself gives out

    @property
    def media(self) -> forms.Media:
        return forms.Form.media.fget(self)  # type: ignore[attr-defined]  # without the library's guessing of formats

    def clean_import_file(self) -> Any:
        upload = self.cleaned_data["import_file"]
        if upload.size > LARGEST_FILE:
            raise forms.ValidationError(f"Tệp lớn hơn {LARGEST_FILE // 1024 // 1024} MB. Chia bảng rồi tải lên.")
        return upload


class CatalogueConfirmForm(ConfirmImportForm):
    """The second step. `seal` ties it to the person, to the bytes that were looked at, and to what the page showed.

    `content_of(name)` gives the bytes of an upload of the first step, None where it is gone.
    """

    seal = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, person: User, content_of: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.person, self.content_of = person, content_of
        self.found_changes = self.expected_changes = ""

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        try:
            told = signing.loads(data.get("seal", ""), salt=_SALT, max_age=_SECONDS_OPEN)
        except signing.BadSignature:
            raise forms.ValidationError(GONE) from None
        given = {name: data.get(name) for name in ("import_file_name", "original_file_name", "format")}
        if told["person"] != self.person.pk or told["given"] != given:
            raise forms.ValidationError(GONE)
        content = self.content_of(given["import_file_name"])
        if content is None or hashlib.sha256(content).hexdigest() != told["sha256"]:
            raise forms.ValidationError(GONE)
        self.expected_changes, self.sha256 = told["changes"], told["sha256"]
        return data


def seal(person: User, given: dict[str, str], content: bytes, changes: str) -> str:
    """The content of `CatalogueConfirmForm.seal`."""
    told = {
        "person": person.pk, "given": given, "sha256": hashlib.sha256(content).hexdigest(), "changes": changes,
    }  # fmt: skip
    return signing.dumps(told, salt=_SALT)
