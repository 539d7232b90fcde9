"""The trail: written with the act or not at all, and every later change of it is found at its place."""

from __future__ import annotations

import datetime
import hashlib
import json
import threading

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.db.models import ProtectedError
from django.urls import reverse
from django.utils import timezone

from scoring.enums import Origin
from tests.database import tamper
from tests.factories import MembershipFactory, OrganiserFactory, UserFactory, campaign_with_results, person, sign_in
from units import trail
from units.enums import Role
from units.models import TrailEntry, TrailHead, User
from units.models.appendonly import AppendOnly
from units.trail import chain


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


def test_many_at_once_are_chained_as_one_by_one(db) -> None:
    user, organiser = UserFactory(), OrganiserFactory()
    with transaction.atomic():
        first = trail.record("thu", by=user, about=organiser, label="Một")
        told = [(organiser, f"Việc {number}", {"n": number}) for number in range(3)]
        made = trail.record_many("thu", told, by=user)
        last = trail.record("thu", by=user, about=None, label="Cuối")
        assert trail.record_many("thu", [], by=user) == []
    assert [entry.seq for entry in (first, *made, last)] == [1, 2, 3, 4, 5]
    assert [entry.actor_role for entry in made] == [first.actor_role] * 3
    assert last.previous_hash == made[-1].hash
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
        ("actor_role", "Điều phối"),
        ("address", "203.0.113.9"),
        ("form", 1),
        ("form", 9),
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
    tamper(TrailEntry, "hash", chain._link(entry.previous_hash, entry), scope="thu", seq=2)
    assert [str(fault) for fault in trail.verify("thu")] == [
        "thu, dòng 3: không nối với dòng trước; dòng này hoặc dòng trước bị thay."
    ]


@pytest.mark.parametrize(
    ("deleted", "place", "sentence"),
    [
        (1, 1, "thiếu từ dòng 1 đến dòng 1."),
        (2, 2, "thiếu từ dòng 2 đến dòng 2."),
        (5, 4, "đầu chuỗi ghi 5 dòng; các dòng sau dòng 4 đã bị xóa."),
    ],
)
def test_a_deleted_entry_is_missed_where_it_stood(db, deleted: int, place: int, sentence: str) -> None:
    write(5)
    tamper(TrailEntry, None, None, scope="thu", seq=deleted)
    assert [(fault.seq, fault.message) for fault in trail.verify("thu")] == [(place, sentence)]


def test_a_tail_cut_off_together_with_its_head_is_found_by_what_a_document_printed(db) -> None:
    write(5)
    printed = trail.head_of("thu")
    assert str(printed) == f"Đầu chuỗi nhật ký: {printed.hash[:16]} · dòng 5"
    assert trail.fault_of_print("thu", 5, printed.hash[:16]) is None
    tamper(TrailEntry, None, None, scope="thu", seq=5)
    tamper(TrailHead, "seq", 4, scope="thu")
    tamper(TrailHead, "hash", TrailEntry.objects.get(seq=4).hash, scope="thu")
    assert trail.verify("thu") == []
    assert trail.fault_of_print("thu", 5, printed.hash[:16]) is not None


def test_a_chain_written_anew_from_a_forged_line_on_is_found_by_what_a_document_printed(db) -> None:
    write(3)
    printed = trail.head_of("thu").hash[:16]
    previous = TrailEntry.objects.get(seq=1).hash
    for entry in TrailEntry.objects.filter(seq__gt=1).order_by("seq"):
        entry.object_label, entry.previous_hash = "Giả", previous
        previous = chain._link(previous, entry)
        for column, value in (("object_label", "Giả"), ("previous_hash", entry.previous_hash), ("hash", previous)):
            tamper(TrailEntry, column, value, scope="thu", seq=entry.seq)
    tamper(TrailHead, "hash", previous, scope="thu")
    assert trail.verify("thu") == []
    assert "dòng này đã bị thay" in str(trail.fault_of_print("thu", 3, printed))
    with pytest.raises(CommandError, match="dòng này đã bị thay"):
        call_command("verify_trail", scope="thu", line=3, head=printed)


def test_entries_of_the_first_form_still_verify_and_take_no_address(db) -> None:
    """What the portal wrote before the trail knew roles and addresses."""
    old = TrailEntry(
        form=1, scope="thu", seq=1, at=timezone.now(), actor_label="Hệ thống", action="thu", object_label="Cũ", data={}
    )
    content = ["thu", 1, old.at.astimezone(datetime.UTC).isoformat(), None, "Hệ thống", "thu", "Cũ", "", "", {}]
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    old.hash = hashlib.sha256(text.encode()).hexdigest()
    old.save(force_insert=True)
    TrailHead.objects.create(scope="thu", seq=1, hash=old.hash)
    write(2)
    assert set(TrailEntry.objects.values_list("form", flat=True)) == {1, 2}
    assert trail.verify() == []
    tamper(TrailEntry, "address", "203.0.113.9", scope="thu", seq=1)
    assert [fault.seq for fault in trail.verify()] == [1]


def test_an_entry_tells_in_which_role_and_from_where(db, settings) -> None:
    """The address is the one the trusted proxy saw, never what a client writes before it (T53)."""
    campaign = campaign_with_results(origin=Origin.PAST)
    coordinator = person(Role.COORDINATOR, campaign.organiser)
    MembershipFactory(user=coordinator, role=Role.LEADER)
    settings.PROXY_COUNT = 1
    address = reverse("scoring:calculate", args=[campaign.organiser.slug, campaign.code])
    sign_in(coordinator).post(address, headers={"x-forwarded-for": "198.51.100.7, 203.0.113.5"})
    entry = TrailEntry.objects.get(action="scoring.calculate")
    assert (entry.actor_role, entry.address) == ("Điều phối", "203.0.113.5")
    with transaction.atomic():
        told = trail.record("thu", by=coordinator, about=None, label="Ngoài kỳ, ngoài trang")
    assert (set(told.actor_role.split(", ")), told.address) == ({"Điều phối", "Lãnh đạo"}, "")
    assert trail.verify() == []


def test_two_requests_in_one_thread_keep_their_addresses_apart(db) -> None:
    with trail.acting_from("203.0.113.1"), transaction.atomic():
        first = trail.record("thu", by=None, about=None, label="Một")
        with trail.acting_from("203.0.113.2"):
            second = trail.record("thu", by=None, about=None, label="Hai")
        third = trail.record("thu", by=None, about=None, label="Ba")
    with transaction.atomic():
        last = trail.record("thu", by=None, about=None, label="Lệnh")
    assert [entry.address for entry in (first, second, third, last)] == [
        "203.0.113.1",
        "203.0.113.2",
        "203.0.113.1",
        "",
    ]


def test_an_added_entry_is_found(db) -> None:
    last = write(2)[-1]
    TrailEntry.objects.bulk_create(
        [
            TrailEntry(
                form=2, scope="thu", seq=3, at=last.at, actor_label="X", action="x", object_label="x", hash="f" * 64
            )
        ]
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
    with pytest.raises(CommandError, match="thu, dòng 2: nội dung không khớp mã băm") as told:
        call_command("verify_trail")
    assert told.value.returncode == 1


def test_the_command_checks_one_chain_and_knows_no_chain_that_is_not_there(db, capsys) -> None:
    write(2, "mot")
    write(1, "hai")
    tamper(TrailEntry, "object_label", "Sửa trộm", scope="hai", seq=1)
    call_command("verify_trail", scope="mot", line=2, head=trail.head_of("mot").hash[:16])
    assert capsys.readouterr().out == "Nhật ký nguyên vẹn: 2 dòng.\nDòng 2 khớp với mã đã in.\n"
    with pytest.raises(CommandError, match=r"Không có chuỗi “ba”\. Các chuỗi: hai, mot\."):
        call_command("verify_trail", scope="ba")
    with pytest.raises(CommandError, match="--line và --head đi cùng --scope"):
        call_command("verify_trail", line=2)


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
