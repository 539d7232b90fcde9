"""One's own sessions: where one is signed in, ending them, and how long the present one still lasts."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from units.permissions import USE_WORKSPACE
from units.services.sessions import draft_keys, end_other_sessions, end_session
from units.views.gates import SignedInRequest, route


@route(USE_WORKSPACE)
@require_safe
def sessions(request: SignedInRequest) -> HttpResponse:
    """Every open session of the person, this one first, then the latest in use."""
    here = request.session.session_key
    alive = sorted(request.user.sessions.alive(), key=lambda item: item.session_key != here)
    return render(request, "account/sessions.html", {"sessions": alive, "here": here})


@route(USE_WORKSPACE)
@require_POST
def end(request: SignedInRequest) -> HttpResponseBase:
    """End one of them; its next request is refused."""
    ended = end_session(request.POST.get("phien", ""), by=request.user)
    messages.info(request, "Đã kết thúc phiên." if ended else "Phiên này đã kết thúc từ trước.")
    return redirect("own_sessions")


@route(USE_WORKSPACE)
@require_POST
def end_others(request: SignedInRequest) -> HttpResponseBase:
    """End all but this one."""
    ended = end_other_sessions(request.session.session_key, by=request.user)
    messages.info(request, f"Đã kết thúc {ended} phiên khác." if ended else "Không có phiên nào khác đang mở.")
    return redirect("own_sessions")


@route(USE_WORKSPACE)
@require_http_methods(["GET", "HEAD", "POST"])
def left(request: SignedInRequest) -> HttpResponse:
    """Seconds that this session lasts: `idle` when nothing is done, `longest` whatever is done. By POST the person
    goes on working, which counts as doing something; the page itself asks by GET, which does not.

    `token` is the CSRF token of the session that is open now: a page that was made before a new sign-in goes on, where
    `owner` (as in `draft_keys`) is still the person whom the page was made for."""
    if request.method == "POST":
        request.session.touch()  # type: ignore[attr-defined]
    idle, longest = request.session.left  # type: ignore[attr-defined]
    owner, _ = draft_keys(request.user)
    return JsonResponse({"idle": idle, "longest": longest, "token": get_token(request), "owner": owner})
