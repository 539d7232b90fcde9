"""What a báo cáo tự chấm says, as strings alone: PDF, DOCX and the page print these and nothing else.

Once a dossier is handed in the content comes from its newest receipt, frozen; before that from the rows as they are,
and every page says that it is a draft. Layout words follow the annex of decree 30/2020/NĐ-CP.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils import timezone

from scoring.enums import CriterionRole, Purpose, Source, SubmissionState
from scoring.models import Participant, Receipt
from scoring.selectors.report import MARK, newest_receipt
from scoring.services.answer_wording import CLAIM
from scoring.services.deadline_wording import say_terms
from scoring.services.dossier import Dossier
from scoring.services.letterhead import (
    DOTS,
    DRAFT_MARK,
    SAMPLE_MARK,
    called,
    default_place,
    is_committee,
    issuer,
    one_line,
    plain,
    say_document,
    signer,
    superior,
)
from scoring.services.receipt_reading import read_receipt
from scoring.services.receipts import canonical, contents, digest_of
from units.mail import portal_address
from units.vietnamese import format_datetime, show_points

NONE = "Không có."
_ENTERED = {source: f"{source.label}: cơ quan điều phối nhập điểm." for source in Source} | {
    Source.COORDINATOR: "Cơ quan điều phối nhập điểm."
}
_CHOSEN = re.compile(r"Chọn “.*”: (.+)", re.DOTALL)


@dataclass(frozen=True)
class Summed:
    """A line of the summary: a component, or the total."""

    number: str
    title: str
    max_points: str
    own_max: str
    points: str


@dataclass(frozen=True)
class Row:
    """A line of the table. `level` "component" and "heading" have no cells but `max_points`; `documents` one line
    each."""

    level: str
    code: str
    title: str
    max_points: str = ""
    points: str = ""
    how: str = ""
    documents: tuple[str, ...] = ()


@dataclass(frozen=True)
class Unproven:
    """A leaf that counts points without a document, and what the unit says to it."""

    code: str
    title: str
    points: str
    said: str


@dataclass(frozen=True)
class ReportContent:
    """Everything that the report prints; `mark` is "" for what was handed in, `check_url` "" for a draft."""

    superior: str
    issuer: str
    number_line: str
    date_line: str
    title: str
    basis: str
    summary: tuple[Summed, ...]
    extra: tuple[str, ...]
    answered: str
    rows: tuple[Row, ...]
    unproven: tuple[Unproven, ...]
    unproven_said: str
    difficulties: tuple[str, ...]
    proposals: tuple[str, ...]
    closing: str
    recipients: tuple[str, ...]
    signer: tuple[str, ...]
    signer_name: str
    annex_note: str
    mark: str
    sample: str
    receipt: str
    digest: str
    check_url: str


def report_of(dossier: Dossier) -> ReportContent:
    """The report as it stands: frozen once the dossier is handed in, else the draft."""
    receipt = newest_receipt(dossier.submission) if dossier.submission.state == SubmissionState.SUBMITTED else None
    return content_of_receipt(receipt, dossier.participant) if receipt else content_of_draft(dossier)


def content_of_receipt(receipt: Receipt, participant: Participant) -> ReportContent:
    """The report of one submission, the same for ever."""
    said = f"Nộp trên cổng lúc {format_datetime(receipt.submitted_at)}, biên nhận {receipt.number}."
    slug, code = participant.campaign.organiser.slug, participant.campaign.code
    path = reverse("scoring:report_check", args=[slug, code, participant.code, receipt.digest[:MARK]])
    content = read_receipt(receipt, participant)
    by_paper = receipt.late_paper_id is not None
    if by_paper:
        said = (
            f"Biên nhận {receipt.number} lúc {format_datetime(receipt.submitted_at)}. {plain(say_terms(receipt.terms))}"
        )
    return _content(
        content,
        day=timezone.localdate(receipt.submitted_at),
        signer_name="" if by_paper else receipt.submitted_by.full_name,
        mark="",
        receipt=said,
        digest=receipt.digest,
        check_url=portal_address(path),
    )


def content_of_draft(dossier: Dossier) -> ReportContent:
    """The report as it would be handed in now, with the digest that its receipt would have."""
    content = contents(dossier)
    return _content(
        content,
        day=timezone.localdate(dossier.now),
        signer_name="",
        mark=DRAFT_MARK,
        receipt="Chưa nộp, nên chưa có biên nhận.",
        digest=digest_of(canonical(content)),
        check_url="",
    )


def _content(
    content: Mapping[str, Any],
    *,
    day: datetime.date,
    signer_name: str,
    mark: str,
    receipt: str,
    digest: str,
    check_url: str,
) -> ReportContent:
    names, words = content["about"], content["report"]
    kind, unit = names["unit_kind"], plain(names["unit_name"])
    own_name = called(kind, unit)
    subject = f"Kết quả tự đánh giá, chấm điểm Chỉ số cải cách hành chính năm {names['year']} của {own_name}"
    leaves = _leaves(content)
    unproven = _unproven(leaves)
    annex = "Phụ lục I" if unproven else "phụ lục"
    place = plain(words["place"]) or default_place(kind, unit, plain(names["organiser_place"]))
    number_line = f"Số: {DOTS}/BC-{'UBND' if is_committee(kind) else DOTS}"
    return ReportContent(
        superior=superior(kind, names),
        issuer=issuer(kind, unit),
        number_line=number_line,
        date_line=f"{place}, ngày {DOTS} tháng {DOTS} năm {day.year}",
        title=subject,
        basis=(
            f"Thực hiện “{plain(names['campaign_title'])}” do {plain(names['organiser'])} tổ chức, căn cứ bộ tiêu chí "
            f"“{plain(names['criteria_set'])}”, {own_name} báo cáo kết quả tự đánh giá, chấm điểm như sau:"
        ),
        summary=_summary(leaves),
        extra=_extra(leaves),
        answered=_answered(leaves),
        rows=_rows(content, leaves),
        unproven=unproven,
        unproven_said=_say_unproven(unproven, leaves),
        difficulties=_paragraphs(words["difficulties"]),
        proposals=_paragraphs(words["proposals"]),
        closing=(
            f"Trên đây là báo cáo kết quả tự đánh giá, chấm điểm Chỉ số cải cách hành chính năm {names['year']} của "
            f"{own_name}. Điểm, tài liệu kiểm chứng của từng tiêu chí ở {annex} kèm theo./."
        ),
        recipients=(f"- {plain(names['organiser'])};", f"- {plain(names['lead_department'])};", "- Lưu: VT."),
        signer=signer(kind, plain(words["signer_title"])),
        signer_name=plain(signer_name),
        annex_note=f"(Kèm theo Báo cáo số {number_line.removeprefix('Số: ')} ngày {DOTS} tháng {DOTS} năm {day.year})",
        mark=mark,
        sample=SAMPLE_MARK if names["is_sample"] else "",
        receipt=receipt,
        digest=digest,
        check_url=check_url,
    )


@dataclass(frozen=True)
class _Leaf:
    """A leaf of a receipt with its answer and its documents."""

    node: Mapping[str, Any]
    component: Mapping[str, Any]
    answer: Mapping[str, Any] | None
    documents: tuple[str, ...]

    @property
    def is_asked(self) -> bool:
        return self.node["source"] == Source.SELF and not self.node["is_excluded"]

    @property
    def max_points(self) -> Decimal:
        return Decimal(self.node["max_points"])

    @property
    def points(self) -> Decimal:
        return Decimal((self.answer or {}).get("points") or 0)

    @property
    def is_on_behalf(self) -> bool:
        """Entered by the coordinator, whose proof is the late paper that the answer names."""
        return bool((self.answer or {}).get("on_behalf"))


def _leaves(content: Mapping[str, Any]) -> list[_Leaf]:
    answers = {item["criterion"]: item for item in content["answers"]}
    found, component = [], None
    for node in content["criteria"]:
        if node["level"] == 1:
            component = node
        if node["is_leaf"]:
            shown = [item for item in content["evidence"] if item["criterion"] == node["code"]]
            documents = tuple(say_document(item) for item in shown if item["purpose"] == Purpose.DECLARED)
            found.append(_Leaf(node, component or node, answers.get(node["code"]), documents))
    return found


def _summary(leaves: list[_Leaf]) -> tuple[Summed, ...]:
    scored = [leaf for leaf in leaves if leaf.node["role"] == CriterionRole.SCORED and not leaf.node["is_excluded"]]
    codes = list(dict.fromkeys(leaf.component["code"] for leaf in leaves))
    found = []
    for code in codes:
        mine = [leaf for leaf in scored if leaf.component["code"] == code]
        title = next(leaf.component["title"] for leaf in leaves if leaf.component["code"] == code)
        found.append(_sum(code, plain(title), mine))
    return (*found, _sum("", "Tổng cộng", scored))


def _sum(number: str, title: str, leaves: list[_Leaf]) -> Summed:
    own = [leaf for leaf in leaves if leaf.is_asked]
    every, asked, points = (
        sum(values, Decimal(0))
        for values in (
            (leaf.max_points for leaf in leaves),
            (leaf.max_points for leaf in own),
            (leaf.points for leaf in own),
        )
    )
    return Summed(number, title, show_points(every), show_points(asked), show_points(points) if own else "–")


def _extra(leaves: list[_Leaf]) -> tuple[str, ...]:
    """Bonus and penalty that the unit declares itself; no line where its set has none."""
    found = []
    for role, words in ((CriterionRole.BONUS, "Điểm thưởng"), (CriterionRole.PENALTY, "Điểm trừ")):
        mine = [leaf for leaf in leaves if leaf.is_asked and leaf.node["role"] == role]
        if mine:
            found.append(f"{words} tự chấm: {show_points(sum((leaf.points for leaf in mine), Decimal(0)))} điểm.")
    return tuple(found)


def _answered(leaves: list[_Leaf]) -> str:
    asked = [leaf for leaf in leaves if leaf.is_asked]
    answered = sum(leaf.answer is not None and not leaf.answer["is_stale"] for leaf in asked)
    claims = sum(leaf.answer is not None and leaf.answer["not_applicable"] for leaf in asked)
    said = f"Đã tự chấm {answered}/{len(asked)} tiêu chí do đơn vị tự chấm"
    if claims:
        said += f", trong đó {claims} tiêu chí đề nghị không áp dụng (tạm tính 0 điểm)"
    return f"{said}. Điểm của các tiêu chí còn lại do cơ quan điều phối nhập."


def _rows(content: Mapping[str, Any], leaves: list[_Leaf]) -> tuple[Row, ...]:
    by_code = {leaf.node["code"]: leaf for leaf in leaves}
    return tuple(
        _leaf_row(by_code[node["code"]])
        if node["is_leaf"]
        else Row(
            "component" if node["level"] == 1 else "heading",
            node["code"],
            plain(node["title"]),
            show_points(node["max_points"]),
        )
        for node in content["criteria"]
    )


def _leaf_row(leaf: _Leaf) -> Row:
    node, answer = leaf.node, leaf.answer
    points = ""
    if node["is_excluded"]:
        points, how = "–", "Không đánh giá."
    elif not leaf.is_asked:
        points, how = "–", _ENTERED[Source(node["source"])]
    elif answer is None:
        points, how = "0,00", "Chưa nhập."
    else:
        points, how = show_points(leaf.points), _how(answer)
    return Row("leaf", node["code"], plain(node["title"]), show_points(leaf.max_points), points, how, leaf.documents)


def _how(answer: Mapping[str, Any]) -> str:
    if answer["not_applicable"]:
        parts = [CLAIM, f"Lý do: {answer['reason']}"]
    elif answer["is_stale"]:
        parts = [answer["said"], "Chưa nhập lại nên chưa tính điểm"]
    else:
        # An option's sentence tells its label again; once is enough.
        chosen = _CHOSEN.fullmatch(answer["step"])
        parts = [f"{answer['said']}: {chosen[1]}"] if chosen else [answer["said"], answer["step"]]
    parts += [f"Giải thích: {answer['note']}"] if answer["note"] else []
    parts.append(answer.get("on_behalf", ""))  # whose hand it was, where it was not the unit's own
    return " ".join(part if part.endswith((".", "!", "?")) else f"{part}." for part in map(one_line, parts) if part)


def _unproven(leaves: list[_Leaf]) -> tuple[Unproven, ...]:
    return tuple(
        Unproven(
            leaf.node["code"],
            plain(leaf.node["title"]),
            show_points(leaf.points),
            one_line((leaf.answer or {}).get("note") or "") or "Chưa giải trình.",
        )
        for leaf in leaves
        if leaf.is_asked and leaf.points and leaf.node["asks_proof"] and not leaf.documents and not leaf.is_on_behalf
    )


def _say_unproven(unproven: tuple[Unproven, ...], leaves: list[_Leaf]) -> str:
    if not unproven:
        return "Không có tiêu chí nào tính điểm mà thiếu tài liệu kiểm chứng."
    codes = {row.code for row in unproven}
    points = sum((leaf.points for leaf in leaves if leaf.node["code"] in codes), Decimal(0))
    said = f"Có {len(unproven)} tiêu chí tính điểm mà chưa có tài liệu kiểm chứng, cộng {show_points(points)} điểm."
    return f"{said} Giải trình từng tiêu chí ở Phụ lục II."


def _paragraphs(text: str) -> tuple[str, ...]:
    return tuple(filter(None, (plain(line) for line in text.splitlines()))) or (NONE,)
