"""What follows from a change of state, in its transaction: rows that the next step needs, receipts, notices."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from scoring.enums import ExplanationState, PartState, Resolution, SigningWay, SubmissionState
from scoring.models import AppraisalPart, CriteriaSet, Explanation, ExplanationItem, Group, Signing, Submission
from scoring.selectors.appraisal import leaves_by_part
from scoring.selectors.clock import database_now
from scoring.selectors.late_paper import paper_in_hand
from scoring.selectors.tree import trees
from scoring.services.dossier import Dossier
from scoring.services.explaining import round_of
from scoring.services.group_guards import assessed
from scoring.services.letters import issue_letter
from scoring.services.receipts import issue
from scoring.services.telling import tell
from scoring.services.values import overtake_second_verdicts
from scoring.workflow import Subject, Transition
from units import trail
from units.models import User


def follow_up(
    transition: Transition, changed: Any, dossier: Dossier | None, by: User | None, signer_title: str = ""
) -> None:
    """Do what belongs to the transition; called by the door after the state was set. `signer_title`: as what the head
    signs the letter of an explanation that is sent."""
    if (transition.subject, transition.name) == (Subject.EXPLANATION, "submit"):
        _mark_sent(changed, dossier, by, signer_title)
    act = _ACTS.get((transition.subject, transition.name))
    if act is not None:
        act(changed, dossier, by)
    tell(transition, changed)


def add_parts(participants: list[Any], amended_in: int | None = None) -> None:
    """Parts of round 1 for units that departments appraise (not those left to the council); existing ones stay.

    `amended_in` is the revision that brought new components, None at the opening of the year."""
    by_set = trees({item.criteria_set_id: item.criteria_set for item in participants}.values())
    AppraisalPart.objects.bulk_create(
        (
            AppraisalPart(participant=participant, component=component, amended_in=amended_in)
            for participant in participants
            if not participant.council_only
            for component in by_set[participant.criteria_set_id].judged_components
        ),
        ignore_conflicts=True,
    )


def _open(group: Group, dossier: Dossier | None, by: User | None) -> None:
    participants = assessed(group)
    sets = CriteriaSet.objects.filter(pk__in={item.criteria_set_id for item in participants}, frozen_at__isnull=True)
    sets.update(frozen_at=database_now())
    Submission.objects.bulk_create((Submission(participant=item) for item in participants), ignore_conflicts=True)
    add_parts(participants)


def _close_the_late(group: Group, dossier: Dossier | None, by: User | None) -> None:
    """Whoever has not submitted by now is late: the guard has seen that every limit has passed."""
    late = Submission.objects.filter(
        participant__group=group, state__in=(SubmissionState.DRAFT, SubmissionState.AT_HEAD)
    ).select_related("participant__campaign")
    for submission in late:
        before = submission.state
        Submission.objects.filter(pk=submission.pk, state=before).update(
            state=SubmissionState.NOT_SUBMITTED, version=submission.version + 1
        )
        trail.record(
            "scoring.submission_close",
            by=None,
            about=submission,
            scope=group.campaign.trail_scope,
            label=f"Hết hạn chưa nộp: {submission.participant.name}",
            before=before,
            after=SubmissionState.NOT_SUBMITTED,
        )


def _open_explanations(group: Group, dossier: Dossier | None, by: User | None) -> None:
    participants = [item for item in assessed(group) if not item.council_only]
    nought = set(
        Submission.objects.filter(participant__group=group, resolution=Resolution.NOUGHT).values_list(
            "participant", flat=True
        )
    )
    Explanation.objects.bulk_create(
        (Explanation(participant=item) for item in participants if item.pk not in nought), ignore_conflicts=True
    )


def _open_round_two(group: Group, dossier: Dossier | None, by: User | None) -> None:
    """A part of round 2 for every component with something that the unit explained and sent, to the same appraiser.

    Parts of an earlier second round stay, unless they have nothing left to judge and nobody signed them. A unit's own
    hour for its explanation ends here: later it writes only where it is asked again.
    """
    Explanation.objects.filter(participant__group=group).update(reopened_until=None, reopened_reason="")
    items = ExplanationItem.objects.sent().filter(explanation__participant__group=group, round=1)
    items = items.select_related("criterion", "explanation")
    explained = {(item.explanation.participant_id, item.criterion.component_path) for item in items}
    first = AppraisalPart.objects.filter(participant__group=group, round=1).select_related("component")
    AppraisalPart.objects.bulk_create(
        (
            AppraisalPart(
                participant_id=part.participant_id, component=part.component, round=2, appraiser_id=part.appraiser_id
            )
            for part in first
            if (part.participant_id, part.component.path) in explained
        ),
        ignore_conflicts=True,
    )
    _drop_empty_parts(group)


def _drop_empty_parts(group: Group) -> None:
    open_parts = AppraisalPart.objects.filter(participant__group=group, round=2).exclude(state=PartState.SIGNED)
    parts = open_parts.select_related("participant__criteria_set", "component")
    leaves = leaves_by_part(group.campaign, parts)
    AppraisalPart.objects.filter(pk__in=[pk for pk, judged in leaves.items() if not judged]).delete()


def _hand_explanations_back(group: Group, dossier: Dossier | None, by: User | None) -> None:
    """Every explanation is a draft again, with a row each in the trail; what was sent and is not touched stays sent."""
    for explanation in Explanation.objects.filter(participant__group=group).select_related("participant__campaign"):
        before = explanation.state
        Explanation.objects.filter(pk=explanation.pk).update(
            state=ExplanationState.DRAFT, version=explanation.version + 1, reopened_until=None, reopened_reason=""
        )
        if before == ExplanationState.DRAFT:
            continue
        trail.record(
            "scoring.explanation_hand_back",
            by=by,
            about=explanation,
            scope=group.campaign.trail_scope,
            label=f"Giải trình trở lại bản nháp: {explanation.participant.name}",
            before=before,
            after=ExplanationState.DRAFT,
        )


def _mark_sent(explanation: Explanation, dossier: Dossier | None, by: User | None, signer_title: str) -> None:
    """What is written and agreed to of this round is sent, under a receipt; a second verdict on words that are new
    falls (after a step back)."""
    if dossier is None or by is None:
        raise TypeError("an explanation is sent from a dossier by a person")
    number = round_of(dossier)
    written = explanation.items.filter(round=number, sent_at__isnull=True)
    if number == 1:
        overtake_second_verdicts(dossier.participant, written.values_list("criterion", flat=True))
    written.update(sent_at=dossier.now)
    explanation.choices.filter(round=number, sent_at__isnull=True).exclude(opinion="").update(sent_at=dossier.now)
    letter = issue_letter(dossier, explanation, by, signer_title)
    Signing.objects.create(letter=letter, way=SigningWay.PORTAL, digest=letter.digest, by=by, at=dossier.now)


def _receipt(submission: Submission, dossier: Dossier | None, by: User | None) -> None:
    if dossier is None or by is None:
        raise TypeError("a submission is handed in by a person")
    receipt = issue(dossier, by)
    # Handing in is the head's signature in the portal; a signed paper may be put beside it later (services/signing).
    Signing.objects.create(receipt=receipt, way=SigningWay.PORTAL, digest=receipt.digest, by=by, at=dossier.now)


def _receipt_on_behalf(submission: Submission, dossier: Dossier | None, by: User | None) -> None:
    if dossier is None or by is None:
        raise TypeError("a submission is handed in by a person")
    paper = paper_in_hand(dossier.submission)
    if paper is None:
        raise TypeError("the guard has seen the paper")
    receipt = issue(dossier, by, paper)
    Signing.objects.create(
        receipt=receipt,
        way=SigningWay.PAPER,
        number=paper.number,
        dated_on=paper.dated_on,
        digest=receipt.digest,
        key=paper.key,
        name=paper.name,
        sha256=paper.sha256,
        size=paper.size,
        kind=paper.kind,
        by=by,
        at=dossier.now,
    )


_ACTS: dict[tuple[Subject, str], Callable[[Any, Dossier | None, User | None], None]] = {
    (Subject.GROUP, "open"): _open,
    (Subject.GROUP, "start_appraisal"): _close_the_late,
    (Subject.GROUP, "start_explanation"): _open_explanations,
    (Subject.GROUP, "start_reappraisal"): _open_round_two,
    (Subject.SUBMISSION, "submit"): _receipt,
    (Subject.SUBMISSION, "submit_on_behalf"): _receipt_on_behalf,
    (Subject.GROUP, "return_to_explanation"): _hand_explanations_back,
}
