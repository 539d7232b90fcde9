"""The screens of a past table: upload, faults, questions, preview, apply, report; who may, and what strangers see."""

from __future__ import annotations

import io

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from scoring.models import Campaign, ResultsImport
from scoring.services.calculation import calculate
from scoring.services.campaigns import change_ranking
from scoring.services.past_import import stage
from tests.factories import person, sign_in
from tests.scoring.past.tables import bring_in, district, province, table
from units.enums import Role
from units.models import Organiser, Unit

pytestmark = pytest.mark.django_db

GOOD = table([{"name": "Huyện A", "points": "80,00", "rank": "1"}])
CSV = "Tên đơn vị;Tổng điểm\nHuyện A;88,35\n".encode()
CSV_GENERAL = {"code": "2017", "year": "2017", "title": "Chỉ số CCHC năm 2017", "source_text": "Bảng thử"}


@pytest.fixture
def organiser() -> Organiser:
    return province()


@pytest.fixture
def client(organiser) -> Client:
    return sign_in(person(Role.COORDINATOR, organiser))


def url(name: str, organiser: Organiser, *args: object) -> str:
    return reverse(f"scoring:past_{name}", args=[organiser.slug, *args])


def send(client: Client, organiser: Organiser, data: bytes = GOOD, name: str = "bang.xlsx", **fields: str):
    return client.post(url("upload", organiser), {"file": SimpleUploadedFile(name, data), **fields})


def staged_for(organiser: Organiser, data: bytes = GOOD) -> ResultsImport:
    return stage(organiser=organiser, file_name="bang.xlsx", data=data, by=None)


def text(response) -> str:
    return " ".join(response.content.decode().split())


def test_the_template_is_downloaded_as_an_attachment(client, organiser):
    response = client.get(url("template", organiser))

    assert response["Content-Disposition"] == 'attachment; filename="mau-bang-ket-qua.xlsx"'
    assert "Kết quả" in openpyxl.load_workbook(io.BytesIO(response.content)).sheetnames


def test_a_good_file_goes_from_upload_to_the_campaign(client, organiser):
    uploaded = send(client, organiser)
    staged = ResultsImport.objects.get()
    assert (uploaded.status_code, uploaded["Location"]) == (302, url("import", organiser, staged.pk))

    page = client.get(uploaded["Location"])
    assert "Áp dụng bảng 2017" in text(page)
    assert "80,00" in text(page)

    applied = client.post(url("apply", organiser, staged.pk), {"sha256": staged.sha256})
    campaign = Campaign.objects.get()
    assert applied["Location"] == reverse("scoring:campaign", args=[organiser.slug, "2017"])
    assert campaign.participants.get().name == "Huyện A"
    assert client.get(url("import", organiser, staged.pk))["Location"] == applied["Location"]


def test_all_faults_stand_on_one_page_and_nothing_is_stored(client, organiser):
    data = table([{"name": "Huyện A", "points": "1.000"}, {"name": "Huyện B", "points": "<b>x</b>"}])
    response = send(client, organiser, data)

    assert response.status_code == 422
    assert "2 chỗ phải sửa, không lưu gì" in text(response)
    assert "“1.000” đọc được hai cách" in text(response)
    assert "&lt;b&gt;x&lt;/b&gt;" in text(response)
    assert ResultsImport.objects.count() == 0


@pytest.mark.parametrize(
    ("name", "data", "sentence"),
    [
        ("bang.xlsx", b"", "Tệp rỗng"),
        ("bang.xlsx", b"khong phai excel", "không phải tệp Excel"),
        ("bang.xlsm", b"khong phai excel", "không phải tệp Excel"),
        ("bang.xlsx", b"P" * (6 * 1024 * 1024), "lớn hơn 5 MB"),
        ("bang.csv", b"\xff\xfe\x00", "UTF-8"),
    ],
)
def test_a_bad_file_is_answered_with_a_sentence(client, organiser, name, data, sentence):
    response = send(client, organiser, data, name, **CSV_GENERAL)

    assert response.status_code == 422
    assert sentence in text(response)
    assert ResultsImport.objects.count() == 0


def test_no_file_at_all_is_asked_for(client, organiser):
    response = client.post(url("upload", organiser), {})

    assert response.status_code == 422
    assert "Chọn tệp bảng kết quả." in text(response)


def test_csv_takes_its_general_data_from_the_form(client, organiser):
    assert send(client, organiser, CSV, "bang.csv", **CSV_GENERAL).status_code == 302
    assert ResultsImport.objects.get().table["general"]["year"] == 2017


def test_csv_without_general_data_says_which_fields_are_missing(client, organiser):
    response = send(client, organiser, CSV, "bang.csv", **CSV_GENERAL | {"year": "hai nghìn", "source_text": ""})

    assert response.status_code == 422
    assert "Năm: “hai nghìn” không phải là số" in text(response)
    assert "Chưa ghi “Nguồn”" in text(response)


def test_questions_are_answered_on_the_page(client, organiser):
    district(organiser, "Huyện Hòa An", "1")
    second = district(organiser, "Huyện Hòa Ân", "2")
    staged = staged_for(organiser, table([{"name": "Hòa An", "points": "80"}]))
    address = url("import", organiser, staged.pk)

    page = text(client.get(address))
    assert "Dòng 3: “Hòa An” là đơn vị nào?" in page
    assert "Áp dụng bảng" not in page

    assert client.post(address, {"unit_3": str(second.pk), "kind_3": "district"})["Location"] == address
    assert "Áp dụng bảng 2017" in text(client.get(address))


def test_a_new_unit_gets_the_kind_chosen_on_the_page(client, organiser):
    staged = staged_for(organiser, table([{"name": "Khu kinh tế", "points": "80"}]))
    client.post(url("import", organiser, staged.pk), {"kind_3": "public_service"})
    client.post(url("apply", organiser, staged.pk), {"sha256": staged.sha256})

    assert Unit.objects.get(name="Khu kinh tế").kind == "public_service"


@pytest.mark.parametrize("answers", [{}, {"unit_3": "999999"}, {"unit_3": "abc"}, {"unit_3": "new", "kind_3": "vua"}])
def test_an_answer_that_is_missing_or_was_not_offered_is_refused(client, organiser, answers):
    district(organiser, "Huyện Hòa An", "1")
    district(organiser, "Huyện Hòa Ân", "2")
    staged = staged_for(organiser, table([{"name": "Hòa An", "points": "80"}]))

    assert client.post(url("import", organiser, staged.pk), answers).status_code == 422
    staged.refresh_from_db()
    assert staged.answers == {}


@pytest.mark.parametrize("sha256", ["", "0" * 64, "x"])
def test_applying_another_digest_is_a_conflict(client, organiser, sha256):
    staged = staged_for(organiser)
    response = client.post(url("apply", organiser, staged.pk), {"sha256": sha256})

    assert response.status_code == 409
    assert "Nội dung xem trước không phải của tệp này" in text(response)
    assert Campaign.objects.count() == 0


def test_a_second_click_on_apply_leads_to_the_campaign(client, organiser):
    staged = staged_for(organiser)
    places = [client.post(url("apply", organiser, staged.pk), {"sha256": staged.sha256})["Location"] for _ in range(2)]

    assert places[0] == places[1]
    assert Campaign.objects.get().version == 1


def test_replacing_asks_for_the_word(client, organiser):
    bring_in(GOOD, organiser)
    staged = staged_for(organiser, table([{"name": "Huyện A", "points": "85"}]))
    address = url("apply", organiser, staged.pk)

    refused = client.post(address, {"sha256": staged.sha256})
    assert (refused.status_code, Campaign.objects.get().version) == (409, 1)
    agreed = {"sha256": staged.sha256, "replace": "on", "version": 1}
    assert client.post(address, agreed).status_code == 302
    assert Campaign.objects.get().version == 2


def test_an_edit_made_while_the_preview_was_open_is_not_overwritten(client, organiser):
    campaign = bring_in(GOOD, organiser)
    staged = staged_for(organiser, table([{"name": "Huyện A", "points": "85"}]))
    participant = campaign.participants.first()
    change_ranking(participant, is_ranked=False, reason="Mới sáp nhập", seen=1, by=person(Role.COORDINATOR, organiser))

    seen_before = {"sha256": staged.sha256, "replace": "on", "version": 1}
    refused = client.post(url("apply", organiser, staged.pk), seen_before)

    assert refused.status_code == 409
    assert "vừa có người sửa" in text(refused)
    participant.refresh_from_db()
    assert participant.unranked_reason == "Mới sáp nhập"
    assert 'name="version" value="2"' in refused.content.decode()


def test_a_discarded_table_can_not_be_applied(client, organiser):
    staged = staged_for(organiser)
    assert client.post(url("discard", organiser, staged.pk))["Location"] == url("upload", organiser)

    assert client.post(url("apply", organiser, staged.pk), {"sha256": staged.sha256}).status_code == 409
    assert "Bảng này đã bỏ" in text(client.get(url("import", organiser, staged.pk)))


@pytest.mark.parametrize("name", ["import", "apply", "discard"])
def test_a_table_of_another_organiser_does_not_exist_here(client, organiser, name):
    foreign = staged_for(province())
    act = client.get if name == "import" else client.post

    assert act(url(name, organiser, foreign.pk)).status_code == 404
    assert act(url(name, organiser, 10**18 - 1)).status_code == 404
    assert act(url(name, foreign.organiser, foreign.pk)).status_code == 404


@pytest.mark.parametrize("role", [Role.LEADER, Role.UNIT_STAFF, Role.APPRAISER, Role.ADMINISTRATOR])
def test_other_roles_are_told_who_may(organiser, role):
    staged = staged_for(organiser)
    other = sign_in(person(role, organiser))

    assert send(other, organiser).status_code == 403
    assert other.get(url("template", organiser)).status_code == 403
    assert other.get(url("import", organiser, staged.pk)).status_code == 403
    refused = other.post(url("apply", organiser, staged.pk), {"sha256": staged.sha256})
    assert refused.status_code == 403
    assert "Chỉ cán bộ điều phối" in text(refused)
    assert (ResultsImport.objects.count(), Campaign.objects.count()) == (1, 0)


def test_strangers_are_asked_to_sign_in_or_find_nothing(organiser):
    staged = staged_for(organiser)

    assert sign_in(None).get(url("import", organiser, staged.pk)).status_code == 302
    assert sign_in(person()).get(url("import", organiser, staged.pk)).status_code == 404


def test_nothing_is_changed_by_a_get(client, organiser):
    staged = staged_for(organiser)

    assert client.get(url("apply", organiser, staged.pk)).status_code == 405
    assert client.get(url("discard", organiser, staged.pk)).status_code == 405
    assert Campaign.objects.count() == 0


def report_url(campaign: Campaign, number: int, name: str = "report") -> str:
    return reverse(f"scoring:past_{name}", args=[campaign.organiser.slug, campaign.code, number])


def test_the_report_shows_differences_first_and_can_be_narrowed(client, organiser):
    odd = {"name": "Huyện B", "points": "93,95", "max_points": "98,5", "index": "95,27"}
    rows = [{"name": "Huyện A", "points": "80", "index": "80"}, odd]
    campaign = bring_in(table(rows), organiser)
    run = calculate(campaign, None)

    page = text(client.get(report_url(campaign, run.number)))
    assert page.index("95,38") < page.index("Huyện A")
    narrowed = text(client.get(report_url(campaign, run.number) + "?loc=khac"))
    assert "Huyện B" in narrowed
    assert "Huyện A" not in narrowed
    assert client.get(report_url(campaign, run.number) + "?loc=%27;drop").status_code == 200


def test_the_report_of_the_newest_run_leads_on_to_the_draft_for_who_may_draft(client, organiser):
    campaign = bring_in(GOOD, organiser)
    old, new = calculate(campaign, None), calculate(campaign, None)
    leader = sign_in(person(Role.LEADER, organiser))

    assert "Soạn bản công bố" in text(client.get(report_url(campaign, new.number)))
    assert "Soạn bản công bố" not in text(client.get(report_url(campaign, old.number)))
    assert "Soạn bản công bố" not in text(leader.get(report_url(campaign, new.number)))


def test_the_report_is_for_insiders(organiser):
    campaign = bring_in(GOOD, organiser)
    run = calculate(campaign, None)

    assert sign_in(person(Role.LEADER, organiser)).get(report_url(campaign, run.number)).status_code == 200
    assert sign_in(person(Role.UNIT_STAFF, organiser)).get(report_url(campaign, run.number)).status_code in (403, 404)
    assert sign_in(person(Role.COORDINATOR, province())).get(report_url(campaign, run.number)).status_code == 404


def test_the_report_is_downloaded_as_a_workbook(client, organiser):
    campaign = bring_in(GOOD, organiser)
    run = calculate(campaign, None)

    response = client.get(report_url(campaign, run.number, "report_xlsx"))
    assert "attachment" in response["Content-Disposition"]
    assert openpyxl.load_workbook(io.BytesIO(response.content)).sheetnames == ["Đối chiếu", "Thông tin"]


@pytest.mark.parametrize("count", [1, 3])
def test_pages_take_the_same_queries_at_any_size(client, organiser, count, django_assert_num_queries):
    for number in range(count):
        district(organiser, f"Huyện {'ABC'[number]}", str(number))
    data = table([{"name": f"Huyện {'ABC'[number]}", "points": "80", "rank": "1"} for number in range(count)])
    staged = staged_for(organiser, data)
    campaign = bring_in(data, organiser)
    run = calculate(campaign, None)

    with django_assert_num_queries(5):
        client.get(url("import", organiser, staged.pk))
    with django_assert_num_queries(7):
        client.get(report_url(campaign, run.number))
    with django_assert_num_queries(3):
        client.get(url("upload", organiser))
