"""The trail of one dossier, as one reader may see it."""

from __future__ import annotations

from collections.abc import Callable

from django.db.models import Q, QuerySet

from scoring.models import AppraisalPart, Evidence, Exclusion, Explanation, Participant, Submission, Value
from scoring.permissions import UNIT_ROLES
from scoring.selectors.dossiers import TEAM
from scoring.selectors.worksheet import Sight
from units import trail
from units.enums import Role
from units.models import Membership, TrailEntry, User

# Acts with which a unit writes; until it hands in they are its own, and the coordinator's who helps it.
_WRITING = (
    "scoring.add_evidence",
    "scoring.explain",
    "scoring.write_report",
    "scoring.share_leaves",
    "scoring.follow_up",
    "scoring.ask_question",
    "scoring.answer_question",
)
_AMONG_THEMSELVES = ("hand_over", "return", "hand_back")
ORGANISER_SIDE = "Cơ quan điều phối"


def dossier_entries(user: User, participant: Participant, sight: Sight) -> QuerySet[TrailEntry]:
    """Entries about the dossier that the reader may know of, newest first.

    The unit reads its own steps and what was decided about them, never what appraisers and council do; the team reads
    all but what the unit is still writing, an appraiser the parts held; the coordinator reads everything.
    """
    entries = trail.entries_of(participant.campaign.trail_scope)
    steps = trail.about(Submission.objects.filter(participant=participant)) | trail.about(
        Explanation.objects.filter(participant=participant)
    )
    writing = trail.about(Evidence.objects.filter(participant=participant))
    if sight.is_unit:
        return entries.filter(steps | writing)
    roles = {item.role for item in user.current_memberships if item.organiser_id == participant.campaign.organiser_id}
    if Role.COORDINATOR in roles:
        return entries.filter(steps | writing | _judging(participant, Q(), Q()) | _standing(participant))
    if roles.intersection(TEAM):
        entries = entries.filter(steps | _judging(participant, Q(), Q()) | _standing(participant))
    else:
        held = Q()
        for path in sight.judged:
            held |= Q(criterion__path=path) | Q(criterion__path__startswith=f"{path}.")
        mine = _judging(participant, held, Q(component__path__in=sight.judged)) if sight.judged else Q(pk=None)
        entries = entries.filter(steps | mine)
    return entries.exclude(_drafting())


def naming(participant: Participant, sight: Sight) -> Callable[[TrailEntry], str] | None:
    """How the reader is told who did it: everybody by name (None), or for the unit its own people only."""
    if not sight.is_unit:
        return None
    own = set(Membership.objects.filter(unit=participant.unit_id, role__in=UNIT_ROLES).values_list("user", flat=True))

    def name(entry: TrailEntry) -> str:
        if entry.actor_id is None or entry.actor_id in own:
            return entry.actor_label
        return ORGANISER_SIDE

    return name


def _judging(participant: Participant, of_values: Q, of_parts: Q) -> Q:
    return trail.about(Value.objects.filter(of_values, participant=participant)) | trail.about(
        AppraisalPart.objects.filter(of_parts, participant=participant)
    )


def _standing(participant: Participant) -> Q:
    return trail.about(Participant.objects.filter(pk=participant.pk)) | trail.about(
        Exclusion.objects.filter(participant=participant)
    )


def _drafting() -> Q:
    steps = [f"scoring.{kind}_{name}" for kind in ("submission", "explanation") for name in _AMONG_THEMSELVES]
    return Q(action__in=[*_WRITING, *steps])
