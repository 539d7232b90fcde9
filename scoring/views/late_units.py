"""Taking a unit into a year whose group is open already."""

from __future__ import annotations

from django.http import HttpResponseBase
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from scoring.enums import Phase
from scoring.forms.setup import LateUnitForm, other_kind_told
from scoring.models import Group, Window
from scoring.permissions import EDIT_CAMPAIGN
from scoring.selectors.setup import candidates
from scoring.services.late_units import WHILE, add_late_unit
from scoring.views.editing import campaign_url, edit
from scoring.views.setup import group_of
from units.views.gates import SignedInRequest, route


@route(EDIT_CAMPAIGN, group_of)
@require_http_methods(["GET", "HEAD", "POST"])
def late_unit(request: SignedInRequest, group: Group) -> HttpResponseBase:
    """One unit with its reason, its document and its own time limit."""
    campaign = group.campaign
    window = Window.objects.filter(group=group, phase=Phase.SELF_ASSESSMENT, closes_at__gt=timezone.now()).first()
    initial = {"version": campaign.version, "until": window.closes_at if window else None}
    form = LateUnitForm(campaign, candidates(campaign), request.POST or None, initial=initial)

    def save() -> str:
        data = form.cleaned_data
        add_late_unit(
            group, data["unit"], data["criteria_set"], until=data["until"], why=form.why, is_ranked=data["ranked"],
            seen=data["version"], by=request.user,
        )  # fmt: skip
        told = other_kind_told(data["criteria_set"], data["unit"])
        return (
            f"Đã đưa {data['unit'].name} vào khối {group.title}. Giao phần thẩm định của đơn vị ở trang Phân công. "
            + (f"Lưu ý: {told} Khối đã mở nên bộ này không đổi nữa." if told else "")
        ).strip()

    return edit(
        request,
        campaign,
        form,
        save,
        template="scoring/setup/late.html",
        context={"group": group, "is_open": group.phase in WHILE},
        then=campaign_url(campaign, "group_units", group.code),
        current=lambda: {},
    )
