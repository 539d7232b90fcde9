""" "Vì sao số này?" of a unit as it stands: the worksheet's numbers told step by step, to whom they may be told."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from scoring.enums import Phase, Stage
from scoring.models import Criterion, Evidence, EvidenceUse, Exclusion, Explanation, Participant
from scoring.selectors.worksheet import sight_of
from scoring.services.derivations import account_of
from scoring.services.scorecard import scorecard
from tests.factories import OPTIONS
from tests.scoring.dossier.pages import text, url
from tests.year import Year, advance, build_year

pytestmark = pytest.mark.django_db


def page(year: Year, who: str, code: str = "", unit: Participant | None = None) -> str:
    """The page of the unit, or of one node of it, as `who` reads it."""
    address = url(year, "why_node", code, unit=unit) if code else url(year, "why_unit", unit=unit)
    answer = year.browser(who).get(address)
    assert answer.status_code == 200, answer.content.decode()
    return text(answer).partition('<main id="noi-dung"')[2]


def account(year: Year, who: str, unit: Participant | None = None) -> Any:
    participant = year.submission(unit).participant
    return account_of(participant, stages=sight_of(year[who], participant).everywhere)


# ── what is told ──────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("who", ["a1", "c", "g1", "h"])
@pytest.mark.parametrize("phase", [Phase.APPRAISAL, Phase.EXPLANATION, Phase.COUNCIL])
def test_the_numbers_are_those_of_the_worksheet(phase: Phase, who: str) -> None:
    year = build_year(phase)
    for unit in (year.a, year.b):
        if who == "a1" and unit == year.b:
            continue  # nothing of another unit is ever made
        participant = year.submission(unit).participant
        card = scorecard(participant, stages=sight_of(year[who], participant).everywhere)
        found = account(year, who, unit)
        assert card is not None
        told = found.derivation
        assert (told.points, told.max_points, told.index, told.grade) == (
            card.points, card.max_points, card.index, card.grade
        )  # fmt: skip
        assert {node.code: (node.points, node.max_points, node.index) for node in told.nodes} == {
            code: (node["points"], node["max_points"], node["index"]) for code, node in card.nodes.items()
        }


def test_a_condition_on_another_sets_criterion_passes_over_the_unit_alone_as_in_the_whole_campaign() -> None:
    year = build_year(Phase.APPRAISAL)
    participant = year.submission().participant
    before = scorecard(participant)
    gate = {"node": "9.9", "index_below": "99", "highest_grade": "kha", "reason": "Chỉ có ở bộ tiêu chí khác"}
    participant.campaign.gates = [gate]
    participant.group.gates = [gate]
    participant.campaign.save(update_fields=["gates"])
    participant.group.save(update_fields=["gates"])
    assert before is not None
    assert scorecard(participant) == before


def test_the_slip_tells_every_node_the_steps_and_the_digest() -> None:
    year = build_year(Phase.COUNCIL)
    slip = page(year, "c")
    for code, title in (("1", "Chỉ đạo, điều hành"), ("1.2", "Hoàn thành kế hoạch"), ("3.1", "Điều tra xã hội học")):
        assert f"{code} {title}" in slip
    assert "Phiếu điểm năm 2026: Sở An toàn" in slip
    assert "40/50 = 80% ≥ 50% → 0,8 × 4 = 3,2 điểm." in slip  # what made 1.2
    assert "6,7/12 × 100 ≈ 55,833333." in slip
    assert "TẠM TÍNH" in slip
    assert "Chưa có giá trị, tính 0 điểm: 3.1." in slip
    assert "Xếp hạng theo chỉ số đã làm tròn như công bố" in slip  # the policy, not a place
    assert account(year, "c").input_sha256 in slip


def test_a_unit_alone_has_no_rank() -> None:
    """One unit by itself would always be the first."""
    year = build_year(Phase.COUNCIL)
    found = account(year, "c")
    assert found.derivation.rank is None
    assert {node.rank for node in found.derivation.nodes} == {None}
    assert "rank" not in {step.name for step in found.derivation.steps}
    assert "Hạng 1" not in page(year, "c") + page(year, "c", "1.2")


def test_a_unit_outside_the_ranking_is_told_so() -> None:
    year = build_year(Phase.COUNCIL)
    Participant.objects.filter(pk=year.a.pk).update(is_ranked=False, unranked_reason="Mới thành lập")
    assert "Đơn vị không tham gia xếp hạng." in page(year, "c")


def test_a_leaf_tells_rule_figures_each_stage_who_and_why() -> None:
    year = build_year(Phase.COUNCIL)
    told = page(year, "c", "1.2")
    assert "Tỷ lệ đạt được nhân 4 điểm; dưới 50% thì 0 điểm; không phát sinh thì không áp dụng." in told
    assert "Bộ tiêu chí viết:</b> Theo tỷ lệ" in told
    rule = account(year, "c").node("1.2").rule
    said = rule.replace(" ", "\n", 1)  # the same words, only wrapped
    Criterion.objects.filter(pk=year.leaves["1.2"].pk).update(scoring_text=said)
    assert "Bộ tiêu chí viết" not in page(year, "c", "1.2")
    assert told.index("Tự chấm</b>") < told.index("Thẩm định vòng 1</b>")
    assert "45/50 = 90%" in told
    assert "Lý do: Báo cáo chỉ có 40 nhiệm vụ" in told
    assert "Người a1 ghi lúc" in told
    assert "Người g1 ghi lúc" in told
    assert "Người g1 ký xác nhận phần thẩm định lúc" in told
    assert '<li class="cut"><span class="row1"><b>Thẩm định vòng 1</b><span class="num">3,20</span>' in told
    assert told.count("Giá trị được tính.") == 1


def test_an_explained_leaf_tells_the_words_between_the_rounds() -> None:
    year = build_year(Phase.COUNCIL)
    told = page(year, "h", "2.1")
    order = ["Thẩm định vòng 1</b>", "Báo cáo đã gửi ngày 10/12", "Thẩm định vòng 2</b>", "Giá trị được tính."]
    assert sorted(order, key=told.index) == order
    assert "Chấp nhận một phần giải trình" in told


def test_a_parent_tells_what_it_consists_of() -> None:
    year = build_year(Phase.COUNCIL)
    told = page(year, "c", "1")
    assert "5,20 <small>/ 6,00 điểm</small>" in told
    assert url(year, "why_node", "1.1") in told
    assert url(year, "why_node", "1.2") in told
    assert url(year, "why_node", "2.1") not in told


def test_a_confirmed_claim_and_an_exclusion_are_told_with_their_basis() -> None:
    year = build_year(Phase.EXPLANATION)
    slip = page(year, "c", unit=year.b)
    assert "Không ban hành văn bản (Quyết định 01/QĐ-UBND)" in slip
    Exclusion.objects.create(
        campaign=year.campaign, participant=year.b, criterion=Criterion.objects.get(code="1"), reason="Mới thành lập",
        legal_basis="Công văn 7", entered_by=year["c"], confirmed_by=year["c2"], confirmed_at=timezone.now(),
    )  # fmt: skip
    for who in ("c", "b1"):
        told = page(year, who, "1.1", unit=year.b)
        assert "Mới thành lập<br>Căn cứ: Công văn 7" in told  # taken out through the component above
        assert "Không áp dụng" in told
        assert ("Người c2 xác nhận" in told) is (who == "c")


def test_an_exclusion_that_nobody_has_confirmed_is_not_told() -> None:
    year = build_year(Phase.EXPLANATION)
    Exclusion.objects.create(
        campaign=year.campaign, participant=year.a, criterion=year.leaves["1.1"], reason="Mới thành lập",
        legal_basis="Công văn 7", entered_by=year["c"],
    )  # fmt: skip
    assert "Mới thành lập" not in page(year, "c") + page(year, "c", "1.1")


def test_entered_points_tell_who_entered_and_who_confirmed() -> None:
    year = build_year(Phase.FINALISED)
    told = page(year, "c", "3.1")
    assert "Người c ghi lúc" in told
    assert "Người c2 xác nhận lúc" in told


def test_a_class_by_decision_tells_the_councils_reason() -> None:
    year = build_year(Phase.COUNCIL)
    Participant.objects.filter(pk=year.a.pk).update(grade_override={"grade": "tot", "reason": "Khắc phục thiên tai"})
    assert "Lý do: Khắc phục thiên tai" in page(year, "c")
    assert "Khắc phục thiên tai" not in page(year, "a1")  # the council has not been released to the unit


def test_cited_documents_are_listed_with_their_pages() -> None:
    year = build_year()
    evidence = Evidence.objects.create(
        participant=year.a, number="42/BC-SAT", abstract="Báo cáo năm", created_by=year["a1"]
    )
    EvidenceUse.objects.create(evidence=evidence, criterion=year.leaves["1.1"], pages="tr. 3–5", added_by=year["a1"])
    advance(year, Phase.EXPLANATION)
    for who, sees in (("a1", True), ("c", True), ("g1", True), ("h", True), ("g2", False), ("l", False)):
        told = page(year, who, "1.1")
        assert ("tr. 3–5" in told, "42/BC-SAT" in told) == (sees, sees), who
    assert "42/BC-SAT" not in page(year, "c", "1.2")


def test_figures_that_would_count_officially_can_be_asked_for() -> None:
    """What the council's page shows: nothing declared, nothing that waits for a second person."""
    year = build_year(Phase.APPRAISAL)
    slip = text(year.browser("c").get(url(year, "why_unit") + "?theo=hieu-luc"))
    assert "Chỉ gồm giá trị đang có hiệu lực" in slip
    assert "0/12 × 100 = 0." in slip
    assert url(year, "why_node", "1.1") + "?theo=hieu-luc" in slip


@pytest.mark.parametrize("who", ["a1", "g1", "g2"])
def test_whoever_does_not_see_every_stage_is_never_told_that_the_figures_are_those_in_force(who: str) -> None:
    """A unit and an appraiser see some of the stages only, whatever the address asks."""
    year = build_year(Phase.APPRAISAL)
    for code in ("", "1.1"):
        where = url(year, "why_node", code) if code else url(year, "why_unit")
        asked, plain = (text(year.browser(who).get(address)) for address in (where + "?theo=hieu-luc", where))
        assert "đang có hiệu lực" not in asked
        assert "Chỉ tính từ các bước được xem" in asked
        assert "theo=hieu-luc" not in asked
        assert ("= 0." in asked) == ("= 0." in plain)


@pytest.mark.parametrize("who", ["c", "l", "h"])
def test_the_whole_team_may_ask_for_the_figures_in_force(who: str) -> None:
    year = build_year(Phase.COUNCIL)
    slip = text(year.browser(who).get(url(year, "why_unit") + "?theo=hieu-luc"))
    assert "Chỉ gồm giá trị đang có hiệu lực" in slip


def test_a_set_that_cannot_be_computed_is_told_and_breaks_nothing() -> None:
    year = build_year(Phase.APPRAISAL)
    Criterion.objects.filter(code="1").update(max_points=7)
    for code in ("", "1.1"):
        assert "Chưa tính được vì bộ tiêu chí có lỗi" in page(year, "c", code)


def test_sample_data_is_marked() -> None:
    year = build_year(Phase.APPRAISAL, is_sample=True)
    answer = year.browser("c").get(url(year, "why_unit"))
    assert "DỮ LIỆU MINH HỌA" in text(answer)


# ── to whom ───────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("a1", 200), ("aH", 200), ("g1", 200), ("g2", 200), ("gA", 404), ("c", 200), ("h", 200), ("l", 200),
        ("b1", 404), ("bH", 404), ("s", 404), ("n", 404), ("P", 302),
    ],
)  # fmt: skip
def test_who_reads_it(who: str, status: int) -> None:
    year = build_year(Phase.APPRAISAL)
    browser = year.browser(who)
    for address in (url(year, "why_unit"), url(year, "why_node", "1"), url(year, "why_node", "1.1")):
        assert browser.get(address).status_code == status
        assert browser.head(address).status_code == status
        assert browser.get(address, headers={"X-Requested-With": "fetch"}).status_code == status
        assert browser.post(address).status_code == (302 if who == "P" else 404 if status == 404 else 405)


def test_a_code_that_the_set_does_not_have_is_not_found() -> None:
    year = build_year(Phase.APPRAISAL)
    assert year.browser("c").get(url(year, "why_node", "9.9")).status_code == 404


def test_before_the_opening_there_is_nothing_to_explain() -> None:
    year = build_year(Phase.DRAFT)
    assert [year.browser(who).get(url(year, "why_unit")).status_code for who in ("a1", "c")] == [404, 404]


def test_before_the_release_nothing_appraised_reaches_the_unit() -> None:
    """Neither a value, nor a sum, nor a step, nor that somebody has signed."""
    year = build_year(Phase.EXPLANATION)
    year.group.__class__.objects.filter(pk=year.group.pk).update(phase=Phase.APPRAISAL)
    seen = "".join(page(year, "a1", code) for code in ("", "1", "1.1", "1.2", "2", "2.1"))
    for secret in ("40/50", "3,20", "6,20", "Báo cáo chỉ có 40", "Thiếu một báo cáo", "Thẩm định vòng", "ký xác nhận"):
        assert secret not in seen, secret
    assert "7,60" in seen


def test_after_the_release_the_unit_reads_the_verdict_and_never_who_gave_it() -> None:
    year = build_year(Phase.EXPLANATION)
    told = page(year, "a1", "1.2")
    assert "Lý do: Báo cáo chỉ có 40 nhiệm vụ" in told
    assert "Ký xác nhận phần thẩm định lúc" in told
    assert "Người g1" not in told
    assert "Người a1 ghi lúc" in told


def test_while_round_two_goes_on_the_unit_reads_round_one() -> None:
    year = build_year(Phase.COUNCIL)
    year.group.__class__.objects.filter(pk=year.group.pk).update(phase=Phase.REAPPRAISAL)
    seen = "".join(page(year, "a1", code) for code in ("", "2", "2.1"))
    assert "Chấp nhận một phần giải trình" not in seen
    assert "1,50" not in seen
    assert "6,20" in seen


def test_an_appraiser_reads_verdicts_of_the_own_component_and_the_units_sum_as_declared() -> None:
    year = build_year(Phase.EXPLANATION)
    own, other, slip = page(year, "g1", "1.2"), page(year, "g1", "2.1"), page(year, "g1")
    assert "Báo cáo chỉ có 40 nhiệm vụ" in own
    assert own.index("Giá trị được tính.") < own.index("Thẩm định vòng 1</b>")  # the sum counts what was declared
    assert "Thiếu một báo cáo" not in other
    assert "7,60" in slip
    assert "6,20" not in slip
    assert "Chỉ tính từ các bước được xem: tự chấm." in slip


def test_what_a_unit_has_not_handed_in_is_read_by_the_coordinator_alone() -> None:
    year = build_year()
    year.declare("1.2", inputs={"numerator": "45", "denominator": "50"})
    assert "45/50" in page(year, "c", "1.2")
    for who in ("h", "l"):
        assert "45/50" not in page(year, who, "1.2") + page(year, who)


def test_words_that_are_being_written_are_the_units_own() -> None:
    year = build_year(Phase.EXPLANATION)
    item = {"criterion": year.leaves["2.1"], "text": "Còn đang viết", "author": year["a1"]}
    Explanation.objects.get(participant=year.a).items.create(**item)
    assert "Còn đang viết" in page(year, "a1", "2.1")
    for who in ("c", "g2", "h"):
        assert "Còn đang viết" not in page(year, who, "2.1")


# ── the box and the cost ──────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("code", ["", "1", "1.2"])
def test_a_script_is_given_the_same_without_the_frame(code: str) -> None:
    year = build_year(Phase.COUNCIL)
    address = url(year, "why_node", code) if code else url(year, "why_unit")
    browser = year.browser("c")
    box = browser.get(address, headers={"X-Requested-With": "fetch"})
    assert "<html" not in text(box)
    assert f'href="{address}"' in text(box)  # the whole page
    assert "X-Requested-With" in box["Vary"]
    assert "X-Requested-With" in browser.get(address)["Vary"]
    assert "Cách tính" in text(box) or "Từ điểm đến chỉ số" in text(box)


@pytest.mark.parametrize("place", ["", "1", "1.1"])
@pytest.mark.parametrize("who", ["a1", "c", "g1"])
def test_the_number_of_queries_does_not_grow_with_the_leaves(who: str, place: str) -> None:
    year = build_year(Phase.EXPLANATION)
    browser, counts = year.browser(who), []
    address = url(year, "why_node", place) if place else url(year, "why_unit")
    for leaves in (1, 3):
        for position in range(len(counts) and 1, leaves):
            code = f"1.1{position}"
            leaf = Criterion.objects.create(
                criteria_set=year.criteria_set, parent=year.leaves["1.1"].parent, path=f"001.{100 + position}",
                code=code, title="Thêm", max_points=1, rule=OPTIONS,
            )  # fmt: skip
            Criterion.objects.filter(code="1").update(max_points=7 + position)
            year.a.values.create(criterion=leaf, stage=Stage.DECLARED, inputs={"choice": "du"}, author=year["a1"])
        with CaptureQueriesContext(connection) as queries:
            answer = browser.get(address)
        assert answer.status_code == 200
        assert "Chưa tính được" not in text(answer)
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_pages_lead_to_the_explanation() -> None:
    year = build_year(Phase.EXPLANATION)
    unit, leaf = (f'class="why" href="{url(year, *where)}"' for where in (("why_unit",), ("why_node", "1.2")))
    browser = year.browser("a1")
    sheet = text(browser.get(url(year)))
    assert unit in sheet
    assert leaf in sheet
    assert leaf in text(browser.get(url(year, "answer", "1.2")))
    assert leaf in text(browser.get(url(year, "explanation_item", "1.2")))
    assert leaf in text(year.browser("g1").get(url(year, "part_leaf", "1", 1, "1.2")))


def test_the_councils_page_leads_to_the_figures_in_force() -> None:
    year = build_year(Phase.COUNCIL)
    told = text(year.browser("h").get(url(year, "council_point", "2.1")))
    in_force = url(year, "why_unit") + "?theo=hieu-luc"
    assert f'class="why" href="{in_force}"' in told
    assert f'class="why" href="{url(year, "why_node", "2.1")}"' in told
    assert "6,70 / 12,00" in told
    assert "6,70 <small>/ 12,00" in text(year.browser("h").get(in_force))
