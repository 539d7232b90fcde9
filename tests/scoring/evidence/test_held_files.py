"""Tệp bị giữ lại: a false alarm of the virus scanner is looked at again, kept, or opened by two persons (T43)."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from scoring.enums import HeldStepKind
from scoring.files import evidence_store
from scoring.models import Evidence, HeldStep, Scan
from scoring.selectors.held_files import held_file_at, waiting_of
from scoring.services.errors import Conflict, Incomplete, StaleEdit
from scoring.services.evidence_scan import refuse_known_harmful
from scoring.services.held_files import decide
from tests.factories import OrganiserFactory, sign_in
from tests.scoring.evidence import samples
from tests.scoring.evidence.scanner import EICAR, Scanner, scanner
from tests.scoring.evidence.test_scan import opened
from tests.scoring.evidence.year import Year
from units.enums import NoticeKind, Role
from units.models import Membership, Notice, TrailEntry, User
from units.models.appendonly import AppendOnly
from units.permissions import Refused
from units.trail.chain import verify

HARMFUL = samples.image() + EICAR
KEPT, PROPOSED, RELEASED = HeldStepKind.KEPT, HeldStepKind.PROPOSED, HeldStepKind.RELEASED
WHY = "Đã mở thử trên máy cách ly, tệp do phần mềm một cửa xuất ra"


@pytest.fixture
def server(settings: Any) -> Iterator[Scanner]:
    with scanner() as running:
        settings.CLAMD_URL = running.url
        cache.clear()
        yield running


@pytest.fixture
def admin(year: Year) -> User:
    return year.member(Role.ADMINISTRATOR, year.organiser.unit)


@pytest.fixture
def evidence(year: Year, settings: Any) -> Evidence:
    """A document of the first unit that the scanner found harmful after it was stored."""
    made = year.add(HARMFUL, "bao-cao-quy.png")
    Scan.objects.create(sha256=made.files.get().sha256, found="Heuristics.Phishing", at=made.files.get().uploaded_at)
    Notice.objects.all().delete()
    return made


def held(year: Year, user: User) -> Any:
    return held_file_at(User.objects.get(pk=user.pk), year.organiser.slug, Scan.objects.get().pk)


def step(year: Year, user: User, kind: HeldStepKind, seen: int, reason: str = WHY) -> HeldStep:
    fresh = User.objects.get(pk=user.pk)
    return decide(held(year, user), kind, reason, seen=seen, by=fresh)


def address(year: Year, name: str = "held_file") -> str:
    pk = [] if name == "held_files" else [Scan.objects.get().pk]
    return reverse(f"scoring:{name}", args=[year.organiser.slug, *pk])


def said(year: Year, user: User, name: str = "held_file") -> str:
    answer = sign_in(user).get(address(year, name))
    assert answer.status_code == 200
    return str(answer.content.decode())


def test_the_list_tells_who_when_which_file_and_the_scanners_word(year: Year, admin: User, evidence: Evidence) -> None:
    assert "bao-cao-quy.png" in said(year, admin, "held_files")
    shown = said(year, admin)
    for part in ("Heuristics.Phishing", "bao-cao-quy.png", year.staff.full_name, year.first.name, "Đang giữ"):
        assert part in shown
    assert [pk for pk, _ in waiting_of(year.organiser)] == [Scan.objects.get().pk]


def test_what_is_clean_or_was_removed_or_is_held_elsewhere_is_not_in_the_list(
    year: Year, admin: User, evidence: Evidence
) -> None:
    stranger = OrganiserFactory()
    Membership.objects.create(
        user=admin, organiser=stranger, unit=stranger.unit, role=Role.ADMINISTRATOR, valid_from="2025-01-01"
    )
    other = reverse("scoring:held_file", args=[stranger.slug, Scan.objects.get().pk])
    assert sign_in(admin).get(other).status_code == 404
    assert waiting_of(stranger) == []
    Evidence.objects.filter(pk=evidence.pk).update(removed_at=evidence.created_at)
    assert "Không có tệp nào bị giữ lại" in said(year, admin, "held_files")
    assert sign_in(admin).get(address(year)).status_code == 404


def test_two_persons_open_it_and_everybody_who_may_reads_it_again(year: Year, admin: User, evidence: Evidence) -> None:
    assert opened(year, evidence, year.staff) == [403, 403, 403]
    step(year, admin, PROPOSED, 0)
    assert opened(year, evidence, year.staff) == [403, 403, 403]
    assert not Notice.objects.exists(), "a proposal is nobody's news"
    with pytest.raises(Refused, match="Người đề nghị không tự mở được"):
        step(year, admin, RELEASED, 1)
    step(year, year.coordinator, RELEASED, 1)
    assert opened(year, evidence, year.staff) == [200, 200, 200]
    assert opened(year, evidence, year.coordinator) == [200, 200, 200]
    notice = Notice.objects.get(user=year.staff)
    assert notice.kind == NoticeKind.NEWS
    assert "bao-cao-quy.png" in notice.note
    assert "bao-cao-quy.png" not in notice.text + notice.subject
    acts = list(
        TrailEntry.objects.filter(action__contains="_held").order_by("pk").values_list("action", "data__reason")
    )
    assert acts == [("scoring.settle_held", WHY), ("scoring.release_held", WHY)]
    assert verify(year.campaign.trail_scope) == []
    assert waiting_of(year.organiser) == []


def test_released_here_is_not_released_at_another_organiser_nor_against_another_finding(
    year: Year, admin: User, evidence: Evidence
) -> None:
    sha256 = Scan.objects.get().sha256
    step(year, admin, PROPOSED, 0)
    step(year, year.coordinator, RELEASED, 1)
    refuse_known_harmful(sha256, "tệp", year.organiser.pk)
    with pytest.raises(Incomplete, match=r"Heuristics\.Phishing"):
        refuse_known_harmful(sha256, "tệp", OrganiserFactory().pk)
    Scan.objects.update(found="Win.Trojan.Agent")
    assert opened(year, evidence, year.staff) == [403, 403, 403]
    assert len(waiting_of(year.organiser)) == 1
    step(year, admin, PROPOSED, 2)


def test_the_last_decision_alone_counts_for_the_page_the_list_and_the_door(
    year: Year, admin: User, evidence: Evidence
) -> None:
    """Released under one name, kept under another, and the scanner comes back to the first: nothing stands."""
    step(year, admin, PROPOSED, 0)
    step(year, year.coordinator, RELEASED, 1)
    Scan.objects.update(found="Win.Trojan.Agent")
    step(year, admin, KEPT, 2)
    Scan.objects.update(found="Heuristics.Phishing")
    assert "Đang giữ, chờ xử lý" in said(year, admin)
    assert opened(year, evidence, year.staff) == [403, 403, 403]
    assert waiting_of(year.organiser) == [(Scan.objects.get().pk, None)]
    with pytest.raises(Incomplete, match=r"Heuristics\.Phishing"):
        refuse_known_harmful(Scan.objects.get().sha256, "tệp", year.organiser.pk)
    step(year, admin, PROPOSED, 3)
    step(year, year.coordinator, RELEASED, 4)
    assert opened(year, evidence, year.staff) == [200, 200, 200]


def test_a_released_file_can_be_closed_again(year: Year, admin: User, evidence: Evidence) -> None:
    step(year, admin, PROPOSED, 0)
    step(year, year.coordinator, RELEASED, 1)
    step(year, admin, KEPT, 2, "Đơn vị báo tệp không phải của mình")
    assert opened(year, evidence, year.staff) == [403, 403, 403]
    assert "Đơn vị báo tệp không phải của mình" in Notice.objects.get(kind=NoticeKind.WORK).note


def test_keeping_it_asks_the_unit_for_another(year: Year, admin: User, evidence: Evidence) -> None:
    step(year, admin, KEPT, 0, "Gửi lại bản PDF")
    notice = Notice.objects.get(user=year.staff)
    assert "Tải lên bản khác" in notice.text
    assert "Gửi lại bản PDF" in notice.note
    assert waiting_of(year.organiser) == []


@pytest.mark.parametrize(
    ("steps", "kind", "sentence"),
    [
        ([], RELEASED, "Chưa có đề nghị mở"),
        ([KEPT], RELEASED, "Chưa có đề nghị mở"),
        ([PROPOSED], PROPOSED, "đã được đề nghị mở"),
        ([KEPT], KEPT, "đã được yêu cầu tải tệp khác"),
    ],
)
def test_a_step_out_of_turn_is_refused_in_words(
    year: Year, admin: User, evidence: Evidence, steps: list[HeldStepKind], kind: HeldStepKind, sentence: str
) -> None:
    for number, one in enumerate(steps):
        step(year, admin, one, number)
    by = year.coordinator if kind == RELEASED else year.member(Role.ADMINISTRATOR, year.organiser.unit)
    with pytest.raises(Conflict, match=sentence):
        step(year, by, kind, len(steps))
    assert HeldStep.objects.count() == len(steps)


def test_the_same_click_twice_is_one_step_and_a_page_of_yesterday_none(
    year: Year, admin: User, evidence: Evidence
) -> None:
    first = step(year, admin, PROPOSED, 0)
    assert step(year, admin, PROPOSED, 0).pk == first.pk
    with pytest.raises(StaleEdit):
        step(year, admin, KEPT, 0)
    answer = sign_in(admin).post(address(year), {"kind": KEPT, "seen": 0, "reason": "Chữ đã gõ"})
    assert answer.status_code == 409
    assert "Có người vừa xử lý tệp này" in answer.content.decode()
    assert "Chữ đã gõ" in answer.content.decode()


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({"reason": ""}, "Ghi lý do, ví dụ"),
        ({"reason": "x" * 501}, "Rút gọn lý do còn tối đa 500 ký tự"),
        ({"kind": "xoa"}, "Bấm một nút của trang"),
        ({"seen": "x"}, "Tải lại trang rồi làm lại"),
    ],
)
def test_a_form_that_lacks_something_comes_back_with_the_sentence_and_what_was_typed(
    year: Year, admin: User, evidence: Evidence, data: dict[str, str], sentence: str
) -> None:
    answer = sign_in(admin).post(address(year), {"kind": PROPOSED, "seen": 0, "reason": "Chữ đã gõ"} | data)
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert ("Chữ đã gõ" in answer.content.decode()) == ("reason" not in data)
    assert not HeldStep.objects.exists()


def test_nobody_else_sees_or_does_anything(year: Year, admin: User, evidence: Evidence) -> None:
    step(year, admin, PROPOSED, 0)
    leader = year.member(Role.LEADER, year.organiser.unit)
    for user in (year.staff, leader):
        for name in ("held_files", "held_file"):
            assert sign_in(user).get(address(year, name)).status_code == 403
        assert sign_in(user).post(address(year), {"kind": RELEASED, "seen": 1, "reason": WHY}).status_code == 403
        assert sign_in(user).post(address(year, "held_file_scan")).status_code == 403
    coordinator = sign_in(year.coordinator)
    assert coordinator.post(address(year, "held_file_scan")).status_code == 403
    assert coordinator.post(address(year), {"kind": KEPT, "seen": 1, "reason": WHY}).status_code == 403
    assert HeldStep.objects.count() == 1


def test_the_page_offers_what_the_door_would_take(year: Year, admin: User, evidence: Evidence) -> None:
    def offered(user: User) -> set[str]:
        shown = said(year, user)
        return {kind for kind in HeldStepKind.values if f'value="{kind}"' in shown}

    assert (offered(admin), offered(year.coordinator)) == ({"proposed", "kept"}, set())
    step(year, admin, PROPOSED, 0)
    assert (offered(admin), offered(year.coordinator)) == ({"kept"}, {"released"})
    assert "Cần người thứ hai" in said(year, admin)
    step(year, year.coordinator, RELEASED, 1)
    assert (offered(admin), offered(year.coordinator)) == ({"kept"}, set())


def test_scanned_again_and_found_clean_it_is_open_at_once(
    year: Year, admin: User, evidence: Evidence, server: Scanner
) -> None:
    browser = sign_in(admin)
    still = browser.post(address(year, "held_file_scan"), follow=True).content.decode()
    assert "Máy quét vẫn thấy mã độc: Eicar-Signature" in still
    assert opened(year, evidence, year.staff) == [403, 403, 403]
    server.says = b"OK"
    clean = browser.post(address(year, "held_file_scan"), follow=True).content.decode()
    assert "Máy quét không thấy mã độc trong “bao-cao-quy.png” nữa" in clean
    assert opened(year, evidence, year.staff) == [200, 200, 200]
    assert "đã mở" in Notice.objects.get(user=year.staff).subject
    acts = TrailEntry.objects.filter(action="scoring.settle_held").order_by("pk")
    still, open_ = acts.values_list("object_label", flat=True)
    assert "vẫn thấy Eicar-Signature" in still
    assert "không thấy mã độc nữa" in open_


@pytest.mark.parametrize("fault", ["no scanner", "away", "damaged"])
def test_without_a_verdict_nothing_changes_and_the_page_says_why(
    year: Year, admin: User, evidence: Evidence, settings: Any, monkeypatch: pytest.MonkeyPatch, fault: str
) -> None:
    said_ = {"no scanner": "chưa nối máy quét", "away": "Máy quét mã độc chưa trả lời", "damaged": "Tệp trong kho"}
    if fault != "no scanner":
        settings.CLAMD_URL = "tcp://127.0.0.1:1"
    if fault == "damaged":
        evidence_store.discard(evidence.files.get().key)
    cache.clear()
    answer = sign_in(admin).post(address(year, "held_file_scan"))
    assert answer.status_code == 409
    assert said_[fault] in answer.content.decode()
    assert Scan.objects.get().found == "Heuristics.Phishing"


def test_what_was_decided_cannot_be_changed(year: Year, admin: User, evidence: Evidence) -> None:
    made = step(year, admin, KEPT, 0)
    made.kind = RELEASED
    with pytest.raises(AppendOnly):
        made.save()
    with pytest.raises(AppendOnly):
        HeldStep.objects.all().delete()


def test_three_files_ask_as_often_as_one(year: Year, admin: User, evidence: Evidence) -> None:
    counts = []
    for size in (0, 2):
        for number in range(size):
            made = year.add(samples.image(size=(50, 30 + number)), f"{number}.png").files.get()
            Scan.objects.create(sha256=made.sha256, found="X", at=made.uploaded_at)
        browser = sign_in(admin)
        with CaptureQueriesContext(connection) as asked:
            browser.get(reverse("scoring:held_files", args=[year.organiser.slug]))
        counts.append(len(asked))
    assert counts[0] == counts[1]


@pytest.mark.django_db(transaction=True)
def test_two_who_decide_at_the_same_instant_make_one_step(year: Year, admin: User, evidence: Evidence) -> None:
    other = year.member(Role.ADMINISTRATOR, year.organiser.unit)
    came_to: list[str] = []
    gate = threading.Barrier(2)

    def act(user: User, kind: HeldStepKind) -> None:
        found = held(year, user)
        fresh = User.objects.get(pk=user.pk)
        gate.wait(10)
        try:
            decide(found, kind, WHY, seen=0, by=fresh)
            came_to.append("done")
        except StaleEdit:
            came_to.append("stale")
        finally:
            connection.close()

    threads = [threading.Thread(target=act, args=one) for one in ((admin, KEPT), (other, PROPOSED))]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert sorted(came_to) == ["done", "stale"]
    assert HeldStep.objects.count() == 1
