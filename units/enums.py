"""Closed lists of the field. Values are stored; labels are read by people."""

from django.db.models import TextChoices


class UnitKind(TextChoices):
    """What sort of body a unit is; groups of a campaign are chosen by it."""

    MINISTRY = "ministry", "Bộ, cơ quan trung ương"
    PROVINCE = "province", "Tỉnh, thành phố trực thuộc trung ương"
    DEPARTMENT = "department", "Sở, ban, ngành"
    DISTRICT = "district", "Huyện, quận, thị xã, thành phố thuộc tỉnh (đến 30/06/2025)"
    COMMUNE = "commune", "Xã"
    WARD = "ward", "Phường"
    TOWNSHIP = "township", "Thị trấn (đến 30/06/2025)"
    SPECIAL_ZONE = "special_zone", "Đặc khu"
    VERTICAL_AGENCY = "vertical_agency", "Cơ quan ngành dọc"
    PUBLIC_SERVICE = "public_service", "Đơn vị sự nghiệp"


GRASSROOTS_KINDS = (UnitKind.COMMUNE, UnitKind.WARD, UnitKind.TOWNSHIP, UnitKind.SPECIAL_ZONE)


class SuccessionKind(TextChoices):
    """How a unit became the next one; with a merger or a split its figures do not compare any more."""

    MERGER = "merger", "Sáp nhập, hợp nhất"
    SPLIT = "split", "Chia tách"
    RENAMING = "renaming", "Đổi tên"
    UPGRADE = "upgrade", "Nâng cấp, chuyển loại"
    CONTINUATION = "continuation", "Giữ nguyên"


# The unit afterwards is the unit before; its series go on.
SAME_UNIT_KINDS = (SuccessionKind.RENAMING, SuccessionKind.UPGRADE, SuccessionKind.CONTINUATION)


class Role(TextChoices):
    """What a membership lets a person do for one organiser (product.md, "Who uses it")."""

    COORDINATOR = "coordinator", "Điều phối"
    UNIT_STAFF = "unit_staff", "Cán bộ đầu mối"
    UNIT_HEAD = "unit_head", "Thủ trưởng đơn vị"
    APPRAISER = "appraiser", "Thẩm định"
    COUNCIL = "council", "Hội đồng"
    LEADER = "leader", "Lãnh đạo"
    ADMINISTRATOR = "administrator", "Quản trị"


UNIT_SIDE = (Role.UNIT_STAFF, Role.UNIT_HEAD)
"""Roles of those who are assessed; all others see figures before the release, or say who does."""


class InvitationKind(TextChoices):
    """How the way in reaches the person."""

    LINK = "link", "Thư mời có liên kết"
    CODE = "code", "Mã một lần"


class Letter(TextChoices):
    """Where the letter of an invitation is. SENDING that stays: the job died there; nothing is sent a second time."""

    NONE = "", "Không có thư"
    WAITING = "waiting", "Chờ gửi"
    SENDING = "sending", "Đang gửi"
    SENT = "sent", "Đã gửi"
    FAILED = "failed", "Chưa gửi được"


class ImportStage(TextChoices):
    """A table of people between upload and application."""

    SEEN = "seen", "Đang xem trước"
    APPLIED = "applied", "Đã áp dụng"


class NoticeKind(TextChoices):
    """What a person is told of, in the order in which the page of choices lists it."""

    WORK = "work", "Việc phải làm: bị trả lại, được mở lại, gia hạn, phải kê khai lại"
    REVIEW = "review", "Hồ sơ trình thủ trưởng, chờ duyệt"
    NEWS = "news", "Bước mới của kỳ, câu hỏi được trả lời"
    REMINDER = "reminder", "Lời nhắc của điều phối"
    QUESTION = "question", "Câu hỏi của đơn vị gửi điều phối"
    TASK = "task", "Việc theo dõi: được giao, sắp đến hạn, quá hạn"
    PARTS = "parts", "Phần thẩm định chưa ký"
    COUNCIL = "council", "Mục chờ hội đồng quyết định"
    DECISION = "decision", "Quyết định, bản công bố chờ lãnh đạo"
    FAULT = "fault", "Tệp bị giữ lại, thư không gửi được, việc nền hỏng"
    MORNING = "morning", "Thư buổi sáng: việc mới, việc còn 7, 3 và 1 ngày"
    ACCOUNT = "account", "Thay đổi bảo mật tài khoản"


class NoticeWay(TextChoices):
    """How a notice leaves the portal; in the portal itself it stands in any case."""

    NOW = "now", "Gửi thư ngay"
    MORNING = "morning", "Gộp vào thư buổi sáng"
    OFF = "off", "Chỉ xem trong cổng"


class Posting(TextChoices):
    """Where the letter of a notice is. SENDING that stays: the job died there; that letter is not sent again."""

    NONE = "", "Chỉ trong cổng"
    WAITING = "waiting", "Chờ gửi"
    SENDING = "sending", "Đang gửi"
    SENT = "sent", "Đã gửi thư"
    TOGETHER = "together", "Chung thư với người cùng hộp thư"
    MORNING = "morning", "Chờ thư buổi sáng"
    FOLDED = "folded", "Trong thư buổi sáng"
    FAILED = "failed", "Không gửi được thư"
