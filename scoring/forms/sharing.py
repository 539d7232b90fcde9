"""Who is to look after which leaves of one component, as the page of shares posts it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from django import forms

from units.models import User

NOBODY = "0"
_SEEN = re.compile(r"([1-9]\d{0,17}):(\d{1,18})")


class ShareForm(forms.Form):
    """`tc` (pk) are the ticked leaves, all of the component with the button `all`; `thay` tells of each leaf who the
    page showed beside it ("pk:person", 0 for nobody)."""

    nguoi = forms.ChoiceField(
        label="Người phụ trách",
        error_messages={
            "required": "Chọn người phụ trách.",
            "invalid_choice": "Người này không còn làm việc ở đơn vị. Chọn người khác.",
        },
    )

    def __init__(self, colleagues: Sequence[User], data: Any = None, *, auto_id: str = "id_%s") -> None:
        super().__init__(data, auto_id=auto_id)
        self.ticked: list[str] = data.getlist("tc") if data is not None else []
        self._seen: list[str] = data.getlist("thay") if data is not None else []
        people = [(str(person.pk), person.full_name) for person in colleagues]
        choices = [("", "Chọn người"), *people, (NOBODY, "Không giao riêng ai")]
        self.fields["nguoi"].choices = choices  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        if not self.chosen:
            self.add_error(None, "Chọn ít nhất một tiêu chí, hoặc bấm giao cả lĩnh vực.")
        return found

    @property
    def person(self) -> int | None:
        """The chosen person (pk), None for nobody."""
        return int(self.cleaned_data["nguoi"]) or None

    @property
    def chosen(self) -> dict[int, int]:
        """Leaf (pk) → who was shown beside it (pk, 0 for nobody)."""
        seen = [match for text in self._seen if (match := _SEEN.fullmatch(text))]
        whole = "all" in self.data
        return {int(leaf): int(who) for leaf, who in (one.groups() for one in seen) if whole or leaf in self.ticked}
