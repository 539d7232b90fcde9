"""People and their roles, as catalogues. Passwords are never shown or typed here."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db import transaction
from django.http import HttpRequest

from units import trail
from units.admin.site import Catalogue
from units.models import Membership, User


@admin.register(User)
class UserAdmin(Catalogue):
    list_display = ["username", "full_name", "email", "is_active"]
    search_fields = ["username", "full_name"]
    fields = ["username", "full_name", "email", "is_active"]

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        with transaction.atomic():
            if not change:
                obj.set_unusable_password()
            super().save_model(request, obj, form, change)
            trail.record(
                "units.edit_person", by=request.user, about=obj, label=f"Sửa tài khoản {obj.username}",
                changed=form.changed_data,
            )  # fmt: skip


@admin.register(Membership)
class MembershipAdmin(Catalogue):
    list_display = ["user", "role", "organiser", "unit", "valid_from", "valid_to"]
    list_filter = ["role", "organiser"]
    list_select_related = ["user", "organiser", "unit"]
    autocomplete_fields = ["user", "unit"]

    def save_model(self, request: HttpRequest, obj: Membership, form: Any, change: bool) -> None:
        with transaction.atomic():
            super().save_model(request, obj, form, change)
            trail.record(
                "units.edit_membership", by=request.user, about=obj, label=f"Phân công: {obj}",
                changed=form.changed_data,
            )  # fmt: skip
