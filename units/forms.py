"""What people type on the pages of accounts and in the back office."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from allauth.account.forms import ChangePasswordForm as AllauthChangePasswordForm
from allauth.account.forms import LoginForm as AllauthLoginForm
from allauth.account.forms import ReauthenticateForm as AllauthReauthenticateForm
from django import forms
from django.utils import timezone
from import_export.forms import ConfirmImportForm, ImportForm

from units.enums import Role
from units.files.official_list import LARGEST_FILE, ListFaults, read_official_list
from units.models import Membership, Organiser, Unit, User
from units.selectors import ACTIVE, LOCKED, PAST, units_of, units_to_work_at
from units.trail import words_of
from units.validators import code_validator
from units.vietnamese import sort_key

MOST_FAULTS_SHOWN = 200


class LoginForm(AllauthLoginForm):
    """Sign in by user name; labels in the words of the portal."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _dress(self, login="Tên đăng nhập", password="Mật khẩu")  # noqa: S106
        self.fields["login"].widget.attrs["autocomplete"] = "username"


class ReauthenticateForm(AllauthReauthenticateForm):
    """The person's own password once more, before something that counts."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _dress(self, password="Mật khẩu")  # noqa: S106


class ChangePasswordForm(AllauthChangePasswordForm):
    """The old password and twice the new one."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _dress(self, oldpassword="Mật khẩu đang dùng", password1="Mật khẩu mới", password2="Gõ lại mật khẩu mới")
        self.fields["password1"].help_text = "Ít nhất 12 ký tự, không giống tên đăng nhập, không chỉ toàn chữ số."

    def clean(self) -> dict[str, Any]:
        data = forms.Form.clean(self) or {}  # the parent's only says in English what stands below
        first, second = data.get("password1"), data.get("password2")
        if first and second and first != second:
            self.add_error("password2", "Hai lần nhập mật khẩu mới không giống nhau.")
        return data


def _dress(form: forms.BaseForm, **labels: str) -> None:
    """Vietnamese labels and the look of the portal; no placeholder, which would vanish while one types."""
    for name, label in labels.items():
        field = form.fields[name]
        field.label = label
        asked = label if label.startswith("Gõ") else f"Nhập {label[:1].lower()}{label[1:]}"
        field.error_messages["required"] = f"{asked}."
        field.help_text = ""
        field.widget.attrs.pop("placeholder", None)
        field.widget.attrs["class"] = "form-control"


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


# ── people of an organiser, in the workspace ──────────────────────────────────────────────────────────────────────


def _day(label: str, **kwargs: Any) -> forms.DateField:
    return forms.DateField(
        label=label,
        input_formats=["%d/%m/%Y"],
        widget=forms.DateInput(format="%d/%m/%Y"),
        error_messages={
            "required": f"{label}: nhập ngày dạng 12/02/2026.",
            "invalid": "Không có ngày này. Nhập ngày dạng 12/02/2026.",
        },
        **kwargs,
    )


class PeopleFilter(forms.Form):
    """What the list of people shows; every part may stay empty."""

    marks_optional = False

    tim = forms.CharField(label="Tên hoặc tên đăng nhập", required=False, max_length=60)
    vai_tro = forms.ChoiceField(label="Vai trò", required=False, choices=[("", "Mọi vai trò"), *Role.choices])
    loc = forms.ChoiceField(
        label="Tình trạng",
        required=False,
        choices=[
            ("", "Mọi tình trạng"),
            (ACTIVE, "Đang có vai trò"),
            (PAST, "Hết vai trò ở đây"),
            (LOCKED, "Tài khoản đã khóa"),
        ],
    )


class PersonForm(forms.ModelForm):
    """A new account, or (`is_new` False) the name and address of one: the user name is given once."""

    class Meta:
        model = User
        fields = ["username", "full_name", "email"]
        error_messages = {
            "username": {"required": "Nhập tên đăng nhập, chữ không dấu."},
            "full_name": {"required": "Nhập họ và tên."},
            "email": {"invalid": "Địa chỉ thư chưa đúng. Viết như ten@tinh.gov.vn."},
        }

    def __init__(self, *args: Any, is_new: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not is_new:
            del self.fields["username"]


class RoleForm(forms.Form):
    """One role at an organiser: for which unit, from when to when."""

    role = forms.ChoiceField(label="Vai trò", choices=Role.choices, error_messages={"required": "Chọn vai trò."})
    unit = forms.ModelChoiceField(
        Unit.objects.none(),
        label="Đơn vị công tác",
        error_messages={
            "required": "Chọn đơn vị công tác.",
            "invalid_choice": "Đơn vị này không thuộc nơi tổ chức, hoặc không còn tồn tại. Chọn trong danh sách.",
        },
    )
    components = forms.CharField(
        label="Chỉ thẩm định các lĩnh vực",
        required=False,
        max_length=200,
        help_text="Mã lĩnh vực, cách nhau bằng dấu phẩy, ví dụ 1, 2. Để trống: mọi lĩnh vực.",
    )
    valid_from = _day("Từ ngày")
    valid_to = _day("Đến hết ngày", required=False, help_text="Để trống nếu chưa biết.")

    def __init__(self, organiser: Organiser, *args: Any, **kwargs: Any) -> None:
        kwargs["initial"] = {"valid_from": timezone.localdate(), "unit": organiser.unit_id} | kwargs.get("initial", {})
        super().__init__(*args, **kwargs)
        self.fields["unit"].queryset = units_to_work_at(organiser)  # type: ignore[attr-defined]

    def clean_components(self) -> list[str]:
        codes = [code.strip() for code in self.cleaned_data["components"].split(",") if code.strip()]
        for code in codes:
            code_validator(code)
        return list(dict.fromkeys(codes))

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        begins, ends = data.get("valid_from"), data.get("valid_to")
        if begins and ends and ends < begins:
            self.add_error("valid_to", "Ngày kết thúc không được trước ngày bắt đầu.")
        if data.get("components") and data.get("role") != Role.APPRAISER:
            self.add_error("components", "Chỉ vai trò thẩm định mới giới hạn theo lĩnh vực. Xóa ô này.")
        return data


class AccountNameForm(forms.Form):
    """The user name of an account that exists in the portal, typed in full: others' people cannot be searched."""

    username = forms.CharField(
        label="Tên đăng nhập của người đã có tài khoản",
        max_length=64,
        error_messages={"required": "Nhập tên đăng nhập."},
        help_text="Gõ đủ tên đăng nhập, đúng như người đó dùng.",
    )

    def clean_username(self) -> str:
        self.user = User.objects.filter(username=self.cleaned_data["username"].strip()).first()
        if self.user is None:
            raise forms.ValidationError("Không có tài khoản này. Xem lại tên đăng nhập, hoặc thêm người mới.")
        return self.user.username


class EndForm(forms.Form):
    """When a role ends."""

    last_day = _day("Đến hết ngày", required=False, help_text="Để trống: kết thúc ngay bây giờ.")


class TrailFilter(forms.Form):
    """What a history page shows; every part may stay empty. `actions` are the kinds of act to choose from."""

    marks_optional = False

    tu = forms.DateField(label="Từ ngày", required=False, widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"))
    den = forms.DateField(label="Đến ngày", required=False, widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"))
    viec = forms.ChoiceField(label="Việc", required=False)
    nguoi = forms.CharField(label="Người làm", required=False, max_length=60)
    ve = forms.RegexField(r"\A[a-z]+\.[A-Za-z]+:[0-9]+\Z", required=False, max_length=100, widget=forms.HiddenInput)

    def __init__(self, actions: Sequence[str], *args: Any, by_name: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not by_name:  # a reader who is not told every name must not find them out by asking either
            del self.fields["nguoi"]
        self.by_name = by_name
        choice = self.fields["viec"]
        assert isinstance(choice, forms.ChoiceField)  # noqa: S101  # says to mypy what it is
        named = sorted(((action, words_of(action)) for action in actions), key=lambda item: sort_key(item[1]))
        choice.choices = [("", "Mọi việc"), *named]

    @property
    def asked(self) -> dict[str, Any]:
        """The arguments of `trail.narrowed`."""
        data = self.cleaned_data
        return {
            "since": data["tu"], "until": data["den"], "action": data["viec"], "thing": data["ve"],
            "person": data.get("nguoi", ""),
        }  # fmt: skip
