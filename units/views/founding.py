"""The first page of an empty portal; on a portal that has an administrator nothing is there."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from units.files.official_list import shipped_provinces
from units.forms.founding import FoundingForm
from units.services.founding import Province, TokenRefused, found_portal, is_founded, was_used
from units.views.gates import public

FORBIDDEN, UNPROCESSABLE = 403, 422


@public
@require_http_methods(["GET", "HEAD", "POST"])
def found(request: HttpRequest) -> HttpResponseBase:
    """Token in, portal out. Who comes second with a token that was good is told so (403); all others see a 404."""
    if is_founded():
        if request.method == "POST" and was_used(request.POST.get("token", "")):
            return _late(request)
        raise Http404
    provinces = [Province(code, name) for code, name in shipped_provinces()]
    form = FoundingForm(provinces, request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        names = ("province", "title", "slug", "username", "full_name", "email", "password")
        try:
            user = found_portal(form.cleaned_data["token"], **{name: form.cleaned_data[name] for name in names})
        except TokenRefused as refused:
            if refused.is_late:
                return _late(request)
            form.add_error("token", refused.sentence)
        else:
            messages.info(request, f"Đã lập cổng. Đăng nhập bằng tài khoản {user.username} vừa tạo để thiết lập tiếp.")
            return redirect("account_login")
    return render(request, "units/founding.html", {"form": form}, status=UNPROCESSABLE if form.is_bound else 200)


def _late(request: HttpRequest) -> HttpResponse:
    sentence = "Mã cài đặt này đã được dùng: cổng đã có người quản trị. Đề nghị người đó cấp tài khoản."
    return render(request, "errors/403.html", {"reason": sentence}, status=FORBIDDEN)
