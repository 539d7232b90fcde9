"""Questions to the coordinator: asked and answered at the leaf, read by the right ones, never changed again."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from scoring.enums import Phase
from scoring.models import Criterion, Question, QuestionAnswer
from scoring.selectors.open_work import open_work
from scoring.services.asking import MOST_A_DAY, MOST_OPEN_AT_A_LEAF, Answer, ask
from scoring.services.asking import answer as give_answer
from scoring.services.errors import Conflict, StaleEdit
from tests.database import fingerprint
from tests.scoring.dossier.pages import text, url
from tests.year import Year, build_year
from units.enums import NoticeKind, Posting
from units.models import Notice, TrailEntry
from units.models.appendonly import AppendOnly

pytestmark = pytest.mark.django_db
ASKED = "Số hồ sơ tính cả hồ sơ chuyển tiếp không?"
TOLD = "Có, tính cả hồ sơ chuyển tiếp từ năm trước."


@pytest.fixture
def year() -> Year:
    return build_year()


def put(year: Year, who: Any = "a1", text_: str = ASKED, code: str = "1.2", unit: Any = None) -> Any:
    browser = year.browser(who) if isinstance(who, str) else who
    return browser.post(url(year, "questions", code, unit=unit), {"text": text_})


def at(year: Year, question: Question) -> str:
    return reverse("scoring:question", args=[year.organiser.slug, year.campaign.code, question.pk])


def listed(year: Year, query: str = "") -> str:
    return reverse("scoring:questions_campaign", args=[year.organiser.slug, year.campaign.code]) + query


def tell(year: Year, question: Question, who: Any = "c", seen: int = 0, **data: Any) -> Any:
    browser = year.browser(who) if isinstance(who, str) else who
    return browser.post(at(year, question), {"seen": seen, "text": TOLD, **data})


def thread(year: Year, who: str, code: str = "1.2", unit: Any = None) -> str:
    return text(year.browser(who).get(url(year, "questions", code, unit=unit)))


def test_a_question_is_answered_at_its_leaf() -> None:
    year = build_year()
    assert put(year).status_code == 302
    question = Question.objects.get()
    assert "chờ trả lời" in thread(year, "aH")
    assert ASKED in text(year.browser("c").get(listed(year)))
    assert tell(year, question).status_code == 302
    page = thread(year, "a1")
    assert TOLD in page
    assert "chờ trả lời" not in page
    assert "Người c " not in page, "the unit reads the coordinator, not a name"
    acts = set(TrailEntry.objects.values_list("action", flat=True))
    assert {"scoring.ask_question", "scoring.answer_question"} <= acts
    assert not [entry for entry in TrailEntry.objects.all() if ASKED in str(entry.data)]


def test_the_leaf_leads_to_its_questions_and_gives_them_as_a_part(year: Year) -> None:
    put(year)
    address = url(year, "questions", "1.2")
    assert f'data-part="{address}"' in text(year.browser("a1").get(url(year, "answer", "1.2")))
    part = text(year.browser("a1").get(address, headers={"X-Requested-With": "fetch"}))
    assert ASKED in part
    assert "<html" not in part
    assert address not in text(year.browser("h").get(url(year, "answer", "1.2")))


def test_an_answer_for_everybody_names_neither_unit_nor_person(year: Year) -> None:
    put(year, text_="Sở An toàn hỏi: có tính hồ sơ chuyển tiếp?")
    question = Question.objects.get()
    tell(year, question, for_all="on", public_question="Có tính hồ sơ chuyển tiếp không?")
    page = thread(year, "b1", unit=year.b)
    assert "Có tính hồ sơ chuyển tiếp không?" in page
    assert TOLD in page
    assert "Sở An toàn" not in page.partition("<main")[2]
    assert "Người a1" not in page
    assert thread(year, "b1", "1.1", year.b).count(TOLD) == 0, "at its own criterion only"


def test_an_answer_for_the_unit_alone_is_read_by_nobody_else(year: Year) -> None:
    put(year)
    tell(year, Question.objects.get())
    page = thread(year, "b1", unit=year.b)
    assert ASKED not in page
    assert TOLD not in page


def test_an_answer_is_put_right_by_another_and_the_first_stays_readable(year: Year) -> None:
    put(year)
    question = Question.objects.get()
    tell(year, question, for_all="on", public_question="Câu chung")
    tell(year, question, "c2", seen=1, text="Không tính hồ sơ chuyển tiếp.")
    own = thread(year, "a1")
    assert "Không tính hồ sơ chuyển tiếp." in own
    assert f"nay đã thay: {TOLD}" in own
    assert "Câu chung" not in thread(year, "b1", unit=year.b), "the newest answer decides who reads it"


def test_nothing_is_changed_afterwards(year: Year) -> None:
    put(year)
    question = Question.objects.get()
    tell(year, question)
    for row in (question, QuestionAnswer.objects.get()):
        row.text = "khác"
        with pytest.raises(AppendOnly):
            row.save()
        with pytest.raises(AppendOnly):
            row.delete()


def test_pressed_twice_asks_and_answers_once(year: Year) -> None:
    browser, coordinator = year.browser("a1"), year.browser("c")
    for _ in range(2):
        assert put(year, browser).status_code == 302
    question = Question.objects.get()
    for _ in range(2):
        assert tell(year, question, coordinator).status_code == 302
    assert QuestionAnswer.objects.count() == 1


def test_two_coordinators_do_not_answer_over_each_other(year: Year) -> None:
    put(year)
    question = Question.objects.get()
    tell(year, question)
    refused = tell(year, question, "c2", text="Không.")
    assert refused.status_code == 409
    page = text(refused)
    assert TOLD in page
    assert "Không." in page
    assert "Người c" in page
    assert QuestionAnswer.objects.count() == 1
    with pytest.raises(StaleEdit):
        give_answer(question, Answer("Không."), seen=0, by=year["c2"])


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({"text": "  "}, "Ghi câu trả lời."),
        ({"text": "x" * 4001}, "tối đa 4000 ký tự"),
        ({"for_all": "on", "public_question": " "}, "Ghi câu hỏi chung"),
        ({"seen": "x"}, "Mở lại trang rồi sửa"),
    ],
)
def test_a_bad_answer_says_what_to_mend(year: Year, data: dict[str, str], sentence: str) -> None:
    put(year)
    question = Question.objects.get()
    browser, before = year.browser("c"), fingerprint()
    refused = tell(year, question, browser, **{"text": TOLD, **data})
    assert refused.status_code == 422
    assert sentence in text(refused)
    assert fingerprint() == before


@pytest.mark.parametrize(("asked", "sentence"), [("", "Ghi câu hỏi"), ("x" * 2001, "tối đa 2000 ký tự")])
def test_a_bad_question_says_what_to_mend_and_stays_in_the_form(year: Year, asked: str, sentence: str) -> None:
    browser, before = year.browser("a1"), fingerprint()
    refused = put(year, browser, asked)
    assert refused.status_code == 422
    assert sentence in text(refused)
    assert asked in text(refused)
    assert fingerprint() == before


def test_nobody_floods_the_coordinator(year: Year) -> None:
    for number in range(MOST_OPEN_AT_A_LEAF):
        ask(year.a, year.leaves["1.1"], f"Câu {number}", by=year["a1"])
    refused = put(year, text_="Thêm câu nữa", code="1.1")
    assert refused.status_code == 409
    assert "đã có 3 câu hỏi chờ trả lời" in text(refused)
    assert "Thêm câu nữa</textarea>" in text(refused)
    codes = [code for code in year.leaves if code != "1.1"]
    for number in range(MOST_A_DAY - MOST_OPEN_AT_A_LEAF):
        question = ask(year.a, year.leaves[codes[number % 4]], f"Câu {number}", by=year["a1"])
        give_answer(question, Answer("Rồi"), seen=0, by=year["c"])
    with pytest.raises(Conflict, match="24 giờ"):
        ask(year.a, year.leaves["1.2"], "Câu cuối", by=year["a1"])
    ask(year.b, year.leaves["1.2"], "Đơn vị khác vẫn hỏi được", by=year["b1"])


@pytest.mark.parametrize(
    ("who", "read", "asked", "answers"),
    [
        ("aH", 200, 302, 404), ("c", 200, 403, 200), ("l", 403, 403, 404), ("h", 403, 403, 404), ("b1", 404, 404, 404),
        ("g1", 404, 404, 404), ("s", 404, 404, 404), ("n", 404, 404, 404), ("P", 302, 302, 302),
    ],
)  # fmt: skip
def test_who_reads_asks_and_answers(year: Year, who: str, read: int, asked: int, answers: int) -> None:
    put(year)
    browser, question = year.browser(who), Question.objects.get()
    before = fingerprint()
    assert browser.get(url(year, "questions", "1.2")).status_code == read
    assert browser.get(at(year, question)).status_code == answers
    assert browser.get(listed(year)).status_code == answers
    if answers != 200:
        assert tell(year, question, browser).status_code == answers
    assert fingerprint() == before
    assert put(year, browser, "Câu khác").status_code == asked


def test_an_appraiser_of_the_unit_reads_no_question_and_no_history_of_it() -> None:
    year = build_year(Phase.APPRAISAL)
    put(year)
    browser = year.browser("g1")
    assert browser.get(url(year, "questions", "1.2")).status_code == 403
    assert "Hỏi điều phối" not in text(browser.get(url(year, "dossier_history")))
    assert "Hỏi điều phối" in text(year.browser("a1").get(url(year, "dossier_history")))


def test_a_settled_year_takes_no_more_questions() -> None:
    year = build_year(Phase.FINALISED)
    assert "không nhận câu hỏi nữa" in thread(year, "a1")
    assert put(year).status_code == 409
    assert not Question.objects.exists()


def test_the_list_has_open_ones_first_and_narrows(year: Year) -> None:
    for code in ("1.1", "1.2", "2.1"):
        ask(year.a, year.leaves[code], f"Về {code}", by=year["a1"])
    give_answer(Question.objects.get(criterion=year.leaves["1.1"]), Answer("Rồi"), seen=0, by=year["c"])
    page = text(year.browser("c").get(listed(year)))
    assert page.index("Về 1.2") < page.index("Về 2.1") < page.index("Về 1.1")
    assert "Về 1.1" not in text(year.browser("c").get(listed(year, "?trang-thai=open")))
    assert "Về 1.2" not in text(year.browser("c").get(listed(year, "?trang-thai=answered")))


def test_pages_ask_as_much_for_three_questions_as_for_one(year: Year) -> None:
    counts = []
    for wanted in (("Một",), ("Hai", "Ba")):
        for said in wanted:
            give_answer(ask(year.a, year.leaves["1.2"], said, by=year["a1"]), Answer("Rồi"), seen=0, by=year["c"])
        for who, page in (("a1", url(year, "questions", "1.2")), ("c", listed(year)), ("a1", url(year, "board"))):
            browser = year.browser(who)
            with CaptureQueriesContext(connection) as queries:
                assert browser.get(page).status_code == 200
            counts.append(len(queries))
    assert counts[:3] == counts[3:]


def news(year: Year, who: str) -> list[Notice]:
    return list(Notice.objects.filter(user=year[who], subject__contains="1.2").order_by("pk"))


def test_the_notice_of_an_answer_leads_to_the_leaf_where_it_stands(year: Year) -> None:
    put(year)
    tell(year, Question.objects.get())
    notice = Notice.objects.get(user=year["a1"], subject="Sở An toàn: câu hỏi được trả lời")
    assert notice.path == url(year, "questions", "1.2")
    assert news(year, "b1") == []


def test_an_answer_for_all_is_told_the_other_units_as_news_and_a_correction_as_well(year: Year) -> None:
    put(year)
    question = Question.objects.get()
    for number in range(2):
        coordinator = year.browser("c")
        for _ in range(2):
            said = {"for_all": "on", "public_question": "Câu chung", "text": f"{TOLD} {number}"}
            assert tell(year, question, coordinator, seen=number, **said).status_code == 302
    assert news(year, "a1") == []
    for who in ("b1", "bH"):
        found = news(year, who)
        assert [(one.kind, one.letter) for one in found] == [(NoticeKind.NEWS, Posting.MORNING)] * 2
        assert {one.path for one in found} == {url(year, "questions", "1.2", unit=year.b)}
        assert "Sở An toàn" not in "".join(one.subject + one.text + one.note for one in found)


def test_an_answer_at_a_criterion_that_fell_away_leads_to_the_worksheet(year: Year) -> None:
    put(year)
    Criterion.objects.filter(pk=year.leaves["1.2"].pk).update(retired_in=2)
    tell(year, Question.objects.get())
    assert Notice.objects.get(user=year["a1"], subject__endswith="trả lời").path == url(year, "worksheet")


def test_the_mornings_letter_of_the_coordinators_counts_open_questions_and_each_new_one_is_new(year: Year) -> None:
    def lines(who: str) -> list[tuple[str, str, frozenset[str]]]:
        found = open_work(year.campaign, timezone.now())
        return [(one.text, one.path, one.keys) for one in found if one.user == year[who] and "câu hỏi" in one.text]

    assert lines("c") == []
    put(year)
    first = Question.objects.get()
    ((said, path, before),) = lines("c")
    assert said.endswith("1 câu hỏi của đơn vị chờ trả lời.")
    assert path == listed(year)
    assert lines("c2") == [(said, path, before)]
    assert lines("a1") == []
    tell(year, first)
    put(year, text_="Câu khác", code="1.1")
    ((_, _, after),) = lines("c")
    assert after - before


def told_of_questions(year: Year, who: str) -> list[Notice]:
    return list(Notice.objects.filter(user=year[who], kind=NoticeKind.QUESTION).order_by("pk"))


def test_the_coordinators_are_told_at_once_that_somebody_asks_and_not_who_or_what(year: Year) -> None:
    put(year)
    for who in ("c", "c2"):
        (notice,) = told_of_questions(year, who)
        assert (notice.letter, notice.path) == (Posting.WAITING, listed(year))
        assert "Sở An toàn" not in notice.subject + notice.text
        assert ASKED not in notice.text + notice.note
    assert not Notice.objects.filter(kind=NoticeKind.QUESTION).exclude(user__in=(year["c"], year["c2"])).exists()


def test_fifty_questions_are_one_letter_until_the_notice_was_read(year: Year) -> None:
    for number in range(50):
        who, unit = (("a1", year.a), ("b1", year.b))[number % 2]
        asked = ask(unit, year.leaves[("1.1", "1.2", "2.1")[number % 3]], f"Câu {number}", by=year[who])
        give_answer(asked, Answer(TOLD), seen=0, by=year["c"])
    assert len(told_of_questions(year, "c")) == 1
    Notice.objects.filter(user=year["c"], kind=NoticeKind.QUESTION).update(read_at=timezone.now())
    put(year, text_="Câu sau khi đã đọc", code="1.1")
    assert (len(told_of_questions(year, "c")), len(told_of_questions(year, "c2"))) == (2, 1)


def test_a_question_that_was_refused_or_sent_twice_tells_nobody_again(year: Year) -> None:
    put(year, text_="   ")
    assert told_of_questions(year, "c") == []
    put(year)
    put(year)
    assert len(told_of_questions(year, "c")) == 1
