"""The documents of one leaf as its page shows them: card, preview, details to fill in, and what may be added."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from scoring.enums import EvidenceKind
from scoring.files.evidence_check import ACCEPT
from scoring.files.evidence_pages import SHOWN
from scoring.forms.evidence import DetailsForm, card_form
from scoring.models import EvidenceUse
from scoring.selectors.evidence import Document, ForCriterion
from scoring.services.evidence_pen import Asked
from scoring.views.evidence import arguments_of


@dataclass(frozen=True)
class Card:
    """One document of a leaf. `may_write`: its use here may be changed; `form` None: its details are only read.
    `preview` and `proposal` are addresses or ""."""

    use: EvidenceUse
    document: Document
    may_write: bool
    form: DetailsForm | None
    preview: str
    proposal: str

    @property
    def lacks(self) -> bool:
        """Whether the details are still to be filled in."""
        return not self.document.evidence.number or not self.document.evidence.issued_on


def flow_of(shown: ForCriterion, *, may_write: bool, back: str, asked: Asked | None = None) -> dict[str, Any]:
    """Variables of `templates/scoring/dossier/_evidence_flow.html`; `back` is the page of the leaf, `asked` tells for
    an explanation what may still be changed."""
    return {
        "shown": shown,
        "cards": [card_of(use, document, may_write=may_write, back=back, asked=asked) for use, document in shown.items],
        "others": shown.others,
        "may_write": may_write,
        "accept": ACCEPT,
        "back": back,
        "upload_url": reverse("scoring:evidence_upload", args=arguments_of(shown.participant)),
        "add_url": reverse("scoring:evidence_add", args=arguments_of(shown.participant)),
        "attach_url": reverse("scoring:evidence_attach", args=arguments_of(shown.participant)),
    }


def card_of(use: EvidenceUse, document: Document, *, may_write: bool, back: str, asked: Asked | None = None) -> Card:
    """`may_write`: the unit holds the pen of the step that `use` belongs to."""
    newest = document.newest
    arguments = [*arguments_of(document.evidence.participant), document.evidence.pk]
    first = document.files[0]
    may_edit = may_write and first.purpose == use.purpose
    if asked is not None:
        may_edit = may_edit and not asked.refusal(document.uses, first)
        may_write = may_write and not asked.refusal([use])
    return Card(
        use,
        document,
        may_write,
        card_form(document.evidence, back) if may_edit else None,
        reverse("scoring:evidence_view", args=[*arguments, newest.number]) if newest.kind in SHOWN else "",
        reverse("scoring:evidence_proposal", args=arguments) if newest.kind == EvidenceKind.PDF else "",
    )
