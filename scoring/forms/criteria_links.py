"""How the coordinator links a criteria set with an earlier year: three fields a criterion, one for each left over."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django import forms
from django.forms.boundfield import BoundField

from scoring.enums import LinkKind
from scoring.forms.campaign import VersionField
from scoring.models import Criterion
from scoring.selectors.continuity import may_continue
from scoring.services.criteria_links import Wanted, contradictions
from scoring.services.criteria_years import TwoYears, YearRow
from units.vietnamese import format_points

NEW = "Mới, không nối với tiêu chí nào"
GONE = "Bỏ hẳn"
LONGEST_SHOWN = 60  # of a title in a list to choose from


Choice = tuple[str, str]


@dataclass(frozen=True)
class LinkFields:
    """One criterion on the page: the row, its fields, and what there is to choose from as (value, label): `first` is
    what is chosen, else what is proposed, None for a new one, and `others` follow it."""

    row: YearRow
    predecessor: BoundField
    kind: BoundField
    note: BoundField
    first: Choice | None
    others: list[Choice]

    @property
    def errors(self) -> list[str]:
        return [str(text) for bound in (self.predecessor, self.kind, self.note) for text in bound.errors]

    @property
    def is_shown(self) -> bool:
        """Whether it stays where only differences are shown; what must be mended always does."""
        return self.row.is_other or bool(self.errors)

    @property
    def merged(self) -> tuple[Criterion, ...]:
        return self.row.predecessors[1:]


@dataclass(frozen=True)
class LeftField:
    """A criterion of the earlier year that is none's first predecessor, and what it was merged into."""

    old: Criterion
    into: BoundField

    @property
    def chosen(self) -> str:
        return str(self.into.value() or "")


class LinksForm(forms.Form):
    """The whole set at once. Fields are named by the pk of the criterion: `truoc_` the one of the earlier year, `cach_`
    how they compare, `ghichu_` a note; `gop_` with the pk of one of the earlier year, what it was put into.

    Every criterion that fits may be sent; the page lists all of them only `in_full`, else those near by: of the
    components that this one's criteria come from, and what is left over. A set of 90 has 8,000 lines otherwise.
    """

    version = VersionField()

    def __init__(self, years: TwoYears, *args: Any, in_full: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.years, self.in_full = years, in_full
        self.choices = {
            is_leaf: [_choice(old) for old in years.olds if may_continue(is_leaf, old)] for is_leaf in (True, False)
        }
        for row, node in self._rows:
            self._add_row(row, node)
        first = {row.predecessors[0].pk for row in years.rows if row.predecessors}
        into = {old.pk: row.node.pk for row in years.rows if row.node for old in row.predecessors[1:]}
        self.left = [old for old in years.olds if old.pk not in first]
        for old in self.left:
            self.fields[f"gop_{old.pk}"] = forms.ChoiceField(
                label=f"{old.code} {old.title}: gộp vào",
                required=False,
                choices=[("", GONE), *(_choice(node) for node in self._nodes if may_continue(node.is_leaf, old))],
                initial=str(into.get(old.pk, "")),
                error_messages={"invalid_choice": "Tiêu chí này không thuộc bộ tiêu chí năm nay. Chọn lại."},
            )

    def _add_row(self, row: YearRow, node: Criterion) -> None:
        label = f"{node.code} {node.title}"
        self.fields[f"truoc_{node.pk}"] = forms.ChoiceField(
            label=f"{label}: tiêu chí năm trước",
            required=False,
            choices=[("", NEW), *self.choices[node.is_leaf]],
            initial=str(row.predecessors[0].pk) if row.predecessors else "",
            error_messages={"invalid_choice": "Tiêu chí đã chọn không thuộc bộ tiêu chí năm trước. Chọn lại."},
        )
        self.fields[f"cach_{node.pk}"] = forms.ChoiceField(
            label=f"{label}: cách so",
            required=False,
            choices=LinkKind.choices,
            initial=row.kind,
            error_messages={"invalid_choice": "Chọn một cách so trong danh sách."},
        )
        self.fields[f"ghichu_{node.pk}"] = forms.CharField(
            label=f"{label}: ghi chú",
            required=False,
            max_length=300,
            initial=row.note,
            error_messages={"max_length": "Ghi chú dài quá 300 chữ. Viết ngắn lại."},
        )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        absent = [node for _, node in self._rows if self.add_prefix(f"truoc_{node.pk}") not in self.data]
        if absent:
            raise forms.ValidationError("Trang gửi lên thiếu tiêu chí, nên chưa lưu gì. Mở lại trang rồi nối lại.")
        if not self.errors:
            for pk, sentence in contradictions(self.wanted, self._nodes, self.years.olds):
                self.add_error(f"cach_{pk}", sentence)
        return data

    @property
    def wanted(self) -> list[Wanted]:
        """What is said of every criterion; once the fields are clean."""
        data = self.cleaned_data
        merged: dict[str, list[int]] = {}
        for old in self.left:
            merged.setdefault(data.get(f"gop_{old.pk}", ""), []).append(old.pk)
        found = []
        for _, node in self._rows:
            first = [int(chosen)] if (chosen := data.get(f"truoc_{node.pk}")) else []
            more = [pk for pk in merged.get(str(node.pk), []) if pk not in first]
            note = data.get(f"ghichu_{node.pk}", "")
            found.append(Wanted(node.pk, (*first, *more), data.get(f"cach_{node.pk}", ""), note))
        return found

    @cached_property
    def rows(self) -> list[LinkFields]:
        near = self._near
        found = []
        for row, node in self._rows:
            bound = self[f"truoc_{node.pk}"]
            chosen = str(bound.value() or "")
            fitting = self.choices[node.is_leaf]
            first = next((choice for choice in fitting if choice[0] == chosen), None)
            others = (
                fitting if self.in_full else [choice for choice in fitting if choice[0] in near[node.component_path]]
            )
            found.append(LinkFields(row, bound, self[f"cach_{node.pk}"], self[f"ghichu_{node.pk}"], first, others))
        return found

    @property
    def _near(self) -> dict[str, set[str]]:
        """Component of this year → the criteria of the earlier one that are listed in it, as they are sent."""
        left = {str(old.pk) for old in self.left}
        homes: dict[str, set[str]] = {}
        for row, node in self._rows:
            homes.setdefault(node.component_path, set()).update(old.component_path for old in row.predecessors)
        return {
            path: left | {str(old.pk) for old in self.years.olds if old.component_path in olds}
            for path, olds in homes.items()
        }

    def initial_values(self) -> dict[str, Any]:
        """What the fields hold before anybody chooses."""
        return {name: field.initial for name, field in self.fields.items()}

    @property
    def leftovers(self) -> list[LeftField]:
        return [LeftField(old, self[f"gop_{old.pk}"]) for old in self.left]

    @property
    def _rows(self) -> Iterator[tuple[YearRow, Criterion]]:
        return ((row, row.node) for row in self.years.rows if row.node is not None)

    @property
    def _nodes(self) -> list[Criterion]:
        return [node for _, node in self._rows]


def _choice(node: Criterion) -> Choice:
    title = node.title if len(node.title) <= LONGEST_SHOWN else node.title[: LONGEST_SHOWN - 1].rstrip() + "…"
    return str(node.pk), f"{node.code} {title} ({format_points(node.max_points)})"
