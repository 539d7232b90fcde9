"""What an administrator types about people and their roles, in the workspace."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone

from units.enums import UNIT_SIDE, Role
from units.forms.widgets import LongSelect
from units.models import Organiser, Unit, User
from units.selectors import ACTIVE, LOCKED, PAST, component_codes_of, units_to_work_at, unknown_components
from units.validators import code_validator
from units.vietnamese import format_date


def day_field(label: str, **kwargs: Any) -> forms.DateField:
    """A day as people write it, with the sentences of the portal."""
    return forms.DateField(
        label=label,
        input_formats=["%d/%m/%Y"],
        widget=forms.DateInput(format="%d/%m/%Y"),
        error_messages={
            "required": "Nhập ngày dạng 12/02/2026.",
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


class UnitField(forms.ModelChoiceField):
    """One unit, by name and code; static/js/picker.js puts a search above it."""

    widget = LongSelect(attrs={"data-picker": ""})

    def label_from_instance(self, obj: Any) -> str:
        over = obj.valid_to is not None and obj.valid_to <= timezone.localdate()
        return f"{obj.name} ({obj.code}{f', kết thúc {format_date(obj.valid_to)}' if over else ''})"


class RoleForm(forms.Form):
    """One role at an organiser: for which unit, from when to when; nothing is chosen beforehand.

    Staff or head of the organiser's own unit, which nobody assesses there, is asked about once (`sure`).
    """

    role = forms.ChoiceField(
        label="Vai trò", choices=[("", "Chọn vai trò"), *Role.choices], error_messages={"required": "Chọn vai trò."}
    )
    unit = UnitField(
        Unit.objects.none(),
        label="Đơn vị công tác",
        empty_label="Chọn đơn vị",
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
    valid_from = day_field("Từ ngày")
    valid_to = day_field("Đến hết ngày", required=False, help_text="Để trống nếu chưa biết.")
    sure = forms.BooleanField(label="Đúng vai trò và đơn vị này", required=False)

    def __init__(self, organiser: Organiser, *args: Any, **kwargs: Any) -> None:
        kwargs["initial"] = {"valid_from": timezone.localdate()} | kwargs.get("initial", {})
        super().__init__(*args, **kwargs)
        self.organiser = organiser
        self.fields["unit"].queryset = units_to_work_at(organiser)  # type: ignore[attr-defined]

    @property
    def asks(self) -> bool:
        """Whether what was sent has to be confirmed, so that the page shows `sure`."""
        role, unit = (self.data.get(self.add_prefix(name)) for name in ("role", "unit"))
        return self.is_bound and role in UNIT_SIDE and unit == str(self.organiser.unit_id)

    def clean_components(self) -> list[str]:
        codes = [code.strip() for code in self.cleaned_data["components"].split(",") if code.strip()]
        for code in codes:
            code_validator(code)
        if codes and (unknown := unknown_components(codes, component_codes_of(self.organiser))):
            raise forms.ValidationError(unknown)
        return list(dict.fromkeys(codes))

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        begins, ends = data.get("valid_from"), data.get("valid_to")
        if begins and ends and ends < begins:
            self.add_error("valid_to", "Ngày kết thúc không được trước ngày bắt đầu.")
        if data.get("components") and data.get("role") != Role.APPRAISER:
            self.add_error("components", "Chỉ vai trò thẩm định mới giới hạn theo lĩnh vực. Xóa ô này.")
        if not data.pop("sure", False) and self.asks:
            self.add_error(
                "sure",
                f"{self.organiser.unit.name} là nơi tổ chức, không tự chấm điểm ở đây. Cán bộ, thủ trưởng thường thuộc "
                "một đơn vị được đánh giá: chọn lại đơn vị; nếu đúng là vậy thì đánh dấu ô này.",
            )
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
        self.user = User.objects.filter(username__iexact=self.cleaned_data["username"].strip()).first()
        if self.user is None:
            raise forms.ValidationError("Không có tài khoản này. Xem lại tên đăng nhập, hoặc thêm người mới.")
        return self.user.username


class EndForm(forms.Form):
    """When a role ends."""

    last_day = day_field("Đến hết ngày", required=False, help_text="Để trống: kết thúc ngay bây giờ.")
