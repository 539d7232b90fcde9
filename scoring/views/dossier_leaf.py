"""One leaf of an opened dossier, and its answer as it is saved: once, or told what stands in the way."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import Http404

from scoring.engine.single import Leaf
from scoring.models import Submission, Value
from scoring.selectors.worksheet import Line
from scoring.services.errors import StaleEdit
from scoring.services.leaves import leaf_of
from scoring.services.self_assessment import declare
from scoring.services.values import Content, content_of
from scoring.views.dossier_frame import Opened, open_dossier
from scoring.views.dossier_showing import answer_url, points_of_max
from scoring.views.dossier_tree import Filter, Walk, filter_of
from scoring.views.showing import say_content
from scoring.views.stale import Clash
from units.views.gates import SignedInRequest


@dataclass(frozen=True)
class Asked:
    """One leaf of an opened dossier, with its rule, and which leaves are shown beside it."""

    opened: Opened
    line: Line
    leaf: Leaf
    shown: Filter = Filter.ALL

    @property
    def url(self) -> str:
        return answer_url(self.opened, self.line)

    @property
    def walk(self) -> Walk:
        return Walk(self.opened, self.line, self.shown)

    @property
    def page_url(self) -> str:
        """The page as the person has it, with the filter over its tree."""
        return self.walk.kept(self.url)


def asked_at(request: SignedInRequest, submission: Submission) -> Asked:
    """The leaf of the address; Http404 where the unit's set has none of that code."""
    opened = open_dossier(request.user, submission, as_loaded=request.method != "POST")
    code = request.resolver_match.kwargs["criterion"] if request.resolver_match else ""
    line = opened.sheet.line_of(code)
    if line is None:
        raise Http404
    return Asked(opened, line, leaf_of(line.criterion, opened.dossier.participant.campaign), filter_of(request))


def save(asked: Asked, content: Content, seen: int) -> Value:
    """Declare; the same answer pressed twice by the same person is saved once and is no conflict."""
    participant = asked.opened.dossier.participant
    try:
        return declare(participant, asked.line.criterion, content, seen=seen, by=asked.opened.user)
    except StaleEdit as stale:
        current = stale.current
        if current is not None and current.author_id == asked.opened.user.pk and content_of(current) == content:
            return current
        raise


def saved_sentence(asked: Asked, value: Value) -> str:
    code = asked.line.criterion.code
    if value.not_applicable:
        return f"Đã lưu {code}: đề nghị không áp dụng."
    return f"Đã lưu {code}: {points_of_max(value.worth, asked.line) or 'không áp dụng theo quy tắc'}."


def standing_version(stale: StaleEdit) -> int:
    return stale.current.version if stale.current is not None else 0


def clash_of(
    asked: Asked, typed: Content | None, stale: StaleEdit, fields: list[tuple[str, str]], url: str = ""
) -> Clash:
    """Both versions of an answer in words, with who gave the one that stands."""
    current, criterion = stale.current, asked.line.criterion
    return Clash(
        heading=f"{criterion.code} {criterion.title}",
        typed=_in_words(asked.leaf, typed),
        stands=_in_words(asked.leaf, content_of(current) if current is not None else None),
        url=url or asked.url,
        fields=fields,
        who=current.author.full_name if current is not None and current.author else "",
        at=current.changed_at if current is not None else None,
    )


def _in_words(leaf: Leaf, content: Content | None) -> str:
    if content is None:
        return "Không có câu trả lời"
    parts = [say_content(leaf, content)]
    if content.reason:
        parts.append(f"Lý do: {content.reason}")
    if content.note:
        parts.append(f"Giải thích thêm: {content.note}")
    return "\n".join(parts)
