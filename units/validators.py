"""Checks of single values, wherever they come from (address, form, file, command)."""

import unicodedata
from typing import Any

from django.contrib.auth.password_validation import (
    CommonPasswordValidator,
    MinimumLengthValidator,
    NumericPasswordValidator,
    UserAttributeSimilarityValidator,
)
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.urls.converters import IntConverter

# A code stands in addresses and file names, so it can never be a path (case T47).
code_validator = RegexValidator(
    r"\A[A-Za-z0-9](?:[A-Za-z0-9._-]{0,30}[A-Za-z0-9])?\Z",
    "Mã chỉ gồm chữ không dấu, chữ số, dấu chấm, gạch nối, gạch dưới; dài tối đa 32 ký tự; ví dụ “SNV” hoặc “25171”.",
)
slug_validator = RegexValidator(
    r"\A[a-z0-9](?:[a-z0-9-]{0,46}[a-z0-9])?\Z",
    "Địa chỉ ngắn chỉ gồm chữ thường không dấu, chữ số và gạch nối, ví dụ “quang-ngai”.",
)


class RowNumber(IntConverter):
    """`<number:…>` in an address: what a column of the database can hold; nothing stands at a longer one (404)."""

    regex = "[0-9]{1,18}"


RESERVED = frozenset(("cai-dat", "healthz", "lam-viec", "quan-tri", "robots", "static", "tai-khoan"))
"""First words of the portal's own addresses; the public pages of an organiser of this name could not be reached."""


def free_slug(value: str) -> None:
    """Refuse a short address that is the portal's own."""
    if value in RESERVED:
        raise ValidationError("Địa chỉ ngắn này là địa chỉ của chính cổng. Chọn tên khác, ví dụ “quang-ngai”.")


def visible_name(value: str) -> None:
    """Refuse a name with a sign that nobody sees, or that turns the text around (Unicode Cc, Cf): two names that look
    alike would be two, and a line of the trail could be read backwards. Vietnamese needs none of them."""
    hidden = {f"U+{ord(sign):04X}" for sign in value if unicodedata.category(sign) in ("Cc", "Cf")}
    if hidden:
        raise ValidationError(f"Có ký tự ẩn trong tên ({', '.join(sorted(hidden))}). Xóa cả ô rồi gõ lại, không dán.")


# Django's rules for a password, told alike: what is wrong, and what to do. PASSWORD_HELP says them beforehand.
PASSWORD_HELP = "Ít nhất 12 ký tự, không giống tên đăng nhập, không chỉ toàn chữ số, không phải mật khẩu hay gặp."  # noqa: S105


class PasswordLongEnough(MinimumLengthValidator):
    def get_error_message(self) -> str:
        return f"Mật khẩu quá ngắn. Dùng ít nhất {self.min_length} ký tự."

    def get_help_text(self) -> str:
        return f"Ít nhất {self.min_length} ký tự."


class PasswordNotCommon(CommonPasswordValidator):
    def get_error_message(self) -> str:
        return "Mật khẩu hay gặp, dễ bị đoán. Chọn một cụm từ khác."


class PasswordNotOnlyDigits(NumericPasswordValidator):
    def get_error_message(self) -> str:
        return "Mật khẩu chỉ toàn chữ số. Thêm chữ."


class PasswordNotTheGiven:
    """A password that somebody else gave is not chosen again by its owner."""

    def validate(self, password: str, user: Any = None) -> None:
        if getattr(user, "password_given_at", None) is not None and user.check_password(password):
            raise ValidationError("Đây vẫn là mật khẩu do người quản trị đặt. Chọn mật khẩu khác.")

    def get_help_text(self) -> str:
        return ""


class PasswordUnlikeTheName(UserAttributeSimilarityValidator):
    def get_error_message(self) -> str:
        return "Mật khẩu quá giống %(verbose_name)s. Chọn một cụm từ khác."
