"""The chain itself: one entry after the other, each holding the hash of the one before.

h(n) = SHA-256( h(n-1) + canonical JSON of the entry's content ). What the content is stands in `_CONTENT`, by the form
of the entry: entries keep the form that they were written in, so that a chain begun by an older portal still verifies.
"""

from __future__ import annotations

import datetime
import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, models, transaction
from django.utils import timezone

from units.models import TrailEntry, TrailHead, User
from units.trail.origin import address_now

SITE = "site"
FORM = 2  # of the entries written today
PRINTED_SIGNS = 16  # of a hash, on documents
_BATCH = 500  # entries of one INSERT


class OutsideTransaction(RuntimeError):
    """`record` was called outside the transaction of the act: the act and its trace could part."""


@dataclass(frozen=True)
class TrailFault:
    """Where a chain breaks and how."""

    scope: str
    seq: int
    message: str

    def __str__(self) -> str:
        return f"{self.scope}, dòng {self.seq}: {self.message}"


@dataclass(frozen=True)
class Head:
    """The last entry of a chain, as a document prints it."""

    seq: int
    hash: str

    def __str__(self) -> str:
        return f"Đầu chuỗi nhật ký: {self.hash[:PRINTED_SIGNS]} · dòng {self.seq}"


def record(
    action: str, *, by: User | None, about: models.Model | None, label: str, scope: str = SITE, **data: Any
) -> TrailEntry:
    """Append one entry to `scope` and return it.

    `by` None means the portal itself (a command, a job). `data` must be JSON: before and after, reasons, digests.
    The role is what the person holds today, at the organiser of the scope; the address that of the request.
    Raises `OutsideTransaction` when no transaction is open.
    """
    return record_many(action, [(about, label, data)], by=by, scope=scope)[0]


def record_many(
    action: str, told: Iterable[tuple[models.Model | None, str, Mapping[str, Any]]], *, by: User | None,
    scope: str = SITE,
) -> list[TrailEntry]:  # fmt: skip
    """Append an entry for each (about, label, data), in this order, as `record` would one by one.

    A table of people or units leaves a line about each of them; of queries, one small one a line and few besides.
    """
    if not connection.in_atomic_block:
        raise OutsideTransaction(action)
    TrailHead.objects.get_or_create(scope=scope)
    head = TrailHead.objects.select_for_update().get(scope=scope)
    shared = {
        "form": FORM,
        "scope": scope,
        "at": timezone.now(),
        "actor": by,
        "actor_label": f"{by.full_name} ({by.username})" if by else "Hệ thống",
        "actor_role": _roles(by, scope) if by else "",
        "address": address_now(),
        "action": action,
    }
    entries: list[TrailEntry] = []
    seq, previous = head.seq, head.hash
    for about, label, data in told:
        seq += 1
        entry = TrailEntry(
            **shared,
            seq=seq,
            object_label=label[:300],
            object_type=about._meta.label if about else "",
            object_id=str(about.pk) if about else "",
            data=json.loads(json.dumps(data, cls=DjangoJSONEncoder, ensure_ascii=False)),
            previous_hash=previous,
        )
        entry.hash = previous = _link(previous, entry)
        entries.append(entry)
    TrailEntry.objects.bulk_create(entries, batch_size=_BATCH)
    ours = TrailHead.objects.filter(pk=head.pk)
    for entry in entries:  # the database lets a head go on by one line at a time
        ours.update(seq=entry.seq, hash=entry.hash)
    return entries


def head_of(scope: str = SITE) -> Head | None:
    """The newest entry's place and hash, to be printed; None while the chain is empty."""
    head = TrailHead.objects.filter(scope=scope, seq__gt=0).first()
    return Head(head.seq, head.hash) if head else None


def line_about(thing: models.Model, scope: str = SITE, since: datetime.datetime | None = None) -> Head | None:
    """Where the chain stood right after its first entry about `thing` (from `since` on): a print that stays as it is.

    Documents that a unit reads print this and not the newest line, whose number tells how much is being written
    about the year at this very hour (case T30).
    """
    entries = TrailEntry.objects.filter(scope=scope, object_type=thing._meta.label, object_id=str(thing.pk))
    if since is not None:
        entries = entries.filter(at__gte=since)
    found = entries.order_by("seq").values_list("seq", "hash").first()
    return Head(*found) if found else None


def fault_of_print(scope: str, seq: int, signs: str) -> TrailFault | None:
    """Hold what a document printed, the first signs of the hash at line `seq`, against the chain as it stands."""
    kept = TrailEntry.objects.filter(scope=scope, seq=seq).values_list("hash", flat=True).first()
    if kept is None:
        return TrailFault(scope, seq, "văn bản đã in dòng này nhưng nhật ký không còn.")
    if len(signs) < PRINTED_SIGNS or not kept.startswith(signs.lower()):
        return TrailFault(scope, seq, f"văn bản in {signs}, nhật ký có {kept[:PRINTED_SIGNS]}; dòng này đã bị thay.")
    return None


def verify(scope: str | None = None) -> list[TrailFault]:
    """Walk the chain(s) and return every break: changed, missing or added entries, or a head that does not fit."""
    with transaction.atomic():
        heads = {head.scope: head for head in TrailHead.objects.all()}
        scopes = [scope] if scope else sorted({*heads, *TrailEntry.objects.values_list("scope", flat=True).distinct()})
        faults: list[TrailFault] = []
        for name in scopes:
            faults += _verify_scope(name, heads.get(name))
    return faults


def _verify_scope(scope: str, head: TrailHead | None) -> list[TrailFault]:
    faults: list[TrailFault] = []
    previous, expected = "", 1
    for entry in TrailEntry.objects.filter(scope=scope).order_by("seq").iterator():
        if entry.seq != expected:
            faults.append(TrailFault(scope, expected, f"thiếu từ dòng {expected} đến dòng {entry.seq - 1}."))
        elif entry.previous_hash != previous:
            faults.append(TrailFault(scope, entry.seq, "không nối với dòng trước; dòng này hoặc dòng trước bị thay."))
        if entry.hash != _link(entry.previous_hash, entry):
            faults.append(TrailFault(scope, entry.seq, "nội dung không khớp mã băm; dòng này đã bị sửa."))
        previous, expected = entry.hash, entry.seq + 1
    last = expected - 1
    if head is None:
        faults.append(TrailFault(scope, last, "chuỗi không có đầu; đầu chuỗi đã bị xóa."))
    elif head.seq > last:
        faults.append(TrailFault(scope, last, f"đầu chuỗi ghi {head.seq} dòng; các dòng sau dòng {last} đã bị xóa."))
    elif (head.seq, head.hash) != (last, previous):
        faults.append(TrailFault(scope, last, "đầu chuỗi không khớp dòng cuối; có dòng bị thêm hoặc đầu chuỗi bị sửa."))
    return faults


def _roles(by: User, scope: str) -> str:
    """The roles the person acts in, in words: those at the organiser of a campaign's scope, else all of today."""
    held = by.current_memberships
    if scope != SITE:
        held = [item for item in held if scope.startswith(f"campaign:{item.organiser_id}/")]
    return ", ".join(dict.fromkeys(item.role_said for item in held))[:200]


def _first_form(entry: TrailEntry) -> list[Any]:
    return [
        entry.scope,
        entry.seq,
        entry.at.astimezone(datetime.UTC).isoformat(),
        entry.actor_id,
        entry.actor_label,
        entry.action,
        entry.object_label,
        entry.object_type,
        entry.object_id,
        entry.data,
        # What this form does not know must be empty: nobody lays an address on an old entry.
        *([entry.actor_role, entry.address] if entry.actor_role or entry.address else []),
    ]


def _second_form(entry: TrailEntry) -> list[Any]:
    return [2, *_first_form(entry)[:10], entry.actor_role, entry.address]


_CONTENT: dict[int, Callable[[TrailEntry], list[Any]]] = {1: _first_form, 2: _second_form}


def _link(previous_hash: str, entry: TrailEntry) -> str:
    """The hash of `entry`; "" for a form that nobody ever wrote, which fits no entry."""
    content = _CONTENT.get(entry.form)
    if content is None:
        return ""
    text = json.dumps(content(entry), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256((previous_hash + text).encode()).hexdigest()
