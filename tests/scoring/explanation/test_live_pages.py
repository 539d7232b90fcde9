"""What an open page of an explanation hears of colleagues, and documents brought in where the words are written."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from scoring.enums import Phase, Purpose
from scoring.models import Evidence, EvidenceFile, EvidenceUse
from scoring.selectors.council import point_of
from scoring.selectors.explanation import listed
from scoring.services.agreeing import agree_to_all
from scoring.services.errors import Conflict
from scoring.services.evidence import Details, add_evidence
from scoring.services.transitions import perform
from tests.database import fingerprint
from tests.scoring.dossier.pages import url as worksheet_url
from tests.scoring.evidence import samples
from tests.scoring.explanation.pages import JSON, autosave, page, say, send, standing, url
from tests.scoring.explanation.test_explaining_anew import ask_again, judge_again, lowered
from tests.scoring.explanation.test_letter import content as letter
from tests.year import Year, advance, build_year, sign_all
from units.models import Session

pytestmark = pytest.mark.django_db
BY_ITSELF = JSON | {"X-By-Itself": "1"}


@pytest.fixture
def year() -> Year:
    return build_year(Phase.EXPLANATION)


def pulse(year: Year, who: str = "a1", rev: str = "") -> Any:
    return year.browser(who).get(url(year, "nhip/"), {"ban": rev} if rev else {}, headers=BY_ITSELF)


def bring(year: Year, name: str = "moi.pdf", code: str = "2.1", **where: Any) -> Any:
    """As the script of the page sends one file."""
    data = {
        "key": "k" * 20 + name.partition(".")[0], "criterion": code, "purpose": "explanation",
        "back": url(year, f"tc/{code}/"), "file": SimpleUploadedFile(name, samples.pdf(name.encode())),
    }  # fmt: skip
    return year.browser("a1").post(worksheet_url(year, "evidence_upload"), data | where, headers=JSON)


# ── colleagues ────────────────────────────────────────────────────────────────────────────────────────────────────
def test_it_tells_the_leaves_that_may_be_explained_with_versions_and_who_came_last(year: Year) -> None:
    autosave(year, "2.1", text="Đã gửi ngày 10/12", by="aH")
    found = pulse(year).json()
    assert (len(found["rev"]), found["explanation"]["state"]) == (16, "draft")
    assert set(found["leaves"]) == {"1.2", "2.1"}
    own = standing(year, "2.1")
    assert found["leaves"]["2.1"][:4] == [own["version"], own["unfinished"], 0, year["aH"].full_name]
    assert found["leaves"]["1.2"] == [0, 0, 0, "", ""]
    assert pulse(year, rev=found["rev"]).status_code == 204


def test_whatever_a_colleague_does_makes_it_new(year: Year) -> None:
    rev = pulse(year).json()["rev"]

    def changed() -> bool:
        nonlocal rev
        before, rev = rev, pulse(year).json()["rev"]
        return before != rev

    for act in (
        lambda: autosave(year, "2.1", text="Một", by="aH"),
        lambda: autosave(year, "2.1", text="Hai", by="aH"),
        lambda: say(year, "2.1", "agree", by="aH"),
        lambda: bring(year),
        lambda: send(year),
    ):
        act()
        assert changed()
    assert not changed()


@pytest.mark.parametrize(
    ("who", "status"), [("aH", 200), ("b1", 404), ("g1", 403), ("c", 403), ("h", 403), ("s", 404), ("P", 401)]
)
def test_only_the_unit_hears_of_it(year: Year, who: str, status: int) -> None:
    assert pulse(year, who).status_code == status


def test_it_changes_nothing_keeps_no_session_alive_and_costs_the_same_for_two_as_for_one(year: Year) -> None:
    browser = year.browser("a1")
    browser.get(url(year))

    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert browser.get(url(year, "nhip/"), headers=BY_ITSELF).status_code == 200
        return len(queries)

    autosave(year, "2.1", text="Một")
    before = fingerprint()
    one = cost()
    assert fingerprint() == before
    autosave(year, "1.2", text="Hai")
    long_ago = timezone.now() - datetime.timedelta(minutes=20)
    Session.objects.update(seen_at=long_ago)
    assert cost() == one
    assert set(Session.objects.values_list("seen_at", flat=True)) == {long_ago}


def test_pages_of_the_unit_ask_and_those_of_others_do_not(year: Year) -> None:
    for rest in ("", "tc/2.1/"):
        assert f'data-pulse="{url(year, "nhip/")}"' in year.browser("a1").get(url(year, rest)).content.decode()
    for who in ("c", "g2"):
        assert "data-pulse=" not in year.browser(who).get(url(year)).content.decode()


# ── documents ─────────────────────────────────────────────────────────────────────────────────────────────────────
def test_a_file_brought_at_the_leaf_is_of_the_explanation_and_stands_apart(year: Year) -> None:
    sent = bring(year)
    assert sent.status_code == 201
    (use,) = EvidenceUse.objects.filter(purpose=Purpose.EXPLANATION)
    assert (use.criterion.code, EvidenceFile.objects.last().purpose) == ("2.1", Purpose.EXPLANATION)
    assert f'data-card="{use.evidence_id}"' in sent.json()["card"]
    told = page(year, "tc/2.1/")
    own, before = told.index("Tài liệu của giải trình"), told.index("Tài liệu đã nộp khi tự chấm")
    assert own < told.index("moi") < before
    assert bring(year).json()["pk"] == use.evidence_id, "sent again under its key it is the same one"
    assert Evidence.objects.filter(uses__purpose=Purpose.EXPLANATION).count() == 1


def test_without_a_script_several_files_come_at_once_and_lead_back_to_the_leaf(year: Year) -> None:
    body = year.browser("a1").get(url(year, "tc/2.1/")).content.decode()
    assert 'name="purpose" value="explanation"' in body
    assert 'capture="environment"' in body
    files = [SimpleUploadedFile(f"{name}.pdf", samples.pdf(name.encode())) for name in ("mot", "hai")]
    back = url(year, "tc/2.1/")
    data = {"criterion": "2.1", "purpose": "explanation", "back": back, "uploads": files}
    answer = year.browser("a1").post(worksheet_url(year, "evidence_add"), data)
    assert (answer.status_code, answer.url) == (302, back)
    told = page(year, "tc/2.1/")
    assert "mot" in told
    assert "hai" in told


def test_what_was_handed_in_with_the_self_assessment_cannot_be_touched_there() -> None:
    year = build_year()
    upload = SimpleUploadedFile("cu.pdf", samples.pdf())
    add_evidence(year.a, [upload], Details(abstract="Báo cáo cũ"), by=year["a1"], criterion=year.leaves["1.2"])
    advance(year, Phase.EXPLANATION)
    body = year.browser("a1").get(url(year, "tc/1.2/")).content.decode()
    before = body.split("Tài liệu đã nộp khi tự chấm", 1)[1]
    assert "Báo cáo cũ" in before
    assert "Bỏ khỏi tiêu chí này" not in before
    assert "Lưu thông tin" not in before


def test_once_it_is_sent_documents_are_only_read(year: Year) -> None:
    bring(year)
    say(year, "2.1", text="Đã gửi")
    send(year)
    body = year.browser("a1").get(url(year, "tc/2.1/")).content.decode()
    assert "data-upload=" not in body
    assert "data-flow-form" not in body
    assert bring(year, "muon.pdf").status_code == 409


# ── a fall in the second round ────────────────────────────────────────────────────────────────────────────────────
class TestAFallMayBeAgreedTo:
    @pytest.fixture
    def asked(self) -> Year:
        year = build_year(Phase.REAPPRAISAL)
        judge_again(year, "0.5")
        ask_again(year)
        return year

    def test_agreed_to_and_sent_it_waits_for_nobody_any_more(self, asked: Year) -> None:
        assert "Đồng ý" in page(asked, "tc/2.1/")
        assert say(asked, "2.1", "agree").status_code == 302
        assert "Đồng ý 1 tiêu chí" in page(asked)
        assert lowered(asked), "agreed to, not sent"
        send(asked)
        assert lowered(asked) == []
        assert next((row.lowered, row.again) for row in listed(asked.campaign)) == (1, 1)
        assert point_of(asked.a, asked.leaves["2.1"]).answered_again
        assert "Đồng ý với điểm vòng 2" in page(asked, "tc/2.1/")

    def test_the_page_says_that_silence_is_none_and_what_was_sent(self, asked: Year) -> None:
        assert "không nói gì thì chưa phải là đồng ý" in page(asked)
        say(asked, "2.1", "agree")
        perform(asked.explanation(), "hand_over", asked["a1"])
        form = {"version": asked.explanation().version}
        sent = asked.browser("aH").post(url(asked, "buoc/submit/"), form, follow=True)
        assert "Đã gửi ý kiến về điểm vòng 2" in sent.content.decode()

    def test_the_letter_says_so(self, asked: Year) -> None:
        say(asked, "2.1", "agree")
        send(asked)
        content = letter(asked)
        assert any("Đồng ý với điểm thẩm định vòng 2 của 1 tiêu chí, gồm: 2.1" in line for line in content.paragraphs)

    def test_silence_is_no_agreement_and_a_second_fall_is_agreed_to_anew(self, asked: Year) -> None:
        assert lowered(asked)
        say(asked, "2.1", "agree")
        send(asked)
        sign_all(asked, 2)
        perform(asked.part("2", 2), "reopen", asked["c"], reason="Cộng sai")
        judge_again(asked, "0")
        assert lowered(asked)

    def test_not_all_at_once(self, asked: Year) -> None:
        with pytest.raises(Conflict, match="từng tiêu chí"):
            agree_to_all(asked.a, {asked.leaves["2.1"].pk: 1}, batch="b" * 12, by=asked["a1"])
