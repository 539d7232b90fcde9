"""What a unit asks the coordinator, and what the coordinator answers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms

from scoring.forms.dossier import REOPEN
from scoring.models import QuestionAnswer
from scoring.services.asking import LONGEST_ANSWER, LONGEST_QUESTION, Answer


class QuestionForm(forms.Form):
    """One question about one leaf."""

    text = forms.CharField(
        label="Hỏi điều phối", max_length=LONGEST_QUESTION, strip=True, widget=forms.Textarea(attrs={"rows": 4}),
        help_text="Nêu rõ vướng ở số liệu hay tài liệu nào. Gửi rồi thì không sửa, chỉ hỏi thêm.",
        error_messages={
            "required": "Ghi câu hỏi, nêu rõ vướng ở số liệu hay tài liệu nào.",
            "max_length": f"Rút gọn câu hỏi còn tối đa {LONGEST_QUESTION} ký tự.",
        },
    )  # fmt: skip


class AnswerForm(forms.Form):
    """The answer; `seen` is how many answers the page showed."""

    seen = forms.IntegerField(min_value=0, max_value=10_000, widget=forms.HiddenInput, error_messages=REOPEN)
    text = forms.CharField(
        label="Trả lời", max_length=LONGEST_ANSWER, strip=True, widget=forms.Textarea(attrs={"rows": 6}),
        help_text="Đơn vị đọc ngay ở tiêu chí. Gửi rồi thì không sửa; cần đính chính thì trả lời thêm lần nữa.",
        error_messages={
            "required": "Ghi câu trả lời.",
            "max_length": f"Rút gọn câu trả lời còn tối đa {LONGEST_ANSWER} ký tự.",
        },
    )  # fmt: skip
    for_all = forms.BooleanField(label="Cho mọi đơn vị có tiêu chí này cùng đọc", required=False)
    public_question = forms.CharField(
        label="Câu hỏi chung", max_length=LONGEST_QUESTION, required=False, strip=True,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Chỉ dùng khi cho mọi đơn vị đọc. Viết lại sao cho không lộ đơn vị đã hỏi.",
        error_messages={"max_length": f"Rút gọn câu hỏi chung còn tối đa {LONGEST_QUESTION} ký tự."},
    )  # fmt: skip

    def __init__(
        self, data: Mapping[str, Any] | None = None, *, question: str = "", newest: QuestionAnswer | None = None
    ) -> None:
        initial = {"seen": newest.number if newest else 0, "public_question": question}
        if newest is not None:
            initial |= {"text": newest.text, "for_all": newest.for_all}
            initial |= {"public_question": newest.public_question or question}
        super().__init__(data, initial=initial)

    @property
    def said(self) -> Answer:
        given = self.cleaned_data
        return Answer(given["text"], given["for_all"], given["public_question"])
