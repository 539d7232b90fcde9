"""The screens of criteria sets: list, tree, annex in and out, amendments; who may, and what strangers see."""

from __future__ import annotations

import io
import re
import zipfile
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from scoring.enums import Phase
from scoring.files.annex_layout import AnnexNode
from scoring.files.annex_workbook import write_annex
from scoring.models import Amendment, Campaign, CriteriaSet
from scoring.services.criteria_export import annex_of
from scoring.services.criteria_import import import_set
from scoring.services.criteria_reading import read_annex
from tests.factories import CampaignFactory, OrganiserFactory, person, sign_in
from tests.scoring.criteria.annexes import annex, changed, leaf, with_cells, with_nodes
from tests.year import Year, build_year
from units.enums import Role

pytestmark = pytest.mark.django_db

DECISION = {
    "decision_number": "812/QĐ-UBND",
    "decision_date": "15/11/2026",
    "reason": "Theo hướng dẫn mới",
    "redeclare_until": "17:00 30/11/2099",
}


@pytest.fixture
def campaign() -> Campaign:
    return CampaignFactory(organiser=OrganiserFactory(slug="quang-thu"), code="2026", year=2026)


@pytest.fixture
def client(campaign) -> Client:
    return sign_in(person(Role.COORDINATOR, campaign.organiser))


def url(name: str, campaign: Campaign, *more: Any) -> str:
    return reverse(f"scoring:criteria_{name}", args=[campaign.organiser.slug, campaign.code, *more])


def workbook(data: bytes, name: str = "phu-luc.xlsx") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, data)


def text(response) -> str:
    return " ".join(response.content.decode().split())


def hidden(response, name: str) -> str:
    """The value of a hidden field, as the browser would send it back."""
    found = re.search(rf'name="{name}" value="([^"]*)"', response.content.decode())
    assert found, response.content.decode()
    return found[1]


def previewed(client: Client, campaign: Campaign, data: bytes) -> dict[str, str]:
    response = client.post(url("upload", campaign), {"file": workbook(data)})
    return {name: hidden(response, name) for name in ("staged", "sha256")}


def test_an_annex_goes_in_by_preview_and_word_and_comes_out_again(client, campaign):
    response = client.post(url("upload", campaign), {"file": workbook(write_annex(annex()))})
    assert response.status_code == 200
    assert "Xem trước: Bộ tiêu chí cấp xã" in text(response)
    assert not CriteriaSet.objects.exists()

    fields = {name: hidden(response, name) for name in ("staged", "sha256")}
    applied = client.post(url("apply", campaign), fields)
    assert applied["Location"] == url("set", campaign, "xa")

    page = text(client.get(url("set", campaign, "xa")))
    assert "Chọn một mức: Đúng hạn: 2 điểm; Trễ hạn: 0,5 điểm; Không: 0 điểm." in page
    assert "Bộ tiêu chí cấp xã" in text(client.get(url("sets", campaign)))
    file = client.get(url("export", campaign, "xa"))
    assert file["Content-Disposition"] == 'attachment; filename="quang-thu-2026-xa-ban-1.xlsx"'
    assert read_annex(file.content, "a.xlsx") == annex_of(CriteriaSet.objects.get())


def test_a_preview_marks_what_has_no_rule_and_what_changes(client, campaign):
    import_set(campaign, annex(), by=None, seen=None)
    new = changed(changed(annex(), "1.2", rule={"kind": "manual"}, rule_pending=True), "1.1", title="Tên mới")

    page = text(client.post(url("upload", campaign), {"file": workbook(write_annex(new))}))

    assert "1 tiêu chí chưa có quy tắc" in page
    assert "Nhập sẽ thay bộ ấy" in page
    assert "Đổi quy tắc" in page
    assert "Đổi tên" in page
    assert "Thay bộ tiêu chí xa" in page


def test_every_fault_of_a_file_stands_on_one_page_and_nothing_is_stored(client, campaign):
    response = client.post(url("upload", campaign), {"file": workbook(with_cells({"C5": "hai", "F6": "Xổ số"}))})

    assert response.status_code == 422
    assert "2 chỗ phải sửa, không lưu gì" in text(response)
    assert "không phải là số" in text(response)
    assert not CriteriaSet.objects.exists()


@pytest.mark.parametrize(
    ("data", "told"),
    [({}, "Chọn tệp phụ lục."), ({"file": workbook(b"")}, "Tệp rỗng"), ({"file": workbook(b"abc")}, "không phải tệp")],
)
def test_a_form_without_a_usable_file_is_told_why(client, campaign, data, told):
    response = client.post(url("upload", campaign), data)

    assert response.status_code == 422
    assert told in text(response)


def test_only_what_this_person_previewed_for_this_campaign_is_applied(client, campaign):
    fields = previewed(client, campaign, write_annex(annex()))
    other = sign_in(person(Role.COORDINATOR, campaign.organiser))
    elsewhere = CampaignFactory(organiser=campaign.organiser, code="2027", year=2027)

    for browser, where, sent in (
        (client, campaign, fields | {"sha256": "a" * 64}),
        (client, campaign, fields | {"staged": fields["staged"][:-3] + "abc"}),
        (client, campaign, {}),
        (other, campaign, fields),
        (client, elsewhere, fields),
    ):
        response = browser.post(url("apply", where), sent)
        assert response.status_code == 409
        assert "Tải lại tệp phụ lục" in text(response)
    assert not CriteriaSet.objects.exists()


def test_a_preview_that_was_overtaken_is_told_and_stores_nothing(client, campaign):
    fields = previewed(client, campaign, write_annex(annex()))
    import_set(campaign, changed(annex(), "1.1", title="Của người khác"), by=None, seen=None)

    response = client.post(url("apply", campaign), fields)

    assert response.status_code == 409
    assert "Có người vừa sửa" in text(response)
    assert CriteriaSet.objects.get().criteria.get(code="1.1").title == "Của người khác"


def test_the_template_is_downloaded_as_an_attachment(client, campaign):
    response = client.get(url("template", campaign))

    assert response["Content-Disposition"] == 'attachment; filename="mau-bo-tieu-chi.xlsx"'
    assert response.content[:2] == b"PK"


def test_a_leader_reads_but_does_not_import_and_others_find_nothing(campaign):
    import_set(campaign, annex(), by=None, seen=None)
    leader = sign_in(person(Role.LEADER, campaign.organiser))
    assert leader.get(url("set", campaign, "xa")).status_code == 200
    assert "Nhập lại phụ lục" not in text(leader.get(url("set", campaign, "xa")))
    assert leader.get(url("upload", campaign)).status_code == 403

    for role in (Role.UNIT_STAFF, Role.APPRAISER, Role.ADMINISTRATOR):
        stranger = sign_in(person(role, campaign.organiser))
        assert stranger.get(url("sets", campaign)).status_code == 404
        assert stranger.get(url("export", campaign, "xa")).status_code == 404
    assert sign_in(person(Role.COORDINATOR)).get(url("set", campaign, "xa")).status_code == 404


def test_an_unknown_set_is_not_there(client, campaign):
    assert client.get(url("set", campaign, "khong-co")).status_code == 404


@pytest.mark.parametrize("size", [1, 3])
def test_pages_cost_the_same_for_one_set_of_one_component_and_three_of_three(
    client, campaign, size, django_assert_num_queries
):
    nodes = [
        node
        for at in range(1, size + 1)
        for node in (AnnexNode(str(at), f"Lĩnh vực {at}", "2"), leaf(f"{at}.1", "2", str(at)))
    ]
    for at in range(size):
        import_set(campaign, annex(*nodes, code=f"bo-{at}"), by=None, seen=None)

    client.get(url("sets", campaign))
    with django_assert_num_queries(5):
        client.get(url("sets", campaign))
    with django_assert_num_queries(7):
        client.get(url("set", campaign, "bo-0"))
    with django_assert_num_queries(5):
        client.get(url("export", campaign, "bo-0"))


# ── amendments ────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def year() -> Year:
    return build_year(Phase.EXPLANATION)


def raised(year: Year) -> bytes:
    rule = {"kind": "ratio", "floor": "0.9"}
    return write_annex(changed(annex_of(year.criteria_set), "1.2", rule=rule))


def drafted(year: Year, **fields: Any) -> Any:
    sent = DECISION | {"file": workbook(raised(year))} | fields
    return year.browser("c").post(url("amend", year.campaign, "so"), sent)


def test_an_amendment_is_drafted_looked_at_and_applied_by_a_second_person(year):
    response = drafted(year)
    amendment = Amendment.objects.get()
    assert response["Location"] == url("amendment", year.campaign, "so", amendment.pk)

    own = text(year.browser("c").get(response["Location"]))
    assert "Đổi quy tắc" in own
    assert "Sở An toàn" in own
    assert "51,67" in own
    assert "Người soạn sửa đổi không được tự áp dụng" in own

    second = year.browser("c2")
    page = second.get(response["Location"])
    applied = second.post(url("amendment_apply", year.campaign, "so", amendment.pk), {"sha256": hidden(page, "sha256")})
    assert applied["Location"] == url("set", year.campaign, "so")
    assert "bản 2" in text(second.get(applied["Location"]))


def test_the_drafter_is_refused_with_the_sentence_and_units_find_nothing(year):
    drafted(year)
    amendment = Amendment.objects.get()
    address = url("amendment_apply", year.campaign, "so", amendment.pk)

    refused = year.browser("c").post(address, {"sha256": amendment.sha256})
    assert refused.status_code == 403
    assert "Cần người thứ hai" in text(refused)
    for name in ("a1", "aH", "g1", "s", "n"):
        assert year.browser(name).post(address, {"sha256": amendment.sha256}).status_code == 404
    assert CriteriaSet.objects.get(pk=year.criteria_set.pk).revision == 1


def test_another_digest_than_the_drafts_is_a_conflict(year):
    drafted(year)
    amendment = Amendment.objects.get()

    for sent in ({"sha256": "a" * 64}, {}):
        response = year.browser("c2").post(url("amendment_apply", year.campaign, "so", amendment.pk), sent)
        assert response.status_code == 409
        assert "vừa thay đổi" in text(response)


def test_a_draft_is_given_up_and_the_set_stays(year):
    drafted(year)
    amendment = Amendment.objects.get()

    response = year.browser("c2").post(url("amendment_discard", year.campaign, "so", amendment.pk))

    assert response["Location"] == url("set", year.campaign, "so")
    assert "Đã bỏ" in text(year.browser("c").get(url("amendment", year.campaign, "so", amendment.pk)))
    again = year.browser("c2").post(url("amendment_discard", year.campaign, "so", amendment.pk))
    assert again.status_code == 409


@pytest.mark.parametrize(
    ("fields", "status", "told"),
    [
        ({"decision_number": ""}, 422, "Ghi số quyết định sửa đổi."),
        ({"decision_date": "31/02/2026"}, 422, "Không có ngày này trong lịch"),
        ({"reason": " "}, 422, "Nêu lý do sửa đổi"),
        ({"redeclare_until": "mai"}, 422, "Không đọc được giờ, ngày"),
        ({"redeclare_until": ""}, 422, "phải kê khai lại"),
        ({"redeclare_until": "17:00 01/01/2020"}, 422, "Hạn kê khai lại đã qua"),
        ({"file": workbook(b"x")}, 422, "không phải tệp Excel"),
    ],
)
def test_a_draft_with_something_wrong_is_told_at_its_field(year, fields, status, told):
    response = drafted(year, **fields)

    assert response.status_code == status
    assert told in text(response)
    assert not Amendment.objects.exists()


def test_a_second_draft_is_refused_while_one_waits(year):
    drafted(year)

    response = drafted(year)

    assert response.status_code == 409
    assert "đang có một sửa đổi chờ người thứ hai" in text(response)


@pytest.mark.parametrize("size", [1, 3])
def test_the_page_of_an_amendment_costs_the_same_however_much_it_changes(year, size, django_assert_num_queries):
    grown = annex_of(year.criteria_set)
    for at in range(size):
        grown = with_nodes(grown, AnnexNode(f"{at + 4}", f"Lĩnh vực {at}", "1"), leaf(f"{at + 4}.1", "1", f"{at + 4}"))
    drafted(year, file=workbook(write_annex(grown)))
    browser, address = year.browser("c2"), url("amendment", year.campaign, "so", Amendment.objects.get().pk)

    browser.get(address)
    with django_assert_num_queries(6):  # one asks for whom the person stands in
        browser.get(address)


def test_workbooks_hold_no_formula_whatever_a_name_begins_with(client, campaign):
    import_set(campaign, changed(annex(), "1.1", title='=HYPERLINK("http://x")'), by=None, seen=None)

    data = client.get(url("export", campaign, "xa")).content

    assert b"<f>" not in _sheets(data)


def _sheets(data: bytes) -> bytes:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return b"".join(archive.read(name) for name in archive.namelist() if "worksheets/" in name)
