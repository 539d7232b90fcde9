"""The back office: catalogues behind one action, every change in the trail, the official list by upload."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest
from django.contrib import admin
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from tests.database import fingerprint
from tests.factories import MembershipFactory, OrganiserFactory, UnitFactory, UserFactory, person, sign_in
from units import trail
from units.enums import Role
from units.models import Membership, Organiser, TrailEntry, Unit, UnitSuccession, User

LIST = Path(__file__).parents[2] / "fixtures" / "units" / "vn_admin_units_2026-04-30.csv"
IMPORT, CONFIRM = "/quan-tri/units/unit/import/", "/quan-tri/units/unit/process_import/"
HEADER = "province_code,province_full_name,unit_code,unit_full_name,unit_type\n"


@pytest.fixture(autouse=True)
def _no_counts_of_other_tests():
    cache.clear()


@pytest.fixture
def organiser(db) -> Organiser:
    """The one that keeps the portal: its administrators have the back office."""
    return OrganiserFactory(keeps_portal=True)


@pytest.fixture
def office(organiser) -> Client:
    return sign_in(person(Role.ADMINISTRATOR, organiser))


def upload(office: Client, content: bytes):
    return office.post(IMPORT, {"import_file": SimpleUploadedFile("ds.csv", content), "format": "0", "resource": "0"})


def confirm(office: Client, page):
    return office.post(CONFIRM, page.context["confirm_form"].initial)


@pytest.mark.parametrize("page", ["/quan-tri/", "/quan-tri/units/unit/add/", IMPORT])
def test_the_back_office_tells_the_end_of_the_session_and_keeps_what_is_typed(office, page) -> None:
    text = office.get(page).content.decode()
    assert text.count("data-drafts-owner=") == text.count('data-session="') == 1
    assert all(text.count(f"js/{name}.js") == 1 for name in ("drafts", "session"))


@pytest.mark.parametrize("catalogue", ["user", "membership", "unit", "organiser"])
def test_rows_stand_in_a_named_box_that_keys_can_scroll(office, catalogue) -> None:
    text = office.get(f"/quan-tri/units/{catalogue}/").content.decode()
    assert text.count('<div class="results" tabindex="0" role="region" aria-label="') == 1
    assert text.index('class="results"') < text.index('id="result_list"')


def test_no_page_speaks_english_or_of_inheritance(office) -> None:
    refused = office.post("/quan-tri/units/unit/add/", {})
    assert refused.status_code == 422
    pages = [refused, *(office.get(f"/quan-tri/{path}") for path in ("", "units/unit/", "units/unitsuccession/"))]
    text = " ".join(page.content.decode() for page in pages)
    assert "Có lỗi: Thêm đơn vị" in text
    assert "Danh sách nối tiếp đơn vị" in text
    for word in ("Skip to", "Please correct", "Error:", "Model name", "Add link", "list link", "Bởi", "kế thừa"):
        assert word not in text


def test_only_catalogues_stand_in_the_back_office() -> None:
    assert set(admin.site._registry) == {Unit, UnitSuccession, Organiser, User, Membership}


def test_the_official_list_is_previewed_then_imported_with_one_trace(office) -> None:
    before = fingerprint()
    page = upload(office, LIST.read_bytes())
    assert page.status_code == 200
    assert "Thêm 3321 đơn vị" in page.content.decode()
    assert fingerprint() == before
    done = confirm(office, page)
    assert (done.status_code, done["Location"]) == (302, "/quan-tri/units/unit/")
    assert Unit.objects.filter(valid_to__isnull=True).count() == 34 + 3321 + 1  # and the organiser's own
    assert "thêm 3321, sửa 0, giữ nguyên 0 đơn vị" in office.get(done["Location"]).content.decode()
    assert TrailEntry.objects.get(action="units.import").data["totals"]["new"] == 3321
    assert trail.verify() == []


def test_a_list_is_imported_once_and_the_second_confirmation_says_so(office) -> None:
    page = upload(office, (HEADER + "51,Tỉnh Quảng Ngãi,25171,Xã Ba Tơ,Xã\n").encode())
    assert confirm(office, page).status_code == 302
    before = fingerprint()
    again = confirm(office, page)
    assert again.status_code == 422
    assert "Tệp này đã được nhập, đã bị xóa" in again.content.decode()
    assert fingerprint() == before


def test_the_preview_shows_what_would_be_renamed(office) -> None:
    row = "51,Tỉnh Quảng Ngãi,25171,{} Ba Tơ,{}\n"
    confirm(office, upload(office, (HEADER + row.format("Xã", "Xã")).encode()))
    page = upload(office, (HEADER + row.format("Phường", "Phường")).encode())
    assert [(change.label, change.cells) for change in page.context["changed"]] == [
        ("Phường Ba Tơ (25171)", (("Tên", "Xã Ba Tơ", "Phường Ba Tơ"), ("Loại", "Xã", "Phường"))),
    ]
    assert "<del>Xã Ba Tơ</del>" in page.content.decode()
    confirm(office, page)
    assert Unit.objects.get(code="25171").name == "Phường Ba Tơ"


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (HEADER + "51,Tỉnh,a/b,Xã,Xã\n51,Tỉnh,25172,Xã,Bản\n", "Dòng 2, cột unit_code: “a/b” không phải là mã"),
        (HEADER + "51,Tỉnh,a/b,Xã,Xã\n51,Tỉnh,25172,Xã,Bản\n", "Dòng 3: loại “Bản” không có"),
        (HEADER + "51,Tỉnh,,Xã,Xã\n" * 300, "chỗ khác phải sửa."),
        ("ma,ten\n1,x\n", "Tệp thiếu cột province_code"),
        ("PK\x03\x04\x00", "không phải tệp Excel"),
        (HEADER.replace("unit_code", "x") + "\x00", "Tệp có ký tự không đọc được"),
        ("x" * (5 * 1024 * 1024 + 1), "Tệp lớn hơn 5 MB"),
        ("", "rỗng|trống"),
    ],
)
def test_a_list_with_faults_shows_them_and_stores_nothing(office, content, sentence) -> None:
    before = fingerprint()
    page = upload(office, content.encode())
    assert page.status_code == 422
    assert any(part in page.content.decode() for part in sentence.split("|"))
    assert "confirm_form" not in page.context
    assert fingerprint() == before


@pytest.mark.parametrize(
    "change",
    [
        {"format": "9"},
        {"format": "abc"},
        {"format": ""},
        {"import_file_name": "../../db.sqlite3"},
        {"import_file_name": "khong-co"},
        {"import_file_name": ""},
    ],
)
def test_a_confirmation_that_was_tampered_with_is_refused(office, change) -> None:
    page = upload(office, (HEADER + "51,Tỉnh Quảng Ngãi,25171,Xã Ba Tơ,Xã\n").encode())
    before = fingerprint()
    answer = office.post(CONFIRM, page.context["confirm_form"].initial | change)
    assert answer.status_code == 422
    assert "Chưa nhập được" in answer.content.decode()
    assert fingerprint() == before


def test_a_unit_made_by_hand_is_in_the_trail_with_what_was_typed(office) -> None:
    answer = office.post(
        "/quan-tri/units/unit/add/",
        {"code": "SDL", "name": "Sở Du lịch", "kind": "department", "valid_from": "01/03/2025", "parent": ""},
    )
    assert answer.status_code == 302
    entry = TrailEntry.objects.get(action="units.add_unit")
    assert entry.object_label == "Thêm đơn vị: Sở Du lịch"
    assert entry.data["after"]["code"] == "SDL"


def test_a_change_keeps_what_stood_before(office, organiser) -> None:
    unit = UnitFactory(name="Xã Cũ", parent=organiser.unit)
    office.post(
        f"/quan-tri/units/unit/{unit.pk}/change/",
        {"code": unit.code, "name": "Xã Mới", "kind": "commune", "valid_from": "01/07/2025", "parent": unit.parent_id},
    )
    assert TrailEntry.objects.get(action="units.change_unit").data == {
        "before": {"name": "Xã Cũ"},
        "after": {"name": "Xã Mới"},
    }


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"code": "../../x"}, "Mã chỉ gồm chữ không dấu"),
        ({"code": "a/b"}, "Mã chỉ gồm chữ không dấu"),
        ({"valid_from": "hôm qua"}, "ngày"),
        ({"valid_from": "01/03/2025", "valid_to": "01/01/2025"}, "Ngày kết thúc phải sau ngày bắt đầu."),
        ({"kind": "huyen"}, "huyen"),
        ({"name": "x" * 201}, "200"),
    ],
)
def test_a_unit_that_cannot_be_is_refused_and_nothing_stored(office, fields, sentence) -> None:
    before = fingerprint()
    good = {"code": "SDL", "name": "Sở Du lịch", "kind": "department", "valid_from": "01/03/2025"}
    answer = office.post("/quan-tri/units/unit/add/", good | fields)
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert fingerprint() == before


@pytest.mark.parametrize("written", ["01/07/2025", "2025-07-01", "1/7/2025"])
def test_a_day_is_read_day_first(office, written) -> None:
    office.post("/quan-tri/units/unit/add/", {"code": "SDL", "name": "S", "kind": "department", "valid_from": written})
    assert Unit.objects.get(code="SDL").valid_from == datetime.date(2025, 7, 1)


def test_the_same_unit_twice_is_refused(office, organiser) -> None:
    unit = UnitFactory(parent=organiser.unit)
    good = {"code": unit.code, "name": "Xã", "kind": "commune", "valid_from": "01/07/2025", "parent": unit.parent_id}
    answer = office.post("/quan-tri/units/unit/add/", good)
    assert "Đã có đơn vị cùng mã, cùng cấp trên, cùng ngày bắt đầu." in answer.content.decode()


def test_nobody_gives_a_role_to_himself(office, organiser) -> None:
    administrator = User.objects.get()
    answer = office.post(
        "/quan-tri/units/membership/add/",
        {"user": administrator.pk, "organiser": organiser.pk, "unit": organiser.unit_id, "role": "coordinator",
         "components": "[]", "valid_from": "01/01/2026"},
    )  # fmt: skip
    assert "Không tự giao vai trò cho chính mình." in answer.content.decode()
    assert Membership.objects.get().role == Role.ADMINISTRATOR


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"components": '{"a": 1}'}, "Ghi danh sách mã lĩnh vực"),
        ({"components": "[1, 2]"}, "Ghi danh sách mã lĩnh vực"),
        ({"components": "[1"}, "JSON"),
        ({"role": "chu_tich"}, "chu_tich"),
        ({"valid_to": "01/01/2020"}, "Ngày kết thúc không được trước ngày bắt đầu."),
        ({"unit": "ngoai"}, "không thuộc"),
    ],
)
def test_a_role_that_cannot_be_is_refused(office, organiser, fields, sentence) -> None:
    if fields.get("unit") == "ngoai":
        fields = {"unit": UnitFactory().pk}
    good = {"user": UserFactory().pk, "organiser": organiser.pk, "unit": organiser.unit_id, "role": "coordinator",
            "components": "[]", "valid_from": "01/01/2026"}  # fmt: skip
    answer = office.post("/quan-tri/units/membership/add/", good | fields)
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert Membership.objects.count() == 1


def test_a_role_is_given_to_another_and_traced(office, organiser) -> None:
    other = UserFactory(username="binh")
    answer = office.post(
        "/quan-tri/units/membership/add/",
        {"user": other.pk, "organiser": organiser.pk, "unit": organiser.unit_id, "role": "appraiser",
         "components": '["1", "2"]', "valid_from": "01/01/2026"},
    )  # fmt: skip
    assert answer.status_code == 302
    assert other.memberships.get().components == ["1", "2"]
    assert TrailEntry.objects.filter(action="units.add_membership").count() == 1


def test_a_new_person_has_no_password_and_none_is_made_here(office) -> None:
    office.post("/quan-tri/units/user/add/", {"username": "binh", "full_name": "Trần Bình"})
    user = User.objects.get(username="binh")
    assert (user.is_active, user.has_usable_password()) == (True, False)
    office.post("/quan-tri/units/user/", {"action": "issue_password", "_selected_action": [user.pk]})
    user.refresh_from_db()
    assert not user.has_usable_password()


def test_locking_and_the_address_for_mail_have_their_own_page(office) -> None:
    """Here nobody locks the own account, opens one behind an old code, or sends another's way in to oneself."""
    mine, other = User.objects.get(), UserFactory(is_active=False, email="cu@tinh.gov.vn")
    for user, typed in ((mine, {}), (other, {"is_active": "on"})):
        fields = {"username": user.username, "full_name": "Tên Mới", "email": "khac@thu.example"}
        assert office.post(f"/quan-tri/units/user/{user.pk}/change/", fields | typed).status_code == 302
        changed = User.objects.get(pk=user.pk)
        assert (changed.is_active, changed.email, changed.full_name) == (user.is_active, user.email, "Tên Mới")


def test_a_role_stays_whose_and_what_it_is(office, organiser) -> None:
    role = MembershipFactory(organiser=organiser, role=Role.APPRAISER)
    unit = UnitFactory(parent=organiser.unit)
    typed = {"user": UserFactory().pk, "organiser": OrganiserFactory().pk, "unit": unit.pk,
             "role": "coordinator", "components": "[]", "valid_from": "01/01/2026",
             "valid_to": "31/12/2030"}  # fmt: skip
    before = (role.user_id, role.organiser_id, role.unit_id, Role.APPRAISER)
    assert office.post(f"/quan-tri/units/membership/{role.pk}/change/", typed).status_code == 302
    role.refresh_from_db()
    assert (role.user_id, role.organiser_id, role.unit_id, role.role) == before
    assert role.valid_to == datetime.date(2030, 12, 31)
    own = Membership.objects.get(role=Role.ADMINISTRATOR)
    page = office.post(f"/quan-tri/units/membership/{own.pk}/change/", typed)
    assert (page.status_code, "Không tự giao vai trò cho chính mình" in page.content.decode()) == (422, True)


@pytest.mark.parametrize("model", ["unit", "organiser", "user", "membership", "unitsuccession"])
def test_nothing_is_ever_deleted_here(office, organiser, model) -> None:
    unit = UnitFactory()
    UnitSuccession.objects.create(predecessor=unit, successor=organiser.unit, kind="merger", date="2025-07-01")
    pk = {
        "unit": unit.pk,
        "organiser": organiser.pk,
        "user": User.objects.get().pk,
        "membership": Membership.objects.get().pk,
        "unitsuccession": UnitSuccession.objects.get().pk,
    }[model]
    before = fingerprint()
    assert office.post(f"/quan-tri/units/{model}/{pk}/delete/", {"post": "yes"}).status_code == 403
    office.post(f"/quan-tri/units/{model}/", {"action": "delete_selected", "_selected_action": [pk], "post": "yes"})
    assert fingerprint() == before


def test_units_are_found_with_or_without_diacritics(office) -> None:
    UnitFactory(name="Xã Đức Phổ")
    for question in ("Đức Phổ", "duc pho", "DUC PHO"):
        assert "Xã Đức Phổ" in office.get("/quan-tri/units/unit/", {"q": question}).content.decode()
    assert "Xã Đức Phổ" not in office.get("/quan-tri/units/unit/", {"q": "mộ đức"}).content.decode()


@pytest.mark.parametrize("path", ["units/unit/", "units/user/", "units/membership/", "units/organiser/"])
def test_lists_ask_the_same_number_of_questions_at_one_and_at_three_rows(
    office, organiser, path, django_assert_max_num_queries
) -> None:
    counts = []
    for more in (0, 2):
        for _ in range(more):
            MembershipFactory(organiser=OrganiserFactory())
        with django_assert_max_num_queries(30) as asked:
            office.get(f"/quan-tri/{path}")
        counts.append(len(asked))
    assert counts[0] == counts[1]


@pytest.mark.parametrize("path", ["password_change/", "password_change/done/"])
def test_the_doubles_of_the_account_pages_are_not_served(office, path) -> None:
    assert office.get(f"/quan-tri/{path}").status_code == 404


def test_signing_in_ends_in_the_back_office_and_not_in_a_second_sign_in_page(office) -> None:
    assert office.get("/quan-tri/login/")["Location"] == "/quan-tri/"


def test_a_password_cannot_be_read_through_a_filter(office) -> None:
    for query in ("password__startswith=argon2", "password__startswith=zzz", "password__regex=^a"):
        assert office.get(f"/quan-tri/units/user/?{query}").status_code == 400


def test_the_short_address_of_an_organiser_is_given_once(office, organiser) -> None:
    answer = office.post(
        f"/quan-tri/units/organiser/{organiser.pk}/change/",
        {"slug": "dia-chi-khac", "unit": UnitFactory().pk, "title": "Tên mới", "place": "tỉnh",
         "lead_department": "Sở Nội vụ", "keeps_portal": "on"},
    )  # fmt: skip
    assert answer.status_code == 302
    before = organiser.slug, organiser.unit_id
    organiser.refresh_from_db()
    assert (organiser.title, organiser.slug, organiser.unit_id) == ("Tên mới", *before)


@pytest.mark.parametrize("closed", ["ended by hand", "lent"])
def test_a_role_that_was_ended_or_lent_is_only_read_in_the_back_office(office, organiser, closed) -> None:
    held = MembershipFactory(organiser=organiser)
    today = timezone.localdate()
    if closed == "lent":
        held = MembershipFactory(
            organiser=organiser, unit=held.unit, role=held.role, stands_for=held, reason="Nghỉ", valid_to=today
        )
    else:
        Membership.objects.filter(pk=held.pk).update(valid_to=today, ended_at=timezone.now())
    address, before = f"/quan-tri/units/membership/{held.pk}/change/", fingerprint()
    assert office.get(address).status_code == 200
    for valid_to in ("", "31/12/2099"):
        typed = {"components": "[]", "valid_from": f"{today:%d/%m/%Y}", "valid_to": valid_to}
        assert office.post(address, typed).status_code == 403
    assert fingerprint() == before


def test_the_portal_is_never_left_without_an_organiser_that_keeps_it_and_somebody_who_administers_it(
    office, organiser
) -> None:
    address = f"/quan-tri/units/organiser/{organiser.pk}/change/"
    typed = {"title": organiser.title, "place": organiser.place, "lead_department": organiser.lead_department}
    other = OrganiserFactory(keeps_portal=True)  # nobody administers it
    refused = office.post(address, typed)
    assert refused.status_code == 422
    assert "Cổng phải có một nơi giữ" in refused.content.decode()
    assert office.get("/quan-tri/").status_code == 200
    person(Role.ADMINISTRATOR, other)
    assert office.post(address, typed).status_code == 302
    assert set(Organiser.objects.filter(keeps_portal=True)) == {other}
