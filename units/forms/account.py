"""What people type on the pages of their own account."""

from __future__ import annotations

from typing import Any

from allauth.account.forms import ChangePasswordForm as AllauthChangePasswordForm
from allauth.account.forms import LoginForm as AllauthLoginForm
from allauth.account.forms import ReauthenticateForm as AllauthReauthenticateForm
from django import forms


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
