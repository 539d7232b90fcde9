"""What a rule is: checked parameters, the figures that it asks for, and the points that follow, with the reason."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import ClassVar, Literal, NamedTuple, Self

from scoring.engine.reading import ObjectReader
from scoring.engine.rules.declaration import Parameter
from scoring.engine.wording import Sentence, spoken

Figures = Mapping[str, Fraction | str | date | bool | tuple[str, ...] | Mapping[str, Fraction]]
"""The figures of one answer by input key, as the rule's ``read`` returned them."""

InputType = Literal["choice", "choices", "number", "whole", "date", "flag", "counts"]
"""What an input takes: a key of ``choices``, several of them, a number, a whole number, a day (ISO), true and nothing
else, or a whole number for each of ``choices``."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One key that an input of type choice, choices or counts offers."""

    key: str
    label: str


@dataclass(frozen=True, slots=True)
class Input:
    """One figure that a rule asks for; forms and workbooks are generated from these.

    ``minimum`` and ``maximum`` are inclusive, ``step`` is the multiple that the figure must be. ``form`` is "" for an
    input that is always asked; inputs with different forms exclude one another (a survey gives a mean or a count, not
    both). ``required`` is false only where an empty answer is an answer (no item checked). ``part_of`` is the key of
    the figure that this one is a part of (satisfied of responses). ``phrase`` tells the figure in words, with "{}" for
    it ("chậm {} ngày"); "" where the label and the figure say enough.
    """

    key: str
    type: InputType
    label: str
    minimum: Fraction | None = None
    maximum: Fraction | None = None
    step: Fraction | None = None
    choices: tuple[Choice, ...] = ()
    form: str = ""
    required: bool = True
    part_of: str = ""
    phrase: str = ""


class Outcome(NamedTuple):
    """What a rule makes of figures: points before clamping to 0..M, and the sentence why.

    ``points`` is None where the leaf does not apply. ``told`` is the sentence or how to say it; ``step`` says it.
    """

    points: Fraction | None
    told: Sentence

    @property
    def step(self) -> str:
        return spoken(self.told)


@dataclass(frozen=True, slots=True)
class Rule(ABC):
    """One leaf's rule: the parameters of its kind, and the leaf's ``max_points`` (M).

    A kind declares itself in its class: its identifier in files (``kind``), its Vietnamese name (``label``), what it is
    for (``note``), its ``parameters``, and an ``example`` of them as a person writes them in an annex. Forms,
    workbooks, guides and the JSON Schema are made from these declarations.
    """

    kind: ClassVar[str]
    label: ClassVar[str]
    note: ClassVar[str]
    example: ClassVar[str]
    parameters: ClassVar[tuple[Parameter, ...]]
    asks_points: ClassVar[bool] = False
    """Whether the figure asked for is the points themselves (one input, ``points``), as a person judges them."""
    max_points: Fraction

    @classmethod
    @abstractmethod
    def parse(cls, reader: ObjectReader, max_points: Fraction) -> Self | None:
        """Read the parameters under ``rule``; None where one is wrong (told through the reader)."""

    @abstractmethod
    def describe(self) -> str:
        """What the rule does, as one Vietnamese sentence without its capital and full stop."""

    @abstractmethod
    def inputs(self) -> tuple[Input, ...]:
        """The figures to ask for."""

    @abstractmethod
    def read(self, reader: ObjectReader) -> Figures | None:
        """Read and check an answer's ``inputs``; None where a figure is missing, wrong or out of its range (told)."""

    @abstractmethod
    def score(self, figures: Figures) -> Outcome:
        """The points of figures that ``read`` has passed. Exact; clamping and rounding come after."""

    def warning(self, figures: Figures) -> str:
        """What a person should look at again in figures that ``read`` has passed, as a Vietnamese sentence; "" for
        nothing. It changes no points."""
        return ""

    def most_points(self) -> Fraction:
        """The most that figures can earn, 0..M, exact: M unless the parameters stay below it. What counts where nothing
        arose (0/0) is left out: nobody works towards that."""
        return self.max_points


def number(figures: Figures, key: str) -> Fraction:
    """The figure ``key``, which ``read`` has checked to be a number."""
    value = figures[key]
    if not isinstance(value, Fraction):
        raise TypeError(f"figure {key} is not a number")
    return value


def counts(figures: Figures, key: str) -> Mapping[str, Fraction]:
    """The figure ``key``, which ``read`` has checked to be a whole number for each of several keys."""
    value = figures[key]
    if not isinstance(value, Mapping):
        raise TypeError(f"figure {key} holds no counts")
    return value


def keys(figures: Figures, key: str) -> tuple[str, ...]:
    """The figure ``key``, which ``read`` has checked to be a list of keys."""
    value = figures[key]
    if not isinstance(value, tuple):
        raise TypeError(f"figure {key} is not a list of keys")
    return value
