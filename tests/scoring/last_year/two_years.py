"""A year that was played to its end, and the next one cloned from it, open for self-assessment."""

from __future__ import annotations

import datetime
from dataclasses import dataclass, replace
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from scoring.enums import Phase
from scoring.models import Criterion, Evidence, Group, Participant, Submission
from scoring.services.cloning import clone
from scoring.services.evidence import Details, add_evidence
from tests.factories import UnitFactory
from tests.kept import once
from tests.scoring.evidence import samples
from tests.year import Year, advance, build_year
from units.enums import UnitKind


@dataclass
class TwoYears:
    """`last` is 2026, `this` 2027; unit A had 45/50 at 1.2, corrected to 40/50, and "Kế hoạch 12" at 1.1."""

    last: Year
    this: Year
    plan: Evidence

    def url(self, code: str = "1.2", unit: Participant | None = None) -> str:
        return self._address("last_year", code, unit=unit)

    def carry_url(self, evidence: Evidence | None = None, code: str = "1.1", unit: Participant | None = None) -> str:
        return self._address("carry_document", code, (evidence or self.plan).pk, unit=unit)

    def page(self, who: str = "a1", code: str = "1.2", unit: Participant | None = None) -> str:
        return " ".join(self.this.browser(who).get(self.url(code, unit)).content.decode().split())

    def carry(self, who: str = "a1", **data: Any) -> Any:
        fields = {f"nt-{self.plan.pk}-{name}": value for name, value in ({"is_valid_still": "on"} | data).items()}
        return self.this.browser(who).post(self.carry_url(), {key: text for key, text in fields.items() if text})

    def _address(self, name: str, *rest: Any, unit: Participant | None = None) -> str:
        year = self.this
        return reverse(f"scoring:{name}", args=[year.organiser.slug, year.campaign.code, (unit or year.a).code, *rest])


def build_two_years(phase: Phase = Phase.FINALISED) -> TwoYears:
    """`phase`: where the year before stands."""
    return once(("two years", phase), lambda: _two_years(phase))


def _two_years(phase: Phase) -> TwoYears:
    last = build_year()
    (plan,) = bring(last, last.a, "a1", "ke-hoach.pdf", number="12/KH-SOA", issued_on=datetime.date(2026, 1, 5))
    advance(last, phase)
    campaign = clone(last.campaign, code="2027", year=2027, title="Chỉ số CCHC năm 2027", by=last["c"])
    Group.objects.filter(campaign=campaign).update(phase=Phase.SELF_ASSESSMENT)
    units = {item.code: item for item in campaign.participants.select_related("unit", "criteria_set", "group")}
    for unit in units.values():
        Submission.objects.create(participant=unit)
    leaves = Criterion.objects.filter(criteria_set__campaign=campaign, rule__isnull=False)
    this = replace(
        last,
        campaign=campaign,
        group=campaign.groups.get(),
        criteria_set=campaign.criteria_sets.get(),
        leaves={leaf.code: leaf for leaf in leaves},
        a=units["SOA"],
        b=units["SOB"],
    )
    this.move_window(Phase.SELF_ASSESSMENT, -datetime.timedelta(days=1), datetime.timedelta(days=10))
    return TwoYears(last, this, plan)


def bring(year: Year, unit: Participant, by: str, name: str, code: str = "1.1", **details: Any) -> list[Evidence]:
    """One document of `unit` that stands for a leaf; other names have other bytes."""
    upload = SimpleUploadedFile(name, samples.pdf(f"({name})".encode()))
    said = Details(abstract=f"Tệp {name}", **details)
    return add_evidence(unit, [upload], said, by=year[by], criterion=year.leaves[code], pages="tr. 2")


def never_took_part(years: TwoYears, unit: Participant) -> None:
    """The dossier of last year is another unit's."""
    other = UnitFactory(parent=years.last.organiser.unit, kind=UnitKind.DEPARTMENT)
    Participant.objects.filter(pk=unit.pk).update(unit=other)
