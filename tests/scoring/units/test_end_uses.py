"""Once a year rests on the end of a unit, the end stands: what followed from it is never left without its reason."""

from __future__ import annotations

import datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from scoring.enums import Stage
from scoring.models import Campaign, Evidence, EvidenceFile
from scoring.selectors.inheritance import document_to_take
from scoring.selectors.units import UnitHere
from scoring.services.errors import Conflict, Incomplete
from scoring.services.evidence import Details, add_evidence
from scoring.services.evidence_taking import take_over_evidence
from scoring.services.inheritance import take_over_answers
from scoring.services.late_units import add_late_unit
from scoring.services.setup import change_participant
from scoring.services.succession import End, NewUnit, end_unit, undo_end, why_not_undone
from tests.factories import UnitFactory, person
from tests.racing import at_once
from tests.scoring.evidence import samples
from tests.year import Year, build_year, declare_all
from units.enums import Role, SuccessionKind, UnitKind
from units.models import Unit, User

pytestmark = pytest.mark.django_db
DAY = datetime.date(2026, 3, 1)
BASIS = "Nghị quyết 12/NQ-HĐND"


class Ended:
    """The year before the end, at self-assessment; A, that had answered and kept a document, was merged into B."""

    def __init__(self) -> None:
        self.year: Year = build_year()
        Campaign.objects.update(year=2025)
        declare_all(self.year, self.year.a, "a1")
        upload = SimpleUploadedFile("ke-hoach.pdf", samples.pdf())
        add_evidence(self.year.a, [upload], Details(number="12/KH"), by=self.year["a1"])
        self.administrator: User = person(Role.ADMINISTRATOR, self.year.organiser)
        self.end(self.year.a.unit, SuccessionKind.MERGER, successors=(self.year.b.unit,))

    def end(self, unit: Unit, kind: SuccessionKind, **followers) -> None:
        end_unit(self.here(unit), End(DAY, BASIS, kind, **followers), by=self.administrator)

    def here(self, unit: Unit) -> UnitHere:
        return UnitHere(self.year.organiser, Unit.objects.select_related("parent__parent__parent").get(pk=unit.pk))

    def why(self) -> str:
        return why_not_undone(self.here(self.year.a.unit).unit)

    def version(self) -> int:
        self.year.campaign.refresh_from_db()
        return self.year.campaign.version

    def take_in(self, unit: Unit) -> None:
        add_late_unit(
            self.year.group, unit, self.year.criteria_set, until=timezone.now() + datetime.timedelta(days=3),
            why=BASIS, is_ranked=True, seen=self.version(), by=self.year["c"],
        )  # fmt: skip


@pytest.fixture
def ended() -> Ended:
    return Ended()


def test_a_year_in_which_both_took_part_from_the_beginning_does_not_rest_on_it(ended: Ended) -> None:
    assert ended.why() == ""
    undo_end(ended.here(ended.year.a.unit), by=ended.administrator)
    assert ended.here(ended.year.a.unit).unit.valid_to is None


def test_it_stands_once_the_successor_took_figures_over(ended: Ended) -> None:
    year = ended.year
    take_over_answers(year.b, {year.leaves["1.2"].pk: year.a.pk}, {}, by=year["b1"])
    assert f"{year.b.name} đã tiếp nhận số liệu từ hồ sơ của {year.a.name}" in ended.why()
    with pytest.raises(Conflict, match="tiếp nhận số liệu"):
        undo_end(ended.here(year.a.unit), by=ended.administrator)
    assert ended.here(year.a.unit).unit.valid_to == DAY


def test_it_stands_once_the_successor_took_a_document_over(ended: Ended) -> None:
    year = ended.year
    file = document_to_take(year.b, EvidenceFile.objects.get().pk)
    take_over_evidence(year.b, file, criterion=year.leaves["1.1"], by=year["b1"])
    assert Evidence.objects.filter(taken_from=file).exists()
    assert f"{year.b.name} đã tiếp nhận tài liệu từ hồ sơ của {year.a.name}" in ended.why()


def test_figures_taken_from_another_predecessor_do_not_hold_this_end(ended: Ended) -> None:
    year = ended.year
    take_over_answers(year.b, {year.leaves["1.2"].pk: year.a.pk}, {}, by=year["b1"])
    other = UnitFactory(parent=year.organiser.unit, name="Xã Khác", code="KHAC")
    ended.end(other, SuccessionKind.MERGER, successors=(year.b.unit,))
    assert why_not_undone(ended.here(other).unit) == ""


def test_it_stands_once_a_successor_came_into_the_year_late(ended: Ended) -> None:
    """The old unit takes part too, and the year is one before the end."""
    undo_end(ended.here(ended.year.a.unit), by=ended.administrator)
    new = NewUnit("MOI", "Xã Mới", UnitKind.COMMUNE)
    ended.end(ended.year.a.unit, SuccessionKind.RENAMING, new=new)
    assert ended.why() == ""
    ended.take_in(Unit.objects.get(code="MOI"))
    assert ended.why() == f"Xã Mới đã tham gia {ended.year.campaign.title}, nên không hoàn tác được nữa."


def test_it_stands_once_a_successor_that_was_there_before_came_in_late(ended: Ended) -> None:
    beside = UnitFactory(parent=ended.year.organiser.unit, name="Xã Bên", code="BEN")
    assert beside.valid_from < DAY
    undo_end(ended.here(ended.year.a.unit), by=ended.administrator)
    ended.end(ended.year.a.unit, SuccessionKind.MERGER, successors=(beside,))
    ended.take_in(beside)
    assert "Xã Bên đã được đưa vào" in ended.why()


def test_it_stands_while_the_coordinator_has_left_the_unit_out(ended: Ended) -> None:
    year = ended.year
    left_out = {"is_assessed": False, "left_out_reason": BASIS}
    change_participant(year.a, left_out, seen=ended.version(), by=year["c"])
    assert f"đã đổi việc đánh giá, xếp hạng {year.a.name}" in ended.why()
    change_participant(year.a, {"is_assessed": True, "left_out_reason": ""}, seen=ended.version(), by=year["c"])
    assert ended.why() == ""


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("first", ["taking over", "undo"])
def test_at_the_very_moment_of_an_undo_either_the_figures_are_taken_or_the_end_is_undone(first: str) -> None:
    """The one that comes a moment later waits, and then finds what the other did."""
    ended = Ended()
    leaf, year = ended.year.leaves["1.2"], ended.year

    def take() -> object:
        return take_over_answers(year.b, {leaf.pk: year.a.pk}, {leaf.pk: 0}, by=year["b1"])

    def undo() -> object:
        return undo_end(ended.here(year.a.unit), by=ended.administrator)

    works = [take, undo] if first == "taking over" else [undo, take]
    refused = [isinstance(one, Conflict | Incomplete) for one in at_once(works)]
    assert sorted(refused) == [False, True]
    taken = year.value("1.2", Stage.DECLARED, year.b) is not None
    assert taken == (Unit.objects.get(pk=year.a.unit.pk).valid_to is not None)
