"""Which part of the permission table is looked at."""

from __future__ import annotations

from django import forms

from scoring.enums import Phase
from units.enums import Role


class RightsForm(forms.Form):
    """The filters in the address; both may stay empty."""

    marks_optional = False

    vai_tro = forms.ChoiceField(
        label="Vai trò",
        choices=[("", "Mọi vai trò"), *Role.choices],
        required=False,
        error_messages={"invalid_choice": "Không có vai trò này. Chọn một vai trò trong danh sách."},
    )
    buoc = forms.ChoiceField(
        label="Bước của khối",
        choices=[("", "Mọi bước"), *Phase.choices],
        required=False,
        error_messages={"invalid_choice": "Không có bước này. Chọn một bước trong danh sách."},
    )

    @property
    def role(self) -> Role | None:
        """The role asked for, once the form is valid."""
        return Role(self.cleaned_data["vai_tro"]) if self.cleaned_data["vai_tro"] else None

    @property
    def phase(self) -> Phase | None:
        return Phase(self.cleaned_data["buoc"]) if self.cleaned_data["buoc"] else None
