"""A workbook of entered points on its way in."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from scoring.enums import ImportState


class EnteredImport(models.Model):
    """One uploaded workbook of entered points that was read without a fault; only who uploaded it may apply it.

    `rows` are those that carry figures, in the order of the file: {"sheet", "row", "participant", "criterion" (pks),
    "inputs" (as in a campaign file), "seen" (the version that stood when the file was read, 0 for none), "kind"
    ("new", "changed", "same")}. What is applied are exactly these rows of the bytes with `sha256`, all of them, once.
    """

    campaign = models.ForeignKey("scoring.Campaign", on_delete=models.CASCADE, related_name="entered_imports")
    uploaded_by = models.ForeignKey("units.User", on_delete=models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField(auto_now_add=True)
    file_name = models.CharField(max_length=255)
    sha256 = models.CharField(max_length=64)
    state = models.CharField(max_length=12, choices=ImportState, default=ImportState.READY)
    rows = models.JSONField(default=list)
    applied_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = "tệp điểm nhập tải lên"
        verbose_name_plural = "tệp điểm nhập tải lên"
        ordering = ["-uploaded_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state=ImportState.APPLIED, applied_at__isnull=False)
                | (~Q(state=ImportState.APPLIED) & Q(applied_at__isnull=True)),
                name="entered_import_applied_at_an_instant",
            )
        ]

    def __str__(self) -> str:
        return self.file_name

    @property
    def organiser_id(self) -> int:
        return self.campaign.organiser_id
