"""Minutes of the council's meetings, written by the coordinator while a group is with the council."""

from __future__ import annotations

import datetime
from dataclasses import asdict, dataclass

from django.db import transaction
from django.db.models import F

from scoring.enums import Phase
from scoring.models import Campaign, CouncilSession, Group
from scoring.permissions import WRITE_MINUTES
from scoring.selectors.clock import database_now
from scoring.services.errors import Conflict, Incomplete, StaleEdit
from scoring.workflow import Hand, Matter, holds_pen
from units import trail
from units.models import User
from units.permissions import YES, Decision, authorize
from units.vietnamese import format_date


@dataclass(frozen=True)
class Minutes:
    """What the minutes of one meeting say."""

    held_on: datetime.date
    chair: str
    attendees: str
    minutes: str


def minutes_pen(campaign: Campaign) -> Decision:
    """May minutes be written now: has any group of the campaign come to the council?"""
    return _pen(list(campaign.groups.order_by("position")))


def add_minutes(campaign: Campaign, content: Minutes, *, by: User) -> CouncilSession:
    """Record one meeting. Raises `Refused`, `Conflict` (phase), `Incomplete`; nothing is stored then."""
    authorize(by, WRITE_MINUTES, campaign)
    _refuse_incomplete(content)
    with transaction.atomic():
        _require_pen(campaign)
        session = CouncilSession.objects.create(campaign=campaign, author=by, **asdict(content))
        _tell(session, content, by, "Ghi biên bản hội đồng")
    return session


def change_minutes(session: CouncilSession, content: Minutes, *, seen: int, by: User) -> CouncilSession:
    """Change what the minutes say; `seen` is the version the form was made from. Raises like `add_minutes`, and
    `StaleEdit` with the minutes as they stand."""
    authorize(by, WRITE_MINUTES, session)
    _refuse_incomplete(content)
    with transaction.atomic():
        _require_pen(session.campaign)
        current = CouncilSession.objects.select_for_update(of=("self",)).select_related("author", "campaign")
        row = current.get(pk=session.pk)
        if row.version != seen:
            raise StaleEdit(row)
        CouncilSession.objects.filter(pk=row.pk).update(
            version=F("version") + 1, author=by, changed_at=database_now(), **asdict(content)
        )
        changed = CouncilSession.objects.select_related("campaign").get(pk=row.pk)
        _tell(changed, content, by, "Sửa biên bản hội đồng")
    return changed


def _require_pen(campaign: Campaign) -> None:
    """Under the groups' locks, so that none leaves the council's phase meanwhile."""
    pen = _pen(list(Group.objects.select_for_update().filter(campaign=campaign).order_by("pk")))
    if not pen:
        raise Conflict(pen.reason)


def _pen(groups: list[Group]) -> Decision:
    if any(holds_pen(Hand.COORDINATOR, Matter.MINUTES, group.phase) for group in groups):
        return YES
    return Decision(False, f"Chưa khối nào ở bước “{Phase.COUNCIL.label}”, nên không ghi biên bản được.")


def _refuse_incomplete(content: Minutes) -> None:
    if not content.chair.strip():
        raise Incomplete("chair", "Ghi người chủ trì phiên họp.")
    if not content.minutes.strip():
        raise Incomplete("minutes", "Ghi nội dung, kết luận của phiên họp.")


def _tell(session: CouncilSession, content: Minutes, by: User, label: str) -> None:
    trail.record(
        WRITE_MINUTES,
        by=by,
        about=session,
        scope=session.campaign.trail_scope,
        label=f"{label}: phiên ngày {format_date(content.held_on)}",
        version=session.version,
        content=asdict(content),
    )
