"""Values by stage: one row per unit, leaf and stage; no stage overwrites another's, and every change is kept."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from scoring.enums import Stage
from units.models.appendonly import AppendOnlyModel


class ValueQuerySet(models.QuerySet["Value"]):
    def fresh(self) -> ValueQuerySet:
        """Without values that no longer count: given under a rule or maximum which an amendment has changed since, or
        a verdict on what the unit has declared anew since."""
        return self.filter(
            revision__gte=models.F("criterion__changed_in"), criterion__retired_in__isnull=True, is_overtaken=False
        )


class Value(models.Model):
    """What one stage says of one leaf at one unit: figures for the rule, or a person's points, or "không áp dụng".

    `version` rises with every change of the row; an edit made from an older one is refused. `worth` is what the value
    earns by the rule, rounded to 6 decimals: a copy for lists, never read by a run; None for "không áp dụng".
    `is_overtaken` marks a verdict on a declared value that the unit has changed since: it must be judged anew.
    `note` is the unit's own remark; `legal_basis` goes with a confirmed "không áp dụng". An entered value counts once
    a second person has confirmed it. `on_behalf` names the paper by which the coordinator entered a declared value.
    """

    participant = models.ForeignKey("scoring.Participant", on_delete=models.CASCADE, related_name="values")
    criterion = models.ForeignKey("scoring.Criterion", on_delete=models.RESTRICT, related_name="values")
    stage = models.CharField(max_length=12, choices=Stage)
    inputs = models.JSONField("số liệu", null=True, blank=True)
    points = models.DecimalField("điểm", max_digits=25, decimal_places=10, null=True, blank=True)
    not_applicable = models.BooleanField("không áp dụng", default=False)
    reason = models.TextField("lý do", blank=True)
    legal_basis = models.CharField("căn cứ", max_length=300, blank=True)
    note = models.TextField("ghi chú", blank=True)
    on_behalf = models.CharField("nhập thay", max_length=160, blank=True)
    worth = models.DecimalField(max_digits=25, decimal_places=10, null=True, blank=True)
    revision = models.PositiveSmallIntegerField("theo bản của bộ tiêu chí", default=1)
    is_overtaken = models.BooleanField(default=False)
    author = models.ForeignKey("units.User", on_delete=models.PROTECT, null=True, related_name="+")
    recorded_at = models.DateTimeField(auto_now_add=True)
    changed_at = models.DateTimeField(auto_now=True)
    version = models.PositiveIntegerField(default=1)
    confirmed_by = models.ForeignKey("units.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    confirmed_at = models.DateTimeField(null=True, blank=True)

    objects = ValueQuerySet.as_manager()

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
            models.CheckConstraint(
                condition=Q(confirmed_by__isnull=True) | ~Q(confirmed_by=models.F("author")),
                name="value_confirmed_by_a_second_person",
            ),
        ]
        indexes = [models.Index(fields=["participant", "stage"])]

    def __str__(self) -> str:
        return f"{self.participant} · {self.criterion} · {self.get_stage_display()}"

    @property
    def is_fresh(self) -> bool:
        """Given under the rule and maximum of today (see `Criterion.changed_in`), on what the unit says today."""
        return self.revision >= self.criterion.changed_in and not self.is_overtaken


class ValueChange(AppendOnlyModel):
    """What a value was after each change, for ever; `content` has the keys inputs, points, not_applicable, reason,
    legal_basis, note, worth (strings or null), or is null where the value was taken away."""

    participant = models.ForeignKey("scoring.Participant", on_delete=models.PROTECT, related_name="value_changes")
    criterion = models.ForeignKey("scoring.Criterion", on_delete=models.PROTECT, related_name="value_changes")
    stage = models.CharField(max_length=12, choices=Stage)
    version = models.PositiveIntegerField()
    revision = models.PositiveSmallIntegerField(default=1)
    content = models.JSONField(null=True)
    author = models.ForeignKey("units.User", on_delete=models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta(AppendOnlyModel.Meta):
        verbose_name = "lần sửa giá trị"
        verbose_name_plural = "lần sửa giá trị"
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["participant", "criterion", "stage", "version"], name="value_change_once_per_version"
            )
        ]

    def __str__(self) -> str:
        return f"{self.participant} · {self.criterion} · {self.stage} · {self.version}"
