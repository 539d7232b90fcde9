"""Letters to the people of a unit. Sent only once what they tell of is committed."""

from __future__ import annotations

from functools import partial

from django.core.mail import send_mail
from django.db import transaction
from django.utils import timezone

from scoring.models import Participant
from units.enums import Role
from units.models import Membership


def tell_unit(participant: Participant, subject: str, text: str) -> None:
    """Write to the staff and the head of the unit who have an address, after the transaction has been committed."""
    members = Membership.objects.valid_on(timezone.localdate()).filter(
        organiser_id=participant.organiser_id,
        unit=participant.unit_id,
        role__in=(Role.UNIT_STAFF, Role.UNIT_HEAD),
        user__is_active=True,
    )
    addresses = sorted(set(members.exclude(user__email="").values_list("user__email", flat=True)))
    for address in addresses:
        transaction.on_commit(partial(send_mail, subject, text, None, [address]), robust=True)
