"""``formula``: the organiser's own formula, in pieces; the first piece whose condition holds gives the points."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import ClassVar, Self

from scoring.engine.formula.errors import CannotCompute, WrongFormula
from scoring.engine.formula.expressions import Condition, Number
from scoring.engine.formula.limits import Limits, constants, divisors, limits
from scoring.engine.formula.parsing import MAXIMUM, parse_condition, parse_number_formula
from scoring.engine.formula.tokens import MAX_LENGTH, is_variable
from scoring.engine.formula.wording import say_formula
from scoring.engine.reading import ObjectReader, note_repeats
from scoring.engine.rules.base import Figures, Input, Outcome, Rule, number
from scoring.engine.rules.declaration import LABEL, Parameter, Piece
from scoring.engine.wording import quote, say, say_result


@dataclass(frozen=True, slots=True)
class Variable:
    """A figure that the formula asks for."""

    key: str
    label: str


@dataclass(frozen=True, slots=True)
class FormulaPiece:
    """A formula and the condition under which it stands; without one it always does. Texts as people write formulas."""

    when: Condition | None
    points: Number
    when_text: str
    points_text: str

    @property
    def told(self) -> str:
        return f"khi {self.when_text}: {self.points_text}" if self.when else self.points_text


@dataclass(frozen=True, slots=True)
class Formula(Rule):
    """Points of the first piece that holds; none: 0."""

    kind: ClassVar[str] = "formula"
    label: ClassVar[str] = "Công thức"
    note: ClassVar[str] = "Điểm theo công thức của các số liệu; M là điểm tối đa, số trong công thức viết dấu chấm."
    example: ClassVar[str] = (
        "biến.a = Tổng số hồ sơ\nbiến.b = Số đúng hạn\nđoạn.1 = khi b / a < 0.8 | điểm 0\nđoạn.2 = điểm b / a * M"
    )
    parameters: ClassVar[tuple[Parameter, ...]] = (
        Parameter(
            "variables",
            "biến",
            "keyed",
            "biến.<tên trong công thức> = <số liệu đơn vị nhập>",
            required=True,
            pieces=(LABEL,),
            help="Số liệu đơn vị nhập, mỗi số một tên ngắn không dấu để viết trong công thức, ví dụ a.",
            key_word="tên trong công thức",
        ),
        Parameter(
            "pieces",
            "đoạn",
            "numbered",
            "đoạn.1 = khi <điều kiện> | điểm <công thức>; không có “khi” là luôn đúng",
            required=True,
            pieces=(Piece("when", "khi", "text"), Piece("points", "điểm", "text")),
            one_of=(("points",),),
            help="Mỗi đoạn là một trường hợp: điều kiện đúng thì điểm tính theo công thức của đoạn đó. Cổng xét từ "
            "trên xuống và dừng ở đoạn đầu tiên đúng. Để trống điều kiện là luôn đúng; thường là đoạn cuối. Ví dụ khi "
            "b / a < 0.8, điểm 0; đoạn sau để trống điều kiện, điểm b / a * M.",
        ),
    )
    variables: tuple[Variable, ...]
    pieces: tuple[FormulaPiece, ...]

    @classmethod
    def parse(cls, reader: ObjectReader, max_points: Fraction) -> Self | None:
        before = len(reader.faults)
        variables = _read_variables(reader)
        # A variable that could not be read has been told; no formula can be blamed for using it.
        known = all(variable.key for variable in variables)
        names = [variable.key for variable in variables if is_variable(variable.key)] if known else []
        pieces: list[FormulaPiece] = []
        always = False
        for entry in reader.objects("pieces", filled=True):
            if always:
                entry.fault("không bao giờ dùng đến vì đoạn trước không có điều kiện; hãy bỏ đi hoặc xếp lên trước")
            piece = _read_piece(entry, names)
            if piece is not None:
                pieces.append(piece)
            always = always or not entry.has("when")
        return cls(max_points, variables, tuple(pieces)) if len(reader.faults) == before else None

    def describe(self) -> str:
        variables = ", ".join(f"{variable.key} là {variable.label}" for variable in self.variables)
        return f"công thức ({variables}; M là điểm tối đa): " + "; ".join(piece.told for piece in self.pieces)

    def inputs(self) -> tuple[Input, ...]:
        return tuple(Input(variable.key, "number", variable.label) for variable in self.variables)

    def read(self, reader: ObjectReader) -> Figures | None:
        before = len(reader.faults)
        figures = {variable.key: reader.number(variable.key, minimum=None) for variable in self.variables}
        given = {key: value for key, value in figures.items() if value is not None}
        if len(given) != len(figures) or len(reader.faults) != before:
            return None
        try:
            self._choose(given)
        except CannotCompute as refused:
            reader.fault(f"không tính được công thức với các số liệu này ({refused}); hãy xem lại số liệu")
            return None
        return given

    def score(self, figures: Figures) -> Outcome:
        given = {variable.key: number(figures, variable.key) for variable in self.variables}
        piece, points = self._choose(given)
        return Outcome(points, lambda: self._tell(given, piece, points))

    def limits(self) -> tuple[Limits, ...]:
        """Between which numbers each piece stays, before any clamping; 0 where none may hold."""
        found = [limits(piece.points, {MAXIMUM: self.max_points}) for piece in self.pieces]
        nought = Limits(Fraction(0), Fraction(0))
        return tuple(found) if self.pieces[-1].when is None else (*found, nought)

    def constants(self) -> set[Fraction]:
        """Every number that the formulas and conditions name: where they may turn."""
        return set().union(*(constants(one) for one in self._expressions()))

    def divisors(self) -> set[str]:
        """The variables that something is divided by, as by a total."""
        return set().union(*(divisors(one) for one in self._expressions())) - {MAXIMUM}

    def _expressions(self) -> list[Number | Condition]:
        return [one for piece in self.pieces for one in (piece.when, piece.points) if one is not None]

    def most_points(self) -> Fraction:
        """M unless no piece can give so much; conditions are not looked into."""
        highs = [one.high for one in self.limits()]
        known = [high for high in highs if high is not None]
        most = max(known) if len(known) == len(highs) else self.max_points
        return min(max(most, Fraction(0)), self.max_points)

    def warning(self, figures: Figures) -> str:
        piece, _ = self._choose({variable.key: number(figures, variable.key) for variable in self.variables})
        if piece is not None:
            return ""
        return "Không đoạn nào của công thức dùng được với các số liệu này, nên được 0 điểm. Hãy xem lại số liệu."

    def _tell(self, given: Mapping[str, Fraction], piece: FormulaPiece | None, points: Fraction) -> str:
        told = "Với " + "; ".join(f"{key} = {say(value)}" for key, value in given.items())
        if piece is None:
            return f"{told}: không đoạn nào của công thức đúng → 0 điểm"
        return f"{told}; {piece.told} {say_result(points)} điểm"

    def _choose(self, given: Mapping[str, Fraction]) -> tuple[FormulaPiece | None, Fraction]:
        """The piece that holds and its points; raises CannotCompute."""
        figures = {**given, MAXIMUM: self.max_points}
        for piece in self.pieces:
            if piece.when is None or piece.when.holds(figures):
                return piece, piece.points.value(figures)
        return None, Fraction(0)


def _read_variables(reader: ObjectReader) -> tuple[Variable, ...]:
    variables: list[Variable] = []
    codes: list[tuple[ObjectReader, str]] = []
    for entry in reader.objects("variables", filled=True):
        key, label = entry.code("key"), entry.text("label")
        entry.finish()
        if key and not is_variable(key):
            entry.fault(
                f"{quote(key)} không đặt được làm tên biến; hãy dùng chữ thường không dấu, chữ số, gạch dưới, bắt đầu "
                "bằng chữ, khác and, or, min, max",
                "key",
            )
        codes.append((entry, key))
        variables.append(Variable(key, label))
    note_repeats(codes, "tên biến", "key")
    return tuple(variables)


def _read_piece(reader: ObjectReader, names: list[str]) -> FormulaPiece | None:
    """Read one piece; without ``names`` the texts themselves are not looked at."""
    before = len(reader.faults)
    # One more than a formula may have, so that the formula itself says how long it may be.
    when_text = reader.text("when", "", limit=MAX_LENGTH + 1)
    points_text = reader.text("points", limit=MAX_LENGTH + 1)
    reader.finish()
    when: Condition | None = None
    points: Number | None = None
    if names and when_text:
        try:
            when = parse_condition(when_text, names)
        except WrongFormula as wrong:
            reader.fault(f"ký tự thứ {wrong.position}: {wrong}", "when")
    if names and points_text:
        try:
            points = parse_number_formula(points_text, names)
        except WrongFormula as wrong:
            reader.fault(f"ký tự thứ {wrong.position}: {wrong}", "points")
    if points is None or len(reader.faults) != before:
        return None
    return FormulaPiece(when, points, say_formula(when_text), say_formula(points_text))
