"""A criteria set comes in from its annex, or is replaced while its campaign has not frozen it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

from django.db import transaction
from django.db.models import Max, RestrictedError

from scoring.enums import Origin
from scoring.files.annex_layout import AnnexNode, AnnexSet
from scoring.models import Campaign, CriteriaSet
from scoring.permissions import MANAGE_CRITERIA
from scoring.selectors.criteria import appraisers_named_for
from scoring.services.campaigns import lock_groups, raise_version
from scoring.services.criteria_changes import Change, compare, ids_by_code, with_ids
from scoring.services.criteria_export import annex_of
from scoring.services.criteria_gates import GateMove, codes_of, follow, gate_moves
from scoring.services.criteria_proof import prove
from scoring.services.criteria_rows import store_nodes, with_new_ids
from scoring.services.errors import Conflict
from scoring.services.past_types import TableFaults
from units import trail
from units.models import User
from units.permissions import authorize

FROZEN = "Bộ tiêu chí “{title}” đã khóa vì kỳ đã mở tự chấm. Muốn thay đổi thì dùng phần Sửa đổi bộ tiêu chí."
PAST = "Kỳ này nhập lại từ bảng đã công bố, nên không nhận bộ tiêu chí riêng."
HELD = (
    "Không bỏ được tiêu chí đã có số liệu, phần thẩm định hoặc quyết định không đánh giá. "
    "Giữ tiêu chí ấy trong phụ lục, hoặc gỡ số liệu trước."
)


@dataclass(frozen=True)
class Preview:
    """What importing would do.

    `annex` has the permanent ids that its criteria would keep. `existing` is the set that would be replaced;
    otherwise `origin` is the set of an earlier year whose ids are taken over. `changes` are against either. `gates`
    are the conditions of the year that name a criterion whose code changes, `appraisers` how many roles are given for a
    component by a code that would mean another one.
    `refusal` is the sentence why nothing can be imported, "" where it can.
    """

    annex: AnnexSet
    existing: CriteriaSet | None
    origin: CriteriaSet | None
    changes: tuple[Change, ...]
    gates: tuple[GateMove, ...]
    appraisers: int
    refusal: str

    @cached_property
    def leaves(self) -> tuple[AnnexNode, ...]:
        return tuple(node for node in self.annex.nodes if node.rule is not None)

    @cached_property
    def components(self) -> tuple[AnnexNode, ...]:
        return tuple(node for node in self.annex.nodes if not node.parent)

    @cached_property
    def pending(self) -> tuple[AnnexNode, ...]:
        """Leaves whose annex names no rule."""
        return tuple(node for node in self.leaves if node.rule_pending)

    @property
    def is_unchanged(self) -> bool:
        return self.existing is not None and not self.changes and _head(annex_of(self.existing)) == _head(self.annex)


def preview(campaign: Campaign, annex: AnnexSet) -> Preview:
    """What `import_set` would do now; six queries at most, at any size."""
    existing = campaign.criteria_sets.filter(code=annex.code).first()
    origin = None if existing else _of_an_earlier_year(campaign, annex.code)
    known = existing or origin
    before = annex_of(known) if known else None
    found = with_ids(annex, ids_by_code(before)) if before else annex
    changes = compare(before, found) if before else ()
    groups = campaign.groups.all()
    gates = gate_moves(campaign, groups, before, found) if before and existing and changes else ()
    moved = _moved_components(before, found) if before and existing else ()
    named = appraisers_named_for(campaign, moved)
    return Preview(found, existing, origin, changes, gates, named, _refusal(campaign, existing))


def import_set(campaign: Campaign, annex: AnnexSet, *, by: User | None, seen: int | None) -> CriteriaSet:
    """Make the set of the annex's code in `campaign`, or replace it while it is not frozen; returns it.

    Criteria keep their permanent ids: by the annex's own column, else by code from the set there is or from the last
    year's set of that code. `by` None is the command line; `seen` is the campaign's version that the person saw (None
    where nobody looked). Raises `Refused`, `Conflict` (frozen, or figures hang on what would go), `StaleEdit`,
    `TableFaults` (the engine cannot compute with the set under the campaign's policy); nothing is stored then.
    """
    if by is not None:
        authorize(by, MANAGE_CRITERIA, campaign)
    with transaction.atomic():
        groups = lock_groups(campaign)
        current = Campaign.objects.select_for_update(of=("self",)).get(pk=campaign.pk)
        raise_version(current, current.version if seen is None else seen)
        found = preview(current, annex)
        if found.refusal:
            raise Conflict(found.refusal)
        if faults := prove(annex, current.policy):
            raise TableFaults(faults)
        criteria_set = _store(current, found)
        follow(found.gates, current, groups)
        trail.record(
            "scoring.manage_criteria",
            by=by,
            about=criteria_set,
            scope=current.trail_scope,
            label=f"{'Thay' if found.existing else 'Nhập'} bộ tiêu chí “{annex.title}”: {current.title}",
            code=annex.code,
            leaves=len(found.leaves),
            pending=[node.code for node in found.pending],
            changes=[change.to_json() for change in found.changes] if found.existing else [],
            gates=codes_of(found.gates),
        )
    return criteria_set


def _store(campaign: Campaign, found: Preview) -> CriteriaSet:
    annex = with_new_ids(found.annex)
    values = {
        "title": annex.title,
        "unit_kinds": list(annex.unit_kinds),
        "note": annex.note,
        "is_sample": annex.is_sample,
    }
    if found.existing is None:
        last = campaign.criteria_sets.aggregate(last=Max("position"))["last"]
        position = 0 if last is None else last + 1
        criteria_set = CriteriaSet.objects.create(campaign=campaign, code=annex.code, position=position, **values)
    else:
        criteria_set = found.existing
        CriteriaSet.objects.filter(pk=criteria_set.pk).update(**values)
    store_nodes(criteria_set, annex)
    gone = criteria_set.criteria.exclude(permanent_id__in=[node.permanent_id for node in annex.nodes])
    try:
        gone.delete()
    except RestrictedError:
        raise Conflict(HELD) from None
    return CriteriaSet.objects.select_related("campaign__organiser").get(pk=criteria_set.pk)


def _moved_components(before: AnnexSet, after: AnnexSet) -> set[str]:
    """Codes of components that would no longer mean the same component."""
    now = {node.permanent_id: node.code for node in after.nodes}
    return {node.code for node in before.nodes if not node.parent and now.get(node.permanent_id) != node.code}


def _refusal(campaign: Campaign, existing: CriteriaSet | None) -> str:
    if campaign.origin == Origin.PAST:
        return PAST
    if existing is not None and existing.frozen_at is not None:
        return FROZEN.format(title=existing.title)
    return ""


def _of_an_earlier_year(campaign: Campaign, code: str) -> CriteriaSet | None:
    """The newest set of this code in an earlier year of the organiser that was scored in the portal."""
    earlier = CriteriaSet.objects.filter(
        code=code,
        campaign__organiser=campaign.organiser_id,
        campaign__year__lt=campaign.year,
        campaign__origin=Origin.PORTAL,
    )
    return earlier.select_related("campaign").order_by("-campaign__year", "-campaign").first()


def _head(annex: AnnexSet) -> AnnexSet:
    return replace(annex, nodes=())
