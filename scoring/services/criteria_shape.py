"""What a person does to a criteria tree on screen, on plain values: add, move, copy, take away.

Every function takes an `AnnexSet` whose criteria have permanent ids and gives another one, with the criterion to look
at next and the sentence of what was done. Codes follow the printed order while they did so before (1, 1.1, 1.2…); a
set with codes of its own keeps them, and a new criterion takes the next free one. Permanent ids never change.

A criterion is a leaf exactly while nothing stands below it, as in an annex: a leaf without a rule is judged by a
person, and a criterion with others below it has no rule.
"""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field, replace

from scoring.enums import CriterionRole, Source
from scoring.files.annex_layout import LONGEST_TITLE, MOST_CRITERIA, AnnexNode, AnnexSet
from scoring.services.criteria_places import LONGEST_CODE, MOST_LEVELS
from scoring.services.criteria_sums import missing_points
from scoring.services.errors import Conflict
from units.vietnamese import format_points

GONE = "Tiêu chí này không còn trong bộ. Mở lại trang để xem bản mới nhất."
HAS_A_RULE = (
    "“{name}” đang có quy tắc chấm, nên chưa nhận tiêu chí bên trong. Dùng “Thêm bên trong” để chia nhỏ tiêu chí ấy, "
    "hoặc bỏ quy tắc trước."
)
ABOVE, BELOW, INSIDE = "above", "below", "inside"
UP, DOWN, IN, OUT = "up", "down", "in", "out"
_MANUAL = {"kind": "manual"}


@dataclass(frozen=True)
class Done:
    """A tree after something was done; `focus` is a permanent id ("" for none), `sentence` what happened."""

    annex: AnnexSet
    focus: str
    sentence: str


@dataclass(eq=False)
class _Knot:
    node: AnnexNode
    parent: _Knot | None
    children: list[_Knot] = field(default_factory=list)

    def above(self) -> Iterator[_Knot]:
        """The knot and those that it stands in."""
        knot: _Knot | None = self
        while knot is not None:
            yield knot
            knot = knot.parent

    def below(self) -> Iterator[_Knot]:
        """The knot and everything in it, in the order of print."""
        yield self
        for child in self.children:
            yield from child.below()


class _Tree:
    """A set as knots; `folded` makes the set again."""

    def __init__(self, annex: AnnexSet) -> None:
        self.annex = annex
        self.root = _Knot(AnnexNode("", "", "0"), None)
        self.numbered = is_numbered(annex)
        self.knots: dict[str, _Knot] = {}
        by_code = {"": self.root}
        for node in annex.in_tree_order():
            parent = by_code[node.parent]
            knot = by_code[node.code] = self.knots[node.permanent_id] = _Knot(node, parent)
            parent.children.append(knot)

    def at(self, permanent_id: str) -> _Knot:
        if permanent_id not in self.knots:
            raise Conflict(GONE)
        return self.knots[permanent_id]

    def siblings(self, knot: _Knot) -> tuple[_Knot, list[_Knot], int]:
        """The parent, its children, and the place of the knot among them."""
        parent = knot.parent or self.root
        return parent, parent.children, parent.children.index(knot)

    def put(self, knot: _Knot, parent: _Knot, at: int) -> None:
        if has_own_rule(parent.node):
            raise Conflict(HAS_A_RULE.format(name=name_of(parent.node)))
        knot.parent = parent
        parent.children.insert(at, knot)
        for one in knot.below():
            self.knots[one.node.permanent_id] = one

    def folded(self) -> AnnexSet:
        nodes: list[AnnexNode] = []
        self._fold(self.root, "", 1, nodes, {knot.node.code for knot in self.root.below()})
        if len(nodes) > MOST_CRITERIA:
            raise Conflict(f"Một bộ có nhiều nhất {MOST_CRITERIA} tiêu chí. Chia thành các bộ, hoặc bỏ bớt tiêu chí.")
        return replace(self.annex, nodes=tuple(nodes))

    def _fold(self, parent: _Knot, code: str, level: int, nodes: list[AnnexNode], taken: set[str]) -> None:
        if parent.children and level > MOST_LEVELS:
            raise Conflict(f"Cây có quá {MOST_LEVELS} cấp. Bớt số cấp của tiêu chí.")
        for at, knot in enumerate(parent.children, start=1):
            own = _joined(code, at) if self.numbered else knot.node.code or _free(code, taken)
            taken.add(own)
            if len(own) > LONGEST_CODE:
                raise Conflict(f"Mã “{own}” dài quá {LONGEST_CODE} chữ. Bớt số cấp của tiêu chí.")
            nodes.append(_settled(replace(knot.node, code=own, parent=code), bool(knot.children)))
            self._fold(knot, own, level + 1, nodes, taken)


def add(annex: AnnexSet, where: str, target: str = "") -> Done:
    """A new criterion `ABOVE`, `BELOW` or `INSIDE` the target; without a target a new component at the end.

    Its maximum is what the parent's other children leave. The first criterion inside a leaf takes the leaf's rule,
    source and role over, so that nothing of it is lost.
    """
    tree = _Tree(annex)
    new = _Knot(AnnexNode("", "", "0", rule=dict(_MANUAL), rule_pending=True, permanent_id=_new_id()), None)
    if not target:
        tree.put(new, tree.root, len(tree.root.children))
    elif where == INSIDE:
        _add_inside(tree, new, tree.at(target))
    else:
        parent, _, at = tree.siblings(tree.at(target))
        tree.put(new, parent, at + (where == BELOW))
    if new.node.max_points == "0":
        new.node = replace(new.node, max_points=missing_points(annex, new.parent.node if new.parent else None))
    changed = tree.folded()
    return Done(changed, new.node.permanent_id, f"Đã thêm {code_of(changed, new.node.permanent_id)}.")


def _add_inside(tree: _Tree, new: _Knot, leaf: _Knot) -> None:
    if has_own_rule(leaf.node):
        kept = {key: getattr(leaf.node, key) for key in ("rule", "source", "role", "max_points", "title")}
        new.node = replace(new.node, rule_pending=False, **kept)
        leaf.node = replace(leaf.node, rule=dict(_MANUAL), rule_pending=True)
    tree.put(new, leaf, len(leaf.children))


def move(annex: AnnexSet, permanent_id: str, direction: str) -> Done:
    """One step `UP` or `DOWN` among its siblings, `IN` to the end of the one before it, `OUT` behind its parent.

    Raises `Conflict` with the sentence why it cannot go there.
    """
    tree = _Tree(annex)
    knot = tree.at(permanent_id)
    parent, siblings, at = tree.siblings(knot)
    name = name_of(knot.node)
    if (direction == UP and at == 0) or (direction == DOWN and at == len(siblings) - 1):
        place = "đầu" if direction == UP else "cuối"
        raise Conflict(f"“{name}” đã đứng {place} trong nhóm của nó.")
    if direction == IN and at == 0:
        raise Conflict(f"Không có tiêu chí nào đứng trước “{name}” để chuyển vào trong.")
    if direction == OUT and parent is tree.root:
        raise Conflict(f"“{name}” đã ở cấp cao nhất.")
    siblings.remove(knot)
    if direction == IN:
        tree.put(knot, siblings[at - 1], len(siblings[at - 1].children))
    elif direction == OUT:
        above, _, behind = tree.siblings(parent)
        tree.put(knot, above, behind + 1)
    else:
        tree.put(knot, parent, at + (1 if direction == DOWN else -1))
    return _moved(tree, annex, knot)


def place(annex: AnnexSet, permanent_id: str, target: str, where: str) -> Done:
    """The criterion with all below it `ABOVE`, `BELOW` or `INSIDE` (at the end of) the target, as it is dragged."""
    tree = _Tree(annex)
    knot, goal = tree.at(permanent_id), tree.at(target)
    if knot in goal.above():
        raise Conflict(f"Không chuyển “{name_of(knot.node)}” vào trong chính nó được.")
    (knot.parent or tree.root).children.remove(knot)
    if where == INSIDE:
        tree.put(knot, goal, len(goal.children))
    else:
        parent, _, at = tree.siblings(goal)
        tree.put(knot, parent, at + (where == BELOW))
    return _moved(tree, annex, knot)


def duplicate(annex: AnnexSet, permanent_id: str) -> Done:
    """A copy of the criterion with all below it, just after it, as new criteria."""
    tree = _Tree(annex)
    knot = tree.at(permanent_id)
    parent, _, at = tree.siblings(knot)
    copy = _copied(knot, None)
    copy.node = replace(copy.node, title=f"{knot.node.title[: LONGEST_TITLE - 10]} (bản sao)".strip())
    tree.put(copy, parent, at + 1)
    changed = tree.folded()
    told = f"Đã nhân bản “{name_of(knot.node)}” thành {code_of(changed, copy.node.permanent_id)}."
    return Done(changed, copy.node.permanent_id, told)


def remove(annex: AnnexSet, permanent_id: str) -> Done:
    """Without the criterion and all below it; the focus goes to its neighbour, or to its parent."""
    tree = _Tree(annex)
    knot = tree.at(permanent_id)
    parent, siblings, at = tree.siblings(knot)
    siblings.remove(knot)
    near = siblings[min(at, len(siblings) - 1)] if siblings else parent
    inside = len(list(knot.below())) - 1
    along = f" cùng {inside} tiêu chí bên trong" if inside else ""
    told = f"Đã xóa “{name_of(knot.node)}”{along}, {format_points(knot.node.max_points)} điểm. Hoàn tác được."
    return Done(tree.folded(), near.node.permanent_id, told)


def renumber(annex: AnnexSet) -> Done:
    """Codes as the printed order gives them, whatever they were."""
    tree = _Tree(annex)
    tree.numbered = True
    return Done(tree.folded(), "", "Đã đánh số lại cả bộ theo thứ tự.")


def is_numbered(annex: AnnexSet) -> bool:
    """Whether every code is its place in the printed order."""
    counts: dict[str, int] = {}
    for node in annex.in_tree_order():
        counts[node.parent] = counts.get(node.parent, 0) + 1
        if node.code != _joined(node.parent, counts[node.parent]):
            return False
    return True


def node_at(annex: AnnexSet, permanent_id: str) -> AnnexNode:
    """The criterion with that permanent id; raises `Conflict` where it is gone."""
    found = next((node for node in annex.nodes if node.permanent_id == permanent_id), None)
    if found is None:
        raise Conflict(GONE)
    return found


def stamp_of(node: AnnexNode) -> str:
    """What tells one state of a criterion from another, wherever it stands; a page carries it to say what it saw."""
    plain = asdict(replace(node, code="", parent="", row=0))
    return hashlib.sha256(json.dumps(plain, sort_keys=True, ensure_ascii=False).encode()).hexdigest()[:32]


def with_node(annex: AnnexSet, changed: AnnexNode) -> AnnexSet:
    """The set with `changed` in the place of the criterion of its permanent id; its place and code stay."""
    return replace(
        annex,
        nodes=tuple(
            replace(changed, code=node.code, parent=node.parent, row=node.row)
            if node.permanent_id == changed.permanent_id
            else node
            for node in annex.nodes
        ),
    )


def name_of(node: AnnexNode) -> str:
    """ "1.2 Cải cách thể chế"; the code alone while it has no name."""
    return f"{node.code} {node.title}".strip()


def has_own_rule(node: AnnexNode) -> bool:
    """Whether the criterion is a leaf with a rule that somebody wrote."""
    return node.rule is not None and not node.rule_pending


def code_of(annex: AnnexSet, permanent_id: str) -> str:
    return node_at(annex, permanent_id).code


def _moved(tree: _Tree, before: AnnexSet, knot: _Knot) -> Done:
    own = knot.node.permanent_id
    changed = tree.folded()
    old, new = code_of(before, own), code_of(changed, own)
    if old != new:
        return Done(changed, own, f"“{name_of(knot.node)}” nay là {new}.")
    return Done(changed, own, f"Đã chuyển “{name_of(knot.node)}”.")


def _copied(knot: _Knot, parent: _Knot | None) -> _Knot:
    copy = _Knot(replace(knot.node, permanent_id=_new_id(), code=""), parent)
    copy.children = [_copied(child, copy) for child in knot.children]
    return copy


def _settled(node: AnnexNode, has_children: bool) -> AnnexNode:
    """The criterion as its place makes it: without a rule above others, with one below all; a weight on top only."""
    if node.parent:
        node = replace(node, weight="")
    if has_children:
        return replace(node, rule=None, rule_pending=False, source=Source.SELF.value, role=CriterionRole.SCORED.value)
    return node if node.rule is not None else replace(node, rule=dict(_MANUAL), rule_pending=True)


def _joined(parent: str, at: int) -> str:
    return f"{parent}.{at}" if parent else str(at)


def _free(parent: str, taken: set[str]) -> str:
    at = 1
    while _joined(parent, at) in taken:
        at += 1
    return _joined(parent, at)


def _new_id() -> str:
    return str(uuid.uuid4())
