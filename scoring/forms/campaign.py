"""What the coordinator types about a campaign."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms

from scoring.models import Campaign, Participant
from units.vietnamese import AmbiguousNumber, NotANumber, format_number, parse_number, slug

ROUNDINGS = [
    ("half_up", "Làm tròn nửa lên (95,435 → 95,44)"),
    ("half_even", "Làm tròn nửa về số chẵn"),
    ("down", "Cắt bỏ, không làm tròn (26,067 → 26,06)"),
]
RANKINGS = [
    ("competition", "Đồng hạng thì bỏ hạng kế tiếp (1, 2, 2, 4)"),
    ("dense", "Đồng hạng không bỏ hạng (1, 2, 2, 3)"),
]
REOPEN = dict.fromkeys(("required", "invalid"), "Không rõ trang được mở từ bản nào. Mở lại trang rồi sửa.")


class SettingsForm(forms.Form):
    """Title, decision, source and the way of computing; `version` is the one the page was made from."""

    version = forms.IntegerField(label="Bản đang sửa", widget=forms.HiddenInput, error_messages=REOPEN)
    title = forms.CharField(
        label="Tên kỳ đánh giá", max_length=200, error_messages={"required": "Nhập tên kỳ đánh giá."}
    )
    decision_number = forms.CharField(label="Số quyết định của bảng đã công bố", max_length=80, required=False)
    decision_date = forms.DateField(
        label="Ngày quyết định", required=False, input_formats=["%d/%m/%Y"], help_text="Ví dụ 12/02/2026",
        widget=forms.DateInput(format="%d/%m/%Y"),
        error_messages={"invalid": "Không có ngày này. Nhập ngày dạng 12/02/2026."},
    )  # fmt: skip
    decision_issuer = forms.CharField(label="Cơ quan ban hành", max_length=200, required=False)
    source_text = forms.CharField(label="Nguồn số liệu", max_length=500, required=False)
    source_url = forms.URLField(
        label="Địa chỉ nguồn", max_length=500, required=False, assume_scheme="https",
        error_messages={"invalid": "Nhập địa chỉ trang dạng https://…"},
    )  # fmt: skip
    decimals = forms.IntegerField(
        label="Số chữ số thập phân của chỉ số", min_value=0, max_value=6,
        error_messages=dict.fromkeys(
            ("required", "invalid", "min_value", "max_value"), "Nhập một số nguyên từ 0 đến 6."
        ),
    )  # fmt: skip
    rounding = forms.ChoiceField(label="Cách làm tròn", choices=ROUNDINGS)
    ranking = forms.ChoiceField(label="Cách xếp hạng khi bằng điểm", choices=RANKINGS)
    grades = forms.CharField(
        label="Thang xếp loại",
        widget=forms.Textarea(attrs={"rows": 5}),
        error_messages={"required": "Nhập ít nhất một loại, mỗi loại một dòng."},
        help_text="Mỗi loại một dòng, từ cao xuống thấp: “Tốt: từ 80” hoặc “Tốt: trên 80”. Dòng cuối chỉ ghi tên loại.",
    )

    def clean_grades(self) -> list[dict[str, str]]:
        """Lines "Nhãn: từ|trên N" → the grades of the campaign file; faults name the line."""
        lines = [line.strip() for line in self.cleaned_data["grades"].splitlines() if line.strip()]
        grades, faults = [], []
        for number, line in enumerate(lines, start=1):
            try:
                grades.append(_grade(line, is_last=number == len(lines)))
            except ValueError as fault:
                faults.append(f"Dòng {number} “{line[:60]}”: {fault}")
        if faults := faults or _rising(lines, grades):
            raise forms.ValidationError(faults)
        return grades

    def changes(self, campaign: Campaign) -> dict[str, Any]:
        """The campaign's fields as this form wants them."""
        data = self.cleaned_data
        names = ["title", "decision_number", "decision_date", "decision_issuer", "source_text", "source_url", "grades"]
        policy = campaign.policy | {name: data[name] for name in ("decimals", "rounding", "ranking")}
        return {name: data[name] for name in names} | {"policy": policy}

    @staticmethod
    def initial_of(campaign: Campaign) -> dict[str, Any]:
        names = ["version", "title", "decision_number", "decision_date", "decision_issuer", "source_text", "source_url"]
        return {name: getattr(campaign, name) for name in names} | {
            "decimals": campaign.policy["decimals"],
            "rounding": campaign.policy["rounding"],
            "ranking": campaign.policy["ranking"],
            "grades": "\n".join(_line(grade) for grade in campaign.grades),
        }


class RankingForm(forms.Form):
    """Take one unit into or out of the ranking."""

    version = forms.IntegerField(label="Bản đang sửa", widget=forms.HiddenInput, error_messages=REOPEN)
    is_ranked = forms.TypedChoiceField(
        label="Xếp hạng đơn vị này",
        choices=[("co", "Có, xếp hạng cùng khối"), ("khong", "Không, chỉ đánh giá")],
        coerce=lambda value: value == "co",
        widget=forms.RadioSelect,
    )
    reason = forms.CharField(
        label="Lý do không xếp hạng", max_length=300, required=False,
        help_text="Lý do được in trong bảng công bố, ví dụ “Thành lập ngày 01/08/2025”.",
    )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("is_ranked") is False and not data.get("reason"):
            self.add_error("reason", "Ghi lý do không xếp hạng đơn vị này.")
        return data

    @staticmethod
    def initial_of(participant: Participant) -> dict[str, Any]:
        return {
            "version": participant.campaign.version,
            "is_ranked": "co" if participant.is_ranked else "khong",
            "reason": participant.unranked_reason,
        }


def _grade(line: str, is_last: bool) -> dict[str, str]:
    label, _, threshold = (part.strip() for part in line.partition(":"))
    grade = {"code": slug(label).replace("-", "_"), "label": label}
    if not grade["code"]:
        raise ValueError("thiếu tên loại.")
    if is_last:
        if threshold:
            raise ValueError("loại cuối cùng không ghi ngưỡng.")
        return grade
    word, _, number = threshold.partition(" ")
    key = {"từ": "at_least", "trên": "above"}.get(word.lower())
    if key is None or not number:
        raise ValueError("ghi ngưỡng dạng “từ 80” hoặc “trên 80” sau dấu hai chấm.")
    try:
        grade[key] = f"{parse_number(number):f}"
    except AmbiguousNumber as fault:
        raise ValueError(str(fault)) from fault
    except NotANumber as fault:
        raise ValueError(f"“{number}” không phải là số.") from fault
    return grade


def _rising(lines: list[str], grades: list[dict[str, str]]) -> list[str]:
    """A sentence for each line whose threshold is not below that of the line above it ("trên 80" is above "từ 80")."""
    faults = []
    for number in range(2, len(grades)):
        better, worse = grades[number - 2], grades[number - 1]
        above, below = _threshold(better), _threshold(worse)
        if below > above or (below == above and not ("above" in better and "at_least" in worse)):
            said = f"Dòng {number} “{lines[number - 1][:60]}”"
            faults.append(f"{said}: ngưỡng phải thấp hơn ngưỡng của dòng trên ({format_number(above)}).")
    return faults


def _threshold(grade: dict[str, str]) -> Decimal:
    return Decimal(grade.get("at_least") or grade["above"])


def _line(grade: dict[str, str]) -> str:
    for key, word in (("at_least", "từ"), ("above", "trên")):
        if grade.get(key) is not None:
            return f"{grade['label']}: {word} {grade[key].replace('.', ',')}"
    return grade["label"]
