"""A criteria set that is being written on screen: a copy beside the set, which it becomes once it is taken over."""

from __future__ import annotations

from django.db import models

from units.validators import code_validator


class CriteriaDraft(models.Model):
    """The copy of one set of one campaign; one at a time, shared by all who may edit it.

    `annex` is the whole tree as plain values (`scoring.files.annex_layout.AnnexSet`); half-finished trees are kept as
    they are. `based_on` is the digest of the set that the copy was made from, "" for a set that is new. `version` is
    compared with that of the page at every change.
    """

    campaign = models.ForeignKey("scoring.Campaign", on_delete=models.CASCADE, related_name="criteria_drafts")
    code = models.CharField("mã bộ tiêu chí", max_length=32, validators=[code_validator])
    annex = models.JSONField()
    based_on = models.CharField(max_length=64, blank=True)
    version = models.PositiveIntegerField(default=1)
    changed_by = models.ForeignKey("units.User", on_delete=models.PROTECT, related_name="+")
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = "bộ tiêu chí đang soạn"
        verbose_name_plural = "bộ tiêu chí đang soạn"
        ordering = ["campaign", "code"]
        constraints = [models.UniqueConstraint(fields=["campaign", "code"], name="one_draft_of_a_set")]

    def __str__(self) -> str:
        return f"{self.code}, {self.campaign}"

    @property
    def organiser_id(self) -> int:
        return self.campaign.organiser_id


class CriteriaDraftStep(models.Model):
    """What a draft was before a change, so that the change can be undone; the newest ones are kept."""

    draft = models.ForeignKey(CriteriaDraft, on_delete=models.CASCADE, related_name="steps")
    number = models.PositiveIntegerField()
    label = models.CharField(max_length=300)
    annex = models.JSONField()

    class Meta:
        verbose_name = "bước soạn bộ tiêu chí"
        verbose_name_plural = "bước soạn bộ tiêu chí"
        ordering = ["draft", "-number"]
        constraints = [models.UniqueConstraint(fields=["draft", "number"], name="step_once_in_a_draft")]

    def __str__(self) -> str:
        return self.label
