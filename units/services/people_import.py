"""Many people come in by one table: read and kept as it was written, shown row by row, applied once."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

from django.contrib.auth.hashers import make_password
from django.db import IntegrityError, transaction

from units import trail
from units.enums import ImportStage
from units.files.people_list import WrittenRow, read_people
from units.models import Membership, Organiser, PeopleImport, User
from units.permissions import ADMINISTER, authorize
from units.services.people import NotNow, state_of
from units.services.people_plan import Plan, PlannedRow, Standing, plan_of

LONGEST_FILE_NAME = 255
_BATCH = 500


def stage(organiser: Organiser, data: bytes, file_name: str, *, by: User) -> PeopleImport:
    """Read an .xlsx file and keep what its cells say; no account is made. Earlier tables of the same person that
    nobody applied go. Raises `UnreadableFile`, `Refused`."""
    authorize(by, ADMINISTER, organiser)
    table = read_people(data, file_name)
    with transaction.atomic():
        PeopleImport.objects.filter(organiser=organiser, uploaded_by=by, stage=ImportStage.SEEN).delete()
        return PeopleImport.objects.create(
            organiser=organiser,
            uploaded_by=by,
            file_name=file_name[-LONGEST_FILE_NAME:],
            sha256=hashlib.sha256(data).hexdigest(),
            rows={"letters": dict(table.letters), "rows": [row.to_json() for row in table.rows]},
        )


def preview(staged: PeopleImport, *, by: User) -> Plan:
    """What applying would do now; five queries at any size."""
    rows = [WrittenRow.from_json(row) for row in staged.rows["rows"]]
    return plan_of(staged.organiser, rows, staged.rows["letters"], by)


def apply(staged: PeopleImport, *, sha256: str, digest: str, by: User) -> PeopleImport:
    """Make the accounts and roles of the table, all or nothing; a second call changes nothing.

    `sha256` and `digest` are those of the preview that the person saw. Raises `Refused`; `NotNow` where the file or
    what it would do is another by now, or a row is at fault. What the cells said is forgotten afterwards.
    """
    authorize(by, ADMINISTER, staged.organiser)
    try:
        with transaction.atomic():
            locked = PeopleImport.objects.select_for_update(of=("self",)).filter(pk=staged.pk, uploaded_by=by).first()
            if locked is None or locked.sha256 != sha256:
                raise NotNow("Bảng này đã được thay bằng bảng khác. Xem lại bảng mới rồi áp dụng.")
            if locked.stage == ImportStage.APPLIED:
                return locked
            plan = preview(locked, by=by)
            if plan.faulty:
                raise NotNow(f"Còn {len(plan.faulty)} dòng phải sửa. Sửa trong tệp rồi tải lên lại.")
            if plan.digest != digest:
                raise NotNow(
                    "Danh sách người dùng vừa thay đổi nên bảng xem trước không còn đúng. Xem lại rồi áp dụng."
                )
            roles = _make(locked.organiser, plan.new, by)
            locked.made = list(dict.fromkeys(role.user_id for role in roles))
            locked.stage, locked.rows = ImportStage.APPLIED, {}
            locked.save(update_fields=["made", "stage", "rows"])
            _tell(locked, plan.new, by)
    except IntegrityError:
        raise NotNow("Vừa có người tạo tài khoản trùng tên đăng nhập. Xem lại bảng rồi áp dụng.") from None
    return locked


def _make(organiser: Organiser, rows: Sequence[PlannedRow], by: User) -> list[Membership]:
    """Accounts without a password and their roles, each with its line in the trail; returns the roles, row by row."""
    nobody = make_password(None)  # unusable whatever is typed: nobody signs in before an invitation was used
    fresh = {
        row.username: User(username=row.username, full_name=row.full_name, email=row.email, password=nobody)
        for row in reversed(rows)
        if row.account is None
    }
    accounts = User.objects.bulk_create(list(fresh.values()), batch_size=_BATCH)
    made = {user.username: user.pk for user in accounts}
    roles = [
        Membership(
            user_id=row.account or made[row.username],
            organiser=organiser,
            unit_id=row.unit_id,
            role=row.role,
            components=list(row.components),
            valid_from=row.valid_from,
            valid_to=row.valid_to,
        )
        for row in rows
    ]
    roles = Membership.objects.bulk_create(roles, batch_size=_BATCH)
    trail.record_many(
        "units.create_person",
        [(user, f"Tạo tài khoản {user.username}", {"username": user.username}) for user in reversed(accounts)],
        by=by,
    )
    granted = zip(rows, roles, strict=True)
    trail.record_many("units.grant", [_granted(organiser, row, role) for row, role in granted], by=by)
    return roles


def _granted(organiser: Organiser, row: PlannedRow, role: Membership) -> tuple[Membership, str, dict[str, Any]]:
    label = f"Phân công {row.username}: {row.role_label}, {row.unit_name}, {organiser.title}"
    return role, label, {"before": {}, "after": state_of(role)}


def _tell(staged: PeopleImport, rows: Sequence[PlannedRow], by: User) -> None:
    people = {row.username for row in rows if row.standing == Standing.NEW}
    trail.record(
        "units.import_people",
        by=by,
        about=staged.organiser,
        label=f"Mời từ Excel: {len(people)} tài khoản mới, {len(rows)} vai trò",
        file_name=staged.file_name,
        sha256=staged.sha256,
        people=[[row.username, row.full_name, row.role, row.unit_code] for row in rows],
    )
