"""A derivation as lines of plain text, for a terminal or a printed sheet."""

from __future__ import annotations

from collections.abc import Iterator

from scoring.engine.derivation_types import NodeDerivation, UnitDerivation

_INDENT = "   "


def tell_unit(unit: UnitDerivation) -> Iterator[str]:
    """The whole unit: its numbers, how the campaign computes, the steps from the leaves to the grade, every node."""
    yield from tell_heading(unit)
    yield ""
    yield "Cách tính của kỳ đánh giá"
    yield from (f"{_INDENT}- {sentence}" for sentence in unit.policy)
    yield ""
    yield "Từ các tiêu chí đến kết quả của đơn vị"
    yield from (f"{_INDENT}- {step.sentence}" for step in unit.steps)
    yield ""
    yield "Từng tiêu chí"
    yield from tell_nodes(unit)


def tell_heading(unit: UnitDerivation) -> Iterator[str]:
    """Who it is and what it came to."""
    yield f"{unit.name} (mã {unit.code}, khối {unit.group})"
    parts = [f"Điểm {_comma(unit.points)} trên điểm tối đa {_comma(unit.max_points)}", *_standing(unit)]
    if unit.grade is not None:
        parts.append(f"xếp loại {unit.grade_label}")
    yield ", ".join(parts)
    if unit.unanswered:
        yield f"Chưa trả lời: {', '.join(unit.unanswered)}"


def tell_nodes(unit: UnitDerivation) -> Iterator[str]:
    """Every node of the derivation, each with its rule and its steps, indented by depth."""
    top = min((node.depth for node in unit.nodes), default=0)
    for node in unit.nodes:
        margin = _INDENT * (node.depth - top)
        yield f"{margin}{node.code}. {node.title}: {', '.join(_worth(node))}"
        if node.rule:
            yield f"{margin}{_INDENT}Cách tính: {node.rule}"
        yield from (f"{margin}{_INDENT}- {step.sentence}" for step in node.steps)


def _worth(node: NodeDerivation) -> list[str]:
    if not node.applicable and node.max_points == "0":
        return ["không áp dụng"]
    return [f"{_comma(node.points)}/{_comma(node.max_points)} điểm", *_standing(node)]


def _standing(found: UnitDerivation | NodeDerivation) -> list[str]:
    index = [] if found.index is None else [f"chỉ số {_comma(found.index)}"]
    return [*index, *([] if found.rank is None else [f"hạng {found.rank}"])]


def _comma(number: str) -> str:
    return number.replace(".", ",")
