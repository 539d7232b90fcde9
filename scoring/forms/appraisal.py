"""What an appraiser fills in: the verdict on one leaf, and the acts on a whole part."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from django import forms

from scoring.engine.single import Leaf
from scoring.forms.answer import FiguresForm, VietnameseNumberField
from scoring.selectors.appraisal import LeafFacts
from scoring.services.appraisal import LONGEST_REASON
from scoring.services.errors import Incomplete, WrongFigures
from scoring.services.leaves import plain_number
from scoring.services.values import Content, content_of
from units.vietnamese import format_points, show_points

REOPEN = dict.fromkeys(
    ("required", "invalid", "min_value"), "Không rõ trang được mở từ bản nào. Mở lại trang rồi chấm."
)
KEEP, DECLARED, FIGURES, POINTS, NOT_APPLICABLE = "giu", "tu-cham", "so-lieu", "diem", "khong-ap-dung"
FIGURES_PREFIX = "so"


class VerdictForm(forms.Form):
    """The verdict on one leaf; which ones are offered follows from what the unit said (`choices_for`).

    `content` is what the verdict says, None for “Giữ điểm”, which the service copies itself. `version` is that of the
    value in this round, `declared_version` that of the unit's own value beside it (0 for none).
    """

    verdict = forms.ChoiceField(
        label="Kết quả thẩm định", widget=forms.RadioSelect,
        error_messages=dict.fromkeys(("required", "invalid_choice"), "Chọn một cách chấm."),
    )  # fmt: skip
    points = VietnameseNumberField(label="Điểm", required=False)
    legal_basis = forms.CharField(
        label="Căn cứ", max_length=300, required=False, help_text="Số, ngày, trích yếu văn bản.",
        error_messages={"max_length": "Rút gọn căn cứ còn tối đa 300 ký tự."},
    )  # fmt: skip
    reason = forms.CharField(
        label="Lý do", max_length=LONGEST_REASON, required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Đơn vị đọc lý do này khi có kết quả. Giữ nguyên điểm thì không cần ghi.",
        error_messages={"max_length": f"Rút gọn lý do còn tối đa {LONGEST_REASON} ký tự."},
    )  # fmt: skip
    version = forms.IntegerField(min_value=0, widget=forms.HiddenInput, error_messages=REOPEN)
    declared_version = forms.IntegerField(min_value=0, widget=forms.HiddenInput, error_messages=REOPEN)

    def __init__(self, facts: LeafFacts, leaf: Leaf, data: Mapping[str, Any] | None = None) -> None:
        self._facts, self._leaf = facts, leaf
        super().__init__(data, initial=_initial(facts, leaf))
        choices = choices_for(facts, leaf)
        self.fields["verdict"].choices = choices  # type: ignore[attr-defined]
        self.fields["points"].help_text = f"Từ 0 đến {format_points(facts.leaf.max_points)}."
        self.verdicts = [key for key, _ in choices]
        chosen = (data or {}).get("verdict") if data is not None else None
        self.figures = FiguresForm(
            leaf, data if chosen == FIGURES else None, initial_inputs=_figures(facts, leaf), prefix=FIGURES_PREFIX
        )

    def is_valid(self) -> bool:
        valid = super().is_valid()
        if self.cleaned_data.get("verdict") == FIGURES:
            # The unit's worksheet may leave a leaf open, a verdict may not.
            if self.figures.is_valid():
                self.figures.refuse_blank()
            return valid and not self.figures.errors
        return valid

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        verdict = data.get("verdict")
        if verdict == POINTS and data.get("points") is None and "points" not in self.errors:
            self.add_error("points", f"Nhập điểm từ 0 đến {format_points(self._facts.leaf.max_points)}.")
        if verdict == POINTS and not data.get("reason") and "reason" not in self.errors:
            self.add_error("reason", "Cho điểm khác số liệu thì phải nêu lý do.")
        if verdict == NOT_APPLICABLE:
            if not data.get("reason") and "reason" not in self.errors:
                self.add_error("reason", "Nêu lý do xác nhận không áp dụng.")
            if not data.get("legal_basis") and "legal_basis" not in self.errors:
                self.add_error("legal_basis", "Ghi căn cứ xác nhận không áp dụng: số, ngày văn bản.")
        return data

    @property
    def content(self) -> Content | None:
        """What the verdict says; None for “Giữ điểm”."""
        data = self.cleaned_data
        verdict, reason = data["verdict"], data["reason"]
        if verdict == FIGURES:
            return Content(inputs=self.figures.inputs, reason=reason)
        if verdict == POINTS:
            return Content(points=data["points"], reason=reason)
        if verdict == NOT_APPLICABLE:
            return Content(not_applicable=True, reason=reason, legal_basis=data["legal_basis"])
        if verdict == DECLARED and self._facts.declared is not None:
            return Content(inputs=self._facts.declared.inputs, reason=reason)
        return None

    def kept(self) -> Content | None:
        """What “Giữ điểm” would take over, for a page that shows it."""
        return content_of(self._facts.kept_from) if self._facts.kept_from is not None else None

    def explain(self, refused: Incomplete | WrongFigures) -> None:
        """Put what the service refused beside the field that it is about."""
        if isinstance(refused, Incomplete):
            self.add_error(refused.field if refused.field in self.fields else None, refused.sentence)
        elif self.cleaned_data.get("verdict") == FIGURES:
            self.figures.add_faults(refused)
        else:
            for key, sentence in refused.faults:
                self.add_error(key if key in self.fields else None, sentence)


def choices_for(facts: LeafFacts, leaf: Leaf) -> list[tuple[str, str]]:
    """The verdicts on this leaf, in the order of the page. A rule that asks for the points themselves takes
    them as figures, so that its steps hold."""
    said = (facts.declared, facts.earlier)
    claimed = any(value is not None and value.is_fresh and value.not_applicable for value in said)
    found = []
    if facts.kept_from is not None:
        whose = "điểm tự chấm" if facts.number == 1 else "kết quả vòng 1"
        found.append((KEEP, f"Giữ {whose}{_worth(facts.kept_from)}"))
    if facts.number == 2 and facts.is_declared and not facts.is_claim:
        found.append((DECLARED, f"Chấp nhận giải trình, lấy số tự chấm{_worth(facts.declared)}"))
    if claimed:
        found.append((NOT_APPLICABLE, "Xác nhận không áp dụng"))
    if leaf.rule.asks_points:
        found.append((FIGURES, "Bác bỏ, cho điểm" if facts.is_claim else "Cho điểm khác"))
        return found
    found.append((FIGURES, "Bác bỏ, nhập số liệu" if facts.is_claim else "Sửa số liệu"))
    found.append((POINTS, "Bác bỏ, cho điểm" if facts.is_claim else "Cho điểm khác"))
    return found


def _worth(value: Any) -> str:
    if value.not_applicable:
        return ": không áp dụng"
    return "" if value.worth is None else f": {show_points(value.worth)}"


def _initial(facts: LeafFacts, leaf: Leaf) -> dict[str, Any]:
    """The verdict that stands, so that a second look changes only what is meant to change."""
    given = facts.given if facts.is_judged else None
    initial: dict[str, Any] = {
        "version": facts.given.version if facts.given else 0,
        "declared_version": facts.declared.version if facts.declared else 0,
    }
    if given is None:
        return initial
    initial |= {"reason": given.reason, "legal_basis": given.legal_basis}
    if given.not_applicable:
        return initial | {"verdict": NOT_APPLICABLE}
    if given.points is not None and not leaf.rule.asks_points:
        return initial | {"verdict": POINTS, "points": format_points(given.points)}
    source = facts.kept_from
    same = source is not None and source.inputs == given.inputs
    return initial | {"verdict": KEEP if same else FIGURES}


def _figures(facts: LeafFacts, leaf: Leaf) -> Mapping[str, Any] | None:
    """The figures to correct: those of this round, of the round before, or the declared ones."""
    for value in (facts.given, facts.earlier, facts.declared):
        if value is None or not value.is_fresh:
            continue
        if value.points is not None and leaf.rule.asks_points:
            return {"points": plain_number(value.points)}
        if value.inputs is not None:
            inputs: Mapping[str, Any] = value.inputs
            return inputs
    return None


# ── acts on a whole part ──────────────────────────────────────────────────────────────────────────────────────────


class KeepForm(forms.Form):
    """Which leaves keep their value, each with the version of what was seen: "1.1.1|3"."""

    giu = forms.MultipleChoiceField(required=True, error_messages={"required": "Không còn tiêu chí nào để giữ điểm."})

    def __init__(self, data: Any) -> None:
        super().__init__(data)
        given = data.getlist("giu")[:500]
        self.fields["giu"].choices = [(item, item) for item in given if _SEEN.fullmatch(item)]  # type: ignore[attr-defined]
        self.fields["giu"].error_messages["invalid_choice"] = REOPEN["invalid"]

    @property
    def seen(self) -> dict[str, int]:
        """Code → version of the value that the person saw."""
        return {code: int(version) for code, _, version in (item.rpartition("|") for item in self.cleaned_data["giu"])}


_SEEN = re.compile(r".{1,32}\|[0-9]{1,9}", re.ASCII)


class NoughtForm(forms.Form):
    """Nought for what the unit left open, with one reason for all of it."""

    reason = forms.CharField(
        label="Lý do", max_length=LONGEST_REASON, widget=forms.Textarea(attrs={"rows": 2}),
        initial="Đơn vị không kê khai và không có tài liệu kiểm chứng.",
        error_messages={
            "required": "Nêu lý do cho 0 điểm.",
            "max_length": f"Rút gọn lý do còn tối đa {LONGEST_REASON} ký tự.",
        },
    )  # fmt: skip

    def __init__(self, data: Any = None) -> None:
        super().__init__(data)
        self.codes = frozenset(data.getlist("tieu_chi")[:500]) if data is not None else frozenset()


class StepForm(forms.Form):
    """One change of state of a part; `version` is the one the person saw."""

    version = forms.IntegerField(min_value=1, widget=forms.HiddenInput, error_messages=REOPEN)


class SignForm(StepForm):
    confirmed = forms.BooleanField(
        label="Tôi đã xem đủ các tiêu chí của phần này và chịu trách nhiệm về kết quả thẩm định.",
        error_messages={"required": "Đánh dấu xác nhận trước khi ký."},
    )


class ReopenForm(StepForm):
    reason = forms.CharField(
        label="Lý do mở lại", max_length=500, widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Người thẩm định đọc lý do này ở đầu phần.",
        error_messages={
            "required": "Nêu lý do mở lại phần đã ký.",
            "max_length": "Rút gọn lý do còn tối đa 500 ký tự.",
        },
    )  # fmt: skip


STEP_FORMS: Mapping[str, type[StepForm]] = {
    "finish": StepForm,
    "take_up": StepForm,
    "sign": SignForm,
    "reopen": ReopenForm,
}
