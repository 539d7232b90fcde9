"""Rows and sums of an explanation in words, for its page, its leaves and the script that stores what is typed."""

from __future__ import annotations

from typing import Any

from scoring.enums import Opinion
from scoring.selectors.explanation import Row
from scoring.selectors.worksheet import State
from scoring.services.before_explanation import Check
from scoring.views.explanation_frame import Opened
from scoring.views.showing import say_worth
from units.vietnamese import show_points

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
    }


def said_before(row: Row) -> str:
    """What the unit made of a leaf that is not open any more."""
    if row.again:
        return "đã giải trình ở vòng 2"
    if row.first:
        return "đã giải trình"
    return "đồng ý" if row.opinion_in(1) == Opinion.AGREE else ""


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
