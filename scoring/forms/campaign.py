"""What the coordinator types about a campaign: its name, its source, its way of computing, one unit's ranking."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms

from scoring.models import Campaign, Participant
from units.validators import code_validator
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
EXCLUSIONS = [
    ("own_maximum", "Chia cho điểm tối đa của riêng đơn vị, sau khi trừ phần không áp dụng"),
    ("rescale_self", "Quy đổi phần tự chấm về đủ điểm, rồi cộng điểm điều tra và kết quả"),
    ("full_marks", "Không phát sinh thì được điểm tối đa"),
]
WEIGHTINGS = [
    ("points", "Theo điểm tối đa của tiêu chí"),
    ("weights", "Theo trọng số ghi ở từng lĩnh vực"),
]
CAPS = [
    ("khong", "Giữ nguyên khi vượt 100 do điểm thưởng"),
    ("co", "Tính tối đa 100"),
]
BASES = [
    ("published", "Chỉ số đã làm tròn như khi công bố"),
    ("exact", "Chỉ số chưa làm tròn"),
]
GRADE_BASES = [*BASES, ("points", "Tổng điểm của đơn vị")]
LEAF_DECIMALS = [
    ("", "Không, chỉ làm tròn một lần ở chỉ số"),
    *((str(places), f"Đến {places} chữ số thập phân") for places in range(5)),
]
REOPEN = dict.fromkeys(("required", "invalid"), "Không rõ trang được mở từ bản nào. Mở lại trang rồi sửa.")
FULL_POLICY = (
    "decimals",
    "rounding",
    "leaf_decimals",
    "exclusion",
    "weighting",
    "cap_index",
    "rank_on",
    "ranking",
    "grade_on",
    "mean_of",
)


class VersionField(forms.IntegerField):
    """The campaign's version that the page was made from."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(label="Bản đang sửa", widget=forms.HiddenInput, error_messages=REOPEN, **kwargs)


class GradesField(forms.CharField):
    """Lines "Nhãn: từ|trên N", best first ↔ the grades of the campaign file; faults name the line. Blank: None."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.Textarea(attrs={"rows": 5}))
        kwargs.setdefault("error_messages", {"required": "Nhập ít nhất một loại, mỗi loại một dòng."})
        kwargs.setdefault(
            "help_text",
            "Mỗi loại một dòng, từ cao xuống thấp: “Tốt: từ 80” hoặc “Tốt: trên 80”. Dòng cuối chỉ ghi tên loại.",
        )
        super().__init__(**kwargs)

    def clean(self, value: Any) -> list[dict[str, str]] | None:
        text = super().clean(value)
        lines = [line.strip() for line in text.splitlines() if line.strip()]
        grades, faults = [], []
        for number, line in enumerate(lines, start=1):
            try:
                grades.append(_grade(line, is_last=number == len(lines)))
            except ValueError as fault:
                faults.append(f"Dòng {number} “{line[:60]}”: {fault}")
        if faults := faults or _rising(lines, grades):
            raise forms.ValidationError(faults)
        return grades or None


def grades_text(grades: list[dict[str, str]] | None) -> str:
    """Grades as they are typed; "" for none."""
    return "\n".join(_line(grade) for grade in grades or ())


class CalculationForm(forms.Form):
    """The keys of the policy that every table has, and the scale of classes."""

    decimals = forms.IntegerField(
        label="Số chữ số thập phân của chỉ số", min_value=0, max_value=6,
        error_messages=dict.fromkeys(
            ("required", "invalid", "min_value", "max_value"), "Nhập một số nguyên từ 0 đến 6."
        ),
    )  # fmt: skip
    rounding = forms.ChoiceField(label="Cách làm tròn", choices=ROUNDINGS)
    ranking = forms.ChoiceField(label="Cách xếp hạng khi bằng điểm", choices=RANKINGS)
    grades = GradesField(label="Thang xếp loại")

    def policy(self) -> dict[str, Any]:
        """The keys that this form asks, as the policy writes them."""
        return {name: self.cleaned_data[name] for name in ("decimals", "rounding", "ranking")}


class PolicyForm(CalculationForm):
    """Every key of the policy (methodology, "Policy values")."""

    leaf_decimals = forms.TypedChoiceField(
        label="Làm tròn điểm từng tiêu chí", choices=LEAF_DECIMALS, required=False, coerce=int, empty_value=None
    )
    exclusion = forms.ChoiceField(label="Khi có tiêu chí không áp dụng", choices=EXCLUSIONS)
    weighting = forms.ChoiceField(label="Trọng số của các lĩnh vực", choices=WEIGHTINGS)
    cap_index = forms.TypedChoiceField(label="Khi chỉ số vượt 100", choices=CAPS, coerce=lambda value: value == "co")
    rank_on = forms.ChoiceField(label="Xếp hạng theo", choices=BASES)
    grade_on = forms.ChoiceField(label="Xếp loại theo", choices=GRADE_BASES)
    mean_of = forms.ChoiceField(label="Trung bình của khối tính từ", choices=BASES)

    def policy(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in FULL_POLICY}

    @staticmethod
    def initial_policy(policy: dict[str, Any]) -> dict[str, Any]:
        places = policy["leaf_decimals"]
        return policy | {
            "cap_index": "co" if policy["cap_index"] else "khong",
            "leaf_decimals": "" if places is None else str(places),
        }


class NamesForm(forms.Form):
    """Code, title and year of a campaign that is about to be made."""

    code = forms.CharField(
        label="Mã kỳ", max_length=32, validators=[code_validator],
        error_messages={"required": "Nhập mã kỳ, ví dụ 2027."},
        help_text="Đứng trong địa chỉ trang và số biên nhận, ví dụ 2027. Không đổi về sau.",
    )  # fmt: skip
    title = forms.CharField(
        label="Tên kỳ đánh giá", max_length=200, error_messages={"required": "Nhập tên kỳ đánh giá."}
    )
    year = forms.IntegerField(
        label="Năm đánh giá", min_value=2000, max_value=2100,
        error_messages=dict.fromkeys(
            ("required", "invalid", "min_value", "max_value"), "Nhập một năm từ 2000 đến 2100."
        ),
    )  # fmt: skip


class NewCampaignForm(NamesForm, PolicyForm):
    """A campaign from nothing, with the usual way of computing filled in."""


class PortalSettingsForm(PolicyForm):
    """Title and way of computing of a campaign that is scored in the portal."""

    version = VersionField()
    title = forms.CharField(
        label="Tên kỳ đánh giá", max_length=200, error_messages={"required": "Nhập tên kỳ đánh giá."}
    )

    def changes(self, campaign: Campaign) -> dict[str, Any]:
        """The campaign's fields as this form wants them."""
        data = self.cleaned_data
        return {"title": data["title"], "grades": data["grades"], "policy": campaign.policy | self.policy()}

    @staticmethod
    def initial_of(campaign: Campaign) -> dict[str, Any]:
        return PolicyForm.initial_policy(campaign.policy) | {
            "version": campaign.version,
            "title": campaign.title,
            "grades": grades_text(campaign.grades),
        }


class SettingsForm(CalculationForm):
    """Title, decision, source and the way of computing of a past table; `version` is the one the page was made from."""

    version = VersionField()
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
    field_order = (
        "version", "title", "decision_number", "decision_date", "decision_issuer", "source_text", "source_url",
    )  # fmt: skip

    def changes(self, campaign: Campaign) -> dict[str, Any]:
        """The campaign's fields as this form wants them."""
        data = self.cleaned_data
        names = ["title", "decision_number", "decision_date", "decision_issuer", "source_text", "source_url", "grades"]
        return {name: data[name] for name in names} | {"policy": campaign.policy | self.policy()}

    @staticmethod
    def initial_of(campaign: Campaign) -> dict[str, Any]:
        names = ["version", "title", "decision_number", "decision_date", "decision_issuer", "source_text", "source_url"]
        return {name: getattr(campaign, name) for name in names} | {
            "decimals": campaign.policy["decimals"],
            "rounding": campaign.policy["rounding"],
            "ranking": campaign.policy["ranking"],
            "grades": grades_text(campaign.grades),
        }


class RankingForm(forms.Form):
    """Take one unit into or out of the ranking."""

    version = VersionField()
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
