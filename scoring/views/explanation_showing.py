"""Rows and sums of an explanation in words, for its page, its leaves and the script that stores what is typed."""

from __future__ import annotations

from typing import Any

from django.http import Http404

from scoring.enums import Opinion
from scoring.selectors.explanation import Row, leaf_of_unit, rows_of
from scoring.selectors.worksheet import State
from scoring.services.before_explanation import NOT_WRITTEN, Check
from scoring.services.explaining import Overtaken
from scoring.views.explanation_frame import Opened
from scoring.views.showing import say_worth
from units.vietnamese import show_points
from units.views.gates import SignedInRequest

NOTHING = "(chưa có ý kiến)"

AGREED = State("done", "đồng ý")
EXPLAINED = State("done", "giải trình, đã có nội dung")
LACKING = State("half", "giải trình, thiếu nội dung")
OUTDATED = State("back", "viết trước khi điểm đổi")
UNDECIDED = State("todo", "chưa có ý kiến")
UNTOUCHED = State("na", "không cần ý kiến")


def state_of(row: Row, round_number: int) -> State:
    """What the unit has made of one leaf so far."""
    if row.is_lacking_in(round_number):
        return OUTDATED if row.said_in(round_number) else LACKING
    opinion = row.opinion_in(round_number)
    if opinion == Opinion.AGREE:
        return AGREED
    if opinion == Opinion.EXPLAIN:
        return EXPLAINED
    choice = row.choices.get(round_number)
    if row.said_in(round_number) or (choice and choice.opinion):
        return OUTDATED
    return UNDECIDED if row.is_changed or round_number == 2 else UNTOUCHED


def line_of(opened: Opened, row: Row) -> dict[str, Any]:
    """One leaf as a row of a table; `state` None for what may not be explained now."""
    given = row.reappraised or row.appraised
    is_open = row.criterion.pk in opened.open_leaves
    return {
        "row": row,
        "declared": say_worth(row.declared),
        "appraised": say_worth(row.appraised),
        "reappraised": say_worth(row.reappraised) if row.reappraised else "",
        "lost": show_points(row.lost) if row.lost else "",
        "reason": given.reason if given else "",
        "state": state_of(row, opened.round_number) if is_open else None,
        "said_before": said_before(row),
        "agreed_again": row.opinion_in(2) == Opinion.AGREE,
    }


def said_before(row: Row) -> str:
    """What the unit made of a leaf that is not open any more."""
    if row.again:
        return "đã giải trình ở vòng 2"
    if row.opinion_in(2) == Opinion.AGREE:
        return "đồng ý với điểm vòng 2"
    if row.first:
        return "đã giải trình"
    return "đồng ý với điểm thẩm định" if row.opinion_in(1) == Opinion.AGREE else ""


def tally_of(check: Check) -> dict[str, str]:
    """The counts that stand on every page while the unit writes, by their marks `data-tally`."""
    return {
        "explained": str(len(check.explained) + len(check.lacking)),
        "lacking": f", {len(check.lacking)} mục thiếu nội dung" if check.lacking else "",
        "agreed": str(len(check.agreed)),
        "undecided": str(len(check.undecided)),
        "at_stake": show_points(check.at_stake),
        "given_up": show_points(check.given_up),
        "silent": show_points(check.silent),
    }


def opinion_of(overtaken: Overtaken) -> str:
    """What stands in the way of an answer, as an opinion."""
    return overtaken.choice.opinion if overtaken.choice else (Opinion.EXPLAIN if overtaken.item else "")


def say_stands(overtaken: Overtaken) -> str:
    """The same in words."""
    opinion = opinion_of(overtaken)
    text = overtaken.item.text if overtaken.item else ""
    if opinion == Opinion.AGREE:
        return Opinion.AGREE.label
    return text or (f"({NOT_WRITTEN})" if opinion else NOTHING)


def rows_for(opened: Opened) -> list[Row]:
    """Every leaf that may be explained, or was, as far as this person may read it."""
    return rows_of(opened.explanation, opened.tree, opened.reader, opened.open_leaves)


def open_rows(opened: Opened, rows: list[Row]) -> list[Row]:
    """Those that may be explained now."""
    return [row for row in rows if row.criterion.pk in opened.open_leaves]


def row_at(request: SignedInRequest, opened: Opened, rows: list[Row]) -> Row:
    """The leaf of the address, as far as this person may read it; Http404 for one that has nothing to explain."""
    code = request.resolver_match.kwargs["criterion"] if request.resolver_match else ""
    leaf = leaf_of_unit(opened.dossier.participant, code)
    found = next((row for row in rows if row.criterion.pk == leaf.pk), None)
    if found is None:
        raise Http404
    return found
