"""A criteria set comes in, is replaced, follows last year's permanent ids, and is refused once it is frozen."""

from __future__ import annotations

from decimal import Decimal
from uuid import UUID

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from scoring.enums import Origin, Stage
from scoring.files.annex_layout import AnnexNode
from scoring.files.annex_workbook import write_annex
from scoring.models import Campaign, CriteriaSet, Exclusion, Group, Participant, Value
from scoring.services.calculation import build_campaign_file
from scoring.services.campaigns import StaleEdit
from scoring.services.criteria_changes import ChangeKind
from scoring.services.criteria_export import annex_of, export_set
from scoring.services.criteria_import import import_set, preview
from scoring.services.criteria_proof import criteria_tree
from scoring.services.criteria_reading import read_annex
from scoring.services.errors import Conflict
from scoring.services.past_types import TableFaults
from tests.factories import CampaignFactory, OrganiserFactory, UnitFactory, person
from tests.scoring.criteria.annexes import RATIO, annex, changed, leaf, with_nodes, without
from units.enums import Role
from units.models import TrailEntry
from units.permissions import Refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def campaign() -> Campaign:
    return CampaignFactory(organiser=OrganiserFactory(slug="quang-thu"), code="2026", year=2026)


def bring_in(campaign: Campaign, given=None) -> CriteriaSet:
    return import_set(campaign, given or annex(), by=None, seen=None)


def ids(criteria_set: CriteriaSet) -> dict[str, UUID]:
    return dict(criteria_set.criteria.values_list("code", "permanent_id"))


def freeze(criteria_set: CriteriaSet) -> None:
    CriteriaSet.objects.filter(pk=criteria_set.pk).update(frozen_at=timezone.now())


def test_an_imported_set_is_the_annex_and_gives_it_back(campaign):
    criteria_set = bring_in(campaign)

    stored = annex_of(criteria_set)
    assert [node.code for node in stored.nodes] == ["1", "1.1", "1.2", "2", "2.1"]
    assert all(node.permanent_id for node in stored.nodes)
    assert read_annex(export_set(criteria_set), "a.xlsx") == stored
    first = criteria_set.criteria.get(code="1.1")
    assert (first.path, first.parent.code, first.max_points) == ("001.001", "1", Decimal(2))
    assert (first.scoring_text, first.lead_department) == ("Đúng hạn: 2 điểm\nTrễ hạn: 0,5 điểm", "Sở Nội vụ")


def test_what_was_imported_is_what_a_run_computes_with(campaign):
    bring_in(campaign)

    file = build_campaign_file(campaign)
    assert file["criteria_sets"] == [{"code": "xa", "title": "Bộ tiêu chí cấp xã", "criteria": criteria_tree(annex())}]


def test_replacing_keeps_the_permanent_id_of_every_code_that_stays(campaign):
    before = bring_in(campaign)
    known = ids(before)

    grown = changed(changed(annex(), "1", max_points="7"), "1.2", title="Tên mới", rule=RATIO, max_points="4")
    after = bring_in(campaign, with_nodes(grown, leaf("1.3", "1", "1")))

    assert after.pk == before.pk
    assert {code: value for code, value in ids(after).items() if code != "1.3"} == known
    assert after.criteria.get(code="1.3").path == "001.003"


def test_codes_may_change_places_when_the_annex_carries_the_ids(campaign):
    known = ids(bring_in(campaign))
    swapped = annex_of(campaign.criteria_sets.get())
    swapped = changed(changed(changed(swapped, "1.1", code="x"), "1.2", code="1.1"), "x", code="1.2")

    after = bring_in(campaign, swapped)

    assert ids(after) == known | {"1.1": known["1.2"], "1.2": known["1.1"]}


def test_an_id_given_in_the_annex_is_not_given_again_by_code(campaign):
    known = ids(bring_in(campaign))
    given = changed(annex(), "1.2", permanent_id=str(known["1.1"]))

    after = bring_in(campaign, given)

    assert ids(after)["1.2"] == known["1.1"]
    assert ids(after)["1.1"] not in known.values()


def test_a_criterion_left_out_goes_with_what_stands_below_it(campaign):
    bring_in(campaign)

    after = bring_in(campaign, without(annex(), "2", "2.1"))

    assert list(after.criteria.order_by("path").values_list("code", flat=True)) == ["1", "1.1", "1.2"]


def test_a_criterion_moves_to_another_parent_though_its_old_one_goes(campaign):
    known = ids(bring_in(campaign))
    moved = changed(annex_of(campaign.criteria_sets.get()), "2.1", parent="1", code="1.3")
    moved = changed(without(moved, "2"), "1", max_points="10")

    after = bring_in(campaign, moved)

    assert (ids(after)["1.3"], after.criteria.get(code="1.3").path) == (known["2.1"], "001.003")


def test_a_criterion_that_holds_a_figure_is_not_taken_out(campaign):
    criteria_set = bring_in(campaign)
    group = Group.objects.create(campaign=campaign, code="xa", title="Xã", position=1)
    unit = UnitFactory(parent=campaign.organiser.unit)
    who = Participant.objects.create(
        campaign=campaign, unit=unit, code=unit.code, name=unit.name, group=group, criteria_set=criteria_set
    )
    Value.objects.create(
        participant=who,
        criterion=criteria_set.criteria.get(code="2.1"),
        stage=Stage.ENTERED,
        inputs={"mean": "4", "responses": "40"},
    )

    with pytest.raises(Conflict, match="Không bỏ được tiêu chí đã có số liệu"):
        bring_in(campaign, without(annex(), "2", "2.1"))

    assert criteria_set.criteria.count() == 5
    assert Value.objects.count() == 1


def test_an_exclusion_follows_its_criterion_through_a_replacement(campaign):
    criteria_set = bring_in(campaign)
    group = Group.objects.create(campaign=campaign, code="xa", title="Xã", position=1)
    Exclusion.objects.create(
        campaign=campaign,
        group=group,
        criterion=criteria_set.criteria.get(code="2"),
        reason="Không có",
        legal_basis="Quyết định 1",
        entered_by=person(Role.COORDINATOR, campaign.organiser),
    )

    bring_in(campaign, changed(annex(), "2", title="Tên khác"))

    assert Exclusion.objects.get().criterion.title == "Tên khác"


def test_the_ids_of_last_years_set_of_the_same_code_are_taken_over(campaign):
    last = CampaignFactory(organiser=campaign.organiser, code="2025", year=2025)
    older = CampaignFactory(organiser=campaign.organiser, code="2024", year=2024)
    bring_in(older)
    known = ids(bring_in(last))
    other = CampaignFactory(code="2025", year=2025)
    bring_in(other)

    seen = preview(campaign, with_nodes(changed(annex(), "1", max_points="7"), leaf("1.3", "1", "1")))
    assert seen.origin.campaign == last
    assert [(change.kind, change.code) for change in seen.changes] == [
        (ChangeKind.MAXIMUM, "1"),
        (ChangeKind.ADDED, "1.3"),
    ]

    assert ids(bring_in(campaign)) == known


def test_a_frozen_set_is_refused_with_the_way_on_and_stays(campaign):
    criteria_set = bring_in(campaign)
    freeze(criteria_set)

    with pytest.raises(Conflict, match="dùng phần Sửa đổi bộ tiêu chí"):
        bring_in(campaign, changed(annex(), "1.1", title="Khác"))

    assert criteria_set.criteria.get(code="1.1").title == "Tiêu chí 1.1"
    assert "dùng phần Sửa đổi" in preview(campaign, annex()).refusal


def test_another_set_still_comes_in_beside_a_frozen_one(campaign):
    freeze(bring_in(campaign))

    assert bring_in(campaign, annex(code="so")).position == 1


def test_a_campaign_of_a_past_table_takes_no_annex(campaign):
    Campaign.objects.filter(pk=campaign.pk).update(origin=Origin.PAST)

    with pytest.raises(Conflict, match="nhập lại từ bảng đã công bố"):
        bring_in(Campaign.objects.get(pk=campaign.pk))


def test_what_the_engine_refuses_under_the_campaigns_policy_is_not_stored(campaign):
    Campaign.objects.filter(pk=campaign.pk).update(policy=campaign.policy | {"weighting": "weights"})

    with pytest.raises(TableFaults, match="rọng số"):
        bring_in(Campaign.objects.get(pk=campaign.pk))

    assert not CriteriaSet.objects.exists()


def test_a_campaign_that_changed_after_the_preview_is_not_overwritten(campaign):
    seen = campaign.version
    bring_in(campaign)

    with pytest.raises(StaleEdit):
        import_set(campaign, annex(), by=None, seen=seen)


def test_only_the_coordinator_of_the_organiser_imports(campaign):
    stranger, leader = person(Role.COORDINATOR), person(Role.LEADER, campaign.organiser)

    for user in (stranger, leader):
        with pytest.raises(Refused):
            import_set(campaign, annex(), by=user, seen=campaign.version)

    by = person(Role.COORDINATOR, campaign.organiser)
    import_set(campaign, annex(), by=by, seen=campaign.version)
    entry = TrailEntry.objects.get(action="scoring.manage_criteria")
    assert (entry.actor, entry.scope) == (by, campaign.trail_scope)


def test_a_preview_tells_what_would_change_and_stores_nothing(campaign):
    bring_in(campaign)
    new = changed(changed(annex(), "1.1", rule=RATIO, title="Tên mới"), "1.2", rule={"kind": "manual"})
    new = changed(with_nodes(without(new, "2.1"), leaf("2.2", "4", "2")), "1.2", rule_pending=True)

    seen = preview(campaign, new)

    assert [(change.kind.value, change.code) for change in seen.changes] == [
        ("rule", "1.1"),
        ("renamed", "1.1"),
        ("rule", "1.2"),
        ("words", "1.2"),
        ("added", "2.2"),
        ("removed", "2.1"),
    ]
    assert [node.code for node in seen.pending] == ["1.2"]
    assert campaign.criteria_sets.get().criteria.filter(code="2.2").count() == 0
    assert preview(campaign, annex()).is_unchanged


@pytest.mark.parametrize("size", [1, 3])
def test_a_preview_costs_the_same_for_one_component_and_for_three(campaign, size, django_assert_num_queries):
    nodes = [
        node
        for at in range(1, size + 1)
        for node in (AnnexNode(str(at), f"Lĩnh vực {at}", "2"), leaf(f"{at}.1", "2", str(at)))
    ]
    bring_in(campaign, annex(*nodes))

    with django_assert_num_queries(2):
        preview(campaign, annex(*nodes))


# ── manage.py import_criteria ─────────────────────────────────────────────────────────────────────────────────────────


def file_with(tmp_path, data: bytes):
    path = tmp_path / "phu-luc.xlsx"
    path.write_bytes(data)
    return str(path)


def command(path: str, **options: str) -> None:
    call_command("import_criteria", path, organiser="quang-thu", campaign="2026", **options)


def test_the_command_imports_and_names_what_has_no_rule(campaign, tmp_path, capsys):
    given = changed(annex(), "1.2", rule={"kind": "manual"}, rule_pending=True)

    command(file_with(tmp_path, write_annex(given)))

    assert capsys.readouterr().out.splitlines() == [
        "Đã nhập “Bộ tiêu chí cấp xã”: 3 tiêu chí chấm điểm.",
        "Chưa có quy tắc: 1.2.",
    ]
    assert campaign.criteria_sets.get().code == "xa"


def test_the_command_takes_another_code_than_the_file_says(campaign, tmp_path):
    command(file_with(tmp_path, write_annex(annex())), set="phuong")

    assert campaign.criteria_sets.get().code == "phuong"


def test_the_command_tells_every_fault_and_stores_nothing(campaign, tmp_path):
    with pytest.raises(CommandError) as refused:
        command(file_with(tmp_path, write_annex(changed(annex(), "1", max_points="9"))))

    assert refused.value.returncode == 2
    assert "dòng 4" in str(refused.value)
    assert str(refused.value).endswith("1 lỗi, không lưu gì.")
    assert not CriteriaSet.objects.exists()


def test_the_command_refuses_a_frozen_set_an_unknown_campaign_and_a_missing_file(campaign, tmp_path):
    freeze(bring_in(campaign))
    path = file_with(tmp_path, write_annex(annex()))

    for told, code, attempt in (
        ("Mã chỉ gồm chữ không dấu", 1, lambda: command(path, set="bộ xã")),
        ("Sửa đổi bộ tiêu chí", 1, lambda: command(path)),
        ("không có kỳ", 1, lambda: call_command("import_criteria", path, organiser="quang-thu", campaign="1999")),
        ("Không mở được tệp", 2, lambda: command(str(tmp_path / "khong-co.xlsx"))),
    ):
        with pytest.raises(CommandError, match=told) as refused:
            attempt()
        assert refused.value.returncode == code
