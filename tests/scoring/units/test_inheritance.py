"""A unit that ended in mid-year: who followed it reads its dossier and takes over what its own people choose (T22)."""

from __future__ import annotations

import datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from scoring.enums import Stage
from scoring.models import Evidence, Participant, Submission
from scoring.permissions import OWN_UNIT, conflict_of
from scoring.selectors.inheritance import documents_to_take, offers_of, sources_of
from scoring.services.errors import Conflict, Incomplete, StaleEdit
from scoring.services.evidence import Details, add_evidence
from scoring.services.evidence_taking import take_over_evidence
from scoring.services.inheritance import take_over_answers
from tests.factories import OrganiserFactory, UnitFactory, UserFactory
from tests.scoring.evidence import samples
from tests.year import Year, build_year, declare_all
from units.enums import Role, SuccessionKind
from units.models import Membership, Organiser, TrailEntry, Unit, UnitSuccession, User
from units.permissions import Refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def year() -> Year:
    """A, which has answered and kept a document, is merged into B today; both take part."""
    year = build_year()
    declare_all(year, year.a, "a1")
    leaf = year.leaves["1.1"]
    add_evidence(
        year.a,
        [SimpleUploadedFile("ke-hoach.pdf", samples.pdf())],
        Details(number="12/KH"),
        by=year["a1"],
        criterion=leaf,
        pages="tr. 2",
    )
    merge(year, timezone.localdate())
    return year


def merge(year: Year, day: datetime.date) -> None:
    UnitSuccession.objects.all().delete()
    UnitSuccession.objects.create(
        predecessor=year.a.unit, successor=year.b.unit, kind=SuccessionKind.MERGER, date=day, document="Nghị quyết 1"
    )


def hired(organiser: Organiser, unit: Unit) -> User:
    user = UserFactory()
    Membership.objects.create(user=user, organiser=organiser, unit=unit, role=Role.UNIT_STAFF)
    return user


def pages_of(year: Year, unit: Participant) -> list[str]:
    at = [year.organiser.slug, year.campaign.code, unit.code]
    document = Evidence.objects.filter(participant=unit).first()
    found = [reverse(f"scoring:{name}", args=at) for name in ("worksheet", "evidence_list", "dossier_history")]
    if document:
        found.append(reverse("scoring:evidence_file", args=[*at, document.pk, 1]))
    return found


def statuses(year: Year, who: str, unit: Participant) -> set[int]:
    browser = year.browser(who)
    answers = [browser.get(page) for page in pages_of(year, unit)]
    for answer in answers:
        if answer.streaming:
            answer.getvalue()  # a download holds its file until it was read
    return {answer.status_code for answer in answers}


class TestReading:
    def test_the_heirs_people_read_the_old_dossier_from_the_day_on_and_write_nothing_in_it(self, year: Year) -> None:
        assert statuses(year, "b1", year.a) == {200}
        leaf = reverse("scoring:answer", args=[year.organiser.slug, year.campaign.code, year.a.code, "1.1"])
        assert year.browser("b1").get(leaf).status_code == 200
        assert year.browser("b1").post(leaf, {"version": 1, "choice": "tre"}).status_code == 403
        assert "Hồ sơ của đơn vị trước." in year.browser("b1").get(pages_of(year, year.a)[0]).content.decode()
        merge(year, timezone.localdate() + datetime.timedelta(days=1))
        assert statuses(year, "b1", year.a) == {404}, "not a day before"

    def test_without_a_recorded_step_and_the_other_way_round_there_is_nothing(self, year: Year) -> None:
        assert statuses(year, "a1", year.b) == {404}, "who is merged reads nothing of who took it in"
        UnitSuccession.objects.all().delete()
        assert statuses(year, "b1", year.a) == {404}

    def test_an_heir_at_another_organiser_is_a_stranger(self, year: Year) -> None:
        year.people["e"] = hired(OrganiserFactory(), year.b.unit)
        assert statuses(year, "e", year.a) == {404}

    def test_after_a_division_every_part_reads_and_an_heir_of_an_heir_too(self, year: Year) -> None:
        last = UnitFactory(parent=year.organiser.unit, name="Xã Cuối")
        UnitSuccession.objects.create(
            predecessor=year.b.unit, successor=last, kind=SuccessionKind.SPLIT, date=timezone.localdate()
        )
        year.people["last"] = hired(year.organiser, last)
        assert statuses(year, "last", year.a) == {200}
        assert statuses(year, "last", year.b) == {200}
        work = year.browser("last").get(reverse("scoring:work", args=[year.organiser.slug])).content.decode()
        assert pages_of(year, year.a)[0] in work
        assert pages_of(year, year.b)[0] in work

    def test_who_works_for_the_heir_does_not_judge_what_it_came_out_of(self, year: Year) -> None:
        assert conflict_of(year["b1"], year.a) == OWN_UNIT
        assert conflict_of(year["a1"], year.b) == ""


class TestTakingOver:
    def seen(self, year: Year, *codes: str) -> dict[int, int]:
        return {year.leaves[code].pk: year.seen(code, Stage.DECLARED, year.b) for code in codes}

    def test_chosen_figures_become_own_declared_values_that_say_where_they_are_from(self, year: Year) -> None:
        leaf = year.leaves["1.2"]
        taken = take_over_answers(year.b, {leaf.pk: year.a.pk}, self.seen(year, "1.2"), by=year["b1"])
        value = year.value("1.2", Stage.DECLARED, year.b)
        assert [item.pk for item in taken] == [value.pk]
        assert value.inputs == {"numerator": "45", "denominator": "50"}
        assert value.points is None
        assert value.note == f"Tiếp nhận từ {year.a.name}."
        assert value.author == year["b1"]
        assert year.value("1.1", Stage.DECLARED, year.b) is None, "only what was chosen"
        act = TrailEntry.objects.get(action="scoring.take_over")
        assert act.data["answers"] == [{"criterion": "1.2", "from": year.a.name, "participant": year.a.pk}]

    def test_points_by_judgement_are_shown_and_never_taken(self, year: Year) -> None:
        offers = {row.criterion.code: row for row in offers_of(year.b, sources_of(year.b))}
        assert set(offers) == {"1.1", "1.2", "2.1"}
        assert [offer.is_points for offer in offers["2.1"].offers] == [True]
        with pytest.raises(Incomplete):
            take_over_answers(year.b, {year.leaves["2.1"].pk: year.a.pk}, {}, by=year["b1"])

    def test_an_own_answer_changed_meanwhile_is_not_overwritten(self, year: Year) -> None:
        seen = self.seen(year, "1.1")
        year.declare("1.1", "b1", year.b, inputs={"choice": "tre"})
        with pytest.raises(StaleEdit):
            take_over_answers(year.b, {year.leaves["1.1"].pk: year.a.pk}, seen, by=year["b1"])
        assert year.value("1.1", Stage.DECLARED, year.b).inputs == {"choice": "tre"}

    def test_only_while_the_units_own_pen_allows(self, year: Year) -> None:
        year.move_window("self_assessment", -datetime.timedelta(days=2), -datetime.timedelta(minutes=1))
        with pytest.raises(Conflict, match="Đã đóng"):
            take_over_answers(year.b, {year.leaves["1.2"].pk: year.a.pk}, {}, by=year["b1"])
        file = documents_to_take(year.b, sources_of(year.b)).get()
        with pytest.raises(Conflict, match="Đã đóng"):
            take_over_evidence(year.b, file, by=year["b1"])

    @pytest.mark.parametrize("who", ["a1", "g1", "c", "s"])
    def test_nobody_else_takes_over(self, year: Year, who: str) -> None:
        with pytest.raises(Refused):
            take_over_answers(year.b, {year.leaves["1.2"].pk: year.a.pk}, {}, by=year[who])

    def test_a_document_comes_with_the_same_bytes_and_its_origin_once(self, year: Year) -> None:
        file = documents_to_take(year.b, sources_of(year.b)).get()
        made = take_over_evidence(year.b, file, by=year["b1"], criterion=year.leaves["1.1"], pages="tr. 1")
        copy = made.files.get()
        assert (copy.sha256, copy.size, copy.name) == (file.sha256, file.size, file.name)
        assert copy.key != file.key, "the bytes are its own: what the old unit does with them touches nothing here"
        assert (made.number, made.taken_from, made.participant) == ("12/KH", file, year.b)
        assert [use.criterion.code for use in made.uses.all()] == ["1.1"]
        assert not documents_to_take(year.b, sources_of(year.b)).exists()
        with pytest.raises(Incomplete, match="đã được tiếp nhận"):
            take_over_evidence(year.b, file, by=year["b1"])


def test_nothing_is_taken_from_a_unit_without_a_dossier(year: Year) -> None:
    Submission.objects.filter(participant=year.a).delete()
    assert sources_of(year.b) == []
