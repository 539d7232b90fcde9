"""Reads a workbook of entered points: every row and figure checked by its rule, every fault told at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from scoring.files import entered_layout as layout
from scoring.models import Campaign, Criterion, Participant, Value
from scoring.selectors.entered import Block
from scoring.services.entered_columns import blocks_by_name, columns_of, key_of_figure, sheet_names, typed_figures
from scoring.services.errors import WrongFigures
from scoring.services.figures import missing_figures, settled
from scoring.services.leaves import leaf_of, score
from scoring.services.past_reading import Record, SheetReader
from scoring.services.past_types import TableFault, TableFaults
from scoring.services.pen import team_pen
from scoring.workflow import Hand, Matter
from units.files.cells import Sheet, UnreadableFile
from units.files.workbook import read_workbook
from units.vietnamese import fold

NEW, CHANGED, SAME = "new", "changed", "same"


@dataclass(frozen=True)
class ReadRow:
    """Figures of one leaf at one unit, as the file gives them, and what that means for what stands now; `warning` is
    what its rule asks to look at again, mostly ""."""

    sheet: str
    row: int
    participant: Participant
    criterion: Criterion
    inputs: dict[str, Any]
    seen: int
    kind: str
    warning: str

    def to_json(self) -> dict[str, Any]:
        """For `EnteredImport.rows`."""
        return {
            "sheet": self.sheet,
            "row": self.row,
            "participant": self.participant.pk,
            "criterion": self.criterion.pk,
            "inputs": self.inputs,
            "seen": self.seen,
            "kind": self.kind,
            "warning": self.warning,
        }


def read_entered(
    data: bytes, file_name: str, campaign: Campaign, blocks: list[Block], values: Mapping[tuple[int, int], Value]
) -> list[ReadRow]:
    """The figures in `data` against what stands (`values`), in the order of the file.

    Raises `TableFaults` with every fault of the file, each with its sheet, row and column.
    """
    faults: list[TableFault] = []
    try:
        sheets = read_workbook(data, file_name)
    except UnreadableFile as refused:
        raise TableFaults([TableFault("", 0, "", "", str(refused))]) from refused
    rows: list[ReadRow] = []
    for sheet, block in _own_sheets(sheets, blocks, faults):
        rows += _Reading(sheet, block, campaign, values, faults).rows()
    if not rows and not faults:
        faults.append(TableFault("", 0, "", "", "Tệp không có số liệu nào. Ghi số vào các cột của mẫu rồi tải lên."))
    if faults:
        raise TableFaults(faults)
    return rows


def _own_sheets(sheets: list[Sheet], blocks: list[Block], faults: list[TableFault]) -> list[tuple[Sheet, Block]]:
    """Each sheet of figures with its block; other sheets with content, and repeated ones, are faults."""
    known = blocks_by_name(blocks)
    unread = {fold(name) for name in layout.UNREAD}
    found: list[tuple[Sheet, Block]] = []
    for sheet in sheets:
        block = known.get(fold(sheet.name))
        if block is not None and any(other is block for _, other in found):
            faults.append(TableFault(sheet.name, 0, "", "", "Có hai trang của cùng một khối. Giữ lại một trang."))
        elif block is not None:
            found.append((sheet, block))
        elif sheet.rows and fold(sheet.name) not in unread:
            listed = ", ".join(f"“{name}”" for name in sheet_names(blocks))
            reason = f"Trang này không thuộc mẫu của kỳ (các trang: {listed}). Đổi tên hoặc xóa trang."
            faults.append(TableFault(sheet.name, 0, "", "", reason))
    if not found and not faults:
        faults.append(TableFault("", 0, "", "", "Tệp không có trang nào của mẫu. Tải tệp mẫu và điền vào đó."))
    return found


class _Reading:
    """One sheet."""

    def __init__(
        self,
        sheet: Sheet,
        block: Block,
        campaign: Campaign,
        values: Mapping[tuple[int, int], Value],
        faults: list[TableFault],
    ) -> None:
        self.sheet, self.block, self.campaign, self.values, self.faults = sheet, block, campaign, values, faults
        self.leaves = [(criterion, leaf_of(criterion, campaign)) for criterion in block.leaves]
        columns = [column.field for criterion, leaf in self.leaves for column in columns_of(criterion, leaf)]
        self.reader = SheetReader(sheet, [layout.UNIT, layout.NAME, *columns], faults)
        self.units = {participant.code: participant for participant in block.participants}

    def rows(self) -> list[ReadRow]:
        """What the sheet gives; where it gives anything new, the group must be taking entered points."""
        found: list[ReadRow] = []
        first: dict[str, int] = {}
        for record in self.reader.records():
            participant = self._unit(record, first)
            if participant is not None:
                found += self._figures(record, participant)
        pen = team_pen(Hand.COORDINATOR, Matter.ENTERED, self.block.group.phase)
        if not pen and any(row.kind != SAME for row in found):
            self.faults.append(TableFault(self.sheet.name, 0, "", "", pen.reason))
        return found

    def _unit(self, record: Record, first: dict[str, int]) -> Participant | None:
        """The unit by its code alone; a name that is another unit's shows that rows were mixed up."""
        code = record.text("unit", 60)
        participant = self.units.get(code)
        if not code:
            record.fault("unit", "Dòng chưa có mã đơn vị. Ghi mã như trong mẫu, hoặc xóa dòng.")
        elif participant is None:
            reason = f"Không có đơn vị mang mã này trong {self.block.group.title}. Lấy mã từ tệp mẫu của kỳ."
            record.fault("unit", reason)
        elif code in first:
            record.fault("unit", f"Đơn vị này đã có ở dòng {first[code]}. Giữ lại một dòng.")
        elif (name := record.text("name", 250)) and fold(name) != fold(participant.name):
            reason = f"Mã {code} là của “{participant.name}”. Xem lại mã và tên: số liệu ghi cho đơn vị nào?"
            record.fault("name", reason)
        else:
            first[code] = record.row
            return participant
        return None

    def _figures(self, record: Record, participant: Participant) -> list[ReadRow]:
        found = []
        for criterion, leaf in self.leaves:
            before = len(self.faults)
            inputs = typed_figures(record, criterion, leaf)
            if inputs is None or len(self.faults) > before:
                continue
            inputs = settled(leaf, inputs)
            wrong, warning = missing_figures(leaf, inputs), ""
            if not wrong:
                wrong, warning = self._tried(criterion, inputs)
            for key, sentence in wrong:
                record.fault(key_of_figure(criterion, leaf, key, inputs), f"{criterion.code}: {sentence}")
            value = self.values.get((participant.pk, criterion.pk))
            kind = NEW
            if value is not None:
                same = value.is_fresh and settled(leaf, value.inputs) == inputs
                kind = SAME if same else CHANGED
            seen = value.version if value is not None else 0
            found.append(ReadRow(self.sheet.name, record.row, participant, criterion, inputs, seen, kind, warning))
        return found

    def _tried(self, criterion: Criterion, inputs: dict[str, Any]) -> tuple[list[tuple[str, str]], str]:
        """What the rule refuses in the figures, and what it asks to look at again."""
        try:
            return [], score(criterion, self.campaign, {"inputs": inputs}).warning
        except WrongFigures as wrong:
            return list(wrong.faults), ""
