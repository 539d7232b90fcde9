"""Choosing criteria sets and amendments within what a person may know of."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Count, Q, QuerySet
from django.http import Http404
from django.utils import timezone

from scoring.enums import Origin
from scoring.models import Amendment, Campaign, CriteriaDraft, CriteriaSet, Criterion
from scoring.selectors.campaigns import campaign_visible_to
from units.enums import Role
from units.models import Membership, User

_LEAF = Q(criteria__retired_in__isnull=True, criteria__rule__isnull=False)


def sets_of(campaign: Campaign) -> QuerySet[CriteriaSet]:
    """The sets of a campaign, each with `leaf_count` and `pending_count` (leaves without a rule); one query."""
    counted = campaign.criteria_sets.annotate(
        leaf_count=Count("criteria", filter=_LEAF),
        pending_count=Count("criteria", filter=_LEAF & Q(criteria__rule_pending=True)),
    )
    return counted.order_by("position", "code")


def leaf_counts(campaign: Campaign) -> dict[int, int]:
    """Set (pk) → how many leaves in force it has; one query."""
    return dict(campaign.criteria_sets.annotate(leaves=Count("criteria", filter=_LEAF)).values_list("pk", "leaves"))


def set_visible_to(user: User, slug: str, code: str, criteria_set: str) -> CriteriaSet:
    """One set of a visible campaign by its address; Http404 otherwise."""
    campaign = campaign_visible_to(user, slug, code)
    found = campaign.criteria_sets.filter(code=criteria_set).first()
    if found is None:
        raise Http404
    found.campaign = campaign
    return found


def amendments_of(criteria_set: CriteriaSet) -> QuerySet[Amendment]:
    """The amendments of a set, newest first, without the whole annexes."""
    return criteria_set.amendments.select_related("drafted_by", "applied_by").defer("annex", "impact").order_by("-pk")


def amendment_visible_to(user: User, slug: str, code: str, criteria_set: str, pk: int) -> Amendment:
    """One amendment of a visible set; Http404 otherwise."""
    found = set_visible_to(user, slug, code, criteria_set)
    amendment = found.amendments.filter(pk=pk).select_related("drafted_by", "applied_by").first()
    if amendment is None:
        raise Http404
    amendment.criteria_set = found
    return amendment


def drafts_of(campaign: Campaign) -> QuerySet[CriteriaDraft]:
    """The sets of a campaign that are being written on screen, without the trees themselves."""
    return campaign.criteria_drafts.select_related("changed_by").defer("annex").order_by("code")


def draft_visible_to(user: User, slug: str, code: str, criteria_set: str, node: object = None) -> CriteriaDraft:
    """One set of a visible campaign that is being written; Http404 otherwise. `node` is for the page to look up."""
    campaign = campaign_visible_to(user, slug, code)
    found = campaign.criteria_drafts.select_related("changed_by").filter(code=criteria_set).first()
    if found is None:
        raise Http404
    found.campaign = campaign
    return found


def component_codes_of(organiser: int) -> list[str]:
    """Codes of the components (lĩnh vực) in the sets of one organiser, each once, as they sort as numbers where they
    are; one query. Asked by units.selectors through settings.COMPONENT_CODES, as units knows nothing of criteria."""
    found = Criterion.objects.in_force().filter(  # type: ignore[attr-defined]
        criteria_set__campaign__organiser=organiser, criteria_set__campaign__origin=Origin.PORTAL, parent=None
    )
    codes = set(found.values_list("code", flat=True))
    return sorted(codes, key=lambda code: (len(code), code))


def appraisers_named_for(campaign: Campaign, codes: Iterable[str]) -> int:
    """How many appraiser roles at the organiser name one of these components by its code; no query without codes."""
    wanted = set(codes)
    if not wanted:
        return 0
    roles = Membership.objects.not_over(timezone.localdate()).filter(  # type: ignore[attr-defined]
        organiser=campaign.organiser_id, role=Role.APPRAISER
    )
    return sum(bool(wanted.intersection(named)) for named in roles.values_list("components", flat=True))
