"""A whole set on screens alone: begun, written, looked at, taken over, opened and computed; and amended when frozen."""

from __future__ import annotations

import datetime
import json
import re
import time
from dataclasses import replace
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from scoring.engine.interchange import canonical_bytes
from scoring.enums import LinkKind, Phase, RunKind
from scoring.files.annex_layout import AnnexNode, AnnexSet
from scoring.files.annex_workbook import write_annex
from scoring.forms.criteria_node import node_values
from scoring.forms.criteria_written import posted, written_of
from scoring.models import Amendment, Campaign, CriteriaDraft, CriteriaSet
from scoring.services.calculation import build_campaign_file
from scoring.services.criteria_amendment import Basis, apply_amendment, draft_amendment
from scoring.services.criteria_drafts import annex_in, start_from_set
from scoring.services.criteria_export import annex_of, export_set
from scoring.services.criteria_import import import_set
from scoring.services.criteria_reading import read_annex
from scoring.services.running import run_provisional
from tests.factories import CampaignFactory, OrganiserFactory, person, sign_in
from tests.scoring.continuity.years import two_sets
from tests.scoring.criteria.annexes import RATIO, annex, changed, leaf
from tests.year import Year, advance, build_year
from units.enums import Role
from units.files.workbook import read_workbook

pytestmark = pytest.mark.django_db


@pytest.fixture
def campaign() -> Campaign:
    return CampaignFactory(organiser=OrganiserFactory(slug="quang-thu"), code="2026", year=2026)


@pytest.fixture
def client(campaign) -> Client:
    return sign_in(person(Role.COORDINATOR, campaign.organiser))


def url(name: str, *more: Any) -> str:
    return reverse(f"scoring:criteria_{name}", args=["quang-thu", "2026", *more])


def text(response) -> str:
    return " ".join(response.content.decode().split())


def hidden(response, *names: str) -> dict[str, str]:
    page = response.content.decode()
    return {name: re.findall(rf'name="{name}" value="([^"]*)"', page)[-1] for name in names}


def press(client: Client, code: str, act: str, node: str = "") -> str:
    """Press a button of the tree; gives the permanent id that the page then looks at."""
    sent = hidden(client.get(url("draft", code)), "version") | {"act": act, "node": node}
    response = client.post(url("draft", code), sent)
    assert response.status_code == 302, text(response)
    return str(re.search(r"muc=([^#]*)#", response["Location"])[1])  # type: ignore[index]


def write(client: Client, code: str, wanted: AnnexSet) -> None:
    """Everything of `wanted` that stands in nodes, added and filled in by buttons and forms."""
    made: dict[str, str] = {}
    for node in wanted.nodes:
        act = "add_inside" if node.parent else "add_component"
        made[node.code] = press(client, code, act, made.get(node.parent, ""))
    for node in wanted.nodes:
        fill(client, code, made[node.code], node)


def fill(client: Client, code: str, key: str, node: AnnexNode) -> None:
    address = url("draft_node", code, key)
    values = {name: value for name, value in node_values(node).items() if value is not None}
    rule = posted(written_of(node.rule, is_pending=node.rule_pending))
    fields = values | {"of": values["kind"]} | {name: value for name, value in rule.items() if name.startswith("q-")}
    response = client.post(address, fields | hidden(client.get(address), "stamp"))
    assert response.status_code == 302, text(response)


def take_over(client: Client, code: str):
    return client.post(url("draft_review", code), hidden(client.get(url("draft_review", code)), "version", "campaign"))


def without_ids(given: AnnexSet) -> AnnexSet:
    return replace(given, nodes=tuple(replace(node, permanent_id="", row=0) for node in given.nodes))


def file_of(year: Year) -> bytes:
    return canonical_bytes(build_campaign_file(Campaign.objects.get(pk=year.campaign.pk), RunKind.PROVISIONAL))


def test_a_set_built_by_screens_alone_is_the_set_of_the_workbook_opens_and_computes_the_same():
    year = build_year(Phase.DRAFT)
    by_workbook = read_annex(export_set(CriteriaSet.objects.get(pk=year.criteria_set.pk)), "so.xlsx")
    import_set(year.campaign, by_workbook, by=None, seen=None)
    same_file = file_of(year)
    client = year.browser("c")

    client.post(url("write_set", "so"))
    for _ in by_workbook.children()[""]:
        press(client, "so", "remove", annex_in(CriteriaDraft.objects.get()).nodes[0].permanent_id)
    write(client, "so", by_workbook)
    assert take_over(client, "so")["Location"] == url("set", "so")

    stored = CriteriaSet.objects.get(pk=year.criteria_set.pk)
    assert without_ids(annex_of(stored)) == without_ids(by_workbook)
    assert {node.permanent_id for node in annex_of(stored).nodes}.isdisjoint(n.permanent_id for n in by_workbook.nodes)
    assert file_of(year) == same_file

    year.leaves = {node.code: node for node in stored.criteria.all()}
    advance(year, Phase.APPRAISAL)
    results = json.loads(run_provisional(year.campaign, year["c"]).results_file)
    assert {unit["code"]: unit["points"] for unit in results["units"]} == {"SOA": "7.6", "SOB": "0.5"}
    client.post(url("write_set", "so"))
    version = Campaign.objects.get(pk=year.campaign.pk).version
    frozen = client.post(url("draft_review", "so"), {"version": 1, "campaign": version})
    assert frozen.status_code == 409
    assert "đã khóa" in text(frozen)


def test_a_new_set_begins_on_its_page_and_what_it_lacks_is_listed_before_it_can_be_used(client, campaign):
    begun = client.post(url("write"), {"title": "Bộ các sở", "code": "so", "unit_kinds": ["department"]})
    assert begun["Location"] == url("draft", "so")
    assert "Bộ chưa có tiêu chí nào" in text(client.get(begun["Location"]))

    first = press(client, "so", "add_component")
    review = text(client.get(url("draft_review", "so")))
    assert "Chưa ghi tên tiêu chí." in review
    assert "Đưa vào dùng bộ" not in review

    fill(client, "so", first, AnnexNode("1", "Cải cách thể chế", "100", rule={"kind": "manual"}, rule_pending=True))
    assert "Đưa vào dùng bộ so" in text(client.get(url("draft_review", "so")))
    take_over(client, "so")
    assert CriteriaSet.objects.get().unit_kinds == ["department"]
    assert "1 tiêu chí" not in text(client.get(url("sets")))


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"title": ""}, "Ghi tên bộ tiêu chí"),
        ({"code": ""}, "Ghi mã bộ, ví dụ so."),
        ({"code": "a b"}, "Mã chỉ gồm chữ không dấu"),
        ({"code": "xa"}, "đã có bộ tiêu chí mang mã đó"),
        ({"origin": "999"}, "Hãy chọn"),
        ({"unit_kinds": ["planet"]}, "planet"),
    ],
)
def test_what_a_new_set_cannot_be_is_told_at_its_field(client, campaign, fields, told):
    import_set(campaign, annex(), by=None, seen=None)

    response = client.post(url("write"), {"title": "Bộ các sở", "code": "so"} | fields)

    assert response.status_code == 422
    assert told in text(response)
    assert not CriteriaDraft.objects.exists()


def test_last_years_set_is_offered_and_its_changes_are_shown_before_it_is_used(client, campaign):
    last = CampaignFactory(organiser=campaign.organiser, code="2025", year=2025)
    earlier = import_set(last, annex(), by=None, seen=None)
    other = replace(annex(), title="Của tỉnh khác")
    elsewhere = import_set(CampaignFactory(code="2025", year=2025), other, by=None, seen=None)
    page = text(client.get(url("write")))
    assert f'value="{earlier.pk}"' in page
    assert "Của tỉnh khác" not in page
    assert client.post(url("write"), {"title": "x", "code": "y", "origin": elsewhere.pk}).status_code == 422

    client.post(url("write"), {"title": "Bộ cấp xã", "code": "xa", "origin": earlier.pk})
    press(client, "xa", "remove", annex_in(CriteriaDraft.objects.get()).nodes[1].permanent_id)
    review = text(client.get(url("draft_review", "xa")))
    assert "Thay đổi so với bộ năm 2025" in review
    assert "Cộng 4,00 / 6,00, thiếu 2,00" in review


def test_an_annex_that_was_previewed_goes_on_on_screen(client, campaign):
    page = client.post(url("upload"), {"file": SimpleUploadedFile("a.xlsx", write_annex(annex()))})
    response = client.post(url("apply"), hidden(page, "staged", "sha256") | {"on_screen": "1"})

    assert response["Location"] == url("draft", "xa")
    assert not CriteriaSet.objects.exists()
    again = client.post(url("apply"), hidden(page, "staged", "sha256") | {"on_screen": "1"})
    assert again.status_code == 409
    assert "đang được soạn" in text(again)


def test_the_head_is_changed_with_its_version(client, campaign):
    draft = start_from_set(
        import_set(campaign, annex(), by=None, seen=None), by=person(Role.COORDINATOR, campaign.organiser)
    )
    sent = {"version": draft.version, "title": "Tên mới", "unit_kinds": ["ward", "commune"], "note": "QĐ 12"}

    assert client.post(url("draft_head", "xa"), sent).status_code == 302
    head = annex_in(CriteriaDraft.objects.get())
    assert (head.title, head.unit_kinds, head.note) == ("Tên mới", ("commune", "ward"), "QĐ 12")
    late = client.post(url("draft_head", "xa"), sent | {"title": "Tên khác"})
    assert late.status_code == 409
    assert "Tên khác" in text(late)
    assert "Tên mới" in text(late)


def test_a_frozen_set_is_amended_on_screen_with_its_impact_and_a_second_person():
    year = build_year(Phase.EXPLANATION)
    client = year.browser("c")
    assert "Sửa đổi trên màn hình" in text(client.get(url("set", "so")))
    client.post(url("write_set", "so"))
    node = next(node for node in annex_in(CriteriaDraft.objects.get()).nodes if node.code == "1.2")
    fill(client, "so", node.permanent_id, replace(node, rule={"kind": "ratio", "floor": "0.9"}))
    assert "Đổi quy tắc" in text(client.get(url("draft_review", "so")))

    decision = {"decision_number": "812/QĐ-UBND", "decision_date": "15/11/2026", "reason": "Theo hướng dẫn mới"}
    decision |= hidden(client.get(url("draft_amend", "so")), "version")
    lacking = client.post(url("draft_amend", "so"), decision)
    assert lacking.status_code == 422
    assert "phải kê khai lại" in text(lacking)
    drafted = client.post(url("draft_amend", "so"), decision | {"redeclare_until": "17:00 30/11/2099"})
    amendment = Amendment.objects.get()
    assert drafted["Location"] == url("amendment", "so", amendment.pk)
    assert client.post(url("draft_amend", "so"), decision | {"redeclare_until": "17:00 30/11/2099"}).status_code == 409

    applied = year.browser("c2").post(url("amendment_apply", "so", amendment.pk), {"sha256": amendment.sha256})
    assert applied["Location"] == url("set", "so")
    assert CriteriaSet.objects.get(pk=year.criteria_set.pk).revision == 2
    assert not CriteriaDraft.objects.exists()


def test_a_draft_begun_before_the_set_was_amended_says_so_and_asks_for_a_tick_and_tells_the_second_person():
    year = build_year(Phase.EXPLANATION)
    client, other = year.browser("c"), year.browser("c2")
    now = annex_of(CriteriaSet.objects.get(pk=year.criteria_set.pk))
    client.post(url("write_set", "so"))
    told = changed(now, "2.1", title="Tên theo quyết định mới")
    basis = Basis("811/QĐ-UBND", datetime.date(2026, 11, 1), "Theo hướng dẫn")
    first = draft_amendment(year.criteria_set, told, basis, sha256=told.digest, by=year["c"])
    apply_amendment(first, sha256=first.sha256, by=year["c2"])

    page = client.get(url("draft_amend", "so"))
    assert "đã thay đổi sau khi bắt đầu soạn" in text(page)
    assert "Tên theo quyết định mới" in text(page)
    assert "đã thay đổi sau khi bắt đầu soạn" in text(client.get(url("draft_review", "so")))
    decision = {"decision_number": "812/QĐ-UBND", "decision_date": "15/11/2026", "reason": "Theo hướng dẫn mới"}
    decision |= hidden(page, "version")
    assert client.post(url("draft_amend", "so"), decision).status_code == 409
    drafted = client.post(url("draft_amend", "so"), decision | hidden(page, "against"))
    assert drafted.status_code == 302
    assert "hoàn tác cả lần sửa ấy" in text(other.get(drafted["Location"]))
    assert "hoàn tác cả lần sửa ấy" not in text(other.get(url("amendment", "so", first.pk)))


def test_what_changed_since_last_year_is_a_workbook_too():
    years = two_sets()
    years.store(years.link("1.1", "1.1"), years.link("1.2", "1.2", kind=LinkKind.CHANGED, note="Cách tính khác"))

    file = years.browser().get(years.url("criteria_changes_file"))

    sheets = {sheet.name: [[cell.text for cell in row.cells.values()] for row in sheet.rows]
              for sheet in read_workbook(file.content, "a.xlsx")}  # fmt: skip
    lines = {line[0]: line for line in sheets["Thay đổi"][1:]}
    assert "Giữ nguyên" in lines["1.1"]
    assert "Cách tính khác" in lines["1.2"]
    assert file["Content-Disposition"].startswith('attachment; filename="')
    assert years.browser(Role.UNIT_HEAD).get(years.url("criteria_changes_file")).status_code == 404


@pytest.mark.parametrize("size", [1, 3])
def test_pages_of_the_editor_ask_the_database_the_same_however_large_the_set(
    client, campaign, size, django_assert_num_queries
):
    nodes = [
        node
        for at in range(1, size + 1)
        for node in (AnnexNode(str(at), f"Lĩnh vực {at}", "2"), leaf(f"{at}.1", "2", str(at)))
    ]
    writer = person(Role.COORDINATOR, campaign.organiser)
    draft = start_from_set(import_set(campaign, annex(*nodes), by=None, seen=None), by=writer)
    key = annex_in(draft).nodes[1].permanent_id

    client.get(url("draft", "xa"))
    for address, queries in (
        (url("draft", "xa"), 6),
        (url("draft_node", "xa", key), 5),
        (url("draft_review", "xa"), 10),
    ):
        with django_assert_num_queries(queries):
            client.get(address)
    with django_assert_num_queries(13):
        client.post(
            url("draft", "xa"), {"version": 1, "act": "duplicate", "node": annex_in(draft).nodes[0].permanent_id}
        )


def test_a_tree_of_120_leaves_opens_and_moves_within_200_ms_of_work(client, campaign):
    nodes = [AnnexNode("1", "Một", "60"), AnnexNode("2", "Hai", "60")]
    nodes += [leaf(f"{top}.{at}", "1", str(top), RATIO) for top in (1, 2) for at in range(1, 61)]
    writer = person(Role.COORDINATOR, campaign.organiser)
    draft = start_from_set(import_set(campaign, annex(*nodes), by=None, seen=None), by=writer)
    client.get(url("draft", "xa"))
    move = {"act": "down", "node": annex_in(draft).nodes[0].permanent_id}

    spent = []
    for version in range(1, 4):
        begun = time.process_time()
        assert client.get(url("draft", "xa")).status_code == 200
        opened = time.process_time()
        assert client.post(url("draft", "xa"), move | {"version": version}).status_code in (302, 409)
        spent.append((opened - begun, time.process_time() - opened))
    assert min(opening for opening, _ in spent) < 0.2
    assert min(moving for _, moving in spent) < 0.2
