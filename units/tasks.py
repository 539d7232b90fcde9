"""Jobs of people: letters of invitation, sent after what they tell of is committed; links for forgotten passwords;
letters of notices."""

from __future__ import annotations

import datetime
from collections.abc import Iterable

from django.db import transaction
from django.utils import timezone
from django_tasks import task

from units.enums import Letter
from units.models import Organiser, User
from units.permissions import Refused
from units.services.invitations import prepare_letter
from units.services.letters import deliver
from units.services.outbox import send_waiting
from units.services.people import NotNow
from units.services.resetting import send_reset_links

BETWEEN_TRIES = datetime.timedelta(minutes=10)


def invite_by_mail(organiser: Organiser, user: User, *, by: User) -> None:
    """An invitation and the job of its letter, both or neither. Raises `Refused`, `NotNow`."""
    with transaction.atomic():
        send_letter.enqueue(prepare_letter(organiser, user, by=by).pk)


def invite_all_by_mail(organiser: Organiser, people: Iterable[User], *, by: User) -> tuple[int, list[tuple[User, str]]]:
    """How many letters were ordered, and for whom none, with the sentence."""
    ordered, refused = 0, []
    for user in people:
        try:
            invite_by_mail(organiser, user, by=by)
            ordered += 1
        except NotNow as fault:
            refused.append((user, fault.sentence))
        except Refused as fault:
            refused.append((user, fault.reason))
    return ordered, refused


@task()
def send_letter(invitation_id: int) -> str:
    """Queue entry; a letter that the mail server refused is ordered again for later."""
    state = deliver(invitation_id)
    if state == Letter.WAITING and send_letter.get_backend().supports_defer:
        send_letter.using(run_after=timezone.now() + BETWEEN_TRIES).enqueue(invitation_id)
    return state


def order_reset_links(name: str) -> None:
    """The job that looks whether `name` means anybody, and writes to them (case T54)."""
    send_reset_links_to.enqueue(name)


@task()
def send_reset_links_to(name: str) -> int:
    """Queue entry; how many letters went out."""
    return send_reset_links(name)


@task()
def send_waiting_letters() -> int:
    """Queue entry (NOTICE_JOB); how many letters of notices went out."""
    return send_waiting().sent
