"""The form of one criterion of a set that is being written: its words, points and source, and its rule with a trial."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django import forms

from scoring.engine.rules.registry import KINDS
from scoring.enums import CriterionRole, Source
from scoring.files.annex_layout import LONGEST_DEPARTMENT, LONGEST_TITLE, AnnexNode
from scoring.forms.answer import VietnameseNumberField
from scoring.forms.campaign import REOPEN
from scoring.forms.criteria_rule import RuleForm
from scoring.forms.criteria_tree import CleanTextField, LinesField, PointsField
from scoring.forms.criteria_written import PENDING, Written, written_in, written_of
from scoring.services.criteria_board import SELF_PENALTY
from scoring.services.criteria_shape import stamp_of
from scoring.services.leaves import plain_number
from units.vietnamese import format_points

NO_RULE = "Chưa có quy tắc, người chấm cho điểm"
_LEAF_ONLY = ("source", "role", "kind")


class NodeForm(forms.Form):
    """Everything of a criterion but its rule's parameters. `stamp` tells which state of it the person saw."""

    marks_optional = False  # most may stay blank; what may not says so
    stamp = forms.CharField(widget=forms.HiddenInput, error_messages=REOPEN)
    title = CleanTextField(
        label="Tên, yêu cầu",
        max_length=LONGEST_TITLE,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": "Ghi tên tiêu chí như phụ lục."},
    )
    max_points = PointsField(label="Điểm tối đa", required=False)
    weight = VietnameseNumberField(
        label="Trọng số", required=False, help_text="Chỉ khi kỳ tính theo trọng số của lĩnh vực."
    )
    source = forms.ChoiceField(label="Nguồn điểm", choices=Source.choices)
    role = forms.ChoiceField(
        label="Vai trò",
        choices=CriterionRole.choices,
        help_text="Điểm thưởng, điểm trừ không tính vào tổng của tiêu chí cha.",
    )
    scoring_text = LinesField(
        label="Hướng dẫn, cách tính điểm", help_text="Nguyên văn phụ lục; đơn vị đọc khi tự chấm."
    )
    evidence_text = LinesField(label="Tài liệu kiểm chứng", rows=3)
    lead_department = CleanTextField(label="Cơ quan thẩm định", max_length=LONGEST_DEPARTMENT, required=False)
    kind = forms.ChoiceField(
        label="Loại quy tắc",
        choices=[(PENDING, NO_RULE), *((kind.kind, kind.label) for kind in KINDS.values())],
        required=False,
    )

    def __init__(
        self,
        node: AnnexNode,
        *,
        has_children: bool,
        data: Mapping[str, Any] | None = None,
        shown: Mapping[str, Any] | None = None,
    ) -> None:
        """`data` is posted to be saved; `shown` is what was typed so far, of a page that only asks for another row."""
        initial = node_values(node)
        super().__init__(data, initial=initial | {name: shown[name] for name in initial if shown and name in shown})
        self.node = node
        if has_children:
            for name in _LEAF_ONLY:
                del self.fields[name]
        if node.parent:
            del self.fields["weight"]

    @property
    def is_leaf(self) -> bool:
        return "kind" in self.fields

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if (data.get("role"), data.get("source")) == (CriterionRole.PENALTY, Source.SELF):
            self.add_error("source", SELF_PENALTY)
        if data.get("weight") is not None and data["weight"] < 0:
            self.add_error("weight", "Trọng số phải từ 0 trở lên.")
        return data

    def changed_node(self, rule: dict[str, Any] | None) -> AnnexNode:
        """The criterion as the form says it; `rule` None leaves a leaf without one."""
        data = self.cleaned_data
        texts = {name: data[name] for name in ("title", "scoring_text", "evidence_text", "lead_department")}
        node = replace(self.node, max_points=data["max_points"], **texts)
        if "weight" in data:
            node = replace(node, weight="" if data["weight"] is None else plain_number(data["weight"]))
        if not self.is_leaf:
            return node
        return replace(
            node,
            source=data["source"],
            role=data["role"],
            rule=rule or {"kind": "manual"},
            rule_pending=rule is None,
        )


class StaleNodeForm(forms.Form):
    """What was typed of a criterion that somebody else has changed, to be shown beside what stands now."""

    def __init__(self, typed: NodeForm, rule: str) -> None:
        data = {name: typed.data.get(name) for name in typed.fields}
        super().__init__(data | {"rule": rule})
        self.fields = {name: field for name, field in typed.fields.items() if name != "stamp"}
        if typed.is_leaf:
            self.fields["rule"] = forms.CharField(label="Quy tắc")


def node_values(node: AnnexNode) -> dict[str, Any]:
    """What the form of a criterion holds at first."""
    return {
        "stamp": stamp_of(node),
        "title": node.title,
        "max_points": format_points(node.max_points),
        "weight": node.weight.replace(".", ","),
        "source": node.source,
        "role": node.role,
        "scoring_text": node.scoring_text,
        "evidence_text": node.evidence_text,
        "lead_department": node.lead_department,
        "kind": written_of(node.rule, is_pending=node.rule_pending).kind,
    }


def rule_posted(data: Mapping[str, Any]) -> Written:
    """The rule in a posted form: what was typed for the kind that the page showed, as far as it fits the one that is
    chosen now, and with the row that a button added, took away or raised."""
    written = written_in(data, str(data.get("of", "")))
    if data.get("kind", "") != written.kind:
        written = written.of_kind(str(data.get("kind", "")))
    for name, change in (
        ("more", lambda key, at: written.with_row(key)),
        ("drop", lambda key, at: written.without_row(key, at)),
        ("raise", lambda key, at: written.with_row_raised(key, at)),
    ):
        key, _, at = str(data.get(name, "")).partition("-")
        if any(one.key == key and one.is_list for one in written.parameters):
            return change(key, int(at) if at.isdecimal() and len(at) < 4 else 0)
    return written


def is_about_rows(data: Mapping[str, Any]) -> bool:
    """Whether a button of the rule was pressed that changes what the form asks, and stores nothing."""
    return any(name in data for name in ("more", "drop", "raise", "refresh"))


def proven(written: Written, max_points: str) -> RuleForm:
    """The form of what was typed, with every fault at its field."""
    form = RuleForm(written, is_checked=True)
    form.prove(max_points)
    return form
