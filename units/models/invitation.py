"""How a person comes to a password of his or her own, and tables of people on their way into the portal."""

from __future__ import annotations

import datetime

from django.db import models
from django.db.models import Q
from django.utils import timezone

from units.enums import ImportStage, InvitationKind, Letter


class InvitationQuerySet(models.QuerySet["Invitation"]):
    def open_at(self, moment: datetime.datetime) -> InvitationQuerySet:
        """Those that let somebody in at `moment`: not used, not taken back, not too old, the account not locked."""
        return self.standing().filter(expires_at__gt=moment, user__is_active=True)

    def standing(self) -> InvitationQuerySet:
        """The newest of each person, as long as nobody used it or took it back; it may be too old."""
        return self.filter(used_at__isnull=True, revoked_at__isnull=True)


class Invitation(models.Model):
    """One way in for one account: a link by mail or a code on paper. Used once; a person has one at a time.

    `digest` is a keyed hash of the link's token or of the code; neither is kept. A link has none until the job that
    writes the letter made one. `address` is where the letter goes.
    """

    user = models.ForeignKey("units.User", on_delete=models.CASCADE, related_name="invitations")
    organiser = models.ForeignKey("units.Organiser", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=4, choices=InvitationKind)
    digest = models.CharField(max_length=64, unique=True, null=True, blank=True)
    issued_by = models.ForeignKey("units.User", on_delete=models.PROTECT, null=True, related_name="+")
    issued_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    address = models.EmailField(blank=True)
    letter = models.CharField(max_length=7, choices=Letter, default=Letter.NONE, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        verbose_name = "lời mời"
        verbose_name_plural = "lời mời"
        ordering = ["-issued_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["user"],
                condition=Q(used_at__isnull=True, revoked_at__isnull=True),
                name="one_invitation_at_a_time",
            )
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.get_kind_display()}"

    @property
    def is_expired(self) -> bool:
        return self.expires_at <= timezone.now()


class PeopleImport(models.Model):
    """An uploaded table of people that could be read, on its way to accounts and roles.

    `rows` is what the cells say ({"letters": {"full_name": "A"}, "rows": [{"row": 7, "cells": …}]}), forgotten when
    applied; what is applied is exactly the bytes with `sha256`, once. `made` holds the accounts (pk) that came of it.
    """

    organiser = models.ForeignKey("units.Organiser", on_delete=models.PROTECT, related_name="people_imports")
    uploaded_by = models.ForeignKey("units.User", on_delete=models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField(auto_now_add=True)
    file_name = models.CharField(max_length=255)
    sha256 = models.CharField(max_length=64)
    stage = models.CharField(max_length=9, choices=ImportStage, default=ImportStage.SEEN)
    rows = models.JSONField(default=dict)
    made = models.JSONField(default=list)

    class Meta:
        verbose_name = "bảng người dùng tải lên"
        verbose_name_plural = "bảng người dùng tải lên"
        ordering = ["-uploaded_at", "-pk"]

    def __str__(self) -> str:
        return self.file_name
