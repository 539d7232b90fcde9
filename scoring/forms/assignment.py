"""What the coordinator fills in to say who appraises what."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms

from scoring.enums import Phase
from scoring.models import Group
from scoring.selectors.assignment import Judge, Matrix
from scoring.services.assignment import LONGEST_REASON
from units.models import Unit

NOBODY = ("", "Chọn người thẩm định")
CHOSEN, WHOLE_GROUP = "chon", "khoi"


def read_place(groups: Sequence[Group], data: Mapping[str, Any]) -> tuple[Group | None, int]:
    """Which group (`khoi`) and round (`vong`) an address asks for; what is missing or unknown falls back to the first
    group and the round that it is in."""
    wanted = data.get("khoi", "")
    group = next((item for item in groups if item.code == wanted), groups[0] if groups else None)
    if data.get("vong") in ("1", "2"):
        return group, int(data["vong"])
    return group, 2 if group is not None and group.phase in (Phase.REAPPRAISAL, Phase.COUNCIL) else 1


class GiveForm(forms.Form):
    """Units × components × person: gives them, or (`take_away`) takes them from whoever holds them."""

    scope = forms.ChoiceField(
        label="Cho đơn vị nào",
        choices=[(CHOSEN, "Các đơn vị đã đánh dấu trong bảng"), (WHOLE_GROUP, "Tất cả đơn vị trong bảng")],
        widget=forms.RadioSelect, initial=CHOSEN,
        error_messages={"required": "Chọn giao cho các đơn vị đã đánh dấu hay tất cả đơn vị."},
    )  # fmt: skip
    component = forms.MultipleChoiceField(
        label="Lĩnh vực", widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Chọn ít nhất một lĩnh vực."},
    )  # fmt: skip
    person = forms.ChoiceField(
        label="Người thẩm định",
        error_messages={
            "required": "Chọn người thẩm định.",
            "invalid_choice": "Người này không còn là người thẩm định. Chọn lại.",
        },
    )
    only_gaps = forms.BooleanField(label="Chỉ giao các ô chưa có người", required=False, initial=True)

    def __init__(self, matrix: Matrix, judges: Sequence[Judge], data: Any = None, *, take_away: bool = False) -> None:
        super().__init__(data)
        self._take_away = take_away
        self.fields["person"].required = not take_away
        self._judges = {str(judge.user.pk): judge for judge in judges}
        columns = [(column.code, f"{column.code}. {column.title}") for column in matrix.columns]
        self.fields["component"].choices = columns  # type: ignore[attr-defined]
        people = [(key, say_judge(judge)) for key, judge in self._judges.items()]
        self.fields["person"].choices = [NOBODY, *people]  # type: ignore[attr-defined]
        codes = {row.participant.code for row in matrix.rows}
        self.units = [code for code in data.getlist("unit") if code in codes] if data is not None else []

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("scope") == CHOSEN and not self.units:
            self.add_error("scope", "Chưa đánh dấu đơn vị nào trong bảng.")
        return data

    @property
    def judge(self) -> Judge | None:
        return None if self._take_away else self._judges[self.cleaned_data["person"]]

    @property
    def chosen_units(self) -> list[str] | None:
        """Codes, None for all of the matrix."""
        return None if self.cleaned_data["scope"] == WHOLE_GROUP else self.units


class CellForm(forms.Form):
    """One part: to this person, or to nobody. `version` is that of the part as it was seen."""

    person = forms.ChoiceField(label="Người thẩm định", required=False)
    version = forms.IntegerField(
        min_value=1, widget=forms.HiddenInput,
        error_messages=dict.fromkeys(
            ("required", "invalid", "min_value"), "Không rõ trang được mở từ bản nào. Mở lại trang rồi giao."
        ),
    )  # fmt: skip

    def __init__(self, judges: Sequence[Judge], data: Any = None, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self._judges = {str(judge.user.pk): judge for judge in judges}
        people = [(key, say_judge(judge)) for key, judge in self._judges.items()]
        self.fields["person"].choices = [("", "Chưa giao cho ai"), *people]  # type: ignore[attr-defined]
        self.fields["person"].error_messages["invalid_choice"] = "Người này không còn là người thẩm định."

    def clean_person(self) -> str:
        """ "Nobody" is chosen, never left out: a form that lost its field takes no part away."""
        if "person" not in self.data:
            raise forms.ValidationError("Chọn người thẩm định, hoặc “Chưa giao cho ai”.")
        return str(self.cleaned_data["person"])

    @property
    def judge(self) -> Judge | None:
        return self._judges.get(self.cleaned_data["person"])


class ConflictForm(forms.Form):
    """A person who must not judge a unit, and why."""

    user = forms.ChoiceField(label="Người thẩm định", error_messages={"required": "Chọn người thẩm định."})
    unit = forms.ModelChoiceField(
        label="Đơn vị", queryset=Unit.objects.none(), empty_label="Chọn đơn vị",
        error_messages={"required": "Chọn đơn vị.", "invalid_choice": "Đơn vị này không có trong kỳ đánh giá."},
    )  # fmt: skip
    reason = forms.CharField(
        label="Lý do", max_length=LONGEST_REASON, help_text="Ví dụ: vợ/chồng đang công tác tại đơn vị.",
        error_messages={
            "required": "Nêu lý do xung đột lợi ích.", "max_length": f"Rút gọn lý do còn tối đa {LONGEST_REASON} ký tự."
        },
    )  # fmt: skip

    def __init__(self, judges: Sequence[Judge], units: Any, data: Any = None) -> None:
        super().__init__(data)
        self._judges = {str(judge.user.pk): judge for judge in judges}
        people = [(key, say_judge(judge)) for key, judge in self._judges.items()]
        self.fields["user"].choices = [NOBODY, *people]  # type: ignore[attr-defined]
        self.fields["unit"].queryset = units  # type: ignore[attr-defined]

    @property
    def judge(self) -> Judge:
        return self._judges[self.cleaned_data["user"]]


def say_judge(judge: Judge) -> str:
    """ "Trần Quốc Vượng, Sở Tài chính (lĩnh vực 6)"."""
    codes = f" (lĩnh vực {', '.join(sorted(judge.components))})" if judge.components else ""
    return f"{judge.user.full_name}, {judge.works_at}{codes}"
