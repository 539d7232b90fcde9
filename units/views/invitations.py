"""Inviting people: the list of those who have not come in yet, letters, slips to print, texts to copy."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_POST, require_safe

from units.exporters.slips import Slip, slips_pdf
from units.forms import ChosenForm, InvitationFilter
from units.mail import portal_address
from units.models import Organiser, PeopleImport, User
from units.permissions import ADMINISTER
from units.selectors import Person, organiser_administered_by, people_outside, person_at, way_in
from units.services.invitations import Issued, issue_code, issue_codes, revoke
from units.services.people import NotNow
from units.tasks import invite_all_by_mail, invite_by_mail
from units.vietnamese import format_datetime
from units.views.confirming import confirmed
from units.views.gates import SignedInRequest, route
from units.views.people import BAD_REQUEST, CONFLICT, PER_PAGE, UNPROCESSABLE, crumbs_of, page_address, page_of

PDF = "application/pdf"
MOST_AT_ONCE = 500
NOBODY = "Chưa chọn ai. Đánh dấu người cần mời, hoặc chọn cả danh sách."


def _board_address(organiser: Organiser) -> str:
    return reverse("units:people_invite", args=[organiser.slug])


@route(ADMINISTER, organiser_administered_by)
@require_safe
def board(request: SignedInRequest, organiser: Organiser) -> HttpResponse:
    """Everybody who has a role and never signed in; `?tim=`, `?loc=` narrow it, `?dot=` is one table from Excel."""
    return _board(request, organiser)


@route(ADMINISTER, organiser_administered_by)
@require_POST
@confirmed(_board_address)
def slips(request: SignedInRequest, organiser: Organiser) -> HttpResponseBase:
    """Codes for those chosen as slips on paper (PDF); the portal cannot show them a second time."""
    people, sentence = _chosen(request, organiser)
    if sentence:
        return _board(request, organiser, refused=sentence)
    issued, refused = issue_codes(organiser, people, by=request.user)
    if not issued:
        return _board(request, organiser, refused=" ".join(f"{user.full_name}: {why}" for user, why in refused[:5]))
    body = slips_pdf(
        [_slip(organiser, item) for item in issued],
        organiser=organiser.title,
        address=portal_address(reverse("invitation_code")),
        refused=[(user.full_name, why) for user, why in refused],
        sample=any(item.user.is_demo for item in issued),
    )
    headers = {"Content-Disposition": 'attachment; filename="phieu-ma-mot-lan.pdf"'}
    return HttpResponse(body, content_type=PDF, headers=headers)


@route(ADMINISTER, organiser_administered_by)
@require_POST
@confirmed(_board_address)
def letters(request: SignedInRequest, organiser: Organiser) -> HttpResponseBase:
    """An invitation by mail for each of those chosen."""
    people, sentence = _chosen(request, organiser)
    if sentence:
        return _board(request, organiser, refused=sentence)
    ordered, refused = invite_all_by_mail(organiser, people, by=request.user)
    if ordered:
        messages.info(request, f"Đã xếp hàng gửi {ordered} thư mời.")
    for user, why in refused[:20]:
        messages.warning(request, f"{user.full_name}: {why}")
    if len(refused) > 20:
        messages.warning(request, f"Còn {len(refused) - 20} người khác chưa mời được.")
    return redirect("units:people_invite", organiser.slug)


@route(ADMINISTER, organiser_administered_by)
@require_POST
@confirmed(_board_address)
def texts(request: SignedInRequest, organiser: Organiser) -> HttpResponseBase:
    """Codes for those chosen as one text a person, to be copied into whatever reaches them."""
    people, sentence = _chosen(request, organiser)
    if sentence:
        return _board(request, organiser, refused=sentence)
    issued, refused = issue_codes(organiser, people, by=request.user)
    return _texts(request, organiser, issued, refused, crumbs_of(organiser))


@route(ADMINISTER, person_at)
@require_POST
@confirmed(page_address)
def one_code(request: SignedInRequest, known: Person) -> HttpResponseBase:
    """A code for one person, shown once, with the text to copy."""
    try:
        issued = issue_code(known.organiser, known.user, by=request.user)
    except NotNow as fault:
        return page_of(request, known, refused=fault.sentence)
    return _texts(request, known.organiser, [issued], [], crumbs_of(known.organiser))


@route(ADMINISTER, person_at)
@require_POST
@confirmed(page_address)
def one_letter(request: SignedInRequest, known: Person) -> HttpResponseBase:
    """An invitation by mail for one person."""
    try:
        invite_by_mail(known.organiser, known.user, by=request.user)
    except NotNow as fault:
        return page_of(request, known, refused=fault.sentence)
    messages.info(request, f"Đã xếp hàng gửi thư mời tới {known.user.email}.")
    return redirect("units:person", known.organiser.slug, known.user.pk)


@route(ADMINISTER, person_at)
@require_POST
def take_back(request: SignedInRequest, known: Person) -> HttpResponseBase:
    """The standing invitation lets nobody in any more."""
    try:
        revoke(known.user, by=request.user)
    except NotNow as fault:
        return page_of(request, known, refused=fault.sentence)
    messages.info(request, "Đã thu hồi lời mời. Liên kết hoặc mã đã đưa không dùng được nữa.")
    return redirect("units:person", known.organiser.slug, known.user.pk)


# ── what the pages share ──────────────────────────────────────────────────────────────────────────────────────────


def _board(request: SignedInRequest, organiser: Organiser, refused: str = "") -> HttpResponse:
    form = InvitationFilter(request.GET)
    found = _narrowed(request, organiser, form)
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("trang"))
    given = form.cleaned_data if form.is_valid() else {}
    query = urlencode({name: value for name, value in given.items() if value})
    context = {
        "organiser": organiser,
        "form": form,
        "page": page,
        "rows": [(user, way_in(user)) for user in page.object_list],
        "query": f"{query}&" if query else "",
        "narrowed": query,
        "has_mail": settings.HAS_MAIL,
        "refused": refused,
        "crumbs": crumbs_of(organiser),
    }
    status = UNPROCESSABLE if refused else 200 if form.is_valid() else BAD_REQUEST
    return render(request, "units/people/invite.html", context, status=status)


def _narrowed(request: SignedInRequest, organiser: Organiser, form: InvitationFilter) -> Any:
    given = form.cleaned_data if form.is_valid() else {}
    among = None
    if given.get("dot"):
        mine = PeopleImport.objects.filter(pk=given["dot"], organiser=organiser, uploaded_by=request.user)
        among = list(mine.values_list("made", flat=True).first() or [])
    return people_outside(organiser, text=given.get("tim", ""), standing=given.get("loc", ""), among=among)


def _chosen(request: SignedInRequest, organiser: Organiser) -> tuple[Sequence[User], str]:
    """The people an order is about, or the sentence why it is none."""
    filtered = InvitationFilter(request.GET)
    pks = list(_narrowed(request, organiser, filtered).values_list("pk", flat=True))
    form = ChosenForm(pks, request.POST)
    if not form.is_valid():
        return [], "Danh sách vừa thay đổi: có người được chọn không còn trong danh sách. Chọn lại."
    chosen = form.chosen
    if not chosen:
        return [], NOBODY
    if len(chosen) > MOST_AT_ONCE:
        return [], f"Mỗi lần mời nhiều nhất {MOST_AT_ONCE} người, đang chọn {len(chosen)}. Lọc bớt rồi làm tiếp."
    found = people_outside(organiser).in_bulk(chosen)
    return [found[pk] for pk in chosen if pk in found], ""


def _slip(organiser: Organiser, issued: Issued) -> Slip:
    user = issued.user
    return Slip(
        user.full_name, _unit_of(organiser, user), user.username, issued.code, format_datetime(issued.expires_at)
    )


def _unit_of(organiser: Organiser, user: User) -> str:
    roles = getattr(user, "roles_here", None)
    if roles is None:
        roles = user.memberships.filter(organiser=organiser).select_related("unit")
    return ", ".join(dict.fromkeys(item.unit.name for item in roles if not item.is_over))


def _texts(
    request: SignedInRequest,
    organiser: Organiser,
    issued: Sequence[Issued],
    refused: Sequence[tuple[User, str]],
    crumbs: list[dict[str, Any]],
) -> HttpResponse:
    address = portal_address(reverse("invitation_code"))
    context = {
        "organiser": organiser,
        "address": address,
        "rows": [(item, _unit_of(organiser, item.user)) for item in issued],
        "refused": refused,
        "crumbs": crumbs,
    }
    status = 200 if issued else CONFLICT
    return render(request, "units/people/codes.html", context, status=status)
