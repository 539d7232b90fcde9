"""Publications: a frozen run, two persons, one decision; and the files that the public was given."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from reports.enums import Depth, PublicationState
from units.models.appendonly import AppendOnlyModel


class Publication(models.Model):
    """One version of one campaign's announcement.

    `dataset` is the frozen dataset (text of the JSON that every page and file is made from), `digest` its SHA-256:
    approval names the digest, and dies when it changes. The decision's number and date are not part of it.
    """

    campaign = models.ForeignKey("scoring.Campaign", on_delete=models.PROTECT, related_name="publications")
    version = models.PositiveSmallIntegerField("bản")
    run = models.ForeignKey("scoring.Run", on_delete=models.PROTECT, related_name="publications")
    depth = models.CharField("độ chi tiết", max_length=12, choices=Depth, default=Depth.COMPONENTS)
    state = models.CharField("trạng thái", max_length=12, choices=PublicationState, default=PublicationState.DRAFTED)
    dataset = models.TextField()
    digest = models.CharField(max_length=64)
    check_code = models.CharField("mã kiểm tra", max_length=14)
    reason = models.CharField("lý do đính chính", max_length=500, blank=True)

    drafted_by = models.ForeignKey("units.User", on_delete=models.PROTECT, related_name="+")
    drafted_at = models.DateTimeField(auto_now_add=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    decision_number = models.CharField("số quyết định", max_length=80, blank=True)
    decision_date = models.DateField("ngày quyết định", null=True, blank=True)
    decision_issuer = models.CharField("cơ quan ban hành", max_length=200, blank=True)
    signed_file = models.FileField("tệp đã ký", upload_to="quyet-dinh/", blank=True)
    signed_file_name = models.CharField(max_length=255, blank=True)
    signed_file_sha256 = models.CharField(max_length=64, blank=True)
    approved_by = models.ForeignKey("units.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    approved_at = models.DateTimeField(null=True, blank=True)
    approved_digest = models.CharField(max_length=64, blank=True)
    progress_done = models.PositiveIntegerField(default=0)
    progress_total = models.PositiveIntegerField(default=0)
    released_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_reason = models.CharField("lý do thu hồi", max_length=500, blank=True)
    supersedes = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="superseded_by"
    )
    revision = models.PositiveIntegerField(default=1)

    class Meta:
        verbose_name = "bản công bố"
        verbose_name_plural = "bản công bố"
        ordering = ["-drafted_at", "-pk"]
        constraints = [
            # A discarded draft was never announced: it gives its version number and its check code back.
            models.UniqueConstraint(
                fields=["campaign", "version"],
                condition=~Q(state=PublicationState.DISCARDED),
                name="publication_version_unique_in_campaign",
            ),
            models.UniqueConstraint(
                fields=["check_code"],
                condition=~Q(state=PublicationState.DISCARDED),
                name="publication_check_code_unique",
            ),
            models.UniqueConstraint(
                fields=["campaign"],
                condition=Q(state=PublicationState.RELEASED),
                name="one_current_publication_of_a_campaign",
            ),
            models.UniqueConstraint(
                fields=["campaign"],
                condition=Q(state__in=["drafted", "sent", "signed", "approved", "releasing"]),
                name="one_open_publication_of_a_campaign",
            ),
            models.CheckConstraint(
                condition=Q(approved_by__isnull=True) | ~Q(approved_by=F("drafted_by")),
                name="publication_approved_by_a_second_person",
            ),
            models.CheckConstraint(
                condition=Q(approved_by__isnull=True) | Q(approved_digest=F("digest")),
                name="publication_approval_is_of_this_digest",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["approved", "releasing", "released", "superseded"])
                | Q(approved_by__isnull=False, approved_at__isnull=False),
                name="publication_released_only_when_approved",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.campaign}, bản {self.version}"

    @property
    def organiser_id(self) -> int:
        return self.campaign.organiser_id


class PublishedFile(AppendOnlyModel):
    """One page, file or asset of a released version: its address below the site's root ("quang-ngai/thong-ke/2025/",
    "static/css/…"), and the digest of its bytes."""

    publication = models.ForeignKey(Publication, on_delete=models.PROTECT, related_name="files")
    path = models.CharField(max_length=300)
    content_type = models.CharField(max_length=100)
    sha256 = models.CharField(max_length=64)
    size = models.PositiveIntegerField()

    class Meta(AppendOnlyModel.Meta):
        verbose_name = "tệp đã công bố"
        verbose_name_plural = "tệp đã công bố"
        ordering = ["publication", "path"]
        constraints = [models.UniqueConstraint(fields=["publication", "path"], name="published_path_once")]

    def __str__(self) -> str:
        return self.path


class SharedPage(models.Model):
    """A public page that belongs to no single version: an organiser's home, its list of years, a unit's latest year,
    the list of organisers. Rendered anew, and replaced in the same transaction, when a version is released or
    withdrawn; between two such moments its bytes stand still.
    """

    organiser = models.ForeignKey(
        "units.Organiser", on_delete=models.PROTECT, null=True, blank=True, related_name="shared_pages"
    )
    path = models.CharField(max_length=300, unique=True)
    content_type = models.CharField(max_length=100)
    sha256 = models.CharField(max_length=64)
    size = models.PositiveIntegerField()

    class Meta:
        verbose_name = "trang chung"
        verbose_name_plural = "trang chung"
        ordering = ["path"]

    def __str__(self) -> str:
        return self.path or "/"
