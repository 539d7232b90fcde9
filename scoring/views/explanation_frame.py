"""An explanation as its pages show it: the dossier, the reader, what may be written now, the unit's own hour."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import Any

from scoring.enums import Phase
from scoring.models import Criterion, Explanation
from scoring.permissions import EXPLAIN
from scoring.selectors.explanation import Reader, reader_of
from scoring.selectors.tree import Tree, tree_of
from scoring.services.dossier import Dossier, read_dossier
from scoring.services.explaining import explainable, round_of
from scoring.services.pen import explanation_pen
from scoring.views.strip import phase_strip, say_hour, windows_of_reader
from units.models import User
from units.permissions import can

EXPLAINING = (Phase.EXPLANATION, Phase.REAPPRAISAL, Phase.COUNCIL)


@dataclass(frozen=True)
class Opened:
    """An explanation that a person has opened: as it is now, and what of it this person may read."""

    user: User
    explanation: Explanation
    dossier: Dossier
    reader: Reader
    tree: Tree
    open_leaves: frozenset[int]

    @property
    def round_number(self) -> int:
        return round_of(self.dossier)

    @property
    def address(self) -> tuple[str, str, str]:
        participant = self.dossier.participant
        return participant.campaign.organiser.slug, participant.campaign.code, participant.code

    @property
    def own_deadline(self) -> datetime.datetime | None:
        """The unit's own hour, where it goes beyond its group's."""
        own = self.explanation.reopened_until
        if own is None or self.dossier.phase not in EXPLAINING:
            return None
        of_group = self.dossier.closes_at(Phase.EXPLANATION) if self.dossier.phase == Phase.EXPLANATION else None
        limit = self.dossier.explanation_limit(own)
        return limit.closes_at if limit is not None and limit.closes_at != of_group else None

    def may_write(self, criterion: Criterion | None = None) -> bool:
        """May this person write the explanation (of one leaf) at this instant?"""
        if not can(self.user, EXPLAIN, self.explanation) or not explanation_pen(self.dossier, self.explanation):
            return False
        return criterion is None or criterion.pk in self.open_leaves

    def frame(self) -> dict[str, Any]:
        """Template variables of every page of an explanation."""
        participant = self.dossier.participant
        deadline = self.own_deadline
        windows = windows_of_reader(self.dossier.windows, is_unit=self.reader.sight.is_unit)
        return {
            "campaign": participant.campaign,
            "participant": participant,
            "explanation": self.explanation,
            "is_sample": participant.campaign.is_sample,
            "is_unit": self.reader.sight.is_unit,
            "may_write": self.may_write(),
            "own_hour": {
                "until": say_hour(deadline),
                "reason": self.explanation.reopened_reason,
                "is_asked_again": self.round_number == 2,
            }
            if deadline
            else None,
            **phase_strip(self.dossier.group, windows, self.dossier.now, deadline),
        }


def opened_by(user: User, explanation: Explanation) -> Opened:
    """The explanation as it is now for this person, with the leaves that may be explained at this step."""
    dossier = read_dossier(explanation.participant)
    explanation.participant = dossier.participant
    reader = reader_of(user, explanation)
    leaves = explainable(dossier.participant, round_of(dossier)) if _is_time_of_words(dossier, explanation) else set()
    return Opened(user, explanation, dossier, reader, tree_of(dossier.participant.criteria_set), frozenset(leaves))


def _is_time_of_words(dossier: Dossier, explanation: Explanation) -> bool:
    """Whether the leaves that may be explained are named: in the phase of the explanation, or when asked again."""
    return dossier.phase == Phase.EXPLANATION or (
        explanation.reopened_until is not None and dossier.phase in EXPLAINING
    )
