"""Inviting people: the list of those who have not come in yet, letters, slips to print, texts to copy."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_POST, require_safe

from units.exporters.slips import Slip, slips_pdf
from units.forms import ChosenForm, InvitationFilter, mark_of
from units.mail import portal_address, undecided_address
from units.models import Invitation, Organiser, PeopleImport, User
from units.permissions import ADMINISTER
from units.selectors import Person, WayIn, organiser_administered_by, people_outside, person_at, way_in
from units.services.invitations import Issued, issue_code, issue_codes, revoke, would_end
from units.services.people import NotNow
from units.tasks import invite_all_by_mail, invite_by_mail
from units.vietnamese import format_datetime
from units.views.confirming import confirmed
from units.views.gates import SignedInRequest, route
from units.views.people import BAD_REQUEST, CONFLICT, PER_PAGE, UNPROCESSABLE, crumbs_of, page_address, page_of

PDF = "application/pdf"
MOST_AT_ONCE = 500
STILL_OPEN = "Có người đang giữ lời mời còn hạn. Mời lại thì lời mời ấy hết dùng được: xem tên ở dưới."
TOO_MANY = "Mỗi lần mời nhiều nhất {most} người, đang chọn {chosen}. Lọc bớt rồi làm tiếp."
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
@transaction.atomic
def slips(request: SignedInRequest, organiser: Organiser) -> HttpResponseBase:
    """Codes for those chosen as slips on paper (PDF); the portal cannot show them a second time.

    In one transaction: no code is given that no slip tells.
    """
    chosen = _chosen(request, organiser)
    if chosen.sentence:
        return _board(request, organiser, chosen)
    issued, refused = issue_codes(organiser, chosen.people, by=request.user)
    if not issued:
        why_not = " ".join(f"{user.full_name}: {why}" for user, why in refused[:5])
        return _board(request, organiser, replace(chosen, sentence=why_not))
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
    chosen = _chosen(request, organiser)
    if chosen.sentence:
        return _board(request, organiser, chosen)
    ordered, refused = invite_all_by_mail(organiser, chosen.people, by=request.user)
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
@transaction.atomic
def texts(request: SignedInRequest, organiser: Organiser) -> HttpResponseBase:
    """Codes for those chosen as one text a person, to be copied into whatever reaches them."""
    chosen = _chosen(request, organiser)
    if chosen.sentence:
        return _board(request, organiser, chosen)
    issued, refused = issue_codes(organiser, chosen.people, by=request.user)
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


@dataclass(frozen=True)
class _Chosen:
    """Whom an order is about, or the sentence why it is not carried out; `ending` are the invitations it would end
    and nobody was told of. `marked` (pk) stays marked on the page that says why not."""

    people: Sequence[User] = ()
    sentence: str = ""
    ending: Sequence[Invitation] = ()
    marked: frozenset[int] = frozenset()


def _board(request: SignedInRequest, organiser: Organiser, chosen: _Chosen | None = None) -> HttpResponse:
    form = InvitationFilter(request.GET)
    found = _narrowed(request, organiser, form)
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("trang"))
    given = form.cleaned_data if form.is_valid() else {}
    query = urlencode({name: value for name, value in given.items() if value})
    context = {
        "organiser": organiser,
        "form": form,
        "page": page,
        "rows": [_row(user, chosen) for user in page.object_list],
        "ending": chosen.ending if chosen else (),
        "ending_mark": mark_of(chosen.ending) if chosen and chosen.ending else "",
        "is_all": chosen is not None and "tat_ca" in request.POST,
        "query": f"{query}&" if query else "",
        # A refused order comes back to the page where its rows were marked.
        "narrowed": f"{query}&trang={page.number}".lstrip("&") if page.number > 1 else query,
        "has_mail": settings.HAS_MAIL,
        "undecided_address": undecided_address(),
        "crumbs": crumbs_of(organiser),
    }
    refused = chosen.sentence if chosen else ""
    context["refused"] = refused
    status = CONFLICT if context["ending"] else UNPROCESSABLE if refused else 200 if form.is_valid() else BAD_REQUEST
    return render(request, "units/people/invite.html", context, status=status)


def _row(user: User, chosen: _Chosen | None) -> tuple[User, WayIn, bool]:
    """An account, how far it is, and whether it is marked: as it was, or else whoever was never invited."""
    way = way_in(user)
    return user, way, user.pk in chosen.marked if chosen else way.is_untouched


def _narrowed(request: SignedInRequest, organiser: Organiser, form: InvitationFilter) -> Any:
    given = form.cleaned_data if form.is_valid() else {}
    among = None
    if given.get("dot"):
        mine = PeopleImport.objects.filter(pk=given["dot"], organiser=organiser, uploaded_by=request.user)
        among = list(mine.values_list("made", flat=True).first() or [])
    return people_outside(organiser, text=given.get("tim", ""), standing=given.get("loc", ""), among=among)


def _chosen(request: SignedInRequest, organiser: Organiser) -> _Chosen:
    """The people an order is about, or the sentence why it is none."""
    filtered = InvitationFilter(request.GET)
    pks = list(_narrowed(request, organiser, filtered).values_list("pk", flat=True))
    form = ChosenForm(pks, request.POST)
    marked = frozenset(pk for pk in pks if str(pk) in request.POST.getlist("chon"))
    if not form.is_valid():
        gone = "Danh sách vừa thay đổi: có người được chọn không còn trong danh sách. Xem lại rồi làm tiếp."
        return _Chosen(sentence=gone, marked=marked)
    chosen = form.chosen
    if not chosen:
        return _Chosen(sentence=NOBODY)
    if len(chosen) > MOST_AT_ONCE:
        return _Chosen(sentence=TOO_MANY.format(most=MOST_AT_ONCE, chosen=len(chosen)), marked=marked)
    found = people_outside(organiser).in_bulk(chosen)
    people = [found[pk] for pk in chosen if pk in found]
    ending = would_end(people)
    return _Chosen(people, marked=marked) if form.has_seen(ending) else _Chosen(people, STILL_OPEN, ending, marked)


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
        "undecided_address": undecided_address(),
        "rows": [(item, _unit_of(organiser, item.user)) for item in issued],
        "refused": refused,
        "crumbs": crumbs,
    }
    status = 200 if issued else CONFLICT
    return render(request, "units/people/codes.html", context, status=status)
