"""Criteria trees: plain adjacency with a path of fixed-width segments, which is also the printed order."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q

from scoring.enums import CriterionRole, Source
from units.validators import code_validator


class CriteriaSet(models.Model):
    """Bộ tiêu chí: the tree that one kind of unit is measured by in one campaign."""

    campaign = models.ForeignKey("scoring.Campaign", on_delete=models.CASCADE, related_name="criteria_sets")
    code = models.CharField("mã bộ tiêu chí", max_length=32, validators=[code_validator])
    title = models.CharField("tên bộ tiêu chí", max_length=200)
    position = models.PositiveSmallIntegerField(default=0)
    unit_kinds = models.JSONField("áp dụng cho loại đơn vị", default=list, blank=True)
    note = models.CharField("ghi chú", max_length=500, blank=True)
    is_sample = models.BooleanField("bộ mẫu", default=False)
    revision = models.PositiveSmallIntegerField("bản", default=1)
    frozen_at = models.DateTimeField("khóa lúc", null=True, blank=True)

    class Meta:
        verbose_name = "bộ tiêu chí"
        verbose_name_plural = "bộ tiêu chí"
        ordering = ["campaign", "position", "code"]
        constraints = [models.UniqueConstraint(fields=["campaign", "code"], name="set_code_unique_in_campaign")]

    def __str__(self) -> str:
        return self.title

    @property
    def organiser_id(self) -> int:
        return self.campaign.organiser_id


class CriterionQuerySet(models.QuerySet["Criterion"]):
    def in_force(self) -> CriterionQuerySet:
        """Without those that an amendment took out of their set."""
        return self.filter(retired_in__isnull=True)


class Criterion(models.Model):
    """One node; without a parent it is a component (lĩnh vực), without children a leaf with a rule.

    `permanent_id` stays the same when a set is copied to another year or revised. `changed_in` is the revision in which
    an amendment last changed the rule or the maximum: a value given under an older one no longer counts.
    `scoring_text` holds the annex's own words, `rule_pending` marks a leaf whose annex row named no rule.
    """

    criteria_set = models.ForeignKey(CriteriaSet, on_delete=models.CASCADE, related_name="criteria")
    parent = models.ForeignKey("self", on_delete=models.CASCADE, null=True, blank=True, related_name="children")
    path = models.CharField(max_length=120)
    code = models.CharField("mã", max_length=32)
    title = models.CharField("tên", max_length=500)
    max_points = models.DecimalField("điểm tối đa", max_digits=25, decimal_places=10)
    weight = models.DecimalField("trọng số", max_digits=25, decimal_places=10, null=True, blank=True)
    source = models.CharField("nguồn điểm", max_length=12, choices=Source, default=Source.SELF)
    role = models.CharField("vai trò", max_length=8, choices=CriterionRole, default=CriterionRole.SCORED)
    rule = models.JSONField("quy tắc", null=True, blank=True)
    permanent_id = models.UUIDField(default=uuid.uuid4, editable=False)
    scoring_text = models.TextField("cách tính", blank=True)
    evidence_text = models.TextField("tài liệu kiểm chứng", blank=True)
    lead_department = models.CharField("cơ quan thẩm định", max_length=200, blank=True)
    rule_pending = models.BooleanField("chưa có quy tắc", default=False)
    changed_in = models.PositiveSmallIntegerField(default=1)
    retired_in = models.PositiveSmallIntegerField(null=True, blank=True)

    objects = CriterionQuerySet.as_manager()

    class Meta:
        verbose_name = "tiêu chí"
        verbose_name_plural = "tiêu chí"
        ordering = ["criteria_set", "path"]
        constraints = [
            models.UniqueConstraint(
                fields=["criteria_set", "path"],
                condition=Q(retired_in__isnull=True),
                name="criterion_path_unique_in_set",
            ),
            models.UniqueConstraint(
                fields=["criteria_set", "code"],
                condition=Q(retired_in__isnull=True),
                name="criterion_code_unique_in_set",
            ),
            models.UniqueConstraint(fields=["criteria_set", "permanent_id"], name="criterion_once_in_set"),
            models.CheckConstraint(condition=Q(max_points__gte=0), name="criterion_max_points_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.title}"

    @property
    def is_leaf(self) -> bool:
        return self.rule is not None

    @property
    def component_path(self) -> str:
        """The first segment of the path: that of the component this node stands in."""
        return self.path.split(".", 1)[0]
