"""Between figures and cells: which columns a leaf has in the workbook, what they hold, and what was typed into them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from scoring.engine.rules.base import Choice, Input
from scoring.engine.single import Leaf
from scoring.files.cells import CellKind, clean_text
from scoring.files.entered_layout import LONGEST_SHEET_NAME, NO, YES, EnteredSheet, FigureColumn
from scoring.models import Campaign, Criterion, Value
from scoring.selectors.entered import Block
from scoring.services.leaves import leaf_of, plain_number
from scoring.services.past_reading import Record
from units.vietnamese import AmbiguousNumber, NotANumber, fold, format_number, parse_number

MOST_WHOLE_DIGITS, MOST_DECIMALS = 15, 10  # of a campaign file (methodology, "Numbers")
LONGEST_HEADING = 200
_SPOILED = {
    CellKind.ERROR: "Ô báo lỗi của Excel. Gõ lại số liệu.",
    CellKind.FORMULA: "Ô là công thức chưa có kết quả. Mở tệp bằng Excel, tính lại và lưu, hoặc gõ thẳng số liệu.",
    CellKind.BOOLEAN: "Ô mang giá trị đúng/sai của Excel. Gõ lại bằng chữ hoặc số.",
    CellKind.DATE: "Excel đã đổi ô này thành ngày. Đặt định dạng ô là Văn bản rồi gõ lại.",
    CellKind.PERCENT: "Ô định dạng phần trăm của Excel. Đặt định dạng ô là Văn bản rồi gõ số như 88,35.",
}


def sheet_name(block: Block, blocks: Iterable[Block]) -> str:
    """How the sheet of `block` is called: its group's code, with the set's where the group has several."""
    shared = sum(other.group == block.group for other in blocks) > 1
    name = f"{block.group.code}.{block.criteria_set.code}" if shared else block.group.code
    return name if len(name) <= LONGEST_SHEET_NAME else f"khoi-{block.group.pk}-{block.criteria_set.pk}"


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


def columns_of(criterion: Criterion, leaf: Leaf) -> list[FigureColumn]:
    """One column for each figure of a leaf, and for each item of a checklist."""
    found = []
    for item in leaf.inputs:
        if item.type == "choices":
            for at, choice in enumerate(item.choices, start=1):
                heading = _heading(f"{criterion.code} mục {at}: {choice.label}")
                note = f"{criterion.title}. Ghi {YES} hoặc {NO}."
                found.append(FigureColumn(_key(criterion, item, choice), heading, note, (YES, NO)))
        else:
            heading = _heading(f"{criterion.code} {item.label}")
            words = tuple(_words(item).values()) if item.type == "choice" else ()
            found.append(FigureColumn(_key(criterion, item), heading, _note(criterion, item), words))
    return found


def typed_figures(record: Record, criterion: Criterion, leaf: Leaf) -> dict[str, Any] | None:
    """What the row says of one leaf as `inputs` of an answer; None where every cell is blank. Faults go to the row's
    list, and the figure of a faulty cell is left out."""
    found: dict[str, Any] = {}
    for item in leaf.inputs:
        if item.type == "choices":
            checked = _checked(record, criterion, item)
            if checked is not None:
                found[item.key] = checked
        elif _key(criterion, item) in record.places:
            figure = _figure(record, _key(criterion, item), item)
            if figure:
                found[item.key] = figure
    return found or None


def key_of_figure(criterion: Criterion, leaf: Leaf, key: str) -> str:
    """The column that a fault of figure `key` is told at; the leaf's first one for a fault of several figures."""
    item = next((item for item in leaf.inputs if item.key == key), leaf.inputs[0])
    return _key(criterion, item, *item.choices[:1] if item.type == "choices" else ())


def _key(criterion: Criterion, item: Input, choice: Choice | None = None) -> str:
    return "|".join((criterion.code, item.key, *((choice.key,) if choice else ())))


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
    texts = []
    for item in leaf.inputs:
        given = (inputs or {}).get(item.key)
        if item.type == "choices":
            texts += ["" if given is None else YES if choice.key in given else NO for choice in item.choices]
        elif given is None:
            texts.append("")
        elif item.type == "choice":
            texts.append(_words(item).get(given, given))
        else:
            texts.append(str(given).replace(".", ","))
    return texts


def _note(criterion: Criterion, item: Input) -> str:
    """The leaf's title and what the figure may be, in words."""
    if item.type == "choice":
        return f"{criterion.title}. Chọn trong danh sách."
    said = ["Số nguyên" if item.type == "whole" else "Số"]
    if item.minimum is not None and item.maximum is not None:
        said.append(f"từ {_say(item.minimum)} đến {_say(item.maximum)}")
    elif item.minimum is not None:
        said.append(f"từ {_say(item.minimum)} trở lên")
    if item.step is not None:
        said.append(f"bội của {_say(item.step)}")
    return f"{criterion.title}. {' '.join(said[:2])}{', ' + said[2] if len(said) > 2 else ''}."


def _say(value: Any) -> str:
    return format_number(Decimal(value.numerator) / Decimal(value.denominator))


def _checked(record: Record, criterion: Criterion, item: Input) -> list[str] | None:
    """The checked keys; None where every item is blank, and a blank beside others says no."""
    places = [(choice, _key(criterion, item, choice)) for choice in item.choices]
    if not any(key in record.places for _, key in places):
        return None
    checked = []
    for choice, key in places:
        text = _text(record, key)
        if fold(text) == fold(YES):
            checked.append(choice.key)
        elif text and fold(text) != fold(NO):
            record.fault(key, f"Ghi {YES} hoặc {NO}.")
    return checked


def _figure(record: Record, key: str, item: Input) -> str:
    """One typed figure, or the chosen key; "" where the cell is blank or wrong (told)."""
    text = _text(record, key)
    if not text:
        return ""
    if item.type == "choice":
        words = {fold(word): chosen for chosen, word in _words(item).items()}
        words |= {fold(choice.key): choice.key for choice in item.choices if fold(choice.key) not in words}
        if fold(text) not in words:
            record.fault(key, f"Chọn một trong: {'; '.join(_words(item).values())}.")
        return words.get(fold(text), "")
    number = _number(record, key, text, item.type == "whole")
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
