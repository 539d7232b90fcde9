"""The two pages of a criteria set beside last year's: what changed, and the coordinator's word, saved as a whole."""

from __future__ import annotations

import re
import uuid
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from django.urls import reverse

from scoring.enums import LinkKind, Origin, Phase, Source
from scoring.files.annex_layout import AnnexNode
from scoring.models import Campaign, CriteriaSet, Criterion
from scoring.services.criteria_import import import_set
from scoring.services.criteria_years import two_years
from tests.factories import CampaignFactory, campaign_with_results, person, sign_in
from tests.scoring.continuity.years import TwoSets, release, two_sets
from tests.scoring.criteria.annexes import annex, leaf
from tests.year import build_year
from units.enums import Role

pytestmark = pytest.mark.django_db
NAMES = ("criteria_links", "criteria_changes")


@pytest.fixture
def years() -> TwoSets:
    found = two_sets()
    Criterion.objects.filter(pk=found.node("1.2").pk).update(max_points=Decimal(5), source=Source.COORDINATOR)
    Criterion.objects.filter(pk=found.node("1").pk).update(max_points=Decimal(7))
    Criterion.objects.filter(pk=found.node("2.1").pk).update(permanent_id=uuid.uuid4(), title="Chỉ số hài lòng")
    return found


def words(response: Any) -> str:
    main = response.content.decode().partition('<main id="noi-dung"')[2]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", main)).replace(" ,", ",").replace(" .", ".")


def sent(response: Any) -> dict[str, str]:
    """The form as a browser would send it back, untouched."""
    page = response.content.decode().partition('<main id="noi-dung"')[2]
    form = page.partition('<form method="post"')[2]
    fields = {}
    for tag in re.findall(r"<input[^>]*>", form):
        name, value = re.search(r'name="([^"]*)"', tag), re.search(r'value="([^"]*)"', tag)
        if name:
            fields[name[1]] = value[1] if value else ""
    for name, options in re.findall(r'<select[^>]*name="([^"]*)"[^>]*>(.*?)</select>', form, re.S):
        chosen = re.findall(r'<option value="([^"]*)" selected', options)
        assert len(chosen) <= 1
        fields[name] = chosen[0] if chosen else re.findall(r'<option value="([^"]*)"', options)[0]
    return fields


def field(name: str, node: Criterion) -> str:
    return f"{name}_{node.pk}"


# ── the page of links ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_what_is_proposed_is_saved_as_it_stands(years):
    browser = years.browser()
    page = browser.get(years.url())
    assert "đề xuất" in words(page)
    saved = browser.post(years.url(), sent(page))
    assert saved.status_code == 302
    assert years.standing == {
        ("1", "1", "comparable"), ("1.1", "1.1", "same"), ("1.2", "1.2", "comparable"), ("2", "2", "same"),
        ("2.1", "", "new"),
    }  # fmt: skip
    shown = words(browser.get(saved["Location"]))
    assert "Đã nối bộ tiêu chí với năm 2025." in shown
    assert "Bỏ hẳn 1 dòng; tiêu chí chấm điểm trong đó cộng lại 4,00 điểm." in shown


def test_the_proposal_stands_first_in_its_list_and_every_criterion_follows(years):
    page = years.browser().get(years.url()).content.decode()
    select = page.partition(f'id="id_{field("truoc", years.node("1.2"))}"')[2].partition("</select>")[0]
    assert re.findall(r">([^<]+)</option>", select) == [
        "1.2 Kiểm tra công vụ (4,00)", "Mới, không nối với tiêu chí nào", "1.1 Kế hoạch cải cách hành chính (2,00)",
        "1.2 Kiểm tra công vụ (4,00)", "2.1 Điều tra xã hội học (4,00)",
    ]  # fmt: skip


def test_lists_have_what_is_near_by_and_all_of_it_on_demand(years):
    """A set of 90 criteria would be a page of a megabyte otherwise; what is not listed may be sent all the same."""
    Criterion.objects.filter(pk=years.node("2.1").pk).update(permanent_id=years.old("2.1").permanent_id)
    other = "2.1 Điều tra xã hội học (4,00)</option>"
    browser = years.browser()
    select = f'id="id_{field("truoc", years.node("1.2"))}"'
    short, full = (
        browser.get(years.url(), query).content.decode().partition(select)[2].partition("</select>")[0]
        for query in ({}, {"danh-sach": "du"})
    )
    assert "1.1 Kế hoạch" in short
    assert other not in short
    assert other in full
    fields = sent(browser.get(years.url())) | {
        field("truoc", years.node("1.2")): str(years.old("2.1").pk), field("truoc", years.node("2.1")): "",
    }  # fmt: skip
    assert browser.post(years.url(), fields).status_code == 302
    assert ("1.2", "2.1", "comparable") in years.standing


def test_a_word_with_its_note_is_kept_and_shown(years):
    browser = years.browser()
    fields = sent(browser.get(years.url())) | {
        field("truoc", years.node("2.1")): str(years.old("2.1").pk),
        field("cach", years.node("2.1")): "comparable",
        field("ghichu", years.node("2.1")): "Cùng một cuộc điều tra",
    }
    browser.post(years.url(), fields)
    assert ("2.1", "2.1", "comparable") in years.standing
    page = browser.get(years.url())
    assert sent(page)[field("ghichu", years.node("2.1"))] == "Cùng một cuộc điều tra"
    assert "mọi tiêu chí năm 2025 đều có tiêu chí nối tiếp" in words(page)


def test_a_criterion_that_was_new_is_comparable_once_a_predecessor_is_chosen(years):
    browser = years.browser()
    fields = sent(browser.get(years.url())) | {field("truoc", years.node("2.1")): str(years.old("2.1").pk)}
    assert fields[field("cach", years.node("2.1"))] == "new"
    assert browser.post(years.url(), fields).status_code == 302
    assert ("2.1", "2.1", "comparable") in years.standing


def test_the_same_name_and_maximum_under_another_code_are_proposed_where_they_are_the_only_ones(years):
    title = years.old("2.1").title
    renamed = Criterion.objects.filter(pk=years.node("2.1").pk)
    renamed.update(code="LV2.1", title=title.upper())
    chosen = sent(years.browser().get(years.url()))
    assert chosen[field("truoc", renamed.get())] == str(years.old("2.1").pk)
    assert chosen[field("cach", renamed.get())] == "comparable"
    for wrong in ({"max_points": Decimal(3)}, {"max_points": Decimal(4), "title": "Tên khác"}):
        renamed.update(**wrong)
        assert sent(years.browser().get(years.url()))[field("truoc", renamed.get())] == ""
    renamed.update(title=title)
    Criterion.objects.filter(pk=years.node("1.2").pk).update(title=title, max_points=Decimal(4))
    assert sent(years.browser().get(years.url()))[field("truoc", renamed.get())] == ""


def test_what_is_left_of_last_year_is_put_into_another_criterion(years):
    browser = years.browser()
    fields = sent(browser.get(years.url())) | {field("gop", years.old("2.1")): str(years.node("1.2").pk)}
    browser.post(years.url(), fields)
    assert {("1.2", "1.2", "comparable"), ("1.2", "2.1", "comparable")} <= years.standing
    page = browser.get(years.url())
    assert "gộp cả 2.1 Điều tra xã hội học" in words(page)
    assert sent(page)[field("gop", years.old("2.1"))] == str(years.node("1.2").pk)
    again = browser.post(years.url(), sent(page))
    assert again.status_code == 302
    assert ("1.2", "2.1", "comparable") in years.standing


def test_only_differences_are_shown_and_the_rest_is_saved_all_the_same(years):
    browser = years.browser()
    page = browser.get(years.url(), {"chi": "khac"})
    shown = page.content.decode()
    assert "1.1 Kế hoạch cải cách hành chính: tiêu chí năm trước" not in shown
    assert "1.2 Kiểm tra công vụ: tiêu chí năm trước" in shown
    browser.post(years.url() + "?chi=khac", sent(page))
    assert ("1.1", "1.1", "same") in years.standing


def test_a_kind_that_contradicts_is_told_at_its_criterion_and_what_was_chosen_stays(years):
    browser = years.browser()
    fields = sent(browser.get(years.url())) | {field("cach", years.node("1.2")): "same"}
    refused = browser.post(years.url(), fields)
    assert refused.status_code == 422
    shown = words(refused)
    assert "1.2 Kiểm tra công vụ: cách so: Không phải “Giữ nguyên”, vì đã khác điểm tối đa 4,00 → 5,00" in shown
    assert "cách so: 1.2" not in shown  # its name stands there once
    assert sent(refused)[field("cach", years.node("1.2"))] == "same"
    assert years.standing == set()


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("truoc", "999999", "không thuộc bộ tiêu chí năm trước"),
        ("truoc", "abc", "không thuộc bộ tiêu chí năm trước"),
        ("cach", "giong", "Chọn một cách so trong danh sách."),
        ("ghichu", "x" * 301, "dài quá 300 chữ"),
    ],
)
def test_what_is_not_in_the_lists_is_refused(years, name, value, sentence):
    browser = years.browser()
    fields = sent(browser.get(years.url())) | {field(name, years.node("1.1")): value}
    refused = browser.post(years.url(), fields)
    assert refused.status_code == 422
    assert sentence in words(refused)
    assert years.standing == set()


def test_a_page_that_lacks_a_criterion_saves_nothing(years):
    browser = years.browser()
    fields = sent(browser.get(years.url()))
    del fields[field("truoc", years.node("1.1"))]
    refused = browser.post(years.url(), fields)
    assert refused.status_code == 422
    assert "thiếu tiêu chí" in words(refused)
    assert years.standing == set()


def test_who_comes_second_sees_both_texts_and_overwrites_nothing(years):
    browser = years.browser()
    fields = sent(browser.get(years.url())) | {field("truoc", years.node("1.1")): ""}
    years.store(years.link("1.1", "1.1", kind=LinkKind.CHANGED))
    refused = browser.post(years.url(), fields)
    assert refused.status_code == 409
    assert "1.1 Kế hoạch cải cách hành chính: tiêu chí năm trước" in words(refused)
    assert years.standing == {("1.1", "1.1", "changed")}


def test_after_publication_the_page_says_why_nothing_is_linked_and_the_service_holds(years):
    browser = years.browser()
    fields = sent(browser.get(years.url()))
    release(years.campaign)
    page = browser.get(years.url())
    assert "Kỳ này đã công bố" in words(page)
    assert "Lưu cả bộ" not in words(page)
    refused = browser.post(years.url(), fields)
    assert refused.status_code == 409
    assert years.standing == set()


def test_another_year_is_chosen_and_one_that_is_not_there_is_not_found(years):
    organiser = years.campaign.organiser
    older = campaign_with_results(organiser, units=1, year=2024, code="2024").criteria_sets.get()
    later = campaign_with_results(organiser, units=1, year=2027, code="2027").criteria_sets.get()
    elsewhere = campaign_with_results(units=1, year=2024).criteria_sets.get()
    browser = years.browser()
    page = browser.get(years.url(), {"voi": older.pk})
    assert "Nối với năm 2024" in words(page)
    browser.post(f"{years.url()}?voi={older.pk}", sent(page))
    assert CriteriaSet.objects.filter(criteria__followers__isnull=False).distinct().get() == older
    kept = {field(name, years.node("1.1")): value for name, value in (("cach", "comparable"), ("ghichu", "Đổi tên"))}
    browser.post(f"{years.url()}?voi={years.last.pk}", sent(browser.get(years.url(), {"voi": years.last.pk})) | kept)
    again = browser.post(f"{years.url()}?voi={older.pk}", sent(browser.get(years.url(), {"voi": older.pk})))
    assert again.status_code == 302
    assert kept.items() <= sent(browser.get(years.url(), {"voi": years.last.pk})).items()
    for name in NAMES:
        for other in (later.pk, elsewhere.pk, 999999, "abc"):
            assert browser.get(years.url(name), {"voi": other}).status_code == 404


def test_in_the_first_year_there_is_nothing_to_link_with(years):
    first = reverse("scoring:criteria_links", args=[years.campaign.organiser.slug, "2025", "xa"])
    browser = years.browser()
    for answer in (browser.get(first), browser.post(first, {"version": "1"})):
        assert answer.status_code == 200
        assert "Chưa có năm trước để so" in words(answer)


# ── what changed ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_what_changed_is_told_with_then_and_now(years):
    shown = words(years.browser().get(years.url("criteria_changes")))
    assert "Điểm tối đa : 6,00 điểm → 7,00 điểm" in shown
    assert "Điểm tối đa : 4,00 điểm → 5,00 điểm" in shown
    assert "Nguồn điểm : Đơn vị tự chấm → Cơ quan điều phối" in shown
    assert "Giữ nguyên 1 Đã đổi, vẫn so được 1 Đã đổi, không so 0 Mới 1 Bỏ 1" in shown
    assert "cộng lại 4,00 điểm" in shown
    short = words(years.browser().get(years.url("criteria_changes"), {"chi": "khac"}))
    assert "Kế hoạch cải cách hành chính" not in short


def test_another_rule_is_told_in_words(years):
    options = {"kind": "options", "options": [{"key": "co", "label": "Có", "points": "4"}]}
    Criterion.objects.filter(pk=years.node("1.2").pk).update(rule=options, max_points=Decimal(4))
    shown = words(years.browser().get(years.url("criteria_changes")))
    assert "→ Chọn một mức: Có: 4 điểm." in shown


def test_criteria_put_together_are_told_one_by_one(years):
    years.store(years.link("1.2", "1.1", "1.2", kind=LinkKind.COMPARABLE))
    shown = words(years.browser().get(years.url("criteria_changes")))
    assert "Điểm tối đa : 1.1: 2,00 điểm · 1.2: 4,00 điểm → 5,00 điểm" in shown


def test_the_set_leads_to_it(years):
    address = reverse("scoring:criteria_set", args=[years.campaign.organiser.slug, "2026", "xa"])
    assert f'href="{years.url()}"' in years.browser().get(address).content.decode()
    leader = years.browser(Role.LEADER).get(address).content.decode()
    assert f'href="{years.url("criteria_changes")}"' in leader
    assert f'href="{years.url()}"' not in leader


# ── who, and what it costs ────────────────────────────────────────────────────────────────────────────────────────────


def test_who_links_and_who_reads_what_changed():
    year = build_year(Phase.EXPLANATION)
    campaign_with_results(year.organiser, units=1)
    addresses = [reverse(f"scoring:{name}", args=["quang-thu", "2026", "so"]) for name in NAMES]
    found = {
        who: [year.browser(who).get(address).status_code for address in addresses]
        for who in ("c", "c2", "l", "a1", "aH", "b1", "g1", "gA", "h", "s", "n")
    }
    assert found == {"c": [200, 200], "c2": [200, 200], "l": [403, 200]} | {
        who: [404, 404] for who in ("a1", "aH", "b1", "g1", "gA", "h", "s", "n")
    }
    assert year.browser("l").post(addresses[0], {"version": "1"}).status_code == 403
    assert year.browser("c").post(addresses[1]).status_code == 405
    assert year.browser("P").get(addresses[0]).status_code == 302


@pytest.mark.parametrize("size", [1, 3])
def test_both_pages_and_a_save_cost_the_same_for_one_criterion_and_three(size, django_assert_num_queries):
    nodes = [
        node
        for at in range(1, size + 1)
        for node in (AnnexNode(str(at), f"Lĩnh vực {at}", "2"), leaf(f"{at}.1", "2", str(at)))
    ]
    last = CampaignFactory(code="2025", year=2025)
    this = CampaignFactory(organiser=last.organiser, code="2026", year=2026)
    for campaign in (last, this):
        import_set(Campaign.objects.get(pk=campaign.pk), annex(*nodes, code="xa"), by=None, seen=None)
    browser = sign_in(person(Role.COORDINATOR, last.organiser))
    pages = [reverse(f"scoring:{name}", args=[last.organiser.slug, "2026", "xa"]) for name in NAMES]
    fields = sent(browser.get(pages[0]))
    with django_assert_num_queries(10):
        browser.get(pages[0])
    with django_assert_num_queries(9):
        browser.get(pages[1])
    with django_assert_num_queries(24):
        assert browser.post(pages[0], fields).status_code == 302


def test_against_a_table_that_prints_components_alone_components_are_counted(years):
    last = CampaignFactory(organiser=years.campaign.organiser, code="2024", year=2024)
    names = [years.node(code).title for code in "12"]
    nodes = [replace(leaf(f"LV{at}", "5", ""), title=name) for at, name in enumerate([names[0], "Cũ"], 1)]
    before = import_set(last, annex(*nodes, code=years.this.code), by=None, seen=None)
    Campaign.objects.filter(pk=last.pk).update(origin=Origin.PAST)
    Criterion.objects.filter(pk=years.node("1").pk).update(max_points=Decimal(5))

    shown = two_years(years.this, CriteriaSet.objects.select_related("campaign").get(pk=before.pk))

    assert [row.differences for row in shown.rows if row.node == years.node("1")] == [()]
    assert dict(shown.counts) == {
        "Giữ nguyên": 0, "Đã đổi, vẫn so được": 1, "Đã đổi, không so": 0, "Mới": 1, "Bỏ": 1,
    }  # fmt: skip
    assert (
        "chỉ ghi điểm từng lĩnh vực"
        in years.browser().get(years.url("criteria_changes"), {"voi": before.pk}).content.decode()
    )
