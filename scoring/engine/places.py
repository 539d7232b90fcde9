"""Where in a campaign file something stands: units[3] “SNV” → answers → 1.2.

Built cheaply for every object that is read, spelt out only for a fault.
"""

from __future__ import annotations

from typing import Final

from scoring.engine.errors import Fault
from scoring.engine.wording import quote

_LABEL_KEYS: Final = ("code", "key", "node", "criterion")


class Place:
    """A position in the file; ``label`` (a code) makes an item of a list recognisable to a person."""

    __slots__ = ("_label", "_parent", "_step")

    def __init__(self, parent: Place | None = None, step: str | int = "", label: str = "") -> None:
        self._parent = parent
        self._step = step
        self._label = label

    def key(self, key: str) -> Place:
        """The value under ``key`` of the object here."""
        return Place(self, key)

    def item(self, index: int, label: str = "") -> Place:
        """The item at ``index`` (counted from 0) of the list here."""
        return Place(self, index, label)

    def fault(self, message: str) -> Fault:
        """A fault that stands here."""
        return Fault(str(self), message)

    def __str__(self) -> str:
        steps: list[Place] = []
        place: Place | None = self
        while place is not None and place._parent is not None:
            steps.append(place)
            place = place._parent
        text = ""
        for step in reversed(steps):
            if isinstance(step._step, int):
                text += f"[{step._step}]" + (f" {quote(step._label)}" if step._label else "")
            else:
                text += (" → " if text else "") + _plain(step._step)
        return text or "Tệp"


def label_of(value: object) -> str:
    """The code by which a person recognises an item of a list, "" where it has none."""
    if not isinstance(value, dict):
        return ""
    label = next((value[key] for key in _LABEL_KEYS if key in value), "")
    return label if isinstance(label, str) else ""


def _plain(key: str) -> str:
    """A key as it stands where it is an ordinary word or code, in quotes otherwise."""
    ordinary = key and len(key) <= 40 and all(c.isalnum() or c in "_.-" for c in key)
    return key if ordinary else quote(key)
