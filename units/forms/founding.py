"""What the first person types into an empty portal."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from units.models import Organiser, User
from units.services.founding import Province
from units.validators import PASSWORD_HELP, free_slug, slug_validator, visible_name
from units.vietnamese import slug as make_slug


class FoundingForm(forms.ModelForm):
    """Token, province and account on one page. `provinces` are those of the official list, in Vietnamese order."""

    field_order = ("token", "province", "title", "slug", "full_name", "username", "email", "password", "again")

    token = forms.CharField(
        label="Mã cài đặt",
        max_length=80,
        help_text="Lệnh manage.py setup_token trên máy chủ in mã này một lần.",
        error_messages={"required": "Nhập mã cài đặt."},
        widget=forms.TextInput({"autocomplete": "off", "spellcheck": "false"}),
    )
    province = forms.ChoiceField(
        label="Tỉnh, thành phố", error_messages={"required": "Chọn tỉnh, thành phố.", "invalid_choice": "Chọn lại."}
    )
    title = forms.CharField(
        label="Cơ quan công bố kết quả",
        max_length=200,
        required=False,
        validators=[visible_name],
        help_text="Để trống: “UBND” và tên tỉnh. Sửa được sau.",
    )
    slug = forms.CharField(
        label="Địa chỉ ngắn",
        max_length=48,
        required=False,
        validators=[slug_validator, free_slug],
        help_text="Đứng trong địa chỉ của mọi trang công bố, không sửa được sau. Để trống: tên tỉnh không dấu, "
        "ví dụ quang-ngai.",
    )
    password = forms.CharField(
        label="Mật khẩu",
        max_length=200,
        strip=False,
        help_text=PASSWORD_HELP,
        error_messages={"required": "Nhập mật khẩu."},
        widget=forms.PasswordInput({"autocomplete": "new-password"}),
    )
    again = forms.CharField(
        label="Gõ lại mật khẩu",
        max_length=200,
        strip=False,
        error_messages={"required": "Gõ lại mật khẩu."},
        widget=forms.PasswordInput({"autocomplete": "new-password"}),
    )

    class Meta:
        model = User
        fields = ["full_name", "username", "email"]
        error_messages = {
            "username": {"required": "Nhập tên đăng nhập, chữ không dấu."},
            "full_name": {"required": "Nhập họ và tên."},
            "email": {"invalid": "Địa chỉ thư chưa đúng. Viết như ten@tinh.gov.vn."},
        }

    def __init__(self, provinces: list[Province], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.provinces = {province.code: province for province in provinces}
        choice = self.fields["province"]
        assert isinstance(choice, forms.ChoiceField)  # noqa: S101  # says to mypy what it is
        choice.choices = [("", "Chọn trong danh sách"), *((item.code, item.name) for item in provinces)]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        password, again = data.get("password"), data.get("again")
        if password and again and password != again:
            self.add_error("again", "Hai lần nhập mật khẩu không giống nhau.")
        elif password:
            typed = {name: data.get(name, "") for name in ("username", "full_name", "email")}
            try:
                validate_password(password, User(**typed))
            except ValidationError as refused:
                self.add_error("password", refused)
        province = self.provinces.get(data.get("province", ""))
        if province is not None:
            data["province"] = province
            data["slug"] = data.get("slug") or make_slug(province.bare_name)
            others = Organiser.objects.exclude(unit__code=province.code, unit__parent=None)
            if others.filter(slug=data["slug"]).exists():
                self.add_error("slug", "Địa chỉ ngắn này đã dùng cho nơi khác.")
        return data
