"""Typing that is kept by itself: what is an answer, what is not one yet, who was there first, and when it is over."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.management import call_command
from django.db import OperationalError, connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from scoring.enums import Phase, Stage
from scoring.models import Criterion, Exclusion, Unfinished, Value, ValueChange, WriteKey
from tests.database import fingerprint
from tests.scoring.dossier.pages import autosave, hour, step, text, told, typed, typing_at, url
from tests.year import Year, build_year

pytestmark = pytest.mark.django_db
KEY = "6f1c1f9e-0000-4000-8000-000000000001"
CHECKLIST = {
    "kind": "checklist",
    "items": [{"key": "a", "label": "Có kế hoạch", "points": "1"}, {"key": "b", "label": "Có báo cáo", "points": "1"}],
}


@pytest.fixture
def year() -> Year:
    return build_year()


class TestAnAnswer:
    def test_it_is_declared_and_the_page_is_told_what_it_earns(self, year: Year) -> None:
        found = told(autosave(year, "a1", "1.2", numerator="45", denominator="50", note="Theo báo cáo"))
        value = year.value("1.2", Stage.DECLARED)
        assert value is not None
        assert found.pop("at") == hour(value.changed_at)
        assert found == {
            "state": "saved", "version": 1, "unfinished": 0, "points": "3,60 / 4,00",
            "step": "45/50 = 90% ≥ 50% → 0,9 × 4 = 3,6 điểm", "warning": "", "levels": [1],
            "hint": "“Số đạt được” thêm 5, thành 50/50, thì được tối đa 4,00 điểm, hiện 3,60.",
            "node": {"icon": "done", "label": "xong"},
        }  # fmt: skip
        assert (value.inputs, value.note) == ({"numerator": "45", "denominator": "50"}, "Theo báo cáo")
        assert value.author == year["a1"]

    def test_a_claim_waits_and_has_no_points(self, year: Year) -> None:
        found = told(autosave(year, "a1", "2.1", not_applicable="on", reason="Không ban hành văn bản"))
        assert (found["state"], found["points"]) == ("saved", "")
        assert found["step"] == "Đề nghị không áp dụng, chờ thẩm định"
        assert found["node"] == {"icon": "na", "label": "không áp dụng (đề nghị)"}

    def test_a_leaf_that_lacks_its_proof_says_so(self, year: Year) -> None:
        assert told(autosave(year, "a1", "1.1", choice="du"))["node"] == {"icon": "ev", "label": "thiếu minh chứng"}

    def test_the_same_answer_again_is_no_change(self, year: Year) -> None:
        first = told(autosave(year, "a1", "1.1", choice="du"))
        again = told(autosave(year, "a1", "1.1", choice="du", version=0))  # its reply was lost, under another key
        assert (first["version"], again["version"]) == (1, 1)
        assert ValueChange.objects.count() == 1

    def test_it_goes_on_from_version_to_version(self, year: Year) -> None:
        versions = [told(autosave(year, "a1", "1.2", numerator=n, denominator="50"))["version"] for n in "123"]
        assert versions == [1, 2, 3]


class TestTypingThatIsNoAnswerYet:
    def test_half_of_the_figures_is_kept_and_said_what_is_missing(self, year: Year) -> None:
        found = told(autosave(year, "a1", "1.2", numerator="45"))
        kept = typing_at(year)
        assert kept is not None
        assert found == {
            "state": "kept", "version": 0, "unfinished": kept.version, "at": hour(kept.changed_at),
            "node": {"icon": "half", "label": "chưa nhập xong"},
            "faults": [{"key": "so-denominator", "label": "", "text": "Chưa nhập “Tổng số”.", "readings": []}],
            "levels": [],
        }  # fmt: skip
        assert (kept.typed, kept.base_version, kept.author) == ({"so-numerator": "45"}, 0, year["a1"])
        assert not Value.objects.filter(participant=year.a).exists()

    def test_a_number_with_two_readings_is_kept_and_asked_back_with_both(self, year: Year) -> None:
        found = told(autosave(year, "a1", "1.2", numerator="12.486", denominator="50000"))
        (fault,) = found["faults"]
        assert (fault["key"], fault["label"]) == ("so-numerator", "Số đạt được")
        assert fault["readings"] == ["12486", "12,486"]
        assert "đọc được hai cách" in fault["text"]
        for reading, stored in zip(fault["readings"], ("12486", "12.486"), strict=True):
            assert told(autosave(year, "a1", "1.2", numerator=reading, denominator="50000"))["state"] == "saved"
            value = year.value("1.2", Stage.DECLARED)
            assert value is not None
            assert value.inputs == {"numerator": stored, "denominator": "50000"}

    @pytest.mark.parametrize(
        ("typing", "sentence"),
        [
            ({"numerator": "abc", "denominator": "50"}, "“abc” không phải là số"),
            ({"numerator": "60", "denominator": "50"}, "60"),
            ({"not_applicable": "on"}, "Nêu lý do không áp dụng"),
            ({"note": "x" * 2001, "numerator": "1", "denominator": "2"}, "Rút gọn còn tối đa 2000 ký tự"),
            ({"note": "mới ghi lời"}, "Nhập số liệu của tiêu chí"),
        ],
    )
    def test_what_the_rule_or_the_form_refuses_is_kept_as_it_was_typed(self, year, typing, sentence) -> None:
        found = told(autosave(year, "a1", "1.2", **typing))
        assert found["state"] == "kept"
        assert any(sentence in fault["text"] for fault in found["faults"])
        kept = typing_at(year)
        assert kept is not None
        names = {
            key if key in ("note", "reason", "not_applicable") else f"so-{key}": said for key, said in typing.items()
        }
        assert kept.typed == names
        assert not Value.objects.filter(participant=year.a).exists()

    @pytest.mark.parametrize("figures", [("1234", "1200"), ("5", "0")])
    def test_what_the_rule_refuses_of_two_figures_is_told_at_the_last_of_them(self, year, figures) -> None:
        numerator, denominator = figures
        (fault,) = told(autosave(year, "a1", "1.2", numerator=numerator, denominator=denominator))["faults"]
        assert fault["key"] == "so-denominator"
        assert "hãy xem lại hai số liệu" in fault["text"]

    def test_finishing_it_makes_it_an_answer_and_nothing_is_left_half(self, year: Year) -> None:
        autosave(year, "a1", "1.2", numerator="45")
        assert told(autosave(year, "a1", "1.2", numerator="45", denominator="50"))["state"] == "saved"
        assert typing_at(year) is None

    def test_it_stands_over_an_answer_that_goes_on_counting(self, year: Year) -> None:
        year.declare("1.2", inputs={"numerator": "45", "denominator": "50"})
        found = told(autosave(year, "a1", "1.2", numerator="46"))
        assert (found["state"], found["version"]) == ("kept", 1)
        kept, value = typing_at(year), year.value("1.2", Stage.DECLARED)
        assert kept is not None
        assert value is not None
        assert (kept.base_version, value.inputs["numerator"]) == (1, "45")

    def test_it_rises_with_every_change_and_goes_on_where_a_row_was_taken_away(self, year: Year) -> None:
        first = told(autosave(year, "a1", "1.2", numerator="4"))["unfinished"]
        second = told(autosave(year, "a1", "1.2", numerator="45"))["unfinished"]
        assert second == first + 1
        assert told(autosave(year, "a1", "1.2"))["unfinished"] == 0
        Unfinished.objects.create(
            participant=year.a, criterion=year.leaves["1.1"], typed={}, version=7, author=year["a1"],
            changed_at=timezone.now(),
        )  # fmt: skip
        assert told(autosave(year, "a1", "1.2", numerator="5"))["unfinished"] >= first

    def test_the_same_typing_again_changes_nothing(self, year: Year) -> None:
        first = told(autosave(year, "a1", "1.2", numerator="45"))
        again = told(autosave(year, "a1", "1.2", numerator="45"))
        assert first["unfinished"] == again["unfinished"]

    def test_it_is_never_in_the_numbers_of_the_unit(self, year: Year) -> None:
        autosave(year, "a1", "1.2", numerator="45")
        page = text(year.browser("a1").get(url(year)))
        assert "0,00</span> <small>/ 12,00</small>" in page


class TestAnEmptyForm:
    def test_over_nothing_it_ends_what_was_typed(self, year: Year) -> None:
        autosave(year, "a1", "1.2", numerator="45")
        found = told(autosave(year, "a1", "1.2"))
        assert (found["state"], found["version"], found["unfinished"]) == ("saved", 0, 0)
        assert found["node"] == {"icon": "todo", "label": "chưa làm"}
        assert typing_at(year) is None

    def test_over_an_answer_it_is_kept_and_the_answer_stays(self, year: Year) -> None:
        year.declare("1.2", inputs={"numerator": "45", "denominator": "50"})
        found = told(autosave(year, "a1", "1.2"))
        assert (found["state"], found["version"]) == ("kept", 1)
        assert "Câu trả lời đã lưu vẫn còn" in found["faults"][0]["text"]
        kept = typing_at(year)
        assert kept is not None
        assert kept.typed == {}
        assert year.value("1.2", Stage.DECLARED) is not None
        assert told(autosave(year, "a1", "1.2", numerator="45", denominator="50"))["state"] == "saved"
        assert (typing_at(year), ValueChange.objects.count()) == (None, 1)

    def test_a_list_of_which_nothing_was_ever_ticked_is_not_taken_for_an_answer(self, year: Year) -> None:
        Criterion.objects.filter(pk=year.leaves["1.2"].pk).update(rule=CHECKLIST)
        assert told(autosave(year, "a1", "1.2"))["version"] == 0
        assert told(autosave(year, "a1", "1.2", note="xem lại"))["state"] == "kept"
        ticked = told(autosave(year, "a1", "1.2", checked=["a"]))
        assert (ticked["state"], ticked["version"]) == ("saved", 1)
        unticked = told(autosave(year, "a1", "1.2"))  # somebody answered, and takes the last tick out
        assert (unticked["state"], unticked["version"], unticked["points"]) == ("saved", 2, "0,00 / 4,00")


class TestTheSameKey:
    """A reply was lost (case D15): the page sends the same write again."""

    @pytest.mark.parametrize(
        "typing",
        [{"numerator": "45", "denominator": "50"}, {"numerator": "45"}, {}],
        ids=["value", "unfinished", "clear"],
    )
    def test_it_is_answered_the_same_and_does_nothing(self, year: Year, typing: dict[str, str]) -> None:
        browser, before = year.browser("a1"), 0
        if not typing:
            before = told(autosave(year, browser, "1.2", numerator="9"))["unfinished"]
        first = told(autosave(year, browser, "1.2", key=KEY, version=0, unfinished=before, **typing))
        kept = fingerprint()
        again = told(autosave(year, browser, "1.2", key=KEY, version=0, unfinished=before, **typing))
        assert again == first
        assert fingerprint() == kept

    def test_also_when_somebody_went_on_or_the_hour_passed_meanwhile(self, year: Year) -> None:
        first = told(autosave(year, "a1", "1.1", key=KEY, choice="du"))
        told(autosave(year, "aH", "1.1", choice="tre"))
        step(year, "a1", "hand_over")
        assert told(autosave(year, "a1", "1.1", key=KEY, version=0, choice="du")) == first
        value = year.value("1.1", Stage.DECLARED)
        assert value is not None
        assert value.inputs == {"choice": "tre"}

    def test_a_refusal_is_not_kept_under_it(self, year: Year) -> None:
        told(autosave(year, "a1", "1.1", key=KEY, version=7, choice="du"), 409)
        assert told(autosave(year, "a1", "1.1", key=KEY, choice="du"))["state"] == "saved"

    def test_a_key_of_another_write_is_refused_and_nothing_is_lost_under_it(self, year: Year) -> None:
        told(autosave(year, "a1", "1.1", key=KEY, choice="du"))
        for who, code, figures in (("aH", "1.1", {"choice": "tre"}), ("a1", "2.1", {"points": "1"})):
            found = told(autosave(year, who, code, key=KEY, **figures), 409)
            assert (found["state"], "đã dùng cho nội dung khác" in found["text"]) == ("closed", True)
        assert year.value("2.1", Stage.DECLARED) is None

    def test_another_unit_may_have_drawn_the_same(self, year: Year) -> None:
        told(autosave(year, "a1", "1.1", key=KEY, choice="du"))
        assert told(autosave(year, "b1", "1.1", year.b, key=KEY, choice="tre"))["state"] == "saved"
        assert WriteKey.objects.filter(key=KEY).count() == 2


class TestSomebodyElseWasThere:
    def test_their_answer_is_told_in_words_and_as_fields_and_stays(self, year: Year) -> None:
        told(autosave(year, "aH", "1.2", numerator="12486", denominator="20000", note="theo sổ"))
        found = told(autosave(year, "a1", "1.2", version=0, numerator="45", denominator="50"), 409)
        value = year.value("1.2", Stage.DECLARED)
        assert value is not None
        assert found.pop("at") == hour(value.changed_at)
        assert found == {
            "state": "clash", "version": 1, "unfinished": 0, "who": year["aH"].full_name,
            "said": "Số đạt được: 12486/20000. Giải thích thêm: theo sổ",
            "fields": {"note": "theo sổ", "so-numerator": "12486", "so-denominator": "20000"},
        }  # fmt: skip
        assert value.inputs["numerator"] == "12486"

    def test_so_is_what_they_have_not_finished(self, year: Year) -> None:
        told(autosave(year, "aH", "1.2", numerator="12486"))
        kept = typing_at(year)
        assert kept is not None
        for mine in ({"numerator": "1", "denominator": "2"}, {"numerator": "1"}, {}):
            found = told(autosave(year, "a1", "1.2", version=0, unfinished=0, **mine), 409)
            assert (found["state"], found["version"], found["unfinished"]) == ("clash", 0, kept.version)
            assert (found["said"], found["fields"]) == ("Đang nhập dở: Số đạt được: 12486", {"so-numerator": "12486"})
        assert typing_at(year) == kept

    def test_who_wants_the_own_text_sends_it_from_what_stands_now(self, year: Year) -> None:
        told(autosave(year, "aH", "1.2", numerator="12486"))
        clash = told(autosave(year, "a1", "1.2", version=0, unfinished=0, numerator="1", denominator="2"), 409)
        again = {name: clash[name] for name in ("version", "unfinished")}
        assert told(autosave(year, "a1", "1.2", numerator="1", denominator="2", **again))["state"] == "saved"

    def test_an_answer_that_was_taken_away_meanwhile_is_told(self, year: Year) -> None:
        year.declare("1.1", inputs={"choice": "du"})
        year.browser("aH").post(url(year, "answer_clear", "1.1"), {"version": 1})
        found = told(autosave(year, "a1", "1.1", version=1, choice="tre"), 409)
        assert (found["version"], found["said"], found["fields"]) == (0, "Không có câu trả lời", {})


class TestWhenItIsOver:
    def test_on_the_heads_desk_nothing_is_kept(self, year: Year) -> None:
        step(year, "a1", "hand_over")
        browser, before = year.browser("a1"), fingerprint()
        for figures in ({"numerator": "45", "denominator": "50"}, {"numerator": "46"}, {}):
            found = told(autosave(year, browser, "1.2", **figures), 409)
            assert (found["state"], found["text"][:22]) == ("closed", "Hồ sơ đang chờ thủ trư")
        assert fingerprint() == before

    def test_after_the_deadline_too(self, year: Year) -> None:
        autosave(year, "a1", "1.2", numerator="45")
        year.move_window(Phase.SELF_ASSESSMENT, -datetime.timedelta(days=2), -datetime.timedelta(seconds=1))
        found = told(autosave(year, "a1", "1.2", numerator="45", denominator="50"), 409)
        assert (found["state"], found["text"][:12]) == ("closed", "Đã đóng lúc ")
        assert typing_at(year) is not None
        assert "Số đạt được: 45" in text(year.browser("a1").get(url(year, "answer", "1.2")))

    def test_points_that_the_coordinator_enters_are_not_the_units(self, year: Year) -> None:
        assert told(autosave(year, "a1", "3.1", mean="4", responses="100"), 409)["state"] == "closed"

    def test_a_leaf_that_is_taken_out_is_not_answered(self, year: Year) -> None:
        parent = year.leaves["1.2"].parent
        Exclusion.objects.create(
            campaign=year.campaign, participant=year.a, criterion=parent, reason="Không có", legal_basis="QĐ 01",
            entered_by=year["c"], confirmed_by=year["c2"], confirmed_at=timezone.now(),
        )  # fmt: skip
        found = told(autosave(year, "a1", "1.2", numerator="45", denominator="50"), 409)
        assert "không đánh giá với đơn vị" in found["text"]
        assert told(autosave(year, "b1", "1.2", year.b, numerator="45", denominator="50"))["state"] == "saved"


class TestWhoMay:
    @pytest.mark.parametrize("who", ["c", "c2", "h", "l"])
    def test_whoever_only_reads_is_refused(self, year: Year, who: str) -> None:
        browser, before = year.browser(who), fingerprint()
        found = told(autosave(year, browser, "1.1", choice="du"), 403)
        assert found["state"] == "refused"
        assert fingerprint() == before

    @pytest.mark.parametrize("who", ["b1", "bH", "g1", "n", "s"])
    def test_strangers_find_nothing(self, year: Year, who: str) -> None:
        assert autosave(year, who, "1.1", choice="du").status_code == 404
        assert not Value.objects.exists()

    def test_nobody_is_led_to_a_sign_in_page(self, year: Year) -> None:
        assert told(autosave(year, "P", "1.1", choice="du"), 401)["state"] == "signed_out"

    @pytest.mark.parametrize("code", ["1", "9.9", "x"])
    def test_what_is_no_leaf_does_not_exist(self, year: Year, code: str) -> None:
        address = url(year, "answer_save", code)
        assert year.browser("a1").post(address, {"version": 0, "key": KEY}).status_code == 404


class TestWhatIsSent:
    def test_columns_that_the_form_does_not_have_change_nothing(self, year: Year) -> None:
        smuggled = {
            "points": "4", "worth": "4", "stage": "appraised", "participant": year.b.pk,
            "criterion": year.leaves["1.1"].pk, "author": year["b1"].pk, "base_version": "9", "typed": "{}",
            "so-khac": "1", "so-numerator": "45",
        }  # fmt: skip
        data = {"version": 0, "unfinished": 0, "key": KEY} | smuggled
        year.browser("a1").post(url(year, "answer_save", "1.2"), data)
        kept = Unfinished.objects.get()
        assert (kept.participant, kept.criterion, kept.author) == (year.a, year.leaves["1.2"], year["a1"])
        assert (kept.typed, kept.base_version) == ({"so-numerator": "45"}, 0)
        assert not Value.objects.exists()

    @pytest.mark.parametrize(
        ("wrong", "field"),
        [({"key": "ngắn"}, "key"), ({"key": "a" * 37}, "key"), ({"version": "x"}, "version"),
         ({"version": ""}, "version"), ({"version": "-1"}, "version"), ({"unfinished": "một"}, "unfinished")],
    )  # fmt: skip
    def test_a_request_without_key_or_versions_is_not_understood(self, year: Year, wrong: dict, field: str) -> None:
        found = told(autosave(year, "a1", "1.1", choice="du", **wrong), 422)
        assert found["state"] == "refused"
        assert [fault["key"] for fault in found["faults"]] == [field]
        assert not Value.objects.exists()

    def test_what_is_far_too_long_is_refused_in_words(self, year: Year) -> None:
        found = told(autosave(year, "a1", "1.2", note="ồ" * 4000), 422)
        assert "Rút gọn" in found["faults"][0]["text"]
        assert typing_at(year) is None

    def test_markup_stays_text(self, year: Year) -> None:
        autosave(year, "a1", "1.2", numerator="<script>alert(1)</script>", note="</p><script>x</script>")
        page = text(year.browser("a1").get(url(year, "answer", "1.2")))
        assert "<script>alert" not in page
        assert "<script>x" not in page
        assert "&lt;script&gt;alert(1)" in page


@pytest.fixture
def _broken_writes() -> Iterator[None]:
    """The database takes no row of `Value` any more: full, or locked for too long."""

    def refuse(execute: Any, sql: str, *rest: Any) -> Any:
        if sql.startswith("INSERT") and "scoring_value" in sql:
            raise OperationalError("database or disk is full")
        return execute(sql, *rest)

    with connection.execute_wrapper(refuse):
        yield


@pytest.mark.usefixtures("_broken_writes")
def test_a_database_that_takes_nothing_is_told_as_busy_and_nothing_is_stored(year: Year) -> None:
    response = autosave(year, "a1", "1.1", key=KEY, choice="du")
    assert told(response, 503) == {"state": "busy", "retry_after": 5}
    assert response["Retry-After"] == "5"
    assert (Value.objects.count(), WriteKey.objects.count()) == (0, 0)


@pytest.mark.parametrize("is_declared", [True, False], ids=["over an answer", "over nothing"])
@pytest.mark.parametrize("figures", [{"numerator": "46", "denominator": "50"}, {"numerator": "46"}, {}])
def test_a_save_costs_few_queries(year: Year, figures: dict[str, str], is_declared: bool) -> None:
    if is_declared:
        year.declare("1.2", inputs={"numerator": "45", "denominator": "50"})
    browser = year.browser("a1")
    autosave(year, browser, "1.2", numerator="4")
    kept = typing_at(year)
    assert kept is not None
    data = typed(int(is_declared), **figures) | {"unfinished": kept.version, "key": KEY}
    with CaptureQueriesContext(connection) as asked:
        told(browser.post(url(year, "answer_save", "1.2"), data))
    found = [query["sql"][:150] for query in asked if "SAVEPOINT" not in query["sql"]]
    # 18 for the save itself, three to find that no year before stands behind it.
    assert len(found) <= 21, "\n".join(found)


def test_keys_are_forgotten_after_a_fortnight(year: Year, capsys: Any) -> None:
    told(autosave(year, "a1", "1.1", key=KEY, choice="du"))
    told(autosave(year, "a1", "2.1", points="1"))
    WriteKey.objects.filter(key=KEY).update(at=timezone.now() - datetime.timedelta(days=14, minutes=1))
    call_command("prune_write_keys")
    assert capsys.readouterr().out.strip() == "Đã xóa 1 mã lần lưu quá 14 ngày."
    assert not WriteKey.objects.filter(key=KEY).exists()
    assert WriteKey.objects.count() == 1
