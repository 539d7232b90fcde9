"""Staging, answering, applying: all or nothing, once, by the right people, with a trail."""

from __future__ import annotations

import hashlib

import pytest
from django.apps import apps
from django.db import IntegrityError, transaction

from scoring.enums import ImportState, Origin
from scoring.models import Campaign, Participant, PrintedResult, ResultsImport, Value
from scoring.services.calculation import calculate
from scoring.services.past_import import CannotApply, answer, apply, discard, preview, stage
from scoring.services.past_types import TableFaults
from tests.factories import CampaignFactory, person
from tests.scoring.past.tables import bring_in, district, province, table
from units.enums import Role
from units.models import Organiser, TrailEntry, Unit
from units.permissions import Refused
from units.trail import verify

pytestmark = pytest.mark.django_db

GOOD = table([{"name": "Huyện A", "points": "80,00", "rank": "1"}, {"name": "Huyện B", "points": "70,00", "rank": "2"}])


def row_counts() -> dict[str, int]:
    models = [model for app in ("units", "scoring", "reports") for model in apps.get_app_config(app).get_models()]
    return {model._meta.label: model._base_manager.count() for model in models}


def staged_by(user, organiser: Organiser, data: bytes = GOOD) -> ResultsImport:
    return stage(organiser=organiser, file_name="bang.xlsx", data=data, by=user)


def asked(organiser: Organiser) -> ResultsImport:
    """A staged table whose first row fits two units."""
    district(organiser, "Huyện Hòa An", "1")
    district(organiser, "Huyện Hòa Ân", "2")
    return staged_by(None, organiser, table([{"name": "Hòa An", "points": "80"}]))


def test_a_file_with_any_fault_stores_nothing_at_all():
    organiser = province()
    before = row_counts()

    with pytest.raises(TableFaults):
        staged_by(None, organiser, table([{"name": "A", "points": "80"}, {"name": "B", "points": "1.000"}]))

    assert row_counts() == before


def test_staging_makes_no_campaign_and_no_unit():
    organiser = province()
    staged = staged_by(None, organiser)

    assert (staged.state, staged.sha256) == (ImportState.READY, hashlib.sha256(GOOD).hexdigest())
    assert Campaign.objects.count() == 0
    assert Unit.objects.count() == 1


def test_applying_makes_the_campaign_with_what_was_printed():
    campaign = bring_in(GOOD)

    assert (campaign.origin, campaign.code, campaign.year, campaign.version) == (Origin.PAST, "2017", 2017, 1)
    kept = campaign.participants.values_list("name", "printed__points", "printed__rank", "printed__row")
    assert list(kept.order_by("printed__row")) == [("Huyện A", "80.00", 1, 3), ("Huyện B", "70.00", 2, 4)]
    assert list(Value.objects.values_list("stage", "inputs").order_by("pk")) == [
        ("published", {"points": "80"}),
        ("published", {"points": "70"}),
    ]


def test_an_excerpt_is_stored_as_one_with_or_without_its_size():
    groups = [
        {"code": "so", "title": "Sở", "listed_of": "không rõ"},
        {"code": "xa", "title": "Xã", "listed_of": "124"},
        {"code": "huyen", "title": "Huyện"},
    ]
    rows = [{"group": group["code"], "name": f"Đơn vị {group['code']}", "points": "80"} for group in groups]
    campaign = bring_in(table(rows, groups=groups, printed_statement="26 Tốt, 80 Khá"))

    assert list(campaign.groups.values_list("code", "is_excerpt", "listed_of")) == [
        ("so", True, None),
        ("xa", True, 124),
        ("huyen", False, None),
    ]
    assert campaign.printed_statement == "26 Tốt, 80 Khá"


def test_the_database_refuses_the_size_of_a_group_that_is_no_excerpt():
    campaign = bring_in(GOOD)

    with pytest.raises(IntegrityError, match="group_size_only_for_an_excerpt"), transaction.atomic():
        campaign.groups.update(listed_of=45)
    assert set(campaign.groups.values_list("listed_of", flat=True)) == {None}


def test_the_trail_tells_the_file_and_its_digest():
    coordinator = person(Role.COORDINATOR, organiser := province())
    staged = staged_by(coordinator, organiser)
    campaign = apply(staged, sha256=staged.sha256, by=coordinator)

    entry = TrailEntry.objects.get(scope=campaign.trail_scope)
    assert (entry.action, entry.actor) == ("scoring.import_results", coordinator)
    assert entry.data["file_name"] == "bang.xlsx"
    assert entry.data["sha256"] == staged.sha256
    assert entry.data["new_units"] == ["huyen-a", "huyen-b"]
    assert set(TrailEntry.objects.filter(action="units.create_unit").values_list("data__code", flat=True)) == {
        "huyen-a",
        "huyen-b",
    }
    assert verify() == []


def test_applying_twice_changes_nothing_the_second_time():
    staged = staged_by(None, province())
    first = apply(staged, sha256=staged.sha256, by=None)
    before = row_counts()

    assert apply(staged, sha256=staged.sha256, by=None) == first
    assert row_counts() == before


def test_the_same_file_uploaded_again_changes_no_campaign():
    organiser = province()
    campaign = bring_in(GOOD, organiser)
    participants = set(campaign.participants.values_list("pk", flat=True))

    again = bring_in(GOOD, organiser)

    assert (again.pk, again.version) == (campaign.pk, 1)
    assert set(again.participants.values_list("pk", flat=True)) == participants


def test_the_same_file_asked_to_replace_makes_the_campaign_anew():
    organiser = province()
    campaign = bring_in(GOOD, organiser)
    campaign.participants.update(is_ranked=False, unranked_reason="Sửa tay")

    again = bring_in(GOOD, organiser, replace=True)

    assert (again.pk, again.version) == (campaign.pk, 2)
    assert set(again.participants.values_list("is_ranked", flat=True)) == {True}


def test_only_the_previewed_digest_is_applied():
    staged = staged_by(None, province())
    before = row_counts()

    with pytest.raises(CannotApply, match="không phải của tệp này"):
        apply(staged, sha256="0" * 64, by=None)
    assert row_counts() == before


def test_open_questions_keep_a_table_from_being_applied():
    staged = asked(province())
    before = row_counts()

    with pytest.raises(CannotApply, match="Còn dòng chưa chọn đơn vị"):
        apply(staged, sha256=staged.sha256, by=None)
    assert row_counts() == before


def test_an_answer_makes_the_table_ready():
    staged = asked(province())
    unit = Unit.objects.get(name="Huyện Hòa Ân")

    assert answer(staged, {"3": {"unit": unit.pk}}, by=None).is_ready
    assert apply(staged, sha256=staged.sha256, by=None).participants.get().unit == unit


def test_a_unit_that_was_not_offered_is_no_answer():
    staged = asked(province())
    stranger = district(province(), "Huyện Hòa An", "3")

    with pytest.raises(CannotApply, match="không nằm trong các đơn vị đã nêu"):
        answer(staged, {"3": {"unit": stranger.pk}}, by=None)
    with pytest.raises(CannotApply, match="không có câu hỏi"):
        answer(staged, {"99": {"new": "district"}}, by=None)
    assert ResultsImport.objects.get().answers == {}


def test_a_new_historical_unit_is_found_again_by_the_next_year():
    organiser = province()
    bring_in(GOOD, organiser)

    later = table([{"name": "Huyện A", "points": "81"}], code="2018", year="2018", title="Chỉ số CCHC năm 2018")
    campaign = bring_in(later, organiser)

    assert campaign.participants.get().unit == Unit.objects.get(code="huyen-a")
    assert Unit.objects.filter(name="Huyện A").count() == 1


def test_another_table_of_the_same_campaign_needs_the_word_to_replace():
    organiser = province()
    bring_in(GOOD, organiser)
    other = staged_by(None, organiser, table([{"name": "Huyện A", "points": "85"}]))

    with pytest.raises(CannotApply, match="đã có"):
        apply(other, sha256=other.sha256, by=None)
    assert PrintedResult.objects.count() == 2


def test_replacing_keeps_the_campaign_and_its_runs_and_raises_the_version():
    organiser = province()
    campaign = bring_in(GOOD, organiser)
    run = calculate(campaign, None)

    again = bring_in(table([{"name": "Huyện A", "points": "85"}]), organiser, replace=True)

    assert (again.pk, again.version) == (campaign.pk, 2)
    assert [participant.printed.points for participant in again.participants.all()] == ["85"]
    assert list(again.runs.all()) == [run]
    assert '"points": "80"' in again.runs.get().results_file


def test_a_campaign_scored_on_the_portal_is_never_replaced():
    organiser = province()
    CampaignFactory(organiser=organiser, code="2017", year=2017)
    staged = staged_by(None, organiser)

    with pytest.raises(CannotApply, match="chấm trên cổng"):
        apply(staged, sha256=staged.sha256, by=None, replace=True)
    assert Participant.objects.count() == 0


def test_a_discarded_table_is_not_applied():
    staged = staged_by(None, province())
    discard(staged, by=None)

    with pytest.raises(CannotApply, match="đã bỏ"):
        apply(staged, sha256=staged.sha256, by=None)
    assert Campaign.objects.count() == 0


def test_discarding_what_was_applied_changes_nothing():
    staged = staged_by(None, province())
    apply(staged, sha256=staged.sha256, by=None)
    discard(staged, by=None)

    staged.refresh_from_db()
    assert staged.state == ImportState.APPLIED


@pytest.mark.parametrize("role", [role for role in Role if role != Role.COORDINATOR])
def test_only_the_coordinator_brings_tables_in(role):
    organiser = province()
    staged = staged_by(None, organiser)
    other = person(role, organiser)

    for act in (
        lambda: staged_by(other, organiser),
        lambda: answer(staged, {}, other),
        lambda: apply(staged, sha256=staged.sha256, by=other),
        lambda: discard(staged, other),
    ):
        with pytest.raises(Refused):
            act()
    assert (ResultsImport.objects.count(), Campaign.objects.count()) == (1, 0)


def test_the_coordinator_of_another_organiser_brings_nothing_in_here():
    with pytest.raises(Refused):
        staged_by(person(Role.COORDINATOR, province()), province())


@pytest.mark.parametrize("count", [1, 3])
def test_applying_takes_the_same_queries_at_any_size(count, django_assert_num_queries):
    organiser = province()
    for number in range(count):
        district(organiser, f"Huyện {'ABC'[number]}", str(number))
    data = table([{"name": f"Huyện {'ABC'[number]}", "points": "80"} for number in range(count)])
    staged = ResultsImport.objects.select_related("organiser__unit").get(pk=staged_by(None, organiser, data).pk)

    with django_assert_num_queries(21):
        apply(staged, sha256=staged.sha256, by=None)


def test_the_preview_names_what_applying_would_do():
    organiser = province()
    district(organiser, "Huyện A", "1")
    seen = preview(staged_by(None, organiser))

    assert [match.name for match in seen.new_units] == ["Huyện B"]
    assert seen.existing is None
    assert seen.is_ready
