"""Letters of notices: claimed first, then sent, so that no letter goes out twice; refused ones are tried again.

At most once. A letter that the mail server answered with a refusal is tried again later, or given up where the refusal
is for good. Where the connection died in the middle of one, or the job itself did, nobody knows whether it went out:
it is not repeated; its matter comes in the next morning's letter, which is another one.
"""

from __future__ import annotations

import datetime
import logging
from dataclasses import dataclass
from smtplib import SMTPException, SMTPRecipientsRefused, SMTPResponseException

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction
from django.db.models import F, QuerySet
from django.urls import reverse
from django.utils import timezone

from units.enums import NoticeKind, Posting
from units.mail import Section, notice_letter, portal_address
from units.models import Notice, User

BETWEEN_TRIES = [datetime.timedelta(minutes=number) for number in (5, 15, 60, 240, 720)]
TOO_OLD = datetime.timedelta(hours=24)  # what it says may be past; the morning's letter says what is open then
DIED = datetime.timedelta(hours=1)  # a letter takes seconds
MOST_AT_ONCE = 500
SAMPLE = "DỮ LIỆU MINH HỌA"
UNCOUNTED = (NoticeKind.MORNING, NoticeKind.ACCOUNT)
"""Never put off: the morning's letter is one a day, and who took an account over must not hide it behind others."""
_FOR_GOOD = 500  # SMTP: from here on a refusal is meant to stay

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Sent:
    """What one turn came to: letters that went out, that wait for another try, that were given up."""

    sent: int = 0
    waiting: int = 0
    failed: int = 0


def send_waiting() -> Sent:
    """Send what is due, the oldest first; any number of jobs may do so at once. Not to be called in a transaction."""
    _give_up_what_hangs()
    due = Notice.objects.filter(letter=Posting.WAITING, due_at__lte=timezone.now()).order_by("due_at", "pk")
    found = list(due.values_list("pk", flat=True)[:MOST_AT_ONCE])
    if not found:
        return Sent()
    connection = get_connection()
    counted = dict.fromkeys(Posting, 0)
    for pk in found:
        if not _is_open(connection):
            counted[Posting.WAITING] += len(found) - sum(counted.values())
            break
        counted[_send(pk, connection)] += 1
    connection.close()
    return Sent(counted[Posting.SENT], counted[Posting.WAITING], counted[Posting.FAILED])


def _is_open(connection: BaseEmailBackend) -> bool:
    """Whether the mail server answers; nothing has been claimed where it does not."""
    try:
        connection.open()
    except (SMTPException, OSError) as fault:
        log.warning("the mail server does not answer: %s", type(fault).__name__)
        return False
    return True


def _give_up_what_hangs() -> None:
    now = timezone.now()
    stale = Notice.objects.filter(letter=Posting.WAITING, created_at__lt=now - TOO_OLD)
    died = Notice.objects.filter(letter=Posting.SENDING, due_at__lt=now - DIED)
    for found in (stale, died):
        for notice in found.exclude(kind=NoticeKind.ACCOUNT).select_related("user").order_by("pk"):
            _moved(notice, _elsewhere(notice))
    died.update(letter=Posting.FAILED)


def _elsewhere(notice: Notice) -> Posting:
    """Where the matter of a letter goes that is not sent again: into the next morning's, which is another one."""
    return Posting.FAILED if notice.kind in UNCOUNTED else Posting.MORNING


def _send(pk: int, connection: BaseEmailBackend) -> Posting:
    """Claim one letter and send it; where it is then. `NONE`: somebody else has it, or nobody may get it any more."""
    notice = _claimed(pk)
    if notice is None:
        return Posting.NONE
    address = notice.address or notice.user.email
    if not address or not notice.user.is_active:
        return _moved(notice, Posting.NONE)
    try:
        connection.send_messages([_message(notice, address)])
    except SMTPRecipientsRefused as fault:
        code = max((answer[0] for answer in fault.recipients.values()), default=_FOR_GOOD)
        return _refused(notice, code)
    except SMTPResponseException as fault:
        return _refused(notice, fault.smtp_code)
    except (SMTPException, OSError) as fault:
        log.warning("letter of notice %s: the mail server fell silent: %s", pk, type(fault).__name__)
        _close(connection)
        return _moved(notice, _elsewhere(notice))
    return _moved(notice, Posting.SENT)


def _claimed(pk: int) -> Notice | None:
    """The letter, from now on this job's alone; None where another has it, or the person got enough of them today.

    The person's row is locked while the day's letters are counted, so that jobs that race do not each send the last
    one. What is too much waits for the morning's letter.
    """
    with transaction.atomic():
        now = timezone.now()
        waiting = Notice.objects.filter(pk=pk, letter=Posting.WAITING, due_at__lte=now)
        notice = waiting.select_related("user").first()
        if notice is None:
            return None
        User.objects.select_for_update(no_key=True).only("pk").get(pk=notice.user_id)  # nobody who tells waits for it
        if notice.kind not in UNCOUNTED and _sent_today(notice.user) >= settings.NOTICES_AT_ONCE_A_DAY:
            _moved(notice, Posting.MORNING)
            return None
        if not waiting.update(letter=Posting.SENDING, due_at=now, tries=F("tries") + 1):
            return None
        return Notice.objects.select_related("user").get(pk=pk)


def _sent_today(user: User) -> int:
    """Letters to the person that began to go out since midnight of the place (`due_at`: when one was claimed)."""
    midnight = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    gone = Notice.objects.filter(user=user, letter__in=(Posting.SENDING, Posting.SENT), due_at__gte=midnight)
    return gone.exclude(kind__in=UNCOUNTED).count()


def _refused(notice: Notice, code: int) -> Posting:
    log.warning("letter of notice %s was refused: %s", notice.pk, code)
    if code >= _FOR_GOOD or notice.tries > len(BETWEEN_TRIES):
        return _moved(notice, Posting.FAILED)
    Notice.objects.filter(pk=notice.pk).update(due_at=timezone.now() + BETWEEN_TRIES[notice.tries - 1])
    return _moved(notice, Posting.WAITING)


def _moved(notice: Notice, to: Posting) -> Posting:
    """Where the letter is from now on, unless another job has it by now.

    Who shared it is told in the morning where it did not go out.
    """
    at = timezone.now() if to == Posting.SENT else None
    changed = Notice.objects.filter(pk=notice.pk, letter=notice.letter)
    if changed.update(letter=to, sent_at=at) and to not in (Posting.SENT, Posting.WAITING):
        _sharing(notice).update(letter=_elsewhere(notice))
    return to


def _sharing(notice: Notice) -> QuerySet[Notice]:
    """The others of the occasion who read the same mailbox."""
    address = notice.address or notice.user.email
    return Notice.objects.filter(key=notice.key, letter=Posting.TOGETHER, user__email__iexact=address)


def _close(connection: BaseEmailBackend) -> None:
    """What is left of a connection that died; the next letter opens another."""
    try:
        connection.close()
    except (SMTPException, OSError) as fault:
        log.info("closing the connection to the mail server: %s", type(fault).__name__)


def _message(notice: Notice, address: str) -> EmailMessage:
    """The letter of the occasion, with a part for each who shares the mailbox."""
    rows = [notice, *_sharing(notice).select_related("user").order_by("pk")]
    sections = [
        Section(
            row.user.full_name,
            row.text,
            row.path,
            tuple(line for line in row.facts.get("lines", ()) if not line.get("off")),
            tuple(row.facts.get("news", ())),
        )
        for row in rows
    ]
    choices = reverse("own_notice_ways")
    mark = f"[{SAMPLE}] " if notice.user.is_demo else ""
    return EmailMessage(
        f"{mark}{notice.subject}",
        notice_letter(sections, choices=choices),
        None,
        [address],
        headers={
            "Auto-Submitted": "auto-generated",
            "List-Unsubscribe": f"<{portal_address(choices)}>",
        },
    )
