"""How the coordinator links a criteria set with an earlier year: three fields a criterion, one for each left over."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.utils.html import format_html_join

from scoring.enums import LinkKind
from scoring.forms.campaign import VersionField
from scoring.models import Criterion
from scoring.selectors.continuity import may_continue
from scoring.services.criteria_links import Wanted, contradictions
from scoring.services.criteria_years import TwoYears, YearRow
from units.vietnamese import format_points

LONGEST_SHOWN = 60  # of a title in a list to choose from

Choice = tuple[str, str]


@dataclass(frozen=True)
class LinkFields:
    """One criterion on the page: the row, its fields, and what there is to choose from. `first` is what is chosen, else
    what is proposed, as (value, label), None for a new one; `others` are the lines of the list that follow it, `kinds`
    all lines of the list of kinds."""

    row: YearRow
    predecessor: BoundField
    kind: BoundField
    note: BoundField
    first: Choice | None
    others: str
    kinds: str

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
    """A criterion of the earlier year that is none's first predecessor, and what it was merged into: `first` is what is
    chosen, None where it was dropped, and `others` are the lines that follow it."""

    old: Criterion
    into: BoundField
    first: Choice | None
    others: str


class ListedField(forms.CharField):
    """One of `listed` or nothing. A ChoiceField would write its whole list anew for every row of the page."""

    def __init__(self, listed: Collection[str], unknown: str, **kwargs: Any) -> None:
        super().__init__(required=False, **kwargs)
        self.listed, self.unknown = listed, unknown

    def validate(self, value: str) -> None:
        super().validate(value)
        if value and value not in self.listed:
            raise forms.ValidationError(self.unknown)


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
            is_leaf: dict(_choice(old) for old in years.olds if may_continue(is_leaf, old)) for is_leaf in (True, False)
        }
        for row, node in self._rows:
            self._add_row(row, node)
        first = {row.predecessors[0].pk for row in years.rows if row.predecessors}
        into = {old.pk: row.node.pk for row in years.rows if row.node for old in row.predecessors[1:]}
        self.left = [old for old in years.olds if old.pk not in first]
        for old in self.left:
            self.fields[f"gop_{old.pk}"] = ListedField(
                self._followers(old),
                "Tiêu chí này không thuộc bộ tiêu chí năm nay. Chọn lại.",
                label=f"{old.code} {old.title}: gộp vào",
                initial=str(into.get(old.pk, "")),
            )

    def _add_row(self, row: YearRow, node: Criterion) -> None:
        label = f"{node.code} {node.title}"
        self.fields[f"truoc_{node.pk}"] = ListedField(
            self.choices[node.is_leaf],
            "Tiêu chí đã chọn không thuộc bộ tiêu chí năm trước. Chọn lại.",
            label=f"{label}: tiêu chí năm trước",
            initial=str(row.predecessors[0].pk) if row.predecessors else "",
        )
        self.fields[f"cach_{node.pk}"] = ListedField(
            LinkKind.values, "Chọn một cách so trong danh sách.", label=f"{label}: cách so", initial=row.kind
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
            names = {node.pk: f"{node.code} {node.title}: " for node in self._nodes}
            for pk, sentence in contradictions(self.wanted, self._nodes, self.years.olds):
                told = sentence.removeprefix(names[pk])  # the field's label says the name
                self.add_error(f"cach_{pk}", told[:1].upper() + told[1:])
        return data

    @property
    def wanted(self) -> list[Wanted]:
        """What is said of every criterion; once the fields are clean. Whoever chooses an earlier one and leaves "Mới"
        standing beside it means that the two can be compared."""
        data = self.cleaned_data
        merged: dict[str, list[int]] = {}
        for old in self.left:
            merged.setdefault(data.get(f"gop_{old.pk}", ""), []).append(old.pk)
        found = []
        for _, node in self._rows:
            first = [int(chosen)] if (chosen := data.get(f"truoc_{node.pk}")) else []
            more = [pk for pk in merged.get(str(node.pk), []) if pk not in first]
            note = data.get(f"ghichu_{node.pk}", "")
            kind = data.get(f"cach_{node.pk}") or LinkKind.NEW
            if (first or more) and kind == LinkKind.NEW:
                kind = LinkKind.COMPARABLE
            found.append(Wanted(node.pk, (*first, *more), kind, note))
        return found

    @cached_property
    def rows(self) -> list[LinkFields]:
        kinds = {kind: _lines(LinkKind.choices, chosen=kind) for kind in ("", *LinkKind.values)}
        found = []
        for row, node in self._rows:
            bound, kind = self[f"truoc_{node.pk}"], self[f"cach_{node.pk}"]
            chosen = str(bound.value() or "")
            label = self.choices[node.is_leaf].get(chosen)
            found.append(
                LinkFields(
                    row,
                    bound,
                    kind,
                    self[f"ghichu_{node.pk}"],
                    (chosen, label) if label is not None else None,
                    self._lists[node.component_path, node.is_leaf],
                    kinds.get(str(kind.value()), kinds[""]),
                )
            )
        return found

    @cached_property
    def _lists(self) -> dict[tuple[str, bool], str]:
        """What the criteria of a component choose from, written once for all of them."""
        near = self._near
        places = {(node.component_path, node.is_leaf) for _, node in self._rows}
        return {
            (path, is_leaf): _lines(
                choice for choice in self.choices[is_leaf].items() if self.in_full or choice[0] in near[path]
            )
            for path, is_leaf in places
        }

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
        # Whatever may follow a criterion hangs on its shape alone, so few lists are written.
        lists: dict[tuple[str, ...], str] = {}
        found = []
        for old in self.left:
            bound, followers = self[f"gop_{old.pk}"], self._followers(old)
            if (key := tuple(followers)) not in lists:
                lists[key] = _lines((value, f"gộp vào {label}") for value, label in followers.items())
            chosen = str(bound.value() or "")
            first = (chosen, f"gộp vào {followers[chosen]}") if chosen in followers else None
            found.append(LeftField(old, bound, first, lists[key]))
        return found

    def _followers(self, old: Criterion) -> dict[str, str]:
        """The criteria of this year that may go on from `old`, as (value, label)."""
        return self._choices_of_nodes[may_continue(True, old), may_continue(False, old)]

    @cached_property
    def _choices_of_nodes(self) -> dict[tuple[bool, bool], dict[str, str]]:
        """The criteria of this year by whether leaves and whether parents are among them."""
        own = [(node.is_leaf, _choice(node)) for node in self._nodes]
        return {
            (leaves, parents): dict(choice for is_leaf, choice in own if (leaves if is_leaf else parents))
            for leaves in (True, False)
            for parents in (True, False)
        }

    @property
    def _rows(self) -> Iterator[tuple[YearRow, Criterion]]:
        return ((row, row.node) for row in self.years.rows if row.node is not None)

    @property
    def _nodes(self) -> list[Criterion]:
        return [node for _, node in self._rows]


def _lines(choices: Iterable[Choice], *, chosen: str = "") -> str:
    """The lines of a list to choose from. Written here, since a template would write the same lines for every row."""
    return format_html_join(
        "",
        '<option value="{}"{}>{}</option>',
        ((value, " selected" if chosen and value == chosen else "", label) for value, label in choices),
    )


def _choice(node: Criterion) -> Choice:
    title = node.title if len(node.title) <= LONGEST_SHOWN else node.title[: LONGEST_SHOWN - 1].rstrip() + "…"
    return str(node.pk), f"{node.code} {title} ({format_points(node.max_points)})"
