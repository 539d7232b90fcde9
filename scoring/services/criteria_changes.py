"""What differs between two states of a criteria set, criterion by criterion along their permanent ids."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from scoring.enums import CriterionRole, Source
from scoring.files.annex_layout import AnnexNode, AnnexSet
from scoring.services.criteria_wording import rule_sentence
from units.vietnamese import format_points


class ChangeKind(StrEnum):
    """In which respect a criterion differs; in the order in which a person is told."""

    ADDED = "added"
    REMOVED = "removed"
    RULE = "rule"
    MAXIMUM = "maximum"
    SOURCE = "source"
    MOVED = "moved"
    RECODED = "recoded"
    RENAMED = "renamed"
    WEIGHT = "weight"
    WORDS = "words"


LABELS = {
    ChangeKind.ADDED: "Thêm",
    ChangeKind.REMOVED: "Bỏ",
    ChangeKind.RULE: "Đổi quy tắc",
    ChangeKind.MAXIMUM: "Đổi điểm tối đa",
    ChangeKind.SOURCE: "Đổi nguồn điểm, vai trò",
    ChangeKind.MOVED: "Chuyển sang tiêu chí cha khác",
    ChangeKind.RECODED: "Đổi mã",
    ChangeKind.RENAMED: "Đổi tên",
    ChangeKind.WEIGHT: "Đổi trọng số",
    ChangeKind.WORDS: "Đổi lời văn, tài liệu, cơ quan thẩm định",
}
ANSWERED_ANEW = (ChangeKind.ADDED, ChangeKind.RULE, ChangeKind.MAXIMUM, ChangeKind.SOURCE)
"""After these a leaf's earlier values no longer count."""


@dataclass(frozen=True)
class Change:
    """One difference. `permanent_id` is "" for an added criterion that has none yet; `is_leaf` as it will be (for a
    removed one: as it was). `crosses`: a leaf that comes from another component, whose appraisers are others."""

    kind: ChangeKind
    permanent_id: str
    code: str
    title: str
    before: str = ""
    after: str = ""
    is_leaf: bool = True
    crosses: bool = False

    @property
    def label(self) -> str:
        return LABELS[self.kind]

    @property
    def needs_new_answers(self) -> bool:
        """Whether values that were given before no longer count: a rule, maximum or source changed, or it is new."""
        return self.is_leaf and self.kind in ANSWERED_ANEW

    @property
    def outdates(self) -> bool:
        """Whether values of the criterion no longer count; so too where a leaf was given criteria below it."""
        return self.needs_new_answers or self.kind == ChangeKind.RULE

    def to_json(self) -> dict[str, Any]:
        return {
            "kind": self.kind.value,
            "permanent_id": self.permanent_id,
            "code": self.code,
            "title": self.title,
            "before": self.before,
            "after": self.after,
            "is_leaf": self.is_leaf,
            "crosses": self.crosses,
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Change:
        return cls(**{**stored, "kind": ChangeKind(stored["kind"])})


def with_ids(annex: AnnexSet, known: Mapping[str, str]) -> AnnexSet:
    """The set with permanent ids: an id that the annex gives stands, else the one that `known` (code → id) has.

    An id taken by one criterion is given to no other; what is new stays without.
    """
    taken = {node.permanent_id for node in annex.nodes if node.permanent_id}
    nodes = []
    for node in annex.nodes:
        found = node.permanent_id or known.get(node.code, "")
        if not node.permanent_id and found in taken:
            found = ""
        taken.add(found)
        nodes.append(replace(node, permanent_id=found))
    return replace(annex, nodes=tuple(nodes))


def ids_by_code(annex: AnnexSet) -> dict[str, str]:
    return {node.code: node.permanent_id for node in annex.nodes}


def component_ids(annex: AnnexSet) -> dict[str, str]:
    """Code of every node → permanent id of the component it stands in."""
    found: dict[str, str] = {}
    for node in annex.in_tree_order():
        found[node.code] = found[node.parent] if node.parent else node.permanent_id
    return found


def compare(before: AnnexSet, after: AnnexSet) -> tuple[Change, ...]:
    """Every difference from `before` (whose criteria all have ids) to `after`, in the order of print of `after`."""
    old = {node.permanent_id: node for node in before.nodes}
    new_ids = {node.permanent_id for node in after.nodes}
    places = (_Places(ids_by_code(before), component_ids(before)), _Places(ids_by_code(after), component_ids(after)))
    found: list[Change] = []
    for node in after.nodes:
        if not node.permanent_id or node.permanent_id not in old:
            found.append(_change(ChangeKind.ADDED, node, after=_told(node)))
        else:
            found += _differences(old[node.permanent_id], node, *places)
    gone = [node for node in before.nodes if node.permanent_id not in new_ids]
    return (*found, *(_change(ChangeKind.REMOVED, node, before=_told(node)) for node in gone))


@dataclass(frozen=True)
class _Places:
    """Where the criteria of one state of the set stand: permanent ids by code, and those of their components."""

    ids: Mapping[str, str]
    components: Mapping[str, str]


def _differences(old: AnnexNode, new: AnnexNode, was: _Places, now: _Places) -> Iterator[Change]:
    if old.rule != new.rule:
        yield _change(ChangeKind.RULE, new, _rule(old), _rule(new))
    if old.max_points != new.max_points:
        yield _change(ChangeKind.MAXIMUM, new, format_points(old.max_points), format_points(new.max_points))
    if (old.source, old.role) != (new.source, new.role) and old.rule and new.rule:
        yield _change(ChangeKind.SOURCE, new, _source(old), _source(new))
    crosses = new.rule is not None and was.components[old.code] != now.components[new.code]
    if crosses or was.ids.get(old.parent, "") != now.ids.get(new.parent, ""):
        moved = _change(ChangeKind.MOVED, new, old.parent or "lĩnh vực", new.parent or "lĩnh vực")
        yield replace(moved, crosses=crosses)
    if old.code != new.code:
        yield _change(ChangeKind.RECODED, new, old.code, new.code)
    if old.title != new.title:
        yield _change(ChangeKind.RENAMED, new, old.title, new.title)
    if old.weight != new.weight:
        yield _change(ChangeKind.WEIGHT, new, old.weight or "không", new.weight or "không")
    words = ("scoring_text", "evidence_text", "lead_department", "rule_pending")
    if any(getattr(old, name) != getattr(new, name) for name in words):
        yield _change(ChangeKind.WORDS, new)


def _change(kind: ChangeKind, node: AnnexNode, before: str = "", after: str = "") -> Change:
    return Change(kind, node.permanent_id, node.code, node.title, before, after, node.rule is not None)


def _rule(node: AnnexNode) -> str:
    return "có tiêu chí con" if node.rule is None else rule_sentence(node.rule, node.max_points, node.rule_pending)


def _source(node: AnnexNode) -> str:
    return f"{Source(node.source).label}, {CriterionRole(node.role).label.lower()}"


def _told(node: AnnexNode) -> str:
    return f"{format_points(node.max_points)} điểm"
