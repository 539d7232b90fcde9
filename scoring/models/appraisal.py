"""Who judges what: appraisal parts, declared conflicts, exclusions, and the council's sessions."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from scoring.enums import PartState


class AppraisalPart(models.Model):
    """One component of one unit in one round, given to one appraiser (None: nobody yet).

    Whether a unit is appraised follows from its parts and is stored nowhere. `version` rises with every change.
    `amended_in` is the revision of the criteria set that opened a part of round 1 anew: its changed leaves are then
    judged in whatever phase the group has come to, up to hội đồng.
    """

    participant = models.ForeignKey("scoring.Participant", on_delete=models.CASCADE, related_name="parts")
    component = models.ForeignKey("scoring.Criterion", on_delete=models.RESTRICT, related_name="parts")
    round = models.PositiveSmallIntegerField(default=1)
    appraiser = models.ForeignKey("units.User", on_delete=models.PROTECT, null=True, blank=True, related_name="parts")
    state = models.CharField("trạng thái", max_length=8, choices=PartState, default=PartState.OPEN)
    version = models.PositiveIntegerField(default=1)
    reopened_reason = models.CharField("lý do mở lại", max_length=500, blank=True)
    amended_in = models.PositiveSmallIntegerField("mở lại do bản sửa đổi", null=True, blank=True)
    signed_by = models.ForeignKey("units.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    signed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = "phần thẩm định"
        verbose_name_plural = "phần thẩm định"
        ordering = ["participant", "component__path", "round"]
        constraints = [
            models.UniqueConstraint(fields=["participant", "component", "round"], name="part_once_a_round"),
            models.CheckConstraint(condition=Q(round__in=(1, 2)), name="part_of_round_one_or_two"),
            models.CheckConstraint(
                condition=~Q(state=PartState.SIGNED) | Q(signed_by__isnull=False, signed_at__isnull=False),
                name="signed_part_has_a_signer",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.participant} · {self.component} · vòng {self.round}"

    @property
    def campaign(self):  # type: ignore[no-untyped-def]
        return self.participant.campaign

    @property
    def organiser_id(self) -> int:
        return self.participant.campaign.organiser_id

    @property
    def trail_scope(self) -> str:
        return self.participant.campaign.trail_scope


class ConflictOfInterest(models.Model):
    """`user` must not judge `unit`, for a reason beyond working there (family, worked there until lately)."""

    organiser = models.ForeignKey("units.Organiser", on_delete=models.PROTECT, related_name="conflicts")
    user = models.ForeignKey("units.User", on_delete=models.PROTECT, related_name="conflicts")
    unit = models.ForeignKey("units.Unit", on_delete=models.PROTECT, related_name="conflicts")
    reason = models.CharField("lý do", max_length=300)
    declared_by = models.ForeignKey("units.User", on_delete=models.PROTECT, null=True, related_name="+")
    declared_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = "xung đột lợi ích"
        verbose_name_plural = "xung đột lợi ích"
        ordering = ["organiser", "user"]
        constraints = [
            models.UniqueConstraint(fields=["organiser", "user", "unit"], name="conflict_once"),
            models.CheckConstraint(condition=~Q(reason=""), name="conflict_with_a_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.user} – {self.unit}"


class Exclusion(models.Model):
    """A node that does not apply to one unit or to a whole group; counts once a second person has confirmed it."""

    campaign = models.ForeignKey("scoring.Campaign", on_delete=models.CASCADE, related_name="exclusions")
    participant = models.ForeignKey(
        "scoring.Participant", on_delete=models.CASCADE, null=True, blank=True, related_name="exclusions"
    )
    group = models.ForeignKey(
        "scoring.Group", on_delete=models.CASCADE, null=True, blank=True, related_name="exclusions"
    )
    criterion = models.ForeignKey("scoring.Criterion", on_delete=models.RESTRICT, related_name="exclusions")
    reason = models.CharField("lý do", max_length=300)
    legal_basis = models.CharField("căn cứ", max_length=300)
    entered_by = models.ForeignKey("units.User", on_delete=models.PROTECT, related_name="+")
    entered_at = models.DateTimeField(auto_now_add=True)
    confirmed_by = models.ForeignKey("units.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    confirmed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = "tiêu chí không đánh giá"
        verbose_name_plural = "tiêu chí không đánh giá"
        ordering = ["campaign", "criterion__path", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(participant__isnull=True, group__isnull=False)
                | Q(participant__isnull=False, group__isnull=True),
                name="exclusion_of_a_unit_or_a_group",
            ),
            models.UniqueConstraint(
                fields=["participant", "criterion"],
                condition=Q(participant__isnull=False),
                name="exclusion_once_for_a_unit",
            ),
            models.UniqueConstraint(
                fields=["group", "criterion"], condition=Q(group__isnull=False), name="exclusion_once_for_a_group"
            ),
            models.CheckConstraint(
                condition=~Q(reason="") & ~Q(legal_basis=""), name="exclusion_with_reason_and_basis"
            ),
            models.CheckConstraint(
                condition=Q(confirmed_by__isnull=True) | ~Q(confirmed_by=F("entered_by")),
                name="exclusion_confirmed_by_a_second_person",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.criterion}: {self.participant or self.group}"

    @property
    def organiser_id(self) -> int:
        return self.campaign.organiser_id


class CouncilSession(models.Model):
    """Minutes of one meeting of the council, written by the coordinator."""

    campaign = models.ForeignKey("scoring.Campaign", on_delete=models.CASCADE, related_name="council_sessions")
    held_on = models.DateField("ngày họp")
    chair = models.CharField("chủ trì", max_length=200)
    attendees = models.TextField("thành phần", blank=True)
    minutes = models.TextField("nội dung, kết luận")
    version = models.PositiveIntegerField(default=1)
    author = models.ForeignKey("units.User", on_delete=models.PROTECT, related_name="+")
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = "phiên họp hội đồng"
        verbose_name_plural = "phiên họp hội đồng"
        ordering = ["campaign", "held_on", "pk"]

    def __str__(self) -> str:
        return f"Phiên họp ngày {self.held_on:%d/%m/%Y}"

    @property
    def organiser_id(self) -> int:
        return self.campaign.organiser_id
