"""What the head of a unit gives with a decision on the dossier: the tick for what is given up, notes to the staff."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django import forms
from django.forms.boundfield import BoundField

from scoring.forms.dossier import StepForm
from scoring.models import Criterion
from scoring.services.return_notes import LONGEST_NOTE
from scoring.workflow import Transition

OTHER_ROWS = 3
"""How many leaves beside those shown can be chosen at once without a script."""
_TOO_LONG = {"max_length": f"Rút gọn còn tối đa {LONGEST_NOTE} ký tự."}


class SubmitForm(StepForm):
    """`words` stand beside the tick of a dossier that is not whole; without them there is no tick."""

    accept_warnings = forms.BooleanField(required=False)

    marks_optional = False

    def __init__(
        self, transition: Transition, data: Mapping[str, Any] | None = None, *, version: int = 0, words: str = ""
    ) -> None:
        super().__init__(transition, data, version=version)
        self.fields["accept_warnings"].label = words
        if not words:
            del self.fields["accept_warnings"]

    @property
    def asked(self) -> dict[str, Any]:
        return {"accept_warnings": self.cleaned_data.get("accept_warnings", False)}


class SendForm(StepForm):
    """The explanation goes out as a công văn: `title` is what its signer is called unless another is typed."""

    signer_title = forms.CharField(
        label="Chức vụ người ký công văn", max_length=120, required=False,
        help_text="Ví dụ: Giám đốc. Ký thay thì ghi hai dòng cách nhau bởi dấu /: KT. Giám đốc / Phó Giám đốc.",
        error_messages={"max_length": "Rút gọn chức vụ còn tối đa 120 ký tự."},
    )  # fmt: skip

    marks_optional = False

    def __init__(
        self, transition: Transition, data: Mapping[str, Any] | None = None, *, version: int = 0, title: str = ""
    ) -> None:
        super().__init__(transition, data, version=version)
        self.initial["signer_title"] = title

    @property
    def asked(self) -> dict[str, Any]:
        return {"signer_title": self.cleaned_data["signer_title"]}


class ReturnForm(StepForm):
    """A word on the whole, and one on any leaf that the unit answers: `leaves`, each with a field of its own, and some
    rows where a leaf is chosen from a list."""

    marks_optional = False

    def __init__(
        self,
        transition: Transition,
        data: Mapping[str, Any] | None = None,
        *,
        version: int = 0,
        leaves: Sequence[Criterion] = (),
    ) -> None:
        super().__init__(transition, data, version=version)
        self.leaves = leaves
        for leaf in leaves:
            self.fields[f"note_{leaf.pk}"] = _note(f"Nhắn cán bộ về {leaf.code}")
        choices = [("", "Chọn tiêu chí"), *((str(leaf.pk), f"{leaf.code} {leaf.title}") for leaf in leaves)]
        for row in range(1, OTHER_ROWS + 1):
            self.fields[f"other_{row}"] = forms.ChoiceField(
                label=f"Tiêu chí khác ({row})", choices=choices, required=False,
                error_messages={"invalid_choice": "Chọn lại tiêu chí trong danh sách."},
            )  # fmt: skip
            self.fields[f"other_text_{row}"] = _note(f"Cần sửa gì ({row})")

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        for row in range(1, OTHER_ROWS + 1):
            chosen, text = data.get(f"other_{row}"), data.get(f"other_text_{row}")
            if chosen and not text and f"other_text_{row}" in data:
                self.add_error(f"other_text_{row}", "Ghi cần sửa gì ở tiêu chí đã chọn.")
            elif text and not chosen and f"other_{row}" in data:
                self.add_error(f"other_{row}", "Chọn tiêu chí của lời nhắn này.")
        return data

    def note_of(self, leaf: Criterion) -> BoundField | None:
        """The field of one leaf's note."""
        name = f"note_{leaf.pk}"
        return self[name] if name in self.fields else None

    @property
    def written(self) -> list[BoundField]:
        """Fields of leaves in which something was typed: on a refusal none of them may be lost."""
        return [self[f"note_{leaf.pk}"] for leaf in self.leaves if self[f"note_{leaf.pk}"].value()]

    @property
    def other_rows(self) -> list[tuple[BoundField, BoundField]]:
        return [(self[f"other_{row}"], self[f"other_text_{row}"]) for row in range(1, OTHER_ROWS + 1)]

    @property
    def asked(self) -> dict[str, str | datetime | dict[int, str]]:  # type: ignore[override]
        """Reason, and the notes by leaf (pk); two on one leaf are put together."""
        notes = {leaf.pk: self.cleaned_data.get(f"note_{leaf.pk}", "") for leaf in self.leaves}
        for row in range(1, OTHER_ROWS + 1):
            if chosen := self.cleaned_data.get(f"other_{row}"):
                own = [notes.get(int(chosen), ""), self.cleaned_data[f"other_text_{row}"]]
                notes[int(chosen)] = "\n".join(filter(None, own))
        return {**super().asked, "notes": {pk: text for pk, text in notes.items() if text}}


def _note(label: str) -> forms.CharField:
    return forms.CharField(
        label=label, max_length=LONGEST_NOTE, required=False, strip=True,
        widget=forms.Textarea(attrs={"rows": 2}), error_messages=_TOO_LONG,
    )  # fmt: skip
