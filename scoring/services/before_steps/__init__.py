"""What a step of groups will bring about, said before it is done: one module a step, by the step's own name.

Each has `ahead(groups)`: the groups of one campaign that can take the step, told with its figures of today in a
constant number of queries. Steps backwards ask for a reason instead (`scoring.workflow`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from scoring.models import Group
from scoring.services.before_steps import (
    finalise,
    open,
    start_appraisal,
    start_council,
    start_explanation,
    start_reappraisal,
)
from scoring.services.before_steps.ahead import Ahead
from scoring.services.group_guards import refusals
from scoring.services.phases import Stayed
from scoring.workflow import Transition
from units.models import User
from units.permissions import authorize

__all__ = ["STEPS", "Ahead", "look_ahead"]

STEPS: dict[str, Callable[[list[Group]], list[Ahead]]] = {
    "open": open.ahead,
    "start_appraisal": start_appraisal.ahead,
    "start_explanation": start_explanation.ahead,
    "start_reappraisal": start_reappraisal.ahead,
    "start_council": start_council.ahead,
    "finalise": finalise.ahead,
}


def look_ahead(
    groups: Iterable[Group], transition: Transition, by: User, *, accept_pending: bool = False
) -> tuple[list[Ahead], list[Stayed]]:
    """What would happen to groups of one campaign, and which of them could not go, with the reasons.

    Nothing is locked or stored: the door looks at all of it again. Raises `Refused` where the person may not.
    """
    asked = list(groups)
    for group in asked:
        authorize(by, transition.action, group)
    refused = refusals(transition, asked, {"accept_pending": accept_pending})
    stayed = [
        Stayed(group, refused[group.pk].sentence, getattr(refused[group.pk], "reasons", ()))
        for group in asked
        if group.pk in refused
    ]
    ready = [group for group in asked if group.pk not in refused]
    return STEPS[transition.name](ready) if ready else [], stayed
