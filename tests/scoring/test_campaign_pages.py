"""The coordinator's pages of campaigns and runs, over HTTP; runs of a year in the portal: tests/scoring/setup."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.urls import reverse

from scoring.enums import Origin
from scoring.models import Campaign, Run
from tests.database import fingerprint
from tests.factories import CampaignFactory, campaign_with_results, person, run_of, sign_in
from units.enums import Role
from units.models import TrailEntry


@pytest.fixture
def campaign(db) -> Campaign:
    """A past table: its figures are in, so it is calculated at once."""
    return campaign_with_results(origin=Origin.PAST)


@pytest.fixture
def coordinator(campaign) -> Client:
    return sign_in(person(Role.COORDINATOR, campaign.organiser))


def base(campaign: Campaign) -> str:
    return f"/lam-viec/{campaign.organiser.slug}/ky/{campaign.code}/"


def text(answer) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def settings_of(campaign: Campaign, **changes: object) -> dict[str, object]:
    return {
        "version": campaign.version, "title": "Chỉ số CCHC năm 2025", "decimals": 2, "rounding": "half_up",
        "ranking": "competition", "grades": "Tốt: từ 80\nKhá: từ 65\nYếu", "decision_date": "12/02/2026",
    } | changes  # fmt: skip


def test_the_list_shows_the_newest_year_first_with_units_and_the_last_run(campaign, coordinator) -> None:
    older = campaign_with_results(campaign.organiser, units=1, code="2024", year=2024)
    run_of(older)
    run_of(older)
    page = text(coordinator.get(f"/lam-viec/{campaign.organiser.slug}/"))
    assert re.search(r"2025 .*2025 Kết quả đã công bố, nhập lại 3 chưa tính 2024 .*2024 Chấm trên cổng 1 lần 2", page)


def test_calculating_leads_to_the_run_with_its_table(campaign, coordinator) -> None:
    answer = coordinator.post(base(campaign) + "tinh/", follow=True)
    assert answer.redirect_chain == [(base(campaign) + "lan-tinh/1/", 302)]
    page = text(answer)
    assert "Đã tính lần 1." in page
    assert "97,50" in page
    assert "Trung bình 72,50; cao nhất 97,50; thấp nhất 47,50" in page


def test_what_keeps_a_campaign_from_being_calculated_is_told_on_its_page(campaign, coordinator) -> None:
    campaign.participants.first().values.filter(criterion__code="1.2").update(points=99)
    answer = coordinator.post(base(campaign) + "tinh/")
    assert answer.status_code == 422
    assert "Chưa tính được" in text(answer)
    assert Run.objects.count() == 0


def test_a_run_made_before_a_change_says_so(campaign, coordinator) -> None:
    run_of(campaign)
    assert "khớp với số liệu hiện có" in text(coordinator.get(base(campaign)))
    campaign.participants.first().values.filter(criterion__code="1.2").update(points=1)
    assert "Số liệu đã đổi sau lần tính 1" in text(coordinator.get(base(campaign)))
    assert "Số liệu đã đổi sau lần tính này" in text(coordinator.get(base(campaign) + "lan-tinh/1/"))


def test_the_files_of_a_run_are_downloads_of_exactly_what_was_kept(campaign, coordinator) -> None:
    run = run_of(campaign)
    for name, kept in (("campaign", run.campaign_file), ("results", run.results_file)):
        answer = coordinator.get(base(campaign) + f"lan-tinh/1/{name}.json")
        assert answer.content.decode() == kept
        assert answer["Content-Disposition"].startswith("attachment;")
        assert "no-store" in answer["Cache-Control"]


def test_settings_are_changed_in_one_step_of_the_version_and_traced(campaign, coordinator) -> None:
    answer = coordinator.post(base(campaign) + "thong-tin/", settings_of(campaign, ranking="dense"))
    assert answer.status_code == 302
    changed = Campaign.objects.get(pk=campaign.pk)
    assert (changed.version, changed.policy["ranking"], str(changed.decision_date)) == (2, "dense", "2026-02-12")
    assert [grade.get("at_least") for grade in changed.grades] == ["80", "65", None]
    entry = TrailEntry.objects.get(action="scoring.change_settings")
    assert entry.data["before"]["policy"]["ranking"] == "competition"


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        (
            {"grades": "Tốt: từ 80\nKhá: từ 90\nYếu"},
            "Dòng 2 “Khá: từ 90”: ngưỡng phải thấp hơn ngưỡng của dòng trên (80).",
        ),
        ({"grades": "Tốt: từ 80\nKhá: từ 80\nYếu"}, "Dòng 2 “Khá: từ 80”: ngưỡng phải thấp hơn"),
        ({"grades": "Tốt: 80\nYếu"}, "Dòng 1 “Tốt: 80”: ghi ngưỡng dạng “từ 80” hoặc “trên 80”"),
        ({"grades": "Tốt: từ 1.234\nYếu"}, "đọc được hai cách"),
        ({"grades": "Tốt: từ tám mươi\nYếu"}, "không phải là số"),
        ({"grades": ": từ 80\nYếu"}, "thiếu tên loại"),
        ({"grades": "Tốt: từ 80\nYếu: từ 50"}, "loại cuối cùng không ghi ngưỡng"),
        ({"grades": ""}, "Nhập ít nhất một loại"),
        ({"decimals": 7}, "Nhập một số nguyên từ 0 đến 6."),
        ({"decimals": "2,5"}, "Nhập một số nguyên từ 0 đến 6."),
        ({"rounding": "len"}, "Cách làm tròn"),
        ({"decision_date": "31/02/2026"}, "Nhập ngày dạng 12/02/2026."),
        ({"source_url": "javascript:alert(1)"}, "Nhập địa chỉ trang dạng https://…"),
        ({"title": ""}, "Nhập tên kỳ đánh giá."),
        ({"title": "x" * 201}, "200"),
        ({"version": ""}, "Mở lại trang rồi sửa."),
    ],
)
def test_settings_that_do_not_fit_are_refused_in_words_and_nothing_is_stored(
    campaign, coordinator, changes, sentence
) -> None:
    before = fingerprint()
    answer = coordinator.post(base(campaign) + "thong-tin/", settings_of(campaign, **changes))
    assert answer.status_code == 422
    assert sentence in text(answer)
    assert fingerprint() == before


def test_above_a_value_stands_over_from_that_value_on(campaign, coordinator) -> None:
    answer = coordinator.post(
        base(campaign) + "thong-tin/", settings_of(campaign, grades="Tốt: trên 80\nKhá: từ 80\nYếu")
    )
    assert answer.status_code == 302


def test_the_administrator_is_led_to_the_set_up_then_to_the_people_and_unit_staff_to_their_own_work(campaign) -> None:
    administrator = sign_in(person(Role.ADMINISTRATOR, campaign.organiser))
    first = administrator.get("/lam-viec/")
    CampaignFactory(organiser=campaign.organiser, origin=Origin.PORTAL, code="2026", year=2026)
    later = administrator.get("/lam-viec/")
    staff = sign_in(person(Role.UNIT_STAFF, campaign.organiser)).get("/lam-viec/")
    assert first["Location"] == reverse("scoring:guide", args=[campaign.organiser.slug])
    assert later["Location"] == reverse("units:people", args=[campaign.organiser.slug])
    assert (staff.status_code, staff["Location"]) == (302, reverse("scoring:work", args=[campaign.organiser.slug]))


def test_everyone_signed_in_finds_the_way_to_the_own_account(campaign, coordinator) -> None:
    assert f'href="{reverse("mfa_index")}"' in coordinator.get(base(campaign)).content.decode()


def test_an_edit_from_an_older_version_gets_both_values_and_overwrites_nothing(campaign, coordinator) -> None:
    coordinator.post(base(campaign) + "thong-tin/", settings_of(campaign, title="Tên người thứ nhất"))
    before = fingerprint()
    answer = coordinator.post(base(campaign) + "thong-tin/", settings_of(campaign, title="Tên người thứ hai"))
    assert answer.status_code == 409
    page = text(answer)
    assert "Tên kỳ đánh giá Tên người thứ hai Tên người thứ nhất Khác" in page
    assert "Cách làm tròn Làm tròn nửa lên (95,435 → 95,44) Làm tròn nửa lên (95,435 → 95,44) Giống" in page
    assert "Ngày quyết định 12/02/2026 12/02/2026 Giống" in page
    assert fingerprint() == before


def test_a_unit_leaves_the_ranking_with_a_reason_and_comes_back(campaign, coordinator) -> None:
    participant = campaign.participants.first()
    url = base(campaign) + f"don-vi/{participant.code}/xep-hang/"
    refused = coordinator.post(url, {"version": 1, "is_ranked": "khong", "reason": ""})
    assert (refused.status_code, "Ghi lý do không xếp hạng đơn vị này." in text(refused)) == (422, True)
    done = coordinator.post(url, {"version": 1, "is_ranked": "khong", "reason": "Mới thành lập"}, follow=True)
    assert "Không: Mới thành lập" in text(done)
    stale = coordinator.post(url, {"version": 1, "is_ranked": "co", "reason": ""})
    assert stale.status_code == 409
    assert "Có, xếp hạng cùng khối Không, chỉ đánh giá Khác" in text(stale)
    coordinator.post(url, {"version": 2, "is_ranked": "co", "reason": "bỏ qua"})
    participant.refresh_from_db()
    assert (participant.is_ranked, participant.unranked_reason) == (True, "")
    assert TrailEntry.objects.filter(action="scoring.change_ranking").count() == 2


def test_the_history_tells_each_act_with_its_person(campaign, coordinator) -> None:
    coordinator.post(base(campaign) + "tinh/")
    page = text(coordinator.get(base(campaign) + "nhat-ky/"))
    assert f"Tính lần 1 (chính thức): {campaign.title}" in page
    assert "Nguyễn Văn Thử" in page


@pytest.mark.parametrize("origin", Origin)
@pytest.mark.parametrize("page", ["", "thong-tin/", "nhat-ky/", "lan-tinh/1/"])
def test_pages_ask_as_often_for_one_unit_as_for_three(db, django_assert_max_num_queries, page, origin) -> None:
    counts = []
    for units in (1, 3):
        campaign = campaign_with_results(units=units, origin=origin)
        run_of(campaign)
        browser = sign_in(person(Role.COORDINATOR, campaign.organiser))
        with django_assert_max_num_queries(30) as asked:
            assert browser.get(base(campaign) + page).status_code == 200
        counts.append(len(asked))
    assert counts[0] == counts[1]
