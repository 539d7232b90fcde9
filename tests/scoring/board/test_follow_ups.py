"""A lost point becomes a task with a person, a day and documents, and these stand ready at next year's criterion."""

from __future__ import annotations

import datetime
import re
import uuid
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from scoring.enums import Phase
from scoring.files import evidence_store
from scoring.models import (
    Campaign,
    CriteriaSet,
    Criterion,
    Evidence,
    EvidenceUse,
    FollowUp,
    FollowUpFile,
    Group,
    Participant,
    Scan,
    Submission,
    Window,
)
from scoring.services.errors import Incomplete
from scoring.services.evidence import add_version
from scoring.services.evidence_quota import refuse_sizes_over_quota
from scoring.services.evidence_sweep import sweep
from scoring.services.following_up import MOST_FILES, Task, add_file, bring_to_leaf, make_task, take_file_off
from tests.abuse.browsing import body_of
from tests.database import fingerprint
from tests.scoring.dossier.pages import text, url
from tests.scoring.evidence.samples import image, pdf
from tests.year import Year, build_year
from units.models import TrailEntry

pytestmark = pytest.mark.django_db
DUE = datetime.date(2027, 6, 30)


@pytest.fixture
def year() -> Year:
    """A lost points at 1.2 and 2.1 as the appraisal was released."""
    return build_year(Phase.EXPLANATION)


def form(year: Year, **data: Any) -> dict[str, Any]:
    return {"version": 0, "text": "Gửi báo cáo quý đúng hạn", "owner": year["a1"].pk, "due_on": "30/06/2027",
            "state": "open"} | data  # fmt: skip


def make(year: Year, code: str = "1.2", **data: Any) -> FollowUp:
    task = Task(**{"text": "Gửi báo cáo quý đúng hạn", "owner": year["a1"].pk, "due_on": DUE} | data)
    return make_task(year.a, year.leaves[code], task, "0,80", by=year["a1"])


def pdf_file(name: str = "bao-cao-quy.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, pdf())


def picture() -> SimpleUploadedFile:
    return SimpleUploadedFile("a.png", image())


def browser_of(year: Year, who: str | Client) -> Client:
    return year.browser(who) if isinstance(who, str) else who


def test_a_task_grows_from_a_lost_point(year: Year) -> None:
    staff = year.browser("a1")
    page = text(staff.get(url(year, "follow_ups")))
    assert url(year, "follow_up_add", "1.2") in page
    assert url(year, "follow_up_add", "1.1") not in page, "nothing was lost there"
    assert "mất 0,80 điểm" in text(staff.get(url(year, "follow_up_add", "1.2")))
    assert staff.post(url(year, "follow_up_add", "1.2"), form(year)).status_code == 302
    row = FollowUp.objects.get()
    assert (row.lost, row.owner, row.due_on, row.state) == ("0,80", year["a1"], DUE, "open")
    told = re.sub(r"<[^>]+>", "", text(staff.get(url(year, "follow_ups"))))
    assert "Đã có 1 việc. Lập việc theo dõi" in told
    assert "Chưa làm · Người a1 · hạn 30/06/2027 · 0 tài liệu" in told
    trace = TrailEntry.objects.get(action="scoring.follow_up")
    assert trace.object_label == f"Lập việc theo dõi: {year.a.name}, 1.2"


def test_nothing_is_made_before_the_result_is_released_or_where_nothing_was_lost(year: Year) -> None:
    assert year.browser("a1").get(url(year, "follow_up_add", "1.1")).status_code == 404
    early = build_year(Phase.APPRAISAL, slug="quang-som")
    staff = early.browser("a1")
    before = fingerprint()
    assert "Chưa có kết quả thẩm định" in text(staff.get(url(early, "follow_ups")))
    assert staff.post(url(early, "follow_up_add", "1.2"), form(early)).status_code == 409
    assert fingerprint() == before


def test_pressed_twice_it_is_one_task(year: Year) -> None:
    staff = year.browser("a1")
    for _ in range(2):
        assert staff.post(url(year, "follow_up_add", "1.2"), form(year)).status_code == 302
    assert FollowUp.objects.count() == 1


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({"text": " "}, "Ghi việc phải làm"),
        ({"text": "x" * 1001}, "tối đa 1000 ký tự"),
        ({"owner": ""}, "Chọn người làm."),
        ({"owner": "999999"}, "không còn làm việc ở đơn vị"),
        ({"due_on": "31/02/2027"}, "Hạn"),
        ({"due_on": "01/01/2019"}, "Hạn phải từ năm 2026 đến năm 2029."),
        ({"state": "khác"}, "khác"),
    ],
)
def test_a_bad_task_says_what_to_mend_and_keeps_what_was_typed(year: Year, data: dict[str, Any], sentence: str) -> None:
    staff, before = year.browser("a1"), fingerprint()
    refused = staff.post(url(year, "follow_up_add", "1.2"), form(year, **data))
    assert refused.status_code == 422
    page = text(refused)
    assert sentence in page
    assert data.get("text", "Gửi báo cáo quý đúng hạn") in page
    assert fingerprint() == before


def test_a_change_is_guarded_by_its_version(year: Year) -> None:
    row = make(year)
    address = url(year, "follow_up", row.pk)
    assert year.browser("aH").post(address, form(year, version=1, state="doing")).status_code == 302
    refused = year.browser("a1").post(address, form(year, version=1, text="Việc khác"))
    assert refused.status_code == 409
    page = text(refused)
    assert "Việc khác" in page
    assert "Tình trạng: Đang làm" in page
    row.refresh_from_db()
    assert (row.text, row.state, row.version) == ("Gửi báo cáo quý đúng hạn", "doing", 2)
    assert year.browser("a1").post(address, form(year, version=1, state="doing")).status_code == 302, "the same is none"


def test_the_list_is_filtered_and_late_ones_are_marked(year: Year) -> None:
    make(year, text="Trễ rồi", due_on=datetime.date(2026, 1, 5))
    make(year, text="Của thủ trưởng", owner=year["aH"].pk, code="2.1")
    make(year, text="Đã xong", due_on=datetime.date(2026, 1, 6), state="done")
    staff = year.browser("a1")

    def shown(query: str) -> set[str]:
        page = text(staff.get(url(year, "follow_ups") + query))
        return {said for said in ("Trễ rồi", "Của thủ trưởng", "Đã xong") if said in page}

    assert shown("") == {"Trễ rồi", "Của thủ trưởng", "Đã xong"}
    assert shown("?loc=chua-xong") == {"Trễ rồi", "Của thủ trưởng"}
    assert shown("?loc=qua-han") == {"Trễ rồi"}
    assert shown("?loc=cua-toi") == {"Trễ rồi", "Đã xong"}
    assert shown("?loc=xong") == {"Đã xong"}
    assert text(staff.get(url(year, "follow_ups"))).count('<b class="late">Quá hạn</b>') == 1
    assert "1 quá hạn" in text(staff.get(url(year, "board")))


def test_documents_are_kept_with_the_task(year: Year) -> None:
    row = make(year)
    staff = year.browser("a1")
    for _ in range(2):
        posted = staff.post(url(year, "follow_up_bring", row.pk), {"file": pdf_file(), "abstract": "Báo cáo quý I"})
        assert posted.status_code == 302
    file = FollowUpFile.objects.get()
    assert file.abstract == "Báo cáo quý I"
    saved = staff.get(url(year, "follow_up_file", row.pk, file.pk))
    assert b"".join(saved.streaming_content) == pdf()
    assert "sandbox" in saved["Content-Security-Policy"]
    assert "attachment" in saved["Content-Disposition"]
    assert sweep().faults == []
    for _ in range(2):
        assert staff.post(url(year, "follow_up_drop", row.pk, file.pk)).status_code == 302
    assert staff.get(url(year, "follow_up_file", row.pk, file.pk)).status_code == 404
    assert TrailEntry.objects.filter(object_label__startswith="Gỡ tài liệu việc").count() == 1


def test_a_hostile_or_missing_file_is_refused_and_leaves_no_byte(year: Year) -> None:
    row = make(year)
    staff, keys = year.browser("a1"), set(evidence_store.stored_keys())
    before = fingerprint()
    for posted in ({}, {"file": SimpleUploadedFile("a.exe", b"MZ" * 50)}, {"file": SimpleUploadedFile("a.pdf", b"")}):
        assert staff.post(url(year, "follow_up_bring", row.pk), posted).status_code == 422
    assert fingerprint() == before
    assert set(evidence_store.stored_keys()) == keys


def test_a_task_holds_only_so_many_files(year: Year) -> None:
    row = make(year)
    for number in range(MOST_FILES):
        file = add_file(row, SimpleUploadedFile("a.png", image(size=(40, 30 + number))), "", by=year["a1"])
    take_file_off(file, by=year["a1"])
    with pytest.raises(Incomplete, match="tối đa 20 tệp"):
        add_file(row, pdf_file(), "", by=year["a1"])


def test_what_is_gathered_for_tasks_counts_towards_what_the_unit_may_keep(year: Year, settings: Any) -> None:
    settings.EVIDENCE_FILES_PER_UNIT = 2
    rows = [make(year), make(year, code="2.1")]
    take_file_off(add_file(rows[0], pdf_file(), "", by=year["a1"]), by=year["a1"])
    add_file(rows[1], pdf_file(), "", by=year["a1"])
    keys = set(evidence_store.stored_keys())
    refused = year.browser("a1").post(url(year, "follow_up_bring", rows[1].pk), {"file": picture()})
    assert refused.status_code == 422
    assert "Đơn vị đã lưu 2 tệp; tối đa 2 tệp trong một kỳ." in text(refused)
    with pytest.raises(Incomplete, match="tối đa 2 tệp"):
        refuse_sizes_over_quota(year.a, [1])
    settings.EVIDENCE_FILES_PER_UNIT, settings.EVIDENCE_BYTES_PER_UNIT = 500, 2 * len(pdf()) + 1
    with pytest.raises(Incomplete, match="sẽ vượt"):
        add_file(rows[0], picture(), "", by=year["a1"])
    assert (FollowUpFile.objects.count(), set(evidence_store.stored_keys())) == (2, keys)


def test_no_history_tells_the_coordinator_what_a_task_says(year: Year) -> None:
    staff = year.browser("a1")
    said = {"text": "Việc riêng của Sở An toàn", "due_on": "29/06/2027", "owner": year["aH"].pk}
    assert staff.post(url(year, "follow_up_add", "1.2"), form(year, **said)).status_code == 302
    row = FollowUp.objects.get()
    for version, change in enumerate(({"text": "Việc riêng khác"}, {"state": "done"}), start=1):
        said |= change
        assert staff.post(url(year, "follow_up", row.pk), form(year, version=version, **said)).status_code == 302
    take_file_off(add_file(row, pdf_file("rieng-tu.pdf"), "Trích yếu riêng", by=year["a1"]), by=year["a1"])
    campaign = reverse("scoring:history", args=[year.organiser.slug, year.campaign.code])
    for page in (url(year, "dossier_history"), campaign):
        told = text(year.browser("c").get(page))
        for act in ("Lập", "Sửa", "Xong", "Thêm tài liệu", "Gỡ tài liệu"):
            assert f"{act} việc theo dõi: {year.a.name}, 1.2" in told
        for word in ("riêng", "rieng-tu", "29/06/2027", "Người phụ trách"):
            assert word not in told.partition("<main")[2], (page, word)


def next_year(year: Year) -> Year:
    """The year after: its set is a copy, so that criteria go on by their permanent ids; A fills it in."""
    old = year.campaign
    campaign = Campaign.objects.create(
        organiser=year.organiser, code="2027", title="Chỉ số CCHC năm 2027", year=2027, policy=old.policy,
        grades=old.grades, gates=old.gates,
    )  # fmt: skip
    own = CriteriaSet.objects.create(campaign=campaign, code="so", title="Bộ tiêu chí cấp sở")
    made: dict[int, Criterion] = {}
    for node in Criterion.objects.filter(criteria_set=year.criteria_set).order_by("path"):
        source = node.pk
        node.pk, node.criteria_set, node.parent = None, own, made.get(node.parent_id or 0)
        node._state.adding = True
        node.save()
        made[source] = node
    group = Group.objects.create(campaign=campaign, code="so", title="Sở", position=1, phase=Phase.SELF_ASSESSMENT)
    window = year.group.windows.get(phase=Phase.SELF_ASSESSMENT)
    Window.objects.create(
        group=group, phase=Phase.SELF_ASSESSMENT, opens_at=window.opens_at, closes_at=window.closes_at
    )
    units = [
        Participant.objects.create(
            campaign=campaign, unit=unit.unit, code=unit.code, name=unit.name, group=group, criteria_set=own
        )
        for unit in (year.a, year.b)
    ]
    for unit in units:
        Submission.objects.create(participant=unit)
    leaves = {code: made[leaf.pk] for code, leaf in year.leaves.items()}
    return Year(year.organiser, campaign, group, own, leaves, units[0], units[1], year.people)


def bring(year: Year, who: str | Client, file: FollowUpFile, code: str = "1.2", **data: Any) -> Any:
    posted = {"file": file.pk, "key": str(uuid.uuid4()), **data}
    return browser_of(year, who).post(url(year, "follow_up_offers", code), posted)


def test_next_year_the_documents_stand_ready_at_the_criterion(year: Year) -> None:
    file = add_file(make(year), pdf_file(), "Báo cáo quý I", by=year["a1"])
    after = next_year(year)
    staff = after.browser("a1")
    assert "Báo cáo quý I" in text(staff.get(url(after, "follow_up_offers", "1.2")))
    assert "Báo cáo quý I" not in text(staff.get(url(after, "follow_up_offers", "1.1")))
    assert f'data-part="{url(after, "follow_up_offers", "1.2")}"' in text(staff.get(url(after, "answer", "1.2")))
    key = str(uuid.uuid4())
    for _ in range(2):
        assert bring(after, staff, file, key=key)["Location"] == url(after, "answer", "1.2")
    use = EvidenceUse.objects.get(evidence__participant=after.a)
    assert (use.criterion, use.evidence.abstract) == (after.leaves["1.2"], "Báo cáo quý I")
    assert bring_to_leaf(after.a, after.leaves["1.2"], file.pk, key=str(uuid.uuid4()), by=after["a1"]) == use.evidence
    assert Evidence.objects.filter(participant=after.a).count() == 1


def test_bytes_that_a_newer_version_replaced_are_brought_as_a_document_of_their_own(year: Year) -> None:
    file = add_file(make(year), pdf_file(), "Báo cáo quý I", by=year["a1"])
    after = next_year(year)
    old = bring_to_leaf(after.a, after.leaves["1.2"], file.pk, key=str(uuid.uuid4()), by=after["a1"])
    assert old is not None
    add_version(old, picture(), by=after["a1"])
    made = bring_to_leaf(after.a, after.leaves["1.2"], file.pk, key=str(uuid.uuid4()), by=after["a1"])
    assert made not in (None, old)
    assert Evidence.objects.filter(participant=after.a).count() == 2


def test_bytes_that_are_known_to_be_harmful_are_not_brought(year: Year) -> None:
    file = add_file(make(year), pdf_file(), "Báo cáo quý I", by=year["a1"])
    Scan.objects.create(sha256=file.sha256, found="Eicar-Signature", at=file.uploaded_at)
    after = next_year(year)
    refused = bring(after, "a1", file)
    assert refused.status_code == 422
    assert "Tệp “bao-cao-quy.pdf” có mã độc (Eicar-Signature) và đang bị cách ly" in text(refused)
    assert not Evidence.objects.filter(participant=after.a).exists()


def test_another_unit_and_another_criterion_are_offered_nothing(year: Year) -> None:
    file = add_file(make(year), pdf_file(), "Báo cáo quý I", by=year["a1"])
    after = next_year(year)
    page = after.browser("b1").get(url(after, "follow_up_offers", "1.2", unit=after.b))
    assert "Báo cáo quý I" not in text(page)
    with pytest.raises(Incomplete):
        bring_to_leaf(after.b, after.leaves["1.2"], file.pk, key="k" * 20, by=after["b1"])
    with pytest.raises(Incomplete):
        bring_to_leaf(after.a, after.leaves["1.1"], file.pk, key="k" * 20, by=after["a1"])
    assert Evidence.objects.count() == 0


def test_after_the_hour_nothing_is_brought(year: Year) -> None:
    file = add_file(make(year), pdf_file(), "Báo cáo quý I", by=year["a1"])
    after = next_year(year)
    after.move_window(Phase.SELF_ASSESSMENT, -datetime.timedelta(days=2), -datetime.timedelta(seconds=1))
    staff = after.browser("a1")
    refused = bring(after, staff, file)
    assert refused.status_code == 409
    assert "Đã đóng lúc" in text(refused)
    assert bring(after, staff, file, key="").status_code == 422
    assert not Evidence.objects.filter(participant=after.a).exists()


@pytest.mark.parametrize(
    ("who", "status"),
    [("aH", 200), ("c", 403), ("l", 403), ("h", 403), ("g1", 403), ("b1", 404), ("n", 404), ("P", 302)],
)
def test_tasks_are_the_units_own_and_the_coordinator_counts_them(year: Year, who: str, status: int) -> None:
    row = make(year, text="Việc riêng của Sở An toàn")
    file = add_file(row, pdf_file(), "Báo cáo quý I", by=year["a1"])
    browser = year.browser(who)
    before = fingerprint()
    pages = [("follow_ups",), ("follow_up", row.pk), ("follow_up_file", row.pk, file.pk), ("follow_up_offers", "1.2")]
    for page in pages:
        answer = browser.get(url(year, *page))
        body_of(answer)
        assert answer.status_code == status, page
    if status != 200:
        assert browser.post(url(year, "follow_up", row.pk), form(year, version=1)).status_code == status
        assert browser.post(url(year, "follow_up_drop", row.pk, file.pk)).status_code == status
        assert browser.post(url(year, "follow_up_add", "1.2"), form(year)).status_code == status
        assert fingerprint() == before
    counts = browser.get(reverse("scoring:follow_ups_campaign", args=[year.organiser.slug, year.campaign.code]))
    assert counts.status_code == {"c": 200, "P": 302}.get(who, 404)
    if who == "c":
        assert "Sở An toàn" in text(counts)
        assert "Việc riêng" not in text(counts)


def test_the_list_and_the_counts_ask_as_much_for_three_as_for_one(year: Year) -> None:
    counts = []
    campaign = reverse("scoring:follow_ups_campaign", args=[year.organiser.slug, year.campaign.code])
    for wanted in (("Một",), ("Hai", "Ba")):
        for said in wanted:
            add_file(make(year, text=said), pdf_file(), said, by=year["a1"])
        for who, page in (("a1", url(year, "follow_ups")), ("c", campaign), ("a1", url(year, "board"))):
            browser = year.browser(who)
            with CaptureQueriesContext(connection) as queries:
                assert browser.get(page).status_code == 200
            counts.append(len(queries))
    assert counts[:3] == counts[3:]
