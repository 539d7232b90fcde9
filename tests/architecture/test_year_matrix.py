"""Who can do what in which phase, as one table that a person reads: year_matrix.txt beside this file.

Every act is really tried by every principal in every phase, through the service that form, table and workbook use,
and taken back again. A cell lists those who succeeded. After a change that is meant, look at what the failure prints,
and write it into the file (PARINDEX_WRITE_MATRIX=1 does it).
"""

from __future__ import annotations

import datetime
import os
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import ObjectDoesNotExist
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.utils import timezone

from scoring.enums import ExplanationState, PartState, Phase, Stage, SubmissionState
from scoring.models import AppraisalPart, Value
from scoring.services.appraisal import appraise, keep_declared
from scoring.services.assignment import assign
from scoring.services.council import decide, override_grade
from scoring.services.entered import confirm, enter
from scoring.services.errors import Blocked, Conflict, Incomplete
from scoring.services.explaining import explain
from scoring.services.late_papers import Arrived, enter_on_behalf, take_paper
from scoring.services.running import run_official
from scoring.services.self_assessment import declare
from scoring.services.transitions import perform, state_of
from scoring.services.values import Content
from scoring.workflow import Subject, transitions_of
from tests.scoring.evidence.samples import pdf
from tests.year import ORDER, Year, advance, build_year
from units.models import User
from units.permissions import Refused

MATRIX = Path(__file__).with_name("year_matrix.txt")
PRINCIPALS = ("P", "a1", "aH", "b1", "bH", "g1", "g2", "gA", "c", "c2", "h", "l", "s", "x", "n")
LEGEND = """\
# Ai làm được gì ở bước nào. Mỗi ô ghi những người làm được thật; · là không ai.
# A là Sở An toàn, B là Sở Bình yên. a1, aH: cán bộ, thủ trưởng của A; b1, bH: của B; g1, g2: người thẩm định được giao
# lĩnh vực 1, 2; gA: người thẩm định công tác ở A; c, c2: điều phối; h: hội đồng; l: lãnh đạo; s: quản trị;
# x: điều phối đã bị khóa; n: điều phối của nơi khác; P: công chúng.
"""
Act = Callable[[Year, Any], Any]


class _TakenBack(Exception):
    """Ends the attempt: nothing of it stays."""


def _enter(year: Year, by: Any) -> Value:
    content = Content(inputs={"mean": "4", "responses": "100"})
    return enter(year.a, year.leaves["3.1"], content, seen=year.seen("3.1", Stage.ENTERED), by=by)


def _confirm(year: Year, by: Any) -> None:
    """Confirm what c has entered."""
    value = year.value("3.1", Stage.ENTERED)
    if value is None:
        value = Value.objects.create(
            participant=year.a,
            criterion=year.leaves["3.1"],
            stage=Stage.ENTERED,
            inputs={"mean": "4", "responses": "100"},
            author=year["c"],
        )
    if not confirm([(value, value.version)], by=by):
        raise Conflict("confirmed by somebody else already")


def _appraise(component: str, code: str, number: int) -> Act:
    stage = Stage.APPRAISED if number == 1 else Stage.REAPPRAISED
    content = Content(points=Decimal(1), reason="Theo hồ sơ")
    return lambda year, by: appraise(
        year.part(component, number), year.leaves[code], content, seen=year.seen(code, stage), by=by
    )


def _enter_on_behalf(year: Year, by: Any) -> Value:
    content = Content(inputs={"choice": "tre"})
    return enter_on_behalf(year.a, year.leaves["1.1"], content, seen=year.seen("1.1", Stage.DECLARED), by=by)


ACTS: dict[str, Act] = {
    "tự chấm 1.1 của A": lambda year, by: declare(
        year.a, year.leaves["1.1"], Content(inputs={"choice": "tre"}), seen=year.seen("1.1", Stage.DECLARED), by=by
    ),
    "nhập thay 1.1 của A, không văn bản": _enter_on_behalf,
    "tự chấm 3.1 (điểm nhập) của A": lambda year, by: declare(
        year.a, year.leaves["3.1"], Content(inputs={"mean": "4", "responses": "50"}), seen=0, by=by
    ),
    "thẩm định 1.1 của A, vòng 1": _appraise("1", "1.1", 1),
    "thẩm định 2.1 của A, vòng 1": _appraise("2", "2.1", 1),
    "thẩm định 1.1 của A, vòng 2": _appraise("1", "1.1", 2),
    "thẩm định 2.1 của A, vòng 2": _appraise("2", "2.1", 2),
    "giải trình 2.1 của A": lambda year, by: explain(
        year.a, year.leaves["2.1"], "Đã gửi bổ sung", seen=_explained(year), by=by
    ),
    "nhập điểm 3.1 của A": _enter,
    "xác nhận điểm c nhập": _confirm,
    "hội đồng quyết 2.1 của A": lambda year, by: decide(
        year.a, year.leaves["2.1"], Content(points=Decimal(1), reason="Thống nhất"), seen=0, by=by
    ),
    "xếp loại A theo quyết định": lambda year, by: override_grade(year.a, "kha", "Kỷ luật", seen=None, by=by),
    "giao g2 lĩnh vực 1 của B": lambda year, by: assign(
        year.campaign, [year.part("1", 1, year.b)], year.people["g2"], by=by
    ),
    "tính chính thức": lambda year, by: run_official(year.campaign, by),
}


def _take_paper(year: Year, by: Any) -> None:
    submission, today = year.submission(), timezone.localdate()
    scan = SimpleUploadedFile("van-ban.pdf", pdf())
    take_paper(submission, Arrived("42/BC-SAT", today, today, "Mất mạng"), scan, version=submission.version, by=by)


def _explained(year: Year) -> int:
    item = year.explanation().items.filter(criterion=year.leaves["2.1"], round=1).first()
    return item.version if item else 0


def subjects(year: Year) -> Iterator[tuple[Subject, str, Callable[[], Any]]]:
    """What has a state, with the name that stands in the table and how to read it afresh."""
    yield Subject.GROUP, "khối", year.fresh_group
    yield Subject.SUBMISSION, "hồ sơ của A", year.submission
    yield Subject.PART, "phần 1 của A, vòng 1", lambda: year.part("1", 1)
    yield Subject.PART, "phần 2 của A, vòng 2", lambda: year.part("2", 2)
    yield Subject.EXPLANATION, "giải trình của A", year.explanation


Users = dict[str, User | AnonymousUser]


def users_of(year: Year) -> Users:
    """The principals, each read once: what they may do hangs on rows that no act here changes."""
    return {name: AnonymousUser() if year.people[name] is None else year[name] for name in PRINCIPALS}


def tried(year: Year, by: User | AnonymousUser, act: Act) -> bool:
    """Whether this person can do it now; whatever it changed is taken back."""
    try:
        with transaction.atomic():
            act(year, by)
            raise _TakenBack
    except _TakenBack:
        return True
    except (Refused, Conflict, Blocked, Incomplete, ObjectDoesNotExist):
        return False


def who(year: Year, act: Act, users: Users) -> str:
    return " ".join(name for name, by in users.items() if tried(year, by, act)) or "·"


def acts_of(year: Year) -> dict[str, Act]:
    """The acts of the list above, and every transition of the workflow's table that a person does."""
    found = dict(ACTS)
    until = timezone.now() + datetime.timedelta(days=60)
    data = {"reason": "Theo đề nghị", "until": until, "accept_warnings": True}
    for subject, label, read in subjects(year):
        for item in transitions_of(subject):
            if not item.by_portal:
                found[f"{label}: {item.button.lower()}"] = lambda year, by, read=read, name=item.name: perform(
                    read(), name, by, **data
                )
    return found


def by_phase() -> list[str]:
    year = build_year(Phase.DRAFT)
    users = users_of(year)
    table: dict[str, list[str]] = {}
    for phase in [*ORDER, Phase.PUBLISHED]:
        if phase == Phase.PUBLISHED:
            perform(year.fresh_group(), "publish", None)
        elif phase != Phase.DRAFT:
            advance(year, phase)
        for name, act in acts_of(year).items():
            table.setdefault(name, []).append(who(year, act, users))
    return rendered("Theo bước của khối", [phase.label for phase in Phase], table)


def by_state() -> list[str]:
    """The submission of A in each of its states while the group is in tự chấm."""
    year = build_year(Phase.SELF_ASSESSMENT, slug="quang-thu-2")
    names = [name for name in acts_of(year) if name.startswith(("hồ sơ của A", "tự chấm 1.1"))]
    return over_states("Theo trạng thái hồ sơ của A, bước tự chấm", year, year.submission, SubmissionState, names)


def by_part_state() -> list[str]:
    """Part 1 of A, with every leaf judged, in each of its states in thẩm định 1."""
    year = build_year(Phase.APPRAISAL, slug="quang-thu-3")
    for code in ("1.1", "1.2"):
        keep_declared(year.part("1"), year.leaves[code], seen=0, by=year["g1"])
    AppraisalPart.objects.filter(pk=year.part("1").pk).update(signed_by=year["g1"], signed_at=timezone.now())
    names = [name for name in acts_of(year) if name.startswith(("phần 1 của A", "thẩm định 1.1 của A, vòng 1"))]
    return over_states("Theo trạng thái phần 1 của A đã đủ điểm, bước thẩm định 1", year, year.part, PartState, names)


def by_explanation_state() -> list[str]:
    """The explanation of A, with one item, in each of its states in giải trình."""
    year = build_year(Phase.EXPLANATION, slug="quang-thu-4")
    explain(year.a, year.leaves["2.1"], "Báo cáo đã gửi", seen=0, by=year["a1"])
    names = [name for name in acts_of(year) if name.startswith("giải trình")]
    return over_states(
        "Theo trạng thái giải trình của A có một mục, bước giải trình", year, year.explanation, ExplanationState, names
    )


def by_late_paper() -> list[str]:
    """The dossier of A, which was not handed in by its hour, before and after its paper was taken."""
    year = build_year(Phase.SELF_ASSESSMENT, slug="quang-thu-5")
    year.move_window(Phase.SELF_ASSESSMENT, -datetime.timedelta(days=2), -datetime.timedelta(minutes=1))
    perform(year.submission(), "close", None)
    kept = ("tự chấm 1.1", "hồ sơ của A: nộp", "hồ sơ của A: gia")
    users = users_of(year)
    table: dict[str, list[str]] = {}
    for is_taken in (False, True):
        if is_taken:
            _take_paper(year, year["c"])
        acts: dict[str, Act] = {"ghi văn bản đến muộn": _take_paper, "nhập thay 1.1 của A": _enter_on_behalf}
        acts |= {name: act for name, act in acts_of(year).items() if name.startswith(kept)}
        for name, act in acts.items():
            table.setdefault(name, []).append(who(year, act, users))
    heads = ["Chưa ghi văn bản", "Đã ghi văn bản"]
    return rendered("Theo văn bản đến muộn: hồ sơ của A không nộp, bước tự chấm", heads, table)


def over_states(title: str, year: Year, read: Callable[[], Any], states: Any, names: list[str]) -> list[str]:
    table: dict[str, list[str]] = {}
    users = users_of(year)
    for state in states:
        row = read()
        type(row).objects.filter(pk=row.pk).update(state=state)
        assert state_of(read()) == state
        acts = acts_of(year)
        for name in names:
            table.setdefault(name, []).append(who(year, acts[name], users))
    return rendered(title, [state.label for state in states], table)


def rendered(title: str, heads: list[str], table: dict[str, list[str]]) -> list[str]:
    widths = [
        max(len(text) for text in [head, *(row[place] for row in table.values())]) for place, head in enumerate(heads)
    ]
    first = max(len(name) for name in table)
    lines = ["", f"## {title}", ""]
    for name, cells in {"": heads, **table}.items():
        line = f"{name:{first}}  " + "  ".join(f"{cell:{width}}" for cell, width in zip(cells, widths, strict=True))
        lines.append(line.rstrip())
    return lines


@pytest.mark.django_db
def test_everybody_can_do_in_each_phase_and_state_what_the_matrix_says_and_nothing_else() -> None:
    tables = (by_phase(), by_state(), by_part_state(), by_explanation_state(), by_late_paper())
    found = LEGEND + "".join("\n".join(table) + "\n" for table in tables)
    if os.environ.get("PARINDEX_WRITE_MATRIX") == "1":
        MATRIX.write_text(found, encoding="utf-8")
    assert found == MATRIX.read_text(encoding="utf-8")
