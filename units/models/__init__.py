"""Who: administrative units, the organisers of campaigns, people and their roles, and the trail of what was done."""

from units.models.invitation import Invitation, PeopleImport
from units.models.notice import Notice, NoticeChoice
from units.models.people import Membership, User
from units.models.session import Session
from units.models.setup import SetupToken
from units.models.trail import TrailEntry, TrailHead
from units.models.unit import Organiser, Unit, UnitSuccession

__all__ = [
    "Invitation",
    "Membership",
    "Notice",
    "NoticeChoice",
    "Organiser",
    "PeopleImport",
    "Session",
    "SetupToken",
    "TrailEntry",
    "TrailHead",
    "Unit",
    "UnitSuccession",
    "User",
]
