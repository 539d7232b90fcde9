"""Which notices come as letters: one choice a kind."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from django import forms

from units.enums import NoticeKind, NoticeWay
from units.services.notices import DEFAULT_WAYS, ONLY_IN_THE_MORNING, kinds_for

_IN_THE_MORNING = (NoticeWay.MORNING, NoticeWay.OFF)
_WORDS = {NoticeKind.MORNING: {NoticeWay.MORNING: "Gửi lúc 7 giờ sáng, khi có việc mới hoặc sắp đến hạn"}}
_HELP = {
    NoticeKind.MORNING: "Mỗi sáng nhiều nhất một thư cho mọi kỳ. Thủ trưởng đơn vị vẫn nhận thư khi chỉ còn 1 ngày.",
    NoticeKind.TASK: "Việc sắp hạn, quá hạn nằm trong thư buổi sáng; việc được giao báo theo cách chọn ở đây.",
    NoticeKind.QUESTION: "Nhiều câu hỏi đến cùng lúc chỉ báo một lần cho đến khi mở thông báo.",
    NoticeKind.NEWS: "Tin chọn gộp thì nằm trong thư buổi sáng kế tiếp.",
}


class NoticeWaysForm(forms.Form):
    """A field for each kind that somebody with `roles` may choose; `chosen` is what the person chose before."""

    def __init__(self, chosen: Mapping[str, NoticeWay], *args: Any, roles: Collection[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for kind in kinds_for(roles):
            offered = _IN_THE_MORNING if kind in ONLY_IN_THE_MORNING else tuple(NoticeWay)
            self.fields[kind.value] = forms.ChoiceField(
                label=kind.label,
                choices=[(way.value, _WORDS.get(kind, {}).get(way, way.label)) for way in offered],
                initial=chosen.get(kind, DEFAULT_WAYS[kind]).value,
                widget=forms.RadioSelect,
                help_text=_HELP.get(kind, ""),
                error_messages={
                    "required": f"Chọn cách nhận “{kind.label}”.",
                    "invalid_choice": "Chọn một trong các cách ở dưới.",
                },
            )

    @property
    def ways(self) -> dict[NoticeKind, NoticeWay]:
        """What was chosen, of a valid form."""
        return {NoticeKind(kind): NoticeWay(way) for kind, way in self.cleaned_data.items()}
