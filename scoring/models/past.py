"""Past tables: the staged upload, and what the published table itself printed for each unit."""

from __future__ import annotations

from django.db import models

from scoring.enums import ImportState


class ResultsImport(models.Model):
    """One uploaded results table that was read without a fault, on its way to a campaign.

    `table` is the checked content (see `scoring.services.past_table`), `answers` maps row keys to the chosen unit
    (a pk) or "new"; what is applied is exactly the bytes with `sha256`, once.
    """

    organiser = models.ForeignKey("units.Organiser", on_delete=models.PROTECT, related_name="results_imports")
    uploaded_by = models.ForeignKey("units.User", on_delete=models.PROTECT, null=True, related_name="+")
    uploaded_at = models.DateTimeField(auto_now_add=True)
    file_name = models.CharField(max_length=255)
    sha256 = models.CharField(max_length=64)
    state = models.CharField(max_length=12, choices=ImportState, default=ImportState.QUESTIONS)
    table = models.JSONField()
    answers = models.JSONField(default=dict)
    campaign = models.ForeignKey(
        "scoring.Campaign", on_delete=models.SET_NULL, null=True, blank=True, related_name="imports"
    )

    class Meta:
        verbose_name = "bảng kết quả tải lên"
        verbose_name_plural = "bảng kết quả tải lên"
        ordering = ["-uploaded_at", "-pk"]

    def __str__(self) -> str:
        return self.file_name


class PrintedResult(models.Model):
    """Figures as the published table prints them, misprints included; strings in printed precision, dot decimals.

    `parts` and `components` are {code: {"points", "max_points", "index", "rank"}} with missing keys where nothing
    was printed.
    """

    participant = models.OneToOneField("scoring.Participant", on_delete=models.CASCADE, related_name="printed")
    points = models.CharField(max_length=30, blank=True)
    max_points = models.CharField(max_length=30, blank=True)
    index = models.CharField(max_length=30, blank=True)
    rank = models.PositiveIntegerField(null=True, blank=True)
    grade = models.CharField(max_length=60, blank=True)
    parts = models.JSONField(default=dict)
    components = models.JSONField(default=dict)
    row = models.PositiveIntegerField("dòng trong tệp")

    class Meta:
        verbose_name = "số liệu theo bản in"
        verbose_name_plural = "số liệu theo bản in"

    def __str__(self) -> str:
        return f"{self.participant}: {self.index or self.points}"
