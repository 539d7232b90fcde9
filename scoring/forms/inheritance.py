"""What a unit takes over from those that it came out of."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from django import forms

from scoring.forms.evidence import LeafForm
from scoring.models import Participant
from scoring.selectors.inheritance import LeafOffers, Offer

KEEP = ""


class TakeOverForm(forms.Form):
    """One choice a leaf: leave it as it is, or take what one predecessor said. `say` words an offer."""

    def __init__(self, rows: Sequence[LeafOffers], say: Callable[[Offer], str], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.rows = [row for row in rows if row.takeable]
        for row in self.rows:
            self.fields[f"leaf-{row.criterion.pk}"] = forms.ChoiceField(
                label=f"{row.criterion.code} {row.criterion.title}",
                required=False,
                choices=[
                    (KEEP, "Giữ số đang có" if row.own else "Không tiếp nhận"),
                    *((str(offer.source.pk), f"{offer.source.name}: {say(offer)}") for offer in row.takeable),
                ],
                error_messages={"invalid_choice": "Số liệu này không còn để tiếp nhận. Mở lại trang."},
            )
            self.fields[f"seen-{row.criterion.pk}"] = forms.IntegerField(
                min_value=0, max_value=2**31 - 1, initial=row.own.version if row.own else 0, widget=forms.HiddenInput,
                error_messages=dict.fromkeys(("required", "invalid"), "Mở lại trang rồi chọn lại."),
            )  # fmt: skip

    @property
    def fields_by_row(self) -> list[tuple[Any, Any]]:
        """(choice, version) of each leaf as bound fields."""
        return [(self[f"leaf-{row.criterion.pk}"], self[f"seen-{row.criterion.pk}"]) for row in self.rows]

    @property
    def chosen(self) -> dict[int, int]:
        """Leaf → predecessor, after is_valid."""
        picked = {row.criterion.pk: self.cleaned_data[f"leaf-{row.criterion.pk}"] for row in self.rows}
        return {leaf: int(source) for leaf, source in picked.items() if source != KEEP}

    @property
    def seen(self) -> dict[int, int]:
        return {row.criterion.pk: self.cleaned_data[f"seen-{row.criterion.pk}"] for row in self.rows}


class TakeDocumentForm(LeafForm):
    """For which leaf a document is taken over, at which page; both can be said later."""

    def __init__(self, *args: Any, participant: Participant, **kwargs: Any) -> None:
        super().__init__(*args, participant=participant, needs_leaf=False, **kwargs)
