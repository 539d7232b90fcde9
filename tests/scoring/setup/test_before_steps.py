"""Each step forward says first what it will do: this year's figures, who is touched, what should be seen to."""

from __future__ import annotations

import datetime
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from scoring.enums import Phase, Resolution, Stage, SubmissionState
from scoring.models import (
    AppraisalPart,
    CouncilSession,
    ExplanationItem,
    Group,
    Participant,
    Submission,
    Value,
    Window,
)
from scoring.services.appraisal import appraise
from scoring.services.before_steps import STEPS, look_ahead
from scoring.services.explaining import explain
from scoring.services.opening import add_parts
from scoring.services.transitions import perform
from scoring.services.values import Content
from scoring.workflow import Subject, find, transitions_of, way_back
from tests.database import fingerprint
from tests.factories import UnitFactory
from tests.scoring.setup.pages import at, version, words
from tests.year import Year, build_year, declare_all, enter_all, sign_all
from units.enums import Role
from units.models import Membership
from units.vietnamese import format_datetime

pytestmark = pytest.mark.django_db

PAST = (-datetime.timedelta(days=9), -datetime.timedelta(minutes=1))


def one(year: Year, name: str) -> str:
    return at(year, f"buoc/khoi/so/{name}/")


def said(year: Year, name: str) -> str:
    """The page before the step; nothing is done by asking for it."""
    browser = year.browser("c")
    before = fingerprint()
    answer = browser.post(one(year, name))
    assert (answer.status_code, fingerprint() == before) == (200, True), words(answer)
    return words(answer)


def tells(page: str, *sentences: str) -> None:
    for sentence in sentences:
        assert sentence in page, f"{sentence}\n{page}"


# ── every step ────────────────────────────────────────────────────────────────────────────────────────────────────────


def ready_for(name: str) -> Year:
    """A year whose group can take the step `name`."""
    year = build_year(Phase(find(Subject.GROUP, name).sources[0]))  # type: ignore[union-attr]
    if name == "start_appraisal":
        year.move_window(Phase.SELF_ASSESSMENT, *PAST)
    elif name == "start_explanation":
        for part in AppraisalPart.objects.filter(round=1):
            AppraisalPart.objects.filter(pk=part.pk).update(state="signed", signed_by=year["g1"], signed_at=_now())
    elif name == "start_reappraisal":
        year.move_window(Phase.EXPLANATION, *PAST)
    elif name == "start_council":
        AppraisalPart.objects.filter(round=2).update(state="signed", signed_by=year["g2"], signed_at=_now())
    elif name == "finalise":
        enter_all(year)
    return year


def _now() -> datetime.datetime:
    return datetime.datetime.now(datetime.UTC)


def test_every_step_forward_that_a_person_takes_is_told_of_beforehand() -> None:
    forward = [row.name for row in transitions_of(Subject.GROUP) if not (row.needs_reason or row.by_portal)]
    assert list(STEPS) == forward


@pytest.mark.parametrize("name", STEPS)
class TestEveryStep:
    def test_the_first_press_asks_and_the_second_does_it(self, name: str) -> None:
        year = ready_for(name)
        transition = find(Subject.GROUP, name)
        assert transition is not None
        tells(said(year, name), "Chưa chuyển bước.", "Sở, ban, ngành: sẽ xảy ra gì", "Thôi")
        assert year.browser("c").post(one(year, name), {"sure": version(year)}).status_code == 302
        assert year.phase() == transition.target

    @pytest.mark.parametrize("sure", ["", "1000", "on", "x" * 50])
    def test_who_agreed_to_another_state_of_the_year_is_asked_again(self, name: str, sure: str) -> None:
        year = ready_for(name)
        phase = year.phase()
        for page in (one(year, name), at(year, f"buoc/tat-ca/{name}/")):
            assert year.browser("c").post(page, {"sure": sure}).status_code == 200
        assert year.phase() == phase

    def test_the_way_back_is_named_with_what_it_needs(self, name: str) -> None:
        transition = find(Subject.GROUP, name)
        assert transition is not None
        page, back = said(ready_for(name), name), way_back(transition)
        if back is None:
            assert name == "open"
            tells(page, "không trở lại bước Nháp được")
        else:
            tells(page, f"Muốn trở lại thì dùng “{back.button}”, phải nêu lý do. Điều kiện, lưu ý: {back.guard}")

    def test_three_groups_and_ten_more_units_ask_no_more_questions(self, name: str) -> None:
        year = ready_for(name)
        transition = find(Subject.GROUP, name)
        assert transition is not None

        def asked() -> int:
            groups = list(year.campaign.groups.select_related("campaign__organiser").order_by("position"))
            by = year["c"]
            with CaptureQueriesContext(connection, ) as queries:  # fmt: skip
                ahead, stayed = look_ahead(groups, transition, by)
            assert (len(ahead), stayed) == (len(groups), [])
            return len(queries)

        before = asked()
        for position in (2, 3):
            _like(year, position)
        assert asked() == before


def _like(year: Year, position: int) -> None:
    """Another group as far on as the first, of five units that have nothing to be seen to."""
    group = Group.objects.create(
        campaign=year.campaign, code=f"k{position}", title=f"Khối {position}", position=position, phase=year.phase()
    )
    for window in Window.objects.filter(group=year.group):
        window.pk, window.group = None, group
        window.save()
    units = [UnitFactory(parent=year.organiser.unit) for _ in range(5)]
    taking = [
        Participant.objects.create(
            campaign=year.campaign, unit=unit, code=unit.code, name=unit.name, group=group,
            criteria_set=year.criteria_set,
        )
        for unit in units
    ]  # fmt: skip
    if year.phase() == Phase.DRAFT:
        return
    Submission.objects.bulk_create(
        Submission(
            participant=item, state=SubmissionState.NOT_SUBMITTED, resolution=Resolution.NOUGHT, resolution_reason="x"
        )
        for item in taking
    )
    add_parts(taking)
    if year.phase() == Phase.COUNCIL:
        for item in taking:
            Value.objects.create(
                participant=item, criterion=year.leaves["3.1"], stage=Stage.ENTERED, points=1, worth=1, reason="x",
                author=year["c"], confirmed_by=year["c2"], confirmed_at=_now(),
            )  # fmt: skip


# ── one by one ────────────────────────────────────────────────────────────────────────────────────────────────────────


class TestStartAppraisal:
    def test_who_has_not_handed_in_is_named_with_what_becomes_of_the_dossier(self) -> None:
        year = build_year(Phase.SELF_ASSESSMENT)
        declare_all(year, year.a, "a1")
        perform(year.submission(), "hand_over", year["a1"])
        perform(year.submission(), "submit", year["aH"])
        year.move_window(Phase.SELF_ASSESSMENT, *PAST)
        page = said(year, "start_appraisal")
        tells(
            page,
            "1 trong 2 đơn vị đã nộp hồ sơ.",
            f"1 đơn vị chưa nộp: {year.b.name}. Hồ sơ thành “không nộp”",
            "không rút lại được nữa",
            "chấm được ngay từ lúc chuyển: 4 phần, 0 người thẩm định.",
            f"4 phần của 2 đơn vị chưa giao cho ai: {year.a.name} (lĩnh vực 1, 2); {year.b.name} (lĩnh vực 1, 2)",
        )

    def test_a_dossier_at_its_head_is_not_handed_in(self) -> None:
        year = build_year(Phase.SELF_ASSESSMENT)
        Submission.objects.update(state=SubmissionState.AT_HEAD)
        year.move_window(Phase.SELF_ASSESSMENT, *PAST)
        tells(said(year, "start_appraisal"), "0 trong 2", f"2 đơn vị chưa nộp: {year.a.name}; {year.b.name}.")

    def test_given_parts_and_decided_dossiers_are_counted_as_such(self) -> None:
        year = build_year(Phase.SELF_ASSESSMENT)
        year.move_window(Phase.SELF_ASSESSMENT, *PAST)
        AppraisalPart.objects.filter(component__code="1").update(appraiser=year["g1"])
        AppraisalPart.objects.filter(component__code="2").update(appraiser=year["g2"])
        for unit, resolution in ((year.a, Resolution.AS_IT_STANDS), (year.b, Resolution.NOUGHT)):
            Submission.objects.filter(participant=unit).update(
                state=SubmissionState.NOT_SUBMITTED, resolution=resolution, resolution_reason="Không nộp"
            )
        page = said(year, "start_appraisal")
        tells(
            page,
            f"1 hồ sơ không nộp được lấy theo nội dung đã nhập: {year.a.name}.",
            f"1 hồ sơ không nộp được tính 0 điểm, không thẩm định: {year.b.name}.",
            "2 phần, 2 người thẩm định.",
        )
        assert "chưa giao cho ai" not in page

    def test_a_unit_that_is_still_in_time_keeps_the_group_and_is_named(self) -> None:
        year = build_year(Phase.SELF_ASSESSMENT)
        answer = year.browser("c").post(one(year, "start_appraisal"), {"sure": ""})
        assert answer.status_code == 409
        tells(words(answer), f"{year.a.name}: chưa nộp và còn trong hạn.")

    def test_after_five_names_the_others_are_dots(self) -> None:
        year = build_year(Phase.SELF_ASSESSMENT)
        year.move_window(Phase.SELF_ASSESSMENT, *PAST)
        for number in range(6):
            unit = UnitFactory(parent=year.organiser.unit, name=f"Sở Z{number}")
            item = Participant.objects.create(
                campaign=year.campaign, unit=unit, code=unit.code, name=unit.name, group=year.group,
                criteria_set=year.criteria_set,
            )  # fmt: skip
            Submission.objects.create(participant=item)
        page = said(year, "start_appraisal")
        tells(page, f"8 đơn vị chưa nộp: {year.a.name}; {year.b.name}; Sở Z0; Sở Z1; Sở Z2; … Hồ sơ")


class TestStartExplanation:
    def test_what_units_will_read_and_until_when_they_may_answer(self) -> None:
        year = ready_for("start_explanation")
        seen = {"stage": Stage.APPRAISED, "criterion": year.leaves["1.1"], "inputs": {"choice": "tre"}}
        Value.objects.create(participant=year.a, author=year["g1"], worth=0, **seen)
        Membership.objects.filter(user=year["bH"]).delete()
        window = Window.objects.get(group=year.group, phase=Phase.EXPLANATION)
        tells(
            said(year, "start_explanation"),
            "2 đơn vị xem được điểm thẩm định và lý do",
            "1 tiêu chí của 1 đơn vị có điểm thẩm định thấp hơn tự chấm.",
            f"Được viết và gửi giải trình đến {format_datetime(window.closes_at)}; 3 cán bộ đầu mối, thủ trưởng",
            f"1 trong 2 đơn vị chưa có thủ trưởng: {year.b.name}",
        )

    def test_units_without_an_explanation_are_named(self) -> None:
        year = ready_for("start_explanation")
        Participant.objects.filter(pk=year.a.pk).update(council_only=True)
        Submission.objects.filter(participant=year.b).update(
            state=SubmissionState.NOT_SUBMITTED, resolution=Resolution.NOUGHT, resolution_reason="Không nộp"
        )
        tells(
            said(year, "start_explanation"),
            "0 đơn vị xem được",
            f"1 đơn vị chỉ hội đồng chấm, không có giải trình: {year.a.name}.",
            f"1 đơn vị được tính 0 điểm, không có giải trình: {year.b.name}.",
        )


class TestStartReappraisal:
    def test_sent_not_sent_and_written_only_are_three_things(self) -> None:
        year = build_year(Phase.EXPLANATION)
        explain(year.a, year.leaves["2.1"], "Báo cáo đã gửi", seen=0, by=year["a1"])
        explain(year.b, year.leaves["1.2"], "Bổ sung số liệu", seen=0, by=year["b1"])
        perform(year.explanation(), "hand_over", year["a1"])
        perform(year.explanation(), "submit", year["aH"])
        year.move_window(Phase.EXPLANATION, *PAST)
        tells(
            said(year, "start_reappraisal"),
            "1 trong 2 đơn vị đã gửi giải trình, 1 mục.",
            f"1 đơn vị không gửi giải trình, giữ điểm thẩm định vòng 1: {year.b.name}.",
            f"1 đơn vị đã viết mà chưa gửi, phần này không được xem xét: {year.b.name}",
            "chỉ các mục đã gửi giải trình: 1 phần, 1 người thẩm định.",
        )
        assert year.browser("c").post(one(year, "start_reappraisal"), {"sure": version(year)}).status_code == 302
        assert AppraisalPart.objects.filter(round=2).count() == 1, "as many parts as were told"

    def test_a_part_whose_appraiser_was_taken_away_is_named(self) -> None:
        year = build_year(Phase.EXPLANATION)
        explain(year.a, year.leaves["2.1"], "Báo cáo đã gửi", seen=0, by=year["a1"])
        ExplanationItem.objects.update(sent_at=_now())
        AppraisalPart.objects.filter(component__code="2").update(appraiser=None)
        year.move_window(Phase.EXPLANATION, *PAST)
        tells(said(year, "start_reappraisal"), f"1 phần của 1 đơn vị chưa giao cho ai: {year.a.name} (lĩnh vực 2)")

    def test_where_nobody_sent_anything_there_is_no_second_round(self) -> None:
        year = ready_for("start_reappraisal")
        tells(said(year, "start_reappraisal"), "0 trong 2 đơn vị", "Không có phần nào phải thẩm định lại")


class TestStartCouncil:
    def test_the_list_of_the_council_is_told_before_it_opens(self) -> None:
        year = build_year(Phase.REAPPRAISAL)
        raised = Content(points=Decimal(1), reason="Giữ nguyên")
        appraise(year.part("2", 2), year.leaves["2.1"], raised, seen=0, by=year["g2"])
        sign_all(year, 2)
        page = said(year, "start_council")
        tells(
            page,
            "Danh sách của hội đồng có 1 mục của 1 đơn vị (đã giải trình, điểm còn thấp hơn tự chấm: 1).",
            "1 người có vai trò Hội đồng",
            "1 đơn vị có thẩm định vòng 2 xem được điểm của vòng này.",
        )
        assert "Nên xem lại" not in page

    def test_a_council_of_nobody_and_points_that_fell_are_to_be_seen_to(self) -> None:
        year = build_year(Phase.REAPPRAISAL)
        Membership.objects.filter(role=Role.COUNCIL).delete()
        lower = Content(points=Decimal("0.5"), reason="Thiếu thêm")
        appraise(year.part("2", 2), year.leaves["2.1"], lower, seen=0, by=year["g2"])
        sign_all(year, 2)
        tells(
            said(year, "start_council"),
            "Chưa ai có vai trò Hội đồng",
            f"1 đơn vị có điểm vòng 2 thấp hơn vòng 1 mà chưa giải trình lại: {year.a.name}.",
        )

    def test_unsigned_parts_keep_the_group_and_are_named(self) -> None:
        year = build_year(Phase.REAPPRAISAL)
        answer = year.browser("c").post(one(year, "start_council"))
        assert answer.status_code == 409
        tells(words(answer), f"{year.a.name}: phần lĩnh vực 2 chưa ký.")


class TestFinalise:
    def test_what_freezes_and_what_the_council_left_open(self) -> None:
        year = ready_for("finalise")
        tells(
            said(year, "finalise"),
            "Số liệu của 2 đơn vị giữ nguyên từ lúc chốt",
            "Hội đồng đã quyết định 0 trong 1 mục.",
            f"1 mục của 1 đơn vị hội đồng chưa quyết định, giữ theo điểm thẩm định: {year.a.name}",
            "Chưa ghi biên bản phiên họp hội đồng nào",
            "Không còn khối nào khác chưa chốt",
        )

    def test_other_groups_and_minutes_are_looked_at(self) -> None:
        year = ready_for("finalise")
        Group.objects.create(campaign=year.campaign, code="xa", title="Xã, phường", position=2)
        CouncilSession.objects.create(
            campaign=year.campaign, held_on=datetime.date(2026, 11, 2), chair="A", minutes="B", author=year["c"]
        )
        page = said(year, "finalise")
        tells(page, "Chỉ tính chính thức được khi mọi khối đã chốt; còn lại: Xã, phường.")
        assert "biên bản" not in page.split("Nên xem lại")[1]

    def test_what_is_missing_keeps_the_group_and_is_named(self) -> None:
        year = build_year(Phase.COUNCIL)
        answer = year.browser("c").post(one(year, "finalise"))
        assert answer.status_code == 409
        tells(words(answer), f"{year.a.name}: Thiếu điểm nhập: 3.1.")


def test_of_several_groups_each_is_told_apart_and_the_one_that_stays_says_why() -> None:
    year = ready_for("start_appraisal")
    _like(year, 2)
    Window.objects.filter(group__code="k2").update(closes_at=_now() + datetime.timedelta(days=3))
    Submission.objects.filter(participant__group__code="k2").update(
        state=SubmissionState.DRAFT, resolution="", resolution_reason=""
    )
    answer = year.browser("c").post(at(year, "buoc/tat-ca/start_appraisal/"))
    assert answer.status_code == 200
    tells(words(answer), "Sở, ban, ngành: sẽ xảy ra gì", "Khối 2: chưa chuyển được, giữ nguyên", "còn trong hạn.")
