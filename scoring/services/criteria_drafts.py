"""The one door for criteria sets that are written on screen: begin a draft, change it, undo, take it over, give it up.

A draft is a copy beside its set. While it is written nothing else changes, so it may be half finished for days; what
it becomes goes the ways that there are: `import_set` while the set is not frozen, `draft_amendment` once it is. Both
prove it by the engine and refuse what does not fit.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from django.db import IntegrityError, transaction

from scoring.enums import Origin
from scoring.files.annex_layout import AnnexSet
from scoring.models import Amendment, Campaign, CriteriaDraft, CriteriaDraftStep, CriteriaSet
from scoring.permissions import EDIT_CRITERIA
from scoring.services.campaigns import lock_groups
from scoring.services.criteria_amendment import Basis, draft_amendment
from scoring.services.criteria_changes import ChangeKind, compare
from scoring.services.criteria_export import annex_of
from scoring.services.criteria_import import PAST, Preview, import_set, preview
from scoring.services.criteria_rows import with_new_ids
from scoring.services.criteria_shape import Done
from scoring.services.errors import Conflict, Incomplete, StaleEdit
from units import trail
from units.models import User
from units.permissions import authorize

MOST_STEPS = 50
"""How many changes of a draft can be undone, the newest first."""
BEING_WRITTEN = "Bộ tiêu chí này đang được soạn. Mở bản đang soạn để làm tiếp, hoặc bỏ bản ấy trước."
TAKEN = "Kỳ này đã có bộ tiêu chí mang mã đó. Chọn mã khác, hoặc mở bộ ấy để sửa."
NOTHING_TO_UNDO = "Không còn bước nào để hoàn tác."
OVERTAKEN = (
    "Bộ đang dùng đã thay đổi sau khi bắt đầu soạn; bản đang soạn sẽ hoàn tác thay đổi ấy. Xem bảng so sánh rồi đánh "
    "dấu “Tôi đã xem”, hoặc bỏ bản đang soạn và soạn lại từ bộ đang dùng."
)
NOT_FROZEN = "Bộ tiêu chí chưa khóa, nên không cần quyết định sửa đổi: bấm “Đưa vào dùng”."

Act = Callable[[AnnexSet], Done]


@dataclass(frozen=True)
class Changed:
    """A draft after a change, its tree, and what was done."""

    draft: CriteriaDraft
    done: Done


def annex_in(draft: CriteriaDraft) -> AnnexSet:
    """The tree that is being written."""
    return AnnexSet.from_json(draft.annex)


def set_of(draft: CriteriaDraft) -> CriteriaSet | None:
    """The set that the draft would replace or amend; None where it is new."""
    return draft.campaign.criteria_sets.filter(code=draft.code).first()


# ── begin ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def start_new(campaign: Campaign, head: AnnexSet, *, origin: CriteriaSet | None, by: User) -> CriteriaDraft:
    """Begin a set that the campaign does not have: empty, or with the criteria of `origin`.

    Criteria of an earlier year keep their permanent ids; those of a set of the same year are new ones. `head` has the
    code, the name and what the set is for. Raises `Refused`, `Incomplete` (the code is taken), `Conflict`.
    """
    nodes = annex_of(origin).nodes if origin else ()
    if origin and origin.campaign_id == campaign.pk:
        nodes = tuple(replace(node, permanent_id="") for node in nodes)
    if campaign.criteria_sets.filter(code=head.code).exists():
        raise Incomplete("code", TAKEN)
    return _start(campaign, replace(head, nodes=nodes), based_on="", by=by, told={"origin": _told(origin)})


def start_from_set(criteria_set: CriteriaSet, *, by: User) -> CriteriaDraft:
    """Begin to write at a set as it is in force."""
    annex = annex_of(criteria_set)
    return _start(criteria_set.campaign, annex, based_on=annex.digest, by=by)


def start_from_annex(campaign: Campaign, annex: AnnexSet, *, by: User) -> CriteriaDraft:
    """Begin with an annex that was read from a file, with the permanent ids that importing it would give."""
    found = preview(campaign, annex)
    based_on = annex_of(found.existing).digest if found.existing else ""
    return _start(campaign, found.annex, based_on=based_on, by=by)


def _start(
    campaign: Campaign, annex: AnnexSet, *, based_on: str, by: User, told: dict[str, Any] | None = None
) -> CriteriaDraft:
    authorize(by, EDIT_CRITERIA, campaign)
    if campaign.origin == Origin.PAST:
        raise Conflict(PAST)
    try:
        with transaction.atomic():
            draft = CriteriaDraft.objects.create(
                campaign=campaign,
                code=annex.code,
                annex=with_new_ids(annex).to_json(),
                based_on=based_on,
                changed_by=by,
            )
            _record(draft, by, f"Bắt đầu soạn bộ tiêu chí “{annex.title}”", criteria=len(annex.nodes), **(told or {}))
    except IntegrityError:
        raise Conflict(BEING_WRITTEN) from None
    return draft


# ── change ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def change_draft(draft: CriteriaDraft, act: Act, *, seen: int | None, by: User) -> Changed:
    """Do `act` to the tree; what it was before can be had back by `undo`.

    `seen` is the draft's version that the page was made from; None where `act` itself looks whether what it changes is
    still what the person saw. Raises `Refused`, `StaleEdit` (with the draft as it is now), and what `act` raises;
    nothing is stored then. An act that changes nothing leaves no step behind.
    """
    authorize(by, EDIT_CRITERIA, draft.campaign)
    with transaction.atomic():
        current = _locked(draft, seen)
        before = annex_in(current)
        done = act(before)
        if done.annex == before:
            return Changed(current, done)
        CriteriaDraftStep.objects.create(
            draft=current, number=current.version, label=done.sentence[:300], annex=current.annex
        )
        current.steps.filter(number__lte=current.version - MOST_STEPS).delete()
        _store(current, done.annex, by)
        _record(current, by, done.sentence, changes=_differences(before, done.annex))
    return Changed(current, done)


def undo(draft: CriteriaDraft, *, seen: int, by: User) -> Changed:
    """Take the newest change back. Raises `Refused`, `StaleEdit`, `Conflict` (nothing is left to undo)."""
    authorize(by, EDIT_CRITERIA, draft.campaign)
    with transaction.atomic():
        current = _locked(draft, seen)
        step = current.steps.order_by("-number").first()
        if step is None:
            raise Conflict(NOTHING_TO_UNDO)
        before, annex = annex_in(current), AnnexSet.from_json(step.annex)
        step.delete()
        _store(current, annex, by)
        back = {node.permanent_id for node in annex.nodes} - {node.permanent_id for node in before.nodes}
        focus = next((node.permanent_id for node in annex.nodes if node.permanent_id in back), "")
        sentence = f"Đã hoàn tác: {step.label}"
        _record(current, by, sentence, changes=_differences(before, annex))
    return Changed(current, Done(annex, focus, sentence))


def discard(draft: CriteriaDraft, *, seen: int, by: User) -> None:
    """Give the draft up; the set stays as it is. Raises `Refused`, `StaleEdit`."""
    authorize(by, EDIT_CRITERIA, draft.campaign)
    with transaction.atomic():
        current = _locked(draft, seen)
        _record(current, by, f"Bỏ bản đang soạn “{annex_in(current).title}”", annex=current.annex)
        current.delete()


# ── what it becomes ───────────────────────────────────────────────────────────────────────────────────────────────────


def seen_of(draft: CriteriaDraft) -> Preview:
    """What taking the draft over would change now; four queries at any size."""
    return preview(draft.campaign, annex_in(draft))


def overtaken_by(draft: CriteriaDraft, criteria_set: CriteriaSet | None) -> str:
    """The digest of the set in force where it is no longer what the draft was begun from; "" where it still is."""
    digest = annex_of(criteria_set).digest if criteria_set else ""
    return digest if digest != draft.based_on else ""


def take_over(draft: CriteriaDraft, *, seen: int, campaign_seen: int, by: User, against: str = "") -> CriteriaSet:
    """Make the draft the set of its campaign, or replace the one that is not frozen; the draft is gone then.

    `against` is the digest of a set that changed meanwhile, where the person saw what would be undone: without it
    that is a `Conflict`. Raises what `import_set` raises (`Refused`, `Conflict` for a frozen set among them,
    `TableFaults`), `StaleEdit`.
    """
    authorize(by, EDIT_CRITERIA, draft.campaign)
    with transaction.atomic():
        # Groups and the campaign first, as everywhere; import_set takes the same locks again.
        lock_groups(draft.campaign)
        campaigns = Campaign.objects.select_for_update(of=("self",)).select_related("organiser")
        campaign = campaigns.get(pk=draft.campaign_id)
        current = _locked(draft, seen)
        _refuse_unseen(current, set_of(current), against)
        stored = import_set(campaign, annex_in(current), by=by, seen=campaign_seen)
        current.delete()
    return stored


def propose(draft: CriteriaDraft, basis: Basis, *, seen: int, by: User, against: str = "") -> Amendment:
    """Make an amendment of the frozen set from the draft, for a second person to apply. The draft stays until then.

    `against` as for `take_over`; the second person is told that the amendment undoes another. Raises what
    `draft_amendment` raises, `StaleEdit`.
    """
    authorize(by, EDIT_CRITERIA, draft.campaign)
    with transaction.atomic():
        # The set first, as whoever applies the amendment does.
        sets = CriteriaSet.objects.select_for_update(of=("self",)).select_related("campaign")
        criteria_set = sets.filter(campaign=draft.campaign_id, code=draft.code).first()
        current = _locked(draft, seen)
        if criteria_set is None or criteria_set.frozen_at is None:
            raise Conflict(NOT_FROZEN)
        overtakes = _refuse_unseen(current, criteria_set, against)
        annex = annex_in(current)
        return draft_amendment(criteria_set, annex, basis, sha256=annex.digest, by=by, overtakes=overtakes)


# ── what several of them need ─────────────────────────────────────────────────────────────────────────────────────────


def _refuse_unseen(draft: CriteriaDraft, criteria_set: CriteriaSet | None, against: str) -> bool:
    """Whether the draft would undo what changed since it was begun; `Conflict` where nobody saw exactly that."""
    now = overtaken_by(draft, criteria_set)
    if now and now != against:
        raise Conflict(OVERTAKEN)
    return bool(now)


def _locked(draft: CriteriaDraft, seen: int | None) -> CriteriaDraft:
    rows = CriteriaDraft.objects.select_for_update(of=("self",)).select_related("campaign__organiser", "changed_by")
    current = rows.filter(pk=draft.pk).first()
    if current is None or seen not in (None, current.version):
        raise StaleEdit(current)
    return current


def _store(draft: CriteriaDraft, annex: AnnexSet, by: User) -> None:
    draft.annex, draft.version, draft.changed_by = annex.to_json(), draft.version + 1, by
    draft.save(update_fields=["annex", "version", "changed_by", "changed_at"])


def _differences(before: AnnexSet, after: AnnexSet) -> list[dict[str, Any]]:
    """What the trail tells: every difference, but not the codes that follow from another order."""
    found = compare(before, after)
    own = [change.to_json() for change in found if change.kind != ChangeKind.RECODED]
    recoded = len(found) - len(own)
    return [*own, {"kind": ChangeKind.RECODED.value, "count": recoded}] if recoded else own


def _told(origin: CriteriaSet | None) -> str:
    return f"{origin.campaign.code}/{origin.code}" if origin else ""


def _record(draft: CriteriaDraft, by: User, label: str, **data: Any) -> None:
    scope = draft.campaign.trail_scope
    trail.record(EDIT_CRITERIA, by=by, about=draft, scope=scope, label=f"{draft.code}: {label}", **data)
