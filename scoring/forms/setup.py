"""What the coordinator types to set up a year and to move it: groups, hours, units, gates, steps, extensions."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django import forms

from scoring.enums import Phase
from scoring.forms.answer import VietnameseNumberField
from scoring.forms.campaign import GradesField, VersionField, grades_text
from scoring.models import Campaign, CriteriaSet, Criterion, Group, Participant, Window
from scoring.models.campaign import MOST_GRACE
from scoring.services.setup import HAND_IN_PHASES, USUAL_GRACE, WINDOW_PHASES, AfterTheHour, Span
from scoring.workflow import Transition
from units.enums import UnitKind
from units.forms import UnitField
from units.models import Unit
from units.validators import code_validator
from units.vietnamese import end_of

EARLIEST, LATEST = 2000, 2100
MOST_NAMED = 5
LONGEST_REASON = 300
_DOCUMENT = re.compile(r" \(([^()]+)\)$")  # the document at the end of a reason, as the form puts it there
RANKED, UNRANKED, LEFT_OUT = "xep-hang", "khong-xep-hang", "khong-danh-gia"
STANDINGS = [
    (RANKED, "Đánh giá và xếp hạng"),
    (UNRANKED, "Đánh giá, không xếp hạng"),
    (LEFT_OUT, "Không đánh giá"),
]
_END_OF_DAY = re.compile(r"\s*24\s*(?::\s*00?|h(?:00)?|giờ(?:\s*00)?)?\s*", re.IGNORECASE)
OPENING, CLOSING = "08:00", "17:00"
"""The hours of a day that was typed without one: those of an office."""
ANY_COMPONENT = ("any", "Bất kỳ lĩnh vực nào")


class _EndWidget(forms.SplitDateTimeWidget):
    """Shows midnight as the end of the day before."""

    def decompress(self, value: Any) -> Any:
        return list(end_of(value)) if isinstance(value, datetime.datetime) else super().decompress(value)


class MomentField(forms.SplitDateTimeField):
    """A day and an hour of the portal's zone, typed "10/01/2027" and "17:00"; gives an aware datetime.

    A day without an hour means the `usual` one. "24:00" is the end of the day, and how an end at midnight is shown.
    """

    def __init__(self, *, usual: str = CLOSING, **kwargs: Any) -> None:
        self.usual = usual
        widget = (_EndWidget if usual == CLOSING else forms.SplitDateTimeWidget)(
            date_format="%d/%m/%Y",
            time_format="%H:%M",
            date_attrs={"aria-label": "Ngày", "size": "10", "autocomplete": "off"},
            time_attrs={"aria-label": "Giờ", "size": "5", "autocomplete": "off", "placeholder": usual},
        )
        super().__init__(
            input_date_formats=["%d/%m/%Y"],
            input_time_formats=["%H:%M", "%Hh%M", "%H giờ %M"],
            widget=widget,
            **kwargs,
        )
        self.error_messages |= {
            "required": "Nhập ngày dạng 10/01/2027 và giờ dạng 17:00.",
            "invalid_date": "Không có ngày này. Nhập ngày dạng 10/01/2027.",
            "invalid_time": "Không có giờ này. Nhập giờ dạng 17:00.",
        }
        for part, key in zip(self.fields, ("invalid_date", "invalid_time"), strict=True):
            part.error_messages["invalid"] = self.error_messages[key]

    def clean(self, value: Any) -> datetime.datetime | None:
        if isinstance(value, list) and len(value) == 2 and value[0] and not (value[1] or "").strip():
            value = [value[0], self.usual]
        ends_the_day = isinstance(value, list) and len(value) == 2 and bool(_END_OF_DAY.fullmatch(value[1] or ""))
        moment: datetime.datetime | None = super().clean([value[0], "00:00"] if ends_the_day else value)
        return moment + datetime.timedelta(days=1) if moment is not None and ends_the_day else moment

    def compress(self, data_list: Any) -> datetime.datetime | None:
        if data_list and isinstance(data_list[0], datetime.date) and not EARLIEST <= data_list[0].year <= LATEST:
            raise forms.ValidationError(f"Nhập năm từ {EARLIEST} đến {LATEST}.")
        return super().compress(data_list)


class VersionForm(forms.Form):
    """An act of one button on something that may have changed meanwhile."""

    version = VersionField()


class NewGroupForm(VersionForm):
    title = forms.CharField(
        label="Tên khối",
        max_length=120,
        error_messages={"required": "Nhập tên khối, ví dụ “Sở, ban, ngành”."},
    )
    code = forms.CharField(
        label="Mã khối", max_length=32, validators=[code_validator], help_text="Đứng trong địa chỉ trang, ví dụ so.",
        error_messages={"required": "Nhập mã khối, ví dụ so."},
    )  # fmt: skip


class GroupForm(VersionForm):
    """Title, own scale of classes, and the hours of each phase that has some."""

    title = forms.CharField(label="Tên khối", max_length=120, error_messages={"required": "Nhập tên khối."})
    grades = GradesField(
        label="Thang xếp loại riêng của khối",
        required=False,
        help_text="Để trống thì theo thang của kỳ. Mỗi loại một dòng, ví dụ “Tốt: từ 80”; dòng cuối chỉ ghi tên loại.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for phase in WINDOW_PHASES:
            self.fields[f"{phase}_opens"] = MomentField(label=f"{phase.label}: mở lúc", required=False, usual=OPENING)
            self.fields[f"{phase}_closes"] = MomentField(label=f"{phase.label}: đóng lúc", required=False)
        for phase in HAND_IN_PHASES:
            self.fields[f"{phase}_grace"] = forms.IntegerField(
                label=f"{phase.label}: nộp thêm sau hạn (phút)",
                required=False,
                min_value=0,
                max_value=MOST_GRACE,
                help_text="Trong số phút này không sửa được số liệu, chỉ nộp được nội dung đang có. Để trống là 0.",
                error_messages={
                    "invalid": "Nhập số phút là số nguyên, ví dụ 15.",
                    "min_value": "Số phút không âm. Không cho nộp thêm thì nhập 0.",
                    "max_value": f"Tối đa {MOST_GRACE} phút (một ngày). Cần lâu hơn thì đặt giờ đóng muộn hơn.",
                },
            )
            self.fields[f"{phase}_begun"] = forms.BooleanField(
                label=f"{phase.label}: nhận tệp bắt đầu tải lên trước hạn, lưu xong trong số phút nộp thêm",
                required=False,
            )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        for phase in WINDOW_PHASES:
            opens, closes = f"{phase}_opens", f"{phase}_closes"
            if {opens, closes} & self.errors.keys():
                continue
            if (data.get(opens) is None) != (data.get(closes) is None):
                absent = opens if data.get(opens) is None else closes
                self.add_error(absent, "Nhập cả giờ mở và giờ đóng, hoặc để trống cả hai.")
            elif data.get(opens) is not None and data[closes] <= data[opens]:
                self.add_error(closes, "Giờ đóng phải sau giờ mở.")
        return data

    @property
    def windows(self) -> dict[Phase, Span | None]:
        """Hours by phase, None where there are none; after is_valid."""
        data = self.cleaned_data
        return {
            phase: (data[f"{phase}_opens"], data[f"{phase}_closes"]) if data[f"{phase}_opens"] else None
            for phase in WINDOW_PHASES
        }

    @property
    def after_the_hour(self) -> dict[Phase, AfterTheHour]:
        """What is taken after the hour, by phase; after is_valid."""
        data = self.cleaned_data
        return {
            phase: AfterTheHour(data[f"{phase}_grace"] or 0, takes_begun_files=data[f"{phase}_begun"])
            for phase in HAND_IN_PHASES
        }

    @property
    def window_rows(self) -> list[dict[str, Any]]:
        """By phase its bound fields, for the page; grace and files only where the unit hands something in."""
        return [
            {
                "opens": self[f"{phase}_opens"],
                "closes": self[f"{phase}_closes"],
                "grace": self[f"{phase}_grace"] if phase in HAND_IN_PHASES else None,
                "begun": self[f"{phase}_begun"] if phase in HAND_IN_PHASES else None,
            }
            for phase in WINDOW_PHASES
        ]

    @staticmethod
    def initial_of(group: Group, version: int, windows: Iterable[Window]) -> dict[str, Any]:
        initial: dict[str, Any] = {"version": version, "title": group.title, "grades": grades_text(group.grades)}
        for phase in HAND_IN_PHASES:
            initial |= {
                f"{phase}_grace": USUAL_GRACE.grace_minutes,
                f"{phase}_begun": USUAL_GRACE.takes_begun_files,
            }
        for window in windows:
            initial |= {
                f"{window.phase}_opens": window.opens_at,
                f"{window.phase}_closes": window.closes_at,
                f"{window.phase}_grace": window.grace_minutes,
                f"{window.phase}_begun": window.takes_begun_files,
            }
        return initial


class SetForm(VersionForm):
    """One criteria set of the campaign."""

    criteria_set = forms.ModelChoiceField(
        label="Bộ tiêu chí",
        queryset=CriteriaSet.objects.none(),
        empty_label=None,
        error_messages={
            "required": "Chọn bộ tiêu chí. Kỳ chưa có bộ nào thì nhập từ phụ lục trước.",
            "invalid_choice": "Bộ tiêu chí này không thuộc kỳ. Chọn lại.",
        },
    )

    def __init__(self, campaign: Campaign, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        sets = self.fields["criteria_set"]
        assert isinstance(sets, forms.ModelChoiceField)  # noqa: S101  (tells the type checker)
        sets.queryset = campaign.criteria_sets.order_by("position", "code")


class UnitsForm(SetForm):
    """Units to take in: those ticked, or everybody on the list."""

    everyone = forms.BooleanField(label="Chọn tất cả đơn vị trong danh sách", required=False)
    other_kind = forms.BooleanField(label="Vẫn dùng bộ này cho đơn vị khác loại", required=False)
    units = forms.ModelMultipleChoiceField(
        label="Đơn vị",
        queryset=Unit.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": "Có đơn vị không còn trong danh sách. Mở lại trang rồi chọn."},
    )

    def __init__(self, campaign: Campaign, candidates: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(campaign, *args, **kwargs)
        units = self.fields["units"]
        assert isinstance(units, forms.ModelMultipleChoiceField)  # noqa: S101  (tells the type checker)
        self.candidates = units.queryset = candidates
        self.asks = False
        """Whether what was sent has to be confirmed, so that the page shows `other_kind`; after is_valid."""

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        criteria_set: CriteriaSet | None = data.get("criteria_set")
        if criteria_set is None or not criteria_set.unit_kinds or "units" not in data:
            return data
        others = [unit.name for unit in self.chosen if unit.kind not in criteria_set.unit_kinds]
        self.asks = bool(others)
        if others and not data.get("other_kind"):
            shown = "; ".join(others[:MOST_NAMED]) + ("; …" if len(others) > MOST_NAMED else "")
            self.add_error(
                "other_kind",
                f"Bộ “{criteria_set.title}” dành cho {kinds_named(criteria_set.unit_kinds)}. {len(others)} đơn vị đã "
                f"chọn thuộc loại khác: {shown}. Chọn lại bộ hoặc đơn vị; nếu đúng ý thì đánh dấu ô này.",
            )
        return data

    @property
    def chosen(self) -> list[Unit]:
        """After is_valid."""
        return list(self.candidates if self.cleaned_data["everyone"] else self.cleaned_data["units"])


def kinds_named(kinds: Iterable[str]) -> str:
    """The kinds of unit that a set is for, as words: "xã; phường; đặc khu"."""
    return "; ".join(UnitKind(kind).label.lower() for kind in kinds)


def other_kind_told(criteria_set: CriteriaSet, unit: Unit) -> str:
    """The sentence for a unit whose kind is none of those that its set names; "" where nothing is to be said."""
    if not criteria_set.unit_kinds or unit.kind in criteria_set.unit_kinds:
        return ""
    return (
        f"Bộ “{criteria_set.title}” dành cho {kinds_named(criteria_set.unit_kinds)}; {unit.name} thuộc loại khác "
        f"({unit.get_kind_display().lower()})."
    )


def _with_document(reason: str, document: str) -> str:
    """The reason as it is printed: "Nhập vào Xã B (Nghị quyết 12/NQ-HĐND)"."""
    return f"{reason} ({document})" if reason and document else reason


class LateUnitForm(SetForm):
    """A unit that is taken in after its group was opened: founded since, or forgotten."""

    unit = UnitField(
        label="Đơn vị", queryset=Unit.objects.none(), empty_label="Chọn đơn vị",
        error_messages={"required": "Chọn đơn vị.", "invalid_choice": "Đơn vị này không còn để chọn. Mở lại trang."},
    )  # fmt: skip
    reason = forms.CharField(
        label="Lý do đưa vào sau khi đã mở", max_length=170, help_text="Ví dụ: Thành lập ngày 01/03/2026.",
        error_messages={"required": "Ghi lý do, ví dụ “Thành lập ngày 01/03/2026”."},
    )  # fmt: skip
    document = forms.CharField(
        label="Văn bản", max_length=120, help_text="Số, ký hiệu và cơ quan ban hành.",
        error_messages={"required": "Ghi số, ký hiệu của văn bản."},
    )  # fmt: skip
    until = MomentField(label="Được tự chấm đến", help_text="Hạn riêng của đơn vị này.")
    ranked = forms.BooleanField(
        label="Có xếp hạng", required=False,
        help_text="Bỏ trống thì đơn vị có chỉ số, xếp loại nhưng không xếp hạng, kèm lý do trên.",
    )  # fmt: skip

    field_order = ("version", "unit", "criteria_set", "reason", "document", "until", "ranked")

    def __init__(self, campaign: Campaign, units: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(campaign, *args, **kwargs)
        for name, rows in (("unit", units), ("criteria_set", campaign.criteria_sets.filter(frozen_at__isnull=False))):
            field = self.fields[name]
            assert isinstance(field, forms.ModelChoiceField)  # noqa: S101  (tells the type checker)
            field.queryset = rows
        # Said before the choice: once the unit is in, its set does not change any more.
        self.fields["criteria_set"].help_text = " ".join(
            f"“{item.title}” dành cho {kinds_named(item.unit_kinds)}."
            for item in campaign.criteria_sets.filter(frozen_at__isnull=False).order_by("position", "code")
            if item.unit_kinds
        )

    @property
    def why(self) -> str:
        """The reason with its document, as it is printed; after is_valid."""
        return _with_document(self.cleaned_data["reason"], self.cleaned_data["document"])


class ParticipantForm(SetForm):
    """How one unit takes part. In an open group only the ranking can still be changed; of a unit that has ended also
    whether it is assessed, with the document that ended it."""

    standing = forms.ChoiceField(label="Đơn vị này được", choices=STANDINGS, widget=forms.RadioSelect)
    reason = forms.CharField(
        label="Lý do không xếp hạng, không đánh giá", max_length=LONGEST_REASON, required=False,
        help_text="In trong bảng công bố, ví dụ “Thành lập ngày 01/08/2026”.",
    )  # fmt: skip
    document = forms.CharField(
        label="Văn bản", max_length=120, required=False,
        help_text="Số, ký hiệu văn bản sắp xếp đơn vị. In cùng lý do trong bảng công bố.",
    )  # fmt: skip
    council_only = forms.BooleanField(
        label="Chỉ hội đồng chấm (cơ quan điều phối không thẩm định hồ sơ của chính mình)", required=False
    )
    group = forms.ModelChoiceField(label="Khối", queryset=Group.objects.none(), empty_label=None)

    field_order = ("version", "standing", "reason", "document", "council_only", "group", "criteria_set")

    def __init__(self, participant: Participant, *args: Any, **kwargs: Any) -> None:
        super().__init__(participant.campaign, *args, **kwargs)
        self.participant = participant
        self.is_open = participant.group.phase != Phase.DRAFT
        groups = self.fields["group"]
        assert isinstance(groups, forms.ModelChoiceField)  # noqa: S101  (tells the type checker)
        groups.queryset = participant.campaign.groups.filter(phase=Phase.DRAFT).order_by("position")
        self.has_ended = participant.unit.valid_to is not None
        if not self.has_ended:
            del self.fields["document"]
        if self.is_open:
            for name in ("council_only", "group", "criteria_set"):
                del self.fields[name]
            standing = self.fields["standing"]
            assert isinstance(standing, forms.ChoiceField)  # noqa: S101  (tells the type checker)
            left_out = not participant.is_assessed
            standing.choices = [item for item in STANDINGS if self.has_ended or (item[0] == LEFT_OUT) == left_out]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("standing") in (UNRANKED, LEFT_OUT) and not data.get("reason"):
            self.add_error("reason", "Ghi lý do không xếp hạng hoặc không đánh giá đơn vị này.")
        if data.get("standing") in (UNRANKED, LEFT_OUT) and self.has_ended and not data.get("document"):
            self.add_error("document", "Ghi số, ký hiệu văn bản sắp xếp đơn vị.")
        if len(_with_document(data.get("reason", ""), data.get("document", ""))) > LONGEST_REASON:
            self.add_error("reason", f"Lý do cùng văn bản dài quá {LONGEST_REASON} ký tự. Viết gọn hơn.")
        return data

    @property
    def changes(self) -> dict[str, Any]:
        """The participant's columns as this form wants them; after is_valid."""
        data = self.cleaned_data
        standing, reason = data["standing"], data["reason"]
        reason = _with_document(reason, data.get("document", ""))
        wanted: dict[str, Any] = {
            "is_ranked": standing != UNRANKED,
            "unranked_reason": reason if standing == UNRANKED else "",
            "is_assessed": standing != LEFT_OUT,
            "left_out_reason": reason if standing == LEFT_OUT else "",
        }
        return wanted | {name: data[name] for name in ("council_only", "group", "criteria_set") if name in data}

    @staticmethod
    def initial_of(participant: Participant, version: int) -> dict[str, Any]:
        standing = RANKED if participant.is_ranked else UNRANKED
        reason = participant.unranked_reason if participant.is_assessed else participant.left_out_reason
        document = participant.unit.end_document
        if participant.unit.valid_to is not None and (told := _DOCUMENT.search(reason)):
            reason, document = reason[: told.start()], told[1]
        return {
            "version": version,
            "standing": standing if participant.is_assessed else LEFT_OUT,
            "reason": reason,
            "document": document,
            "council_only": participant.council_only,
            "group": participant.group_id,
            "criteria_set": participant.criteria_set_id,
        }


class GateForm(VersionForm):
    """One condition that caps a class: a node below an index."""

    node = forms.ChoiceField(label="Nơi xét")
    index_below = VietnameseNumberField(
        label="Chỉ số dưới (%)", error_messages={"required": "Nhập một số lớn hơn 0, không quá 100, ví dụ 50."}
    )
    highest_grade = forms.ChoiceField(label="Chỉ được xếp cao nhất")
    reason = forms.CharField(
        label="Lý do ghi bên xếp loại",
        max_length=300,
        error_messages={"required": "Ghi lý do, ví dụ “Có lĩnh vực dưới 50 %”."},
    )

    def __init__(self, nodes: Iterable[Criterion], grades: Iterable[dict[str, str]], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        titles = {node.code: f"{node.code} {node.title}"[:90] for node in nodes}
        for name, choices in (
            ("node", [ANY_COMPONENT, *titles.items()]),
            ("highest_grade", [(grade["code"], grade["label"]) for grade in grades]),
        ):
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)  # noqa: S101  (tells the type checker)
            field.choices = choices

    def clean_index_below(self) -> Decimal:
        number: Decimal = self.cleaned_data["index_below"]
        exponent = number.as_tuple().exponent
        if not 0 < number <= 100 or not isinstance(exponent, int) or exponent < -10:
            raise forms.ValidationError("Nhập một số lớn hơn 0, không quá 100, ví dụ 50.")
        return number

    @property
    def gate(self) -> dict[str, str]:
        """As the campaign file writes it; after is_valid."""
        data = self.cleaned_data
        return {
            "node": data["node"],
            "index_below": f"{data['index_below']:f}",
            "highest_grade": data["highest_grade"],
            "reason": data["reason"],
        }


class StepForm(forms.Form):
    """What a step of a group may ask for; whether it does stands in the table of the workflow."""

    reason = forms.CharField(label="Lý do", max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2}))
    accept_pending = forms.BooleanField(
        label="Đã xem các tiêu chí chưa có quy tắc: người chấm sẽ tự cho điểm", required=False
    )
    sure = forms.CharField(max_length=20, required=False, widget=forms.HiddenInput)
    """The version of the campaign that the page of what will happen was written from."""


class DossierStepForm(forms.Form):
    """What a step of a unit's dossier asks for: why, and where the table says so until when."""

    version = VersionField()
    reason = forms.CharField(
        label="Lý do",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": "Nêu lý do; lý do được lưu và cho đơn vị xem."},
    )
    until = MomentField(label="Hạn mới")

    def __init__(self, transition: Transition, data: Any = None, *, initial: dict[str, Any] | None = None) -> None:
        super().__init__(data, initial=initial, prefix=transition.name)
        self.fields["reason"].required = transition.needs_reason
        if not transition.needs_time:
            del self.fields["until"]


class SwitchForm(forms.Form):
    """The trial switch."""

    group = forms.ModelChoiceField(
        label="Khối", queryset=Group.objects.none(), empty_label=None,
        error_messages={"required": "Chọn một khối.", "invalid_choice": "Khối này không thuộc kỳ. Chọn lại."},
    )  # fmt: skip
    phase = forms.TypedChoiceField(label="Chuyển đến bước", choices=Phase.choices, coerce=Phase)

    def __init__(self, campaign: Campaign, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        groups = self.fields["group"]
        assert isinstance(groups, forms.ModelChoiceField)  # noqa: S101  (tells the type checker)
        groups.queryset = campaign.groups.order_by("position")
