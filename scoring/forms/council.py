"""What the council decides and the coordinator writes down of its meetings."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django import forms

from scoring.engine.single import Leaf
from scoring.forms.answer import FiguresForm, VietnameseNumberField
from scoring.models import CouncilSession, Value
from scoring.services.errors import Incomplete, WrongFigures
from scoring.services.minutes import Minutes
from scoring.services.values import Content

REOPEN = dict.fromkeys(("required", "invalid", "min_value"), "Không rõ trang được mở từ bản nào. Mở lại trang rồi sửa.")
LONGEST_TEXT = 2000
KEEP, DECLARED, FIGURES, POINTS, NOT_APPLICABLE = "keep", "declared", "figures", "points", "not_applicable"
BY_SCALE = "-"
VERDICTS = {
    KEEP: "Giữ giá trị đang có hiệu lực",
    DECLARED: "Chọn giá trị tự chấm",
    FIGURES: "Quyết định số liệu, điểm theo quy tắc",
    POINTS: "Quyết định điểm",
    NOT_APPLICABLE: "Không áp dụng tiêu chí này cho đơn vị",
}


class DecisionForm(forms.Form):
    """One decision: which value, and why. `version` is that of the council's own value, 0 for none; `source` the
    version of the value taken over (of the appraisal, or of the unit), so that nobody adopts what he has not seen."""

    version = forms.IntegerField(label="Bản đang sửa", min_value=0, widget=forms.HiddenInput, error_messages=REOPEN)
    kept_version = forms.IntegerField(min_value=0, widget=forms.HiddenInput, error_messages=REOPEN)
    declared_version = forms.IntegerField(min_value=0, widget=forms.HiddenInput, error_messages=REOPEN)
    verdict = forms.ChoiceField(
        label="Quyết định", widget=forms.RadioSelect,
        error_messages=dict.fromkeys(("required", "invalid_choice"), "Chọn một trong các quyết định."),
    )  # fmt: skip
    points = VietnameseNumberField(label="Điểm", required=False)
    legal_basis = forms.CharField(
        label="Căn cứ không áp dụng", max_length=300, required=False,
        help_text="Số, ngày văn bản. Chỉ ghi khi quyết định không áp dụng.",
        error_messages={"max_length": "Rút gọn căn cứ còn tối đa 300 ký tự."},
    )  # fmt: skip
    reason = forms.CharField(
        label="Lý do", max_length=LONGEST_TEXT, widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Lý do được lưu cùng quyết định và in trong bảng quyết định của hội đồng.",
        error_messages={
            "required": "Mỗi quyết định của hội đồng phải có lý do.",
            "max_length": f"Rút gọn lý do còn tối đa {LONGEST_TEXT} ký tự.",
        },
    )  # fmt: skip

    def __init__(
        self,
        leaf: Leaf,
        data: Mapping[str, Any] | None = None,
        *,
        council: Value | None,
        kept: Value | None,
        declared: Value | None,
    ) -> None:
        initial: dict[str, Any] = {
            "version": council.version if council else 0,
            "kept_version": kept.version if kept else 0,
            "declared_version": declared.version if declared else 0,
        }
        if council is not None:
            initial |= {
                "verdict": _verdict_of(council, kept, declared),
                "points": None if council.points is None else f"{council.points.normalize():f}".replace(".", ","),
                "reason": council.reason,
                "legal_basis": council.legal_basis,
            }
        super().__init__(data, initial=initial)
        offered = dict(VERDICTS)
        # Where the rule itself asks for points, figures are points, and one field for them is enough.
        self.asks_figures = not leaf.rule.asks_points
        for name, is_there in ((KEEP, kept), (DECLARED, declared), (FIGURES, self.asks_figures)):
            if not is_there:
                del offered[name]
        self.fields["verdict"].choices = list(offered.items())  # type: ignore[attr-defined]
        self.fields["points"].help_text = f"Từ 0 đến {_most(leaf)}. Chỉ ghi khi quyết định điểm."
        shown = next((value for value in (council, kept, declared) if value is not None and value.inputs), None)
        self.figures = FiguresForm(leaf, data, initial_inputs=shown.inputs if shown else None, prefix="so")

    def is_valid(self) -> bool:
        """Figures and points are looked at only where they are what is decided."""
        if not super().is_valid():
            return False
        verdict, data = self.cleaned_data["verdict"], self.cleaned_data
        if verdict == POINTS and data["points"] is None:
            self.add_error("points", "Nhập số điểm quyết định, ví dụ 1,5.")
        if verdict == NOT_APPLICABLE and not data["legal_basis"]:
            self.add_error("legal_basis", "Ghi căn cứ không áp dụng: số, ngày văn bản.")
        if verdict == FIGURES:
            if not self.figures.is_valid():
                return False
            if self.figures.is_blank:
                self.figures.add_error(None, "Nhập số liệu mà hội đồng quyết định.")
                return False
        return not self.errors

    @property
    def chosen(self) -> str:
        """After `is_valid`: one of the keys of `VERDICTS`."""
        return str(self.cleaned_data["verdict"])

    @property
    def content(self) -> Content:
        """After `is_valid`, for a decision that takes no stored value over."""
        reason = self.cleaned_data["reason"]
        if self.chosen == NOT_APPLICABLE:
            return Content(not_applicable=True, reason=reason, legal_basis=self.cleaned_data["legal_basis"])
        if self.chosen == POINTS:
            return Content(points=self.cleaned_data["points"], reason=reason)
        return Content(inputs=self.figures.inputs, reason=reason)

    def explain(self, refused: WrongFigures | Incomplete) -> None:
        """Put what the service refused beside the field it is about."""
        if isinstance(refused, Incomplete):
            self.add_error(refused.field if refused.field in self.fields else None, refused.sentence)
        elif self.chosen == POINTS:
            for _, sentence in refused.faults:
                self.add_error("points", sentence)
        else:
            self.figures.add_faults(refused)


class ReasonForm(forms.Form):
    """A reason alone: a decision taken back, or all declared values kept; `version` where one row is meant."""

    version = forms.IntegerField(min_value=0, required=False, widget=forms.HiddenInput)
    reason = forms.CharField(
        label="Lý do", max_length=LONGEST_TEXT, widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={
            "required": "Mỗi quyết định của hội đồng phải có lý do.",
            "max_length": f"Rút gọn lý do còn tối đa {LONGEST_TEXT} ký tự.",
        },
    )  # fmt: skip


class PickForm(forms.Form):
    """A leaf that the list does not hold, by its unit and its code."""

    unit = forms.CharField(max_length=32)
    criterion = forms.CharField(max_length=32)

    def __init__(self, query: Mapping[str, Any]) -> None:
        super().__init__({"unit": query.get("don-vi", ""), "criterion": query.get("tieu-chi", "")})


class GradeForm(forms.Form):
    """A class by decision; the first choice takes an earlier decision back. `seen` is what stood when the page was
    made, as canonical text."""

    seen = forms.CharField(required=False, max_length=5000, widget=forms.HiddenInput)
    grade = forms.ChoiceField(
        label="Xếp loại theo quyết định",
        error_messages=dict.fromkeys(("required", "invalid_choice"), "Chọn một loại trong thang xếp loại của khối."),
    )  # fmt: skip
    reason = forms.CharField(
        label="Lý do", max_length=LONGEST_TEXT, widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={
            "required": "Nêu lý do của quyết định về xếp loại.",
            "max_length": f"Rút gọn lý do còn tối đa {LONGEST_TEXT} ký tự.",
        },
    )  # fmt: skip

    def __init__(
        self,
        scale: Sequence[Mapping[str, Any]],
        data: Mapping[str, Any] | None = None,
        *,
        stands: dict[str, str] | None,
    ) -> None:
        initial = {"seen": said(stands), "grade": BY_SCALE}
        if stands:
            initial |= {"grade": stands["grade"], "reason": stands["reason"]}
        super().__init__(data, initial=initial)
        by_scale = (BY_SCALE, "Theo thang điểm và điều kiện khống chế (bỏ quyết định)")
        choices = [by_scale, *((item["code"], item["label"]) for item in scale)]
        self.fields["grade"].choices = choices  # type: ignore[attr-defined]

    def clean_seen(self) -> dict[str, str] | None:
        """What stood when the page was made."""
        text = self.cleaned_data["seen"]
        try:
            found = json.loads(text) if text else None
        except (ValueError, RecursionError):
            found = ()
        if found is not None and not isinstance(found, dict):
            raise forms.ValidationError(REOPEN["required"])
        return found

    @property
    def grade_code(self) -> str | None:
        """After `is_valid`: the class decided, None for that of the scale."""
        code = self.cleaned_data["grade"]
        return None if code == BY_SCALE else str(code)


def said(override: dict[str, str] | None) -> str:
    """The decision on a class as the text that a form carries."""
    return json.dumps(override, ensure_ascii=False, sort_keys=True) if override else ""


class MinutesForm(forms.Form):
    """Minutes of one meeting; `version` is the one the page was made from."""

    version = forms.IntegerField(label="Bản đang sửa", min_value=0, widget=forms.HiddenInput, error_messages=REOPEN)
    held_on = forms.DateField(
        label="Ngày họp", input_formats=["%d/%m/%Y"], widget=forms.DateInput(format="%d/%m/%Y"),
        help_text="Ví dụ 12/02/2027",
        error_messages=dict.fromkeys(("required", "invalid"), "Nhập ngày họp dạng 12/02/2027."),
    )  # fmt: skip
    chair = forms.CharField(
        label="Chủ trì", max_length=200,
        error_messages={
            "required": "Ghi người chủ trì phiên họp.", "max_length": "Rút gọn còn tối đa 200 ký tự.",
        },
    )  # fmt: skip
    attendees = forms.CharField(
        label="Thành phần dự họp", max_length=4000, required=False, widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"max_length": "Rút gọn còn tối đa 4.000 ký tự."},
    )  # fmt: skip
    minutes = forms.CharField(
        label="Nội dung, kết luận", max_length=20_000, widget=forms.Textarea(attrs={"rows": 12}),
        error_messages={
            "required": "Ghi nội dung, kết luận của phiên họp.", "max_length": "Rút gọn còn tối đa 20.000 ký tự.",
        },
    )  # fmt: skip

    @property
    def content(self) -> Minutes:
        return Minutes(**{name: self.cleaned_data[name] for name in ("held_on", "chair", "attendees", "minutes")})

    @staticmethod
    def initial_of(session: CouncilSession) -> dict[str, Any]:
        return {name: getattr(session, name) for name in ("version", "held_on", "chair", "attendees", "minutes")}


def _verdict_of(value: Value, kept: Value | None, declared: Value | None) -> str:
    """How the decision that stands would be made again."""
    for name, source in ((KEEP, kept), (DECLARED, declared)):
        if source is not None and _same(value, source):
            return name
    if value.not_applicable:
        return NOT_APPLICABLE
    return POINTS if value.points is not None else FIGURES


def _same(one: Value, other: Value) -> bool:
    return (one.inputs, one.points, one.not_applicable) == (other.inputs, other.points, other.not_applicable)


def _most(leaf: Leaf) -> str:
    most = Decimal(leaf.max_points.numerator) / Decimal(leaf.max_points.denominator)
    return f"{most:f}".replace(".", ",")
