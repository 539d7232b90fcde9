"""The letter of an invitation: written at most once, tried again where the mail server refused it."""

from __future__ import annotations

import logging
from smtplib import SMTPException

from django.core.mail import send_mail
from django.db.models import F
from django.urls import reverse
from django.utils import timezone

from units.enums import Letter
from units.mail import invitation_letter, portal_address
from units.models import Invitation
from units.services.invitations import link_secret

MOST_TRIES = 5

log = logging.getLogger(__name__)


def deliver(invitation_id: int) -> Letter:
    """Make the link of a waiting invitation and send it; returns where the letter is.

    The token lives in this function alone: a try that failed leaves a hash that no letter fits, the next makes another.
    A job that died while sending is not repeated (the letter may be on its way): the state stays SENDING.
    """
    token, digest = link_secret()
    invitation = Invitation.objects.open_at(timezone.now()).filter(pk=invitation_id).first()
    claimed = Invitation.objects.standing().filter(pk=invitation_id, letter=Letter.WAITING)
    if invitation is None or not claimed.update(letter=Letter.SENDING, digest=digest, tries=F("tries") + 1):
        return Letter.NONE
    invitation = Invitation.objects.select_related("user", "organiser").get(pk=invitation_id)
    subject, text = invitation_letter(
        name=invitation.user.full_name,
        username=invitation.user.username,
        organiser=invitation.organiser.title,
        link=portal_address(reverse("invitation_link", args=[token])),
        until=invitation.expires_at,
    )
    try:
        send_mail(subject, text, None, [invitation.address])
    except (SMTPException, OSError) as fault:
        log.warning("letter of invitation %s was refused: %s", invitation_id, type(fault).__name__)
        return _moved(invitation, Letter.WAITING if invitation.tries < MOST_TRIES else Letter.FAILED)
    return _moved(invitation, Letter.SENT)


def _moved(invitation: Invitation, to: Letter) -> Letter:
    Invitation.objects.filter(pk=invitation.pk, letter=Letter.SENDING).update(letter=to)
    return to
