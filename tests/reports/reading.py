"""Read a rendered page as a reader does: its text, its tables cell by cell, its links."""

import re
from html.parser import HTMLParser

_VOID = {"meta", "link", "input", "br", "rect", "line", "use", "path", "circle"}


class Reader(HTMLParser):
    """``text``: what is visible; ``tables``: rows of cell texts; ``links``: addresses; ``tags``: name, attributes."""

    def __init__(self, body: bytes) -> None:
        super().__init__()
        self.tables: list[list[list[str]]] = []
        self.links: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.ids: list[str] = []
        self._words: list[str] = []
        self._cell: list[str] | None = None
        self._open: list[str] = []
        self.feed(body.decode())
        self.text = " ".join("".join(self._words).split())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = dict(attrs)
        self.tags.append((tag, attributes))
        if attributes.get("id"):
            self.ids.append(str(attributes["id"]))
        if tag == "a" and attributes.get("href"):
            self.links.append(str(attributes["href"]))
        if tag == "table":
            self.tables.append([])
        elif tag == "tr" and self.tables:
            self.tables[-1].append([])
        elif tag in ("td", "th"):
            self._cell = []
        if tag not in _VOID:
            self._open.append(tag)
        self._words.append(" ")
        if self._cell is not None:
            self._cell.append(" ")

    def handle_endtag(self, tag: str) -> None:
        if tag in self._open:
            while self._open.pop() != tag:
                pass
        if tag in ("td", "th") and self._cell is not None:
            self.tables[-1][-1].append(" ".join("".join(self._cell).split()))
            self._cell = None

    def handle_data(self, data: str) -> None:
        # The scale over the rulers and the words of a drawing are no part of a table's cells.
        if {"title", "script"} & set(self._open[-1:]):
            return
        self._words.append(data)
        if self._cell is not None and "svg" not in self._open:
            self._cell.append(data)

    def column(self, heading: str, table: int = 0) -> list[str]:
        """Return the cells under ``heading``; rows that are shorter (the mean, a divider) are left out."""
        head, *rows = self.tables[table]
        place = next(index for index, text in enumerate(head) if re.match(re.escape(heading), text))
        return [row[place] for row in rows if len(row) == len(head) and not row[1].startswith("Trung bình khối")]
