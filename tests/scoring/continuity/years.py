"""Two years of one small set for the tests of this folder: last year's, in public or not, and this year's clone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from reports.enums import Depth
from reports.services.freezing import draft
from scoring.enums import LinkKind
from scoring.models import Campaign, CriteriaSet, Criterion, CriterionLink
from scoring.services.cloning import clone
from scoring.services.criteria_links import Wanted, link_criteria
from tests.factories import campaign_with_results, person, run_of, sign_in
from units.enums import Role
from units.models import User


@dataclass
class TwoSets:
    """`last` is the set of 2025, `this` that of 2026, cloned: 1 (1.1, 1.2), 2 (2.1); `by` coordinates both."""

    last: CriteriaSet
    this: CriteriaSet
    by: User

    @property
    def campaign(self) -> Campaign:
        return Campaign.objects.get(pk=self.this.campaign_id)

    def node(self, code: str) -> Criterion:
        return self.this.criteria.get(code=code)

    def old(self, code: str) -> Criterion:
        return self.last.criteria.get(code=code)

    def link(self, code: str, *olds: str, kind: str = LinkKind.SAME, note: str = "") -> Wanted:
        """What is wanted of one criterion, by codes."""
        return Wanted(self.node(code).pk, tuple(self.old(old).pk for old in olds), kind, note)

    def store(self, *wanted: Wanted, seen: int | None = None, by: User | None = None) -> None:
        version = self.campaign.version if seen is None else seen
        link_criteria(self.this, self.last, wanted, seen=version, by=by or self.by)

    @property
    def standing(self) -> set[tuple[str, str, str]]:
        """(code, code of last year or "", kind) of every link."""
        rows = CriterionLink.objects.values_list("criterion__code", "predecessor__code", "kind")
        return {(code, old or "", kind) for code, old, kind in rows}

    def url(self, name: str = "criteria_links") -> str:
        return reverse(f"scoring:{name}", args=[self.campaign.organiser.slug, self.campaign.code, self.this.code])

    def browser(self, role: Role = Role.COORDINATOR) -> Any:
        return sign_in(self.by if role == Role.COORDINATOR else person(role, self.campaign.organiser))


def two_sets() -> TwoSets:
    last = campaign_with_results(units=1)
    by = person(Role.COORDINATOR, last.organiser)
    this = clone(last, code="2026", year=2026, title="Chỉ số CCHC năm 2026", by=by)
    return TwoSets(_only(last), _only(this), by)


def release(campaign: Campaign) -> None:
    """The public reads a run of the campaign."""
    by, leader = (person(role, campaign.organiser) for role in (Role.COORDINATOR, Role.LEADER))
    run = run_of(campaign, by)
    made = draft(campaign, run, Depth.INDEX, by)
    type(made).objects.filter(pk=made.pk).update(
        state="released", approved_by=leader, approved_at=run.calculated_at, approved_digest=made.digest
    )


def _only(campaign: Campaign) -> CriteriaSet:
    return CriteriaSet.objects.select_related("campaign__organiser").get(campaign=campaign)
