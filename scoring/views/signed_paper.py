"""A signed paper comes in and goes out, the same for báo cáo tự chấm and công văn giải trình."""

from __future__ import annotations

import io
import logging

from django.http import FileResponse, HttpResponseBase

from scoring.files.evidence_store import Damaged, Unavailable, open_whole
from scoring.models import Signing
from scoring.selectors.scans import held_back
from scoring.views.evidence import seal
from units.views.gates import SignedInRequest

log = logging.getLogger(__name__)
FORBIDDEN, CONFLICT, TOO_LARGE, UNPROCESSABLE, UNAVAILABLE = 403, 409, 413, 422, 503


class Withheld(Exception):
    """The paper cannot be given out now: `sentence` says why, `status` is that of the page that tells it."""

    def __init__(self, sentence: str, status: int) -> None:
        self.sentence, self.status = sentence, status
        super().__init__(sentence)


def saved(request: SignedInRequest, paper: Signing) -> HttpResponseBase:
    """The bytes, hashed before the first goes out; only ever saved, never shown. Raises `Withheld`."""
    if sentence := held_back(paper.sha256, paper.participant, request.user):
        raise Withheld(sentence, FORBIDDEN)
    try:
        body = open_whole(paper.key, paper.sha256, paper.size)
    except (Damaged, Unavailable) as fault:
        log.error("signed paper %s: %s", paper.pk, type(fault).__name__)
        raise Withheld(str(fault), UNAVAILABLE) from None
    if request.method == "HEAD":
        body.close()
        body = io.BytesIO()
    response = FileResponse(body, as_attachment=True, filename=paper.name, content_type="application/octet-stream")
    response["Content-Length"] = str(paper.size)
    return seal(response)
