"""Runs: what the engine was given and what it returned, kept for ever."""

from __future__ import annotations

from django.db import models

from scoring.enums import RunKind
from units.models.appendonly import AppendOnlyModel


class Run(AppendOnlyModel):
    """One calculation of one campaign. `campaign_file` and `results_file` are the exact texts of the two files."""

    campaign = models.ForeignKey("scoring.Campaign", on_delete=models.PROTECT, related_name="runs")
    number = models.PositiveIntegerField("lần tính")
    kind = models.CharField(max_length=12, choices=RunKind, default=RunKind.OFFICIAL)
    engine_version = models.CharField(max_length=20)
    input_sha256 = models.CharField(max_length=64)
    results_sha256 = models.CharField(max_length=64)
    campaign_file = models.TextField()
    results_file = models.TextField()
    campaign_version = models.PositiveIntegerField()
    calculated_by = models.ForeignKey("units.User", on_delete=models.PROTECT, null=True, related_name="+")
    calculated_at = models.DateTimeField(auto_now_add=True)

    class Meta(AppendOnlyModel.Meta):
        verbose_name = "lần tính"
        verbose_name_plural = "lần tính"
        ordering = ["campaign", "-number"]
        constraints = [models.UniqueConstraint(fields=["campaign", "number"], name="run_number_unique_in_campaign")]

    def __str__(self) -> str:
        return f"{self.campaign}, lần tính {self.number}"

    @property
    def organiser_id(self) -> int:
        return self.campaign.organiser_id


class RunShown(AppendOnlyModel):
    """A run was shown to the leaders; until then its coordinator alone reads it."""

    run = models.OneToOneField(Run, on_delete=models.PROTECT, related_name="shown")
    shown_by = models.ForeignKey("units.User", on_delete=models.PROTECT, null=True, related_name="+")
    shown_at = models.DateTimeField(auto_now_add=True)

    class Meta(AppendOnlyModel.Meta):
        verbose_name = "lần tính đã trình lãnh đạo"
        verbose_name_plural = "lần tính đã trình lãnh đạo"

    def __str__(self) -> str:
        return f"{self.run}"
