"""What the pages of analysis are read with: their addresses, their text in words, and years that have a last one."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from django.urls import reverse

from reports.enums import Depth
from reports.services.freezing import draft
from scoring.models import Campaign, Participant, Run, Value
from scoring.services.cloning import clone
from tests.factories import person, run_of, sign_in
from tests.scoring.dossier.pages import url
from tests.year import Year
from units.enums import Role

WAY, TRY, FALLEN, MAXIMUM, MEAN = (
    "Đường ngắn nhất lên loại trên", "Thử số liệu khác", "Giảm so với năm trước", "Dưới điểm tối đa",
    "Dưới trung bình khối",
)  # fmt: skip
"""The headings of a unit's page, in their order."""


def run_url(run: Run, name: str = "analysis") -> str:
    return reverse(f"scoring:{name}", args=[run.campaign.organiser.slug, run.campaign.code, run.number])


def read(browser: Any, run: Run, name: str = "analysis", **query: str) -> str:
    """The page as text: tags taken out, white space joined."""
    response = browser.get(run_url(run, name), query)
    assert response.status_code == 200, response.content.decode()
    return in_words(response)


def in_words(response: Any) -> str:
    main = response.content.decode().partition('<main id="noi-dung"')[2]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", main)).replace(" ", " ").replace(" ,", ",").replace(" .", ".")


def coordinator(campaign: Campaign) -> Any:
    return sign_in(person(Role.COORDINATOR, campaign.organiser))


def changed(run: Run, **policy: str) -> Run:
    """A run of the same campaign under another policy."""
    Campaign.objects.filter(pk=run.campaign_id).update(policy=run.campaign.policy | policy)
    return run_of(Campaign.objects.get(pk=run.campaign_id))


def give(participant: Participant, code: str, points: str) -> None:
    """Points of a person at a leaf that is judged."""
    Value.objects.filter(participant=participant, criterion__code=code).update(
        inputs=None, points=Decimal(points), reason="Theo biên bản"
    )


def graded_at(year: Year, threshold: str) -> None:
    """Two classes that part at `threshold`."""
    grades = [{"code": "dat", "label": "Đạt", "at_least": threshold}, {"code": "khong", "label": "Chưa đạt"}]
    Campaign.objects.filter(pk=year.campaign.pk).update(grades=grades)
    year.campaign.refresh_from_db()


def next_year(last: Campaign) -> Campaign:
    by = person(Role.COORDINATOR, last.organiser)
    return clone(last, code="2026", year=2026, title="Chỉ số CCHC năm 2026", by=by)


def released(campaign: Campaign, depth: str = Depth.CRITERIA) -> Run:
    """A run of the campaign that the public reads."""
    by = person(Role.COORDINATOR, campaign.organiser)
    run = run_of(campaign, by)
    publication = draft(campaign, run, Depth.COMPONENTS, by)
    type(publication).objects.filter(pk=publication.pk).update(
        state="released", approved_by=person(Role.LEADER, campaign.organiser), approved_at=run.calculated_at,
        approved_digest=publication.digest, depth=depth,
    )  # fmt: skip
    return run


def page(year: Year, who: str, unit: Participant | None = None, **query: Any) -> str:
    response = year.browser(who).get(url(year, "analysis_unit", unit=unit), query)
    assert response.status_code == 200, response.content.decode()
    return in_words(response)


def part(text: str, start: str, end: str = "") -> str:
    """The section from its heading to the next one's."""
    assert start in text
    return text.partition(start)[2].partition(end)[0] if end else text.partition(start)[2]


def own(this: Campaign, browser: Any, unit: str) -> str:
    response = browser.get(reverse("scoring:analysis_unit", args=[this.organiser.slug, this.code, unit]))
    assert response.status_code == 200, response.content.decode()
    return in_words(response)
