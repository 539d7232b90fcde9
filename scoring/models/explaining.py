"""What a unit makes of its appraisal beyond its words: its choice at each leaf, and the receipt of what it sent."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from scoring.enums import Opinion
from scoring.models.submission import SaidQuerySet
from units.models.appendonly import AppendOnlyModel


class ExplanationChoice(models.Model):
    """Whether the unit agrees with the points of one leaf or explains; the words themselves are an `ExplanationItem`.

    The row stays once it is made and `version` rises with every act at the leaf, words included: pages guard by it.
    `about_version` is the version of the value that was looked at; an agreement to another one is none. `kept_text`
    holds the words that an agreement put aside. `batch` names the one press of a button that agreed to many leaves.
    `sent_at` tells when the head handed in this very choice.
    """

    explanation = models.ForeignKey("scoring.Explanation", on_delete=models.CASCADE, related_name="choices")
    criterion = models.ForeignKey("scoring.Criterion", on_delete=models.RESTRICT, related_name="+")
    round = models.PositiveSmallIntegerField(default=1)
    opinion = models.CharField("ý kiến", max_length=8, choices=Opinion, blank=True)
    about_version = models.PositiveIntegerField(default=0)
    kept_text = models.TextField("nội dung để riêng", blank=True)
    batch = models.CharField(max_length=36, blank=True)
    version = models.PositiveIntegerField(default=1)
    author = models.ForeignKey("units.User", on_delete=models.PROTECT, related_name="+")
    changed_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, blank=True)

    objects = SaidQuerySet.as_manager()

    class Meta:
        verbose_name = "ý kiến về một tiêu chí"
        verbose_name_plural = "ý kiến về từng tiêu chí"
        ordering = ["explanation", "criterion__path", "round"]
        constraints = [
            models.UniqueConstraint(fields=["explanation", "criterion", "round"], name="one_opinion_a_round"),
            models.CheckConstraint(condition=Q(round__in=(1, 2)), name="opinion_of_round_one_or_two"),
        ]

    def __str__(self) -> str:
        return f"{self.explanation} · {self.criterion}"


class ExplanationReceipt(AppendOnlyModel):
    """Biên nhận of an explanation: what the head sent, when. `content` is the canonical text over which `digest` is
    taken; the công văn prints it and reads nothing else."""

    explanation = models.ForeignKey("scoring.Explanation", on_delete=models.PROTECT, related_name="receipts")
    campaign = models.ForeignKey("scoring.Campaign", on_delete=models.PROTECT, related_name="explanation_receipts")
    sequence = models.PositiveIntegerField()
    number = models.CharField("số biên nhận", max_length=40)
    digest = models.CharField(max_length=64)
    content = models.TextField()
    submitted_by = models.ForeignKey("units.User", on_delete=models.PROTECT, related_name="+")
    submitted_at = models.DateTimeField()

    class Meta(AppendOnlyModel.Meta):
        verbose_name = "biên nhận giải trình"
        verbose_name_plural = "biên nhận giải trình"
        ordering = ["campaign", "sequence"]
        constraints = [models.UniqueConstraint(fields=["campaign", "sequence"], name="explanation_receipt_number_once")]

    def __str__(self) -> str:
        return self.number
