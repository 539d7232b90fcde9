"""The permission table as people read it: role × action × step, read off the predicates that the code asks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from scoring.enums import Phase
from scoring.permissions import WRITES
from scoring.workflow import PEN, Subject, transitions_of
from scoring.workflow.pen import closed
from units.enums import Role
from units.permissions import Action, Standing, table

_AREAS = (
    ("units.", "Đơn vị và người dùng"),
    ("scoring.group_", "Các bước của khối"),
    ("scoring.submission_", "Hồ sơ tự chấm"),
    ("scoring.part_", "Phần thẩm định"),
    ("scoring.explanation_", "Giải trình"),
    ("scoring.", "Kỳ đánh giá, chấm điểm, hội đồng, tính"),
    ("reports.", "Công bố"),
)
_EVERYWHERE = tuple(Phase)


@dataclass(frozen=True)
class Right:
    """One row: `standings` in the order of the roles shown; `phases` () where no step binds the action; `refusals` are
    the sentences that those who may not, or may not now, read."""

    action: Action
    standings: Sequence[tuple[Role, Standing]]
    phases: tuple[Phase, ...]
    refusals: tuple[str, ...]


@dataclass(frozen=True)
class Area:
    title: str
    rights: Sequence[Right]


def rights(role: Role | None = None, phase: Phase | None = None) -> list[Area]:
    """The whole table by area, or only what `role` may ever do, and only what the steps allow in `phase`; no query."""
    phases = phases_by_action()
    found: dict[str, list[Right]] = {title: [] for _, title in _AREAS}
    for action in table():
        row = _right(action, phases.get(action.name, ()), role)
        is_open = phase is None or not row.phases or phase in row.phases
        if is_open and (role is None or row.standings[0][1].may):
            found[_area_of(action.name)].append(row)
    return [Area(title, sorted(rows, key=_in_the_year)) for title, rows in found.items() if rows]


def phases_by_action() -> dict[str, tuple[Phase, ...]]:
    """In which steps the workflow and the pen let an action happen; actions that no step binds are not in it."""
    found: dict[str, set[str]] = {}
    for subject in Subject:
        for item in transitions_of(subject):
            if not item.by_portal:
                steps = item.sources if subject == Subject.GROUP else item.phases
                found.setdefault(item.action, set()).update(steps)
    for name, matters in WRITES.items():
        found[name] = {phase for key in matters for phase in PEN[key]}
    return {name: tuple(phase for phase in Phase if phase in steps) for name, steps in found.items()}


def _right(action: Action, phases: tuple[Phase, ...], role: Role | None) -> Right:
    shown = [(item, action.predicate.of_role(item)) for item in ([role] if role else Role)]
    sentences = [sentence for _, standing in shown for sentence in standing.refusals]
    sentences += [closed(matter, "…") for _, matter in WRITES.get(action.name, ())]
    return Right(action, shown, phases, tuple(dict.fromkeys(sentences)))


def _area_of(name: str) -> str:
    return next(title for prefix, title in _AREAS if name.startswith(prefix))


def _in_the_year(row: Right) -> tuple[list[int], str]:
    return [_EVERYWHERE.index(phase) for phase in row.phases], row.action.label
