"""Pages of the installation itself: health, and how every kind of refusal looks."""

from __future__ import annotations

import logging

from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.db import DatabaseError, connection
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string

from parindex.answers import refused, wants_json
from parindex.receiving import NoRoom
from units.permissions import Refused
from units.views.gates import public

log = logging.getLogger(__name__)
TOO_LARGE = "Nội dung gửi lên quá lớn, cổng không nhận. Rút gọn rồi lưu lại."
UNREADABLE = "Yêu cầu không đọc được. Tải lại trang rồi làm lại thao tác."
NO_ROOM = "Máy chủ tạm hết chỗ nên chưa nhận được. Đợi vài phút rồi gửi lại."
NO_SUCH_METHOD = "Địa chỉ này không nhận cách gọi này."
BARE_ERROR = (
    '<!doctype html><html lang="vi"><meta charset="utf-8"><title>Hệ thống gặp lỗi</title><h1>Hệ thống gặp lỗi</h1>'
    "<p>Yêu cầu chưa được thực hiện; dữ liệu đã lưu trước đó không bị ảnh hưởng. "
    "Nếu cổng vừa được cài đặt, chạy lệnh collectstatic rồi khởi động lại (docs/operations.md).</p></html>"
)


@public
def healthz(request: HttpRequest) -> JsonResponse:
    """200 when the database answers, 503 when it does not; no figures, no versions."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
            cursor.fetchone()
    except DatabaseError:
        return JsonResponse({"status": "loi", "database": "khong-tra-loi"}, status=503)
    return JsonResponse({"status": "ok", "database": "ok"})


@public
def robots(request: HttpRequest) -> HttpResponse:
    return HttpResponse("User-agent: *\nDisallow: /lam-viec/\nDisallow: /tai-khoan/\n", content_type="text/plain")


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """One constant page: what is not published looks exactly like what never existed (case T25)."""
    response = HttpResponse(_constant_not_found(), status=404)
    response["Cache-Control"] = "no-store"
    return response


def _constant_not_found() -> str:
    return render_to_string("errors/404.html")


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400; 413 where the request was larger than the limits of the settings, 503 where a file found no room."""
    if isinstance(exception, NoRoom):
        return no_room(request)
    is_too_large = isinstance(exception, RequestDataTooBig | TooManyFieldsSent | TooManyFilesSent)
    if wants_json(request):
        return refused(TOO_LARGE, 413) if is_too_large else refused(UNREADABLE, 400)
    if is_too_large:
        return HttpResponse(render_to_string("errors/413.html"), status=413)
    return HttpResponse(render_to_string("errors/400.html"), status=400)


def no_room(request: HttpRequest) -> HttpResponse:
    """503: what was sent found no room on the machine; nothing of it was done."""
    answer: HttpResponse = HttpResponse(render_to_string("errors/503.html"), status=503)
    if wants_json(request):
        answer = refused(NO_ROOM, 503, "busy")
    answer["Retry-After"] = "60"
    return answer


def method_not_allowed_page() -> str:
    """The text of a 405, which Django sends without a word."""
    return render_to_string("errors/405.html")


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    reason = exception.reason if isinstance(exception, Refused) else "Trang này không dành cho vai trò của anh, chị."
    if wants_json(request):
        return refused(reason, 403)
    return render(request, "errors/403.html", {"reason": reason}, status=403)


def server_error(request: HttpRequest) -> HttpResponse:
    """The page of our own faults; where even that cannot be drawn (style sheets not collected), its words alone."""
    try:
        return HttpResponse(render_to_string("errors/500.html"), status=500)
    except Exception:
        log.exception("the page of an error could not be drawn")
        return HttpResponse(BARE_ERROR, status=500, content_type="text/html; charset=utf-8")


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    sentence = "Trang đã mở quá lâu hoặc trình duyệt chặn cookie. Tải lại trang rồi làm lại thao tác."
    if wants_json(request):
        return refused(sentence, 403, "csrf")
    return render(request, "errors/403.html", {"reason": sentence}, status=403)


def nowhere(request: HttpRequest, rest: str = "") -> HttpResponse:
    """Nonsense below the workspace: a stranger is asked to sign in, whether the address exists or not."""
    raise Http404


nowhere.gate = "signed-in"  # type: ignore[attr-defined]
