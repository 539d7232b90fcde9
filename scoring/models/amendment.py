"""Amendments: how a frozen criteria set changes in the course of its year."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from scoring.enums import AmendmentState


class Amendment(models.Model):
    """One revision of a frozen set by decision: `annex` is the whole new tree as read, `changes` the differences by
    permanent id, `impact` what they touch, and whether it "overtakes" a change made after it was begun. Drafted by one
    person, applied by another; units answer the leaves that changed until `redeclare_until`."""

    criteria_set = models.ForeignKey("scoring.CriteriaSet", on_delete=models.CASCADE, related_name="amendments")
    revision = models.PositiveSmallIntegerField("thành bản")
    decision_number = models.CharField("số quyết định", max_length=80)
    decision_date = models.DateField("ngày quyết định")
    reason = models.CharField("lý do", max_length=500)
    redeclare_until = models.DateTimeField("đơn vị kê khai lại đến", null=True, blank=True)
    sha256 = models.CharField(max_length=64)
    annex = models.JSONField()
    changes = models.JSONField(default=list)
    impact = models.JSONField(default=dict)
    state = models.CharField(max_length=10, choices=AmendmentState, default=AmendmentState.DRAFTED)
    drafted_by = models.ForeignKey("units.User", on_delete=models.PROTECT, related_name="+")
    drafted_at = models.DateTimeField(auto_now_add=True)
    applied_by = models.ForeignKey("units.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    applied_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = "sửa đổi bộ tiêu chí"
        verbose_name_plural = "sửa đổi bộ tiêu chí"
        ordering = ["criteria_set", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["criteria_set"], condition=Q(state=AmendmentState.DRAFTED), name="one_amendment_at_a_time"
            ),
            models.CheckConstraint(
                condition=Q(applied_by__isnull=True) | ~Q(applied_by=F("drafted_by")),
                name="amendment_applied_by_a_second_person",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.criteria_set}, bản {self.revision}"

    @property
    def campaign(self):  # type: ignore[no-untyped-def]
        return self.criteria_set.campaign

    @property
    def organiser_id(self) -> int:
        return self.criteria_set.campaign.organiser_id
