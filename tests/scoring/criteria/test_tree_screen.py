"""The tree of a set that is being written, as a form without script: acts, texts in rows, refusals, sums, speed."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from scoring.models import Campaign, CriteriaDraft
from scoring.services.criteria_drafts import annex_in, change_draft, start_from_set
from scoring.services.criteria_import import import_set
from scoring.services.criteria_shape import Done, with_node
from tests.factories import CampaignFactory, OrganiserFactory, person, sign_in
from tests.scoring.criteria.annexes import annex
from units.enums import Role

pytestmark = pytest.mark.django_db


@pytest.fixture
def campaign() -> Campaign:
    return CampaignFactory(organiser=OrganiserFactory(slug="quang-thu"), code="2026", year=2026)


@pytest.fixture
def writer(campaign):
    return person(Role.COORDINATOR, campaign.organiser)


@pytest.fixture
def client(writer) -> Client:
    return sign_in(writer)


@pytest.fixture
def draft(campaign, writer) -> CriteriaDraft:
    return start_from_set(import_set(campaign, annex(), by=None, seen=None), by=writer)


def url(draft: CriteriaDraft, name: str = "draft", *more: Any) -> str:
    return reverse(
        f"scoring:criteria_{name}", args=[draft.campaign.organiser.slug, draft.campaign.code, draft.code, *more]
    )


def text(response) -> str:
    return " ".join(response.content.decode().split())


def tree(draft: CriteriaDraft):
    return annex_in(CriteriaDraft.objects.get(pk=draft.pk))


def outline(draft: CriteriaDraft) -> list[str]:
    return [f"{node.code} {node.title}" for node in tree(draft).nodes]


def row_of(response, key: str) -> dict[str, str]:
    """The cells of a criterion by their class."""
    row = re.search(rf'<tr id="muc-{key}".*?</tr>', text(response))
    return {cell[1]: cell[2] for cell in re.finditer(r'<td class="([\w-]+)[^"]*">(.*?)</td>', row[0])}


def at(draft: CriteriaDraft, code: str) -> str:
    return next(node.permanent_id for node in tree(draft).nodes if node.code == code)


def act(client: Client, draft: CriteriaDraft, name: str, code: str = "", **fields: Any):
    version = CriteriaDraft.objects.get(pk=draft.pk).version
    sent = {"version": version, "act": name, "node": at(draft, code) if code else ""} | fields
    return client.post(url(draft), sent)


def test_the_page_shows_codes_names_maxima_sums_and_states(client, draft):
    page = text(client.get(url(draft)))

    assert 'value="Chỉ đạo, điều hành"' in page
    assert "Cộng 6,00 / 6,00, đủ" in page
    assert "Cộng 10,00 / 100,00, thiếu 90,00" in page
    assert "3 tiêu chí chấm điểm" in page
    assert page.count("data-node=") == 5


def test_buttons_move_add_copy_and_take_away_and_lead_back_to_the_row(client, draft):
    moved = act(client, draft, "up", "1.2")
    assert moved["Location"] == f"{url(draft)}?muc={at(draft, '1.1')}#muc-{at(draft, '1.1')}"
    assert outline(draft)[1] == "1.1 Tiêu chí 1.2"
    assert "nay là 1.1" in text(client.get(moved["Location"]))

    act(client, draft, "out", "1.2")
    act(client, draft, "in", "2")
    act(client, draft, "duplicate", "1")
    act(client, draft, "remove", "1")
    act(client, draft, "add_component")
    assert outline(draft) == [
        "1 Chỉ đạo, điều hành (bản sao)",
        "1.1 Tiêu chí 1.2",
        "1.2 Tiêu chí 1.1",
        "2 Tác động",
        "2.1 Tiêu chí 2.1",
        "3 ",
    ]
    undone = act(client, draft, "undo")
    assert "Đã hoàn tác: Đã thêm 3." in text(client.get(undone["Location"]))
    assert len(outline(draft)) == 5


def test_what_was_typed_in_rows_is_saved_with_whatever_button_was_pressed(client, draft):
    typed = {f"t-{at(draft, '1.1')}": "  Ban hành   kế hoạch ", f"m-{at(draft, '1.1')}": "2,5"}

    act(client, draft, "down", "1", **typed)

    node = next(node for node in tree(draft).nodes if node.code == "2.1")
    assert (node.title, node.max_points) == ("Ban hành kế hoạch", "2.5")


@pytest.mark.parametrize("wrong", ["", "hai", "-1", "1.234.5", "1e5", "9" * 30])
def test_a_maximum_that_is_none_is_told_at_its_row_and_nothing_at_all_is_stored(client, draft, wrong):
    response = act(client, draft, "up", "1.2", **{f"m-{at(draft, '1.1')}": wrong})

    assert response.status_code == 422
    cells = row_of(response, at(draft, "1.1"))
    assert 'class="field-error"' in cells["c-max"]
    assert f'value="{wrong}"' in cells["c-max"]
    assert "field-error" not in cells["c-title"]
    assert "bad" not in cells["c-title"]
    assert "Cần xem lại" in cells["c-state"]
    assert CriteriaDraft.objects.get().version == 1


def test_a_move_that_cannot_be_is_answered_with_its_sentence(client, draft):
    response = act(client, draft, "up", "1")

    assert response.status_code == 409
    assert "đã đứng đầu trong nhóm của nó" in text(response)


@pytest.mark.parametrize(
    "sent",
    [
        {"act": "up"},
        {"act": "fly", "node": "x"},
        {"act": "up", "node": "x"},
        {"act": "place", "node": "x"},
        {"version": "", "act": "save"},
        {"act": "place", "node": "x", "target": "y", "where": "beside"},
    ],
)
def test_acts_that_make_no_sense_are_refused_and_change_nothing(client, draft, sent):
    response = client.post(url(draft), {"version": 1} | sent)

    assert response.status_code in (409, 422)
    assert CriteriaDraft.objects.get().version == 1


def test_whoever_comes_too_late_sees_both_and_can_go_on_from_the_newest(client, draft, campaign):
    key = at(draft, "1.1")
    other = sign_in(person(Role.COORDINATOR, campaign.organiser, full_name="Trần Thị Hai"))
    act(other, draft, "save", **{f"t-{key}": "Của người khác"})

    late = client.post(url(draft), {"version": 1, "act": "save", f"t-{key}": "Của tôi"})

    assert late.status_code == 409
    page = text(late)
    assert "Trần Thị Hai vừa sửa bộ này" in page
    assert 'value="Của tôi"' in page
    assert "Đang có: Của người khác" in page
    assert 'name="version" value="2"' in page
    assert outline(draft)[1] == "1.1 Của người khác"


def test_a_draft_that_is_gone_meanwhile_is_told(client, draft, campaign):
    CriteriaDraft.objects.filter(pk=draft.pk).update(version=2)
    stale = client.post(reverse("scoring:criteria_draft_discard", args=["quang-thu", "2026", "xa"]), {"version": 1})
    assert stale.status_code == 409

    gone = client.post(reverse("scoring:criteria_draft_discard", args=["quang-thu", "2026", "xa"]), {"version": 2})
    assert gone.status_code == 302
    assert client.get(url(draft)).status_code == 404


def test_in_the_background_the_tree_alone_comes_back(client, draft):
    response = client.post(
        url(draft), {"version": 1, "act": "down", "node": at(draft, "1")}, headers={"X-Requested-With": "fetch"}
    )

    page = response.content.decode()
    assert response.status_code == 200
    assert "<html" not in page
    assert 'data-heard="“1 Chỉ đạo, điều hành” nay là 2."' in page
    assert f'data-focus-on="{at(draft, "2")}"' in page


def test_sums_are_told_while_they_are_typed_and_nothing_is_stored(client, draft):
    response = client.post(url(draft, "draft_sums"), {f"m-{at(draft, '1.1')}": "1,5", f"m-{at(draft, '2.1')}": "x"})

    told = response.json()["sums"]
    assert told[at(draft, "1")] == {"text": "Cộng 5,50 / 6,00, thiếu 0,50", "fits": False}
    assert told[at(draft, "2")]["fits"] is True
    assert CriteriaDraft.objects.get().version == 1


def test_states_and_faults_follow_what_is_typed_each_at_its_own_field(client, draft):
    typed = {f"m-{at(draft, '1.1')}": "abc", f"m-{at(draft, '1.2')}": "3,5", f"t-{at(draft, '2.1')}": ""}
    told = client.post(url(draft, "draft_sums"), typed).json()["rows"]

    wrong, fine, nameless = (told[at(draft, code)] for code in ("1.1", "1.2", "2.1"))
    assert (wrong["label"], wrong["title"]) == ("Cần xem lại", [])
    assert "không phải là số" in wrong["points"][0]
    assert (fine["label"], fine["points"]) == ("Đủ", [])
    assert nameless["faults"] == ["Chưa ghi tên tiêu chí."]
    assert told[at(draft, "1")]["label"] == "Cần xem lại"
    assert CriteriaDraft.objects.get().version == 1


def test_a_maximum_that_the_rule_never_reaches_shows_in_the_tree_and_before_taking_over(client, draft):
    def lower(annex):
        node = next(one for one in annex.nodes if one.code == "1.1")
        levels = [level | {"points": "0.5"} for level in node.rule["options"]]
        levels[0].pop("share", None)
        return Done(with_node(annex, replace(node, rule={"kind": "options", "options": levels})), "", "Đã lưu.")

    change_draft(draft, lower, seen=None, by=draft.changed_by)
    doubt = "Quy tắc này cho nhiều nhất 0,50 điểm, thấp hơn điểm tối đa 2,00."

    cell = row_of(client.get(url(draft)), at(draft, "1.1"))["c-state"]
    assert "Nên xem lại" in cell
    assert doubt in cell
    review = text(client.get(url(draft, "draft_review")))
    assert doubt in review
    assert "Còn phải sửa" not in review


def test_others_read_nothing_of_it(draft, campaign):
    addresses = [url(draft), url(draft, "draft_review"), url(draft, "draft_head"), url(draft, "draft_amend")]
    addresses += [url(draft, "draft_node", at(draft, "1"))]
    for role, status in ((Role.LEADER, 403), (Role.UNIT_HEAD, 404), (Role.ADMINISTRATOR, 404)):
        browser = sign_in(person(role, campaign.organiser))
        assert {browser.get(address).status_code for address in addresses} == {status}
    stranger = sign_in(person(Role.COORDINATOR))
    assert {stranger.get(address).status_code for address in addresses} == {404}
    assert stranger.post(url(draft), {"version": 1, "act": "add_component"}).status_code == 404
