"""Every change of state that exists. What is not in this table cannot be done."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from scoring.enums import ExplanationState as E
from scoring.enums import PartState as P
from scoring.enums import Phase
from scoring.enums import SubmissionState as S


class Subject(StrEnum):
    """What has a state."""

    GROUP = "group"
    SUBMISSION = "submission"
    PART = "part"
    EXPLANATION = "explanation"


@dataclass(frozen=True)
class Transition:
    """One row. `phases`: in which phases of the group; () where the row itself changes the phase.

    `target` None keeps the state (an extension). `guard` says in words on what data; `needs_reason`: the person says
    why, and it is kept; `by_portal`: done by the portal, never by a person.
    """

    subject: Subject
    name: str
    button: str
    sources: tuple[str, ...]
    target: str | None
    phases: tuple[Phase, ...] = ()
    guard: str = ""
    needs_reason: bool = False
    needs_time: bool = False
    by_portal: bool = False

    @property
    def action(self) -> str:
        """The name under which `scoring.permissions` declares who may do it."""
        return action_of(self.subject, self.name)


def action_of(subject: Subject, name: str) -> str:
    return f"scoring.{subject.value}_{name}"


_G, _S, _P, _E = Subject.GROUP, Subject.SUBMISSION, Subject.PART, Subject.EXPLANATION
# An amendment may open a part after the phase of its round (`services.pen.is_late_by_amendment`).
_ROUNDS = (Phase.APPRAISAL, Phase.EXPLANATION, Phase.REAPPRAISAL, Phase.COUNCIL)
_WRITING = (Phase.SELF_ASSESSMENT, Phase.APPRAISAL)
_EXPLAINING = (Phase.EXPLANATION, Phase.REAPPRAISAL, Phase.COUNCIL)

TRANSITIONS: tuple[Transition, ...] = (
    # ── a group walks through the year ────────────────────────────────────────────────────────────────────────────
    Transition(
        _G,
        "open",
        "Mở tự chấm",
        (Phase.DRAFT,),
        Phase.SELF_ASSESSMENT,
        guard="Khối có đơn vị được đánh giá và thời hạn tự chấm; bộ tiêu chí không lỗi; dòng chưa có quy tắc "
        "đã được xác nhận. "
        "Bộ tiêu chí khóa từ đây; mỗi đơn vị có một hồ sơ và các phần thẩm định vòng 1.",
    ),
    Transition(
        _G,
        "start_appraisal",
        "Chuyển sang thẩm định 1",
        (Phase.SELF_ASSESSMENT,),
        Phase.APPRAISAL,
        guard="Mọi hồ sơ đã nộp hoặc đã hết hạn. Hồ sơ còn dở thành “không nộp”.",
    ),
    Transition(
        _G,
        "start_explanation",
        "Trả kết quả, mở giải trình",
        (Phase.APPRAISAL,),
        Phase.EXPLANATION,
        guard="Mọi phần thẩm định vòng 1 đã ký; hồ sơ không nộp đã có quyết định; có thời hạn giải trình. "
        "Từ đây đơn vị xem được điểm thẩm định.",
    ),
    Transition(
        _G,
        "start_reappraisal",
        "Chuyển sang thẩm định 2",
        (Phase.EXPLANATION,),
        Phase.REAPPRAISAL,
        guard="Giải trình đã gửi hoặc đã hết hạn của khối và của riêng đơn vị. Chỉ mở các tiêu chí mà đơn vị đã gửi "
        "giải trình; phần vòng 2 không còn gì để chấm thì bỏ.",
    ),
    Transition(
        _G,
        "start_council",
        "Trình hội đồng",
        (Phase.REAPPRAISAL,),
        Phase.COUNCIL,
        guard="Mọi phần thẩm định vòng 2 đã ký.",
    ),
    Transition(
        _G,
        "finalise",
        "Chốt số liệu",
        (Phase.COUNCIL,),
        Phase.FINALISED,
        guard="Không còn gì thiếu: phần chưa ký, đề nghị không áp dụng chưa quyết, điểm nhập thiếu hoặc chưa "
        "xác nhận, điểm hạ ở vòng 2 chưa giải trình lại.",
    ),
    Transition(
        _G,
        "publish",
        "Đã công bố",
        (Phase.FINALISED,),
        Phase.PUBLISHED,
        guard="Bản công bố của kỳ đã ra.",
        by_portal=True,
    ),
    Transition(
        _G,
        "return_to_self_assessment",
        "Quay lại tự chấm",
        (Phase.APPRAISAL,),
        Phase.SELF_ASSESSMENT,
        guard="Chưa phần thẩm định nào của khối được ký.",
        needs_reason=True,
    ),
    Transition(
        _G,
        "return_to_appraisal",
        "Quay lại thẩm định 1",
        (Phase.EXPLANATION,),
        Phase.APPRAISAL,
        guard="Chưa đơn vị nào gửi giải trình.",
        needs_reason=True,
    ),
    Transition(
        _G,
        "return_to_explanation",
        "Quay lại giải trình",
        (Phase.REAPPRAISAL,),
        Phase.EXPLANATION,
        guard="Chưa phần thẩm định vòng 2 nào được ký. Giải trình trở lại bản nháp; mục đã gửi mà đơn vị không sửa thì "
        "vẫn là đã gửi. Thời hạn của khối, hoặc của riêng đơn vị, cho biết còn viết được hay không.",
        needs_reason=True,
    ),
    Transition(
        _G,
        "return_to_reappraisal",
        "Quay lại thẩm định 2",
        (Phase.COUNCIL,),
        Phase.REAPPRAISAL,
        guard="Hội đồng chưa quyết định mục nào của khối.",
        needs_reason=True,
    ),
    Transition(
        _G,
        "return_to_council",
        "Mở lại hội đồng",
        (Phase.FINALISED, Phase.PUBLISHED),
        Phase.COUNCIL,
        guard="Bản đã công bố giữ nguyên; sửa xong phải tính lại và công bố bản đính chính.",
        needs_reason=True,
    ),
    # ── a unit's self-assessment ──────────────────────────────────────────────────────────────────────────────────
    Transition(
        _S,
        "hand_over",
        "Trình thủ trưởng",
        (S.DRAFT,),
        S.AT_HEAD,
        _WRITING,
        guard="Còn trong hạn, hoặc trong số phút nộp thêm; “Kiểm tra trước khi nộp” không còn lỗi.",
    ),
    Transition(
        _S, "return", "Trả lại cán bộ", (S.AT_HEAD,), S.DRAFT, _WRITING, guard="Còn trong hạn.", needs_reason=True
    ),
    Transition(
        _S,
        "submit",
        "Nộp hồ sơ",
        (S.AT_HEAD,),
        S.SUBMITTED,
        _WRITING,
        guard="Còn trong hạn, hoặc trong số phút nộp thêm, theo giờ của máy chủ; “Kiểm tra trước khi nộp” không còn "
        "lỗi; còn tiêu chí chưa nhập thì "
        "thủ trưởng đánh dấu chấp nhận mất điểm. Lập biên nhận có mã băm trên mọi câu trả lời và tệp.",
    ),
    Transition(
        _S, "withdraw", "Rút lại để sửa", (S.SUBMITTED,), S.DRAFT, (Phase.SELF_ASSESSMENT,), guard="Còn trong hạn."
    ),
    Transition(
        _S,
        "close",
        "Hết hạn chưa nộp",
        (S.DRAFT, S.AT_HEAD),
        S.NOT_SUBMITTED,
        _WRITING,
        guard="Đã quá hạn của đơn vị và số phút nộp thêm.",
        by_portal=True,
    ),
    Transition(
        _S,
        "extend",
        "Gia hạn",
        (S.DRAFT, S.AT_HEAD),
        None,
        _WRITING,
        guard="Hạn mới sau hạn đang có.",
        needs_reason=True,
        needs_time=True,
    ),
    Transition(
        _S,
        "reopen",
        "Gia hạn, cho nhập tiếp",
        (S.NOT_SUBMITTED,),
        S.DRAFT,
        _WRITING,
        guard="Hạn mới sau lúc này; chưa phần thẩm định nào của đơn vị được ký.",
        needs_reason=True,
        needs_time=True,
    ),
    Transition(
        _S,
        "unlock",
        "Mở khóa để đơn vị sửa",
        (S.SUBMITTED,),
        S.DRAFT,
        _WRITING,
        guard="Hạn mới sau lúc này; chưa phần thẩm định nào của đơn vị được ký.",
        needs_reason=True,
        needs_time=True,
    ),
    Transition(
        _S, "take_as_it_stands", "Lấy theo nội dung đã nhập", (S.NOT_SUBMITTED,), None, _WRITING, needs_reason=True
    ),
    Transition(
        _S,
        "take_paper",
        "Ghi văn bản đến muộn",
        (S.NOT_SUBMITTED,),
        None,
        _WRITING,
        guard="Có số, ngày, ngày đến và bản quét của văn bản; chưa phần thẩm định nào của đơn vị được ký. Từ đây điều "
        "phối nhập thay theo văn bản đó, cho đến khi nộp thay hoặc hồ sơ đổi trạng thái.",
        needs_reason=True,
    ),
    Transition(
        _S,
        "submit_on_behalf",
        "Nộp thay",
        (S.NOT_SUBMITTED,),
        S.SUBMITTED,
        _WRITING,
        guard="Đang có văn bản đến muộn của đơn vị; chưa phần thẩm định nào được ký. Lập biên nhận ghi rõ nộp "
        "thay theo văn bản nào, đơn vị được báo.",
        needs_reason=True,
    ),
    Transition(_S, "set_to_nought", "Tính 0 điểm phần tự chấm", (S.NOT_SUBMITTED,), None, _WRITING, needs_reason=True),
    # ── an appraiser's part ───────────────────────────────────────────────────────────────────────────────────────
    Transition(
        _P,
        "finish",
        "Chấm xong",
        (P.OPEN,),
        P.DONE,
        _ROUNDS,
        guard="Đúng vòng của bước (hoặc mở lại do sửa bộ tiêu chí); mọi tiêu chí của phần đã có ý kiến thẩm định.",
    ),
    Transition(
        _P,
        "take_up",
        "Sửa tiếp",
        (P.DONE,),
        P.OPEN,
        _ROUNDS,
        guard="Đúng vòng của bước (hoặc mở lại do sửa bộ tiêu chí).",
    ),
    Transition(
        _P,
        "sign",
        "Ký xác nhận",
        (P.DONE,),
        P.SIGNED,
        _ROUNDS,
        guard="Đúng vòng của bước (hoặc mở lại do sửa bộ tiêu chí); mọi tiêu chí của phần đã có ý kiến thẩm định.",
    ),
    Transition(
        _P,
        "reopen",
        "Mở lại phần đã ký",
        (P.SIGNED,),
        P.OPEN,
        _ROUNDS,
        guard="Đúng vòng của bước (hoặc mở lại do sửa bộ tiêu chí).",
        needs_reason=True,
    ),
    Transition(
        _P,
        "amend",
        "Mở lại do sửa bộ tiêu chí",
        (P.DONE, P.SIGNED),
        P.OPEN,
        (Phase.SELF_ASSESSMENT, Phase.APPRAISAL, Phase.EXPLANATION, Phase.REAPPRAISAL, Phase.COUNCIL),
        guard="Quy tắc hoặc điểm tối đa của tiêu chí trong phần đã đổi.",
        needs_reason=True,
        by_portal=True,
    ),
    # ── a unit's explanation ──────────────────────────────────────────────────────────────────────────────────────
    Transition(
        _E,
        "hand_over",
        "Trình thủ trưởng",
        (E.DRAFT,),
        E.AT_HEAD,
        _EXPLAINING,
        guard="Còn trong hạn, hoặc trong số phút nộp thêm; có ít nhất một mục giải trình hoặc đồng ý của vòng này; "
        "mục chọn giải trình đã có "
        "nội dung.",
    ),
    Transition(
        _E, "return", "Trả lại cán bộ", (E.AT_HEAD,), E.DRAFT, _EXPLAINING, guard="Còn trong hạn.", needs_reason=True
    ),
    Transition(
        _E,
        "submit",
        "Gửi giải trình",
        (E.AT_HEAD,),
        E.SUBMITTED,
        _EXPLAINING,
        guard="Còn trong hạn, hoặc trong số phút nộp thêm; có ít nhất một mục giải trình hoặc đồng ý của vòng này; "
        "mục chọn giải trình đã có "
        "nội dung. Lập biên nhận có mã băm, công văn giải trình in từ đó.",
    ),
    Transition(
        _E,
        "reopen",
        "Cho viết tiếp",
        (E.DRAFT, E.AT_HEAD, E.SUBMITTED),
        E.DRAFT,
        (Phase.EXPLANATION,),
        guard="Hạn mới sau lúc này và sau hạn đang có. Mục đã gửi mà đơn vị không sửa thì vẫn là đã gửi.",
        needs_reason=True,
        needs_time=True,
    ),
    Transition(
        _E,
        "ask_again",
        "Mời giải trình lại",
        (E.DRAFT, E.AT_HEAD, E.SUBMITTED),
        E.DRAFT,
        (Phase.REAPPRAISAL, Phase.COUNCIL),
        guard="Có điểm vòng 2 thấp hơn vòng 1. Chỉ viết cho các tiêu chí đó, đến giờ hẹn.",
        needs_reason=True,
        needs_time=True,
    ),
)

_BY_NAME = {(item.subject, item.name): item for item in TRANSITIONS}


def find(subject: Subject, name: str) -> Transition | None:
    """The transition called `name` of `subject`, or None for a name that the table does not hold."""
    return _BY_NAME.get((subject, name))


def transitions_of(subject: Subject) -> Iterable[Transition]:
    return (item for item in TRANSITIONS if item.subject == subject)


def offered(subject: Subject, state: str, phase: str) -> tuple[Transition, ...]:
    """What a person could do to a `subject` in `state` while its group is in `phase`, in the order of the table."""
    return tuple(
        item
        for item in transitions_of(subject)
        if state in item.sources and not item.by_portal and (not item.phases or phase in item.phases)
    )


def way_back(transition: Transition) -> Transition | None:
    """The step of groups that takes `transition` back, None where there is none."""
    return next(
        (
            item
            for item in transitions_of(Subject.GROUP)
            if item.needs_reason and transition.target in item.sources and item.target in transition.sources
        ),
        None,
    )
