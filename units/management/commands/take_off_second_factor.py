"""Take the second factor off an account from the server, when no administrator can do it on the screen."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from units.models import User
from units.services.people import NotNow
from units.services.second_factor_changes import clear


class Command(BaseCommand):
    help = (
        "Gỡ xác nhận hai bước của một tài khoản (người quản trị cuối cùng mất điện thoại và hết mã dự phòng). "
        "Mật khẩu giữ nguyên; mọi phiên đang mở kết thúc; việc này vào nhật ký."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("username", help="tên đăng nhập")

    def handle(self, *args: Any, **options: Any) -> None:
        user = User.objects.filter(username__iexact=options["username"]).first()
        if user is None:
            raise CommandError(f"Không có tài khoản “{options['username']}”.")
        try:
            clear(user, by=None)
        except NotNow as fault:
            raise CommandError(fault.sentence) from fault
        self.stdout.write(f"Đã gỡ xác nhận hai bước của {user.username}. Đăng nhập lại rồi bật lại ngay.")
