"""What a unit writes into its báo cáo tự chấm beyond its figures, and how the head signed the papers of a year."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from scoring.enums import EvidenceKind, SigningWay
from units.models.appendonly import AppendOnlyModel, AppendOnlyQuerySet


class SelfReport(models.Model):
    """The unit's own words in its báo cáo tự chấm; `version` rises with every change, an edit of an older one is
    refused."""

    participant = models.OneToOneField("scoring.Participant", on_delete=models.CASCADE, related_name="self_report")
    difficulties = models.TextField("khó khăn, vướng mắc", max_length=5000, blank=True)
    proposals = models.TextField("đề xuất, kiến nghị", max_length=5000, blank=True)
    place = models.CharField("địa danh", max_length=80, blank=True)
    signer_title = models.CharField("chức vụ người ký", max_length=120, blank=True)
    version = models.PositiveIntegerField(default=1)
    author = models.ForeignKey("units.User", on_delete=models.PROTECT, related_name="+")
    changed_at = models.DateTimeField()

    class Meta:
        verbose_name = "lời văn báo cáo tự chấm"
        verbose_name_plural = "lời văn báo cáo tự chấm"

    def __str__(self) -> str:
        return f"Báo cáo tự chấm: {self.participant}"


class SigningQuerySet(AppendOnlyQuerySet):
    def of(self, participant: models.Model) -> SigningQuerySet:
        """Everything that the unit signed in its year, of report and letters."""
        return self.filter(
            Q(receipt__submission__participant=participant) | Q(letter__explanation__participant=participant)
        )

    def on_paper(self) -> SigningQuerySet:
        """Those with a file in the store."""
        return self.exclude(key="")


class Signing(AppendOnlyModel):
    """How what a receipt covers was signed: in the portal, or on paper, with number, date and the signed file.

    The receipt is that of a dossier (`receipt`: báo cáo tự chấm) or of an explanation (`letter`: công văn). `digest` is
    the receipt's; a paper signed before something changed is one of another receipt. The newest row of a receipt
    counts. `key` is a random name in the private store, blank where nothing was uploaded.
    """

    receipt = models.ForeignKey(
        "scoring.Receipt", on_delete=models.PROTECT, null=True, blank=True, related_name="signings"
    )
    letter = models.ForeignKey(
        "scoring.ExplanationReceipt", on_delete=models.PROTECT, null=True, blank=True, related_name="signings"
    )
    way = models.CharField("cách ký", max_length=8, choices=SigningWay)
    number = models.CharField("số, ký hiệu", max_length=80, blank=True)
    dated_on = models.DateField("ngày ký", null=True, blank=True)
    digest = models.CharField(max_length=64)
    key = models.CharField(max_length=120, blank=True)
    name = models.CharField(max_length=255, blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    size = models.PositiveBigIntegerField(default=0)
    kind = models.CharField(max_length=4, choices=EvidenceKind, blank=True)
    by = models.ForeignKey("units.User", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    objects = SigningQuerySet.as_manager()  # type: ignore[assignment, misc]

    class Meta(AppendOnlyModel.Meta):
        verbose_name = "lần ký báo cáo tự chấm, công văn giải trình"
        verbose_name_plural = "lần ký báo cáo tự chấm, công văn giải trình"
        ordering = ["receipt", "letter", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(receipt__isnull=False, letter__isnull=True) | Q(receipt__isnull=True, letter__isnull=False),
                name="one_receipt_is_signed",
            ),
            models.CheckConstraint(
                condition=Q(way=SigningWay.PORTAL, key="")
                | (Q(way=SigningWay.PAPER, dated_on__isnull=False) & ~Q(number="") & ~Q(key="")),
                name="signed_on_paper_has_number_date_file",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.receipt or self.letter} · {self.get_way_display()}"

    @property
    def participant(self):  # type: ignore[no-untyped-def]
        if self.receipt is not None:
            return self.receipt.submission.participant
        return self.letter.explanation.participant  # type: ignore[union-attr]  # one of the two: one_receipt_is_signed

    @property
    def organiser_id(self) -> int:
        return self.participant.campaign.organiser_id
