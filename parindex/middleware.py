"""Small guards around every request."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.http import HttpRequest, HttpResponseBase, HttpResponseNotAllowed

from parindex.views import bad_request, method_not_allowed_page

Next = Callable[[HttpRequest], HttpResponseBase]
_UNREADABLE = re.compile("[\x00\ud800-\udfff]")


class RefuseUnreadableInput:
    """NUL bytes and lone surrogates never mean anything and break databases: refused before any view (case T63)."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if self._unreadable(request.path) or self._unreadable(request.META.get("QUERY_STRING", "")):
            return bad_request(request, ValueError("unreadable input"))
        if any(self._unreadable(value) for values in request.GET.lists() for value in (values[0], *values[1])):
            return bad_request(request, ValueError("unreadable input"))
        return self.get_response(request)

    @staticmethod
    def _unreadable(text: str) -> bool:
        return _UNREADABLE.search(text) is not None


class KeepPrivatePagesPrivate:
    """Whatever did not say otherwise is stored by no cache: pages, downloads, refusals (case T27)."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if not response.has_header("Cache-Control"):
            response["Cache-Control"] = "private, no-store"
        return response


class SaySomething:
    """A refusal that arrives without a word (a method the address does not know) gets its page."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if isinstance(response, HttpResponseNotAllowed) and not response.content and request.method != "HEAD":
            response.content = method_not_allowed_page()
        return response


class LoginRequiredWhereAsked(LoginRequiredMiddleware):
    """Django's own asks who is there before it looks whether the view is public; a public page asks nobody, so that it
    needs no session, no database and no `Vary: Cookie`."""

    def process_view(
        self, request: HttpRequest, view_func: Callable[..., Any], view_args: Any, view_kwargs: Any
    ) -> HttpResponseBase | None:
        if not getattr(view_func, "login_required", True):
            return None
        return super().process_view(request, view_func, view_args, view_kwargs)
