"""One leaf judged: every verdict, what each needs, and what is refused."""

from __future__ import annotations

from decimal import Decimal

import pytest

from scoring.enums import Phase, Stage
from scoring.models import Value, ValueChange
from scoring.selectors.missing import missing_for_official
from scoring.services.appraisal import appraise
from scoring.services.errors import Conflict
from scoring.services.values import Content
from tests.database import fingerprint
from tests.scoring.appraisal.pages import judge, leaf_url, text, verdict
from tests.year import Year, build_year
from units.models import TrailEntry

pytestmark = pytest.mark.django_db


@pytest.fixture
def year() -> Year:
    return build_year(Phase.APPRAISAL)


@pytest.fixture
def second() -> Year:
    """A year in round 2; A has explained 2.1, for which round 1 gave 1 of 2 points."""
    return build_year(Phase.REAPPRAISAL)


def test_the_page_shows_what_was_declared_and_what_the_rule_makes_of_it(year: Year) -> None:
    page = text(year.browser("g1").get(leaf_url(year, "1.2")))
    assert "3,60 / 4,00" in page
    assert "Số đạt được: 45/50" in page
    assert "45/50 = 90%" in page
    assert "Theo tỷ lệ" in page
    assert "Giữ điểm tự chấm: 3,60" in page


def test_keeping_takes_the_declared_figures_over_and_goes_on_to_the_next_leaf(year: Year) -> None:
    answer = judge(year, "g1", "1.1", "giu")
    assert (answer.status_code, answer["Location"]) == (302, leaf_url(year, "1.2"))
    value = year.value("1.1", Stage.APPRAISED)
    assert (value.inputs, value.worth, value.author) == ({"choice": "du"}, Decimal(2), year["g1"])
    assert year.value("1.1", Stage.DECLARED).worth == Decimal(2)


def test_after_the_last_leaf_the_part_is_shown(year: Year) -> None:
    judge(year, "g1", "1.1", "giu")
    assert judge(year, "g1", "1.2", "giu")["Location"] == leaf_url(year, "1.2").removesuffix("1.2/")


def test_corrected_figures_are_scored_by_the_rule_and_keep_the_declared_value_as_it_was(year: Year) -> None:
    figures = {"so-numerator": "40", "so-denominator": "50", "reason": "Báo cáo chỉ có 40 nhiệm vụ"}
    assert judge(year, "g1", "1.2", "so-lieu", **figures).status_code == 302
    value = year.value("1.2", Stage.APPRAISED)
    assert (value.inputs, value.worth) == ({"numerator": "40", "denominator": "50"}, Decimal("3.2"))
    assert year.value("1.2", Stage.DECLARED).inputs == {"numerator": "45", "denominator": "50"}
    assert "giảm 0,40 điểm" in text(year.browser("g1").get(leaf_url(year, "1.2")))


def test_points_are_set_with_a_reason(year: Year) -> None:
    assert judge(year, "g1", "1.2", "diem", points="1,25", reason="Thiếu số liệu").status_code == 302
    value = year.value("1.2", Stage.APPRAISED)
    assert (value.points, value.reason, value.worth) == (Decimal("1.25"), "Thiếu số liệu", Decimal("1.25"))


def test_a_rule_of_points_alone_takes_the_judgement_in_its_own_steps(year: Year) -> None:
    wrong = judge(year, "g2", "2.1", "so-lieu", **{"so-points": "1,3", "reason": "Thiếu một báo cáo"})
    assert wrong.status_code == 422
    assert "0,5" in text(wrong)
    right = judge(year, "g2", "2.1", "so-lieu", **{"so-points": "1,5", "reason": "Thiếu một báo cáo"})
    assert right.status_code == 302
    assert year.value("2.1", Stage.APPRAISED).worth == Decimal("1.5")


@pytest.mark.parametrize(
    ("said", "more", "sentence"),
    [
        ("", {}, "Chọn một cách chấm."),
        ("xoa", {}, "Chọn một cách chấm."),
        ("diem", {"points": "1"}, "Cho điểm khác số liệu thì phải nêu lý do."),
        ("diem", {"reason": "Thiếu"}, "Nhập điểm từ 0 đến 4,00."),
        ("diem", {"points": "5", "reason": "Thừa"}, "Đang là 5, không được lớn hơn 4."),
        ("diem", {"points": "-1", "reason": "Thiếu"}, "Đang là −1, không được nhỏ hơn 0."),
        ("diem", {"points": "một", "reason": "Thiếu"}, "“một” không phải là số."),
        ("so-lieu", {"so-numerator": "40", "so-denominator": "50"}, "Số liệu khác với số đơn vị kê khai: nêu lý do"),
        (
            "so-lieu",
            {"so-numerator": "60", "so-denominator": "50", "reason": "Thừa"},
            "Số đạt được 60 lớn hơn tổng số 50",
        ),
        ("so-lieu", {"so-numerator": "60", "reason": "Thiếu mẫu"}, "Chưa nhập “Tổng số”."),
        ("so-lieu", {"so-numerator": "1.234", "so-denominator": "9000", "reason": "Hai cách"}, "đọc được hai cách"),
        ("giu", {"version": ""}, "Mở lại trang rồi chấm."),
        ("diem", {"points": "1", "reason": "x" * 2001}, "Rút gọn lý do còn tối đa 2000 ký tự."),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_stored(year: Year, said: str, more: dict, sentence: str) -> None:
    browser, data = year.browser("g1"), verdict(year, "1.2", said) | more
    before = fingerprint()
    answer = browser.post(leaf_url(year, "1.2"), data)
    assert answer.status_code == 422
    assert sentence in text(answer)
    assert fingerprint() == before


def test_typed_text_stays_in_a_form_that_was_refused(year: Year) -> None:
    page = judge(year, "g1", "1.2", "so-lieu", **{"so-numerator": "40", "so-denominator": "", "reason": "Thiếu mẫu"})
    assert 'value="40"' in page.content.decode()
    assert "Thiếu mẫu" in text(page)


def test_a_trial_shows_what_a_verdict_would_give_and_stores_nothing(year: Year) -> None:
    figures = {"so-numerator": "40", "so-denominator": "50", "try": "1"}
    browser, data = year.browser("g1"), verdict(year, "1.2", "so-lieu", **figures)
    before = fingerprint()
    answer = browser.post(leaf_url(year, "1.2"), data)
    assert answer.status_code == 200
    assert "3,20" in text(answer)
    assert "So với tự chấm: giảm 0,40 điểm. Chưa lưu." in text(answer)
    assert fingerprint() == before


# ── claims ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_claim_is_confirmed_with_reason_and_legal_basis(year: Year) -> None:
    page = text(year.browser("g2").get(leaf_url(year, "2.1", unit="SOB")))
    assert "Đề nghị không áp dụng" in page
    assert "Giữ điểm" not in page
    given = {"reason": "Không ban hành văn bản", "legal_basis": "Quyết định 01/QĐ-UBND"}
    assert judge(year, "g2", "2.1", "khong-ap-dung", unit="SOB", **given).status_code == 302
    value = year.value("2.1", Stage.APPRAISED, year.b)
    assert (value.not_applicable, value.legal_basis, value.worth) == (True, "Quyết định 01/QĐ-UBND", None)


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        ({"reason": "Không ban hành văn bản"}, "Ghi căn cứ xác nhận không áp dụng: số, ngày văn bản."),
        ({"legal_basis": "Quyết định 01/QĐ-UBND"}, "Nêu lý do xác nhận không áp dụng."),
    ],
)
def test_a_claim_is_not_confirmed_without_reason_and_basis(year: Year, more: dict, sentence: str) -> None:
    answer = judge(year, "g2", "2.1", "khong-ap-dung", unit="SOB", **more)
    assert answer.status_code == 422
    assert sentence in text(answer)
    assert year.value("2.1", Stage.APPRAISED, year.b) is None


def test_a_claim_is_rejected_with_points_and_a_reason(year: Year) -> None:
    given = {"so-points": "0", "reason": "Đơn vị có ban hành văn bản"}
    assert judge(year, "g2", "2.1", "so-lieu", unit="SOB", **given).status_code == 302
    assert year.value("2.1", Stage.APPRAISED, year.b).worth == 0


def test_nobody_takes_a_leaf_out_of_the_maximum_that_the_unit_did_not_claim(year: Year) -> None:
    given = {"reason": "Không cần", "legal_basis": "Quyết định 01"}
    assert judge(year, "g1", "1.2", "khong-ap-dung", **given).status_code == 422
    claim = Content(not_applicable=True, reason="Không cần", legal_basis="Quyết định 01")
    with pytest.raises(Conflict, match="Đơn vị không đề nghị không áp dụng"):
        appraise(year.part(), year.leaves["1.2"], claim, seen=0, by=year["g1"])
    assert year.value("1.2", Stage.APPRAISED) is None


# ── round 2 ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_round_two_shows_the_explanation_beside_round_one(second: Year) -> None:
    page = text(second.browser("g2").get(leaf_url(second, "2.1", 2)))
    assert "Báo cáo đã gửi ngày 10/12" in page
    assert "Thiếu một báo cáo" in page
    assert "Giữ kết quả vòng 1: 1,00" in page
    assert "Chấp nhận giải trình, lấy số tự chấm: 2,00" in page


def test_an_accepted_explanation_brings_the_declared_value_back(second: Year) -> None:
    assert judge(second, "g2", "2.1", "tu-cham", 2).status_code == 302
    assert second.value("2.1", Stage.REAPPRAISED).worth == Decimal(2)
    assert second.value("2.1", Stage.APPRAISED).worth == Decimal(1)


def test_round_two_may_keep_the_value_of_round_one(second: Year) -> None:
    assert judge(second, "g2", "2.1", "giu", 2).status_code == 302
    value = second.value("2.1", Stage.REAPPRAISED)
    assert (value.points, value.reason) == (Decimal(1), "Thiếu một báo cáo")


def test_only_explained_leaves_have_a_page_in_round_two(second: Year) -> None:
    assert second.browser("g1").get(leaf_url(second, "1.2", 2)).status_code == 404
    with pytest.raises(Conflict, match="Vòng 2 chỉ mở các tiêu chí đơn vị đã giải trình"):
        appraise(second.part("2", 2), second.leaves["1.2"], Content(inputs={}), seen=0, by=second["g2"])


def test_points_below_round_one_need_a_reason_warn_and_wait_for_a_new_explanation(second: Year) -> None:
    refused = judge(second, "g2", "2.1", "so-lieu", 2, **{"so-points": "0,5"})
    assert refused.status_code == 422
    assert second.value("2.1", Stage.REAPPRAISED) is None
    lowered = {"so-points": "0,5", "reason": "Tài liệu bổ sung không đúng kỳ"}
    page = second.browser("g2").post(
        leaf_url(second, "2.1", 2), verdict(second, "2.1", "so-lieu", 2, **lowered), follow=True
    )
    assert "2.1 thấp hơn vòng 1" in text(page)
    told = [str(item) for item in missing_for_official(second.campaign) if item.kind == "lowered"]
    assert told == ["Sở An toàn: Điểm vòng 2 thấp hơn vòng 1, chưa giải trình lại: 2.1."]


# ── versions ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_verdict_from_an_old_page_gets_both_values_and_can_be_sent_again(year: Year) -> None:
    stale = verdict(year, "1.2", "diem", points="1", reason="Bản của tab thứ hai")
    judge(year, "g1", "1.2", "diem", points="3", reason="Bản của tab thứ nhất")
    answer = year.browser("g1").post(leaf_url(year, "1.2"), stale)
    page = text(answer)
    assert answer.status_code == 409
    assert "Chấm 1,00 điểm Lý do: Bản của tab thứ hai" in page
    assert "Chấm 3,00 điểm Lý do: Bản của tab thứ nhất" in page
    assert "Người g1" in page
    assert year.value("1.2", Stage.APPRAISED).points == 3
    again = stale | {"version": year.seen("1.2", Stage.APPRAISED)}
    assert year.browser("g1").post(leaf_url(year, "1.2"), again).status_code == 302
    assert year.value("1.2", Stage.APPRAISED).points == 1


def test_the_same_verdict_pressed_twice_is_one_verdict(year: Year) -> None:
    data, browser = verdict(year, "1.2", "diem", points="1", reason="Một lần"), year.browser("g1")
    assert [browser.post(leaf_url(year, "1.2"), data).status_code for _ in range(2)] == [302, 302]
    assert ValueChange.objects.filter(stage=Stage.APPRAISED).count() == 1


def test_figures_that_the_unit_changed_meanwhile_are_not_judged_unseen(year: Year) -> None:
    data = verdict(year, "1.2", "diem", points="1", reason="Theo số cũ")
    Value.objects.filter(participant=year.a, criterion=year.leaves["1.2"], stage=Stage.DECLARED).update(version=7)
    answer = year.browser("g1").post(leaf_url(year, "1.2"), data)
    assert answer.status_code == 409
    assert "Đơn vị vừa sửa số tự chấm của tiêu chí này." in text(answer)
    assert "Theo số cũ" in text(answer)
    assert year.value("1.2", Stage.APPRAISED) is None
    assert year.browser("g1").post(leaf_url(year, "1.2"), data | {"declared_version": 7}).status_code == 302


def test_every_change_is_kept_and_told_in_the_trail(year: Year) -> None:
    judge(year, "g1", "1.2", "giu")
    judge(year, "g1", "1.2", "diem", points="1", reason="Xem lại tài liệu")
    page = text(year.browser("g1").get(leaf_url(year, "1.2")))
    assert page.index("Chấm 1,00 điểm") < page.rindex("Số đạt được: 45/50")
    entries = TrailEntry.objects.filter(action="scoring.appraise").order_by("seq")
    assert [entry.data["worth"] for entry in entries] == ["3.6", "1"]
