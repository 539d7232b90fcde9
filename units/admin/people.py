"""People and their roles, as catalogues. Nobody types another's password; a one-time one is made by the portal."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from units.admin.site import Catalogue, acting
from units.forms import MembershipForm
from units.models import Membership, User
from units.permissions import ADMINISTER_ACCOUNT, authorize, can
from units.services.accounts import issue_password


@admin.register(User)
class UserAdmin(Catalogue):
    list_display = ["username", "full_name", "email", "is_active"]
    search_fields = ["username", "full_name"]
    fields = ["username", "full_name", "email", "is_active"]
    actions = ["issue_password"]

    def lookup_allowed(self, lookup: str, value: Any, request: HttpRequest) -> bool:
        """Nobody reads a password's hash letter by letter through a filter in the address (case T24)."""
        return not lookup.startswith("password") and super().lookup_allowed(lookup, value, request)

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        """Who stands in for a keeper of the portal leaves that person's account alone (decision 016)."""
        may = super().has_change_permission(request, obj)
        return may and (obj is None or bool(can(request.user, ADMINISTER_ACCOUNT, obj)))

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        if not change or not obj.is_active:
            obj.set_unusable_password()  # and with the old password end the sessions that were opened by it
        super().save_model(request, obj, form, change)

    @admin.action(description="Cấp mật khẩu mới, hiện một lần")
    def issue_password(self, request: HttpRequest, queryset: QuerySet[User]) -> HttpResponse | None:
        """For one person at a time; shown once, and every session of that person ends."""
        people = list(queryset[:2])
        if len(people) != 1:
            self.message_user(request, "Chọn đúng một người để cấp mật khẩu mới.", messages.ERROR)
            return None
        authorize(acting(request), ADMINISTER_ACCOUNT, people[0])
        password = issue_password(people[0], by=acting(request))
        context = self.admin_site.each_context(request) | {
            "title": f"Mật khẩu mới của {people[0]}",
            "person": people[0],
            "password": password,
            "opts": self.opts,
        }
        return TemplateResponse(request, "admin/units/user/password.html", context)


@admin.register(Membership)
class MembershipAdmin(Catalogue):
    form = MembershipForm
    list_display = ["user", "role", "organiser", "unit", "valid_from", "valid_to"]
    list_filter = ["role", "organiser"]
    list_select_related = ["user", "organiser", "unit"]
    autocomplete_fields = ["user", "unit"]

    def get_form(self, request: HttpRequest, obj: Membership | None = None, change: bool = False, **kwargs: Any) -> Any:
        form = super().get_form(request, obj, change, **kwargs)
        form.acting = acting(request)  # type: ignore[attr-defined]  # a class made anew for this request
        return form
