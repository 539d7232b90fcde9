"""What a unit gives with its evidence: files, what the document says of itself, and the leaf with the page."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from typing import Any

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.utils.http import url_has_allowed_host_and_scheme

from scoring.enums import Purpose
from scoring.files.evidence_check import ACCEPT
from scoring.models import Criterion, Evidence, Participant
from scoring.selectors.tree import tree_of
from scoring.services.evidence import Details
from scoring.services.evidence_details import LONGEST_PAGES
from units.vietnamese import NotADate, format_date, parse_date

WORKSPACE = "/lam-viec/"
_TYPES = "PDF, Word (.docx), Excel (.xlsx), ảnh JPG hoặc PNG; mỗi tệp tối đa 20 MB."
_REOPEN = dict.fromkeys(("required", "invalid"), "Không rõ trang được mở từ bản nào. Mở lại trang rồi sửa.")
_FILE_ERRORS = {
    "required": "Chọn ít nhất một tệp.",
    "empty": "Tệp rỗng (0 byte). Chọn lại tệp rồi tải lên.",
    "max_length": "Tên tệp quá dài. Đặt tên ngắn hơn rồi tải lên.",
}


class _SeveralFiles(forms.FileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """One or several files; the value is a list."""

    def __init__(self, **kwargs: Any) -> None:
        widget = _SeveralFiles(attrs={"accept": ACCEPT})
        super().__init__(widget=widget, error_messages=_FILE_ERRORS, max_length=255, **kwargs)

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile]:
        given = data if isinstance(data, list) else [data]
        return [super(FilesField, self).clean(item, initial) for item in given or [None]]


class BackForm(forms.Form):
    """`back`: the page of the workspace to return to, empty for the list of documents."""

    back = forms.CharField(required=False, max_length=500, widget=forms.HiddenInput)

    def clean_back(self) -> str:
        """Only an address of this portal's workspace is followed; anything else is forgotten."""
        url = self.cleaned_data["back"]
        is_ours = url.startswith(WORKSPACE) and url_has_allowed_host_and_scheme(url, allowed_hosts=None)
        return url if is_ours else ""


class DetailsForm(BackForm):
    """Số ký hiệu, ngày, cơ quan, trích yếu; `version` is the one the page was made from."""

    version = forms.IntegerField(min_value=1, max_value=2**31 - 1, widget=forms.HiddenInput, error_messages=_REOPEN)
    number = forms.CharField(label="Số ký hiệu", max_length=80, required=False, help_text="Ví dụ 42/BC-UBND")
    issued_on = forms.CharField(label="Ngày ban hành", max_length=20, required=False, help_text="Ví dụ 25/12/2026")
    issuer = forms.CharField(label="Cơ quan ban hành", max_length=200, required=False)
    abstract = forms.CharField(
        label="Trích yếu",
        max_length=500,
        help_text="Văn bản nói về việc gì, như ghi trên văn bản.",
        error_messages={"required": "Ghi trích yếu: văn bản này nói về việc gì."},
    )

    def clean_issued_on(self) -> datetime.date | None:
        text = self.cleaned_data["issued_on"].strip()
        try:
            return parse_date(text) if text else None
        except NotADate as fault:
            raise forms.ValidationError(str(fault)) from fault

    @property
    def details(self) -> Details:
        data = self.cleaned_data
        return Details(data["number"], data["issued_on"], data["issuer"], data["abstract"])

    @staticmethod
    def initial_of(evidence: Evidence) -> dict[str, Any]:
        return {
            "version": evidence.version,
            "number": evidence.number,
            "issued_on": format_date(evidence.issued_on) if evidence.issued_on else "",
            "issuer": evidence.issuer,
            "abstract": evidence.abstract,
        }


class _PurposeForm(forms.Form):
    purpose = forms.ChoiceField(
        required=False,
        choices=[("", ""), *Purpose.choices],
        widget=forms.HiddenInput,
        error_messages={"invalid_choice": "Không rõ tài liệu của bước nào. Mở lại trang rồi làm lại."},
    )

    def clean_purpose(self) -> Purpose | None:
        text = self.cleaned_data["purpose"]
        return Purpose(text) if text else None


class LeafForm(_PurposeForm):
    """A leaf of the unit's own set, and the page; `needs_leaf` False lets it be chosen later."""

    criterion = forms.ChoiceField(
        label="Tiêu chí",
        error_messages={
            "required": "Chọn tiêu chí.",
            "invalid_choice": "Không có tiêu chí này trong bộ tiêu chí của đơn vị. Chọn lại trong danh sách.",
        },
    )
    pages = forms.CharField(
        label="Trang dẫn",
        max_length=LONGEST_PAGES,
        required=False,
        help_text="Ví dụ: tr. 3–5 hoặc trang tính “Tổng hợp”",
    )

    def __init__(self, *args: Any, participant: Participant, needs_leaf: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.leaves = {leaf.code: leaf for leaf in tree_of(participant.criteria_set).self_leaves}
        first = [("", "Chọn tiêu chí" if needs_leaf else "Chưa gắn, chọn sau")]
        field = self.fields["criterion"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101  (tells the type checker)
        field.choices = [*first, *((code, f"{code} {leaf.title}") for code, leaf in self.leaves.items())]
        field.required = needs_leaf

    def clean_criterion(self) -> Criterion | None:
        return self.leaves.get(self.cleaned_data["criterion"])


class AddForm(LeafForm, DetailsForm):
    """Files with what the document says of itself, once; several files share number, date and issuer."""

    field_order = ("uploads", "number", "issued_on", "issuer", "abstract", "criterion", "pages")
    version = None  # type: ignore[assignment]  # a new document has none
    uploads = FilesField(
        label="Tệp",
        help_text=f"{_TYPES} Chọn được nhiều tệp cùng lúc, tối đa {settings.EVIDENCE_FILES_PER_POST}: "
        "mỗi tệp thành một tài liệu, dùng chung số, ngày, cơ quan.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, needs_leaf=False, **kwargs)
        self.fields["abstract"].required = False
        self.fields["abstract"].help_text = "Để trống thì lấy theo tên tệp."

    @property
    def use(self) -> dict[str, Any]:
        """Leaf, pages and step that the documents are for, as `add_evidence` takes them."""
        return {name: self.cleaned_data[name] for name in ("criterion", "pages", "purpose")}


class UploadForm(LeafForm):
    """One file from the page of a leaf; `key` names this write of the page, so that a retry is the same write."""

    key = forms.RegexField(r"\A[0-9A-Za-z-]{16,36}\Z", error_messages=_REOPEN)
    file = forms.FileField(max_length=255, error_messages=_FILE_ERRORS)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, needs_leaf=False, **kwargs)


class VersionForm(_PurposeForm):
    """Another version of a document's file."""

    file = forms.FileField(
        label="Tệp thay thế",
        help_text=_TYPES,
        max_length=255,
        widget=forms.FileInput(attrs={"accept": ACCEPT}),
        error_messages=_FILE_ERRORS,
    )


def card_form(evidence: Evidence, back: str) -> DetailsForm:
    """The details of one document on its card, where many cards stand on one page."""
    initial = DetailsForm.initial_of(evidence) | {"back": back}
    form = DetailsForm(initial=initial, auto_id=f"id_tl{evidence.pk}_%s")
    form.fields["number"].help_text = form.fields["issued_on"].help_text = form.fields["abstract"].help_text = ""
    return form


class AttachForm(LeafForm, BackForm):
    """One of the unit's documents for one of its leaves, at a page."""

    field_order = ("evidence", "criterion", "pages")
    evidence = forms.ModelChoiceField(
        label="Tài liệu",
        queryset=Evidence.objects.none(),
        empty_label="Chọn tài liệu",
        error_messages={
            "required": "Chọn tài liệu.",
            "invalid_choice": "Không có tài liệu này trong hồ sơ của đơn vị. Chọn lại trong danh sách.",
        },
    )

    def __init__(self, *args: Any, participant: Participant, **kwargs: Any) -> None:
        super().__init__(*args, participant=participant, **kwargs)
        field = self.fields["evidence"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101  (tells the type checker)
        field.queryset = Evidence.objects.filter(participant=participant, removed_at__isnull=True).order_by("-pk")


def add_errors(form: forms.Form, field: str, sentences: Sequence[str]) -> None:
    """Put what a service refused beside the field it names, or above the form where there is no such field."""
    for sentence in sentences:
        form.add_error(field if field in form.fields else None, sentence)
