"""A forgotten password: a link by mail, good for a short time and once (cases T54 to T56)."""

from __future__ import annotations

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.core.mail import send_mail
from django.db.models import Q
from django.urls import reverse

from units.mail import portal_address, reset_letter
from units.models import User

MOST_WITH_ONE_ADDRESS = 20  # colleagues who share the mailbox of their unit


def send_reset_links(name: str) -> int:
    """Write to everybody whom `name` means, a user name or an address; how many letters went out.

    Nobody who is locked, has no address, or was never let in (that is what invitations are for) gets one. A link dies
    by its first use, by any other new password, by signing in, and after PASSWORD_RESET_TIMEOUT.
    """
    meant = User.objects.filter(Q(username__iexact=name) | Q(email__iexact=name), is_active=True).exclude(email="")
    sent = 0
    for user in meant.order_by("pk")[:MOST_WITH_ONE_ADDRESS]:
        if not user.has_usable_password():
            continue
        place = {"uidb36": user_pk_to_url_str(user), "key": default_token_generator.make_token(user)}
        link = portal_address(reverse("account_reset_password_from_key", kwargs=place))
        minutes = settings.PASSWORD_RESET_TIMEOUT // 60
        subject, text = reset_letter(name=user.full_name, username=user.username, link=link, minutes=minutes)
        send_mail(subject, text, None, [user.email])
        sent += 1
    return sent
