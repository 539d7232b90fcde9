"""The steps of a derivation as a reader meets them: a label, a sentence with capital and full stop, a mark; and what
the letters in sentences about sums mean. For steps of the engine and for those that a publication has frozen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Protocol, TypeVar

LABELS = {
    "answer": "Trả lời",
    "rule": "Theo quy tắc",
    "clamp": "Trong khung điểm",
    "leaf_rounding": "Làm tròn điểm",
    "exclusion": "Phần không áp dụng",
    "role": "Cách cộng vào",
    "sums": "Cộng điểm",
    "bonus": "Điểm cộng",
    "penalty": "Điểm trừ",
    "floor": "Mức sàn",
    "difference": "Khác tổng các phần",
    "weight": "Trọng số",
    "net_bonus": "Điểm cộng, trừ",
    "index": "Chỉ số",
    "cap": "Mức trần",
    "rounding": "Làm tròn",
    "rank": "Hạng",
    "threshold": "Ngưỡng xếp loại",
    "gate": "Điều kiện khống chế",
    "override": "Hội đồng quyết định",
    "grade": "Xếp loại",
}
NOTHING_EXCLUDED = "Điểm và điểm tối đa"
KINDS = {"rounding": "set", "grade": "set", "penalty": "cut", "gate": "cut"}
LETTERS = {
    "P": "điểm được tính ở các tiêu chí đơn vị tự chấm, không phải tổng đơn vị đã tự chấm",
    "M": "điểm tối đa của các tiêu chí đó",
    "E": "phần của M không áp dụng",
    "S": "điểm được tính ở các tiêu chí cơ quan khác nhập",
    "T": "điểm tối đa của các tiêu chí cơ quan khác nhập",
}
"""The letters of the sentences about sums. P counts what stands after appraisal and council, so it is seldom the total
that the unit has declared: readers took it for that."""


class AnyStep(Protocol):
    """A step of `scoring.engine.derivation_types`, or one that was kept as data."""

    @property
    def name(self) -> str: ...
    @property
    def values(self) -> Mapping[str, str]: ...
    @property
    def sentence(self) -> str: ...


StepT = TypeVar("StepT", bound=AnyStep)


@dataclass(frozen=True)
class Said:
    """One step for components/derive.html: `kind` "cut" took points, "set" is the value used, "" is neither."""

    label: str
    text: str
    kind: str


def telling(steps: Sequence[StepT]) -> list[StepT]:
    """The steps without a rounding of the index that changes nothing (0 → 0,00)."""
    return [step for step in steps if step.name != "rounding" or not _is_exact(step)]


def say_steps(steps: Sequence[AnyStep]) -> list[Said]:
    """The steps in words, each in its place."""
    sums = _sums_of(steps)
    return [_say(step, sums) for step in steps]


def _say(step: AnyStep, sums: AnyStep | None) -> Said:
    label = LABELS[step.name]
    text = sentence(step.sentence.removeprefix(f"{label}: "))
    if step.name == "exclusion" and sums is not None and not _leaves_out(sums):
        label = NOTHING_EXCLUDED
    return Said(label, text, KINDS.get(step.name, ""))


def legend_of(steps: Sequence[AnyStep]) -> list[tuple[str, str]]:
    """The letters in the sentences about sums, each with its meaning; E only where something does not apply."""
    sums = _sums_of(steps)
    if sums is None:
        return []
    return [(letter, said) for letter, said in LETTERS.items() if letter != "E" or _leaves_out(sums)]


def sentence(text: str) -> str:
    """Capital and full stop."""
    return text[:1].upper() + text[1:] + ("" if text.endswith(".") else ".") if text else ""


def _sums_of(steps: Sequence[AnyStep]) -> AnyStep | None:
    """The step that adds up the leaves of a parent or of the unit; None at a leaf."""
    return next((step for step in steps if step.name == "sums"), None)


def _is_exact(rounding: AnyStep) -> bool:
    exact, published = rounding.values["exact"], rounding.values["published"]
    is_spelt = not exact.startswith("≈")  # what is beyond all reading is not
    return is_spelt and Fraction(exact) == Fraction(published)


def _leaves_out(sums: AnyStep) -> bool:
    return any(sums.values[key] != "0" for key in ("E", "other_excluded"))
