"""How a unit ends: what is shown before, what is stored, what is refused, and how it is taken back."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from django.utils import timezone

from scoring.enums import Phase
from scoring.selectors.units import UnitHere, impact_of
from scoring.services.cloning import clone
from scoring.services.errors import Incomplete
from scoring.services.succession import End, NewUnit, end_unit, undo_end
from tests.database import fingerprint
from tests.factories import UnitFactory, UserFactory, person, sign_in
from tests.scoring.setup.pages import words
from tests.year import Year, build_year
from units import trail
from units.enums import Role, SuccessionKind, UnitKind
from units.models import Membership, TrailEntry, Unit, UnitSuccession
from units.permissions import Refused

pytestmark = pytest.mark.django_db
DAY = datetime.date(2026, 3, 1)
BASIS = "Nghị quyết 12/NQ-HĐND"


class Office:
    """A year in which unit A may end; `typed` is a whole form, `send` posts it."""

    def __init__(self) -> None:
        self.year: Year = build_year(Phase.APPRAISAL)
        self.unit: Unit = self.year.a.unit
        self.beside = UnitFactory(
            code="SKC", name="Sở Khoa học", kind=UnitKind.DEPARTMENT, parent=self.unit.parent, valid_from="2020-01-01"
        )
        self.administrator = person(Role.ADMINISTRATOR, self.year.organiser)
        self.browser = sign_in(self.administrator)
        self.address = f"/lam-viec/{self.year.organiser.slug}/cay-don-vi/{self.unit.pk}/"

    @property
    def here(self) -> UnitHere:
        unit = Unit.objects.select_related("parent__parent__parent").get(pk=self.unit.pk)
        return UnitHere(self.year.organiser, unit)

    def typed(self, **other: Any) -> dict[str, Any]:
        whole = {"day": "01/03/2026", "document": BASIS, "kind": "merger", "successors": [str(self.beside.pk)]}
        return whole | {"new_name": "", "new_code": "", "new_kind": "department"} | other

    def send(self, form: dict[str, Any], page: str = "ket-thuc/", by: Any = None) -> Any:
        return (sign_in(by) if by else self.browser).post(self.address + page, form)

    def apply(self, form: dict[str, Any]) -> Any:
        """See first, then let it end."""
        seen = self.send(form).context["seen"]
        return self.send(form | {"seen": seen, "apply": "1"})


@pytest.fixture
def office() -> Office:
    return Office()


def test_what_it_touches_is_shown_and_nothing_is_stored_yet(office) -> None:
    before = fingerprint()
    answer = office.send(office.typed())
    text = words(answer)
    assert answer.status_code == 200
    assert f"{office.unit.name} kết thúc; ngày đầu tiên không còn là 01/03/2026, theo {BASIS}." in text
    assert "Sở Khoa học (SKC) nối tiếp." in text
    assert f"(Thẩm định 1): hồ sơ của {office.year.a.name} giữ nguyên." in text
    assert "phân công vẫn còn hiệu lực" in text
    assert office.year["a1"].full_name in text
    assert fingerprint() == before


def test_people_with_a_role_there_stand_in_the_order_of_the_vietnamese_alphabet(office) -> None:
    for name in ("Đỗ Văn An", "Dương Văn Ý", "Ân Văn Yên"):
        user = UserFactory(full_name=name)
        Membership.objects.create(
            user=user, organiser=office.year.organiser, unit=office.beside, role=Role.UNIT_STAFF, valid_from=DAY
        )
    names = [item.user.full_name for item in impact_of(office.beside, DAY).memberships]
    assert names == ["Ân Văn Yên", "Dương Văn Ý", "Đỗ Văn An"]


def test_people_whose_role_outlives_the_unit_are_led_to_before_and_after(office) -> None:
    own = f"/lam-viec/{office.year.organiser.slug}/nguoi/{office.year['a1'].pk}/"
    assert f'href="{own}"' in office.send(office.typed()).content.decode()
    assert own not in office.browser.get(office.address).content.decode()
    office.apply(office.typed())
    text = office.browser.get(office.address).content.decode()
    assert f'href="{own}"' in text
    assert f'href="{own}vai-tro/"' in text
    coordinator = sign_in(office.year["c"]).get(office.address)
    assert (coordinator.status_code, office.year["a1"].full_name in words(coordinator)) == (200, False)
    Membership.objects.filter(unit=office.unit).update(valid_to=DAY, ended_at=timezone.now())
    assert own not in office.browser.get(office.address).content.decode()


def test_a_merger_ends_the_unit_and_joins_it_with_day_and_document(office) -> None:
    assert office.apply(office.typed()).status_code == 302
    ended = office.here.unit
    assert (ended.valid_to, ended.end_document) == (DAY, BASIS)
    step = UnitSuccession.objects.get(predecessor=ended)
    assert (step.successor, step.kind, step.date, step.document) == (
        office.beside, SuccessionKind.MERGER, DAY, BASIS,
    )  # fmt: skip
    entry = TrailEntry.objects.get(action="scoring.end_unit")
    assert (entry.actor, entry.object_id, entry.data["document"]) == (office.administrator, str(ended.pk), BASIS)
    assert trail.verify() == []
    assert office.year.a in office.year.campaign.participants.all()  # the year that runs is the coordinator's


def test_a_renaming_makes_the_unit_that_follows(office) -> None:
    office.apply(office.typed(kind="renaming", successors=[], new_name="Sở An ninh", new_code="SAN"))
    new = UnitSuccession.objects.get(predecessor=office.unit).successor
    assert (new.name, new.code, new.kind, new.parent, new.valid_from) == (
        "Sở An ninh", "SAN", UnitKind.DEPARTMENT, office.unit.parent, DAY,
    )  # fmt: skip


def test_a_dissolved_unit_has_nobody_after_it(office) -> None:
    office.apply(office.typed(kind="giai-the", successors=[]))
    assert office.here.unit.valid_to == DAY
    assert not UnitSuccession.objects.exists()
    assert f"không có đơn vị nối tiếp {BASIS}" in words(office.browser.get(office.address))


def test_what_changed_after_the_preview_is_shown_again_instead_of_done(office) -> None:
    seen = office.send(office.typed()).context["seen"]
    answer = office.send(office.typed(document="Văn bản khác") | {"seen": seen, "apply": "1"})
    assert "theo Văn bản khác" in words(answer)
    assert office.here.unit.valid_to is None


@pytest.mark.parametrize(
    ("other", "status", "sentence"),
    [
        ({"day": ""}, 422, "Nhập ngày, dạng 01/03/2025."),
        ({"day": "31/02/2026"}, 422, "Không có ngày này"),
        ({"day": "01/01/1990"}, 422, "Ngày phải sau ngày bắt đầu của đơn vị"),
        ({"document": " "}, 422, "Nhập số, ký hiệu của văn bản."),
        ({"kind": ""}, 422, "Chọn hình thức."),
        ({"kind": "continuation"}, 422, "continuation"),
        ({"successors": []}, 422, "Chọn đơn vị nối tiếp, hoặc ghi đơn vị mới."),
        ({"successors": ["999999"]}, 422, "Có đơn vị không còn chọn được."),
        ({"kind": "giai-the"}, 422, "Đã chọn đơn vị nối tiếp thì chọn cả hình thức"),
        ({"kind": "split"}, 422, "Chia tách thì có ít nhất hai đơn vị nối tiếp."),
        ({"kind": "renaming"}, 422, "nhập vào đơn vị đã có là sáp nhập."),
        ({"kind": "renaming", "new_name": "Sở Mới", "new_code": "SM"}, 422, "thì chỉ có một đơn vị nối tiếp"),
        ({"new_name": "Sở Mới"}, 422, "Đơn vị mới cần cả tên và mã."),
        ({"new_name": "Sở Mới", "new_code": "a/b"}, 422, "Mã chỉ gồm"),
    ],
)
def test_a_form_with_a_fault_says_how_to_mend_it_and_stores_nothing(office, other, status, sentence) -> None:
    before = fingerprint()
    answer = office.send(office.typed(**other) | {"apply": "1"})
    assert (answer.status_code, sentence in words(answer)) == (status, True)
    assert fingerprint() == before


def test_a_successor_that_begins_later_is_refused(office) -> None:
    Unit.objects.filter(pk=office.beside.pk).update(valid_from="2026-04-01")
    answer = office.send(office.typed())
    assert "Sở Khoa học chưa có hoặc không còn vào ngày 01/03/2026." in words(answer)


def test_a_code_that_is_taken_from_that_day_is_refused_whole(office) -> None:
    UnitFactory(code="SAN", name="Sở Khác", parent=office.unit.parent, valid_from=DAY)
    answer = office.apply(office.typed(kind="renaming", successors=[], new_name="Sở An ninh", new_code="SAN"))
    assert (answer.status_code, "Đã có đơn vị cùng mã" in words(answer)) == (422, True)
    assert office.here.unit.valid_to is None


def test_a_unit_with_units_below_it_and_an_organiser_cannot_end(office) -> None:
    UnitFactory(parent=office.unit)
    answer = office.send(office.typed())
    assert (answer.status_code, "còn 1 đơn vị cấp dưới" in words(answer)) == (409, True)
    here = UnitHere(office.year.organiser, office.year.organiser.unit)
    with pytest.raises(Refused, match="không thuộc nơi tổ chức"):
        end_unit(here, End(DAY, BASIS, None), by=office.administrator)


def test_a_commune_is_not_offered_as_the_successor_of_an_office(office) -> None:
    commune = UnitFactory(name="Xã Bên cạnh", parent=office.unit.parent)
    page = office.browser.get(office.address + "ket-thuc/")
    assert ("Sở Khoa học (SKC)" in words(page), "Xã Bên cạnh" in words(page)) == (True, False)
    answer = office.send(office.typed(successors=[str(commune.pk)]))
    assert (answer.status_code, "Có đơn vị không còn chọn được." in words(answer)) == (422, True)


def test_a_unit_ends_once(office) -> None:
    office.apply(office.typed())
    answer = office.send(office.typed())
    assert (answer.status_code, "đã kết thúc ngày 01/03/2026." in words(answer)) == (409, True)


def test_only_administrators_end_units_and_only_their_own(office) -> None:
    for name, status in (("c", 403), ("l", 403), ("aH", 403), ("n", 404)):
        assert office.send(office.typed(), by=office.year[name]).status_code == status
        assert office.send({}, "hoan-tac/", by=office.year[name]).status_code == status
    foreign = UnitHere(office.year.organiser, UnitFactory())
    with pytest.raises(Refused, match="không thuộc nơi tổ chức"):
        end_unit(foreign, End(DAY, BASIS, None), by=office.administrator)


def test_an_end_is_taken_back_with_the_unit_that_was_made_for_it(office) -> None:
    office.apply(office.typed(kind="renaming", successors=[], new_name="Sở An ninh", new_code="SAN"))
    assert "Hoàn tác kết thúc" in words(office.browser.get(office.address))
    assert office.send({}, "hoan-tac/").status_code == 302
    assert (office.here.unit.valid_to, office.here.unit.end_document) == (None, "")
    assert not UnitSuccession.objects.exists()
    assert not Unit.objects.filter(code="SAN").exists()
    assert TrailEntry.objects.get(action="scoring.undo_end_unit").data["removed"] == ["Sở An ninh"]


def test_a_successor_that_was_there_before_stays_when_an_end_is_taken_back(office) -> None:
    office.apply(office.typed())
    undo_end(office.here, by=office.administrator)
    assert Unit.objects.filter(pk=office.beside.pk).exists()


def test_a_year_with_the_successor_and_without_the_old_unit_ends_the_time_for_taking_back(office) -> None:
    end = End(DAY, BASIS, SuccessionKind.RENAMING, new=NewUnit("SAN", "Sở An ninh", UnitKind.DEPARTMENT))
    end_unit(office.here, end, by=office.administrator)
    made = clone(office.year.campaign, code="2027", year=2027, title="Năm 2027", by=office.year["c"])
    old = made.participants.first()
    old.pk = None
    old.unit, old.code, old.name = Unit.objects.get(code="SAN"), "SAN", "Sở An ninh"
    old.save(force_insert=True)
    answer = office.send({}, "hoan-tac/")
    assert answer.status_code == 409
    assert "Năm 2027 đã có Sở An ninh mà không có" in words(answer)
    assert office.here.unit.valid_to == DAY


def test_what_an_import_ended_is_not_taken_back_here(office) -> None:
    Unit.objects.filter(pk=office.unit.pk).update(valid_to=DAY)
    answer = office.send({}, "hoan-tac/")
    assert (answer.status_code, "do nhập danh mục" in words(answer)) == (409, True)


def test_of_two_units_that_are_to_end_into_each_other_the_second_finds_the_first_over(office) -> None:
    """Both forms were opened before either act."""
    there = UnitHere(
        office.year.organiser, Unit.objects.select_related("parent__parent__parent").get(pk=office.beside.pk)
    )
    here, other = office.here, there.unit
    first = End(DAY, BASIS, SuccessionKind.MERGER, (other,))
    second = End(DAY, BASIS, SuccessionKind.MERGER, (here.unit,))
    end_unit(here, first, by=office.administrator)
    before = fingerprint()
    with pytest.raises(Incomplete, match="không còn vào ngày 01/03/2026"):
        end_unit(there, second, by=office.administrator)
    assert fingerprint() == before
