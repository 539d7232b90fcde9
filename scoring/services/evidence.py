"""Bytes of evidence come in: checked, stored, then told of by a row; a refused or failed act leaves neither.

Order (case D09): pen and quota are asked, every file is looked through, the bytes are put under random keys, then one
transaction under the dossier's lock asks pen and quota again and writes the rows. Any failure takes the bytes out
again; what a crash leaves behind is unreferenced and goes with the sweep (`scoring.services.evidence_sweep`).
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace

from django.conf import settings
from django.core.files.base import File
from django.core.files.uploadedfile import UploadedFile
from django.db import DatabaseError, transaction
from django.db.models import Max

from scoring.enums import Purpose, WriteKind
from scoring.files import evidence_store
from scoring.files.evidence_check import CheckedFile, check
from scoring.files.evidence_names import stem_of
from scoring.files.evidence_refusal import EvidenceRefused
from scoring.models import Criterion, Evidence, EvidenceFile, EvidenceUse, Participant
from scoring.permissions import ADD_EVIDENCE
from scoring.services.dossier import Dossier, lock_dossier, read_dossier
from scoring.services.errors import Conflict, Incomplete
from scoring.services.evidence_pen import crossed, evidence_pen, open_purpose, origin_of, refuse_other_leaf, refuse_sent
from scoring.services.evidence_quota import refuse_sizes_over_quota
from scoring.services.evidence_scan import refuse_harmful
from scoring.services.pen import require
from scoring.services.write_keys import once
from scoring.workflow import Act
from units import trail
from units.models import User
from units.permissions import Decision, authorize

REMOVED = "Tài liệu này đã bị gỡ. Mở lại danh sách tài liệu."


class FilesRefused(Exception):
    """Some of the files are not taken, so none is (422, or 413 where one is too large); `faults` has one for each."""

    def __init__(self, faults: Sequence[EvidenceRefused]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(fault.sentence for fault in faults))

    @property
    def is_too_large(self) -> bool:
        return any(fault.is_too_large for fault in self.faults)


class StoredBefore(Exception):
    """The same write came before and was done; `made` are the keys of its documents."""

    def __init__(self, made: Sequence[int]) -> None:
        self.made = tuple(made)
        super().__init__("Tệp này đã được lưu.")


@dataclass(frozen=True)
class Details:
    """What a document says of itself: số ký hiệu, ngày ban hành, cơ quan ban hành, trích yếu. All may be empty when the
    files come in; the abstract is then taken from the file's name."""

    number: str = ""
    issued_on: datetime.date | None = None
    issuer: str = ""
    abstract: str = ""


@dataclass(frozen=True)
class Incoming:
    """A file on its way in, looked through."""

    upload: File
    checked: CheckedFile


def add_evidence(
    participant: Participant,
    uploads: Sequence[UploadedFile],
    details: Details,
    *,
    by: User,
    criterion: Criterion | None = None,
    pages: str = "",
    purpose: Purpose | None = None,
    key: str = "",
) -> list[Evidence]:
    """Take one document for each of `uploads`, all or none, and let them stand for `criterion` (at `pages`) if given.

    Several files share number, date and issuer (a letter with its annexes); the abstract of each then carries its
    file's name. `purpose` None: the step whose pen the unit holds. Raises `Refused`, `Conflict` (phase, hour, state),
    `Incomplete` (no file, too many, quota), `FilesRefused`, `StoreFailed`; nothing is stored then. With the `key` of a
    page's write it is done once (`scoring.services.write_keys`): again it raises `StoredBefore`, and keeps no byte.
    """
    authorize(by, ADD_EVIDENCE, participant)
    if not uploads:
        raise Incomplete("files", "Chọn ít nhất một tệp.")
    if len(uploads) > settings.EVIDENCE_FILES_PER_POST:
        raise Incomplete(
            "files", f"Mỗi lần tải lên tối đa {settings.EVIDENCE_FILES_PER_POST} tệp. Chia thành nhiều lần."
        )
    ask_step(read_dossier(participant), purpose, criterion, Act.FILE)
    incoming = _checked(uploads)
    refuse_over_quota(participant, incoming)
    with stored(incoming) as keys, transaction.atomic():
        dossier = lock_dossier(participant)
        step = ask_step(dossier, purpose, criterion, Act.FILE)
        refuse_over_quota(participant, incoming)
        made: list[Evidence] = []

        def write() -> dict[str, list[int]]:
            for item, place in zip(incoming, keys, strict=True):
                own = _details_of(item, details, alone=len(incoming) == 1)
                made.append(add_row(dossier, item.checked, place, own, step, criterion, pages, by))
            return {"made": [evidence.pk for evidence in made]}

        told = once(participant, key, WriteKind.UPLOAD, by, write) if key else write()
        if not made:
            raise StoredBefore(told["made"])
        return made


def add_version(evidence: Evidence, upload: UploadedFile, *, by: User, purpose: Purpose | None = None) -> EvidenceFile:
    """Take other bytes for the same document; every earlier version stays and can be opened.

    `purpose` as in `add_evidence`. Raises like it, and `Incomplete` where the bytes are those of the newest version.
    """
    authorize(by, ADD_EVIDENCE, evidence)
    uses = list(evidence.uses.select_related("criterion"))
    criteria = [use.criterion for use in uses]
    _ask_for_version(read_dossier(evidence.participant), purpose, evidence, uses)
    (item,) = incoming = _checked([upload])
    refuse_over_quota(evidence.participant, incoming)
    with stored(incoming) as keys, transaction.atomic():
        dossier = lock_dossier(evidence.participant)
        current = standing(evidence)
        step = _ask_for_version(dossier, purpose, current, uses)
        refuse_over_quota(evidence.participant, incoming)
        newest = current.files.order_by("-number").first()
        if newest is not None and newest.sha256 == item.checked.sha256:
            raise Incomplete("file", f"Tệp này giống hệt bản {newest.number} đang có, nên không cần tải lên nữa.")
        number = (current.files.aggregate(last=Max("number"))["last"] or 0) + 1
        late_for = crossed(dossier, step, criteria)
        file = _file_row(dossier, current, number, item.checked, keys[0], step, by, late_for=late_for)
        told = {"sha256": file.sha256, "version": number, "purpose": step} | _both_instants(file)
        tell(dossier, current, f"Thêm bản {number} của tài liệu", by, **told)
        return file


def standing(evidence: Evidence) -> Evidence:
    """The document as it is now, under the dossier's lock; raises `Conflict` where it has been removed."""
    current = Evidence.objects.filter(pk=evidence.pk, removed_at__isnull=True).first()
    if current is None:
        raise Conflict(REMOVED)
    return current


def _checked(uploads: Sequence[UploadedFile]) -> list[Incoming]:
    found, faults = [], []
    for upload in uploads:
        try:
            found.append(Incoming(upload, check(upload, upload.name or "")))
        except EvidenceRefused as refused:
            faults.append(refused)
    if faults:
        raise FilesRefused(faults)
    return found


@contextmanager
def taken_out_on_failure() -> Iterator[list[str]]:
    """The block adds to the list the keys of what it stores; they are taken out again when it fails."""
    keys: list[str] = []
    try:
        yield keys
    except DatabaseError:
        raise  # perhaps the rows were committed and only the answer was lost: the sweep will know
    except BaseException:
        for key in keys:
            evidence_store.discard(key)
        raise


@contextmanager
def stored(incoming: Sequence[Incoming]) -> Iterator[list[str]]:
    """Let the scanner look at the bytes, put them and give their keys; take them out again when the block fails."""
    _refuse_harmful(incoming)
    with taken_out_on_failure() as keys:
        for item in incoming:
            keys.append(evidence_store.put(item.upload, item.checked.sha256, item.checked.size))
        yield keys


def _refuse_harmful(incoming: Sequence[Incoming]) -> None:
    faults = []
    for item in incoming:
        try:
            refuse_harmful(item.upload, item.checked.name, item.checked.sha256)
        except EvidenceRefused as refused:
            faults.append(refused)
    if faults:
        raise FilesRefused(faults)


def refuse_over_quota(participant: Participant, incoming: Sequence[Incoming]) -> None:
    """Raise `Incomplete` where these would be too many or too much for the unit (`evidence_quota`)."""
    refuse_sizes_over_quota(participant, [item.checked.size for item in incoming])


def ask_step(dossier: Dossier, purpose: Purpose | None, criterion: Criterion | None, act: Act = Act.WRITE) -> Purpose:
    """The step that the document is for; raises `Conflict` where its pen is not held or the leaf takes none."""
    step, decision = _decide(dossier, purpose, [criterion] if criterion else [], act)
    require(decision)
    if criterion is not None:
        refuse_other_leaf(dossier, criterion, step)
    return step


def _ask_for_version(
    dossier: Dossier, purpose: Purpose | None, evidence: Evidence, uses: Sequence[EvidenceUse]
) -> Purpose:
    step, decision = _decide(dossier, purpose, [use.criterion for use in uses], Act.FILE)
    require(decision)
    if step == Purpose.EXPLANATION:
        refuse_sent(dossier, uses, origin_of(evidence))
    return step


def _decide(
    dossier: Dossier, purpose: Purpose | None, criteria: Sequence[Criterion], act: Act
) -> tuple[Purpose, Decision]:
    if purpose is not None:
        return purpose, evidence_pen(dossier, purpose, criteria, act)
    reopened = next((item for item in criteria if item.changed_in > 1), None)
    return open_purpose(dossier, reopened, act)


def _details_of(item: Incoming, details: Details, *, alone: bool) -> Details:
    stem = stem_of(item.checked.name)
    if alone:
        abstract = details.abstract or stem
    else:
        abstract = f"{details.abstract} – {stem}" if details.abstract else stem
    return replace(details, abstract=abstract[:500])


def add_row(
    dossier: Dossier,
    checked: CheckedFile,
    key: str,
    details: Details,
    step: Purpose,
    criterion: Criterion | None,
    pages: str,
    by: User,
    *,
    taken_from: EvidenceFile | None = None,
    valid_until: datetime.date | None = None,
    what: str = "Thêm tài liệu",
) -> Evidence:
    """The rows of a document whose bytes stand under `key`, and the line in the trail that says `what` was done."""
    evidence = Evidence.objects.create(
        taken_from=taken_from,
        valid_until=valid_until,
        participant=dossier.participant,
        number=details.number,
        issued_on=details.issued_on,
        issuer=details.issuer,
        abstract=details.abstract,
        created_by=by,
    )
    late_for = crossed(dossier, step, [criterion] if criterion else ())
    file = _file_row(dossier, evidence, 1, checked, key, step, by, late_for=late_for)
    told: dict[str, object] = {"sha256": file.sha256, "size": file.size, "purpose": step} | _both_instants(file)
    if criterion is not None:
        EvidenceUse.objects.create(evidence=evidence, criterion=criterion, purpose=step, pages=pages, added_by=by)
        told |= {"criterion": criterion.code, "pages": pages}
    if taken_from is not None:
        told["taken_from"] = taken_from.evidence.participant.name
    if valid_until is not None:
        told["valid_until"] = valid_until.isoformat()
    tell(dossier, evidence, what, by, **told)
    return evidence


def _file_row(
    dossier: Dossier,
    evidence: Evidence,
    number: int,
    checked: CheckedFile,
    key: str,
    step: Purpose,
    by: User,
    *,
    late_for: datetime.datetime | None,
) -> EvidenceFile:
    return EvidenceFile.objects.create(
        evidence=evidence,
        number=number,
        sha256=checked.sha256,
        size=checked.size,
        kind=checked.kind,
        name=checked.name,
        key=key,
        purpose=step,
        uploaded_by=by,
        uploaded_at=dossier.now,
        began_at=dossier.began,
        late_for=late_for,
    )


def _both_instants(file: EvidenceFile) -> dict[str, object]:
    """For the trail of a file that crossed its deadline: when its sending began, and when it was stored."""
    if file.late_for is None or file.began_at is None:
        return {}
    return {"began_at": file.began_at.isoformat(), "stored_at": file.uploaded_at.isoformat()}


def tell(dossier: Dossier, evidence: Evidence, what: str, by: User, **data: object) -> None:
    """Append the act to the campaign's trail."""
    trail.record(
        ADD_EVIDENCE,
        by=by,
        about=evidence,
        scope=dossier.participant.campaign.trail_scope,
        label=f"{what}: {dossier.participant.name}, {evidence}",
        **data,
    )
