"""Who holds the pen: which hand may write which matter in which phase (architecture, "Who holds the pen").

The only ways around this table are a dossier unlocked or extended by the coordinator, a leaf that an amendment has
reopened, and an explanation that was asked for again; each has a reason and a time limit (`scoring.services.guards`).
"""

from __future__ import annotations

from enum import StrEnum

from scoring.enums import Phase, Stage


class Hand(StrEnum):
    UNIT = "unit"
    APPRAISER = "appraiser"
    COORDINATOR = "coordinator"
    COUNCIL = "council"


class Matter(StrEnum):
    """What is written."""

    DECLARED = "declared"
    EXPLANATION = "explanation"
    APPRAISED = "appraised"
    REAPPRAISED = "reappraised"
    ENTERED = "entered"
    EXCLUSION = "exclusion"
    COUNCIL = "council"
    OVERRIDE = "override"
    MINUTES = "minutes"


HANDS = {
    Hand.UNIT: "Đơn vị",
    Hand.APPRAISER: "Người thẩm định của phần",
    Hand.COORDINATOR: "Điều phối",
    Hand.COUNCIL: "Hội đồng",
}
MATTERS = {
    Matter.DECLARED: "giá trị tự chấm, tài liệu",
    Matter.EXPLANATION: "giải trình và tài liệu của giải trình",
    Matter.APPRAISED: "giá trị thẩm định",
    Matter.REAPPRAISED: "giá trị thẩm định lần 2 của mục đã giải trình",
    Matter.ENTERED: "điểm nhập (điều tra, kết quả, thưởng, trừ)",
    Matter.EXCLUSION: "tiêu chí không đánh giá",
    Matter.COUNCIL: "giá trị hội đồng",
    Matter.OVERRIDE: "xếp loại theo quyết định",
    Matter.MINUTES: "biên bản",
}
_UP_TO_COUNCIL = frozenset(
    {Phase.DRAFT, Phase.SELF_ASSESSMENT, Phase.APPRAISAL, Phase.EXPLANATION, Phase.REAPPRAISAL, Phase.COUNCIL}
)

PEN: dict[tuple[Hand, Matter], frozenset[Phase]] = {
    (Hand.UNIT, Matter.DECLARED): frozenset({Phase.SELF_ASSESSMENT}),
    (Hand.UNIT, Matter.EXPLANATION): frozenset({Phase.EXPLANATION}),
    (Hand.APPRAISER, Matter.APPRAISED): frozenset({Phase.APPRAISAL}),
    (Hand.APPRAISER, Matter.REAPPRAISED): frozenset({Phase.REAPPRAISAL}),
    (Hand.COORDINATOR, Matter.ENTERED): _UP_TO_COUNCIL - {Phase.DRAFT},
    (Hand.COORDINATOR, Matter.EXCLUSION): _UP_TO_COUNCIL,
    (Hand.COORDINATOR, Matter.MINUTES): frozenset({Phase.COUNCIL}),
    (Hand.COUNCIL, Matter.COUNCIL): frozenset({Phase.COUNCIL}),
    (Hand.COUNCIL, Matter.OVERRIDE): frozenset({Phase.COUNCIL}),
}

STAGE_OF_MATTER = {
    Matter.DECLARED: Stage.DECLARED,
    Matter.APPRAISED: Stage.APPRAISED,
    Matter.REAPPRAISED: Stage.REAPPRAISED,
    Matter.ENTERED: Stage.ENTERED,
    Matter.COUNCIL: Stage.COUNCIL,
}
"""Which row of values a matter is written to."""

_UNIT_SEES: dict[Phase, frozenset[Stage]] = {
    Phase.EXPLANATION: frozenset({Stage.APPRAISED}),
    Phase.REAPPRAISAL: frozenset({Stage.APPRAISED}),
    Phase.COUNCIL: frozenset({Stage.APPRAISED, Stage.REAPPRAISED}),
    Phase.FINALISED: frozenset({Stage.APPRAISED, Stage.REAPPRAISED}),
    Phase.PUBLISHED: frozenset({Stage.APPRAISED, Stage.REAPPRAISED, Stage.COUNCIL, Stage.ENTERED}),
}


def holds_pen(hand: Hand, matter: Matter, phase: str) -> bool:
    """May this hand write this matter while the group is in `phase`?"""
    return phase in PEN.get((hand, matter), frozenset())


def closed(matter: Matter, phase: str) -> str:
    """The sentence that refuses to take `matter`; `phase` is the label of the step at which the group stands."""
    return f"Khối đang ở bước “{phase}”, không nhận {MATTERS[matter]}."


def stages_shown_to_unit(phase: str) -> frozenset[Stage]:
    """Which stages' values the unit itself may read: its own always, those of others once they are released to it."""
    return _UNIT_SEES.get(Phase(phase), frozenset()) | {Stage.DECLARED}
