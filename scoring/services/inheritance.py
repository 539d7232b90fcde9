"""A unit takes answers of those it came out of into its own dossier: the figures that its own people choose, never
points, as its own declared values, under its own pen (docs/units.md)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from django.db import transaction

from scoring.enums import Stage
from scoring.models import Participant, Submission, Value
from scoring.permissions import TAKE_OVER
from scoring.selectors.inheritance import offers_of, sources_of
from scoring.services.dossier import lock_dossier
from scoring.services.errors import Incomplete
from scoring.services.pen import declared_pen, require
from scoring.services.succession import hold_ends_before
from scoring.services.values import content_of, write
from units import trail
from units.models import User
from units.permissions import authorize


def take_over_answers(
    participant: Participant, chosen: Mapping[int, int], seen: Mapping[int, int], *, by: User
) -> list[Value]:
    """Copy the predecessor's answer (`chosen`: leaf pk → pk of the predecessor's participant) at each leaf.

    `seen`: leaf pk → version of the own value that the page showed, 0 for none. All or nothing: raises `Refused`,
    `Incomplete` (nothing chosen, or what is no longer there), `Conflict` (phase, hour, state), `StaleEdit`,
    `WrongFigures` where the unit's own set takes other figures.
    """
    authorize(by, TAKE_OVER, participant)
    if not chosen:
        raise Incomplete("chosen", "Chọn ít nhất một tiêu chí để tiếp nhận.")
    with transaction.atomic():
        dossier = lock_dossier(participant)
        hold_ends_before(dossier.participant.unit)
        offered = {
            (row.criterion.pk, offer.source.pk): (row.criterion, offer)
            for row in offers_of(dossier.participant, sources_of(dossier.participant))
            for offer in row.takeable
        }
        taken = []
        for leaf, source in chosen.items():
            if (leaf, source) not in offered:
                raise Incomplete("chosen", "Có số liệu không còn để tiếp nhận. Mở lại trang rồi chọn lại.")
            criterion, offer = offered[leaf, source]
            require(declared_pen(dossier, criterion))
            content = content_of(offer.value)
            note = f"Tiếp nhận từ {offer.source.name}. {content.note}".strip()
            content = replace(content, note=note, legal_basis="")
            taken.append(write(dossier, criterion, Stage.DECLARED, content, seen=seen.get(leaf, 0), by=by))
        trail.record(
            TAKE_OVER, by=by, about=Submission.objects.get(participant=participant),
            scope=participant.campaign.trail_scope, label=f"Tiếp nhận số liệu vào hồ sơ của {participant.name}",
            answers=[
                {"criterion": criterion.code, "from": offer.source.name, "participant": offer.source.pk}
                for criterion, offer in map(offered.__getitem__, chosen.items())
            ],
        )  # fmt: skip
    return taken
