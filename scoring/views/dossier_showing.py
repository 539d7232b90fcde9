"""A worksheet as rows that a template prints: points with two decimals, states in words, addresses."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.urls import reverse

from scoring.enums import CriterionRole, Source, Stage
from scoring.models import Criterion, Value, ValueChange
from scoring.selectors.announced import announced_run
from scoring.selectors.histories import ORGANISER_SIDE
from scoring.selectors.results import unit_print
from scoring.selectors.worksheet import Component, Line, State
from scoring.services.before_submission import Item
from scoring.services.leaves import leaf_of, warning_at
from scoring.services.scorecard import Scorecard
from scoring.services.sheet_card import card_of_sheet
from scoring.views.dossier_frame import Opened
from scoring.views.showing import Shown, say_change, show_value
from scoring.views.why_showing import Fact
from units.vietnamese import format_percent, show_points

_ONE_SITTING = timedelta(minutes=10)


@dataclass(frozen=True)
class Row:
    """One node of a component: a heading between leaves, or a leaf with its state and a cell (column, text) a stage."""

    code: str
    title: str
    url: str = ""
    state: State | None = None
    max_points: str = ""
    cells: tuple[tuple[str, str], ...] = ()
    in_charge: str = ""
    is_mine: bool = False


@dataclass(frozen=True)
class Totals:
    """The unit's sums as they stand: with open claims counting 0, and as if they were confirmed.

    `own` is (points, maximum) of the leaves that the unit itself answers, `others` of those that somebody else enters;
    both None where the unit answers all or none of them.
    """

    points: str
    max_points: str
    index: str
    grade: str
    nodes: dict[str, tuple[str, str]]
    accepted: Totals | None = None
    own: tuple[str, str] | None = None
    others: tuple[str, str] | None = None


def totals_of(opened: Opened, card: Scorecard | None = None) -> Totals | None:
    """Both totals for this reader, from the stages that he or she may know of; None where nothing can be computed.
    `card` is the reader's own where it has been computed already."""
    participant = opened.dossier.participant
    card = card or card_of_sheet(opened.dossier, opened.sheet)
    if card is None:
        return None
    accepted = card_of_sheet(opened.dossier, opened.sheet, accept_claims=True) if opened.sheet.claims else None
    grades = {
        grade["code"]: grade["label"] for grade in opened.dossier.group.grades or participant.campaign.grades or []
    }
    totals = _totals(card, grades, _totals(accepted, grades) if accepted else None)
    own, others = _parts(card, opened)
    return replace(totals, own=own, others=others)


@dataclass(frozen=True)
class Announcement:
    """What the public reads of the unit today, with the address of its page there."""

    facts: list[Fact]
    url: str


def announcement_of(opened: Opened) -> Announcement | None:
    """None while nothing of the campaign stands in public, or the unit is not in it."""
    slug, year, unit = opened.address
    announced = announced_run(opened.dossier.participant.campaign)
    found = unit_print(announced.run, unit) if announced else None
    if found is None:
        return None
    facts = [
        Fact("Chỉ số", format_percent(found.index) if found.index is not None else "–"),
        Fact("Hạng", str(found.rank), f"/ {found.among}") if found.rank else Fact("Hạng", "Không xếp"),
    ]
    facts += [Fact("Xếp loại", found.grade)] if found.grade else []
    return Announcement(facts, reverse("public", args=[f"{slug}/don-vi/{unit}/{year}/"]))


def component_panels(opened: Opened, totals: Totals | None, *, mine: bool = False) -> list[dict[str, Any]]:
    """Every component with its rows, its progress and its sum; with `mine` only where the reader looks after leaves,
    and these rows alone."""
    nodes = totals.nodes if totals else {}
    panels = []
    for component in opened.sheet.components:
        rows = _rows(opened, component)
        if mine and not (rows := [row for row in rows if row.is_mine]):
            continue
        points, max_points = nodes.get(component.criterion.code, ("", show_points(component.criterion.max_points)))
        panels.append(
            {
                "component": component,
                "url": reverse("scoring:worksheet_component", args=[*opened.address, component.criterion.code]),
                "rows": rows,
                "points": points,
                "max_points": max_points,
            }
        )
    return panels


def columns_of(opened: Opened) -> list[str]:
    """Heads of the cells of a row: "Tự chấm" and the later stages that have something to show."""
    return [Stage(stage).label for stage in (Stage.DECLARED, *opened.sheet.stages)]


def missing_of(opened: Opened, *, mine: bool = False) -> list[dict[str, str]]:
    """What is left to do, leaf by leaf, each with the points that hang on it and the way there; with `mine` where the
    reader looks after the leaf."""
    return [
        {
            "code": line.criterion.code,
            "title": line.criterion.title,
            "url": answer_url(opened, line),
            "state": line.content_state.label,
            "points": show_points(line.at_stake),
        }
        for line in opened.sheet.missing
        if not mine or opened.charges.get(line.criterion.pk) == opened.user
    ]


def warnings_of(opened: Opened) -> list[dict[str, str]]:
    """Answers whose figures a rule asks to look at again before they are handed in, with the way there."""
    campaign = opened.dossier.participant.campaign
    told = [
        (line, warning_at(line.criterion, campaign, line.declared)) for line in opened.sheet.lines if line.is_answered
    ]
    return [
        {"code": line.criterion.code, "title": line.criterion.title, "url": answer_url(opened, line), "text": text}
        for line, text in told
        if text
    ]


def item_rows(opened: Opened, items: Iterable[Item]) -> list[dict[str, str]]:
    """What the check found, each with the points that hang on it and the way to the very field."""
    return [
        {
            "code": item.code,
            "title": item.title,
            "url": f"{reverse('scoring:answer', args=[*opened.address, item.code])}#{item.field}",
            "text": item.text,
            "points": show_points(item.at_stake),
            "kind": item.kind.value,
        }
        for item in items
    ]


def returned_rows(opened: Opened) -> list[dict[str, Any]]:
    """Leaves that the head sent back and nobody has mended, each with the notes."""
    return [{"line": line, "url": answer_url(opened, line), "notes": line.open_notes} for line in opened.sheet.returned]


def answer_url(opened: Opened, line: Line, name: str = "answer") -> str:
    return reverse(f"scoring:{name}", args=[*opened.address, line.criterion.code])


def stages_of(opened: Opened, line: Line) -> list[tuple[str, Shown | None, str]]:
    """(stage, value, who gave it) of one leaf in the order of the stages; "" where the reader may not know who."""
    found = []
    for stage in Stage:
        if value := line.values.get(stage):
            who = value.author.full_name if value.author and opened.sight.names(stage) else ""
            who = ORGANISER_SIDE if value.on_behalf and opened.sight.is_unit else who
            is_judged = any(later != Stage.DECLARED for later in line.values)
            shown = show_value(value, opened.dossier.participant.campaign, is_judged=is_judged)
            found.append((stage.label, shown, who))
    return found


def history_rows(opened: Opened, line: Line, changes: list[ValueChange]) -> list[dict[str, Any]]:
    """The leaf's changes in words, newest first. What one person typed on within ten minutes is one row with what it
    came to in the end; `edits` says of how many."""
    leaf = leaf_of(line.criterion, opened.dossier.participant.campaign)
    return [
        {
            "stage": Stage(change.stage).label,
            "said": say_change(change.content, leaf),
            "worth": _worth(change.content),
            "reason": (change.content or {}).get("reason") or "",
            "at": change.at,
            "who": _who(change, opened),
            "edits": edits,
        }
        for change, edits in _folded(changes)
    ]


def _who(change: ValueChange, opened: Opened) -> str:
    """Who wrote it, as far as the reader may know; the unit reads of its own people alone by name."""
    if opened.sight.is_unit and (change.content or {}).get("on_behalf"):
        return ORGANISER_SIDE
    return change.author.full_name if change.author and opened.sight.names(change.stage) else ""


def _folded(changes: list[ValueChange]) -> list[tuple[ValueChange, int]]:
    """Autosave writes at every pause: of the unit's answers by one person within `_ONE_SITTING` the newest, with how
    many there were. An answer that was taken away always stands by itself."""
    found: list[tuple[ValueChange, int]] = []
    for change in changes:
        newest, edits = found[-1] if found else (None, 0)
        if newest is not None and _one_sitting(newest, change):
            found[-1] = (newest, edits + 1)
        else:
            found.append((change, 1))
    return found


def _one_sitting(newest: ValueChange, earlier: ValueChange) -> bool:
    answers = newest.content is not None and earlier.content is not None
    same = (newest.stage, newest.author_id) == (earlier.stage, earlier.author_id)
    is_typed = newest.stage == Stage.DECLARED and newest.author_id is not None
    return answers and same and is_typed and newest.at - earlier.at <= _ONE_SITTING


def index_in_words(index: str | None) -> str:
    return format_percent(index) if index is not None else "Chưa có"


def points_of_max(worth: Any, line: Line) -> str:
    """ "1,80 / 2,00"; "" where there are no points."""
    return "" if worth is None else f"{show_points(worth)} / {show_points(line.criterion.max_points)}"


def _totals(card: Scorecard, grades: dict[str, str], accepted: Totals | None = None) -> Totals:
    return Totals(
        show_points(card.points),
        show_points(card.max_points),
        index_in_words(card.index),
        grades.get(card.grade or "", ""),
        {code: (show_points(node["points"]), show_points(node["max_points"])) for code, node in card.nodes.items()},
        accepted,
    )


def _parts(card: Scorecard, opened: Opened) -> tuple[tuple[str, str], tuple[str, str]] | tuple[None, None]:
    """`own` and `others` of the totals: before the others have entered anything the whole would read as lost."""
    scored = [line.criterion for line in opened.sheet.lines if line.criterion.role == CriterionRole.SCORED]
    own = [leaf for leaf in scored if leaf.source == Source.SELF]
    if not own or len(own) == len(scored):
        return None, None
    others = [leaf for leaf in scored if leaf.source != Source.SELF]
    return _sum_of(card, own), _sum_of(card, others)


def _sum_of(card: Scorecard, leaves: list[Criterion]) -> tuple[str, str]:
    nodes = [card.nodes[leaf.code] for leaf in leaves if card.nodes[leaf.code]["applicable"]]
    points, maximum = (sum((Decimal(node[key]) for node in nodes), Decimal(0)) for key in ("points", "max_points"))
    return show_points(points), show_points(maximum)


def _rows(opened: Opened, component: Component) -> list[Row]:
    lines = {line.criterion.pk: line for line in component.lines}
    path = component.criterion.path + "."
    rows = []
    for node in opened.sheet.tree.nodes:
        if node.pk in lines:
            rows.append(_leaf_row(opened, lines[node.pk]))
        elif node.path.startswith(path):
            rows.append(Row(node.code, node.title))
    return rows


def _leaf_row(opened: Opened, line: Line) -> Row:
    shown = (Stage.DECLARED, *opened.sheet.stages)
    cells = tuple((stage.label, _cell(line.values.get(stage))) for stage in shown)
    person = opened.charges.get(line.criterion.pk)
    return Row(
        line.criterion.code,
        line.criterion.title,
        answer_url(opened, line),
        line.state,
        show_points(line.criterion.max_points),
        cells,
        person.full_name if person else "",
        person == opened.user,
    )


def _cell(value: Value | None) -> str:
    if value is None:
        return ""
    if value.not_applicable:
        return "không áp dụng"
    return show_points(value.worth) if value.worth is not None and value.is_fresh else ""


def _worth(content: dict[str, Any] | None) -> str:
    worth = (content or {}).get("worth")
    return show_points(worth) if worth is not None else ""
