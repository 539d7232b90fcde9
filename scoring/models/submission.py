"""A unit's dossier in a campaign: its self-assessment, its receipts, its explanation."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Exists, OuterRef, Q

from scoring.enums import ExplanationState, Resolution, Stage, SubmissionState
from scoring.models.value import Value
from units.models.appendonly import AppendOnlyModel


class _OfParticipant(models.Model):
    """What every row of a dossier answers about itself."""

    participant: Any  # each row declares its own relation

    class Meta:
        abstract = True

    @property
    def campaign(self):  # type: ignore[no-untyped-def]
        return self.participant.campaign

    @property
    def organiser_id(self) -> int:
        return self.participant.campaign.organiser_id

    @property
    def trail_scope(self) -> str:
        return self.participant.campaign.trail_scope


class Submission(_OfParticipant):
    """The self-assessment of one unit.

    `extended_until` lets this unit write after the group's window: an extension, or the time limit of an unlock.
    `resolution` says what became of a dossier that was not submitted. `version` rises with every change of state.
    """

    participant = models.OneToOneField("scoring.Participant", on_delete=models.CASCADE, related_name="submission")
    state = models.CharField("trạng thái", max_length=16, choices=SubmissionState, default=SubmissionState.DRAFT)
    version = models.PositiveIntegerField(default=1)
    returned_note = models.TextField("thủ trưởng nhắn khi trả lại", blank=True)
    extended_until = models.DateTimeField("gia hạn đến", null=True, blank=True)
    extension_reason = models.CharField("lý do gia hạn, mở lại", max_length=500, blank=True)
    resolution = models.CharField(max_length=16, choices=Resolution, default=Resolution.NONE, blank=True)
    resolution_reason = models.CharField("lý do", max_length=500, blank=True)
    submitted_at = models.DateTimeField(null=True, blank=True)
    submitted_by = models.ForeignKey("units.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        verbose_name = "hồ sơ tự chấm"
        verbose_name_plural = "hồ sơ tự chấm"
        constraints = [
            models.CheckConstraint(
                condition=Q(state=SubmissionState.NOT_SUBMITTED) | Q(resolution=Resolution.NONE),
                name="resolution_only_of_what_was_not_submitted",
            ),
            models.CheckConstraint(
                condition=Q(resolution=Resolution.NONE) | ~Q(resolution_reason=""), name="resolution_with_a_reason"
            ),
            models.CheckConstraint(
                condition=Q(extended_until__isnull=True) | ~Q(extension_reason=""), name="extension_with_a_reason"
            ),
        ]

    def __str__(self) -> str:
        return f"Hồ sơ tự chấm: {self.participant}"

    @property
    def is_received(self) -> bool:
        """Whether there is something to appraise: submitted, or taken as it stands."""
        return self.state == SubmissionState.SUBMITTED or self.resolution == Resolution.AS_IT_STANDS


class Receipt(AppendOnlyModel):
    """Biên nhận: what was handed in, when and by whom. `content` is the canonical text over which `digest` is taken:
    every answer with its version and every file with its sha256. `terms` says under which deadline
    it came (`scoring.services.receipts`). `late_paper`: the coordinator handed in on behalf of the unit, by this paper.
    """

    submission = models.ForeignKey(Submission, on_delete=models.PROTECT, related_name="receipts")
    campaign = models.ForeignKey("scoring.Campaign", on_delete=models.PROTECT, related_name="receipts")
    sequence = models.PositiveIntegerField()
    number = models.CharField("số biên nhận", max_length=40)
    digest = models.CharField(max_length=64)
    content = models.TextField()
    answers = models.PositiveIntegerField()
    files = models.PositiveIntegerField()
    submitted_by = models.ForeignKey("units.User", on_delete=models.PROTECT, related_name="+")
    submitted_at = models.DateTimeField()
    terms = models.JSONField("nộp theo thời hạn, văn bản nào", default=dict)
    late_paper = models.OneToOneField(
        "scoring.LatePaper", on_delete=models.PROTECT, null=True, blank=True, related_name="receipt"
    )

    class Meta(AppendOnlyModel.Meta):
        verbose_name = "biên nhận"
        verbose_name_plural = "biên nhận"
        ordering = ["campaign", "sequence"]
        constraints = [models.UniqueConstraint(fields=["campaign", "sequence"], name="receipt_number_once")]

    def __str__(self) -> str:
        return self.number


class Explanation(_OfParticipant):
    """Giải trình of one unit.

    `reopened_until` lets it write on: in the phase giải trình beyond the group's window, later because points fell in
    round 2. `taken_back_version` is the highest version that an item had when it was taken back; new items go on from
    there, so that an old form never fits by chance.
    """

    participant = models.OneToOneField("scoring.Participant", on_delete=models.CASCADE, related_name="explanation")
    state = models.CharField("trạng thái", max_length=16, choices=ExplanationState, default=ExplanationState.DRAFT)
    version = models.PositiveIntegerField(default=1)
    returned_note = models.TextField("thủ trưởng nhắn khi trả lại", blank=True)
    reopened_until = models.DateTimeField("viết thêm đến", null=True, blank=True)
    reopened_reason = models.CharField("lý do", max_length=500, blank=True)
    submitted_at = models.DateTimeField(null=True, blank=True)
    submitted_by = models.ForeignKey("units.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    taken_back_version = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = "giải trình"
        verbose_name_plural = "giải trình"

    def __str__(self) -> str:
        return f"Giải trình: {self.participant}"


class SaidQuerySet(models.QuerySet):
    """What a unit says of single leaves: its words, and its choices between explaining and agreeing."""

    def sent(self) -> SaidQuerySet:
        """As the unit handed them in: without what is being written, or was written anew since."""
        return self.filter(sent_at__isnull=False)

    def about_what_stands(self) -> SaidQuerySet:
        """Without those that speak of a value which has been changed since (see `about_version`)."""
        own = Value.objects.filter(
            participant=OuterRef("explanation__participant"),
            criterion=OuterRef("criterion"),
            version=OuterRef("about_version"),
        )
        first, second = own.filter(stage=Stage.APPRAISED), own.filter(stage=Stage.REAPPRAISED)
        return self.filter(Q(Exists(first), round=1) | Q(Exists(second), round=2))


class ExplanationItem(models.Model):
    """What a unit says about one leaf. `round` 1 answers the appraisal, 2 a fall of points in the second round.

    `about_version` is the version of the value that it answers, appraised or reappraised by its round. `sent_at` tells
    when the head handed in this very text; writing anew takes it away until it is sent again.
    """

    explanation = models.ForeignKey(Explanation, on_delete=models.CASCADE, related_name="items")
    criterion = models.ForeignKey("scoring.Criterion", on_delete=models.RESTRICT, related_name="+")
    round = models.PositiveSmallIntegerField(default=1)
    text = models.TextField("nội dung giải trình")
    version = models.PositiveIntegerField(default=1)
    about_version = models.PositiveIntegerField(default=0)
    author = models.ForeignKey("units.User", on_delete=models.PROTECT, null=True, related_name="+")
    changed_at = models.DateTimeField(auto_now=True)
    sent_at = models.DateTimeField(null=True, blank=True)

    objects = SaidQuerySet.as_manager()

    class Meta:
        verbose_name = "mục giải trình"
        verbose_name_plural = "mục giải trình"
        ordering = ["explanation", "criterion__path", "round"]
        constraints = [
            models.UniqueConstraint(fields=["explanation", "criterion", "round"], name="explained_once_a_round"),
            models.CheckConstraint(condition=~Q(text=""), name="explanation_is_not_empty"),
            models.CheckConstraint(condition=Q(round__in=(1, 2)), name="explanation_of_round_one_or_two"),
        ]

    def __str__(self) -> str:
        return f"{self.explanation} · {self.criterion}"
