"""Thiết lập: the way from an empty organiser to an open year, each step as far as the data itself says it is."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from scoring.models import Campaign
from scoring.permissions import CREATE_CAMPAIGN, VIEW_CAMPAIGN, VIEW_GUIDE
from scoring.selectors.campaigns import organiser_visible_to
from scoring.services.guide import SetUp, look
from units.enums import Role, UnitKind
from units.models import Organiser, User
from units.permissions import ADMINISTER, ADMINISTER_PORTAL, can
from units.views.gates import SignedInRequest, route

DONE, HALF, OPEN = "done", "half", "todo"
WORDS = {DONE: "Xong", HALF: "Còn thiếu", OPEN: "Chưa làm"}
MOST_NAMED = 5


@dataclass(frozen=True)
class Missing:
    """What a step still lacks and where it is mended; `is_needed`: without it no group opens."""

    text: str
    url: str
    is_needed: bool = True


@dataclass(frozen=True)
class Step:
    """One step: `who` does it, `facts` stand already, `links` are its pages (label, address), the main one first.
    `notes` may be as they should be: they are shown to be looked at and leave the step done."""

    name: str
    title: str
    who: Role
    aim: str
    has_begun: bool
    facts: tuple[str, ...]
    missing: tuple[Missing, ...]
    links: tuple[tuple[str, str], ...]
    notes: tuple[Missing, ...] = ()

    @property
    def state(self) -> str:
        if not self.missing:
            return DONE
        return HALF if self.has_begun else OPEN

    @property
    def word(self) -> str:
        return WORDS[self.state]


def organiser_to_set_up(user: User, slug: str) -> Organiser:
    """The organiser, for a person of it; the trial portal comes set up, so its people find nothing here."""
    if user.is_demo:
        raise Http404
    return organiser_visible_to(user, slug)


@route(VIEW_GUIDE, organiser_to_set_up)
@require_safe
def guide(request: SignedInRequest, organiser: Organiser) -> HttpResponse:
    """All steps with what stands and what is missing; a link only where the person may do the step."""
    found = look(organiser)
    mine = {
        Role.ADMINISTRATOR: bool(can(request.user, ADMINISTER, organiser)),
        Role.COORDINATOR: bool(can(request.user, CREATE_CAMPAIGN, organiser)),
    }
    steps = steps_of(
        found,
        keeps_portal=bool(can(request.user, ADMINISTER_PORTAL)),
        may_read=found.campaign is not None and bool(can(request.user, VIEW_CAMPAIGN, found.campaign)),
    )
    lacking = [(step, item, mine[step.who]) for step in steps for item in step.missing]
    context = {
        "organiser": organiser,
        "campaign": found.campaign,
        "steps": [(step, mine[step.who]) for step in steps],
        "done_count": sum(1 for step in steps if step.state == DONE),
        "needed": [entry for entry in lacking if entry[1].is_needed],
        "later": [entry for entry in lacking if not entry[1].is_needed],
        "to_look_at": [(step, item, mine[step.who]) for step in steps for item in step.notes],
        "ready": [step for step in steps if step.state == DONE],
        "is_open": found.is_open,
        "may_open": mine[Role.COORDINATOR],
        "phases_url": _year(found.campaign, "phases") if found.campaign else "",
    }
    return render(request, "scoring/guide.html", context)


def steps_of(found: SetUp, *, keeps_portal: bool, may_read: bool) -> list[Step]:
    """The steps in the order that makes sense; none waits for another but where the data does. `may_read`: the year,
    and so what the engine says of its figures, among them those of appraisers and council."""
    return [
        _organiser(found, keeps_portal), _units(found), _people(found), _year_step(found), _sets(found, may_read),
        _groups(found), _people_of_units(found),
    ]  # fmt: skip


def _organiser(found: SetUp, keeps_portal: bool) -> Step:
    organiser = found.organiser
    change = reverse("admin:units_organiser_change", args=[organiser.pk])
    return Step(
        "noi-to-chuc", "Nơi tổ chức đánh giá", Role.ADMINISTRATOR,
        "Cơ quan công bố kết quả và cơ quan điều phối, như sẽ in trên trang công bố.",
        True,
        (f"{organiser.title}, địa chỉ ngắn /{organiser.slug}/", f"Cơ quan điều phối: {organiser.lead_department}"),
        (),
        (("Sửa tên, cơ quan điều phối", change),) if keeps_portal else (),
    )  # fmt: skip


def _units(found: SetUp) -> Step:
    start = reverse("units:start", args=[found.organiser.slug])
    missing = []
    if found.organiser.unit.kind == UnitKind.PROVINCE and not found.communes:
        missing.append(Missing("Chưa có xã, phường, đặc khu.", start, is_needed=bool(not found.others)))
    if not found.others and not (found.communes and found.organiser.unit.kind != UnitKind.PROVINCE):
        missing.append(Missing("Chưa có sở, ban, ngành.", start, is_needed=bool(not found.communes)))
    return Step(
        "don-vi", "Đơn vị", Role.ADMINISTRATOR,
        "Nhập xã, phường, đặc khu từ danh mục chính thức rồi nối với đơn vị trước 01/07/2025; sở, ban, ngành từ danh "
        "sách thường gặp hoặc từ Excel.",
        bool(found.communes or found.others),
        (f"{found.communes} xã, phường, đặc khu", f"{found.others} sở, ban, ngành và đơn vị khác"),
        tuple(missing),
        (("Nhập đơn vị", start), ("Cây đơn vị", reverse("scoring:units", args=[found.organiser.slug]))),
    )  # fmt: skip


def _people(found: SetUp) -> Step:
    add = reverse("units:person_add", args=[found.organiser.slug])
    roles = found.roles
    missing = []
    if not roles[Role.COORDINATOR]:
        missing.append(Missing("Chưa có ai giữ vai trò điều phối.", add))
    elif roles[Role.COORDINATOR] + roles[Role.LEADER] < 2:
        missing.append(Missing("Điểm nhập cần người thứ hai xác nhận: thêm một điều phối hoặc lãnh đạo.", add, False))
    for role, sentence in (
        (Role.LEADER, "Chưa có lãnh đạo để duyệt công bố."),
        (Role.APPRAISER, "Chưa có người thẩm định."),
        (Role.COUNCIL, "Chưa có thành viên hội đồng."),
    ):
        if not roles[role]:
            missing.append(Missing(sentence, add, is_needed=False))
    shown = (Role.ADMINISTRATOR, Role.COORDINATOR, Role.LEADER, Role.APPRAISER, Role.COUNCIL)
    return Step(
        "dieu-phoi", "Người điều phối, lãnh đạo, thẩm định", Role.ADMINISTRATOR,
        "Người quản trị lập tài khoản và giao vai trò. Điều phối làm các bước sau.",
        any(roles[role] for role in shown[1:]),
        tuple(f"{role.label}: {roles[role]} người" for role in shown),
        tuple(missing),
        (("Thêm người", add), ("Người dùng", reverse("units:people", args=[found.organiser.slug]))),
    )  # fmt: skip


def _year_step(found: SetUp) -> Step:
    slug = found.organiser.slug
    new = reverse("scoring:campaign_new", args=[slug])
    return Step(
        "ky", "Kỳ đánh giá", Role.COORDINATOR,
        "Lập kỳ của năm nay: từ đầu, hoặc sao từ kỳ năm trước. Bảng kết quả các năm cũ nhập lúc nào cũng được.",
        False,
        (found.campaign.title,) if found.campaign else (),
        () if found.campaign else (Missing("Chưa lập kỳ đánh giá.", new),),
        ((("Xem kỳ", _year(found.campaign)),) if found.campaign else (("Lập kỳ đánh giá", new),))
        + (("Nhập bảng kết quả năm cũ", reverse("scoring:past_upload", args=[slug])),),
    )  # fmt: skip


def _sets(found: SetUp, may_read: bool) -> Step:
    campaign = found.campaign
    missing = []
    if campaign is None:
        missing.append(Missing("Chưa có bộ tiêu chí. Lập kỳ đánh giá trước.", _new_year(found)))
    elif not found.sets:
        missing.append(Missing("Chưa có bộ tiêu chí.", _year(campaign, "criteria_upload")))
    for item in found.sets:
        address = _year(campaign, "criteria_set", item.code)
        if not item.leaves:
            missing.append(Missing(f"Bộ “{item.title}” chưa có tiêu chí nào.", address))
        elif item.pending:
            missing.append(Missing(f"Bộ “{item.title}”: {item.pending} tiêu chí chưa có quy tắc.", address, False))
    if campaign is not None:
        counted = f"Có {len(found.faults)} chỗ làm kỳ chưa tính được. Người điều phối đọc được từng chỗ."
        told = found.faults[:MOST_NAMED] if may_read else (counted,) * bool(found.faults)
        missing += [Missing(fault, _year(campaign, "criteria_sets")) for fault in told]
    return Step(
        "bo-tieu-chi", "Bộ tiêu chí", Role.COORDINATOR,
        "Thường một bộ cho sở, ban, ngành và một bộ cho xã. Nhập phụ lục bằng Excel, lập trên màn hình, hoặc "
        "dùng bộ của năm trước.",
        bool(found.sets),
        tuple(f"{item.title}: {item.leaves} tiêu chí chấm điểm" for item in found.sets),
        tuple(missing),
        (
            ("Nhập phụ lục từ Excel", _year(campaign, "criteria_upload")),
            ("Lập trên màn hình", _year(campaign, "criteria_write")),
            ("Các bộ tiêu chí", _year(campaign, "criteria_sets")),
        ) if campaign else (),
    )  # fmt: skip


def _groups(found: SetUp) -> Step:
    campaign = found.campaign
    missing = []
    if campaign is None:
        missing.append(Missing("Chưa có khối. Lập kỳ đánh giá trước.", _new_year(found)))
    elif not found.groups:
        missing.append(Missing("Chưa có khối nào.", _year(campaign, "setup")))
    for group in found.groups:
        if group.is_open:
            continue
        if not group.units:
            missing.append(Missing(f"Khối “{group.title}” chưa có đơn vị.", _year(campaign, "group_units", group.code)))
        if group.hours:
            sentence = "chưa có thời hạn tự chấm" if group.hours == "missing" else "có thời hạn tự chấm đã qua"
            missing.append(Missing(f"Khối “{group.title}” {sentence}.", _year(campaign, "group", group.code)))
    return Step(
        "khoi", "Khối, đơn vị tham gia, thời hạn", Role.COORDINATOR,
        "Khối là các đơn vị xếp hạng với nhau: sở, ban, ngành; xã, phường, đặc khu. Mỗi khối có thời hạn riêng.",
        bool(found.groups),
        tuple(f"{group.title}: {group.units} đơn vị{', đã mở' if group.is_open else ''}" for group in found.groups),
        tuple(missing),
        (("Khối, thời hạn, đơn vị", _year(campaign, "setup")),) if campaign else (),
        _notes_of_groups(found),
    )  # fmt: skip


def _notes_of_groups(found: SetUp) -> tuple[Missing, ...]:
    """Units in no group, and units whose set is for other kinds: both may be meant, neither should pass unseen."""
    if not found.groups:
        return ()
    drafts = [group.code for group in found.groups if not group.is_open]
    address = _year(found.campaign, "group_units", drafts[0]) if len(drafts) == 1 else _year(found.campaign, "setup")
    said = (
        (found.outside, "đơn vị chưa vào khối nào"),
        (found.of_another_kind, "đơn vị chấm theo bộ tiêu chí dành cho loại đơn vị khác"),
    )
    return tuple(Missing(f"{count} {what}.", address, is_needed=False) for count, what in said if count)


def _people_of_units(found: SetUp) -> Step:
    slug = found.organiser.slug
    people = reverse("units:people_import", args=[slug])
    missing = []
    for names, what in ((found.without_staff, "cán bộ đầu mối"), (found.without_head, "thủ trưởng")):
        if names:
            shown = "; ".join(names[:MOST_NAMED])
            more = f" và {len(names) - MOST_NAMED} đơn vị nữa" if len(names) > MOST_NAMED else ""
            missing.append(Missing(f"{len(names)} đơn vị chưa có {what}: {shown}{more}.", people, is_needed=False))
    has_someone = len(found.without_staff) < found.units or len(found.without_head) < found.units
    if not found.units:
        missing.append(Missing("Chưa có đơn vị nào để giao người.", people, is_needed=False))
    return Step(
        "nguoi-don-vi", "Người của các đơn vị", Role.ADMINISTRATOR,
        "Mỗi đơn vị cần một cán bộ đầu mối để nhập và một thủ trưởng để ký nộp.",
        has_someone,
        (
            f"{found.units - len(found.without_staff)}/{found.units} đơn vị có cán bộ đầu mối",
            f"{found.units - len(found.without_head)}/{found.units} đơn vị có thủ trưởng",
        ),
        tuple(missing),
        (
            ("Mời từ Excel", reverse("units:people_import", args=[slug])),
            ("Thêm một người", reverse("units:person_add", args=[slug])),
            ("Phiếu mời, thư mời", reverse("units:people_invite", args=[slug])),
        ),
    )  # fmt: skip


def _year(campaign: Campaign | None, name: str = "campaign", *more: str) -> str:
    if campaign is None:
        raise TypeError("no campaign yet")
    return reverse(f"scoring:{name}", args=[campaign.organiser.slug, campaign.code, *more])


def _new_year(found: SetUp) -> str:
    return reverse("scoring:campaign_new", args=[found.organiser.slug])
