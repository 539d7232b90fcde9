"""Who of a unit looks after which leaf of its worksheet."""

from __future__ import annotations

from django.db import models


class LeafCharge(models.Model):
    """One person of the unit looks after one leaf. A word among colleagues: whoever may write the leaf still may.

    A row goes when the leaf is nobody's again; who gave what to whom stands in the trail.
    """

    participant = models.ForeignKey("scoring.Participant", on_delete=models.CASCADE, related_name="charges")
    criterion = models.ForeignKey("scoring.Criterion", on_delete=models.CASCADE, related_name="+")
    person = models.ForeignKey("units.User", on_delete=models.PROTECT, related_name="+", verbose_name="người phụ trách")
    given_by = models.ForeignKey("units.User", on_delete=models.PROTECT, related_name="+")
    given_at = models.DateTimeField()

    class Meta:
        verbose_name = "tiêu chí giao cho đồng nghiệp"
        verbose_name_plural = "tiêu chí giao cho đồng nghiệp"
        constraints = [models.UniqueConstraint(fields=["participant", "criterion"], name="leaf_in_charge_of_one")]

    def __str__(self) -> str:
        return f"{self.participant} · {self.criterion}: {self.person}"
