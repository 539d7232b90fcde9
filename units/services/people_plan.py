"""What a table of people would do: each row judged against the units and people that are there."""

from __future__ import annotations

import datetime
import hashlib
import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils import timezone

from units.enums import UNIT_SIDE, Role
from units.files.people_list import HEADINGS, LONGEST, WrittenRow
from units.models import Membership, Organiser, Unit, User
from units.permissions import administers_in_person, principals_of
from units.selectors import component_codes_of, units_to_name, unknown_components
from units.services.people import NOT_THE_ABSENT, UNITS_ROLES_ONLY
from units.validators import code_validator
from units.vietnamese import NotADate, fold, parse_date, slug

_MOST_UNITS_NAMED = 3


class Standing(StrEnum):
    """What becomes of a row."""

    NEW = "Tài khoản mới"
    ROLE = "Thêm vai trò"
    THERE = "Đã có"
    FAULT = "Phải sửa"


@dataclass
class PlannedRow:
    """One row as it would be applied. `account` (pk) is who is there already; `faults` are (cell, sentence)."""

    number: int
    cells: Mapping[str, str]
    standing: Standing = Standing.NEW
    full_name: str = ""
    username: str = ""
    is_proposed: bool = False
    email: str = ""
    unit_id: int = 0
    unit_code: str = ""
    unit_name: str = ""
    role: str = ""
    components: tuple[str, ...] = ()
    valid_from: datetime.date = datetime.date.min
    valid_to: datetime.date | None = None
    account: int | None = None
    faults: list[tuple[str, str]] = field(default_factory=list)

    @property
    def role_label(self) -> str:
        return Role(self.role).label if self.role else ""

    @property
    def told(self) -> dict[str, str]:
        """What was understood, or where nothing was, what the cell says."""
        understood = {
            "full_name": self.full_name, "username": self.username, "email": self.email, "unit": self.unit_name,
            "role": self.role_label,
        }  # fmt: skip
        return {key: text or self.cells.get(key, "") for key, text in understood.items()}

    @property
    def mend(self) -> str:
        """All faults of the row in one text."""
        return " ".join(f"{cell}: {sentence}" for cell, sentence in self.faults)


@dataclass(frozen=True)
class Plan:
    """The whole table."""

    rows: Sequence[PlannedRow]

    def _with(self, *standings: Standing) -> list[PlannedRow]:
        return [row for row in self.rows if row.standing in standings]

    @property
    def new(self) -> list[PlannedRow]:
        """The rows that make something."""
        return self._with(Standing.NEW, Standing.ROLE)

    @property
    def there(self) -> list[PlannedRow]:
        return self._with(Standing.THERE)

    @property
    def faulty(self) -> list[PlannedRow]:
        return self._with(Standing.FAULT)

    @property
    def digest(self) -> str:
        """What the preview showed; another plan is not carried out."""
        told = [
            [row.number, row.standing, row.username, row.full_name, row.email, row.unit_id, row.role, row.components,
             str(row.valid_from), str(row.valid_to), row.account]
            for row in self.rows
        ]  # fmt: skip
        return hashlib.sha256(json.dumps(told, ensure_ascii=False).encode()).hexdigest()


def plan_of(organiser: Organiser, written: Sequence[WrittenRow], letters: Mapping[str, str], by: User) -> Plan:
    """Judge every row; the same rows and people always give the same plan. Six queries at any number of rows."""
    judge = _Judge(organiser, letters, by)
    return Plan([judge.judged(row) for row in written])


class _Judge:
    """Looks rows up in what is there, and remembers what the rows before said."""

    def __init__(self, organiser: Organiser, letters: Mapping[str, str], by: User) -> None:
        self.organiser, self.letters, self.by, self.today = organiser, letters, by, timezone.localdate()
        self.units_by_code: dict[str, Unit] = {}
        self.units_by_name: dict[str, list[Unit]] = defaultdict(list)
        for unit in units_to_name(organiser):
            self.units_by_code[unit.code.lower()] = unit
            self.units_by_name[fold(unit.name)].append(unit)
        self.components = component_codes_of(organiser)
        known = Membership.objects.filter(organiser=organiser)
        self.users = {user.username.lower(): user for user in User.objects.filter(pk__in=known.values("user"))}
        self.taken = {name.lower() for name in User.objects.values_list("username", flat=True)}
        self.roles: dict[int, list[Membership]] = defaultdict(list)
        for role in known.not_over(self.today):
            self.roles[role.user_id].append(role)
        self.by_name: dict[str, list[User]] = defaultdict(list)
        for user in self.users.values():
            self.by_name[user.name_fold].append(user)
        self.made: dict[str, PlannedRow] = {}  # by user name, of this table
        self.made_by_person: dict[tuple[str, str], str] = {}  # (name, address) of rows without a user name → user name
        self.seen: dict[tuple[str, int, str], int] = {}  # (user name, unit, role) → row

    def judged(self, written: WrittenRow) -> PlannedRow:
        row = PlannedRow(written.number, written.cells)
        for key, sentence in written.faults:
            self._fault(row, key, sentence)
        bad = {key for key, _ in written.faults}
        for key, read in _READERS.items():
            if key in bad:
                continue
            try:
                read(self, row, written.cells.get(key, ""))
            except _Fault as fault:
                self._fault(row, key, fault.sentence)
        if not row.faults:
            self._match(row)
        if row.faults:
            row.standing = Standing.FAULT
        return row

    def _fault(self, row: PlannedRow, key: str, sentence: str) -> None:
        row.faults.append((f"{self.letters.get(key, '')}{row.number}, {HEADINGS[key]}", sentence))

    # ── who it is ─────────────────────────────────────────────────────────────────────────────────────────────────

    def _match(self, row: PlannedRow) -> None:
        """Whose row it is: an account of here, one that the table makes, or a new one; and whether the role is new."""
        user = self._account(row)
        if row.role and row.role not in UNIT_SIDE and not administers_in_person(self.by, self.organiser.pk):
            self._fault(row, "role", UNITS_ROLES_ONLY)
        if row.faults:
            return
        if user is not None:
            row.account, row.username, row.standing = user.pk, user.username, Standing.ROLE
            if self._has_role(row, user):
                row.standing = Standing.THERE
            elif user.pk == self.by.pk:
                self._fault(row, "full_name", "Không tự giao vai trò cho chính mình. Bỏ dòng này.")
            elif user.pk in principals_of(self.by):
                self._fault(row, "full_name", NOT_THE_ABSENT)
            elif not user.is_active:
                self._fault(
                    row, "username", "Tài khoản này đang bị khóa. Mở khóa ở trang Người dùng, hoặc bỏ dòng này."
                )
        elif row.username.lower() in self.made:
            self._same_person(row)
        else:
            self.taken.add(row.username.lower())
            self.made[row.username.lower()] = row
        key = (row.username.lower(), row.unit_id, row.role)
        if not row.faults and row.standing != Standing.THERE and key in self.seen:
            self._fault(row, "full_name", f"Trùng với dòng {self.seen[key]}. Bỏ một dòng.")
        self.seen.setdefault(key, row.number)

    def _account(self, row: PlannedRow) -> User | None:
        if not row.username:
            return self._account_of_name(row)
        user = self.users.get(row.username.lower())
        if user is None and row.username.lower() in self.taken and row.username.lower() not in self.made:
            self._fault(
                row,
                "username",
                "Tên đăng nhập này đã có người dùng ở nơi khác. Chọn tên khác; nếu đúng là người ấy thì dùng trang "
                "Giao vai trò cho người đã có tài khoản.",
            )
        if user is not None and fold(user.full_name) != fold(row.full_name):
            self._fault(row, "username", f"Tên đăng nhập này là của {user.full_name}. Chọn tên khác, hoặc sửa họ tên.")
        return user

    def _account_of_name(self, row: PlannedRow) -> User | None:
        """Who has this name and this very role is the same person, unless the addresses differ; else a new name."""
        for user in self.by_name[fold(row.full_name)]:
            differs = row.email and user.email and row.email.lower() != user.email.lower()
            if not differs and self._has_role(row, user):
                return user
        person = (fold(row.full_name), row.email.lower())
        if row.email and person in self.made_by_person:
            row.username = self.made_by_person[person]
        else:
            row.username = self.made_by_person[person] = self._proposed(row.full_name)
        row.is_proposed = True
        return None

    def _has_role(self, row: PlannedRow, user: User) -> bool:
        return any(
            item.unit_id == row.unit_id
            and item.role == row.role
            and (row.valid_to is None or item.valid_from <= row.valid_to)
            and (item.valid_to is None or item.valid_to >= row.valid_from)
            for item in self.roles[user.pk]
        )

    def _same_person(self, row: PlannedRow) -> None:
        first = self.made[row.username.lower()]
        row.username, row.standing = first.username, Standing.ROLE
        if fold(first.full_name) != fold(row.full_name):
            self._fault(
                row, "username", f"Trùng tên đăng nhập với dòng {first.number}, {first.full_name}. Chọn tên khác."
            )
        elif row.email and first.email and row.email.lower() != first.email.lower():
            self._fault(row, "email", f"Khác thư điện tử ở dòng {first.number} của cùng người này.")

    def _proposed(self, full_name: str) -> str:
        """ "Đinh Thị Út" → "dinh.thi.ut", or with the next free number."""
        base = (slug(full_name).replace("-", ".") or "nguoi")[: LONGEST["username"] - 5]
        name, number = base, 1
        while name in self.taken:
            number += 1
            name = f"{base}{number}"
        return name

    # ── what the cells say ────────────────────────────────────────────────────────────────────────────────────────

    def read_name(self, row: PlannedRow, text: str) -> None:
        if not text:
            raise _Fault("Còn trống. Ghi họ và tên.")
        if len(text) > LONGEST["full_name"]:
            raise _Fault(f"Dài quá {LONGEST['full_name']} ký tự. Rút gọn.")
        row.full_name = text

    def read_username(self, row: PlannedRow, text: str) -> None:
        if text:
            try:
                User._meta.get_field("username").clean(text, None)  # type: ignore[union-attr]
            except ValidationError as fault:
                raise _Fault(fault.messages[0]) from None
        row.username = text

    def read_email(self, row: PlannedRow, text: str) -> None:
        if text:
            try:
                validate_email(text)
            except ValidationError:
                raise _Fault("Địa chỉ thư chưa đúng. Viết như ten@tinh.gov.vn.") from None
            if len(text) > LONGEST["email"]:
                raise _Fault("Địa chỉ thư quá dài.")
        row.email = text

    def read_unit(self, row: PlannedRow, text: str) -> None:
        if not text:
            raise _Fault("Còn trống. Ghi mã hoặc tên đơn vị.")
        named = self.units_by_name[fold(text)]
        found = self.units_by_code.get(text.lower()) or (named[0] if len(named) == 1 else None)
        if found is None:
            if named:
                codes = ", ".join(unit.code for unit in named[:_MOST_UNITS_NAMED])
                raise _Fault(f"Có nhiều đơn vị tên này. Ghi mã: {codes}.")
            raise _Fault("Không có đơn vị này. Ghi mã hoặc tên đúng như ở trang Đơn vị của tệp mẫu.")
        row.unit_id, row.unit_code, row.unit_name = found.pk, found.code, found.name

    def read_role(self, row: PlannedRow, text: str) -> None:
        if not text:
            raise _Fault("Còn trống. Chọn vai trò trong danh sách.")
        if fold(text) not in _ROLES:
            raise _Fault(f"Không có vai trò này. Chọn một trong: {', '.join(Role.labels)}.")
        row.role = _ROLES[fold(text)]

    def read_components(self, row: PlannedRow, text: str) -> None:
        codes = tuple(dict.fromkeys(code.strip() for code in text.replace(";", ",").split(",") if code.strip()))
        for code in codes:
            try:
                code_validator(code)
            except ValidationError as fault:
                raise _Fault(fault.messages[0]) from None
        if codes and row.role and row.role != Role.APPRAISER:
            raise _Fault("Chỉ vai trò thẩm định mới giới hạn theo lĩnh vực. Xóa ô này.")
        if unknown := unknown_components(codes, self.components):
            raise _Fault(unknown)
        row.components = codes

    def read_from(self, row: PlannedRow, text: str) -> None:
        row.valid_from = _day(text) if text else self.today

    def read_to(self, row: PlannedRow, text: str) -> None:
        row.valid_to = _day(text) if text else None
        if row.valid_to is not None and row.valid_to < max(row.valid_from, self.today):
            raise _Fault("Ngày cuối không được trước ngày bắt đầu hoặc đã qua. Sửa ngày, hoặc để trống.")


class _Fault(Exception):
    """What is wrong with one cell and how to mend it."""

    def __init__(self, sentence: str) -> None:
        self.sentence = sentence
        super().__init__(sentence)


_ROLES = {fold(word): role.value for role in Role for word in (role.label, role.value)}
_READERS: dict[str, Any] = {
    "full_name": _Judge.read_name,
    "username": _Judge.read_username,
    "email": _Judge.read_email,
    "unit": _Judge.read_unit,
    "role": _Judge.read_role,
    "components": _Judge.read_components,
    "valid_from": _Judge.read_from,
    "valid_to": _Judge.read_to,
}


def _day(text: str) -> datetime.date:
    try:
        return parse_date(text.partition("T")[0])
    except NotADate as fault:
        raise _Fault(str(fault)) from None
