"""Parts are given out: in a matrix, by cell, evenly; own units, conflicts and other components are refused."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from typing import Any

import pytest

from scoring.enums import Phase, Stage, SubmissionState
from scoring.models import AppraisalPart, ConflictOfInterest, Participant, Submission
from scoring.selectors.assignment import matrix_of
from scoring.selectors.missing import missing_for_official
from scoring.services.appraisal import keep_declared
from scoring.services.assignment import assign, declare_conflict, plan_shares, share_out
from scoring.services.council import decide
from scoring.services.errors import Blocked, Conflict
from scoring.services.transitions import perform
from scoring.services.values import Content
from tests.factories import UnitFactory, UserFactory
from tests.scoring.appraisal.pages import base, hidden, text
from tests.scoring.appraisal.test_parts import finish
from tests.year import Year, build_year
from units.enums import Role, UnitKind
from units.models import Membership, TrailEntry
from units.permissions import Refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def year() -> Year:
    """Opened, nothing given yet."""
    return build_year(Phase.SELF_ASSESSMENT)


def give(year: Year, who: str = "c", **data: Any):
    fields = {"khoi": "so", "vong": "1", "scope": "khoi"} | data
    return year.browser(who).post(base(year) + "phan-cong/giao/", fields)


def holders(year: Year) -> dict[str, str | None]:
    parts = AppraisalPart.objects.filter(participant__campaign=year.campaign)
    rows = parts.values_list("participant__code", "component__code", "appraiser__full_name")
    return {f"{unit} {component}": name for unit, component, name in rows}


def pk(year: Year, name: str) -> int:
    return year[name].pk


def test_a_whole_group_is_given_and_the_trail_tells_it_in_one_entry(year: Year) -> None:
    answer = give(year, component=["1", "2"], person=pk(year, "g1"))
    assert answer.status_code == 302
    assert set(holders(year).values()) == {"Người g1"}
    entry = TrailEntry.objects.get(action="scoring.assign")
    assert entry.object_label == "Giao 4 phần thẩm định cho Người g1"
    assert ["SOA", "1", 1, None] in entry.data["parts"]


def test_chosen_units_and_components_are_given(year: Year) -> None:
    give(year, scope="chon", unit=["SOB"], component=["2"], person=pk(year, "g2"))
    assert holders(year) == {"SOA 1": None, "SOA 2": None, "SOB 1": None, "SOB 2": "Người g2"}


def test_a_part_of_a_unit_that_has_not_submitted_is_not_said_to_be_judged(year: Year) -> None:
    give(year, component=["1", "2"], person=pk(year, "g1"))
    page = text(year.browser("c").get(base(year) + "phan-cong/"))
    assert (page.count("đơn vị chưa nộp"), page.count("đang chấm")) == (4, 0)
    Submission.objects.filter(participant=year.a).update(state=SubmissionState.SUBMITTED)
    page = text(year.browser("c").get(base(year) + "phan-cong/"))
    assert (page.count("đơn vị chưa nộp"), page.count("đang chấm")) == (2, 2)


def test_only_gaps_are_filled_unless_the_coordinator_says_otherwise(year: Year) -> None:
    give(year, component=["1"], person=pk(year, "g1"))
    give(year, component=["1"], person=pk(year, "g2"), only_gaps="on")
    assert holders(year)["SOA 1"] == "Người g1"
    give(year, component=["1"], person=pk(year, "g2"))
    assert holders(year)["SOA 1"] == "Người g2"


def test_parts_are_taken_away(year: Year) -> None:
    give(year, component=["1", "2"], person=pk(year, "g1"))
    give(year, scope="chon", unit=["SOA"], component=["1"], take_away="1")
    assert holders(year)["SOA 1"] is None
    assert holders(year)["SOA 2"] == "Người g1"


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({"scope": "chon", "component": ["1"], "person": "g1"}, "Chưa đánh dấu đơn vị nào trong bảng."),
        ({"component": [], "person": "g1"}, "Chọn ít nhất một lĩnh vực."),
        ({"component": ["1"], "person": ""}, "Chọn người thẩm định."),
        ({"component": ["1"], "person": "b1"}, "Người này không còn là người thẩm định. Chọn lại."),
        ({"component": ["9"], "person": "g1"}, "Chưa giao được"),
    ],
)
def test_an_incomplete_form_says_what_is_missing(year: Year, data: dict, sentence: str) -> None:
    person = data.pop("person")
    answer = give(year, person=pk(year, person) if person else "", **data)
    assert answer.status_code == 422
    assert sentence in text(answer)
    assert set(holders(year).values()) == {None}


# ── refusals ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_nobody_is_given_his_or_her_own_unit_and_the_rest_can_be_given_all_the_same(year: Year) -> None:
    refused = give(year, component=["1", "2"], person=pk(year, "gA"))
    page = text(refused)
    assert refused.status_code == 409
    assert "Sở An toàn, lĩnh vực 1: Người gA. Không ai thẩm định, chấm điểm đơn vị mình đang công tác." in page
    assert "Sở An toàn, lĩnh vực 2: Người gA." in page
    assert "Bỏ qua 2 phần trên, làm với 2 phần còn lại" in page
    assert set(holders(year).values()) == {None}
    give(year, component=["1", "2"], person=pk(year, "gA"), skip="1")
    assert holders(year) == {"SOA 1": None, "SOA 2": None, "SOB 1": "Người gA", "SOB 2": "Người gA"}


def test_every_reason_of_a_refusal_is_listed(year: Year) -> None:
    Membership.objects.filter(user=year["gA"], role=Role.APPRAISER).update(components=["1"])
    with pytest.raises(Blocked) as refused:
        assign(year.campaign, AppraisalPart.objects.all(), year["gA"], by=year["c"])
    assert [reason.split(": ")[0] for reason in refused.value.reasons] == [
        "Sở An toàn, lĩnh vực 1", "Sở An toàn, lĩnh vực 2", "Sở Bình yên, lĩnh vực 2",
    ]  # fmt: skip
    assert refused.value.reasons[2].endswith("Người gA không được phân công lĩnh vực này.")


def test_a_declared_conflict_is_refused_like_the_own_unit(year: Year) -> None:
    give(year, component=["1"], person=pk(year, "g1"))
    data = {"user": pk(year, "g1"), "unit": year.a.unit_id, "reason": "Vợ công tác tại đơn vị"}
    done = year.browser("c").post(base(year) + "phan-cong/xung-dot/", data, follow=True)
    assert "Người g1 không chấm Sở An toàn." in text(done)
    assert "Vợ công tác tại đơn vị" in text(done)
    assert holders(year)["SOA 1"] is None
    assert holders(year)["SOB 1"] == "Người g1"
    assert "đã được khai báo có xung đột lợi ích" in text(give(year, component=["1"], person=pk(year, "g1")))


@pytest.mark.parametrize("data", [{}, {"reason": " "}, {"user": "0", "unit": "0", "reason": "x"}])
def test_a_conflict_names_person_unit_and_reason(year: Year, data: dict) -> None:
    answer = year.browser("c").post(base(year) + "phan-cong/xung-dot/", data)
    assert answer.status_code == 422
    assert not ConflictOfInterest.objects.exists()


def test_a_signed_part_stays_with_whoever_signed_it() -> None:
    year = build_year(Phase.APPRAISAL)
    sign_first_part(year)
    refused = give(year, component=["1"], person=pk(year, "g2"))
    assert "Sở An toàn, lĩnh vực 1: đã ký xác nhận, mở lại trước khi giao người khác." in text(refused)
    assert "đã ký xác nhận" in text(give(year, component=["1"], take_away="1"))
    declare_conflict(year.organiser, year["g1"], year.a.unit, "Vợ công tác tại đơn vị", by=year["c"])
    assert year.part().appraiser == year["g1"]


STANDS_AGAINST = "Phần đã ký bởi người có xung đột lợi ích (vòng 1, lĩnh vực 1)"


def lacks(year: Year) -> list[str]:
    return [item.sentence for item in missing_for_official(year.campaign) if item.participant == year.a]


def test_a_part_signed_before_its_signer_declared_a_conflict_is_named_until_it_is_opened_again() -> None:
    year = build_year(Phase.APPRAISAL)
    sign_first_part(year)
    assert not [sentence for sentence in lacks(year) if STANDS_AGAINST in sentence]
    data = {"user": pk(year, "g1"), "unit": year.a.unit_id, "reason": "Vợ công tác tại đơn vị"}
    page = text(year.browser("c").post(base(year) + "phan-cong/xung-dot/", data, follow=True))
    assert "Sở An toàn, lĩnh vực 1, vòng 1 : Người g1 ký" in page
    assert [sentence for sentence in lacks(year) if STANDS_AGAINST in sentence] == [
        f"{STANDS_AGAINST}: mở lại và giao người khác, hoặc hội đồng quyết định."
    ]
    perform(year.part(), "reopen", year["c"], reason="Người ký có xung đột lợi ích")
    assert not [sentence for sentence in lacks(year) if STANDS_AGAINST in sentence]
    assert "Người g1 ký" not in text(year.browser("c").get(base(year) + "phan-cong/xung-dot/"))


def test_the_council_settles_what_was_signed_under_a_conflict_leaf_by_leaf() -> None:
    year = build_year(Phase.COUNCIL)
    declare_conflict(year.organiser, year["g1"], year.a.unit, "Vợ công tác tại đơn vị", by=year["c"])
    for code, points in (("1.1", "2"), ("1.2", "3")):
        assert [sentence for sentence in lacks(year) if STANDS_AGAINST in sentence], code
        decide(year.a, year.leaves[code], Content(points=Decimal(points), reason="Hội đồng xét"), seen=0, by=year["h"])
    assert not [sentence for sentence in lacks(year) if STANDS_AGAINST in sentence]


def sign_first_part(year: Year) -> None:
    finish(year)
    year.browser("g1").post(
        f"{base(year)}tham-dinh/SOA/1/1/buoc/sign/", {"version": year.part().version, "confirmed": "on"}
    )


@pytest.mark.parametrize(("who", "status"), [("l", 403), ("h", 404), ("g1", 404), ("a1", 404), ("s", 404), ("n", 404)])
def test_only_the_coordinator_gives_parts(year: Year, who: str, status: int) -> None:
    assert give(year, who, component=["1"], person=pk(year, "g1")).status_code == status
    browser = year.browser(who)
    for path in ("", "chia-deu/", "xung-dot/", "SOA/1/1/"):
        assert browser.get(f"{base(year)}phan-cong/{path}").status_code == status
    with pytest.raises(Refused):
        assign(year.campaign, [year.part()], year["g1"], by=year[who])
    assert set(holders(year).values()) == {None}


def test_work_done_stays_with_the_part_that_goes_to_somebody_else() -> None:
    year = build_year(Phase.APPRAISAL)
    keep_declared(year.part(), year.leaves["1.1"], seen=0, by=year["g1"])
    assign(year.campaign, [year.part()], year["g2"], by=year["c"])
    assert year.value("1.1", Stage.APPRAISED).author == year["g1"]
    assert "Đã chấm 1 trên 2 tiêu chí" in text(year.browser("g2").get(f"{base(year)}tham-dinh/SOA/1/1/"))


# ── one cell ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_one_cell_is_given_and_says_who_could_not_have_it(year: Year) -> None:
    url = f"{base(year)}phan-cong/SOA/1/1/"
    page = text(year.browser("c").get(url))
    assert "Không giao được cho Người gA. Không ai thẩm định" in page
    data = {"person": pk(year, "g2"), "version": year.part().version}
    assert year.browser("c").post(url, data).status_code == 302
    assert holders(year)["SOA 1"] == "Người g2"
    assert year.browser("c").post(url, data | {"version": year.part().version, "person": ""}).status_code == 302
    assert holders(year)["SOA 1"] is None


def test_a_cell_that_changed_meanwhile_is_shown_anew(year: Year) -> None:
    seen = year.part().version
    assign(year.campaign, [year.part()], year["g2"], by=year["c2"])
    answer = year.browser("c").post(f"{base(year)}phan-cong/SOA/1/1/", {"person": pk(year, "g1"), "version": seen})
    assert answer.status_code == 409
    assert "Phần này vừa thay đổi." in text(answer)
    assert "Người g2 đang giữ" in text(answer)
    assert holders(year)["SOA 1"] == "Người g2"


def test_a_cell_refuses_the_own_unit(year: Year) -> None:
    data = {"person": pk(year, "gA"), "version": year.part().version}
    answer = year.browser("c").post(f"{base(year)}phan-cong/SOA/1/1/", data)
    assert (answer.status_code, "đơn vị mình đang công tác" in text(answer)) == (409, True)


# ── evenly ────────────────────────────────────────────────────────────────────────────────────────────────────────


def more_units(year: Year, count: int) -> None:
    """Further units of the group with their parts, as the opening would have made them."""
    components = list(year.criteria_set.criteria.filter(code__in=["1", "2"]))
    for number in range(count):
        unit = UnitFactory(parent=year.organiser.unit, code=f"S{number:03}", kind=UnitKind.DEPARTMENT)
        participant = Participant.objects.create(
            campaign=year.campaign, unit=unit, code=unit.code, name=f"Sở số {number}", group=year.group,
            criteria_set=year.criteria_set,
        )  # fmt: skip
        AppraisalPart.objects.bulk_create(AppraisalPart(participant=participant, component=c) for c in components)


def test_gaps_are_shared_out_evenly_by_the_plan_that_was_shown(year: Year) -> None:
    more_units(year, 4)
    give(year, scope="chon", unit=["SOB"], component=["1"], person=pk(year, "g1"))
    url = base(year) + "phan-cong/chia-deu/?khoi=so&vong=1"
    page = year.browser("c").get(url)
    assert "11 trên 11 phần sẽ có người" in text(page)
    assert holders(year)["SOA 1"] is None
    (digest,) = hidden(page, "plan")
    done = year.browser("c").post(url, {"khoi": "so", "vong": "1", "plan": digest}, follow=True)
    assert "Đã chia đều 11 phần." in text(done)
    assert "Mọi phần đã có người." in text(done)
    counts = Counter(holders(year).values())
    assert max(counts.values()) - min(counts.values()) <= 1
    assert holders(year)["SOB 1"] == "Người g1"
    assert "Người gA" not in {holders(year)["SOA 1"], holders(year)["SOA 2"]}


def test_a_plan_that_no_longer_fits_is_shown_anew_and_nothing_is_given(year: Year) -> None:
    url = base(year) + "phan-cong/chia-deu/"
    (digest,) = hidden(year.browser("c").get(url), "plan")
    assign(year.campaign, [year.part()], year["g2"], by=year["c2"])
    answer = year.browser("c").post(url, {"khoi": "so", "vong": "1", "plan": digest})
    assert answer.status_code == 409
    assert "Việc phân công vừa thay đổi" in text(answer)
    assert Counter(holders(year).values())[None] == 3
    assert hidden(answer, "plan") != [digest]


def test_gaps_that_nobody_may_take_are_named(year: Year) -> None:
    Membership.objects.filter(user__in=[year["g1"], year["g2"]], role=Role.APPRAISER).update(components=["1"])
    page = text(year.browser("c").get(base(year) + "phan-cong/chia-deu/"))
    assert "3 trên 4 phần sẽ có người" in page
    assert "1 phần không ai nhận được SOA, lĩnh vực 2" in page
    plan = plan_shares(matrix_of(year.group, 1), year.organiser)
    with pytest.raises(Conflict):
        share_out(year.campaign, plan, seen="", by=year["c"])


def test_the_organisers_own_department_has_no_row(year: Year) -> None:
    Participant.objects.filter(pk=year.b.pk).update(council_only=True)
    page = text(year.browser("c").get(base(year) + "phan-cong/"))
    assert "Sở An toàn" in page
    assert "Sở Bình yên" not in page


def test_the_matrix_shows_gaps_states_and_what_each_person_holds() -> None:
    year = build_year(Phase.APPRAISAL)
    sign_first_part(year)
    assign(year.campaign, [year.part("2")], None, by=year["c"])
    page = text(year.browser("c").get(base(year) + "phan-cong/"))
    assert "1 phần chưa giao." in page
    assert "Sở An toàn Người g1 đã ký Chưa giao" in page
    assert "Người g1 2 0 1" in page
    assert "Vòng 2 chưa mở" in text(year.browser("c").get(base(year) + "phan-cong/?khoi=so&vong=2"))


def test_a_campaign_without_groups_says_so(year: Year) -> None:
    year.group.participants.all().delete()
    year.group.delete()
    assert "Kỳ này chưa có khối nào" in text(year.browser("c").get(base(year) + "phan-cong/"))
    assert give(year, component=["1"], person=pk(year, "g1")).status_code == 409
    assert year.browser("c").get(base(year) + "phan-cong/chia-deu/").status_code == 302


def test_an_ended_role_is_no_longer_offered_and_its_parts_still_name_the_person(year: Year) -> None:
    give(year, component=["1"], person=pk(year, "g1"))
    Membership.objects.filter(user=year["g1"]).delete()
    page = year.browser("c").get(base(year) + "phan-cong/")
    assert f'<option value="{pk(year, "g1")}"' not in page.content.decode()
    assert "Sở An toàn Người g1" in text(page)
    UserFactory()  # somebody without a role is not offered either
    assert page.content.decode().count("<option") == 3  # "Chọn…", g2, gA
