"""Steps of several groups of one campaign at once, each through the door."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import transaction

from scoring.enums import Phase
from scoring.models import Campaign, Group
from scoring.services.dossier import lock_dossiers
from scoring.services.errors import Blocked, Conflict, Incomplete
from scoring.services.transitions import perform
from units.models import User


@dataclass(frozen=True)
class Stayed:
    """A group that could not take the step, and why."""

    group: Group
    sentence: str
    reasons: tuple[str, ...] = ()


def move_all(
    groups: Iterable[Group], name: str, by: User, *, accept_pending: bool = False
) -> tuple[list[Group], list[Stayed]]:
    """Take every group that can through the transition `name`; each stands or falls by itself.

    Returns those that moved and those that stayed. Raises `Refused` where the person may not do it at all.
    """
    moved, stayed = [], []
    for group in groups:
        try:
            moved.append(perform(group, name, by, accept_pending=accept_pending))
        except Blocked as refused:
            stayed.append(Stayed(group, refused.sentence, refused.reasons))
        except (Conflict, Incomplete) as refused:
            stayed.append(Stayed(group, refused.sentence))
    return moved, stayed


def mark_published(campaign: Campaign) -> None:
    """The portal's own step when the campaign has become public: its finalised groups go to the last phase.

    Within the transaction of the release. All groups and their dossiers are locked before the first trail row is
    written, since everybody else locks in that order.
    """
    with transaction.atomic():
        finalised = campaign.groups.select_for_update(of=("self",)).filter(phase=Phase.FINALISED).order_by("pk")
        groups = list(finalised)
        lock_dossiers(*groups)
        for group in groups:
            perform(group, "publish", None)
