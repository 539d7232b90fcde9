"""Tệp bị giữ lại: bytes that the virus scanner finds harmful, which units hold them, and what was decided of them."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.http import Http404

from scoring.enums import HeldStepKind
from scoring.models import EvidenceFile, FollowUpFile, HeldStep, LatePaper, Participant, Scan, Signing
from scoring.permissions import VIEW_HELD
from scoring.selectors.campaigns import organiser_visible_to
from scoring.selectors.scans import StoredRow
from units.models import Organiser, User
from units.permissions import authorize

_KINDS = (
    (EvidenceFile, "evidence__participant", "uploaded_by", "Tài liệu kiểm chứng"),
    (FollowUpFile, "follow_up__participant", "uploaded_by", "Tài liệu của việc theo dõi"),
    (Signing, "receipt__submission__participant", "by", "Bản ký giấy"),
    (Signing, "letter__explanation__participant", "by", "Bản ký giấy công văn giải trình"),
    (LatePaper, "submission__participant", "by", "Văn bản đến muộn"),
)


@dataclass(frozen=True)
class Place:
    """One row that tells of the bytes: which unit, as what, under which name, brought by whom and when."""

    row: StoredRow
    participant: Participant
    what: str
    name: str
    by: User | None
    at: datetime.datetime


@dataclass(frozen=True)
class HeldFile:
    """Bytes that the scanner finds harmful, as one organiser sees them; `steps` oldest first."""

    organiser: Organiser
    scan: Scan
    places: Sequence[Place]
    steps: Sequence[HeldStep]

    @property
    def organiser_id(self) -> int:
        return self.organiser.pk

    @property
    def newest(self) -> HeldStep | None:
        """What counts: the last decision, as long as the scanner still says what it said then."""
        last = self.steps[-1] if self.steps else None
        return last if last is not None and last.found == self.scan.found else None

    @property
    def is_proposed(self) -> bool:
        return self.newest is not None and self.newest.kind == HeldStepKind.PROPOSED

    @property
    def is_released(self) -> bool:
        return self.newest is not None and self.newest.kind == HeldStepKind.RELEASED

    @property
    def state(self) -> str:
        if not self.scan.found:
            return "Máy quét thấy sạch, đã mở"
        return self.newest.get_kind_display() if self.newest else "Đang giữ, chờ xử lý"

    @property
    def name(self) -> str:
        return self.places[0].name


def held_scans(organiser: Organiser) -> Any:
    """Harmful bytes that a unit of the organiser holds, the newest first; a queryset of `Scan` with `step`."""
    return Scan.objects.harmful().with_step(organiser.pk).filter(_held_by(organiser)).order_by("-at", "-pk")


def waiting_of(organiser: Organiser) -> list[tuple[int, str | None]]:
    """(Scan pk, last step) of those that wait: nothing decided so far, or a proposal that nobody has answered."""
    waits = Q(step__isnull=True) | Q(step=HeldStepKind.PROPOSED)
    return list(held_scans(organiser).filter(waits).order_by("pk").values_list("pk", "step"))


def held_files(organiser: Organiser, scans: Collection[Scan]) -> list[HeldFile]:
    """With places and steps, in the order of `scans`; six queries at any number."""
    digests = {scan.sha256 for scan in scans}
    places: dict[str, list[Place]] = defaultdict(list)
    for model, way, by, what in _KINDS:
        rows = _standing(model, way, organiser).filter(sha256__in=digests)
        for row in rows.select_related(f"{way}__campaign__organiser", by).order_by("pk"):
            at = row.uploaded_at if by == "uploaded_by" else row.at
            participant = _follow(row, way)
            places[row.sha256].append(Place(row, participant, what, row.name, getattr(row, by), at))
    steps: dict[str, list[HeldStep]] = defaultdict(list)
    for step in (
        HeldStep.objects.filter(organiser=organiser, sha256__in=digests).select_related("by").order_by("number")
    ):
        steps[step.sha256].append(step)
    found = [HeldFile(organiser, scan, places[scan.sha256], steps[scan.sha256]) for scan in scans]
    return [item for item in found if item.places]


def held_file_at(user: User, slug: str, pk: int, **rest: Any) -> HeldFile:
    """One of them, also when the scanner finds it clean by now, for whoever may see the list.

    Raises `Refused` before it looks, so that nobody without the right learns by 403 or 404 what is held; Http404 for
    strangers and for what no unit of the organiser holds.
    """
    organiser = organiser_visible_to(user, slug)
    authorize(user, VIEW_HELD, organiser)
    found = held_files(organiser, list(Scan.objects.with_step(organiser.pk).filter(pk=pk)))
    if not found or not (found[0].scan.found or found[0].steps):
        raise Http404
    return found[0]


def _held_by(organiser: Organiser) -> Q:
    held = Q(pk__in=())
    for model, way, _, _ in _KINDS:
        held |= Q(sha256__in=_standing(model, way, organiser).values("sha256"))
    return held


def _standing(model: Any, way: str, organiser: Organiser) -> Any:
    """Rows of the organiser's units that nobody took away."""
    rows = model.objects.filter(**{f"{way}__campaign__organiser": organiser})
    if model is EvidenceFile:
        return rows.filter(evidence__removed_at__isnull=True)
    return rows.filter(removed_at__isnull=True) if model is FollowUpFile else rows


def _follow(row: Any, way: str) -> Participant:
    for name in way.split("__"):
        row = getattr(row, name)
    found: Participant = row
    return found
