"""What a unit would get, from a worksheet that was read: the numbers of `scorecard` without another query."""

from __future__ import annotations

from collections.abc import Iterator

from scoring.enums import Resolution, RunKind, Stage
from scoring.selectors.worksheet import Worksheet
from scoring.services.campaign_file import (
    SELF_STAGES,
    Facts,
    Said,
    campaign_file,
    leave_out_foreign_gates,
    spoken_stages,
)
from scoring.services.dossier import Dossier
from scoring.services.scorecard import Scorecard, card_of


def card_of_sheet(dossier: Dossier, sheet: Worksheet, *, accept_claims: bool = False) -> Scorecard | None:
    """The unit's numbers as they stand, from the stages that the reader of `sheet` sees of every leaf; None where
    nothing can be computed. `accept_claims` as for `scorecard`."""
    participant, stages = dossier.participant, sheet.sight.everywhere
    if not (participant.has_figures and participant.is_assessed):
        return None
    spoken = spoken_stages(RunKind.PROVISIONAL, stages)
    facts = Facts(
        [dossier.group],
        [participant.criteria_set],
        sheet.tree.nodes,
        [participant],
        _said(dossier, sheet, spoken),
        sheet.exclusions,
    )
    content = campaign_file(participant.campaign, facts, spoken, accept_claims=accept_claims, stages=stages)
    leave_out_foreign_gates(content)
    return card_of(content)


def _said(dossier: Dossier, sheet: Worksheet, spoken: list[Stage]) -> Iterator[Said]:
    """The values that count, by path. Of a dossier set to nought only entered points do."""
    is_nought = dossier.submission.resolution == Resolution.NOUGHT
    counted = [stage for stage in spoken if not (is_nought and stage in SELF_STAGES)]
    for line in sheet.lines:
        for stage in counted:
            if (value := line.values.get(stage)) is not None and value.is_fresh:
                yield Said(
                    dossier.participant.pk,
                    line.criterion.code,
                    stage,
                    value.inputs,
                    value.points,
                    value.not_applicable,
                    value.reason,
                    value.legal_basis,
                )
