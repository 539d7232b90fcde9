"""What the virus scanner said of bytes."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Case, F, OuterRef, Q, Subquery, When

from scoring.enums import HeldStepKind
from units.models.appendonly import AppendOnlyModel


class ScanQuerySet(models.QuerySet["Scan"]):
    def harmful(self) -> ScanQuerySet:
        return self.exclude(found="")

    def with_step(self, organiser: int) -> Any:
        """With `step`: the last decision of people of the organiser, None where there is none or it is about another
        finding: what they said before of this one is overtaken by it."""
        steps = HeldStep.objects.filter(organiser=organiser, sha256=OuterRef("sha256")).order_by("-number")
        counts = Case(When(found=OuterRef("found"), then=F("kind")), default=None)
        return self.annotate(step=Subquery(steps.annotate(counts=counts).values("counts")[:1]))

    def closed_at(self, organiser: int) -> Any:
        """Harmful, and not released there in spite of it."""
        found = self.harmful().with_step(organiser)
        return found.filter(Q(step__isnull=True) | ~Q(step=HeldStepKind.RELEASED))


class Scan(models.Model):
    """The verdict over the bytes with this digest, wherever they are stored; no row: nobody has looked so far.

    `found` names what is in them, empty where they are clean.
    """

    sha256 = models.CharField(max_length=64, unique=True)
    found = models.CharField(max_length=120, blank=True)
    at = models.DateTimeField()

    objects = ScanQuerySet.as_manager()

    class Meta:
        verbose_name = "lần quét mã độc"
        verbose_name_plural = "lần quét mã độc"

    def __str__(self) -> str:
        return f"{self.sha256[:12]}: {self.found or 'sạch'}"


class HeldStep(AppendOnlyModel):
    """What somebody of an organiser decided of bytes that the scanner finds harmful; the highest `number` counts.

    `found` is the scanner's word at that time: where it says something else later, nothing is decided of that. It
    holds at this organiser alone: what a colleague elsewhere answers for is no answer here.
    """

    organiser = models.ForeignKey("units.Organiser", on_delete=models.PROTECT, related_name="+")
    sha256 = models.CharField(max_length=64)
    number = models.PositiveSmallIntegerField()
    kind = models.CharField("việc", max_length=8, choices=HeldStepKind)
    found = models.CharField(max_length=120)
    reason = models.CharField("lý do", max_length=500)
    by = models.ForeignKey("units.User", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta(AppendOnlyModel.Meta):
        verbose_name = "quyết định về tệp bị giữ lại"
        verbose_name_plural = "quyết định về tệp bị giữ lại"
        ordering = ["organiser", "sha256", "number"]
        constraints = [
            models.UniqueConstraint(fields=["organiser", "sha256", "number"], name="held_step_number_once"),
            models.CheckConstraint(condition=~Q(reason="") & ~Q(found=""), name="held_step_has_reason_and_finding"),
        ]

    def __str__(self) -> str:
        return f"{self.sha256[:12]}: {self.get_kind_display()}"
