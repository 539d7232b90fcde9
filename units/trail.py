"""The trail: `record` appends within the transaction of the act it tells of; `verify` finds what was tampered with.

h(n) = SHA-256( h(n-1) + canonical JSON of [scope, seq, at, actor, actor label, action, object label, type, id, data] )
"""

from __future__ import annotations

import datetime
import hashlib
import json
from dataclasses import dataclass
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, models, transaction
from django.utils import timezone

from units.models import TrailEntry, TrailHead, User

SITE = "site"


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


def record(
    action: str, *, by: User | None, about: models.Model | None, label: str, scope: str = SITE, **data: Any
) -> TrailEntry:
    """Append one entry to `scope` and return it.

    `by` None means the portal itself (a job). `data` must be JSON: before and after, reasons, digests.
    Raises `OutsideTransaction` when no transaction is open.
    """
    if not connection.in_atomic_block:
        raise OutsideTransaction(action)
    TrailHead.objects.get_or_create(scope=scope)
    head = TrailHead.objects.select_for_update().get(scope=scope)
    plain = json.loads(json.dumps(data, cls=DjangoJSONEncoder, ensure_ascii=False))
    entry = TrailEntry(
        scope=scope,
        seq=head.seq + 1,
        at=timezone.now(),
        actor=by,
        actor_label=f"{by.full_name} ({by.username})" if by else "Hệ thống",
        action=action,
        object_label=label[:300],
        object_type=about._meta.label if about else "",
        object_id=str(about.pk) if about else "",
        data=plain,
        previous_hash=head.hash,
    )
    entry.hash = _link(head.hash, entry)
    entry.save(force_insert=True)
    TrailHead.objects.filter(pk=head.pk).update(seq=entry.seq, hash=entry.hash)
    return entry


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
    if head is None or (head.seq, head.hash) != (expected - 1, previous):
        faults.append(TrailFault(scope, expected - 1, "đầu chuỗi không khớp dòng cuối; có dòng bị xóa hoặc thêm."))
    return faults


def _link(previous_hash: str, entry: TrailEntry) -> str:
    content = [
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
    ]
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256((previous_hash + text).encode()).hexdigest()
