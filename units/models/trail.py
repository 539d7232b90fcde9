"""What was done, by whom, when: append-only, each entry chained to the one before by SHA-256."""

from __future__ import annotations

from django.db import models

from units.models.appendonly import AppendOnlyModel


class TrailHead(models.Model):
    """The last link of one scope (`site` or `campaign:<organiser>/<code>`); locked while the next is appended."""

    scope = models.CharField(max_length=120, unique=True)
    seq = models.PositiveBigIntegerField(default=0)
    hash = models.CharField(max_length=64, default="")

    class Meta:
        verbose_name = "đầu chuỗi nhật ký"
        verbose_name_plural = "đầu chuỗi nhật ký"

    def __str__(self) -> str:
        return f"{self.scope} #{self.seq}"


class TrailEntry(AppendOnlyModel):
    """One act. Names and roles are kept as they were that day, so that an account may be anonymised later.

    `form` says what the hash is taken over (`units.trail.chain`). `address` is where the request came from, empty for
    commands, jobs and entries of the first form.
    """

    form = models.PositiveSmallIntegerField()
    scope = models.CharField(max_length=120)
    seq = models.PositiveBigIntegerField()
    at = models.DateTimeField()
    actor = models.ForeignKey(
        "units.User", on_delete=models.PROTECT, null=True, blank=True, related_name="trail_entries"
    )
    actor_label = models.CharField(max_length=200)
    actor_role = models.CharField(max_length=200, blank=True)
    address = models.CharField(max_length=45, blank=True)
    action = models.CharField(max_length=80)
    object_label = models.CharField(max_length=300)
    object_type = models.CharField(max_length=80, blank=True)
    object_id = models.CharField(max_length=64, blank=True)
    data = models.JSONField(default=dict)
    previous_hash = models.CharField(max_length=64, blank=True)
    hash = models.CharField(max_length=64)

    class Meta(AppendOnlyModel.Meta):
        verbose_name = "dòng nhật ký"
        verbose_name_plural = "nhật ký"
        ordering = ["scope", "seq"]
        constraints = [models.UniqueConstraint(fields=["scope", "seq"], name="trail_seq_once_in_scope")]
        indexes = [models.Index(fields=["object_type", "object_id"])]

    def __str__(self) -> str:
        return f"{self.scope} #{self.seq} {self.action}"
