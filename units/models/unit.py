"""Administrative units through time, and the organisers among them."""

from __future__ import annotations

import datetime
from collections.abc import Iterable

from django.db import models
from django.db.models import F, Q

from units.enums import SuccessionKind, UnitKind
from units.models.fields import DerivedCharField, sort_column
from units.validators import code_validator, free_slug, slug_validator, visible_name
from units.vietnamese import fold


class UnitQuerySet(models.QuerySet["Unit"]):
    def valid_on(self, day: datetime.date) -> UnitQuerySet:
        """Units that exist on `day`: from their first day up to, not including, the day they end."""
        return self.filter(valid_from__lte=day).filter(Q(valid_to__isnull=True) | Q(valid_to__gt=day))


class Unit(models.Model):
    """One unit during one stretch of time; a unit that is reorganised ends, and its successor is another row.

    `code` is the official code (province 2 digits, old district 3, commune 5) or, for a sở, the organiser's own.
    It is unique among the units under one parent that begin on one day, since the state re-uses codes.
    `end_document` is what ended it, where it was ended on screen (docs/units.md); imports leave it empty.
    """

    code = models.CharField("mã", max_length=32, validators=[code_validator])
    name = models.CharField("tên", max_length=200, validators=[visible_name])
    kind = models.CharField("loại", max_length=20, choices=UnitKind)
    parent = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="children", verbose_name="đơn vị cấp trên"
    )
    valid_from = models.DateField("tồn tại từ ngày")
    valid_to = models.DateField("đến trước ngày", null=True, blank=True)
    end_document = models.CharField("văn bản kết thúc", max_length=200, blank=True, editable=False)
    name_sort = DerivedCharField(max_length=1400, source="name", derive=sort_column)
    name_fold = DerivedCharField(max_length=250, source="name", derive=fold, db_index=True)

    objects = UnitQuerySet.as_manager()

    class Meta:
        verbose_name = "đơn vị"
        verbose_name_plural = "đơn vị"
        ordering = ["name_sort", "code", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["parent", "code", "valid_from"],
                condition=Q(parent__isnull=False),
                name="unit_code_unique_under_parent",
                violation_error_message="Đã có đơn vị cùng mã, cùng cấp trên, cùng ngày bắt đầu.",
            ),
            models.UniqueConstraint(
                fields=["code", "valid_from"],
                condition=Q(parent__isnull=True),
                name="unit_code_unique_at_top",
                violation_error_message="Đã có đơn vị cấp cao nhất cùng mã, cùng ngày bắt đầu.",
            ),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gt=F("valid_from")),
                name="unit_ends_after_it_begins",
                violation_error_message="Ngày kết thúc phải sau ngày bắt đầu.",
            ),
        ]
        indexes = [models.Index(fields=["kind", "code"])]

    def __str__(self) -> str:
        return self.name


class UnitSuccessionQuerySet(models.QuerySet["UnitSuccession"]):
    def units_before(self, units: Iterable[int], day: datetime.date) -> dict[int, set[int]]:
        """Each of `units` (pk) → every unit that it had come out of by `day`, however many steps back; a query a step.

        Only a recorded succession says so, from its own day on.
        """
        before: dict[int, set[int]] = {unit: set() for unit in units}
        heirs: dict[int, set[int]] = {unit: {unit} for unit in before}
        while heirs:
            steps = self.filter(successor__in=heirs, date__lte=day)
            older: dict[int, set[int]] = {}
            for predecessor, successor in steps.values_list("predecessor", "successor"):
                new = {unit for unit in heirs[successor] if predecessor not in before[unit] and predecessor != unit}
                for unit in new:
                    before[unit].add(predecessor)
                if new:
                    older.setdefault(predecessor, set()).update(new)
            heirs = older
        return before


class UnitSuccession(models.Model):
    """`predecessor` became (part of) `successor` on `date`; series of numbers break there."""

    predecessor = models.ForeignKey(
        Unit, on_delete=models.PROTECT, related_name="successions", verbose_name="đơn vị cũ"
    )
    successor = models.ForeignKey(
        Unit, on_delete=models.PROTECT, related_name="predecessions", verbose_name="đơn vị mới"
    )
    kind = models.CharField("hình thức", max_length=12, choices=SuccessionKind)
    date = models.DateField("ngày hiệu lực")
    document = models.CharField("văn bản", max_length=200, blank=True)

    objects = UnitSuccessionQuerySet.as_manager()

    class Meta:
        verbose_name = "nối tiếp đơn vị"
        verbose_name_plural = "nối tiếp đơn vị"
        ordering = ["date", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["predecessor", "successor"], name="unit_succession_once"),
            models.CheckConstraint(condition=~Q(predecessor=F("successor")), name="unit_does_not_succeed_itself"),
        ]

    def __str__(self) -> str:
        return f"{self.predecessor} → {self.successor}"


class Organiser(models.Model):
    """A unit that runs campaigns of its own (a province; in the past a huyện; the ministry for provinces).

    Everything that is scored or published belongs to exactly one organiser. `keeps_portal`: who administers this one
    administers the whole portal (units of the country, organisers, everybody's accounts); others administer their own.
    """

    unit = models.OneToOneField(
        Unit,
        on_delete=models.PROTECT,
        related_name="organiser",
        verbose_name="đơn vị",
        error_messages={"unique": "Đơn vị này đã là nơi tổ chức."},
    )
    slug = models.CharField(
        "địa chỉ ngắn",
        max_length=48,
        unique=True,
        validators=[slug_validator, free_slug],
        error_messages={"unique": "Địa chỉ ngắn này đã dùng cho nơi khác."},
    )
    title = models.CharField(
        "cơ quan công bố", max_length=200, validators=[visible_name], help_text="Ví dụ: UBND tỉnh Quảng Ngãi"
    )
    place = models.CharField("địa bàn", max_length=200, validators=[visible_name], help_text="Ví dụ: tỉnh Quảng Ngãi")
    lead_department = models.CharField(
        "cơ quan điều phối", max_length=200, validators=[visible_name], default="Sở Nội vụ"
    )
    keeps_portal = models.BooleanField(
        "giữ cổng",
        default=False,
        help_text="Người quản trị ở đây quản lý danh mục và tài khoản của cả cổng, không chỉ của nơi này.",
    )

    class Meta:
        verbose_name = "đơn vị tổ chức đánh giá"
        verbose_name_plural = "đơn vị tổ chức đánh giá"
        ordering = ["slug"]

    def __str__(self) -> str:
        return self.title
