"""A part as its pages show it: the dossier, who may write, the leaves with their values in words, the way around."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.urls import reverse

from scoring.enums import PartState, Phase
from scoring.models import AppraisalPart, Criterion, Value
from scoring.permissions import APPRAISE, judges_for
from scoring.selectors.appraisal import LeafFacts, PartFacts, part_facts
from scoring.services.dossier import Dossier, read_dossier
from scoring.services.pen import appraisal_pen
from scoring.views.showing import Shown, show_value
from scoring.views.strip import phase_strip
from units.models import User
from units.permissions import Decision, can
from units.vietnamese import show_points, show_size


@dataclass(frozen=True)
class OpenedPart:
    """One part opened by one person; `address` are the arguments of its routes."""

    user: User
    part: AppraisalPart
    dossier: Dossier
    facts: PartFacts

    @property
    def address(self) -> tuple[str, str, str, str, int]:
        participant, campaign = self.dossier.participant, self.dossier.participant.campaign
        return campaign.organiser.slug, campaign.code, participant.code, self.part.component.code, self.part.round

    @property
    def is_shown(self) -> bool:
        """Whether the unit's own values may be looked at: handed in, or in round 2."""
        return self.part.round == 2 or self.dossier.submission.is_received

    @property
    def is_in_its_round(self) -> bool:
        """Whether the group is in the round that the part belongs to; in no other does the part take any step."""
        return self.dossier.phase == (Phase.APPRAISAL if self.part.round == 1 else Phase.REAPPRAISAL)

    @cached_property
    def pen(self) -> Decision:
        """May this person write values of the part now? The reason is for the person to read."""
        return can(self.user, APPRAISE, self.part) and appraisal_pen(self.dossier, self.part)

    @property
    def url(self) -> str:
        return reverse("scoring:part", args=self.address)

    def leaf_url(self, leaf: Criterion) -> str:
        return reverse("scoring:part_leaf", args=[*self.address, leaf.code])

    @property
    def is_mine(self) -> bool:
        """Whether the reader works this part, in an own role or as a deputy."""
        return self.part.appraiser_id in judges_for(self.user, self.part.organiser_id)

    @property
    def absent(self) -> str:
        """Whose part it is that the reader works as a deputy; "" for an own one."""
        appraiser = self.part.appraiser
        return appraiser.full_name if self.is_mine and appraiser and appraiser.pk != self.user.pk else ""

    def frame(self) -> dict[str, Any]:
        """What every page of the part needs around its content."""
        dossier, campaign = self.dossier, self.dossier.participant.campaign
        return {
            "campaign": campaign,
            "participant": dossier.participant,
            "part": self.part,
            "facts": self.facts,
            "opened": self,
            "is_shown": self.is_shown,
            "state": state_of_part(self.part, self.facts.judged, is_received=self.is_shown)[1],
            "is_sample": campaign.is_sample,
            "crumbs": self._crumbs(),
            "title": f"Lĩnh vực {self.part.component.code}. {self.part.component.title}",
            **phase_strip(dossier.group, dossier.windows, dossier.now),
        }

    def _crumbs(self) -> list[dict[str, str]]:
        slug, code = self.address[:2]
        if self.is_mine:
            return [{"label": "Phần được giao", "url": reverse("scoring:appraisal", args=[slug, code])}]
        return [{"label": "Phân công thẩm định", "url": reverse("scoring:assignment", args=[slug, code])}]


def open_part(user: User, part: AppraisalPart) -> OpenedPart:
    """Read what stands around and in one part; a constant number of queries at any number of leaves."""
    dossier = read_dossier(part.participant)
    part.participant = dossier.participant
    is_received = part.round == 2 or dossier.submission.is_received
    return OpenedPart(user, part, dossier, part_facts(part, is_received=is_received))


def state_of_part(part: AppraisalPart, judged: int, *, is_received: bool) -> tuple[str, str]:
    """(silhouette, words) of a part of which `judged` leaves are judged, the same on every page that lists it.

    Round 2 is about what was explained: it asks for no dossier."""
    if part.state == PartState.SIGNED:
        return "lock", "Đã ký xác nhận"
    if part.state == PartState.DONE:
        return "done", "Chấm xong, chờ ký"
    if part.round == 1 and not is_received:
        return "todo", "Đơn vị chưa nộp"
    return ("half", "Đang thẩm định") if judged else ("todo", "Chưa bắt đầu")


@dataclass(frozen=True)
class LeafRow:
    """One leaf of a part in words. `state` is (silhouette, word); `seen` names the value that “Giữ điểm” would keep,
    with its version, "" where there is nothing to keep; `change` compares with what was declared (round 1) or with the
    first round."""

    facts: LeafFacts
    url: str
    max_points: str
    declared: Shown | None
    earlier: Shown | None
    given: Shown | None
    state: tuple[str, str]
    change: str
    seen: str


def row_of(opened: OpenedPart, facts: LeafFacts) -> LeafRow:
    campaign = opened.dossier.participant.campaign
    kept = facts.kept_from
    return LeafRow(
        facts=facts,
        url=opened.leaf_url(facts.leaf),
        max_points=show_points(facts.leaf.max_points),
        declared=show_value(facts.declared, campaign),
        earlier=show_value(facts.earlier, campaign),
        given=show_value(facts.given, campaign) if facts.is_judged else None,
        state=_state(facts),
        change=say_difference(facts.declared if facts.number == 1 else facts.earlier, facts.given),
        seen=f"{facts.leaf.code}|{kept.version}" if kept is not None and not facts.is_judged else "",
    )


def rows_of(opened: OpenedPart) -> list[LeafRow]:
    return [row_of(opened, facts) for facts in opened.facts.leaves]


def _state(facts: LeafFacts) -> tuple[str, str]:
    if facts.is_overtaken:
        return "back", "đơn vị sửa sau khi chấm"
    if facts.is_judged:
        return "done", "đã chấm"
    if facts.given is not None:
        return "back", "chấm lại theo quy tắc mới"
    if facts.is_claim:
        return "na", "đề nghị không áp dụng"
    return "todo", "chưa chấm"


def say_difference(before: Value | None, after: Value | None) -> str:
    """ "giảm 0,50 điểm", "tăng 0,25 điểm", "giữ nguyên"; "" where one of them has no points to compare."""
    if before is None or after is None or not (before.is_fresh and after.is_fresh):
        return ""
    return say_points_difference(before.worth, after.worth)


def say_points_difference(before: Decimal | None, after: Decimal | None) -> str:
    if before is None or after is None:
        return ""
    if before == after:
        return "giữ nguyên"
    word = "giảm" if after < before else "tăng"
    return f"{word} {show_size(after - before)} điểm"


def told_of(refusals: Mapping[str, str]) -> str:
    """ "1.1: Đã có ý kiến thẩm định. 1.2: …" for the message after an act on many leaves."""
    return " ".join(f"{code}: {sentence}" for code, sentence in refusals.items())
