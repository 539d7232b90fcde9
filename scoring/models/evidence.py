"""Evidence: logical documents of a unit, their immutable file versions, and the criteria they stand for."""

from __future__ import annotations

from django.db import models
from django.utils import timezone

from scoring.enums import EvidenceKind, Purpose
from units.models.appendonly import AppendOnlyModel


class Evidence(models.Model):
    """One document (tài liệu kiểm chứng) of one unit in one campaign; its bytes are in `EvidenceFile`.

    `taken_from`: the file of a unit that ended, whose bytes this unit took over into its own dossier, or of a year
    before, of which a person said that it is still in force, with the last day of it where that is known.
    """

    participant = models.ForeignKey("scoring.Participant", on_delete=models.CASCADE, related_name="evidence")
    number = models.CharField("số ký hiệu", max_length=80, blank=True)
    issued_on = models.DateField("ngày ban hành", null=True, blank=True)
    issuer = models.CharField("cơ quan ban hành", max_length=200, blank=True)
    abstract = models.CharField("trích yếu", max_length=500)
    version = models.PositiveIntegerField(default=1)
    created_by = models.ForeignKey("units.User", on_delete=models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    removed_at = models.DateTimeField(null=True, blank=True)
    taken_from = models.ForeignKey(
        "scoring.EvidenceFile", on_delete=models.PROTECT, null=True, blank=True, related_name="taken_over"
    )

    valid_until = models.DateField("có hiệu lực đến", null=True, blank=True)

    class Meta:
        verbose_name = "tài liệu kiểm chứng"
        verbose_name_plural = "tài liệu kiểm chứng"
        ordering = ["participant", "pk"]

    def __str__(self) -> str:
        return f"{self.number} {self.abstract}".strip()

    @property
    def carried_from(self) -> int | None:
        """The earlier year that the document was brought in for; None where it is of this year."""
        then = self.taken_from.evidence.participant.campaign.year if self.taken_from else None
        return then if then is not None and then < self.participant.campaign.year else None

    @property
    def campaign(self):  # type: ignore[no-untyped-def]
        return self.participant.campaign

    @property
    def organiser_id(self) -> int:
        return self.participant.campaign.organiser_id


class EvidenceFile(AppendOnlyModel):
    """One version of the bytes of a document. `key` is a random name in the private store, `name` is only shown.

    `began_at` is when its sending began, `uploaded_at` when it was stored, both by the database's clock. `late_for` is
    the deadline between the two, where the file was taken in by the rule for files under way (decision 024).
    """

    evidence = models.ForeignKey(Evidence, on_delete=models.PROTECT, related_name="files")
    number = models.PositiveSmallIntegerField("bản")
    sha256 = models.CharField(max_length=64, db_index=True)
    size = models.PositiveBigIntegerField()
    kind = models.CharField(max_length=4, choices=EvidenceKind)
    name = models.CharField(max_length=255)
    key = models.CharField(max_length=120, unique=True)
    purpose = models.CharField("bổ sung ở bước", max_length=12, choices=Purpose, default=Purpose.DECLARED)
    uploaded_by = models.ForeignKey("units.User", on_delete=models.PROTECT, null=True, related_name="+")
    uploaded_at = models.DateTimeField(default=timezone.now)
    began_at = models.DateTimeField(null=True, blank=True)
    late_for = models.DateTimeField(null=True, blank=True)

    class Meta(AppendOnlyModel.Meta):
        verbose_name = "tệp của tài liệu"
        verbose_name_plural = "tệp của tài liệu"
        ordering = ["evidence", "number"]
        constraints = [models.UniqueConstraint(fields=["evidence", "number"], name="file_version_once")]

    def __str__(self) -> str:
        return f"{self.name}, bản {self.number}"


class EvidenceUse(models.Model):
    """A document stands for a leaf; `pages` says where to look, in the unit's words ("tr. 3–5")."""

    evidence = models.ForeignKey(Evidence, on_delete=models.CASCADE, related_name="uses")
    criterion = models.ForeignKey("scoring.Criterion", on_delete=models.RESTRICT, related_name="evidence_uses")
    purpose = models.CharField(max_length=12, choices=Purpose, default=Purpose.DECLARED)
    pages = models.CharField("trang", max_length=80, blank=True)
    added_by = models.ForeignKey("units.User", on_delete=models.PROTECT, null=True, related_name="+")
    added_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = "dẫn chiếu tài liệu"
        verbose_name_plural = "dẫn chiếu tài liệu"
        ordering = ["criterion__path", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["evidence", "criterion", "purpose"], name="evidence_used_once_for_a_leaf")
        ]

    def __str__(self) -> str:
        return f"{self.evidence} · {self.criterion}"
