"""The admin site, bound to the action `units.administer`; scores and publications are never registered in it."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse

from units.permissions import ADMINISTER, Refused, can


class BackOffice(admin.AdminSite):
    site_header = "Quản trị danh mục"
    site_title = "Quản trị danh mục"
    index_title = "Danh mục"
    enable_nav_sidebar = False

    def has_permission(self, request: HttpRequest) -> bool:
        return bool(can(request.user, ADMINISTER))

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Our own sign-in page instead of the admin's; a person without the right gets the reason."""
        if request.user.is_authenticated:
            raise Refused(
                ADMINISTER, can(request.user, ADMINISTER).reason or "Trang này không dành cho vai trò của anh, chị."
            )
        return redirect_to_login(request.GET.get("next", request.get_full_path()))


class Catalogue(admin.ModelAdmin):
    """Every right in the back office is the one action `units.administer`."""

    def has_module_permission(self, request: HttpRequest) -> bool:
        return bool(can(request.user, ADMINISTER))

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(can(request.user, ADMINISTER))

    def has_add_permission(self, request: HttpRequest) -> bool:
        return bool(can(request.user, ADMINISTER))

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(can(request.user, ADMINISTER))

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False  # a unit ends, a person is switched off; nothing that history names disappears
