"""What is not assessed of whom, as the coordinator states it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django import forms

from scoring.models import Criterion, Group, Participant
from scoring.selectors.entered import Block
from scoring.services.exclusions import LONGEST_TEXT

_GROUP, _UNIT = "khoi", "don-vi"


class WhoseForm(forms.Form):
    """For which unit or group; asked first, because the criteria follow from it."""

    cho = forms.ChoiceField(
        label="Không đánh giá ở đơn vị hoặc khối nào",
        error_messages={"required": "Chọn đơn vị hoặc khối.", "invalid_choice": "Chọn một mục trong danh sách."},
    )

    def __init__(self, blocks: Sequence[Block], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._blocks = blocks
        groups = {block.group.code: block.group for block in blocks}
        units = [
            (block.group.title, [(f"{_UNIT}:{unit.code}", unit.name) for unit in block.participants])
            for block in blocks
        ]
        whole = [(f"{_GROUP}:{code}", f"Cả khối {group.title}") for code, group in groups.items()]
        self.fields["cho"].choices = [("", "Chọn…"), ("Cả khối", whole), *units]  # type: ignore[attr-defined]

    @property
    def whose(self) -> Participant | Group:
        """The unit or group of a valid form."""
        kind, _, code = self.cleaned_data["cho"].partition(":")
        if kind == _GROUP:
            return next(block.group for block in self._blocks if block.group.code == code)
        return next(unit for block in self._blocks for unit in block.participants if unit.code == code)

    def blocks_of(self, whose: Participant | Group) -> list[Block]:
        """The sets whose criteria can be chosen for `whose`."""
        if isinstance(whose, Group):
            return [block for block in self._blocks if block.group == whose]
        return [block for block in self._blocks if whose in block.participants]


class ExclusionForm(forms.Form):
    """The criterion (a leaf, or a node with all below it), why, and by which document."""

    criterion = forms.TypedChoiceField(
        label="Tiêu chí không đánh giá",
        coerce=int,
        error_messages={"required": "Chọn tiêu chí.", "invalid_choice": "Chọn một tiêu chí trong danh sách."},
        help_text="Chọn tiêu chí cha là bỏ cả các tiêu chí con.",
    )
    reason = forms.CharField(
        label="Lý do", max_length=LONGEST_TEXT, strip=True,
        help_text="Ví dụ: Đơn vị không có thủ tục hành chính.",
        error_messages={
            "required": "Nêu lý do không đánh giá, ví dụ: đơn vị không có thủ tục hành chính.",
            "max_length": f"Rút gọn còn tối đa {LONGEST_TEXT} ký tự.",
        },
    )  # fmt: skip
    legal_basis = forms.CharField(
        label="Căn cứ", max_length=LONGEST_TEXT, strip=True,
        help_text="Số, ngày văn bản cho phép, ví dụ: Quyết định 45/QĐ-UBND ngày 05/01/2027.",
        error_messages={
            "required": "Ghi căn cứ: số, ngày văn bản cho phép không đánh giá.",
            "max_length": f"Rút gọn còn tối đa {LONGEST_TEXT} ký tự.",
        },
    )  # fmt: skip

    def __init__(self, blocks: Iterable[Block], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        sets = {block.criteria_set.pk: block for block in blocks}
        self._nodes: dict[int, Criterion] = {node.pk: node for block in sets.values() for node in block.tree.nodes}
        listed = [(block.criteria_set.title, [_option(node) for node in block.tree.nodes]) for block in sets.values()]
        options = listed if len(listed) > 1 else [option for _, group in listed for option in group]
        self.fields["criterion"].choices = [("", "Chọn…"), *options]  # type: ignore[attr-defined]

    @property
    def node(self) -> Criterion:
        """The chosen criterion of a valid form."""
        return self._nodes[self.cleaned_data["criterion"]]


class SeenForm(forms.Form):
    """The state of an exclusion that a button was pressed on."""

    seen = forms.CharField(max_length=100, widget=forms.HiddenInput)


class RemovalForm(SeenForm):
    """Why a criterion is assessed again."""

    reason = forms.CharField(
        label="Lý do gỡ", max_length=LONGEST_TEXT, strip=True,
        error_messages={
            "required": "Nêu lý do gỡ, để người sau hiểu.",
            "max_length": f"Rút gọn còn tối đa {LONGEST_TEXT} ký tự.",
        },
    )  # fmt: skip


def _option(node: Criterion) -> tuple[int, str]:
    """Code and title, set in by its depth; long titles wrap nowhere in a list, so they are cut."""
    depth = node.path.count(".")
    title = node.title if len(node.title) <= 90 else node.title[:89].rstrip() + "…"
    return node.pk, "\u00a0\u00a0\u00a0" * depth + f"{node.code} {title}"
