"""What the head of a unit sends back to the staff: a word on the dossier, or on one leaf of it."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from scoring.enums import Purpose


class ReturnNote(models.Model):
    """What is to be mended before the head signs; of one leaf, or of the whole where `criterion` is none.

    Settled by a person, or by the leaf being declared anew: `seen_version` is the version of the declared value that
    the head had read, 0 for none.
    """

    participant = models.ForeignKey("scoring.Participant", on_delete=models.CASCADE, related_name="return_notes")
    criterion = models.ForeignKey(
        "scoring.Criterion", on_delete=models.RESTRICT, null=True, blank=True, related_name="return_notes"
    )
    purpose = models.CharField(max_length=12, choices=Purpose, default=Purpose.DECLARED)
    text = models.TextField("cần sửa gì", max_length=1000)
    seen_version = models.PositiveIntegerField(default=0)
    by = models.ForeignKey("units.User", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    settled_by = models.ForeignKey("units.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    settled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = "điều thủ trưởng yêu cầu sửa"
        verbose_name_plural = "điều thủ trưởng yêu cầu sửa"
        ordering = ["participant", "pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(text=""), name="return_note_is_not_empty"),
            models.CheckConstraint(
                condition=Q(settled_at__isnull=True, settled_by__isnull=True) | Q(settled_at__isnull=False),
                name="return_note_settled_at_a_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.participant} · {self.criterion or 'cả phiếu'}"
