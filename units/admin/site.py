"""The admin site, bound to the action `units.administer_portal`; scores and publications are never registered in it."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.db import models, transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.decorators import method_decorator

from units import trail
from units.models import User
from units.permissions import ADMINISTER_PORTAL, Refused, can

# Accounts have their own pages; the admin's doubles would skip the lock and the words of the portal.
NOT_SERVED = {"password_change", "password_change_done"}


class BackOffice(admin.AdminSite):
    site_header = "Quản trị danh mục"
    site_title = "Quản trị danh mục"
    index_title = "Danh mục"
    enable_nav_sidebar = False

    def register(self, model_or_iterable: Any, admin_class: Any = None, **options: Any) -> None:
        """Catalogues only: what the libraries would put here themselves is a side door with no row in our table."""
        if admin_class is not None and issubclass(admin_class, Catalogue):
            super().register(model_or_iterable, admin_class, **options)

    def has_permission(self, request: HttpRequest) -> bool:
        return bool(can(request.user, ADMINISTER_PORTAL))

    def get_urls(self) -> list[Any]:
        return [url for url in super().get_urls() if getattr(url, "name", "") not in NOT_SERVED]

    @method_decorator(login_not_required)
    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Our own sign-in page instead of the admin's; a person without the right gets the reason."""
        if not request.user.is_authenticated:
            return redirect_to_login(request.GET.get("next", request.get_full_path()))
        decision = can(request.user, ADMINISTER_PORTAL)
        if not decision:
            raise Refused(ADMINISTER_PORTAL, decision.reason)
        return redirect("admin:index")


class Catalogue(admin.ModelAdmin):
    """Every right in the back office is the one action `units.administer_portal`, and every change is in the trail."""

    show_facets = admin.ShowFacets.NEVER

    def has_module_permission(self, request: HttpRequest) -> bool:
        return bool(can(request.user, ADMINISTER_PORTAL))

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(can(request.user, ADMINISTER_PORTAL))

    def has_add_permission(self, request: HttpRequest) -> bool:
        return bool(can(request.user, ADMINISTER_PORTAL))

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(can(request.user, ADMINISTER_PORTAL))

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False  # a unit ends, a person is switched off; nothing that history names disappears

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        """What was done to one row is told by the trail, which nobody can write into by hand."""
        obj = self.get_object(request, object_id)
        if obj is None:
            raise Http404
        keeper = next(item.organiser for item in acting(request).current_memberships if item.organiser.keeps_portal)
        return redirect(f"{reverse('units:trail', args=[keeper.slug])}?ve={obj._meta.label}:{obj.pk}")

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The page of a refused form goes out as 422."""
        response = super().changeform_view(request, *args, **kwargs)
        if request.method == "POST" and getattr(response, "context_data", None):
            response.status_code = 422
        return response

    def save_model(self, request: HttpRequest, obj: models.Model, form: Any, change: bool) -> None:
        with transaction.atomic():
            super().save_model(request, obj, form, change)
            trail.record(
                f"units.{'change' if change else 'add'}_{obj._meta.model_name}",
                by=acting(request),
                about=obj,
                label=f"{'Sửa' if change else 'Thêm'} {obj._meta.verbose_name}: {obj}",
                before={name: _text(form.initial.get(name)) for name in form.changed_data} if change else {},
                after={name: _text(form.cleaned_data[name]) for name in form.changed_data},
            )


def acting(request: HttpRequest) -> User:
    """Who is signed in; every view of the back office stands behind `has_permission`, so somebody is."""
    if not isinstance(request.user, User):
        raise Refused(ADMINISTER_PORTAL, "Đăng nhập để tiếp tục.")
    return request.user


def _text(value: Any) -> str | None:
    return None if value is None else str(value.pk if isinstance(value, models.Model) else value)
