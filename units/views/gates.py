"""The gate every view stands behind: it is public by declaration, or it names the action it performs.

`@route(action, load)` loads the object through a scoped selector (404 for strangers), asks the permission table
(403 with the reason), and only then calls the view with the object. `@public` opens a page to everybody.
A test walks the URLconf and fails on a view with neither.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponseBase

from units.models import User
from units.permissions import authorize

View = Callable[..., HttpResponseBase]


class SignedInRequest(HttpRequest):
    """What a view behind `route` is given: somebody has signed in (a type for the checker, never made)."""

    user: User


def public(view: View) -> View:
    """Open to everybody, signed in or not."""
    opened = login_not_required(view)
    opened.gate = "public"  # type: ignore[attr-defined]
    return opened


def route(action: str, load: Callable[..., Any] | None = None) -> Callable[[View], View]:
    """Bind a view to `action`.

    `load(user, **url_kwargs)` returns the object the action is about, chosen from what the user may know of, or
    raises Http404; the view is then called as `view(request, obj)`. Without `load` it is called as
    `view(request, **url_kwargs)`.
    """

    def bind(view: View) -> View:
        @wraps(view)
        def gated(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if load is None:
                authorize(request.user, action)
                return view(request, *args, **kwargs)
            obj = load(request.user, **kwargs)
            authorize(request.user, action, obj)
            return view(request, obj)

        gated.gate = action  # type: ignore[attr-defined]
        return gated

    return bind
