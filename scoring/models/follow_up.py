"""What a unit does about a lost point until the next year: a task, and the documents that come of it."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from scoring.enums import EvidenceKind, FollowUpState


class FollowUp(models.Model):
    """One task at a leaf at which the unit lost points in the year of `participant`.

    `lost` is how much, as the unit read it then ("0,50"). `version` rises with every change of the words, the person,
    the day or the state.
    """

    participant = models.ForeignKey("scoring.Participant", on_delete=models.PROTECT, related_name="follow_ups")
    criterion = models.ForeignKey("scoring.Criterion", on_delete=models.PROTECT, related_name="+")
    lost = models.CharField("điểm mất", max_length=40)
    text = models.TextField("việc phải làm", max_length=1000)
    owner = models.ForeignKey("units.User", on_delete=models.PROTECT, related_name="+", verbose_name="người làm")
    due_on = models.DateField("hạn")
    state = models.CharField("tình trạng", max_length=8, choices=FollowUpState, default=FollowUpState.OPEN)
    version = models.PositiveIntegerField(default=1)
    made_by = models.ForeignKey("units.User", on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    changed_by = models.ForeignKey("units.User", on_delete=models.PROTECT, related_name="+")
    changed_at = models.DateTimeField()

    class Meta:
        verbose_name = "việc theo dõi"
        verbose_name_plural = "việc theo dõi"
        ordering = ["due_on", "pk"]
        constraints = [models.CheckConstraint(condition=~Q(text=""), name="follow_up_is_not_empty")]

    def __str__(self) -> str:
        return f"{self.participant} · {self.criterion}"

    @property
    def campaign(self):  # type: ignore[no-untyped-def]
        return self.participant.campaign

    @property
    def organiser_id(self) -> int:
        return self.participant.campaign.organiser_id


class FollowUpFile(models.Model):
    """A document gathered for a task through the year. `key` is a random name in the private store; the row stays
    when the file is taken off the task, so that its bytes are known."""

    follow_up = models.ForeignKey(FollowUp, on_delete=models.PROTECT, related_name="files")
    abstract = models.CharField("trích yếu", max_length=500)
    name = models.CharField(max_length=255)
    key = models.CharField(max_length=120, unique=True)
    sha256 = models.CharField(max_length=64)
    size = models.PositiveBigIntegerField()
    kind = models.CharField(max_length=4, choices=EvidenceKind)
    uploaded_by = models.ForeignKey("units.User", on_delete=models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = "tài liệu của việc theo dõi"
        verbose_name_plural = "tài liệu của việc theo dõi"
        ordering = ["follow_up", "pk"]

    def __str__(self) -> str:
        return self.abstract
