"""Documents that a unit has from elsewhere: of the units that it came out of, and its own of the year before.

The bytes are those of the other document (`Evidence.taken_from`), looked up by whoever calls and again under the lock.
"""

from __future__ import annotations

import datetime

from django.core.files.base import File
from django.db import transaction
from django.db.models import OuterRef, Subquery

from scoring.enums import EvidenceKind, Purpose
from scoring.files import evidence_store
from scoring.files.evidence_check import CheckedFile
from scoring.models import Criterion, Evidence, EvidenceFile, EvidenceUse, Participant
from scoring.permissions import ADD_EVIDENCE, TAKE_OVER
from scoring.selectors.inheritance import sources_of
from scoring.selectors.last_year import earlier_dossiers
from scoring.services.dossier import Dossier, lock_dossier, read_dossier
from scoring.services.errors import Incomplete
from scoring.services.evidence import (
    Details,
    Incoming,
    add_row,
    ask_step,
    refuse_over_quota,
    stored,
    taken_out_on_failure,
    tell,
)
from scoring.services.evidence_quota import refuse_sizes_over_quota
from scoring.services.evidence_scan import refuse_known_harmful
from scoring.services.succession import hold_ends_before
from units.models import User
from units.permissions import authorize
from units.vietnamese import format_date

CARRIED = "Dùng lại tài liệu năm trước"
NOT_VALID = "Đánh dấu “Còn hiệu lực” sau khi đã xem lại văn bản. Văn bản hết hiệu lực thì tải văn bản mới lên."


def take_over_evidence(
    participant: Participant, source: EvidenceFile, *, by: User, criterion: Criterion | None = None, pages: str = ""
) -> Evidence:
    """Take the bytes of a predecessor's document into the unit's own dossier, with what the document says of itself.

    The caller has looked `source` up among the documents that the unit may take over
    (`scoring.selectors.inheritance`). Raises as `add_evidence`, and `Incomplete` where it was taken already or is known
    to be harmful; `Damaged`, `Unavailable` where the store no longer has the bytes.
    """
    authorize(by, TAKE_OVER, participant)
    authorize(by, ADD_EVIDENCE, participant)
    ask_step(read_dossier(participant), None, criterion)
    refuse_known_harmful(source.sha256, source.name, participant.organiser_id)
    with evidence_store.open_whole(source.key, source.sha256, source.size) as content:
        incoming = [Incoming(File(content, source.name), _checked(source))]
        refuse_over_quota(participant, incoming)
        with stored(incoming) as keys, transaction.atomic():
            dossier = lock_dossier(participant)
            hold_ends_before(participant.unit)
            step = ask_step(dossier, None, criterion)
            refuse_over_quota(participant, incoming)
            if source.evidence.participant_id not in {one.pk for one in sources_of(participant)}:
                raise Incomplete("evidence", "Tài liệu này không còn để tiếp nhận: việc sáp nhập đã được hoàn tác.")
            if participant.evidence.filter(taken_from=source, removed_at__isnull=True).exists():
                raise Incomplete("evidence", "Tài liệu này đã được tiếp nhận. Dùng lại trong danh sách của đơn vị.")
            return add_row(
                dossier, incoming[0].checked, keys[0], _details(source), step, criterion, pages, by,
                taken_from=source, what="Tiếp nhận tài liệu",
            )  # fmt: skip


def carry_over(
    participant: Participant,
    source: EvidenceFile,
    criterion: Criterion,
    *,
    is_valid: bool,
    by: User,
    valid_until: datetime.date | None = None,
    pages: str = "",
) -> Evidence:
    """Let a document of the year before stand for a leaf of this year, because a person says that it is in force.

    `source` is the newest file of a document of one of `selectors.last_year.earlier_dossiers`. Where the same bytes
    stand in this year's dossier already, that document stands for the leaf: again is no second one. The bytes are not
    stored twice. Raises as `add_evidence`, and `Incomplete` where nobody says that it is in force, it ended before the
    year, or it is known to be harmful; `Damaged`, `Unavailable`, `StoreFailed`.
    """
    authorize(by, ADD_EVIDENCE, participant)
    if not is_valid:
        raise Incomplete("is_valid", NOT_VALID)
    year = participant.campaign.year
    if valid_until is not None and valid_until < datetime.date(year, 1, 1):
        raise Incomplete(
            "valid_until",
            f"Văn bản hết hiệu lực ngày {format_date(valid_until)}, trước năm đánh giá {year}, không dùng lại được.",
        )
    ask_step(read_dossier(participant), None, criterion)
    refuse_known_harmful(source.sha256, source.name, participant.organiser_id)
    with taken_out_on_failure() as keys:
        if document_of_bytes(participant, source.sha256) is None:
            keys.append(evidence_store.share(source.key, source.sha256, source.size))
        with transaction.atomic():
            dossier = lock_dossier(participant)
            hold_ends_before(participant.unit)
            step = ask_step(dossier, None, criterion)
            if source.evidence.participant_id not in {one.participant.pk for one in earlier_dossiers(participant)}:
                raise Incomplete("evidence", "Tài liệu này không phải của đơn vị ở năm trước.")
            if found := document_of_bytes(participant, source.sha256):
                _stand_for(dossier, found, criterion, step, pages, by)
            else:
                refuse_sizes_over_quota(participant, [source.size])
                if not keys:  # it stood there when this began, and was removed since
                    keys.append(evidence_store.share(source.key, source.sha256, source.size))
                return add_row(
                    dossier, _checked(source), keys[0], _details(source), step, criterion, pages, by,
                    taken_from=source, valid_until=valid_until, what=CARRIED,
                )  # fmt: skip
        for key in keys:
            evidence_store.discard(key)
        return found


def document_of_bytes(participant: Participant, sha256: str) -> Evidence | None:
    """The unit's document of this year whose newest file has these bytes; what stands behind it is no longer said."""
    newest = EvidenceFile.objects.filter(evidence=OuterRef("pk")).order_by("-number").values("sha256")[:1]
    standing = participant.evidence.filter(removed_at__isnull=True).annotate(newest_sha256=Subquery(newest))
    return standing.filter(newest_sha256=sha256).order_by("pk").first()


def _stand_for(dossier: Dossier, evidence: Evidence, criterion: Criterion, step: Purpose, pages: str, by: User) -> None:
    use, is_new = EvidenceUse.objects.get_or_create(
        evidence=evidence, criterion=criterion, purpose=step, defaults={"pages": pages, "added_by": by}
    )
    if is_new:
        tell(dossier, evidence, "Gắn tài liệu", by, criterion=criterion.code, pages=use.pages, purpose=step)


def _checked(source: EvidenceFile) -> CheckedFile:
    return CheckedFile(EvidenceKind(source.kind), source.size, source.sha256, source.name)


def _details(source: EvidenceFile) -> Details:
    old = source.evidence
    return Details(old.number, old.issued_on, old.issuer, old.abstract)
