"""Last year beside a leaf of this year, as rows that a template prints."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.urls import reverse

from scoring.enums import EvidenceKind, LinkKind, Stage
from scoring.files.evidence_pages import SHOWN
from scoring.forms.dossier import FIGURES, AnswerForm
from scoring.forms.last_year import CarryForm
from scoring.models import Criterion, EvidenceFile, EvidenceUse, Participant, Unfinished, Value
from scoring.permissions import VIEW_EVIDENCE
from scoring.selectors.last_year import (
    Earlier,
    LeafBefore,
    earlier_dossiers,
    in_force,
    leaf_before,
    seen_by,
    uses_before,
)
from scoring.selectors.worksheet import Line
from scoring.services.answer_wording import say_content
from scoring.services.last_stand import LastNode, last_stand
from scoring.services.last_year import Figure, claim_of, figures_of, warning_beside
from scoring.services.leaves import leaf_of
from scoring.services.values import content_of
from scoring.views.dossier_frame import Opened
from units.enums import SuccessionKind
from units.permissions import can
from units.vietnamese import MINUS, format_date, show_points


@dataclass(frozen=True)
class StageRow:
    """What one stage gave: "1,50 / 2,00", the difference to what the unit declared ("−0,50", "" for none), why."""

    label: str
    points: str
    difference: str
    reason: str


@dataclass(frozen=True)
class FigureRow:
    """One figure; `name` and `raw` of this year's field, "" and None where it cannot be used again."""

    label: str
    text: str
    name: str = ""
    raw: str | list[str] | None = None

    @property
    def json(self) -> str:
        """What goes into the field, for the script: {name: text or list}."""
        return json.dumps({self.name: self.raw}, ensure_ascii=False)


@dataclass(frozen=True)
class OldLeaf:
    """One criterion of last year at one unit. `said` where its answer is not figures one by one."""

    title: str
    figures: Sequence[FigureRow]
    said: str
    note: str
    rows: Sequence[StageRow]


@dataclass(frozen=True)
class Year:
    """One earlier dossier: whose and of which year, how far the two compare, and what it says."""

    year: int
    unit: str
    words: Sequence[str]
    leaves: Sequence[OldLeaf]
    reuse: dict[str, str | list[str]] = field(default_factory=dict)

    @property
    def json(self) -> str:
        """Everything that can be used again, for the script: {name of a field: text or list}."""
        return json.dumps(self.reuse, ensure_ascii=False)

    @property
    def is_claim(self) -> bool:
        """Whether it is last year's claim "không áp dụng" that can be made again."""
        return "not_applicable" in self.reuse


@dataclass(frozen=True)
class OldDocument:
    """A document of last year at the leaf. `url` to read it, "" where the reader may not; `form` to use it again, None
    where nothing is written now; `is_here`: the same bytes stand for this year's leaf already."""

    use: EvidenceUse
    newest: EvidenceFile
    url: str
    carry_url: str
    form: CarryForm | None
    is_here: bool


def years_before(opened: Opened, line: Line) -> list[LeafBefore]:
    """What the reader may know of earlier dossiers at the leaf."""
    found = earlier_dossiers(opened.dossier.participant)
    return leaf_before(line.criterion, seen_by(opened.user, opened.sight, found))


def panel_of(opened: Opened, line: Line, before: Sequence[LeafBefore]) -> dict[str, Any]:
    """Variables of `_last_year.html`, without the documents."""
    participant = opened.dossier.participant
    years = [_year(one, line.criterion, participant) for one in before]
    may_write = line.is_asked and bool(opened.pen(line.criterion))
    declared = line.declared
    beside = declared is not None and any(one.is_comparable for one in before)
    return {
        "years": years,
        "may_reuse": may_write,
        "reuse_url": f"{reverse('scoring:answer', args=[*opened.address, line.criterion.code])}?dung-lai=1",
        "published": None if before else _published(opened, line),
        "doubt": warning_beside(participant, line.criterion, declared.inputs) if declared and beside else "",
    }


def documents_before(
    opened: Opened, line: Line, before: Sequence[LeafBefore], tried: tuple[int, CarryForm] | None = None
) -> list[OldDocument]:
    """The documents that stood for the leaf, each once; `tried`: a form that came back with faults, by its document."""
    readable = {
        one.earlier.participant.pk for one in before if can(opened.user, VIEW_EVIDENCE, one.earlier.participant)
    }
    may_write = line.is_asked and bool(opened.pen(line.criterion))
    own = opened.dossier.participant.evidence.filter(removed_at__isnull=True, uses__criterion=line.criterion)
    here = set(own.values_list("files__sha256", flat=True))
    found: dict[int, OldDocument] = {}
    for use in uses_before(before):
        files = list(use.evidence.files.all())
        if use.evidence_id in found or not files or use.evidence.participant_id not in readable:
            continue
        newest = max(files, key=lambda file: file.number)
        form = CarryForm(prefix=prefix_of(use.evidence_id), initial={"pages": use.pages}) if may_write else None
        if tried is not None and tried[0] == use.evidence_id:
            form = tried[1]
        found[use.evidence_id] = OldDocument(
            use,
            newest,
            _url_of(use, newest),
            reverse("scoring:carry_document", args=[*opened.address, line.criterion.code, use.evidence_id]),
            form,
            newest.sha256 in here,
        )
    return list(found.values())


def prefix_of(evidence: int) -> str:
    return f"nt-{evidence}"


def reuse_form(opened: Opened, line: Line) -> tuple[AnswerForm, int] | None:
    """The form of the leaf filled with last year's figures, not stored, and the year; None where none make sense."""
    participant = opened.dossier.participant
    for one in years_before(opened, line):
        found = _year(one, line.criterion, participant)
        if found.reuse:
            kept = line.unfinished.version if line.unfinished else 0
            shown = Unfinished(typed=dict(found.reuse), version=kept)
            form = AnswerForm(leaf_of(line.criterion, participant.campaign), value=line.declared, unfinished=shown)
            return form, found.year
    return None


def _year(before: LeafBefore, criterion: Criterion, participant: Participant) -> Year:
    earlier = before.earlier
    leaves, reuse = [], dict[str, str | list[str]]()
    for old, values in before.said:
        value = in_force(values)
        figures = figures_of(criterion, participant.campaign, value, comparable=before.is_comparable) if value else []
        rows = [_figure(one) for one in figures]
        reuse |= {row.name: row.raw for row in rows if row.raw is not None}
        declared = values.get(Stage.DECLARED)
        if before.is_comparable and declared is not None and declared.note and reuse:
            reuse["note"] = declared.note
        claim = claim_of(values) if before.is_comparable and not reuse else None
        if claim is not None:
            reuse |= {"not_applicable": "on", "reason": claim.reason} | ({"note": claim.note} if claim.note else {})
        leaves.append(_old_leaf(old, values, rows, earlier))
    name = earlier.participant.name if earlier.participant.name != participant.name else ""
    return Year(earlier.year, name, _compared(before), leaves, reuse)


def _old_leaf(old: Criterion, values: Any, rows: Sequence[FigureRow], earlier: Earlier) -> OldLeaf:
    declared = values.get(Stage.DECLARED)
    said = "" if rows else _said(old, values, earlier)
    note = declared.note if declared else ""
    return OldLeaf(f"{old.code} {old.title}", rows, said, note, _stages(old, values))


def _said(old: Criterion, values: Any, earlier: Earlier) -> str:
    last = next((values[stage] for stage in reversed(Stage) if stage in values), None)
    if last is None:
        return f"Năm {earlier.year} không có số liệu ở tiêu chí này."
    told = say_content(leaf_of(old, earlier.participant.campaign), content_of(last))
    return f"{told}. Lý do: {last.reason}" if last.not_applicable and last.reason else told


def _stages(old: Criterion, values: Any) -> list[StageRow]:
    declared = values.get(Stage.DECLARED)
    base = declared.worth if declared else None
    found = [(stage, values[stage]) for stage in Stage if stage in values]
    return [_stage(old, stage, value, base, is_other=_differs(value, declared)) for stage, value in found]


def _differs(value: Value, declared: Value | None) -> bool:
    """Whether a judgement says anything else than the unit did; of one that does not, no reason is worth reading."""
    if declared is None or value.not_applicable != declared.not_applicable or value.worth != declared.worth:
        return True
    return value.inputs is not None and value.inputs != declared.inputs


def _stage(old: Criterion, stage: Stage, value: Value, declared: Decimal | None, *, is_other: bool) -> StageRow:
    points = "không áp dụng" if value.not_applicable else "–"
    if value.worth is not None:
        points = f"{show_points(value.worth)} / {show_points(old.max_points)}"
    difference = ""
    if stage != Stage.DECLARED and value.worth is not None and declared is not None and value.worth != declared:
        sign = "+" if value.worth > declared else MINUS
        difference = f"{sign}{show_points(abs(value.worth - declared))}"
    return StageRow(stage.label, points, difference, value.reason if is_other and stage != Stage.DECLARED else "")


def _figure(figure: Figure) -> FigureRow:
    if figure.raw is None:
        return FigureRow(figure.slot.label, figure.text)
    return FigureRow(figure.slot.label, figure.text, f"{FIGURES}{figure.slot.name}", figure.raw)


def _compared(before: LeafBefore) -> list[str]:
    """How far last year's figures stand beside this year's, in sentences; nothing to say of what goes on unchanged."""
    year, found = before.earlier.year, before.continuation
    words = []
    if step := before.earlier.came_by:
        verb = "được chia vào" if step.kind == SuccessionKind.SPLIT else "sáp nhập vào"
        words.append(f"Đơn vị {verb} đơn vị này ngày {format_date(step.date)}, nên số liệu chỉ để tham khảo.")
    elif not before.earlier.is_whole:
        words.append(f"Đơn vị đã sáp nhập hoặc chia tách sau năm {year}, nên số liệu chỉ để tham khảo.")
    if found.kind == LinkKind.NEW:
        words.append(f"Tiêu chí mới: năm {year} không có tiêu chí nào ứng với tiêu chí này.")
    elif len(found.predecessors) > 1:
        words.append(f"Gộp từ {len(found.predecessors)} tiêu chí của năm {year}, nên không so từng số.")
    elif before.is_split:
        words.append(f"Tách ra từ một tiêu chí của năm {year}, nên không so từng số.")
    elif found.kind == LinkKind.CHANGED:
        words.append(f"Tiêu chí đã đổi, không so được với năm {year}.")
    elif found.kind == LinkKind.COMPARABLE:
        words.append(f"Tiêu chí có thay đổi so với năm {year}, vẫn so được.")
    return [*words, *([found.note] if found.note else [])]


def _published(opened: Opened, line: Line) -> dict[str, Any] | None:
    """Points of the unit in the last table in public, where no dossier of the portal stands behind this one."""
    stand = last_stand(opened.dossier.participant, opened.sight)
    if stand is None:
        return None
    component = next(node for node in opened.sheet.tree.components if node.path == line.criterion.component_path)
    places = ((f"Tiêu chí {line.criterion.code}", line.criterion.code), (f"Lĩnh vực {component.code}", component.code))
    rows = [(label, _points(stand.nodes[code])) for label, code in places if code in stand.nodes]
    return {"year": stand.year, "rows": rows} if rows else None


def _points(node: LastNode) -> str:
    return f"{show_points(node.points)} / {show_points(node.max_points)}"


def _url_of(use: EvidenceUse, newest: EvidenceFile) -> str:
    then = use.evidence.participant
    arguments = [then.campaign.organiser.slug, then.campaign.code, then.code, use.evidence_id, newest.number]
    is_shown = EvidenceKind(newest.kind) in SHOWN
    return reverse("scoring:evidence_view" if is_shown else "scoring:evidence_file", args=arguments)
