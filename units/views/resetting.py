"""A forgotten password: asking for the link. What the link opens is the library's page in our look.

The answer, its time and what is written down are the same whoever was asked for: the request only orders a job, and the
job looks whether there is such an account (case T54).
"""

from __future__ import annotations

from typing import Any

from allauth.account.views import PasswordResetFromKeyView
from allauth.core import ratelimit
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from units.forms.account import ForgottenForm
from units.services.throttle import remember_device
from units.tasks import order_reset_links

UNPROCESSABLE = 422


class SetPassword(PasswordResetFromKeyView):
    """What the link of the letter opens. Who could read the letter is no guesser: this browser is known from now on."""

    def form_valid(self, form: Any) -> HttpResponse:
        response = super().form_valid(form)
        remember_device(self.request, response, self.reset_user)
        return response

    def form_invalid(self, form: Any) -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=form), status=UNPROCESSABLE)


set_password = SetPassword.as_view()


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest) -> HttpResponseBase:
    """Order the link for a user name or an address; without a mail server the page says whom to ask."""
    form = ForgottenForm(request.POST if request.method == "POST" else None)
    if form.is_bound and settings.HAS_MAIL and form.is_valid():
        name = form.cleaned_data["name"]
        if too_many := ratelimit.consume_or_429(request, action="reset_password", key=name.casefold()):
            return too_many
        order_reset_links(name)
        return redirect("account_reset_password_done")
    status = UNPROCESSABLE if form.is_bound and form.errors else 200
    return render(request, "account/password_reset.html", {"form": form, "has_mail": settings.HAS_MAIL}, status=status)


@login_not_required
@require_safe
def asked(request: HttpRequest) -> HttpResponse:
    """The same page for everybody."""
    return render(request, "account/password_reset_done.html", {"is_demo": settings.DEMO_MODE})
