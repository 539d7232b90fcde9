"""``survey``: what people answered (điều tra xã hội học, SIPAS), as a mean on a scale or as a count."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import ClassVar, Final, Self

from scoring.engine.arithmetic import divide, is_less, minus, times
from scoring.engine.reading import ObjectReader
from scoring.engine.rules.base import Figures, Input, Outcome, Rule, number
from scoring.engine.rules.declaration import Parameter
from scoring.engine.wording import say, say_percent_result, say_result

_WHEN_FEW: Final = {"not_applicable": "không áp dụng", "zero": "0 điểm"}


@dataclass(frozen=True, slots=True)
class Survey(Rule):
    """(mean − scale_min) / (scale_max − scale_min) · M, or satisfied / responses · M; few responses by ``when_few``.

    The two ends of the scale are None where a survey only counts satisfied answers; ``when_few`` is "" where nothing
    was decided, and an answer with few responses is then a fault, as an empty ratio is.
    """

    kind: ClassVar[str] = "survey"
    label: ClassVar[str] = "Kết quả điều tra"
    note: ClassVar[str] = "Điểm trung bình trên một thang, hoặc số phiếu hài lòng trên số phiếu trả lời."
    example: ClassVar[str] = "thang từ = 1\nthang đến = 5\nsố phiếu tối thiểu = 30\nít phiếu = không áp dụng"
    parameters: ClassVar[tuple[Parameter, ...]] = (
        Parameter("scale_min", "thang từ", "number", "Điểm thấp nhất của thang"),
        Parameter("scale_max", "thang đến", "number", "Điểm cao nhất của thang"),
        Parameter("min_responses", "số phiếu tối thiểu", "number", "Dưới số này là ít phiếu; trống là 0"),
        Parameter(
            "when_few",
            "ít phiếu",
            "choice",
            "Khi ít phiếu hoặc không có phiếu: không áp dụng | 0 điểm",
            choices=tuple((word, value) for value, word in _WHEN_FEW.items()),
        ),
    )
    scale_min: Fraction | None
    scale_max: Fraction | None
    min_responses: Fraction
    when_few: str

    @classmethod
    def parse(cls, reader: ObjectReader, max_points: Fraction) -> Self | None:
        before = len(reader.faults)
        has_scale = reader.has("scale_min") or reader.has("scale_max")
        low = reader.number("scale_min", required=has_scale)
        high = reader.number("scale_max", required=has_scale)
        min_responses = reader.number("min_responses", Fraction(0), whole=True)
        when_few = reader.choice("when_few", tuple(_WHEN_FEW), default="")
        if low is not None and high is not None and low >= high:
            reader.fault(
                f"thang điểm từ {say(low)} đến {say(high)} không tăng; scale_max phải lớn hơn scale_min", "scale_max"
            )
        if min_responses is None or len(reader.faults) != before:
            return None
        return cls(max_points, low, high, min_responses, when_few)

    def describe(self) -> str:
        told = "số phiếu hài lòng trên số phiếu trả lời"
        if self.scale_min is not None and self.scale_max is not None:
            told = f"điểm trung bình trên thang {say(self.scale_min)} đến {say(self.scale_max)}, hoặc {told}"
        told += f", quy về {say(self.max_points)} điểm"
        if self.when_few:
            few = f"dưới {say(self.min_responses)} phiếu" if self.min_responses else "không có phiếu"
            told += f"; {few} thì {_WHEN_FEW[self.when_few]}"
        return told

    def inputs(self) -> tuple[Input, ...]:
        nought = Fraction(0)
        mean = Input("mean", "number", "Điểm trung bình", self.scale_min, self.scale_max, form="mean")
        return (
            *((mean,) if self.scale_min is not None else ()),
            Input("satisfied", "whole", "Số phiếu hài lòng", nought, form="satisfied", part_of="responses"),
            Input("responses", "whole", "Số phiếu trả lời", nought),
        )

    def read(self, reader: ObjectReader) -> Figures | None:
        before = len(reader.faults)
        form = self._form(reader)
        mean = reader.number("mean", required=form == "mean", minimum=self.scale_min, maximum=self.scale_max)
        satisfied = reader.number("satisfied", required=form == "satisfied", whole=True)
        figure = mean if form == "mean" else satisfied
        responses = reader.number("responses", whole=True)
        if figure is None or responses is None or len(reader.faults) != before:
            return None
        if form == "satisfied" and figure > responses:
            reader.fault(
                f"số phiếu hài lòng {say(figure)} lớn hơn số phiếu trả lời {say(responses)}; hãy xem lại hai số liệu"
            )
            return None
        if self._few(responses) and not self.when_few:
            reader.fault(f"chỉ có {say(responses)} phiếu mà cách tính chưa quy định when_few; hãy bổ sung quy định")
            return None
        return {form: figure, "responses": responses}

    def score(self, figures: Figures) -> Outcome:
        responses = number(figures, "responses")
        if self._few(responses):
            few = f"Chỉ có {say(responses)} phiếu" + (
                f" (cần ít nhất {say(self.min_responses)})" if self.min_responses else ""
            )
            return Outcome(None, few) if self.when_few == "not_applicable" else Outcome(Fraction(0), f"{few}: 0 điểm")
        share = self._share(figures)
        points = times(share, self.max_points)
        return Outcome(points, lambda: self._tell(figures, share, points))

    def _share(self, figures: Figures) -> Fraction:
        """What part of the full result the figures are."""
        if "satisfied" in figures:
            return divide(number(figures, "satisfied"), number(figures, "responses"))
        low, high = self._scale
        return divide(minus(number(figures, "mean"), low), minus(high, low))

    def _tell(self, figures: Figures, share: Fraction, points: Fraction) -> str:
        responses = say(number(figures, "responses"))
        if "satisfied" in figures:
            told = f"{say(number(figures, 'satisfied'))}/{responses} phiếu hài lòng {say_percent_result(share)}"
        else:
            low, high = self._scale
            told = (
                f"({say(number(figures, 'mean'))} − {say(low)})/({say(high)} − {say(low)}) {say_percent_result(share)}"
                f" trên {responses} phiếu"
            )
        return f"{told} → {say(share)} × {say(self.max_points)} {say_result(points, share)} điểm"

    @property
    def _scale(self) -> tuple[Fraction, Fraction]:
        """The ends of the scale of a mean; ``read`` takes none without them."""
        return self.scale_min or Fraction(0), self.scale_max or Fraction(0)

    def _form(self, reader: ObjectReader) -> str:
        """Which of the two forms an answer takes; "" (told) where it is neither."""
        forms = [form for form in ("mean", "satisfied") if reader.has(form)]
        if len(forms) != 1:
            reader.fault(f"phải có đúng một trong “mean” hoặc “satisfied”; hãy {'bỏ bớt' if forms else 'bổ sung'}")
            return ""
        if forms == ["mean"] and self.scale_min is None:
            reader.fault(
                "cách tính chưa có scale_min và scale_max nên không nhận điểm trung bình; hãy bổ sung thang điểm",
                "mean",
            )
        return forms[0]

    def _few(self, responses: Fraction) -> bool:
        return not responses or is_less(responses, self.min_responses)
