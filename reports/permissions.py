"""Who may do what with publications. Two persons: the one who drafts never approves."""

from __future__ import annotations

from units.enums import Role
from units.permissions import declare, holds, holds_true, is_one_hand

_TEAM = (Role.COORDINATOR, Role.LEADER)
_coordinator = holds(Role.COORDINATOR, "Chỉ điều phối của đơn vị tổ chức làm được việc này.")
_leader = holds(Role.LEADER, "Chỉ lãnh đạo của đơn vị tổ chức duyệt được bản công bố.")
_either = holds(_TEAM, "Chỉ điều phối hoặc lãnh đạo của đơn vị tổ chức làm được việc này.")
_not_the_drafter = holds_true(
    lambda user, publication: (
        publication is None or not is_one_hand(user, publication.drafted_by_id, publication.drafted_at)
    ),
    "Người soạn không được tự duyệt. Bản công bố cần người thứ hai: một lãnh đạo khác duyệt.",
)

VIEW_PUBLICATIONS = declare(
    "reports.view_publications",
    "Xem các bản công bố, kể cả bản chưa công bố",
    holds(_TEAM, "Chỉ điều phối và lãnh đạo của đơn vị tổ chức xem được phần Công bố."),
)
DRAFT = declare("reports.draft", "Soạn bản công bố từ lần tính đã chốt", _coordinator)
SEND = declare("reports.send", "Trình ký bản công bố", _coordinator)
RECORD_DECISION = declare("reports.record_decision", "Ghi số, ngày quyết định", _coordinator)
APPROVE = declare("reports.approve", "Duyệt bản công bố", _leader & _not_the_drafter)
RELEASE = declare("reports.release", "Công bố bản đã duyệt", _either)
RETRY = declare("reports.retry", "Chạy lại việc tạo trang công bố", _either)
HALT = declare("reports.halt", "Dừng việc tạo trang công bố", _either)
DISCARD = declare("reports.discard", "Bỏ bản soạn", _coordinator)
WITHDRAW = declare("reports.withdraw", "Thu hồi bản đã công bố", _coordinator)
