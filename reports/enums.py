"""Closed lists of publication. Values are stored; labels are read by people."""

from django.db.models import TextChoices


class Depth(TextChoices):
    """How much of a frozen run is shown to the public."""

    INDEX = "index", "Chỉ số, hạng, xếp loại"
    COMPONENTS = "components", "Đến điểm từng lĩnh vực"
    CRITERIA = "criteria", "Đến điểm từng tiêu chí"
    DERIVATIONS = "derivations", "Đến cách tính, kèm tệp để tính lại"

    @property
    def has_criteria(self) -> bool:
        """Whether anything below the components is shown."""
        return self in (Depth.CRITERIA, Depth.DERIVATIONS)


class PublicationState(TextChoices):
    """The life of a publication (architecture, "Publication")."""

    DRAFTED = "drafted", "Đã soạn, số liệu đã chốt"
    SENT = "sent", "Đã trình ký"
    SIGNED = "signed", "Đã có số, ngày quyết định"
    APPROVED = "approved", "Đã duyệt"
    RELEASING = "releasing", "Đang tạo trang"
    RELEASED = "released", "Đã công bố"
    SUPERSEDED = "superseded", "Đã thay bằng bản đính chính"
    WITHDRAWN = "withdrawn", "Đã thu hồi"
    DISCARDED = "discarded", "Đã bỏ bản soạn"
