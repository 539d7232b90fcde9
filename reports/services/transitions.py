"""The one door through which a publication changes its state."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from reports.enums import PublicationState
from reports.models import Publication
from reports.services import guards
from reports.services.errors import Conflict
from reports.workflow import Transition, find, offered
from units import trail
from units.models import User
from units.permissions import authorize, can


@dataclass(frozen=True)
class Offer:
    """A button: shown when `refusal` is empty, otherwise the sentence stands in its place."""

    transition: Transition
    refusal: str

    @property
    def name(self) -> str:
        return self.transition.name

    @property
    def button(self) -> str:
        return self.transition.button


def available(publication: Publication, user: User) -> list[Offer]:
    """What could be done in the present state, each with the reason where this person is refused."""
    return [Offer(item, can(user, item.action, publication).reason) for item in offered(publication.state)]


def perform(
    publication: Publication,
    name: str,
    by: User | None,
    *,
    digest: str | None = None,
    revision: int | None = None,
    **data: Any,
) -> Publication:
    """Do the transition `name` and return the publication as it is then.

    `by` None is the portal itself, and only it does the transitions that the table marks so. `digest` and `revision`
    are what the person saw (approval requires the digest). `data` by transition: record_decision: number, date,
    issuer, decision_unknown (a past table names none or not all of them), file (optional, checked upload); approve:
    paper_matches; withdraw: reason; finish: released_at.

    Raises `Refused` (who), `Conflict` (state, digest, revision or data have changed) or `Incomplete` (input missing);
    nothing is stored then.
    """
    transition = find(name)
    if transition is None or transition.by_portal is not (by is None):
        raise Conflict("Không có thao tác này.")
    if by is not None:
        authorize(by, transition.action, publication)
    with transaction.atomic():
        current = (
            Publication.objects.select_for_update(of=("self",))
            .select_related("campaign__organiser", "run", "supersedes")
            .get(pk=publication.pk)
        )
        _refuse_stale(current, transition, digest, revision)
        changes = guards.prepare(transition.name, current, by, data | {"digest": digest})
        moved = Publication.objects.filter(pk=current.pk, state=current.state, revision=current.revision).update(
            state=transition.target, revision=F("revision") + 1, **changes
        )
        if not moved:
            raise Conflict(_MOVED)
        trail.record(
            transition.action,
            by=by,
            about=current,
            scope=current.campaign.trail_scope,
            label=f"{transition.button}: {current.campaign.title}, bản {current.version}",
            before=current.state,
            after=transition.target,
            digest=current.digest,
            **guards.told(changes),
        )
    return Publication.objects.select_related("campaign__organiser", "run", "supersedes").get(pk=current.pk)


_MOVED = "Có người vừa thay đổi bản công bố này. Mở lại trang để xem bản mới nhất rồi làm tiếp."


def _refuse_stale(current: Publication, transition: Transition, digest: str | None, revision: int | None) -> None:
    if current.state not in transition.sources:
        state = PublicationState(current.state).label.lower()
        raise Conflict(f"Chưa làm được “{transition.button}”: bản công bố đang ở bước “{state}”. Mở lại trang để xem.")
    if revision is not None and revision != current.revision:
        raise Conflict(_MOVED)
    if digest is not None and digest != current.digest:
        raise Conflict("Mã băm trên trang không khớp bản đã chốt. Mở lại trang, đối chiếu rồi làm lại.")


def report_progress(publication: Publication, done: int, total: int) -> None:
    """Tell the page how far the release job has come; no state changes, so no trail."""
    Publication.objects.filter(pk=publication.pk, state=PublicationState.RELEASING).update(
        progress_done=done, progress_total=total
    )


def now_to_the_second() -> Any:
    """The moment of a release as it is printed on the pages."""
    return timezone.now().replace(microsecond=0)
