"""Choosing campaigns and runs within what a person may know of."""

from __future__ import annotations

from django.db.models import Count, Max, QuerySet
from django.http import Http404

from scoring.enums import Origin, RunKind
from scoring.models import Campaign, Run, ValueChange
from units.enums import Role
from units.models import Organiser, TrailEntry, User

INSIDERS = (Role.COORDINATOR, Role.LEADER)


def organiser_visible_to(user: User, slug: str) -> Organiser:
    """The organiser with `slug` if the person has any role there today; Http404 otherwise."""
    for membership in user.current_memberships:
        if membership.organiser.slug == slug:
            return membership.organiser
    raise Http404


def campaigns_visible_to(user: User, organiser: Organiser) -> QuerySet[Campaign]:
    """Campaigns the person may know of, newest year first; empty for those without an insider's role."""
    inside = any(
        membership.organiser_id == organiser.pk and membership.role in INSIDERS
        for membership in user.current_memberships
    )
    found = Campaign.objects.filter(organiser=organiser) if inside else Campaign.objects.none()
    return found.select_related("organiser")


def campaign_visible_to(user: User, slug: str, code: str) -> Campaign:
    """One campaign by its address; Http404 for strangers and for what does not exist, alike."""
    campaign = campaigns_visible_to(user, organiser_visible_to(user, slug)).filter(code=code).first()
    if campaign is None:
        raise Http404
    return campaign


def campaign_list(user: User, organiser: Organiser) -> QuerySet[Campaign]:
    """The list page: every campaign with the number of its units and its newest run (three queries at any size)."""
    counted = campaigns_visible_to(user, organiser).annotate(
        unit_count=Count("participants", distinct=True), newest_run=Max("runs__number")
    )
    return counted.order_by("-year", "code")  # said again: a grouped query forgets the order of the model


def run_visible_to(user: User, slug: str, code: str, number: int) -> Run:
    """One run of a visible campaign; Http404 otherwise."""
    campaign = campaign_visible_to(user, slug, code)
    run = campaign.runs.filter(number=number).first()
    if run is None:
        raise Http404
    run.campaign = campaign
    return run


def campaign_named(code: str, organiser: str | None = None) -> Campaign:
    """The campaign with `code`, of the organiser with that slug where several have it; for commands, which see all.

    Raises `LookupError` with a sentence for whoever typed it.
    """
    found = Campaign.objects.filter(code=code).select_related("organiser").order_by("organiser__slug")
    campaigns = list(found.filter(organiser__slug=organiser) if organiser else found)
    if not campaigns:
        raise LookupError(f"Không có kỳ đánh giá mã “{code}”{f' của “{organiser}”' if organiser else ''}.")
    if len(campaigns) > 1:
        slugs = ", ".join(campaign.organiser.slug for campaign in campaigns)
        raise LookupError(f"Nhiều đơn vị tổ chức có kỳ mã “{code}”. Thêm --organiser với một trong: {slugs}.")
    return campaigns[0]


def run_numbered(campaign: Campaign, number: int) -> Run:
    """Run `number` of the campaign, as pages name it. Raises `LookupError` with a sentence for whoever typed it."""
    run = campaign.runs.filter(number=number).first()
    if run is None:
        known = ", ".join(str(each) for each in campaign.runs.order_by("number").values_list("number", flat=True))
        raise LookupError(f"Kỳ “{campaign.code}” không có lần tính {number}. Các lần đã tính: {known or 'chưa có'}.")
    run.campaign = campaign
    return run


def newest_run(campaign: Campaign) -> Run | None:
    """The campaign's last official run: the one that can be published."""
    return campaign.runs.filter(kind=RunKind.OFFICIAL).order_by("-number").first()


def runs_readable_by(user: User, campaign: Campaign) -> QuerySet[Run]:
    """The runs the person may open, newest first, without their files: a leader reads those that were shown."""
    found = campaign.runs.select_related("calculated_by", "shown").defer("campaign_file", "results_file")
    coordinates = any(
        membership.organiser_id == campaign.organiser_id and membership.role == Role.COORDINATOR
        for membership in user.current_memberships
    )
    if not coordinates and campaign.origin == Origin.PORTAL:
        found = found.filter(shown__isnull=False)
    return found.order_by("-number")


# Acts that never change what a run is given: whatever is not named here counts as a change.
_HARMLESS = (
    "scoring.calculate",
    "scoring.show_run",
    "scoring.assign",
    "scoring.declare_conflict",
    "scoring.write_minutes",
    "scoring.explain",
    "scoring.add_evidence",
    "scoring.quarantine_evidence",
    "scoring.settle_held",
    "scoring.release_held",
    "scoring.write_report",
    "scoring.sign_paper",
    "scoring.share_leaves",
    "scoring.follow_up",
    "scoring.ask_question",
    "scoring.answer_question",
    "scoring.remind",
    "scoring.switch_phase",
    "scoring.link_criteria",
)
_HARMLESS_KINDS = ("scoring.group_", "scoring.explanation_", "reports.")


def touched_since(run: Run) -> bool:
    """Whether anything that figures come from was done in the campaign after `run`, as the trail tells it.

    For pages of a year with tens of thousands of values, whose file is not built for a sentence. It may say yes where
    an act was undone again; a publication compares the digests themselves before it freezes anything.
    """
    campaign = run.campaign
    mine = TrailEntry.objects.filter(scope=campaign.trail_scope, action="scoring.calculate", object_id=str(run.pk))
    later = TrailEntry.objects.filter(scope=campaign.trail_scope, seq__gt=mine.values("seq")[:1])
    for prefix in _HARMLESS_KINDS:
        later = later.exclude(action__startswith=prefix)
    if later.exclude(action__in=_HARMLESS).exists():
        return True
    changes = ValueChange.objects.filter(participant__campaign=campaign, at__gt=run.calculated_at)
    return run.kind == RunKind.PROVISIONAL and changes.exists()


def has_samples(organiser: Organiser) -> bool:
    """Whether a year of the organiser is invented, so that its units and people are too; one query."""
    return organiser.campaigns.filter(is_sample=True).exists()
