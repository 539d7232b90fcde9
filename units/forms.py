"""What people type on the pages of accounts."""

from __future__ import annotations

from typing import Any

from allauth.account.forms import LoginForm as AllauthLoginForm


class LoginForm(AllauthLoginForm):
    """Sign in by user name; labels in the words of the portal."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"].label = "Tên đăng nhập"
        self.fields["password"].label = "Mật khẩu"
        for name, autocomplete in (("login", "username"), ("password", "current-password")):
            widget = self.fields[name].widget
            widget.attrs.pop("placeholder", None)
            widget.attrs["autocomplete"] = autocomplete
            widget.attrs["class"] = "form-control"
