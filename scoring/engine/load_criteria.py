"""Reading the criteria sets: every node, its place in the tree, its maximum and its rule."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from typing import Final, cast, get_args

from scoring.engine.load_policy import ANY_COMPONENT, DraftPolicy
from scoring.engine.places import Place
from scoring.engine.reading import ObjectReader, note_repeats
from scoring.engine.rounding import decimal_places
from scoring.engine.rules.registry import read_rule
from scoring.engine.types import CriteriaSet, Node, Role, Source
from scoring.engine.wording import quote, say

_DEFAULT_SOURCE: Final = "self"
_UNKNOWN: Final = Fraction(0)
"""Stands for a maximum that could not be read; whatever depends on it is not checked."""


@dataclass(slots=True)
class DraftSet:
    """A criteria set as far as it could be read: enough to check the answers of its units.

    ``leaves`` holds each leaf by code, None where its maximum could not be read; ``parents`` the codes of the others.
    ``criteria_set`` is None where anything was wrong.
    """

    leaves: dict[str, Node | None] = field(default_factory=dict)
    parents: set[str] = field(default_factory=set)
    criteria_set: CriteriaSet | None = None

    @property
    def codes(self) -> set[str]:
        return self.parents | self.leaves.keys()


@dataclass(slots=True)
class _Read:
    """A node with what its parent must know: its maximum, what that adds to the parent's (each None where unknown), and
    whether a scored leaf stands in it."""

    node: Node
    max_points: Fraction | None
    counted: Fraction | None
    has_scored: bool


def read_criteria_sets(reader: ObjectReader, policy: DraftPolicy) -> dict[str, DraftSet]:
    """Read ``criteria_sets``; sets by code. What a wrong key of the policy would decide is not checked."""
    sets: dict[str, DraftSet] = {}
    codes: list[tuple[ObjectReader, str]] = []
    for item in reader.objects("criteria_sets"):
        code = item.code()
        codes.append((item, code))
        draft = _SetReader(policy).read(item, code)
        if code:
            sets.setdefault(code, draft)
    note_repeats(codes, "mã bộ tiêu chí")
    return sets


class _SetReader:
    """Reads one set; remembers where each code was used first."""

    def __init__(self, policy: DraftPolicy) -> None:
        self._policy = policy
        self._draft = DraftSet()
        self._first_place: dict[str, Place] = {}

    def read(self, reader: ObjectReader, code: str) -> DraftSet:
        before = len(reader.faults)
        title = reader.text("title", default=code)
        components = [
            component
            for item in reader.objects("criteria", filled=True)
            if (component := self._read_node(item, is_component=True)) is not None
        ]
        reader.finish()
        if self._policy.weighting == "weights":
            weights = [component.node.weight for component in components if component.has_scored]
            if weights and all(weight == 0 for weight in weights):
                reader.fault("trọng số (weight) của mọi lĩnh vực đều là 0; hãy đặt ít nhất một trọng số lớn hơn 0")
        criteria_set = CriteriaSet(code, title, tuple(component.node for component in components))
        # A rule that JSON itself refuses was told before, and is missing all the same.
        if len(reader.faults) == before and all(node.rule or node.children for node, _ in criteria_set.layout):
            self._draft.criteria_set = criteria_set
        return self._draft

    def _read_node(self, reader: ObjectReader, *, is_component: bool) -> _Read:
        code = self._read_code(reader)
        title = reader.text("title")
        max_points = reader.number("max_points")
        weight = self._read_weight(reader, is_component=is_component)
        source = reader.choice("source", get_args(Source), default=_DEFAULT_SOURCE)
        role = reader.choice("role", get_args(Role), default="scored")
        children = self._read_children(reader, max_points) if reader.has("children") else ()
        rule_reader = reader.object("rule") if reader.has("rule") else None
        rule = read_rule(rule_reader, max_points if max_points is not None else _UNKNOWN) if rule_reader else None
        if reader.has("children") == reader.has("rule"):
            reader.fault("phải có đúng một trong “children” (tiêu chí con) hoặc “rule” (cách tính điểm)")
        if reader.has("children"):
            self._check_parent(reader, children, source)
        elif max_points is not None:
            self._check_leaf_maximum(reader, max_points)
        has_scored = any(child.has_scored for child in children) if reader.has("children") else role == "scored"
        if is_component and role:
            self._check_weight(reader, weight, has_scored=has_scored)
        reader.finish()
        node = Node(
            code=code,
            title=title,
            max_points=max_points if max_points is not None else _UNKNOWN,
            weight=weight,
            source=cast(Source, source),
            role=cast(Role, role),
            children=tuple(child.node for child in children),
            rule=rule,
        )
        if code and reader.has("children"):
            self._draft.parents.add(code)
        elif code:
            self._draft.leaves.setdefault(code, node if max_points is not None else None)
        is_extra = role in ("bonus", "penalty") and not reader.has("children")
        counted = Fraction(0) if is_extra else max_points if role else None
        return _Read(node, max_points, counted, has_scored)

    def _read_code(self, reader: ObjectReader) -> str:
        code = reader.code()
        if code == ANY_COMPONENT:
            reader.fault(f"mã “{ANY_COMPONENT}” là từ dành riêng cho điều kiện xếp loại; hãy đặt mã khác", "code")
        elif code in self._first_place:
            reader.fault(f"mã tiêu chí {quote(code)} đã dùng ở {self._first_place[code]}; hãy đặt mã khác", "code")
        elif code:
            self._first_place[code] = reader.place
        return code

    def _read_children(self, reader: ObjectReader, max_points: Fraction | None) -> tuple[_Read, ...]:
        children = tuple(self._read_node(item, is_component=False) for item in reader.objects("children", filled=True))
        counted = [child.counted for child in children]
        # A child whose maximum could not be read has been told; the sum says nothing then.
        if max_points is not None and children and None not in counted:
            total = sum((points for points in counted if points is not None), Fraction(0))
            if total != max_points and len(children) == len(reader.raw("children")):
                reader.fault(
                    f"điểm tối đa là {say(max_points)} nhưng tổng các tiêu chí con là {say(total)}"
                    " (không kể điểm cộng, điểm trừ); hãy sửa cho bằng nhau",
                    "max_points",
                )
        return children

    def _check_parent(self, reader: ObjectReader, children: tuple[_Read, ...], source: str) -> None:
        if reader.has("role"):
            reader.fault(
                "chỉ tiêu chí không có tiêu chí con mới có vai trò; hãy chuyển xuống từng tiêu chí con", "role"
            )
        if source not in ("", _DEFAULT_SOURCE) and any(child.node.source != source for child in children):
            reader.fault("khác với nguồn điểm của tiêu chí con; hãy ghi nguồn điểm ở từng tiêu chí con", "source")

    def _check_leaf_maximum(self, reader: ObjectReader, max_points: Fraction) -> None:
        allowed = self._policy.leaf_decimals
        if allowed is not None and (decimal_places(max_points) or 0) > allowed:
            reader.fault(
                f"điểm tối đa {say(max_points)} có nhiều hơn {allowed} chữ số thập phân mà leaf_decimals cho "
                "phép; hãy sửa một trong hai",
                "max_points",
            )

    def _read_weight(self, reader: ObjectReader, *, is_component: bool) -> Fraction | None:
        if not reader.has("weight") or reader.raw("weight") is None:
            return None
        if not is_component:
            reader.fault("chỉ lĩnh vực (cấp trên cùng) mới có trọng số; hãy bỏ khóa này", "weight")
            return None
        return reader.number("weight")

    def _check_weight(self, reader: ObjectReader, weight: Fraction | None, *, has_scored: bool) -> None:
        """Under ``weights`` a component with a scored leaf needs a weight; any other has none."""
        if self._policy.weighting != "weights":
            return
        if has_scored and (not reader.has("weight") or reader.raw("weight") is None):
            reader.fault("thiếu trọng số (weight) của lĩnh vực, vì chính sách tính theo trọng số; hãy bổ sung")
        elif not has_scored and weight is not None:
            reader.fault("lĩnh vực chỉ có điểm cộng, điểm trừ thì không có trọng số; hãy để null", "weight")
