"""One file comes in from the page of its leaf, under the key of that page's write: a retry stores nothing twice."""

from __future__ import annotations

from django.core.files.uploadedfile import UploadedFile

from scoring.enums import Purpose, WriteKind
from scoring.models import Criterion, Evidence, Participant, WriteKey
from scoring.permissions import ADD_EVIDENCE
from scoring.services.errors import Conflict
from scoring.services.evidence import REMOVED, Details, StoredBefore, add_evidence
from scoring.services.write_keys import TAKEN
from units.models import User
from units.permissions import authorize


def upload(
    participant: Participant,
    file: UploadedFile,
    *,
    key: str,
    by: User,
    criterion: Criterion | None = None,
    purpose: Purpose | None = None,
) -> Evidence:
    """The document made of `file`, standing for `criterion` if given; the one made before where `key` came before.

    That holds after the hour as well: what was stored is told so. Raises as `add_evidence`, and `Conflict` for the key
    of another write or of a document that has been removed since.
    """
    authorize(by, ADD_EVIDENCE, participant)
    before = WriteKey.objects.filter(participant=participant, key=key).first()
    if before is not None:  # before the bytes are looked through a second time
        if (before.by_id, before.kind) != (by.pk, WriteKind.UPLOAD):
            raise Conflict(TAKEN)
        return _made_before(participant, before.result["made"])
    try:
        return add_evidence(participant, [file], Details(), by=by, criterion=criterion, purpose=purpose, key=key)[0]
    except StoredBefore as done:  # the first try was being written while this one was read
        return _made_before(participant, done.made)


def _made_before(participant: Participant, made: list[int] | tuple[int, ...]) -> Evidence:
    found = Evidence.objects.filter(participant=participant, pk__in=made, removed_at__isnull=True).first()
    if found is None:
        raise Conflict(REMOVED)
    return found
