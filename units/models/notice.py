"""What people are told, one row a person and occasion: the list in the portal and the outbox of letters in one."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.utils import timezone

from units.enums import NoticeKind, NoticeWay, Posting


class NoticeQuerySet(models.QuerySet["Notice"]):
    def listed(self) -> NoticeQuerySet:
        """Those that the person reads in the portal: not the copies for an address that was given up."""
        return self.filter(address="")

    def unread(self) -> NoticeQuerySet:
        return self.listed().filter(read_at__isnull=True)


class Notice(models.Model):
    """One thing told to one person, written in the transaction of its cause. `key` names the occasion: a person hears
    of an occasion once.

    `text` is fit for a letter: no points, nothing of other units, no free words of anybody; those stand in `note`,
    which is read in the portal alone. `path` is where the matter is ("" for none), `about` what it is about, for
    whoever asks who has been told. `facts` of a morning's letter: {"keys": what was open then, "lines": [{"text",
    "path", "off": true where the person switched that kind off, so that it stands in the portal alone}], "news":
    [{"text", "path"}]}. `address` is set where the letter goes elsewhere than to the person's present address.
    """

    user = models.ForeignKey("units.User", on_delete=models.CASCADE, related_name="notices")
    organiser = models.ForeignKey("units.Organiser", on_delete=models.PROTECT, null=True, related_name="+")
    kind = models.CharField(max_length=8, choices=NoticeKind)
    key = models.CharField(max_length=120)
    about = models.CharField(max_length=60, blank=True)
    by = models.ForeignKey("units.User", on_delete=models.PROTECT, null=True, related_name="+")
    subject = models.CharField(max_length=300)
    text = models.TextField()
    note = models.TextField(blank=True)
    path = models.CharField(max_length=300, blank=True)
    facts = models.JSONField(default=dict)
    created_at = models.DateTimeField(default=timezone.now)
    read_at = models.DateTimeField(null=True, blank=True)
    letter = models.CharField(max_length=8, choices=Posting, default=Posting.NONE, blank=True)
    address = models.EmailField(blank=True)
    tries = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField(default=timezone.now)
    sent_at = models.DateTimeField(null=True, blank=True)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        verbose_name = "thông báo"
        verbose_name_plural = "thông báo"
        ordering = ["-created_at", "-pk"]
        constraints = [models.UniqueConstraint(fields=["user", "key"], name="told_once")]
        indexes = [
            models.Index(fields=["user", "-created_at"], name="notices_of_a_person"),
            models.Index(fields=["user"], condition=Q(read_at__isnull=True) & Q(address=""), name="notices_not_read"),
            models.Index(
                fields=["due_at"],
                condition=Q(letter__in=(Posting.WAITING, Posting.SENDING)),
                name="letters_on_their_way",
            ),
            models.Index(fields=["about"], condition=~Q(about=""), name="notices_about"),
        ]

    def __str__(self) -> str:
        return self.subject


class NoticeChoice(models.Model):
    """What one person chose for one kind; where there is no row, `DEFAULT_WAYS` holds."""

    user = models.ForeignKey("units.User", on_delete=models.CASCADE, related_name="notice_choices")
    kind = models.CharField(max_length=8, choices=NoticeKind)
    way = models.CharField(max_length=8, choices=NoticeWay)

    class Meta:
        verbose_name = "cách nhận thông báo"
        verbose_name_plural = "cách nhận thông báo"
        constraints = [models.UniqueConstraint(fields=["user", "kind"], name="one_way_for_a_kind")]

    def __str__(self) -> str:
        return f"{self.user}: {self.kind} {self.way}"


def unread_of_user() -> Coalesce:
    """How many notices the person of a membership has not read, as a column of that membership."""
    unread = Notice.objects.unread().filter(user=models.OuterRef("user")).order_by()
    counted = unread.annotate(group=F("user")).values("group").annotate(number=models.Count("pk")).values("number")
    return Coalesce(models.Subquery(counted), 0)
