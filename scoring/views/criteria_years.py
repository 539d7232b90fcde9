"""A criteria set beside an earlier year: what changed, and the coordinator's word on what goes on from what."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_safe

from scoring.exporters.criteria_years import years_workbook
from scoring.forms.criteria_links import LinksForm
from scoring.models import CriteriaSet
from scoring.permissions import LINK_CRITERIA, VIEW_CAMPAIGN
from scoring.selectors.announced import announced_run
from scoring.selectors.continuity import earlier_sets
from scoring.selectors.criteria import set_visible_to
from scoring.services.criteria_links import ANNOUNCED, link_criteria
from scoring.services.criteria_years import TwoYears, two_years
from scoring.views.editing import edit
from units.permissions import can
from units.views.gates import SignedInRequest, route

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
DIFFERENT_ONLY, IN_FULL = "khac", "du"


@route(VIEW_CAMPAIGN, set_visible_to)
@require_safe
def changes(request: SignedInRequest, chosen: CriteriaSet) -> HttpResponse:
    """What changed since an earlier year: maximum, rule, source and role, then and now; new and dropped criteria."""
    frame, years = _opened(request, chosen)
    context = frame | {"years": years, "may_link": can(request.user, LINK_CRITERIA, chosen.campaign)}
    return render(request, "scoring/criteria/years.html", context)


@route(VIEW_CAMPAIGN, set_visible_to)
@require_safe
def changes_file(request: SignedInRequest, chosen: CriteriaSet) -> HttpResponse:
    """The same as a workbook: all criteria, those that were dropped last."""
    _, years = _opened(request, chosen)
    if years is None:
        raise Http404
    campaign = chosen.campaign
    name = f"{campaign.organiser.slug}-{campaign.code}-{chosen.code}-so-voi-{years.before.campaign.code}.xlsx"
    response = HttpResponse(years_workbook(years), content_type=XLSX)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@route(LINK_CRITERIA, set_visible_to)
@require_http_methods(["GET", "HEAD", "POST"])
def links(request: SignedInRequest, chosen: CriteriaSet) -> HttpResponseBase:
    """Which criterion goes on from which, for the whole set at once."""
    frame, years = _opened(request, chosen)
    if years is None:
        return render(request, "scoring/criteria/links.html", frame | {"refusal": ""})
    in_full = frame["in_full"] = request.GET.get("danh-sach") == IN_FULL
    form = LinksForm(years, request.POST or None, initial={"version": chosen.campaign.version}, in_full=in_full)

    def save() -> str:
        seen = form.cleaned_data["version"]
        link_criteria(chosen, years.before, form.wanted, seen=seen, by=request.user)
        return f"Đã nối bộ tiêu chí với năm {years.before.campaign.year}."

    return edit(
        request,
        chosen.campaign,
        form,
        save,
        template="scoring/criteria/links.html",
        context=frame | {"years": years, "refusal": ANNOUNCED if announced_run(chosen.campaign) else ""},
        then=f"{request.path}?{urlencode({'voi': years.before.pk})}",
        current=lambda: LinksForm(two_years(chosen, years.before)).initial_values(),
    )


def _opened(request: SignedInRequest, chosen: CriteriaSet) -> tuple[dict[str, Any], TwoYears | None]:
    """The frame of both pages, and the set beside the one that the address names (the usual one without); None where
    no earlier year has criteria."""
    earlier = list(earlier_sets(chosen))
    wanted = request.GET.get("voi")
    before = next((one for one in earlier if wanted in (None, str(one.pk))), None)
    if before is None and wanted is not None:
        raise Http404
    campaign = chosen.campaign
    frame = {"campaign": campaign, "criteria_set": chosen, "is_sample": campaign.is_sample or chosen.is_sample}
    frame |= {"earlier": earlier, "before": before, "different_only": request.GET.get("chi") == DIFFERENT_ONLY}
    return frame, two_years(chosen, before) if before else None
