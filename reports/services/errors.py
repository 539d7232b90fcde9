"""What stands in the way of a publication, in the sentence that the person reads."""

from __future__ import annotations


class Conflict(Exception):
    """The act does not fit the publication or the data as they are now (HTTP 409); nothing was stored."""

    def __init__(self, sentence: str) -> None:
        self.sentence = sentence
        super().__init__(sentence)


class Incomplete(Exception):
    """The act lacks something that the form must give (HTTP 422); nothing was stored. `field` names the input."""

    def __init__(self, field: str, sentence: str) -> None:
        self.field, self.sentence = field, sentence
        super().__init__(sentence)
