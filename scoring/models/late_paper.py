"""Văn bản đến muộn: the paper by which the coordinator enters a dossier on behalf of a unit that missed its hour."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from scoring.enums import EvidenceKind
from units.models.appendonly import AppendOnlyModel


class LatePaper(AppendOnlyModel):
    """One paper of one unit: what stands on it, when it arrived, why it is taken, and its scan.

    `submission_version` is that of the dossier once the paper was taken: the paper is in hand as long as nothing else
    has changed the dossier's state. `key` is a random name in the private store.
    """

    submission = models.ForeignKey("scoring.Submission", on_delete=models.PROTECT, related_name="late_papers")
    submission_version = models.PositiveIntegerField()
    number = models.CharField("số, ký hiệu", max_length=80)
    dated_on = models.DateField("ngày văn bản")
    arrived_on = models.DateField("ngày đến")
    reason = models.CharField("lý do nhận", max_length=500)
    key = models.CharField(max_length=120, unique=True)
    name = models.CharField(max_length=255)
    sha256 = models.CharField(max_length=64)
    size = models.PositiveBigIntegerField()
    kind = models.CharField(max_length=4, choices=EvidenceKind)
    by = models.ForeignKey("units.User", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta(AppendOnlyModel.Meta):
        verbose_name = "văn bản đến muộn"
        verbose_name_plural = "văn bản đến muộn"
        ordering = ["submission", "pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(number="") & ~Q(reason=""), name="late_paper_has_number_and_reason"),
            models.CheckConstraint(
                condition=Q(arrived_on__gte=models.F("dated_on")), name="late_paper_arrives_after_its_date"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number}, {self.submission}"

    @property
    def participant(self):  # type: ignore[no-untyped-def]
        return self.submission.participant

    @property
    def organiser_id(self) -> int:
        return self.participant.campaign.organiser_id
