"""Between figures and cells: which columns a leaf has in the workbook, what they hold, and what was typed into them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from scoring.engine.rules.base import Choice, Input
from scoring.engine.single import Leaf
from scoring.files.entered_layout import NO, UNREAD, YES, EnteredSheet, FigureColumn
from scoring.models import Campaign, Criterion, Value
from scoring.selectors.entered import Block
from scoring.services.figures import Slot, given_at, inputs_from, slot_at, slots_of
from scoring.services.leaves import leaf_of, plain_number
from scoring.services.past_reading import Record
from units.files.cells import CellKind, clean_text
from units.files.sheet_names import sheet_name
from units.vietnamese import (
    MOST_DECIMALS,
    MOST_WHOLE_DIGITS,
    AmbiguousNumber,
    NotANumber,
    fold,
    format_number,
    parse_number,
)

LONGEST_HEADING = 200
_SPOILED = {
    CellKind.ERROR: "Ô báo lỗi của Excel. Gõ lại số liệu.",
    CellKind.FORMULA: "Ô là công thức chưa có kết quả. Mở tệp bằng Excel, tính lại và lưu, hoặc gõ thẳng số liệu.",
    CellKind.BOOLEAN: "Ô mang giá trị đúng/sai của Excel. Gõ lại bằng chữ hoặc số.",
    CellKind.DATE: "Excel đã đổi ô này thành ngày. Đặt định dạng ô là Văn bản rồi gõ lại.",
    CellKind.PERCENT: "Ô định dạng phần trăm của Excel. Đặt định dạng ô là Văn bản rồi gõ số như 88,35.",
}


def sheet_names(blocks: Sequence[Block]) -> list[str]:
    """How the sheets of `blocks` (all of a campaign) are called: by their groups' titles, with the set's code where a
    group has several sets."""
    taken = {fold(name) for name in UNREAD}
    sets = Counter(block.group for block in blocks)
    tails = [f"({block.criteria_set.code})" if sets[block.group] > 1 else "" for block in blocks]
    return [sheet_name(block.group.title, taken, tail) for block, tail in zip(blocks, tails, strict=True)]


def blocks_by_name(blocks: Sequence[Block]) -> dict[str, Block]:
    """Folded name of a sheet → its block; codes stand for titles too, as they did in files of old."""
    sets = Counter(block.group for block in blocks)
    codes = {
        fold(f"{block.group.code}.{block.criteria_set.code}" if sets[block.group] > 1 else block.group.code): block
        for block in blocks
    }
    return codes | {fold(name): block for name, block in zip(sheet_names(blocks), blocks, strict=True)}


def sheet_of(block: Block, name: str, values: Mapping[tuple[int, int], Value], campaign: Campaign) -> EnteredSheet:
    """The sheet of `block` with what stands now; a value older than its rule is left out, to be given anew."""
    leaves = [(leaf, leaf_of(leaf, campaign)) for leaf in block.leaves]
    rows = []
    for participant in block.participants:
        texts = [participant.code, participant.name]
        for criterion, leaf in leaves:
            value = values.get((participant.pk, criterion.pk))
            texts += _texts(leaf, value.inputs if value is not None and value.is_fresh else None)
        rows.append(tuple(texts))
    columns = tuple(column for criterion, leaf in leaves for column in columns_of(criterion, leaf))
    return EnteredSheet(name, f"{campaign.title}. {block.group.title}", columns, tuple(rows))


@dataclass(frozen=True, slots=True)
class _Part:
    """What one column holds: a slot of the rule, or one item of a slot that lists several; `at` counts items from 1."""

    slot: Slot
    choice: Choice | None
    at: int

    @property
    def is_yes_no(self) -> bool:
        return self.choice is not None or self.slot.type == "flag"

    def key(self, criterion: Criterion) -> str:
        return "|".join((criterion.code, self.slot.name, *((self.choice.key,) if self.choice else ())))


def columns_of(criterion: Criterion, leaf: Leaf) -> list[FigureColumn]:
    """One column for each figure of a leaf, and for each item that is checked or counted."""
    labels = Counter(fold(slot.label) for slot in slots_of(leaf))
    found = []
    for part in _parts(leaf):
        slot = part.slot
        if part.at:
            heading = f"{criterion.code} mục {part.at}: {part.choice.label if part.choice else slot.label}"
        else:
            heading = f"{criterion.code} {slot.label}" + (f" ({slot.name})" if labels[fold(slot.label)] > 1 else "")
        words = (YES, NO) if part.is_yes_no else tuple(_words(slot.item).values()) if slot.type == "choice" else ()
        found.append(FigureColumn(part.key(criterion), _heading(heading), _note(criterion, part), words))
    return found


def typed_figures(record: Record, criterion: Criterion, leaf: Leaf) -> dict[str, Any] | None:
    """What the row says of one leaf as `inputs` of an answer; None where every cell is blank. Faults go to the row's
    list, and the figure of a faulty cell is left out."""
    given: dict[str, Any] = {}
    for part in _parts(leaf):
        key, name = part.key(criterion), part.slot.name
        if key not in record.places:
            continue
        if part.choice:  # a blank beside others says no
            given.setdefault(name, [])
        figure = _is_yes(record, key) if part.is_yes_no else _figure(record, key, part.slot)
        if part.choice and figure:
            given[name].append(part.choice.key)
        elif not part.choice:
            given[name] = figure
    return inputs_from(leaf, given) or None


def key_of_figure(criterion: Criterion, leaf: Leaf, name: str, inputs: Mapping[str, Any]) -> str:
    """The column that a fault of the slot `name` is told at; for a fault of several figures the first one that
    `inputs` gives."""
    slots, given = slots_of(leaf), given_at(leaf, inputs)
    slot = slot_at(leaf, name) or next((slot for slot in slots if slot.name in given), slots[0])
    return next(part.key(criterion) for part in _parts(leaf) if part.slot == slot)


def _parts(leaf: Leaf) -> list[_Part]:
    """The columns of a leaf, in their order."""
    found: list[_Part] = []
    for slot in slots_of(leaf):
        if slot.type == "choices":
            found += [_Part(slot, choice, at) for at, choice in enumerate(slot.item.choices, start=1)]
        else:
            found.append(_Part(slot, None, slot.item.choices.index(slot.choice) + 1 if slot.choice else 0))
    return found


def _heading(text: str) -> str:
    """As the reader finds it again: single spaces, no marks of "required" at its end, and not too long for a cell."""
    return " ".join(text[:LONGEST_HEADING].split()).rstrip(" *")


def _words(item: Input) -> dict[str, str]:
    """Choice key → the word in a cell: its label, or the key where two labels read alike."""
    read = [fold(_clean(choice.label)) for choice in item.choices]
    return {
        choice.key: _clean(choice.label) if read.count(fold(_clean(choice.label))) == 1 else choice.key
        for choice in item.choices
    }


def _clean(label: str) -> str:
    return " ".join(label.split())


def _texts(leaf: Leaf, inputs: Mapping[str, Any] | None) -> list[str]:
    """The texts of a leaf's cells in the order of `columns_of`; blank where nothing was entered, or points alone."""
    given = given_at(leaf, inputs or {})
    return [_cell(part, given.get(part.slot.name)) for part in _parts(leaf)]


def _cell(part: _Part, value: Any) -> str:
    if value is None:
        return ""
    if part.choice:
        return YES if part.choice.key in value else NO
    return _words(part.slot.item).get(value, value) if part.slot.type == "choice" else part.slot.typed(value)


def _note(criterion: Criterion, part: _Part) -> str:
    """The leaf's title and what the figure may be, in words."""
    return f"{criterion.title}. {_kind_in_words(part)}."


def _kind_in_words(part: _Part) -> str:
    item, slot = part.slot.item, part.slot
    if slot.type == "flag":
        return f"Ghi {YES}, hoặc để trống"
    if part.choice:
        return f"Ghi {YES} hoặc {NO}"
    if slot.type == "choice":
        return "Chọn trong danh sách"
    if slot.type == "date":
        return "Ngày/tháng/năm, như 25/12/2025"
    said = [f"{item.label}, số nguyên" if slot.choice else "Số nguyên" if slot.type == "whole" else "Số"]
    if item.minimum is not None and item.maximum is not None:
        said.append(f"từ {_say(item.minimum)} đến {_say(item.maximum)}")
    elif item.minimum is not None:
        said.append(f"từ {_say(item.minimum)} trở lên")
    if item.step is not None:
        said.append(f"bội của {_say(item.step)}")
    return " ".join(said[:2]) + (f", {said[2]}" if len(said) > 2 else "")


def _say(value: Any) -> str:
    return format_number(Decimal(value.numerator) / Decimal(value.denominator))


def _is_yes(record: Record, key: str) -> bool:
    """Whether the cell says yes; blank is no."""
    text = fold(_text(record, key))
    if text and text not in (fold(YES), fold(NO)):
        record.fault(key, f"Ghi {YES} hoặc {NO}.")
    return text == fold(YES)


def _figure(record: Record, key: str, slot: Slot) -> str:
    """One typed figure, or the chosen key; "" where the cell is blank or wrong (told)."""
    if slot.type == "date":
        return record.day(key)
    text = _text(record, key)
    if not text:
        return ""
    if slot.type == "choice":
        words = {fold(word): chosen for chosen, word in _words(slot.item).items()}
        words |= {fold(choice.key): choice.key for choice in slot.item.choices if fold(choice.key) not in words}
        if fold(text) not in words:
            record.fault(key, f"Chọn một trong: {'; '.join(_words(slot.item).values())}.")
        return words.get(fold(text), "")
    number = _number(record, key, text, slot.type == "whole")
    return "" if number is None else plain_number(number)


def _number(record: Record, key: str, text: str, is_whole: bool) -> Decimal | None:
    """Exact; a number cell by the digits of its file, a text as people type it. None where it is wrong (told)."""
    if record.places[key].cell.kind == CellKind.NUMBER:
        number = Decimal(text)
    else:
        try:
            number = parse_number(text)
        except AmbiguousNumber as twofold:
            if not is_whole:
                record.fault(key, str(twofold))
                return None
            number = twofold.readings[0]
        except NotANumber as refused:
            record.fault(key, str(refused))
            return None
    whole, _, fraction = plain_number(abs(number)).partition(".")
    if len(fraction) > MOST_DECIMALS:
        record.fault(key, f"Có quá {MOST_DECIMALS} chữ số thập phân, thường là kết quả công thức. Gõ lại số.")
        return None
    if len(whole) > MOST_WHOLE_DIGITS:
        record.fault(key, "Số quá lớn. Gõ lại số.")
        return None
    return number


def _text(record: Record, key: str) -> str:
    """The clean text of a cell, the digits of a number cell; "" where it is blank or spoiled (told)."""
    place = record.places.get(key)
    if place is None:
        return ""
    if place.cell.kind in _SPOILED:
        record.fault(key, _SPOILED[place.cell.kind])
        return ""
    if place.cell.kind == CellKind.NUMBER:
        return plain_number(Decimal(place.cell.text))
    try:
        return clean_text(place.cell.text)
    except ValueError as refused:
        record.fault(key, str(refused), value=" ")
        return ""
