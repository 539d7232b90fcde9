"""What autosave keeps beside the values: typing that is no answer yet, and which writes were already acknowledged."""

from __future__ import annotations

from django.db import models

from scoring.enums import WriteKind


class Unfinished(models.Model):
    """What somebody of the unit typed for a leaf and what is no answer yet: half of the figures, or a number that can
    be read in two ways. It is shown again to everybody of the unit; the engine and the receipts never see it.

    `typed`: field of the form → text, as it was typed. `base_version`: of the declared value that was typed over, 0 for
    none. `version` rises with every change and goes on where the row was taken away (`Value` of the same leaf).
    """

    participant = models.ForeignKey("scoring.Participant", on_delete=models.CASCADE, related_name="unfinished")
    criterion = models.ForeignKey("scoring.Criterion", on_delete=models.CASCADE, related_name="unfinished")
    typed = models.JSONField()
    base_version = models.PositiveIntegerField(default=0)
    version = models.PositiveIntegerField(default=1)
    author = models.ForeignKey("units.User", on_delete=models.PROTECT, related_name="+")
    changed_at = models.DateTimeField()

    class Meta:
        verbose_name = "nội dung đang gõ dở"
        verbose_name_plural = "nội dung đang gõ dở"
        constraints = [models.UniqueConstraint(fields=["participant", "criterion"], name="unfinished_once_a_leaf")]

    def __str__(self) -> str:
        return f"{self.participant} · {self.criterion}"


class WriteKey(models.Model):
    """A write that was done and answered: the same key again is answered the same and does nothing (case D15).

    `key` is a random name that the page gave the write; `result` what it was answered. Kept two weeks.
    """

    participant = models.ForeignKey("scoring.Participant", on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=36)
    kind = models.CharField(max_length=12, choices=WriteKind)
    result = models.JSONField()
    by = models.ForeignKey("units.User", on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField(auto_now_add=True, db_index=True)

    class Meta:
        verbose_name = "lần ghi đã trả lời"
        verbose_name_plural = "lần ghi đã trả lời"
        constraints = [models.UniqueConstraint(fields=["participant", "key"], name="write_key_once")]

    def __str__(self) -> str:
        return f"{self.participant} · {self.key}"
