"""Every kind of rule in the words of an annex: its name, what it is for, and its parameters.

One table serves the reader, the writer and the guide sheet. It names the kinds that the methodology names, those the
engine does not compute yet included: when one is built, nothing changes here. Parameters are written by their
Vietnamese words; their names in the campaign file are read too.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from scoring.engine.rules.registry import KINDS as BUILT_KINDS

PieceType = Literal["text", "number", "true"]
ParameterType = Literal["number", "flag", "choice", "date", "keyed", "numbered"]


@dataclass(frozen=True)
class Piece:
    """A part of an entry. The one without a `word` is the text at the beginning; "true" is its word alone."""

    key: str
    word: str
    type: PieceType = "number"


@dataclass(frozen=True)
class Parameter:
    """One parameter of a kind.

    "keyed" and "numbered" are lists: one line an entry, "word.key = …" (the key is stored as "key") or "word.1 = …".
    `one_of` names pieces of which an entry has exactly one; `choices` are {word: value}.
    """

    key: str
    word: str
    type: ParameterType
    note: str
    required: bool = False
    choices: tuple[tuple[str, str], ...] = ()
    pieces: tuple[Piece, ...] = ()
    one_of: tuple[tuple[str, ...], ...] = ()

    @property
    def is_list(self) -> bool:
        return self.type in ("keyed", "numbered")


@dataclass(frozen=True)
class Kind:
    """A kind of rule; `example` is a text of the column "Tham số" as a person would write it."""

    kind: str
    label: str
    note: str
    example: str
    parameters: tuple[Parameter, ...]

    @property
    def is_built(self) -> bool:
        return self.kind in BUILT_KINDS


_LABEL: Final = Piece("label", "", "text")
_POINTS: Final = Piece("points", "điểm")
_SHARE: Final = Piece("share", "hệ số")
_LEVEL: Final = (_LABEL, _POINTS, _SHARE)
_MARK: Final = ("points", "share")
_BOUNDS: Final = ("at_least", "above", "at_most", "below")
_NOTHING: Final = (("điểm tối đa", "full"), ("0 điểm", "zero"), ("không áp dụng", "not_applicable"))
_EMPTY: Final = Parameter(
    "when_empty",
    "không phát sinh",
    "choice",
    "Khi tử số và mẫu số đều bằng 0: điểm tối đa | 0 điểm | không áp dụng",
    choices=_NOTHING,
)
_OVER: Final = Parameter("allow_over", "cho phép vượt", "flag", "có: tử số được lớn hơn mẫu số; trống là không")

KINDS: Final[dict[str, Kind]] = {
    kind.kind: kind
    for kind in (
        Kind(
            "options",
            "Chọn một mức",
            "Đơn vị chọn đúng một mức, như Có / Không hoặc Đúng hạn / Trễ hạn / Không.",
            "mức.du = Ban hành đúng hạn | hệ số 1\nmức.tre = Ban hành trễ | điểm 0,5\nmức.khong = Không có | điểm 0",
            (
                Parameter(
                    "options",
                    "mức",
                    "keyed",
                    "mức.<mã mức> = <tên mức> | điểm <số>, hoặc | hệ số <phần của điểm tối đa, từ 0 đến 1>",
                    True,
                    pieces=_LEVEL,
                    one_of=(_MARK,),
                ),
            ),
        ),
        Kind(
            "checklist",
            "Đánh dấu nội dung",
            "Mỗi nội dung đã làm được cộng một phần điểm.",
            "mục.a = Có kế hoạch kiểm tra | điểm 0,5\nmục.b = Có báo cáo kết quả | điểm 0,5",
            (
                Parameter(
                    "items",
                    "mục",
                    "keyed",
                    "mục.<mã mục> = <nội dung> | điểm <số>, hoặc | hệ số <số>",
                    True,
                    pieces=_LEVEL,
                    one_of=(_MARK,),
                ),
            ),
        ),
        Kind(
            "ratio",
            "Tỷ lệ",
            "Điểm theo tỷ lệ số đạt được trên tổng số.",
            "ngưỡng = 0,8\nkhông phát sinh = điểm tối đa",
            (
                Parameter("floor", "ngưỡng", "number", "Tỷ lệ dưới ngưỡng thì 0 điểm, ví dụ 0,8 là 80%; trống là 0"),
                Parameter("full_at", "đạt tối đa từ", "number", "Từ tỷ lệ này trở lên được điểm tối đa; trống là 1"),
                Parameter("inverse", "tính ngược", "flag", "có: càng thấp càng tốt, lấy 1 trừ tỷ lệ; trống là không"),
                _EMPTY,
                _OVER,
            ),
        ),
        Kind(
            "bands",
            "Bậc thang",
            "Điểm theo khoảng của một giá trị hoặc một tỷ lệ; bậc đứng trước được xét trước.",
            "tính theo = tỷ lệ\nbậc.1 = từ 0,9 | hệ số 1\nbậc.2 = từ 0,7 | theo tỷ lệ\nbậc.3 = dưới 0,7 | điểm 0",
            (
                Parameter(
                    "of",
                    "tính theo",
                    "choice",
                    "giá trị | tỷ lệ",
                    True,
                    choices=(("giá trị", "value"), ("tỷ lệ", "ratio")),
                ),
                Parameter(
                    "bands",
                    "bậc",
                    "numbered",
                    "bậc.1 = từ <số> (hoặc trên, đến, dưới) | điểm <số>, | hệ số <số>, hoặc | theo tỷ lệ",
                    True,
                    pieces=(
                        Piece("at_least", "từ"),
                        Piece("above", "trên"),
                        Piece("at_most", "đến"),
                        Piece("below", "dưới"),
                        _POINTS,
                        _SHARE,
                        Piece("linear", "theo tỷ lệ", "true"),
                    ),
                    one_of=(_BOUNDS, (*_MARK, "linear")),
                ),
                _EMPTY,
                _OVER,
            ),
        ),
        Kind(
            "per_item",
            "Theo số lượng",
            "Mỗi việc, mỗi sản phẩm được một số điểm, không quá điểm tối đa.",
            "điểm mỗi việc = 0,25",
            (Parameter("points_each", "điểm mỗi việc", "number", "Điểm cho một việc", True),),
        ),
        Kind(
            "deduction",
            "Trừ theo vi phạm",
            "Từ điểm tối đa trừ đi theo số lần vi phạm.",
            "lỗi.cham = Báo cáo chậm | mỗi lần 0,25 | nhiều nhất 1",
            (
                Parameter(
                    "items",
                    "lỗi",
                    "keyed",
                    "lỗi.<mã lỗi> = <tên lỗi> | mỗi lần <điểm trừ> | nhiều nhất <điểm trừ tối đa của lỗi này, nếu có>",
                    True,
                    pieces=(_LABEL, Piece("points_each", "mỗi lần"), Piece("limit", "nhiều nhất")),
                    one_of=(("points_each",),),
                ),
            ),
        ),
        Kind(
            "lateness",
            "Theo số ngày chậm",
            "Điểm theo số ngày chậm so với hạn; sau bước cuối là 0 điểm.",
            "hạn = 15/12/2026\nbước.1 = chậm đến 0 | hệ số 1\nbước.2 = chậm đến 5 | hệ số 0,5",
            (
                Parameter("due", "hạn", "date", "Ngày hạn, ví dụ 15/12/2026; trống thì đơn vị nhập số ngày chậm"),
                Parameter(
                    "steps",
                    "bước",
                    "numbered",
                    "bước.1 = chậm đến <số ngày> | điểm <số>, hoặc | hệ số <số>; số ngày tăng dần",
                    True,
                    pieces=(Piece("up_to_days", "chậm đến"), _POINTS, _SHARE),
                    one_of=(("up_to_days",), _MARK),
                ),
            ),
        ),
        Kind(
            "formula",
            "Công thức",
            "Điểm theo công thức của các số liệu; M là điểm tối đa, số trong công thức viết dấu chấm.",
            "biến.a = Tổng số hồ sơ\nbiến.b = Số đúng hạn\nđoạn.1 = khi b / a < 0.8 | điểm 0\nđoạn.2 = điểm b / a * M",
            (
                Parameter(
                    "variables",
                    "biến",
                    "keyed",
                    "biến.<tên trong công thức> = <số liệu đơn vị nhập>",
                    True,
                    pieces=(_LABEL,),
                ),
                Parameter(
                    "pieces",
                    "đoạn",
                    "numbered",
                    "đoạn.1 = khi <điều kiện> | điểm <công thức>; không có “khi” là luôn đúng",
                    True,
                    pieces=(Piece("when", "khi", "text"), Piece("points", "điểm", "text")),
                    one_of=(("points",),),
                ),
            ),
        ),
        Kind(
            "manual",
            "Chấm trực tiếp",
            "Người chấm cho điểm từ 0 đến điểm tối đa.",
            "bước điểm = 0,25",
            (Parameter("step", "bước điểm", "number", "Điểm phải là bội của số này, hoặc bằng điểm tối đa"),),
        ),
        Kind(
            "survey",
            "Kết quả điều tra",
            "Điểm trung bình trên một thang, hoặc số phiếu hài lòng trên số phiếu trả lời.",
            "thang từ = 1\nthang đến = 5\nsố phiếu tối thiểu = 30\nít phiếu = không áp dụng",
            (
                Parameter("scale_min", "thang từ", "number", "Điểm thấp nhất của thang"),
                Parameter("scale_max", "thang đến", "number", "Điểm cao nhất của thang"),
                Parameter("min_responses", "số phiếu tối thiểu", "number", "Dưới số này là ít phiếu; trống là 0"),
                Parameter(
                    "when_few",
                    "ít phiếu",
                    "choice",
                    "Khi ít phiếu hoặc không có phiếu: không áp dụng | 0 điểm",
                    choices=(("không áp dụng", "not_applicable"), ("0 điểm", "zero")),
                ),
            ),
        ),
        Kind(
            "indicator",
            "Theo chỉ số khác",
            "Lấy từ một chỉ số hoặc hệ thống khác, theo tỷ lệ với giá trị tối đa của nó.",
            "giá trị tối đa = 100",
            (Parameter("of", "giá trị tối đa", "number", "Giá trị ứng với điểm tối đa; trống là 100"),),
        ),
    )
}
"""Kind → how an annex words it, in the order in which a person is offered them."""

KIND_WORDS: Final = {kind.label: kind.kind for kind in KINDS.values()}


def kind_label(kind: str) -> str:
    """The name of a kind in the column "Loại quy tắc"; the identifier itself for one that nobody named."""
    return KINDS[kind].label if kind in KINDS else kind
