"""Values by stage: one row per unit, leaf and stage; no stage overwrites another's."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from scoring.enums import Stage


class Value(models.Model):
    """What one stage says of one leaf at one unit: figures for the rule, or a person's points, or "không áp dụng".

    `version` rises with every change of the row; an edit made from an older one is refused.
    """

    participant = models.ForeignKey("scoring.Participant", on_delete=models.CASCADE, related_name="values")
    criterion = models.ForeignKey("scoring.Criterion", on_delete=models.RESTRICT, related_name="values")
    stage = models.CharField(max_length=12, choices=Stage)
    inputs = models.JSONField("số liệu", null=True, blank=True)
    points = models.DecimalField("điểm", max_digits=25, decimal_places=10, null=True, blank=True)
    not_applicable = models.BooleanField("không áp dụng", default=False)
    reason = models.TextField("lý do", blank=True)
    author = models.ForeignKey("units.User", on_delete=models.PROTECT, null=True, related_name="+")
    recorded_at = models.DateTimeField(auto_now_add=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        verbose_name = "giá trị"
        verbose_name_plural = "giá trị"
        constraints = [
            models.UniqueConstraint(fields=["participant", "criterion", "stage"], name="value_once_per_stage"),
            models.CheckConstraint(
                condition=(
                    Q(inputs__isnull=False, points__isnull=True, not_applicable=False)
                    | Q(inputs__isnull=True, points__isnull=False, not_applicable=False)
                    | Q(inputs__isnull=True, points__isnull=True, not_applicable=True)
                ),
                name="value_is_figures_or_points_or_not_applicable",
            ),
            models.CheckConstraint(
                condition=Q(points__isnull=True) | ~Q(reason=""), name="value_of_a_person_has_a_reason"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.participant} · {self.criterion} · {self.get_stage_display()}"
