"""The buttons of a dossier for one person, each with its form, on the worksheet and on the head's review alike."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from scoring.enums import SubmissionState
from scoring.forms.dossier import StepForm
from scoring.forms.review import ReturnForm, SubmitForm
from scoring.services.before_submission import accepted_words
from scoring.services.pen import in_time
from scoring.services.transitions import Offer, available
from scoring.views.dossier_frame import Opened
from scoring.views.late_paper_places import BY_PAPER
from scoring.workflow import ACT_OF_STEP, Transition

MAIN = ("hand_over", "submit")
NOT_DONE = {
    "hand_over": "Chưa trình được",
    "submit": "Chưa nộp được",
    "return": "Chưa trả lại được",
    "withdraw": "Chưa rút lại được",
}
"""What a refused step is headed with; the coordinator's are "Chưa ghi được"."""


def form_of(opened: Opened, transition: Transition, data: Mapping[str, Any] | None = None) -> StepForm:
    """What the step asks of the person, from the dossier as it was opened."""
    version = opened.submission.version
    if transition.name == "submit":
        words = accepted_words(opened.check) if opened.check and opened.check.unanswered else ""
        return SubmitForm(transition, data, version=version, words=words)
    if transition.name == "return":
        leaves = [line.criterion for line in opened.sheet.lines if line.is_asked]
        return ReturnForm(transition, data, version=version, leaves=leaves)
    return StepForm(transition, data, version=version)


def steps_of(opened: Opened, form: StepForm | None, chosen: Transition | None) -> list[dict[str, Any]]:
    """The buttons of this person, each with its form; what the door would refuse for the hour is not offered, nor what
    has a page of its own."""
    offers = [
        offer for offer in available(opened.submission, opened.user) if not offer.refusal and offer.name not in BY_PAPER
    ]
    offers = [
        offer for offer in offers if offer.name not in ACT_OF_STEP or in_time(opened.dossier, ACT_OF_STEP[offer.name])
    ]
    offers.sort(key=lambda offer: offer.name not in MAIN)
    return [_step(opened, offer, form if offer.transition == chosen else None) for offer in offers]


def not_done(chosen: Transition | None) -> str:
    return NOT_DONE.get(chosen.name, "Chưa ghi được") if chosen else ""


def waiting_of(opened: Opened) -> str:
    """What somebody of the unit who cannot sign is told while the head is asked."""
    if not opened.sight.is_unit or opened.submission.state != SubmissionState.AT_HEAD:
        return ""
    refused = {offer.name: offer.refusal for offer in available(opened.submission, opened.user)}.get("submit")
    return "Chỉ thủ trưởng đơn vị nộp được phiếu. Phiếu đã sẵn sàng để thủ trưởng ký." if refused else ""


def _step(opened: Opened, offer: Offer, bound: StepForm | None) -> dict[str, Any]:
    form = bound or form_of(opened, offer.transition)
    return {
        "name": offer.name,
        "button": offer.button,
        "is_main": offer.name in MAIN,
        "is_chosen": bound is not None,
        "is_folded": "reason" in form.fields or "until" in form.fields,
        "form": form,
    }
