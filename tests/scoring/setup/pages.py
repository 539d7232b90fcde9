"""How the tests of this folder ask pages: addresses of a campaign, and a page as its words."""

from __future__ import annotations

import re
from typing import Any

from scoring.models import Campaign
from tests.year import Year


def home(campaign: Campaign) -> str:
    return f"/lam-viec/{campaign.organiser.slug}/ky/{campaign.code}/"


def at(year: Year, page: str = "") -> str:
    return home(year.campaign) + page


def words(answer: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode())).replace("&quot;", '"')


def version(year: Year) -> int:
    return Campaign.objects.get(pk=year.campaign.pk).version
