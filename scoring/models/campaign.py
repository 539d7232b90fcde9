"""A yearly campaign of one organiser, its peer groups and the units that take part."""

from __future__ import annotations

import datetime

from django.db import models
from django.db.models import F, Q

from scoring.enums import Origin, Phase
from units.validators import code_validator

MOST_GRACE = 24 * 60
"""Minutes; more is no grace but another deadline."""


class Campaign(models.Model):
    """One year's evaluation. `policy`, `grades`, `gates` are those parts of the campaign file (methodology,
    section 1), numbers as strings; the engine checks them whenever the file is built.

    `version` counts every change of the campaign's data: an edit carries the version that it was made from.
    """

    organiser = models.ForeignKey(
        "units.Organiser", on_delete=models.PROTECT, related_name="campaigns", verbose_name="đơn vị tổ chức"
    )
    code = models.CharField("mã kỳ", max_length=32, validators=[code_validator])
    title = models.CharField("tên kỳ", max_length=200)
    year = models.PositiveSmallIntegerField("năm đánh giá")
    origin = models.CharField("nguồn số liệu", max_length=8, choices=Origin, default=Origin.PORTAL)
    is_sample = models.BooleanField("dữ liệu minh họa", default=False)
    policy = models.JSONField("cách tính")
    grades = models.JSONField("thang xếp loại")
    gates = models.JSONField("điều kiện khống chế xếp loại", default=list)
    grades_known = models.BooleanField(
        "bảng có in ngưỡng xếp loại", default=True, help_text="Sai: xếp loại chỉ hiện như bản in, không tính lại."
    )
    decision_number = models.CharField("số quyết định của bảng đã công bố", max_length=80, blank=True)
    decision_date = models.DateField("ngày quyết định", null=True, blank=True)
    decision_issuer = models.CharField("cơ quan ban hành", max_length=200, blank=True)
    source_text = models.CharField("nguồn", max_length=500, blank=True)
    source_url = models.URLField("địa chỉ nguồn", max_length=500, blank=True)
    printed_statement = models.CharField(
        "bản công bố còn nêu",
        max_length=500,
        blank=True,
        help_text="Điều nguồn nêu về cả khối, không theo từng đơn vị.",
    )
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = "kỳ đánh giá"
        verbose_name_plural = "kỳ đánh giá"
        ordering = ["-year", "code"]
        constraints = [
            models.UniqueConstraint(
                fields=["organiser", "code"],
                name="campaign_code_unique_for_organiser",
                violation_error_message="Đã có kỳ đánh giá mang mã này.",
            ),
            models.CheckConstraint(condition=Q(year__gte=2000) & Q(year__lte=2100), name="campaign_year_plausible"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def trail_scope(self) -> str:
        return f"campaign:{self.organiser_id}/{self.code}"

    @property
    def campaign(self) -> Campaign:
        """Itself, so that a predicate asks a campaign and what hangs on it the same way."""
        return self


class Group(models.Model):
    """Khối: the units that are ranked against each other.

    An excerpt (`is_excerpt`) is what a published source names of a group when it names only some of its units: ranks
    and the mean cannot be recomputed and are shown as printed. `listed_of` is then the size of the whole group, None
    where the source does not say it.
    """

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="groups")
    code = models.CharField("mã khối", max_length=32, validators=[code_validator])
    title = models.CharField("tên khối", max_length=120)
    position = models.PositiveSmallIntegerField()
    phase = models.CharField("bước", max_length=16, choices=Phase, default=Phase.DRAFT)
    grades = models.JSONField(null=True, blank=True)
    gates = models.JSONField(null=True, blank=True)
    is_excerpt = models.BooleanField("bảng chỉ trích một phần của khối", default=False)
    listed_of = models.PositiveIntegerField("tổng số đơn vị của khối khi chỉ trích", null=True, blank=True)
    printed_mean = models.CharField("trung bình theo bản in", max_length=20, blank=True)

    class Meta:
        verbose_name = "khối"
        verbose_name_plural = "khối"
        ordering = ["campaign", "position"]
        constraints = [
            models.UniqueConstraint(fields=["campaign", "code"], name="group_code_unique_in_campaign"),
            models.UniqueConstraint(fields=["campaign", "position"], name="group_position_unique_in_campaign"),
            models.CheckConstraint(
                condition=Q(is_excerpt=True) | Q(listed_of__isnull=True), name="group_size_only_for_an_excerpt"
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def organiser_id(self) -> int:
        return self.campaign.organiser_id


class Window(models.Model):
    """When one phase of one group takes writing: from `opens_at` up to, not including, `closes_at`.

    What the unit may still do after `closes_at` stands in `scoring.workflow.deadline`: for `grace_minutes` it hands in
    what is there, and with `takes_begun_files` files are stored whose sending began before.
    """

    group = models.ForeignKey(Group, on_delete=models.CASCADE, related_name="windows")
    phase = models.CharField("bước", max_length=16, choices=Phase)
    opens_at = models.DateTimeField("mở lúc")
    closes_at = models.DateTimeField("đóng lúc")
    grace_minutes = models.PositiveSmallIntegerField("số phút nộp thêm sau hạn", default=0)
    takes_begun_files = models.BooleanField("nhận tệp bắt đầu tải lên trước hạn", default=False)

    class Meta:
        verbose_name = "thời hạn"
        verbose_name_plural = "thời hạn"
        ordering = ["group", "opens_at"]
        constraints = [
            models.UniqueConstraint(fields=["group", "phase"], name="window_once_for_a_phase"),
            models.CheckConstraint(condition=Q(closes_at__gt=F("opens_at")), name="window_closes_after_it_opens"),
            models.CheckConstraint(condition=Q(grace_minutes__lte=MOST_GRACE), name="grace_is_at_most_a_day"),
        ]

    def __str__(self) -> str:
        return f"{self.group}: {self.get_phase_display()}"

    @property
    def grace(self) -> datetime.timedelta:
        return datetime.timedelta(minutes=self.grace_minutes)


class Participant(models.Model):
    """One unit in one campaign. `name` is how the unit was called in it; `not_applicable` is that part of the
    campaign file: [{"criterion", "reason", "legal_basis"}]."""

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="participants")
    unit = models.ForeignKey("units.Unit", on_delete=models.PROTECT, related_name="participations")
    code = models.CharField("mã đơn vị trong kỳ", max_length=32, validators=[code_validator])
    name = models.CharField("tên đơn vị trong kỳ", max_length=200)
    group = models.ForeignKey(Group, on_delete=models.CASCADE, related_name="participants")
    criteria_set = models.ForeignKey("scoring.CriteriaSet", on_delete=models.RESTRICT, related_name="participants")
    has_figures = models.BooleanField(
        "có số liệu", default=True, help_text="Sai: bảng chỉ in hạng, không in số; đơn vị không vào tệp tính."
    )
    is_ranked = models.BooleanField("được xếp hạng", default=True)
    unranked_reason = models.CharField("lý do không xếp hạng", max_length=300, blank=True)
    is_assessed = models.BooleanField("được đánh giá", default=True)
    left_out_reason = models.CharField("lý do không đánh giá", max_length=300, blank=True)
    council_only = models.BooleanField(
        "chỉ hội đồng chấm", default=False, help_text="Cơ quan điều phối không thẩm định hồ sơ của chính mình."
    )
    note = models.CharField("ghi chú", max_length=300, blank=True)
    not_applicable = models.JSONField(default=list, blank=True)
    grade_override = models.JSONField(null=True, blank=True)

    class Meta:
        verbose_name = "đơn vị tham gia"
        verbose_name_plural = "đơn vị tham gia"
        ordering = ["campaign", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["campaign", "unit"], name="unit_once_in_campaign"),
            models.UniqueConstraint(fields=["campaign", "code"], name="participant_code_unique_in_campaign"),
            models.CheckConstraint(condition=Q(is_ranked=True) | ~Q(unranked_reason=""), name="unranked_with_a_reason"),
            models.CheckConstraint(
                condition=Q(is_assessed=True) | ~Q(left_out_reason=""), name="left_out_with_a_reason"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def organiser_id(self) -> int:
        return self.campaign.organiser_id
