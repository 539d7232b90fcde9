"""Who it is, once more, before something that counts.

`@confirmed(back)` below `@route(action, load)`: a person with a second factor who has not shown it within the last
minutes is led to the page that asks for it, and from there back to where the act begins, to do it knowingly. Without a
second factor nothing is asked here: where a password must be typed again, the form of the act says so.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import urlencode

from units.services.second_factor import has_factor, was_confirmed
from units.views.gates import SignedInRequest, View


def must_confirm(request: SignedInRequest) -> bool:
    """Whether the person has a second factor and did not show it within the last minutes."""
    return has_factor(request.user) and not was_confirmed(request)


def confirm_address(back: str) -> str:
    """The page that asks, and then leads to `back` (a path of ours)."""
    return f"{reverse('account_reauthenticate')}?{urlencode({REDIRECT_FIELD_NAME: back})}"


def ask_again(request: HttpRequest, back: str) -> HttpResponseBase:
    """To the page that asks, and from there to `back`, to do it once more."""
    messages.warning(request, "Xác nhận là anh, chị, rồi làm lại thao tác vừa rồi.")
    return HttpResponseRedirect(confirm_address(back))


def confirmed(back: Callable[[Any], str]) -> Callable[[View], View]:
    """Bind a view that is called with the object of its act; `back(obj)` is the page where the act begins."""

    def bind(view: View) -> View:
        @wraps(view)
        def asked(request: HttpRequest, obj: Any) -> HttpResponseBase:
            if must_confirm(request):  # type: ignore[arg-type]  # stands behind `route`
                return ask_again(request, back(obj))
            return view(request, obj)

        return asked

    return bind
