"""`manage.py create_administrator USERNAME --name … --organiser …`: the first person of a new portal."""

from __future__ import annotations

import getpass
import sys
from argparse import ArgumentParser
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from units.enums import Role
from units.models import Membership, Organiser, User
from units.services.accounts import create_person, grant, issue_password
from units.services.catalogue import let_keep_portal


class Command(BaseCommand):
    help = (
        "Tạo người quản trị đầu tiên của cổng, sau migrate, import_units và create_organiser. Người này giao vai trò "
        "cho những người khác ở trang Người dùng. Gõ mật khẩu khi được hỏi; thêm --one-time thì cổng tự tạo và in ra "
        "một lần. Lệnh từ chối chạy khi cổng đã có người quản trị, trừ khi thêm --again."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("username", help="tên đăng nhập, chữ không dấu")
        parser.add_argument("--name", required=True, help="họ và tên")
        parser.add_argument("--organiser", required=True, help="địa chỉ ngắn của nơi tổ chức, ví dụ quang-ngai")
        parser.add_argument("--email", default="", help="thư điện tử")
        parser.add_argument("--one-time", action="store_true", help="tạo mật khẩu ngẫu nhiên và in ra một lần")
        parser.add_argument("--again", action="store_true", help="thêm người quản trị khi cổng đã có người quản trị")

    def handle(self, *args: Any, username: str, again: bool = False, one_time: bool = False, **options: Any) -> None:
        if not again and Membership.objects.filter(role=Role.ADMINISTRATOR, user__is_active=True).exists():
            raise CommandError("Cổng đã có người quản trị. Thêm --again nếu thật sự cần một người nữa.")
        organiser = self._organiser(options["organiser"])
        person = User(username=username, full_name=options["name"].strip(), email=options["email"])
        try:
            person.full_clean(exclude=["password"])
        except ValidationError as refused:
            labels = {field.name: str(field.verbose_name) for field in User._meta.fields}
            told = [f"{labels[name]}: {' '.join(texts)}" for name, texts in refused.message_dict.items()]
            raise CommandError("Chưa tạo ai. " + " ".join(told)) from refused
        typed = None if one_time else self._ask(person)
        with transaction.atomic():
            made = create_person(
                username=username,
                full_name=person.full_name,
                password=typed,
                email=person.email,
                is_given=True,  # typed by whoever looks after the server
                by=None,
            )
            grant(user=made, organiser=organiser, role=Role.ADMINISTRATOR, by=None)
            keeps = let_keep_portal(organiser, by=None)
            password = issue_password(made, by=None) if one_time else None
        self.stdout.write(f"Đã tạo người quản trị {made.full_name} ({username}) của {organiser}.")
        scope = "cả cổng" if keeps else f"đơn vị và người dùng của {organiser}"
        self.stdout.write(f"Người này quản lý {scope}, và đặt mật khẩu của riêng mình ở lần đăng nhập đầu tiên.")
        if password:
            self.stdout.write(f"Mật khẩu, chỉ in một lần: {password}")

    def _organiser(self, slug: str) -> Organiser:
        organiser = Organiser.objects.filter(slug=slug).first()
        if organiser is None:
            known = ", ".join(Organiser.objects.values_list("slug", flat=True)) or "chưa có nơi nào"
            raise CommandError(f"Không có nơi tổ chức “{slug}” ({known}). Tạo bằng create_organiser.")
        return organiser

    def _ask(self, person: User) -> str:
        if not sys.stdin.isatty():
            raise CommandError("Không có bàn phím để gõ mật khẩu. Thêm --one-time để cổng tạo mật khẩu và in một lần.")
        password = getpass.getpass("Mật khẩu (ít nhất 12 ký tự): ")
        if password != getpass.getpass("Gõ lại mật khẩu: "):
            raise CommandError("Hai lần nhập mật khẩu không giống nhau. Chưa tạo ai.")
        try:
            validate_password(password, person)
        except ValidationError as refused:
            raise CommandError("Chưa tạo ai. " + " ".join(refused.messages)) from refused
        return password
