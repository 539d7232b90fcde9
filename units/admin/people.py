"""People and their roles, as catalogues. What ends a session or opens an account has its own page in the workspace."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.http import urlencode

from units.admin.site import Catalogue, acting
from units.forms import MembershipForm
from units.models import Membership, User
from units.permissions import ADMINISTER_ACCOUNT, can


@admin.register(User)
class UserAdmin(Catalogue):
    list_display = ["username", "full_name", "email", "is_active"]
    search_fields = ["username", "full_name"]
    fields = ["username", "full_name", "email", "is_active"]

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> list[str]:
        """Locking and passwords have their page, with all that ends by them; and an address changes where it is asked
        who does it, since a forgotten password is sent there."""
        return ["is_active", *(["email"] if obj else [])]

    def lookup_allowed(self, lookup: str, value: Any, request: HttpRequest) -> bool:
        """Nobody reads a password's hash letter by letter through a filter in the address (case T24)."""
        return not lookup.startswith("password") and super().lookup_allowed(lookup, value, request)

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        """Who stands in for a keeper of the portal leaves that person's account alone (decision 016)."""
        may = super().has_change_permission(request, obj)
        return may and (obj is None or bool(can(request.user, ADMINISTER_ACCOUNT, obj)))

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        if not change:
            obj.set_unusable_password()
        super().save_model(request, obj, form, change)

    def response_add(self, request: HttpRequest, obj: User, post_url_continue: str | None = None) -> HttpResponse:
        """An account without a role can do nothing: where to give one is said with the account."""
        response = super().response_add(request, obj, post_url_continue)
        slug = next(item.organiser.slug for item in acting(request).current_memberships if item.organiser.keeps_portal)
        way = f"{reverse('units:person_take_in', args=[slug])}?{urlencode({'ten': obj.username})}"
        words = (
            'Người này chưa có vai trò nên chưa làm được gì, và chưa mời vào cổng được. <a href="{}">Giao vai trò</a>'
        )
        self.message_user(request, format_html(words, way), messages.WARNING)
        return response


@admin.register(Membership)
class MembershipAdmin(Catalogue):
    form = MembershipForm
    list_display = ["user", "role", "organiser", "unit", "valid_from", "valid_to"]
    list_filter = ["role", "organiser"]
    list_select_related = ["user", "organiser", "unit"]
    autocomplete_fields = ["user", "unit"]

    def get_readonly_fields(self, request: HttpRequest, obj: Membership | None = None) -> list[str]:
        """A role of another kind, place or person is another role: this one ends, that one begins."""
        return ["user", "role", "unit", "organiser"] if obj else []

    def has_change_permission(self, request: HttpRequest, obj: Membership | None = None) -> bool:
        """What was ended by hand stays ended, and a role that is lent ends on its own page: both are only read here."""
        is_closed = obj is not None and (obj.ended_at is not None or obj.stands_for_id is not None)
        return super().has_change_permission(request, obj) and not is_closed

    def get_form(self, request: HttpRequest, obj: Membership | None = None, change: bool = False, **kwargs: Any) -> Any:
        form = super().get_form(request, obj, change, **kwargs)
        form.acting = acting(request)  # type: ignore[attr-defined]  # a class made anew for this request
        return form
