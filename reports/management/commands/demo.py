"""`manage.py demo`: a portal to try, filled by the same services that people use; run again it changes nothing.

The demo province's figures are invented and marked; the other organisers show really published tables with their
sources. Refused in production.
"""

from __future__ import annotations

import datetime
import json
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from reports.enums import Depth, PublicationState
from reports.models import Publication
from reports.services.freezing import draft
from reports.services.transitions import perform
from reports.tasks import run_release
from scoring.management.demo_year.last_year import play_last_year
from scoring.management.demo_year.play import play_year
from scoring.models import Campaign
from scoring.selectors.campaigns import newest_run
from scoring.services.calculation import calculate
from scoring.services.past_import import apply, preview, stage
from units.enums import Role, SuccessionKind, UnitKind
from units.models import Organiser, Unit, UnitSuccession, User
from units.services.accounts import create_person, grant
from units.services.catalogue import let_keep_portal
from units.services.historical import create_historical_unit
from units.services.reform import REFORM_DAY

FIXTURES = Path(settings.BASE_DIR) / "fixtures"
PASSWORD = "minh-hoa-2026"  # noqa: S105  (printed on screen; these accounts exist in demo mode only)
PROVINCE, PROVINCE_CODE = "quang-ngai", "51"
PEOPLE = (
    ("dieuphoi", "Phạm Thu Hường", Role.COORDINATOR, "nhập bảng, tính, soạn bản công bố"),
    ("lanhdao", "Nguyễn Văn Lâm", Role.LEADER, "duyệt bản công bố (người thứ hai)"),
    ("quantri", "Lê Quốc Bảo", Role.ADMINISTRATOR, "danh mục đơn vị, người dùng; không có quyền với điểm"),
)
# People of the year that is under way (fixtures/demo/year/people.json) through whom to see it best.
TOUR = [
    ("canbo", "Cán bộ đầu mối", "Sở Xây dựng, hồ sơ đã nộp; phường Cẩm Thành: camthanh.canbo"),
    ("binhson.canbo", "Cán bộ đầu mối", "xã Bình Sơn; hồ sơ đang nhập: trabong.canbo, vantuong.canbo (bị trả lại)"),
    ("sonha.thutruong", "Thủ trưởng đơn vị", "xã Sơn Hà, có hồ sơ chờ nộp; Sở Xây dựng: sxd.thutruong"),
    ("thamdinh.noivu", "Thẩm định", "lĩnh vực 1 và 4; chấm chéo: thamdinh.thanhtra"),
    ("dieuphoi2", "Điều phối", "người thứ hai: xác nhận điểm nhập, mục không đánh giá"),
    ("hoidong1", "Hội đồng", "quyết định ở bước Hội đồng"),
]
# The other organisers' tables were announced long ago; these two stand for whoever brought them in.
ARCHIVE = (
    ("luutru", "Đỗ Minh Tâm", Role.COORDINATOR, "điều phối các bảng đã công bố của nơi khác"),
    ("soatlai", "Võ Hải Yến", Role.LEADER, "duyệt các bảng đã công bố của nơi khác"),
)


class Command(BaseCommand):
    help = "Nạp dữ liệu dùng thử (chỉ ở chế độ demo); chạy lại không sinh thêm gì."

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO_MODE:
            raise CommandError("Cổng chính thức không nhận dữ liệu minh họa. Đặt PARINDEX_MODE=demo nếu chỉ dùng thử.")
        # released pages name style sheets by their digest, so these must be there first
        call_command("collectstatic", interactive=False, verbosity=0)
        self._units()
        self._reform_of_2025()
        for entry in json.loads((FIXTURES / "demo" / "organisers.json").read_text(encoding="utf-8")):
            self._organiser(entry)
        province = Organiser.objects.get(slug=PROVINCE)
        play_year(province, PASSWORD, self.stdout.write)
        play_last_year(province, PASSWORD)
        self._print_logins()

    @transaction.atomic  # cut off half way, the next call begins anew instead of taking the rest for done
    def _units(self) -> None:
        if Unit.objects.filter(parent__code=PROVINCE_CODE, parent__valid_to__isnull=True).exists():
            return
        self.stdout.write("Nạp 34 tỉnh, thành phố và 3.321 xã, phường, đặc khu…")
        call_command("import_units", FIXTURES / "units" / "vn_admin_units_2026-04-30.csv", stdout=self.stdout)
        call_command("import_departments", PROVINCE_CODE, FIXTURES / "demo" / "departments.json", stdout=self.stdout)
        call_command("import_past_units", stdout=self.stdout)
        self._mergers_of_2025()

    def _reform_of_2025(self) -> None:
        """The demo province's communes know which of the old province and of Kon Tum they came out of."""
        if not UnitSuccession.objects.filter(successor__parent__code=PROVINCE_CODE, date=REFORM_DAY).exists():
            call_command("import_reform", province=PROVINCE_CODE, stdout=self.stdout)

    def _mergers_of_2025(self) -> None:
        """The sở that merged on 01/03/2025: their series break there, and the demo shows how that reads."""
        former = json.loads((FIXTURES / "demo" / "former_departments.json").read_text(encoding="utf-8"))
        begin, end = (datetime.date.fromisoformat(former[key]) for key in ("valid_from", "valid_to"))
        province = Unit.objects.get(code=PROVINCE_CODE, kind=UnitKind.PROVINCE, valid_to__isnull=True)
        for entry in former["units"]:
            unit = create_historical_unit(
                code=entry["code"],
                name=entry["name"],
                kind=UnitKind.DEPARTMENT,
                parent=province,
                valid_from=begin,
                valid_to=end,
                by=None,
                reason="Hợp nhất các sở năm 2025",
            )
            successor = province.children.get(name=entry["successor"], valid_to__isnull=True)
            UnitSuccession.objects.create(predecessor=unit, successor=successor, kind=SuccessionKind.MERGER, date=end)

    def _organiser(self, entry: dict[str, Any]) -> None:
        unit = Unit.objects.get(code=entry["unit"], kind=entry["kind"], valid_to__isnull=not entry.get("past"))
        organiser, _ = Organiser.objects.get_or_create(
            slug=entry["slug"],
            defaults={
                "unit": unit,
                "title": entry["title"],
                "place": entry["place"],
                "lead_department": entry.get("lead_department", "Sở Nội vụ"),
            },
        )
        if organiser.slug == PROVINCE:
            let_keep_portal(organiser, by=None)
        people = PEOPLE if organiser.slug == PROVINCE else ARCHIVE
        hired = {role: self._person(username, name, role, organiser) for username, name, role, _ in people}
        for table in entry["tables"]:
            self._table(organiser, table, hired[Role.COORDINATOR], hired[Role.LEADER])

    @transaction.atomic
    def _person(self, username: str, name: str, role: Role, organiser: Organiser) -> User:
        user = User.objects.filter(username__iexact=username).first()
        if user is None:
            user = create_person(username=username, full_name=name, password=PASSWORD, is_demo=True, by=None)
        grant(user=user, organiser=organiser, role=role, by=None)
        return user

    def _table(self, organiser: Organiser, table: dict[str, Any], coordinator: User, leader: User) -> None:
        """Bring one table in and publish it, by the steps and persons that a real one takes."""
        path = FIXTURES / table["file"]
        code = path.stem.rsplit("-", 1)[1]
        campaign = Campaign.objects.filter(organiser=organiser, code=code).first()
        if campaign is None:
            self.stdout.write(f"Nhập và công bố {organiser.title}, năm {code}…")
            staged = stage(organiser=organiser, file_name=path.name, data=path.read_bytes(), by=coordinator)
            if questions := preview(staged).open_questions:
                raise CommandError(f"{path.name}: chưa rõ đơn vị ở các dòng {[match.row for match in questions]}.")
            campaign = apply(staged, sha256=staged.sha256, by=coordinator)
        publication = campaign.publications.exclude(state=PublicationState.DISCARDED).order_by("-version").first()
        if publication is None:
            run = newest_run(campaign) or calculate(campaign, coordinator)
            publication = draft(campaign, run, Depth.COMPONENTS, coordinator)
        self._announce(publication, table, coordinator, leader)

    def _announce(self, publication: Publication, table: dict[str, Any], coordinator: User, leader: User) -> None:
        """Take a publication on from wherever an earlier, interrupted call left it."""
        if publication.state == PublicationState.DRAFTED:
            publication = perform(publication, "send", coordinator)
        if publication.state == PublicationState.SENT:
            decision = self._decision(publication.campaign, table)
            publication = perform(publication, "record_decision", coordinator, **decision)
        if publication.state == PublicationState.SIGNED:
            publication = perform(publication, "approve", leader, digest=publication.digest, paper_matches=True)
        if publication.state == PublicationState.APPROVED:
            publication = perform(publication, "release", coordinator)
        if publication.state == PublicationState.RELEASING:
            run_release(publication.pk)

    def _decision(self, campaign: Campaign, table: dict[str, Any]) -> dict[str, Any]:
        """The decision of the invented table, or what the really published one names of its own."""
        if "number" in table:
            return {
                "number": table["number"],
                "date": datetime.date.fromisoformat(table["date"]),
                "issuer": table["issuer"],
            }
        issuer = campaign.decision_issuer or campaign.organiser.title
        return {
            "number": campaign.decision_number,
            "date": campaign.decision_date,
            "issuer": issuer if campaign.decision_number else "",
            "decision_unknown": True,
        }

    def _print_logins(self) -> None:
        self.stdout.write(f"\nTài khoản dùng thử (mật khẩu chung: {PASSWORD}):")
        told = [(username, Role(role).label, what) for username, _, role, what in PEOPLE + ARCHIVE]
        for username, role, what in told[: len(PEOPLE)] + TOUR + told[len(PEOPLE) :]:
            self.stdout.write(f"  {username:<18} {role:<20} {what}")
        self.stdout.write("Năm đang chạy: kỳ “Chỉ số CCHC năm 2026”; điều phối chuyển bước tự do ở trang Các bước.")
        self.stdout.write("Bảng để thử nhập: fixtures/demo/quang-ngai-2026.xlsx (tỉnh Quảng Ngãi, tài khoản dieuphoi).")
