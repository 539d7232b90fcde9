"""What the units did so far: documents, figures, claims, and how far each dossier came."""

from __future__ import annotations

from collections.abc import Iterable

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction

from scoring.enums import Stage
from scoring.management.demo_year.cast import Cast
from scoring.management.demo_year.material import Document, UnitStory
from scoring.models import Participant, Value
from scoring.selectors.tree import Tree
from scoring.services.evidence import add_evidence
from scoring.services.evidence_details import use_for
from scoring.services.self_assessment import declare
from scoring.services.transitions import perform

RETURNED = {
    "21061": "Số hồ sơ quá hạn chưa khớp với hệ thống một cửa. Xem lại tiêu chí 3.3 rồi trình lại.",
}
"""Dossiers that the head gave back, and what he or she wrote."""


def tell_unit(
    participant: Participant, story: UnitStory, documents: Iterable[Document], tree: Tree, cast: Cast
) -> None:
    """Documents first, then figures and states in one transaction: cut off in between, the next call goes on."""
    if story.stand == "not_started" or Value.objects.filter(participant=participant, stage=Stage.DECLARED).exists():
        return
    for document in documents:
        bring(participant, document, tree, cast)
    staff = cast.staff(story.code)
    with transaction.atomic():
        for code, content in story.declared.items():
            declare(participant, tree.by_code[code], content, seen=0, by=staff)
        _hand_on(participant, story, cast)


def bring(participant: Participant, document: Document, tree: Tree, cast: Cast) -> None:
    staff, details = cast.staff(document.unit), document.details
    found = participant.evidence.filter(number=details.number, abstract=details.abstract).first()
    if found is None:
        upload = SimpleUploadedFile(document.file.name, document.file.read_bytes())
        (found,) = add_evidence(participant, [upload], details, by=staff)
    for code, pages in document.uses:
        use_for(found, tree.by_code[code], pages, by=staff)


def _hand_on(participant: Participant, story: UnitStory, cast: Cast) -> None:
    staff, head = cast.staff(story.code), cast.head(story.code)
    submission = participant.submission
    submission.participant = participant
    if story.stand in ("at_head", "submitted"):
        perform(submission, "hand_over", staff)
    if story.stand == "submitted":
        submission.refresh_from_db()
        perform(submission, "submit", head, accept_warnings=True)
    if note := RETURNED.get(story.code):
        perform(submission, "hand_over", staff)
        submission.refresh_from_db()
        perform(submission, "return", head, reason=note)
