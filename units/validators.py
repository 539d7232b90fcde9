"""Checks of single values, wherever they come from (form, file, command)."""

from django.contrib.auth.password_validation import MinimumLengthValidator
from django.core.validators import RegexValidator

# A code stands in addresses and file names, so it can never be a path (case T47).
code_validator = RegexValidator(
    r"\A[A-Za-z0-9](?:[A-Za-z0-9._-]{0,30}[A-Za-z0-9])?\Z",
    "Mã chỉ gồm chữ không dấu, chữ số, dấu chấm, gạch nối, gạch dưới; dài tối đa 32 ký tự; ví dụ “SNV” hoặc “25171”.",
)
slug_validator = RegexValidator(
    r"\A[a-z0-9](?:[a-z0-9-]{0,46}[a-z0-9])?\Z",
    "Địa chỉ ngắn chỉ gồm chữ thường không dấu, chữ số và gạch nối, ví dụ “quang-ngai”.",
)


class PasswordLongEnough(MinimumLengthValidator):
    """The length rule in Vietnamese; Django's own sentence for it has no translation."""

    def get_error_message(self) -> str:
        return f"Mật khẩu quá ngắn. Dùng ít nhất {self.min_length} ký tự."

    def get_help_text(self) -> str:
        return f"Ít nhất {self.min_length} ký tự."
