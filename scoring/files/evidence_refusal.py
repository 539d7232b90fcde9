"""How a reader of evidence says no: what is wrong with the content, and how to mend it."""

from __future__ import annotations


class Unfit(Exception):
    """The content is not taken. `why` completes “Không nhận tệp … vì …”, `mend` is a whole sentence."""

    def __init__(self, why: str, mend: str) -> None:
        self.why, self.mend = why, mend
        super().__init__(why)


class EvidenceRefused(ValueError):
    """One file is refused. The message is one Vietnamese statement: what, why, how to mend it.

    `is_too_large` tells a file over the limit of size (HTTP 413) from one whose content is not taken (HTTP 422).
    """

    def __init__(self, name: str, why: str, mend: str, *, is_too_large: bool = False) -> None:
        self.name, self.is_too_large = name, is_too_large
        self.sentence = f"Không nhận tệp “{name}” vì {why}. {mend}"
        super().__init__(self.sentence)
