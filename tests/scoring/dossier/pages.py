"""Addresses and posts of a unit's worksheet, as a browser would make them."""

from __future__ import annotations

import datetime
import uuid
from typing import Any

from django.test import Client
from django.urls import reverse
from django.utils import timezone

from scoring.enums import Stage
from scoring.models import Participant, Unfinished
from tests.year import Year

SCRIPT = {"Accept": "application/json"}


def url(year: Year, name: str = "worksheet", *rest: Any, unit: Participant | None = None) -> str:
    """The address of a page of the dossier (unit A by default)."""
    return reverse(f"scoring:{name}", args=[year.organiser.slug, year.campaign.code, (unit or year.a).code, *rest])


def step(year: Year, who: str | Client, name: str, unit: Participant | None = None, **data: Any) -> Any:
    """Press the button of a change of state, from the version that stands; `who` is a person or an open browser."""
    seen = data.pop("version", year.submission(unit).version)
    if name == "submit":
        data.setdefault("accept_warnings", "on")  # what is not answered is given up knowingly
    return browser_of(year, who).post(url(year, "dossier_step", name, unit=unit), {"version": seen, **data})


def answer(year: Year, who: str | Client, code: str, unit: Participant | None = None, **data: Any) -> Any:
    """Save one criterion from the version that stands: `answer(year, "a1", "1.1", choice="du")`."""
    version = data.pop("version", year.seen(code, Stage.DECLARED, unit))
    return browser_of(year, who).post(url(year, "answer", code, unit=unit), typed(version, **data))


def typed(version: int, not_applicable: str = "", reason: str = "", note: str = "", **figures: Any) -> dict[str, Any]:
    """What the form of one criterion posts."""
    boxes = {"not_applicable": not_applicable} if not_applicable else {}
    return {"version": version, "reason": reason, "note": note, **boxes} | {
        f"so-{key}": value for key, value in figures.items()
    }


def browser_of(year: Year, who: str | Client) -> Client:
    return year.browser(who) if isinstance(who, str) else who


def hour(moment: datetime.datetime) -> str:
    """As pages tell a moment of today."""
    return f"{timezone.localtime(moment):%H:%M}"


def text(response: Any) -> str:
    return response.content.decode()


def autosave(
    year: Year, who: str | Client, code: str, unit: Participant | None = None, *, key: str = "", **data: Any
) -> Any:
    """What the script of the page sends: the form of one criterion from the versions that stand, under a key."""
    participant = unit or year.a
    row = Unfinished.objects.filter(participant=participant, criterion=year.leaves[code]).first()
    version = data.pop("version", year.seen(code, Stage.DECLARED, unit))
    unfinished = data.pop("unfinished", row.version if row else 0)
    form = typed(version, **data) | {"unfinished": unfinished, "key": key or str(uuid.uuid4())}
    return browser_of(year, who).post(url(year, "answer_save", code, unit=unit), form, headers=SCRIPT)


def told(response: Any, status: int = 200) -> dict[str, Any]:
    """The JSON of an answer with this status."""
    assert response.status_code == status, response.content
    return response.json()


def typing_at(year: Year, code: str = "1.2") -> Unfinished | None:
    """What is kept of half typed figures of one leaf of unit A."""
    return Unfinished.objects.filter(participant=year.a, criterion=year.leaves[code]).first()
