"""The first day of an installation: a one-time token, and the act that founds organiser and administrator with it.

Whoever holds the token may found the portal once. Nobody is signed in then, so the permission table cannot be asked:
the token is the permission (case T67).
"""

from __future__ import annotations

import datetime
import hashlib
import secrets
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from units import trail
from units.enums import Role, UnitKind
from units.models import Membership, Organiser, SetupToken, Unit, User
from units.services.accounts import UNMISTAKABLE, create_person, grant
from units.services.catalogue import create_organiser, let_keep_portal
from units.services.unit_list import TWO_TIER_DAY
from units.vietnamese import slug as make_slug

LASTS = datetime.timedelta(hours=24)
_PARTS, _SIGNS = 8, 4  # 32 signs of 31 letters: 158 bits


class TokenRefused(Exception):
    """The token does not open the portal; `sentence` says why. `is_late`: it did once, and somebody was quicker."""

    def __init__(self, sentence: str, *, is_late: bool = False) -> None:
        self.sentence, self.is_late = sentence, is_late
        super().__init__(sentence)


@dataclass(frozen=True)
class Province:
    """What the claim needs to know of the province that founds the portal."""

    code: str
    name: str

    @property
    def bare_name(self) -> str:
        return self.name.removeprefix("Thành phố ").removeprefix("Tỉnh ")

    @property
    def place(self) -> str:
        return self.name[:1].lower() + self.name[1:]


def is_founded() -> bool:
    """Whether the installation has or had an administrator; then no token opens it any more."""
    return Membership.objects.filter(role=Role.ADMINISTRATOR).exists()


def issue_token() -> str:
    """A new token, to be shown once; those of before are dead. Raises `TokenRefused` where the portal is founded."""
    if is_founded():
        raise TokenRefused("Cổng đã có người quản trị, nên không cấp mã cài đặt nữa.")
    token = "-".join("".join(secrets.choice(UNMISTAKABLE) for _ in range(_SIGNS)) for _ in range(_PARTS))
    with transaction.atomic():
        SetupToken.objects.filter(used_at__isnull=True).delete()
        SetupToken.objects.create(digest=_digest(token), expires_at=timezone.now() + LASTS)
        trail.record("units.issue_setup_token", by=None, about=None, label="Cấp mã cài đặt")
    return token


def was_used(token: str) -> bool:
    """Whether this very token has founded the portal."""
    return SetupToken.objects.filter(digest=_digest(token), used_at__isnull=False).exists()


def found_portal(
    token: str, province: Province, *, title: str, slug: str, username: str, full_name: str, email: str, password: str
) -> User:
    """Make the province, its organiser that keeps the portal and the first administrator; all or nothing.

    `slug` and `title` may be empty: then they follow from the name of the province. Of two that come with one token
    at the same time exactly one is let in. Raises `TokenRefused`; ValidationError for a short address that is taken.
    """
    now = timezone.now()
    with transaction.atomic():
        fresh = SetupToken.objects.filter(digest=_digest(token), used_at__isnull=True, expires_at__gt=now)
        if fresh.update(used_at=now) != 1 or is_founded():
            raise _refusal(token)
        unit = _unit_of(province)
        organiser = Organiser.objects.filter(unit=unit).first() or create_organiser(
            unit,
            slug=slug or make_slug(province.bare_name),
            title=title or f"UBND {province.place}",
            place=province.place,
            by=None,
        )
        user = create_person(username=username, full_name=full_name, password=password, email=email, by=None)
        grant(user=user, organiser=organiser, role=Role.ADMINISTRATOR, by=None)
        let_keep_portal(organiser, by=None)
        trail.record(
            "units.found_portal", by=user, about=organiser, label=f"Lập cổng: {organiser.title}", username=username
        )
    return user


def _unit_of(province: Province) -> Unit:
    found = Unit.objects.filter(kind=UnitKind.PROVINCE, code=province.code, parent=None, valid_to=None).first()
    return found or Unit.objects.create(
        code=province.code, name=province.name, kind=UnitKind.PROVINCE, valid_from=TWO_TIER_DAY
    )


def _digest(token: str) -> str:
    """The hash of a token as it was meant: spaces, capitals and forgotten dashes do not count."""
    plain = "".join(sign for sign in token.lower() if sign.isalnum())
    return hashlib.sha256(plain.encode()).hexdigest()


def _refusal(token: str) -> TokenRefused:
    known = SetupToken.objects.filter(digest=_digest(token)).first()
    if is_founded() or (known and known.used_at):
        return TokenRefused("Mã này đã được dùng: cổng đã có người quản trị.", is_late=True)
    if known:
        return TokenRefused("Mã cài đặt đã hết hạn. Chạy lại lệnh manage.py setup_token trên máy chủ để lấy mã mới.")
    return TokenRefused("Mã cài đặt không đúng. Chép lại nguyên mã mà lệnh manage.py setup_token đã in.")
