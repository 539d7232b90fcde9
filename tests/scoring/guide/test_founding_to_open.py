"""From an empty portal to an open year by the pages alone, each step where "Thiết lập" leads to.

The same in a browser, with its looks and stumbles: tests/browser/test_founding_journey.py.
"""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from scoring.enums import Phase
from scoring.models import Campaign, Group, Submission
from tests.factories import sign_in
from units.models import Unit, User
from units.services.founding import issue_token

ANNEX = Path(settings.BASE_DIR) / "fixtures" / "criteria" / "so.xlsx"
PASSWORD = "chin-bac-thang-lua-vang"
HOME, YEAR = "/lam-viec/quang-ngai/", "/lam-viec/quang-ngai/ky/2026/"


def send(browser: Client, address: str, **fields: object) -> None:
    answer = browser.post(address, fields)
    assert answer.status_code == 302, (address, answer.status_code, answer.content.decode()[-3000:])


def states(browser: Client) -> dict[str, str]:
    return {step.name: step.state for step, _ in browser.get(f"{HOME}thiet-lap/").context["steps"]}


@pytest.mark.django_db
def test_a_new_province_comes_from_nothing_to_an_open_year() -> None:
    admin = Client()
    send(admin, "/cai-dat/", token=issue_token(), province="51", username="khanh", full_name="Phạm Thị Khánh",
         password=PASSWORD, again=PASSWORD)  # fmt: skip
    send(admin, "/tai-khoan/dang-nhap/", login="khanh", password=PASSWORD)
    assert admin.get("/lam-viec/")["Location"] == f"{HOME}thiet-lap/"
    send(admin, f"{HOME}thiet-lap/don-vi/xa/")
    send(admin, f"{HOME}thiet-lap/don-vi/so/", codes=["SNV", "STP", "STC"])
    today = timezone.localdate()
    send(admin, f"{HOME}nguoi/them/", full_name="Lê Văn Điều", username="dieu", role="coordinator",
         unit=Unit.objects.get(code="SNV").pk, valid_from=f"{today:%d/%m/%Y}")  # fmt: skip
    coordinator = sign_in(User.objects.get(username="dieu"))
    assert states(coordinator) == {
        "noi-to-chuc": "done", "don-vi": "done", "dieu-phoi": "half", "ky": "todo", "bo-tieu-chi": "todo",
        "khoi": "todo", "nguoi-don-vi": "todo",
    }  # fmt: skip
    makes_the_year(coordinator, today)
    assert [states(coordinator)[name] for name in ("ky", "bo-tieu-chi", "khoi")] == ["done"] * 3
    asked = coordinator.post(f"{YEAR}buoc/khoi/so/open/").content.decode()
    assert "3 trong 3 đơn vị chưa có cán bộ đầu mối" in asked
    assert "96 đơn vị của UBND tỉnh Quảng Ngãi chưa vào khối nào của kỳ" in asked
    send(coordinator, f"{YEAR}buoc/khoi/so/open/", sure=version())
    assert (Group.objects.get().phase, Submission.objects.count()) == (Phase.SELF_ASSESSMENT, 3)
    assert coordinator.get(f"{HOME}thiet-lap/").context["is_open"] is True


def makes_the_year(coordinator: Client, today: datetime.date) -> None:
    form = coordinator.get(f"{HOME}ky-moi/").context["form"]
    names = {"title": "Chỉ số CCHC năm 2026", "year": 2026, "code": "2026"}
    send(coordinator, f"{HOME}ky-moi/", **({name: form[name].value() or "" for name in form.fields} | names))
    file = SimpleUploadedFile("so.xlsx", ANNEX.read_bytes())
    preview = coordinator.post(f"{YEAR}nhap-bo-tieu-chi/", {"file": file})
    send(coordinator, f"{YEAR}nhap-bo-tieu-chi/ap-dung/", **preview.context["form"].initial)
    send(coordinator, f"{YEAR}to-chuc/", title="Sở, ban, ngành", code="so", version=version())
    units = Unit.objects.filter(kind="department").values_list("pk", flat=True)
    chosen = Campaign.objects.get().criteria_sets.get().pk
    send(coordinator, f"{YEAR}khoi/so/don-vi/", units=list(units), criteria_set=chosen, version=version())
    later = today + datetime.timedelta(days=30)
    send(coordinator, f"{YEAR}khoi/so/", title="Sở, ban, ngành", version=version(), **{
        "self_assessment_opens_0": f"{today:%d/%m/%Y}", "self_assessment_opens_1": "08:00",
        "self_assessment_closes_0": f"{later:%d/%m/%Y}", "self_assessment_closes_1": "17:00",
    })  # fmt: skip


def version() -> int:
    return Campaign.objects.get().version
