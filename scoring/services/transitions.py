"""The one door: every change of state of a group, a submission, an appraisal part or an explanation."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import F

from scoring.enums import ExplanationState, PartState, Phase, SubmissionState
from scoring.models import AppraisalPart, Explanation, Group, Submission
from scoring.selectors.clock import database_now
from scoring.services import guards, opening
from scoring.services.dossier import Dossier, lock_dossier, lock_dossiers
from scoring.services.errors import Conflict, Incomplete
from scoring.workflow import Subject, Transition, find, offered
from units import trail
from units.models import User
from units.permissions import authorize, can

LONGEST_TIME = datetime.timedelta(days=366)
"""No extension reaches further; a later one is a slip of the pen in the year."""

Stateful = Group | Submission | AppraisalPart | Explanation

_SUBJECTS: dict[type, Subject] = {
    Group: Subject.GROUP,
    Submission: Subject.SUBMISSION,
    AppraisalPart: Subject.PART,
    Explanation: Subject.EXPLANATION,
}
_LABELS: dict[Subject, Any] = {
    Subject.GROUP: Phase,
    Subject.SUBMISSION: SubmissionState,
    Subject.PART: PartState,
    Subject.EXPLANATION: ExplanationState,
}


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


def available(item: Stateful, user: User) -> list[Offer]:
    """What could be done to `item` in its present state and phase, each with the reason where this person is refused.

    Whether the data allow it (hours, missing values) is found out by the door itself.
    """
    return [
        Offer(transition, can(user, transition.action, item).reason)
        for transition in offered(subject_of(item), state_of(item), phase_of(item))
    ]


def perform(item: Stateful, name: str, by: User | None, *, version: int | None = None, **data: Any) -> Any:
    """Do the transition `name` and return the row as it is then.

    `by` None is the portal itself, and only it does the transitions that the table marks so. `version` is the one the
    person saw. `data`: reason (where the table asks for one), until (an aware datetime, where it asks for a time), and
    what a guard reads by name.
    Raises `Refused` (who), `Conflict` (state, phase, hour, version), `Blocked` (a list stands against) or `Incomplete`
    (input missing); nothing is stored then.
    """
    transition = find(subject_of(item), name)
    if transition is None or transition.by_portal is not (by is None):
        raise Conflict("Không có thao tác này.")
    if by is not None:
        authorize(by, transition.action, item)
    with transaction.atomic():
        return _pass(item, transition, by, version, _asked(transition, data))


def subject_of(item: Stateful) -> Subject:
    return _SUBJECTS[type(item)]


def state_of(item: Stateful) -> str:
    return item.phase if isinstance(item, Group) else item.state


def phase_of(item: Stateful) -> str:
    return item.phase if isinstance(item, Group) else item.participant.group.phase


def _pass(item: Stateful, transition: Transition, by: User | None, version: int | None, data: dict[str, Any]) -> Any:
    """Inside the transaction: lock, look again, guard, compare and set, follow up, write the trail."""
    current, dossier = _locked(item)
    _refuse_stale(current, transition, version)
    changes = guards.prepare(transition, current, dossier, by, data)
    state_field = "phase" if isinstance(current, Group) else "state"
    target = transition.target if transition.target is not None else state_of(current)
    if not isinstance(current, Group):
        changes["version"] = F("version") + 1
    matched = type(current).objects.filter(pk=current.pk, **{state_field: state_of(current)})  # type: ignore[attr-defined]
    if not matched.update(**{state_field: target}, **changes):
        raise Conflict(_MOVED)
    changed = _again(current)
    opening.follow_up(transition, changed, dossier, by, data.get("signer_title", ""))
    trail.record(
        transition.action,
        by=by,
        about=current,
        scope=_scope(current),
        label=f"{transition.button}: {_label(current)}",
        before=state_of(current),
        after=target,
        **guards.told(data),
    )
    return changed


_MOVED = "Có người vừa thay đổi việc này. Mở lại trang để xem bản mới nhất rồi làm tiếp."


def _locked(item: Stateful) -> tuple[Any, Dossier | None]:
    """The row under lock, and the dossier that it belongs to (None for a group, all of whose dossiers are locked)."""
    if isinstance(item, Group):
        group = Group.objects.select_for_update(of=("self",)).select_related("campaign__organiser").get(pk=item.pk)
        lock_dossiers(group)
        return group, None
    dossier = lock_dossier(item.participant)
    if isinstance(item, Submission):
        return dossier.submission, dossier
    current = type(item).objects.select_for_update(of=("self",)).get(pk=item.pk)
    current.participant = dossier.participant
    return current, dossier


def _again(current: Any) -> Any:
    changed = type(current).objects.get(pk=current.pk)
    if isinstance(changed, Group):
        changed.campaign = current.campaign
    else:
        changed.participant = current.participant
    return changed


def _refuse_stale(current: Any, transition: Transition, version: int | None) -> None:
    state, phase = state_of(current), phase_of(current)
    if state not in transition.sources:
        label = _LABELS[transition.subject](state).label.lower()
        raise Conflict(f"Chưa làm được “{transition.button}”: đang ở trạng thái “{label}”. Mở lại trang để xem.")
    if transition.phases and phase not in transition.phases:
        label = Phase(phase).label.lower()
        raise Conflict(f"Chưa làm được “{transition.button}”: khối đang ở bước “{label}”.")
    if version is not None and version != current.version:
        raise Conflict(_MOVED)


def _asked(transition: Transition, data: dict[str, Any]) -> dict[str, Any]:
    """What the table asks a person for, checked."""
    reason = (data.get("reason") or "").strip()
    if transition.needs_reason and not reason:
        raise Incomplete(
            "reason", f"Nêu lý do “{transition.button.lower()}”; lý do được lưu và cho người liên quan xem."
        )
    if len(reason) > 500:
        raise Incomplete("reason", "Rút gọn lý do còn tối đa 500 ký tự.")
    if transition.needs_time and data.get("until") is None:
        raise Incomplete("until", "Nhập giờ và ngày hết hạn mới, ví dụ 17:00 ngày 12/01/2027.")
    if transition.needs_time and data["until"] > database_now() + LONGEST_TIME:
        raise Incomplete("until", "Hạn mới phải trong vòng một năm kể từ hôm nay. Kiểm tra lại năm đã nhập.")
    return data | {"reason": reason}


def _scope(current: Any) -> str:
    return current.campaign.trail_scope if isinstance(current, Group) else current.participant.campaign.trail_scope


def _label(current: Any) -> str:
    if isinstance(current, Group):
        return f"{current.title}, {current.campaign.title}"
    if isinstance(current, AppraisalPart):
        return f"{current.participant.name}, lĩnh vực {current.component.code}, vòng {current.round}"
    return current.participant.name
