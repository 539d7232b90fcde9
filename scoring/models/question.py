"""What a unit asks the coordinator at a leaf, and what the coordinator answers: both written once."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from units.models.appendonly import AppendOnlyModel


class Question(AppendOnlyModel):
    """One question of a unit at one leaf of its worksheet."""

    participant = models.ForeignKey("scoring.Participant", on_delete=models.PROTECT, related_name="questions")
    criterion = models.ForeignKey("scoring.Criterion", on_delete=models.PROTECT, related_name="+")
    text = models.TextField("câu hỏi", max_length=2000)
    by = models.ForeignKey("units.User", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta(AppendOnlyModel.Meta):
        verbose_name = "câu hỏi gửi điều phối"
        verbose_name_plural = "câu hỏi gửi điều phối"
        ordering = ["participant", "pk"]
        constraints = [models.CheckConstraint(condition=~Q(text=""), name="question_is_not_empty")]

    def __str__(self) -> str:
        return f"{self.participant} · {self.criterion}"

    @property
    def campaign(self):  # type: ignore[no-untyped-def]
        return self.participant.campaign

    @property
    def organiser_id(self) -> int:
        return self.participant.campaign.organiser_id


class QuestionAnswer(AppendOnlyModel):
    """An answer; the one with the highest `number` counts, those before it stay readable to who asked.

    `for_all`: every unit with this criterion reads `public_question` (in the coordinator's words, so that it tells
    nothing of who asked) and the answer.
    """

    question = models.ForeignKey(Question, on_delete=models.PROTECT, related_name="answers")
    number = models.PositiveSmallIntegerField()
    text = models.TextField("trả lời", max_length=4000)
    for_all = models.BooleanField("cho mọi đơn vị đọc", default=False)
    public_question = models.TextField("câu hỏi cho mọi đơn vị đọc", max_length=2000, blank=True)
    by = models.ForeignKey("units.User", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta(AppendOnlyModel.Meta):
        verbose_name = "trả lời của điều phối"
        verbose_name_plural = "trả lời của điều phối"
        ordering = ["question", "number"]
        constraints = [
            models.UniqueConstraint(fields=["question", "number"], name="answer_number_once"),
            models.CheckConstraint(condition=~Q(text=""), name="answer_is_not_empty"),
            models.CheckConstraint(
                condition=Q(for_all=False, public_question="") | (Q(for_all=True) & ~Q(public_question="")),
                name="answer_for_all_has_its_question",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.question}: {self.number}"
