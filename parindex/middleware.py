"""Small guards around every request."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY, get_user
from django.contrib.auth.middleware import AuthenticationMiddleware, LoginRequiredMiddleware
from django.contrib.auth.models import AnonymousUser
from django.contrib.auth.views import redirect_to_login
from django.contrib.sessions.middleware import SessionMiddleware
from django.core.exceptions import RequestDataTooBig
from django.http import (
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseNotAllowed,
    HttpResponseRedirect,
    JsonResponse,
)
from django.shortcuts import redirect, resolve_url
from django.urls import reverse
from django.utils.crypto import constant_time_compare
from django.utils.functional import SimpleLazyObject
from django.utils.http import url_has_allowed_host_and_scheme

from parindex.answers import JSON, refused, signed_out, wants_json
from parindex.network import client_address, time_at_proxy
from parindex.receiving import FAULT, NO_ROOM, length_of, time_since_arrival
from parindex.views import NO_SUCH_METHOD, bad_request, method_not_allowed_page, no_room, permission_denied
from scoring.selectors.clock import request_begun
from units.models import User
from units.permissions import Refused
from units.services.accounts import must_choose_password
from units.services.second_factor import must_set_up
from units.trail import acting_from

Next = Callable[[HttpRequest], HttpResponseBase]
_UNREADABLE = re.compile("[\x00\ud800-\udfff]")


class NoteWhenItBegan:
    """First of all: from here a request has begun, for deadlines that ask when it came (decision 024).

    A proxy that takes in the whole body before it asks us says how long that took. Like the address of the client that
    is believed from a trusted proxy only, and it replaces what the client wrote there.
    """

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        with request_begun(time_at_proxy(request) + time_since_arrival(request)):
            return self.get_response(request)


class RefuseHalfRequests:
    """413 for a request larger than all that the portal takes, 400 for one that was cut off on its way, 503 where the
    machine had no room for it. No view sees any of it: half a form would be stored as a whole one."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if length_of(request.META.get("CONTENT_LENGTH")) > settings.LARGEST_REQUEST:
            return bad_request(request, RequestDataTooBig())
        fault = request.META.get(FAULT, "")
        if not fault:
            return self.get_response(request)
        return no_room(request) if fault == NO_ROOM else bad_request(request, ValueError("cut off"))


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
            if wants_json(request):
                response.content = refused(NO_SUCH_METHOD, 405).content
                response["Content-Type"] = JSON
            else:
                response.content = method_not_allowed_page()
        return response


class RememberWhereFrom:
    """Whatever the request does, the trail keeps the address it came from, as far as it can be trusted (case T53)."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        with acting_from(client_address(request)[:45]):
            return self.get_response(request)


class KeepSession(SessionMiddleware):
    """Sessions that know whose they are. A request of a person keeps the session alive; one that a page makes by
    itself (it says so in a header, or is told to load anew) does not (case T57)."""

    BY_ITSELF = "X-By-Itself"

    def process_request(self, request: HttpRequest) -> None:
        super().process_request(request)
        request.session.comes_from(  # type: ignore[attr-defined]
            address=client_address(request), agent=request.headers.get("User-Agent", "")
        )

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        asks_itself = self.BY_ITSELF in request.headers or response.has_header("Refresh")  # a page that loads anew
        is_kept = response.status_code < 500 and not asks_itself
        if is_kept and hasattr(request, "session") and not request.session.modified:
            request.session.touch()  # type: ignore[attr-defined]
        return super().process_response(request, response)


class KnowWhoIsThere(AuthenticationMiddleware):
    """Django's own, which takes the person that the session was read with instead of asking for the row again."""

    def process_request(self, request: HttpRequest) -> None:
        super().process_request(request)
        request.user = SimpleLazyObject(lambda: _person(request))  # type: ignore[assignment]


def _person(request: HttpRequest) -> User | AnonymousUser:
    """As `django.contrib.auth.get_user` says: only where each of its tests is passed by the row at hand is it not asked
    itself. It answers for whatever is unusual: an account that was closed, another password, an old secret key."""
    if not hasattr(request, "_cached_user"):
        session = request.session
        user = session.person if SESSION_KEY in session else None  # type: ignore[attr-defined]
        is_known = (
            user is not None
            and user.is_active
            and str(user.pk) == session[SESSION_KEY]
            and session.get(BACKEND_SESSION_KEY) in settings.AUTHENTICATION_BACKENDS
            and constant_time_compare(session.get(HASH_SESSION_KEY, ""), user.get_session_auth_hash())
        )
        request._cached_user = user if is_known else get_user(request)  # type: ignore[attr-defined]
    return request._cached_user  # type: ignore[attr-defined, no-any-return]


class LoginRequiredWhereAsked(LoginRequiredMiddleware):
    """Django's own asks who is there before it looks whether the view is public; a public page asks nobody, so that it
    needs no session, no database and no `Vary: Cookie`."""

    def process_view(
        self, request: HttpRequest, view_func: Callable[..., Any], view_args: Any, view_kwargs: Any
    ) -> HttpResponseBase | None:
        if not getattr(view_func, "login_required", True):
            return None
        return super().process_view(request, view_func, view_args, view_kwargs)

    def handle_no_permission(  # type: ignore[override]
        self, request: HttpRequest, view_func: Callable[..., Any]
    ) -> HttpResponseRedirect | JsonResponse:
        """To the sign-in, and from there back: a form that came too late leads to the page it stood on. Whoever had a
        session is told that it ended, and whether something was not stored (case T57). A script is told the way, and
        keeps by itself what was typed."""
        if wants_json(request):
            back = _page_before(request, resolve_url(settings.LOGIN_REDIRECT_URL))
            return signed_out(redirect_to_login(back, f"{reverse(settings.LOGIN_URL)}?phien=het").url)
        is_reading = request.method in ("GET", "HEAD")
        query = ""
        if settings.SESSION_COOKIE_NAME in request.COOKIES and request.session.session_key is None:
            query = "?phien=het" if is_reading else "?phien=chua-luu"
        back = request.get_full_path() if is_reading else _page_before(request, request.get_full_path())
        return redirect_to_login(back, f"{reverse(settings.LOGIN_URL)}{query}")


def _page_before(request: HttpRequest, otherwise: str) -> str:
    """The page of ours that a form or a script stood on, as the browser tells it."""
    told = request.headers.get("Referer", "")
    if not url_has_allowed_host_and_scheme(told, {request.get_host()}, require_https=request.is_secure()):
        return otherwise
    page = urlsplit(told)
    return f"{page.path}?{page.query}" if page.query else page.path or "/"


class TellWhatWasTaken:
    """A form whose page keeps what is typed (static/js/drafts.js) says under which number: once the form was taken,
    which is answered by a redirect to the next page, a cookie tells the page that it may forget that text."""

    FIELD, COOKIE, MOST = "_nhap", "da-nhan", 5
    NUMBER = re.compile(r"[0-9a-f]{16}")
    NOT_TAKEN = ("account_login", "account_reauthenticate", "mfa_authenticate")

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if request.method != "POST" or response.status_code not in (302, 303):
            return response
        number = request.POST.get(self.FIELD, "")
        way = urlsplit(response.get("Location", "")).path
        if self.NUMBER.fullmatch(number) and way not in {reverse(name) for name in self.NOT_TAKEN}:
            before = [item for item in request.COOKIES.get(self.COOKIE, "").split(".") if self.NUMBER.fullmatch(item)]
            response.set_cookie(
                self.COOKIE,
                ".".join([*before, number][-self.MOST :]),
                max_age=600,
                secure=settings.SESSION_COOKIE_SECURE,
                samesite="Strict",
            )
        return response


@dataclass(frozen=True)
class Hold:
    """Something that a person does before anything else: `applies(request, user)` says of whom, `page` is where it is
    done, `open` are the routes that one may use meanwhile, `refusal` answers a form. `leads_back`: `page` is told where
    the person wanted to go, and leads there when it is done."""

    applies: Callable[[HttpRequest, User], bool]
    page: str
    open: frozenset[str]
    refusal: str
    leads_back: bool = False


class FirstThingsFirst:
    """One guard for every route: whoever was given a password by somebody else chooses one of his or her own; then
    whoever holds a role that the settings name sets a second factor up (case T56). Until that is done nothing else of
    what needs a sign-in is open: a page leads there, a form or a script is refused and the browser keeps the text."""

    HOLDS = (
        Hold(
            must_choose_password,
            "account_change_password",
            frozenset({"account_logout", "account_change_password"}),
            "Mật khẩu đang dùng do người quản trị đặt. Đặt mật khẩu của riêng mình ở trang Đổi mật khẩu, rồi làm tiếp.",
            leads_back=True,
        ),
        Hold(
            lambda request, user: must_set_up(user),
            "mfa_index",
            frozenset(
                {
                    "account_logout", "account_reauthenticate", "account_change_password",
                    "mfa_index", "mfa_activate_totp", "mfa_add_webauthn", "mfa_view_recovery_codes",
                }
            ),
            "Vai trò của anh, chị cần xác nhận hai bước khi đăng nhập. Bật ở trang Bảo mật tài khoản, rồi làm tiếp.",
        ),
    )  # fmt: skip

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view_func: Callable[..., Any], view_args: Any, view_kwargs: Any
    ) -> HttpResponseBase | None:
        user = request.user
        if not getattr(view_func, "login_required", True) or not isinstance(user, User):
            return None
        name = request.resolver_match.view_name if request.resolver_match else ""
        hold = next((hold for hold in self.HOLDS if name not in hold.open and hold.applies(request, user)), None)
        if hold is None:
            return None
        if request.method not in ("GET", "HEAD") or "HX-Request" in request.headers or wants_json(request):
            return permission_denied(request, Refused("", hold.refusal))
        if hold.leads_back:
            return redirect_to_login(request.get_full_path(), reverse(hold.page))
        return redirect(hold.page)
