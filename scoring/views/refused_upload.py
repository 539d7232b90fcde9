"""What a form that brings files says when it is refused: the same for evidence, signed and late papers, and tasks."""

from __future__ import annotations

from django.forms import Form

from scoring.files.evidence_store import StoreFailed
from scoring.forms.evidence import add_errors
from scoring.services.errors import Conflict, Incomplete
from scoring.services.evidence import FilesRefused

CONFLICT, TOO_LARGE, UNPROCESSABLE, UNAVAILABLE = 409, 413, 422, 503
REFUSALS = (Conflict, Incomplete, FilesRefused, StoreFailed)


def explain(form: Form, field: str, refused: Exception) -> int:
    """Put one of `REFUSALS`, or what a store says of itself, into the form and return the status of its page. `field`
    is told what names no field of the form; "" is the form as a whole."""
    match refused:
        case FilesRefused():
            add_errors(form, field, [fault.sentence for fault in refused.faults])
            return TOO_LARGE if refused.is_too_large else UNPROCESSABLE
        case Incomplete():
            add_errors(form, refused.field if refused.field in form.fields else field, [refused.sentence])
            return UNPROCESSABLE
        case Conflict():
            add_errors(form, "", [refused.sentence])
            return CONFLICT
    add_errors(form, field, [str(refused)])
    return UNAVAILABLE
