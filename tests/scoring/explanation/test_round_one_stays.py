"""Asked again about one leaf in round 2, a unit changes nothing of what it said and brought in round 1."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from scoring.enums import Phase, Purpose, Stage
from scoring.models import Evidence, EvidenceFile, EvidenceUse, ExplanationChoice
from scoring.services.appraisal import appraise
from scoring.services.errors import Conflict
from scoring.services.evidence import Details, add_evidence, add_version
from scoring.services.evidence_details import change_details, drop_use, remove, use_for
from scoring.services.transitions import perform
from scoring.services.values import Content
from tests.scoring.evidence import samples
from tests.scoring.explanation.pages import preview, say, send, url
from tests.year import Year, build_year

pytestmark = pytest.mark.django_db
LATER = datetime.timedelta(days=2)


def ask_again_about_second_component(year: Year) -> None:
    """The second round begins, 2.1 of A falls to 0,50 and the coordinator asks A again."""
    year.move_window(Phase.EXPLANATION, -LATER, -datetime.timedelta(minutes=1))
    perform(year.fresh_group(), "start_reappraisal", year["c"])
    judge_again(year, "0.5")
    perform(year.explanation(), "ask_again", year["c"], reason="Điểm 2.1 giảm", until=timezone.now() + LATER)


def judge_again(year: Year, points: str) -> None:
    content = Content(points=Decimal(points), reason=f"Báo cáo chỉ đáng {points} điểm")
    appraise(year.part("2", 2), year.leaves["2.1"], content, seen=year.seen("2.1", Stage.REAPPRAISED), by=year["g2"])


class TestAgreedAtOnce:
    """A agreed to 1.2 and 2.1 in one press, then explained 2.1, and sent."""

    @pytest.fixture
    def year(self) -> Year:
        year = build_year(Phase.EXPLANATION)
        self.form = preview(year)
        year.browser("a1").post(url(year, "dong-y/"), self.form)
        say(year, "2.1", "explain", "Báo cáo đã gửi ngày 10/12")
        send(year)
        return year

    def undo(self, year: Year) -> Any:
        return year.browser("a1").post(url(year, "dong-y/hoan-tac/"), {"batch": self.form["batch"]}, follow=True)

    def stands(self, year: Year) -> bool:
        choice = ExplanationChoice.objects.get(criterion=year.leaves["1.2"], round=1)
        return choice.opinion == "agree" and choice.sent_at is not None

    def test_in_round_two_it_is_not_taken_back_nor_is_that_offered(self, year: Year) -> None:
        ask_again_about_second_component(year)
        assert "hoan-tac" not in year.browser("a1").get(url(year)).content.decode()
        answer = self.undo(year)
        assert "Không còn gì để hoàn tác" in answer.content.decode()
        assert self.stands(year)

    def test_given_more_time_in_round_one_what_was_sent_is_not_taken_back_in_one_press(self, year: Year) -> None:
        perform(year.explanation(), "reopen", year["c"], reason="Mất điện", until=timezone.now() + LATER * 20)
        assert "hoan-tac" not in year.browser("a1").get(url(year)).content.decode()
        assert "Không còn gì để hoàn tác" in self.undo(year).content.decode()
        assert self.stands(year)


def bring(year: Year, code: str, name: str) -> Evidence:
    """A's staff brings a document for what the unit explains of one leaf."""
    given = Details(number="09/BC-SAT", abstract=name)
    leaf = year.leaves[code]
    upload = SimpleUploadedFile(f"{name}.pdf", samples.pdf(f"({name})".encode()))
    made = add_evidence(year.a, [upload], given, by=year["a1"], criterion=leaf, purpose=Purpose.EXPLANATION)
    return made[0]


def url_of(year: Year, evidence: Evidence) -> str:
    return f"/lam-viec/{year.organiser.slug}/ky/2026/don-vi/SOA/tai-lieu/{evidence.pk}/"


class TestDocuments:
    """A brought a document each for 1.2 and 2.1 in round 1, and sent."""

    @pytest.fixture
    def year(self) -> Year:
        year = build_year(Phase.EXPLANATION)
        say(year, "1.2", "explain", "50 nhiệm vụ tại Quyết định 7")
        say(year, "2.1", "explain", "Báo cáo đã gửi ngày 10/12")
        self.old = {code: bring(year, code, f"Vòng 1 mục {code}") for code in ("1.2", "2.1")}
        send(year)
        ask_again_about_second_component(year)
        return year

    @pytest.mark.parametrize("code", ["1.2", "2.1"])
    def test_what_was_sent_in_round_one_stays_as_it_is(self, year: Year, code: str) -> None:
        evidence, by = self.old[code], year["a1"]
        use = evidence.uses.get()
        upload = SimpleUploadedFile("khac.pdf", samples.pdf(b"(khac)"))
        acts = [
            lambda: drop_use(use, by=by),
            lambda: remove(evidence, by=by),
            lambda: use_for(evidence, year.leaves[code], "tr. 99", by=by, purpose=Purpose.EXPLANATION),
            lambda: change_details(evidence, Details(abstract="Khác"), seen=evidence.version, by=by),
            lambda: add_version(evidence, upload, by=by, purpose=Purpose.EXPLANATION),
            lambda: add_version(evidence, upload, by=by),
        ]
        for act in acts:
            with pytest.raises(Conflict, match=r"giữ nguyên|không phải giải trình"):
                act()
        assert EvidenceUse.objects.get(pk=use.pk).pages == use.pages
        assert EvidenceFile.objects.filter(evidence=evidence).count() == 1
        stands = Evidence.objects.get(pk=evidence.pk)
        assert (stands.abstract, stands.removed_at) == (f"Vòng 1 mục {code}", None)

    def test_by_its_addresses_it_is_refused_in_words_and_its_forms_are_not_shown(self, year: Year) -> None:
        evidence, browser = self.old["1.2"], year.browser("a1")
        own = url_of(year, evidence)
        shown = browser.get(own).content.decode()
        assert "Vòng 1 mục 1.2" in shown
        for form in (f'action="{own}', "Sửa trang dẫn", "Gỡ tài liệu", "Thay bằng bản mới"):
            assert form not in shown
        refused = browser.post(f"{own}dan-chieu/{evidence.uses.get().pk}/go/")
        assert refused.status_code == 409
        assert "Lần này đơn vị không giải trình tiêu chí 1.2" in refused.content.decode()
        assert "Bỏ khỏi tiêu chí" not in browser.get(url(year, "tc/2.1/")).content.decode()

    def test_a_document_of_round_one_stands_for_the_leaf_asked_about_as_well(self, year: Year) -> None:
        use = use_for(self.old["1.2"], year.leaves["2.1"], "tr. 3", by=year["a1"], purpose=Purpose.EXPLANATION)
        drop_use(use, by=year["a1"])
        assert self.old["1.2"].uses.count() == 1

    def test_what_is_brought_now_is_changed_and_taken_away_until_it_is_sent(self, year: Year) -> None:
        new = bring(year, "2.1", "Vòng 2")
        shown = year.browser("a1").get(url_of(year, new)).content.decode()
        for form in ("Sửa trang dẫn", "Gỡ tài liệu", "Thay bằng bản mới", "Lưu thông tin"):
            assert form in shown
        assert "Bỏ khỏi tiêu chí" in year.browser("a1").get(url(year, "tc/2.1/")).content.decode()
        change_details(new, Details(abstract="Khác"), seen=new.version, by=year["a1"])
        use_for(new, year.leaves["2.1"], "tr. 2", by=year["a1"], purpose=Purpose.EXPLANATION)
        add_version(new, SimpleUploadedFile("moi.pdf", samples.pdf(b"(moi)")), by=year["a1"])
        assert remove(new, by=year["a1"]) == ["2.1"]
        kept = bring(year, "2.1", "Vòng 2 lần nữa")
        say(year, "2.1", "explain", "Ngày đúng là 10/12")
        send(year)
        judge_again(year, "0")
        perform(year.explanation(), "ask_again", year["c"], reason="Điểm 2.1 giảm", until=timezone.now() + LATER)
        with pytest.raises(Conflict, match="giữ nguyên"):
            remove(kept, by=year["a1"])

    def test_in_round_one_nothing_is_held(self) -> None:
        year = build_year(Phase.EXPLANATION)
        say(year, "2.1", "explain", "Báo cáo đã gửi ngày 10/12")
        evidence = bring(year, "2.1", "Vòng 1")
        assert "Bỏ khỏi tiêu chí" in year.browser("a1").get(url(year, "tc/2.1/")).content.decode()
        drop_use(evidence.uses.get(), by=year["a1"])
        assert remove(evidence, by=year["a1"]) == []
