"""What a person posts from the tree of a set that is being written: names and maxima typed in rows, and one act."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from decimal import Decimal
from functools import partial
from typing import Any

from django import forms

from scoring.enums import Origin
from scoring.files.annex_layout import LONGEST_NOTE, LONGEST_SET_TITLE, LONGEST_TITLE, AnnexSet
from scoring.forms.answer import VietnameseNumberField
from scoring.forms.campaign import REOPEN
from scoring.models import Campaign, CriteriaSet
from scoring.services import criteria_shape as shape
from scoring.services.criteria_shape import Done
from scoring.services.errors import Conflict
from scoring.services.leaves import plain_number
from units.enums import UnitKind
from units.files.cells import clean_text
from units.validators import code_validator

SAVE, UNDO = "save", "undo"
NOT_CHOSEN = "Chọn một tiêu chí trong cây trước."
LARGEST = Decimal(10) ** 15


class CleanTextField(forms.CharField):
    """One line of text as an annex would keep it."""

    def clean(self, value: Any) -> str:
        text = super().clean(value)
        try:
            return clean_text(text)
        except ValueError as refused:
            raise forms.ValidationError(str(refused)) from None


class LinesField(forms.CharField):
    """Text that keeps its line breaks, as an annex would keep it."""

    def __init__(self, *, rows: int = 4, **kwargs: Any) -> None:
        super().__init__(required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": rows}), **kwargs)

    def clean(self, value: Any) -> str:
        try:
            lines = [clean_text(line) for line in super().clean(value).splitlines()]
        except ValueError as refused:
            raise forms.ValidationError(str(refused)) from None
        return "\n".join(lines).strip("\n")


class PointsField(VietnameseNumberField):
    """A maximum, nought or more; cleaned to plain digits."""

    def clean(self, value: Any) -> str:
        number = super().clean(value)
        if number is None:
            raise forms.ValidationError("Chưa ghi điểm tối đa. Ghi số, ví dụ 0,5.")
        if not 0 <= number < LARGEST:
            raise forms.ValidationError("Điểm tối đa phải từ 0 trở lên. Ghi số, ví dụ 0,5.")
        return plain_number(number)


class HeadForm(forms.Form):
    """What a set is called and for whom it is."""

    title = CleanTextField(
        label="Tên bộ tiêu chí",
        max_length=LONGEST_SET_TITLE,
        error_messages={"required": "Ghi tên bộ tiêu chí, ví dụ Bộ tiêu chí Chỉ số CCHC của các sở."},
    )
    unit_kinds = forms.MultipleChoiceField(
        label="Áp dụng cho loại đơn vị",
        choices=UnitKind.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    note = CleanTextField(
        label="Ghi chú", max_length=LONGEST_NOTE, required=False, help_text="Ví dụ số, ngày của quyết định ban hành."
    )

    def applied_to(self, annex: AnnexSet) -> AnnexSet:
        """The set with what the form says of it."""
        data = self.cleaned_data
        kinds = tuple(data["unit_kinds"])
        # The order of an annex stays where the same kinds are named.
        kept = annex.unit_kinds if set(kinds) == set(annex.unit_kinds) else kinds
        return replace(annex, title=data["title"], unit_kinds=kept, note=data["note"])


class NewSetForm(HeadForm):
    """A set that the campaign does not have yet, empty or from another one."""

    code = forms.CharField(
        label="Mã bộ",
        max_length=32,
        validators=[code_validator],
        help_text="Mã ngắn không dấu, ví dụ so hoặc xa; giữ nguyên từ năm này sang năm khác.",
        error_messages={"required": "Ghi mã bộ, ví dụ so."},
    )
    origin = forms.ModelChoiceField(
        label="Bắt đầu từ",
        queryset=CriteriaSet.objects.none(),
        required=False,
        empty_label="Bộ trống",
        help_text="Bộ của năm trước: mỗi tiêu chí giữ mã định danh, nên nối được với năm trước.",
    )
    field_order = ("title", "code", "origin", "unit_kinds", "note")

    def __init__(self, campaign: Campaign, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own = CriteriaSet.objects.filter(
            campaign__organiser=campaign.organiser_id, campaign__origin=Origin.PORTAL, criteria__isnull=False
        )
        field = self.fields["origin"]
        field.queryset = (  # type: ignore[attr-defined]
            own.filter(campaign__year__lte=campaign.year)
            .distinct()
            .select_related("campaign")
            .order_by("-campaign__year", "position", "code")
        )
        field.label_from_instance = lambda one: f"{one.campaign.year}: {one.title}"  # type: ignore[attr-defined]

    def head(self, campaign: Campaign) -> AnnexSet:
        return self.applied_to(AnnexSet(self.cleaned_data["code"], "", (), is_sample=campaign.is_sample))


class TreeForm(forms.Form):
    """One act on the tree, together with the names and maxima that were typed and not saved before.

    The browser may send only what was changed. After `is_valid()`, `act` is what the service does; `row_errors` are
    the faults by the name of the field.
    """

    version = forms.IntegerField(widget=forms.HiddenInput, error_messages=REOPEN)
    act = forms.CharField(required=False)
    node = forms.CharField(required=False)
    target = forms.CharField(required=False)
    where = forms.ChoiceField(choices=[(one, one) for one in (shape.ABOVE, shape.BELOW, shape.INSIDE)], required=False)

    def __init__(self, annex: AnnexSet, data: Mapping[str, Any]) -> None:
        super().__init__(data)
        self.annex = annex
        self.row_errors: dict[str, str] = {}
        self.titles = self._typed("t-", CleanTextField(required=False, max_length=LONGEST_TITLE))
        self.points = self._typed("m-", PointsField())

    def _typed(self, prefix: str, field: forms.Field) -> dict[str, str]:
        found: dict[str, str] = {}
        for node in self.annex.nodes:
            name = prefix + node.permanent_id
            if name not in self.data:
                continue
            try:
                found[node.permanent_id] = field.clean(self.data[name])
            except forms.ValidationError as wrong:
                self.row_errors[name] = " ".join(wrong.messages)
        return found

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if self.row_errors:
            raise forms.ValidationError("Có ô chưa đúng.")
        if data.get("act") in _ON_A_NODE and not data.get("node"):
            raise forms.ValidationError(NOT_CHOSEN)
        if data.get("act", "") not in ("", SAVE, UNDO, *_ON_A_NODE, *_ON_THE_SET):
            raise forms.ValidationError("Không rõ việc cần làm. Mở lại trang rồi làm lại.")
        return data

    def act_on(self, annex: AnnexSet) -> Done:
        """What was typed, then what was pressed; raises `Conflict` as a whole."""
        changed = self.with_texts(annex)
        data = self.cleaned_data
        name = data["act"] or SAVE
        if name in _ON_THE_SET:
            return _ON_THE_SET[name](changed)
        if name == "place":
            if not data["where"]:
                raise Conflict(NOT_CHOSEN)
            return shape.place(changed, data["node"], data["target"], data["where"])
        if name in _ON_A_NODE:
            return _ON_A_NODE[name](changed, data["node"])
        count = sum(old != new for old, new in zip(annex.nodes, changed.nodes, strict=True))
        return Done(changed, data["node"], f"Đã lưu {count} tiêu chí." if count else "Không có gì thay đổi.")

    def with_texts(self, annex: AnnexSet) -> AnnexSet:
        """The tree with what was typed, as far as it could be read."""
        nodes = tuple(
            replace(
                node,
                title=self.titles.get(node.permanent_id, node.title),
                max_points=self.points.get(node.permanent_id, node.max_points),
            )
            for node in annex.nodes
        )
        return replace(annex, nodes=nodes)


def _add(where: str) -> Callable[[AnnexSet, str], Done]:
    return lambda annex, node: shape.add(annex, where, node)


def _move(direction: str) -> Callable[[AnnexSet, str], Done]:
    return lambda annex, node: shape.move(annex, node, direction)


_ON_A_NODE: dict[str, Callable[[AnnexSet, str], Done]] = {
    "up": _move(shape.UP),
    "down": _move(shape.DOWN),
    "in": _move(shape.IN),
    "out": _move(shape.OUT),
    "add_above": _add(shape.ABOVE),
    "add_below": _add(shape.BELOW),
    "add_inside": _add(shape.INSIDE),
    "duplicate": shape.duplicate,
    "remove": shape.remove,
    "place": lambda annex, node: Done(annex, node, ""),  # with a target: see `TreeForm.act_on`
}
_ON_THE_SET: dict[str, Callable[[AnnexSet], Done]] = {
    "add_component": partial(shape.add, where=shape.BELOW),
    "renumber": shape.renumber,
}
