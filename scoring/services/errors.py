"""Why a service stored nothing, in the sentence that the person reads. Each has its HTTP status in the views."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any


class Conflict(Exception):
    """The act does not fit the state, the phase or the hour as they are now (409)."""

    def __init__(self, sentence: str) -> None:
        self.sentence = sentence
        super().__init__(sentence)


class Incomplete(Exception):
    """The act lacks something that the form must give, or gives something wrong (422). `field` names the input."""

    def __init__(self, field: str, sentence: str) -> None:
        self.field, self.sentence = field, sentence
        super().__init__(sentence)


class Blocked(Exception):
    """Several things stand in the way (409); `reasons` are sentences, each names its place."""

    def __init__(self, sentence: str, reasons: Iterable[str]) -> None:
        self.sentence, self.reasons = sentence, tuple(reasons)
        super().__init__("\n".join([sentence, *self.reasons]))


class StaleEdit(Exception):
    """Somebody changed the same thing meanwhile (409); `current` is what stands now, None where it is gone."""

    def __init__(self, current: Any) -> None:
        self.current = current
        super().__init__("Có người vừa sửa thông tin này. Xem bản mới nhất rồi sửa lại.")


class WrongFigures(Exception):
    """The rule refuses the figures (422). `faults` are (key of the figure or "", sentence)."""

    def __init__(self, faults: Iterable[tuple[str, str]]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(sentence for _, sentence in self.faults))
