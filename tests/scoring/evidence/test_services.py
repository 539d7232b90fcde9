"""Evidence comes in, changes and goes under the pen of its step; rows and bytes stay together (T05, T40, T45, D07)."""

from __future__ import annotations

import datetime
import os
import threading
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.files.base import File
from django.core.files.storage import storages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.db import OperationalError, connection, transaction

from scoring.enums import Phase, Purpose, Stage
from scoring.files.evidence_storage import DurableStorage
from scoring.files.evidence_store import StoreFailed
from scoring.models import Evidence, EvidenceFile, EvidenceUse, Submission
from scoring.services.dossier import read_dossier
from scoring.services.errors import Conflict, Incomplete, StaleEdit
from scoring.services.evidence import Details, FilesRefused, add_evidence, add_version
from scoring.services.evidence_details import change_details, drop_use, remove, use_for
from scoring.services.evidence_sweep import sweep
from scoring.services.receipts import contents
from tests.database import fingerprint, tamper
from tests.factories import answer
from tests.scoring.evidence import samples
from tests.scoring.evidence.year import HOUR, Year, build, stored
from units.models import TrailEntry
from units.permissions import Refused

DETAILS = Details("42/BC-UBND", datetime.date(2025, 12, 5), "UBND xã", "Báo cáo năm")


def root() -> Path:
    return Path(settings.STORAGES["evidence"]["OPTIONS"]["location"])


def objects() -> list[Path]:
    return [path for path in root().rglob("*") if path.is_file()]


def upload(data: bytes | None = None, name: str = "bao-cao.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, data or samples.pdf())


def lost_point(year: Year) -> None:
    """The appraisal takes points off leaf 1.1, so that it may be explained."""
    year.first.values.filter(stage=Stage.APPRAISED).delete()
    answer(year.first, year.leaf("1.1"), Stage.APPRAISED, inputs={"choice": "khong"}, worth=0)


class TestComingIn:
    def test_a_document_is_a_row_a_version_a_use_and_an_object(self, year: Year) -> None:
        data = samples.document()
        made = year.add(data, "Báo_cáo năm.docx", criterion=year.leaf("1.1"), pages="tr. 3–5")
        (file,) = made.files.all()
        assert (file.number, file.kind, file.size, file.name) == (1, "docx", len(data), "Báo_cáo năm.docx")
        assert [path.read_bytes() for path in objects()] == [data]
        (use,) = made.uses.all()
        assert (use.criterion.code, use.pages, use.purpose) == ("1.1", "tr. 3–5", Purpose.DECLARED)
        entry = TrailEntry.objects.get(action="scoring.add_evidence")
        assert (entry.scope, entry.data["sha256"]) == (year.campaign.trail_scope, file.sha256)
        assert entry.data["criterion"] == "1.1"

    def test_several_files_share_the_letter_and_carry_their_own_names(self, year: Year) -> None:
        made = add_evidence(year.first, [upload(), upload(samples.image(), "phu_luc 1.png")], DETAILS, by=year.staff)
        assert [item.abstract for item in made] == ["Báo cáo năm – bao-cao", "Báo cáo năm – phu luc 1"]
        assert {item.number for item in made} == {"42/BC-UBND"}

    def test_without_an_abstract_the_name_of_the_file_stands_in(self, year: Year) -> None:
        assert year.add(name="ke_hoach.pdf", details=Details()).abstract == "ke hoach"

    def test_one_bad_file_and_none_is_stored_with_every_fault_told(self, year: Year) -> None:
        before = fingerprint()
        files = [upload(), upload(b"<html>", "a.html"), upload(samples.document(), "b.docm")]
        with pytest.raises(FilesRefused) as refused:
            add_evidence(year.first, files, DETAILS, by=year.staff)
        assert [fault.name for fault in refused.value.faults] == ["a.html", "b.docm"]
        assert fingerprint() == before
        assert objects() == []

    def test_nothing_chosen_is_told(self, year: Year) -> None:
        with pytest.raises(Incomplete, match="Chọn ít nhất một tệp"):
            add_evidence(year.first, [], DETAILS, by=year.staff)


class TestThePen:
    @pytest.mark.parametrize("phase", [phase for phase in Phase if phase != Phase.SELF_ASSESSMENT])
    def test_in_another_phase_the_self_assessment_takes_no_evidence(self, year: Year, phase: Phase) -> None:
        made = year.add()
        before = fingerprint()
        year.first.group.__class__.objects.filter(pk=year.first.group_id).update(phase=phase)
        with pytest.raises(Conflict):
            year.add(purpose=Purpose.DECLARED)
        with pytest.raises(Conflict):
            add_version(made, upload(samples.image(), "a.png"), by=year.staff)
        with pytest.raises(Conflict):
            use_for(made, year.leaf("1.1"), "", by=year.staff)
        with pytest.raises(Conflict):
            change_details(made, Details(abstract="Khác"), seen=1, by=year.staff)
        with pytest.raises(Conflict):
            remove(made, by=year.staff)
        year.first.group.__class__.objects.filter(pk=year.first.group_id).update(phase=Phase.SELF_ASSESSMENT)
        assert fingerprint() == before
        assert len(objects()) == 1

    def test_after_the_hour_and_after_the_submission_the_reason_is_told(self, year: Year) -> None:
        year.close_window()
        with pytest.raises(Conflict, match=r"Đã đóng lúc .* Hồ sơ chỉ còn để xem"):
            year.add()
        year.move(Phase.SELF_ASSESSMENT)
        year.submit()
        with pytest.raises(Conflict, match="Hồ sơ đã nộp nên không sửa được"):
            year.add()
        assert (stored(), objects()) == (0, [])

    def test_people_outside_the_unit_are_refused_and_store_nothing(self, year: Year) -> None:
        for person in (year.other_staff, year.coordinator, year.appraiser("1")):
            with pytest.raises(Refused):
                year.add(by=person)
        assert (stored(), objects()) == (0, [])

    def test_an_unlocked_dossier_takes_evidence_until_its_limit(self, year: Year) -> None:
        year.move(Phase.APPRAISAL)
        now = year.first.submission
        Submission.objects.filter(pk=now.pk).update(
            extended_until=datetime.datetime.now(datetime.UTC) + HOUR, extension_reason="Thiếu trang ký"
        )
        assert year.add().files.get().purpose == Purpose.DECLARED

    def test_a_lock_that_comes_while_the_bytes_travel_wins_and_the_bytes_go(self, year: Year) -> None:
        class LockedMeanwhile(DurableStorage):
            def _write(self, file: Any, content: File) -> None:
                super()._write(file, content)
                year.submit()

        storages._storages["evidence"] = LockedMeanwhile(location=root())
        with pytest.raises(Conflict, match="Hồ sơ đã nộp"):
            year.add()
        assert (stored(), objects()) == (0, [])


class TestExplanation:
    def test_what_the_explanation_brings_is_told_apart_and_leaves_the_rest_alone(self, year: Year) -> None:
        handed_in = year.add(criterion=year.leaf("1.1"))
        year.open_explanation()
        lost_point(year)
        brought = year.add(samples.image(), "anh.png", criterion=year.leaf("1.1"))
        assert brought.files.get().purpose == brought.uses.get().purpose == Purpose.EXPLANATION
        assert use_for(handed_in, year.leaf("1.1"), "tr. 9", by=year.staff).purpose == Purpose.EXPLANATION
        with pytest.raises(Conflict):
            drop_use(handed_in.uses.get(purpose=Purpose.DECLARED), by=year.staff)
        with pytest.raises(Conflict):
            remove(handed_in, by=year.staff)
        with pytest.raises(Conflict):
            change_details(handed_in, Details(abstract="Khác"), seen=1, by=year.staff)
        assert remove(brought, by=year.staff) == ["1.1"]

    def test_a_document_handed_in_gets_a_new_version_beside_the_old(self, year: Year) -> None:
        made = year.add()
        year.open_explanation()
        newer = add_version(made, upload(samples.image(), "anh.png"), by=year.staff)
        assert [(file.number, file.purpose) for file in made.files.all()] == [(1, "declared"), (2, "explanation")]
        assert newer.kind == "png"

    def test_a_leaf_that_lost_nothing_takes_no_evidence_of_an_explanation(self, year: Year) -> None:
        year.open_explanation()
        year.first.values.filter(stage=Stage.APPRAISED).delete()
        with pytest.raises(Conflict, match="không bị trừ điểm"):
            year.add(criterion=year.leaf("1.1"))
        assert (stored(), objects()) == (0, [])

    def test_once_sent_the_explanation_takes_no_more(self, year: Year) -> None:
        year.open_explanation()
        year.close_explanation()
        with pytest.raises(Conflict, match="Giải trình đã gửi"):
            year.add()


class TestVersions:
    def test_every_version_keeps_its_bytes_digest_and_time(self, year: Year) -> None:
        made = year.add()
        first = made.files.get()
        add_version(made, upload(samples.workbook(), "bang.xlsx"), by=year.staff)
        numbers = list(made.files.values_list("number", "kind"))
        assert numbers == [(1, "pdf"), (2, "xlsx")]
        assert (root() / first.key).read_bytes() == samples.pdf()
        assert len({file.key for file in made.files.all()}) == len({file.sha256 for file in made.files.all()}) == 2

    def test_the_same_bytes_again_are_no_version(self, year: Year) -> None:
        made = year.add()
        with pytest.raises(Incomplete, match="giống hệt bản 1 đang có"):
            add_version(made, upload(), by=year.staff)
        assert (stored(), len(objects())) == (1, 1)

    def test_the_receipt_names_every_version(self, year: Year) -> None:
        made = year.add(criterion=year.leaf("1.1"))
        add_version(made, upload(samples.workbook(), "bang.xlsx"), by=year.staff)
        (told,) = contents(read_dossier(year.first))["evidence"]
        assert [file["sha256"] for file in told["files"]] == list(made.files.values_list("sha256", flat=True))


class TestDetailsAndUses:
    def test_an_edit_from_an_older_version_is_not_taken_and_shows_what_stands(self, year: Year) -> None:
        made = year.add()
        changed = change_details(made, Details("43/BC-UBND", None, "", "Báo cáo quý"), seen=1, by=year.staff)
        assert (changed.number, changed.version) == ("43/BC-UBND", 2)
        with pytest.raises(StaleEdit) as stale:
            change_details(made, Details(abstract="Bản của tôi"), seen=1, by=year.head)
        assert stale.value.current.number == "43/BC-UBND"
        entry = TrailEntry.objects.filter(action="scoring.add_evidence").last()
        assert entry is not None
        assert (entry.data["before"]["number"], entry.data["after"]["number"]) == ("42/BC-UBND", "43/BC-UBND")

    def test_a_document_stands_for_many_leaves_once_each(self, year: Year) -> None:
        made = year.add()
        use_for(made, year.leaf("1.1"), "tr. 1", by=year.staff)
        use_for(made, year.leaf("1.2"), "tr. 2", by=year.staff)
        use_for(made, year.leaf("1.1"), "tr. 7", by=year.staff)
        assert list(made.uses.values_list("criterion__code", "pages")) == [("1.1", "tr. 7"), ("1.2", "tr. 2")]

    def test_dropping_a_use_keeps_the_document(self, year: Year) -> None:
        made = year.add(criterion=year.leaf("1.1"))
        drop_use(made.uses.get(), by=year.staff)
        assert made.uses.count() == 0
        assert Evidence.objects.filter(pk=made.pk, removed_at=None).exists()

    @pytest.mark.parametrize(("code", "sentence"), [("1", "không gắn vào nhóm"), ("2.1", "do cơ quan điều phối nhập")])
    def test_groups_and_surveys_take_no_evidence(self, year: Year, code: str, sentence: str) -> None:
        with pytest.raises(Conflict, match=sentence):
            use_for(year.add(), year.leaf(code), "", by=year.staff)

    def test_a_leaf_of_another_set_is_refused(self, year: Year) -> None:
        foreign = year.leaf("1.1")
        foreign.criteria_set_id = 0
        with pytest.raises(Conflict, match="không thuộc bộ tiêu chí của đơn vị"):
            use_for(year.add(), foreign, "", by=year.staff)

    def test_a_removed_document_is_gone_from_every_leaf_but_its_bytes_are_kept(self, year: Year) -> None:
        made = year.add(criterion=year.leaf("1.1"))
        assert remove(made, by=year.staff) == ["1.1"]
        assert not EvidenceUse.objects.filter(evidence=made).exists()
        assert len(objects()) == 1
        for act in (
            lambda: remove(made, by=year.staff),
            lambda: add_version(made, upload(samples.image(), "a.png"), by=year.staff),
            lambda: use_for(made, year.leaf("1.1"), "", by=year.staff),
        ):
            with pytest.raises(Conflict, match="đã bị gỡ"):
                act()


class TestQuota:
    def test_too_many_files_at_once_of_a_unit_and_too_many_bytes_are_each_told(self, year: Year, settings: Any) -> None:
        settings.EVIDENCE_FILES_PER_POST = 2
        with pytest.raises(Incomplete, match="tối đa 2 tệp"):
            add_evidence(year.first, [upload()] * 3, DETAILS, by=year.staff)
        made = year.add()
        settings.EVIDENCE_FILES_PER_UNIT = 1
        with pytest.raises(Incomplete, match="Đơn vị đã lưu 1 tệp; tối đa 1 tệp trong một kỳ"):
            year.add(samples.image(), "a.png")
        with pytest.raises(Incomplete, match="tối đa 1 tệp"):
            add_version(made, upload(samples.image(), "a.png"), by=year.staff)
        settings.EVIDENCE_FILES_PER_UNIT, settings.EVIDENCE_BYTES_PER_UNIT = 500, 1024**2
        EvidenceFile.objects.bulk_create(
            [_row(made, number=9, size=1024**2 - len(samples.pdf()) - len(samples.image()) + 1)]
        )
        with pytest.raises(Incomplete, match="sẽ vượt 1 MB cho một kỳ"):
            year.add(samples.image(), "a.png")
        assert len(objects()) == 1

    def test_a_removed_document_still_counts(self, year: Year, settings: Any) -> None:
        settings.EVIDENCE_FILES_PER_UNIT = 1
        remove(year.add(), by=year.staff)
        with pytest.raises(Incomplete, match="tối đa 1 tệp"):
            year.add()


def _row(evidence: Evidence, *, number: int, size: int) -> EvidenceFile:
    return EvidenceFile(
        evidence=evidence,
        number=number,
        sha256="0" * 64,
        size=size,
        kind="pdf",
        name="x.pdf",
        key=f"00/00/{number:040}",
    )


class TestFailures:
    @pytest.mark.parametrize("failing", [1, 2, 3])
    def test_a_store_that_fails_at_any_file_leaves_neither_rows_nor_bytes(self, year: Year, failing: int) -> None:
        class FailsAt(DurableStorage):
            written = 0

            def _write(self, file: Any, content: File) -> None:
                super()._write(file, content)
                FailsAt.written += 1
                if FailsAt.written == failing:
                    raise OSError(28, "No space left on device")

        storages._storages["evidence"] = FailsAt(location=root())
        before = fingerprint()
        with pytest.raises(StoreFailed):
            add_evidence(year.first, [upload(), upload(), upload()], DETAILS, by=year.staff)
        assert fingerprint() == before
        assert objects() == []
        assert add_evidence(year.first, [upload()], DETAILS, by=year.staff), "the next try needs no restart"

    def test_a_row_that_cannot_be_written_takes_the_bytes_along(self, year: Year) -> None:
        tampered = Details(number="x", abstract="y", issued_on="no date")  # type: ignore[arg-type]
        with pytest.raises(Exception, match="no date"):
            year.add(details=tampered)
        assert (stored(), objects()) == (0, [])

    def test_an_answer_lost_after_the_commit_leaves_the_bytes_to_the_sweep(self, year: Year) -> None:
        """A commit that may have happened: bytes without a row are swept, a row without bytes could not be mended."""

        def cut(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
            result = execute(sql, params, many, context)
            if "INSERT" in sql and "evidencefile" in sql:
                raise OperationalError("server closed the connection unexpectedly")
            return result

        with pytest.raises(OperationalError), transaction.atomic(), connection.execute_wrapper(cut):
            year.add()
        assert stored() == 0
        assert len(objects()) == 1
        assert sweep().waiting == 1


class TestSweep:
    def test_old_objects_without_a_row_go_and_young_ones_wait(self, year: Year) -> None:
        kept = root() / year.add().files.get().key
        for name, hours in (("a" * 40, 25), ("b" * 40, 23), (f"{'c' * 40}.12ab.part", 25)):
            path = root() / name[:2] / name[2:4] / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(b"left by a crash")
            _age(path, hours)
        _age(kept, 1000)
        assert len(sweep(delete=False).removed) == 2
        found = sweep()
        assert [key.rpartition("/")[2][0] for key in found.removed] == ["a", "c"]
        assert (found.waiting, found.checked, found.faults) == (1, 1, [])
        assert sorted(path.name[0] for path in objects() if path != kept) == ["b"]
        assert kept.exists()

    def test_missing_and_changed_bytes_are_told_by_unit_file_and_version(self, year: Year, capsys: Any) -> None:
        lost, changed, good = year.add(), year.add(samples.image(), "a.png"), year.add(samples.workbook(), "b.xlsx")
        (root() / lost.files.get().key).unlink()
        path = root() / changed.files.get().key
        path.write_bytes(path.read_bytes()[:-1] + b"?")
        with pytest.raises(CommandError, match="Có 2 tệp thiếu hoặc hỏng"):
            call_command("sweep_evidence")
        told = capsys.readouterr().err.splitlines()
        assert [line.split(" (")[0] for line in told] == [
            f"{year.first}, “bao-cao.pdf” bản 1", f"{year.first}, “a.png” bản 1",
        ]  # fmt: skip
        assert good.files.get().name not in "".join(told)

    def test_a_row_with_a_changed_digest_is_told(self, year: Year) -> None:
        file = year.add().files.get()
        tamper(EvidenceFile, "sha256", "0" * 64, id=file.pk)
        assert len(sweep().faults) == 1

    def test_a_sound_store_is_said_to_be_sound(self, year: Year, capsys: Any) -> None:
        year.add()
        call_command("sweep_evidence", "--dry-run")
        assert capsys.readouterr().out.strip() == "1 tệp nguyên vẹn; sẽ xóa 0 tệp thừa; 0 tệp chưa đủ 24 giờ."


def _age(path: Path, hours: int) -> None:
    then = datetime.datetime.now(datetime.UTC).timestamp() - hours * 3600
    os.utime(path, (then, then))


@pytest.mark.django_db(transaction=True)
def test_while_a_submission_locks_the_dossier_no_evidence_slips_in_behind_it() -> None:
    """D04 for evidence: writers race with the lock; whatever is stored was stored before it."""
    year = build()
    outcomes: list[str] = []
    begin = threading.Barrier(5)

    def bring(number: int) -> None:
        try:
            begin.wait()
            year.add(name=f"{number}.pdf")
            outcomes.append("stored")
        except Conflict:
            outcomes.append("refused")
        finally:
            connection.close()

    def lock() -> None:
        try:
            begin.wait()
            with transaction.atomic():
                Submission.objects.select_for_update().get(participant=year.first)
                seen.append(EvidenceFile.objects.count())
                year.submit()
        finally:
            connection.close()

    seen: list[int] = []
    threads = [threading.Thread(target=bring, args=[number]) for number in range(4)] + [threading.Thread(target=lock)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(outcomes) == 4
    assert stored() == seen[0] == outcomes.count("stored") == len(objects())
