"""Publications in the workspace: list, draft, one publication, its preview, and the acts that move it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth import authenticate
from django.core.files.storage import default_storage
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from reports import permissions, tasks
from reports.files import signed
from reports.forms import DecisionForm, DraftForm, SeenForm
from reports.models import Publication
from reports.selectors.public import released
from reports.selectors.publications import (
    announced_before,
    on_its_way,
    publication_visible_to,
    publications_visible_to,
)
from reports.services.errors import Conflict, Incomplete
from reports.services.freezing import draft as freeze_draft
from reports.services.transitions import perform
from reports.tasks.pages import Composer, in_public_order
from reports.views.presenting import form_for, publication_page
from reports.workflow import find
from scoring.models import Campaign, Run
from scoring.selectors.campaigns import campaign_visible_to, newest_run, organiser_visible_to
from units.models import Organiser
from units.permissions import Refused, can
from units.views.confirming import confirm_address, must_confirm
from units.views.gates import SignedInRequest, route

# What the public will see: who has a second factor shows it again.
_COUNTS = frozenset({"approve", "release", "withdraw"})
_DONE = {
    "send": "Đã ghi việc trình ký.",
    "record_decision": "Đã ghi số, ngày quyết định. Bước tiếp theo: người thứ hai duyệt.",
    "approve": "Đã duyệt. Có thể công bố.",
    "release": "Đang tạo trang và tệp. Trang này tự cập nhật.",
    "retry": "Đã chạy lại việc tạo trang.",
    "halt": "Đã dừng. Chưa có gì được công bố.",
    "discard": "Đã bỏ bản soạn.",
    "withdraw": "Đã thu hồi. Mọi địa chỉ của bản này nay hiện lý do thu hồi.",
}


@route(permissions.VIEW_PUBLICATIONS, organiser_visible_to)
@require_safe
def publications(request: SignedInRequest, organiser: Organiser) -> HttpResponse:
    page = Paginator(publications_visible_to(request.user, organiser), 50).get_page(request.GET.get("trang"))
    is_sample = any(item.campaign.is_sample for item in page)
    context = {"organiser": organiser, "page": page, "is_sample": is_sample}
    return render(request, "reports/publications.html", context)


@route(permissions.DRAFT, campaign_visible_to)
@require_http_methods(["GET", "HEAD", "POST"])
def draft(request: SignedInRequest, campaign: Campaign) -> HttpResponseBase:
    """Choose the depth and freeze the newest run."""
    run = newest_run(campaign)
    if run is None:
        return _draft_page(request, campaign, None, None, "Kỳ này chưa có lần tính nào. Tính kết quả trước.", 409)
    is_correction = announced_before(campaign) is not None
    if request.method != "POST":
        form = DraftForm(initial={"run": run.number}, campaign=campaign, is_correction=is_correction)
        return _draft_page(request, campaign, run, form)
    form = DraftForm(request.POST, campaign=campaign, is_correction=is_correction)
    if not form.is_valid():
        return _draft_page(request, campaign, run, form, status=422)
    chosen = campaign.runs.filter(number=form.cleaned_data["run"]).first()
    try:
        if chosen is None:
            raise Conflict("Không có lần tính này. Mở lại trang rồi soạn.")
        made = freeze_draft(campaign, chosen, form.cleaned_data["depth"], request.user, form.correction_reason)
    except Incomplete as fault:
        form.add_error(fault.field if fault.field in form.fields else None, fault.sentence)
        return _draft_page(request, campaign, run, form, status=422)
    except Conflict as refused:
        return _draft_page(request, campaign, run, form, refused.sentence, 409)
    messages.info(request, f"Đã chốt số liệu thành bản {made.version}, mã kiểm tra {made.check_code}.")
    return redirect("reports:publication", campaign.organiser.slug, made.pk)


@route(permissions.VIEW_PUBLICATIONS, publication_visible_to)
@require_safe
def publication(request: SignedInRequest, publication: Publication) -> HttpResponse:
    return publication_page(request, publication)


@route(permissions.VIEW_PUBLICATIONS, publication_visible_to)
@require_POST
def act(request: SignedInRequest, publication: Publication) -> HttpResponseBase:
    """One step of the workflow; who may take it is asked again at the door."""
    name = str(request.resolver_match.kwargs["name"]) if request.resolver_match else ""
    transition = find(name)
    if transition is None or transition.by_portal:
        raise Http404
    if not (decision := can(request.user, transition.action, publication)):
        raise Refused(transition.action, decision.reason)
    if name in _COUNTS and must_confirm(request):
        messages.warning(request, "Xác nhận là anh, chị, rồi làm lại thao tác vừa rồi.")
        page = reverse("reports:publication", args=[publication.campaign.organiser.slug, publication.pk])
        return redirect(confirm_address(page))
    form = form_for(name, request, publication)
    if not form.is_valid():
        return publication_page(request, publication, bound=(name, form), status=422)
    if name == "approve" and not _is_the_same_person(request, form):
        form.add_error("password", "Mật khẩu không đúng. Nhập lại mật khẩu của tài khoản đang dùng.")
        return publication_page(request, publication, bound=(name, form), status=403)
    try:
        _ACTS.get(name, _plain)(publication, request, form, name)
    except Incomplete as fault:
        form.add_error(fault.field if fault.field in form.fields else None, fault.sentence)
        return publication_page(request, publication, bound=(name, form), status=422)
    except Conflict as refused:
        messages.error(request, refused.sentence)
        fresh = publication_visible_to(request.user, publication.campaign.organiser.slug, publication.pk)
        return publication_page(request, fresh, status=409)
    messages.info(request, _done(name, form))
    return redirect("reports:publication", publication.campaign.organiser.slug, publication.pk)


@route(permissions.VIEW_PUBLICATIONS, publication_visible_to)
@require_safe
def preview(request: SignedInRequest, publication: Publication) -> HttpResponse:
    """One page as the public would see it; private, not for search engines, and gone with the right to see it."""
    path = str(request.resolver_match.kwargs.get("path", "")) if request.resolver_match else ""
    slug = publication.campaign.organiser.slug
    base = reverse("reports:preview_home", args=[slug, publication.pk])
    others = [item for item in released() if item.campaign_id != publication.campaign_id]
    composer = Composer(publication, in_public_order([*others, publication]))
    page = composer.preview(base, path)
    if page is None:
        raise Http404
    response = HttpResponse(page.body, content_type=page.content_type)
    response["X-Robots-Tag"] = "noindex, nofollow"
    response["Cache-Control"] = "private, no-store"
    response["Referrer-Policy"] = "no-referrer"
    if not page.content_type.startswith("text/html"):
        response["Content-Disposition"] = content_disposition_header(True, path.rpartition("/")[2])
    return response


@route(permissions.VIEW_PUBLICATIONS, publication_visible_to)
@require_safe
def signed_file(request: SignedInRequest, publication: Publication) -> FileResponse:
    """The scan of the signed decision, always as a download."""
    if not publication.signed_file.name:
        raise Http404
    file = default_storage.open(publication.signed_file.name)
    return FileResponse(
        file, as_attachment=True, filename=publication.signed_file_name, content_type="application/octet-stream"
    )


def _draft_page(
    request: SignedInRequest,
    campaign: Campaign,
    run: Run | None,
    form: DraftForm | None,
    refusal: str = "",
    status: int = 200,
) -> HttpResponse:
    context: dict[str, Any] = {"campaign": campaign, "organiser": campaign.organiser, "run": run, "form": form}
    context |= {"refusal": refusal, "is_sample": campaign.is_sample, "on_its_way": on_its_way(campaign)}
    return render(request, "reports/draft.html", context, status=status)


def _is_the_same_person(request: SignedInRequest, form: SeenForm) -> bool:
    """The password once more, through the sign-in backends, so that guessing is counted and stopped there.

    The form of a person with a second factor has no password: both were shown a moment ago.
    """
    if "password" not in form.fields:
        return True
    person = authenticate(request, username=request.user.get_username(), password=form.cleaned_data["password"])
    return person is not None and person.pk == request.user.pk


def _done(name: str, form: SeenForm) -> str:
    if isinstance(form, DecisionForm) and not form.cleaned_data["number"]:
        return "Đã ghi: bảng cũ, không rõ số quyết định. Bước tiếp theo: người thứ hai duyệt."
    return _DONE[name]


def _plain(publication: Publication, request: SignedInRequest, form: SeenForm, name: str) -> None:
    perform(publication, name, request.user, **form.seen(), **form.details())


def _record_decision(publication: Publication, request: SignedInRequest, form: SeenForm, name: str) -> None:
    assert isinstance(form, DecisionForm)  # noqa: S101  (tells the type checker)
    upload = form.cleaned_data["file"]
    kept = signed.keep(upload) if upload is not None else None
    try:
        perform(publication, name, request.user, **form.seen(), **form.details(), file=kept)
    except Exception:
        if kept is not None:
            signed.discard(kept)
        raise


def _release(publication: Publication, request: SignedInRequest, form: SeenForm, name: str) -> None:
    tasks.start_release(publication, request.user, name=name, **form.seen())


def _withdraw(publication: Publication, request: SignedInRequest, form: SeenForm, name: str) -> None:
    tasks.withdraw(publication, request.user, revision=form.cleaned_data["revision"], **form.details())


_ACTS: dict[str, Callable[[Publication, SignedInRequest, SeenForm, str], Any]] = {
    "record_decision": _record_decision,
    "release": _release,
    "retry": _release,
    "withdraw": _withdraw,
}
