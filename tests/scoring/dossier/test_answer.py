"""One criterion in the browser: figures by the rule, the claim, wrong and overtaken answers, and who may not."""

from __future__ import annotations

import datetime

import pytest
from django.apps import apps

from scoring.enums import Phase, Stage
from scoring.models import Criterion, Value, ValueChange
from tests.database import fingerprint
from tests.scoring.dossier.pages import answer, step, text, typed, url
from tests.year import Year, build_year

pytestmark = pytest.mark.django_db


@pytest.fixture
def year() -> Year:
    return build_year()


def test_figures_are_saved_and_the_page_says_what_they_earn_by_the_rule(year: Year) -> None:
    assert answer(year, "a1", "1.2", numerator="1 045", denominator="1 161", note="Theo báo cáo năm").status_code == 302
    value = year.value("1.2", Stage.DECLARED)
    assert value is not None
    assert (value.inputs, value.note) == ({"numerator": "1045", "denominator": "1161"}, "Theo báo cáo năm")
    page = text(year.browser("a1").get(url(year, "answer", "1.2")))
    assert "3,600345" in page  # 4 × 1045/1161
    assert "Theo báo cáo năm" in page


def test_saving_goes_on_to_the_next_criterion_when_asked(year: Year) -> None:
    response = year.browser("a1").post(url(year, "answer", "1.1"), typed(0, choice="du") | {"go_on": "1"})
    assert response["Location"] == url(year, "answer", "1.2")


def test_the_page_of_a_criterion_says_how_it_is_scored_and_what_proves_it(year: Year) -> None:
    page = text(year.browser("a1").get(url(year, "answer", "1.2")))
    assert "Theo tỷ lệ" in page
    assert "Kế hoạch năm" in text(year.browser("a1").get(url(year, "answer", "1.1")))


def test_trying_figures_stores_nothing(year: Year) -> None:
    browser = year.browser("a1")
    before = fingerprint()
    figures = typed(0, numerator="45", denominator="50")
    tried = browser.post(url(year, "answer_trial", "1.2"), figures, headers={"Accept": "application/json"})
    assert tried.json() == {
        "points": "3,60 / 4,00", "step": "45/50 = 90% ≥ 50% → 0,9 × 4 = 3,6 điểm", "warning": "", "faults": [],
        "levels": [1], "hint": "“Số đạt được” thêm 5, thành 50/50, thì được tối đa 4,00 điểm, hiện 3,60.",
    }  # fmt: skip
    page = text(browser.post(url(year, "answer_trial", "1.2"), figures))
    assert "3,60 / 4,00" in page
    assert 'value="45"' in page
    assert fingerprint() == before


def test_trying_wrong_figures_tells_what_is_wrong(year: Year) -> None:
    browser = year.browser("a1")
    figures = typed(0, numerator="60", denominator="50")
    tried = browser.post(url(year, "answer_trial", "1.2"), figures, headers={"Accept": "application/json"})
    assert tried.status_code == 422
    assert tried.json()["points"] == ""
    assert "60" in tried.json()["faults"][0]["text"]
    figures = typed(0, numerator="abc", denominator="50")
    tried = browser.post(url(year, "answer_trial", "1.2"), figures, headers={"Accept": "application/json"})
    (fault,) = tried.json()["faults"]
    assert (fault["key"], fault["label"]) == ("numerator", "Số đạt được")
    assert fault["text"].startswith("“abc” không phải là số")


@pytest.mark.parametrize(
    ("figures", "sentence"),
    [
        ({"numerator": "60", "denominator": "50"}, "60"),
        ({"numerator": "abc", "denominator": "50"}, "“abc” không phải là số"),
        ({"numerator": "1.234", "denominator": "5000"}, "đọc được hai cách"),
        ({"numerator": "0,333333333333333333", "denominator": "50"}, "quá dài: ghi nhiều nhất 10 chữ số sau dấu phẩy"),
        ({"numerator": "1234567890123456", "denominator": "50"}, "nhiều nhất 15 chữ số trước dấu phẩy"),
        ({"numerator": "", "denominator": ""}, "Nhập số liệu của tiêu chí"),
        ({"numerator": "-1", "denominator": "50"}, "-1"),
    ],
)
def test_wrong_figures_are_told_beside_what_was_typed_and_nothing_is_stored(year, figures, sentence) -> None:
    response = answer(year, "a1", "1.2", **figures, note="giữ lại lời này")
    assert response.status_code == 422
    page = text(response)
    assert sentence in page
    assert "giữ lại lời này" in page
    for typed_text in filter(None, figures.values()):
        assert f'value="{typed_text}"' in page
    assert not Value.objects.filter(participant=year.a).exists()


@pytest.mark.parametrize(
    ("figures", "sentence"),
    [
        ({"numerator": "45", "denominator": ""}, "Chưa nhập “Tổng số”."),
        ({"numerator": "abc", "denominator": "50"}, "“abc” không phải là số"),
        ({"numerator": "", "denominator": ""}, "Nhập số liệu của tiêu chí"),
    ],
)
def test_what_is_wrong_is_said_once(year: Year, figures: dict[str, str], sentence: str) -> None:
    assert text(answer(year, "a1", "1.2", **figures)).count(sentence) == 1


def test_nothing_of_nothing_is_told_in_words_of_the_form_where_the_rule_decides_nothing(year: Year) -> None:
    Criterion.objects.filter(pk=year.leaves["1.2"].pk).update(rule={"kind": "ratio"})
    sentence = "Tổng số là 0: nếu không phát sinh thì đề nghị không áp dụng."
    refused = answer(year, "a1", "1.2", numerator="0", denominator="0")
    assert refused.status_code == 422
    assert text(refused).count(sentence) == 1
    figures = typed(0, numerator="0", denominator="0")
    tried = year.browser("a1").post(url(year, "answer_trial", "1.2"), figures, headers={"Accept": "application/json"})
    assert tried.json()["faults"] == [{"key": "denominator", "label": "", "text": sentence}]


def test_a_claim_waits_for_the_appraisal_and_is_never_called_confirmed(year: Year) -> None:
    answer(year, "a1", "2.1", not_applicable="on", reason="Không ban hành văn bản")
    page = text(year.browser("a1").get(url(year, "answer", "2.1")))
    assert "Đề nghị không áp dụng, chờ thẩm định" in page
    assert "đã được xác nhận" not in page
    claim = typed(1, not_applicable="on", reason="Không ban hành văn bản", points="")
    tried = year.browser("a1").post(url(year, "answer_trial", "2.1"), claim, headers={"Accept": "application/json"})
    assert tried.json() == {
        "points": "", "step": "Đề nghị không áp dụng, chờ thẩm định", "warning": "", "faults": [], "levels": [],
        "hint": "",
    }  # fmt: skip


def test_a_choice_that_the_rule_does_not_offer_is_refused(year: Year) -> None:
    assert answer(year, "a1", "1.1", choice="bia-ra").status_code == 422
    assert year.value("1.1", Stage.DECLARED) is None


def test_a_claim_needs_a_reason_and_then_counts_as_answered_without_points(year: Year) -> None:
    refused = answer(year, "a1", "2.1", not_applicable="on")
    assert refused.status_code == 422
    assert "Nêu lý do không áp dụng" in text(refused)
    assert answer(year, "a1", "2.1", not_applicable="on", reason="Không ban hành văn bản").status_code == 302
    value = year.value("2.1", Stage.DECLARED)
    assert value is not None
    assert (value.not_applicable, value.reason, value.worth) == (True, "Không ban hành văn bản", None)


def test_an_answer_can_be_taken_away_and_its_history_stays(year: Year) -> None:
    answer(year, "a1", "1.1", choice="du")
    cleared = year.browser("aH").post(url(year, "answer_clear", "1.1"), {"version": 1})
    assert cleared.status_code == 302
    assert year.value("1.1", Stage.DECLARED) is None
    page = text(year.browser("a1").get(url(year, "answer", "1.1")))
    assert "Xóa câu trả lời" in page
    assert "Đúng hạn" in page
    assert "Người aH" in page


def test_an_answer_from_an_older_version_is_refused_with_both_shown_and_can_then_be_kept(year: Year) -> None:
    answer(year, "a1", "1.2", numerator="40", denominator="50")
    answer(year, "aH", "1.2", numerator="41", denominator="50")
    stale = answer(year, "a1", "1.2", version=1, numerator="42", denominator="50", note="bản của a1")
    assert stale.status_code == 409
    page = text(stale)
    assert "Số đạt được: 42" in page
    assert "bản của a1" in page
    assert "Số đạt được: 41" in page
    assert "Người aH" in page
    value = year.value("1.2", Stage.DECLARED)
    assert value is not None
    assert value.inputs == {"numerator": "41", "denominator": "50"}
    # "Dùng bản vừa nhập" posts the same again from the version that stands.
    fields = dict(stale.context["clashes"][0].fields)
    assert year.browser("a1").post(stale.context["clashes"][0].url, fields).status_code == 302
    value = year.value("1.2", Stage.DECLARED)
    assert value is not None
    assert (value.inputs, value.note) == ({"numerator": "42", "denominator": "50"}, "bản của a1")


def test_a_clearing_from_an_older_version_is_refused(year: Year) -> None:
    answer(year, "a1", "1.1", choice="du")
    answer(year, "aH", "1.1", choice="tre")
    assert year.browser("a1").post(url(year, "answer_clear", "1.1"), {"version": 1}).status_code == 409
    assert year.value("1.1", Stage.DECLARED) is not None


def test_the_same_answer_sent_twice_by_one_person_is_saved_once(year: Year) -> None:
    for _ in range(2):
        assert answer(year, "a1", "1.1", version=0, choice="du").status_code == 302
    assert ValueChange.objects.filter(participant=year.a).count() == 1


@pytest.mark.parametrize("version", ["", "x", "-1", "9" * 30])
def test_a_version_that_no_page_had_is_refused(year: Year, version: str) -> None:
    assert answer(year, "a1", "1.1", version=version, choice="du").status_code in (409, 422)
    assert year.value("1.1", Stage.DECLARED) is None


def test_adding_the_name_of_any_column_to_a_form_changes_nothing_else(year: Year) -> None:
    """T08: what a unit may set is its figures, its claim and its note; the rest of every row stays."""
    names = {field.name for model in apps.get_app_config("scoring").get_models() for field in model._meta.get_fields()}
    forbidden = dict.fromkeys(names - {"version", "reason", "note", "not_applicable"}, "13371")
    forbidden |= {"diem_tham_dinh": "13371", "status": "submitted", "locked": "1", "index": "100", "so-points": "2"}
    assert answer(year, "a1", "1.1", choice="tre", **{}).status_code == 302
    before = Value.objects.filter(participant=year.a).values().get()
    response = year.browser("a1").post(url(year, "answer", "1.1"), typed(1, choice="du") | forbidden)
    assert response.status_code == 302
    after = Value.objects.filter(participant=year.a).values().get()
    changed = {name for name in after if after[name] != before[name]}
    assert changed == {"inputs", "worth", "version", "changed_at"}
    assert year.submission().state == "draft"


def test_points_of_surveys_and_of_the_coordinator_are_not_declared(year: Year) -> None:
    assert "đơn vị không tự chấm" in text(year.browser("a1").get(url(year, "answer", "3.1")))
    refused = answer(year, "a1", "3.1", mean="5", responses="100")
    assert refused.status_code == 409
    assert not Value.objects.filter(participant=year.a).exists()


def test_an_earlier_save_sent_again_after_the_submission_is_refused(year: Year) -> None:
    """T05."""
    browser = year.browser("a1")
    assert browser.post(url(year, "answer", "1.1"), typed(0, choice="tre")).status_code == 302
    step(year, "a1", "hand_over")
    step(year, "aH", "submit")
    before = fingerprint()
    for data in (typed(0, choice="tre"), typed(1, choice="du")):
        replay = browser.post(url(year, "answer", "1.1"), data)
        assert replay.status_code == 409
        assert "Hồ sơ đã nộp nên không sửa được" in text(replay)
    assert browser.post(url(year, "answer_clear", "1.1"), {"version": 1}).status_code == 409
    assert fingerprint() == before


@pytest.mark.parametrize("opens", [datetime.timedelta(seconds=2), -datetime.timedelta(days=3)])
def test_outside_the_hours_the_form_is_closed_and_a_save_refused(year: Year, opens: datetime.timedelta) -> None:
    year.move_window(Phase.SELF_ASSESSMENT, opens, opens + datetime.timedelta(days=2))
    assert "Chỉ để xem" in text(year.browser("a1").get(url(year, "answer", "1.1")))
    assert answer(year, "a1", "1.1", choice="du").status_code == 409
    assert year.value("1.1", Stage.DECLARED) is None


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("b1", 404), ("bH", 404), ("g1", 403), ("gA", 404), ("c", 403), ("h", 403), ("l", 403), ("s", 404), ("n", 404),
    ],
)  # fmt: skip
def test_nobody_else_declares_for_a_unit(who: str, status: int) -> None:
    year = build_year(Phase.APPRAISAL)
    browser = year.browser(who)
    before = fingerprint()
    data = typed(1, choice="tre")
    assert browser.post(url(year, "answer", "1.1"), data).status_code == status
    assert browser.post(url(year, "answer_trial", "1.1"), data).status_code == status
    assert browser.post(url(year, "answer_clear", "1.1"), {"version": 1}).status_code == status
    assert fingerprint() == before


def test_a_criterion_that_the_set_does_not_have_is_not_found(year: Year) -> None:
    browser = year.browser("a1")
    assert browser.get(url(year, "answer", "9.9")).status_code == 404
    assert browser.get(url(year, "answer", "1")).status_code == 404
    assert browser.post(url(year, "answer", "9.9"), typed(0)).status_code == 404
