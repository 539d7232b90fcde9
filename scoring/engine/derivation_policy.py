"""The policy of a campaign in Vietnamese sentences, in the order in which it is applied."""

from __future__ import annotations

from typing import Final

from scoring.engine.rounding import Rounding
from scoring.engine.types import Basis, Exclusion, GradeBasis, Policy, Ranking, Weighting

_ROUNDING_WORDS: Final[dict[Rounding, str]] = {
    "half_up": "từ nửa trở lên thì làm tròn lên",
    "half_even": "đúng một nửa thì lấy số chẵn",
    "down": "cắt bỏ phần sau, không làm tròn lên",
}
_EXCLUSION_WORDS: Final[dict[Exclusion, str]] = {
    "own_maximum": "Phần không áp dụng được trừ khỏi điểm tối đa của riêng đơn vị",
    "rescale_self": (
        "Phần tự chấm còn lại sau khi loại phần không áp dụng được quy đổi cho đủ điểm, rồi cộng với phần điểm khác: "
        "P/(M − E) × M + S, trên điểm tối đa M + T"
    ),
    "full_marks": "Tiêu chí không áp dụng được hưởng điểm tối đa",
}
_WEIGHTING_WORDS: Final[dict[Weighting, str]] = {
    "points": "Chỉ số là điểm chia cho điểm tối đa, nhân 100; điểm tối đa là trọng số",
    "weights": "Chỉ số của đơn vị là bình quân chỉ số các lĩnh vực theo trọng số",
}
_RANK_WORDS: Final[dict[Basis, str]] = {
    "published": "Xếp hạng theo chỉ số đã làm tròn như công bố",
    "exact": "Xếp hạng theo chỉ số chưa làm tròn",
}
_TIE_WORDS: Final[dict[Ranking, str]] = {
    "competition": "bằng nhau thì cùng hạng và bỏ hạng kế tiếp (1, 2, 2, 4)",
    "dense": "bằng nhau thì cùng hạng và không bỏ hạng (1, 2, 2, 3)",
}
_GRADE_WORDS: Final[dict[GradeBasis, str]] = {
    "published": "chỉ số đã làm tròn như công bố",
    "exact": "chỉ số chưa làm tròn",
    "points": "số điểm",
}


def tell_policy(policy: Policy) -> tuple[str, ...]:
    """What was laid down for every unit of the campaign, one sentence a rule."""
    leaf = policy.leaf_decimals
    return (
        *((f"Điểm từng tiêu chí {tell_rounding(leaf, policy.rounding)}, trước khi cộng",) if leaf is not None else ()),
        _EXCLUSION_WORDS[policy.exclusion],
        _WEIGHTING_WORDS[policy.weighting],
        "Chỉ số của đơn vị không quá 100" if policy.cap_index else "Chỉ số của đơn vị được phép vượt 100",
        f"Tính bằng số chính xác; chỉ số {tell_rounding(policy.decimals, policy.rounding)}",
        f"{_RANK_WORDS[policy.rank_on]}; {_TIE_WORDS[policy.ranking]}",
        f"Xếp loại theo {_GRADE_WORDS[policy.grade_on]}",
    )


def tell_rounding(decimals: int, rounding: Rounding) -> str:
    """lấy 2 chữ số thập phân (từ nửa trở lên thì làm tròn lên)"""
    digits = f"{decimals} chữ số thập phân" if decimals else "số nguyên"
    return f"lấy {digits} ({_ROUNDING_WORDS[rounding]})"
