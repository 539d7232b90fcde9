"""Give an account another user name from the server: the way out where two differ in capitals only."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from units.models import User
from units.services.accounts import rename_account


class Command(BaseCommand):
    help = (
        "Đổi tên đăng nhập của một tài khoản, khi hai tên chỉ khác nhau chữ hoa, chữ thường nên không ai vào được. "
        "Mật khẩu, vai trò giữ nguyên; việc này vào nhật ký."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("old", help="tên đăng nhập đang có, đúng từng chữ hoa, chữ thường")
        parser.add_argument("new", help="tên đăng nhập mới")

    def handle(self, *args: Any, old: str, new: str, **options: Any) -> None:
        user = User.objects.filter(username=old).first()
        if user is None:
            raise CommandError(f"Không có tài khoản “{old}”.")
        try:
            rename_account(user, new, by=None)
        except ValidationError as refused:
            raise CommandError(" ".join(refused.messages)) from refused
        self.stdout.write(f"{user.full_name} từ nay đăng nhập bằng {new}.")
