"""What the data of an entry is called on a page: names of keys, and the codes of closed lists in words.

The lists of upper apps are plain text here; that they say what those apps say is a test
(tests/units/test_trail_details.py), as is that every key that is recorded has its name.
"""

from __future__ import annotations

from units.enums import InvitationKind, Role, SuccessionKind, UnitKind

# A name that is not here is shown as it is.
NAMES: dict[str, str] = {
    # ── people, units ─────────────────────────────────────────────────────────────────────────────────────────────
    "reason": "Lý do",
    "legal_basis": "Căn cứ",
    "username": "Tên đăng nhập",
    "full_name": "Họ và tên",
    "email": "Thư điện tử",
    "is_active": "Được đăng nhập",
    "role": "Vai trò",
    "roles": "Vai trò",
    "user": "Người dùng",
    "people": "Người trong bảng",
    "unit": "Đơn vị",
    "unit_code": "Mã đơn vị",
    "units": "Đơn vị",
    "new_units": "Mã đơn vị thêm mới",
    "organiser": "Nơi tổ chức",
    "components": "Mã lĩnh vực",
    "valid_from": "Từ ngày",
    "valid_to": "Đến ngày",
    "ended_at": "Kết thúc lúc",
    "stands_for": "Thay cho",
    "until": "Đến",
    "device": "Thiết bị",
    "address": "Địa chỉ mạng",
    "subject": "Mã định danh",
    "code": "Mã",
    "codes": "Mã",
    "kind": "Loại",
    "name": "Tên",
    "title": "Tên",
    "place": "Địa bàn",
    "lead_department": "Cơ quan điều phối",
    "slug": "Địa chỉ ngắn",
    "parent": "Đơn vị cấp trên",
    "date": "Ngày",
    "day": "Ngày",
    "document": "Văn bản",
    "predecessor": "Đơn vị cũ",
    "predecessors": "Tiêu chí cũ",
    "successor": "Đơn vị mới",
    "successors": "Đơn vị nối tiếp",
    "created": "Đơn vị lập mới",
    "removed": "Đơn vị lập mới đã gỡ",
    "ended": "Đã kết thúc",
    "ended_on": "Kết thúc ngày",
    "province": "Mã tỉnh",
    "same": "Mã được coi là một",
    "added": "Thêm",
    "provinces": "Tỉnh",
    "districts": "Cấp huyện",
    "communes": "Cấp xã",
    "successions": "Số nối tiếp",
    "unmatched": "Không khớp, chưa nối",
    "file": "Tệp",
    "file_name": "Tệp",
    "sha256": "Mã băm của tệp",
    "size": "Số byte",
    "totals": "Số dòng",
    "new": "Thêm",
    "update": "Sửa",
    "delete": "Xóa",
    "skip": "Giữ nguyên",
    "error": "Lỗi",
    "invalid": "Không hợp lệ",
    "renamed": "Đổi tên",
    # ── a year ────────────────────────────────────────────────────────────────────────────────────────────────────
    "year": "Năm",
    "recipients": "Nơi nhận",
    "found": "Máy quét thấy",
    "version": "Lần sửa",
    "about_version": "Về lần sửa",
    "opinion": "Ý kiến",
    "round": "Vòng",
    "group": "Khối",
    "set": "Bộ tiêu chí",
    "criteria_set": "Bộ tiêu chí",
    "criterion": "Tiêu chí",
    "criteria": "Tiêu chí",
    "component": "Lĩnh vực",
    "participant_code": "Mã đơn vị",
    "windows": "Thời hạn",
    "grace": "Số phút nộp thêm sau hạn",
    "begun_files": "Nhận tệp bắt đầu tải lên trước hạn",
    "arrived_on": "Ngày đến",
    "began_at": "Bắt đầu nhận lúc",
    "stored_at": "Lưu xong lúc",
    "grades": "Thang xếp loại",
    "gates": "Điều kiện khống chế",
    "grade": "Xếp loại",
    "label": "Tên",
    "at_least": "Từ",
    "up": "Lên trên",
    "is_ranked": "Được xếp hạng",
    "ranked": "Được xếp hạng",
    "unranked_reason": "Lý do không xếp hạng",
    "is_assessed": "Được đánh giá",
    "left_out_reason": "Lý do không đánh giá",
    "council_only": "Chỉ hội đồng chấm",
    "cloned_from": "Lập từ kỳ",
    "policy": "Cách tính",
    "decimals": "Số chữ số thập phân",
    "rounding": "Làm tròn",
    "leaf_decimals": "Làm tròn từng tiêu chí",
    "exclusion": "Phần không đánh giá",
    "weighting": "Gộp điểm",
    "cap_index": "Tính tối đa 100",
    "rank_on": "Xếp hạng theo",
    "ranking": "Đồng hạng",
    "grade_on": "Xếp loại theo",
    "mean_of": "Trung bình theo",
    "source_text": "Nguồn",
    "source": "Nguồn điểm",
    "origin": "Lấy từ",
    "filled": "Số dòng minh họa",
    "exclusions": "Không đánh giá",
    # ── criteria ──────────────────────────────────────────────────────────────────────────────────────────────────
    "changes": "Thay đổi",
    "before": "Trước",
    "after": "Sau",
    "count": "Số tiêu chí",
    "leaves": "Số tiêu chí chấm điểm",
    "pending": "Tiêu chí chưa đủ quy tắc",
    "annex": "Nội dung đã bỏ",
    "nodes": "Tiêu chí",
    "crosses": "Sang lĩnh vực khác",
    "with_campaign": "Nối với kỳ",
    "with_set": "Nối với bộ tiêu chí",
    "kinds": "Số tiêu chí theo cách nối",
    "note": "Ghi chú",
    "overtakes": "Hoàn tác lần sửa trước",
    "reopened_parts": "Số phần thẩm định mở lại",
    # ── dossiers, appraisal, council ──────────────────────────────────────────────────────────────────────────────
    "in_charge": "Người phụ trách",
    "for_all": "Cho mọi đơn vị đọc",
    "purpose": "Dùng cho",
    "pages": "Trang dẫn",
    "taken_from": "Lấy từ hồ sơ của",
    "valid_until": "Có hiệu lực đến",
    "number": "Số ký hiệu",
    "issued_on": "Ngày ban hành",
    "issuer": "Cơ quan ban hành",
    "abstract": "Trích yếu",
    "text": "Nội dung",
    "worth": "Điểm",
    "inputs": "Số liệu",
    "points": "Điểm",
    "not_applicable": "Không áp dụng",
    "lowered": "Thấp hơn vòng 1",
    "values": "Điểm đã nhập",
    "answers": "Số liệu tiếp nhận",
    "from": "Của đơn vị",
    "removed_because": "Lý do gỡ",
    "parts": "Phần thẩm định",
    "parts_taken_away": "Số phần thẩm định phải giao lại",
    "held_before": "Người giữ trước",
    "content": "Biên bản",
    "held_on": "Ngày họp",
    "chair": "Chủ trì",
    "attendees": "Thành phần dự họp",
    "minutes": "Nội dung, kết luận",
    # ── runs, publication ─────────────────────────────────────────────────────────────────────────────────────────
    "run": "Lần tính",
    "digest": "Mã băm",
    "input_sha256": "Mã băm đầu vào",
    "results_sha256": "Mã băm kết quả",
    "check_code": "Mã đối chiếu",
    "depth": "Mức chi tiết",
    "decision": "Quyết định",
    "decision_number": "Số quyết định",
    "decision_date": "Ngày quyết định",
    "decision_issuer": "Cơ quan ban hành",
    "signed_file_name": "Bản đã ký",
    "signed_file_sha256": "Mã băm của bản đã ký",
    "sent_at": "Trình lúc",
    "approved_at": "Duyệt lúc",
    "approved_digest": "Mã băm được duyệt",
    "released_at": "Công bố lúc",
    "withdrawn_at": "Thu hồi lúc",
    "withdrawn_reason": "Lý do thu hồi",
}

_OF_SUCCESSION = {"kind": "Hình thức"}
_OF_UNIT = {"valid_to": "Đến trước ngày"}
_OF_SESSIONS = {"ended": "Số phiên đã kết thúc"}

# Where one act means something else by a key than the others do.
NAMES_OF: dict[str, dict[str, str]] = {
    "units.import_reform": {"ended": "Số đơn vị được ghi ngày kết thúc", "added": "Số đơn vị cũ thêm vào"},
    "units.end_other_sessions": _OF_SESSIONS,
    "units.end_sessions_of_person": _OF_SESSIONS,
    "units.create_unit": _OF_UNIT,
    "units.add_unit": _OF_UNIT,
    "units.change_unit": _OF_UNIT,
    "units.add_unitsuccession": _OF_SUCCESSION,
    "units.change_unitsuccession": _OF_SUCCESSION,
    "units.delegate": {"user": "Người thay"},
    "units.accept_invitation": {"kind": "Cách mời"},
    "units.invite_by_mail": {"until": "Hạn của thư mời"},
    "units.issue_code": {"until": "Hạn của mã"},
    "scoring.end_unit": _OF_SUCCESSION,
    "scoring.hand_over": {"user": "Người bàn giao", "successor": "Người nhận", "roles": "Vai trò bàn giao"},
    "scoring.create_campaign": {"ended": "Đơn vị không còn, không đưa sang"},
    "scoring.add_units": {"units": "Mã đơn vị"},
    "scoring.set_for_group": {"units": "Số đơn vị đổi bộ"},
    "scoring.import_results": {"units": "Số đơn vị"},
    "scoring.assign": {"after": "Giao cho"},
}

# Rows without keys, by the key of their list: what stands in each place.
ROWS: dict[str, tuple[str, ...]] = {
    "people": ("username", "full_name", "role", "unit_code"),
    "parts": ("participant_code", "component", "round", "held_before"),
    "values": ("participant_code", "criterion", "version"),
}

PHASES = {
    "draft": "Nháp", "self_assessment": "Tự chấm", "appraisal": "Thẩm định 1", "explanation": "Giải trình",
    "reappraisal": "Thẩm định 2", "council": "Hội đồng", "finalised": "Chốt", "published": "Công bố",
}  # fmt: skip
LINKS = {
    "same": "Giữ nguyên", "comparable": "Đã đổi, vẫn so được", "changed": "Đã đổi, không so", "new": "Mới",
}  # fmt: skip
CHANGES = {
    "added": "Thêm", "removed": "Bỏ", "rule": "Đổi quy tắc", "maximum": "Đổi điểm tối đa",
    "source": "Đổi nguồn điểm, vai trò", "moved": "Chuyển sang tiêu chí cha khác", "recoded": "Đổi mã",
    "renamed": "Đổi tên", "weight": "Đổi trọng số", "words": "Đổi lời văn, tài liệu, cơ quan thẩm định",
}  # fmt: skip
_BASES = {
    "published": "Chỉ số đã làm tròn như khi công bố", "exact": "Chỉ số chưa làm tròn",
    "points": "Tổng điểm của đơn vị",
}  # fmt: skip

# What a code means, by the key that it stands under.
CODES: dict[str, dict[str, str]] = {
    "role": {**dict(Role.choices), "scored": "Tính điểm", "bonus": "Điểm thưởng", "penalty": "Điểm trừ"},
    "kind": {
        **dict(UnitKind.choices), **dict(SuccessionKind.choices), **dict(InvitationKind.choices), **CHANGES, **LINKS,
    },
    "purpose": {"declared": "Tự chấm", "explanation": "Giải trình"},
    "opinion": {"agree": "Đồng ý", "explain": "Giải trình"},
    "source": {
        "self": "Đơn vị tự chấm", "survey": "Điều tra xã hội học", "outcome": "Kết quả kinh tế - xã hội",
        "coordinator": "Cơ quan điều phối",
    },
    "origin": {"portal": "Chấm trên cổng", "past": "Kết quả đã công bố, nhập lại"},
    "depth": {
        "index": "Chỉ số, hạng, xếp loại", "components": "Đến điểm từng lĩnh vực", "criteria": "Đến điểm từng tiêu chí",
        "derivations": "Đến cách tính, kèm tệp để tính lại",
    },
    "rounding": {
        "half_up": "Làm tròn nửa lên (95,435 → 95,44)", "half_even": "Làm tròn nửa về số chẵn",
        "down": "Cắt bỏ, không làm tròn (26,067 → 26,06)",
    },
    "ranking": {
        "competition": "Đồng hạng thì bỏ hạng kế tiếp (1, 2, 2, 4)", "dense": "Đồng hạng không bỏ hạng (1, 2, 2, 3)",
    },
    "exclusion": {
        "own_maximum": "Chia cho điểm tối đa của riêng đơn vị, sau khi trừ phần không áp dụng",
        "rescale_self": "Quy đổi phần tự chấm về đủ điểm, rồi cộng điểm điều tra và kết quả",
        "full_marks": "Không phát sinh thì được điểm tối đa",
    },
    "weighting": {"points": "Theo điểm tối đa của tiêu chí", "weights": "Theo trọng số ghi ở từng lĩnh vực"},
    "grade": {"xuat_sac": "Xuất sắc", "tot": "Tốt", "kha": "Khá", "trung_binh": "Trung bình", "yeu": "Yếu"},
    "rank_on": _BASES,
    "grade_on": _BASES,
    "mean_of": _BASES,
}  # fmt: skip

# What the figures of a rule are called (scoring/engine/rules/).
INPUTS = {
    "value": "Giá trị", "numerator": "Số đạt được", "denominator": "Tổng số", "choice": "Mức đạt được",
    "checked": "Nội dung đã có", "count": "Số lượng", "counts": "Số lần vi phạm", "points": "Điểm",
    "date": "Ngày thực hiện", "days_late": "Số ngày chậm", "absent": "Không thực hiện", "mean": "Điểm trung bình",
    "satisfied": "Số phiếu hài lòng", "responses": "Số phiếu trả lời",
}  # fmt: skip

# Keys below these are codes themselves.
KEYS: dict[str, dict[str, str]] = {"windows": PHASES, "grace": PHASES, "begun_files": PHASES, "kinds": LINKS}

# What the acts of one subject move from and to: (name of the line, codes in words), by how their names begin.
STATES: dict[str, tuple[str, dict[str, str]]] = {
    "scoring.group_": ("Bước", PHASES),
    "scoring.switch_phase": ("Bước", PHASES),
    "scoring.submission_": (
        "Trạng thái",
        {"draft": "Đang nhập", "at_head": "Chờ thủ trưởng", "submitted": "Đã nộp", "not_submitted": "Không nộp"},
    ),
    "scoring.explanation_": (
        "Trạng thái", {"draft": "Đang viết", "at_head": "Chờ thủ trưởng", "submitted": "Đã gửi"},
    ),
    "scoring.part_": ("Trạng thái", {"open": "Đang thẩm định", "done": "Đã chấm xong", "signed": "Đã ký xác nhận"}),
    "reports.": (
        "Trạng thái",
        {
            "drafted": "Đã soạn, số liệu đã chốt", "sent": "Đã trình ký", "signed": "Đã có số, ngày quyết định",
            "approved": "Đã duyệt", "releasing": "Đang tạo trang", "released": "Đã công bố",
            "superseded": "Đã thay bằng bản đính chính", "withdrawn": "Đã thu hồi", "discarded": "Đã bỏ bản soạn",
        },
    ),
}  # fmt: skip

FIGURES = ("worth", "inputs", "points", "weight", "max_points", "maximum", "at_least")  # digits there are a number
COUNTS = ("ended", "added", "totals", "filled", "kinds", "size", "successions", "leaves", "units")  # grouped by three
SILENT = ("progress_done", "progress_total")  # nought whenever they are recorded
OMITTED = ("id", "permanent_id", "is_leaf", "participant")  # of a list's items: what only programs ask for
