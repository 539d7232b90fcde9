"""Where each row of an annex stands in the tree, as far as its codes tell; what they leave open is said too."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from scoring.files import annex_layout as layout
from scoring.files.annex_layout import natural_parent
from scoring.services.past_reading import Record

LONGEST_CODE = 32
MOST_LEVELS = 10
_TOP_WORDS = (layout.TOP, "–")


@dataclass
class Places:
    """The tree of an annex by rows.

    `codes` is "" for a row without a code of its own, `parents` "" for a component. A row that is in `codes` and not
    in `parents` is lost: nobody knows where it belongs. `open` are the rows below one of which it may belong, so that
    what stands below these is not all known.
    """

    codes: dict[int, str] = field(default_factory=dict)
    parents: dict[int, str] = field(default_factory=dict)
    open: set[int] = field(default_factory=set)
    rows: dict[str, int] = field(default_factory=dict)

    def has_children(self, row: int) -> bool:
        return bool(self.codes[row]) and self.codes[row] in self.parents.values()

    def is_lost(self, row: int) -> bool:
        return row not in self.parents

    def upwards(self, row: int) -> Iterator[int]:
        """The row and those that it stands below."""
        while True:
            yield row
            parent = self.parents.get(row, "")
            if not parent:
                return
            row = self.rows[parent]


def find_places(records: Sequence[Record]) -> Places:
    """The places of all rows; codes and parents that cannot be are told."""
    places = Places()
    for record in records:
        _take_code(record, places)
    before: int | None = None
    for record in records:
        if _take_parent(record, places):
            before = record.row
        elif before is not None:
            places.open.update(places.upwards(before))
    return places


def _take_code(record: Record, places: Places) -> None:
    told = len(record.faults)
    code = record.code("code", longest=LONGEST_CODE)
    if record.lacks("code"):
        record.fault("code", "Dòng chưa có mã. Ghi mã như phụ lục, ví dụ 1.2.3; dòng thừa thì xóa.")
    elif code in places.rows:
        first = places.rows[code]
        record.fault("code", f"Mã này đã dùng ở dòng {first}. Ghi mã khác; mã như 1.10 thì đặt định dạng ô là Văn bản.")
        places.open.add(first)  # what belongs to this row names the other one
    places.codes[record.row] = code if len(record.faults) == told else ""
    if places.codes[record.row]:
        places.rows[code] = record.row


def _take_parent(record: Record, places: Places) -> bool:
    """Whether the row has found its place; what keeps it from one is told."""
    code, told = places.codes[record.row], len(record.faults)
    named = record.text("parent", LONGEST_CODE)
    parent = "" if named in _TOP_WORDS else named or natural_parent(code, places.rows.keys())
    if parent and parent not in places.rows:
        record.fault("parent", f"Không có tiêu chí mã “{parent}”. Ghi đúng mã của tiêu chí cha.")
        places.open.update(places.codes)  # it may belong anywhere
    elif parent and parent == code:
        record.fault("parent", "Tiêu chí không thể thuộc chính nó. Ghi mã của tiêu chí cha.")
    elif parent and places.rows[parent] > record.row:
        below = places.rows[parent]
        record.fault("code", f"Tiêu chí cha “{parent}” đứng ở dòng {below}. Chuyển nó lên trên dòng này.")
        places.open.add(below)
    elif parent and len(list(places.upwards(places.rows[parent]))) >= MOST_LEVELS:
        record.fault("code", f"Cây có quá {MOST_LEVELS} cấp. Bớt số cấp của tiêu chí.")
    elif len(record.faults) == told and code:
        places.parents[record.row] = parent
        return True
    return False
