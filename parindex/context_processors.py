"""What every page of the workspace shows around its content."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import SimpleLazyObject

from reports.files import index
from scoring.selectors.campaigns import has_samples
from units.enums import Role
from units.permissions import ADMINISTER, ADMINISTER_PORTAL, can
from units.selectors import lending_of
from units.services.sessions import draft_keys
from units.services.single_sign_on import service_name


def workspace(request: HttpRequest) -> dict[str, Any]:
    """`workspace` for base_work.html; lazy, so that public pages and errors never ask the database."""
    return {"workspace": SimpleLazyObject(lambda: _workspace(request))}


def sign_on(request: HttpRequest) -> dict[str, Any]:
    """`sign_on_service`: what the province's own sign-in service is called; empty where there is none."""
    return {"sign_on_service": service_name()}


def _workspace(request: HttpRequest) -> dict[str, Any]:
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {}
    memberships = user.current_memberships
    slug = request.resolver_match.kwargs.get("slug") if request.resolver_match else None
    here = [membership for membership in memberships if membership.organiser.slug == slug] or memberships
    organiser = here[0].organiser if here else None
    roles = dict.fromkeys(
        item.role_said[:1].lower() + item.role_said[1:] for item in here if item.organiser == organiser
    )
    return {
        "organiser": organiser.title if organiser else "",
        "title": "Chỉ số CCHC",
        "home_url": reverse("workspace"),
        # People of an invented province see nothing real; who keeps published tables of others there does.
        # Asked only by pages that do not know it of their own year.
        "is_sample": SimpleLazyObject(lambda: bool(user.is_demo and organiser and has_samples(organiser))),
        "user_label": user.full_name,
        "role_label": ", ".join(roles),
        "lending": SimpleLazyObject(lambda: lending_of(user, organiser) if organiser else None),
        "lending_url": reverse("units:lending", args=[organiser.slug]) if organiser else "",
        "nav": _navigation(request, organiser, memberships),
        "account_url": reverse("mfa_index"),
        "notices_url": reverse("own_notices"),
        "unread": user.unread_notices,
        "sign_out_url": reverse("account_logout"),
        "session": _session(request),
        "drafts": dict(zip(("owner", "key"), draft_keys(user), strict=True)),
    }


def _session(request: HttpRequest) -> dict[str, int]:
    """Seconds that the session lasts: when nothing more is done, whatever is done, and after each thing done."""
    idle, longest = request.session.left  # type: ignore[attr-defined]
    return {"idle": idle, "longest": longest, "limit": int(settings.SESSION_IDLE.total_seconds())}


def _navigation(request: HttpRequest, organiser: Any, memberships: list[Any]) -> list[dict[str, Any]]:
    if organiser is None:
        return []
    entries = []
    if any(item.organiser_id == organiser.pk and item.role != Role.ADMINISTRATOR for item in memberships):
        entries.append(("Việc của tôi", reverse("scoring:work", args=[organiser.slug])))
    if can(request.user, "scoring.view_campaigns", organiser):
        entries.append(("Các kỳ", reverse("scoring:campaigns", args=[organiser.slug])))
    if can(request.user, "reports.view_publications", organiser):
        entries.append(("Công bố", reverse("reports:publications", args=[organiser.slug])))
    if can(request.user, "scoring.view_units", organiser):
        entries.append(("Cây đơn vị", reverse("scoring:units", args=[organiser.slug])))
    if can(request.user, "scoring.view_guide", organiser) and not getattr(request.user, "is_demo", False):
        entries.append(("Thiết lập", reverse("scoring:guide", args=[organiser.slug])))
    if can(request.user, ADMINISTER, organiser):
        entries.append(("Người dùng", reverse("units:people", args=[organiser.slug])))
    if can(request.user, "scoring.settle_held", organiser):
        entries.append(("Tệp bị giữ lại", reverse("scoring:held_files", args=[organiser.slug])))
    if can(request.user, ADMINISTER_PORTAL):
        entries.append(("Danh mục", reverse("admin:index")))
    if f"{organiser.slug}/" in index.load():
        entries.append(("Trang công khai", f"/{organiser.slug}/"))
    if any(item.role in (Role.UNIT_STAFF, Role.UNIT_HEAD) for item in memberships):
        entries.append(("Hướng dẫn", reverse("handbook")))
    current = max((url for _, url in entries if request.path.startswith(url)), key=len, default="")
    return [{"label": label, "url": url, "current": url == current} for label, url in entries]
