"""Who may do what with campaigns, dossiers, evidence, appraisal and runs. One row an action; the sentence is what a
refused person reads. In which phase and state stands in `scoring.workflow`, on what data in the services' guards."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import Q
from django.utils import timezone

from scoring.enums import Origin
from scoring.models import (
    AppraisalPart,
    ConflictOfInterest,
    Evidence,
    EvidenceUse,
    Participant,
    Run,
    RunShown,
    Submission,
)
from scoring.workflow import Hand, Matter, Subject, action_of
from units.enums import Role
from units.models import Membership, UnitSuccession
from units.permissions import Predicate, declare, holds, holds_true, is_one_hand, principals_of

UNIT_ROLES = (Role.UNIT_STAFF, Role.UNIT_HEAD)


def works_for_unit(user: Any, unit_id: int, roles: Iterable[Role] = tuple(Role)) -> bool:
    """Whether the person has one of `roles` today for exactly this unit."""
    return any(item.unit_id == unit_id and item.role in roles for item in user.current_memberships)


def came_before(user: Any, organiser: int | None = None, roles: Iterable[Role] = tuple(Role)) -> set[int]:
    """The units that those the person works for (at the organiser, in one of `roles`) today had come out of: merged,
    divided, renamed. Read once for the life of the user's object (one request)."""
    mine = user.current_memberships
    if not hasattr(user, "_units_before"):
        user._units_before = UnitSuccession.objects.units_before({item.unit_id for item in mine}, timezone.localdate())
    chosen = (item for item in mine if organiser in (None, item.organiser_id) and item.role in roles)
    return set().union(*(user._units_before[item.unit_id] for item in chosen))


OWN_UNIT = "Không ai thẩm định, chấm điểm đơn vị mình đang công tác."
OWN_UNIT_OF_THE_ABSENT = "Người được làm thay công tác ở đơn vị này, nên người thay cũng không thẩm định, chấm điểm."
DECLARED_CONFLICT = "Người này đã được khai báo có xung đột lợi ích với đơn vị, nên không chấm đơn vị này."


def conflict_of(user: Any, participant: Any) -> str:
    """Why the person must not judge this unit: works there, or declared a conflict; "" where nothing stands against.

    Who is somebody's deputy is bound by what binds the absent one as well (docs/decisions/016).
    """
    if works_for_unit(user, participant.unit_id) or participant.unit_id in came_before(user):
        return OWN_UNIT
    declared, of_the_absent = _declared_conflicts(user)
    if participant.unit_id in declared:
        return DECLARED_CONFLICT
    return OWN_UNIT_OF_THE_ABSENT if participant.unit_id in of_the_absent else ""


def _declared_conflicts(user: Any) -> tuple[set[int], set[int]]:
    """Units the person must not judge by declaration, and those where the absent work whose deputy he or she is; read
    once for the life of the user's object (one request), as memberships."""
    if not hasattr(user, "_declared_conflicts"):
        absent = principals_of(user)
        found = ConflictOfInterest.objects.filter(user__in={user.pk, *absent})
        user._declared_conflicts = set(found.values_list("unit_id", flat=True)), _places_of(absent)
    return user._declared_conflicts


def _places_of(people: set[int]) -> set[int]:
    """The units where they work today, and those that these had come out of."""
    if not people:
        return set()
    today = timezone.localdate()
    units = set(Membership.objects.valid_on(today).filter(user__in=people).values_list("unit_id", flat=True))
    return units.union(*UnitSuccession.objects.units_before(units, today).values())


def _participant(obj: Any) -> Any:
    return getattr(obj, "participant", obj)


def _of_the_unit(roles: Iterable[Role], refusal: str) -> Predicate:
    wanted = tuple(roles)

    def check(user: Any, obj: Any) -> bool:
        participant = _participant(obj)
        if not isinstance(participant, Participant):
            return False
        return any(
            item.organiser_id == participant.organiser_id
            and item.unit_id == participant.unit_id
            and item.role in wanted
            for item in user.current_memberships
        )

    return holds_true(check, refusal, wanted)


def _is_heir(user: Any, obj: Any) -> bool:
    participant = _participant(obj)
    return isinstance(participant, Participant) and participant.unit_id in came_before(
        user, participant.organiser_id, UNIT_ROLES
    )


_heir = holds_true(_is_heir, "Hồ sơ này chỉ dành cho đơn vị, và đơn vị nối tiếp kể từ ngày nối tiếp.", UNIT_ROLES)
_coordinator = holds(Role.COORDINATOR, "Chỉ cán bộ điều phối của đơn vị tổ chức làm được việc này.")
_insider = holds(
    [Role.COORDINATOR, Role.LEADER],
    "Số liệu chưa công bố chỉ dành cho điều phối và lãnh đạo của đơn vị tổ chức.",
)
_council = holds(Role.COUNCIL, "Chỉ thành viên hội đồng thẩm định làm được việc này.")
_appraiser = holds(Role.APPRAISER, "Chỉ người được giao thẩm định làm được việc này.")
_team = holds(
    [Role.COORDINATOR, Role.LEADER, Role.COUNCIL], "Chỉ điều phối, lãnh đạo, hội đồng của đơn vị tổ chức xem được."
)
_unit = _of_the_unit(UNIT_ROLES, "Chỉ cán bộ và thủ trưởng của chính đơn vị làm được việc này.")
_head = _of_the_unit((Role.UNIT_HEAD,), "Chỉ thủ trưởng đơn vị làm được việc này.")


def judges_for(user: Any, organiser_id: int) -> set[int]:
    """The appraisers (pk) whose parts the person works at this organiser today: oneself, and those whose deputy as
    appraiser one is."""
    return {
        item.principal_id
        for item in user.current_memberships
        if item.role == Role.APPRAISER and item.organiser_id == organiser_id
    }


def held_by(user: Any) -> Q:
    """Parts that are the person's to work, own ones and those of the absent: the one condition that everything asks.

    For querysets of `AppraisalPart`. A part goes with the role: without one of today there is none. A deputy is not
    even told of the absent one's parts at units that he or she must not judge: who appraises there is hidden from them.
    """
    held = Q(pk__in=())
    for item in user.current_memberships:
        if item.role == Role.APPRAISER:
            parts = Q(appraiser=item.principal_id, participant__campaign__organiser=item.organiser_id)
            held |= parts & ~Q(participant__unit__in=_barred_units(user)) if item.stands_for_id else parts
    return held


def _barred_units(user: Any) -> set[int]:
    """The units for which `conflict_of` has a sentence."""
    return {item.unit_id for item in user.current_memberships}.union(came_before(user), *_declared_conflicts(user))


def _holds(user: Any, part: Any) -> bool:
    if not isinstance(part, AppraisalPart):
        return True
    if part.appraiser_id not in judges_for(user, part.organiser_id):
        return False
    return part.appraiser_id == user.pk or not conflict_of(user, part.participant)


_holds_the_part = holds_true(
    _holds,
    "Phần thẩm định này đã giao cho người khác.",
)
_no_conflict = holds_true(
    lambda user, obj: not isinstance(_participant(obj), Participant) or not conflict_of(user, _participant(obj)),
    "Không ai chấm đơn vị mình đang công tác hoặc đã khai báo có xung đột lợi ích.",
)


def _covers(user: Any, part: Any) -> bool:
    """Whether the role in which the person works the part, the own one or the absent appraiser's, takes in its
    component today (none named: all)."""
    if not isinstance(part, AppraisalPart):
        return True
    return covers_component(user, part.organiser_id, part.component.code, part.appraiser_id)


def covers_component(user: Any, organiser_id: int, code: str, judge: int | None) -> bool:
    """Whether the person may judge the component `code` at this organiser today for the appraiser `judge` (pk)."""
    return any(
        item.organiser_id == organiser_id and item.role == Role.APPRAISER and item.principal_id == judge
        for item in user.current_memberships
        if not (held := (item.stands_for or item).components) or code in held
    )


_for_the_component = holds_true(_covers, "Lĩnh vực này không còn thuộc phân công thẩm định của người này.")
_may_judge = _appraiser & _holds_the_part & _for_the_component & _no_conflict


def _has_part(user: Any, participant: Any) -> bool:
    return (
        isinstance(participant, Participant)
        and AppraisalPart.objects.filter(held_by(user), participant=participant).exists()
    )


_judges_something_there = _appraiser & holds_true(
    lambda user, obj: _has_part(user, _participant(obj)), "Hồ sơ này không được giao cho người thẩm định này."
)


def _is_handed_in(user: Any, obj: Any) -> bool:
    """Whether the unit has submitted its dossier; until then its documents are drafts of its own."""
    participant = _participant(obj)
    if not isinstance(participant, Participant):
        return False
    submission = Submission.objects.filter(participant=participant).first()
    return submission is not None and submission.is_received


def _judges_a_leaf_of(user: Any, evidence: Any) -> bool:
    """Whether the document stands for a leaf of a component that the person judges at that unit."""
    if not isinstance(evidence, Evidence):
        return False
    parts = AppraisalPart.objects.filter(held_by(user), participant=evidence.participant_id)
    mine = {
        path
        for path, code, judge in parts.values_list("component__path", "component__code", "appraiser")
        if covers_component(user, evidence.organiser_id, code, judge)
    }
    used = EvidenceUse.objects.filter(evidence=evidence).values_list("criterion__path", flat=True)
    return any(path.split(".", 1)[0] in mine for path in used)


_handed_in = holds_true(_is_handed_in, "Đơn vị chưa nộp hồ sơ nên tài liệu chỉ đơn vị và điều phối xem được.")
_report_is_in = holds_true(_is_handed_in, "Đơn vị chưa nộp hồ sơ nên báo cáo chỉ đơn vị và điều phối xem được.")
_judges_the_evidence = _appraiser & holds_true(
    _judges_a_leaf_of, "Tài liệu này không thuộc phần được giao cho người thẩm định này."
)


def _shown(user: Any, run: Any) -> bool:
    if not isinstance(run, Run) or run.campaign.origin == Origin.PAST:
        return True
    return RunShown.objects.filter(run=run).exists()


_leader = holds(Role.LEADER, "Số liệu chưa công bố chỉ dành cho điều phối và lãnh đạo của đơn vị tổ chức.")
_reads_runs = _coordinator | (
    _leader & holds_true(_shown, "Điều phối chưa trình lãnh đạo lần tính này, nên chưa xem được.")
)

# ── campaigns, criteria, runs ─────────────────────────────────────────────────────────────────────────────────────
VIEW_CAMPAIGNS = declare("scoring.view_campaigns", "Xem các kỳ đánh giá chưa công bố", _insider)
VIEW_CAMPAIGN = declare("scoring.view_campaign", "Xem một kỳ đánh giá chưa công bố", _insider)
CREATE_CAMPAIGN = declare("scoring.create_campaign", "Lập kỳ đánh giá, sao từ năm trước", _coordinator)
IMPORT_RESULTS = declare("scoring.import_results", "Nhập bảng kết quả đã công bố", _coordinator)
EDIT_CAMPAIGN = declare("scoring.edit_campaign", "Sửa thông tin kỳ đánh giá, khối, thời hạn, đơn vị", _coordinator)
MANAGE_CRITERIA = declare("scoring.manage_criteria", "Nhập, thay bộ tiêu chí chưa khóa", _coordinator)
EDIT_CRITERIA = declare("scoring.edit_criteria", "Lập, sửa bộ tiêu chí trên màn hình", _coordinator)
LINK_CRITERIA = declare("scoring.link_criteria", "Nối tiêu chí với năm trước", _coordinator)
AMEND = declare("scoring.amend", "Soạn sửa đổi bộ tiêu chí đã khóa", _coordinator)
APPLY_AMENDMENT = declare(
    "scoring.apply_amendment",
    "Áp dụng sửa đổi bộ tiêu chí (người thứ hai)",
    _insider
    & holds_true(
        lambda user, obj: not is_one_hand(user, getattr(obj, "drafted_by_id", None), getattr(obj, "drafted_at", None)),
        "Người soạn sửa đổi không được tự áp dụng. Cần người thứ hai.",
    ),
)
VIEW_UNITS = declare(
    "scoring.view_units",
    "Xem cây đơn vị, đơn vị trước và sau",
    holds([Role.ADMINISTRATOR, Role.COORDINATOR], "Cây đơn vị chỉ dành cho quản trị, điều phối của đơn vị tổ chức."),
)
VIEW_GUIDE = declare(
    "scoring.view_guide",
    "Xem trang Thiết lập",
    holds([Role.ADMINISTRATOR, Role.COORDINATOR], "Trang Thiết lập chỉ dành cho quản trị, điều phối."),
)
END_UNIT = declare(
    "scoring.end_unit",
    "Cho một đơn vị kết thúc, ghi nối tiếp; hoàn tác khi chưa kỳ nào dùng",
    holds(Role.ADMINISTRATOR, "Chỉ người quản trị cho đơn vị kết thúc, ghi nối tiếp.")
    & holds_true(
        lambda user, here: getattr(here, "is_own", True),
        "Đơn vị này không thuộc nơi tổ chức, nên không cho kết thúc ở đây.",
        [Role.ADMINISTRATOR],
    ),
)
CALCULATE = declare("scoring.calculate", "Tính chỉ số, hạng, xếp loại", _coordinator)
VIEW_RUN = declare("scoring.view_run", "Xem một lần tính", _reads_runs)
SHOW_RUN = declare("scoring.show_run", "Trình lãnh đạo xem một lần tính", _coordinator)
SWITCH_PHASE = declare("scoring.switch_phase", "Chuyển bước tự do (chỉ bản dùng thử)", _coordinator)

VIEW_RIGHTS = declare(
    "scoring.view_rights",
    "Xem bảng quyền",
    holds(
        [Role.ADMINISTRATOR, Role.COORDINATOR, Role.LEADER],
        "Bảng quyền chỉ dành cho quản trị, điều phối, lãnh đạo của đơn vị tổ chức.",
    ),
)

# ── dossiers of units ─────────────────────────────────────────────────────────────────────────────────────────────
VIEW_WORK = declare(
    "scoring.view_work",
    "Xem việc của mình ở một nơi tổ chức",
    holds(tuple(Role), "Chưa được phân công ở đơn vị tổ chức này."),
)
VIEW_DOSSIER = declare(
    "scoring.view_dossier", "Xem hồ sơ của một đơn vị", _unit | _heir | _judges_something_there | _team
)
DECLARE = declare("scoring.declare", "Tự chấm: nhập số liệu, đề nghị không áp dụng", _unit)
EXPLAIN = declare("scoring.explain", "Viết giải trình", _unit)
ENTER_ON_BEHALF = declare("scoring.enter_on_behalf", "Nhập thay theo văn bản đến muộn của đơn vị", _coordinator)
ADD_EVIDENCE = declare("scoring.add_evidence", "Thêm, sửa, gỡ tài liệu kiểm chứng", _unit)
VIEW_EVIDENCE = declare(
    "scoring.view_evidence",
    "Xem, tải một tài liệu kiểm chứng",
    _unit
    | _heir
    | (_judges_the_evidence & _handed_in)
    | (_council & _handed_in)
    | holds(Role.COORDINATOR, "Tài liệu chỉ dành cho đơn vị, người thẩm định, điều phối, hội đồng."),
)
_keeps_files = holds(
    [Role.ADMINISTRATOR, Role.COORDINATOR], "Tệp bị giữ lại chỉ dành cho quản trị, điều phối của đơn vị tổ chức."
)
VIEW_HELD = declare("scoring.view_held", "Xem các tệp bị giữ lại vì nghi có mã độc", _keeps_files)
SETTLE_HELD = declare(
    "scoring.settle_held",
    "Quét lại tệp bị giữ lại, giữ và yêu cầu tệp khác, đề nghị mở",
    holds(Role.ADMINISTRATOR, "Chỉ người quản trị xử lý tệp bị giữ lại."),
)
RELEASE_HELD = declare(
    "scoring.release_held",
    "Mở tệp bị giữ lại (người thứ hai)",
    _keeps_files
    & holds_true(
        lambda user, held: (
            getattr(held, "newest", None) is None or not is_one_hand(user, held.newest.by_id, held.newest.at)
        ),
        "Người đề nghị không tự mở được tệp. Cần người thứ hai: một quản trị hoặc điều phối khác.",
        [Role.ADMINISTRATOR, Role.COORDINATOR],
    ),
)
TAKE_OVER = declare("scoring.take_over", "Tiếp nhận số liệu, tài liệu từ hồ sơ của đơn vị trước", _unit)
VIEW_RECEIPT = declare("scoring.view_receipt", "Xem biên nhận", _unit | _heir | _coordinator)
WRITE_REPORT = declare("scoring.write_report", "Viết lời báo cáo tự chấm", _unit)
VIEW_REPORT = declare(
    "scoring.view_report",
    "Xem báo cáo tự chấm, bản đã ký",
    _unit | _heir | (_judges_something_there & _report_is_in) | (_council & _report_is_in) | _coordinator,
)
VIEW_BOARD = declare("scoring.view_board", "Xem bảng việc của đơn vị", _unit)
SHARE_LEAVES = declare("scoring.share_leaves", "Chia tiêu chí cho người trong đơn vị phụ trách", _unit)
VIEW_QUESTIONS = declare(
    "scoring.view_questions",
    "Xem câu hỏi của đơn vị gửi điều phối, câu trả lời",
    _unit | holds(Role.COORDINATOR, "Chỉ đơn vị đã hỏi và điều phối xem được câu hỏi gửi điều phối."),
)
ASK_QUESTION = declare("scoring.ask_question", "Hỏi điều phối về một tiêu chí", _unit)
ANSWER_QUESTION = declare("scoring.answer_question", "Xem mọi câu hỏi của kỳ, trả lời", _coordinator)
FOLLOW_UP = declare("scoring.follow_up", "Theo dõi việc khắc phục điểm mất, giữ tài liệu cho năm sau", _unit)
COUNT_FOLLOW_UPS = declare("scoring.count_follow_ups", "Xem số việc theo dõi của từng đơn vị", _coordinator)
SIGN_PAPER = declare("scoring.sign_paper", "Tải bản ký giấy của báo cáo tự chấm, công văn giải trình", _head)

# ── appraisal, entered points, council ────────────────────────────────────────────────────────────────────────────
ASSIGN = declare("scoring.assign", "Giao phần thẩm định, khai báo xung đột lợi ích", _coordinator)
VIEW_PARTS = declare("scoring.view_parts", "Xem các phần được giao thẩm định", _appraiser)
VIEW_PART = declare(
    "scoring.view_part", "Xem một phần thẩm định", (_appraiser & _holds_the_part & _for_the_component) | _coordinator
)
APPRAISE = declare("scoring.appraise", "Thẩm định một tiêu chí của phần được giao", _may_judge)
ENTER = declare("scoring.enter", "Nhập điểm điều tra, kết quả, thưởng, trừ", _coordinator)
CONFIRM_ENTERED = declare("scoring.confirm_entered", "Xác nhận điểm nhập (người thứ hai)", _insider)
EXCLUDE = declare("scoring.exclude", "Ghi tiêu chí không đánh giá", _coordinator)
CONFIRM_EXCLUSION = declare("scoring.confirm_exclusion", "Xác nhận tiêu chí không đánh giá (người thứ hai)", _insider)
VIEW_COUNCIL = declare("scoring.view_council", "Xem các mục trình hội đồng", _team)
DECIDE = declare("scoring.decide", "Quyết định của hội đồng về một tiêu chí", _council & _no_conflict)
OVERRIDE_GRADE = declare("scoring.override_grade", "Quyết định xếp loại khác thang điểm", _council & _no_conflict)
WRITE_MINUTES = declare("scoring.write_minutes", "Ghi biên bản hội đồng", _coordinator)

# ── changes of state (`scoring.workflow.table`) ───────────────────────────────────────────────────────────────────
for _name, _label in {
    "open": "Mở tự chấm cho một khối",
    "start_appraisal": "Chuyển khối sang thẩm định 1",
    "start_explanation": "Trả kết quả thẩm định, mở giải trình",
    "start_reappraisal": "Chuyển khối sang thẩm định 2",
    "start_council": "Trình hội đồng",
    "finalise": "Chốt số liệu",
    "return_to_self_assessment": "Đưa khối về tự chấm",
    "return_to_appraisal": "Đưa khối về thẩm định 1",
    "return_to_explanation": "Đưa khối về giải trình",
    "return_to_reappraisal": "Đưa khối về thẩm định 2",
    "return_to_council": "Mở lại hội đồng",
}.items():
    declare(action_of(Subject.GROUP, _name), _label, _coordinator)
for _name, _label, _who in (
    ("hand_over", "Trình thủ trưởng hồ sơ tự chấm", _unit),
    ("return", "Trả hồ sơ tự chấm cho cán bộ", _head),
    ("submit", "Nộp hồ sơ tự chấm", _head),
    ("withdraw", "Rút hồ sơ đã nộp để sửa", _head),
    ("extend", "Gia hạn tự chấm cho một đơn vị", _coordinator),
    ("reopen", "Cho đơn vị quá hạn nhập tiếp", _coordinator),
    ("unlock", "Mở khóa hồ sơ đã nộp", _coordinator),
    ("take_as_it_stands", "Lấy hồ sơ không nộp theo nội dung đã nhập", _coordinator),
    ("set_to_nought", "Tính 0 điểm hồ sơ không nộp", _coordinator),
    ("take_paper", "Ghi văn bản đến muộn của đơn vị", _coordinator),
    ("submit_on_behalf", "Nộp thay theo văn bản đến muộn", _coordinator),
):
    declare(action_of(Subject.SUBMISSION, _name), _label, _who)
for _name, _label, _who in (
    ("finish", "Báo chấm xong một phần", _may_judge),
    ("take_up", "Sửa tiếp phần đã chấm xong", _may_judge),
    ("sign", "Ký xác nhận một phần", _may_judge),
    ("reopen", "Mở lại phần đã ký", _coordinator),
):
    declare(action_of(Subject.PART, _name), _label, _who)
for _name, _label, _who in (
    ("hand_over", "Trình thủ trưởng giải trình", _unit),
    ("return", "Trả giải trình cho cán bộ", _head),
    ("submit", "Gửi giải trình", _head),
    ("reopen", "Cho đơn vị viết tiếp giải trình", _coordinator),
    ("ask_again", "Mời đơn vị giải trình lại", _coordinator),
):
    declare(action_of(Subject.EXPLANATION, _name), _label, _who)

# ── what the acts write, for the page of the table; the pen says in which phases ─────────────────────────────────
WRITES: dict[str, tuple[tuple[Hand, Matter], ...]] = {
    DECLARE: ((Hand.UNIT, Matter.DECLARED),),
    EXPLAIN: ((Hand.UNIT, Matter.EXPLANATION),),
    ADD_EVIDENCE: ((Hand.UNIT, Matter.DECLARED), (Hand.UNIT, Matter.EXPLANATION)),
    APPRAISE: ((Hand.APPRAISER, Matter.APPRAISED), (Hand.APPRAISER, Matter.REAPPRAISED)),
    ENTER: ((Hand.COORDINATOR, Matter.ENTERED),),
    CONFIRM_ENTERED: ((Hand.COORDINATOR, Matter.ENTERED),),
    EXCLUDE: ((Hand.COORDINATOR, Matter.EXCLUSION),),
    CONFIRM_EXCLUSION: ((Hand.COORDINATOR, Matter.EXCLUSION),),
    DECIDE: ((Hand.COUNCIL, Matter.COUNCIL),),
    OVERRIDE_GRADE: ((Hand.COUNCIL, Matter.OVERRIDE),),
    WRITE_MINUTES: ((Hand.COORDINATOR, Matter.MINUTES),),
}
