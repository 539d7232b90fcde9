"""People on their way in and out of the demo's year: two who were invited and have not come, one who will be away."""

from __future__ import annotations

import datetime

from django.utils import timezone

from scoring.management.demo_year.cast import Cast
from units.enums import Role
from units.models import Invitation, Membership, Organiser, Unit
from units.services.accounts import create_person, grant
from units.services.delegation import delegate
from units.services.invitations import issue_code

# user name, name, unit, days since the code was made; the second is too old by now
INVITED = (("nghialo.canbo2", "Trà Thị Mỹ Duyên", "21028", 1), ("camthanh.canbo2", "Lê Anh Khôi", "21025", 20))
ABSENT, DEPUTY = "thamdinh.vanphong", "thamdinh.vanphong2"
DAYS_UNTIL_AWAY, DAYS_AWAY = 3, 5


def invite_and_lend(organiser: Organiser, units: dict[str, Unit], cast: Cast) -> None:
    """Called once, at the end of the year's telling. Codes are thrown away: who tries the portal makes new ones."""
    today = timezone.localdate()
    for username, name, unit, days in INVITED:
        user = create_person(username=username, full_name=name, password=None, is_demo=True, by=None)
        grant(user=user, organiser=organiser, role=Role.UNIT_STAFF, unit=units[unit], by=None)
        issued = issue_code(organiser, user, by=cast["quantri"])
        ago = datetime.timedelta(days=days)
        Invitation.objects.filter(user=user).update(issued_at=timezone.now() - ago, expires_at=issued.expires_at - ago)
    first = today + datetime.timedelta(days=DAYS_UNTIL_AWAY)
    delegate(
        Membership.objects.get(user=cast[ABSENT], role=Role.APPRAISER, stands_for=None),
        cast[DEPUTY],
        first=first,
        last=first + datetime.timedelta(days=DAYS_AWAY),
        reason="Nghỉ phép (DỮ LIỆU MINH HỌA)",
        by=cast[ABSENT],
    )
