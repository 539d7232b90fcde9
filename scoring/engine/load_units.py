"""Reading the groups and the units with their answers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from scoring.engine.evaluate import evaluate_unit
from scoring.engine.load_criteria import DraftSet
from scoring.engine.load_policy import check_gates, read_gates, read_grades
from scoring.engine.reading import ObjectReader, note_repeats
from scoring.engine.types import (
    Answer,
    Computed,
    DoesNotApply,
    Gate,
    Grade,
    GradeOverride,
    Group,
    Judged,
    Node,
    NotApplicable,
    Policy,
    Unit,
)
from scoring.engine.wording import quote, quote_all

_FORMS: Final = ("inputs", "points", "not_applicable")
_MOST_KNOWN: Final = 1_000
_LONGEST_KNOWN: Final = 500
"""How many answers to a leaf are remembered, and up to what length: enough for choices, dates and counts."""


class KnownAnswers:
    """Answers that were read before, by criteria set and leaf: units that answer alike share one object.

    An answer is known by its text in the file, where true is not 1 and "1" is neither.
    """

    def __init__(self) -> None:
        self._known: dict[tuple[str, str], dict[str, Answer]] = defaultdict(dict)

    def read(self, entries: ObjectReader, set_code: str, code: str, leaf: Node | None) -> Answer | None:
        """Read the answer to ``code``; None where it is refused (told through the reader)."""
        known = self._known[set_code, code]
        if len(known) >= _MOST_KNOWN:  # figures that hardly two units have in common
            return _read_entry(entries, code, leaf)
        text = repr(entries.raw(code))
        if text in known:
            return known[text]
        before = len(entries.faults)
        answer = _read_entry(entries, code, leaf)
        if answer is not None and len(entries.faults) == before and len(text) < _LONGEST_KNOWN:
            known[text] = answer
        return answer


def _read_entry(entries: ObjectReader, code: str, leaf: Node | None) -> Answer | None:
    entry = entries.object(code)
    return None if entry is None else read_answer(entry, leaf)


@dataclass(frozen=True, slots=True)
class Knowledge:
    """What the units of a file may refer to, as far as it could be read."""

    policy: Policy | None
    groups: Mapping[str, Group]
    sets: Mapping[str, DraftSet]
    answers: KnownAnswers = field(default_factory=KnownAnswers)


def read_groups(
    reader: ObjectReader,
    grades: tuple[Grade, ...],
    gates: tuple[tuple[ObjectReader, Gate], ...],
    node_codes: set[str] | None,
) -> dict[str, Group]:
    """Read ``groups``; ``grades`` and ``gates`` are the campaign's, which a group's own replace."""
    groups: dict[str, Group] = {}
    codes: list[tuple[ObjectReader, str]] = []
    for item in reader.objects("groups"):
        code = item.code()
        title = item.text("title", default=code)
        own_grades = read_grades(item) if item.has("grades") else grades
        own_gates = read_gates(item, node_codes) if item.has("gates") else gates
        if item.has("grades") or item.has("gates"):
            check_gates(own_gates, own_grades, f" ở khối {quote(code)}")
        item.finish()
        codes.append((item, code))
        if code:
            groups.setdefault(code, Group(code, title, own_grades, tuple(gate for _, gate in own_gates)))
    note_repeats(codes, "mã khối")
    return groups


def read_units(reader: ObjectReader, known: Knowledge) -> tuple[Unit, ...]:
    """Read ``units``, each with its answers checked against its criteria set."""
    units: list[Unit] = []
    codes: list[tuple[ObjectReader, str]] = []
    for item in reader.objects("units"):
        unit = _read_unit(item, known)
        codes.append((item, unit.code))
        units.append(unit)
    note_repeats(codes, "mã đơn vị")
    return tuple(units)


def _read_unit(reader: ObjectReader, known: Knowledge) -> Unit:
    code, name = reader.code(), reader.text("name")
    group = _read_reference(reader, "group", known.groups, "khối")
    set_code = _read_reference(reader, "criteria_set", known.sets, "bộ tiêu chí")
    ranked = reader.flag("ranked", default=True)
    draft = known.sets.get(set_code)
    exclusions = tuple(_read_exclusion(item, draft) for item in reader.objects("not_applicable", required=False))
    answers = _read_answers(reader, set_code, draft, known.answers)
    override = _read_override(reader, known.groups.get(group))
    reader.finish()
    unit = Unit(code, name, group, set_code, ranked, exclusions, answers, override)
    if override and _has_no_index(unit, draft, known.policy):
        reader.fault(
            "đơn vị không có chỉ số vì không có tiêu chí chấm điểm nào được tính, nên không thể xếp loại;"
            " hãy bỏ quyết định xếp loại hoặc xem lại phần không áp dụng",
            "grade_override",
        )
    return unit


def _has_no_index(unit: Unit, draft: DraftSet | None, policy: Policy | None) -> bool:
    if draft is None or draft.criteria_set is None or policy is None:
        return False
    return evaluate_unit(unit, draft.criteria_set, policy).index is None


def _read_reference(reader: ObjectReader, key: str, known: Mapping[str, object], what: str) -> str:
    code = reader.code(key)
    if code and code not in known:
        reader.fault(f"không có {what} {quote(code)} trong tệp; hãy sửa mã hoặc bổ sung {what} này", key)
    return code


def _read_exclusion(reader: ObjectReader, draft: DraftSet | None) -> NotApplicable:
    criterion, reason = reader.code("criterion"), reader.text("reason")
    legal_basis = reader.text("legal_basis", default="")
    reader.finish()
    if criterion and draft and criterion not in draft.codes:
        reader.fault(f"không có tiêu chí {quote(criterion)} trong bộ tiêu chí của đơn vị; hãy sửa mã", "criterion")
    return NotApplicable(criterion, reason, legal_basis)


def _read_answers(
    reader: ObjectReader, set_code: str, draft: DraftSet | None, known: KnownAnswers
) -> dict[str, Answer]:
    answers: dict[str, Answer] = {}
    entries = reader.object("answers")
    if entries is None:
        return answers
    for code in entries.keys():
        if draft is None:
            _read_answer_to_unknown(entries, code)
            continue
        if code not in draft.leaves:
            if code in draft.parents:
                entries.fault(
                    "là tiêu chí có tiêu chí con nên không nhận câu trả lời; hãy trả lời ở từng tiêu chí con", code
                )
            elif not code.startswith("x_"):
                entries.fault(
                    "không có tiêu chí này trong bộ tiêu chí của đơn vị; hãy sửa mã hoặc bỏ câu trả lời", code
                )
            continue
        answer = known.read(entries, set_code, code, draft.leaves[code])
        if answer is not None:
            answers[code] = answer
    return answers


def _read_answer_to_unknown(entries: ObjectReader, code: str) -> None:
    """Where the criteria set is not known, an answer is still one of the three forms."""
    if not code.startswith("x_") and (entry := entries.object(code)) is not None:
        read_answer(entry, None)


def read_answer(reader: ObjectReader, leaf: Node | None) -> Answer | None:
    """Read one answer; ``leaf`` is None where it is not known, and its figures cannot be checked."""
    given = [form for form in _FORMS if reader.has(form)]
    if len(given) != 1:
        reader.fault(
            f"phải là đúng một trong ba dạng {quote_all(_FORMS)}; hãy "
            f"{'bỏ bớt' if given else 'bổ sung hoặc bỏ hẳn câu trả lời'}"
        )
        return None
    answer: Answer | None = None
    if given == ["inputs"]:
        inputs = reader.object("inputs")
        if inputs is not None and leaf is not None and leaf.rule is not None:
            figures = leaf.rule.read(inputs)
            inputs.finish()
            answer = None if figures is None else Computed(figures)
    elif given == ["points"]:
        points = reader.number("points", maximum=leaf.max_points if leaf else None)
        reason = reader.text("reason")
        answer = None if points is None else Judged(points, reason)
    elif reader.true_only("not_applicable"):
        answer = DoesNotApply(reader.text("reason"))
    else:
        reader.text("reason")
    reader.finish()
    return answer


def _read_override(reader: ObjectReader, group: Group | None) -> GradeOverride | None:
    if not reader.has("grade_override") or reader.raw("grade_override") is None:
        return None
    override = reader.object("grade_override")
    if override is None:
        return None
    grade, reason = override.code("grade"), override.text("reason")
    override.finish()
    codes = [known.code for known in group.grades if known.code] if group else []
    if grade and codes and grade not in codes:
        override.fault(f"không có mức xếp loại {quote(grade)}; hãy chọn một trong {quote_all(codes)}", "grade")
    return GradeOverride(grade, reason)
