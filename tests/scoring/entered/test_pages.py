"""Entered points on screen: every kind of rule, the second person, what came too late, and who may not."""

from __future__ import annotations

import json

import pytest

from scoring.enums import Phase, RunKind, Stage
from scoring.models import Value, ValueChange
from scoring.selectors.missing import missing_for_official
from scoring.services.calculation import build_campaign_file
from scoring.services.entered import confirm
from tests.scoring.entered.year import address, entered_year, leaf_address, put, row, text, unit_address
from tests.year import Year, advance
from units.models import TrailEntry

pytestmark = pytest.mark.django_db

FIGURES = {
    "4.1": ({"choice": "tre"}, {"choice": "tre"}, "0.5"),
    "4.2": ({"checked": ["b"]}, {"checked": ["b"]}, "0.5"),
    "4.3": ({"value": "3"}, {"value": "3"}, "0.25"),
    "4.4": ({"numerator": "1.250,5", "denominator": "1000,4"}, {"numerator": "1250.5", "denominator": "1000.4"}, "1"),
    "4.5": ({"numerator": "9", "denominator": "10"}, {"numerator": "9", "denominator": "10"}, "0.9"),
    "4.6": ({"value": "81,5"}, {"value": "81.5"}, "0.815"),
    "4.7": ({"satisfied": "30", "responses": "40"}, {"satisfied": "30", "responses": "40"}, "0.75"),
    "3.1": ({"mean": "4,5", "responses": "1.200"}, {"mean": "4.5", "responses": "1200"}, "3.5"),
    "3.2": ({"points": "0,5"}, {"points": "0.5"}, "0.5"),
}


# ── the table of a leaf ───────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("code", FIGURES)
def test_every_kind_of_rule_is_entered_in_the_table(year: Year, code: str) -> None:
    typed, stored, points = FIGURES[code]
    answer = year.browser("c").post(leaf_address(year, code, "entered_save"), row(year, code, year.a, **typed))
    assert (answer.status_code, answer["Location"]) == (302, leaf_address(year, code))
    value = year.value(code, Stage.ENTERED)
    assert value is not None
    assert (value.inputs, f"{value.worth.normalize():f}") == (stored, points)
    assert (value.author, value.confirmed_by) == (year["c"], None)


@pytest.mark.parametrize("code", FIGURES)
def test_every_kind_of_rule_is_entered_in_the_form_of_a_unit_with_its_source(year: Year, code: str) -> None:
    typed, stored, _ = FIGURES[code]
    fields = {f"so-{key}": value for key, value in typed.items()}
    answer = year.browser("c").post(unit_address(year, code), fields | {"version": 0, "note": "Báo cáo 45/BC-SNV"})
    assert answer.status_code == 302
    value = year.value(code, Stage.ENTERED)
    assert value is not None
    assert (value.inputs, value.note) == (stored, "Báo cáo 45/BC-SNV")


def test_a_survey_takes_a_mean_or_a_count_and_never_both(year: Year) -> None:
    both = row(year, "3.1", year.a, mean="4", satisfied="30", responses="40")
    answer = year.browser("c").post(leaf_address(year, "3.1", "entered_save"), both)
    assert answer.status_code == 422
    assert "Chỉ ghi một trong hai: “Điểm trung bình” hoặc “Số phiếu hài lòng”." in text(answer)
    assert 'value="30"' in text(answer)
    counted = row(year, "3.1", year.a, satisfied="30", responses="40")
    assert year.browser("c").post(leaf_address(year, "3.1", "entered_save"), counted).status_code == 302
    value = year.value("3.1", Stage.ENTERED)
    assert value is not None
    assert value.inputs == {"satisfied": "30", "responses": "40"}


@pytest.mark.parametrize(
    ("code", "typed", "sentence"),
    [
        ("3.1", {"mean": "4"}, "Chưa nhập “Số phiếu trả lời”."),
        ("3.1", {"mean": "5,5", "responses": "40"}, "không được lớn hơn 5"),
        ("3.1", {"mean": "4", "responses": "40,5"}, "phải là số nguyên"),
        ("4.6", {"value": "1.234"}, "đọc được hai cách"),
        ("4.6", {"value": "=1+1"}, "không phải là số"),
        ("4.7", {"satisfied": "50", "responses": "40"}, "lớn hơn số phiếu trả lời"),
        ("4.1", {"choice": "khac"}, "khac"),
        ("3.2", {"points": "2"}, "không được lớn hơn 1"),
    ],
)
def test_wrong_figures_are_told_at_their_unit_and_no_row_is_stored(
    year: Year, code: str, typed: dict[str, str], sentence: str
) -> None:
    right = FIGURES[code][0]
    data = row(year, code, year.a, **right) | row(year, code, year.b, **typed)
    answer = year.browser("c").post(leaf_address(year, code, "entered_save"), data)
    assert answer.status_code == 422
    assert sentence in text(answer)
    assert "Sở Bình yên" in text(answer)
    assert not Value.objects.filter(stage=Stage.ENTERED).exists()


def test_a_blank_row_is_no_answer_and_an_emptied_one_takes_the_value_away(year: Year) -> None:
    kept = put(year, "4.6", value="70")
    put(year, "4.6", year.b, value="60")
    data = row(year, "4.6", year.a, seen=kept.version, value="") | row(year, "4.6", year.b, seen=1, value="60")
    assert year.browser("c").post(leaf_address(year, "4.6", "entered_save"), data).status_code == 302
    assert year.value("4.6", Stage.ENTERED) is None
    assert year.seen("4.6", Stage.ENTERED, year.b) == 1
    assert [change.content is None for change in ValueChange.objects.filter(participant=year.a)] == [False, True]
    entry = TrailEntry.objects.filter(scope=year.campaign.trail_scope).order_by("-seq").first()
    assert entry is not None
    assert entry.object_label == "Xóa điểm nhập 4.6: Sở An toàn"


def test_a_list_from_which_everything_is_unticked_says_that_nothing_is_there(year: Year) -> None:
    put(year, "4.2", checked=["a", "b"])
    data = row(year, "4.2", year.a, seen=1)
    assert year.browser("c").post(leaf_address(year, "4.2", "entered_save"), data).status_code == 302
    value = year.value("4.2", Stage.ENTERED)
    assert value is not None
    assert value.inputs == {"checked": []}


def test_the_same_figures_again_change_nothing_and_keep_the_confirmation(year: Year) -> None:
    value = put(year, "4.6", value="70.0")
    confirm([(value, 1)], by=year["c2"])
    data = row(year, "4.6", year.a, seen=1, value="70")
    assert year.browser("c").post(leaf_address(year, "4.6", "entered_save"), data).status_code == 302
    kept = year.value("4.6", Stage.ENTERED)
    assert kept is not None
    assert (kept.version, kept.confirmed_by) == (1, year["c2"])


# ── too late ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_stale_row_gets_both_values_while_the_others_are_stored(year: Year) -> None:
    put(year, "4.6", value="70")
    put(year, "4.6", by="c2", value="75")
    data = row(year, "4.6", year.a, seen=1, value="80") | row(year, "4.6", year.b, value="60")
    answer = year.browser("c").post(leaf_address(year, "4.6", "entered_save"), data)
    assert answer.status_code == 409
    page = text(answer)
    assert "Giá trị (trên 100): 80" in page
    assert "Giá trị (trên 100): 75" in page
    assert "Người c2" in page
    assert "Đã lưu 1 đơn vị khác." in page
    stands, other = year.value("4.6", Stage.ENTERED), year.value("4.6", Stage.ENTERED, year.b)
    assert stands is not None
    assert other is not None
    assert (stands.inputs, other.inputs) == ({"value": "75"}, {"value": "60"})


def test_what_was_typed_too_late_can_be_posted_again_from_the_version_that_stands(year: Year) -> None:
    put(year, "3.1", mean="4", responses="100")
    put(year, "3.1", by="c2", mean="4.2", responses="100")
    browser = year.browser("c")
    late = browser.post(
        leaf_address(year, "3.1", "entered_save"), row(year, "3.1", year.a, seen=1, mean="4,5", responses="120")
    )
    clash = late.context["clashes"][0]
    assert browser.post(clash.url, dict(clash.fields)).status_code == 302
    value = year.value("3.1", Stage.ENTERED)
    assert value is not None
    assert (value.inputs, value.version) == ({"mean": "4.5", "responses": "120"}, 3)


def test_a_row_that_the_person_did_not_touch_is_no_conflict(year: Year) -> None:
    put(year, "4.6", value="70")
    put(year, "4.6", by="c2", value="75")
    data = row(year, "4.6", year.a, seen=1, value="70") | row(year, "4.6", year.b, value="60")
    assert year.browser("c").post(leaf_address(year, "4.6", "entered_save"), data).status_code == 302
    value = year.value("4.6", Stage.ENTERED)
    assert value is not None
    assert value.inputs == {"value": "75"}


def test_the_form_of_a_unit_refuses_a_stale_edit_with_both_values(year: Year) -> None:
    put(year, "4.6", value="70")
    put(year, "4.6", by="c2", value="75")
    answer = year.browser("c").post(unit_address(year, "4.6"), {"so-value": "80", "version": 1, "note": ""})
    assert answer.status_code == 409
    assert "Giá trị (trên 100): 80" in text(answer)
    assert "Giá trị (trên 100): 75" in text(answer)


def test_a_value_that_changed_is_not_cleared_from_an_old_page(year: Year) -> None:
    put(year, "4.6", value="70")
    put(year, "4.6", by="c2", value="75")
    answer = year.browser("c").post(unit_address(year, "4.6", name="entered_clear"), {"version": 1})
    assert answer.status_code == 409
    assert year.seen("4.6", Stage.ENTERED) == 2
    assert year.browser("c").post(unit_address(year, "4.6", name="entered_clear"), {"version": 2}).status_code == 302
    assert year.value("4.6", Stage.ENTERED) is None


def test_a_page_without_its_version_is_sent_back_to_be_opened_again(year: Year) -> None:
    answer = year.browser("c").post(
        leaf_address(year, "4.6", "entered_save"), {f"v{year.a.pk}": "x", f"u{year.a.pk}-value": "80"}
    )
    assert answer.status_code == 422
    assert "Mở lại trang rồi nhập." in text(answer)
    assert year.browser("c").post(unit_address(year, "4.6"), {"so-value": "80"}).status_code == 422
    assert not Value.objects.filter(stage=Stage.ENTERED).exists()


# ── the second person ─────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("second", ["c2", "l"])
def test_a_second_person_confirms_the_chosen_rows(year: Year, second: str) -> None:
    a, b = put(year, "4.6", value="70"), put(year, "4.6", year.b, value="60")
    browser = year.browser(second)
    page = text(browser.get(leaf_address(year, "4.6") + "?chon=tat-ca"))
    assert page.count('form="xac-nhan" checked') == 2
    answer = browser.post(leaf_address(year, "4.6", "entered_confirm"), {"row": [f"{a.pk}:1", f"{b.pk}:1"]})
    assert answer.status_code == 302
    assert set(Value.objects.values_list("confirmed_by", flat=True)) == {year[second].pk}


def test_nobody_confirms_an_own_entry_and_then_none_of_the_chosen(year: Year) -> None:
    own, other = put(year, "4.6", value="70"), put(year, "4.6", year.b, by="c2", value="60")
    assert f'value="{own.pk}:1"' not in text(year.browser("c").get(leaf_address(year, "4.6")))
    chosen = {"row": [f"{own.pk}:1", f"{other.pk}:1"]}
    answer = year.browser("c").post(leaf_address(year, "4.6", "entered_confirm"), chosen)
    assert answer.status_code == 409
    assert "Sở An toàn, 4.6: người nhập không tự xác nhận được, cần người thứ hai." in text(answer)
    assert not Value.objects.filter(confirmed_at__isnull=False).exists()


def test_what_changed_since_the_page_was_opened_is_not_confirmed(year: Year) -> None:
    value = put(year, "4.6", value="70")
    put(year, "4.6", value="75")
    answer = year.browser("c2").post(leaf_address(year, "4.6", "entered_confirm"), {"row": f"{value.pk}:1"})
    assert answer.status_code == 409
    assert "vừa có người sửa, xem lại rồi xác nhận." in text(answer)


@pytest.mark.parametrize("ticks", [{}, {"row": "x"}, {"row": "999999:1"}, {"row": "1:1:1"}])
def test_confirming_nothing_or_nonsense_is_refused(year: Year, ticks: dict[str, str]) -> None:
    put(year, "4.6", value="70")
    assert year.browser("c2").post(leaf_address(year, "4.6", "entered_confirm"), ticks).status_code == 422


def test_a_value_of_another_leaf_is_not_confirmed_through_this_page(year: Year) -> None:
    value = put(year, "3.2", points="1")
    answer = year.browser("c2").post(leaf_address(year, "4.6", "entered_confirm"), {"row": f"{value.pk}:1"})
    assert answer.status_code == 422
    assert not Value.objects.filter(confirmed_at__isnull=False).exists()


def test_a_change_drops_the_confirmation(year: Year) -> None:
    value = put(year, "4.6", value="70")
    confirm([(value, 1)], by=year["c2"])
    year.browser("c").post(leaf_address(year, "4.6", "entered_save"), row(year, "4.6", year.a, seen=1, value="71"))
    value = Value.objects.get(pk=value.pk)
    assert (value.version, value.confirmed_by, value.confirmed_at) == (2, None, None)


def test_an_unconfirmed_value_is_in_no_official_file_and_is_listed_as_missing(year: Year) -> None:
    value = put(year, "4.6", value="70")

    def answers(kind: RunKind) -> dict[str, object]:
        units = {unit["code"]: unit for unit in build_campaign_file(year.campaign, kind)["units"]}
        return units["SOA"]["answers"]

    assert "4.6" not in answers(RunKind.OFFICIAL)
    assert answers(RunKind.PROVISIONAL)["4.6"] == {"inputs": {"value": "70"}}
    said = [str(item) for item in missing_for_official(year.campaign) if item.kind == "entered"]
    assert "Sở An toàn: Điểm nhập chưa được người thứ hai xác nhận: 4.6." in said
    assert any(sentence.startswith("Sở An toàn: Thiếu điểm nhập: 3.1, 4.1") for sentence in said)
    confirm([(value, 1)], by=year["c2"])
    assert json.dumps(answers(RunKind.OFFICIAL)["4.6"]) == '{"inputs": {"value": "70"}}'
    assert not any("xác nhận" in str(item) for item in missing_for_official(year.campaign))


def test_the_overview_counts_what_is_confirmed_waiting_and_missing(year: Year) -> None:
    confirm([(put(year, "4.6", value="70"), 1)], by=year["c2"])
    put(year, "4.7", year.b, satisfied="30", responses="40")
    response = year.browser("l").get(address("entered", year))
    progress = {item.leaf.code: item for item in response.context["blocks"][0].leaves}
    assert (progress["4.6"].confirmed, [unit.code for unit in progress["4.6"].missing]) == (1, ["SOB"])
    assert (progress["4.7"].waiting, [unit.code for unit in progress["4.7"].missing]) == (1, ["SOA"])
    assert progress["3.2"].missing == ()
    assert "Nhập từ Excel" not in text(response)
    assert "Nhập từ Excel" in text(year.browser("c").get(address("entered", year)))


# ── phases and people ─────────────────────────────────────────────────────────────────────────────────────────────


def test_points_are_entered_from_the_opening_to_the_council_and_not_after() -> None:
    year = entered_year(Phase.DRAFT)
    data = row(year, "4.6", year.a, value="70")
    for phase in (Phase.DRAFT, Phase.FINALISED):
        year.group.phase = phase
        year.group.save()
        answer = year.browser("c").post(leaf_address(year, "4.6", "entered_save"), data)
        assert answer.status_code == 409
        assert "Khối" in text(answer)
        assert not Value.objects.filter(stage=Stage.ENTERED).exists()
    year.group.phase = Phase.DRAFT
    year.group.save()
    advance(year, Phase.COUNCIL)
    assert year.browser("c").post(leaf_address(year, "4.6", "entered_save"), data).status_code == 302


def test_after_the_council_nothing_is_changed_confirmed_or_cleared(year: Year) -> None:
    value = put(year, "4.6", value="70")
    year.group.phase = Phase.FINALISED
    year.group.save()
    page = text(year.browser("c").get(leaf_address(year, "4.6")))
    assert "Khối đang ở bước “Chốt”, không nhận điểm nhập" in page
    assert "Lưu số liệu" not in page
    assert (
        year.browser("c2").post(leaf_address(year, "4.6", "entered_confirm"), {"row": f"{value.pk}:1"}).status_code
        == 409
    )
    assert year.browser("c").post(unit_address(year, "4.6"), {"so-value": "80", "version": 1}).status_code == 409
    year.browser("c").post(unit_address(year, "4.6", name="entered_clear"), {"version": 1})
    assert list(Value.objects.values_list("inputs", "confirmed_at")) == [({"value": "70"}, None)]


@pytest.mark.parametrize("who", ["a1", "aH", "b1", "g1", "gA", "h", "s", "n", "x"])
def test_for_everybody_else_the_pages_do_not_exist(year: Year, who: str) -> None:
    value = put(year, "4.6", value="70")
    browser = year.browser(who)
    gets = [address("entered", year), leaf_address(year, "4.6"), unit_address(year, "4.6"),
            address("entered_upload", year), address("entered_workbook", year)]  # fmt: skip
    posts = {
        leaf_address(year, "4.6", "entered_save"): row(year, "4.6", year.a, seen=1, value="1"),
        leaf_address(year, "4.6", "entered_confirm"): {"row": f"{value.pk}:1"},
        unit_address(year, "4.6"): {"so-value": "1", "version": 1},
        unit_address(year, "4.6", name="entered_clear"): {"version": 1},
    }
    expected = 302 if who == "x" else 404  # whose account is closed is asked to sign in
    assert [browser.get(url).status_code for url in gets] == [expected] * len(gets)
    assert [browser.post(url, data).status_code for url, data in posts.items()] == [expected] * len(posts)
    assert list(Value.objects.values_list("inputs", "confirmed_at")) == [({"value": "70"}, None)]


def test_a_leader_reads_and_confirms_but_does_not_enter(year: Year) -> None:
    browser = year.browser("l")
    assert browser.get(leaf_address(year, "4.6")).status_code == 200
    for url in (unit_address(year, "4.6"), address("entered_upload", year), address("entered_workbook", year)):
        assert browser.get(url).status_code == 403
    data = row(year, "4.6", year.a, value="1")
    answer = browser.post(leaf_address(year, "4.6", "entered_save"), data)
    assert answer.status_code == 403
    assert "Chỉ cán bộ điều phối" in text(answer)
    assert not Value.objects.filter(stage=Stage.ENTERED).exists()


@pytest.mark.parametrize("code", ["1.1", "4", "9.9"])
def test_what_units_declare_themselves_cannot_be_entered(year: Year, code: str) -> None:
    assert year.browser("c").get(leaf_address(year, code)).status_code == 404
    assert year.browser("c").post(unit_address(year, code), {"so-choice": "du", "version": 0}).status_code == 404
