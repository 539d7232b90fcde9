"""What can be wrong with a formula: its text, or its figures."""

from __future__ import annotations


class WrongFormula(ValueError):
    """A text that is no formula: why, and how to mend it (Vietnamese); ``position`` counts signs from 1."""

    def __init__(self, position: int, message: str) -> None:
        self.position = position
        super().__init__(message)


class CannotCompute(ArithmeticError):
    """Figures with which a right formula has no result: a division by nought, or a number beyond every measure."""
