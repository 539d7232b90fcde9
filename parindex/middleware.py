"""Two small guards around every request."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponseBase

from parindex.views import bad_request

Next = Callable[[HttpRequest], HttpResponseBase]


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
        return "\x00" in text or any("\ud800" <= character <= "\udfff" for character in text)


class KeepPrivatePagesPrivate:
    """Whatever a signed-in person is shown is stored by no cache (case T27)."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if isinstance(response, HttpResponse) and not response.has_header("Cache-Control"):
            response["Cache-Control"] = "private, no-store"
        return response
