"""Who may do what with campaigns and runs. One row an action; the sentence is what a refused person reads."""

from units.enums import Role
from units.permissions import declare, holds

_coordinator = holds(Role.COORDINATOR, "Chỉ cán bộ điều phối của đơn vị tổ chức làm được việc này.")
_insider = holds(
    [Role.COORDINATOR, Role.LEADER],
    "Số liệu chưa công bố chỉ dành cho điều phối và lãnh đạo của đơn vị tổ chức.",
)

VIEW_CAMPAIGNS = declare("scoring.view_campaigns", "Xem các kỳ đánh giá chưa công bố", _insider)
VIEW_CAMPAIGN = declare("scoring.view_campaign", "Xem một kỳ đánh giá chưa công bố", _insider)
IMPORT_RESULTS = declare("scoring.import_results", "Nhập bảng kết quả đã công bố", _coordinator)
EDIT_CAMPAIGN = declare("scoring.edit_campaign", "Sửa thông tin kỳ đánh giá, đơn vị tham gia", _coordinator)
CALCULATE = declare("scoring.calculate", "Tính chỉ số, hạng, xếp loại", _coordinator)
VIEW_RUN = declare("scoring.view_run", "Xem một lần tính", _insider)
