"""The form of one criterion: its rule from the declaration of the kind, rows, faults at fields, live trial, 409."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from scoring.files.annex_layout import AnnexNode
from scoring.forms.criteria_node import node_values
from scoring.forms.criteria_written import posted, written_of
from scoring.models import Campaign, CriteriaDraft
from scoring.services.criteria_drafts import annex_in, start_from_set
from scoring.services.criteria_import import import_set
from tests.factories import CampaignFactory, OrganiserFactory, person, sign_in
from tests.scoring.criteria.annexes import annex
from units.enums import Role

pytestmark = pytest.mark.django_db


@pytest.fixture
def campaign() -> Campaign:
    return CampaignFactory(organiser=OrganiserFactory(slug="quang-thu"), code="2026", year=2026)


@pytest.fixture
def client(campaign) -> Client:
    return sign_in(person(Role.COORDINATOR, campaign.organiser))


@pytest.fixture
def draft(campaign) -> CriteriaDraft:
    writer = person(Role.COORDINATOR, campaign.organiser)
    return start_from_set(import_set(campaign, annex(), by=None, seen=None), by=writer)


def node(draft: CriteriaDraft, code: str) -> AnnexNode:
    return next(one for one in annex_in(CriteriaDraft.objects.get(pk=draft.pk)).nodes if one.code == code)


def url(draft: CriteriaDraft, code: str, name: str = "node") -> str:
    one = node(draft, code)
    return reverse(f"scoring:criteria_draft_{name}", args=["quang-thu", "2026", draft.code, one.permanent_id])


def typed(draft: CriteriaDraft, code: str, **fields: Any) -> dict[str, Any]:
    """What the page of the criterion would post, with other `fields`."""
    one = node(draft, code)
    values = {key: value for key, value in node_values(one).items() if value not in (None, "")}
    rule = posted(written_of(one.rule, is_pending=one.rule_pending))
    return values | {"of": values.get("kind", "")} | {k: v for k, v in rule.items() if k.startswith("q-")} | fields


def text(response) -> str:
    return " ".join(response.content.decode().split())


def test_the_form_shows_what_is_stored_and_saving_it_untouched_changes_nothing(client, draft):
    page = text(client.get(url(draft, "1.1")))
    assert "Trễ hạn" in page
    assert "Chọn một mức: Đúng hạn: 2 điểm; Trễ hạn: 0,5 điểm; Không: 0 điểm." in page
    assert "Bên trong 1 Chỉ đạo, điều hành" in page

    for code in ("1", "1.1", "1.2", "2.1"):
        response = client.post(url(draft, code), typed(draft, code))
        assert response.status_code == 302
    assert CriteriaDraft.objects.get().version == 1


def test_words_points_source_and_rule_are_saved_together(client, draft):
    sent = typed(draft, "1.2", title="Tỷ lệ giải quyết đúng hạn", max_points="3,5", source="coordinator", role="bonus")
    response = client.post(url(draft, "1.2"), sent | {"q-floor": "0,9", "evidence_text": "Báo cáo năm\nSố liệu"})

    assert response.status_code == 302
    saved = node(draft, "1.2")
    assert (saved.title, saved.max_points, saved.source, saved.role) == (
        "Tỷ lệ giải quyết đúng hạn", "3.5", "coordinator", "bonus",
    )  # fmt: skip
    assert saved.rule == {"kind": "ratio", "floor": "0.9", "when_empty": "full"}
    assert saved.evidence_text == "Báo cáo năm\nSố liệu"


def test_save_and_go_on_leads_to_the_next_criterion_and_the_last_has_none(client, draft):
    response = client.post(url(draft, "1.1"), typed(draft, "1.1", go_on="1"))
    assert response["Location"] == url(draft, "1.2")
    assert "Lưu 2.1" in text(client.get(url(draft, "2.1")))


def test_another_kind_keeps_what_fits_and_nothing_is_stored_until_it_is_saved(client, draft):
    chosen = client.post(url(draft, "1.1"), typed(draft, "1.1", kind="checklist", refresh="1"))

    assert chosen.status_code == 200
    assert re.search(r'name="q-items-0-label"[^>]*> ?Đúng hạn</textarea>', text(chosen))
    assert node(draft, "1.1").rule["kind"] == "options"
    client.post(url(draft, "1.1"), typed(draft, "1.1", kind="checklist"))
    assert node(draft, "1.1").rule == {
        "kind": "checklist",
        "items": [
            {"key": "du", "label": "Đúng hạn", "share": "1"},
            {"key": "tre", "label": "Trễ hạn", "points": "0.5"},
            {"key": "khong", "label": "Không", "points": "0"},
        ],
    }


def test_a_level_keeps_its_code_when_it_is_called_otherwise_and_a_new_one_gets_a_code(client, draft):
    sent = typed(draft, "1.1", **{"q-options-1-label": "Trễ\r\ndưới 10 ngày", "q-options-2-label": "Không có"})
    sent |= {"q-options-rows": "4", "q-options-3-label": "Làm lại", "q-options-3-which0": "points"}

    assert client.post(url(draft, "1.1"), sent | {"q-options-3-value0": "0,25"}).status_code == 302
    levels = node(draft, "1.1").rule["options"]
    assert [(one["key"], one["label"]) for one in levels] == [
        ("du", "Đúng hạn"), ("tre", "Trễ dưới 10 ngày"), ("khong", "Không có"), ("lam_lai", "Làm lại"),
    ]  # fmt: skip


def test_rows_come_and_go_without_losing_what_was_typed_elsewhere(client, draft):
    more = text(client.post(url(draft, "1.1"), typed(draft, "1.1", more="options", title="Tên mới")))
    assert 'name="q-options-rows" value="4"' in more
    assert "Tên mới" in more

    fewer = client.post(url(draft, "1.1"), typed(draft, "1.1", drop="options-0"), headers={"X-Requested-With": "fetch"})
    assert re.search(r'name="q-options-0-label"[^>]*> ?Trễ hạn</textarea>', text(fewer))
    assert "<html" not in text(fewer)
    for nonsense in ("options-99", "items-0", "options-x", "-", "options-" + "9" * 400):
        assert client.post(url(draft, "1.1"), typed(draft, "1.1", drop=nonsense)).status_code in (200, 302)


@pytest.mark.parametrize(
    ("code", "fields", "told"),
    [
        ("1.1", {"title": " "}, "Ghi tên tiêu chí như phụ lục."),
        ("1.1", {"max_points": "hai"}, "không phải là số"),
        ("1.1", {"max_points": ""}, "Chưa ghi điểm tối đa"),
        ("1.1", {"role": "penalty"}, "Đơn vị không tự chấm điểm trừ"),
        ("1.1", {"source": "nobody"}, "nobody"),
        ("1.1", {"kind": "magic"}, "magic"),
        ("1.1", {"q-options-1-value0": "x"}, "không phải là số"),
        ("1.2", {"q-floor": "80"}, "không tỷ lệ nào đạt tới"),
        ("1.1", {"title": "a\x00b"}, "Chưa lưu được"),
        ("1", {"weight": "-1"}, "Trọng số phải từ 0 trở lên"),
    ],
)
def test_every_fault_is_told_at_its_field_and_nothing_is_stored(client, draft, code, fields, told):
    response = client.post(url(draft, code), typed(draft, code, **fields))

    assert response.status_code == 422
    assert told in text(response)
    assert CriteriaDraft.objects.get().version == 1


def test_sample_figures_earn_points_by_the_rule_as_it_is_typed_and_nothing_is_stored(client, draft):
    sent = typed(draft, "1.2", **{"q-floor": "0,5", "thu-numerator": "3", "thu-denominator": "4"})
    tried = client.post(url(draft, "1.2", "trial"), sent, headers={"X-Requested-With": "fetch"})

    page = text(tried)
    assert "3,00 / 4,00" in page
    assert "3/4 = 75% ≥ 50% → 0,75 × 4 = 3 điểm" in page
    assert "Cộng 6,00 / 6,00, đủ" in page
    whole = text(client.post(url(draft, "1.2", "trial"), sent | {"max_points": "5"}))
    assert "3,75 / 5,00" in whole
    assert "Cộng 7,00 / 6,00, thừa 1,00" in whole
    assert CriteriaDraft.objects.get().version == 1


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"q-floor": "80"}, "Quy tắc chưa dùng được"),
        ({"thu-numerator": "5", "thu-denominator": "4"}, "lớn hơn tổng số"),
        ({"thu-numerator": "x", "thu-denominator": "4"}, "không phải là số"),
        ({"kind": ""}, "Chưa có quy tắc nên không có gì để tính thử"),
        ({"max_points": "hai"}, "Tỷ lệ đạt được nhân 4 điểm"),
    ],
)
def test_a_trial_says_what_is_wrong_with_the_rule_or_the_figures(client, draft, fields, told):
    tried = client.post(
        url(draft, "1.2", "trial"), typed(draft, "1.2", **fields), headers={"X-Requested-With": "fetch"}
    )

    assert tried.status_code == 200
    assert told in text(tried)


def test_a_rule_that_never_earns_the_maximum_is_doubted(client, draft):
    low = typed(draft, "1.1", **{"q-options-0-which0": "points", "q-options-0-value0": "1,5"})

    tried = client.post(url(draft, "1.1", "trial"), low, headers={"X-Requested-With": "fetch"})

    assert "cho nhiều nhất 1,50 điểm, thấp hơn điểm tối đa 2,00" in text(tried)


def test_of_two_who_change_one_criterion_the_later_sees_both_and_other_criteria_are_free(client, draft, campaign):
    other = sign_in(person(Role.COORDINATOR, campaign.organiser))
    mine, free = typed(draft, "1.1", title="Của tôi"), typed(draft, "1.2", title="Tên khác")
    other.post(url(draft, "1.1"), typed(draft, "1.1", title="Của người khác"))

    late = client.post(url(draft, "1.1"), mine)
    assert late.status_code == 409
    assert "Của tôi" in text(late)
    assert "Của người khác" in text(late)
    assert node(draft, "1.1").title == "Của người khác"

    assert client.post(url(draft, "1.2"), free).status_code == 302
    assert node(draft, "1.2").title == "Tên khác"


def test_an_unknown_criterion_is_not_there(client, draft):
    address = reverse(
        "scoring:criteria_draft_node", args=["quang-thu", "2026", "xa", "0" * 8 + "-0000-4000-8000-" + "0" * 12]
    )

    assert client.get(address).status_code == 404
