"""At the same instant: one share, one question, one answer, one document; the others are told or find it done."""

from __future__ import annotations

from collections import Counter

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from scoring.enums import Phase
from scoring.files import evidence_store
from scoring.models import FollowUp, FollowUpFile, LeafCharge, Question, QuestionAnswer
from scoring.services.asking import Answer, answer, ask
from scoring.services.errors import StaleEdit
from scoring.services.following_up import Task, add_file, change_task
from scoring.services.sharing import share_out
from tests.racing import at_once
from tests.scoring.board.test_follow_ups import DUE, make
from tests.scoring.evidence.samples import pdf
from tests.year import build_year

pytestmark = pytest.mark.django_db(transaction=True)


def test_of_two_shares_of_a_leaf_one_stands_and_the_other_is_told() -> None:
    year = build_year()
    leaf, people = year.leaves["1.2"].pk, [year["a1"], year["aH"]]
    found = at_once([lambda one=one: share_out(year.a, {leaf: 0}, one.pk, by=one) for one in people])
    assert Counter(type(one) for one in found) == {list: 1, StaleEdit: 1}
    assert LeafCharge.objects.count() == 1


def test_a_question_sent_many_times_at_once_is_asked_once() -> None:
    year = build_year()
    asker = year["a1"]
    found = at_once([lambda: ask(year.a, year.leaves["1.2"], "Tính cả hồ sơ cũ?", by=asker).pk for _ in range(4)])
    assert len(set(found)) == 1
    assert Question.objects.count() == 1


def test_two_coordinators_who_answer_at_once_do_not_both_count() -> None:
    year = build_year()
    question = ask(year.a, year.leaves["1.2"], "Tính cả hồ sơ cũ?", by=year["a1"])
    people = [year["c"], year["c2"]]
    found = at_once([lambda one=one: answer(question, Answer(one.full_name), seen=0, by=one) for one in people])
    assert Counter(type(one) for one in found) == {QuestionAnswer: 1, StaleEdit: 1}
    assert QuestionAnswer.objects.count() == 1


def test_a_document_sent_twice_at_once_is_kept_once_and_leaves_no_byte() -> None:
    year = build_year(Phase.EXPLANATION)
    row, by = make(year), year["a1"]
    before = len(list(evidence_store.stored_keys()))
    found = at_once([lambda: add_file(row, SimpleUploadedFile("a.pdf", pdf()), "", by=by).pk for _ in range(3)])
    assert len(set(found)) == 1, found
    assert FollowUpFile.objects.count() == 1
    assert len(list(evidence_store.stored_keys())) == before + 1


def test_of_two_changes_of_a_task_one_is_told() -> None:
    year = build_year(Phase.EXPLANATION)
    row, by = make(year), year["a1"]
    words = ["Gửi sớm hơn", "Gửi đủ phụ lục"]
    found = at_once([lambda said=said: change_task(row, Task(said, by.pk, DUE), seen=1, by=by) for said in words])
    assert Counter(type(one) for one in found) == {FollowUp: 1, StaleEdit: 1}
    assert FollowUp.objects.get().version == 2
