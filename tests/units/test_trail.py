"""The trail: written with the act or not at all, and every later change of it is found at its place."""

from __future__ import annotations

import datetime
import threading

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.db.models import ProtectedError

from tests.database import tamper
from tests.factories import OrganiserFactory, UserFactory
from units import trail
from units.models import TrailEntry, TrailHead, User
from units.models.appendonly import AppendOnly


def write(number: int, scope: str = "thu") -> list[TrailEntry]:
    with transaction.atomic():
        return [trail.record("thu.viec", by=None, about=None, label=f"Việc {i}", scope=scope) for i in range(number)]


def test_an_entry_tells_who_did_what_to_what_and_when(db) -> None:
    user = UserFactory(username="binh", full_name="Trần Thị Bình")
    organiser = OrganiserFactory(title="UBND tỉnh Thử")
    with transaction.atomic():
        trail.record("thu.sua", by=user, about=organiser, label="Sửa tên", before={"n": "1,5"}, after={"n": None})
    entry = TrailEntry.objects.get()
    assert entry.actor_label == "Trần Thị Bình (binh)"
    assert (entry.object_type, entry.object_id) == ("units.Organiser", str(organiser.pk))
    assert entry.data == {"before": {"n": "1,5"}, "after": {"n": None}}
    assert (entry.scope, entry.seq, entry.previous_hash) == ("site", 1, "")
    assert len(entry.hash) == 64
    assert trail.verify() == []


def test_dates_and_decimals_in_the_data_are_kept_as_text_and_still_verify(db) -> None:
    with transaction.atomic():
        trail.record("thu", by=None, about=None, label="Ngày", day=datetime.date(2026, 2, 12))
    assert TrailEntry.objects.get().data == {"day": "2026-02-12"}
    assert trail.verify() == []


def test_a_line_break_in_a_name_stays_inside_its_entry(db) -> None:
    with transaction.atomic():
        trail.record("thu", by=None, about=None, label="Tên\r\n2026-01-01 giả một dòng")
    assert TrailEntry.objects.count() == 1
    assert trail.verify() == []


@pytest.mark.django_db(transaction=True)
def test_outside_a_transaction_nothing_is_recorded() -> None:
    with pytest.raises(trail.OutsideTransaction):
        trail.record("thu.viec", by=None, about=None, label="Không có giao dịch")
    assert TrailEntry.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_a_rolled_back_act_takes_its_entry_along_and_leaves_no_gap() -> None:
    def act_and_fail() -> None:
        with transaction.atomic():
            User.objects.create(username="khong-con")
            trail.record("thu.viec", by=None, about=None, label="Không xảy ra", scope="thu")
            raise ConnectionError

    write(1)
    with pytest.raises(ConnectionError):
        act_and_fail()
    write(1)
    assert not User.objects.exists()
    assert list(TrailEntry.objects.values_list("seq", flat=True)) == [1, 2]
    assert trail.verify() == []


def test_scopes_are_chains_of_their_own(db) -> None:
    write(2, "mot")
    write(3, "hai")
    assert {head.scope: head.seq for head in TrailHead.objects.all()} == {"mot": 2, "hai": 3}
    assert trail.verify() == []


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("object_label", "Việc khác"),
        ("actor_label", "Người khác"),
        ("action", "thu.khac"),
        ("object_id", "77"),
        ("data", '{"sua": true}'),
        ("at", "2020-01-01 00:00:00+00"),
        ("hash", "0" * 64),
        ("previous_hash", "0" * 64),
    ],
)
def test_a_changed_entry_is_found_at_its_place(db, column: str, value: str) -> None:
    write(5)
    tamper(TrailEntry, column, value, scope="thu", seq=3)
    assert 3 in {fault.seq for fault in trail.verify("thu")}
    assert all(fault.seq in (3, 4) for fault in trail.verify("thu"))


def test_an_act_laid_on_somebody_else_is_found(db) -> None:
    write(2)
    tamper(TrailEntry, "actor_id", UserFactory().pk, scope="thu", seq=2)
    assert [fault.seq for fault in trail.verify("thu")] == [2]


def test_an_entry_rewritten_with_a_fitting_hash_breaks_the_next_link(db) -> None:
    write(3)
    entry = TrailEntry.objects.get(seq=2)
    entry.object_label = "Viết lại"
    tamper(TrailEntry, "object_label", entry.object_label, scope="thu", seq=2)
    tamper(TrailEntry, "hash", trail._link(entry.previous_hash, entry), scope="thu", seq=2)
    assert [str(fault) for fault in trail.verify("thu")] == [
        "thu, dòng 3: không nối với dòng trước; dòng này hoặc dòng trước bị thay."
    ]


@pytest.mark.parametrize(("deleted", "place"), [(1, 1), (2, 2), (5, 4)])
def test_a_deleted_entry_is_missed_where_it_stood(db, deleted: int, place: int) -> None:
    write(5)
    tamper(TrailEntry, None, None, scope="thu", seq=deleted)
    assert [fault.seq for fault in trail.verify("thu")] == [place]


def test_an_added_entry_is_found(db) -> None:
    last = write(2)[-1]
    TrailEntry.objects.bulk_create(
        [TrailEntry(scope="thu", seq=3, at=last.at, actor_label="X", action="x", object_label="x", hash="f" * 64)]
    )
    assert 3 in {fault.seq for fault in trail.verify("thu")}


def test_a_chain_whose_entries_are_all_gone_is_missed(db) -> None:
    write(2)
    tamper(TrailEntry, None, None, scope="thu")
    assert len(trail.verify()) == 1


def test_the_command_says_that_all_is_well_and_fails_with_the_place_when_not(db, capsys) -> None:
    write(3)
    call_command("verify_trail")
    assert capsys.readouterr().out == "Nhật ký nguyên vẹn: 3 dòng.\n"
    tamper(TrailEntry, "object_label", "Sửa trộm", scope="thu", seq=2)
    with pytest.raises(CommandError, match="thu, dòng 2: nội dung không khớp mã băm"):
        call_command("verify_trail")


def test_entries_can_neither_be_changed_nor_deleted_through_the_portal(db) -> None:
    entry = write(1)[0]
    with pytest.raises(AppendOnly, match="không được sửa"):
        TrailEntry.objects.update(object_label="Khác")
    with pytest.raises(AppendOnly, match="không được xóa"):
        TrailEntry.objects.all().delete()
    with pytest.raises(AppendOnly, match="không được xóa"):
        entry.delete()
    entry.object_label = "Khác"
    with pytest.raises(AppendOnly, match="không được sửa"), transaction.atomic():
        entry.save()
    with pytest.raises(AppendOnly, match="không được sửa"), transaction.atomic():
        TrailEntry.objects.bulk_update([entry], ["object_label"])
    assert TrailEntry.objects.get().object_label == "Việc 0"


def test_a_person_named_by_the_trail_is_not_deleted(db) -> None:
    user = UserFactory()
    with transaction.atomic():
        trail.record("thu", by=user, about=None, label="Đã làm")
    with pytest.raises(ProtectedError):
        user.delete()


@pytest.mark.django_db(transaction=True)
def test_two_at_a_time_make_one_unbroken_chain() -> None:
    def work() -> None:
        try:
            start.wait()
            for _ in range(10):
                write(2)
        except Exception as error:
            failures.append(error)
        finally:
            connection.close()

    start, failures = threading.Barrier(2), []
    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert list(TrailEntry.objects.values_list("seq", flat=True)) == list(range(1, 41))
    assert trail.verify() == []
