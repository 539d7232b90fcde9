"""Closed lists of scoring. Values are stored; labels are read by people."""

from django.db.models import TextChoices


class Origin(TextChoices):
    """Where a campaign's figures come from."""

    PORTAL = "portal", "Chấm trên cổng"
    PAST = "past", "Kết quả đã công bố, nhập lại"


class Source(TextChoices):
    """Whose number a criterion is (methodology, section 1)."""

    SELF = "self", "Đơn vị tự chấm"
    SURVEY = "survey", "Điều tra xã hội học"
    OUTCOME = "outcome", "Kết quả kinh tế - xã hội"
    COORDINATOR = "coordinator", "Cơ quan điều phối"


class CriterionRole(TextChoices):
    """How a leaf counts (methodology, section 1)."""

    SCORED = "scored", "Tính điểm"
    BONUS = "bonus", "Điểm thưởng"
    PENALTY = "penalty", "Điểm trừ"


class Stage(TextChoices):
    """At which stage a value was given; each stage keeps its own row."""

    PUBLISHED = "published", "Theo bảng đã công bố"
    DECLARED = "declared", "Tự chấm"
    APPRAISED = "appraised", "Thẩm định"
    REAPPRAISED = "reappraised", "Thẩm định lần 2"
    COUNCIL = "council", "Hội đồng"
    ENTERED = "entered", "Cơ quan điều phối nhập"


class RunKind(TextChoices):
    PROVISIONAL = "provisional", "Tạm tính"
    OFFICIAL = "official", "Chính thức"


class ImportState(TextChoices):
    """A table on its way in: read without fault, perhaps with questions, then applied or given up."""

    QUESTIONS = "questions", "Chờ trả lời"
    READY = "ready", "Chờ áp dụng"
    APPLIED = "applied", "Đã áp dụng"
    DISCARDED = "discarded", "Đã bỏ"
