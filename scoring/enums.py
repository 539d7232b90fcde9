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


class LinkKind(TextChoices):
    """How a criterion goes on from an earlier year: what is not comparable is linked, but never compared."""

    SAME = "same", "Giữ nguyên"
    COMPARABLE = "comparable", "Đã đổi, vẫn so được"
    CHANGED = "changed", "Đã đổi, không so"
    NEW = "new", "Mới"


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


class Phase(TextChoices):
    """Where a group stands in the life of a year; in this order (architecture, "The life of a year")."""

    DRAFT = "draft", "Nháp"
    SELF_ASSESSMENT = "self_assessment", "Tự chấm"
    APPRAISAL = "appraisal", "Thẩm định 1"
    EXPLANATION = "explanation", "Giải trình"
    REAPPRAISAL = "reappraisal", "Thẩm định 2"
    COUNCIL = "council", "Hội đồng"
    FINALISED = "finalised", "Chốt"
    PUBLISHED = "published", "Công bố"


class SubmissionState(TextChoices):
    """The life of one unit's self-assessment."""

    DRAFT = "draft", "Đang nhập"
    AT_HEAD = "at_head", "Chờ thủ trưởng"
    SUBMITTED = "submitted", "Đã nộp"
    NOT_SUBMITTED = "not_submitted", "Không nộp"


class Resolution(TextChoices):
    """What the coordinator decided of a dossier that was not submitted."""

    NONE = "", "Chưa quyết định"
    AS_IT_STANDS = "as_it_stands", "Lấy theo nội dung đã nhập"
    NOUGHT = "nought", "Tính 0 điểm phần tự chấm"


class PartState(TextChoices):
    """The life of one appraiser's part: one component of one unit in one round."""

    OPEN = "open", "Đang thẩm định"
    DONE = "done", "Đã chấm xong"
    SIGNED = "signed", "Đã ký xác nhận"


class ExplanationState(TextChoices):
    DRAFT = "draft", "Đang viết"
    AT_HEAD = "at_head", "Chờ thủ trưởng"
    SUBMITTED = "submitted", "Đã gửi"


class Opinion(TextChoices):
    """What a unit makes of the points of one leaf; "" while it has not said."""

    AGREE = "agree", "Đồng ý"
    EXPLAIN = "explain", "Giải trình"


class EvidenceKind(TextChoices):
    """What a file is by its content."""

    PDF = "pdf", "PDF"
    DOCX = "docx", "Word"
    XLSX = "xlsx", "Excel"
    JPG = "jpg", "Ảnh JPG"
    PNG = "png", "Ảnh PNG"


class Purpose(TextChoices):
    """For which step of a dossier something is shown."""

    DECLARED = "declared", "Tự chấm"
    EXPLANATION = "explanation", "Giải trình"


class AmendmentState(TextChoices):
    DRAFTED = "drafted", "Chờ người thứ hai"
    APPLIED = "applied", "Đã áp dụng"
    DISCARDED = "discarded", "Đã bỏ"


class ImportState(TextChoices):
    """A table on its way in: read without fault, perhaps with questions, then applied or given up."""

    QUESTIONS = "questions", "Chờ trả lời"
    READY = "ready", "Chờ áp dụng"
    APPLIED = "applied", "Đã áp dụng"
    DISCARDED = "discarded", "Đã bỏ"


class WriteKind(TextChoices):
    """What a page wrote under a key of its own (`WriteKey`)."""

    ANSWER = "answer", "Số liệu"
    CLEAR = "clear", "Xóa số liệu"
    UPLOAD = "upload", "Tài liệu"
    EXPLAIN = "explain", "Giải trình"


class SigningWay(TextChoices):
    PORTAL = "portal", "Ký xác nhận trên cổng"
    PAPER = "paper", "Ký văn bản giấy, tải bản ký lên"


class HeldStepKind(TextChoices):
    """What is decided of a file that the virus scanner finds harmful."""

    KEPT = "kept", "Giữ lại, đơn vị tải tệp khác"
    PROPOSED = "proposed", "Đề nghị mở, chờ người thứ hai"
    RELEASED = "released", "Đã mở"


class FollowUpState(TextChoices):
    """How far a unit is with what it does about a lost point."""

    OPEN = "open", "Chưa làm"
    DOING = "doing", "Đang làm"
    DONE = "done", "Xong"
